// @ts-check
// Many elements behind one tab stop: nodes and edges in the graph, rows of the table, lines of the code.
import { attr } from "./elements.js";

/** Make an element one that can be focused, though not by Tab, and pressed. @param {Element} node */
export function pressable(node, label = "", expanded = false) {
  for (const [name, value] of [
    ["role", "button"],
    ["tabindex", "-1"],
    ["aria-expanded", String(expanded)],
    ["data-lm-suppress-shortcuts", "true"],
    ["aria-label", label],
  ])
    if (value) attr(node, name, value);
  return node;
}

/** Let the keys up and down move among the elements of a box, Enter or Space press one, and Escape leave them.
 * @param {any} box what Tab reaches @param {string[]} keys that lead from the box to its elements
 * @param {() => any[]} items @param {() => any} first where to begin
 * @param {(item: any) => void} press @param {() => boolean} leave whether there was something to leave first */
export function rove(box, keys, items, first, press, leave) {
  box.addEventListener("keydown", (/** @type {any} */ event) => {
    const target = event.composedPath()[0];
    const { key } = event;
    const all = items();
    const i = all.indexOf(target);
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || (i < 0 && target !== box)) return;
    const way = { ArrowDown: 1, ArrowUp: -1 }[/** @type {"ArrowUp"} */ (key)];
    if (i < 0 && keys.includes(key)) (first() ?? all[0])?.focus();
    else if (i >= 0 && way) all[i + way]?.focus();
    else if (i >= 0 && (key === "Enter" || key === " ")) press(target);
    else if (i >= 0 && key === "Escape") leave() || box.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
