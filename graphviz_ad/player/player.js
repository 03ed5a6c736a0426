// @ts-check
// `mount` plays a film (film.d.ts) in an element. It looks numbers up and never computes a derivative.
/** @import { Controller, Film, Options, Settings, State } from "./film" */
/** @import { Player, View } from "./panel" */
import { arrange } from "./arranging.js";
import { attr } from "./elements.js";
import { makeFitting } from "./fitting.js";
import { makeFrame } from "./frame.js";
import { listenToKeys, suppress } from "./keys.js";
import { openModes } from "./modes.js";
import { PANELS } from "./panels.js";
import { makePicking } from "./picking.js";
import { makePlaying } from "./playing.js";
import { makeReel } from "./reel.js";
import { makeSight } from "./sight.js";
import { makeStage } from "./stage.js";
import { adopt, advance, aim, look, makeState, stopAt } from "./state.js";
import { makeView } from "./view.js";
import { makeVoice } from "./voice.js";
import { makeWaiting } from "./waiting.js";
import { makeWords } from "./words.js";

/** Play a film inside an element.
 * @param {HTMLElement} root @param {Film} film @param {Options} [options] @returns {Controller} */
export function mount(root, film, options = {}) {
  if (film.mode !== "both") return open(root, film, options);
  return openModes(film, options, (shown, own) => open(root, shown, own));
}

/** @param {HTMLElement} root @param {Film} film @param {Options} options @returns {Controller} */
function open(root, film, options) {
  const reel = options.reel ?? makeReel(film);
  const state = Object.assign(makeState(film, reel), options.state);
  const { box, put, edges } = makeFrame();
  if (film.mode === "forward") box.classList.add("gad-forward");
  const now = (fresh = false, entered = false) => look(player, fresh, entered);
  /** Each scene is parsed once and kept. @type {View[]} */
  const views = [];
  const view = () => (views[state.scene] ??= makeView(film, reel.scenes[state.scene]));
  const base = {
    film,
    name: film.name || "f",
    reel,
    state,
    options,
    root,
    box,
    now,
    view,
    render,
    repaint: () => paint(),
    tell,
    quiz: null,
  };
  const player = /** @type {Player} */ (base);
  const voice = makeVoice();
  const waiting = makeWaiting(player);
  const playing = makePlaying(player);
  Object.assign(player, voice, waiting, playing, makePicking(player), makeWords(player));
  Object.assign(player, { mount, sight: makeSight(player), measure: () => measure() });
  const panels = PANELS.map((panel) => ({ ...panel, ...panel.build(player) }));
  for (const { place, title, nodes } of panels) {
    for (const node of nodes) put(place, node);
    if (title && nodes.length) attr(nodes[0], "aria-label", title);
  }
  box.append(voice.node);

  /** Bring the page to the state; `fresh` where the step changed. */
  function render(fresh = false) {
    const { known, entered, opened } = advance(player);
    waiting.ask(known);
    paint(fresh || entered || opened, entered);
  }
  function paint(fresh = false, entered = false) {
    const shown = now(fresh, entered);
    for (const panel of panels) panel.paint?.(shown);
    if (state.moved && entered) for (const panel of panels) panel.resize?.(shown);
    if (fresh) for (const panel of panels) panel.settle?.(shown);
  }

  const fitting = makeFitting(player, panels, edges);
  const { measure } = fitting;
  const stage = makeStage(player, () => {
    state.measured = "";
    if (state.shown >= 0) requestAnimationFrame(measure);
  });
  Object.assign(player.acts, player.sight.acts, { full: stage.toggle });

  const listeners = new Set();
  /** @returns {State} */
  function report() {
    const { step, playing, speed, loop, presentation, detail, exactly } = state;
    const stop = stopAt(reel, state.index);
    return { stop, values: exactly?.values ?? reel.values(stop), step, playing, speed, loop, presentation, detail };
  }
  function tell() {
    for (const callback of listeners) callback(report());
  }

  /** Whoever sets is not called back. @param {Settings} to */
  function set(to) {
    const kept = [...listeners];
    listeners.clear();
    player.cut();
    if (to.theme) attr(root, "data-theme", to.theme);
    if (to.panels) (arrange(box, panels, (state.groups = to.panels)), stage.settle());
    if (to.presentation !== undefined) ((state.presentation = to.presentation), stage.settle());
    adopt(state, to);
    if (to.stop !== undefined) ((state.exactly = null), aim(reel, state, to.stop));
    if (to.point) ((state.exactly = reel.point(to.point)), aim(reel, state, reel.nearest(state.exactly.values).stop));
    if (to.mended !== undefined) player.mend?.(to.mended);
    const end = reel.scenes[state.scene].steps.length;
    if (to.step !== undefined) state.step = Math.max(0, Math.min(to.step ?? Infinity, end));
    render(to.step !== undefined || !!to.detail);
    if (to.led !== undefined) state.led = to.led;
    if (!state.measured) measure();
    if (to.playing !== undefined && to.playing !== state.playing) player.setPlaying(to.playing);
    for (const callback of kept) listeners.add(callback);
  }

  const before = [...root.childNodes];
  root.classList.add("gad");
  if (root.localName !== "main") attr(root, "role", "region");
  attr(root, "aria-label", "Explorer of " + film.title.text);
  box.querySelectorAll("button,input,textarea,summary,[tabindex]").forEach(suppress);
  arrange(box, panels);
  stage.settle();
  root.replaceChildren(box);
  const deafen = listenToKeys(player);
  set({ theme: "auto", ...options });
  // What arrives is shown where the thumb waits for it.
  const forget = reel.on(() => render());
  fitting.observe();
  options.opened?.(player);
  const ends = [playing.halt, voice.hush, waiting.end, forget, stage.stop, fitting.stop, deafen];

  return {
    get state() {
      return report();
    },
    set,
    on: (_, callback) => (listeners.add(callback), () => void listeners.delete(callback)),
    destroy() {
      player.cut();
      for (const end of ends) end();
      for (const panel of panels) panel.destroy?.();
      root.replaceChildren(...before);
    },
  };
}
