// @ts-check
// Elements: made, parsed as data, and touched only where they change.

const SVG = "http://www.w3.org/2000/svg";
/** Elements that could run, load or escape. */
const DROPPED = /^(script|style|foreignobject|iframe|object|embed|annotation-xml|image|use|a|set|animate.*)$/i;

/** Make an element, of SVG after "s:".
 * @param {string} name @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children @returns {any} */
export function make(name, attributes = {}, ...children) {
  const node = name.startsWith("s:") ? document.createElementNS(SVG, name.slice(2)) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** Drop whatever could run, load or escape. @param {any} root */
function defuse(root) {
  for (const node of root.querySelectorAll("*")) {
    if (DROPPED.test(node.localName)) node.remove();
    for (const { name } of [...node.attributes]) if (/^on|href$|^style$|^src/i.test(name)) node.removeAttribute(name);
  }
}

/** Parse HTML as data. @returns {any} */
export function parseHtml(source = "") {
  const parsed = new DOMParser().parseFromString(source, "text/html");
  defuse(parsed.body);
  return document.importNode(parsed.body.firstElementChild ?? parsed.body, true);
}

/** Parse SVG or MathML as data: whatever could run, load or escape is dropped. @returns {any} */
export function parse(source = "", fallback = "") {
  const parsed = new DOMParser().parseFromString(source, "application/xml");
  if (parsed.querySelector("parsererror")) return make("span", {}, fallback);
  // The bar of a long name: a macron would stand on its middle only.
  for (const over of /** @type {NodeListOf<any>} */ (parsed.querySelectorAll("mover"))) {
    if (!over.firstChild?.textContent[1] || over.lastChild.textContent !== "¯") continue;
    over.lastChild.remove();
    over.firstChild.setAttribute("class", "gad-over");
  }
  defuse(parsed);
  return document.importNode(parsed.documentElement, true);
}

/** A button with a picture, of an act. */
export function iconButton(word = "", label = "", path = "") {
  const icon = make("s:svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, make("s:path", { d: path }));
  const button = make("button", { type: "button", class: "gad-" + word }, icon);
  if (label) (attr(button, "title", label), attr(button, "aria-label", label));
  return button;
}

/** @type {Map<string, Element>} */
const formulas = new Map();
/** A formula; scrubbing shows the same few again and again, and parsing them is what costs. */
export function math(mathml = "", text = "") {
  const known =
    formulas.get(mathml) ?? parse(`<math xmlns="http://www.w3.org/1998/Math/MathML">${mathml}</math>`, text);
  if (formulas.size > 400) formulas.clear();
  formulas.set(mathml, known);
  return known.cloneNode(true);
}

export const written = new WeakMap();
/** Touch a text only when it changes; a new text node would have to be laid out from scratch. @param {Element} node */
export function put(node, text = "") {
  if (written.get(node) === text) return;
  written.set(node, text);
  const { firstChild } = node;
  if (firstChild instanceof Text && firstChild === node.lastChild) firstChild.data = text;
  else node.textContent = text;
}
/** @param {Element} node @param {string} name @param {string | number} value */
export function attr(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}
/** @param {any} node */
export const show = (node, visible = true) => attr(node, "visibility", visible ? "visible" : "hidden");

/** Lay a line of SVG from one point to another. Where a line ends is no style: a browser need not work that out anew.
 * @param {Element} line @param {string | number} x1 @param {string | number} y1
 * @param {string | number} x2 @param {string | number} y2 */
export function lay(line, x1, y1, x2, y2) {
  for (const [end, at] of Object.entries({ x1, y1, x2, y2 })) attr(line, end, at);
}
