"""How many operations a node takes: counted on the shapes, a row of a table for each family of primitives.

An operation is what is done once to numbers: a sum or a product of two, a comparison, one value of sin. Moving numbers
about takes none. Linear systems are counted as elimination solves them, on the way that LAPACK goes, and Fourier
transforms as is customary, 5 n log₂ n. What depends on the numbers, such as sorting or the iterations of a singular
value decomposition, is not counted, and None says so.

Source of the counts of elimination and of Cholesky's factor: Golub and Van Loan, Matrix Computations, sections 3.2 and
4.2, with the terms of lower order; of transforms: Cooley and Tukey (1965), as FFTW's benchmarks count them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Part
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.variable import Variable

__all__ = ["operations"]

_MOVING = (
    "alias append astype atleast_1d atleast_2d atleast_3d block broadcast_to choose column_stack compress concatenate "
    "conjugate constant copy delete detach diag diagflat diagonal dstack expand_dims extract fftshift flatten flip "
    "fliplr flipud hstack ifftshift imag index index_update insert meshgrid moveaxis pad positive ravel real repeat "
    "reshape resize roll rollaxis rot90 scatter seed select sliding_window_view squeeze stack swapaxes take "
    "take_along_axis tile transpose tril triu vstack where"
)
_FOLDING = "sum add.reduce max min prod trace logaddexp.reduce logaddexp2.reduce"
_RUNNING = "cumsum cumprod maximum.accumulate minimum.accumulate"
_ALONG = "matmul dot inner matvec vecdot vecmat"


def operations(node: Variable) -> int | None:
    """Return how many operations it takes to compute a node from its operands; None where that is not known.

    Examples
    --------
    >>> x, w = Variable(np.ones((8, 3))), Variable(np.ones((3, 4)))
    >>> [operations(node) for node in (x, np.sin(x), x @ w, np.sum(x), x.T, np.sort(x))]
    [0, 24, 160, 23, 0, None]
    """
    primitive = node.primitive
    if primitive is None or isinstance(primitive.notation, Part):  # of several results, one
        return 0
    rule = _ROWS.get(primitive.name)
    if rule is not None:
        return rule(node.size, [_shape(plain_value(x)) for x in node.operands], node.params or {})
    return node.size if primitive.elementwise else None


def _shape(value: Any) -> tuple[int, ...]:
    return () if isinstance(value, tuple) else np.shape(value)  # several arrays, which a decomposition made


def _nothing(size: int, shapes: _Shapes, params: _Params) -> int:
    return 0


def _folded(size: int, shapes: _Shapes, params: _Params) -> int:
    """One less than there are numbers, for each result."""
    return max(math.prod(shapes[0]) - size, 0)


def _mean(size: int, shapes: _Shapes, params: _Params) -> int:
    """A sum, and a division for each result."""
    return _folded(size, shapes, params) + size


def _running(size: int, shapes: _Shapes, params: _Params) -> int:
    """At most one for each entry after the first of its row: the last axis is the one that is run along, or all."""
    rows = math.prod(shapes[0][:-1]) if len(shapes[0]) > 1 and math.prod(shapes[0]) == size else 1
    return max(size - rows, 0)


def _products(size: int, shapes: _Shapes, params: _Params) -> int:
    """As many products as the summed axis is long, and one sum less, for each entry of the result."""
    long = shapes[0][-1] if shapes[0] and shapes[1] else 1
    return size * max(2 * long - 1, 0)


def _tensordot(size: int, shapes: _Shapes, params: _Params) -> int:
    long = math.isqrt(math.prod(shapes[0]) * math.prod(shapes[1]) // size) if size else 0
    return size * max(2 * long - 1, 0)


def _vdot(size: int, shapes: _Shapes, params: _Params) -> int:
    return max(2 * math.prod(shapes[0]) - 1, 0)


def _each(size: int, shapes: _Shapes, params: _Params) -> int:
    return size


def _ptp(size: int, shapes: _Shapes, params: _Params) -> int:
    """The largest, the smallest, and their difference."""
    return 2 * _folded(size, shapes, params) + size


def _variance(size: int, shapes: _Shapes, params: _Params) -> int:
    """A mean, the differences from it, their squares, and the mean of these."""
    return 2 * _mean(size, shapes, params) + 2 * math.prod(shapes[0])


def _deviation(size: int, shapes: _Shapes, params: _Params) -> int:
    return _variance(size, shapes, params) + size


def _norm(size: int, shapes: _Shapes, params: _Params) -> int | None:
    """Powers or absolute values, folded, and the root of each result."""
    order, axis = params["order"], params["axis"]
    if isinstance(axis, tuple) and len(axis) > 1 and order not in (None, "fro"):
        return None  # of a matrix: that may take its singular values
    folded = math.prod(shapes[0]) + _folded(size, shapes, params)
    if order in (None, "fro", 2):
        return folded + size
    if order in (1, 0, math.inf, -math.inf):
        return folded
    return folded + math.prod(shapes[0]) + size


def _einsum(size: int, shapes: _Shapes, params: _Params) -> int | None:
    """For each combination of all indices the products of its operands, and the sums of what shares a result."""
    if params.get("optimize") and len(shapes) > 2:
        return None  # in which order is for NumPy to choose
    inputs = params["subscripts"].replace(" ", "").partition("->")[0]
    lengths: dict[str, int] = {}
    for letters, shape in zip(inputs.split(","), shapes, strict=True):
        front, dots, back = letters.partition("...")
        lengths |= zip(front, shape, strict=False)
        lengths |= zip(back[::-1], shape[::-1], strict=False)
        if dots:
            wide = math.prod(shape[len(front) : len(shape) - len(back)])
            lengths["..."] = max(lengths.get("...", 1), wide)
    if not size:
        return 0
    terms = math.prod(lengths.values())
    return terms * (len(shapes) - 1) + max(terms - size, 0)


def _eliminated(size: int, shapes: _Shapes) -> int:
    """Of each matrix its factors L and U: n − k divisions in column k, and a product and a sum for what lies beyond."""
    n = shapes[0][-1]
    return math.prod(shapes[0][:-2]) * (n * (n - 1) // 2 + (n - 1) * n * (2 * n - 1) // 3)


def _solved(size: int, shapes: _Shapes, params: _Params) -> int:
    """Elimination, and two triangular systems for each right hand side."""
    n = shapes[0][-1]
    return _eliminated(size, shapes) + size // n * (2 * n * n - n) if n else 0


def _determinant(size: int, shapes: _Shapes, params: _Params) -> int:
    """Elimination, and the product of what stands on the diagonal."""
    n = shapes[0][-1]
    return _eliminated(size, shapes) + size * max(n - 1, 0)


def _cholesky(size: int, shapes: _Shapes, params: _Params) -> int:
    n = shapes[0][-1]
    return math.prod(shapes[0][:-2]) * (2 * n**3 + 3 * n**2 + n) // 6


def _transform(size: int, shapes: _Shapes, params: _Params) -> int:
    axes = params["axes"] if "axes" in params else params["axis"]
    lengths = params["s"] if "s" in params else params["n"]
    axes = tuple(range(len(shapes[0]))) if axes is None else axes if isinstance(axes, tuple) else (axes,)
    if lengths is None:
        lengths = tuple(shapes[0][axis] for axis in axes)
    n = math.prod(lengths) if isinstance(lengths, tuple) else int(lengths)
    return round(5 * size * math.log2(n)) if n > 1 else 0


def _real_transform(size: int, shapes: _Shapes, params: _Params) -> int:
    """Half of it: there are half as many numbers."""
    n = params["n"] if params["n"] is not None else shapes[0][params["axis"]]
    rows = math.prod(shapes[0]) // (shapes[0][params["axis"]] or 1)
    return round(2.5 * rows * n * math.log2(n)) if n > 1 else 0


def _real_result(size: int, shapes: _Shapes, params: _Params) -> int:
    rows = math.prod(shapes[0]) // (shapes[0][params["axis"]] or 1)
    n = size // rows if rows else 0
    return round(2.5 * size * math.log2(n)) if n > 1 else 0


def _convolved(size: int, shapes: _Shapes, params: _Params) -> int:
    """For each place as many products as both overlap there, and one sum less."""
    long, short = max(shapes[0][0], shapes[1][0]), min(shapes[0][0], shapes[1][0])
    places = np.arange(1, long + short)
    overlaps = np.minimum(np.minimum(places, places[::-1]), short)
    start = (len(overlaps) - size) // 2
    return int(np.sum(2 * overlaps[start : start + size] - 1))


def _horner(size: int, shapes: _Shapes, params: _Params) -> int:
    """A product and a sum for each coefficient."""
    return 2 * size * shapes[0][0]


_Shapes = list[tuple[int, ...]]
_Params = Mapping[str, Any]
_Count = Callable[[int, _Shapes, _Params], int | None]
_ROWS: Mapping[str, _Count] = {
    **dict.fromkeys(_MOVING.split(), _nothing),
    **dict.fromkeys(_FOLDING.split(), _folded),
    **dict.fromkeys(_RUNNING.split(), _running),
    **dict.fromkeys(_ALONG.split(), _products),
    "mean": _mean,
    "tensordot": _tensordot,
    "vdot": _vdot,
    "ptp": _ptp,
    "var": _variance,
    "std": _deviation,
    "norm": _norm,
    "einsum": _einsum,
    **dict.fromkeys(("solve", "inv"), _solved),
    **dict.fromkeys(("det", "slogdet"), _determinant),
    "cholesky": _cholesky,
    **dict.fromkeys(("fft", "ifft", "fft2", "ifft2", "fftn", "ifftn"), _transform),
    "rfft": _real_transform,
    "irfft": _real_result,
    **dict.fromkeys(("convolve", "correlate"), _convolved),
    "polyval": _horner,
    "cross": lambda size, shapes, params: 3 * size,
    **dict.fromkeys(("outer", "kron", "diff", "ldexp", "phase"), _each),
    "clip": lambda size, shapes, params: 2 * size,
}
"""By the name of a primitive; of an elementwise one without a row it is one operation for each entry of the result."""
