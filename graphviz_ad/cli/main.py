"""The command `graphviz-ad`: a formula or a function in, its moving picture out."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import graphviz_ad as gad
from graphviz_ad.cli.arguments import LOOKS, OPTIONS, SWITCHES, Request, UsageError, read_arguments
from graphviz_ad.cli.backwards import run_check_backward
from graphviz_ad.cli.checking import run_check
from graphviz_ad.cli.debugging import run_debug
from graphviz_ad.cli.expression import ExpressionError, parse_number, parse_range
from graphviz_ad.cli.lab import run_lab
from graphviz_ad.cli.saying import complain, say, shown
from graphviz_ad.cli.target import FunctionFailed, failure, load, own_path, parameters_of
from graphviz_ad.errors import InputError, MissingPackageError, PathError, suggest, text_of
from graphviz_ad.films.sliders import call_arguments, round_start
from graphviz_ad.progress import Progress
from graphviz_ad.saving.files import is_stream
from graphviz_ad.saving.formats import check_installed, format_of, listed, read_options, suffixes
from graphviz_ad.saving.options import Options
from graphviz_ad.story.asking.choosing import check_quiz
from graphviz_ad.story.modes import check_mode

__all__ = ["main"]

# Keywords of gad.film that are no sliders.
_FILM_OPTIONS = ("at", "detail", "inputs", "mode", "panels", "presentation", "progress", "quiz", "reveal", "theme")
_DRAWING = ("theme", "width", "scale")
# What a film is made with, and not only written with.
_SHOWS = ("reveal", "quiz", "presentation")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments without the program's name; those of the process by default.

    Returns
    -------
    int
        0 done, 1 the function failed, 2 the command line is wrong; 130 interrupted.

    Examples
    --------
    >>> from graphviz_ad.cli.main import main
    >>> main(["sin(x)"])  # says on stderr: x has no range: add --x LOW:HIGH
    2
    """
    try:
        words = sys.argv[1:] if argv is None else argv
        if words[:1] == ["check"] and len(words) > 1:
            return run_check(words[1:])
        if words[:1] == ["check-backward"] and len(words) > 1:
            return run_check_backward(words[1:])
        if words[:1] == ["debug"] and len(words) > 1:
            return run_debug(words[1:])
        request = read_arguments(words)
        if request.says is not None:
            say(request.says.rstrip("\n"))
            return 0
        if request.lab is not None:
            return run_lab(request.output, opens=request.opens is not False, options=request.lab)
        _run(request)
    except (UsageError, ExpressionError) as error:
        return _failed(text_of(error), 2)
    except FunctionFailed as error:
        return _failed(text_of(error), 1)
    except OSError as error:  # no current directory, a full disk, ...
        return _failed(text_of(error), 2)
    except KeyboardInterrupt:
        return _failed("interrupted; nothing was written", 130)
    return 0


def _failed(sentence: str, code: int) -> int:
    complain(sentence)
    return code


# -- the work -----------------------------------------------------------------------------------------------


def _run(request: Request) -> None:
    if request.target == "demo":
        request.target = "sin(x)"
        request.sliders.setdefault("x", "-pi:pi")
        default = "sin.html"
    else:
        default = None
    suffix = "-orders.html" if request.orders else ".html"
    here = _here()  # the function may change it
    # Infinities and NaN are drawn as such, so NumPy's warnings about them would only be noise here.
    with own_path(), np.errstate(all="ignore"), Progress("working") as progress:
        f, label = load(request.target)
        path = _output_path(request.output, default or label + suffix, here)
        moves = format_of(path, "-o").moves and not request.orders
        upto = _upto(f, request) if request.orders else 0
        mode = _mode(f, request)
        looks = _looks(f, path, request)
        sliders, at = _numbers(f, label, request)
        still = not moves or not any(isinstance(value, tuple) for value in sliders.values())
        _require_all(f, sliders, at, "range" if moves else "value")
        alone = _alone(f, sliders, at) if request.orders else (f, 0.0)
        moving = _moving(sliders, at, mode) if mode != "reverse" else ""
        if moving and still:
            looks |= {"mode": mode, "tangents": {moving: 1.0}}
        try:
            if request.orders:
                picture: Any = gad.orders(*alone, upto=upto)
            elif still:
                point = {name: _start(value) for name, value in sliders.items()} | at
                positional, named = call_arguments(f, point, "trace")
                picture = gad.trace(f, *positional, **named)
            else:
                shows = {name: looks.pop(name) for name in _SHOWS if name in looks}
                shows |= {} if mode == "reverse" else {"mode": mode}
                picture = _film(f, sliders, at, shows, progress)
        except (Exception, SystemExit) as error:
            raise FunctionFailed(failure(label, error)) from error
        progress.doing = f"drawing {path.name}"
        try:
            picture.save(path, **looks)
        except (InputError, PathError) as error:  # a step, or a place, that does not exist
            raise UsageError(text_of(error).removeprefix("save: ")) from error
        except OSError as error:
            raise UsageError(f"cannot write {request.output or path}: {error.strerror or text_of(error)}") from error
        except Exception as error:
            raise FunctionFailed(failure(label, error)) from error
    _announce(path, request.opens if request.opens is not None else request.output is None)


