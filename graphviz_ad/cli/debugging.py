"""The command `graphviz-ad debug`: move through what a function did, step by step, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graphviz_ad.cli.arguments import UsageError, read_arguments
from graphviz_ad.cli.saying import complain, say
from graphviz_ad.cli.target import FunctionFailed, failure, load, own_path
from graphviz_ad.cli.values import refuse_drawing, values_of
from graphviz_ad.debugger import stepper_of
from graphviz_ad.debugging.stepping.moments import Course
from graphviz_ad.debugging.stepping.stepper import Stepper
from graphviz_ad.engine.aftermath import kept
from graphviz_ad.errors import GraphvizAdError, text_of
from graphviz_ad.films.sliders import call_arguments
from graphviz_ad.progress import Progress
from graphviz_ad.story.raising import proviso_of
from graphviz_ad.terminal.conversation import converse

__all__ = ["HELP", "run_debug"]

HELP = """\
graphviz-ad debug moves through what a function did, step by step: forward as it was computed, and back as it was
differentiated. It runs once and is recorded, so you can go back as you go forward.

usage: graphviz-ad debug MODULE:FUNCTION [--NAME VALUE] [--break PLACE] [--watch EXPRESSION] [--post-mortem]
       graphviz-ad debug FILE.py:FUNCTION ...
       graphviz-ad debug EXPRESSION ...

examples:
  graphviz-ad debug model.py:loss --w 0.5 --b 0
  graphviz-ad debug model.py:loss --w "[0, 4, 9]" --break 12 --watch w.adjoint
  graphviz-ad debug "log(x**2)*sin(x) + 1/x" --x 0.03 --break "if abs(adjoint) > 1e3"
  echo "c" | graphviz-ad debug "sin(x)" --x 2 --break sin

options:
  --NAME VALUE        a number, which may be a formula (pi/2), or numbers in brackets for an array; what is left out has
                      the default of the function
  --slider NAME=VALUE     the same for a variable whose name is one of these options
  --break PLACE       where to stop: a line (6, model.py:6), a name (x), an operation (log), or "if" and a condition of
                      value, adjoint, name, primitive, index and line; back or forward behind it means one way only;
                      may be given several times
  --watch EXPRESSION  what to follow, such as x.adjoint or "np.max(h)"; may be given several times
  --post-mortem       where the function raises, or is interrupted: move through what was recorded up to that line
  -h, --help

The commands are those of pdb, and back, rc and to; h explains them. They may come from a pipe, a line each.
exit codes: 0 done, 1 the function failed, 2 the command line is wrong.
"""

_OWN = {"break": "a place", "watch": "an expression"}


def run_debug(words: Sequence[str]) -> int:
    """Record a function and let the person move through it.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    UsageError, ExpressionError
        When the words cannot be followed.
    FunctionFailed
        When the function raised.
    """
    if {"-h", "--help"} & set(words):
        say(HELP.rstrip("\n"))
        return 0
    own, rest = _options([word for word in words if word != "--post-mortem"])
    remark = ""
    request = read_arguments(rest)
    refuse_drawing(request, "debug")
    with own_path():
        f, label = load(request.target)
        positional, named = call_arguments(f, values_of(f, label, request, tuple(_OWN)), "debug")
        try:
            with Progress("recording"), np.errstate(all="ignore"):
                stepper = stepper_of(f, tuple(positional), named)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            if isinstance(error, KeyboardInterrupt) and (kept(error) is None or "--post-mortem" not in words):
                raise
            if kept(error) is None:
                raise FunctionFailed(failure(label, error)) from error
            if "--post-mortem" not in words:
                way_out = "; add --post-mortem to see what was recorded before"
                raise FunctionFailed(failure(label, error).removesuffix(".") + way_out) from error
            complain(failure(label, error))
            stepper = Stepper(Course.of_failure(error))
            stepper.end()
            remark = proviso_of(stepper.course.recording.name)
        try:
            for place in own["break"]:
                stepper.add(place)
            for text in own["watch"]:
                stepper.watch(text)
        except GraphvizAdError as error:
            raise UsageError(text_of(error)) from error
        converse(stepper, remark)
    return int(bool(remark))


def _options(words: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Return what is asked of the stepper, and the words that are left."""
    own: dict[str, list[str]] = {name: [] for name in _OWN}
    rest: list[str] = []
    waiting = iter(words)
    for word in waiting:
        name, equals, value = word[2:].partition("=")
        if word.startswith("--") and name in _OWN:
            text = value if equals else next(waiting, None)
            if text is None:
                raise UsageError(f"--{name} needs {_OWN[name]} after it")
            own[name].append(text)
        else:
            rest.append(word)
    return own, rest
