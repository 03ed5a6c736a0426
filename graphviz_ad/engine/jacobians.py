"""Matrices of derivatives: jacobian, hessian, and the Hessian times a direction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any, Never

import numpy as np

from graphviz_ad.console import printable
from graphviz_ad.engine.batch import Diagonal, in_full, sweep_batch
from graphviz_ad.engine.forward import depending
from graphviz_ad.engine.frames import guarded, public, user_line
from graphviz_ad.engine.functions import name_of, wraps
from graphviz_ad.engine.inside import Inside, checked_positions, run
from graphviz_ad.engine.rules.shaping import reshaped
from graphviz_ad.engine.sweep import recorded_seed
from graphviz_ad.engine.transforms import check_callable, jvp, make_gradient
from graphviz_ad.engine.variable import Variable
from graphviz_ad.errors import DtypeError, refuse_unknown

__all__ = ["hessian", "hvp", "jacobian"]

_LARGEST = 2**22  # numbers in one adjoint of a batch of seeds; more seeds go through in several sweeps


@public
def jacobian(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, **unknown: Never) -> Callable[..., Any]:
    """Return the Jacobian of `f` as a function: the derivative of each number it returns by each it is given.

    Row by row in one sweep back, or column by column in sweeps forward, whichever are fewer.

    Parameters
    ----------
    f : callable
        Written with NumPy; returns numbers or arrays, also nested ones.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to.

    Returns
    -------
    callable
        With the arguments of `f`; returns an array of the result's shape followed by the argument's. A tuple of them
        when `argnums` is one; nested as the result is, and inside that as the argument is.

    Raises
    ------
    InputError
        When `f` returns something else than numbers, or an argument is missing.
    DtypeError
        For a real result of complex arguments, which has no complex derivative.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> gad.jacobian(lambda x: np.stack([x[0] * x[1], x[1] ** 2]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [0., 6.]])
    """
    refuse_unknown("jacobian", unknown, ("argnums",))
    return _named(f, guarded(_jacobian(f, argnums, "jacobian")), "J")


@public
def hessian(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, **unknown: Never) -> Callable[..., Any]:
    """Return the Hessian of `f` as a function: the Jacobian of its gradient.

    Parameters
    ----------
    f : callable
        Written with NumPy; must return a single number.
    argnums : int or tuple of int
        Which positional arguments to differentiate with respect to.

    Returns
    -------
    callable
        With the arguments of `f`; returns an array of the argument's shape twice. A tuple of tuples of them when
        `argnums` is a tuple; nested as the argument is, twice.

    Raises
    ------
    InputError
        When `f` does not return a single number, or an argument is missing.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> gad.hessian(lambda w: w[0] ** 2 + w[1] ** 2 + w[0] * w[1])(np.array([2.0, 2.0]))
    array([[2., 1.],
           [1., 2.]])
    """
    refuse_unknown("hessian", unknown, ("argnums",))
    gradient = make_gradient(f, argnums, "hessian")
    return _named(f, guarded(_jacobian(lambda *args, **kwargs: gradient(*args, **kwargs)[1], argnums, "hessian")), "H")


@public
def hvp(f: Callable[..., Any], primals: Any, tangents: Any, **unknown: Never) -> tuple[Any, Any]:
    """Return ``f(*primals)`` and the product of its Hessian with tangents, without making the Hessian.

    Forward over reverse: how the gradient changes when the primals move. It costs a few gradients, whatever their size
    (Pearlmutter 1994, "Fast exact multiplication by the Hessian").

    Parameters
    ----------
    f : callable
        Written with NumPy; must return a single number.
    primals : tuple
        The arguments of `f`; a single one may stand alone.
    tangents : tuple
        Which way each of them moves, of its shape; nested as the primals are.

    Returns
    -------
    value : NumPy value
    product : NumPy value
        Of the shape of the primals, and nested as they are.

    Raises
    ------
    InputError
        When `f` does not return a single number.
    SeedError
        For tangents that do not belong to the primals.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> value, product = gad.hvp(lambda w: (w**3).sum(), np.array([1.0, 2.0]), np.array([1.0, 10.0]))
    >>> float(value), product
    (9.0, array([  6., 120.]))
    """
    refuse_unknown("hvp", unknown, ("primals", "tangents"))
    check_callable(f, "hvp")
    several = isinstance(primals, tuple | list)
    count = len(primals) if several else 1
    gradient = make_gradient(f, tuple(range(count)), "hvp")

    def value_and_slope(*args: Any) -> tuple[Any, Any]:
        inside, slope = gradient(*args)
        return inside.value, slope

    (value, _), (_, product) = jvp(value_and_slope, primals, tangents)
    return value, product if several else product[0]


def _named(f: Any, function: Callable[..., Any], prefix: str) -> Callable[..., Any]:
    """Give a function of derivatives the signature of `f`, and a name of its own."""
    named: Callable[..., Any] = wraps(f)(function)
    named.__name__ = printable(f"{prefix}_{name_of(f, 'f')}")
    return named


def _jacobian(f: Any, argnums: Any, who: str) -> Callable[..., Any]:
    check_callable(f, who)
    positions = checked_positions(argnums, who)

    def matrix(*args: Any, **kwargs: Any) -> Any:
        inside = run(f, positions, args, kwargs, who)
        blocks = []
        for output in inside.outputs:
            by_argument = inside.arguments(_blocks(inside, output))
            blocks.append(by_argument if isinstance(argnums, tuple | list) else by_argument[0])
        return inside.result(blocks)

    return matrix


def _blocks(inside: Inside, output: Any) -> list[Any]:
    """Return the Jacobian of one output by each input."""
    if not isinstance(output, Variable) or output._index < inside.floor:
        return [np.zeros((*np.shape(output), *node.shape))[()] for node in inside.inputs]
    if any(node.dtype.kind == "c" for node in inside.inputs) and output.dtype.kind != "c":
        raise DtypeError(
            f"{inside.who}: a real result of complex arguments has no complex derivative; "
            f"gad.grad of each of its numbers gives the direction of steepest ascent{user_line()}"
        )
    if output.dtype.kind == "c" or _goes_forward(inside, output):
        return [_columns(inside, output, k) for k in range(len(inside.inputs))]
    return _rows(inside, output)


def _goes_forward(inside: Inside, output: Variable) -> bool:
    """Whether there are so much fewer columns than rows that sweeps forward, one for each, take less time."""
    return 4 * sum(node.size for node in inside.inputs) <= output.size


def _rows(inside: Inside, output: Variable) -> list[Any]:
    """Sweep back with a seed for each entry of the output, all of them at once."""
    starts = {node._index for node in inside.inputs}
    order = depending(inside.behind(output), starts)[::-1]
    if not output.size or not order or order[0] is not output:
        sweeps: list[dict[int, Any]] = [{}]
    elif _is_diagonal(order, starts):
        sweeps = [_diagonals(inside, output)]
    else:
        recorded = inside.is_recorded
        sweeps = [sweep_batch(order, seeds, starts, recorded=recorded) for seeds in _seeds(order, output, recorded)]
    return [
        _shaped([swept[node._index] for swept in sweeps], output, node)
        if node._index in sweeps[0]
        else np.zeros((*output.shape, *node.shape), node.dtype)[()]
        for node in inside.inputs
    ]


def _is_diagonal(order: list[Variable], starts: Collection[int]) -> bool:
    """Whether every entry of the first node depends on the entries in its place only, in all that it is made from."""
    shape = order[0]._value.shape
    for node in order:
        if node._value.shape != shape:
            return False
        if node._index not in starts and not node._primitive.elementwise:  # type: ignore[union-attr]
            return False
    return True


def _diagonals(inside: Inside, output: Variable) -> dict[int, Any]:
    """Return all rows from one ordinary sweep, which adds them up: no two of them have a number in the same place."""
    by_index = inside.adjoints(output, np.ones(output.shape, output.dtype)[()])
    return {index: Diagonal(adjoint) for index, adjoint in by_index.items()}


def _seeds(order: list[Variable], output: Variable, recorded: bool) -> Iterator[Any]:
    """Yield the rows of the unit matrix, as many at once as the largest node has room for."""
    largest = max([node._value.size for node in order])
    if output.size * largest <= _LARGEST:
        ones = np.ones(output.shape, output.dtype)[()]
        yield Diagonal(recorded_seed(ones, output) if recorded else ones)
        return
    rows = max(1, _LARGEST // largest)
    for start in range(0, output.size, rows):
        count = min(rows, output.size - start)
        block = np.eye(count, output.size, start, output.dtype).reshape(count, *output.shape)
        yield recorded_seed(block, output) if recorded else block


def _shaped(parts: list[Any], output: Variable, node: Variable) -> Any:
    """Return the gradients of all entries of an output as one array, in the dtype of the input."""
    full = in_full(parts[0]) if len(parts) == 1 else np.concatenate([in_full(part) for part in parts])
    full = reshaped(full, (*output.shape, *node.shape))
    return full.astype(node.dtype) if full.dtype != node.dtype else full[()]


def _columns(inside: Inside, output: Variable, argument: int) -> Any:
    """Sweep forward once for each entry of an input."""
    node = inside.inputs[argument]
    zeros = [np.zeros(other.shape, other.dtype)[()] for other in inside.inputs]
    place = next(k for k, other in enumerate(inside.outputs) if other is output)
    columns = []
    for unit in np.eye(node.size, dtype=node.dtype):
        tangents = [*zeros[:argument], unit.reshape(node.shape)[()], *zeros[argument + 1 :]]
        columns.append(inside.pushed(tangents)[place])
    if not columns:
        return np.zeros((*output.shape, *node.shape), output.dtype)
    full = np.stack(columns, axis=-1)
    return np.reshape(full, (*output.shape, *node.shape))[()]
