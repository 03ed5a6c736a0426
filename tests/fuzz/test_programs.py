"""Random programs: NumPy's bits, gradients by every way alike, and those of differences where there are any."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import graphviz_ad as gad
from tests.fuzz.programs import program
from tests.fuzz.seeds import cases

WAYS = ["backward", "create_graph", "retain_graph", "vjp", "sweep"]


@pytest.fixture(autouse=True)
def quiet():
    """Overflow and NaN are no news here."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def gradients(way, steps, seed):
    """Return the gradients of the leaves, zeros where nothing flows."""
    leaves = [gad.Variable(leaf) for leaf in steps.leaves]
    if way == "vjp":
        return gad.vjp(steps, *steps.leaves)[1](seed)
    if way == "sweep":
        trace = gad.trace(steps, *leaves)
        if not isinstance(trace.output, gad.Variable):
            return [np.zeros_like(leaf) for leaf in steps.leaves]
        sweep = trace.reverse(np.conjugate(seed))
        adjoints = [sweep.adjoint(leaf) for leaf in leaves]
        return [np.zeros_like(x) if g is None else np.conjugate(g) for g, x in zip(adjoints, steps.leaves, strict=True)]
    y = steps(*leaves)
    y.backward(seed, **({} if way == "backward" else {way: way == "create_graph"}))
    return [np.zeros_like(x.value) if x.grad is None else getattr(x.grad, "value", x.grad) for x in leaves]


def tolerance(steps):
    """Return what the smallest dtype of a program allows for."""
    return max(np.finfo(np.asarray(leaf).dtype).eps for leaf in steps.leaves) * 200


@cases(150)
def test_values_are_numpys_bits_and_all_ways_back_agree(seed):
    """Of any dtype, shape and layout."""
    steps = program(seed)
    expected = steps(*(gad.Variable(leaf).value for leaf in steps.leaves))  # leaves are copies, without gaps in memory
    y = steps(*(gad.Variable(leaf) for leaf in steps.leaves))
    if not isinstance(y, gad.Variable):  # a constant was chosen
        np.testing.assert_array_equal(y, expected, strict=True, err_msg=str(steps))
        return
    np.testing.assert_array_equal(y.value, expected, strict=True, err_msg=str(steps))
    assert type(y.value) is type(np.asarray(expected)[()])
    random = np.random.default_rng(seed)
    first = np.asarray(random.uniform(0.5, 2, np.shape(expected))).astype(y.dtype)[()]
    results = {way: gradients(way, steps, first) for way in WAYS}
    for way, slopes in results.items():
        for slope, leaf, other in zip(slopes, steps.leaves, results["backward"], strict=True):
            assert np.shape(slope) == np.shape(leaf), way
            if way not in ("create_graph", "sweep"):
                assert slope.dtype == leaf.dtype, way
            wide = [np.asarray(x).astype(complex) for x in (slope, other)]
            finite = np.isfinite(wide[0]) & np.isfinite(wide[1])
            scale = np.max(np.abs(wide[1][finite]), initial=1)
            np.testing.assert_allclose(
                wide[0][finite],
                wide[1][finite],
                rtol=tolerance(steps),
                atol=tolerance(steps) * scale,
                err_msg=f"{way}\n{steps}",
            )


@cases(150)
def test_gradients_are_those_of_differences(seed):
    """Along a random direction, where two steps of the difference agree: not at a kink, nor beyond the range."""
    steps = program(seed, [np.float64], finite=True)
    random = np.random.default_rng(seed)
    ends = [random.uniform(-1, 1, np.shape(leaf)) for leaf in steps.leaves]
    weights = random.uniform(0.5, 1.5, np.shape(steps(*steps.leaves)))

    def along(t):
        moved = (leaf + np.longdouble(t) * end for leaf, end in zip(steps.leaves, ends, strict=True))
        return np.sum(steps(*moved) * weights)

    def slope(h):
        return (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * np.longdouble(h))

    near, far = slope(1e-4), slope(3e-4)
    size = max(abs(near), abs(along(0)), 1)
    if not (np.isfinite(near) and abs(near - far) < 1e-9 * size and size < 1e12):
        return
    slopes = gad.vjp(lambda *leaves: np.sum(steps(*leaves) * weights), *steps.leaves)[1](1.0)
    ours = sum(np.sum(g * end) for g, end in zip(slopes, ends, strict=True))
    assert ours == pytest.approx(float(near), rel=1e-6, abs=1e-6 * float(size)), str(steps)


@cases(60)
def test_second_derivatives_are_those_of_differences(seed):
    """Of the slope along the same direction."""
    steps = program(seed, [np.float64], steps=6, finite=True)
    random = np.random.default_rng(seed)
    ends = [random.uniform(-1, 1, np.shape(leaf)) for leaf in steps.leaves]

    def along(*leaves):
        slopes = gad.vjp(lambda *xs: np.sum(steps(*xs)), *leaves)[1](1.0)
        return sum(np.sum(g * end) for g, end in zip(slopes, ends, strict=True))

    def slope(h):
        ahead, behind = (along(*(x + t * end for x, end in zip(steps.leaves, ends, strict=True))) for t in (h, -h))
        return (ahead - behind) / (2 * h)

    near, far = slope(1e-5), slope(3e-5)
    size = max(abs(near), abs(along(*steps.leaves)), 1)
    if not (np.isfinite(near) and abs(near - far) < 1e-5 * size and size < 1e6):
        return
    slopes = gad.vjp(along, *steps.leaves)[1](1.0)
    ours = sum(np.sum(g * end) for g, end in zip(slopes, ends, strict=True))
    assert ours == pytest.approx(near, rel=1e-4, abs=1e-4 * size), str(steps)


@cases(150)
def test_forward_and_reverse_mode_are_transposes_of_each_other(seed):
    """What a direction does to the result, weighted, is what the weights' gradient does along the direction."""
    steps = program(seed)
    random = np.random.default_rng(seed)
    directions = tuple(
        np.asarray(random.normal(size=np.shape(x))).astype(np.asarray(x).dtype)[()] for x in steps.leaves
    )
    value, pullback = gad.vjp(steps, *steps.leaves)
    pushed, tangent = gad.jvp(steps, steps.leaves, directions)
    np.testing.assert_array_equal(pushed, value, strict=True)
    if np.asarray(value).dtype.kind not in "fc":
        return
    weights = np.asarray(random.uniform(0.5, 2, np.shape(value))).astype(np.asarray(value).dtype)[()]
    assert (np.shape(tangent), np.asarray(tangent).dtype) == (np.shape(value), np.asarray(value).dtype)
    sent = [np.real(np.conjugate(g) * d) for g, d in zip(pullback(weights), directions, strict=True)]
    parts = [np.asarray(part, float) for part in (np.real(np.conjugate(weights) * tangent), *sent)]
    scale = 1 + sum(np.sum(np.abs(part)) for part in parts)
    if np.isfinite(scale) and scale < 1e4:  # of numbers that large float16 keeps no difference
        assert np.sum(parts[0]) == pytest.approx(sum(map(np.sum, parts[1:])), abs=tolerance(steps) * scale), str(steps)
