// @ts-check
// A quantity along the slider, where the graph is the same.
/** @import { Held, Sheet } from "./readings.js" */
import { attr, make, math, put } from "../elements.js";
import { curvePath, robustRange } from "../plotting.js";
import { quantityOf } from "./readings.js";

/** The first stop of the line along the slider in focus. @param {Sheet} sheet */
function lineAt({ reel, now: { active, stop } }) {
  const stride = reel.strides[active];
  return stop - (Math.floor(stop / stride) % reel.grids[active].length) * stride;
}

/** A point on a curve: a dot for a value, a drop for a tangent, a diamond for what else there is. */
function pointPath(hue = "", x = "", y = 0) {
  // Also where there is no number.
  if (!(y >= 2 && y <= 52)) return "";
  if (hue === "tangent")
    return `M${x} ${(y + 8).toFixed(1)}c-1.6-3.4-5.6-5.6-5.6-9.2a5.6 5.6 0 1 1 11.2 0c0 3.6-4 5.8-5.6 9.2z`;
  if (hue !== "value") return `M${x} ${(y - 6).toFixed(1)}l6 6l-6 6l-6 -6z`;
  return `M${x} ${y.toFixed(1)}m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0`;
}

/** Draw the curves of a quantity; returns where a point of them lies.
 * @param {Sheet} sheet @param {any} plot */
function draw({ now, reel }, plot, line = 0, q = 0, wide = 260) {
  const one = now.scene.quantities[q];
  const xs = reel.grids[now.active];
  const span = xs[xs.length - 1] - xs[0] || 1;
  const stops = xs.map((x, i) => ({ x, place: reel.find(line + i * reel.strides[now.active]) }));
  const known = stops.filter(({ place }) => place);
  const ys = Array.from({ length: one.shape ? 2 : one.n }, (_, k) =>
    known.map(({ place }) => (place && place.scene === now.number ? place.table[place.base + one.c + k] : NaN)),
  );
  const scenes = known.map(({ place }) => place?.scene ?? -1);
  const range = robustRange(ys.flat());
  const [low, high] = range;
  const at = (x = 0) => 6 + ((x - xs[0]) / span) * (wide - 12);
  const py = (y = 0) => 47 - ((y - low) / (high - low)) * 40;
  attr(plot, "viewBox", `0 0 ${wide} 54`);
  if (low <= 0 && high >= 0) plot.append(make("s:path", { class: "gad-zero", d: `M6 ${py(0)}H${wide - 6}` }));
  const window = make("s:svg", { x: 0, y: 2, width: wide, height: 50, viewBox: `0 2 ${wide} 50` });
  for (const line of ys) {
    const d = curvePath(line, scenes, range, (i) => at(known[i].x), py);
    window.append(make("s:path", { class: "gad-line", d }));
  }
  plot.append(window, ...ys.map(() => make("s:path", { class: "gad-point" })));
  return { at, py };
}

/** Make the curve of a quantity. @param {Sheet} sheet @param {string} mathml @param {() => Held} read */
export function spark(sheet, mathml, hue = "", read) {
  const plot = make("s:svg", { "aria-hidden": "true" });
  const yet = make("span", { class: "gad-yet" });
  let drawn = "";
  let size = -1;
  let wide = 0;
  let scale = { at: (x = 0) => x, py: (y = 0) => y };
  sheet.live.push(() => {
    // Of a sum that is not complete there is nothing to see yet.
    const { q: any, empty, word } = read();
    const q = word ? -1 : any;
    const { number, active, here } = sheet.now;
    if (size !== sheet.sizes) ((size = sheet.sizes), (wide = plot.clientWidth || 260));
    put(yet, q >= 0 ? "" : word ? word + " so far" : empty);
    const line = lineAt(sheet);
    const key = q < 0 ? "" : [q, number, active, line, sheet.reel.size, wide].join();
    if (key !== drawn) {
      drawn = key;
      plot.replaceChildren();
      if (key) scale = draw(sheet, plot, line, q, wide);
    }
    if (q < 0) return;
    const { c } = quantityOf(sheet, q);
    const x = scale.at(here.values[active]).toFixed(1);
    [...plot.querySelectorAll(".gad-point")].forEach((point, k) => {
      attr(point, "d", pointPath(hue, x, scale.py(here.table[here.base + c + k])));
    });
  });
  return make("div", { class: "gad-spark " + hue }, make("span", {}, math(mathml)), make("div", {}, plot, yet));
}
