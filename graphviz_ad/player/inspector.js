// @ts-check
// The inspector: all that is known about one node, or one edge, at the step and the place that are shown.
/** @import { Edge, Entry, Film, Place, Reel, Row, Scene, Step } from "./film" */
import { madeAt, pieces } from "./code.js";
import { copyText } from "./copying.js";
import { curvePath, robustRange } from "./curve.js";
import { attr, make, math, put } from "./elements.js";
import { MINUS, exact, flags, inline, slotTexts } from "./numbers.js";
import { thumbnail } from "./picture.js";

const NOT_YET = "not known yet";
const EMPTY = { unknown: NOT_YET, nopath: "no path", detached: "detached", released: "released" };
const COPY = '<svg viewBox="0 0 14 14" aria-hidden="true"><path d="M2 1h7v3h4v9H5V9H2zM3.5 2.5v5H5V4h2.5V2.5zM6.5 5.5v6h5v-6z" fill-rule="evenodd"/></svg>';

/** Write a number so that Python reads this very number: as NumPy does, as short as its type allows. */
export function repr(value = 0, dtype = "float64") {
  if (/int/.test(dtype)) return String(value);
  if (dtype === "bool") return value ? "True" : "False";
  for (let digits = 1; dtype === "float32" && digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Object.is(Math.fround(short), value)) return exact(short);
  }
  return exact(value);
}

/** Numbers as a NumPy literal; empty where these doubles do not hold all of the value. @param {number[]} numbers */
export function literal(numbers, dtype = "float64", scalar = true) {
  const real = /^float(16|32|64)$/.test(dtype);
  if (!real && !(/^(u?int\d+|bool)$/.test(dtype) && numbers.every(Number.isSafeInteger))) return "";
  const one = (value = 0) => (Number.isFinite(value) ? repr(value, dtype) : Number.isNaN(value) ? "np.nan" : value < 0 ? "-np.inf" : "np.inf");
  if (scalar) return `np.${dtype === "bool" ? "bool_" : dtype}(${one(numbers[0])})`;
  return `np.array([${numbers.map((value) => one(value).replace(/\.0$/, ".")).join(", ")}]${dtype === "float64" ? "" : `, dtype=np.${dtype === "bool" ? "bool_" : dtype}`})`;
}

/** @param {{at: number[]}} edge */
export const edgeName = ({ at: [child, argument] }) => `e${child}_${argument}`;

/** Nodes and edges in the order of the graph: each node, then what it reads. @param {Scene} scene */
export const graphOrder = ({ rows, edges }) => rows.flatMap(({ node }) => ["n" + node, ...edges.filter(({ at }) => at[0] === node).map(edgeName)]);

/** What a node or an edge is called, for who does not see the picture. @param {Scene} scene */
export function pickName({ rows, edges }, pick = "") {
  const edge = edges.find((one) => edgeName(one) === pick), called = (node = 0) => rows[node].text.split(" = ")[0];
  return edge ? `edge from ${called(edge.at[2])} to ${called(edge.at[0])}, ${edge.text}` : (rows.find(({ node }) => "n" + node === pick)?.text ?? "");
}

/** The formula of a node and its derivatives, or of an edge, in LaTeX. @param {Scene} scene */
export function latexOf({ rows, edges }, pick = "") {
  const own = edges.filter((edge) => [edgeName(edge), "n" + edge.at[0]].includes(pick)).map(({ latex }) => latex ?? "");
  return [...new Set([rows.find(({ node }) => "n" + node === pick)?.latex ?? "", ...own])].filter(Boolean).join(", \\quad ");
}

/** The step to run to: where the value, then where the adjoint is final; past both, the first of them again.
 * @param {Step[]} steps */
export function goal(steps, pick = "", now = 0) {
  const node = parseInt(pick.slice(1)), last = steps.findLastIndex(({ writes }) => writes === pick + "_a");
  const value = steps.findIndex((step) => step.kind === "evaluate" && step.node === node), local = steps.findIndex(({ kind, edge }) => kind === "local" && edge && `e${edge.join("_")}` === pick);
  const stops = (pick[0] === "n" ? [value, last] : [local]).filter((at) => at >= 0);
  return stops.find((at) => at > now) ?? stops[0] ?? -1;
}

/** The same node or edge in another scene, where there is one of that name. @param {Scene} from @param {Scene} to */
export function carryPick(from, to, pick = "") {
  return graphOrder(to).find((one) => one[0] === pick[0] && pickName(to, one) === pickName(from, pick)) ?? "";
}

/** @typedef {{scene: Scene, number: number, here: Place, moving: string, active: number, stop: number, step: number, entry: (id: string) => Entry}} Now */

