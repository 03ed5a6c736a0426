// @ts-check
// The watches: expressions with their course, which Python has computed for each step; the page, where they are typed.
/** @import { BreakPoint, Debug, Step } from "../film" */
/** @import { Now, Player } from "../panel" */
/** @import { Tree } from "./grammar.js" */
/** @import { Points } from "./points.js" */
import { attr, make, put } from "../elements.js";
import { suppress } from "../keys.js";
import { followed } from "./following.js";
import { breakIcon, stairs } from "./glyphs.js";
import { Complaint, readExpression } from "./grammar.js";
import { adjointOf, momentOf } from "./knowing.js";

/** An expression with its course, and the node whose adjoint it is, or -1.
 * @typedef {{tree: Tree | null, node: number} & Debug["watches"][0]} Watch */

/** What a watched expression is made of; one that only Python can read has no tree. @returns {Tree | null} */
function treeOf(text = "") {
  try {
    return readExpression(text);
  } catch (error) {
    if (error instanceof Complaint) return null;
    throw error;
  }
}

/** How many contributions there are so far, while they are not all. @param {Debug} debug @param {Watch} watch */
function partsAt(debug, { node }, step = 0) {
  if (node < 0) return "";
  const [count, of] = momentOf(debug, step).arrived(node);
  return count && count < of ? `${count} of ${of}` : "";
}

/** @type {Record<string, string>} */
const SIGNS = { ">": "above", "<": "below", ">=": "from", "<=": "up to", "==": "at", "!=": "off" };

/** What a condition says of a watch, in words; nothing of another. @param {Watch} watch @param {BreakPoint} point */
function stopWords({ tree, text }, { asked = "" }) {
  const own = JSON.stringify(tree);
  const condition = asked && tree ? treeOf(asked) : null;
  if (condition?.kind === "call" && condition.tree.kind === "part" && condition.tree.of === "isnan")
    return JSON.stringify(condition.args[0]) === own ? "stop when NaN" : "";
  if (condition?.kind !== "compare" || condition.args.length > 2 || JSON.stringify(condition.args[0]) !== own)
    return "";
  const [, sign, rest] = /([<>=!]=|[<>]|above|below)([^<>=!]*)$/.exec(asked) ?? [];
  return sign && text ? `stop ${SIGNS[sign] ?? sign} ${rest.trim()}` : "";
}

/** Make the tab of the watches.
 * @param {Player} player @param {Debug} debug @param {Step[]} steps @param {Points} points
 * @param {(text: string, from: any) => void} ask for a condition */
export function makeWatches(player, debug, steps, points, ask) {
  const watches = debug.watches.map((watch) => withNode({ ...watch, tree: treeOf(watch.text) }));
  const body = make("tbody");
  const words = ["expression", "so far", "now", "stops"];
  const head = make("tr", {}, ...words.map((word) => make("th", { scope: "col" }, word)));
  const table = make("table", {}, make("thead", {}, head), body);
  const field = make("input", { "aria-label": "Watch an expression", placeholder: "name or expression: x.adjoint" });
  const add = make("button", { type: "submit" }, "Watch");
  const form = make("form", {}, field, add);
  const said = make("p", { class: "gad-said", role: "status" });
  const node = make("section", { class: "gad-watch gad-tabpanel", "aria-label": "Watches" }, table, form, said);
  /** @type {any[][]} */
  let rows = [];
  /** @type {((count: number) => void)[]} */
  const counters = [];

  /** @param {any} watch @returns {Watch} */
  function withNode(watch) {
    return { ...watch, node: watch.tree ? adjointOf(debug, watch.tree) : -1 };
  }
  function draw() {
    rows = watches.map((watch) => {
      const [course, now] = [make("td"), make("td", { class: "gad-now" })];
      const stops = make("button", { type: "button", class: "gad-stops" });
      stops.addEventListener("click", () => ask(`if ${watch.text} > `, stops));
      const drop = make("button", { type: "button", "aria-label": `Watch ${watch.text} no more` }, "×");
      for (const button of [stops, drop]) suppress(button);
      drop.addEventListener("click", () => {
        watches.splice(watches.indexOf(watch), 1);
        draw();
        player.repaint();
        field.focus();
      });
      const name = make("th", { scope: "row" }, make("code", {}, watch.text));
      const line = make("tr", {}, name, course, now, make("td", {}, stops, drop));
      return [line, course, now, stops];
    });
    body.replaceChildren(...rows.map(([line]) => line));
    for (const count of counters) count(watches.length);
  }
  /** @param {Now} now */
  function paint(now) {
    watches.forEach((watch, i) => {
      const [line, course, value, stops] = rows[i];
      const before = watch.course.findLast(([from]) => from <= now.step);
      const parts = partsAt(debug, watch, now.step);
      line.classList.toggle("gad-changed", now.step > 0 && watch.course.some(([step]) => step === now.step));
      course.replaceChildren(
        stairs(
          watch.course.map(([step, , number]) => [step, number]),
          now.step,
          now.last,
        ),
      );
      value.replaceChildren(
        before?.[1] ?? (watch.why || "not known yet"),
        ...(parts ? [make("small", {}, parts)] : []),
      );
      paintStops(watch, stops, now);
    });
  }
  /** @param {Watch} watch @param {any} button @param {Now} now */
  function paintStops(watch, button, { step }) {
    const own = points.all.filter((point) => stopWords(watch, point));
    const hit = own.some(({ on, steps }) => on && steps.includes(step));
    const text = own.map((point) => stopWords(watch, point)).join(", ");
    button.replaceChildren(...(own.length ? [breakIcon(own[0], hit)] : []), text || "stop if …");
    button.classList.toggle("gad-hit", hit);
    attr(button, "aria-label", `${text || "Stop on a condition"}: ${watch.text}`);
  }
  function watch(text = "") {
    try {
      const own = followed(debug, steps.length, text);
      put(said, "");
      if (watches.some((one) => one.text === own.text)) return;
      watches.push(withNode(own));
      draw();
      player.repaint();
    } catch (error) {
      if (!(error instanceof Complaint)) throw error;
      put(said, error.message);
    }
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
