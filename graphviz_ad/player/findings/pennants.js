// @ts-check
// The signs of findings above the timeline, each at its step.
/** @import { Finding } from "../film" */
import { make } from "../elements.js";
import { layMarks } from "../timeline.js";

const SIGN_SIZE = 13;

/** Draw the signs over a timeline. @param {any} time @param {Finding[]} findings @param {number} count of steps */
export function drawPennants(time, findings, count) {
  time.querySelector(".gad-pennants")?.remove();
  const wide = time.querySelector("input")?.clientWidth || 300;
  const { at } = layMarks(count, wide, 11);
  const steps = findings.map(({ step }) => step);
  const signs = findings
    .filter(({ step }, i) => steps.indexOf(step) === i)
    .map(({ step, sign: [solid, line], tone }) => {
      const place = `translate(${at[step] - SIGN_SIZE / 2} 0) scale(${SIGN_SIZE / 20})`;
      const group = make("s:g", { class: tone, transform: place });
      if (solid) group.append(make("s:path", { d: solid, "fill-rule": "evenodd" }));
      if (line) group.append(make("s:path", { d: line, class: "gad-stroke" }));
      return group;
    });
  time.append(
    make("s:svg", { class: "gad-pennants", viewBox: `0 0 ${wide} ${SIGN_SIZE}`, "aria-hidden": "true" }, ...signs),
  );
}
