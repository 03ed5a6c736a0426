"""Primitives: the atomic operations, their derivative rules, and the registry that finds them.

A rule is written once, in NumPy, and read three ways: with numbers it is the local gradient, with Variables it is
recorded and can be differentiated again, with Symbols it is the formula. Rules therefore call NumPy functions,
operators and other primitives only.

Two kinds of rule exist. *Elementwise* primitives have one partial per operand, ``partial(y, *operands)``; a partial
that is constant is a plain number, and ``None`` means that nothing flows. *Structural* primitives have one VJP per
operand, ``vjp(adjoint, y, *operands, **params)``, which returns the operand's contribution.

A primitive also carries what others need to know about it, as data: how it is written, which Python operator it is,
what an edge says about it on the way back, in which operands it is linear. The operators and methods of a Variable,
the operators of a Symbol, the grammar of the command line and its help are read from here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphviz_ad.console import prints
from graphviz_ad.engine.notation import Function, Notation

__all__ = [
    "BARE_METHODS",
    "FUNCTIONS",
    "HANDLERS",
    "METHODS",
    "METHOD_GIVERS",
    "PRIMITIVES",
    "UFUNCS",
    "Back",
    "Linear",
    "Partial",
    "Primitive",
    "Rule",
    "first_operand",
    "has_variable",
    "is_variable",
    "plain_value",
    "plain_values",
    "second_operand",
]

Rule = Callable[..., Any]
Partial = Rule | float | None
Back = str | Callable[[dict[str, Any], int], str]
Linear = tuple[int | tuple[int, ...], ...]

PRIMITIVES: dict[str, Primitive] = {}
"""Every primitive by name."""
UFUNCS: dict[Any, Primitive] = {}
"""The primitive that records each NumPy ufunc."""
FUNCTIONS: dict[Any, Callable[..., Any]] = {}
"""What answers each NumPy function met through ``__array_function__``."""
METHODS: dict[str, Callable[..., Any]] = {}
"""What answers each ndarray method of a Variable (``x.sum()``), under NumPy's own name."""
METHOD_GIVERS: list[Callable[[], None]] = []
"""What gives the methods to a class: called when some have been registered or forgotten."""
HANDLERS: dict[int, Any] = {}
"""The code of all that answers, by its id: whoever calls it is the user, also where the user wrote it."""
BARE_METHODS: dict[str, Primitive] = {}
"""What a method records, with the primitive's default parameters, when it is called without arguments."""


@prints
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
    curried : bool
        For variadic primitives: the rule, given no ``argument``, returns a function that answers for each argument, so
        that what all of them have in common is worked out once.
    formulas : tuple, optional
        Per operand a function like its rule, read with Symbols in its place, or None. For rules that handle special
        cases, or ask for numbers, which a formula does not have. It may return None where there is no short formula.
    variadic : bool
        Whether it takes any number of operands.
    notation : Notation, optional
        How it is written; as a function under its name unless given.
    operator : str
        The Python operator that records it, by its name in the module `operator`; empty if there is none.
    linear : tuple
        For structural primitives: the operands in which it is linear while the others stay as they are. A tuple inside
        it names operands in which it is linear together. Of a variadic primitive ``(0,)`` means all of them together.
    back : str or callable
        For structural primitives: what an edge says about the rule, such as ``"to every summand"``, or a function
        ``(params, argument)`` that returns it; the primitive's name unless given.
    unchanged : bool
        For structural primitives: whether the words in `back` say all there is to say, since every adjoint goes on as
        it is.

    Examples
    --------
    >>> from graphviz_ad.engine.primitive import PRIMITIVES
    >>> float(PRIMITIVES["sin"](0.0))
    0.0
    """

    __slots__ = (
        "back",
        "constant_a",
        "constant_b",
        "curried",
        "elementwise",
        "formulas",
        "function",
        "linear",
        "name",
        "notation",
        "of_complex",
        "operator",
        "partial_a",
        "partial_b",
        "partials",
        "scalar",
        "unchanged",
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
        curried: bool = False,
        notation: Notation | None = None,
        operator: str = "",
        linear: Linear = (),
        back: Back = "",
        unchanged: bool = False,
    ) -> None:
        self.name = name
        self.function = function
        self.formulas = formulas or (None,) * len(partials or vjps)
        self.partials, self.formulas = _without_odd_constants(partials, self.formulas)
        self.vjps = vjps
        self.variadic = variadic
        self.curried = curried
        self.elementwise = bool(partials)
        self.notation: Notation = Function() if notation is None else notation
        self.operator = operator
        self.linear = linear
        self.back: Back = back or name
        self.unchanged = unchanged
        self.of_complex: Primitive | None = None  # what a call with a complex number records in its place
        # The sweep's inner loop reads these four instead of indexing and testing `partials` per node.
        self.scalar = len(partials)
        first, second = (*self.partials, None, None)[:2]
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

    def rule(self, argument: int) -> Partial:
        """Return the partial or the VJP of one operand; None where nothing flows."""
        rules = self.partials or self.vjps
        return rules[-1] if self.variadic else rules[argument]

    def words(self, params: dict[str, Any], argument: int) -> str:
        """Return what the edge to one operand says about the rule, on the way back."""
        return self.back if isinstance(self.back, str) else self.back(params, argument)


def _without_odd_constants(
    partials: tuple[Partial, ...], formulas: tuple[Rule | None, ...]
) -> tuple[tuple[Partial, ...], tuple[Rule | None, ...]]:
    """Make functions of constant partials that the sweep does not know: it passes an adjoint on, or turns its sign."""
    turned = {0: (1.0, -1.0) if len(partials) == 1 else (1.0,), 1: (1.0, -1.0)}
    rules, written = list(partials), list(formulas)
    for k, partial in enumerate(partials):
        if partial is not None and not callable(partial) and partial not in turned.get(k, ()):
            rules[k], written[k] = _constant_rules(partial)
    return tuple(rules), tuple(written)


def _constant_rules(value: float) -> tuple[Rule, Rule]:
    return lambda y, *operands: y.dtype.type(value), lambda y, *operands: value


def plain_value(operand: Any) -> Any:
    """Return the NumPy value of an operand that a rule was given, be it recorded or not."""
    return operand.value if hasattr(type(operand), "__record__") else operand


def plain_values(arguments: Any) -> Any:
    """Return arguments with the values of Variables in their place, also inside tuples, lists and dicts."""
    if isinstance(arguments, tuple | list):
        return type(arguments)(plain_values(entry) for entry in arguments)
    if isinstance(arguments, dict):
        return {key: plain_values(entry) for key, entry in arguments.items()}
    return plain_value(arguments)


def is_variable(operand: Any) -> bool:
    """Return whether an operand is a Variable; rules do not know that class, which is made of them."""
    return hasattr(type(operand), "__record__")


def has_variable(arguments: Any) -> bool:
    """Return whether there is a Variable among arguments, also inside tuples, lists and dicts."""
    if isinstance(arguments, tuple | list):
        return any(map(has_variable, arguments))
    return has_variable(list(arguments.values())) if isinstance(arguments, dict) else is_variable(arguments)


def first_operand(y: Any, a: Any, b: Any) -> Any:
    """Return a: the partial of ``a * b`` by b. The sweep knows it by name, and spares itself the call."""
    return a


def second_operand(y: Any, a: Any, b: Any) -> Any:
    """Return b: the partial of ``a * b`` by a."""
    return b


def _by_name(name: str) -> Primitive:
    return PRIMITIVES[name]
