// @ts-check
// The inspector: all that is known about one node, or one edge, at the step and the place that are shown.
/** @import { Edge } from "../film" */
/** @import { Panel } from "../panel" */
/** @import { Held, Sheet } from "../inspector/readings.js" */
import { attr, make, math, put } from "../elements.js";
import { derivativeOf, derivativesOf } from "../hues.js";
import { fact, number } from "../inspector/facts.js";
import { nudge } from "../inspector/nudge.js";
import { hasNumber, held, rowOf, sent } from "../inspector/readings.js";
import { constants, heading, origin, partial, rule } from "../inspector/rules.js";
import { spark } from "../inspector/spark.js";
import { makeTools } from "../inspector/tools.js";
import { edgeName, pickName } from "../picks.js";

const CLOSE = "M2 3l1-1 4 4 4-4 1 1-4 4 4 4-1 1-4-4-4 4-1-1 4-4z";

/** What is inspected: an edge, or a node; how its two quantities are read, called, and which nodes have their types.
 * @param {Sheet} sheet */
function subject(sheet) {
  const { scene } = sheet.now;
  const { pick } = sheet;
  const derivative = derivativeOf(sheet.film);
  const node = parseInt(pick.slice(1));
  const row = rowOf(sheet, node);
  const edge = scene.edges.find((one) => edgeName(one) === pick);
  if (!edge) {
    const value = () => held(sheet, pick + "_v");
    const adjoint = () => held(sheet, `${pick}_${derivative.row}`);
    const labels = ["▼ value", derivative.label + derivative.hue];
    const words = { title: math(row.mathml, row.text), what: row.what, labels };
    return { node, edge, ...words, hue: "value", value, adjoint, types: [node, node], symbols: [row.symbol, row.bar] };
  }
  const parent = edge.at[2];
  const value = () => held(sheet, pick + "_g");
  const adjoint = () => sent(sheet, edge);
  const arrow = `${rowOf(sheet, parent).symbol}<mo>→</mo>${row.symbol}`;
  const title = math(edge.gradient ? `${partial(sheet, edge)}<mo>=</mo>${edge.gradient}` : arrow);
  const words = { title, what: pickName(scene, pick), labels: ["× local gradient", derivative.label + "sends"] };
  const symbols = [partial(sheet, edge), "<mtext>sends</mtext>"];
  return { node, edge, ...words, hue: "local", value, adjoint, types: [node, parent], symbols };
}
/** @typedef {ReturnType<typeof subject>} Subject */

/** Its two quantities: in full, and along the slider. @param {Sheet} sheet @param {Subject} subject */
function quantities(sheet, { edge, labels, hue, value, adjoint, types, symbols }) {
  const plain = !edge || hasNumber(sheet, sheet.pick);
  const facts = make("dl", { class: "gad-values" });
  if (plain) facts.append(...fact(sheet, labels[0], hue, value, types[0]));
  if (!edge && sheet.film.mode === "both")
    facts.append(...fact(sheet, "tangent", "tangent", () => held(sheet, sheet.pick + "_t"), types[1]));
  const hues = derivativesOf(sheet.film).map(({ hue }) => hue);
  if (hues.length) facts.append(...fact(sheet, labels[1], hues[hues.length - 1], adjoint, types[1]));
  if (!sheet.reel.grids.length) return make("div", {}, facts);
  const over = heading();
  const { sliders } = sheet.film;
  sheet.live.push(() => put(over, `over ${sliders.length > 1 ? sliders[sheet.now.active].name : "the slider"}`));
  const sparks = plain ? [spark(sheet, symbols[0], hue, value)] : [];
  return make("div", {}, facts, over, ...sparks, spark(sheet, symbols[1], derivativeOf(sheet.film).hue, adjoint));
}

/** How it is differentiated, what its derivative is the sum of, and where it was made.
 * @param {Sheet} sheet @param {Subject} subject */
