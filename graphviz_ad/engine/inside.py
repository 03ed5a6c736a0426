"""One run of a function with some of its arguments replaced by fresh inputs: what every transform begins with.

A transform's input is a fresh node; its sweep stops there, and if the caller's own value was already tracked, the node
is linked to it afterwards, so that an outer sweep finds its way through. The creation index tells what is inside:
everything younger than the inputs.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from graphviz_ad.engine.backward import accumulate, full_adjoint
from graphviz_ad.engine.exchange import set_all
from graphviz_ad.engine.forward import push_all
from graphviz_ad.engine.frames import is_raised_by_the_person, user_line
from graphviz_ad.engine.lazily import lazily
from graphviz_ad.engine.nesting import Nest, is_nested, is_plain_data, nested
from graphviz_ad.engine.primitive import Primitive
from graphviz_ad.engine.recording import checked_output
from graphviz_ad.engine.refusing import leaf_error, rewritten_call
from graphviz_ad.engine.sweep import ONE, recorded_gradient, recorded_seed, sweep_all
from graphviz_ad.engine.values import as_input_value
from graphviz_ad.engine.variable import (
    ALIAS,
    DETACH,
    SEED,
    Variable,
    input_node,
    is_tracked,
    record_node,
    seed_node,
)
from graphviz_ad.engine.versions import newest
from graphviz_ad.engine.walking import ancestors
from graphviz_ad.engine.watch import watching
from graphviz_ad.errors import DtypeError, InputError, brief

__all__ = ["Inside", "checked_positions", "run"]


_NUMBERS = (float, int, np.float64)
_CALLED_WITH_THE_FUNCTION = ("vjp",)  # whose function is an argument of the same call as the point

# The sum of the products of several outputs with their seeds: one sweep back from it serves all of them.
_JOINT = Primitive(
    "joint",
    lambda *outputs, seeds: np.float64(0.0),
    vjps=(lambda adjoint, y, *outputs, seeds, argument: seeds[argument],),
    variadic=True,
)


class Inside:
    """One run of a function with some of its arguments replaced by fresh inputs.

    Parameters
    ----------
    function : callable
    positions : tuple of int
        Which arguments are differentiated with respect to, all that is in them.
    args, kwargs
        The arguments.
    who : str
        The transform, for errors.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        positions: Sequence[int],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        who: str,
    ) -> None:
        self.who = who
        self.inputs: list[Variable] = []
        self.outer: list[Any] = []
        self._nests: dict[int, tuple[Nest | None, list[bool]]] = {}
        self._is_deep = self._is_nested = False
        self._ancestors: dict[int, list[Variable]] = {}
        replaced = list(args)
        for position in positions:
            replaced[position] = self._replace(args[position], position)
        self.floor = self.inputs[0]._index
        try:
            result = function(*replaced, **kwargs)
        except TypeError as error:
            if not is_raised_by_the_person(error):
                self._advise_arrays(error, args)
                self._advise_integers(error)
            raise
        finally:
            self._link()
        self._result = nested(result) if is_nested(result) else None
        leaves = [result] if self._result is None else [leaf for leaf in self._result.leaves if leaf is not None]
        if not leaves:
            raise InputError(f"{who}: the function returned a {type(result).__name__} without numbers{user_line()}")
        self.outputs = [checked_output(leaf, who) for leaf in leaves]

    @property
    def output(self) -> Any:
        """The result, of a function that has to return one number or array."""
        if self._result is not None:
            checked_output(self.result(self.outputs), self.who)
        return self.outputs[0]

    @property
    def value(self) -> Any:
        """What the function returned; plain where nothing outside may be differentiated."""
        recorded = self.is_recorded
        return self.result([x if recorded or not isinstance(x, Variable) else x.value for x in self.outputs])

    def result(self, leaves: Sequence[Any]) -> Any:
        """Return something else for each number or array of the result, kept as the result is; None stays None."""
        if self._result is None:
            return leaves[0]
        rest = iter(leaves)
        return self._result.filled([None if leaf is None else next(rest) for leaf in self._result.leaves])

    def _argument(self, nest: Nest | None, is_input: list[bool], by_input: Iterator[Any]) -> Any:
        """Return something for each input of an argument, kept as the argument is; None for what is no input."""
        entries = [next(by_input) if replaced else None for replaced in is_input]
        return entries[0] if nest is None else nest.filled(entries)

    def arguments(self, by_input: Sequence[Any]) -> tuple[Any, ...]:
        """Return something for each input, in one entry for each argument that is differentiated."""
        if not self._is_deep:
            return tuple(by_input)
        rest = iter(by_input)
        return tuple([self._argument(*place, rest) for place in self._nests.values()])

    @property
    def places(self) -> list[tuple[int, str | None]]:
        """For each leaf of the arguments that are differentiated, its argument and path; None of what is no input."""
        return [
            (position, path if moves else None)
            for position, (nest, is_input) in self._nests.items()
            for path, moves in zip([""] if nest is None else nest.paths, is_input, strict=True)
        ]

    @lazily
    def is_recorded(self) -> bool:
        """Whether derivatives must be recorded, because something outside may be differentiated too."""
        if self._is_nested:
            return True
        own, floor = {node._index for node in self.inputs}, self.floor
        for output in self.outputs:
            for node in self.behind(output):
                if node._index in own:
                    continue
                if node._primitive is None:
                    return True
                a, b = node._a, node._b
                if type(a) is Variable and a._index >= floor and (b is None or type(b) in _NUMBERS):
                    continue
                if type(a) is type(b) is Variable and a._index >= floor and b._index >= floor:
                    continue
                for operand in () if node._primitive is DETACH else node.operands:
                    if type(operand) is Variable and operand._index < floor and is_tracked(operand):
                        return True
        return False

    def gradients(self, seeds: Sequence[Any]) -> list[Any]:
        """Sweep back from the outputs, each with its seed; return the gradient for each input."""
        reached = []
        for output, seed in zip(self.outputs, seeds, strict=True):
            if isinstance(output, Variable) and output._index >= self.floor:
                reached.append((output, seed if seed is ONE or seed.dtype.kind != "c" else np.conjugate(seed)))
        by_index: dict[int, Any] = {}
        if len(reached) == 1:
            ((output, seed),) = reached
            by_index = self.adjoints(output, seed)
        elif reached:
            recorded = self.is_recorded or any(isinstance(seed, Variable) for _, seed in reached)
            by_index = self._adjoints(_joint(reached, recorded), ONE, recorded)
        gradients = []
        for node in self.inputs:
            g = by_index.get(node._index)
            gradients.append(np.zeros_like(node._value)[()] if g is None else g)
        return gradients

    def adjoints(self, output: Variable, seed: Any) -> dict[int, Any]:
        """Return the gradients of one output by creation index, recorded where they must be."""
        return self._adjoints(output, seed, isinstance(seed, Variable))

    def _adjoints(self, output: Variable, seed: Any, recorded: bool) -> dict[int, Any]:
        recorded = recorded or self._is_nested or vars(self).get("is_recorded", False)
        plain = None if recorded else self._plain_adjoints(output, seed)
        return self._recorded_adjoints(output, seed) if plain is None else plain

    def _plain_adjoints(self, output: Variable, seed: Any) -> dict[int, Any] | None:
        """Return the gradients by creation index; None where they must be recorded, which the sweep itself tells.

        Nothing outside may be differentiated when all that was met ends at the inputs.
        """
        ends = {node._index for node in self.inputs}
        outside: list[Variable] = []
        _, leaves = accumulate(output, seed, self.floor, ends, outside)
        for leaf, _, _ in leaves:
            if leaf._index not in ends:
                return None
        for node in outside:
            if is_tracked(node):
                return None
        if len(self.outputs) == 1:
            vars(self)["is_recorded"] = False
        return {leaf._index: full_adjoint(g, leaf, owned) for leaf, g, owned in leaves}

    def _recorded_adjoints(self, output: Variable, seed: Any) -> dict[int, Any]:
        """Return the gradients by creation index, as Variables."""
        # A derivative belongs to the forward pass of whoever asked for it, so it is watched; its seed is not.
        order = ancestors(output, self.floor)[::-1]
        adjoints = sweep_all(order, recorded_seed(seed, output), recorded=True)
        inputs = [node for node in self.inputs if node._index in adjoints]
        return {node._index: recorded_gradient(adjoints[node._index], node) for node in inputs}

    def pushed(self, tangents: Sequence[Any]) -> list[Any]:
        """Sweep forward from the inputs, each with its tangent; return the tangent of each output."""
        recorded = self.is_recorded or any(isinstance(tangent, Variable) for tangent in tangents)
        firsts = {
            node._index: seed_node(tangent) if recorded and not isinstance(tangent, Variable) else tangent
            for node, tangent in zip(self.inputs, tangents, strict=True)
        }
        nodes: dict[int, Variable] = {}
        for output in self.outputs:
            nodes.update((node._index, node) for node in self.behind(output))
        by_index = push_all([nodes[index] for index in sorted(nodes)], firsts, recorded=recorded)
        return [
            by_index.get(output._index if isinstance(output, Variable) else -1, _zeros(output))
            for output in self.outputs
        ]

    def behind(self, output: Any) -> list[Variable]:
        """Return what is inside of all that an output depends on, in execution order."""
        if not isinstance(output, Variable) or output._index < self.floor:
            return []
        if output._index not in self._ancestors:
            self._ancestors[output._index] = ancestors(output, self.floor)
        return self._ancestors[output._index]

    def _replace(self, value: Any, position: int) -> Any:
        """Return an argument with inputs in the place of what can be differentiated."""
        value = newest(value)
        if not is_nested(value):
            self._nests[position] = None, [True]
            return self._add(value, position)
        self._is_deep = True
        nest = nested(value)
        is_input = [_is_differentiable(leaf) for leaf in nest.leaves]
        if not any(is_input):
            raise self._no_input(value, position)
        self._nests[position] = nest, is_input
        return nest.filled(
            [
                self._add(newest(leaf), position, path) if replaced else leaf
                for leaf, path, replaced in zip(nest.leaves, nest.paths, is_input, strict=True)
            ]
        )

    def _add(self, value: Any, position: int, path: str = "") -> Variable:
        is_recorded = isinstance(value, Variable)
        try:
            node = input_node(as_input_value(value._value if is_recorded else value))
        except DtypeError as error:
            place = f"{self.who}, argument {position}{path and f', at {path}'}: "
            problem = "" if isinstance(error.__context__, DtypeError | None) else str(error.__context__)
            where = position + (self.who in _CALLED_WITH_THE_FUNCTION)
            raise leaf_error(value, problem.partition(".")[0], where, place) from None
        # What it was called with may be differentiated outside.
        self._is_nested = self._is_nested or (is_recorded and is_tracked(value))
        self.inputs.append(node)
        self.outer.append(value)
        return node

    def _advise_arrays(self, error: TypeError, args: Sequence[Any]) -> None:
        """Say of a list of numbers that the function may have taken it for an array."""
        for position in self._nests:
            if is_nested(args[position]) and is_plain_data(args[position]):
                way = rewritten_call(args[position], position + (self.who in _CALLED_WITH_THE_FUNCTION), arrays=True)
                kind = type(args[position]).__name__
                if way:
                    error.add_note(f"the function was called with a {kind} of Variables; for an array of them, {way}")

    def _advise_integers(self, error: TypeError) -> None:
        """Say of an integer in a nested argument that the function got a float, which may not count."""
        places = [place for place in self.places if place[1] is not None]
        for value, (position, path) in zip(self.outer, places, strict=True):
            if path and isinstance(value, int | np.integer):
                error.add_note(
                    f"the {value} at {path} of argument {position} is an input, and so a float with a derivative; "
                    "an integer that counts goes into an argument of its own"
                )

    def _no_input(self, value: Any, position: int) -> InputError:
        return InputError(
            f"{self.who}, argument {position}: there is nothing to differentiate with respect to in {brief(value)}"
            f"{user_line()}"
        )

    def _link(self) -> None:
        """Let outer sweeps pass through the inputs to the caller's Variables; to a plain value nothing leads.

        Own sweeps end at the inputs all the same, and from here on nothing is ever changed: whatever is interrupted
        leaves the inputs linked.
        """
        owners: list[Variable] = []
        values: list[Any] = []
        for node, source in zip(self.inputs, self.outer, strict=True):
            owners += (node, node, node)
            values += (ALIAS, source, None) if isinstance(source, Variable) else (SEED, None, None)
        set_all(owners, ("_primitive", "_a", "_extra") * len(self.inputs), values)


