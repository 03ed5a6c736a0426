"""A recording with its story as what can be saved: one stop, every step."""

from __future__ import annotations

from graphviz_ad.engine.recording import Recording
from graphviz_ad.films.stills import still
from graphviz_ad.films.writing import Cut
from graphviz_ad.saving.options import Options
from graphviz_ad.saving.subject import Still, painted
from graphviz_ad.story.steps import Story
from graphviz_ad.story.telling import Teller

__all__ = ["Recorded"]


class Recorded:
    """What a trace gives to the formats.

    Parameters
    ----------
    recording : Recording
    teller : Teller
        Who tells its story, once, when it is asked for.
    """

    theme = "light"
    step = None

    def __init__(self, recording: Recording, teller: Teller) -> None:
        self._recording, self._teller = recording, teller

    def story(self, options: Options) -> Story:
        """Return the story."""
        return self._teller.story

    def still(self, options: Options) -> Still:
        """Return the picture."""
        return painted(self._teller.story, options)

    def cut(self, options: Options) -> Cut:
        """Return a film that stands still."""
        return still(self._recording, self._teller.story, options.limit)
