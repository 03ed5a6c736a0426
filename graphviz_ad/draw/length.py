"""Lengths on paper and screen: ``"8.5cm"`` read, and written in the unit in which it was given."""

from __future__ import annotations

import math
import re
from numbers import Real
from typing import Any, NamedTuple

from graphviz_ad.errors import InputError, suggest

__all__ = ["PX_PER_INCH", "UNITS", "Length", "as_float", "read_length"]

PX_PER_INCH = 96.0
"""The px of SVG and CSS."""

UNITS = {"cm": PX_PER_INCH / 2.54, "mm": PX_PER_INCH / 25.4, "in": PX_PER_INCH, "pt": PX_PER_INCH / 72, "px": 1.0}
"""How many px a unit has."""

_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-zµ\"']*)\s*", re.IGNORECASE)
_LONGEST = 10_000 * UNITS["mm"]


class Length(NamedTuple):
    """So many of a unit.

    Examples
    --------
    >>> round(Length(8.5, "cm").px, 2)
    321.26
    >>> str(Length(8.5, "cm").times(2)), str(Length(100, "px"))
    ('17cm', '100')
    """

    number: float
    unit: str

    @property
    def px(self) -> float:
        """The length in px, of which an inch has 96."""
        return self.number * UNITS[self.unit]

    def times(self, factor: float) -> Length:
        """Return the length that is so many times as long."""
        return Length(self.number * factor, self.unit)

    def __str__(self) -> str:
        """Write it as SVG does, where px need not be said."""
        text = f"{self.number:.4f}".rstrip("0").rstrip(".")
        return text if self.unit == "px" else text + self.unit


def as_float(number: Any) -> float:
    """Return a real number as a float; infinity where it is too large for one.

    Examples
    --------
    >>> as_float(3), as_float(10**400)
    (3.0, inf)
    """
    try:
        return float(number)
    except OverflowError:
        return math.inf


def read_length(text: object, who: str = "save", name: str = "width") -> Length:
    """Read a length such as ``"8.5cm"``; a bare number has px.

    Parameters
    ----------
    text : str or number
    who, name : str
        For errors: who reads it, and what it is called.

    Raises
    ------
    InputError
        For an unknown unit, and for lengths that are not positive and finite.

    Examples
    --------
    >>> read_length("8.5cm"), read_length(600), read_length(" 3.5 in")
    (Length(number=8.5, unit='cm'), Length(number=600.0, unit='px'), Length(number=3.5, unit='in'))
    >>> read_length("8.5 inches")
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: save: width has the unit 'inches'; expected one of cm, mm, in, pt, px, as in '8.5cm'
    """
    ways = "expected a length such as '8.5cm', '3.5in', '240pt' or a number of px"
    if isinstance(text, Real) and not isinstance(text, bool):
        count, unit = as_float(text), "px"
    else:
        parts = _LENGTH.fullmatch(text) if isinstance(text, str) else None
        if parts is None:
            raise InputError(f"{who}: {name} is {str(text)[:40]!r}; {ways}")
        count, unit = float(parts[1]), parts[2].lower() or "px"
    if unit not in UNITS:
        raise InputError(
            f"{who}: {name} has the unit {unit!r}; expected one of {', '.join(UNITS)}, as in '8.5cm'"
            f"{suggest(unit, UNITS)}"
        )
    length = Length(count, unit)
    if not length.px >= 1:
        raise InputError(f"{who}: {name} is {text!r}; expected at least one px, such as '8.5cm'")
    if length.px > _LONGEST:
        raise InputError(f"{who}: {name} is {text!r}, longer than 10 m; {ways}")
    return length
