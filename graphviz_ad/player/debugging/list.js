// @ts-check
// The list of the breakpoints: each is switched or taken away, and a field adds one.
/** @import { Debug } from "../film" */
/** @import { Now } from "../panel" */
/** @import { Points } from "./points.js" */
import { attr, make, put } from "../elements.js";
import { suppress } from "../keys.js";
import { breakIcon } from "./glyphs.js";
import { breakAt } from "./moving.js";

/** The list of the breakpoints, and the field that adds one. @param {Debug} debug @param {Points} points */
export function makeList(debug, points) {
  const rows = make("ul");
  const field = make("input", { "aria-label": "Add a breakpoint", placeholder: "line, name or operation" });
  const form = make("form", {}, field, make("button", { type: "submit" }, "Break"));
  const said = make("p", { class: "gad-said" });
  const title = make("h3", { "aria-level": 2 }, "Breakpoints");
  const node = make("section", { class: "gad-points", "aria-label": "Breakpoints" }, title, rows, form, said);
  for (const part of form.children) suppress(part);
  form.addEventListener("submit", (/** @type {any} */ event) => {
    event.preventDefault();
    const point = breakAt(debug, field.value);
    put(
      said,
      point ? "" : 'Nothing here is called so. A condition is set in Python: breakpoints=["if abs(adjoint) > 1e3"].',
    );
    if (point) (points.toggle(point), (field.value = ""));
  });
  /** @param {Now} now */
  function draw({ step }) {
    rows.replaceChildren(
      ...points.all.map((point) => {
        const { on, words, steps, complaint } = point;
        const hit = on && steps.includes(step);
        const switcher = make(
          "button",
          { type: "button", role: "switch", "aria-checked": String(on) },
          breakIcon(point, hit),
        );
        attr(switcher, "aria-label", words);
        switcher.addEventListener("click", () => points.switchOn(point, !on));
        const drop = make("button", { type: "button", "aria-label": `Take ${words} away` }, "×");
        drop.addEventListener("click", () => (points.remove(point), field.focus()));
        const passed = steps.filter((at) => at <= step).length;
        const state = !on
          ? "off"
          : !steps.length
            ? "never hit"
            : passed
              ? `hit ${passed} of ${steps.length}`
              : `${steps.length} ahead`;
        const more = complaint ? [make("small", {}, complaint)] : [];
        return make(
          "li",
          hit ? { class: "gad-hit" } : {},
          switcher,
          make("span", {}, words, ...more),
          make("i", {}, state),
          drop,
        );
      }),
    );
    for (const button of rows.querySelectorAll("button")) suppress(button);
  }
  return { node, draw };
}
