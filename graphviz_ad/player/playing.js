// @ts-check
// Going through the story: step by step, or playing; what travels along the lanes meanwhile.
/** @import { Now, Player } from "./panel" */
import { choreograph } from "./motion.js";
import { restOf } from "./pacing.js";
import { goAsFar } from "./state.js";
import { entryAt } from "./timeline.js";
import { sentenceWords, stepWords } from "./voice.js";

/** What a part holds, in words. @param {Player} player */
function pillText({ reel, state, now }, id = "") {
  const part = reel.scenes[state.scene].parts[id];
  const q = part ? (entryAt(part.timeline, state.step)[2] ?? -1) : -1;
  return q < 0 ? "" : now().text(q).trimEnd();
}

/** Make what plays the story. @param {Player} player */
export function makePlaying(player) {
  const { state, reel } = player;
  const quiet = matchMedia("(prefers-reduced-motion: reduce)");
  let timer = 0;
  let frame = 0;
  let shown = 0;
  const last = () => reel.scenes[state.scene].steps.length - 1;
  const position = () => Math.min(state.step, last());

  /** End the motion; what it held back may be shown. */
  function cut() {
    const moving = frame;
    cancelAnimationFrame(frame);
    [frame, state.hold] = [0, ""];
    if (state.shown >= 0) player.view().pills.replaceChildren();
    // Cut short, the story still goes on.
    if (moving) goOn();
  }

  /** While it plays: the next step, after a moment. */
  function goOn() {
    const { playing, led, loop, until, step, speed } = state;
    const ended = step >= last();
    clearTimeout(timer);
    if (!playing || led) return;
    if (state.asked) return setPlaying(false);
    if ((until >= 0 && step >= until) || (ended && !loop)) return setPlaying(false);
    const now = player.now();
    const moment = ended ? "end" : now.current.kind === "evaluate" ? "evaluate" : "other";
    const rest = restOf(moment, sentenceWords(now), now.detail, (performance.now() - shown) * speed);
    timer = window.setTimeout(() => (state.step >= last() ? go(0) : go(state.step + 1, true)), rest / speed);
  }

  function go(to = 0, animated = false) {
    const from = state.step;
    cut();
    clearTimeout(timer);
    goAsFar(player, Math.max(0, Math.min(to, last())));
    state.switched = false;
    // In a room what is inspected hides the sentence, until there is a new one.
    if (state.step !== from && player.box.matches(".gad-room.gad-show")) player.unpick(false);
    const { current } = player.now();
    const moves = animated && state.step === from + 1 && !state.asked && !quiet.matches;
    const motion = moves ? choreograph(current, player.view(), (id) => pillText(player, id)) : null;
    if (motion) state.hold = current.writes;
    shown = performance.now();
    player.render(true);
    player.tell();
    // While it plays, the next step would cut each sentence short.
    if (!state.playing) player.announce(stepWords(player.now()));
    if (motion) animate(motion);
    else goOn();
  }

  /** @param {{ms: number, draw: (t: number) => void}} motion */
  function animate(motion) {
    const start = performance.now();
    const tick = (time = start) => {
      const t = (time - start) * state.speed;
      if (t > motion.ms) return (cut(), player.render());
      motion.draw(t);
      frame = requestAnimationFrame(tick);
    };
    tick();
  }

  function setPlaying(on = true, until = -1) {
    [state.playing, state.until] = [on, until];
    clearTimeout(timer);
    if (on && state.led) return player.repaint();
    if (on) player.sight.show();
    if (on) go(state.step >= last() ? 0 : state.step + 1, true);
    else (cut(), player.render(), player.announce("Paused. " + stepWords(player.now())));
    player.tell();
  }

  /** Play from here until a step, from the start where that is past. */
  function runTo(to = -1) {
    cut();
    if (to <= position()) state.step = -1;
    state.led = false;
    setPlaying(true, to);
  }

  /** What the buttons and the keys do. */
  const acts = {
    first: () => go(0),
    back: () => go(position() - 1),
    play: () => ((state.led &&= state.playing), setPlaying(!state.playing)),
    next: () => go(state.step + 1, true),
    last: () => go(last()),
  };
  return { go, cut, setPlaying, runTo, acts, halt: () => clearTimeout(timer) };
}
