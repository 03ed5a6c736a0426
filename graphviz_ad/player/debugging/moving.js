// @ts-check
// Moving as a debugger does: over what a line calls, out of a call, on to the next breakpoint that is hit.
/** @import { Debug, DebugPlace, Step } from "../film" */

/** The calls that a step is under, the outermost first. @param {Debug} debug @returns {DebugPlace[]} */
export const wayAt = ({ ways, places }, step = 0) => ways[step].map((at) => places[at]);

/** Whether a step belongs to the way back. @param {Step} step */
export const isBack = ({ kind }) => kind !== "evaluate" && kind !== "raise";

/** The first step after one that is one of these, or that a breakpoint is hit at; else the last.
 * @param {Step[]} steps @param {Set<number>} hits @param {(step: number) => boolean} is */
function firstAfter(steps, from = 0, hits, is) {
  for (let step = from + 1; step < steps.length; step++) if (hits.has(step) || is(step)) return step;
  return steps.length - 1;
}

/** The step that is next on another line of this call, or of who called it.
 * @param {Debug} debug @param {Step[]} steps @param {Set<number>} hits */
export function stepOver(debug, steps, from = 0, hits) {
  const visits = wayAt(debug, from).map(({ visit }) => visit);
  if (!visits.length) return Math.min(from + 1, steps.length - 1);
  return firstAfter(steps, from, hits, (step) => {
    const there = wayAt(debug, step);
    return visits.some((visit, k) => there[k]?.visit !== visit) || isBack(steps[step]) !== isBack(steps[from]);
  });
}

/** The step at which this call is left. @param {Debug} debug @param {Step[]} steps @param {Set<number>} hits */
export function stepOut(debug, steps, from = 0, hits) {
  const own = wayAt(debug, from).at(-1);
  if (!own) return Math.min(from + 1, steps.length - 1);
  return firstAfter(
    steps,
    from,
    hits,
    (step) => !wayAt(debug, step).some(({ call }) => call === own.call) || isBack(steps[step]) !== isBack(steps[from]),
  );
}

/** The next step at which a breakpoint is hit, or the last. @param {Step[]} steps @param {Set<number>} hits */
export const stepOn = (steps, from = 0, hits) => firstAfter(steps, from, hits, () => false);

/** The last step before at which a breakpoint was hit, or the first. @param {Set<number>} hits */
export const stepBack = (from = 0, hits) => Math.max(0, ...[...hits].filter((step) => step < from));
