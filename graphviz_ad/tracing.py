"""Trace: the ordered nodes of one computation (its Wengert list), and the two ways to get one: trace() and record()."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Never

import numpy as np

from graphviz_ad.errors import InputError, refuse_unknown
from graphviz_ad.sweep import Sweep, ancestors, reverse
from graphviz_ad.variable import Variable, input_node
from graphviz_ad.watch import Guard, Watch, watching

if TYPE_CHECKING:
    from os import PathLike

    import graphviz

    from graphviz_ad.steps import Step

__all__ = ["Trace", "record", "trace"]


class Trace:
    """The nodes of one computation in execution order, with its inputs, its output and the comparisons it met.

    Made by `trace` and `record`. In a notebook it shows itself as a picture.

    Attributes
    ----------
    name : str
        What the output is called in pictures: the function's name, or ``"f"``.
    function : callable or None
        What was traced, if it was `trace` that made it.
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., Any] | None,
        inputs: tuple[Variable, ...],
        output: Any,
        watch: Watch,
        *,
        keeps_all: bool = False,
    ) -> None:
        self.name = name
        self.function = function
        self._inputs = inputs
        self._output = output
        self._watch = watch
        self._keeps_all = keeps_all

    @property
    def nodes(self) -> tuple[Variable, ...]:
        """All nodes in execution order: the inputs and whatever the output depends on.

        For a trace made by `record` these are all nodes made inside the ``with``, dead branches too, with what they
        depend on.
        """
        found = {node.index: node for node in self._inputs}
        if self._keeps_all:
            waiting = list(self._watch.nodes)
            while waiting:
                node = waiting.pop()
                if node.index not in found:
                    found[node.index] = node
                    waiting.extend(node.parents)
        elif isinstance(self._output, Variable):
            # Whatever an input was itself made of belongs to the caller, not to this trace.
            found.update(
                (node.index, node) for node in ancestors(self._output, 0, {node.index for node in self._inputs})
            )
        return tuple(found[index] for index in sorted(found))

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """The Variables that the function was called with; for `record`, the leaves."""
        return tuple(node for node in self.nodes if node.is_leaf) if self._keeps_all else self._inputs

    @property
    def output(self) -> Any:
        """The Variable that the function returned (or a plain number, when nothing differentiable was returned).

        For `record`, the last node made.
        """
        if self._keeps_all:
            if not self._watch.nodes:
                raise InputError("nothing has been recorded yet: compute with Variables inside the with statement")
            return self._watch.nodes[-1]
        return self._output

    @property
    def guards(self) -> tuple[Guard, ...]:
        """The comparisons made on the way: the trace stays the same while they come out the same."""
        return tuple(self._watch.guards)

    def reverse(self, seed: Any = None, output: Variable | None = None, **unknown: Never) -> Sweep:
        """Sweep back from the output and keep everything for looking at.

        Parameters
        ----------
        seed : array_like, optional
            The adjoint of the output; 1 for a single number.
        output : Variable, optional
            Another node of the trace to start from.

        Returns
        -------
        Sweep

        Raises
        ------
        InputError
            When the output is a plain number, or the node is not part of this trace.
        SeedError
            When the output is not a single number and no seed is given.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> t = gad.trace(np.sin, 0.0)
        >>> float(t.reverse().adjoint(t.inputs[0]))
        1.0
        """
        refuse_unknown("reverse", unknown, ("seed", "output"))
        if output is not None and not isinstance(output, Variable):
            raise InputError(f"reverse: output must be a node of this trace, got {type(output).__name__}")
        start = self.output if output is None else output
        if not isinstance(start, Variable):
            raise InputError(
                f"{self.name} returned a plain {type(start).__name__}, which depends on no input: "
                "there is nothing to sweep"
            )
        nodes = self.nodes
        if all(node is not start for node in nodes):
            raise InputError(f"{start!r} is not a node of this trace")
        return reverse(start, nodes, seed, () if self._keeps_all else {node.index for node in self._inputs})

    def steps(self, mode: str = "reverse", **unknown: Never) -> tuple[Step, ...]:
        """Tell the story: one step for each value computed and each rule applied on the way back.

        Raises
        ------
        InputError
            For another mode than ``"reverse"``.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> for step in gad.trace(np.sin, 0.0).steps():
        ...     print(step)
        x is the input: 0.
        f is sin x: 0.
        Start at f: its slope with respect to itself is 1.
        Back through sin x: f̄ = 1 times cos x = 1. x̄, the slope of f at this x, is 1.
        """
        from graphviz_ad.steps import tell

        refuse_unknown("steps", unknown, ("mode",))
        return tell(self, mode).steps

    def to_dot(self) -> graphviz.Digraph:
        """Return the trace as a `graphviz.Digraph` that draws itself without a system Graphviz."""
        from graphviz_ad.draw.dot import to_dot
        from graphviz_ad.steps import tell

        return to_dot(tell(self))

    def save(
        self,
        path: str | PathLike[str],
        *,
        step: int | None = None,
        theme: str = "light",
        limit: int | None = 150,  # draw's MAX_BOXES, which stands further right
        **unknown: Never,
    ) -> None:
        """Write the picture to a file: ``.svg``, ``.dot`` or ``.html`` (the player).

        Parameters
        ----------
        path : path-like
            Written whole or not at all.
        step : int, optional
            Which step of the story, from 0; the finished picture unless given.
        theme : {"light", "dark", "contrast"}
        limit : int or None
            The most nodes to draw; None draws a graph of any size, which may take long.

        Raises
        ------
        InputError
            For an unknown suffix, theme or step.
        SizeError
            For more nodes than `limit`.
        PathError
            When the file cannot be written there.
        """
        from graphviz_ad.export import save_trace

        refuse_unknown("save", unknown, ("step", "theme", "limit"))
        save_trace(self, path, step=step, theme=theme, limit=limit)

    def __len__(self) -> int:
        return len(self.nodes)

    def __repr__(self) -> str:
        shown = repr(self._output if not self._keeps_all else self._watch.nodes[-1] if self._watch.nodes else None)
        return f"<Trace of {self.name}: {len(self.nodes)} nodes, output {shown}>"

    def __str__(self) -> str:
        from graphviz_ad.wengert import table

        return table(self) if len(self) else repr(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from graphviz_ad.export import mimebundle

        return mimebundle(self)


def function_name(function: Any) -> str:
    """Return what pictures call a function: its own name if it is a short Python function's, else ``"f"``."""
    name = getattr(function, "__name__", "")
    ordinary = not isinstance(function, np.ufunc) and not inspect.isbuiltin(function) and not isinstance(function, type)
    return name if ordinary and isinstance(name, str) and name.isidentifier() and len(name) <= 12 else "f"


def parameter_names(function: Any, count: int) -> list[str]:
    """Return the names of the first `count` positional parameters, made up where the signature cannot be read."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names: list[str] = []
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            names += [f"{parameter.name}{i}" for i in range(count - len(names))]
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            names.append(parameter.name)
    if isinstance(function, np.ufunc):
        names = ["x", "y", "z"] if function.nin == 1 else ["x1", "x2", "x3"]
    return (names + [f"x{i}" for i in range(len(names), count)])[:count]


def _as_input(value: Any, name: str) -> Any:
    """Make floats and float arrays Variables; leave integers, lists, strings and everything else to the function."""
    if isinstance(value, Variable):
        return value
    if isinstance(value, float | complex | np.floating | np.complexfloating):
        return input_node(value, name)
    if isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        return input_node(value, name)
    return value


def trace(f: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Trace:
    """Call ``f(*args, **kwargs)`` and record the computation.

    Floats and arrays of floats become inputs, named after the parameters; Variables are used as they are; integers,
    strings and other arguments are passed on unchanged.

    Parameters
    ----------
    f : callable
        Written with NumPy. Returns a single number or array.

    Returns
    -------
    Trace

    Raises
    ------
    InputError
        When no argument can be differentiated, or `f` returns something else than a number or an array.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> t = gad.trace(lambda x: np.log(x**2) * np.sin(x) + 1 / x, 2.0)
    >>> len(t.nodes), round(float(t.output.value), 6)
    (7, 1.760554)
    """
    return trace_limited(f, args, kwargs, None)


def trace_limited(
    f: Callable[..., Any], args: Any, kwargs: Any, limit: int | None, names: list[str] | None = None
) -> Trace:
    """Carry out `trace`; with a limit, refuse to record more operations than that.

    The positional inputs are called `names`, or after the parameters.
    """
    if not callable(f):
        raise InputError(f"trace needs a function first, got {type(f).__name__}: trace(f, x), not trace(f(x))")
    if isinstance(f, np.ufunc) and len(args) != f.nin:
        raise InputError(f"trace: np.{f.__name__} takes {f.nin} argument(s), got {len(args)}")
    names = parameter_names(f, len(args)) if names is None else names
    with watching(None):  # the inputs belong to this trace, not to an open record()
        positional = [_as_input(value, name) for value, name in zip(args, names, strict=True)]
        keywords = {name: _as_input(value, name) for name, value in kwargs.items()}
    inputs = tuple(value for value in (*positional, *keywords.values()) if isinstance(value, Variable))
    if not inputs:
        given = ", ".join([repr(value) for value in args] + [f"{name}={value!r}" for name, value in kwargs.items()])
        raise InputError(
            f"trace({function_name(f)}{', ' if given else ''}{given[:80]}): no argument can be differentiated; "
            "pass floats or arrays of floats, such as 2.0 instead of 2"
        )
    watch = Watch(limit)
    with watching(watch):
        output = f(*positional, **keywords)
    return Trace(function_name(f), f, inputs, checked_output(output, f"trace({function_name(f)})"), watch)


def checked_output(output: Any, who: str) -> Any:
    """Return a function's result if it is a Variable or a plain number or array, else explain.

    Raises
    ------
    InputError
    """
    if isinstance(output, Variable):
        return output
    if output is None:
        raise InputError(f"{who}: the function returned nothing; end it with return and the result")
    if isinstance(output, str | bytes | tuple | list | dict | set):
        hint = (
            ": put the numbers into one array with np.stack, or return one of them"
            if isinstance(output, tuple | list)
            else ""
        )
        raise InputError(
            f"{who}: the function must return one number or array, but it returned a {type(output).__name__}{hint}"
        )
    try:
        plain = np.asarray(output)
    except (TypeError, ValueError):
        plain = np.asarray(None)
    if plain.dtype.kind not in "biufc":
        raise InputError(
            f"{who}: the function must return one number or array, but it returned {type(output).__name__}"
        )
    return plain[()]


def record(name: str = "f", **unknown: Never) -> AbstractContextManager[Trace]:
    """Record everything that is computed with Variables inside the ``with``, dead branches too.

    Variables record on their own, without any context; this additionally keeps the list. It belongs to the thread,
    and ends with the ``with`` also when an exception passes through.

    Parameters
    ----------
    name : str
        What pictures call the output.

    Returns
    -------
    context manager
        Gives the Trace.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> x = gad.attach_grad(np.arange(4.0))
    >>> with gad.record() as t:
    ...     y = 2 * np.dot(x, x)
    >>> y.backward()
    >>> x.grad
    array([ 0.,  4.,  8., 12.])
    >>> len(t.nodes)
    3
    """
    refuse_unknown("record", unknown, ("name",))
    if not isinstance(name, str):
        raise InputError(f"record: name must be a string, got {type(name).__name__}")
    return _recording(name)


@contextmanager
def _recording(name: str) -> Iterator[Trace]:
    watch = Watch()
    with watching(watch):
        yield Trace(name, None, (), None, watch, keeps_all=True)
