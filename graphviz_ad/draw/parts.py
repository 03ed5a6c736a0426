"""What the parts of a picture are called: one name for whoever draws a part, says when it changes, or describes it."""

from __future__ import annotations

__all__ = ["cut_part", "edge_part", "node_part"]

_ROWS = {"value": "v", "adjoint": "a", "tangent": "t", "yours": "y"}
_PIECES = {"forward": "f", "backward": "b", "push": "t", "socket": "g", "share": "p", "pad": "c"}


def node_part(position: int, row: str = "") -> str:
    """Return the id of a node, or of its row ``"value"``, ``"adjoint"``, ``"tangent"`` or ``"yours"``.

    Examples
    --------
    >>> node_part(3), node_part(3, "adjoint")
    ('n3', 'n3_a')
    """
    return f"n{position}_{_ROWS[row]}" if row else f"n{position}"


def edge_part(child: int, argument: int, piece: str = "") -> str:
    """Return the id of an edge, or of its piece: a lane, ``"forward"``, ``"backward"`` or ``"push"``; or a box.

    Examples
    --------
    >>> edge_part(3, 1), edge_part(3, 1, "socket")
    ('e3_1', 'e3_1_g')
    """
    return f"e{child}_{argument}_{_PIECES[piece]}" if piece else f"e{child}_{argument}"


def cut_part(number: int) -> str:
    """Return the id of a cut through the graph.

    Examples
    --------
    >>> cut_part(0)
    'k0'
    """
    return f"k{number}"
