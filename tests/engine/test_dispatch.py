"""What a call's options mean where a NumPy function, a ufunc or a method meets a Variable."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import UnsupportedError

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


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_out_of_none_is_as_good_as_none(call):
    """As NumPy's own functions pass it on."""
    x = gad.Variable(X)
    y = call(x)
    np.testing.assert_array_equal(y.value, call(X), strict=True)
    y.backward(np.ones(y.shape, y.dtype))
    assert np.any(x.grad)


def test_an_array_to_write_to_is_still_refused():
    """Since what is written there would leave the graph."""
    x = gad.Variable(X)
    with pytest.raises(UnsupportedError, match=r"np\.sum: the option out= is not recorded on Variables: leave it out"):
        np.sum(x, out=np.zeros(()))
    with pytest.raises(UnsupportedError, match=r"Variable\.sum: the option out= is not recorded"):
        x.sum(out=np.zeros(()))
