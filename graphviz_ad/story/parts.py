"""Of a complex number that arrives where numbers are real, the real part counts.

What a real number moves, it moves along the real axis: so an adjoint that meets a real operand keeps its real part
(``Re``), and so does a tangent that meets a real result.
"""

from __future__ import annotations

from typing import Any

from graphviz_ad.engine.variable import Variable
from graphviz_ad.formulas.symbols import Symbol, operation
from graphviz_ad.story.steps import Card

__all__ = ["arriving", "keeps_real_part"]


def keeps_real_part(source: Card | Variable, target: Card | Variable) -> bool:
    """Whether what comes from a complex node goes to a real one.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> x, turned, f = gad.trace(lambda x: np.abs(1j * x), 2.0).nodes
    >>> keeps_real_part(turned, x), keeps_real_part(f, turned)
    (True, False)
    """
    return _is_complex(source.dtype) and not _is_complex(target.dtype)


def _is_complex(dtype: Any) -> bool:
    """Whether a dtype is complex; a card has its name. To write one takes longer than to ask for its kind."""
    return dtype.startswith("complex") if isinstance(dtype, str) else dtype.kind == "c"


def arriving(product: Symbol, source: Card | Variable, target: Card | Variable) -> Symbol:
    """Return what is left of a product where it arrives."""
    return operation("real", product) if keeps_real_part(source, target) else product
