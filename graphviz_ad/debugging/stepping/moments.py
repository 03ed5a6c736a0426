"""What is known at a step of a story: values that were computed, adjoints as far as they have come together.

A computation is recorded once, and its whole story told; a `Course` is both, with the calls that each node was made
under. A `Moment` is the view of it at one step, in which what comes later is not known yet. So one goes back as one
goes forward: nothing is run, suspended or undone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from graphviz_ad.debugging.stepping.calls import CallWatch, Place
from graphviz_ad.engine.aftermath import kept
from graphviz_ad.engine.failures import Failure, Remains, remains_of
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.source import position
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.placing import placed
from graphviz_ad.story.raising import Raiser
from graphviz_ad.story.steps import Card, Edge, Step, Story

__all__ = ["Course", "Moment", "NodeSoFar"]

_ARRIVES = ("adjoint", "partial")


class Course:
    """A recorded computation with its story, and the calls that each of its nodes was made under.

    Parameters
    ----------
    recording : Recording
    story : Story
    watch : CallWatch, optional
        Who saw the recording; without one nothing is known of calls.
    names : sequence of str
        What each node is called, in letters that can be typed: ``v3``.

    Attributes
    ----------
    ways : tuple of tuple of Place
        For each card of the story the calls that it was made under, the traced function first.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> course = Course.of_call(np.sin, (0.0,), {}, gad.Trace)
    >>> len(course.steps), course.names
    (4, ('x', 'f'))
    """

    def __init__(self, recording: Recording, story: Story, names: Sequence[str], watch: CallWatch | None) -> None:
        self.recording = recording
        self.story = story
        self.names = (*names, *[card.symbol.text for card in story.nodes[len(names) :]])  # of a constant result
        self.nodes = recording.nodes
        self._watch = watch
        ways = [() if watch is None else watch.way(node) for node in self.nodes]
        ways += [()] * (len(story.nodes) - len(ways))  # of constants
        if watch is not None and story.steps and story.steps[-1].kind == "raise":
            ways[-1] = watch.last_way
        self.ways = tuple(ways)

    @classmethod
    def of_call(cls, f: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], kind: Any) -> Course:
        """Call ``f(*args, **kwargs)``, record it and tell its story, each step when it is first shown.

        Parameters
        ----------
        f : callable
        args, kwargs
        kind : type
            `Trace`, whose story it is: that stands above.

        Raises
        ------
        InputError
            When no argument can be differentiated, or `f` returns something else than numbers and arrays.
        SizeError
            For more than 20,000 operations.
        """
        watch = CallWatch(_MOST_NODES)
        try:
            trace = kind.of_call(f, args, kwargs, who="debug", watch=watch)
        except (Exception, KeyboardInterrupt) as error:
            watch.see_raise(error.__traceback__)
            raise
        finally:
            watch.forget_frames()
        return cls(trace, placed(trace.teller.outline, trace.guards), trace.teller.names, watch)

    @classmethod
    def of_failure(cls, error: BaseException) -> Course:
        """Return what was recorded before a function raised: its story is one of values, and ends where it raised.

        Raises
        ------
        InputError
            For an exception that came through no recording.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> try:
        ...     Course.of_call(lambda x: np.exp(x) @ x, (np.ones((3, 4)),), {}, gad.Trace)
        ... except ValueError as error:
        ...     [step.kind for step in Course.of_failure(error).steps]
        ['evaluate', 'evaluate', 'raise']
        """
        remains = remains_of(error, "debug")
        raiser, aftermath = Raiser(remains), kept(error)
        watch = aftermath.watch if aftermath is not None and isinstance(aftermath.watch, CallWatch) else None
        return cls(remains, raiser.story, raiser.names, watch)

    @property
    def failure(self) -> Failure | None:
        """What the function raised, where it did."""
        return self.recording.failure if isinstance(self.recording, Remains) else None

    @property
    def namespace(self) -> Mapping[str, Any]:
        """The names of the module that the traced function is written in; empty where nobody saw it run."""
        return {} if self._watch is None else self._watch.namespace

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the story."""
        return self.story.steps

    def moment(self, step: int) -> Moment:
        """Return what is known at a step, from 0."""
        return Moment(self, step)

    def actor(self, step: int) -> int:
        """Return the position of the node whose line a step is at: on the way back, of the one that sends."""
        edge = self.steps[step].edge
        return self.steps[step].node if edge is None else edge[0]

    def way(self, step: int) -> tuple[Place, ...]:
        """Return the calls that a step is under, the traced function first; empty at an input."""
        return self.ways[self.actor(step)]

    def goes_back(self, step: int) -> bool:
        """Whether a step belongs to the way back."""
        return self.steps[step].kind not in ("evaluate", "raise")

    def changes(self, step: int) -> int | None:
        """Return the position of the node of which something is known from a step on; None where that is an edge."""
        own = self.steps[step]
        return None if own.after.kind == "contribution" or own.kind == "raise" else own.node

    @cached_property
    def evaluated(self) -> dict[int, int]:
        """At which step each node is computed."""
        plain = {card.position: len(self.steps) - 1 for card in self.story.nodes if card.role == "constant"}
        return plain | {step.node: step.index for step in self.steps if step.kind == "evaluate"}

    @cached_property
    def arrivals(self) -> dict[int, list[tuple[int, Quantity]]]:
        """At which steps the adjoint of each node changes, and what it is then."""
        arrivals: dict[int, list[tuple[int, Quantity]]] = {}
        for step in self.steps:
            if step.after.kind in _ARRIVES:
                arrivals.setdefault(step.node, []).append((step.index, step.after))
        return arrivals

    @cached_property
    def edges(self) -> dict[int, list[Edge]]:
        """The edges to the operands of each node."""
        edges: dict[int, list[Edge]] = {}
        for edge in self.story.edges:
            edges.setdefault(edge.child, []).append(edge)
        return edges

    @cached_property
    def passed(self) -> dict[tuple[int, int], int]:
        """At which step the way back goes through each edge."""
        return {step.edge: step.index for step in self.steps if step.kind == "local" and step.edge is not None}

    def alike(self, step: int) -> tuple[int, int]:
        """Return which of the nodes it is, from 1, that one expression made in one call, and how many it made.

        Where the step computes or goes back through none, as at an input, that is (0, 0).
        """
        actor = self.actor(step)
        if not self.ways[actor] or actor >= len(self.nodes):
            return 0, 0
        group = self._groups[_expression(self.ways[actor][-1])]
        return group.index(actor) + 1, len(group)

    @cached_property
    def _groups(self) -> dict[Any, list[int]]:
        groups: dict[Any, list[int]] = {}
        for i in range(len(self.nodes)):
            if self.ways[i]:
                groups.setdefault(_expression(self.ways[i][-1]), []).append(i)
        return groups

    def called(self, text: str) -> list[int]:
        """Return the positions of the nodes of a name: of the story's own, or else of the person's code, in order.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> course = Course.of_call(lambda x: np.sin(x) + x, (0.0,), {}, gad.Trace)
        >>> course.called("x"), course.called("v1"), course.called("y")
        ([0], [1], [])
        """
        if text in self._positions:
            return [self._positions[text]]
        return self._assigned.get(text, [])

    def variable(self, step: int, text: str) -> int | None:
        """Return the position of the node that a variable of the person's is where a step is; None where unknown."""
        actor = self.actor(step)
        if self._watch is None:
            return None
        node = self.nodes[actor] if actor < len(self.nodes) else None
        if node is not None and self._called_there[actor] == text:
            return actor
        index = self._watch.variable(node, text)
        return None if index is None else self._by_index.get(index)

    @cached_property
    def _called_there(self) -> list[str | None]:
        """What each node is assigned to where it is made; to read that of the source at every step would take long."""
        sites = [node.site if way else None for node, way in zip(self.nodes, self.ways, strict=False)]
        return [None if site is None else site.name for site in sites]

    @cached_property
    def _by_index(self) -> dict[int, int]:
        return {node.index: i for i, node in enumerate(self.nodes)}

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def _assigned(self) -> dict[str, list[int]]:
        """The nodes that the person's code has called by each name, in order: a name may be assigned to again."""
        assigned: dict[str, set[int]] = {}
        for i, node in enumerate(self.nodes):
            if node.name is not None:
                assigned.setdefault(node.name, set()).add(i)
        for name, indices in ({} if self._watch is None else self._watch.variables()).items():
            known = {self._by_index[index] for index in indices if index in self._by_index}
            if known:
                assigned.setdefault(name, set()).update(known)
        return {name: sorted(positions) for name, positions in assigned.items()}

    @property
    def known_names(self) -> tuple[str, ...]:
        """All names that `called` knows."""
        return tuple(dict.fromkeys([*self._assigned, *self.names]))


