"""Recording: the ordered nodes of one computation (its Wengert list), as the engine knows them.

What a person holds and shows is the `Trace`, which stands above whatever draws and saves.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import CoroutineType, GeneratorType
from typing import Any, Never, Self

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.engine.aftermath import keep
from graphviz_ad.engine.forward import ForwardSweep, make_tangents
from graphviz_ad.engine.frames import public, user_line
from graphviz_ad.engine.functions import name_of, parameters_of
from graphviz_ad.engine.nesting import is_nested, is_plain_data, nested
from graphviz_ad.engine.refusing import rewritten_call
from graphviz_ad.engine.sweep import Sweep, reverse
from graphviz_ad.engine.values import as_input_value
from graphviz_ad.engine.variable import Variable, input_node
from graphviz_ad.engine.versions import newest
from graphviz_ad.engine.walking import ancestors
from graphviz_ad.engine.watch import Guard, Mark, Watch, watching
from graphviz_ad.errors import InputError, refuse_unknown

__all__ = ["Recording", "checked_output", "checked_outputs", "function_name", "parameter_names"]


@prints
class Recording:
    """The nodes of one computation in execution order, with its inputs, its output and the comparisons it met.

    Attributes
    ----------
    name : str
        What the output is called in pictures: the function's name, or ``"f"``.
    function : callable or None
        What was called, if it was a function.
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

    @classmethod
    def of_call(
        cls,
        f: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        limit: int | None = None,
        names: Sequence[str] | None = None,
        who: str = "trace",
        watch: Watch | None = None,
    ) -> Self:
        """Call ``f(*args, **kwargs)`` and record the computation.

        Parameters
        ----------
        f : callable
        args, kwargs
            Floats and arrays of floats become inputs, also those in dicts, dataclasses and lists of arrays; Variables
            are used as they are. Where there are none, integers and the numbers of lists are taken for floats.
        limit : int, optional
            The most operations to record.
        names : sequence of str, optional
            What the positional inputs are called; by default as the parameters are.
        who : str
            What the person called, which begins the message of an error about the function's result.
        watch : Watch, optional
            Who sees what is recorded, where that is to see more than a watcher does; it brings a limit of its own.

        Raises
        ------
        InputError
            When no argument can be differentiated, or `f` returns something else than a number or an array.
        SizeError
            For more operations than `limit`.
        Exception
            What `f` raises, Ctrl-C too, which then keeps what was recorded before; see `graphviz_ad.engine.aftermath`.
        """
        if not callable(f):
            raise InputError(f"{who} needs a function first, got {type(f).__name__}: {who}(f, x), not {who}(f(x))")
        if isinstance(f, np.ufunc) and len(args) != f.nin:
            raise InputError(f"{who}: np.{f.__name__} takes {f.nin} argument(s), got {len(args)}")
        names = parameter_names(f, len(args)) if names is None else names
        values = [*zip(names, args, strict=True), *kwargs.items()]
        with watching(None):  # the inputs belong to this trace, not to an open record()
            replaced, inputs = with_inputs(values)
        if not inputs:
            call = ", ".join([function_name(f), *map(repr, args), *(f"{k}={value!r}" for k, value in kwargs.items())])
            ways = (rewritten_call(value, 1 + k, arrays=True) for k, value in enumerate(args))
            way = next(filter(None, ways), "")
            raise InputError(
                f"{who}({call[:100]}): no argument can be differentiated; "
                f"pass floats or arrays of floats, such as 2.0{': ' if way else ''}{way}{user_line()}"
            )
        watch = Watch(limit) if watch is None else watch
        try:
            with watching(watch):
                output = f(*replaced[: len(args)], **dict(zip(kwargs, replaced[len(args) :], strict=True)))
        except (Exception, KeyboardInterrupt) as error:
            keep(error, function_name(f), f, inputs, watch)
            raise
        return cls(function_name(f), f, inputs, checked_outputs(output, f"{who}({function_name(f)})"), watch)

    @classmethod
    def of_block(cls, name: str) -> AbstractContextManager[Self]:
        """Record everything that is computed with Variables inside the ``with``, dead branches too."""
        watch = Watch()
        return watching(watch, cls(name, None, (), None, watch, keeps_all=True))

    @property
    def nodes(self) -> tuple[Variable, ...]:
        """All nodes in execution order: the inputs and whatever the output depends on.

        For a trace made by `record` these are all nodes made inside the ``with``, dead branches too, with what they
        depend on.
        """
        nodes = {node.index: node for node in self._inputs}
        if self._keeps_all:
            waiting = [node.version_before(0) for node in self._watch.nodes]
            while waiting:
                node = waiting.pop()
                if node.index not in nodes:
                    nodes[node.index] = node
                    waiting.extend(node.parents)
        else:
            # Whatever an input was itself made of belongs to the caller, not to this trace.
            stops, outputs = set(nodes), self.outputs
            for output in outputs:
                met = ancestors(output, 0, stops)
                if len(outputs) == 1 and stops.issubset([node._index for node in met]):
                    return tuple(met)  # every input leads to the output, so nothing has to be put in between
                nodes.update((node._index, node) for node in met)
        return tuple(nodes[index] for index in sorted(nodes))

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
            return self._watch.nodes[-1].version_before(0)
        return self._output

    @property
    def outputs(self) -> tuple[Variable, ...]:
        """The Variables that the function returned, in whatever they are kept."""
        output = self.output
        return tuple(
            [leaf for leaf in (nested(output).leaves if is_nested(output) else [output]) if isinstance(leaf, Variable)]
        )

    @property
    def start(self) -> Any:
        """Where its story begins on the way back: the output; of several the first single number, else the first."""
        if not is_nested(self.output):
            return self.output
        outputs = self.outputs or [leaf for leaf in nested(self.output).leaves if leaf is not None]
        return next((x for x in outputs if np.size(x) == 1), outputs[0])

    @property
    def guards(self) -> tuple[Guard, ...]:
        """The comparisons made on the way: the trace stays the same while they come out the same."""
        return tuple(map(_as_compared, self._watch.guards))

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What was said to be meant on the way."""
        return tuple(self._watch.marks)

    def as_recording(self) -> Recording:
        """Return the engine's half alone, for what must not keep alive whoever shows it."""
        return Recording(self.name, self.function, self._inputs, self._output, self._watch, keeps_all=self._keeps_all)

    @property
    def state(self) -> tuple[str, int, int]:
        """What a story of it depends on: its name, how much is recorded, and how much of that was released."""
        return self.name, len(self._watch.nodes), sum(node.is_released for node in self.nodes)

    @public
    def reverse(self, seed: Any = None, output: Variable | None = None, **unknown: Never) -> Sweep:
        """Sweep back from the output and keep everything for looking at.

        Parameters
        ----------
        seed : array_like, optional
            The adjoint of the output; 1 for a single number.
        output : Variable, optional
            Another node of the trace to start from. Of several results it is otherwise the first single number.

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
        start = self.start if output is None else output
        if not isinstance(start, Variable):
            raise InputError(
                f"{self.name} returned a plain {type(start).__name__}, which depends on no input: "
                "there is nothing to sweep"
            )
        nodes = self.nodes
        if all(node is not start for node in nodes):
            raise InputError(f"{start!r} is not a node of this trace")
        return reverse(start, nodes, seed, self.stops)

    @public
    def forward(self, tangents: Any = None, **unknown: Never) -> ForwardSweep:
        """Sweep forward from the inputs and keep everything for looking at.

        Parameters
        ----------
        tangents : array_like, tuple or dict, optional
            Which way the inputs move: one tangent for each, of its shape, or a dict by name in which those that stay
            as they are may be left out. 1 for a single number.

        Returns
        -------
        ForwardSweep

        Raises
        ------
        SeedError
            When there is no saying which way the inputs move, and for tangents that do not belong to them.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> t = gad.trace(np.multiply, 2.0, 5.0)
        >>> float(t.forward({"x1": 1.0}).tangent(t.output))
        5.0
        """
        refuse_unknown("forward", unknown, ("tangents",))
        return ForwardSweep(self.start, self.nodes, make_tangents(self.inputs, tangents))

    @property
    def source(self) -> Any:
        """Whose code is shown beside it: that of what was called."""
        return self.function

    @property
    def stops(self) -> frozenset[int]:
        """The creation indices of the nodes at which its sweeps end."""
        return frozenset() if self._keeps_all else frozenset(node.index for node in self._inputs)

    def __len__(self) -> int:
        return len(self.nodes)

    def __repr__(self) -> str:
        shown = repr(self._output if not self._keeps_all else self._watch.nodes[-1] if self._watch.nodes else None)
        return f"<{type(self).__name__} of {self.name}: {len(self.nodes)} nodes, output {shown}>"


def _as_compared(guard: Guard) -> Guard:
    """Return a guard with the versions of arrays that were compared; itself where none was written to since."""
    sides = [
        side.version_before(guard.moment) if isinstance(side, Variable) else side for side in (guard.left, guard.right)
    ]
    unchanged = sides[0] is guard.left and sides[1] is guard.right
    return guard if unchanged else guard._replace(left=sides[0], right=sides[1])


def function_name(function: Any) -> str:
    """Return what pictures call a function: its own name if it is a short Python function's, else ``"f"``."""
    name = name_of(function, "")
    ordinary = not isinstance(function, np.ufunc) and not inspect.isbuiltin(function) and not isinstance(function, type)
    return name if ordinary and name.isidentifier() and len(name) <= 12 else "f"


