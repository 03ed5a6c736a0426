"""The widget's traits: how they move each other, what is refused, what is sent, and what is left behind."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import weakref

import comm
import ipywidgets
import numpy as np
import pytest
import traitlets
from ipywidgets.widgets import widget as registry

import graphviz_ad as gad
from graphviz_ad_widgets.explorer import Explorer
from graphviz_ad_widgets.order import outward

PI = np.pi


def sine(**options):
    """Explore the sine."""
    return gad.explore(np.sin, x=(-PI, PI), **options)


def branches(x):
    """Take another branch below 0, with more steps."""
    return x * x if x > 0 else np.sin(x) * np.cos(x) + x


def two(x, y):
    """Depend on two numbers."""
    return np.sin(x) * y


def root(x):
    """Raise below 0."""
    if x < 0:
        raise ValueError("below zero")
    return np.sqrt(x)


class TestMoving:
    """Sliders, value and gradient."""

    @pytest.mark.parametrize("x", [0.3, -3.0, PI, -PI, 0.0, 1, np.float32(0.5), np.int64(-2)])
    def test_exactly_what_is_set_is_shown(self, x):
        """Value and gradient are NumPy's there, not those of the nearest stop."""
        w = sine()
        w.x = x
        assert (w.x, type(w.x)) == (float(x), float)
        assert w.inputs == {"x": float(x)}
        assert (w.value, w.gradient) == (np.sin(float(x)), np.cos(float(x)))

    def test_every_stop_has_numpy_s_numbers(self):
        """At a stop nothing is computed anew."""
        w = gad.explore(lambda x: np.log(x**2) * np.sin(x) + 1 / x, x=(0.5, 3, 0.25))
        for x in np.arange(0.5, 3.01, 0.25):
            w.x = x
            assert w._point is None
            assert w.value == pytest.approx(np.log(x**2) * np.sin(x) + 1 / x, rel=1e-14)
            slope = 2 / x * np.sin(x) + np.log(x**2) * np.cos(x) - 1 / x**2
            assert w.gradient == pytest.approx(slope, rel=1e-12)

    def test_of_several_sliders_the_gradient_is_a_dict(self):
        """By name, in their order."""
        w = gad.explore(two, y=(0, 2), x=(-1, 1))
        w.inputs = {"x": 0.5, "y": 1.25}
        assert w.value == np.sin(0.5) * 1.25
        assert w.gradient == pytest.approx({"x": np.cos(0.5) * 1.25, "y": np.sin(0.5)}, rel=1e-15)
        assert list(w.inputs) == w._names

    def test_assigning_some_inputs_moves_these(self):
        """The others stay."""
        w = gad.explore(two, x=(-1, 1), y=(0, 2), at={"y": 0.5})
        w.inputs = {"x": 0.25}
        assert w.inputs == {"x": 0.25, "y": 0.5}

    def test_inputs_cannot_be_changed_in_place(self):
        """Nothing would notice."""
        w = sine(at={"x": 1.0})
        for change in (
            lambda d: d.__setitem__("x", 2.0),
            lambda d: d.update(x=2.0),
            lambda d: d.clear(),
            lambda d: d.pop("x"),
            lambda d: d.__ior__({"x": 2.0}),
        ):
            with pytest.raises(TypeError, match=r"assign what moves: w\.inputs = \{'x': "):
                change(w.inputs)
        assert w.inputs == {"x": 1.0}
        assert {**w.inputs, "x": 2.0} == {"x": 2.0}

    def test_observers_see_what_belongs_together(self):
        """Whichever trait they watch, all others are those of the same place."""
        w, seen = gad.explore(two, x=(-1, 1), y=(0, 2)), []

        def look(change):
            assert w.inputs == {"x": w.x, "y": w.y}
            assert w.value == np.sin(w.x) * w.y
            seen.append((change.name, change.new))

        w.observe(look, ["x", "y", "inputs", "value", "gradient"])
        w.x = 0.3
        w.inputs = {"x": 0.5, "y": 1.0}
        assert [name for name, _ in seen].count("value") == 2
        assert ("x", 0.3) in seen
        assert ("inputs", {"x": 0.5, "y": 1.0}) in seen

    def test_an_observer_may_move_the_widget(self):
        """As a link of two of its own sliders does."""
        w = gad.explore(two, x=(-1, 1), y=(-1, 1))
        w.observe(lambda change: setattr(w, "y", -change.new), "x")
        w.x = 0.3
        assert w.inputs == {"x": 0.3, "y": -0.3}
        assert w.value == np.sin(0.3) * -0.3

    def test_several_traits_may_be_held_together(self):
        """Observers are called once."""
        w, seen = gad.explore(two, x=(-1, 1), y=(-1, 1)), []
        w.observe(lambda change: seen.append(change.new), "value")
        with w.hold_trait_notifications():
            w.x = 0.25
            w.y = 0.5
        assert seen == [np.sin(0.25) * 0.5]

    def test_setting_the_same_again_tells_nobody(self):
        """Nothing has changed."""
        w, seen = sine(), []
        w.x = 0.3
        w.observe(seen.append)
        w.x = 0.3
        w.inputs = {"x": 0.3}
        assert seen == []

    def test_where_the_function_raises_there_is_no_value(self):
        """And no gradient; the last good story keeps its steps."""
        w = gad.explore(root, x=(-1, 1), at={"x": 0.25})
        step = w.step
        w.x = -0.3
        assert (w.value, w.gradient, w.step) == (None, None, step)
        assert "below zero" in w._point["error"]
        w.x = 0.25
        assert (w.value, w.gradient) == (0.5, 1.0)

    def test_nan_and_infinity_are_values(self):
        """NumPy's own; JSON, which has no word for them, gets null."""
        w = gad.explore(lambda x: np.log(x), x=(-1, 1, 0.5), at={"x": 1.0})
        w.x = -1.0
        assert np.isnan(w.value)
        w.x = 0.0
        assert w.value == -np.inf
        assert np.isnan(w.gradient)  # where there is no value there is no slope
        assert w.get_state(["value", "gradient"]) == {"value": None, "gradient": None}
        json.dumps(w.get_state(), allow_nan=False)

    def test_another_scene_has_its_own_steps(self):
        """The finished picture stays finished, the beginning stays the beginning."""
        w = gad.explore(branches, x=(-1, 1), at={"x": 0.5})
        few = w.step
        w.x = -0.5
        many = w.step
        assert many > few
        w.x = 0.55
        assert w.step == few
        w.step = 0
        w.x = -0.55
        assert w.step == 0

    def test_a_start_between_stops_is_exact(self):
        """As if it had been set."""
        w = gad.explore(np.sin, x=(-3, 3, 0.25), at={"x": 0.3})
        assert (w.x, w.value) == (0.3, np.sin(0.3))
        assert w._point["values"] == [0.3]

    def test_where_stops_are_left_to_us_one_is_the_start(self):
        """So that it needs no point of its own."""
        w = sine(at={"x": 0.3})
        assert (w.x, w.value, w._point) == (0.3, np.sin(0.3), None)


