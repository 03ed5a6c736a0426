// @ts-check
// The state of a player, and what is shown at a moment.
/** @import { Film, Place, Reel, Settings } from "./film" */
/** @import { Now, Player, PlayerState } from "./panel" */
import { inline, flags } from "./numbers.js";
import { madeOn } from "./spans.js";
import { carryPick } from "./picks.js";
import { carryStep, entryAt } from "./timeline.js";

/** The stop at which the sliders are. @param {Reel} reel @param {number[]} index */
export const stopAt = ({ strides }, index) => index.reduce((all, i, k) => all + i * strides[k], 0);

/** Put the sliders at a stop. @param {Reel} reel @param {PlayerState} state */
export function aim({ values, grids }, { index }, stop = 0) {
  values(stop).forEach((value, k) => (index[k] = grids[k].indexOf(value)));
}

/** The place at which the sliders are, where it is known. @param {Reel} reel @param {PlayerState} state */
const wanted = (reel, { exactly, index }) => exactly ?? reel.find(stopAt(reel, index));

/** Make the state in which a film is opened. @param {Film} film @param {Reel} reel @returns {PlayerState} */
export function makeState({ sliders, reveal = "all", presentation = false }, reel) {
  const index = sliders.map((slider) => slider.start);
  const here = [stopAt(reel, index), ...reel.stops()].map(reel.find).find((place) => place && place.scene >= 0);
  if (!here) throw new Error("The film holds no stop at which f gave a number.");
  const place = { index, exactly: null, here, scene: here.scene, shown: -1, active: 0 };
  const story = {
    asked: null,
    step: reel.scenes[here.scene].steps.length - 1,
    playing: false,
    led: false,
    speed: 1,
    loop: false,
  };
  const marks = { until: -1, hold: "", picked: "", pointed: "", stuck: "" };
  return {
    ...place,
    ...story,
    ...marks,
    switched: false,
    moved: false,
    late: false,
    sampling: null,
    presentation,
    reveal,
    detail: "standard",
    print: "step",
    groups: null,
    remark: "",
    measured: "",
    zoom: "readable",
    follows: true,
  };
}

/** Take over how it is shown. @param {PlayerState} state @param {Settings} to */
export function adopt(state, { reveal, sampling, speed, loop, detail, print, remark }) {
  // Longer sentences need more room.
  if (detail && detail !== state.detail) state.measured = "";
  state.reveal = reveal ?? state.reveal;
  state.sampling = sampling ?? state.sampling;
  state.speed = speed || state.speed;
  state.loop = loop ?? state.loop;
  state.detail = detail || state.detail;
  state.print = print ?? state.print;
  state.remark = remark ?? state.remark;
}

/** As one slider moves, let the others go back to the lines that were sampled.
 * @param {Film} film @param {Reel} reel @param {PlayerState} state */
function keepToLines({ sliders, lines }, reel, { index, active, exactly }) {
  if (!lines || exactly || reel.find(stopAt(reel, index))) return;
  sliders.forEach(({ start }, k) => (index[k] = k === active ? index[k] : start));
}

/** Go to a step; in a quiz no further than to the first open question. Returns whether another one is asked then.
 * @param {Player} player */
export function goAsFar({ state, quiz }, to = 0) {
  const before = [state.step, state.asked];
  state.step = quiz ? quiz.gate(to) : to;
  state.asked = quiz?.asked() ?? null;
  return !!quiz && (state.step !== before[0] || state.asked !== before[1]);
}

/** Move on to the place of the sliders, where f gave numbers there. @param {Player} player
 * @returns {{known: boolean, entered: boolean, opened: boolean}} whether the place is known, whether its graph is
 * another one, and whether something else is asked there */
export function advance(player) {
  const { film, reel, state } = player;
  const { scenes } = reel;
  keepToLines(film, reel, state);
  const at = wanted(reel, state);
  if (at && at.scene >= 0) state.here = at;
  const from = state.shown;
  const to = state.here.scene;
  const entered = from !== to;
  state.moved = from >= 0 && entered;
  state.scene = state.shown = to;
  if (state.moved) {
    state.step = carryStep(state.step, scenes[from].steps.length - 1, scenes[to].steps.length - 1);
    if (state.picked) state.picked = carryPick(scenes[from], scenes[to], state.picked);
    state.switched = true;
  }
  if (entered) [state.pointed, state.stuck, state.until] = ["", "", -1];
  return { known: !!at, entered, opened: goAsFar(player, state.step) };
}

/** What is shown now. @param {Player} player @returns {Now} */
export function look({ reel, state, quiz }, fresh = false, entered = false) {
  const scene = reel.scenes[state.scene];
  const { here, hold, pointed } = state;
  const { table, base } = here;
  const last = scene.steps.length - 1;
  const step = Math.min(state.step, last);
  const at = wanted(reel, state);
  const stop = stopAt(reel, state.index);
  const there = state.exactly?.values ?? reel.values(stop);
  const held = state.asked && quiz ? quiz.withheld(scene.steps[step]) : [hold];
  return {
    ...state,
    scene,
    number: state.scene,
    fresh,
    entered,
    at,
    stop,
    last,
    step,
    current: scene.steps[step],
    raised: !!at && at.scene < 0,
    values: at || state.late ? there : here.values,
    lit: [pointed, pointed + "_g", pointed + "_c", ...madeOn(scene, Number(pointed))],
    entry: (id) => entryAt(scene.parts[id].timeline, held.includes(id) ? step - 1 : state.step),
    text: (q) => inline(scene.quantities[q], table, base),
    flags: (q) => flags(scene.quantities[q], table, base, here.drawn(q)),
  };
}
