// @ts-check
// One entry of an array: framed on its card, with its number in full, and what it is made of, there and in a table.
/** @import { Now, Panel, Player } from "../panel" */
/** @import { Grid, Lit } from "../making.js" */
import { entriesOf } from "../cells.js";
import { attr, iconButton, make } from "../elements.js";
import { bracket, headsOf, makingOf } from "../making.js";
import { brief } from "../numbers.js";
import { boxPath } from "../picture.js";
import { edgeName } from "../picks.js";
import { copiesScheme } from "./copies.js";
import { falkScheme } from "./falk.js";
import { sayTerms, tableOf } from "./terms.js";

/** An entry that is shown: its row, such as "n3_a", and its place. @typedef {{row: string, entry: number}} Chosen */

/** What an array is called, on the way back with a bar. */
const called = (name = "", back = false) => (back ? name[0] + "\u0304" + name.slice(1) : name);

/** The quantity that a part shows now. @param {Now} now */
function shownBy({ scene, entry }, part = "") {
  const [, , q = -1] = scene.parts[part] ? entry(part) : [0, "", -1];
  return scene.quantities[q];
}

/** The array that a row of a card holds now. @param {Now} now @returns {Grid} */
function gridOf(now, node = 0, back = false) {
  const { scene, here } = now;
  const row = `n${node}_${back ? "a" : "v"}`;
  const quantity = shownBy(now, row);
  const name = called(scene.rows[node].text.split(" = ")[0], back);
  if (!quantity) return { row, name, shape: [], values: [] };
  const values = entriesOf(quantity, here.table, here.base);
  const scalar = / scalar /.test(scene.rows[node].what);
  return { row, name, shape: scalar ? [] : (quantity.shape?.split("×").map(Number) ?? [quantity.n]), values };
}

/** The local gradient of an edge, where it stands at its socket now: another operand, by its name; an expression, by
 * the place where it is taken, since what it is made of may be broadcast. @param {Now} now @returns {Grid | null} */
function factorOf(now, child = 0, argument = 0) {
  const siblings = now.scene.edges.filter(({ at }) => at[0] === child);
  const edge = siblings.find(({ at }) => at[1] === argument);
  if (!edge) return null;
  const name = edge.text.replace(/^(Σ )?[×⊙] /, "");
  if (edge.factor !== undefined) return { row: "", name, shape: [], values: [edge.factor] };
  const operand = siblings.map(({ at }) => gridOf(now, at[2])).find((one) => one.name === name);
  const quantity = shownBy(now, edgeName(edge) + "_g");
  if (!quantity || quantity.complex) return null;
  if (operand) return { ...operand, row: "" };
  const values = entriesOf(quantity, now.here.table, now.here.base);
  const shape = quantity.shape?.split("×").map(Number) ?? (values.length > 1 ? [values.length] : []);
  const whole = /^\w+$|^\(.*\)$/.test(name) ? name : `(${name})`;
  return { row: "", name: shape.length ? whole + " at " : whole, shape, values };
}

/** The cells of a row, by entry; none where an entry has no cell of its own. @param {Player} player @param {Now} now */
function cellsOf({ view }, now, row = "") {
  const part = view().parts.find(({ id }) => id === row);
  const quantity = shownBy(now, row);
  if (!part || !quantity || quantity.complex) return [];
  if (part.cells.length)
    return part.cells.map((cell) => ["x", "y", "width", "height"].map((side) => +cell.getAttribute(side)));
  const { picture, n } = quantity;
  if (!part.picture || picture?.kind !== "map" || n - 2 !== picture.rows * picture.columns) return [];
  const { x, y, width, height } = part.picture.dataset;
  const [wide, high] = [width / picture.columns, height / picture.rows];
  return Array.from({ length: n - 2 }, (_, i) => [
    +x + (i % picture.columns) * wide,
    +y + Math.floor(i / picture.columns) * high,
    wide,
    high,
  ]);
}

/** Frames around cells: one around all where they fill a rectangle. @param {number[][]} cells */
function framesOf(cells) {
  const [left, top] = [0, 1].map((k) => Math.min(...cells.map((cell) => cell[k])));
  const [right, bottom] = [0, 1].map((k) => Math.max(...cells.map((cell) => cell[k] + cell[k + 2])));
  const [, , wide, high] = cells[0];
  const whole = Math.round(((right - left) / wide) * ((bottom - top) / high)) === cells.length;
  return whole ? boxPath([left, top, right - left, bottom - top]) : cells.map((cell) => boxPath(cell)).join("");
}

/** What covers the other cells of a map, so that 18 % of their fill are left.
 * @param {number[][]} cells @param {Set<number>} lit */
