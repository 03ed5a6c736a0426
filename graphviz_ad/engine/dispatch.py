"""What NumPy is answered when a function meets a Variable and there is nothing ordinary to record.

Questions about a value have plain answers; options, in-place writes and functions without a rule have errors that name
them and the way out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.frames import user_frame, user_line
from graphviz_ad.engine.primitive import FUNCTIONS, METHODS, UFUNCS, plain_value
from graphviz_ad.engine.source import called_function
from graphviz_ad.errors import LeakError, MutationError, UnsupportedError, suggest

__all__ = ["COMPARISONS", "answer_function", "answer_ufunc", "call_handler", "explain_mismatch", "numpy_name"]

_REDUCTIONS = {np.add: "sum", np.maximum: "max", np.minimum: "min"}
COMPARISONS = {
    np.equal: "==",
    np.not_equal: "!=",
    np.less: "<",
    np.less_equal: "<=",
    np.greater: ">",
    np.greater_equal: ">=",
}
_PLAIN_TESTS = frozenset({np.isfinite, np.isnan, np.isinf, np.signbit})
# Questions about a value, whose plain answers have no derivative.
_QUERIES = frozenset(
    {np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj, np.isrealobj, np.zeros_like, np.ones_like}
    | {np.empty_like, np.allclose, np.isclose, np.array_equal}
)


def _plain(arguments: Any) -> Any:
    """Replace Variables by their values, also inside lists and keyword arguments."""
    if isinstance(arguments, tuple | list):
        return type(arguments)(_plain(x) for x in arguments)
    if isinstance(arguments, dict):
        return {key: _plain(x) for key, x in arguments.items()}
    return plain_value(arguments)


def answer_ufunc(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer what is not a plain call of a recorded ufunc: reductions, tests, options, and errors."""
    name = f"np.{ufunc.__name__}"
    if any(out is not None for out in kwargs.get("out", ())):
        raise MutationError(
            f"{name} was asked to write its result into an existing array (out=, or array += variable), "
            f"which would leave the graph: write array = array + variable instead{user_line()}"
        )
    kwargs = {key: value for key, value in kwargs.items() if key != "out"}
    if method == "__call__" and not kwargs and ufunc in _PLAIN_TESTS:
        return ufunc(inputs[0].value)
    if method == "__call__" and ufunc in UFUNCS:
        hint = "use np.where(condition, ..., ...) instead" if "where" in kwargs else "leave it out"
        raise UnsupportedError(f"{name}: the option {', '.join(kwargs)}= is not recorded; {hint}{user_line()}")
    if method == "reduce" and ufunc in _REDUCTIONS:
        axis = kwargs.pop("axis", 0)
        kwargs = {key: value for key, value in kwargs.items() if not (key == "keepdims" and value is False)}
        return call_handler(METHODS[_REDUCTIONS[ufunc]], f"{name}.reduce", inputs, {"axis": axis, **kwargs})
    if method == "at":
        raise MutationError(
            f"{name}.at writes in place, which would leave the graph: build a new value instead{user_line()}"
        )
    raise _unsupported(name if method == "__call__" else f"{name}.{method}", UFUNCS)


def call_handler(handler: Callable[..., Any], name: str, args: Any, kwargs: Any) -> Any:
    """Call what records a NumPy function, and explain arguments that do not fit."""
    try:
        return handler(*args, **kwargs)
    except TypeError as error:
        raise explain_mismatch(error, handler, name, kwargs) from None


def explain_mismatch(error: TypeError, handler: Callable[..., Any], name: str, kwargs: Any) -> TypeError:
    """Turn a call that does not fit the handler's signature into an error about the option that is not recorded."""
    # A mismatch with the handler's own signature has no frame below the call; every other TypeError goes on as it is.
    here = error.__traceback__
    if isinstance(error, LeakError | UnsupportedError) or (here is not None and here.tb_next is not None):
        return error
    options = [key for key in kwargs if key not in handler.__code__.co_varnames]
    if options:
        return UnsupportedError(f"{name}: the option {', '.join(options)}= is not recorded on Variables{user_line()}")
    signature = handler.__doc__.partition("``")[2].partition("``")[0] if handler.__doc__ else ""
    return UnsupportedError(
        f"{name} is recorded on Variables as {signature or name} only: {str(error).split('() ')[-1]}{user_line()}"
    )


def numpy_name(function: Any) -> str:
    """Return a function's name below ``np.``, such as ``linalg.norm``."""
    module = getattr(function, "__module__", "numpy") or "numpy"
    prefix = "linalg." if "linalg" in module else "fft." if "fft" in module else ""
    return prefix + getattr(function, "__name__", str(function))


def answer_function(function: Any, args: Any, kwargs: Any) -> Any:
    """Answer a NumPy function that no handler records: a question about values, or an error that names it."""
    if function in _QUERIES:
        return function(*_plain(args), **_plain(kwargs))
    raise _unsupported(_called_name(function), FUNCTIONS)


def _called_name(function: Any) -> str:
    """Return the NumPy function that the user wrote; np.full_like, say, uses np.copyto, which meets the Variable."""
    frame = user_frame()
    call = called_function(frame).replace("numpy.", "np.", 1) if frame is not None else ""
    return call if call.startswith("np.") else f"np.{numpy_name(function)}"


def _unsupported(name: str, known: dict[Any, Any]) -> UnsupportedError:
    names = sorted({f"np.{numpy_name(function)}" for function in known})
    return UnsupportedError(
        f"{name} has no derivative rule here, so it cannot be recorded.{suggest(name, names)} "
        f"Use x.value where a plain number is enough, or write it with recorded functions{user_line()}"
    )
