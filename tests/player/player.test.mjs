// What the player computes without a page; the numbers are held to the vectors that Python answers too.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as numbers from "../../graphviz_ad/player/numbers.js";
import * as picture from "../../graphviz_ad/player/picture.js";
import * as plotting from "../../graphviz_ad/player/plotting.js";
import * as spans from "../../graphviz_ad/player/spans.js";
import * as timeline from "../../graphviz_ad/player/timeline.js";

const player = { ...numbers, ...picture, ...plotting, ...spans, ...timeline };

const vectors = JSON.parse(readFileSync(new URL("../numerals/numerals.json", import.meta.url), "utf8"));
const ranges = JSON.parse(readFileSync(new URL("../numerals/ranges.json", import.meta.url), "utf8"));
const complex = JSON.parse(readFileSync(new URL("../numerals/complex.json", import.meta.url), "utf8"));
const special = { nan: NaN, inf: Infinity, "-inf": -Infinity };
const number = (value) => (typeof value === "string" ? special[value] : value);

test("write follows the vectors shared with Python", () => {
  for (const [value, format, text] of vectors.write)
    assert.equal(player.write(number(value), format), text, `${value} ${format}`);
});

test("exact follows the vectors shared with Python", () => {
  for (const [value, text] of vectors.exact) assert.equal(player.exact(number(value)), text);
  assert.equal(player.exact(-0), "-0.0");
});

test("a number in a sentence has a true minus wherever it has one", () => {
  assert.equal(numbers.brief(-0.25), "−0.25");
  assert.equal(numbers.brief(-1.5e-9), "−1.5e−9");
  assert.equal(numbers.brief(-Infinity), "−∞");
});

test("a range shares its exponent, as the vectors shared with Python say", () => {
  for (const [ends, format, text] of ranges)
    assert.equal(
      player.range(
        ends.map((end) => number(end)),
        format,
      ),
      text,
    );
});

const quantity = (c, n, f, shape = null, picture = null) => ({ c, n, f, role: "value", shape, picture });

test("a scalar, a small and a large array are written in one line", () => {
  const table = [1, 0.5, -2, 0, 3];
  assert.equal(player.inline(quantity(1, 1, ["f", 2]), table), "0.50");
  assert.equal(player.inline(quantity(1, 3, ["f", 1]), table), "[0.5 −2.0 0]");
  assert.equal(player.inline(quantity(2, 2, ["f", 1], "64×128"), table), "64×128, −2.0…0");
  assert.equal(player.inline(quantity(0, 1, ["f", 0]), table, 4), "3");
  assert.deepEqual(player.slotTexts(quantity(0, 2, ["f", 0], "8"), [1, 1]), ["8", "1"]);
});

test("a complex number is written with both parts, as the vectors shared with Python say", () => {
  for (const [parts, format, text] of complex) {
    const one = { ...quantity(0, 2, format), complex: true };
    assert.deepEqual(player.slotTexts(one, parts.map(number)), [text]);
  }
  const pair = { ...quantity(0, 4, ["f", 1]), complex: true };
  assert.equal(player.inline(pair, [1, 1, 2, -0.5]), "[1.0+1.0j 2.0−0.5j]");
  const map = { ...quantity(0, 2, ["f", 1], "4×4"), complex: true };
  assert.deepEqual(player.slotTexts(map, [0, 5]), ["4×4", "|·| 0…5.0"]);
});

