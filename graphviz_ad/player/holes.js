// @ts-check
// Holes in formulas and sentences: where a number of this place is put. A formula has "⟦3⟧", or "⟦3p⟧" where a minus
// sign would need parentheses; a complex number has them everywhere, as Python writes it.
/** @import { Quantity } from "./film" */
import { matrixText } from "./cells.js";
import { put } from "./elements.js";
import { MINUS, flags, inline } from "./numbers.js";

/** @typedef {{node: Element, q: number, paren: boolean, whole?: boolean, bad?: boolean}} Hole */

/** The holes of a formula. @param {Element} formula @returns {Hole[]} */
export function holesIn(formula) {
  return [...formula.querySelectorAll("mn")].flatMap((node) => {
    const hole = /^⟦(\d+)(p?)⟧$/.exec(node.textContent ?? "");
    return hole ? [{ node, q: Number(hole[1]), paren: hole[2] === "p" }] : [];
  });
}

/** A number in parentheses where it needs them. @param {string} text @param {boolean} paren */
const parted = (text, paren) => ((paren && text[0] === MINUS) || text.endsWith("j") ? `(${text})` : text);

/** A quantity as formulas have it: an array is its shape. @param {Quantity} quantity @param {Place} place */
const inFormula = (quantity, { table, base }) =>
  quantity.shape ? `[${quantity.shape}]` : inline(quantity, table, base).trimEnd();

/** A formula as plain text, with the numbers of a place.
 * @param {string} mathml @param {Quantity[]} quantities @param {Place} place */
export const plainFormula = (mathml, quantities, place) =>
  mathml
    .replace(/<[^>]*>/g, "")
    .replace(/⟦(\d+)(p?)⟧/g, (_, q, p) => parted(inFormula(quantities[Number(q)], place), p === "p"));

/** Put the numbers of a place into holes; an array in a formula is its shape, a whole matrix all of it.
 * @typedef {{table: ArrayLike<number>, base: number, drawn: (q: number) => string}} Place
 * @param {Hole[]} holes @param {Quantity[]} quantities @param {Place} place */
export function fill(holes, quantities, place) {
  const { table, base, drawn } = place;
  for (const hole of holes) {
    const { node, q, paren, whole } = hole;
    const { shape } = quantities[q];
    const formula = node.localName === "mn";
    const full = formula ? inFormula(quantities[q], place) : whole ? matrixText(quantities[q], table, base) : "";
    const brief = full || inline(quantities[q], table, base).trimEnd();
    const same = shape && !full && !/…/.test(brief) && !/bad/.test(flags(quantities[q], table, base, drawn(q)));
    const text = same ? brief.replace(", ", ", all ") : brief;
    put(node, parted(text, paren));
    const bad = /NaN|∞/.test(text);
    if (bad !== !!hole.bad) node.classList.toggle("bad", (hole.bad = bad));
  }
}
