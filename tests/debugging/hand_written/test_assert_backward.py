"""The fixture of pytest for backward passes written by hand, and what it prints."""

from __future__ import annotations

import graphviz_ad.hand_checking
import graphviz_ad.testing  # noqa: F401  (they are not imported anew in each run)

pytest_plugins = ["pytester"]

LESSON = """
import numpy as np

X = np.random.default_rng(0).normal(size=(2, 3))

def forward(x, W):
    h = np.tanh(x @ W)
    return h.sum(), (x, W, h)

def backward(cache):
    x, W, h = cache
    dz = 1 - h
    return dz @ W.T, x.T @ dz

def right(cache):
    x, W, h = cache
    dz = 1 - h**2
    return dz @ W.T, x.T @ dz

def test_right(assert_backward):
    assert_backward(forward, right, X, np.eye(3) / 2)

def test_wrong(assert_backward):
    assert_backward(forward, backward, X, np.eye(3) / 2)
"""


def test_a_wrong_backward_fails_with_its_file_its_line_and_its_slip(pytester, monkeypatch):
    """And with the verdict on each line; a right one passes."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # of other plugins, which take their time
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    pytester.makepyfile(test_lesson=LESSON)
    result = pytester.runpytest_inprocess("-p", "graphviz_ad_pytest", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "E *GradientError: test_lesson.py:11: dz = 1 - h",
            "E *: dz is not the adjoint of x @ W: the first wrong line.*",
            "E *11 | *dz = 1 - h",
            "E *Tried: all lines below are right then, and both gradients.",
            "E *12  return dz @ W.T, x.T @ dz *none of the 2 gradients is right",
        ]
    )
