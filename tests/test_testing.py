"""check_grads: what is right passes, corners, noise and bad scales among it, and what is wrong is named."""

from __future__ import annotations

import linecache
import pickle
import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import GradientError
from graphviz_ad.extend import elementwise, structural, temporary
from graphviz_ad.testing import check_grads

RANDOM = np.random.default_rng(11)
VECTOR, MATRIX = RANDOM.normal(size=4), RANDOM.normal(size=(3, 4))
SPECIAL = {"w": MATRIX, "bias": [np.zeros(3), 2.0]}


def network(params, x, kind="tanh"):
    """Return a loss of nested parameters."""
    hidden = getattr(np, kind)(params["w"] @ x + params["bias"][0])
    return (hidden**2).sum() * params["bias"][1]


def written(x):
    """Write into an array that only exists where something is recorded."""
    z = np.zeros(3, like=x)
    z[1] = x**2
    z[2:] = np.sin(x)
    return z


def noisy(x):
    """Return a square whose last digits are noise, but always the same noise."""
    return x**2 + 1e-9 * (np.floor(x * 1e13) % 2)


CORNER = np.array([[1.0, 2.0], [3.0, -1.0], [2.0, -2.0], [1.0, 1.0]])
WEIGHTS = np.array([1.0, -2.0, 3.0, 1.0])
ANY = np.random.default_rng(2).normal(size=(2, 2))
TALL = np.random.default_rng(3).normal(size=(40, 50))

