"""Writing files: under a temporary name first, so that nothing is ever half written."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

from graphviz_ad.errors import InputError, PathError

__all__ = ["file_path", "write_file"]


def file_path(path: str | os.PathLike[str], who: str) -> Path:
    """Return a file name as a path.

    Raises
    ------
    InputError
        For a path that is none.

    Examples
    --------
    >>> file_path("f.svg", "save").suffix
    '.svg'
    """
    try:
        return Path(path)
    except TypeError:
        raise InputError(f"{who}: expected a file name, got {type(path).__name__}") from None


def write_file(path: str | os.PathLike[str], content: bytes, who: str) -> Path:
    """Write a file, whole or not at all.

    An existing file keeps its permissions until it is replaced at once; where the path is a link, what it points to is
    replaced. Whatever goes wrong, an interrupt included, the old file is as it was and nothing else is left.

    Parameters
    ----------
    path : path-like
    content : bytes
    who : str
        For errors: who writes.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        For a path that is none.
    PathError
        When the file cannot be written there.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_file(pathlib.Path(folder, "a.txt"), b"whole", "save").read_bytes()
    b'whole'
    """
    named = file_path(path, who)
    if "\0" in str(named):
        raise PathError(f"{who}: a file name cannot hold a NUL character")
    try:
        _replace(named.resolve(), content)
    except (OSError, RuntimeError, UnicodeError) as error:  # before Python 3.13 a loop of links is a RuntimeError
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise PathError(f"{who}: cannot write {os.fspath(named)!r}: {reason}") from None
    return named


def _replace(target: Path, content: bytes) -> None:
    # The name is chosen before there is a file, so that an interrupt at any moment finds the name to clean up; nobody
    # else has this name, so that whatever bears it may be removed.
    temporary = target.with_name(f".{target.stem[:40]}-{secrets.token_hex(8)}{target.suffix[:8]}")
    try:
        try:
            _write_new(temporary, content, _mode(target))
            os.replace(temporary, target)
        except BaseException:
            _discard(temporary)
            raise
    except BaseException:
        _discard(temporary)  # once more, since whoever is impatient interrupts the cleaning up, too
        raise


def _discard(path: Path) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def _write_new(path: Path, content: bytes, mode: int | None) -> None:
    """Write a file that must not exist; without a mode it gets the permissions that any new file gets."""

    def private(name: str, flags: int) -> int:
        return os.open(name, flags, 0o666 if mode is None else 0o600)

    with open(path, "xb", opener=private) as file:
        file.write(content)
    if mode is not None:
        os.chmod(path, mode)


def _mode(target: Path) -> int | None:
    """Return the permissions of the file to be replaced, if there is one."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return None
