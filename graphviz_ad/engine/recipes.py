"""What to write instead of what is not recorded: data, read by the errors that name it.

A row says of a call what it can be composed of: with the same letters for the same arguments, so that the person's own
names can stand in their place. What is recorded needs no row, and a row must not outlive the day on which its function
gets a rule.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["MATH_NAMES", "METHOD_ADVICE", "PLAIN", "RECIPES", "Recipe"]


class Recipe(NamedTuple):
    """A call below ``np.``, an expression of recorded functions with the same value, and what to know about it.

    Attributes
    ----------
    call, instead : str
    note : str
        With letters of the recipe in braces, where it names them.
    as_is : bool
        Whether it is tried on the values of the call alone: others, such as counts that are not whole, may be none
        that the function takes.
    """

    call: str
    instead: str
    note: str = ""
    as_is: bool = False


RECIPES = (
    Recipe("full(n, s)", "s * np.ones(n)"),
    Recipe("kaiser(n, s)", "np.i0(s * np.sqrt(1 - np.linspace(-1, 1, n) ** 2)) / np.i0(s)"),
)

_STEPS, _TRUTH, _WHOLE = (
    "moves in steps, between which its derivative is 0",
    "gives True or False, or a count, which has no derivative",
    "computes with whole numbers, which have no derivative",
)
PLAIN = {
    **dict.fromkeys(("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_count", "invert", "bitwise_not"), _WHOLE),
    **dict.fromkeys(("left_shift", "right_shift", "gcd", "lcm"), _WHOLE),
    **dict.fromkeys(("ix_", "is_busday", "isnat", "busday_count", "busday_offset", "datetime_as_string"), _WHOLE),
    **dict.fromkeys(("nextafter", "spacing"), _STEPS),
    **dict.fromkeys(("logical_and", "logical_or", "logical_not", "logical_xor", "isposinf", "isneginf"), _TRUTH),
    **dict.fromkeys(("isreal", "iscomplex", "may_share_memory", "shares_memory", "array_equiv"), _TRUTH),
    **dict.fromkeys(("savetxt", "save", "savez", "array2string", "array_repr", "array_str"), "writes plain numbers"),
}
"""What has no derivative, and why: it is for plain values."""

METHOD_ADVICE = {
    "view": "leave it out; {plain}.value.view(...) is a plain array, through which no derivative flows",
    "resize": "write np.reshape({x}, ...), a new array",
    "flat": "write np.ravel({x})",
    "strides": "windows are np.lib.stride_tricks.sliding_window_view({x}, ...), recorded, with [::step] for steps",
    "nbytes": "read {plain}.value.nbytes",
    "itemsize": "read {plain}.dtype.itemsize",
}
"""What to write instead of an ndarray's method or attribute, where no function of NumPy's name says it."""

MATH_NAMES = {
    "fabs": "abs", "pow": "power", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "fsum": "sum", "dist": "linalg.norm",
}  # fmt: skip
"""Functions of Python's module math that NumPy has under another name."""
