"""Colours: what the tokens of the style table stand for in each theme, and which themes there are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from graphviz_ad.errors import InputError, suggest

__all__ = ["LEVELS", "PAGE_THEMES", "THEMES", "TOKENS", "check_theme", "full_name"]

LEVELS = tuple(f"l{level}" for level in range(9))
"""The tokens of the cells of thumbnails."""

_LIGHT = {
    "bg": "#ffffff",
    "panel": "#f5f6f8",
    "ink": "#15191e",
    "muted": "#56606b",
    "line": "#838d98",
    "hair": "#dde1e6",
    "fwd": "#0b4f9c",
    "fwd-tint": "#e4eefa",
    "bwd": "#b23c00",
    "bwd-tint": "#fde9dd",
    "tan": "#00695c",
    "tan-tint": "#dcf1ec",
    "warn": "#7a0b5c",
    # Nine signed levels, purple below zero and green above: sign must not be mistaken for direction (blue, orange).
    "l0": "#5f2a86",
    "l1": "#8863a5",
    "l2": "#af97c2",
    "l3": "#d5ccdf",
    "l4": "#f3f4f5",
    "l5": "#c6d9ce",
    "l6": "#8cb59c",
    "l7": "#52916a",
    "l8": "#136b34",
}
_DARK = {
    "bg": "#13161a",
    "panel": "#1b1f25",
    "ink": "#eceff2",
    "muted": "#a6b0bb",
    "line": "#77828e",
    "hair": "#2d333b",
    "fwd": "#74b9ff",
    "fwd-tint": "#10304f",
    "bwd": "#ffa06b",
    "bwd-tint": "#4a2410",
    "tan": "#5fd6c3",
    "tan-tint": "#0c3a35",
    "warn": "#f59ad6",
    "l0": "#d5a5fa",
    "l1": "#a97fca",
    "l2": "#785892",
    "l3": "#4a3a59",
    "l4": "#252a31",
    "l5": "#2d4838",
    "l6": "#467757",
    "l7": "#66ab80",
    "l8": "#93e2b0",
}
_HIGH_CONTRAST = {
    "bg": "#000000",
    "panel": "#000000",
    "ink": "#ffffff",
    "muted": "#ffffff",
    "line": "#ffffff",
    "hair": "#ffffff",
    "fwd": "#7fd4ff",
    "fwd-tint": "#002b45",
    "bwd": "#ffc61a",
    "bwd-tint": "#3d2e00",
    "tan": "#5ff0d8",
    "tan-tint": "#00332c",
    "warn": "#ff8ae2",
    "l0": "#e3b8ff",
    "l1": "#b688d8",
    "l2": "#7d5a98",
    "l3": "#45324f",
    "l4": "#141414",
    "l5": "#20402d",
    "l6": "#43805a",
    "l7": "#68bd88",
    "l8": "#9bf5bc",
}
# No colour at all, for paper and photocopies: direction is told by the triangles, the dashes and the tints, and the
# sign in a heat map by one ramp from dark (below zero) to white (above), since two ramps of grey would look the same.
_PRINT = {
    "bg": "#ffffff",
    "panel": "#f4f4f4",
    "ink": "#000000",
    "muted": "#4d4d4d",
    "line": "#767676",
    "hair": "#d9d9d9",
    "fwd": "#1a1a1a",
    "fwd-tint": "#f3f3f3",
    "bwd": "#2b2b2b",
    "bwd-tint": "#dddddd",
    "tan": "#222222",
    "tan-tint": "#e8e8e8",
    "warn": "#000000",
    "l0": "#1b1b1b",
    "l1": "#373737",
    "l2": "#555555",
    "l3": "#747474",
    "l4": "#959595",
    "l5": "#afafaf",
    "l6": "#cacaca",
    "l7": "#e4e4e4",
    "l8": "#ffffff",
}

TOKENS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "light": MappingProxyType(_LIGHT),
        "dark": MappingProxyType(_DARK),
        "high-contrast": MappingProxyType(_HIGH_CONTRAST),
        "print": MappingProxyType(_PRINT),
    }
)
THEMES = tuple(TOKENS)
"""The looks of a figure."""
PAGE_THEMES = ("auto", "light", "dark", "high-contrast")
"""The looks of a page and of the widget, which may follow the reader's system; grey is for paper."""
_SHORT = {"contrast": "high-contrast"}


def check_theme(theme: object, who: str, known: tuple[str, ...] = THEMES) -> None:
    """Raise InputError unless `theme` is one of `known`, or the short name of one.

    Examples
    --------
    >>> check_theme("high-contrast", "save"), check_theme("contrast", "save")
    (None, None)
    >>> check_theme("drak", "save")
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: save: unknown theme 'drak'; expected one of light, dark, high-contrast, print. Did
    you mean 'dark'?
    """
    if not isinstance(theme, str) or full_name(theme) not in known:
        raise InputError(
            f"{who}: unknown theme {theme!r}; expected one of {', '.join(known)}.{suggest(str(theme), known)}"
        )


def full_name(theme: str) -> str:
    """Return the name under which a theme stands in the table.

    Examples
    --------
    >>> full_name("contrast"), full_name("dark")
    ('high-contrast', 'dark')
    """
    return _SHORT.get(theme, theme)
