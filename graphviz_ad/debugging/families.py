"""Families of primitives, by name: what several detectors ask of a node before they look at its numbers."""

from __future__ import annotations

__all__ = ["BILINEAR", "DIFFERENCES", "MOVING", "SATURATING", "SELECTING", "SUMS", "SUMS_OF_PRODUCTS"]

SUMS_OF_PRODUCTS = frozenset(["dot", "einsum", "inner", "matmul", "matvec", "outer", "tensordot", "vdot", "vecdot"])
SUMS_OF_PRODUCTS |= {"vecmat"}
"""Each entry of the result is a sum of products of an entry of one operand and one of another."""

BILINEAR = SUMS_OF_PRODUCTS | {"divide", "multiply"}
"""What goes back to one operand is multiplied by the other; to the divisor of a quotient, by the dividend."""

SUMS = SUMS_OF_PRODUCTS | {"cumsum", "mean", "sum", "trace"}
"""Each entry of the result is a sum of many numbers."""

DIFFERENCES = frozenset(["add", "subtract"])
"""Two numbers are added, or one is subtracted: where they nearly cancel, digits are lost."""

MOVING = frozenset(["absolute", "concatenate", "copy", "flip", "index", "negative", "positive", "ravel", "reshape"])
MOVING |= {"broadcast_to", "expand_dims", "fmax", "fmin", "max", "maximum", "min", "minimum", "repeat", "sort"}
MOVING |= {"squeeze", "stack", "take", "take_along_axis", "tile", "transpose"}
"""Numbers are chosen or moved about, and at most their sign is turned: nothing is rounded."""

SELECTING = frozenset(
    ["choose", "clip", "compress", "delete", "extract", "fmax", "fmin", "index", "index_update", "max", "maximum"]
)
SELECTING |= {"min", "minimum", "nan_to_num", "nanmax", "nanmean", "nanmedian", "nanmin", "nanpercentile", "nanprod"}
SELECTING |= {"nanquantile", "nanstd", "nansum", "nanvar", "partition", "select", "take", "take_along_axis", "where"}
SELECTING |= {"tril", "triu"}
"""Primitives that may leave an entry out, whatever it is."""

SATURATING = frozenset(["arctan", "erf", "erfc", "exp", "exp2", "expit", "expm1", "log_ndtr", "ndtr", "tanh"])
"""Functions that become flat far out."""