RIGHT = {
    "a formula": (lambda x: np.log(x**2) * np.sin(x) + 1 / x, 2.0),
    "an array": (np.tanh, VECTOR),
    "nested": (network, SPECIAL, VECTOR),
    "a string is passed on": (network, SPECIAL, VECTOR, "sin"),
    "an integer is passed on": (lambda x, n: x**n, VECTOR, 3),
    "float32": (lambda x: np.exp(x).sum() / x.max(), VECTOR.astype(np.float32)),
    "float16": (lambda x: np.exp(x).sum(), VECTOR.astype(np.float16)),
    "complex": (lambda z: np.exp(z) * np.conj(z) / np.abs(z), VECTOR + 1j * VECTOR[::-1]),
    "complex to real": (lambda z: np.abs(z * (1 + 2j)).sum(), VECTOR * 1j),
    "a corner": (np.abs, 0.0),
    "corners": (lambda x: np.maximum(x, 0).sum(), np.zeros(5)),
    "corners behind a product": (lambda x: WEIGHTS @ np.maximum(CORNER @ x, 0), np.zeros(2)),
    "corners that make a line": (lambda x: np.where(x > 0, x, 0) - np.where(x < 0, -x, 0), 0.0),
    "a point that is a domain by itself": (lambda x: x**1.5 + (-x) ** 1.5, 0.0),
    "a tie": (np.max, np.array([1.0, 3.0, 3.0])),
    "a branch": (lambda x: x if x > 0 else -x, 0.0),
    "a norm at 0": (np.linalg.norm, np.zeros(3)),
    "a root at 0": (np.sqrt, 0.0),
    "a cube root at 0": (np.cbrt, 0.0),
    "the edge of a domain": (lambda x: x**1.5, 0.0),
    "a step": (lambda x: np.floor(x) * x, 1.5),
    "on a step": (np.floor, np.array([1.0, 2.0])),
    "a jump": (lambda x: x**2 if x < 1 else x + 5, 1.0),
    "close to a jump": (lambda x: x**2 if x < 1 else x + 5, 1.0 + 1e-6),
    "noise": (noisy, 1.3),
    "bad scales": (lambda x, y: np.log(x) * y**2, 1e-8, 1e9),
    "entries of all sizes": (lambda x: (x**2 / (1 + x**2)).sum(), np.array([1e-9, 1.0, 1e9])),
    "large": (lambda x: x**3, 1e90),
    "small": (lambda x: 1 + x, 1e-300),
    "ill conditioned": (lambda a: np.linalg.inv(a).sum(), np.vander([1.0, 1.01, 1.02, 1.03])),
    "round-off in the derivative": (lambda x: np.linalg.inv(ANY + np.outer(x, x)).sum(), np.array([1015.8, 645.8])),
    "the smallest float": (lambda x: x * 2, 5e-324),
    "the largest floats": (lambda x: x * 0.5, np.array([1.7e308, -1.7e308])),
    "NaN inside": (lambda x: np.nansum(np.where(x > 0, x**2, np.nan)), VECTOR),
    "an order of its own in memory": (lambda x: np.sin(x).sum() ** 9, np.asfortranarray(TALL)[::-1]),
    "constant": (lambda x: 3.0, 1.0),
    "constant, recorded": (lambda x: 0 * x, VECTOR),
    "empty": (lambda x: x * 2, np.zeros((0, 3))),
    "an empty sum": (np.sum, np.zeros(0)),
    "one empty argument": (lambda x, y: x.sum() * y, np.zeros(0), 2.0),
    "0-d": (np.exp, np.array(0.5)),
    "it is written to": (written, 2.0),
    "several results": (lambda x, y: {"sum": x + y, "rest": (x * y, [np.sin(x)])}, 2.0, VECTOR),
    "nothing but a list": (lambda x: [], 2.0),
    "Variables": (np.multiply, gad.Variable(2.0), gad.Variable(3.0)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_passes(name):
    function, *args = RIGHT[name]
    check_grads(function, *args)


def test_a_square_beyond_all_floats_has_a_first_derivative_by_both_modes():
    check_grads(lambda x: np.exp(-(x**2)), np.array([1e200]), order=1)


def test_a_third_derivative_is_checked_when_asked_for():
    """Of this rule the first two derivatives are right, and the third one is not."""

    def second(y, x):
        return -np.sin(x.value if hasattr(x, "value") else x)

    with temporary():
        slope = structural("slope", np.cos, lambda adjoint, y, x: adjoint * second(y, x))
        elementwise(np.sin, lambda y, x: slope(x), replace=True)
        check_grads(lambda x: np.exp(np.sin(x)), 0.5)
        with pytest.raises(GradientError, match="derivative of the rule of sin is wrong"):
            check_grads(lambda x: np.exp(np.sin(x)), 0.5, order=3)


def program(text):
    """Return the function f of a program whose lines can be read."""
    filename = f"<program {hash(text)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    names = {"np": np}
    exec(compile(text, filename, "exec"), names)
    return names["f"], filename


LESSON = """
def f(w, x):
    hidden = np.tanh(w @ x)
    return (hidden ** 2).sum()
"""


def test_the_error_names_rule_line_entry_numbers_and_relation():
    f, filename = program(LESSON)
    x = np.array([0.3, 0.1])
    with temporary():
        elementwise(np.tanh, lambda y, x: 2 * (1 - y**2), replace=True)
        with pytest.raises(GradientError) as caught:
            check_grads(f, np.array([[1.0, 2.0]]), x)
    first, blank, *lines = caught.value.message.splitlines()
    assert first == f"the rule of tanh is wrong ({filename}, line 3)"
    assert blank == ""
    right = 1 - np.tanh(0.5) ** 2
    assert lines[0] == "    3 | hidden = np.tanh(w @ x)"
    assert lines[1] == "    at v2 = 0.5 (entry [0])"
    assert lines[2].startswith(f"    expected  {right:.6f} (differences, ±")
    assert lines[3] == f"    got       {2 * right:.6f}: twice what is right"
    assert lines[4] == "    the Taylor remainder falls as h^1.00; with the right slope it falls as h^2"
    assert lines[5].startswith(f"    the rule stands in {__file__}, line ")
    assert lines[6] == "    the node before it agrees with differences"
    assert isinstance(caught.value, AssertionError)
    assert len(caught.value.trace.nodes) == 6


WRONG = [
    (np.sin, lambda y, x: -np.cos(x), "the sign is turned"),
    (np.exp, lambda y, x: 0 * y, "nothing flows"),
    (np.log, lambda y, x: x, "the reciprocal of what is right"),
    (np.square, lambda y, x: x, "half of what is right"),
    (np.square, lambda y, x: np.nan * x, "not a number"),
]


@pytest.mark.parametrize("case", range(len(WRONG)))
def test_the_relation_to_what_is_right_is_said(case):
    ufunc, rule, words = WRONG[case]
    with temporary():
        elementwise(ufunc, rule, replace=True)
        with pytest.raises(GradientError, match=rf"the rule of {ufunc.__name__} is wrong[^$]*{words}"):
            check_grads(lambda x: 3 * ufunc(x), np.array([0.7, 2.5]))


@pytest.mark.parametrize("x", [1e-12, 1.0, 1e12, np.array([1.0, 1e-12, 1.0])])
def test_a_mistake_is_seen_at_every_scale(x):
    """Though small entries stand among large ones, and only those are wrong."""
    with temporary():
        elementwise(
            np.log, lambda y, x: np.where(x == np.max(x), 1.0, 1.001) / x if np.size(x) > 1 else 2 / x, replace=True
        )
        with pytest.raises(GradientError, match="the rule of log is wrong"):
            check_grads(lambda x: np.log(x), x)


def test_a_vjp_is_named_with_its_argument():
    with temporary():
        times = structural("times", np.matmul, lambda g, y, a, b: g @ b.T, lambda g, y, a, b: -(a.T @ g))
        with pytest.raises(GradientError, match=r"the rule of times, argument 1, is wrong[^$]*the sign is turned"):
            check_grads(lambda a, b: times(a, b), MATRIX, MATRIX.T)


def test_a_rule_that_forgets_to_be_recorded_is_named_at_the_second_order():
    with temporary():
        elementwise(np.sin, lambda y, x: np.cos(x.value if hasattr(x, "value") else x), replace=True)
        check_grads(lambda x: np.exp(np.sin(x)), 0.3, order=1)
        with pytest.raises(GradientError, match=r"the derivative of the rule of sin is wrong[^$]*nothing flows"):
            check_grads(lambda x: np.exp(np.sin(x)), 0.3)


def test_where_all_rules_hold_the_cut_is_named():
    def f(x, y):
        return (x * (x.value if hasattr(x, "value") else x)).sum() + y.detach() if hasattr(y, "detach") else x @ x + y

    with pytest.raises(GradientError) as caught:
        check_grads(f, VECTOR, 2.0)
    text = caught.value.message
    assert text.startswith("the gradient of f by x is not that of differences, though the rule of each of its")
    assert "half of what is right" in text
    assert "- no path leads from the result to y: .value, .detach() or a constant cuts it" in text
    assert "- a value is detached (" in text


def test_where_a_path_is_cut_silently_the_error_says_what_it_can_be():
    def f(x):
        return x * (x.value if hasattr(x, "value") else x)

    with pytest.raises(GradientError, match=r"though its rules hold[^$]*- a plain value inside of the function"):
        check_grads(f, 2.0)


def test_a_rule_that_is_wrong_forward_alone_is_named_with_the_mode():
    """It is said to be linear, and is not."""
    with temporary():
        square = structural("squares", np.square, lambda adjoint, y, x: 2 * x * adjoint, linear=(0,))
        check_grads(lambda x: square(x), 1.5, modes=("reverse",))
        with pytest.raises(GradientError, match=r"the rule of squares is wrong by forward mode \("):
            check_grads(lambda x: square(x), 1.5)
        with pytest.raises(GradientError, match=r"the rule of squares is wrong by forward mode \("):
            check_grads(lambda x: square(x), 1.5, modes="forward")


def test_nan_that_is_born_going_back_is_named_where_it_is_born():
    def f(d):
        root = np.sqrt(d)
        return np.where(d > 1, root, 0.0).sum()

    with pytest.raises(GradientError) as caught:
        check_grads(f, np.array([4.0, 0.0, 9.0]))
    text = caught.value.message
    assert text.startswith(f"the gradient of f holds NaN, born going back through sqrt ({__file__}, line ")
    assert re.search(r"\| +root = np\.sqrt\(d\)\n +\| +~{10}\n", text)
    assert "At [1] " in text


def test_a_function_that_draws_random_numbers_is_refused():
    random = np.random.default_rng(0)
    with pytest.raises(GradientError, match=r"gave .* and, called again with the same arguments, .*: draw its random"):
        check_grads(lambda x: x * random.normal(), 1.0)


def test_a_function_that_counts_its_calls_is_refused():
    calls = []

    def f(x):
        calls.append(1)
        return x * len(calls)

    with pytest.raises(GradientError, match="let it change nothing that it reads"):
        check_grads(f, 1.0)


def test_a_function_that_computes_something_else_when_recorded_is_refused():
    with pytest.raises(GradientError, match=r"gives 2\. for plain arrays, but 4\. when it is recorded"):
        check_grads(lambda x: x + x if isinstance(x, gad.Variable) else x, 2.0)


def test_arguments_outside_of_the_domain_are_refused():
    with pytest.raises(
        gad.GraphvizAdError, match=r"is not finite here, but nan: choose arguments inside of its domain"
    ):
        check_grads(lambda x: np.log(x), -1.0)


def test_arguments_that_are_written_to_do_not_change():
    x = np.ones(3)

    def f(x):
        x = x.copy()
        x[0] = 5.0
        return (x**2).sum()

    check_grads(f, x)
    np.testing.assert_array_equal(x, 1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"modes": "revers"}, r"unknown mode 'revers'; there is 'reverse', 'forward'\..*Did you mean 'reverse'\?"),
        ({"modes": ()}, "modes names none"),
        ({"order": 0}, "order must be 1 or more, got int 0"),
        ({"ordr": 1}, r"check_grads has no option 'ordr'; it has modes, order\. Did you mean 'order'\?"),
    ],
)
def test_options_that_are_none_are_refused(options, words):
    with pytest.raises(gad.GraphvizAdError, match=words):
        check_grads(np.sin, 1.0, **options)


def test_the_error_goes_between_processes_without_its_trace():
    error = pickle.loads(pickle.dumps(GradientError("the rule is wrong", object())))
    assert (error.message, error.trace) == ("the rule is wrong", None)


def test_what_a_function_returns_is_refused_under_its_own_name():
    """It was not traced by the person who reads the error."""

    def loss(x):
        return None

    with pytest.raises(gad.errors.InputError, match=r"^check_grads\(loss\): the function returned nothing"):
        gad.testing.check_grads(loss, 0.3)
