"""Whatever decides a result is read: two calls that give different numbers have different labels.

The calls are the cases of the registry, each with one parameter or one constant changed; whether that changes anything
is asked of NumPy.
"""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw import measuring
from graphviz_ad.draw.cards.sizes import MOST_TITLE
from graphviz_ad.engine.notation import Part
from tests.engine.test_rules import SQUARE, STRUCTURAL

WORDS = {
    "mode": ("raise", "clip", "wrap", "full", "same", "valid", "edge", "reflect", "constant"),
    "method": ("linear", "lower", "nearest", "weibull"),
    "order": ("C", "F", 1, -1, 2, np.inf, -np.inf, 3),
    "uplo": ("L", "U"),
    "norm": ("ortho", "forward", "backward"),
    "subscripts": ("ij,jk->ki", "ji", "ii", "ij->i", "ij->", "i,j->ji"),
    "dtype": ("float32", "float64"),
}


def others(key, value):
    """Return other values of a parameter, near the one at hand, as far as one can think of any."""
    if key in WORDS:
        return WORDS[key]
    if isinstance(value, np.ndarray):
        changed = value.copy()
        changed.flat[:1] = ~value.flat[0] if value.dtype == bool else value.flat[0] + 1 if value.size else 0
        return (changed, value[::-1] if value.ndim else value, value[..., :1] if value.ndim else value)
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int | float):
        return (value + 1, value - 1, value / 2, -value)
    if value is None:
        return (0, 1, 0.5)
    if isinstance(value, slice):
        return (slice(value.start, (value.stop or 0) - 1), slice(None, None, -1))
    if isinstance(value, tuple | list):
        kind = type(value)
        nested = (kind([other, *value[1:]]) for other in (others("", value[0]) if value else ()))
        further = (kind(x + 1 for x in value),) if all(isinstance(x, int) for x in value) else ()
        return (*nested, *further, value[::-1], value[1:], *((value[0], 0) if value else ()))
    return ()


def same(a, b):
    """Whether NumPy gives the same for both, dtype and shape included."""
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b, equal_nan=True)


MORE = {
    "concatenate": [(lambda a, b: np.concatenate([a, b], axis=1), (SQUARE, SQUARE))],
    "append": [(lambda a, b: np.append(a, b, axis=1), (SQUARE, SQUARE))],
    "squeeze": [(lambda x: np.squeeze(x, 0), (SQUARE[None, :, None],))],
    "diff": [(lambda x: np.diff(x, axis=0), (SQUARE,))],
    "stack": [(lambda a, b: np.stack([a, b], axis=1), (SQUARE, SQUARE))],
    "take_along_axis": [(lambda x: np.take_along_axis(x, np.array([[2, 1, 0]]), 0), (SQUARE,))],
    "meshgrid": [(lambda x, y: np.meshgrid(x, y)[0], (SQUARE[0], SQUARE[1]))],
    "nancumprod": [(lambda x: np.nancumprod(x, axis=0), (SQUARE,))],
    "partition": [(lambda x: np.partition(x, 90), (np.cos(np.arange(2000.0)),))],
    "cross": [(lambda a, b: np.cross(a, b, axis=0), (SQUARE, SQUARE))],
}


def nodes_of(name):
    """Return the nodes of a primitive that its cases record, one for all that have the same parameters."""
    alike = {}
    for program, arrays in MORE.get(name, []) + STRUCTURAL[name]:
        waiting = [program(*map(gad.Variable, arrays))]
        while waiting:
            node = waiting.pop()
            if node.primitive is not None and node.primitive.name == name:
                constants = tuple(not isinstance(x, gad.Variable) for x in node.operands)
                alike.setdefault((repr(node.params), constants), node)
            waiting += node.parents
    return list(alike.values())


HOW = {"optimize", "kind", "stable"}  # how it is computed, and not what


def changes(node):
    """Return the calls that differ from a node in one thing, as NumPy evaluates both: ``(what, operands, params)``."""
    values = [getattr(x, "value", x) for x in node.operands]
    with np.errstate(all="ignore"):
        for key, value in node.params.items():
            if key in HOW:
                continue
            for other in others(key, value):
                params = {**node.params, key: other}
                try:
                    result = node.primitive.function(*values, **params)
                except Exception:
                    continue
                if not same(result, node.value):
                    yield key, node.operands, params
        for k, operand in enumerate(node.operands):
            for other in others("", operand) if not isinstance(operand, gad.Variable) else ():
                operands = [other if i == k else x for i, x in enumerate(node.operands)]
                try:
                    result = node.primitive.function(*(getattr(x, "value", x) for x in operands), **node.params)
                except Exception:
                    continue
                if not same(result, node.value):
                    yield k, operands, node.params


def labels(primitive, operands, params):
    """Return what the table, the picture and the steps say of a call, less the numbers it gives."""
    names = iter("xyzw")
    leaves = [gad.Variable(x.value, next(names)) if isinstance(x, gad.Variable) else x for x in operands]
    with gad.record() as trace:
        primitive(*leaves, **params)
    card = trace.story.nodes[-1]
    step = next(step for step in trace.steps() if step.kind == "evaluate" and step.node == card.position)
    said = "".join(part if isinstance(part, str) else getattr(part, "text", "") for part in step.sentence)
    picture = "".join(run.text for run in measuring.fit(card.title.runs, 15.5, MOST_TITLE))
    picture += card.title.text if picture.endswith("…") else ""  # in full where one points at it
    return card.title.text, picture, said


PARAMETERS = [name for name in STRUCTURAL if STRUCTURAL[name]]
# What no other value of changes a number here: how it is computed, or what the cases have no example of.
UNCHANGED = {
    "optimize",
    "kind",
    "stable",
    "order",
    "rcond",
    "rtol",
    "nan",
    "neginf",
    "posinf",
    "reflect_type",
    "start",
    "shape",
    "uplo",
    "upper",
    "full",
    "dtype",
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_two_calls_with_different_results_read_differently(name):
    """In the table, in the picture (cut to its room) and in the steps."""
    varied = set()
    with np.errstate(all="ignore"):
        for node in nodes_of(name):
            own = labels(node.primitive, node.operands, node.params)
            for what, operands, params in changes(node):
                if isinstance(node.primitive.notation, Part):
                    continue  # which numbers are which is decided by the operand
                try:
                    other = labels(node.primitive, operands, params)
                except (TypeError, ValueError, IndexError):
                    continue  # what no person could call: nothing goes back through it
                assert all(a != b for a, b in zip(own, other, strict=True)), (what, params.get(what), own)
                varied.add(what)
    missing = {key for node in nodes_of(name) for key in node.params} - varied - UNCHANGED
    assert not missing, f"nothing was tried for {missing}"


def test_the_page_keeps_the_space_before_a_phrase():
    """At the ends of an element of MathML spaces vanish."""
    card = gad.trace(lambda x: np.sum(x, axis=0), np.ones((2, 2))).story.nodes[-1]
    assert "<mtext>\u00a0over axis 0</mtext>" in card.title.mathml
