"""Which arguments move, over which stops, and which stay fixed."""

from __future__ import annotations

import functools
import warnings

import film_data
import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import graphviz_ad as gad
from graphviz_ad.errors import GraphvizAdError, InputError, SizeError
from graphviz_ad.films.sliders import MOST_STOPS, STOPS, Slider, arrange, round_start


def made(function=np.sin, *, inputs=None, at=None, **sliders):
    """Arrange as `film` does."""
    return arrange(function, sliders, inputs=inputs, at=at, who="film", options=("inputs", "at", "theme", "progress"))


def only(function=np.sin, **given):
    """Return the one slider."""
    (slider,) = made(function, **given).sliders
    return slider


def called(function, values, **given):
    """Call the function as a film would, with the sliders at the given values."""
    arrangement = made(function, **given)
    positional, keywords = arrangement.arguments(values)
    return arrangement.function(*positional, **keywords)


def refusal(error=InputError, function=np.sin, **given):
    """Return the sentence with which the arguments are refused, quietly."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error) as caught:
            made(function, **given)
    assert isinstance(caught.value, GraphvizAdError)
    return str(caught.value)


class TestStops:
    """The values along a range."""

    def test_one_slider_has_201_stops_from_end_to_end(self):
        """Both ends are stops."""
        values = only(x=(-2, 3)).values
        assert (len(values), values[0], values[-1]) == (201, -2.0, 3.0)

    def test_two_sliders_have_41_stops_each(self):
        """So a film of two holds 1,681."""
        arrangement = made(np.multiply, x=(0, 1), y=(5, 6))
        assert arrangement.shape == (41, 41) == (STOPS[2],) * 2

    def test_a_range_of_integers_is_one_of_floats(self):
        """Unlike in ipywidgets, (-3, 3) does not become seven integers."""
        values = only(x=(-3, 3)).values
        assert values.dtype == np.float64
        assert np.any(values % 1)

    def test_a_step_says_how_far_apart_stops_are(self):
        """The end is a stop where the steps reach it."""
        np.testing.assert_array_equal(only(x=(0, 1, 0.25)).values, [0, 0.25, 0.5, 0.75, 1])

    def test_a_step_that_does_not_reach_the_end_stops_before_it(self):
        """No stop lies outside the range."""
        np.testing.assert_allclose(only(x=(0, 1, 0.3)).values, [0, 0.3, 0.6, 0.9], rtol=1e-15)

    @pytest.mark.parametrize("step", [0.1, 0.01, 0.05, 0.001, 1 / 3, 0.7])
    def test_rounding_neither_adds_nor_drops_the_last_stop(self, step):
        """Tenths are not exact in binary, and the last of them still counts."""
        values = only(x=(0, step * 30, step)).values
        assert len(values) == 31
        assert values[-1] == pytest.approx(step * 30, rel=1e-14)

    @pytest.mark.parametrize(
        "given", [(-3, 3), (-np.pi, np.pi), (-1, 1, 0.1), (-0.7, 0.7, 0.01), (-1e-9, 1e-9), (-1e9, 1e9, 1e7)], ids=str
    )
    def test_the_middle_of_a_symmetric_range_is_zero(self, given):
        """Exactly, not what rounding leaves of it, and with a plus sign."""
        values = only(x=given).values
        middle = values[len(values) // 2]
        assert middle == 0
        assert not np.signbit(middle)

    @pytest.mark.parametrize("given", [(0.5, 3), (-np.pi, np.pi), (1e-300, 2e-300), (1e200, 1e201), (-5, -4, 0.125)])
    def test_stops_rise(self, given):
        """No two stops are the same."""
        assert np.all(np.diff(only(x=given).values) > 0)

    def test_numpy_numbers_make_a_range(self):
        """What a computation returned is as good as a literal."""
        values = only(x=(np.float32(0.5), np.int64(2), np.float64(0.5))).values
        np.testing.assert_array_equal(values, [0.5, 1.0, 1.5, 2.0])


class TestStart:
    """The stop that is shown first."""

    @pytest.mark.parametrize(
        ("low", "high", "number"),
        [
            (-np.pi, np.pi, 1),
            (0.5, 3, 2),
            (0, 3, 2),
            (-1, 1, 0.5),
            (0, 1, 0.5),
            (-10, -1, -5),
            (1e6, 1e6 + 1, 1e6 + 0.5),
        ],
    )
    def test_a_slider_starts_at_a_round_number_beyond_the_middle(self, low, high, number):
        """The middle of -π to π is dull, and that of log x² fatal; and 1 is easier to follow than 1.0472."""
        slider = only(x=(low, high))
        assert slider.values[slider.start] == number
        assert (slider.values[0], slider.values[-1], len(slider.values)) == (low, high, 201)
        assert np.all(np.diff(slider.values) > 0)

    @given(st.floats(-1e300, 1e300), st.floats(1e-300, 1e300))
    def test_where_it_starts_lies_between_the_middle_and_four_fifths(self, low, wide):
        """Whatever the range."""
        high = low + wide
        assume(high - low > 1e-9 * abs(low))
        start = round_start(low, high)
        assert low + 0.499 * (high - low) <= start <= low + 0.801 * (high - low)

    def test_where_it_is_to_start_it_starts(self):
        """Also between two stops, whose places were left to us."""
        slider = only(x=(-np.pi, np.pi), at={"x": 0.3})
        assert slider.values[slider.start] == 0.3

    def test_the_steps_of_the_person_stay_where_they_are(self):
        """No stop is put in their way."""
        slider = only(x=(0, 3, 0.75))
        np.testing.assert_array_equal(slider.values, [0, 0.75, 1.5, 2.25, 3])
        assert slider.values[slider.start] == 2.25

    def test_at_chooses_the_nearest_stop(self):
        """Between two stops the nearer one is shown."""
        slider = only(x=(0, 1, 0.25), at={"x": 0.6})
        assert slider.values[slider.start] == 0.5

    @pytest.mark.parametrize("place", [0, 1, 0.0, 1.0, np.float64(1), np.int64(0)])
    def test_both_ends_may_be_the_start(self, place):
        """An end is inside the range."""
        slider = only(x=(0, 1), at={"x": place})
        assert slider.values[slider.start] == place

    def test_at_holds_for_one_of_two_sliders(self):
        """The other starts where it would."""
        x, y = made(np.multiply, x=(0, 1), y=(0, 1), at={"y": 0.0}).sliders
        assert (x.values[x.start], y.start) == (0.5, 0)

    @pytest.mark.parametrize("nothing", [None, {}])
    def test_an_empty_at_changes_nothing(self, nothing):
        """As if it had not been given."""
        assert only(x=(0, 3), at=nothing).start == 133


class TestFormat:
    """How a slider's value is written."""

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ((0, 1, 0.25), ("f", 2)),
            ((0, 10, 1), ("f", 0)),
            ((-1, 1), ("f", 2)),
            ((-np.pi, np.pi), ("f", 3)),
            ((0.5, 3), ("f", 4)),
            ((0, 1, 0.001), ("f", 3)),
        ],
        ids=str,
    )
    def test_values_are_written_exactly_or_one_digit_finer_than_the_step(self, given, expected):
        """Two stops never look the same, and no digit is noise."""
        assert only(x=given).format == expected

    @pytest.mark.parametrize("given", [(0, 1e-300), (1e5, 1e5 + 1), (-1e-7, 1e-7), (1.0, 1.001)])
    def test_neighbouring_stops_look_different(self, given):
        """Also in tiny and far-away ranges."""
        from graphviz_ad.numerals import write

        slider = only(x=given)
        texts = [write(value, slider.format) for value in slider.values]
        assert len(set(texts)) == len(texts)


