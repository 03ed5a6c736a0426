"""What a report can be saved as: texts by their suffix, and the picture of its graph as pictures are saved."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphviz_ad.errors import InputError, suggest
from graphviz_ad.saving.files import place, write_file
from graphviz_ad.saving.formats import listed, save
from graphviz_ad.saving.subject import Subject

__all__ = ["PICTURES", "json_text", "save_report"]

PICTURES = (".svg", ".png", ".pdf", ".dot", ".gv")
"""What the graph of a report is saved as."""


def json_text(data: Any) -> str:
    """Return plain data as JSON, a field a line, in its own letters; NaN and infinity, which JSON lacks, raise.

    Examples
    --------
    >>> print(json_text({"name": "x̄"}))
    {
     "name": "x̄"
    }
    """
    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False)


def save_report(
    path: str | os.PathLike[str],
    texts: Mapping[str, Callable[[], str]],
    picture: Callable[[], Subject] | None = None,
    pictures: Sequence[str] = PICTURES,
    **options: Any,
) -> None:
    """Write a report to a file, as its suffix says.

    Parameters
    ----------
    path : path-like
        Written whole or not at all.
    texts : mapping of str to callable
        By suffix, what returns the whole file.
    picture : callable, optional
        Returns what is painted; there are no pictures unless given.
    pictures : sequence of str
        The suffixes of its pictures.
    **options
        Of a picture, as `save` takes them; those that are None were not asked for.

    Raises
    ------
    InputError
        For another suffix, and for an option of a text.
    PathError
        When the file cannot be written there.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save_report(Path(folder, "report.txt"), {".txt": lambda: "no findings"})
    ...     Path(folder, "report.txt").read_text()
    'no findings'
    """
    target = place(path, "save")
    suffix = target.suffix.lower()
    asked = {name: value for name, value in options.items() if value is not None}
    if suffix in texts:
        for name in asked:
            raise InputError(f"save: a {suffix} file takes no {name}; {listed(pictures, 'and')} do")
        write_file(target, texts[suffix]().encode("utf-8"), "save")
    elif picture is not None and suffix in pictures:
        save(picture(), target, **asked)
    else:
        known = (*texts, *(pictures if picture is not None else ()))
        name, hint = target.name[:80], suggest(suffix, known)
        raise InputError(f"save: cannot write {name!r}; the name must end in {listed(known)}.{hint}")
