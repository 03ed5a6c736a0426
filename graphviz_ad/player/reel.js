// @ts-check
// A film's numbers by place along the sliders. More may arrive while it is shown.
/** @import { Film, Place, Reel } from "./film" */
import { decode } from "./numbers.js";
import { robustRange } from "./plotting.js";
import { makeStore } from "./store.js";

/** The number of the stop that is nearest to a value. @param {number[]} grid */
const nearestIn = (grid, value = 0) =>
  grid.reduce((best, x, i) => (Math.abs(x - value) < Math.abs(grid[best] - value) ? i : best), 0);

/** Open a film; scenes, stops and numbers may be added to it. @param {Film} film @returns {Reel} */
export function makeReel(film) {
  const store = makeStore(film);
  const { scenes, stops, errors } = store;
  const grids = film.sliders.map((slider) => [...decode(slider.values)]);
  const strides = grids.map((_, k) => grids.slice(k + 1).reduce((all, grid) => all * grid.length, 1));
  const listeners = new Set();
  /** @type {Map<number, [number, number]>} */
  const extents = new Map();

  const values = (stop = 0) => grids.map((grid, k) => grid[Math.floor(stop / strides[k]) % grid.length]);
  /** @param {number} stop @returns {Place | undefined} */
  function find(stop) {
    const at = stops.get(stop);
    if (!at) return undefined;
    const [error, remarks] = [errors[stop] ?? "", store.remarks(stop)];
    const own = store.failures.get(stop);
    return { stop, scene: at[0], values: values(stop), error, own, remarks, ...store.row(...at) };
  }
  /** The value, or a gradient, at a place; NaN where f raised, and where it is not known yet. Where f has no value, it
   * has no slope. @param {Place | undefined} place */
  function read(place, gradient = -1) {
    if (!place || place.scene < 0) return NaN;
    const { output, gradients, quantities } = scenes[place.scene];
    const number = (q = 0) => place.table[place.base + quantities[q].c];
    if (output < 0) return NaN;
    return gradient < 0 ? number(output) : Number.isFinite(number(output)) ? number(gradients[gradient]) : NaN;
  }
  /** The range of the value, or of a gradient, over all that is known. @returns {[number, number]} */
  function extent(gradient = -1) {
    const all = () => [...stops.keys()].map((stop) => read(find(stop), gradient));
    const range = extents.get(gradient) ?? /** @type {[number, number]} */ (robustRange(all()));
    extents.set(gradient, range);
    return range;
  }

  return {
    scenes,
    grids,
    strides,
    values,
    find,
    read,
    extent,
    total: grids.reduce((all, grid) => all * grid.length, 1),
    get size() {
      return stops.size;
    },
    stops: () => [...stops.keys()],
    get several() {
      return scenes.length > 1 || [...stops.values()].some(([s]) => s < 0);
    },
    /** The stop nearest to values, and whether it has just these. */
    nearest(wanted) {
      const index = grids.map((grid, k) => nearestIn(grid, wanted[k]));
      const width = (/** @type {number[]} */ grid) => Math.abs(grid[grid.length - 1] - grid[0]);
      const exact = grids.every((grid, k) => Math.abs(grid[index[k]] - wanted[k]) <= 1e-12 * width(grid));
      return { stop: index.reduce((all, i, k) => all + i * strides[k], 0), exact };
    },
    point(point) {
      store.addScenes(point);
      const { scene, values, error = "", failure = -1, remarks = [], numbers = "", pictures = {} } = point;
      const own = store.raised[failure];
      const drawn = (q = 0) => pictures[q] ?? "";
      return { stop: -1, scene, values, error, own, remarks, table: decode(numbers), base: 0, drawn };
    },
    join(film) {
      const { scenes, row } = makeStore(film);
      store.addScenes({ values: [], scene: 0, scenes: [{ ...scenes[0], own: film }] });
      const remarks = film.remarks ?? [];
      return { stop: -1, scene: store.scenes.length - 1, values: [], error: "", remarks, ...row(0, 0) };
    },
    add(batch) {
      store.add(batch);
      extents.clear();
      for (const callback of listeners) callback();
    },
    on: (callback) => (listeners.add(callback), () => void listeners.delete(callback)),
  };
}
