"""When a reader sees f and its derivative: from the beginning, or from the step that finds them."""

from __future__ import annotations

from graphviz_ad.errors import check_choice

__all__ = ["REVEALS", "check_reveal"]

REVEALS = ("all", "steps")
"""All of it at once, or each from the step on at which it is known."""


def check_reveal(reveal: object, who: str) -> str:
    """Return what is to be revealed when.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_reveal("step", "film")
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: film: unknown reveal 'step'; expected 'all' or 'steps'. Did you mean 'steps'?
    """
    return check_choice("reveal", reveal, REVEALS, who)
