"""Curves of f and its derivatives with matplotlib."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import GraphvizAdError, InputError

mpl.use("Agg")
import matplotlib.pyplot as plt


@pytest.fixture(autouse=True)
def closed():
    """Close all figures."""
    yield
    plt.close("all")


def panels(ax):
    """Return the axes of a plot, from top to bottom."""
    return [one for one in ax.figure.axes if one is ax or getattr(one, "head", None) is ax]


def curves(ax):
    """Return the drawn curves as (points, values), without the line at zero."""
    lines = [line for panel in panels(ax) for line in panel.lines]
    return [line.get_data() for line in lines if not line.get_label().startswith("_")]


def ends_of(ax):
    """Return from where to where a vertical axis goes, and the largest and the smallest of what is drawn on it."""
    drawn = [line.get_ydata() for line in ax.lines if not line.get_label().startswith("_")]
    return ax.get_ylim(), (np.nanmin(drawn), np.nanmax(drawn))


def refusal(*args, **given):
    """Return the sentence with which a plot is refused; no figure is left open."""
    with pytest.raises(InputError) as caught:
        gad.plot(*args, **given)
    assert isinstance(caught.value, GraphvizAdError)
    assert plt.get_fignums() == []
    return str(caught.value)


CLOSED = {
    "sin": (np.sin, (-3, 3), np.sin, np.cos, lambda x: -np.sin(x)),
    "cubic": (lambda x: x**3 - x, (-2, 2), lambda x: x**3 - x, lambda x: 3 * x**2 - 1, lambda x: 6 * x),
    "exp": (lambda x: np.exp(2 * x), (-1, 1), lambda x: np.exp(2 * x), lambda x: 2 * np.exp(2 * x),
            lambda x: 4 * np.exp(2 * x)),
    "log": (np.log, (0.5, 3), np.log, lambda x: 1 / x, lambda x: -1 / x**2),
    "tanh": (np.tanh, (-2, 2), np.tanh, lambda x: 1 - np.tanh(x) ** 2,
             lambda x: -2 * np.tanh(x) * (1 - np.tanh(x) ** 2)),
    "product": (lambda x: x * np.sin(x), (-3, 3), lambda x: x * np.sin(x), lambda x: np.sin(x) + x * np.cos(x),
                lambda x: 2 * np.cos(x) - x * np.sin(x)),
    "sum": (lambda x: np.sum(x ** np.arange(1.0, 4.0)), (0.5, 2), lambda x: x + x**2 + x**3,
            lambda x: 1 + 2 * x + 3 * x**2, lambda x: 2 + 6 * x),
    "branch": (lambda x: x**2 if x > 0 else -x, (-1, 1), lambda x: np.where(x > 0, x**2, -x),
               lambda x: np.where(x > 0, 2 * x, -1), lambda x: np.where(x > 0, 2, 0)),
    "constant": (lambda x: 3.0, (-1, 1), lambda x: 3 + 0 * x, lambda x: 0 * x, lambda x: 0 * x),
    "line": (lambda x: 2 * x, (-1, 1), lambda x: 2 * x, lambda x: 2 + 0 * x, lambda x: 0 * x),
}  # fmt: skip


class TestCurves:
    """What is drawn is right."""

    @pytest.mark.parametrize("name", CLOSED)
    def test_function_slope_and_curvature(self, name):
        """Against what was worked out by hand."""
        function, ends, *expected = CLOSED[name]
        drawn = curves(gad.plot(function, x=ends, orders=(0, 1, 2)))
        assert len(drawn) == 3
        for (x, y), formula in zip(drawn, expected, strict=True):
            away = np.isfinite(y) & ((x != 0) | (name != "branch"))  # where its slope jumps it is led up to both
            assert np.count_nonzero(away) >= 400
            np.testing.assert_allclose(y[away], formula(x)[away], rtol=1e-10, atol=1e-10)

    def test_by_default_f_and_its_slope_are_drawn(self):
        """From end to end, labelled."""
        ax = gad.plot(np.sin, x=(-np.pi, np.pi))
        assert [panel.get_ylabel() for panel in panels(ax)] == ["$f$", "$f'$"]
        for x, _ in curves(ax):
            assert (x[0], x[-1]) == (-np.pi, np.pi)
            assert len(x) >= 201

    def test_high_orders(self):
        """The fifth derivative of the sine is the cosine again."""
        ((x, y),) = curves(gad.plot(np.sin, x=(-1, 1, 0.1), orders=(5,)))
        np.testing.assert_allclose(y, np.cos(x), rtol=1e-12)

    def test_orders_are_drawn_in_the_order_given(self):
        """The slope first, if that was asked for."""
        (_, slope), (_, value) = curves(gad.plot(np.exp, x=(0, 1), orders=[1, 0]))
        np.testing.assert_allclose(slope, value, rtol=1e-14)

    @pytest.mark.parametrize("orders", [range(2), np.array([0, 1]), [0, 1], (np.int64(0), np.int64(1))], ids=repr)
    def test_any_sequence_of_integers_will_do(self, orders):
        """As long as they are integers."""
        assert len(curves(gad.plot(np.sin, x=(0, 1), orders=orders))) == 2

    def test_a_step_chooses_the_points(self):
        """As for a slider."""
        ((x, _), _) = curves(gad.plot(np.sin, x=(0, 1, 0.25)))
        np.testing.assert_array_equal(x, [0, 0.25, 0.5, 0.75, 1])

    def test_a_step_that_makes_201_points_is_kept(self):
        """Two hundred steps are what was asked for."""
        ((x, _), _) = curves(gad.plot(np.sin, x=(0, 2, 0.01)))
        assert len(x) == 201

    def test_fixed_arguments(self):
        """Everything but the range stays."""
        ((x, y), _) = curves(gad.plot(lambda x, w, n: np.sum(x * w) ** n, x=(0, 1), w=[1.0, 2.0], n=2))
        np.testing.assert_allclose(y, 9 * x**2)

    def test_the_slope_is_that_along_the_range(self):
        """Not that along a fixed argument before it."""
        _, (_, slope) = curves(gad.plot(lambda w, x: w * x, w=3.0, x=(-1, 1)))
        np.testing.assert_array_equal(slope, np.full(len(slope), 3.0))

    def test_the_second_argument_may_move(self):
        """The first stays."""
        (_, (x, slope)) = curves(gad.plot(lambda a, b: a * b**2, a=2.0, b=(0, 1)))
        np.testing.assert_allclose(slope, 4 * x)

    def test_a_positional_only_default_keeps_its_place(self):
        """A later argument does not move up."""

        def f(a, b=2.0, c=3.0, /):
            return a * b + c

        ((x, y), _) = curves(gad.plot(f, a=(0, 1), c=5.0))
        np.testing.assert_allclose(y, 2 * x + 5)

    def test_a_gradient_is_a_function_like_any_other(self):
        """Curves of grad(f) are curves of f'."""
        (x, y), (_, slope) = curves(gad.plot(gad.grad(np.sin), x=(-1, 1)))
        np.testing.assert_allclose(y, np.cos(x))
        np.testing.assert_allclose(slope, -np.sin(x), atol=1e-15)

    def test_names_that_clash_with_keywords_go_into_inputs(self):
        """Orders may be an argument of f."""
        ((x, y), _) = curves(gad.plot(lambda orders, ax: orders * ax, inputs={"orders": (0, 1), "ax": 2.0}))
        np.testing.assert_allclose(y, 2 * x)


