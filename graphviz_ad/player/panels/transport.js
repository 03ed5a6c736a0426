// @ts-check
// The bar of the steps: buttons, the timeline with its marks, speed and loop.
/** @import { Now, Panel, Player } from "../panel" */
import { attr, iconButton, make, put } from "../elements.js";
import { hueOf, sweepOf } from "../hues.js";
import { paceOf } from "../pacing.js";
import { MARKS, hasMark, layMarks } from "../timeline.js";

const SPEEDS = [0.5, 1, 2, 4];
const PLAY = "M3 0v14l10-7z";
const PAUSE = "M2 1h4v12h-4zM8 1h4v12h-4z";
const LOOP = "M3 6V5a2 2 0 012-2h4V1l3 3-3 3V5H5v1zM11 8v1a2 2 0 01-2 2H5v2l-3-3 3-3v2h4V8z";
const FULL = "M1 5V1h4v2H3v2zM9 1h4v4h-2V3H9zM13 9v4H9v-2h2V9zM5 13H1V9h2v2h2z";
/** By the name of the act: label and picture. @type {Record<string, [string, string]>} */
const BUTTONS = {
  first: ["First step", "M2 1h2v12h-2zM12 1v12l-8-6z"],
  back: ["Step back", "M10 1v12l-8-6z"],
  play: ["Play", PLAY],
  next: ["Step", "M4 1v12l8-6z"],
  last: ["Last step", "M10 1h2v12h-2zM2 1v12l8-6z"],
};

/** The stretches of a story that have one hue: that hue, and where they begin and end.
 * @param {Now["scene"]["steps"]} steps */
function stretches(steps) {
  /** @type {{hue: string, from: number, to: number}[]} */
  const all = [];
  steps.forEach((step, i) => {
    const hue = hueOf(step);
    if (all.at(-1)?.hue !== hue) all.push({ hue, from: i, to: i });
    all[all.length - 1].to = i;
  });
  return all;
}

/** The timeline: a rail with a mark for each step, which fill up to the cursor.
 * @param {any} scrub the input that lies over it */
function makeTimeline(scrub) {
  const node = make("s:svg", { "aria-hidden": "true" });
  let laid = layMarks();
  let drawn = "";
  let cursor = make("s:rect");
  /** @type {any[][]} */
  let [glyphs, rails] = [[], []];
  /** @type {ReturnType<typeof stretches>} */
  let parts = [];

  /** @param {Now} now */
  function draw({ scene: { steps }, last, number }) {
    const wide = scrub.clientWidth || 300;
    const key = `${number} ${wide}`;
    if (key === drawn) return;
    drawn = key;
    laid = layMarks(steps.length, wide, 11);
    const { at, size } = laid;
    attr(node, "viewBox", `0 0 ${wide} 32`);
    parts = stretches(steps);
    rails = ["", ...parts.map(({ hue }) => " " + hue)].map((kind) => make("s:path", { class: "gad-rail" + kind }));
    attr(rails[0], "d", `M${at[0]} 16H${at[last]}`);
    glyphs = steps.map((step, i) => {
      const { kind } = step;
      const shape = kind === "seed" && sweepOf(step).hue === "tangent" ? "push" : kind;
      const d = hasMark(kind, size) ? MARKS[shape] : "";
      return make("s:path", { d, transform: `translate(${at[i]} 16) scale(${size || 4})` });
    });
    const wider = Math.min(22, 12 + 2 * size);
    cursor = make("s:rect", { class: "gad-cursor", y: 2, width: wider, height: 28, rx: 4 });
    node.replaceChildren(...rails, ...glyphs, cursor);
  }
  /** @param {Now} now */
  function paint({ scene: { steps }, step }) {
    const { at } = laid;
    glyphs.forEach((glyph, i) => {
      attr(glyph, "class", `gad-mark ${hueOf(steps[i])}${i <= step ? " done" : ""}`);
    });
    parts.forEach(({ from, to }, k) => {
      const begin = k ? Math.max(at[from] - 14, (at[from] + at[from - 1]) / 2) : at[from];
      attr(rails[k + 1], "d", step < from ? "" : `M${begin} 16H${at[Math.min(step, to)]}`);
    });
    attr(cursor, "x", at[step] - cursor.getAttribute("width") / 2);
  }
  return { node, draw, paint };
}

/** Speed and loop. @param {Player} player */
function makeManner({ state, repaint, tell }) {
  const times = make("span");
  const pace = make("button", { type: "button", class: "gad-speed" }, make("span", {}, "Speed"), times);
  const again = iconButton("loop", "Loop", LOOP);
  pace.addEventListener("click", () => {
    state.speed = SPEEDS[(SPEEDS.indexOf(state.speed) + 1) % SPEEDS.length];
    repaint();
    tell();
  });
  again.addEventListener("click", () => {
    state.loop = !state.loop;
    repaint();
    tell();
  });
  /** @param {Now} now */
  const paint = ({ speed, loop, detail }) => {
    attr(again, "aria-pressed", String(loop));
    put(times, ` ${speed}×`);
    attr(pace, "title", paceOf(detail));
  };
  return { pace, again, paint };
}

/** @type {Panel} */
export const transportPanel = {
  name: "transport",
  title: "Steps",
  place: "bottom",
  group: "steps",
  build(player) {
    const { acts, go } = player;
    const { pace, again, ...manner } = makeManner(player);
    const buttons = Object.entries(BUTTONS).map(([word, row]) => iconButton(word, ...row));
    Object.keys(BUTTONS).forEach((word, i) => buttons[i].addEventListener("click", acts[word]));
    const play = buttons[2];
    const number = make("b");
    const total = make("span");
    const scrub = make("input", { type: "range", min: 1, class: "gad-scrub", "aria-label": "Step" });
    scrub.addEventListener("input", () => go(Number(scrub.value) - 1));
    const timeline = makeTimeline(scrub);
    const bar = make("footer", { class: "gad-bar", role: "group" });
    bar.append(make("div", { class: "gad-buttons" }, ...buttons));
    bar.append(make("div", { class: "gad-time" }, timeline.node, scrub));
    bar.append(make("span", { class: "gad-count" }, number, total), again, pace, iconButton("full", "", FULL));

    /** @param {Now} now */
    function paintPlay({ playing }) {
      const title = playing ? "Pause" : "Play";
      for (const name of ["title", "aria-label"]) attr(play, name, title);
      attr(play.querySelector("path"), "d", playing ? PAUSE : PLAY);
    }
    return {
      nodes: [bar],
      paint(now) {
        const { step, last, current, fresh, entered } = now;
        paintPlay(now);
        manner.paint(now);
        if (entered) timeline.draw(now);
        if (!fresh) return;
        timeline.paint(now);
        attr(scrub, "max", last + 1);
        scrub.value = step + 1;
        attr(scrub, "aria-valuetext", `step ${step + 1} of ${last + 1}, ${current.kind}`);
        put(number, String(step + 1));
        put(total, ` / ${last + 1}`);
      },
      resize(now) {
        timeline.draw(now);
        timeline.paint(now);
      },
    };
  },
};
