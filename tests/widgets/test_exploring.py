"""`explore`: what it takes, what it refuses, and how its errors look."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import traceback

import ipywidgets
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import InputError, SizeError
from graphviz_ad_widgets import Explorer, exploring


def refusal(error, call):
    """Return the sentence of the error that the call must raise; of its traceback nothing of ours is left."""
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, gad.GraphvizAdError)
    said = str(caught.value)
    assert "\n" not in said
    frames = [frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert not any("graphviz_ad" in name for name in frames)
    return said


BAD = [
    ({"x": (3, 1)}, "x=(3, 1) is reversed; write x=(1.0, 3.0)"),
    ({"x": (1, 1)}, "x=(1, 1) is empty"),
    ({"x": (0, np.nan)}, "must be finite"),
    ({"x": (0, 1, 0)}, "the step must be greater than 0"),
    ({"x": (0, 1, -1)}, "the step must be greater than 0"),
    ({"x": (0, 1, 1e-7)}, "10,000,001 stops"),
    ({"x": (0, 1), "panels": ["grpah"]}, "Did you mean 'graph'?"),
    ({"x": (0, 1), "panels": "graph"}, "write panels=('graph',)"),
    ({"x": (0, 1), "panels": ()}, "name at least one"),
    ({"x": (0, 1), "panels": ([],)}, "there is no panel list []; the panels are graph"),
    ({"x": (0, 1), "panels": (None,)}, "there is no panel NoneType None"),
    ({"x": (0, 1), "at": {"x": None}}, "explore: at={'x': None} is not a number"),
    ({"x": (0, 1), "at": {"x": 10**400}}, "...} is not a number"),
    ({"x": (0, 1), "theme": "drak"}, "Did you mean 'dark'?"),
    ({"x": (0, 1), "panles": ("graph",)}, "Did you mean 'panels'?"),
    ({"x": (0, 1), "presentation": "big"}, "expected True or False"),
    ({"x": (0, 1), "y": 2.0}, "f has no argument 'y'; it takes x"),
    ({"x": "0:1"}, "is a str; expected a range"),
    ({"x": {"low": 0}}, "is a dict; expected a range"),
    ({}, "x has no range and no value"),
    ({"x": 2.0}, "nothing moves; give at least one range, such as x=(-1, 1), or use gad.trace for a still picture"),
    ({"x": [0, 3]}, "such as x=(0, 3), where [ ] makes an array, or use gad.trace"),
    ({"x": (0, 1), "at": {"x": 2}}, "lies outside the range"),
    ({"x": (0, 1), "at": {"y": 2}}, "names no slider"),
    ({"x": (0, 1), "inputs": {"x": (0, 1)}}, "given twice"),
    ({"x": ipywidgets.FloatRangeSlider}, "FloatRangeSlider, which has two values at a time"),
    ({"x": ipywidgets.FloatLogSlider}, "use a FloatSlider for the exponent and compute x from it"),
    ({"x": ipywidgets.Dropdown}, "is a Dropdown; expected a FloatSlider or an IntSlider"),
]


@pytest.mark.parametrize(("given", "said"), BAD, ids=[said for _, said in BAD])
def test_bad_arguments(given, said):
    """What, expected, and the way out; who is to blame is explore."""

    def f(x):
        return np.sin(x)

    given = {name: value() if isinstance(value, type) else value for name, value in given.items()}
    message = refusal((InputError, SizeError), lambda: gad.explore(f, **given))
    assert said in message
    assert message.startswith(("explore", "presentation"))


@pytest.mark.parametrize("thing", [3, "sin", None, np.sin(1.0)], ids=repr)
def test_what_is_no_function(thing):
    """The function itself is to be passed, not f(x)."""
    assert "explore needs a function first" in refusal(InputError, lambda: gad.explore(thing, x=(0, 1)))


def test_an_output_that_is_an_array():
    """The error says how to make a number of it."""
    said = refusal(InputError, lambda: gad.explore(lambda x: x * np.ones(3), x=(0, 1)))
    assert "explore: <lambda> must return a single number" in said or "must return a single number" in said
    assert ".sum()" in said


def test_a_graph_that_changes_at_every_stop(monkeypatch):
    """There is nothing to explore."""
    monkeypatch.setattr("graphviz_ad.films.sampling._MOST_SCENES", 5)
    said = refusal(SizeError, lambda: gad.explore(lambda x: sum(x * k for k in range(int(x.value))), x=(1, 9)))
    assert "changes at nearly every stop" in said
    assert "explored" in said


def test_a_function_that_raises_everywhere():
    """The first error is told, and it is the cause, with the user's frames."""

    def wrong(x):
        return np.sin(x) / nonsense  # noqa: F821

    with pytest.raises(InputError, match="explore: the function raised at every stop; first NameError") as caught:
        gad.explore(wrong, x=(0, 1))
    cause = caught.value.__cause__
    assert isinstance(cause, NameError)
    assert [frame.name for frame in traceback.extract_tb(cause.__traceback__)] == ["wrong"]


