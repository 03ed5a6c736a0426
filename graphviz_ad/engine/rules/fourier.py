"""Fourier transforms: np.fft's fft, rfft, irfft, hfft and their inverses, along one, two or any axes.

A discrete Fourier transform is a product with a symmetric matrix, so that its adjoint is the same transform again
(Oppenheim and Schafer, "Discrete-Time Signal Processing", section 8.1). Two kinds see a half only. What reads real
numbers gives the first half of the frequencies, since the others are their conjugates: the adjoint of the others is 0.
What gives real numbers reads the first half, in which a frequency stands for two: it receives twice, but for the first
and, of an even number, the one in the middle, which stand for themselves and of which the real part counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.primitive import Primitive, plain_value
from graphviz_ad.engine.registering import implements, structural
from graphviz_ad.engine.rules.indexing import SCATTER
from graphviz_ad.engine.rules.rearranging import rearranging
from graphviz_ad.engine.values import frozen_position
from graphviz_ad.errors import UnsupportedError

__all__ = ["FROM_HALF", "TO_HALF", "WHOLE"]

WHOLE, TO_HALF, FROM_HALF = "the same transform", "transform the half", "transform, pairs twice"
"""Which frequencies a transform gives or reads; what an edge says of it."""


def _fitted(x: Any, shape: tuple[int, ...]) -> Any:
    """Cut an array off or fill it up with zeros at its ends, as transforms do with their operand."""
    if np.shape(x) == shape:
        return x
    common = tuple(slice(min(sizes)) for sizes in zip(np.shape(x), shape, strict=True))
    cut = x[common]
    return cut if np.shape(cut) == shape else SCATTER(cut, common, shape=shape)


def _lengths(y: Any, x: Any, s: Any, axes: tuple[int, ...], frequencies: str) -> tuple[int, ...]:
    """Return how many points a transform has along each axis, of which a half may not say it."""
    lengths = [np.shape(y)[axis] for axis in axes]
    if frequencies == TO_HALF:
        lengths[-1] = np.shape(x)[axes[-1]] if s is None or s[-1] in (None, -1) else s[-1]
    return tuple(lengths)


def _counted(half: Any, length: int, axis: int) -> Any:
    """Return what a half receives: twice, where an entry stands for two."""
    size = length // 2 + 1
    times = np.where((np.arange(size) == 0) | (np.arange(size) * 2 == length), 1, 2)
    kept = half[(*(slice(None),) * axis, slice(size))]
    return kept * times.reshape([-1 if k == axis else 1 for k in range(np.ndim(half))]).astype(half.real.dtype)


def _received(
    back: Any, adjoint: Any, y: Any, x: Any, s: Any, axes: tuple[int, ...], norm: Any, frequencies: str
) -> Any:
    """Return the adjoint of the operand of a transform, of which `back` is the one of all frequencies."""
    lengths = _lengths(y, x, s, axes, frequencies)
    received = back(adjoint, lengths, axes, norm)
    if frequencies == FROM_HALF:
        received = _counted(received, lengths[-1], axes[-1] % np.ndim(x))
    return _fitted(np.real(received) if plain_value(x).dtype.kind != "c" else received, np.shape(x))


# Along one axis


def _along_one(function: Any, back: Any, frequencies: str) -> None:
    """Register and record one of NumPy's transforms along an axis."""
    name = function.__name__

    def transform(x: Any, *, n: Any, axis: int, norm: Any) -> Any:
        return function(x, n, axis, norm)

    def vjp(adjoint: Any, y: Any, x: Any, n: Any, axis: int, norm: Any) -> Any:
        return _received(
            lambda g, lengths, axes, norm: back(g, *lengths, *axes, norm),
            adjoint, y, x, (n,), (axis,), norm, frequencies,
        )  # fmt: skip

    primitive = structural(name, transform, vjp, linear=(0,), back=frequencies)

    def handler(a: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
        return primitive(a, n=frozen_position(n), axis=frozen_position(axis), norm=norm)

    handler.__doc__ = f"Record ``np.fft.{name}(a, n, axis, norm)``."
    implements(function)(handler)


_OF_ONE_AXIS: tuple[tuple[Any, Any, str], ...] = (
    (np.fft.fft, np.fft.fft, WHOLE),
    (np.fft.ifft, np.fft.ifft, WHOLE),
    (np.fft.rfft, np.fft.fft, TO_HALF),
    (np.fft.irfft, np.fft.ifft, FROM_HALF),
    (np.fft.hfft, np.fft.fft, FROM_HALF),
    (np.fft.ihfft, np.fft.ifft, TO_HALF),
)
for row in _OF_ONE_AXIS:
    _along_one(*row)


# Along several axes


def _along_several(function: Any, back: Any, frequencies: str, default: tuple[int, ...] | None) -> None:
    """Register and record one of NumPy's transforms along several axes."""
    name = function.__name__

    def transform(x: Any, *, s: Any, axes: Any, norm: Any) -> Any:
        return function(x, s, axes, norm)

    def vjp(adjoint: Any, y: Any, x: Any, s: Any, axes: Any, norm: Any) -> Any:
        return _received(back, adjoint, y, x, s, axes, norm, frequencies)

    primitive: Primitive = structural(name, transform, vjp, linear=(0,), back=frequencies)

    def handler(a: Any, s: Any = None, axes: Any = default, norm: Any = None) -> Any:
        s, axes = _points(s), _points(axes)
        if axes is None:
            axes = tuple(range(-len(np.shape(a) if s is None else s), 0))
        _refuse_repeated(name, axes, np.ndim(a))
        return primitive(a, s=s, axes=axes, norm=norm)

    handler.__doc__ = f"Record ``np.fft.{name}(a, s, axes, norm)``."
    implements(function)(handler)


def _refuse_repeated(name: str, axes: tuple[int, ...], ndim: int) -> None:
    if all(-ndim <= axis < ndim for axis in axes) and len({axis % ndim for axis in axes}) < len(axes):
        raise UnsupportedError(
            f"np.fft.{name} is recorded along each axis once, got axes={axes}: transform the result again{user_line()}"
        )


def _points(numbers: Any) -> Any:
    """Return axes or lengths as a tuple of plain integers, which no array can change later; None stays."""
    return None if numbers is None else frozen_position(tuple(numbers))


_PLANE = (-2, -1)
_OF_SEVERAL_AXES: tuple[tuple[Any, Any, str, tuple[int, ...] | None], ...] = (
    (np.fft.fftn, np.fft.fftn, WHOLE, None),
    (np.fft.ifftn, np.fft.ifftn, WHOLE, None),
    (np.fft.rfftn, np.fft.fftn, TO_HALF, None),
    (np.fft.irfftn, np.fft.ifftn, FROM_HALF, None),
    (np.fft.fft2, np.fft.fft2, WHOLE, _PLANE),
    (np.fft.ifft2, np.fft.ifft2, WHOLE, _PLANE),
    (np.fft.rfft2, np.fft.fft2, TO_HALF, _PLANE),
    (np.fft.irfft2, np.fft.ifft2, FROM_HALF, _PLANE),
)
for several in _OF_SEVERAL_AXES:
    _along_several(*several)


# The order of the frequencies

FFTSHIFT = rearranging("fftshift", np.fft.fftshift, back="shift back")
IFFTSHIFT = rearranging("ifftshift", np.fft.ifftshift, back="shift back")


@implements(np.fft.fftshift)
def fftshift(x: Any, axes: Any = None) -> Any:
    """Record ``np.fft.fftshift(x, axes)``."""
    return FFTSHIFT(x, axes=frozen_position(axes))


@implements(np.fft.ifftshift)
def ifftshift(x: Any, axes: Any = None) -> Any:
    """Record ``np.fft.ifftshift(x, axes)``."""
    return IFFTSHIFT(x, axes=frozen_position(axes))
