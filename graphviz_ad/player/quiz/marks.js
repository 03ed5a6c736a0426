// @ts-check
// The marks of a quiz: ticks above the timeline, and in the picture the field of what is asked.
/** @import { Now, Player, Quiz } from "../panel" */
import { attr, make, put } from "../elements.js";
import { layMarks } from "../timeline.js";

/** Right, wrong, shown. @type {Record<string, string>} */
const TICKS = { right: "M-5 0l3.5 4 7-8", wrong: "M-4-4l8 8M-4 4l8-8", shown: "M-5 0h10" };
/** So many characters of an answer fit into a pad. */
const FITS = 9;
const LETTERS = /\p{L}/u;

/** The sign of a mark. @param {string} mark @returns {any} */
export function tick(mark) {
  const path = make("s:path", { d: TICKS[mark] });
  return make("s:svg", { class: "gad-tick", viewBox: "-8 -8 16 16", "aria-hidden": "true" }, path);
}

/** The field that is drawn over the pad, or the row, that waits for an answer. */
function makeBlank() {
  const ring = make("s:rect", { class: "ring", rx: 6 });
  const frame = make("s:rect", { class: "frame", rx: 4 });
  const text = make("s:text");
  const cross = make("s:path", { d: TICKS.wrong });
  const node = make("s:g", { class: "gad-blank", "aria-hidden": "true" }, ring, frame, text, cross);
  /** @param {any} svg @param {any} part */
  function put(svg, part) {
    const { x, y, width, height } = part.querySelector(".bg").getBBox();
    // A pad has its name above, a row before its number.
    const pad = /_c$/.test(part.id);
    const [left, top] = pad ? [5, height / 2 + 2] : [0.44 * width, Math.max(2, height / 2 - 12)];
    for (const [name, value] of Object.entries({ x, y, width, height })) attr(ring, name, value);
    const inner = {
      x: x + left,
      y: y + top,
      width: width - left - (pad ? 5 : 3),
      height: pad ? height - top - 2 : height - 2 * top,
    };
    for (const [name, value] of Object.entries(inner)) attr(frame, name, value);
    attr(text, "x", inner.x + (pad ? 4 : 7));
    attr(text, "y", inner.y + inner.height / 2 + 4.5);
    attr(cross, "transform", `translate(${inner.x + inner.width - 7} ${inner.y + inner.height / 2}) scale(0.8)`);
    if (node.parentNode !== svg) svg.append(node);
  }
  return { node, text, put };
}

/** Make the marks. @param {Player} player @param {Omit<Quiz, "tell">} quiz @param {{field: any}} card */
export function makeMarks({ box, view }, quiz, { field }) {
  const blank = makeBlank();
  const line = make("s:svg", { class: "gad-ticks", "aria-hidden": "true" });
  let wide = 0;
  let drawn = "";
  /** Which part of the picture waits, and in which picture. */
  let waits = "";

  /** The ticks above the timeline. @param {Now} now */
  function paintLine({ scene: { steps, questions = [] } }) {
    const marks = questions.flatMap(({ step }) => (quiz.at(step) ? [[step, quiz.at(step)?.mark ?? ""]] : []));
    const key = JSON.stringify([wide, steps.length, marks]);
    if (!wide || key === drawn) return;
    drawn = key;
    const { at } = layMarks(steps.length, wide, 11);
    const signs = marks.map(([step, mark]) =>
      make("s:path", { d: TICKS[mark], transform: `translate(${at[Number(step)]} 0) scale(0.9)` }),
    );
    line.replaceChildren(...signs);
  }
  /** What waits in the picture. @param {Now} now */
  function paintBlank({ asked, number, current }) {
    const { svg, nodes } = view();
    const key = asked ? `${number} ${current.writes}` : "";
    if (key !== waits) {
      blank.node.remove();
      if (asked) blank.put(svg, nodes.get(current.writes));
      waits = key;
    }
    if (!asked) return;
    const text = field.value.trim();
    put(blank.text, text.length > FITS ? text.slice(0, FITS - 1) + "…" : text || "?");
    const mark = quiz.at(asked.step)?.mark === "wrong" && field.hasAttribute("aria-invalid");
    attr(blank.node, "class", "gad-blank" + (mark ? " wrong" : ""));
    // The lane is not travelled yet.
    if (current.edge) nodes.get(`e${current.edge.join("_")}_b`)?.classList.add("gad-untravelled");
  }
  /** A socket that is nothing but a number would give the answer where 1 arrives, from the first step on.
   * @param {Now} now */
  function paintSecrets({ scene: { questions = [], steps } }) {
    for (const question of questions) {
      const { kind, edge } = steps[question.step];
      const socket = edge && kind !== "accumulate" && view().nodes.get(`e${edge.join("_")}_g`);
      const label = socket && socket.querySelector(".label");
      if (!label || LETTERS.test(label.textContent)) continue;
      const hides =
        quiz.bare(question) && !quiz.unasked(question) && (quiz.at(question.step)?.mark ?? "wrong") === "wrong";
      if (hides && !socket.querySelector(".gad-secret")) {
        const [x, y] = ["x", "y"].map((name) => label.getAttribute(name));
        socket.append(
          make("s:text", { class: "label gad-secret", x, y, "text-anchor": "middle", "font-size": 14 }, "× ?"),
        );
      }
      socket.classList.toggle("gad-untold", hides);
    }
  }
  return {
    /** @param {Now} now */
    paint(now) {
      paintLine(now);
      paintBlank(now);
      paintSecrets(now);
    },
    /** @param {Now} now */
    resize(now) {
      const time = box.querySelector(".gad-time");
      if (line.parentNode !== time) time.append(line);
      wide = time.clientWidth;
      attr(line, "viewBox", `0 0 ${wide || 300} 8`);
      paintLine(now);
    },
  };
}
