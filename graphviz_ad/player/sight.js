// @ts-check
// The sight of the graph: how large it is drawn, which part of it is in its pane, and that the step is in it.
/** @import { Rect, Size } from "./camera.js" */
/** @import { Now, Player, Sight, View } from "./panel" */
import { ZOOM, clampScale, glide, goesBeyond, mapCorner, readableScale, wholeScale } from "./camera.js";
import { attr, make } from "./elements.js";

/** The smallest type, in px: what would be smaller is left out. In a room nothing is drawn that small unasked. */
const SMALLEST = 11;
/** On paper, which is nearer: 5 pt. */
const SMALLEST_ON_PAPER = 6.7;
/** Paper has the whole picture, no larger than this. */
const LARGEST_ON_PAPER = 1.5;
const SMALLEST_IN_A_ROOM = 18 / 23;
/** What is more heights of the pane away is cut to. */
const RUSHES = 2;
/** So far from the corner of the pane the map stands. */
const MAP_EDGE = 4;

/** @param {any} box */
const smallestType = (box) =>
  box.matches(".gad-room") ? SMALLEST_IN_A_ROOM * parseFloat(getComputedStyle(box).fontSize) : SMALLEST;

/** The room that the graph may take: what the other parts of its section leave. @param {any} stage @param {any} pane */
function paneSize(stage, pane) {
  const section = stage.parentNode;
  const { paddingTop, paddingBottom, maxHeight } = getComputedStyle(section);
  const others = [...section.children].filter((node) => node !== stage && node.getClientRects().length);
  const taken = others.reduce((all, node) => {
    const { marginTop, marginBottom } = getComputedStyle(node);
    return all + node.offsetHeight + parseFloat(marginTop) + parseFloat(marginBottom);
  }, 0);
  const most = parseFloat(maxHeight) || section.clientHeight;
  const height = most - parseFloat(paddingTop) - parseFloat(paddingBottom) - taken - 4;
  return { width: pane.clientWidth, height: Math.max(60, height) };
}

/** How far a pane can be scrolled to each side. @param {any} pane @returns {Rect} */
const reachOf = ({ scrollLeft, scrollTop, scrollWidth, scrollHeight, clientWidth, clientHeight }) => ({
  left: -scrollLeft,
  top: -scrollTop,
  right: scrollWidth - clientWidth - scrollLeft,
  bottom: scrollHeight - clientHeight - scrollTop,
});

/** What of a step is to be seen, the most wanted first: what is written, its card, what is read, and the sockets.
 * @param {View} view @param {Now} now @returns {Rect[]} */
function targetsOf({ nodes }, { current: { reads, writes } }) {
  const node = nodes.get(writes)?.closest(".node");
  const wanted = [nodes.get(writes), node?.querySelector(":scope > .bg"), ...reads.map((id) => nodes.get(id)), node];
  return wanted.flatMap((one) => one?.getBoundingClientRect() ?? []);
}

/** Put the map where it covers no card and no sum beside a cut, after the view has moved so far.
 * @param {any} pane @param {any} map @param {View} view */
function placeMap(pane, map, { svg }, left = 0, top = 0) {
  const cards = [...svg.querySelectorAll(".node,.sum>text")].map((node) => node.getBoundingClientRect());
  const there = cards.map((card) => ({
    left: card.left - left,
    right: card.right - left,
    top: card.top - top,
    bottom: card.bottom - top,
  }));
  const size = { width: map.offsetWidth + 2 * MAP_EDGE, height: map.offsetHeight + 2 * MAP_EDGE };
  attr(map, "data-corner", mapCorner(there, pane.getBoundingClientRect(), size));
}

/** Scroll a pane to what is to be seen; the map makes way.
 * @param {any} pane @param {any} map @param {View} view @param {Rect[]} targets
 * @param {"instant" | "smooth"} behavior */
function scrollTo(pane, map, view, targets, behavior) {
  const seen = pane.getBoundingClientRect();
  const size = { width: map.offsetWidth + 2 * MAP_EDGE, height: map.offsetHeight + 2 * MAP_EDGE };
  const corner = { ...seen.toJSON(), left: seen.right - size.width, top: seen.bottom - size.height };
  const { left, top } = glide(targets, seen, map.hidden ? null : corner, reachOf(pane));
  if (!map.hidden) placeMap(pane, map, view, left, top);
  // Nobody's eye follows what rushes by.
  const far = Math.hypot(left, top) > RUSHES * pane.clientHeight;
  pane.scrollBy({ left, top, behavior: far ? "instant" : behavior });
}

/** Where a title is too small to be read, the name alone stands in its place, as large as it must be.
 * @param {View} view @param {import("./film").Scene} scene */
function nameCards({ nodes }, { rows }, scale = 1, least = SMALLEST) {
  for (const { node, text } of rows) {
    const card = nodes.get("n" + node);
    const title = card?.querySelector(":scope > .label");
    if (!card || !title) continue;
    const name = card.querySelector(":scope > .gad-short");
    if (!title.classList.contains("gad-tiny")) name?.remove();
    else {
      const bare = name ?? card.appendChild(make("s:text", { class: "gad-short", "aria-hidden": "true" }));
      bare.textContent = text.split(" = ")[0];
      attr(bare, "x", title.getAttribute("x") ?? 0);
      const size = (least + 0.5) / scale;
      const own = Number(title.getAttribute("font-size")) || 15;
      // Larger than the title, it stands lower, within the card.
      attr(bare, "y", Number(title.getAttribute("y")) + 0.4 * (size - own));
      attr(bare, "font-size", size);
    }
  }
}

