"""Functions that turn a function into its derivative: grad, value_and_grad, vjp and jvp. They nest to any depth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Never

import numpy as np

from graphviz_ad.console import printable
from graphviz_ad.engine.forward import make_tangent
from graphviz_ad.engine.frames import guarded, public
from graphviz_ad.engine.functions import name_of, wraps
from graphviz_ad.engine.inside import Inside, checked_positions, run
from graphviz_ad.engine.nesting import leaves_beside, nested
from graphviz_ad.engine.sweep import make_seed
from graphviz_ad.engine.variable import Variable, seed_node
from graphviz_ad.errors import InputError, refuse_unknown

__all__ = ["check_callable", "grad", "jvp", "make_gradient", "single_number", "value_and_grad", "vjp"]


def check_callable(function: Any, who: str) -> None:
    """Refuse what is no function.

    Raises
    ------
    InputError
    """
    if not callable(function):
        raise InputError(f"{who} needs a function, got {type(function).__name__}: pass f itself, not f(x)")


@public
def value_and_grad(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, **unknown: Never
) -> Callable[..., tuple[Any, Any]]:
    """Return a function that computes both ``f(...)`` and its gradient.

    Parameters
    ----------
    f : callable
        Written with NumPy; must return a single number.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to.

    Returns
    -------
    callable
        ``(*args, **kwargs) -> (value, gradient)``; the gradient is a tuple when `argnums` is.

    Raises
    ------
    InputError
        When `f` does not return a single number, or an argument is missing.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> value, slope = gad.value_and_grad(np.sin)(0.0)
    >>> float(value), float(slope)
    (0.0, 1.0)
    """
    refuse_unknown("value_and_grad", unknown, ("argnums",))
    gradient = make_gradient(f, argnums, "value_and_grad")

    def value_and_slope(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        inside, slope = gradient(*args, **kwargs)
        return inside.value, slope

    both: Callable[..., tuple[Any, Any]] = wraps(f)(guarded(value_and_slope))
    return both


def make_gradient(f: Any, argnums: Any, who: str) -> Callable[..., tuple[Inside, Any]]:
    """Return a function that gives the run of `f` and the gradient, for a transform that is called `who`."""
    check_callable(f, who)
    positions = checked_positions(argnums, who)

    several = isinstance(argnums, tuple | list)

    def differentiated(*args: Any, **kwargs: Any) -> tuple[Inside, Any]:
        inside = run(f, positions, args, kwargs, who)
        output = single_number(inside)
        gradients = inside.arguments(
            inside.gradients([make_seed(output, None) if isinstance(output, Variable) else None])
        )
        return inside, gradients if several else gradients[0]

    return differentiated


def single_number(inside: Inside) -> Any:
    """Return the output of a function that has to return a single number.

    Raises
    ------
    InputError
    """
    output = inside.output
    if (output._value.size if isinstance(output, Variable) else np.size(output)) != 1:
        raise InputError(
            f"{inside.who}: the function must return a single number, but it returned shape {np.shape(output)}: "
            "return .sum() or .mean() of it, or use gad.jacobian for the gradient of each of its numbers, or gad.vjp "
            "with a seed"
        )
    return output


@public
def grad(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, **unknown: Never) -> Callable[..., Any]:
    """Return the gradient of `f` as a function. Nests freely.

    Parameters
    ----------
    f : callable
        Written with NumPy; must return a single number.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to.

    Returns
    -------
    callable
        With the arguments of `f`; returns a NumPy value of the argument's shape, or a tuple of them when `argnums` is
        a tuple. Inside another transform, or with Variables as arguments, it returns Variables.

    Raises
    ------
    InputError
        When `f` does not return a single number, or an argument is missing.

    Notes
    -----
    Where `f` has no value there is no slope, and the story of a trace tells none. The rules compute on all the same:
    ``gad.grad(np.log)(-1.0)`` is -1, the 1/x of log's rule, though log is NaN there. NumPy warns of that, with the
    operation and the line; `value_and_grad` gives the value beside the gradient.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> float(gad.grad(gad.grad(gad.grad(np.sin)))(0.0))
    -1.0
    """
    refuse_unknown("grad", unknown, ("argnums",))
    gradient_of = make_gradient(f, argnums, "grad")

    def slope(*args: Any, **kwargs: Any) -> Any:
        return gradient_of(*args, **kwargs)[1]

    gradient: Callable[..., Any] = wraps(f)(guarded(slope))
    # The derivative is another function than f: pictures must not say that sin x is cos x.
    gradient.__name__ = printable(f"{name_of(f, 'f')}′")
    return gradient


@public
def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Return ``f(*primals)`` and the function that multiplies a cotangent with its Jacobian from the left.

    Parameters
    ----------
    f : callable
        Written with NumPy; returns one number or array.
    *primals : float or array
        All of them are differentiated with respect to.

    Returns
    -------
    value : NumPy value
    pullback : callable
        ``pullback(cotangent) -> tuple``, one gradient per primal; may be called any number of times.

    Raises
    ------
    InputError
        Without primals, or when `f` returns something else than numbers.
    SeedError
        When a cotangent's shape is not the value's.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> value, pullback = gad.vjp(np.multiply, np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    >>> pullback(np.array([1.0, 10.0]))
    (array([ 3., 40.]), array([ 1., 20.]))
    """
    check_callable(f, "vjp")
    if not primals:
        raise InputError("vjp needs at least one primal to differentiate with respect to: vjp(f, x)")
    inside = run(f, tuple(range(len(primals))), primals, {}, "vjp")
    value = inside.value

    @public
    def pullback(cotangent: Any) -> tuple[Any, ...]:
        beside = zip(nested(value).leaves, leaves_beside(value, cotangent, "pullback(), the seed"), strict=True)
        seeds = [seed for leaf, seed in beside if leaf is not None]
        return inside.arguments(
            inside.gradients([_cotangent(x, seed) for x, seed in zip(inside.outputs, seeds, strict=True)])
        )

    return value, pullback


