"""Products, spreads and order statistics: zeros, ties, NaN, the ends of the dtype, and options."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors
from tests.peers import torch

DTYPES = [np.float16, np.float32, np.float64]
METHODS = [
    *("inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull"),
    *("linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest"),
]
X = np.array([[0.7, -1.9, 1.2, 0.3], [2.5, 0.1, -0.4, 1.6]])
HOLES = np.array([[0.7, np.nan, 1.2], [2.5, 0.1, -0.4], [np.nan, np.nan, 0.9]])


def slope(f, x):
    """Return the gradient of the sum of f at x, which is the same when it is recorded."""
    leaf, recorded = gad.Variable(x), gad.Variable(x)
    y = f(leaf)
    y.backward(np.ones(y.shape))
    f(recorded).backward(np.ones(y.shape), create_graph=True)
    np.testing.assert_array_equal(recorded.grad.value, leaf.grad)
    return leaf.grad


def torch_slope(f, x):
    """Return PyTorch's gradient of the sum of f at x."""
    leaf = torch.tensor(x, requires_grad=True)
    f(leaf).sum().backward()
    return leaf.grad.numpy()


# Products


@pytest.mark.parametrize("zeros", list(itertools.product([0.0, -0.0, 1.5], repeat=3)))
def test_the_slope_of_a_product_with_zeros_is_the_product_of_the_others(zeros):
    """Nothing is divided by a factor."""
    x = np.array([2.0, *zeros, 3.0])
    expected = [math.prod(np.delete(x, i)) for i in range(5)]
    np.testing.assert_array_equal(slope(np.prod, x), expected)
    for i in range(5):
        second = gad.grad(lambda x, i=i: gad.grad(np.prod)(x)[i])(x)
        np.testing.assert_array_equal(second, [0 if i == j else math.prod(np.delete(x, [i, j])) for j in range(5)])


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_slope_of_a_product_is_right_where_a_part_of_it_leaves_the_dtype(dtype):
    """The products of some factors are too large or too small, while that of the first ones never is."""
    info = np.finfo(dtype)
    big, small = 2.0 ** (0.7 * info.maxexp), 2.0 ** (-0.7 * info.maxexp)
    random = np.random.default_rng(4)
    for factors in ([small, big, big, small], [1, small, big, big, small, 3], [0, big, 1], [1, 0, 0, big]):
        x = (np.array(factors) * random.uniform(1, 1.2, len(factors))).astype(dtype)
        assert np.all(np.isfinite(np.cumprod(x)))
        got = slope(np.prod, x)
        assert got.dtype == dtype
        for i in range(len(x)):
            expected = mpmath.fprod([mpmath.mpf(float(v)) for v in np.delete(x, i)])
            if abs(expected) > float(info.max):
                assert got[i] == np.inf
            else:
                assert float(got[i]) == pytest.approx(
                    float(expected), rel=8 * float(info.eps), abs=float(info.smallest_subnormal)
                )


def test_a_product_of_very_many_factors_keeps_its_slope():
    """The product of the halves underflows long before that of all."""
    x = np.tile([0.5, 2.0], 5_000)
    np.testing.assert_array_equal(slope(np.prod, x), 1 / x)
    np.testing.assert_array_equal(slope(np.prod, np.repeat([0.5, 2.0], 1_000)), np.repeat([2.0, 0.5], 1_000))


def test_a_product_of_complex_numbers_has_the_conjugate_of_the_others():
    """As PyTorch has it."""
    z = np.array([1 + 2j, 0.5 - 1j, -0.3 + 0.1j])
    np.testing.assert_allclose(slope(lambda z: np.real(np.prod(z)), z), torch_slope(lambda z: z.prod().real, z))


# Spreads


