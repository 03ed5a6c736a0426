// @ts-check
// A sentence as it stands in the page: words are marked, formulas set, and numbers of a place go into its holes.
/** @import { Fragment, Scene } from "./film" */
/** @import { Hole } from "./holes.js" */
/** @import { Player } from "./panel" */
import { make, math } from "./elements.js";

/** @param {Player} player @param {Fragment[]} fragments @param {Scene} scene @param {Hole[]} holes
 * @param {Set<string>} [seen] words that are marked already @returns {(string | Node)[]} */
export function spell({ words }, fragments, scene, holes, seen = new Set()) {
  const spans = fragments.flatMap((fragment) => {
    if (typeof fragment === "string") return words.mark(fragment, seen);
    if ("m" in fragment) return [math(fragment.m, fragment.t)];
    const { role, grid } = scene.quantities[fragment.q];
    const node = make("b", { class: role + (grid ? " gad-rows" : "") });
    const hole = { node, q: fragment.q, paren: false };
    if (!grid) return (holes.push(hole), [node]);
    // Where there is no room for a matrix in a sentence, its range stands there.
    const [whole, range] = [make("span"), make("span")];
    node.append(whole, range);
    holes.push({ ...hole, node: whole, whole: true }, { ...hole, node: range });
    return [node];
  });
  // No line begins with the sign after a formula. A matrix may need more than one line.
  spans.forEach((one, i) => {
    const before = /** @type {any} */ (spans[i - 1] ?? "");
    if (typeof one !== "string" || !/^[,.:;?)]/.test(one) || typeof before === "string") return;
    if (before.classList.contains("gad-rows")) return;
    spans[i - 1] = make("span", { class: "gad-glue" }, spans[i - 1], one[0]);
    spans[i] = one.slice(1);
  });
  return spans;
}

/** A title has formulas, and no words that are explained. @param {Fragment[]} parts */
export const titleParts = (parts) =>
  parts.map((part) => (typeof part === "string" ? part : "m" in part ? math(part.m, part.t) : ""));
