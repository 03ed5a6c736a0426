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

import numpy as np

from graphviz_ad.engine.notation import RESERVED, Function, Notation, check_notation, check_printable
from graphviz_ad.errors import InputError

__all__ = [
    "BARE_METHODS",
    "FUNCTIONS",
    "HANDLERS",
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
HANDLERS: set[Any] = set()
"""The code of all that answers: whoever calls it is the user, even where it was written by the user, too."""
BARE_METHODS: dict[str, Primitive] = {}
"""What a method records, with the primitive's default parameters, when it is called without arguments."""


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
        "elementwise",
        "formulas",
        "function",
        "linear",
        "name",
        "notation",
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
        notation: Notation | None = None,
        operator: str = "",
        linear: Linear = (),
        back: Back = "",
        unchanged: bool = False,
    ) -> None:
        self.name = name
        self.function = function
        self.formulas = formulas or (None,) * len(partials)
        self.partials, self.formulas = _without_odd_constants(partials, self.formulas)
        self.vjps = vjps
        self.variadic = variadic
        self.elementwise = bool(partials)
        self.notation: Notation = Function() if notation is None else notation
        self.operator = operator
        self.linear = linear
        self.back: Back = back or name
        self.unchanged = unchanged
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


def first_operand(y: Any, a: Any, b: Any) -> Any:
    """Return a: the partial of ``a * b`` by b. The sweep knows it by name, and spares itself the call."""
    return a


def second_operand(y: Any, a: Any, b: Any) -> Any:
    """Return b: the partial of ``a * b`` by a."""
    return b


def _by_name(name: str) -> Primitive:
    return PRIMITIVES[name]


def elementwise(
    ufunc: Any,
    *partials: Partial,
    formulas: tuple[Rule | None, ...] = (),
    notation: Notation | None = None,
    operator: str = "",
    replace: bool = False,
) -> Primitive:
    """Register an elementwise primitive for a NumPy ufunc, with one partial per operand.

    Parameters
    ----------
    ufunc : numpy.ufunc
        Of one or two operands and one result; NumPy's own or another library's.
    *partials : callable, float or None
        Per operand the partial derivative ``(y, *operands)``, written with NumPy, so that it can be recorded and read
        as a formula; a number where it is constant; None where nothing flows.
    formulas : tuple, optional
        Per operand a simpler function to be read as the formula of its partial, or None.
    notation : Notation, optional
        How it is written, in formulas and pictures; as a function under its name unless given.
    operator : str
        The name in the module `operator` of the Python operator that records it.
    replace : bool
        Take the place of a primitive that is registered already.

    Returns
    -------
    Primitive

    Raises
    ------
    TypeError
        For something that is no ufunc, and a notation that is none.
    InputError
        When the number of partials, of formulas or of the notation's operands is not the ufunc's number of operands,
        and for a ufunc that has a rule already.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.extend import Root, elementwise, temporary
    >>> with temporary():
    ...     cbrt = elementwise(np.cbrt, lambda y, x: 1 / (3 * y**2), notation=Root(3))
    ...     print(gad.trace(lambda x: np.cbrt(x), 8.0))
    f(x) = ³√x
    node     value  adjoint
    x        8      0.0833333
    f = ³√x  2      1
    """
    if not isinstance(ufunc, np.ufunc):
        raise TypeError(f"elementwise needs a NumPy ufunc, got {ufunc!r}; structural(name, function, ...) takes any")
    name, count = ufunc.__name__, ufunc.nin
    who = f"np.{name}" if getattr(np, name, None) is ufunc else name
    if count > 2 or ufunc.nout != 1:
        raise InputError(
            f"{who} has {count} operands and {ufunc.nout} results: recorded are ufuncs of one or two operands and one "
            "result"
        )
    if len(partials) != count:
        raise InputError(
            f"{who} takes {count} operand{'s' if count > 1 else ''}, but {len(partials)} partials were given: one "
            "for each, and None where nothing flows"
        )
    if formulas and len(formulas) != count:
        raise InputError(f"{who}: {len(formulas)} formulas for {count} partials; write None for those that need none")
    _check_name(name, who, replace)
    _check_rules(who, partials, "a function (y, *operands), a number or None", numbers=True)
    if notation is not None:
        check_notation(who, notation, count)
    primitive = Primitive(name, ufunc, partials=partials, formulas=formulas, notation=notation, operator=operator)
    PRIMITIVES[name] = UFUNCS[ufunc] = primitive
    return primitive


