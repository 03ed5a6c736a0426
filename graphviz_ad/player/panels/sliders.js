// @ts-check
// The sliders: below the curve, or a strip across the box where it is not shown (arranging.js).
/** @import { Panel } from "../panel" */
import { make } from "../elements.js";
import { gapAt, kinkAt, kinksOf } from "../kinks.js";
import { moveTo } from "../moving.js";
import { placeWords, sliderWords } from "../places.js";
import { makeSlider } from "../slider.js";

/** @type {Panel} */
export const slidersPanel = {
  name: "sliders",
  place: "top",
  build(player) {
    const { film, reel, state } = player;
    const { grids } = reel;
    const slides = film.sliders.map((one, k) => makeSlider(one.name, grids[k]));
    player.box.style.setProperty("--slides", String(slides.length));
    /** What there is at a stop, in words. */
    function there(stop = 0) {
      const gap = gapAt(film, stop);
      const kink = kinkAt(kinksOf(film), stop);
      return gap ? `, ${gap.slope ? "" : "no value, "}${gap.why}` : kink ? `, ${kink.kind}` : "";
    }
    slides.forEach(({ input }, k) => {
      input.addEventListener("input", () => moveTo(player, { [k]: Math.round(Number(input.value)) }));
      input.addEventListener("focus", () => {
        if (state.active === k) return;
        state.active = k;
        player.repaint();
      });
    });

    const starts = film.sliders.map(({ start }, k) => grids[k][start]);
    const start = placeWords(player, starts);
    const lines = `Computed as one slider moves and the others stay at ${start}: they go back there.`;

    return {
      nodes: [
        make("div", { class: "gad-strip" }, ...slides.map(({ node }) => node)),
        ...(film.lines ? [make("p", { class: "gad-lines" }, lines)] : []),
      ],
      paint({ exactly, index, active, stop }) {
        slides.forEach((slide, k) => {
          const grid = grids[k];
          const wide = grid[grid.length - 1] - grid[0];
          const value = exactly?.values[k];
          const i = value === undefined ? index[k] : ((value - grid[0]) / wide) * (grid.length - 1);
          slide.mark(kinksOf(film));
          slide.node.classList.toggle("active", k === active && slides.length > 1);
          slide.put(i, sliderWords(player, k, value ?? grid[index[k]]) + (exactly ? "" : there(stop)));
        });
      },
    };
  },
};
