"""What errors say to write instead of SciPy's functions that are no ufuncs: it has SciPy's value, and its slope."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import integrate, interpolate, linalg, optimize, signal, spatial, special, stats

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
    "B": np.array([[1.2, -0.3, 0.5], [0.4, 0.9, -0.7], [0.1, 0.6, 1.8]]),
    "C": np.array([[0.2, 1.3, -0.5], [1.4, -0.9, 0.7], [-0.1, 0.6, 0.8]]),
    "df": np.float64(3.5),
    "a": np.float64(1.8),
    "b": np.float64(2.3),
    "k": np.array([0.0, 1.0, 2.0]),
    "mu": np.float64(1.3),
}
WITHIN = {
    "beta": {"x": np.array([0.5, 0.9, 0.7])},
    "dirichlet": {"x": np.array([0.2, 0.5, 0.3])},
    "bernoulli": {"k": np.array([0.0, 1.0, 1.0])},
}
"""What letters have to be for some distributions."""
CONSTANT = {"poisson": "k", "binom": "k", "bernoulli": "k", "dirichlet": "x"}
"""What moves in steps, or can only be moved together with others."""
SHAPES = {"df", "a", "b"}  # by which an incomplete gamma or beta function has no rule
MODULES = {
    "scipy": __import__("scipy"), "special": special, "stats": stats, "linalg": linalg, "norm": stats.norm,
    "signal": signal, "integrate": integrate, "spatial": spatial,
}  # fmt: skip


@pytest.fixture(autouse=True)
def forgotten():
    """Forget what is registered meanwhile."""
    with temporary():
        yield


def program(expression):
    """Return a function of the letters of an expression, whose line an error can quote."""
    letters = letters_of(expression)
    body = f"def f({', '.join(letters)}):\n    return {expression}\n"
    values = VALUES | next((own for family, own in WITHIN.items() if f"stats.{family}." in expression), {})
    return run(body, n=whole(expression), **MODULES)["f"], [values[letter] for letter in letters]


def letters_of(call):
    """Return the letters that stand for an operand in a call."""
    inside = call.partition("(")[2]
    return [letter for letter in VALUES if re.search(rf"\b{letter}\b(?!=)", inside)]


def whole(call):
    """Return what n is: an axis, or an order."""
    if "signal." in call:
        return "same"
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
    letters = letters_of(row.call)
    followed = run(f"def f({', '.join(letters)}):\n    return {way[1]}\n", n=whole(row.call), **MODULES)["f"]
    np.testing.assert_allclose(followed(*arrays), f(*arrays), rtol=1e-12)
    fixed = {letter for family, letter in CONSTANT.items() if f"stats.{family}." in row.call}
    fixed |= SHAPES if re.search(r"\.(cdf|sf|logcdf)\(", row.call) else set()
    for k, array in enumerate(arrays):
        if letters[k] in fixed:
            continue
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


@pytest.mark.parametrize("expression", ["linalg.logm(A)", "stats.t.entropy(x)", "stats.norm.entropy(x)"])
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


def test_the_root_of_a_matrix_can_be_said_in_a_line():
    """With its slope, which differentiates again."""
    f, (matrix,) = program("linalg.sqrtm(A)")
    with pytest.raises(LeakError, match=r"first say once .*, then call sqrtm instead"):
        f(gad.Variable(matrix))
    sqrtm = run(DEFINITIONS["scipy.linalg.sqrtm"])["sqrtm"]
    steps = np.cos(np.arange(9.0)).reshape(3, 3)
    slope = gad.grad(lambda a: np.sum(sqrtm(a) * steps))
    assert_slope(lambda a: np.sum(linalg.sqrtm(a) * steps), slope(matrix), matrix)
    assert_slope(lambda a: np.sum(slope(a) * steps), gad.grad(lambda a: np.sum(slope(a) * steps))(matrix), matrix)


def assert_slope(f, slope, matrix):
    """Compare a gradient with differences along a direction without any symmetry."""
    direction = np.sin(np.arange(9.0) ** 2).reshape(3, 3)
    near, far = (f(matrix + h * direction) - f(matrix - h * direction) for h in (1e-4, 2e-4))
    assert np.sum(slope * direction) == pytest.approx((8 * near - far) / 12e-4, rel=1e-7)


def test_a_factor_that_is_kept_for_several_solutions():
    """Both functions that belong together are in the line."""
    matrix, x = VALUES["A"], VALUES["x"]
    text = "def f(A, x, cho_factor, cho_solve):\n    return cho_solve(cho_factor(A), x)\n"
    f = run(text)["f"]
    with pytest.raises(LeakError, match=r"first say once cho_factor = .*, then call cho_factor instead"):
        f(gad.Variable(matrix), x, linalg.cho_factor, linalg.cho_solve)
    own = run(DEFINITIONS["scipy.linalg.cho_factor"])
    for lower in (True, False):
        y = own["cho_solve"](own["cho_factor"](gad.Variable(matrix), lower), x)
        np.testing.assert_allclose(y.value, np.linalg.solve(matrix, x), rtol=1e-12)
    y = gad.grad(lambda a: np.sum(f(a, x, own["cho_factor"], own["cho_solve"])))(matrix)
    inverse = np.linalg.inv(matrix)
    full = -np.outer(inverse @ np.ones(3), inverse @ x)
    np.testing.assert_allclose(y + y.T, full + full.T, rtol=1e-9)


def test_a_differential_equation_is_solved_in_steps():
    """What the line says to call has SciPy's solution where the steps are small, and its slope."""
    text = "def f(w, odeint, t):\n    return odeint(lambda y, t, w: [y[1], -w * y[0]], [1.0, 0.5], t, args=(w,))\n"
    f, times = run(text)["f"], np.linspace(0, 2, 81)
    with pytest.raises(LeakError, match=r"first say once .*Runge-Kutta.*, then call odeint instead"):
        f(gad.Variable(1.7), integrate.odeint, times)
    odeint = run(DEFINITIONS["scipy.integrate.odeint"])["odeint"]
    np.testing.assert_allclose(f(gad.Variable(1.7), odeint, times).value, f(1.7, integrate.odeint, times), atol=1e-6)
    slope = gad.grad(lambda w: f(w, odeint, times)[-1, 0])(1.7)
    ends = [f(1.7 + h, integrate.odeint, times)[-1, 0] for h in (1e-3, -1e-3)]
    assert slope == pytest.approx((ends[0] - ends[1]) / 2e-3, rel=1e-4)


