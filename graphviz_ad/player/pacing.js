// @ts-check
// How long a step stays while the story plays: a moment, and for a beginner as long as its sentence takes to read.
/** @import { Detail } from "./film" */

/** So many milliseconds a step stays after all has come to rest, at the speed 1. */
const MOMENTS = { evaluate: 800, other: 1200, end: 2400 };
/** At 200 words a minute a word takes so long; no sentence holds the story up for longer than the second. */
const [PER_WORD, AT_MOST] = [300, 15000];

/** What the speed is a multiple of. @param {Detail} detail */
export const paceOf = (detail) =>
  detail === "beginner" ? "At 1× a step stays until it can be read" : "At 1× a step takes one or two seconds";

/** How long a step goes on staying, which was shown `since` so many milliseconds, at the speed 1.
 * @param {keyof typeof MOMENTS} moment @param {string} words @param {Detail} detail */
export function restOf(moment, words, detail, since = 0) {
  const reading = Math.min(AT_MOST, PER_WORD * words.split(/\s+/).length);
  return Math.max(MOMENTS[moment], detail === "beginner" ? reading - since : 0);
}
