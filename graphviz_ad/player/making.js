// @ts-check
// What an entry is made of: which entries of which rows of cards, and the terms that it is the sum of.
/** @import { Scene, Way } from "./film" */
import { decode } from "./numbers.js";

/** An array of the row of a card, or of the code around: its numbers are as many as are known.
 * @typedef {{row: string, name: string, shape: number[], values: number[]}} Grid */
/** @typedef {{grid: Grid, entries: number[]}} Lit */
/** A term of a sum: its value, and what it is a product of. @typedef {{value: number, of: [string, number][]}} Term */
/** @typedef {(node: number, back?: boolean) => Grid} Grids */
/** The local gradient of an edge, where it is known: what it is called, of one entry or of all, and its numbers.
 * @typedef {(child: number, argument: number) => Grid | null} Factors */

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

/** A matrix: so many rows and columns of the entries of an array; turned, its transpose.
 * @typedef {{grid: Grid, high: number, wide: number, at: (i: number, j: number) => number, turned: boolean}} Matrix */

/** @returns {Matrix} */
const matrixOf = (/** @type {Grid} */ grid, high = 1, wide = 1) => ({
  grid,
  high,
  wide,
  at: (i, j) => i * wide + j,
  turned: false,
});
/** @param {Matrix} matrix @returns {Matrix} */
const turn = ({ grid, high, wide, at }) => ({ grid, high: wide, wide: high, at: (i, j) => at(j, i), turned: true });

/** A product of matrices, and the entry of it where a row of the left and a column of the right one meet.
 * @typedef {{left: Matrix, right: Matrix, result: Matrix, i: number, j: number}} Meeting */

/** The row and the column that meet in an entry of a product, or in what comes back to one of its factors.
 * @param {Way} way @param {Grids} grids @returns {Meeting} */
function meetingOf(way, entry = 0, back = false, grids) {
  const [child, argument, parent] = way.at;
  const factors = factorsOf(way, grids);
  // A vector is a row on the left, and a column on the right.
  const inner = factors[0].shape[factors[0].shape.length - 1];
  const high = factors[0].shape.length > 1 ? factors[0].shape[0] : 1;
  const wide = factors[1].shape.length > 1 ? factors[1].shape[1] : 1;
  const [left, right] = [matrixOf(factors[0], high, inner), matrixOf(factors[1], inner, wide)];
  const own = grids(back ? parent : child, back);
  const sent = matrixOf(grids(child, true), high, wide);
  const [a, b] = !back ? [left, right] : argument ? [turn(left), sent] : [sent, turn(right)];
  const result = matrixOf(own, a.high, b.wide);
  return { left: a, right: b, result, i: Math.floor(entry / b.wide), j: entry % b.wide };
}

/** What a product lights: its row and its column. @param {Meeting} meeting @returns {Lit[]} */
const litBy = ({ left, right, i, j }) => [
  { grid: left.grid, entries: upTo(left.wide).map((k) => left.at(i, k)) },
  { grid: right.grid, entries: upTo(right.high).map((k) => right.at(k, j)) },
];

/** Which entries of the other end of a way an entry is made of. @param {Way} way */
function entriesAlong({ kind, places = [] }, entry = 0, back = false) {
  if (kind === "same") return [entry];
  if ((kind === "picks") !== back) return [places[entry]].filter((place) => place >= 0);
  return places.flatMap((place, i) => (place === entry ? [i] : []));
}

