// @ts-check
// The notice above the graph: that f raised here, or which branch was taken.
/** @import { Now, Panel, Player } from "../panel" */
import { attr, make, put } from "../elements.js";
import { gapAt } from "../kinks.js";
import { brief } from "../numbers.js";
import { placeWords } from "../places.js";

/** Why f has no value at a place; empty where it has one. @param {Player} player @param {Now} now */
function missing({ film, reel, name, ...player }, { at, stop, exactly }) {
  if (!at || at.scene < 0 || Number.isFinite(reel.read(at))) return "";
  const [what, ...why] = ((!exactly && gapAt(film, stop)?.why) || brief(reel.read(at))).split(": ");
  const place = placeWords({ film, reel, name, ...player }, at.values);
  return [`${name} is ${what} at ${place}`, ...why].join(": ") + ".";
}

/** @param {Player} player @param {Now} now */
function notice(player, now) {
  const { at, raised, switched } = now;
  const { guard } = now.scene;
  const none = missing(player, now);
  if (none) return none;
  if (at && raised) return `${player.name} raised at ${placeWords(player, at.values)}: ${at.error || "an error"}`;
  return guard && `${switched ? "The graph has changed: here " : "Here "}${guard}.`;
}

/** @type {Panel} */
export const noticePanel = {
  name: "notice",
  place: "middle",
  build(player) {
    const { box, film, reel } = player;
    const node = make("p", { class: "gad-notice" });
    let said = "";

    return {
      nodes: [node],
      paint(now) {
        const { raised, late, moved, entered } = now;
        const words = notice(player, now);
        const none = raised || !!missing(player, now);
        // Where there may be a notice, room is kept for it.
        box.classList.toggle("gad-roomy", reel.several || !!film.gaps);
        attr(node, "class", "gad-notice" + (none ? " error" : moved ? " moved" : ""));
        put(node, words);
        box.classList.toggle("gad-past", raised || late);
        box.classList.toggle("gad-late", late && !raised);
        if (none ? words !== said : moved && entered) player.announce(words);
        said = words;
      },
    };
  },
};
