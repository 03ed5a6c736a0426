// @ts-check
// The veil over what is not known yet: where a film reveals by steps, f and its derivative wait for theirs.
/** @import { Scene } from "../film" */
/** @import { Panel } from "../panel" */

/** The step that finds a quantity: the one that writes it, after which it is known.
 * @param {Scene} scene */
function knownFrom({ parts, steps }, quantity = 0) {
  const entries = Object.values(parts).flatMap(({ timeline }) => timeline.filter((entry) => entry[2] === quantity));
  const from = entries.map(([step, state]) => (state === "known" ? step - 1 : step));
  return from.length ? Math.max(0, Math.min(...from)) : steps.length - 1;
}

/** @type {Panel} */
export const veilPanel = {
  name: "veil",
  place: "bottom",
  build({ box }) {
    /** By scene, the steps that find f and all of its derivatives. @type {Map<Scene, number[]>} */
    const reveals = new Map();
    /** @param {Scene} scene */
    function find(scene) {
      const steps = [knownFrom(scene, scene.output), Math.max(0, ...scene.gradients.map((q) => knownFrom(scene, q)))];
      reveals.set(scene, steps);
      return steps;
    }
    return {
      nodes: [],
      paint({ scene, step, reveal }) {
        const [value, slope] = reveal === "steps" ? (reveals.get(scene) ?? find(scene)) : [0, 0];
        box.classList.toggle("gad-no-value", step < value);
        box.classList.toggle("gad-no-slope", step < slope);
      },
    };
  },
};
