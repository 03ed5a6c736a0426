"""The command `graphviz-ad check-backward`: which line of a backward pass is wrong, for people and for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from types import ModuleType

import graphviz_ad as gad
from graphviz_ad.cli.arguments import UsageError, read_arguments
from graphviz_ad.cli.checking import save_as
from graphviz_ad.cli.saying import say, write
from graphviz_ad.cli.target import FunctionFailed, failure, load, own_path
from graphviz_ad.cli.values import refuse_drawing, values_of
from graphviz_ad.errors import InputError, text_of
from graphviz_ad.films.sliders import call_arguments
from graphviz_ad.progress import Progress

__all__ = ["HELP", "run_check_backward"]

HELP = """\
graphviz-ad check-backward runs your own backward pass line by line beside forward's adjoints: the first wrong line, its
slip, and the line without it.

usage: graphviz-ad check-backward MODULE:FORWARD MODULE:BACKWARD [--NAME VALUE] [--json] [-o FILE]
       graphviz-ad check-backward FILE.py:FORWARD FILE.py:BACKWARD ...

examples:
  graphviz-ad check-backward net.py:forward net.py:backward --x "[[1, 2], [3, 4]]"
  graphviz-ad check-backward net.py:forward net.py:backward --json
  graphviz-ad check-backward net.py:forward net.py:backward -o report.html

options:
  --NAME VALUE       an argument of forward: a number, which may be a formula (pi/2), or numbers in brackets for an
                     array; what is left out has the default of forward
  --slider NAME=VALUE    the same for an argument whose name is one of these options
  --json             the report as JSON, in ASCII
  -o, --output FILE  write the report besides: .txt, .html, .json, .svg, .png, .pdf, .dot
  -h, --help

FORWARD and BACKWARD may be methods of an object of the module: net.py:layer.forward.
exit codes: 0 all gradients are right, 1 some are wrong or a function failed, 2 the command line is wrong.
The fields of json: docs/for-programs.md
"""

_OWN = ("json", "output", "slider")


def run_check_backward(words: Sequence[str]) -> int:
    """Check a backward pass and print the report.

    Returns
    -------
    int
        The exit code: 1 where a gradient is wrong, or backward raised.

    Raises
    ------
    UsageError
        When the words cannot be followed.
    FunctionFailed
        When forward raised.

    Examples
    --------
    >>> run_check_backward(["sin(x)", "cos(x)", "--x", "1"])
    f: the gradient is right
    <BLANKLINE>
    2  return cos(x)                                              ✓  is x̄
    0
    """
    if {"-h", "--help"} & set(words):
        say(HELP.rstrip("\n"))
        return 0
    rest = [word for word in words if word != "--json"]
    if len(rest) < 2 or any(word.startswith("-") for word in rest[:2]):
        raise UsageError("check-backward takes two functions first, such as net.py:forward net.py:backward")
    request = read_arguments([rest[0], *rest[2:]])
    refuse_drawing(request, "check-backward")
    with own_path():
        modules = dict[str, ModuleType]()  # of one file, so that both are methods of one object
        forward, label = load(request.target, modules)
        backward, _ = load(rest[1], modules)
        positional, named = call_arguments(forward, values_of(forward, label, request, _OWN), "check-backward")
        try:
            with Progress("checking"):
                report = gad.check_backward(forward, backward, *positional, *named.values())
        except InputError as error:
            raise UsageError(text_of(error)) from error
        except (Exception, SystemExit) as error:
            raise FunctionFailed(failure(label, error)) from error
        if request.output is not None:
            save_as(report, request.output)
        write(json.dumps(json.loads(report.to_json()), indent=1) if len(rest) < len(words) else report.text(sys.stdout))
    return int(not report.ok)
