// @ts-check
// Below the graph: the key of its signs, and what zooms and follows.
/** @import { Film } from "../film" */
/** @import { Panel, Player } from "../panel" */
import { attr, iconButton, make, put } from "../elements.js";
import { derivativesOf } from "../hues.js";
import { fade, tabStop } from "../scrolling.js";

/** By the name of the act: label, key and picture. @type {Record<string, [string, string, string]>} */
const LENSES = {
  out: ["Zoom out", "-", "M2 6h10v2H2z"],
  in: ["Zoom in", "+", "M6 2h2v4h4v2H8v4H6V8H2V6h4z"],
  fit: ["Whole graph", "0", "M1 5V1h4v2H3v2zM9 1h4v4h-2V3H9zM13 9v4H9v-2h2V9zM5 13H1V9h2v2h2zM5 5h4v4H5z"],
  follow: ["Follow the step", "", "M6 0h2v3H6zM6 11h2v3H6zM0 6h3v2H0zM11 6h3v2h-3zM7 4a3 3 0 100 6 3 3 0 000-6z"],
};

/** The key of the signs. @param {Player} player */
function legendOf({ film, words }) {
  const signs = [
    ["value", "▼", "value"],
    ...derivativesOf(film).map(({ hue, mark }) => [hue, mark, hue]),
    ...(film.mode === "values" ? [] : [["", "×", "local gradient"]]),
    ["blank", "", "not known yet"],
  ];
  return signs.map(([hue, mark, name], i) => {
    const sign = make("b", { class: hue });
    sign.innerHTML = mark;
    // Where there is little room, what only the key says makes way for the colours of maps.
    return make(
      "span",
      i < signs.length - 2 ? {} : { class: "gad-besides" },
      sign,
      " ",
      ...words.mark(name, new Set()),
    );
  });
}

/** The key of the cells of maps, where there are any. @param {Film} film */
function scaleOf({ scenes }) {
  if (!scenes.some(({ quantities }) => quantities.some(({ picture }) => picture?.kind === "map"))) return [];
  const cells = Array.from({ length: 9 }, (_, i) => make("s:path", { class: "l" + i, d: `M${6 * i} 0h6v9h-6z` }));
  const levels = make("s:svg", { class: "gad-scene gad-scale", viewBox: "0 0 54 9", "aria-hidden": "true" }, ...cells);
  const each = make("span", { class: "gad-besides" }, " of each row");
  return [make("span", {}, "−max ", levels, " max", each), make("span", {}, make("b", {}, "–"), " below 0")];
}

/** The buttons. @param {Player} player */
function makeControls({ sight, state }) {
  const buttons = Object.entries(LENSES).map(([act, [label, key, path]]) => {
    const button = iconButton(act, label, path);
    if (key) attr(button, "title", `${label} (${key.replace("-", "−")})`);
    button.addEventListener("click", sight.acts[act]);
    return button;
  });
  const [out, closer, fit, follow] = buttons;
  const size = make("output", { "aria-label": "Zoom" });
  const node = make("div", { class: "gad-lens", role: "group", "aria-label": "View" }, out, size, closer, fit, follow);
  function paint() {
    put(size, sight.percent() + " %");
    attr(fit, "aria-pressed", String(state.zoom === "whole"));
    attr(follow, "aria-pressed", String(state.follows));
    // A slider's move changes nothing here, and must not set anything.
    if (follow.hidden === sight.beyond()) follow.hidden = !sight.beyond();
  }
  return { node, paint };
}

/** @type {Panel} */
export const lensPanel = {
  name: "lens",
  place: "middle",
  build(player) {
    const legend = make("p", { class: "gad-legend" });
    legend.append(...legendOf(player), ...scaleOf(player.film));
    const controls = makeControls(player);

    return {
      nodes: [make("div", { class: "gad-foot" }, legend, controls.node)],
      paint: controls.paint,
      resize() {
        controls.paint();
        tabStop(legend);
        fade([legend]);
      },
    };
  },
};