class TestBinding:
    """By name where there are names, by position where there are none."""

    def test_names_go_to_the_parameters_of_the_name(self):
        """Whatever the order in which they were given."""
        assert called(lambda a, b: a - b, {"b": 1.0, "a": 5.0}, b=(0, 1), a=(0, 9)) == 4.0

    def test_a_ufunc_takes_the_order_in_which_the_sliders_were_given(self):
        """Its operands have no names that could be passed."""
        assert called(np.subtract, {"u": 5.0, "v": 2.0}, u=(0, 9), v=(0, 9)) == 3.0

    def test_a_ufunc_takes_fixed_arguments_in_their_place(self):
        """The order of the keywords counts also where one stays fixed."""
        assert called(np.subtract, {"v": 2.0}, u=5.0, v=(0, 9)) == 3.0

    def test_positional_only_parameters_are_passed_by_position(self):
        """Under the name they have in the signature."""

        def f(a, b, /):
            return a - b

        assert called(f, {"a": 5.0, "b": 2.0}, b=(0, 9), a=(0, 9)) == 3.0

    def test_a_positional_only_parameter_left_out_keeps_its_default(self):
        """The ones after it do not move up into its place."""

        def f(a, b=2.0, c=3.0, /):
            return (a, b, c)

        assert called(f, {"a": 1.0}, a=(0, 9), c=7.0) == (1.0, 2.0, 7.0)

    def test_keyword_only_parameters_are_passed_by_name(self):
        """Beside others."""

        def f(a, *, scale):
            return a * scale

        assert called(f, {"scale": 3.0}, a=2.0, scale=(0, 9)) == 6.0

    def test_parameters_left_out_use_their_defaults(self):
        """A default is as good as a value."""
        assert called(lambda a, b=10.0: a * b, {"a": 2.0}, a=(0, 9)) == 20.0

    def test_spread_arguments_follow_in_the_order_given(self):
        """Names that are no parameters fill *args."""

        def f(*terms):
            return terms[0] - terms[1]

        assert called(f, {"p": 5.0}, p=(0, 9), q=2.0) == 3.0

    def test_spread_arguments_follow_the_named_ones(self):
        """What has a name takes its place first."""

        def f(first, *rest):
            return (first, *rest)

        assert called(f, {"first": 1.0}, first=(0, 9), p=2.0, q=3.0) == (1.0, 2.0, 3.0)

    def test_any_name_reaches_a_function_of_keywords(self):
        """**kwargs takes all."""
        assert called(lambda **given: sorted(given.items()), {"b": 1.0}, b=(0, 9), a=2.0) == [("a", 2.0), ("b", 1.0)]

    def test_a_builtin_with_a_signature_is_bound_by_name(self):
        """Abs calls its argument x."""
        assert called(abs, {"x": -2.0}, x=(-3, 3)) == 2.0

    def test_without_a_readable_signature_the_order_counts(self):
        """As for a built-in that tells nothing."""

        def f(a, b):
            return a - b

        f.__signature__ = "unreadable"
        assert called(f, {"p": 5.0, "q": 1.0}, p=(0, 9), q=(0, 9)) == 4.0

    def test_a_transform_of_a_function_is_called(self):
        """Grad differentiates positional arguments, so that is how they come."""
        from graphviz_ad import grad

        assert called(grad(lambda x: x**3), {"x": 2.0}, x=(0, 9)) == 12.0

    def test_partial_functions_take_what_is_left(self):
        """By name, what was bound stays bound."""

        def f(a, b, c):
            return (a, b, c)

        assert called(functools.partial(f, 1.0, c=3.0), {"b": 2.0}, b=(0, 9)) == (1.0, 2.0, 3.0)

    def test_names_that_clash_with_keywords_go_into_inputs(self):
        """Also when they are sliders."""
        arrangement = made(lambda theme, at: theme * at, inputs={"theme": (0, 1), "at": 2.0})
        assert [slider.name for slider in arrangement.sliders] == ["theme"]
        assert arrangement.fixed == {"at": 2.0}

    def test_empty_inputs_change_nothing(self):
        """As if they had not been given."""
        assert made(x=(0, 1), inputs={}).shape == made(x=(0, 1)).shape == (201,)


