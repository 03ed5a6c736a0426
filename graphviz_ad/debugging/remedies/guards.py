"""The double where: a function gets a safe number in the entries that are left out behind it.

``np.where(d > 1, np.sqrt(d), 0)`` leaves entries out too late: going back, the slope of the root there is multiplied by
0, and 0 · ∞ is not a number. The condition that leaves them out is put before the function, too. A product leaves out
what it multiplies by 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.remedies.matching import Use
from graphviz_ad.debugging.remedies.proposals import Proposal, Spelled, family, merged
from graphviz_ad.debugging.remedies.replaying import Change
from graphviz_ad.debugging.remedies.rewriting import Quote
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.variable import Variable

__all__ = ["guards", "guards_together"]

_KINDS = frozenset(["nan-gradient", "inf-gradient", "nan", "inf"])
_LAST = ("divide", "remainder", "floor_divide")  # whose second operand is the one to guard
_SAFE = ("1.0", "0.0", "2.0")
_SAFE_AT_ZERO = frozenset(["exp", "exp2", "expm1", "sinh", "cosh", "tan", "arcsin", "arccos", "arctanh"])
_FARTHEST = 40
_MOST_TOGETHER = 6
_TOGETHER = "give safe numbers to all whose results are not kept"


class _Mask(NamedTuple):
    """What leaves entries out: a line of NumPy for the guarded operand a, with m what decides, and where m stands."""

    code: str
    decides: Any
    use: Use | Quote
    may_change: bool


def _chosen(node: Variable, argument: int) -> _Mask | None:
    """A `where` leaves out by its condition."""
    if "condition" not in node.params:
        return None
    code = "np.where(m, a, safe)" if argument == 0 else "np.where(m, safe, a)"
    return _Mask(code, node.params["condition"], Quote(node, "condition"), False)


def _multiplied(node: Variable, argument: int) -> _Mask | None:
    """A product, or a sum of products number by number, leaves out by the zeros of its other factor."""
    if len(node.operands) != 2:
        return None
    other = node.operands[1 - argument]
    factor = np.asarray(plain_value(other))
    if not np.any(factor == 0) or (not factor.ndim and not isinstance(other, Variable)):
        return None
    if not _is_number_by_number(node):
        return None
    code = "np.where(m, a, safe)" if factor.dtype.kind == "b" else "np.where(m != 0, a, safe)"
    return _Mask(code, other, Use(node, 1 - argument), True)


def _is_number_by_number(node: Variable) -> bool:
    """Whether each number of one factor meets one of the other: in a product, or in one of two flat arrays."""
    if node.primitive is None or node.primitive.elementwise:
        return True
    flat = all(np.ndim(plain_value(own)) == 1 for own in node.operands)
    left, _, right = str(node.params.get("subscripts", ",")).replace("->", "").partition(",")
    return flat and left == right


_MASKS: Mapping[str, Callable[[Variable, int], _Mask | None]] = {
    "where": _chosen,
    **dict.fromkeys(("multiply", "dot", "einsum", "inner", "matmul", "vdot", "vecdot"), _multiplied),
}
"""What leaves entries out of one of its operands."""


def guards(exam: Examination, finding: Finding) -> Iterator[Proposal]:
    """Yield the double wheres of the nodes at which a finding begins, and of those before them that are not finite.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> t = gad.trace(lambda d: np.where(d > 1, np.sqrt(d), 0.0), 0.0)
    >>> exam = Examination(t, Thresholds())
    >>> next(guards(exam, exam.finding("nan-gradient", "error", "", "", 1))).changes[0].code
    'np.where(m, a, 1.0)'
    """
    start = _start(exam, finding)
    if start is None:
        return
    for node in _suspects(exam, start):
        for safe in _safe_numbers(node):
            proposal = _guarded(exam, node, safe)
            if proposal is not None:
                yield proposal


def guards_together(exam: Examination, finding: Finding) -> Iterator[Proposal]:
    """Yield the double wheres of all that has no value or slope and is left out together, in one `where` or in several.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> with np.errstate(all="ignore"):
    ...     exam = Examination(gad.trace(lambda x: np.where(x > 0, np.sqrt(x) * np.log(x), 0.0), 0.0), Thresholds())
    ...     proposal = next(guards_together(exam, exam.finding("nan-gradient", "error", "", "", 2)))
    >>> [(change.node.primitive.name, change.code) for change in proposal.changes]
    [('sqrt', 'np.where(m, a, 1.0)'), ('log', 'np.where(m, a, 1.0)')]
    """
    start = end = _start(exam, finding)
    if end is None:
        return
    while (mask := _mask_of(exam, end, ("where",))) is not None:
        end = exam.position[mask.use.node.index]
    if end == start:
        return
    above = sorted(exam.above(end) & set(range(max(0, end - _FARTHEST), end)))
    singular = [exam.nodes[i] for i in above if _is_singular(exam, i)]
    families = {family(exam, node)[0].index: node for node in singular}
    several = [_guarded(exam, node, _safe_numbers(node)[0], ("where",)) for node in families.values()]
    parts = [part for part in several if part is not None]
    if 1 < len(parts) <= _MOST_TOGETHER:
        yield merged(parts, _TOGETHER)


def _start(exam: Examination, finding: Finding) -> int | None:
    """Return where a finding begins, if it is one that a double where may cure."""
    if finding.node is None or finding.kind not in _KINDS:
        return None
    return exam.position.get(finding.node.index)


def _suspects(exam: Examination, start: int) -> list[Variable]:
    """Return the node, and its operands as far as they are not finite themselves."""
    line = exam.nodes[start]
    operands = [i for _, i in exam.operands(start) if not np.isfinite(exam.values[i]).all()]
    nodes = [line, *(exam.nodes[i] for i in operands)]
    return [node for node in nodes if node.primitive is not None and node.primitive.elementwise]


def _safe_numbers(node: Variable) -> tuple[str, ...]:
    return ("0.0",) if node.primitive is not None and node.primitive.name in _SAFE_AT_ZERO else _SAFE


def _is_singular(exam: Examination, i: int) -> bool:
    """Whether a function has no finite value or slope at finite numbers."""
    node, operands = exam.nodes[i], exam.operands(i)
    if node.primitive is None or not node.primitive.elementwise:
        return False
    finite = np.logical_and.reduce(np.broadcast_arrays(*(np.isfinite(plain_value(own)) for own in node.operands)))
    results = [exam.values[i], *(exam.local(i, k) for k, _ in operands)]
    return any(np.any(~np.isfinite(result) & finite) for result in results)


def _guarded(exam: Examination, node: Variable, safe: str, by: Sequence[str] = tuple(_MASKS)) -> Proposal | None:
    argument = 1 if node.primitive is not None and node.primitive.name in _LAST else 0
    changes: list[Change] = []
    spelled: list[Spelled] = []
    may_change = False
    for own in family(exam, node):
        mask = _mask_of(exam, exam.position[own.index], by)
        if mask is None or argument >= len(own.operands):
            return None
        letters = {"a": own.operands[argument], "m": mask.decides}
        changes.append(Change(own, argument, mask.code.replace("safe", safe), letters))
        spelled.append({"a": Use(own, argument), "m": mask.use})
        may_change |= mask.may_change
    advice = f"give {exam.written(exam.position[node.index])} a safe number where its result is not kept"
    return Proposal(changes, spelled, advice, may_change)


def _mask_of(exam: Examination, start: int, by: Sequence[str]) -> _Mask | None:
    """Return what leaves out entries of a node first, on the way to the output."""
    waiting, seen = [start], {start}
    while waiting and len(seen) < _FARTHEST:
        i = waiting.pop(0)
        for child, argument in exam.uses[i]:
            name = exam.primitive(child)
            mask = _MASKS[name](exam.nodes[child], argument) if name in by else None
            if mask is not None:
                return mask
            primitive = exam.nodes[child].primitive
            if child not in seen and primitive is not None and primitive.elementwise:
                seen.add(child)
                waiting.append(child)
    return None
