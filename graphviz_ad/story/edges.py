"""Comparisons of two equal numbers: right beside such a place the program may go another way.

What is differentiated is the way that was gone. Whether f has a corner or a jump there cannot be told from one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.engine.variable import Variable
from graphviz_ad.engine.watch import Guard
from graphviz_ad.story.remarks import Remark
from graphviz_ad.story.steps import Story

__all__ = ["on_edges"]

_LONGEST = 60  # characters of a comparison that is quoted
_MOST = 3


def on_edges(story: Story, guards: Sequence[Guard]) -> list[Remark]:
    """Return what there is to say of comparisons whose sides are equal, at the last step of the way forward.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> trace = gad.trace(lambda x: x**2 if x > 1 else np.sin(x), 1.0)
    >>> (remark,) = on_edges(trace.story, trace.guards)
    >>> remark.words[0]
    'x > 1 compares equal numbers: right beside this place f may go another way, of which this slope knows nothing.'
    """
    forward = [step.index for step in story.steps if step.kind == "evaluate"]
    if not forward:
        return []
    texts = list(dict.fromkeys(_text(guard) for guard in guards if _is_on_edge(guard)))
    slope = "these slopes know" if any(story.nodes[i].shape for i in story.inputs) else "this slope knows"
    return [
        Remark(
            forward[-1],
            (
                f"{text} compares equal numbers: right beside this place {story.name} may go another way, "
                f"of which {slope} nothing.",
            ),
        )
        for text in texts[:_MOST]
    ]


def _is_on_edge(guard: Guard) -> bool:
    """Whether a comparison with a number that moves would come out differently for a neighbour of that number."""
    sides = [_plain(side) for side in (guard.left, guard.right)]
    if not any(isinstance(side, Variable) for side in (guard.left, guard.right)):
        return False
    try:
        return bool(np.any(np.equal(*sides)))
    except (TypeError, ValueError):
        return False


def _plain(side: Any) -> Any:
    return side.value if isinstance(side, Variable) else side


def _text(guard: Guard) -> str:
    text = visible(guard.site.text) if guard.site is not None else ""
    return text if 0 < len(text) <= _LONGEST and any(sign in text for sign in "<>=") else "a comparison"
