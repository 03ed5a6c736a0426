"""Where a combining mark, such as the bar of an adjoint, stands above its letter: what the face itself says.

A bar that is simply drawn after its letter cuts through tall ones (f, b). The places are in the face's GPOS table.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

__all__ = ["is_mark", "mark_place"]


def is_mark(letter: str) -> bool:
    r"""Return whether a letter stands above or below the one before it.

    Examples
    --------
    >>> is_mark("\u0304"), is_mark("v")
    (True, False)
    """
    return unicodedata.combining(letter) != 0


@lru_cache(maxsize=256)
def mark_place(face: Any, letter: str, mark: str) -> tuple[float, float]:
    """Return how far right of a letter's origin, and above its line, the origin of its mark is, in em.

    Parameters
    ----------
    face : fontTools.ttLib.TTFont
    letter, mark : str

    Returns
    -------
    (float, float)
        Just behind the letter where the face does not say.
    """
    glyphs = face.getBestCmap()
    base, above = glyphs.get(ord(letter)), glyphs.get(ord(mark))
    size = float(face["head"].unitsPerEm)
    for table in _tables(face):
        if base in table.BaseCoverage.glyphs and above in table.MarkCoverage.glyphs:
            record = table.MarkArray.MarkRecord[table.MarkCoverage.glyphs.index(above)]
            anchor = table.BaseArray.BaseRecord[table.BaseCoverage.glyphs.index(base)].BaseAnchor[record.Class]
            if anchor is not None:
                own = record.MarkAnchor
                return (anchor.XCoordinate - own.XCoordinate) / size, (anchor.YCoordinate - own.YCoordinate) / size
    return (face["hmtx"][base][0] / size if base else 0.0), 0.0


def _tables(face: Any) -> Iterator[Any]:
    """Go through what a face says about marks on letters."""
    if "GPOS" not in face:
        return
    for lookup in face["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            inner = getattr(table, "ExtSubTable", table)
            if hasattr(inner, "BaseCoverage") and hasattr(inner, "MarkCoverage"):
                yield inner
