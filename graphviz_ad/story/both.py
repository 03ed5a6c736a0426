"""Tell both modes of one recording: the values, then the tangents on their way down, then the adjoints on theirs up.

Each mode stays a story of its own, among the `views`: whoever shows one of them alone finds it there, with the same
nodes under the same positions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graphviz_ad.engine.recording import Recording
from graphviz_ad.story.pushing import Pusher
from graphviz_ad.story.steps import Story
from graphviz_ad.story.telling import Teller

__all__ = ["tell_both", "turn"]


def tell_both(recording: Recording, tangents: Any = None) -> Story:
    """Tell how a recording is differentiated forward, and then back.

    Raises
    ------
    SeedError
        When there is no saying which way the inputs move.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.tracing import trace
    >>> story = tell_both(trace(np.sin, 0.0))
    >>> [step.kind for step in story.steps], turn(story)
    (['evaluate', 'evaluate', 'seed', 'push', 'seed', 'local'], 4)
    """
    onward, back = Pusher(recording, tangents).story, Teller(recording).story
    numbers = {**onward.numbers, **back.numbers}
    steps = (*onward.steps, *(step for step in back.steps if step.kind != "evaluate"))
    cards = (replace(card, dot=other.dot) for card, other in zip(back.nodes, onward.nodes, strict=True))
    return replace(
        back,
        nodes=tuple(cards),
        steps=tuple(replace(step, index=k, numbers=numbers) for k, step in enumerate(steps)),
        numbers=numbers,
        mode="both",
        tangents=onward.tangents,
        views={"forward": onward, "reverse": back},
    )


def turn(story: Story) -> int:
    """Return the step with which a story of both modes begins to go back."""
    return len(story.views["forward"].steps)
