// @ts-check
// Where things lie on a map of two sliders: equal scales where the ranges allow it, so that the arrow of the gradient
// stands at right angles to the level lines; and how long that arrow is.
/** @import { Reel } from "./film" */

/** How much longer than high, or higher than long, the box may be for one scale to serve both ranges. */
const ONE_SCALE = 2.5;
/** The longest arrow, as a part of the shorter side. */
const LONGEST = 0.4;

/** Lay a map into a box, with one scale for both ranges unless it may not be one.
 * @param {number[][]} grids @param {{x: number, y: number, width: number, height: number}} box */
export function chart([xs, ys], { x, y, width, height }, mayBeOne = true) {
  const [wide, high] = [xs, ys].map((values) => values[values.length - 1] - values[0]);
  const [sx, sy] = [width / wide, height / high];
  const equal = mayBeOne && Math.max(sx, sy) <= ONE_SCALE * Math.min(sx, sy);
  const scales = equal ? [Math.min(sx, sy), Math.min(sx, sy)] : [sx, sy];
  const [across, down] = [scales[0] * wide, scales[1] * high];
  return {
    equal,
    scales,
    box: { x, y, width: across, height: down },
    px: (value = 0) => x + (value - xs[0]) * scales[0],
    py: (value = 0) => y + down - (value - ys[0]) * scales[1],
    /** The numbers of the stops that are nearest to a point. */
    nearest: (left = 0, top = 0) =>
      [
        [xs, xs[0] + (left - x) / scales[0]],
        [ys, ys[0] + (y + down - top) / scales[1]],
      ].map(([values, at]) => nearestTo(/** @type {number[]} */ (values), /** @type {number} */ (at))),
  };
}
/** @typedef {ReturnType<typeof chart>} Chart */

/** @param {number[]} values */
const nearestTo = (values, at = 0) =>
  values.reduce((best, value, i) => (Math.abs(value - at) < Math.abs(values[best] - at) ? i : best), 0);

/** How far the sliders would move on screen if both moved in proportion to their slopes.
 * @param {Chart} chart @param {number[]} slopes */
const onScreen = ({ scales }, [gx, gy]) => [gx * scales[0], -gy * scales[1]];

/** The usual length of a gradient in a film, and the longest arrow. @param {Chart} chart @param {Reel} reel */
export function gauge(chart, { stops, find, read }) {
  const lengths = stops()
    .map((stop) =>
      Math.hypot(
        ...onScreen(
          chart,
          [0, 1].map((k) => read(find(stop), k)),
        ),
      ),
    )
    .filter((length) => length > 0 && length < Infinity)
    .sort((a, b) => a - b);
  const { width, height } = chart.box;
  return { most: LONGEST * Math.min(width, height), usual: lengths[Math.floor(lengths.length / 2)] ?? 1 };
}

/** The arrow of a gradient, in px: longer where f is steeper, the usual one half as long as the longest may be; null
 * where there is none. @param {Chart} chart @param {ReturnType<typeof gauge>} by @param {number[]} slopes */
export function arrowOf(chart, { most, usual }, slopes) {
  const [right, down] = onScreen(chart, slopes);
  const steep = Math.hypot(right, down);
  if (!(steep > 0 && steep < Infinity)) return null;
  const length = (most * steep) / (steep + usual);
  return { right: (right / steep) * length, down: (down / steep) * length, length };
}

/** Strokes over the cells of stops: hatching that runs on from cell to cell.
 * @param {Chart} chart @param {number[][]} grids @param {(i: number, j: number) => boolean} missing */
export function hatch({ px, py, box }, [xs, ys], missing) {
  const edge = (/** @type {number[]} */ values, i = 0) =>
    i <= 0 ? values[0] : i >= values.length ? values[i - 1] : (values[i - 1] + values[i]) / 2;
  const cells = xs.flatMap((_, i) => ys.map((_, j) => [i, j])).filter(([i, j]) => missing(i, j));
  const corner = (i = 0, j = 0) => `${px(edge(xs, i)).toFixed(1)} ${py(edge(ys, j)).toFixed(1)}`;
  const wide = box.width > 0 ? cells : [];
  return {
    strokes: wide.map(([i, j]) => `M${corner(i, j)}L${corner(i + 1, j + 1)}`).join(""),
    area: wide
      .map(([i, j]) => `M${corner(i, j)}L${corner(i + 1, j)} ${corner(i + 1, j + 1)} ${corner(i, j + 1)}Z`)
      .join(""),
  };
}
