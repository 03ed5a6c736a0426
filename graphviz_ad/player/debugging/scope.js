// @ts-check
// The dotted frame around the cards that a call has made, with the function's name.
/** @import { Debug, Step } from "../film" */
/** @import { Now, Player } from "../panel" */
import { make } from "../elements.js";
import { wayAt } from "./moving.js";

/** Between cards and frame, and below them for the name. */
const PADDING = 11;
const NAME = 17;

/** @typedef {{left: number, top: number, right: number, bottom: number}} Edges */

/** @param {any} card @returns {Edges} */
function cardEdges(card) {
  const { x, y, width, height } = card.getBBox();
  return { left: x - PADDING, top: y - PADDING, right: x + width + PADDING, bottom: y + height + PADDING };
}
/** @param {Edges[]} all @returns {Edges} */
const hullOf = (all) => ({
  left: Math.min(...all.map(({ left }) => left)),
  top: Math.min(...all.map(({ top }) => top)),
  right: Math.max(...all.map(({ right }) => right)),
  bottom: Math.max(...all.map(({ bottom }) => bottom)),
});
/** @param {Edges} a @param {Edges} b */
const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** The nodes that were made under a call. @param {Debug} debug @param {Step[]} steps */
const madeUnder = (debug, steps, call = 0) =>
  steps.flatMap(({ kind, node }, at) =>
    kind === "evaluate" && wayAt(debug, at).some((place) => place.call === call) ? [node] : [],
  );

/** Frame what the innermost call of a step has made; where other cards stand in between, card by card.
 * @param {Player} player @param {Debug} debug @param {Now} now */
export function frameCall({ view }, debug, { step, scene }) {
  const { nodes, svg } = view();
  svg.querySelector(".gad-call")?.remove();
  const way = wayAt(debug, step);
  const own = way.at(-1);
  if (way.length < 2 || !own) return;
  const inside = madeUnder(debug, scene.steps, own.call);
  const cards = scene.rows.map(({ node }) => ({ node, card: nodes.get("n" + node) })).filter(({ card }) => card);
  const [mine, others] = [true, false].map((is) =>
    cards.filter(({ node }) => inside.includes(node) === is).map(({ card }) => cardEdges(card)),
  );
  if (!mine.length) return;
  const whole = hullOf(mine);
  whole.bottom += NAME;
  // Others are as large as they are drawn.
  const isFree = !others.some((one) =>
    meet(hullOf([one]), {
      ...whole,
      left: whole.left + PADDING,
      top: whole.top + PADDING,
      right: whole.right - PADDING,
      bottom: whole.bottom - PADDING,
    }),
  );
  const { x, y, width, height } = svg.viewBox.baseVal;
  const frames = (isFree ? [whole] : mine).map((one) => ({
    left: Math.max(one.left, x + 1),
    top: Math.max(one.top, y + 1),
    right: Math.min(one.right, x + width - 1),
    bottom: Math.min(one.bottom, y + height - 1),
  }));
  const group = make("s:g", { class: "gad-call", "aria-hidden": "true" });
  for (const { left, top, right, bottom } of frames)
    group.append(make("s:rect", { x: left, y: top, width: right - left, height: bottom - top, rx: 6 }));
  const { left, bottom } = frames[frames.length - 1];
  const name = { x: left + 9, y: bottom - 8, "font-size": 13, "data-font": "mono" };
  if (isFree) group.append(make("s:text", name, own.of));
  svg.querySelector(".edge, .node").before(group);
}
