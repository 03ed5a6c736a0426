"""A recorded program, run again from its nodes: with other inputs, in another arithmetic, or with some nodes changed.

What is no number stays as it was recorded: conditions of `where`, positions, axes. So a run is that of the program for
inputs that take the same way through it; where a changed program would take another, `mended` says so and gives none.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.findings import Rerun
from graphviz_ad.debugging.remedies.precision import Arithmetic
from graphviz_ad.engine.primitive import Primitive, plain_value
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.variable import DETACH, Variable, input_node
from graphviz_ad.engine.watch import Guard, Watch, watching

__all__ = ["CANNOT", "REMEDY", "Change", "Program", "mended", "rerun"]

CANNOT = (TypeError, AttributeError, ValueError, ArithmeticError, NotImplementedError)
"""What a program may raise that is run again, with other numbers or changed: then it cannot be run so."""

REMEDY = "<remedy {}>"
"""What the line of a change is called where it runs, by the number of the change."""

_COMPARED = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


class Change(NamedTuple):
    """Something else to be computed in the place of a node, or of one of its operands.

    Attributes
    ----------
    node : Variable
    argument : int or None
        Which operand; None for the node itself.
    code : str
        A line of NumPy in which letters stand for what is there.
    letters : dict
        What they stand for: nodes, constants, or keywords.
    """

    node: Variable
    argument: int | None
    code: str
    letters: Mapping[str, Any]

    def value(self, now: Callable[[Any], Any], number: int) -> Any:
        """Return what the line computes, as that of the change of a number; `now` says what a node has become."""
        names = {letter: now(value) for letter, value in self.letters.items()}
        return eval(compile(self.code, REMEDY.format(number), "eval"), {"np": np}, names)


def mended(recording: Recording, changes: Sequence[Change]) -> Recording | None:
    """Return a recording of the same program with some changes, None where it would then take another way.

    Its nodes stand where those that they replace do; of a trace it is a trace, which can be shown.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> t = gad.trace(lambda d: np.sqrt(d) + d, 0.0)
    >>> again = mended(t, [Change(t.nodes[1], 0, "np.where(d > 0, d, 1.0)", {"d": t.nodes[0]})])
    >>> float(again.output.value), float(again.reverse().adjoint(again.inputs[0]))
    (1.0, 1.0)
    """
    again = rerun(recording, changes)
    return None if again is None else again.recording


def rerun(recording: Recording, changes: Sequence[Change]) -> Rerun | None:
    """Return what `mended` does, with what has become of each node."""
    names = [node.name for node in recording.inputs]
    with watching(None):
        inputs = tuple(input_node(node.value, name) for node, name in zip(recording.inputs, names, strict=True))
    again: dict[int, Any] = {node.index: own for node, own in zip(recording.inputs, inputs, strict=True)}
    watch = Watch()
    with watching(watch), np.errstate(all="ignore"):
        heads = _run(recording, changes, again)
    if not all(_comes_out_alike(guard, again) for guard in recording.guards):
        return None
    output = again[recording.start.index]
    for mark in recording.marks:
        own = again.get(mark.node)
        watch.marks.append(mark._replace(node=own.index if isinstance(own, Variable) else -1))
    new = type(recording)(recording.name, recording.function, inputs, output, watch)
    return Rerun(new, again, tuple(changes), heads)


def _run(recording: Recording, changes: Sequence[Change], again: dict[int, Any]) -> dict[int, tuple[Any, int]]:
    """Run a program again, and return where nodes that stand where old ones do were made."""
    changed: dict[int, list[tuple[int, Change]]] = {}
    for number, change in enumerate(changes):
        changed.setdefault(change.node.index, []).append((number, change))

    def now(value: Any) -> Any:
        return again.get(value.index, value) if isinstance(value, Variable) else value

    nodes = recording.nodes
    heads: dict[int, tuple[Any, int]] = {}
    known: set[int] = set()
    for node in nodes:
        if node.index not in again:
            own = again[node.index] = _computed(node, changed.get(node.index, ()), now)
            if isinstance(own, Variable) and own.index > nodes[-1].index and own.index not in known:
                known.add(own.index)
                if isinstance(own._code, CodeType) and own._code.co_filename.startswith(REMEDY.partition("{")[0]):
                    heads[own.index] = own._code, own._lasti
                own._code, own._lasti = node._code, node._lasti
    return heads


def _computed(node: Variable, changes: Sequence[tuple[int, Change]], now: Callable[[Any], Any]) -> Any:
    if node.primitive is None:
        return node
    operands = [now(operand) for operand in node.operands]
    for number, change in changes:
        if change.argument is None:
            return change.value(now, number)
        operands[change.argument] = change.value(now, number)
    if node.primitive is DETACH:
        return operands[0].detach() if isinstance(operands[0], Variable) else operands[0]
    return node.primitive(*operands, **node.params)


def _comes_out_alike(guard: Guard, again: Mapping[int, Any]) -> bool:
    """Whether a comparison of the new values is what that of the old ones was."""
    sides = [again.get(side.index) if isinstance(side, Variable) else side for side in (guard.left, guard.right)]
    if any(side is None for side in sides):
        return True
    result = _COMPARED[guard.symbol](*map(plain_value, sides))
    return np.array_equal(result, guard.result)


class Program:
    """A recorded program as a function of its inputs.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.remedies.precision import ARITHMETICS
    >>> program = Program(gad.trace(lambda x: 1 - np.cos(x), 1e-20))
    >>> float(program.run([1e-20], ARITHMETICS[0])), float(1 - np.cos(1e-20))
    (5e-41, 0.0)
    """

    def __init__(self, recording: Recording) -> None:
        self.nodes = recording.nodes
        self.inputs = recording.inputs
        self.size = sum(int(node.size) for node in self.nodes)
        self._output = recording.start.index
        self._lines: dict[Arithmetic, list[_Line]] = {}

    def run(self, values: Sequence[Any], arithmetic: Arithmetic, node: Variable | None = None) -> Any:
        """Return the output for these values of the inputs, or a node; they may be of the arithmetic's numbers already.

        Of a node, what comes after it is not computed.
        """
        place = self._output if node is None else node.index
        with arithmetic.context():
            known = {own.index: arithmetic.number(x) for own, x in zip(self.inputs, values, strict=True)}
            for line in self._prepared(arithmetic):
                if line.place > place:
                    break
                known[line.place] = line.value(known, arithmetic)
            result = known[place]
        return result[()] if isinstance(result, np.ndarray) and not result.ndim else result

    def run_beside(self, which: int, place: tuple[int, ...], distance: Any, arithmetic: Arithmetic) -> Any:
        """Return the output as it is where one entry of an input is moved, by a number of the arithmetic's."""
        values = [node.value for node in self.inputs]
        with arithmetic.context():
            moved = np.array(arithmetic.number(np.asarray(values[which], float)))
            moved[place] = moved[place] + distance
            return self.run([*values[:which], moved, *values[which + 1 :]], arithmetic)

    def _prepared(self, arithmetic: Arithmetic) -> list[_Line]:
        if arithmetic not in self._lines:
            inputs = {node.index for node in self.inputs}
            self._lines[arithmetic] = [_line(node, arithmetic) for node in self.nodes if node.index not in inputs]
        return self._lines[arithmetic]