def _film(
    f: Callable[..., Any], sliders: dict[str, Any], at: dict[str, float], shows: dict[str, Any], progress: Progress
) -> Any:
    progress.doing = "sampling"
    start = {name: value for name, value in at.items() if isinstance(sliders.get(name), tuple)}
    inputs = sliders | {name: value for name, value in at.items() if name not in start}
    clashing = {name: inputs.pop(name) for name in _FILM_OPTIONS if name in inputs}
    options: dict[str, Any] = {"inputs": clashing} if clashing else {}
    if start:
        options["at"] = start
    return gad.film(f, progress=progress, **inputs, **options, **shows)


def _upto(f: Callable[..., Any], request: Request) -> int:
    """Take the last derivative that is drawn out of the request, and refuse what only a story has."""
    variables = _variables(f)
    strange = [f"--{name}" for name in LOOKS if name in request.sliders and name not in (*_DRAWING, *variables)]
    strange += [f"--{flag}" for flag in SWITCHES if getattr(request, flag)]
    if strange:
        raise UsageError(f"orders takes no {strange[0]}; it takes --upto, --theme, --width and --scale")
    if "upto" not in request.sliders or "upto" in variables:
        return 2
    text = request.sliders.pop("upto")
    if text not in ("1", "2", "3"):
        raise UsageError(f"--upto is the last derivative that is drawn: 1, 2 or 3, got {text!r}")
    return int(text)


def _alone(f: Callable[..., Any], sliders: dict[str, Any], at: dict[str, float]) -> tuple[Callable[..., Any], float]:
    """Return a function of its only variable, and where it is differentiated."""
    values = {name: _start(value) for name, value in sliders.items()} | at
    if len(values) != 1:
        raise UsageError(
            f"orders: it is differentiated by one variable, but here are {', '.join(values)}; "
            "write the numbers of the others into the formula"
        )
    ((name, x),) = values.items()
    positional, _ = call_arguments(f, values, "orders")
    return (f if positional else lambda t: f(**{name: t})), x


def _moving(sliders: dict[str, Any], at: dict[str, float], mode: str) -> str:
    """Return the variable that moves by 1 in a picture of forward mode: the one that has a range, or the only one."""
    moving = [name for name, value in sliders.items() if isinstance(value, tuple)] or [*sliders, *at]
    if len(moving) != 1:
        raise UsageError(
            f"--mode {mode}: one variable moves while the others stay, but here are {', '.join(moving)}; "
            f"give a range to the one that moves, and to no other, as in --{moving[0]} 0:1"
        )
    return moving[0]


def _start(value: float | tuple[float, ...]) -> float:
    """Return a fixed number, or where films along a range start."""
    return round_start(value[0], value[1]) if isinstance(value, tuple) else value


def _announce(path: Path, opens: bool) -> None:
    """Say where the file is, and show it where there is a browser with a window; a pipe is no file."""
    if is_stream(path):
        return
    path = path.resolve()
    say(f"wrote {shown(path)}")
    if opens and not _open(path):
        say(f"no browser was found here; open {path.as_uri()} in one")


def _open(path: Path) -> bool:
    on_a_desktop = sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
    if not on_a_desktop:  # a text browser would take the terminal over
        return False
    try:
        return webbrowser.open(path.as_uri())
    except (webbrowser.Error, OSError):
        return False


# -- the file -----------------------------------------------------------------------------------------------


def _here() -> Path:
    """Return the current directory; without one, what names it says so once it is looked up."""
    try:
        return Path.cwd()
    except OSError:
        return Path()


def _output_path(output: str | None, default: str, here: Path) -> Path:
    """Return where to write, refusing early what could not be written after minutes of work."""
    if output is None:
        return (here if os.access(here, os.W_OK) else Path(tempfile.mkdtemp(prefix="graphviz-ad-"))) / default
    path, target = Path(output), here / output
    if "\0" in output:
        raise UsageError("-o: a file name cannot hold a NUL character")
    if path.suffix.lower() not in suffixes():
        what = f"the suffix {path.suffix!r} is not known" if path.suffix else f"{output!r} has no suffix"
        raise UsageError(
            f"-o: {what}; write a file that ends in {listed(suffixes())}.{suggest(path.suffix, suffixes())}"
        )
    try:
        if is_stream(target):
            return target
        if target.is_dir():
            raise UsageError(f"-o: {path} is a directory; name a file in it")
        if not target.parent.is_dir():
            raise UsageError(f"-o: there is no directory {path.parent}; create it first")
        if not os.access(target if target.exists() else target.parent, os.W_OK):
            if target.exists():
                raise UsageError(f"-o: {path} is write-protected; choose another name")
            raise UsageError(f"-o: the directory {path.parent} is not writable")
    except OSError as error:
        raise UsageError(f"-o: cannot write {output[:60]!r}: {error.strerror}") from error
    return target