class TestRefusals:
    """Whatever is refused changes nothing."""

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("x", 9, r"x = 9 lies outside its range, -3\.14159 to 3\.14159"),
            ("x", np.nan, "x = nan: expected a finite number"),
            ("x", -np.inf, "x = -inf: expected a finite number"),
            ("x", 10**400, "x = inf: expected a finite number"),
            ("x", "1", "x: expected a number, got str '1'"),
            ("x", None, "x: expected a number, got NoneType None"),
            ("x", True, "x: expected a number, got bool True"),
            ("x", 1j, "x: expected a number, got complex 1j"),
            ("inputs", {"x": 9}, "x = 9 lies outside"),
            ("inputs", {"x": 1, "xx": 1}, "no slider 'xx'; there is x"),
            ("inputs", {1: 1}, "no slider 1; there is x"),
            ("inputs", 3, r"expected a dict of the sliders that move, such as \{'x': 1.0\}, got int 3"),
            ("value", 3, r"value is what the function gives.* w\.inputs = \{'x': 1\.0\}"),
            ("gradient", 3, "gradient is what the function gives"),
            ("step", 99, "step = 99: the story has the steps 0 to 3"),
            ("step", -1, "step = -1: the story has the steps 0 to 3"),
            ("step", 1.5, "step: expected a whole number, got float 1.5"),
            ("step", True, "step: expected a whole number, got bool True"),
            ("step", None, "step: expected a whole number"),
            ("theme", "drak", "unknown theme 'drak'.* Did you mean 'dark'"),
            ("theme", None, "unknown theme None"),
            ("panels", ["grph"], "no panel 'grph'; the panels are graph, .* Did you mean 'graph'"),
            ("panels", "graph", r"write panels=\('graph',\)"),
            ("panels", [], "name at least one of graph"),
            ("panels", 3, "got int 3"),
            ("speed", 0, "speed = 0: expected a number from 0.1 to 10"),
            ("speed", "fast", "speed: expected a number, got str 'fast'"),
            ("playing", 1, "playing: expected True or False, got int 1"),
            ("loop", "yes", "loop: expected True or False, got str 'yes'"),
            ("detail", "expret", "Did you mean 'expert'"),
            ("presentation", None, "presentation: expected True or False"),
        ],
    )
    def test_a_value_that_cannot_be(self, name, value, said):
        """The sentence is the same for `except TraitError`, `except ValueError` and `except GraphvizAdError`."""
        w = sine(at={"x": 1.0})
        before = {key: getattr(w, key) for key in w.keys}
        w.observe(lambda change: pytest.fail(f"{change.name} has changed"), list(before))
        with pytest.raises(traitlets.TraitError, match=said) as caught:
            setattr(w, name, value)
        assert isinstance(caught.value, gad.GraphvizAdError)
        assert isinstance(caught.value, ValueError)
        w.unobserve_all()  # closing it changes what is shown of it
        assert {key: getattr(w, key) for key in w.keys} == before

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("y", "no attribute 'y'; its sliders are x, its settings inputs, step"),
            ("panles", "Did you mean 'panels'"),
            ("Theme", "Did you mean 'theme'"),
        ],
    )
    def test_an_attribute_that_is_not_there(self, name, said):
        """A misspelt slider is not silently accepted."""
        w = sine()
        with pytest.raises(AttributeError, match=said) as caught:
            setattr(w, name, 3)
        assert isinstance(caught.value, gad.GraphvizAdError)
        assert not hasattr(w, name)

    def test_the_traceback_is_the_user_s(self):
        """No frame of ours is left."""
        w = sine()
        with pytest.raises(traitlets.TraitError) as caught:
            w.x = "a"
        assert len(caught.traceback) == 1

    def test_a_function_that_returns_an_array_elsewhere_is_refused_there(self):
        """The sliders stay where they were."""
        w = gad.explore(lambda x: x if x != 0.3 else np.stack([x, x]), x=(-1, 1))
        before = w.inputs
        with pytest.raises(gad.GraphvizAdError, match="must return a single number"):
            w.x = 0.3
        assert w.inputs == before

    def test_what_ipywidgets_sets_is_not_refused(self):
        """Layout, tooltips and styles are as for any widget."""
        w = sine()
        w.layout.width = "50%"
        w.layout = ipywidgets.Layout(width="10em")
        w.tooltip = "f"
        w.add_class("big")
        assert w.layout.width == "10em"


