"""Places without one slope: corners, ties and jumps. What is taken there is a convention, and others take another.

Only a place that has a part in the gradient is told: where the adjoint is 0, no slope matters.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.places import at, begun
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.rules.reduction import spread
from graphviz_ad.engine.variable import Variable
from graphviz_ad.story.conventions import elsewhere

__all__ = ["depends_on_turning", "kinks", "turned"]


class _Kink(NamedTuple):
    """What is to be known of one kind of kink.

    Attributes
    ----------
    where : callable
        ``where(value, *operands, **params)``: the entries at which it is, of the result or of the first operand.
    words : str
        What is so there, and which slopes there are on the two sides.
    choice : str
        Which one is taken.
    """

    where: Callable[..., Any]
    words: str
    choice: str


def _at_zero(y: Any, x: Any, *rest: Any, **params: Any) -> Any:
    return np.equal(x, 0)


def _equal(y: Any, a: Any, b: Any) -> Any:
    return np.equal(a, b)


def _shared(y: Any, x: Any, axis: Any = None, **params: Any) -> Any:
    extremal = np.equal(x, spread(y, x, axis))
    count = np.sum(extremal, axis=axis, keepdims=True)
    return extremal & (count > 1)


def _bounds(y: Any, x: Any, low: Any, high: Any) -> Any:
    return np.equal(x, low) | np.equal(x, high)


def _result_zero(y: Any, *rest: Any, **params: Any) -> Any:
    return np.equal(y, 0)


def _whole(y: Any, x: Any, *rest: Any) -> Any:
    return np.equal(x, np.rint(x))


def _halves(y: Any, x: Any, *rest: Any) -> Any:
    return np.equal(np.abs(x - np.trunc(x)), 0.5)


def _multiple(y: Any, a: Any, b: Any) -> Any:
    return np.equal(np.remainder(a, b), 0)


def _bent(y: Any, x: Any, heights: Any, xp: Any, **params: Any) -> Any:
    slopes = np.concatenate([[0.0], np.diff(heights) / np.diff(xp), [0.0]])
    return np.not_equal(slopes[np.searchsorted(xp, x, side="left")], slopes[np.searchsorted(xp, x, side="right")])


def _middle(y: Any, x: Any, axis: Any = None, **params: Any) -> Any:
    """Return the entries that are as large as one of the middle, of which there are more than the median reads."""
    if axis is not None and np.ndim(axis):
        return np.False_
    ordered = np.sort(x, axis=None) if axis is None else np.moveaxis(np.sort(x, axis=axis), axis, 0)
    count = len(ordered)
    middle = [spread(ordered[k], x, axis) for k in dict.fromkeys([(count - 1) // 2, count // 2])]
    read = np.where(np.equal(middle[0], middle[-1]), len(middle), 1)
    return np.any([(alike := np.equal(x, own)) & (np.sum(alike, axis=axis, keepdims=True) > read) for own in middle], 0)


def _told_apart(y: Any, g: Any, axis: int) -> Any:
    """Return the entries of what was put in order that have an equal beside them, and another adjoint."""
    order = np.argsort(y, axis=axis, kind="stable")
    values, adjoints = (np.moveaxis(np.take_along_axis(own, order, axis), axis, 0) for own in (y, g))
    tied = np.equal(values[1:], values[:-1]) & np.not_equal(adjoints[1:], adjoints[:-1])
    mask = np.zeros(values.shape, bool)
    mask[1:] |= tied
    mask[:-1] |= tied
    whole = np.zeros(np.shape(y), bool)
    np.put_along_axis(whole, order, np.moveaxis(mask, 0, axis), axis)
    return whole


_ABSOLUTE = _Kink(_at_zero, "has a corner at 0: slope −1 on the left, 1 on the right", "0 is taken")
_TIE = _Kink(_equal, "has a tie: both are equal, so there is a corner", "each of both gets half")
_MOST = _Kink(_shared, "has a tie: several entries are equal, so there is a corner", "they share the slope equally")
_JUMP = _Kink(_whole, "jumps at whole numbers: it has no slope at the jump", "0 is taken")
_ORDER = _Kink(_equal, "has a tie: of equal entries either may come first", "each has the slope of its place")
_SIGN = _Kink(_at_zero, "jumps at 0: it has no slope at the jump", "0 is taken")
_NORM = _Kink(_result_zero, "has a corner where it is 0", "0 is taken")
_KINKS = {
    **dict.fromkeys(("absolute", "fabs"), _ABSOLUTE),
    **dict.fromkeys(("maximum", "minimum", "fmax", "fmin"), _TIE),
    **dict.fromkeys(("max", "min", "nanmax", "nanmin"), _MOST),
    **dict.fromkeys(("floor", "ceil"), _JUMP),
    **dict.fromkeys(("sign", "heaviside"), _SIGN),
    **dict.fromkeys(("norm", "std", "hypot"), _NORM),
    "trunc": _Kink(lambda y, x: _whole(y, x) & np.not_equal(x, 0), _JUMP.words, _JUMP.choice),
    **dict.fromkeys(("sort", "partition"), _ORDER),
    "median": _Kink(_middle, _MOST.words, _MOST.choice),
    "remainder": _Kink(_multiple, "jumps at whole multiples: it has no slope at the jump", "1 is taken, as beside it"),
    "fmod": _Kink(
        lambda y, a, b: _multiple(y, a, b) & np.not_equal(a, 0),
        "jumps at whole multiples: it has no slope at the jump",
        "1 is taken, as beside it",
    ),
    "floor_divide": _Kink(_multiple, "jumps where the quotient is whole: it has no slope at the jump", "0 is taken"),
    "interp": _Kink(_bent, "has a corner where two of its lines meet", "the mean of both slopes is taken"),
    "rint": _Kink(_halves, "jumps at halves: it has no slope at the jump", "0 is taken"),
    "clip": _Kink(_bounds, "has corners at its bounds: slope 1 inside, 0 outside", "half of 1 is taken"),
}


def kinks(exam: Examination) -> Iterator[Finding]:
    """Yield the corners, ties and jumps that have a part in the gradient, once a line."""
    met = []
    for i in exam.computed_by(_KINKS):
        if exam.adjoints[i] is None:
            continue
        mask = _mask(exam, i)
        if mask is not None and np.any(mask):
            met.append((i, mask))
    masks = dict(met)
    for group in exam.same_line([i for i, _ in met]).values():
        yield _finding(exam, group[0], masks[group[0]])


_VECTORS = frozenset(["eigh", "svd"])


def turned(exam: Examination) -> Iterator[Finding]:
    """Yield the vectors of equal eigenvalues or singular values that have a part in the gradient, once a line."""
    alike = [i for i in exam.computed_by(_VECTORS) if depends_on_turning(exam, i)]
    for group in exam.same_line(alike).values():
        i = group[0]
        kinds = "eigenvalues" if exam.primitive(i) == "eigh" else "singular values"
        affected = exam.inputs_above(i)
        yield exam.finding(
            "kink",
            "warning",
            f"{exam.written(i)} has equal {kinds}",
            f"Two {kinds} in {exam.written(i)} are equal, so any directions in the plane of their vectors would do, "
            f"and those that came out have no slope. {exam.recording.name} depends on them: what turns them into each "
            f"other is left out of {exam.bars(affected)}.",
            i,
            reaches=exam.names_of(affected),
            path=(i,),
        )


def depends_on_turning(exam: Examination, i: int) -> bool:
    """Whether the rule of a node warns that an output hangs on vectors that are not determined.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> exam = Examination(gad.trace(lambda a: np.linalg.eigh(a)[1][0, 1], np.eye(2)), Thresholds())
    >>> depends_on_turning(exam, 1)
    True
    """
    if exam.adjoints[i] is None or not np.any(exam.adjoints[i]):
        return False
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        exam.contribution(i, 0)
    return any("could be any of the plane" in str(warning.message) for warning in said)


def _mask(exam: Examination, i: int) -> Any:
    """Return the entries of a node, or of what it was made of, that stand at a kink and count."""
    node = exam.nodes[i]
    assert node.primitive is not None
    operands = [np.asarray(plain_value(x)) for x in node.operands]
    if any(x.dtype.kind not in "fiub" for x in operands) or _is_of_itself(node):
        return None
    if _KINKS[node.primitive.name] is _NORM and _is_too_small(node.primitive.name, exam.values[i], operands):
        return None  # 0 only because the squares are, which is told as underflow
    kink, g = _KINKS[node.primitive.name], exam.adjoint(i)
    if kink is _ORDER:
        return _told_apart(exam.values[i], g, node.params["axis"])
    if node.primitive.name == "interp" and not isinstance(node.operands[0], Variable):
        return None  # in the heights of its points it is linear
    with np.errstate(all="ignore"):
        mask = kink.where(exam.values[i], *operands, **node.params)
    if np.shape(mask) == np.shape(g):
        return mask & np.not_equal(g, 0) & np.isfinite(g)
    return mask if np.any(g) else None


def _is_too_small(name: str, value: Any, operands: list[Any]) -> bool:
    """Whether a size came out as 0 of numbers that are not: no entry of it is at its corner."""
    if np.ndim(value) or np.any(value):
        return False
    return bool(np.ptp(operands[0]) if name == "std" else any(map(np.any, operands)))


def _is_of_itself(node: Variable) -> bool:
    """Whether a node compares a value with itself, as the maximum of x and x does."""
    return len(node.operands) == 2 and node.operands[0] is node.operands[1]


def _finding(exam: Examination, i: int, mask: Any) -> Finding:
    node = exam.nodes[i]
    assert node.primitive is not None
    kink, written = _KINKS[node.primitive.name], exam.written(i)
    others = elsewhere(node.primitive.name)
    relu = ""
    if node.primitive.name == "maximum" and any(not isinstance(x, Variable) and not np.any(x) for x in node.operands):
        relu = " A relu by that name has slope 0 there in PyTorch and JAX."
    affected = exam.inputs_above(i)
    return exam.finding(
        "kink",
        "note",
        f"{written} stands at a kink",
        f"{begun(at(mask), f'{written} {kink.words}; here {kink.choice}.')}{f' {others}.' if others else ''}{relu}",
        i,
        mask=mask,
        reaches=exam.names_of(affected),
    )
