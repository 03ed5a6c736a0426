// @ts-check
// The mended run in the place of the one that went wrong, and back again: its graph, numbers, formulas, code and story.
/** @import { Place } from "../film" */
/** @import { Player } from "../panel" */

/** Where a step is among others, the last before it where it is not there itself. @param {number[]} steps */
const carriedTo = (steps, to = 0) =>
  Math.max(
    0,
    steps.findLastIndex((step) => step <= to),
  );

/** Make what turns from one run to the other. @param {Player} player */
export function makeMending(player) {
  const { film, reel, state } = player;
  const runs = film.mended ?? [];
  /** Each is opened once. @type {Place[]} */
  const places = [];
  /** Where the story was turned, and where it went on: turned back at once, it stands there again. */
  let turned = [-1, -1];
  const shown = () => runs.findIndex(({ film: own }) => own === reel.scenes[state.scene].own);

  /** @param {Place | null} place */
  function turn(place, step = 0, words = "") {
    if (state.playing) player.setPlaying(false);
    player.unpick();
    turned = [state.step, step];
    state.exactly = place;
    state.remark = "";
    player.render();
    player.go(step);
    player.announce(words);
  }
  function undo() {
    const [before, after] = turned;
    const steps = runs[shown()]?.steps;
    if (!steps) return;
    const ended = state.step >= reel.scenes[state.scene].steps.length - 1;
    const step = state.step === after ? before : ended ? steps.length - 1 : carriedTo(steps, state.step);
    turn(null, step, "As it was.");
  }
  /** Show a mended run; where it is shown, the run that went wrong. */
  function toggle(k = -1) {
    const was = shown();
    if (was >= 0) undo();
    if (was < 0 && !runs[k]) player.announce("No mended run is shown for this finding.");
    if (!runs[k] || was === k) return;
    const { film: own, steps, lines } = runs[k];
    places[k] ??= reel.join(own);
    const which = lines.length > 1 ? `lines ${lines.join(", ")} are` : `line ${lines[0]} is`;
    const value = reel.scenes[places[k].scene].output;
    turn(places[k], steps[Math.min(state.step, steps.length - 1)], `Mended: ${which} changed.`);
    player.announce(`Mended: ${which} changed, ${player.name} is ${player.now().text(value)}.`);
  }
  return { shown, toggle, carried: (step = 0) => runs[shown()]?.steps[step] ?? step };
}
