// A small change of a node, and what becomes of it.
import assert from "node:assert/strict";
import test from "node:test";
import { roughly, travel } from "../../graphviz_ad/player/inspector/nudge.js";

test("a change is multiplied along a way, and added where ways meet", () => {
  const edges = [
    { at: [1, 0, 0], s: 2 },
    { at: [2, 0, 0], s: -3 },
    { at: [3, 0, 1], s: 5 },
    { at: [3, 1, 2], s: 7 },
    { at: [4, 0, 3], s: 1, cut: true },
    { at: [5, 0, 9], s: 1 },
  ];
  const moves = travel(edges, 0, 0.5, ({ s }) => s);
  assert.deepEqual(
    [...moves],
    [
      [0, 0.5],
      [1, 1],
      [2, -1.5],
      [3, 5 - 10.5],
    ],
  );
  assert.deepEqual([...travel(edges, 2, 1, ({ s }) => s).keys()], [2, 3]);
  assert.ok(Number.isNaN(travel(edges, 0, 1, ({ s }) => (s === 5 ? NaN : s)).get(3)));
});

test("about right has three digits", () => {
  const texts = [0.012345, -0.00383254, 12.345, 1234.5, 0.0000012345, 0].map(roughly);
  assert.deepEqual(texts, ["0.0123", "−0.00383", "12.3", "1235", "1.23e−6", "0"]);
});
