"""Kinks: what a function does at its corners, ties, jumps, upright slopes and branches, from mathematics."""

from __future__ import annotations

import math

import numpy as np
import pytest

from graphviz_ad.engine import switches as switching
from graphviz_ad.films.kinks import KINDS, kinks_of
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import arrange

INF, NONE = math.inf, math.nan
THIRD, ROOT = 1 / 3, math.sqrt(0.5)


def sampled(function, low=-2, high=3):
    """Return a sampler that was at all stops."""
    sampler = Sampler(arrange(function, {"x": (low, high)}, who="film"), "film")
    with np.errstate(all="ignore"):
        for stop in range(sampler.total):
            sampler.sample(stop)
    return sampler


def hand_written_relu(x):
    """A branch whose side at 0 is the left one."""
    return x if x > 0 else 0.0 * x


def step(x):
    """A branch that does not fit to the other."""
    return x**2 if x > 1 else 3 * x


def tariff(x):
    """Two branches."""
    if x < 0.5:
        return 0.1 * x
    return 0.05 + 0.3 * (x - 0.5) if x < 2 else 0.5 + 0.45 * (x - 2)


def custom(x):
    """The value is right at 0, the slope is not."""
    return np.where(x == 0, 5 * x, x)


def patched(x):
    """A value of its own at a single place."""
    return np.where(x == 0, 0.0, np.sin(x) / np.where(x == 0, 1.0, x))


def elu(x):
    """It is smooth, but the tie in np.minimum halves the slope that is taken at 0."""
    return np.where(x > 0, x, np.exp(np.minimum(x, 0.0)) - 1)


def of_three(x):
    """Its largest entry changes twice."""
    return np.max(np.stack([x, x**2, np.ones_like(x)]))


def middle(x):
    """The median of 0, x and 1."""
    return np.median(np.stack([0 * x, x, 1 + 0 * x]))


# By name: the function, and its kinks: kind, place, left slope, slope taken, right slope.
KINKED = {
    "|x|": (np.abs, [("corner", 0, -1, 0, 1)]),
    "|x| + sin x": (lambda x: np.abs(x) + np.sin(x), [("corner", 0, 0, 1, 2)]),
    "|x - 1/3|": (lambda x: np.abs(x - THIRD), [("corner", THIRD, -1, NONE, 1)]),
    "|2x - 0.5|": (lambda x: np.abs(2 * x - 0.5), [("corner", 0.25, -2, 0, 2)]),
    "fabs": (lambda x: 3 * np.fabs(x + 1), [("corner", -1, -3, 0, 3)]),
    "sqrt(x²)": (lambda x: np.sqrt(x**2), [("corner", 0, -1, NONE, 1)]),
    "norm": (lambda x: np.linalg.norm(np.stack([3 * x, 4 * x])), [("corner", 0, -5, 0, 5)]),
    "exp(-|x|)": (lambda x: np.exp(-np.abs(x)), [("corner", 0, 1, 0, -1)]),
    "x sign x": (lambda x: x * np.sign(x), [("corner", 0, -1, 0, 1)]),
    "maximum": (lambda x: np.maximum(x, 0), [("tie", 0, 0, 0.5, 1)]),
    "minimum": (lambda x: np.minimum(2 * x, 1), [("tie", 0.5, 2, 1, 0)]),
    "two maxima": (
        lambda x: np.abs(x) + 1.5 * np.maximum(x - 1.5, 0),
        [("corner", 0, -1, 0, 1), ("tie", 1.5, 1, 1.75, 2.5)],
    ),
    "fmax": (lambda x: np.fmax(x, x**2), [("tie", 0, 0, 0.5, 1), ("tie", 1, 1, 1.5, 2)]),
    "sin or cos": (
        lambda x: np.maximum(np.sin(x), np.cos(x)),
        [("tie", math.pi / 4, -ROOT, NONE, ROOT)],
    ),
    "clip": (lambda x: np.clip(x, -1, 1), [("tie", -1, 0, 0.5, 1), ("tie", 1, 1, 0.5, 0)]),
    "max": (of_three, [("tie", -1, -2, -1, 0), ("tie", 1, 0, 1, 2)]),
    "min": (lambda x: np.min(np.stack([x, 2 - x])), [("tie", 1, 1, 0, -1)]),
    "median": (middle, [("tie", 0, 0, 0.5, 1), ("tie", 1, 1, 0.5, 0)]),
    "sort": (lambda x: np.sort(np.stack([x, 1 - x]))[0], [("tie", 0.5, 1, 1, -1)]),
    "sign": (np.sign, [("jump", 0, 0, 0, 0)]),
    "floor": (lambda x: np.floor(x / 2), [("jump", 0, 0, 0, 0), ("jump", 2, 0, 0, 0)]),
    "heaviside": (lambda x: np.heaviside(x - 1, 0.5), [("jump", 1, 0, 0, 0)]),
    "remainder": (lambda x: x % 2, [("jump", 0, 1, 1, 1), ("jump", 2, 1, 1, 1)]),
    "round": (lambda x: np.round(x / 4), [("jump", 2, 0, 0, 0)]),
    "a jump of where": (lambda x: np.where(x > 1, x**2, 3 * x), [("jump", 1, 3, 3, 2)]),
    "a jump of a branch": (step, [("jump", 1, 3, 3, 2)]),
    "a hole": (patched, [("jump", 0, NONE, 0, NONE)]),
    "sqrt": (np.sqrt, [("vertical", 0, NONE, INF, INF)]),
    "cbrt": (lambda x: np.cbrt(x - 1), [("vertical", 1, INF, INF, INF)]),
    "sqrt|x|": (lambda x: np.sqrt(np.abs(x)), [("vertical", 0, -INF, NONE, INF)]),
    "power": (lambda x: x**0.4, [("vertical", 0, NONE, INF, INF)]),
    "arcsin": (np.arcsin, [("vertical", -1, NONE, INF, INF), ("vertical", 1, INF, INF, NONE)]),
    "where": (lambda x: np.where(x > 0, x, 0), [("branch", 0, 0, 0, 1)]),
    "leaky": (lambda x: np.where(x >= 0, x, 0.1 * x), [("branch", 0, 0.1, 1, 1)]),
    "relu": (hand_written_relu, [("branch", 0, 0, 0, 1)]),
    "tariff": (tariff, [("branch", 0.5, 0.1, 0.3, 0.3), ("branch", 2, 0.3, 0.45, 0.45)]),
    "elu": (elu, [("branch", 0, 1, 0.5, 1)]),
    "where it is exact": (custom, [("branch", 0, 1, 5, 1)]),
    "interp": (
        lambda x: np.interp(x, [-1.0, 0.0, 1.0], [0.0, 2.0, 0.0]),
        [("corner", -1, 0, 1, 2), ("corner", 0, 2, 0, -2), ("corner", 1, -2, -1, 0)],
    ),
}