/** Make the inspector. @param {Film} film @param {Reel} reel
 * @param {{say: (words: string) => void, run: () => void, close: () => void}} act */
export function makeInspector(film, reel, act) {
  /** @param {string} word @param {string} label */
  const button = (word, label, icon = "") => {
    const made = make("button", { type: "button", class: "gad-" + word, "data-lm-suppress-shortcuts": "true" });
    made.innerHTML = icon;
    made.append(make("span", {}, label));
    return made;
  };
  const title = make("h3", { "aria-level": 2, tabindex: -1, "data-lm-suppress-shortcuts": "true" }), what = make("p", { class: "gad-what" }), body = make("div", { class: "gad-facts", tabindex: 0, role: "group", "aria-label": "Details", "data-lm-suppress-shortcuts": "true" }), close = button("close", "");
  const latex = button("copy-latex", "LaTeX", COPY), numpy = button("copy-numpy", "NumPy", COPY), run = button("run", "Run to here");
  const by = make("textarea", { class: "gad-by-hand", rows: 2, readonly: "", hidden: "", "aria-label": "Text to copy", "data-lm-suppress-shortcuts": "true" });
  const section = make("section", { class: "gad-inspector", tabindex: "-1", hidden: "", "data-lm-suppress-shortcuts": "true" },
    make("header", {}, title, close), what, body, make("div", { class: "gad-tools" }, latex, numpy, run), by);
  close.innerHTML = '<svg viewBox="0 0 14 14" aria-hidden="true"><path d="M2 3l1-1 4 4 4-4 1 1-4 4 4 4-1 1-4-4-4 4-1-1 4-4z"/></svg>';
  attr(close, "aria-label", "Close the inspector");
  attr(latex, "aria-label", "LaTeX: copy the formula");
  close.addEventListener("click", act.close);
  run.addEventListener("click", act.run);
  latex.addEventListener("click", () => copy(latex, latexOf(now.scene, pick)));
  numpy.addEventListener("click", () => copy(numpy, written));
  // The arrows move within the text that is to be copied by hand.
  by.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key !== "Escape" && event.stopPropagation());

  /** @type {Now} */
  let now;
  let pick = "", written = "", timer = 0, sizes = 0;
  /** What is to be painted at each step and place. @type {(() => void)[]} */
  let live = [];

  /** @param {any} from the button */
  async function copy(from, text = "") {
    if (!text) return;
    const label = from.lastChild, name = from === latex ? "LaTeX" : "NumPy", done = await copyText(text, section);
    clearTimeout(timer);
    for (const one of [latex, numpy]) one.lastChild.textContent = one === latex ? "LaTeX" : "NumPy";
    by.hidden = done;
    if (done) {
      label.textContent = "Copied";
      timer = window.setTimeout(() => (label.textContent = name), 1600);
    } else {
      by.value = text;
      by.focus();
      by.select();
    }
    act.say(done ? `Copied: ${text}` : "This page may not copy. The text is selected: press Control or Command and C.");
  }

  const quantity = (q = -1) => now.scene.quantities[q], symbol = (node = 0) => now.scene.rows[node];
  const dtype = (node = 0) => symbol(node).what.split(" ").pop() ?? "", scalar = (node = 0) => / scalar /.test(symbol(node).what);
  const numbers = (q = -1) => Array.from({ length: quantity(q).n }, (_, i) => now.here.table[now.here.base + quantity(q).c + i]);
  /** What a part of the picture holds now. */
  const held = (id = "") => {
    const [, state, q = -1, word = ""] = now.entry(id), [count, of] = word.split(" of ");
    return { q: state in EMPTY ? -1 : q, empty: EMPTY[/** @type {"unknown"} */ (state)] ?? NOT_YET, word: count === of ? "" : word, state };
  };
  /** What an edge has sent, once it has. @param {Edge} edge */
  const sent = (edge) => {
    const { state, q } = held(edgeName(edge) + "_b");
    return { q: /came|flows/.test(state) && now.moving !== edgeName(edge) ? (edge.c ?? q) : -1, empty: edge.cut ? "cut: nothing flows back" : NOT_YET, word: "", state };
  };
  /** @typedef {ReturnType<typeof held>} Held */

  /** A formula whose holes are filled while what it needs is known. @param {() => boolean} known @param {Node[]} rest */
  function formula(mathml = "", known, ...rest) {
    const made = math(mathml), yet = make("span", { class: "gad-yet" }, NOT_YET), whole = make("span", {}, made, ...rest);
    const holes = [...made.querySelectorAll("mn")].map((node) => ({ node, told: /^⟦(\d+)(p?)⟧$/.exec(node.textContent) })).filter(({ told }) => told);
    live.push(() => {
      const shown = known();
      whole.hidden = !shown;
      yet.hidden = shown;
      for (const { node, told } of holes) {
        const q = Number(told?.[1]), one = quantity(q), text = !shown ? "" : one.shape ? `[${one.shape}]` : inline(one, now.here.table, now.here.base).trimEnd();
        put(node, told?.[2] && text[0] === MINUS ? `(${text})` : text);
      }
    });
    return make("span", {}, whole, yet);
  }
  /** A number in a line, as it is written in the graph. @param {() => Held} read */
  function number(read, hue = "") {
    const node = make("b", { class: hue });
    live.push(() => {
      const { q, empty } = read();
      node.className = q < 0 ? "gad-yet" : hue + flags(quantity(q), now.here.table, now.here.base, now.here.drawn(q));
      put(node, q < 0 ? empty : inline(quantity(q), now.here.table, now.here.base).trimEnd());
    });
    return node;
  }

  /** A quantity in full: as Python writes it; of a larger array shape, range and picture.
   * @param {string} label @param {() => Held} read @param {number} node whose type it has */
  function fact(label, hue = "", read, node = 0) {
    const told = make("span"), note = make("small"), picture = make("s:svg", { class: "gad-scene gad-large", "aria-hidden": "true" }), kind = dtype(node);
    let size = -1, full = 0;
    live.push(() => {
      const { q, empty, word } = read(), { here } = now, one = quantity(q);
      told.className = q < 0 ? "gad-yet" : "gad-exact" + flags(one, here.table, here.base, here.drawn(q));
      put(told, q < 0 ? empty : one.shape ? slotTexts(one, here.table, here.base).join(", ") : scalar(node) ? repr(numbers(q)[0], kind) : `[${numbers(q).map((value) => repr(value, kind)).join(", ")}]`);
      put(note, q >= 0 ? word : "");
      picture.parentNode.hidden = !(q >= 0 && one.picture);
      // Sizes are read when they have changed: reading them at each stop would slow the slider down.
      if (q >= 0 && one.picture && size !== sizes) (size = sizes), (full = picture.clientWidth || 280);
      const key = q >= 0 && one.picture ? here.drawn(q) + full : "";
      if (!key || !one.picture || key === picture.drawn) return;
      picture.drawn = key;
      // A map keeps its shape: its cells are square where there is room.
      const { kind: form, columns, rows } = one.picture, tall = 84, wide = form === "line" ? full : Math.min(full, (tall * columns) / rows), paths = thumbnail(one.picture, here.drawn(q), [0, 0, wide, tall], numbers(q));
      attr(picture, "viewBox", `${(wide - full) / 2} 0 ${full} ${tall}`);
      picture.replaceChildren(...Object.entries(paths).map(([name, d]) => make("s:path", { class: name, d })));
    });
    return [make("dt", { class: hue }, label + (/^complex/.test(kind) ? ", real part" : ""), note), make("dd", { class: hue }, told), make("dd", { class: "gad-wide " + hue }, picture)];
  }

  /** A quantity along the slider, where the graph is the same. @param {string} mathml @param {() => Held} read */
  function spark(mathml, hue = "", read) {
    const plot = make("s:svg", { "aria-hidden": "true" }), yet = make("span", { class: "gad-yet" });
    let drawn = "", size = -1, wide = 0, at = (/** @type {number} */ x) => x, py = at;
    live.push(() => {
      // Of a sum that is not complete there is nothing to see yet.
      const { q: some, empty, word } = read(), q = word ? -1 : some, { active, stop, here } = now, one = quantity(q), xs = reel.grids[active], stride = reel.strides[active], from = Math.floor(stop / stride) % xs.length;
      if (size !== sizes) (size = sizes), (wide = plot.clientWidth || 260);
      put(yet, q >= 0 ? "" : word ? word + " so far" : empty);
      const key = q < 0 ? "" : [q, now.number, active, stop - from * stride, reel.size, wide].join();
      if (key !== drawn) {
        drawn = key;
        plot.replaceChildren();
        if (q < 0) return;
        const known = xs.map((x, i) => ({ x, place: reel.find(stop + (i - from) * stride) })).filter(({ place }) => place), which = known.map(({ place }) => place?.scene ?? -1);
        const ys = Array.from({ length: one.n }, (_, k) => known.map(({ place }) => (place && place.scene === now.number ? place.table[place.base + one.c + k] : NaN)));
        const range = robustRange(ys.flat()), [low, high] = range;
        at = (x) => 6 + ((x - xs[0]) / (xs[xs.length - 1] - xs[0] || 1)) * (wide - 12);
        py = (y) => 47 - ((y - low) / (high - low)) * 40;
        attr(plot, "viewBox", `0 0 ${wide} 54`);
        if (low <= 0 && high >= 0) plot.append(make("s:path", { class: "gad-zero", d: `M6 ${py(0)}H${wide - 6}` }));
        const window = plot.appendChild(make("s:svg", { x: 0, y: 2, width: wide, height: 50, viewBox: `0 2 ${wide} 50` }));
        window.append(...ys.map((line) => make("s:path", { class: "gad-line", d: curvePath(line, which, range, (i) => at(known[i].x), py) })));
        plot.append(...ys.map(() => make("s:path", { class: "gad-point" })));
      }
      if (q < 0) return;
      [...plot.querySelectorAll(".gad-point")].forEach((point, k) => {
        const y = py(here.table[here.base + one.c + k]), x = at(here.values[active]).toFixed(1), seen = y >= 2 && y <= 52;
        attr(point, "d", !seen ? "" : hue === "value" ? `M${x} ${y.toFixed(1)}m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0` : `M${x} ${(y - 6).toFixed(1)}l6 6l-6 6l-6 -6z`);
      });
    });
    return make("div", { class: "gad-spark " + hue }, make("span", {}, math(mathml)), make("div", {}, plot, yet));
  }

  const fade = () => {
    body.classList.toggle("below", body.scrollHeight - body.clientHeight - body.scrollTop > 2);
    // What goes on beyond its edge can be scrolled by keys.
    const over = [title, body].map((node) => node.scrollWidth > node.clientWidth);
    title.tabIndex = over[0] ? 0 : -1;
    body.tabIndex = over[1] || body.scrollHeight > body.clientHeight ? 0 : -1;
  };
  body.addEventListener("scroll", fade);
  const observer = new ResizeObserver(() => {
    sizes++;
    for (const update of live) update();
    fade();
  });

  /** Which slider the curves follow. */
  function over() {
    const made = head();
    live.push(() => put(made, `over ${film.sliders.length > 1 ? film.sliders[now.active].name : "the slider"}`));
    return made;
  }
  const head = (text = "") => make("h4", { "aria-level": 3 }, text);
  /** A formula that may go on in another line before its equals sign. */
  function halves(mathml = "") {
    const made = math(mathml), rest = math("<mrow/>"), parts = [...(made.firstElementChild?.children ?? [])], at = parts.findIndex((node) => node.localName === "mo" && node.textContent === "=");
    if (at < 1) return [made];
    rest.firstChild.append(...parts.slice(at));
    attr(rest.firstChild.firstChild, "form", "infix");
    return [made, " ", rest];
  }
  /** @param {Edge} edge */
  const partial = ({ at: [child, , parent] }) => `<mfrac><mrow><mi>∂</mi>${symbol(child).symbol}</mrow><mrow><mi>∂</mi>${symbol(parent).symbol}</mrow></mfrac>`;

  /** How one edge is differentiated: the rule, here, with numbers, and what it sends. @param {Edge} edge */
  function block(edge) {
    const name = edgeName(edge), list = make("dl"), read = () => held(name + "_g"), known = () => read().q >= 0;
    /** @param {string} label @param {(Node | string)[]} cells */
    const line = (label, ...cells) => list.append(make("dt", {}, label), make("dd", {}, ...cells));
    const equals = () => make("span", { class: "gad-eq" }, " = ");
    if (edge.cut) line("rule", math(edge.label), make("span", {}, ": nothing flows back"));
    else {
      line("rule", ...halves(edge.rule ?? edge.label));
      if (edge.gradient) line("here", ...halves(`<mrow>${partial(edge)}<mo>=</mo>${edge.gradient}</mrow>`), ...(edge.numbers || !hasNumber(name) ? [] : [equals(), number(read)]));
      if (edge.numbers) line("numbers", formula(edge.numbers, known, equals(), number(read)));
      line("sends", edge.sends ? math(edge.sends) : math(symbol(edge.at[0]).bar), ...(edge.sends ? [equals()] : [" → "]), number(() => sent(edge), "adjoint"));
    }
    return list;
  }
  /** Does its socket ever hold a number? */
  const hasNumber = (name = "") => now.scene.parts[name + "_g"]?.timeline.some(([, , q = -1]) => q >= 0);

  /** Where it was made: the lines, with the expression underlined. */
  function made() {
    const span = madeAt(now.scene, pick), { site } = symbol(parseInt(pick.slice(1))), { code } = film;
    if (span && code) {
      const lines = Array.from({ length: span[2] - span[0] + 1 }, (_, i) => code.lines[span[0] + i - code.first] ?? ""), margin = Math.min(...lines.filter(Boolean).map((line) => line.length - line.trimStart().length));
      const rows = lines.map((line, i) => make("div", { "data-line": span[0] + i }, ...pieces(line, span[0] + i, [span]).map(({ text, covers }, k) => {
        const shown = k ? text : text.slice(margin);
        return covers[0] ? make("u", {}, shown) : shown;
      })));
      return [head(`made at line ${span[0]}`), make("pre", {}, ...rows)];
    }
    return site ? [head("made at " + site.place), make("pre", {}, make("div", {}, make("u", {}, site.text)))] : [];
  }

  /** Build what does not change with step and place. */
  function build() {
    const { rows, edges } = now.scene, node = parseInt(pick.slice(1)), edge = edges.find((one) => edgeName(one) === pick), many = reel.grids.length > 0;
    const [own, out] = [0, 2].map((end) => edges.filter(({ at }) => at[end] === node));
    live = [];
    title.replaceChildren(edge ? math(edge.gradient ? `${partial(edge)}<mo>=</mo>${edge.gradient}` : `${rows[edge.at[2]].symbol}<mo>→</mo>${rows[node].symbol}`) : math(rows[node].mathml, rows[node].text));
    what.textContent = edge ? pickName(now.scene, pick) : rows[node].what;
    attr(title, "aria-label", pickName(now.scene, pick));
    attr(section, "aria-label", "Inspector: " + pickName(now.scene, pick));
    const value = () => held(pick + (edge ? "_g" : "_v")), back = edge ? () => sent(edge) : () => held(pick + "_a"), [type, parent] = edge ? [node, edge.at[2]] : [node, node];
    const plain = !edge || hasNumber(pick), facts = [];
    if (plain) facts.push(...fact(edge ? "× local gradient" : "▼ value", edge ? "local" : "value", value, type));
    facts.push(...fact(edge ? "▲ sends" : "▲ adjoint", "adjoint", back, parent));
    const labels = edge ? [partial(edge), "<mtext>sends</mtext>"] : [rows[node].symbol, rows[node].bar];
    body.replaceChildren(make("div", {}, make("dl", { class: "gad-values" }, ...facts),
      ...(many ? [over(), ...(plain ? [spark(labels[0], edge ? "local" : "value", value)] : []), spark(labels[1], "adjoint", back)] : [])), make("div", {},
      ...(edge || own.length ? [head("how it is differentiated"), ...(edge ? [edge] : own).map(block)] : []),
      ...(!edge && out.length > 1 ? [head("its adjoint is the sum of"), make("dl", {}, ...out.flatMap((one) => [make("dt", {}, "via ", math(rows[one.at[0]].mathml)), make("dd", {}, number(() => sent(one), "adjoint"))]))] : []),
      ...made()));
    body.scrollTop = 0;
    sizes++;
    observer.disconnect();
    for (const one of [body, ...body.children]) observer.observe(one);
    by.hidden = true;
    latex.hidden = !latexOf(now.scene, pick);
    // More than the film's numbers hold would have to come from Python.
    live.push(() => {
      const { q } = value();
      written = q >= 0 && !quantity(q).shape ? literal(numbers(q), dtype(type), scalar(type)) : "";
      attr(numpy, "aria-disabled", String(!written));
      attr(numpy, "aria-label", written ? "NumPy: copy the value" : q < 0 ? "NumPy: not known yet" : "NumPy: only range and picture are in this page");
      numpy.title = written || numpy.getAttribute("aria-label")?.slice(7) || "";
      const to = now.scene.steps[goal(now.scene.steps, pick, now.step)];
      run.title = to ? `until ${to.kind === "evaluate" ? "its value" : edge ? "what it sends" : "its adjoint"} is known` : "";
      run.hidden = !to;
    });
  }

  return {
    node: section,
    /** Show a node or an edge at a step and a place; nothing for none. @param {string} wanted @param {Now} at */
    paint(wanted, at) {
      const other = wanted !== pick || now?.number !== at.number;
      now = at;
      if (other) (pick = wanted), (section.hidden = !wanted), wanted ? build() : ((live = []), observer.disconnect(), body.replaceChildren());
      for (const update of live) update();
    },
    goal: () => goal(now.scene.steps, pick, now.step),
    summary: () => `${pickName(now.scene, pick)}. ${[...section.querySelectorAll(".gad-values > *")].map((one) => one.textContent.replace(/[▼▲×] /, "")).join(" ")}`,
    destroy: () => (clearTimeout(timer), observer.disconnect()),
  };
}
