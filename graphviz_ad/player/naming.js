// @ts-check
// What cards and edges are called for who does not see them: their names, and the numbers that stand on them now.
/** @import { Film } from "./film" */
/** @import { Now } from "./panel" */
import { derivativesOf } from "./hues.js";
import { slotTexts } from "./numbers.js";
import { pickName } from "./picks.js";

/** What stands where there is no number. @type {Record<string, string>} */
const BLANKS = {
  unknown: "",
  nopath: "no path",
  severed: "severed",
  constant: "constant",
  still: "not moving",
  detached: "detached",
  released: "released",
  raised: "no value",
};

/** What a row of a card says. @param {Now} now */
export function rowText({ scene, here, entry, text }, id = "") {
  const [, state, q = -1, word = ""] = entry(id);
  const quantity = scene.quantities[q];
  if (state in BLANKS || !quantity) return BLANKS[state] ?? "";
  const count = word && word.replace(" of ", "/") + " ";
  return count + (quantity.shape ? slotTexts(quantity, here.table, here.base)[1] : text(q));
}

/** A node or an edge with what is known of it. @param {Now} now @param {Film} film */
export function fullName(now, film, pick = "") {
  /** @type {[string, string][]} */
  const rows =
    pick[0] === "n"
      ? [
          ["value", "_v"],
          ...derivativesOf(film).map(({ hue, row }) => /** @type {[string, string]} */ ([hue, "_" + row])),
        ]
      : [
          ["local gradient", "_g"],
          ["contribution", "_c"],
        ];
  const said = rows.flatMap(([what, row]) => {
    const text = now.scene.parts[pick + row] ? rowText(now, pick + row).trim() : "";
    return text ? [`${what} ${text}`] : [];
  });
  return [pickName(now.scene, pick), ...said, ...illOf(now, film, pick)].join(", ");
}

/** What findings and lines of a backward pass say of a node, or of what an edge carries.
 * @param {Now} now @param {Film} film */
function illOf({ scene, entry, flags }, film, pick = "") {
  const { findings = [], verdicts } = scene.own ?? film;
  const lines = (verdicts?.rows ?? []).filter((row) => row.pick === pick && row.verdict !== "again");
  const born = [...findings.flatMap(({ gains }) => gains[pick] ?? []).slice(0, 1), ...lines.map(({ says }) => says)];
  const carries = (lane = "") => {
    const q = scene.parts[pick + lane] ? (entry(pick + lane)[2] ?? -1) : -1;
    return q >= 0 && / nan/.test(flags(q));
  };
  return pick[0] === "e" && ["_f", "_b", "_t"].some(carries) ? [...born, "carries NaN"] : born;
}
