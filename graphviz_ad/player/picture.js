// @ts-check
// Thumbnails of arrays.
/** @import { Picture } from "./film" */

const LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The paths of a thumbnail by class.
 * @param {Picture} picture @param {string} drawn @param {number[]} box x, y, width, height @param {number[]} range */
export function thumbnail({ kind, columns, rows }, drawn, [x, y, width, height], [low, high]) {
  /** @type {Record<string, string>} */
  const paths = {}, size = drawn.length, round = (value = 0) => Number(value.toFixed(2));
  const add = (name = "", path = "") => (paths[name] = (paths[name] ?? "") + path);
  if (kind === "line") {
    const [least, most] = [Math.min(0, low), Math.max(0, high)], span = most / 2 - least / 2;
    add("axis", `M${round(x)},${round(y + height * (1 - (span && Number.isFinite(span) ? -least / 2 / span : 0)))}h${round(width)}`);
    add("trace");
    for (let i = 0; i < size; i++)
      if (drawn[i] !== "!") add("trace", `${i && drawn[i - 1] !== "!" ? "L" : "M"}${round(x + (size > 1 ? i / (size - 1) : 0.5) * width)},${round(y + (1 - LEVELS.indexOf(drawn[i]) / 63) * height)}`);
    return paths;
  }
  const w = width / columns, h = height / rows;
  for (let i = 0, j = 0; i < size; i = j) {
    for (j = i + 1; j % columns && drawn[j] === drawn[i]; ) j++;
    const run = round((j - i) * w);
    add("l" + drawn[i], `M${round(x + (i % columns) * w)},${round(y + Math.floor(i / columns) * h)}h${run}v${round(h)}h-${run}z`);
  }
  return paths;
}
