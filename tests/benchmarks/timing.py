"""Fair timing on a machine that does other things as well: processor time, interleaved rounds, medians."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any

import numpy as np

__all__ = ["BATCH", "Timing", "deviation", "interleave"]

BATCH = 0.02  # seconds that one contender runs for in each round, at least


@dataclass(frozen=True)
class Timing:
    """Processor seconds a run took in each round, and that as a multiple of the first contender's in the round."""

    seconds: tuple[float, ...]
    ratios: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median time in seconds."""
        return statistics.median(self.seconds)

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(self.ratios)

    @property
    def quartiles(self) -> tuple[float, float]:
        """Between which the middle half of the rounds' ratios lies."""
        low, high = np.quantile(self.ratios, (0.25, 0.75))
        return float(low), float(high)


def deviation(found: Any, expected: Any) -> float:
    """Return the largest difference between two gradients, as a fraction of the largest number in the expected one.

    Infinite when the shapes differ or a number is missing (NaN).

    Examples
    --------
    >>> deviation([2.0, 4.5], np.array([2.0, 4.0]))
    0.125
    """
    found, expected = _arrays(found), _arrays(expected)
    if [a.shape for a in found] != [a.shape for a in expected]:
        return float("inf")
    worst = max(float(np.max(np.abs(a - b)) / np.max(np.abs(b))) for a, b in zip(found, expected, strict=True))
    return worst if worst == worst else float("inf")


def _arrays(gradient: Any) -> list[Any]:
    several = isinstance(gradient, tuple | list) and any(np.ndim(part) for part in gradient)
    parts = gradient if several or (isinstance(gradient, tuple | list) and len(gradient) == 1) else (gradient,)
    return [np.asarray(part, dtype=np.float64) for part in parts]


def interleave(
    runs: Mapping[str, Callable[[], Any]], rounds: int | None = None, seconds: float = 40.0
) -> dict[str, Timing]:
    """Time all runs in turns (A B C A B C ...), the first being what the others are compared with.

    Parameters
    ----------
    runs : mapping
        Functions without arguments.
    rounds : int, optional
        As many as fit into `seconds`, between 5 and 15, unless given.

    Notes
    -----
    Processor time (of all threads, user and system) leaves out what other programs take from a busy machine.

    The garbage collector works as it does for users. What was alive before is frozen meanwhile, so that a full
    collection costs the same whichever libraries are loaded; garbage is collected between the measurements.
    """
    gc.collect()
    gc.freeze()
    try:
        repeats = {name: _repeats(run) for name, run in runs.items()}
        times: dict[str, list[float]] = {name: [] for name in runs}
        done, limit, start = 0, rounds or 15, perf_counter()
        while done < limit:
            for name, run in runs.items():
                gc.collect()
                times[name].append(_once(run, repeats[name]))
            done += 1
            if rounds is None and done >= 5 and (perf_counter() - start) * (1 + 1 / done) > seconds:
                break
    finally:
        gc.unfreeze()
    first = next(iter(times.values()))
    return {
        name: Timing(tuple(each), tuple(t / t0 for t, t0 in zip(each, first, strict=True)))
        for name, each in times.items()
    }


def _repeats(run: Callable[[], Any]) -> int:
    """Return how often to run for a batch to last long enough, and warm up on the way."""
    count = 1
    _once(run, 1)
    while (each := _once(run, count)) * count < BATCH / 4:
        count *= 2
    return max(1, round(BATCH / each))


def _once(run: Callable[[], Any], repeats: int) -> float:
    turns = range(repeats)
    start = process_time()
    for _ in turns:
        run()
    return (process_time() - start) / repeats
