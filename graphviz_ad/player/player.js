// @ts-check
// `mount` plays a film (film.d.ts) in an element. It looks numbers up and never computes a derivative.
/** @import { Controller, Entry, Film, Format, Options, Picture, Quantity, Settings, State, Step } from "./film" */

const MINUS = "\u2212", FIGURE_SPACE = "\u2007", SVG = "http://www.w3.org/2000/svg";
const SPEEDS = [0.5, 1, 2, 4];
const LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PLAY = "M3 0v14l10-7z", PAUSE = "M2 1h4v12h-4zM8 1h4v12h-4z";
const BUTTONS = [["first", "First step", "M2 1h2v12h-2zM12 1v12l-8-6z"], ["back", "Step back", "M10 1v12l-8-6z"], ["play", "Play", PLAY],
  ["next", "Step", "M4 1v12l8-6z"], ["last", "Last step", "M10 1h2v12h-2zM2 1v12l8-6z"]];
const SKELETON = `<header class="gad-head"><h2 class="gad-title"></h2><dl class="gad-reads"></dl></header>
<div class="gad-main">
<div class="gad-left"><section class="gad-curve" aria-label="Curve"><svg class="gad-plot" role="img"></svg></section><section class="gad-code" aria-label="Code" tabindex="0"><pre></pre></section></div>
<section class="gad-graph" aria-label="Graph"><p class="gad-notice"></p>
<div class="gad-stage"><div class="gad-pane" tabindex="0" role="group" aria-label="Graph. Arrow keys step, space plays."></div><p class="gad-stale"></p></div>
<p class="gad-legend"><span><b class="value">▼</b> value</span><span><b class="adjoint">▲</b> adjoint</span><span><b>×</b> local gradient</span><span><b class="blank"></b> not known yet</span></p></section>
<div class="gad-right"><section class="gad-say" aria-label="This step" tabindex="0"></section>
<details class="gad-table" tabindex="0"><summary>Table of nodes</summary><table><thead><tr><th scope="col">node</th><th scope="col"><b class="value">▼</b> value</th><th scope="col"><b class="adjoint">▲</b> adjoint</th></tr></thead><tbody></tbody></table></details></div>
</div>
<footer class="gad-bar" role="group" aria-label="Steps">
<div class="gad-buttons">${BUTTONS.map(([icon, label, path]) => `<button type="button" class="gad-${icon}" title="${label}" aria-label="${label}"><svg viewBox="0 0 14 14" aria-hidden="true"><path d="${path}"/></svg></button>`).join("")}</div>
<div class="gad-time"><svg aria-hidden="true"></svg><input type="range" min="1" class="gad-scrub" aria-label="Step"></div>
<span class="gad-count"><b></b><span></span></span><button type="button" class="gad-speed"></button>
</footer><p class="gad-live" role="status" aria-live="polite"></p>`;
const MARKS = { evaluate: "M-1-.8h2l-1 1.7z", seed: "M0-1.3l1.3 1.3-1.3 1.3-1.3-1.3z", local: "M-1 .8h2l-1-1.7z",
  accumulate: "M-.45-1.2h.9v.75h.75v.9h-.75v.75h-.9v-.75h-.75v-.9h.75z" };

// Numbers: the twins of graphviz_ad/numerals.py.

function exponent(size = 0, decimals = 0) {
  const [mantissa, power] = size.toExponential(decimals).split("e");
  return mantissa + "e" + (power[0] === "-" ? MINUS : "") + power.slice(1);
}

/** Write a number in the format of its slot. @param {number} value @param {Format} format */
export function write(value, [kind, decimals]) {
  if (Number.isNaN(value)) return "NaN";
  const sign = value < 0 ? MINUS : "", size = Math.abs(value);
  if (size === Infinity) return sign + "∞";
  if (size === 0) return "0" + FIGURE_SPACE.repeat(kind === "f" && decimals ? decimals + 1 : 0);
  if (kind === "e" || size >= 1e7) return sign + exponent(size, kind === "e" ? decimals : 3);
  const text = size.toFixed(decimals);
  return sign + (/[1-9]/.test(text) ? text : exponent(size, 1));
}

/** Write a range, whose ends share an exponent. @param {number[]} ends @param {Format} format */
export function range(ends, format) {
  const texts = ends.map((end) => write(end, format).trimEnd()), larger = Math.abs(ends[0]) > Math.abs(ends[1]) ? 0 : 1;
  if (texts[0] === texts[1]) return texts[0];
  const [mantissa, power] = texts[larger].split("e"), scale = Number("1e" + (power ?? "").replace(MINUS, "-"));
  const other = scale > 1e-300 ? write(ends[1 - larger] / scale, ["f", (mantissa.split(".")[1] ?? "").length]).trimEnd() : "e";
  return other.includes("e") ? texts.join("…") : (larger ? [other, mantissa] : [mantissa, other]).join("…") + " e" + power;
}

/** Write a number as Python's repr does. */
export function exact(value = 0) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa, power] = Math.abs(value).toExponential().split("e");
  const p = Number(power), digits = mantissa.replace(".", "");
  if (p < -4 || p >= 16) return sign + mantissa + "e" + (p < 0 ? "-" : "+") + String(Math.abs(p)).padStart(2, "0");
  if (p < 0) return sign + "0." + "0".repeat(-p - 1) + digits;
  return sign + digits.slice(0, p + 1).padEnd(p + 1, "0") + "." + (digits.slice(p + 1) || "0");
}

/** What the slots of a quantity show. @param {Quantity} quantity @param {ArrayLike<number>} table */
export function slotTexts({ c, n, f, shape }, table, base = 0) {
  const numbers = Array.from({ length: n }, (_, i) => table[base + c + i]);
  return shape ? [shape, range(numbers, f)] : numbers.map((number) => write(number, f));
}

/** A quantity in one line. @param {Quantity} quantity @param {ArrayLike<number>} table */
export function inline(quantity, table, base = 0) {
  const texts = slotTexts(quantity, table, base);
  if (quantity.shape) return texts.join(", ");
  return texts.length === 1 ? texts[0] : `[${texts.map((text) => text.trimEnd()).join(" ")}]`;
}

