// @ts-check
// The notice above the graph: that f raised here, or which branch was taken.
/** @import { Now, Panel, Player } from "../panel" */
import { attr, make, put } from "../elements.js";
import { gapAt } from "../kinks.js";
import { brief } from "../numbers.js";
import { placeWords } from "../places.js";

/** That f has no value at a place. @param {Player} player @param {string} words @param {number[]} values */
function lack(player, words, values) {
  const [what, ...why] = words.split(": ");
  const place = placeWords(player, values);
  return [`${player.name} is ${what}${place && ` at ${place}`}`, ...why].join(": ") + ".";
}

/** That f has no value at a place, and why; empty where it has one. @param {Player} player @param {Now} now */
function missing(player, { at, stop, exactly, scene }) {
  const { film, reel } = player;
  const value = at && at.scene >= 0 ? reel.read(at) : 0;
  if (!at || scene.output < 0 || Number.isFinite(value)) return "";
  return lack(player, (!exactly && gapAt(film, stop)?.why) || brief(value), at.values);
}

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
    const { box, film, reel } = player;
    const node = make("p", { class: "gad-notice" });
    let said = "";

    return {
      nodes: [node],
      paint(now) {
        const { raised, late, moved, entered } = now;
        const lack = missing(player, now);
        const words = [now.remark, lack || notice(player, now)].filter(Boolean).join(" ");
        const none = raised || !!lack;
        // Where there may be a notice, room is kept for it.
        box.classList.toggle("gad-roomy", reel.several || !!film.gaps);
        attr(node, "class", "gad-notice" + (none ? " error" : moved ? " moved" : ""));
        put(node, words);
        box.classList.toggle("gad-past", raised || late);
        box.classList.toggle("gad-late", late && !raised);
        if (none || now.remark ? words !== said : moved && entered) player.announce(words);
        said = words;
      },
      /** Keep the room of the longest: the graph below stays where it is. */
      resize() {
        const [own, looks] = [node.textContent ?? "", node.className];
        node.style.minHeight = "";
        node.className = "gad-notice error";
        const heights = (film.gaps ?? []).flatMap(({ from, to, why, slope }) =>
          (slope ? [] : [from, to]).map((stop) => {
            put(node, lack(player, why, reel.values(stop)));
            return node.offsetHeight;
          }),
        );
        node.className = looks;
        put(node, own);
        node.style.minHeight = Math.max(0, ...heights) + "px";
      },
    };
  },
};