@pytest.mark.parametrize("function", [np.std, np.nanstd])
def test_a_spread_of_zero_has_slope_zero(function):
    """Of one element, and of equal ones; beside others it does not spoil them."""
    assert slope(function, 2.0) == 0
    np.testing.assert_array_equal(slope(function, [1.5]), [0.0])
    rows = slope(lambda x: function(x, axis=1), [[0.1, 0.1, 0.1], [1.0, 2.0, 3.0]])
    np.testing.assert_allclose(rows, [[0, 0, 0], [-(6**-0.5), 0, 6**-0.5]], atol=1e-15)
    second = gad.grad(lambda x: np.sum(gad.grad(function)(x) ** 2))(np.full(3, 1.5))
    assert np.all(np.isfinite(second))


@pytest.mark.parametrize("ddof", [0, 1, 0.5])
@pytest.mark.parametrize(("name", "axis"), [("var", None), ("std", 1), ("var", (0, 1)), ("std", 0)])
def test_spreads_have_pytorchs_slopes(name, axis, ddof):
    """With each number of degrees of freedom."""
    expected = torch_slope(lambda x: getattr(x, name)(dim=axis, correction=ddof), X)
    np.testing.assert_allclose(slope(lambda x: getattr(np, name)(x, axis, ddof=ddof), X), expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("offset", [0, 1, 1000])
def test_a_spread_is_accurate_far_from_zero(dtype, offset):
    """What the mean was rounded by does not enter."""
    step = float(np.spacing(dtype(offset + 1)))
    x = (offset + step * np.array([1.0, 3.0, 2.0, 7.0, 0.0])).astype(dtype)
    exact = [Fraction(float(number)) for number in x]
    centred = np.array([float(number - sum(exact) / 5) for number in exact])
    length = np.sqrt(np.mean(centred**2))
    rtol = 16 * np.finfo(dtype).eps
    np.testing.assert_allclose(slope(np.var, x), 2 * centred / 5, rtol=rtol, atol=rtol * length + np.finfo(dtype).tiny)
    if dtype is not np.float16 or offset:
        value_off = abs(float(np.std(x)) / length - 1)
        np.testing.assert_allclose(slope(np.std, x), centred / length / 5, atol=rtol + 2 * value_off)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_slope_of_a_standard_deviation_survives_squares_that_do_not(dtype):
    """It is the direction from the mean, however far or near the numbers are."""
    info = np.finfo(dtype)
    shape = np.array([1.0, -1.0, 3.0, -3.0])
    for size in (float(info.tiny) * 8, 1.0, float(info.max) / 32):
        with np.errstate(over="ignore"):
            got = slope(np.std, (shape * size).astype(dtype))
        np.testing.assert_allclose(got, shape / np.sqrt(20) / 2, rtol=16 * info.eps)


@pytest.mark.parametrize("function", [np.var, np.std])
def test_a_spread_of_complex_numbers_has_the_slope_in_the_plane(function):
    """By the real part and by the imaginary one."""
    z, h = np.array([1 + 2j, 0.5 - 1j, -0.3 + 0.1j]), 1e-6
    for i, e in enumerate(np.eye(3) * h):
        plane = (function(z + e) - function(z - e)) + 1j * (function(z + 1j * e) - function(z - 1j * e))
        np.testing.assert_allclose(slope(function, z)[i], plane / (2 * h), rtol=1e-7)


@pytest.mark.parametrize("function", [np.var, np.std])
def test_a_mean_that_is_known_is_an_operand(function):
    """The value is NumPy's; the slope by a mean that is not the mean is not 0."""
    mean = np.mean(X, axis=1, keepdims=True) + 0.25
    x, m = gad.Variable(X), gad.Variable(mean)
    y = function(x, axis=1, mean=m, ddof=1)
    np.testing.assert_array_equal(y.value, function(X, axis=1, mean=mean, ddof=1), strict=True)
    y.backward(np.ones(2))
    for leaf, shifted in ((x, lambda d: (X + d, mean)), (m, lambda d: (X, mean + d))):
        direction = np.cos(np.arange(leaf.size)).reshape(leaf.shape) * 1e-6
        ends = [
            np.sum(function(shifted(s * direction)[0], axis=1, mean=shifted(s * direction)[1], ddof=1)) for s in (1, -1)
        ]
        assert np.sum(leaf.grad * direction) == pytest.approx((ends[0] - ends[1]) / 2, rel=1e-7)


def test_a_spread_of_zero_about_a_known_mean_has_slope_zero():
    """As it has without one."""
    rows = np.array([[0.1, 0.1], [1.0, 3.0]])
    got = slope(lambda x: np.std(x, axis=1, mean=np.array([[0.1], [2.0]])), rows)
    np.testing.assert_allclose(got, [[0, 0], [-0.5, 0.5]])


def test_ties_of_a_range_share_equally():
    """And where all are equal nothing is sent."""
    np.testing.assert_array_equal(slope(np.ptp, [3.0, 1.0, 3.0, 2.0]), [0.5, -1.0, 0.5, 0.0])
    np.testing.assert_array_equal(slope(np.ptp, [2.0, 2.0]), [0.0, 0.0])


# Order statistics


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("q", [0.0, 0.13, 0.5, 0.77, 1.0])
def test_quantiles_of_every_method_have_the_slopes_of_differences(method, q):
    """In each entry, also along an axis and in percent."""
    x = np.random.default_rng(7).permutation(np.linspace(-1, 2, 14)).reshape(2, 7)
    got = slope(lambda x: np.quantile(x, q, axis=1, method=method), x)
    percent = slope(lambda x: np.percentile(x, 100 * q, axis=1, method=method), x)
    np.testing.assert_allclose(percent, got, atol=1e-12)
    for place in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[place] = 1e-6
        ends = [np.sum(np.quantile(x + s * e, q, axis=1, method=method)) for s in (1, -1)]
        assert got[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-8)


def test_ties_of_order_statistics_share_equally():
    """Among equal entries each gets the same part."""
    np.testing.assert_array_equal(slope(np.median, [1.0, 1.0, 3.0]), [0.5, 0.5, 0.0])
    np.testing.assert_array_equal(slope(np.median, [1.0, 1.0, 3.0, 5.0]), [0.25, 0.25, 0.5, 0.0])
    np.testing.assert_array_equal(slope(lambda x: np.quantile(x, 1.0), [2.0, 2.0, 0.0]), [0.5, 0.5, 0.0])


def test_a_level_is_plain():
    """It has no rule, and says so rather than lose it."""
    with pytest.raises(errors.LeakError, match=r"level q has no derivative rule.*line \d+"):
        np.quantile(X, gad.Variable(0.5))


# Without NaN, and of those where a condition holds


@pytest.mark.filterwarnings("ignore:Degrees of freedom", "ignore:Mean of empty", "ignore:All-NaN")
@pytest.mark.parametrize("name", ["nansum", "nanmean", "nanprod", "nanmax", "nanmin", "nanvar", "nanstd"])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_what_leaves_nan_out_has_the_slope_of_the_rest(name, axis):
    """And 0 where there is NaN."""
    function = getattr(np, name)
    got = slope(lambda x: function(x, axis=axis), HOLES)
    np.testing.assert_array_equal(gad.Variable(function(HOLES, axis=axis)).value, function(HOLES, axis=axis))
    np.testing.assert_array_equal(got[np.isnan(HOLES)], 0)
    for place in zip(*np.nonzero(~np.isnan(HOLES)), strict=True):
        e = np.zeros(HOLES.shape)
        e[place] = 1e-6
        ends = [np.sum(function(HOLES + s * e, axis=axis)) for s in (1, -1)]
        assert got[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min", "var", "std"])
def test_a_condition_keeps_nan_out(name):
    """What is not chosen has slope 0, and nothing of it reaches the others."""
    more = {"initial": -5.0} if name == "max" else {"initial": 5.0} if name == "min" else {}
    call = lambda x: getattr(np, name)(x, axis=0, where=~np.isnan(HOLES), **more)  # noqa: E731
    got = slope(call, HOLES)
    np.testing.assert_array_equal(call(gad.Variable(HOLES)).value, call(HOLES), strict=True)
    np.testing.assert_allclose(got, slope(lambda x: getattr(np, f"nan{name}")(x, axis=0), HOLES), rtol=1e-14)


def test_an_initial_number_that_is_the_largest_takes_it_all():
    """Nothing is sent to the entries."""
    np.testing.assert_array_equal(slope(lambda x: np.max(x, initial=9.0), X), np.zeros(X.shape))


@pytest.mark.parametrize("call", [lambda x: np.sum(x, dtype=int), lambda x: np.prod(x, initial=x[0])])
def test_options_that_would_lose_a_derivative_are_refused(call):
    """By name."""
    with pytest.raises(errors.UnsupportedError, match=r"(dtype|initial)=.*line \d+"):
        call(gad.Variable([1.0, 2.0]))


def test_a_condition_that_is_changed_later_changes_nothing():
    """It is copied."""
    some = np.array([True, False])
    x = gad.Variable([1.0, 2.0])
    y = np.sum(x, where=some)
    some[:] = True
    y.backward()
    np.testing.assert_array_equal(x.grad, [1.0, 0.0])


def test_the_logarithm_of_a_sum_of_exponentials_has_the_softmax_for_its_slope():
    """Also of numbers whose exponentials overflow, and of none at all."""
    x = np.array([1000.0, 999.0, -np.inf])
    np.testing.assert_allclose(slope(np.logaddexp.reduce, x), [1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1)), 0])
    np.testing.assert_array_equal(slope(np.logaddexp.reduce, np.full(2, -np.inf)), [0.0, 0.0])