def test_a_function_that_raises_at_first_is_tried_on(hurried):
    """It may be good elsewhere; the first pass goes on until it has met a scene."""

    def late(x):
        if x < 0.9:
            raise ValueError("not yet")
        return x * x

    w = gad.explore(late, x=(0, 1), at={"x": 0})
    assert w.value is None
    w.x = 1.0
    assert (w.value, w.gradient) == (1.0, 2.0)


def test_a_function_that_exits_is_refused():
    """It would end the process without a word."""

    def leaves(x):
        raise SystemExit(3)

    said = refusal(InputError, lambda: gad.explore(leaves, x=(0, 1)))
    assert said == "explore: leaves called exit: SystemExit(3)"


def test_an_interrupt_shows_the_user_s_function():
    """It passes through, and nothing is left running."""

    def hangs(x):
        raise KeyboardInterrupt

    before = dict(ipywidgets.widgets.widget._instances)
    with pytest.raises(KeyboardInterrupt) as caught:
        gad.explore(hangs, x=(0, 1))
    names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert names[-1] == "hangs"
    assert len(names) == 2
    assert ipywidgets.widgets.widget._instances == before


def test_a_notebook_shows_no_frame_of_ours():
    """Nor one of traitlets, through which an attribute is set."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        shell.run_cell("import graphviz_ad as gad, numpy as np", store_history=False)
        lines = []
        shell._showtraceback = lambda kind, error, told: lines.extend(told)
        shell.run_cell("gad.explore(np.sin, x=(3, 1))", store_history=False)
        shell.run_cell("w = gad.explore(np.sin, x=(1, 3))\nw.x = 9", store_history=False)
    finally:
        InteractiveShell.clear_instance()
    told = "\n".join(lines)
    assert "is reversed" in told
    assert "x = 9 lies outside its range" in told
    assert "graphviz_ad_widgets" not in told
    assert "traitlets" not in told


def test_everything_has_a_default():
    """And what is given is kept."""
    w = gad.explore(np.sin, x=(0, 1))
    assert (w.theme, w.presentation, w.playing, w.loop, w.speed) == ("auto", False, False, False, 1.0)
    assert w.panels == ["graph", "curve", "formula", "code", "steps"]
    w = gad.explore(np.sin, x=(0, 1), theme="dark", presentation=True, panels=("curve", "graph"), detail="expert")
    assert (w.theme, w.presentation, w.panels, w.detail) == ("dark", True, ["curve", "graph"], "expert")


def test_it_starts_two_thirds_along_at_the_end_of_the_story():
    """As a film does."""
    w = gad.explore(np.sin, x=(0, 3))
    assert w.x == pytest.approx(2.0, abs=0.01)
    assert w.step == len(w._film["scenes"][0]["steps"]) - 1


def test_what_is_fixed_stays():
    """Numbers, arrays and `fixed`."""
    w = gad.explore(
        lambda x, a, b, c: x * a + b.sum() + c, x=(0, 1), a=2, b=np.ones(3), c=ipywidgets.fixed(4.0), at={"x": 0.5}
    )
    assert (w.value, w.gradient) == (8.0, 2.0)


def test_names_that_clash_with_keywords():
    """`inputs` takes them."""
    w = gad.explore(lambda theme, at: theme * at, inputs={"theme": (0, 4), "at": (0, 4)})
    w.inputs = {"theme": 2.0, "at": 3.0}
    assert w.value == 6.0
    assert w.at == 3.0
    assert w.theme == "auto"


def test_a_decorated_and_a_builtin_function():
    """Whatever a film takes."""
    assert gad.explore(gad.grad(np.sin), x=(0, 1), at={"x": 0}).value == 1.0
    assert gad.explore(np.maximum, a=(0, 1), b=(0, 1), at={"a": 0.5, "b": 0.25}).value == 0.5


def test_it_is_an_attribute_of_the_package():
    """Lazily, and listed; the class is not."""
    assert gad.explore is exploring.explore
    assert "explore" in dir(gad)
    assert "Explorer" not in gad.__all__
    assert isinstance(gad.explore(np.sin, x=(0, 1)), Explorer)
    assert inspect.signature(gad.explore).parameters["f"].kind is inspect.Parameter.POSITIONAL_ONLY


def test_saving_samples_the_rest_first(tmp_path, without_loop, hurried):
    """A page has every stop."""
    w = without_loop(lambda: gad.explore(np.sin, x=(0, 1), theme="dark"))
    assert w._sampling["state"] == "stopped"
    w.x = 0.5
    w.save(tmp_path / "f.html")
    assert w._sampling["state"] == "done"
    text = (tmp_path / "f.html").read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert 'data-theme="dark"' in text
    assert "at x = 0.500" in text


@pytest.mark.parametrize("name", ["f.gif", "f", "html"])
def test_saving_as_something_else_says_what_can_be(name, tmp_path):
    """The endings are listed."""
    with pytest.raises(InputError, match=r"\.svg, .*\.html"):
        gad.explore(np.sin, x=(0, 1)).save(tmp_path / name)


def test_saving_three_sliders_writes_what_is_along_the_first(tmp_path):
    """The others stay where they are."""
    w = gad.explore(lambda a, b, c: np.sin(a) * b + c, a=(0, 1), b=(0, 1), c=(0, 1))
    w.save(tmp_path / "f.html")
    assert (tmp_path / "f.html").stat().st_size < 300_000


def test_a_function_that_never_returns_is_interrupted_in_the_background():
    """An interrupt between messages, which a kernel ignores, ends the sampling and not the kernel."""
    program = """