NAMES = [
    "close", "keys", "layout", "step", "value", "comm", "observe", "inputs", "panels", "theme", "send", "open", "log",
    "playing", "_film", "_x", "_lock", "_studio", "_settling", "traits", "notify_change", "set_trait", "self", "f",
    "at", "presentation", "widgets", "save", "tooltip", "class_traits", "model_id", "get_state",
]  # fmt: skip


class TestNames:
    """Sliders whose names say something to a widget already."""

    @pytest.mark.parametrize("name", NAMES)
    def test_any_name_is_reached_through_inputs(self, name, browser):
        """And the widget is as whole as any other."""
        made = {}
        exec(f"def g({name}): return {name} * {name}", made)
        w = gad.explore(made["g"], inputs={name: (0.0, 4.0)})
        page = browser(w)
        w.inputs = {name: 1.5}
        assert (w.inputs, w.value, w.gradient) == ({name: 1.5}, 2.25, 3.0)
        page.move(**{w._sliders[0]: 2.0})
        assert (w.inputs, w.value) == ({name: 2.0}, 4.0)
        w.step = 0
        w.theme = "dark"
        assert json.loads(json.dumps(w.get_state()))[w._sliders[0]] == 2.0
        assert "text/html" in w._repr_mimebundle_()[0]
        assert ipywidgets.HBox([w]).children == (w,)
        assert (w._sliders == [name]) == (name in ("f", "at"))
        w.close()
        assert w.comm is None

    @pytest.mark.parametrize("name", ["close", "save", "observe"])
    def test_setting_a_method_says_where_the_slider_is(self, name):
        """It would break the widget."""
        made = {}
        exec(f"def g({name}): return {name} * {name}", made)
        w = gad.explore(made["g"], inputs={name: (0, 4)})
        with pytest.raises(AttributeError, match=rf"w\.inputs = \{{'{name}': 1\.0\}}"):
            setattr(w, name, 1.0)
        assert callable(getattr(w, name))

    def test_the_trait_of_that_name_says_so(self):
        """`w.step = 0.5` means the step of the story."""
        w = gad.explore(lambda step: step * step, inputs={"step": (0, 4)})
        with pytest.raises(traitlets.TraitError, match=r"w\.inputs = \{'step': \.\.\.\}"):
            w.step = 0.5

    def test_classes_are_made_once(self):
        """For each tuple of names."""
        one, other, third = sine(), gad.explore(np.cos, x=(0, 1)), gad.explore(lambda y: y * y, y=(0, 1))
        assert type(one) is type(other) is not type(third)
        assert all(isinstance(w, Explorer) for w in (one, other, third))


