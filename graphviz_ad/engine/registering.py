"""How primitives come into the registry: elementwise and structural ones, and what answers NumPy's functions.

What does not fit (a number of rules or of operands, a name that is used) is refused here, where the person who wrote it
reads the error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import public
from graphviz_ad.engine.notation import RESERVED, Notation, check_notation, check_printable
from graphviz_ad.engine.primitive import (
    BARE_METHODS,
    FUNCTIONS,
    HANDLERS,
    METHOD_GIVERS,
    METHODS,
    PRIMITIVES,
    UFUNCS,
    Back,
    Linear,
    Partial,
    Primitive,
    Rule,
)
from graphviz_ad.errors import InputError, suggest

__all__ = ["elementwise", "implements", "structural"]


@public
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
    ...     cbrt = elementwise(np.cbrt, lambda y, x: 1 / (3 * y**2), notation=Root(3), replace=True)
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
    _check_formulas(who, formulas, "partials", count, "(y, *operands)")
    _check_name(name, who, replace)
    _check_rules(who, partials, "a function (y, *operands), a number or None", numbers=True)
    if notation is not None:
        check_notation(who, notation, count)
    primitive = Primitive(name, ufunc, partials=partials, formulas=formulas, notation=notation, operator=operator)
    PRIMITIVES[name] = UFUNCS[ufunc] = primitive
    return primitive


@public
def structural(
    name: str,
    function: Callable[..., Any],
    *vjps: Rule | None,
    variadic: bool = False,
    curried: bool = False,
    formulas: tuple[Rule | None, ...] = (),
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
    curried : bool
        Of a variadic primitive: the rule gets no ``argument``, and returns a function of it. What that needs for all
        operands, such as where each begins, is then worked out once.
    formulas : tuple, optional
        Per operand a simpler function to be read as the formula of its VJP, or None; it may return None, too.
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
        raise TypeError(f"{name}: the function itself cannot be called, got {function!r}")
    if len(vjps) > 2 or (variadic and not vjps):
        raise InputError(
            f"{name}: {len(vjps)} VJP rules; a primitive has one or two operands, or is variadic=True with at least "
            "one rule"
        )
    _check_formulas(name, formulas, "VJP rules", len(vjps), "(adjoint, y, *operands, **params)")
    if curried and not variadic:
        raise InputError(f"{name}: curried=True is for primitives of any number of operands: variadic=True")
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
        name, function, vjps=vjps, formulas=formulas, variadic=variadic, curried=curried, notation=notation,
        operator=operator, linear=linear, back=back, unchanged=unchanged,
    )  # fmt: skip
    PRIMITIVES[name] = primitive
    return primitive


@public
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
        NumPy functions, such as ``np.cumsum``, and ufuncs that `elementwise` does not take, such as ``np.modf``, which
        has two results.
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
        For other ufuncs, names that no ndarray method has, and what is answered already.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.extend import implements, structural, temporary
    >>> with temporary():
    ...     total = structural("running total", np.cumsum, lambda adjoint, y, x: adjoint[::-1].cumsum()[::-1])
    ...     @implements(np.cumsum, method="cumsum", replace=True)
    ...     def cumsum(a):
    ...         return total(a)
    ...     gad.grad(lambda x: x.cumsum()[-1] * np.cumsum(x)[0])(np.array([2.0, 3.0]))
    array([7., 2.])
    """
    for function in functions:
        if not callable(function) or (isinstance(function, np.ufunc) and _is_of_numbers(function)):
            raise TypeError(f"implements needs NumPy functions that are no ufuncs, got {function!r}; see elementwise")
        if function in FUNCTIONS and not replace:
            raise InputError(f"np.{function.__name__} is recorded already; replace=True puts this in its place")
    if method is not None and not (isinstance(method, str) and callable(getattr(np.ndarray, method, None))):
        raise InputError(f"an ndarray has no method {method!r}.{suggest(str(method), dir(np.ndarray))}")
    if method in METHODS and not replace:
        raise InputError(f"the method {method} is recorded already; replace=True puts this in its place")

    def register(handler: Callable[..., Any]) -> Callable[..., Any]:
        if not callable(handler):
            raise TypeError(f"implements decorates a function, got {handler!r}")
        code = getattr(handler, "__code__", None)
        HANDLERS[id(code)] = code
        for function in functions:
            FUNCTIONS[function] = handler
        if method is not None:
            METHODS[method] = handler
            if bare is not None:
                BARE_METHODS[method] = bare
            for give in METHOD_GIVERS:
                give()
        return handler

    return register


def _is_of_numbers(ufunc: np.ufunc) -> bool:
    """Whether a ufunc gives one float for one or two, as elementwise primitives do."""
    return ufunc.nin <= 2 and f"{'d' * ufunc.nin}->d" in ufunc.types


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


def _check_formulas(who: str, formulas: tuple[Rule | None, ...], rules: str, count: int, signature: str) -> None:
    if not all(formula is None or callable(formula) for formula in formulas):
        raise TypeError(f"{who}: formulas= needs functions {signature}, or None for each that needs none")
    if formulas and len(formulas) != count:
        raise InputError(f"{who}: {len(formulas)} formulas for {count} {rules}; write None for those that need none")


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
