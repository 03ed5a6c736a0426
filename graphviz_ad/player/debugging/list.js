// @ts-check
// The list of the breakpoints: each is switched or taken away, and a field adds one.
/** @import { Debug, Step } from "../film" */
/** @import { Now } from "../panel" */
/** @import { Points } from "./points.js" */
import { attr, make, put } from "../elements.js";
import { suppress } from "../keys.js";
import { breakIcon } from "./glyphs.js";
import { Complaint } from "./grammar.js";
import { breakAt } from "./hitting.js";

/** The list of the breakpoints, and the field that adds one.
 * @param {Debug} debug @param {Step[]} steps @param {Points} points */
export function makeList(debug, steps, points) {
  const rows = make("ul");
  const field = make("input", { "aria-label": "Add a breakpoint", placeholder: "line, name, operation, if …" });
  const form = make("form", {}, field, make("button", { type: "submit" }, "Break"));
  const said = make("p", { class: "gad-said", role: "status" });
  const title = make("h3", { "aria-level": 2 }, "Breakpoints");
  const node = make("section", { class: "gad-points", "aria-label": "Breakpoints" }, title, rows, form, said);
  for (const part of form.children) suppress(part);
  form.addEventListener("submit", (/** @type {any} */ event) => {
    event.preventDefault();
    try {
      points.toggle(breakAt(debug, steps, field.value));
      field.value = "";
      put(said, "");
    } catch (error) {
      if (!(error instanceof Complaint)) throw error;
      put(said, error.message);
    }
  });
  /** Where the focus was when a condition was asked for. @type {any} */
  let asker = null;
  field.addEventListener("keydown", (/** @type {any} */ event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    [field.value, said.textContent] = ["", ""];
    if (asker?.isConnected) asker.focus();
  });
  /** Ask for a condition, of which this is the beginning. @param {any} from what had the focus */
  function ask(text = "", from = null) {
    [asker, field.value] = [from, text];
    put(said, "Such as abs(adjoint) > 1e3, x.adjoint > 1 or np.isnan(value).any(). Enter sets it, Escape leaves.");
    field.focus();
    field.setSelectionRange(text.length, text.length);
    node.scrollIntoView({ block: "nearest" });
  }
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
  return { node, draw, ask };
}
