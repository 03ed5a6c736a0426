"""How one quantity of a story is shown: as a number, as a few cells, or as shape, range and thumbnail.

Both painters see a quantity through its *columns*: the numbers that a film samples at every stop. A scalar has one, a
short vector one per entry, anything larger the lowest and the highest finite value, and after these its entries, where
they are shown: those of a small matrix always, those of a larger array where a film has room for them. A complex number
has two, its real and its imaginary part; of an array of them the range is that of their sizes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.numerals.formats import choose_format
from graphviz_ad.numerals.quantities import ROLES, Quantity
from graphviz_ad.numerals.thumbnails import Frame, frame_of, picture
from graphviz_ad.numerals.writing import CELL, FIGURE_SPACE, MINUS, Format, cell, static, write

__all__ = ["MOST_CELLS", "Reading", "columns_of", "reaches", "read", "write_complex", "write_range"]

MOST_CELLS = 6
_SIZES = "|·|"  # before a range of sizes
_GRID = (3, 4)  # the most rows and columns of a matrix that shows its numbers
_DECIMALS = {1: 6, 2: 4, 3: 3}  # of so many numbers side by side; of more two
_GRID_DECIMALS = 3
_ROW_KINDS = ("value", "adjoint", "partial", "tangent", "yours")


@prints
@dataclass(frozen=True)
class Reading:
    """One quantity as the picture shows it.

    Attributes
    ----------
    key : Quantity
    form : str
        ``scalar``, ``cells``, ``grid`` (a small matrix in a row of a card) or ``array``.
    column, columns : int
        Where its numbers stand in a row of the film, and how many they are.
    format : tuple
        How its numbers are written when they change; `still` numbers are written as short as they can be instead.
    role : str
        ``value``, ``adjoint``, ``tangent`` or ``local``: the colour it has in sentences.
    complex : bool
        Whether its numbers have an imaginary part.
    shape : str
        Such as ``64×128``; empty for scalars and cells.
    frame : Frame, optional
        The raster of its thumbnail.
    longest : int
        Characters of the longest number (for cells and grids: of one cell; for arrays: of the range).
    dimensions : tuple of int
    entries : int
        How many of its columns are its entries, after the two ends of its range.
    reach : float
        How far the scale of its map reaches at least.
    """

    key: Quantity
    form: str
    column: int
    columns: int
    format: Format
    still: bool
    role: str
    complex: bool
    shape: str
    frame: Frame | None
    longest: int
    dimensions: tuple[int, ...] = ()
    entries: int = 0
    reach: float = 0.0

    def numbers(self, value: Any) -> list[float]:
        """Return the columns of a value.

        Examples
        --------
        >>> import numpy as np
        >>> read(Quantity("value", 0), np.arange(8.0)).numbers(np.arange(8.0))
        [0.0, 7.0]
        """
        flat = _real(value, self.form, self.complex)
        if self.form not in ("array", "grid"):
            return [float(number) for number in flat]
        return [*self._ends(flat), *(flat.tolist() if self.entries else ())]

    def singles(self, value: Any) -> list[float]:
        """Return the entries that have columns, of complex ones the sizes.

        Examples
        --------
        >>> import numpy as np
        >>> read(Quantity("value", 0), np.eye(2)).singles(np.eye(2))
        [1.0, 0.0, 0.0, 1.0]
        """
        numbers = self.numbers(value)[2 if self.form in ("array", "grid") else 0 :]
        return list(map(math.hypot, numbers[::2], numbers[1::2])) if self.complex else numbers

    def _ends(self, flat: np.ndarray[Any, Any]) -> list[float]:
        """Return the lowest and the highest finite number, or what is not finite where nothing else tells of it."""
        finite = flat[np.isfinite(flat)]
        # Without a thumbnail the range alone must tell that something in the array is not finite.
        if flat.size and self.frame is None and not self.entries:
            return [float(flat.min()), float(flat.max())]
        return [float(finite.min()), float(finite.max())] if finite.size else [math.nan, math.nan]

    def extent(self, value: Any) -> str:
        """Return the range of an array in writing.

        Examples
        --------
        >>> import numpy as np
        >>> read(Quantity("value", 0), np.eye(2)).extent(np.eye(2))
        '0…1'
        """
        span = write_range(self.numbers(value)[:2], self.format)
        return f"{_SIZES} {span}" if self.complex else span

    def texts(self, value: Any) -> list[str]:
        """Return what the slots of a row show.

        Examples
        --------
        >>> import numpy as np
        >>> read(Quantity("value", 0), 0.25).texts(0.25)
        ['0.25']
        >>> read(Quantity("value", 0), np.arange(8.0)).texts(np.arange(8.0))
        ['8', '0…7.0']
        >>> read(Quantity("value", 0), np.eye(2)).texts(np.eye(2))
        ['1', '0', '0', '1']
        """
        if self.form == "array":
            return [self.shape, self.extent(value)]
        if self.form == "grid":
            return [cell(number, self.format) for number in self.numbers(value)[2:]]
        if self.still and self.form == "scalar":
            return [static(np.asarray(value).reshape(()).item())]
        numbers = [write(number, self.format) for number in self.numbers(value)]
        return list(map(write_complex, numbers[::2], numbers[1::2])) if self.complex else numbers

    @property
    def cells(self) -> int:
        """How many numbers stand side by side."""
        return self.columns // 2 if self.complex else self.columns

    def inline(self, value: Any) -> str:
        """Return what the single line of a pad or a socket shows.

        Examples
        --------
        >>> import numpy as np
        >>> read(Quantity("local", 1), np.array([0.0, 2.0])).inline(np.array([0.0, 2.0]))
        '[0 2]'
        """
        if self.form == "grid":
            return self.extent(value)
        texts = self.texts(value)
        if self.form == "cells":
            return f"[{' '.join(text.replace(FIGURE_SPACE, '') for text in texts)}]"
        return texts[-1]

    def picture(self, value: Any) -> str:
        """Return the thumbnail as a string, empty if there is none."""
        return picture(value, self.frame, self.reach) if self.frame else ""

    def flags(self, value: Any) -> tuple[str, ...]:
        """Return what holds: ``zero`` (exactly zero everywhere), or ``bad`` (not all is finite).

        Of what is bad, ``nan`` says that it holds NaN, and of a single number ``lost`` that it is NaN and ``far`` that
        it is infinite.

        Examples
        --------
        >>> [read(Quantity("value", 0), x).flags(x) for x in (0.0, 1.0, float("inf"))]
        [('zero',), (), ('bad', 'far')]
        """
        columns = self.numbers(value)
        if not columns:
            return ()
        if np.isfinite(np.asarray(value)).all():
            return () if any(columns) else ("zero",)
        nan = bool(np.isnan(value).any())
        own = (("lost" if nan else "far"),) if self.columns == 1 else ()
        return ("bad", *(("nan",) if nan else ()), *own)


def write_range(ends: Sequence[float], form: Format) -> str:
    """Write the lowest and the highest number of an array; they share an exponent where the larger has one.

    The browser's twin is ``range`` in ``player/numbers.js``; ``tests/numerals/ranges.json`` holds both to the same
    answers.

    Examples
    --------
    >>> write_range([-4.7e-5, 3e-6], ("e", 1)), write_range([-1.5, 0.25], ("f", 2)), write_range([2.0, 2.0], ("f", 0))
    ('−4.7…0.3 e−5', '−1.50…0.25', '2')
    """
    texts = [write(end, form).rstrip(FIGURE_SPACE) for end in ends]
    if texts[0] == texts[1]:
        return texts[0]
    larger = 0 if abs(ends[0]) > abs(ends[1]) else 1
    mantissa, _, power = texts[larger].partition("e")
    scale = float("1e" + power.replace(MINUS, "-")) if power else 0.0
    if scale > 1e-300:
        decimals = len(mantissa.partition(".")[2])
        other = write(ends[1 - larger] / scale, ("f", decimals)).rstrip(FIGURE_SPACE)
        # An end that is lost beside the other keeps its own exponent.
        if "e" not in other:
            return "…".join((other, mantissa) if larger else (mantissa, other)) + f" e{power}"
    return "…".join(texts)


def write_complex(real: str, imaginary: str) -> str:
    """Join the parts of a complex number as Python writes it.

    Examples
    --------
    >>> write_complex("0.50", "−2.00"), write_complex("1", "0")
    ('0.50−2.00j', '1+0j')
    """
    sign = "" if imaginary.startswith(MINUS) else "+"
    return f"{real.rstrip(FIGURE_SPACE)}{sign}{imaginary.rstrip(FIGURE_SPACE)}j"


def _real(value: Any, form: str, is_complex: bool) -> np.ndarray[Any, Any]:
    """Return real numbers in one row: of complex ones both parts, or of an array of them the sizes."""
    if not is_complex:
        return np.asarray(value).astype(np.float64).ravel()
    flat = np.asarray(value).astype(np.complex128).ravel()
    return np.abs(flat) if form == "array" else flat.view(np.float64)


def _form(array: np.ndarray[Any, Any], kind: str) -> str:
    shape = array.shape
    if len(shape) < 2:
        return "scalar" if not shape else "cells" if 1 <= shape[0] <= MOST_CELLS else "array"
    small = len(shape) == 2 and array.size and all(size <= most for size, most in zip(shape, _GRID, strict=True))
    return "grid" if small and kind in _ROW_KINDS and not np.iscomplexobj(array) else "array"


def columns_of(value: Any) -> int:
    """Return how many columns a number or an array has at least in a film.

    Examples
    --------
    >>> columns_of(0.5), columns_of(1j), columns_of(np.zeros(3)), columns_of(np.zeros((64, 128)))
    (1, 2, 3, 2)
    """
    size = np.size(value)
    if np.ndim(value) > 1 or (np.ndim(value) == 1 and not 0 < size <= MOST_CELLS):
        return 2
    return size * (2 if np.iscomplexobj(value) else 1)


def _cap(form: Format, decimals: int, mantissa: int) -> Format:
    kind, digits = form
    return (kind, min(digits, decimals if kind == "f" else mantissa))


def _two_digits(array: np.ndarray[Any, Any]) -> Format:
    """The format of a still range: two significant digits of its larger end."""
    finite = np.abs(array[np.isfinite(array)])
    largest = float(finite.max(initial=0.0))
    if largest == 0:
        return ("f", 0)
    if not 1e-2 <= largest < 1e5:
        return ("e", 1)
    return ("f", max(0, 1 - math.floor(math.log10(largest))))


def _format(array: np.ndarray[Any, Any], form: str, format: Format | None, is_complex: bool) -> Format:
    if is_complex and form != "array":
        return _cap(format or choose_format(array), 4 if form == "scalar" else 2, 2)
    if form == "scalar":
        return format or choose_format(array)
    if form == "grid":
        return _cap(format or choose_format(array), min(_GRID_DECIMALS, _room_for_decimals(array)), 1)
    if form == "cells":
        # Cells stand side by side: the more of them, the fewer decimals each can have.
        few = _DECIMALS.get(array.size, 2)
        more = _GRID_DECIMALS if array.size == 4 or _is_lost(array, few) else few
        return _cap(format or choose_format(array), max(few, min(more, _room_for_decimals(array))), 2)
    return _cap(format, 3, 1) if format else _two_digits(array)


def _room_for_decimals(array: np.ndarray[Any, Any]) -> int:
    """Return how many decimals the largest number of a row leaves room for in a cell, with a sign."""
    largest = float(np.abs(array[np.isfinite(array)]).max(initial=0.0))
    return max(0, CELL - 2 - len(str(int(largest))))


def _is_lost(array: np.ndarray[Any, Any], decimals: int) -> bool:
    """Whether a number of a row would need an exponent beside others that have so many decimals."""
    return bool(np.any((array != 0) & (np.abs(array) < 0.5 * 10.0**-decimals)))


def _most_characters(form: Format) -> int:
    """Characters of the longest number that `write` can make of finite values in this format."""
    kind, digits = form
    # −1.234567, or −3.1e−300 when too small for the decimals, or −1.235e12 when too large; or −1.235e−300.
    return 9 if kind == "f" else digits + 8


def reaches(numbers: Mapping[Quantity, Any]) -> dict[Quantity, float]:
    """Return how far the scales of those maps reach that are to be compared: an adjoint, and what a person has for it.

    Examples
    --------
    >>> import numpy as np
    >>> numbers = {Quantity("adjoint", 2): np.eye(9), Quantity("yours", 2): -3 * np.eye(9)}
    >>> set(reaches(numbers).values())
    {3.0}
    """
    shared: dict[Quantity, float] = {}
    for key in numbers:
        if key[0] == "yours":
            pair = (Quantity("adjoint", key[1]), key)
            both = np.concatenate([np.ravel(np.abs(numbers[one])) for one in pair if one in numbers])
            shared |= dict.fromkeys(pair, float(both[np.isfinite(both)].max(initial=0.0)))
    return shared


def read(
    key: Quantity,
    value: Any,
    column: int = 0,
    format: Format | None = None,
    still: bool = True,
    longest: int | None = None,
    entries: bool = False,
    reach: float = 0.0,
) -> Reading:
    """Decide how a quantity is shown.

    Parameters
    ----------
    key : Quantity
    value : number or array
        A sample; its shape decides.
    column : int
        The first column of the quantity.
    format : tuple, optional
        The format chosen over all samples.
    still : bool
        Whether the number never changes, so that it is written as it is.
    longest : int, optional
        Characters of the longest number, where it is known better than from the format.
    entries : bool
        Whether each entry of an array has a column, too.
    reach : float
        How far the scale of a map reaches at least.

    Examples
    --------
    >>> read(Quantity("adjoint", 3), 1.5).form
    'scalar'
    """
    array = np.asarray(value)
    form = _form(array, key[0])
    is_complex = np.iscomplexobj(array)
    large = form in ("array", "grid")
    followed = array.size if form == "grid" or (entries and large and not is_complex) else 0
    reading = Reading(
        key,
        form,
        column,
        2 + followed if large else array.size * (2 if is_complex else 1),
        _format(_real(array, form, is_complex), form, format, is_complex),
        still,
        ROLES.get(key[0], "adjoint"),
        is_complex,
        "×".join(map(str, array.shape)) if large else "",
        frame_of(array.shape) if form == "array" and key[0] in _ROW_KINDS else None,
        0,
        array.shape if large else (),
        followed,
        reach,
    )
    if longest is None:
        shown = reading.texts(value)[1 if form == "array" else 0 :]
        longest = max(map(len, shown), default=0) if still else _room(reading)
    return replace(reading, longest=longest)


def _room(reading: Reading) -> int:
    """Characters of the longest text of a quantity whose numbers may become any."""
    if reading.form == "grid":
        return CELL
    one = _most_characters(reading.format)
    if reading.form == "array":
        return 2 * one + 1 + (len(_SIZES) + 1 if reading.complex else 0)
    return 2 * one + 2 if reading.complex else one
