// How curves are led up to kinks, and what is said of the slopes between.
import assert from "node:assert/strict";
import { test } from "node:test";

import * as kinks from "../../graphviz_ad/player/kinks.js";
import { brief } from "../../graphviz_ad/player/numbers.js";

const NONE = { value: NaN, slope: NaN };
const side = (value, slope) => ({ value, slope });
const corner = { kind: "corner", x: 0, stop: 1, left: side(0, -1), here: side(0, 0), right: side(0, 1) };
const jump = { kind: "jump", x: 0.5, stop: -1, left: side(1, 2), here: NONE, right: side(3, 2) };
const line = (...ys) => ys.map((y, i) => ({ x: i - 1, y, piece: i }));
const numbers = (points) => points.map(({ x, y }) => [x, y]);

test("a slope is led up to a kink from both sides, and what is taken there is no part of it", () => {
  assert.deepEqual(numbers(kinks.led(line(-1, 0, 1), [corner], "slope")), [
    [-1, -1],
    [0, -1],
    [0, NaN],
    [0, 1],
    [1, 1],
  ]);
});

test("a value is broken at a jump only", () => {
  const values = line(1, 0, 1);
  assert.equal(kinks.led(values, [corner], "value"), values);
  const broken = numbers(kinks.led(values, [jump], "value"));
  assert.deepEqual(broken.slice(2, 5), [
    [0.5, 1],
    [0.5, NaN],
    [0.5, 3],
  ]);
});

test("at an end of the slider one side is out of sight", () => {
  const end = { ...corner, x: 1 };
  const ys = kinks.led(line(-1, 0, 1), [end], "slope").map(({ y }) => y);
  assert.deepEqual(ys, [-1, 0, -1, NaN, NaN]);
});

test("the slopes between those of both sides", () => {
  assert.equal(kinks.between(corner, brief), "one of −1 … 1");
  assert.equal(kinks.between({ ...corner, left: side(0, 1), right: side(0, -2.5) }, brief), "one of −2.5 … 1");
  assert.equal(kinks.between(jump, brief), "");
  assert.equal(kinks.between({ ...corner, left: side(0, 1) }, brief), "");
});

test("numbers in sentences have six digits at most", () => {
  assert.deepEqual([1 / 3, -0.5, 0, -0, Infinity, NaN].map(brief), ["0.333333", "−0.5", "0", "0", "∞", "NaN"]);
});

test("stretches and kinks are found by their stops", () => {
  const film = { gaps: [{ from: 2, to: 4, why: "NaN" }] };
  assert.equal(kinks.gapAt(film, 4).why, "NaN");
  assert.equal(kinks.gapAt(film, 5), undefined);
  assert.equal(kinks.kinkAt([corner, jump], 1), corner);
  assert.equal(kinks.kinkAt([corner, jump], -1), undefined);
  assert.deepEqual(kinks.kinksOf({}), []);
});
