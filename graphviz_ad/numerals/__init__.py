"""What a number looks like: how it is written alone, in a slot of a film, and as the cells of a thumbnail."""

from __future__ import annotations

from graphviz_ad.numerals.formats import choose_format
from graphviz_ad.numerals.writing import FIGURE_SPACE, MINUS, Format, exact, static, write

__all__ = ["FIGURE_SPACE", "MINUS", "Format", "choose_format", "exact", "static", "write"]
