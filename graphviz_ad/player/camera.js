// @ts-check
// The camera's arithmetic: how large the graph is drawn, and how far its pane moves so that a step is in sight.

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Rect */
/** @typedef {{ width: number, height: number }} Size */

/** One press of a button zooms by so much; and so large is the largest. */
export const ZOOM = 1.25;
const LARGEST = 4;
/** Nobody asked for more than twice its size. */
const LARGEST_UNASKED = 2;
/** So far from the edges of the pane a step keeps, in px. */
const EDGE = 10;
/** Panes scroll by whole px, which may take half of one more. */
const ROUNDED = 0.4;

/** The scale at which all of a picture is in its pane. @param {Size} picture @param {Size} pane */
export const wholeScale = (picture, pane) => Math.min(pane.width / picture.width, pane.height / picture.height);

/** The scale that nobody has chosen: all is in the pane, as long as it can be read.
 * @param {Size} picture @param {Size} pane @param {number} least the scale at which the smallest type can be read */
export const readableScale = (picture, pane, least) =>
  Math.max(least, Math.min(LARGEST_UNASKED, wholeScale(picture, pane)));

/** A scale within what makes sense: from all of the picture to its largest. @param {Size} picture @param {Size} pane */
export const clampScale = (scale = 1, picture, pane) =>
  Math.min(LARGEST, Math.max(Math.min(1, wholeScale(picture, pane)), scale));

/** Whether a part of the picture is outside. @param {Size} picture @param {Size} pane */
export const goesBeyond = (scale = 1, picture, pane) =>
  picture.width * scale > pane.width + 1 || picture.height * scale > pane.height + 1;

/** What surrounds all of these. @param {Rect[]} rects @returns {Rect} */
export const surround = (rects) => ({
  left: Math.min(...rects.map((one) => one.left)),
  top: Math.min(...rects.map((one) => one.top)),
  right: Math.max(...rects.map((one) => one.right)),
  bottom: Math.max(...rects.map((one) => one.bottom)),
});

/** How far to move so that a stretch lies within another: not at all where it does, else to its middle. */
function shift(from = 0, to = 0, low = 0, high = 0) {
  return from < low || to > high ? (from + to - low - high) / 2 : 0;
}
/** How far to move, and whether it is within then. @param {Rect} rect @param {Rect} area @param {Rect} reach */
function move(rect, area, reach) {
  const within = (way = 0, low = 0, high = 0) => Math.max(low, Math.min(high, way));
  const left = within(shift(rect.left, rect.right, area.left, area.right), reach.left, reach.right);
  const top = within(shift(rect.top, rect.bottom, area.top, area.bottom), reach.top, reach.bottom);
  const there =
    rect.left - left >= area.left - ROUNDED &&
    rect.right - left <= area.right + ROUNDED &&
    rect.top - top >= area.top - ROUNDED &&
    rect.bottom - top <= area.bottom + ROUNDED;
  return { left, top, there };
}
/** What the map of a pane leaves free: beside it, and above it. @param {Rect} pane @param {Rect | null} map */
function freeAreas({ left, top, right, bottom }, map) {
  const area = { left: left + EDGE, top: top + EDGE, right: right - EDGE, bottom: bottom - EDGE };
  if (!map) return [area];
  return [
    { ...area, right: map.left - EDGE },
    { ...area, bottom: map.top - EDGE },
  ];
}

/** How far to scroll so that a step is in sight: not behind the map, if that can be.
 * @param {Rect[]} targets what is to be seen, from the most wanted to the least: as many of the rest as fit come along
 * @param {Rect} pane @param {Rect | null} map
 * @param {Rect} reach how far the pane can be scrolled to each side
 * @returns {{ left: number, top: number }} */
export function glide(targets, pane, map, reach) {
  for (let count = targets.length; count; count--)
    for (const areas of [freeAreas(pane, map), [pane]]) {
      const rect = surround(targets.slice(0, count));
      const moves = areas.map((area) => move(rect, area, reach)).filter(({ there }) => there);
      const far = (/** @type {{ left: number, top: number }} */ one) => Math.abs(one.left) + Math.abs(one.top);
      const [nearest] = moves.sort((one, other) => far(one) - far(other));
      if (nearest) return { left: nearest.left, top: nearest.top };
    }
  // Too large for any: its right end, where the numbers are.
  const [rect] = targets;
  return { left: rect.right - pane.right + EDGE, top: move(rect, pane, reach).top };
}

/** The corners of a pane in which a map may stand, the most wanted first. @type {[string, boolean, boolean][]} */
const CORNERS = [
  ["right", true, true],
  ["left", false, true],
  ["top-right", true, false],
  ["top-left", false, false],
];

/** In which corner the map hides none of the cards: none, where each hides one.
 * @param {Rect[]} cards @param {Rect} pane @param {Size} map */
export function mapCorner(cards, pane, { width, height }) {
  const free = CORNERS.find(([, right, below]) => {
    const left = right ? pane.right - width : pane.left;
    const top = below ? pane.bottom - height : pane.top;
    return cards.every(
      (card) => card.right <= left || card.left >= left + width || card.bottom <= top || card.top >= top + height,
    );
  });
  return free ? free[0] : "none";
}

/** How large the map of a picture is, in a pane. @param {Size} picture @param {Size} pane @returns {Size} */
export function mapSize(picture, pane) {
  const [most, tallest] = [Math.min(132, pane.width * 0.28), Math.min(190, pane.height * 0.4)];
  const scale = Math.min(most / picture.width, tallest / picture.height);
  // What is long and thin is drawn wider than it is.
  return { width: Math.max(most / 3, picture.width * scale), height: Math.max(tallest / 4, picture.height * scale) };
}
