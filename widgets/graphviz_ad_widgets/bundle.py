"""What stands for the widget where it cannot be alive: in saved, exported and untrusted notebooks, and in a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphviz_ad.films.slim import start_scene
from graphviz_ad.player.page import snippet

__all__ = ["bundle"]


def bundle(film: Mapping[str, Any], theme: str) -> dict[str, str]:
    """Return the player that needs no kernel, and the picture that needs no script, by MIME type."""
    return {"text/html": snippet(film, theme=theme), "image/svg+xml": str(start_scene(film)["svg"])}
