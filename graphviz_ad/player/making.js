// @ts-check
// What an entry is made of: which entries of which rows of cards, and the terms that it is the sum of.
/** @import { Scene, Way } from "./film" */
import { decode } from "./numbers.js";

/** An array of the row of a card, or of the code around: its numbers are as many as are known.
 * @typedef {{row: string, name: string, shape: number[], values: number[]}} Grid */
/** @typedef {{grid: Grid, entries: number[]}} Lit */
/** A term of a sum: its value, and what it is a product of. @typedef {{value: number, of: [string, number][]}} Term */
/** @typedef {(node: number, back?: boolean) => Grid} Grids */

const upTo = (n = 0) => Array.from({ length: n }, (_, i) => i);

/** Where an entry stands, as NumPy writes it: "[1, 2]". @param {number[]} shape */
export function bracket(shape, entry = 0) {
  const strides = shape.map((_, k) => shape.slice(k + 1).reduce((all, n) => all * n, 1));
  return shape.length ? `[${shape.map((n, k) => Math.floor(entry / strides[k]) % n).join(", ")}]` : "";
}

/** The factors of a product; a constant stands on no card. @param {Way} way @param {Grids} grids */
function factorsOf({ at: [, argument, parent], other, constant }, grids) {
  const rest = constant
    ? { row: "", name: constant.name, shape: constant.shape, values: [...decode(constant.numbers)] }
    : grids(other ?? 0);
  return argument ? [rest, grids(parent)] : [grids(parent), rest];
}

/** The row and the column that meet in an entry of a product, or in what comes back to one of its factors.
 * @param {Way} way @param {Grids} grids @returns {Lit[]} */
function meeting(way, entry = 0, back = false, grids) {
  const [child, argument] = way.at;
  const [left, right] = factorsOf(way, grids);
  // A vector is a row on the left, and a column on the right.
  const inner = left.shape[left.shape.length - 1];
  const high = left.shape.length > 1 ? left.shape[0] : 1;
  const wide = right.shape.length > 1 ? right.shape[1] : 1;
  const rowOf = (i = 0, length = 0) => upTo(length).map((k) => i * length + k);
  const columnOf = (j = 0, length = 0, stride = 0) => upTo(length).map((k) => k * stride + j);
  const [i, j] = [Math.floor(entry / wide), entry % wide];
  const pair = (/** @type {Grid} */ one, entries = [0], /** @type {Grid} */ other, others = [0]) => [
    { grid: one, entries },
    { grid: other, entries: others },
  ];
  if (!back) return pair(left, rowOf(i, inner), right, columnOf(j, inner, wide));
  const sent = grids(child, true);
  if (argument) return pair(left, columnOf(i, high, inner), sent, columnOf(j, high, wide));
  return pair(sent, rowOf(Math.floor(entry / inner), wide), right, rowOf(entry % inner, wide));
}

/** Which entries of the other end of a way an entry is made of. @param {Way} way */
function entriesAlong({ kind, places = [] }, entry = 0, back = false) {
  if (kind === "same") return [entry];
  if ((kind === "picks") !== back) return [places[entry]].filter((place) => place >= 0);
  return places.flatMap((place, i) => (place === entry ? [i] : []));
}

/** What is lit along a way. @param {Way} way @param {Grids} grids @returns {Lit[]} */
function litAlong(way, entry = 0, back = false, grids) {
  if (way.kind === "product") return meeting(way, entry, back, grids);
  return [{ grid: grids(way.at[back ? 0 : 2], back), entries: entriesAlong(way, entry, back) }];
}

/** @param {Lit} lit */
const nameOf = ({ grid: { name, shape } }, at = 0) => name + bracket(shape, at);

/** Where from, in words. @param {Way} way @param {Lit[]} lits */
function sourceWords({ kind }, lits, back = false) {
  const ends = lits.map((lit) => [lit.entries[0], lit.entries[lit.entries.length - 1]].map((at) => nameOf(lit, at)));
  const [[first, last]] = ends;
  const count = lits[0].entries.length;
  if (!count) return back ? "nothing, since it was used nowhere" : "";
  if (kind === "product") return `${first} … ${last} times ${ends[1].join(" … ")}, term by term`;
  if (kind === "same") return `${first}, at the same place`;
  return count === 1 ? first : `${count} entries, ${first} … ${last}`;
}

/** The terms of a sum: products, or numbers that are only added. @param {Lit[]} lits @returns {Term[]} */
const termsOf = (lits) =>
  lits[0].entries.map((_, k) => {
    const of = lits.map((lit) => {
      const at = lit.entries[k];
      return /** @type {[string, number]} */ ([nameOf(lit, at), lit.grid.values[at]]);
    });
    return { value: of.reduce((all, [, value]) => all * value, 1), of };
  });

/** What the factors of all terms are called in general, as "X[i, 1]"; null where their places are not counted through.
 * @param {Term[]} terms */
export function headsOf(terms) {
  const heads = terms[0].of.map(([name], k) => {
    const parts = [name, terms[1].of[k][0]].map((one) => one.split(/(\d+)/));
    return parts[0].map((part, i) => (part === parts[1][i] ? part : "i")).join("");
  });
  const fits = terms.every(({ of }, i) => of.every(([name], k) => heads[k].replace(/\bi\b/, String(i)) === name));
  return fits ? heads : null;
}

/** Written out is only what adds up to the entry. @param {Term[]} terms */
function addsUp(terms, whole = NaN) {
  const [sum, size] = terms.reduce(([sum, size], { value }) => [sum + value, size + Math.abs(value)], [0, 0]);
  return terms.length > 1 && Math.abs(sum - whole) <= 1e-9 * size;
}

/** What an entry of an array is made of, on the way on or back: what is lit, in words, and the terms of its sum.
 * @param {Scene} scene @param {number} node @param {boolean} back @param {number} entry @param {Grids} grids */
export function makingOf({ ways = [] }, node, back, entry, grids) {
  const own = ways.filter(({ at }) => at[back ? 2 : 0] === node);
  // Both factors of a product tell of the same rows and columns.
  const product = own.find(({ kind }) => kind === "product");
  const apart = own.filter((way) => back || way === product || way.kind !== "product");
  const lits = apart.map((way) => litAlong(way, entry, back, grids));
  const terms = lits.length === 1 ? termsOf(lits[0]) : [];
  return {
    lit: lits.flat().filter(({ grid, entries }) => grid.row && entries.length),
    words: apart.map((way, i) => sourceWords(way, lits[i], back)).filter(Boolean),
    terms: addsUp(terms, grids(node, back).values[entry]) ? terms : [],
  };
}
