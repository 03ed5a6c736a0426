"""When each part of a picture of values alone changes: one is computed after the other, until something raises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphviz_ad.draw.parts import edge_part, node_part
from graphviz_ad.draw.timeline import Look, Part, Recorder
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.steps import Edge, Step, Story

__all__ = ["values"]


class _Values(Recorder):
    """Plays a story of values alone."""

    derivative = "value"

    def _parts(self) -> Iterator[tuple[str, str]]:
        for card in self.story.nodes:
            yield node_part(card.position), "node"
            yield node_part(card.position, "value"), "value"
        yield from self._edge_parts({})

    def _edge_parts(self, uses: Mapping[int, int]) -> Iterator[tuple[str, str]]:
        for edge in self.story.edges:
            yield edge_part(edge.child, edge.argument, "forward"), "forward"
            if self._comes_to_what_raised(edge):
                yield edge_part(edge.child, edge.argument, "socket"), "socket"

    def _comes_to_what_raised(self, edge: Edge) -> bool:
        return self.story.nodes[edge.child].role == "raised"

    def _show_dead_ends(self) -> None:
        """Nothing goes back, so that nothing ends."""

    def _show(self, step: Step) -> None:
        if step.kind == "raise":
            self._raise(step)
        else:
            super()._show(step)

    def _raise(self, step: Step) -> None:
        self._set(node_part(step.node), Look("now"), Look("known"))
        self._set(node_part(step.node, "value"), None, Look("raised"))
        for edge in self.into.get(step.node, ()):
            ends = edge.child, edge.argument
            self._set(edge_part(*ends, "forward"), Look("flows"), Look("went"))
            self._set(edge_part(*ends, "socket"), None, Look("blamed"))


def values(story: Story, index: Mapping[Quantity, int]) -> dict[str, Part]:
    """Return every part of the picture of a story of values alone, by id.

    Parameters
    ----------
    story : Story
    index : mapping
        The number of each quantity of the scene.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> try:
    ...     gad.trace(lambda x: np.sin(x)[3], np.ones(2))
    ... except IndexError as error:
    ...     story = gad.post_mortem(error).story
    >>> parts = values(story, {key: place for place, key in enumerate(story.numbers)})
    >>> [entry.state for entry in parts["n2_v"].timeline], [entry.state for entry in parts["e2_0_g"].timeline]
    (['unknown', 'raised'], ['unknown', 'blamed'])
    """
    return _Values(story, index).play()
