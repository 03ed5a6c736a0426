// @ts-check
// The picture of a scene, taken apart: what is written to at each step, and what can be hit.
/** @import { Film, Scene } from "./film" */
/** @import { View } from "./panel" */
import { attr, make, parse } from "./elements.js";
import { edgeName, graphOrder, pickName } from "./picks.js";
import { pressable } from "./roving.js";

/** Name a picture for who does not see it. @param {any} svg @param {Film} film @param {Scene} scene */
function label(svg, { title }, { rows }) {
  const nodes = rows.map((row) => row.text).join("; ");
  attr(svg, "role", "group");
  attr(svg, "aria-label", `Graph of ${title.text}: ${nodes}. The table of nodes has the numbers.`);
}

/** A lane is too thin to be hit: these are wider. @param {Scene} scene @param {Map<string, any>} nodes */
function makeHits({ edges }, nodes) {
  const band = make("s:g", { class: "gad-hits", "aria-hidden": "true" });
  for (const name of edges.map(edgeName)) {
    for (const way of "fbt") {
      const d = nodes.get(`${name}_${way}`)?.querySelector(".line")?.getAttribute("d");
      if (d) band.append(make("s:path", { "data-pick": name, d }));
    }
  }
  return band;
}

/** Parse the picture of a scene. @param {Film} film @param {Scene} scene @returns {View} */
export function makeView(film, scene) {
  const svg = parse(scene.svg);
  label(svg, scene.own ?? film, scene);
  const texts = [...svg.querySelectorAll("text")].map((node) => ({
    node,
    size: Number(node.getAttribute("font-size") || 12),
  }));
  const smallest = Math.min(...texts.map(({ size }) => size));
  /** @type {Map<string, any>} */
  const nodes = new Map([...svg.querySelectorAll("[id]")].map((node) => [node.id, node]));
  const parts = Object.keys(scene.parts).flatMap((id) => {
    const node = nodes.get(id);
    const own = (word = "") => [...node.children].filter((child) => child.classList.contains(word));
    if (!node) return [];
    const [[note], [bar], [picture], [double]] = ["note", "progress", "picture", "double"].map(own);
    return [{ id, node, slots: own("slot"), note, bar, picture, cells: own("cell"), double }];
  });
  for (const id of graphOrder(scene)) pressable(nodes.get(id), pickName(scene, id));
  const band = makeHits(scene, nodes);
  nodes.get("n0")?.before(band);
  const pills = svg.appendChild(make("s:g", { class: "gad-pills", "aria-hidden": "true" }));
  return { svg, nodes, parts, pills, texts, hits: [...band.children], least: scene.width / smallest };
}