# Averages


@pytest.mark.parametrize(
    ("axis", "weights"),
    [(None, None), (1, [1, 2, 3, 4]), (0, np.array([0.5, 2.0])), (None, X + 3), ((0, 1), X + 3), ((1, 0), (X + 3).T)],
    ids=str,
)
def test_an_average_has_numpys_value_and_slopes_by_both(axis, weights):
    """By the entries and by the weights."""
    expected, sums = np.average(X, axis, weights, returned=True)
    x = gad.Variable(X)
    mean, total = np.average(x, axis, weights, returned=True)
    np.testing.assert_array_equal(mean.value, expected, strict=True)
    np.testing.assert_array_equal(getattr(total, "value", total), sums, strict=True)
    step = 1e-6 * np.cos(np.arange(X.size)).reshape(X.shape)
    ends = [np.sum(np.average(X + s * step, axis, weights)) for s in (1, -1)]
    assert np.sum(slope(lambda x: np.average(x, axis, weights), X) * step) == pytest.approx((ends[0] - ends[1]) / 2)
    if weights is not None:
        w = np.asarray(weights, float)
        move = 1e-6 * np.sin(1.0 + np.arange(w.size)).reshape(w.shape)
        ends = [np.sum(np.average(X, axis, w + s * move)) for s in (1, -1)]
        assert np.sum(slope(lambda w: np.average(X, axis, w), w) * move) == pytest.approx((ends[0] - ends[1]) / 2)


