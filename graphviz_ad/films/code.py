"""The code beside a film: the lines of the function, and where in them something was recorded."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import PurePath
from types import CodeType, FunctionType, MethodType
from typing import Any

from graphviz_ad.console import prints, visible
from graphviz_ad.engine.functions import unwrapped
from graphviz_ad.engine.source import Site, source_lines

__all__ = ["Code", "Span"]

_MOST_LINES = 60

Span = Callable[[Site | None], list[int] | None]


@prints
@dataclass(frozen=True, eq=False)
class Code:
    """The source of a function.

    Attributes
    ----------
    lines : list of str
        Without their common indentation; `shown` is what a page gets of them.
    first : int
        The number of the first line in its file, from 1.
    filename : str or None
        What the file is called; None where these are not its lines.
    margin : int
        How many characters of common indentation were left out.
    """

    lines: list[str]
    first: int
    filename: str | None
    margin: int

    @classmethod
    def of(cls, function: Any) -> Code | None:
        """Return the code of a function, or of a code object; None where it cannot be read, or is too long to be shown.

        Examples
        --------
        >>> code = Code.of(textwrap.dedent)
        >>> code.lines[0]
        'def dedent(text):'
        """
        code = _code_of(function)
        if code is None:
            return None
        whole = source_lines(code)
        if whole is None:
            changed = f"# {PurePath(code.co_filename).name} has changed since it was imported: import it anew to see it"
            return cls([visible(changed)], code.co_firstlineno, None, 0)
        block = _block(whole, code.co_firstlineno)
        if not block or len(block) > _MOST_LINES:
            return None
        lines = textwrap.dedent("".join(block)).rstrip("\n").split("\n")
        return cls(lines, max(code.co_firstlineno, 1), code.co_filename, len(block[0].rstrip("\r\n")) - len(lines[0]))

    @classmethod
    def around(cls, function: Any, others: Collection[CodeType]) -> Code | None:
        """Return the code of a function with that of others from its file, where all of it can be shown.

        Examples
        --------
        >>> Code.around(textwrap.dedent, [textwrap.indent.__code__]).lines[0]
        'def dedent(text):'
        """
        own = cls.of(function)
        if own is None or own.filename is None:
            return own
        near = [code for code in others if code.co_filename == own.filename and code.co_name != "<module>"]
        blocks = [own, *filter(None, map(cls.of, near))]
        first = min(block.first for block in blocks)
        last = max(block.first + len(block.lines) for block in blocks) - 1
        whole = source_lines(near[0]) if near else None
        if whole is None or last - first >= _MOST_LINES or last > len(whole):
            return own
        lines = textwrap.dedent("".join(whole[first - 1 : last])).rstrip("\n").split("\n")
        return cls(lines, first, own.filename, len(whole[first - 1].rstrip("\r\n")) - len(lines[0]))

    @property
    def shown(self) -> list[str]:
        """The lines as they can be shown: what would turn their text around is written as its escape."""
        return [visible(line) for line in self.lines]

    def has(self, filename: str, line: int) -> bool:
        """Whether a line of a file is one of these."""
        return filename == self.filename and self.first <= line < self.first + len(self.lines)

    def span(self, site: Site | None) -> list[int] | None:
        """Return line, column, end line and end column of a site in these lines; None where it lies outside."""
        if site is None or site.filename != self.filename or site.column < 0:
            return None
        if not self.first <= site.line <= site.end_line < self.first + len(self.lines):
            return None
        start, end = self._column(site.line, site.column), self._column(site.end_line, site.end_column)
        return [site.line, start, site.end_line, end]

    def _column(self, line: int, column: int) -> int:
        """Return where in a line as it is shown a column of the file stands."""
        return len(visible(self.lines[line - self.first][: max(0, column - self.margin)]))


def _code_of(function: Any) -> CodeType | None:
    """Return the code object of a Python function or method, whatever it is wrapped in."""
    function = unwrapped(function)
    if isinstance(function, CodeType):
        return function
    if isinstance(function, MethodType):
        function = unwrapped(function.__func__)
    return function.__code__ if isinstance(function, FunctionType) else None


def _block(lines: list[str], first: int) -> list[str]:
    """Return the lines of the function that begins at a line; none where they are not Python's."""
    try:
        return inspect.getblock(lines[max(first, 1) - 1 :])
    except Exception:  # whatever the tokenizer of this version raises
        return []
