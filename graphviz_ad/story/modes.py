"""The ways a recording is differentiated, and who tells each of them."""

from __future__ import annotations

from typing import Any

from graphviz_ad.engine.recording import Recording
from graphviz_ad.errors import InputError, check_choice
from graphviz_ad.story.both import tell_both
from graphviz_ad.story.pushing import Pusher
from graphviz_ad.story.steps import Story
from graphviz_ad.story.telling import tell

__all__ = ["MODES", "check_mode", "story_of"]

MODES = ("reverse", "forward", "both")
"""Back from the output with adjoints, forward from the inputs with tangents, or forward and then back."""


def check_mode(mode: object, who: str, tangents: Any = None) -> None:
    """Raise InputError for a mode that is none, and for tangents where none flow.

    Examples
    --------
    >>> check_mode("foward", "steps")
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: steps: unknown mode 'foward'; expected 'reverse', 'forward' or 'both'. Did
    you mean 'forward'?
    """
    check_choice("mode", mode, MODES, who)
    if tangents is not None and mode == "reverse":
        raise InputError(f"{who}: tangents= says which way the inputs move in forward mode: add mode='forward'")


def story_of(recording: Recording, mode: str = "reverse", tangents: Any = None) -> Story:
    """Tell a recording in a mode.

    Raises
    ------
    SeedError
        In forward mode, when there is no saying which way the inputs move.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.tracing import trace
    >>> print(story_of(trace(np.sin, 0.0), "forward").steps[-1])
    Push through sin x: sin's slope is cos, so ẋ = 1 is multiplied by cos x = 1. ḟ, the slope of f at this x, is 1.
    """
    if mode == "reverse":
        return tell(recording)
    return tell_both(recording, tangents) if mode == "both" else Pusher(recording, tangents).story
