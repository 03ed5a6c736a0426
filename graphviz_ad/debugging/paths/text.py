"""A gradient's paths in words: the sentence that says first what dominates or cancels, and a table in columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.columns import Look, counted, padded, plural, width, wrapped
from graphviz_ad.debugging.examination import Examination, listed, numbers
from graphviz_ad.debugging.paths.searching import Path, Ways
from graphviz_ad.debugging.paths.sizes import written
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.numerals.abbreviating import abbreviated
from graphviz_ad.numerals.writing import rough

__all__ = [
    "LETTERED",
    "LETTERS",
    "Row",
    "cut",
    "ending",
    "instead",
    "is_beneath",
    "legend",
    "parts",
    "paths_text",
    "rows",
    "sentences",
    "short",
    "summed",
]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""What the paths are called, the widest first."""
LETTERED = 4
"""So many of the widest paths have letters in pictures."""
_LEVEL = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_MANY = 10_000  # paths; of more it is said how many were not followed
_END = 12  # nodes at each end of a long path that are written
_ROUNDING = 1e-12  # of the traffic: smaller differences are not seen
_SMALL = 0.5  # of the larger of both signs: then paths cancel


_Part = TypeVar("_Part")


class Row(NamedTuple):
    """A path as a table shows it.

    Attributes
    ----------
    letter : str
    way : tuple of str
        What its nodes are called or compute, from the output to the input; of many the first and the last.
    product : str
        Its local gradients; of many the first and the last.
    value : str
    share : str
        ``"42 %"``
    lines : tuple of int
        The person's lines, in the order of the way.
    """

    letter: str
    way: tuple[str, ...]
    product: str
    value: str
    share: str
    lines: tuple[int, ...]


def rows(exam: Examination, paths: Sequence[Path]) -> list[Row]:
    """Return the rows of some paths."""
    return [
        Row(
            LETTERS[k] if k < len(LETTERS) else str(k + 1),
            tuple(_ends(path.nodes, exam.named)),
            " · ".join(_ends(path.edges, lambda edge: _factor(exam, *edge))),
            _given(path),
            _percent(path.share),
            tuple(dict.fromkeys(site.line for i in path.nodes if (site := exam.site(i)) is not None)),
        )
        for k, path in enumerate(paths)
    ]


def _given(path: Path) -> str:
    """Write what a path gives, a number that its dtype has no digits for by its logarithm."""
    if not is_beneath(path):
        return short(path.value)
    text = written(path.log10, bool(np.signbit(np.ravel(path.value)[0])))
    return f"[{text}]" if np.ndim(path.value) else text


def is_beneath(path: Path) -> bool:
    """Whether what a path gives is a single number below the range in which its dtype has all digits.

    Examples
    --------
    >>> [is_beneath(Path((1, 0), ((1, 0),), np.float64(value), 1.0, log10)) for value, log10 in [(0.0, -400.0), (1, 0)]]
    [True, False]
    """
    value = np.asarray(path.value)
    if value.size != 1 or value.dtype.kind != "f" or not np.isfinite(path.log10):
        return False
    return bool(np.abs(value).max() < np.finfo(value.dtype).tiny)


def _ends(parts: Sequence[_Part], written: Callable[[_Part], str]) -> Iterator[str]:
    """Yield what parts are as they are written; of many the first and the last, for nobody has room for all."""
    if len(parts) <= 2 * _END + 1:
        yield from map(written, parts)
        return
    yield from map(written, parts[:_END])
    yield "…"
    yield from map(written, parts[-_END:])


def _factor(exam: Examination, child: int, argument: int) -> str:
    """Return the local gradient of an edge as it is written in a product; of a rule what the edge says."""
    label = exam.edge(child, argument)
    if label.gradient is None:
        return visible(label.text.text.strip("· "))
    text = visible(Formula(label.gradient).text)
    for _, parent in exam.operands(child):
        if text == exam.called(parent) and not exam.has_name(parent):
            text = exam.written(parent)
    return f"({text})" if any(sign in text for sign in (" + ", " − ")) else text


