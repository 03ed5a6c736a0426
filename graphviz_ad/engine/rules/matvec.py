"""Matrices times vectors, and vectors times matrices, in stacks: matvec and vecmat, which NumPy has since 2.2.

The adjoint of a matrix is the outer product of the vector with the adjoint; that of the vector is the product with the
matrix from the other side. What was broadcast is summed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import MatrixProduct, Notation
from graphviz_ad.engine.primitive import UFUNCS
from graphviz_ad.engine.registering import structural
from graphviz_ad.engine.rules.complex import conjugated
from graphviz_ad.engine.rules.linalg import MATMUL
from graphviz_ad.engine.rules.shaping import unbroadcast


def _outer(rows: Any, columns: Any, matrix: Any) -> Any:
    return unbroadcast(rows[..., :, None] * columns[..., None, :], np.shape(matrix))


def _as_matmul(rule: Any) -> Callable[..., Any]:
    """Return the formula of an operand: of one real matrix and one vector both are what a matmul is."""

    def formula(adjoint: Any, y: Any, a: Any, b: Any) -> Any:
        is_single = np.ndim(a) + np.ndim(b) == 3 and "c" not in (a.dtype.kind, b.dtype.kind)
        return rule(adjoint, y, a, b) if is_single else None

    return formula


def _product(name: str, *vjps: Callable[..., Any], notation: Notation | None = None, back: str = "") -> None:
    """Register one of the two, where this NumPy has it."""
    ufunc = getattr(np, name, None)
    if ufunc is not None:
        formulas = tuple(map(_as_matmul, MATMUL.vjps))
        UFUNCS[ufunc] = structural(name, ufunc, *vjps, formulas=formulas, linear=(0, 1), notation=notation, back=back)


_product(
    "matvec",
    lambda adjoint, y, matrix, vector: _outer(adjoint, vector, matrix),
    lambda adjoint, y, matrix, vector: unbroadcast(np.vecmat(conjugated(adjoint), matrix), np.shape(vector)),
    notation=MatrixProduct(" @ "),
)
# The vector is conjugated, as the first of vdot and vecdot is.
_product(
    "vecmat",
    lambda adjoint, y, vector, matrix: unbroadcast(conjugated(np.matvec(matrix, adjoint)), np.shape(vector)),
    lambda adjoint, y, vector, matrix: _outer(conjugated(vector), adjoint, matrix),
    back="times the other",
)
