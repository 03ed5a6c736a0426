"""An ipywidgets slider given as an argument."""

from __future__ import annotations

import gc
import weakref

import ipywidgets
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import InputError


def test_it_is_used_as_it_is():
    """Range, step, value and description stay what they are, and the explorer has them."""
    slider = ipywidgets.FloatSlider(min=-1, max=2, step=0.25, value=0.5, description="angle")
    w = gad.explore(np.sin, x=slider)
    assert (w.x, w.value) == (0.5, np.sin(0.5))
    (own,) = w._studio.arrangement.sliders
    np.testing.assert_array_equal(own.values, np.arange(-1, 2.01, 0.25))
    assert (slider.min, slider.max, slider.step, slider.value, slider.description) == (-1, 2, 0.25, 0.5, "angle")


def test_they_move_each_other():
    """From either side, also off the stops where the slider has no steps."""
    slider = ipywidgets.FloatSlider(min=-1, max=2, step=None)
    w = gad.explore(np.sin, x=slider)
    slider.value = 0.3
    assert (w.x, w.value) == (0.3, np.sin(0.3))
    w.x = -0.7
    assert slider.value == -0.7
    w.inputs = {"x": 1.5}
    assert slider.value == 1.5


@pytest.mark.parametrize("name", ["step", "close", "_x"])
def test_under_a_name_that_clashes(name):
    """Through `inputs`."""
    made = {}
    exec(f"def g({name}): return {name} * {name}", made)
    slider = ipywidgets.FloatSlider(min=0, max=2, value=1)
    w = gad.explore(made["g"], inputs={name: slider})
    slider.value = 0.5
    assert (w.inputs, w.value) == ({name: 0.5}, 0.25)
    w.inputs = {name: 1.5}
    assert slider.value == 1.5


def test_one_of_two_sliders():
    """The other is a range."""
    slider = ipywidgets.FloatSlider(min=0, max=2, value=1)
    w = gad.explore(lambda x, y: x * y, x=(0, 1), y=slider)
    slider.value = 0.5
    w.x = 0.25
    assert (w.inputs, w.value, slider.value) == ({"x": 0.25, "y": 0.5}, 0.125, 0.5)


@pytest.mark.parametrize("between", [4.6, 4.5, 5.5, 5.4999])
def test_with_a_slider_of_integers_only_whole_numbers_are_reached(between):
    """Half of them go up, as in the browser, on both sides."""
    slider = ipywidgets.IntSlider(min=0, max=10, value=3)
    w = gad.explore(lambda n: n * n, n=slider)
    w.n = between
    whole = np.floor(between + 0.5)
    assert (w.n, w.inputs["n"], slider.value, w.value) == (whole, whole, whole, whole * whole)


@pytest.mark.parametrize(
    ("given", "reached"),
    [(0.37, 0.25), (0.375, 0.5), (-0.999, -1.0), (1.9, 2.0), (2.2, 2.2), (2.15, 2.2), (2.1, 2.0), (1e-9, 0.0)],
)
def test_a_slider_with_steps_keeps_them(given, reached):
    """From either side and at the start: its browser would bring it there, too."""
    slider = ipywidgets.FloatSlider(min=-1, max=2.2, step=0.25)
    w = gad.explore(np.sin, x=slider)
    w.x = given
    assert (w.x, slider.value) == (reached, reached)
    w.x = 1.0
    slider.value = given
    assert (w.x, slider.value) == (reached, reached)
    slider = ipywidgets.FloatSlider(min=-1, max=2.2, step=0.25, value=given)
    w = gad.explore(np.sin, x=slider)
    assert (w.x, slider.value) == (reached, reached)


def test_rounding_is_not_between_steps():
    """What is nearly a step is left as it was written."""
    slider = ipywidgets.FloatSlider(min=0, max=1)
    w = gad.explore(np.sin, x=slider)
    w.x = 0.3
    assert (w.x, slider.value) == (0.3, 0.3)
    assert w._studio.arrangement.sliders[0].values[3] != 0.3


