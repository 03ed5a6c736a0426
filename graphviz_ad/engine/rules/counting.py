"""Counts with weights: bincount and histograms, which are linear in the weights of what they count.

Where each entry is counted is plain, and so are the edges; an entry that is counted nowhere receives 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.values import frozen_index

BINCOUNT = structural(
    "bincount",
    lambda weights, *, places, minlength: np.bincount(places, weights, minlength),
    lambda adjoint, y, weights, places, minlength: adjoint[places],
    linear=(0,),
    back="that of its bin",
)


def _counted(weights: Any, samples: list[Any], bins: Any, within: Any) -> tuple[Any, list[Any]]:
    """Return NumPy's own heights and edges; of several dimensions `bins` is a list."""
    if not isinstance(bins, list):
        heights, edge = np.histogram(samples[0], bins, within, weights=weights)
        return heights, [edge]
    heights, edges = np.histogramdd(samples, bins, within, weights=weights)
    return heights, list(edges)


def _histogram_vjp(adjoint: Any, y: Any, weights: Any, samples: list[Any], bins: Any, within: Any) -> Any:
    """Return for each entry the adjoint of the bin in which it is counted: the one after the last is nobody's."""
    places = _places(samples, _counted(plain_value(weights), samples, bins, within)[1])
    none = np.zeros(1, plain_value(adjoint).dtype)
    return np.concatenate([np.reshape(adjoint, (-1,)), none])[places]


HISTOGRAM = structural(
    "histogram",
    lambda weights, *, samples, bins, within: _counted(weights, samples, bins, within)[0],
    _histogram_vjp,
    formulas=(lambda adjoint, y, weights, **params: None,),  # positions are not worth reading
    linear=(0,),
    back="that of its bin",
)


@implements(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """Record ``np.bincount(x, weights, minlength)`` of recorded weights; counts without them are plain."""
    places = np.asarray(plain_value(x))
    if not hasattr(type(weights), "__record__"):
        return np.bincount(places, weights, minlength)
    np.bincount(places, plain_value(weights), minlength)  # or NumPy's own error
    return BINCOUNT(weights, places=frozen_index(places), minlength=int(minlength))


def _places(samples: list[Any], edges: list[Any]) -> Any:
    """Return the number of the bin in which each sample is counted, of all bins one after the other.

    Samples outside get the number after the last; the right edge belongs to the last bin.

    Examples
    --------
    >>> _places([np.array([0.0, 1.5, 2.0, 3.0])], [np.array([0.0, 1.0, 2.0])])
    array([0, 1, 1, 2])
    """
    lengths = tuple(len(edge) - 1 for edge in edges)
    rows = []
    for sample, edge in zip(samples, edges, strict=True):
        row = np.searchsorted(edge, sample, side="right") - 1
        rows.append(np.where(sample == edge[-1], len(edge) - 2, row))
    inside = np.all([(row >= 0) & (row < n) for row, n in zip(rows, lengths, strict=True)], axis=0)
    flat = np.ravel_multi_index([np.where(inside, row, 0) for row in rows], lengths)
    return np.where(inside, flat, np.prod(lengths))


def _weighted(samples: list[Any], bins: Any, within: Any, density: Any, weights: Any) -> tuple[Any, list[Any]]:
    """Return the recorded heights and the edges; as a density, divided by what NumPy divides by."""
    samples = [np.array(sample).ravel() for sample in samples]
    edges = _counted(plain_value(weights).ravel(), samples, bins, within)[1]
    line = weights if np.ndim(weights) == 1 else np.reshape(weights, (-1,))
    heights = HISTOGRAM(line, samples=samples, bins=bins, within=within)
    if not density:
        return heights, edges
    total = heights.sum()
    for axis, edge in enumerate(edges):
        widths = np.diff(edge).astype(float)
        heights = heights / np.reshape(widths, [-1 if k == axis else 1 for k in range(len(edges))])
    return heights / total, edges


@implements(np.histogram)
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Record ``np.histogram(a, bins, range, density, weights)`` of recorded weights; the edges are plain."""
    a, bins = plain_value(a), np.array(plain_value(bins)) if np.ndim(plain_value(bins)) else bins
    if not hasattr(type(weights), "__record__"):
        return np.histogram(a, bins, range, density, weights)
    heights, (edges,) = _weighted([a], bins, range, density, weights)
    return heights, edges


@implements(np.histogram2d)
def histogram2d(x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Record ``np.histogram2d(x, y, bins, range, density, weights)`` of recorded weights; the edges are plain."""
    x, y, bins = plain_value(x), plain_value(y), plain_value(bins)
    if not hasattr(type(weights), "__record__"):
        return np.histogram2d(x, y, bins, range, density, weights)
    entries: list[Any] = list(bins) if np.iterable(bins) else [bins]
    both = [bins, bins] if len(entries) > 2 else entries * (2 // len(entries))  # more are the edges of both
    heights, edges = _weighted([x, y], both, range, density, weights)
    return heights, *edges


@implements(np.histogramdd)
def histogramdd(sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Record ``np.histogramdd(sample, bins, range, density, weights)`` of recorded weights; the edges are plain."""
    sample, bins = plain_value(sample), plain_value(bins)
    if not hasattr(type(weights), "__record__"):
        return np.histogramdd(sample, bins, range, density, weights)
    columns = list(np.atleast_2d(sample.T)) if isinstance(sample, np.ndarray) else list(sample)
    every = [bins] * len(columns) if not np.iterable(bins) else list(bins)
    heights, edges = _weighted(columns, every, range, density, weights)
    return heights, tuple(edges)