HANDED_ON = {
    "gad.grad(stats.norm.pdf)(0.3)": lambda f: gad.grad(f)(0.3),
    "gad.grad(stats.t.logpdf)(0.3, 2.5)": lambda f: gad.grad(f)(0.3, 2.5),
    "gad.value_and_grad(special.logsumexp)(np.ones(3))": lambda f: gad.value_and_grad(f)(np.ones(3))[1],
    "gad.jacobian(special.softmax)(np.ones(3))": lambda f: gad.jacobian(f)(np.ones(3)),
    "gad.trace(linalg.det, np.eye(2))": lambda f: gad.trace(f, np.eye(2)).output.value,
}


@pytest.mark.parametrize("expression", HANDED_ON)
def test_what_is_handed_on_has_its_recipe_too(expression):
    """As a function to be passed instead."""
    f = run(f"def f():\n    return {expression}\n", gad=gad, **MODULES)["f"]
    with pytest.raises(LeakError, match=r"pass lambda .* instead of") as caught:
        f()
    way = re.search(r"pass (lambda .*?)(?: \(after: .*?\))? instead of", str(caught.value))[1]
    followed = run(f"f = {way}\n", **MODULES)["f"]
    assert np.all(np.isfinite(HANDED_ON[expression](followed)))


def test_a_distribution_that_was_frozen_is_one_with_its_parameters():
    """``norm(m, s).pdf(x)`` is ``norm.pdf(x, m, s)``."""
    f = run("def f(x, m, s):\n    return stats.norm(m, s).logpdf(x)\n", **MODULES)["f"]
    with pytest.raises(LeakError, match=r"write (.*) instead") as caught:
        f(gad.Variable(VALUES["x"]), 0.3, 1.7)
    way = re.search(r"write (.*?) instead", str(caught.value))[1]
    followed = run(f"def f(x, m, s):\n    return {way}\n")["f"]
    np.testing.assert_allclose(followed(VALUES["x"], 0.3, 1.7), stats.norm(0.3, 1.7).logpdf(VALUES["x"]), rtol=1e-14)


@pytest.mark.parametrize(
    "call",
    [
        "stats.poisson.logpmf(np.floor(k + 0.5), mu)",
        "stats.norm.logpdf(x / 2, np.sum(y), s)",
        "special.logsumexp(np.stack([x, -y**2]), axis=0)",
        "linalg.solve(A + np.eye(3), x[::-1])",
        "stats.gamma.logpdf(x[:2] * 2, a, scale=np.exp(s))",
        "special.softmax(y.reshape(1, 3), axis=n)",
    ],
)
def test_arguments_that_are_computed_are_known_too(call):
    """The person's arithmetic is done once more, with plain numbers; longer ones get a name."""
    f, arrays = program(call)
    letters = letters_of(call)
    with pytest.raises(LeakError) as caught:
        f(*map(gad.Variable, arrays))
    first, way = re.search(r": write (?:(\w+ = .*), then )?(.*?) instead", str(caught.value)).groups()
    body = "".join(f"    {step}\n" for step in (first.split(", then ") if first else []))
    followed = run(f"def f({', '.join(letters)}):\n{body}    return {way}\n", n=whole(call), **MODULES)["f"]
    np.testing.assert_allclose(followed(*arrays), f(*arrays), rtol=1e-12)


