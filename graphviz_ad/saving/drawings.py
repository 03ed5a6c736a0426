"""A drawing that tells no story, as what can be saved: a picture, or a page that shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import NoReturn

from graphviz_ad.draw.colours import TOKENS, full_name
from graphviz_ad.draw.frame import Figure
from graphviz_ad.draw.length import Length
from graphviz_ad.draw.svg import serialise
from graphviz_ad.errors import InputError
from graphviz_ad.saving.options import Options

__all__ = ["Drawing"]

_READABLE = 0.9  # of its own width
_LARGEST = 560  # px, of what stands below each other


class Drawing:
    """What a drawing gives to the formats.

    Parameters
    ----------
    draw : callable
        Returns the figure in a theme, of a width or of its own.
    tall : callable
        Returns the figure in a theme as it is on a narrow page.
    instead : str
        What has a story that programs can read, for who asks for one.
    """

    own = Options(theme="auto")

    def __init__(
        self, draw: Callable[[str, Length | None], Figure], tall: Callable[[str], Figure], instead: str
    ) -> None:
        self._draw, self._tall, self._instead = draw, tall, instead

    def figure(self, options: Options) -> Figure:
        """Return the picture."""
        return self._draw(options.theme, options.width)

    def page(self, options: Options) -> bytes:
        """Return a page that shows the picture: in one theme, or as the reader's system prefers."""
        themes = ("light", "dark") if options.theme == "auto" else (full_name(options.theme),)
        figures = [(self._draw(theme, None), self._tall(theme)) for theme in themes]
        shown = "".join(
            f'<div class="{theme}"><div class="wide">{serialise(wide.tree)}</div>'
            f'<div class="tall">{serialise(tall.tree)}</div></div>'
            for theme, (wide, tall) in zip(themes, figures, strict=True)
        )
        html = (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
            f"<title>{escape(figures[0][0].title)}</title>\n<style>{_style(themes, *figures[0])}</style></head>\n"
            f"<body><main>{shown}</main></body></html>\n"
        )
        return html.encode("utf-8")

    def story(self, options: Options) -> NoReturn:
        """Refuse: there is no story to be told."""
        raise InputError(f"save: this drawing has no story for a program to read; {self._instead} has one")

    still = cut = story


def _style(themes: Sequence[str], wide: Figure, tall: Figure) -> str:
    """Return the style of a page: where its picture would be shrunk too far, its parts stand below each other."""
    papers = [TOKENS[theme]["bg"] for theme in themes]
    dark = f".light{{display:none}}.dark{{display:block}}body{{background:{papers[-1]}}}"
    switch = f".dark{{display:none}}@media(prefers-color-scheme:dark){{{dark}}}" if len(themes) > 1 else ""
    narrow = f".wide{{display:none}}.tall{{display:block}}svg{{min-width:{tall.width:.0f}px;max-width:{_LARGEST}px}}"
    return (
        f"body{{margin:0;background:{papers[0]}}}"
        f"svg{{display:block;width:100%;max-width:{wide.width:.0f}px;height:auto;margin:0 auto}}.tall{{display:none}}"
        f"@media(max-width:{_READABLE * wide.width:.0f}px){{{narrow}}}{switch}"
    )
