// @ts-check
// Making all fit when the box, or what its host shows of it, has another size.
/** @import { Panel, Part, Player } from "./panel" */
import { settle } from "./arranging.js";
import { makeRoom } from "./room.js";

/** Make what fits the panels into the box. @param {Player} player @param {(Panel & Part)[]} panels
 * @param {() => void} edges lets the regions fade where they go on */
export function makeFitting(player, panels, edges) {
  const { box, state, now } = player;
  const room = makeRoom(player, measure);
  const observer = new ResizeObserver(measure);

  function measure() {
    room.measure();
    const size = `${box.clientWidth} ${box.clientHeight}`;
    // Hidden, or in a box that has no room for it.
    if (box.clientWidth < 120 || size === state.measured) return;
    state.measured = size;
    const shown = now(true);
    settle(box);
    for (const panel of panels) panel.paint?.(shown);
    for (const panel of panels) panel.resize?.(shown);
    for (const panel of panels) panel.settle?.(shown);
    edges();
  }
  return {
    measure,
    observe: () => observer.observe(box),
    stop() {
      observer.disconnect();
      room.stop();
    },
  };
}
