// @ts-check
// Which mode is shown: a choice above the graph, where a film has both.
/** @import { Mode } from "../film" */
/** @import { Panel } from "../panel" */
import { make } from "../elements.js";
import { droplet } from "../hues.js";

/** @type {Mode[]} */
const CHOICES = ["forward", "reverse", "both"];
/** @type {Record<string, number>} */
const STRIDES = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** The mark of what a mode has besides values. @param {Mode} mode */
function markOf(mode) {
  if (mode === "both") return [];
  const hue = mode === "forward" ? "tangent" : "adjoint";
  return [make("span", { class: hue, "aria-hidden": "true" }, mode === "forward" ? droplet() : "▲")];
}

/** @type {Panel} */
export const modesPanel = {
  name: "modes",
  place: "middle",
  build(player) {
    const { film, acts, options } = player;
    const { turn } = options;
    if (!turn) return { nodes: [] };
    const buttons = CHOICES.map((mode, k) => {
      const on = film.mode === mode;
      const button = make(
        "button",
        { type: "button", role: "radio", "aria-checked": String(on), tabindex: on ? 0 : -1, title: `${k + 1}` },
        ...markOf(mode),
        mode,
      );
      acts[mode] = () => turn(mode, player);
      button.addEventListener("click", acts[mode]);
      return button;
    });
    const group = make("div", { class: "gad-modes", role: "radiogroup", "aria-label": "Mode" }, ...buttons);
    group.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const stride = STRIDES[event.key];
      if (!stride || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      const at = CHOICES.indexOf(film.mode ?? "both");
      turn(CHOICES[(at + stride + CHOICES.length) % CHOICES.length], player);
    });
    return { nodes: [group] };
  },
};
