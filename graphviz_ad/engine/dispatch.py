"""What NumPy is answered when a function meets a Variable and there is nothing ordinary to record.

Questions about a value have plain answers; options, in-place writes and functions without a rule have errors that name
them and the way out.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np

from graphviz_ad.engine.advice import numpy_name, unsupported
from graphviz_ad.engine.defaults import without_defaults
from graphviz_ad.engine.frames import user_frame, user_line
from graphviz_ad.engine.primitive import FUNCTIONS, UFUNCS, plain_value
from graphviz_ad.engine.rules.cumulating import running_max, running_min
from graphviz_ad.engine.rules.statistics import logsumexp
from graphviz_ad.engine.written import update_at, writable
from graphviz_ad.errors import MutationError, UnsupportedError, at_line, suggest

__all__ = ["COMPARISONS", "WRITING", "answer_function", "answer_ufunc", "call_handler"]

_REDUCTIONS = {np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min}
_RUNNING: dict[np.ufunc, Callable[..., Any]] = {
    np.add: FUNCTIONS[np.cumsum],
    np.multiply: FUNCTIONS[np.cumprod],
    np.maximum: running_max,
    np.minimum: running_min,
}
COMPARISONS = {
    np.equal: "==",
    np.not_equal: "!=",
    np.less: "<",
    np.less_equal: "<=",
    np.greater: ">",
    np.greater_equal: ">=",
}
WRITING: dict[str, Callable[..., Any]] = {}
"""What answers ``out=`` and ``ufunc.at`` of a recorded array; see `graphviz_ad.engine.assigning`."""
_PLAIN_TESTS = frozenset({np.isfinite, np.isnan, np.isinf, np.signbit})
# Questions about a value, whose plain answers (positions, counts, truths) have no derivative.
_QUERIES = frozenset(
    {np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj, np.isrealobj, np.allclose, np.isclose}
    | {np.array_equal, np.any, np.all, np.isin, np.count_nonzero, np.bincount, np.histogram}
    | {np.argsort, np.argmax, np.argmin, np.argpartition, np.nanargmax, np.nanargmin, np.argwhere, np.nonzero}
    | {np.flatnonzero, np.searchsorted, np.digitize, np.lexsort, np.unravel_index, np.linalg.matrix_rank}
    | {np.tril_indices_from, np.triu_indices_from, np.diag_indices_from, np.einsum_path, np.histogram_bin_edges}
    | {np.histogram2d, np.histogramdd, np.common_type, np.min_scalar_type}
)
_SIZES = {np.shape: attrgetter("shape"), np.ndim: attrgetter("ndim"), np.size: attrgetter("size")}
"""The questions that rules ask most, which need no value."""
_WEIGHTS = {np.bincount: 1, np.histogram: 4, np.histogram2d: 5, np.histogramdd: 4}
"""Where the weights of a count stand, which have a derivative."""


def _plain(arguments: Any) -> Any:
    """Replace Variables by their values, also inside lists and keyword arguments."""
    if isinstance(arguments, tuple | list):
        return type(arguments)(_plain(x) for x in arguments)
    if isinstance(arguments, dict):
        return {key: _plain(x) for key, x in arguments.items()}
    return plain_value(arguments)


def answer_ufunc(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer what is not a plain call of a recorded ufunc: reductions, tests, options, and errors."""
    name = f"{'np' if hasattr(np, ufunc.__name__) else 'scipy.special'}.{ufunc.__name__.removeprefix('_')}"
    if ufunc not in UFUNCS and ufunc not in FUNCTIONS and "scipy.special" in sys.modules:
        _learn(ufunc)
    outs = [out for out in kwargs.get("out", ()) if out is not None]
    if outs and all(hasattr(type(out), "__record__") for out in outs) and len(outs) == 1:
        return WRITING["out"](ufunc, method, inputs, kwargs)
    if outs:
        raise _out_error(name, outs[0])
    kwargs = {key: value for key, value in kwargs.items() if key != "out"}
    if method == "__call__" and not kwargs and ufunc in UFUNCS:  # learnt just now
        return UFUNCS[ufunc](*inputs)
    if method == "__call__" and not kwargs and ufunc in _PLAIN_TESTS:
        return ufunc(inputs[0].value)
    if method == "__call__" and ufunc in FUNCTIONS:
        return call_handler(FUNCTIONS[ufunc], name, inputs, kwargs)
    if method == "__call__" and ufunc in UFUNCS:
        hint = "use np.where(condition, ..., ...) instead" if "where" in kwargs else "leave it out"
        raise UnsupportedError(f"{name}: the option {', '.join(kwargs)}= is not recorded; {hint}{user_line()}")
    if method == "reduce" and ufunc in _REDUCTIONS:
        return call_handler(FUNCTIONS[_REDUCTIONS[ufunc]], f"{name}.reduce", inputs, {"axis": 0, **kwargs})
    if method == "reduce" and ufunc is np.logaddexp:
        return call_handler(logsumexp, f"{name}.reduce", inputs, kwargs)
    if method == "accumulate" and ufunc in _RUNNING:
        return call_handler(_RUNNING[ufunc], f"{name}.accumulate", inputs, {"axis": 0, **kwargs})
    if method == "outer" and UFUNCS.get(ufunc) is not None and UFUNCS[ufunc].elementwise and not kwargs:
        a, b = inputs
        return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)
    if method == "at":
        if hasattr(type(inputs[0]), "__record__") and ufunc in (np.add, np.subtract) and len(inputs) == 3:
            WRITING["at"](*inputs, minus=ufunc is np.subtract)
            return None
        raise MutationError(
            f"{name}.at writes in place, which would leave the graph: build a new value instead{user_line()}"
        )
    raise unsupported(ufunc, inputs, "" if method == "__call__" else method, kwargs)


