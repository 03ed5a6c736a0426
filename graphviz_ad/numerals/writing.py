"""Write numbers: one rule for the pictures, the player and the page.

A number that is watched while a slider moves must not jitter, so each slot of a film gets one *format*
(`formats.choose_format`) that fits all its samples, and `write` follows it.  A number in a still picture or in a
sentence stands alone and is written as short as its digits allow (`static`).  `exact` is what Python prints.

The browser's twins of `write` and `exact` are in ``player/player.js``; ``tests/numerals/numerals.json`` holds both to
the same answers.  Rounding is therefore half away from zero on the exact binary value, as JavaScript does it.

Examples
--------
>>> write(-0.57690249, ("f", 6))
'−0.576902'
>>> write(0.0, ("f", 2)) == "0" + 3 * FIGURE_SPACE
True
>>> static(0.08239541)
'0.0823954'
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Literal

import numpy as np

__all__ = [
    "CELL",
    "FIGURE_SPACE",
    "HUGE",
    "MINUS",
    "MOST_DECIMALS",
    "MOST_DIGITS",
    "MOST_MANTISSA",
    "TINY",
    "Format",
    "cell",
    "exact",
    "rough",
    "static",
    "write",
]

MINUS = "\u2212"
FIGURE_SPACE = "\u2007"  # as wide as a digit: it keeps a bare 0 in the units column

Format = tuple[Literal["f", "e"], int]

MOST_DIGITS = 7
MOST_DECIMALS = 6
MOST_MANTISSA = 3  # decimals of a mantissa: −1.235e−17 still fits a socket
CELL = 6
"""The most characters of a number in a small cell: −12.34, −1e−10."""
HUGE = 1e7
TINY = 1e-3
_EXACT = Context(prec=1200)  # a double has at most 1,075 significant decimal digits


def write(value: Any, form: Sequence[Any]) -> str:
    """Write a real number in the format of its slot.

    Parameters
    ----------
    value : real number
    form : ("f", decimals) or ("e", decimals)

    Returns
    -------
    str
        A true minus sign; an exact zero is a bare ``0`` padded with figure spaces; a number too small for the
        slot's decimals, or at least 1e7, is written with an exponent; ``∞``, ``−∞``, ``NaN``.

    Raises
    ------
    ValueError
        If the format is neither kind.

    Examples
    --------
    >>> write(2, ("f", 2)), write(3.14e-17, ("f", 6)), write(float("-inf"), ("f", 2))
    ('2.00', '3.1e−17', '−∞')
    >>> write(12345678.0, ("e", 3))
    '1.235e7'
    """
    kind, decimals = form
    if kind not in ("f", "e"):
        raise ValueError(f"write: the format is {form!r}; expected ('f', decimals) or ('e', decimals)")
    number = float(value)
    special = _special(number)
    if special is not None:
        return special
    if number == 0:
        return "0" + FIGURE_SPACE * (decimals + 1 if kind == "f" and decimals else 0)
    sign, size = (MINUS if number < 0 else ""), abs(number)
    if kind == "f" and size >= HUGE:
        return sign + _exponent(size, MOST_MANTISSA)
    if kind == "f":
        text = _fixed(size, decimals)
        return sign + (text if text.strip("0.") else _exponent(size, 1))
    return sign + _exponent(size, decimals)


def cell(value: Any, form: Sequence[Any]) -> str:
    """Write a real number in a small cell, where there is room for six characters.

    Only an exact zero is a bare ``0``: what the decimals would round to zero has an exponent where that fits, and is
    ``≈0`` where it does not. The browser's twin is in ``player/cells.js``; ``tests/numerals/cells.json`` holds both to
    the same answers.

    Examples
    --------
    >>> cell(-0.125, ("f", 2)), cell(0.0, ("f", 2)), cell(0.005, ("f", 1)), cell(-1e-200, ("f", 1))
    ('−0.13', '0', '5e−3', '≈0')
    >>> cell(-123456.7, ("f", 1))
    '−1.2e5'
    """
    text = write(value, form).rstrip(FIGURE_SPACE)
    number = float(value)
    if len(text) <= CELL and ("e" not in text or form[0] == "e" or abs(number) >= HUGE):
        return text
    sign, size = (MINUS if number < 0 else ""), abs(number)
    for decimals in (1, 0) if size >= 1 or form[0] == "e" else (0,):
        text = sign + _exponent(size, decimals)
        if len(text) <= CELL:
            return text
    return "≈0"


def static(value: Any) -> str:
    """Write a number that stands alone: at least 6 significant digits, as a rule 7 in all, no idle zeros.

    Parameters
    ----------
    value : number
        Real or complex.

    Examples
    --------
    >>> static(1.7605542), static(2.0), static(-0.25), static(3.1e-17)
    ('1.760554', '2', '−0.25', '3.1e−17')
    >>> static(1 - 2j)
    '1−2j'
    >>> static(2e-323), static(4e-310)
    ('2e−323', '4e−310')
    """
    if np.iscomplexobj(value):
        number = complex(value)
        imaginary = static(number.imag)
        return static(number.real) + ("" if imaginary.startswith(MINUS) else "+") + imaginary + "j"
    number = float(value)
    special = _special(number)
    if special is not None:
        return special
    if number == 0:
        return "0"
    sign, size = (MINUS if number < 0 else ""), abs(number)
    if not TINY <= size < HUGE:
        # Below the range in which floats have all digits, no more than tell a number from its neighbours.
        digits = MOST_DIGITS if size >= sys.float_info.min else len(Decimal(repr(size)).normalize().as_tuple().digits)
        mantissa, _, power = _exponent(size, min(digits - 1, 5)).partition("e")
        return f"{sign}{_trim(mantissa)}e{power}"
    decimals = max(MOST_DIGITS - len(str(int(size))), 5 - math.floor(math.log10(size)))
    return sign + _trim(_fixed(size, decimals))


def rough(value: Any, digits: int = 1) -> str:
    """Write a number of which only the first digits are meant.

    Examples
    --------
    >>> rough(0.0123), rough(-1234.5, 2), rough(3e-12, 3)
    ('0.01', '−1200', '3e−12')
    """
    return static(float(f"{value:.{digits}g}"))


def exact(value: Any) -> str:
    """Write a number so that Python reads the same number back.

    Parameters
    ----------
    value : number
        Python or NumPy; a float32 keeps its own short digits.

    Examples
    --------
    >>> exact(0.1 + 0.2)
    '0.30000000000000004'
    >>> import numpy as np
    >>> exact(np.float32(0.1)), exact(np.float64(-2))
    ('0.1', '-2.0')
    """
    if isinstance(value, (np.float64, np.integer, np.bool_)):
        value = value.item()
    return str(value) if isinstance(value, np.generic) else repr(value)


def _special(number: float) -> str | None:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "∞" if number > 0 else MINUS + "∞"
    return None


def _fixed(size: float, decimals: int) -> str:
    rounded = Decimal(size).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_EXACT)
    return f"{rounded:f}"


def _exponent(size: float, decimals: int) -> str:
    number = Decimal(size)
    power = number.adjusted()
    last = Decimal(1).scaleb(power - decimals, context=_EXACT)
    rounded = number.quantize(last, rounding=ROUND_HALF_UP, context=_EXACT)
    power = max(power, rounded.adjusted())  # 9.96 may have become 10.0
    mantissa = rounded.scaleb(-power, context=_EXACT)
    sign = MINUS if power < 0 else ""
    return f"{mantissa:.{decimals}f}e{sign}{abs(power)}"


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
