"""Errors of a write into a plain array: followed literally, what the array held besides is still there."""

from __future__ import annotations

import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import LeakError
from tests.programming import run

MADE = {
    "np.full(3, -1e30)": [-1e30, -1e30],
    "np.full(3, np.inf)": [np.inf, np.inf],
    "np.full_like(np.ones(3), 7.5)": [7.5, 7.5],
    "-1e30 * np.ones(3)": [-1e30, -1e30],
    "np.arange(3.0)": [1.0, 2.0],
    "np.arange(3)": [1.0, 2.0],
    "np.eye(3)[0]": [0.0, 0.0],
}


@pytest.mark.parametrize("maker", MADE)
def test_what_an_array_held_is_kept(maker):
    """Of whatever made it."""
    text = "def f(x):\n    a = {}\n{}    a[0] = x\n    return a\n"
    with pytest.raises(LeakError, match=r"a\[0\] = x writes into the plain array a") as caught:
        gad.trace(run(text.format(maker, ""))["f"], 0.5)
    line = re.search(r"(?:make it with|as in) (a = .*?), or collect", str(caught.value))[1]
    own = line.removeprefix("a = ") if "make it with" in str(caught.value) else maker
    followed = run(text.format(own, "" if own != maker else f"    {line}\n"))["f"]
    np.testing.assert_array_equal(followed(gad.Variable(0.5)).value, [0.5, *MADE[maker]])
    assert gad.grad(lambda x: followed(x)[0] * 3)(0.5) == 3
