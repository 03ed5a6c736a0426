"""What a picture looks like: one table that says how each part is drawn in each state.

A *part* is an SVG group ``<g class="KIND STATE [flags]">``, with the flags of `Reading.flags`, whose children carry
classes such as ``bg``, ``mark`` or ``slot``. The table below gives every child its colours and its visibility. It is
read twice: `attributes` writes it as literal SVG attributes (for files, where no style sheet can be relied on), and
`css` writes the same table as a style sheet (for the browser, which then only has to switch classes). Rules are applied
in the order in which CSS applies them: those that name a kind first, then those that also name a state or a flag, then
those that name both.

Colours in the table are *tokens* (``ink``, ``forward-tint`` ...); `colours.TOKENS` resolves them per theme.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from graphviz_ad.draw.colours import LEVELS, TOKENS, full_name

__all__ = [
    "FONTS",
    "KINDS",
    "MONO",
    "RULES",
    "SANS",
    "SERIF",
    "Rule",
    "attributes",
    "css",
    "tokens_css",
]

SERIF = "'STIX Two Text',Cambria,'DejaVu Serif',serif"
SANS = "'Helvetica Neue',Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif"
MONO = "'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace"
FONTS: Mapping[str, str] = MappingProxyType({SANS: "sans", SERIF: "serif", MONO: "mono"})
"""What each stack of fonts is called where a style sheet names it."""

_MISSING = ("nopath", "severed", "constant", "detached")  # why no adjoint arrives

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "node": ("unknown", "known", "now", "unreached"),
        "value": ("unknown", "known", "now", "operand", "released", "raised"),
        "adjoint": ("unknown", "partial", "now", "known", "operand", *_MISSING, "released"),
        "tangent": ("unknown", "now", "known", "operand", "still", "detached", "released"),
        "yours": ("known",),
        "verdict": ("right", "wrong", "inherits"),
        "forward": ("waiting", "went", "flows"),
        "backward": ("hidden", "came", "flows", "cut"),
        "push": ("hidden", "went", "flows", "cut"),
        "socket": ("unknown", "known", "now", "cut", "blamed"),
        "inlet": ("unknown", "known", "now", "cut"),
        "share": ("unknown", "known", "now"),
        "factor": ("unknown", "known", "ahead", "now", "cut"),
        "pad": ("unknown", "known", "now", "operand", "nopath", "severed"),
        "outlet": ("known",),
        "sum": ("hidden", "known"),
        "alarm": ("furled", "flown"),
        "blame": ("furled", "flown"),
        "aside": ("furled", "flown"),
    }
)
"""Every kind of part with its states."""


class Rule(NamedTuple):
    """One line of the table: these children of this kind, in these states (any, if empty), look like this."""

    kind: str
    children: tuple[str, ...]
    states: tuple[str, ...]
    flag: str
    style: Mapping[str, str]

    @property
    def weight(self) -> int:
        """How many conditions the rule adds to its kind; the heavier rule wins, as in CSS."""
        return bool(self.states) + bool(self.flag)


def _rule(kind: str, children: str, states: str = "", flag: str = "", **style: str) -> Rule:
    named = {name.replace("_", "-"): value for name, value in style.items()}
    return Rule(kind, tuple(children.split()), tuple(states.split()), flag, MappingProxyType(named))


def _static() -> Iterator[Rule]:
    """Things outside the parts, and inside thumbnails: they never change."""
    yield _rule("", "paper", fill="bg")
    yield _rule("", "frame", fill="bg", stroke="line", stroke_width="0.8")
    yield _rule("", "axis", fill="none", stroke="line", stroke_width="0.8")
    yield _rule("", "trace", fill="none", stroke_width="1.4")
    for level in LEVELS:
        yield _rule("", level, fill=level, stroke="none")
    yield _rule("", "ln", fill="warn", stroke="none")
    yield _rule("", "li", fill="bg", stroke="warn", stroke_width="1.2")
    # The dashes of cells below zero, on the levels that they stand on.
    yield _rule("", "m0 m1", fill="none", stroke="bg", stroke_width="1.2")
    yield _rule("", "m2 m3 m4", fill="none", stroke="ink", stroke_width="1.2")
    yield _rule("", "mi", fill="none", stroke="warn", stroke_width="1.2")
    yield _rule("", "exit", fill="bg", stroke="line", stroke_width="1")
    yield _rule("", "to", fill="muted")


def _node() -> Iterator[Rule]:
    yield _rule("node", "bg", fill="bg")
    yield _rule("node", "border", fill="none", stroke="ink", stroke_width="1.2")
    yield _rule("node", "label", fill="ink")
    yield _rule("node", "over", fill="none", stroke="ink", stroke_width="1")
    yield _rule("node", "tag", fill="muted")
    yield _rule("node", "brackets", display="none", fill="none", stroke="ink", stroke_width="2.4")
    yield _rule("node", "focus", display="none", fill="none", stroke="ink", stroke_width="3")
    yield _rule("node", "border", "unknown", stroke="line")
    yield _rule("node", "label", "unknown", fill="muted")
    yield _rule("node", "over", "unknown", stroke="muted")
    yield _rule("node", "border", "now", stroke_width="2.6")
    yield _rule("node", "border", "unreached", stroke_dasharray="5 3")
    # The viewer's two marks of its own: what the reader chose, and where the keyboard is.
    yield _rule("node", "brackets", flag="selected", display="inline")
    yield _rule("node", "focus", flag="focused", display="inline")


def _row(kind: str, hue: str, tint: str) -> Iterator[Rule]:
    """A row of values, adjoints or tangents: a tinted band with a mark and a number."""
    yield _rule(kind, "bg", fill=tint)
    yield _rule(kind, "hatch", display="none", fill="none", stroke="line", stroke_width="0.8")
    yield _rule(kind, "mark", fill=hue, stroke="none", stroke_width="1.2")
    yield _rule(
        kind,
        "blank",
        display="none",
        fill="none",
        stroke="line",
        stroke_width="1.6",
        stroke_dasharray="0.1 4",
        stroke_linecap="round",
    )
    yield _rule(kind, "label", fill="ink")
    yield _rule(kind, "over", fill="none", stroke="ink", stroke_width="1")
    yield _rule(kind, "slot", fill=hue)
    yield _rule(kind, "shape", fill="ink")
    yield _rule(kind, "cell", fill="bg", stroke=hue, stroke_width="0.9")
    yield _rule(kind, "double", fill="none", stroke="warn", stroke_width="1.2")
    yield _rule(kind, "picture", stroke=hue)
    yield _rule(kind, "ring", display="none", fill="none", stroke=hue, stroke_width="2")
    yield _rule(kind, "note", display="none", fill="ink")
    yield _rule(kind, "progress", display="none", fill=hue)
    yield _rule(kind, "meaning", display="none", fill="ink")
    yield _rule(kind, "word", display="none", fill="muted", font_style="italic")
    yield _rule(kind, "warning", display="none", fill="warn", stroke="none")
    yield _rule(kind, "endless", display="none", fill="none", stroke="warn", stroke_width="1.3")
    yield _rule(kind, "framed", fill="none", stroke="ink", stroke_width="2.2")

    empty = " ".join(("unknown", *_MISSING, "still released raised"))
    yield _rule(kind, "bg", empty, fill="bg")
    yield _rule(kind, "mark", empty, fill="none", stroke="line")
    yield _rule(kind, "slot cell double picture framed", empty, display="none")
    yield _rule(kind, "label", "unknown", fill="muted")
    yield _rule(kind, "over", "unknown", stroke="muted")
    yield _rule(kind, "blank", "unknown", display="inline")
    yield _rule(kind, "word", " ".join((*_MISSING, "still released raised")), display="inline")
    yield _rule(kind, "hatch", "released", display="inline")

    yield _rule(kind, "bg", "now", fill=hue)
    yield _rule(kind, "mark slot label", "now", fill="bg")
    yield _rule(kind, "over", "now", stroke="bg")
    yield _rule(kind, "cell", "now", fill="none", stroke="bg")
    yield _rule(kind, "note", "now", display="inline", fill="bg")

    yield _rule(kind, "ring", "operand", display="inline")
    yield _rule(kind, "meaning", "known operand", display="inline")
    yield _rule(kind, "bg", "partial", fill="bg")
    yield _rule(kind, "note progress", "partial", display="inline")
    yield from _not_finite(kind, hue)


def _not_finite(kind: str, hue: str) -> Iterator[Rule]:
    """A row that holds NaN or infinity."""
    yield _rule(kind, "bg", flag="bad", fill="bg")
    yield _rule(kind, "mark", flag="bad", fill="warn")
    yield _rule(kind, "slot", flag="bad", fill="warn", font_weight="700")
    yield _rule(kind, "shape", flag="bad", fill="ink", font_weight="400")
    yield _rule(kind, "ring", flag="bad", stroke="warn")
    yield _rule(kind, "warning", flag="bad", display="inline")
    # Of several numbers only those that are lost are marked.
    yield _rule(kind, "entry", flag="bad", fill=hue, font_weight="400")
    yield _rule(kind, "lost", flag="bad", fill="warn", stroke="warn")
    yield _rule(kind, "gone", flag="bad", fill="bg", font_weight="700")
    yield _rule(kind, "far", flag="bad", stroke="warn", stroke_width="1.2")
    yield _rule(kind, "vast", flag="bad", fill="warn", font_weight="700")
    yield _rule(kind, "bg", "now", "bad", fill=hue)
    yield _rule(kind, "mark slot warning", "now", "bad", fill="bg")
    yield _rule(kind, "cell double endless", "now", "bad", stroke="bg")
    # A number that is NaN is inverted whether it is written now or not; an infinite one has a double frame.
    yield _rule(kind, "bg", flag="lost", fill="warn")
    yield _rule(kind, "mark slot label note meaning progress warning", flag="lost", fill="bg")
    yield _rule(kind, "over ring", flag="lost", stroke="bg")
    yield _rule(kind, "bg", "now", "lost", fill="warn")
    yield _rule(kind, "sole", flag="far", display="none")
    yield _rule(kind, "endless", flag="far", display="inline")


def _box(kind: str, hue: str, slot: str) -> Iterator[Rule]:
    """A socket (the local gradient of one argument) or a pad (the contribution of one use)."""
    yield _rule(kind, "bg", fill=f"{hue}-tint", stroke=hue, stroke_width="1")
    yield _rule(kind, "label", fill="ink")
    yield _rule(kind, "over", fill="none", stroke="ink", stroke_width="1")
    yield _rule(kind, "slot", fill=slot)
    yield _rule(kind, "shape", display="none")
    yield _rule(kind, "word", fill="ink")
    yield _rule(
        kind,
        "blank",
        display="none",
        fill="none",
        stroke="line",
        stroke_width="1.6",
        stroke_dasharray="0.1 4",
        stroke_linecap="round",
    )
    empty = "unknown cut nopath severed"
    yield _rule(kind, "bg", empty, fill="bg", stroke="line")
    yield _rule(kind, "label word", empty, fill="muted")
    yield _rule(kind, "over", empty, stroke="muted")
    yield _rule(kind, "slot", empty, display="none")
    yield _rule(kind, "blank", "unknown", display="inline")
    yield _rule(kind, "bg", "now", fill=hue)
    yield _rule(kind, "label word slot", "now", fill="bg")
    yield _rule(kind, "over", "now", stroke="bg")
    yield _rule(kind, "bg", flag="bad", fill="bg", stroke="warn")
    yield _rule(kind, "slot", flag="bad", fill="warn", font_weight="700")
    yield _rule(kind, "bg", "now", "bad", fill="warn")
    yield _rule(kind, "slot", "now", "bad", fill="bg")


def _socket() -> Iterator[Rule]:
    for kind, hue, other in (("socket", "bwd", "onward"), ("inlet", "tan", "back")):
        yield from _box(kind, hue, "ink")
        yield _rule(kind, "bg", "cut", stroke_dasharray="5 3")
        yield _rule(kind, f"{other} pair", display="none")
    yield _rule("socket", "bg", "blamed", fill="ink", stroke="ink")
    yield _rule("socket", "label word slot", "blamed", fill="bg")
    yield _rule("socket", "over", "blamed", stroke="bg")


def _flag() -> Iterator[Rule]:
    """What stands at the spot: not finite, to blame, or a fact that blames nobody."""
    for kind, ground, ink, edge in (("alarm", "warn", "bg", "warn"), ("blame", "ink", "bg", "ink"),
                                    ("aside", "bg", "ink", "ink")):  # fmt: skip
        yield _rule(kind, "bg", fill=ground, stroke=edge, stroke_width="1.4")
        yield _rule(kind, "rule", fill="none", stroke=ink, stroke_width="1.4")
        yield _rule(kind, "solid says digits", fill=ink)
        yield _rule(kind, "line", fill="none", stroke=ink, stroke_width="1.7", stroke_linecap="round")
        yield _rule(kind, "digits", font_weight="700")
        yield _rule(kind, "bg rule solid line says digits", "furled", display="none")


def _verdict() -> Iterator[Rule]:
    """What has become of the line of a backward pass that computes an adjoint."""
    yield _rule("verdict", "bg", fill="bg", stroke="ink", stroke_width="1.4")
    yield _rule("verdict", "line", fill="none", stroke="ink", stroke_width="2", stroke_linecap="round")
    yield _rule("verdict", "bg", "wrong", fill="ink")
    yield _rule("verdict", "line", "wrong", stroke="bg")
    yield _rule("verdict", "bg", "inherits", stroke_dasharray="3.2 2.4")


def _factor() -> Iterator[Rule]:
    """The socket of both modes: what is in it belongs to neither, and each rings it in its hue as it passes through."""
    yield from _box("factor", "panel", "ink")
    yield _rule("factor", "bg", fill="panel", stroke="line", stroke_width="1")
    yield _rule("factor", "bg", "cut", stroke_dasharray="5 3")
    yield _rule("factor", "label word slot", "now", fill="ink")
    yield _rule("factor", "over", "now", stroke="ink")
    yield _rule("factor", "bg", "now", fill="bwd-tint", stroke="bwd", stroke_width="2.2")
    yield _rule("factor", "bg", "ahead", fill="tan-tint", stroke="tan", stroke_width="2.2")
    yield _rule("factor", "onward back", display="none")
    yield _rule("factor", "tangent", fill="tan")
    yield _rule("factor", "adjoint", fill="bwd")
    yield _rule("factor", "bg", flag="bad", fill="bg", stroke="warn")
    yield _rule("factor", "slot", "now", "bad", fill="warn")


def _sum() -> Iterator[Rule]:
    """A cut through a picture of both modes, and the sum beside it."""
    yield _rule("sum", "dots", fill="none", stroke="line", stroke_width="1.6", stroke_dasharray="1.6 3.4")
    yield _rule("sum", "label", fill="ink")
    yield _rule("sum", "over", fill="none", stroke="ink", stroke_width="1")
    yield _rule("sum", "equals", fill="muted")
    yield _rule("sum", "slot", fill="ink", font_weight="700")
    yield _rule("sum", "dots label over equals slot", "hidden", display="none")
    yield _rule("sum", "slot", flag="bad", fill="warn")


def _share() -> Iterator[Rule]:
    """The sum line of an inlet: what its operand adds to the tangent."""
    yield _rule("share", "hair", fill="none", stroke="tan", stroke_width="0.8")
    yield _rule("share", "equals slot", fill="tan")
    yield _rule("share", "shape", display="none")
    yield _rule("share", "hair equals slot", "unknown", display="none")
    yield _rule("share", "hair", "now", stroke="bg")
    yield _rule("share", "equals slot", "now", fill="bg")
    yield _rule("share", "slot", flag="bad", fill="warn", font_weight="700")
    yield _rule("share", "slot", "now", "bad", fill="bg")


def _pad() -> Iterator[Rule]:
    yield from _box("pad", "bwd", "bwd")
    yield _rule("pad", "word", display="none", font_style="italic")
    yield _rule("pad", "bg", "unknown", stroke_dasharray="1.5 2.5")
    yield _rule("pad", "bg", "operand", stroke_width="2.6")
    yield _rule("pad", "bg", "nopath", stroke_dasharray="5 3")
    yield _rule("pad", "word", "nopath severed", display="inline")
    yield _rule("pad", "leads", display="none")
    yield _rule("outlet", "bg", fill="bg", stroke="line", stroke_width="1")
    yield _rule("outlet", "leads", fill="muted")
    yield _rule("outlet", "label over slot blank word", display="none")


def _lanes() -> Iterator[Rule]:
    yield _rule("forward", "line", fill="none", stroke="fwd", stroke_width="1.6")
    yield _rule("forward", "head", fill="fwd", stroke="none")
    yield _rule("forward", "line", "waiting", stroke="line", stroke_width="1.1")
    yield _rule("forward", "head", "waiting", fill="line")
    yield _rule("forward", "line", "flows", stroke_width="3.4")
    yield _rule("forward", "head", "flows", display="none")
    yield _rule("forward", "broad", fill="fwd", stroke="none", display="none")
    yield _rule("forward", "broad", "flows", display="inline")
    yield from _endless("forward")

    yield from _derivative("backward", "came", "bwd", stroke_dasharray="5 3")
    yield from _derivative("push", "went", "tan", stroke_dasharray="7 3.6 0.1 3.6", stroke_linecap="round")


def _endless(kind: str) -> Iterator[Rule]:
    """What carries infinity has a hollow head, and what carries NaN is a wave."""
    yield _rule(kind, "wave", display="none", fill="none", stroke="warn", stroke_width="2.2")
    yield _rule(kind, "line", flag="bad", stroke="warn", stroke_width="2.4")
    yield _rule(kind, "head broad", flag="bad", fill="bg", stroke="warn", stroke_width="1.6")
    yield _rule(kind, "line", "flows", "bad", stroke_width="3.4")
    yield _rule(kind, "calm", flag="nan", display="none")
    yield _rule(kind, "wave", flag="nan", display="inline")
    yield _rule(kind, "broad", flag="nan", display="inline", fill="warn", stroke="none")


def _derivative(kind: str, done: str, hue: str, **dashes: str) -> Iterator[Rule]:
    """The lane of the adjoints, or of the tangents."""
    yield _rule(kind, "line", fill="none", stroke=hue, stroke_width="1.8", **dashes)
    yield _rule(kind, "head", fill=hue, stroke="none")
    yield _rule(kind, "bars", display="none", fill="none", stroke="ink", stroke_width="2.2")
    yield _rule(kind, "line head", "hidden", display="none")
    yield _rule(kind, "line", "flows", stroke_width="3.4", stroke_dasharray="none")
    yield _rule(kind, "head", "flows", display="none")
    yield _rule(kind, "broad", fill=hue, stroke="none", display="none")
    yield _rule(kind, "broad", "flows", display="inline")
    yield _rule(kind, "line", "cut", stroke="line")
    yield _rule(kind, "bars", "cut", display="inline")
    yield from _endless(kind)
    yield _rule(kind, "line", done, "zero", stroke_width="1", stroke_dasharray="1 3.4")
    yield _rule(kind, "line", "flows", "zero", stroke_width="2.4", stroke_dasharray="2.4 4")
    yield _rule(kind, "head", done, "zero", fill="bg", stroke=hue, stroke_width="1.2")
    yield _rule(kind, "broad", "flows", "zero", fill="bg", stroke=hue, stroke_width="1.8")


RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *_static(),
            *_node(),
            *_row("value", "fwd", "fwd-tint"),
            *_row("adjoint", "bwd", "bwd-tint"),
            *_row("tangent", "tan", "tan-tint"),
            *_row("yours", "ink", "panel"),
            *_verdict(),
            *_socket(),
            *_factor(),
            *_share(),
            *_pad(),
            *_lanes(),
            *_sum(),
            *_flag(),
        ),
        key=lambda rule: rule.weight,
    )
)
"""The whole table, in the order in which it is applied."""

# What grey cannot tell apart: a hole in a heat map is an outlined gap there, since no shade is left for it.
_BY_THEME: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "print": (
            _rule("", "ln", fill="bg", stroke="ink", stroke_width="1", stroke_dasharray="1.5 1"),
            _rule("", "m2", stroke="bg"),
        )
    }
)


@lru_cache(maxsize=4096)
def _style(
    kind: str, state: str, flags: frozenset[str], classes: tuple[str, ...], theme: str
) -> tuple[tuple[str, str], ...]:
    style: dict[str, str] = {}
    for rule in (*RULES, *_BY_THEME.get(theme, ())):
        if rule.kind != kind or not any(child in classes for child in rule.children):
            continue
        if (rule.states and state not in rule.states) or (rule.flag and rule.flag not in flags):
            continue
        style.update(rule.style)
    return tuple(style.items())


def attributes(
    kind: str, state: str, flags: Collection[str], classes: tuple[str, ...], theme: str = "light"
) -> dict[str, str]:
    """Return the SVG attributes of one child of a part, colours resolved for `theme`.

    Parameters
    ----------
    kind, state : str
        What the part is and the state it is in; `kind` is ``""`` for elements outside the parts.
    flags : collection of str
        What a reading says of its number: ``zero``, ``bad`` and what is bad of it.
    classes : tuple of str
        The classes of the child.
    theme : str
        One of `THEMES`.

    Examples
    --------
    >>> attributes("value", "known", (), ("slot",))
    {'fill': '#0b4f9c'}
    >>> attributes("value", "unknown", (), ("slot",))["display"]
    'none'
    """
    theme = full_name(theme)
    tokens = TOKENS[theme]
    return {name: tokens.get(value, value) for name, value in _style(kind, state, frozenset(flags), classes, theme)}


def _value(value: str) -> str:
    return f"var(--gad-{value})" if value in TOKENS["light"] else value


def _selectors(rule: Rule, used: Collection[str] | None) -> Iterator[str]:
    """Return the selectors of a rule, those left out that need a class, a kind, a state or a flag which is not used."""

    def needed(*words: str) -> bool:
        return used is None or all(word in used for word in words if word)

    for child in rule.children:
        if not needed(child):
            continue
        if not rule.kind:
            yield f".{child}"
            continue
        flag = f".{rule.flag}" if rule.flag else ""
        known = [state for state in rule.states if state in KINDS.get(rule.kind, rule.states)]  # kinds share rules
        for state in known if rule.states else ("",):
            if needed(rule.kind, state, rule.flag):
                yield f".{rule.kind}{'.' + state if state else ''}{flag}>.{child}"


@lru_cache(maxsize=1)
def _gathered() -> tuple[tuple[Rule, ...], ...]:
    """Return the table with rules of one style together, as far as none goes before another that it overrides."""
    groups: list[list[Rule]] = []
    for rule in RULES:
        for alike in reversed(groups):
            if alike[0].style == rule.style:
                alike.append(rule)
                break
            if any(_meet(rule, other) for other in alike):
                groups.append([rule])
                break
        else:
            groups.append([rule])
    return tuple(map(tuple, groups))


def _meet(rule: Rule, other: Rule) -> bool:
    """Whether both may say something else of one property of one element, and the later one wins."""
    return rule.kind == other.kind and rule.weight == other.weight and not rule.style.keys().isdisjoint(other.style)


def css(used: Collection[str] | None = None) -> str:
    """Return the table as a style sheet for what stands in a ``.gad-scene``, with the colours as custom properties.

    Parameters
    ----------
    used : collection of str, optional
        The classes, kinds, states and flags that occur; all of them unless given.

    Examples
    --------
    >>> ".value>.slot{fill:var(--gad-fwd)}" in css().splitlines()
    True
    >>> css({"forward", "went", "line"}).splitlines()[1]
    '.forward>.line{fill:none;stroke:var(--gad-fwd);stroke-width:1.6}'
    """
    lines = [".gad-scene{"]  # nested, the scope is said once instead of 250 times
    for alike in _gathered():
        selectors = ",".join(selector for rule in alike for selector in _selectors(rule, used))
        if selectors:
            style = ";".join(f"{name}:{_value(value)}" for name, value in alike[0].style.items())
            lines.append(f"{selectors}{{{style}}}")
    lines += [*(f"[data-font={name}]{{font-family:{stack}}}" for stack, name in FONTS.items()), "}"]
    return "\n".join(lines) + "\n"


def _properties(theme: str, levels: bool) -> str:
    tokens = TOKENS[theme].items()
    return ";".join(f"--gad-{name}:{value}" for name, value in tokens if levels or name not in LEVELS)


@lru_cache(maxsize=8)
def tokens_css(root: str = ".gad", *, levels: bool = True) -> str:
    """Return the custom properties of every theme of a page for the elements that match the selector `root`.

    The element's ``data-theme`` chooses: ``light`` (also when it is missing), ``dark``, ``high-contrast`` (or
    ``contrast``) or ``auto``, which follows the page around it where that has told its palette in ``data-host``, else
    what the reader's system prefers. Paper is light whatever is chosen. Without `levels` the colours of the cells of
    thumbnails are left out.

    Examples
    --------
    >>> print(tokens_css(".gad")[:36])
    .gad{--gad-bg:#ffffff;--gad-panel:#f
    """
    light, dark, contrast = (_properties(theme, levels) for theme in ("light", "dark", "high-contrast"))
    paper = f"{light};color-scheme:light".replace(";", "!important;")
    return (
        f"{root}{{{light};color-scheme:light}}\n"
        f'{root}[data-theme="dark"],{root}:where([data-theme="auto"][data-host="dark"]){{{dark};color-scheme:dark}}\n'
        f'{root}[data-theme="contrast"],{root}[data-theme="high-contrast"]{{{contrast};color-scheme:dark}}\n'
        "@media (prefers-color-scheme:dark){"
        f'{root}[data-theme="auto"]:not(:where([data-host="light"])){{{dark};color-scheme:dark}}}}\n'
        f'@media (prefers-contrast:more){{{root}[data-theme="auto"]{{{contrast};color-scheme:dark}}}}\n'
        f"@media print{{{root}{{{paper}!important}}}}\n"
    )
