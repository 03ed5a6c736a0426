// How a strip of pictures is laid out on sheets of 950 px below a head.
import assert from "node:assert/strict";
import { test } from "node:test";
import { layStrip, rowsOf, sheetsFor } from "../../graphviz_ad/player/sheets.js";

const lines =
  (count, high = 50) =>
  () =>
    Array(count).fill(high);

test("rows go on on the next sheet where they do not fit", () => {
  assert.deepEqual(rowsOf([10, 30, 20], 2), [30, 20]);
  assert.equal(sheetsFor([400, 400], 100), 1);
  assert.equal(sheetsFor([430, 430], 100), 2);
  assert.equal(sheetsFor([430, 430, 430], 0), 2);
});

test("few small pictures fill a sheet, and no more than they may grow", () => {
  const { sheets, columns, scale } = layStrip({ width: 144, height: 227 }, 0.6, lines(4), 100);
  assert.deepEqual([sheets, columns], [1, 2]);
  assert.ok(scale > 1.4 && scale <= 1.6, String(scale));
  assert.ok(layStrip({ width: 40, height: 50 }, 0.6, lines(2), 100).scale <= 1.6);
});

test("a picture that would fill a sheet alone shows what is around its step, two rows on a sheet", () => {
  const laid = layStrip({ width: 402, height: 699 }, 0.67, lines(19), 112);
  assert.equal(laid.scale, 0.67);
  assert.equal(laid.sheets, 5);
  assert.ok(laid.high >= 0.72 * 0.67 * 699 && laid.high < 0.67 * 699);
});

test("sheets on which something is cut off are full, and no row of the last is larger", () => {
  const { highs } = layStrip({ width: 402, height: 2000 }, 0.67, lines(18), 112);
  assert.equal(highs.length, 9);
  const used = (from, to) => highs.slice(from, to).reduce((all, high) => all + high + 50 + 13 + 18, -18);
  assert.ok(Math.abs(used(0, 2) + 112 - 944) < 1, String(highs));
  for (const from of [2, 4, 6]) assert.ok(Math.abs(used(from, from + 2) - 944) < 1, String(highs));
  assert.ok(highs[8] <= highs[7]);
});

test("no picture is smaller than its type allows, and of one larger than a sheet a part is shown", () => {
  for (const [width, height] of [
    [3000, 300],
    [300, 3000],
    [700, 900],
    [1100, 500],
  ]) {
    const laid = layStrip({ width, height }, 0.7, lines(12), 100);
    assert.ok(laid.scale >= 0.7);
    assert.ok(laid.wide * laid.columns + 22 * (laid.columns - 1) <= 700.5);
    assert.ok(laid.high <= 950 - 100 - 50);
  }
});
