// @ts-check
// The notice above the graph: that f raised here, or which branch was taken.
/** @import { Now, Panel, Player } from "../panel" */
import { attr, make, put } from "../elements.js";
import { placeWords } from "../places.js";

/** @param {Player} player @param {Now} now */
function notice(player, { scene: { guard }, at, raised, switched }) {
  if (at && raised) return `${player.name} raised at ${placeWords(player, at.values)}: ${at.error || "an error"}`;
  return guard && `${switched ? "The graph has changed: here " : "Here "}${guard}.`;
}

/** @type {Panel} */
export const noticePanel = {
  name: "notice",
  place: "middle",
  build(player) {
    const { box, reel } = player;
    const node = make("p", { class: "gad-notice" });
    let said = "";

    return {
      nodes: [node],
      paint(now) {
        const { raised, late, moved, entered } = now;
        const words = notice(player, now);
        // Where there may be a notice, room is kept for it.
        box.classList.toggle("gad-roomy", reel.several);
        attr(node, "class", "gad-notice" + (raised ? " error" : moved ? " moved" : ""));
        put(node, words);
        box.classList.toggle("gad-past", raised || late);
        box.classList.toggle("gad-late", late && !raised);
        if (raised ? words !== said : moved && entered) player.announce(words);
        said = words;
      },
    };
  },
};
