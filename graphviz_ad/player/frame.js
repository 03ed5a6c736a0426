// @ts-check
// The frame: the regions in which panels stand.
/** @import { Panel } from "./panel" */
import { make } from "./elements.js";
import { fade } from "./scrolling.js";

/** Make the box of a player; `put` adds an element to one of its regions. */
export function makeFrame() {
  const left = make("div", { class: "gad-left" });
  const right = make("div", { class: "gad-right" });
  const middle = make("section", { class: "gad-graph", "aria-label": "Graph" });
  const main = make("div", { class: "gad-main" }, left, middle, right);
  const box = make("div", { class: "gad-box" }, main);
  const edges = () =>
    fade(box.querySelectorAll(".gad-main,.gad-left,.gad-right,.gad-tabpanel,.gad-points,.gad-key>div"));
  box.addEventListener("scroll", (/** @type {any} */ event) => fade([event.target]), true);
  box.addEventListener("click", edges);
  return {
    box,
    /** Let the regions fade where they go on. */
    edges,
    /** @param {Panel["place"]} place @param {Element} node */
    put(place, node) {
      const region = { left, middle, right, bottom: box }[place === "top" ? "bottom" : place];
      if (!region) throw new Error(`A panel has the place ${place}; there are top, left, middle, right and bottom.`);
      if (place === "top") main.before(node);
      else region.append(node);
    },
  };
}
