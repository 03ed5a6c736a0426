"""The browser player of a film, and the page that carries it."""

from graphviz_ad.player.page import page, snippet

__all__ = ["page", "snippet"]