def _joint(outputs: Sequence[tuple[Variable, Any]], recorded: bool) -> Variable:
    """Return the node from which a sweep gives each output its seed."""
    with watching(None):
        # A seed is the caller's: as a view, no sweep takes it for its own to write to.
        seeds = [recorded_seed(s, x) if recorded else s[...] if s.shape else s for x, s in outputs]
        nodes = tuple([x for x, _ in outputs])
        return record_node(np.float64(0.0), _JOINT, nodes, None, {"seeds": seeds}, sys._getframe())


def _zeros(output: Any) -> Any:
    """Return the tangent of an output that depends on no input."""
    value = output._value if isinstance(output, Variable) else np.asarray(output)
    return np.zeros(value.shape, value.dtype if value.dtype.kind in "fc" else float)[()]


def _is_differentiable(leaf: Any) -> bool:
    """Whether an entry of a nested argument is an input: numbers are, words, truths and functions are not."""
    if isinstance(leaf, Variable):
        return True
    if leaf is None or isinstance(leaf, str | bytes | bool | np.bool_) or callable(leaf):
        return False
    return not isinstance(leaf, np.ndarray) or leaf.dtype.kind in "iufc"


def checked_positions(argnums: Any, who: str) -> tuple[int, ...]:
    """Return `argnums` as a tuple of positions.

    Raises
    ------
    InputError
        When they are no integers, or name an argument twice.
    """
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


def run(
    function: Callable[..., Any], positions: tuple[int, ...], args: Sequence[Any], kwargs: Mapping[str, Any], who: str
) -> Inside:
    """Run a function with the arguments at some positions replaced by inputs.

    Raises
    ------
    InputError
        When there is no such argument, or it is none that can be differentiated with respect to.
    """
    chosen = []
    for position in positions:
        if not -len(args) <= position < len(args):
            raise InputError(
                f"{who}: argument {position} is to be differentiated, "
                f"but only {len(args)} positional arguments were given{user_line()}"
            )
        position %= len(args)
        if position in chosen:
            raise InputError(f"{who}: argnums must name each argument once, got {positions}")
        if args[position] is None or isinstance(args[position], str):
            raise _no_number(args[position], position, who)
        chosen.append(position)
    return Inside(function, chosen, args, kwargs, who)


def _no_number(value: Any, position: int, who: str) -> InputError:
    way = rewritten_call(value, position + (who in _CALLED_WITH_THE_FUNCTION), arrays=True)
    if not way and value is None:
        way = "perhaps the function that made it has no return"
    return InputError(
        f"{who}, argument {position}: expected a number or an array, got {brief(value)}"
        f"{': ' if way else ''}{way}{user_line()}"
    )
