// @ts-check
// The notebook widget: the player in each view, and between it and Python the model of anywidget.
/** @import { Controller, Film, Reel, State } from "../../graphviz_ad/player/film" */
import { followHost } from "../../graphviz_ad/player/host.js";
import { mount } from "../../graphviz_ad/player/player.js";
import { makeReel } from "../../graphviz_ad/player/reel.js";
import { makeAsker } from "./asking.js";

/** What anywidget gives: the synced traits, and messages. @typedef {{
 *   get(name: string): any, set(name: string, value: any): void, save_changes(): void, send(message: object): void,
 *   on(event: string, callback: (message?: any) => void): void, off(event: string, callback: (message?: any) => void): void
 * }} Model */

/** So many milliseconds after its last word to Python a view looks again what Python says. */
const QUIET = 400;
const SETTINGS = ["theme", "panels", "presentation", "speed", "loop", "step"];

/** Make a task that is done once the next frame is on the screen, however often it is asked for before.
 * @param {() => void} task */
function afterPaint(task) {
  let due = 0;
  const channel = new MessageChannel();
  channel.port1.onmessage = () => due && ((due = 0), task());
  return {
    ask: () => void (due ||= requestAnimationFrame(() => channel.port2.postMessage(0))),
    /** Do now what was asked for. */
    flush() {
      cancelAnimationFrame(due);
      if (due) (due = 0), task();
    },
    end: () => channel.port1.close(),
  };
}

