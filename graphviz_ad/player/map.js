// @ts-check
// The map of a graph that is larger than its pane.
/** @import { Now, Player, View } from "./panel" */
import { mapSize } from "./camera.js";
import { attr, make } from "./elements.js";

/** The map: cards as bars, and a window where the pane is. @param {Player} player */
export function makeMap({ box, sight, view }) {
  const pane = () => box.querySelector(".gad-pane");
  const node = make("div", { class: "gad-map", "aria-hidden": "true", hidden: "" });
  const frame = make("s:rect", { class: "gad-window" });
  /** @type {View | null} */
  let drawn = null;
  let laid = "";
  /** @type {Map<string, any>} */
  let bars = new Map();

  /** The cards of a picture, once. @param {Now} now */
  function draw({ scene: { width, height, rows } }) {
    const shown = view();
    if (drawn === shown) return;
    drawn = shown;
    const cards = rows.map((row) => "n" + row.node).filter((id) => shown.nodes.has(id));
    bars = new Map(
      cards.map((id) => {
        const { x, y, width: wide, height: tall } = shown.nodes.get(id).querySelector(":scope > .bg").getBBox();
        return [id, make("s:rect", { x, y, width: wide, height: tall })];
      }),
    );
    const { x, y } = shown.svg.viewBox.baseVal;
    const map = make("s:svg", { viewBox: `${x} ${y} ${width} ${height}`, preserveAspectRatio: "none" });
    map.append(...bars.values(), frame);
    node.replaceChildren(map);
  }
  /** Lay the window where the pane is. */
  function look() {
    if (node.hidden) return;
    const { x, y } = view().svg.viewBox.baseVal;
    const [seen, whole, scale] = [pane().getBoundingClientRect(), view().svg.getBoundingClientRect(), sight.scale()];
    const left = Math.max(0, seen.left - whole.left);
    const top = Math.max(0, seen.top - whole.top);
    attr(frame, "x", x + left / scale);
    attr(frame, "y", y + top / scale);
    attr(
      frame,
      "width",
      Math.min(whole.right - whole.left - left, seen.right - Math.max(seen.left, whole.left)) / scale,
    );
    attr(
      frame,
      "height",
      Math.min(whole.bottom - whole.top - top, seen.bottom - Math.max(seen.top, whole.top)) / scale,
    );
  }
  /** Show it where it is needed, as large as the pane allows. @param {Now} now */
  function resize(now) {
    laid = `${now.number} ${sight.scale()} ${sight.beyond()}`;
    node.hidden = !sight.beyond();
    pane().style.paddingBottom = "";
    if (node.hidden) return;
    draw(now);
    mark(now);
    const { clientWidth: width, clientHeight: height } = pane();
    const size = mapSize(now.scene, { width, height });
    node.style.width = size.width + "px";
    node.style.height = size.height + "px";
    // Whatever is below right can be brought above it.
    pane().style.paddingBottom = size.height + 24 + "px";
    look();
  }
  /** @param {any} event */
  function go({ clientX, clientY, buttons }) {
    if (!buttons) return;
    const { left, top, width, height } = node.getBoundingClientRect();
    const [seen, whole] = [pane().getBoundingClientRect(), view().svg.getBoundingClientRect()];
    const across = whole.left + ((clientX - left) / width) * whole.width - (seen.left + seen.right) / 2;
    sight.pan(across, whole.top + ((clientY - top) / height) * whole.height - (seen.top + seen.bottom) / 2);
  }
  node.addEventListener("pointerdown", (/** @type {any} */ event) => {
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    go(event);
  });
  node.addEventListener("pointermove", go);
  /** After a zoom too. @param {Now} now */
  function paint(now) {
    const size = `${now.number} ${sight.scale()} ${sight.beyond()}`;
    if (size !== laid) resize(now);
    if (now.fresh) mark(now);
  }
  /** Light the card of the step. @param {Now} now */
  function mark({ current }) {
    for (const [id, bar] of bars) attr(bar, "class", id === "n" + current.node ? "now" : "");
  }
  return { node, resize, look, paint };
}