test("zero and bad are flagged, and never together", () => {
  assert.equal(player.flags(quantity(0, 2, ["f", 0]), [0, -0]), " zero");
  assert.equal(player.flags(quantity(0, 2, ["f", 0]), [0, 1]), "");
  assert.equal(player.flags(quantity(0, 2, ["f", 0]), [0, NaN]), " bad nan");
  assert.equal(player.flags(quantity(0, 2, ["f", 0]), [0, Infinity]), " bad");
  assert.equal(player.flags(quantity(0, 1, ["f", 0]), [NaN]), " bad nan lost");
  assert.equal(player.flags(quantity(0, 1, ["f", 0]), [-Infinity]), " bad far");
  assert.equal(player.flags(quantity(0, 4, ["f", 0], "2"), [0, 1, NaN, 1]), " bad nan", "an entry");
  const line = quantity(0, 2, ["f", 0], "9", { kind: "line", columns: 2, rows: 1 });
  assert.equal(player.flags(line, [0, 1], 0, "Anz"), "", "n is a level of a line");
  assert.equal(player.flags(line, [0, 1], 0, "A!z"), " bad nan");
  assert.equal(player.flags(line, [0, 1], 0, "A~z"), " bad");
  const map = { ...line, picture: { kind: "map", columns: 2, rows: 1 } };
  assert.equal(player.flags(map, [0, 1], 0, "4n"), " bad nan");
  assert.equal(player.flags(map, [0, 1], 0, "4p"), " bad");
});

test("doubles are read as little-endian", () => {
  const bytes = new Uint8Array(new Float64Array([1.5, -0.1]).buffer);
  assert.deepEqual([...player.decode(btoa(String.fromCharCode(...bytes)))], [1.5, -0.1]);
});

test("columns that never change are spread over the rows", () => {
  assert.deepEqual([...player.spread([1, 2, 3], [9], 2)], [1, 9, 2, 9, 3, 9]);
  assert.deepEqual([...player.spread([1, 2], [], 2)], [1, 2]);
  assert.deepEqual([...player.spread([], [7, 8], 2)], [7, 8]);
});

test("the entry in force is the last that has begun", () => {
  const timeline = [
    [0, "unknown", -1, "", 0],
    [3, "now", 5, "", 0],
    [4, "known", 5, "", 0],
  ];
  assert.deepEqual(
    [0, 2, 3, 4, 9].map((step) => player.entryAt(timeline, step)[1]),
    ["unknown", "unknown", "now", "known", "known"],
  );
});

test("another scene is entered as far along, and finished if finished", () => {
  assert.equal(player.carryStep(18, 18, 3), 3);
  assert.equal(player.carryStep(9, 18, 4), 2);
  assert.equal(player.carryStep(0, 18, 4), 0);
  assert.equal(player.carryStep(0, 0, 4), 4);
});

test("the range of a curve is robust against poles and holds a near zero", () => {
  const xs = Array.from({ length: 201 }, (_, i) => -1 + i / 100);
  const [low, high] = player.robustRange(xs.map((x) => 1 / x));
  assert.ok(high < 40 && low > -40, `${low} ${high}`);
  const [floor, roof] = player.robustRange(xs.map((x) => Math.sin(x * Math.PI)));
  assert.ok(floor < -1 && roof > 1 && roof < 1.2);
  assert.ok(player.robustRange([1, 2, 3])[0] < 0.01);
  assert.ok(player.robustRange([100, 101])[0] > 99);
  assert.deepEqual(player.robustRange([NaN]), [-1, 1]);
  const [below, over] = player.robustRange([1.414213562373095, 1.4142135623730951]);
  assert.ok(over - below > 1, "what differs in its last digit only is constant");
  const [same, above] = player.robustRange([0, 0, 0]);
  assert.ok(same < 0 && above > 0);
});

test("long ticks are written with their power of ten, where that is shorter", () => {
  const words = [0, -2, 0.25, 5000000, -0.00002, 123456, 1500000].map(player.tickWords);
  assert.deepEqual(words, ["0", "−2", "0.25", "5e6", "−2e−5", "123456", "1.5e6"]);
});

test("numbers of an axis stand apart, and tell its scale where two of them can", () => {
  const py = (/** @type {number} */ y) => -5 * y;
  assert.deepEqual(player.spaced([-2, 0, 2], py, 12), [-2, 2]);
  assert.deepEqual(player.spaced([-4, -2, 0, 2, 4], py, 12), [0, -4, 4]);
  assert.deepEqual(player.spaced([0, 1], py, 12), [0]);
});

