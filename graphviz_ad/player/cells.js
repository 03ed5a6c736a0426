// @ts-check
// What stands in cells: short vectors, and small matrices.
/** @import { Format, Quantity } from "./film" */
import { attr, put } from "./elements.js";
import { write } from "./numbers.js";
import { boxPath } from "./picture.js";

/** The most characters of a number in a small cell. */
const CELL_ROOM = 6;

/** Write a number in a small cell: only an exact zero is "0". @param {number} value @param {Format} format */
export function writeCell(value, format) {
  const text = write(value, format).trimEnd();
  const size = Math.abs(value);
  if (text.length <= CELL_ROOM && (!text.includes("e") || format[0] === "e" || size >= 1e7)) return text;
  const tries = size >= 1 || format[0] === "e" ? [1, 0] : [0];
  return tries.map((decimals) => write(value, ["e", decimals])).find((one) => one.length <= CELL_ROOM) ?? "≈0";
}

/** The entries of a quantity whose entries are known, of complex ones the sizes.
 * @param {Quantity} quantity @param {ArrayLike<number>} table */
export function entriesOf({ c, n, shape, complex }, table, base = 0) {
  const first = base + c + (shape ? 2 : 0);
  if (complex && !shape) {
    const pairs = Array.from({ length: n / 2 }, (_, i) => first + 2 * i);
    return pairs.map((at) => Math.hypot(table[at], table[at + 1]));
  }
  return Array.from({ length: shape ? n - 2 : n }, (_, i) => table[first + i]);
}

/** A matrix that shows all of its entries in its row, in a sentence, whose lines end between its rows, not within one.
 * @param {Quantity} quantity @param {ArrayLike<number>} table */
export function matrixText(quantity, table, base = 0) {
  const values = quantity.grid ? entriesOf(quantity, table, base) : [];
  if (!values.length) return "";
  const [high, wide] = (quantity.shape ?? "").split("×").map(Number);
  const texts = values.map((value) => write(value, quantity.f).trimEnd());
  const rows = Array.from({ length: high }, (_, i) => `[${texts.slice(i * wide, i * wide + wide).join("\u00a0")}]`);
  return `[${rows.join(" ")}]`;
}

/** How a number that is none is marked, in its cell and as a text. */
const lossOf = (value = 0) =>
  Number.isFinite(value) ? ["", ""] : Number.isNaN(value) ? [" lost", " gone"] : [" far", " vast"];
const CELL_SIDES = ["x", "y", "width", "height"];

/** Paint the cells of a part: what is not finite is marked, in them and in their numbers.
 * @param {any[]} cells @param {any[]} slots @param {any} double @param {number[]} values */
export function paintCells(cells, slots, double, values) {
  const marks = values.map(lossOf);
  cells.forEach((cell, i) => attr(cell, "class", "cell" + (marks[i]?.[0] ?? "")));
  slots.forEach((slot, i) => attr(slot, "class", "slot entry" + (marks[i]?.[1] ?? "")));
  const infinite = cells.filter((_, i) => marks[i]?.[0] === " far");
  const paths = infinite.map((cell) =>
    boxPath(
      CELL_SIDES.map((side) => Number(cell.getAttribute(side))),
      2.6,
    ),
  );
  attr(double, "d", paths.join(""));
}

/** Write the numbers of a small matrix. @param {any[]} slots @param {number[]} values @param {Format} format */
export const writeGrid = (slots, values, format) => slots.forEach((slot, i) => put(slot, writeCell(values[i], format)));