const veilOver = (cells, lit) =>
  make("s:path", { class: "gad-faded", d: cells.map((cell, i) => (lit.has(i) ? "" : boxPath(cell))).join("") });

/** The entries that are lit, by the row that they are in. @param {Lit[]} lits */
function litRows(lits) {
  /** @type {Map<string, Set<number>>} */
  const rows = new Map();
  for (const { grid, entries } of lits) rows.set(grid.row, new Set([...(rows.get(grid.row) ?? []), ...entries]));
  return [...rows];
}

/** A frame of ink on paper. */
const frame = (d = "") => ["gad-halo", "gad-around"].map((name) => make("s:path", { class: name, d }));

/** Where the pane ends, in the picture's own units. @param {any} svg @returns {Edges} */
function edgesOf(svg) {
  const seen = svg.parentNode.getBoundingClientRect();
  const { a, d, e, f } = svg.getScreenCTM();
  return {
    left: (seen.left - e) / a,
    right: (seen.right - e) / a,
    top: (seen.top - f) / d,
    bottom: (seen.bottom - f) / d,
  };
}
/** @typedef {{left: number, right: number, top: number, bottom: number}} Edges */

/** Where flags must not stand: on cards, on what stands at their edges, and beyond the pane.
 * @param {any} svg @param {any} own the card that the flag belongs to */
function freeIn(svg, own) {
  const { left, right, top, bottom } = edgesOf(svg);
  const others = [...svg.querySelectorAll(".node > .bg, .socket > .bg, .pad > .bg")].filter((one) => one !== own);
  const boxes = others.map((one) => one.getBBox());
  return (x = 0, y = 0, wide = 0, high = 0) =>
    x >= left &&
    x + wide <= right &&
    y >= top &&
    y + high <= bottom &&
    boxes.every((box) => x >= box.x + box.width || x + wide <= box.x || y >= box.y + box.height || y + high <= box.y);
}

/** The flag at a row: the name of the entry and its number. It covers no number: it stands beside the row, below or
 * above the card, or, where there is no room, in the place of the title of the card.
 * @param {any} svg @param {any} row */
function flag(svg, row, name = "", value = "") {
  const own = row.closest(".node").querySelector(":scope > .bg");
  const [band, card, isFree] = [row.querySelector(".bg").getBBox(), own.getBBox(), freeIn(svg, own)];
  const wide = Math.max(name.length, value.length) * 8 + 24;
  const middle = band.y + band.height / 2 - FLAG / 2;
  const places = [
    [band.x + band.width - 4, middle],
    [band.x + 4 - wide, middle],
    ...[card.y + card.height + 2, card.y - FLAG - 2].flatMap((y) =>
      [card.x + card.width - wide, card.x].map((x) => [x, y]),
    ),
  ];
  const free = places.find(([x, y]) => isFree(x, y, wide, FLAG));
  if (!free) return titled(card, edgesOf(svg), name, value);
  const [x, y] = free;
  return [
    make("s:path", { class: "gad-flag", d: `M${x} ${y}h${wide - 5}q5 0 5 5v${FLAG - 10}q0 5-5 5h-${wide - 5}z` }),
    make("s:text", { x: x + 14, y: y + 15, class: "gad-flagged" }, name),
    make("s:text", { x: x + 14, y: y + 31, class: "gad-flagged gad-number" }, value),
  ];
}
const FLAG = 38;

/** An entry in the place of the title of its card, as far as that is in the pane and there is room for both.
 * @param {any} card @param {Edges} edges */
function titled({ x, y, width }, { left, right }, name = "", value = "") {
  const [from, to] = [Math.max(x, left) + 2, Math.min(x + width, right) - 2];
  const fits = (name.length + value.length) * 8 + 24 <= to - from;
  return [
    make("s:path", { class: "gad-flag", d: boxPath([from, y + 2, to - from, 25]) }),
    make("s:text", { x: from + 8, y: y + 19, class: "gad-flagged" }, fits ? name : ""),
    make("s:text", { x: to - 6, y: y + 19, "text-anchor": "end", class: "gad-flagged gad-number" }, value),
  ];
}

/** Which entry is under the pointer. @param {Player} player @param {any} event @returns {Chosen | null} */
function under(player, { target, clientX, clientY }) {
  const row = target.closest?.("g[id$=_v],g[id$=_a]")?.id ?? "";
  const matrix = row && player.view().svg.getScreenCTM();
  if (!matrix) return null;
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
  const cells = cellsOf(player, player.now(), row);
  const entry = cells.findIndex(
    ([left, top, wide, high]) => x >= left && x < left + wide && y >= top && y < top + high,
  );
  return entry < 0 ? null : { row, entry };
}

