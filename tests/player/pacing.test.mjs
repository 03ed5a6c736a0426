// How long a step stays while the story plays.
import assert from "node:assert/strict";
import { test } from "node:test";

import { paceOf, restOf } from "../../graphviz_ad/player/pacing.js";

const words = (count) => Array.from({ length: count }, () => "word").join(" ");

test("for a beginner a sentence stays as long as 200 words a minute take, from when it is shown", () => {
  assert.equal(restOf("other", words(40), "beginner"), 12000);
  assert.equal(restOf("other", words(40), "beginner", 900), 11100);
  assert.equal(restOf("other", words(40), "beginner", 60000), restOf("other", words(40), "standard"));
});

test("a short sentence stays for a moment all the same, and an endless one does not stop the story", () => {
  assert.equal(restOf("end", words(2), "beginner"), restOf("end", words(2), "standard"));
  assert.equal(restOf("other", words(500), "beginner"), 15000);
});

test("for others the length of a sentence does not matter", () => {
  for (const detail of ["standard", "expert"])
    assert.equal(restOf("evaluate", words(1), detail), restOf("evaluate", words(99), detail));
  assert.notEqual(paceOf("beginner"), paceOf("standard"));
});
