// @ts-check
// The kinks of f in a table: the slopes on both sides, the one taken, and what others take.
/** @import { KinkAt } from "../kinks.js" */
/** @import { Panel } from "../panel" */
import { attr, make, math, put } from "../elements.js";
import { kinkAt, kinksOf, longestOf } from "../kinks.js";
import { brief } from "../numbers.js";
import { tabStop } from "../scrolling.js";

/** A slope as it stands in a cell. */
const slopeCell = (slope = NaN) => (Number.isNaN(slope) ? "–" : brief(slope));

/** @param {KinkAt} kink @param {string[]} libraries whose slopes are told */
function kinkRow({ x, kind, left, here, right, of, others = [] }, libraries, name = "x") {
  const numbers = [left.slope, right.slope, here.slope].map(slopeCell);
  const taken = numbers[2];
  const place = make(
    "th",
    { scope: "row" },
    math(of.m, of.t),
    ` at ${name}\u00a0=\u00a0${brief(x)}`,
    make("span", {}, kind),
  );
  const cells = numbers.map((text, i) => make("td", i === 2 ? { class: "here" } : {}, text));
  const more = libraries.map((_, i) => {
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
  build({ film, name }) {
    const heads = make("tr");
    const body = make("tbody");
    const says = make("p");
    const longest = longestOf((kink) => kink.says);
    const node = make("section", { class: "gad-kinks" }, make("table", {}, make("thead", {}, heads), body), says);
    /** @type {KinkAt[] | null} */
    let listed = null;
    /** @type {Element[]} */
    let rows = [];
    return {
      nodes: film.sliders.length === 1 ? [node] : [],
      paint({ stop, exactly, here, step }) {
        const kinks = kinksOf(film);
        if (kinks !== listed) {
          const libraries = kinks.some(({ others }) => others) ? ["PyTorch", "JAX"] : [];
          const head = [`slopes of ${name} at the kink of`, "left", "right", "here", ...libraries];
          heads.replaceChildren(...head.map((text) => make("th", { scope: "col" }, text)));
          rows = kinks.map((kink) => kinkRow(kink, libraries, film.sliders[0].name));
          body.replaceChildren(...rows);
          node.hidden = !kinks.length;
          listed = kinks;
        }
        const now = kinkAt(kinks, exactly ? -1 : stop);
        rows.forEach((row, i) => attr(row, "class", kinks[i] === now ? "now" : ""));
        put(says, now?.says ?? longest(kinks));
        // The sentence of the step has it where the slope arrives.
        says.style.visibility = now && here.remarks.every((one) => one.step !== step) ? "" : "hidden";
      },
      settle: () => tabStop(node),
    };
  },
};
