"""What a finding is where it is shown: the words of its card beside the picture, and its marks in the picture.

Plain data in the terms of a story, of which a page and a picture read the same. `debugging` writes it; it is not
there unless something was looked for. The lines of a backward pass written by hand are shown in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphviz_ad.engine.source import Site
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.levels import Fragment

__all__ = ["TONES", "VERDICTS", "Acceptance", "Account", "Cells", "Change", "Flag", "Pairing", "Verdict"]

TONES = ("alarm", "blame", "aside")
"""What is not finite; what else is to blame; what blames nobody."""
VERDICTS = ("wrong", "inherits", "right")
"""What a line of a backward pass can be that computes an adjoint, the gravest first."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Numbers in a row of cells, as they stand on a card.

    Attributes
    ----------
    texts : tuple of str
    lost : tuple of bool
        Which of them are NaN.
    """

    texts: tuple[str, ...]
    lost: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Pairing:
    """Numbers of which every one met every other, where only those at the same place were meant to.

    Attributes
    ----------
    across, down : (tuple of Fragment, tuple of str)
        The flat operand and the column: what it is called, and its numbers.
    cells : tuple of tuple of str
        What came of them, row by row.
    levels : str
        How large that is, a letter each, row by row, as in `numerals.thumbnails`.
    """

    across: tuple[tuple[Fragment, ...], tuple[str, ...]]
    down: tuple[tuple[Fragment, ...], tuple[str, ...]]
    cells: tuple[tuple[str, ...], ...]
    levels: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A few words that stand at the spot.

    Attributes
    ----------
    tone : str
        One of `TONES`.
    sign : str
        A name from `draw.signs`; empty for none.
    says : str
        ``"born here, at [0]"``
    number : str
        ``"0 · ∞ = NaN"``; empty where it has one line.
    """

    tone: str
    sign: str
    says: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the person's code as it is, and as it should become.

    Attributes
    ----------
    advice : str
        What to do and why, as an imperative.
    line : int
    before, after : str
    proof : tuple of Fragment
        What value and gradient became when it was tried; empty where it was not.
    """

    advice: str
    line: int
    before: str
    after: str
    proof: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Lines of the person's code in which they say that something is meant.

    Attributes
    ----------
    line : int
    after : str
    needs : str
        The import that the file lacks for them; empty where it has it.
    """

    line: int
    after: str
    needs: str


@dataclass(frozen=True, eq=False, slots=True)
class Account:
    """A finding as it is shown.

    Attributes
    ----------
    kind : str
    tone : str
        One of `TONES`.
    sign : str
        A name from `draw.signs`.
    title, sentence : tuple of Fragment
        Text and formulas.
    facts : tuple of (str, tuple)
        What stands below the sentence: a label, and text, formulas and cells.
    step : int
        At which step of the story it happens.
    node : int or None
    edge : (int, int) or None
        What is to blame.
    line : int or None
    span : Site or None
        Where in the code.
    change : Change or None
        What cures it.
    others : tuple of Change
        What else does.
    acceptance : Acceptance or None
        How to say that it is meant.
    flags : mapping of Quantity to Flag
        By what is flagged: a local gradient, a value or an adjoint.
    blamed : Quantity or None
        The factor that is to blame.
    framed : mapping of int to int
        By node, the entry that it follows, counted through.
    gains : mapping of int to str
        What else a card is called for who does not see the picture: ``"NaN is born here, entry 0"``.
    pairing : Pairing or None
        Of a shape that grew, which numbers met.
    """

    kind: str
    tone: str
    sign: str
    title: tuple[Fragment, ...]
    sentence: tuple[Fragment, ...]
    facts: tuple[tuple[str, tuple[Fragment | Cells, ...]], ...]
    step: int
    node: int | None
    edge: tuple[int, int] | None
    line: int | None
    span: Site | None
    change: Change | None = None
    others: tuple[Change, ...] = ()
    acceptance: Acceptance | None = None
    flags: Mapping[Quantity, Flag] = field(default_factory=dict)
    blamed: Quantity | None = None
    framed: Mapping[int, int] = field(default_factory=dict)
    gains: Mapping[int, str] = field(default_factory=dict)
    pairing: Pairing | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Verdict:
    """A line of a backward pass written by hand as it is shown beside the picture of forward.

    Attributes
    ----------
    line : int
    verdict : str
        One of `VERDICTS`; ``"again"`` where it computes a value of forward's; ``"unknown"``.
    says : str
        What the line is called for who does not see the table.
    step : int or None
        At which step of the story its adjoint, or its value, is complete; None for a line that is about no node.
    node : int or None
        Whose adjoint it computes, or whose value.
    flags : mapping of Quantity to Flag
        What stands at the factor that it has otherwise.
    blamed : Quantity or None
        That factor.
    """

    line: int
    verdict: str
    says: str
    step: int | None
    node: int | None
    flags: Mapping[Quantity, Flag] = field(default_factory=dict)
    blamed: Quantity | None = None
