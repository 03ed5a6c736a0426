"""Where in the person's code the paths of a gradient go: at each edge, the operand that it leads to."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.paths.searching import Edge, Path
from graphviz_ad.engine.source import Site
from graphviz_ad.story.constants import call_of

__all__ = ["Line", "code_lines", "operands"]


class Line(NamedTuple):
    """A line of the person's code that paths go through.

    Attributes
    ----------
    file : str
    number : int
        In its file, from 1.
    pieces : tuple of (str, frozenset of int)
        Its text without the common indentation, in stretches, each with the paths for which it is an operand.
    paths : frozenset of int
        Which paths go through the line.
    """

    file: str
    number: int
    pieces: tuple[tuple[str, frozenset[int]], ...]
    paths: frozenset[int]


def code_lines(exam: Examination, paths: Sequence[Path]) -> list[Line]:
    """Return the lines that paths go through, in the order of the file; paths go by their place.

    What cannot be told beyond doubt is not marked.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> why = gad.trace(lambda x: x * x, 2.0).why("x")
    >>> [(line.number, sorted(line.paths)) for line in code_lines(why._exam, why.paths)]
    [(1, [0, 1])]
    """
    through: dict[tuple[str, int], set[int]] = {}
    spans: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
    for k, path in enumerate(paths):
        for site, span in _operands(exam, path):
            through.setdefault((site.filename, site.line), set()).add(k)
            if span is not None:
                spans.setdefault((site.filename, site.line), []).append((*span, k))
    texts = {key: linecache.getline(*key).rstrip("\r\n") for key in sorted(through)}
    margins: dict[str, int] = {}
    for (file, _), text in texts.items():
        margins[file] = min(margins.get(file, len(text)), len(text) - len(text.lstrip()))
    return [
        Line(*at, _pieces(text, spans.get(at, ()), margins[at[0]]), frozenset(through[at]))
        for at, text in texts.items()
        if text.strip()
    ]


def operands(exam: Examination, path: Path) -> list[Site]:
    """Return where in the code the operands of a path stand, as far as that is beyond doubt.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> why = gad.trace(lambda x: x * x, 2.0).why("x")
    >>> [[site.text for site in operands(why._exam, path)] for path in why.paths]
    [['x'], ['x']]
    """
    return [
        replace(site, column=span[0], end_column=span[1], text=_stretch(site, *span))
        for site, span in _operands(exam, path)
        if span is not None
    ]


def _stretch(site: Site, start: int, end: int) -> str:
    return linecache.getline(site.filename, site.line)[start:end]


def _operands(exam: Examination, path: Path) -> Iterator[tuple[Site, tuple[int, int] | None]]:
    """Yield the expressions that a path goes through, each once, with where its operand stands in the line.

    An operand that is computed in the same line says less than the one within it that the path goes on to.
    """
    expressions = {}
    for edge in path.edges:
        node = exam.nodes[edge[0]]
        expressions[node._code, node._lasti, edge[1]] = edge
    sites = [(site, _operand(exam, edge, site)) for edge in expressions.values()
             if (site := exam.site(edge[0])) is not None and site.column >= 0]  # fmt: skip
    known = {(site.filename, site.line, span) for site, span in sites if span is not None}
    for site, span in sites:
        within = span is not None and any(
            (file, line) == (site.filename, site.line) and other != span and _is_within(other, span)
            for file, line, other in known
        )
        yield site, None if within else span


def _is_within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _operand(exam: Examination, edge: Edge, site: Site) -> tuple[int, int] | None:
    """Return where in its line the operand of an edge stands; None where that is not beyond doubt."""
    child, argument = edge
    operands = call_of(exam.nodes[child]).operands
    if site.line != site.end_line or argument >= len(operands):
        return None
    expression = operands[argument]
    if expression.end_col_offset is None or not expression.lineno == expression.end_lineno == 1:
        return None
    shift = 1 if _stands_in_parentheses(site.text) else 0
    encoded = site.text.encode()
    start, end = (len(encoded[: at - shift].decode(errors="ignore"))
                  for at in (expression.col_offset, expression.end_col_offset))  # fmt: skip
    return site.column + start, site.column + end


@lru_cache(maxsize=1024)
def _stands_in_parentheses(text: str) -> bool:
    """Whether a text is read as an expression, in parentheses; as a statement otherwise."""
    try:
        ast.parse(f"({text})")
    except (SyntaxError, ValueError):
        return False
    return True


def _pieces(text: str, spans: Sequence[tuple[int, int, int]], margin: int) -> tuple[tuple[str, frozenset[int]], ...]:
    ends = sorted({margin, len(text), *(at for start, end, _ in spans for at in (start, end))})
    pieces: list[tuple[str, frozenset[int]]] = []
    for start, end in pairwise(ends):
        if start >= margin:
            own = frozenset(k for low, high, k in spans if low <= start and end <= high)
            pieces.append((text[start:end], own))
    return tuple(pieces)