_MOST_NODES = 20_000


def _expression(place: Place) -> tuple[Any, ...]:
    """Return what tells an expression in a call from any other."""
    return place.call, place.code, position(place.code, place.lasti)


class Moment:
    """What is known at a step.

    Parameters
    ----------
    course : Course
    step : int
        From 0.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> course = Course.of_call(lambda x: x * x, (3.0,), {}, gad.Trace)
    >>> for step in range(2, len(course.steps)):
    ...     print(course.moment(step).node(0).adjoint)
    None
    None
    3.0
    3.0
    6.0
    """

    __slots__ = ("course", "step")

    def __init__(self, course: Course, step: int) -> None:
        self.course = course
        self.step = step

    def node(self, index: int) -> NodeSoFar:
        """Return a node as far as it is known."""
        return NodeSoFar(self, index)

    def called(self, text: str) -> NodeSoFar | None:
        """Return the node of a name.

        A name of the story, such as ``v3``, is always the same node. Any other is a variable of the person's: what it
        is where the step is, else the latest that the code has called so; before any is computed, the first. None where
        no node has this name, and at an input, where no line has run yet.
        """
        positions = self.course.called(text)
        if not positions or self.course.names[positions[0]] != text:
            own = self.course.variable(self.step, text)
            if own is not None or not self.course.way(self.step):
                return None if own is None else self.node(own)
        if not positions:
            return None
        steps = [self.course.evaluated.get(position, self.step + 1) for position in positions]
        latest = bisect_right(steps, self.step)
        return self.node(positions[max(latest - 1, 0)])

    def variable(self, text: str) -> NodeSoFar | None:
        """Return the node that the person's variable is here, where that is another than the one of this name."""
        own, called = self.course.variable(self.step, text), self.called(text)
        return None if own is None or called is None or own == called.index else self.node(own)

    @property
    def changed(self) -> NodeSoFar | None:
        """The node of which something is known from this step on."""
        index = self.course.changes(self.step)
        return None if index is None else self.node(index)


