"""Real numbers of 60 digits in arrays of objects, through which NumPy programs run as they are written.

They stand on mpmath: NumPy asks each object for the function of a ufunc's name. What has no value is NaN, and what is
divided by 0 is infinite, as with floats.
"""

# ruff: noqa: D102  (methods under NumPy's names)
from __future__ import annotations

import types

import mpmath
import numpy as np

mpmath.mp.dps = 60


class Real:
    """A number of mpmath's that divides by 0 as floats do."""

    def __init__(self, value):
        if isinstance(value, np.ndarray | np.generic):
            value = value.item()
        if not isinstance(value, mpmath.mpc):
            value = value.v if isinstance(value, Real) else mpmath.mpf(value)
        self.v = mpmath.nan if isinstance(value, mpmath.mpc) else value

    real = property(lambda self: self)

    def conjugate(self):
        return self

    def __float__(self):
        return float(self.v)

    def __truediv__(self, other):
        if np.ndim(other):
            return NotImplemented
        other = Real(other)
        if other.v == 0:
            return Real(mpmath.nan if self.v == 0 or mpmath.isnan(self.v) else mpmath.sign(self.v) * mpmath.inf)
        return Real(self.v / other.v)

    def __rtruediv__(self, other):
        return Real(other) / self

    def __pow__(self, other):
        other = Real(other)
        if self.v == 0 and other.v < 0:
            return Real(mpmath.inf)
        return Real(self.v**other.v)

    def __rpow__(self, other):
        return Real(other) ** self

    def log(self):
        return Real(-mpmath.inf if self.v == 0 else mpmath.log(self.v))

    def hypot(self, other):
        return Real(mpmath.hypot(self.v, Real(other).v))

    def rint(self):
        return Real(mpmath.nint(self.v))


def _binary(name):
    def method(self, other):
        return NotImplemented if np.ndim(other) else Real(getattr(self.v, name)(Real(other).v))

    return method


def _compared(name):
    def method(self, other):
        return bool(getattr(self.v, name)(Real(other).v))

    return method


def _unary(function):
    return lambda self: Real(function(self.v))


for _name in ("add", "sub", "mul", "radd", "rsub", "rmul"):
    setattr(Real, f"__{_name}__", _binary(f"__{_name}__"))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Real, f"__{_name}__", _compared(f"__{_name}__"))
for _name, _function in {
    "__neg__": lambda v: -v, "__abs__": abs, "__floor__": mpmath.floor, "exp": mpmath.exp, "sqrt": mpmath.sqrt,
    "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "tanh": mpmath.tanh, "sinh": mpmath.sinh,
    "cosh": mpmath.cosh, "arcsin": mpmath.asin, "arccos": mpmath.acos, "arctan": mpmath.atan,
    "expm1": mpmath.expm1, "log1p": mpmath.log1p,
    "cbrt": lambda v: mpmath.sign(v) * mpmath.cbrt(abs(v)),
}.items():  # fmt: skip
    setattr(Real, _name, _unary(_function))


def reals(value):
    """Return an array of real numbers, or one."""
    array = np.asarray(value)
    return real(array.astype(float) if array.ndim else float(array))


class Numpy:
    """NumPy with real numbers for all floats that go in and come out."""

    def __init__(self, module=np):
        self._module = module

    def __getattr__(self, name):
        own = getattr(self._module, name)
        if name == "linalg":
            return Numpy(own)
        if name == "logaddexp":
            return lambda a, b: np.frompyfunc(lambda x, y: Real(mpmath.log(mpmath.exp(x.v) + mpmath.exp(y.v))), 2, 1)(
                real(a), real(b)
            )
        if not callable(own) or isinstance(own, type):
            return own
        return lambda *arguments, **options: real(own(*map(real, arguments), **options))


def real(value):
    """Return what is floats as real numbers; all else as it is."""
    if isinstance(value, float | np.floating):
        return Real(float(value))
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fO":
        return value
    entries = np.empty(value.shape, dtype=object)
    for place in np.ndindex(value.shape):
        own = value[place]
        entries[place] = own if isinstance(own, Real) else Real(float(own))
    return entries[()]


def in_reals(function):
    """Return a function of a module of tests that computes with real numbers, and whose NumPy does."""
    names = {
        key: real(value) if isinstance(value, float | np.ndarray) else value
        for key, value in function.__globals__.items()
    }
    return types.FunctionType(function.__code__, names | {"np": Numpy()}, function.__name__)


def floats(value):
    """Return what there is as floats."""
    return np.vectorize(float, otypes=[float])(value)
