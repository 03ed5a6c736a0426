// @ts-check
// How much of its host can be seen at once: a player is no higher.
/** @import { Player } from "./panel" */

/** What a host has around a player, in px. */
const AROUND = 16;

/** What a node stands in, out of a shadow root too. @param {any} node @returns {any} */
const parentOf = (node) => node.parentNode ?? node.host;

/** The boxes around a node that scroll, the innermost first. @param {any} node @returns {HTMLElement[]} */
function scrollersAround(node) {
  const all = [];
  for (let at = parentOf(node); at; at = parentOf(at))
    if (at instanceof HTMLElement && at !== document.body && at !== document.documentElement)
      if (/auto|scroll/.test(getComputedStyle(at).overflowY)) all.push(at);
  return all;
}

/** Tell a player how high it may be. The outermost box that scrolls is the host's view of its document; one within it
 * counts where it has a limit of its own, since others are as high as what is in them.
 * @param {Player} player @param {() => void} changed */
export function makeRoom({ root, box, options }, changed) {
  /** @type {HTMLElement | undefined} */
  let watched;
  const observer = new ResizeObserver(changed);
  addEventListener("resize", changed);

  function measure() {
    // A page has the window, which the style sheet knows.
    if (options.keys) return;
    const around = scrollersAround(root);
    const outermost = around.pop();
    const limits = around.map((node) => parseFloat(getComputedStyle(node).maxHeight)).filter((limit) => limit > 0);
    const seen = Math.min(innerHeight, outermost?.clientHeight || Infinity, ...limits);
    box.style.setProperty("--room", seen - AROUND + "px");
    if (outermost === watched) return;
    watched = outermost;
    observer.disconnect();
    if (outermost) observer.observe(outermost);
  }
  return {
    measure,
    stop() {
      observer.disconnect();
      removeEventListener("resize", changed);
    },
  };
}
