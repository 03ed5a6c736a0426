"""Digits that are lost little by little, or inside one sum: told with what mpmath says is right, and never else."""

from __future__ import annotations

import re

import mpmath
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging import exact
from tests.bugs.gallery import marked_line


def digits_lost(f, *args):
    """Return the finding of lost digits; None where there is none."""
    with np.errstate(all="ignore"):
        findings = [finding for finding in gad.check(f, *args).findings if finding.kind == "cancellation"]
    assert len(findings) <= 1
    return findings[0] if findings else None


def exponential(x):
    total = term = x * 0 + 1.0
    for n in range(1, 120):
        term = term * x / n
        total = total + term  # here
    return total


def integrals(x):
    i = 1.0 - 1.0 / np.exp(x)
    for n in range(1, 21):
        i = 1.0 - n * i  # here
    return i


def chaos(x):
    for _ in range(70):
        x = 3.9 * x * (1 - x)  # here
    return x


def polynomial(x):
    y = x * 0.0
    for k in range(21):
        y = y * x + float((-1) ** k * mpmath.binomial(20, k))  # here
    return y


def exact_chaos(x):
    for _ in range(70):
        x = mpmath.mpf(3.9) * x * (1 - x)
    return x


def exact_integrals(x):
    i = 1 - 1 / mpmath.exp(x)
    for n in range(1, 21):
        i = 1 - n * i
    return i


LOOPS = [
    (exponential, mpmath.exp, -20.0, "total + term", "This line is passed 100 times, on which numbers as large as"),
    (integrals, exact_integrals, 1.0, "1.0 - n * i", "This line is passed 20 times, and each time what was rounded"),
    (chaos, exact_chaos, 0.3, "1 - x", "This line is passed 70 times, and each time what was rounded before grows"),
    (polynomial, lambda x: (x - 1) ** 20, 1.05, "y * x + ", "This line is passed"),
]


def says_what_is_right(finding, f, args, right):
    """Whether a finding says what comes out, what is right, and how many digits are, as they are."""
    value = float(np.ravel(f(*args))[0])
    came, told, digits = re.search(
        r" comes out as (\S+); computed with 80 digits it is (\S+), so (none|about \d+) of its digits", finding.sentence
    ).groups()
    number = [float(text.replace("−", "-")) for text in (came, told)]
    error = abs(value - right) / abs(right)
    left = 0 if digits == "none" else int(digits.split()[1])
    return (
        np.isclose(number[0], value, rtol=1e-5)
        and np.isclose(number[1], float(right), rtol=1e-5)
        and left == (0 if error >= 1 else int(-mpmath.log10(error)))
    )


@pytest.mark.parametrize(("f", "exact", "at", "text", "words"), LOOPS)
def test_a_line_that_loses_digits_little_by_little_is_told_with_what_is_right(f, exact, at, text, words):
    finding = digits_lost(f, at)
    assert (finding.file, finding.line) == marked_line(f)
    assert finding.title.startswith(text)
    assert finding.title.endswith("loses digits little by little")
    assert finding.sentence.startswith(words)
    with mpmath.workdps(120):
        assert says_what_is_right(finding, f, (at,), exact(mpmath.mpf(at)))


LARGE = np.array([1e16, 3.0, -1e16])
FACTOR = np.array([1e10, 1.0, 1e10])
OTHER = np.array([1e10, 1.0, -1e10])


def exact_variance(x):
    own = [mpmath.mpf(float(number)) * mpmath.mpf(1.1) for number in x]
    return sum((number - sum(own) / len(own)) ** 2 for number in own) / len(own)


@pytest.mark.parametrize(
    ("f", "args", "right", "words"),
    [
        (lambda x: np.sum(x) + 1e-3, (LARGE,), 3.001, "Σ x adds terms that come to 2e16 in size, and 4 is left"),
        (lambda x: np.mean(x * 3.0), (LARGE,), 3, "mean v₁ adds terms that come to 2e16 in size, and 2.666667 is left"),
        (lambda x: np.sum(x), (np.array([1e16, 1.0, -1e16]),), 1, "Σ x adds terms that come to 2e16 in size, and 0"),
        (lambda a, b: a @ b, (FACTOR, OTHER), 1, "aᵀb adds terms that come to 2e20 in size"),
        (
            lambda a, b: (np.stack([a, b / 1e10]) @ b)[0],
            (FACTOR, OTHER),
            1,
            "At [0] v₃ @ b adds terms that come to 2e20",
        ),
    ],
)
def test_what_is_lost_inside_one_sum_is_told(f, args, right, words):
    finding = digits_lost(f, *args)
    assert finding.sentence.startswith(words)
    assert says_what_is_right(finding, f, args, mpmath.mpf(right))


def test_a_variance_of_rounded_numbers_beside_a_large_mean_is_told():
    x = np.array([1e9, 1e9 + 1e-3, 1e9 + 2e-3])
    finding = digits_lost(lambda x: np.var(x * 1.1), x)
    with mpmath.workdps(60):
        assert says_what_is_right(finding, lambda x: np.var(x * 1.1), (x,), exact_variance(x))


def newton(x):
    for _ in range(8):
        x = x - (x**2 - 2.0) / (2 * x)
    return x


def oscillator(x):
    v = x * 0.0
    for _ in range(300):
        v = v - 0.01 * x
        x = x + 0.01 * v
    return x


X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.5]])
Y = X @ np.array([0.5, -0.3])