def test_weights_that_add_up_to_nothing_are_numpys_error():
    """And weights of no fitting shape, too."""
    with pytest.raises(ZeroDivisionError):
        np.average(gad.Variable([1.0, 2.0]), weights=[1, -1])
    with pytest.raises(TypeError):
        np.average(gad.Variable(X), weights=[1.0, 2.0])


# Plain answers

PLAIN = {
    "argsort": lambda x: np.argsort(x, axis=1),
    "argmax": lambda x: np.argmax(x, axis=0),
    "argmin": lambda x: np.argmin(x),
    "argpartition": lambda x: np.argpartition(x, 1),
    "nanargmax": lambda x: np.nanargmax(x),
    "searchsorted": lambda x: np.searchsorted(np.array([0.0, 1.0]), x),
    "searchsorted in it": lambda x: np.searchsorted(x[0, 2:], x[1]),
    "digitize": lambda x: np.digitize(x, [0.0, 1.0]),
    "count_nonzero": lambda x: np.count_nonzero(x, axis=0),
    "nonzero": lambda x: np.nonzero(x),
    "argwhere": lambda x: np.argwhere(x),
    "flatnonzero": lambda x: np.flatnonzero(x),
    "any": lambda x: np.any(x, axis=0),
    "all": lambda x: np.all(x, keepdims=True),
    "isin": lambda x: np.isin(x, [0.7]),
    "lexsort": lambda x: np.lexsort((x[0], x[1])),
    "x.argsort": lambda x: x.argsort(axis=0),
    "x.argmax": lambda x: x.argmax(1),
    "x.argmin": lambda x: x.argmin(),
    "x.argpartition": lambda x: x.argpartition(1),
    "x.searchsorted": lambda x: x[0, 2:].searchsorted(0.5),
    "x.nonzero": lambda x: x.nonzero(),
    "x.any": lambda x: x.any(),
    "x.all": lambda x: x.all(axis=1),
}


