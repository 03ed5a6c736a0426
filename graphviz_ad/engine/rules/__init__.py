"""The derivative rules, as data: importing this package fills the registry of primitives."""

from graphviz_ad.engine.rules import (
    complex,
    cumulating,
    elementwise,
    indexing,
    linalg,
    rearranging,
    reduction,
    selection,
    shaping,
    solving,
    sorting,
    statistics,
)

__all__ = [
    "complex",
    "cumulating",
    "elementwise",
    "indexing",
    "linalg",
    "rearranging",
    "reduction",
    "selection",
    "shaping",
    "solving",
    "sorting",
    "statistics",
]
