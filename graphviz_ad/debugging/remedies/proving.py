"""Whether a changed program is right: its value, and its gradient entry by entry, beside differences of the original.

The original is run again in an arithmetic that neither overflows nor loses the digits that floats do; its slopes are
differences there, from both sides. What changes the value on purpose is held against the differences of the changed
program instead, and says that it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination, is_finite, numbers
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.remedies.precision import ARITHMETICS, Arithmetic
from graphviz_ad.debugging.remedies.replaying import CANNOT, Program
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.sweep import reverse
from graphviz_ad.engine.variable import Variable
from graphviz_ad.numerals.writing import rough

__all__ = ["Proof", "proved"]

_MOST_ENTRIES = 24
_STILL = ("zero-gradient", "unreached")  # kinds whose inputs have no gradient, and are to have one
_KNOWN = ("zero-gradient", "broadcast")  # kinds of which the value is there, and may become another
_LEAST = 1e-300  # what no size is below
_SLOPE = 1e-7  # how near slopes must be at least, beside their size
_NEARER = 1e-3
_KINK = 1e-4  # by how much slopes from both sides differ at least, beside their size
_ROUNDED = 1e-7  # by how much a value that rounding pushed beyond an edge may be off
_SAME = 1e-6  # how near to each other numbers are that tend to a limit
_SHRINKS = 0.1  # to what part of itself a slope comes with a step a hundredth the size, where it tends to 0
_STEEPER = 3.0  # a slope that grows so much with a step a hundredth the size has no limit


class Proof(NamedTuple):
    """What was tried, in a sentence, and whether the value is another one on purpose."""

    sentence: str
    changes_value: bool


class Verdict(Enum):
    """What differences say of an entry of a gradient."""

    RIGHT = "the slope"
    CORNER = "one of the slopes at a corner"
    CHOSEN = "a number where there is no slope"
    NEARER = "nearer to the slope than before"
    WRONG = "no slope"


class _Result(NamedTuple):
    """What a program gives: its output, and the gradients by its inputs."""

    value: Any
    gradients: list[Any]


def proved(exam: Examination, finding: Finding, again: Recording, may_change: bool) -> Proof | None:
    """Return the proof that a changed program cures a finding, None where it does not, or where nothing proves it.

    Parameters
    ----------
    exam : Examination
    finding : Finding
    again : Recording
        The changed program, recorded.
    may_change : bool
        Whether another value than that of the original will do, where the original has none or a useless one.
    """
    result = _result(again)
    if result is None or not is_finite(result.value) or not all(map(is_finite, result.gradients)):
        return None
    if finding.kind in _STILL and not _moves(exam, finding, result):
        return None
    if finding.kind == "underflow" and _is_as_before(exam, result):
        return None
    for arithmetic in ARITHMETICS:
        outcome = _tried(exam, finding, again, result, arithmetic, may_change)
        if outcome is not None:
            return None if Verdict.WRONG in outcome.verdicts else _told(exam, finding, result, outcome)
    return None


def _result(again: Recording) -> _Result | None:
    start = again.start
    if not isinstance(start, Variable) or start.dtype.kind != "f":
        return None
    seed = None if start.size == 1 else np.ones(start.shape, start.dtype)
    with np.errstate(all="ignore"):
        sweep = reverse(start, again.nodes, seed, again.stops)
    return _Result(start.value, [_gradient_of(node, sweep._adjoints.get(node.index)) for node in again.inputs])


def _gradient_of(node: Variable, adjoint: Any) -> Any:
    """Return the gradient by an input as a person gets it: of its shape, and of its type."""
    return np.broadcast_to(0.0 if adjoint is None else adjoint, node.shape).astype(node.dtype)


def _moves(exam: Examination, finding: Finding, result: _Result) -> bool:
    """Whether an input that had no gradient has one."""
    pairs = zip(exam.inputs, result.gradients, strict=True)
    return any(np.any(g != 0) for i, g in pairs if exam.names[i] in finding.reaches)


def _is_as_before(exam: Examination, result: _Result) -> bool:
    """Whether neither the value nor a gradient has become another."""
    before = [exam.adjoint(i) for i in exam.inputs]
    pairs = zip(before, result.gradients, strict=True)
    same = all(np.array_equal(np.zeros(np.shape(g)) if own is None else own, g) for own, g in pairs)
    return same and exam.output is not None and np.array_equal(exam.values[exam.output], result.value)


# -- the value and the slopes -----------------------------------------------------------------------------------------


class _Outcome(NamedTuple):
    """Whether the value is that of the original with more digits, and what there is to say of the slopes."""

    is_right: bool
    verdicts: frozenset[Verdict]
    errors: tuple[tuple[float, float], ...] = ()


_REFUTED = _Outcome(False, frozenset([Verdict.WRONG]))


def _tried(
    exam: Examination,
    finding: Finding,
    again: Recording,
    result: _Result,
    arithmetic: Arithmetic,
    may_change: bool,
) -> _Outcome | None:
    """Compare with an arithmetic; None where it cannot compute the program."""
    original, changed = Program(exam.recording), Program(again)
    if max(original.size, changed.size) > arithmetic.most:
        return None
    values = [node.value for node in original.inputs]
    tolerance = _tolerance(exam, arithmetic)
    try:
        truth = _floats(original.run(values, arithmetic))
        right = is_finite(truth) and _close(result.value, truth, tolerance)
        if not right and not (may_change and _may_differ(finding, truth, result.value)):
            return _REFUTED
        before = [exam.adjoint(i) for i in exam.inputs] if finding.kind == "cancellation" else None
        if not right and not is_finite(truth) and not _is_limit(exam, finding, original, arithmetic, result.value):
            return _REFUTED
        is_known = right or (is_finite(truth) and finding.kind not in _KNOWN)  # then slopes are those of the original
        program = original if is_known and finding.kind != "unreached" else changed
        outcome = _Outcome(right, *_slopes(exam, program, result, before, arithmetic, tolerance))
        if Verdict.WRONG in outcome.verdicts and right and _stays_by_chance(exam, finding):
            outcome = _Outcome(right, *_slopes(exam, changed, result, before, arithmetic, tolerance))
        return outcome
    except CANNOT:
        return None


def _stays_by_chance(exam: Examination, finding: Finding) -> bool:
    """Whether a shape grew, of which the value may know nothing, as a mean of numbers that are equal still.

    Only where the column is computed last of both operands: else the mended source computes in another order than the
    mended run.
    """
    if finding.kind != "broadcast" or finding.node is None:
        return False
    node = exam.position[finding.node.index]
    columns = [i for _, i in exam.operands(node) if exam.nodes[i].ndim > 1]
    return not columns or max(columns) in (node - 1, *exam.inputs)


def _is_limit(exam: Examination, finding: Finding, original: Program, arithmetic: Arithmetic, value: Any) -> bool:
    """Whether a value is the limit of the original, which has none itself; also where that has no one limit.

    Nor is there a limit to be held against where what the finding is about has none, as the direction of a vector at 0.
    """
    node, output = finding.node, exam.recording.start
    if not original.inputs or np.ndim(value) or node is None or not isinstance(output, Variable):
        return True
    lost = ~np.isfinite(node.value)
    if _limit(original, arithmetic, node, lost) is None:
        return True
    limit = _limit(original, arithmetic, output, np.True_)
    return limit is None or bool(np.all(np.abs(value - limit) <= _SAME * np.maximum(1.0, np.abs(limit))))


def _limit(original: Program, arithmetic: Arithmetic, node: Variable, where: Any) -> Any:
    """Return what some entries of a node tend to, from both sides in two directions alike; None if there is no such."""
    near, far = (
        [np.asarray(_moved(original, step * side, slant, arithmetic, node))[..., where]
         for slant in (0.0, 0.5) for side in (1.0, -1.0)]
        for step in (arithmetic.step / 100, arithmetic.step)
    )  # fmt: skip
    limit = np.mean(near, axis=0)
    spread = np.max(np.abs(np.asarray([*near, *far]) - limit), axis=0)
    return limit if np.all(spread <= _SAME * np.maximum(1.0, np.abs(limit))) else None  # NaN is not


def _moved(original: Program, step: float, slant: float, arithmetic: Arithmetic, node: Variable) -> Any:
    """Return a node, as floats, with all inputs moved, those at later places by less."""
    moved, place = [], 0
    with arithmetic.context():
        for own in [np.asarray(node.value, float) for node in original.inputs]:
            parts = 1.0 / (1.0 + slant * (place + np.arange(own.size).reshape(own.shape)))
            distance = step * parts * np.where(own == 0, 1.0, np.abs(own))
            moved.append(np.array(arithmetic.number(own)) + np.array(arithmetic.number(distance)))
            place += own.size
        return _floats(original.run(moved, arithmetic, node))


def _may_differ(finding: Finding, truth: Any, value: Any) -> bool:
    """Whether a value may be another one than with more digits: not where those have one, and floats lost it."""
    is_lost = finding.kind not in _KNOWN
    return not (is_lost and is_finite(truth)) or bool(np.all(np.abs(value - truth) <= _ROUNDED))


def _floats(value: Any) -> Any:
    return np.asarray(value).astype(float)


_TOLERANCES = {"float16": 2e-2, "float32": 1e-4}


def _tolerance(exam: Examination, arithmetic: Arithmetic) -> float:
    """Return how near two numbers must be, beside their size: what the rounding of this program may come to."""
    dtypes = {str(node.dtype) for node in exam.nodes}
    return max([arithmetic.rounding * 10, *(own for dtype, own in _TOLERANCES.items() if dtype in dtypes)])


def _close(value: Any, truth: Any, tolerance: float) -> bool:
    size = max(float(np.max(np.abs(truth), initial=0.0)), _LEAST)
    return np.shape(value) == np.shape(truth) and bool(np.all(np.abs(value - truth) <= tolerance * size))


def _slopes(
    exam: Examination,
    program: Program,
    result: _Result,
    before: list[Any] | None,
    arithmetic: Arithmetic,
    tolerance: float,
) -> tuple[frozenset[Verdict], tuple[tuple[float, float], ...]]:
    """Return the verdicts on the entries of the gradients, and by how much each input's was off, and is now."""
    size = max((float(np.max(np.abs(g), initial=0.0)) for g in result.gradients), default=0.0)
    verdicts, errors = set(), [(0.0, 0.0)] * len(result.gradients)
    with arithmetic.context():
        middle = np.sum(program.run([node.value for node in program.inputs], arithmetic))
    most = max(2, min(_MOST_ENTRIES, arithmetic.budget // (4 * program.size)))
    for which, place in _places(exam, result, most):
        sides = _sides(program, which, place, arithmetic, middle)
        slope = float(result.gradients[which][place])
        verdict = _verdict(slope, sides, max(tolerance, _SLOPE) * max(abs(slope), 1e-6 * size, _LEAST))
        if verdict is Verdict.WRONG and before is not None and before[which] is not None:
            truth = (sides.right[1] + sides.left[1]) / 2
            error = (abs(float(before[which][place]) - truth), abs(slope - truth))
            errors[which] = max(errors[which], error)
            verdict = Verdict.NEARER if error[1] <= _NEARER * error[0] else verdict
        verdicts.add(verdict)
        if verdict is Verdict.WRONG:
            break
    return frozenset(verdicts), tuple(errors)


def _places(exam: Examination, result: _Result, most: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield the entries of inputs that are moved: all, or of many some, first those that were lost."""
    for which, (i, g) in enumerate(zip(exam.inputs, result.gradients, strict=True)):
        before = np.broadcast_to(0.0 if exam.adjoints[i] is None else exam.adjoints[i], g.shape)
        lost = np.flatnonzero(~np.isfinite(before))[: most // 2]
        spread = range(0, g.size, max(1, -(-g.size // most)))
        for k in dict.fromkeys([*map(int, lost), *spread]):
            yield which, tuple(int(own) for own in np.unravel_index(k, g.shape))


class _Sides(NamedTuple):
    """Slopes to the right and to the left, each over a step and over a hundredth of it."""

    right: tuple[float, float]
    left: tuple[float, float]


def _sides(program: Program, which: int, place: tuple[int, ...], arithmetic: Arithmetic, middle: Any) -> _Sides:
    value = np.asarray(program.inputs[which].value)
    size = max(abs(float(value[place])), 1e-3 * float(np.max(np.abs(value), initial=0.0)))
    step = arithmetic.step * (size or 1.0)

    def slope(h: float) -> float:
        with arithmetic.context():
            distance = np.asarray(arithmetic.number(np.float64(h)))[()]
            return float((np.sum(program.run_beside(which, place, distance, arithmetic)) - middle) / distance)

    return _Sides((slope(step), slope(step / 100)), (slope(-step), slope(-step / 100)))


def _verdict(slope: float, sides: _Sides, tolerance: float) -> Verdict:
    """Return whether a slope is the one there is, or one of those that fit at a corner, or where it is vertical."""
    right, left = sides.right[0], sides.left[0]
    if abs(slope - (right + left) / 2) <= tolerance and abs(right - left) <= max(_KINK * abs(slope), tolerance):
        return Verdict.RIGHT
    bounds = [near for far, near in sides if np.isfinite(near) and not _is_steep(far, near)]
    if len(bounds) < 2:  # vertical, or outside of the domain, on one side at least
        nears = [abs(near) for _, near in sides if np.isfinite(near)]
        return Verdict.WRONG if nears and abs(slope) > max(nears) + tolerance else Verdict.CHOSEN
    if max(map(abs, bounds)) <= _SHRINKS * max(abs(far) for far, _ in sides) and abs(slope) <= max(map(abs, bounds)):
        return Verdict.RIGHT  # slopes that shrink with the step: the one there is is 0
    fits = min(bounds) - tolerance <= slope <= max(bounds) + tolerance
    return Verdict.CORNER if fits else Verdict.WRONG


def _is_steep(far: float, near: float) -> bool:
    return not np.isfinite(far) or abs(near) > _STEEPER * abs(far)


# -- the sentence -----------------------------------------------------------------------------------------------------


def _told(exam: Examination, finding: Finding, result: _Result, outcome: _Outcome) -> Proof:
    """Say what becomes of the value and of the gradients that the finding is about."""
    parts = [_value(exam, result, outcome.is_right)]
    for i, g, error in zip(exam.inputs, result.gradients, outcome.errors, strict=True):
        if exam.names[i] in finding.reaches or not finding.reaches:
            parts.append(_gradient(exam.bar(i), g, error))
    sentence = f"{', '.join(parts[: 1 + _MOST_GRADIENTS])}."
    remarks = [words for verdict, words in _REMARKS.items() if verdict in outcome.verdicts]
    return Proof(" ".join([sentence, *remarks]), not outcome.is_right)


_MOST_GRADIENTS = 3
_REMARKS = {
    Verdict.CORNER: "At a corner, that is one of its slopes.",
    Verdict.CHOSEN: "Where there is no slope, that is a choice.",
    Verdict.NEARER: "What it is off by now, other steps lose.",
}


def _gradient(bar: str, g: Any, error: tuple[float, float]) -> str:
    if error[0]:
        return f"{bar} was off by {_size(error[0])} and is off by {_size(error[1])}"
    return f"{bar} becomes {numbers(g)}"


def _size(error: float) -> str:
    return rough(error, 2)


def _value(exam: Examination, result: _Result, is_right: bool) -> str:
    """Say what has become of the value."""
    name = exam.recording.name
    before: Any = np.nan if exam.output is None else exam.values[exam.output]
    now = numbers(result.value)
    if (
        is_finite(before)
        and np.shape(before) == result.value.shape
        and np.allclose(before, result.value, rtol=1e-6, atol=0)
        and (numbers(before) == now or not is_right)
    ):
        return f"{name} stays {now}"
    if is_right:
        return f"{name} becomes {now}, as it is with more digits"
    if np.ndim(before) or not is_finite(before):
        return f"{name} was {_short(before)} and becomes {now}"
    return f"{name} {numbers(before)} → {now}, another value on purpose"


def _short(value: Any) -> str:
    return "NaN" if np.ndim(value) == 0 and np.isnan(value) else numbers(value)
