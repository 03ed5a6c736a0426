"""Boxes as MathML."""

from __future__ import annotations

from xml.sax.saxutils import escape

from graphviz_ad.formulas.boxes import Box, Fraction, Root, Row, Script, Slot, Text
from graphviz_ad.formulas.text import Writer, slot_text

__all__ = ["mathml"]


def mathml(box: Box, write: Writer) -> str:
    """Return a box as MathML elements, without the surrounding ``<math>``."""
    match box:
        case Text(text, "i", bar):
            inner = f"<mi>{escape(text)}</mi>"
            return f"<mover>{inner}<mo>¯</mo></mover>" if bar else inner
        case Text(text, "f", _):
            return f'<mi mathvariant="normal">{escape(text)}</mi>' if len(text) == 1 else f"<mi>{escape(text)}</mi>"
        case Text(text, "n", _):
            return f"<mn>{escape(text)}</mn>"
        case Text(text, "o", _):
            core = text.strip(" ")
            if core in ("", "\u2009"):
                return "<mspace width='0.17em'></mspace>" if text else ""
            fence = core in ("(", ")", "[", "]", "|", "‖", "⌊", "⌋")
            return f"<mo{' stretchy=' + chr(34) + 'false' + chr(34) if fence else ''}>{escape(core)}</mo>"
        case Text(text, _, _):
            # A space at the end of a text element would vanish.
            body = text.rstrip(" ")
            return f"<mtext>{escape(body)}{chr(160) * (len(text) - len(body))}</mtext>"
        case Slot(quantity):
            role = {"value": "value", "local": "local"}.get(quantity.kind, "adjoint")
            return f'<mn class="{role}">{escape(slot_text(box, write))}</mn>'
        case Row(items):
            return "<mrow>" + "".join(mathml(item, write) for item in items) + "</mrow>"
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
