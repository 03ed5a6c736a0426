// @ts-check
// The veil over what is not known yet: where a film reveals by steps, f and its derivative wait for theirs; in a quiz
// the derivative waits for its answer.
/** @import { Panel } from "../panel" */
import { lacks } from "../lacking.js";

/** @type {Panel} */
export const veilPanel = {
  name: "veil",
  place: "bottom",
  build({ box, film }) {
    return {
      nodes: [],
      paint(now) {
        const { value, slope } = lacks(now, film);
        box.classList.toggle("gad-no-value", value);
        box.classList.toggle("gad-no-slope", slope);
      },
    };
  },
};
