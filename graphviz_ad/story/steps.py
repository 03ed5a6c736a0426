"""What a story is made of: cards, edges, steps with their stages, and the numbers that they name.

A `Story` is everything there is to show about one recording and its sweep, back or forward. Whatever shows it (picture,
player, table, screen reader) reads the same steps. Sentences and formulas name their numbers by `Quantity`, so that the
same story can be told with the numbers of another slider position.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphviz_ad.console import prints
from graphviz_ad.engine.source import Site
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.latex import aligned
from graphviz_ad.formulas.symbols import Symbol
from graphviz_ad.formulas.text import spelled, written
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.accounts import Account, Verdict
from graphviz_ad.story.entries import Sources
from graphviz_ad.story.levels import Fragment, Telling

__all__ = ["Card", "Cut", "Edge", "Fragment", "Stage", "Step", "Story", "Wording"]


@prints
@dataclass(frozen=True, slots=True)
class Card:
    """A node as the story shows it.

    Attributes
    ----------
    position : int
        Its place in execution order; v₃ has position 3.
    role : str
        ``"input"``, ``"inner"``, ``"output"``, ``"constant"``, or ``"raised"``: what gave no value, but an exception.
    symbol, bar : Formula
        What it is called, and what its adjoint is called.
    title, short : Formula
        ``v₃ = sin x`` and ``sin x``.
    shape, dtype
        Of its value.
    reached, detached : bool
        Whether an adjoint (in forward mode, a tangent) arrives, and whether the graph was cut here on purpose.
    missing : str
        Why no adjoint arrives, where none does: ``"detached"``; ``"severed"``, where the way to the output is cut;
        ``"constant"`` below a cut, where no input is; else ``"no path"``.
    uses : int
        How many edges leave it: its fan-out.
    span : Site or None
        Where in the user's source.
    primitive : str
        The name of the operation; empty for inputs and constants.
    results : str
        What its results are called, where it holds several: ``λ, V``.
    constants : tuple
        The arrays that are folded into its label, each with its name: ``("X", array)``.
    dot : Formula or None
        What its tangent is called, in a story that has tangents.
    twin : bool
        Whether another node has the same expression, so that this one is told by its name as well.
    """

    position: int
    role: str
    symbol: Formula
    bar: Formula
    title: Formula
    short: Formula
    shape: tuple[int, ...]
    dtype: str
    reached: bool
    detached: bool
    uses: int
    span: Site | None
    primitive: str = ""
    results: str = ""
    constants: tuple[tuple[str, Any], ...] = field(default=(), compare=False)
    dot: Formula | None = None
    missing: str = "no path"
    twin: bool = False

    @property
    def way(self) -> Formula:
        """What a way through it is called: ``sin x``, and ``v₃ = sin x`` where another node is ``sin x`` too."""
        return self.title if self.twin else self.short


@prints
@dataclass(frozen=True, slots=True)
class Edge:
    """An operand of a node: (child, argument number), so that ``x * x`` has two.

    Attributes
    ----------
    child, argument, parent : int
        Positions of the two nodes, and which operand it is.
    label : Formula
        What the adjoint meets on its way up, or the tangent on its way down: ``× cos x``.
    kind : str
        ``"local"`` (a local gradient with a number), ``"literal"`` (the label says it all), ``"rule"`` (a rule in
        words), ``"linear"`` (in forward mode: the function itself, of the tangent), ``"cut"`` (nothing flows), or
        ``"plain"`` (in a story of values alone).
    rule : Formula or None
        The rule with general names, ``d/du sin u = cos u``, where there is a formula.
    gradient : Formula or None
        The local gradient in the story's own names: ``cos x``.
    numbers : Formula or None
        The local gradient with the story's numbers, where it is more than one of these.
    sends : Formula or None
        What is sent to the parent: ``v̄₃ · ∂v₃/∂x``, or ``v̄₃ · Wᵀ``; in forward mode, what is sent to the child.
    shapes : str
        What a rule makes of which shapes: ``3×8 · 8×4``, ``8×4 → 4``; empty between numbers.
    entries : Sources or None
        How the entries of the child come from those of the parent, where that is known.
    use : int
        Which use of the parent it is, from 1, where both operands of the child are that parent; else 0.
    """

    child: int
    argument: int
    parent: int
    label: Formula
    kind: str
    rule: Formula | None = None
    gradient: Formula | None = None
    numbers: Formula | None = None
    sends: Formula | None = None
    shapes: str = ""
    entries: Sources | None = None
    use: int = 0


@prints
@dataclass(frozen=True, slots=True)
class Stage:
    """One line of a step's formula, with what it shows: the rule, then with derivatives, then with numbers."""

    label: str
    formula: Formula


