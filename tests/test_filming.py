"""Films: numbers at every stop, the scenes met on the way, and what happens where f fails."""

from __future__ import annotations

import ast
import functools
import gc
import json
import math
import pickle
import re
import textwrap
import weakref

import film_data
import numpy as np
import pytest
from film_data import doubles

import graphviz_ad as gad
from graphviz_ad import filming
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.errors import GraphvizAdError, InputError, LeakError, SizeError
from graphviz_ad.filming import film
from graphviz_ad.films.stills import still
from graphviz_ad.tracing import trace


def steered(x):
    """A comparison, which is remembered as a guard."""
    return np.sin(x) * x if x > 0 else x * x


def curve(made, gradient=None):
    """Return f at every stop, or a gradient; NaN where f raised."""
    data = made.to_json()
    numbers = film_data.tables(data)
    found = np.full(len(data["stops"]["scene"]), np.nan)
    for stop, (scene, row) in enumerate(zip(data["stops"]["scene"], film_data.rows(data), strict=True)):
        if scene >= 0:
            told = data["scenes"][scene]
            place = told["output"] if gradient is None else told["gradients"][gradient]
            found[stop] = numbers[scene][row, told["quantities"][place]["c"]]
    return found


def refusal(function, error=InputError, **given):
    """Return the sentence with which a film is refused."""
    given = given or {"x": (-1, 1)}
    with pytest.raises(error) as caught:
        film(function, **given)
    assert isinstance(caught.value, GraphvizAdError)
    return str(caught.value)


# function, range, derivative
CLOSED = {
    "sin": (np.sin, (-np.pi, np.pi), np.cos),
    "worked": (
        lambda x: np.log(x**2) * np.sin(x) + 1 / x,
        (0.5, 3),
        lambda x: 2 / x * np.sin(x) + np.log(x**2) * np.cos(x) - 1 / x**2,
    ),
    "cubic": (lambda x: x**3 - 2 * x, (-2, 2), lambda x: 3 * x**2 - 2),
    "gauss": (lambda x: np.exp(-(x**2)), (-2, 2), lambda x: -2 * x * np.exp(-(x**2))),
    "tanh": (np.tanh, (-3, 3), lambda x: 1 / np.cosh(x) ** 2),
    "sqrt": (np.sqrt, (0.1, 4), lambda x: 0.5 / np.sqrt(x)),
    "arctan": (lambda x: np.arctan(3 * x), (-1, 1), lambda x: 3 / (1 + 9 * x**2)),
    "fraction": (lambda x: (x + 1) / (x**2 + 1), (-3, 3), lambda x: (1 - 2 * x - x**2) / (x**2 + 1) ** 2),
    "power": (lambda x: 2.0**x, (-3, 3), lambda x: 2.0**x * np.log(2)),
    "self-power": (lambda x: x**x, (0.1, 2), lambda x: x**x * (np.log(x) + 1)),
    "abs": (np.abs, (-1, 1), np.sign),
    "logs": (lambda x: np.log2(x) + np.log10(x) + np.log1p(x), (0.5, 2),
             lambda x: 1 / (x * np.log(2)) + 1 / (x * np.log(10)) + 1 / (1 + x)),
    "sum": (lambda x: np.sum(np.sin(x * np.arange(5.0))), (-2, 2),
            lambda x: np.sum(np.arange(5) * np.cos(np.multiply.outer(x, np.arange(5.0))), axis=-1)),
    "mean": (lambda x: (x * np.linspace(0, 1, 40) ** 2).mean(), (-2, 2),
             lambda x: np.mean(np.linspace(0, 1, 40) ** 2) + 0 * x),
    "dot": (lambda x: np.dot(x * np.arange(3.0), np.ones(3)), (-1, 1), lambda x: 3 + 0 * x),
    "matmul": (lambda x: np.sum(np.stack([x, x * x]) @ np.array([[1.0, 2.0], [3.0, 4.0]])), (-1, 1),
               lambda x: 3 + 14 * x),
    "norm": (lambda x: np.linalg.norm(np.stack([x, 1 + 0 * x])), (-1, 1), lambda x: x / np.sqrt(x**2 + 1)),
    "loop": (lambda x: functools.reduce(lambda y, _: y * 0.5 + x, range(5), x), (-1, 1), lambda x: 0 * x + 1.96875),
}  # fmt: skip


