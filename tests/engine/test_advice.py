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
        (lambda: np.outer(v, v), r"^np\.outer has no derivative rule.*write np\.reshape\(v, \(-1, 1\)\) \* np\.resh"),
        (lambda: np.std(v), r"write np\.sqrt\(np\.mean\(\(v - np\.mean\(v\)\) \*\* 2\)\) instead"),
        (lambda: np.std(M, axis=1), r"np\.mean\(M, axis=1, keepdims=True\)"),
        (lambda: np.std(M, 1), r"np\.mean\(M, axis=1, keepdims=True\)"),
        (lambda: np.std(v, ddof=1), r"write it with recorded functions.*extend"),
        (lambda: np.std(v * 2 + 1), r"write part = v \* 2 \+ 1, then np\.sqrt\(np\.mean\(\(part - np\.mean\(part\)\)"),
        (lambda: np.trace(M[:1]), r"write it with recorded functions"),
        (lambda: np.clip(v, None, 1.5), r"write np\.minimum\(v, 1\.5\) instead"),
        (lambda: np.arctan2(v, M[0, 0]), r" instead \(wrong where v is 0 and M\[0, 0\] is not above 0\)\."),
        (lambda: np.argsort(v), r"gives positions, which have no derivative.*v\.value"),
        (lambda: np.floor(v), r"moves in steps"),
        (lambda: np.interp(v, [0.0], [1.0]), r"np\.interp has.*write it with recorded functions.*extend"),
        (lambda: np.add.outer(v, v), r"np\.add\.outer.*write v\[:, None\] \+ v instead"),
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
        (
            lambda: v.std(),
            r"v\.std\(\.\.\.\) is not recorded.*write np\.sqrt\(np\.mean\(\(v - np\.mean\(v\)\) \*\* 2\)\)",
        ),
        (lambda: M.sort(), r"write np\.stack\(\[row\[np\.argsort\(row\.value\)\] for row in M\]\) instead"),
        (lambda: M.sort(0), r"recorded methods are"),
        (lambda: v.argsort(), r"so read v\.value\.argsort\(\) \("),
        (lambda: M.argmax(axis=0), r"so read M\.value\.argmax\(axis=0\) \("),
        (lambda: v.clip(0, 1), r"write np\.minimum\(np\.maximum\(v, 0\), 1\) instead"),
        (lambda: v.clip(min=2), r"write np\.maximum\(v, 2\) instead"),
        (lambda: M.var(axis=1), r"np\.mean\(M, axis=1, keepdims=True\)\) \*\* 2, axis=1\) instead"),
        (lambda: M.var(ddof=1), r"recorded methods are"),
        (lambda: (M @ M).view(), r"\(M @ M\)\.view\(\.\.\.\) is not recorded: leave it out"),
        (lambda: (v * 2).std(), r"\(v \* 2\)\.std\(\.\.\.\) is not recorded: write part = v \* 2, then"),
        (lambda: v.round(1), r"write round\(v\) or round\(v, digits\)"),
        (lambda: v.argmax(), r"positions.*v\.value\.argmax"),
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
        (lambda: v.mean(keepdim=True), r"Did you mean 'keepdims'\?"),
        (lambda: v.sum(dtype=float), r"the option dtype= is not recorded on Variables: leave it out"),
        (lambda: np.sum(v, where=v > 1), r"where= is not .*: use np\.where\(condition, x, 0\.0\) in place of x \("),
        (lambda: v.max(where=v > 1), r"use np\.where\(condition, x, -np\.inf\) in place of x \("),
        (lambda: v.mean(where=v > 1), r"write np\.sum\(np\.where\(condition, x, 0\.0\)\) / np\.sum\(condition\)"),
        (lambda: np.add.reduce(v, initial=1.0), r"initial= .*: leave it out, and add it to the result \("),
        (lambda: np.min(v, initial=1.0), r"leave it out, and use np\.minimum\(result, initial\) \("),
    ],
)
def test_an_option_that_is_not_recorded_names_the_one_that_was_meant(call, sentence):
    """Also by the word that another library has for it."""
    with pytest.raises(UnsupportedError, match=sentence):
        call()


def test_what_stands_in_for_an_option_has_its_value():
    """Leaving the option out would give another value, and nobody would say so."""
    plain, some = v.value, v.value > 1
    assert np.sum(np.where(some, v, 0.0)).value == np.sum(plain, where=some)
    assert np.max(np.where(some, v, -np.inf)).value == np.max(plain, where=some, initial=-np.inf)
    assert (np.sum(np.where(some, v, 0.0)) / np.sum(some)).value == np.mean(plain, where=some)


BIG, ONES, CUBE = np.ones((40, 60)), np.ones((2, 2)), np.ones((20, 20, 20))


@pytest.mark.parametrize(
    ("call", "value", "sentence"),
    [
        (lambda w: np.trace(w), BIG, r"write it with recorded functions"),
        (lambda w: np.diff(w), BIG, r"write it with recorded functions"),
        (lambda w: np.sort(w), CUBE, r"write it with recorded functions"),
        (lambda w: np.vdot(w, w), np.ones(2000) + 0j, r"write it with recorded functions"),
        (lambda w: np.inner(w, w), np.ones((40, 40)), r"write it with recorded functions"),
        (lambda w: np.inner(w, w), ONES, r"write it with recorded functions"),
        (lambda w: np.inner(w, w), np.eye(3), r"write it with recorded functions"),
        (lambda w: np.vdot(w, w), np.ones(2) + 0j, r"write it with recorded functions"),
    ],
)
def test_a_recipe_is_told_for_no_other_shape(call, value, sentence):
    """Also of very many numbers, and of numbers that are alike, for which a wrong one may happen to be right."""
    with pytest.raises(UnsupportedError, match=sentence):
        call(gad.Variable(value, name="w"))
