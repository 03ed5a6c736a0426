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
    Part,
    Power,
    Prefix,
    Product,
    Root,
    Several,
    Spread,
    Unwritten,
    Update,
)
from graphviz_ad.engine.primitive import PRIMITIVES
from graphviz_ad.formulas import boxes
from graphviz_ad.formulas.boxes import Box, Enclosed, Row, Script, Slot, Text, fence, mark, row
from graphviz_ad.formulas.settings import Settings, settings
from graphviz_ad.formulas.simplifying import COLUMN, ROW, vector_in
from graphviz_ad.formulas.symbols import Symbol, clean_name, is_negative, notation_of
from graphviz_ad.numerals.abbreviating import abbreviated

__all__ = ["box"]

Bound = tuple[Box, int]

_RELATION, _SUM, _NEGATION, _PRODUCT, _APPLICATION, _POWER, _ATOM = Level
_NONE = Settings()
_LONGEST_INDEX = 60
_MINUS = "\u2212"
_THIN = "\u2009"
_ONES = Text("𝟙", "f")
_NAMED = Function()


def box(symbol: Symbol) -> Bound:
    """Return the box of an expression and how tightly it binds.

    Every operand is boxed once: twice at each level would be 2ⁿ times for n operations one inside the other.

    Examples
    --------
    >>> from graphviz_ad.formulas.symbols import number
    >>> box(number(2.0))
    (Text(text='2', style='n', bar=False, dot=False), <Level.ATOM: 6>)
    """
    part = _PARTS.get(symbol.head)
    if part is not None:
        return part(*symbol.arguments)
    notation = notation_of(symbol.head)
    with_settings = symbol.params["settings"] if "settings" in symbol.params else _settings_of(symbol)
    if with_settings is not None:
        return _set(notation, symbol, with_settings)
    return _KINDS[type(notation)](notation, symbol)


def _settings_of(symbol: Symbol) -> Settings | None:
    """Return how the parameters of an operation are written that a rule applies; None where a notation has them."""
    primitive = PRIMITIVES.get(symbol.head)
    if primitive is None or isinstance(primitive.notation, Spread | MatrixProduct):
        return None
    if "axes" in symbol.params and isinstance(primitive.notation, Power) and _swaps_last(symbol.params["axes"]):
        return None
    params = {key: value for key, value in symbol.params.items() if key not in ("beside", "lying", "value")}
    shapes = [x.known_shape for x in (symbol, *symbol.arguments) if isinstance(x, Symbol)]
    return settings(primitive, params, max(len(shape or ()) for shape in shapes), {}) if params else None


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


def _closed(whole: Box) -> Box:
    """Return a box that something else follows: ``log(x) · x``, since ``log x · x`` might be the logarithm of x²."""
    match whole:
        case Row((*before, Text(style="f") | Script(Text(style="f")) as function, Text(" ", "o"), inside)):
            return Row((*before, function, fence(inside)))
    return whole


# What is no operation


def _name(text: str, bar: bool, dot: bool = False) -> Bound:
    match = re.fullmatch(r"([^\W\d_]+)_?(\d{1,4})", text)
    if match is None:
        return Text(text, "i", bar, dot), _ATOM
    return Script(Text(match[1], "i", bar, dot), Text(match[2], "n"), -1), _ATOM


def _number(value: Any) -> Bound:
    if not np.iscomplexobj(value):
        text = numerals.static(value)
        return Text(text, "n"), _NEGATION if text.startswith(_MINUS) else _ATOM
    if np.real(value) != 0 or np.isnan(np.imag(value)):
        return Text(numerals.static(value), "n"), _SUM
    text = f"{numerals.static(np.imag(value))}j"
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
    arrays = bool(a.known_shape and b.known_shape)
    left = Slot(a.arguments[0], False) if a.head == "slot" else _inside(a, _PRODUCT)
    if arrays and "beside" in a.params:
        left = _inside(a, _APPLICATION)
    if isinstance(second, Fraction):
        right = fence(_bare(b))
    elif isinstance(second, Product) or b.head == "partial" or ("beside" in b.params and not a.known_shape):
        right = _bare(b)
    else:
        right = _inside(b, _APPLICATION, True)
    is_real = a.head == "number" and not np.iscomplexobj(a.arguments[0])
    together = is_real and not is_negative(a) and _needs_no_dot(_first_factor(b))
    first = right.items[0] if isinstance(right, Row) and isinstance(second, Product) else right
    close = isinstance(first, Text) or (isinstance(first, Script) and first.level > 0)
    sign = " ⊙ " if arrays else " · "
    return row(_closed(left), mark("" if together and close else _THIN if together else sign), right), _PRODUCT


def _first_factor(symbol: Symbol) -> Symbol:
    while isinstance(notation_of(symbol.head), Product):
        symbol = symbol.arguments[0]
    return symbol


