"""What a trace is saved as, by suffix, and what a notebook is given to show of it."""

from __future__ import annotations

import operator
import os
from typing import TYPE_CHECKING, Any

from graphviz_ad.draw.frame import frame
from graphviz_ad.draw.scene import make_scene
from graphviz_ad.draw.theme import check_theme
from graphviz_ad.errors import GraphvizAdError, InputError
from graphviz_ad.files import write_file
from graphviz_ad.films.stills import still
from graphviz_ad.player.page import page, snippet

if TYPE_CHECKING:
    from graphviz_ad.tracing import Trace

__all__ = ["mimebundle", "save_trace"]


def save_trace(trace: Trace, path: str | os.PathLike[str], *, step: int | None, theme: str, limit: int | None) -> None:
    """Carry out `Trace.save`; see there."""
    check_theme(theme, "save")

    def svg() -> str:
        story = trace.story
        return frame(make_scene(story, limit=limit), story.numbers, _checked_step(step, len(story.steps)), theme=theme)

    def html() -> str:
        film = still(trace, trace.story, limit)
        return page(film, theme=theme, step=_checked_step(step, len(film["scenes"][0]["steps"])))

    def dot() -> str:
        if step is not None:
            raise InputError("save: a .dot file has no steps; leave step out, or save an .svg")
        return str(trace.to_dot().source)

    write_file(path, {".svg": svg, ".html": html, ".dot": dot, ".gv": dot}, "save")


def _checked_step(step: Any, count: int) -> int | None:
    if step is None:
        return None
    try:
        if isinstance(step, bool):
            raise TypeError
        step = operator.index(step)
    except TypeError:
        raise InputError(f"save: step must be an integer from 0 to {count - 1}, got {step!r}") from None
    if not -count <= step < count:
        raise InputError(f"save: step {step} does not exist; the story has {count} steps, from 0 to {count - 1}")
    return int(step % count)


def mimebundle(trace: Trace) -> dict[str, str]:
    """Return what a notebook shows of a trace: a player, a picture, and a table as text.

    Where no picture can be drawn (a very large trace, no Graphviz), the text says so.
    """
    text = str(trace)
    if not len(trace):
        return {"text/plain": text}
    try:
        story = trace.story
        picture = frame(make_scene(story), story.numbers, None)
        return {"text/html": snippet(still(trace, story), picture), "image/svg+xml": picture, "text/plain": text}
    except GraphvizAdError as error:
        return {"text/plain": f"{text}\n\nNo picture: {error}"}
