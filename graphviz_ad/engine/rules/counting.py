"""Counts: bincount and histograms, which are linear in the weights of what they count.

Where each entry is counted is plain; an entry that is counted nowhere receives 0. The edges of bins depend on the
outermost samples, or on the range that is given.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.primitive import has_variable, is_variable, plain_value, plain_values
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
    if not is_variable(weights):
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


def _recorded_edges(samples: list[Any], bins: list[Any], within: Any, plain: list[Any]) -> list[Any]:
    """Return NumPy's edges as what they depend on: the outermost samples or the range, or the edges that were given.

    NumPy lays so many bins between the least and the largest sample, or half a unit around one that is both.
    """
    ranges = [None] * len(samples) if within is None else list(within)
    return [_edges_along(*each) for each in zip(samples, bins, ranges, plain, strict=True)]


def _edges_along(sample: Any, bins: Any, ends: Any, plain: Any) -> Any:
    if np.ndim(bins):
        return bins if has_variable(bins) else plain
    if ends is None and (not np.size(sample) or not is_variable(sample)):
        return plain
    first, last = (np.min(sample), np.max(sample)) if ends is None else ends
    if not is_variable(first) and not is_variable(last):
        return plain
    if plain_value(first) == plain_value(last):
        first, last = first - 0.5, last + 0.5
    return np.linspace(first, last, len(plain))


def _binned(samples: list[Any], bins: Any, within: Any, density: Any, weights: Any) -> tuple[Any, list[Any]]:
    """Return heights and edges, as recorded as what they depend on; a density is divided by what NumPy divides by."""
    flat = [np.array(plain_value(sample)).ravel() for sample in samples]
    entries = bins if isinstance(bins, list) else [bins]
    counted: Any = [plain_value(entry) for entry in entries]
    counted = counted if isinstance(bins, list) else counted[0]
    limits = plain_values(within)
    line = weights if weights is None or np.ndim(weights) == 1 else np.reshape(weights, (-1,))
    heights, edges = _counted(None if line is None else plain_value(line), flat, counted, limits)
    ranges = within if isinstance(bins, list) else None if within is None else [within]
    edges = _recorded_edges(samples, entries, ranges, edges)
    if is_variable(line):
        heights = HISTOGRAM(line, samples=flat, bins=counted, within=limits)
    if not density:
        return heights, edges
    total = heights.sum()
    for axis, edge in enumerate(edges):
        widths = np.diff(edge) if is_variable(edge) else np.diff(edge).astype(float)
        heights = heights / np.reshape(widths, [-1 if k == axis else 1 for k in range(len(edges))])
    return heights / total, edges


@implements(np.histogram)
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Record ``np.histogram(a, bins, range, density, weights)``: counts are plain, edges and densities are not."""
    bins = np.array(bins) if np.ndim(plain_value(bins)) and not has_variable(bins) else bins
    if weights is not None and np.shape(weights) != np.shape(a):
        return np.histogram(plain_value(a), plain_value(bins), plain_values(range), weights=plain_value(weights))
    heights, (edges,) = _binned([a], bins, range, density, weights)
    return heights, edges


@implements(np.histogram_bin_edges)
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """Record ``np.histogram_bin_edges(a, bins, range, weights)``, which depend on the outermost samples."""
    edges = np.histogram_bin_edges(plain_value(a), plain_value(bins), plain_values(range), plain_value(weights))
    return _edges_along(a, bins, range, edges)


@implements(np.histogram2d)
def histogram2d(x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Record ``np.histogram2d(x, y, bins, range, density, weights)``: counts are plain, edges and densities are not."""
    entries: list[Any] = list(bins) if np.iterable(bins) and not has_variable(bins) else [bins]
    both = [bins, bins] if len(entries) > 2 else entries * (2 // len(entries))  # more are the edges of both
    heights, edges = _binned([x, y], both, range, density, weights)
    return heights, *edges


@implements(np.histogramdd)
def histogramdd(sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Record ``np.histogramdd(sample, bins, range, density, weights)``; counts are plain, edges are not."""
    columns = list(sample) if isinstance(sample, tuple | list) else list(np.atleast_2d(np.transpose(sample)))
    every = [bins] * len(columns) if not np.iterable(bins) else list(bins)
    heights, edges = _binned(columns, every, range, density, weights)
    return heights, tuple(edges)
