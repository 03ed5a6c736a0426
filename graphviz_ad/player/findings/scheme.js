// @ts-check
// The scheme of a shape that grew: two operands as a row and a column, and what came of every pair of their numbers.
/** @import { Finding } from "../film" */
import { make } from "../elements.js";
import { titleParts } from "../spelling.js";

/** A table: the flat operand above, the column before, and the pairs that were meant framed.
 * @param {NonNullable<Finding["pairing"]>} pairing */
export function makeScheme({ across, down, cells, levels }) {
  const count = across.cells.length;
  const corner = make("td", {}, make("span", {}, ...titleParts(down.called), " ↓"));
  const top = make("th", { colspan: count, scope: "colgroup" }, ...titleParts(across.called), " →");
  const heads = across.cells.map((text) => make("th", { scope: "col" }, text));
  const rows = cells.map((row, i) => {
    const entries = row.map((text, k) => {
      const level = levels[i * count + k] === "-" ? "4" : levels[i * count + k];
      return make("td", { class: `l${level}${i === k ? " meant" : ""}` }, text);
    });
    return make("tr", {}, make("th", { scope: "row" }, down.cells[i]), ...entries);
  });
  const reached = { tabindex: 0, role: "group", "aria-label": "Which numbers met" };
  const caption = make("caption", {}, `Each of ${count} numbers was paired with each of ${count}`);
  const head = make("thead", {}, make("tr", {}, make("td", {}), top), make("tr", {}, corner, ...heads));
  const key = make(
    "p",
    {},
    make("span", {}, make("b", { class: "gad-tile" }), ` ${count} of the same place: meant`),
    make("span", {}, make("b", { class: "gad-tile gad-others" }), ` ${count * count - count} of two places`),
  );
  return make(
    "div",
    { class: "gad-scheme", ...reached },
    make("table", {}, caption, head, make("tbody", {}, ...rows)),
    key,
  );
}