class TestNumbers:
    """What the browser looks up is what NumPy computes."""

    @pytest.mark.parametrize("name", CLOSED)
    def test_values_at_every_stop_are_numpys(self, name):
        """Bit for bit, as if f had been called with that float."""
        function, (low, high), _ = CLOSED[name]
        made = film(function, x=(low, high))
        expected = [float(function(np.float64(x))) for x in made.sliders[0].values]
        np.testing.assert_array_equal(curve(made), expected)

    @pytest.mark.parametrize("name", CLOSED)
    def test_gradients_at_every_stop_are_the_derivative(self, name):
        """Against the derivative worked out by hand."""
        function, (low, high), derivative = CLOSED[name]
        made = film(function, x=(low, high))
        np.testing.assert_allclose(curve(made, 0), derivative(made.sliders[0].values), rtol=1e-11, atol=1e-12)

    def test_two_sliders_sample_the_whole_grid(self):
        """The last slider moves fastest, and each has its partial derivative."""
        made = film(lambda x, y: x * np.sin(y) + y**2, x=(-1, 1), y=(0, 3))
        x, y = np.meshgrid(*(slider.values for slider in made.sliders), indexing="ij")
        np.testing.assert_allclose(curve(made), (x * np.sin(y) + y**2).ravel(), rtol=1e-14)
        np.testing.assert_allclose(curve(made, 0), np.sin(y).ravel(), rtol=1e-14)
        np.testing.assert_allclose(curve(made, 1), (x * np.cos(y) + 2 * y).ravel(), rtol=1e-13, atol=1e-15)

    def test_a_fixed_argument_is_an_input_with_a_gradient(self):
        """A fixed float belongs to the story, and sliders keep their own place."""
        made = film(lambda x, w: x * w, x=(-1, 1), w=3.0)
        assert "w" in json.dumps([row["text"] for row in made.to_json()["scenes"][0]["rows"]])
        np.testing.assert_array_equal(curve(made, 0), np.full(201, 3.0))

    def test_a_fixed_argument_before_the_slider_does_not_take_its_place(self):
        """gradients[k] belongs to slider k, whatever the order of the parameters."""
        made = film(lambda w, x: w * x, w=3.0, x=(-1, 1))
        np.testing.assert_array_equal(curve(made, 0), np.full(201, 3.0))

    def test_sliders_given_in_another_order_keep_their_gradients(self):
        """gradients[k] belongs to slider k, whatever the order of the keywords."""
        made = film(lambda a, b: a**2 * b, b=(1, 2), a=(3, 4))
        b, a = np.meshgrid(*(slider.values for slider in made.sliders), indexing="ij")
        np.testing.assert_allclose(curve(made, 0), (a**2).ravel())
        np.testing.assert_allclose(curve(made, 1), (2 * a * b).ravel())

    def test_an_argument_that_is_not_used_has_gradient_zero(self):
        """Its curve is a line at zero."""
        made = film(lambda x, y: x * 2, x=(-1, 1), y=(0, 1))
        np.testing.assert_array_equal(curve(made, 1), np.zeros(41 * 41))

    def test_the_identity_is_a_film(self):
        """One node that is input and output."""
        made = film(lambda x: x, x=(-1, 1))
        np.testing.assert_array_equal(curve(made), made.sliders[0].values)
        np.testing.assert_array_equal(curve(made, 0), np.ones(201))

    def test_nan_and_inf_are_numbers_of_the_film(self):
        """The pole of 1/x and the logarithm of nothing are sampled without a warning."""
        made = film(lambda x: np.log(x) + 1 / x, x=(-1, 1))
        values, slopes = curve(made), curve(made, 0)
        assert np.isnan(values[:101]).all()
        assert np.isfinite(values[101:]).all()
        assert np.isnan(slopes[100]) or np.isinf(slopes[100])

    @pytest.mark.parametrize(
        "function", [lambda x: 1 / (x * 0), lambda x: np.log(-x * x), lambda x: x * np.inf + np.nan]
    )
    def test_a_function_that_is_never_finite_is_saved(self, function, tmp_path):
        """Infinite everywhere is no reason not to show it."""
        film(function, x=(1, 2)).save(tmp_path / "f.html")
        assert (tmp_path / "f.html").stat().st_size > 10_000


class TestPlainZeros:
    """A plain zero among the operands gives what NumPy gives."""

    @pytest.mark.parametrize("function", [lambda x: x / 0, lambda x: x / 0.0, lambda x: x % 0, lambda x: x**0])
    def test_they_raise_nothing(self, function):
        """Infinite or undefined, at every stop, and nothing raised by a rule."""
        assert film(function, x=(1, 2)).errors == {}


