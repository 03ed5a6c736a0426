"""NumPy's warnings name the person's line: a division by zero happened where they divided, not in our files.

NumPy warns at the frame that is running, which is ours while something is recorded or swept back. To look out for that
would cost every operation; instead a warning is sent on when it is about to be shown, which costs nothing until then.
Python asks one function of the module `warnings` to show what has passed the filters, also where warnings are being
caught; importing this module puts another before it.
"""

from __future__ import annotations

import itertools
import os
import sys
import warnings
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, TypeVar

import numpy as np

from graphviz_ad.engine.frames import is_own, user_frame

__all__ = ["sweeps", "warn_person"]

_F = TypeVar("_F", bound=Callable[..., Any])
_SWEEPS: set[CodeType] = set()
_NUMPY = os.path.dirname(np.__file__) + os.sep
_REGISTRIES: dict[str, dict[Any, Any]] = {}  # by file: which warnings were shown


def sweeps(function: _F) -> _F:
    """Mark a function whose local variable ``node`` is the one through which a sweep is going."""
    _SWEEPS.add(function.__code__)
    return function


def _frames() -> list[FrameType]:
    frames, frame = [], sys._getframe(1)
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back  # type: ignore[assignment]
    return frames


def _show(message: Any) -> None:
    """Show a warning; one of NumPy's that comes from our files, or was called by us, is issued anew at their line."""
    place = None
    if issubclass(message.category, RuntimeWarning) and (is_own(message.filename) or _is_numpys_for_us(message)):
        place = _place(message)
    if place is None:
        _before(message)
        return
    _issue(*place, message.category, message.source)


def _is_numpys_for_us(message: Any) -> bool:
    """Whether a warning comes from NumPy's own files, such as that of the mean of nothing, where we have called it."""
    if not message.filename.startswith(_NUMPY):
        return False
    files = (frame.f_code.co_filename for frame in _frames()[2:])
    rest = itertools.dropwhile(lambda file: not file.startswith(_NUMPY), files)
    caller = next(itertools.dropwhile(lambda file: file.startswith((_NUMPY, "<__array")), rest), "")
    return is_own(caller)


def warn_person(message: str, category: type[Warning]) -> None:
    """Warn at the line of the person's that is running."""
    person = user_frame()
    if person is None:
        warnings.warn(message, category, stacklevel=2)
    else:
        _issue(*_at(person), message, category)


def _issue(
    filename: str, line: int, module: str | None, text: str, category: type[Warning], source: Any = None
) -> None:
    """Warn as if the person's line did; code that was run without a module's name has the name that Python gives it."""
    registry = _REGISTRIES.setdefault(filename, {})
    # Without a module nothing is said at all, as when Python is about to end.
    warnings.warn_explicit(text, category, filename, line, module or "<string>", registry, source=source)


def _at(frame: FrameType) -> tuple[str, int, str | None]:
    return frame.f_code.co_filename, frame.f_lineno, frame.f_globals.get("__name__")


def _place(message: Any) -> tuple[str, int, str | None, str] | None:
    """Return file, line, module and text of a warning as the person should read it; None where no line is theirs."""
    text = str(message.message)
    frames = _frames()
    for frame in frames:
        if frame.f_code.co_filename == message.filename:  # it is shown for each of the person's lines, not of ours
            registry = frame.f_globals.get("__warningregistry__", {})
            for line in (message.lineno, 0):
                registry.pop((text, message.category, line), None)
            break
    for frame in frames:
        if frame.f_code in _SWEEPS:
            node = frame.f_locals.get("node")
            site = getattr(node, "site", None)
            if node is None or site is None:
                break
            names = {getattr(module, "__file__", None): name for name, module in list(sys.modules.items())}
            if "__main__" in sys.modules:
                names[getattr(sys.modules["__main__"], "__file__", None)] = "__main__"
            written = site.text if 0 < len(site.text) <= 60 and "\n" not in site.text else node.primitive.name
            return site.filename, site.line, names.get(site.filename), f"{text} (on the way back through {written})"
    person = user_frame()
    return None if person is None else (*_at(person), text)


# Where Python has no such function any more, warnings name the running line, which is ours.
_before: Any = getattr(warnings, "_showwarnmsg", None)
if _before is not None:
    warnings._showwarnmsg = _show  # type: ignore[attr-defined]