/** The entry that a key moves to; -1 where it moves to none. @param {Now} now @param {Chosen} from */
function moved(now, { row, entry }, pressed = "") {
  const { shape } = gridOf(now, parseInt(row.slice(1)), row.endsWith("_a"));
  const wide = shape[shape.length - 1] ?? 1;
  const last = shape.reduce((all, n) => all * n, 1) - 1;
  const start = entry - (entry % wide);
  const steps = { ArrowLeft: entry - 1, ArrowRight: entry + 1, ArrowUp: entry - wide, ArrowDown: entry + wide };
  const to = { ...steps, Home: start, End: start + wide - 1 }[/** @type {"Home"} */ (pressed)];
  return to === undefined ? -1 : Math.max(0, Math.min(last, to));
}

/** @param {Now} now @param {Chosen} at */
function readEntry(now, { row, entry }) {
  const [node, back] = [parseInt(row.slice(1)), row.endsWith("_a")];
  const grid = gridOf(now, node, back);
  const grids = (/** @type {number} */ one, way = false) => gridOf(now, one, way);
  const making = makingOf(now.scene, node, back, entry, grids, (child, argument) => factorOf(now, child, argument));
  return { name: grid.name + bracket(grid.shape, entry), value: brief(grid.values[entry]), making };
}

/** The scheme of a product, the copies of what was broadcast, and the terms of a sum.
 * @param {ReturnType<typeof makingOf>} making */
function picturesOfEntry({ meeting, copies, terms }, hue = "", width = 0) {
  if (meeting) return [falkScheme(meeting, terms, hue, width)];
  const sum = terms.length ? [tableOf(terms, hue)] : [];
  return copies ? [copiesScheme(copies, sum)] : sum;
}

/** How much larger schemes are in a room, so that their type can be read from the back row; their cells are fixed.
 * @param {any} box */
const schemeZoom = (box) => (box.matches(".gad-room") ? parseFloat(getComputedStyle(box).fontSize) / 14 : 1);

/** What is said of an entry. @param {ReturnType<typeof makingOf>} making */
function wordsOfEntry({ words, terms }, name = "") {
  const counted = terms.length && headsOf(terms);
  const says = words.length && !counted ? `Made of ${words.join("; and of ")}.` : "";
  return [says, terms.length ? sayTerms(terms, name) : ""].filter(Boolean);
}

/** Which entry a key on a card leads to: null to none, undefined where it is no key of entries.
 * @param {any} player @param {Chosen | null} chosen @param {any} event @returns {Chosen | null | undefined} */
function keyedEntry(player, chosen, { key, target, ctrlKey, metaKey, altKey, shiftKey }) {
  if (ctrlKey || metaKey || altKey || shiftKey) return undefined;
  const rows = /^n\d+$/.test(target.id ?? "") ? [target.id + "_v", target.id + "_a"] : [];
  const open = rows.filter((row) => cellsOf(player, player.now(), row).length);
  if (key === "e" && open.length) return { row: open[(open.indexOf(chosen?.row ?? "") + 1) % open.length], entry: 0 };
  if (!chosen || !rows.includes(chosen.row)) return undefined;
  if (key === "Escape") return null;
  const entry = moved(player.now(), chosen, key);
  return entry >= 0 ? { row: chosen.row, entry } : undefined;
}

/** On a narrow page the panel stands below the graph: both come into sight together, and the card within the graph.
 * @param {Player} player @param {Chosen} chosen */
