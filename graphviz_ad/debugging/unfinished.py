"""What was recorded before a function raised, as text in columns: what raised, where, at what, and all before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphviz_ad.debugging.columns import Look, padded, width, wrapped
from graphviz_ad.debugging.excerpt import excerpt_at, place_of
from graphviz_ad.debugging.text import code_lines
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.text import written
from graphviz_ad.story.levels import Fragment
from graphviz_ad.story.raising import Raiser, expression_of, facts_of, headline_of, proviso_of, sentence_of

__all__ = ["headline", "unfinished_text"]

_PLACE = 30  # columns that a place has beside a title
_FIRST, _LAST = 6, 24  # of many values, those that are told
_WIDEST = 44  # columns that a formula has
_LEAST = 14  # columns in which values can be read


def headline(raiser: Raiser) -> str:
    """Return what raised, and at what: ``f raises ValueError at X @ w``."""
    return "".join(map(_plain, headline_of(raiser.failure, Formula(expression_of(raiser.failure)))))


def _plain(part: Fragment) -> str:
    return part.text if isinstance(part, Formula) else str(part)


def unfinished_text(raiser: Raiser, look: Look) -> str:
    """Return what is to be said of a function that raised.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.engine.failures import remains_of
    >>> from graphviz_ad.engine.recording import Recording
    >>> try:
    ...     Recording.of_call(lambda x: np.sin(x)[3], (np.ones(2),), {})
    ... except IndexError as error:
    ...     print(unfinished_text(Raiser(remains_of(error, "")), Look.of(None)).splitlines()[-1])
    f did not return: there are values up to here, and nothing to differentiate.
    """
    failure = raiser.failure
    lines = [*_head(raiser, look)]
    says = sentence_of(failure)
    lines += wrapped(look.say(says), look.columns) if says else []
    code = excerpt_at(failure.site) if failure.site is not None else None
    blocks = [
        [f"  {line}" for line in code_lines(code, look, look.strong)] if code is not None else [],
        list(_facts(raiser, look)),
        list(_values(raiser, look)),
        wrapped(look.say(proviso_of(raiser.trace.name)), look.columns),
    ]
    for block in filter(None, blocks):
        lines += ["", *block]
    return "\n".join(line.rstrip() for line in lines)


def _head(raiser: Raiser, look: Look) -> Iterator[str]:
    """Yield the title, and the place, which ends in the last column."""
    site = raiser.failure.site
    where = (
        ""
        if site is None or site.filename.startswith("<expression")
        else look.say(place_of(site.filename, site.line, _PLACE))
    )
    first, *more = wrapped(look.say(headline(raiser)), look.columns - width(where) - 2 * bool(where))
    yield look.strong(first) + " " * (look.columns - width(first + where)) + where
    yield from map(look.strong, more)


def _facts(raiser: Raiser, look: Look) -> Iterator[str]:
    """Yield the operands and the calls, a line each."""
    facts = [(look.say(label), look.say(text)) for label, text in facts_of(raiser.failure)]
    labels = min(max((width(label) for label, _ in facts), default=0), 30)
    for label, text in facts:
        first, *more = wrapped(text, look.columns - labels - 4)
        yield f"  {padded(label, labels)}  {first}"
        yield from (" " * (labels + 4) + line for line in more)


def _values(raiser: Raiser, look: Look) -> Iterator[str]:
    """Yield the values, a node a line, and at the end what gave none; of many those at both ends."""
    count = len(raiser.variables)
    shown = [*range(count)] if count <= _FIRST + _LAST else [*range(_FIRST), *range(count - _LAST, count)]
    rows = [("node", "value")]
    for i in shown:
        title = _shortened(look.say(raiser.card(i).title.text))
        rows.append((title, look.say(written(raiser.variables[i].value))))
        if i == _FIRST - 1 and len(shown) < count:
            rows.append((look.say(f"… {count - len(shown):,} more nodes …"), ""))
    raised = look.say(f"raises {raiser.failure.type_name}")
    last = _shortened(look.say(Formula(expression_of(raiser.failure)).text))
    widest = max(width(row[0]) for row in (*rows, (last, "")))
    room = look.columns - widest - 4
    if room < _LEAST:  # values stand below what they are of
        widest, room = 2, look.columns - 6
    for name, value in rows:
        yield from _row(name, wrapped(value, room), widest)
    first, *more = _row(last, [raised], widest, "!")
    yield from map(look.strong, (first, *more))


def _row(name: str, values: Sequence[str], widest: int, mark: str = " ") -> Iterator[str]:
    """Yield a name with the lines of its value, beside it or below."""
    if width(name) <= widest:
        yield f"{mark} {padded(name, widest)}  {values[0]}"
        values = values[1:]
    else:
        yield f"{mark} {name}"
    yield from (" " * (widest + 4) + line for line in values)


def _shortened(text: str) -> str:
    return text if width(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
