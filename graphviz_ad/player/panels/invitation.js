// @ts-check
// The invitation: what a page that begins at its beginning asks its reader to do, until a first step is taken.
/** @import { Panel } from "../panel" */
import { make, put } from "../elements.js";

/** @type {Panel} */
export const invitationPanel = {
  name: "invitation",
  place: "right",
  build({ acts, box, options }) {
    if (!options.invites) return { nodes: [] };
    const [play, tour] = ["gad-begin", "gad-tour"].map((name) => make("button", { type: "button", class: name }));
    const node = make("div", { class: "gad-invitation", role: "group", "aria-label": "Begin" }, play, tour);
    play.addEventListener("click", () => acts.play());
    tour.addEventListener("click", () => acts.tour());
    put(tour, "Show me around");

    return {
      nodes: [],
      paint({ step, playing, last }) {
        if (node.hidden) return;
        // It stands below the first sentence, which leaves room: it is one of the shortest.
        if (!node.parentNode) box.querySelector(".gad-step").append(node);
        put(play, `▶ Play: ${last + 1} steps`);
        if (!step && !playing) return;
        const lost = node.contains(box.getRootNode().activeElement);
        node.hidden = true;
        if (lost) box.querySelector(".gad-pane").focus({ preventScroll: true });
      },
    };
  },
};
