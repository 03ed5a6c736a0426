// @ts-check
// How places along the sliders are written.
/** @import { Player } from "./panel" */
import { MINUS, exact, write } from "./numbers.js";

/** The value of a slider, as its stops are written; in full where it is none of them. @param {Player} player */
export function sliderText({ film, reel }, k = 0, value = 0) {
  if (reel.grids[k].includes(value)) return write(value, film.sliders[k].format);
  return exact(value).replaceAll("-", MINUS);
}

/** A slider with its value, in words. @param {Player} player */
export const sliderWords = (player, k = 0, value = 0) =>
  `${player.film.sliders[k].name} = ${sliderText(player, k, value).trimEnd()}`;

/** All sliders with their values. @param {Player} player @param {number[]} values */
export const placeWords = (player, values) => values.map((value, k) => sliderWords(player, k, value)).join(", ");
