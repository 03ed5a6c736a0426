// @ts-check
// The quiz: a step of the way back, or forward, is asked for before it is shown.
/** @import { Now, Panel } from "../panel" */
import { makeAsking } from "../quiz/card.js";
import { makeMarks } from "../quiz/marks.js";
import { makeQuiz } from "../quiz/quizzing.js";

/** @type {Panel} */
export const quizPanel = {
  name: "quiz",
  place: "bottom",
  build(player) {
    if (!player.film.quiz) return { nodes: [] };
    const quiz = makeQuiz(player);
    const card = makeAsking(player, quiz);
    const marks = makeMarks(player, quiz, card);
    player.quiz = { ...quiz, tell: card.tell };
    player.box.classList.add("gad-quiz");
    /** @param {Now} now */
    function paint(now) {
      player.box.classList.toggle("gad-asking", !!now.asked);
      card.paint(now);
      marks.paint(now);
    }
    return { nodes: [], paint, resize: marks.resize, settle: card.settle };
  },
};