class TestLinks:
    """Other widgets."""

    def test_it_is_a_widget_among_widgets(self):
        """Boxes and tabs take it."""
        w = sine()
        assert isinstance(w, ipywidgets.DOMWidget)
        box = ipywidgets.Tab([ipywidgets.VBox([ipywidgets.HBox([w])])])
        assert box.children[0].children[0].children == (w,)

    def test_links_go_both_ways(self):
        """Of traitlets and ipywidgets."""
        one, other = sine(), sine()
        traitlets.link((one, "x"), (other, "x"))
        one.x = 0.3
        assert (other.x, other.value) == (0.3, np.sin(0.3))
        other.x = -1.0
        assert one.value == np.sin(-1.0)
        ipywidgets.link((one, "inputs"), (other, "inputs"))
        other.inputs = {"x": 0.5}
        assert one.x == 0.5

    def test_steps_are_linked(self):
        """Two stories go on together."""
        one, other = sine(), sine()
        ipywidgets.link((one, "step"), (other, "step"))
        one.step = 1
        assert other.step == 1

    def test_links_in_the_browser_can_be_made(self):
        """They know both models."""
        w, slider = sine(), ipywidgets.FloatSlider(min=-3, max=3)
        link = ipywidgets.jslink((slider, "value"), (w, "x"))
        assert link.get_state()["target"] == ["IPY_MODEL_" + w.model_id, "x"]
        ipywidgets.jslink((w, "step"), (ipywidgets.IntSlider(), "value"))


