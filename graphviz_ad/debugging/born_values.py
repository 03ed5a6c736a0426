"""Values that are not finite: where NaN and ∞ are born on the way forward, entry by entry.

Of all that is not finite only the births are told, each once a line of code; what it makes not finite further on is
its path. One that a `where` or an index leaves out, and that harms no gradient, is worth a note.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.exact import NOISE, exactly
from graphviz_ad.debugging.examination import Examination, is_finite, listed, numbers
from graphviz_ad.debugging.families import DIFFERENCES, SELECTING, SUMS, SUMS_OF_PRODUCTS
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.places import at, begun, signed
from graphviz_ad.engine.primitive import PRIMITIVES, plain_value
from graphviz_ad.engine.variable import Variable
from graphviz_ad.numerals.writing import rough, static
from graphviz_ad.story.births import what_is, why_born

__all__ = ["births", "infected", "is_left_out"]


_NUMERIC = (Variable, np.ndarray, np.generic, float, int, complex)  # and no indices


class _Birth(NamedTuple):
    """A node at which a value that is not finite begins, in which entries, and which constant brings it, if one does.

    The constant is an operand, by its place; None where NaN or ∞ is computed.
    """

    node: int
    mask: Any
    constant: int | None = None


def births(exam: Examination) -> Iterator[Finding]:
    """Yield what there is to say of values that are not finite, in execution order."""
    ill = exam.ill_values
    if not ill:
        return
    born = [birth for i in ill if not _is_brought(exam, i) and (birth := _birth(exam, i)) is not None]
    if not born and exam.output in ill:
        born = [birth for i in ill if (birth := _infinite_constant(exam, i)) is not None]
    for group in exam.same_line([birth.node for birth in born]).values():
        birth = next(own for own in born if own.node == group[0])
        yield _forward(exam, birth, group, set(ill))


def _is_brought(exam: Examination, i: int) -> bool:
    """Whether a number is not finite since an operand is not, which is quickly seen: so it is of nearly all."""
    y, node = exam.values[i], exam.nodes[i]
    if type(y) is not np.float64 or node._index in exam.stops:
        return False
    is_as_ill = math.isnan if math.isnan(y) else _is_ill
    recorded = (x._value for x in (node._a, node._b) if type(x) is Variable and x._index in exam.position)
    return any(type(value) is np.float64 and is_as_ill(value) for value in recorded)


def _is_ill(x: float) -> bool:
    return not math.isfinite(x)


def _birth(exam: Examination, i: int) -> _Birth | None:
    """Return the entries of a node in which NaN begins, computed or brought by a constant, or ∞ of numbers; or None."""
    node, value = exam.nodes[i], np.asarray(exam.values[i])
    if node.primitive is None or node.index in exam.stops:
        return _Birth(i, ~np.isfinite(value))
    operands = _floats(exam, i)
    brought = next((k for k, x in operands.items() if not _is_recorded(exam, i, k) and np.isnan(x).any()), None)
    if node.primitive.elementwise:
        whole = {k: np.broadcast_to(operand, value.shape) for k, operand in operands.items()}
        has_nan = np.any([np.isnan(x) for k, x in whole.items() if _is_recorded(exam, i, k)] or [False], axis=0)
        finite = np.all([np.isfinite(operand) for operand in whole.values()], axis=0) if whole else True
        mask = (np.isnan(value) & ~np.asarray(has_nan)) | (np.isinf(value) & finite)
        if brought is not None and np.any(computed := mask & ~np.isnan(whole[brought])):
            mask, brought = computed, None  # what is computed is the more to be known
    else:
        some_nan = any(np.isnan(x).any() for k, x in operands.items() if _is_recorded(exam, i, k))
        all_finite = all(map(is_finite, operands.values()))
        mask = (np.isnan(value) & (not some_nan)) | (np.isinf(value) & all_finite)
    return _Birth(i, mask, brought) if mask.any() else None


def _infinite_constant(exam: Examination, i: int) -> _Birth | None:
    """Return where ∞ comes into a node with a constant, as a mask does that shuts entries out; None where it does not.

    That is asked only where nothing else explains an output that is not finite.
    """
    value = np.asarray(exam.values[i])
    operands = _floats(exam, i)
    recorded = [operand for k, operand in operands.items() if _is_recorded(exam, i, k)]
    brought = next((k for k, x in operands.items() if not _is_recorded(exam, i, k) and np.isinf(x).any()), None)
    return _Birth(i, ~np.isfinite(value), brought) if brought is not None and all(map(is_finite, recorded)) else None


def _floats(exam: Examination, i: int) -> dict[int, Any]:
    """Return the operands of a node that are floating point numbers, by their places."""
    plain = {k: np.asarray(plain_value(x)) for k, x in enumerate(exam.nodes[i].operands) if isinstance(x, _NUMERIC)}
    return {k: operand for k, operand in plain.items() if operand.dtype.kind in "fc"}


def _is_recorded(exam: Examination, i: int, k: int) -> bool:
    """Whether an operand is a node of the trace, which would have brought what is not finite, and no constant."""
    operand = exam.nodes[i].operands[k]
    return isinstance(operand, Variable) and operand.index in exam.position


def _forward(exam: Examination, birth: _Birth, group: Sequence[int], ill: set[int]) -> Finding:
    """Return the finding of all births that one line makes, of which the first is told."""
    i, mask, constant = birth
    path = infected(exam, group, ill)
    what = what_is(np.asarray(exam.values[i])[mask] if np.ndim(mask) else exam.values[i])
    sick = [k for k in exam.inputs if exam.adjoints[k] is not None and not is_finite(exam.adjoints[k])]
    above = exam.above(*group)
    if exam.output in path:
        severity, affected = "error", [k for k in exam.inputs if k in above or k in sick]
    elif (sick and not is_left_out(exam, path)) or _quotient_of_infinity(exam, path) is not None:
        severity, affected = "error", [k for k in sick or exam.inputs if k in above]
    else:
        severity, affected = "note", []
    is_input = exam.nodes[i].primitive is None or exam.nodes[i].index in exam.stops
    title = f"{what} is born in {exam.written(i)}"
    if is_input:
        title = f"{exam.called(i)} holds {what} already"
    elif constant is not None:
        title = f"{what} comes into {exam.written(i)} with {_constant(exam, birth, 'a constant')}"
    sentences = [_cause(exam, birth, what, is_input)]
    if constant is None and not is_input and (rounded := _by_rounding(exam, birth)):
        sentences.append(rounded)
    if len(group) > 1:
        sentences.append(f"That happens {len(group)} times on this line.")
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


def _cause(exam: Examination, birth: _Birth, what: str, is_input: bool) -> str:
    i, mask, constant = birth
    place = at(mask)
    if is_input:
        return begun(place, f"it was called with {what}.")
    node = exam.nodes[i]
    if constant is not None:
        plain = np.asarray(plain_value(node.operands[constant]))
        return begun(at(~np.isfinite(plain)), f"{_constant(exam, birth, 'A constant of it')} is {what} from the start.")
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
            said.append(f"{exam.called(position)} {'=' if _is_several(mask) else 'is'} {_told_apart(value)}")
    y = np.asarray(exam.values[i])[first] if first else exam.values[i]
    known = listed(list(dict.fromkeys(said))) if said else ""
    why = _why(exam, i, np.asarray(y), values, what)
    if not known:
        return begun(place, f"{why}.")
    return begun(place, f"first with {known}: {why}." if _is_several(mask) else f"{known}: {why}.")


def _told_apart(value: Any) -> str:
    """Write a number; with all its digits where seven of them would be a whole number, which it is not."""
    text = static(value)
    is_whole = value.dtype.kind == "f" and text.lstrip("−").isdigit() and value != np.rint(value)
    return np.format_float_positional(value, trim="-").replace("-", "−") if is_whole else text


_AT_EDGES = frozenset(["arccos", "arccosh", "arcsin", "arctanh", "divide", "log", "log10", "log2", "power", "sqrt"])
"""Functions that have no value beyond a number, or a pole there: a last digit decides whether an operand is beyond."""
_FAR = 0.5  # of a number and what it is without rounding, beside their size: then nothing of it is left


def _by_rounding(exam: Examination, birth: _Birth) -> str:
    """Say that an operand, a difference, is where it is by rounding alone; empty where it is not, or not known."""
    i, mask, _ = birth
    if exam.primitive(i) not in _AT_EDGES:
        return ""
    for _, parent in exam.operands(i):
        value = np.asarray(exam.values[parent])
        if exam.primitive(parent) not in DIFFERENCES or value.shape != np.shape(mask) or not is_finite(value):
            continue
        truth = exactly(exam, parent)
        if truth is None or not is_finite(truth):
            continue
        entry = tuple(np.argwhere(mask)[0]) if np.ndim(mask) else ()
        came, right = float(value[entry]), float(truth[entry])
        operands = [np.broadcast_to(plain_value(x), value.shape)[entry] for x in exam.nodes[parent].operands]
        if abs(right) <= NOISE * max(map(abs, operands)):
            right = 0.0
        if abs(came - right) > _FAR * max(abs(came), abs(right)):
            return (
                f"That is rounding alone: computed with 80 digits, {exam.written(parent)} is {rough(right, 3)}; "
                f"{static(operands[0])} and {static(operands[1])} cancel in it."
            )
    return ""


def _constant(exam: Examination, birth: _Birth, otherwise: str) -> str:
    """Return what the constant is called that brings what is not finite; a number has no name."""
    assert birth.constant is not None
    is_array = np.ndim(plain_value(exam.nodes[birth.node].operands[birth.constant])) > 0
    return exam.constant(birth.node, birth.constant) if is_array else otherwise


def _is_several(mask: Any) -> bool:
    return bool(np.count_nonzero(mask) > 2)


def _why(exam: Examination, i: int, y: Any, values: Sequence[Any], what: str) -> str:
    """Say why a node makes what is not finite of some values: what is known of its primitive, or that it does."""
    node, written = exam.nodes[i], exam.written(i)
    assert node.primitive is not None
    if any(np.size(value) == 0 for value in values):
        return f"{written} of nothing is {what}"
    signs = _OF_INFINITIES.get(node.primitive.name)
    if signs is not None and len(values) == 2 and any(np.isinf(value).any() for value in values):
        return f"{signed(values[0])} {signs} {signed(values[1])} is {what}"
    if not node.primitive.elementwise and (said := _of_many(exam, i, y)):
        return said
    why = why_born(node.primitive.name, y, *values)
    if why == "more than the largest float":
        return f"{written} overflows: it is beyond {static(np.finfo(node.dtype).max)}, the largest {node.dtype}"
    return f"{why} is {what}" if why else f"{written} is {what} there"


_GROWING = SUMS | {"cumprod", "det", "norm", "prod", "std", "var"}


def _of_many(exam: Examination, i: int, y: Any) -> str:
    """Say why a sum or a product of many numbers is not finite; empty where there is no word for it."""
    node, written = exam.nodes[i], exam.written(i)
    name = exam.primitive(i)
    plain = [np.asarray(plain_value(x)) for x in node.operands if isinstance(x, _NUMERIC)]
    if name in _GROWING and np.isinf(y).all() and all(map(is_finite, plain)):
        return f"{written} overflows: it is beyond {static(np.finfo(node.dtype).max)}, the largest {node.dtype}"
    if name not in SUMS or not np.isnan(y).all() or any(np.isnan(x).any() for x in plain):
        return ""
    if name in SUMS_OF_PRODUCTS and len(plain) == len(node.operands) == 2:
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
        is_harmless = all(g is None or is_finite(g) for g in (exam.adjoints[i] for i in exam.above(*path)))
        harmless = ", and makes no gradient infinite or NaN" if is_harmless else ""
        return f"It is left out before it reaches {name}{harmless}."
    if exam.output in path:
        value = what_is(exam.values[exam.output]) if exam.output is not None else ""
        by = f" by {exam.listed(affected)}" if affected else ""
        verb = "is" if exam.output is None or not exam.nodes[exam.output].shape else "holds"
        return f"So {name} {verb} {value}, and its gradient{by} means nothing."
    if (quotient := _quotient_of_infinity(exam, path)) is not None:
        of = exam.written(quotient)
        return f"Numbers divided by ∞ are 0, as in {of}; so {name} is {what_is(exam.values[exam.output])}."  # type: ignore[index]
    reader = min(child for i in path for child, _ in exam.uses[i] if child not in path)
    absorbed = f"{exam.written(reader)} makes {numbers(exam.values[reader])} of it"
    if exam.output is not None and not is_finite(exam.values[exam.output]):
        return f"{absorbed}. {name} is {what_is(exam.values[exam.output])}."
    return f"{absorbed}, so that {name} is finite, but going back ∞ makes {exam.bars(affected)} not a number."


def _quotient_of_infinity(exam: Examination, path: set[int]) -> int | None:
    """Return the quotient that is 0 in some entries because its divisor is ∞, if the output, not finite, reads them."""
    if exam.output is None or exam.output in path or is_finite(exam.values[exam.output]):
        return None
    for i in sorted(path):
        g = exam.adjoint(i)
        if g is None or exam.primitive(i) != "divide":
            continue
        divisor = np.broadcast_to(plain_value(exam.nodes[i].operands[1]), exam.nodes[i].shape)
        if np.any(np.isinf(divisor) & np.equal(exam.values[i], 0) & np.not_equal(g, 0)):
            return i
    return None


def infected(exam: Examination, born: Sequence[int], ill: set[int]) -> set[int]:
    """Return the nodes that are not finite because of some of them."""
    return exam.uses.below(born, ill)


def is_left_out(exam: Examination, path: set[int]) -> bool:
    """Whether all that reads these nodes, and is finite, may leave entries out."""
    readers = {child for i in path for child, _ in exam.uses[i]} - path
    names = {getattr(exam.nodes[child].primitive, "name", "") for child in readers}
    return names <= SELECTING
