// @ts-check
// Curves: which range shows them, where the round numbers lie, and the paths through their stops.

import { make } from "./elements.js";
import { MINUS } from "./numbers.js";

/** A range that shows the curve rather than its poles. @param {number[]} values */
export function robustRange(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (!sorted.length) return [-1, 1];
  const at = (part = 0) => sorted[Math.round(part * (sorted.length - 1))];
  const spread = 1.5 * (at(0.9) - at(0.1));
  let low = Math.max(at(0), at(0.1) - spread);
  let high = Math.min(at(1), at(0.9) + spread);
  if (low > 0 && low < 1.5 * (high - low)) low = 0;
  if (high < 0 && -high < 1.5 * (high - low)) high = 0;
  // What differs in its last digits only is constant.
  const room = high - low > 1e-9 * Math.abs(high) ? 0.06 * (high - low) : Math.abs(high) || 1;
  return [low - room, high + room];
}

/** Round numbers within a range: so many at most, but two where there are any. */
export function ticks(low = 0, high = 1, most = 4) {
  const power = 10 ** Math.floor(Math.log10((high - low) / most));
  const rows = [10, 5, 2, 1, 0.5].map((unit) => multiples(low, high, unit * power));
  const finest = rows.findLast((row) => row.length <= most) ?? [];
  if (finest.length > 1) return finest;
  const finer = rows.find((row) => row.length > 1) ?? finest;
  return finer.length > 2 * most ? [finer[0], finer[finer.length - 1]] : finer;
}

/** A round number beside an axis: a long one with its power of ten, where that is shorter. */
export function tickWords(tick = 0) {
  const [plain, power] = [String(tick), tick.toExponential().replace("+", "")];
  return (plain.length > 5 && power.length < plain.length ? power : plain).replaceAll("-", MINUS);
}

/** Of round numbers those whose words are so far apart; the nearest to zero come first, unless one would stand alone.
 * @param {number[]} rows @param {(y: number) => number} py */
export function spaced(rows, py, least = 12) {
  const orders = [[...rows].sort((one, other) => Math.abs(one) - Math.abs(other)), rows].map((order) => {
    /** @type {number[]} */
    const told = [];
    for (const tick of order) if (told.every((other) => Math.abs(py(other) - py(tick)) >= least)) told.push(tick);
    return told;
  });
  return orders.find(({ length }) => length > 1) ?? orders[0];
}

/** A number that ends beside a vertical axis. What is longer than its room is narrowed, and not cut off. */
export function besideAxis(words = "", x = 0, y = 0, kind = "") {
  const narrowed = words.length > 4 && { textLength: x - 1, lengthAdjust: "spacingAndGlyphs" };
  return make("s:text", { class: kind, x, y, "text-anchor": "end", ...narrowed }, words);
}

/** The multiples of a step within a range. */
function multiples(low = 0, high = 1, step = 1) {
  const from = Math.ceil(low / step);
  const count = Math.max(0, Math.floor(high / step) - from + 1);
  return Array.from({ length: count }, (_, i) => Number(((from + i) * step).toPrecision(12)));
}

/** The path of a curve, broken at gaps, at poles and where another piece jumps.
 * @param {number[]} ys @param {number[]} pieces the smooth piece that each point is of @param {number[]} range
 * @param {(i: number) => number} px of a point @param {(y: number) => number} py */
export function curvePath(ys, pieces, [low, high], px, py) {
  // How far a piece goes from one stop to the next: what goes much farther between two pieces is a jump.
  const stride = (i = 0) => (pieces[i] === pieces[i - 1] && Math.abs(ys[i] - ys[i - 1])) || 0;
  const joined = (i = 0) => {
    const y = ys[i];
    const last = ys[i - 1];
    const pole = (y > high && last < low) || (y < low && last > high);
    const most = 3 * Math.max(stride(i - 1), stride(i + 1)) + 0.01 * (high - low);
    const jump = pieces[i] !== pieces[i - 1] && Math.abs(y - last) > most;
    return Number.isFinite(y) && Number.isFinite(last) && !pole && !jump;
  };
  return ys
    .map((y, i) => {
      if (!Number.isFinite(y)) return "";
      const line = joined(i);
      const height = py(Math.min(Math.max(y, 9 * low - 8 * high), 9 * high - 8 * low));
      // A stop by itself is a dot.
      const dot = line || joined(i + 1) ? "" : "h2";
      return `${line ? "L" : "M"}${px(i).toFixed(1)} ${height.toFixed(1)}${dot}`;
    })
    .join("");
}