/** What is lit along a way. @param {Way} way @param {Grids} grids @returns {Lit[]} */
function litAlong(way, entry = 0, back = false, grids) {
  if (way.kind === "product") return litBy(meetingOf(way, entry, back, grids));
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

/** Which entry of an array stands at an entry of the shape that it is broadcast to.
 * @param {number[]} shape @param {number[]} wide */
export function spreadTo(shape, wide, entry = 0) {
  let [at, rest, stride] = [0, entry, 1];
  for (let k = 1; k <= wide.length; k++) {
    const [own, place] = [shape[shape.length - k] ?? 1, rest % wide[wide.length - k]];
    at += own > 1 ? place * stride : 0;
    rest = Math.floor(rest / wide[wide.length - k]);
    stride *= own;
  }
  return at;
}

/** What comes back along a way, term by term: adjoints, each times the local gradient at its place.
 * @param {Way} way @param {Lit[]} lits @param {Factors} factors */
function termsBack({ kind, at: [child, argument] }, lits, factors) {
  const factor = kind === "same" || kind === "picks" ? factors(child, argument) : null;
  if (!factor || (!factor.shape.length && factor.values[0] === 1)) return termsOf(lits);
  const [{ grid, entries }] = lits;
  const own = entries.map((entry) => spreadTo(factor.shape, grid.shape, entry));
  return termsOf([...lits, { grid: factor, entries: own }]);
}

/** What the factors of all terms are called in general, as "X[i, 1]"; null where their places are not counted through.
 * @param {Term[]} terms */
export function headsOf(terms) {
  if (terms.length < 2 || terms.some(({ of }) => of.length !== terms[0].of.length)) return null;
  const heads = terms[0].of.map(([name], k) => {
    const parts = [name, terms[1].of[k][0]].map((one) => one.split(/(\d+)/));
    return parts[0].map((part, i) => (part === parts[1][i] ? part : "i")).join("");
  });
  const fits = terms.every(({ of }, i) => of.every(([name], k) => heads[k].replace(/\bi\b/, String(i)) === name));
  return fits ? heads : null;
}

/** Written out is only what adds up to the entry, and tells more than one number does. @param {Term[]} terms */
function addsUp(terms, whole = NaN) {
  const [sum, size] = terms.reduce(([sum, size], { value }) => [sum + value, size + Math.abs(value)], [0, 0]);
  return terms.length + (terms[0]?.of.length ?? 0) > 2 && Math.abs(sum - whole) <= 1e-9 * size;
}

/** One array that is used in many places as if it were as large as another.
 * @typedef {{own: Matrix, sent: Matrix, value: Matrix, entry: number}} Copies */

/** Rows and columns of an array of at most two axes. @param {number[]} shape @returns {[number, number]} */
const sizeOf = (shape) => [shape[shape.length - 2] ?? 1, shape[shape.length - 1] ?? 1];

/** The copies that an operation makes of an array, where it broadcasts it to a matrix.
 * @param {Way[]} ways @param {Grids} grids @returns {Copies | null} */
function copiesOf(ways, node = 0, entry = 0, grids) {
  for (const { at, kind, places = [] } of ways) {
    if (kind !== "picks" || at[2] !== node) continue;
    const [value, { shape }] = [grids(node), grids(at[0])];
    if (shape.length > 2 || places.length <= value.values.length) continue;
    if (places.some((place, i) => place !== spreadTo(value.shape, shape, i))) continue;
    const [own, sent] = [matrixOf(grids(node, true), ...sizeOf(value.shape)), grids(at[0], true)];
    return { value: matrixOf(value, own.high, own.wide), own, sent: matrixOf(sent, ...sizeOf(shape)), entry };
  }
  return null;
}

/** What an entry of an array is made of, on the way on or back: what is lit, in words, the terms of its sum, and which
 * row meets which column in it, or which copies of it there are.
 * @param {Scene} scene @param {number} node @param {boolean} back @param {number} entry
 * @param {Grids} grids @param {Factors} factors */
export function makingOf({ ways = [] }, node, back, entry, grids, factors = () => null) {
  const own = ways.filter(({ at }) => at[back ? 2 : 0] === node);
  // Both factors of a product tell of the same rows and columns.
  const product = own.find(({ kind }) => kind === "product");
  const apart = own.filter((way) => back || way === product || way.kind !== "product");
  const lits = apart.map((way) => litAlong(way, entry, back, grids));
  const sums = back ? apart.map((way, i) => termsBack(way, lits[i], factors)) : lits.slice(0, 1).map(termsOf);
  const terms = back || lits.length === 1 ? sums.flat() : [];
  const whole = addsUp(terms, grids(node, back).values[entry]);
  return {
    lit: lits.flat().filter(({ grid, entries }) => grid.row && entries.length),
    words: apart.map((way, i) => sourceWords(way, lits[i], back)).filter(Boolean),
    terms: whole ? terms : [],
    meeting: whole && product && apart.length === 1 ? meetingOf(product, entry, back, grids) : null,
    copies: copiesOf(ways, node, entry, grids),
  };
}
