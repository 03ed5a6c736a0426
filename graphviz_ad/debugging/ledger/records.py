"""What a ledger consists of: calls of backward, entries, steps and clearings, each with its place in the code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphviz_ad.console import prints
from graphviz_ad.debugging.findings import Finding

__all__ = ["LEDGER_KINDS", "Call", "Clear", "Entry", "LedgerFinding", "Place", "Step"]

LEDGER_KINDS = {
    "nan-gradient": "NaN",
    "inf-gradient": "inf",
    "released": "gone",
    "recorded": "graph",
    "replaced": "old",
    "accumulated": "added",
    "stale": "stale",
    "nothing": "nothing",
    "elsewhere": "thread",
}
"""Every kind of finding of a ledger with the mark that it has in a text."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the person's code: the file, the line, and the expression or the statement that stands there."""

    file: str
    line: int
    expression: str


@prints
@dataclass(frozen=True, eq=False, slots=True)
class Entry:
    """What one call of `backward` did to the gradient of one leaf.

    Attributes
    ----------
    leaf : str
        What the leaf is called.
    call : int
        Which call of `backward`, from 1.
    step : int
        Which step of the training, from 1: calls whose gradients are added up belong to one step.
    value : NumPy value
        Of the leaf.
    before : NumPy value or None
        The gradient that it had; None where it had none.
    added : NumPy value or None
        What this call has added; None where the leaf is in the graph and nothing flows to it.
    after : NumPy value or None
        The gradient that it has then.
    calls : tuple of int
        The calls whose sum `after` is; 0 stands for what no call of the ledger has added.
    zeroed : int or None
        The line of the last `zero_grad` since the leaf's entry before; None where there was none.
    file : str
    line : int
    expression : str
        The call, as the person wrote it.
    index : int
        The creation index of the leaf, by which leaves of one name are told apart.
    """

    leaf: str
    call: int
    step: int
    value: Any
    before: Any
    added: Any
    after: Any
    calls: tuple[int, ...]
    zeroed: int | None
    file: str
    line: int
    expression: str
    index: int


@prints
@dataclass(frozen=True, eq=False, slots=True)
class Call:
    """A call of `backward`.

    Attributes
    ----------
    number, step : int
        From 1.
    place : Place
    value : NumPy value
        What was differentiated; None of a call that raised.
    entries : tuple of Entry
        One for each leaf.
    missed : tuple of int
        The creation indices of the leaves that are known, alive, and not in its graph.
    error : str
        What it raised; empty where it raised nothing.
    retained : bool
        Whether it left the graph for another one.
    """

    number: int
    step: int
    place: Place
    value: Any
    entries: tuple[Entry, ...] = ()
    missed: tuple[int, ...] = ()
    error: str = ""
    retained: bool = True


@prints
@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """A change of a leaf's value: a new leaf in its place, or its gradient subtracted from something.

    Attributes
    ----------
    leaf : str
    number : int
        Which step of the training.
    before, after : NumPy value
        The values of both leaves; None of a subtraction.
    calls : tuple of int
        The calls whose gradients were read for it; none where none was read.
    place : Place
        The statement.
    index, new : int
        The creation indices of both leaves; `new` is −1 of a subtraction.
    source : int
        The creation index of the leaf whose gradient was read.
    """

    leaf: str
    number: int
    before: Any
    after: Any
    calls: tuple[int, ...]
    place: Place
    index: int
    new: int
    source: int


@prints
@dataclass(frozen=True, eq=False, slots=True)
class Clear:
    """A call of `zero_grad` that forgot a gradient: of which calls, and where."""

    leaf: str
    number: int
    calls: tuple[int, ...]
    place: Place
    index: int


@dataclass(frozen=True, eq=False, slots=True)
class LedgerFinding(Finding):
    """Something that is wrong, or to be known, over several calls of `backward`.

    Attributes
    ----------
    kind : str
        One of `LEDGER_KINDS`.
    severity, title, sentence, file, line, expression, remedy
        As of every `Finding`; `reaches` are the leaves.
    calls : tuple of int
        The calls that it is about.
    """

    calls: tuple[int, ...] = ()

    @property
    def mark(self) -> str:
        """Its kind in brackets, as a text begins with it."""
        return f"[{LEDGER_KINDS[self.kind]}]"
