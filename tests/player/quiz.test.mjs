// What an answer is, without a page: how it is read, when it is right, and which wrong way it is.
import assert from "node:assert/strict";
import { test } from "node:test";

import { nearly, readAnswer, readBack, rightDigits, slipsOf } from "../../graphviz_ad/player/quiz/answers.js";

test("a number is read as a person writes it", () => {
  const read = {
    0.5: ["0.5", ".5", "0,5", " +0.5 ", "1/2", "5e-1", "5E−1", "2/4", "1 / 2"],
    "-0.001": ["-0.001", "−1e−3", "–1e-3", "-1/1000", "− 0,001"],
    3: ["3", "3.", "6/2"],
  };
  for (const [value, texts] of Object.entries(read))
    for (const text of texts) assert.equal(readAnswer(text), Number(value), text);
  for (const text of ["pi", "π", "PI"]) assert.equal(readAnswer(text), Math.PI);
  assert.equal(readAnswer("-π/2"), -Math.PI / 2);
  assert.equal(readAnswer("2*pi/3"), (2 * Math.PI) / 3);
  assert.equal(readAnswer("1/pi"), 1 / Math.PI);
});

test("what is no number, or might be two, is not read", () => {
  for (const text of ["", " ", "-", "x", "1/", "/2", "1/0", "1,234.5", "1.2.3", "1 2", "1e", "--1", "1/2/3", "1e999"])
    assert.ok(Number.isNaN(readAnswer(text)), text);
});

test("half a percent is right, and said in digits", () => {
  assert.equal(rightDigits(-0.5769, -0.576902), 5);
  assert.equal(rightDigits(-0.577, -0.576902), 3);
  assert.equal(rightDigits(100.4, 100), 2);
  assert.equal(rightDigits(100.6, 100), 0);
  assert.equal(rightDigits(0.25, 0.25), Infinity);
  assert.equal(rightDigits(1, -1), 0);
});

test("zero is right where only rounding is left of it, and nothing else is right for zero", () => {
  assert.equal(rightDigits(0, 6.1e-17, 1), Infinity);
  assert.equal(rightDigits(0, 6.1e-17, 1e-3), 0);
  assert.equal(rightDigits(0, 0, 1), Infinity);
  assert.equal(rightDigits(1e-9, 0, 1), 0);
});

test("a wrong way is known by its number, several are all known, and none is where it leads to the right one", () => {
  assert.deepEqual(slipsOf(2, 0.5, [2, 3, 2.004, NaN, Infinity]), [0, 2]);
  assert.deepEqual(slipsOf(2.02, 2, [2.015, 5]), []);
  assert.deepEqual(slipsOf(0, 5, [0, 1]), [0]);
  // Both are zero but for rounding.
  assert.deepEqual(slipsOf(1e-16, 0, [2e-16], 1), []);
});

test("what lacks digits is told from what is wrong", () => {
  assert.ok(nearly(-0.6, -0.576902));
  assert.ok(!nearly(0.6, -0.576902));
  assert.ok(!nearly(0.5, 0.6));
});

test("a number is written back as it was read", () => {
  assert.deepEqual([readBack(-0.25), readBack(1e-9), readBack(1 / 3)], ["−0.25", "1e−9", "0.3333333"]);
});
