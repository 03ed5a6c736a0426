// @ts-check
// The breakpoints of a page: those that came with it, and those that are set in it.
/** @import { BreakPoint, Debug } from "../film" */

/** The breakpoints, and how they come and go. @param {Debug} debug @param {() => void} changed */
export function makePoints(debug, changed) {
  const points = debug.points.map((point) => ({ ...point, on: true }));
  // A condition of Python's own is no text, and the same as no other.
  const same = (/** @type {any} */ one) => (/** @type {BreakPoint} */ other) =>
    !other.condition === !one.condition &&
    !(other.condition && other.asked === undefined) &&
    ["line", "node", "operation", "direction", "asked"].every(
      (kind) => one[kind] === other[/** @type {"line"} */ (kind)],
    );
  return {
    all: points,
    /** All steps at which one that is on is hit. */
    hits: () => new Set(points.flatMap(({ on, steps }) => (on ? steps : []))),
    at: (step = 0) => points.filter(({ on, steps }) => on && steps.includes(step)),
    /** Set it, or take it away. @param {BreakPoint} point */
    toggle(point) {
      const at = points.findIndex(same(point));
      if (at < 0) points.push({ ...point, on: true });
      else points.splice(at, 1);
      changed();
    },
    /** @param {BreakPoint} point */
    switchOn(point, on = true) {
      point.on = on;
      changed();
    },
    /** @param {BreakPoint} point */
    remove(point) {
      points.splice(points.indexOf(/** @type {any} */ (point)), 1);
      changed();
    },
  };
}
/** @typedef {ReturnType<typeof makePoints>} Points */
