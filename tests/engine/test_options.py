"""Options of ufuncs and of what else writes its result somewhere: NumPy's values, and the slopes of differences."""

from __future__ import annotations

import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import MutationError, UnsupportedError
from tests.programming import run

X = np.array([[0.3, 0.7, 1.4], [1.1, 0.2, 2.5]])
Y = np.array([[1.3, 0.4, 0.9], [2.1, 0.8, 0.6]])
CUBE = np.linspace(0.5, 2, 24).reshape(2, 3, 4)

CALLS = {
    "dtype": lambda x, y: np.multiply(x, y, dtype=np.float32),
    "dtype of its own": lambda x, y: np.sin(x, dtype=float) * y,
    "dtype beside a number": lambda x, y: np.add(x, 2, dtype=np.complex128) * y,
    "order": lambda x, y: np.exp(x, order="F") * y,
    "casting": lambda x, y: np.add(x, y, casting="unsafe", subok=False),
    "outer, with a dtype": lambda x, y: np.multiply.outer(x, y, dtype=np.float32),
    "out": lambda x, y: np.add(x, y, out=np.zeros((2, 3))),
    "out by position": lambda x, y: np.add(x, y, np.zeros((2, 3))),
    "out of a reduction": lambda x, y: np.sum(x * y, axis=0, out=np.empty(3)),
    "out of a mean": lambda x, y: np.mean(x * y, out=np.zeros(())),
    "out of a method": lambda x, y: (x * y).cumsum(out=np.zeros(6)),
    "out of a product": lambda x, y: np.dot(x, y.T, out=np.zeros((2, 2))),
    "out of a reduce": lambda x, y: np.add.reduce(x * y, axis=1, out=np.zeros(2)),
    "out with where": lambda x, y: np.log(x, out=np.zeros_like(x), where=X > 0.5) * y,
    "a copy": lambda x, y: np.divide(x, y, out=x.copy(), where=Y > 0.7),
    "where, a row": lambda x, y: np.divide(x, y[0], out=np.ones((2, 3)), where=np.array([True, False, True])),
    "where, a number": lambda x, y: np.divide(1.0, x, out=np.zeros((2, 3)), where=X > 0.5) * y,
    "where of all": lambda x, y: np.divide(x, y, where=True),
    "where of a sum": lambda x, y: np.add.reduce(x * y, axis=0, where=X > 0.5, out=np.zeros(3)),
    "overwriting": lambda x, y: np.median(x * y, axis=0, overwrite_input=True),
    "concatenate": lambda x, y: np.concatenate([x, y], dtype=np.float32),
    "stack": lambda x, y: np.stack([x, y], axis=1, dtype=np.complex128),
    "hstack": lambda x, y: np.hstack([x, y], dtype=np.float32),
    "einsum": lambda x, y: np.einsum("ij,ij->i", x, y, dtype=np.float32, casting="same_kind"),
    "trace": lambda x, y: np.trace(x @ y.T, dtype=np.float32),
    "vecdot along": lambda x, y: np.vecdot(x, y, axis=0),
    "vecdot keeps": lambda x, y: np.vecdot(x, y, axis=0, keepdims=True),
    "matmul along": lambda x, y: np.matmul(x, y, axes=[(1, 0), (0, 1), (0, 1)]),
    "vecdot with axes": lambda x, y: np.vecdot(x, y, axes=[(0,), (0,), ()]),
}


def summed(call, x, y):
    """Return a weighted sum of the real parts of what a call gives."""
    result = call(x, y)
    return np.real(np.sum(result * np.cos(np.arange(np.size(result))).reshape(np.shape(result))))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_options_have_numpys_values_and_the_slopes_of_differences(call):
    """Bit for bit, dtype and shape included; in either operand, and again in the slope."""
    leaves = gad.Variable(X), gad.Variable(Y)
    np.testing.assert_array_equal(call(*leaves).value, call(X, Y), strict=True)
    narrow = call(X, Y).dtype == np.float32
    step, close = (1e-2, 1e-3) if narrow else (1e-5, 1e-8)
    for k, direction in enumerate((np.cos(X * 9), np.sin(Y * 9))):
        slope = np.sum(gad.grad(lambda x, y: summed(call, x, y), k)(X, Y) * direction)
        ends = [[a + sign * step * direction * (i == k) for i, a in enumerate((X, Y))] for sign in (1, -1)]
        expected = (summed(call, *ends[0]) - summed(call, *ends[1])) / (2 * step)
        assert slope == pytest.approx(expected, rel=close, abs=close)
    assert np.all(np.isfinite(gad.hessian(lambda x: summed(call, x, Y))(X)))


