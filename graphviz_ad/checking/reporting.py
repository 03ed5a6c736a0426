"""Say what is wrong with a gradient: which rule, where, expected and got, how these relate, and what else it can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType

import numpy as np

from graphviz_ad.checking.comparing import Derivative, Mismatch
from graphviz_ad.checking.rules import WrongRule
from graphviz_ad.console import visible
from graphviz_ad.debugging.columns import Look
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.text import outline
from graphviz_ad.engine.frames import is_own
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.variable import DETACH, Variable
from graphviz_ad.numerals.writing import static
from graphviz_ad.story.naming import node_names

__all__ = ["lost_gradient", "relation", "wrong_gradient", "wrong_rule"]

_CLOSE = 1e-4
_RELATIONS: tuple[tuple[Callable[[float, float], float], str], ...] = (
    (lambda got, right: got + right, "the sign is turned"),
    (lambda got, right: got - 2 * right, "twice what is right"),
    (lambda got, right: got - right / 2, "half of what is right"),
    (lambda got, right: got * right - 1, "the reciprocal of what is right"),
    (lambda got, right: got * right + 1, "minus the reciprocal of what is right"),
    (lambda got, right: got + right - 1, "together 1, so 1 − got is right"),
    (lambda got, right: got - right**2, "the square of what is right"),
    (lambda got, right: got**2 - right, "the root of what is right"),
)
"""How what was got may relate to what is right: what is then 0, and the words."""
_ORDINALS = {1: "", 2: "second ", 3: "third "}


def relation(got: float, right: float) -> str:
    """Return in words how a wrong number relates to the right one; empty where it does not.

    Examples
    --------
    >>> relation(6.0, 3.0), relation(-1.5, 1.5), relation(0.0, 2.0), relation(12.0, 4.0), relation(1.0, 3.7)
    ('twice what is right', 'the sign is turned', 'nothing flows', '3 times what is right', '')
    """
    if np.isnan(got):
        return "not a number"
    if got == 0:
        return "nothing flows"
    if right == 0 or not np.isfinite([got, right]).all():
        return ""
    for zero, words in _RELATIONS:
        if abs(zero(got, right)) <= _CLOSE * abs(got):
            return words
    for ratio, words in (
        (got / right, "{} times what is right"),
        (right / got, "1/{} of what is right"),
    ):
        if abs(ratio - round(ratio)) <= _CLOSE and round(ratio):
            return words.format(round(ratio)).replace("-", "−")
    return ""


def wrong_rule(recording: Recording, wrong: WrongRule) -> str:
    """Return the error text for a wrong rule: the sentence, the line, the numbers, and what is right elsewhere."""
    node, mismatch = wrong.node, wrong.mismatch
    assert node.primitive is not None
    many = f", argument {wrong.argument}," if len(node.operands) > 1 else ""
    wrong_in = f"is wrong{_mode(mismatch.which)}{_place(node)}"
    head = f"the {_derivative(mismatch.which, 'rule')} of {node.primitive.name}{many} {wrong_in}"
    lines = [*_code(node), *_numbers(mismatch, _where(recording, wrong)), _rule_place(node, wrong.argument)]
    return _page(head, [*lines, _agreeing(wrong.agreeing)])


def _agreeing(count: int) -> str:
    if count < 2:
        return "the node before it agrees with differences" if count else "it is the first node"
    return f"the {count} nodes before it agree with differences"


def lost_gradient(recording: Recording, birth: Finding) -> str:
    """Return the error text for a gradient in which NaN is born though each rule holds, as 0 · ∞ is."""
    assert birth.node is not None
    assert birth.node.primitive is not None
    through = f"born going back through {birth.node.primitive.name}{_place(birth.node)}"
    return _page(f"the gradient of {recording.name} holds NaN, {through}", outline(birth, Look.of(None)))


def wrong_gradient(recording: Recording, mismatch: Mismatch, names: tuple[str, ...]) -> str:
    """Return the error text for a gradient that is wrong though each rule of the trace holds."""
    leaf = f" by {names[mismatch.leaf]}" if mismatch.leaf is not None else ""
    computed = sum(node.primitive is not None for node in recording.nodes)
    holds = f"though the rule of each of its {computed} nodes holds" if computed > 1 else "though its rules hold"
    what = f"the {_derivative(mismatch.which, 'gradient')} of {recording.name}{leaf}"
    head = f"{what} is not that of differences{_mode(mismatch.which)}, {holds}"
    where = "in a random direction"
    return _page(head, [*_numbers(mismatch, where), "What it can be:", *(f"- {cause}" for cause in _causes(recording))])


def _derivative(which: Derivative, what: str) -> str:
    words = "derivative of the rule" if what == "rule" and which.order > 1 else what
    ordinal = "" if what == "rule" else _ORDINALS.get(which.order, f"order-{which.order} ")
    kind = "derivative" if what == "gradient" and which.order > 1 else words
    return f"{ordinal}{kind}"


def _mode(which: Derivative) -> str:
    """Return which mode it is that is wrong, where that is not the usual one."""
    return "" if "forward" not in which.modes else f" by {' over '.join(reversed(which.modes))} mode"


def _page(head: str, lines: list[str]) -> str:
    return "\n".join([head, "", *(f"    {line}" for line in lines if line)])


def _place(node: Variable) -> str:
    site = node.site
    return f" ({visible(site.filename)}, line {site.line})" if site is not None else ""


def _code(node: Variable) -> Iterator[str]:
    site = node.site
    if site is not None and site.text and "\n" not in site.text:
        yield f"{site.line} | {site.name + ' = ' if site.name else ''}{site.text}"


def _rule_place(node: Variable, argument: int) -> str:
    """Say where a rule stands that is not one of the package's."""
    rule = node.primitive.rule(argument) if node.primitive is not None else None
    code = getattr(rule, "__code__", None)
    if not isinstance(code, CodeType) or is_own(code.co_filename):
        return ""
    return f"the rule stands in {visible(code.co_filename)}, line {code.co_firstlineno}"


