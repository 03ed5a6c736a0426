"""A trace as a page of text that a person can read and a program read back: a block a node, its numbers below it.

It says nothing of files and lines, so that it stays the same where code is moved, and on every machine. Numbers have
all their digits; of arrays of more than a hundred there are sums in which every entry takes part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.examination import Examination

__all__ = ["Block", "Numbers", "blocks_of", "page_of", "read"]

HEAD = "graphviz_ad trace, version 1"
_MOST = 100
_A_LINE = 5  # numbers in a line


@dataclass(frozen=True, eq=False, slots=True)
class Numbers:
    """Numbers of a node.

    Attributes
    ----------
    label : str
        "value", "adjoint", or "slope by x, 2x".
    kind : str
        Their dtype, shape and how they are written: ``float64``, ``float64 2×3``, ``float64 20×6, summarized``.
    rows : tuple of (str, tuple)
        What a row is called, and its numbers; the rows of an array have no names.
    """

    label: str
    kind: str
    rows: tuple[tuple[str, tuple[Any, ...]], ...]

    @property
    def flat(self) -> Any:
        """All numbers, one after another."""
        return np.array([entry for _, row in self.rows for entry in row])


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    """A node: what it is called and computes, and its numbers."""

    head: str
    numbers: tuple[Numbers, ...]


def blocks_of(exam: Examination) -> list[Block]:
    """Return the blocks of a trace."""
    return [_block(exam, i) for i in range(len(exam.nodes))]


def page_of(exam: Examination) -> str:
    """Return a trace as a page.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> print(page_of(Examination(gad.trace(lambda x: x**2, 3.0), Thresholds())))
    graphviz_ad trace, version 1
    f(x)
    <BLANKLINE>
    x = input
      value: float64
        3.0
      adjoint: float64
        6.0
    <BLANKLINE>
    f = x²
      value: float64
        9.0
      slope by x, 2x: float64
        6.0
      adjoint: float64
        1.0
    """
    lines = [HEAD, f"{visible(exam.recording.name)}({', '.join(exam.arguments)})"]
    for block in blocks_of(exam):
        lines += ["", block.head]
        for numbers in block.numbers:
            lines.append(f"  {numbers.label}: {numbers.kind}" if numbers.kind else f"  {numbers.label}")
            lines += [f"    {name}{' '.join(map(_written, row))}" for name, row in numbers.rows]
    return "\n".join(lines)


def read(text: str) -> list[Block]:
    """Return the blocks of a page.

    Raises
    ------
    ValueError
        With what is wrong, and in which line.
    """
    lines = text.splitlines()
    if not lines or lines[0].strip() != HEAD:
        raise ValueError(f"line 1: expected {HEAD!r}, got {(lines or [''])[0][:60]!r}")
    blocks: list[tuple[str, list[tuple[str, str, list[Any]]]]] = []
    for k, line in enumerate(lines[2:], 3):
        try:
            if line.startswith("    "):
                blocks[-1][1][-1][2].append(_row(line.strip()))
            elif line.startswith("  "):
                label, _, kind = line.strip().rpartition(": ")
                blocks[-1][1].append((label, kind, []) if label else (kind, "", []))
            elif line.strip():
                blocks.append((line.strip(), []))
        except (ValueError, IndexError):
            raise ValueError(f"line {k}: cannot read {line.strip()[:60]!r}") from None
    return [
        Block(head, tuple(Numbers(label, kind, tuple(rows)) for label, kind, rows in numbers))
        for head, numbers in blocks
    ]


def _row(line: str) -> tuple[str, tuple[Any, ...]]:
    name, _, entries = line.rpartition(": ")
    return f"{name}: " if name else "", tuple(_read(entry) for entry in entries.split())


def _read(entry: str) -> Any:
    if entry in ("True", "False"):
        return entry == "True"
    return complex(entry) if entry.endswith("j") else float(entry)


def _written(entry: Any) -> str:
    """Return a number with all its digits.

    Examples
    --------
    >>> _written(np.float32(0.1)), _written(np.complex128(1 - 2j)), _written(np.True_), _written(np.int64(3))
    ('0.1', '1-2j', 'True', '3')
    """
    entry = np.asarray(entry)[()]
    if entry.dtype.kind == "c":
        return str(complex(entry)).strip("()")
    return str(entry)


def _block(exam: Examination, i: int) -> Block:
    own, computes = exam.called(i), exam.written(i)
    inside = exam.nodes[i].primitive is not None and exam.nodes[i].index not in exam.stops
    head = f"{own} = {computes if inside else 'input'}"
    return Block(head, tuple(_numbers(exam, i, inside)))


def _numbers(exam: Examination, i: int, inside: bool) -> Iterator[Numbers]:
    yield _told("value", exam.value(i))
    for k, parent in exam.operands(i) if inside else ():
        words, is_local = exam.factor(i, k)
        label = f"slope by {exam.called(parent)}" if is_local else f"back to {exam.called(parent)}"
        formula = words.strip("×⊙· ").replace(": ", " ")
        local = exam.local(i, k)
        own = _told("", local) if local is not None else Numbers("", "", ())
        yield Numbers(f"{label}, {formula}" if formula else label, own.kind, own.rows)
    adjoint = exam.adjoint(i)
    yield Numbers("adjoint", "none", ()) if adjoint is None else _told("adjoint", adjoint)


def _told(label: str, value: Any) -> Numbers:
    array = np.asarray(value)
    shape = "×".join(map(str, array.shape))
    kind = f"{array.dtype} {shape}".strip()
    if array.size <= _MOST:
        rows = array.reshape(-1, array.shape[-1]) if array.ndim and array.size else array.reshape(1, -1)
        lines = [row[k : k + _A_LINE] for row in rows for k in range(0, max(len(row), 1), _A_LINE)]
        return Numbers(label, kind, tuple(("", tuple(line)) for line in lines))
    flat = array.ravel().astype(np.complex128 if array.dtype.kind == "c" else np.float64)
    with np.errstate(all="ignore"):
        sums = {
            "sum": flat.sum(),
            "sum of sizes": np.abs(flat).sum(),
            "sum with weights 1, 2, …": (flat * np.arange(1, flat.size + 1)).sum() / flat.size,
            "first and last": (flat[0], flat[-1]),
        }
    rows_told = tuple((f"{name}: ", tuple(np.atleast_1d(own))) for name, own in sums.items())
    return Numbers(label, f"{kind}, summarized", rows_told)
