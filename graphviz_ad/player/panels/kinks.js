// @ts-check
// The kinks of f in a table: the slopes on both sides, the one taken, and what others take.
/** @import { Panel } from "../panel" */
import { attr, make, math } from "../elements.js";
import { kinksOf } from "../kinks.js";
import { brief } from "../numbers.js";
import { tabStop } from "../scrolling.js";

/** A slope as it stands in a cell. */
const cell = (slope = NaN) => (Number.isNaN(slope) ? "–" : brief(slope));

/** @param {ReturnType<typeof kinksOf>[0]} kink */
function kinkRow({ x, kind, left, here, right, of, others = [] }, name = "x") {
  const numbers = [left.slope, right.slope, here.slope].map(cell);
  const taken = numbers[2];
  const place = make("th", { scope: "row" }, math(of.m, of.t), ` at ${name} = ${brief(x)}`, make("span", {}, kind));
  const cells = numbers.map((text, i) => make("td", i === 2 ? { class: "here" } : {}, text));
  const more = ["", ""].map((_, i) => {
    const text = others[i] || "–";
    return make("td", {}, text !== "–" && text !== taken ? make("u", {}, text) : text);
  });
  return make("tr", {}, place, ...cells, ...more);
}

/** @type {Panel} */
export const kinksPanel = {
  name: "kinks",
  title: "Kinks of the curve",
  place: "left",
  group: "curve",
  build({ film }) {
    const kinks = kinksOf(film);
    if (!kinks.length) return { nodes: [] };
    const head = ["at the kink of", "left", "right", "here", "PyTorch", "JAX"];
    const heads = make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)));
    const rows = kinks.map((kink) => kinkRow(kink, film.sliders[0].name));
    const table = make("table", {}, make("thead", {}, heads), make("tbody", {}, ...rows));
    const says = make("p");
    const node = make("section", { class: "gad-kinks" }, table, says);
    return {
      nodes: [node],
      paint({ stop, exactly }) {
        const at = exactly ? -1 : kinks.findIndex((kink) => kink.stop === stop);
        rows.forEach((row, i) => attr(row, "class", i === at ? "now" : ""));
        says.textContent = kinks[at]?.says ?? "";
      },
      settle: () => tabStop(node),
    };
  },
};
