"""Indexing (basic, integer and boolean), its adjoint, scattering, and writing to what an index names.

Positions that an integer index names twice receive both adjoints.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Index, Update
from graphviz_ad.engine.primitive import Primitive, plain_value
from graphviz_ad.engine.registering import structural
from graphviz_ad.engine.rules.shaping import reshaped, unbroadcast


def is_basic(index: Any) -> bool:
    """Whether NumPy gives a view for an index: one of integers, slices, None and an ellipsis."""
    entries = index if type(index) is tuple else (index,)
    return all(type(i) in (int, slice) or i is None or i is Ellipsis for i in entries)


def _scatter(x: Any, index: Any, *, shape: tuple[int, ...]) -> Any:
    full = np.zeros(shape, x.dtype)
    if type(index) is int or is_basic(index):
        full[index] = x
    else:
        np.add.at(full, index, x)
    return full[()]


def _index_vjp(adjoint: Any, y: Any, x: Any, index: Any) -> Any:
    if type(adjoint) is np.float64 and type(index) is int:
        full = np.zeros(x.shape)  # a loop over y[i].backward() spends its time here
        full[index] = adjoint
        return full
    return SCATTER(adjoint, index, shape=x.shape)


INDEX: Primitive = structural(
    "index",
    lambda x, index: x[index],
    _index_vjp,
    None,
    linear=(0,),
    notation=Index(),
    back="back to its place",
)
SCATTER: Primitive = structural(
    "scatter",
    _scatter,
    lambda adjoint, y, x, index, shape: adjoint[index],
    None,
    linear=(0,),
    notation=Index("scatter"),
    back="pick again",
)


def _update(x: Any, value: Any, *, place: Any) -> Any:
    new = np.array(x, order="K")
    new[place] = value
    return new


def _update_vjp(adjoint: Any, y: Any, x: Any, value: Any, place: Any) -> Any:
    return UPDATE(adjoint, np.zeros((), plain_value(adjoint).dtype)[()], place=place)


def _written_vjp(adjoint: Any, y: Any, x: Any, value: Any, place: Any) -> Any:
    received = adjoint[place]
    if not is_basic(place) and not _is_mask(place):
        received = received * _last_written(place, np.shape(adjoint), plain_value(adjoint).dtype)
    shape, region = np.shape(value), np.shape(received)
    # NumPy lets a value have more axes than what it is written to, of length 1.
    return reshaped(unbroadcast(received, shape[max(len(shape) - len(region), 0) :]), shape)


def _is_mask(index: Any) -> bool:
    entries = index if type(index) is tuple else (index,)
    return all((type(entry) is np.ndarray and entry.dtype.kind == "b") or is_basic(entry) for entry in entries)


def _last_written(index: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """Return 1 for each entry of a value that stays, 0 where a later one is written to the same place."""
    places = np.full(shape, -1)
    entries = np.arange(places[index].size).reshape(places[index].shape)
    places[index] = entries
    return (places[index] == entries).astype(dtype)


UPDATE: Primitive = structural(
    "index_update",
    _update,
    _update_vjp,
    _written_vjp,
    formulas=(lambda adjoint, y, x, value, place: UPDATE(adjoint, 0.0, place=place), None),
    linear=((0, 1),),
    notation=Update(),
    back=lambda params, argument: "what was written" if argument else "what was kept",
)