def test_what_a_condition_leaves_out_has_no_slope():
    """Neither the pole nor what would be computed there: the idiom of a safe division."""
    by_a, by_b = gad.grad(lambda a, b: np.sum(np.divide(a, b, out=np.zeros_like(a), where=b != 0)), (0, 1))(
        np.array([1.0, 2.0]), np.array([0.0, 4.0])
    )
    np.testing.assert_array_equal(by_a, [0, 0.25])
    np.testing.assert_array_equal(by_b, [0, -0.125])


@pytest.mark.parametrize("where", [True, False])
def test_a_single_number_is_computed_or_not(where):
    """There is no array to write to."""
    x = gad.Variable(2.0)
    result = np.log(x, where=x > 1 if where else x < 1, out=np.zeros(()))
    assert float(getattr(result, "value", result)) == (np.log(2.0) if where else 0.0)


ADVICE = {
    "np.log(x, where=x > 0.5)": np.where(X > 0.5, np.log(X), 0),
    "np.divide(x, y[0], where=x > 0.5)": np.where(X > 0.5, X / Y[0], 0),
    "np.divide(x[0], y, where=y > 0.5)": np.where(Y > 0.5, X[0] / Y, 0),
}


@pytest.mark.parametrize("expression", ADVICE)
def test_a_condition_alone_says_what_else_to_write(expression):
    """And what it says is recorded, with 0 where the condition does not hold."""
    f = run(f"def f(x, y):\n    return {expression}\n")["f"]
    with pytest.raises(UnsupportedError, match=r"leaves what memory holds by chance") as caught:
        f(gad.Variable(X), gad.Variable(Y))
    way = re.search(r"as in (np\..*) \(<", str(caught.value))[1]
    followed = run(f"def f(x, y):\n    return {way}\n")["f"]
    np.testing.assert_array_equal(followed(gad.Variable(X), gad.Variable(Y)).value, ADVICE[expression])


def test_a_plain_array_that_somebody_holds_is_not_written_to():
    """The line that makes it is quoted, as it would take the result; followed, it does."""
    text = "def f(x):\n    kept = np.zeros(3)\n    np.multiply(x, x, out=kept)\n    return kept\n"
    with pytest.raises(MutationError, match=r"make it with kept = np\.zeros\(3, like=x\), or leave out= out"):
        run(text)["f"](gad.Variable(X[0]))
    followed = run(text.replace("np.zeros(3)", "np.zeros(3, like=x)"))["f"]
    np.testing.assert_array_equal(gad.grad(lambda x: np.sum(followed(x)))(X[0]), 2 * X[0])


def test_an_array_of_integers_takes_no_result():
    """As NumPy has it, also where it was made in the call."""
    with pytest.raises(MutationError, match=r"would write its result into a plain array"):
        np.exp(gad.Variable(X), out=np.zeros((2, 3), int))


def test_numpys_own_errors_remain():
    """Of a dtype that the numbers do not fit into, and of a result of another shape."""
    with pytest.raises(TypeError, match=r"Cannot cast ufunc 'multiply' input"):
        np.multiply(gad.Variable(X), 2.0, dtype=int)
    with pytest.raises(MutationError, match=r"the result has shape \(2, 3\), and the array .* has shape \(3,\)"):
        np.exp(gad.Variable(X), out=np.zeros_like(gad.Variable(X[0])))


@pytest.mark.parametrize("call", [lambda x: np.less.outer(x, x), lambda x: np.greater(x, 1.0, dtype=bool)])
def test_comparisons_are_plain_answers(call):
    """With options, and by their methods."""
    np.testing.assert_array_equal(call(gad.Variable(X)), call(X), strict=True)
