"""What the player's inspector tells about a node or an edge: data that no step of the story says.

Steps tell what happens, one thing at a time. Whoever inspects asks what a thing *is*: which operation, of which shape
and type, by which rule it is differentiated, where it was made, and how all that is written in LaTeX.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.engine.source import Site
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import clean_name, partial_derivative, row
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.steps import Card, Edge, Story

__all__ = ["tell_nodes"]

_LONGEST_TEXT = 200
_LONGEST_ARRAY = 1600
_SENT = {"reverse": "contribution", "forward": "part", "both": "contribution", "values": "contribution"}


def tell_nodes(
    story: Story, index: Mapping[Quantity, int], span: Callable[[Site | None], list[int] | None]
) -> dict[str, list[dict[str, Any]]]:
    r"""Return the nodes (``rows``) and the edges of a story as data; see ``Row`` and ``Edge`` in ``player/film.d.ts``.

    Parameters
    ----------
    story : Story
    index : mapping
        The number of each quantity of the scene.
    span : callable
        Where a site stands in the code pane; None for a site outside it.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.story.telling import tell
    >>> from graphviz_ad.tracing import trace
    >>> told = tell_nodes(tell(trace(np.sin, 2.0)), {}, lambda site: None)
    >>> told["rows"][1]["what"], told["rows"][1]["latex"]
    ('sin · scalar float64', 'f = \\sin x')
    >>> told["edges"][0]["latex"]
    '\\frac{\\partial f}{\\partial x} = \\cos x'
    """
    alone = {step.edge for step in story.steps if step.kind == "push"} if story.mode == "forward" else set()
    return {
        "rows": [_row_json(card, span, forward=story.mode == "forward") for card in story.nodes],
        "edges": [_edge_json(edge, story, index, (edge.child, edge.argument) in alone) for edge in story.edges],
    }


def _row_json(card: Card, span: Callable[[Site | None], list[int] | None], *, forward: bool) -> dict[str, Any]:
    shape = "×".join(map(str, card.shape)) or "scalar"
    row: dict[str, Any] = {
        "node": card.position,
        "mathml": card.title.mathml,
        "text": card.title.text,
        "symbol": card.symbol.mathml,
        "bar": (card.dot if card.dot is not None and forward else card.bar).mathml,
        "latex": card.title.latex,
        "what": f"{card.primitive or card.role} · {shape} {card.dtype}",
    }
    if card.constants:
        row["constants"] = [[_shortened(own), _exact(value)] for own, value in card.constants]
    # Where a line of the code pane shows it, the steps tell the place.
    if card.span is not None and span(card.span) is None and card.span.text:
        row["site"] = {"place": _place(card.span), "text": _shortened(visible(card.span.text))}
    return row


_MOST_ENTRIES = 64


def _exact(value: Any) -> str:
    """Return an array as Python writes it, of a larger one the ends of each axis and the shape."""
    form: Any = {"all": lambda entry: str(entry.item())}
    plain = np.array2string(value, separator=", ", threshold=_MOST_ENTRIES, formatter=form)
    text = " ".join(plain.split())
    text = text if len(text) <= _LONGEST_ARRAY else text[: _LONGEST_ARRAY - 1] + "…"
    return text if value.size <= _MOST_ENTRIES else f"{'×'.join(map(str, value.shape))}: {text}"


def _place(site: Site) -> str:
    """Return the file and the line, as far as they tell a reader something: a cell of a notebook has no file."""
    if "ipykernel" in site.filename or site.filename.startswith("<"):
        return f"line {site.line} of {clean_name(site.function)}"
    return f"{clean_name(PurePath(site.filename).name)}:{site.line} in {clean_name(site.function)}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def _edge_json(edge: Edge, story: Story, index: Mapping[Quantity, int], alone: bool) -> dict[str, Any]:
    """Return an edge as data; `alone` says that all of a tangent comes along it."""

    def filled(formula: Formula) -> str:
        return formula.with_numbers(lambda quantity: f"⟦{index.get(quantity, -1)}⟧").mathml

    child, parent = story.nodes[edge.child], story.nodes[edge.parent]
    entry: dict[str, Any] = {"at": [edge.child, edge.argument, edge.parent], "text": edge.label.text}
    if edge.use:
        entry["use"] = edge.use
    if edge.kind == "cut":
        entry["cut"] = True
    if edge.kind in ("cut", "rule") or edge.gradient is None:
        entry["label"] = edge.label.mathml
    for name in ("rule", "gradient", "numbers", "sends"):
        formula: Formula | None = getattr(edge, name)
        if formula is not None:
            entry[name] = filled(formula)
    if edge.gradient is not None:
        partial = partial_derivative(child.symbol.symbol, parent.symbol.symbol, edge.use)
        entry["latex"] = Formula(row(partial, " = ", edge.gradient.symbol)).latex
    elif edge.sends is not None:
        entry["latex"] = edge.sends.latex
    factor = edge.gradient.symbol.arguments[0] if edge.kind == "literal" and edge.gradient is not None else None
    if isinstance(factor, int | float) and math.isfinite(factor):
        entry["factor"] = factor
    sent = Quantity("tangent", edge.child) if alone else Quantity(_SENT[story.mode], edge.child, edge.argument)
    if sent in index:
        entry["c"] = index[sent]
    return entry