function story(sheet, { node, edge }) {
  const { edges } = sheet.now.scene;
  const [own, out] = [0, 2].map((end) => edges.filter(({ at }) => at[end] === node));
  const ways = edge ? [edge] : own;
  if (sheet.film.mode === "values") return make("div", {}, ...(edge ? [] : constants(sheet, node)), ...origin(sheet));
  const nodes = ways.length ? [heading("how it is differentiated")] : [];
  nodes.push(...ways.map((one) => rule(sheet, one)));
  const parts = sheet.film.mode === "forward" ? own.filter(({ cut }) => !cut) : out;
  if (!edge && parts.length > 1) nodes.push(heading(derivativeOf(sheet.film).sum), sum(sheet, parts));
  if (!edge) nodes.push(...constants(sheet, node));
  return make("div", {}, ...nodes, ...origin(sheet));
}
/** @param {Sheet} sheet @param {Edge[]} edges */
function sum(sheet, edges) {
  const lines = edges.flatMap((edge) => {
    const forward = sheet.film.mode === "forward";
    const { mathml } = rowOf(sheet, edge.at[forward ? 2 : 0]);
    const via = make("dt", {}, forward ? "from " : "via ", math(mathml));
    return [
      via,
      make(
        "dd",
        {},
        number(sheet, () => sent(sheet, edge), derivativeOf(sheet.film).hue),
      ),
    ];
  });
  return make("dl", {}, ...lines);
}

/** @type {Panel} */
export const inspectorPanel = {
  name: "inspector",
  place: "right",
  build(player) {
    const { film, reel, box, unpick } = player;
    /** @type {Sheet} */
    const sheet = { film, reel, now: /** @type {any} */ (null), pick: "", live: [], sizes: 0 };
    const title = make("h3", { "aria-level": 2, tabindex: -1 });
    const what = make("p", { class: "gad-what" });
    const body = make("div", { class: "gad-facts", tabindex: 0, role: "group", "aria-label": "Details" });
    const icon = make("s:svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, make("s:path", { d: CLOSE }));
    const close = make("button", { type: "button", class: "gad-close", "aria-label": "Close the inspector" }, icon);
    const tools = makeTools(sheet, player);
    const header = make("header", {}, title, close);
    const section = make("section", { class: "gad-inspector", tabindex: "-1", hidden: "" }, header, what, body);
    section.append(...tools.nodes);
    close.addEventListener("click", () => void unpick());
    body.addEventListener("scroll", fade);
    const observer = new ResizeObserver(() => {
      sheet.sizes++;
      for (const update of sheet.live) update();
      fade();
    });

    function fade() {
      body.classList.toggle("below", body.scrollHeight - body.clientHeight - body.scrollTop > 2);
      // What goes on beyond its edge can be scrolled by keys.
      const over = [title, body].map((node) => node.scrollWidth > node.clientWidth);
      title.tabIndex = over[0] ? 0 : -1;
      body.tabIndex = over[1] || body.scrollHeight > body.clientHeight ? 0 : -1;
    }
    /** Build what does not change with step and place. */
    function enter() {
      const it = subject(sheet);
      const name = pickName(sheet.now.scene, sheet.pick);
      sheet.live = [];
      title.replaceChildren(it.title);
      what.textContent = it.what;
      attr(title, "aria-label", name);
      attr(section, "aria-label", "Inspector: " + name);
      const small = it.edge || /forward|values/.test(film.mode ?? "") ? [] : nudge(sheet, heading);
      body.replaceChildren(quantities(sheet, it), ...small, story(sheet, it));
      body.scrollTop = 0;
      sheet.sizes++;
      observer.disconnect();
      for (const one of [body, ...body.children]) observer.observe(one);
      tools.enter();
      sheet.live.push(() => tools.paint(it.value(), it.types[0]));
    }
    function leave() {
      sheet.live = [];
      observer.disconnect();
      body.replaceChildren();
    }

    return {
      nodes: [section],
      paint(now) {
        const other = now.picked !== sheet.pick || sheet.now?.number !== now.number;
        sheet.now = now;
        box.classList.toggle("gad-inspecting", !!now.picked);
        if (other) {
          sheet.pick = now.picked;
          section.hidden = !now.picked;
          if (now.picked) enter();
          else leave();
        }
        for (const update of sheet.live) update();
      },
      destroy() {
        tools.end();
        observer.disconnect();
      },
    };
  },
};
