"""What the command says: on standard output and standard error, whatever they can write, and where there are none."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from graphviz_ad.console import escaped, printable

__all__ = ["complain", "say", "shown", "write"]


def say(text: str) -> None:
    """Print a line on standard output.

    Examples
    --------
    >>> say("wrote it")
    wrote it
    """
    _print(printable(text), sys.stdout)


def write(text: str) -> None:
    """Print on standard output what was written for it, with its colours."""
    _print(text, sys.stdout)


def complain(text: str) -> None:
    """Print what is wrong on standard error."""
    _print(f"graphviz-ad: {printable(text, sys.stderr)}", sys.stderr)


def shown(path: Path) -> str:
    """Return a path as it can be printed: where letters are missing, they are escaped.

    Examples
    --------
    >>> shown(Path("a.svg"))
    'a.svg'
    """
    return escaped(os.fspath(path))


def _print(text: str, stream: Any) -> None:
    """Print a line; without a stream, as under pythonw, or on a closed one, nobody listens.

    A reader that has seen enough, perhaps `head`, closes the pipe; Python flushes once more at exit, so the stream then
    leads nowhere.
    """
    if stream is None:
        return
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except ValueError:  # the person's function has closed it
        pass
