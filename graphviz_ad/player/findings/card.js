// @ts-check
// The card of a finding: its sign and title, what happens and why, the numbers at the spot, and what cures it.
/** @import { Cells, Change, Finding, Fragment } from "../film" */
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

/** What stands before a line of code. */
const lineNumber = (line = 0, sign = "") => make("span", { class: "gad-at" }, `${line} ${sign} `);

/** A button that copies lines of code. @param {Player} player */
const copier = (player, code = "") =>
  pressed(code.includes("\n") ? "Copy lines" : "Copy line", async () => {
    const done = await copyText(code, player.root);
    player.announce(done ? "Copied." : "The browser does not allow copying: select the line instead.");
  });

/** The line before and after, and what was tried. @param {Change} change */
function changeOf({ line, before, after, proof }) {
  const [old, fresh] = [before.trimStart(), after.trimStart()];
  const [from, to] = difference(old, fresh);
  const changed = [fresh.slice(0, from), make("mark", {}, fresh.slice(from, to)), fresh.slice(to)];
  const lines = [
    make("div", {}, lineNumber(line, "−"), make("del", {}, old)),
    make("div", {}, lineNumber(line, "+"), make("ins", {}, ...changed)),
  ];
  const said = make("span", {}, make("strong", {}, "Tried on this trace: "), ...titleParts(proof));
  return [make("pre", {}, ...lines), ...(proof.length ? [make("p", {}, checkIcon(), said)] : [])];
}

/** Another remedy: a line, which opens. @param {Player} player @param {Change} change */
const otherOf = (player, change) =>
  make(
    "details",
    { class: "gad-other" },
    make("summary", {}, `Or: ${change.advice}`),
    ...changeOf(change),
    make("div", { class: "gad-deeds" }, copier(player, change.after.trimStart())),
  );

/** What says that it was meant: a button, and the line to be written, which it opens.
 * @param {Player} player @param {NonNullable<Finding["acceptance"]>} acceptance */
function acceptanceOf(player, { line, after, needs }) {
  const code = after.trimStart();
  const rest = needs === "" ? [] : [", with ", make("code", {}, needs), " at the top of the file"];
  const says = make("p", {}, make("span", {}, "Written like this, it is not told again", ...rest, "."));
  const lines = make("pre", {}, make("div", {}, lineNumber(line, "+"), make("ins", {}, code)));
  const block = make("div", { class: "gad-accept" }, says, lines, copier(player, code));
  const button = pressed("It was meant: do not tell again", () => {
    block.hidden = !block.hidden;
    attr(button, "aria-expanded", String(!block.hidden));
    if (!block.hidden) player.announce(`Line ${line}: ${code}`);
  });
  attr(button, "aria-expanded", "false");
  block.hidden = true;
  return { button, block };
}

/** What cures it, what else does, and how to say that it was meant.
 * @param {Player} player @param {Finding} finding @param {any[]} deeds buttons, the first of them before all others */
function cureOf(player, { cure, others = [], acceptance }, deeds) {
  const meant = acceptance && acceptanceOf(player, acceptance);
  const copy = cure ? [copier(player, cure.after.trimStart())] : [];
  const buttons = [...deeds.slice(0, 1), ...copy, ...deeds.slice(1), ...(meant ? [meant.button] : [])];
  return make(
    "div",
    { class: "gad-cure" },
    ...(cure ? [make("h4", { "aria-level": 3 }, `Remedy: ${cure.advice}`), ...changeOf(cure)] : []),
    make("div", { class: "gad-deeds" }, ...buttons),
    ...(meant ? [meant.block] : []),
    ...others.map((other) => otherOf(player, other)),
  );
}

/** Whether a factor of the product that is to blame is infinite. @param {Finding["facts"]} facts */
const isEndless = (facts) => facts.some(([, parts]) => parts.some((part) => /^ = .*· \(?−?∞/.test(String(part))));

/** Make the card of a finding; `open` unfolds it, `mended` says whether its mended run is shown.
 * @param {Player} player @param {Finding} finding @param {() => void} press @param {() => void} mend */
export function makeFindingCard(player, finding, press, mend) {
  const { tone, sign, title, says, facts, line, cure, acceptance, pairing, pick = "" } = finding;
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
  const rest = cure || acceptance ? [cureOf(player, finding, deeds)] : [];
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
