"""What the command line differentiates: find it, ask for its parameters, say how it failed."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from graphviz_ad.cli.arguments import UsageError
from graphviz_ad.cli.expression import ExpressionError, parse
from graphviz_ad.engine import functions
from graphviz_ad.engine.frames import raised_in
from graphviz_ad.errors import GraphvizAdError, at_line, suggest, text_of

__all__ = ["FunctionFailed", "failure", "importable_from_here", "load", "parameters_of"]


class FunctionFailed(Exception):  # noqa: N818 - it is the function's error, told in a sentence
    """The function, or showing it, raised; the message says what and where."""


_MISSING = object()
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
"""Names that Windows keeps for devices, whatever the suffix."""


def load(target: str) -> tuple[Callable[..., Any], str]:
    """Return the function and the name its file gets."""
    if ":" not in target:
        try:
            return parse(target)[0], "f"
        except ExpressionError as error:
            if re.fullmatch(r"[^\W\d]\w*(\.\w+)+", target):
                dotted, _, name = target.rpartition(".")
                hint = "FUNCTION" if name == "py" else name
                where = target if name == "py" else dotted
                raise UsageError(f"{target!r} is not a formula; for a function write {where}:{hint}") from error
            raise
    where, _, name = target.rpartition(":")
    if not where or not name:
        raise UsageError(f"{target!r} is not MODULE:FUNCTION, for example model:loss or model.py:loss")
    value: Any = _module(where)
    for part in name.split("."):
        inner = functions.attribute(value, part, _MISSING)
        if inner is _MISSING:
            known = [other for other in dir(value) if callable(functions.attribute(value, other))]
            raise UsageError(f"{where} has no function {name!r}.{suggest(part, known)}")
        value = inner
    if not callable(value):
        raise UsageError(f"{where}:{name} is not a function but of type {type(value).__name__}")
    label = re.sub(r"\W", "", name.rpartition(".")[2])
    return value, f"{label}_" if label.lower() in _DEVICES else label


def _module(where: str) -> ModuleType:
    try:
        if where.endswith(".py"):
            return _module_of_file(Path(where))
        return importlib.import_module(where)
    except UsageError:
        raise
    except ModuleNotFoundError as error:
        if error.name is not None and (where == error.name or where.startswith(f"{error.name}.")):
            raise UsageError(f"there is no module {where!r}, neither in {Path.cwd()} nor installed") from error
        raise FunctionFailed(f"importing {where} failed: {_described(error)}") from error
    except (ValueError, TypeError) as error:
        if raised_in(error) is None:  # importlib's own: an empty or relative name
            raise UsageError(f"{where!r} is not the name of a module") from error
        raise FunctionFailed(f"importing {where} failed: {_described(error)}") from error
    except (Exception, SystemExit) as error:
        raise FunctionFailed(f"importing {where} failed: {_described(error)}") from error


def _module_of_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(path.stem, path.resolve())
    if spec is None or spec.loader is None:
        raise UsageError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.resolve().parent))  # as `python FILE` does, for the file's neighbours
    sys.modules.setdefault(path.stem, module)
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def importable_from_here() -> Iterator[None]:
    """Let modules of the current directory be imported, as `python -m` does, until the work is done."""
    before = list(sys.path)
    sys.path.insert(0, os.getcwd())
    try:
        yield
    finally:
        sys.path[:] = before


def parameters_of(f: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """Return the parameters, or None if the function does not tell them or takes any name."""
    parameters = functions.parameters_of(f)
    if parameters is None or any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return None
    return [parameter for parameter in parameters if parameter.kind is not parameter.VAR_POSITIONAL]


def failure(label: str, error: BaseException) -> str:
    """Say in one line that the function failed, how, and on which line of the user's code."""
    if isinstance(error, GraphvizAdError):  # already a sentence that says all this
        return text_of(error)
    return f"{label} failed: {_described(error)}"


def _described(error: BaseException) -> str:
    """Say what was raised and on which line of the user's code."""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg} ({error.filename}, line {error.lineno})"
    text = f"{type(error).__name__}: {text_of(error)}".removesuffix(": ")
    place = raised_in(error)
    if place is None or place[0].f_code.co_filename.startswith("<expression") or f"line {place[1]}" in text:
        return text
    return text + at_line(*place)
