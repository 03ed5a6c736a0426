"""What may be tried: changes to the nodes of a line, how they are spelled there, and the advice that goes with them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.remedies.matching import Match, Use, matched
from graphviz_ad.debugging.remedies.replaying import Change
from graphviz_ad.debugging.remedies.rewriting import Quote
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.variable import Variable

__all__ = ["Identity", "Proposal", "by_identities", "family", "merged"]

_FARTHEST = 6  # nodes from the finding's to the end of a pattern

Spelled = Mapping[str, Use | Quote]


class Proposal(NamedTuple):
    """Changes to be tried together.

    Attributes
    ----------
    changes : list of Change
    spelled : list of dict
        Where the letters of each stand in the source.
    advice : str
        An imperative with its reason.
    may_change : bool
        Whether it gives another value on purpose.
    """

    changes: list[Change]
    spelled: list[Spelled]
    advice: str
    may_change: bool = False


def merged(parts: Collection[Proposal], advice: str = "") -> Proposal:
    """Return all changes of some proposals as one."""
    changes = [change for part in parts for change in part.changes]
    spelled = [uses for part in parts for uses in part.spelled]
    return Proposal(changes, spelled, advice, any(part.may_change for part in parts))


class Identity(NamedTuple):
    """A line of NumPy, and one to be written in its place.

    Attributes
    ----------
    kinds : tuple of str
        The kinds of findings that it cures.
    before : str
        What is to be found, a pattern.
    after : str
    advice : str
    may_change : bool
        Whether the value becomes another one on purpose.
    when : callable or None
        Asked with the values of the letters, by name, whether it fits.
    within : str
        The letter of the part that is replaced; all of it unless given.
    """

    kinds: tuple[str, ...]
    before: str
    after: str
    advice: str
    may_change: bool = False
    when: Callable[..., Any] | None = None
    within: str = ""


def by_identities(rows: tuple[Identity, ...], exam: Examination, finding: Finding) -> Iterator[Proposal]:
    """Yield what the rows of a table propose, where they match what was recorded around the finding's node.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> with np.errstate(over="ignore"):
    ...     exam = Examination(gad.trace(lambda x: np.log(1 + np.exp(x)), 800.0), Thresholds())
    >>> row = Identity(("inf",), "np.log(1 + np.exp(x))", "np.logaddexp(0.0, x)", "add the logarithms")
    >>> [proposal.changes[0].code for proposal in by_identities((row,), exam, exam.finding("inf", "", "", "", 1))]
    ['np.logaddexp(0.0, x)']
    """
    if finding.node is None or finding.node.index not in exam.position:
        return
    roots = _following(exam, exam.position[finding.node.index])
    for row in rows:
        if finding.kind in row.kinds:
            for root in roots:
                yield from _of_row(row, exam, finding.node, root)


def _following(exam: Examination, start: int) -> list[Variable]:
    """Return a node and what is computed of it within a few steps, in execution order."""
    reached = {start}
    edge = [start]
    for _ in range(_FARTHEST):
        edge = [child for i in edge for child, _ in exam.uses[i] if child not in reached][:100]
        reached.update(edge)
    return [exam.nodes[i] for i in sorted(reached)]


def _of_row(row: Identity, exam: Examination, node: Variable, root: Variable) -> Iterator[Proposal]:
    first = matched(row.before, root)
    if (
        first is None
        or not _fits(row, first)
        or _compares_numbers(row, first)
        or node.index not in [own.index for own in first.nodes]
    ):
        return
    matches = [matched(row.before, own) for own in family(exam, root)]
    if None not in matches:
        changes = [_change(row, own, match) for own, match in zip(family(exam, root), matches, strict=True) if match]
        yield Proposal(changes, [match.uses for match in matches if match], row.advice, row.may_change)


def _change(row: Identity, root: Variable, match: Match) -> Change:
    node = match.letters[row.within] if row.within else root
    letters = {key: value for key, value in match.letters.items() if key in _letters(row.after)}
    return Change(node, None, row.after, letters)


def _letters(code: str) -> frozenset[str]:
    return frozenset(compile(code, "<remedy>", "eval").co_names)


def _compares_numbers(row: Identity, match: Match) -> bool:
    """Whether a line would ask of a plain number what is known already, as ``0 == 0``."""
    asked = [part.left for part in ast.walk(ast.parse(row.after)) if isinstance(part, ast.Compare)]
    values = [match.letters.get(part.id) for part in asked if isinstance(part, ast.Name)]
    return any(type(value) in (int, float) for value in values)  # and no number of NumPy's, which was computed


def _fits(row: Identity, match: Match) -> bool:
    values = {key: plain_value(value) for key, value in match.letters.items()}
    with np.errstate(all="ignore"):
        return row.when is None or bool(row.when(**values))


def family(exam: Examination, node: Variable) -> list[Variable]:
    """Return all nodes that the same expression made, as in a loop: a line is changed for all of them."""
    return [
        own
        for own in exam.nodes
        if own is node or (own._code is node._code and own._lasti == node._lasti and own.primitive is node.primitive)
    ]
