"""Indexing (basic, integer and boolean) and its adjoint, scattering.

Positions that an integer index names twice receive both adjoints.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Index
from graphviz_ad.engine.primitive import Primitive
from graphviz_ad.engine.registering import structural


def _is_basic(index: Any) -> bool:
    entries = index if type(index) is tuple else (index,)
    return all(type(i) in (int, slice) or i is None or i is Ellipsis for i in entries)


def _scatter(x: Any, index: Any, *, shape: tuple[int, ...]) -> Any:
    full = np.zeros(shape, x.dtype)
    if type(index) is int or _is_basic(index):
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
