// @ts-check
// For a room: large type, and a layout in which the graph has the full height and the sentence is large.
import { attr } from "./elements.js";

/** On a page in a low and wide window, the layout alone. */
const LOW = "(max-height:780px) and (min-width:1061px)";

/** Let a player fill the screen, or speak to a room.
 * @param {HTMLElement} root @param {Element} box @param {any} button for the full screen
 * @param {boolean} page whether the player has a page to itself @param {() => void} changed */
export function makeStage(root, box, button, page, changed) {
  const low = matchMedia(LOW);
  let wanted = false;
  const full = () => root.matches(":fullscreen");
  function settle() {
    const label = full() ? "Leave full screen" : "Full screen";
    box.classList.toggle("gad-room", wanted || full());
    // Nothing stands beside a graph alone.
    box.classList.toggle("gad-show", (wanted || full() || (page && low.matches)) && !box.matches(".no-graph,.gad-solo"));
    attr(button, "title", label + " (f)");
    attr(button, "aria-label", label);
    changed();
  }
  /** Refused where the host does not allow it, or where nobody pressed a key. */
  const toggle = () => void (full() ? document.exitFullscreen() : root.requestFullscreen().then(play)).catch(() => {});
  /** Away from the button: keys steer the story now. @returns {void} */
  const play = () => /** @type {HTMLElement | null} */ (box.querySelector(".gad-pane"))?.focus();
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", toggle);
  root.addEventListener("fullscreenchange", settle);
  low.addEventListener("change", settle);
  return {
    get wanted() { return wanted; },
    settle,
    toggle: () => document.fullscreenEnabled && toggle(),
    present: (on = false) => ((wanted = on), settle()),
    stop() {
      root.removeEventListener("fullscreenchange", settle);
      low.removeEventListener("change", settle);
    },
  };
}
