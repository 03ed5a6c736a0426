"""When each part of a picture changes: the story, read part by part.

The story says what happens at every step; a painter asks what one part looks like at one step. Here the first is
turned into the second, once: a list of entries per part, of which the last one not after the step holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from graphviz_ad.draw.parts import edge_part, node_part
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.steps import Card, Edge, Step, Story

__all__ = ["Entry", "Look", "Part", "Recorder", "at", "timelines"]


class Entry(NamedTuple):
    """From `step` on, a part is in `state` and shows `quantity` (an index, -1 for none)."""

    step: int
    state: str
    quantity: int = -1
    note: str = ""
    progress: float = 0.0


class Part(NamedTuple):
    """A group of the picture that changes, and when it does."""

    kind: str
    timeline: tuple[Entry, ...]


def at(timeline: tuple[Entry, ...], step: int) -> Entry:
    """Return the entry in force at a step.

    Examples
    --------
    >>> at((Entry(0, "unknown"), Entry(3, "now"), Entry(4, "known")), 3).state
    'now'
    """
    current = timeline[0]
    for entry in timeline:
        if entry.step > step:
            break
        current = entry
    return current


class Look(NamedTuple):
    """How a part looks, for a while."""

    state: str
    quantity: int = -1
    note: str = ""
    progress: float = 0.0


_FIRST = {"forward": "waiting", "backward": "hidden", "push": "hidden"}


class Recorder:
    """Plays a story and writes down every change of every part."""

    derivative = "adjoint"

    def __init__(self, story: Story, index: Mapping[Quantity, int]) -> None:
        self.story = story
        self.index = index
        self.kinds: dict[str, str] = {}
        self.lasting: dict[str, Look] = {}
        self.passing: dict[str, Look] = {}
        self.touched: set[str] = set()
        self.entries: dict[str, list[Entry]] = {}
        self.accumulations = Counter(step.node for step in story.steps if step.kind == "accumulate")
        self.arrived: Counter[int] = Counter()
        self.into: dict[int, list[Edge]] = {}
        for edge in story.edges:
            self.into.setdefault(edge.child, []).append(edge)
        for name, kind in self._parts():
            self.kinds[name] = kind
            self.lasting[name] = Look(_FIRST.get(kind, "unknown"))
            self.entries[name] = [Entry(0, *self.lasting[name])]

    def _parts(self) -> Iterator[tuple[str, str]]:
        uses: dict[int, int] = {}
        for edge in self.story.edges:
            uses[edge.parent] = uses.get(edge.parent, 0) + (edge.kind != "cut")
        for card in self.story.nodes:
            yield node_part(card.position), "node"
            yield node_part(card.position, "value"), "value"
            yield node_part(card.position, self.derivative), self.derivative
        yield from self._edge_parts(uses)

    def _edge_parts(self, uses: Mapping[int, int]) -> Iterator[tuple[str, str]]:
        for edge in self.story.edges:
            ends = edge.child, edge.argument
            yield edge_part(*ends, "forward"), "forward"
            yield edge_part(*ends, "backward"), "backward"
            yield edge_part(*ends, "socket"), "socket"
            if uses.get(edge.parent, 0) > 1:
                yield edge_part(*ends, "pad"), "pad"

    def play(self) -> dict[str, Part]:
        """Return every part with its timeline."""
        evaluated = {step.node for step in self.story.steps if step.kind == "evaluate"}
        for card in self.story.nodes:
            if card.position not in evaluated and card.role != "raised":
                self._know_value(card.position)
        swept = False
        self._commit(0)
        for number, step in enumerate(self.story.steps):
            self.passing = {}
            # A story without a sweep, of a constant, says so at its last step.
            if not swept and (step.kind != "evaluate" or number == len(self.story.steps) - 1):
                swept = True
                self._show_dead_ends()
            self._show(step)
            self._ring(step)
            self._commit(number)
        self.passing = {}
        if not swept:
            self._show_dead_ends()
        self._commit(len(self.story.steps))
        return {name: Part(kind, tuple(self.entries[name])) for name, kind in self.kinds.items()}

    def _show(self, step: Step) -> None:
        """Change what a step changes."""
        if step.kind == "evaluate":
            self._evaluate(step)
        elif step.kind == "seed":
            self._write_derivative(step.node, self._quantity(step.after))
        elif step.kind == "local":
            self._local(step)
        else:
            self.arrived[step.node] += 1
            self._accumulate(step, self.arrived[step.node], self.accumulations[step.node])

    def _commit(self, step: int) -> None:
        for name in self.touched | self.passing.keys():
            look = self.passing.get(name, self.lasting[name])
            entries = self.entries[name]
            if Entry(entries[-1].step, *look) != entries[-1]:
                if entries[-1].step == step:
                    entries.pop()
                entries.append(Entry(step, *look))
        # What was only passing must be looked at again at the next step.
        self.touched = set(self.passing)

    def _quantity(self, key: Quantity) -> int:
        position = self.index.get(key, -1)
        if position < 0 and key.kind == "partial":
            position = self.index.get(Quantity("adjoint", key.node), -1)
        return position

    def _set(self, name: str, now: Look | None, then: Look) -> None:
        if name in self.lasting:
            self.lasting[name] = then
            self.touched.add(name)
            if now is not None:
                self.passing[name] = now

    def _know_value(self, node: int) -> None:
        quantity = self._quantity(Quantity("value", node))
        self._set(node_part(node, "value"), None, Look("known", quantity))
        self._set(node_part(node), None, Look("known"))

    def _show_dead_ends(self) -> None:
        """As the sweep begins, say where it will bring nothing."""
        for card in self.story.nodes:
            row = node_part(card.position, self.derivative)
            if card.detached:
                self._set(row, None, Look("detached"))
            elif not card.reached:
                state = self._nothing(card)
                self._set(row, None, Look(state))
                if state in ("nopath", "still"):
                    self._set(node_part(card.position), None, Look("unreached"))
        self._show_dead_edges()

    def _nothing(self, card: Card) -> str:
        """Return the state of a row to which nothing comes."""
        return card.missing.replace(" ", "")

    def _show_dead_edges(self) -> None:
        dead = {card.position: card for card in self.story.nodes if not card.reached}
        for edge in self.story.edges:
            ends = edge.child, edge.argument
            if edge.kind == "cut":
                self._set(edge_part(*ends, "backward"), None, Look("cut"))
                self._set(edge_part(*ends, "socket"), None, Look("cut"))
            if edge.kind == "cut" or edge.child in dead:
                state = self._nothing(dead[edge.child]) if edge.child in dead and edge.kind != "cut" else "nopath"
                self._set(edge_part(*ends, "pad"), None, Look(state if state == "severed" else "nopath"))

    def _evaluate(self, step: Step) -> None:
        quantity = self._quantity(step.after)
        self._set(node_part(step.node, "value"), Look("now", quantity), Look("known", quantity))
        self._set(node_part(step.node), Look("now"), Look("known"))
        for edge in self.into.get(step.node, ()):
            sent = self._quantity(Quantity("value", edge.parent))
            self._set(edge_part(edge.child, edge.argument, "forward"), Look("flows", sent), Look("went", sent))

    def _write_derivative(self, node: int, quantity: int) -> None:
        self._set(node_part(node, self.derivative), Look("now", quantity), Look("known", quantity))
        self.passing[node_part(node)] = Look("now")

    def _local(self, step: Step) -> None:
        assert step.edge is not None
        local = self._quantity(Quantity("local", *step.edge))
        result = self._quantity(step.after)
        self._set(edge_part(*step.edge, "socket"), Look("now", local), Look("known", local))
        self._set(edge_part(*step.edge, "backward"), Look("flows", result), Look("came", result))
        if step.after.kind == "adjoint":
            self._write_derivative(step.node, result)
        else:
            self._set(edge_part(*step.edge, "pad"), Look("now", result), Look("known", result))
            self.passing[node_part(step.node)] = Look("now")

    def _accumulate(self, step: Step, number: int, of: int) -> None:
        quantity = self._quantity(step.after)
        note = f"{number} of {of}"
        if number == of:
            final = self._quantity(Quantity("adjoint", step.node))
            then = Look("known", final if final >= 0 else quantity)
        else:
            then = Look("partial", quantity, note, round(number / of, 4))
        self._set(node_part(step.node, "adjoint"), Look("now", quantity, note, round(number / of, 4)), then)
        self.passing[node_part(step.node)] = Look("now")
        if step.edge is not None:
            for piece, state in (("pad", "operand"), ("backward", "flows")):
                name = edge_part(*step.edge, piece)
                if name in self.lasting:
                    self.passing[name] = self.lasting[name]._replace(state=state)

    def _ring(self, step: Step) -> None:
        """Mark what the step reads, unless the step writes there too."""
        for kind, node, _ in step.operands:
            name = node_part(node, kind) if kind in ("value", self.derivative) else ""
            look = self.lasting.get(name)
            if look is not None and name not in self.passing and look.state == "known":
                self.passing[name] = look._replace(state="operand")


def timelines(story: Story, index: Mapping[Quantity, int]) -> dict[str, Part]:
    """Return every part of the picture of a story, by id.

    Parameters
    ----------
    story : Story
    index : mapping
        The number of each quantity of the scene.
    """
    return Recorder(story, index).play()