def _learn(ufunc: np.ufunc) -> None:
    """Register the rules of SciPy's functions, if this is one of them; only now is what knows them imported."""
    from graphviz_ad.engine.special.learning import learn

    learn(ufunc)


def _out_error(name: str, out: Any) -> MutationError:
    """Explain that a result cannot be written into an array: by ``array += variable``, or by ``out=``."""
    frame = user_frame()
    update = update_at(frame)
    if update is not None and frame is not None:
        target = ast.unparse(update.target)
        way = f"write {target} = {target} {update.sign} {update.operand} instead"
        if isinstance(update.target, ast.Subscript):  # an assignment to a part of it would be refused as well
            way = writable(frame, ast.unparse(update.target.value))
        return MutationError(
            f"{update.text} would write into the plain array {target}, which would leave the graph: "
            f"{way}{at_line(frame)}"
        )
    return MutationError(
        f"{name}(..., out=) would write its result into an existing array, which would leave the graph: leave out= "
        f"out, and use what {name} returns{at_line(frame)}"
    )


def call_handler(handler: Callable[..., Any], called: Any, args: Any, kwargs: Any) -> Any:
    """Call what records a NumPy function, and explain arguments that do not fit.

    `called` is what the person called, or its name.
    """
    try:
        return handler(*args, **kwargs)
    except TypeError as error:
        if not _is_mismatch(error):
            raise
    args, kwargs = without_defaults(handler, called, args, kwargs)
    try:
        return handler(*args, **kwargs)
    except TypeError as error:
        if not _is_mismatch(error):
            raise
        name = called if isinstance(called, str) else f"np.{numpy_name(called)}"
        raise _explain_mismatch(error, handler, name, kwargs) from None


def _is_mismatch(error: TypeError) -> bool:
    """Whether an error has no frame below the call, as a mismatch with the handler's own signature has none."""
    here = error.__traceback__
    return here is None or here.tb_next is None


def _explain_mismatch(error: TypeError, handler: Callable[..., Any], name: str, kwargs: Any) -> TypeError:
    """Turn a call that does not fit the handler's signature into an error about the option that is not recorded."""
    options = [key for key in kwargs if key not in handler.__code__.co_varnames]
    if options:
        which, way = f"{', '.join(options)}=", _meant(options[0], handler)
        return UnsupportedError(f"{name}: the option {which} is not recorded on Variables{way}{user_line()}")
    signature = handler.__doc__.partition("``")[2].partition("``")[0] if handler.__doc__ else ""
    return UnsupportedError(
        f"{name} is recorded on Variables as {signature or name} only: {str(error).split('() ')[-1]}{user_line()}"
    )


def _meant(option: str, handler: Callable[..., Any]) -> str:
    """Return which of a handler's options was meant: one that is spelt alike, or another library's word for it."""
    code = handler.__code__
    names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    other = {"dim": "axis", "dims": "axis", "axes": "axis", "keepdim": "keepdims"}.get(option, "")
    if other in names:
        return f". Did you mean {other!r}?"
    hint = suggest(option, names)
    return f".{hint}" if hint else ": leave it out"


def answer_function(function: Any, args: Any, kwargs: Any) -> Any:
    """Answer a NumPy function that no handler records: a question about values, or an error that names it."""
    if function in _SIZES and len(args) == 1 and not kwargs and hasattr(type(args[0]), "__record__"):
        return _SIZES[function](args[0])
    place = _WEIGHTS.get(function, len(args))
    weights = kwargs.get("weights", args[place] if place < len(args) else None)
    if function in _QUERIES and not hasattr(type(weights), "__record__"):
        return function(*_plain(args), **_plain(kwargs))
    raise unsupported(function, tuple(args), kwargs=kwargs)
