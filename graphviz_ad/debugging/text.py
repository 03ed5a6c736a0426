"""A report as text in columns: each finding with its place, its reason, its line, its way and its remedy."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Collection, Iterator, Sequence

from graphviz_ad.debugging.columns import Look, padded, width, wrapped
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.excerpt import Excerpt, excerpt, place
from graphviz_ad.debugging.findings import Finding, Remedy
from graphviz_ad.debugging.lineage import Stop, lineage
from graphviz_ad.debugging.sought import as_meant, not_there
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.numerals.abbreviating import abbreviated

__all__ = ["block", "code_lines", "headline", "outline", "report_text", "sought", "summary"]

Style = Callable[[str], str]

_INDENT = 10
_PLACE = 30  # columns that a place has beside a title
_WIDEST = 70  # columns behind the margin, of 80
_LEAST = 12  # columns of a cell that goes on
_MARGIN = " " * _INDENT


def report_text(
    exam: Examination,
    findings: Sequence[Finding],
    remarks: Sequence[str],
    look: Look,
    meant: Sequence[Finding] = (),
) -> str:
    """Return the report of what was looked at, with remarks on it as a whole, and what of it is meant.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> print(report_text(Examination(gad.trace(lambda x: x**2, 3.0), Thresholds()), (), (), Look.of(None)))
    f(x): value 9, 2 nodes, no findings
    <BLANKLINE>
    Looked for: values not finite, gradients not finite, no path, zero gradients,
    saturated, vanishing, exploding, lost digits, underflow, grown shapes, kinks,
    close comparisons, added to an old grad, written to after use. None of these.
    """

    def said(sentences: Sequence[str]) -> list[str]:
        return [line for words in sentences for line in wrapped(look.say(words), look.columns)]

    lines = said([headline(exam, findings), *remarks])
    changes: set[Remedy] = set()
    for finding in findings:
        lines += ["", *_told(exam, finding, look, finding.mending in changes)]
        changes |= {finding.mending} if finding.mending is not None else set()
    return "\n".join(line.rstrip() for line in [*lines, "", *said(sought(findings, exam.undecided, meant))])


def outline(finding: Finding, look: Look) -> list[str]:
    """Return a finding in few lines, for the message of an error: what, where, why, its line, and the remedy.

    Examples
    --------
    >>> outline(Finding("nan", "error", "NaN is born in log x", "x is −1.", file="a.py", line=3), Look.of(None))
    ['[NaN] NaN is born in log x (a.py:3)', 'x is −1.']
    """
    where = place(finding, _PLACE)
    code = excerpt(finding)
    lines = [look.say(f"{finding.mark} {finding.title}{f' ({where})' if where else ''}")]
    lines += wrapped(look.say(finding.sentence), _room(look))
    lines += code_lines(code, look, str) if code is not None else []
    return [*lines, *_remedy(finding, look)]


def block(finding: Finding, look: Look) -> list[str]:
    """Return a finding as a report tells it, but for its way through the graph; a note is told without its code.

    Examples
    --------
    >>> for line in block(Finding("nan", "note", "NaN is born", "x is −1.", file="a.py", line=3), Look.of(None)):
    ...     print(line)
    [NaN]     NaN is born                                                     a.py:3
              x is −1.
    """
    lines = [*_head(finding, look), *(_MARGIN + line for line in wrapped(look.say(finding.sentence), _room(look)))]
    if finding.severity == "note":
        return lines
    code = excerpt(finding)
    for part in (list(code_lines(code, look, look.strong)) if code is not None else [], list(_remedy(finding, look))):
        lines += ["", *(_MARGIN + line for line in part)] if part else []
    return lines


def sought(findings: Sequence[Finding], undecided: Collection[str], meant: Sequence[Finding] = ()) -> list[str]:
    """Return in sentences what was looked for, and is not there, or is meant.

    Examples
    --------
    >>> sought([], (), [Finding("kink", "note", "|x| stands at a kink", "", file="a.py", line=3)])[1]
    'Meant: |x| stands at a kink (line 3).'
    """
    also = "Also looked" if findings else "Looked"
    there = ", ".join(own.words for own in not_there((*findings, *meant), undecided))
    return [f"{also} for: {there}. None of these.", *(f"M{as_meant(own)[1:]}." for own in meant)]


def headline(exam: Examination, findings: Sequence[Finding]) -> str:
    """Return what was looked at, and how much was seen: ``f(d): value 5, 4 nodes, 1 finding``."""
    recording = exam.recording
    arguments = ", ".join(exam.arguments)
    head = f"{recording.name}({arguments if len(arguments) <= 40 else '…'})"
    count = len(exam.nodes)
    nodes = f"{count:,} node{'s' if count != 1 else ''}"
    return f"{head}: value {abbreviated(plain_value(exam.recording.start))}, {nodes}, {summary(findings)}"


def summary(findings: Sequence[Finding]) -> str:
    """Return how many findings there are, and how many notes besides.

    Examples
    --------
    >>> summary([]), summary([Finding("kink", "note", "", ""), Finding("nan", "error", "", "")])
    ('no findings', '1 finding, 1 note')
    """
    notes = sum(finding.severity == "note" for finding in findings)
    serious = len(findings) - notes
    words = f"{serious or 'no'} finding{'s' if serious != 1 else ''}"
    return words + (f", {notes} note{'s' if notes > 1 else ''}" if notes else "")


# -- a finding ------------------------------------------------------------------------------------------------------


def _told(exam: Examination, finding: Finding, look: Look, is_cured: bool) -> Iterator[str]:
    """Yield the lines of a finding; a note is told without its code, a remedy that stands above not once more."""
    yield from _head(finding, look)
    yield from (_MARGIN + line for line in wrapped(look.say(finding.sentence), _room(look)))
    if finding.severity == "note":
        return
    alarm = look.alarm if finding.is_not_finite else look.strong
    code, way = excerpt(finding), lineage(exam, finding)
    cure = ["The remedy above cures this, too."] if is_cured else list(_remedy(finding, look))
    blocks = [
        list(code_lines(code, look, alarm)) if code is not None else [],
        list(_way(*way, look, alarm)),
        cure,
    ]
    for block in filter(None, blocks):
        yield ""
        yield from (_MARGIN + line for line in block)


def _head(finding: Finding, look: Look) -> Iterator[str]:
    """Yield the mark, the title and the place, which ends in the last column."""
    where = look.say(place(finding, _PLACE))
    mark = padded(look.say(finding.mark), _INDENT)
    first, *more = wrapped(look.say(finding.title), _room(look) - width(where) - 2 * bool(where))
    gap = " " * (look.columns - width(mark + first + where))
    bold = look.alarm if finding.is_not_finite else look.strong
    yield bold(mark) + bold(first) + gap + where
    yield from (_MARGIN + bold(line) for line in more)


def code_lines(code: Excerpt, look: Look, alarm: Style) -> Iterator[str]:
    """Yield the line of code, and one that marks the expression in it, with room for what stands before both."""
    number = str(code.line)
    before, expression, after = look.say(code.before), look.say(code.expression), look.say(code.after)
    room = _room(look) - len(number) - 3
    if width(before + expression + after) > room:
        before, expression, after = _cropped(before, expression, after, room, look)
    yield f"{number} | {before}{alarm(expression)}{after}"
    yield f"{' ' * len(number)} | {' ' * width(before)}{alarm('~' * width(expression))}"


def _cropped(before: str, expression: str, after: str, room: int, look: Look) -> tuple[str, str, str]:
    """Return a long line with its expression in it, as much of that as there is room for."""
    dots = look.say("…")
    if width(before) > 8:
        before = f"    {dots}"
    if width(before + expression) > room - len(dots):
        return before, expression[: room - width(before) - len(dots)] + dots, ""
    rest = room - width(before + expression)
    return before, expression, after if width(after) <= rest else after[: rest - len(dots)] + dots


def _way(sign: str, stops: Sequence[Stop], look: Look, alarm: Style) -> Iterator[str]:
    """Yield the way, a node a line: its name, its number, and what the one before it met."""
    if not stops:
        return
    rows = [(look.say(f"{sign} {stop.name}"), look.say(stop.number), look.say(stop.factor)) for stop in stops]
    missing = _WIDEST - _room(look)
    most = (20 - missing // 4, 30 - missing // 2)
    names, numbers = (min(max(width(row[k]) for row in rows), most[k]) for k in (0, 1))
    for stop, (name, number, factor) in zip(stops, rows, strict=True):
        if stop.gap:
            yield look.say(f"  ⋮ {stop.gap:,} more")
        head = f"{'!' if stop.ill else ' '} {padded(name, names)}   {padded(number, numbers)}"
        yield from (alarm(part) if stop.ill else part for part in _row(head, factor, _room(look)))


def _row(head: str, last: str, room: int) -> list[str]:
    """Return a row, whose last cell goes on in lines of its own where it is too long."""
    indent = width(head) + 3
    if not last or indent + width(last) <= room:
        return [f"{head}   {last}".rstrip()]
    if room - indent < _LEAST:
        return [head.rstrip(), *(f"      {part}" for part in wrapped(last, room - 6))]
    first, *more = wrapped(last, room - indent)
    return [f"{head}   {first}", *(" " * indent + part for part in more)]


def _room(look: Look) -> int:
    """Return how many columns there are behind the margin."""
    return look.columns - _INDENT


def _remedy(finding: Finding, look: Look) -> Iterator[str]:
    """Yield the advice, the line before and after, and what came of it."""
    if finding.mending is not None:
        yield from wrapped(look.say(f"Remedy: {finding.mending.advice}"), _room(look))
        yield from _change(finding.mending, look)
    elif finding.remedy:
        yield from wrapped(look.say(f"Remedy: {finding.remedy}"), _room(look))
    if finding.outcome:
        yield from wrapped(look.say(f"Tried on this trace: {finding.outcome}."), _room(look))
    for other in finding.alternatives:
        yield from wrapped(look.say(f"Or: {other.mending.advice}"), _room(look))
        mending = other.mending
        if max(map(width, _written("+", mending.line, mending.after, str, look))) <= _room(look):
            yield from _written("+", mending.line, mending.after, look.strong, look)
    if finding.acceptance is not None:
        lines, needs = finding.acceptance
        yield from wrapped(look.say(f"Or, if it is meant, say so{f', with {needs}' if needs else ''}:"), _room(look))
        yield from _written("+", lines.line, lines.after, look.strong, look)


def _change(mending: Remedy, look: Look) -> Iterator[str]:
    for sign, code, style in (("-", mending.before, str), ("+", mending.after, look.strong)):
        yield from _written(sign, mending.line, code, style, look)


def _written(sign: str, number: int, code: str, style: Style, look: Look) -> Iterator[str]:
    for line_number, line in enumerate(textwrap.dedent(code).strip("\n").splitlines(), number):
        yield f"{line_number} {sign} {style(look.say('    ' + line.rstrip()))}"