def _where(recording: Recording, wrong: WrongRule) -> str:
    """Return the values of the operands of a primitive that computes entry by entry; of others, how they were moved."""
    node, entry = wrong.node, wrong.mismatch.entry
    if entry is None:
        return "in a random direction"
    names = dict(zip((x.index for x in recording.nodes), node_names(recording, recording.nodes), strict=True))
    parts = []
    for operand in node.operands:
        if isinstance(operand, Variable):
            value = np.ravel(np.broadcast_to(plain_value(operand), node.shape))[entry]
            parts.append(f"{names.get(operand.index, 'the operand')} = {static(value)}")
    place = f" (entry {list(map(int, np.unravel_index(entry, node.shape)))})" if node.shape else ""
    return f"at {', '.join(parts)}{place}"


def _numbers(mismatch: Mismatch, where: str) -> list[str]:
    words = relation(mismatch.got, mismatch.expected)
    known = np.isfinite(mismatch.expected)
    expected = static(mismatch.expected) if known else "a finite number" if np.isnan(mismatch.got) else "not to be told"
    reach = f" (differences, ±{mismatch.error:.0e})" if known and np.isfinite(mismatch.error) else ""
    lines = [where, f"expected  {expected}{reach}", f"got       {static(mismatch.got)}{f': {words}' if words else ''}"]
    if mismatch.falls is not None:
        below = (
            ""
            if mismatch.which.order == 1
            else f" of the {_ORDINALS.get(mismatch.which.order - 1) or 'first '}derivative"
        )
        lines.append(
            f"the Taylor remainder{below} falls as h^{mismatch.falls:.2f}; with the right slope it falls as h^2"
        )
    return lines


def _causes(recording: Recording) -> Iterator[str]:
    """Yield what can be wrong where no rule is, beginning with what the trace shows."""
    output, nodes = recording.output, recording.nodes
    reached: set[int] = set()
    if isinstance(output, Variable) and output.dtype.kind in "fc":
        sweep = recording.reverse(np.ones(output.shape, output.dtype))
        reached = {node.index for node in nodes if sweep.adjoint(node) is not None}
    for node in recording.inputs:
        if node.index not in reached:
            yield f"no path leads from the result to {node.name or 'an input'}: .value, .detach() or a constant cuts it"
    for node in nodes:
        if node.primitive is DETACH:
            yield f"a value is detached{_place(node)}"
    yield "a plain value inside of the function (.value, a mask, a count) that changes with the arguments"
    yield "state that the function changes, or random numbers that it draws"
    yield "a function that is not smooth here: differences say nothing about it"