class TestBrowser:
    """What is sent there, and what comes from there."""

    def test_a_move_is_one_message(self, browser):
        """All that belongs together arrives together."""
        w = sine()
        page = browser(w)
        w.x = 0.3
        (state,) = page.updates()
        assert set(state) == {"x", "value", "gradient", "_point"}
        assert state["_point"]["values"] == [0.3]
        page.forget()
        w.x = 0.0
        assert [state["_point"] for state in page.updates()] == [None]

    def test_the_browser_s_move_is_answered_with_what_it_does_not_know(self, browser):
        """Value and gradient, not the slider it has moved itself."""
        w = sine()
        page = browser(w)
        stop = float(np.linspace(-PI, PI, 201)[150])
        page.move(x=stop, _point=None)
        assert (w.x, w.value) == (stop, np.sin(stop))
        assert [set(state) for state in page.updates()] == [{"value", "gradient"}]

    def test_a_link_in_the_browser_may_stand_off_the_grid(self, browser):
        """Then Python says what is there."""
        w = sine()
        page = browser(w)
        page.move(x=0.3)
        (state,) = page.updates()
        assert set(state) == {"value", "gradient", "_point"}
        assert state["_point"]["values"] == [0.3]

    def test_rounding_in_the_browser_is_no_other_place(self, browser):
        """Its 0.3 is the stop 0.30000000000000004."""
        w = gad.explore(np.sin, x=(0, 1, 0.1))
        page = browser(w)
        page.move(x=0.3)
        assert w._point is None
        w.x = 0.4
        w.x = 0.3
        assert w._point["values"] == [0.3], "set from Python it is exact"

    def test_the_browser_cannot_set_what_the_function_gives(self, browser):
        """Whatever it sends."""
        w = sine(at={"x": 0.0})
        browser(w).move(value=7.0, gradient=8.0)
        assert (w.value, w.gradient) == (0.0, 1.0)

    def test_a_step_that_another_scene_has_not_is_brought_into_its_range(self, browser):
        """The browser may be ahead."""
        w = sine()
        browser(w).move(step=99)
        assert w.step == 3

    def test_a_wish_is_answered(self, browser, without_loop, hurried):
        """With its number, and the stop it was for, even if that is known already."""
        w = without_loop(lambda: gad.explore(np.sin, x=(0, 1)))
        page = browser(w)
        missing = next(stop for stop in range(201) if stop not in w._studio.sampler.entries)
        page.say(kind="want", seq=4, stop=missing)
        page.say(kind="want", seq=5, stop=missing)
        first, second = page.sent("batch")
        assert (first["seq"], first["batch"]["of"]) == (4, [missing])
        assert (second["seq"], second["batch"]["of"]) == (5, [missing])

    @pytest.mark.parametrize("stop", [-1, 10**9, None, "0", 1.5])
    def test_a_wish_for_what_is_no_stop_fails(self, stop, browser):
        """The browser is told why."""
        w = sine()
        page = browser(w)
        page.say(kind="want", seq=1, stop=stop)
        (answer,) = page.sent("failed")
        assert answer["seq"] == 1
        assert "there is no stop" in answer["error"]

    def test_a_wish_where_the_function_returns_an_array_fails(self, browser, without_loop, hurried):
        """The browser is told why."""
        f = Changing(np.sin)
        w = without_loop(lambda: gad.explore(f, x=(0, 1)))
        page = browser(w)
        f.now = lambda x: np.stack([x, x])
        page.say(kind="want", seq=1, stop=missing_stop(w))
        (answer,) = page.sent("failed")
        assert "must return a single number" in answer["error"]

    def test_a_wish_that_is_interrupted_fails(self, browser, without_loop, hurried):
        """And nothing more is sampled."""
        f = Changing(np.sin)
        w = without_loop(lambda: gad.explore(f, x=(0, 1)))
        page = browser(w)
        f.now = interrupted
        with pytest.raises(KeyboardInterrupt):
            page.say(kind="want", seq=1, stop=missing_stop(w))
        (answer,) = page.sent("failed")
        assert answer["error"] == "KeyboardInterrupt"
        assert w._sampling["state"] == "interrupted"

    def test_what_was_wished_before_an_interrupt_is_not_run(self, browser, without_loop, hurried, monkeypatch):
        """Else the function hangs once for each message that has waited."""
        now, calls = [0.0], []
        monkeypatch.setattr("graphviz_ad_widgets.explorer._clock", lambda: now[0])
        f = Changing(np.sin)
        w = without_loop(lambda: gad.explore(f, x=(0, 1)))
        page, start = browser(w), w.x

        def hang(x):
            calls.append(x)
            raise KeyboardInterrupt

        f.now = hang
        with pytest.raises(KeyboardInterrupt):
            page.say(kind="want", seq=1, stop=0)
        page.forget()
        now[0] = 0.49
        page.say(kind="want", seq=2, stop=1)
        page.move(x=0.25, _point=None, theme="dark")
        assert (len(calls), w.x, w.theme) == (1, start, "dark")
        assert [(told["seq"], told["error"]) for told in page.sent("failed")] == [
            (2, "Interrupted"),
            (None, "Interrupted"),
        ]
        assert [state["x"] for state in page.updates() if "x" in state] == [start]
        known = next(iter(w._studio.sampler.entries))
        page.say(kind="want", seq=3, stop=known)
        assert [told["seq"] for told in page.sent("batch")] == [3]
        now[0] = 0.5
        with pytest.raises(KeyboardInterrupt):
            page.move(x=0.25)
        page.move(x=0.35)
        assert (len(calls), w.x, w._sampling["state"]) == (2, start, "interrupted")
        f.now = np.sin
        w.x = 0.25
        assert w.value == np.sin(0.25), "Python is not refused"

    def test_the_browser_may_name_only_what_has_moved(self, browser):
        """The rest stays, and is not sent back: the browser knows it."""
        w = gad.explore(two, x=(0, 1), y=(0, 1), at={"x": 0.5, "y": 0.5})
        page = browser(w)
        w.x = 0.25
        page.forget()
        page.move(y=0.75)
        assert (w.inputs, w.y, w.value) == ({"x": 0.25, "y": 0.75}, 0.75, np.sin(0.25) * 0.75)
        assert [set(state) for state in page.updates()] == [{"value", "gradient"}]

    def test_where_a_slider_is_is_said_once(self, browser):
        """The dict of all of them follows from it, and is not sent beside it."""
        w = gad.explore(two, x=(0, 1), y=(0, 1), at={"x": 0.5, "y": 0.5})
        assert {"x", "y"} <= set(w.keys)
        assert "inputs" not in w.keys
        page = browser(w)
        page.move(y=0.75)
        assert (w.inputs, w.value) == ({"x": 0.5, "y": 0.75}, np.sin(0.5) * 0.75)

    def test_the_browser_gets_all_sliders_where_it_cannot_know_them(self, browser):
        """An observer has moved another one."""
        w = gad.explore(two, x=(0, 1), y=(0, 1), at={"x": 0.5, "y": 0.5})
        page = browser(w)
        w.observe(lambda change: setattr(w, "x", 0.125), "y")
        page.move(y=0.75)
        assert w.inputs == {"x": 0.125, "y": 0.75}
        assert [state["x"] for state in page.updates() if "x" in state] == [0.125]

    def test_messages_of_others_are_handed_on(self, browser):
        """`on_msg` is for everyone."""
        w, heard = sine(), []
        w.on_msg(lambda widget, content, buffers: heard.append(content))
        browser(w).say(kind="hello")
        assert heard == [{"kind": "hello"}]

    def test_a_new_scene_is_sent_once(self, browser):
        """And a notebook saved now would know it."""
        w = gad.explore(lambda x: x * x if x != 0.3 else np.sin(x), x=(-1, 1))
        page = browser(w)
        w.x = 0.3
        w.x = 0.31
        w.x = 0.3
        assert [len(told["batch"]["scenes"]) for told in page.sent("batch")] == [1]
        assert len(w._film["scenes"]) == 2
        assert "scenes" not in w._point

    def test_a_message_is_handled_by_one_thread_at_a_time(self, browser, without_loop):
        """While an observer is called, no other thread moves the widget."""
        w, free = sine(), []
        w.observe(lambda change: free.append(without_loop(lambda: w._lock.acquire(blocking=False))), ["theme", "loop"])
        browser(w).move(theme="dark")
        w.loop = True
        assert free == [False, False]

    def test_messages_come_on_any_thread(self, browser):
        """While a cell runs, others move the widget."""
        w = gad.explore(two, x=(-1, 1), y=(0, 2))
        page, wrong = browser(w), []

        def check(change):
            if w.value != np.sin(w.x) * w.y:
                wrong.append(change)

        w.observe(check, "value")

        def drag(name, values):
            for value in values:
                page.move(**{name: value})

        threads = [threading.Thread(target=drag, args=("x", np.linspace(-0.99, 0.99, 60).tolist()))]
        threads.append(threading.Thread(target=drag, args=("y", np.linspace(0.01, 1.99, 60).tolist())))
        for thread in threads:
            thread.start()
        for value in np.linspace(-0.5, 0.5, 60):
            w.x = value
        for thread in threads:
            thread.join()
        assert wrong == []


