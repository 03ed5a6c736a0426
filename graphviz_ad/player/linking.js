// @ts-check
// A link to a moment: `#x=0.7&step=12&theme=dark` behind the address of a page. Steps count as on the screen, from 1.
/** @import { Controller, Film, Reel, Settings } from "./film" */
/** @import { Player } from "./panel" */

const THEMES = ["auto", "light", "dark", "high-contrast"];
const PAPERS = ["step", "strip"];

/** What of a link can be followed, and what cannot. @param {string} hash @param {Film} film @param {Reel} reel
 * @param {number[]} values where the sliders are */
export function readLink(hash, { sliders, mended = [] }, reel, values) {
  const wanted = [...values];
  /** @type {{place: boolean, step?: number, theme?: string, print?: string, mended?: number, wrong: string[]}} */
  const link = { place: false, wrong: [] };
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const number = text.trim() ? Number(text) : NaN;
    const k = sliders.findIndex((slider) => slider.name === name);
    const grid = reel.grids[k];
    if (grid && number >= grid[0] && number <= grid[grid.length - 1]) [wanted[k], link.place] = [number, true];
    else if (!grid && name === "step" && Number.isInteger(number) && number > 0) link.step = number - 1;
    else if (!grid && name === "theme" && THEMES.includes(text)) link.theme = text;
    else if (!grid && name === "print" && PAPERS.includes(text)) link.print = text;
    else if (!grid && name === "mended" && mended[number - 1]) link.mended = number - 1;
    else link.wrong.push(text ? `${name}=${text}` : name);
  }
  return { ...link, stop: reel.nearest(wanted).stop };
}

/** Follow the link of a page, now and when it changes; what leads nowhere is said.
 * @param {Controller} player @param {Film} film @param {Reel} reel */
export function followLink(player, film, reel) {
  function follow() {
    const link = readLink(location.hash, film, reel, player.state.values);
    const to = /** @type {Settings} */ ({});
    if (link.place) to.stop = link.stop;
    if (link.theme) to.theme = document.body.dataset.theme = link.theme;
    if (link.print) to.print = /** @type {"step"} */ (link.print);
    if (film.mended) to.mended = link.mended ?? -1;
    player.set(to);
    const own = film.mended?.[link.mended ?? -1]?.film;
    const { steps } = own?.scenes[own.start] ?? reel.scenes[Math.max(0, reel.find(player.state.stop)?.scene ?? 0)];
    const { step, wrong } = link;
    if (step !== undefined && step >= steps.length) wrong.push(`step=${step + 1}`);
    else if (step !== undefined) player.set({ step });
    player.set({ remark: wrong.length ? `The link asks for ${wrong.join(" and ")}, which is not here.` : "" });
  }
  addEventListener("hashchange", follow);
  if (location.hash) follow();
}

/** The link to what is shown. @param {Player} player */
export function linkTo({ film, reel, root, state, now }) {
  const { stop, step, scene } = now();
  const mended = film.mended?.findIndex((run) => run.film === scene.own) ?? -1;
  const places = reel.values(stop).map((value, k) => [film.sliders[k].name, Number(value.toPrecision(12))]);
  const { theme } = root.dataset;
  const rest = [["step", step + 1], ...(theme === "auto" ? [] : [["theme", theme]])];
  if (mended >= 0) rest.push(["mended", mended + 1]);
  if (state.print === "strip") rest.push(["print", "strip"]);
  const words = [...places, ...rest].map(([name, value]) => `${encodeURIComponent(name ?? "")}=${value}`);
  return location.href.replace(/#.*/, "") + "#" + words.join("&");
}
