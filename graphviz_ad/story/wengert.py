"""The Wengert list as text: a line for each node, with its value and adjoint."""

from __future__ import annotations

from graphviz_ad.console import printable
from graphviz_ad.formulas.text import written
from graphviz_ad.numerals.abbreviating import abbreviated
from graphviz_ad.story.telling import Teller

__all__ = ["table"]

_MOST_ROWS = 150
_SHOWN_OF_MANY = 10


def table(teller: Teller) -> str:
    """Return a trace as a Wengert list: a line for each node with its value and adjoint.

    Of a long one only the beginning and the end are told. Below stand the arrays that go by a name.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> print(gad.trace(np.sin, 0.5))
    f(x) = sin x
    node       value     adjoint
    x          0.5       0.877583
    f = sin x  0.479426  1
    """
    trace = teller.trace
    count = len(teller.variables)
    shown = list(range(count))
    if count > _MOST_ROWS:
        shown = [*range(_SHOWN_OF_MANY), *range(count - _SHOWN_OF_MANY, count)]
    rows = [_row(teller, i) for i in shown]
    if count > _MOST_ROWS:
        rows.insert(_SHOWN_OF_MANY, (f"... {count - 2 * _SHOWN_OF_MANY:,} more nodes ...", "", ""))
    if teller.output < 0:
        rows.append((f"{trace.name} = {written(trace.start)}", written(trace.start), "no path"))
    rows.insert(0, ("node", "value", "adjoint"))
    rows = [(printable(node), printable(value), printable(adjoint)) for node, value, adjoint in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    constants = [printable(f"with {key} = {abbreviated(value)}") for key, value in teller.constants.arrays()]
    return "\n".join([teller.titles[0].text, *lines, *constants])


def _row(teller: Teller, i: int) -> tuple[str, str, str]:
    card, node = teller.card(i), teller.variables[i]
    adjoint = teller.sweep.adjoint(node) if teller.sweep is not None and card.reached else None
    value, back = written(node.value), card.missing if adjoint is None else written(adjoint)
    if card.results:  # one after the other in an array, whose length says nothing
        value, back = (text.rpartition(", ")[2] for text in (value, back))
    return card.title.text, value, back
