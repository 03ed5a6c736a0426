// @ts-check
// For a room: large type, and a layout in which the graph has the full height and the sentence is large.
/** @import { Player } from "./panel" */
import { attr } from "./elements.js";

/** On a page in a low and wide window, the layout alone. */
const LOW = "(max-height:780px) and (min-width:1061px)";

/** Let a player fill the screen, or speak to a room. @param {Player} player @param {() => void} changed */
export function makeStage({ root, box, state, options, film }, changed) {
  const low = matchMedia(LOW);
  const button = box.querySelector(".gad-full");
  const full = () => root.matches(":fullscreen");
  // The map and the curves of two sliders need a column of their own.
  const lowers = !!options.keys && film.sliders.length < 2;
  function settle() {
    // Paper is no room; after it the box is as it was.
    if (box.matches(".gad-paper")) return;
    const label = full() ? "Leave full screen" : "Full screen";
    const large = state.presentation || full();
    box.classList.toggle("gad-room", large);
    // Nothing stands beside a graph alone.
    const show = (large || (lowers && low.matches)) && !box.matches(".no-graph,.gad-solo");
    box.classList.toggle("gad-show", show);
    attr(button, "title", label + " (f)");
    attr(button, "aria-label", label);
    changed();
  }
  /** Away from the button: keys steer the story now. @returns {void} */
  const play = () => box.querySelector(".gad-pane").focus();
  /** Refused where the host does not allow it, or where nobody pressed a key. */
  const toggle = () => void (full() ? document.exitFullscreen() : root.requestFullscreen().then(play)).catch(() => {});
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", toggle);
  root.addEventListener("fullscreenchange", settle);
  low.addEventListener("change", settle);
  return {
    settle,
    toggle: () => void (document.fullscreenEnabled && toggle()),
    stop() {
      root.removeEventListener("fullscreenchange", settle);
      low.removeEventListener("change", settle);
    },
  };
}
