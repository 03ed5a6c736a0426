// @ts-check
// Matrices as tables: numbers on the colours of their map, and frames neighbours what is lit.
/** @import { Matrix } from "../making.js" */
/** @import { Scaled } from "../scheme.js" */
import { make } from "../elements.js";
import { levelsOf, scaledFor, scaleWords, writeScaled } from "../scheme.js";

/** What is shown of a matrix: which rows and columns, -1 where some are left out; what is lit; and what it is called.
 * @typedef {{matrix: Matrix, rows: number[], columns: number[], lit: (i: number, j: number) => boolean, name: string,
 *   kind?: string, scaled?: Scaled, source?: Matrix}} Shown */

/** What an array is called: turned, with a T. @param {Matrix} matrix */
export const nameOfMatrix = ({ grid: { name }, turned }) => name + (turned ? "ᵀ" : "");

/** @param {Matrix} matrix */
export const valuesOf = ({ grid }) => grid.values.map((value) => value ?? 0);

/** The place of what is left out is lit where its neighbours are. @param {number[]} slots */
const neighbours = (slots, k = 0) => (slots[k] < 0 ? [k - 1, k + 1] : [k]).flatMap((at) => slots[at] ?? []);

/** Whether the cell of a row and a column of the table is lit. @param {Shown} shown */
function isLit({ rows, columns, lit }, r = 0, c = 0) {
  const ends = neighbours(rows, r).flatMap((i) => neighbours(columns, c).map((j) => lit(i, j)));
  return ends.length > 0 && ends.every(Boolean) && rows[r] !== undefined && columns[c] !== undefined;
}

/** A cell: lit ones have a frame where they end. @param {Shown} shown */
function cellOf(shown, r = 0, c = 0, text = "", level = -1) {
  const [i, j] = [shown.rows[r], shown.columns[c]];
  const lit = isLit(shown, r, c);
  const sides = { t: [r - 1, c], b: [r + 1, c], l: [r, c - 1], r: [r, c + 1] };
  const ends = lit ? Object.entries(sides).flatMap(([side, [y, x]]) => (isLit(shown, y, x) ? [] : [side])) : [];
  const names = [lit ? "lit" : "", i < 0 || j < 0 ? "gap" : "c" + level, ...ends].filter(Boolean).join(" ");
  const cell = make("td", { role: "gridcell", class: names, "aria-selected": String(lit) }, text);
  if (i < 0 || j < 0) cell.setAttribute("aria-label", "left out");
  else if (level >= 0) cell.style.setProperty("--level", `var(--gad-l${level})`);
  return cell;
}

/** The head of a row or a column, by its number. */
export const numberHead = (scope = "", at = 0) =>
  at < 0 ? make("th", { scope, class: "gap", "aria-label": "left out" }, "⋯") : make("th", { scope }, String(at));

/** A matrix as a table. @param {Shown} shown */
export function matrixTable(shown) {
  const { matrix, rows, columns, name, kind = "", source = matrix } = shown;
  const values = valuesOf(source);
  const [levels, scaled] = [levelsOf(values), shown.scaled ?? scaledFor(values)];
  const top = make("tr", {}, make("td", { role: "gridcell" }), ...columns.map((j) => numberHead("col", j)));
  const body = rows.map((i, r) => {
    const cells = columns.map((j, c) => {
      const at = i < 0 || j < 0 ? -1 : matrix.at(i, j);
      const text = at < 0 ? (i < 0 ? "⋮" : "⋯") : source.grid.values.length ? writeScaled(values[at], scaled) : "";
      return cellOf(shown, r, c, text, levels[at] ?? -1);
    });
    return make("tr", {}, numberHead("row", i), ...cells);
  });
  const { shape } = matrix.grid;
  const size = shape.length > 1 || matrix.turned ? `${matrix.high}×${matrix.wide}` : shape.join("");
  const words = [size, scaleWords(scaled)].filter(Boolean).join(", ");
  const caption = make("caption", {}, make("b", {}, name), " ", words);
  const table = make("table", { role: "grid", class: `gad-matrix ${kind}` });
  table.append(caption, make("thead", {}, top), make("tbody", {}, ...body));
  return table;
}

/** An arrow, so long: to the right, or turned. */
export const pointing = (way = "", long = 22) =>
  make(
    "s:svg",
    { class: "gad-arrow " + way, viewBox: `0 0 ${long} 8`, width: long, height: 8, "aria-hidden": "true" },
    make("s:path", { class: "line", d: `M0 4H${long - 6}` }),
    make("s:path", { d: `M${long} 4l-8-4v8z` }),
  );
