// A film's numbers by place: partial films, what is added, and places off the grid.
import assert from "node:assert/strict";
import { test } from "node:test";

import { makeReel } from "../../graphviz_ad/player/reel.js";

const pack = (...numbers) => Buffer.from(new Float64Array(numbers).buffer).toString("base64");
const quantity = (c) => ({ c, n: 1, f: ["f", 2], role: "value" });
const scene = () => ({
  svg: "",
  parts: {},
  quantities: [quantity(0), quantity(1)],
  steps: [],
  rows: [],
  output: 0,
  gradients: [1],
  guard: "",
});
// x² at 0, 1, 2, 3, of which 0 and 2 are known.
const film = () => ({
  version: 1,
  name: "f",
  title: { mathml: "", text: "f" },
  sliders: [{ name: "x", mathml: "", values: pack(0, 1, 2, 3), start: 2, format: ["f", 0] }],
  stops: { of: [0, 2], scene: [0, 0] },
  errors: {},
  numbers: [pack(0, 0, 4, 4)],
  pictures: [{ 0: "AA" }],
  code: null,
  scenes: [scene()],
});

test("only what was sampled is found", () => {
  const reel = makeReel(film());
  assert.deepEqual([reel.total, reel.size, reel.stops()], [4, 2, [0, 2]]);
  assert.equal(reel.find(1), undefined);
  assert.equal(reel.read(reel.find(2)), 4);
  assert.equal(reel.read(reel.find(2), 0), 4);
  assert.ok(Number.isNaN(reel.read(reel.find(3))));
});

test("a batch adds stops, scenes, pictures, formats and errors, and tells who listens", () => {
  const reel = makeReel(film());
  let told = 0;
  const forget = reel.on(() => told++);
  const before = reel.extent(-1);
  reel.add({
    scenes: [scene()],
    of: [3, 1],
    scene: [1, 0],
    numbers: { 0: pack(1, 2), 1: pack(9, 6) },
    pictures: { 0: { 0: ["BB"] } },
    formats: {
      0: [
        ["f", 5],
        ["e", 1],
      ],
    },
    guards: ["x > 2 is false", "x > 2 is true"],
  });
  assert.deepEqual(
    [reel.read(reel.find(1)), reel.read(reel.find(1), 0), reel.read(reel.find(3)), reel.find(3).scene],
    [1, 2, 9, 1],
  );
  assert.deepEqual([reel.find(0).drawn(0), reel.find(2).drawn(0), reel.find(1).drawn(0)], ["AA", "AA", "BB"]);
  assert.deepEqual(
    reel.scenes[0].quantities.map(({ f }) => f),
    [
      ["f", 5],
      ["e", 1],
    ],
  );
  assert.equal(reel.scenes[1].guard, "x > 2 is true");
  assert.equal(told, 1);
  assert.ok(reel.extent(-1)[1] > before[1], "the range of the curve has grown");
  forget();
  reel.add({ of: [3], scene: [-1], numbers: {}, errors: { 3: "ValueError: no" } });
  assert.deepEqual([told, reel.find(3).scene, reel.find(3).error, reel.several], [1, -1, "ValueError: no", true]);
});

test("a place off the grid has numbers of its own and changes no stop", () => {
  const reel = makeReel(film()),
    place = reel.point({ values: [0.3], scene: 0, numbers: pack(0.09, 0.6), pictures: { 0: "CC" } });
  assert.deepEqual([reel.read(place), reel.read(place, 0), place.drawn(0), reel.size], [0.09, 0.6, "CC", 2]);
  assert.deepEqual(reel.nearest([0.3]), { stop: 0, exact: false });
  assert.deepEqual(reel.nearest([2]), { stop: 2, exact: true });
});

test("stops of several sliders count through the last one first", () => {
  const two = {
    ...film(),
    sliders: [
      { ...film().sliders[0], values: pack(0, 1) },
      { ...film().sliders[0], name: "y", values: pack(5, 6, 7) },
    ],
  };
  const reel = makeReel(two);
  assert.deepEqual(reel.values(4), [1, 6]);
  assert.deepEqual(reel.nearest([0.9, 6.9]), { stop: 5, exact: false });
});
