// @ts-check
// What is asked where, and what was answered: nothing behind an open question is shown.
/** @import { Place, Question, Scene, Step } from "../film" */
/** @import { Answered, Player } from "../panel" */
import { nearly, rightDigits, slipsOf } from "./answers.js";

/** The numbers of a question at a place. @param {Question} question @param {Scene} scene @param {Place} here */
function stakesOf({ step, q, reads, slips, several }, { quantities, steps }, { table, base }) {
  const number = (one = 0) => table[base + quantities[one].c];
  const scale = Math.max(...reads.map((one) => Math.abs(number(one))));
  const open = several === undefined || !number(several);
  // What comes is 1, so that the number in the socket is the answer.
  const bare = steps[step].kind !== "accumulate" && reads.length === 1 && number(reads[0]) === 1;
  return { right: number(q), scale, open, bare, wrong: slips.map((slip) => number(slip.q)) };
}

/** Hold what was answered in this page. @param {Player} player */
export function makeQuiz({ reel, state }) {
  /** By place and step. @type {Map<string, Answered>} */
  const answers = new Map();
  const key = (step = 0) => [state.scene, step, ...state.here.values].join();
  const scene = () => reel.scenes[state.scene];
  const numbers = (/** @type {Question} */ question) => stakesOf(question, scene(), state.here);
  const shown = () => Math.min(state.step, scene().steps.length - 1);

  /** Why a question is told and not asked here; empty where it is asked. @param {Question} question */
  function unasked(question) {
    const { right, open } = numbers(question);
    return !open ? "at a corner several slopes fit" : Number.isFinite(right) ? "" : "nothing finite comes out";
  }
  /** The questions that are neither answered nor shown. */
  const left = () =>
    (scene().questions ?? []).filter((question) => {
      const mark = answers.get(key(question.step))?.mark ?? "wrong";
      return mark === "wrong" && !unasked(question);
    });
  const open = () => left()[0];
  /** The question that is asked at this step. */
  function asked() {
    const question = open();
    return question?.step === shown() ? question : null;
  }
  /** How far one may go. */
  function gate(to = 0) {
    const step = open()?.step ?? Infinity;
    return Math.min(to, step);
  }
  /** What an answer is, which is kept. @param {Question} question @returns {Answered} */
  function judge(question, value = 0) {
    const { right, scale, wrong } = numbers(question);
    const digits = rightDigits(value, right, scale);
    const slips = digits ? [] : slipsOf(value, right, wrong, scale);
    const near = !digits && !slips.length && nearly(value, right);
    return note(question.step, { mark: digits ? "right" : "wrong", value, digits, slips, near });
  }
  /** @param {Answered} answer */
  function note(step = 0, answer) {
    answers.set(key(step), answer);
    return answer;
  }
  const give = (step = 0) => note(step, { mark: "shown", value: NaN, digits: 0, slips: [], near: false });

  /** What of the picture waits for the answer: what the step writes, and what carries it there.
   * @param {Step} step */
  function withheld({ kind, node, edge, writes }) {
    const question = asked();
    const socket = question && edge && numbers(question).bare ? [`e${edge.join("_")}_g`] : [];
    if (kind === "local" && edge) return [writes, `e${edge.join("_")}_b`, ...socket];
    const { edges } = scene();
    const shares = edges.filter(({ at }) => at[0] === node).map(({ at }) => `e${at[0]}_${at[1]}_p`);
    return kind === "push" ? [writes, ...shares, ...socket] : [writes];
  }
  /** Whether the number in the socket would give the answer. @param {Question} question */
  const bare = (question) => numbers(question).bare;
  const at = (step = 0) => answers.get(key(step));
  /** How often each mark was set, at all places. */
  const score = (mark = "") => [...answers.values()].filter((one) => one.mark === mark).length;
  return { asked, gate, judge, give, withheld, at, score, unasked, bare, left: () => left().length };
}
