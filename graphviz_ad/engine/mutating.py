"""Errors for writes in place, and to attributes: the statement as the person wrote it, and what to write instead."""

from __future__ import annotations

import ast
import sys
from types import FrameType
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_frame
from graphviz_ad.engine.written import as_floats, attribute_at, lookup, update_at, write_at
from graphviz_ad.errors import FixedAttributeError, MutationError, at_line

__all__ = ["attribute_error", "is_replaceable", "leaf_write_error", "view_write_error"]


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


def leaf_write_error(array: Any, frame: FrameType | None, what: str = "") -> MutationError:
    """Explain why an assignment to a leaf, to an input or to a single number is refused, and what to write instead.

    Parameters
    ----------
    array : Variable
        What cannot be written to; of a view the array that it shows a part of.
    frame : frame or None
        The person's, whose statement is quoted.
    what : str
        What it is, if it is no leaf.
    """
    update, write = update_at(frame), write_at(frame)
    statement = update.text if update is not None else f"{write.target} = {write.value}" if write is not None else ""
    whole: ast.expr | None = update.target if update is not None else None
    if write is not None:
        whole = ast.parse(write.array, mode="eval").body
    while isinstance(whole, ast.Subscript):
        whole = whole.value
    own = frame is not None and isinstance(whole, ast.Name) and lookup(frame, whole) is array
    name = array.name if array.name and array.name.isidentifier() and not own else None
    name = name or (ast.unparse(whole) if isinstance(whole, ast.Name | ast.Attribute) else "x")
    if what:
        return MutationError(f"{statement or 'this'} writes into {name}, {what}: write {name} = ...{at_line(frame)}")
    kind = "the input" if array.is_input else "the leaf"
    way = f"write {name} = {name}.copy() before it; a copy may be written to"
    if update is not None and not array.is_input and array.ndim and isinstance(update.target, ast.Name | ast.Attribute):
        target = ast.unparse(update.target)
        way = (
            f"write {target} = gad.Variable({target}.value {update.sign} {update.operand}), and give the new leaf to "
            f"all who use it; or {way}"
        )
    return MutationError(
        f"{statement or 'this'} would change {kind} {name} in place, also for all who use it elsewhere: {way}"
        f"{at_line(frame)}"
    )


def view_write_error(name: str, frame: FrameType | None) -> MutationError:
    """Explain why an assignment to a view is refused that nothing puts back into its array."""
    update, write = update_at(frame), write_at(frame)
    statement = (
        update.text if update is not None else f"{write.target} = {write.value}" if write is not None else "this"
    )
    return MutationError(
        f"{statement} writes into what np.{name} made, which shares its numbers with another array: write to that "
        f"array itself, or make a copy first, with .copy(){at_line(frame)}"
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