class TestFixed:
    """What is no range stays as it is."""

    @pytest.mark.parametrize("value", [3, True, False, np.int64(3), None, [1.0, 2.0], np.arange(3)], ids=repr)
    def test_integers_flags_lists_and_arrays_stay_as_they_are(self, value):
        """An exponent stays an integer."""
        fixed = made(lambda x, n: x, x=(0, 1), n=value).fixed["n"]
        assert fixed is value

    def test_a_float_becomes_numpys(self):
        """So that 1/0 is inf and not an exception."""
        fixed = made(lambda x, n: x, x=(0, 1), n=2.5).fixed["n"]
        assert type(fixed) is np.float64
        assert fixed == 2.5

    @pytest.mark.parametrize("value", ["a string", {"a": 1}, 3, None])
    def test_a_fixed_widget_gives_its_value(self, value):
        """Who says `fixed` means it, also of a string."""
        assert made(lambda x, n: x, x=(0, 1), n=ipywidgets.fixed(value)).fixed["n"] is value

    def test_a_fixed_float_becomes_numpys(self):
        """As any other."""
        assert type(made(lambda x, n: x, x=(0, 1), n=ipywidgets.fixed(2.5)).fixed["n"]) is np.float64

    def test_without_a_range_nothing_moves(self):
        """An arrangement without sliders is still one."""
        assert made(x=2.0).sliders == ()


