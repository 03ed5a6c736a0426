"""Findings as a page and a picture show them: in the terms of a story, with its formulas, its steps and its places."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice, pairwise
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.findings import Finding, Remedy, outcome_of
from graphviz_ad.debugging.shapes import written_operand
from graphviz_ad.debugging.sought import as_meant, not_there
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.variable import Variable
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import operation
from graphviz_ad.numerals.formats import choose_format
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.thumbnails import frame_of, picture
from graphviz_ad.numerals.writing import cell, rough, static
from graphviz_ad.story.accounts import Acceptance, Account, Cells, Change, Flag, Pairing
from graphviz_ad.story.entries import Sources
from graphviz_ad.story.steps import Edge, Fragment, Story

__all__ = ["with_findings"]

_MOST_CELLS = 6
_MOST_PAIRED = 8  # numbers a side of a scheme
_MOST_INHERITED = 4  # flags of one finding that say where it came from


class _Look(NamedTuple):
    """How a kind of finding is drawn: its tone, what its flag says, and in which row that stands."""

    tone: str
    says: str
    row: str = "value"


_LOOKS: Mapping[str, _Look] = {
    "nan": _Look("alarm", "born here"),
    "inf": _Look("alarm", "born here"),
    "nan-gradient": _Look("alarm", "born here", "adjoint"),
    "inf-gradient": _Look("alarm", "born here", "adjoint"),
    "zero-gradient": _Look("blame", "makes it 0", "adjoint"),
    "unreached": _Look("blame", "cut here", "adjoint"),
    "saturated": _Look("blame", "flat here", "adjoint"),
    "vanishing": _Look("blame", "shrinks here", "adjoint"),
    "exploding": _Look("blame", "grows here", "adjoint"),
    "cancellation": _Look("blame", "digits lost here"),
    "underflow": _Look("blame", "rounded to 0"),
    "kink": _Look("aside", "kink"),
    "branch": _Look("aside", "near the other way"),
    "broadcast": _Look("blame", "grew here"),
    "accumulated": _Look("blame", "added to an old one", "adjoint"),
    "overwritten": _Look("blame", "written to"),
}
_BACK = frozenset(["nan-gradient", "inf-gradient", "zero-gradient", "saturated", "vanishing", "exploding"])


def with_findings(
    story: Story,
    recording: Recording,
    findings: Sequence[Finding],
    provisos: Sequence[str] = (),
    undecided: Collection[str] = (),
    meant: Sequence[Finding] = (),
) -> Story:
    """Return a story with findings: whatever draws it or plays it shows them.

    Parameters
    ----------
    story : Story
        Of that recording.
    recording : Recording
    findings : sequence of Finding
        In the order in which they are shown.
    provisos : sequence of str
        What is to be known of all of them.
    undecided : collection of str
        The kinds that could not be looked for to the end.
    meant : sequence of Finding
        What is not shown, since it is meant.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.debugging.diagnosis import examine
    >>> from graphviz_ad.debugging.findings import Thresholds
    >>> t = gad.trace(lambda d: np.sum(np.where(d > 1, np.sqrt(d), 0.0)), np.array([0.0, 4.0]))
    >>> [account] = with_findings(t.story, t, examine(t, Thresholds())).findings
    >>> account.step, account.flags[account.blamed].number
    (7, '0 · ∞ = NaN')
    """
    teller = _Teller(story, {node.index: i for i, node in enumerate(recording.nodes)})
    return replace(
        story,
        findings=tuple(map(teller.account, findings)),
        sought=(*(own.well for own in not_there((*findings, *meant), undecided)), *map(as_meant, meant)),
        provisos=tuple(provisos),
    )


class _Teller:
    """Tells findings in the terms of a story."""

    def __init__(self, story: Story, positions: Mapping[int, int]) -> None:
        self.story, self.positions = story, positions
        self.edges = {(edge.child, edge.argument): edge for edge in story.edges}

    def account(self, finding: Finding) -> Account:
        """Return a finding as it is shown."""
        look, sign = _LOOKS[finding.kind], finding.kind
        if finding.severity == "note" and look.tone == "blame":
            look = look._replace(tone="aside")
        node = self._position(finding)
        edge = self.edges.get(finding.edge) if finding.edge is not None else None
        if edge is not None and self._is_sum(finding, edge):
            look, sign, node, edge = _Look("aside", "adds up to 0", "adjoint"), "cancelled", edge.parent, None
        if finding.kind == "unreached" and node is not None:
            edge = self._cut_below(node)
            sign = "unreached" if edge is None else "severed"
        entry = self._entry(finding, node, edge)
        return Account(
            kind=finding.kind,
            tone=look.tone,
            sign=sign,
            title=self.set(finding.title),
            sentence=self.set(finding.sentence),
            facts=tuple(self._facts(finding, edge, entry)),
            step=self._step(finding, node, edge),
            node=node,
            edge=None if edge is None else (edge.child, edge.argument),
            line=finding.line,
            span=None if finding.node is None else finding.node.site,
            change=None if finding.mending is None else self._change(finding.mending, finding.outcome),
            others=tuple([self._change(other.mending, outcome_of(other.proof)) for other in finding.alternatives]),
            acceptance=None
            if finding.acceptance is None
            else Acceptance(finding.acceptance.lines.line, finding.acceptance.lines.after, finding.acceptance.needs),
            flags=dict(self._flags(finding, look, sign, node, edge, entry)),
            blamed=_factor(edge) if edge is not None and look.tone != "aside" and finding.kind in _BACK else None,
            framed={} if entry is None else self._framed(finding, *entry),
            gains={} if node is None else {node: _gain(look, finding, entry)},
            pairing=self._pairing(finding),
        )

    def _is_sum(self, finding: Finding, edge: Edge) -> bool:
        """Whether contributions cancel where they are added up: then no factor is to blame."""
        sent = self.story.numbers.get(Quantity("contribution", edge.child, edge.argument))
        return finding.kind == "zero-gradient" and sent is not None and bool(np.any(sent))

    def _position(self, finding: Finding) -> int | None:
        """Return which node a finding is about: where it happens, else the first input that it reaches."""
        if finding.node is not None and finding.node.index in self.positions:
            return self.positions[finding.node.index]
        return next((i for name in finding.reaches for i in self._named(name)), None)

    def _named(self, name: str) -> Iterator[int]:
        return (i for i in self.story.inputs if self.story.nodes[i].symbol.symbol.arguments[0] == name)

    # -- places -------------------------------------------------------------------------------------------------------

    def _step(self, finding: Finding, node: int | None, edge: Edge | None) -> int:
        """Return at which step it happens: where its edge is gone back along, else where its node gets its number."""
        steps = self.story.steps
        key = None if edge is None else (edge.child, edge.argument)
        along = [step.index for step in steps if step.kind == "local" and step.edge == key]
        if key is not None and along:
            return along[0]
        back = [step.index for step in steps if step.kind != "evaluate"]
        if finding.kind == "unreached":
            return back[0] if back else len(steps) - 1
        kinds = ("local", "accumulate", "seed") if _LOOKS[finding.kind].row == "adjoint" else ("evaluate",)
        writes = "adjoint" if kinds[0] == "local" else "value"
        own = [step.index for step in steps if step.kind in kinds and step.after[:2] == (writes, node)]
        return own[-1] if own else len(steps) - 1

    def _entry(self, finding: Finding, node: int | None, edge: Edge | None) -> tuple[int, tuple[int, ...]] | None:
        """Return the first entry that it names, with the node in whose shape it is one; None where it names none."""
        if not finding.entries or node is None:
            return None
        entry = finding.entries[0]
        for place in (node, *(() if edge is None else (edge.parent,))):
            shape = self.story.nodes[place].shape
            if len(shape) == len(entry) and all(i < size for i, size in zip(entry, shape, strict=True)):
                return place, entry
        return None

    def _framed(self, finding: Finding, node: int, entry: tuple[int, ...]) -> dict[int, int]:
        """Return in which cards that entry is found again, and where: up along its path, and down to the output."""
        shape = self.story.nodes[node].shape
        if int(np.prod(shape)) < 2:
            return {}
        places, path = {node: int(np.ravel_multi_index(entry, shape))}, {*finding.path, node}
        for edge in sorted(self.story.edges, key=lambda edge: edge.child):
            if edge.parent in places and edge.child not in places:
                _follow(places, edge.child, _onward(self._sources(edge), places[edge.parent]))
        for edge in sorted(self.story.edges, key=lambda edge: -edge.child):
            if edge.child in places and edge.parent not in places and path.issuperset((edge.child, edge.parent)):
                _follow(places, edge.parent, _back(self._sources(edge), places[edge.child]))
        return dict(sorted(places.items()))

    def _sources(self, edge: Edge) -> Sources | None:
        """Return how entries come from those of an operand: what is chosen stays at its place."""
        child, parent = self.story.nodes[edge.child], self.story.nodes[edge.parent]
        if child.primitive == "where" and child.shape == parent.shape:
            return Sources("same")
        return edge.entries

    def _cut_below(self, node: int) -> Edge | None:
        """Return the cut that is nearest to a node, on its way to the output."""
        reached = {node}
        for edge in sorted(self.story.edges, key=lambda edge: edge.child):
            if edge.parent in reached:
                if edge.kind == "cut":
                    return edge
                reached.add(edge.child)
        return None

    # -- flags --------------------------------------------------------------------------------------------------------

    def _flags(
        self, finding: Finding, look: _Look, sign: str, node: int | None, edge: Edge | None, entry: Any
    ) -> Iterator[tuple[Quantity, Flag]]:
        says = look.says + (f", at {_index(entry[1])}" if entry is not None and look.tone == "alarm" else "")
        if edge is None:
            if node is not None and not (finding.kind == "unreached" or _is_silent(self.story, node, look.row)):
                yield Quantity(look.row, node), Flag(look.tone, sign, says, _shapes(finding))
            return
        number = self._product(edge, entry) if finding.kind in _BACK else _shapes(finding)
        yield _factor(edge), Flag(look.tone, sign, says, number)
        if finding.kind == "zero-gradient":
            yield Quantity("adjoint", edge.child), Flag("aside", "", "the last that is not 0")
        if look.tone == "alarm" and finding.kind in _BACK:
            yield from self._inherited(finding, edge, entry)

    def _inherited(self, finding: Finding, edge: Edge, entry: Any) -> Iterator[tuple[Quantity, Flag]]:
        """Yield what stands at the factors that it passes after the one to blame."""
        path = [own for own in finding.path if own != edge.child]
        for child, parent in islice(pairwise(path), _MOST_INHERITED):
            for own in self.story.edges:
                if (own.child, own.parent, own.kind) == (child, parent, "local"):
                    product = self._product(own, entry if _is_same(own) else None)
                    if product.startswith(("NaN", "∞", "−∞")):
                        yield _factor(own), Flag("aside", "", "inherited", product)

    def _product(self, edge: Edge, entry: Any) -> str:
        """Write what is sent back along an edge as a product: ``0 · ∞ = NaN``; empty where it is none of numbers."""
        numbers = self.story.numbers
        arriving = numbers.get(Quantity("adjoint", edge.child))
        local = numbers.get(_factor(edge))
        if arriving is None or local is None or np.iscomplexobj(arriving) or np.iscomplexobj(local):
            return ""
        shape = self.story.nodes[edge.child].shape
        if shape and (entry is None or self.story.nodes[entry[0]].shape != shape):
            return ""
        place = entry[1] if shape else ()
        one, other = (np.broadcast_to(np.asarray(x), shape)[place] for x in (arriving, local))
        with np.errstate(all="ignore"):
            return f"{rough(one, 3)} · {_factored(rough(other, 3))} = {rough(one * other, 3)}"

    # -- words --------------------------------------------------------------------------------------------------------

    def _facts(self, finding: Finding, edge: Edge | None, entry: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
        if edge is not None and edge.gradient is not None and finding.kind in _BACK:
            product = self._product(edge, entry)
            chain = Formula(operation("multiply", self.story.nodes[edge.child].bar.symbol, edge.gradient.symbol))
            if product:
                label = f"at {_index(entry[1])}" if entry is not None and entry[1] else "to blame"
                yield label, (chain, f" = {product}")
        reached = tuple(part for name in finding.reaches for part in self._reached(name))
        if reached:
            yield "reaches", reached

    def _reached(self, name: str) -> Iterator[Any]:
        """Yield what an input that is reached is called, and what has become of its gradient."""
        for i in self._named(name):
            card = self.story.nodes[i]
            value = self.story.numbers.get(Quantity("adjoint", i))
            yield card.bar if value is not None and card.reached else card.symbol
            if value is None or not card.reached or np.iscomplexobj(value):
                continue
            flat = np.ravel(value)
            if flat.size <= _MOST_CELLS:
                yield Cells(tuple(map(static, flat)), tuple(map(bool, np.isnan(flat))))
            yield from self._fine(flat)

    def _fine(self, flat: Any) -> Iterator[str]:
        lost = int(flat.size - np.count_nonzero(np.isfinite(flat)))
        if 0 < lost < flat.size:
            rest = "the others are finite" if flat.size - lost > 1 else "the other is finite"
            yield f"{lost} of {flat.size} entries; {rest}"

    def _change(self, mending: Remedy, outcome: str) -> Change:
        return Change(mending.advice, mending.line, mending.before, mending.after, self.set(outcome))

    def _pairing(self, finding: Finding) -> Pairing | None:
        """Return which numbers met in a shape that grew, where they are few enough to be read."""
        node = finding.node
        if finding.kind != "broadcast" or node is None or node.ndim != 2 or node.shape[0] > _MOST_PAIRED:
            return None
        values = [np.asarray(plain_value(operand)) for operand in node.operands]
        whole = np.asarray(node.value)
        if any(value.dtype.kind not in "fiu" for value in (*values, whole)):
            return None
        flat, column = (0, 1) if values[0].ndim < values[1].ndim else (1, 0)
        across, down = ((self._operand(node, k), _cells(values[k].ravel())) for k in (flat, column))
        return Pairing(across, down, tuple(map(_cells, whole)), picture(whole, frame_of(whole.shape)))

    def _operand(self, node: Variable, k: int) -> tuple[Fragment, ...]:
        """Return what an operand of an operation is called; of a constant, as it is written."""
        operand = node.operands[k]
        if isinstance(operand, Variable) and operand.index in self.positions:
            return (self.story.nodes[self.positions[operand.index]].symbol,)
        return (written_operand(node, k) or ("left", "right")[k],)

    @cached_property
    def _formulas(self) -> dict[str, Formula]:
        """What of a sentence is set as a formula, by its text."""
        cards = self.story.nodes
        named = [formula for card in cards for formula in (card.short, card.symbol, card.bar)]
        return {one.text: one for one in named if one.text not in _ENGLISH}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest = sorted(self._formulas, key=len, reverse=True)
        return re.compile(rf"(?<![\w.\u0300-\u036f])({'|'.join(map(re.escape, longest))})(?![\w\u0300-\u036f])")

    def set(self, text: str) -> tuple[Fragment, ...]:
        """Return a sentence in which the story's own formulas are set as such."""
        pieces = self._pattern.split(text) if self._formulas else [text]
        return tuple(self._formulas[piece] if k % 2 else piece for k, piece in enumerate(pieces) if piece)


