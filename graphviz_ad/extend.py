"""Primitives of your own: what NumPy or another library computes, with derivative, formula and words.

An elementwise primitive is a ufunc with one partial derivative per operand, written in NumPy; a structural one is any
function of arrays, with one VJP rule per operand. Either is one line, from which its value, its derivatives of any
order, its formula in text, LaTeX and MathML and its picture follow. An elementwise primitive is also known to the
command line's grammar, and `implements` lets a primitive answer a NumPy function or a method of arrays.

>>> import numpy as np, graphviz_ad as gad
>>> from graphviz_ad.extend import elementwise, temporary
>>> with temporary():
...     _ = elementwise(np.hypot, lambda y, a, b: a / y, lambda y, a, b: b / y, replace=True)
...     print(gad.trace(lambda a, b: np.hypot(a, b), 3.0, 4.0))
f(a, b) = hypot(a, b)
node              value  adjoint
a                 3      0.6
b                4      0.8
f = hypot(a, b)  5      1

How it is written is one of the kinds of notation here, a function under its name unless given:

================= =============================== ====================================
kind              example                         is written
================= =============================== ====================================
`Function`        ``Function("log", base="2")``   log₂ x
`Infix`           ``Infix(" ⊕ ", Level.SUM)``     a ⊕ b
`Product`         ``Product()``                   a · b, 2x
`MatrixProduct`   ``MatrixProduct(" @ ")``        A @ B, and aᵀb between vectors
`Prefix`          ``Prefix("−")``                 −x
`Root`            ``Root(3)``                     ³√x
`Fence`           ``Fence("⌈", "⌉")``             ⌈x⌉
`Fraction`        ``Fraction()``                  a over b
`Power`           ``Power()``, ``Power("2")``     aᵇ, x²
`Index`           ``Index()``                     x[1:]
`Unwritten`       ``Unwritten()``                 x
================= =============================== ====================================
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from graphviz_ad.engine.notation import (
    Fence,
    Fraction,
    Function,
    Index,
    Infix,
    Level,
    MatrixProduct,
    Notation,
    Power,
    Prefix,
    Product,
    Root,
    Unwritten,
)
from graphviz_ad.engine.primitive import BARE_METHODS, FUNCTIONS, METHOD_GIVERS, METHODS, PRIMITIVES, UFUNCS, Primitive
from graphviz_ad.engine.registering import elementwise, implements, structural

__all__ = [
    "Fence",
    "Fraction",
    "Function",
    "Index",
    "Infix",
    "Level",
    "MatrixProduct",
    "Notation",
    "Power",
    "Prefix",
    "Primitive",
    "Product",
    "Root",
    "Unwritten",
    "elementwise",
    "implements",
    "structural",
    "temporary",
]


@contextmanager
def temporary() -> Iterator[None]:
    """Forget at the end whatever was registered, or replaced, inside the ``with``: for tests and for trying things out.

    What has been recorded meanwhile stays as it is, and can still be differentiated.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.extend import elementwise, temporary
    >>> x = gad.Variable(0.0)
    >>> with temporary():
    ...     _ = elementwise(np.sin, lambda y, x: 7 * np.cos(x), replace=True)
    ...     y = np.sin(x)
    >>> y.backward()
    >>> float(x.grad), float(gad.grad(np.sin)(0.0))
    (7.0, 1.0)
    """
    registries: tuple[dict[Any, Any], ...] = (PRIMITIVES, UFUNCS, FUNCTIONS, METHODS, BARE_METHODS)
    before = [dict(registry) for registry in registries]
    try:
        yield
    finally:
        for registry, entries in zip(registries, before, strict=True):
            registry.clear()
            registry.update(entries)
        for give in METHOD_GIVERS:
            give()
