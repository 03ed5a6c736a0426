// @ts-check
// The head: what is differentiated, and x, f and f' as numbers.
/** @import { Film } from "../film" */
/** @import { Now, Panel, Player } from "../panel" */
import { attr, make, math, put } from "../elements.js";
import { derivativeOf } from "../hues.js";
import { lacks } from "../lacking.js";
import { between, kinkAt, kinksOf, longestOf } from "../kinks.js";
import { brief, write } from "../numbers.js";
import { sliderText } from "../places.js";
import { fade, tabStop } from "../scrolling.js";

/** The names of the numbers, as they stand before them. @param {Player} player */
function labels({ film: { sliders }, name }) {
  const italic = (symbol = "") => make("i", {}, symbol);
  const inputs = sliders.flatMap((one, k) => [k ? ", " : "", italic(one.name)]);
  const call = (symbol = "") => [italic(symbol), ...(sliders.length ? ["(", ...inputs.map(copy), ")"] : [])];
  const partial = (one = "") => (sliders.length === 1 ? call(name + "′") : ["∂", italic(name), "/∂", italic(one)]);
  return { x: sliders.map((one) => [italic(one.name)]), f: call(name), g: sliders.map((one) => partial(one.name)) };
}
/** @param {any} part @returns {Node | string} */
const copy = (part) => (typeof part === "string" ? part : part.cloneNode(true));

/** @type {Panel} */
export const headPanel = {
  name: "head",
  place: "top",
  build(player) {
    const { film, reel, root } = player;
    const words = labels(player);
    const list = make("dl", { class: "gad-reads" });
    const title = make("h2", { class: "gad-title" });
    if (root.localName === "main") title.setAttribute("aria-level", "1");
    let [shown, named] = [film, true];
    /** @param {Film} own */
    function name(own) {
      [shown, named] = [own, true];
      title.replaceChildren(math(own.title.mathml, own.title.text));
      attr(title, "aria-label", own.title.text);
    }
    name(film);
    /** @param {string} kind @param {(Node | string)[]} label */
    const readOut = (kind, label) => {
      const number = make("span");
      list.append(make("div", {}, make("dt", {}, ...label), make("dd", { class: kind }, number)));
      return number;
    };
    const x = words.x.map((label) => readOut("local", label));
    const f = readOut("value", words.f);
    const g = words.g.map((label) => readOut(derivativeOf(film).hue, label));
    const range = make("dd", { class: "gad-between" });
    const longest = longestOf((kink) => between(kink, brief));
    /** How long the longest number at a stop is. */
    const widest = new Map(x.map((node, k) => [node, Math.max(...stopTexts(k).map((text) => text.length))]));
    function stopTexts(k = 0) {
      return reel.grids[k].map((value) => write(value, film.sliders[k].format));
    }
    let wide = 0;
    /** A formula does not wrap: a long one is set smaller before it is cut off, which paper does not do. */
    function fit() {
      named = false;
      title.style.fontSize = "";
      wide = title.clientWidth;
      const share = Math.max(title.closest(".gad-paper") ? 0.4 : 0.7, Math.min(1, wide / title.scrollWidth));
      title.style.fontSize = `${share * parseFloat(getComputedStyle(title).fontSize)}px`;
    }
    /** Mark a number that is none. @param {any} node */
    const mark = (node, bad = false) => attr(node.parentElement, "data-bad", String(bad));
    /** Put a number at the head. It keeps the room of the longest one, so that nothing beside it moves.
     * @param {any} node @param {string} number @param {Now} now */
    function read(node, number, { exactly }) {
      const wide = Math.max(widest.get(node) ?? 0, number.length);
      if (!exactly) widest.set(node, wide);
      node.style.width = wide + "ch";
      // A word stands at its own name, away from the next one.
      node.style.textAlign = /\d/.test(number) ? "" : "left";
      put(node, number);
    }

    return {
      nodes: [make("div", { class: "gad-head" }, title, list)],
      paint(now) {
        const { scene, values, raised, late, text, here, stop, exactly } = now;
        if (now.entered && shown !== (scene.own ?? film)) name(scene.own ?? film);
        const none = !raised && !late && scene.output >= 0 && !Number.isFinite(reel.read(here));
        // A blank keeps the width of its number.
        const blank = (q = 0) => text(q).replace(/./g, "\u2007");
        const reading = (q = 0) => (raised || q < 0 ? "—" : late ? blank(q) : text(q));
        const unfound = lacks(now, film);
        x.forEach((node, k) => read(node, sliderText(player, k, values[k]), now));
        read(f, unfound.value ? blank(scene.output) : reading(scene.output), now);
        mark(f, none);
        // Where f has no value, it has no slope.
        g.forEach((node, k) => {
          const known = none ? "—" : reading(scene.gradients[k]);
          const text = unfound.slope ? blank(scene.gradients[k]) : known;
          read(node, text, now);
          mark(node, /NaN|∞/.test(text));
        });
        const kinks = kinksOf(film);
        const kink = kinkAt(kinks, exactly ? -1 : stop);
        const words = kink ? between(kink, brief) : "";
        const reserved = longest(kinks);
        put(range, words || reserved);
        range.style.visibility = words ? "" : "hidden";
        if (reserved && !range.isConnected) list.lastChild.append(range);
      },
      resize: ({ entered }) => void ((entered && !named) || fit()),
      settle() {
        // What stands beside it may have taken some of its width.
        if (title.clientWidth !== wide) fit();
        tabStop(title);
        fade([title]);
      },
    };
  },
};
