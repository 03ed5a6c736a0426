// @ts-check
// Waiting for a stop that is not known. What is shown stays together until it comes, or until that takes long.
/** @import { Player } from "./panel" */
import { stopAt } from "./state.js";

/** After so many milliseconds without an answer the page says that it waits. */
const LATE = 300;

/** Make what asks for stops. @param {Player} player */
export function makeWaiting(player) {
  const { state, reel, options } = player;
  let patience = 0;
  let asked = -1;
  const missing = () => (options.alone?.() ? "Not computed, and Python does not answer." : "Waiting for Python.");
  function giveWord() {
    state.late = true;
    player.announce(missing());
    player.render();
  }
  /** Ask for the stop at which the sliders are, unless it is known. */
  function ask(known = true) {
    const stop = stopAt(reel, state.index);
    if (known) {
      clearTimeout(patience);
      [patience, asked, state.late] = [0, -1, false];
      return;
    }
    if (asked !== stop) options.ask?.((asked = stop), state.active);
    patience ||= window.setTimeout(giveWord, LATE);
  }
  return { missing, ask, end: () => clearTimeout(patience) };
}
