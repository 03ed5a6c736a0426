// @ts-check
// A film's numbers by place along the sliders. More may arrive while it is shown.
/** @import { Batch, Film, Place, Point, Reel } from "./film" */
import { decode, spread } from "./numbers.js";
import { robustRange } from "./curve.js";

/** Open a film; scenes, stops and numbers may be added to it. @param {Film} film @returns {Reel} */
export function makeReel(film) {
  const scenes = [...film.scenes], grids = film.sliders.map((slider) => [...decode(slider.values)]), listeners = new Set();
  const strides = grids.map((_, k) => grids.slice(k + 1).reduce((all, grid) => all * grid.length, 1));
  const wide = () => scenes.map((one) => Math.max(...one.quantities.map(({ c, n }) => c + n)));
  let columns = wide();
  /** @type {Map<number, [scene: number, row: number]>} */
  const found = new Map();
  /** @type {Record<string, string>} */
  const errors = { ...film.errors };
  const tables = film.numbers.map((numbers, s) => spread(decode(numbers), scenes[s].same ?? [], columns[s]));
  const pictures = film.pictures.map((told) => ({ ...told })), counts = scenes.map(() => 0);
  /** @param {number[]} which scene, by stop @param {number[]} [of] stops @param {number[]} [rows] */
  const enter = (which, of, rows) => which.forEach((s, i) => found.set(of ? of[i] : i, [s, s < 0 ? -1 : (rows?.[i] ?? counts[s]++)]));
  enter(film.stops.scene, film.stops.of, film.stops.row);
  tables.forEach((table, s) => (counts[s] = table.length / columns[s]));
  /** @type {Map<number, [number, number]>} */
  const extents = new Map();

  const values = (stop = 0) => grids.map((grid, k) => grid[Math.floor(stop / strides[k]) % grid.length]);
  /** @param {number} stop @returns {Place | undefined} */
  function find(stop) {
    const at = found.get(stop);
    if (!at) return undefined;
    const [scene, row] = at;
    return { stop, scene, values: values(stop), error: errors[stop] ?? "", table: tables[scene] ?? [], base: row * columns[scene],
      drawn: (q = 0) => (typeof pictures[scene]?.[q] === "string" ? pictures[scene][q] : pictures[scene]?.[q]?.[row]) ?? "" };
  }
  /** The value, or a gradient, at a place; NaN where f raised, and where it is not known yet. @param {Place | undefined} place */
  function read(place, gradient = -1) {
    if (!place || place.scene < 0) return NaN;
    const { output, gradients, quantities } = scenes[place.scene];
    return place.table[place.base + quantities[gradient < 0 ? output : gradients[gradient]].c];
  }
  /** The range of the value, or of a gradient, over all that is known. @returns {[number, number]} */
  function extent(gradient = -1) {
    const known = extents.get(gradient) ?? /** @type {[number, number]} */ (robustRange([...found.keys()].map((stop) => read(find(stop), gradient))));
    extents.set(gradient, known);
    return known;
  }
  /** @param {Batch | Point} more */
  function takeScenes(more) {
    for (const scene of more.scenes ?? []) scenes.push(scene), tables.push(new Float64Array()), pictures.push({}), counts.push(0);
    more.guards?.forEach((guard, s) => (scenes[s].guard = guard));
    columns = wide();
  }

  return {
    scenes, grids, strides, values, find, read, extent,
    total: grids.reduce((all, grid) => all * grid.length, 1),
    get size() { return found.size; },
    stops: () => [...found.keys()],
    get several() { return scenes.length > 1 || [...found.values()].some(([s]) => s < 0); },
    /** The stop nearest to values, and whether it has just these. */
    nearest(wanted) {
      const index = grids.map((grid, k) => grid.reduce((best, x, i) => (Math.abs(x - wanted[k]) < Math.abs(grid[best] - wanted[k]) ? i : best), 0));
      const exact = grids.every((grid, k) => Math.abs(grid[index[k]] - wanted[k]) <= 1e-12 * Math.abs(grid[grid.length - 1] - grid[0]));
      return { stop: index.reduce((all, i, k) => all + i * strides[k], 0), exact };
    },
    point(told) {
      takeScenes(told);
      const drawn = told.pictures ?? {};
      return { stop: -1, scene: told.scene, values: told.values, error: told.error ?? "", table: decode(told.numbers ?? ""), base: 0, drawn: (q = 0) => drawn[q] ?? "" };
    },
    add(batch) {
      takeScenes(batch);
      Object.assign(errors, batch.errors);
      for (const [key, text] of Object.entries(batch.numbers)) {
        const s = Number(key), more = decode(text), all = new Float64Array(tables[s].length + more.length), size = more.length / columns[s];
        all.set(tables[s]);
        all.set(more, tables[s].length);
        tables[s] = all;
        // A thumbnail that never changed is one string; from now on each row has its own.
        for (const [q, drawn] of Object.entries(batch.pictures?.[key] ?? {})) {
          const old = pictures[s][q];
          pictures[s][q] = [...(typeof old === "string" ? Array(tables[s].length / columns[s] - size).fill(old) : (old ?? [])), ...drawn];
        }
        batch.formats?.[key]?.forEach((format, q) => (scenes[s].quantities[q].f = format));
      }
      enter(batch.scene, batch.of);
      extents.clear();
      for (const callback of listeners) callback();
    },
    on: (callback) => (listeners.add(callback), () => void listeners.delete(callback)),
  };
}
