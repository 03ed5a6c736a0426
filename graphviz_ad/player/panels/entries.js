// @ts-check
// One entry of an array: framed on its card, with its number in full, and what it is made of, there and in a table.
/** @import { Now, Panel, Player } from "../panel" */
/** @import { Grid, Term } from "../making.js" */
import { entriesOf } from "../cells.js";
import { attr, iconButton, make } from "../elements.js";
import { bracket, headsOf, makingOf } from "../making.js";
import { brief } from "../numbers.js";
import { boxPath } from "../picture.js";

/** So many terms are written out: of more, the first, the largest and the last. */
const MOST_TERMS = 12;
/** An entry that is shown: its row, such as "n3_a", and its place. @typedef {{row: string, entry: number}} Chosen */

/** A number in the table. */
const short = (value = 0) => (Number.isFinite(value) ? brief(Number(value.toPrecision(3))) : brief(value));

/** What an array is called, on the way back with a bar. */
const called = (name = "", back = false) => (back ? name[0] + "\u0304" + name.slice(1) : name);

/** The array that a row of a card holds now. @param {Now} now @returns {Grid} */
function gridOf({ scene, entry, here: { table, base } }, node = 0, back = false) {
  const row = `n${node}_${back ? "a" : "v"}`;
  const [, , q = -1] = scene.parts[row] ? entry(row) : [0, "", -1];
  const quantity = scene.quantities[q];
  const name = called(scene.rows[node].text.split(" = ")[0], back);
  if (!quantity) return { row, name, shape: [], values: [] };
  const values = entriesOf(quantity, table, base);
  const scalar = / scalar /.test(scene.rows[node].what);
  return { row, name, shape: scalar ? [] : (quantity.shape?.split("×").map(Number) ?? [quantity.n]), values };
}

