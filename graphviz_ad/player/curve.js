// @ts-check
// The curve panel: f, its derivative and the tangent line.
/** @import { Place, Reel } from "./film" */
import { attr, lay, make } from "./elements.js";
import { MINUS } from "./numbers.js";

/** A range that shows the curve rather than its poles. @param {number[]} values */
export function robustRange(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (!sorted.length) return [-1, 1];
  const at = (part = 0) => sorted[Math.round(part * (sorted.length - 1))], spread = 1.5 * (at(0.9) - at(0.1));
  let low = Math.max(at(0), at(0.1) - spread), high = Math.min(at(1), at(0.9) + spread);
  if (low > 0 && low < 1.5 * (high - low)) low = 0;
  if (high < 0 && -high < 1.5 * (high - low)) high = 0;
  // What differs in its last digits only is constant.
  const room = high - low > 1e-9 * Math.abs(high) ? 0.06 * (high - low) : Math.abs(high) || 1;
  return [low - room, high + room];
}

/** Round numbers within a range. */
export function ticks(low = 0, high = 1, most = 4) {
  const raw = (high - low) / most, power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5].find((unit) => unit * power >= raw) ?? 10) * power, from = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step) - from + 1) }, (_, i) => Number(((from + i) * step).toPrecision(12)));
}

/** The path of a curve, broken at gaps, at poles and where another branch jumps.
 * @param {number[]} ys @param {number[]} scenes @param {number[]} range
 * @param {(i: number) => number} px of a stop @param {(y: number) => number} py */
export function curvePath(ys, scenes, [low, high], px, py) {
  // How far a branch goes from one stop to the next: what goes much farther between two branches is a jump.
  const stride = (i = 0) => (scenes[i] === scenes[i - 1] && Math.abs(ys[i] - ys[i - 1])) || 0;
  const joined = (i = 0) => {
    const y = ys[i], last = ys[i - 1], pole = (y > high && last < low) || (y < low && last > high);
    const jump = scenes[i] !== scenes[i - 1] && Math.abs(y - last) > 3 * Math.max(stride(i - 1), stride(i + 1)) + 0.01 * (high - low);
    return Number.isFinite(y) && Number.isFinite(last) && !pole && !jump;
  };
  return ys.map((y, i) => {
    const line = joined(i);
    // A stop by itself is a dot.
    return Number.isFinite(y) ? `${line ? "L" : "M"}${px(i).toFixed(1)} ${py(Math.min(Math.max(y, 9 * low - 8 * high), 9 * high - 8 * low)).toFixed(1)}${line || joined(i + 1) ? "" : "h2"}` : "";
  }).join("");
}