class TestWidgets:
    """Sliders of ipywidgets."""

    def test_a_slider_gives_its_range_step_and_value(self):
        """It starts at the nearest stop."""
        slider = only(x=ipywidgets.FloatSlider(min=-1, max=2, step=0.25, value=0.6))
        np.testing.assert_array_equal(slider.values, np.arange(-1, 2.01, 0.25))
        assert slider.values[slider.start] == 0.5

    def test_at_says_where_it_starts_all_the_same(self):
        """It is the more explicit one."""
        slider = only(x=ipywidgets.FloatSlider(min=0, max=1, value=0.2), at={"x": 0.7})
        assert slider.values[slider.start] == pytest.approx(0.7)

    def test_integers_become_floats(self):
        """A range is always one of floats; the stops are the integers."""
        slider = only(x=ipywidgets.IntSlider(min=-2, max=3, value=1))
        assert slider.values.dtype == np.float64
        assert slider.values.tolist() == [-2, -1, 0, 1, 2, 3]

    @pytest.mark.parametrize("kind", [ipywidgets.BoundedFloatText, ipywidgets.BoundedIntText, ipywidgets.Play])
    def test_whatever_has_ends_a_step_and_a_value_will_do(self, kind):
        """Also what moves by itself."""
        assert only(x=kind(min=0, max=10, step=2)).values.tolist() == [0, 2, 4, 6, 8, 10]

    def test_a_slider_of_one_s_own_kind(self):
        """Widgets are known by what they have."""
        kind = type("Mine", (ipywidgets.FloatSlider,), {})
        assert only(x=kind(min=0, max=1, step=0.5)).values.tolist() == [0, 0.5, 1]

    def test_the_end_of_a_widget_can_be_reached(self):
        """Its thumb goes there, whether or not its steps do."""
        assert only(x=ipywidgets.FloatSlider(min=0, max=1, step=0.3)).values.tolist() == pytest.approx(
            [0, 0.3, 0.6, 0.9, 1]
        )

    @pytest.mark.parametrize("step", [None, 0])
    def test_without_a_step_it_has_as_many_stops_as_a_range(self, step):
        """Any value may be chosen there."""
        slider = ipywidgets.FloatSlider(min=0, max=1, value=0.5)
        slider.step = step
        assert len(only(x=slider).values) == STOPS[1]

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            (ipywidgets.FloatRangeSlider, "is a FloatRangeSlider, which has two values at a time"),
            (ipywidgets.IntRangeSlider, "use ipywidgets.FloatSlider"),
            (ipywidgets.FloatLogSlider, "lambda t: f(10**t)"),
            (ipywidgets.Dropdown, "x is a Dropdown; expected a FloatSlider or an IntSlider"),
            (ipywidgets.Checkbox, "or ipywidgets.fixed(value) for what stays fixed"),
            (ipywidgets.FloatText, "x is a FloatText"),
            (ipywidgets.Text, "x is a Text"),
            (ipywidgets.FloatProgress, "x is a FloatProgress"),
        ],
    )
    def test_what_is_no_slider_is_refused(self, kind, expected):
        """With what would be one."""
        assert expected in refusal(x=kind())

    def test_too_many_stops_are_refused(self):
        """The widget is named by what counts."""
        slider = ipywidgets.FloatSlider(min=0, max=1, step=1e-7)
        said = refusal(SizeError, x=slider)
        assert "x=FloatSlider(min=0.0, max=1.0, step=1e-07) would make 10,000,001 stops" in said

    def test_an_empty_range_is_refused(self):
        """As with a tuple."""
        assert "is empty" in refusal(x=ipywidgets.FloatSlider(min=1, max=1, value=1))

    def test_a_film_and_a_plot_take_it_too(self):
        """One contract for all."""
        slider = ipywidgets.FloatSlider(min=0, max=1, step=0.1, value=0.5)
        film = gad.film(np.sin, x=slider)
        assert film.sliders[0].values[film.sliders[0].start] == 0.5
        axes = gad.plot(np.sin, x=slider)
        assert axes.get_xlim()[0] <= 0 <= 1 <= axes.get_xlim()[1]
        plt.close(axes.figure)


