"""Several views of one explorer: each chooses its mode, and all stand at the same step of the story."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

import graphviz_ad as gad
from graphviz_ad_widgets.assets import esm, style

# A model as anywidget has it, without a kernel, and two views of it.
OPEN = """async ([source, style, state]) => {
  document.head.append(Object.assign(document.createElement("style"), { textContent: style }));
  const { default: widget } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const heard = new EventTarget();
  globalThis.model = {
    get: (name) => state[name],
    set(name, value) { state[name] = value; heard.dispatchEvent(new Event("change:" + name)); },
    on: (name, call) => heard.addEventListener(name, call),
    off: (name, call) => heard.removeEventListener(name, call),
    send() {}, save_changes() {},
  };
  const { initialize, render } = widget();
  initialize({ model });
  for (const name of ["one", "other"]) render({ model, el: document.getElementById(name) });
}"""
COUNTS = "['one', 'other'].map((name) => document.querySelector(`#${name} .gad-count`).textContent)"
# Longer than a view waits before it looks again what the model says.
SETTLED = "() => new Promise((done) => setTimeout(done, 700))"


def test_views_in_different_modes_stand_at_the_same_step_of_the_story_of_both(chromium: Any) -> None:
    """Sin has 2 steps of values, 1 of a slope forward, and 2 back; the model counts all."""
    w = gad.explore(np.sin, x=(-3, 3, 0.5), mode="both")
    state = json.loads(json.dumps({name: w.get_state(name)[name] for name in w.keys if name not in ("layout", "_esm")}))
    w.close()
    page = chromium.new_page(viewport={"width": 1300, "height": 900})
    page.set_content("<div id=one style='height:700px'></div><div id=other style='height:700px'></div>")
    page.evaluate(OPEN, [esm(), style(), state])
    whole = state["step"] + 1
    page.evaluate(SETTLED)
    assert page.evaluate(COUNTS) == [f"{whole} / {whole}"] * 2
    page.click("#other .gad-modes button:nth-child(2)")  # reverse
    page.evaluate(SETTLED)
    before, after = (int(part) for part in page.evaluate(COUNTS)[1].split(" / "))
    assert before == after < whole
    page.press("#other .gad-pane", "ArrowLeft")
    page.evaluate(SETTLED)
    assert page.evaluate(COUNTS) == [f"{whole - 1} / {whole}", f"{after - 1} / {after}"]
    assert page.evaluate("model.get('step')") == whole - 2
    page.evaluate("model.set('step', 0)")
    page.evaluate(SETTLED)
    assert page.evaluate(COUNTS) == [f"1 / {whole}", f"1 / {after}"]
    page.evaluate("model.set('step', 2)")  # the seed of forward mode, which reverse mode lacks
    page.evaluate(SETTLED)
    assert page.evaluate("model.get('step')") == 2
    page.close()
