// @ts-check
// Falk's scheme: where a row of the left and a column of the right factor meet, their products add up to the entry.
/** @import { Meeting, Term } from "../making.js" */
import { make } from "../elements.js";
import { keptOf, scaledFor, scaleWords, writeScaled } from "../scheme.js";
import { matrixTable, nameOfMatrix, numberHead, pointing } from "./matrices.js";
import { largestOf } from "./terms.js";

/** Widths in px, as the style sheet has them: a cell, one where there is little room, a gap, and a head of a row. */
const [FALK_CELL, FALK_SLIM, FALK_GAP, FALK_HEAD] = [46, 40, 14, 26];
/** The most columns of the right factor. */
const MOST_COLUMNS = 12;
/** The height of the bars. */
const FALK_BARS = 56;

/** How wide these are. @param {number[]} slots */
const widthOf = (slots, cell = FALK_CELL) => slots.reduce((all, at) => all + (at < 0 ? FALK_GAP : cell), 0);

/** How the scheme fits into a width: how wide a cell is, and which of the products and of the columns are shown.
 * Products come first, but for the column that is lit and one beside it.
 * @param {Meeting} meeting @param {Term[]} terms */
export function fitScheme({ right, j }, terms, width = 0) {
  const cell = width < 420 ? FALK_SLIM : FALK_CELL;
  const room = width - 2 * FALK_HEAD;
  const few = (most = 0) => keptOf(right.wide, j, most);
  const [whole, some] = [keptOf(terms.length, largestOf(terms)), widthOf(few(2), cell)];
  const inner = [whole, ...[7, 6, 5, 4, 3].map((most) => keptOf(terms.length, largestOf(terms), most))].find(
    (slots) => widthOf(slots, cell) + some <= room,
  );
  const products = inner ?? keptOf(terms.length, largestOf(terms), 2);
  const left = room - widthOf(products, cell);
  const columns = [MOST_COLUMNS, 7, 6, 5, 4, 3].map(few).find((slots) => widthOf(slots, cell) <= left);
  return { cell, columns: columns ?? few(2), inner: products };
}

/** The products as bars, from a line up, or down and hollow below zero.
 * @param {Term[]} terms @param {number[]} inner */
function barsOf(terms, inner, cell = FALK_CELL) {
  const values = inner.map((k) => (k < 0 ? 0 : terms[k].value)).map((value) => (Number.isFinite(value) ? value : 0));
  const [high, low] = [Math.max(0, ...values), Math.min(0, ...values)];
  const scale = (FALK_BARS - 4) / (high - low || 1);
  const zero = 2 + high * scale;
  let x = 0;
  const bars = inner.map((k, at) => {
    const wide = k < 0 ? FALK_GAP : cell;
    const d = `M${x + wide / 4} ${zero}v${-values[at] * scale}h${wide / 2}v${values[at] * scale}z`;
    x += wide;
    return make("s:path", { class: values[at] < 0 ? "below" : "", d });
  });
  const axis = make("s:path", { class: "axis", d: `M0 ${zero}H${x}` });
  return make(
    "s:svg",
    { width: x, height: FALK_BARS, viewBox: `0 0 ${x} ${FALK_BARS}`, "aria-hidden": "true" },
    axis,
    ...bars,
  );
}

/** The products, which add up to the entry, in a row above the factors.
 * @param {Term[]} terms @param {number[]} inner */
function productsOf(terms, inner, cell = FALK_CELL, hue = "") {
  const values = terms.map(({ value }) => value);
  const sum = values.reduce((all, value) => all + value, 0);
  const scaled = scaledFor([...values, sum]);
  const count = terms.length === 1 ? "the product" : `${terms.length} products, whose sum is the entry`;
  const caption = make("caption", {}, [count, scaleWords(scaled)].filter(Boolean).join(", "));
  const largest = largestOf(terms);
  const cells = inner.map((k) => {
    const shown = k < 0 ? "⋯" : writeScaled(values[k], scaled);
    return make(
      "td",
      k < 0 ? { class: "gap", "aria-label": "left out" } : k === largest ? { class: "most" } : {},
      shown,
    );
  });
  const top = make("tr", {}, make("td"), ...inner.map((at) => numberHead("col", at)));
  const bars = make("tr", { "aria-hidden": "true" }, make("td"));
  bars.append(make("td", { colspan: inner.length, class: "bars" }, barsOf(terms, inner, cell)));
  const own = make("tr", {}, make("th", { scope: "row", "aria-label": "product" }, "·"), ...cells);
  const total = make("tr", { class: "sum" }, make("td"));
  total.append(make("td", { colspan: inner.length }, "Σ = ", make("b", {}, writeScaled(sum, scaled))));
  return make(
    "table",
    { class: `gad-products mute ${hue}` },
    caption,
    make("thead", {}, top),
    make("tbody", {}, bars, own, total),
  );
}

/** The scheme of an entry. @param {Meeting} meeting @param {Term[]} terms */
export function falkScheme(meeting, terms, hue = "", width = 0) {
  const { left, right, result, i, j } = meeting;
  const { cell, columns, inner } = fitScheme(meeting, terms, width);
  const rows = keptOf(left.high, i);
  const below = matrixTable({ matrix: left, rows, columns: inner, lit: (at) => at === i, name: nameOfMatrix(left) });
  const above = matrixTable({
    matrix: right,
    rows: inner,
    columns,
    lit: (_, at) => at === j,
    name: nameOfMatrix(right),
  });
  const end = matrixTable({
    matrix: result,
    rows,
    columns,
    lit: (y, x) => y === i && x === j,
    name: nameOfMatrix(result),
    kind: "result mute",
  });
  const [across, down] = [below, above].map((table) => [...table.querySelectorAll("td.lit")].pop());
  across?.append(pointing("right"));
  down?.append(pointing("down"));
  const scheme = make("div", { class: "gad-falk" }, productsOf(terms, inner, cell, hue), above, below, end);
  scheme.style.setProperty("--cell", cell + "px");
  return scheme;
}
