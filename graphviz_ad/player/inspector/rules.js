// @ts-check
// How an edge is differentiated, and where a node was made.
/** @import { Edge } from "../film" */
/** @import { Sheet } from "./readings.js" */
import { attr, make, math } from "../elements.js";
import { derivativeOf } from "../hues.js";
import { edgeName } from "../picks.js";
import { madeAt, pieces } from "../spans.js";
import { formula, number } from "./facts.js";
import { hasNumber, held, rowOf, sent } from "./readings.js";

export const heading = (text = "") => make("h4", { "aria-level": 3 }, text);

/** An equation, which may break into another line before its equals sign. */
function halves(mathml = "") {
  const whole = math(mathml);
  const rest = math("<mrow/>");
  const parts = [...(whole.firstElementChild?.children ?? [])];
  const at = parts.findIndex((node) => node.localName === "mo" && node.textContent === "=");
  if (at < 1) return [whole];
  rest.firstChild.append(...parts.slice(at));
  attr(rest.firstChild.firstChild, "form", "infix");
  return [whole, " ", rest];
}

/** The local gradient of an edge, as a symbol; by one use only of what is used several times.
 * @param {Sheet} sheet @param {Edge} edge */
export function partial(sheet, { at: [child, , parent], use }) {
  const below = rowOf(sheet, parent).symbol;
  const one = use ? `<msup>${below}<mtext>(${use})</mtext></msup>` : below;
  return `<mfrac><mrow><mi>∂</mi>${rowOf(sheet, child).symbol}</mrow><mrow><mi>∂</mi>${one}</mrow></mfrac>`;
}

/** The rule, here, with numbers, and what it sends. @param {Sheet} sheet @param {Edge} edge */
export function rule(sheet, edge) {
  const { film } = sheet;
  const { hue } = derivativeOf(film);
  const name = edgeName(edge);
  const list = make("dl");
  const read = () => held(sheet, name + "_g");
  const known = () => read().q >= 0;
  const { cut, label = "", gradient, numbers, sends } = edge;
  /** @param {string} label @param {(Node | string)[]} cells */
  const line = (label, ...cells) => list.append(make("dt", {}, label), make("dd", {}, ...cells));
  const equals = () => make("span", { class: "gad-eq" }, " = ");
  if (cut) {
    line(
      "rule",
      math(label),
      make("span", {}, film.mode === "forward" ? ": nothing moves on" : ": nothing flows back"),
    );
    return list;
  }
  line("rule", ...halves(edge.rule ?? label));
  if (gradient) {
    const value = numbers || !hasNumber(sheet, name) ? [] : [equals(), number(sheet, read)];
    line("here", ...halves(`<mrow>${partial(sheet, edge)}<mo>=</mo>${gradient}</mrow>`), ...value);
  }
  if (numbers) line("numbers", formula(sheet, numbers, known, equals(), number(sheet, read)));
  const what = sends
    ? [math(sends), equals()]
    : [math(rowOf(sheet, edge.at[film.mode === "forward" ? 2 : 0]).bar), " → "];
  line(
    "sends",
    ...what,
    number(sheet, () => sent(sheet, edge), hue),
  );
  return list;
}

/** The arrays that its label is short for, in full. @param {Sheet} sheet */
export function constants(sheet, node = 0) {
  const { constants } = rowOf(sheet, node);
  if (!constants) return [];
  const facts = constants.flatMap(([name, numbers]) => [
    make("dt", {}, name),
    make("dd", {}, make("span", { class: "gad-exact" }, numbers)),
  ]);
  return [heading("with"), make("dl", {}, ...facts)];
}

/** The lines that made it, with the expression underlined. @param {Sheet} sheet */
export function origin(sheet) {
  const {
    now,
    pick,
    film: { code },
  } = sheet;
  const span = madeAt(now.scene, pick);
  if (!span || !code) return site(sheet);
  const numbers = Array.from({ length: span[2] - span[0] + 1 }, (_, i) => span[0] + i);
  const lines = numbers.map((number) => code.lines[number - code.first] ?? "");
  const margin = Math.min(...lines.filter(Boolean).map((line) => line.length - line.trimStart().length));
  const rows = lines.map((line, i) => {
    const texts = pieces(line, numbers[i], [span]).map(({ text, covers: [covered] }, k) => {
      const shown = k ? text : text.slice(margin);
      return covered ? make("u", {}, shown) : shown;
    });
    return make("div", { "data-line": numbers[i] }, ...texts);
  });
  return [heading(`made at line ${span[0]}`), make("pre", {}, ...rows)];
}

/** Where it was made, if that is not in the code pane. @param {Sheet} sheet */
function site(sheet) {
  const { site } = rowOf(sheet, parseInt(sheet.pick.slice(1)));
  if (!site) return [];
  return [heading("made at " + site.place), make("pre", {}, make("div", {}, make("u", {}, site.text)))];
}