/** Is it exactly zero everywhere, or NaN or infinite somewhere? @param {Quantity} quantity @param {ArrayLike<number>} table */
export function flags({ c, n, picture }, table, base = 0, drawn = "") {
  const numbers = Array.from({ length: n }, (_, i) => table[base + c + i]);
  if (drawn.includes(picture?.kind === "map" ? "n" : "!") || !numbers.every(Number.isFinite)) return " bad";
  return numbers.every((number) => number === 0) ? " zero" : "";
}

/** Read little-endian doubles from base64. */
export function decode(text = "") {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0)), view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

/** Join columns that never change to the others. @param {ArrayLike<number>} own @param {number[]} same */
export function spread(own, same, width = 1) {
  const wide = width - same.length;
  return Float64Array.from({ length: (own.length / wide) * width || width }, (_, i) => i % width < wide ? own[Math.floor(i / width) * wide + (i % width)] : same[(i % width) - wide]);
}

/** The entry in force at a step. @param {Entry[]} timeline */
export const entryAt = (timeline, step = 0) => timeline.findLast((entry) => entry[0] <= step) ?? timeline[0];

/** As far along in a scene whose last step is `other`. */
export const carryStep = (step = 0, last = 0, other = 0) => (step >= last ? other : Math.round((step / last) * other));

// The curve panel.

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
  let path = "", pen = false;
  ys.forEach((y, i) => {
    const last = ys[i - 1], near = Math.max(Math.abs(last - ys[i - 2]) || 0, Math.abs(ys[i + 1] - y) || 0);
    const pole = (y > high && last < low) || (y < low && last > high);
    const jump = scenes[i] !== scenes[i - 1] && Math.abs(y - last) > 3 * near + 0.01 * (high - low);
    if (Number.isFinite(y)) path += `${pen && !pole && !jump ? "L" : "M"}${px(i).toFixed(1)} ${py(Math.min(Math.max(y, 9 * low - 8 * high), 9 * high - 8 * low)).toFixed(1)}`;
    pen = Number.isFinite(y);
  });
  return path;
}

/** The places and the size of the timeline's marks; `edge` is half a thumb. */
export function layMarks(count = 1, width = 300, edge = 11) {
  const gap = count > 1 ? (width - 2 * edge) / (count - 1) : 0, size = count > 1 ? Math.min(5, gap * 0.36) : 5;
  return { at: Array.from({ length: count }, (_, i) => edge + i * gap), size: size < 1.8 ? 0 : Math.max(2.4, size) };
}

/** Cut a line of code where a span begins and ends in it; columns count characters.
 * @param {string} line @param {number} number @param {number[] | null} span */
export function cutLine(line, number, span) {
  const chars = [...line], cut = (from = 0, to = chars.length) => chars.slice(from, to).join("");
  if (!span || number < span[0] || number > span[2]) return [line, "", ""];
  const from = number === span[0] ? span[1] : chars.length - line.trimStart().length, to = number === span[2] ? span[3] : chars.length;
  return [cut(0, from), cut(from, to), cut(to)];
}

/** The paths of a thumbnail by class.
 * @param {Picture} picture @param {string} drawn @param {number[]} box x, y, width, height @param {number[]} range */
export function thumbnail({ kind, columns, rows }, drawn, [x, y, width, height], [low, high]) {
  /** @type {Record<string, string>} */
  const paths = {}, size = drawn.length, round = (value = 0) => Number(value.toFixed(2));
  const add = (name = "", path = "") => (paths[name] = (paths[name] ?? "") + path);
  if (kind === "line") {
    const [least, most] = [Math.min(0, low), Math.max(0, high)], span = most / 2 - least / 2;
    add("axis", `M${round(x)},${round(y + height * (1 - (span && Number.isFinite(span) ? -least / 2 / span : 0)))}h${round(width)}`);
    add("trace");
    for (let i = 0; i < size; i++)
      if (drawn[i] !== "!") add("trace", `${i && drawn[i - 1] !== "!" ? "L" : "M"}${round(x + (size > 1 ? i / (size - 1) : 0.5) * width)},${round(y + (1 - LEVELS.indexOf(drawn[i]) / 63) * height)}`);
    return paths;
  }
  const w = width / columns, h = height / rows;
  for (let i = 0, j = 0; i < size; i = j) {
    for (j = i + 1; j % columns && drawn[j] === drawn[i]; ) j++;
    const run = round((j - i) * w);
    add("l" + drawn[i], `M${round(x + (i % columns) * w)},${round(y + Math.floor(i / columns) * h)}h${run}v${round(h)}h-${run}z`);
  }
  return paths;
}

// Elements.

/** Make an element, of SVG after "s:".
 * @param {string} name @param {Record<string, string | number>} [attributes] @param {...(Node | string)} children @returns {any} */
