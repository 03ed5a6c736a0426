"""The code beside a film: the lines of the function, and where in them something was recorded."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphviz_ad.engine.source import Site

__all__ = ["Code", "Span"]

_MOST_LINES = 60

Span = Callable[[Site | None], list[int] | None]


@dataclass(frozen=True)
class Code:
    """The source of a function.

    Attributes
    ----------
    lines : list of str
        Without their common indentation.
    first : int
        The number of the first line in its file, from 1.
    files : frozenset of str
        What the file is called.
    margin : int
        How many characters of common indentation were left out.
    """

    lines: list[str]
    first: int
    files: frozenset[str]
    margin: int

    @classmethod
    def of(cls, function: Any) -> Code | None:
        """Return the code of a function; None where it cannot be read, or is too long to be shown.

        Examples
        --------
        >>> code = Code.of(textwrap.dedent)
        >>> code.lines[0]
        'def dedent(text):'
        """
        function = inspect.unwrap(function)
        try:
            lines, first = inspect.getsourcelines(function)
        except (OSError, TypeError):
            return None
        if len(lines) > _MOST_LINES:
            return None
        filename = getattr(getattr(function, "__code__", None), "co_filename", None)
        files = frozenset(name for name in (filename, inspect.getsourcefile(function)) if name is not None)
        shown = textwrap.dedent("".join(lines)).rstrip("\n").split("\n")
        return cls(shown, max(first, 1), files, len(lines[0].rstrip("\r\n")) - len(shown[0]))

    def span(self, site: Site | None) -> list[int] | None:
        """Return line, column, end line and end column of a site in these lines; None where it lies outside."""
        if site is None or site.filename not in self.files or site.column < 0:
            return None
        if not self.first <= site.line <= site.end_line < self.first + len(self.lines):
            return None
        return [site.line, max(0, site.column - self.margin), site.end_line, max(0, site.end_column - self.margin)]
