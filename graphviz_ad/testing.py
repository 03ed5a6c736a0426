"""Test derivatives: what the engine says against differences, and the first rule that is wrong.

>>> import numpy as np
>>> from graphviz_ad.testing import check_grads
>>> check_grads(lambda x: np.log(x**2) * np.sin(x) + 1 / x, 2.0)

In a test of pytest the fixture ``gradcheck`` does the same, and keeps a picture of what failed with
``--graphviz-ad-dir``. `assert_backward` tests a backward pass that was written by hand; it is a fixture, too.
`assert_trace_matches` compares a trace with what was stored of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Never

import numpy as np

from graphviz_ad.checking.arguments import Arguments, arguments
from graphviz_ad.checking.claims import MODES, value_of
from graphviz_ad.checking.comparing import precision
from graphviz_ad.checking.verdict import verdict
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Thresholds
from graphviz_ad.debugging.snapshots.matching import changes
from graphviz_ad.debugging.snapshots.pages import Block, blocks_of, page_of, read
from graphviz_ad.engine.frames import public, user_line
from graphviz_ad.engine.recording import Recording, function_name
from graphviz_ad.engine.variable import Variable
from graphviz_ad.errors import GradientError, InputError, PathError, SnapshotError, brief, refuse_unknown, suggest
from graphviz_ad.saving.files import place, write_file
from graphviz_ad.tracing import Trace

__all__ = ["assert_backward", "assert_trace_matches", "check_grads"]


@public
def check_grads(
    f: Callable[..., Any],
    /,
    *args: Any,
    modes: Sequence[str] = ("forward", "reverse"),
    order: int = 2,
    **unknown: Never,
) -> None:
    """Check the derivatives of ``f(*args)`` against differences; raise where they are wrong, and say which rule it is.

    Differences are taken in random directions, always the same ones, over a sweep of step sizes, and judged by how
    much the function scatters. So round-off is no error, and at a corner any slope between the left and the right one
    is right. Where a gradient is wrong, each node of the trace is tested by itself, and the first wrong rule is named.

    Parameters
    ----------
    f : callable
        Written with NumPy; returns one number or array.
    *args
        Floats, complex numbers and arrays of them are differentiated with respect to, also inside tuples, lists and
        dicts. All others are passed on.
    modes : sequence of {"forward", "reverse"}
        Of a derivative of a derivative all orders of these.
    order : int
        Up to which order of derivatives.

    Raises
    ------
    GradientError
        An AssertionError, when a derivative is wrong; when `f` gives something else when it is called again, or when
        it is recorded.
    InputError
        When nothing can be differentiated, and where `f` is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.extend import elementwise, temporary
    >>> check_grads(lambda w, x: np.tanh(w @ x).sum(), np.ones((2, 3)), np.arange(3.0))
    >>> with temporary():
    ...     _ = elementwise(np.sin, lambda y, x: 2 * np.cos(x), replace=True)
    ...     check_grads(lambda x: np.sin(x) ** 2, 0.5)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.GradientError: the rule of sin is wrong (..., line 3)
    <BLANKLINE>
    ...
    """
    refuse_unknown("check_grads", unknown, ("modes", "order"))
    modes = _checked_modes(modes)
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise InputError(f"check_grads: order must be 1 or more, got {brief(order)}{user_line()}")
    with np.errstate(all="ignore"):
        call = _evaluable(arguments(f, args))
        before = _plain(call)
        trace = Trace.of_call(call.function, call.leaves, {}, names=call.names, who="check_grads")
        _check_values(trace, before, _plain(call))
        text = verdict(call, trace, modes, order)
    if text is not None:
        raise GradientError(text, trace)


@public
def assert_backward(forward: Callable[..., Any], backward: Callable[..., Any], /, *args: Any, **unknown: Never) -> None:
    """Check a backward pass written by hand, as `check_backward` does; raise where it is wrong, and say in which line.

    In a test of pytest the fixture ``assert_backward`` does the same.

    Parameters
    ----------
    forward, backward : callable
    *args
        What `forward` is called with.

    Raises
    ------
    GradientError
        An AssertionError, which begins with the file, the line and the slip of the first wrong line.
    InputError, LeakError, UnsupportedError, MutationError
        As `check_backward` does.

    Examples
    --------
    >>> import numpy as np
    >>> def backward(x):
    ...     dx = np.cos(x) / 2
    ...     return dx
    >>> assert_backward(lambda x: np.sin(x).sum(), backward, np.ones(3))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.GradientError: line 2: dx = np.cos(x) / 2
    factor: dx is not x̄: the first wrong line. ...
    """
    from graphviz_ad.hand_checking import check_backward

    refuse_unknown("assert_backward", unknown, ())
    report = check_backward(forward, backward, *args)
    if not report.ok:
        raise GradientError(report.complaint, None)


@public
def assert_trace_matches(
    trace: Recording,
    path: str | os.PathLike[str],
    *,
    rtol: float = 1e-7,
    atol: float = 1e-12,
    update: bool = False,
    **unknown: Never,
) -> None:
    """Compare a trace with what a file has of it; raise where they differ, and say which nodes and numbers.

    The file is text that can be read and reviewed: each node with its formula, its value, its local gradients and
    its adjoint. It says nothing of files and lines. It is written when asked only: with ``update=True``, or by
    ``pytest --update-traces`` where the fixture ``assert_trace_matches`` is used.

    Parameters
    ----------
    trace : Trace
    path : path-like
    rtol, atol : float
        How far numbers may be apart: ``atol + rtol * |stored|``.
    update : bool
        Write the file as the trace is now, and compare nothing.

    Raises
    ------
    SnapshotError
        An AssertionError, when something differs, and when there is no such file.
    InputError
        For what is no trace, and for a file that holds none.
    PathError
        When the file cannot be written or read.

    Examples
    --------
    >>> import pathlib, tempfile, numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.testing import assert_trace_matches
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "sine.txt")
    ...     assert_trace_matches(gad.trace(np.sin, 1.0), path, update=True)
    ...     assert_trace_matches(gad.trace(np.sin, 1.0), path)
    """
    refuse_unknown("assert_trace_matches", unknown, ("rtol", "atol", "update"))
    if not isinstance(trace, Recording):
        raise InputError(
            f"assert_trace_matches: expected a trace, got {brief(trace)}: make one with gad.trace(f, x){user_line()}"
        )
    target = place(path, "assert_trace_matches")
    with np.errstate(all="ignore"):
        exam = Examination(trace, Thresholds())
        if update:
            _make_folder(target.parent)
            write_file(target, f"{page_of(exam)}\n".encode(), "assert_trace_matches")
            return
        counted, lines = changes(_stored(target), blocks_of(exam), _sites(exam), rtol, atol)
    if lines:
        raise SnapshotError(
            f"the trace of {trace.name} is not the one in {target.name}: {counted} (rtol {rtol:g}, atol {atol:g})\n\n"
            + "\n".join(lines)
            + f"\n\nstored in {target}; {_UPDATE}"
        )


_UPDATE = (
    "where it is right as it is now, run pytest --update-traces with the fixture assert_trace_matches, or call "
    "assert_trace_matches(trace, path, update=True) once"
)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PathError(f"assert_trace_matches: cannot make the folder {path} ({error.strerror})") from None


def _stored(path: Path) -> list[Block]:
    try:
        return read(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SnapshotError(f"no trace is stored in {path}: {_UPDATE}") from None
    except OSError as error:
        raise PathError(f"assert_trace_matches: cannot read {path} ({error.strerror})") from None
    except ValueError as error:  # UnicodeDecodeError is one
        raise InputError(f"assert_trace_matches: {path} holds no trace ({error}): {_UPDATE}") from None


def _sites(exam: Examination) -> list[str]:
    """Return where in the person's code each node is made, as the end of a line."""
    places = [exam.line(i) for i in range(len(exam.nodes))]
    return ["" if own is None else f"   ({Path(own[0]).name}, line {own[1]})" for own in places]