def interrupted(x):
    """Behave as if the user had pressed the button meanwhile."""
    raise KeyboardInterrupt


class Changing:
    """Calls a function that may become another one."""

    def __init__(self, now):
        self.now = now

    def __call__(self, x):
        """Do what it does now."""
        return self.now(x)


async def until(happened):
    """Let the loop run until something has happened."""
    while not happened():
        await asyncio.sleep(0.001)


def missing_stop(w):
    """Return a stop that was not sampled."""
    return next(stop for stop in range(201) if stop not in w._studio.sampler.entries)


class TestSampling:
    """In the background, on the kernel's loop."""

    def test_a_quick_function_is_sampled_at_once(self, without_loop):
        """Then nothing runs in the background."""
        w = without_loop(sine)
        assert w._sampling == {"done": 201, "total": 201, "state": "done", "note": ""}
        assert "of" not in w._film["stops"]

    def test_without_a_loop_the_rest_waits(self, without_loop, hurried):
        """Until it is needed."""
        w = without_loop(lambda: gad.explore(np.sin, x=(0, 1)))
        assert w._sampling["state"] == "stopped"
        assert w._sampling["done"] == len(w._film["stops"]["of"]) == 1

    def test_the_rest_is_sent_in_batches_and_the_film_made_anew(self, browser, with_loop, hurried):
        """Each stop once; near the thumb first."""

        async def cell():
            w = gad.explore(np.sin, x=(0, 1))
            assert w._sampling["state"] == "running"
            page, first = browser(w), len(w._film["stops"]["of"])
            w.x = 0.0
            await until(lambda: w._sampling["state"] != "running")
            return w, page, first

        w, page, first = with_loop(cell)
        assert w._sampling == {"done": 201, "total": 201, "state": "done", "note": ""}
        sent = [stop for told in page.sent("batch") for stop in told["batch"]["of"]]
        assert len(sent) == len(set(sent)) == 201 - first
        assert sent == sorted(sent)
        assert "of" not in w._film["stops"]
        assert [state["_sampling"]["state"] for state in page.updates() if "_sampling" in state][-1] == "done"

    def test_stop_and_go_on(self, browser, with_loop, hurried):
        """What was found until then is in the film."""

        async def cell():
            w = gad.explore(np.sin, x=(0, 1))
            page = browser(w)
            page.say(kind="stop")
            stopped = dict(w._sampling)
            await asyncio.sleep(0.05)
            assert w._sampling == stopped
            assert (stopped["state"], stopped["done"]) == ("stopped", len(w._film["stops"]["of"]))
            page.say(kind="go on")
            await until(lambda: w._sampling["state"] == "done")
            return True

        assert with_loop(cell)

    def test_it_follows_the_thumb(self, browser, with_loop, hurried):
        """What lies beside the stop that was asked for comes next."""

        async def cell():
            w = gad.explore(np.sin, x=(0, 1))
            page = browser(w)
            page.say(kind="want", seq=1, stop=0, slider=0)
            await until(lambda: len(page.sent("batch")) > 1)
            return [sent["batch"]["of"] for sent in page.sent("batch")]

        asked, after, *_ = with_loop(cell)
        assert asked == [0]
        assert after[:2] == [1, 2]

    def test_of_many_sliders_the_lines_through_the_thumb_are_sampled(self, browser, with_loop):
        """And those through its next place when it has moved."""

        async def cell():
            w = gad.explore(lambda a, b, c: np.sin(a) * b + c * c, a=(0, 1), b=(0, 1), c=(0, 1))
            assert w._sampling == {"done": 121, "total": 121, "state": "done", "note": ""}
            page = browser(w)
            place = (3, 4, 5)
            values = [float(np.linspace(0, 1, 41)[i]) for i in place]
            w.inputs = dict(zip("abc", values, strict=True))
            await until(lambda: w._sampling["state"] == "done" and w._sampling["done"] == 121)
            assert w.value == pytest.approx(np.sin(values[0]) * values[1] + values[2] ** 2, rel=1e-15)
            lines = {w._studio.sampler.flat(at) for at in outward((41, 41, 41), place)}
            return lines == {stop for told in page.sent("batch") for stop in told["batch"]["of"]}

        assert with_loop(cell)

    def test_the_film_of_many_sliders_is_made_anew_when_all_is_quiet(self, browser, with_loop, monkeypatch):
        """Not at each place."""
        monkeypatch.setattr("graphviz_ad_widgets.explorer._UNTIL_SETTLED", 0.05)

        async def cell():
            w = gad.explore(lambda a, b, c: np.sin(a) * b + c * c, a=(0, 1), b=(0, 1), c=(0, 1))
            before = len(w._film["stops"]["of"])
            w.inputs = {"a": 0.0, "b": 0.0, "c": 0.0}
            await until(lambda: len(w._film["stops"]["of"]) > before)
            return len(w._film["stops"]["of"]), before

        after, before = with_loop(cell)
        assert after > before + 100

    def test_a_view_that_is_taken_away_ends_it(self, browser, with_loop, hurried):
        """A cell that was run again leaves the old widget behind."""

        async def cell():
            w = gad.explore(np.sin, x=(0, 1))
            page = browser(w)
            page.move(_view_count=1)
            assert w._sampling["state"] == "running"
            page.move(_view_count=0)
            assert w._sampling["state"] == "stopped"
            done = w._sampling["done"]
            await asyncio.sleep(0.05)
            assert len(w._studio.sampler.entries) == done
            page.move(_view_count=1)
            return w._sampling["state"]

        assert with_loop(cell) == "running"

    def test_an_error_of_the_function_s_shape_ends_it_and_says_so(self, browser, with_loop, hurried):
        """An array at some x: no stop is left out without a word."""

        async def cell():
            f = Changing(np.sin)
            w = gad.explore(f, x=(0, 1))
            f.now = lambda x: np.stack([x, x])
            await until(lambda: w._sampling["state"] != "running")
            return w._sampling

        state = with_loop(cell)
        assert state["state"] == "stopped"
        assert "must return a single number" in state["note"]

    def test_a_function_that_exits_ends_the_sampling_only(self, browser, with_loop, hurried):
        """On the kernel's loop it would end the kernel."""

        def leave(x):
            raise SystemExit(1)

        async def cell():
            f = Changing(np.sin)
            w = gad.explore(f, x=(0, 1))
            f.now = leave
            await until(lambda: w._sampling["state"] != "running")
            return w._sampling

        state = with_loop(cell)
        assert (state["state"], state["note"]) == ("stopped", "The function called exit.")

    def test_a_view_to_come_gets_all_that_is_known(self, browser, with_loop, hurried):
        """A page that is loaded anew asks for the whole state."""

        async def cell():
            w = gad.explore(np.sin, x=(0, 1))
            page = browser(w)
            await until(lambda: page.sent("batch"))
            state = w.get_state()
            return state["_film"]["stops"]["of"], sorted(w._studio.sampler.entries)

        told, known = with_loop(cell)
        assert told == known

    def test_a_full_memory_ends_it(self, with_loop, monkeypatch):
        """What is asked for is still answered."""
        monkeypatch.setattr("graphviz_ad.films.sampling.BUDGET", 1_000)
        w = with_loop(lambda: _made(sine))
        assert w._sampling["state"] == "full"
        w.x = 0.3
        assert w.value == np.sin(0.3)


