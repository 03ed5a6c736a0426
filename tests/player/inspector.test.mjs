// What the inspector, the code pane and the keys within a box work out without a page.
import assert from "node:assert/strict";
import { test } from "node:test";

import { literal, repr } from "../../graphviz_ad/player/inspector/literals.js";
import { carryPick, goal, graphOrder, latexOf, pickName } from "../../graphviz_ad/player/picks.js";
import { rove } from "../../graphviz_ad/player/roving.js";
import { madeAt, madeOn, pieces } from "../../graphviz_ad/player/spans.js";

// f(x) = x * sin x, as Python tells it, less what is not read here.
const row = (node, text, latex) => ({ node, text, latex, what: "sin · scalar float64" });
const scene = {
  rows: [row(0, "x", "x"), row(1, "v₁ = sin x", "v_{1} = \\sin x"), row(2, "f = x · v₁", "f = x \\cdot v_{1}")],
  edges: [
    { at: [1, 0, 0], text: "× cos x", latex: "\\frac{\\partial v_{1}}{\\partial x} = \\cos x" },
    { at: [2, 0, 0], text: "× v₁", latex: "\\frac{\\partial f}{\\partial x} = v_{1}" },
    { at: [2, 1, 1], text: "× x", latex: "\\frac{\\partial f}{\\partial v_{1}} = x" },
  ],
  steps: [
    { kind: "evaluate", node: 0, edge: null, writes: "n0_v", span: null },
    { kind: "evaluate", node: 1, edge: null, writes: "n1_v", span: [2, 15, 2, 24] },
    { kind: "evaluate", node: 2, edge: null, writes: "n2_v", span: [2, 11, 3, 6] },
    { kind: "seed", node: 2, edge: null, writes: "n2_a", span: null },
    { kind: "local", node: 1, edge: [2, 1], writes: "n1_a", span: null },
    { kind: "local", node: 0, edge: [2, 0], writes: "e2_0_c", span: null },
    { kind: "accumulate", node: 0, edge: [2, 0], writes: "n0_a", span: null },
    { kind: "local", node: 0, edge: [1, 0], writes: "e1_0_c", span: null },
    { kind: "accumulate", node: 0, edge: [1, 0], writes: "n0_a", span: null },
  ],
};

test("a number is written so short that its type still reads it", () => {
  assert.equal(repr(0.9092974268256817, "float64"), "0.9092974268256817");
  assert.equal(repr(Math.fround(0.1), "float32"), "0.1");
  assert.equal(repr(Math.fround(1 / 3), "float32"), "0.33333334");
  assert.equal(repr(0.1, "float32"), "0.1", "a double that float32 does not hold is written in full");
  assert.equal(repr(-3, "int64"), "-3");
  assert.equal(repr(1, "bool"), "True");
});

test("literals name the type, and what is not finite", () => {
  assert.equal(literal([0.9092974268256817], "float64", true), "np.float64(0.9092974268256817)");
  assert.equal(literal([0, 1, 2], "float64", false), "np.array([0., 1., 2.])");
  assert.equal(
    literal([NaN, Infinity, -Infinity, -0], "float32", false),
    "np.array([np.nan, np.inf, -np.inf, -0.], dtype=np.float32)",
  );
  assert.equal(literal([NaN], "float64", true), "np.float64(np.nan)");
  assert.equal(literal([1, 0], "bool", false), "np.array([True, False], dtype=np.bool_)");
});

test("no literal is offered where doubles do not hold the value", () => {
  for (const dtype of ["complex128", "float128", "object", "<U3"]) assert.equal(literal([1], dtype, true), "", dtype);
  assert.equal(literal([2 ** 60], "int64", true), "");
  assert.equal(literal([3], "int64", true), "np.int64(3)");
});

test("the LaTeX of a node has its derivatives, each once; that of an edge only its own", () => {
  assert.equal(latexOf(scene, "n1"), "v_{1} = \\sin x, \\quad \\frac{\\partial v_{1}}{\\partial x} = \\cos x");
  assert.equal(latexOf(scene, "e2_1"), "\\frac{\\partial f}{\\partial v_{1}} = x");
  assert.equal(latexOf(scene, "n0"), "x");
  const square = { ...scene, edges: [0, 1].map((k) => ({ at: [2, k, 0], text: "× x", latex: "D = x" })) };
  assert.equal(latexOf(square, "n2"), "f = x \\cdot v_{1}, \\quad D = x");
});

