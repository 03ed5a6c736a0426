// @ts-check
// Numbers on the inspector's sheet: in a formula, in a line, and in full.
/** @import { Held, Sheet } from "./readings.js" */
import { attr, make, math, put } from "../elements.js";
import { fill, holesIn } from "../holes.js";
import { droplet } from "../hues.js";
import { flags, inline, pairs, slotTexts } from "../numbers.js";
import { thumbnail } from "../picture.js";
import { repr } from "./literals.js";
import { NOT_YET, dtypeOf, isScalar, numbersOf, quantityOf } from "./readings.js";

/** How high the picture of an array is. */
const TALL = 84;

/** A formula whose holes are filled while what it needs is known.
 * @param {Sheet} sheet @param {string} mathml @param {() => boolean} known @param {Node[]} rest */
export function formula(sheet, mathml, known, ...rest) {
  const text = math(mathml);
  const yet = make("span", { class: "gad-yet" }, NOT_YET);
  const whole = make("span", {}, text, ...rest);
  const holes = holesIn(text);
  sheet.live.push(() => {
    const shown = known();
    whole.hidden = !shown;
    yet.hidden = shown;
    if (shown) fill(holes, sheet.now.scene.quantities, sheet.now.here);
    else for (const { node } of holes) put(node, "");
  });
  return make("span", {}, whole, yet);
}

/** A number in a line, as it is written in the graph. @param {Sheet} sheet @param {() => Held} read */
export function number(sheet, read, hue = "") {
  const node = make("b", { class: hue });
  sheet.live.push(() => {
    const { q, empty } = read();
    const { table, base, drawn } = sheet.now.here;
    const one = quantityOf(sheet, q);
    node.className = q < 0 ? "gad-yet" : hue + flags(one, table, base, drawn(q));
    put(node, q < 0 ? empty : inline(one, table, base).trimEnd());
  });
  return node;
}

/** A quantity as Python writes it; of a larger array shape and range. @param {Sheet} sheet */
function inFull(sheet, q = 0, node = 0) {
  const one = quantityOf(sheet, q);
  const { table, base } = sheet.now.here;
  const texts = () => (one.complex ? pairs(numbersOf(sheet, q).map(write)) : numbersOf(sheet, q).map(write));
  const write = (value = 0) => repr(value, dtypeOf(sheet, node));
  if (one.shape) return slotTexts(one, table, base).join(", ");
  return isScalar(sheet, node) ? texts()[0] : `[${texts().join(", ")}]`;
}

/** The picture of an array, drawn anew where it or its width has changed. @param {Sheet} sheet */
function makePicture(sheet) {
  const node = make("s:svg", { class: "gad-scene gad-large", "aria-hidden": "true" });
  let size = -1;
  let full = 0;
  let drawn = "";
  /** Show the picture of a quantity, if it has one. */
  function show(q = -1) {
    const kind = q < 0 ? null : quantityOf(sheet, q).picture;
    const { here } = sheet.now;
    node.parentNode.hidden = !kind;
    if (!kind) return;
    // Sizes are read when they have changed: reading them at each stop would slow the slider down.
    if (size !== sheet.sizes) ((size = sheet.sizes), (full = node.clientWidth || 280));
    const key = here.drawn(q) + full;
    if (key === drawn || !here.drawn(q)) return;
    drawn = key;
    // A map keeps its shape: its cells are square where there is room.
    const wide = kind.kind === "line" ? full : Math.min(full, (TALL * kind.columns) / kind.rows);
    const paths = Object.entries(thumbnail(kind, here.drawn(q), [0, 0, wide, TALL], numbersOf(sheet, q)));
    attr(node, "viewBox", `${(wide - full) / 2} 0 ${full} ${TALL}`);
    node.replaceChildren(...paths.map(([name, d]) => make("s:path", { class: name, d })));
  }
  return { node, show };
}

/** A quantity in full, with its picture.
 * @param {Sheet} sheet @param {() => Held} read @param {number} node whose type it has */
export function fact(sheet, label = "", hue = "", read, node = 0) {
  const text = make("span");
  const note = make("small");
  const picture = makePicture(sheet);
  sheet.live.push(() => {
    const { q, empty, word } = read();
    const { table, base, drawn } = sheet.now.here;
    text.className = q < 0 ? "gad-yet" : "gad-exact" + flags(quantityOf(sheet, q), table, base, drawn(q));
    put(text, q < 0 ? empty : inFull(sheet, q, node));
    put(note, q >= 0 ? word : "");
    picture.show(q);
  });
  return [
    make("dt", { class: hue }, ...(hue === "tangent" ? [droplet(), " "] : []), label, note),
    make("dd", { class: hue }, text),
    make("dd", { class: "gad-wide " + hue }, picture.node),
  ];
}
