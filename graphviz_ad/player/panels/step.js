// @ts-check
// The step: one sentence, and its formula from the rule to the number.
/** @import { Scene, Step } from "../film" */
/** @import { Hole } from "../holes.js" */
/** @import { Now, Panel, Player } from "../panel" */
import { attr, make, math } from "../elements.js";
import { fill, holesIn } from "../holes.js";
import { derivativeOf, hueOf } from "../hues.js";
import { MINUS } from "../numbers.js";
import { fade, tabStop } from "../scrolling.js";

/** What the steps are called in which values are computed: in forward mode all go forward. */
const CHIPS = { reverse: "▼ forward", forward: "▼ value" };

/** A formula as its summands, between which its line may break. */
function summands(mathml = "") {
  const whole = math(mathml);
  const parts = [...(whole.firstElementChild?.children ?? [])];
  const pieces = [whole];
  let depth = 0;
  parts.forEach((part, i) => {
    const sign = part.localName === "mo" ? part.textContent : "";
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    const begins = !depth && (sign === "+" || sign === MINUS) && parts[i - 1]?.localName !== "mo";
    if (begins) (attr(part, "form", "infix"), pieces.push(math("<mrow/>")));
    if (pieces.length > 1) pieces[pieces.length - 1].firstChild.append(part);
  });
  return pieces;
}

/** Tell a step; the numbers of a place go into its holes.
 * @param {Player["film"]} film @param {Step} step @param {Scene} scene @returns {{nodes: Node[], holes: Hole[]}} */
function tell(film, { kind, sentence, stages }, { quantities }) {
  /** @type {Hole[]} */
  const holes = [];
  const spans = sentence.map((fragment) => {
    if (typeof fragment === "string") return fragment;
    if ("m" in fragment) return math(fragment.m, fragment.t);
    const node = make("b", { class: quantities[fragment.q].role });
    holes.push({ node, q: fragment.q, paren: false });
    return node;
  });
  // No line begins with the comma after a formula.
  spans.forEach((one, i) => {
    if (typeof one !== "string" || !/^[,.:;)]/.test(one) || !i) return;
    spans[i - 1] = make("span", { class: "gad-glue" }, spans[i - 1], one[0]);
    spans[i] = one.slice(1);
  });
  const formulas = stages.flatMap(({ label, mathml }) => {
    const formulas = kind === "push" ? summands(mathml) : [math(mathml)];
    holes.push(...formulas.flatMap(holesIn));
    const line = make("dd", {}, ...formulas.flatMap((formula, i) => (i ? [make("wbr"), formula] : [formula])));
    line.classList.toggle("gad-sum", formulas.length > 1);
    return [make("dt", {}, label), line];
  });
  const chip = make("span", { class: "gad-chip" });
  const sweep = kind === "seed" && film.mode === "forward" ? "seed" : "sweep";
  chip.innerHTML = kind === "evaluate" ? CHIPS[film.mode ?? "reverse"] : derivativeOf(film)[sweep];
  return { nodes: [make("p", {}, chip, " ", ...spans), make("dl", {}, ...formulas)], holes };
}

/** The steps that may be the tallest: many stages, long sentences. @param {Scene} scene */
function talkers({ steps }) {
  const length = (/** @type {Step} */ step) => JSON.stringify(step.sentence).length;
  return [...steps].sort((a, b) => b.stages.length - a.stages.length || length(b) - length(a)).slice(0, 12);
}

/** @type {Panel} */
export const stepPanel = {
  name: "step",
  place: "right",
  group: "formula",
  build({ film, box }) {
    const say = make("section", { class: "gad-say", "aria-label": "This step", tabindex: 0 });
    say.addEventListener("scroll", () => fade([say]));
    /** @type {Hole[]} */
    let holes = [];
    let tall = 0;
    const keepTall = (to = 0) => box.style.setProperty("--tall", (tall = to) + "px");
    /** A sentence that takes another line at this place is not cut off. */
    const growth = new ResizeObserver(() => {
      const whole = say.scrollHeight + say.offsetHeight - say.clientHeight;
      if (tall && whole > tall) keepTall(whole);
      fade([say]);
    });
    /** @param {Now} now */
    function enter({ current, scene }) {
      const { nodes, holes: own } = tell(film, current, scene);
      holes = own;
      say.className = "gad-say " + hueOf(film, current);
      say.replaceChildren(...nodes);
      growth.disconnect();
      for (const part of say.children) growth.observe(part);
    }
    /** Reserve the height of the tallest step, so that nothing jumps. @param {Now} now */
    function reserve({ scene, text }) {
      const ghost = say.cloneNode();
      ghost.classList.add("gad-ghost");
      ghost.style.width = say.offsetWidth + "px";
      say.after(ghost);
      const heights = talkers(scene).map((step) => {
        const { nodes, holes } = tell(film, step, scene);
        ghost.replaceChildren(...nodes);
        for (const { node, q } of holes) node.textContent = text(q);
        return ghost.offsetHeight;
      });
      ghost.remove();
      keepTall(Math.max(...heights));
    }

    return {
      nodes: [make("div", { class: "gad-step" }, say)],
      paint(now) {
        if (now.fresh) enter(now);
        fill(holes, now.scene.quantities, now.here);
      },
      resize: reserve,
      settle() {
        tabStop(say);
        fade([say]);
      },
      destroy: () => growth.disconnect(),
    };
  },
};
