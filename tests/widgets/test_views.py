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
    on: (name, call) => heard.addEventListener(name, (event) => call(event.message)),
    hear: (message) => heard.dispatchEvent(Object.assign(new Event("msg:custom"), { message })),
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


def shifting(x: Any) -> Any:
    w = np.sin(x) * np.ones(4 if x < 1 else 3)
    return np.sum(np.ones((3, 4)) @ w)


def test_what_was_recorded_where_the_function_raises_is_shown_until_a_slider_moves_on(chromium: Any) -> None:
    """Told by a batch, by a place between the stops, and by the film; the kernel's half is a real one."""
    w = gad.explore(shifting, x=(0, 2, 0.25), at={"x": 0.5})
    state = json.loads(json.dumps({name: w.get_state(name)[name] for name in w.keys if name not in ("layout", "_esm")}))
    whole = state["_film"]["raised"]
    state["_film"] |= {"raised": []}
    page = chromium.new_page(viewport={"width": 1300, "height": 1500})
    page.set_content("<div id=one style='height:700px'></div><div id=other style='height:700px'></div>")
    page.evaluate(OPEN, [esm(), style(), state])
    button = page.locator("#one .gad-recorded")
    move = "x => { model.set('x', x); model.set('_point', null); }"
    page.evaluate(move, 1.5)
    page.locator("#one .gad-notice").get_by_text("raised at x = 1.50").wait_for()
    assert button.is_hidden()  # it was not told yet
    batch = {"of": [], "scene": [], "numbers": {}, "raised": {"0": {**whole[0], "stops": [6]}}}
    page.evaluate("batch => model.hear({ kind: 'batch', batch })", batch)
    (first,) = whole[0]["values"]  # sampled coarse to fine
    button.get_by_text(f"What was recorded at x = {first:.2f}").click()
    dialog = page.locator("#one .gad-remains")
    assert "the 4 and the 3 must be equal" in dialog.locator(".gad-say").inner_text()
    page.evaluate(move, 0.5)
    dialog.wait_for(state="detached")
    button.wait_for(state="hidden")
    assert page.locator("#one .gad-scene").count() == 1
    w.x = 1.3  # between the stops
    page.evaluate("([x, point]) => { model.set('x', x); model.set('_point', point); }", [1.3, w._point])
    button.wait_for()
    page.evaluate(move, 2)
    button.wait_for(state="hidden")  # of this stop nothing was told
    page.evaluate(
        "batch => model.hear({ kind: 'batch', batch })", batch | {"raised": {"0": {"stops": whole[0]["stops"]}}}
    )
    button.wait_for()
    w.close()
    page.close()
