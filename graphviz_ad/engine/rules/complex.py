"""Complex numbers: conjugate, real and imaginary part, and the one convention that all rules and sweeps keep.

For a real output f the adjoint of a complex value z is the number g with df = Re(g dz); a holomorphic rule multiplies
it by the derivative, without a conjugate, and a real operand takes the real part. A gradient is the conjugate of the
adjoint, which points to the steepest ascent in the plane, as PyTorch's does; so a seed is conjugated on its way in.
Rules that are no holomorphic functions follow from df = Re(g dy).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Fence, Function
from graphviz_ad.engine.primitive import PRIMITIVES, UFUNCS, Primitive, plain_value
from graphviz_ad.engine.registering import implements, structural


def is_complex(x: Any) -> bool:
    """Whether an operand has complex numbers, be it recorded or not."""
    return bool(plain_value(x).dtype.kind == "c")


def conjugated(x: Any) -> Any:
    """Return the conjugate; real numbers as they are, without a node."""
    return np.conjugate(x) if is_complex(x) else x


def of_gradients(rule: Callable[..., Any]) -> Callable[..., Any]:
    """Return the VJP of a rule that takes and gives gradients, the conjugates of adjoints, as many sources have it."""
    return lambda adjoint, y, *operands, **params: conjugated(rule(conjugated(adjoint), y, *operands, **params))


def direction(z: Any) -> Any:
    """Return d|z|/dz = conj(z)/|z|, and 0 at 0, since d|z| = Re(conj(z) dz)/|z|; for real numbers their sign."""
    if z.dtype.kind != "c":
        return np.sign(z)
    scale = _scale(z)
    return np.conjugate(np.sign(z if scale is None else z * scale))


def _scale(z: Any) -> Any:
    """Return the numbers that bring |z| to where NumPy computes it with all digits; None where it is there already."""
    z = plain_value(z)
    size, info = np.absolute(z), np.finfo(z.dtype)
    small, large = size < info.tiny / info.eps, np.isinf(size) & np.isfinite(z)
    if not np.any(small | large):
        return None
    return np.where(small, 1 / info.eps**2, np.where(large, 0.25, 1)).astype(size.dtype)[()]


def _phase_vjp(adjoint: Any, y: Any, z: Any) -> Any:
    """Return the adjoint of z for y = z/|z|: dy is dz/|z| less its part along z, which only makes z longer."""
    scale = _scale(z)
    if scale is not None:
        z = z * scale
        y = np.sign(z)
    size = np.absolute(z)
    across = (adjoint - np.real(adjoint * y) * np.conjugate(y)) / (size + (size == 0)) * (size != 0)
    return across if scale is None else across * scale


def _imag_vjp(adjoint: Any, y: Any, z: Any) -> Any:
    """Return -i times the adjoint; of a real number nothing, whatever the adjoint is."""
    return adjoint * z.dtype.type(-1j) if z.dtype.kind == "c" else np.where(False, adjoint, 0.0)[()]


CONJUGATE = structural(
    "conjugate",
    np.conjugate,
    lambda adjoint, y, z: np.conjugate(adjoint),
    linear=(0,),
    notation=Function("conj"),
    back="conjugate back",
)
UFUNCS[np.conjugate] = CONJUGATE
REAL = structural(
    "real",
    np.real,
    lambda adjoint, y, z: adjoint,
    linear=(0,),
    notation=Function("Re"),
    back="to the real part",
)
IMAG = structural(
    "imag",
    np.imag,
    _imag_vjp,
    linear=(0,),
    notation=Function("Im"),
    back="to the imaginary part",
)
# The partial of |z| says what dy = Re(conj(z) dz)/|z| multiplies with, and is 0 at 0.
MODULUS = PRIMITIVES["modulus"] = Primitive(
    "modulus",
    np.absolute,
    partials=(lambda y, z: direction(z),),
    formulas=(lambda y, z: np.conjugate(np.sign(z)),),
    notation=Fence("|", "|"),
)
PHASE = structural("phase", np.sign, _phase_vjp, notation=Function("sign"), back="across z only")


@implements(method="conj")
def conj(x: Any) -> Any:
    """Record ``np.conj(x)``."""
    return CONJUGATE(x)


@implements(method="conjugate")
def conjugate(x: Any) -> Any:
    """Record ``np.conjugate(x)``."""
    return CONJUGATE(x)


@implements(np.real)
def real(val: Any) -> Any:
    """Record ``np.real(val)``."""
    return REAL(val)


@implements(np.imag)
def imag(val: Any) -> Any:
    """Record ``np.imag(val)``."""
    return IMAG(val)


@implements(np.real_if_close)
def real_if_close(a: Any, tol: Any = 100) -> Any:
    """Record ``np.real_if_close(a, tol)``: the real part, where all imaginary parts are as small as rounding."""
    if not is_complex(a):
        return a
    least = np.finfo(a.dtype).eps * tol if tol > 1 else tol
    return REAL(a) if np.all(np.absolute(plain_value(a).imag) < least) else a