def _variables(f: Callable[..., Any]) -> set[str]:
    return {parameter.name for parameter in parameters_of(f) or ()}


def _mode(f: Callable[..., Any], request: Request) -> str:
    """Take the mode out of the request, unless that is a variable of the function."""
    if "mode" not in request.sliders or "mode" in _variables(f):
        return "reverse"
    mode = request.sliders.pop("mode")
    try:
        check_mode(mode, "--mode")
        check_quiz(request.quiz, "--mode", mode)
    except InputError as error:
        raise UsageError(text_of(error)) from error
    return mode


def _looks(f: Callable[..., Any], path: Path, request: Request) -> dict[str, Any]:
    """Take how the file looks out of the request, but for names that are variables of the function."""
    variables = _variables(f)
    looks: dict[str, Any] = {flag: True for flag in SWITCHES if getattr(request, flag)}
    for name in LOOKS:
        if name in request.sliders and name not in variables:
            text = request.sliders.pop(name)
            with _said_of(f"--{name}"):
                wordy = name in ("theme", "width", "smallest", "around", "detail", "reveal")
                looks[name] = text if wordy else parse_number(text)
            if name == "step" and looks[name].is_integer():
                looks[name] = int(looks[name])
    try:
        read_options(format_of(path, "-o"), looks, Options(), "-o")
        check_installed(format_of(path, "-o"), "-o")
    except (InputError, MissingPackageError) as error:
        raise UsageError(text_of(error).removeprefix("-o: ")) from error
    return looks


# -- the variables and their ranges -------------------------------------------------------------------------


def _numbers(
    f: Callable[..., Any], label: str, request: Request
) -> tuple[dict[str, float | tuple[float, ...]], dict[str, float]]:
    """Read the ranges and values of the command line, now that the variables are known."""
    parameters = parameters_of(f)
    if parameters is not None:
        names = [parameter.name for parameter in parameters]
        for name in request.sliders:
            if name not in names:
                options = [f"--{other}" for other in (*names, *OPTIONS, *LOOKS)]
                raise UsageError(f"unknown option --{name}: {_has(label, names)}.{suggest(f'--{name}', options)}")
        for name in request.at:
            if name not in names:
                raise UsageError(f"--at {name}: {_has(label, names)}.{suggest(name, names)}")
    sliders: dict[str, float | tuple[float, ...]] = {}
    for name, text in request.sliders.items():
        with _said_of(f"--{name}"):
            sliders[name] = parse_range(text) if ":" in text else parse_number(text)
    at: dict[str, float] = {}
    for name, text in request.at.items():
        with _said_of(f"--at {name}"):
            at[name] = parse_number(text)
        slider = sliders.get(name)
        if isinstance(slider, float):
            raise UsageError(f"{name} is given twice: --{name} {slider:g} and --at {name}={at[name]:g}")
        if slider is not None and not slider[0] <= at[name] <= slider[1]:
            raise UsageError(f"--at {name}={at[name]:g} lies outside its range {slider[0]:g}:{slider[1]:g}")
    return sliders, at


@contextlib.contextmanager
def _said_of(option: str) -> Iterator[None]:
    try:
        yield
    except ExpressionError as error:
        raise UsageError(f"{option}: {text_of(error)}") from error


def _has(label: str, names: Sequence[str]) -> str:
    if not names:
        return f"{label} has no variables"
    return f"{label} has the variable{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _require_all(f: Callable[..., Any], sliders: dict[str, Any], at: dict[str, float], what: str) -> None:
    """Refuse a function some of whose variables would have no value; defaults are values."""
    parameters = parameters_of(f)
    if parameters is None:
        required = []
    else:
        required = [parameter.name for parameter in parameters if parameter.default is parameter.empty]
    for name in required:
        if name not in sliders and name not in at:
            option = f"--slider {name}=" if name in OPTIONS else f"--{name} "
            way_out = f"{option}LOW:HIGH" if what == "range" else f"--at {name}=VALUE"
            raise UsageError(f"{name} has no {what}: add {way_out}.{suggest(name, ['demo'])}".removesuffix("."))
    if parameters == []:
        raise UsageError("there is no variable in it, so there is nothing to differentiate by")
    if not sliders and not at:
        raise UsageError("no variable has a range: add --NAME LOW:HIGH")
