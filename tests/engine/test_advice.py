"""Names that NumPy has are never guessed at; the error says what to write, with the person's own names."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import UnknownAttributeError, UnsupportedError

v = gad.Variable(np.array([1.0, 2.0, 3.0]), name="v")
M = gad.Variable(np.eye(2) + 0.1, name="M")
row = gad.Variable(np.array([[1.0, 2.0]]), name="row")
strange = np.frompyfunc(abs, 1, 1)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: np.isposinf(v), r"gives True or False, or a count, which has no derivative.*v\.value"),
        (lambda: np.spacing(v), r"moves in steps"),
        (lambda: np.packbits(v), r"np\.packbits has.*write it with recorded functions.*extend"),
        (lambda: np.packbits(v), r"^np\.packbits has no derivative rule.*write it with recorded functions"),
        (lambda: np.gcd.reduceat(v, [0]), r"^np\.gcd\.reduceat has no derivative rule"),
        (lambda: strange(v), r"^strange has no derivative rule"),
    ],
)
def test_an_error_says_what_to_write(call, sentence):
    """And guesses nothing."""
    with pytest.raises(UnsupportedError, match=sentence) as caught:
        call()
    assert "Did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        (lambda: (M @ M).view(), r"\(M @ M\)\.view\(\.\.\.\) is not recorded: leave it out"),
        (lambda: v.clone(), r"has no attribute 'clone': write v\.copy\(\)"),
        (lambda: v.numpy(), r"v\.value is the NumPy value"),
        (lambda: v.T.numpy(), r"v\.T\.value is the NumPy value"),
        (lambda: v.data, r"v\.value is the NumPy value"),
        (lambda: v.cpu(), r"'cpu': the value is a NumPy array, so leave it out \("),
        (lambda: v.requires_grad_(), r"keeps a gradient: leave it out \("),
        (lambda: v.gradient, r"v\.grad is the gradient, after backward\(\)"),
        (lambda: v.sin(), r"no attribute 'sin': write np\.sin\(v\) \("),
        (lambda: (v * 2).abs(), r"no attribute 'abs': write np\.abs\(v \* 2\) \("),
        (lambda: M.norm(axis=0), r"no attribute 'norm': write np\.linalg\.norm\(M, axis=0\) \("),
    ],
)
def test_what_a_variable_has_not_got(read, sentence):
    """A method of NumPy's names its recorded equivalent; private names are never suggested."""
    with pytest.raises(UnknownAttributeError, match=sentence) as caught:
        read()
    assert "'_" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: v.sum(axs=0), r"axs= is not recorded on Variables\. Did you mean 'axis'\? \(.*, line \d+\)"),
        (lambda: v.sum(dim=0), r"Did you mean 'axis'\?"),
        (lambda: v.sum(precision=3), r"the option precision= is not recorded on Variables: leave it out"),
        (lambda: v.mean(keepdim=True), r"Did you mean 'keepdims'\?"),
    ],
)
def test_an_option_that_is_not_recorded_names_the_one_that_was_meant(call, sentence):
    """Also by the word that another library has for it."""
    with pytest.raises(UnsupportedError, match=sentence):
        call()
