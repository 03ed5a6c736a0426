"""Weights of counts, of covariances and of histograms: recorded, while the counts themselves stay plain."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

RANDOM = np.random.default_rng(8)
SAMPLES, OTHERS = RANDOM.uniform(0, 1, 7), RANDOM.uniform(0, 1, 7)
WEIGHTS = RANDOM.uniform(0.5, 2, 7)
ROWS = RANDOM.uniform(0, 1, (2, 7))
TIMES = np.array([1, 2, 1, 3, 1, 2, 2])

HISTOGRAMS = {
    "histogram": lambda w: np.histogram(SAMPLES, weights=w),
    "density": lambda w: np.histogram(SAMPLES, 4, density=True, weights=w),
    "edges": lambda w: np.histogram(SAMPLES, [0.2, 0.3, 0.8], weights=w),
    "range": lambda w: np.histogram(SAMPLES, 5, (0.3, 0.9), weights=w),
    "of a matrix": lambda w: np.histogram(SAMPLES[:6].reshape(2, 3), 3, weights=w[:6].reshape(2, 3)),
    "histogram2d": lambda w: np.histogram2d(SAMPLES, OTHERS, 3, weights=w),
    "edges of both": lambda w: np.histogram2d(SAMPLES, OTHERS, [0.1, 0.4, 0.7, 0.9], weights=w),
    "density2d": lambda w: np.histogram2d(SAMPLES, OTHERS, (2, 3), ((0, 1), (0.2, 0.8)), density=True, weights=w),
}


@pytest.mark.parametrize("call", HISTOGRAMS.values(), ids=HISTOGRAMS)
def test_a_histogram_of_recorded_weights(call):
    """NumPy's heights and edges; the slope is that of differences."""
    ours, theirs = call(gad.Variable(WEIGHTS)), call(WEIGHTS)
    np.testing.assert_array_equal(ours[0].value, theirs[0], strict=True)
    for edge, expected in zip(ours[1:], theirs[1:], strict=True):
        np.testing.assert_array_equal(edge, expected, strict=True)
    seed = np.cos(np.arange(theirs[0].size)).reshape(theirs[0].shape)
    slope = gad.grad(lambda w: np.sum(call(w)[0] * seed))(WEIGHTS)
    for k, step in enumerate(1e-4 * np.eye(7)):
        moved = [np.sum(call(WEIGHTS + sign * step)[0] * seed) for sign in (1, -1)]
        assert slope[k] == pytest.approx((moved[0] - moved[1]) / 2e-4, rel=1e-7, abs=1e-9)


def test_counts_without_weights_stay_plain():
    """Also those of recorded samples, which move in steps."""
    x = gad.Variable(SAMPLES)
    for call in (np.histogram, lambda x: np.histogram2d(x, x), lambda x: np.histogramdd(x[:, None])):
        np.testing.assert_array_equal(call(x)[0], call(SAMPLES)[0], strict=True)
    np.testing.assert_array_equal(np.histogram(x, weights=WEIGHTS)[0], np.histogram(SAMPLES, weights=WEIGHTS)[0])


def test_numpys_own_errors_of_a_count():
    """Of weights that do not fit."""
    with pytest.raises(ValueError, match=r"same length"):
        np.bincount([0, 1], gad.Variable(WEIGHTS))


COVARIANCES = {
    "aweights": lambda w: np.cov(ROWS, aweights=w),
    "both": lambda w: np.cov(ROWS, fweights=TIMES, aweights=w),
    "biased": lambda w: np.cov(ROWS, aweights=w, bias=True),
    "of the rows": lambda w: np.cov(ROWS * w, fweights=TIMES),
    "ddof": lambda w: np.cov(ROWS * w, ddof=0, aweights=w, rowvar=True),
    "of two": lambda w: np.cov(ROWS[0], w, aweights=w * w),
}


@pytest.mark.parametrize("call", COVARIANCES.values(), ids=COVARIANCES)
def test_a_covariance_with_weights(call):
    """NumPy's value, and the slope of differences."""
    ours = call(gad.Variable(WEIGHTS))
    np.testing.assert_allclose(ours.value, call(WEIGHTS), rtol=1e-14)
    seed = np.array([[1.0, 0.3], [-0.7, 2.0]])
    slope = gad.grad(lambda w: np.sum(call(w) * seed))(WEIGHTS)
    for k, step in enumerate(1e-5 * np.eye(7)):
        moved = [np.sum(call(WEIGHTS + sign * step) * seed) for sign in (1, -1)]
        assert slope[k] == pytest.approx((moved[0] - moved[1]) / 2e-5, rel=1e-7, abs=1e-9)


def test_covariances_in_a_narrow_dtype():
    """As NumPy rounds them."""
    for f in (np.cov, np.corrcoef):
        ours = f(gad.Variable(ROWS), dtype=np.float32)
        np.testing.assert_array_equal(ours.value, f(ROWS, dtype=np.float32), strict=True)


B = np.array([1.0, 3, 2, 5, 4.5])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.histogram(x * B)[1][-1],
        lambda x: np.histogram(x * B, bins="auto")[1][0],
        lambda x: np.histogram(x * B, bins=3, density=True)[0].max(),
        lambda x: np.histogram(x * B, weights=x**2 * B, bins=3, density=True)[0].max(),
        lambda x: np.histogram(x * B, range=(0.0, x * 9), density=True)[0].max(),
        lambda x: np.histogram(B, bins=x * np.array([0, 1, 5, 9.0]), density=True)[0].max(),
        lambda x: np.histogram2d(x * B, B)[1][-1],
        lambda x: np.histogram2d(x * B, B * x**2, bins=2, density=True)[0].max(),
        lambda x: np.histogramdd(np.stack([x * B, B], axis=1))[1][0][-1],
        lambda x: np.histogramdd([x * B, B], density=True, bins=2)[0].max(),
        lambda x: np.histogram_bin_edges(x * B)[-1],
        lambda x: np.histogram_bin_edges(x * np.ones(3))[-1],
    ],
)
def test_edges_and_densities_move_with_the_outermost_samples(f):
    h = 1e-6
    value, slope = gad.value_and_grad(f)(0.7)
    assert value == f(0.7)
    assert slope == pytest.approx((f(0.7 + h) - f(0.7 - h)) / (2 * h), rel=1e-6)


def test_counts_of_recorded_samples_are_whole_numbers():
    x = gad.Variable(B)
    counts, _ = np.histogram(x)
    assert type(counts) is np.ndarray
    assert counts.dtype == np.histogram(B)[0].dtype
