// What stands in cells, without a browser: the answers are those of Python.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { entriesOf, matrixText, writeCell } from "../../graphviz_ad/player/cells.js";
import { fill } from "../../graphviz_ad/player/holes.js";

const vectors = JSON.parse(readFileSync(new URL("../numerals/cells.json", import.meta.url), "utf8"));
const special = { nan: NaN, inf: Infinity, "-inf": -Infinity };

test("a number in a cell follows the vectors shared with Python", () => {
  for (const [value, format, text] of vectors)
    assert.equal(writeCell(special[value] ?? value, format), text, `${value} ${format}`);
});

test("the entries of a larger array stand after its range", () => {
  const table = [9, -1, 2, 0.5, -1, 2];
  assert.deepEqual(entriesOf({ c: 1, n: 5, shape: "1×3" }, table), [0.5, -1, 2]);
  assert.deepEqual(entriesOf({ c: 3, n: 2 }, table), [0.5, -1]);
  assert.deepEqual(entriesOf({ c: 1, n: 2, shape: "8×4" }, table), []);
});

test("a small matrix stands in a sentence row by row, and each row on one line", () => {
  const matrix = (shape, values, f = ["f", 2], grid = true) =>
    matrixText({ c: 0, n: values.length + 2, f, shape, grid }, [Math.min(...values), Math.max(...values), ...values]);
  assert.equal(matrix("2×2", [0.25, -1, 0, 2]), "[[0.25\u00a0−1.00] [0\u00a02.00]]");
  assert.equal(matrix("1×3", [1, NaN, 2], ["f", 0]), "[[1\u00a0NaN\u00a02]]");
  assert.equal(matrix("2×2", [1, 1, 1, 1], ["f", 0]), "[[1\u00a01] [1\u00a01]]");
  assert.equal(matrix("2×2", [1, 2, 3, 4], ["f", 0], false), "");
  assert.equal(matrixText({ c: 0, n: 3, f: ["f", 1] }, [0, 1, 2]), "");
});

test("an array in a sentence has its range, or the one number that all of its entries are", () => {
  globalThis.Text ??= class {};
  const said = (numbers, drawn = "") => {
    const node = { localName: "b", textContent: "", classList: { toggle: () => {} } };
    const quantities = [{ c: 0, n: 2, f: ["f", 0], shape: "5×4", picture: { kind: "map" } }];
    fill([{ node, q: 0, paren: false }], quantities, { table: numbers, base: 0, drawn: () => drawn });
    return node.textContent;
  };
  assert.equal(said([1, 1], "8888"), "5×4, all 1");
  assert.equal(said([0, 5], "0078"), "5×4, 0…5");
  assert.equal(said([1, 1], "88n8"), "5×4, 1");
});
