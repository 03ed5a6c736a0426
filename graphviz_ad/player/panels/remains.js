// @ts-check
// Where f raised: a button below the notice shows what was recorded before, as a film of its own, over the page.
/** @import { Film, Raised } from "../film" */
/** @import { Panel, Player } from "../panel" */
import { make, put } from "../elements.js";
import { placeWords } from "../places.js";

/** Show what was recorded, until it is closed; returns how to close it.
 * @param {Player} player @param {Film} film @param {any} button */
function showRemains(player, film, values = [0], button) {
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
  return () => dialog.close();
}

/** @type {Panel} */
export const remainsPanel = {
  name: "remains",
  place: "middle",
  build(player) {
    if (!player.film.raised) return { nodes: [] };
    const button = make("button", { type: "button", class: "gad-recorded", hidden: "" });
    /** What was recorded here. @type {Raised | undefined} */
    let own;
    /** Close it where it is shown. */
    let hide = () => {};
    button.addEventListener("click", () => {
      if (own?.film) hide = showRemains(player, own.film, own.values, button);
    });

    return {
      nodes: [button],
      paint({ at }) {
        if (at?.own !== own) hide();
        own = at?.own;
        button.hidden = !own?.film;
        if (own) put(button, `What was recorded at ${placeWords(player, own.values)}`);
      },
      destroy: () => hide(),
    };
  },
};
