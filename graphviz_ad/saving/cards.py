"""A report as HTML: its findings as cards beside the picture of the graph, for a notebook or in a page of its own.

Nothing in it is a script: what opens and closes are `details`, and the colours follow the host's theme, or the
reader's system. The cards stand in a ``section`` of their own; whoever shows them elsewhere takes `cards` and `style`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape
from pathlib import Path, PurePath

from graphviz_ad.console import visible
from graphviz_ad.debugging.columns import joined
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.excerpt import Excerpt, excerpt, place
from graphviz_ad.debugging.findings import Finding, Remedy, outcome_of
from graphviz_ad.debugging.lineage import Stop, lineage
from graphviz_ad.debugging.sought import as_meant, not_there
from graphviz_ad.debugging.text import headline
from graphviz_ad.draw.colours import LEVELS, TOKENS
from graphviz_ad.draw.signs import CHECK, SIGNS, Sign, sign
from graphviz_ad.draw.theme import css
from graphviz_ad.films.writing import Cut

__all__ = ["OWN_KEYS", "card", "cards", "drawing", "page", "prose", "rules", "sheet", "snippet", "style"]

_ROOM = 34  # characters of a place
_BAR = "[\u0304\u0305]"
_LETTERS = f"(?:\\w{_BAR}|[āēīōūȳḡ])+[₀-₉]*|\\b[^\\W\\d][₀-₉]+"
_PAGE = (
    "body{margin:0}body>main>.gad-check.gad-check{min-height:100vh;padding:16px}"
    ".gad-check>:is(h1,p),.gad-check-page{max-width:1120px;margin-left:auto!important;margin-right:auto!important}"
)
OWN_KEYS = 'data-lm-suppress-shortcuts="true"'
"""JupyterLab leaves the keys to what has this attribute."""

_ID = re.compile(' id="([^"]*)"')
_BAD = re.compile("(?<!\\w)(NaN|−?∞)(?!\\w)")
_WORDS = frozenset(["a", "A", "I", "is", "it", "in", "at", "of", "so", "to", "by", "no", "on", "as", "be"])
"""Names that are words, too: in a sentence nobody can tell."""


def snippet(
    exam: Examination,
    findings: Sequence[Finding],
    remarks: Sequence[str],
    picture: Cut | str,
    level: int = 2,
    meant: Sequence[Finding] = (),
) -> str:
    """Return the report for the output of a notebook's cell.

    Parameters
    ----------
    exam : Examination
    findings : sequence of Finding
    remarks : sequence of str
        On the report as a whole.
    picture : Cut or str
        The film that stands still, or why there is none.
    level : int
        Of its first heading.
    meant : sequence of Finding
        What is named at its end only.
    """
    if isinstance(picture, str):
        used, inside = frozenset[str](), f"<p>No picture: {escape(picture)}</p>"
    else:
        used, inside = frozenset(picture.film["styles"]), drawing(picture)
    figure = f'<figure class="gad-check-picture">{inside}</figure>'
    head = prose(headline(exam, findings), ())
    name = escape(visible(exam.recording.name))
    said = "".join(f'<p class="gad-check-remark">{escape(visible(words))}</p>' for words in remarks)
    return (
        f"<style>{style(used)}</style>\n"
        f'<section class="gad-check" aria-label="Report of {name}"><h{level}>{head}</h{level}>{said}'
        f'<div class="gad-check-page">{figure}<div>{cards(exam, findings, level + 1, meant)}</div></div></section>'
    )


def page(
    exam: Examination,
    findings: Sequence[Finding],
    remarks: Sequence[str],
    picture: Cut | str,
    meant: Sequence[Finding] = (),
) -> str:
    """Return the report as a page that needs nothing else."""
    return sheet(headline(exam, findings), snippet(exam, findings, remarks, picture, level=1, meant=meant))


def sheet(title: str, inside: str) -> str:
    """Return a page that needs nothing else, and runs nothing: its title, and what stands in it."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(visible(title))}</title>\n<style>{_PAGE}</style></head>\n"
        f"<body><main>{inside}</main></body></html>\n"
    )


def cards(exam: Examination, findings: Sequence[Finding], level: int = 3, meant: Sequence[Finding] = ()) -> str:
    """Return the findings, the first of them open, and below what else was looked for; headings begin at a level."""
    names = {own for own in exam.names if own not in _WORDS and len(own) <= 2} if findings else set()
    articles = "".join(_card(exam, finding, names, level, opened=k == 0) for k, finding in enumerate(findings))
    also = "Also looked for:" if findings else "Looked for, and all is well:"
    wells = (*(own.well for own in not_there((*findings, *meant), exam.undecided)), *map(as_meant, meant))
    items = "".join(f"<li>{sign(CHECK)}{escape(visible(words))}</li>" for words in wells)
    return f'{articles}<div class="gad-check-sought"><p>{also}</p><ul>{items}</ul></div>'


