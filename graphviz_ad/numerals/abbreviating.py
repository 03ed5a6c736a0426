"""Arrays of constants in a few characters: short ones in full, of long ones the shape, the first entries and the last.

What two programs differ in should be seen, so as much is written as a label has room for.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.numerals.writing import static

__all__ = ["abbreviated"]

_IN_FULL = 4
_FIRST = 3


def abbreviated(value: Any, separator: str = " ") -> str:
    """Write a number, a condition or an array of either in brackets, abbreviated where it has more than four entries.

    Parameters
    ----------
    value : array_like
    separator : str
        What stands between two entries.

    Examples
    --------
    >>> abbreviated(np.array([[0, 2], [1, -1]]))
    '[[0 2] [1 −1]]'
    >>> abbreviated(np.arange(12.0).reshape(3, 4)), abbreviated(np.arange(12) > 1)
    ('[3×4: 0 1 2 … 11]', '[12: F F T … T]')
    """
    array = np.asarray(value)
    if array.ndim == 0:
        return _entry(array[()])
    shape = "×".join(map(str, array.shape))
    if array.size == 0 and array.ndim > 1:
        return f"[{shape}]"
    if array.size <= _IN_FULL:
        return _nested(array, separator)
    entries = [_entry(entry) for entry in (*array.flat[:_FIRST], "…", array.flat[-1])]
    return f"[{shape}: {separator.join(entries)}]"


def _nested(array: Any, separator: str) -> str:
    parts = [_entry(part) if part.ndim == 0 else _nested(part, separator) for part in map(np.asarray, array)]
    return f"[{separator.join(parts)}]"


def _entry(entry: Any) -> str:
    if isinstance(entry, str):
        return entry
    if np.asarray(entry).dtype.kind == "b":
        return "T" if entry else "F"
    return static(entry) if np.asarray(entry).dtype.kind in "iufc" else str(entry)
