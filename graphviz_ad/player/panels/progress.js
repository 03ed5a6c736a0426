// @ts-check
// How far the sampling of f along the sliders is.
/** @import { Sampling } from "../film" */
/** @import { Panel } from "../panel" */
import { attr, make, put } from "../elements.js";

/** @type {Record<string, string>} */
const WORDS = {
  stopped: "Stopped: ",
  full: "As many as fit: ",
  interrupted: "Interrupted: ",
  lost: "Python does not answer: ",
};

/** @type {Panel} */
export const progressPanel = {
  name: "progress",
  title: "Sampling",
  place: "top",
  build(player) {
    const { box, announce } = player;
    const { steer } = player.options;
    const text = make("span");
    const rail = make("progress", { "aria-label": "Places computed" });
    const button = make("button", { type: "button" });
    const line = make("div", { class: "gad-progress", role: "group", hidden: "" }, text, rail, button);
    let state = "done";
    /** @type {Sampling | null} */
    let shown = null;
    // With the last place it goes, but nothing jumps under a thumb that is held.
    function rest() {
      if (line.hidden || state !== "done" || box.querySelector(".gad-slide :active")) return;
      line.hidden = true;
      player.state.measured = "";
      requestAnimationFrame(player.measure);
    }
    box.addEventListener("pointerup", () => setTimeout(rest));
    button.addEventListener("click", () => steer?.(state === "running" ? "stop" : "go on"));

    return {
      nodes: [line],
      paint({ sampling }) {
        if (!sampling || sampling === shown) return rest();
        const { done, total, note } = sampling;
        const news = sampling.state !== state && WORDS[sampling.state];
        shown = sampling;
        state = sampling.state;
        put(text, `${WORDS[state] ?? ""}${done} of ${total} places computed${note ? `. ${note}` : ""}`);
        put(button, state === "running" ? "Stop" : "Go on");
        attr(rail, "max", total);
        attr(rail, "value", done);
        button.hidden = !steer || state === "full" || state === "lost";
        line.classList.toggle("over", state === "done");
        if (state === "done") rest();
        else line.hidden = false;
        if (news) announce(text.textContent);
      },
    };
  },
};
