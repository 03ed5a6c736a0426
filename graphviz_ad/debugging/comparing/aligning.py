"""Align the nodes of two traces: inputs by their names, all others as a longest common subsequence.

Both lists are in execution order, and only nodes of one primitive go together. Of all such subsequences the one of the
largest weight is taken: a pair weighs more where its expressions are written alike, and more still where all that it is
computed from is the same computation of the same inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination

__all__ = ["aligned"]

_MOST = 4_000_000  # pairs that are weighed; beyond that, nodes go together by primitive and expression alone
_ALIKE, _SAME = 1, 2


class _Token(NamedTuple):
    """What is compared of a node."""

    primitive: str
    text: str
    origin: int


def aligned(a: Examination, b: Examination) -> list[tuple[int, int]]:
    """Return the positions of the nodes that go together, in execution order.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> one, other = gad.trace(lambda x: np.sin(x) ** 2, 1.0), gad.trace(lambda x: np.cos(x) ** 2, 1.0)
    >>> aligned(Examination(one, Thresholds()), Examination(other, Thresholds()))
    [(0, 0), (2, 2)]
    """
    inputs = _inputs(a, b)
    marks: dict[Any, int] = {}
    first = {i: ("input", k) for k, (i, _) in enumerate(inputs)}
    second = {j: ("input", k) for k, (_, j) in enumerate(inputs)}
    tokens, others = _tokens(a, first, marks), _tokens(b, second, marks)
    rows = [i for i in range(len(a.nodes)) if i not in set(a.inputs)]
    columns = [j for j in range(len(b.nodes)) if j not in set(b.inputs)]
    pairs = _subsequence([tokens[i] for i in rows], [others[j] for j in columns])
    return sorted([*inputs, *((rows[k], columns[m]) for k, m in pairs)])


def _inputs(a: Examination, b: Examination) -> list[tuple[int, int]]:
    """Return the inputs that go together: by their names, and those whose names are not among the others in order."""
    by_name = {b.names[j]: j for j in b.inputs}
    pairs = [(i, by_name[a.names[i]]) for i in a.inputs if a.names[i] in by_name]
    used = {i for i, _ in pairs}, {j for _, j in pairs}
    rest = [i for i in a.inputs if i not in used[0]], [j for j in b.inputs if j not in used[1]]
    return sorted([*pairs, *zip(*rest, strict=False)])


def _tokens(exam: Examination, inputs: dict[int, Any], marks: dict[Any, int]) -> list[_Token]:
    """Return what is compared of each node; whole computations that are the same have one number in `marks`."""
    tokens: list[_Token] = []
    for i, node in enumerate(exam.nodes):
        operands = dict(exam.operands(i))
        parts = [
            tokens[operands[k]].origin if k in operands else _constant(value)
            for k, value in enumerate(node.operands if i not in inputs and node.index not in exam.stops else ())
        ]
        key = inputs.get(i) or (exam.primitive(i), *parts, repr(sorted(map(str, node.params.items()))))
        site = exam.site(i)
        text = "" if site is None else " ".join(site.text.split())
        tokens.append(_Token(exam.primitive(i), text, marks.setdefault(key, len(marks))))
    return tokens


def _constant(value: Any) -> Any:
    """Return a constant as what can be compared, whatever its dtype is."""
    try:
        array = np.asarray(value)
        return "constant", array.shape, array.astype(complex).tobytes() if array.dtype.kind in "biufc" else str(value)
    except (TypeError, ValueError):
        return "constant", str(value)


def _subsequence(one: Sequence[_Token], other: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """Yield the places of a common subsequence of the largest weight; what begins and ends alike goes together."""
    start, ends = 0, min(len(one), len(other))
    while start < ends and one[start] == other[start]:
        yield start, start
        start += 1
    last = 0
    while last < ends - start and one[-1 - last] == other[-1 - last]:
        last += 1
    middle = one[start : len(one) - last], other[start : len(other) - last]
    for k, m in _heaviest(*middle):
        yield start + k, start + m
    for k in range(last, 0, -1):
        yield len(one) - k, len(other) - k


def _heaviest(one: Sequence[_Token], other: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    if len(one) * len(other) > _MOST:
        matcher = SequenceMatcher(None, [t[:2] for t in one], [t[:2] for t in other], autojunk=False)
        for block in matcher.get_matching_blocks():
            yield from ((block.a + k, block.b + k) for k in range(block.size))
        return
    table = [[0] * (len(other) + 1)]
    for token in one:
        above, row = table[-1], [0]
        for m, own in enumerate(other):
            best = max(row[m], above[m + 1])
            row.append(max(best, above[m] + _weight(token, own)) if token.primitive == own.primitive else best)
        table.append(row)
    pairs = []
    k, m = len(one), len(other)
    while k and m:
        if table[k][m] == table[k - 1][m]:
            k -= 1
        elif table[k][m] == table[k][m - 1]:
            m -= 1
        else:
            k, m = k - 1, m - 1
            pairs.append((k, m))
    yield from reversed(pairs)


def _weight(token: _Token, other: _Token) -> int:
    return 1 + _ALIKE * (token.text == other.text) + _SAME * (token.origin == other.origin)
