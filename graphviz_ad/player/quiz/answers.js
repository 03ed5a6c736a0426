// @ts-check
// Answers: a number as a learner types it, and what it is: right, one of the wrong ones that are known, or neither.
import { MINUS } from "../numbers.js";

/** What counts as right, as a share of the answer; and what rounding leaves, as a share of what it is made of. */
const RIGHT = 0.005;
const ROUNDING = 1e-15;
/** So near, an answer only lacks digits. */
const ALMOST = 0.06;

const PLAIN = String.raw`(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?`;
const TERM = `(${PLAIN})?\\s*[*·]?\\s*(pi|π)?`;
const ANSWER = new RegExp(`^([+-]?)\\s*${TERM}(?:\\s*/\\s*${TERM})?$`, "i");

/** A part of a fraction: a number, π, or a multiple of it. */
const termValue = (number = "", pi = "") => (number ? Number(number.replace(",", ".")) : 1) * (pi ? Math.PI : 1);

/** Read a number: 0.5, 0,5, −1e−3, 1/3, π/2, 2pi; NaN where it is none. */
export function readAnswer(text = "") {
  const plain = text.trim().replace(/[\u2212\u2013]/g, "-");
  const [, sign = "", top, pi, bottom, under] = ANSWER.exec(plain) ?? [];
  if ((!top && !pi) || (plain.includes("/") && !bottom && !under)) return NaN;
  const value = termValue(top, pi) / (bottom || under ? termValue(bottom, under) : 1);
  return Number.isFinite(value) ? (sign === "-" ? -value : value) : NaN;
}

/** How many digits of an answer are right: 0 where it differs by more than half a percent, Infinity where by nothing.
 * @param {number} answer @param {number} right @param {number} scale the size of what the right one is made of */
export function rightDigits(answer, right, scale = 0) {
  const off = Math.abs(answer - right);
  if (off <= ROUNDING * Math.max(scale, Math.abs(right))) return Infinity;
  const share = off / Math.abs(right);
  return share <= RIGHT ? Math.max(2, Math.floor(-Math.log10(2 * share))) : 0;
}

/** Which of some wrong numbers an answer is. What nearly equals the right one is none of them.
 * @param {number} answer @param {number} right @param {number[]} wrong @returns {number[]} */
export const slipsOf = (answer, right, wrong, scale = 0) =>
  wrong.flatMap((number, k) => {
    const apart = Math.abs(number - right) > 2 * RIGHT * Math.max(Math.abs(number), Math.abs(right));
    const known = Number.isFinite(number) && apart && Math.abs(number - right) > ROUNDING * scale;
    return known && rightDigits(answer, number, scale) ? [k] : [];
  });

/** Whether an answer only lacks digits. */
export const nearly = (answer = 0, right = 0) => Math.abs(answer - right) <= ALMOST * Math.abs(right);

/** How a number that was read is written back. */
export const readBack = (value = 0) => String(Number(value.toPrecision(7))).replaceAll("-", MINUS);
