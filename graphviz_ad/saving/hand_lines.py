"""The report on a backward pass as HTML: a table of its lines, in which the wrong ones are opened, for a notebook.

Nothing in it is a script. It stands on the style sheet of the cards of findings, and has their colours and themes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import PurePath
from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.debugging.columns import plural
from graphviz_ad.debugging.hand_written.changing import change
from graphviz_ad.debugging.hand_written.comparing import Array, worst_entry
from graphviz_ad.debugging.hand_written.sentences import barred, of_gradients, shape_of
from graphviz_ad.debugging.hand_written.text import rights
from graphviz_ad.debugging.hand_written.trying import Outcome
from graphviz_ad.debugging.hand_written.verdicts import Checked, LineVerdict
from graphviz_ad.draw.signs import BY_VERDICT, CHECK, sign
from graphviz_ad.numerals.writing import static
from graphviz_ad.saving.cards import rules, sheet, style
from graphviz_ad.saving.maps import CELLS, captioned, maps

__all__ = ["filmed", "page", "snippet"]

_CROSS = BY_VERDICT["wrong"]
_BARRED = re.compile("((?:\\w[\u0304\u0305]|[āēīōūȳḡ])+[₀-₉]*)")


def snippet(seen: Checked, level: int = 2) -> str:
    """Return the report for the output of a notebook's cell; its heading is of a level."""
    return f"<style>{style(CELLS)}{rules(__file__)}</style>\n{_section(seen, level)}"


def page(seen: Checked, title: str) -> str:
    """Return the report as a page that needs nothing else, without the picture of forward."""
    return sheet(title, snippet(seen, level=1))


def filmed(film: Mapping[str, Any], seen: Checked) -> dict[str, Any]:
    """Return the film of a story with lines, with their table, which the player shows beside the picture."""
    table = {"table": _section(seen, 2), "style": f"{rules()}{rules(__file__)}"}
    return {
        **film,
        "verdicts": {**film.get("verdicts", {"rows": []}), **table},
        "styles": sorted({*film["styles"], *CELLS}),
    }


def _section(seen: Checked, level: int) -> str:
    name = escape(visible(seen.name))
    gradients = escape(of_gradients(Outcome(list(seen.gradients), seen.wrong))) if seen.error is None else "it raises"
    right, judged = rights(seen.lines)
    counted = f'<p class="gad-hand-count">lines right <b>{right} of {judged}</b></p>' if judged else ""
    return (
        f'<section class="gad-check gad-hand" aria-label="Report of {name}">'
        f"<h{level}><code>{name}</code>: {_lettered(gradients)}</h{level}>{counted}"
        f"{''.join(_banners(seen))}{_table(seen)}</section>"
    )


def _banners(seen: Checked) -> Iterator[str]:
    """Yield what is to be known first: the first wrong line, what was raised, how it was checked."""
    first = next((line for line in seen.lines if line.verdict == "wrong"), None)
    if first is not None:
        known = first.words.endswith("the first line known to be wrong")
        which = "the first line known to be wrong" if known else "the first wrong line"
        yield f'<p class="gad-hand-first">{sign(_CROSS)}<span><b>Line {first.line} is {which}.</b> '
        yield f"{_around(seen, first)}</span>{_off_by(first)}</p>"
    elif seen.error is not None:
        where = "" if seen.raised_line is None else f" at line {seen.raised_line}"
        what = escape(visible(f"{type(seen.error).__name__}{where}: {seen.error}"))
        yield f'<p class="gad-hand-first">{sign(_CROSS)}<span><b>Your backward raises</b> {what}</span></p>'
    else:
        for k in sorted(seen.wrong):
            gradient = seen.gradients[k]
            whose = barred(gradient.input.name)
            yield f'<div class="gad-hand-gradient"><p>{sign(_CROSS)} {_lettered(whose)} is wrong.</p>'
            yield f"{_maps(gradient.got, gradient.expected, whose)}</div>"
    for remark in seen.remarks:
        yield f'<p class="gad-hand-remark">{escape(remark)}</p>'


def _around(seen: Checked, first: LineVerdict) -> str:
    """Return how many lines are right before the first wrong one, and inherit after it."""
    place = seen.lines.index(first)
    before = sum(one.verdict == "right" and not one.is_forward for one in seen.lines[:place])
    after = sum(one.verdict == "inherits" and one.name != "return" for one in seen.lines)
    parts = [f"{plural(before, 'line')} before it {'is' if before == 1 else 'are'} right"] if before else []
    parts += [f"{after} {'inherits' if after == 1 else 'inherit'} from it"] if after else []
    return f"{', '.join(parts)}." if parts else ""


def _off_by(line: LineVerdict) -> str:
    got, expected = line.got, line.expected
    if got is None or expected is None or got.shape != expected.shape:
        return ""
    largest = float(np.max(np.abs(got - expected), initial=0.0))
    return f'<span class="gad-hand-off">off by up to {static(largest)}</span>'


