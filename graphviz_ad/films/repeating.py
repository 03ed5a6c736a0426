"""Whether a function gives the same again: of one that draws random numbers no two pictures belong together."""

from __future__ import annotations

import numpy as np

from graphviz_ad.engine.alarms import warn_person
from graphviz_ad.engine.recording import function_name
from graphviz_ad.errors import RandomnessWarning
from graphviz_ad.films.sampling import Sample, Sampler

__all__ = ["warn_of_randomness"]


def warn_of_randomness(sampler: Sampler) -> None:
    """Run the function once more at a stop that was sampled, and warn where it gives another value or another graph.

    Examples
    --------
    >>> import warnings
    >>> from graphviz_ad.films.sliders import arrange
    >>> random = np.random.default_rng(0)
    >>> sampler = Sampler(arrange(lambda x: x * random.normal(), {"x": (0, 1, 1)}, who="film"), "film")
    >>> sampler.sample(1)
    (0, 0)
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn_of_randomness(sampler)
    >>> print(caught[0].category.__name__)
    RandomnessWarning
    """
    stop = next((stop for stop, (scene, _) in sampler.entries.items() if scene >= 0), None)
    if stop is None:
        return
    scene, row = sampler.entries[stop]
    before, values = Sample(scene, sampler.shots[scene].rows[row], ""), sampler.values(stop)
    again = sampler.take(values)
    if _are_equal(before, again):
        return
    name = function_name(sampler.arrangement.function)
    outcomes = [_outcome(sampler, sample) for sample in (before, again)]
    what = "other values on the way" if outcomes[0] == outcomes[1] else " and then ".join(outcomes)
    warn_person(
        f"{sampler.who}: {name} is random, or changes from call to call: at {sampler.place(values)} it gave {what}. "
        "What is shown does not belong together. Draw the numbers before and pass them in, or seed them inside the "
        "function, as in rng = np.random.default_rng(0)",
        RandomnessWarning,
    )


def _are_equal(one: Sample, other: Sample) -> bool:
    if one.scene != other.scene or one.numbers is None or other.numbers is None:
        return False
    return all(np.array_equal(value, other.numbers[key], equal_nan=True) for key, value in one.numbers.items())


def _outcome(sampler: Sampler, sample: Sample) -> str:
    return sample.error or "nothing" if sample.numbers is None else f"{sampler.output(sample.scene, sample.numbers):g}"
