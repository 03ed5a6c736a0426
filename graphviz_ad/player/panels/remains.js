// @ts-check
// Where f raised: a button below the notice shows what was recorded before, as a film of its own, over the page.
/** @import { Raised } from "../film" */
/** @import { Panel, Player } from "../panel" */
import { make, put } from "../elements.js";
import { placeWords } from "../places.js";

/** Show what was recorded, until it is closed. @param {Player} player @param {Raised} own @param {any} button */
function showRemains(player, { film, values }, button) {
  const { name, root, state, cut, setPlaying } = player;
  const words = `${name} at ${placeWords(player, values)}: values up to the line that raised`;
  const close = make("button", { type: "button" }, "Close");
  const [head, inner] = [make("div", { class: "gad-remains-head" }, make("p", {}, words), close), make("div")];
  const dialog = make("dialog", { class: "gad-remains", "aria-label": words }, head, inner);
  cut();
  if (state.playing) setPlaying(false);
  root.append(dialog);
  dialog.showModal();
  const shown = player.mount(inner, film, { theme: root.dataset.theme, detail: state.detail });
  inner.querySelector(".gad-pane").focus({ preventScroll: true });
  // The film below stays where it is.
  dialog.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.stopPropagation());
  dialog.addEventListener("close", () => {
    shown.destroy();
    dialog.remove();
    button.focus({ preventScroll: true });
  });
  close.addEventListener("click", () => dialog.close());
}

/** @type {Panel} */
export const remainsPanel = {
  name: "remains",
  place: "middle",
  build(player) {
    const { raised } = player.film;
    if (!raised) return { nodes: [] };
    const button = make("button", { type: "button", class: "gad-recorded", hidden: "" });
    /** @type {Raised | undefined} */
    let own;
    button.addEventListener("click", () => own && showRemains(player, own, button));

    return {
      nodes: [button],
      paint({ raised: isRaised, exactly, stop }) {
        own = isRaised && !exactly ? raised.find(({ stops }) => stops.includes(stop)) : undefined;
        button.hidden = !own;
        if (own) put(button, `What was recorded at ${placeWords(player, own.values)}`);
      },
    };
  },
};
