"""Boxes as MathML."""

from __future__ import annotations

from xml.sax.saxutils import escape

from graphviz_ad.formulas.boxes import Box, Enclosed, Fraction, Root, Row, Script, Slot, Text, is_tall
from graphviz_ad.formulas.text import Writer, slot_text
from graphviz_ad.numerals.quantities import ROLES

__all__ = ["mathml"]


_FENCES = frozenset("()[]|‖⌊⌋⌈⌉")


def _sign(sign: str, *, stretchy: bool) -> str:
    """Write an operator; a fence grows with what is beside it unless it is told not to."""
    return f"<mo{'' if stretchy else ' stretchy=' + chr(34) + 'false' + chr(34)}>{escape(sign)}</mo>"


def mathml(box: Box, write: Writer) -> str:
    """Return a box as MathML elements, without the surrounding ``<math>``."""
    match box:
        case Text(text, "i", bar, dot):
            # Only a single letter is slanted unasked.
            slanted = ' mathvariant="italic"' if len(text) > 1 else ""
            inner = f"<mi{slanted}>{escape(text)}</mi>"
            if dot:
                return f"<mover>{inner}<mo>˙</mo></mover>"
            return f"<mover>{inner}<mo>¯</mo></mover>" if bar else inner
        case Text(text, "f", _):
            return f'<mi mathvariant="normal">{escape(text)}</mi>' if len(text) == 1 else f"<mi>{escape(text)}</mi>"
        case Text(text, "n", _):
            return f"<mn>{escape(text)}</mn>"
        case Text(text, "o", _):
            core = text.strip(" ")
            if core in ("", "\u2009"):
                return "<mspace width='0.17em'></mspace>" if text else ""
            return _sign(core, stretchy=core not in _FENCES)
        case Text(text, _, _):
            # Spaces at either end of a text element would vanish.
            body = text.strip(" ")
            before, after = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
            return f"<mtext>{chr(160) * before}{escape(body)}{chr(160) * after if body else ''}</mtext>"
        case Slot(quantity):
            role = ROLES.get(quantity.kind, "adjoint")
            return f'<mn class="{role}">{escape(slot_text(box, write))}</mn>'
        case Row(items):
            return "<mrow>" + "".join(mathml(item, write) for item in items) + "</mrow>"
        case Enclosed(left, inside, right):
            left, right = (_sign(sign, stretchy=is_tall(inside)) for sign in (left, right))
            return f"<mrow>{left}{mathml(inside, write)}{right}</mrow>"
        case Script(base, script, level):
            tag = "msup" if level > 0 else "msub"
            return f"<{tag}>{mathml(base, write)}{mathml(script, write)}</{tag}>"
        case Fraction(top, bottom, _, _):
            return f"<mfrac>{mathml(top, write)}{mathml(bottom, write)}</mfrac>"
        case Root(inside, _, ""):
            return f"<msqrt>{mathml(inside, write)}</msqrt>"
        case Root(inside, _, degree):
            return f"<mroot>{mathml(inside, write)}<mn>{escape(degree)}</mn></mroot>"
    raise TypeError(box)