/** Make a curve panel in an SVG. @param {any} plot @param {Reel} reel @param {string[]} names of the sliders */
export function makeCurve(plot, reel, name = "f", names = [""]) {
  const { grids, strides } = reel;
  /** @type {any} */
  let plotted = null;
  /** Draw the curves along a slider through a stop. */
  function draw(active = 0, stop = 0) {
    const xs = grids[active], wide = xs[xs.length - 1] - xs[0] || 1, here = Math.floor(stop / strides[active]) % xs.length;
    // What is not known yet is left out: the curve joins what is.
    const known = xs.map((_, i) => ({ x: xs[i], place: reel.find(stop + (i - here) * strides[active]) })).filter(({ place }) => place);
    const which = known.map(({ place }) => place?.scene ?? -1);
    // At the scale of the screen, so that the type keeps its size.
    const across = plot.clientWidth || 340, foot = plot.clientHeight || 366, em = parseFloat(getComputedStyle(plot).fontSize) / 15 || 1;
    const left = 40 * em, right = across - 28 * em, split = 14 + 0.57 * (foot - 50), bands = [[14, split], [split + 26, foot - 10]];
    attr(plot, "viewBox", `0 0 ${across} ${foot}`);
    const at = (x = 0) => left + ((x - xs[0]) / wide) * (right - left), px = (i = 0) => at(known[i].x), ranges = [-1, active].map(reel.extent);
    const py = bands.map(([top, bottom], b) => (y = 0) => bottom - ((y - ranges[b][0]) / (ranges[b][1] - ranges[b][0])) * (bottom - top));
    plot.replaceChildren();
    /** @param {(Node | string)[]} children */
    const add = (kind = "", attributes = {}, ...children) => plot.appendChild(make("s:" + kind, attributes, ...children));
    /** A window that clips: it needs no id. @param {Element} child */
    const clip = (x = 0, y = 0, width = 0, height = 0, child) => (add("svg", { x, y, width, height, viewBox: `${x} ${y} ${width} ${height}` }, child), child);
    /** @type {Element[]} */
    const labels = [];
    bands.forEach(([top, bottom], b) => {
      for (const tick of ticks(ranges[b][0], ranges[b][1], Math.min(b ? 3 : 4, (bottom - top) / (24 * em)))) {
        add("path", { class: tick ? "gad-grid" : "gad-zero", d: `M${left} ${py[b](tick)}H${right}` });
        labels.push(make("s:text", { x: left - 8, y: py[b](tick) + 4, "text-anchor": "end" }, String(tick).replace("-", MINUS)));
      }
    });
    which.forEach((one, i) => {
      const x = (px(i) + px(Math.max(0, i - 1))) / 2;
      if (i && one !== which[i - 1] && one >= 0 && which[i - 1] >= 0) add("path", { class: "gad-edge", d: `M${x} ${bands[0][0]}V${bands[1][1]}` });
    });
    const half = Math.max(1, (at(xs[1]) - at(xs[0])) / 2 || 0), raised = which.map((one, i) => (one < 0 ? `M${px(i) - half} ${foot - 3}h${2 * half}` : "")).join("");
    if (raised) add("path", { class: "gad-raised", d: raised }, make("s:title", {}, `${name} raises here`));
    bands.forEach(([top, bottom], b) => {
      const ys = known.map(({ place }) => reel.read(place, b ? active : -1)), tail = ys.filter(Number.isFinite).slice(-9), end = py[b](tail[tail.length - 1] ?? ranges[b][0]);
      clip(left - 3, top - 3, right - left + 6, bottom - top + 6, make("s:path", { class: b ? "gad-df" : "gad-f", d: curvePath(ys, which, ranges[b], px, py[b]) }));
      // A long name does not fit beside the end of its curve: it stands above, or below.
      const label = b ? (names.length > 1 ? "∂" + names[active] : name + "′") : name, long = label.length > 3;
      const beside = ys.slice(-ys.length * Math.min(1, (10 * em * label.length) / (right - left))).filter(Number.isFinite).map(py[b]), roof = Math.min(bottom, ...beside) - 9;
      labels.push(make("s:text", { class: "gad-name " + (b ? "adjoint" : "value"), x: long ? across : right + 6, y: !long ? Math.min(bottom, Math.max(top + 8, end)) + 5 : roof > top ? roof : Math.min(bottom, Math.max(top, ...beside) + 20), "text-anchor": long ? "end" : "start" }, label));
    });
    // What moves stands beside what spans the panel: browsers composite the page anew when the bounds of such a group change.
    plot.append(...labels);
    const [guide, tangent, stem] = ["guide", "tangent", "stem"].map((kind) => add("line", { class: "gad-" + kind })), point = ["edge", "core"].map((kind) => make("s:line", { class: kind }));
    plotted = { at, slant: (right - left) / wide, py, ranges, left: left - 7, right: right + 7, top: bands[0][0] - 6, low: bands[0][1] + 10, foot, guide, tangent, stem, point, dots: [add("g", { class: "gad-dot" }, ...point), add("polygon", { class: "gad-diamond" })] };
  }

  /** Put point, slope and tangent at a place. @param {Place} place */
  function paint(place, active = 0) {
    if (!plotted) return;
    const { at, slant, py, ranges, left, right, top, low, foot, guide, tangent, stem, point, dots } = plotted, x = at(place.values[active]), ys = [-1, active].map((one) => reel.read(place, one));
    const inside = ys.map((y, b) => y >= ranges[b][0] && y <= ranges[b][1]), seen = ys.map(Number.isFinite);
    const [y, z] = ys.map((one, b) => py[b](Math.min(ranges[b][1], Math.max(ranges[b][0], one))) || 0);
    const show = (node = dots[0], visible = true) => attr(node, "visibility", visible ? "visible" : "hidden");
    lay(guide, x, top, x, foot);
    dots.forEach((/** @type {any} */ dot, /** @type {number} */ b) => (show(dot, seen[b]), dot.classList.toggle("out", !inside[b])));
    show(stem, seen[1]);
    const touches = seen[1] && inside[0];
    show(tangent, touches);
    for (const line of point) lay(line, x, y, x, y);
    attr(dots[1], "points", `${x} ${z - 6} ${x + 6} ${z} ${x} ${z + 6} ${x - 6} ${z}`);
    lay(stem, x, py[1](Math.min(ranges[1][1], Math.max(ranges[1][0], 0))), x, z);
    if (!touches) return;
    // The slope on screen: so many units down for one to the right. The tangent ends where its band ends.
    const rise = (ys[1] * (py[0](1) - py[0](0))) / slant, run = 54 / Math.hypot(1, rise);
    const [above, below] = [top, low].map((edge) => (edge - y) / rise).sort((one, other) => one - other);
    const [from, to] = [Math.max(-run, left - x, above), Math.min(run, right - x, below)];
    lay(tangent, x + from, y + from * rise, x + to, y + to * rise);
  }

  return { draw, paint };
}