# -- the table ------------------------------------------------------------------------------------------------------


def _table(seen: Checked) -> str:
    if not seen.lines:
        return ""
    heads = "".join(
        f'<th scope="col">{head}</th>' for head in ("line", "your backward, line by line", "verdict", "shape")
    )
    rows = "".join(
        row for k, (line, file) in enumerate(zip(seen.lines, _files(seen), strict=True)) for row in _rows(line, file, k)
    )
    return (
        '<div class="gad-scroll" tabindex="0" role="group" aria-label="your backward, line by line">'
        f'<table class="gad-listing gad-hand-lines"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _files(seen: Checked) -> Iterator[str]:
    """Yield for each line the name of its file where that is another one than that of the line before."""
    before = seen.lines[0].file
    for line in seen.lines:
        yield "" if line.file == before else PurePath(line.file).name
        before = line.file


def _rows(line: LineVerdict, file: str, number: int) -> Iterator[str]:
    if file:
        yield f'<tr class="gad-hand-file"><td></td><td colspan="3">{escape(visible(file))}</td></tr>'
    words = _lettered(escape(visible(line.words)))
    shape = shape_of(line.got) if not line.is_forward else ""
    kind = "again" if line.is_forward else line.verdict
    yield (
        f'<tr class="gad-hand-{kind}" data-row="{number}"><td>{line.line}</td><th scope="row">{_code(line)}</th>'
        f"<td>{sign(BY_VERDICT[line.verdict])}<span>{words}</span></td><td>{shape}</td></tr>"
    )
    if line.verdict == "wrong":
        yield f'<tr class="gad-hand-opened"><td></td><td colspan="3"><div>{_opened(line)}</div></td></tr>'


def _code(line: LineVerdict) -> str:
    code = visible(line.code.splitlines()[0])
    if line.verdict != "wrong" or line.remedy is None or "\n" in line.code:
        return f"<code>{escape(code)}</code>"
    at = change(code, visible(line.remedy))
    middle = code[at.start : at.end]
    marked = f"<em>{escape(middle)}</em>" if middle else ""
    return f"<code>{escape(code[: at.start])}{marked}{escape(code[at.end :])}</code>"


def _opened(line: LineVerdict) -> str:
    """Return what there is to say of a wrong line: its maps, its reason, the line without its slip."""
    reason = _marked(line.sentence.partition(f"{line.words}.")[2].strip())
    parts = [f"<p>{reason}</p>" if reason else "", _remedy(line)]
    if line.proof:
        parts.append(f"<p>{sign(CHECK)} <b>Tried:</b> {escape(line.proof)}.</p>")
    return f'{_maps(line.got, line.expected, line.name)}<div class="gad-hand-reason">{"".join(parts)}</div>'


def _remedy(line: LineVerdict) -> str:
    if line.remedy is None:
        return ""
    before, after = visible(line.code), visible(line.remedy)
    at = change(before, after)
    new = after[at.start : at.other_end]
    boxed = f"{escape(after[: at.start])}<mark>{escape(new)}</mark>{escape(after[at.other_end :])}"
    return (
        f"<pre><span>{line.line} − </span><del>{escape(before)}</del>\n"
        f"<span>{line.line} + </span><ins>{boxed if new else escape(after)}</ins></pre>"
    )


def _marked(text: str) -> str:
    """Return a sentence whose code is set as code, and its adjoints in italics."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", _lettered(escape(visible(text), quote=False)))


def _lettered(text: str) -> str:
    return _BARRED.sub(r"<i>\1</i>", text)


# -- the maps -------------------------------------------------------------------------------------------------------


def _maps(got: Array | None, expected: Array | None, name: str) -> str:
    """Return expected, got and their difference beside each other, on one scale, with the worst entry framed."""
    if got is None or expected is None:
        return ""
    if got.shape != expected.shape:
        shapes = [captioned("expected", _shape(expected)), captioned(f"got {name}", _shape(got))]
        return f'<div class="gad-hand-maps gad-maps">{"".join(shapes)}</div>'
    entry = worst_entry(got, expected)
    values = [expected, got, got - expected]
    words = ["expected", f"got {name}", "got − expected"]
    at = () if entry is None else entry
    numbers = [static(value[at]) for value in values]
    drawn = maps(values, entry) or [""] * 3
    where = (
        ""
        if entry is None
        else f'<p class="gad-hand-where">at [{", ".join(map(str, entry))}], where they differ most</p>'
    )
    figures = (captioned(word, text, svg) for word, text, svg in zip(words, numbers, drawn, strict=True))
    return f'<div class="gad-hand-maps gad-maps">{"".join(figures)}{where}</div>'


def _shape(value: Array) -> str:
    return shape_of(value) or "one number"