def _checked_modes(modes: Any) -> tuple[str, ...]:
    asked = (modes,) if isinstance(modes, str) else tuple(modes)
    for mode in asked:
        if mode not in MODES:
            raise InputError(
                f"check_grads: unknown mode {mode!r}; there is {', '.join(map(repr, MODES))}."
                f"{suggest(str(mode), MODES)}{user_line()}"
            )
    if not asked:
        raise InputError(f"check_grads: modes names none; there is {', '.join(map(repr, MODES))}{user_line()}")
    return tuple(mode for mode in MODES if mode in asked)


def _plain(call: Arguments) -> Any:
    return np.array(value_of(call.function(*(leaf.copy("K") for leaf in call.leaves))))


def _evaluable(call: Arguments) -> Arguments:
    """Return a call whose function takes plain leaves; one that needs Variables, as for ``like=``, is given them."""
    try:
        _plain(call)
    except Exception:  # whatever it is, recording says it better, or has none of it
        function = call.function

        def recorded(*leaves: Any) -> Any:
            return function(*(leaf if isinstance(leaf, Variable) else Variable(leaf) for leaf in leaves))

        recorded.__name__ = function.__name__
        return call._replace(function=recorded)
    return call


def _check_values(trace: Trace, before: Any, after: Any) -> None:
    """Refuse a function that has no value here, or not always the same one."""
    who = function_name(trace.function)
    if not np.array_equal(before, after, equal_nan=True):
        raise GradientError(
            f"{who} gave {_shown(before)} and, called again with the same arguments, {_shown(after)}: draw its random "
            f"numbers before, and let it change nothing that it reads{user_line()}",
            trace,
        )
    if not np.isfinite(before).all():
        raise InputError(
            f"check_grads: {who} is not finite here, but {_shown(before)}: choose arguments inside of its domain"
            f"{user_line()}"
        )
    value = np.asarray(value_of(trace.output))
    rounding = np.sqrt(precision([value, before, *(node.value for node in trace.inputs)]))
    # Arrays that lie in memory in another way may be summed in another order.
    if value.shape != before.shape or not np.allclose(
        value, before, rtol=rounding, atol=rounding * np.max(np.abs(before), initial=0)
    ):
        raise GradientError(
            f"{who} gives {_shown(before)} for plain arrays, but {_shown(value)} when it is recorded: it must compute "
            f"the same for both{user_line()}",
            trace,
        )


def _shown(value: Any) -> str:
    return np.array2string(value, threshold=6, separator=", ").replace("\n", "")
