// @ts-check
// Thumbnails of arrays.
/** @import { Picture } from "./film" */

const LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const round = (value = 0) => Number(value.toFixed(2));

/** The paths of a thumbnail by class.
 * @param {Picture} picture @param {string} drawn @param {number[]} box x, y, width, height @param {number[]} range */
export function thumbnail(picture, drawn, box, range) {
  return picture.kind === "line" ? linePaths(drawn, box, range) : mapPaths(picture, drawn, box);
}

/** A line through the numbers, and the axis at zero; broken where a number is not finite.
 * @param {string} drawn @param {number[]} box @param {number[]} range @returns {Record<string, string>} */
function linePaths(drawn, [x, y, width, height], [low, high]) {
  const least = Math.min(0, low);
  const span = Math.max(0, high) / 2 - least / 2;
  const zero = y + height * (1 - (span && Number.isFinite(span) ? -least / 2 / span : 0));
  const trace = [...drawn].map((level, i) => {
    if (/[!~]/.test(level)) return "";
    const across = drawn.length > 1 ? i / (drawn.length - 1) : 0.5;
    const start = i && !/[!~]/.test(drawn[i - 1]) ? "L" : "M";
    return `${start}${round(x + across * width)},${round(y + (1 - LEVELS.indexOf(level) / 63) * height)}`;
  });
  return { axis: `M${round(x)},${round(zero)}h${round(width)}`, trace: trace.join("") };
}

/** A rectangle, or a smaller one inside it. @param {number[]} box */
export function boxPath([x, y, width, height], inset = 0) {
  const [across, down] = [round(width - 2 * inset), round(height - 2 * inset)];
  return `M${round(x + inset)},${round(y + inset)}h${across}v${down}h-${across}z`;
}

/** In a cell below zero. @param {number[]} box */
function dashPath([x, y, width, height]) {
  const length = Math.min(5, 0.42 * width);
  return `M${round(x + (width - length) / 2)},${round(y + height / 2)}h${round(length)}`;
}

/** What is drawn in a cell, by its level; and the dashes of those below zero.
 * @type {Record<string, string>} */
const CELL_LEVEL = { "-": "l4", p: "ln", m: "ln" };
/** @type {Record<string, string>} */
const CELL_DASH = { "-": "m4", m: "mi", 0: "m0", 1: "m1", 2: "m2", 3: "m3" };

/** The cells of a map by level, equal ones that stand side by side as one; infinite ones have a double frame, and those
 * below zero a dash, where there is room for it.
 * @param {Picture} picture @param {string} drawn @param {number[]} box */
function mapPaths({ columns, rows }, drawn, [x, y, width, height]) {
  /** @type {Record<string, string>} */
  const paths = {};
  const add = (name = "", path = "") => (paths[name] = (paths[name] ?? "") + path);
  const [w, h] = [width / columns, height / rows];
  const place = (i = 0, wide = 1) => [x + (i % columns) * w, y + Math.floor(i / columns) * h, wide * w, h];
  const [dashed, doubled] = [w >= 8 && h >= 5, Math.min(w, h) >= 8];
  const isDoubled = (level = "") => doubled && /[pm]/.test(level);
  for (let i = 0, j = 0; i < drawn.length; i = j) {
    const level = drawn[i];
    for (j = i + 1; j % columns && drawn[j] === level && !isDoubled(level); j++);
    if (isDoubled(level)) add("li", boxPath(place(i), 0.6) + boxPath(place(i), 2.6));
    else add(CELL_LEVEL[level] ?? "l" + level, boxPath(place(i, j - i)));
    for (let k = i; dashed && CELL_DASH[level] && k < j; k++) add(CELL_DASH[level], dashPath(place(k)));
  }
  return paths;
}
