"""The paths of a gradient as data: which parts of the picture, and which stretches of the code, belong to each."""

from __future__ import annotations

from typing import Any

from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.paths.code import operands
from graphviz_ad.debugging.paths.searching import Ways
from graphviz_ad.debugging.paths.text import LETTERED, LETTERS, parts
from graphviz_ad.draw.parts import edge_part
from graphviz_ad.films.code import Code

__all__ = ["paths_json"]


def paths_json(exam: Examination, ways: Ways, code: Code | None) -> list[dict[str, Any]]:
    """Return what a page needs to light each path, the widest first; see ``Route`` in ``player/film.d.ts``.

    Parameters
    ----------
    exam : Examination
    ways : Ways
    code : Code or None
        The lines that the page shows.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> why = gad.trace(lambda x: x * np.sin(x), 2.0).why("x")
    >>> [row["edges"] for row in paths_json(why._exam, why._ways, None)]
    [['e2_0'], ['e2_1', 'e1_0']]
    """
    return [
        {
            "letter": LETTERS[k] if k < LETTERED else "",
            "edges": [edge_part(*edge) for edge in path.edges],
            "spans": [] if code is None else list(filter(None, map(code.span, operands(exam, path)))),
            "share": path.share,
            "adds": bool(parts(path)[0]),
        }
        for k, path in enumerate(ways.paths)
    ]
