"""Functions that turn a function into its derivative: grad, value_and_grad and vjp.

They nest to any depth. A transform's input is a fresh node; its sweep stops there, and if the caller's own value was
already tracked, the node is linked to it afterwards, so that an outer sweep finds its way through. The creation index
tells what is inside: everything younger than the inputs.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Never

import numpy as np

from graphviz_ad.console import printable
from graphviz_ad.engine.backward import accumulate, full_adjoint
from graphviz_ad.engine.exchange import set_all
from graphviz_ad.engine.frames import guarded, public, user_line
from graphviz_ad.engine.functions import name_of, wraps
from graphviz_ad.engine.lazily import lazily
from graphviz_ad.engine.recording import checked_output
from graphviz_ad.engine.refusing import leaf_error, rewritten_call
from graphviz_ad.engine.sweep import make_seed, recorded_gradient, recorded_seed, sweep_all
from graphviz_ad.engine.variable import ALIAS, DETACH, SEED, Variable, input_node, is_tracked, seed_node
from graphviz_ad.engine.walking import ancestors
from graphviz_ad.engine.watch import watching
from graphviz_ad.errors import DtypeError, InputError, brief, refuse_unknown

__all__ = ["grad", "value_and_grad", "vjp"]


class _Inside:
    """One run of a function with some of its arguments replaced by fresh inputs."""

    def __init__(
        self, function: Callable[..., Any], arguments: dict[int, Any], args: Any, kwargs: Any, who: str
    ) -> None:
        self.who = who
        self.outer = arguments
        self.inputs = {}
        for position, value in arguments.items():
            try:
                self.inputs[position] = input_node(value._value if isinstance(value, Variable) else value)
            except DtypeError as error:
                problem = "" if isinstance(error.__context__, DtypeError | None) else str(error.__context__)
                place = position + (who == "vjp")  # whose function is an argument of the same call
                raise leaf_error(value, problem.partition(".")[0], place, f"{who}, argument {position}: ") from None
        self.floor = min(node._index for node in self.inputs.values())
        try:
            output = function(*(self.inputs.get(i, value) for i, value in enumerate(args)), **kwargs)
        finally:
            self._link()
        self.output = checked_output(output, who)

    @property
    def value(self) -> Any:
        return self.output.value if isinstance(self.output, Variable) and not self.is_recorded else self.output

    @lazily
    def is_recorded(self) -> bool:
        """Whether the backward pass must be recorded, because something outside may be differentiated too."""
        if any(isinstance(value, Variable) and is_tracked(value) for value in self.outer.values()):
            return True
        own, floor = {node._index for node in self.inputs.values()}, self.floor
        for node in ancestors(self.output, floor) if isinstance(self.output, Variable) else ():
            if node._index in own:
                continue
            if node._primitive is None:
                return True
            for operand in () if node._primitive is DETACH else node.operands:
                if type(operand) is Variable and operand._index < floor and is_tracked(operand):
                    return True
        return False

    def gradients(self, seed: Any) -> dict[int, Any]:
        """Sweep back from the output; return the gradient for each input by its position."""
        output, inputs = self.output, self.inputs
        if not isinstance(output, Variable) or output._index < self.floor:
            return {position: np.zeros_like(node._value)[()] for position, node in inputs.items()}
        if seed.dtype.kind == "c":
            seed = np.conjugate(seed)
        if self.is_recorded or isinstance(seed, Variable):
            order = ancestors(output, self.floor)[::-1]
            # A derivative belongs to the forward pass of whoever asked for it, so it is watched; its seed is not.
            with watching(None):
                first = recorded_seed(seed, output)
            adjoints = sweep_all(order, first, recorded=True)
            return {
                position: recorded_gradient(adjoints[node._index], node)
                if node._index in adjoints
                else np.zeros_like(node._value)[()]
                for position, node in inputs.items()
            }
        ends = {node._index for node in inputs.values()}
        _, finished = accumulate(output, seed, self.floor, ends)
        by_index = {leaf._index: full_adjoint(g, leaf, owned) for leaf, g, owned in finished}
        return {
            position: by_index[node._index] if node._index in by_index else np.zeros_like(node._value)[()]
            for position, node in inputs.items()
        }

    def _link(self) -> None:
        """Let outer sweeps pass through the inputs to the caller's Variables; to a plain value nothing leads.

        Own sweeps end at the inputs all the same, and from here on nothing is ever changed: whatever is interrupted
        leaves the inputs linked.
        """
        owners: list[Variable] = []
        values: list[Any] = []
        for node, source in zip(self.inputs.values(), self.outer.values(), strict=True):
            owners += (node, node, node)
            values += (ALIAS, source, None) if isinstance(source, Variable) else (SEED, None, None)
        set_all(owners, ("_primitive", "_a", "_extra") * len(self.inputs), values)


def _positions(argnums: Any, who: str) -> tuple[int, ...]:
    try:
        if isinstance(argnums, bool):
            raise TypeError
        positions = (
            tuple(map(operator.index, argnums)) if isinstance(argnums, tuple | list) else (operator.index(argnums),)
        )
    except TypeError:
        is_point = isinstance(argnums, float | complex | np.ndarray) or hasattr(type(argnums), "__record__")
        way = f": the point comes afterwards, {who}(f)(x)" if is_point else ""
        raise InputError(f"{who}: argnums must be an integer or a tuple of integers, got {argnums!r}{way}") from None
    if not positions or len(set(positions)) < len(positions):
        raise InputError(f"{who}: argnums must name each argument once, got {argnums!r}")
    return positions


def _callable(function: Any, who: str) -> None:
    if not callable(function):
        raise InputError(f"{who} needs a function, got {type(function).__name__}: pass f itself, not f(x)")


def _run(function: Any, positions: tuple[int, ...], args: Any, kwargs: Any, who: str) -> _Inside:
    chosen = {}
    for position in positions:
        if not -len(args) <= position < len(args):
            raise InputError(
                f"{who}: argument {position} is to be differentiated, "
                f"but only {len(args)} positional arguments were given{user_line()}"
            )
        position %= len(args)
        if position in chosen:
            raise InputError(f"{who}: argnums must name each argument once, got {positions}")
        value = args[position]
        if isinstance(value, list | tuple | dict | str) or value is None:
            way = rewritten_call(value, position + (who == "vjp"), arrays=True)
            if not way and isinstance(value, list | tuple | dict):
                way = "pass arrays as separate arguments, with argnums=(0, 1, ...)"
            if not way and value is None:
                way = "perhaps the function that made it has no return"
            raise InputError(
                f"{who}, argument {position}: expected a number or an array, got {brief(value)}"
                f"{': ' if way else ''}{way}{user_line()}"
            )
        chosen[position] = args[position]
    return _Inside(function, chosen, args, kwargs, who)


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
    both: Callable[..., tuple[Any, Any]] = wraps(f)(guarded(_value_and_grad(f, argnums, "value_and_grad")))
    return both


def _value_and_grad(f: Any, argnums: Any, who: str) -> Callable[..., tuple[Any, Any]]:
    _callable(f, who)
    positions = _positions(argnums, who)

    def both(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        inside = _run(f, positions, args, kwargs, who)
        output = inside.output
        if np.size(output) != 1:
            raise InputError(
                f"{who}: the function must return a single number, but it returned shape {np.shape(output)}: "
                "return .sum() or .mean() of it, or use gad.vjp with a seed"
            )
        by_position = inside.gradients(make_seed(output, None) if isinstance(output, Variable) else None)
        value = inside.value
        gradients = tuple(by_position[position % len(args)] for position in positions)
        return value, gradients if isinstance(argnums, tuple | list) else gradients[0]

    return both


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

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> float(gad.grad(gad.grad(gad.grad(np.sin)))(0.0))
    -1.0
    """
    refuse_unknown("grad", unknown, ("argnums",))
    both = _value_and_grad(f, argnums, "grad")

    def second(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    gradient: Callable[..., Any] = wraps(f)(guarded(second))
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
    _callable(f, "vjp")
    if not primals:
        raise InputError("vjp needs at least one primal to differentiate with respect to: vjp(f, x)")
    inside = _run(f, tuple(range(len(primals))), primals, {}, "vjp")
    value = inside.value

    @public
    def pullback(cotangent: Any) -> tuple[Any, ...]:
        output = inside.output
        seed = make_seed(
            output if isinstance(output, Variable) else seed_node(np.asarray(output, float)[()]),
            cotangent,
            "pullback()",
        )
        by_position = inside.gradients(seed)
        return tuple(by_position[position] for position in range(len(primals)))

    return value, pullback
