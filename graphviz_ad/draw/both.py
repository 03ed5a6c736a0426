"""When each part of a picture of both modes changes: first as forward mode has it, then as reverse mode does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from graphviz_ad.draw.parts import cut_part, edge_part
from graphviz_ad.draw.pushes import pushes
from graphviz_ad.draw.timeline import Entry, Part, timelines
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.both import turn
from graphviz_ad.story.steps import Cut, Story

__all__ = ["alone", "both"]


def both(story: Story, index: Mapping[Quantity, int]) -> dict[str, Part]:
    """Return every part of the picture of a story of both modes, by id.

    Parameters
    ----------
    story : Story
    index : mapping
        The number of each quantity of the scene.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.story.both import tell_both
    >>> from graphviz_ad.tracing import trace
    >>> story = tell_both(trace(np.sin, 0.0))
    >>> parts = both(story, {key: place for place, key in enumerate(story.numbers)})
    >>> parts["e1_0_g"].kind, [tuple(entry[:2]) for entry in parts["e1_0_g"].timeline]
    ('factor', [(0, 'unknown'), (3, 'ahead'), (4, 'known'), (5, 'now'), (6, 'known')])
    """
    onward, back = pushes(story.views["forward"], index), timelines(story.views["reverse"], index)
    first, later = turn(story), _first_step_back(story)
    parts = {}
    for name, (kind, begun) in {**back, **onward}.items():
        rest = back[name].timeline if name in back else ()
        then = [entry._replace(step=entry.step - later + first) for entry in rest if entry.step >= later]
        shown = [_passing(entry, kind) for entry in begun] if name in onward else begun[:1]
        parts[name] = Part(_TOGETHER.get(kind, kind), _in_turn([*shown, *then]))
    return parts | {cut_part(k): Part("sum", _known(story, cut, index)) for k, cut in enumerate(story.cuts)}


_TOGETHER = {"inlet": "factor", "socket": "factor"}
"""A factor belongs to neither mode."""


def _passing(entry: Entry, kind: str) -> Entry:
    """Return how a part looks as a tangent passes: sockets and their shares look otherwise than in forward mode."""
    states = {"inlet": "ahead", "share": "known"}
    return entry._replace(state=states[kind]) if entry.state == "now" and kind in states else entry


def _first_step_back(story: Story) -> int:
    steps = story.views["reverse"].steps
    return next((step.index for step in steps if step.kind != "evaluate"), len(steps))


def _in_turn(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return entries in the order of their steps: of one step the last, and of equal ones the first."""
    by_step = [list(own)[-1] for _, own in groupby(sorted(entries, key=lambda entry: entry.step), lambda e: e.step)]
    return tuple(entry for k, entry in enumerate(by_step) if not k or entry[1:] != by_step[k - 1][1:])


def _known(story: Story, cut: Cut, index: Mapping[Quantity, int]) -> tuple[Entry, ...]:
    """Return when the sum along a cut is known: with the last of its products."""
    nodes = {term.node for term in cut.terms if term.kind == "adjoint"}
    writes = [
        step.index
        for step in story.steps
        if step.after in cut.terms or (step.after.kind == "partial" and step.after.node in nodes)
    ]
    return Entry(0, "hidden"), Entry(max(writes, default=len(story.steps)), "known", index[cut.total])


def alone(names: Iterable[str], story: Story, index: Mapping[Quantity, int], mode: str) -> dict[str, Part]:
    """Return the parts of the same picture, whose names these are, while one mode is shown: the other's are away.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.story.both import tell_both
    >>> from graphviz_ad.tracing import trace
    >>> story = tell_both(trace(np.sin, 0.0))
    >>> index = {key: place for place, key in enumerate(story.numbers)}
    >>> parts = alone(both(story, index), story, index, "forward")
    >>> parts["n1_a"].kind, parts["n1_t"].kind
    ('away', 'tangent')
    """
    own = (pushes if mode == "forward" else timelines)(story.views[mode], index)
    away = {name: Part("away", (Entry(0, "known"),)) for name in names}
    exits = {}
    if mode == "forward":
        pads = (edge_part(edge.child, edge.argument, "pad") for edge in story.edges)
        exits = {name: Part("outlet", (Entry(0, "known"),)) for name in pads if name in away}
    return away | own | exits
