"""Where a quiz starts: at numbers whose slopes can be told from each other, and not where they are all 1 or 0.

At x = 1 the slopes of x², log x and 1/x are 2, 1 and −1: whoever guesses is right too often there.

Examples
--------
>>> import numpy as np
>>> slider = arrange_quiz(lambda x: np.log(x) * x, {"x": (0.0, 2.0)}, who="film").sliders[0]
>>> float(slider.values[slider.start])
1.5
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphviz_ad.errors import GraphvizAdError
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import Arrangement, Slider, arrange

__all__ = ["arrange_quiz"]

_TRIED = 8


def arrange_quiz(
    function: Callable[..., Any],
    sliders: Mapping[str, Any],
    *,
    inputs: Mapping[str, Any] | None = None,
    at: Mapping[str, float] | None = None,
    mode: str = "reverse",
    who: str,
    options: tuple[str, ...] = (),
) -> Arrangement:
    """Sort arguments as `arrange` does; a range whose start is left to us starts where few answers give nothing.

    Parameters
    ----------
    function, sliders, inputs, at, who, options
        As for `arrange`.
    mode : str
        Which story is told.
    """
    arrangement = arrange(function, sliders, inputs=inputs, at=at, who=who, options=options)
    ranges = {**sliders, **(inputs or {})}
    free = [
        one.name for one in arrangement.sliders if isinstance(ranges[one.name], tuple) and one.name not in (at or ())
    ]
    start = {**(at or {}), **_telling_start(arrangement, free, mode, who)}
    return arrange(function, sliders, inputs=inputs, at=start, who=who, options=options)


def _telling_start(arrangement: Arrangement, free: Sequence[str], mode: str, who: str) -> dict[str, float]:
    """Return where free sliders start, by name: near where they would, with the fewest answers that give nothing."""
    ways = [_round_near(slider) if slider.name in free else [_start(slider)] for slider in arrangement.sliders]
    places = [tuple(way[min(k, len(way) - 1)] for way in ways) for k in range(max(map(len, ways), default=0))]
    sampler = Sampler(arrangement, who, mode, quiz=True)
    best = min(dict.fromkeys(places), key=lambda place: _guessed(sampler, place), default=())
    return {slider.name: value for slider, value in zip(arrangement.sliders, best, strict=True) if slider.name in free}


def _start(slider: Slider) -> float:
    return float(slider.values[slider.start])


def _round_near(slider: Slider) -> list[float]:
    """Return where a slider starts, and round numbers of its range, the nearest first."""
    low, high, start = float(slider.values[0]), float(slider.values[-1]), _start(slider)
    unit = 10.0 ** math.floor(math.log10(high - low)) / 2
    counts = range(math.floor(low / unit) + 1, math.ceil(high / unit))
    others = sorted((float(f"{count * unit:.12g}") for count in counts), key=lambda value: (abs(value - start), -value))
    return [start, *(value for value in others if value not in (start, 0.0))][:_TRIED]


def _guessed(sampler: Sampler, place: Sequence[float]) -> float:
    """Return which part of the answers at a place is one of those that give nothing; all where there are none."""
    try:
        sample = sampler.take(place)
    except (GraphvizAdError, SystemExit):  # who samples it says so
        return 1.0
    if sample.numbers is None:
        return 1.0
    answers = [float(sample.numbers[question.asked]) for question in sampler.shots[sample.scene].questions]
    return sum(_gives_nothing(answer) for answer in answers) / len(answers) if answers else 1.0


def _gives_nothing(answer: float) -> bool:
    return not math.isfinite(answer) or answer in (-1.0, 0.0, 1.0)
