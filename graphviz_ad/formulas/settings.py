"""What decides a result besides its operands, as it is written: axes, orders, conditions, shifts, positions.

A table says of each parameter where it stands: `Σ x over axis 0`, `‖x‖₁`, `roll(x, 2)`, `where(x > 0, x, 0)`. A
parameter that has no row is written with its name, as in `var(x, ddof=1)`, so that those of new primitives are seen,
too. What NumPy would do anyway is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np

from graphviz_ad import numerals
from graphviz_ad.console import prints
from graphviz_ad.engine.notation import Part
from graphviz_ad.engine.primitive import Primitive
from graphviz_ad.numerals.abbreviating import abbreviated

__all__ = ["Settings", "settings"]

_NAMES = {
    "uplo": "UPLO",
    "count": "N",
    "spacing": "dx",
    "within": "range",
}  # as NumPy calls them, where that is not ours


@prints
class Settings(NamedTuple):
    """The parameters of an operation in words.

    Attributes
    ----------
    before, after : tuple of str
        What stands before and after the operands in the parentheses of a function.
    below : str
        What stands below the line, behind the operation.
    phrase : str
        What follows the whole: ``over axis 0, keepdims``.
    """

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    below: str = ""
    phrase: str = ""


Place = Literal["before", "after", "named", "below", "flag", "axis", "where", "unsaid"]
_ABSENT: Any = object()


class _Row(NamedTuple):
    """Where a parameter is written, the value that goes without saying, and how others are written."""

    place: Place
    ordinary: Any = _ABSENT
    write: Callable[[Any], str] | None = None


def _shape(value: Any) -> str:
    """Write a shape as it stands on cards; one that leaves a length open, or has no axes, as Python has it."""
    if np.ndim(value) == 0 or len(value) < 2 or min(value) < 0:
        return _alone(value)
    return "×".join(map(str, value))


def _alone(value: Any) -> str:
    """Write one of something without the parentheses of several."""
    return _text(value[0] if isinstance(value, tuple | list) and len(value) == 1 else value)


def _layout(rows: Any) -> str:
    """Write which pieces stand in which row; nothing where all stand side by side."""
    return "" if rows == list(range(len(rows))) else _text(rows)


def _quoted(subscripts: str) -> str:
    return f"“{subscripts.replace('->', '→')}”"


def _dtype(value: Any) -> str:
    return str(np.dtype(value).name)


def _text(value: Any) -> str:
    """Write a number, words, a slice, a shape or several of them."""
    if isinstance(value, str):
        return value
    if isinstance(value, np.dtype):
        return value.name
    if isinstance(value, slice):
        parts = (value.start, value.stop, *([] if value.step is None else [value.step]))
        return ":".join("" if part is None else _text(part) for part in parts)
    if isinstance(value, tuple):
        return f"({', '.join(map(_text, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{' '.join(map(_text, value))}]"
    if isinstance(value, bool | type(None) | dict):
        return str(value)
    return abbreviated(value)


_ROWS: dict[str, _Row] = {
    # which axes
    "axis": _Row("axis"),
    "keepdims": _Row("flag", False),
    "where": _Row("where"),
    # what is asked, written as NumPy takes it, without its name
    "shape": _Row("after", write=_shape),
    "scatter.shape": _Row("named", write=_shape),
    "new_shape": _Row("after", write=_shape),
    "axes": _Row("after"),
    "reps": _Row("after"),
    "repeats": _Row("after"),
    "shift": _Row("after"),
    "pad_width": _Row("after"),
    "pad.filled.pad_width": _Row("after", write=lambda value: f"width {_text(value)}"),
    "source": _Row("after"),
    "destination": _Row("after"),
    "indices": _Row("after"),
    "obj": _Row("after"),
    "insert.obj": _Row("after", write=lambda value: f"at {_text(value)}"),
    "layout": _Row("named", write=_layout),
    "kth": _Row("after", write=_alone),
    "q": _Row("after"),
    "n": _Row("after"),
    "dtype": _Row("named", write=_dtype),
    "astype.dtype": _Row("after", write=_dtype),
    "swapaxes.axis1": _Row("after"),
    "swapaxes.axis2": _Row("after"),
    "order": _Row("named", "C"),
    "copy.order": _Row("unsaid"),  # of the memory
    "norm.order": _Row("below"),
    "subscripts": _Row("before", write=_quoted),
    "condition": _Row("before"),
    "conditions": _Row("before"),
    "a": _Row("before"),
    "places": _Row("before"),
    "samples": _Row("before", write=_alone),
    # what goes without saying
    "k": _Row("named", 0),
    "rot90.k": _Row("named", 1),
    "rot90.axes": _Row("named", (0, 1)),
    "cross.axes": _Row("named", (-1, -1, -1)),
    "tensordot.axes": _Row("named", 2),
    "diff.n": _Row("named", 1),
    "offset": _Row("named", 0),
    "diagonal.axis1": _Row("named", 0),
    "diagonal.axis2": _Row("named", 1),
    "trace.axis1": _Row("named", 0),
    "trace.axis2": _Row("named", 1),
    "rollaxis.start": _Row("named", 0),
    "ddof": _Row("named", 0),
    "method": _Row("named", "linear"),
    "mode": _Row("named", "raise"),
    "pad.mode": _Row("named", "constant"),
    "reflect_type": _Row("named", "even"),
    "convolve.mode": _Row("named", "full"),
    "correlate.mode": _Row("named", "valid"),
    "uplo": _Row("named", "L"),
    "upper": _Row("named", False),
    "increasing": _Row("named", False),
    "full": _Row("unsaid"),  # the shapes of the results say it
    "nan": _Row("named", 0.0),
    "spacing": _Row("named", 1.0),
    "edge_order": _Row("named", 1),
    "minlength": _Row("named", 0),
    "bins": _Row("named", 10),
    # how it is computed, and not what
    "optimize": _Row("unsaid"),
    "kind": _Row("unsaid"),
    "stable": _Row("unsaid"),
    "lstsq.values.dtype": _Row("unsaid"),
    # written by a notation of its own
    "place": _Row("unsaid"),
}
"""By parameter; with the name of a primitive before it for that one alone."""


def settings(primitive: Primitive, params: Mapping[str, Any], ndim: int, names: Mapping[str, str]) -> Settings | None:
    """Return how the parameters of an operation are written; None where there is nothing to say.

    Parameters
    ----------
    primitive : Primitive
    params : mapping
        Its parameters, by name.
    ndim : int
        How many axes there are at most, before or after it: along a single one goes without saying.
    names : mapping
        What the person's source calls some of the parameters.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> settings(PRIMITIVES["sum"], {"axis": 0, "keepdims": False}, 2, {})
    Settings(before=(), after=(), below='', phrase='over axis 0')
    >>> settings(PRIMITIVES["var"], {"axis": None, "keepdims": False, "ddof": 1}, 2, {}).after
    ('ddof=1',)
    >>> settings(PRIMITIVES["sin"], {}, 0, {})
    """
    if isinstance(primitive.notation, Part) or _goes_without_saying(primitive, params):
        return None
    places: dict[str, list[str]] = {}
    for key, value in params.items():
        row = _ROWS.get(f"{primitive.name}.{key}") or _ROWS.get(key) or _Row("named")
        if value is None or row.place == "unsaid" or _equal(value, row.ordinary):
            continue
        text = names.get(key) or (row.write or _text)(value)
        if not text:
            continue
        if row.place == "axis":
            text = "" if ndim <= 1 else _over_axes(primitive, value, "keepdims" in params)
        elif row.place == "flag":
            text = key if ndim else ""
        elif row.place == "where":
            text = f"where {text}"
        elif row.place == "named":
            text = f"{_NAMES.get(key, key)}={text}"
        if text:
            places.setdefault(row.place, []).append(text)
    over = " ".join(text for place in ("axis", "where") for text in places.get(place, ()))
    phrase = ", ".join(filter(None, (over, *places.get("flag", ()))))
    written = Settings(
        tuple(places.get("before", ())),
        (*places.get("after", ()), *places.get("named", ())),
        " ".join(places.get("below", ())).replace("inf", "∞"),
        phrase,
    )
    return written if any(written) else None


def _goes_without_saying(primitive: Primitive, params: Mapping[str, Any]) -> bool:
    """Whether it is a transpose that turns all axes round, which ᵀ says."""
    axes = params.get("axes")
    return primitive.name == "transpose" and axes is not None and tuple(axes) == tuple(range(len(axes)))[::-1]


def _equal(value: Any, ordinary: Any) -> bool:
    return ordinary is not _ABSENT and type(value) is not np.ndarray and bool(value == ordinary)


_AT = frozenset(["expand_dims", "squeeze"])


def _over_axes(primitive: Primitive, axis: Any, reduces: bool) -> str:
    several = isinstance(axis, tuple)
    preposition = "over" if reduces else "at" if primitive.name in _AT else "along"
    numbers = ", ".join(map(numerals.static, axis)) if several else numerals.static(axis)
    return f"{preposition} {'axes' if several else 'axis'} {numbers}"
