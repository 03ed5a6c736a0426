"""The table of formats: what a suffix means, who writes it, which options it takes, and what must be installed.

Whatever saves, refuses or explains reads the rows: the ``save`` of traces, films and explorers, the command line and
its help, and every error message. A new format is one file here, with a function
``write(subject, options) -> bytes``, and one row.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graphviz_ad.draw.colours import PAGE_THEMES, THEMES, check_theme, full_name
from graphviz_ad.errors import InputError, MissingPackageError, suggest
from graphviz_ad.saving.files import file_path, place, write_file
from graphviz_ad.saving.options import Options, read_option
from graphviz_ad.saving.subject import Subject

__all__ = ["FORMATS", "Format", "check_installed", "format_of", "listed", "read_options", "save", "suffixes"]


@dataclass(frozen=True)
class Format:
    """One row.

    Attributes
    ----------
    module : str
        The file here that writes it; it is imported when it is used, for some need large packages.
    suffixes : tuple of str
        The first is the usual one.
    words : str
        What it is, for help and errors: ``"a picture"``.
    options : frozenset of str
        Which of `saving.options.OPTIONS` it takes.
    themes : tuple of str
        Which themes it knows.
    needs : tuple of (str, str)
        What must be installed: a module, and the distribution that brings it.
    moves : bool
        Whether it shows all stops of the sliders; else it shows one place.
    """

    module: str
    suffixes: tuple[str, ...]
    words: str
    options: frozenset[str] = frozenset()
    themes: tuple[str, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()
    moves: bool = False

    @property
    def write(self) -> Callable[[Subject, Options], bytes]:
        """What writes it: the same bytes for the same subject and options, on every machine."""
        writer: Callable[[Subject, Options], bytes] = importlib.import_module(f"{__package__}.{self.module}").write
        return writer


_FIGURE = frozenset(("step", "at", "theme", "width", "smallest", "around", "legend", "limit"))
_FACES = ("matplotlib", "matplotlib")  # it brings the faces that pictures are measured with
_PNG = (("resvg_py", "resvg-py"), _FACES)
_PDF = (("fpdf", "fpdf2"), _FACES)

FORMATS: tuple[Format, ...] = (
    Format("svg", (".svg",), "a picture", _FIGURE, THEMES),
    Format("png", (".png",), "a picture in pixels", _FIGURE | {"scale"}, THEMES, _PNG),
    Format("pdf", (".pdf",), "a picture for papers", _FIGURE, THEMES, _PDF),
    Format(
        "html",
        (".html",),
        "a page that plays",
        frozenset(("step", "at", "theme", "limit", "detail", "print", "reveal", "quiz", "presentation")),
        PAGE_THEMES,
        moves=True,
    ),
    Format("dot", (".dot", ".gv"), "a graph for Graphviz", frozenset(("at",))),
    Format("document", (".json",), "the whole story for programs", frozenset(("at",))),
)
"""Every format, in the order in which they are listed."""

_NONE = ("theme", "limit")  # options for which None does not mean that they are not asked for


def suffixes(option: str | None = None) -> tuple[str, ...]:
    """Return every suffix, or those of the formats that take an option.

    Examples
    --------
    >>> suffixes("scale")
    ('.png',)
    """
    return tuple(suffix for row in FORMATS if option is None or option in row.options for suffix in row.suffixes)


def listed(words: Sequence[str], last: str = "or") -> str:
    """Return words as one says them.

    Examples
    --------
    >>> listed([".svg", ".png", ".pdf"]), listed([".png"])
    ('.svg, .png or .pdf', '.png')
    """
    return f" {last} ".join([*([", ".join(words[:-1])] if words[1:] else []), *words[-1:]])


def format_of(path: str | os.PathLike[str], who: str) -> Format:
    """Return the row of a file name's suffix.

    Raises
    ------
    InputError
        For a path that is none, or an unknown suffix.

    Examples
    --------
    >>> format_of("f.SVG", "save").words
    'a picture'
    """
    target = file_path(path, who)
    if os.fspath(path).endswith(("/", os.sep)):
        raise InputError(
            f"{who}: {os.fspath(path)!r} names a directory; give a file name ending in {listed(suffixes())}"
        )
    suffix = target.suffix.lower()
    for row in FORMATS:
        if suffix in row.suffixes:
            return row
    raise InputError(
        f"{who}: cannot write {target.name[:80]!r}; the name must end in {listed(suffixes())}."
        f"{suggest(suffix, suffixes())}"
    )


def save(subject: Subject, path: str | os.PathLike[str], who: str = "save", **asked: Any) -> Path:
    """Write what can be saved, as the suffix of the file name says.

    Parameters
    ----------
    subject : Subject
    path : path-like
    who : str
        For errors.
    **asked
        Options; one that says what holds without it counts as not asked for.

    Raises
    ------
    InputError
        For an unknown suffix, an option that the format does not take, or a value that an option cannot have.
    MissingPackageError
        When the format needs a package that is not installed.
    PathError
        When the file cannot be written there.
    """
    row, target = format_of(path, who), place(path, who)
    options = read_options(row, asked, subject.own, who)
    check_installed(row, who)
    return write_file(target, row.write(subject, options), who)


def check_installed(row: Format, who: str) -> None:
    """Raise MissingPackageError unless what a format needs is installed; nothing is imported."""
    for module, distribution in row.needs:
        if importlib.util.find_spec(module) is None:
            raise MissingPackageError(
                f"{who}: a {row.suffixes[0]} file needs {distribution}, which is not installed: "
                f"pip install {distribution}"
            )


def read_options(row: Format, asked: Mapping[str, Any], unasked: Options, who: str) -> Options:
    """Return the options of a file, all of them checked, those that hold without being asked for among them.

    Raises
    ------
    InputError
        For an option that the format does not take, or a value that an option cannot have.

    Examples
    --------
    >>> read_options(format_of("f.pdf", "save"), {"width": "8cm", "step": None}, Options(), "save").width
    Length(number=8.0, unit='cm')
    >>> read_options(format_of("f.pdf", "save"), {"scale": 3}, Options(), "save")
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: save: a .pdf file takes no scale; .png does
    """
    values = {
        name: read_option(name, value, who) for name, value in asked.items() if value is not None or name in _NONE
    }
    values["theme"] = _theme(row, values.get("theme", unasked.theme), unasked.theme, who)
    for name, value in values.items():
        boundless = name == "limit" and value is None  # where nothing is drawn there is no limit to lift
        if name not in row.options and value != getattr(unasked, name) and not boundless:
            raise InputError(f"{who}: a {row.suffixes[0]} file takes no {name}; {_takers(suffixes(name))}")
    return replace(unasked, **values)


def _theme(row: Format, theme: Any, unasked: str, who: str) -> str:
    """Return the theme of a file; a figure of what follows the reader's system is light."""
    if not isinstance(theme, str):
        check_theme(theme, who, row.themes or THEMES)
    if theme == unasked and full_name(theme) not in row.themes:
        return "light" if row.themes else unasked
    elsewhere = tuple(suffix for other in FORMATS for suffix in other.suffixes if theme in other.themes)
    if row.themes and elsewhere and theme not in row.themes:
        raise InputError(f"{who}: a {row.suffixes[0]} file has no theme {theme!r}; {_takers(elsewhere)}")
    check_theme(theme, who, row.themes or THEMES)
    return str(theme)


def _takers(names: Sequence[str]) -> str:
    return f"{listed(names, 'and')} {'do' if names[1:] else 'does'}"