class TestGaps:
    """What has no value is left out."""

    def test_nan_and_infinity_are_gaps(self):
        """The curve breaks, and nothing warns."""
        (x, y), (_, slope) = curves(gad.plot(lambda x: np.log(x) + 1 / x, x=(-1, 1)))
        assert np.isnan(y[x <= 0]).all()
        assert np.isfinite(y[x > 0]).all()
        assert np.isfinite(slope[x > 0]).all()

    @pytest.mark.parametrize("error", [ValueError, KeyError, AttributeError, NameError, OSError, StopIteration])
    def test_stops_at_which_f_raises_are_gaps(self, error):
        """Whatever it raises."""

        def f(x):
            if x < 0:
                raise error("not here")
            return x**2

        for x, y in curves(gad.plot(f, x=(-1, 1))):
            np.testing.assert_array_equal(np.isnan(y), x < 0)

    def test_undefined_everywhere_is_an_empty_picture(self):
        """Or a refusal, but neither a warning nor another error."""
        ((_, y), _) = curves(gad.plot(np.log, x=(-2, -1)))
        assert np.isnan(y).all()

    def test_a_function_that_raises_everywhere_is_refused(self):
        """With the first error, from which the traceback leads on."""

        def f(x):
            raise KeyError("no such thing")

        with pytest.raises(InputError, match="raised at every point; first KeyError: 'no such thing'") as caught:
            gad.plot(f, x=(0, 1))
        assert isinstance(caught.value.__cause__, KeyError)

    def test_an_interrupt_ends_it(self):
        """It is no gap."""

        def f(x):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            gad.plot(f, x=(0, 1))


