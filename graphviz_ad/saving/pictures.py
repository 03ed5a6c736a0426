"""The figure of what is saved, as every format of pictures paints it."""

from __future__ import annotations

from graphviz_ad.draw.cropping import cropped, position_of
from graphviz_ad.draw.frame import Figure, figure
from graphviz_ad.saving.drawings import Drawing
from graphviz_ad.saving.options import Options
from graphviz_ad.saving.subject import Subject

__all__ = ["paint"]


def paint(subject: Subject, options: Options) -> Figure:
    """Return the figure that a subject gives with these options."""
    if isinstance(subject, Drawing):
        return subject.figure(options)
    still = subject.still(options)
    scene = still.scene
    if options.around is not None:
        scene = cropped(scene, position_of(scene.story, options.around))
    return figure(
        scene,
        still.numbers,
        still.step,
        options.theme,
        width=options.width,
        smallest=options.smallest,
        key=options.legend,
    )
