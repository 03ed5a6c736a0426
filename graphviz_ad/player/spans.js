// @ts-check
// The code pane, and which nodes its lines have made.
/** @import { Scene } from "./film" */

/** The columns of a line that a span covers: -1 where none. @param {number[] | null} [span] */
function reach(line = "", number = 0, span) {
  if (!span || number < span[0] || number > span[2]) return [-1, -1];
  const size = [...line].length;
  return [number === span[0] ? span[1] : size - [...line.trimStart()].length, number === span[2] ? span[3] : size];
}

/** Cut a line of code by several spans, which may overlap; each piece tells which of them cover it.
 * @param {string} line @param {number} number @param {(number[] | null)[]} spans
 * @returns {{text: string, covers: boolean[]}[]} */
export function pieces(line, number, spans) {
  const chars = [...line];
  const reaches = spans.map((span) => reach(line, number, span));
  const cuts = [...new Set([0, chars.length, ...reaches.flat()])]
    .filter((at) => at >= 0 && at <= chars.length)
    .sort((a, b) => a - b);
  return cuts
    .slice(1)
    .map((end, i) => ({
      text: chars.slice(cuts[i], end).join(""),
      covers: reaches.map(([from, to]) => from <= cuts[i] && end <= to),
    }));
}

/** Where in the code a node was made, or the child of an edge. @param {Scene} scene @param {string} pick */
export const madeAt = ({ steps }, pick) =>
  steps.find(({ kind, node }) => kind === "evaluate" && node === parseInt(pick.slice(1)))?.span ?? null;

/** The nodes that a line has made. @param {Scene} scene */
export const madeOn = ({ steps }, line = 0) =>
  steps
    .filter(({ kind, span }) => kind === "evaluate" && span && span[0] <= line && line <= span[2])
    .map(({ node }) => "n" + node);
