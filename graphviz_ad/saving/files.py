"""Writing files: under a temporary name first, so that nothing is ever half written."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import secrets
import stat
import sys
from pathlib import Path

from graphviz_ad.errors import InputError, PathError

__all__ = ["file_path", "is_stream", "place", "write_file"]


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


def place(path: str | os.PathLike[str], who: str) -> Path:
    """Return where a file name lies now, which it still means when the work is done and the directory has changed.

    Raises
    ------
    InputError
        For a path that is none.
    PathError
        When there is no current directory any more.

    Examples
    --------
    >>> place("f.svg", "save").is_absolute()
    True
    """
    try:
        return file_path(path, who).absolute()
    except OSError as error:
        raise PathError(
            f"{who}: cannot write {os.fspath(path)!r}, for the current directory is gone ({error.strerror}); "
            "give the whole path"
        ) from None


def is_stream(path: Path) -> bool:
    """Whether what is written there makes no file of its own: a pipe, a device, or what is open already (/dev/stdout).

    Examples
    --------
    >>> is_stream(Path(os.devnull)), is_stream(Path("f.svg"))
    (True, False)
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or _descriptor(path) is not None


def write_file(path: str | os.PathLike[str], content: bytes, who: str) -> Path:
    """Write a file, whole or not at all.

    An existing file keeps its permissions and its owner until it is replaced at once; where the path is a link, what it
    points to is replaced. A file that has other names too, or lies where nothing can be put in its place, is written
    into. So is a pipe or a device. Whatever goes wrong, an interrupt included, the old file is as it was and nothing
    else is left.

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
        if is_stream(named):
            _pour(named, content)
        else:
            named.parent.stat()  # "missing/../f.svg" is no path to the system, which `resolve` would make one
            _write(named.resolve(), content)
    except (OSError, RuntimeError, UnicodeError) as error:  # before Python 3.13 a loop of links is a RuntimeError
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        opened = sys.platform == "win32" and isinstance(error, PermissionError)
        hint = "; close the program that has it open, or choose another name" if opened else ""
        raise PathError(f"{who}: cannot write {os.fspath(named)!r}: {reason}{hint}") from None
    return named


# What says that nothing can be put in a file's place, while the file itself may be written: a directory that is
# read-only, a file of another owner, one that is mounted alone, or (on Windows) open in another program.
_HELD = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV, errno.EROFS)


def _write(target: Path, content: bytes) -> None:
    status = _status(target)
    if status is None:
        _replace(target, content, None)
        return
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is write-protected")
    if status.st_nlink > 1:
        _overwrite(target, content)
        return
    try:
        _replace(target, content, status)
    except OSError as error:
        if error.errno not in _HELD:
            raise
        _overwrite(target, content)


def _replace(target: Path, content: bytes, status: os.stat_result | None) -> None:
    # The name is chosen before there is a file, so that an interrupt at any moment finds the name to clean up; nobody
    # else has this name, so that whatever bears it may be removed.
    temporary = target.with_name(f".{target.stem[:40]}-{secrets.token_hex(8)}{target.suffix[:8]}")
    try:
        try:
            _write_new(temporary, content, status)
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


def _write_new(path: Path, content: bytes, status: os.stat_result | None) -> None:
    """Write a file that must not exist, as another one is or, without one, with the permissions of any new file."""

    def private(name: str, flags: int) -> int:
        return os.open(name, flags, 0o666 if status is None else 0o600)

    with open(path, "xb", opener=private) as file:
        file.write(content)
    if status is None:
        return
    own = path.stat()
    if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
        os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, stat.S_IMODE(status.st_mode))


def _overwrite(target: Path, content: bytes) -> None:
    """Write into a file; what it held is put back if that fails."""
    with open(target, "r+b") as file:
        before = file.read()
        try:
            _fill(file, content)
        except BaseException:
            _fill(file, before)
            raise


def _fill(file: io.BufferedRandom, content: bytes) -> None:
    file.seek(0)
    file.write(content)
    file.flush()
    file.truncate(len(content))


def _pour(path: Path, content: bytes) -> None:
    """Write into a pipe, a device, or what is open already, where its last byte was written."""
    number = _descriptor(path)
    if number is None:
        if stat.S_ISBLK(os.stat(path).st_mode):
            raise OSError(errno.EPERM, "it is a disk")
        opened = os.open(path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
    else:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or none at all
                stream.flush()
        opened = os.dup(number)
    with open(opened, "wb") as file:
        file.write(content)


def _descriptor(path: Path) -> int | None:
    """Return which open file of this process a path stands for, as /dev/stdout does; None for any other path."""
    with contextlib.suppress(OSError, RuntimeError, ValueError):  # the first says that it is no link
        for _ in range(_MOST_LINKS):
            path = path.parent.resolve() / path.name
            named = re.fullmatch(rf"(?:/proc/(?:self|{os.getpid()})|/dev)/fd/(\d+)", os.fspath(path))
            if named:
                return int(named[1])
            path = path.parent / os.readlink(path)
    return None


_MOST_LINKS = 40


def _status(target: Path) -> os.stat_result | None:
    """Return what is known of the file to be replaced, if there is one."""
    try:
        return target.stat()
    except FileNotFoundError:
        return None
