// @ts-check
// The paper: what is printed is a figure of the step on screen, or a strip of all steps, and no page of controls.
/** @import { Panel, Player } from "../panel" */
import { make } from "../elements.js";

/** How high a picture of a strip may be, so that two rows and the head stand on one page, and how wide the paper is. */
const STILL_HEIGHT = 340;
const PAPER = 700;
const GUTTER = 22;

/** How many pictures stand side by side. @param {import("../film").Scene} scene */
const columnsOf = ({ width, height }) => {
  const wide = width * Math.min(1, STILL_HEIGHT / height);
  return Math.max(1, Math.min(4, Math.floor((PAPER + GUTTER) / (Math.max(wide, 150) + GUTTER))));
};

/** A step as it is shown now: its picture and its sentence. @param {Player} player */
function still({ box, view, state }) {
  const svg = view().svg.cloneNode(true);
  // There is one of each name, and nothing to be pressed.
  for (const node of [svg, ...svg.querySelectorAll("*")]) {
    for (const name of ["id", "tabindex", "role", "aria-expanded"]) node.removeAttribute(name);
  }
  svg.removeAttribute("style");
  const said = box.querySelector(".gad-say:not(.gad-ghost) > p").cloneNode(true);
  const number = make("span", { class: "gad-chip" }, String(state.step + 1));
  return make("figure", {}, svg, make("figcaption", {}, number, ...said.childNodes));
}

/** All steps, each as a small picture with its sentence. @param {Player} player */
function stills(player) {
  const { state, render, now } = player;
  const { step } = state;
  const strip = make("div", { class: "gad-stills" });
  strip.style.setProperty("--columns", String(columnsOf(now().scene)));
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
