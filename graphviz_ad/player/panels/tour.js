// @ts-check
// The tour: a card beside what it points at, from stop to stop through the page.
/** @import { Now, Panel, Player } from "../panel" */
import { surround } from "../camera.js";
import { attr, make } from "../elements.js";
import { stopsOf } from "../touring.js";

const ROOM = 12;

/** Words in which `*` stands around what is set in italics. */
const runs = (words = "") => words.split("*").map((run, i) => (i % 2 ? make("i", {}, run) : run));

/** What is pointed at, as far as it can be seen. @param {Player} player @param {string[]} names */
function targets({ box, view }, names) {
  const parts = names.flatMap((name) =>
    name[0] === "." ? [...box.querySelectorAll(name)] : (view().nodes.get(name) ?? []),
  );
  return parts.filter((part) => part.getClientRects().length);
}
/** What of an element can be seen: of the picture what is in its pane. @param {any} part */
function seen(part) {
  const { left, top, right, bottom } = part.getBoundingClientRect();
  const pane = part.parentNode.closest(".gad-pane")?.getBoundingClientRect();
  if (!pane) return { left, top, right, bottom };
  return {
    left: Math.max(left, pane.left),
    top: Math.max(top, pane.top),
    right: Math.min(right, pane.right),
    bottom: Math.min(bottom, pane.bottom),
  };
}
/** The rectangle around elements, in a box. @param {any} box @param {any[]} parts */
function around(box, parts) {
  const own = box.getBoundingClientRect();
  const rects = parts.map(seen);
  const shown = rects.filter(({ left, top, right, bottom }) => left < right && top < bottom);
  const { left, top, right, bottom } = surround(shown.length ? shown : rects);
  return { x: left - own.left, y: top - own.top, width: right - left, height: bottom - top };
}
/** The places beside a graph that leave a sentence free, at a height or else above or below that sentence.
 * @param {ReturnType<typeof around>} graph @param {ReturnType<typeof around>} said */
function clearOf(graph, said, wide = 0, tall = 0, top = 0) {
  const [above, below] = [said.y - tall - ROOM, said.y + said.height + ROOM];
  const free = (/** @type {number[]} */ [x, y]) =>
    x + wide <= said.x || x >= said.x + said.width || y <= above || y >= below;
  const sides = [graph.x - wide - ROOM, graph.x + graph.width + ROOM];
  return sides.flatMap((x) => [top, below, above].map((y) => [x, y])).filter(free);
}
/** Where a card stands: beside the graph, if that is what it points at, and rather not over the sentence; else below
 * what it points at, above or beside it, or over its foot.
 * @param {any} box @param {any} card @param {ReturnType<typeof around>} at @param {any} [pane] */
function beside(box, { offsetWidth: wide, offsetHeight: tall }, at, pane) {
  const [across, down] = [box.clientWidth, box.clientHeight];
  const within = (value = 0, most = 0) => Math.max(ROOM, Math.min(value, most - ROOM));
  const left = within(at.x + at.width / 2 - wide / 2, across - wide);
  const top = within(at.y, down - tall);
  const places = [
    ...(pane ? clearOf(around(box, [pane]), around(box, [box.querySelector(".gad-step")]), wide, tall, top) : []),
    [left, at.y + at.height + ROOM],
    [left, at.y - tall - ROOM],
    [at.x + at.width + ROOM, top],
    [at.x - wide - ROOM, top],
  ];
  /** @param {number[]} place */
  const fits = ([x, y]) => x >= 0 && y >= 0 && x + wide <= across && y + tall <= down;
  return places.find(fits) ?? [left, within(at.y + at.height - tall, down - tall)];
}

/** The card of the tour. */
function makeCard() {
  const [title, words, count] = ["strong", "p", "span"].map((name) => make(name));
  const button = (/** @type {string} */ label) => make("button", { type: "button" }, label);
  const [close, back, next] = ["End", "Back", "Next"].map(button);
  const row = make("div", {}, count, close, back, next);
  const card = make(
    "section",
    { class: "gad-card", role: "dialog", "aria-label": "Tour", hidden: "" },
    title,
    words,
    row,
  );
  return { card, title, words, count, close, back, next };
}

/** @type {Panel} */
export const tourPanel = {
  name: "tour",
  place: "bottom",
  build(player) {
    const { acts, box, state, announce, go, now } = player;
    const { card, title, words, count, close, back, next } = makeCard();
    const ring = make("div", { class: "gad-ring", hidden: "" });
    const stops = stopsOf(player);
    /** @type {any} */
    let before = null;
    let at = -1;

    /** Put ring and card where they belong. @param {Now} now */
    function place(now) {
      if (at < 0) return;
      const parts = targets(player, stops[at].aim(now));
      const rect = around(box, parts.length ? parts : [box]);
      const [x, y] = beside(box, card, rect, parts[0]?.closest(".gad-pane"));
      Object.assign(card.style, { left: x + "px", top: y + "px" });
      const { x: left, y: top, width, height } = rect;
      Object.assign(ring.style, {
        left: left - 5 + "px",
        top: top - 5 + "px",
        width: width + 10 + "px",
        height: height + 10 + "px",
      });
    }
    function show(on = true) {
      for (const node of [card, ring]) node.hidden = !on;
      box.classList.toggle("gad-touring", on);
    }
    function stand(to = 0) {
      at = to;
      const stop = stops[at];
      if (stop.at) go(stop.at(now().scene));
      const text = stop.words(player, now());
      title.textContent = stop.title;
      words.replaceChildren(...runs(text));
      count.textContent = `${at + 1} of ${stops.length}`;
      [back.hidden, close.hidden] = [!at, at + 1 === stops.length];
      next.textContent = at + 1 < stops.length ? "Next" : "Done";
      show(true);
      targets(player, stop.aim(now()))[0]?.scrollIntoView({ block: "nearest", inline: "nearest" });
      place(now());
      card.scrollIntoView({ block: "nearest" });
      next.focus({ preventScroll: true });
      announce(`${stop.title}. ${text.replaceAll("*", "")}`);
    }
    function end() {
      at = -1;
      show(false);
      (before?.isConnected ? before : box.querySelector(".gad-pane")).focus({ preventScroll: true });
    }
    const forth = () => (at + 1 < stops.length ? stand(at + 1) : end());
    const stay = () => at > 0 && stand(at - 1);
    close.addEventListener("click", end);
    back.addEventListener("click", stay);
    next.addEventListener("click", forth);
    card.addEventListener("keydown", (/** @type {any} */ event) => {
      const act = { Escape: end, ArrowRight: forth, ArrowLeft: stay }[/** @type {"Escape"} */ (event.key)];
      if (event.key !== "Tab") event.stopPropagation();
      if (act) (event.preventDefault(), act());
    });
    acts.tour = () => {
      if (state.playing) player.setPlaying(false);
      before = box.getRootNode().activeElement;
      stand();
    };
    attr(ring, "aria-hidden", "true");

    return { nodes: [ring, card], resize: place, settle: place };
  },
};
