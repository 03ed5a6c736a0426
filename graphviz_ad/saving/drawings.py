"""A drawing that tells no story, as what can be saved: a picture, or a page that shows it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import NoReturn

from graphviz_ad.draw.colours import TOKENS, full_name
from graphviz_ad.draw.frame import Figure
from graphviz_ad.draw.length import Length
from graphviz_ad.draw.svg import serialise
from graphviz_ad.errors import InputError
from graphviz_ad.saving.options import Options

__all__ = ["Drawing"]


class Drawing:
    """What a drawing gives to the formats.

    Parameters
    ----------
    draw : callable
        Returns the figure in a theme, of a width or of its own.
    instead : str
        What has a story that programs can read, for who asks for one.
    """

    own = Options(theme="auto")

    def __init__(self, draw: Callable[[str, Length | None], Figure], instead: str) -> None:
        self._draw, self._instead = draw, instead

    def figure(self, options: Options) -> Figure:
        """Return the picture."""
        return self._draw(options.theme, options.width)

    def page(self, options: Options) -> bytes:
        """Return a page that shows the picture: in one theme, or as the reader's system prefers."""
        themes = ("light", "dark") if options.theme == "auto" else (full_name(options.theme),)
        figures = [self._draw(theme, None) for theme in themes]
        shown = "".join(
            f'<div class="{theme}">{serialise(figure.tree)}</div>'
            for theme, figure in zip(themes, figures, strict=True)
        )
        papers = [TOKENS[theme]["bg"] for theme in themes]
        dark = f".light{{display:none}}.dark{{display:block}}body{{background:{papers[-1]}}}"
        switch = f".dark{{display:none}}@media(prefers-color-scheme:dark){{{dark}}}" if len(themes) > 1 else ""
        html = (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
            f"<title>{escape(figures[0].title)}</title>\n"
            f"<style>body{{margin:0;background:{papers[0]}}}svg{{display:block;width:100%;max-width:{figures[0].width:.0f}px;"
            f"height:auto;margin:0 auto}}{switch}</style></head>\n<body><main>{shown}</main></body></html>\n"
        )
        return html.encode("utf-8")

    def story(self, options: Options) -> NoReturn:
        """Refuse: there is no story to be told."""
        raise InputError(f"save: this drawing has no story for a program to read; {self._instead} has one")

    still = cut = story
