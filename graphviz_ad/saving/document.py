"""JSON: the whole story for programs and agents: nodes, edges, steps, and every number in full.

The document is described by ``story.schema.json``, a JSON Schema that stands beside this module; ``version`` is raised
when its meaning changes, and stays when only something is added. Numbers are written so that the same doubles are read
back. What JSON has no number for is a string (``"NaN"``, ``"Infinity"``, ``"-Infinity"``), a complex number is
``{"re": 1.0, "im": -2.0}``, and an array is nested lists.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from graphviz_ad.console import visible
from graphviz_ad.engine.source import Site
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.saving.options import Options
from graphviz_ad.saving.subject import Subject
from graphviz_ad.story.steps import Card, Edge, Step, Story

__all__ = ["VERSION", "document", "write"]

VERSION = 1


def write(subject: Subject, options: Options) -> bytes:
    """Return the story of the subject as JSON."""
    text = json.dumps(document(subject.story(options)), ensure_ascii=False, indent=1, allow_nan=False)
    # Marks that would turn the text around for whoever reads it, and lone surrogates, which have no UTF-8 of their own,
    # are written as JSON's escapes, which mean the same.
    if visible(text) != text:
        text = "".join(c if visible(c) == c else json.dumps(c)[1:-1] for c in text)
    return text.encode("utf-8") + b"\n"


def document(story: Story) -> dict[str, Any]:
    """Return a story as plain data.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> told = document(gad.trace(np.sin, 0.0).story)
    >>> told["nodes"][0]["name"], told["nodes"][0]["adjoint"], told["edges"][0]["local_gradient"]
    ('x', 1.0, 1.0)
    """
    return {
        "format": "graphviz_ad story",
        "version": VERSION,
        "name": story.name,
        "mode": story.mode,
        "title": _formula(story.title),
        "inputs": list(story.inputs),
        "output": story.output,
        "nodes": [_node(card, story) for card in story.nodes],
        "edges": [_edge(edge, story) for edge in story.edges],
        "steps": [_step(step) for step in story.steps],
    }


def _node(card: Card, story: Story) -> dict[str, Any]:
    return {
        "position": card.position,
        "name": card.symbol.text,
        "role": card.role,
        "primitive": card.primitive or None,
        "expression": _formula(card.short),
        "shape": list(card.shape),
        "dtype": card.dtype,
        "value": _number(story, Quantity("value", card.position)),
        "adjoint": _number(story, Quantity("adjoint", card.position)) if card.reached else None,
        "tangent": _number(story, Quantity("tangent", card.position)) if story.moves(card.position) else None,
        "reached": card.reached,
        "detached": card.detached,
        "site": _site(card.span),
    }


def _edge(edge: Edge, story: Story) -> dict[str, Any]:
    key = (edge.child, edge.argument)
    gradient = _number(story, Quantity("local", *key))
    if gradient is None and edge.gradient is not None and edge.gradient.symbol.head == "number":
        gradient = _plain(edge.gradient.symbol.arguments[0])  # ±1, the same for every entry
    return {
        "child": edge.child,
        "argument": edge.argument,
        "parent": edge.parent,
        "kind": edge.kind,
        "label": _formula(edge.label),
        "rule": _formula(edge.rule),
        "gradient": _formula(edge.gradient),
        "local_gradient": gradient,
        "contribution": _number(story, Quantity("contribution", *key)),
        "part": _number(story, Quantity("part", *key)),
    }


def _step(step: Step) -> dict[str, Any]:
    numbers = step.numbers.__getitem__
    return {
        "index": step.index,
        "kind": step.kind,
        "node": step.node,
        "edge": None if step.edge is None else {"child": step.edge[0], "argument": step.edge[1]},
        "sentence": step.text,
        "formulas": [{"label": stage.label, **_written(stage.formula.with_numbers(numbers))} for stage in step.stages],
        "reads": [_quantity(quantity) for quantity in step.operands],
        "before": None if step.before is None else _plain(step.numbers[step.before]),
        "writes": _quantity(step.after),
        "after": _plain(step.numbers[step.after]),
        "site": _site(step.span),
    }


def _quantity(quantity: Quantity) -> dict[str, Any]:
    """Return the name of a number: of a node, of an edge, or of the running sum of so many contributions."""
    named: dict[str, Any] = {"kind": quantity.kind, "node": quantity.node}
    if quantity.kind == "partial":
        named["contributions"] = quantity.argument
    elif quantity.kind in ("local", "contribution", "part"):
        named["argument"] = quantity.argument
    return named


def _formula(formula: Formula | None) -> dict[str, str] | None:
    return None if formula is None else _written(formula)


def _written(formula: Formula) -> dict[str, str]:
    return {"text": formula.text, "latex": formula.latex}


def _site(site: Site | None) -> dict[str, Any] | None:
    if site is None:
        return None
    known = site.column >= 0
    return {
        "file": site.filename,
        "line": site.line,
        "column": site.column if known else None,
        "end_line": site.end_line,
        "end_column": site.end_column if known else None,
        "function": site.function,
        "text": site.text,
    }


def _number(story: Story, quantity: Quantity) -> Any:
    return _plain(story.numbers[quantity]) if quantity in story.numbers else None


def _plain(value: Any) -> Any:
    """Return a number, or an array as nested lists, as JSON has them."""
    if value is None:
        return None
    array = np.asarray(value)
    if array.dtype in (np.longdouble, np.clongdouble):
        array = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)  # JSON's numbers are doubles
    if array.dtype.kind in "biu" or (array.dtype.kind == "f" and bool(np.isfinite(array).all())):
        return array.tolist()
    return _nested(array.tolist())


def _nested(value: Any) -> Any:
    if isinstance(value, Sequence):
        return [_nested(entry) for entry in value]
    if isinstance(value, complex):
        return {"re": _nested(value.real), "im": _nested(value.imag)}
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
