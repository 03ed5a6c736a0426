"""Heat maps on their own, in a report: larger than on a card, several on one scale, with one of their cells framed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.draw.colours import LEVELS
from graphviz_ad.draw.svg import number
from graphviz_ad.draw.thumbnail import map_paths
from graphviz_ad.numerals.thumbnails import Frame, frame_of, picture

__all__ = ["CELLS", "captioned", "maps", "shades"]

CELLS = frozenset([*LEVELS, "ln", "li", "axis", "m0", "m1", "m2", "m3", "m4", "mi"])
"""The classes of their parts, for the style sheet."""

_LARGER = 1.7  # than a thumbnail in a card
Entry = tuple[int, ...]


def maps(values: Sequence[Any], entry: Entry | None) -> list[str]:
    """Return arrays of one shape as maps, whose cells have one scale.

    Parameters
    ----------
    values : sequence of array of float
    entry : tuple of int or None
        Which cell is framed, where each entry has a cell.

    Returns
    -------
    list of str
        A picture each, as SVG; empty where something is no array of floats.
    """
    arrays = [np.asarray(value) for value in values]
    if any(not own.ndim or not own.size or own.dtype.kind != "f" for own in arrays):
        return []
    shape = _matrix(arrays[0].shape)
    frame = frame_of(shape)
    text = picture(
        np.concatenate([own.reshape(shape) for own in arrays]), frame._replace(rows=len(arrays) * frame.rows)
    )
    part = len(text) // len(arrays)
    box = _place(entry, arrays[0].shape, frame)
    return [_framed(_levels(text[k * part : (k + 1) * part], frame), frame, box) for k in range(len(arrays))]


def captioned(words: str, text: str, svg: str = "") -> str:
    """Return what is said of a number, the number, and the map it stands in, as a figure of a report."""
    return f"<figure>{svg}<figcaption>{escape(visible(words))}<br><b>{escape(text)}</b></figcaption></figure>"


def shades(depths: np.ndarray[Any, Any], hue: str, entry: Entry | None) -> str:
    """Return an array of depths, in per cent, as a map in shades of a hue; nothing where cells are shared."""
    shape = _matrix(depths.shape)
    frame = frame_of(shape)
    if not depths.ndim or not depths.size or not frame.is_whole(shape):
        return ""
    wide, high = frame.width / frame.columns, frame.height / frame.rows
    size = f'width="{number(wide)}" height="{number(high)}"'
    cells = "".join(
        f'<rect x="{number(k % frame.columns * wide)}" y="{number(k // frame.columns * high)}" {size} '
        f'style="fill:color-mix(in srgb,var(--gad-{hue}) {depth}%,var(--gad-bg))"/>'
        for k, depth in enumerate(depths.ravel().tolist())
        if depth
    )
    return _framed(cells, frame, _place(entry, depths.shape, frame))


def _matrix(shape: Entry) -> tuple[int, int]:
    """Return the rows and columns of an array's map; of one axis it is a row."""
    return int(np.prod(shape[:-1])), shape[-1] if shape else 1


def _place(entry: Entry | None, shape: Entry, frame: Frame) -> tuple[int, int] | None:
    if entry is None or not frame.is_whole(_matrix(shape)):
        return None
    row, column = divmod(int(np.ravel_multi_index(entry, shape)), shape[-1])
    return row, column


def _levels(text: str, frame: Frame) -> str:
    return "".join(f'<path class="{level}" d="{d}"/>' for level, d in map_paths(text, frame, 0, 0).items())


def _framed(cells: str, frame: Frame, box: tuple[int, int] | None) -> str:
    """Return cells as a picture, larger than on a card, with one of them framed."""
    across, down = frame.width / frame.columns, frame.height / frame.rows
    worst = ""
    if box is not None:
        x, y = number(box[1] * across), number(box[0] * down)
        worst = f'<rect class="gad-worst" x="{x}" y="{y}" width="{number(across)}" height="{number(down)}"/>'
    wide, high = number(frame.width), number(frame.height)
    return (
        f'<svg class="gad-scene" viewBox="-2 -2 {number(frame.width + 4)} {number(frame.height + 4)}" '
        f'width="{number(_LARGER * (frame.width + 4))}" height="{number(_LARGER * (frame.height + 4))}" '
        f'aria-hidden="true" focusable="false">{cells}<rect class="axis" x="0" y="0" width="{wide}" height="{high}"/>'
        f"{worst}</svg>"
    )
