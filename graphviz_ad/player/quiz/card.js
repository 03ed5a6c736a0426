// @ts-check
// The card of a question: what is asked, the field, and what an answer is.
/** @import { Question } from "../film" */
/** @import { Hole } from "../holes.js" */
/** @import { Answered, Now, Player, Quiz } from "../panel" */
import { attr, make, math, put } from "../elements.js";
import { fill, holesIn } from "../holes.js";
import { spell } from "../spelling.js";
import { stepWords } from "../voice.js";
import { fragmentsOf } from "../words.js";
import { readAnswer, readBack } from "./answers.js";
import { tick } from "./marks.js";

const UNREAD = "That is no number I can read. Write it as 0.5, −1e−3, 1/3 or π/2.";
/** What is asked at all. */
const ASKED = "asked are numbers, and entries of small arrays that are sums of a few products or only move";
const NEARLY = "Nearly: more digits are needed, to half a percent.";

/** What is said of an answer that is right, or was shown. @param {Answered} answer */
function praise({ mark, digits }) {
  if (mark === "shown") return "Shown.";
  return Number.isFinite(digits) ? `Right, to ${digits} digits.` : "Right.";
}

/** Why a step of the derivative is told and not asked; empty of others, and of the first part of a sum.
 * @param {Now} now @param {Pick<Quiz, "at" | "unasked">} quiz */
function passOver({ scene, step, current: { kind } }, quiz) {
  if (quiz.at(step) || !/local|push/.test(kind)) return "";
  const question = scene.questions?.find((one) => one.step === step);
  return `Told and not asked: ${question ? quiz.unasked(question) : ASKED}.`;
}

/** @param {string} name @param {string} label @param {() => void} act */
function wordButton(name, label, act) {
  const node = make("button", { type: "button", class: "gad-" + name }, label);
  node.addEventListener("click", act);
  return node;
}

/** How often each mark was set, beside a question and beside an answer. @param {Pick<Quiz, "score" | "left">} quiz */
function makeScore({ score, left }) {
  const nodes = [1, 2].map(() => make("span", { class: "gad-score", role: "img" }));
  function words() {
    const [right, wrong, shown] = ["right", "wrong", "shown"].map(score);
    return `${left() ? "So far" : "All answered:"} ${right} right, ${wrong} wrong, ${shown} shown`;
  }
  function paint() {
    const [right, wrong, shown] = ["right", "wrong", "shown"].map(score);
    for (const node of nodes) {
      put(node, `✓ ${right}  ✗ ${wrong}  – ${shown}`);
      attr(node, "aria-label", words());
    }
  }
  return { nodes, words, paint };
}

/** What an answer is, in words, below the field. @param {Player} player */
function makeVerdict(player) {
  const node = make("div", { class: "gad-verdict", role: "status" });
  /** @param {number[]} places @returns {(string | Node)[]} */
  function sentence(places) {
    const { scene, here } = player.now();
    /** @type {Hole[]} */
    const holes = [];
    const nodes = spell(player, fragmentsOf(scene, places), scene, holes);
    fill(holes, scene.quantities, here);
    return nodes;
  }
  /** @param {string} mark @param {(string | Node)[]} what @param {(string | Node)[]} so */
  function say(mark, what, so = []) {
    node.replaceChildren(...(mark ? [tick(mark)] : []), make("p", {}, make("strong", {}, ...what), " ", ...so));
  }
  /** What a wrong number is: one way to it is explained, of several each is said.
   * @param {Question} question @param {Answered} answer */
  function diagnose({ slips, unknown }, { value, slips: which, near }, bare = false) {
    const ways = which.map((k) => slips[k]);
    // What is missing is in a socket that is not shown.
    if (ways.length === 1) return say("wrong", sentence(ways[0].what), sentence(bare ? unknown : ways[0].so));
    if (!ways.length && near) return say("wrong", [NEARLY]);
    if (!ways.length) return say("wrong", [`${readBack(value)} is not one I know.`], sentence(unknown));
    const all = ways.flatMap(({ what }, k) => [k ? " " : "", ...sentence(what)]);
    say("wrong", all, [
      ways.length > 2 ? "Here these are the same. " : "Here the two are the same. ",
      ...sentence(unknown),
    ]);
  }
  return { node, say, sentence, diagnose, clear: () => node.replaceChildren() };
}

