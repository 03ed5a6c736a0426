// @ts-check
// The watches: expressions that Python has computed for each step, and nodes that are chosen in the page.
/** @import { Debug } from "../film" */
/** @import { Now, Player } from "../panel" */
import { make, put } from "../elements.js";
import { suppress } from "../keys.js";
import { rowText } from "../naming.js";
import { stairs } from "./glyphs.js";

/** @typedef {{text: string, at: (now: Now, step: number) => string,
 *   course: (now: Now) => [number, number | null][]}} Watch */

/** A watched expression that came with the page. @param {Debug["watches"][0]} watch @returns {Watch} */
const watchedInPython = ({ text, course, why = "" }) => ({
  text,
  at: (_, step) => course.findLast(([from]) => from <= step)?.[1] ?? (why || "not known yet"),
  course: () => course.map(([step, , number]) => [step, number]),
});

/** A number of a node. @param {string} id of its row @returns {Watch} */
const heldBy = (text = "", id = "") => ({
  text,
  at: (now) => rowText(now, id).trim() || "not known yet",
  course: ({ scene, here }) =>
    scene.parts[id].timeline.flatMap(([step, , q = -1]) => {
      const quantity = scene.quantities[q];
      if (q < 0 || quantity.n !== 1) return [];
      return [/** @type {[number, number]} */ ([step, here.table[here.base + quantity.c]])];
    }),
});

/** What is typed to be watched: a name, or its value or adjoint. @param {Debug} debug @param {Now["scene"]} scene */
function watchOf({ names }, { parts }, typed = "") {
  const [name, what = "adjoint"] = typed.trim().split(".");
  const id = `n${names[name]}_${what[0]}`;
  return name in names && /^(value|adjoint)$/.test(what) && parts[id] ? heldBy(`${name}.${what}`, id) : null;
}

/** Make the tab of the watches. @param {Player} player @param {Debug} debug */
export function makeWatches(player, debug) {
  const watches = debug.watches.map(watchedInPython);
  const body = make("tbody");
  const head = make("tr", {}, ...["expression", "so far", "now"].map((word) => make("th", { scope: "col" }, word)));
  const table = make("table", {}, make("thead", {}, head), body);
  const field = make("input", { "aria-label": "Watch a name", placeholder: "name, such as x.adjoint" });
  const add = make("button", { type: "submit" }, "Watch");
  const form = make("form", {}, field, add);
  const said = make("p", { class: "gad-said" });
  const node = make("section", { class: "gad-watch", "aria-label": "Watches" }, table, form, said);
  /** @type {any[][]} */
  let rows = [];
  /** @type {((count: number) => void)[]} */
  const counters = [];

  function draw() {
    rows = watches.map((watch) => {
      const [course, now] = [make("td"), make("td", { class: "gad-now" })];
      const drop = make("button", { type: "button", "aria-label": `Watch ${watch.text} no more` }, "×");
      suppress(drop);
      drop.addEventListener("click", () => {
        watches.splice(watches.indexOf(watch), 1);
        draw();
        player.repaint();
        field.focus();
      });
      const line = make("tr", {}, make("th", { scope: "row" }, make("code", {}, watch.text), drop), course, now);
      return [line, course, now];
    });
    body.replaceChildren(...rows.map(([line]) => line));
    for (const count of counters) count(watches.length);
  }
  /** @param {Now} now */
  function paint(now) {
    watches.forEach((watch, i) => {
      const [line, course, value] = rows[i];
      const text = watch.at(now, now.step);
      line.classList.toggle("gad-changed", now.step > 0 && watch.course(now).some(([step]) => step === now.step));
      course.replaceChildren(stairs(watch.course(now), now.step, now.last));
      put(value, text);
    });
  }
  function watch(text = "") {
    const known = watchOf(debug, player.now().scene, text);
    put(said, known ? "" : `No node is called ${text.split(".")[0] || "so"}: type a name of the table of nodes.`);
    if (!known || watches.some((one) => one.text === known.text)) return;
    watches.push(known);
    draw();
    player.repaint();
  }
  form.addEventListener("submit", (/** @type {any} */ event) => {
    event.preventDefault();
    watch(field.value);
    if (!said.textContent) field.value = "";
  });
  draw();
  return {
    node,
    paint,
    watch,
    count: () => watches.length,
    counted: (/** @type {(count: number) => void} */ each) => void counters.push(each),
  };
}
