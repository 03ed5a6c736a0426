"""Where NaN and ∞ are born, entry by entry: in a value on the way forward, in an adjoint on the way back.

Of all that is not finite only the births are told, each once a line of code; what it makes not finite further on is
its path. One that a `where` or an index leaves out, and that harms no gradient, is worth a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination, is_finite, listed, not_finite, numbers
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.engine.primitive import PRIMITIVES, plain_value
from graphviz_ad.engine.variable import Variable
from graphviz_ad.numerals.writing import static
from graphviz_ad.story.births import what_is, why_born

__all__ = ["births", "births_going_back"]

_SELECTING = frozenset(
    ["choose", "clip", "compress", "delete", "extract", "fmax", "fmin", "index", "index_update", "max", "maximum"]
)
_SELECTING |= {"min", "minimum", "nan_to_num", "nanmax", "nanmean", "nanmedian", "nanmin", "nanpercentile", "nanprod"}
_SELECTING |= {"nanquantile", "nanstd", "nansum", "nanvar", "partition", "select", "take", "take_along_axis", "where"}
_SELECTING |= {"tril", "triu"}
"""Primitives that may leave an entry out, whatever it is."""


_NUMERIC = (Variable, np.ndarray, np.generic, float, int, complex)  # and no indices


class _Birth(NamedTuple):
    """A node at which a value that is not finite begins, and in which entries."""

    node: int
    mask: Any


def births(exam: Examination) -> Iterator[Finding]:
    """Yield what there is to say of values that are not finite, in execution order."""
    ill = not_finite(exam.values)
    if not ill:
        return
    born = [birth for i in ill if (birth := _birth(exam, i)) is not None]
    for group in exam.same_line([birth.node for birth in born]).values():
        birth = next(own for own in born if own.node == group[0])
        yield _forward(exam, birth, group, set(ill))


def _birth(exam: Examination, i: int) -> _Birth | None:
    """Return the entries of a node in which NaN is born of what is none, or ∞ of numbers; None if in none."""
    node, value = exam.nodes[i], np.asarray(exam.values[i])
    if node.primitive is None or node.index in exam.stops:
        return _Birth(i, ~np.isfinite(value))
    operands = [np.asarray(plain_value(x)) for x in node.operands if isinstance(x, _NUMERIC)]
    operands = [operand for operand in operands if operand.dtype.kind in "fc"]
    if node.primitive.elementwise:
        whole = [np.broadcast_to(operand, value.shape) for operand in operands]
        has_nan = np.any([np.isnan(operand) for operand in whole], axis=0) if whole else False
        finite = np.all([np.isfinite(operand) for operand in whole], axis=0) if whole else True
        mask = (np.isnan(value) & ~np.asarray(has_nan)) | (np.isinf(value) & finite)
    else:
        some_nan = any(np.isnan(operand).any() for operand in operands)
        all_finite = all(map(is_finite, operands))
        mask = (np.isnan(value) & (not some_nan)) | (np.isinf(value) & all_finite)
    return _Birth(i, mask) if mask.any() else None


def _forward(exam: Examination, birth: _Birth, group: Sequence[int], ill: set[int]) -> Finding:
    """Return the finding of all births that one line makes, of which the first is told."""
    i, mask = birth
    path = _infected(exam, group, ill)
    what = what_is(np.asarray(exam.values[i])[mask] if np.ndim(mask) else exam.values[i])
    sick = [k for k in exam.inputs if exam.adjoints[k] is not None and not is_finite(exam.adjoints[k])]
    above = exam.above(*group)
    if exam.output in path:
        severity, affected = "error", [k for k in exam.inputs if k in above or k in sick]
    elif sick and not _is_left_out(exam, path):
        severity, affected = "error", [k for k in sick if k in above]
    else:
        severity, affected = "note", []
    is_input = exam.nodes[i].primitive is None or exam.nodes[i].index in exam.stops
    title = f"{exam.called(i)} holds {what} already" if is_input else f"{what} is born in {exam.written(i)}"
    sentences = [_cause(exam, birth, what, is_input)]
    if len(group) > 1:
        sentences.append(f"So it is {len(group)} times on this line.")
    sentences.append(_consequence(exam, path, affected, severity))
    kind = "nan" if what == "NaN" else "inf"
    return exam.finding(
        kind,
        severity,
        title,
        " ".join(sentences),
        i,
        mask=mask,
        reaches=exam.names_of(affected),
        path=tuple(sorted(path)),
    )


def _infected(exam: Examination, born: Sequence[int], ill: set[int]) -> set[int]:
    """Return the nodes that are not finite because of some of them."""
    return exam._spread(list(born), lambda k: [child for child, _ in exam.uses[k] if child in ill])


def _is_left_out(exam: Examination, path: set[int]) -> bool:
    """Whether all that reads these nodes, and is finite, may leave entries out."""
    readers = {child for i in path for child, _ in exam.uses[i]} - path
    names = {getattr(exam.nodes[child].primitive, "name", "") for child in readers}
    return names <= _SELECTING


def at(mask: Any) -> str:
    """Return where an array has it: ``at [0]``, or how often; empty of a number.

    Examples
    --------
    >>> at(np.array([True, False])), at(np.ones(3, bool)), at(np.bool_(True))
    ('at [0]', 'in all 3 entries,', '')
    """
    if not np.ndim(mask):
        return ""
    places = np.argwhere(mask)
    if len(places) == np.size(mask) and len(places) > 2:
        return f"in all {len(places)} entries,"
    said = [str(list(map(int, place))) for place in places[:2]]
    return (
        f"at {listed(said)}" if len(places) <= 2 else f"in {len(places)} of {np.size(mask)} entries, as at {said[0]},"
    )


def _cause(exam: Examination, birth: _Birth, what: str, is_input: bool) -> str:
    i, mask = birth
    place = at(mask)
    if is_input:
        return begun(place, f"it was called with {what}.")
    node = exam.nodes[i]
    first = tuple(np.argwhere(mask)[0]) if np.ndim(mask) else ()
    values, said = [], []
    for k, operand in enumerate(node.operands):
        if not isinstance(operand, _NUMERIC):
            continue
        plain = np.asarray(plain_value(operand))
        whole = node.primitive is not None and node.primitive.elementwise
        value = np.asarray(np.broadcast_to(plain, node.shape)[first] if plain.ndim and whole else plain)
        values.append(value)
        position = dict(exam.operands(i)).get(k)
        if position is not None and value.ndim == 0 and value.dtype.kind in "fciu":
            said.append(f"{exam.called(position)} {'=' if _is_several(mask) else 'is'} {static(value)}")
    y = np.asarray(exam.values[i])[first] if first else exam.values[i]
    known = listed(list(dict.fromkeys(said))) if said else ""
    why = _why(exam, i, np.asarray(y), values, what)
    if not known:
        return begun(place, f"{why}.")
    return begun(place, f"first with {known}: {why}." if _is_several(mask) else f"{known}: {why}.")


def _is_several(mask: Any) -> bool:
    return bool(np.count_nonzero(mask) > 2)


def begun(place: str, rest: str) -> str:
    """Return a sentence that begins with a place; one that begins with a formula keeps its letters.

    Examples
    --------
    >>> begun("at [0]", "x is 0."), begun("", "x is 0."), begun("", "it is 0.")
    ('At [0] x is 0.', 'x is 0.', 'It is 0.')
    """
    if place:
        return f"{place[:1].upper()}{place[1:]} {rest}"
    return f"It{rest[2:]}" if rest.startswith("it ") else rest


def _why(exam: Examination, i: int, y: Any, values: Sequence[Any], what: str) -> str:
    """Say why a node makes what is not finite of some values: what is known of its primitive, or that it does."""
    node, written = exam.nodes[i], exam.written(i)
    assert node.primitive is not None
    if any(np.size(value) == 0 for value in values):
        return f"{written} of nothing is {what}"
    signs = _OF_INFINITIES.get(node.primitive.name)
    if signs is not None and len(values) == 2 and any(np.isinf(value).any() for value in values):
        return f"{_signed(values[0])} {signs} {_signed(values[1])} is {what}"
    if not node.primitive.elementwise and (said := _of_many(exam, i, y)):
        return said
    why = why_born(node.primitive.name, y, *values)
    if why == "more than the largest float":
        return f"{written} overflows: it is beyond {static(np.finfo(node.dtype).max)}, the largest {node.dtype}"
    return f"{why} is {what}" if why else f"{written} is {what} there"


_PRODUCTS = frozenset(["dot", "einsum", "inner", "matmul", "matvec", "outer", "tensordot", "vdot", "vecdot", "vecmat"])
_SUMS = _PRODUCTS | {"cumsum", "mean", "sum", "trace"}
_GROWING = _SUMS | {"cumprod", "det", "norm", "prod", "std", "var"}


def _of_many(exam: Examination, i: int, y: Any) -> str:
    """Say why a sum or a product of many numbers is not finite; empty where there is no word for it."""
    node, written = exam.nodes[i], exam.written(i)
    name = exam.primitive(i)
    plain = [np.asarray(plain_value(x)) for x in node.operands if isinstance(x, _NUMERIC)]
    if name in _GROWING and np.isinf(y).all() and all(map(is_finite, plain)):
        return f"{written} overflows: it is beyond {static(np.finfo(node.dtype).max)}, the largest {node.dtype}"
    if name not in _SUMS or not np.isnan(y).all() or any(np.isnan(x).any() for x in plain):
        return ""
    if name in _PRODUCTS and len(plain) == len(node.operands) == 2:
        for left, right in ((np.isinf, _is_zero), (_is_zero, np.isinf)):
            meeting = PRIMITIVES[name].function(left(plain[0]) * 1.0, right(plain[1]) * 1.0, **node.params)
            if np.any((np.asarray(meeting) > 0) & np.isnan(exam.values[i])):
                return f"it multiplies ∞ by 0 in {written}, and 0 · ∞ is NaN"
    return f"it adds ∞ and −∞ in {written}, which is NaN"


def _is_zero(x: Any) -> Any:
    return np.equal(x, 0)


_OF_INFINITIES = {"add": "+", "subtract": "−", "multiply": "·", "divide": "/"}


def _consequence(exam: Examination, path: set[int], affected: Sequence[int], severity: str) -> str:
    name = exam.recording.name
    if severity == "note" and not any(exam.uses[i] for i in path):
        return f"Nothing leads on from there to {name}."
    if severity == "note":
        return f"It is left out before it reaches {name}, and makes no gradient infinite or NaN by itself."
    if exam.output in path:
        value = what_is(exam.values[exam.output]) if exam.output is not None else ""
        by = f" by {exam.listed(affected)}" if affected else ""
        verb = "is" if exam.output is None or not exam.nodes[exam.output].shape else "holds"
        return f"So {name} {verb} {value}, and its gradient{by} means nothing."
    reader = min(child for i in path for child, _ in exam.uses[i] if child not in path)
    absorbed = f"{exam.written(reader)} makes {numbers(exam.values[reader])} of it"
    if exam.output is not None and not is_finite(exam.values[exam.output]):
        return f"{absorbed}. {name} is {what_is(exam.values[exam.output])}."
    return f"{absorbed}, so that {name} is finite, but going back ∞ makes {exam.bars(affected)} not a number."


# -- going back -------------------------------------------------------------------------------------------------------


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
    ill = not_finite(exam.adjoints)
    if not ill:
        return
    sick = set(ill)
    sent = [own for i in sorted({child for i in ill for child, _ in exam.uses[i]}, reverse=True)
            for own in _sent(exam, i, sick)]  # fmt: skip
    forward = set(not_finite(exam.values))
    for group in exam.same_line([own.child for own in sent]).values():
        own = next(own for own in sent if own.child == group[0])
        if own.child in forward and not _is_left_out(exam, _infected(exam, [own.child], forward)):
            continue  # the value that was lost on the way forward is told already
        yield _backward(exam, own, sick)
    for i in reversed(ill):
        sums = [exam.contribution(child, k) for child, k in exam.uses[i]]
        if i != exam.output and all(own is None or is_finite(own) for own in sums):
            yield _overflowing(exam, i, sick)


def _sent(exam: Examination, i: int, sick: set[int]) -> Iterator[_Sent]:
    """Yield the edges of a node at which something that is not finite begins on the way back."""
    g = exam.adjoint(i)
    if g is None:
        return
    for k, parent in exam.operands(i):
        if parent not in sick:
            continue
        sent = exam.contribution(i, k)
        if sent is None or is_finite(sent):
            continue
        if np.shape(sent) == np.shape(g):
            mask = (np.isnan(sent) & np.isfinite(g)) | (np.isinf(sent) & np.isfinite(g))
            if np.any(mask):
                yield _Sent(i, k, parent, mask, True)
        elif is_finite(g):
            yield _Sent(i, k, parent, ~np.isfinite(sent), False)


def _backward(exam: Examination, own: _Sent, sick: set[int]) -> Finding:
    i, k, parent, mask = own[:4]
    above = exam.above(parent)
    affected = [x for x in exam.inputs if x in above and x in sick]
    is_nan = any(np.isnan(exam.adjoints[x]).any() for x in affected) if affected else _has_nan(exam, own)
    what = "NaN" if is_nan else "∞"
    born = "NaN" if _has_nan(exam, own) else "∞"
    title = f"{what} is born going back, in {exam.written(i)}"
    sentences = [_reason(exam, own, born)]
    path = _sick_way(exam, parent, sick)
    if born == "∞" and is_nan:
        sentences.append(_then(exam, path, sick))
    name = exam.recording.name
    value = (
        f" = {static(exam.values[exam.output])}"
        if exam.output is not None and not exam.nodes[exam.output].shape
        else ""
    )
    if affected:
        rest = _rest(exam, affected)
        sentences.append(f"{name}{value} itself is finite; only its gradient is lost{rest}.")
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


def _overflowing(exam: Examination, i: int, sick: set[int]) -> Finding:
    """Return the finding of an adjoint that is too large for its type, though all that it is made of is finite."""
    node = exam.nodes[i]
    affected = [x for x in exam.inputs if x in exam.above(i) and x in sick]
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
    upright = _upright(exam, own, operand, slope)
    if not np.equal(arriving, 0):
        product = f"{static(arriving)} · {_signed(slope)}, is {_signed(arriving * slope)}"
        return begun(place, f"{upright}: what goes back, {product}.")
    left_out = _left_out(exam, i, first)
    why = f"{bar} is 0"
    if left_out is not None:
        why = f"{written} is not chosen by {exam.written(left_out)}, so {bar} is 0 there"
    return begun(place, f"{why}; but {upright}, and 0 · {_signed(slope)} is not a number.")


def _signed(x: Any) -> str:
    return "NaN" if np.isnan(x) else static(x)


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
        return f"{written} overflows at {name}, and its slope is {_signed(slope)}"
    if not np.isfinite(operand):
        return f"{x} is {static(operand)} there, and the slope of {written} is {_signed(slope)}"
    return f"{written} has a pole at {name}, its slope is {_signed(slope)}"


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


def _then(exam: Examination, path: Sequence[int], sick: set[int]) -> str:
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
        following = [parent for _, parent in exam.operands(node) if parent in sick]
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
