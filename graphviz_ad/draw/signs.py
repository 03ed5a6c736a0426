"""The signs of findings: a small picture for each kind, which tells it without colour."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["CHECK", "SIGNS", "sign"]

_NAN = (
    '<path fill="currentColor" stroke="none" fill-rule="evenodd" '
    'd="M10 1.5 19.6 18H.4zM8.8 7l.5 5.6h1.4l.5-5.6zM9 14v2h2v-2z"/>'
)
_INFINITE = '<path d="M10 3.2 18.3 17H1.7z"/><circle cx="8" cy="13.4" r="1.8"/><circle cx="12" cy="13.4" r="1.8"/>'

SIGNS: Mapping[str, str] = MappingProxyType(
    {
        "nan": _NAN,
        "nan-gradient": _NAN,
        "inf": _INFINITE,
        "inf-gradient": _INFINITE,
        "zero-gradient": '<circle cx="10" cy="10" r="8"/><path d="M5.5 10h9"/>',
        "unreached": '<rect x="2" y="4" width="16" height="12" rx="4" stroke-dasharray="4.2 2.6"/>',
        "saturated": '<path d="M2 16h2.5c5 0 5-12 11-12"/><circle cx="15.5" cy="4" r="2" fill="currentColor"/>',
        "vanishing": '<path d="M2 3h4v5h4v5h4v4h4"/>',
        "exploding": '<path d="M2 18h4v-5h4V8h4V2"/>',
        "cancellation": '<path d="M1 10h7M5 6.5 8.5 10 5 13.5M19 10h-7m3-3.5L11.5 10l3.5 3.5"/>',
        "underflow": '<path d="M10 2v10M6 8.5l4 4 4-4M3 17.5h14"/>',
        "kink": '<path d="M2 3.5 10 16l8-12.5"/><circle cx="10" cy="16" r="2" fill="currentColor"/>',
        "branch": '<path d="M10 18v-6L4 3M10 12l6-9"/>',
        "broadcast": '<path d="M1 8h4v4H1zM5 10h5M10 3h8v14h-8zm0 4.7h8M10 12.3h8M14 3v14"/>',
        "accumulated": '<path d="M10 2.5v10M5 7.5h10M3 17h14"/>',
        "overwritten": '<path d="m3 17 .8-4.2L13.5 3 17 6.5l-9.8 9.7z"/>',
    }
)
"""Shapes in a square of 20, drawn with lines in the colour of the text, by the kind of a finding."""
CHECK = '<path d="M3 10.5 8 15.5 17 4.5"/>'
"""What was looked for, and is not there."""


def sign(shape: str) -> str:
    """Return a shape as an inline picture that screen readers pass over.

    Examples
    --------
    >>> sign(CHECK).startswith("<svg")
    True
    """
    return (
        '<svg class="gad-sign" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false" '
        f'fill="none" stroke="currentColor" stroke-width="1.9" stroke-linejoin="round" stroke-linecap="round">{shape}'
        "</svg>"
    )
