// @ts-check
// Picking and pointing: nodes are "n3", edges "e3_0", lines of code "7".
/** @import { Player } from "./panel" */
import { pickName } from "./picks.js";

/** Make what opens the inspector, and lights what is pointed at. @param {Player} player */
export function makePicking(player) {
  const { state, reel, box } = player;
  /** @returns {any} */
  const find = (word = "") => box.querySelector(".gad-" + word);
  /** Where the focus goes when the inspector is closed. @type {any} */
  let opener = null;

  /** What the inspector says first. */
  function summary() {
    const values = [...find("inspector").querySelectorAll(".gad-values > *")].map((one) => one.textContent);
    return `${pickName(reel.scenes[state.scene], state.picked)}. ${values.join(" ").replace(/[▼▲×] /g, "")}`;
  }
  /** Open the inspector, or close it where it shows this already. @param {any} from what is given the focus back */
  function inspect(pick = "", from = find("pane"), keys = false) {
    if (pick === state.picked) return void unpick();
    [state.picked, opener] = [pick, from];
    player.repaint();
    find(keys ? "inspector" : "pane").focus({ preventScroll: true });
    if (box.clientWidth <= 640) find("inspector").scrollIntoView({ block: "nearest" });
    player.announce("Inspecting " + summary());
  }
  /** Close the inspector; false where it was closed. What has the focus elsewhere may keep it. */
  function unpick(returns = true) {
    if (!state.picked) return false;
    const leaves = returns || find("inspector").matches(":focus-within");
    state.picked = "";
    player.repaint();
    const back = opener?.isConnected && opener.getClientRects().length ? opener : find("pane");
    if (leaves) back.focus({ preventScroll: true });
    player.announce("Inspector closed.");
    return true;
  }
  /** Light a node's code, or a line's nodes. */
  function point(at = state.stuck) {
    if (at === state.pointed) return;
    state.pointed = at;
    player.repaint();
  }
  return { inspect, unpick, point };
}
