// @ts-check
// The debugger: where the story has stopped and why, the calls it is under, breakpoints, watches, and how one moves.
/** @import { Debug } from "../film" */
/** @import { Now, Panel, Part, Player } from "../panel" */
import { attr, put } from "../elements.js";
import { makeBanner } from "../debugging/banner.js";
import { makeCardButtons } from "../debugging/card.js";
import { breakAt } from "../debugging/hitting.js";
import { makeList } from "../debugging/list.js";
import { explainHits, flagHits, makeGutter, markCallers, markCards } from "../debugging/marks.js";
import { stepBack, stepOn, stepOut, stepOver } from "../debugging/moving.js";
import { makePoints } from "../debugging/points.js";
import { frameCall } from "../debugging/scope.js";
import { listenToMoves, makeSteer } from "../debugging/steer.js";
import { makeWatches } from "../debugging/watches.js";
import { tabOver } from "../findings/tabs.js";
import { suppress } from "../keys.js";
import { goal } from "../picks.js";

/** @type {Panel} */
export const debuggingPanel = {
  name: "debugging",
  place: "top",
  build(player) {
    const { debug } = player.film;
    return debug ? buildDebugger(player, debug) : { nodes: [] };
  },
};

/** Put it together. @param {Player} player @param {Debug} debug @returns {Part} */
function buildDebugger(player, debug) {
  const { box, state } = player;
  const steps = player.reel.scenes[0].steps;
  const points = makePoints(debug, () => redraw());
  const banner = makeBanner(player, debug, points);
  const list = makeList(debug, steps, points);
  const watches = makeWatches(player, debug, steps, points, list.ask);
  const go = (to = 0) => (player.setPlaying(false), player.go(to));
  const here = () => player.now().step;
  const acts = {
    on: () => go(stepOn(steps, here(), points.hits())),
    reverse: () => go(stepBack(here(), points.hits())),
    back: () => go(here() - 1),
    next: () => go(here() + 1),
    over: () => go(stepOver(debug, steps, here(), points.hits())),
    out: () => go(stepOut(debug, steps, here(), points.hits())),
    here() {
      const to = state.picked ? goal(steps, state.picked, here()) : -1;
      if (to < 0) player.announce("Choose a card of the graph to run to: Enter, or a click.");
      else go(to);
    },
    watch() {
      tabs.choose("watch");
      watches.watch(`${debug.nodes[chosen()].name}.adjoint`);
    },
    breaks() {
      points.toggle(breakAt(debug, steps, aimed()));
    },
    asks: () => list.ask(`${aimed()} if `, focused()),
  };
  const focused = () => /** @type {any} */ (player.root.getRootNode()).activeElement;
  /** The card that has the focus, or else what is inspected, or the node of the step. */
  function chosen() {
    const own = /^n\d+$/.test(focused()?.id ?? "") ? focused().id : "";
    return parseInt((own || state.picked || "n" + player.now().current.node).slice(1));
  }
  /** The line that has the focus, where something was recorded on it, or else the card. */
  function aimed() {
    const line = Number(focused()?.dataset?.line);
    return debug.lines.includes(line) ? `line ${line}` : debug.nodes[chosen()].name;
  }
  const tabs = tabOver(player, "watch", "Watch", watches.count());
  watches.counted((count) => {
    const tab = tabs.node.querySelector('[data-tab="watch"]');
    put(tab.querySelector("b"), String(count));
    attr(tab, "aria-label", `Watch, ${count}`);
  });
  const deafen = listenToMoves(player, acts);
  const choices = makeCardButtons(player, acts);
  /** @type {ReturnType<typeof makeGutter> | null} */
  let gutter = null;
  function redraw() {
    const now = player.now();
    paintAll(now);
    flagHits(box.querySelector(".gad-time"), points, now);
  }
  /** @param {Now} now */
  function paintAll(now) {
    banner.paint(now);
    list.draw(now);
    watches.paint(now);
    gutter?.draw(now);
    const code = box.querySelector(".gad-code");
    if (code) markCallers(debug, code, now);
    markCards(player, points, now);
    frameCall(player, debug, now);
  }
  function enter() {
    box.classList.add("gad-debugging");
    box.querySelector(".gad-buttons").replaceWith(makeSteer(acts));
    const [step, code] = ["step", "code"].map((word) => box.querySelector(".gad-" + word));
    step.before(tabs.node, watches.node);
    explainHits(box.querySelector(".gad-legend"));
    if (code) gutter = makeGutter(debug, steps, points, code);
    for (const part of box.querySelectorAll("button,input")) suppress(part);
  }
  return {
    nodes: [banner.node],
    paint(now) {
      const opens = !tabs.node.isConnected;
      if (opens) enter();
      tabs.paint(now);
      if (opens) tabs.choose("step");
      if (now.fresh) paintAll(now);
      else watches.paint(now);
      choices.paint(now);
    },
    resize(now) {
      const code = box.querySelector(".gad-code");
      if (code && code.nextSibling !== list.node) code.after(list.node);
      if (!code && !list.node.isConnected) box.querySelector(".gad-right").append(list.node);
      gutter?.lay();
      choices.lay();
      frameCall(player, debug, now);
      flagHits(box.querySelector(".gad-time"), points, now);
    },
    destroy: () => (deafen(), choices.destroy()),
  };
}
