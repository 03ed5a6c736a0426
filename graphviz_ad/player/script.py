"""The player's modules, joined into one script: a page may load nothing, and a notebook's widget is one blob.

Modules import by ``import { a, b } from "./x.js";`` and rename nothing; their top-level names are unique, so that
joined in the order of their imports they need no bundler. Each import and each remark begins a line, as the formatter
leaves them, and no text goes over the end of a line: so remarks, blank lines and indents can be left out.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

__all__ = ["asset", "script", "sheet", "stamp"]

_HERE = "graphviz_ad.player"
# The browser's files stand in a package and in folders of it.
_KINDS = (".js", ".css")
_SHEETS = (
    *("player.css", "panels/entries.css", "panels/contours.css"),
    *("tabs.css", "findings.css", "verdicts.css", "paths.css", "debugging.css", "remains.css", "print.css", "quiz.css"),
)
_IMPORT = re.compile(r'^import \{([^}]*)\} from "([./\w-]+\.js)";\n', re.MULTILINE)
# Whole lines of remarks, and casts and types within lines: these are for who reads the modules in the repository.
_REMARKS = re.compile(r"^ *(?://.*|/\*\*(?:(?!\*/)[\s\S])*\*/)\n|/\*\* @type .*?\*/ ?", re.MULTILINE)
_NOTES = re.compile(r"^ *(?:/\*[^*]*\*/)\n", re.MULTILINE)
_INDENTS = re.compile(r"^\s+", re.MULTILINE)
_OPEN = re.compile(r"(?<=[,;{(\[])\n")  # a line that ends so goes on in the next
_DECLARED = re.compile(r"(?<=[{},;])\n")


def asset(name: str, package: str = _HERE) -> str:
    """Return the text of a file of a package: of this one unless another is named."""
    return _find(name, package).read_text(encoding="utf-8")


def script(entry: str = "player.js", package: str = _HERE, *, without: Collection[str] = ()) -> str:
    """Return a module and all that it imports as one script, without imports, exports, remarks and indents.

    In a checkout it is joined anew when a module has changed.

    Parameters
    ----------
    entry : str
        The module that comes last; a ``export default`` of it is kept.
    package : str
        Where it is; what it imports stands in this package or in that one.
    without : collection of str
        Modules of this package to leave out, with their rows in the lists of those that import them.

    Raises
    ------
    ValueError
        If modules import each other in a circle, which has no order to be joined in; if what is left out is used other
        than in a list, a row a line.

    Examples
    --------
    >>> text = script()
    >>> "function mount(" in text, "import" in text.split()
    (True, False)
    """
    return _joined(entry, package, frozenset(without), stamp(package))


def sheet(*, without: Collection[str] = ()) -> str:
    """Return the player's style, for the screen and for paper, without remarks, indents and idle line ends.

    Parameters
    ----------
    without : collection of str
        Files of it to leave out.

    Examples
    --------
    >>> sheet().startswith(".gad {"), "/*" in sheet()
    (True, False)
    """
    return _shorn(frozenset(without), stamp())


@lru_cache(maxsize=8)
def _shorn(without: frozenset[str], stamp: tuple[int, ...]) -> str:
    text = "".join(asset(name) for name in _SHEETS if name not in without)
    return _DECLARED.sub("", _INDENTS.sub("", _NOTES.sub("", text)))


def stamp(package: str = _HERE) -> tuple[int, ...]:
    """Tell when the browser's files of a package, and of this one, were changed last; installed, they never are.

    What is made of the files is kept by this, so that in a checkout an edited file takes effect at once.
    """
    folders = [Path(str(files(name))) for name in dict.fromkeys((_HERE, package))]
    if not _in_checkout(folders[0]):
        return ()
    return tuple(part for folder in folders for part in _changes(str(folder)))


def _changes(folder: str) -> Iterator[int]:
    """Yield when each of the files below a folder was changed, and how large it is now."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                yield from _changes(entry.path)
            elif entry.name.endswith(_KINDS):
                status = entry.stat()
                yield from (status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1)
def _in_checkout(folder: Path) -> bool:
    return (folder.parent.parent / "pyproject.toml").is_file()


def _find(name: str, package: str) -> Traversable:
    return files(package).joinpath(*name.split("/"))


@lru_cache(maxsize=8)
def _joined(entry: str, package: str, without: frozenset[str], stamp: tuple[int, ...]) -> str:
    joined: dict[tuple[str, str], str] = {}
    open_modules: list[tuple[str, str]] = []
    left_out = {(name, _HERE) for name in without}

    def join(module: tuple[str, str]) -> None:
        if module in open_modules:
            circle = " -> ".join(name for name, _ in [*open_modules[open_modules.index(module) :], module])
            raise ValueError(f"script: modules import each other in a circle: {circle}; move what both need to a third")
        open_modules.append(module)
        text = asset(*module)
        for names, path in _IMPORT.findall(text):
            needed = _resolve(path, *module)
            if needed in left_out:
                text = _without(text, names.replace(",", " ").split(), module[0])
            elif needed not in joined:
                join(needed)
        joined[module] = re.sub("^export (?!default )", "", _IMPORT.sub("", text), flags=re.MULTILINE)
        open_modules.pop()

    join((entry, package))
    return _OPEN.sub("", _INDENTS.sub("", _REMARKS.sub("", "".join(joined.values()))))


def _without(text: str, names: Collection[str], module: str) -> str:
    """Leave out the rows of a module's lists that are nothing but one of these names."""
    for name in names:
        text = re.sub(rf"^ *{name},\n", "", text, flags=re.MULTILINE)
        if re.search(rf"\b{name}\b", _REMARKS.sub("", _IMPORT.sub("", text))):
            raise ValueError(f"script: {module} needs {name} other than as a row of a list; it cannot be left out")
    return text


def _resolve(path: str, name: str, package: str) -> tuple[str, str]:
    """Return which module of which package a module means: of its own, or of this one by the whole path to it."""
    _, elsewhere, rest = path.rpartition("graphviz_ad/player/")
    if elsewhere:
        return rest, _HERE
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path)), package
