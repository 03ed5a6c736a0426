// @ts-check
// The step: one sentence, and its formula from the rule to the number.
/** @import { Detail, Fragment, Scene, Step } from "../film" */
/** @import { Hole } from "../holes.js" */
/** @import { Now, Panel, Player } from "../panel" */
import { attr, make, math, put } from "../elements.js";
import { fill, holesIn, plainFormula } from "../holes.js";
import { hueOf, sweepOf } from "../hues.js";
import { MINUS } from "../numbers.js";
import { fade, tabStop } from "../scrolling.js";
import { spell } from "../spelling.js";
import { DETAILS, sentenceOf } from "../words.js";

/** The line of the derivative at all places, which may be long. */
const WRITTEN_OUT = "written out";

/** A formula as what stands before its first equals sign, and the rest, so that these signs stand below each other. */
function sides(mathml = "") {
  const whole = math(mathml);
  const rest = math("<mrow/>");
  const parts = [...(whole.firstElementChild?.children ?? [])];
  const at = parts.findIndex((part) => part.localName === "mo" && /^(\+?=|←)$/.test(part.textContent ?? ""));
  rest.firstChild.append(...parts.slice(Math.max(0, at)));
  if (at >= 0) attr(rest.firstChild.firstChild, "form", "infix");
  return at > 0 ? [whole, rest] : [make("span"), rest];
}

/** Before these a line may break. */
const BREAKS = ["+", MINUS, "@"];

/** A formula as its summands and factors of matrices, between which its line may break. @param {any} whole */
function summands(whole) {
  const parts = [...(whole.firstElementChild?.children ?? [])];
  const pieces = [whole];
  let depth = 0;
  parts.forEach((part, i) => {
    const sign = part.localName === "mo" ? part.textContent : "";
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    const begins = !depth && BREAKS.includes(sign) && parts[i - 1]?.localName !== "mo";
    if (begins) (attr(part, "form", "infix"), pieces.push(math("<mrow/>")));
    if (pieces.length > 1) pieces[pieces.length - 1].firstChild.append(part);
  });
  return pieces;
}

/** Tell a step; the numbers of a place go into its holes.
 * @param {Player} player @param {Step} step @param {Scene} scene @returns {{nodes: Node[], holes: Hole[]}} */
function tell(player, step, scene) {
  const { kind, stages, shapes } = step;
  /** @type {Hole[]} */
  const holes = [];
  const spans = spell(player, sentenceOf(scene, step, player.state.detail), scene, holes);
  const formulas = stages.flatMap(({ label, mathml }, i) => {
    const [left, right] = sides(mathml);
    const general = label === WRITTEN_OUT;
    const formulas = summands(right);
    holes.push(...[left, ...formulas].flatMap(holesIn));
    const rest = make("span", {}, ...formulas);
    if (shapes && !i) rest.append(" ", make("code", { class: "gad-shapes" }, shapes));
    rest.classList.toggle("gad-sum", formulas.length > 1 && (kind === "push" || general));
    const name = make("dt", { class: general ? "gad-general" : "" }, label);
    return [name, make("dd", {}, make("span", {}, left), rest)];
  });
  return { nodes: [make("p", {}, ...spans), make("dl", {}, ...formulas)], holes };
}

/** Put what is to be said of a place below the sentence.
 * @param {Player} player @param {any} node @param {Now} now */
function remark({ words: { mark } }, node, { here, step }) {
  if (node.hidden && !here.remarks.length) return;
  const own = here.remarks.filter((one) => one.step === step);
  const words = own.map((one) => one.words);
  node.classList.toggle(
    "gad-alone",
    own.some(({ alone }) => alone),
  );
  const key = JSON.stringify(words);
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  node.hidden = !words.length;
  /** @type {Set<string>} */
  const seen = new Set();
  const set = (/** @type {Fragment} */ part) =>
    typeof part === "string" ? mark(part, seen) : "m" in part ? [math(part.m, part.t)] : [];
  node.replaceChildren(...words.flatMap((own) => [...own.flatMap(set), " "]));
}

