"""The derivative rules, as data: importing this package fills the registry of primitives."""

from graphviz_ad.engine.rules import (
    complex,
    cumulating,
    elementwise,
    hyperbolic,
    indexing,
    interpolation,
    linalg,
    rearranging,
    reduction,
    rounding,
    selection,
    shaping,
    solving,
    sorting,
    statistics,
    trigonometry,
)

__all__ = [
    "complex",
    "cumulating",
    "elementwise",
    "hyperbolic",
    "indexing",
    "interpolation",
    "linalg",
    "rearranging",
    "reduction",
    "rounding",
    "selection",
    "shaping",
    "solving",
    "sorting",
    "statistics",
    "trigonometry",
]