def trained(w):
    for _ in range(200):
        w = w - 0.02 * X.T @ (X @ w - Y)
    return np.mean((X @ w - Y) ** 2)


def bessel(x):
    a, b = 0.7651976865579666 + x * 0.0, 0.44005058574493355 * x
    for n in range(1, 20):
        a, b = b, 2 * n / x * b - a
    return b


def tenths(x):
    total = x * 0
    for _ in range(300):
        total = total + x * np.float32(0.1)
    return total


@pytest.mark.parametrize(
    ("f", "at"),
    [
        (exponential, -3.0),
        (exponential, 8.0),
        (newton, 1.0),
        (oscillator, 1.0),
        (trained, np.array([0.5, -0.3]) + 1e-12),
        (bessel, 1.0),  # far from the function of that name, and just what the numbers of the program make
        (tenths, np.float32(1.0)),
        (lambda x: np.cos(x) - x, 0.7390851332151606),  # as near to a root as a float is
        (lambda x: np.cos(x) - x, 0.7390851332151607),
        (lambda x: np.sum(x - np.mean(x)) + 1.0, np.arange(9.0) / 7),
        (lambda x: np.sum(x), np.array([1e16, 4.0, -1e16])),  # of which nothing is lost
        (np.var, np.array([1e9, 1e9 + 1e-3, 1e9 + 2e-3])),  # exact operands, less their mean before they are squared
    ],
)
def test_what_comes_out_right_is_no_finding(f, at):
    assert digits_lost(f, at) is None


def test_only_what_rounding_may_move_is_run_again(monkeypatch):
    def refused(recording):
        raise AssertionError("it was run again")

    monkeypatch.setattr(exact, "Program", refused)
    gad.check(newton, 1.0)
    gad.check(lambda w: np.sum(np.tanh(X @ w)), np.ones(2))
    with pytest.raises(AssertionError, match="run again"):
        gad.check(exponential, -20.0)


def test_a_program_too_long_for_eighty_digits_is_left_alone(monkeypatch):
    monkeypatch.setattr(exact, "_MOST_WORK", 100)
    assert digits_lost(exponential, -20.0) is None


TINY = np.array([1e-170, 2e-170])


@pytest.mark.parametrize(
    ("f", "args", "words"),
    [
        (lambda x: np.linalg.norm(x), (TINY,), "the squares in ‖x‖ are less than 5e−324"),
        (lambda x: np.sum(np.var(x, axis=1)), (np.array([TINY, [3.0, 3.0]]),), "the squares in var x over axis 1 are"),
        (lambda a, b: a @ b, (TINY, TINY), "the products in aᵀb are less than"),
        (lambda a, b: np.sum(a @ b), (np.ones((2, 2)) * 1e-200, TINY), "the products in a @ b are less than"),
    ],
)
def test_what_becomes_zero_inside_a_sum_is_told(f, args, words):
    [finding] = [finding for finding in gad.check(f, *args).findings if finding.kind == "underflow"]
    assert words in finding.sentence
    assert all(mpmath.mpf(float(number)) ** 2 < np.finfo(float).smallest_subnormal for number in np.ravel(TINY))


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (lambda a, b: a @ b, (np.ones(2), np.array([1.0, -1.0]))),
        (lambda x: np.std(x), (np.ones(3),)),
        (lambda x: np.linalg.norm(x), (np.zeros(2),)),
        (lambda a, b: a @ b, (np.array([1.0, 0.0]), np.array([0.0, 1.0]))),
    ],
)
def test_what_is_zero_is_no_underflow(f, args):
    assert "underflow" not in {finding.kind for finding in gad.check(f, *args).findings}


def muller(a, b, times=30):
    for _ in range(times):
        a, b = b, 108 - (815 - 1500 / a) / b  # here
    return b


@pytest.mark.parametrize("times", [20, 30, 50])
def test_a_loop_that_forgets_its_start_ends_elsewhere(times):
    """Its end hangs on nothing: 100 draws all that rounding has moved off the way to 5."""
    a, b = mpmath.mpf(4), mpmath.mpf(17) / 4
    with mpmath.workdps(200):
        for _ in range(times):
            a, b = b, 108 - (815 - 1500 / a) / b
    finding = digits_lost(lambda a, b: muller(a, b, times), 4.0, 4.25)
    assert (finding.file, finding.line) == marked_line(muller)
    assert finding.expression == "108 - (815 - 1500 / a) / b"
    assert f"comes out as 100; computed with 80 digits it is {float(b):.6g}" in finding.sentence
    assert f"passed {times} times" in finding.sentence


def forgetful(x):
    for _ in range(60):
        x = 3.9 * x * (1 - x)
    for _ in range(120):
        x = 2.8 * x * (1 - x)
    return x


def root(a):
    x = 100.0
    for _ in range(40):
        x = 0.5 * (x + a / x)
    return x


@pytest.mark.parametrize(("f", "x"), [(forgetful, 0.123), (root, 2.0)])
def test_a_loop_that_ends_where_it_would_without_rounding_is_silent(f, x):
    assert digits_lost(f, x) is None


def test_what_was_not_run_again_is_said(monkeypatch):
    monkeypatch.setattr(exact, "_MOST_WORK", 100)
    report = gad.check(exponential, -20.0)
    assert report.remarks[-1].startswith("Lost digits are not ruled out: running its 3")
    assert "lost digits" not in report.text().partition("Looked for:")[2]
    assert "digits kept" not in report._repr_mimebundle_()["text/html"]
    monkeypatch.undo()
    assert not gad.check(exponential, 1.0).remarks