function reveal({ box, view }, { row }) {
  if (box.clientWidth > 640) return;
  const [main, graph] = [".gad-main", ".gad-graph"].map((name) => box.querySelector(name));
  main.scrollTop += graph.getBoundingClientRect().top - main.getBoundingClientRect().top;
  view().nodes.get(row)?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** @type {Panel} */
export const entriesPanel = {
  name: "entries",
  place: "right",
  build(player) {
    const close = iconButton("close", "Close the entry", "M2 3l1-1 4 4 4-4 1 1-4 4 4 4-1 1-4-4-4 4-1-1 4-4z");
    const title = make("h3", { "aria-level": 2 });
    const body = make("div", { role: "group", tabindex: 0, "aria-label": "What it is made of" });
    const section = make("section", { class: "gad-entries", "aria-label": "Entry", hidden: "" });
    section.append(make("header", {}, title, close), body);
    const overlay = make("s:g", { class: "gad-lights", "aria-hidden": "true" });
    /** @type {Chosen | null} */
    let chosen = null;
    /** @type {Chosen | null} */
    let pointed = null;
    /** At which step it was chosen: in a room it hides that one's sentence. */
    let since = 0;
    let [key, heard] = ["", false];
    /** The numbers that stand back. @type {any[]} */
    let faint = [];
    /** How much room there is for what is written. */
    let width = 0;

    /** @param {Chosen | null} to */
    function choose(to, says = false) {
      const other = !chosen !== !to;
      chosen = to;
      since = player.state.step;
      player.repaint();
      // What stands beside it has more room now, or less.
      if (other) ((player.state.measured = ""), player.measure());
      if (to) reveal(player, to);
      if (says) player.announce(to ? `${title.textContent}. ${body.firstChild?.textContent ?? ""}` : "Entry closed.");
    }
    /** @param {any} event */
    function onKey(event) {
      const to = keyedEntry(player, chosen, event);
      if (to === undefined) return;
      choose(to, true);
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    /** @param {any} pane */
    function listen(pane) {
      heard = true;
      pane.addEventListener("keydown", onKey, true);
      pane.addEventListener("pointermove", (/** @type {any} */ event) => {
        const at = under(player, event);
        if (at?.row === pointed?.row && at?.entry === pointed?.entry) return;
        pointed = at;
        player.repaint();
      });
      pane.addEventListener("pointerleave", () => ((pointed = null), player.repaint()));
      // The inspector of its node opens, too.
      const pin = (/** @type {any} */ event) => under(player, event) && choose(under(player, event));
      pane.addEventListener("click", pin, true);
    }
    close.addEventListener("click", () => choose(null, true));

    /** Let the entries of a row stand back that are not lit: numbers are muted, maps are covered.
     * @param {Now} now @param {Set<number>} entries */
    function fade(now, row = "", entries) {
      const slots = player.view().parts.find(({ id, cells }) => id === row && cells.length)?.slots;
      if (!slots) return [veilOver(cellsOf(player, now, row), entries)];
      faint = [...faint, ...slots.filter((_, i) => !entries.has(i))];
      return [];
    }
    /** @param {Now} now @param {Chosen} at */
    function light(now, { row, entry }) {
      const cells = cellsOf(player, now, row);
      const { name, value, making } = readEntry(now, { row, entry });
      const frames = making.lit.flatMap(({ grid, entries }) => {
        const there = cellsOf(player, now, grid.row);
        const own = entries.flatMap((at) => (there[at] ? [there[at]] : []));
        return own.length ? frame(framesOf(own)) : [];
      });
      const band = player.view().nodes.get(row);
      overlay.replaceChildren(
        ...litRows(making.lit).flatMap(([one, entries]) => fade(now, one, entries)),
        ...frames,
        ...frame(boxPath(cells[entry])),
        ...(band ? flag(player.view().svg, band, name, value) : []),
      );
    }
    /** @param {Now} now @param {Chosen} at */
    function write(now, at) {
      const { name, value, making } = readEntry(now, at);
      title.textContent = `${name} = ${value}`;
      const hue = at.row.endsWith("_a") ? "adjoint" : "value";
      const zoom = schemeZoom(player.box);
      const pictures = picturesOfEntry(making, hue, width / zoom);
      for (const one of pictures) if (!one.matches("table")) one.style.zoom = zoom;
      body.replaceChildren(...wordsOfEntry(making, name).map((text) => make("p", {}, text)), ...pictures);
    }

    return {
      nodes: [section],
      resize(now) {
        const fits = body.clientWidth;
        if (!chosen || section.hidden || fits === width) return;
        width = fits;
        write(now, chosen);
      },
      paint(now) {
        if (!heard) listen(player.box.querySelector(".gad-pane"));
        if (chosen && now.step !== since && player.box.matches(".gad-room.gad-show")) chosen = null;
        const known = (/** @type {Chosen | null} */ one) =>
          one && cellsOf(player, now, one.row)[one.entry] ? one : null;
        const [shown, lit] = [known(chosen), known(pointed) ?? known(chosen)];
        if (!shown && !lit && !key) return;
        const next = JSON.stringify([shown, lit, now.number, now.step, now.here.stop, now.here.values]);
        if (key === next && overlay.isConnected) return;
        key = shown || lit ? next : "";
        section.hidden = !shown;
        if (shown) write(now, shown);
        overlay.replaceChildren();
        for (const slot of faint) delete slot.dataset.faint;
        faint = [];
        if (overlay.parentNode !== player.view().svg) player.view().svg.append(overlay);
        if (lit) light(now, lit);
        for (const slot of faint) slot.dataset.faint = "";
      },
    };
  },
};