def parameter_names(function: Any, count: int) -> list[str]:
    """Return the names of the first `count` positional parameters, made up where the signature cannot be read."""
    names: list[str] = []
    for parameter in parameters_of(function) or ():
        if parameter.kind is parameter.VAR_POSITIONAL:
            names += [f"{parameter.name}{i}" for i in range(count - len(names))]
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            names.append(parameter.name)
    if isinstance(function, np.ufunc):
        names = ["x", "y", "z"] if function.nin == 1 else ["x1", "x2", "x3"]
    return (names + [f"x{i}" for i in range(len(names), count)])[:count]


def with_inputs(arguments: Sequence[tuple[str, Any]]) -> tuple[list[Any], tuple[Variable, ...]]:
    """Return arguments with Variables in the place of what is an input, and these inputs.

    Floats, arrays of floats and Variables are, wherever they are kept; where none are, integers and lists of numbers
    are meant.
    """
    for means_numbers in (False, True):
        inputs: list[Variable] = []
        replaced = [_replaced(value, name, means_numbers, inputs) for name, value in arguments]
        if inputs:
            break
    return replaced, tuple(inputs)


def _replaced(value: Any, name: str, means_numbers: bool, inputs: list[Variable]) -> Any:
    value = newest(value)
    if not is_nested(value):
        return _as_input(value, name, means_numbers, inputs)
    if is_plain_data(value) and not means_numbers:
        return value
    nest = nested(value)
    labels = nest.names(name)
    return nest.filled(
        [_as_input(newest(leaf), label, means_numbers, inputs) for leaf, label in zip(nest.leaves, labels, strict=True)]
    )


