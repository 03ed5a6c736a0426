"""What a call's options mean where a NumPy function, a ufunc or a method meets a Variable."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import MutationError, UnsupportedError

X = np.array([[0.3, 0.7], [1.1, 0.2]])
CALLS = {
    "ufunc": lambda x: np.exp(x, out=None),
    "ufunc, a tuple": lambda x: np.add(x, 1.0, out=(None,)),
    "reduction": lambda x: np.sum(x, axis=0, out=None),
    "mean": lambda x: np.mean(x, out=None, keepdims=True),
    "method": lambda x: x.sum(out=None),
    "cumsum": lambda x: np.cumsum(x, out=None),
    "clip": lambda x: np.clip(x, 0.25, 0.9, out=None),
    "stack": lambda x: np.stack([x, x], out=None),
    "reduce": lambda x: np.add.reduce(x, out=None),
    "fft": lambda x: np.fft.fft(x, out=None),
}


def assert_recorded(call):
    """Compare a call's value with NumPy's, bit for bit, and send something back through it."""
    x = gad.Variable(X)
    y = call(x)
    np.testing.assert_array_equal(y.value, call(X), strict=True)
    y.backward(np.ones(y.shape, y.dtype))
    assert np.any(x.grad)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_out_of_none_is_as_good_as_none(call):
    """As NumPy's own functions pass it on."""
    assert_recorded(call)


BY_POSITION = {
    "sum": lambda x: np.sum(x, 0, None, None, True),
    "sum, where": lambda x: np.sum(x, 1, None, None, False, 0.5, x > 0.3),
    "method": lambda x: x.sum(0, None, None, True),
    "mean": lambda x: x.mean(1, None, None, True),
    "std": lambda x: np.std(x, 0, None, None, 1, True),
    "max": lambda x: np.max(x, 1, None, True),
    "median": lambda x: np.median(x, 0, None, False, True),
    "quantile": lambda x: np.quantile(x, 0.3, 0, None, False, "hazen", True),
    "take": lambda x: np.take(x, [0, 5], 1, None, "clip"),
    "cumsum": lambda x: np.cumsum(x, 0, None, None),
    "stack": lambda x: np.stack([x, x], 0, None, dtype=None, casting="same_kind"),
    "svd": lambda x: np.linalg.svd(x, False, True, False)[1],
    "cov": lambda x: np.cov(x, None, True, False, None, None, None),
    "round": lambda x: x.round(1, None) * x,
}


@pytest.mark.parametrize("call", BY_POSITION.values(), ids=BY_POSITION)
def test_options_by_position_are_those_of_numpys_signature(call):
    """And what NumPy does anyway may be said."""
    assert_recorded(call)


def test_an_option_by_position_that_is_not_recorded_is_named():
    """By NumPy's name of it."""
    x = gad.Variable(X)
    with pytest.raises(UnsupportedError, match=r"np\.quantile: the option weights= is not recorded"):
        np.quantile(x, 0.5, None, None, False, "inverted_cdf", False, weights=[1.0, 2.0])


def test_a_plain_array_to_write_to_is_still_refused():
    """Since what is written there would leave the graph."""
    x = gad.Variable(X)
    there = np.zeros(2)
    with pytest.raises(MutationError, match=r"^np\.sum\(.*make it with there = np\.zeros\(2, like=x\), or leave out="):
        np.sum(x, 0, out=there)
    with pytest.raises(MutationError, match=r"Variable\.sum\(\.\.\., out=\) would write its result into a plain array"):
        x.sum(0, out=there)
