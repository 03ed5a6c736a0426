// @ts-check
// The lines of a backward pass written by hand: a table beside the picture, whose rows light what they compute.
/** @import { Verdict } from "../film" */
/** @import { Now, Panel } from "../panel" */
import { make, parseHtml } from "../elements.js";
import { drawPennants } from "../findings/pennants.js";
import { tabOver } from "../findings/tabs.js";
import { pressable, rove } from "../roving.js";
import { tabStop } from "../scrolling.js";

const PENCIL = "M2 12l1-4l6.4-6.4l3 3l-6.4 6.4z";

/** Add to the key below the graph what only verdicts draw. @param {any} key @param {Now["scene"]} scene */
function explainYours(key, { parts }) {
  if (!Object.keys(parts).some((id) => id.endsWith("_y"))) return;
  const sign = make("s:svg", { class: "gad-yours", viewBox: "0 0 14 14", "aria-hidden": "true" });
  sign.append(make("s:path", { d: PENCIL }));
  const scale = key.querySelector(".gad-scale") ? ", on the adjoint's scale" : "";
  key.append(make("span", {}, sign, ` yours, where it differs${scale}`));
}

/** The rows of the table, each with the code that can be pressed. @param {any} table @param {Verdict[]} rows */
function linesOf(table, rows) {
  return rows.map((row, i) => {
    const line = table.querySelector(`[data-row="${i}"]`);
    const code = /** @type {any} */ (pressable(line.querySelector("code"), row.says));
    code.removeAttribute("aria-expanded");
    return { row, line, code };
  });
}

/** @type {Panel} */
export const verdictsPanel = {
  name: "verdicts",
  place: "right",
  build(player) {
    const { film, box } = player;
    if (!film.verdicts) return { nodes: [] };
    const { rows, table: source, style } = film.verdicts;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    document.adoptedStyleSheets.push(sheet);
    const table = parseHtml(source);
    const section = make(
      "section",
      { class: "gad-verdicts gad-tabpanel", "aria-label": "Your backward", tabindex: 0 },
      table,
    );
    const lines = linesOf(table, rows);
    const wrong = lines.filter(({ row }) => row.verdict === "wrong");
    const signs = /** @type {any[]} */ (rows.filter(({ sign, step }) => sign && step !== undefined));
    const tabs = tabOver(player, "verdicts", "Lines", lines.length);
    let chosen = Math.max(0, lines.indexOf(wrong[0]));

    /** Bring what a line computes into its pane. */
    function lookAt() {
      const pane = box.querySelector(".gad-pane");
      const at = player
        .view()
        .nodes.get(lines[chosen]?.row.pick ?? "")
        ?.getBoundingClientRect();
      const seen = pane.getBoundingClientRect();
      if (!at || (at.top >= seen.top && at.bottom <= seen.bottom && at.left >= seen.left && at.right <= seen.right))
        return;
      pane.scrollBy({ top: at.top - seen.top - 40, left: at.left - seen.left - 40, behavior: "instant" });
    }
    /** Light a line and what it computes. */
    function turnTo(to = 0) {
      chosen = to;
      const { row } = lines[to];
      lines.forEach(({ line }, i) => line.classList.toggle("lit", i === to));
      player.state.stuck = row.pick ?? "";
      if (row.step === undefined) return player.point(player.state.stuck);
      player.go(row.step, false);
      player.point(player.state.stuck);
      requestAnimationFrame(lookAt);
    }
    /** As the page opens, show the first wrong line. */
    function open() {
      if (!wrong.length) return lookAt();
      turnTo(chosen);
      section.scrollTop = lines[chosen].line.getBoundingClientRect().top - section.getBoundingClientRect().top - 60;
    }
    lines.forEach(({ line, code }, i) => {
      code.addEventListener("focus", () => i !== chosen && turnTo(i));
      line.addEventListener("click", () => (turnTo(i), code.focus({ preventScroll: true })));
    });
    const items = () => lines.map(({ code }) => code);
    rove(
      section,
      ["ArrowDown", "ArrowUp", "Enter"],
      items,
      () => lines[chosen]?.code,
      () => turnTo(chosen),
      () => false,
    );
    const move = (way = 1) => {
      if (!wrong.length) return;
      const next = wrong[(wrong.indexOf(lines[chosen]) + way + wrong.length) % wrong.length];
      tabs.choose("verdicts");
      turnTo(lines.indexOf(next));
      next.code.focus({ preventScroll: true });
      next.line.scrollIntoView({ block: "nearest" });
    };
    Object.assign(player.acts, { finding: () => move(1), before: () => move(-1) });

    let [looked, explained] = [false, false];
    const growth = new ResizeObserver(() => tabStop(section));
    for (const part of [section, table]) growth.observe(part);
    return {
      nodes: [tabs.node, section],
      paint(now) {
        if (now.entered && !explained) explainYours(box.querySelector(".gad-legend"), now.scene);
        explained = true;
        tabs.paint(now);
      },
      resize({ scene }) {
        drawPennants(box.querySelector(".gad-time"), signs, scene.steps.length);
        if (!looked) requestAnimationFrame(open);
        looked = true;
      },
      destroy() {
        growth.disconnect();
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((own) => own !== sheet);
      },
    };
  },
};
