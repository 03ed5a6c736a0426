// @ts-check
// A film of both modes: its scenes while one mode is shown, and the turn from one to another.
/** @import { Controller, Film, Mode, Options, Place, Reel, Scene, State } from "./film" */
/** @import { Player } from "./panel" */
import { makeReel } from "./reel.js";

/** A scene as it is while a mode is shown. @param {Scene} scene @param {Mode} mode @returns {Scene} */
function inMode(scene, mode) {
  const own = scene.views?.[/** @type {"forward"} */ (mode)];
  return own ? { ...scene, ...own, steps: own.steps.map((k) => scene.steps[k]) } : scene;
}

/** A reel whose scenes are those of a mode; remarks are said at the steps that it has.
 * @param {Reel} reel @param {Mode} mode @returns {Reel} */
function reelIn(reel, mode) {
  /** @type {WeakMap<Scene, Scene>} */
  const kept = new WeakMap();
  /** @param {Scene} scene */
  const own = (scene) => kept.get(scene) ?? (kept.set(scene, inMode(scene, mode)), kept.get(scene));
  /** @param {Place | undefined} place */
  function told(place) {
    const steps = reel.scenes[place?.scene ?? -1]?.views?.[/** @type {"forward"} */ (mode)]?.steps;
    if (!place || !steps) return place;
    return { ...place, remarks: place.remarks.map((one) => ({ ...one, step: steps.indexOf(one.step) })) };
  }
  return Object.create(reel, {
    scenes: { get: () => reel.scenes.map(own) },
    find: { value: (/** @type {number} */ stop) => told(reel.find(stop)) },
    point: { value: (/** @type {any} */ point) => told(reel.point(point)) },
  });
}

/** Where a step is in another mode: the same step, else the last one before it; the end stays the end.
 * @param {Scene} whole @param {Mode} from @param {Mode} to */
function carried(whole, from, to, step = 0) {
  const [old, other] = [from, to].map((mode) => inMode(whole, mode).steps);
  if (step >= old.length - 1) return other.length - 1;
  const place = whole.steps.indexOf(old[step]);
  return Math.max(
    0,
    other.findLastIndex((one) => whole.steps.indexOf(one) <= place),
  );
}

/** What is looked at, so that it can be put back: the scrolled places, and what has the focus. @param {any} box */
function attention(box) {
  const pane = box.querySelector(".gad-pane");
  const at = { left: pane.scrollLeft, top: pane.scrollTop, behavior: "instant" };
  const active = box.getRootNode().activeElement;
  const focus = box.contains(active) ? [".gad-modes", ".gad-pane"].find((one) => active.closest(one)) : "";
  return (/** @type {any} */ next) => {
    next.querySelector(".gad-pane").scrollTo(at);
    const chosen = focus === ".gad-modes" ? ".gad-modes [aria-checked=true]" : focus;
    if (chosen) next.querySelector(chosen).focus({ preventScroll: true });
  };
}

/** Open a film of both modes so that it can be turned from one to another.
 * @param {Film} film @param {Options} options
 * @param {(film: Film, options: Options) => Controller} open @returns {Controller} */
export function openModes(film, options, open) {
  const reel = options.reel ?? makeReel(film);
  /** @type {Map<(state: State) => void, () => void>} */
  const listeners = new Map();
  /** @type {Mode} */
  let mode = "both";
  /** @type {any} */
  let inner;
  /** Where the last turn left the reader, and which step of the whole story that stands for: turned back unmoved, the
   * story is where it was, also at a step that the mode in between has not. */
  let left = { scene: -1, step: -1, whole: 0 };
  const show = (/** @type {Options} */ own) =>
    open(Object.create(film, { mode: { value: mode, enumerable: true } }), {
      ...own,
      reel: reelIn(reel, mode),
      turn,
      opened: (player) => (inner = player),
    });
  let player = show(options);

  /** @param {Mode} to @param {Player} from */
  function turn(to, { state, root }) {
    if (to === mode) return;
    const look = attention(inner.box);
    const scene = reel.scenes[state.scene];
    const stays = left.scene === state.scene && left.step === state.step;
    const whole = stays ? left.whole : carried(scene, mode, "both", state.step);
    const step = carried(scene, "both", to, whole);
    left = { scene: state.scene, step, whole };
    const kept = { ...state, step, playing: false, led: false, until: -1, shown: -1, measured: "" };
    const { theme } = root.dataset;
    mode = to;
    player.destroy();
    const { keys, ask, alone, steer } = options;
    player = show({ keys, ask, alone, steer, theme, state: kept, panels: state.groups ?? undefined });
    for (const callback of listeners.keys()) listeners.set(callback, player.on("change", callback));
    look(inner.box);
    inner.sight.follow(inner.now());
    for (const callback of listeners.keys()) callback(player.state);
  }

  return {
    get state() {
      return player.state;
    },
    set: (to) => player.set(to),
    on(event, callback) {
      listeners.set(callback, player.on(event, callback));
      return () => (listeners.get(callback)?.(), void listeners.delete(callback));
    },
    steps: {
      whole: (step) => carried(reel.scenes[inner.state.scene], mode, "both", step),
      shown: (step) => carried(reel.scenes[inner.state.scene], "both", mode, step),
    },
    destroy: () => player.destroy(),
  };
}
