"""What errors say to write instead of SciPy's functions that are no ufuncs: it has SciPy's value, and its slope."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import linalg, special, stats

import graphviz_ad as gad
from graphviz_ad.engine.scipy_recipes import DEFINITIONS, SCIPY_RECIPES
from graphviz_ad.errors import LeakError
from graphviz_ad.extend import temporary
from tests.programming import run

VALUES = {
    "x": np.array([0.7, 1.9, 1.2]),
    "y": np.array([1.1, 0.4, 2.3]),
    "A": np.array([[2.0, 0.3, -0.4], [0.3, 1.5, 0.2], [-0.4, 0.2, 3.0]]),
    "u": np.array([4.2, 3.1, 5.5]),
    "p": np.array([0.2, 0.5, 0.9]),
    "m": np.float64(0.3),
    "s": np.float64(1.7),
}
MODULES = {"scipy": __import__("scipy"), "special": special, "stats": stats, "linalg": linalg, "norm": stats.norm}


@pytest.fixture(autouse=True)
def forgotten():
    """Forget what is registered meanwhile."""
    with temporary():
        yield


def program(expression):
    """Return a function of the letters of an expression, whose line an error can quote."""
    letters = [letter for letter in VALUES if re.search(rf"\b{letter}\b(?!=)", expression)]
    body = f"def f({', '.join(letters)}):\n    return {expression}\n"
    return run(body, n=whole(expression), **MODULES)["f"], [VALUES[letter] for letter in letters]


def whole(call):
    """Return what n is: an axis, or an order."""
    return 0 if "axis=n" in call or "sumexp(x, n)" in call or "softmax(x, n)" in call else 2


def summed(f, arrays):
    """Return the weighted sum of what a program gives."""
    y = f(*arrays)
    return np.sum(y * np.cos(np.arange(np.size(y))).reshape(np.shape(y)))


@pytest.mark.parametrize("row", SCIPY_RECIPES, ids=lambda row: row.call)
def test_the_error_says_what_works(row):
    """Followed literally it has SciPy's value, and each gradient is that of differences of SciPy's values."""
    f, arrays = program(row.call)
    with pytest.raises(LeakError) as caught:
        f(*map(gad.Variable, arrays))
    way = re.search(r": write (.*?) instead", str(caught.value))
    assert way is not None, str(caught.value)
    letters = [letter for letter in VALUES if re.search(rf"\b{letter}\b(?!=)", row.call)]
    followed = run(f"def f({', '.join(letters)}):\n    return {way[1]}\n", n=whole(row.call), **MODULES)["f"]
    np.testing.assert_allclose(followed(*arrays), f(*arrays), rtol=1e-12)
    for k, array in enumerate(arrays):
        slope = gad.grad(lambda *xs: summed(followed, xs), k)(*arrays)
        direction = np.cos(np.arange(np.size(array)) + 1.0).reshape(np.shape(array))
        direction = direction + direction.T if np.ndim(array) == 2 else direction

        def moved(step, k=k, direction=direction):
            return summed(f, [a + step * direction if i == k else a for i, a in enumerate(arrays)])

        expected = (8 * (moved(1e-4) - moved(-1e-4)) - (moved(2e-4) - moved(-2e-4))) / 12e-4
        np.testing.assert_allclose(np.sum(slope * direction), expected, rtol=1e-7, atol=1e-9)


def test_the_matrix_exponential_can_be_said_in_a_line():
    """The line that the error tells makes it, to any order."""
    f, (matrix,) = program("linalg.expm(A)")
    with pytest.raises(LeakError, match=r"first say once .*, then call expm instead") as caught:
        f(gad.Variable(matrix))
    line = re.search(r"first say once (.*), then call expm", str(caught.value))[1]
    assert line == DEFINITIONS["scipy.linalg.expm"]
    expm = run(line)["expm"]
    steps = np.cos(np.arange(9.0)).reshape(3, 3)
    slope = gad.grad(lambda a: np.sum(expm(a) * steps))
    exact = linalg.expm_frechet(matrix.T, steps, compute_expm=False)
    np.testing.assert_allclose(slope(matrix), exact, rtol=1e-12)
    second = gad.grad(lambda a: np.sum(slope(a) * steps))(matrix)
    moved = [np.sum(slope(matrix + h * np.eye(3)) * steps) for h in (1e-5, -1e-5)]
    assert np.trace(second) == pytest.approx((moved[0] - moved[1]) / 2e-5, rel=1e-7)


@pytest.mark.parametrize("expression", ["linalg.sqrtm(A)", "stats.t.logpdf(x, 3)", "stats.norm.entropy(x)"])
def test_for_all_else_the_error_says_why(expression):
    """SciPy asks nobody before it makes an array."""
    f, arrays = program(expression)
    with pytest.raises(LeakError, match=r"SciPy makes a plain array of what .* gets, which nothing can intercept"):
        f(*map(gad.Variable, arrays))


def test_other_names_of_a_module_do_not_matter():
    """A function that was imported by itself is known, too."""
    f = run("from scipy.stats import norm\nfrom scipy.special import logsumexp\ndef f(x):\n    return logsumexp(x)\n")[
        "f"
    ]
    with pytest.raises(LeakError, match=r"write np\.logaddexp\.reduce\(x, axis=None\) instead"):
        f(gad.Variable([1.0, 2.0]))


@pytest.mark.parametrize("name", ["gamma", "lgamma"])
def test_a_function_of_math_is_one_of_scipy_s(name):
    """What the error says to write has its value."""
    f = run(f"import math\ndef f(x):\n    return math.{name}(x)\n")["f"]
    with pytest.raises(LeakError, match=r"with SciPy: from scipy import special") as caught:
        f(gad.Variable(3.5))
    way = re.search(r": write (.*?) instead", str(caught.value))[1]
    followed = run(f"def f(x):\n    return {way}\n", special=special)["f"]
    assert followed(gad.Variable(3.5)).value == pytest.approx(f(3.5), rel=1e-14)
