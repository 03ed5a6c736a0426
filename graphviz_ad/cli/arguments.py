"""The words of the command line, sorted.

They are read by hand and not by argparse, which takes ``-x**2`` and the range ``-3:3`` for options.
"""

from __future__ import annotations

import importlib.metadata
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graphviz_ad.cli.grammar import FUNCTIONS
from graphviz_ad.engine.functions import identifier
from graphviz_ad.errors import suggest
from graphviz_ad.saving.formats import FORMATS

__all__ = ["HELP", "LOOKS", "OPTIONS", "SWITCHES", "Request", "UsageError", "read_arguments"]

_HELP = """\
graphviz-ad shows how the derivative of a function comes about, step by step.

usage: graphviz-ad EXPRESSION --NAME LOW:HIGH [--at NAME=VALUE] [-o FILE]
       graphviz-ad MODULE:FUNCTION --NAME LOW:HIGH [--at NAME=VALUE] [-o FILE]
       graphviz-ad orders EXPRESSION --NAME NUMBER [--upto NUMBER] [-o FILE]
       graphviz-ad check MODULE:FUNCTION [--NAME VALUE] [--format NAME] [-o FILE]
       graphviz-ad check-backward MODULE:FORWARD MODULE:BACKWARD [--NAME VALUE] [--json] [-o FILE]
       graphviz-ad debug MODULE:FUNCTION [--NAME VALUE] [--break PLACE] [--watch EXPRESSION]
       graphviz-ad demo [-o FILE]
       graphviz-ad lab [-o FOLDER] [--no-open] [-- OPTIONS OF JUPYTERLAB]

examples:
  graphviz-ad demo                                                 the sine and its derivative, to play with
  graphviz-ad "log(x**2)*sin(x) + 1/x" --x 0.5:3 -o out.html       a page with a slider for x
  graphviz-ad "log(x**2)*sin(x) + 1/x" --at x=2 -o out.svg         a picture at x = 2
  graphviz-ad "log(x**2)*sin(x) + 1/x" --at x=2 -o out.pdf --width 8.5cm --legend     a figure for a paper
  graphviz-ad "a*x**2" --x -3:3 --a 2                              a slider for x; a stays at 2
  graphviz-ad model:loss --x -pi:pi                                the function loss of model.py or of the module model
  graphviz-ad examples/model.py:loss --w 0:1:0.05                  of a file, in steps of 0.05
  graphviz-ad orders "x*exp(x)" --x 1                              the graphs of f, f′ and f″ side by side
  graphviz-ad check model.py:loss --w 0.5                          why its gradient is NaN, 0 or lost; check --help
  graphviz-ad check-backward net.py:forward net.py:backward        which line of a backward pass of your own is wrong
  graphviz-ad debug model.py:loss --w 0.5                          what it did, step by step, forward and back
  graphviz-ad lab                                                  notebooks to learn with, in JupyterLab
  graphviz-ad lab --no-open -- --port 9000                         the same at a port of your choice

what is differentiated:
  EXPRESSION        arithmetic, comparisons, pi, e, inf, nan, and NumPy's
                    {functions}.
                    It is parsed, not run as Python. Put it in quotes.
  MODULE:FUNCTION   any Python function that uses NumPy; the module is looked for in this directory first,
                    and what it imports last.
  FILE.py:FUNCTION  the same, from a file.

what lab does:
  It copies the demo notebooks into the folder graphviz-ad-demos here (or into FOLDER), leaves those that you have
  changed as they are, and runs JupyterLab on them until Ctrl-C. JupyterLab comes with pip install "graphviz-ad[lab]".
  What follows -- goes to `jupyter lab`.

options:
  --NAME LOW:HIGH       a slider for the variable NAME; the ends may be written -pi:pi, or 0:2*pi:pi/8 with a step
  --NAME NUMBER         NAME stays at this number
  --slider NAME=RANGE   the same for a variable whose name is one of these options
  --at NAME=VALUE       where to start, or the point of a picture; several: --at x=2,y=3
  -o, --output FILE     its ending says what is written; an existing file is replaced. Without it, a page named after
                        the function is written here and opened
{formats}
  --theme NAME          light, dark, high-contrast, or print (grey; for figures)
  --width LENGTH        how wide a figure is: 8.5cm, 84mm, 3.5in, 240pt, or a number of px
  --smallest LENGTH     how large the smallest type of a figure is at least: 6pt
  --around NAME         a figure of one node and its neighbours only: x, v3
  --scale NUMBER        how many pixels of a .png a px has
  --step NUMBER         which step of the story, from 0
  --mode NAME           reverse (back from the output with adjoints; so unless asked for), forward (from the one
                        variable that moves, with tangents), or both, one beside the other
  --reveal NAME         when a page shows f and its derivative: all (at once), or steps (each when its step finds it)
  --quiz                a page that asks for each number of the derivative before it shows it
  --detail NAME         how much the steps of a page say: beginner (full words), standard, or expert (equations)
  --presentation        a page that is large enough for a projector
  --legend              a key to the signs below a figure
  --open, --no-open     open the file in the browser, or do not
  --version, -h, --help
  --                    what follows is no option

exit codes: 0 done, 1 the function failed or cannot be shown, 2 the command line or the file name is wrong.
"""

SWITCHES = ("legend", "quiz", "presentation")
"""What a file has, or shows, where it is asked for."""
_FLAGS = ("open", "no-open", *SWITCHES, "help", "version")
OPTIONS = ("at", "output", "slider", *_FLAGS)
LOOKS = ("theme", "width", "smallest", "around", "scale", "step", "mode", "detail", "reveal")
"""How a file looks, and what it shows. A variable of the function that has such a name comes first."""