class TestRefused:
    """Every mistake is named, with the way out."""

    @pytest.mark.parametrize("thing", [3, "sin", None, [np.sin], np.float64(1)], ids=repr)
    def test_what_is_no_function(self, thing):
        """The commonest mistake is f(x) instead of f."""
        assert f"got {type(thing).__name__}" in refusal(function=thing, x=(0, 1))

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ((1, 0), r"x=(1, 0) is reversed; write x=(0.0, 1.0)"),
            ((3, 1, 0.5), r"x=(3, 1, 0.5) is reversed; write x=(1.0, 3.0, 0.5)"),
            ((1, 1), "x=(1, 1) is empty"),
            ((), "x=() is no range"),
            ((1,), "x=(1,) is no range"),
            ((0, 1, 0.1, 2), "x=(0, 1, 0.1, 2) is no range"),
            (("0", "1"), "is no range; expected (low, high)"),
            ((False, True), "is no range"),
            ((np.False_, np.True_), "is no range"),
            ((0, 1j), "is no range"),
            ((np.complex128(0), np.complex128(1j)), "is no range"),
            ((None, 1), "is no range"),
            ((0, np.nan), "must be finite"),
            ((-np.inf, 1), "must be finite"),
            ((0, 1, np.inf), "must be finite"),
            ((0, 1, 0), "the step must be greater than 0"),
            ((0, 1, -0.1), "the step must be greater than 0"),
            ((0, 1, 2), "has a step larger than the range"),
        ],
        ids=str,
    )
    def test_ranges_that_are_none(self, given, expected):
        """The sentence shows the range as it was given."""
        sentence = refusal(x=given)
        assert sentence.startswith("film: x=")
        assert expected in sentence

    @pytest.mark.parametrize(
        "given",
        [
            (1.0, np.nextafter(1.0, 2)),
            (0, 5e-324),
            (-1e308, 1e308),
            (0, 10**400),
            (-1e308, 1e308, 1e307),
            (0, 1, 5e-324),
        ],
        ids=["two neighbours", "a subnormal", "too wide", "a huge integer", "too wide with a step", "a tiny step"],
    )
    def test_ranges_that_floats_cannot_divide(self, given):
        """Where the stops would coincide or overflow, the range is named."""
        sentence = refusal(GraphvizAdError, x=given)
        assert sentence.startswith("film: x=")
        assert "inf" not in sentence

    def test_too_many_stops(self):
        """The sentence says which step would do, and that one does."""
        sentence = refusal(SizeError, x=(0, 1, 1e-6))
        assert "would make 1,000,001 stops; use a step of at least 0.0001" in sentence
        assert len(only(x=(0, 1, 0.0001)).values) == MOST_STOPS

    @pytest.mark.parametrize("value", ["0:1", "", {}, {"min": 0}], ids=repr)
    def test_strings_and_dicts(self, value):
        """They are no ranges in disguise."""
        assert "expected a range (low, high)" in refusal(x=value)

    def test_a_dict_of_parameters_stays_fixed(self):
        """As `trace` takes it: nested, with what is no number among them."""

        def loss(x, params):
            return np.sum(params["w"] * x) ** params["n"] + params["inner"]["b"]

        params = {"w": np.array([1.0, 2.0]), "n": 2, "inner": {"b": 3.0}, "name": "a"}
        data = gad.film(loss, x=(0, 1, 0.5), params=params).to_json()
        (scene,), (rows,) = data["scenes"], film_data.tables(data)
        np.testing.assert_allclose(rows[:, scene["quantities"][scene["output"]]["c"]], [3.0, 5.25, 12.0])
        ((_, y), *_) = [line.get_data() for line in gad.plot(loss, x=(0, 1, 0.5), params=params).lines]
        np.testing.assert_allclose(y, [3.0, 5.25, 12.0])

    def test_a_string_stays_fixed_as_the_error_says(self):
        """By a partial function."""
        sentence = refusal(function=lambda x, kind: x, x=(0, 1), kind="b")
        assert "kind='b' is a str; expected a range" in sentence
        assert "functools.partial(f, kind='b')" in sentence
        assert len(gad.film(functools.partial(lambda x, kind: x, kind="b"), x=(0, 1)).sliders) == 1

    @pytest.mark.parametrize("call", [gad.film, gad.plot, gad.explore])
    @pytest.mark.parametrize(
        ("function", "misplaced", "expected"),
        [
            (np.sin, [(0, 1)], "(0, 1) is given without the name of its argument; write x=(0, 1)"),
            (lambda rate: rate, [(0, 1)], "write rate=(0, 1)"),
            (lambda a, b: a * b, [(0, 1), 2.0], "names of their arguments; write a=(0, 1), b=2.0"),
            (lambda *many: many[0], [(0, 1)], "write x=(0, 1)"),
        ],
    )
    def test_a_range_without_a_name(self, call, function, misplaced, expected):
        """The way out has the names of the function's own arguments, and works."""
        with pytest.raises(InputError) as caught:
            call(function, *misplaced)
        assert str(caught.value).startswith(f"{call.__name__}: ")
        assert expected in str(caught.value)
        eval(f"call(function, {str(caught.value).partition('write ')[2]})", {"call": call, "function": function})

    def test_an_unknown_name(self):
        """The names that exist are listed, the nearest is suggested."""
        sentence = refusal(function=lambda alpha, beta: alpha, alpha=(0, 1), bata=2.0)
        assert "has no argument 'bata'; it takes alpha, beta. Did you mean 'beta'?" in sentence

    @pytest.mark.parametrize("function", [lambda x: x, np.sin], ids=["function", "ufunc"])
    def test_a_misspelt_keyword(self, function):
        """Did you mean the option?"""
        assert "Did you mean 'theme'?" in refusal(function=function, x=(0, 1), thene="dark")

    def test_a_function_without_arguments(self):
        """There is nothing to move."""
        assert "it takes no arguments" in refusal(function=lambda: 1.0, x=(0, 1))

    def test_a_missing_argument(self):
        """Both ways of giving it are shown."""
        sentence = refusal(function=lambda x, rate: x, x=(0, 1))
        assert "rate has no range and no value: add rate=(low, high) for a slider, or rate=2.0" in sentence

    @pytest.mark.parametrize("count", [0, 2])
    def test_the_wrong_number_of_operands_of_a_ufunc(self, count):
        """A ufunc's operands are counted."""
        assert "sin takes 1 argument" in refusal(**dict.fromkeys("ab"[:count], (0, 1)))

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ({"y": 1}, "names no slider; the sliders are x"),
            ({1: 0.5}, "names no slider"),
            ({"x": "a"}, "is not a number"),
            ({"x": [0.5]}, "is not a number"),
            ({"x": np.nan}, "is not a number"),
            ({"x": 2}, "lies outside the range 0.0 to 1.0"),
            ({"x": -np.inf}, "at="),
        ],
        ids=repr,
    )
    def test_starts_that_are_none(self, at, expected):
        """They name the slider."""
        assert expected in refusal(x=(0, 1), at=at)

    @pytest.mark.parametrize("at", [3, [0.5], "x", (1, 2)], ids=repr)
    def test_an_at_that_is_no_dict(self, at):
        """It says what was expected."""
        sentence = refusal(x=(0, 1), at=at)
        assert "at must be a dict" in sentence

    @pytest.mark.parametrize("inputs", [3, [("x", (0, 1))], "x"], ids=repr)
    def test_inputs_that_are_no_dict(self, inputs):
        """It says what was expected."""
        assert f"inputs must be a dict of arguments by name, got {type(inputs).__name__}" in refusal(inputs=inputs)

    def test_inputs_whose_names_are_no_strings(self):
        """A position is no name."""
        assert "inputs" in refusal(inputs={1: (0, 1)})

    def test_an_argument_given_twice(self):
        """Neither of the two is dropped in silence."""
        assert "twice" in refusal(x=(0, 1), inputs={"x": (3, 4)})