async def _made(make):
    return make()


class TestLeaving:
    """Closing, and what is left after that."""

    @pytest.mark.parametrize("loop", [False, True])
    def test_many_widgets_leave_nothing_behind(self, loop, with_loop, without_loop, hurried):
        """No models, no comms, no classes, no threads, nothing on the loop, and the objects themselves are gone."""
        made = []

        def once():
            w = gad.explore(np.sin, x=ipywidgets.FloatSlider(min=0, max=1))
            w._links["x"]._slider.close()
            w._links["x"]._slider.layout.close()
            w._links["x"]._slider.style.close()
            w.x = 0.3
            w._repr_mimebundle_()
            made.append(weakref.ref(w))
            w.close()

        def count():
            gc.collect()
            return {
                "models": len(registry._instances),
                "comms": len(comm.get_comm_manager().comms),
                "classes": len(Explorer.__subclasses__()),
                "threads": threading.active_count(),
            }

        async def cell():
            once()
            before = count()
            for _ in range(100):
                once()
            assert count() == before
            await asyncio.sleep(0.05)
            assert len(asyncio.get_running_loop()._scheduled) <= 1
            return True

        if loop:
            assert with_loop(cell)
        else:
            once()
            before = count()
            for _ in range(100):
                once()
            assert count() == before
        assert [ref() for ref in made if ref() is not None] == []

    def test_a_closed_widget_samples_no_more(self, browser, with_loop, hurried):
        """Its function is not called again."""

        async def cell():
            w = gad.explore(np.sin, x=(0, 1))
            w.close()
            assert not w._background.running
            found = len(w._studio.sampler.entries)
            await asyncio.sleep(0.05)
            return len(w._studio.sampler.entries) - found

        assert with_loop(cell) == 0

    def test_a_closed_widget_can_still_be_read(self):
        """Closing twice does no harm."""
        w = sine(at={"x": 0.0})
        w.close()
        w.close()
        assert (w.x, w.value) == (0.0, 0.0)
        w.x = 0.3
        assert w.value == np.sin(0.3)
        assert "Explorer of" in repr(w)