class TestAxes:
    """Where it is drawn."""

    def test_a_new_figure_unless_given(self):
        """One figure, one pair of axes."""
        ax = gad.plot(np.sin, x=(0, 1))
        assert plt.get_fignums() == [ax.figure.number]

    def test_given_axes_are_used_and_returned(self):
        """No other figure is opened."""
        figure, (left, right) = plt.subplots(1, 2)
        assert gad.plot(np.sin, x=(0, 1), ax=right) is right
        assert plt.get_fignums() == [figure.number]
        assert len(left.lines) == 0

    def test_axes_without_pyplot_are_used(self):
        """A figure that pyplot does not know."""
        from matplotlib.figure import Figure

        ax = Figure().add_subplot()
        assert gad.plot(np.sin, x=(0, 1), ax=ax) is ax
        assert plt.get_fignums() == []

    def test_two_plots_share_axes(self):
        """Two curves in each of two panels, told apart by their strokes, and named by a legend."""
        ax = gad.plot(np.sin, x=(0, 1))
        assert gad.plot(np.cos, x=(0, 1), ax=ax) is ax
        assert [len(curves(panel)) for panel in panels(ax)] == [4, 2]
        for panel in panels(ax):
            strokes = {line.get_linestyle() for line in panel.lines if not line.get_label().startswith("_")}
            assert len(strokes) == len(panel.get_legend().get_texts()) == 2

    def test_axes_share_their_room(self):
        """The panels stand where the axes stood, also those of a grid and those without one; the others stay."""
        figure, (left, right) = plt.subplots(1, 2)
        loose = figure.add_axes((0.3, 0.2, 0.5, 0.6))
        for ax in (right, loose):
            before = ax.get_position()
            gad.plot(np.sin, x=(0, 1), ax=ax, orders=(0, 1, 2))
            boxes = [panel.get_position() for panel in panels(ax)]
            assert np.allclose([before.x0, before.x1], [[box.x0, box.x1] for box in boxes])
            assert np.allclose([boxes[0].y1, boxes[-1].y0], [before.y1, before.y0])
            assert boxes[0].y0 > boxes[1].y1 > boxes[1].y0 > boxes[2].y1
            assert boxes[0].height > boxes[1].height
        assert panels(left) == [left]

    def test_only_the_lowest_panel_names_the_range(self):
        """Also after another has come below it."""
        ax = gad.plot(np.sin, x=(0, 1), orders=(0, 1))
        assert gad.plot(np.sin, x=(0, 1), orders=(2, 1), ax=ax) is panels(ax)[2]
        assert [panel.get_xlabel() for panel in panels(ax)] == ["", "", "x"]
        ax.figure.canvas.draw()
        seen = [any(label.get_visible() for label in panel.get_xticklabels()) for panel in panels(ax)]
        assert seen == [False, False, True]

    @pytest.mark.parametrize("thing", [3, "ax", [1]], ids=repr)
    def test_what_is_no_axes_is_refused(self, thing):
        """By its type."""
        assert "ax" in refusal(np.sin, x=(0, 1), ax=thing)

    def test_a_figure_is_no_axes(self):
        """Plt.subplots() returns two things, and this is the wrong one."""
        figure, _ = plt.subplots()
        with pytest.raises(InputError, match="ax"):
            gad.plot(np.sin, x=(0, 1), ax=figure)