import asyncio, os, signal, threading, time
import numpy as np
import graphviz_ad as gad

signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a kernel does between messages
hangs = threading.Event()

def f(x):
    if hangs.is_set():
        inside.set()
        while True:
            pass
    time.sleep(0.02)
    return np.sin(x)

async def cell():
    w = gad.explore(f, x=(0, 1))
    hangs.set()
    return w

inside = threading.Event()
def interrupt():
    inside.wait()
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt, daemon=True).start()

async def kernel():
    w = await cell()
    while w._sampling["state"] == "running":
        await asyncio.sleep(0.01)
    hangs.clear()
    w.x = 0.123
    print(w._sampling["state"], w._sampling["note"], w.value == np.sin(0.123))

loop = asyncio.new_event_loop()
loop.run_until_complete(kernel())
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, env=env)
    assert done.stderr == ""
    assert done.stdout == "interrupted Interrupted. True\n"


def test_forward_mode_is_explored_along_one_slider():
    """The story is that of the tangents, between the stops, too; the gradient is the same."""
    w = gad.explore(lambda x: np.sin(x) * x, x=(-3.0, 3.0), at={"x": 1.0}, mode="forward")
    back = gad.explore(lambda x: np.sin(x) * x, x=(-3.0, 3.0), at={"x": 1.0})
    try:
        for x in (1.0, 0.1234567):
            w.x = back.x = x
            assert w.gradient == pytest.approx(np.cos(x) * x + np.sin(x), rel=1e-13)
            assert w.gradient == pytest.approx(back.gradient, rel=1e-13)
        assert "push" in str(w._repr_mimebundle_())
    finally:
        w.close()
        back.close()


def test_modes_that_are_none_and_sliders_that_are_too_many():
    """Both modes are named, and the way out of two sliders works."""
    said = refusal(InputError, lambda: gad.explore(np.sin, x=(0, 1), mode="foward"))
    assert said.startswith(
        "explore: unknown mode 'foward'; expected 'reverse', 'forward' or 'both'. Did you mean 'forward'?"
    )
    said = refusal(InputError, lambda: gad.explore(np.multiply, x=(0, 1), y=(0, 3.0), mode="forward"))
    assert "explore: a sweep forward follows one slider, got 2 (x, y); fix all but one of them, as in y=2," in said
    gad.explore(np.multiply, x=(0, 1), y=2, mode="forward").close()


def test_a_page_that_it_saves_has_what_was_recorded_where_the_function_raised(tmp_path):
    """As the page of the film has it: of one place for each line that raised."""

    def stops(x):
        root = np.sqrt(x)
        if x > 2:
            raise ValueError("too far")
        return root

    gad.explore(stops, x=(1, 3, 0.5)).save(tmp_path / "explorer.html")
    gad.film(stops, x=(1, 3, 0.5)).save(tmp_path / "film.html")
    for name in ("explorer", "film"):
        page = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
        assert page.count('"mode":"values"') == 1, name
        assert '"stops":[3,4]' in page, name
