// @ts-check
// The marks of breakpoints, told by their shape: a disk, a ring where it is off, "=" with a condition, an octagon where
// the story has stopped.
/** @import { BreakPoint } from "../film" */
import { make } from "../elements.js";

const OCTAGON = "M-3.7-9h7.4L9-3.7v7.4L3.7 9h-7.4L-9 3.7v-7.4z";
const DISK = "M-6.2 0a6.2 6.2 0 1 0 12.4 0a6.2 6.2 0 1 0-12.4 0z";
const EQUALS = "M-3.4-1.9h6.8M-3.4 1.9h6.8";

/** The paths of a mark around 0. @param {BreakPoint} point */
export function breakMark({ on, condition }, hit = false) {
  const shape = make("s:path", { d: hit && on ? OCTAGON : DISK, class: on ? "gad-solid" : "gad-hollow" });
  const equals = make("s:path", { d: EQUALS, class: on ? "gad-on-solid" : "gad-on-hollow" });
  return condition ? [shape, equals] : [shape];
}

/** The mark as a picture of its own. @param {BreakPoint} point */
export const breakIcon = (point, hit = false) =>
  make("s:svg", { class: "gad-point", viewBox: "-10 -10 20 20", "aria-hidden": "true" }, ...breakMark(point, hit));

/** How far a watched number has come: a line in steps, ending now.
 * @param {[step: number, number: number | null][]} course */
export function stairs(course, now = 0, last = 1) {
  const known = course.filter(([step, number]) => step <= now && number !== null);
  const numbers = known.map(([, number]) => Number(number));
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const x = (step = 0) => 2 + (52 * step) / Math.max(1, last);
  const y = (number = 0) => (high > low ? 16 - (12 * (number - low)) / (high - low) : 10);
  const path = known.map(([step], i) => `${i ? "H" : "M"}${x(step)}${i ? "V" : " "}${y(numbers[i])}`).join("");
  const svg = make("s:svg", { class: "gad-stairs", viewBox: "0 0 60 20", "aria-hidden": "true" });
  if (!known.length) return svg;
  const end = y(numbers[numbers.length - 1]);
  svg.append(make("s:path", { d: `${path}H${x(now)}` }), make("s:circle", { cx: x(now), cy: end, r: 3 }));
  return svg;
}
