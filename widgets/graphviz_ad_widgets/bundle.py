"""What stands for the widget where it cannot be alive: in saved, exported and untrusted notebooks, and in a file."""

from __future__ import annotations

from graphviz_ad.draw.frame import frame
from graphviz_ad.films.writing import Cut
from graphviz_ad.player.page import snippet

__all__ = ["bundle"]


def bundle(cut: Cut, theme: str) -> dict[str, str]:
    """Return the player that needs no kernel, and the picture that needs no script, by MIME type."""
    picture = frame(*cut.start)
    return {"text/html": snippet(cut.film, picture, theme=theme), "image/svg+xml": picture}
