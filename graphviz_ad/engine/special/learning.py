"""Registering SciPy's special functions when one of them is met: a loop over the tables.

A function whose derivative is known in all of its one or two operands is a primitive as those of NumPy are. One that
is known in some operands, has more of them, or several results, is answered by a function that checks what it gets.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special
from scipy.special import _basic, _lambertw

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.notation import Function
from graphviz_ad.engine.primitive import FUNCTIONS, HANDLERS, PRIMITIVES, UFUNCS, Primitive
from graphviz_ad.engine.rules.shaping import unbroadcast
from graphviz_ad.engine.special import bessel, entropies, error_functions, gammas, integrals, polynomials, transformed
from graphviz_ad.engine.special.rows import FIXED, Results, Row
from graphviz_ad.errors import UnsupportedError

__all__ = ["ROWS", "learn", "ufunc_of"]

ROWS: tuple[Row | Results, ...] = (
    *error_functions.ROWS,
    *entropies.ROWS,
    *transformed.ROWS,
    *gammas.ROWS,
    *bessel.ROWS,
    *integrals.ROWS,
    *polynomials.ROWS,
)
_HOMES = (special, _basic._ufuncs, _lambertw)
"""Where the ufuncs are, also those that a function of Python calls, as ``lambertw`` does."""


def ufunc_of(row: Row | Results) -> Any:
    """Return the ufunc that a row is about; None where this SciPy has none."""
    ufuncs = (getattr(home, row.name, None) for home in _HOMES)
    return next((ufunc for ufunc in ufuncs if isinstance(ufunc, np.ufunc)), None)


_KNOWN = {ufunc: row for row in ROWS if (ufunc := ufunc_of(row)) is not None}
"""The row of each ufunc that this SciPy has."""


def learn(ufunc: Any) -> None:
    """Register every row that is not registered, if this is the ufunc of one; a rule of a person's own stays."""
    if ufunc not in _KNOWN:
        return
    for known, row in _KNOWN.items():
        if known in UFUNCS or known in FUNCTIONS:
            continue
        if isinstance(row, Results):
            _answer(known, _several(known, row))
        elif row.params:
            _answer(known, _with_params(known, row))
        elif FIXED in row.partials or len(row.partials) > 2:
            _answer(known, _checked(row, _primitive(known, row)))
        else:
            UFUNCS[known] = _primitive(known, row)


def _name(name: str) -> str:
    """Return a free name: NumPy has functions of the same names, which are others."""
    name = name.removeprefix("_")
    return name if name not in PRIMITIVES else f"special.{name}"


def _primitive(ufunc: Any, row: Row) -> Primitive:
    """Make the primitive of a row, elementwise for up to two operands."""
    name = _name(row.name)
    notation = row.notation or Function(row.name.removeprefix("_"))
    partials: Any = tuple(None if partial is FIXED else partial for partial in row.partials)
    if len(partials) <= 2:
        primitive = Primitive(name, ufunc, partials=partials, formulas=row.formulas, notation=notation)
    else:
        primitive = Primitive(
            name, ufunc, vjps=(_vjp_of(partials),), variadic=True, notation=notation, back="times its slope"
        )
    PRIMITIVES[name] = primitive
    return primitive


def _vjp_of(partials: tuple[Any, ...]) -> Any:
    """Return the VJP of an elementwise function of many operands."""

    def vjp(adjoint: Any, y: Any, *operands: Any, argument: int) -> Any:
        return unbroadcast(adjoint * partials[argument](y, *operands), np.shape(operands[argument]))

    return vjp


def _answer(ufunc: Any, handler: Any) -> None:
    HANDLERS[id(handler.__code__)] = handler.__code__
    FUNCTIONS[ufunc] = handler


def _checked(row: Row, primitive: Primitive) -> Any:
    """Return what records a function of which some operands must be plain numbers."""
    names = row.operands.split(", ")
    free = " and ".join(name for name, partial in zip(names, row.partials, strict=True) if partial is not FIXED)

    def handler(*operands: Any) -> Any:
        for name, partial, operand in zip(names, row.partials, operands, strict=True):
            if partial is FIXED and hasattr(type(operand), "__record__"):
                raise UnsupportedError(
                    f"scipy.special.{row.name.removeprefix('_')}({row.operands}) is differentiated here with respect "
                    f"to {free} only, and {name} is a Variable: pass its .value for {name}, through which no "
                    f"derivative flows{user_line()}"
                )
        return primitive(*operands)

    return handler


def _with_params(ufunc: Any, row: Row) -> Any:
    """Return what records a function of one operand, and of numbers that choose a branch of it."""
    name, partial = _name(row.name), row.partials[0]
    primitive = PRIMITIVES[name] = Primitive(
        name,
        lambda z, **params: ufunc(z, *params.values()),
        vjps=(lambda adjoint, y, z, **_: unbroadcast(adjoint * partial(y, z), np.shape(z)),),  # type: ignore[misc, operator]
        notation=row.notation,
        back="times its slope",
    )

    def handler(z: Any, *choice: Any) -> Any:
        return primitive(z, **dict(zip(row.params, choice, strict=True)))

    return handler


def _several(ufunc: Any, row: Results) -> Any:
    """Return what records each result of a function of one operand as a node of its own."""
    primitives = []
    for place, (letters, partial, formula) in enumerate(row.results):
        name = f"{row.name}.{letters}"
        primitives.append(
            Primitive(
                name,
                lambda x, place=place: ufunc(x)[place],
                partials=(partial,),
                formulas=(formula,),
                notation=Function(letters),
            )
        )
        PRIMITIVES[name] = primitives[-1]

    def handler(x: Any) -> Any:
        return tuple(primitive(x) for primitive in primitives)

    return handler
