// @ts-check
// The graph as a picture of its own: every style written out, as the painter in Python does.
/** @import { Player } from "./panel" */
import { attr, make } from "./elements.js";

/** What a picture takes from the style sheet. All but the opacity is handed down to what stands inside. */
const LOOKS = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "font-family",
  "font-size",
  "font-style",
  "font-weight",
  "text-anchor",
  "text-decoration-line",
  "paint-order",
  "white-space",
  "opacity",
];
/** What is for pointer and keys. */
const SERVING = ["tabindex", "role", "aria-expanded", "aria-label", "style"];

/** Write out how an element looks; false where it cannot be seen.
 * @param {Element} node @param {Element} copy @param {(name: string) => string} inherited */
function writeOut(node, copy, inherited) {
  const style = getComputedStyle(node);
  if (style.display === "none" || style.visibility === "hidden") return false;
  for (const name of SERVING) copy.removeAttribute(name);
  for (const { name } of [...copy.attributes]) if (name.startsWith("data-")) copy.removeAttribute(name);
  for (const name of LOOKS) {
    const value = style.getPropertyValue(name);
    const usual = name === "opacity" ? "1" : inherited(name);
    if (value !== usual || copy.hasAttribute(name)) copy.setAttribute(name, value);
  }
  const own = (/** @type {string} */ name) => style.getPropertyValue(name);
  [...node.children].forEach((child, i, { length }) => {
    const twin = copy.children[copy.children.length - length + i];
    if (!writeOut(child, twin, own)) twin.remove();
  });
  return true;
}

/** The graph at the step on screen, as the text of a file. @param {Player} player */
export function svgOf({ box, state, view, cut, repaint }) {
  const marks = { picked: state.picked, pointed: state.pointed, stuck: state.stuck };
  cut();
  Object.assign(state, { picked: "", pointed: "", stuck: "" });
  repaint();
  const { svg } = view();
  const copy = svg.cloneNode(true);
  writeOut(svg, copy, () => "");
  Object.assign(state, marks);
  repaint();
  for (const part of copy.querySelectorAll(".gad-hits, .gad-pills")) part.remove();
  const [x, y, width, height] = copy.getAttribute("viewBox").split(" ");
  const paper = { class: "paper", x, y, width, height, fill: getComputedStyle(box.parentNode).backgroundColor };
  const said = box.querySelector(".gad-say:not(.gad-ghost) > p")?.textContent ?? "";
  for (const [name, value] of Object.entries({ width, height, role: "img" })) attr(copy, name, value);
  copy.prepend(make("s:title", {}, svg.getAttribute("aria-label")), make("s:desc", {}, said), make("s:rect", paper));
  return new XMLSerializer().serializeToString(copy);
}

/** A picture in pixels, of which a px has two. @returns {Promise<Blob>} */
export async function pngOf(svg = "") {
  const image = new Image();
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
  await image.decode();
  const canvas = make("canvas", { width: 2 * image.width, height: 2 * image.height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** Hand a file to the reader. @param {Blob} blob */
export function download(blob, name = "") {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