/** Make what asks. @param {Player} player @param {Omit<Quiz, "tell">} quiz */
export function makeAsking(player, quiz) {
  const { box, options, state } = player;
  const score = makeScore(quiz);
  const verdict = makeVerdict(player);
  const text = make("p", { class: "gad-question", id: `gad-q${Math.random().toString(36).slice(2, 8)}` });
  const lead = make("span", { class: "gad-lead" });
  const field = make("input", { type: "text", class: "gad-field", autocomplete: "off", spellcheck: "false" });
  const check = wordButton("check", "Check", answer);
  const again = wordButton("again", "Try again", () => retry());
  const hint = wordButton("hint", "A hint", help);
  const give = wordButton("give", "Show it", () => show(quiz.give(now().step)));
  const goOn = wordButton("go-on", "Go on", proceed);
  const reply = make("div", { class: "gad-reply" }, field, check);
  const row = make("div", { class: "gad-answer" }, lead, reply);
  const aids = make("div", { class: "gad-aids" }, again, hint, give);
  const card = make("div", { class: "gad-ask", role: "group" }, score.nodes[0], text, row, verdict.node, aids);
  const passed = make("p", { class: "gad-praise" });
  attr(card, "aria-labelledby", text.id);
  attr(field, "aria-labelledby", text.id);
  attr(field, "enterkeyhint", "done");
  /** For which question, at which place, the card is laid out, and was given the focus. */
  let [laid, focused] = ["", ""];

  /** @returns {Question} */
  const now = () => /** @type {any} */ (player.now().asked);

  function retry() {
    field.focus({ preventScroll: true });
    field.select();
  }
  function help() {
    const { hint, unknown } = now();
    verdict.say("", ["Hint."], verdict.sentence(quiz.bare(now()) ? unknown : hint));
    field.focus({ preventScroll: true });
  }
  function answer() {
    const value = readAnswer(field.value);
    retry();
    if (Number.isNaN(value)) return verdict.say("", [UNREAD]);
    const judged = quiz.judge(now(), value);
    if (judged.mark === "right") return show(judged);
    verdict.diagnose(now(), judged, quiz.bare(now()));
    again.hidden = false;
    attr(field, "aria-invalid", "true");
    player.repaint();
    // What was said is read first, and where there is no room for all the question is what goes.
    card.parentNode.scrollTo(0, card.parentNode.scrollHeight);
  }
  /** Go through the step, which waited. @param {Answered} judged */
  function show(judged) {
    const { step } = now() ?? { step: state.step };
    state.step = step - 1;
    player.go(step, true);
    (goOn.isConnected ? goOn : box.querySelector(".gad-pane")).focus({ preventScroll: true });
    const result = quiz.left() ? "" : ` ${score.words()}.`;
    player.announce(`${praise(judged)} ${stepWords(player.now())}${result}`);
  }
  function proceed() {
    box.querySelector(".gad-pane").focus({ preventScroll: true });
    player.setPlaying(true);
  }
  // Keys move within the field, and not through the story.
  field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter") (event.preventDefault(), answer());
    if (event.key !== "Escape") event.stopPropagation();
  });
  field.addEventListener("input", () => (field.removeAttribute("aria-invalid"), player.repaint()));

  /** Lay the card out for a question. @param {Now} now @param {Question} question */
  function lay({ scene, here }, question) {
    /** @type {Hole[]} */
    const holes = [];
    text.replaceChildren(...spell(player, fragmentsOf(scene, question.text), scene, holes));
    lead.replaceChildren(math(question.lead));
    fill([...holes, ...holesIn(lead)], scene.quantities, here);
    field.value = "";
    field.removeAttribute("aria-invalid");
    again.hidden = true;
    verdict.clear();
  }
  /** Whether the reader is at work here, and neither drags a slider nor works elsewhere in the page. */
  function attends() {
    const focus = box.getRootNode().activeElement;
    const inside = box.contains(focus) && !focus.matches("input[type=range]");
    return (inside || (!!options.keys && focus === document.body)) && !matchMedia("(pointer: coarse)").matches;
  }

  return {
    field,
    /** @param {Now} now */
    paint(now) {
      const { asked, number, here } = now;
      const key = asked ? [number, asked.step, ...here.values].join() : "";
      if (asked && key !== laid) lay(now, asked);
      laid = key;
      score.paint();
    },
    /** @param {Now} now */
    settle({ asked }) {
      if (asked && focused !== laid && attends()) field.focus({ preventScroll: true });
      focused = laid;
    },
    /** What stands above the sentence of a step, or in its place. @param {Now} now */
    tell(now) {
      const { asked, step, last } = now;
      const judged = quiz.at(step);
      const why = passOver(now, quiz);
      if (asked) return [card];
      if (why) return [make("p", { class: "gad-passed" }, why)];
      if (!judged) return [];
      const rest = step < last ? [goOn] : [];
      passed.replaceChildren(tick(judged.mark), make("strong", {}, praise(judged)), score.nodes[1], ...rest);
      return [passed];
    },
  };
}