class TestConstants:
    """A function may return what does not depend on the slider."""

    @pytest.mark.parametrize("value", [3.0, 3, np.float64(3.0), np.array(3.0), True], ids=repr)
    def test_a_constant_function_has_gradient_zero(self, value):
        """A plain number is a value, and nothing reaches x."""
        made = film(lambda x: value, x=(-1, 1))
        np.testing.assert_array_equal(curve(made), np.full(201, float(value)))
        np.testing.assert_array_equal(curve(made, 0), np.zeros(201))

    def test_a_hand_written_relu(self):
        """One branch is the input itself, the other a constant."""
        made = film(lambda x: x if x > 0 else 0.0, x=(-1, 1))
        np.testing.assert_array_equal(curve(made), np.maximum(made.sliders[0].values, 0))
        np.testing.assert_array_equal(curve(made, 0), made.sliders[0].values > 0)

    def test_a_comparison_counts_as_one_or_zero(self):
        """A step function has no slope."""
        made = film(lambda x: x > 0, x=(-1, 1))
        np.testing.assert_array_equal(curve(made), made.sliders[0].values > 0)

    def test_a_plain_number_computed_from_the_slider_is_sampled(self):
        """x.value leaves the graph on purpose: the value follows, or the film says why it cannot."""
        try:
            made = film(lambda x: float(x.value) ** 2, x=(-1, 1))
        except SizeError as error:
            assert "plain number computed from the slider" in str(error)  # noqa: PT017
        else:
            np.testing.assert_allclose(curve(made), made.sliders[0].values ** 2)

    def test_a_detached_part_passes_no_gradient(self):
        """d/dx of detached x times x is the detached x."""
        made = film(lambda x: x.detach() * x, x=(-1, 1))
        np.testing.assert_allclose(curve(made, 0), made.sliders[0].values)


def branching(x):
    """Bend at zero, and at one."""
    if x > 1:
        return np.exp(x - 1)
    return x**2 if x > 0 else -x


class TestBranches:
    """Control flow included: where the graph changes, the film changes scene."""

    def test_each_branch_is_a_scene(self):
        """Three ways through the function, in the order in which they are met."""
        made = film(branching, x=(-2, 2))
        which = np.array(made.to_json()["stops"]["scene"])
        x = made.sliders[0].values
        assert len(made.scenes) == 3
        np.testing.assert_array_equal(which, np.where(x > 1, 2, np.where(x > 0, 1, 0)))

    def test_numbers_are_right_across_the_branches(self):
        """Each stop has the numbers of its own way."""
        made = film(branching, x=(-2, 2))
        x = made.sliders[0].values
        np.testing.assert_allclose(curve(made), np.where(x > 1, np.exp(x - 1), np.where(x > 0, x**2, -x)))
        np.testing.assert_allclose(curve(made, 0), np.where(x > 1, np.exp(x - 1), np.where(x > 0, 2 * x, -1)))

    @pytest.mark.parametrize(
        "function",
        [
            lambda x: sum([np.sin(x), x * 2, x * 3]),
            lambda x: sum(np.sin(x * k) for k in range(1, 4)),
            lambda x: functools.reduce(lambda a, b: a * b, [x, x + 1, x + 2]),
            lambda x: abs(pow(x, 2) + x),
            lambda x: sum(map(np.sin, [x, x * 2])),
        ],
        ids=["sum", "generator", "reduce", "pow", "map"],
    )
    def test_the_same_operations_are_the_same_scene(self, function):
        """However often the interpreter has run them, and whatever built-in calls them."""
        made = film(function, x=(1, 2))
        assert set(made.to_json()["stops"]["scene"]) == {0}

    def test_each_scene_says_which_comparison_made_it(self):
        """In the words of the source."""
        scenes = film(branching, x=(-2, 2)).to_json()["scenes"]
        assert [scene["guard"] for scene in scenes] == [
            "x > 1 is false and x > 0 is false",
            "x > 1 is false and x > 0 is true",
            "x > 1 is true",
        ]

    def test_a_function_without_branches_says_nothing(self):
        """There is nothing to tell apart."""
        (scene,) = film(np.sin, x=(-1, 1)).to_json()["scenes"]
        assert scene["guard"] == ""

    def test_a_comparison_that_always_comes_out_the_same_is_one_scene(self):
        """What does not distinguish is not said."""
        (scene,) = film(lambda x: x * 2 if x < 100 else x, x=(-1, 1)).to_json()["scenes"]
        assert scene["guard"] == ""

    def test_a_loop_is_a_scene_for_each_number_of_turns(self):
        """And the numbers are those of the turns taken."""

        def doubled(x):
            while x < 8:
                x = x * 2
            return x

        made = film(doubled, x=(0.5, 8))
        turns = np.ceil(np.log2(8 / made.sliders[0].values))
        assert len(made.scenes) == len(set(turns))
        np.testing.assert_array_equal(curve(made, 0), 2**turns)

    def test_the_picture_of_a_scene_shows_the_shown_stop(self):
        """The static picture of the first scene is that of the starting stop."""
        made = film(branching, x=(-2, 2), at={"x": 1.5})
        picture = made.to_json()["scenes"][made.to_json()["stops"]["scene"][175]]["svg"]
        assert f"{np.exp(0.5):.4f}"[:6] in picture

    def test_with_several_scenes_the_title_is_no_formula(self):
        """No one formula is right everywhere."""
        assert film(branching, x=(-2, 2)).to_json()["title"]["text"] == "branching(x)"


def troubled(x):
    """Raise in the middle."""
    if abs(x) < 0.25:
        raise ZeroDivisionError("too close to zero")
    return 1 / x


