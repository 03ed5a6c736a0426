"""The arguments that a function is called with once: those of the command line, and its defaults."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graphviz_ad.cli.arguments import OPTIONS, SWITCHES, Request, UsageError
from graphviz_ad.cli.expression import ExpressionError, parse_number
from graphviz_ad.cli.target import parameters_of
from graphviz_ad.errors import suggest, text_of

__all__ = ["refuse_drawing", "values_of"]


def refuse_drawing(request: Request, command: str) -> None:
    """Refuse the options of pictures, for a command that draws none.

    Raises
    ------
    UsageError
        When there is one.
    """
    flags = [f"--{flag}" for flag in SWITCHES if getattr(request, flag)]
    flags += ["--open"] if request.opens else []
    flags += ["orders"] if request.orders else []
    if flags:
        raise UsageError(
            f"{command} draws nothing, so it takes no {flags[0]}; graphviz-ad {command} --help says what it takes"
        )


def values_of(f: Callable[..., Any], label: str, request: Request, options: Sequence[str]) -> dict[str, Any]:
    """Return the arguments by name: those of the command line, and the function's defaults.

    Parameters
    ----------
    f : callable
    label : str
        What it is called.
    request : Request
    options : sequence of str
        Those of the command: for suggestions, and since a variable of such a name is given another way.

    Raises
    ------
    UsageError
        For a name that the function does not have, and for one without a value.
    """
    parameters = parameters_of(f)
    texts = request.sliders | request.at
    if parameters is None:
        return {name: _value(name, text) for name, text in texts.items()}
    names = [parameter.name for parameter in parameters]
    for name in texts:
        if name not in names:
            has = f"{label} has {', '.join(names)}" if names else f"{label} has no variables"
            raise UsageError(f"unknown option --{name}: {has}.{suggest(name, [*names, *options])}".removesuffix("."))
    values = {name: _value(name, text) for name, text in texts.items()}
    for parameter in parameters:
        if parameter.name not in values and parameter.default is inspect.Parameter.empty:
            is_taken = parameter.name in OPTIONS or parameter.name in options
            option = f"--slider {parameter.name}=" if is_taken else f"--{parameter.name} "
            raise UsageError(f"{parameter.name} has no value: add {option}VALUE, or give the function a default for it")
    return {parameter.name: values.get(parameter.name, parameter.default) for parameter in parameters}


def _value(name: str, text: str) -> Any:
    """Return a number, or an array of what stands in brackets."""
    if not text.lstrip().startswith("["):
        try:
            return parse_number(text)
        except ExpressionError as error:
            raise UsageError(f"--{name}: {text_of(error)}") from error
    try:
        array = np.array(ast.literal_eval(text), dtype=float)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise UsageError(
            f"--{name}: {text[:60]!r} is no array of numbers; write [0, 4, 9] or [[1, 0], [0, 1]]"
        ) from None
    return array