/** How many digits are about as wide as a text: a minus sign takes half of one more. @param {string} text */
const digitsIn = (text) => text.length + (text.split(MINUS).length - 1) / 2;

/** About how wide the longest formula of a step is at a place, of those with numbers or of those without.
 * @param {Scene} scene @param {Now["here"]} here @param {boolean} numbers */
const breadth = ({ quantities }, here, numbers) => {
  return (/** @type {Step} */ { stages }) => {
    const own = stages.filter(({ label, mathml }) => label !== WRITTEN_OUT && mathml.includes("⟦") === numbers);
    return Math.max(0, ...own.map(({ mathml }) => digitsIn(plainFormula(mathml, quantities, here))));
  };
};

/** The steps that may be the tallest or the widest: the first, which invites, those of long sentences, of many stages,
 * and of long formulas. @param {Scene} scene @param {Player["state"]} state @param {Now["here"]} here */
function talkers(scene, { detail }, here) {
  const { steps } = scene;
  const most = (/** @type {number} */ count, /** @type {(step: Step) => number} */ size) => {
    const sizes = new Map(steps.map((step) => [step, size(step)]));
    return [...steps].sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0)).slice(0, count);
  };
  const words = (/** @type {Step} */ step) => JSON.stringify(sentenceOf(scene, step, detail)).length;
  const many = most(8, (step) => step.stages.length + words(step) / 1e6);
  const wide = [true, false].flatMap((numbers) => most(12, breadth(scene, here, numbers)));
  return [...new Set([steps[0], ...most(12, words), ...many, ...wide])];
}

/** @param {Detail} detail */
const nextDetail = (detail) => DETAILS[(DETAILS.indexOf(detail) + 1) % DETAILS.length];

/** How formulas stand where they are too wide, one on top of the other. */
const NARROW = ["gad-single", "gad-stacked"];

/** What the chip of a step of values says. @type {Record<string, [string, string]>} */
const CHIPS = { evaluate: ["▼", "value"], raise: ["✗", "raised"] };

/** The row above the sentence: which way it goes, how much is said, and the key. @param {Player} player */
function makeHow({ acts, words, state, render, tell }) {
  const chip = make("span", { class: "gad-chip" });
  // A select would make the browser lay out the whole page at each move of a slider.
  const [level, of] = [make("span"), make("span")];
  const choice = make("button", { type: "button", class: "gad-detail" }, level, of);
  const key = make("button", { type: "button", "aria-label": "Key of signs and words", title: "Key (?)" }, "?");
  key.addEventListener("click", () => acts.key());
  choice.addEventListener("click", () => {
    state.detail = nextDetail(state.detail);
    state.measured = "";
    render(true);
    tell();
  });
  /** @param {Now} now */
  function paint({ current, detail, asked }) {
    const [sign, word] = CHIPS[current.kind] ?? [sweepOf(current).mark, hueOf(current)];
    const told = asked ? "predict" : word;
    if (chip.dataset.of !== sign + told) {
      chip.innerHTML = sign;
      chip.append(" ", ...words.mark(told, new Set()));
      chip.dataset.of = sign + told;
    }
    put(level, `Detail: ${detail}`);
    put(of, `, ${DETAILS.indexOf(detail) + 1} of ${DETAILS.length}`);
    attr(choice, "title", `How much each step says; next: ${nextDetail(detail)}`);
  }
  return { node: make("div", { class: "gad-how" }, chip, choice, key), paint };
}