class Peculiar(Exception):  # noqa: N818
    """An exception of the user's own."""


class TestRaising:
    """A stop at which f raises is an error to show, not the end of the film."""

    def test_the_stops_that_raise_are_named_with_type_reason_and_line(self):
        """So that the page can say it."""
        made = film(troubled, x=(-1, 1))
        x = made.sliders[0].values
        assert sorted(made.errors) == list(np.flatnonzero(np.abs(x) < 0.25))
        line = troubled.__code__.co_firstlineno + 3
        assert set(made.errors.values()) == {f"ZeroDivisionError: too close to zero (line {line} in troubled)"}

    def test_the_other_stops_are_right(self):
        """Before and after."""
        made = film(troubled, x=(-1, 1))
        x = made.sliders[0].values
        with np.errstate(divide="ignore"):
            np.testing.assert_array_equal(curve(made), np.where(np.abs(x) < 0.25, np.nan, 1 / x))

    @pytest.mark.parametrize(
        "error",
        [ValueError, KeyError, ArithmeticError, AssertionError, RuntimeError, AttributeError, NameError, OSError,
         StopIteration, TypeError, IndexError, NotImplementedError, RecursionError, EOFError, Peculiar],
    )  # fmt: skip
    def test_any_exception_is_shown_at_its_stop(self, error):
        """Also exceptions that only the user knows."""

        def f(x):
            if x < -0.5:
                raise error("said so")
            return x * x

        made = film(f, x=(-1, 1))
        assert len(made.errors) == 50
        assert all(error.__name__ in text and "said so" in text for text in made.errors.values())

    @pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
    def test_what_must_end_the_program_ends_it(self, error):
        """An interrupt is not an error of a stop."""

        def f(x):
            if x > 0:
                raise error
            return x * x

        with pytest.raises(error):
            film(f, x=(-1, 1))

    def test_a_leak_at_some_stops_is_shown_there(self):
        """With the sentence that says how to repair it."""

        def f(x):
            return math.exp(x) if x > 0.905 else x * x

        made = film(f, x=(-1, 1))
        assert sorted(made.errors) == list(range(191, 201))
        assert "np.exp" in made.errors[200]
        assert f"{__file__}, line" in made.errors[200]

    def test_a_leak_everywhere_is_raised_as_it_is(self):
        """There is nothing to film, and the sentence is already whole."""
        assert "np.exp" in refusal(lambda x: math.exp(x), LeakError)

    def test_a_function_that_raises_everywhere(self):
        """The sentence tells the first error, and the traceback leads to it."""

        def f(x):
            raise KeyError("no such thing")

        with pytest.raises(
            InputError, match=r"raised at every stop; first KeyError: 'no such thing' \(line \d+ in f\)"
        ) as e:
            film(f, x=(-1, 1))
        assert isinstance(e.value.__cause__, KeyError)
        assert e.value.__cause__.__traceback__ is not None

    def test_a_loop_that_never_ends_at_one_stop(self):
        """It is stopped, said, and the other stops are right."""

        def f(x):
            while x > 0.995:
                x = x * 1.0
            return x * 2

        made = film(f, x=(-1, 1))
        assert list(made.errors) == [200]
        assert "loop never end" in made.errors[200]

    def test_a_loop_that_never_ends_anywhere(self):
        """It is refused, before the memory is full."""

        def f(x):
            while x > -2:
                x = x * 1.0
            return x

        assert "does a loop never end here?" in refusal(f, SizeError)

    def test_a_graph_too_large_to_draw_at_some_stops(self):
        """The stop says how many nodes there are, and how many are drawn."""

        def f(x):
            for _ in range(200 if x > 0.9 else 2):
                x = np.sin(x)
            return x

        made = film(f, x=(-1, 1))
        assert "201 nodes here, more than the 150 that are drawn" in made.errors[200]

    def test_none_at_some_stops_names_the_stop(self):
        """A forgotten return is told with the place where it shows."""

        def f(x):
            if x > 0:
                return x * x
            return None

        try:
            made = film(f, x=(-1, 1))
        except InputError as error:
            assert "returned nothing" in str(error)  # noqa: PT017
            assert "x = " in str(error)  # noqa: PT017
        else:
            assert "returned nothing" in made.errors[0]

    def test_numpy_errors_set_to_raise_do_not_spoil_the_film(self):
        """Infinities are drawn as such, whatever the caller's settings."""
        with np.errstate(all="raise"):
            made = film(lambda x: 1 / x, x=(-1, 1))
        assert made.errors == {}
        assert np.isinf(curve(made)[100])


