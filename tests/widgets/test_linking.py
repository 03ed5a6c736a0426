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
    slider = ipywidgets.FloatSlider(min=-1, max=2, step=0.25, value=0.6, description="angle")
    w = gad.explore(np.sin, x=slider)
    assert (w.x, w.value) == (0.6, np.sin(0.6))
    (own,) = w._studio.arrangement.sliders
    np.testing.assert_array_equal(own.values, np.arange(-1, 2.01, 0.25))
    assert (slider.min, slider.max, slider.step, slider.value, slider.description) == (-1, 2, 0.25, 0.6, "angle")


def test_they_move_each_other():
    """From either side, also off the stops."""
    slider = ipywidgets.FloatSlider(min=-1, max=2, step=0.25)
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


def test_a_slider_of_integers_follows_as_far_as_it_can():
    """The explorer stays where it was put."""
    slider = ipywidgets.IntSlider(min=0, max=10, value=3)
    w = gad.explore(np.square, x=slider)
    assert (w.x, w.value) == (3.0, 9.0)
    w.x = 4.6
    assert (slider.value, w.x) == (5, 4.6)
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
    assert {name for state in explorer.updates() for name in state} == {"value", "gradient", "_point"}
    explorer.forget()
    other.forget()
    explorer.move(inputs={"x": 0.5}, x=0.5)
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