function make(name, attributes = {}, ...children) {
  const node = name.startsWith("s:") ? document.createElementNS(SVG, name.slice(2)) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** Parse SVG or MathML as data: whatever could run, load or escape is dropped. @returns {any} */
function parse(source = "", fallback = "") {
  const parsed = new DOMParser().parseFromString(source, "application/xml");
  if (parsed.querySelector("parsererror")) return make("span", {}, fallback);
  // The bar of a long name: a macron would stand on its middle only.
  for (const { firstChild } of parsed.querySelectorAll("mover")) if (firstChild?.textContent?.[1]) /** @type {any} */ (firstChild).parentNode.lastChild.remove(), /** @type {any} */ (firstChild).setAttribute("class", "gad-over");
  for (const node of parsed.querySelectorAll("*")) {
    if (/^(script|style|foreignobject|iframe|object|embed|annotation-xml|image|use|a|set|animate.*)$/i.test(node.localName)) node.remove();
    for (const { name } of [...node.attributes]) if (/^on|href$|^style$|^src/i.test(name)) node.removeAttribute(name);
  }
  return document.importNode(parsed.documentElement, true);
}

const math = (mathml = "", text = "") => parse(`<math xmlns="http://www.w3.org/1998/Math/MathML">${mathml}</math>`, text);

const written = new WeakMap();
/** Touch a text only when it changes. @param {Element} node */
function put(node, text = "") {
  if (written.get(node) !== text) written.set(node, text), (node.textContent = text);
}
/** @param {Element} node @param {string} name @param {string | number} value */
function attr(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}
/** How far a phase of a motion is, cubic in and out. */
function phase(t = 0, from = 0, to = 1) {
  const part = Math.min(1, Math.max(0, (t - from) / (to - from)));
  return part < 0.5 ? 4 * part ** 3 : 1 - (2 - 2 * part) ** 3 / 2;
}

/** Put a pill on a polyline. @param {Element} pill @param {{x: number, y: number}[]} points */
function place(pill, points, part = 0) {
  const lengths = points.map((p, i) => (i ? Math.hypot(p.x - points[i - 1].x, p.y - points[i - 1].y) : 0));
  let left = part * lengths.reduce((a, b) => a + b, 0), i = 1;
  while (i < points.length - 1 && left > lengths[i]) left -= lengths[i++];
  const share = lengths[i] ? Math.min(1, left / lengths[i]) : 1, a = points[i - 1], b = points[i];
  pill.setAttribute("transform", `translate(${a.x + (b.x - a.x) * share} ${a.y + (b.y - a.y) * share})`);
  pill.setAttribute("visibility", "visible");
}

/** Play a film inside an element. @param {HTMLElement} root @param {Film} film @param {Options} [options] @returns {Controller} */
export function mount(root, film, options = {}) {
  const { sliders, stops, scenes } = film, name = film.name || "f", grids = sliders.map((slider) => [...decode(slider.values)]);
  const strides = sliders.map((_, k) => grids.slice(k + 1).reduce((all, grid) => all * grid.length, 1));
  const columns = scenes.map((one) => Math.max(...one.quantities.map(({ c, n }) => c + n)));
  const tables = film.numbers.map((numbers, s) => spread(decode(numbers), scenes[s].same ?? [], columns[s]));
  const index = sliders.map((slider) => slider.start), quiet = matchMedia("(prefers-reduced-motion: reduce)");
  const flat = () => index.reduce((all, i, k) => all + i * strides[k], 0);
  const listeners = new Set(), seen = scenes.map(() => 0), rows = stops.row ?? stops.scene.map((one) => (one < 0 ? -1 : seen[one]++));
  let good = stops.scene[flat()] < 0 ? Math.max(0, stops.scene.findIndex((one) => one >= 0)) : flat();
  let scene = stops.scene[good], shown = -1, step = scenes[scene].steps.length - 1;
  let active = 0, playing = false, speed = 1, hold = "", selected = -1, switched = false, said = "";
  let timer = 0, frame = 0, spoken = 0, measured = "";
  /** @type {boolean | null} */
  let folded = null;
  /** @type {{node: Element, q: number, paren: boolean}[]} */
  let holes = [];

  const last = () => scenes[scene].steps.length - 1, now = () => Math.min(step, last()), current = () => scenes[scene].steps[now()];
  const base = () => rows[good] * columns[scene];
  const text = (q = 0) => inline(scenes[scene].quantities[q], tables[scene], base());
  const sample = (stop = 0, gradient = -1) => {
    const s = stops.scene[stop];
    if (s < 0) return NaN;
    const { output, gradients, quantities } = scenes[s];
    return tables[s][rows[stop] * columns[s] + quantities[gradient < 0 ? output : gradients[gradient]].c];
  };
  const slid = (k = 0, i = index[k]) => write(grids[k][i], sliders[k].format);
  const where = (stop = 0) => sliders.map((one, k) => `${one.name} = ${slid(k, Math.floor(stop / strides[k]) % grids[k].length).trimEnd()}`).join(", ");

  // Build.
  const box = make("div", { class: "gad-box" });
  box.innerHTML = SKELETON;
  /** @returns {any} */
  const find = (word = "") => box.querySelector(".gad-" + word);
  const [reads, plot, graph, pane, notice, stale, say, fold, scrub, play, pace, live, code] =
    ["reads", "plot", "graph", "pane", "notice", "stale", "say", "table", "scrub", "play", "speed", "live", "code"].map(find);
  const italic = (symbol = "") => make("i", {}, symbol);
  const call = (symbol = "") => [italic(symbol), ...(sliders.length ? ["(", ...sliders.flatMap((one, k) => [k ? ", " : "", italic(one.name)]), ")"] : [])];
  /** @param {string} kind @param {(Node | string)[]} label @returns {Element} */
  const readOut = (kind, label) => reads.appendChild(make("div", {}, make("dt", {}, ...label), make("dd", { class: kind }))).lastChild;
  const readX = sliders.map((one) => readOut("local", [italic(one.name)])), readF = readOut("value", call(name));
  const readG = sliders.map((one) => readOut("adjoint", sliders.length === 1 ? call(name + "′") : ["∂", italic(name), "/∂", italic(one.name)]));
  const inputs = sliders.map((one, k) => make("input", { type: "range", min: 0, max: grids[k].length - 1, class: "gad-x", "aria-label": one.name }));
  const slides = sliders.map((one, k) => {
    const ends = [grids[k][0], grids[k][grids[k].length - 1]].map((end) => make("span", {}, String(Number(end.toPrecision(3))).replace("-", MINUS)));
    inputs[k].addEventListener("input", () => (cut(), (index[k] = Number(inputs[k].value)), render()));
    inputs[k].addEventListener("focus", () => active !== k && ((active = k), drawCurve(), paintCurve()));
    return make("div", { class: "gad-slide" }, inputs[k], make("div", { class: "gad-ends", "aria-hidden": "true" }, ends[0], italic(one.name), ends[1]));
  });
  const lines = (film.code?.lines ?? []).map((_, i) => make("div", { "data-line": i + (film.code?.first ?? 1) }));
  code.firstChild.append(...lines);
  find("curve").append(...slides);
  if (!sliders.length) find("curve").remove(), say.after(code), box.classList.add("gad-bare");
  if (!film.code) code.remove();
  for (const node of [code, pane]) node.addEventListener("scroll", cutOff);
  if (scenes.length > 1 || stops.scene.includes(-1)) box.classList.add("gad-roomy");
  attr(plot, "aria-label", `Curves of ${name} and its derivative, with the tangent line`);
  find("title").append(math(film.title.mathml, film.title.text));
  attr(find("title"), "aria-label", film.title.text);
  const acts = { first: () => go(0), back: () => go(now() - 1), play: () => setPlaying(!playing), next: () => go(step + 1, true), last: () => go(last()) };
  for (const [word, act] of Object.entries(acts)) find(word).addEventListener("click", act);
  scrub.addEventListener("input", () => go(Number(scrub.value) - 1));
  pace.addEventListener("click", () => setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length]));
  // JupyterLab would take the keys of whatever has the focus.
  for (const node of box.querySelectorAll("button,input,summary,[tabindex]")) attr(node, "data-lm-suppress-shortcuts", "true");

  // Scenes: each is parsed once and kept.
  /** @type {{svg: any, pills: any, nodes: Map<string, any>, parts: any[], rows: {line: any, cells: any[]}[]}[]} */
  const views = [];
  function view() {
    if (views[scene]) return views[scene];
    const { svg: source, parts: told, rows: listed, width: wide } = scenes[scene], svg = parse(source);
    attr(svg, "role", "img");
    attr(svg, "aria-label", `Graph of ${film.title.text}: ${listed.map((row) => row.text).join("; ")}. The table of nodes has the numbers.`);
    // Below this, the small print would be under 11 px: the pane scrolls instead.
    svg.style.minWidth = (wide * 11) / Math.min(...[...svg.querySelectorAll("text")].map((node) => node.getAttribute("font-size") || 12)) + "px";
    /** @type {Map<string, any>} */
    const nodes = new Map([...svg.querySelectorAll("[id]")].map((node) => [node.id, node]));
    const parts = Object.entries(told).filter(([id]) => nodes.has(id)).map(([id, { kind, timeline }]) => {
      const node = nodes.get(id), own = (word = "") => [...node.children].filter((child) => child.classList.contains(word));
      if (kind === "node") node.addEventListener("click", () => select(Number(id.slice(1))));
      return { id, kind, timeline, node, slots: own("slot"), note: own("note")[0], bar: own("progress")[0], picture: own("picture")[0] };
    });
    const rows = listed.map(({ node, mathml, text: plain }) => {
      const cells = [make("td"), make("td")], line = make("tr", {}, make("th", { scope: "row", title: plain }, math(mathml, plain)), ...cells);
      line.addEventListener("click", () => select(node));
      return { line, cells };
    });
    return (views[scene] = { svg, nodes, parts, rows, pills: svg.appendChild(make("s:g", { class: "gad-pills", "aria-hidden": "true" })) });
  }
  const select = (node = 0) => ((selected = node === selected ? -1 : node), paintParts());

  // Paint.
  /** @param {string} id @returns {Entry} */
  const entry = (id) => entryAt(scenes[scene].parts[id].timeline, id === hold ? step - 1 : step);
  const drawn = (q = 0) => {
    const strings = film.pictures[scene]?.[q] ?? "";
    return typeof strings === "string" ? strings : strings[rows[good]];
  };

  function paintParts() {
    const { quantities, rows: listed, parts: told } = scenes[scene], { parts, rows: trs } = view(), table = tables[scene], row = base();
    const marked = (q = -1) => (q < 0 ? "" : flags(quantities[q], table, row, drawn(q)));
    for (const { id, kind, node, slots, note, bar, picture } of parts) {
      const [, state, q = -1, word = "", progress = 0] = entry(id), quantity = quantities[q];
      attr(node, "class", `${kind} ${state}${marked(q)}${id === "n" + selected ? " selected" : ""}`);
      const texts = quantity ? slotTexts(quantity, table, row) : [];
      for (const slot of slots) {
        const one = /pad|socket/.test(kind) && quantity && !quantity.shape ? inline(quantity, table, row) : texts[/pad|socket/.test(kind) ? texts.length - 1 : slot.dataset.slot];
        put(slot, one ?? "");
      }
      if (note) put(note, word);
      if (bar) attr(bar, "width", Number((progress * bar.dataset.width).toFixed(2)));
      if (!picture || !quantity?.picture || written.get(picture) === drawn(q)) continue;
      written.set(picture, drawn(q));
      const { c } = quantity, { x, y, width: wide, height } = picture.dataset, paths = thumbnail(quantity.picture, drawn(q), [x, y, wide, height].map(Number), [table[row + c], table[row + c + 1]]);
      picture.querySelectorAll(".gad-drawn").forEach((/** @type {Element} */ path) => path.remove());
      picture.append(...Object.keys(paths).sort().map((kind) => make("s:path", { class: "gad-drawn " + kind, d: paths[kind] })));
    }
    trs.forEach(({ line, cells }, i) => {
      const { node } = listed[i];
      line.className = (node === current().node ? "now" : "") + (node === selected ? " selected" : "");
      ["v", "a"].forEach((letter, k) => {
        const id = `n${node}_${letter}`, [, state, q = -1, word = ""] = entry(id), quantity = quantities[q];
        const empty = { unknown: "", nopath: "no path", detached: "detached", released: "released" }[state] ?? (quantity ? undefined : "");
        attr(cells[k], "class", `${told[id].kind} ${state}${marked(q)}`);
        put(cells[k], empty ?? (node === selected && quantity.n === 1 ? exact(table[row + quantity.c]) : (word && word.replace(" of ", "/") + " ") + (quantity.shape ? slotTexts(quantity, table, row)[1] : text(q))));
      });
    });
    for (const { node, q, paren } of holes) {
      const { shape } = quantities[q], number = shape && node.localName === "mn" ? `[${shape}]` : text(q).trimEnd();
      put(node, paren && number[0] === MINUS ? `(${number})` : number);
    }
  }

  /** @param {Step} told @returns {Node[]} */
  function tell({ kind, sentence, stages }) {
    const spans = sentence.map((fragment) => {
      if (typeof fragment === "string") return fragment;
      if ("m" in fragment) return math(fragment.m, fragment.t);
      const node = make("b", { class: scenes[scene].quantities[fragment.q].role });
      holes.push({ node, q: fragment.q, paren: false });
      return node;
    });
    // No line begins with the comma after a formula.
    spans.forEach((one, i) => {
      if (typeof one === "string" && /^[,.:;)]/.test(one) && i) (spans[i - 1] = make("span", { class: "gad-glue" }, spans[i - 1], one[0])), (spans[i] = one.slice(1));
    });
    const formulas = stages.flatMap(({ label, mathml, text: plain }) => {
      const formula = math(mathml, plain);
      for (const node of formula.querySelectorAll("mn")) {
        const hole = /^⟦(\d+)(p?)⟧$/.exec(node.textContent);
        if (hole) holes.push({ node, q: Number(hole[1]), paren: hole[2] === "p" });
      }
      return [make("dt", {}, label), make("dd", {}, formula)];
    });
    return [make("p", {}, make("span", { class: "gad-chip" }, kind === "evaluate" ? "▼ forward" : "▲ backward"), " ", ...spans), make("dl", {}, ...formulas)];
  }

  /** Reserve the height of the tallest step, so that nothing jumps. */
  function reserve() {
    const ghost = say.cloneNode(), kept = holes, length = (/** @type {Step} */ told) => JSON.stringify(told.sentence).length;
    const talkers = [...scenes[scene].steps].sort((a, b) => b.stages.length - a.stages.length || length(b) - length(a)).slice(0, 12);
    ghost.classList.add("gad-ghost");
    ghost.style.minHeight = "";
    say.after(ghost);
    const heights = talkers.map((told) => {
      holes = [];
      ghost.replaceChildren(...tell(told));
      for (const { node, q } of holes) node.textContent = text(q);
      return ghost.offsetHeight;
    });
    ghost.remove();
    holes = kept;
    say.style.minHeight = Math.max(...heights) + "px";
  }

  /** Scroll a box, and nothing around it, until a line of it shows. @param {any} scroller @param {any} line */
  function keep(scroller, line, head = 0) {
    const over = line.offsetTop - scroller.scrollTop;
    scroller.scrollTop += Math.min(0, over - head) + Math.max(0, over + line.offsetHeight + 8 - scroller.clientHeight);
  }
  /** Let code and graph fade where they go on beyond the edge. */
  function cutOff() {
    for (const node of [code, pane]) {
      node.classList.toggle("more", node.scrollWidth - node.clientWidth - node.scrollLeft > 2);
      node.classList.toggle("below", node.scrollHeight - node.clientHeight - node.scrollTop > 2);
    }
  }

  /** Draw the graph as large as its place allows: readable, and at most at twice its size. */
  function fit() {
    const { svg } = view(), { width: wide, height } = scenes[scene];
    svg.style.width = svg.style.minWidth;
    const room = Math.max(graph.clientHeight - notice.offsetHeight - graph.lastElementChild.offsetHeight - 22, options.keys ? 0 : 660);
    svg.style.width = wide * Math.min(2, room / height) + "px";
    cutOff();
  }

  function paintStep() {
    const { kind, span } = current(), hue = kind === "evaluate" ? " value" : " adjoint";
    holes = [];
    say.className = "gad-say" + hue;
    say.replaceChildren(...tell(current()));
    code.className = "gad-code" + hue;
    lines.forEach((line, i) => {
      const number = Number(line.dataset.line), [ahead, marked, rest] = cutLine(film.code?.lines[i] ?? "", number, span);
      line.className = marked ? "now" : "";
      line.replaceChildren(ahead || (marked ? "" : " "), ...(marked ? [make("mark", {}, marked), rest] : []));
      if (!marked || number !== span?.[0]) return;
      keep(code, line);
      const { offsetLeft, offsetWidth } = line.children[0], room = code.clientWidth - 52;
      code.scrollLeft = offsetLeft + offsetWidth > room ? Math.min(offsetLeft - 60, offsetLeft + offsetWidth - room) : 0;
    });
    cutOff();
    const told = view().rows[scenes[scene].rows.findIndex((row) => row.node === current().node)];
    if (told) keep(fold, told.line, 31);
    const turn = scenes[scene].steps.findIndex((told) => told.kind !== "evaluate"), { at } = laid, end = turn < 0 ? last() : turn - 1;
    glyphs.forEach((glyph, i) => attr(glyph, "class", `gad-mark ${scenes[scene].steps[i].kind === "evaluate" ? "value" : "adjoint"}${i <= now() ? " done" : ""}`));
    attr(rails[1], "d", end < 0 ? "" : `M${at[0]} 16H${at[Math.min(now(), end)]}`);
    attr(rails[2], "d", turn < 0 || now() < turn ? "" : `M${Math.max(at[turn] - 14, (at[turn] + at[Math.max(0, turn - 1)]) / 2)} 16H${at[now()]}`);
    attr(cursor, "x", at[now()] - cursor.getAttribute("width") / 2);
    scrub.value = now() + 1;
    attr(scrub, "aria-valuetext", `step ${now() + 1} of ${last() + 1}, ${kind}`);
    put(find("count").firstChild, String(now() + 1));
    put(find("count").lastChild, ` / ${last() + 1}`);
  }

  let laid = layMarks();
  /** @type {any[][]} */
  let [glyphs, rails] = [[], []];
  let cursor = make("s:rect");
  function drawMarks() {
    const { steps } = scenes[scene], wide = scrub.clientWidth || 300;
    laid = layMarks(steps.length, wide, 11);
    const marks = scrub.previousElementSibling;
    attr(marks, "viewBox", `0 0 ${wide} 32`);
    rails = ["", " value", " adjoint"].map((kind) => make("s:path", { class: "gad-rail" + kind }));
    attr(rails[0], "d", `M${laid.at[0]} 16H${laid.at[last()]}`);
    glyphs = steps.map(({ kind }, i) => make("s:path", { d: laid.size || kind === "seed" ? MARKS[kind] : "", transform: `translate(${laid.at[i]} 16) scale(${laid.size || 4})` }));
    cursor = make("s:rect", { class: "gad-cursor", y: 2, width: Math.min(22, 12 + 2 * laid.size), height: 28, rx: 4 });
    marks.replaceChildren(...rails, ...glyphs, cursor);
    scrub.max = last() + 1;
  }

  /** @type {any} */
  let plotted = null;
  function drawCurve() {
    if (!sliders.length) return;
    const xs = grids[active], wide = xs[xs.length - 1] - xs[0] || 1, all = [...stops.scene.keys()];
    const along = xs.map((_, i) => flat() + (i - index[active]) * strides[active]), which = along.map((stop) => stops.scene[stop]);
    // At the scale of the screen, so that the type keeps its size.
    const across = plot.clientWidth || 340, foot = plot.clientHeight || 366, em = parseFloat(getComputedStyle(plot).fontSize) / 15 || 1;
    const left = 40 * em, right = across - 28 * em, split = 14 + 0.57 * (foot - 50), bands = [[14, split], [split + 26, foot - 10]];
    attr(plot, "viewBox", `0 0 ${across} ${foot}`);
    const px = (i = 0) => left + ((xs[i] - xs[0]) / wide) * (right - left), ranges = [-1, active].map((one) => robustRange(all.map((stop) => sample(stop, one))));
    const py = bands.map(([top, bottom], b) => (y = 0) => bottom - ((y - ranges[b][0]) / (ranges[b][1] - ranges[b][0])) * (bottom - top));
    slides.forEach((slide, k) => slide.classList.toggle("active", k === active && sliders.length > 1));
    plot.replaceChildren();
    /** @param {(Node | string)[]} children */
    const add = (kind = "", attributes = {}, ...children) => plot.appendChild(make("s:" + kind, attributes, ...children));
    /** A window that clips: it needs no id. @param {Element} child */
    const clip = (x = 0, y = 0, width = 0, height = 0, child) => (add("svg", { x, y, width, height, viewBox: `${x} ${y} ${width} ${height}` }, child), child);
    bands.forEach(([top, bottom], b) => {
      for (const tick of ticks(ranges[b][0], ranges[b][1], Math.min(b ? 3 : 4, (bottom - top) / (24 * em)))) {
        add("path", { class: tick ? "gad-grid" : "gad-zero", d: `M${left} ${py[b](tick)}H${right}` });
        add("text", { x: left - 8, y: py[b](tick) + 4, "text-anchor": "end" }, String(tick).replace("-", MINUS));
      }
    });
    which.forEach((one, i) => {
      const x = (px(i) + px(Math.max(0, i - 1))) / 2;
      if (i && one !== which[i - 1] && one >= 0 && which[i - 1] >= 0) add("path", { class: "gad-edge", d: `M${x} ${bands[0][0]}V${bands[1][1]}` });
    });
    const half = Math.max(1, (px(1) - px(0)) / 2 || 0), raised = which.map((one, i) => (one < 0 ? `M${px(i) - half} ${foot - 3}h${2 * half}` : "")).join("");
    if (raised) add("path", { class: "gad-raised", d: raised }, make("s:title", {}, `${name} raises here`));
    const guide = add("path", { class: "gad-guide" });
    bands.forEach(([top, bottom], b) => {
      const ys = along.map((stop) => sample(stop, b ? active : -1)), tail = ys.filter(Number.isFinite).slice(-9), end = py[b](tail[tail.length - 1] ?? ranges[b][0]);
      clip(left - 3, top - 3, right - left + 6, bottom - top + 6, make("s:path", { class: b ? "gad-df" : "gad-f", d: curvePath(ys, which, ranges[b], px, py[b]) }));
      // A long name does not fit beside the end of its curve: it stands above, or below.
      const label = b ? (sliders.length > 1 ? "∂" + sliders[active].name : name + "′") : name, long = label.length > 3;
      const beside = ys.slice(-ys.length * Math.min(1, (10 * em * label.length) / (right - left))).filter(Number.isFinite).map(py[b]), roof = Math.min(bottom, ...beside) - 9;
      add("text", { class: "gad-name " + (b ? "adjoint" : "value"), x: long ? across : right + 6, y: !long ? Math.min(bottom, Math.max(top + 8, end)) + 5 : roof > top ? roof : Math.min(bottom, Math.max(top, ...beside) + 20), "text-anchor": long ? "end" : "start" }, label);
    });
    const tangent = clip(0, -8, across, bands[0][1] + 18, make("s:path", { class: "gad-tangent" }));
    plotted = { px, py, ranges, top: bands[0][0] - 6, foot, guide, tangent, stem: add("path", { class: "gad-stem" }), dots: [add("circle", { class: "gad-dot", r: 6.5 }), add("path", { class: "gad-diamond" })] };
  }

  function paintCurve() {
    if (!plotted) return;
    const { px, py, ranges, top, foot, guide, tangent, stem, dots } = plotted, x = px(index[active]), ys = [sample(flat()), sample(flat(), active)];
    const inside = ys.map((y, b) => y >= ranges[b][0] && y <= ranges[b][1]), seen = ys.map(Number.isFinite);
    const [y, z] = ys.map((one, b) => py[b](Math.min(ranges[b][1], Math.max(ranges[b][0], one))) || 0);
    const show = (node = dots[0], visible = true) => attr(node, "visibility", visible ? "visible" : "hidden");
    attr(guide, "d", `M${x} ${top}V${foot}`);
    dots.forEach((/** @type {any} */ dot, /** @type {number} */ b) => (show(dot, seen[b]), dot.classList.toggle("out", !inside[b])));
    show(stem, seen[1]);
    show(tangent, seen[1] && inside[0]);
    attr(dots[0], "cx", x);
    attr(dots[0], "cy", y);
    attr(dots[1], "d", `M${x} ${z - 6}l6 6l-6 6l-6 -6z`);
    attr(stem, "d", `M${x} ${py[1](Math.min(ranges[1][1], Math.max(ranges[1][0], 0)))}V${z}`);
    // The slope on screen: so many units down for one to the right.
    const grid = grids[active], rise = ((ys[1] || 0) * (py[0](1) - py[0](0)) * (grid[grid.length - 1] - grid[0])) / (px(grid.length - 1) - px(0)), run = 54 / Math.hypot(1, rise);
    attr(tangent, "d", `M${x - run} ${y - run * rise}L${x + run} ${y + run * rise}`);
  }

  /** Say it once the dust has settled. */
  function announce(words = "") {
    clearTimeout(spoken);
    spoken = window.setTimeout(() => (live.textContent = words), 150);
  }
  const inWords = () => `Step ${now() + 1} of ${last() + 1}. ` + current().sentence.map((part) => (typeof part === "string" ? part : "t" in part ? part.t : text(part.q).trimEnd())).join("");

  function paintNotice(raised = false, moved = false) {
    const { guard } = scenes[scene];
    if (moved) switched = true;
    const words = raised ? `${name} raised at ${where(flat())}: ${film.errors[flat()] ?? "an error"}` : guard && `${switched ? "The graph has changed: here " : "Here "}${guard}.`;
    box.classList.toggle("gad-past", raised);
    notice.className = "gad-notice" + (raised ? " error" : moved ? " moved" : "");
    put(notice, words);
    put(stale, raised ? `Last good picture: ${where(good)}` : "");
    if (raised ? words !== said : moved) announce(words);
    said = words;
  }

  /** Bring the page to the state; `fresh` where the step changed. */
  function render(fresh = false) {
    const raised = stops.scene[flat()] < 0;
    if (!raised) good = flat();
    const next = stops.scene[good], moved = shown >= 0 && next !== scene;
    if (moved) step = carryStep(step, last(), scenes[next].steps.length - 1);
    scene = next;
    if (shown !== scene) {
      pane.replaceChildren(view().svg);
      box.style.setProperty("--least", view().svg.style.minWidth);
      fold.querySelector("tbody").replaceChildren(...view().rows.map(({ line }) => line));
      drawMarks();
      selected = -1;
      fresh = true;
      fit();
      if (moved) reserve();
      shown = scene;
    }
    if (fresh) paintStep();
    paintParts();
    if (sliders.length > 1) drawCurve();
    paintCurve();
    inputs.forEach((input, k) => {
      if (input.value !== String(index[k])) input.value = index[k];
      attr(input, "aria-valuetext", `${sliders[k].name} = ${slid(k).trimEnd()}`);
      put(readX[k], slid(k));
    });
    put(readF, raised ? "—" : text(scenes[scene].output));
    readG.forEach((node, k) => put(node, raised ? "—" : text(scenes[scene].gradients[k])));
    paintNotice(raised, moved);
    for (const callback of listeners) callback({ stop: flat(), step, playing, speed });
  }

  // Move.
  /** End the motion; what it held back may be shown. */
  function cut() {
    cancelAnimationFrame(frame);
    if (shown >= 0) view().pills.replaceChildren();
    hold = "";
  }

  function go(to = 0, animated = false) {
    const from = step;
    cut();
    clearTimeout(timer);
    step = Math.max(0, Math.min(to, last()));
    switched = false;
    const motion = animated && step === from + 1 && !quiet.matches ? choreograph(current()) : null;
    if (motion) hold = current().writes;
    render(true);
    announce(inWords());
    // Keep what is written in sight where the graph is larger than its pane.
    const part = view().nodes.get(current().writes)?.getBoundingClientRect(), seen = pane.getBoundingClientRect();
    if (part && (part.left < seen.left || part.right > seen.right)) pane.scrollLeft += (part.left + part.right - seen.left - seen.right) / 2;
    if (part && (part.top < seen.top + 60 || part.bottom > seen.bottom - 60)) pane.scrollTop += (part.top + part.bottom - seen.top - seen.bottom) / 2;
    const after = () => {
      if (playing && step >= last()) setPlaying(false);
      else if (playing) timer = window.setTimeout(() => go(step + 1, true), (current().kind === "evaluate" ? 800 : 1200) / speed);
    };
    if (!motion) return after();
    const start = performance.now();
    const tick = (time = start) => {
      const t = (time - start) * speed;
      if (t > motion.ms) return cut(), render(), after();
      motion.draw(t);
      frame = requestAnimationFrame(tick);
    };
    tick();
  }

  /** What travels at a step: null where nothing does. @param {Step} told @returns {{ms: number, draw: (t: number) => void} | null} */
  function choreograph({ kind, node, edge, reads: sources, writes }) {
    const { svg, nodes, parts, pills } = view();
    const centre = (id = "") => {
      const shape = nodes.get(id)?.querySelector(".bg");
      if (!shape) return null;
      const { x, y, width: wide, height } = shape.getBBox();
      return { x: x + wide / 2, y: y + height / 2, top: y, bottom: y + height };
    };
    /** Points along a lane, downwards or upwards. @returns {DOMPoint[]} */
    const lane = (id = "", up = false) => {
      const path = nodes.get(id)?.querySelector(".line"), length = path?.getTotalLength() ?? 0;
      const points = Array.from({ length: length && 25 }, (_, i) => path.getPointAtLength((length * i) / 24));
      return points[0]?.y > points[24]?.y === up ? points : points.reverse();
    };
    /** A pill with what a part holds at this step. @returns {Element} */
    const pill = (id = "", hue = "adjoint", parent = pills) => {
      const q = scenes[scene].parts[id] ? entryAt(scenes[scene].parts[id].timeline, step)[2] ?? -1 : -1, words = q < 0 ? "" : text(q).trimEnd(), wide = 15 + 7.9 * words.length;
      return parent.appendChild(make("s:g", { class: "gad-pill " + hue, visibility: "hidden" }, make("s:rect", { x: -wide / 2, y: -10, width: wide, height: 20, rx: 10 }), make("s:text", { y: 4.5 }, words)));
    };
    if (kind === "evaluate") {
      const lanes = parts.map(({ id }) => id).filter((id) => id.startsWith(`e${node}_`) && id.endsWith("_f")).sort((a, b) => parseInt(a.split("_")[1]) - parseInt(b.split("_")[1]));
      const flying = lanes.map((id, k) => ({ points: lane(id), one: pill(sources[k] ?? sources[0], "value") })).filter(({ points }) => points.length);
      return flying.length ? { ms: 470, draw: (t) => flying.forEach(({ points, one }) => t > 60 && place(one, points, phase(t, 60, 460))) } : null;
    }
    const target = centre(writes), name = edge ? `e${edge[0]}_${edge[1]}` : "", from = centre(kind === "local" ? sources[0] : name + "_c");
    if (!target || !from || !edge) return null;
    if (kind === "accumulate") {
      const one = pill(name + "_c");
      return { ms: 180, draw: (t) => place(one, [from, target], phase(t, 0, 160)) };
    }
    const socket = centre(name + "_g"), points = lane(name + "_b", true);
    if (!socket || !points.length) return null;
    // Two windows, below and above the socket, hide the pill while it is inside.
    const { x, y, width: wide, height } = svg.viewBox.baseVal;
    const [below, above] = [[socket.bottom, y + height - socket.bottom], [y, socket.top - y]].map(([top, tall]) =>
      pills.appendChild(make("s:svg", { x, y: top, width: wide, height: Math.max(0, tall), viewBox: `${x} ${top} ${wide} ${Math.max(1, tall)}` })));
    const adjoint = pill(sources[0], "adjoint", below), product = pill(writes, "adjoint", above);
    const enter = [from, { x: socket.x, y: socket.bottom + 12 }, { x: socket.x, y: socket.bottom - 12 }], leave = [{ x: points[0].x, y: socket.top + 3 }, ...points, target];
    return { ms: 900, draw: (t) => {
      if (t > 150) place(adjoint, enter, phase(t, 150, 540));
      if (t > 540) adjoint.setAttribute("visibility", "hidden"), place(product, leave, phase(t, 540, 880));
    } };
  }

  function setPlaying(on = true) {
    playing = on;
    clearTimeout(timer);
    play.title = on ? "Pause" : "Play";
    attr(play, "aria-label", play.title);
    attr(play.querySelector("path"), "d", on ? PAUSE : PLAY);
    if (on) go(step >= last() ? 0 : step + 1, true);
    else cut(), render(), announce("Paused. " + inWords());
  }

  function setSpeed(to = 1) {
    speed = to;
    pace.textContent = to + "×";
    attr(pace, "aria-label", `Speed ${to}×`);
  }

  /** @param {any} event */
  function onKey(event) {
    const target = event.composedPath()[0], { key } = event, act = { " ": acts.play, ArrowRight: acts.next, ArrowLeft: acts.back, Home: acts.first, End: acts.last }[/** @type {" "} */ (key)];
    if (!act || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    // Space presses a button; arrows move a slider and scroll the code.
    if (key === " " ? /^(button|summary)$/.test(target.localName) : inputs.includes(target) || code.contains(target)) return;
    if (key !== " " && playing) setPlaying(false);
    event.preventDefault();
    act();
  }
  /** @param {any} event */
  const onPageKey = (event) => /^(body|html)$/.test(event.composedPath()[0].localName) && onKey(event);

  const observer = new ResizeObserver(() => {
    const wide = box.clientWidth, size = `${wide} ${box.clientHeight}`;
    if (!wide) return;
    drawCurve();
    paintCurve();
    if (size === measured) return;
    // The table is folded where it would push the code away; who opens it keeps it.
    const folds = getComputedStyle(fold.firstElementChild).display !== "none" && wide > 640;
    if (folded !== folds) fold.open = !(folded = folds);
    measured = size;
    drawMarks();
    paintStep();
    paintParts();
    reserve();
    fit();
  });

  /** @param {Settings} to */
  function set(to) {
    cut();
    if (to.theme) attr(root, "data-theme", to.theme);
    if (to.speed) setSpeed(to.speed);
    if (to.stop !== undefined) grids.forEach((grid, k) => (index[k] = Math.floor(Number(to.stop) / strides[k]) % grid.length));
    if (to.step !== undefined) step = Math.max(0, Math.min(to.step ?? Infinity, last() + 1));
    render(to.step !== undefined);
    if (to.playing !== undefined && to.playing !== playing) setPlaying(to.playing);
  }

  const before = [...root.childNodes];
  root.classList.add("gad");
  if (root.localName === "main") attr(find("title"), "aria-level", 1);
  else attr(root, "role", "region");
  attr(root, "aria-label", "Explorer of " + film.title.text);
  root.replaceChildren(box);
  root.addEventListener("keydown", onKey);
  options.keys?.addEventListener("keydown", onPageKey);
  setSpeed(1);
  drawCurve();
  set({ theme: "auto", ...options });
  observer.observe(box);
  observer.observe(plot);

  return {
    get stop() { return flat(); },
    get step() { return step; },
    get playing() { return playing; },
    get speed() { return speed; },
    set,
    on: (_, callback) => (listeners.add(callback), () => void listeners.delete(callback)),
    destroy() {
      cut();
      clearTimeout(timer);
      clearTimeout(spoken);
      observer.disconnect();
      root.removeEventListener("keydown", onKey);
      options.keys?.removeEventListener("keydown", onPageKey);
      root.replaceChildren(...before);
    },
  };
}
