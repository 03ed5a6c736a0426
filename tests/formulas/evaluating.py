"""Expressions computed with numbers: the judge of every formula that is written."""

from __future__ import annotations

import numpy as np

from graphviz_ad.engine.notation import Index
from graphviz_ad.engine.primitive import PRIMITIVES
from graphviz_ad.formulas.symbols import notation_of

WRITING_ONLY = {"beside", "lying", "value"}


def has_position(symbol):
    """Whether the last operand is what Python takes in brackets."""
    return isinstance(notation_of(symbol.head), Index)


def value_of(symbol, values):
    """Compute an expression with NumPy; `values` has the names by ``(text, bar)``."""
    if symbol.head == "name" and "value" not in symbol.params:
        return values[symbol.arguments]
    if symbol.head == "number":
        (plain,) = symbol.arguments
        return np.broadcast_to(np.float64(plain), symbol.shape)[()]
    if "value" in symbol.params:
        return symbol.params["value"]
    operands = [value_of(argument, values) for argument in symbol.arguments[: 1 if has_position(symbol) else None]]
    operands += [symbol.arguments[1].arguments[0]] if has_position(symbol) else []
    params = {key: value for key, value in symbol.params.items() if key not in WRITING_ONLY}
    if symbol.head not in PRIMITIVES or (symbol.head == "where" and not params):
        return getattr(np, symbol.head)(*operands)
    return PRIMITIVES[symbol.head].function(*operands, **params)
