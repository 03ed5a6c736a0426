"""Writing files: the suffix decides what is written, under a temporary name first, so that nothing is half written."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from graphviz_ad.errors import InputError, PathError, suggest

__all__ = ["write_file"]


def write_file(
    path: str | os.PathLike[str], writers: dict[str, Callable[[], str]], who: str, *, hint: str = ""
) -> Path:
    """Write a text file, choosing by its suffix who produces the text.

    Parameters
    ----------
    path : path-like
    writers : mapping of str to callable
        By suffix, what returns the text. Called before anything is created.
    who, hint : str
        For errors: who writes, and a way out for an unknown suffix.

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
    known = ", ".join(writers)
    if os.fspath(path).endswith(("/", os.sep)):
        raise InputError(f"{who}: {os.fspath(path)!r} names a directory; give a file name ending in one of {known}")
    if suffix not in writers:
        way = suggest(suffix, writers) or (f" ({hint})" if hint else "")
        raise InputError(f"{who}: cannot write {target.name!r}; the name must end in one of {known}.{way}")
    text = writers[suffix]()
    if "\0" in str(target):
        raise PathError(f"{who}: a file name cannot hold a NUL character")
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.stem[:40]}-", suffix=suffix, dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.chmod(temporary, _mode(target))
            os.replace(temporary, target.resolve())  # what a link points to is replaced, not the link
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise PathError(f"{who}: cannot write {os.fspath(target)!r}: {error.strerror or error}") from None
    return target


def _mode(target: Path) -> int:
    """Return the permissions of the file to be replaced, or those that a new file gets."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
