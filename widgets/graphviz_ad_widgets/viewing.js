// @ts-check
// One view of a model: a player, kept in step with what the model says.
/** @import { Controller } from "../../graphviz_ad/player/film" */
/** @import { Session } from "./model" */
import { followHost } from "../../graphviz_ad/player/host.js";
import { mount } from "../../graphviz_ad/player/player.js";
import { makeEchoes } from "./echoes.js";
import { afterPaint } from "./painting.js";

/** So many milliseconds after its last word to Python a view looks again what Python says. */
const QUIET = 400;
const SETTINGS = ["theme", "detail", "panels", "presentation", "reveal", "speed", "loop", "step"];
/** What a person changes in the player itself. */
const OWN = /** @type {const} */ (["step", "playing", "speed", "loop", "presentation", "detail"]);

/** @param {any} one @param {any} other */
const alike = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Where all views show the same story, a step is the same in all. */
const SAME = { whole: (step = 0) => step, shown: (step = 0) => step };

/** What the model sets. @param {Session} session @returns {Record<string, any>} */
const settingsOf = ({ model, sampling }) => ({
  ...Object.fromEntries(SETTINGS.map((name) => [name, model.get(name)])),
  sampling: sampling(),
});

/** Read and write the sliders of a model: each is a trait of its own. @param {Session} session */
function makeSliders({ model }) {
  const names = /** @type {string[]} */ (model.get("_names"));
  const traits = /** @type {string[]} */ (model.get("_sliders"));
  /** @param {number} k @param {number} value */
  function write(k, value) {
    model.set(traits[k], value);
    model.set("_point", null);
  }
  return { names, traits, read: () => traits.map((trait) => model.get(trait)), write };
}

/** Follow the host's theme while the model says so. @param {Session} session @param {HTMLElement} root */
function makeDress({ model }, root) {
  /** @type {(() => void) | null} */
  let undress = null;
  const off = () => {
    undress?.();
    undress = null;
  };
  return {
    off,
    on() {
      if (model.get("theme") !== "auto") off();
      else undress ??= followHost(root);
    },
  };
}

/** The step that a view shows, as the model counts: in the story of both modes, whichever the view is in. Where that
 * mode has no such step, what the model says stays. @param {Session} session @param {Controller} controller */
function countedStep({ model }, { state, steps = SAME }) {
  const said = model.get("step");
  return steps.shown(said) === state.step ? said : steps.whole(state.step);
}

/** Say what has been moved in the player. @param {Session} session @param {Controller} controller */
function makeTeller(session, controller) {
  const { model } = session;
  const sliders = makeSliders(session);
  const echoes = makeEchoes();
  return {
    ...sliders,
    echoes,
    /** Where the sliders were when the view and the model last agreed. */
    agreed: sliders.read(),
    /** What was not moved here is not told: Python may have moved it. */
    tell() {
      const state = { ...controller.state, step: countedStep(session, controller) };
      sliders.names.forEach((name, k) => {
        if (state.values[k] === this.agreed[k]) return;
        echoes.note(name, state.values[k]);
        sliders.write(k, state.values[k]);
      });
      this.agreed = state.values;
      if (state.playing && !model.get("playing")) session.leader = controller;
      echoes.note("step", state.step);
      echoes.note("playing", state.playing);
      for (const name of OWN) if (model.get(name) !== state[name]) model.set(name, state[name]);
      session.save();
    },
  };
}

/** Do what the model says: it was moved by Python, by a link, or by another view.
 * @param {Session} session @param {Controller} controller @param {ReturnType<typeof makeTeller>} teller */
function makeFollower(session, controller, teller) {
  const { model, reel, views } = session;
  const { names, read, echoes } = teller;
  /** What was set last, since setting again would cut a motion short. */
  const last = settingsOf(session);

  function place() {
    const now = controller.state.values;
    const point = model.get("_point");
    const values = read().map((value, k) => (echoes.heard(names[k], value) ? now[k] : value));
    if (alike(values, now)) return;
    controller.set(point && alike(point.values, values) ? { point } : { stop: reel.nearest(values).stop });
    teller.agreed = controller.state.values;
    // Another scene has other steps.
    const step = countedStep(session, controller);
    if (step === model.get("step")) return;
    model.set("step", step);
    session.save();
  }
  function follow() {
    const now = settingsOf(session);
    const changed = Object.entries(now).filter(([name, value]) => name !== "step" && !alike(value, last[name]));
    const news = Object.fromEntries(changed);
    const step = (controller.steps ?? SAME).shown(now.step);
    if (step !== controller.state.step && !echoes.heard("step", now.step)) news.step = step;
    Object.assign(last, now);
    if (Object.keys(news).length) controller.set(news);
  }
  function play() {
    const playing = model.get("playing");
    const other = playing !== controller.state.playing;
    if (other && echoes.heard("playing", playing)) return;
    if (playing && (!session.leader || !views.has(session.leader))) [session.leader] = views;
    if (other) controller.set({ playing, led: session.leader !== controller });
    if (!playing) session.leader = null;
  }
  return { place, follow, play };
}

/** Open a view in an element; returns how to close it. @param {Session} session @param {HTMLElement} el */
export function openView(session, el) {
  const { model, views, reel, asker } = session;
  const root = document.createElement("div");
  el.append(root);
  el.classList.add("gad-view");
  const controller = mount(root, model.get("_film"), {
    ...settingsOf(session),
    reel,
    ask: (stop, slider) => asker.ask(stop, slider),
    alone: () => session.lost,
    steer: (what) => session.reach({ kind: what }),
  });
  views.add(controller);
  const teller = makeTeller(session, controller);
  const follower = makeFollower(session, controller, teller);
  const dress = makeDress(session, root);
  let looking = 0;
  let awaited = false;

  /** All is quiet: what the model says now is so. */
  function look() {
    teller.echoes.forget();
    meet();
  }
  const telling = afterPaint(() => {
    clearTimeout(looking);
    looking = window.setTimeout(look, QUIET);
    teller.tell();
  });
  /** What the model says is looked at when it has said all of it, and knows where this view has been moved: what is
   * set while a model still tells of a change may be lost. */
  function meet() {
    awaited = false;
    if (!views.has(controller)) return;
    telling.flush();
    follower.place();
    follower.follow();
    dress.on();
    follower.play();
  }
  const hear = () => awaited || ((awaited = true), queueMicrotask(meet));
  const forget = controller.on("change", telling.ask);
  const traits = ["_point", "playing", "_sampling", ...SETTINGS, ...teller.traits];
  for (const name of traits) model.on("change:" + name, hear);
  dress.on();
  follower.place();
  follower.play();
  return () => {
    for (const name of traits) model.off("change:" + name, hear);
    dress.off();
    forget();
    telling.flush();
    clearTimeout(looking);
    telling.end();
    views.delete(controller);
    controller.destroy();
    root.remove();
  };
}