def legend(exam: Examination, products: Sequence[str]) -> str:
    """Say what the names stand for that products, as they are shown, have from the trace alone; empty where none has.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> why = gad.trace(lambda x: np.log(x**2) * x, 2.0).why("x")
    >>> legend(why._exam, [row.product for row in rows(why._exam, why.paths)])
    'Here v₁ is x².'
    """
    written = {name.translate(_LEVEL) for name in re.findall(r"(?<![^\W\d])v[₀-₉\d]+", " · ".join(products))}
    nodes = [i for i, name in enumerate(exam.names) if name in written and not exam.has_name(i)]
    said = [f"{exam.called(i)} is {exam.named(i)}" for i in nodes]
    return f"Here {listed(said)}." if said else ""


def short(value: Any) -> str:
    """Write a number in four digits, and so the entries of a short vector, or where those of an array lie.

    Examples
    --------
    >>> short(0.94653247), short(np.array([1.0, -0.0605425])), short(np.array([[1 / 3, -2.0]]))
    ('0.9465', '[1 −0.06054]', '−2 … 0.3333 (1×2)')
    """
    value = np.asarray(value)
    if np.iscomplexobj(value) or value.dtype.kind != "f":
        return abbreviated(value) if value.ndim == 0 else numbers(value)
    if value.ndim > 1 or value.size > 3:
        return numbers(np.array([float(f"{entry:.4g}") for entry in np.ravel(value)]).reshape(value.shape))
    digits = [rough(entry, 4) for entry in np.ravel(value)]
    return f"[{' '.join(digits)}]" if value.ndim else digits[0]


def _percent(share: float) -> str:
    """Write a share; none that is not all is 100 %.

    Examples
    --------
    >>> _percent(0.418), _percent(1e-12), _percent(1 - 1e-9), _percent(1.0)
    ('42 %', '< 1 %', '> 99 %', '100 %')
    """
    if 0.995 <= share < 1:
        return "> 99 %"
    return f"{100 * share:.0f} %" if share >= 0.0095 or not share else "< 1 %"


def parts(path: Path) -> tuple[float, float]:
    """Return how much of a path's share adds, and how much takes away; all of a complex number adds.

    Examples
    --------
    >>> values = -0.5, np.array([1.0, -0.25]), 3 - 4j, 0.0
    >>> [parts(Path((1, 0), ((1, 0),), value, 0.5, 0.0)) for value in values]
    [(0.0, 0.5), (0.4, 0.1), (0.5, 0.0), (0.5, 0.0)]
    """
    entries = np.ravel(path.value)
    if np.iscomplexobj(entries):
        return path.share, 0.0
    ups, downs = float(entries[entries > 0].sum()), float(-entries[entries < 0].sum())
    if not ups and not downs:  # of what its dtype is too coarse for, the sign is left
        ups, downs = (0.0, 1.0) if entries.size == 1 and np.signbit(entries[0]) else (1.0, 0.0)
    return path.share * ups / (ups + downs), path.share * downs / (ups + downs)


def summed(paths: Sequence[Path]) -> Any:
    """Return what some paths give together.

    Examples
    --------
    >>> summed([Path((1, 0), ((1, 0),), 2.0, 0.8, 0.3), Path((1, 0), ((1, 1),), -0.5, 0.2, -0.3)])
    1.5
    """
    total = paths[0].value
    for path in paths[1:]:
        total = total + path.value
    return total


