"""What a notebook is given to show of a thing that can be saved: its player, its picture, and its text."""

from __future__ import annotations

from graphviz_ad.draw.svg import serialise
from graphviz_ad.errors import GraphvizAdError
from graphviz_ad.player.page import snippet
from graphviz_ad.saving.options import Options
from graphviz_ad.saving.pictures import paint
from graphviz_ad.saving.subject import Subject

__all__ = ["mimebundle"]


def mimebundle(subject: Subject, text: str) -> dict[str, str]:
    """Return a player, a picture and the text, by MIME type.

    Where no picture can be drawn (a very large trace, no Graphviz), the text says so.
    """
    options = Options(theme=subject.theme)
    try:
        picture = serialise(paint(subject, options).tree)
        return {"text/html": snippet(subject.film(options), picture), "image/svg+xml": picture, "text/plain": text}
    except GraphvizAdError as error:
        return {"text/plain": f"{text}\n\nNo picture: {error}"}
