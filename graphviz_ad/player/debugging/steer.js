// @ts-check
// The buttons of a debugger, in the place of those that play: icon over word, each with its key; and the keys.
/** @import { Player } from "../panel" */
import { make } from "../elements.js";
import { isTypedInto } from "../keys.js";

/** By the name of the act: word, key as it is written, and picture. @type {Record<string, [string, string, string]>} */
const STEERING = {
  on: ["Continue", "F8", "M1 1v12h2.5V1zM5 1v12l8-6z"],
  back: ["Back", "←", "M10 1v12L2 7zM11.5 1H13v12h-1.5z"],
  next: ["Step", "→", "M1 1h1.5v12H1zM4 1v12l8-6z"],
  over: [
    "Over",
    "Shift →",
    "M1 9a6 6 0 0 1 11-3l1-2v5H8l2.4-1.6A4.4 4.4 0 0 0 2.8 9zM5.5 11.5a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0z",
  ],
  out: ["Out", "Shift ↑", "M7 1l4 4.5H8V10H6V5.5H3zM2 11.5h10V13H2z"],
  here: ["Run to", "r", "M1 6h6V3l4.5 4L7 11V8H1zM12 1h1.5v12H12z"],
};

/** Make the bar of buttons. @param {Record<string, () => void>} acts */
export function makeSteer(acts) {
  const buttons = Object.entries(STEERING).map(([act, [word, key, path]]) => {
    const icon = make("s:svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, make("s:path", { d: path }));
    const button = make("button", { type: "button", "data-act": act, title: `${word} (${key})` }, icon, word);
    button.addEventListener("click", () => acts[act]());
    return button;
  });
  return make("div", { class: "gad-steer", role: "group", "aria-label": "Move through the story" }, ...buttons);
}

/** Listen to the keys of a debugger; returns how to stop.
 * @param {Player} player @param {Record<string, () => void>} acts */
export function listenToMoves({ root, options }, acts) {
  /** @type {Record<string, () => void>} */
  const keys = {
    F8: acts.on,
    "Shift+F8": acts.reverse,
    "Shift+ArrowRight": acts.over,
    "Shift+ArrowUp": acts.out,
    r: acts.here,
    b: acts.breaks,
    "Shift+B": acts.asks,
    w: acts.watch,
  };
  /** @param {any} event */
  function onKey(event) {
    const target = event.composedPath()[0];
    const act = keys[(event.shiftKey ? "Shift+" : "") + event.key];
    if (!act || (isTypedInto(target) && !/F8/.test(event.key)) || event.ctrlKey || event.metaKey || event.altKey)
      return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }
  // While nothing has the focus they are those of the page.
  const onPage = (/** @type {any} */ event) => /^(body|html)$/.test(event.composedPath()[0].localName) && onKey(event);
  root.addEventListener("keydown", onKey, true);
  options.keys?.addEventListener("keydown", onPage, true);
  return () => {
    root.removeEventListener("keydown", onKey, true);
    options.keys?.removeEventListener("keydown", onPage, true);
  };
}
