"""What the widget brings into the browser: one script and one style sheet, the same for every widget."""

from __future__ import annotations

from functools import lru_cache

from graphviz_ad.draw import theme as look
from graphviz_ad.player.script import script, sheet, stamp

__all__ = ["esm", "style"]

# An explorer has no findings, no verdicts, no paths and no breakpoints: reports and debuggers are pages.
_WITHOUT = (
    *("panels/findings.js", "panels/verdicts.js", "panels/paths.js", "panels/debugging.js"),
    *("tabs.css", "findings.css", "verdicts.css", "paths.css", "debugging.css"),
)


def esm() -> str:
    """Return the player and what connects it to the notebook, as the one module that anywidget loads.

    In a checkout an edited module is in the next widget. anywidget's own way, a path as ``_esm``, serves one file, and
    this script is joined from many.

    Examples
    --------
    >>> "function mount(" in esm(), "export default" in esm()
    (True, True)
    """
    return script("widget.js", __package__, without=_WITHOUT)


def style() -> str:
    """Return the colours of every theme, the rules for every picture, and the player's own style.

    Examples
    --------
    >>> '.gad[data-theme="dark"]' in style()
    True
    """
    return _style(stamp())


@lru_cache(maxsize=1)
def _style(stamp: tuple[int, ...]) -> str:
    return look.tokens_css(".gad") + look.css() + sheet(without=_WITHOUT)
