// @ts-check
// The buttons at the lower edge of the card that is chosen: run to it, break on it, watch it.
/** @import { Now, Player } from "../panel" */
import { attr, iconButton, make } from "../elements.js";
import { suppress } from "../keys.js";
import { pickName } from "../picks.js";

const RIM = "M0 7q3.5-5 7-5t7 5q-3.5 5-7 5t-7-5z";
const LOOK = `${RIM}m3.9 0a3.1 3.1 0 1 0 6.2 0a3.1 3.1 0 1 0-6.2 0zm1.7 0a1.4 1.4 0 1 0 2.8 0a1.4 1.4 0 1 0-2.8 0z`;

/** By the name of the act: what it says, and its picture. @type {Record<string, [words: string, path: string]>} */
const AT_CARD = {
  here: ["Run to", "M1 6h6V3l4.5 4L7 11V8H1zM12 1h1.5v12H12z"],
  breaks: ["Break on", "M2 7a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"],
  watch: ["Watch", LOOK],
};
/** How wide they are together, and how high. */
const WIDE = 92;
const HIGH = 28;
/** So far below the edge of the card. */
const BELOW = 5;

/** Make them. @param {Player} player @param {Record<string, () => void>} acts */
export function makeCardButtons(player, acts) {
  const buttons = Object.entries(AT_CARD).map(([act, [words, path]]) => {
    const button = iconButton("choice", words, path);
    button.addEventListener("click", () => acts[act]());
    suppress(button);
    return { button, words };
  });
  const node = make("div", { class: "gad-choices", role: "group", hidden: "" }, ...buttons.map(({ button }) => button));
  const resized = new ResizeObserver(() => lay());
  /** @type {any} */
  let pane = null;

  /** Put them where the card is; away where its edge is out of sight. */
  function lay() {
    const { picked } = player.state;
    const card = picked[0] === "n" ? player.view().nodes.get(picked)?.querySelector(":scope > .border") : null;
    node.hidden = !card || !node.isConnected;
    if (!card || !node.isConnected) return;
    const [seen, edge, stage] = [pane, card, node.parentNode].map((one) => one.getBoundingClientRect());
    const [top, right] = [edge.bottom + BELOW, Math.max(edge.right, seen.left + WIDE)];
    const low = Math.min(top, seen.bottom - HIGH);
    node.hidden =
      edge.bottom < seen.top || edge.bottom - HIGH > seen.bottom || edge.right < seen.left || edge.left > seen.right;
    node.style.top = `${low - stage.top}px`;
    node.style.left = `${Math.min(right, seen.right) - WIDE - stage.left}px`;
  }
  /** @param {Now} now */
  function paint({ picked, scene }) {
    if (!node.isConnected) {
      pane = player.box.querySelector(".gad-pane");
      pane.after(node);
      pane.addEventListener("scroll", lay);
    }
    resized.disconnect();
    if (picked[0] === "n") {
      const name = pickName(scene, picked).split(" = ")[0];
      attr(node, "aria-label", `At ${name}`);
      for (const { button, words } of buttons)
        for (const kind of ["title", "aria-label"]) attr(button, kind, `${words} ${name}`);
      resized.observe(player.view().svg);
    }
    lay();
  }
  return { paint, lay, destroy: () => resized.disconnect() };
}
