// @ts-check
// The map of two sliders: level lines of f, the point, the gradient as an arrow, and its parts along both sliders.
/** @import { Contours } from "../film" */
/** @import { Now, Panel, Player } from "../panel" */
/** @import { Chart } from "../charting.js" */
import { arrowOf, chart, gauge, hatch } from "../charting.js";
import { attr, lay, make, show } from "../elements.js";
import { lacks } from "../lacking.js";
import { moveTo } from "../moving.js";
import { brief } from "../numbers.js";
import { placeWords } from "../places.js";
import { besideAxis, ticks } from "../plotting.js";

/** Which slider a key moves, and which way. @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [1, -1], ArrowUp: [1, 1] };
/** How many stops a key moves with Shift. */
const FAR = 5;
const SKEW = ": drawn in them, the arrow need not be at right angles to the level lines.";

/** The labels of levels that have room beside each other, and where. @param {Contours["levels"]} levels
 * @param {Chart["box"]} box @returns {[words: string, x: number, y: number][]} */
function apart(levels, { x, y, width, height }, em = 1) {
  /** @type {[string, number, number][]} */
  const placed = [];
  for (const { of, at } of levels) {
    if (!at) continue;
    const [words, left, top] = [brief(of), x + (at[0] / 1000) * width, y + (at[1] / 1000) * height];
    const clear = placed.every(
      ([other, px, py]) =>
        Math.abs(px - left) > 4 * em * (other.length + words.length + 1) || Math.abs(py - top) > 14 * em,
    );
    if (clear) placed.push([words, left, top]);
  }
  return placed;
}

/** How far a place is from a stretch that begins at a point. @param {number[]} from @param {number[]} way */
function farFrom([x, y], [right, down], left = 0, top = 0) {
  const along = ((left - x) * right + (top - y) * down) / (right * right + down * down || 1);
  const part = Math.min(1, Math.max(0, along));
  return Math.hypot(left - x - part * right, top - y - part * down);
}

/** The parts of the drawing that stay while the point moves.
 * @param {any} svg @param {Player} player @param {Chart} map */
function drawMap(svg, { film, reel, name }, map, em = 1) {
  const { box, px, py } = map;
  const { x, y, width, height } = box;
  const [right, foot] = [x + width, y + height];
  /** @param {(Node | string)[]} children */
  const add = (kind = "", attributes = {}, ...children) => svg.append(make("s:" + kind, attributes, ...children));
  /** @type {Node[]} */
  const texts = [];
  const text = (words = "", left = 0, top = 0, anchor = "middle", kind = "") =>
    texts.push(make("s:text", { class: kind, x: left, y: top, "text-anchor": anchor }, words));
  const missing = hatch(map, reel.grids, (i, j) => {
    const place = reel.find(i * reel.strides[0] + j);
    return !!place && !Number.isFinite(reel.read(place));
  });
  add("rect", { class: "gad-land", ...box });
  if (missing.area) {
    add("path", { class: "gad-gap", d: missing.area }, make("s:title", {}, `${name} has no value here`));
    add("path", { class: "gad-hatch", d: missing.strokes });
  }
  const { levels = [], seams = "", spacing = "" } = film.contours ?? {};
  const lines = levels.map(({ of, d }) => make("s:path", { class: of ? "gad-level" : "gad-level zero", d }));
  if (seams) lines.push(make("s:path", { class: "gad-seam", d: seams }));
  add("svg", { ...box, viewBox: "0 0 1000 1000", preserveAspectRatio: "none" }, ...lines);
  for (const [words, left, top] of apart(levels, box, em)) text(words, left, top + 4 * em, "middle", "gad-height");
  if (!film.contours) text("Level lines come with the last stop.", x + width / 2, y + height / 2);
  const ends = film.sliders.map((_, k) => [reel.grids[k][0], reel.grids[k][reel.grids[k].length - 1]]);
  for (const tick of ticks(ends[0][0], ends[0][1], width / (52 * em))) {
    add("path", { class: "gad-notch", d: `M${px(tick)} ${foot}v4` });
    text(brief(tick), px(tick), foot + 16 * em);
  }
  for (const tick of ticks(ends[1][0], ends[1][1], height / (34 * em))) {
    add("path", { class: "gad-notch", d: `M${x} ${py(tick)}h-4` });
    texts.push(besideAxis(brief(tick), x - 7, py(tick) + 4 * em));
  }
  text(film.sliders[0].name, right + 7, foot + 4 * em, "start", "gad-name");
  const [, up] = film.sliders;
  text(up.name, x - 2, y - 6 * em, "start", "gad-name");
  if (spacing) text(`lines ${spacing}`, x + (10 * up.name.length + 8) * em, y - 6 * em, "start", "gad-spacing");
  svg.append(...texts);
}

/** What moves: the lines of both slices, the arrow with its parts, and the point.
 * @param {any} svg @param {Player} player */
