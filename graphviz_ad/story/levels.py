"""Three levels of detail at which a step is told: in full words, with names and numbers, or as tersely as can be."""

from __future__ import annotations

from typing import NamedTuple

from graphviz_ad.errors import check_choice
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.numerals.quantities import Quantity

__all__ = ["DETAILS", "Fragment", "Telling", "alike", "check_detail"]

Fragment = str | Formula | Quantity


class Telling(NamedTuple):
    """What a step says at each level: text, formulas and quantities.

    Attributes
    ----------
    beginner : tuple
        In full words, without bars, and with the name of the rule.
    standard : tuple
        With names, numbers and the reason.
    expert : tuple
        The equation alone.
    """

    beginner: tuple[Fragment, ...] = ()
    standard: tuple[Fragment, ...] = ()
    expert: tuple[Fragment, ...] = ()


DETAILS = Telling._fields
"""The levels, from the most words to the fewest."""


def alike(*sentence: Fragment) -> Telling:
    """Return a telling that says the same at each level."""
    return Telling(sentence, sentence, sentence)


def check_detail(detail: object, who: str) -> None:
    """Raise InputError for a level that is none.

    Examples
    --------
    >>> check_detail("expret", "steps")
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: steps: unknown detail 'expret'; expected 'beginner', 'standard' or 'expert'. Did you
    mean 'expert'?
    """
    check_choice("detail", detail, DETAILS, who)