_FORMATS = [f"{' ' * 26}{' '.join(row.suffixes):<10} {row.words}" for row in FORMATS]
HELP = _HELP.format(
    functions=("\n" + 20 * " ").join(textwrap.wrap(" ".join(FUNCTIONS), 96)), formats="\n".join(_FORMATS)
)
"""What ``--help`` says, with the functions of the registry and the formats of the table."""


class UsageError(Exception):
    """The command line cannot be followed; the message is a sentence for the person who typed it."""


@dataclass
class Request:
    """What the command line asks for, as typed; numbers and ranges are read once the variables are known."""

    target: str = ""
    sliders: dict[str, str] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)
    output: str | None = None
    opens: bool | None = None
    legend: bool = False
    quiz: bool = False
    presentation: bool = False
    says: str | None = None  # a text to print instead of any work
    orders: bool = False  # whether a function is to be shown beside its derivatives
    lab: list[str] | None = None  # what JupyterLab is told, where it is asked for


def read_arguments(arguments: Sequence[str]) -> Request:
    """Sort the words of the command line; whatever is no option is the formula, even if it begins with a minus.

    Raises
    ------
    UsageError
        If a value is missing, an option is given twice, or there is not exactly one formula; `lab` takes none.

    Examples
    --------
    >>> from graphviz_ad.cli.arguments import read_arguments
    >>> request = read_arguments(["-x**2", "--x", "-3:3"])
    >>> request.target, request.sliders
    ('-x**2', {'x': '-3:3'})
    """
    request, words = Request(), iter(arguments)
    targets: list[str] = []
    rest: list[str] = []
    for word in words:
        typed, equals, value = word[2:].partition("=")
        name = identifier(typed)
        if word == "--":
            rest = list(words)
        elif word in ("-h", "--help"):
            return Request(says=HELP)
        elif word == "--version":
            return Request(says=f"graphviz-ad {_version()}")
        elif word in ("--open", "--no-open"):
            request.opens = word == "--open"
        elif word in [f"--{switch}" for switch in SWITCHES]:
            setattr(request, name, True)
        elif word == "-o":
            _set_output(request, _next(words, "-o", "a file name"))
        elif word.startswith("--") and (name in OPTIONS or name.replace("-", "_").isidentifier()):
            if name in _FLAGS:
                raise UsageError(f"--{name} takes no value")
            wanted = {"output": "a file name", "at": "NAME=VALUE", "slider": "NAME=LOW:HIGH"}.get(name)
            if not equals:
                value = _next(words, f"--{name}", wanted or "a range LOW:HIGH")
            if name == "output":
                _set_output(request, value)
            elif name == "at":
                for part in re.split(r",(?=\s*\w+\s*=(?!=))", value):
                    _put(request.at, "--at", *_assignment("--at", part))
            elif name == "slider":
                _put(request.sliders, "--slider", *_assignment("--slider", value))
            else:
                _put(request.sliders, f"--{name}", name, value)
        else:
            targets.append(word)
    if targets[:1] == ["lab"]:
        return _for_lab(request, targets[1:], rest)
    targets += rest
    if targets[:1] == ["orders"] and targets[1:]:
        request.orders = bool(targets.pop(0))
    if not targets:
        raise UsageError('there is nothing to differentiate; try graphviz-ad "sin(x)" --x -pi:pi, or --help')
    if len(targets) > 1:
        shown = " ".join(targets)
        meant = next(filter(None, map(_RANGE.fullmatch, targets[1:])), None)
        if meant is not None:
            raise UsageError(f"what is {meant[0]!r}? a range is given as --{meant[1]} {meant[2]}")
        raise UsageError(f'one formula at a time, and in quotes; did you mean "{shown}"?')
    request.target = targets[0]
    return request


def _for_lab(request: Request, more: Sequence[str], rest: list[str]) -> Request:
    """`lab` takes a folder and whether to open a browser; the rest is JupyterLab's own."""
    strange = [*more, *(f"--{name}" for name in request.sliders), *(["--at"] if request.at else [])]
    strange += [f"--{flag}" for flag in SWITCHES if getattr(request, flag)]
    if strange:
        raise UsageError(
            f"lab does not know {strange[0]}; options of JupyterLab stand after --, as in lab -- --port 9000"
        )
    request.target, request.lab = "lab", rest
    return request


_RANGE = re.compile(r"-?([^\W\d]\w*)=(.+)")


def _next(words: Iterator[str], option: str, wanted: str) -> str:
    value = next(words, None)
    if value is None:
        known = suggest(option, [f"--{name}" for name in OPTIONS]) if option[2:] not in OPTIONS else ""
        raise UsageError(f"{option} needs {wanted} after it.{known}")
    return value


def _assignment(option: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip().isidentifier():
        raise UsageError(f"{option} needs NAME=VALUE, for example {option} x=2, got {text!r}")
    return identifier(name.strip()), value


def _put(into: dict[str, str], option: str, name: str, value: str) -> None:
    if name in into:
        raise UsageError(f"{option} gives {name} twice: {into[name]} and {value}")
    into[name] = value


def _set_output(request: Request, value: str) -> None:
    if request.output is not None:
        raise UsageError(f"one file at a time: got {request.output!r} and {value!r}")
    request.output = value


def _version() -> str:
    try:
        return importlib.metadata.version("graphviz-ad")
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"
