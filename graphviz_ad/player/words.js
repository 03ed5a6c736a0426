// @ts-check
// Sentences at their level of detail, and the words in them that are explained where they are pointed at or focused.
/** @import { Detail, Fragment, Scene, Step } from "./film" */
/** @import { Player } from "./panel" */
import { make, put } from "./elements.js";

/** From the most words to the fewest. @type {Detail[]} */
export const DETAILS = ["beginner", "standard", "expert"];

/** A sentence. @param {Scene} scene @param {number[]} places @returns {Fragment[]} */
export const fragmentsOf = ({ fragments }, places) => places.map((place) => fragments[place]);

/** What a step says. @param {Scene} scene @param {Step} step @param {Detail} detail @returns {Fragment[]} */
export const sentenceOf = (scene, { sentence }, detail) => fragmentsOf(scene, sentence[DETAILS.indexOf(detail)]);

/** A text as its pieces: every second one is a word that is known, or its plural. ∞ is a word, too, of no letters.
 * @param {string} text @param {string[]} words @returns {string[]} */
export function wordsIn(text, words) {
  const known = [...words].sort((a, b) => b.length - a.length);
  return known.length ? text.split(new RegExp(`(?<!\\w)((?:${known.join("|")})s?)(?!\\w)`, "i")) : [text];
}

/** The key of a word as it stands in a text. @param {string} text @param {string[]} words */
const keyOf = (text, words) => words.find((word) => new RegExp(`^${word}s?$`, "i").test(text)) ?? "";

/** Make the words of a film: `mark` makes buttons of them, of each once in a sentence; `named` names its sentence.
 * @param {Player} player */
export function makeWords({ film, box }) {
  const words = film.key?.words ?? {};
  const known = Object.keys(words);
  const own = "gad" + Math.random().toString(36).slice(2, 8);
  const named = (word = "") => `${own}-${known.indexOf(word)}`;
  const tip = make("div", { class: "gad-tip", "aria-hidden": "true", hidden: "" });

  /** Show what a word means, below it. @param {any} node */
  function show(node) {
    put(tip, words[node.dataset.word]);
    tip.hidden = false;
    const [at, frame] = [node.getBoundingClientRect(), box.getBoundingClientRect()];
    const left = Math.max(8, Math.min(at.left - frame.left, box.clientWidth - tip.offsetWidth - 8));
    const below = at.bottom - frame.top + 6;
    const fits = below + tip.offsetHeight < box.clientHeight;
    tip.style.left = left + "px";
    tip.style.top = (fits ? below : at.top - frame.top - tip.offsetHeight - 6) + "px";
  }
  const hide = () => void (tip.hidden = true);

  /** @param {string} text @param {string} word */
  function button(text, word) {
    const attributes = { type: "button", class: "gad-word", "data-word": word, "aria-describedby": named(word) };
    const node = make("button", attributes, text);
    for (const event of ["pointerenter", "focus", "click"]) node.addEventListener(event, () => show(node));
    for (const event of ["pointerleave", "blur"]) node.addEventListener(event, hide);
    node.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape" && !tip.hidden) (hide(), event.preventDefault());
    });
    return node;
  }
  /** A text with its words marked, but for those in `seen`. @param {string} text @param {Set<string>} seen */
  function mark(text, seen) {
    return wordsIn(text, known).map((piece, i) => {
      const word = i % 2 ? keyOf(piece, known) : "";
      if (!word || seen.has(word)) return piece;
      seen.add(word);
      return button(piece, word);
    });
  }
  return { words: { tip, hide, mark, named } };
}
