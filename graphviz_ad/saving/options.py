"""What one may ask of a file: each option is a row, with what it must be; which format takes it stands in `formats`."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Real
from types import MappingProxyType
from typing import Any

from graphviz_ad.draw.length import Length, as_float, read_length
from graphviz_ad.draw.scene import MAX_BOXES
from graphviz_ad.errors import InputError, check_flag
from graphviz_ad.films.revealing import REVEALS, check_reveal
from graphviz_ad.player.page import PAPERS
from graphviz_ad.story.asking.choosing import check_quiz
from graphviz_ad.story.levels import check_detail

__all__ = ["FILMED", "OPTIONS", "Options", "read_option"]


@dataclass(frozen=True)
class Options:
    """The options of one file, checked.

    Attributes
    ----------
    step : int or None
        Which step of the story; None for the finished picture.
    at : mapping or None
        Where the sliders are, by name.
    theme : str
    width : Length or None
        Of the figure; None for its natural size.
    smallest : Length or None
        The least size of type in the figure.
    around : str or None
        The node that the figure is cropped to, with its neighbours.
    legend : bool
        Whether a key to its signs stands below the figure.
    scale : float
        Of pixels, how many a px has.
    limit : int or None
        The most nodes to draw.
    detail : str
        How much the steps say; see `story.levels.DETAILS`.
    print : str
        What a page looks like on paper: the ``"step"`` on screen, or a ``"strip"`` of all steps.
    reveal : str
        When a page shows f and its derivative; see `films.revealing.REVEALS`.
    quiz : bool
        Whether a page asks for the numbers of the derivative.
    presentation : bool
        Whether a page is large enough for a projector.
    """

    step: int | None = None
    at: Mapping[str, float] | None = field(default=None, hash=False)
    theme: str = "light"
    width: Length | None = None
    smallest: Length | None = None
    around: str | None = None
    legend: bool = False
    scale: float = 2.0
    limit: int | None = MAX_BOXES
    detail: str = "standard"
    print: str = "step"
    reveal: str = REVEALS[0]
    quiz: bool = False
    presentation: bool = False


_LARGEST_SCALE = 100.0


def _integer(value: Any, expected: str) -> int | None:
    if value is None:
        return None
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)
    except TypeError:
        raise InputError(f"{expected}, got {value!r}") from None


def _step(value: Any, who: str) -> int | None:
    return _integer(value, f"{who}: step must be an integer, the number of a step from 0")


def _at(value: Any, who: str) -> Mapping[str, float] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise InputError(f"{who}: at must be a dict such as {{'x': 1.0}}, got {type(value).__name__}")
    for name, place in value.items():
        if not isinstance(place, Real) or isinstance(place, bool) or not math.isfinite(as_float(place)):
            raise InputError(f"{who}: at[{name!r}] must be a finite number, got {place!r}")
    return {str(name): float(place) for name, place in value.items()}


def _length(name: str) -> Callable[[Any, str], Length | None]:
    return lambda value, who: None if value is None else read_length(value, who, name)


def _around(value: Any, who: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise InputError(f"{who}: around must be what the picture calls a node, such as 'x' or 'v3', got {value!r}")
    return value


def _flag(name: str) -> Callable[[Any, str], bool]:
    return lambda value, who: check_flag(name, value, who)


def _scale(value: Any, who: str) -> float:
    if value is None:
        return Options.scale
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 < as_float(value) <= _LARGEST_SCALE:
        raise InputError(
            f"{who}: scale must be a positive number of pixels per px, at most {_LARGEST_SCALE:g}, "
            f"such as 1, 2 or 3; got {value!r}"
        )
    return float(value)


def _detail(value: Any, who: str) -> str:
    check_detail(value, who)
    return str(value)


def _limit(value: Any, who: str) -> int | None:
    return _integer(value, f"{who}: limit must be an integer, or None for no limit")


def _print(value: Any, who: str) -> str:
    if not isinstance(value, str) or value not in PAPERS:
        raise InputError(f"{who}: print must be {' or '.join(map(repr, PAPERS))}, got {value!r}")
    return value


OPTIONS: Mapping[str, Callable[[Any, str], Any]] = MappingProxyType(
    {
        "step": _step,
        "at": _at,
        "theme": lambda value, who: value,  # figures and pages know different ones: their rows check it
        "width": _length("width"),
        "smallest": _length("smallest"),
        "around": _around,
        "legend": _flag("legend"),
        "scale": _scale,
        "limit": _limit,
        "detail": _detail,
        "print": _print,
        "reveal": check_reveal,
        "quiz": check_quiz,
        "presentation": _flag("presentation"),
    }
)
"""Every option, and what reads it: ``(value, who) -> value``, or an error."""

FILMED = ("at", "step", "theme", "width", "smallest", "around", "legend", "scale", "detail", "print", "presentation")
"""What a film, or an explorer, may be asked when it is saved."""


def read_option(name: str, value: Any, who: str) -> Any:
    """Return an option in its own type.

    Raises
    ------
    InputError
        For a value that it cannot have.

    Examples
    --------
    >>> read_option("width", "8.5cm", "save")
    Length(number=8.5, unit='cm')
    >>> read_option("legend", "yes", "save")
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: save: legend must be True or False, got 'yes'
    """
    return OPTIONS[name](value, who)
