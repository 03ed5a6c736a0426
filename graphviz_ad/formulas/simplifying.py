"""Expressions simplified by identities that hold wherever the expression has a value.

Nothing is cancelled, so that no point is added to or taken from where a formula has a value: 1/x · x stays. What
changes is what people do without thinking: numbers go to the front, equal terms are added up, a fraction swallows its
factors, and a vector that stands as a column or a row is written as a vector.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import MatrixProduct, Power
from graphviz_ad.engine.primitive import PRIMITIVES
from graphviz_ad.engine.rules.indexing import is_basic
from graphviz_ad.formulas.contracting import as_product
from graphviz_ad.formulas.shapes import Shape, broadcast
from graphviz_ad.formulas.symbols import Symbol, notation_of, number, operation, plainly, transposed

__all__ = ["COLUMN", "ROW", "rewritten", "simplified", "size", "vector_in"]

_ALL = slice(None)
COLUMN, ROW = (_ALL, None), (None, _ALL)
_OF_COLUMN, _OF_ROW = (_ALL, 0), (0, _ALL)


def size(symbol: Symbol, limit: int) -> int:
    """Return how many symbols an expression has; looks at no more of them than `limit` and one.

    Examples
    --------
    >>> from graphviz_ad.formulas.symbols import name
    >>> size(name("x") * 2 + 1, 100)
    5
    """
    waiting, count = [symbol], 0
    while waiting and count <= limit:
        count += 1
        waiting += operands_of(waiting.pop())
    return count


def operands_of(symbol: Symbol) -> list[Symbol]:
    """Return the expressions that an operation is made of."""
    return [argument for argument in symbol.arguments if isinstance(argument, Symbol)]


def simplified(symbol: Symbol) -> Symbol:
    """Return an expression that has the same value and is shorter to write.

    Examples
    --------
    >>> from graphviz_ad.formulas.formula import Formula
    >>> from graphviz_ad.formulas.symbols import name
    >>> x = name("x", (3,))
    >>> Formula(simplified(2 * x + x * 2.0)).text
    '4x'
    """
    return rewritten(symbol, _simplify)


def rewritten(symbol: Symbol, rewrite: Callable[[Symbol], Symbol], known: dict[int, Symbol] | None = None) -> Symbol:
    """Return an expression rewritten from the inside, what is met again only once.

    Examples
    --------
    >>> from graphviz_ad.formulas.formula import Formula
    >>> from graphviz_ad.formulas.symbols import name
    >>> x, y = name("x"), name("y")
    >>> Formula(rewritten(np.sin(x) + x, lambda symbol: y if symbol is x else symbol)).text
    'sin y + y'
    """
    known = {} if known is None else known
    if id(symbol) not in known:
        parts = [rewritten(x, rewrite, known) if isinstance(x, Symbol) else x for x in symbol.arguments]
        changed = any(a is not b for a, b in zip(parts, symbol.arguments, strict=True))
        whole = Symbol(symbol.head, tuple(parts), symbol.known_shape, **symbol.params) if changed else symbol
        known[id(symbol)] = rewrite(whole)
    return known[id(symbol)]


def _side_by_side(symbol: Symbol) -> Symbol:
    if not isinstance(notation_of(symbol.head), MatrixProduct) or "beside" in symbol.params:
        return symbol
    return Symbol(symbol.head, symbol.arguments, symbol.known_shape, **symbol.params, beside=True)


def _simplify(symbol: Symbol) -> Symbol:
    symbol = _side_by_side(_without_spreading(symbol))
    rule = _RULES.get(symbol.head, _product_of_matrices if "beside" in symbol.params else None)
    simpler = rule(symbol) if rule is not None else None
    if simpler is None:
        return symbol
    if simpler.known_shape is None:
        simpler.known_shape = symbol.known_shape
    return simpler if simpler.known_shape == symbol.known_shape or symbol.known_shape is None else symbol


def _is_number(symbol: Symbol, value: float | None = None) -> bool:
    """Whether it is a real number; a complex one has no sign that could be written before it."""
    if symbol.head != "number" or np.iscomplexobj(symbol.arguments[0]):
        return False
    return value is None or bool(symbol.arguments[0] == value)


# Sums: equal terms are added up


def _terms(symbol: Symbol, sign: float = 1.0) -> list[tuple[float, Symbol]]:
    """Return the terms of a sum, each as a number and what it multiplies."""
    if symbol.head in ("add", "subtract"):
        a, b = symbol.arguments
        return _terms(a, sign) + _terms(b, sign if symbol.head == "add" else -sign)
    if symbol.head == "negative":
        return _terms(symbol.arguments[0], -sign)
    if symbol.head == "multiply" and _is_number(symbol.arguments[0]):
        return [(sign * symbol.arguments[0].arguments[0], symbol.arguments[1])]
    return [(sign, symbol)]


def _sum(symbol: Symbol) -> Symbol | None:
    terms = _terms(symbol)
    groups: list[tuple[float, Symbol]] = []
    for factor, base in terms:
        place = next((i for i, (_, other) in enumerate(groups) if base.same(other)), None)
        if place is None:
            groups.append((factor, base))
        else:
            groups[place] = groups[place][0] + factor, base
    if len(groups) == len(terms) and all(factor > 0 for factor, _ in terms):
        return None
    groups = [(factor, base) for factor, base in groups if factor] or [(0.0, groups[0][1])]
    first = next((group for group in groups if group[0] > 0), groups[0])  # no minus begins it if none need to
    whole = _times(*first)
    for factor, base in (group for group in groups if group is not first):
        whole = operation("add" if factor > 0 else "subtract", whole, _times(abs(factor), base))
    return whole


def _times(factor: float, base: Symbol) -> Symbol:
    if factor == 0:
        return Symbol("number", (0.0,), base.known_shape)
    if _is_number(base):
        return number(factor * base.arguments[0])
    return base if factor == 1 else operation("negative", base) if factor == -1 else _scaled(factor, base)


def _scaled(factor: float, base: Symbol) -> Symbol:
    if factor < 0:
        return operation("negative", _scaled(-factor, base))
    if base.head == "divide" and _is_number(base.arguments[0]):
        return operation("divide", number(factor * base.arguments[0].arguments[0]), base.arguments[1])
    return operation("multiply", number(factor), base)


# Products: numbers to the front, signs before them, and fractions as one


def _factors(symbol: Symbol) -> list[Symbol]:
    if symbol.head == "multiply":
        a, b = symbol.arguments
        return _factors(a) + _factors(b)
    if symbol.head == "negative":
        return [number(-1.0), *_factors(symbol.arguments[0])]
    return [symbol]


def _product(symbol: Symbol) -> Symbol | None:
    """Write a product as a number times the rest, the rest as one fraction if there is one in it."""
    factor, above, below = 1.0, [], []
    for part in _factors(symbol):
        if _is_number(part):
            factor *= part.arguments[0]
        elif part.head == "divide":
            for inside in _factors(part.arguments[0]):
                if _is_number(inside):
                    factor *= inside.arguments[0]
                else:
                    above.append(inside)
            below.append(part.arguments[1])
        else:
            above.append(part)
    above = _as_small(sorted(above, key=_rank), symbol.known_shape)
    above, below = _cancelled(above, below)
    factor, below = _reduced(factor, below)
    if factor == 0 or not (above or below):
        return Symbol("number", (factor,), symbol.known_shape)
    if not below:
        return _times(factor, _outer(above) or _multiplied(above))
    below = [below_part for below_part in below if not _is_number(below_part, 1)] or [number(1.0)]
    top = _times(abs(factor), _multiplied(above)) if above else number(abs(factor))
    fraction = plainly("divide", top, _multiplied(below))
    return fraction if factor > 0 else operation("negative", fraction)


def _rank(symbol: Symbol) -> int:
    """Return where a factor stands: names before their powers, and these before all others."""
    if symbol.head == "name":
        return 0
    return 1 if isinstance(notation_of(symbol.head), Power) and symbol.arguments[0].head == "name" else 2


def _power_of(symbol: Symbol) -> tuple[Symbol, float]:
    """Return the base and the exponent of a power with a plain number above."""
    if symbol.head == "square":
        return symbol.arguments[0], 2
    if symbol.head == "power" and _is_number(symbol.arguments[1]):
        return symbol.arguments[0], symbol.arguments[1].arguments[0]
    return symbol, 1


def _cancelled(above: list[Symbol], below: list[Symbol]) -> tuple[list[Symbol], list[Symbol]]:
    """Cancel x against a higher power of x: both sides have no value at 0, so that no point is gained."""
    for k, part in enumerate(below):
        base, exponent = _power_of(part)
        for i, factor in enumerate(above):
            if factor.same(base) and exponent > 1:
                rest = base if exponent == 2 else operation("power", base, number(exponent - 1))
                return _cancelled(above[:i] + above[i + 1 :], [*below[:k], rest, *below[k + 1 :]])
    return above, below


def _reduced(factor: float, below: list[Symbol]) -> tuple[float, list[Symbol]]:
    """Divide a factor by a whole number that it is a multiple of: 2x/(2 · √x) is x/√x."""
    for k, part in enumerate(below):
        factors = _factors(part)
        for i, one in enumerate(factors):
            value = one.arguments[0] if _is_number(one) else 1.0
            if abs(value) > 1 and float(factor / value).is_integer():
                rest = factors[:i] + factors[i + 1 :]
                return factor / value, [*below[:k], _multiplied(rest) if rest else number(1.0), *below[k + 1 :]]
    return factor, below


def _outer(parts: list[Symbol]) -> Symbol | None:
    """Write a column times a vector, which NumPy broadcasts, as a column times a row."""
    if len(parts) != 2 or any(part.known_shape is None for part in parts):
        return None
    (column, vector), kind = parts, [part.ndim for part in parts]
    if kind == [1, 2]:
        column, vector = vector, column
    if sorted(kind) != [1, 2] or vector_in(column, COLUMN) is None:
        return None
    return _side_by_side(plainly("matmul", column, vector[ROW]))


def _multiplied(parts: list[Symbol]) -> Symbol:
    whole = parts[0]
    for part in parts[1:]:
        whole = operation("multiply", whole, part)
    return whole


def _fraction(symbol: Symbol) -> Symbol | None:
    top, bottom = symbol.arguments
    if top.head == "divide":
        return operation("divide", top.arguments[0], _multiplied([top.arguments[1], bottom]))
    if _is_number(bottom) and top.head == "multiply" and _is_number(top.arguments[0]):
        return _times(top.arguments[0].arguments[0] / bottom.arguments[0], top.arguments[1])
    return operation("divide", top, bottom)


# Arrays: what elementwise operations broadcast anyway, columns and rows, and transposes


def _without_spreading(symbol: Symbol) -> Symbol:
    """Leave out a broadcast_to that an elementwise operation does by itself."""
    primitive = PRIMITIVES.get(symbol.head)
    if not operands_of(symbol) or not (primitive is None or primitive.elementwise):
        return symbol
    parts = _as_small(list(symbol.arguments), symbol.known_shape)
    if all(a is b for a, b in zip(parts, symbol.arguments, strict=True)):
        return symbol
    return operation(symbol.head, *parts, **symbol.params)


def _as_small(parts: list[Symbol], shape: Shape) -> list[Symbol]:
    """Return the operands of an elementwise operation as small as they may be for a result of a shape."""
    for k in range(len(parts)):
        while shape is not None and _is_spread(parts[k]):
            fewer = [*parts[:k], parts[k].arguments[0], *parts[k + 1 :]]
            if broadcast([x.known_shape for x in fewer]) != shape:
                break
            parts = fewer
    return parts


def _is_spread(symbol: Symbol | str) -> bool:
    """Whether an expression is another one in more places: broadcast, or with more axes of length 1 in front."""
    if isinstance(symbol, str):  # of a rule in words
        return False
    if symbol.head != "index":
        return symbol.head == "broadcast_to"
    position = symbol.arguments[1].arguments[0]
    if type(position) is not tuple or not is_basic(position):
        return False
    rest = position[sum(entry is None for entry in position) :]
    return all(entry is None for entry in position[: len(position) - len(rest)]) and set(map(str, rest)) <= {str(_ALL)}


def vector_in(symbol: Symbol, place: tuple[Any, ...]) -> Symbol | None:
    """Return the vector that stands as a column or as a row, whichever is asked for.

    Examples
    --------
    >>> from graphviz_ad.formulas.symbols import name
    >>> print(vector_in(name("x", (3,))[:, None], COLUMN))
    name(x, False)
    """
    if symbol.head != "index" or symbol.arguments[0].known_shape is None or symbol.arguments[0].ndim != 1:
        return None
    position = symbol.arguments[1].arguments[0]
    return symbol.arguments[0] if type(position) is tuple and _is_place(position, place) else None


def _is_place(position: tuple[Any, ...], place: tuple[Any, ...]) -> bool:
    return is_basic(position) and position == place


def _picked(symbol: Symbol) -> Symbol | None:
    """Write the only column or row of a product of matrices as the product with a vector."""
    operand, position = symbol.arguments[0], symbol.arguments[1].arguments[0]
    if _is_number(operand):
        return Symbol("number", operand.arguments, symbol.known_shape)
    if type(position) is not tuple:
        return None
    if not position:
        return operands_of(symbol)[0]
    if operand.head == "multiply" and operand.arguments[0].known_shape == ():
        return rewritten(operand.arguments[0] * operand.arguments[1][position], _simplify)
    if any(entry is Ellipsis for entry in position) and operand.known_shape is not None and is_basic(position):
        return rewritten(operand[_without_ellipsis(position, operand.ndim)], _simplify)
    for picks, place, k in ((_OF_COLUMN, COLUMN, 1), (_OF_ROW, ROW, 0)):
        if not _is_place(position, picks):
            continue
        alone = vector_in(operand, place)
        if alone is not None:
            return alone
        vector = vector_in(operand.arguments[k], place) if operand.head == "matmul" else None
        if vector is not None:
            other = operand.arguments[1 - k]
            pair = (other, vector) if k else (vector, other)
            return _simplify(plainly("matmul", *pair))
    return None


def _without_ellipsis(position: tuple[Any, ...], ndim: int) -> tuple[Any, ...]:
    place = next(i for i, entry in enumerate(position) if entry is Ellipsis)
    count = ndim - sum(entry is not None and entry is not Ellipsis for entry in position)
    return (*position[:place], *(slice(None) for _ in range(count)), *position[place + 1 :])


def _transpose(symbol: Symbol) -> Symbol | None:
    (operand,), axes = symbol.arguments, symbol.params.get("axes")
    if axes == tuple(range(len(axes or ()))):
        return operands_of(symbol)[0]
    if operand.head == "transpose" and axes is not None:
        inner = operand.params["axes"]
        if [inner[axis] for axis in axes] == list(range(len(axes))):
            return operands_of(operand)[0]
    for place, turned in ((COLUMN, ROW), (ROW, COLUMN)):
        vector = vector_in(operand, place)
        if vector is not None and axes == (1, 0):
            return vector[turned]
    return None


def _scalar_in(symbol: Symbol) -> Symbol | None:
    """Return the number that stands as a matrix of one entry."""
    if symbol.known_shape != (1, 1):
        return None
    if _is_number(symbol):
        return number(symbol.arguments[0])
    is_index = symbol.head == "index" and symbol.arguments[0].known_shape == ()
    return symbol.arguments[0] if is_index else None


def _einsum(symbol: Symbol) -> Symbol | None:
    if len(symbol.arguments) != 2 or any(x.known_shape is None for x in symbol.arguments):
        return None
    product = as_product(*symbol.arguments, symbol.params["subscripts"])
    return None if product is None else rewritten(product, _simplify)


def _solve(symbol: Symbol) -> Symbol | None:
    """Write the solution for a column as that for the vector, as a column."""
    a, b = symbol.arguments
    vector = vector_in(b, COLUMN)
    return None if vector is None or a.known_shape is None or a.ndim != 2 else plainly("solve", a, vector)[COLUMN]


def _product_of_matrices(symbol: Symbol) -> Symbol | None:
    """Write numbers and signs before a product of matrices."""
    factor, parts = 1.0, []
    for part in symbol.arguments:
        if part.head == "negative":
            factor, part = -factor, part.arguments[0]
        if part.head == "multiply" and _is_number(part.arguments[0]):
            factor, part = factor * part.arguments[0].arguments[0], part.arguments[1]
        parts.append(part)
    a, b = parts
    scalar = _scalar_in(b) or _scalar_in(a)
    if scalar is not None:
        return _times(factor, _simplify(plainly("multiply", scalar, a if scalar is _scalar_in(b) else b)))
    for identity, other in ((a, b), (b, a)):
        if identity.head == "vector" and identity.arguments[0] == "I":
            return _times(factor, other)
    if a.known_shape is None or b.known_shape is None:
        return None
    if (a.ndim, b.ndim) == (1, 1) and "beside" in a.params and a.arguments[0].ndim == 2:  # (A v)ᵀ w is vᵀ (Aᵀ w)
        matrix, vector = a.arguments
        inner = rewritten(plainly("matmul", transposed(matrix), b), _simplify)
        return _times(factor, _side_by_side(plainly("matmul", vector, inner)))
    if (a.ndim, b.ndim) == (1, 2):
        parts = [rewritten(transposed(b), _simplify), a]  # a vector is a column: vᵀA is the row of Aᵀv
    elif factor == 1:
        return None
    return _times(factor, Symbol(symbol.head, tuple(parts), symbol.known_shape, **symbol.params))


def _where(symbol: Symbol) -> Symbol | None:
    """Take the side that a condition of one number takes."""
    condition, a, b = symbol.arguments if len(symbol.arguments) == 3 else (symbol, symbol, symbol)
    chosen: Symbol = a if _is_number(condition, 1) else b
    if condition.head != "number":
        return None
    return Symbol("number", chosen.arguments, symbol.known_shape) if chosen.head == "number" else chosen


def _conjugate(symbol: Symbol) -> Symbol | None:
    """Leave out what changes nothing: the conjugate of what consists of real names."""
    return symbol.arguments[0] if _is_real(symbol.arguments[0]) else None


def _is_real(symbol: Symbol) -> bool:
    if symbol.head in ("vector", "words", "number"):
        return not np.iscomplexobj(symbol.params.get("value", symbol.arguments[0]))
    if symbol.head == "name":
        return hasattr(symbol, "dtype") and symbol.dtype.kind != "c"
    return all(map(_is_real, operands_of(symbol)))


_RULES: dict[str, Callable[[Symbol], Symbol | None]] = {
    "add": _sum,
    "subtract": _sum,
    "multiply": _product,
    "divide": _fraction,
    "negative": lambda symbol: operation("negative", symbol.arguments[0]),
    "sum": lambda symbol: Symbol("number", (0.0,), symbol.known_shape) if _is_number(symbol.arguments[0], 0) else None,
    "power": lambda symbol: operation("power", *symbol.arguments),
    "where": _where,
    "conjugate": _conjugate,
    "einsum": _einsum,
    "index": _picked,
    "solve": _solve,
    "transpose": _transpose,
}
