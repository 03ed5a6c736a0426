"""A recording with its story as what can be saved: one stop, every step."""

from __future__ import annotations

from collections.abc import Callable

from graphviz_ad.draw.scene import check_size, find_cuts
from graphviz_ad.engine.recording import Recording
from graphviz_ad.films.stills import still
from graphviz_ad.films.writing import Cut
from graphviz_ad.saving.options import Options
from graphviz_ad.saving.subject import Still, painted
from graphviz_ad.story.steps import Story

__all__ = ["Recorded", "Reported"]


class Recorded:
    """What a trace gives to the formats.

    Parameters
    ----------
    recording : Recording
    tell : callable
        Returns its story; what is too large to be drawn is not told for it.
    """

    own = Options()

    def __init__(self, recording: Recording, tell: Callable[[], Story]) -> None:
        self._recording, self._tell = recording, tell

    def story(self, options: Options) -> Story:
        """Return the story."""
        return self._tell()

    def still(self, options: Options) -> Still:
        """Return the picture."""
        check_size(self._recording, options.limit)
        return painted(find_cuts(self._tell()), options)

    def cut(self, options: Options) -> Cut:
        """Return a film that stands still."""
        check_size(self._recording, options.limit)
        return still(self._recording, find_cuts(self._tell()), options.limit, quiz=options.quiz)


class Reported(Recorded):
    """What a report gives to the formats: its pictures have a key, since they have signs that others have not."""

    own = Options(legend=True)
