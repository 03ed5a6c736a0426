// @ts-check
// What is marked on the curves: kinks with the slopes on both sides, and stretches where f has no value.
/** @import { Film } from "./film" */
/** @import { KinkAt } from "./kinks.js" */
import { attr, lay, make, show } from "./elements.js";

/** @typedef {import("./drawing.js").Layout} Layout */
/** @typedef {(kind: string, attributes: Record<string, string | number>, ...children: (Node | string)[]) => any} Add */

const HALF = 54;
const NOTHING = { value: NaN, slope: NaN };
/** A diamond around a point. @param {number} x @param {number} y */
const diamond = (x, y, r = 6) => `${x},${y - r} ${x + r},${y} ${x},${y + r} ${x - r},${y}`;

/** Where a number of a band lies, where it lies in it. @param {Layout} layout */
function placeIn({ ranges, py }, b = 0, y = 0) {
  return y >= ranges[b][0] && y <= ranges[b][1] ? py[b](y) : NaN;
}

/** The kinks: circles are limits that are not reached, the dot and the diamond what is taken.
 * @param {Add} add @param {Layout} layout @param {KinkAt[]} kinks */
export function drawKinks(add, layout, kinks) {
  for (const { x, kind, here, ...sides } of kinks) {
    const px = layout.at(x);
    // At an end of the slider one side is out of sight.
    const left = px > layout.left ? sides.left : NOTHING;
    const right = px < layout.right ? sides.right : NOTHING;
    add("path", { class: "gad-kink", d: `M${px} ${layout.bands[0][0]}V${layout.bands[1][1]}` });
    const slopes = [left, right].map(({ slope }) => placeIn(layout, 1, slope));
    const [low, high] = slopes;
    if (kind !== "jump" && low - high) add("path", { class: "gad-fits", d: `M${px} ${low}V${high}` });
    const values = kind === "jump" ? [left, right].map(({ value }) => placeIn(layout, 0, value)) : [];
    for (const y of slopes.filter(Number.isFinite)) add("circle", { class: "gad-limit slope", cx: px, cy: y, r: 5 });
    for (const y of values.filter(Number.isFinite)) add("circle", { class: "gad-limit", cx: px, cy: y, r: 5 });
    const [value, slope] = [placeIn(layout, 0, here.value), placeIn(layout, 1, here.slope)];
    if (values.length && value === value) add("circle", { class: "gad-own", cx: px, cy: value, r: 5 });
    if (slope === slope) add("polygon", { class: "gad-own slope", points: diamond(px, slope) });
  }
}

/** Where another branch begins, and where f raises.
 * @param {Add} add @param {Layout} layout @param {import("./drawing.js").Known} known */
export function drawEdges(add, { bands, foot, at, half }, known, name = "f") {
  const scenes = known.map(({ place }) => place?.scene ?? -1);
  const px = (i = 0) => at(known[i].x);
  scenes.forEach((one, i) => {
    const x = (px(i) + px(Math.max(0, i - 1))) / 2;
    const other = i && one !== scenes[i - 1];
    if (!other || one < 0 || scenes[i - 1] < 0) return;
    add("path", { class: "gad-edge", d: `M${x} ${bands[0][0]}V${bands[1][1]}` });
  });
  const raised = scenes.map((one, i) => (one < 0 ? `M${px(i) - half} ${foot - 3}h${2 * half}` : "")).join("");
  if (raised) add("path", { class: "gad-raised", d: raised }, make("s:title", {}, `${name} raises here`));
}

/** Words in lines of so many letters. */
function lines(words = "", most = 20) {
  return words.split(" ").reduce((all, word) => {
    const line = all[all.length - 1];
    if (line && (line + word).length < most) all[all.length - 1] = `${line} ${word}`;
    else all.push(word);
    return all;
  }, /** @type {string[]} */ ([]));
}

/** The stretches without a value, or without a slope, and why there is none. @param {Add} add @param {Layout} layout
 * @param {Film} film @param {number[]} grid */
export function drawGaps(add, { at, half, bands, foot, em, left, right }, { gaps = [] }, grid) {
  for (const { from, to, why, slope } of gaps) {
    const [x, end] = [Math.max(left, at(grid[from]) - half), Math.min(right, at(grid[to]) + half)];
    const [top, width] = [bands[slope ? 1 : 0][0], end - x];
    const title = make("s:title", {}, why);
    add("rect", { class: "gad-gap", x, y: top, width, height: bands[1][1] - top }, title);
    if (!slope) add("path", { class: "gad-raised", d: `M${x} ${foot - 3}h${width}` }, title.cloneNode(true));
    const said = lines(why, (width - 14) / (7.2 * em));
    if (width < 84 * em || said.length > 6) continue;
    const spans = said.map((line, i) => make("s:tspan", { x: x + 7, dy: i ? "1.25em" : 0 }, line));
    add("text", { class: "gad-why", y: top + 15 * em }, ...spans);
  }
}

/** Lay a line from a point to one side; a slope of ∞ stands upright.
 * @param {any} line @param {Layout} layout @param {number[]} from */
function layHalf(line, { bands, py, slant }, [x, y], slope = 0, sign = 1, size = HALF) {
  const rise = (slope * (py[0](1) - py[0](0))) / slant;
  const run = Number.isFinite(rise) ? size / Math.hypot(1, rise) : 0;
  const fall = run ? run * rise : size * Math.sign(rise);
  const [roof, floor] = [bands[0][0] - 6 - y, bands[0][1] + 10 - y];
  const part = Math.min(1, sign * fall < 0 ? roof / (sign * fall) : floor / (sign * fall || 1));
  lay(line, x, y, x + sign * part * run, y + sign * part * fall);
}

/** Make what stands at a kink in place of the tangent line: the slopes of both sides. @param {Add} add */
export function makeSides(add) {
  let shown = false;
  const [beyond, sides] = ["gad-onward", "gad-side"].map((kind) =>
    [0, 1].map(() => add("line", { class: kind, visibility: "hidden" })),
  );
  return {
    /** @param {KinkAt | undefined} kink @param {Layout} layout */
    lay(kink, layout, x = 0, y = 0) {
      if (!kink && !shown) return;
      shown = !!kink;
      [kink?.left, kink?.right].forEach((side, i) => {
        const seen = !!side && kink?.kind !== "jump" && !Number.isNaN(side.slope) && !Number.isNaN(y);
        for (const line of [sides[i], beyond[i]]) show(line, seen);
        if (!seen || !side) return;
        layHalf(sides[i], layout, [x, y], side.slope, i ? 1 : -1);
        layHalf(beyond[i], layout, [x, y], side.slope, i ? -1 : 1, 24);
      });
    },
  };
}

/** The ticks of kinks on a slider. @param {KinkAt[]} kinks @param {number[]} grid */
export function kinkTicks(kinks, grid) {
  const wide = grid[grid.length - 1] - grid[0];
  return kinks.map(({ x }) => {
    const tick = make("s:svg", { class: "gad-tick", x: `${(100 * (x - grid[0])) / wide}%`, overflow: "visible" });
    tick.append(make("s:path", { d: "M-5 0L0 7L5 0" }));
    attr(tick, "y", 2);
    return tick;
  });
}
