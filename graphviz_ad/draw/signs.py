"""The signs of findings: a small drawing for each, which tells it without colour, in pictures and in pages alike."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from graphviz_ad.draw.outlines import outline_of_path
from graphviz_ad.draw.svg import number

__all__ = [
    "BY_CAUSE",
    "BY_VERDICT",
    "CHECK",
    "OF_A_LEDGER",
    "PENCIL",
    "SIDE",
    "SIGNS",
    "Sign",
    "named",
    "placed",
    "sign",
]

SIDE = 20.0
"""How wide and high the square is that each sign is drawn in."""


class Sign(NamedTuple):
    """What is drawn as a line 1.9 wide, and what is filled (by the even-odd rule); either may be empty."""

    line: str
    solid: str = ""


def _circle(x: float, y: float, r: float) -> str:
    k = 0.5523 * r
    quarters = ((0, -k, r - k, -r, r, -r), (k, 0, r, r - k, r, r), (0, k, k - r, r, -r, r), (-k, 0, -r, k - r, -r, -r))
    return f"M{x - r:g},{y:g}" + "".join("c" + ",".join(f"{z:g}" for z in quarter) for quarter in quarters) + "z"


_NAN = Sign("", "M10 1.5L19.6 18H.4zM8.8 7l.5 5.6h1.4l.5-5.6zM9 14v2h2v-2z")
_INFINITE = Sign("M10 3.2L18.3 17H1.7z" + _circle(8, 13.4, 1.8) + _circle(12, 13.4, 1.8))

SIGNS: Mapping[str, Sign] = MappingProxyType(
    {
        "nan": _NAN,
        "nan-gradient": _NAN,
        "inf": _INFINITE,
        "inf-gradient": _INFINITE,
        "zero-gradient": Sign(_circle(10, 10, 8) + "M5.5 10h9"),
        "unreached": Sign("M2 8.5V7q0-3 3-3M8 4h4M15 4q3 0 3 3v1.5M18 11.5V13q0 3-3 3M12 16H8M5 16q-3 0-3-3v-1.5"),
        "saturated": Sign("M2 16h2.5c5 0 5-12 11-12", _circle(15.5, 4, 2.4)),
        "vanishing": Sign("M2 3h4v5h4v5h4v4h4"),
        "exploding": Sign("M2 18h4v-5h4V8h4V2"),
        "cancellation": Sign("M2 5h16M2 10h10M2 15h5"),
        "underflow": Sign("M10 2v10M6 8.5l4 4 4-4M3 17.5h14"),
        "kink": Sign("M2 3.5L10 16l8-12.5", _circle(10, 16, 2.4)),
        "branch": Sign("M10 18v-6L4 3M10 12l6-9"),
        "broadcast": Sign("M1 8h4v4H1zM5 10h5M10 3h8v14h-8zM10 7.7h8M10 12.3h8M14 3v14"),
        "accumulated": Sign("M10 2.5v10M5 7.5h10M3 17h14"),
        "overwritten": Sign("M3 17l.8-4.2L13.5 3L17 6.5l-9.8 9.7z"),
    }
)
"""By the kind of a finding."""
BY_CAUSE: Mapping[str, Sign] = MappingProxyType(
    {
        "severed": Sign("M10 1v5M10 14v5M4.5 10.5l11-5M4.5 14.5l11-5"),
        "differs": Sign("M3 7h14M3 13h14M14 2L6 18"),
        "raised": Sign("M4 4l12 12M16 4L4 16"),
        "cancelled": Sign("M1 10h7M5 6.5L8.5 10L5 13.5M19 10h-7M15 6.5L11.5 10l3.5 3.5"),
    }
)
"""What is no kind of finding: a cut, numbers that differ, an exception, and contributions that cancel each other."""
OF_A_LEDGER: Mapping[str, Sign] = MappingProxyType(
    {
        "nan-gradient": _NAN,
        "inf-gradient": _INFINITE,
        "released": Sign("M2 10h5M13 10h5M9 5l2 10M4 6.5l3.5 3.5L4 13.5"),
        "recorded": Sign("M4 4h12v12H4zM10 4v12M4 10h12"),
        "replaced": Sign("M3 3h9v9H3zM8 16.5v.5h9.5V8H16"),
        "accumulated": SIGNS["accumulated"],
        "stale": Sign(_circle(10, 10, 8) + "M10 5v5l3.5 2.5"),
        "nothing": Sign("M3 15h14M6 15V8M10 15V4M14 15.5v0"),
    }
)
"""By the kind of a finding of a ledger."""
CHECK = Sign("M3 10.5L8 15.5L17 4.5")
"""What was looked for, and is not there."""
BY_VERDICT: Mapping[str, Sign] = MappingProxyType(
    {
        "right": CHECK,
        "wrong": Sign("M4 4l12 12M16 4L4 16"),
        "inherits": Sign("M4 10h12"),
        "unknown": Sign("", _circle(10, 10, 2)),
    }
)
"""What has become of a line of a backward pass."""
PENCIL = "l1,-4l6.4,-6.4l3,3l-6.4,6.4zm8.4,-11.4l3,3l1.6,-1.6q.8,-.8 0,-1.6l-1.4,-1.4q-.8,-.8 -1.6,0z"
"""What is a person's own, from its lower left corner on."""


def named(name: str) -> Sign:
    """Return the sign of a kind, of a cause, or of a verdict.

    Examples
    --------
    >>> named("nan") == SIGNS["nan"], named("severed") == BY_CAUSE["severed"]
    (True, True)
    """
    return {**SIGNS, **BY_CAUSE, **BY_VERDICT}[name]


def sign(shape: Sign) -> str:
    """Return a sign as an inline picture that screen readers pass over, in the colour of the text.

    Examples
    --------
    >>> sign(CHECK).startswith("<svg")
    True
    """
    solid = f'<path fill="currentColor" stroke="none" fill-rule="evenodd" d="{shape.solid}"/>' if shape.solid else ""
    line = f'<path d="{shape.line}"/>' if shape.line else ""
    return (
        '<svg class="gad-sign" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false" '
        'fill="none" stroke="currentColor" stroke-width="1.9" stroke-linejoin="round" stroke-linecap="round">'
        f"{solid}{line}</svg>"
    )


def placed(path: str, x: float, y: float, size: float) -> str:
    """Return a path of a sign at a place, its square so wide and high.

    Examples
    --------
    >>> placed("M0 0h20v10z", 5, 1, 10)
    'M5,1L15,1L15,6Z'
    """
    scale = size / SIDE
    return "".join(
        piece.kind + " ".join(f"{number(x + a * scale)},{number(y + b * scale)}" for a, b in piece.points)
        for piece in outline_of_path(path)
    )
