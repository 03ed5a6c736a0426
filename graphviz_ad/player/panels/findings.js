// @ts-check
// The findings: what is wrong with a gradient, where, why, and what cures it, beside the picture that shows it.
/** @import { Now, Panel } from "../panel" */
import { make } from "../elements.js";
import { makeFindingCard, plainWords, checkIcon } from "../findings/card.js";
import { makeMending } from "../findings/mending.js";
import { drawPennants } from "../findings/pennants.js";
import { tabOver } from "../findings/tabs.js";
import { tabStop } from "../scrolling.js";

/** What was looked for, and is not there. @param {string[]} sought */
function soughtOf(sought, findings = 0) {
  const items = sought.map((words) => make("li", {}, checkIcon(), words));
  return [
    make("p", { class: "gad-sought" }, findings ? "Also looked for:" : "Looked for, and all is well:"),
    make("ul", { class: "gad-ticks" }, ...items),
  ];
}

/** Add to the key below the graph what only findings draw. @param {any} key @param {Now["scene"]} scene */
function explainMarks(key, { svg }) {
  for (const old of key.querySelectorAll(".gad-ill-key")) old.remove();
  const wave = make("s:path", { d: "M1 6h3q2-6 4 0q2 6 4 0q2-6 4 0q2 6 4 0h3" });
  const sign = make("s:svg", { class: "gad-wave", viewBox: "0 0 24 12", "aria-hidden": "true" }, wave);
  if (svg.includes('class="wave"')) key.append(make("span", { class: "gad-ill-key" }, sign, " carries NaN"));
  if (svg.includes('class="framed"'))
    key.append(make("span", { class: "gad-ill-key" }, make("b", { class: "gad-tile" }), " the entry followed"));
}

/** @type {Panel} */
export const findingsPanel = {
  name: "findings",
  place: "right",
  build(player) {
    const { film, box } = player;
    if (!film.findings) return { nodes: [] };
    const { findings, sought = [], provisos = [] } = film;
    /** Which finding is open. */
    let open = 0;
    const mending = makeMending(player);
    /** Turn to another run; the button that turns stays where it is. */
    function turnRun(run = -1) {
      const turn = cards[open].node.querySelector(".gad-mend");
      const before = turn?.getBoundingClientRect().top;
      mending.toggle(run);
      if (before) box.querySelector(".gad-main").scrollTop += turn.getBoundingClientRect().top - before;
    }
    const mend = () => turnRun(findings[open]?.cure?.mended);
    /** Show a mended run, or none. */
    function showRun(run = -1) {
      if (run === mending.shown()) return;
      if (run >= 0) unfold(findings.findIndex(({ cure }) => cure?.mended === run));
      mending.toggle(run >= 0 ? run : mending.shown());
    }
    const cards = findings.map((finding, i) => makeFindingCard(player, finding, () => turnTo(i), mend));
    const none = findings.length ? [] : [make("p", {}, "No findings.")];
    const section = make("section", { class: "gad-findings gad-tabpanel", "aria-label": "Findings" });
    section.append(
      ...provisos.map((words) => make("p", { class: "gad-proviso" }, words)),
      ...none,
      ...cards.map(({ node }) => node),
      ...(sought.length ? soughtOf(sought, findings.length) : []),
    );
    const tabs = tabOver(player, "findings", "Findings", findings.length);

    /** What is to blame for the finding that is open. */
    const blamed = () => (mending.shown() < 0 ? player.view().nodes.get(findings[open]?.pick ?? "") : undefined);
    /** Bring it into its pane, where the step is about something else. */
    function lookAt() {
      const pane = box.querySelector(".gad-pane");
      const [at, seen] = [blamed()?.getBoundingClientRect(), pane.getBoundingClientRect()];
      if (!at || (at.top >= seen.top && at.bottom <= seen.bottom)) return;
      pane.scrollBy({ top: at.top - seen.top - 40, left: at.left - seen.left - 40, behavior: "instant" });
    }
    function unfold(to = 0) {
      open = to;
      cards.forEach((card, i) => card.open(i === to));
    }
    /** Move the story to a finding, light what is to blame, and say it. */
    function turnTo(to = 0, focuses = false) {
      const finding = findings[to];
      if (!finding) return;
      tabs.choose("findings");
      unfold(to);
      // What is mended is mended for the card that said so.
      if (mending.shown() >= 0 && mending.shown() !== finding.cure?.mended) mending.toggle();
      player.go(mending.carried(finding.step), false);
      if (focuses) (blamed() ?? cards[to].node).focus({ preventScroll: true });
      cards[to].node.scrollIntoView({ block: "nearest" });
      requestAnimationFrame(lookAt);
      player.announce(`${plainWords(finding.title)}. ${plainWords(finding.says)}`);
    }
    const move = (way = 1) => findings.length && turnTo((open + way + findings.length) % findings.length, true);
    Object.assign(player.acts, { finding: () => move(1), before: () => move(-1) });
    if (player.film.mended) player.acts.mended = mend;
    player.mend = showRun;
    unfold(0);

    /** @param {Now} now */
    function pennants({ scene }) {
      const own = (scene.own ?? film).findings ?? [];
      drawPennants(box.querySelector(".gad-time"), own, scene.steps.length);
    }
    let looked = false;
    const growth = new ResizeObserver(() => tabStop(section));
    for (const part of [section, ...section.children]) growth.observe(part);
    return {
      nodes: [tabs.node, section],
      paint(now) {
        if (now.entered) {
          explainMarks(box.querySelector(".gad-legend"), now.scene);
          box.classList.toggle("gad-mended", mending.shown() >= 0);
          cards.forEach(({ mended }, i) => mended(mending.shown() === (findings[i].cure?.mended ?? NaN)));
        }
        tabs.paint(now);
      },
      resize(now) {
        pennants(now);
        if (!looked) requestAnimationFrame(lookAt);
        looked = true;
      },
      destroy: () => growth.disconnect(),
    };
  },
};
