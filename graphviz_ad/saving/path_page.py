"""The paths of a gradient as HTML: a table in which a path is chosen, and the picture in which it is lit.

Nothing in it is a script: the rows are radio buttons, between which the arrow keys move, and the style sheet lights
what belongs to the one that is chosen, in the picture and in the code. The table is the whole content; the picture is
hidden from screen readers. It stands on the style sheet of the cards of findings, and has their colours and themes.

The same stands in a tab of the player, which lights what is chosen in its graph and in its code as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import PurePath
from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.columns import counted
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.paths.code import Line, code_lines
from graphviz_ad.debugging.paths.schedules import Naive, naive_words
from graphviz_ad.debugging.paths.searching import Ways
from graphviz_ad.debugging.paths.text import LETTERED, Row, cut, ending, legend, rows, sentences
from graphviz_ad.draw.growth import HIGH, chart
from graphviz_ad.draw.pen import ON_PAGE, Pen
from graphviz_ad.draw.strokes import bar, graph
from graphviz_ad.draw.svg import Element, number, serialise
from graphviz_ad.errors import GraphvizAdError, text_of
from graphviz_ad.films.code import Code
from graphviz_ad.films.paths import paths_json
from graphviz_ad.saving.cards import OWN_KEYS, prose, rules, sheet, style

__all__ = ["filmed", "page", "snippet", "title"]

_CHART, _BARS = 320.0, 132.0
_MARGIN = 6.0
_LONGEST = 56  # characters of a way, or of a product
_LINES = 5  # numbers of lines in a row


def page(exam: Examination, i: int, ways: Ways, own: Naive | None) -> str:
    """Return the paths as a page that needs nothing else."""
    return sheet(title(exam, i), snippet(exam, i, ways, own, level=1))


def title(exam: Examination, i: int) -> str:
    """Return what a page of the paths is called."""
    return f"Why {exam.bar(i)} is what it is"


def snippet(exam: Examination, i: int, ways: Ways, own: Naive | None, level: int = 2) -> str:
    """Return the paths for the output of a notebook's cell.

    Parameters
    ----------
    exam : Examination
    i : int
        The position of the node whose gradient it is.
    ways : Ways
    own : Naive or None
        What wrong orders make of it, if that was asked for.
    level : int
        Of its first heading.
    """
    with np.errstate(all="ignore"):
        said, table, below = _words(exam, i, ways, own, level + 1)
        code = _code(code_lines(exam, ways.paths))
        figure, missing = _figure(exam, ways) if ways.paths else ("", "")
    return (
        f"<style>{style(frozenset())}{_rules(ways)}</style>\n"
        f'<section class="gad-check gad-paths" aria-label="{_heading(exam, i)}">'
        f'<div class="gad-paths-page">{figure}<div><h{level}>Why <i>{escape(visible(exam.bar(i)))}</i> is what it is'
        f"</h{level}>{said}{table}{code}{below}{missing}</div></div></section>"
    )


def filmed(
    film: Mapping[str, Any], exam: Examination, i: int, ways: Ways, own: Naive | None, code: Code | None
) -> dict[str, Any]:
    """Return the film of a story with the paths, for a tab beside its graph.

    Parameters
    ----------
    film : mapping
        Of the recording.
    exam : Examination
    i : int
    ways : Ways
    own : Naive or None
        As for `snippet`.
    code : Code or None
        The lines that the film shows; where paths go through others, these are in the tab.
    """
    with np.errstate(all="ignore"):
        said, table, below = _words(exam, i, ways, own, 2)
        lines = code_lines(exam, ways.paths)
        listed = "" if code is not None and all(code.has(line.file, line.number) for line in lines) else _code(lines)
        figure, missing = _figure(exam, ways) if ways.paths else ("", "")
        rows = paths_json(exam, ways, code)
    inside = f"{said}{table}{listed}{figure}{missing}{below}"
    section = f'<section class="gad-check gad-paths" aria-label="{_heading(exam, i)}">{inside}</section>'
    return {**film, "paths": {"rows": rows, "section": section, "style": f"{rules()}{_rules(ways)}"}}


def _heading(exam: Examination, i: int) -> str:
    return f"Paths of {escape(visible(exam.bar(i)))}"


def _rules(ways: Ways) -> str:
    return rules(__file__) + "".join(_lit(k) for k in range(len(ways.paths)))


def _words(exam: Examination, i: int, ways: Ways, own: Naive | None, level: int) -> tuple[str, str, str]:
    """Return what is said first, the table with what explains it, and what reverse mode does instead."""
    names = {name for name in exam.names if len(name) <= 2} if ways.paths else set()
    said = f'<p class="gad-paths-said">{prose(sentences(exam, i, ways), names)}</p>'
    table = _table(exam, i, ways, names) if ways.paths else ""
    if ways.paths and (explained := legend(exam, [_product(row) for row in rows(exam, ways.paths)])):
        table += f'<p class="gad-paths-said">{prose(explained, names)}</p>'
    return said, table, _instead(exam, i, ways, own, level, names) if ways.count > 1 else ""


def _product(row: Row) -> str:
    """Return a product of local gradients as far as there is room for it."""
    return cut(row.product.split(" · "), " · ", _LONGEST)


def _lit(k: int) -> str:
    """Return the rule that lights what belongs to a path when it is chosen."""
    chosen = f'section.gad-paths:has([value="{k}"]:checked) [data-path~="{k}"]'
    hues = ";".join(f"--gad-{name}:var(--gad-bwd)" for name in ("chosen", "mark"))
    return f"{chosen}{{--gad-shown:inline;--gad-seen:visible;{hues}}}\n"


def _figure(exam: Examination, ways: Ways) -> tuple[str, str]:
    """Return the picture, and why there is none where there is none."""
    try:
        picture = graph(exam, ways, Pen(ON_PAGE), (_MARGIN, _MARGIN))
    except GraphvizAdError as error:  # very large, or no Graphviz
        return "", f"<p>No picture: {escape(visible(text_of(error)))}.</p>"
    return f'<figure aria-hidden="true">{_svg(picture.elements, picture.width, picture.height, _MARGIN)}</figure>', ""


def _svg(elements: Sequence[Element], wide: float, high: float, margin: float = 0.0) -> str:
    across, down = number(wide + 2 * margin), number(high + 2 * margin)
    box = {"viewBox": f"0 0 {across} {down}", "width": across, "height": down, "aria-hidden": "true"}
    return serialise(Element("svg", {**box, "focusable": "false"}, (), elements))


# -- the table --------------------------------------------------------------------------------------------------------


def _table(exam: Examination, i: int, ways: Ways, names: set[str]) -> str:
    pen = Pen(ON_PAGE)
    largest = max(path.share for path in ways.paths)
    whole = (_BARS / 2 - 2) / largest if largest else 0.0
    listed = rows(exam, ways.paths)
    body = ""
    for k, (row, path) in enumerate(zip(listed, ways.paths, strict=True)):
        drawn = _svg(list(bar(pen, path, _BARS / 2, 4, whole, 10)), _BARS, 18)
        body += _row(k, row, drawn, names)
    for _, words, _, value, share, _ in ending(exam, i, ways):
        total = " class='gad-paths-sum'" if words.startswith("sum") else ""
        tail = f", as reverse mode has <i>{escape(visible(exam.bar(i)))}</i>" if total else ""
        body += (
            f"<tr{total}><td></td><th scope='row' class='gad-paths-rest'>{escape(words)}{tail}</th>"
            f"<td class='gad-product'></td><td class='gad-number'>{escape(visible(value))}</td>"
            "<td class='gad-paths-bar'></td>"
            f"<td class='gad-number gad-share'>{share}</td><td class='gad-paths-lines'></td></tr>"
        )
    head = f"way from <i>{escape(visible(exam.recording.name))}</i> back to <i>{escape(visible(exam.called(i)))}</i>"
    titles = (("", ""), ("", head), ("", "product of local gradients"), ("gad-number", "is"),
              ("gad-paths-bar", "−&ensp;share&ensp;+"), ("", ""), ("", "lines"))  # fmt: skip
    columns = "".join(f"<th scope='col' class='{own}'>{title}</th>" if title else "<td></td>" for own, title in titles)
    return (
        "<form><div class='gad-scroll'><table class='gad-paths-table'>"
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div></form>"
    )


def _row(k: int, row: Row, drawn: str, names: set[str]) -> str:
    way = " ▸ ".join(row.way)
    letter = f"<span class='gad-paths-letter{' gad-ringed' if k < LETTERED else ''}'>{row.letter}</span>"
    chosen = " checked" if k == 0 else ""
    return (
        f"<tr class='gad-paths-row'><td><label><input type='radio' name='path' value='{k}'{chosen} {OWN_KEYS} "
        f"aria-label='Path {row.letter}: {escape(visible(way))}'>{letter}</label></td>"
        f"<th scope='row'>{prose(cut(list(row.way), ' ▸ ', _LONGEST), names)}</th>"
        f"<td class='gad-product'>{prose(_product(row), names)}</td>"
        f"<td class='gad-number'>{escape(visible(row.value))}</td><td class='gad-paths-bar'>{drawn}</td>"
        f"<td class='gad-number gad-share'>{row.share}</td>"
        f"<td class='gad-paths-lines'>{_numbered(row.lines)}</td></tr>"
    )


def _numbered(lines: Sequence[int]) -> str:
    shown = [str(line) for line in lines]
    return " ".join(shown if len(shown) <= _LINES else [*shown[: _LINES - 2], "…", shown[-1]])


# -- the code, and what reverse mode does -----------------------------------------------------------------------------


def _code(lines: Sequence[Line]) -> str:
    """Return the lines that paths go through, the operands marked of the path that is chosen."""
    if not lines:
        return ""
    wide = max(len(str(line.number)) for line in lines)
    several = len({line.file for line in lines}) > 1
    text, before = "", ("", 0)
    for line in lines:
        if several and line.file != before[0]:
            text += f"<span>{escape(visible(PurePath(line.file).name))}</span>\n"
        elif before[1] and line.number > before[1] + 1:
            text += f"<span>{'⋮':>{wide + 1}}</span>\n"
        before = line.file, line.number
        text += f"<span data-path='{_tokens(line.paths)}'><b>▸</b>{line.number:>{wide}}  </span>{_marked(line)}\n"
    return f"<pre class='gad-paths-code'>{text.rstrip()}</pre>"


def _marked(line: Line) -> str:
    return "".join(
        f"<em data-path='{_tokens(paths)}'>{escape(visible(piece))}</em>" if paths else escape(visible(piece))
        for piece, paths in line.pieces
    )


def _tokens(paths: frozenset[int]) -> str:
    return " ".join(map(str, sorted(paths)))


def _instead(exam: Examination, i: int, ways: Ways, own: Naive | None, level: int, names: set[str]) -> str:
    drawn = _svg(list(chart(Pen(ON_PAGE), ways, 0.0, 0.0, _CHART)), _CHART, HIGH)
    more = "".join(f"<p>{prose(words, names)}</p>" for words in (naive_words(exam, i, ways, own) if own else ()))
    counted = "".join(_counts(ways, own))
    return (
        f"<div class='gad-paths-instead'><div><h{level}>What reverse mode does instead</h{level}>"
        "<p>It follows no path to its end. At each node it first adds what has come back, then multiplies the sum "
        "<b>once</b> per edge.</p>"
        "<table><thead><tr><td></td><th scope='col'>multiply</th><th scope='col'>add</th></tr>"
        f"</thead><tbody>{counted}</tbody></table></div><figure aria-hidden='true'>{drawn}</figure>{more}</div>"
    )


def _counts(ways: Ways, own: Naive | None) -> Iterator[str]:
    counts = [("path by path", ways.length, ways.count - 1), ("reverse mode", ways.edges, ways.sums)]
    if own is not None:
        counts.insert(1, ("depth first, at once", own.visits, ways.count - 1))
    for words, times, sums in counts:
        bold = " class='gad-paths-sum'" if words == "reverse mode" else ""
        yield f"<tr{bold}><th scope='row'>{words}</th><td>{counted(times)}</td><td>{counted(sums)}</td></tr>"