def sentences(exam: Examination, i: int, ways: Ways) -> str:
    """Say what dominates a gradient, or that its paths cancel."""
    bar, count = exam.bar(i), counted(ways.count)
    if i == exam.output:
        return f"{bar} = {numbers(exam.adjoint(i))} is the seed: {exam.called(i)} is where the way back begins."
    if not ways.paths:
        return f"No path leads from {exam.recording.name} back to {exam.called(i)}: there is no {bar}."
    g, first = exam.adjoint(i), ways.paths[0]
    whole, dtype = f"{bar} = {numbers(g)}", np.asarray(g).dtype
    if ways.count == 1:
        beneath = f": the product is {_given(first)}, below the range of {dtype}" if is_beneath(first) else ""
        return f"{whole} comes along a single path{beneath}."
    if ways.traffic == 0:
        if is_beneath(first):
            return f"{whole}: along each of the {count} paths the product is below the range of {dtype}{_rest(ways)}."
        return f"{whole}: along each of the {count} paths the product is 0, or too small for its dtype."
    if not ways.is_exact:
        together = numbers(summed(ways.paths))
        return f"{whole} comes along {count} paths, too many to follow; the widest that were met make {together} of it."
    alone = f"Path A alone would give {numbers(first.value)}"
    if is_beneath(first):
        alone = f"Path A alone would give {_given(first)}, which is below the range of {dtype}"
    if np.ndim(g) == 0 and not np.iscomplexobj(g) and ways.traffic is not None and np.isfinite(ways.traffic):
        ups, downs = (ways.traffic + float(g)) / 2, (float(g) - ways.traffic) / 2
        if abs(g) < _SMALL * max(ups, -downs):
            cancel = f"is small because its paths cancel: +{numbers(ups)} against {numbers(downs)}"
            return f"{whole} {cancel}. {alone}{_rest(ways)}."
    return f"{whole} comes along {count} paths. {alone}{_rest(ways)}."


def _rest(ways: Ways) -> str:
    if len(ways.paths) == ways.count:
        return ""
    share = sum(one.share for one in ways.paths)
    carry = f"{'carry' if len(ways.paths) > 1 else 'carries'} {_percent(_short_of_all(share, ways))}"
    if ways.count > _MANY:
        left = ways.count - len(ways.paths)
        return f"; {_widest(ways)} {carry}, {counted(left)} others were not followed"
    return f"; {_widest(ways)} of {counted(ways.count)} {carry}"


def _short_of_all(share: float, ways: Ways) -> float:
    """Return the share of the paths that are listed: less than all where another gives something."""
    return min(share, 1 - _ROUNDING) if ways.rest else 1.0


def _widest(ways: Ways) -> str:
    return f"the {len(ways.paths)} widest" if len(ways.paths) > 1 else "the widest"


def instead(ways: Ways) -> str:
    """Say what reverse mode does in place of following paths, counted on this graph, both from the seed 1 on."""
    return (
        "Reverse mode follows no path to its end: at each node it first adds what has come back, and then multiplies "
        f"the sum once per edge. That takes {plural(ways.edges, 'multiplication')} and "
        f"{plural(ways.sums, 'addition')}; path by path it would take {counted(ways.length)} and "
        f"{counted(ways.count - 1)}."
    )


def paths_text(exam: Examination, i: int, ways: Ways, look: Look, more: Sequence[str] = ()) -> str:
    """Return the paths as text in columns, and what more there is to say."""
    lines = wrapped(look.say(sentences(exam, i, ways)), look.columns)
    if ways.paths:
        table, products = _table(exam, i, ways, look)
        lines += ["", *table]
        if said := legend(exam, products):
            lines += ["", *wrapped(look.say(said), look.columns)]
    if ways.count > 1:
        lines += ["", *wrapped(look.say(instead(ways)), look.columns)]
    for words in more:
        lines += ["", *wrapped(look.say(words), look.columns)]
    return "\n".join(line.rstrip() for line in lines)