@pytest.mark.parametrize("call", PLAIN.values(), ids=PLAIN)
def test_positions_counts_and_truths_are_plain(call):
    """NumPy's own, and no nodes are made."""
    with gad.record() as trace:
        result = call(gad.Variable(X))
    np.testing.assert_equal(result, call(X))
    assert type(result) is type(call(X))
    assert {node.primitive.name for node in trace.nodes if node.primitive is not None} <= {"index"}


def test_positions_may_be_used_as_indices():
    """The sorted entries get their adjoints back."""
    x = gad.Variable([3.0, 1.0, 2.0])
    x[np.argsort(x)].backward(np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(x.grad, [3.0, 1.0, 2.0])


# Quantiles without NaN


@pytest.mark.parametrize(
    "function",
    [
        np.nanmedian,
        lambda x, axis=None: np.nanquantile(x, [0.0, 0.3, 1.0], axis=axis, method="linear"),
        lambda x, axis=None: np.nanpercentile(x, 40, axis=axis, method="weibull"),
    ],
)
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_quantiles_without_nan_are_those_of_the_rest(function, axis):
    """Of rows in which another number of entries is missing each; what is missing gets nothing."""
    x = np.random.default_rng(4).normal(size=(4, 5))
    x[[0, 1, 1, 3], [2, 0, 4, 3]] = np.nan
    leaf = gad.Variable(x)
    result = function(leaf, axis=axis)
    weights = np.random.default_rng(5).normal(size=result.shape)
    result.backward(weights)
    assert np.all(leaf.grad[np.isnan(x)] == 0)
    for place in np.argwhere(~np.isnan(x)):
        step = np.zeros_like(x)
        step[tuple(place)] = 1e-6
        expected = np.sum(weights * (function(x + step, axis=axis) - function(x - step, axis=axis))) / 2e-6
        assert leaf.grad[tuple(place)] == pytest.approx(expected, abs=1e-8)


def test_a_row_of_nan_alone_sends_nothing():
    """Its median is NaN, with NumPy's warning; the others have theirs."""
    x = gad.Variable([[np.nan, np.nan], [1.0, 3.0]])
    with pytest.warns(RuntimeWarning, match="All-NaN slice"):
        y = np.nanmedian(x, axis=1)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, [[0.0, 0.0], [0.5, 0.5]])


@pytest.mark.parametrize("function", [np.var, np.std])
def test_a_dtype_beside_a_mean_is_that_of_the_sum(function):
    """As NumPy has it."""
    x = np.float32([1.0, 2.5, 4.0])
    leaf = gad.Variable(x)
    result = function(leaf, mean=x.mean(keepdims=True), dtype=np.float64)
    expected = function(x, mean=x.mean(keepdims=True), dtype=np.float64)
    np.testing.assert_array_equal(result.value, expected, strict=True)
    result.backward()
    assert leaf.grad.dtype == np.float32
