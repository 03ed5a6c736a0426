// @ts-check
// The drawing of the curve panel: f above, its derivative below, and the tangent line at the place of the sliders.
/** @import { Film, Place, Reel } from "./film" */
import { attr, lay, make, show } from "./elements.js";
import { derivativeOf } from "./hues.js";
import { kinkAt, kinksOf, led } from "./kinks.js";
import { drawEdges, drawGaps, drawKinks, makeSides } from "./markings.js";
import { besideAxis, curvePath, spaced, tickWords, ticks } from "./plotting.js";

/** The mark on the curve of the derivative: a diamond for adjoints; a drop, with its point down, for tangents.
 * @type {Record<string, number[][]>} */
const POINTS = {
  adjoint: [
    [0, -6],
    [6, 0],
    [0, 6],
    [-6, 0],
  ],
  tangent: [
    [0, 8],
    [-3, 3.2],
    [-5.2, -1],
    [-4.5, -4.5],
    [0, -6.5],
    [4.5, -4.5],
    [5.2, -1],
    [3, 3.2],
  ],
};

/** Plots no higher than this have no room for an axis. */
const AXIS_FROM = 110;

/** Where all lies: two bands, f in the upper and its derivative in the lower. A long name stands above its band; along
 * one slider of several there is an axis below, since what stands below the panel may be another one.
 * @param {any} plot @param {Reel} reel */
function measure(plot, reel, active = 0, long = false) {
  const xs = reel.grids[active];
  const wide = xs[xs.length - 1] - xs[0] || 1;
  // At the scale of the screen, so that the type keeps its size.
  const across = plot.clientWidth || 340;
  const down = plot.clientHeight || 366;
  const em = parseFloat(getComputedStyle(plot).fontSize) / 15 || 1;
  const left = 40 * em;
  const right = across - 28 * em;
  const [roof, gap] = long ? [Math.min(22 * em, 0.3 * down), Math.min(24 * em, 0.24 * down)] : [14, 26];
  // Where it would be low, the sliders say it.
  const axis = reel.grids.length > 1 && down > AXIS_FROM * em ? 14 * em : 0;
  const floor = Math.max(roof + gap, down - 10 - axis);
  const split = roof + 0.57 * (floor - gap - roof);
  const bands = [
    [roof, split],
    [split + gap, floor],
  ];
  const ranges = [-1, active].map(reel.extent);
  const slant = (right - left) / wide;
  const at = (x = 0) => left + ((x - xs[0]) / wide) * (right - left);
  const half = Math.max(1, (at(xs[1]) - at(xs[0])) / 2 || 0);
  const py = bands.map(([top, bottom], b) => {
    const [low, high] = ranges[b];
    return (y = 0) => bottom - ((y - low) / (high - low)) * (bottom - top);
  });
  return { across, down, axis, foot: floor + 10, em, left, right, bands, ranges, slant, at, half, py, long };
}
/** @typedef {ReturnType<typeof measure>} Layout */

/** The stops along a slider through a stop; what is not known yet is left out: the curve joins what is.
 * @param {Reel} reel */
function knownAlong({ grids, strides, find }, active = 0, stop = 0) {
  const xs = grids[active];
  const here = Math.floor(stop / strides[active]) % xs.length;
  const known = xs.map((x, i) => ({ x, place: find(stop + (i - here) * strides[active]) }));
  return known.filter(({ place }) => place);
}
/** @typedef {ReturnType<typeof knownAlong>} Known */

/** The points of a curve, each with the smooth piece that it is of.
 * @param {Film} film @param {Reel} reel @param {Known} known */
const pointsOf = ({ pieces }, reel, known, gradient = -1) =>
  known.map(({ x, place }) => {
    const piece = pieces?.[place?.stop ?? -1] ?? place?.scene ?? -1;
    return { x, y: reel.read(place, gradient), piece };
  });

