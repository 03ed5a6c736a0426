// @ts-check
// The graph: the picture of the scene, with the numbers of this place in it.
/** @import { Now, Panel, Player, View } from "../panel" */
import { entriesOf, paintCells, writeGrid } from "../cells.js";
import { attr, make, put, written } from "../elements.js";
import { makeMap } from "../map.js";
import { fullName } from "../naming.js";
import { inline, slotTexts } from "../numbers.js";
import { graphOrder } from "../picks.js";
import { thumbnail } from "../picture.js";
import { placeWords } from "../places.js";
import { rove } from "../roving.js";
import { fade } from "../scrolling.js";
import { listenToHands } from "../steering.js";

/** So many milliseconds after the last move of a slider its numbers are called out. */
const SETTLED = 250;
const LABEL =
  "Graph. Arrow keys step, with Shift they move the view, plus and minus zoom, space plays, Enter leads to its nodes.";

/** What was hit. @param {any} event */
function pickAt({ target, currentTarget }) {
  for (let node = target; node && node !== currentTarget; node = node.parentNode) {
    const pick = node.dataset?.pick ?? /^(n\d+|e\d+_\d+)(_[a-z])?$/.exec(node.id)?.[1];
    if (pick) return pick;
  }
  return "";
}

/** Write what a part of the picture holds. @param {View["parts"][0]} part @param {Now} now */
function paintPart({ id, node, slots, note, bar, picture, cells, double }, now) {
  const { scene, here, picked, lit } = now;
  const { kind } = scene.parts[id];
  const [, state, q = -1, word = "", progress = 0] = now.entry(id);
  const { table, base } = here;
  const quantity = scene.quantities[q];
  const small = /pad|socket|inlet|share|factor|sum/.test(kind);
  const selected = picked && (id === picked || id === picked + "_g" || id === picked + "_c") ? " selected" : "";
  attr(node, "class", `${kind} ${state}${q < 0 ? "" : now.flags(q)}${selected}${lit.includes(id) ? " lit" : ""}`);
  const values = quantity && double ? entriesOf(quantity, table, base) : [];
  if (double) paintCells(cells, slots, double, values);
  const texts = quantity ? slotTexts(quantity, table, base) : [];
  if (quantity?.grid) writeGrid(slots, values, quantity.f);
  else
    for (const slot of slots) {
      if (small && quantity && !quantity.shape) put(slot, inline(quantity, table, base));
      else put(slot, texts[small ? texts.length - 1 : slot.dataset.slot] ?? "");
    }
  if (note) put(note, word);
  if (bar) attr(bar, "width", Number((progress * bar.dataset.width).toFixed(2)));
  if (picture && quantity?.picture) paintPicture(picture, now, q);
}

/** Draw the thumbnail of an array. @param {any} picture @param {Now} now */
function paintPicture(picture, { scene, here: { table, base, drawn } }, q = 0) {
  const { c, picture: kind } = scene.quantities[q];
  const range = [table[base + c], table[base + c + 1]];
  // Lines of one course may be above zero, or below.
  const look = drawn(q) + (kind?.kind === "line" ? range : "");
  if (written.get(picture) === look) return;
  written.set(picture, look);
  const { x, y, width, height } = picture.dataset;
  const paths = thumbnail(/** @type {any} */ (kind), drawn(q), [x, y, width, height].map(Number), range);
  picture.querySelectorAll(".gad-drawn").forEach((/** @type {Element} */ path) => path.remove());
  const names = Object.keys(paths).sort();
  picture.append(...names.map((name) => make("s:path", { class: "gad-drawn " + name, d: paths[name] })));
}

/** Let pointer and keys reach nodes and edges. @param {Player} player @param {any} pane */
function listenToGraph({ inspect, unpick, point, view, now, state }, pane) {
  for (const kind of ["pointerover", "focusin"]) {
    pane.addEventListener(kind, (/** @type {any} */ event) => point(pickAt(event) || state.stuck));
  }
  for (const kind of ["pointerleave", "focusout"]) pane.addEventListener(kind, () => point());
  pane.addEventListener("click", (/** @type {any} */ event) => pickAt(event) && inspect(pickAt(event)));
  const items = () => graphOrder(now().scene).map((id) => view().nodes.get(id));
  const first = () => view().nodes.get("n" + now().current.node);
  rove(pane, ["Enter"], items, first, (item) => inspect(item.id, item, true), unpick);
}

/** @type {Panel} */
export const graphPanel = {
  name: "graph",
  place: "middle",
  build(player) {
    const { view, missing, sight } = player;
    const pane = make("div", { class: "gad-pane", tabindex: 0, role: "group", "aria-label": LABEL });
    const stale = make("p", { class: "gad-stale" });
    const map = makeMap(player);
    const stage = make("div", { class: "gad-stage" }, pane, stale, map.node);
    pane.addEventListener("scroll", map.look);
    pane.addEventListener("scrollend", sight.makeWay);
    listenToHands(player, pane);
    listenToGraph(player, pane);

    /** What is said above the graph takes of its room: with another height of that it is fitted anew. */
    let [notice, said] = /** @type {[any, number]} */ ([null, 0]);
    const growth = new ResizeObserver(() => {
      if (notice.offsetHeight === said) return;
      said = notice.offsetHeight;
      resize(player.now());
      settle(player.now());
    });
    function enter() {
      if (!notice) {
        notice = player.box.querySelector(".gad-notice");
        said = notice.offsetHeight;
        growth.observe(notice);
      }
      const lost = pane.matches(":focus-within:not(:focus)");
      pane.replaceChildren(view().svg);
      if (lost) pane.focus({ preventScroll: true });
    }
    let naming = 0;
    /** Cards are called by their numbers too, once these have come to rest. @param {Now} now */
    function call(now) {
      clearTimeout(naming);
      const { nodes } = view();
      for (const id of graphOrder(now.scene)) attr(nodes.get(id), "aria-label", fullName(now, player.film, id));
    }
    let marked = "";
    /** Tell which node or edge is inspected. @param {Now} now @param {View["nodes"]} nodes */
    function mark({ scene, picked }, nodes) {
      marked = picked;
      for (const id of graphOrder(scene)) attr(nodes.get(id), "aria-expanded", String(id === picked));
    }
    /** What is shown while the numbers of this place are not there. @param {Now} now */
    function paintStale({ raised, late, here }) {
      const words = raised ? "Last good picture:" : late ? `${missing()} Shown:` : "";
      put(stale, words && `${words} ${placeWords(player, here.values)}`);
      stale.classList.toggle("gad-wait", late);
    }

    /** @param {Now} now */
    function resize(now) {
      sight.fit();
      map.resize(now);
    }
    /** @param {Now} now */
    function settle(now) {
      sight.follow(now);
      fade([pane]);
      call(now);
    }
    return {
      nodes: [stage],
      resize,
      settle,
      paint(now) {
        const { picked, pointed, entered } = now;
        if (entered) enter();
        const { parts, nodes, hits } = view();
        for (const part of parts) paintPart(part, now);
        for (const hit of hits) attr(hit, "class", [picked, pointed].includes(hit.dataset.pick) ? "lit" : "");
        if (entered || picked !== marked) mark(now, nodes);
        paintStale(now);
        map.paint(now);
        clearTimeout(naming);
        naming = window.setTimeout(() => call(player.now()), SETTLED);
      },
      destroy() {
        clearTimeout(naming);
        growth.disconnect();
      },
    };
  },
};