def _table(exam: Examination, i: int, ways: Ways, look: Look) -> tuple[list[str], list[str]]:
    """Return the lines of the table, and the products as far as it has room for them."""
    say = look.say
    head = ["", f"way from {exam.recording.name} back to {exam.called(i)}", "local gradients", "is", "share", "lines"]
    shown = rows(exam, ways.paths)
    cells = [[row.letter, "", "", row.value, row.share, " ".join(map(str, row.lines))] for row in shown]
    table = [list(map(say, row)) for row in [head, *cells, *ending(exam, i, ways)]]
    fixed = [max(width(row[k]) for row in table) for k in (0, 3, 4, 5)]
    room = look.columns - sum(fixed) - 2 * 5
    least = max(width(row[1]) for row in table)  # of the words that are not cut
    if room + 2 < least:
        for row, own in zip(shown, table[1:], strict=False):
            own[1] = say(cut(list(row.way), " ▸ ", look.columns - fixed[0] - 2))
        return list(_stacked(table, fixed)), []
    most = max(min(max(width(" ▸ ".join(row.way)) for row in shown), max(room // 2, 8)), least)
    seen = []
    for row, own in zip(shown, table[1:], strict=False):
        own[1] = say(cut(list(row.way), " ▸ ", most))
        seen.append(_held_to(cut(row.product.split(" · "), " · ", room - most), room - most))
        own[2] = say(seen[-1])
    if room - most < width(head[2]):  # no room for products
        seen = []
        for own in table:
            own[2] = ""
    wide = [max(width(row[k]) for row in table) for k in range(6)]
    lines = []
    for letter, way, product, value, share, numbered in table:
        products = [padded(product, wide[2])] if wide[2] else []
        left = "  ".join([padded(letter, wide[0]), padded(way, wide[1]), *products])
        right = f"{' ' * (wide[3] - width(value))}{value}  {' ' * (wide[4] - width(share))}{share}  {numbered}"
        lines.append(f"{left}  {right}")
    return lines, seen


def _stacked(table: Sequence[Sequence[str]], wide: Sequence[int]) -> Iterator[str]:
    """Yield two lines for each row: the way, and below it what comes along it."""
    for letter, way, _, value, share, numbered in table:
        yield f"{padded(letter, wide[0])}  {way}"
        if value:
            left = f"{' ' * (wide[0] + 2 + wide[1] - width(value))}{value}"
            yield f"{left}  {' ' * (wide[2] - width(share))}{share}  {numbered}"


def ending(exam: Examination, i: int, ways: Ways) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Yield the rows of what is not listed, and of the sum."""
    others = ways.count - len(ways.paths)
    g = exam.adjoint(i)
    if others and ways.is_exact:
        rest = max(1 - sum(path.share for path in ways.paths), ways.rest) if ways.rest else 0.0
        rest = min(rest, 1 - _ROUNDING)  # what is listed is wider
        yield (
            "",
            f"{counted(others)} other{'s' if others > 1 else ''}",
            "",
            _rest_of(g, ways),
            _percent(rest),
            "",
        )
    elif others:
        yield "", f"{counted(others)} others, not followed", "", "", "", ""
    if ways.count > 1:
        every = "both" if ways.count == 2 else "all" if ways.count > _MANY else f"all {ways.count:,}"
        yield "", f"sum of {every} paths", "", short(g), "", ""


def _held_to(text: str, room: int) -> str:
    return text if width(text) <= room else f"{text[: max(room - 1, 0)]}…"


def _rest_of(g: Any, ways: Ways) -> str:
    """Write what the paths give that are not listed; it is about 0 where it is lost in the rounding of the others."""
    rest = g - summed(ways.paths)
    is_lost = (
        ways.traffic is not None and np.isfinite(ways.traffic) and np.sum(np.abs(rest)) <= _ROUNDING * ways.traffic
    )
    return "≈0" if is_lost and ways.rest else short(rest)


def cut(parts: list[str], joint: str, most: int) -> str:
    """Return parts in one line, the middle ones left out where that is too long.

    Examples
    --------
    >>> cut(["f", "b", "a", "x"], " ▸ ", 26), cut(["f", "b", "a", "x"], " ▸ ", 10)
    ('f ▸ b ▸ a ▸ x', 'f ▸ … ▸ x')
    """
    text = joint.join(parts)
    if width(text) <= most or len(parts) < 3:
        return text if width(text) <= most else f"{text[: most - 1]}…"
    for kept in range(len(parts) - 2, 0, -1):
        first = (kept + 1) // 2
        text = joint.join([*parts[:first], "…", *parts[len(parts) - (kept + 1 - first) :]])
        if width(text) <= most:
            return text
    return f"{parts[0]}{joint}…"
