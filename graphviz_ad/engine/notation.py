"""How a primitive is written, as data: the kinds of notation there are.

A primitive carries one of these; the rules say it beside the derivative. What they mean in boxes, text, LaTeX and
MathML is the business of `graphviz_ad.formulas`, which the engine does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

from graphviz_ad.console import prints
from graphviz_ad.errors import InputError

__all__ = [
    "RESERVED",
    "Fence",
    "Fraction",
    "Function",
    "Index",
    "Infix",
    "Level",
    "MatrixProduct",
    "Notation",
    "Part",
    "Power",
    "Prefix",
    "Product",
    "Root",
    "Several",
    "Spread",
    "Unwritten",
    "Update",
    "check_notation",
    "check_printable",
]

RESERVED = frozenset(
    ["derivative", "factor", "name", "number", "partial", "row", "slot", "vector", "words"]
)  # fmt: skip
"""What formulas consist of besides operations: no primitive may be called so."""


class Level(IntEnum):
    """How tightly an expression binds; in a place that demands more, it gets parentheses.

    Examples
    --------
    >>> from graphviz_ad.extend import Level
    >>> Level.SUM < Level.PRODUCT < Level.POWER
    True
    """

    RELATION = 0
    SUM = 1
    NEGATION = 2
    PRODUCT = 3
    APPLICATION = 4
    POWER = 5
    ATOM = 6


@prints
class Infix(NamedTuple):
    """A sign between the operands: ``a + b``.

    Parameters
    ----------
    sign : str
        With the spaces around it.
    level : Level
        How tightly it binds, and what it demands of its operands.
    right : Level, optional
        What it demands of all operands but the first, where that is more: ``a − (b − c)``.

    Examples
    --------
    >>> from graphviz_ad.extend import Infix, Level
    >>> Infix(" − ", Level.SUM, right=Level.PRODUCT).sign
    ' − '
    """

    sign: str
    level: Level = Level.SUM
    right: Level | None = None


@prints
class Product(NamedTuple):
    """The product of two factors, with a dot or, after a number, without: ``a · b``, ``2x``.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> PRIMITIVES["multiply"].notation
    Product()
    """


@prints
class MatrixProduct(NamedTuple):
    """The product of matrices and vectors: with its sign, and ``aᵀb`` between two vectors.

    For primitives that are such a product: on the way back, the adjoint meets the other operand, transposed.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> PRIMITIVES["matmul"].notation
    MatrixProduct(sign=' @ ')
    """

    sign: str = " · "


@prints
class Prefix(NamedTuple):
    """A sign before the operand: ``−a``.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> PRIMITIVES["negative"].notation
    Prefix(sign='−')
    """

    sign: str


@prints
class Function(NamedTuple):
    """A name and the operands: ``sin x``, ``max(a, b)``, ``log₂ x``.

    Parameters
    ----------
    name : str
        The primitive's own name unless given.
    base : str
        What stands below the line, after the name.

    Examples
    --------
    >>> from graphviz_ad.extend import Function
    >>> Function("log", base="2")
    Function(name='log', base='2')
    """

    name: str = ""
    base: str = ""


@prints
class Root(NamedTuple):
    """A root: ``√x``, or ``³√x`` for ``Root(3)``.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> PRIMITIVES["sqrt"].notation
    Root(degree=2)
    """

    degree: int = 2


@prints
class Fence(NamedTuple):
    """Signs on either side: ``|x|``, ``[a, b]``, or around a notation of its own: ``⌊a/b⌋``.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> PRIMITIVES["absolute"].notation
    Fence(left='|', right='|', inside=None)
    """

    left: str
    right: str
    inside: Infix | None = None


@prints
class Fraction(NamedTuple):
    """One operand above the other.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> PRIMITIVES["divide"].notation
    Fraction()
    """


@prints
class Power(NamedTuple):
    """The second operand raised, ``aᵇ``; or the only operand with an exponent, ``x²``, ``xᵀ``, or above a base, ``2ˣ``.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> PRIMITIVES["square"].notation
    Power(exponent='2', base='')
    """

    exponent: str = ""
    base: str = ""


@prints
class Index(NamedTuple):
    """Positions in brackets after the operand, ``x[1:]``; with a name, those of its result: ``scatter(x, [1:])``.

    The second operand is what Python's ``[]`` takes.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> PRIMITIVES["scatter"].notation
    Index(name='scatter')
    """

    name: str = ""


@prints
class Part(NamedTuple):
    """One of the results of an operation that has several: ``Q of v₁``.

    Parameters
    ----------
    name : str
        What it is called.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> PRIMITIVES["svd.Vh"].notation
    Part(name='Vᵀ')
    """

    name: str


@prints
class Several(NamedTuple):
    """A function of several results, one after the other in one array: its cards say which, and of which shapes.

    Parameters
    ----------
    parts : tuple of str
        What the results are called; each is read by a primitive with the notation `Part`.
    shapes : callable
        Their shapes, for the operand and the parameters.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> PRIMITIVES["qr"].notation.parts
    ('Q', 'R')
    """

    parts: tuple[str, ...]
    shapes: Callable[..., list[tuple[int, ...]]]


@prints
class Update(NamedTuple):
    """The first operand with the second written to the positions in the parameter ``place``: ``h with [3] ← x``.

    Parameters
    ----------
    sign : str
        What happens there.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> PRIMITIVES["index_update"].notation
    Update(sign='←')
    """

    sign: str = "←"


@prints
class Spread(NamedTuple):
    """An operand broadcast to a shape: times ones, where it is a number or a vector, ``v 𝟙ᵀ``.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> PRIMITIVES["broadcast_to"].notation
    Spread()
    """


@prints
class Unwritten(NamedTuple):
    """Nothing but the operand itself.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> PRIMITIVES["positive"].notation
    Unwritten()
    """


Notation = (
    Infix
    | Product
    | MatrixProduct
    | Prefix
    | Function
    | Root
    | Fence
    | Fraction
    | Power
    | Index
    | Part
    | Several
    | Update
    | Spread
    | Unwritten
)  # fmt: skip


def _operands(notation: Notation) -> tuple[int, int | None]:
    """Return how many operands a notation is for, at least and at most (None: any number)."""
    match notation:
        case Function() | Fence(inside=None):
            return 0, None
        case Infix() | Fence():
            return 2, None
        case Product() | MatrixProduct() | Fraction() | Index() | Update() | Power(exponent="", base=""):
            return 2, 2
        case _:
            return 1, 1


def check_printable(who: str, what: str, text: object) -> None:
    """Refuse control characters in what will be shown."""
    if isinstance(text, str) and not all(c.isprintable() or (c.isspace() and c not in "\n\r\t\v\f") for c in text):
        raise InputError(f"{who}: {what} has characters that cannot be shown: {text!r}")


def check_notation(who: str, notation: Notation, operands: int, *, variadic: bool = False) -> None:
    """Refuse a notation that is none, or that cannot hold this many operands.

    Raises
    ------
    TypeError, InputError
        Naming the primitive, the notation and both numbers.

    Examples
    --------
    >>> check_notation("hypot", Root(), 2)
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: hypot: the notation Root is for 1 operand, but hypot takes 2; Function() fits any
    """
    if not isinstance(notation, Notation):
        raise TypeError(
            f"{who}: notation= needs one of the kinds in graphviz_ad.extend, such as Function('name'), got {notation!r}"
        )
    for field in notation._fields:
        check_printable(who, f"{type(notation).__name__}({field}=)", getattr(notation, field))
    least, most = _operands(notation)
    if operands >= least and (most is None or (operands <= most and not variadic)):
        return
    wanted = f"{least}" if most == least else f"at least {least}"
    takes = "any number" if variadic else operands
    raise InputError(
        f"{who}: the notation {type(notation).__name__} is for {wanted} operand{'s' if wanted != '1' else ''}, "
        f"but {who} takes {takes}; Function() fits any"
    )