test("nodes and edges have an order and a name", () => {
  assert.deepEqual(graphOrder(scene), ["n0", "n1", "e1_0", "n2", "e2_0", "e2_1"]);
  assert.equal(pickName(scene, "n1"), "v₁ = sin x");
  assert.equal(pickName(scene, "e2_1"), "edge from v₁ to f, × x");
  assert.equal(pickName(scene, "n9"), "");
});

test("running goes to the value, then to the finished adjoint, then to the value again", () => {
  assert.deepEqual(
    [0, 1, 3, 4, 8].map((now) => goal(scene.steps, "n1", now)),
    [1, 4, 4, 1, 1],
  );
  assert.deepEqual(
    [-1, 0, 5, 8].map((now) => goal(scene.steps, "n0", now)),
    [0, 8, 8, 0],
    "all contributions, not the first",
  );
  assert.deepEqual(
    [0, 7, 8].map((now) => goal(scene.steps, "e1_0", now)),
    [7, 7, 7],
  );
  assert.equal(goal(scene.steps.slice(0, 3), "e1_0", 0), -1, "an edge along which nothing flows");
});

test("what is inspected is found again in another graph by its name", () => {
  const other = {
    ...scene,
    rows: [scene.rows[0], row(1, "w = 2x", ""), row(2, "v₁ = sin x", ""), row(3, "f = x · v₁", "")],
    edges: [{ at: [2, 0, 0], text: "× cos x" }],
  };
  assert.equal(carryPick(scene, other, "n1"), "n2");
  assert.equal(carryPick(scene, other, "e1_0"), "e2_0");
  assert.equal(carryPick(scene, other, "e2_0"), "");
  assert.equal(carryPick(other, scene, "n1"), "");
});

test("a line is cut by spans that overlap, counted in characters", () => {
  const line = "𝑥 = np.sin(𝑥) + 1",
    told = pieces(line, 4, [[4, 4, 4, 13], [4, 11, 4, 17], null]);
  assert.deepEqual(
    told.map(({ text }) => text),
    ["𝑥 = ", "np.sin(", "𝑥)", " + 1"],
  );
  assert.deepEqual(
    told.map(({ covers }) => covers.map(Number).join("")),
    ["000", "100", "110", "010"],
  );
  assert.equal(told.map(({ text }) => text).join(""), line);
  assert.deepEqual(pieces("", 1, [null]), []);
  assert.deepEqual(
    pieces("    + b", 3, [[2, 11, 3, 7]]).map(({ text }) => text),
    ["    ", "+ b"],
  );
});

test("nodes know their lines, and lines their nodes", () => {
  assert.deepEqual(madeOn(scene, 2), ["n1", "n2"]);
  assert.deepEqual(madeOn(scene, 3), ["n2"]);
  assert.deepEqual(madeOn(scene, NaN), []);
  assert.deepEqual(madeAt(scene, "e1_0"), [2, 15, 2, 24], "of an edge, where its child was made");
  assert.equal(madeAt(scene, "n0"), null);
});

test("keys move among the elements of a box, press them and leave", () => {
  const said = [],
    element = (name) => ({ focus: () => said.push(name) });
  const items = ["a", "b"].map(element),
    box = { ...element("box"), addEventListener: (_, callback) => (box.press = callback) };
  let open = true;
  rove(
    box,
    ["Enter"],
    () => items,
    () => items[1],
    (item) => said.push("press " + "ab"[items.indexOf(item)]),
    () => open && !(open = false),
  );
  const key = (name, target, more = {}) => {
    let taken = false;
    box.press({
      key: name,
      composedPath: () => [target],
      preventDefault: () => (taken = true),
      stopPropagation() {},
      ...more,
    });
    return taken;
  };
  assert.ok(key("Enter", box));
  assert.ok(key("ArrowUp", items[1]));
  assert.ok(key("ArrowUp", items[0]), "at the end the page does not scroll");
  assert.ok(key("Enter", items[0]));
  assert.ok(key(" ", items[1]));
  assert.ok(key("Escape", items[1]));
  assert.equal(open, false);
  assert.ok(key("Escape", items[1]));
  assert.deepEqual(said, ["b", "a", "press a", "press b", "box"]);
  for (const [name, target] of [
    ["ArrowRight", items[0]],
    ["ArrowDown", box],
    ["Enter", {}],
  ])
    assert.equal(key(name, target), false, name);
  assert.equal(key("ArrowDown", items[0], { ctrlKey: true }), false);
});
