"""Align the nodes of two traces: inputs by their names, all others as a longest common subsequence.

Both lists are in execution order, and only nodes of one primitive go together. Of all such subsequences the one of the
largest weight is taken: a pair weighs more where its expressions are written alike, and more still where all that it is
computed from is the same computation of the same inputs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination

__all__ = ["aligned"]

_MOST = 1_000_000  # pairs that are weighed; beyond that, nodes go together by primitive and expression alone
_WINDOW = 64  # nodes of each side that are weighed at once beyond that
_FEW = 4  # places where an expression stands, on average, up to which the longest runs are looked for
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
    rows = sorted(set(range(len(a.nodes))) - set(a.inputs))
    columns = sorted(set(range(len(b.nodes))) - set(b.inputs))
    pairs = _between_ends([tokens[i] for i in rows], [others[j] for j in columns], _heaviest)
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


def _between_ends(
    one: Sequence[Any], other: Sequence[Any], inside: Callable[[Any, Any], Iterable[tuple[int, int]]]
) -> Iterator[tuple[int, int]]:
    """Yield the places of what begins and ends alike, and between them those that `inside` gives."""
    start, ends = 0, min(len(one), len(other))
    while start < ends and one[start] == other[start]:
        yield start, start
        start += 1
    last = 0
    while last < ends - start and one[-1 - last] == other[-1 - last]:
        last += 1
    for k, m in inside(one[start : len(one) - last], other[start : len(other) - last]):
        yield start + k, start + m
    for k in range(last, 0, -1):
        yield len(one) - k, len(other) - k


def _heaviest(one: Sequence[_Token], other: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """Return the places of a common subsequence of the largest weight."""
    if len(one) * len(other) <= _MOST:
        return iter(_weighed(one, other))
    return _between_ends([token[:2] for token in one], [token[:2] for token in other], _written_alike)


def _written_alike(one: Sequence[Any], other: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """Yield the places of primitives and expressions that are the same: of many, the longest runs of them.

    In a long loop each expression stands in thousands of places, and looking for the longest run would take the square
    of them. There a window moves along, in which pairs are weighed; the first half of them stays.
    """
    often = Counter(other)
    if sum(often[own] for own in one) <= _FEW * len(one):
        for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
            yield from ((block.a + k, block.b + k) for k in range(block.size))
        return
    i = j = 0
    while i < len(one) and j < len(other):
        near, far = (
            [_Token(own[0], own[1], -1) for own in side] for side in (one[i : i + _WINDOW], other[j : j + _WINDOW])
        )
        is_last = i + _WINDOW >= len(one) and j + _WINDOW >= len(other)
        pairs = [(k, m) for k, m in _weighed(near, far) if is_last or max(k, m) < _WINDOW // 2]
        yield from ((i + k, j + m) for k, m in pairs)
        if is_last:
            return
        k, m = pairs[-1] if pairs else (_WINDOW // 2 - 1, _WINDOW // 2 - 1)
        i, j = i + k + 1, j + m + 1


def _weighed(one: Sequence[_Token], other: Sequence[_Token]) -> list[tuple[int, int]]:
    """Return the places of the common subsequence that weighs most."""
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
    return pairs[::-1]


def _weight(token: _Token, other: _Token) -> int:
    return 1 + _ALIKE * (token.text == other.text) + _SAME * (token.origin == other.origin)
