// @ts-check
// The card of a finding: its sign and title, what happens and why, the numbers at the spot, and what cures it.
/** @import { Cells, Finding, Fragment } from "../film" */
/** @import { Player } from "../panel" */
import { copyText } from "../copying.js";
import { attr, make, math, put } from "../elements.js";
import { spell, titleParts } from "../spelling.js";
import { makeScheme } from "./scheme.js";

const TICK = "M3 10.5l4.5 5L17 4.5";

/** A sign of 20 px. @param {string[]} sign what of it is filled, and what is a line */
export function signIcon([solid, line]) {
  const icon = make("s:svg", { class: "gad-emblem", viewBox: "0 0 20 20", "aria-hidden": "true" });
  if (solid) icon.append(make("s:path", { d: solid, "fill-rule": "evenodd" }));
  if (line) icon.append(make("s:path", { d: line, class: "gad-stroke" }));
  return icon;
}
export const checkIcon = () => signIcon(["", TICK]);

/** @param {Cells} numbers */
function cellRow({ cells, lost }) {
  const look = (text = "", i = 0) => (lost.includes(i) ? "lost" : text.includes("∞") ? "far" : "");
  return make("span", { class: "gad-cells" }, ...cells.map((text, i) => make("b", { class: look(text, i) }, text)));
}

/** Fragments of a fact. @param {(Fragment | Cells)[]} parts */
const factParts = (parts) =>
  parts.map((part) => {
    if (typeof part === "string") return make("span", { class: /^ = /.test(part) ? "gad-product" : "" }, part);
    return "cells" in part ? cellRow(part) : "m" in part ? math(part.m, part.t) : "";
  });

/** A text as it is said. @param {Fragment[]} parts */
export const plainWords = (parts) =>
  parts.map((part) => (typeof part === "string" ? part : "t" in part ? part.t : "")).join("");

/** Where two lines begin to differ, and where they no longer do, from their ends. */
function difference(before = "", after = "") {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return [start, after.length - end];
}

/** A button of a card. @param {() => void} press */
function pressed(words = "", press, tip = "") {
  const button = make("button", { type: "button", ...(tip && { title: tip }) }, words);
  button.addEventListener("click", press);
  return button;
}

/** What cures it: the line before and after, and what was tried.
 * @param {Player} player @param {NonNullable<Finding["cure"]>} cure @param {any[]} others buttons */
function cureOf(player, { advice, line, before, after, proof }, others) {
  const [old, fresh] = [before.trimStart(), after.trimStart()];
  const [from, to] = difference(old, fresh);
  const changed = [fresh.slice(0, from), make("mark", {}, fresh.slice(from, to)), fresh.slice(to)];
  const number = (sign = "") => make("span", { class: "gad-at" }, `${line} ${sign} `);
  const lines = [
    make("div", {}, number("−"), make("del", {}, old)),
    make("div", {}, number("+"), make("ins", {}, ...changed)),
  ];
  const copy = pressed(fresh.includes("\n") ? "Copy lines" : "Copy line", async () => {
    const done = await copyText(fresh, player.root);
    player.announce(done ? "Copied." : "The browser does not allow copying: select the line instead.");
  });
  const said = make("span", {}, make("strong", {}, "Tried on this trace: "), ...titleParts(proof));
  const tried = proof.length ? [make("p", {}, checkIcon(), said)] : [];
  const title = make("h4", { "aria-level": 3 }, `Remedy: ${advice}`);
  return make(
    "div",
    { class: "gad-cure" },
    title,
    make("pre", {}, ...lines),
    ...tried,
    make("div", { class: "gad-deeds" }, ...others.slice(0, 1), copy, ...others.slice(1)),
  );
}

/** Whether a factor of the product that is to blame is infinite. @param {Finding["facts"]} facts */
const isEndless = (facts) => facts.some(([, parts]) => parts.some((part) => /^ = .*· \(?−?∞/.test(String(part))));

/** Make the card of a finding; `open` unfolds it, `mended` says whether its mended run is shown.
 * @param {Player} player @param {Finding} finding @param {() => void} press @param {() => void} mend */
export function makeFindingCard(player, finding, press, mend) {
  const { tone, sign, title, says, facts, line, cure, pairing, pick = "" } = finding;
  const own = "gad" + Math.random().toString(36).slice(2, 8);
  const words = make("span", { id: own }, ...titleParts(title));
  const where = line ? [make("span", { class: "gad-line" }, `line ${line}`)] : [];
  const head = make("button", { type: "button", "aria-expanded": "false" }, signIcon(sign), words, ...where);
  head.addEventListener("click", press);
  const sentence = make("p", {}, ...spell(player, says, player.view() && player.now().scene, []));
  const list = make(
    "dl",
    {},
    ...facts.flatMap(([label, parts]) => [make("dt", {}, label), make("dd", {}, ...factParts(parts))]),
  );
  const turn = pressed("", mend, "m");
  turn.className = "gad-mend";
  const why = pressed("Why ∞ here?", () => player.inspect(pick, why, true));
  const deeds = [...(cure?.mended === undefined ? [] : [turn]), ...(isEndless(facts) ? [why] : [])];
  const rest = cure ? [cureOf(player, cure, deeds)] : [];
  const more = make("div", { class: "gad-more" }, sentence, ...(pairing ? [makeScheme(pairing)] : []), list, ...rest);
  const heading = make("h3", { "aria-level": 2 }, head);
  const node = make("article", { class: `gad-finding ${tone}`, "aria-labelledby": own, tabindex: -1 }, heading, more);
  function open(on = true) {
    attr(head, "aria-expanded", String(on));
    more.hidden = !on;
  }
  function mended(on = false) {
    put(turn, on ? "Show it as it was" : "Show it mended");
    attr(node, "class", `gad-finding ${tone}${on ? " gad-cured" : ""}`);
    why.hidden = on;
  }
  return { node, open, mended };
}