def test_a_slider_cannot_be_changed_by_assignment():
    """It is a frozen record."""
    with pytest.raises(AttributeError):
        Slider("x", np.arange(3.0), 0).start = 1


class TestNames:
    """Names as Python reads them, however they were typed."""

    def test_the_letter_of_a_keyboard_is_the_letter_of_the_source(self):
        """In each place where a name is a string."""

        def f(μ, a):
            return μ * a

        arrangement = arrange(f, {"\u00b5": (0, 3)}, inputs={"\uff41": 2.0}, at={"\u00b5": 1.0}, who="film")
        assert arrangement.sliders[0].name == "\u03bc"
        assert arrangement.sliders[0].values[arrangement.sliders[0].start] == pytest.approx(1.0, abs=0.02)

    def test_two_names_that_are_one_are_refused(self):
        """Python could not tell them apart either."""
        with pytest.raises(InputError, match="same name to Python"):
            arrange(lambda μ: 1.0, {"\u00b5": (0, 1), "\u03bc": (0, 1)}, who="film")
        with pytest.raises(InputError, match="given twice"):
            arrange(lambda μ: 1.0, {"\u00b5": (0, 1)}, inputs={"\u03bc": 1.0}, who="film")

    def test_a_function_that_takes_any_name_gets_it_as_it_was_typed(self):
        """For keys of a dict Python keeps the letters."""
        assert (
            arrange(lambda **named: 1.0, {"\u00b5": (0, 1)}, at={"\u00b5": 1.0}, who="film").sliders[0].name == "\u00b5"
        )

    def test_films_and_explorers_find_their_sliders_by_either(self, tmp_path):
        """When they are saved, and when they are moved."""

        def f(μ):
            return μ**2

        gad.film(f, µ=(0, 2, 1)).save(tmp_path / "a.svg", at={"\u00b5": 1.0})
        widget = gad.explore(f, inputs={"\u00b5": (0, 2, 1)}, at={"\u00b5": 1.0})
        assert widget.value == 1.0
        widget.inputs = {"\u00b5": 2.0}
        assert widget.value == 4.0
        widget.close()
