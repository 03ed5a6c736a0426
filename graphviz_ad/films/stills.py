"""A trace as a film without sliders: one stop, every step."""

from __future__ import annotations

from collections.abc import Callable

from graphviz_ad.draw.scene import MAX_BOXES, check_size
from graphviz_ad.engine.recording import Recording
from graphviz_ad.errors import GraphvizAdError, text_of
from graphviz_ad.films.code import Code
from graphviz_ad.films.sampling import BUDGET, Sampler, too_large
from graphviz_ad.films.writing import Cut, Developer
from graphviz_ad.story.steps import Story

__all__ = ["attempted", "still"]


def still(
    recording: Recording,
    story: Story | None = None,
    limit: int | None = MAX_BOXES,
    *,
    quiz: bool = False,
    code: Code | None = None,
) -> Cut:
    """Return a film that stands still.

    Parameters
    ----------
    recording : Recording
    story : Story, optional
        Its story, if that is told already.
    limit : int or None
        The most nodes to draw.
    quiz : bool
        Whether a learner is asked for its numbers.
    code : Code, optional
        What is shown beside it; the code of the function unless given.

    Raises
    ------
    SizeError
        For more nodes, or more numbers than a film may hold.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.tracing import trace
    >>> len(still(trace(np.sin, 1.0)).scenes)
    1
    """
    sampler = Sampler.of_recording(recording, story, quiz=quiz)
    cut = Developer(sampler, limit, code).cut(())
    if sampler.size > BUDGET:
        raise too_large(sampler.size)
    return cut


def attempted(recording: Recording, shot: Callable[[], Cut]) -> Cut | str:
    """Return a film that stands still, or why it cannot be drawn; what is too large is not even told.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.tracing import trace
    >>> t = trace(np.sin, 1.0)
    >>> len(attempted(t, lambda: still(t)).scenes)
    1
    """
    try:
        check_size(recording, MAX_BOXES)
        return shot()
    except GraphvizAdError as error:  # very large, or no Graphviz
        return text_of(error)
