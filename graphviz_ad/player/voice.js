// @ts-check
// What is said to who does not see the page.
/** @import { Fragment } from "./film" */
/** @import { Now, Player } from "./panel" */
import { make } from "./elements.js";
import { fragmentsOf, sentenceOf } from "./words.js";

/** Make the live region; `announce` says words once the dust has settled. */
export function makeVoice() {
  const node = make("p", { class: "gad-live", role: "status", "aria-live": "polite" });
  let spoken = 0;
  function announce(words = "") {
    if (!words) return;
    clearTimeout(spoken);
    spoken = window.setTimeout(() => (node.textContent = words), 150);
  }
  return { node, announce, hush: () => clearTimeout(spoken) };
}

/** What the step that is shown says. @param {Now} now */
export function sentenceWords({ scene, step, current, asked, here, detail, text }) {
  const own = here.remarks.filter((one) => one.step === step);
  const sentence = own.some(({ alone }) => alone) ? [] : sentenceOf(scene, current, detail);
  const told = asked ? fragmentsOf(scene, asked.text) : [...sentence, ...own.flatMap(({ words }) => [" ", ...words])];
  return spoken(told, text);
}

/** The step that is shown, in words. @param {Now} now */
export const stepWords = (now) => `Step ${now.step + 1} of ${now.last + 1}. ${sentenceWords(now)}`;

/** Fragments as they are said. @param {Fragment[]} fragments @param {(q: number) => string} text */
export const spoken = (fragments, text) =>
  fragments.map((part) => (typeof part === "string" ? part : "t" in part ? part.t : text(part.q).trimEnd())).join("");
