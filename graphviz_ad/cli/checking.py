"""The command `graphviz-ad check`: what is wrong with the gradient of a function, for people and for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import graphviz_ad as gad
from graphviz_ad.cli.arguments import UsageError, read_arguments
from graphviz_ad.cli.saying import say, write
from graphviz_ad.cli.target import FunctionFailed, failure, load, own_path
from graphviz_ad.cli.values import refuse_drawing, values_of
from graphviz_ad.console import printable
from graphviz_ad.debugging.sarif import sarif
from graphviz_ad.debugging.workflow import workflow_commands
from graphviz_ad.engine.aftermath import kept
from graphviz_ad.errors import InputError, PathError, suggest, text_of
from graphviz_ad.films.sliders import call_arguments
from graphviz_ad.progress import Progress

if TYPE_CHECKING:
    from graphviz_ad.diagnosing import Report
    from graphviz_ad.hand_checking import BackwardReport

__all__ = ["FORMATS", "HELP", "run_check", "save_as"]

HELP = """\
graphviz-ad check says what is wrong with the gradient of a function: where, why, and what cures it.

usage: graphviz-ad check MODULE:FUNCTION [--NAME VALUE] [--format NAME] [--strict] [-o FILE]
       graphviz-ad check FILE.py:FUNCTION ...
       graphviz-ad check EXPRESSION ...

examples:
  graphviz-ad check model.py:loss --w 0.5 --b 0
  graphviz-ad check model.py:loss --w "[0, 4, 9]" --json
  graphviz-ad check "log(x)" --x 0
  graphviz-ad check model.py:loss -o report.html

options:
  --NAME VALUE       a number, which may be a formula (pi/2), or numbers in brackets for an array; what is left out has
                     the default of the function, which is differentiated by, too, where it is a float or floats
  --slider NAME=VALUE    the same for a variable whose name is one of these options
  --format NAME      text (so unless asked for), json, sarif, or github (annotations of a workflow)
  --json             the same as --format json
  --strict           warnings count as errors for the exit code
  -o, --output FILE  write the report besides: .txt, .html, .json, .sarif, .svg, .png, .pdf, .dot
  -h, --help

A function that raises is shown up to the line: its values, and the operation that raised with its operands.

exit codes: 0 no errors, 1 errors (or warnings, with --strict), or the function failed, 2 the command line is wrong.
The fields of json and what an agent does with them: docs/for-programs.md
"""


_OWN = ("format", "json", "strict", "output", "slider")


def _text(report: Report) -> str:
    return report.text(sys.stdout)


def _json(report: Report) -> str:
    return json.dumps(json.loads(report.to_json()), indent=1)  # in ASCII, which every console can print


def _sarif(report: Report) -> str:
    return json.dumps(sarif(report.findings), indent=1)


def _github(report: Report) -> str:
    return printable(workflow_commands(report.findings))


FORMATS: Mapping[str, Callable[[Report], str]] = {"text": _text, "json": _json, "sarif": _sarif, "github": _github}
"""What the report can be printed as."""


def run_check(words: Sequence[str]) -> int:
    """Check a function and print the report.

    Returns
    -------
    int
        The exit code: 1 where there are errors, or, with ``--strict``, warnings.

    Raises
    ------
    UsageError, ExpressionError
        When the words cannot be followed.
    FunctionFailed
        When the function raised; what was recorded before is printed.

    Examples
    --------
    >>> run_check(["log(x)", "--x", "2"])
    f(x): value 0.693147, 2 nodes, no findings
    <BLANKLINE>
    Looked for: values not finite, gradients not finite, no path, zero gradients,
    saturated, vanishing, exploding, lost digits, underflow, grown shapes, kinks,
    close comparisons, added to an old grad, written to after use. None of these.
    0
    """
    if {"-h", "--help"} & set(words):
        say(HELP.rstrip("\n"))
        return 0
    form, strict, rest = _options(words)
    request = read_arguments(rest)
    refuse_drawing(request, "check")
    with own_path():
        f, label = load(request.target)
        positional, named = call_arguments(f, values_of(f, label, request, _OWN), "check")
        try:
            with Progress("checking"):
                report = gad.check(f, *positional, **named)
        except (Exception, SystemExit) as error:
            if form == "text" and kept(error) is not None:
                write(gad.post_mortem(error).text(sys.stdout))
            raise FunctionFailed(failure(label, error)) from error
        if request.output is not None:
            save_as(report, request.output)
        write(FORMATS[form](report))
    return int(bool(report.errors or (strict and report.warnings)))


def _options(words: Sequence[str]) -> tuple[str, bool, list[str]]:
    """Return the format, whether warnings count, and the words that are left."""
    form, strict, rest, waiting = "text", False, list[str](), iter(words)
    for word in waiting:
        name, equals, value = word.partition("=")
        if word == "--json":
            form = "json"
        elif word == "--strict":
            strict = True
        elif name == "--format":
            form = value if equals else next(waiting, "")
            if form not in FORMATS:
                known = ", ".join(FORMATS)
                raise UsageError(f"--format is one of {known}, got {form!r}.{suggest(form, FORMATS)}".removesuffix("."))
        else:
            rest.append(word)
    return form, strict, rest


def save_as(report: Report | BackwardReport, output: str) -> None:
    """Write a report to the file that the command line names."""
    try:
        report.save(output)
    except (InputError, PathError) as error:
        raise UsageError(text_of(error).replace("save: ", "-o: ", 1)) from error