def _as_input(value: Any, name: str, means_numbers: bool, inputs: list[Variable]) -> Any:
    """Make an input of what can be differentiated; leave everything else to the function."""
    if means_numbers:
        value = as_input_value(value)
    if isinstance(value, Variable):
        inputs.append(value)
        return value
    is_number = isinstance(value, float | complex | np.floating | np.complexfloating)
    if is_number or (isinstance(value, np.ndarray) and value.dtype.kind in "fc"):
        inputs.append(input_node(value, name))
        return inputs[-1]
    return value


def checked_outputs(output: Any, who: str) -> Any:
    """Return a function's result if it is numbers and arrays, in whatever they are kept, else explain."""
    output = newest(output)
    if not is_nested(output):
        return checked_output(output, who)
    nest = nested(output)
    if all(leaf is None for leaf in nest.leaves):
        raise InputError(f"{who}: the function returned a {type(output).__name__} without numbers")
    return nest.filled([None if leaf is None else checked_output(leaf, who) for leaf in nest.leaves])


def checked_output(output: Any, who: str) -> Any:
    """Return a function's result if it is a Variable or a plain number or array, else explain.

    Raises
    ------
    InputError
    """
    output = newest(output)
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
            f"{who}: the function must return one number or array, but it returned {_kind_of_result(output)}"
        )
    return plain[()]


def _kind_of_result(output: Any) -> str:
    if isinstance(output, CoroutineType):
        output.close()  # so that nobody is told that it was never awaited
        return "a coroutine, since it is async: nothing is computed in it before it is awaited; leave async out"
    if isinstance(output, GeneratorType):
        return "a generator, since it yields: return a number or an array instead"
    return type(output).__name__
