// @ts-check
// An expression over the whole story: what it is at each step, and the steps at which it becomes another.
/** @import { Debug } from "../film" */
/** @import { Block } from "./knowing.js" */
import { write } from "../numbers.js";
import { Complaint, readExpression } from "./grammar.js";
import { NotYet, momentOf } from "./knowing.js";
import { reckon } from "./reckoning.js";

/** A number that stands alone: seven digits, without idle zeros. The twin of numerals.static. */
export function standing(number = 0) {
  const size = Math.abs(number);
  if (!size || !Number.isFinite(size)) return write(number, ["f", 0]);
  const idle = (text = "") => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (size < 1e-3 || size >= 1e7) {
    const [mantissa, power] = write(number, ["e", 5]).split("e");
    return `${idle(mantissa)}e${power}`;
  }
  const whole = String(Math.trunc(size)).length;
  return idle(write(number, ["f", Math.max(7 - whole, 5 - Math.floor(Math.log10(size)))]));
}

/** A number, a short vector in full, or an array's shape and range. The twin of formulas.text.written.
 * @param {Block | string} block */
function blockText(block) {
  if (typeof block === "string") return block;
  const { shape, data } = block;
  const numbers = Array.from(data);
  if (!shape.length) return standing(numbers[0]);
  if (shape.length === 1 && numbers.length && numbers.length <= 6) return `[${numbers.map(standing).join(" ")}]`;
  if (!numbers.length) return `${shape.join("×")} (empty)`;
  const finite = numbers.filter(Number.isFinite);
  const nan = numbers.filter(Number.isNaN).length;
  const infinite = numbers.length - finite.length - nan;
  const lost = [...(nan ? [`${nan} NaN`] : []), ...(infinite ? [`${infinite} ∞`] : [])];
  if (finite.length) {
    const [low, high] = [Math.min(...finite), Math.max(...finite)].map(standing);
    const range = low === high ? low : `${low}…${high}`;
    lost.push(lost.length ? `else ${range}` : low === high ? `all ${low}` : range);
  }
  return [shape.join("×"), ...lost].join(", ");
}

/** Whether two are the same, NaN and NaN too. @param {Block | string | null} a @param {Block | string | null} b */
const isSame = (a, b) => JSON.stringify(a, plainly) === JSON.stringify(b, plainly);
const plainly = (/** @type {string} */ _, /** @type {any} */ value) =>
  typeof value === "number"
    ? String(value + 0)
    : ArrayBuffer.isView(value)
      ? Array.from(/** @type {any} */ (value))
      : value;

/** An expression at every step. What cannot be asked at the last step is refused.
 * @param {Debug} debug @param {number} count of steps */
export function followed(debug, count, text = "") {
  const tree = readExpression(text);
  let why = "";
  /** @type {string[]} */
  const troubles = [];
  const values = Array.from({ length: count }, (_, step) => {
    try {
      return reckon(tree, momentOf(debug, step));
    } catch (error) {
      if (!(error instanceof NotYet || (error instanceof Complaint && step < count - 1))) throw error;
      troubles[step] = error.message;
      if (error instanceof Complaint) why ||= error.message;
      return null;
    }
  });
  /** @type {[step: number, text: string, number: number | null][]} */
  const course = [];
  /** @type {Block | string | null} */
  let last = null;
  values.forEach((value, step) => {
    const before = last;
    last = value;
    if (value === null && before !== null) course.push([step, troubles[step], null]);
    if (value === null || isSame(value, before)) return;
    const number = typeof value === "string" || value.shape.length ? NaN : value.data[0];
    course.push([step, blockText(value), Number.isFinite(number) ? number : null]);
  });
  return { text: text.trim(), tree, values, course, why };
}
