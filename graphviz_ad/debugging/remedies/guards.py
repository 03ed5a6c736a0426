"""The double where: a function gets a safe number in the entries that are left out behind it.

``np.where(d > 1, np.sqrt(d), 0)`` leaves entries out too late: going back, the slope of the root there is multiplied by
0, and 0 · ∞ is not a number. The condition that leaves them out is put before the function, too. A product leaves out
what it multiplies by 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.remedies.matching import Use
from graphviz_ad.debugging.remedies.proposals import Proposal, Spelled, family
from graphviz_ad.debugging.remedies.replaying import Change
from graphviz_ad.debugging.remedies.rewriting import Quote
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.variable import Variable

__all__ = ["guards"]

_KINDS = frozenset(["nan-gradient", "inf-gradient", "nan", "inf"])
_LAST = ("divide", "remainder", "floor_divide")  # whose second operand is the one to guard
_SAFE = ("1.0", "0.0", "2.0")
_SAFE_AT_ZERO = frozenset(["exp", "exp2", "expm1", "sinh", "cosh", "tan", "arcsin", "arccos", "arctanh"])
_FARTHEST = 40


class _Mask(NamedTuple):
    """What leaves entries out: a line of NumPy for the guarded operand a, with m what decides, and where m stands."""

    code: str
    decides: Any
    use: Use | Quote
    may_change: bool


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
    if finding.node is None or finding.kind not in _KINDS or finding.node.index not in exam.position:
        return
    for node in _suspects(exam, exam.position[finding.node.index]):
        argument = 1 if node.primitive is not None and node.primitive.name in _LAST else 0
        at_zero = node.primitive is not None and node.primitive.name in _SAFE_AT_ZERO
        for safe in ("0.0",) if at_zero else _SAFE:
            proposal = _guarded(exam, node, argument, safe)
            if proposal is not None:
                yield proposal


def _suspects(exam: Examination, start: int) -> list[Variable]:
    """Return the node, and its operands as far as they are not finite themselves."""
    line = exam.nodes[start]
    operands = [i for _, i in exam.operands(start) if not np.isfinite(exam.values[i]).all()]
    nodes = [line, *(exam.nodes[i] for i in operands)]
    return [node for node in nodes if node.primitive is not None and node.primitive.elementwise]


def _guarded(exam: Examination, node: Variable, argument: int, safe: str) -> Proposal | None:
    changes: list[Change] = []
    spelled: list[Spelled] = []
    may_change = False
    for own in family(exam, node):
        mask = _mask_of(exam, exam.position[own.index])
        if mask is None or argument >= len(own.operands):
            return None
        letters = {"a": own.operands[argument], "m": mask.decides}
        changes.append(Change(own, argument, mask.code.replace("safe", safe), letters))
        spelled.append({"a": Use(own, argument), "m": mask.use})
        may_change |= mask.may_change
    advice = f"give {exam.written(exam.position[node.index])} a safe number where its result is not kept"
    return Proposal(changes, spelled, advice, may_change)


def _mask_of(exam: Examination, start: int) -> _Mask | None:
    """Return what leaves out entries of a node first, on the way to the output."""
    waiting, seen = [start], {start}
    while waiting and len(seen) < _FARTHEST:
        i = waiting.pop(0)
        for child, argument in exam.uses[i]:
            mask = _mask(exam.nodes[child], argument)
            if mask is not None:
                return mask
            primitive = exam.nodes[child].primitive
            if child not in seen and primitive is not None and primitive.elementwise:
                seen.add(child)
                waiting.append(child)
    return None


def _mask(node: Variable, argument: int) -> _Mask | None:
    """Return what a node leaves out of one of its operands: a `where` by its condition, a product by its zeros."""
    name = "" if node.primitive is None else node.primitive.name
    if name == "where" and "condition" in node.params:
        code = "np.where(m, a, safe)" if argument == 0 else "np.where(m, safe, a)"
        return _Mask(code, node.params["condition"], Quote(node, "condition"), False)
    if name == "multiply":
        other = node.operands[1 - argument]
        factor = np.asarray(plain_value(other))
        if np.any(factor == 0):
            code = "np.where(m, a, safe)" if factor.dtype.kind == "b" else "np.where(m != 0, a, safe)"
            return _Mask(code, other, Use(node, 1 - argument), True)
    return None
