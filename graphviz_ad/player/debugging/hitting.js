// @ts-check
// Breakpoints as they are typed in the page, and the steps at which they are hit: the twin of
// debugging/stepping/breakpoints.py.
/** @import { BreakPoint, Debug, Step } from "../film" */
/** @import { Tree } from "./grammar.js" */
import { Complaint, namesIn, readExpression } from "./grammar.js";
import { NotYet, isOfStep, momentOf } from "./knowing.js";
import { isBack, wayAt } from "./moving.js";
import { isTrue, reckon } from "./reckoning.js";

const TYPED = /^(.*?)(?:(?:^(?=\w+(?:\s+if\b|,))|[\s,]+)(forward|back))?(?:(?:(?:\s+|^|,\s*)if\b|,)(.*))?$/;

/** The node that a step computes, or goes back through. @param {Step} step */
const actorOf = ({ edge, node }) => (edge ? edge[0] : node);

/** Which calls a step is under that are at a line of the code. @param {Debug} debug */
const onLine = (debug, step = 0, line = 0) => wayAt(debug, step).filter((place) => place.shown && place.line === line);

/** Whether a step is where, and of what, a breakpoint is.
 * @param {Debug} debug @param {Step[]} steps @param {BreakPoint} point */
function matches(debug, steps, { line, node, operation, direction }, step = 0) {
  const own = steps[step];
  if (direction && isBack(own) !== (direction === "back")) return false;
  if (line !== undefined && !onLine(debug, step, line).length) return false;
  if (node !== undefined && debug.of[step] !== node) return false;
  return operation === undefined || (own.kind !== "seed" && debug.nodes[actorOf(own)].primitive === operation);
}

/** Whether what lasts for several steps begins with this one.
 * @param {Debug} debug @param {Step[]} steps @param {BreakPoint} point */
function beginsAnew(debug, steps, { line, node, operation }, step = 0) {
  const [own, last] = [steps[step], steps[step - 1]];
  if (!last || isBack(own) !== isBack(last) || node !== undefined) return true;
  const before = wayAt(debug, step - 1).map(({ visit }) => visit);
  if (line !== undefined && onLine(debug, step, line).some(({ visit }) => !before.includes(visit))) return true;
  return operation !== undefined && (actorOf(own) !== actorOf(last) || last.kind === "seed");
}

/** The steps at which a breakpoint is hit, and what its condition complained of.
 * @param {Debug} debug @param {Step[]} steps @param {BreakPoint} point @param {Tree | null} tree */
export function hitsOf(debug, steps, point, tree) {
  const lasts = tree && !isOfStep(debug, namesIn(tree));
  let [held, complaint] = [false, ""];
  const hits = steps.flatMap((_, step) => {
    if (!matches(debug, steps, point, step)) return [];
    if (!tree) return beginsAnew(debug, steps, point, step) ? [step] : [];
    if (debug.of[step] === null) return [];
    const before = held;
    try {
      held = isTrue(reckon(tree, momentOf(debug, step)));
    } catch (error) {
      held = false;
      if (!(error instanceof NotYet)) complaint ||= `at step ${step + 1}: ${/** @type {Error} */ (error).message}`;
    }
    return held && !(lasts && before) ? [step] : [];
  });
  return { hits, complaint };
}

/** Where one is to stop. @param {Debug} debug @returns {Partial<BreakPoint>} */
function placeOf({ lines, names, operations, file }, typed = "") {
  const text = typed.replace(/^(np\.|every )/, "");
  const line = Number(text.replace(/^line /, "").replace(`${file}:`, ""));
  if (lines.includes(line)) return { words: `line ${line}`, line };
  if (Object.hasOwn(names, text)) return { words: text, node: names[text] };
  if (operations.includes(text)) return { words: `every ${text}`, operation: text };
  if (line)
    throw new Complaint(
      lines.length
        ? `Nothing was recorded on line ${line}; lines ${lines.join(", ")} have something.`
        : "No line of this code is shown.",
    );
  throw new Complaint(
    `Nothing here is called “${typed}”: no name, and none of the operations ${operations.slice(0, 8).join(", ")}.`,
  );
}

/** What was typed as a breakpoint: a line, a name or an operation, "forward" or "back", "if" and a condition.
 * @param {Debug} debug @param {Step[]} steps @returns {BreakPoint} */
export function breakAt(debug, steps, typed = "") {
  const [, place = "", way, asked] = TYPED.exec(typed.trim()) ?? [];
  if (!place && asked === undefined) throw new Complaint("Stop where? At a line, a name, an operation, or if …");
  const where = place ? placeOf(debug, place.trim()) : {};
  const tree = asked === undefined ? null : readExpression(asked);
  try {
    // What cannot be asked at the end cannot be asked at all.
    if (tree) reckon(tree, momentOf(debug, steps.length - 1));
  } catch (error) {
    if (!(error instanceof NotYet)) throw error;
  }
  const direction = /** @type {"forward" | "back" | undefined} */ (way);
  const words = [
    ...(where.words ? [where.words] : []),
    ...(way ? [way === "back" ? "going back" : way] : []),
    ...(asked === undefined ? [] : [`if ${asked.trim()}`]),
  ].join(", ");
  const point = { ...where, words, steps: [], ...(way ? { direction } : {}) };
  const { hits, complaint } = hitsOf(debug, steps, point, tree);
  return { ...point, steps: hits, ...(tree ? { condition: true, asked } : {}), ...(complaint ? { complaint } : {}) };
}
