"""gad.debug: move through what a function did, step by step, forward and back; gad.break_when: where to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Never

from graphviz_ad.debugging.stepping.breakpoints import Breakpoint
from graphviz_ad.debugging.stepping.expressions import Expression, parse
from graphviz_ad.debugging.stepping.moments import Course, NodeSoFar
from graphviz_ad.debugging.stepping.stepper import Stepper
from graphviz_ad.engine.frames import public
from graphviz_ad.errors import InputError, brief, check_choice, refuse_unknown
from graphviz_ad.offering import ipython, offering
from graphviz_ad.sessions import Session
from graphviz_ad.terminal.conversation import converse
from graphviz_ad.tracing import Trace

__all__ = ["break_when", "debug", "stepper_of"]


@public
@offering
def debug(
    f: Callable[..., Any],
    /,
    *args: Any,
    breakpoints: Iterable[int | str | Breakpoint] = (),
    watches: Iterable[str] = (),
    **kwargs: Any,
) -> Session | None:
    r"""Call ``f(*args, **kwargs)``, record it, and move through its story, forward and back.

    The function runs once, to its end; what one moves through is the record of it, so every step has its way back, and
    a step back undoes nothing. What is not known yet at a step is not shown there. A notebook shows it as a player with
    breakpoints, watches and the keys of a debugger. In a terminal the commands are those of pdb (s, n, r, unt, b, c, p,
    w, l, q), and ``back``, ``rc`` and ``to``; ``h`` explains them.

    Parameters
    ----------
    f : callable
        Written with NumPy; see `trace`. All other keywords are its own.
    breakpoints : iterable, optional
        Where to stop: lines (``6``, ``"model.py:6"``), names and operations (``"x"``, ``"log"``), conditions
        (``"if abs(adjoint) > 1e3"``), and what `break_when` returns.
    watches : iterable of str, optional
        Expressions of nodes that are followed, such as ``"x.adjoint"``.

    Returns
    -------
    Session or None
        In a notebook what it shows, with ``.save("debug.html")``; None where a terminal was left.

    Raises
    ------
    InputError
        When no argument can be differentiated, `f` returns something else than numbers and arrays, or there is no such
        place or name. What `f` itself raises comes through; `post_mortem` shows what was recorded before.
    SizeError
        For more than 20,000 operations.

    Examples
    --------
    >>> import io, sys, numpy as np, graphviz_ad as gad
    >>> sys.stdin = io.StringIO("c\np x.adjoint\nq")  # what is typed
    >>> gad.debug(np.sin, 0.0, breakpoints=["sin back"])
    f(x)                                                        forward, step 1 of 4
    an input
    <BLANKLINE>
    x                                    ▼ 0             ▲ not yet
    <BLANKLINE>
    x is the input: 0.
    (gad) c
    f(x)                                                     going back, step 4 of 4
    Stopped at breakpoint 1, every sin, going back: x̄ is 1.
    <BLANKLINE>
    f = sin x                            ▼ 0             ▲ 1
      to x  × cos x = 1
    x                                    ▼ 0             ▲ 1
    <BLANKLINE>
    Back through sin x: sin's slope is cos, so f̄ = 1 is multiplied by cos x = 1. x̄,
    the slope of f at this x, is 1.
    x̄ = f̄ · ∂f/∂x = f̄ · cos x = 1 · 1 = 1
    (gad) p x.adjoint
    x.adjoint = 1
    (gad) q
    >>> sys.stdin = sys.__stdin__
    """
    stepper = stepper_of(f, args, kwargs, breakpoints, watches)
    if hasattr(ipython(), "kernel"):  # there nothing can be typed
        return Session(stepper)
    converse(stepper)
    return None


def stepper_of(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    breakpoints: Iterable[int | str | Breakpoint] = (),
    watches: Iterable[str] = (),
) -> Stepper:
    """Record a call and return what moves through its story, with breakpoints and watches set."""
    stepper = Stepper(Course.of_call(f, args, kwargs, Trace))
    for typed in breakpoints:
        stepper.add(typed)
    for text in watches:
        stepper.watch(text)
    return stepper


@public
def break_when(
    condition: Callable[[NodeSoFar], Any] | str,
    *,
    primitive: str | None = None,
    name: str | None = None,
    direction: str | None = None,
    **unknown: Never,
) -> Breakpoint:
    """Return a breakpoint for `debug` that stops where a condition holds.

    It is asked at each step that gives a node a number, with that node. Numbers that are not known yet at that step are
    None, and where the condition raises for that reason, it does not hold. What else it raises is told in the list of
    breakpoints, and stops nothing. Where it gives several truths, as for an array, one is enough.

    Parameters
    ----------
    condition : callable or str
        Gets the node: ``.value``, ``.adjoint`` (as far as it has come together), ``.name``, ``.primitive``,
        ``.index`` (its place in the trace) and ``.line``. Or an expression of these, such as
        ``"abs(adjoint) > 1e3"``: Python, which may also use the names of the traced function's module.
    primitive : str, optional
        Stops at this operation only, as in ``"log"``.
    name : str, optional
        Stops at this node only.
    direction : {"forward", "back"}, optional
        Stops on this way only.

    Raises
    ------
    InputError
        For what is no condition, and another direction.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> steep = gad.break_when(lambda node: np.abs(node.adjoint).max() > 1e3)
    >>> gad.break_when("abs(adjoint) > 1e3", name="x").words
    'x, if abs(adjoint) > 1e3'
    """
    refuse_unknown("break_when", unknown, ("primitive", "name", "direction"))
    if direction is not None:
        check_choice("direction", direction, ("forward", "back"), "break_when")
    if not isinstance(condition, str) and not callable(condition):
        raise InputError(
            f"break_when needs a function of a node, or an expression, got {brief(condition)}; "
            'write gad.break_when(lambda node: node.value > 1) or gad.break_when("value > 1")'
        )
    wanted: Expression | Callable[[NodeSoFar], Any] = parse(condition) if isinstance(condition, str) else condition
    return Breakpoint(primitive=primitive, name=name, condition=wanted, direction=direction)
