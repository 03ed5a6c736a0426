// @ts-check
// Numbers as they are written: the twins of graphviz_ad/numerals.py; and where they stand in a table.
/** @import { Format, Quantity } from "./film" */

export const MINUS = "\u2212";
const FIGURE_SPACE = "\u2007";

function exponent(size = 0, decimals = 0) {
  const [mantissa, power] = size.toExponential(decimals).split("e");
  return mantissa + "e" + (power[0] === "-" ? MINUS : "") + power.slice(1);
}

/** Write a number in the format of its slot. @param {number} value @param {Format} format */
export function write(value, [kind, decimals]) {
  if (Number.isNaN(value)) return "NaN";
  const sign = value < 0 ? MINUS : "";
  const size = Math.abs(value);
  if (size === Infinity) return sign + "∞";
  if (size === 0) return "0" + FIGURE_SPACE.repeat(kind === "f" && decimals ? decimals + 1 : 0);
  if (kind === "e" || size >= 1e7) return sign + exponent(size, kind === "e" ? decimals : 3);
  const text = size.toFixed(decimals);
  return sign + (/[1-9]/.test(text) ? text : exponent(size, 1));
}

/** Write a range, whose ends share an exponent. @param {number[]} ends @param {Format} format */
export function range(ends, format) {
  const texts = ends.map((end) => write(end, format).trimEnd());
  const larger = Math.abs(ends[0]) > Math.abs(ends[1]) ? 0 : 1;
  if (texts[0] === texts[1]) return texts[0];
  const [mantissa, power] = texts[larger].split("e");
  const scale = Number("1e" + (power ?? "").replace(MINUS, "-"));
  const other =
    scale > 1e-300 ? write(ends[1 - larger] / scale, ["f", (mantissa.split(".")[1] ?? "").length]).trimEnd() : "e";
  return other.includes("e")
    ? texts.join("…")
    : (larger ? [other, mantissa] : [mantissa, other]).join("…") + " e" + power;
}

/** Write a number in a sentence: with six digits at most. */
export const brief = (value = 0) =>
  (Number.isFinite(value) ? String(Number(value.toPrecision(6))) : write(value, ["f", 0])).replaceAll("-", MINUS);

/** Write a number as Python's repr does. */
export function exact(value = 0) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa, power] = Math.abs(value).toExponential().split("e");
  const p = Number(power);
  const digits = mantissa.replace(".", "");
  if (p < -4 || p >= 16) return sign + mantissa + "e" + (p < 0 ? "-" : "+") + String(Math.abs(p)).padStart(2, "0");
  if (p < 0) return sign + "0." + "0".repeat(-p - 1) + digits;
  return sign + digits.slice(0, p + 1).padEnd(p + 1, "0") + "." + (digits.slice(p + 1) || "0");
}

/** The numbers that a quantity is shown by: all of it, of a larger array the ends of its range.
 * @param {Quantity} quantity @param {ArrayLike<number>} table */
const shownNumbers = ({ c, n, shape }, table, base = 0) =>
  Array.from({ length: shape ? 2 : n }, (_, i) => table[base + c + i]);

/** What the slots of a quantity show. @param {Quantity} quantity @param {ArrayLike<number>} table */
export function slotTexts(quantity, table, base = 0) {
  const { f, shape, complex } = quantity;
  const numbers = shownNumbers(quantity, table, base);
  if (shape) return [shape, (complex ? "|·| " : "") + range(numbers, f)];
  const texts = numbers.map((number) => write(number, f));
  return complex ? pairs(texts, MINUS) : texts;
}

/** Join the parts of complex numbers, as Python writes them. @param {string[]} texts */
export const pairs = (texts, minus = "-") =>
  texts.flatMap((text, i) =>
    i % 2 ? [] : text.trimEnd() + (texts[i + 1].startsWith(minus) ? "" : "+") + texts[i + 1].trimEnd() + "j",
  );

/** A quantity in one line. @param {Quantity} quantity @param {ArrayLike<number>} table */
export function inline(quantity, table, base = 0) {
  const texts = slotTexts(quantity, table, base);
  if (quantity.shape) return texts.join(", ");
  return texts.length === 1 ? texts[0] : `[${texts.map((text) => text.trimEnd()).join(" ")}]`;
}

/** Is it exactly zero everywhere, or NaN or infinite somewhere, or is all of it?
 * @param {Quantity} quantity @param {ArrayLike<number>} table */
export function flags({ c, n, picture, shape }, table, base = 0, drawn = "") {
  const skip = shape && n > 2 ? 2 : 0;
  const numbers = Array.from({ length: n - skip }, (_, i) => table[base + c + skip + i]);
  const lines = picture?.kind !== "map";
  if (!(lines ? /[!~]/ : /[nmp]/).test(drawn) && numbers.every(Number.isFinite))
    return numbers.every((number) => number === 0) ? " zero" : "";
  const nan = drawn ? (lines ? /!/ : /n/).test(drawn) : numbers.some(Number.isNaN);
  return ` bad${nan ? " nan" : ""}${n > 1 ? "" : nan ? " lost" : " far"}`;
}

/** Read little-endian doubles from base64. */
export function decode(text = "") {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

/** Join columns that never change to the others. @param {ArrayLike<number>} own @param {number[]} same */
export function spread(own, same, width = 1) {
  const wide = width - same.length;
  return Float64Array.from({ length: (own.length / wide) * width || width }, (_, i) =>
    i % width < wide ? own[Math.floor(i / width) * wide + (i % width)] : same[(i % width) - wide],
  );
}
