// @ts-check
// Panels: which are shown, and how those that are left fill the box.

export const PANELS = ["graph", "curve", "formula", "code", "steps"];

/** Show these panels: no column stands empty, and the sliders always stay. @param {any} box @param {string[]} panels */
export function arrange(box, panels = PANELS) {
  const find = (word = "") => box.querySelector(".gad-" + word), curve = find("curve"), code = find("code");
  const has = (name = "") => panels.includes(name) && (name === "curve" ? !!curve : name !== "code" || !!code);
  const focus = box.getRootNode().activeElement;
  for (const name of PANELS) box.classList.toggle("no-" + name, !has(name));
  box.classList.toggle("gad-solo", !has("curve") && !has("formula") && !has("code"));
  // Without their plot the sliders are a strip across the box, and the code stands below the sentence.
  const slides = has("curve") ? curve : find("strip"), beside = has("graph") && !has("curve"), left = find("left");
  for (const slide of box.querySelectorAll(".gad-slide")) if (slide.parentNode !== slides) slides.append(slide);
  if (code && (code.parentNode === left) === beside) beside ? find("step").after(code) : left.append(code);
  left.hidden = !has("curve") && (beside || !has("code"));
  // What moved has lost it.
  if (box.contains(focus)) focus.focus({ preventScroll: true });
  find("right").hidden = !has("formula") && !has("steps") && !(beside && has("code"));
}