/** @type {Panel} */
export const stepPanel = {
  name: "step",
  place: "right",
  group: "formula",
  build(player) {
    const { film, box, state } = player;
    const tools = makeHow(player);
    const say = make("section", { class: "gad-say", "aria-label": "This step", tabindex: 0 }, tools.node);
    say.addEventListener("scroll", () => fadeOut());
    /** @type {Hole[]} */
    let holes = [];
    const more = make("p", { class: "gad-remark", hidden: "" });
    let [tall, wide] = [0, 0];
    const keepTall = (to = 0) => box.style.setProperty("--tall", (tall = to) + "px");
    /** Fade what goes on beyond the edge: of what is too wide the formulas, which begin below the sentence. */
    function fadeOut() {
      fade([say]);
      if (!say.matches(".more")) return;
      say.style.setProperty("--said", (say.querySelector(":scope > dl")?.offsetTop ?? 0) + "px");
    }
    /** A sentence that takes another line at this place is not cut off. */
    const growth = new ResizeObserver(() => {
      const whole = say.scrollHeight + say.offsetHeight - say.clientHeight;
      if (tall && whole > tall) keepTall(whole);
      fadeOut();
    });
    /** @param {Now} now */
    function enter(now) {
      const { current, scene, asked } = now;
      const { nodes, holes: own } = asked ? { nodes: [], holes: [] } : tell(player, current, scene);
      const [sentence, ...formulas] = nodes;
      const parts = [...(player.quiz?.tell(now) ?? []), ...(asked ? [] : [sentence, more, ...formulas])];
      holes = own;
      player.words.hide();
      say.className = "gad-say " + hueOf(current);
      // Whatever is used there keeps the focus.
      for (const old of [...say.children].slice(1)) if (!parts.includes(old)) old.remove();
      for (const part of parts) if (part.parentNode !== say || part === more) say.append(part);
      growth.disconnect();
      for (const part of say.children) growth.observe(part);
    }
    /** How much room the invitation takes where it stands within the first step. */
    function invited() {
      const node = box.querySelector(".gad-invitation:not([hidden])");
      return node && getComputedStyle(node).position === "absolute" ? node.offsetHeight + 24 : 0;
    }
    /** How high the tallest step is. Where one is too wide, all formulas stand below each other in smaller type, and
     * where that is not enough, each below its name, with more lines. @param {Now} now */
    function tallest({ scene, here }) {
      const ghost = say.cloneNode();
      ghost.classList.add("gad-ghost");
      ghost.style.width = say.offsetWidth + "px";
      say.after(ghost);
      let over = 0;
      const told = talkers(scene, state, here);
      const measure = () =>
        told.map((step) => {
          const { nodes, holes } = tell(player, step, scene);
          ghost.replaceChildren(tools.node.cloneNode(true), ...nodes);
          fill(holes, scene.quantities, here);
          over = Math.max(over, ghost.scrollWidth - ghost.clientWidth);
          return Math.ceil(ghost.getBoundingClientRect().height);
        });
      box.classList.remove(...NARROW);
      let heights = measure();
      for (const name of NARROW) {
        if (!over) break;
        over = 0;
        box.classList.add(name);
        heights = measure();
      }
      ghost.remove();
      return Math.max(heights[0] + invited(), ...heights);
    }
    /** Reserve the height of the tallest step, so that nothing jumps. @param {Now} now */
    function reserve(now) {
      wide = say.offsetWidth;
      box.classList.remove("gad-dense");
      keepTall(tallest(now));
      if (!box.matches(".gad-show") || say.offsetHeight > tall - 2) return;
      box.classList.add("gad-dense");
      keepTall(tallest(now));
    }

    return {
      nodes: [make("div", { class: "gad-step" }, say)],
      paint(now) {
        if (now.fresh) (tools.paint(now), enter(now));
        fill(holes, now.scene.quantities, now.here);
        remark(player, more, now);
      },
      resize: reserve,
      settle(now) {
        // What stands beside it may have taken some of its width.
        if (wide && say.offsetWidth !== wide) reserve(now);
        tabStop(say);
        fadeOut();
      },
      destroy: () => growth.disconnect(),
    };
  },
};