class TestScales:
    """Each curve fills an axis of its own."""

    @pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
    def test_f_and_its_slope_fill_their_panels(self, size):
        """Whichever is larger: on one axis the other would be flat."""
        for panel in panels(gad.plot(lambda x: np.sin(1e3 * x) * size, x=(-0.01, 0.01))):
            (low, high), (least, most) = ends_of(panel)
            assert low <= least < most <= high
            assert most - least > 0.8 * (high - low)

    def test_a_curve_far_from_zero_is_not_flattened(self):
        """The line at zero is drawn where it is near only."""
        above, below = panels(gad.plot(lambda x: 1e4 + np.sin(x), x=(-3, 3)))
        (low, high), _ = ends_of(above)
        assert 9998 < low < high < 10002
        assert len(above.lines) == 1
        assert len(below.lines) == 2


@pytest.mark.parametrize(
    "name", ["f", "loss", "my_loss", "_", "__", "f_", "a$b", "α", "\\frac", "f{", "x" * 12, "loss_function_with_a_name"]
)
def test_any_name_of_a_function_is_drawn(name, tmp_path):
    """Names are text, not mathematics that could fail."""

    def f(x):
        return x**2

    f.__name__ = name
    gad.plot(f, x=(0, 1, 0.1), orders=(0, 1, 2, 3, 4)).figure.savefig(tmp_path / "f.png")
    assert (tmp_path / "f.png").stat().st_size > 1000


@pytest.mark.parametrize("name", ["θ", "x_1", "$x$", "$\\frac$", "a b", "_", "\\", "^"])
def test_any_name_of_an_argument_is_drawn(name, tmp_path):
    """Names are text, not mathematics that could fail."""
    gad.plot(lambda **given: given[name] ** 2, inputs={name: (0, 1, 0.1)}).figure.savefig(tmp_path / "f.png")
    assert (tmp_path / "f.png").stat().st_size > 1000


class TestRefused:
    """Every mistake is named."""

    @pytest.mark.parametrize("orders", [3, (), (-1,), (1.0,), "01", (True,), None, (0, "1"), [[0]]], ids=repr)
    def test_orders_that_are_none(self, orders):
        """The sentence shows an example."""
        assert "orders must be" in refusal(np.sin, x=(0, 1), orders=orders)

    @pytest.mark.parametrize("given", [{"x": 1.0}, {"x": (0, 1), "y": (0, 1)}], ids=repr)
    def test_exactly_one_range(self, given):
        """None, or two, is told."""
        function = np.sin if len(given) == 1 else np.multiply
        assert "give one range to draw along, such as x=(-1, 1)" in refusal(function, **given)

    @pytest.mark.parametrize("function", [np.sin, lambda x: x], ids=["ufunc", "function"])
    def test_a_misspelt_keyword(self, function):
        """Did you mean?"""
        assert "Did you mean 'orders'?" in refusal(function, x=(0, 1), ordrs=(0,))

    @pytest.mark.parametrize(
        ("function", "expected"),
        [
            (lambda x: x * np.ones(2), r"shape (2,)"),
            (lambda x: x * 1j, "a complex number"),
            (lambda x: None, "plot: the function returned nothing"),
            (lambda x: "x", "it returned a str"),
            (lambda x: (x, x), "it returned a tuple"),
        ],
    )
    @pytest.mark.parametrize("orders", [(0,), (1,), (0, 1)], ids=str)
    def test_anything_but_one_real_number(self, function, expected, orders):
        """By what was returned, and not as if something had been raised."""
        sentence = refusal(function, x=(0, 1), orders=orders)
        assert expected in sentence
        assert sentence.startswith("plot: ")
        assert "raised" not in sentence

    def test_something_else_than_a_function(self):
        """The commonest mistake is f(x)."""
        assert "plot needs a function first, got float64" in refusal(np.sin(1.0), x=(0, 1))


