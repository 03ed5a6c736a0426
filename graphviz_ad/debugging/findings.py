"""What `check` reports: findings, each with its kind, its place, its reason and what it reaches."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphviz_ad.console import prints
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.variable import Variable

__all__ = [
    "KINDS",
    "SEVERITIES",
    "Acceptance",
    "Alternative",
    "Finding",
    "Lines",
    "Remedy",
    "Rerun",
    "Thresholds",
    "most_serious_first",
    "outcome_of",
]

SEVERITIES = ("error", "warning", "note")
"""An error where a gradient is lost or wrong, a warning where digits or learning are, else a note."""

KINDS = {
    "nan": "NaN",
    "inf": "inf",
    "nan-gradient": "NaN",
    "inf-gradient": "inf",
    "zero-gradient": "0",
    "unreached": "no path",
    "saturated": "flat",
    "vanishing": "vanish",
    "exploding": "explode",
    "cancellation": "digits",
    "underflow": "under",
    "kink": "kink",
    "branch": "branch",
    "broadcast": "grew",
    "accumulated": "added",
    "overwritten": "written",
}
"""Every kind of finding with the mark that it has in a text."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on something is worth a finding; each is an option of `check`.

    Attributes
    ----------
    saturated : float
        How small a slope must be beside the numbers it belongs to: a relative change of the operand, as a part of the
        relative change that it makes.
    vanishing, exploding : float
        How small, or large, an adjoint must become on a long path beside where it began.
    cancellation : float
        The relative error that the output has at least, of what was rounded on the way, in float64; in a type of fewer
        digits, of these the same share.
    branch : float
        How near the two sides of a comparison must be, relative to their size.
    """

    saturated: float = 1e-6
    vanishing: float = 1e-8
    exploding: float = 1e8
    cancellation: float = sys.float_info.epsilon**0.4
    branch: float = 1e-8


class Lines(NamedTuple):
    """Some lines of a file, before and after."""

    line: int
    before: str
    after: str


class Acceptance(NamedTuple):
    """Lines in which it is said that something is meant.

    Attributes
    ----------
    lines : Lines
    needs : str
        The import that the file lacks for them; empty where it has it.
    """

    lines: Lines
    needs: str


@dataclass(frozen=True, eq=False, slots=True)
class Rerun:
    """A program run again with some changes.

    Attributes
    ----------
    recording : Recording
    nodes : mapping of int to Any
        What each node of the original has become, by its creation index.
    changes : tuple
        What was changed.
    heads : mapping of int to (code, int)
        Where in the remedy's own line a node was made that stands in the place of an old one, by its creation index.
    lines : tuple of Lines
        The lines of the person's code that make these changes.
    """

    recording: Recording
    nodes: Mapping[int, Any]
    changes: tuple[Any, ...]
    heads: Mapping[int, tuple[Any, int]]
    lines: tuple[Lines, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """A line of the person's code, before and after, and what it does.

    Attributes
    ----------
    advice : str
        What to do and why, as an imperative: ``"give √ a safe number where its result is not kept"``.
    line : int
    before, after : str
        The source line as it is and as it becomes.
    rerun : Rerun or None
        The program as it is with it, and with the remedies of other lines that it needs.
    """

    advice: str
    line: int
    before: str
    after: str
    rerun: Rerun | None = field(default=None, repr=False, compare=False)


class Alternative(NamedTuple):
    """Another remedy that was proved, and what value and gradient become with it."""

    mending: Remedy
    proof: str


@prints
@dataclass(frozen=True, eq=False, slots=True)
class Finding:
    """Something that is wrong with a gradient, or to be known of it.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    severity : str
        One of `SEVERITIES`.
    title : str
        What it is, without full stop: ``"NaN is born going back, in √d"``.
    sentence : str
        What and where, why with this run's numbers, and what follows for the inputs.
    node : Variable or None
        Where it happens.
    edge : (int, int) or None
        The edge to blame: the position of the node in the trace, and which of its operands.
    file : str
    line : int or None
        Where in the person's code; an empty file and None where no line is theirs.
    expression : str
        That stretch of their code.
    remedy : str
        Code that cures it; empty where none was proved.
    proof : str or None
        What value and gradient become with the remedy tried on this very trace; None where none was tried.
    entries : tuple of tuple of int
        Which numbers of an array, at most the first hundred.
    reaches : tuple of str
        The names of the inputs that are affected.
    mending : Remedy or None
        The remedy as lines before and after.
    path : tuple of int
        The positions of the nodes that it passes through, from where it begins.
    alternatives : tuple of Alternative
        What else was proved to cure it.
    acceptance : Acceptance or None
        How to say in the code that it is meant, where people mean it at times.
    """

    kind: str
    severity: str
    title: str
    sentence: str
    node: Variable | None = None
    edge: tuple[int, int] | None = None
    file: str = ""
    line: int | None = None
    expression: str = ""
    remedy: str = ""
    proof: str | None = None
    entries: tuple[tuple[int, ...], ...] = ()
    reaches: tuple[str, ...] = ()
    mending: Remedy | None = None
    path: tuple[int, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    acceptance: Acceptance | None = None

    @property
    def mark(self) -> str:
        """Its kind in brackets, as a text begins with it."""
        return f"[{KINDS[self.kind]}]"

    @property
    def outcome(self) -> str:
        """What the remedy did on this trace, as the end of a sentence without full stop; empty where none was tried."""
        return outcome_of(self.proof or "")

    @property
    def span(self) -> tuple[int, int, int, int] | None:
        """Line, column, end line and end column of its expression, from 1 in characters, the end behind it; or None."""
        site = None if self.node is None else self.node.site
        if site is None or site.column < 0 or (site.filename, site.line) != (self.file, self.line):
            return None
        return site.line, site.column + 1, site.end_line, site.end_column + 1

    @property
    def is_not_finite(self) -> bool:
        """Whether it is about NaN or ∞: these alone are in colour."""
        return self.kind in ("nan", "inf", "nan-gradient", "inf-gradient")

    def __str__(self) -> str:
        place = f" ({self.file}, line {self.line})" if self.line is not None else ""
        return f"{self.title}{place}: {self.sentence}"


def outcome_of(proof: str) -> str:
    """Return what a remedy did, as the end of a sentence without full stop.

    Examples
    --------
    >>> outcome_of("Tried on this trace: f stays 5.")
    'f stays 5'
    """
    return proof.removeprefix("Tried on this trace: ").rstrip(".")


def most_serious_first(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return findings by their severity, each in the order in which it happened."""
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))
