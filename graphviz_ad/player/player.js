// @ts-check
// `mount` plays a film (film.d.ts) in an element. It looks numbers up and never computes a derivative.
/** @import { Controller, Entry, Film, Options, Place, Settings, State, Step } from "./film" */
import { madeAt, madeOn, pieces } from "./code.js";
import { makeCurve } from "./curve.js";
import { attr, make, math, parse, put, written } from "./elements.js";
import { carryPick, graphOrder, makeInspector, pickName } from "./inspector.js";
import { choreograph } from "./motion.js";
import { MINUS, exact, flags, inline, slotTexts, write } from "./numbers.js";
import { arrange } from "./panels.js";
import { thumbnail } from "./picture.js";
import { makeProgress } from "./progress.js";
import { makeReel } from "./reel.js";
import { pressable, rove } from "./roving.js";
import { makeSlider } from "./slider.js";
import { makeStage } from "./stage.js";
import { MARKS, carryStep, entryAt, layMarks } from "./timeline.js";

const SPEEDS = [0.5, 1, 2, 4];
/** After so many milliseconds without an answer the page says that it waits. */
const LATE = 300;
const PLAY = "M3 0v14l10-7z", PAUSE = "M2 1h4v12h-4zM8 1h4v12h-4z";
const BUTTONS = [["first", "First step", "M2 1h2v12h-2zM12 1v12l-8-6z"], ["back", "Step back", "M10 1v12l-8-6z"], ["play", "Play", PLAY],
  ["next", "Step", "M4 1v12l8-6z"], ["last", "Last step", "M10 1h2v12h-2zM2 1v12l8-6z"]];
const SKELETON = `<div class="gad-head"><h2 class="gad-title"></h2><dl class="gad-reads"></dl></div>
<div class="gad-progress" role="group" aria-label="Sampling" hidden></div><div class="gad-strip"></div>
<div class="gad-main">
<div class="gad-left"><section class="gad-curve" aria-label="Curve"><div class="gad-plot"><div><svg role="img"></svg></div></div></section><section class="gad-code" aria-label="Code" tabindex="0"><pre></pre></section></div>
<section class="gad-graph" aria-label="Graph"><p class="gad-notice"></p>
<div class="gad-stage"><div class="gad-pane" tabindex="0" role="group" aria-label="Graph. Arrow keys step, space plays, Enter leads to its nodes."></div><p class="gad-stale"></p></div>
<p class="gad-legend"><span><b class="value">▼</b> value</span><span><b class="adjoint">▲</b> adjoint</span><span><b>×</b> local gradient</span><span><b class="blank"></b> not known yet</span></p></section>
<div class="gad-right"><div class="gad-step"><section class="gad-say" aria-label="This step" tabindex="0"></section></div>
<details class="gad-table" tabindex="0"><summary>Table of nodes</summary><table><thead><tr><th scope="col">node</th><th scope="col"><b class="value">▼</b> value</th><th scope="col"><b class="adjoint">▲</b> adjoint</th></tr></thead><tbody></tbody></table></details></div>
</div>
<footer class="gad-bar" role="group" aria-label="Steps">
<div class="gad-buttons">${BUTTONS.map(([icon, label, path]) => `<button type="button" class="gad-${icon}" title="${label}" aria-label="${label}"><svg viewBox="0 0 14 14" aria-hidden="true"><path d="${path}"/></svg></button>`).join("")}</div>
<div class="gad-time"><svg aria-hidden="true"></svg><input type="range" min="1" class="gad-scrub" aria-label="Step"></div>
<span class="gad-count"><b></b><span></span></span><button type="button" class="gad-loop" title="Loop" aria-label="Loop"><svg viewBox="0 0 14 14" aria-hidden="true"><path d="M3 6V5a2 2 0 012-2h4V1l3 3-3 3V5H5v1zM11 8v1a2 2 0 01-2 2H5v2l-3-3 3-3v2h4V8z"/></svg></button><button type="button" class="gad-speed"></button><button type="button" class="gad-full"><svg viewBox="0 0 14 14" aria-hidden="true"><path d="M1 5V1h4v2H3v2zM9 1h4v4h-2V3H9zM13 9v4H9v-2h2V9zM5 13H1V9h2v2h2z"/></svg></button>
</footer><p class="gad-live" role="status" aria-live="polite"></p>`;

