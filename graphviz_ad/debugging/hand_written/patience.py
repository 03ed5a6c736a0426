"""How long the first wrong line is sought: so many trials, so much work, and so long on the clock."""

from __future__ import annotations

import time

__all__ = ["Patience"]

_MOST_SECONDS, _MOST_WAITING = 15.0, 45.0  # of work, and on the clock; the wrong lines are known before
_MOST_TRIALS = 5000
_MOST_BESIDE = 600  # lines that are tried beside another head


class Patience:
    """What is left of it.

    Attributes
    ----------
    limit : str
        What has run out, ``time`` or ``trials``; nothing while there is some left.
    """

    def __init__(self) -> None:
        self.limit = ""
        self._trials = 0
        self._end = time.thread_time() + _MOST_SECONDS, time.monotonic() + _MOST_WAITING

    def may_try(self) -> bool:
        """Return whether another line may be tried."""
        if not self.limit and (time.thread_time() > self._end[0] or time.monotonic() > self._end[1]):
            self.limit = "time"
        if not self.limit and self._trials >= _MOST_TRIALS:
            self.limit = "trials"
        return not self.limit

    def may_wait(self) -> bool:
        """Return whether there is time for the few trials of heads, which come last."""
        if time.monotonic() > self._end[1] + _MOST_WAITING:
            self.limit = "time"
            return False
        return True

    def count(self) -> None:
        """Count a trial."""
        self._trials += 1

    def go_on_beside_a_head(self) -> None:
        """Leave some trials for lines beside another head, whatever was tried before."""
        self._trials = max(0, _MOST_TRIALS - _MOST_BESIDE)
        self.limit = "" if self.limit == "trials" else self.limit
