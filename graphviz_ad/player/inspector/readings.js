// @ts-check
// What the inspector reads: the quantities that a node or an edge holds at the step and the place that are shown.
/** @import { Edge, Film, Quantity, Reel } from "../film" */
/** @import { Now } from "../panel" */
import { derivativeOf } from "../hues.js";
import { edgeName } from "../picks.js";

export const NOT_YET = "not known yet";
const TOGETHER = "goes through together with the others";
/** What stands where there is no number. @type {Record<string, string>} */
const EMPTY = {
  unknown: NOT_YET,
  nopath: "no path",
  severed: "severed",
  constant: "constant",
  still: "not moving",
  detached: "detached",
  released: "released",
  raised: "no value",
};

/** A quantity, or -1 and why there is none; how many contributions it has, while it has not all.
 * @typedef {{q: number, empty: string, word: string, state: string}} Held */

/** What the sheet of a node or an edge is written from: `live` is painted at each step and place; `sizes` counts how
 * often sizes have changed.
 * @typedef {{film: Film, reel: Reel, now: Now, pick: string, live: (() => void)[], sizes: number}} Sheet */

/** @param {Sheet} sheet @returns {Quantity} */
export const quantityOf = ({ now }, q = -1) => now.scene.quantities[q];
/** @param {Sheet} sheet */
export const rowOf = ({ now }, node = 0) => now.scene.rows[node];
/** @param {Sheet} sheet */
export const dtypeOf = (sheet, node = 0) => rowOf(sheet, node).what.split(" ").pop() ?? "";
/** @param {Sheet} sheet */
export const isScalar = (sheet, node = 0) => / scalar /.test(rowOf(sheet, node).what);

/** All numbers of a quantity, here; of a larger array the ends of its range. @param {Sheet} sheet */
export function numbersOf(sheet, q = -1) {
  const { c, n, shape } = quantityOf(sheet, q);
  const { table, base } = sheet.now.here;
  return Array.from({ length: shape ? 2 : n }, (_, i) => table[base + c + i]);
}

/** What a part of the picture holds. @param {Sheet} sheet @returns {Held} */
export function held({ now }, id = "") {
  const [, state, q = -1, word = ""] = now.entry(id);
  const [count, of] = word.replace("Σ ", "").split(" of ");
  return { q: state in EMPTY ? -1 : q, empty: EMPTY[state] ?? NOT_YET, word: count === of ? "" : word, state };
}

/** What an edge has sent, once it has. @param {Sheet} sheet @param {Edge} edge @returns {Held} */
export function sent(sheet, edge) {
  const { lane, cut } = derivativeOf(sheet.film);
  const id = `${edgeName(edge)}_${lane}`;
  // Along which no tangent sets out, there is no lane.
  if (!sheet.now.scene.parts[id]) return { q: -1, empty: "not moving", word: "", state: "" };
  const { state, q } = held(sheet, id);
  const { hold, current } = sheet.now;
  // On its way it has not come.
  const { kind, node } = current;
  const own =
    kind === "push" ? node === edge.at[0] : kind === "local" && `e${current.edge?.join("_")}` === edgeName(edge);
  const came = /came|went|flows/.test(state) && !(hold && own);
  const whole = lane === "t" ? -1 : q;
  return { q: came ? (edge.c ?? whole) : -1, empty: edge.cut ? cut : came ? TOGETHER : NOT_YET, word: "", state };
}

/** Does the socket of an edge ever hold a number? @param {Sheet} sheet */
export const hasNumber = ({ now }, name = "") =>
  now.scene.parts[name + "_g"]?.timeline.some(([, , q = -1]) => q >= 0) ?? false;
