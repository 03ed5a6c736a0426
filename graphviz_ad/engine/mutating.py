"""Errors for writes in place, and to attributes: the statement as the person wrote it, and what to write instead."""

from __future__ import annotations

import ast
import sys
from types import FrameType
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_frame
from graphviz_ad.engine.written import as_floats, attribute_at, lookup, update_at
from graphviz_ad.errors import FixedAttributeError, MutationError, at_line

__all__ = ["attribute_error", "in_place_error", "is_replaceable"]


class _Counted:
    """Counts what refers to it while ``name += ...`` runs."""

    def __iadd__(self, other: object) -> int:
        return sys.getrefcount(self)


def _references_of_a_name() -> int:
    name: Any = _Counted()
    name += 1
    return int(name)


_ALONE = _references_of_a_name()


def is_replaceable(variable: Any, references: int) -> bool:
    """Whether a name may get a new value in place of this array, so that nobody can tell it from a change in place.

    True for a leaf that a person made, and to which nothing but the name refers: no other name, list or closure, and no
    graph, in which it is still to be found.

    Parameters
    ----------
    variable : Variable
    references : int
        What `sys.getrefcount` says of it in the method that the operator calls.
    """
    return variable.primitive is None and not variable.is_input and references <= _ALONE


def in_place_error(array: Any, symbol: str, other: Any) -> MutationError:
    """Explain why ``array symbol= ...`` is refused, with the statement that does what is wanted.

    Parameters
    ----------
    array : Variable
        The recorded array on the left.
    symbol : str
        Python's sign of the operation, such as ``"-"``.
    other : Variable or plain value
        What is on the right: a person's leaf and a plain value are an update, and give a leaf again.
    """
    frame = user_frame()
    update = update_at(frame)
    is_update = array.primitive is None and not array.is_input and type(other) is not type(array)
    if update is None or frame is None:
        name = array.name if array.name and array.name.isidentifier() else "x"
        return _refusal(f"{name} {symbol}= ...", name, f"write {name} = {name} {symbol} (...)", frame)
    target, value = ast.unparse(update.target), update.operand
    way = f"write {target} = {target} {symbol} {value}"
    if is_update:
        way = f"write {target} = gad.Variable({target}.value {symbol} {value}), and give the new leaf to all who use it"
    whole = update.target.value if isinstance(update.target, ast.Subscript) else None
    if isinstance(whole, ast.Name) and type(lookup(frame, whole)) is type(array):
        name = whole.id
        way = (
            f"make a new array, for example {name} = np.where(mask, {name} {symbol} {value}, {name}) with a plain mask "
            "that is True where it changes"
        )
    return _refusal(update.text, target, way, frame)


def _refusal(statement: str, target: str, way: str, frame: FrameType | None) -> MutationError:
    return MutationError(
        f"{statement} would change the recorded array {target} in place, also for all who use it under another name: "
        f"{way}{at_line(frame)}"
    )


def attribute_error(variable: Any, name: str, value: Any) -> FixedAttributeError:
    """Explain that ``variable.name = value`` is refused, and what to write instead with the person's own right side.

    Parameters
    ----------
    variable : Variable
    name : str
        Of an attribute that can be read.
    value : object
        What it was to become.
    """
    frame = user_frame()
    owner, expression = attribute_at(frame, name) or ("x", None)
    if name == "grad":
        why, way = _way_of_grad(variable, owner, value, expression or "...")
    elif name == "value":
        why = "what was computed from it would become wrong"
        way = f"write {owner} = gad.Variable({as_floats(expression or '...', value)}), a new leaf"
    elif name == "name":
        why, way = "it is given once", f"write {owner} = gad.Variable({owner}.value, name={expression or '...'})"
    else:
        why, way = "a recorded value never changes", f"write {owner} = {owner}.reshape({expression or '...'})"
    return FixedAttributeError(f"{owner}.{name} cannot be set, since {why}: {way}{at_line(frame)}")


def _way_of_grad(variable: Any, owner: str, value: Any, expression: str) -> tuple[str, str]:
    if variable.primitive is not None:
        return f"only leaves keep a gradient, and {owner} was computed", "leave the line out"
    why = "backward() fills it"
    if value is None or (not hasattr(type(value), "__record__") and not np.any(value)):
        return why, f"write {owner}.zero_grad() to forget it"
    if variable.ndim and type(variable.grad) is np.ndarray:
        return why, f"write {owner}.grad[...] = {expression} to change its numbers"
    return why, f"write grad = {expression}, and use grad in place of {owner}.grad"