class _Line(NamedTuple):
    """What computes a node: a primitive of constants and of nodes, by their indices; or its value alone."""

    place: int
    primitive: Primitive | None
    operands: tuple[Any, ...]
    parents: tuple[int | None, ...]
    params: dict[str, Any]

    def value(self, known: Mapping[int, Any], arithmetic: Arithmetic) -> Any:
        """Return what the node is, for these values of those before it."""
        if self.primitive is None:
            return self.operands[0]
        pairs = zip(self.operands, self.parents, strict=True)
        operands = tuple([operand if i is None else known[i] for operand, i in pairs])
        return arithmetic.computed(self.primitive, operands, self.params)


def _line(node: Variable, arithmetic: Arithmetic) -> _Line:
    if node.primitive is None or node.primitive is DETACH:  # what is cut off does not move
        return _Line(node.index, None, (arithmetic.number(node.value),), (None,), {})
    parents = tuple([operand.index if isinstance(operand, Variable) else None for operand in node.operands])
    operands = tuple([None if isinstance(x, Variable) else _number(x, arithmetic) for x in node.operands])
    return _Line(node.index, node.primitive, operands, parents, node.params)


def _number(constant: Any, arithmetic: Arithmetic) -> Any:
    """Return a constant in the numbers of an arithmetic; positions and whole numbers stay as they are."""
    is_array = isinstance(constant, np.ndarray) and constant.dtype.kind == "f"
    return arithmetic.number(constant) if is_array or isinstance(constant, float | np.floating) else constant
