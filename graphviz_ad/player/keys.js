// @ts-check
// The keys that steer a player.
/** @import { Player } from "./panel" */

/** @type {Record<string, string>} */
const KEYS = {
  " ": "play",
  ArrowRight: "next",
  ArrowLeft: "back",
  // What a presenter's remote sends.
  PageDown: "next",
  PageUp: "back",
  Home: "first",
  End: "last",
  f: "full",
  t: "tour",
  "?": "key",
  "+": "in",
  "=": "in",
  "-": "out",
  0: "fit",
  1: "forward",
  2: "reverse",
  3: "both",
  n: "finding",
  N: "before",
  m: "mended",
};

/** Whether what has the focus uses a key itself: space presses a button; arrows move a slider and scroll the
 * code. In a room the remote steps wherever the focus was left.
 * @param {Element} target @param {string} key @param {Element} box */
function keeps(target, key, box) {
  if (key === " ") return /^(button|summary)$/.test(target.localName);
  return !!target.closest(".gad-x,.gad-code") && !(/^Page/.test(key) && box.matches(".gad-room"));
}

/** Whether letters and arrows belong to what has the focus. @param {any} target */
export const isTypedInto = ({ localName, type }) =>
  localName === "textarea" || (localName === "input" && /^(text|search|number)$/.test(type));

/** Listen to keys within a player, and to those of its page while nothing has the focus; returns how to stop.
 * @param {Player} player */
export function listenToKeys(player) {
  const { root, options } = player;
  /** @param {any} event */
  function onKey(event) {
    const target = event.composedPath()[0];
    const { key, defaultPrevented: done } = event;
    if (key === "Escape" && !done && player.unpick()) return event.preventDefault();
    // Then to whatever stands around the player and takes keys, such as a notebook's cell.
    if (key === "Escape" && !done && !document.fullscreenElement) {
      const around = /** @type {HTMLElement | null | undefined} */ (root.parentElement?.closest("[tabindex]"));
      return around?.focus();
    }
    const act = player.acts[KEYS[/** @type {"f"} */ (key)]];
    // On many keyboards "+" and "?" are typed with Shift.
    const shifted = event.shiftKey && !/^[+?N]$/.test(key);
    if (!act || done || event.ctrlKey || event.metaKey || event.altKey || shifted) return;
    if (isTypedInto(target) && !/^Page/.test(key)) return;
    if (keeps(target, key, player.box)) return;
    if (!/^[ ft?+=0-]$/.test(key) && player.state.playing) player.setPlaying(false);
    event.preventDefault();
    act();
  }
  /** @param {any} event */
  const onPageKey = (event) => /^(body|html)$/.test(event.composedPath()[0].localName) && onKey(event);
  // JupyterLab would take the keys of whatever has the focus, also of what is made later.
  const onFocus = (/** @type {any} */ event) => suppress(event.composedPath()[0]);
  root.addEventListener("keydown", onKey);
  root.addEventListener("focusin", onFocus);
  options.keys?.addEventListener("keydown", onPageKey);
  return () => {
    root.removeEventListener("keydown", onKey);
    root.removeEventListener("focusin", onFocus);
    options.keys?.removeEventListener("keydown", onPageKey);
  };
}

/** Keep JupyterLab from taking the keys of an element. @param {Element} node */
export const suppress = (node) => node.setAttribute("data-lm-suppress-shortcuts", "true");
