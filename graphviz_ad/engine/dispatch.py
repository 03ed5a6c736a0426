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
from graphviz_ad.engine.folding import fold, fold_parts, running_fold
from graphviz_ad.engine.frames import user_frame, user_line
from graphviz_ad.engine.options import call_with_options, is_fresh, without_layout
from graphviz_ad.engine.primitive import FUNCTIONS, UFUNCS, plain_values
from graphviz_ad.engine.rules.cumulating import running_logsumexp, running_max, running_min
from graphviz_ad.engine.rules.segments import REDUCEAT
from graphviz_ad.engine.rules.statistics import logsumexp
from graphviz_ad.engine.written import expression_at, update_at, writable
from graphviz_ad.errors import MutationError, UnsupportedError, at_line, suggest

__all__ = ["COMPARISONS", "WRITING", "answer_function", "answer_ufunc", "call_handler"]

_REDUCTIONS: dict[np.ufunc, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.fmax: np.nanmax,
    np.fmin: np.nanmin,
}
_RUNNING: dict[np.ufunc, Callable[..., Any]] = {
    np.add: FUNCTIONS[np.cumsum],
    np.multiply: FUNCTIONS[np.cumprod],
    np.maximum: running_max,
    np.minimum: running_min,
    np.logaddexp: running_logsumexp,
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
    | {np.array_equal, np.any, np.all, np.isin, np.count_nonzero}
    | {np.argsort, np.argmax, np.argmin, np.argpartition, np.nanargmax, np.nanargmin, np.argwhere, np.nonzero}
    | {np.flatnonzero, np.searchsorted, np.digitize, np.lexsort, np.unravel_index, np.linalg.matrix_rank}
    | {np.tril_indices_from, np.triu_indices_from, np.diag_indices_from, np.einsum_path}
    | {np.common_type, np.min_scalar_type}
)
_SIZES = {np.shape: attrgetter("shape"), np.ndim: attrgetter("ndim"), np.size: attrgetter("size")}
"""The questions that rules ask most, which need no value."""


def answer_ufunc(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer what is not a plain call of a recorded ufunc: reductions, tests, options, and errors."""
    name = f"{'np' if hasattr(np, ufunc.__name__) else 'scipy.special'}.{ufunc.__name__.removeprefix('_')}"
    if ufunc not in UFUNCS and ufunc not in FUNCTIONS and "scipy.special" in sys.modules:
        _learn(ufunc)
    outs = [out for out in kwargs.get("out", ()) if out is not None]
    if len(outs) == 1:
        called = name if method == "__call__" else f"{name}.{method}"
        return WRITING["out"](ufunc, method, inputs, {**kwargs, "out": (_receiver(called, outs[0]),)})
    if outs:
        raise _out_error(name, outs[0])
    kwargs = {key: value for key, value in kwargs.items() if key != "out"}
    if ufunc in _PLAIN_TESTS or ufunc in COMPARISONS:
        return getattr(ufunc, method)(*plain_values(inputs), **plain_values(kwargs))
    if method == "__call__" and ufunc in FUNCTIONS:
        return call_handler(FUNCTIONS[ufunc], name, inputs, kwargs)
    if method == "__call__" and ufunc in UFUNCS:
        return call_with_options(ufunc, name, inputs, kwargs) if kwargs else UFUNCS[ufunc](*inputs)  # learnt just now
    answer = _METHODS.get(method)
    is_recorded = ufunc in UFUNCS and UFUNCS[ufunc].elementwise
    if answer is None or not (is_recorded or method == "at"):
        raise unsupported(ufunc, inputs, "" if method == "__call__" else method, kwargs)
    return answer(ufunc, f"{name}.{method}", inputs, kwargs)


def _reduce(ufunc: np.ufunc, name: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    handler = FUNCTIONS[_REDUCTIONS[ufunc]] if ufunc in _REDUCTIONS else fold(ufunc)
    return call_handler(logsumexp if ufunc is np.logaddexp else handler, name, inputs, {"axis": 0, **kwargs})


def _accumulate(ufunc: np.ufunc, name: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return call_handler(_RUNNING.get(ufunc) or running_fold(ufunc), name, inputs, {"axis": 0, **kwargs})


def _reduceat(ufunc: np.ufunc, name: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return call_handler(REDUCEAT.get(ufunc) or fold_parts(ufunc), name, inputs, kwargs)


def _outer(ufunc: np.ufunc, name: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    a, b = inputs
    return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b, **kwargs)


def _at(ufunc: np.ufunc, name: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if not hasattr(type(inputs[0]), "__record__"):
        raise _at_error(name)
    WRITING["at"](ufunc, *inputs)


def _at_error(name: str) -> MutationError:
    """Explain that a plain array does not take recorded values at positions, and how it is made one that does."""
    frame = user_frame()
    call = expression_at(frame)
    way = "make the array with like=, as in np.zeros(n, like=x)"
    if isinstance(call, ast.Call) and call.args and frame is not None:
        way = writable(frame, ast.unparse(call.args[0]))
    return MutationError(f"{name} would write into a plain array, which would leave the graph: {way}{at_line(frame)}")


_METHODS: dict[str, Callable[..., Any]] = {
    "reduce": _reduce,
    "accumulate": _accumulate,
    "reduceat": _reduceat,
    "outer": _outer,
    "at": _at,
}
"""What answers the methods of ufuncs."""


def _receiver(name: str, out: Any) -> Any:
    """Return the recorded array that a result is written into; one that was made in the very call becomes one."""
    if hasattr(type(out), "__record__"):
        return out
    if is_fresh(out):
        return WRITING["blank"](out) if out.ndim else out  # a single number takes the place of another
    raise _out_error(name, out)


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
    call = expression_at(frame)
    words = {word.arg: word.value for word in call.keywords} if isinstance(call, ast.Call) else {}
    ways = [] if "where" in words else [f"leave out= out, and use what {name} returns"]
    if isinstance(words.get("out"), ast.Name) and frame is not None:
        ways.insert(0, writable(frame, ast.unparse(words["out"])))
    way = ", or ".join(ways) or "make the array for it in the call, as in out=np.zeros(3)"
    return MutationError(
        f"{name}(..., out=) would write its result into a plain array, which would leave the graph: "
        f"{way}{at_line(frame)}"
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
    kwargs, name = without_layout(kwargs), called if isinstance(called, str) else f"np.{numpy_name(called)}"
    out = kwargs.pop("out", None)
    receiver = None if out is None else _receiver(name, out)
    try:
        result = handler(*args, **kwargs)
    except TypeError as error:
        if not _is_mismatch(error):
            raise
        raise _explain_mismatch(error, handler, name, kwargs) from None
    return result if out is None else WRITING["into"](name, receiver, result)


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
    if function in _QUERIES:
        return function(*plain_values(args), **plain_values(kwargs))
    raise unsupported(function, tuple(args), kwargs=kwargs)
