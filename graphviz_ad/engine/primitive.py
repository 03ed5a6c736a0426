"""Primitives: the atomic operations, their derivative rules, and the registry that finds them.

A rule is written once, in NumPy, and read three ways: with numbers it is the local gradient, with Variables it is
recorded and can be differentiated again, with Symbols it is the formula. Rules therefore call NumPy functions,
operators and other primitives only.

Two kinds of rule exist. *Elementwise* primitives have one partial per operand, ``partial(y, *operands)``; a partial
that is constant is a plain number, and ``None`` means that nothing flows. *Structural* primitives have one VJP per
operand, ``vjp(adjoint, y, *operands, **params)``, which returns the operand's contribution.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = [
    "FUNCTIONS",
    "METHODS",
    "PRIMITIVES",
    "UFUNCS",
    "Primitive",
    "elementwise",
    "first_operand",
    "implements",
    "plain_value",
    "second_operand",
    "structural",
]

Rule = Callable[..., Any]
Partial = Rule | float | None

PRIMITIVES: dict[str, Primitive] = {}
"""Every primitive by name."""
UFUNCS: dict[Any, Primitive] = {}
"""The primitive that records each NumPy ufunc."""
FUNCTIONS: dict[Any, Callable[..., Any]] = {}
"""What answers each NumPy function met through ``__array_function__``."""
METHODS: dict[str, Callable[..., Any]] = {}
"""What answers each ndarray method of a Variable (``x.sum()``), under NumPy's own name."""


class Primitive:
    """An atomic operation: a forward function with the derivative rule of each operand.

    Parameters
    ----------
    name : str
        NumPy's name of the operation, such as ``"sin"`` or ``"multiply"``.
    function : callable
        Forward function on plain values, ``function(*operands, **params)``.
    partials : tuple, optional
        For elementwise primitives: per operand a function ``(y, *operands)``, a constant number, or None.
    vjps : tuple, optional
        For structural primitives: per operand a function ``(adjoint, y, *operands, **params)``, or None. The last
        rule serves all further operands of a primitive that takes any number of them; it then also receives
        ``argument=k``.
    formulas : tuple, optional
        For elementwise primitives: per operand a function like a partial, read with Symbols in its place, or None.
        For rules that handle special cases and would make an ugly formula.
    variadic : bool
        Whether it takes any number of operands.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> float(PRIMITIVES["sin"](0.0))
    0.0
    """

    __slots__ = (
        "constant_a",
        "constant_b",
        "elementwise",
        "formulas",
        "function",
        "name",
        "partial_a",
        "partial_b",
        "partials",
        "scalar",
        "variadic",
        "vjps",
    )

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        *,
        partials: tuple[Partial, ...] = (),
        vjps: tuple[Rule | None, ...] = (),
        formulas: tuple[Rule | None, ...] = (),
        variadic: bool = False,
    ) -> None:
        self.name = name
        self.function = function
        self.partials = partials
        self.vjps = vjps
        self.formulas = formulas or (None,) * len(partials)
        self.variadic = variadic
        self.elementwise = bool(partials)
        # The sweep's inner loop reads these four instead of indexing and testing `partials` per node.
        self.scalar = len(partials)
        first, second = (*partials, None, None)[:2]
        self.partial_a: Rule | None = first if callable(first) else None
        self.constant_a: float | None = None if callable(first) else first
        self.partial_b: Rule | None = second if callable(second) else None
        self.constant_b: float | None = None if callable(second) else second

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _by_name, (self.name,)

    def __call__(self, *operands: Any, **params: Any) -> Any:
        """Apply the primitive: recorded when an operand records (a Variable, a Symbol), computed otherwise."""
        for operand in operands:
            if hasattr(operand, "__record__"):
                return type(operand).__record__(self, operands, params)
        return self.function(*operands, **params)


def plain_value(operand: Any) -> Any:
    """Return the NumPy value of an operand that a rule was given, be it recorded or not."""
    return operand.value if hasattr(type(operand), "__record__") else operand


def first_operand(y: Any, a: Any, b: Any) -> Any:
    """Return a: the partial of ``a * b`` by b. The sweep knows it by name, and spares itself the call."""
    return a


def second_operand(y: Any, a: Any, b: Any) -> Any:
    """Return b: the partial of ``a * b`` by a."""
    return b


def _by_name(name: str) -> Primitive:
    return PRIMITIVES[name]


def elementwise(ufunc: Any, *partials: Partial, formulas: tuple[Rule | None, ...] = ()) -> Primitive:
    """Register an elementwise primitive for a NumPy ufunc, with one partial per operand.

    Raises
    ------
    ValueError
        When the number of partials is not the ufunc's number of operands.
    """
    if len(partials) != ufunc.nin:
        raise ValueError(f"np.{ufunc.__name__} takes {ufunc.nin} operands, but {len(partials)} partials were given")
    primitive = Primitive(ufunc.__name__, ufunc, partials=partials, formulas=formulas)
    PRIMITIVES[primitive.name] = UFUNCS[ufunc] = primitive
    return primitive


def structural(name: str, function: Callable[..., Any], *vjps: Rule | None, variadic: bool = False) -> Primitive:
    """Register a structural primitive with one VJP per operand."""
    primitive = Primitive(name, function, vjps=vjps, variadic=variadic)
    PRIMITIVES[name] = primitive
    return primitive


def implements(*functions: Any, method: str | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make the decorated function answer these NumPy functions (and ndarray method) when they meet a Variable.

    Its signature is NumPy's, less the options that are not recorded.
    """

    def register(handler: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            FUNCTIONS[function] = handler
        if method is not None:
            METHODS[method] = handler
        return handler

    return register
