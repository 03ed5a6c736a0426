"""A cost in words: which mode to take and why, and tables in columns; what was counted, and what was measured."""

from __future__ import annotations

import linecache
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import NamedTuple

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.columns import Look, fitted, padded, plural, width, wrapped
from graphviz_ad.debugging.costs.sweeping import Costs, LineCost, ModeCost, NodeCost
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.remarks import remarks

__all__ = ["Table", "cost_text", "headline", "kept", "line_table", "mode_table", "node_table", "notes", "verdict"]

_DEAREST = 10
_EVEN = 1.1  # times as many operations: less is about as many
_CODE = 30  # characters of a line of code
_WORDS = 6  # columns in which an expression can still be told from others
_WHAT = {"f": "the function", "gradient": "gradient", "jacobian": "Jacobian", "hessian": "Hessian"}


class Table(NamedTuple):
    """A table: what stands above its columns, its rows, and how many columns on the left hold words."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int


def headline(exam: Examination, costs: Costs) -> str:
    """Say what was looked at."""
    name, arguments = exam.recording.name, ", ".join(exam.arguments)
    head = f"{name}({arguments if len(arguments) <= 40 else '…'})"
    return (
        f"{head}: {plural(len(costs.nodes), 'node')}, {plural(costs.inputs, 'number')} in, "
        f"{plural(costs.outputs, 'number')} out"
    )


def _mode(costs: Costs, what: str, mode: str) -> ModeCost | None:
    return next((own for own in costs.modes if (own.what, own.mode) == (what, mode)), None)


def verdict(exam: Examination, costs: Costs) -> str:
    """Say which mode to take, and why, by the operations that were counted."""
    if not costs.modes:
        return f"{exam.recording.name} has no gradient to be computed: its result depends on no input."
    what = costs.modes[1].what
    back, push = _mode(costs, what, "reverse"), _mode(costs, what, "forward")
    assert back is not None
    count = costs.inputs * costs.outputs
    numbers = f"{count:,} derivatives" if count != 1 else "derivative"
    sweeps = "one sweep back" if back.sweeps == 1 else f"{back.sweeps:,} sweeps back"
    if push is None or back.operations is None or push.operations is None:
        pushes = f"forward mode would take {'one push' if costs.inputs == 1 else f'{costs.inputs:,} pushes'}"
        better = "reverse" if back.sweeps <= costs.inputs else "forward"
        counted = "not all operations are counted, so this goes by the sweeps alone"
        return f"Take {better} mode: {sweeps} {_give(back)} the {numbers}, {pushes}; {counted}."
    pushes = "one push" if push.sweeps == 1 else f"{push.sweeps:,} pushes"
    if max(back.operations, push.operations) <= _EVEN * min(back.operations, push.operations):
        return (
            f"Take either mode: {sweeps} {_give(back)} the {numbers} with {back.operations:,} operations, forward mode "
            f"in {pushes} with {push.operations:,}."
        )
    if back.operations < push.operations:
        return (
            f"Take reverse mode: {sweeps} {_give(back)} the {numbers} with {back.operations:,} operations"
            f"{_times(costs, back)}; forward mode would take {pushes} and {push.operations:,}{_times(costs, push)}."
        )
    return (
        f"Take forward mode: {pushes} {_give(push)} the {numbers} with {push.operations:,} operations"
        f"{_times(costs, push)}; reverse mode would take {sweeps} and {back.operations:,}{_times(costs, back)}."
    )


def _give(mode: ModeCost) -> str:
    return "gives" if mode.sweeps == 1 else "give"


def _times(costs: Costs, mode: ModeCost) -> str:
    ratio = _ratio(costs, mode)
    return f", {ratio} times those of the function" if ratio else ""


def _ratio(costs: Costs, mode: ModeCost) -> str:
    whole = costs.modes[0].operations
    return f"{mode.operations / whole:,.1f}" if whole and mode.operations is not None else ""


def mode_table(costs: Costs) -> Table:
    """Return what each way to get something costs."""
    rows = [
        (
            _WHAT[own.what],
            "" if own.mode == "evaluate" else own.mode,
            f"{own.sweeps:,}" if own.sweeps else "",
            _count(own.operations),
            _ratio(costs, own),
            _time(own.seconds),
        )
        for own in costs.modes
    ]
    heads = ("", "mode", "sweeps", "operations", "× f", "one takes")
    return Table("What it would cost", heads, tuple(rows), 2)


def line_table(costs: Costs) -> Table:
    """Return what each line of code costs; of many the dearest."""
    several = len({own.file for own in costs.lines if own.file}) > 1
    own = [line for line in costs.lines if line.line]
    shown = own if len(own) <= 2 * _DEAREST else sorted(sorted(own, key=_dear)[: 2 * _DEAREST], key=_place)
    rows = [(_where(line, several), _code(line), *_figures(line.operations, line.back, line.held,
             line.seconds, line.back_seconds)) for line in shown]  # fmt: skip
    title = "By line" if len(own) == len(shown) else f"The {len(shown)} dearest of {len(own)} lines"
    return Table(title, ("line", "", "ops", "ops back", "kept", "time", "time back"), tuple(rows), 2)


def node_table(exam: Examination, costs: Costs) -> Table:
    """Return what the nodes cost; of many the dearest."""
    own = [node for node in costs.nodes if exam.nodes[node.position].index not in exam.stops]
    shown = sorted(sorted(own, key=_dear)[:_DEAREST], key=lambda node: node.position)
    rows = []
    for node in shown:
        figures = _figures(node.operations, node.back, node.held, node.seconds, node.back_seconds)
        rows.append((exam.called(node.position), _cut(exam.written(node.position)), *figures))
    title = "By node" if len(own) == len(shown) else f"The {len(shown)} dearest of {len(own):,} nodes"
    return Table(title, ("node", "", "ops", "ops back", "kept", "time", "time back"), tuple(rows), 2)


def _dear(own: LineCost | NodeCost) -> tuple[float, float]:
    return -float((own.operations or 0) + (own.back or 0)), -float((own.seconds or 0.0) + (own.back_seconds or 0.0))


def _place(line: LineCost) -> tuple[str, int]:
    return line.file, line.line


def _where(line: LineCost, several: bool) -> str:
    return f"{PurePath(line.file).name}:{line.line}" if several else str(line.line)


def _code(line: LineCost) -> str:
    return _cut(linecache.getline(line.file, line.line).strip())


def _cut(text: str) -> str:
    text = visible(text)
    return text if len(text) <= _CODE else f"{text[: _CODE - 1]}…"


def _figures(
    operations: int | None, back: int | None, held: int, seconds: float | None, back_seconds: float | None
) -> tuple[str, ...]:
    return _count(operations), _count(back), _bytes(held), _time(seconds), _time(back_seconds)


def _count(count: int | None) -> str:
    return "?" if count is None else f"{count:,}"


def _bytes(count: int) -> str:
    """Write a number of bytes.

    Examples
    --------
    >>> _bytes(512), _bytes(24_576), _bytes(3_000_000)
    ('512 B', '24.0 KiB', '2.9 MiB')
    """
    size, unit = float(count), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{count:,} B" if unit == "B" else f"{size:.1f} {unit}"


def _time(seconds: float | None) -> str:
    """Write a time in two digits, which is what a median of few runs is good for.

    Examples
    --------
    >>> _time(7.31e-7), _time(0.0000136), _time(0.0421), _time(2.5), _time(None)
    ('0.73 µs', '14 µs', '42 ms', '2.5 s', '')
    """
    if seconds is None:
        return ""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= 0.995 * size or unit == "µs":
            value = seconds / size
            digits = 0 if value >= 9.95 else 1 if value >= 0.995 else 2
            return f"{value:.{digits}f} {unit}"
    return ""


def kept(costs: Costs) -> str:
    """Say how many bytes are kept alive, and how many of them the way back reads."""
    whole = sum(node.held for node in costs.nodes)
    needed = [node for node in costs.nodes if node.needed]
    return (
        f"The trace keeps {_bytes(whole)} of numbers alive. The way back reads the values of {len(needed):,} of "
        f"{plural(len(costs.nodes), 'node')}, with {_bytes(sum(node.held for node in needed))}."
    )


def _at_once(exam: Examination, costs: Costs) -> str:
    """Return what makes many sweeps back at once; nothing where one is enough, or where it goes forward, one by one."""
    if not costs.modes or np.iscomplexobj(exam.recording.start):
        return ""
    if costs.outputs == 1:
        return "gad.hessian" if costs.inputs > 1 and _mode(costs, "hessian", "reverse over reverse") else ""
    return "gad.jacobian" if 4 * costs.inputs > costs.outputs else ""


def notes(exam: Examination, costs: Costs) -> Iterator[str]:
    """Say what was counted, what was measured, and what was not; of several results, of which the derivatives are."""
    yield from remarks(exam.recording, draws=False)
    yield (
        "Counted: an operation is a sum, a product, a comparison or one value of a function such as sin, of one "
        "number; moving numbers is none. Those of a sweep were counted on one sweep, as it was made here, and taken as "
        "often as it is made."
    )
    yield (
        f"Measured: times are medians of {plural(costs.rounds, 'run')} on this machine, of each operation and each "
        "rule alone, and of one whole sweep; a time of f is the sum over its operations. No other time is claimed."
    )
    whole = _at_once(exam, costs)
    if whole:
        yield (
            f"Sweeps are counted as made one after another. {whole} sends many of them through at once, as larger "
            "arrays, so that its time is not so many times that of one."
        )
    if costs.uncounted:
        yield f"Not counted, since their operations are not known: {', '.join(costs.uncounted)}."


def cost_text(exam: Examination, costs: Costs, look: Look) -> str:
    """Return the cost as text in columns."""
    say = look.say
    lines = [*wrapped(say(headline(exam, costs)), look.columns), "", *wrapped(say(verdict(exam, costs)), look.columns)]
    tables = [mode_table(costs), line_table(costs), node_table(exam, costs)]
    for table in tables:
        if table.rows:
            lines += ["", say(table.title), *_set(table, look)]
    for words in (kept(costs), *notes(exam, costs)):
        lines += ["", *wrapped(say(words), look.columns)]
    return "\n".join(line.rstrip() for line in lines)


def _set(table: Table, look: Look) -> Iterator[str]:
    """Yield the lines of a table: words on the left, figures on the right, or below where there is no room beside."""
    cells = [[look.say(cell) for cell in row] for row in (table.heads, *table.rows)]
    wide = [max(width(row[k]) for row in cells) for k in range(len(table.heads))]
    spare = look.columns - sum(wide) - 2 * len(wide)
    if wide[1] + spare < min(wide[1], _WORDS):
        yield from _stacked(cells, wide, table.words, look.columns)
        return
    wide[1] += min(spare, 0)
    for row in cells:
        words = [padded(fitted(cell, wide[k]), wide[k]) for k, cell in enumerate(row[: table.words])]
        figures = [f"{' ' * (wide[k] - width(cell))}{cell}" for k, cell in enumerate(row) if k >= table.words]
        yield "  " + "  ".join([*words, *figures])


def _stacked(cells: Sequence[Sequence[str]], wide: Sequence[int], words: int, columns: int) -> Iterator[str]:
    """Yield the lines of a table, two for each row."""
    joint = "  " if 4 + sum(wide[words:]) + 2 * (len(wide) - words - 1) <= columns else " "
    for row in cells:
        yield fitted("  " + "  ".join(filter(None, row[:words])), columns)
        figures = [f"{' ' * (own - width(cell))}{cell}" for own, cell in zip(wide, row, strict=True)]
        yield "    " + joint.join(figures[words:])