def _needs_no_dot(symbol: Symbol) -> bool:
    """Whether a number stands directly before it: 2x, 2 v₁, and a product of matrices without a sign of its own."""
    kind = notation_of(symbol.head)
    if isinstance(kind, Power):
        return not kind.base and symbol.arguments[0].head != "number"
    if isinstance(kind, MatrixProduct):
        return _stands_close(kind, symbol) or _is_inner(symbol)
    return symbol.head == "name"


def _stands_close(kind: MatrixProduct, symbol: Symbol) -> bool:
    return "·" in kind.sign or "beside" in symbol.params


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
    if "beside" in symbol.params:
        return _beside(a, b)
    if _is_inner(symbol):
        return row(_turned(a), _inside(b, _ATOM)), _POWER
    return row(_inside(a, _PRODUCT), mark(kind.sign), _inside(b, _APPLICATION)), _PRODUCT


def _turned(symbol: Symbol) -> Box:
    return Script(_inside(symbol, _ATOM), Text("T", "f"), 1)


def _beside(a: Symbol, b: Symbol) -> Bound:
    """Write a product of matrices as on paper: vectors are columns, and rows are transposed ones."""
    column, lying, standing = vector_in(a, COLUMN), vector_in(b, ROW), vector_in(b, COLUMN)
    left = _inside(a if column is None else column, _APPLICATION if _is_entrywise(a) else _PRODUCT)
    if a.ndim == 1 and not (_is_row(a) or not b.ndim):
        left = _turned(a)
    right = _inside(standing or b, _APPLICATION) if lying is None else _turned(lying)
    if a.ndim > 1 and "beside" in b.params:  # products of matrices are associative
        right = _bare(b)
    if a.ndim == b.ndim == 1 and not _is_row(a):
        is_product = "beside" in b.params
        return row(left, mark(_THIN if is_product else ""), _bare(b) if is_product else _inside(b, _ATOM)), _POWER
    return row(left, mark(_THIN), right), _PRODUCT


def _is_entrywise(symbol: Symbol) -> bool:
    """Whether it multiplies or divides arrays entry by entry: before a matrix that needs parentheses."""
    kind = notation_of(symbol.head)
    arrays = all(x.known_shape != () for x in symbol.arguments if isinstance(x, Symbol))
    return isinstance(kind, Fraction) or (isinstance(kind, Product) and arrays)


def _is_row(symbol: Symbol) -> bool:
    """Whether a vector is written as a row: xᵀA is one already."""
    return "beside" in symbol.params and [x.ndim for x in symbol.arguments] == [1, 2]


def _prefix(kind: Prefix, symbol: Symbol) -> Bound:
    return row(mark(kind.sign), _inside(symbol.arguments[0], _PRODUCT)), _NEGATION


def _function_name(kind: Function, symbol: Symbol) -> Box:
    name: Box = Text(clean_name(kind.name or symbol.head), "f")
    return Script(name, Text(kind.base, "n" if kind.base.isdigit() else "i"), -1) if kind.base else name


def _function(kind: Function, symbol: Symbol) -> Bound:
    name = _function_name(kind, symbol)
    if len(symbol.arguments) == 1:
        inside, binding = box(symbol.arguments[0])
        # A number of the story may be negative at another place: log(−1), and so log(2). Arrays have brackets.
        is_number = isinstance(inside, Slot) and not symbol.arguments[0].known_shape
        if binding >= _ATOM and not (is_number or isinstance(inside, Row | Enclosed)):
            return row(name, mark(" "), inside), _APPLICATION
        return row(name, fence(inside)), _APPLICATION
    return row(name, fence(_listed(symbol))), _ATOM


def _listed(symbol: Symbol, settings: Settings = _NONE) -> Box:
    items: list[Box] = []
    for item in (*map(_words, settings.before), *map(_bare, symbol.arguments), *map(_words, settings.after)):
        items += [mark(", "), item] if items else [item]
    return row(*items)


def _set(notation: Any, symbol: Symbol, settings: Settings) -> Bound:
    """Write an operation with its parameters; as a function where its own notation has no room for them."""
    whole: Box
    level: int
    if (settings.before or settings.after) and not isinstance(notation, Index):
        function = notation if isinstance(notation, Function) else Function(symbol.head)
        whole, level = row(_function_name(function, symbol), fence(_listed(symbol, settings))), _ATOM
    else:
        whole, level = _KINDS[type(notation)](notation, symbol)
    if settings.below:
        base = whole if level >= _ATOM else fence(whole)
        whole, level = Script(base, Text(settings.below, "n" if settings.below.isdigit() else "f"), -1), _ATOM
    if settings.phrase:
        whole, level = row(whole, Text(f" {settings.phrase}", "w")), _RELATION
    return whole, level


