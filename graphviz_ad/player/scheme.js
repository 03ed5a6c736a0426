// @ts-check
// How a matrix stands in a table: which of its rows and columns, how numbers are written, and how dark cells are.
import { MINUS } from "./numbers.js";

/** More rows or columns than these are not shown: of them the first five, the one that is lit, and the last two. */
const MOST_SHOWN = 12;
const SHOWN_OF_MORE = 8;

/** Which of so many rows or columns are shown where there is room for some, the one that is lit among them. Between
 * them -1 stands for those that are left out. */
export function keptOf(count = 0, lit = 0, room = MOST_SHOWN) {
  const most = Math.max(1, count > MOST_SHOWN ? Math.min(SHOWN_OF_MORE, room) : room);
  const last = count <= most ? 0 : Math.floor((most - 1) / 3);
  const all = Array.from({ length: count }, (_, i) => i);
  const kept = all.filter((i) => count <= most || i < most - last - 1 || i === lit || i >= count - last);
  const rest = kept[kept.length - 1] < count - 1 ? [-1] : [];
  return [...kept.flatMap((i, k) => (i === (kept[k - 1] ?? -1) + 1 ? [i] : [-1, i])), ...rest];
}

/** How the numbers of a table are written: times which power of ten, and with how many decimals.
 * @typedef {{power: number, decimals: number}} Scaled */

/** One form for numbers that stand side by side. @param {number[]} values @returns {Scaled} */
export function scaledFor(values) {
  const sizes = values.map(Math.abs).filter((size) => size > 0 && size < Infinity);
  const size = Math.floor(Math.log10(Math.max(...sizes)));
  const power = !sizes.length || (size >= -1 && size <= 2) ? 0 : size;
  const most = Math.max(0, 2 - Math.max(0, sizes.length ? size - power : 0));
  const fits = (decimals = 0) =>
    sizes.every((one) => Number((one / 10 ** power).toFixed(decimals)) * 10 ** power === one);
  return { power, decimals: [0, 1, 2].find((few) => few >= most || fits(few)) ?? most };
}

/** What the numbers of a table are to be multiplied by, in words. @param {Scaled} scaled */
export function scaleWords({ power }) {
  if (!power) return "";
  if (power < -3) return `in 1e${MINUS}${-power}`;
  return power > 3 ? `in 1e${power}` : power < 0 ? `in 1/${10 ** -power}` : `in ${10 ** power}`;
}

/** Write a number of a table: only an exact zero is "0". @param {number} value @param {Scaled} scaled */
export function writeScaled(value, { power, decimals }) {
  const sign = value < 0 ? MINUS : "";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return sign + "∞";
  if (value === 0) return "0";
  const text = (Math.abs(value) / 10 ** power).toFixed(decimals);
  return /[1-9]/.test(text) ? sign + text : "≈0";
}

/** How dark a cell is: nine levels, 4 about zero; of what is no number none. @param {number[]} values */
export function levelsOf(values) {
  const most = Math.max(0, ...values.map(Math.abs).filter(Number.isFinite));
  return values.map((value) => (Number.isFinite(value) ? Math.round((value / (most || 1)) * 4) + 4 : -1));
}