class TestManySliders:
    """Three and more sliders are sampled whole where they have few stops, else along the lines through their start."""

    @staticmethod
    def product(a, b, c):
        """Depend on all three."""
        return np.sin(a) * b + c**2

    def test_along_lines(self):
        """One moves, the others stay where they start; numbers and slopes are those of closed forms there."""
        made = film(self.product, a=(0, 3), b=(0, 1), c=(-1, 1), at={"b": 0.25})
        data = made.to_json()
        assert data["lines"] is True
        assert "contours" not in data
        known = data["stops"]["of"]
        assert len(known) == len(data["stops"]["scene"]) == 3 * 40 + 1
        starts = [slider.start for slider in made.sliders]
        assert made.sliders[1].values[starts[1]] == 0.25
        scene, rows = data["scenes"][0], film_data.tables(data)[0]
        columns = [scene["quantities"][q]["c"] for q in (scene["output"], *scene["gradients"])]
        places = np.array([np.unravel_index(stop, (41, 41, 41)) for stop in known])
        assert (np.sum(places != starts, axis=1) <= 1).all()
        a, b, c = (slider.values[places[:, k]] for k, slider in enumerate(made.sliders))
        expected = [np.sin(a) * b + c**2, np.cos(a) * b, np.sin(a), 2 * c]
        np.testing.assert_allclose(rows[:, columns].T, expected, rtol=1e-12, atol=1e-15)

    def test_a_few_stops_are_sampled_whole(self):
        """Steps decide how many there are; then every slider moves wherever the others are."""
        made = film(self.product, a=(0, 3, 0.5), b=(0, 1, 0.25), c=(-1, 1, 0.5))
        data = made.to_json()
        assert "lines" not in data
        assert len(data["stops"]["scene"]) == 7 * 5 * 5

    @pytest.mark.parametrize("at", [None, {"c": -1.0}, {"a": 3.0}])
    def test_pictures_of_stops_on_the_lines(self, at, tmp_path):
        """As with one slider."""
        made = film(self.product, a=(0, 3), b=(0, 1), c=(-1, 1))
        made.save(tmp_path / "f.svg", at=at)
        made.save(tmp_path / "f.html", at=at)

    def test_a_place_beside_the_lines_is_refused_with_the_way_out(self, tmp_path):
        """Which works when it is followed."""
        made = film(self.product, a=(0, 3), b=(0, 1), c=(-1, 1))
        with pytest.raises(InputError, match="this place moves b and c: film it with at=") as caught:
            made.save(tmp_path / "f.svg", at={"b": 0.3, "c": 1})
        at = ast.literal_eval(re.search(r"film it with at=(\{.*?\})", str(caught.value))[1])
        film(self.product, a=(0, 3), b=(0, 1), c=(-1, 1), at=at).save(tmp_path / "f.svg")

    def test_too_many_bytes_along_lines(self):
        """It says to fix some, or to take fewer stops."""

        def wide(a, b, c):
            return sum(np.sin(a * b * c * np.arange(1.0, 7.0) * k).sum() for k in range(20))

        steps = {"a": (1, 2, 0.001), "b": (1, 2, 0.001), "c": (1, 2, 0.001)}
        assert "fewer sliders (fix some), fewer stops with x=(low, high, step)" in refusal(wide, SizeError, **steps)


class TestSize:
    """What cannot be shown is refused with the numbers and the way out."""

    def test_too_many_bytes(self):
        """It is refused early, with the size and what to reduce."""
        calls = []

        def f(x, y):
            calls.append(x)
            return x * np.sin(y) + x / y

        sentence = refusal(f, SizeError, x=(1, 2, 0.001), y=(1, 2, 0.001))
        assert "MB of numbers would be needed, more than 2 MB" in sentence
        assert "one slider instead of two" in sentence
        assert len(calls) < 1000

    def test_a_film_within_the_budget_is_made(self):
        """The budget counts what is stored."""
        made = film(lambda x, y: x * y, x=(0, 1), y=(0, 1))
        assert sum(len(doubles(text)) * 8 for text in made.to_json()["numbers"]) <= filming.BUDGET

    def test_a_graph_that_changes_all_the_time(self):
        """It says what might be the reason."""

        def f(x):
            for _ in range(int(x.value * 100)):
                x = x + 1
            return x * 2

        sentence = refusal(f, SizeError, x=(0, 1))
        assert "changes at nearly every stop" in sentence
        assert "Use a smaller range or fewer stops" in sentence

    def test_a_graph_too_large_everywhere(self):
        """It says how many nodes there are."""

        def f(x):
            for _ in range(300):
                x = np.sin(x)
            return x

        assert "301 nodes here, more than the 150 that are drawn" in refusal(f, SizeError)

    def test_the_ways_out_for_a_large_graph_work(self, tmp_path):
        """The curve, the table, and the whole story."""

        def f(x):
            for _ in range(200):
                x = np.sin(x)
            return x

        sentence = refusal(f, SizeError)
        for way in ("gad.plot", "gad.trace", "print(t)", "t.save('f.json')", "np.sum"):
            assert way in sentence
        assert gad.plot(f, x=(0, 1)).lines
        t = gad.trace(f, 0.5)
        assert len(str(t).splitlines()) > 1
        t.save(tmp_path / "f.json")
        assert len(json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))["nodes"]) == 201


