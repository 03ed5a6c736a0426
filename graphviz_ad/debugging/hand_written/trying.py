"""Run a backward pass again and again from one beginning: as it is, with another line, or with the truth put in."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from types import FrameType
from typing import Any

import numpy as np

from graphviz_ad.debugging.hand_written.calling import bound, forward_result, owners_of, slots_of
from graphviz_ad.debugging.hand_written.comparing import Array, as_numbers
from graphviz_ad.debugging.hand_written.keeping import Keeper
from graphviz_ad.debugging.hand_written.moving import moved, moved_arguments
from graphviz_ad.debugging.hand_written.returned import Gradient, Place, places, places_of_slots
from graphviz_ad.debugging.hand_written.rewriting import Edit, Rewriter, UnwritableError
from graphviz_ad.debugging.hand_written.running import Event, Fuse, Observer
from graphviz_ad.debugging.hand_written.statements import Statement, heads_of, statements_of
from graphviz_ad.debugging.hand_written.truth import Input, recorded
from graphviz_ad.engine.frames import raised_in
from graphviz_ad.errors import InputError

__all__ = ["Bench", "Outcome", "injection", "kept", "restart"]

_numbers = count()


@dataclass
class Outcome:
    """What one run gave.

    Attributes
    ----------
    gradients : list of Gradient
    wrong : frozenset of int
        Which of them are not right.
    error : Exception or None
    """

    gradients: list[Gradient] = field(default_factory=list)
    wrong: frozenset[int] = frozenset()
    error: BaseException | None = None


class Bench:
    """A forward and a backward pass with their arguments, ready to be run.

    Attributes
    ----------
    truth : Truth
    binding : Binding
    places : list of Place
        Where the gradients are to be found.
    observer : Observer
        What the lines of backward did, as it is.
    outcome : Outcome
        What it gave.
    """

    def __init__(self, forward: Callable[..., Any], backward: Callable[..., Any], args: Sequence[Any]) -> None:
        self._forward, self._backward = forward, backward
        self._beginning = Keeper([forward, backward, tuple(args)])
        self._owners = owners_of(forward, backward)
        try:
            self._prepare(forward, args)
        except BaseException:
            self.restore()
            raise

    def restore(self) -> None:
        """Put everything of the person's back to what it was before."""
        self._beginning.restore()

    def _prepare(self, forward: Callable[..., Any], args: Sequence[Any]) -> None:
        copies = [(slot, slot.value, slot.value.copy()) for slot in slots_of(self._owners)]
        result = forward_result(forward, args, self._beginning)
        parameters = [
            slot
            for slot, array, copy in copies
            if slot.holder[slot.key] is array and np.array_equal(array, copy, equal_nan=True)
        ]
        self.binding = bound(forward, self._backward, args, result)
        self._beginning.restore()
        self.truth = recorded(forward, args, parameters, self.binding)
        self._beginning.restore()
        self.binding = bound(forward, self._backward, args, forward(*args))
        self._ready = Keeper([forward, self._backward, tuple(args), self.binding.arguments])
        self.places: list[Place] = []
        self.observer = Observer(kept)
        self._rewriter: Rewriter | None = None
        self._fuse: Fuse | None = None
        self._arguments = tuple(args)
        self._before = {(id(slot.owner), slot.text): (slot.value, slot.value.copy()) for slot in slots_of(self._owners)}
        returned, error = self._call(self.observer)
        if error is None:
            self.places = self._places_in(returned, self._last_return())
        self.outcome = self._judged(returned, error)
        self._rewriter = Rewriter(self.observer.codes)
        most = 1000 + 20 * self.observer.lines
        loops = any(isinstance(head.node, ast.While) for code in self.observer.codes for head in heads_of(code))
        self._most_lines = most
        self._fuse = Fuse(self.observer.codes, most) if loops else None

    def _places_in(self, returned: Any, statement: Statement | None) -> list[Place]:
        """Return where the gradients are after a run."""
        of_slots = places_of_slots(self.truth, self._before, slots_of(self._owners))
        return [*places(self.truth, self._arguments, returned, statement, len(of_slots)), *of_slots]

    def _last_return(self) -> Statement | None:
        returns = self.observer.returns
        return returns[-1][0] if returns else None

    def _call(self, observer: Observer | None = None) -> tuple[Any, BaseException | None]:
        self._ready.restore()
        try:
            with np.errstate(all="ignore"):
                watcher = observer or self._fuse
                if watcher is None:
                    return self._backward(*self.binding.arguments), None
                with watcher.on():
                    return self._backward(*self.binding.arguments), None
        except Exception as error:
            return None, error

    def _judged(self, returned: Any, error: BaseException | None) -> Outcome:
        where = self.places
        if error is None and not where:  # it raised at first, so that nobody knows yet
            try:
                where = self._places_in(returned, None)
            except InputError as untold:
                return Outcome(error=untold)
            if not where:
                return Outcome(error=InputError("no gradient is returned, or left anywhere"))
        gradients = [] if error else [place.gradient(returned, self.truth) for place in where]
        ruler = self.truth.ruler
        wrong = frozenset(k for k, gradient in enumerate(gradients) if not gradient.is_right(ruler))
        return Outcome(gradients, wrong, error)

    @property
    def raised_line(self) -> int | None:
        """The line of the person's that raised, where one did."""
        return None if self._raised is None else self._raised[1]

    @property
    def raising(self) -> list[Statement]:
        """The statements at that line."""
        return [] if self._raised is None else statements_of(self._raised[0].f_code).get(self._raised[1], [])

    @property
    def _raised(self) -> tuple[FrameType, int] | None:
        return None if self.outcome.error is None else raised_in(self.outcome.error)

    def shapes_at(self, statement: Statement) -> dict[str, tuple[int, ...]]:
        """Return the shapes of the arrays that a line names, as they were when it first ran."""
        observer = Observer(kept, {statement})
        self.run((), observer)
        local = observer.scopes.get(statement, ({}, {}))[0]
        names = {part.id for part in statement.reads if isinstance(part, ast.Name)}
        return {name: np.shape(local[name]) for name in local if name in names and isinstance(local[name], np.ndarray)}

    def beside(self, inputs: Sequence[Input], *, far: bool = False) -> Bench | None:
        """Return a bench of the same passes at other numbers, near or far, where they run and have gradients there."""
        self.restore()
        try:
            for one in inputs:
                if one.slot is not None:
                    one.slot.fill(moved(one.slot.value, len(one.slot.text), far=far))
            with np.errstate(all="ignore"):
                other = Bench(self._forward, self._backward, moved_arguments(self._arguments, inputs, far=far))
            return other if other.truth.is_finite and len(other.places) == len(self.places) else None
        except Exception:  # the person's own, which was not written for these numbers
            return None
        finally:
            self.restore()

    def run(self, edits: Sequence[Edit], observer: Observer | None = None) -> Outcome:
        """Run backward with other lines; an edit that Python does not take is an error like any other."""
        assert self._rewriter is not None
        restart(edits)
        try:
            with self._rewriter.rewritten(edits) as places:
                if observer is not None:
                    observer.stand(places)
                    observer.most = self._most_lines
                return self._judged(*self._call(observer))
        except UnwritableError as error:
            return Outcome(error=error)


