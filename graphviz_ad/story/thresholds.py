"""Comparisons of two equal numbers: right beside such a place the program may go another way.

What is differentiated is the way that was gone. Whether f has a corner or a jump there cannot be told from one place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.engine.primitive import has_variable, plain_value
from graphviz_ad.engine.watch import Guard
from graphviz_ad.story.remarks import Remark
from graphviz_ad.story.steps import Story

__all__ = ["at_thresholds", "worded"]

_LONGEST = 60  # characters of a comparison that is quoted
_MOST = 3


def at_thresholds(story: Story, guards: Sequence[Guard]) -> list[Remark]:
    """Return what there is to say of comparisons whose sides are equal, at the last step of the way forward.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> trace = gad.trace(lambda x: x**2 if x > 1 else np.sin(x), 1.0)
    >>> (remark,) = at_thresholds(trace.story, trace.guards)
    >>> remark.words[0]
    'x > 1 compares equal numbers: right beside this place f may go another way, of which this slope knows nothing.'
    """
    forward = [step.index for step in story.steps if step.kind == "evaluate"]
    if not forward:
        return []
    texts = list(dict.fromkeys(worded(guard) for guard in guards if _is_at_threshold(guard)))
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


def _is_at_threshold(guard: Guard) -> bool:
    """Whether a comparison with a number that moves would come out differently for a neighbour of that number."""
    if not has_variable((guard.left, guard.right)):
        return False
    try:
        return bool(np.any(np.equal(plain_value(guard.left), plain_value(guard.right))))
    except (TypeError, ValueError):
        return False


def worded(guard: Guard) -> str:
    """Return a comparison as the person wrote it, or what it is where that is long or has no sign of one."""
    site = guard.site
    text = visible(site.text) if site is not None and len(site.text) <= _LONGEST else ""
    if not text:
        return f"a comparison ({guard.symbol})"
    return text if any(sign in text for sign in "<>=!") else f"the comparison in {text}"
