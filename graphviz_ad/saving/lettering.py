"""Read the texts of an SVG picture: in which face and size each run of letters stands, and what the line says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from graphviz_ad.draw.svg import Element, clean
from graphviz_ad.formulas.text import SUPERSCRIPTS
from graphviz_ad.saving.faces import family_of

__all__ = ["Letters", "letters_of", "plain"]

_LOWERED = str.maketrans("0123456789−+()", "₀₁₂₃₄₅₆₇₈₉₋₊₍₎")


class Letters(NamedTuple):
    """A run of letters.

    Attributes
    ----------
    text : str
    family, style : str
        Of `saving.faces.FACES`.
    size : float
    drop : float
        How far below the line it stands; above it if negative.
    spacing : float
        What is added to each space.
    barred : bool
        Whether an overline is drawn above it.
    """

    text: str
    family: str
    style: str
    size: float
    drop: float
    spacing: float
    barred: bool


def letters_of(text: Element) -> list[Letters]:
    """Return the runs of a ``text`` element, one after the other.

    Examples
    --------
    >>> two = Element("tspan", {"font-size": "7", "dy": "-3"}, (), ("2",))
    >>> [(run.text, run.size, run.drop) for run in letters_of(Element("text", {"font-size": "10"}, (), ("x", two)))]
    [('x', 10.0, 0.0), ('2', 7.0, -3.0)]
    """
    runs: list[Letters] = []
    drop = 0.0

    def walk(element: Element, inherited: Mapping[str, str]) -> Iterator[Letters]:
        nonlocal drop
        look = {**inherited, **element.attributes}
        drop += float(element.attributes.get("dy", 0))
        for item in element.content:
            if isinstance(item, Element):
                yield from walk(item, {**look, "textLength": ""})
            elif item:
                yield _run(clean(item), look, drop)

    runs.extend(walk(text, {}))
    return runs


def _run(text: str, look: Mapping[str, str], drop: float) -> Letters:
    bold, italic = look.get("font-weight") == "700", look.get("font-style") == "italic"
    return Letters(
        text,
        family_of(look.get("font-family", "")),
        "B" if bold else "I" if italic else "",
        float(look.get("font-size", 16)),
        drop,
        float(look.get("word-spacing", 0)),
        bool(look.get("textLength")),
    )


def plain(runs: list[Letters]) -> str:
    """Return what a line says, with the letters that stand for raised, lowered and barred ones where there are any.

    Examples
    --------
    >>> low = Letters("3", "serif", "", 7.0, 2.0, 0.0, False)
    >>> plain([low._replace(text="v", drop=0.0), low, low._replace(text=" = x", drop=0.0), low._replace(drop=-3.0)])
    'v₃ = x³'
    """
    said = []
    for run in runs:
        text = "".join(letter + "\u0304" for letter in run.text) if run.barred else run.text
        level = SUPERSCRIPTS if run.drop < 0 else _LOWERED if run.drop > 0 else {}
        if level and all(ord(letter) in level for letter in text):
            text = text.translate(level)
        elif level:
            text = f"{'^' if run.drop < 0 else '_'}({text})"
        said.append(text)
    return "".join(said)
