// @ts-check
// What happens when a reader moves sliders, with one of them or on the map.
/** @import { Player } from "./panel" */

/** Put sliders at stops of theirs, by their numbers. @param {Player} player @param {Record<number, number>} stops */
export function moveTo({ cut, state, render, tell }, stops) {
  cut();
  state.exactly = null;
  for (const [k, i] of Object.entries(stops)) state.index[Number(k)] = i;
  state.active = Object.keys(stops).length > 1 ? state.active : Number(Object.keys(stops)[0]);
  render();
  tell();
}