class TestOutput:
    """A film needs one real number at each stop."""

    @pytest.mark.parametrize(
        ("function", "expected"),
        [
            (
                lambda x: x * np.arange(3.0),
                r"returned shape (3,): return .sum() or .mean() of it, or one entry such as y[0]",
            ),
            (lambda x: x * np.ones((2, 2)), "one entry such as y[0, 0]"),
            (lambda x: np.stack([x]), "returned shape (1,)"),
            (lambda x: x * 1j, "complex"),
            (lambda x: None, "returned nothing; end it with return"),
            (lambda x: "x", "returned a str"),
            (lambda x: (x, x), "returned a tuple: return one of its numbers"),
            (lambda x: [x], "returned a list"),
            (lambda x: {"x": x}, "returned a dict"),
            (lambda x: lambda: x, "returned function"),
            (lambda x: np.array([]), "shape (0,)"),
        ],
    )
    def test_anything_else_is_refused_with_a_way_out(self, function, expected):
        """By what it returned."""
        assert expected in refusal(function)


class TestCallables:
    """Whatever can be called can be filmed."""

    def squares(self, made):
        """Check that the film is that of x², and return its data."""
        np.testing.assert_allclose(curve(made), made.sliders[0].values ** 2, rtol=1e-14)
        np.testing.assert_allclose(curve(made, 0), 2 * made.sliders[0].values, rtol=1e-14)
        assert gad.Film is type(made)
        return made.to_json()

    def test_a_decorated_function_shows_its_own_code(self):
        """What functools.wraps wraps is what the reader wrote."""

        def logged(f):
            @functools.wraps(f)
            def inner(*args, **kwargs):
                return f(*args, **kwargs)

            return inner

        @logged
        def square(x):
            return x * x

        data = self.squares(film(square, x=(-1, 1)))
        assert data["name"] == "square"
        assert data["code"]["lines"][-1] == "    return x * x"
        first = data["code"]["first"]
        line = data["scenes"][0]["steps"][1]["span"][0]
        assert data["code"]["lines"][line - first].strip() == "return x * x"

    def test_methods(self):
        """Bound, class and static."""

        class Model:
            power = 2.0

            def bound(self, x):
                return x**self.power

            @classmethod
            def of_class(cls, x):
                return x**cls.power

            @staticmethod
            def of_nothing(x):
                return x * x

        for function in (Model().bound, Model.of_class, Model().of_nothing):
            assert self.squares(film(function, x=(-1, 1)))["code"] is not None

    def test_a_parameter_may_be_called_self(self):
        """As that of a method taken from its class."""

        def square(self):
            return self * self

        self.squares(film(square, self=(-1, 1)))

    def test_callable_objects(self):
        """They are called f."""

        class Square:
            def __call__(self, x):
                return x * x

        assert self.squares(film(Square(), x=(-1, 1)))["name"] == "f"

    def test_partial_functions(self):
        """By name and by position."""
        self.squares(film(functools.partial(lambda x, n: x**n, n=2), x=(-1, 1)))
        self.squares(film(functools.partial(lambda n, x: x**n, 2), x=(-1, 1)))

    def test_functions_without_source_have_no_code_pane(self):
        """From exec and eval, and a lambda of a file that is not there."""
        names: dict[str, object] = {}
        exec("def square(x):\n    return x * x", names)
        exec(compile("def other(x):\n    return x * x", "/nowhere/lesson.py", "exec"), names)
        for function in (names["square"], names["other"], eval("lambda x: x * x")):
            data = self.squares(film(function, x=(-1, 1)))
            assert data["code"] is None
            assert all(step["span"] is None for step in data["scenes"][0]["steps"])

    def test_a_lambda_shows_its_line(self):
        """With spans inside that line."""
        data = self.squares(film(lambda x: x * x, x=(-1, 1)))
        (line,) = data["code"]["lines"]
        row, start, _, end = data["scenes"][0]["steps"][1]["span"]
        assert row == data["code"]["first"]
        assert line[start:end] == "x * x"

    def test_a_function_calls_another(self):
        """Nodes of the other have no place in the code pane of the first."""

        def helper(x):
            return x * x

        def square(x):
            return helper(x)

        data = self.squares(film(square, x=(-1, 1)))
        first, count = data["code"]["first"], len(data["code"]["lines"])
        spans = [step["span"] for step in data["scenes"][0]["steps"] if step["span"]]
        assert all(first <= span[0] < first + count for span in spans)

    @pytest.mark.parametrize("function", [np.square, gad.grad(lambda x: x**3 / 3)], ids=["ufunc", "gradient"])
    def test_ufuncs_and_transforms(self, function):
        """NumPy's own functions, and the gradient of a function."""
        self.squares(film(function, x=(-1, 1)))

    def test_the_gradient_of_a_ufunc(self):
        """The second derivative of the sine is filmed."""
        made = film(gad.grad(np.sin), x=(-1, 1))
        np.testing.assert_allclose(curve(made), np.cos(made.sliders[0].values), rtol=1e-14)
        np.testing.assert_allclose(curve(made, 0), -np.sin(made.sliders[0].values), rtol=1e-13, atol=1e-15)

    def test_builtins(self):
        """Abs is recorded."""
        made = film(abs, x=(-1, 1))
        np.testing.assert_array_equal(curve(made), np.abs(made.sliders[0].values))

    def test_a_long_function_has_no_code_pane(self, tmp_path, monkeypatch):
        """Beyond sixty lines the pane would not help."""
        body = "".join(f"    y = y + {i}.0\n" for i in range(70))
        (tmp_path / "longlesson.py").write_text(f"def long(x):\n    y = x * x\n{body}    return x * x\n")
        monkeypatch.syspath_prepend(tmp_path)
        import longlesson

        assert self.squares(film(longlesson.long, x=(-1, 1)))["code"] is None

    def test_tabs_and_wide_characters_keep_the_spans_right(self, tmp_path, monkeypatch):
        """What is marked in the code is the expression, whatever precedes it on the line."""
        source = textwrap.dedent("""
            if True:
            \tdef tabbed(x):
            \t\tα = "ünïcödé"; y = x * x
            \t\treturn y
            """)
        (tmp_path / "tablesson.py").write_text(source, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        import tablesson

        data = self.squares(film(tablesson.tabbed, x=(-1, 1)))
        row, start, _, end = next(
            s["span"] for s in data["scenes"][0]["steps"] if s["span"] and s["kind"] == "evaluate"
        )
        assert data["code"]["lines"][row - data["code"]["first"]][start:end] == "x * x"


class TestProgress:
    """Long work can be watched, and interrupted."""

    def test_progress_counts_from_nothing_to_all(self):
        """Every stop once, in order, and the end."""
        calls = []
        film(np.sin, x=(0, 1, 0.1), progress=lambda done, total: calls.append((done, total)))
        assert calls == [(done, 11) for done in range(12)]

    def test_an_exception_of_the_callback_comes_through(self):
        """Raising is how a caller interrupts."""

        def stop(done, total):
            if done == 3:
                raise ValueError("enough")

        with pytest.raises(ValueError, match="enough"):
            film(np.sin, x=(0, 1), progress=stop)

    def test_progress_must_be_callable(self):
        """A number is none."""
        assert "progress" in refusal(np.sin, x=(0, 1), progress=3)


class TestData:
    """What goes to the browser."""

    @pytest.mark.parametrize("function", [np.sin, branching, troubled, lambda x: np.sum(x * np.arange(30.0))])
    def test_it_is_plain_json(self, function):
        """Neither NaN nor an array nor an object of ours."""
        json.dumps(film(function, x=(-2, 2)).to_json(), allow_nan=False)

    def test_stops_and_rows_match_the_tables(self):
        """Each stop points at a row of its scene, each row is used once."""
        made = film(branching, x=(-2, 2)).to_json()
        for number, scene in enumerate(made["scenes"]):
            count = made["stops"]["scene"].count(number)
            moving = film_data.width(scene) - len(scene["same"])
            assert len(doubles(made["numbers"][number])) == count * moving > 0

    def test_two_films_of_one_function_are_equal(self):
        """Nothing depends on when or in which order they were made."""
        first, second = (film(branching, x=(-2, 2)).to_json() for _ in range(2))
        assert first == second

    def test_a_film_leaves_nothing_behind(self):
        """The recording of one film does not appear in the next, nor in an open record()."""
        with gad.record() as outer:
            x = gad.Variable(1.0)
            film(np.sin, x=(-1, 1))
            y = x * 2
        assert [node.index for node in outer.nodes] == [x.index, y.index]

    def test_the_repr_names_function_range_scenes_and_stops(self):
        """In one line."""
        assert repr(film(branching, x=(-2, 2))) == "<Film of branching along x=-2..2: 3 scene(s), 201 stops>"

    def test_a_still_trace_is_a_film_of_one_stop(self):
        """All steps, no slider."""
        data = still(gad.trace(np.sin, 1.0)).film
        assert (data["sliders"], data["stops"], data["errors"]) == ([], {"scene": [0]}, {})
        json.dumps(data, allow_nan=False)

    @pytest.mark.parametrize("value", [np.inf, np.nan, -np.inf])
    def test_a_still_trace_of_no_number_is_saved(self, value, tmp_path):
        """NaN and inf are drawn as such."""
        gad.trace(lambda x: x * 2, value).save(tmp_path / "t.html")
        gad.trace(lambda x: x * 2, value).save(tmp_path / "t.svg")
        assert ("NaN" if np.isnan(value) else "∞") in (tmp_path / "t.svg").read_text()


class TestStills:
    """Any stop can be painted later, and the function is not run again for it."""

    def test_a_stop_is_painted_as_its_own_trace_is(self, tmp_path):
        """At every stop, across the branches: the same file as when the function is traced there."""
        calls = []

        def f(x):
            calls.append(float(plain_value(x)))
            return np.sin(x) * x if x > 0 else x**2

        made = film(f, x=(-2, 2, 0.5))
        count = len(calls)
        for x in (-2.0, -0.5, 0.0, 0.5, 2.0):
            # At 0 the trace says that 0 > 0 compares equal numbers; the film knows that f is smooth there.
            for suffix in (".svg", ".dot", *([".json"] if x else [])):
                made.save(tmp_path / f"film{suffix}", at={"x": x})
                assert len(calls) == count
                trace(f, x).save(tmp_path / f"trace{suffix}")
                assert calls.pop() == x
                assert (tmp_path / f"film{suffix}").read_bytes() == (tmp_path / f"trace{suffix}").read_bytes()

    def test_the_start_and_the_nearest_stop_are_shown(self, tmp_path):
        """Without a place the start, and between two stops the nearer one."""
        made = film(lambda x, y: x * y, x=(0, 4, 1), y=(0, 4, 1), at={"x": 3, "y": 2})
        for at, value in ((None, 6), ({"y": 3.4}, 9), ({"x": 0.6, "y": 4}, 4)):
            made.save(tmp_path / "f.json", at=at)
            assert json.loads((tmp_path / "f.json").read_text())["nodes"][-1]["value"] == value

    def test_it_keeps_numbers_and_no_graph(self):
        """A film is pickled and read back, and the recordings that it was made of are gone."""
        nodes = []

        def f(x):
            nodes.append(weakref.ref(np.sin(x)))
            return np.sin(x) * x if x > 0 else x**2

        made = film(f, x=(-1, 1, 0.5))
        gc.collect()
        assert [node for node in nodes if node() is not None] == []
        again = pickle.loads(pickle.dumps(film(np.sin, x=(-1, 1, 0.5))))
        assert again.to_json() == film(np.sin, x=(-1, 1, 0.5)).to_json()
        assert pickle.dumps(film(steered, x=(-1, 1, 0.5)))
        assert made.scenes

    def test_a_page_does_not_say_where_it_is_not(self, tmp_path):
        """Where the function raised at the start the picture is that of another place."""

        def late(x):
            if x > 0:
                raise ValueError("too far")
            return x * x

        film(late, x=(-1, 1)).save(tmp_path / "x.html")
        assert "The finished picture." in (tmp_path / "x.html").read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("at", "words"),
        [
            ({"z": 1.0}, "no slider 'z'; there is x"),
            ({"x": 7.0}, "x = 7 lies outside its range, -1 to 3"),
            ({"x": "one"}, "must be a finite number"),
            ({"x": 3.0}, "bent raised at x = 3: ValueError: too far"),
        ],
    )
    def test_a_place_that_cannot_be_shown_is_refused(self, at, words, tmp_path):
        """The sentence says why."""

        def bent(x):
            if x > 2:
                raise ValueError("too far")
            return x**2

        with pytest.raises(InputError, match=re.escape(words)):
            film(bent, x=(-1, 3, 0.5)).save(tmp_path / "f.svg", at=at)
        assert not list(tmp_path.iterdir())