# Names that are words of a sentence, too: there is no telling which is meant.
_ENGLISH = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "be",
        "but",
        "by",
        "for",
        "in",
        "is",
        "it",
        "no",
        "not",
        "of",
        "on",
        "or",
        "so",
        "to",
    ]
)


def _follow(places: dict[int, int], node: int, place: int | None) -> None:
    if place is not None:
        places[node] = place


def _onward(sources: Sources | None, place: int) -> int | None:
    """Return which entry of a result is made of an entry of an operand; None unless it is one."""
    if sources is None or sources.kind not in ("same", "picks"):
        return None
    own = [k for k, picked in enumerate(sources.places) if picked == place]
    return place if sources.kind == "same" else own[0] if len(own) == 1 else None


def _back(sources: Sources | None, place: int) -> int | None:
    """Return of which entry of an operand an entry of a result is made; None unless it is one."""
    if sources is None or sources.kind not in ("same", "picks"):
        return None
    picked = place if sources.kind == "same" else sources.places[place]
    return picked if picked >= 0 else None


def _factor(edge: Edge) -> Quantity:
    return Quantity("local", edge.child, edge.argument)


def _is_same(edge: Edge) -> bool:
    return edge.entries is not None and edge.entries.kind == "same"


def _is_silent(story: Story, node: int, row: str) -> bool:
    """Whether a row has no number that a flag could speak of."""
    return Quantity(row, node) not in story.numbers


def _index(entry: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, entry))}]"


def _cells(values: Any) -> tuple[str, ...]:
    form = choose_format(np.round(np.asarray(values, np.float64), 2))
    return tuple(cell(value, form) for value in values.tolist())


def _shapes(finding: Finding) -> str:
    """Write of which shapes a result that grew is made; else nothing."""
    if finding.kind != "broadcast" or finding.node is None:
        return ""
    operands = [_shape(np.shape(plain_value(operand))) for operand in finding.node.operands]
    return f"{', '.join(operands)} → {_shape(finding.node.shape)}"


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "1"


def _factored(number: str) -> str:
    return f"({number})" if number.startswith("−") else number


_GAINS = {"nan": "NaN is born here", "inf": "∞ is born here"}
_GAINS |= {f"{kind}-gradient": words for kind, words in _GAINS.items()}


def _gain(look: _Look, finding: Finding, entry: tuple[int, tuple[int, ...]] | None) -> str:
    """Return what a card is called besides."""
    said = _GAINS.get(finding.kind, look.says)
    return f"{said}, entry {', '.join(map(str, entry[1]))}" if entry is not None and look.tone == "alarm" else said
