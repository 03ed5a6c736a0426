// @ts-check
// What was broadcast: copies that nobody stores, and on the way back their adjoints, which are added.
/** @import { Copies, Matrix } from "../making.js" */
import { make } from "../elements.js";
import { spreadTo } from "../making.js";
import { keptOf, scaledFor } from "../scheme.js";
import { pointing, matrixTable, nameOfMatrix, valuesOf } from "./matrices.js";

/** So many columns of copies, at most. */
const MOST_WIDE = 6;

/** What is copied, in words, and how often. @param {Copies} copies */
function copyWords({ value, sent }) {
  const count = (sent.high * sent.wide) / (value.high * value.wide);
  const what = value.high * value.wide === 1 ? "number" : value.high === 1 ? "row" : "column";
  return { count, what, all: what === "number" ? "entries" : what + "s" };
}

/** An array above, or beside, what it is copied to, or added up from. @param {Copies} copies @param {boolean} back */
function blockOf({ value, own, sent, entry }, back) {
  const one = back ? own : value;
  const at = (/** @type {number} */ i, /** @type {number} */ j) =>
    spreadTo([one.high, one.wide], [sent.high, sent.wide], sent.at(i, j));
  const copied = { ...sent, at: back ? sent.at : at };
  const [high, wide] = [Math.floor(entry / one.wide), entry % one.wide];
  const [rows, columns] = [keptOf(sent.high, high), keptOf(sent.wide, wide, MOST_WIDE)];
  const few = (/** @type {number[]} */ slots, size = 1) => (size === 1 ? [0] : slots);
  const scaled = scaledFor([...valuesOf(one), ...(back ? valuesOf(sent) : [])]);
  const single = matrixTable({
    matrix: one,
    rows: few(rows, one.high),
    columns: few(columns, one.wide),
    lit: (i, j) => one.at(i, j) === entry,
    name: nameOfMatrix(one),
    kind: "plain",
    scaled,
  });
  const many = matrixTable({
    matrix: copied,
    rows,
    columns,
    lit: (i, j) => at(i, j) === entry,
    name: back ? nameOfMatrix(sent) : "",
    kind: back ? "mute" : "copied mute",
    source: back ? sent : one,
    scaled,
  });
  const down = one.high === 1;
  const arrows = single.querySelectorAll(down ? "tbody tr:last-child td:not(.gap)" : "tbody td:last-child:not(.gap)");
  for (const cell of arrows) cell.append(pointing(down ? (back ? "up" : "down") : back ? "left" : "right"));
  return make("div", { class: "gad-spread" + (down ? "" : " beside") + (back ? " adjoint" : " value") }, single, many);
}

/** The copies of an array, what comes back from them, and how that is added up to one entry.
 * @param {Copies} copies @param {Node[]} sum */
export function copiesScheme(copies, sum) {
  const { count, what, all } = copyWords(copies);
  const titled = (title = "", /** @type {Node} */ node) =>
    make("section", {}, make("h4", { "aria-level": 3 }, title), node);
  const figure = (title = "", back = false) => {
    const block = blockOf(copies, back);
    if (!back) block.querySelector(".copied caption")?.replaceChildren(`${count} copies, none is stored`);
    return titled(title, block);
  };
  const there = copies.sent.grid.values.length > 0;
  const forward = figure(`Forward: one ${what}, copied to all ${count} ${all}`);
  const backward = there ? [figure(`Backward: what ${count} copies receive is added up`, true)] : [];
  const written = sum.map((table) => titled("The entry, written out", table));
  return make("div", { class: "gad-copies" }, forward, ...backward, ...written);
}
