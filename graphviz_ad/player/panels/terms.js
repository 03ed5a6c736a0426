// @ts-check
// The terms of a sum: as a table, each with its factors and a bar, and in words.
/** @import { Term } from "../making.js" */
import { make } from "../elements.js";
import { headsOf } from "../making.js";
import { brief } from "../numbers.js";
import { keptOf, scaledFor, scaleWords, writeScaled } from "../scheme.js";

/** A number in a sentence. */
const short = (value = 0) => (Number.isFinite(value) ? brief(Number(value.toPrecision(3))) : brief(value));

/** A bar for a term, to the left and hollow below zero. */
function barOf(value = 0, most = 1, hue = "") {
  const wide = (48 * Math.abs(value)) / most;
  const path = make("s:path", { class: value < 0 ? "below" : "", d: `M0 1h${value < 0 ? -wide : wide}v8H0z` });
  return make("s:svg", { class: hue, viewBox: "-50 0 100 10", "aria-hidden": "true" }, path);
}

/** Which of many terms gives the most. @param {Term[]} terms */
export const largestOf = (terms) =>
  terms.reduce((best, { value }, i) => (Math.abs(value) > Math.abs(terms[best].value) ? i : best), 0);

/** The columns of the table: what is multiplied, and what comes of it; numbers of one column have one form.
 * @param {Term[]} terms @param {string[] | null} heads */
function termColumns(terms, heads) {
  const most = Math.max(...terms.map(({ of }) => of.length));
  const factors = Array.from({ length: most > 1 ? most : 0 }, (_, j) => terms.map(({ of }) => of[j]?.[1]));
  const names = [...factors.map((_, j) => heads?.[j] ?? ""), most > 1 ? "product" : (heads?.[0] ?? "")];
  return [...factors, terms.map(({ value }) => value)].map((values, j) => {
    const form = scaledFor(values.filter((value) => value !== undefined));
    // Without names there is no place to say by which power all are divided.
    const write = (value = NaN) => (heads ? writeScaled(value, form) : short(value));
    const name = [names[j], heads && scaleWords(form)].filter(Boolean).join(", ");
    return { name, texts: values.map((value) => (value === undefined ? "" : write(value))), write };
  });
}

/** The terms of a sum as a table: of many the first, the largest and the last. @param {Term[]} terms */
export function tableOf(terms, hue = "") {
  const heads = headsOf(terms);
  const columns = termColumns(terms, heads);
  const largest = largestOf(terms);
  const longest = Math.abs(terms[largest].value) || 1;
  const rows = keptOf(terms.length, largest).map((i) => {
    if (i < 0) return make("tr", {}, make("td", { "aria-label": "left out" }, "⋮"));
    const name = heads ? String(i) : terms[i].of.map(([own]) => own).join(" · ");
    const cells = columns.map(({ texts }) => make("td", {}, texts[i]));
    const bar = make("td", { "aria-hidden": "true" }, barOf(terms[i].value, longest, hue));
    const row = make("tr", {}, make("th", { scope: "row" }, name), ...cells, bar);
    row.classList.toggle("gad-most", i === largest && terms.length > 1);
    return row;
  });
  const top = ["", ...columns.map(({ name }) => name)].map((name) => make("th", { scope: "col" }, name));
  const sum = terms.reduce((all, { value }) => all + value, 0);
  const total = make("td", { colspan: columns.length }, "= ", columns[columns.length - 1].write(sum));
  const foot = terms.length > 1 ? [make("tfoot", {}, make("tr", {}, make("th", { scope: "row" }, "Σ"), total))] : [];
  return make(
    "table",
    { class: "gad-terms" },
    make("thead", {}, make("tr", {}, ...top)),
    make("tbody", {}, ...rows),
    ...foot,
  );
}

/** Say the whole sum, and its largest term. @param {Term[]} terms */
export function sayTerms(terms, name = "") {
  const { value, of } = terms[largestOf(terms)];
  const heads = headsOf(terms);
  if (terms.length === 1) return `${name} = ${of.map(([own]) => own).join(" · ")}.`;
  const sum = heads ? `${name} = Σᵢ ${heads.join(" · ")}. ` : "";
  return `${sum}The largest term, ${of.map(([own]) => own).join(" · ")}, gives ${short(value)} of it.`;
}