class NodeSoFar:
    """A node as far as it is known at a step; what is not known yet is None.

    Attributes
    ----------
    index : int
        Its place in the trace: v₃ has 3.
    name : str
        What it is called: ``"x"``, ``"v3"``.
    primitive : str or None
        What computes it, as in ``"log"``; None of an input.
    line : int or None
        Where in the user's code.
    value : NumPy value or None
    adjoint : NumPy value or None
        The sum of the contributions that have come in so far.
    """

    __slots__ = ("_moment", "_read_none", "index")

    def __init__(self, moment: Moment, index: int) -> None:
        self._moment = moment
        self.index = index
        self._read_none = False

    @property
    def name(self) -> str:
        """What it is called."""
        return self._moment.course.names[self.index]

    @property
    def primitive(self) -> str | None:
        """What computes it."""
        return self.card.primitive or None

    @property
    def line(self) -> int | None:
        """Where in the user's code."""
        return self.card.span.line if self.card.span is not None else None

    @property
    def value(self) -> Any:
        """The value, once it is computed."""
        course = self._moment.course
        step = course.evaluated.get(self.index)
        is_known = step is not None and step <= self._moment.step
        return self._told(course.story.numbers[Quantity("value", self.index)] if is_known else None)

    @property
    def adjoint(self) -> Any:
        """The sum of the contributions that have come in so far."""
        arrivals = self._arrivals()
        return self._told(self._moment.course.story.numbers[arrivals[-1][1]] if arrivals else None)

    @property
    def arrived(self) -> tuple[int, int]:
        """How many contributions have come in, and of how many."""
        everything = self._moment.course.arrivals.get(self.index, [])
        return len(self._arrivals()), len(everything)

    @property
    def is_differentiated(self) -> bool:
        """Whether there are adjoints at all: not where the function raised."""
        return self._moment.course.failure is None

    @property
    def card(self) -> Card:
        """The node as the story shows it."""
        return self._moment.course.story.nodes[self.index]

    @property
    def was_unknown(self) -> bool:
        """Whether a number of it was asked for that is not known yet."""
        return self._read_none

    def _arrivals(self) -> list[tuple[int, Quantity]]:
        arrivals = self._moment.course.arrivals.get(self.index, [])
        return arrivals[: bisect_right(arrivals, self._moment.step, key=lambda arrival: arrival[0])]

    def _told(self, value: Any) -> Any:
        """Return a number, and an array as it can only be read: nobody changes what was recorded."""
        if value is None:
            self._read_none = True
            return None
        if np.ndim(value) == 0:
            return value
        shown = np.asarray(value).view()
        shown.flags.writeable = False
        return shown

    def __repr__(self) -> str:
        return f"<{self.name} so far>"
