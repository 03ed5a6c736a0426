"""Adjoints that are not finite: where NaN and ∞ are born on the way back, though all values are finite.

Only the births are told, each once a line of code: 0 · ∞ at a root, a slope that is a pole, a sum beyond the largest
number. Where the value was lost on the way forward already, there is nothing to say of its adjoints.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.born_values import infected, is_left_out
from graphviz_ad.debugging.exact import unrounded
from graphviz_ad.debugging.examination import Examination, is_finite, listed, numbers
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.places import at, begun, signed
from graphviz_ad.debugging.wiped_out import is_exact
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.numerals.writing import rough, static

__all__ = ["births_going_back"]


class _Sent(NamedTuple):
    """An edge along which something is sent that is not finite, though what arrives at the child is."""

    child: int
    argument: int
    parent: int
    mask: Any  # of the child where both have one shape, else of the parent
    at_child: bool


def births_going_back(exam: Examination) -> Iterator[Finding]:
    """Yield what there is to say of adjoints that are not finite, in the order of the sweep."""
    if exam.output is None or not is_finite(exam.values[exam.output]):
        return
    ill = exam.ill_adjoints
    if not ill:
        return
    sick = set(ill)
    sent = [own for i in reversed(exam.uses.users(ill)) for own in _sent(exam, i, sick)]
    forward = set(exam.ill_values)
    for group in exam.same_line([own.child for own in sent]).values():
        own = next(own for own in sent if own.child == group[0])
        if own.child in forward and not is_left_out(exam, infected(exam, [own.child], forward)):
            continue  # the value that was lost on the way forward is told already
        yield _backward(exam, own, sick)
    for i in reversed(ill):
        if any(_sends_on(exam, child, k) for child, k in exam.uses[i]):
            continue
        sums = [exam.contribution(child, k) for child, k in exam.uses[i]]
        if i != exam.output and all(own is None or is_finite(own) for own in sums):
            yield _overflowing(exam, i, sick)


def _sent(exam: Examination, i: int, sick: set[int]) -> Iterator[_Sent]:
    """Yield the edges of a node at which something that is not finite begins on the way back."""
    if exam.adjoints[i] is None or _is_ill_number(exam.adjoints[i]):
        return
    g = exam.adjoint(i)
    for k, parent in exam.operands(i):
        if parent not in sick:
            continue
        sent = exam.contribution(i, k)
        if sent is None or is_finite(sent):
            continue
        if np.shape(sent) == np.shape(g):
            mask = ~np.isfinite(sent) & np.isfinite(g)
            if np.any(mask):
                yield _Sent(i, k, parent, mask, True)
        elif is_finite(g):
            yield _Sent(i, k, parent, ~np.isfinite(sent), False)


def _is_ill_number(g: Any) -> bool:
    return type(g) is np.float64 and not math.isfinite(g)


def _sends_on(exam: Examination, child: int, argument: int) -> bool:
    """Whether what a node sends is not finite since what it has is not, which is quickly seen: whatever its slope."""
    primitive = exam.nodes[child]._primitive
    is_product = primitive is not None and primitive.elementwise and primitive.partials[argument] is not None
    return is_product and _is_ill_number(exam.adjoints[child])


def _backward(exam: Examination, own: _Sent, sick: set[int]) -> Finding:
    i, k, parent, mask = own[:4]
    above = exam.above(parent)
    affected = [x for x in exam.inputs if x in above and x in sick]
    is_nan = any(np.isnan(exam.adjoints[x]).any() for x in affected) if affected else _has_nan(exam, own)
    what = "NaN" if is_nan else "∞"
    born = "NaN" if _has_nan(exam, own) else "∞"
    title = f"{what} is born going back, in {exam.written(i)}"
    sentences = [_reason(exam, own, born), _by_rounding(exam, own)]
    path = _sick_way(exam, parent, sick)
    if born == "∞" and is_nan:
        sentences.append(_then(exam, path))
    if affected:
        sentences.append(f"{_output(exam)} itself is finite; only its gradient is lost{_rest(exam, affected)}.")
    else:
        sentences.append("It reaches no input.")
    return exam.finding(
        "nan-gradient" if is_nan else "inf-gradient",
        "error" if affected else "note",
        title,
        " ".join(filter(None, sentences)),
        i,
        edge=(i, k),
        mask=mask,
        reaches=exam.names_of(affected),
        path=(i, *path),
    )


_AT_EDGES = frozenset(["arccos", "arccosh", "arcsin", "arctanh", "float_power", "power", "sqrt"])
"""Functions that are upright at one number: a last digit decides whether an operand is there."""


def _by_rounding(exam: Examination, own: _Sent) -> str:
    """Say that a function stands where it is upright by rounding alone; empty where it does not, or where unknown."""
    i, _, parent, mask, _ = own
    value = np.asarray(exam.values[i])
    if exam.primitive(i) not in _AT_EDGES or is_exact(exam.nodes[parent]) or value.shape != np.shape(mask):
        return ""
    right = unrounded(exam, i, tuple(np.argwhere(mask)[0]) if np.ndim(mask) else ())
    if right is None:
        return ""
    return f"That is rounding alone: computed with 80 digits, {exam.written(i)} is {rough(right, 3)}."


def _overflowing(exam: Examination, i: int, sick: set[int]) -> Finding:
    """Return the finding of an adjoint that is too large for its type, though all that it is made of is finite."""
    node = exam.nodes[i]
    affected = [x for x in exam.inputs_above(i) if x in sick]
    child = max(child for child, _ in exam.uses[i])
    largest = static(np.finfo(node.dtype).max)
    return exam.finding(
        "inf-gradient",
        "error" if affected else "note",
        f"{exam.bar(i)} overflows",
        f"What comes back to {exam.called(i)} adds up to more than {largest}, the largest {node.dtype}. "
        f"{_output(exam)} itself is finite; only its gradient is lost{_rest(exam, affected) if affected else ''}.",
        child,
        mask=~np.isfinite(exam.adjoint(i)),
        reaches=exam.names_of(affected),
        path=(child, *_sick_way(exam, i, sick)),
    )


def _output(exam: Examination) -> str:
    """Return what was returned: ``f = 5``."""
    value = None if exam.output is None or exam.nodes[exam.output].shape else exam.values[exam.output]
    return exam.recording.name if value is None else f"{exam.recording.name} = {static(value)}"


def _has_nan(exam: Examination, own: _Sent) -> bool:
    sent = exam.contribution(own.child, own.argument)
    return bool(np.isnan(sent[own.mask] if np.ndim(sent) else sent).any())


def _reason(exam: Examination, own: _Sent, born: str) -> str:
    i, k, parent, mask, at_child = own
    g = exam.adjoint(i)
    local = exam.local(i, k)
    place = at(mask)
    written, bar = exam.written(i), exam.bar(i)
    if local is None:
        return begun(place, f"the rule of {written} gives {born} where its operand is {numbers(exam.values[parent])}.")
    first = tuple(np.argwhere(mask)[0]) if np.ndim(mask) else ()
    if not at_child:
        bad = np.argwhere(~np.isfinite(local))
        first = tuple(bad[0]) if len(bad) else first
    slope, arriving = (np.asarray(x)[first] for x in (local, g))
    operand = np.broadcast_to(np.asarray(exam.values[parent]), exam.nodes[i].shape)[first]
    upright = _by_the_other(exam, own, first, slope) or _upright(exam, own, operand, slope)
    if not np.equal(arriving, 0):
        product = f"{static(arriving)} · {signed(slope)}, is {signed(arriving * slope)}"
        return begun(place, f"{upright}: what goes back, {product}.")
    left_out = _left_out(exam, i, first)
    why = f"{bar} is 0"
    if left_out is not None:
        why = f"{written} is not chosen by {exam.written(left_out)}, so {bar} is 0 there"
    return begun(place, f"{why}; but {upright}, and 0 · {signed(slope)} is not a number.")


def _upright(exam: Examination, own: _Sent, operand: Any, slope: Any) -> str:
    """Say of a node that its slope is not finite, and why, where its operand is a number."""
    i, argument, parent = own[:3]
    written, x = exam.written(i), exam.called(parent)
    value = np.asarray(exam.values[i])
    primitive = exam.nodes[i].primitive.name  # type: ignore[union-attr]
    name = f"{x} = {static(operand)}"
    if np.isnan(slope) and is_finite(value):
        if primitive in ("power", "float_power") and argument == 1:
            return f"the slope of {written} by its exponent has the logarithm of its base in it, which is NaN at {name}"
        return f"the slope of {written} is NaN at {name}"
    if np.isnan(slope):
        return f"{written} has no value at {name}, and so no slope: it is NaN"
    if primitive in ("sqrt", "cbrt", "power", "float_power", "norm") and np.equal(operand, 0):
        return f"{written} is vertical at {name}, its slope is ∞"
    if np.isfinite(operand) and not np.equal(operand, 0) and not is_finite(value):
        return f"{written} overflows at {name}, its slope is {signed(slope)}"
    if not np.isfinite(operand):
        return f"{x} is {static(operand)} there, and the slope of {written} is {signed(slope)}"
    return f"{written} has a pole at {name}, its slope is {signed(slope)}"


def _by_the_other(exam: Examination, own: _Sent, entry: tuple[Any, ...], slope: Any) -> str:
    """Say of a product or quotient that its other operand makes its slope not finite; empty of anything else."""
    i, argument, parent = own[:3]
    node = exam.nodes[i]
    if (exam.primitive(i), argument) not in (("multiply", 0), ("multiply", 1), ("divide", 0)):
        return ""
    other, k = node.operands[1 - argument], 1 - argument
    number = np.broadcast_to(np.asarray(plain_value(other)), node.shape)[entry]
    position = dict(exam.operands(i)).get(k)
    called = exam.called(position) if position is not None else exam.constant(i, k)
    here = called if position is None and np.ndim(plain_value(other)) == 0 else f"{called} = {signed(number)}"
    written = exam.written(i)
    if exam.primitive(i) == "divide" and np.equal(number, 0):
        return f"{written} has a pole at {here}, its slope by {exam.called(parent)} is {signed(slope)}"
    factor = f"1/{called}" if exam.primitive(i) == "divide" else here
    return f"the slope of {written} by {exam.called(parent)} is {factor}"


def _left_out(exam: Examination, i: int, entry: tuple[Any, ...]) -> int | None:
    """Return the `where` or index that makes the adjoint of an entry 0 because it does not choose it; None if none."""
    waiting, seen, shape = [i], {i}, exam.nodes[i].shape
    while waiting:
        k = waiting.pop()
        for child, argument in exam.uses[k]:
            g = exam.adjoint(child)
            if g is None or child in seen:
                continue
            seen.add(child)
            primitive = exam.nodes[child].primitive
            if primitive is not None and primitive.name in ("where", "select", "choose", "piecewise"):
                sent = exam.contribution(child, argument)
                if sent is not None and np.shape(sent) == shape and np.equal(np.asarray(sent)[entry], 0):
                    return child
            elif np.shape(g) == shape and np.equal(g[entry], 0):
                waiting.append(child)
    return None


def _then(exam: Examination, path: Sequence[int]) -> str:
    """Say where ∞ becomes NaN on its way."""
    for i in path:
        for k, _ in exam.operands(i):
            sent = exam.contribution(i, k)
            if sent is None or not np.isnan(sent).any() or np.isnan(exam.adjoint(i)).all():
                continue
            return f"Going on, in {exam.written(i)}, that ∞ meets a slope of 0, and ∞ · 0 is not a number."
    return ""


def _sick_way(exam: Examination, start: int, sick: set[int]) -> list[int]:
    """Return the nodes on one way from a node up to an input, all of whose adjoints are not finite."""
    way, node = [start], start
    while True:
        following = [parent for parent in exam.uses.operands(node) if parent in sick]
        if not following:
            return way
        node = following[0]
        way.append(node)


def _rest(exam: Examination, affected: Sequence[int]) -> str:
    """Say of which inputs, and how many entries of them are right."""
    parts = []
    for i in affected:
        g = exam.adjoint(i)
        fine = int(np.count_nonzero(np.isfinite(g)))
        some = f" in {np.size(g) - fine} of {np.size(g)} entries" if fine else ""
        parts.append(f"{exam.bar(i)}{some}")
    return f": {listed(parts)}"
