// @ts-check
// What is not known yet at a step: f, and its derivatives.
/** @import { Film, Scene } from "./film" */
/** @import { Now } from "./panel" */

/** The step that finds a quantity: the one that writes it, after which it is known.
 * @param {Scene} scene */
function knownFrom({ parts, steps }, quantity = 0) {
  const entries = Object.values(parts).flatMap(({ timeline }) => timeline.filter((entry) => entry[2] === quantity));
  const from = entries.map(([step, state]) => (state === "known" ? step - 1 : step));
  return from.length ? Math.max(0, Math.min(...from)) : steps.length - 1;
}

/** By scene, the steps that find f and all of its derivatives. @type {WeakMap<Scene, number[]>} */
const finders = new WeakMap();
/** @param {Scene} scene */
function findersOf(scene) {
  const known = finders.get(scene);
  if (known) return known;
  const slopes = scene.gradients.map((q) => knownFrom(scene, q));
  const steps = [knownFrom(scene, scene.output), Math.max(0, ...slopes)];
  finders.set(scene, steps);
  return steps;
}

/** Whether f, and whether a derivative of it, is yet to be found. @param {Now} now @param {Film} film */
export function lacks({ scene, step, asked, reveal }, { quiz }) {
  if (!quiz && reveal !== "steps") return { value: false, slope: false };
  const [value, slope] = findersOf(scene);
  return { value: reveal === "steps" && step < value, slope: step < slope || (!!asked && step === slope) };
}