class TestRefused:
    """Keywords of film itself."""

    @pytest.mark.parametrize("theme", ["drak", "", 3, None, ["dark"]], ids=repr)
    def test_an_unknown_theme(self, theme):
        """The known ones are listed."""
        assert "expected one of auto, light, dark, high-contrast" in refusal(np.sin, x=(0, 1), theme=theme)

    @pytest.mark.parametrize("given", [{"x": 1.0}, {"inputs": {"x": 2.0}}], ids=repr)
    def test_nothing_moves(self, given):
        """It says how to make something move, and how to get a still picture."""
        sentence = refusal(np.sin, **given)
        assert "give at least one range, such as x=(-1, 1)" in sentence
        assert "gad.trace" in sentence

    @pytest.mark.parametrize("theme", ["auto", "light", "dark", "contrast"])
    def test_known_themes_reach_the_page(self, theme, tmp_path):
        """The page says which."""
        film(np.sin, x=(0, 1), theme=theme).save(tmp_path / "x.html")
        assert f'data-theme="{theme}"' in (tmp_path / "x.html").read_text()


def test_notebooks_get_three_representations():
    """A player, a picture and a line of text."""
    bundle = film(branching, x=(-2, 2))._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/svg+xml", "text/plain"}
    assert bundle["image/svg+xml"].startswith("<svg")
    assert "sandbox" in bundle["text/html"]