def structural(
    name: str,
    function: Callable[..., Any],
    *vjps: Rule | None,
    variadic: bool = False,
    notation: Notation | None = None,
    operator: str = "",
    linear: Linear = (),
    back: Back = "",
    unchanged: bool = False,
    replace: bool = False,
) -> Primitive:
    """Register a structural primitive with one VJP per operand.

    Parameters
    ----------
    name : str
    function : callable
        Computes the value with NumPy: ``function(*operands, **params)``.
    *vjps : callable or None
        For each of one or two operands a function ``(adjoint, y, *operands, **params)`` that returns what the operand
        receives, written with NumPy, so that it can be recorded; None where nothing flows.
    variadic : bool
        Whether it takes any number of operands; the last rule then serves all further ones, and gets ``argument=k``.
    notation, operator, linear, back, unchanged
        See `Primitive`.
    replace : bool
        Take the place of a primitive that is registered already.

    Returns
    -------
    Primitive
        A function to be called with Variables or arrays, and parameters by name.

    Raises
    ------
    TypeError, InputError
        For a name that is used, a rule that cannot be called, a notation for another number of operands, and operands
        in `linear` that do not exist.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.extend import Function, structural, temporary
    >>> def back(adjoint, y, x):
    ...     return np.concatenate([adjoint[:1], adjoint[1:] + adjoint[:-1], adjoint[-1:]])
    >>> with temporary():
    ...     pairs = structural("pair sums", lambda x: x[1:] + x[:-1], back, linear=(0,), notation=Function("pairs"))
    ...     gad.grad(lambda x: pairs(x).sum())(np.array([1.0, 5.0, 3.0]))
    array([1., 2., 1.])
    """
    if not isinstance(name, str) or not name.strip():
        raise TypeError(f"structural needs a name and a function, got {name!r} for the name")
    if not callable(function):
        raise TypeError(f"{name}: the forward function cannot be called, got {function!r}")
    if len(vjps) > 2 or (variadic and not vjps):
        raise InputError(
            f"{name}: {len(vjps)} VJP rules; a primitive has one or two operands, or is variadic=True with at least "
            "one rule"
        )
    check_printable(name, "the name", name)
    check_printable(name, "back=", back)
    _check_name(name, name, replace)
    _check_rules(name, vjps, "a function (adjoint, y, *operands, **params) or None")
    _check_linear(name, linear, vjps)
    if not (isinstance(back, str) or callable(back)):
        raise TypeError(f"{name}: back= needs words, or a function (params, argument) that returns them, got {back!r}")
    if notation is not None:
        check_notation(name, notation, len(vjps), variadic=variadic)
    primitive = Primitive(
        name, function, vjps=vjps, variadic=variadic, notation=notation, operator=operator,
        linear=linear, back=back, unchanged=unchanged,
    )  # fmt: skip
    PRIMITIVES[name] = primitive
    return primitive


def implements(
    *functions: Any,
    method: str | None = None,
    bare: Primitive | None = None,
    replace: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make the decorated function answer these NumPy functions, and this ndarray method, when they meet a Variable.

    Its signature is NumPy's, less the options that are not recorded. A method whose arguments differ from the
    function's is declared for itself, without functions.

    Parameters
    ----------
    *functions : callable
        NumPy functions, such as ``np.cumsum``; for ufuncs there is `elementwise`.
    method : str, optional
        The name of an ndarray method; the Variable is passed as the first argument.
    bare : Primitive, optional
        What the method records when it is called without arguments: a shorter way for what people call often. The
        primitive's function has all parameters by keyword, with the defaults that such a call means.
    replace : bool
        Take the place of what answers already.

    Raises
    ------
    TypeError, InputError
        For ufuncs, names that no ndarray method has, and what is answered already.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.extend import implements, structural, temporary
    >>> with temporary():
    ...     total = structural("running total", np.cumsum, lambda adjoint, y, x: adjoint[::-1].cumsum()[::-1])
    ...     @implements(np.cumsum, method="cumsum")
    ...     def cumsum(a):
    ...         return total(a)
    ...     gad.grad(lambda x: x.cumsum()[-1] * np.cumsum(x)[0])(np.array([2.0, 3.0]))
    array([7., 2.])
    """
    for function in functions:
        if isinstance(function, np.ufunc) or not callable(function):
            raise TypeError(f"implements needs NumPy functions that are no ufuncs, got {function!r}; see elementwise")
        if function in FUNCTIONS and not replace:
            raise InputError(f"np.{function.__name__} is recorded already; replace=True puts this in its place")
    if method is not None and not callable(getattr(np.ndarray, method, None)):
        raise InputError(f"an ndarray has no method {method!r}")
    if method in METHODS and not replace:
        raise InputError(f"the method {method} is recorded already; replace=True puts this in its place")

    def register(handler: Callable[..., Any]) -> Callable[..., Any]:
        HANDLERS.add(getattr(handler, "__code__", None))
        for function in functions:
            FUNCTIONS[function] = handler
        if method is not None:
            METHODS[method] = handler
            if bare is not None:
                BARE_METHODS[method] = bare
        return handler

    return register


def _check_name(name: str, who: str, replace: bool) -> None:
    if name in RESERVED:
        raise InputError(f"a primitive cannot be called {name!r}, which is a part of formulas: choose another name")
    present = PRIMITIVES.get(name)
    if present is None:
        return
    if not replace:
        raise InputError(f"{who} has a rule already; replace=True puts this one in its place")
    if present.operator:
        raise InputError(f"{who} cannot be replaced: the operators of Python record it")


def _check_rules(who: str, rules: tuple[Any, ...], wanted: str, *, numbers: bool = False) -> None:
    for k, rule in enumerate(rules):
        is_number = numbers and isinstance(rule, int | float) and not isinstance(rule, bool)
        if not (rule is None or callable(rule) or is_number):
            raise TypeError(f"{who}: the rule of operand {k} must be {wanted}, got {rule!r}")


def _check_linear(who: str, linear: Any, vjps: tuple[Rule | None, ...]) -> None:
    """Refuse what is no tuple of operands, or of tuples of them, and operands that are named twice or have no rule."""
    entries = linear if type(linear) is tuple else [()]
    groups = [entry if isinstance(entry, tuple) else (entry,) for entry in entries]
    named = [k for group in groups for k in group]
    if not all(groups) or not all(type(k) is int for k in named):
        raise TypeError(f"{who}: linear= needs a tuple of operands such as (0,), got {linear!r}")
    for k in named:
        if not 0 <= k < len(vjps):
            raise InputError(f"{who}: linear= names operand {k}, but there are rules for {len(vjps)} only, from 0")
        if vjps[k] is None:
            raise InputError(f"{who}: linear= names operand {k}, through which nothing flows: its rule is None")
    if len(set(named)) < len(named):
        raise InputError(f"{who}: linear= names an operand twice: {linear!r}")