function makeMovers(svg, { film, name }) {
  const add = (kind = "", attributes = {}) => svg.appendChild(make("s:" + kind, attributes));
  const slices = [0, 1].map(() => add("line", { class: "gad-slice" }));
  const legs = [0, 1].map(() => add("line", { class: "gad-leg" }));
  const shaft = add("line", { class: "gad-shaft" });
  const head = add("polygon", { class: "gad-head-of-arrow" });
  const spot = ["edge", "core"].map((kind) => add("line", { class: "gad-spot " + kind }));
  // A long name would hide the arrow.
  const of = name.length > 3 ? "" : name;
  const names = film.sliders.map((one) =>
    svg.appendChild(make("s:text", { class: "gad-name gad-part" }, `∂${of}/∂${one.name}`)),
  );
  const whole = svg.appendChild(make("s:text", { class: "gad-name gad-part", "text-anchor": "middle" }, "∇" + of));
  const heights = [...svg.querySelectorAll(".gad-height")].map((node) => ({
    node,
    at: ["x", "y"].map((name) => Number(node.getAttribute(name))),
  }));
  return { heights, slices, legs, shaft, head, spot, names, whole };
}
/** @typedef {ReturnType<typeof makeMovers>} Movers */

/** Lay the arrow from a point, its parts along both sliders, and their names where there is room for them.
 * @param {Movers} movers @param {Chart} map @param {ReturnType<typeof arrowOf>} arrow */
function layArrow({ heights, legs, shaft, head, names, whole }, { box }, arrow, x = 0, y = 0, em = 1) {
  for (const part of [...legs, shaft, head]) show(part, !!arrow);
  const { right, down, length } = arrow ?? { right: 0, down: 0, length: 1 };
  const [tipX, tipY] = [x + right, y + down];
  const [ux, uy] = [right / length, down / length];
  // The label of a level makes way for the arrow and its name.
  const way = [right + (arrow ? ux * 17 * em : 0), down + (arrow ? uy * 15 * em : 0)];
  for (const { node, at } of heights) show(node, farFrom([x, y], way, at[0], at[1] - 4 * em) > 15 * em);
  const size = Math.min(11, length);
  lay(shaft, x, y, tipX - ux * size * 0.8, tipY - uy * size * 0.8);
  const base = [tipX - ux * size, tipY - uy * size];
  const wing = [(-uy * size) / 2.2, (ux * size) / 2.2];
  const corners = [[tipX, tipY], [0, 1].map((i) => base[i] + wing[i]), [0, 1].map((i) => base[i] - wing[i])];
  attr(head, "points", corners.map((corner) => corner.map((at) => at.toFixed(1)).join()).join(" "));
  lay(legs[0], x, y, tipX, y);
  lay(legs[1], x, y, x, tipY);
  // The name of the arrow stands beyond its tip; those of its parts where these are long enough to be seen.
  show(whole, !!arrow);
  const [far, near] = [box.x + box.width - 14 * em, box.y + box.height - 6 * em];
  attr(whole, "x", Math.min(far, Math.max(box.x + 14 * em, tipX + ux * 17 * em)));
  attr(whole, "y", Math.min(near, Math.max(box.y + 14 * em, tipY + uy * 15 * em + 5 * em)));
  show(names[0], !!arrow && Math.abs(right) > 40);
  show(names[1], !!arrow && Math.abs(down) > 30);
  const [below, beside] = [down <= 0, right <= 0];
  const wide = 42 * em;
  const middle = Math.min(box.x + box.width - wide / 2, Math.max(box.x + wide / 2, x + right / 2));
  attr(names[0], "x", middle);
  attr(names[0], "y", y + (below ? 18 : -8) * em);
  attr(names[0], "text-anchor", "middle");
  // Beside the point, on the side from which the arrow leads away, unless that is outside.
  const leftwards = beside ? x + 8 + wide > box.x + box.width : x - 8 - wide >= box.x;
  attr(names[1], "x", x + (leftwards ? -8 : 8));
  attr(names[1], "y", y + down / 2 + 5 * em);
  attr(names[1], "text-anchor", leftwards ? "end" : "start");
}

/** Let a reader move the point, by dragging it or by keys.
 * @param {any} svg @param {Player} player @param {() => Chart | null} charted */
