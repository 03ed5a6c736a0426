// @ts-check
// Which panels are shown, and how those that are left fill the box.
/** @import { Panel, Part } from "./panel" */

/** What a person may turn on. */
const GROUPS = ["graph", "curve", "formula", "code", "steps"];

/** Show the panels of these groups: no column stands empty, and the sliders always stay.
 * @param {any} box @param {(Panel & Part)[]} panels @param {string[]} groups */
export function arrange(box, panels, groups = GROUPS) {
  const find = (word = "") => box.querySelector(".gad-" + word);
  const curve = find("curve");
  const code = find("code");
  const has = (name = "") => groups.includes(name) && (name === "curve" ? !!curve : name !== "code" || !!code);
  const focus = box.getRootNode().activeElement;
  for (const { group, nodes } of panels) if (group) for (const node of nodes) node.hidden = !has(group);
  find("graph").hidden = !has("graph");
  // These are for the style sheet: what is left takes other places.
  for (const name of ["graph", "curve", "formula"]) box.classList.toggle("no-" + name, !has(name));
  box.classList.toggle("gad-solo", !has("curve") && !has("formula") && !has("code"));
  // Without their plot the sliders are a strip across the box.
  const slides = has("curve") ? curve : find("strip");
  for (const slide of box.querySelectorAll(".gad-slide")) if (slide.parentNode !== slides) slides.append(slide);
  settle(box);
  // What moved has lost it.
  if (box.contains(focus)) focus.focus({ preventScroll: true });
}

/** Put code and table into the column in which the style sheet has room for them, and hide columns that are empty.
 * @param {any} box */
export function settle(box) {
  const find = (word = "") => box.querySelector(".gad-" + word);
  const [left, right, step, code, table] = ["left", "right", "step", "code", "table"].map(find);
  const shown = (/** @type {any} */ node) => !!node && !node.hidden;
  // Without a right column all but the sentence is on the left; where no plot is beside the graph the code is on the
  // right.
  right.hidden = false;
  const single = getComputedStyle(right).display === "contents";
  const beside = !single && shown(find("graph")) && !shown(find("curve"));
  if (code && (code.parentNode === left) === beside) beside ? step.after(code) : left.append(code);
  if ((table.parentNode === left) !== single) single ? left.append(table) : find("inspector").before(table);
  left.hidden = ![...left.children].some(shown);
  right.hidden = !single && ![...right.children].some(shown);
}