class TestSaved:
    """The state that a notebook keeps."""

    def test_it_has_all_that_a_view_needs(self):
        """Script, style, film, and where everything was."""
        w = sine()
        w.x = 0.0
        w.step = 1
        saved = ipywidgets.Widget.get_manager_state(widgets=[w, w.layout])["state"][w.model_id]["state"]
        assert "function mount(" in saved["_esm"]
        assert '.gad[data-theme="dark"]' in saved["_css"]
        assert saved["_film"]["version"] == 1
        assert (saved["x"], saved["step"]) == (0.0, 1)
        assert saved["panels"] == ["graph", "curve", "formula", "code", "steps"]
        assert (saved["_names"], saved["_sliders"]) == (["x"], ["x"])
        assert saved["_model_module"] == "anywidget"

    def test_its_size_is_sensible(self):
        """The script and the style are the larger part for a small function."""
        sizes = {name: len(json.dumps(told)) for name, told in sine().get_state().items()}
        assert sizes.pop("_esm") < 262_000
        assert sizes.pop("_css") < 95_000
        assert sum(sizes.values()) < 50_000

    def test_its_name_is_short(self):
        """In lists and on a prompt."""
        w = gad.explore(two, x=(-1, 1), y=(0, 2), at={"x": 0.0, "y": 1.0})
        assert repr(w) == "<Explorer of two at x = 0, y = 1: 0>"
        failed = gad.explore(root, x=(-1, 1), at={"x": -1})
        assert repr(failed) == "<Explorer of root at x = -1: raised>"


class TestObserving:
    """Names that no trait has would never be heard of."""

    @pytest.mark.parametrize("names", ["gradeint", ["value", "gradeint"]])
    def test_a_misspelt_name_is_refused(self, names):
        """With the one that was meant, and the line."""
        with pytest.raises(AttributeError, match=r"no trait 'gradeint'.*Did you mean 'gradient'\? \(.*, line \d+\)$"):
            sine().observe(print, names)

    @pytest.mark.parametrize("names", ["gradient", ["x", "value"], traitlets.All, [], "layout"])
    def test_what_there_is_can_be_observed(self, names):
        """All of it, too."""
        w, heard = sine(), []
        w.observe(heard.append, names)
        w.x = 0.5
        assert bool(heard) is (names != "layout")
