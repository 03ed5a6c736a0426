"""The derivative rules, as data: importing this package fills the registry of primitives."""

from graphviz_ad.engine.rules import (
    complex,
    elementwise,
    indexing,
    linalg,
    rearranging,
    reduction,
    selection,
    shaping,
    solving,
)

__all__ = [
    "complex",
    "elementwise",
    "indexing",
    "linalg",
    "rearranging",
    "reduction",
    "selection",
    "shaping",
    "solving",
]
