"""PNG: the figure in pixels, two for each px unless `scale` says otherwise, with its words in text chunks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import resvg_py

from graphviz_ad.draw.frame import Figure
from graphviz_ad.draw.length import PX_PER_INCH
from graphviz_ad.draw.svg import clean, serialise
from graphviz_ad.errors import SizeError
from graphviz_ad.saving.faces import FACES, face_file
from graphviz_ad.saving.options import Options
from graphviz_ad.saving.pictures import paint
from graphviz_ad.saving.subject import Subject

__all__ = ["MOST_PIXELS", "write"]

MOST_PIXELS = 64_000_000
"""The most pixels of a picture, which take four bytes each while it is painted."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_METRES_PER_INCH = 0.0254


def write(subject: Subject, options: Options) -> bytes:
    """Return the picture as PNG.

    Raises
    ------
    SizeError
        For more than `MOST_PIXELS` pixels.
    """
    figure = paint(subject, options)
    wide, high = (max(1, round(side * options.scale)) for side in (figure.width, figure.height))
    if wide * high > MOST_PIXELS:
        ways = "a smaller scale" if options.width is None else "a smaller scale or width"
        raise SizeError(
            f"save: the picture would have {wide:,} × {high:,} pixels, more than {MOST_PIXELS // 1_000_000} million; "
            f"choose {ways} than scale={options.scale:g}, or save a .svg or .pdf, which have no pixels"
        )
    figure.tree.attributes.update(width=str(wide), height=str(high))
    drawn = resvg_py.svg_to_bytes(
        svg_string=serialise(figure.tree),
        skip_system_fonts=True,
        font_files=[face_file(name) for _, _, name in FACES],
        serif_family="DejaVu Serif",
        sans_serif_family="DejaVu Sans",
        monospace_family="DejaVu Sans Mono",
    )
    dots = options.scale * PX_PER_INCH if options.width is not None else None
    return _with_chunks(drawn, b"".join(_told(figure, dots)))


def _told(figure: Figure, dots: float | None) -> Iterator[bytes]:
    """Say what is shown, and how many dots an inch has where the figure has a size on paper."""
    if dots is not None:
        per_metre = round(dots / _METRES_PER_INCH)
        yield _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
    for keyword, text in (("Title", figure.title), ("Description", figure.description), ("Software", "graphviz_ad")):
        yield _chunk(b"iTXt", keyword.encode("latin-1") + b"\0\0\0en\0\0" + clean(text).encode("utf-8"))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _with_chunks(picture: bytes, chunks: bytes) -> bytes:
    """Put chunks where they must stand: after the header, before the pixels."""
    (length,) = struct.unpack(">I", picture[len(_SIGNATURE) : len(_SIGNATURE) + 4])
    start = len(_SIGNATURE) + 12 + length
    return picture[:start] + chunks + picture[start:]
