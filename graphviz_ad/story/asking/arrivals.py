"""What has come to a node so far on the way back: from there a sum is asked for."""

from __future__ import annotations

from collections import Counter, defaultdict

from graphviz_ad.story.steps import Edge, Story

__all__ = ["Arrivals"]


class Arrivals:
    """Along which edges each node has received something so far, and along how many it will.

    Parameters
    ----------
    story : Story

    Attributes
    ----------
    shares : mapping of int to int
        How many parts the adjoint of a node is the sum of; 0 where it is none.
    came : dict of int to list of Edge
    """

    def __init__(self, story: Story) -> None:
        self.shares = Counter(step.node for step in story.steps if step.kind == "accumulate")
        self.came: defaultdict[int, list[Edge]] = defaultdict(list)
