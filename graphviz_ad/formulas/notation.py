"""From symbols to boxes: for each kind of notation one function that writes it, with parentheses where they must be.

Which kind a primitive has is said on the primitive (see `engine.notation`); no primitive is known here by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad import numerals
from graphviz_ad.engine.notation import (
    Fence,
    Fraction,
    Function,
    Index,
    Infix,
    Level,
    MatrixProduct,
    Power,
    Prefix,
    Product,
    Root,
    Unwritten,
    Update,
)
from graphviz_ad.formulas import boxes
from graphviz_ad.formulas.boxes import Box, Row, Script, Slot, Text, fence, mark, row
from graphviz_ad.formulas.symbols import Symbol, clean_name, is_negative, notation_of

__all__ = ["box"]

Bound = tuple[Box, int]

_RELATION, _SUM, _NEGATION, _PRODUCT, _APPLICATION, _POWER, _ATOM = Level
_MINUS = "\u2212"
_THIN = "\u2009"


def box(symbol: Symbol) -> Bound:
    """Return the box of an expression and how tightly it binds.

    Every operand is boxed once: twice at each level would be 2ⁿ times for n operations one inside the other.

    Examples
    --------
    >>> from graphviz_ad.formulas.symbols import number
    >>> box(number(2.0))
    (Text(text='2', style='n', bar=False), <Level.ATOM: 6>)
    """
    part = _PARTS.get(symbol.head)
    if part is not None:
        return part(*symbol.arguments)
    notation = notation_of(symbol.head)
    return _KINDS[type(notation)](notation, symbol)


def _inside(symbol: Symbol, demanded: int, right: bool = False, boxed: Bound | None = None) -> Box:
    """Return an operand's box, in parentheses where it binds less tightly than its place demands.

    `boxed` is what `box` returned for the operand, where that is known already.
    """
    if symbol.head == "slot":
        return Slot(symbol.arguments[0], right or demanded > _SUM)
    whole, own = box(symbol) if boxed is None else boxed
    negative_on_the_right = right and own == _NEGATION
    return fence(whole) if own < demanded or negative_on_the_right else whole


def _bare(symbol: Symbol) -> Box:
    return box(symbol)[0]


# What is no operation


def _name(text: str, bar: bool) -> Bound:
    match = re.fullmatch(r"([^\W\d_]+)_?(\d{1,4})", text)
    if match is None:
        return Text(text, "i", bar), _ATOM
    return Script(Text(match[1], "i", bar), Text(match[2], "n"), -1), _ATOM


def _number(value: Any) -> Bound:
    text = numerals.static(value)
    return Text(text, "n"), _NEGATION if text.startswith(_MINUS) else _ATOM


def _row(*items: Symbol | str) -> Bound:
    return row(*(mark(item) if isinstance(item, str) else _bare(item) for item in items)), _SUM


def _factor(times: str, by: Symbol) -> Bound:
    return row(mark(f"{times} "), _inside(by, _PRODUCT, True)), _PRODUCT


def _partial(top: Symbol, bottom: Symbol) -> Bound:
    above, below = (row(Text("∂", "i"), _bare(x)) for x in (top, bottom))
    return boxes.Fraction(above, below, above, below), _PRODUCT


def _derivative(of: Symbol, by: Symbol, ordinary: bool) -> Bound:
    above = Text("d" if ordinary else "∂", "i")
    below = row(above, _bare(by))
    return row(boxes.Fraction(above, below, above, below), mark(" "), _inside(of, _APPLICATION)), _PRODUCT


_PARTS: dict[str, Callable[..., Bound]] = {
    "name": _name,
    "number": _number,
    "slot": lambda quantity: (Slot(quantity, False), _ATOM),
    "words": lambda text: (Text(text, "w"), _ATOM),
    "vector": lambda text: (Text(text, "n"), _ATOM),
    "row": _row,
    "factor": _factor,
    "partial": _partial,
    "derivative": _derivative,
}


# Operations, by kind of notation


def _infix(kind: Infix, symbol: Symbol) -> Bound:
    first, *others = symbol.arguments
    demanded = kind.level if kind.right is None else kind.right
    items = [_inside(first, kind.level)]
    for other in others:
        items += [mark(kind.sign), _inside(other, demanded, kind.level > _RELATION)]
    return row(*items), kind.level


def _product(kind: Product, symbol: Symbol) -> Bound:
    a, b = symbol.arguments
    second = notation_of(b.head)
    left = Slot(a.arguments[0], False) if a.head == "slot" else _inside(a, _PRODUCT)
    if isinstance(second, Fraction):
        right = fence(_bare(b))
    elif isinstance(second, Product) or b.head == "partial":
        right = _bare(b)
    else:
        right = _inside(b, _APPLICATION, True)
    # A number stands directly before a name or power: 2x, 2 v₁. Before a product with a dot it needs none of its own.
    raised = isinstance(second, Power) and not second.base and b.arguments[0].head != "number"
    direct = raised or (isinstance(second, MatrixProduct) and (_is_dotted(second) or _is_inner(b)))
    together = a.head == "number" and not is_negative(a) and (b.head == "name" or direct)
    close = isinstance(right, Text) or (isinstance(right, Script) and right.level > 0)
    return row(left, mark("" if together and close else _THIN if together else " · "), right), _PRODUCT


def _is_dotted(kind: MatrixProduct) -> bool:
    return "·" in kind.sign


def _is_inner(symbol: Symbol) -> bool:
    return all(x.ndim == 1 for x in symbol.arguments) or bool(symbol.params.get("lying"))


def _matrix_product(kind: MatrixProduct, symbol: Symbol) -> Bound:
    a, b = symbol.arguments
    if symbol.params.get("lying"):
        # The first vector is written as a row already: xᵀ, or a multiple of it.
        first = notation_of(a.head)
        if isinstance(first, Power):
            return row(_bare(a), _inside(b, _ATOM)), _POWER
        left = _inside(a, _POWER if isinstance(first, Fraction) else _PRODUCT)
        return row(left, mark(" · " if a.head == "slot" else _THIN), _inside(b, _ATOM)), _PRODUCT
    if _is_inner(symbol):
        return row(Script(_inside(a, _ATOM), Text("T", "f"), 1), _inside(b, _ATOM)), _POWER
    return row(_inside(a, _PRODUCT), mark(kind.sign), _inside(b, _APPLICATION)), _PRODUCT


def _prefix(kind: Prefix, symbol: Symbol) -> Bound:
    return row(mark(kind.sign), _inside(symbol.arguments[0], _PRODUCT)), _NEGATION


def _function(kind: Function, symbol: Symbol) -> Bound:
    name: Box = Text(clean_name(kind.name or symbol.head), "f")
    if kind.base:
        name = Script(name, Text(kind.base, "n" if kind.base.isdigit() else "i"), -1)
    if len(symbol.arguments) == 1:
        inside, binding = box(symbol.arguments[0])
        if binding >= _ATOM and not isinstance(inside, Row):
            return row(name, mark(" "), inside), _APPLICATION
        return row(name, fence(inside)), _APPLICATION
    return row(name, fence(_listed(symbol))), _ATOM


def _listed(symbol: Symbol) -> Box:
    items: list[Box] = []
    for argument in symbol.arguments:
        items += [mark(", "), _bare(argument)] if items else [_bare(argument)]
    return row(*items)


def _root(kind: Root, symbol: Symbol) -> Bound:
    inside, binding = box(symbol.arguments[0])
    degree = "" if kind.degree == 2 else str(kind.degree)
    return boxes.Root(inside, inside if binding >= _ATOM else fence(inside), degree), _POWER


def _fence(kind: Fence, symbol: Symbol) -> Bound:
    inside = _listed(symbol) if kind.inside is None else _infix(kind.inside, symbol)[0]
    return fence(inside, kind.left, kind.right), _ATOM


def _fraction(kind: Fraction, symbol: Symbol) -> Bound:
    a, b = symbol.arguments
    top, bottom = box(a), box(b)
    top_line, bottom_line = _inside(a, _PRODUCT, boxed=top), _inside(b, _POWER, boxed=bottom)
    return boxes.Fraction(top[0], bottom[0], top_line, bottom_line), _PRODUCT


def _power(kind: Power, symbol: Symbol) -> Bound:
    if kind.base:
        return Script(Text(kind.base, "n" if kind.base.isdigit() else "i"), _bare(symbol.arguments[0]), 1), _POWER
    base = _inside(symbol.arguments[0], _ATOM)
    if not kind.exponent:
        return Script(base, _bare(symbol.arguments[1]), 1), _POWER
    return Script(base, Text(kind.exponent, "n" if kind.exponent.lstrip(_MINUS).isdigit() else "f"), 1), _POWER


def _index(kind: Index, symbol: Symbol) -> Bound:
    operand, positions = symbol.arguments
    index = row(mark("["), Text(_index_text(positions.arguments[0]), "w"), mark("]"))
    if kind.name:
        return row(Text(kind.name, "f"), fence(row(_bare(operand), mark(", "), index))), _ATOM
    return row(_inside(operand, _ATOM), index), _ATOM


def _update(kind: Update, symbol: Symbol) -> Bound:
    operand, value = symbol.arguments
    index = row(mark("["), Text(_index_text(symbol.params.get("place", Ellipsis)), "w"), mark("]"))
    return row(
        _inside(operand, _SUM), Text(" with ", "w"), index, mark(f" {kind.sign} "), _inside(value, _SUM)
    ), _RELATION


def _unwritten(kind: Unwritten, symbol: Symbol) -> Bound:
    return box(symbol.arguments[0])


_KINDS: dict[type, Callable[..., Bound]] = {
    Infix: _infix,
    Product: _product,
    MatrixProduct: _matrix_product,
    Prefix: _prefix,
    Function: _function,
    Root: _root,
    Fence: _fence,
    Fraction: _fraction,
    Power: _power,
    Index: _index,
    Update: _update,
    Unwritten: _unwritten,
}


def _index_text(index: Any) -> str:
    entries = index if isinstance(index, tuple) else (index,)
    return clean_name(", ".join(map(_entry_text, entries)))


def _entry_text(entry: Any) -> str:
    if isinstance(entry, slice):
        parts = [entry.start, entry.stop] + ([entry.step] if entry.step is not None else [])
        return ":".join("" if part is None else str(part) for part in parts)
    if entry is Ellipsis:
        return "…"
    if isinstance(entry, np.ndarray):
        what = "mask" if entry.dtype == bool else "positions"
        return str(entry.tolist()) if entry.size <= 4 and entry.dtype != bool else what
    return str(entry)
