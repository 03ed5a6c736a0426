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
  // Without their plot the sliders are a strip across the box, and the code stands below the sentence.
  const slides = has("curve") ? curve : find("strip");
  const beside = has("graph") && !has("curve");
  const left = find("left");
  for (const slide of box.querySelectorAll(".gad-slide")) if (slide.parentNode !== slides) slides.append(slide);
  if (code && (code.parentNode === left) === beside) beside ? find("step").after(code) : left.append(code);
  left.hidden = !has("curve") && (beside || !has("code"));
  // What moved has lost it.
  if (box.contains(focus)) focus.focus({ preventScroll: true });
  find("right").hidden = !has("formula") && !has("steps") && !(beside && has("code"));
}
