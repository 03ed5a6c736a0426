// How large the graph is drawn, and how far its pane moves: by rectangles that were worked out by hand.
import assert from "node:assert/strict";
import test from "node:test";
import {
  clampScale,
  glide,
  goesBeyond,
  mapCorner,
  mapSize,
  readableScale,
  surround,
  wholeScale,
} from "../../graphviz_ad/player/camera.js";

const rect = (left, top, width, height) => ({ left, top, right: left + width, bottom: top + height });
const PANE = rect(100, 50, 400, 300);
const FREELY = { left: -1000, top: -1000, right: 1000, bottom: 1000 };
/** How far it moves, to the right and down. */
const way = (...told) => {
  const { left, top } = glide(...told);
  return { left, top };
};
const size = (width, height) => ({ width, height });

test("a picture is drawn whole, but never too small to be read, nor larger than twice its size", () => {
  assert.equal(wholeScale(size(200, 600), size(400, 300)), 0.5);
  assert.equal(readableScale(size(200, 600), size(400, 300), 0.4), 0.5);
  assert.equal(readableScale(size(200, 600), size(400, 300), 0.9), 0.9);
  assert.equal(readableScale(size(20, 30), size(400, 300), 0.9), 2);
});

test("who zooms gets from the whole picture to four times its size", () => {
  assert.equal(clampScale(9, size(200, 600), size(400, 300)), 4);
  assert.equal(clampScale(0.01, size(200, 600), size(400, 300)), 0.5);
  assert.equal(clampScale(0.1, size(20, 30), size(400, 300)), 1);
  assert.equal(goesBeyond(0.5, size(200, 600), size(400, 300)), false);
  assert.equal(goesBeyond(0.51, size(200, 600), size(400, 300)), true);
});

test("what is in sight does not move the view", () => {
  assert.deepEqual(way([rect(120, 70, 50, 40)], PANE, null, FREELY), { left: 0, top: 0 });
});

test("what is outside comes to the middle, along the axis on which it is outside", () => {
  // The middle of the pane is 300, 200.
  assert.deepEqual(way([rect(120, 700, 50, 40)], PANE, null, FREELY), { left: 0, top: 520 });
  assert.deepEqual(way([rect(-50, 100, 100, 40)], PANE, null, FREELY), { left: -300, top: 0 });
});

test("as much of the rest comes along as has room with it", () => {
  const [part, card, far] = [rect(120, 700, 50, 20), rect(120, 640, 100, 100), rect(120, 3000, 50, 20)];
  assert.deepEqual(way([part, card, far], PANE, null, FREELY), { left: 0, top: 490 });
  // Beside the map there is no room for all, but there is in the pane.
  const map = rect(400, 200, 100, 150);
  assert.deepEqual(way([rect(110, 320, 380, 20), rect(110, 60, 380, 280)], PANE, map, FREELY), { left: 0, top: 0 });
  const near = rect(120, 800, 50, 20);
  assert.deepEqual(way([part, card, near], PANE, null, FREELY), { left: 0, top: 530 });
  assert.deepEqual(surround([part, near]), rect(120, 700, 50, 120));
});

test("a step does not hide behind the map", () => {
  const map = rect(400, 200, 100, 150);
  const card = rect(380, 240, 100, 60);
  const { left, top } = glide([card, card], PANE, map, FREELY);
  const there = rect(card.left - left, card.top - top, 100, 60);
  assert.ok(there.right <= map.left || there.bottom <= map.top);
  // Where the pane cannot be scrolled down, it goes sideways.
  const across = way([card, card], PANE, map, { ...FREELY, top: 0, bottom: 0 });
  assert.deepEqual(across, { left: 180, top: 0 });
});

test("a card that is larger than the pane shows its right end, where the numbers are", () => {
  const row = rect(100, 700, 900, 20);
  const { left, top } = glide([row, rect(100, 600, 900, 400)], PANE, null, FREELY);
  assert.equal(row.right - left, PANE.right - 10);
  assert.equal(row.top - top + 10, 200);
});

test("the map stands in the first corner in which it covers no card, or gives way", () => {
  const map = size(132, 190);
  const { left, top, right, bottom } = PANE;
  const low = (x, wide) => rect(x, bottom - 50, wide, 40);
  const high = (x, wide) => rect(x, top + 5, wide, 40);
  const whole = right - left;
  assert.equal(mapCorner([], PANE, map), "right");
  assert.equal(mapCorner([low(left, whole - 132)], PANE, map), "right");
  assert.equal(mapCorner([low(left + 132, whole - 132)], PANE, map), "left");
  assert.equal(mapCorner([low(left, 90), low(right - 90, 90)], PANE, map), "top-right");
  assert.equal(mapCorner([low(left, whole), high(right - 90, 90)], PANE, map), "top-left");
  assert.equal(mapCorner([low(left, whole), high(left, whole)], PANE, map), "none");
  assert.equal(mapCorner([rect(left, bottom + 5, whole, 90), rect(left - 90, top, 90, 900)], PANE, map), "right");
});

test("the map is 132 by 190 at most, and never a line", () => {
  assert.deepEqual(mapSize(size(1320, 1900), size(1000, 1000)), size(132, 190));
  const { width, height } = mapSize(size(700, 15000), size(1000, 1000));
  assert.equal(height, 190);
  assert.equal(width, 44);
  assert.ok(mapSize(size(700, 700), size(300, 200)).height <= 80);
});