/** Make the drawing in an SVG. @param {any} plot @param {Reel} reel @param {Film} film */
export function makeDrawing(plot, reel, film, name = "f") {
  const names = film.sliders.map((one) => one.name);
  const derivative = derivativeOf(film).hue;
  /** @type {ReturnType<typeof makeMovers> & {layout: Layout} | null} */
  let drawn = null;
  const slopeName = (active = 0) => (names.length > 1 ? `∂${name}/∂${names[active]}` : name + "′");
  /** @param {(Node | string)[]} children */
  const add = (kind = "", attributes = {}, ...children) => plot.appendChild(make("s:" + kind, attributes, ...children));

  /** Lines across at round numbers; returns the numbers. @param {Layout} layout */
  function drawTicks({ bands, ranges, em, left, right, py }) {
    return bands.flatMap(([top, bottom], b) => {
      const most = Math.min(b ? 3 : 4, (bottom - top) / (24 * em));
      const rows = ticks(ranges[b][0], ranges[b][1], most);
      const told = spaced(rows, py[b], 12 * em);
      return rows.flatMap((tick) => {
        const hue = b ? " slope" : "";
        add("path", { class: (tick ? "gad-grid" : "gad-zero") + hue, d: `M${left} ${py[b](tick)}H${right}` });
        if (!told.includes(tick)) return [];
        return besideAxis(tickWords(tick), left - 8, py[b](tick) + 4, hue);
      });
    });
  }

  /** The axis of one slider of several: its ends and its name. @param {Layout} layout */
  function axisWords({ left, right, bands, em, axis }, active = 0) {
    if (!axis) return [];
    const grid = reel.grids[active];
    const y = bands[1][1] + 18 * em;
    return [
      make("s:text", { x: left, y, "text-anchor": "middle" }, tickWords(Number(grid[0].toPrecision(3)))),
      make("s:text", { x: right, y, "text-anchor": "middle" }, tickWords(Number(grid[grid.length - 1].toPrecision(3)))),
      make("s:text", { class: "gad-name", x: (left + right) / 2, y, "text-anchor": "middle" }, names[active]),
    ];
  }

  /** A curve; returns its name. @param {Layout} layout @param {Known} known */
  function drawLine(layout, known, b = 0, active = 0) {
    const { bands, ranges, left, right, at, py } = layout;
    const [top, bottom] = bands[b];
    const points = led(pointsOf(film, reel, known, b ? active : -1), kinksOf(film), b ? "slope" : "value");
    const [ys, pieces] = [points.map(({ y }) => y), points.map(({ piece }) => piece)];
    const d = curvePath(ys, pieces, ranges[b], (i) => at(points[i].x), py[b]);
    // A window that clips: it needs no id.
    const [x, y, width, height] = [left - 3, top - 3, right - left + 6, bottom - top + 6];
    const window = { x, y, width, height, viewBox: `${x} ${y} ${width} ${height}` };
    add("svg", window, make("s:path", { class: b ? "gad-df" : "gad-f", d }));
    return label(layout, ys, b, b ? slopeName(active) : name);
  }

  /** A name stands beside the end of its curve, a long one above its band.
   * @param {Layout} layout @param {number[]} ys */
  function label({ bands, ranges, long, em, left, right, py }, ys, b = 0, text = "") {
    const [top, bottom] = bands[b];
    const hue = "gad-name " + (b ? derivative : "value");
    if (long) return make("s:text", { class: hue, x: left, y: top - 7 * em }, text);
    const end = py[b](ys.findLast(Number.isFinite) ?? ranges[b][0]);
    return make("s:text", { class: hue, x: right + 8 * em, y: Math.min(bottom, Math.max(top + 8, end)) + 5 }, text);
  }

  /** What moves with the sliders. It stands beside what spans the panel: browsers composite the page anew when the
   * bounds of such a group change. */
  function makeMovers() {
    const [guide, tangent, stem] = ["guide", "tangent", "stem"].map((kind) => add("line", { class: "gad-" + kind }));
    const point = ["edge", "core"].map((kind) => make("s:line", { class: kind }));
    const sides = makeSides(add);
    const dots = [add("g", { class: "gad-dot" }, ...point), add("polygon", { class: "gad-diamond" })];
    return { guide, tangent, stem, point, dots, sides };
  }

  return {
    /** Draw the curves along a slider through a stop. */
    draw(active = 0, stop = 0) {
      const known = knownAlong(reel, active, stop);
      const layout = measure(plot, reel, active, slopeName(active).length > 3);
      attr(plot, "viewBox", `0 0 ${layout.across} ${layout.down}`);
      plot.replaceChildren();
      const labels = drawTicks(layout);
      drawGaps(add, layout, film, reel.grids[active]);
      drawEdges(add, layout, known, name);
      labels.push(...[0, 1].map((b) => drawLine(layout, known, b, active)));
      drawKinks(add, layout, kinksOf(film));
      plot.append(...labels, ...axisWords(layout, active));
      drawn = { layout, ...makeMovers() };
    },

    /** Put point, slope and tangent at a place. @param {Place} place */
    paint(place, active = 0) {
      if (!drawn) return;
      const { layout, guide, stem, point, dots } = drawn;
      const { at, py, ranges, bands, foot } = layout;
      const x = at(place.values[active]);
      const ys = [-1, active].map((one) => reel.read(place, one));
      const inside = ys.map((y, b) => y >= ranges[b][0] && y <= ranges[b][1]);
      const seen = ys.map(Number.isFinite);
      const clamp = (y = 0, b = 0) => py[b](Math.min(ranges[b][1], Math.max(ranges[b][0], y)));
      const [y, z] = ys.map((one, b) => clamp(one, b) || 0);
      lay(guide, x, bands[0][0] - 6, x, foot);
      dots.forEach((dot, b) => (show(dot, seen[b]), dot.classList.toggle("out", !inside[b])));
      show(stem, seen[1]);
      for (const line of point) lay(line, x, y, x, y);
      attr(dots[1], "points", POINTS[derivative].map(([dx, dy]) => `${x + dx} ${z + dy}`).join(" "));
      lay(stem, x, clamp(0, 1), x, z);
      const kink = kinkAt(kinksOf(film), place.stop);
      const sloped = seen[1] && inside[0] && kink?.kind !== "jump";
      drawn.sides.lay(kink, layout, x, inside[0] ? y : NaN);
      drawn.tangent.classList.toggle("taken", !!kink);
      show(drawn.tangent, sloped);
      if (sloped) layTangent(drawn.tangent, layout, x, y, ys[1]);
    },
  };
}

/** The tangent line through a point. It ends where its band ends. @param {any} line @param {Layout} layout */
function layTangent(line, { left, right, bands, py, slant }, x = 0, y = 0, slope = 0) {
  // The slope on screen: so many units down for one to the right.
  const rise = (slope * (py[0](1) - py[0](0))) / slant;
  const run = 54 / Math.hypot(1, rise);
  const ends = [bands[0][0] - 6, bands[0][1] + 10].map((edge) => (edge - y) / rise);
  const [above, below] = ends.sort((one, other) => one - other);
  const [from, to] = [Math.max(-run, left - 7 - x, above), Math.min(run, right + 7 - x, below)];
  lay(line, x + from, y + from * rise, x + to, y + to * rise);
}
