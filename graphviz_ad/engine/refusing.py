"""Errors for what cannot be differentiated, such as integers and lists: the person's own call, with floats in it."""

from __future__ import annotations

import ast
from types import FrameType
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import is_own, user_frame
from graphviz_ad.engine.written import MISSING, as_floats, expression_at, lookup
from graphviz_ad.errors import DtypeError, at_line, brief

__all__ = ["array_instead", "leaf_error", "rewritten_call"]


_LONGEST = 100  # characters of a call that is written anew


def leaf_error(value: Any, problem: str = "", position: int = 0, who: str = "") -> DtypeError:
    """Explain why nothing can be differentiated with respect to a value, and what to write instead.

    Parameters
    ----------
    value : object
        An argument of the call that the person's line is at.
    problem : str
        What NumPy says of it, where it makes no array of it.
    position : int
        Which of the arguments it is.
    who : str
        What begins the message, such as ``"grad, argument 0: "``.
    """
    dtype = None if problem or isinstance(value, np.ma.MaskedArray) else np.asarray(value).dtype
    if isinstance(value, np.ma.MaskedArray):
        why = "a leaf would lose the mask of a MaskedArray"
    elif dtype is not None and dtype.kind in "biu":
        why = f"a leaf of dtype {dtype} cannot be differentiated, since integers have no small changes"
    elif dtype is None:
        why = f"a leaf needs numbers of one shape, got {brief(value)}, of which NumPy says: {problem}"
    else:
        why = f"a leaf needs floats or complex numbers, got {brief(value)} (dtype {dtype})"
    way = rewritten_call(value, position)
    return DtypeError(f"{who}{why}{': ' if way else ''}{way}{at_line(user_frame())}")


def rewritten_call(value: Any, position: int, *, arrays: bool = False) -> str:
    """Return ``"write "`` and the person's call with what can be differentiated in the place of an argument.

    Where the call cannot be read only that is said; empty where nothing is known to write instead.

    Parameters
    ----------
    value : object
    position : int
    arrays : bool
        Whether the call takes no lists of numbers, as a leaf does.
    """
    frame = user_frame()
    call = expression_at(frame)
    if (
        frame is None
        or not isinstance(call, ast.Call)
        or not _is_ours(frame, call.func)
        or position >= len(call.args)
        or any(isinstance(argument, ast.Starred) for argument in call.args)
        or len(ast.unparse(call)) > _LONGEST
    ):
        instead = array_instead(value, "x", arrays=arrays)
        return f"pass {instead} for x" if instead else ""
    instead = array_instead(value, ast.unparse(call.args[position]), arrays=arrays)
    if not instead:
        return ""
    call.args[position] = ast.parse(instead, mode="eval").body
    return f"write {ast.unparse(call)}"


def array_instead(value: Any, text: str, *, arrays: bool = False) -> str:
    """Return the expression of floats to be written for one that gives `value`; empty where none is known.

    Examples
    --------
    >>> array_instead([1, 2], "[1, 2]"), array_instead([1, 2], "[1, 2]", arrays=True), array_instead("1.5", "text")
    ('[1.0, 2.0]', 'np.array([1.0, 2.0])', 'float(text)')
    >>> array_instead(None, "x")
    ''
    """
    home = type(value).__module__.partition(".")[0]
    if isinstance(value, np.ma.MaskedArray):
        return f"{text}.filled(0.0)"
    if home == "torch":
        return f"{text}.detach().numpy()"
    if home in ("pandas", "polars"):
        return f"{text}.to_numpy()" if home == "polars" else f"{text}.to_numpy(dtype=float)"
    try:
        array = np.array(value)
        floats = np.array(value, dtype=float) if array.dtype.kind in "biuOUS" else array
    except Exception:  # it is no number, whatever the person's own class says of it
        return ""
    if value is None or floats.dtype.kind not in "fc" or (array.dtype.kind == "O" and np.isnan(floats).any()):
        return ""
    if array.dtype.kind not in "biufc":
        if array.ndim == 0:
            return f"float({text})"
        return f"{text}.astype(float)" if isinstance(value, np.ndarray) else f"np.array({text}, dtype=float)"
    instead = as_floats(text, value)
    plain = arrays and not isinstance(value, np.ndarray | np.generic) and array.ndim > 0
    return f"np.array({instead})" if plain and not instead.startswith("np.array(") else instead


def _is_ours(frame: FrameType, callee: ast.expr) -> bool:
    """Whether what a line calls is ours, as far as can be told, and no other function that calls us."""
    function = lookup(frame, callee)
    if function is MISSING:
        return isinstance(callee, ast.Call)
    code = getattr(function, "__code__", None)
    return is_own(code.co_filename) if code is not None else hasattr(function, "__record__")
