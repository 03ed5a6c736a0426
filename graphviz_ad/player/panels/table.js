// @ts-check
// The table of nodes: all values and derivatives, in the order in which they were computed.
/** @import { Scene } from "../film" */
/** @import { Now, Panel, Player } from "../panel" */
import { attr, make, math, put } from "../elements.js";
import { derivativesOf } from "../hues.js";
import { rowText } from "../naming.js";
import { pressable, rove } from "../roving.js";
import { fade, keep, tabStop } from "../scrolling.js";

/** @param {ReturnType<typeof derivativesOf>} derivatives */
const headOf = (derivatives) =>
  '<thead><tr><th scope="col">node</th><th scope="col"><b class="value">▼</b> value</th>' +
  derivatives.map(({ hue, mark }) => `<th scope="col"><b class="${hue}">${mark}</b> ${hue}</th>`).join("") +
  "</tr></thead>";

/** Make the rows of a scene. @param {Scene} scene @param {Player} player */
function makeRows({ rows }, { inspect, film }) {
  return rows.map(({ node, mathml, text }) => {
    const cells = [null, ...derivativesOf(film)].map(() => make("td", {}, make("div")));
    const name = pressable(make("span", {}, math(mathml, text)), text);
    const line = make("tr", {}, make("th", { scope: "row", title: text }, name), ...cells);
    line.addEventListener("click", () => inspect("n" + node));
    return { node, line, cells, name };
  });
}
/** @typedef {ReturnType<typeof makeRows>[0]} Row */

/** @param {Row} row @param {Now} now @param {string[]} letters of the rows of its card */
function paintRow({ node, line, cells, name }, now, letters) {
  const { scene, current, picked, lit } = now;
  const own = "n" + node;
  const selected = own === picked;
  const classes = [node === current.node && "now", selected && " selected", lit.includes(own) && " lit"];
  attr(line, "class", classes.filter(Boolean).join(""));
  attr(name, "aria-expanded", String(selected));
  letters.forEach((letter, k) => {
    const id = `${own}_${letter}`;
    const [, state, q = -1] = now.entry(id);
    // Three numbers leave no room for how many parts are in, which the card says: a row keeps its height.
    const number = rowText(now, id).replace(letters.length > 2 ? /^(Σ )?\d+\/\d+ / : "", "");
    const flags = q < 0 ? "" : now.flags(q);
    const long = number.length > (letters.length > 2 ? 10 : 12) ? " long" : "";
    attr(cells[k], "class", `${scene.parts[id].kind} ${state}${flags}${long}`);
    put(cells[k].firstChild, number);
  });
}

/** @type {Panel} */
export const tablePanel = {
  name: "table",
  place: "right",
  group: "steps",
  build(player) {
    const { film, box, inspect, unpick, now } = player;
    const derivatives = derivativesOf(film);
    const letters = ["v", ...derivatives.map(({ row }) => row)];
    const fold = make("details", { class: "gad-table", tabindex: 0 });
    const summary = make("summary", {}, "Table of nodes");
    const table = make("table");
    const body = make("tbody");
    table.innerHTML = headOf(derivatives);
    table.append(body);
    fold.append(summary, table);
    /** By scene. @type {Row[][]} */
    const kept = [];
    const rows = () => (kept[player.state.scene] ??= makeRows(now().scene, player));
    const current = () => rows().find(({ node }) => node === now().current.node);
    const press = (/** @type {any} */ item) => {
      const row = rows().find(({ name }) => name === item);
      inspect("n" + row?.node, item, true);
    };
    const items = () => rows().map(({ name }) => name);
    rove(fold, ["Enter", "ArrowDown", "ArrowUp"], items, () => current()?.name, press, unpick);
    /** @type {boolean | null} */
    let folded = null;

    return {
      nodes: [fold],
      paint(now) {
        if (now.entered) body.replaceChildren(...rows().map(({ line }) => line));
        for (const row of rows()) paintRow(row, now, letters);
      },
      resize({ entered }) {
        if (entered) return;
        // It is folded where it would push the code away; who opens it keeps it.
        const may = getComputedStyle(summary).display !== "none" && !box.matches(".no-graph");
        const folds = may && box.clientWidth > 640;
        if (folded !== folds) fold.open = !(folded = folds);
      },
      settle() {
        const row = current();
        tabStop(fold);
        fade([fold, ...rows().map(({ line }) => line.firstChild)]);
        if (row) keep(fold, row.line, 31);
      },
    };
  },
};
