"""SVG: the figure with all styles written out, so that every program that reads SVG shows the same."""

from __future__ import annotations

from graphviz_ad.draw.svg import serialise
from graphviz_ad.saving.options import Options
from graphviz_ad.saving.pictures import paint
from graphviz_ad.saving.subject import Subject

__all__ = ["write"]


def write(subject: Subject, options: Options) -> bytes:
    """Return the picture as SVG."""
    return serialise(paint(subject, options).tree).encode("utf-8")