test("ticks are round", () => {
  assert.deepEqual(player.ticks(-1.1, 1.1, 4), [-1, 0, 1]);
  assert.deepEqual(player.ticks(0, 0.35, 4), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(player.ticks(-40, 90, 4), [0, 50]);
  // Flat, there is room for one or two: these are the outermost.
  assert.deepEqual(player.ticks(-1.1, 1.1, 1.6), [-1, 0, 1]);
  assert.deepEqual(player.ticks(-2.2, 2.2, 1), [-2, 2]);
});

test("a curve breaks at gaps, at poles and at the jump of a branch, and nowhere else", () => {
  const path = (ys, scenes = ys.map(() => 0)) =>
    player
      .curvePath(
        ys,
        scenes,
        [-2, 2],
        (i) => i,
        (y) => y,
      )
      .replace(/[^ML]/g, "");
  assert.equal(path([0, 1, NaN, 1, 0]), "MLML");
  assert.equal(path([0, 5, -5, 0]), "MLML");
  assert.equal(path([0, 0.1, 1.5, 1.6], [0, 0, 1, 1]), "MLML");
  assert.equal(path([0.3, 0.2, 0.1, 0, 0.1, 0.2], [0, 0, 0, 1, 1, 1]), "MLLLLL", "a continuous branch joins");
  assert.equal(path([1, -1, 1, -1], [0, 1, 2, 3]), "MMMM", "stops of different branches are dots");
  assert.equal(path([-1, -1, 1, 1], [0, 0, 1, 1]), "MLML", "flat on both sides of a jump");
});

test("marks are spread between the ends of the scrubber, and vanish where they would touch", () => {
  const { at, size } = player.layMarks(19, 560, 11);
  assert.equal(at[0], 11);
  assert.equal(at[18], 549);
  assert.equal(size, 5);
  assert.equal(player.layMarks(600, 300).size, 0);
  assert.deepEqual(player.layMarks(1, 300).at, [11]);
});

test("a line of code is cut at characters, not at UTF-16 units", () => {
  const cut = (line, number, span) => player.pieces(line, number, [span]).map(({ text, covers }) => [text, covers[0]]);
  assert.deepEqual(cut("    return np.sin(x)", 3, [3, 11, 3, 20]), [
    ["    return ", false],
    ["np.sin(x)", true],
  ]);
  assert.deepEqual(cut("𝛼𝛽 = f(x)", 1, [1, 5, 1, 9]), [
    ["𝛼𝛽 = ", false],
    ["f(x)", true],
  ]);
  assert.deepEqual(cut("  + b)", 4, [3, 4, 4, 5]), [
    ["  ", false],
    ["+ b", true],
    [")", false],
  ]);
  assert.deepEqual(cut("a", 9, [3, 4, 4, 5]), [["a", false]]);
  assert.deepEqual(cut("a", 9, null), [["a", false]]);
});

test("thumbnails are a trace that breaks at what is not finite, or one path per level", () => {
  const line = player.thumbnail({ kind: "line", columns: 2, rows: 1 }, "A/", [0, 0, 76, 34], [-1, 3]);
  assert.deepEqual(line, { axis: "M0,25.5h76", trace: "M0,34L76,0" });
  assert.equal(
    player.thumbnail({ kind: "line", columns: 4, rows: 1 }, "A!A/", [0, 0, 3, 1], [0, 1]).trace,
    "M0,1M2,1L3,0",
  );
  assert.deepEqual(player.thumbnail({ kind: "map", columns: 2, rows: 2 }, "0044", [0, 0, 8, 8], [0, 0]), {
    l0: "M0,0h8v4h-8z",
    l4: "M0,4h8v4h-8z",
  });
});
