// @ts-check
// Sheets of paper: how large the pictures of a strip are, and how many stand side by side, so that the sheets are full.

/** How wide and high a sheet is, in px, of A4 and of Letter alike; the room between two pictures, and between two rows;
 * and what a picture has around it, above its caption. */
const PAPER = 700;
const GUTTER = 22;
const SHEET = 950;
const GAP = 18;
/** So much of a sheet stays free whatever is made larger. */
const SPARE = 6;
const FRAMED = 13;
/** So much of its size in the player a picture has at most; and so high a part of one at least. */
const ENLARGED = 1.6;
const LOWEST = 320;
/** Of a picture that would fill a sheet alone, so much is shown at least, where that saves many sheets. */
const KEPT = 0.72;
const SAVED = 0.6;
/** How finely sizes are tried, in px. */
const GRAIN = 6;

/** How many sheets rows of so many heights take, below a head. @param {number[]} rows */
export function sheetsFor(rows, head = 0) {
  let [sheets, left] = [1, SHEET - head];
  for (const row of rows) {
    if (row + FRAMED > left) [sheets, left] = [sheets + 1, SHEET];
    left -= row + FRAMED + GAP;
  }
  return sheets;
}

/** The heights of rows of so many captions side by side, the tallest of each. @param {number[]} captions */
export const rowsOf = (captions, columns = 1) =>
  Array.from({ length: Math.ceil(captions.length / columns) }, (_, i) =>
    Math.max(...captions.slice(i * columns, (i + 1) * columns)),
  );

const columnWidth = (columns = 1) => (PAPER - (columns - 1) * GUTTER) / columns;

/** Of the sizes from a lowest to a highest those that take the fewest sheets, and how many these are.
 * @param {number[]} rows */
function fewest(rows, head = 0, low = 0, high = 0) {
  const most = Math.max(...rows) + head + FRAMED;
  let best = { sheets: Infinity, sizes: [low] };
  for (let size = low; size <= Math.max(low, Math.min(high, SHEET - most)); size += GRAIN) {
    const sheets = sheetsFor(
      rows.map((row) => row + size),
      head,
    );
    if (sheets < best.sheets) best = { sheets, sizes: [] };
    if (sheets === best.sheets) best.sizes.push(size);
  }
  return best;
}

/** How high the pictures of each row may be, so that sheets on which something is cut off are full.
 * @param {number[]} rows how high the captions are */
function fillSheets(rows, head = 0, high = 0, most = 0) {
  /** @type {number[][]} */
  const sheets = [[]];
  let left = SHEET - head;
  for (const row of rows) {
    if (row + high + FRAMED > left) (sheets.push([]), (left = SHEET));
    sheets[sheets.length - 1].push(row);
    left -= row + high + FRAMED + GAP;
  }
  const highs = sheets.map((own, i) => {
    const taken = own.reduce((all, row) => all + row + high + FRAMED + GAP, i ? 0 : head) - GAP;
    return Math.max(high, Math.min(most, high + (SHEET - SPARE - taken) / own.length));
  });
  // What is left for the last sheet is no larger than the others.
  const last = highs.length - 1;
  if (last) highs[last] = Math.min(highs[last], ...highs.slice(-2));
  return sheets.flatMap((own, i) => own.map(() => highs[i]));
}

/** @typedef {{ columns: number, scale: number, wide: number, high: number, highs: number[], sheets: number }} Strip */

/** How a strip is laid out: whole pictures, as large as the fewest sheets allow; or what is around the step of each,
 * where a picture is larger than a sheet, or only just too large for two rows.
 * @param {{ width: number, height: number }} picture @param {number} least the smallest scale
 * @param {(columns: number) => number[]} captions how high the captions are, by how many stand side by side
 * @returns {Strip} */
export function layStrip({ width, height }, least, captions, head = 0) {
  const rows = [1, 2, 3, 4].map((columns) => rowsOf(captions(columns), columns));
  const whole = rows.flatMap((own, i) => {
    const widest = columnWidth(i + 1) / width;
    const room = SHEET - head - FRAMED - Math.max(...own);
    if (widest < least || least * height > room) return [];
    const { sheets, sizes } = fewest(own, head, least * height, Math.min(widest, ENLARGED) * height);
    const high = sizes[sizes.length - 1];
    const highs = own.map(() => high);
    return [{ columns: i + 1, scale: high / height, wide: (high / height) * width, high, highs, sheets }];
  });
  whole.sort((one, other) => one.sheets - other.sheets || other.scale - one.scale);
  const [wide, tall] = [Math.min(least * width, columnWidth(2)), least * height];
  const low = whole.length ? KEPT * tall : Math.min(LOWEST, tall);
  const { sheets, sizes } = fewest(rows[1], head, low, tall);
  const part = { columns: 2, scale: least, wide, sheets, high: sizes[0] };
  const highs = fillSheets(rows[1], head, part.high, tall);
  const saves = whole.length && wide >= KEPT * least * width && part.sheets <= SAVED * whole[0].sheets;
  return whole.length && !saves ? whole[0] : { ...part, highs };
}
