"""A whole program as people write it, with what its gradient can be compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Program", "numbers"]


@dataclass(frozen=True)
class Program:
    """A function that returns a single number, its arguments, and independent derivatives.

    Attributes
    ----------
    function : callable
    arguments : tuple
        All of them are differentiated.
    analytic : bool
        Whether it computes with complex numbers what it computes with real ones, so that complex steps are exact.
    gradient : callable, optional
        Returns the gradients, derived by hand, for the same arguments.
    torch : callable, optional
        ``torch(library, *tensors)``: the same number, of that library's own functions.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    analytic: bool = False
    gradient: Callable[..., Any] | None = None
    torch: Callable[..., Any] | None = None


def numbers(seed: int, *shapes: tuple[int, ...]) -> tuple[Any, ...]:
    """Return arrays of random numbers, always the same for a seed."""
    random = np.random.default_rng(seed)
    return tuple(random.normal(size=shape) for shape in shapes)
