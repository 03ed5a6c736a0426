// @ts-check
// Scrolling: what is spoken of comes into sight, and what goes on beyond an edge fades there.

/** Scroll a box, and nothing around it, until a line of it shows, below a head and above what fades at its lower edge.
 * @param {any} scroller @param {any} line */
export function keep(scroller, line, head = 0, foot = 8) {
  const over = line.offsetTop - scroller.scrollTop;
  const below = over + line.offsetHeight + foot - scroller.clientHeight;
  scroller.scrollTop += Math.min(0, over - head) + Math.max(0, below);
}

/** Let boxes fade where they go on beyond an edge. @param {Iterable<any>} nodes */
export function fade(nodes) {
  for (const node of nodes) {
    const { scrollLeft, scrollTop } = node;
    // What is empty below a graph, so that its map covers nothing, does not go on.
    const empty = parseFloat(node.style?.paddingBottom) || 0;
    const goesOn = {
      before: scrollLeft > 8,
      more: node.scrollWidth - node.clientWidth - scrollLeft > 1,
      above: scrollTop > 2,
      below: node.scrollHeight - node.clientHeight - scrollTop - empty > 2,
    };
    for (const [name, on] of Object.entries(goesOn)) node.classList.toggle(name, on);
  }
}

/** What has nothing to scroll is no stop of the tab key. @param {any} node */
export function tabStop(node) {
  const scrolls = node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight;
  if (scrolls !== (node.tabIndex === 0)) node.tabIndex = scrolls ? 0 : -1;
}
