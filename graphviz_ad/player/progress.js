// @ts-check
// How far the sampling of f along the sliders is.
/** @import { Sampling } from "./film" */
import { attr, make, put } from "./elements.js";

/** @type {Record<string, string>} */
const WORDS = { stopped: "Stopped: ", full: "As many as fit: ", interrupted: "Interrupted: ", lost: "Python does not answer: " };

/** Make the line that tells it, with its button, in an element.
 * @param {any} line @param {(what: "stop" | "go on") => void} [steer] @returns {(sampling: Sampling) => string} what is worth saying aloud */
export function makeProgress(line, steer) {
  const text = make("span"), rail = make("progress", { "aria-label": "Places computed" }), button = make("button", { type: "button" });
  let state = "done";
  line.append(text, rail, button);
  button.addEventListener("click", () => steer?.(state === "running" ? "stop" : "go on"));
  return (sampling) => {
    const { done, total, note } = sampling, told = sampling.state !== state && WORDS[sampling.state];
    state = sampling.state;
    put(text, `${WORDS[state] ?? ""}${done} of ${total} places computed${note ? `. ${note}` : ""}`);
    put(button, state === "running" ? "Stop" : "Go on");
    attr(rail, "max", total);
    attr(rail, "value", done);
    button.hidden = !steer || state === "full" || state === "lost";
    // Once there it keeps its room: nothing jumps under the thumb when the last place is in.
    line.classList.toggle("over", state === "done");
    if (state !== "done") line.hidden = false;
    return told ? text.textContent : "";
  };
}
