"""Systems and inverses of arrays of more axes, and condition numbers: NumPy's values, slopes of differences."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

RANDOM = np.random.default_rng(2)
SQUARE = RANDOM.normal(size=(3, 3)) + 2 * np.eye(3)
ARRAY = RANDOM.normal(size=(2, 3, 6)) + np.eye(6).reshape(2, 3, 6) * 3
CASES = {
    "tensorinv": (lambda a: np.linalg.tensorinv(a, ind=2), ARRAY),
    "tensorinv, 1": (lambda a: np.linalg.tensorinv(np.reshape(a, (6, 2, 3)), 1), ARRAY),
    "tensorsolve": (lambda a: np.linalg.tensorsolve(a, a[..., 0] + 1), ARRAY),
    "tensorsolve, axes": (lambda a: np.linalg.tensorsolve(np.moveaxis(a, 2, 0), a[..., 0] + 1, axes=(0,)), ARRAY),
    **{f"cond {p}": (lambda a, p=p: np.linalg.cond(a, p), SQUARE) for p in (None, 2, -2, "fro", 1, -1, np.inf, "nuc")},
    "cond, tall": (lambda a: np.linalg.cond(a), SQUARE[:, :2]),
    "cond, stacked": (lambda a: np.linalg.cond(a, "fro"), np.stack([SQUARE, SQUARE.T + 1])),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_values_are_numpys_and_slopes_those_of_differences(case):
    """To second order."""
    f, a = case
    result = f(gad.Variable(a))
    np.testing.assert_array_equal(result.value, f(a), strict=True)
    along = RANDOM.normal(size=a.shape)
    weights = np.cos(np.arange(result.size)).reshape(result.shape)

    def total(a):
        return np.sum(weights * f(a))

    for g in (total, lambda a: np.sum(gad.grad(total)(a) * along)):
        expected = (g(a + 1e-5 * along) - g(a - 1e-5 * along)) / 2e-5
        assert np.sum(gad.grad(g)(a) * along) == pytest.approx(expected, rel=1e-5)


def test_wrong_shapes_raise_numpys_own_error():
    """In the same words."""
    for call in (
        lambda a: np.linalg.tensorsolve(a[..., :5], a[..., 0]),
        lambda a: np.linalg.tensorinv(a, 0),
    ):
        with pytest.raises((np.linalg.LinAlgError, ValueError)) as numpys:
            call(ARRAY)
        with pytest.raises(numpys.type) as ours:
            call(gad.Variable(ARRAY))
        assert str(ours.value).split() == str(numpys.value).split()
