"""What the widget brings into the browser: one script and one style sheet, the same for every widget."""

from __future__ import annotations

from functools import lru_cache

from graphviz_ad.draw import theme as look
from graphviz_ad.player.script import asset, script

__all__ = ["esm", "style"]


@lru_cache(maxsize=1)
def esm() -> str:
    """Return the player and what connects it to the notebook, as the one module that anywidget loads.

    Examples
    --------
    >>> "function mount(" in esm(), "export default" in esm()
    (True, True)
    """
    return script("widget.js", __package__)


@lru_cache(maxsize=1)
def style() -> str:
    """Return the colours of every theme, the rules for every picture, and the player's own style.

    Examples
    --------
    >>> '.gad[data-theme="dark"]' in style()
    True
    """
    return look.tokens_css(".gad") + look.css() + asset("player.css")
