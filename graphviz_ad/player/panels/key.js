// @ts-check
// The key: what signs and words mean, and which keys do what. The question mark opens and closes it.
/** @import { Panel } from "../panel" */
import { make } from "../elements.js";
import { fade } from "../scrolling.js";

/** @type {Record<string, string>} */
const KEYBOARD = {
  Space: "play, or pause",
  "← →": "one step back, or on; Page Up and Page Down, which a presenter's remote sends, do the same",
  "Home End": "to the first step, or to the last",
  f: "full screen",
  t: "a guided tour",
  "?": "open this key, or close it",
};

/** A list under a heading.
 * @param {string} title @param {Record<string, string>} rows @param {(name: string) => string} [id] */
function keyList(title, rows, id) {
  const cells = Object.entries(rows).flatMap(([name, text]) => [
    make("dt", {}, name),
    make("dd", id ? { id: id(name) } : {}, text),
  ]);
  return cells.length ? [make("h3", {}, title), make("dl", {}, ...cells)] : [];
}

/** @type {Panel} */
export const keyPanel = {
  name: "key",
  place: "bottom",
  build(player) {
    const { film, words, box, acts } = player;
    const { signs = {}, words: known = {} } = film.key ?? {};
    const close = make("button", { type: "button" }, "Close");
    const head = make("header", {}, make("h2", {}, "Key"), close);
    const arrays = film.scenes.some(({ ways }) => ways);
    const keys = {
      ...KEYBOARD,
      ...(player.options.turn ? { "1 2 3": "forward, reverse, or both modes" } : {}),
      ...(arrays ? { e: "on a card with an array: its entries, which arrows move" } : {}),
      Esc: "close it",
    };
    const rows = [...keyList("Signs", signs), ...keyList("Words", known, words.named), ...keyList("Keys", keys)];
    const body = make("div", { tabindex: 0, role: "group", "aria-label": "Signs, words and keys" }, ...rows);
    const dialog = make("dialog", { class: "gad-key", "aria-label": "Key of signs and words" }, head, body);
    /** @type {any} */
    let from = null;

    function leave() {
      dialog.close();
      if (from?.isConnected) from.focus({ preventScroll: true });
    }
    acts.key = () => {
      if (dialog.open) return leave();
      from = box.getRootNode().activeElement;
      words.hide();
      dialog.show();
      fade([body]);
      close.focus({ preventScroll: true });
    };
    close.addEventListener("click", leave);
    dialog.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") (event.preventDefault(), leave());
      // Within it, keys scroll and close; they do not move the story behind it.
      if (event.key !== "?") event.stopPropagation();
    });
    return { nodes: [dialog, words.tip] };
  },
};