@pytest.mark.parametrize("name", KINKED)
def test_what_kinks_there_are(name):
    """Kind, place, slope on the left, slope taken and slope on the right."""
    function, expected = KINKED[name]
    kinks = kinks_of(sampled(function))
    assert [kink.kind for kink in kinks] == [row[0] for row in expected]
    assert set(KINDS) >= {kink.kind for kink in kinks}
    slopes = [(kink.x, kink.left.slope, kink.here.slope, kink.right.slope) for kink in kinks]
    np.testing.assert_allclose(slopes, [row[1:] for row in expected], rtol=1e-7, atol=1e-9)


def softplus(x):
    """Never overflows, and goes one of two ways."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def stable_sigmoid(x):
    """Two formulas for one function."""
    return 1 / (1 + np.exp(-x)) if x >= 0 else np.exp(x) / (1 + np.exp(x))


def huber(x):
    """Two branches that fit, up to the slope."""
    return np.where(np.abs(x) <= 1, 0.5 * x**2, np.abs(x) - 0.5)


def safe_sinc(x):
    """The limit where the quotient is none."""
    return np.where(x == 0, 1.0, np.sin(x) / np.where(x == 0, 1.0, x))


SMOOTH = {
    "sin": np.sin,
    "cos": np.cos,
    "exp": np.exp,
    "tanh": np.tanh,
    "arctan": np.arctan,
    "x³": lambda x: x**3,
    "x|x|": lambda x: x * np.abs(x),
    "|x|²": lambda x: np.abs(x) ** 2,
    "|x|³": lambda x: np.abs(x) ** 3,
    "|x| to 1.5": lambda x: np.abs(x) ** 1.5,
    "relu²": lambda x: np.maximum(x, 0) ** 2,
    "sqrt(x⁴)": lambda x: np.sqrt(x**4),
    "sqrt(1 + x²)": lambda x: np.sqrt(1 + x**2),
    "cbrt(x)³": lambda x: np.cbrt(x) ** 3,
    "1/x": lambda x: 1 / x,
    "1/x²": lambda x: 1 / x**2,
    "tan": np.tan,
    "log": np.log,
    "log x²": lambda x: np.log(x**2),
    "log|x|": lambda x: np.log(np.abs(x)),
    "x log x": lambda x: x * np.log(x),
    "x to 1.5": lambda x: x**1.5,
    "exp(-1/x²)": lambda x: np.exp(-1 / x**2),
    "softplus": softplus,
    "logaddexp": lambda x: np.logaddexp(x, 0),
    "sigmoid": stable_sigmoid,
    "huber": huber,
    "sinc": safe_sinc,
    "np.sinc": np.sinc,
    "max of equals": lambda x: np.maximum(np.sin(x), np.sin(x)),
    "sum of a sort": lambda x: np.sum(np.sort(np.stack([x, x**2, 1 - x]))),
    "|x| − |x|": lambda x: np.abs(x) - np.abs(-x),
    "max + min": lambda x: np.maximum(x, 1) + np.minimum(x, 1),
    "clip beyond": lambda x: np.clip(x, -9, 9),
    "floor that cancels": lambda x: np.floor(x) + x % 1,
    "norm²": lambda x: np.linalg.norm(np.stack([x, 2 * x])) ** 2,
    "arctan2": lambda x: np.arctan2(1 + x**2, x),
    "hypot": lambda x: np.hypot(x, 1),
    "a polynomial at its triple root": lambda x: (x - 1) ** 3 * (x + 1),
    "a spline": lambda x: np.where(x < 1, x**3, 3 * x**2 - 3 * x + 1),
    "constant": lambda x: 0 * np.sign(x),
    "random phases": lambda x: np.sin(12.3 * x + 0.4) * np.abs(np.cos(x) + 2),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_of_a_smooth_function_nothing_is_said(name):
    """Also of one that goes several ways, and of poles and ends of a domain, which are no kinks."""
    assert kinks_of(sampled(SMOOTH[name])) == []


def test_a_kink_off_the_stops_is_pinned():
    """To a float or two; where no float is the corner, no slope is said to be taken there."""
    (kink,) = kinks_of(sampled(lambda x: np.abs(np.exp(x) - 2)))
    assert abs(kink.x - math.log(2)) < 1e-12
    assert math.isnan(kink.here.slope)
    np.testing.assert_allclose([kink.left.slope, kink.right.slope], [-2, 2], rtol=1e-9)


def test_the_node_that_turns_is_named():
    """If it is one alone."""
    sampler = sampled(lambda x: np.abs(x - 1) * 2 + np.maximum(np.sin(x), 2))
    (kink,) = kinks_of(sampler)
    assert sampler.shots[kink.scene].story.nodes[kink.node].primitive == "absolute"
    (both,) = kinks_of(sampled(lambda x: np.abs(x) + np.maximum(x, 0)))
    assert both.node == -1
    np.testing.assert_allclose([both.left.slope, both.here.slope, both.right.slope], [-1, 0.5, 2])


def test_a_staircase_is_left_to_the_curve():
    """A function that goes another way at every stop would be run thousands of times."""
    assert kinks_of(sampled(lambda x: np.floor(40 * x))) is None


def test_a_function_that_raises_beside_its_kink():
    """Nothing is known of that side: a corner needs two."""

    def half(x):
        if x < 0:
            raise ValueError("negative")
        return np.abs(x)

    assert kinks_of(sampled(half)) == []


def test_of_two_sliders_nothing_is_said():
    """Their kinks are lines."""
    sampler = Sampler(arrange(lambda x, y: np.abs(x * y), {"x": (-1, 1, 0.5), "y": (-1, 1, 0.5)}, who="film"), "film")
    for stop in range(sampler.total):
        sampler.sample(stop)
    assert kinks_of(sampler) is None


def test_every_switch_is_of_a_primitive():
    """A name that no primitive has would watch nothing."""
    from graphviz_ad.engine.primitive import PRIMITIVES

    assert set(switching.SWITCHES) <= set(PRIMITIVES)


@pytest.mark.parametrize("name", ["|x|", "maximum", "a jump of where", "cbrt", "relu"])
def test_forward_mode_has_the_same_kinks(name):
    """Its derivatives are those of the way back."""
    function, expected = KINKED[name]
    sampler = Sampler(arrange(function, {"x": (-2, 3)}, who="film"), "film", "forward")
    for stop in range(sampler.total):
        sampler.sample(stop)
    kinks = kinks_of(sampler)
    assert [kink.kind for kink in kinks] == [row[0] for row in expected]
    slopes = [(kink.x, kink.left.slope, kink.here.slope, kink.right.slope) for kink in kinks]
    np.testing.assert_allclose(slopes, [row[1:] for row in expected], rtol=1e-7, atol=1e-9)


def test_kinks_of_a_network():
    """Those of its relus, with the slopes of differences on both sides."""
    rng = np.random.default_rng(1)
    w, b, v = rng.normal(size=4), rng.normal(size=4), rng.normal(size=4)

    def net(x):
        return np.sum(v * np.maximum(w * x + b, 0))

    kinks = kinks_of(sampled(net, -3, 3))
    np.testing.assert_allclose([kink.x for kink in kinks], [x for x in np.sort(-b / w) if -3 < x < 3], rtol=1e-9)
    for kink in kinks:
        left, right = ((net(kink.x + h) - net(kink.x + h / 2)) / (h / 2) for h in (-1e-4, 1e-4))
        np.testing.assert_allclose([kink.left.slope, kink.right.slope], [left, right], rtol=1e-6, atol=1e-9)
