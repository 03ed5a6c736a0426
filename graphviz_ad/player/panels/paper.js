// @ts-check
// The paper: what is printed is a figure of the step on screen, or a strip of all steps, and no page of controls.
/** @import { Panel, Player } from "../panel" */
import { surround } from "../camera.js";
import { attr, make } from "../elements.js";

/** The smallest type on paper, in px: 6 pt, and a little more, since printers round. */
const PAPER_TYPE = 8.05;
/** How wide the paper is, and the room between two pictures. */
const PAPER = 700;
const GUTTER = 22;
/** So high is a picture at most, that it stands on one sheet with head and sentence; and so high are two rows. */
const ONE_ROW = 690;
const TWO_ROWS = 340;
/** A sentence is not set narrower. */
const NARROWEST = 150;

/** How large the pictures of a strip are, in px: two rows on a sheet, unless their type would be too small. Of what is
 * larger than a sheet then, a fourth of a sheet is shown around the step. @param {Player} player */
function stillSize({ now, view }) {
  const { width, height } = now().scene;
  const scale = Math.max((PAPER_TYPE * view().least) / width, Math.min(1, TWO_ROWS / height));
  const [wide, high] = [width * scale, height * scale];
  if (wide <= PAPER && high <= ONE_ROW) return { scale, wide, high };
  return { scale, wide: Math.min(wide, (PAPER - GUTTER) / 2), high: Math.min(high, TWO_ROWS) };
}

/** How many pictures stand side by side. */
const columnsOf = (wide = 0) =>
  Math.max(1, Math.min(4, Math.floor((PAPER + GUTTER) / (Math.max(wide, NARROWEST) + GUTTER))));

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
 * @param {any} svg @param {ReturnType<typeof stillSize>} size */
function cropStill(svg, { scale, wide, high }) {
  svg.style.width = wide + "px";
  const { x, y, width, height } = svg.viewBox.baseVal;
  const [across, down] = [wide / scale, high / scale];
  if (across > width - 1 && down > height - 1) return;
  const all = svg.getBoundingClientRect();
  const one = width / all.width;
  const step = surround([...svg.querySelectorAll(".node.now")].map((node) => node.getBoundingClientRect()));
  const left = windowStart((step.left - all.left) * one, (step.right - all.left) * one, across, width);
  const top = windowStart((step.top - all.top) * one, (step.bottom - all.top) * one, down, height);
  const part = { viewBox: `${x + left} ${y + top} ${across} ${down}`, width: across, height: down };
  for (const [name, value] of Object.entries(part)) attr(svg, name, value);
  svg.classList.add("gad-part");
}

/** All steps, each as a small picture with its sentence. @param {Player} player @param {number} wide */
function stills(player, wide) {
  const { state, render, now } = player;
  const { step } = state;
  const strip = make("div", { class: "gad-stills" });
  strip.style.setProperty("--columns", String(columnsOf(wide)));
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

    function lay() {
      if (box.matches(".gad-paper") || state.shown < 0) return;
      cut();
      const size = stillSize(player);
      strip = state.print === "strip" ? stills(player, size.wide) : null;
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
      for (const svg of strip?.querySelectorAll("figure > svg") ?? []) cropStill(svg, size);
    }
    function clear() {
      strip?.remove();
      box.classList.remove("gad-paper", "gad-broad", "gad-reel");
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
