// @ts-check
// The steps along the time: which entry is in force, and where the marks of the timeline stand.
/** @import { Entry } from "./film" */

/** The entry in force at a step. @param {Entry[]} timeline */
export const entryAt = (timeline, step = 0) => timeline.findLast((entry) => entry[0] <= step) ?? timeline[0];

/** As far along in a scene whose last step is `other`. */
export const carryStep = (step = 0, last = 0, other = 0) => (step >= last ? other : Math.round((step / last) * other));

export const MARKS = {
  evaluate: "M-1-.8h2l-1 1.7z",
  seed: "M0-1.3l1.3 1.3-1.3 1.3-1.3-1.3z",
  local: "M-1 .8h2l-1-1.7z",
  push: "M0 1.5c-.34-.68-1.13-1.13-1.13-1.87c0-.62.51-1.13 1.13-1.13c.62 0 1.13.51 1.13 1.13c0 .74-.79 1.19-1.13 1.87z",
  raise: "M-1.3-1.7l1.3 1.3 1.3-1.3.4.4-1.3 1.3 1.3 1.3-.4.4-1.3-1.3-1.3 1.3-.4-.4 1.3-1.3-1.3-1.3z",
  accumulate: "M-.45-1.2h.9v.75h.75v.9h-.75v.75h-.9v-.75h-.75v-.9h.75z",
};

/** Where marks of all steps would crowd, these keep theirs: the rail tells the others. */
const TURNS = ["seed", "accumulate", "raise"];
/** So large, at most, is a mark that would crowd. */
const CROWDED = 3.6;

/** Whether a step of a kind has a mark of its own, where marks have a size. */
export const hasMark = (kind = "", size = 5) => size > CROWDED || (size ? TURNS.includes(kind) : kind === "seed");

/** The places and the size of the timeline's marks; `edge` is half a thumb. */
export function layMarks(count = 1, width = 300, edge = 11) {
  const gap = count > 1 ? (width - 2 * edge) / (count - 1) : 0;
  const size = count > 1 ? Math.min(5, gap * 0.36) : 5;
  return {
    at: Array.from({ length: count }, (_, i) => edge + i * gap),
    size: size < 1.8 ? 0 : Math.max(CROWDED, size),
  };
}
