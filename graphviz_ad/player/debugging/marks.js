// @ts-check
// Where breakpoints are drawn: beside the code, at the edges of cards, and above the timeline.
/** @import { Debug, Step } from "../film" */
/** @import { Now, Player } from "../panel" */
/** @import { Points } from "./points.js" */
import { attr, make } from "../elements.js";
import { suppress } from "../keys.js";
import { layMarks } from "../timeline.js";
import { breakIcon, breakMark } from "./glyphs.js";
import { breakAt } from "./hitting.js";
import { wayAt } from "./moving.js";

/** The gutter beside the code: a button for each line that something was recorded on.
 * @param {Debug} debug @param {Step[]} steps @param {Points} points @param {any} section of the code */
export function makeGutter(debug, steps, points, section) {
  const buttons = new Map();
  for (const line of debug.lines) {
    const button = make("button", { type: "button", "aria-label": `Breakpoint on line ${line}` });
    button.addEventListener("click", (/** @type {any} */ event) => {
      event.stopPropagation();
      points.toggle(breakAt(debug, steps, `line ${line}`));
    });
    suppress(button);
    buttons.set(line, button);
  }
  const node = make("div", { class: "gad-gutter" }, ...buttons.values());
  section.append(node);
  /** @param {Now} now */
  function draw({ step }) {
    for (const [line, button] of buttons) {
      const own = points.all.filter((point) => point.line === line);
      const best = own.find(({ on, steps }) => on && steps.includes(step)) ?? own.find(({ on }) => on) ?? own[0];
      attr(button, "aria-pressed", String(own.some(({ on }) => on)));
      button.replaceChildren(...(best ? [breakIcon(best, best.steps.includes(step))] : []));
    }
  }
  function lay() {
    for (const [line, button] of buttons) {
      const at = section.querySelector(`[data-line="${line}"]`);
      if (at) button.style.top = `${at.offsetTop}px`;
    }
  }
  return { draw, lay };
}

/** The marks at the left edges of cards. @param {Player} player @param {Points} points @param {Now} now */
export function markCards({ view }, points, { step, scene }) {
  const { nodes, svg } = view();
  for (const old of svg.querySelectorAll(".gad-card-point")) old.remove();
  for (const point of points.all) {
    const marked =
      point.node === undefined
        ? scene.rows.filter(({ what }) => point.operation && what.startsWith(`${point.operation} ·`))
        : [{ node: point.node }];
    for (const { node } of marked) {
      const card = nodes.get("n" + node);
      const border = card?.querySelector(":scope > .border");
      if (!border) continue;
      const [x, y] = ["x", "y"].map((name) => Number(border.getAttribute(name)));
      const place = { class: "gad-card-point gad-point", transform: `translate(${x - 4} ${y + 13})` };
      card.append(make("s:g", place, ...breakMark(point, point.steps.includes(step))));
    }
  }
}

/** The lines of callers have a mark of their own, unless what they called runs on the same line.
 * @param {Debug} debug @param {any} code @param {Now} now */
export function markCallers(debug, code, { step }) {
  const lines = wayAt(debug, step).map(({ line, shown }) => (shown ? String(line) : ""));
  const own = lines.pop();
  for (const line of code.querySelectorAll("[data-line]"))
    line.classList.toggle("gad-caller", line.dataset.line !== own && lines.includes(line.dataset.line));
}

/** @type {import("../film").BreakPoint} */
const ANY = { words: "", steps: [], on: true };

/** Add to the key below the graph what octagons above the timeline say. @param {any} key */
export const explainHits = (key) => key.append(make("span", {}, breakIcon(ANY, true), " a breakpoint is hit"));

/** Octagons above the timeline, at the steps at which something is hit.
 * @param {any} time @param {Points} points @param {Now} now */
export function flagHits(time, points, { scene }) {
  time.querySelector(".gad-pennants")?.remove();
  const wide = time.querySelector("input")?.clientWidth || 300;
  const { at } = layMarks(scene.steps.length, wide, 11);
  // Neighbours stay apart.
  const size = Math.max(0.25, Math.min(0.62, (at[1] - at[0]) / 20 || 1));
  const marks = [...points.hits()].map((step) =>
    make(
      "s:g",
      { class: "gad-point", transform: `translate(${at[step]} 6.5) scale(${size})` },
      ...breakMark(ANY, true),
    ),
  );
  time.append(make("s:svg", { class: "gad-pennants", viewBox: `0 0 ${wide} 13`, "aria-hidden": "true" }, ...marks));
}