/** @param {any} one @param {any} other */
const alike = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Called once for each model; its views share the numbers and the questions. */
export default () => {
  /** @type {Reel} */
  let reel;
  /** @type {ReturnType<typeof makeAsker>} */
  let asker;
  /** The views, in the order in which they were opened; one of them leads while the story plays. @type {Set<Controller>} */
  const views = new Set();
  /** @type {Controller | null} */
  let leader = null;
  /** Whether Python could not be reached: the notebook was opened without running it, or its kernel is gone. */
  let lost = false;

  /** How far Python has come with sampling; where it is gone it samples no more. @param {Model} model */
  function sampling(model) {
    const told = model.get("_sampling");
    return lost && told.state === "running" ? { ...told, state: "lost" } : told;
  }
  /** @param {Model} model */
  function miss(model) {
    lost = true;
    for (const view of views) view.set({ sampling: sampling(model) });
  }
  /** Send a message, if there is anybody. @param {Model} model @param {object} message */
  function reach(model, message) {
    try {
      model.send(message);
    } catch {
      miss(model);
    }
  }
  /** @param {Model} model */
  function save(model) {
    try {
      model.save_changes();
    } catch {
      miss(model);
    }
  }

  return {
    /** @param {{ model: Model }} context */
    initialize({ model }) {
      reel = makeReel(model.get("_film"));
      asker = makeAsker((question) => reach(model, { kind: "want", ...question }), { gaveUp: () => miss(model) });
      // Where the kernel has gone nobody can be reached, which shows when it is tried.
      const knock = () => reach(model, { kind: "here" });
      model.on("comm_live_update", knock);
      // Whether somebody samples on is known to the one who does.
      if (model.get("_sampling").state === "running") knock();
      /** @param {any} message */
      const hear = (message) => {
        lost = false;
        if (message?.kind !== "batch" && message?.kind !== "failed") return;
        const stop = asker.settle(message.seq);
        if (message.kind === "batch") reel.add(message.batch);
        else if (stop !== undefined) reel.add({ of: [stop], scene: [-1], numbers: {}, errors: { [stop]: message.error } });
      };
      model.on("msg:custom", hear);
      return () => (model.off("msg:custom", hear), model.off("comm_live_update", knock), asker.end());
    },

    /** @param {{ model: Model, el: HTMLElement }} context */
    render({ model, el }) {
      const root = document.createElement("div"), names = /** @type {string[]} */ (model.get("_names"));
      el.append(root);
      el.classList.add("gad-view");
      const settings = () => ({ ...Object.fromEntries(SETTINGS.map((name) => [name, model.get(name)])), sampling: sampling(model) });
      const controller = mount(root, /** @type {Film} */ (model.get("_film")), {
        ...settings(),
        reel,
        ask: (stop, slider) => asker.ask(stop, slider),
        alone: () => lost,
        steer: (what) => reach(model, { kind: what }),
      });
      views.add(controller);

      const own = /** @type {string[]} */ (model.get("_own"));
      /** Where a slider is: those that are attributes say so themselves. @param {string} name */
      const valueOf = (name) => (own.includes(name) ? model.get(name) : model.get("inputs")[name]);
      /** Where the sliders were when the view and the model last agreed. */
      let agreed = names.map(valueOf);

      /** The player has been moved: tell the model. What was not moved here is not told: Python may have moved it. */
      function tell() {
        const { state } = controller;
        names.forEach((name, k) => {
          const value = state.values[k];
          if (value === agreed[k]) return;
          note(name, value);
          if (own.includes(name)) model.set(name, value);
          else model.set("inputs", { ...Object.fromEntries(names.map((one) => [one, valueOf(one)])), [name]: value });
          model.set("_point", null);
        });
        agreed = state.values;
        if (state.playing && !model.get("playing")) leader = controller;
        note("step", state.step);
        note("playing", state.playing);
        clearTimeout(looking);
        looking = window.setTimeout(look, QUIET);
        for (const name of /** @type {const} */ (["step", "playing", "speed", "loop", "presentation"])) if (model.get(name) !== state[name]) model.set(name, state[name]);
        save(model);
      }

      /** What this view has told of late. The model goes back to it when an echo comes while the next word is on its way.
       * @type {Record<string, any[]>} */
      let told = {};
      let looking = 0;
      /** @param {string} name @param {any} value */
      const note = (name, value) => (told[name] = [...(told[name] ?? []).slice(-50), value]);
      /** @param {string} name */
      const echoed = (name, value = model.get(name)) => told[name]?.includes(value);
      /** All is quiet: what the model says now is so. */
      function look() {
        told = {};
        meet();
      }

      /** The model has been moved: by Python, by a link, or by another view. */
      function place() {
        const now = controller.state.values, point = model.get("_point");
        const values = names.map((name, k) => (echoed(name, valueOf(name)) ? now[k] : valueOf(name)));
        if (alike(values, now)) return;
        controller.set(point && alike(point.values, values) ? { point } : { stop: reel.nearest(values).stop });
        agreed = controller.state.values;
        echo();
      }
      /** What setting has changed besides: another scene has other steps. */
      function echo() {
        if (controller.state.step === model.get("step")) return;
        model.set("step", controller.state.step);
        save(model);
      }
      /** What was set last, since setting again would cut a motion short. @type {Record<string, any>} */
      const had = settings();
      function follow() {
        const { state } = controller;
        /** @type {Record<string, any>} */
        const now = settings(), news = Object.fromEntries(Object.entries(now).filter(([name, value]) => name !== "step" && !alike(value, had[name])));
        if (now.step !== state.step && !echoed("step")) news.step = now.step;
        Object.assign(had, now);
        if (Object.keys(news).length) controller.set(news);
        dress();
      }
      function play() {
        const playing = model.get("playing");
        if (playing !== controller.state.playing && echoed("playing")) return;
        if (playing && (!leader || !views.has(leader))) [leader] = views;
        if (playing !== controller.state.playing) controller.set({ playing, led: leader !== controller });
        if (!playing) leader = null;
      }
      /** @type {(() => void) | null} */
      let undress = null;
      function dress() {
        const auto = model.get("theme") === "auto";
        if (auto && !undress) undress = followHost(root);
        else if (!auto) undress?.(), (undress = null);
      }

      // The picture comes first, then the word to Python.
      const telling = afterPaint(tell), forget = controller.on("change", telling.ask);
      /** What the model says is looked at when it has said all of it, and knows where this view has been moved: what is
       * set while a model still tells of a change may be lost. */
      function meet() {
        awaited = false;
        if (!views.has(controller)) return;
        telling.flush();
        place();
        follow();
        play();
      }
      let awaited = false;
      const hear = () => awaited || ((awaited = true), queueMicrotask(meet));
      const events = ["inputs", "_point", "playing", "_sampling", ...SETTINGS, ...own].map((name) => "change:" + name);
      for (const event of events) model.on(event, hear);
      dress();
      place();
      play();
      return () => {
        for (const event of events) model.off(event, hear);
        undress?.();
        forget();
        telling.flush();
        clearTimeout(looking);
        telling.end();
        views.delete(controller);
        controller.destroy();
        root.remove();
      };
    },
  };
};
