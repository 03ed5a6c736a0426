"""When each part of a picture changes in forward mode: tangents fall beside the values, and add up at nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphviz_ad.draw.parts import edge_part, node_part
from graphviz_ad.draw.timeline import Look, Part, Recorder
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.steps import Card, Edge, Step, Story

__all__ = ["pushes"]


class _Pushes(Recorder):
    """Plays a story of forward mode."""

    derivative = "tangent"

    def _nothing(self, card: Card) -> str:
        return "still"

    def _edge_parts(self, uses: Mapping[int, int]) -> Iterator[tuple[str, str]]:
        for edge in self.story.edges:
            ends = edge.child, edge.argument
            yield edge_part(*ends, "forward"), "forward"
            if self._carries(edge):
                yield edge_part(*ends, "push"), "push"
            yield edge_part(*ends, "socket"), "inlet"
            if Quantity("part", *ends) in self.index:
                yield edge_part(*ends, "share"), "share"

    def _carries(self, edge: Edge) -> bool:
        """Whether a tangent sets out along an edge, be it that it is cut off at the end."""
        return self.story.nodes[edge.parent].reached

    def _show_dead_edges(self) -> None:
        for edge in self.story.edges:
            if edge.kind == "cut":
                self._set(edge_part(edge.child, edge.argument, "socket"), None, Look("cut"))
                self._set(edge_part(edge.child, edge.argument, "push"), None, Look("cut"))

    def _show(self, step: Step) -> None:
        if step.kind == "push":
            self._push(step)
        else:
            super()._show(step)

    def _push(self, step: Step) -> None:
        edges = [edge for edge in self.into[step.node] if edge.kind != "cut"]
        shares = 0
        for edge in edges:
            ends = edge.child, edge.argument
            local, share = self._quantity(Quantity("local", *ends)), self._quantity(Quantity("part", *ends))
            arriving = self._quantity(Quantity("tangent", edge.parent))
            self._set(edge_part(*ends, "socket"), Look("now", local), Look("known", local))
            self._set(edge_part(*ends, "push"), Look("flows", arriving), Look("went", arriving))
            self._set(edge_part(*ends, "share"), Look("now", share), Look("known", share))
            shares += share >= 0
        quantity = self._quantity(step.after)
        note = f"Σ {shares} of {shares}" if shares else ""
        self._set(node_part(step.node, "tangent"), Look("now", quantity, note), Look("known", quantity))
        self.passing[node_part(step.node)] = Look("now")


def pushes(story: Story, index: Mapping[Quantity, int]) -> dict[str, Part]:
    """Return every part of the picture of a story of forward mode, by id.

    Parameters
    ----------
    story : Story
    index : mapping
        The number of each quantity of the scene.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.story.modes import story_of
    >>> from graphviz_ad.tracing import trace
    >>> story = story_of(trace(np.sin, 0.0), "forward")
    >>> parts = pushes(story, {key: place for place, key in enumerate(story.numbers)})
    >>> [entry.state for entry in parts["n1_t"].timeline]
    ['unknown', 'now', 'known']
    """
    return _Pushes(story, index).play()
