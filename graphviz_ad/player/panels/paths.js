// @ts-check
// The paths of a gradient in a tab: the one that is chosen in its table is lit in the graph and in the code.
/** @import { Route } from "../film" */
/** @import { Now, Panel, Player, View } from "../panel" */
import { make, parseHtml } from "../elements.js";
import { tabOver } from "../findings/tabs.js";
import { tabStop } from "../scrolling.js";

/** px, of the stroke of the widest path, and at least; narrower strokes have no inside. */
const [ROUTE_MOST, ROUTE_LEAST, ROUTE_HOLLOW] = [14, 3, 4.5];

/** A stroke under a lane: solid where its path adds, hollow with ties across where it takes away; all of them as wide
 * as their shares, of which this is the largest.
 * @param {Route} route */
function strokesOf({ share, adds }, largest = 1, d = "") {
  const wide = Math.max(ROUTE_LEAST, (ROUTE_MOST * share) / (largest || 1));
  /** @param {Record<string, string | number>} more */
  const path = (more) => make("s:path", { d, "stroke-width": wide, ...more });
  if (adds) return [path({})];
  if (wide < ROUTE_HOLLOW) return [path({ "stroke-dasharray": "4 3" })];
  return [path({}), path({ class: "gad-inside", "stroke-width": wide - 2.8 }), path({ "stroke-dasharray": "1.4 7.6" })];
}

/** Its letter, in a circle in the middle of a lane. @param {any} lane */
function letterOn(lane, letter = "") {
  const { x, y } = lane.getPointAtLength(lane.getTotalLength() / 2);
  return [make("s:circle", { cx: x, cy: y, r: 8.2 }), make("s:text", { x, y: y + 4.2 }, letter)];
}

/** Draw a path under the lanes of a picture. @param {View} view @param {Route} route */
function drawRoute({ svg, nodes }, route, largest = 1) {
  const lanes = route.edges.map((edge) => nodes.get(edge + "_b")?.querySelector(".line")).filter(Boolean);
  const group = make("s:g", { class: "gad-route", "aria-hidden": "true" });
  group.append(...lanes.flatMap((lane) => strokesOf(route, largest, lane.getAttribute("d"))));
  svg.prepend(group);
  if (!route.letter) return [group];
  const letters = make("s:g", { class: "gad-route", "aria-hidden": "true" });
  letters.append(...lanes.flatMap((lane) => letterOn(lane, route.letter)));
  nodes.get("n0")?.before(letters);
  return [group, letters];
}

/** Let what stands beside the graph choose by its own keys. @param {any} event */
function keepKeys(event) {
  if (/^Arrow|^ $/.test(event.key) && event.target.localName === "input") event.stopPropagation();
}

/** @type {Panel} */
export const pathsPanel = {
  name: "paths",
  place: "right",
  build(player) {
    const { paths } = player.film;
    if (!paths) return { nodes: [] };
    const { rows, section: source, style } = paths;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    document.adoptedStyleSheets.push(sheet);
    const told = parseHtml(source);
    const section = make("section", { class: "gad-told gad-tabpanel", "aria-label": "Paths" }, told);
    const tabs = tabOver(player, "paths", "Paths", rows.length);
    const choices = [...told.querySelectorAll("[name=path]")];
    /** @type {any[]} */
    let drawn = [];
    let chosen = -1;

    /** Light what belongs to the path that is chosen, while its tab is open. @param {Now} now */
    function light(now) {
      const shown = player.box.classList.contains("gad-tab-paths") ? choices.findIndex(({ checked }) => checked) : -1;
      const route = rows[shown];
      if (route) {
        now.lit.push(...route.edges.flatMap((edge) => [edge + "_g", edge + "_c"]));
        now.operands = route.spans.map((span) => ["gad-operand", span]);
      }
      if (shown === chosen && !now.entered) return;
      for (const old of drawn) old.remove();
      drawn = route ? drawRoute(player.view(), route, rows[0].share) : [];
      chosen = shown;
    }
    /** @param {number} way */
    function move(way) {
      if (!choices.length) return;
      tabs.choose("paths");
      const next = choices[(choices.findIndex(({ checked }) => checked) + way + choices.length) % choices.length];
      next.checked = true;
      next.focus({ preventScroll: true });
      next.closest("tr").scrollIntoView({ block: "nearest" });
      player.repaint();
    }
    Object.assign(player.acts, { finding: () => move(1), before: () => move(-1) });
    told.addEventListener("change", () => player.repaint());
    section.addEventListener("keydown", keepKeys);
    const growth = new ResizeObserver(() => tabStop(section));
    for (const part of [section, told]) growth.observe(part);
    return {
      nodes: [tabs.node, section],
      paint(now) {
        tabs.paint(now);
        light(now);
      },
      destroy() {
        growth.disconnect();
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((own) => own !== sheet);
      },
    };
  },
};