def test_the_slider_is_told_after_the_explorer(browser):
    """Its link would else move the explorer in the browser, which knows nothing of the other sliders yet."""
    slider, order = ipywidgets.FloatSlider(min=0, max=1), []
    w = gad.explore(lambda x, y: x * y, x=slider, y=(0, 1))
    explorer, other = browser(w), browser(slider)
    for page, who in ((explorer, "explorer"), (other, "slider")):
        keep = page.comm.publish_msg
        page.comm.publish_msg = lambda *args, who=who, keep=keep, **more: (order.append(who), keep(*args, **more))
    w.x = 0.4
    assert (order, slider.value) == (["explorer", "slider"], 0.4)
    order.clear()
    with w.hold_sync():
        w.x = 0.5
        w.y = 0.25
        assert (order, slider.value) == ([], 0.5)
    assert order == ["explorer", "slider"]
    assert [state["value"] for state in other.updates()] == [0.4, 0.5]


def test_after_an_interrupt_the_slider_s_browser_is_not_followed(browser, without_loop, hurried, monkeypatch):
    """Nor does the function run for what it has said meanwhile; both sides go back."""
    now, calls = [0.0], []
    monkeypatch.setattr("graphviz_ad_widgets.explorer._clock", lambda: now[0])

    def f(x):
        calls.append(x)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return x * x

    slider = ipywidgets.FloatSlider(min=0, max=1, value=0.5)
    w = without_loop(lambda: gad.explore(f, x=slider))
    explorer, other = browser(w), browser(slider)
    with pytest.raises(KeyboardInterrupt):
        other.move(value=0.7)
    explorer.forget()
    other.forget()
    other.move(value=0.8)
    assert (len(calls), w.x, slider.value) == (2, 0.5, 0.5)
    assert [told["error"] for told in explorer.sent("failed")] == ["Interrupted"]
    assert [state["value"] for state in other.updates()] == [0.5]
    now[0] = 1.0
    other.move(value=0.8)
    assert (len(calls), w.x) == (3, 0.8)


def test_a_slider_of_integers_is_followed():
    """And follows."""
    slider = ipywidgets.IntSlider(min=0, max=10, value=3)
    w = gad.explore(np.square, x=slider)
    assert (w.x, w.value) == (3.0, 9.0)
    w.x = 5
    assert (slider.value, w.x) == (5, 5.0)
    slider.value = 7
    assert (w.x, w.value) == (7.0, 49.0)


def test_where_it_starts_can_be_said():
    """Then the slider goes there, too."""
    slider = ipywidgets.FloatSlider(min=0, max=2, value=1)
    w = gad.explore(np.sin, x=slider, at={"x": 0.3})
    assert (w.x, slider.value) == (0.3, 0.3)


def test_a_value_outside_the_range_that_it_had_is_refused():
    """The explorer was made for that range."""
    slider = ipywidgets.FloatSlider(min=0, max=2, value=1)
    w = gad.explore(np.sin, x=slider)
    slider.max = 5
    with pytest.raises(InputError, match="x = 4 lies outside its range, 0 to 2"):
        slider.value = 4
    assert w.x == 1.0


def test_they_are_linked_in_the_browser():
    """So that they move each other without a kernel."""
    slider = ipywidgets.FloatSlider(min=0, max=2, value=1)
    w = gad.explore(np.sin, x=slider)
    links = [one for one in ipywidgets.widgets.widget._instances.values() if type(one).__name__ == "Link"]
    assert [link.get_state()["source"] for link in links] == [["IPY_MODEL_" + slider.model_id, "value"]]
    assert [link.get_state()["target"] for link in links] == [["IPY_MODEL_" + w.model_id, "x"]]


def test_what_has_come_from_the_browser_is_not_sent_back(browser):
    """There the link has moved both, and the thumb has moved on since."""
    slider = ipywidgets.FloatSlider(min=0, max=2, value=1)
    w = gad.explore(np.sin, x=slider)
    explorer, other = browser(w), browser(slider)
    other.move(value=0.3)
    assert w.x == 0.3
    assert {name for state in explorer.updates() for name in state} == {"value", "gradient"}
    explorer.forget()
    other.forget()
    explorer.move(x=0.5)
    assert slider.value == 0.5
    assert other.updates() == []
    w.x = 0.7
    assert [state["value"] for state in other.updates()] == [0.7]


def test_closing_lets_go():
    """The slider works on, the explorer does not move any more and can be forgotten."""
    slider = ipywidgets.FloatSlider(min=0, max=2, value=1)
    w = gad.explore(np.sin, x=slider)
    w.close()
    slider.value = 0.5
    assert w.x == 1.0
    gone = weakref.ref(w)
    del w
    gc.collect()
    assert gone() is None
    assert [type(one).__name__ for one in ipywidgets.widgets.widget._instances.values()].count("Link") == 0
