// @ts-check
// The inspector's buttons: copy the formula, copy the value, run to here.
/** @import { Player } from "../panel" */
/** @import { Held, Sheet } from "./readings.js" */
import { copyText } from "../copying.js";
import { attr, make } from "../elements.js";
import { derivativeOf } from "../hues.js";
import { goal, latexOf } from "../picks.js";
import { literal } from "./literals.js";
import { dtypeOf, isScalar, numbersOf, quantityOf } from "./readings.js";

const COPY = "M2 1h7v3h4v9H5V9H2zM3.5 2.5v5H5V4h2.5V2.5zM6.5 5.5v6h5v-6z";
const BY_HAND = "This page may not copy. The text is selected: press Control or Command and C.";

function button(word = "", label = "", path = "") {
  const icon = make("s:svg", { viewBox: "0 0 14 14", "aria-hidden": "true" });
  icon.append(make("s:path", { d: path, "fill-rule": "evenodd" }));
  const node = make("button", { type: "button", class: "gad-" + word }, ...(path ? [icon] : []));
  node.append(make("span", {}, label));
  return node;
}

/** Make the buttons, and the text to be copied by hand where a page may not copy.
 * @param {Sheet} sheet @param {Player} player */
export function makeTools(sheet, { announce, runTo }) {
  const latex = button("copy-latex", "LaTeX", COPY);
  const numpy = button("copy-numpy", "NumPy", COPY);
  const run = button("run", "Run to here");
  const node = make("div", { class: "gad-tools" }, latex, numpy, run);
  const by = make("textarea", {
    class: "gad-by-hand",
    rows: 2,
    readonly: "",
    hidden: "",
    "aria-label": "Text to copy",
  });
  let timer = 0;
  let value = "";
  attr(latex, "aria-label", "LaTeX: copy the formula");
  latex.addEventListener("click", () => copy(latex, latexOf(sheet.now.scene, sheet.pick)));
  numpy.addEventListener("click", () => copy(numpy, value));
  run.addEventListener("click", () => runTo(goal(sheet.now.scene.steps, sheet.pick, sheet.now.step)));
  // The arrows move within the text that is to be copied by hand.
  by.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") event.stopPropagation();
  });

  /** @param {any} from the button */
  async function copy(from, text = "") {
    if (!text) return;
    const done = await copyText(text, node.parentNode);
    const name = from === latex ? "LaTeX" : "NumPy";
    clearTimeout(timer);
    latex.lastChild.textContent = "LaTeX";
    numpy.lastChild.textContent = "NumPy";
    by.hidden = done;
    if (done) {
      from.lastChild.textContent = "Copied";
      timer = window.setTimeout(() => (from.lastChild.textContent = name), 1600);
    } else {
      by.value = text;
      by.focus();
      by.select();
    }
    announce(done ? `Copied: ${text}` : BY_HAND);
  }
  /** More than the film's numbers hold would have to come from Python.
   * @param {Held} held @param {number} type a node */
  function paintValue({ q }, type) {
    const whole = q >= 0 && !quantityOf(sheet, q).shape;
    value = whole ? literal(numbersOf(sheet, q), dtypeOf(sheet, type), isScalar(sheet, type)) : "";
    const why = q < 0 ? "not known yet" : "only range and picture are in this page";
    attr(numpy, "aria-disabled", String(!value));
    attr(numpy, "aria-label", "NumPy: " + (value ? "copy the value" : why));
    numpy.title = value || why;
  }
  function paintRun() {
    const {
      now: { scene, step },
      pick,
    } = sheet;
    const to = scene.steps[goal(scene.steps, pick, step)];
    const what =
      to?.kind === "evaluate" ? "its value" : pick[0] === "e" ? "what it sends" : "its " + derivativeOf(sheet.film).hue;
    run.title = to ? `until ${what} is known` : "";
    run.hidden = !to;
  }
  return {
    nodes: [node, by],
    /** Another node or edge is inspected. */
    enter() {
      by.hidden = true;
      latex.hidden = !latexOf(sheet.now.scene, sheet.pick);
    },
    /** @param {Held} held @param {number} type the node that has its type */
    paint(held, type) {
      paintValue(held, type);
      paintRun();
    },
    end: () => clearTimeout(timer),
  };
}
