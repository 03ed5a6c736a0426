"""The parameters of an operation, as far as they decide its value, in words: over which axes, and what else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["axes_text", "options_text"]

# What is written elsewhere, or says how something is computed and not what.
_SILENT = frozenset(["axis", "beside", "dtype", "keepdims", "lying", "optimize", "order", "place", "value", "where"])
# What NumPy takes unless told otherwise; axis1 and axis2 are those of the diagonal.
_ORDINARY = {"ddof": 0, "offset": 0, "k": 0}
_OF_DIAGONAL = {"axis1": 0, "axis2": 1}
_LONGEST = 4  # numbers of an array that are written


def axes_text(params: Mapping[str, Any]) -> str:
    """Return over which axes an operation goes, and under which condition; empty for all of them.

    Examples
    --------
    >>> axes_text({"axis": 0, "keepdims": True}), axes_text({"axis": (0, 2), "keepdims": False})
    ('axis 0 kept', 'axes 0, 2')
    """
    axis = params.get("axis")
    axes = () if axis is None else axis if isinstance(axis, tuple) else (axis,)
    words = [f"{'axis' if len(axes) == 1 else 'axes'} {', '.join(map(str, axes))}"] if axes else []
    if params.get("keepdims"):
        words.append("kept" if words else "all kept")
    if params.get("where", True) is not True:
        words.append("where true")
    return " ".join(words)


def options_text(params: Mapping[str, Any]) -> str:
    """Return what else decides the value of an operation.

    Examples
    --------
    >>> options_text({"shape": (3, 4)}), options_text({"subscripts": "ij,jk->ik"}), options_text({"n": 2, "axis": 0})
    ('3×4', '"ij,jk->ik"', 'n 2')
    """
    ordinary = _ORDINARY | _OF_DIAGONAL if "offset" in params else _ORDINARY
    return ", ".join(
        _option(key, value)
        for key, value in params.items()
        if key not in _SILENT and value is not None and not (key in ordinary and value == ordinary[key])
    )


def _option(key: str, value: Any) -> str:
    if key == "shape":
        return "×".join(map(str, value)) if value else "()"
    if key == "subscripts":
        return f'"{value}"'
    if isinstance(value, np.ndarray) and value.size > _LONGEST:
        return f"{key} [{'×'.join(map(str, value.shape))}]"
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"{key} {text}".replace("\n", " ")