def _words(text: str) -> Box:
    return Text(text, "w")


def _root(kind: Root, symbol: Symbol) -> Bound:
    inside, binding = box(symbol.arguments[0])
    degree = "" if kind.degree == 2 else str(kind.degree)
    line = _inside(symbol.arguments[0], _ATOM, boxed=(inside, binding))
    return boxes.Root(inside, line, degree), _POWER


def _fence(kind: Fence, symbol: Symbol) -> Bound:
    inside = _listed(symbol) if kind.inside is None else _infix(kind.inside, symbol)[0]
    return fence(inside, kind.left, kind.right), _ATOM


def _fraction(kind: Fraction, symbol: Symbol) -> Bound:
    a, b = symbol.arguments
    top, bottom = box(a), box(b)
    top_line, bottom_line = _inside(a, _PRODUCT, boxed=top), _inside(b, _POWER, boxed=bottom)
    return boxes.Fraction(top[0], bottom[0], _closed(top_line), bottom_line), _PRODUCT


def _power(kind: Power, symbol: Symbol) -> Bound:
    if kind.base:
        return Script(Text(kind.base, "n" if kind.base.isdigit() else "i"), _bare(symbol.arguments[0]), 1), _POWER
    base = _inside(symbol.arguments[0], _ATOM)
    if not kind.exponent:
        return Script(base, _bare(symbol.arguments[1]), 1), _POWER
    return Script(base, Text(kind.exponent, "n" if kind.exponent.lstrip(_MINUS).isdigit() else "f"), 1), _POWER


def _swaps_last(axes: tuple[int, ...]) -> bool:
    """Whether a permutation is what the sign of a transpose says: of vectors, of matrices and of a stack of them."""
    *stack, last = range(len(axes))
    return axes == ((*stack[:-1], last, stack[-1]) if stack else (last,))


def _spread(kind: Spread, symbol: Symbol) -> Bound:
    (operand,), shape = symbol.arguments, symbol.known_shape
    if operand.head == "number" and operand.arguments[0] == 1:
        return _ONES, _ATOM
    if operand.known_shape == ():
        return row(_closed(_inside(operand, _PRODUCT)), mark(" · "), _ONES), _PRODUCT
    if shape is None or operand.known_shape is None or len(shape) != 2:
        return _set(_NAMED, symbol, Settings(after=("×".join(map(str, shape or ())),)))
    if operand.shape[-1] != shape[1] or operand.shape == (shape[0], 1):
        column = vector_in(operand, COLUMN)
        left = _inside(operand if column is None else column, _PRODUCT)
        return row(left, mark(_THIN), Script(_ONES, Text("T", "f"), 1)), _PRODUCT
    lying = vector_in(operand, ROW)
    vector = operand if operand.ndim == 1 else lying
    right = _inside(operand, _APPLICATION) if vector is None else _turned(vector)
    return row(_ONES, mark(_THIN), right), _PRODUCT


def _index(kind: Index, symbol: Symbol) -> Bound:
    operand, positions = symbol.arguments
    index = row(mark("["), Text(_index_text(positions.arguments[0]), "w"), mark("]"))
    if kind.name:
        after = (item for text in symbol.params.get("settings", _NONE).after for item in (mark(", "), _words(text)))
        return row(Text(kind.name, "f"), fence(row(_bare(operand), mark(", "), index, *after))), _ATOM
    return row(_inside(operand, _ATOM), index), _ATOM


def _part(kind: Part, symbol: Symbol) -> Bound:
    return row(Text(kind.name, "i"), Text(" of ", "w"), _inside(symbol.arguments[0], _APPLICATION)), _RELATION


def _several(kind: Several, symbol: Symbol) -> Bound:
    return _function(Function(), symbol)


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
    Spread: _spread,
    Fence: _fence,
    Fraction: _fraction,
    Power: _power,
    Index: _index,
    Part: _part,
    Several: _several,
    Update: _update,
    Unwritten: _unwritten,
}


def _index_text(index: Any) -> str:
    if isinstance(index, str):  # what the source calls the positions
        return index
    entries = index if isinstance(index, tuple) else (index,)
    text = ", ".join(map(_entry_text, entries)) if entries else "()"
    return text if len(text) <= _LONGEST_INDEX else text[: _LONGEST_INDEX - 1] + "…"


def _entry_text(entry: Any) -> str:
    if isinstance(entry, slice):
        parts = [entry.start, entry.stop] + ([entry.step] if entry.step is not None else [])
        return ":".join("" if part is None else str(part) for part in parts)
    if entry is Ellipsis:
        return "…"
    if isinstance(entry, np.ndarray | list):
        return abbreviated(entry, ", ")
    return str(entry)
