"""What the numbers of a backward pass ought to be: forward is recorded, and one sweep gives every adjoint."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.hand_written.calling import Binding, Slot
from graphviz_ad.debugging.hand_written.comparing import Array, Ruler, as_numbers
from graphviz_ad.debugging.hand_written.naming import last_part, spoken_of
from graphviz_ad.debugging.hand_written.running import Observer
from graphviz_ad.debugging.hand_written.statements import statements_of
from graphviz_ad.engine.frames import user_line
from graphviz_ad.engine.functions import name_of
from graphviz_ad.engine.nesting import nested
from graphviz_ad.engine.recording import Recording, parameter_names
from graphviz_ad.engine.sweep import Sweep
from graphviz_ad.engine.variable import Variable, local_gradient
from graphviz_ad.engine.versions import newest_node
from graphviz_ad.errors import GraphvizAdError, InputError

__all__ = ["UNNAMED", "Input", "Slope", "Truth", "expression_of", "recorded"]

_MOST_SWEEPS = 24
_MOST_CONSTANTS = 8
_MOST_PARTS = 4  # contributions of a node whose sums are all looked at


class Input(NamedTuple):
    """A node that a gradient is wanted of.

    Attributes
    ----------
    name : str
    node : Variable
    argument : int or None
        The argument that it is, or is in; None for an attribute of an object.
    path : str
        Where in the argument it stands.
    slot : Slot or None
    """

    name: str
    node: Variable
    argument: int | None
    path: str
    slot: Slot | None


class Slope(NamedTuple):
    """How a quantity changes entry by entry with one that it depends on.

    Attributes
    ----------
    of, by : Variable
    value : array
    """

    of: Variable
    by: Variable
    value: Array

    @property
    def place(self) -> tuple[Any, ...]:
        """What the slopes of one pair of expressions have in common, whichever turn of a loop they are from."""
        return (*(expression_of(node) for node in (self.of, self.by)), self.by.index if self.by.is_leaf else -1)


def recorded(forward: Callable[..., Any], args: Sequence[Any], slots: Sequence[Slot], binding: Binding) -> Truth:
    """Record forward, with the arrays of some slots as inputs too, and sweep back from its outputs.

    Raises
    ------
    LeakError, UnsupportedError, MutationError
        Where it cannot be recorded.
    InputError
        Where its output depends on nothing.
    """
    try:
        return _recorded(forward, args, slots, binding, floats=True)
    except GraphvizAdError:
        if not any(isinstance(arg, float) for arg in args) or all(isinstance(arg, float) for arg in args):
            raise
    return _recorded(forward, args, slots, binding, floats=False)


def _recorded(
    forward: Callable[..., Any], args: Sequence[Any], slots: Sequence[Slot], binding: Binding, *, floats: bool
) -> Truth:
    names = parameter_names(forward, len(args))
    places = [k for k, arg in enumerate(args) if floats or not isinstance(arg, float)]
    seen = Observer(_kept)
    replaced: list[Any] = []
    returned: list[Variable] = []

    def value(*values: Any) -> Any:
        arguments = list(args)
        for place, one in zip(places, values, strict=False):
            arguments[place] = one
        for slot, one in zip(slots, values[len(places) :], strict=True):
            slot.fill(one)
        replaced[:] = values
        with seen.on():
            result = forward(*arguments)
        outputs = binding.outputs_of(result)
        returned[:] = [newest_node(out) for out in outputs if isinstance(out, Variable)]
        return _weighted(outputs, binding.seeds)

    value.__name__ = name_of(forward, "f")
    value.__wrapped__ = forward  # type: ignore[attr-defined]  # its lines are those that are shown
    before = [slot.value for slot in slots]
    called = [names[k] for k in places] + [slot.name for slot in slots]
    try:
        recording = Recording.of_call(value, [args[k] for k in places] + before, {}, names=called, who="check_backward")
    except InputError as error:
        if "no argument can be differentiated" not in error.message:
            raise
        raise InputError(
            f"check_backward: nothing that {value.__name__} takes can be differentiated; pass floats or arrays of "
            f"floats, such as 2.0{user_line()}"
        ) from None
    finally:
        for slot, one in zip(slots, before, strict=True):
            slot.fill(one)
    if not isinstance(recording.start, Variable):
        raise InputError(
            f"check_backward: what {value.__name__} returns depends on none of its arguments, so that there is no "
            f"gradient to compare with{user_line()}"
        )
    inputs = list(_inputs(replaced, called, places, slots))
    return Truth(recording, inputs, seen, returned)


UNNAMED = "a step of forward"
"""What a node is called that has neither a name nor a short expression."""
_OUTPUTS = ("out", "output", "upstream")
"""What a backward pass calls what forward returns, where forward has no such name."""


def _kept(value: Any) -> Any:
    """Return the node of what is recorded, and a copy of what is a plain array."""
    if isinstance(value, Variable):
        return newest_node(value)
    numbers = as_numbers(value)
    return None if numbers is None or numbers.ndim == 0 else numbers.copy()


def _weighted(outputs: Sequence[Any], seeds: Sequence[Any] | None) -> Any:
    if seeds is None:
        return outputs[0]
    total = None
    for output, seed in zip(outputs, seeds, strict=False):
        part = np.sum(output * seed)
        total = part if total is None else total + part
    return total


def _inputs(
    values: Sequence[Any], names: Sequence[str], places: Sequence[int], slots: Sequence[Slot]
) -> Iterator[Input]:
    for k, (value, name) in enumerate(zip(values, names, strict=True)):
        nest = nested(value)
        for leaf, path, label in zip(nest.leaves, nest.paths, nest.names(name), strict=True):
            if isinstance(leaf, Variable):
                slot = slots[k - len(places)] if k >= len(places) else None
                yield Input(label, newest_node(leaf).version_before(0), places[k] if slot is None else None, path, slot)


class Truth:
    """The values and adjoints of a recorded forward pass, by name, by shape and by value.

    Attributes
    ----------
    recording : Recording
    inputs : list of Input
    names : dict of str to list of Variable
        The nodes that each name stood for, in the order in which they were made.
    lines : frozenset of str
        What forward says, line by line.
    ruler : Ruler
    """

    def __init__(self, recording: Recording, inputs: list[Input], seen: Observer, outputs: list[Variable]) -> None:
        self.recording = recording
        self.sweep: Sweep = recording.reverse()
        self.inputs = [one for one in inputs if one.slot is None or self.sweep.adjoint(one.node) is not None]
        self.nodes = recording.nodes
        self._known = {node.index for node in self.nodes}
        self.adjoints: dict[int, Array] = {}
        for node in self.nodes:
            adjoint = self.sweep.adjoint(node)
            self.adjoints[node.index] = np.zeros(node.shape) if adjoint is None else np.asarray(adjoint)
            if node.dtype.kind == "c":  # as in `grad`: the direction of steepest ascent
                self.adjoints[node.index] = np.conj(self.adjoints[node.index])
        finite = [float(np.max(np.abs(a[np.isfinite(a)]), initial=0.0)) for a in self.adjoints.values()]
        self.ruler = Ruler.of({node.dtype for node in self.nodes}, max(finite, default=0.0))
        self._persons = self._named(seen)
        self.names = {name: [out for out in outputs if out.index in self._known] for name in _OUTPUTS} | self._persons
        self._lines = list(dict.fromkeys(event.statement for event in seen.events))
        written = (one for code in seen.codes for at in statements_of(code).values() for one in at)
        self.lines = frozenset(statement.text.strip() for statement in written)
        self.plain = [v for _, v in seen.names if isinstance(v, np.ndarray)]
        self.plain += [event.value for event in seen.events if isinstance(event.value, np.ndarray)]

    def _named(self, seen: Observer) -> dict[str, list[Variable]]:
        pairs: list[tuple[str, Any]] = [(one.name, one.node) for one in self.inputs]
        assigned = [event for event in seen.events if event.text != "return"]
        pairs += [(last_part(event.text), event.value) for event in assigned]
        self._elsewhere = {(name, value.index) for name, value in seen.names if isinstance(value, Variable)}
        self._elsewhere -= {(name, value.index) for name, value in pairs if isinstance(value, Variable)}
        self._assigned = {last_part(event.text) for event in assigned}
        pairs += seen.names
        names: dict[str, dict[int, Variable]] = {}
        for name, value in pairs:
            if isinstance(value, Variable) and value.index in self._known:
                names.setdefault(name, {})[value.index] = value
        return {name: [nodes[index] for index in sorted(nodes)] for name, nodes in names.items()}

    @property
    def is_finite(self) -> bool:
        """Whether every gradient is a number."""
        return all(np.all(np.isfinite(self.adjoints[one.node.index])) for one in self.inputs)

    @cached_property
    def constants(self) -> list[float]:
        """The numbers that stand in the lines of forward, 0 and 1 left out, which stand everywhere."""
        parts = [part for statement in self._lines for part in ast.walk(statement.node)]
        numbers = [part.value for part in parts if isinstance(part, ast.Constant)]
        known = dict.fromkeys(number for number in numbers if isinstance(number, int | float) and number not in (0, 1))
        return list(known)[:_MOST_CONSTANTS]

    @cached_property
    def words(self) -> list[str]:
        """The names that stand in the lines of forward."""
        parts = [part for statement in self._lines for part in ast.walk(statement.node)]
        return list(dict.fromkeys(part.id for part in parts if isinstance(part, ast.Name)))

    @cached_property
    def functions(self) -> list[str]:
        """The functions that the lines of forward call with one argument."""
        values = [statement.node for statement in self._lines if not isinstance(statement.node, ast.For)]
        parts = [part for node in values for part in ast.walk(node)]
        calls = [part for part in parts if isinstance(part, ast.Call) and len(part.args) == 1 and not part.keywords]
        named = (call.func for call in calls if isinstance(call.func, ast.Name | ast.Attribute))
        texts = dict.fromkeys(ast.unparse(function) for function in named)
        return [text for text in texts if text.count(".") <= text.startswith(("np.", "numpy.", "math."))]

    # -- by name

    def name_of(self, node: Variable, text: str = "") -> str:
        """Return what the person calls a node, or, at a place that speaks of one, by that name; else its expression."""
        for name in spoken_of(text, self.names.keys()) if text else ():
            if any(other is node for other in self._persons.get(name, ())):
                return name
        if node.index in self._labels:
            return self._labels[node.index]
        site = node.site
        return site.text if site is not None and site.text and len(site.text) <= 24 else UNNAMED

    @cached_property
    def _labels(self) -> dict[int, str]:
        labels: dict[int, str] = {}
        for name, nodes in self._persons.items():
            others = (
                self._elsewhere if name in self._assigned else ()
            )  # a helper's word for it, and forward's for another
            labels |= {n.index: name for n in nodes if n.index not in labels and (name, n.index) not in others}
        return labels

    def spoken_of(self, text: str) -> list[list[Variable]]:
        """Return the nodes whose adjoint a place holds by its name, for each way to read it."""
        return [self.names[name] for name in spoken_of(text, self.names.keys())]

    @cached_property
    def groups(self) -> list[list[Variable]]:
        """The nodes that one expression of forward's has made, for each expression."""
        groups: dict[Any, list[Variable]] = {}
        for node in self.nodes:
            groups.setdefault(expression_of(node), []).append(node)
        return list(groups.values())

    @cached_property
    def all_groups(self) -> list[list[Variable]]:
        """The groups, the latest first, and after them those that a name has stood for."""
        return [*self.groups[::-1], *(nodes for nodes in self._persons.values() if len(nodes) > 1)]

    def adjoint_like(self, node: Variable, shape: tuple[int, ...]) -> Array:
        """Return an adjoint as a line may keep it that drops axes of length one, unless it is a gradient itself."""
        adjoint = self.adjoints[node.index]
        is_alike = [n for n in shape if n != 1] == [n for n in adjoint.shape if n != 1]
        return adjoint.reshape(shape) if is_alike and not node.is_leaf else adjoint

    # -- by value

    @cached_property
    def _by_shape(self) -> dict[tuple[int, ...], tuple[list[Variable], Array, Array]]:
        shapes: dict[tuple[int, ...], list[Variable]] = {}
        for node in self.nodes:
            shapes.setdefault(node.shape, []).append(node)
        return {
            shape: (
                nodes,
                np.array([_probe(self.adjoints[node.index]) for node in nodes]),
                np.array([_probe(np.asarray(node.value)) for node in nodes]),
            )
            for shape, nodes in shapes.items()
        }

    def with_adjoint(self, value: Array) -> Iterator[Variable]:
        """Yield the nodes whose adjoint an array is, those with a name first."""
        nodes, adjoints, _ = self._by_shape.get(value.shape, ([], np.zeros(0), np.zeros(0)))
        close = [nodes[i] for i in self._near(adjoints, value)]
        close.sort(key=lambda node: (node.index not in self._labels, -node.index))
        for node in close:
            if self.ruler.agree(value, self.adjoints[node.index]):
                yield node

    def with_value(self, value: Array) -> Iterator[Variable]:
        """Yield the nodes whose value an array is."""
        nodes, _, values = self._by_shape.get(value.shape, ([], np.zeros(0), np.zeros(0)))
        for i in self._near(values, value):
            if self.ruler.agree(value, np.asarray(nodes[i].value)):
                yield nodes[i]

    def _near(self, probes: Array, value: Array) -> Iterable[int]:
        if not value.size or not probes.size:
            return range(len(probes))
        probe = _probe(value)
        with np.errstate(all="ignore"):
            distant = np.abs(probes - probe) > 1e-3 * (np.abs(probe) + float(np.max(np.abs(value)))) + self.ruler.floor
        return np.flatnonzero(~distant).tolist()

    def is_forward(self, value: Array) -> bool:
        """Return whether forward has computed an array, recorded or not."""
        if next(self.with_value(value), None) is not None:
            return True
        return any(plain.shape == value.shape and self.ruler.agree(value, plain) for plain in self.plain)

    def is_part(self, value: Array, node: Variable) -> bool:
        """Return whether an array is one of the contributions to the adjoint of a node, or a sum of some."""
        return value.shape == node.shape and any(self.ruler.agree(value, part) for part in self._parts(node))

    def _parts(self, node: Variable) -> list[Array]:
        known: list[Array] | None = self._parts_of.get(node.index)
        if known is None:
            each = [np.asarray(part) for part in self._contributions(node)]
            known = each if len(each) > 1 else []
            if 1 < len(each) <= _MOST_PARTS:
                known = [sum(some) for size in range(1, len(each)) for some in combinations(each, size)]  # type: ignore[misc]
            elif len(each) > _MOST_PARTS:
                sums = [np.cumsum(np.stack(order), axis=0) for order in (each, each[::-1])]
                known = [*each, *(row for rows in sums for row in rows)]
            self._parts_of[node.index] = known
        return known

    def lacking(self, value: Array, node: Variable) -> list[Variable]:
        """Return by which nodes contributions come that are missing in an array, where it is the sum of the others."""
        each = [(child, self.sweep.contribution(child, k)) for child, k in self._children.get(node.index, [])]
        parts = [(child, np.asarray(part)) for child, part in each if part is not None]
        if not 1 < len(parts) <= _MOST_PARTS or value.shape != node.shape:
            return []
        for size in range(len(parts) - 1, 0, -1):
            for some in combinations(range(len(parts)), size):
                if self.ruler.agree(value, sum(parts[k][1] for k in some)):  # type: ignore[arg-type]
                    return [child for k, (child, _) in enumerate(parts) if k not in some]
        return []

    def akin(self, text: str) -> list[list[Variable]]:
        """Return the nodes of which a place may hold a part: those of the name that its own begins with."""
        stem = re.sub(r"_?(next|prev|last|total|acc|new|old|in|out|[a-z]|\d+)$", "", last_part(text))
        return [self.names[name] for name in spoken_of(stem, self.names.keys())]

    def of_shape(self, shape: tuple[int, ...]) -> list[list[Variable]]:
        """Return the nodes that names have stood for which all have one shape."""
        return [nodes for nodes in self._persons.values() if all(node.shape == shape for node in nodes)]

    def parts_alike(self, nodes: Sequence[Variable]) -> Iterator[tuple[Array, ...]]:
        """Yield for some nodes a sum of contributions each, those of the same operations."""
        kinds: dict[Any, None] = {}
        of_each = []
        for node in nodes:
            parts = {}
            for child, k in self._children.get(node.index, []):
                part = self.sweep.contribution(child, k)
                if part is not None:
                    parts[str(child.site), child.primitive and child.primitive.name, k] = np.asarray(part)
            of_each.append(parts)
            kinds |= dict.fromkeys(parts)
        if 1 < len(kinds) <= _MOST_PARTS:
            for size in range(len(kinds) - 1, 0, -1):
                for some in combinations(kinds, size):
                    yield tuple(
                        np.asarray(sum((parts[kind] for kind in some if kind in parts), np.zeros(node.shape)))
                        for node, parts in zip(nodes, of_each, strict=True)
                    )

    @cached_property
    def _parts_of(self) -> dict[int, list[Array]]:
        return {}

    @cached_property
    def _children(self) -> dict[int, list[tuple[Variable, int]]]:
        children: dict[int, list[tuple[Variable, int]]] = {}
        for node in self.nodes:
            for k, operand in enumerate(node.operands):
                if isinstance(operand, Variable):
                    children.setdefault(operand.index, []).append((node, k))
        return children

    def _contributions(self, node: Variable) -> Iterator[Any]:
        for child, k in self._children.get(node.index, []):
            part = self.sweep.contribution(child, k)
            if part is not None:
                yield part

    @cached_property
    def slopes(self) -> list[Slope]:
        """The slopes of elementwise nodes, and of named quantities by the named ones that they depend on."""
        slopes = []
        for node in self.nodes[-400:]:
            if node.primitive is not None and node.primitive.elementwise and not node.is_released:
                for k, operand in enumerate(node.operands):
                    gradient = local_gradient(node, k) if isinstance(operand, Variable) else None
                    if gradient is not None:
                        slopes.append(Slope(node, operand, np.asarray(gradient)))
        named = [node for node in self.nodes if node.index in self._labels and not node.is_leaf]
        for node in named[-_MOST_SWEEPS:]:
            slopes += self._slopes_of(node)
        return list({(slope.of.index, slope.by.index): slope for slope in reversed(slopes)}.values())[::-1]

    @cached_property
    def has_means(self) -> bool:
        """Whether a line of forward takes a mean, or divides by something that has a name, as a number of examples."""
        return any(re.search(r"mean|average|/ *(len\(|[A-Za-z_])", line) for line in self.lines)

    @cached_property
    def slopes_by_place(self) -> dict[tuple[Any, ...], list[Slope]]:
        """The slopes of each pair of expressions, one for each turn of a loop."""
        groups: dict[tuple[Any, ...], list[Slope]] = {}
        for slope in self.slopes:
            groups.setdefault(slope.place, []).append(slope)
        return groups

    def _slopes_of(self, node: Variable) -> Iterator[Slope]:
        if node.dtype.kind not in "fc":
            return
        sweep = self.recording.reverse(seed=np.ones(node.shape, node.dtype), output=node)
        for other in self.nodes:
            if other.index < node.index and other.shape == node.shape and other.index in self._labels:
                slope = sweep.adjoint(other)
                if slope is not None:
                    yield Slope(node, other, np.asarray(slope))

    def slopes_of_value(self, value: Array) -> Iterator[Slope]:
        """Yield the slopes of what an array is the value of, also where it has no name."""
        for node in list(self.with_value(value))[:2]:
            if node.index not in self._labels and not node.is_leaf:
                yield from self._slopes_of(node)

    def is_slope(self, value: Array) -> bool:
        """Return whether an array is the slope of something that forward computes."""
        return any(slope.value.shape == value.shape and self.ruler.agree(value, slope.value) for slope in self.slopes)

    def is_rearranged(self, value: Array) -> Variable | None:
        """Return the input or named node whose adjoint an array is in another shape, or transposed."""
        for node in self.nodes:
            adjoint = self.adjoints[node.index]
            if adjoint.size == value.size and adjoint.size > 1 and node.index in self._labels:
                flat = value.reshape(-1)
                if self.ruler.agree(flat, adjoint.reshape(-1)) or self.ruler.agree(flat, adjoint.T.reshape(-1)):
                    return node
        return None


def expression_of(node: Variable) -> tuple[Any, ...]:
    """Return where an expression stands, and what it does: the same for each turn of a loop."""
    site = node.site
    place = (site.filename, site.line, site.column, site.end_line, site.end_column) if site else (node.index,)
    return (*place, node.primitive.name if node.primitive is not None else None)


def _probe(value: Array) -> Any:
    """Return one entry, by which most arrays that differ can be told apart."""
    return np.asarray(value).reshape(-1)[value.size // 2] if value.size else 0.0
