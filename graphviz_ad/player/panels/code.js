// @ts-check
// The code: what the step is about is marked, what is pointed at in the graph is framed.
/** @import { Film } from "../film" */
/** @import { Now, Panel, Player } from "../panel" */
import { make, written } from "../elements.js";
import { hueOf } from "../hues.js";
import { pickName } from "../picks.js";
import { pressable, rove } from "../roving.js";
import { fade, keep, tabStop } from "../scrolling.js";
import { madeAt, madeOn, pieces } from "../spans.js";

/** Write a line whose pieces are marked and framed.
 * @param {any} line @param {ReturnType<typeof pieces>} cut by the step, the frame and the marks
 * @param {string[]} looks of the marks */
function writeLine(line, cut, looks) {
  // What is under a finger must not be replaced, or there is no tap.
  const key = JSON.stringify(cut);
  if (written.get(line) === key) return;
  written.set(line, key);
  line.replaceChildren(cut.length ? "" : " ");
  for (const {
    text,
    covers: [marked, framed, ...marks],
  } of cut) {
    const frame = line.lastChild.localName === "u" ? line.lastChild : make("u");
    if (framed) line.append(frame);
    const look = looks[marks.indexOf(true)];
    const words = look ? make("span", { class: look }, text) : text;
    (framed ? frame : line).append(marked ? make("mark", {}, words) : words);
  }
}

/** Let pointer and keys reach the lines. @param {Player} player @param {any} section @param {any[]} lines */
function listenToCode({ inspect, unpick, point, now, state }, section, lines) {
  const at = (/** @type {any} */ { target }) => target.closest("[role][data-line]")?.dataset.line ?? "";
  for (const kind of ["pointerover", "focusin"]) {
    section.addEventListener(kind, (/** @type {any} */ event) => point(at(event) || state.stuck));
  }
  for (const kind of ["pointerleave", "focusout"]) section.addEventListener(kind, () => point());
  // What was tapped stays lit while nothing else is pointed at.
  section.addEventListener("click", (/** @type {any} */ event) => {
    state.stuck = at(event) === state.stuck ? "" : at(event);
    point();
  });
  const items = () => lines.filter((line) => line.hasAttribute("role"));
  const first = () => lines.find((line) => line.matches(".now[role]"));
  const press = (/** @type {any} */ line) => {
    const nodes = madeOn(now().scene, Number(line.dataset.line));
    inspect(nodes[(nodes.indexOf(state.picked) + 1) % nodes.length], line, true);
  };
  rove(section, ["Enter", "ArrowDown", "ArrowUp"], items, first, press, unpick);
}

/** @type {Panel} */
export const codePanel = {
  name: "code",
  title: "Code",
  place: "left",
  group: "code",
  build(player) {
    if (!player.film.code) return { nodes: [] };
    const text = make("pre");
    const section = make("section", { class: "gad-code", tabindex: 0 }, text);
    /** @type {any[]} */
    const lines = [];
    listenToCode(player, section, lines);

    /** Whose code is shown. @type {Film | undefined} */
    let shown;
    let code = player.film.code;
    /** What is underlined and framed, and how. @type {[tone: string, span: number[] | null][]} */
    let marks = [];
    /** @param {Film} film */
    function write(film) {
      const { findings = [], boxed = [] } = (shown = film);
      code = film.code ?? { lines: [], first: 1 };
      marks = findings.map(({ tone, span }) => ["gad-ill " + tone, span ?? null]);
      marks.push(...boxed.map((span) => /** @type {[string, number[]]} */ (["gad-fresh", span])));
      lines.splice(0, lines.length, ...code.lines.map((_, i) => make("div", { "data-line": i + (code?.first ?? 1) })));
      text.replaceChildren(...lines);
    }

    /** @param {any} line @param {number} i @param {Now} now */
    function paintLine(line, i, { scene, current, pointed, picked, operands = [] }) {
      if (!code) return;
      const number = i + code.first;
      const spans = [
        current.span,
        /^[ne]/.test(pointed) ? madeAt(scene, pointed) : null,
        ...[...marks, ...operands].map(([, span]) => span),
      ];
      const cut = pieces(code.lines[i], number, spans);
      const nodes = madeOn(scene, number);
      const marked = cut.some(({ covers }) => covers[0]);
      const lit = pointed === String(number);
      line.className = (marked ? "now" : "") + (lit ? " lit" : "");
      const names = nodes.map((id) => pickName(scene, id)).join(", ");
      if (names) pressable(line, `${code.lines[i].trim()}: makes ${names}`, nodes.includes(picked));
      else for (const name of ["role", "tabindex", "aria-label", "aria-expanded"]) line.removeAttribute(name);
      const looks = [...marks, ...operands].map(([look]) => look);
      writeLine(line, cut, looks);
    }
    let painted = "";

    return {
      nodes: [section],
      paint(now) {
        if (now.fresh) section.className = "gad-code " + hueOf(now.current);
        const key = [now.number, now.step, now.pointed, now.picked, now.operands].join();
        if (key === painted) return;
        painted = key;
        if (shown !== (now.scene.own ?? player.film)) write(now.scene.own ?? player.film);
        lines.forEach((line, i) => paintLine(line, i, now));
      },
      settle({ current }) {
        const line = lines.find((one) => Number(one.dataset.line) === current.span?.[0]);
        const mark = line?.querySelector("mark");
        if (mark) keep(section, line, 0, Math.min(28, section.clientHeight - line.offsetHeight));
        tabStop(section);
        fade([section]);
      },
    };
  },
};
