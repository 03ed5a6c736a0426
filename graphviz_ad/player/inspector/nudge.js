// @ts-check
// A small change of a node, and about what becomes of everything that is computed from it: the change times slopes that
// are looked up, added where ways meet.
/** @import { Edge, Scene } from "../film" */
/** @import { Sheet } from "./readings.js" */
import { entriesOf } from "../cells.js";
import { make, math, put } from "../elements.js";
import { write } from "../numbers.js";
import { edgeName } from "../picks.js";
import { NOT_YET, held, isScalar, quantityOf, rowOf } from "./readings.js";

/** A change that nobody has chosen. */
const SMALL = 0.01;

/** About how far each node moves when one moves by so much; NaN where an array lies between.
 * @param {Scene["edges"]} edges @param {(edge: Edge) => number} slope @returns {Map<number, number>} */
export function travel(edges, node = 0, by = 0, slope) {
  const moves = new Map([[node, by]]);
  for (const edge of edges) {
    const [child, , parent] = edge.at;
    const move = moves.get(parent);
    if (edge.cut || move === undefined) continue;
    moves.set(child, (moves.get(child) ?? 0) + move * slope(edge));
  }
  return moves;
}

/** Three digits are enough for what is about right. */
export function roughly(value = 0) {
  const size = Math.floor(Math.log10(Math.abs(value)));
  return write(value, size < -4 ? ["e", 2] : ["f", Math.max(0, Math.min(6, 2 - size))]).trimEnd();
}

/** Where the slope on an edge between two numbers stands: itself, or the quantity that holds it; null where neither.
 * @param {Sheet} sheet @param {Edge} edge @returns {{factor?: number, q?: number} | null} */
function slopeOf(sheet, { at, factor }) {
  if (!isScalar(sheet, at[0]) || !isScalar(sheet, at[2])) return null;
  if (factor !== undefined) return { factor };
  const part = sheet.now.scene.parts[edgeName({ at }) + "_g"];
  const q = part?.timeline.findLast(([, , q = -1]) => q >= 0)?.[2];
  return q === undefined ? null : { q };
}

/** How far the next stop of the slider in focus is, and how much f really changes until there.
 * @param {Sheet} sheet @returns {[number, number]} */
function nextStop({ reel, now: { active, stop, here, number } }) {
  const stride = reel.strides[active];
  const place = Math.floor(stop / stride) % reel.grids[active].length;
  const far = reel.grids[active][place + 1] - reel.grids[active][place];
  const there = here.stop === stop && far > 0 ? reel.find(stop + stride) : undefined;
  return there?.scene === number ? [far, reel.read(there) - reel.read(here)] : [NaN, NaN];
}

/** What is said where a film has only the range of an array. */
const UNTOLD = "not told: too many entries";

/** All entries of a quantity, here; none where a film has only their range. @param {Sheet} sheet */
function allOf(sheet, q = 0) {
  const one = quantityOf(sheet, q);
  const { table, base } = sheet.now.here;
  return one.complex ? [] : entriesOf(one, table, base);
}

/** A list of small numbers, each with its label. @param {[Node | string, string][]} rows */
function list(rows) {
  const values = rows.map(([, hue]) => make("dd", { class: hue }));
  const node = make("dl", {}, ...rows.flatMap(([label], i) => [make("dt", {}, label), values[i]]));
  return { node, values };
}
/** Each line keeps its place, known or not. @param {Node} node @param {number} value */
const tellAbout = (node, value, empty = NOT_YET) =>
  put(/** @type {any} */ (node), isFinite(value) ? roughly(value) : empty);

/** The part of the sheet in which a node is nudged; nothing where the result does not depend on it.
 * @param {Sheet} sheet @param {(text: string) => Node} heading */
export function nudge(sheet, heading) {
  const { scene } = sheet.now;
  const node = parseInt(sheet.pick.slice(1));
  const symbol = (one = 0) => math(rowOf(sheet, one).symbol);
  const name = (one = 0) => rowOf(sheet, one).text.split(" = ")[0];
  const last =
    scene.rows.findLast(({ node }) => scene.parts[`n${node}_v`]?.timeline.some(([, , q]) => q === scene.output))
      ?.node ?? -1;
  const all = travel(scene.edges, node, 1, () => 1);
  if (last < 0 || last === node || !all.has(last)) return [];
  const known = travel(scene.edges, node, 1, (edge) => (slopeOf(sheet, edge) ? 1 : NaN));
  const ways = [...known].filter(([one, move]) => one !== node && one !== last && isFinite(move)).map(([one]) => one);

  const field = make("input", { type: "number", step: "any", "aria-label": `A small change of ${name(node)}` });
  const subject = isScalar(sheet, node) ? "If " : "If each entry of ";
  const says = make("p", {}, subject, symbol(node), " grew by ", field, ", these would change by about");
  const moves = list([
    ...ways.map((one) => /** @type {[Node, string]} */ ([symbol(one), ""])),
    [symbol(last), "adjoint"],
  ]);
  const slides = sheet.film.sliders.some((slider) => slider.name === name(node));
  const truth = list([
    [make("span", {}, symbol(node), " grows by"), ""],
    [make("span", {}, symbol(last), " about"), "adjoint"],
    [make("span", {}, symbol(last), " really"), "value"],
  ]);
  let chosen = false;

  function paint() {
    const { q, word } = held(sheet, sheet.pick + "_a");
    const entries = q >= 0 && !word ? allOf(sheet, q) : [];
    const whole = entries.length > 0;
    const slope = whole ? entries.reduce((sum, one) => sum + one, 0) : NaN;
    const [far, real] = slides ? nextStop(sheet) : [NaN, NaN];
    if (!chosen) field.value = String(Number((far || SMALL).toPrecision(6)));
    const by = field.valueAsNumber;
    const { table, base } = sheet.now.here;
    const moved = travel(scene.edges, node, by, (edge) => {
      const { factor, q = 0 } = slopeOf(sheet, edge) ?? { factor: NaN };
      return factor ?? table[base + scene.quantities[q].c];
    });
    ways.forEach((one, i) => tellAbout(moves.values[i], whole ? (moved.get(one) ?? NaN) : NaN));
    tellAbout(moves.values[ways.length], by * slope, q >= 0 && !word && !whole ? UNTOLD : NOT_YET);
    const none = isFinite(far) ? NOT_YET : "no next stop";
    [far, far * slope, real].forEach((value, i) => tellAbout(truth.values[i], value, none));
  }
  field.addEventListener("input", () => ((chosen = true), paint()));
  // Keys move within the field, and not through the story.
  field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") event.stopPropagation();
  });
  sheet.live.push(paint);
  const compared = slides ? [heading("to the next stop"), truth.node] : [];
  return [make("div", { class: "gad-nudge" }, heading("a small change"), says, moves.node, ...compared)];
}
