// @ts-check
// The seven stops of the tour: what each points at, where in the story it stands, and what it says.
/** @import { Scene } from "./film" */
/** @import { Now, Player } from "./panel" */

/**
 * A stop of the tour. `aim`: what it points at, by selectors in the box or by names of parts of the picture; `at`: the
 * step at which it stands, the one that is shown unless told. In its words `*` stands around what is set in italics.
 * @typedef {object} Stop
 * @property {string} title
 * @property {(now: Now) => string[]} aim
 * @property {(scene: Scene) => number} [at]
 * @property {(player: Player, now: Now) => string} words
 */

/** The last step of the way forward. @param {Scene} scene */
const computed = ({ steps }) => steps.filter(({ kind }) => kind === "evaluate").length - 1;
/** The first step along one edge, rather one that shows numbers than one that multiplies by 1; else the last of all.
 * @param {Scene} scene */
const multiplied = ({ steps }) => {
  const along = steps.map(({ edge }, i) => (edge ? i : -1)).filter((i) => i >= 0);
  const shows = (/** @type {number} */ i) => steps[i].stages.some(({ label }) => label === "numbers");
  return along.find(shows) ?? along[0] ?? steps.length - 1;
};
/** The last step that adds, or the last of all. @param {Scene} scene */
const summed = ({ steps }) => {
  const last = steps.map(({ kind }) => kind).lastIndexOf("accumulate");
  return last < 0 ? steps.length - 1 : last;
};
/** What a step writes, and what it reads of the picture. @param {Now} now */
const concerned = ({ current: { writes, reads } }) => [writes, ...reads];
/** Whether a stage of a push adds parts. */
const isSum = ({ label = "" }) => label === "parts";
/** Whether it is held in a hand, where there are no keys to speak of. */
const touched = () => matchMedia("(hover: none)").matches;
/** What the sliders move, for a sentence. @param {{name: string}[]} sliders */
const names = (sliders) => sliders.map(({ name }) => `*${name}*`).join(" or ");

/** What both modes call differently. */
const BY_MODE = {
  reverse: {
    rate: "▲ is the adjoint of a box: how many times as fast *F* changes as that box does.",
    way: "It starts with the seed at *F* itself, 1 for a single number, and goes back up: what stands below, times ×.",
    sum: "Where a value was used more than once, each use sends its part, and Σ adds them up.",
    once: "Here each value was used once; where one is used more often, Σ adds up what its uses send.",
    end: "What stands at the input in the end is the gradient.",
  },
  forward: {
    rate: "The drop is the tangent of a box: how many times as fast it changes as X does.",
    way: "It starts with the seed at the input, and moves on with the values: what stands above, times ×.",
    sum: "Where a box takes more than one value that moves, each adds its part.",
    once: "Here each box takes one value that moves; where it takes more, the parts are added.",
    end: "At the last box it is the derivative.",
  },
};
/** @param {Player} player */
const wordsOf = ({ film, name }) => {
  const words = BY_MODE[film.mode === "forward" ? "forward" : "reverse"];
  /** @param {keyof typeof words} which */
  return (which) =>
    words[which].replace("F", name).replace("X", film.sliders[0] ? `*${film.sliders[0].name}*` : "the input");
};

/** @type {Stop} */
const HEAD = {
  title: "The function, and this moment",
  aim: () => [".gad-head"],
  words: ({ film: { sliders }, name }) =>
    sliders.length
      ? `*${name}*, and its numbers: where ${names(sliders)} is, what *${name}* gives there, ` +
        "and how fast that changes."
      : `*${name}*, and the number that it gave.`,
};
/** @type {Stop} */
const SLIDER = {
  title: "Move it",
  aim: ({ index }) => (index.length > 1 ? [".gad-slide"] : [".gad-curve", ".gad-strip"]),
  words: ({ film: { sliders } }) =>
    `Drag the slider${touched() ? "" : ", or focus it and press the arrow keys"}: ${names(sliders)} moves, and with ` +
    "it curve, numbers and graph. The short line through the point is the tangent: its slope is the derivative.",
};
/** @type {Stop} */
const SENTENCE = {
  title: "The step, in words",
  aim: () => [".gad-step"],
  words: () =>
    "Each step is told here, in a sentence and as a formula: first the rule, then its numbers, then the result.",
};
const RULES = "For arrays it is a rule that does the same, such as a product with a matrix.";
/** @type {Stop[]} */
const REST = [
  {
    title: "▼ Values",
    at: computed,
    aim: () => [".gad-pane"],
    words: ({ name }) =>
      `*${name}*, taken apart: each box is one operation. ▼ is its value. Values are computed from the top down, ` +
      "and a line takes each to where it is used.",
  },
  {
    title: "× Local gradients",
    at: multiplied,
    aim: ({ current: { edge } }) => (edge ? [`e${edge[0]}_${edge[1]}_g`] : [".gad-pane"]),
    words: (_, { scene: { edges } }) =>
      "On top of each box, for each line that enters it, stands its local gradient: how many times as fast the box " +
      "changes as what enters there." +
      (edges.some(({ gradient, cut }) => !(gradient || cut)) ? " " + RULES : ""),
  },
  {
    title: "The chain rule",
    at: multiplied,
    aim: concerned,
    words: (player) => `${wordsOf(player)("rate")} ${wordsOf(player)("way")}`,
  },
  {
    title: "Σ Sums, and the gradient",
    at: summed,
    aim: ({ current: { writes } }) => [writes],
    words: (player, { scene }) => {
      const adds = scene.steps.some(({ kind, stages }) => kind === "accumulate" || stages.some(isSum));
      return `${wordsOf(player)(adds ? "sum" : "once")} ${wordsOf(player)("end")}`;
    },
  },
  {
    title: "Now you",
    at: () => 0,
    aim: () => [".gad-bar"],
    words: () =>
      touched()
        ? "Play it, or go step by step with the buttons beside. Tap a box, or a line, to look inside."
        : "Play it, or press the space bar; ← and → go step by step. Click a box, or a line, to look inside. " +
          "f fills the screen, and t brings this tour back.",
  },
];

/** The stops for a film. @param {Player} player @returns {Stop[]} */
export const stopsOf = ({ film }) => [HEAD, film.sliders.length ? SLIDER : SENTENCE, ...REST];
