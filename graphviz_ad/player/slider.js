// @ts-check
// A slider: an input for a grid of numbers, with a thumb that is drawn.
/** @import { KinkAt } from "./kinks.js" */
import { attr, lay, make } from "./elements.js";
import { kinkTicks } from "./markings.js";
import { MINUS } from "./numbers.js";

/** How near to a kink, in px, the thumb is drawn to it. */
const NEAR = 4;

/** Bring the thumb to a kink near which it is dragged; keys pass through.
 * @param {any} input @param {() => KinkAt[]} kinks */
function snap(input, kinks) {
  let dragged = false;
  input.addEventListener("pointerdown", () => (dragged = true));
  for (const kind of ["pointerup", "pointercancel", "keydown"]) input.addEventListener(kind, () => (dragged = false));
  input.addEventListener("input", () => {
    const apart = input.clientWidth / Math.max(1, input.max);
    const near = ({ stop = -1 }) => stop >= 0 && Math.abs(stop - input.value) * apart <= NEAR;
    const kink = dragged && kinks().find(near);
    if (kink) input.value = kink.stop;
  });
}

/** Make a slider. The browser's own thumb is hidden: to move that one it would composite the page anew.
 * @param {string} name @param {number[]} grid */
export function makeSlider(name, grid) {
  const input = make("input", { type: "range", min: 0, max: grid.length - 1, class: "gad-x", "aria-label": name });
  const [track, ...thumb] = ["track", "edge", "ring", "core"].map((kind) => make("s:line", { class: kind }));
  const ends = [grid[0], grid[grid.length - 1]].map((end) =>
    make("span", {}, String(Number(end.toPrecision(3))).replaceAll("-", MINUS)),
  );
  /** @type {KinkAt[]} */
  let marked = [];
  snap(input, () => marked);
  // It keeps the bounds of the drawing while the thumb moves.
  lay(track, 0, 22, "100%", 22);
  const node = make(
    "div",
    { class: "gad-slide" },
    make("s:svg", { class: "gad-thumb", "aria-hidden": "true" }, track, ...thumb),
    input,
    make("div", { class: "gad-ends", "aria-hidden": "true" }, ends[0], make("i", {}, name), ends[1]),
  );
  // Off the grid, the first key or touch brings the thumb back to a stop.
  for (const kind of ["keydown", "pointerdown"]) input.addEventListener(kind, () => attr(input, "step", 1));
  return {
    node,
    input,
    /** Mark kinks. @param {KinkAt[]} kinks */
    mark(kinks) {
      if (kinks === marked) return;
      marked = kinks;
      for (const tick of node.querySelectorAll(".gad-tick")) tick.remove();
      track.after(...kinkTicks(kinks, grid));
    },
    /** Put the thumb at a number of the grid, counted from zero, or between two. */
    put(i = 0, spoken = "") {
      attr(input, "step", Number.isInteger(i) ? 1 : "any");
      if (Number(input.value) !== i) input.value = i;
      attr(input, "aria-valuetext", spoken);
      const at = `${(100 * i) / (grid.length - 1)}%`;
      for (const line of thumb) lay(line, at, 22, at, 22);
    },
  };
}
