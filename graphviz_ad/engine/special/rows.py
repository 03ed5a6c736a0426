"""What a row of the tables of special functions says: one function of ``scipy.special`` and its derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from graphviz_ad.engine.notation import Notation
from graphviz_ad.engine.primitive import Partial, Rule

__all__ = ["FIXED", "Results", "Row"]


class _Fixed:
    """Stands in the place of a partial: no rule is known for this operand, so it must be a plain number."""

    def __repr__(self) -> str:
        return "<fixed>"


FIXED = _Fixed()


class Row(NamedTuple):
    """A ufunc with one result, whatever its number of operands.

    Attributes
    ----------
    name : str
        Below ``scipy.special``; a name that this SciPy has not got is passed over.
    partials : tuple
        Per operand what `elementwise` takes, or FIXED: this operand must be a plain number.
    formulas : tuple
        As `elementwise` takes them.
    notation : Notation, optional
    operands : str
        What the documentation calls the operands, for errors.
    params : tuple of str
        Further operands of the ufunc of a single one: they choose a branch, and are parameters of the node.
    """

    name: str
    partials: tuple[Partial | _Fixed, ...]
    formulas: tuple[Rule | None, ...] = ()
    notation: Notation | None = None
    operands: str = "x"
    params: tuple[str, ...] = ()


class Results(NamedTuple):
    """A ufunc of one operand with several results, each of which is a primitive of its own.

    Attributes
    ----------
    name : str
    results : tuple
        Per result its letters, its partial ``(y, x)``, and None or a simpler partial to be read as the formula.
    """

    name: str
    results: tuple[tuple[str, Callable[..., Any], Rule | None], ...]
