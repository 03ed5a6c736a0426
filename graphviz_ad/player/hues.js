// @ts-check
// What a film has besides values, by its mode: adjoints, which come back, or tangents, which move on.
/** @import { Film, Step } from "./film" */
import { parse } from "./elements.js";

const DROP = "M0 5.3c-1.2-2.4-4-4-4-6.6c0-2.2 1.8-4 4-4c2.2 0 4 1.8 4 4c0 2.6-2.8 4.2-4 6.6z";
const SVG_DROP = 'xmlns="http://www.w3.org/2000/svg" class="gad-drop" viewBox="-4 -5.3 8 10.6" aria-hidden="true"';
const DROPLET = `<svg ${SVG_DROP}><path d="${DROP}"/></svg>`;

/** `hue` is its name, too; `row` and `lane` are the letters that its parts end in. */
const MODES = {
  reverse: {
    hue: "adjoint",
    row: "a",
    lane: "b",
    mark: "▲",
    label: "▲ ",
    cut: "cut: nothing flows back",
    sum: "its adjoint is the sum of",
  },
  forward: {
    hue: "tangent",
    row: "t",
    lane: "t",
    mark: DROPLET,
    label: "",
    cut: "cut: nothing moves on",
    sum: "its tangent is the sum of",
  },
};

/** What stands in the row below the values; of both modes, in the last row. @param {Film} film */
export const derivativeOf = ({ mode }) => MODES[mode === "forward" ? mode : "reverse"];

/** What stands in the rows below the values; nothing where there are values alone. @param {Film} film */
export const derivativesOf = (film) =>
  film.mode === "values" ? [] : film.mode === "both" ? [MODES.forward, MODES.reverse] : [derivativeOf(film)];

/** What a step of a sweep is about. @param {Step} step */
export const sweepOf = ({ writes }) => MODES[writes.endsWith("_t") ? "forward" : "reverse"];

/** The mark of a tangent. @returns {Element} */
export const droplet = () => parse(DROPLET);

/** The hue of a step. @param {Step} step */
export const hueOf = (step) => (/evaluate|raise/.test(step.kind) ? "value" : sweepOf(step).hue);
