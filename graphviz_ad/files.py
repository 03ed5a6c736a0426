"""Writing files: the suffix decides what is written, under a temporary name first, so that nothing is half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from graphviz_ad.errors import InputError, PathError, suggest

__all__ = ["write_file"]


def write_file(path: str | os.PathLike[str], writers: dict[str, Callable[[], str]], who: str) -> Path:
    """Write a text file, choosing by its suffix who produces the text.

    Parameters
    ----------
    path : path-like
    writers : mapping of str to callable
        By suffix, what returns the text. Called before anything is created.
    who : str
        For errors.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        For a path that is none, or an unknown suffix.
    PathError
        When the file cannot be written there.
    """
    try:
        target = Path(path)
    except TypeError:
        raise InputError(f"{who}: expected a file name, got {type(path).__name__}") from None
    suffix = target.suffix.lower()
    if suffix not in writers:
        known = ", ".join(writers)
        raise InputError(
            f"{who}: cannot write {target.name!r}; the name must end in one of {known}.{suggest(suffix, writers)}"
        )
    text = writers[suffix]()
    if "\0" in str(target):
        raise PathError(f"{who}: a file name cannot hold a NUL character")
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.stem[:40]}-", suffix=suffix, dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(temporary, 0o666 & ~umask)
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise PathError(f"{who}: cannot write {os.fspath(target)!r}: {error.strerror or error}") from None
    return target
