// Questions to Python: two on their way, the newest first, and none waited for for ever.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { makeAsker } from "../../widgets/graphviz_ad_widgets/asking.js";

test("two questions are on their way, and of those that wait only the newest is kept", () => {
  const sent = [],
    asker = makeAsker((question) => sent.push(question));
  for (const stop of [10, 11, 12, 13, 14]) asker.ask(stop, 0);
  assert.deepEqual(
    sent.map(({ stop }) => stop),
    [10, 11],
  );
  assert.equal(asker.settle(1), 10);
  assert.deepEqual(
    sent.map(({ stop }) => stop),
    [10, 11, 14],
  );
  assert.deepEqual(
    sent.map(({ seq }) => seq),
    [1, 2, 3],
  );
  asker.end();
});

test("what is asked already is not asked again", () => {
  const sent = [],
    asker = makeAsker((question) => sent.push(question));
  (asker.ask(1), asker.ask(2), asker.ask(3), asker.ask(2));
  assert.equal(asker.settle(1), 1);
  assert.equal(sent.length, 2, "the thumb is back where an answer is on its way");
  asker.end();
});

test("an answer that does not come is given up, so that the next can be asked", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const sent = [],
    asker = makeAsker((question) => sent.push(question), { patience: 1000 });
  for (const stop of [1, 2, 3]) asker.ask(stop);
  mock.timers.tick(999);
  assert.equal(sent.length, 2);
  mock.timers.tick(1);
  assert.deepEqual(
    sent.map(({ stop }) => stop),
    [1, 2, 3],
  );
  assert.equal(asker.settle(1), undefined, "too late: but what it brings is used");
  asker.end();
  mock.timers.reset();
});