function steer(svg, player, charted) {
  const { state, reel } = player;
  /** @param {any} event */
  function drag(event) {
    const map = charted();
    if (!map || !svg.hasPointerCapture(event.pointerId)) return;
    const { left, top } = svg.getBoundingClientRect();
    moveTo(player, { ...map.nearest(event.clientX - left, event.clientY - top) });
  }
  svg.addEventListener("pointerdown", (/** @type {any} */ event) => {
    if (event.button) return;
    svg.setPointerCapture(event.pointerId);
    drag(event);
  });
  svg.addEventListener("pointermove", drag);
  svg.addEventListener("keydown", (/** @type {any} */ event) => {
    const move = MOVES[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [k, way] = move;
    const to = state.index[k] + way * (event.shiftKey ? FAR : 1);
    state.active = k;
    moveTo(player, { [k]: Math.max(0, Math.min(reel.grids[k].length - 1, to)) });
  });
}

/** What the map is, to who does not see it; a live one learns its levels later. @param {Player} player */
function levelWords({ film: { sliders, contours }, name }) {
  const names = sliders.map((one) => one.name).join(" and ");
  const levels = contours?.spacing ? ` ${contours.spacing}` : "";
  return `Level lines of ${name}${levels} over ${names}, with its gradient`;
}

/** What the map says to who does not see it: no more than is known at the step.
 * @param {Player} player @param {Now} now */
function mapWords(player, now) {
  const { film, reel, name } = player;
  const { scene, values, here, raised, text } = now;
  const place = placeWords(player, values);
  if (raised || !Number.isFinite(reel.read(here))) return `${place}: no value`;
  const lack = lacks(now, film);
  const slopes = film.sliders.map((one, k) => `∂${name}/∂${one.name} = ${text(scene.gradients[k]).trimEnd()}`);
  const known = [lack.value ? [] : `${name} = ${text(scene.output).trimEnd()}`, lack.slope ? [] : slopes].flat(2);
  return [place, known.join(", ")].filter(Boolean).join(": ");
}

/** @type {Panel} */
export const contoursPanel = {
  name: "contours",
  place: "left",
  build(player) {
    const { film, reel, box, now, name } = player;
    if (film.sliders.length !== 2) return { nodes: [] };
    const names = film.sliders.map((one) => one.name).join(" and ");
    const svg = make("s:svg", {
      role: "slider",
      tabindex: 0,
      "aria-roledescription": "point on a map",
      "aria-label": levelWords(player),
      "aria-valuemin": 0,
      "aria-valuemax": reel.total - 1,
    });
    const note = make("p");
    const node = make("div", { class: "gad-contours" }, make("div", {}, svg), note);
    /** @type {{map: Chart, movers: Movers, by: ReturnType<typeof gauge>, em: number} | null} */
    let drawn = null;
    steer(svg, player, () => drawn && drawn.map);

    /** The room of the map within its drawing. */
    function room(em = 1) {
      const { clientWidth: across, clientHeight: down } = svg;
      return { x: 40 * em, y: 18 * em, width: across - 64 * em, height: down - 40 * em };
    }
    /** Lay the map out; what is to be said of its scales takes some of its room. */
    function laid(em = 1) {
      note.replaceChildren();
      const map = chart(reel.grids, room(em));
      if (map.equal) return map;
      note.append(`The scales of ${names} differ`, make("span", {}, SKEW));
      const left = room(em);
      return chart(reel.grids, { ...left, height: Math.max(20, left.height) }, false);
    }
    function draw() {
      const em = parseFloat(getComputedStyle(svg).fontSize) / 15 || 1;
      const { width, height } = room(em);
      if (width < 20 || height < 20) return;
      const map = laid(em);
      attr(svg, "viewBox", `0 0 ${svg.clientWidth} ${svg.clientHeight}`);
      svg.replaceChildren();
      drawMap(svg, player, map, em);
      attr(svg, "aria-label", levelWords(player));
      drawn = { map, em, by: gauge(map, reel), movers: makeMovers(svg, player) };
      paint(now());
    }
    /** @param {Now} shown */
    function paint(shown) {
      if (!drawn) return;
      const { map, movers, by, em } = drawn;
      const [x, y] = [map.px(shown.values[0]), map.py(shown.values[1])];
      const { width, height } = map.box;
      lay(movers.slices[0], map.box.x, y, map.box.x + width, y);
      lay(movers.slices[1], x, map.box.y, x, map.box.y + height);
      movers.slices.forEach((line, k) => attr(line, "class", k === shown.active ? "gad-slice now" : "gad-slice"));
      for (const line of movers.spot) lay(line, x, y, x, y);
      const slopes = [0, 1].map((k) => (shown.raised ? NaN : reel.read(shown.here, k)));
      layArrow(movers, map, arrowOf(map, by, slopes), x, y, em);
      attr(svg, "aria-valuenow", shown.stop);
      attr(svg, "aria-valuetext", mapWords(player, shown));
    }
    const observer = new ResizeObserver(draw);
    observer.observe(node);
    const forget = reel.on(() => (drawn = null));

    return {
      nodes: [],
      paint(shown) {
        if (!node.parentNode) box.querySelector(".gad-plot").before(node);
        drawn ? paint(shown) : draw();
      },
      resize: draw,
      destroy() {
        observer.disconnect();
        forget();
      },
    };
  },
};