/** Bring back what has been scrolled out of the box. @param {any} main @param {any[]} parts */
function scrollBack(main, parts) {
  if (main.scrollHeight <= main.clientHeight) return;
  const frame = main.getBoundingClientRect();
  const rects = parts.filter((node) => node.getClientRects().length).map((node) => node.getBoundingClientRect());
  if (rects.every(({ top, bottom }) => top >= frame.top - 1 && bottom <= frame.bottom + 1)) return;
  main.scrollTop += rects[0].top - frame.top;
}

/** Make what looks at the graph of a player. @param {Player} player @returns {Sight} */
export function makeSight(player) {
  const { box, state } = player;
  const quiet = matchMedia("(prefers-reduced-motion: reduce)");
  /** @returns {any} */
  const find = (word = "") => box.querySelector(".gad-" + word);
  let scale = 1;
  /** What has just been drawn does not move. */
  let cuts = true;
  const scene = () => player.now().scene;
  const size = () => paneSize(find("stage"), find("pane"));
  const onPaper = () => box.matches(".gad-paper");
  const whole = () => box.matches(".gad-paper:not(.gad-closer)");

  function draw(to = 1) {
    const { svg, texts } = player.view();
    scale = to;
    svg.style.width = scene().width * scale + "px";
    const least = onPaper() ? SMALLEST_ON_PAPER : SMALLEST;
    for (const { node, size } of texts) node.classList.toggle("gad-tiny", size * scale < least - 0.05);
    nameCards(player.view(), scene(), scale, least);
  }
  function fit() {
    const picture = scene();
    const least = smallestType(box) * player.view().least;
    const { zoom } = state;
    // The column of the graph is as wide as this needs: what it holds is known after that only.
    box.style.setProperty("--least", least + "px");
    const pane = size();
    if (whole()) draw(Math.min(LARGEST_ON_PAPER, wholeScale(picture, pane)));
    else if (zoom === "readable") draw(readableScale(picture, pane, least / picture.width));
    else draw(zoom === "whole" ? wholeScale(picture, pane) : clampScale(zoom, picture, pane));
    find("pane").classList.toggle("gad-beyond", goesBeyond(scale, picture, pane));
    cuts = true;
  }
  /** @param {number | "readable" | "whole"} to */
  function zoom(to, x = NaN, y = NaN) {
    const pane = find("pane");
    const seen = pane.getBoundingClientRect();
    const [left, top] = [x || (seen.left + seen.right) / 2, y || (seen.top + seen.bottom) / 2];
    const { svg } = player.view();
    const before = svg.getBoundingClientRect();
    state.zoom = typeof to === "number" ? clampScale(to, scene(), size()) : to;
    fit();
    player.repaint();
    const after = svg.getBoundingClientRect();
    pane.scrollLeft += after.left + ((left - before.left) / before.width) * after.width - left;
    pane.scrollTop += after.top + ((top - before.top) / before.height) * after.height - top;
    if (to === "readable") follow(player.now());
  }
  /** Where another panel stands in the sentence's place, that is what is read. */
  const reads = () => box.matches(".gad-tab-findings,.gad-tab-verdicts,.gad-tab-nodes");
  const show = () => state.picked || reads() || scrollBack(find("main"), [find("graph"), find("step")]);
  /** @param {Now} now */
  function follow(now) {
    if (!now.playing) show();
    const targets = targetsOf(player.view(), now);
    if (!state.follows || !targets.length || !find("pane").clientWidth) return;
    scrollTo(find("pane"), find("map"), player.view(), targets, cuts || quiet.matches ? "instant" : "smooth");
    cuts = false;
  }

  const percent = () => Math.round(scale * 100);
  /** @param {number | "readable" | "whole"} to */
  function ask(to) {
    zoom(to);
    // What is followed does not leave the pane by a key.
    if (typeof to === "number") follow(player.now());
    player.announce(to === "whole" ? "The whole graph." : `Zoom ${percent()} %.`);
  }
  const acts = {
    in: () => ask(scale * ZOOM),
    out: () => ask(scale / ZOOM),
    fit: () => ask(state.zoom === "whole" ? "readable" : "whole"),
    follow() {
      state.follows = !state.follows;
      player.repaint();
      if (state.follows) follow(player.now());
      player.announce(state.follows ? "The view follows the step." : "The view stays where it is.");
    },
  };
  const beyond = () => !!find("pane")?.matches(".gad-beyond");
  /** @param {number} left @param {number} top */
  const pan = (left, top) => find("pane").scrollBy({ left, top, behavior: "instant" });
  /** A map that is pressed stays where it is. */
  function makeWay() {
    const map = find("map");
    if (!map.hidden && !map.matches(":active")) placeMap(find("pane"), map, player.view());
  }
  return { fit, zoom, pan, show, follow, makeWay, percent, beyond, acts, scale: () => scale };
}
