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
    if (level === "!") return "";
    const across = drawn.length > 1 ? i / (drawn.length - 1) : 0.5;
    const start = i && drawn[i - 1] !== "!" ? "L" : "M";
    return `${start}${round(x + across * width)},${round(y + (1 - LEVELS.indexOf(level) / 63) * height)}`;
  });
  return { axis: `M${round(x)},${round(zero)}h${round(width)}`, trace: trace.join("") };
}

/** The cells of a map by level; equal ones that stand side by side are one.
 * @param {Picture} picture @param {string} drawn @param {number[]} box */
function mapPaths({ columns, rows }, drawn, [x, y, width, height]) {
  /** @type {Record<string, string>} */
  const paths = {};
  const [w, h] = [width / columns, height / rows];
  for (let i = 0, j = 0; i < drawn.length; i = j) {
    for (j = i + 1; j % columns && drawn[j] === drawn[i]; j++);
    const [left, top] = [round(x + (i % columns) * w), round(y + Math.floor(i / columns) * h)];
    const [run, tall] = [round((j - i) * w), round(h)];
    paths["l" + drawn[i]] = `${paths["l" + drawn[i]] ?? ""}M${left},${top}h${run}v${tall}h-${run}z`;
  }
  return paths;
}
