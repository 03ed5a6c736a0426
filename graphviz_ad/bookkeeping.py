"""Ledger: what several calls of `backward` did to the gradients of leaves, to be printed, shown, saved and judged."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Never, Self

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.debugging.columns import Look
from graphviz_ad.debugging.ledger.book import Book, written
from graphviz_ad.debugging.ledger.document import ledger_document
from graphviz_ad.debugging.ledger.judging import judged
from graphviz_ad.debugging.ledger.records import Call, Entry, LedgerFinding, Step
from graphviz_ad.debugging.ledger.text import ledger_text, ledger_title
from graphviz_ad.engine.frames import public
from graphviz_ad.engine.journal import Journal
from graphviz_ad.errors import refuse_unknown
from graphviz_ad.saving.ledger_page import page, snippet
from graphviz_ad.saving.reports import json_text, save_report

__all__ = ["Ledger", "ledger"]


@public
def ledger(**unknown: Never) -> Ledger:
    """Keep a ledger of gradients: what each call of `backward` inside a ``with`` adds to what each leaf had before.

    It knows the line of each call, where `zero_grad` was called, and where a new leaf was put in the place of another
    one, as a step of training does. Its findings say where a step used gradients that an earlier step had used (a
    forgotten `zero_grad`), or that belong to another value; where a graph was released; where the gradient goes to a
    leaf that was replaced, or through a step that was recorded. Adding up small batches for one step is no mistake, and
    is told as a note.

    Returns
    -------
    Ledger
        With ``.entries``, ``.calls``, ``.steps`` and ``.findings``; ``print`` shows it in 80 columns. Each thread has
        ledgers of its own; of calls in another thread that has none a note says where. It may be opened again, and then
        goes on.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> w = gad.Variable(3.0, name="w")
    >>> with gad.ledger() as book:
    ...     for _ in range(2):
    ...         (w**2).backward()
    >>> [(entry.before, entry.added, entry.after) for entry in book.entries]
    [(None, np.float64(6.0), np.float64(6.0)), (np.float64(6.0), np.float64(6.0), np.float64(12.0))]
    >>> book.ok, [finding.severity for finding in book.findings]
    (True, ['note'])
    """
    refuse_unknown("ledger", unknown, ())
    return Ledger()


@prints
class Ledger:
    """What happened to gradients while it was open; made by `ledger`.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> with gad.ledger() as book:
    ...     pass
    >>> book.entries, book.ok
    ((), True)
    """

    def __init__(self) -> None:
        self._journal = Journal()
        self._read: tuple[int, Book, tuple[LedgerFinding, ...]] | None = None

    @public
    def __enter__(self) -> Self:
        self._journal.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._journal.end()

    def _reading(self) -> tuple[Book, tuple[LedgerFinding, ...]]:
        """Return the ledger so far; read anew when more has happened."""
        count = len(self._journal.events)
        if self._read is None or self._read[0] != count:
            with np.errstate(all="ignore"):
                book = written(self._journal.events[:count])
                self._read = count, book, judged(book)
        return self._read[1:]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What each call of `backward` did to each leaf, in order."""
        return self._reading()[0].entries

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls of `backward`, those that raised included."""
        return self._reading()[0].calls

    @property
    def steps(self) -> tuple[Step, ...]:
        """The changes of leaves: new leaves in the place of others, and gradients subtracted from something."""
        return self._reading()[0].steps

    @property
    def findings(self) -> tuple[LedgerFinding, ...]:
        """What is wrong, and what is to be known, the most serious first."""
        return self._reading()[1]

    @property
    def ok(self) -> bool:
        """Whether there is nothing but notes."""
        return all(finding.severity == "note" for finding in self.findings)

    def text(self, stream: Any = None) -> str:
        """Return the ledger in 80 columns as a stream can show it: in its letters, in colour on a terminal.

        Parameters
        ----------
        stream : file, optional
            Standard output, without colours, unless given.
        """
        return self._written(Look.asked(stream))

    def _written(self, look: Look) -> str:
        with np.errstate(all="ignore"):
            return ledger_text(*self._reading(), look)

    def to_json(self) -> str:
        """Return the ledger for programs, as JSON, every array whole.

        Examples
        --------
        >>> import json, numpy as np, graphviz_ad as gad
        >>> with gad.ledger() as book:
        ...     (gad.Variable([1.0, 2.0], name="w") ** 2).sum().backward()
        >>> json.loads(book.to_json())["calls"][0]["entries"][0]["after"]
        [2.0, 4.0]
        """
        return json_text(ledger_document(*self._reading()))

    @public
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the ledger to a file: ``.txt``, ``.html`` or ``.json``.

        Parameters
        ----------
        path : path-like
            Written whole or not at all.

        Raises
        ------
        InputError
            For another suffix.
        PathError
            When the file cannot be written there.
        """
        save_report(path, {suffix: partial(write, self) for suffix, write in _WRITERS.items()})

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        with np.errstate(all="ignore"):
            return {"text/html": snippet(*self._reading()), "text/plain": self.text(sys.stdout)}

    def __len__(self) -> int:
        return len(self.entries)

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Ledger: {ledger_title(*self._reading())}>"


_WRITERS: Mapping[str, Callable[[Ledger], str]] = {
    ".txt": lambda book: book._written(Look.of(None)) + "\n",
    ".html": lambda book: page(*book._reading()),
    ".json": lambda book: book.to_json() + "\n",
}
