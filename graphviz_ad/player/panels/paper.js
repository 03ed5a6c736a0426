// @ts-check
// The paper: what is printed is a figure of the step on screen, or a strip of all steps, and no page of controls.
/** @import { Panel, Player } from "../panel" */
import { surround } from "../camera.js";
import { attr, make } from "../elements.js";
import { layStrip } from "../sheets.js";

/** The smallest type on paper, in px: 6 pt, and a little more, since printers round. */
const PAPER_TYPE = 8.05;
/** Between the head and the first pictures. */
const HEAD_GAP = 14;

/** How a strip is laid out: no type of its pictures is too small. @param {Player} player @param {HTMLElement} strip */
function layOut({ box, now, view }, strip) {
  const { width, height } = now().scene;
  const least = Math.min(1, (PAPER_TYPE * view().least) / width);
  /** @type {any[]} */
  const said = [...strip.querySelectorAll("figcaption")];
  const captions = (columns = 1) => {
    strip.style.setProperty("--columns", String(columns));
    return said.map((one) => one.offsetHeight);
  };
  const head = strip.getBoundingClientRect().top - box.getBoundingClientRect().top + HEAD_GAP;
  const laid = layStrip({ width, height }, least, captions, head);
  strip.style.setProperty("--columns", String(laid.columns));
  return laid;
}

/** A step as it is shown now: its picture and its sentence. @param {Player} player */
function still({ box, view, state }) {
  const svg = view().svg.cloneNode(true);
  for (const bare of svg.querySelectorAll(".gad-short")) bare.remove();
  // There is one of each name, and nothing to be pressed.
  for (const node of [svg, ...svg.querySelectorAll("*")]) {
    for (const name of ["id", "tabindex", "role", "aria-expanded"]) node.removeAttribute(name);
    node.classList.remove("gad-tiny");
  }
  svg.removeAttribute("style");
  const said = box.querySelector(".gad-say:not(.gad-ghost) > p").cloneNode(true);
  const number = make("span", { class: "gad-chip" }, String(state.step + 1));
  return make("figure", {}, svg, make("figcaption", {}, number, ...said.childNodes));
}

/** Where a window begins, so that a stretch is in its middle, as far as there is something to be shown. */
const windowStart = (from = 0, to = 0, window = 0, all = 0) =>
  Math.max(0, Math.min(all - window, (from + to - window) / 2));

/** Show of a picture what is around the card of its step.
 * @param {any} svg @param {{ scale: number, wide: number, high: number }} size */
function cropStill(svg, { scale, wide, high }) {
  const { x, y, width, height } = svg.viewBox.baseVal;
  const [across, down] = [Math.min(width, wide / scale), Math.min(height, high / scale)];
  if (across > width - 1 && down > height - 1) return;
  const cards = [...svg.querySelectorAll(".node.now")].map((node) => node.getBBox());
  const step = surround(
    cards.map((box) => ({ left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height })),
  );
  const left = windowStart(step.left - x, step.right - x, across, width);
  const top = windowStart(step.top - y, step.bottom - y, down, height);
  const part = { viewBox: `${x + left} ${y + top} ${across} ${down}`, width: across, height: down };
  for (const [name, value] of Object.entries(part)) attr(svg, name, value);
  svg.classList.add("gad-part");
}

/** Where the whole graph would be too small for its numbers, paper has what is around the step.
 * @param {Player} player @returns {() => void} takes it back */
function cropFigure({ box, view, now, measure, state }) {
  const { svg, least } = view();
  if (!svg.querySelector(".gad-tiny")) return () => {};
  const { zoom } = state;
  const names = ["viewBox", "width", "height"];
  const kept = names.map((name) => svg.getAttribute(name));
  state.zoom = (PAPER_TYPE * least) / now().scene.width;
  box.classList.add("gad-broad", "gad-closer");
  state.measured = "";
  measure();
  const { clientWidth: wide, clientHeight: high } = box.querySelector(".gad-pane");
  cropStill(svg, { scale: state.zoom, wide, high });
  const { width, height } = svg.viewBox.baseVal;
  box.style.setProperty("--across", width);
  box.style.setProperty("--down", height);
  return () => {
    state.zoom = zoom;
    svg.classList.remove("gad-part");
    names.forEach((name, i) => (kept[i] === null ? svg.removeAttribute(name) : attr(svg, name, kept[i])));
  };
}

/** All steps, each as a small picture with its sentence. @param {Player} player */
function stills(player) {
  const { state, render, now } = player;
  const { step } = state;
  const strip = make("div", { class: "gad-stills" });
  for (let each = 0; each <= now().last; each++) {
    state.step = each;
    render(true);
    // What is asked has no answer yet, on paper neither.
    if (now().asked) break;
    strip.append(still(player));
  }
  state.step = step;
  render(true);
  return strip;
}

/** @type {Panel} */
export const paperPanel = {
  name: "paper",
  place: "bottom",
  build(player) {
    const { box, state, cut } = player;
    /** @type {HTMLElement | null} */
    let strip = null;
    /** @type {string[]} */
    let shown = [];
    let takeBack = () => {};

    function lay() {
      if (box.matches(".gad-paper") || state.shown < 0) return;
      cut();
      strip = state.print === "strip" ? stills(player) : null;
      if (strip) box.append(strip);
      const { width, height } = player.now().scene;
      box.style.setProperty("--across", width);
      box.style.setProperty("--down", height);
      shown = ["gad-show", "gad-room"].filter((name) => box.classList.contains(name));
      box.classList.remove(...shown);
      box.classList.add("gad-paper");
      box.classList.toggle("gad-broad", width > 0.73 * height);
      box.classList.toggle("gad-reel", !!strip);
      player.measure();
      if (!strip) return void (takeBack = cropFigure(player));
      const { highs, ...size } = layOut(player, strip);
      strip.querySelectorAll("figure > svg").forEach((/** @type {any} */ svg, /** @type {number} */ i) => {
        svg.style.width = size.wide + "px";
        cropStill(svg, { ...size, high: highs[Math.floor(i / size.columns)] });
      });
    }
    function clear() {
      strip?.remove();
      takeBack();
      takeBack = () => {};
      box.classList.remove("gad-paper", "gad-broad", "gad-reel", "gad-closer");
      box.classList.add(...shown);
      player.measure();
    }
    addEventListener("beforeprint", lay);
    addEventListener("afterprint", clear);
    return {
      nodes: [],
      destroy() {
        removeEventListener("beforeprint", lay);
        removeEventListener("afterprint", clear);
      },
    };
  },
};
