"""What is taken for a slope at a kink, here and elsewhere: PyTorch and JAX were run for it, in the versions named.

Of several numbers between the slopes on both sides each is a subgradient, so that these are conventions and no truths.
"""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["JAX", "PYTORCH", "TAKEN", "Taken", "elsewhere"]


class Taken(NamedTuple):
    """The slope of a function at its kink; None for a function that a library does not have."""

    here: float | None
    pytorch: float | None
    jax: float | None


# Written by python -m tests.conventions.
PYTORCH, JAX = "2.13.0", "0.10.2"
TAKEN = {
    "absolute": Taken(0.0, 0.0, 1.0),
    "fabs": Taken(0.0, None, 1.0),
    "maximum": Taken(0.5, 0.5, 0.5),
    "minimum": Taken(0.5, 0.5, 0.5),
    "max": Taken(0.5, 0.5, 0.5),
    "min": Taken(0.5, 0.5, 0.5),
    "clip": Taken(0.5, 1.0, 0.5),
    "relu": Taken(None, 0.0, 0.0),
    "sqrt": Taken(math.inf, math.inf, math.inf),
    "cbrt": Taken(math.inf, None, math.inf),
    "sign": Taken(0.0, 0.0, 0.0),
    "floor": Taken(0.0, 0.0, 0.0),
    "ceil": Taken(0.0, 0.0, 0.0),
    "trunc": Taken(0.0, 0.0, 0.0),
    "rint": Taken(0.0, 0.0, 0.0),
    "norm": Taken(0.0, 0.0, math.nan),
}
# To here.


def elsewhere(name: str) -> str:
    """Say what others take at the kink of a primitive: nothing where it is not known.

    Examples
    --------
    >>> elsewhere("absolute"), elsewhere("nothing")
    ('PyTorch takes 0 too, JAX 1', '')
    """
    row = TAKEN.get(name)
    if row is None:
        return ""
    rows = [("PyTorch", row.pytorch), ("JAX", row.jax)]
    said = [(who, f"{_number(slope)}{' too' if slope == row.here else ''}") for who, slope in rows if slope is not None]
    if len(said) == 2 and said[0][1] == said[1][1]:
        return f"PyTorch and JAX take {said[0][1]}"
    return ", ".join(f"{who} {'' if k else 'takes '}{slope}" for k, (who, slope) in enumerate(said))


def _number(value: float) -> str:
    return "NaN" if math.isnan(value) else "∞" if value == math.inf else f"{value:g}".replace("-", "−")