/** The cells of a row, by entry; none where an entry has no cell of its own. @param {Player} player @param {Now} now */
function cellsOf({ view }, now, row = "") {
  const part = view().parts.find(({ id }) => id === row);
  const [, , q = -1] = now.scene.parts[row] ? now.entry(row) : [0, "", -1];
  const quantity = now.scene.quantities[q];
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

/** A frame of ink on paper. */
const frame = (d = "") => ["gad-halo", "gad-around"].map((name) => make("s:path", { class: name, d }));

/** Where the pane ends, in the picture's own units. @param {any} svg */
function edgesOf(svg) {
  const { left, right } = svg.parentNode.getBoundingClientRect();
  const { a, e } = svg.getScreenCTM();
  return [left, right].map((x) => (x - e) / a);
}

/** The flag at a row: the name of the entry and its number. It stands beside the row where the pane has room for it,
 * and below it elsewhere, so that it covers none of its numbers. @param {any} box of the row @param {number[]} edges */
function flag({ x, y, width, height }, [first, last] = [0, 0], name = "", value = "") {
  const wide = Math.max(name.length, value.length) * 8 + 24;
  const beside = [x + width + wide < last ? x + width - 4 : NaN, x - wide > first ? x + 4 - wide : NaN];
  const free = beside.find(Number.isFinite);
  const left = free ?? Math.max(first + 2, Math.min(x + width, last - 2) - wide);
  const middle = free === undefined ? y + height + 20 : y + height / 2;
  return [
    make("s:path", { class: "gad-flag", d: `M${left} ${middle - 19}h${wide - 5}q5 0 5 5v28q0 5-5 5h-${wide - 5}z` }),
    make("s:text", { x: left + 14, y: middle - 4, class: "gad-flagged" }, name),
    make("s:text", { x: left + 14, y: middle + 12, class: "gad-flagged gad-number" }, value),
  ];
}

/** A bar for a term, to the left and hollow below zero. */
function barOf(value = 0, most = 1, hue = "") {
  const wide = (48 * Math.abs(value)) / most;
  const path = make("s:path", { class: value < 0 ? "below" : "", d: `M0 1h${value < 0 ? -wide : wide}v8H0z` });
  return make("s:svg", { class: hue, viewBox: "-50 0 100 10", "aria-hidden": "true" }, path);
}

/** Which of many terms gives the most. @param {Term[]} terms */
const largestOf = (terms) =>
  terms.reduce((best, { value }, i) => (Math.abs(value) > Math.abs(terms[best].value) ? i : best), 0);

/** The terms of a sum as a table: of many the first, the largest and the last. @param {Term[]} terms */
function tableOf(terms, hue = "") {
  const largest = largestOf(terms);
  const most = Math.abs(terms[largest].value) || 1;
  const heads = headsOf(terms);
  const kept = terms.flatMap((_, i) =>
    terms.length <= MOST_TERMS || i < 5 || i === largest || i > terms.length - 3 ? [i] : [],
  );
  const rows = kept.flatMap((i, k) => {
    const { value, of } = terms[i];
    const head = make("th", { scope: "row" }, heads ? String(i) : of.map(([name]) => name).join(" · "));
    const factors = of.length > 1 ? of.map(([, one]) => make("td", {}, short(one))) : [];
    const row = make("tr", i === largest ? { class: "gad-most" } : {}, head, ...factors, make("td", {}, short(value)));
    row.append(make("td", { "aria-hidden": "true" }, barOf(value, most, hue)));
    const gap = k && kept[k - 1] !== i - 1 ? [make("tr", {}, make("td", { "aria-label": "left out" }, "⋮"))] : [];
    return [...gap, row];
  });
  const names = [...(heads ?? terms[0].of.map(() => "")), "product"].slice(terms[0].of.length > 1 ? 0 : -1);
  if (terms[0].of.length < 2) names[0] = heads?.[0] ?? "";
  const top = make(
    "tr",
    {},
    ...["i", ...names].map((name) => make("th", { scope: "col" }, heads || name !== "i" ? name : "")),
  );
  return make("table", {}, make("thead", {}, top), make("tbody", {}, ...rows));
}

/** Say the whole sum, and its largest term. @param {Term[]} terms */
function sayTerms(terms, name = "") {
  const { value, of } = terms[largestOf(terms)];
  const heads = headsOf(terms);
  const sum = heads ? `${name} = Σᵢ ${heads.join(" · ")}. ` : "";
  return `${sum}The largest term, ${of.map(([own]) => own).join(" · ")}, gives ${short(value)} of it.`;
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
    let key = "";
    let heard = false;

    /** @param {Chosen | null} to */
    function choose(to, says = false) {
      const other = !chosen !== !to;
      chosen = to;
      player.repaint();
      // What stands beside it has more room now, or less.
      if (other) ((player.state.measured = ""), player.measure());
      if (says) player.announce(to ? `${title.textContent}. ${body.firstChild?.textContent ?? ""}` : "Entry closed.");
    }
    /** @param {any} event */
    function onKey(event) {
      const { key: pressed, target, ctrlKey, metaKey, altKey, shiftKey } = event;
      if (ctrlKey || metaKey || altKey || shiftKey) return;
      const rows = /^n\d+$/.test(target.id ?? "") ? [target.id + "_v", target.id + "_a"] : [];
      const open = rows.filter((row) => cellsOf(player, player.now(), row).length);
      if (pressed === "e" && open.length) {
        const next = open[(open.indexOf(chosen?.row ?? "") + 1) % open.length];
        choose({ row: next, entry: 0 }, true);
      } else if (chosen && rows.includes(chosen.row) && pressed === "Escape") choose(null, true);
      else if (chosen && rows.includes(chosen.row) && moved(player.now(), chosen, pressed) >= 0)
        choose({ row: chosen.row, entry: moved(player.now(), chosen, pressed) }, true);
      else return;
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

    /** @param {Now} now @param {Chosen} at */
    function read(now, { row, entry }) {
      const [node, back] = [parseInt(row.slice(1)), row.endsWith("_a")];
      const grid = gridOf(now, node, back);
      const making = makingOf(now.scene, node, back, entry, (one, way) => gridOf(now, one, way));
      return { name: grid.name + bracket(grid.shape, entry), value: brief(grid.values[entry]), making };
    }
    /** @param {Now} now @param {Chosen} at */
    function light(now, { row, entry }) {
      const cells = cellsOf(player, now, row);
      const { name, value, making } = read(now, { row, entry });
      const frames = making.lit.flatMap(({ grid, entries }) => {
        const there = cellsOf(player, now, grid.row);
        const own = entries.flatMap((at) => (there[at] ? [there[at]] : []));
        return own.length ? frame(framesOf(own)) : [];
      });
      const band = player.view().nodes.get(row)?.querySelector(".bg")?.getBBox();
      overlay.replaceChildren(
        ...frames,
        ...frame(boxPath(cells[entry])),
        ...(band ? flag(band, edgesOf(player.view().svg), name, value) : []),
      );
    }
    /** @param {Now} now @param {Chosen} at */
    function write(now, at) {
      const { name, value, making } = read(now, at);
      title.textContent = `${name} = ${value}`;
      const hue = at.row.endsWith("_a") ? "adjoint" : "value";
      const counted = making.terms.length && headsOf(making.terms);
      const says = making.words.length && !counted ? `Made of ${making.words.join("; and of ")}.` : "";
      const more = making.terms.length ? [make("p", {}, sayTerms(making.terms, name)), tableOf(making.terms, hue)] : [];
      body.replaceChildren(...(says ? [make("p", {}, says)] : []), ...more);
    }

    return {
      nodes: [section],
      paint(now) {
        if (!heard) listen(player.box.querySelector(".gad-pane"));
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
        if (overlay.parentNode !== player.view().svg) player.view().svg.append(overlay);
        if (lit) light(now, lit);
      },
    };
  },
};