/** Play a film inside an element. @param {HTMLElement} root @param {Film} film @param {Options} [options] @returns {Controller} */
export function mount(root, film, options = {}) {
  const { sliders } = film, name = film.name || "f", reel = options.reel ?? makeReel(film), { scenes, grids, strides } = reel;
  const index = sliders.map((slider) => slider.start), quiet = matchMedia("(prefers-reduced-motion: reduce)");
  const flat = () => index.reduce((all, i, k) => all + i * strides[k], 0);
  const listeners = new Set();
  /** A place off the grid, where Python has put the sliders. @type {Place | null} */
  let exactly = null;
  const wanted = () => exactly ?? reel.find(flat());
  /** The place whose numbers are shown: the last one where f gave any. */
  let here = firstGood();
  let scene = here.scene, shown = -1, step = scenes[scene].steps.length - 1;
  let active = 0, playing = false, led = false, speed = 1, loop = false, hold = "", picked = "", pointed = "", switched = false, said = "", asked = -1, late = false;
  let until = -1, timer = 0, frame = 0, spoken = 0, patience = 0, measured = "", drawnFor = "";
  /** @type {boolean | null} */
  let folded = null;
  /** @type {{node: Element, q: number, paren: boolean}[]} */
  let holes = [];

  const last = () => scenes[scene].steps.length - 1, now = () => Math.min(step, last()), current = () => scenes[scene].steps[now()];
  const text = (q = 0) => inline(scenes[scene].quantities[q], here.table, here.base);
  const slid = (k = 0, value = grids[k][index[k]]) => (grids[k].includes(value) ? write(value, sliders[k].format) : exact(value).replace("-", MINUS));
  const where = (/** @type {number[]} */ values) => sliders.map((one, k) => `${one.name} = ${slid(k, values[k]).trimEnd()}`).join(", ");
  function firstGood() {
    const place = [flat(), ...reel.stops()].map(reel.find).find((place) => place && place.scene >= 0);
    if (!place) throw new Error("The film holds no stop at which f gave a number.");
    return place;
  }

  // Build.
  const box = make("div", { class: "gad-box" });
  box.innerHTML = SKELETON;
  /** @returns {any} */
  const find = (word = "") => box.querySelector(".gad-" + word);
  const [reads, { firstChild: { firstChild: plot } }, graph, pane, notice, stale, say, fold, scrub, play, pace, again, live, code] =
    ["reads", "plot", "graph", "pane", "notice", "stale", "say", "table", "scrub", "play", "speed", "loop", "live", "code"].map(find);
  const italic = (symbol = "") => make("i", {}, symbol);
  const call = (symbol = "") => [italic(symbol), ...(sliders.length ? ["(", ...sliders.flatMap((one, k) => [k ? ", " : "", italic(one.name)]), ")"] : [])];
  /** @param {string} kind @param {(Node | string)[]} label @returns {Element} */
  const readOut = (kind, label) => reads.appendChild(make("div", {}, make("dt", {}, ...label), make("dd", { class: kind }, make("span")))).lastChild.firstChild;
  const readX = sliders.map((one) => readOut("local", [italic(one.name)])), readF = readOut("value", call(name));
  const readG = sliders.map((one) => readOut("adjoint", sliders.length === 1 ? call(name + "′") : ["∂", italic(name), "/∂", italic(one.name)]));
  const slides = sliders.map((one, k) => makeSlider(one.name, grids[k])), inputs = slides.map(({ input }) => input);
  inputs.forEach((input, k) => {
    input.addEventListener("input", () => (cut(), (exactly = null), (index[k] = Math.round(Number(input.value))), render(), tellAll()));
    input.addEventListener("focus", () => active !== k && ((active = k), drawCurve(), paintParts()));
  });
  const lines = (film.code?.lines ?? []).map((_, i) => make("div", { "data-line": i + (film.code?.first ?? 1) }));
  const inspector = makeInspector(film, reel, { say: announce, run: () => runTo(inspector.goal()), close: () => void unpick() });
  fold.after(inspector.node);
  code.firstChild.append(...lines);
  find("curve").append(...slides.map(({ node }) => node));
  if (!sliders.length) find("curve").remove();
  if (!film.code) code.remove();
  for (const node of [code, pane]) node.addEventListener("scroll", cutOff);
  attr(plot, "aria-label", `Curves of ${name} and its derivative, with the tangent line`);
  find("title").append(math(film.title.mathml, film.title.text));
  attr(find("title"), "aria-label", film.title.text);
  const acts = { first: () => go(0), back: () => go(now() - 1), play: () => ((led &&= playing), setPlaying(!playing)), next: () => go(step + 1, true), last: () => go(last()) };
  for (const [word, act] of Object.entries(acts)) find(word).addEventListener("click", act);
  scrub.addEventListener("input", () => go(Number(scrub.value) - 1));
  pace.addEventListener("click", () => (setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length]), tellAll()));
  again.addEventListener("click", () => (setLoop(!loop), tellAll()));
  // JupyterLab would take the keys of whatever has the focus, also of what is made later.
  const suppress = (/** @type {Element} */ node) => attr(node, "data-lm-suppress-shortcuts", "true"), onFocus = (/** @type {any} */ event) => suppress(event.composedPath()[0]);
  box.querySelectorAll("button,input,summary,[tabindex]").forEach(suppress);

  // Scenes: each is parsed once and kept.
  /** @type {{svg: any, pills: any, hits: any[], nodes: Map<string, any>, parts: any[], rows: {line: any, cells: any[], name: any}[], least: number}[]} */
  const views = [];
  function view() {
    if (views[scene]) return views[scene];
    const { svg: source, parts: told, rows: listed, width: wide } = scenes[scene], svg = parse(source);
    attr(svg, "role", "group");
    attr(svg, "aria-label", `Graph of ${film.title.text}: ${listed.map((row) => row.text).join("; ")}. The table of nodes has the numbers.`);
    const least = wide / Math.min(...[...svg.querySelectorAll("text")].map((node) => node.getAttribute("font-size") || 12));
    /** @type {Map<string, any>} */
    const nodes = new Map([...svg.querySelectorAll("[id]")].map((node) => [node.id, node]));
    const parts = Object.entries(told).filter(([id]) => nodes.has(id)).map(([id, { kind, timeline }]) => {
      const node = nodes.get(id), own = (word = "") => [...node.children].filter((child) => child.classList.contains(word));
      return { id, kind, timeline, node, slots: own("slot"), note: own("note")[0], bar: own("progress")[0], picture: own("picture")[0] };
    });
    const rows = listed.map(({ node, mathml, text: plain }) => {
      const cells = ["div", "div"].map((kind) => make("td", {}, make(kind))), name = pressable(make("span", {}, math(mathml, plain)), plain), line = make("tr", {}, make("th", { scope: "row", title: plain }, name), ...cells);
      line.addEventListener("click", () => inspect("n" + node));
      return { line, cells, name };
    });
    for (const id of graphOrder(scenes[scene])) pressable(nodes.get(id), pickName(scenes[scene], id));
    // A lane is too thin to be hit.
    const band = make("s:g", { class: "gad-hits", "aria-hidden": "true" });
    for (const { at: [child, argument] } of scenes[scene].edges) {
      const name = `e${child}_${argument}`;
      for (const way of "fb") band.append(make("s:path", { "data-pick": name, d: nodes.get(`${name}_${way}`)?.querySelector(".line")?.getAttribute("d") ?? "" }));
    }
    nodes.get("n0")?.before(band);
    return (views[scene] = { svg, nodes, parts, rows, least, hits: [...band.children], pills: svg.appendChild(make("s:g", { class: "gad-pills", "aria-hidden": "true" })) });
  }

  // Pick and point: nodes are "n3", edges "e3_0", lines of code "7".
  /** What was hit. @param {any} event */
  function pickAt({ target }) {
    for (let node = target; node && node !== pane; node = node.parentNode) {
      const told = node.dataset?.pick ?? /^(n\d+|e\d+_\d+)(_[a-z])?$/.exec(node.id)?.[1];
      if (told) return told;
    }
    return "";
  }
  /** Where the focus goes when the inspector is closed. @type {any} */
  let opener = pane;
  /** Open the inspector, or close it where it shows this already. @param {any} from what is given the focus back */
  function inspect(pick = "", from = pane, keys = false) {
    if (pick === picked) return void unpick();
    [picked, opener] = [pick, from];
    markPicked();
    paintParts();
    if (keys) inspector.node.focus({ preventScroll: true });
    else pane.focus({ preventScroll: true });
    if (box.clientWidth <= 640) inspector.node.scrollIntoView({ block: "nearest" });
    announce("Inspecting " + inspector.summary());
  }
  /** Close the inspector; false where it was closed. */
  function unpick() {
    if (!picked) return false;
    picked = "";
    markPicked();
    paintParts();
    (opener.isConnected && opener.getClientRects().length ? opener : pane).focus({ preventScroll: true });
    announce("Inspector closed.");
    return true;
  }
  function markPicked() {
    const { nodes, rows } = view();
    box.classList.toggle("gad-inspecting", !!picked);
    for (const id of graphOrder(scenes[scene])) attr(nodes.get(id), "aria-expanded", String(id === picked));
    rows.forEach(({ name }, i) => attr(name, "aria-expanded", String("n" + scenes[scene].rows[i].node === picked)));
    paintCode();
  }
  /** What was tapped stays lit while nothing else is pointed at. */
  let stuck = "";
  /** Light a node's code, or a line's nodes. */
  function point(at = stuck) {
    if (at === pointed) return;
    pointed = at;
    paintCode();
    paintParts();
  }
  /** Play from here until a step, from the start where that is past. */
  function runTo(to = -1) {
    if (to <= now()) step = -1;
    led = false;
    setPlaying(true, to);
  }

  // Paint.
  /** @param {string} id @returns {Entry} */
  const entry = (id) => entryAt(scenes[scene].parts[id].timeline, id === hold ? step - 1 : step);

  function paintParts() {
    const { quantities, rows: listed, parts: told } = scenes[scene], { parts, rows: trs, hits } = view(), lit = [pointed, pointed + "_g", pointed + "_c", ...madeOn(scenes[scene], Number(pointed))], { table, base: row, drawn } = here;
    const marked = (q = -1) => (q < 0 ? "" : flags(quantities[q], table, row, drawn(q)));
    for (const { id, kind, node, slots, note, bar, picture } of parts) {
      const [, state, q = -1, word = "", progress = 0] = entry(id), quantity = quantities[q];
      attr(node, "class", `${kind} ${state}${marked(q)}${picked && (id === picked || id === picked + "_g" || id === picked + "_c") ? " selected" : ""}${lit.includes(id) ? " lit" : ""}`);
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
      attr(line, "class", (node === current().node ? "now" : "") + ("n" + node === picked ? " selected" : "") + (lit.includes("n" + node) ? " lit" : ""));
      ["v", "a"].forEach((letter, k) => {
        const id = `n${node}_${letter}`, [, state, q = -1, word = ""] = entry(id), quantity = quantities[q];
        const empty = { unknown: "", nopath: "no path", detached: "detached", released: "released" }[state] ?? (quantity ? undefined : "");
        const number = empty ?? (word && word.replace(" of ", "/") + " ") + (quantity.shape ? slotTexts(quantity, table, row)[1] : text(q));
        attr(cells[k], "class", `${told[id].kind} ${state}${marked(q)}${number.length > 12 ? " long" : ""}`);
        put(cells[k].firstChild, number);
      });
    });
    for (const { node, q, paren } of holes) {
      const { shape } = quantities[q], number = shape && node.localName === "mn" ? `[${shape}]` : text(q).trimEnd();
      put(node, paren && number[0] === MINUS ? `(${number})` : number);
    }
    for (const hit of hits) attr(hit, "class", [picked, pointed].includes(hit.dataset.pick) ? "lit" : "");
    const { kind, edge } = current();
    inspector.paint(picked, { scene: scenes[scene], number: scene, here, moving: hold && kind === "local" ? `e${edge?.join("_")}` : "", active, stop: flat(), step: now(), entry });
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
    ghost.style.width = say.offsetWidth + "px";
    say.after(ghost);
    const heights = talkers.map((told) => {
      holes = [];
      ghost.replaceChildren(...tell(told));
      for (const { node, q } of holes) node.textContent = text(q);
      return ghost.offsetHeight;
    });
    ghost.remove();
    holes = kept;
    keepTall(Math.max(...heights));
  }
  let tall = 0;
  const keepTall = (to = 0) => box.style.setProperty("--tall", (tall = to) + "px");
  /** A sentence that takes another line at this place is not cut off. */
  const growth = new ResizeObserver(() => {
    const whole = say.scrollHeight + say.offsetHeight - say.clientHeight;
    if (tall && whole > tall) keepTall(whole);
  });

  /** Scroll a box, and nothing around it, until a line of it shows. @param {any} scroller @param {any} line */
  function keep(scroller, line, head = 0) {
    const over = line.offsetTop - scroller.scrollTop;
    scroller.scrollTop += Math.min(0, over - head) + Math.max(0, over + line.offsetHeight + 8 - scroller.clientHeight);
  }
  /** Let code and graph fade where they go on beyond the edge; what has nothing to scroll is no stop of the tab key. */
  function cutOff() {
    for (const node of [code, say, fold, find("title")]) node.tabIndex = node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight ? 0 : -1;
    for (const node of [code, pane, ...view().rows.map(({ line }) => line.firstChild)]) {
      node.classList.toggle("more", node.scrollWidth - node.clientWidth - node.scrollLeft > 8);
      node.classList.toggle("below", node.scrollHeight - node.clientHeight - node.scrollTop > 2);
    }
  }

  /** Keep the graph so wide that its small print has 11 px, and 18 in a room; where there is less room the pane scrolls. */
  function widen() {
    const { svg, least } = view();
    svg.style.minWidth = svg.style.width = least * (box.matches(".gad-room") ? (18 / 23) * parseFloat(getComputedStyle(box).fontSize) : 11) + "px";
    box.style.setProperty("--least", svg.style.minWidth);
  }
  /** Draw the graph as large as its place allows: readable, and at most at twice its size. */
  function fit() {
    const { svg } = view(), { width: wide, height } = scenes[scene];
    widen();
    const room = Math.max(graph.clientHeight - notice.offsetHeight - graph.lastElementChild.offsetHeight - 32, options.keys || box.matches(".gad-show") ? 0 : Math.min(660, Math.max(420, innerHeight - 330)));
    svg.style.width = wide * Math.min(2, room / height) + "px";
    cutOff();
  }

  /** The lines of the code: what the step is about is marked, what is pointed at in the graph is framed. */
  function paintCode() {
    const spans = [current().span, /^[ne]/.test(pointed) ? madeAt(scenes[scene], pointed) : null];
    lines.forEach((line, i) => {
      const number = Number(line.dataset.line), cut = pieces(film.code?.lines[i] ?? "", number, spans), made = madeOn(scenes[scene], number);
      line.className = (cut.some(({ covers }) => covers[0]) ? "now" : "") + (pointed === String(number) ? " lit" : "");
      if (made.length) pressable(line, `${film.code?.lines[i].trim()}: makes ${made.map((id) => pickName(scenes[scene], id)).join(", ")}`, made.includes(picked));
      else for (const attribute of ["role", "tabindex", "aria-label", "aria-expanded"]) line.removeAttribute(attribute);
      // What is under a finger must not be replaced, or there is no tap.
      const key = JSON.stringify(cut);
      if (written.get(line) === key) return;
      written.set(line, key);
      line.replaceChildren(cut.length ? "" : " ");
      for (const { text, covers: [marked, framed] } of cut) {
        const frame = line.lastChild.localName === "u" ? line.lastChild : make("u");
        if (framed) line.append(frame);
        (framed ? frame : line).append(marked ? make("mark", {}, text) : text);
      }
    });
  }

  /** Scroll to what the step is about, once all is written: each look at the layout before that would cost a layout. */
  function sight() {
    const { node, span } = current(), first = lines.find((line) => Number(line.dataset.line) === span?.[0]), mark = first?.querySelector("mark");
    if (mark) {
      keep(code, first);
      const { offsetLeft, offsetWidth } = mark, room = code.clientWidth - 52;
      code.scrollLeft = offsetLeft + offsetWidth > room ? Math.min(offsetLeft - 60, offsetLeft + offsetWidth - room) : 0;
    }
    cutOff();
    const told = view().rows[scenes[scene].rows.findIndex((row) => row.node === node)];
    if (told) keep(fold, told.line, 31);
  }

  function paintStep() {
    const { kind } = current(), hue = kind === "evaluate" ? " value" : " adjoint";
    holes = [];
    say.className = "gad-say" + hue;
    say.replaceChildren(...tell(current()));
    growth.disconnect();
    for (const part of say.children) growth.observe(part);
    code.className = "gad-code" + hue;
    paintCode();
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

  const curve = sliders.length ? makeCurve(plot, reel, name, sliders.map((one) => one.name)) : null;
  /** Which line through the stops the curve shows. */
  const line = () => [active, ...index.filter((_, k) => k !== active)].join();
  const paintCurve = () => curve?.paint(here, active);
  function drawCurve() {
    curve?.draw(active, flat());
    drawnFor = line();
    slides.forEach(({ node }, k) => node.classList.toggle("active", k === active && sliders.length > 1));
    paintCurve();
  }

  const progress = makeProgress(find("progress"), options.steer);
  /** Say it once the dust has settled. */
  function announce(words = "") {
    if (!words) return;
    clearTimeout(spoken);
    spoken = window.setTimeout(() => (live.textContent = words), 150);
  }
  /** Keep what a step reads and writes in sight where the graph is larger than its pane. */
  function follow(smooth = false) {
    const { reads: sources, writes } = current(), seen = pane.getBoundingClientRect();
    const boxes = [writes, ...sources].flatMap((id) => view().nodes.get(id)?.getBoundingClientRect() ?? []), [first] = boxes;
    if (!first) return;
    /** @param {"left" | "top"} low @param {"right" | "bottom"} high */
    const shift = (low, high, edge = 0) => {
      let [from, to] = [Math.min(...boxes.map((one) => one[low])), Math.max(...boxes.map((one) => one[high]))];
      if (to - from > seen[high] - seen[low] - 2 * edge) [from, to] = [first[low], first[high]];
      return from < seen[low] + edge || to > seen[high] - edge ? (from + to - seen[low] - seen[high]) / 2 : 0;
    };
    pane.scrollBy({ left: shift("left", "right"), top: shift("top", "bottom", 60), behavior: smooth ? "smooth" : "instant" });
  }
  const inWords = () => `Step ${now() + 1} of ${last() + 1}. ` + current().sentence.map((part) => (typeof part === "string" ? part : "t" in part ? part.t : text(part.q).trimEnd())).join("");

  /** @param {Place | undefined} at */
  function paintNotice(at, moved = false) {
    const { guard } = scenes[scene], raised = !!at && at.scene < 0;
    if (moved) switched = true;
    const words = raised ? `${name} raised at ${where(at.values)}: ${at.error || "an error"}` : guard && `${switched ? "The graph has changed: here " : "Here "}${guard}.`;
    box.classList.toggle("gad-roomy", reel.several);
    box.classList.toggle("gad-past", raised || late);
    box.classList.toggle("gad-late", late && !raised);
    attr(notice, "class", "gad-notice" + (raised ? " error" : moved ? " moved" : ""));
    put(notice, words);
    put(stale, raised ? `Last good picture: ${where(here.values)}` : late ? `${missing()} Shown: ${where(here.values)}` : "");
    stale.classList.toggle("gad-wait", late);
    if (raised ? words !== said : moved) announce(words);
    said = words;
  }

  /** Ask for a stop that is not known. What is shown stays together until it comes, or until that takes long. */
  function askFor(unknown = false) {
    if (!unknown) {
      clearTimeout(patience);
      [patience, late, asked] = [0, false, -1];
      return;
    }
    if (asked !== flat()) options.ask?.((asked = flat()), active);
    patience ||= window.setTimeout(() => ((late = true), announce(missing()), render()), LATE);
  }
  const missing = () => (options.alone?.() ? "Not computed, and Python does not answer." : "Waiting for Python.");

  const widest = new Map(readX.map((node, k) => [node, Math.max(...grids[k].map((value) => write(value, sliders[k].format).length))]));
  /** Put a number at the head. It keeps the room of the longest one at a stop, so that nothing beside it moves. @param {any} node */
  function read(node, number = "") {
    const wide = Math.max(widest.get(node) ?? 0, number.length);
    if (!exactly) widest.set(node, wide);
    node.style.width = wide + "ch";
    put(node, number);
  }

  /** Bring the page to the state; `fresh` where the step changed. */
  function render(fresh = false) {
    const at = wanted(), raised = !!at && at.scene < 0;
    askFor(!at);
    if (at && !raised) here = at;
    const next = here.scene, moved = shown >= 0 && next !== scene;
    if (moved) step = carryStep(step, last(), scenes[next].steps.length - 1);
    scene = next;
    if (shown !== scene) {
      const lost = pane.matches(":focus-within:not(:focus)");
      pane.replaceChildren(view().svg);
      if (lost) pane.focus();
      fold.querySelector("tbody").replaceChildren(...view().rows.map(({ line }) => line));
      drawMarks();
      if (picked) picked = carryPick(scenes[shown], scenes[scene], picked);
      [pointed, stuck, until] = ["", "", -1];
      markPicked();
      fresh = true;
      fit();
      if (moved) reserve();
      shown = scene;
    }
    if (fresh) paintStep();
    paintParts();
    if (drawnFor !== line()) drawCurve();
    else paintCurve();
    const told = at || late ? (exactly?.values ?? reel.values(flat())) : here.values;
    slides.forEach((slide, k) => {
      const grid = grids[k], i = exactly ? ((exactly.values[k] - grid[0]) / (grid[grid.length - 1] - grid[0])) * (grid.length - 1) : index[k];
      slide.put(i, `${sliders[k].name} = ${slid(k, exactly?.values[k]).trimEnd()}`);
      read(readX[k], slid(k, told[k]));
    });
    // A blank keeps the width of its number.
    const reading = (q = 0) => (raised ? "—" : late ? text(q).replace(/./g, "\u2007") : text(q));
    read(readF, reading(scenes[scene].output));
    readG.forEach((node, k) => read(node, reading(scenes[scene].gradients[k])));
    paintNotice(at, moved);
    if (fresh) sight();
  }
  const state = () => ({ stop: flat(), values: exactly?.values ?? reel.values(flat()), step, playing, speed, loop, presentation: room.wanted });
  function tellAll() {
    for (const callback of listeners) callback(state());
  }

  // Move.
  /** End the motion; what it held back may be shown. */
  function cut() {
    const moving = frame;
    cancelAnimationFrame(frame);
    [frame, hold] = [0, ""];
    if (shown >= 0) view().pills.replaceChildren();
    // Cut short, the story still goes on.
    if (moving) goOn();
  }

  /** While it plays: the next step, after a moment. */
  function goOn() {
    clearTimeout(timer);
    if (!playing || led) return;
    if ((until >= 0 && step >= until) || (step >= last() && !loop)) setPlaying(false);
    else timer = window.setTimeout(() => (step >= last() ? go(0) : go(step + 1, true)), (step >= last() ? 2400 : current().kind === "evaluate" ? 800 : 1200) / speed);
  }

  /** What a part holds at this step, in words. */
  function held(id = "") {
    const part = scenes[scene].parts[id], q = part ? (entryAt(part.timeline, step)[2] ?? -1) : -1;
    return q < 0 ? "" : text(q).trimEnd();
  }

  function go(to = 0, animated = false) {
    const from = step;
    cut();
    clearTimeout(timer);
    step = Math.max(0, Math.min(to, last()));
    switched = false;
    const motion = animated && step === from + 1 && !quiet.matches ? choreograph(current(), view(), held) : null;
    if (motion) hold = current().writes;
    render(true);
    tellAll();
    // While it plays, the next step would cut each sentence short.
    if (!playing) announce(inWords());
    follow(!!motion);
    if (!motion) return goOn();
    const start = performance.now();
    const tick = (time = start) => {
      const t = (time - start) * speed;
      if (t > motion.ms) return cut(), render();
      motion.draw(t);
      frame = requestAnimationFrame(tick);
    };
    tick();
  }

  function setPlaying(on = true, to = -1) {
    [playing, until] = [on, to];
    clearTimeout(timer);
    play.title = on ? "Pause" : "Play";
    attr(play, "aria-label", play.title);
    attr(play.querySelector("path"), "d", on ? PAUSE : PLAY);
    if (on && led) return;
    if (on) go(step >= last() ? 0 : step + 1, true);
    else cut(), render(), announce("Paused. " + inWords());
    tellAll();
  }

  function setLoop(on = false) {
    loop = on;
    attr(again, "aria-pressed", String(on));
  }

  function setSpeed(to = 1) {
    speed = to;
    pace.textContent = to + "×";
    attr(pace, "aria-label", `Speed ${to}×`);
  }

  /** @param {any} event */
  function onKey(event) {
    const target = event.composedPath()[0], { key } = event, act = { " ": acts.play, ArrowRight: acts.next, ArrowLeft: acts.back, Home: acts.first, End: acts.last, f: room.toggle }[/** @type {" "} */ (key)];
    if (key === "Escape" && !event.defaultPrevented && unpick()) return event.preventDefault();
    // Then to whatever stands around the player and takes keys, such as a notebook's cell.
    if (key === "Escape" && !event.defaultPrevented && !document.fullscreenElement) return /** @type {HTMLElement | null | undefined} */ (root.parentElement?.closest("[tabindex]"))?.focus();
    if (!act || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    // Space presses a button; arrows move a slider and scroll the code.
    if (key === " " ? /^(button|summary)$/.test(target.localName) : inputs.includes(target) || code.contains(target)) return;
    if (!/[ f]/.test(key) && playing) setPlaying(false);
    event.preventDefault();
    act();
  }
  /** @param {any} event */
  const onPageKey = (event) => /^(body|html)$/.test(event.composedPath()[0].localName) && onKey(event);

  function measure() {
    const wide = box.clientWidth, size = `${wide} ${box.clientHeight}`;
    // Hidden, or in a box that has no room for it.
    if (wide < 120) return;
    drawCurve();
    if (size === measured) return;
    // The table is folded where it would push the code away; who opens it keeps it.
    const folds = getComputedStyle(fold.firstElementChild).display !== "none" && wide > 640 && !box.matches(".no-graph");
    if (folded !== folds) fold.open = !(folded = folds);
    measured = size;
    // A formula does not wrap: a long one is set smaller before it is cut off.
    const heading = find("title");
    heading.style.fontSize = "";
    heading.style.fontSize = `${Math.max(0.7, Math.min(1, heading.clientWidth / heading.scrollWidth)) * parseFloat(getComputedStyle(heading).fontSize)}px`;
    drawMarks();
    paintStep();
    paintParts();
    widen();
    reserve();
    fit();
    sight();
    follow();
  }
  const observer = new ResizeObserver(measure);
  const room = makeStage(root, box, find("full"), !!options.keys, () => {
    measured = "";
    if (shown >= 0) requestAnimationFrame(measure);
  });

  /** Whoever sets is not called back. @param {Settings} to */
  function set(to) {
    const kept = [...listeners];
    listeners.clear();
    cut();
    if (to.theme) attr(root, "data-theme", to.theme);
    if (to.panels) arrange(box, to.panels), room.settle();
    if (to.presentation !== undefined) room.present(to.presentation);
    if (to.sampling) announce(progress(to.sampling));
    if (to.speed) setSpeed(to.speed);
    if (to.loop !== undefined) setLoop(to.loop);
    if (to.stop !== undefined) (exactly = null), aim(to.stop);
    if (to.point) (exactly = reel.point(to.point)), aim(reel.nearest(exactly.values).stop);
    if (to.step !== undefined) step = Math.max(0, Math.min(to.step ?? Infinity, last() + 1));
    render(to.step !== undefined);
    if (to.led !== undefined) led = to.led;
    if (!measured && shown >= 0) measure();
    if (to.playing !== undefined && to.playing !== playing) setPlaying(to.playing);
    for (const callback of kept) listeners.add(callback);
  }
  /** Put the thumbs at a stop. */
  function aim(stop = 0) {
    reel.values(stop).forEach((value, k) => (index[k] = grids[k].indexOf(value)));
  }

  // Pointing and picking, by pointer and by keys.
  const lineAt = (/** @type {any} */ { target }) => target.closest("[role][data-line]");
  for (const [node, read] of /** @type {[any, (event: any) => string][]} */ ([[pane, pickAt], [code, (event) => lineAt(event)?.dataset.line ?? ""]])) {
    for (const kind of ["pointerover", "focusin"]) node.addEventListener(kind, (/** @type {any} */ event) => point(read(event) || stuck));
    for (const kind of ["pointerleave", "focusout"]) node.addEventListener(kind, () => point());
  }
  pane.addEventListener("click", (/** @type {any} */ event) => pickAt(event) && inspect(pickAt(event)));
  code.addEventListener("click", (/** @type {any} */ event) => {
    const at = lineAt(event)?.dataset.line ?? "";
    point((stuck = at === stuck ? "" : at));
  });
  const rowOf = () => view().rows[scenes[scene].rows.findIndex((row) => row.node === current().node)]?.name;
  rove(pane, ["Enter"], () => graphOrder(scenes[scene]).map((id) => view().nodes.get(id)), () => view().nodes.get("n" + current().node), (item) => inspect(item.id, item, true), unpick);
  rove(fold, ["Enter", "ArrowDown", "ArrowUp"], () => view().rows.map(({ name }) => name), rowOf, (item) => inspect("n" + scenes[scene].rows[view().rows.findIndex(({ name }) => name === item)].node, item, true), unpick);
  rove(code, ["Enter", "ArrowDown", "ArrowUp"], () => lines.filter((line) => line.hasAttribute("role")), () => lines.find((line) => line.matches(".now[role]")), (line) => {
    const made = madeOn(scenes[scene], Number(line.dataset.line));
    inspect(made[(made.indexOf(picked) + 1) % made.length], line, true);
  }, unpick);

  const before = [...root.childNodes];
  root.classList.add("gad");
  if (root.localName === "main") attr(find("title"), "aria-level", 1);
  else attr(root, "role", "region");
  attr(root, "aria-label", "Explorer of " + film.title.text);
  arrange(box);
  room.settle();
  root.replaceChildren(box);
  root.addEventListener("keydown", onKey);
  root.addEventListener("focusin", onFocus);
  options.keys?.addEventListener("keydown", onPageKey);
  setSpeed(1);
  set({ theme: "auto", ...options });
  // What arrives is shown where the thumb waits for it, and in the curve.
  const forget = reel.on(() => ((drawnFor = ""), render()));
  observer.observe(box);
  observer.observe(plot);

  return {
    get state() { return state(); },
    set,
    on: (_, callback) => (listeners.add(callback), () => void listeners.delete(callback)),
    destroy() {
      cut();
      clearTimeout(timer);
      clearTimeout(spoken);
      clearTimeout(patience);
      inspector.destroy();
      forget();
      observer.disconnect();
      growth.disconnect();
      room.stop();
      root.removeEventListener("keydown", onKey);
      root.removeEventListener("focusin", onFocus);
      options.keys?.removeEventListener("keydown", onPageKey);
      root.replaceChildren(...before);
    },
  };
}
