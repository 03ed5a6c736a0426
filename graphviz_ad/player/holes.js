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

/** Put the numbers of a place into holes; an array in a formula is its shape, a whole matrix all of it.
 * @typedef {{table: ArrayLike<number>, base: number, drawn: (q: number) => string}} Place
 * @param {Hole[]} holes @param {Quantity[]} quantities @param {Place} place */
export function fill(holes, quantities, { table, base, drawn }) {
  for (const hole of holes) {
    const { node, q, paren, whole } = hole;
    const { shape } = quantities[q];
    const formula = shape && node.localName === "mn";
    const full = formula ? `[${shape}]` : whole ? matrixText(quantities[q], table, base) : "";
    const brief = full || inline(quantities[q], table, base).trimEnd();
    const same = shape && !full && !/…/.test(brief) && !/bad/.test(flags(quantities[q], table, base, drawn(q)));
    const text = same ? brief.replace(", ", ", all ") : brief;
    put(node, (paren && text[0] === MINUS) || text.endsWith("j") ? `(${text})` : text);
    const bad = /NaN|∞/.test(text);
    if (bad !== !!hole.bad) node.classList.toggle("bad", (hole.bad = bad));
  }
}