class Wording:
    """What a step says, and its formula: worked out when either is first asked for.

    Parameters
    ----------
    work_out : callable
        Returns the telling, and the lines of the formula, each with its label. It may read the graph, and so it is to
        be asked before any of that is released.
    """

    __slots__ = ("_known",)

    def __init__(self, work_out: Callable[[], tuple[Telling, Sequence[tuple[str, Symbol]]]]) -> None:
        self._known: Any = work_out  # and then what it returned, so that nothing of the graph is held any longer

    def known(self) -> tuple[Telling, tuple[Stage, ...]]:
        """Return the telling and the stages."""
        known: Any = self._known
        if callable(known):
            telling, lines = known()
            known = self._known = telling, tuple(Stage(label, Formula(symbol)) for label, symbol in lines)
        telling, stages = known
        return telling, stages

    def followed(self, more: Sequence[Fragment], *, alone: bool) -> Wording:
        """Return what says some words more at each level, or these `alone`."""

        def work_out() -> tuple[Telling, Sequence[tuple[str, Symbol]]]:
            telling, stages = self.known()
            longer = [tuple(more) if alone else (*words, " ", *more) for words in telling]
            return Telling(*longer), [(stage.label, stage.formula.symbol) for stage in stages]

        return Wording(work_out)

    def __eq__(self, other: object) -> bool:
        return self.known() == other.known() if isinstance(other, Wording) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.known())

    def __repr__(self) -> str:
        return repr(self.known())