@lru_cache(maxsize=4)
def style(used: Collection[str]) -> str:
    """Return the style sheet of the cards, and of a picture in which these classes occur."""
    return f"{_colours(LEVELS[0] in used)}{css(used) if used else ''}{rules()}"


@lru_cache(maxsize=8)
def rules(module: str = __file__) -> str:
    """Return the style sheet that stands beside a module; that of the cards, without colours, unless one is named."""
    own = Path(module).with_suffix(".css").read_text(encoding="utf-8")
    return re.sub(r"\n\s*\n", "\n", own)  # a blank line would end the block of HTML in Markdown


def _colours(levels: bool) -> str:
    """Return the colours by theme: that which a notebook says it has, else what the reader's system prefers."""
    light, dark, contrast = (
        ";".join(f"--gad-{name}:{value}" for name, value in TOKENS[theme].items() if levels or name not in LEVELS)
        for theme in ("light", "dark", "high-contrast")
    )
    hosts = "[data-jp-theme-light] *,.vscode-light *,.vscode-dark *,.vscode-high-contrast *"
    return (
        f"section.gad-check{{{light};color-scheme:light}}\n"
        f"@media(prefers-color-scheme:dark){{section.gad-check:not(:where({hosts})){{{dark};color-scheme:dark}}}}\n"
        f"[data-jp-theme-light=false] section.gad-check,.vscode-dark section.gad-check{{{dark};color-scheme:dark}}\n"
        f"@media(prefers-contrast:more){{section.gad-check:not(:where({hosts})){{{contrast};color-scheme:dark}}}}\n"
        f".vscode-high-contrast section.gad-check{{{contrast};color-scheme:dark}}\n"
        f"@media print{{section.gad-check{{{light};color-scheme:light}}}}\n"
    )


def drawing(picture: Cut, stops: Mapping[str, int] | None = None) -> str:
    """Return the picture; without its ids, since several may stand on one page: those of `stops` have their number."""
    svg: str = picture.film["scenes"][picture.film["start"]]["svg"]
    numbers = stops or {}
    return _ID.sub(lambda match: f' data-stop="{numbers[match[1]]}"' if match[1] in numbers else "", svg)


# -- a card ---------------------------------------------------------------------------------------------------------


def _card(exam: Examination, finding: Finding, names: Collection[str], level: int, *, opened: bool) -> str:
    way = _way(*lineage(exam, finding))
    return card(finding, SIGNS[finding.kind], names, level, way=way, opened=opened)


def card(
    finding: Finding, shape: Sign, names: Collection[str], level: int, *, way: str = "", opened: bool = False
) -> str:
    """Return a finding as a card, with its sign, the names that are set in italics, and a way through the graph."""
    kind = "gad-alarm" if finding.is_not_finite else "gad-ink"
    kind += " gad-note" if finding.severity == "note" else ""
    title, where = prose(finding.title, names), escape(visible(_where(finding)))
    body = "".join(_body(finding, way, names, level + 1))
    return (
        f'<article class="gad-check-card {kind}" aria-label="{escape(visible(finding.title))}">'
        f"<details{' open' if opened else ''}><summary>{sign(shape)}<h{level}>{title}</h{level}>"
        f'<span class="gad-check-place">{where}</span></summary><div class="gad-check-body">{body}</div></details>'
        "</article>"
    )


def _where(finding: Finding) -> str:
    """Return the name of the file and the line; where the file lies is known, or stands in the text."""
    return place(
        replace(finding, file=finding.file if "ipykernel" in finding.file else PurePath(finding.file).name), _ROOM
    )


def _body(finding: Finding, way: str, names: Collection[str], level: int) -> Iterator[str]:
    yield f"<p>{prose(finding.sentence, names)}</p>"
    code = excerpt(finding)
    if code is not None:
        yield _code(code)
    yield way
    yield "".join(_remedy(finding, names, level))
    yield _accepted(finding)


def _code(code: Excerpt) -> str:
    before, expression, after = (escape(visible(part)) for part in (code.before[4:], code.expression, code.after))
    return f"<pre><span>{code.line}  </span>{before}<em>{expression}</em>{after}</pre>"


