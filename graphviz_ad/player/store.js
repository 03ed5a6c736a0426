// @ts-check
// A film's numbers by scene and row; more scenes and more rows may be added.
/** @import { Batch, Film, Point, Raised } from "./film" */
import { decode, spread } from "./numbers.js";

/** Hold the numbers of a film. @param {Film} film */
export function makeStore(film) {
  const scenes = [...film.scenes];
  const wide = () => scenes.map((one) => Math.max(...one.quantities.map(({ c, n }) => c + n)));
  let columns = wide();
  const tables = film.numbers.map((numbers, s) => spread(decode(numbers), scenes[s].same ?? [], columns[s]));
  const pictures = film.pictures.map((own) => ({ ...own }));
  const counts = scenes.map(() => 0);
  /** Scene and row of each stop that is known; no row where f raised.
   * @type {Map<number, [scene: number, row: number]>} */
  const stops = new Map();
  /** @type {Record<string, string>} */
  const errors = { ...film.errors };
  const remarks = [...(film.remarks ?? [])];
  const raised = [...(film.raised ?? [])];
  /** What was recorded at each stop where f raised. @type {Map<number, Raised>} */
  const failures = new Map();

  /** @param {number[]} which scene, by stop @param {number[]} [of] stops */
  function enter(which, of) {
    which.forEach((s, i) => stops.set(of ? of[i] : i, [s, s < 0 ? -1 : counts[s]++]));
  }
  function recordFailure(own = raised[0], stops = own.stops) {
    for (const stop of stops) failures.set(stop, own);
  }
  /** @param {Batch | Point} more */
  function addScenes(more) {
    for (const scene of more.scenes ?? []) {
      scenes.push(scene);
      tables.push(new Float64Array());
      pictures.push({});
      counts.push(0);
    }
    more.guards?.forEach((guard, s) => (scenes[s].guard = guard));
    columns = wide();
  }
  /** Add rows to the table of a scene, in base64. */
  function addRows(s = 0, text = "") {
    const more = decode(text);
    const all = new Float64Array(tables[s].length + more.length);
    all.set(tables[s]);
    all.set(more, tables[s].length);
    tables[s] = all;
    return more.length / columns[s];
  }
  /** A thumbnail that never changed is one string; from now on each row has its own.
   * @param {number} s @param {Record<string, string[]>} more */
  function addPictures(s, more, size = 0) {
    const rows = tables[s].length / columns[s] - size;
    for (const [q, drawn] of Object.entries(more)) {
      const old = pictures[s][q];
      pictures[s][q] = [...(typeof old === "string" ? Array(rows).fill(old) : (old ?? [])), ...drawn];
    }
  }

  enter(film.stops.scene, film.stops.of);
  for (const own of raised) recordFailure(own);
  tables.forEach((table, s) => (counts[s] = table.length / columns[s]));
  return {
    scenes,
    stops,
    errors,
    raised,
    failures,
    remarks: (stop = 0) => remarks.filter(({ from, to }) => from <= stop && stop <= to),
    addScenes,
    /** Where a row of a scene is. */
    row: (scene = 0, row = 0) => ({
      table: tables[scene] ?? [],
      base: row * columns[scene],
      drawn(q = 0) {
        const own = pictures[scene]?.[q];
        return (typeof own === "string" ? own : own?.[row]) ?? "";
      },
    }),
    /** @param {Batch} batch */
    add(batch) {
      addScenes(batch);
      Object.assign(errors, batch.errors);
      for (const [key, own] of Object.entries(batch.raised ?? {}))
        recordFailure((raised[Number(key)] ??= /** @type {Raised} */ (own)), own.stops);
      remarks.push(...(batch.remarks ?? []));
      if (batch.kinks) film.kinks = batch.kinks;
      if (batch.gaps) film.gaps = batch.gaps;
      if (batch.contours) film.contours = batch.contours;
      for (const [key, text] of Object.entries(batch.numbers)) {
        const s = Number(key);
        const size = addRows(s, text);
        addPictures(s, batch.pictures?.[key] ?? {}, size);
        batch.formats?.[key]?.forEach((format, q) => (scenes[s].quantities[q].f = format));
      }
      enter(batch.scene, batch.of);
    },
  };
}
