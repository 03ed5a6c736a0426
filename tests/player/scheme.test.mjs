// How a matrix stands in a table, without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fitScheme } from "../../graphviz_ad/player/panels/falk.js";
import { keptOf, levelsOf, scaledFor, scaleWords, writeScaled } from "../../graphviz_ad/player/scheme.js";

const written = (...values) => values.map((value) => writeScaled(value, scaledFor(values)));

test("of more than twelve, the first five, the lit one and the last two are shown", () => {
  assert.deepEqual(keptOf(12, 7), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  assert.deepEqual(keptOf(20, 9), [0, 1, 2, 3, 4, -1, 9, -1, 18, 19]);
  assert.deepEqual(keptOf(20, 5), [0, 1, 2, 3, 4, 5, -1, 18, 19]);
  assert.deepEqual(keptOf(4, 3, 2), [0, -1, 3]);
  assert.deepEqual(keptOf(4, 1, 2), [0, 1, -1]);
  for (let room = 1; room < 12; room++)
    for (let lit = 0; lit < 30; lit++) assert.ok(keptOf(30, lit, room).includes(lit), `${room} ${lit}`);
});

test("numbers that stand side by side have one form, and only an exact zero is 0", () => {
  assert.deepEqual(written(1, -2, 0), ["1", "−2", "0"]);
  assert.deepEqual(written(0.061, -0.0042, 1e-9, 0), ["6.10", "−0.42", "≈0", "0"]);
  assert.deepEqual(written(0.5, -123.456), ["1", "−123"]);
  assert.deepEqual(written(12.34, NaN, -Infinity), ["12.3", "NaN", "−∞"]);
  assert.deepEqual(written(NaN, 0), ["NaN", "0"]);
  const words = [0.061, 0.0004, 2e-8, 4321, 2e9, 1].map((value) => scaleWords(scaledFor([value])));
  assert.deepEqual(words, ["in 1/100", "in 1e−4", "in 1e−8", "in 1000", "in 1e9", ""]);
});

test("cells are as dark as those of the map", () => {
  assert.deepEqual(levelsOf([1, -1, 0, 0.26, NaN, Infinity]), [8, 0, 4, 5, -1, -1]);
  assert.deepEqual(levelsOf([0, 0]), [4, 4]);
});

test("the scheme fits into its width, and shows what is lit", () => {
  const wide = (slots, cell) => slots.reduce((all, at) => all + (at < 0 ? 14 : cell), 0);
  for (const width of [300, 340, 420, 600, 680])
    for (const [inner, columns] of [
      [8, 4],
      [1, 1],
      [20, 13],
      [3, 40],
    ])
      for (let j = 0; j < columns; j++) {
        const terms = Array.from({ length: inner }, (_, i) => ({ value: i % 3, of: [] }));
        const fitted = fitScheme({ right: { wide: columns }, j }, terms, width);
        assert.ok(52 + wide(fitted.inner, fitted.cell) + wide(fitted.columns, fitted.cell) <= width);
        assert.ok(fitted.columns.includes(j));
      }
});