def _way(direction: str, stops: Sequence[Stop]) -> str:
    """Return the way as a table, a node a row."""
    if not stops:
        return ""
    down = direction == "▼"
    caption = f"values, from {stops[0].name} on" if down else f"adjoints, from {stops[0].name} back"
    rows = "".join(_row(direction, stop, down) for stop in stops)
    return (
        f'<div class="gad-scroll" tabindex="0" role="group" aria-label="{escape(caption)}"><table class="gad-way">'
        f"<caption>{escape(caption)}</caption><tbody>{rows}</tbody></table></div>"
    )


def _row(direction: str, stop: Stop, down: bool) -> str:
    gap = f'<tr><td></td><td colspan="3">⋮ {stop.gap:,} more</td></tr>' if stop.gap else ""
    bang = "! " if stop.ill else ""
    mark = f'<td class="gad-mark{" gad-down" if down else ""}" aria-hidden="true">{bang}{direction}</td>'
    numbers = f"<td>{_numbers(stop.number)}</td><td>{_numbers(stop.factor)}</td>"
    cells = f"{mark}<th scope='row'><i>{escape(visible(stop.name))}</i></th>{numbers}"
    return f"{gap}<tr class='gad-ill'>{cells}</tr>" if stop.ill else f"{gap}<tr>{cells}</tr>"


def _numbers(text: str) -> str:
    return _BAD.sub(r'<b class="gad-bad">\1</b>', escape(visible(text)))


def _remedy(finding: Finding, names: Collection[str], level: int) -> Iterator[str]:
    advice = finding.mending.advice if finding.mending is not None else finding.remedy
    if not advice:
        return
    yield f'<div class="gad-check-remedy"><h{level}>Remedy: {prose(advice, names)}</h{level}>'
    if finding.mending is not None:
        yield _change(finding.mending)
    yield _tried(finding.outcome, names)
    for other in finding.alternatives:
        change = _change(other.mending)
        yield f'<details class="gad-check-other"><summary>Or: {prose(other.mending.advice, names)}</summary>{change}'
        yield f"{_tried(outcome_of(other.proof), names)}</details>"
    yield "</div>"


def _accepted(finding: Finding) -> str:
    """Return how to say that a finding is meant."""
    if finding.acceptance is None:
        return ""
    lines, needs = finding.acceptance
    rest = f", with <code>{escape(needs)}</code> at the top of the file" if needs else ""
    code = f"<pre><span>{lines.line} + </span><ins>{escape(visible(lines.after.strip()))}</ins></pre>"
    return (
        '<details class="gad-check-other"><summary>It was meant: do not tell again</summary>'
        f"<p>Say so in the line{rest}:</p>{code}</details>"
    )


def _tried(outcome: str, names: Collection[str]) -> str:
    return f"<p>{sign(CHECK)} <b>Tried on this trace:</b> {prose(outcome, names)}</p>" if outcome else ""


def _change(mending: Remedy) -> str:
    """Return the line before and after, with a box around what is new."""
    before, after = visible(mending.before.strip()), visible(mending.after.strip())
    start = next((k for k, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    room = min(len(before), len(after)) - start
    same = next((k for k in range(room) if before[-1 - k] != after[-1 - k]), room)
    new = after[start : len(after) - same]
    boxed = f"{escape(after[:start])}<mark>{escape(new)}</mark>{escape(after[len(after) - same :])}"
    return (
        f"<pre><span>{mending.line} − </span><del>{escape(before)}</del>\n"
        f"<span>{mending.line} + </span><ins>{boxed if new else escape(after)}</ins></pre>"
    )


# -- words ----------------------------------------------------------------------------------------------------------


def prose(text: str, names: Collection[str]) -> str:
    """Return a sentence with its names in italics, and what is not finite in the colour that only this has."""
    plain = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    known = rf"|(?<![\w.'])(?:{plain})(?![\w'(]|{_BAR}|\.\w)" if plain else ""
    lettered = re.sub(_LETTERS + known, _italic, escape(joined(visible(text)), quote=False))
    return _BAD.sub(r'<b class="gad-bad">\1</b>', lettered)


def _italic(match: re.Match[str]) -> str:
    """Return a name in italics; a bar over a whole word as one line, which no font breaks."""
    letters = re.sub(_BAR, "", match[0])
    if len(re.findall(_BAR, match[0])) < 2:
        return f"<i>{match[0]}</i>"
    return f'<i class="gad-barred">{letters}</i>'
