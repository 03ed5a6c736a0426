// @ts-check
// Kinks: where the slope of f on one side is not that on the other, or is none; and stretches where f has no value.
/** @import { Film, Gap, Kink } from "./film" */
import { decode } from "./numbers.js";

/** @typedef {{value: number, slope: number}} Side */

/** A kink with its numbers. @param {Kink} kink */
function unpackKink({ at, ...rest }) {
  const [x, ...numbers] = decode(at);
  const [left, here, right] = [0, 2, 4].map((i) => ({ value: numbers[i], slope: numbers[i + 1] }));
  return { ...rest, x, left, here, right };
}
/** @typedef {ReturnType<typeof unpackKink>} KinkAt */

/** @type {KinkAt[]} */
const NONE = [];
/** @type {WeakMap<Kink[], KinkAt[]>} */
const unpacked = new WeakMap();

/** The kinks that a film has by now, the same list until there are others. @param {Film} film */
export function kinksOf({ kinks }) {
  if (!kinks) return NONE;
  const known = unpacked.get(kinks) ?? kinks.map(unpackKink);
  unpacked.set(kinks, known);
  return known;
}

/** What gives the longest of what is said of kinks, whose room is kept where there are none, so that nothing moves.
 * It is worked out when there are others. @param {(kink: KinkAt) => string} say */
export function longestOf(say) {
  let [listed, longest] = [NONE, ""];
  return (/** @type {KinkAt[]} */ kinks) => {
    if (kinks !== listed)
      longest = kinks.map(say).reduce((best, text) => (text.length > best.length ? text : best), "");
    listed = kinks;
    return longest;
  };
}

/** The stretch without a value, or without a slope, that a stop is in.
 * @param {Film} film @returns {Gap | undefined} */
export const gapAt = ({ gaps = [] }, stop = 0) => gaps.find(({ from, to }) => from <= stop && stop <= to);

/** @typedef {{x: number, y: number, piece: number}} Point */

/** Lead a curve up to its kinks from both sides, and break it there: of f at a jump only.
 * @param {Point[]} points @param {KinkAt[]} kinks @param {"value" | "slope"} what @returns {Point[]} */
export function led(points, kinks, what) {
  return kinks.reduce((all, { x, kind, left, right }) => {
    if (what === "value" && kind !== "jump") return all;
    const split = all.findIndex((point) => point.x >= x);
    const before = split < 0 ? all : all.slice(0, split);
    const after = split < 0 ? [] : all.slice(all[split].x === x ? split + 1 : split);
    const [near, far] = [before[before.length - 1], after[0]];
    // At an end of the slider one side is out of sight.
    const ends = [
      { x, y: near ? left[what] : NaN, piece: near?.piece ?? -1 },
      { x, y: NaN, piece: -1 },
      { x, y: far ? right[what] : NaN, piece: far?.piece ?? -1 },
    ];
    return [...before, ...ends, ...after];
  }, points);
}

/** The kink at a stop, if there is one. @param {KinkAt[]} kinks */
export const kinkAt = (kinks, stop = -1) => (stop < 0 ? undefined : kinks.find((kink) => kink.stop === stop));

/** The slopes between those of both sides, as a person reads them.
 * @param {KinkAt} kink @param {(y: number) => string} text */
export function between({ kind, left, right }, text) {
  const [low, high] = [left.slope, right.slope].sort((a, b) => a - b);
  return kind === "jump" || kind === "vertical" || !(low < high) ? "" : `one of ${text(low)} … ${text(high)}`;
}
