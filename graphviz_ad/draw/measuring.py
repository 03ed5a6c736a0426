"""Measure one line of text or formula: how wide it is, and how much of it fits.

The machine that lays a picture out is seldom the one that shows it, so widths are taken from the widest faces of the
font stacks (DejaVu Serif, Sans and Sans Mono): where another face is used, text is a little narrower than its place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from graphviz_ad.draw.svg import clean
from graphviz_ad.formulas.text import Run

__all__ = ["MONO_ADVANCE", "SPACING", "fit", "mono", "sans", "script", "width"]


MONO_ADVANCE = 0.6021
SPACING = -0.118
"""Word spacing of formulas, in em: it makes the serif face's space as thin as a formula wants it."""

_SMALL = 0.7
_LEAST = 12.0  # px: a player shrinks a picture until its smallest type, of 12 px, is 11 px, and no script is smaller

# Advance widths in thousandths of an em, for ASCII 32..126 and then for _MORE.
_MORE = "·×÷°±²³¹⁰⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿᵀ₀₁₂₃₄₅₆₇₈₉−…√∂∇Σ∑∏∞⊙∘≤≥≠≈←→′∥‖⟨⟩⌊⌋⌈⌉½ΓΔΘΛΞΠΦΨΩαβγδεζηθικλμνξοπρστυφχψωāēīōū▼▲"
_SERIF_WIDTHS = (
    "318 402 460 838 637 951 891 275 391 391 500 838 318 338 318 337 637 637 637 637 637 637 637 637 637 637 337 337 "
    "838 838 838 537 1000 723 735 766 802 730 694 799 873 396 401 748 665 1024 875 820 673 820 753 686 667 843 723 "
    "1028 712 661 695 391 337 391 838 500 500 597 641 561 641 592 371 641 645 320 311 606 320 949 645 603 641 641 "
    "479 514 402 645 565 856 564 565 527 637 337 637 838 318 838 838 500 838 401 401 401 401 401 401 401 401 401 "
    "401 528 528 246 246 433 420 401 401 401 401 401 401 401 401 401 401 838 1000 638 518 699 708 714 796 834 838 "
    "491 838 838 838 838 838 838 228 462 500 391 391 391 391 391 391 970 694 723 820 723 704 873 820 877 830 676 "
    "579 598 603 537 542 600 603 393 656 634 650 608 551 603 658 588 683 554 608 701 606 785 816 597 592 320 603 "
    "645 770 770"
)
_SANS_WIDTHS = (
    "318 401 460 838 637 951 780 275 391 391 500 838 318 361 318 337 637 637 637 637 637 637 637 637 637 637 337 337 "
    "838 838 838 531 1000 685 687 699 771 632 576 775 752 295 295 656 558 863 749 788 604 788 695 635 611 732 685 "
    "989 686 611 686 391 337 391 838 500 500 613 635 550 635 616 353 635 634 278 278 580 278 975 634 612 635 635 "
    "412 521 393 634 592 818 592 592 525 637 337 637 838 318 838 838 500 838 401 401 401 401 401 401 401 401 401 "
    "401 528 528 246 246 399 385 401 401 401 401 401 401 401 401 401 401 838 1000 638 518 669 632 674 757 834 838 "
    "626 838 838 838 838 838 838 228 500 500 391 391 391 391 391 391 970 558 685 788 685 632 752 788 788 765 660 "
    "639 592 612 541 544 634 612 339 590 592 637 559 558 612 603 635 634 603 579 660 578 660 838 613 616 278 612 "
    "634 770 770"
)


def _table(widths: str) -> dict[str, float]:
    characters = "".join(map(chr, range(32, 127))) + _MORE
    return {character: int(units) / 1000 for character, units in zip(characters, widths.split(), strict=True)}


# Formulas are set with thin spaces (see `SPACING`).
_SERIF = _table(_SERIF_WIDTHS) | {" ": 0.2}
_SANS = _table(_SANS_WIDTHS)


def _advance(character: str, table: dict[str, float]) -> float:
    known = table.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    base = unicodedata.normalize("NFD", character)[0]
    if base != character and base in table:
        return table[base]
    return 1.35  # wider than any ideograph and most emoji


@lru_cache(maxsize=8192)
def _measure(text: str, sans_serif: bool) -> float:
    table = _SANS if sans_serif else _SERIF
    return sum(_advance(character, table) for character in clean(text))


def sans(text: str, size: float) -> float:
    """Return the width of `text` in the sans-serif stack at `size` px.

    Examples
    --------
    >>> round(sans("input", 12), 1)
    30.9
    """
    return _measure(text, True) * size


def mono(characters: int, size: float) -> float:
    """Return the width of that many monospaced characters at `size` px.

    Examples
    --------
    >>> round(mono(9, 14), 1)
    75.9
    """
    return characters * MONO_ADVANCE * size


def script(size: float) -> float:
    """Return the size of superscripts and subscripts beside type of `size` px.

    Examples
    --------
    >>> script(20.0), script(15.5), script(12.0)
    (14.0, 12.0, 12.0)
    """
    return max(_SMALL * size, min(size, _LEAST))


def width(runs: Iterable[Run], size: float) -> float:
    """Return the width of a formula in the serif stack at `size` px.

    Examples
    --------
    >>> round(width([Run("sin x")], 10), 1)
    22.4
    """
    return sum(_measure(run.text, False) * (script(size) if run.level else size) for run in runs)


def fit(runs: Sequence[Run], size: float, room: float) -> tuple[Run, ...]:
    """Return the runs if they fit into `room` px, else as much of their beginning as fits, and an ellipsis.

    Examples
    --------
    >>> [run.text for run in fit([Run("a_very_long_name")], 10, 40)]
    ['a_ver', '…']
    """
    # A name of 20,000 characters need not be measured to its end.
    runs = [run._replace(text=clean(run.text[:400])) for run in runs[:200] if run.text]
    if width(runs, size) <= room:
        return tuple(runs)
    left = room - _measure("…", False) * size
    kept: list[Run] = []
    for run in runs:
        scale = script(size) if run.level else size
        count = 0
        for character in run.text:
            left -= _advance(character, _SERIF) * scale
            if left < 0:
                break
            count += 1
        if count:
            kept.append(run._replace(text=run.text[:count].rstrip() if count < len(run.text) else run.text))
        if left < 0:
            break
    return (*(run for run in kept if run.text), Run("…"))
