// @ts-check
// The colours of the host: in JupyterLab and its kin the player follows their theme, as far as it stays readable.

/** The host's variables for our tokens, the first that will do. @type {Record<string, string[]>} */
const BORROWED = {
  bg: ["layout-color0", "layout-color1"],
  panel: ["layout-color1", "layout-color2"],
  ink: ["content-font-color1", "ui-font-color1"],
  muted: ["content-font-color2", "ui-font-color2"],
  line: ["border-color0", "border-color1"],
  hair: ["border-color2", "border-color1"],
};
/** Colours that tell when they change. */
const PROBE =
  "position:absolute;visibility:hidden;pointer-events:none;transition:color 1ms,background-color 1ms;" +
  "color:var(--jp-content-font-color1,#000);background:var(--jp-layout-color0,#0000)";
/** What must be readable on a background, and how well. @type {[string, number][]} */
const ON = [
  ["ink", 4.5],
  ["muted", 4.5],
  ["fwd", 4.5],
  ["bwd", 4.5],
  ["warn", 4.5],
  ["line", 3],
];

/** The relative luminance of red, green and blue. @param {number[]} colour */
export function luminance(colour) {
  const [r, g, b] = colour.map((part) => ((part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
/** The contrast of two colours, from 1 to 21. @param {number[]} one @param {number[]} other */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Follow the host's theme while `data-theme` is "auto"; returns how to stop. @param {HTMLElement} root */
export function followHost(root) {
  const brush = /** @type {any} */ (document.createElement("canvas").getContext("2d", { willReadFrequently: true }));
  const style = getComputedStyle(root);
  const asked = ["(prefers-contrast: more)", "(forced-colors: active)"].map((query) => matchMedia(query));
  /** Any colour of CSS, laid over another. @returns {number[]} */
  const paint = (colour = "", under = [255, 255, 255]) => {
    brush.fillStyle = `rgb(${under})`;
    brush.fillRect(0, 0, 1, 1);
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    return [...brush.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const host = (name = "") => style.getPropertyValue("--jp-" + name).trim();
  const ours = (name = "") => paint(style.getPropertyValue("--gad-" + name));
  const clear = () => {
    for (const name of Object.keys(BORROWED)) root.style.removeProperty("--gad-" + name);
  };

  function read() {
    const layers = BORROWED.bg.map(host).filter(Boolean);
    clear();
    if (!layers.length || root.dataset.theme !== "auto") return void delete root.dataset.host;
    const dark = luminance(paint(layers[0])) < 0.18;
    root.dataset.host = dark ? "dark" : "light";
    if (asked.some((query) => query.matches)) return;
    /** @type {Record<string, number[]>} */
    const borrowed = {};
    const get = (token = "") => borrowed[token] ?? ours(token);
    const rgb = (/** @type {number[]} */ colour) => `rgb(${colour})`;
    /** @param {(colour: number[]) => boolean} fits */
    const borrow = (token = "", fits) => {
      const fitting = BORROWED[token]
        .map(host)
        .filter(Boolean)
        .map((colour) => paint(colour, get("bg")))
        .find(fits);
      if (fitting) root.style.setProperty("--gad-" + token, rgb((borrowed[token] = fitting)));
    };
    /** @param {number[]} colour */
    const carries = (colour) => ON.every(([token, least]) => contrast(get(token), colour) >= least);
    borrow("bg", carries);
    // With our background goes all that is ours: the host's greys were chosen for its own.
    if (!borrowed.bg) return;
    borrow("panel", (colour) => carries(colour) && String(colour) !== String(borrowed.bg));
    for (const [token, least] of ON.filter(([token]) => BORROWED[token]))
      borrow(token, (colour) => [get("bg"), get("panel")].every((under) => contrast(colour, under) >= least));
    borrow("hair", (colour) => contrast(colour, get("bg")) > 1.1);
  }

  // A theme may come as a class, an attribute or a late style sheet: the colours of the probe move with each of them.
  const probe = document.createElement("span");
  probe.setAttribute("aria-hidden", "true");
  probe.style.cssText = PROBE;
  for (const kind of ["transitionrun", "transitionend"]) probe.addEventListener(kind, read);
  const marks = new MutationObserver(read);
  const sight = new ResizeObserver(read);
  for (const node of [document.documentElement, document.body]) marks.observe(node, { attributes: true });
  marks.observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  for (const query of asked) query.addEventListener("change", read);
  // Laid out anew after it was hidden, it has missed what moved.
  sight.observe(root);
  root.append(probe);
  read();
  return () => {
    marks.disconnect();
    sight.disconnect();
    for (const query of asked) query.removeEventListener("change", read);
    probe.remove();
    clear();
    delete root.dataset.host;
  };
}
