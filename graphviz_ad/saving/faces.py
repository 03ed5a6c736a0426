"""The faces that pictures are set in where a file must carry its letters: DejaVu, as matplotlib brings it.

Pictures are measured with these faces (`draw.typeset`), they hold every sign that we draw, and they are the same on
every machine, unlike whatever a system has.
"""

from __future__ import annotations

import functools
from pathlib import Path

__all__ = ["FACES", "face_file", "family_of"]

FACES = (
    ("serif", "", "DejaVuSerif"),
    ("serif", "I", "DejaVuSerif-Italic"),
    ("serif", "B", "DejaVuSerif-Bold"),
    ("sans", "", "DejaVuSans"),
    ("sans", "I", "DejaVuSans-Oblique"),
    ("sans", "B", "DejaVuSans-Bold"),
    ("mono", "", "DejaVuSansMono"),
    ("mono", "B", "DejaVuSansMono-Bold"),
)
"""Family, style (``I`` italic, ``B`` bold) and the name of the file."""


@functools.cache
def _folder() -> Path:
    import matplotlib

    return Path(matplotlib.get_data_path(), "fonts", "ttf")


def face_file(name: str) -> str:
    """Return where the file of a face is.

    Examples
    --------
    >>> face_file("DejaVuSerif").endswith("DejaVuSerif.ttf")
    True
    """
    return str(_folder() / f"{name}.ttf")


def family_of(stack: str) -> str:
    """Return which family of `FACES` a stack of font families ends in.

    Examples
    --------
    >>> from graphviz_ad.draw.theme import MONO, SERIF
    >>> family_of(MONO), family_of(SERIF)
    ('mono', 'serif')
    """
    return {"monospace": "mono", "serif": "serif"}.get(stack.rsplit(",", 1)[-1].strip(), "sans")
