// @ts-check
// Scrolling: what is spoken of comes into sight, and what goes on beyond an edge fades there.
/** @import { Now, View } from "./panel" */

/** Scroll a box, and nothing around it, until a line of it shows. @param {any} scroller @param {any} line */
export function keep(scroller, line, head = 0) {
  const over = line.offsetTop - scroller.scrollTop;
  scroller.scrollTop += Math.min(0, over - head) + Math.max(0, over + line.offsetHeight + 8 - scroller.clientHeight);
}

/** Let boxes fade where they go on beyond the edge. @param {any[]} nodes */
export function fade(nodes) {
  for (const node of nodes) {
    node.classList.toggle("more", node.scrollWidth - node.clientWidth - node.scrollLeft > 8);
    node.classList.toggle("below", node.scrollHeight - node.clientHeight - node.scrollTop > 2);
  }
}

/** What has nothing to scroll is no stop of the tab key. @param {any} node */
export function tabStop(node) {
  node.tabIndex = node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight ? 0 : -1;
}

/** Keep what a step reads and writes in sight where the graph is larger than its pane.
 * @param {any} pane @param {View} view @param {Now} now */
export function follow(pane, { nodes }, { current: { reads, writes } }, smooth = false) {
  const seen = pane.getBoundingClientRect();
  const boxes = [writes, ...reads].flatMap((id) => nodes.get(id)?.getBoundingClientRect() ?? []);
  const [first] = boxes;
  if (!first) return;
  /** @param {"left" | "top"} low @param {"right" | "bottom"} high */
  const shift = (low, high, edge = 0) => {
    let [from, to] = [Math.min(...boxes.map((one) => one[low])), Math.max(...boxes.map((one) => one[high]))];
    if (to - from > seen[high] - seen[low] - 2 * edge) [from, to] = [first[low], first[high]];
    return from < seen[low] + edge || to > seen[high] - edge ? (from + to - seen[low] - seen[high]) / 2 : 0;
  };
  pane.scrollBy({
    left: shift("left", "right"),
    top: shift("top", "bottom", 60),
    behavior: smooth ? "smooth" : "instant",
  });
}
