"""Which gradient each number is that a backward pass returns, or leaves in its object."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.hand_written.calling import Slot
from graphviz_ad.debugging.hand_written.comparing import Array, Ruler, as_numbers
from graphviz_ad.debugging.hand_written.naming import last_part, spoken_of
from graphviz_ad.debugging.hand_written.statements import Statement
from graphviz_ad.debugging.hand_written.truth import Input, Truth
from graphviz_ad.engine.frames import user_line
from graphviz_ad.errors import InputError, brief

__all__ = ["Gradient", "Place", "part_at", "places", "places_of_slots"]

_MISSING = object()


class Place(NamedTuple):
    """Where the gradient of an input is to be found when backward is done.

    Attributes
    ----------
    input : Input
    path : tuple
        The keys that lead to it in what is returned; ``(object, text)`` where `slot` is true.
    slot : bool
    label : str
        What the person calls it.
    """

    input: Input
    path: tuple[Any, ...]
    slot: bool
    label: str

    def gradient(self, returned: Any, truth: Truth) -> Gradient:
        """Return what is there, beside what is expected."""
        value = _attribute(*self.path) if self.slot else _picked(returned, self.path)
        numbers = as_numbers(value)
        got = None if numbers is None else np.array(numbers)
        return Gradient(self.input, self.label, truth.adjoints[self.input.node.index], got)


class Gradient(NamedTuple):
    """The gradient of an input, expected and got; None where there is none."""

    input: Input
    label: str
    expected: Array
    got: Array | None

    def is_right(self, ruler: Ruler) -> bool:
        """Return whether it is the right one."""
        if self.got is None:
            return False
        coarse = Ruler.of([self.got.dtype], 0.0).relative if self.got.dtype.kind in "fc" else 0.0
        return ruler._replace(relative=max(ruler.relative, coarse)).agree(self.got, self.expected)


def _attribute(owner: Any, text: str) -> Any:
    try:
        return eval(f"owner.{text}", {"owner": owner})
    except Exception:  # it is not there any more
        return _MISSING


def _picked(value: Any, path: Sequence[Any]) -> Any:
    for key in path:
        try:
            value = value[key]
        except (TypeError, KeyError, IndexError):
            return _MISSING
    return value


def places_of_slots(truth: Truth, before: dict[tuple[int, str], Any], after: Sequence[Slot]) -> list[Place]:
    """Return the gradients that backward has left in objects: those that it has written, by their names."""
    parameters = [(one.slot, one) for one in truth.inputs if one.slot is not None]
    places = []
    for slot in after:
        if any(slot.owner is own.owner and slot.text == own.text for own, _ in parameters):
            continue
        old = before.get((id(slot.owner), slot.text))
        if old is not None and old[0] is slot.value and np.array_equal(old[1], slot.value, equal_nan=True):
            continue
        mine = {own.name: one for own, one in parameters if own.owner is slot.owner}
        name = next(spoken_of(slot.text, mine.keys()), None)
        if name is not None:
            places.append(Place(mine[name], (slot.owner, slot.text), True, f"self.{slot.text}"))
    return places


def places(truth: Truth, args: Sequence[Any], returned: Any, statement: Statement | None, others: int) -> list[Place]:
    """Return which of the numbers returned is the gradient of which input.

    Parameters
    ----------
    others : int
        How many gradients were found in objects.

    Raises
    ------
    InputError
        Where it cannot be told.
    """
    if returned is None and others:
        return []
    if isinstance(returned, dict):
        matched = list(_by_key(truth, returned, ()))
        if matched:
            return matched
        raise _untold(truth, f"a dict with the keys {', '.join(map(repr, returned)) or 'none'}")
    if isinstance(returned, tuple | list):
        return _in_order(truth, args, returned, _labels(statement, len(returned)))
    if as_numbers(returned) is None:
        raise _untold(truth, brief(returned))
    return _alone(truth, returned, _labels(statement, 1), others)


def _alone(truth: Truth, returned: Any, labels: Sequence[str], others: int) -> list[Place]:
    candidates = [one for one in truth.inputs if one.slot is None]
    named = [one for label in labels for one in candidates if one.name in set(spoken_of(label, {one.name}))]
    fits = [one for one in candidates if one.node.shape == np.shape(returned)]
    if len(candidates) > 1 and not named and not fits:
        raise _untold(truth, f"one array of shape {np.shape(returned)}")
    chosen = candidates[:1] if len(candidates) == 1 else (named or fits)[:1]
    return [Place(one, (), False, labels[0] if labels else "") for one in chosen]


def _in_order(truth: Truth, args: Sequence[Any], returned: Sequence[Any], labels: Sequence[str]) -> list[Place]:
    whose = {one.argument for one in truth.inputs if one.argument is not None}
    order = sorted(whose)
    if len(returned) == len(order):
        arguments: list[int] | None = order
    elif len(returned) == len(args):
        arguments = list(range(len(args)))
    else:
        arguments = None
    if arguments is not None and not any(
        isinstance(item, dict) and not _is_nested(truth, k) for item, k in zip(returned, arguments, strict=True)
    ):
        return [
            place for i, k in enumerate(arguments) for place in _of_argument(truth, k, returned[i], (i,), labels[i])
        ]
    entries = {_step(one.path, "") for one in truth.inputs if one.slot is None}
    if len(order) == 1 and len(returned) in (len(truth.inputs), len(entries)) and _is_nested(truth, order[0]):
        return list(_of_argument(truth, order[0], returned, (), "grads"))  # a list of weights, and one of gradients
    return _by_label(truth, returned, labels, order)


def _by_label(truth: Truth, returned: Sequence[Any], labels: Sequence[str], order: Sequence[int]) -> list[Place]:
    """Pair what is returned by what it is called, and what has no such name in the order of the arguments."""
    known = {one.name: one for one in truth.inputs}
    places: list[Place] = []
    for i, item in enumerate(returned):
        if isinstance(item, dict):
            places += _by_key(truth, item, (i,))
        else:
            name = next(spoken_of(labels[i], known.keys()), None) if labels[i] else None
            if name is not None:
                places.append(Place(known[name], (i,), False, labels[i]))
    if places:
        return places
    shape_of = {one.argument: one.node.shape for one in truth.inputs if not one.path}
    fits = [
        some
        for some in combinations(order, len(returned))
        if all(shape_of.get(k) == np.shape(item) for k, item in zip(some, returned, strict=True))
    ]
    if len(fits) == 1 or (fits and fits[0] == tuple(order[: len(returned)])):
        return [p for i, k in enumerate(fits[0]) for p in _of_argument(truth, k, returned[i], (i,), labels[i])]
    raise _untold(truth, f"{len(returned)} values of shapes {', '.join(str(np.shape(item)) for item in returned)}")


def _is_nested(truth: Truth, argument: int) -> bool:
    return any(one.argument == argument and one.path for one in truth.inputs)


def _of_argument(
    truth: Truth, argument: int, item: Any, path: tuple[Any, ...], label: str, within: str = ""
) -> Iterator[Place]:
    """Yield the gradients in what is returned for an argument, or for what stands `within` it."""
    inputs = [one for one in truth.inputs if one.argument == argument and _is_within(one.path, within)]
    if item is None or not inputs:
        return
    if not isinstance(item, dict | list | tuple):
        yield Place(inputs[0], path, False, label)
        return
    steps = dict(filter(None, (_step(one.path, within) for one in inputs)))
    words = [key for key in steps if isinstance(key, str)]
    entries = list(item.items() if isinstance(item, dict) else enumerate(item))
    whose = [key if key in steps else next(spoken_of(str(key), words), None) for key, _ in entries]
    if any(own in steps for own in whose):
        for own, (key, part) in zip(whose, entries, strict=True):
            if own in steps:
                yield from _of_argument(truth, argument, part, (*path, key), f"{label}[{key!r}]", steps[own])
    elif isinstance(item, dict):
        yield from _by_key(truth, item, path)
    else:
        for k, (one, _) in enumerate(zip(inputs, item, strict=False)):
            yield Place(one, (*path, k), False, f"{label}[{k}]")


def _is_within(path: str, outer: str) -> bool:
    return path.startswith(outer) and path[len(outer) :][:1] in ("", "[", ".")


def _step(path: str, outer: str) -> tuple[Any, str] | None:
    """Return the key of the container that stands one deeper on a path, and how far that leads; None at its end."""
    step = re.match(r"\[('[^']*'|\d+)\]|\.(\w+)", path[len(outer) :])
    return None if step is None else (step[2] or ast.literal_eval(step[1]), outer + step[0])


def _by_key(truth: Truth, returned: dict[Any, Any], path: tuple[Any, ...]) -> Iterator[Place]:
    known = {one.name: one for one in truth.inputs}
    for key, value in returned.items():
        if isinstance(key, str) and as_numbers(value) is not None:
            name = key if key in known else next(spoken_of(key, known.keys()), None)
            if name is not None:
                yield Place(known[name], (*path, key), False, key)
        elif isinstance(value, dict):
            yield from _by_key(truth, value, (*path, key))


def _labels(statement: Statement | None, count: int) -> list[str]:
    """Return how the person writes what is returned, where that is a name each."""
    value = statement.value if statement is not None else None
    parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value] if value is not None else []
    named = (ast.Name, ast.Attribute, ast.Subscript)
    words = [last_part(ast.unparse(part)) if isinstance(part, named) else "" for part in parts]
    return words if len(words) == count else [""] * count


def _untold(truth: Truth, what: str) -> InputError:
    expected = ", ".join(f"{one.name} {one.node.shape}" for one in truth.inputs)
    return InputError(
        f"check_backward: backward returned {what}; expected the gradients of {expected}, in this order, or a dict by "
        f"name such as {{{truth.inputs[0].name!r}: d{truth.inputs[0].name}}}{user_line()}"
    )


def part_at(value: ast.expr | None, path: Sequence[Any]) -> ast.expr | None:
    """Return the expression of one of the numbers that a return statement puts in tuples and dicts."""
    part = value
    for key in path:
        if isinstance(part, ast.Dict):
            keys = [k.value if isinstance(k, ast.Constant) else None for k in part.keys]
            part = part.values[keys.index(key)] if key in keys else None
        else:
            part = part.elts[key] if isinstance(part, ast.Tuple | ast.List) and isinstance(key, int) else None
    return part