def test_no_code_of_the_person_runs_again():
    """What a function of theirs gives is not known, and it is not called for that."""
    calls = []
    f = run(
        "def f(x):\n    return logsumexp(own(x))\n", logsumexp=special.logsumexp, own=lambda x: calls.append(1) or x
    )
    with pytest.raises(LeakError, match="SciPy makes a plain array"):
        f["f"](gad.Variable([1.0, 2.0]))
    assert calls == [1]


@pytest.mark.parametrize("name", ["brentq", "brenth", "bisect", "ridder"])
def test_a_root_is_polished_by_what_is_recorded(name):
    """So that it has the slopes of the implicit function, also the second."""
    f = run(f"def f(p, {name}):\n    return {name}(lambda z: z**3 + p * z - 2, 0.0, 3.0)\n")["f"]
    solver = getattr(optimize, name)
    with pytest.raises(LeakError) as caught:
        gad.grad(f)(1.5, solver)
    assert DEFINITIONS[f"scipy.optimize.{name}"] in str(caught.value)
    own = run(DEFINITIONS[f"scipy.optimize.{name}"])[name]
    root = f(1.5, solver)
    assert f(gad.Variable(1.5), own).value == pytest.approx(root, rel=1e-10)
    slope = -root / (3 * root**2 + 1.5)
    assert gad.grad(lambda p: f(p, own))(1.5) == pytest.approx(slope, rel=1e-9)
    second = -(2 * slope + 6 * root * slope**2) / (3 * root**2 + 1.5)
    assert gad.grad(gad.grad(lambda p: f(p, own)))(1.5) == pytest.approx(second, rel=1e-8)


def test_an_integral_is_a_sum_at_gauss_s_points():
    """By what is inside and by its ends."""
    f = run("def f(p, quad):\n    return quad(lambda t, a: np.exp(-a * t), 0.0, 2 * p, args=(p,))[0]\n")["f"]
    with pytest.raises(LeakError, match=r"first say once quad = .*, then call quad instead"):
        f(gad.Variable(0.7), integrate.quad)
    own = run(DEFINITIONS["scipy.integrate.quad"])["quad"]
    assert gad.Variable(f(0.7, own)).value == pytest.approx(f(0.7, integrate.quad), rel=1e-13)
    ends = [f(0.7 + h, integrate.quad) for h in (1e-4, -1e-4)]
    assert gad.grad(lambda p: f(p, own))(0.7) == pytest.approx((ends[0] - ends[1]) / 2e-4, rel=1e-7)


def test_a_line_through_points_is_numpy_s():
    """Also by the values at the points."""
    f = run("def f(p, interp1d):\n    return interp1d([0.0, 1.0, 3.0], np.stack([p, p * p, 1.0]))(1.5)\n")["f"]
    with pytest.raises(LeakError, match=r"first say once interp1d = .*, then call interp1d instead"):
        f(gad.Variable(0.7), interpolate.interp1d)
    own = run(DEFINITIONS["scipy.interpolate.interp1d"])["interp1d"]
    assert gad.grad(lambda p: f(p, own))(0.7) == pytest.approx(0.75 * 1.4, rel=1e-12)


def test_a_solver_that_hides_the_error_is_seen_through(capfd):
    """Its own says that something is no proper array of floats."""
    f = run("def f(p, fsolve):\n    return fsolve(lambda z: z**3 + p * z - 2, 1.0)[0]\n")["f"]
    with pytest.raises(LeakError, match=r"a step of Newton's.*gad\.jacobian\(f\)\(r\).*line 2\)$"):
        gad.grad(f)(1.5, optimize.fsolve)
    assert "LeakError" in capfd.readouterr().err

    def step(p):
        r = np.array([f(1.5, optimize.fsolve)])
        g = lambda z: z**3 + p * z - 2  # noqa: E731
        return (r - np.linalg.solve(gad.jacobian(g)(r), g(r)))[0]

    root = f(1.5, optimize.fsolve)
    assert gad.grad(step)(1.5) == pytest.approx(-root / (3 * root**2 + 1.5), rel=1e-9)
