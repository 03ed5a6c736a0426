"""HTML: the player with its film, in one page that needs nothing else."""

from __future__ import annotations

from graphviz_ad.player.page import page
from graphviz_ad.saving.drawings import Drawing
from graphviz_ad.saving.options import Options
from graphviz_ad.saving.subject import Subject, checked_step

__all__ = ["write"]


def write(subject: Subject, options: Options) -> bytes:
    """Return the page that plays the film of the subject."""
    if isinstance(subject, Drawing):
        return subject.page(options)
    film = subject.cut(options).shown(reveal=options.reveal, presentation=options.presentation).film
    step = checked_step(options.step, len(film["scenes"][film["start"]]["steps"]))
    html = page(film, theme=options.theme, step=step, detail=options.detail, paper=options.print)
    return html.encode("utf-8")
