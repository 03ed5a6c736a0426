// @ts-check
// The banner: where the story has stopped and why, and the calls that it is under.
/** @import { Debug, DebugPlace } from "../film" */
/** @import { Now, Player } from "../panel" */
/** @import { Points } from "./points.js" */
import { make, math } from "../elements.js";
import { suppress } from "../keys.js";
import { rowText } from "../naming.js";
import { breakIcon } from "./glyphs.js";
import { wayAt } from "./moving.js";

const WHENCE_LONGEST = 40; // characters of what a node computes

/** Where the story has stopped. @param {Player} player @param {Debug} debug @param {Points} points */
export function makeBanner(player, debug, points) {
  const icon = make("span");
  const why = make("p", { role: "status" });
  const scope = make("p", { class: "gad-scope" });
  const node = make(
    "section",
    { class: "gad-stopped", "aria-label": "Where it is" },
    icon,
    make("div", {}, why, scope),
  );
  /** What this step has made known. @param {Now} now */
  function told(now) {
    const { current, scene } = now;
    const row = scene.rows[current.node];
    if (!row || current.writes[0] !== "n") return []; // what an edge sends is not the number of a node
    const [, , , count = ""] = now.entry(current.writes);
    const number = rowText(now, current.writes)
      .replace(/^.*\d\/\d+ /, "")
      .trim();
    const back = current.kind !== "evaluate";
    return [
      math(back ? row.bar : row.symbol, row.text.split(" = ")[0]),
      ` is ${number}${count ? `, ${count} parts` : ""}. `,
    ];
  }
  /** What has stopped it: of an adjoint, from where it has come. @param {Now} now */
  function lead({ current, scene }) {
    const [to, from] = [current.node, current.edge?.[0] ?? -1].map((i) => scene.rows[i]);
    if (!to || !from || current.writes[0] !== "n") return ["Stopped: "];
    const [name, whole = name] = from.text.split(" = ");
    const whence = whole.length > WHENCE_LONGEST ? name : whole;
    return ["Stopped as ", math(to.symbol, to.text.split(" = ")[0]), ` receives from ${whence}: `];
  }
  /** A call on the way: one whose line is in the code pane leads there. @param {DebugPlace} place */
  function callLink({ of, line, shown }) {
    const words = [make("b", {}, of), ` line ${line ?? "?"}`];
    if (!shown) return make("span", {}, ...words);
    const button = make("button", { type: "button", title: `Light what line ${line} makes` }, ...words);
    suppress(button);
    button.addEventListener("click", () => {
      player.state.stuck = player.state.stuck === String(line) ? "" : String(line);
      player.point();
      player.box.querySelector(`.gad-code [data-line="${line}"]`)?.scrollIntoView({ block: "nearest" });
    });
    return button;
  }
  let said = "";
  /** @param {Now} now */
  function paint(now) {
    const hit = points.at(now.step);
    const count = `Step ${now.step + 1} of ${now.last + 1}.`;
    icon.replaceChildren(breakIcon(hit[0] ?? { words: "", steps: [], on: false }, !!hit.length));
    node.classList.toggle("gad-hit", !!hit.length);
    const words = hit.map((point) => point.words).join("; ");
    const strong = make("b", {}, ...(hit.length ? lead(now) : []), ...told(now));
    why.replaceChildren(strong, hit.length ? `Breakpoint ${words}. ` : "", count);
    const way = wayAt(debug, now.step);
    const stops = way.flatMap((place, i) => [...(i ? [make("i", {}, " ▸ ")] : []), callLink(place)]);
    const back = now.current.kind !== "evaluate";
    scope.replaceChildren(
      ...(stops.length ? stops : ["an input"]),
      make("em", {}, back ? "▲ going back" : "▼ forward"),
    );
    if (hit.length && said !== `${now.step} ${words}`) player.announce(`Stopped at step ${now.step + 1}: ${words}.`);
    said = hit.length ? `${now.step} ${words}` : "";
  }
  return { node, paint };
}