def pieces(curve):
    """Return the strokes of a curve that is broken at NaN, as arrays of points."""
    points = np.column_stack(curve)
    ends = np.flatnonzero(np.isnan(points).any(axis=1))
    return [part[~np.isnan(part).any(axis=1)] for part in np.split(points, ends) if len(part) > 1]


class TestKinks:
    """No line leads through a kink, and where there is no value there is no slope."""

    def test_a_slope_that_jumps_is_two_lines(self):
        """Each comes up to the kink, at the slope of its side; circles and diamonds mark both and the one taken."""
        ax = gad.plot(lambda x: np.abs(x) + 1.5 * np.maximum(x - 1.5, 0), x=(-2, 3))
        value, slope = curves(ax)
        _, below = panels(ax)
        assert len(pieces(value)) == 1
        assert [tuple(np.unique(part[:, 1])) for part in pieces(slope)] == [(-1.0,), (1.0,), (2.5,)]
        assert [(part[0, 0], part[-1, 0]) for part in pieces(slope)] == [(-2, 0), (0, 1.5), (1.5, 3)]
        marks = [tuple(map(tuple, marks.get_offsets())) for marks in below.collections if len(marks.get_offsets())]
        limits, own = marks
        assert set(limits) == {(0, -1), (0, 1), (1.5, 1), (1.5, 2.5)}
        assert own == ((0, 0), (1.5, 1.75))

    def test_a_value_that_jumps_is_two_lines(self):
        """Also where a branch jumps between two points."""

        def f(x):
            return x**2 if x > 0.7123 else 3 * x

        value, slope = curves(gad.plot(f, x=(-2, 3)))
        left, right = pieces(value)
        np.testing.assert_allclose(left[-1], [0.7123, 3 * 0.7123], rtol=1e-9)
        np.testing.assert_allclose(right[0], [0.7123, 0.7123**2], rtol=1e-9)
        assert len(pieces(slope)) == 2

    def test_a_second_derivative_has_no_value_at_a_kink(self):
        """0 would say that nothing is bent there."""
        (curve,) = curves(gad.plot(lambda x: np.abs(x) * x**2, x=(-1, 1), orders=(2,)))
        assert len(pieces(curve)) == 1  # its second derivative 6|x| goes through
        (curve,) = curves(gad.plot(np.abs, x=(-1, 1), orders=(2,)))
        assert len(pieces(curve)) == 2

    def test_no_slope_where_there_is_no_value(self):
        """Log x is nothing below 0, though 1/x is something; the stretch says why."""
        ax = gad.plot(np.log, x=(-2, 3), orders=(0, 1, 2))
        for x, y in curves(ax):
            assert np.isnan(y[x <= 0]).all()
            assert np.isfinite(y[x > 0]).all()
        shaded = [patch.get_extents().transformed(ax.transData.inverted()) for patch in ax.patches]
        assert abs(shaded[0].x0 + 2) < 1e-9
        assert abs(shaded[-1].x1) < 0.01
        assert [" ".join(text.get_text().split()) for text in ax.texts] == ["NaN: the logarithm of a negative number"]

    def test_what_raises_is_said(self):
        """With its line."""

        def f(x):
            if x > 1:
                raise ValueError("too far")
            return x**2

        ax = gad.plot(f, x=(-1, 2))
        (text,) = ax.texts
        assert "raises: ValueError: too far" in " ".join(text.get_text().split())