def _cotangent(output: Any, seed: Any) -> Any:
    node = output if isinstance(output, Variable) else seed_node(np.asarray(output, float)[()])
    return make_seed(node, seed, "pullback()")


@public
def jvp(f: Callable[..., Any], primals: Any, tangents: Any, **unknown: Never) -> tuple[Any, Any]:
    """Return ``f(*primals)`` and the product of its Jacobian with tangents: how it changes when the primals move.

    One sweep forward, of the cost of a few evaluations of `f`, however many numbers `f` returns.

    Parameters
    ----------
    f : callable
        Written with NumPy; returns numbers or arrays.
    primals : tuple
        The arguments of `f`, all of which may move; a single one may stand alone.
    tangents : tuple
        Which way each of them moves, of its shape; nested as the primals are.

    Returns
    -------
    value : NumPy value
    tangent : NumPy value
        Of the value's shape. Inside another transform both are Variables.

    Raises
    ------
    InputError
        Without primals, or when `f` returns something else than numbers.
    SeedError
        For tangents that do not belong to the primals.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> value, tangent = gad.jvp(np.multiply, (2.0, 5.0), (1.0, 0.0))
    >>> float(value), float(tangent)
    (10.0, 5.0)
    """
    refuse_unknown("jvp", unknown, ("primals", "tangents"))
    check_callable(f, "jvp")
    if not isinstance(primals, tuple | list):
        primals, tangents = (primals,), (tangents,)
    if not primals:
        raise InputError("jvp needs at least one primal that moves: jvp(f, (x,), (1.0,))")
    inside = run(f, tuple(range(len(primals))), primals, {}, "jvp")
    pushed = inside.pushed(_tangents(inside, primals, tangents))
    return inside.value, inside.result(pushed)


def _tangents(inside: Inside, primals: Any, tangents: Any) -> list[Any]:
    """Return the tangent of each input."""
    leaves = leaves_beside(tuple(primals), tangents, "jvp, the tangents")
    checked = []
    rest = iter(inside.inputs)
    for (position, path), leaf in zip(inside.places, leaves, strict=True):
        if path is not None:
            who = f"jvp: the tangent of argument {position}{path and f', at {path},'}"
            checked.append(make_tangent(leaf, next(rest), who))
    return checked
