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

  /** Send a message, if there is anybody. @param {Model} model @param {object} message */
  function reach(model, message) {
    try {
      model.send(message);
    } catch {
      lost = true;
      for (const view of views) view.set({ sampling: { ...model.get("_sampling"), state: "lost" } });
    }
  }

  return {
    /** @param {{ model: Model }} context */
    initialize({ model }) {
      reel = makeReel(model.get("_film"));
      asker = makeAsker((question) => reach(model, { kind: "want", ...question }));
      // Whether somebody samples on is known to the one who does.
      if (model.get("_sampling").state === "running") reach(model, { kind: "here" });
      /** @param {any} message */
      const hear = (message) => {
        if (message?.kind !== "batch" && message?.kind !== "failed") return;
        const stop = asker.settle(message.seq);
        if (message.kind === "batch") reel.add(message.batch);
        else if (stop !== undefined) reel.add({ of: [stop], scene: [-1], numbers: {}, errors: { [stop]: message.error } });
      };
      model.on("msg:custom", hear);
      return () => (model.off("msg:custom", hear), asker.end());
    },

    /** @param {{ model: Model, el: HTMLElement }} context */
    render({ model, el }) {
      const root = document.createElement("div"), names = /** @type {string[]} */ (model.get("_names"));
      el.append(root);
      const settings = () => ({
        ...Object.fromEntries(SETTINGS.map((name) => [name, model.get(name)])),
        sampling: lost && model.get("_sampling").state === "running" ? { ...model.get("_sampling"), state: "lost" } : model.get("_sampling"),
      });
      const controller = mount(root, /** @type {Film} */ (model.get("_film")), {
        ...settings(),
        reel,
        ask: (stop, slider) => (asker.ask(stop, slider), !lost),
        steer: (what) => reach(model, { kind: what }),
      });
      views.add(controller);

      /** The player has been moved: tell the model. */
      function tell() {
        const { state } = controller, inputs = Object.fromEntries(names.map((name, k) => [name, state.values[k]]));
        if (!alike(inputs, model.get("inputs"))) {
          model.set("inputs", inputs);
          for (const name of model.get("_own")) model.set(name, inputs[name]);
          model.set("_point", null);
        }
        if (state.playing && !model.get("playing")) leader = controller;
        note("inputs", inputs);
        note("step", state.step);
        note("playing", state.playing);
        clearTimeout(looking);
        looking = window.setTimeout(look, QUIET);
        for (const name of /** @type {const} */ (["step", "playing", "speed", "loop", "presentation"])) if (model.get(name) !== state[name]) model.set(name, state[name]);
        model.save_changes();
      }

      /** What this view has told of late. The model goes back to it when an echo comes while the next word is on its way.
       * @type {Record<string, string[]>} */
      let told = {};
      let looking = 0;
      const note = (name = "", value = {}) => (told[name] = [...(told[name] ?? []).slice(-50), JSON.stringify(value)]);
      const echoed = (name = "") => told[name]?.includes(JSON.stringify(model.get(name)));
      /** All is quiet: what the model says now is so. */
      function look() {
        told = {};
        place();
        follow();
        play();
      }

      /** The model has been moved: by Python, by a link, or by another view. */
      function place() {
        const inputs = model.get("inputs"), values = names.map((name) => inputs[name]), point = model.get("_point");
        if (alike(values, controller.state.values) || echoed("inputs")) return;
        controller.set(point && alike(point.values, values) ? { point } : { stop: reel.nearest(values).stop });
        echo();
      }
      /** What setting has changed besides: another scene has other steps. */
      function echo() {
        if (controller.state.step === model.get("step")) return;
        model.set("step", controller.state.step);
        model.save_changes();
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
      /** A link in the browser may move a slider by its own name. @param {string} name */
      const named = (name) => () => {
        const inputs = model.get("inputs"), value = model.get(name);
        if (inputs[name] === value) return;
        model.set("inputs", { ...inputs, [name]: value });
        model.save_changes();
      };
      /** @type {(() => void) | null} */
      let undress = null;
      function dress() {
        const auto = model.get("theme") === "auto";
        if (auto && !undress) undress = followHost(root);
        else if (!auto) undress?.(), (undress = null);
      }

      /** @type {[string, (message?: any) => void][]} */
      const heard = [["change:inputs", place], ["change:_point", place], ["change:playing", play],
        ...[...SETTINGS, "_sampling"].map((name) => /** @type {[string, () => void]} */ (["change:" + name, follow])),
        ...model.get("_own").map((/** @type {string} */ name) => ["change:" + name, named(name)])];
      for (const [event, callback] of heard) model.on(event, callback);
      // The picture comes first, then the word to Python.
      const telling = afterPaint(tell), forget = controller.on("change", telling.ask);
      dress();
      place();
      play();
      return () => {
        for (const [event, callback] of heard) model.off(event, callback);
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
