"""The story of a single place: what is told wherever the graph is the same, and what is to be remarked there."""

from __future__ import annotations

from collections.abc import Sequence

from graphviz_ad.engine.watch import Guard
from graphviz_ad.story.remarks import remarked, with_remarks
from graphviz_ad.story.steps import Story
from graphviz_ad.story.thresholds import at_thresholds

__all__ = ["placed"]


def placed(story: Story, guards: Sequence[Guard]) -> Story:
    """Return a story that says, besides, what there is to remark of the place that its numbers are of.

    Parameters
    ----------
    story : Story
    guards : sequence of Guard
        The comparisons that have led there.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.engine.recording import Recording
    >>> from graphviz_ad.story.telling import tell
    >>> story = tell(Recording.of_call(np.sqrt, (0.0,), {}))
    >>> print(placed(story, ()).steps[-1].text.removeprefix(story.steps[-1].text))
     √x stands upright here: its slope is ∞. PyTorch and JAX take ∞ too.
    """
    return with_remarks(remarked(story), at_thresholds(story, guards))
