// @ts-check
// To keep: the picture of the step on screen as a file or on the clipboard, and a link to this moment.
/** @import { Panel, Player } from "../panel" */
import { copyText } from "../copying.js";
import { attr, make, put } from "../elements.js";
import { download, pngOf, svgOf } from "../exporting.js";
import { linkTo } from "../linking.js";

const ICON = "M6 0h2v6h3l-4 4-4-4h3zM1 9h2v3h8V9h2v5H1z";
const NO_COPY = "Pictures cannot be copied here: save one.";

/** A sandboxed frame can neither save files nor copy, and does not say so. */
const sandboxed = () => self.origin === "null" && self !== self.parent;

/** What can be done, by its name; each returns what to say of it.
 * @param {Player} player @returns {Record<string, () => Promise<string>>} */
function deedsOf(player) {
  const { name, now, options, box } = player;
  const file = (kind = "") => `${name.replace(/[^\w-]+/g, "-")}-step-${now().step + 1}.${kind}`;
  /** @param {Blob} blob */
  const save = (blob, kind = "") => (download(blob, file(kind)), `Saved as ${file(kind)}`);
  const png = () => pngOf(svgOf(player));
  const copy = () => navigator.clipboard.write([new ClipboardItem({ "image/png": png() })]).then(() => "Copied");
  return {
    "Save SVG": async () => save(new Blob([svgOf(player)], { type: "image/svg+xml" }), "svg"),
    "Save PNG": async () => save(await png(), "png"),
    ...(self.ClipboardItem && { "Copy picture": () => copy().catch(() => NO_COPY) }),
    ...(options.keys && {
      "Copy link": async () => ((await copyText(linkTo(player), box)) ? "Copied" : linkTo(player)),
    }),
  };
}

/** @type {Panel} */
export const keepPanel = {
  name: "keep",
  place: "bottom",
  build(player) {
    if (sandboxed()) return { nodes: [] };
    const icon = make("s:svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, make("s:path", { d: ICON }));
    const label = { title: "Save or copy", "aria-label": "Save or copy", "aria-expanded": "false" };
    const button = make("button", { type: "button", class: "gad-keep", ...label }, icon);
    const said = make("p", { class: "gad-said" });
    const menu = make("div", { class: "gad-menu", role: "group", "aria-label": "Save or copy", hidden: "" });
    const items = Object.entries(deedsOf(player)).map(([words, act]) => {
      const item = make("button", { type: "button" }, words);
      item.addEventListener("click", () => act().then(tell));
      return item;
    });
    function tell(words = "") {
      put(said, words);
      player.announce(words);
    }
    function show(on = true) {
      menu.hidden = !on;
      menu.replaceChildren(...(on ? [...items, said] : []));
      attr(button, "aria-expanded", String(on));
      put(said);
    }
    function open(on = true) {
      show(on);
      (on ? items[0] : button).focus();
    }
    button.addEventListener("click", () => open(menu.hidden));
    menu.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") (event.preventDefault(), open(false));
    });
    const away = (/** @type {any} */ event) => {
      const path = event.composedPath();
      if (!menu.hidden && !path.includes(menu) && !path.includes(button)) show(false);
    };
    document.addEventListener("pointerdown", away);
    return {
      nodes: [],
      paint() {
        if (!button.parentNode) player.box.querySelector(".gad-bar").append(button, menu);
      },
      destroy: () => document.removeEventListener("pointerdown", away),
    };
  },
};
