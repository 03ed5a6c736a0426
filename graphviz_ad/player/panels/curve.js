// @ts-check
// The curve: f and its derivative along the slider in focus, with the tangent line.
/** @import { Now, Panel } from "../panel" */
import { makeDrawing } from "../drawing.js";
import { make } from "../elements.js";

/** @type {Panel} */
export const curvePanel = {
  name: "curve",
  title: "Curve",
  place: "left",
  group: "curve",
  build({ film, name, reel, box, now }) {
    if (!film.sliders.length) return { nodes: [] };
    const label = `Curves of ${name} and its derivative, with the tangent line`;
    const plot = make("s:svg", { role: "img", "aria-label": label });
    const drawing = makeDrawing(plot, reel, film, name);
    /** Which line through the stops is drawn. */
    let line = "";
    /** @param {Now} now */
    function draw({ active, index, stop, here }) {
      line = [active, ...index.filter((_, k) => k !== active)].join();
      drawing.draw(active, stop);
      drawing.paint(here, active);
    }
    // Drawn at the scale of the screen.
    const observer = new ResizeObserver(() => box.clientWidth >= 120 && draw(now()));
    observer.observe(plot);
    // What arrives belongs to the curve.
    const forget = reel.on(() => (line = ""));

    return {
      nodes: [make("section", { class: "gad-curve" }, make("div", { class: "gad-plot" }, make("div", {}, plot)))],
      paint(now) {
        const { active, index, here } = now;
        if (line === [active, ...index.filter((_, k) => k !== active)].join()) drawing.paint(here, active);
        else draw(now);
      },
      resize: (now) => void (now.entered || draw(now)),
      destroy() {
        observer.disconnect();
        forget();
      },
    };
  },
};
