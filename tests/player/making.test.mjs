// What an entry is made of, without a browser: every entry of a sum, a product and a copy, against sums made here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bracket, headsOf, makingOf } from "../../graphviz_ad/player/making.js";

const packed = (numbers) => Buffer.from(Float64Array.from(numbers).buffer).toString("base64");
/** X is 2×3, W is 3×2, Y = X @ W; B is W's adjoint when Y's is A. */
const X = [1, -2, 3, 0.5, 4, -1];
const W = [2, 0, -1, 3, 0.25, 5];
const product = (a, b, n, m, p) =>
  Array.from({ length: n * p }, (_, at) =>
    Array.from({ length: m }, (_, k) => a[Math.floor(at / p) * m + k] * b[k * p + (at % p)]).reduce((x, y) => x + y, 0),
  );
const turned = (a, n, m) => Array.from({ length: n * m }, (_, at) => a[(at % n) * m + Math.floor(at / n)]);
const Y = product(X, W, 2, 3, 2);
const A = [0.5, -1, 2, 0.125];
const grid = (row, name, shape, values) => ({ row, name, shape, values });
const nodes = [
  [grid("n0_v", "W", [3, 2], W), grid("n0_a", "W̄", [3, 2], product(turned(X, 2, 3), A, 3, 2, 2))],
  [grid("n1_v", "Y", [2, 2], Y), grid("n1_a", "Ȳ", [2, 2], A)],
  [grid("n2_v", "X", [2, 3], X), grid("n2_a", "X̄", [2, 3], product(A, turned(W, 3, 2), 2, 2, 3))],
];
const grids = (node, back = false) => nodes[node][back ? 1 : 0];
const total = (terms) => terms.reduce((all, { value }) => all + value, 0);
const constant = { name: "X", shape: [2, 3], numbers: packed(X) };

test("an entry of a product is a row times a column, on the way on and back, by both factors", () => {
  const both = {
    ways: [
      { at: [1, 0, 2], kind: "product", other: 0 },
      { at: [1, 1, 0], kind: "product", other: 2 },
    ],
  };
  const alone = { ways: [{ at: [1, 1, 0], kind: "product", constant }] };
  for (const [scene, node, back] of [
    [both, 1, false],
    [both, 2, true],
    [both, 0, true],
    [alone, 1, false],
    [alone, 0, true],
  ]) {
    const { values } = grids(node, back);
    values.forEach((value, entry) => {
      const { terms, lit } = makingOf(scene, node, back, entry, grids);
      assert.ok(Math.abs(total(terms) - value) < 1e-12, `${node} ${back} ${entry}`);
      assert.equal(lit.length, scene === both ? 2 : 1);
    });
  }
});

test("what is lit are the rows and columns that NumPy multiplies", () => {
  const scene = { ways: [{ at: [1, 1, 0], kind: "product", other: 2 }] };
  const lit = (back, entry) =>
    makingOf(scene, back ? 0 : 1, back, entry, grids).lit.map(({ grid, entries }) => [grid.row, entries]);
  assert.deepEqual(lit(false, 3), [
    ["n2_v", [3, 4, 5]],
    ["n0_v", [1, 3, 5]],
  ]);
  assert.deepEqual(lit(true, 3), [
    ["n2_v", [1, 4]],
    ["n1_a", [1, 3]],
  ]);
});

test("copies are picked forward and added back; a sum is added forward and spread back", () => {
  const rows = [
    [grid("n0_v", "b", [2], [3, 5]), grid("n0_a", "b̄", [2], [9, 12])],
    [grid("n1_v", "z", [3, 2], [3, 5, 3, 5, 3, 5]), grid("n1_a", "z̄", [3, 2], [1, 2, 3, 4, 5, 6])],
  ];
  const places = [0, 1, 0, 1, 0, 1];
  const of = (kind, node, back, entry) =>
    makingOf(
      { ways: [{ at: [1, 0, 0], kind, places }] },
      node,
      back,
      entry,
      (one, way = false) => rows[one][way ? 1 : 0],
    );
  assert.deepEqual(of("picks", 1, false, 3).lit[0].entries, [1]);
  assert.deepEqual(of("picks", 0, true, 1).lit[0].entries, [1, 3, 5]);
  assert.equal(total(of("picks", 0, true, 1).terms), 12);
  assert.deepEqual(of("picks", 0, true, 1).words, ["3 entries, z̄[0, 1] … z̄[2, 1]"]);
  assert.deepEqual(headsOf(of("picks", 0, true, 1).terms), ["z̄[i, 1]"]);
  assert.deepEqual(of("adds", 1, false, 0).terms, []);
});

test("what does not add up to the entry is not written out", () => {
  const scene = { ways: [{ at: [1, 0, 0], kind: "picks", places: [0, 0] }] };
  const wrong = (node, back = false) => grid("r", "x", back && node ? [2] : [], back ? (node ? [1, 2] : [7]) : [0]);
  assert.deepEqual(makingOf(scene, 0, true, 0, wrong).terms, []);
});

test("an entry is called as NumPy calls it", () => {
  assert.equal(bracket([3, 4], 6), "[1, 2]");
  assert.equal(bracket([2, 3, 4], 23), "[1, 2, 3]");
  assert.equal(bracket([], 0), "");
});