@prints
@dataclass(frozen=True, slots=True)
class Step:
    """One event of the story.

    Attributes
    ----------
    index : int
        From 0.
    kind : str
        ``"evaluate"``, ``"seed"``; in reverse mode ``"local"`` and ``"accumulate"``, in forward mode ``"push"``; at the
        end of a story of values alone ``"raise"``.
    node : int
        The node that is computed, seeded, sent to or summed at.
    edge : (int, int) or None
        ``(child, argument)`` for local and accumulate, and for a push along a single edge.
    before, after : Quantity
        The numbers before and after.
    operands : tuple of Quantity
        What is read.
    wording : Wording
        Its `telling` and its `stages`.
    span : Site or None
    detail : str
        The level at which it is told; see `levels.DETAILS`.
    """

    index: int
    kind: str
    node: int
    edge: tuple[int, int] | None
    before: Quantity | None
    after: Quantity
    operands: tuple[Quantity, ...]
    wording: Wording
    span: Site | None
    numbers: Mapping[Quantity, Any] = field(repr=False, compare=False, default_factory=dict)
    detail: str = "standard"

    @property
    def telling(self) -> Telling:
        """What it says in plain English at each level of detail: text, formulas and quantities."""
        return self.wording.known()[0]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The lines of its formula."""
        return self.wording.known()[1]

    @property
    def sentence(self) -> tuple[Fragment, ...]:
        """What it says at its level: text, formulas and quantities."""
        fragments: tuple[Fragment, ...] = getattr(self.telling, self.detail)
        return fragments

    @property
    def text(self) -> str:
        """The sentence with its numbers."""
        return "".join(map(self._written, self.sentence))

    def _written(self, part: Fragment) -> str:
        if isinstance(part, Quantity):
            # A local gradient may be broadcast, row upon row: of that, the range says more.
            return (written if part.kind == "local" else spelled)(self.numbers[part])
        return part.text if isinstance(part, Formula) else part

    @property
    def formula(self) -> tuple[tuple[str, str], ...]:
        """The stages as ``(label, text)`` with their numbers."""
        return tuple((stage.label, stage.formula.with_numbers(self.numbers.__getitem__).text) for stage in self.stages)

    @property
    def latex(self) -> str:
        """The stages as one aligned LaTeX formula, for math mode."""
        lines = [stage.formula.with_numbers(self.numbers.__getitem__).latex for stage in self.stages]
        return lines[0] if len(lines) == 1 else aligned(lines)

    def __str__(self) -> str:
        return self.text


@prints
@dataclass(frozen=True, slots=True)
class Cut:
    """A way through the graph that all its edges cross downwards: there the products of both modes add up to f′.

    Attributes
    ----------
    above : frozenset of int
        The nodes above it.
    terms : tuple of Quantity
        What is added up: of an ``"adjoint"`` its product with the tangent of its node; of a ``"contribution"`` its
        product with the tangent of the node that it comes to.
    formula : Formula
        ``v̇₁ v̄₁ + v̇₃ v̄₃``
    total : Quantity
    """

    above: frozenset[int]
    terms: tuple[Quantity, ...]
    formula: Formula
    total: Quantity


@prints
@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """Everything there is to show about one trace and its sweep.

    Attributes
    ----------
    nodes, edges, steps : tuple
    numbers : mapping of Quantity to NumPy value
    inputs : tuple of int
        Positions of the inputs.
    output : int
        Position of the output.
    title, call : Formula
        ``f(x) = ...``, and ``f(x)`` alone.
    name : str
        ``"f"``
    mode : str
        ``"reverse"``, ``"forward"`` or ``"both"``: which way it is differentiated; ``"values"`` where the function
        raised, so that there are values alone.
    tangents : array_like, tuple, dict or None
        In forward mode, which way the inputs move, as it was asked for.
    views : mapping of str to Story
        Of a story of both modes, each of them alone, by its name.
    cuts : tuple of Cut
        Where a picture of both modes is cut through, to see that they agree.
    findings : tuple of Account
        What was found to be wrong with it, or to be known of it.
    sought : tuple of str
        What was looked for besides, and is not there.
    provisos : tuple of str
        What is to be known of findings as a whole: of which result they are, and whether chance has a part in them.
    verdicts : tuple of Verdict
        What has become of the lines of a backward pass written by hand, in their order.
    """

    nodes: tuple[Card, ...]
    edges: tuple[Edge, ...]
    steps: tuple[Step, ...]
    numbers: Mapping[Quantity, Any]
    inputs: tuple[int, ...]
    output: int
    title: Formula
    call: Formula
    name: str
    mode: str = "reverse"
    tangents: Any = None
    views: Mapping[str, Story] = field(repr=False, default_factory=dict)
    cuts: tuple[Cut, ...] = field(repr=False, default=())
    findings: tuple[Account, ...] = field(repr=False, default=())
    sought: tuple[str, ...] = field(repr=False, default=())
    provisos: tuple[str, ...] = field(repr=False, default=())
    verdicts: tuple[Verdict, ...] = field(repr=False, default=())

    @property
    def derivatives(self) -> tuple[str, ...]:
        """What a node has besides its value: ``"adjoint"``, ``"tangent"``, both, the tangent first, or nothing."""
        return _DERIVATIVES[self.mode]

    @property
    def derivative(self) -> str:
        """What a node has besides its value, ``"adjoint"`` or ``"tangent"``; of both what comes last."""
        return self.derivatives[-1]

    def moves(self, position: int) -> bool:
        """Whether a tangent comes to a node."""
        onward = self.views.get("forward", self)
        return onward.mode == "forward" and onward.nodes[position].reached

    def told_for(self, detail: str) -> Story:
        """Return the story at another level of detail."""
        return replace(self, steps=tuple(replace(step, detail=detail) for step in self.steps))

    def gradients(self, inputs: Sequence[int]) -> tuple[Quantity, ...]:
        """Return what are the derivatives of the output by some inputs: in forward mode, by the one that moves."""
        if self.mode == "values":
            return ()
        if self.mode == "forward":
            return (Quantity("tangent", self.output),) * len(inputs[:1])
        return tuple(Quantity("adjoint", position) for position in inputs)


_DERIVATIVES: Mapping[str, tuple[str, ...]] = {
    "reverse": ("adjoint",),
    "forward": ("tangent",),
    "both": ("tangent", "adjoint"),
    "values": (),
}
"""By mode, what a node has besides its value."""
