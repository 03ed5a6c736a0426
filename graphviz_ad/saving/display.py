"""What a notebook is given to show of a film: its player, the picture of its start, and a text."""

from __future__ import annotations

from graphviz_ad.draw.frame import frame
from graphviz_ad.films.writing import Cut, unasked
from graphviz_ad.player.page import snippet

__all__ = ["mimebundle"]


def mimebundle(cut: Cut, theme: str, text: str, detail: str = "standard") -> dict[str, str]:
    """Return a player that needs no kernel, a picture that needs no script, and the text, by MIME type.

    The picture is that of the player at the end of the story: the same scene with the same numbers. In a quiz it ends
    where the first question is asked.
    """
    picture = frame(*cut.start, unasked(cut.film["scenes"][cut.film["start"]]))
    html = snippet(cut.film, picture, theme=theme, detail=detail)
    return {"text/html": html, "image/svg+xml": picture, "text/plain": text}