def kept(value: Any) -> Any:
    """Return a copy of what is an array or a float."""
    numbers = as_numbers(value)
    if numbers is None or (numbers.ndim == 0 and numbers.dtype.kind not in "fc"):
        return None
    return numbers.copy()


def restart(edits: Sequence[Edit]) -> None:
    """Let what counts the executions of a line begin again."""
    for edit in edits:
        for thing in edit.names.values():
            if hasattr(thing, "restart"):
                thing.restart()


class _Hook:
    """Passes on what it gets, or another value at some executions; writes into an array where that was written to."""

    def __init__(self, values: Mapping[int, Array], in_place: bool) -> None:
        self._values = values
        self._in_place = in_place
        self._execution = -1

    def restart(self) -> None:
        """Count the executions from the first one again."""
        self._execution = -1

    def __call__(self, value: Any) -> Any:
        self._execution += 1
        truth = self._values.get(self._execution)
        if truth is None:
            return value
        if self._in_place and isinstance(value, np.ndarray) and value.shape == truth.shape and value.flags.writeable:
            value[...] = truth
            return value
        return truth.copy() if truth.ndim else truth[()]


def injection(event: Event, values: Mapping[int, Array]) -> Edit | None:
    """Return the edit that puts other values in the place of what a line computes, by execution, if one can."""
    statement, target = event.statement, event.target
    hook = f"_gad_hook_{next(_numbers)}"
    names = {hook: _Hook(values, event.in_place)}
    if isinstance(statement.node, ast.For):
        return None
    if statement.is_return and target is not None:
        start, end = statement.segment(target)
        text = f"{statement.text[:start]}{hook}({statement.text[start:end]}){statement.text[end:]}"
        return Edit(statement, text, names)
    if target is not None:
        place = ast.unparse(target)
        return Edit(statement, f"{statement.text}\n{place} = {hook}({place})", names)
    if statement.calls_only:
        owner, _, keys = event.text.partition("[")
        first = f"{owner}[-1]" if "append" in statement.text else f"{owner}[{keys.partition(']')[0]}]"
        place = first + keys.partition("]")[2]
        return Edit(statement, f"{statement.text}\n{place} = {hook}({place})", names)
    value = statement.value
    if value is None or isinstance(value, ast.Tuple | ast.List | ast.Dict):
        return None
    start, end = statement.segment(value)
    return Edit(statement, f"{statement.text[:start]}{hook}({statement.text[start:end]}){statement.text[end:]}", names)
