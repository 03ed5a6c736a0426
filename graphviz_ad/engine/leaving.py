"""Errors for values that are about to leave the graph by accident: which line did it, and what to write instead."""

from __future__ import annotations

import numpy as np

from graphviz_ad.engine.frames import user_frame, user_line
from graphviz_ad.engine.primitive import FUNCTIONS, UFUNCS
from graphviz_ad.engine.source import called_function
from graphviz_ad.errors import LeakError

__all__ = ["leak_error"]

_STACKERS = frozenset(
    f"{np_}.{f}" for np_ in ("np", "numpy") for f in ("array", "asarray", "r_", "c_", "vstack", "hstack")
)


def leak_error(name: str, what: str) -> LeakError:
    """Explain which call made a tracked value leave the graph, and what to write instead.

    Parameters
    ----------
    name : str
        What the value is called; empty if it has no name.
    what : str
        The conversion that was attempted, such as ``"float"``, in case the user's call cannot be read.
    """
    frame = user_frame()
    call = called_function(frame) if frame is not None else ""
    module, _, function = call.rpartition(".")
    recorded = getattr(np, function, None) if module == "math" else None
    if recorded is not None and (recorded in UFUNCS or recorded in FUNCTIONS):
        written, way = f"{call}(...)", f"use np.{function}, which is recorded"
    elif call in _STACKERS:
        written, way = f"{call}(...)", "use np.stack([...]) or np.concatenate([...]), which are recorded"
    elif module in ("np", "numpy") and what == "np.asarray":
        written, way = f"{call}([...])", "make one array of the Variables with np.stack([...]) first"
    elif what in ("item", "tolist"):
        written, way = f".{what}()", "keep computing with the Variable"
    else:
        written, way = f"{call or what}(...)", "use NumPy functions, which are recorded"
    plain = f"{name if name.isidentifier() else 'x'}.detach()"
    return LeakError(
        f"{written} would take {name or 'the value'} out of the graph, and its derivative would be lost: {way}, "
        f"or {plain} (or .value) if you want a plain number{user_line()}"
    )
