"""Gradients that are exactly zero: which factor wiped out the last adjoint that was not, and why it is 0.

There are four zeros on a way that exists: a flat place (a step, a unit that is off, a stationary point), a factor that
is 0, contributions that cancel each other, and a product too small for its type, which is rounded away. Where there is
no way at all, see `unreached`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.corners import depends_on_turning
from graphviz_ad.debugging.examination import Examination, in_dtype, is_finite, numbers
from graphviz_ad.debugging.families import BILINEAR, SATURATING
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.places import at, begun, numbered, read_by
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.rules.reduction import spread
from graphviz_ad.engine.variable import DETACH, INDEX, Variable

__all__ = ["zero_gradients"]

_STEPS = frozenset(["floor", "ceil", "trunc", "rint", "sign", "heaviside", "floor_divide", "slogdet.sign"])
_SWITCHED = frozenset(["maximum", "minimum", "fmax", "fmin", "clip"])
_STATIONARY = frozenset(["cos", "cosh", "cosine", "float_power", "i0", "power", "sinc", "square"])
_CORNERED = frozenset(["absolute", "fabs", "hypot", "norm", "std"])
_OF_ENTRIES = {"step": "warning", "factor": "note", "rounded flat": "note"}
"""How serious it is where only some entries of an input are flat, by the cause; others are told of all or none."""
_FEW = 3  # factors, at least, for one of them to be told from the others
_SHORT = 40  # characters of source in a sentence


class _Block(NamedTuple):
    """An edge at which nothing goes on, though something arrives; of an accumulation, the node at which it cancels."""

    child: int
    argument: int
    cause: str
    factor: int = -1


def zero_gradients(exam: Examination) -> Iterator[Finding]:
    """Yield what there is to say of inputs whose gradient is exactly 0, once a place to blame."""
    if exam.output is None or not is_finite(exam.values[exam.output]):
        return
    blocked: dict[tuple[int, str], list[tuple[int, _Block]]] = {}
    for i in exam.inputs:
        block = _block(exam, i) if _is_zero(exam.adjoints[i]) else None
        if block is not None and (exam.adjoints[i] is not None or exam.output in exam.below(i)):
            blocked.setdefault((block.child, block.cause), []).append((i, block))
    for (child, cause), members in blocked.items():
        yield _finding(exam, child, cause, members)
        if cause == "stationary":
            yield from _behind(exam, child, members)
    yield from _of_entries(exam)
    yield from _of_products(exam)


def _of_entries(exam: Examination) -> Iterator[Finding]:
    """Yield what is flat for some entries of an input, read one by one or in slices, while others have a gradient."""
    blocked: dict[tuple[int, int, str], list[tuple[int, _Block]]] = {}
    for i in exam.inputs:
        g = exam.adjoints[i]
        if g is None or not np.ndim(g) or _is_zero(g) or np.all(g):
            continue
        for part, _ in exam.uses[i]:
            is_part = exam.nodes[part].primitive is INDEX and _is_zero(exam.adjoints[part])
            block = _block(exam, part) if is_part else None
            if block is not None and block.cause in _OF_ENTRIES:
                blocked.setdefault((i, block.child, block.cause), []).append((part, block))
    for (i, child, cause), members in blocked.items():
        places = numbered(exam.values[i])
        read = np.concatenate([read_by(exam.nodes[part], places) for part, _ in members])
        mask = np.isin(places, read) & (np.asarray(exam.adjoint(i)) == 0)
        if np.any(mask):
            yield _entries_finding(exam, i, mask, child, cause, [block for _, block in members])


def _entries_finding(exam: Examination, i: int, mask: Any, child: int, cause: str, blocks: Sequence[_Block]) -> Finding:
    """Return the finding of entries of an input to which nothing comes back."""
    reason, title = _words(exam, child, cause, blocks)
    last = f"{exam.bar(child)} = {numbers(exam.adjoint(child))}"
    there = f"{exam.bar(i)} {at(mask).rstrip(',')}"
    return exam.finding(
        "zero-gradient",
        _OF_ENTRIES[cause],
        f"{there} is 0: {title}",
        f"{reason}. That wipes out {last}, the last adjoint that is not 0: so is {there}.",
        child,
        mask=mask,
        edge=(child, blocks[0].argument),
        reaches=exam.names_of([i]),
        path=(child, i),
    )


def _of_products(exam: Examination) -> Iterator[Finding]:
    """Yield the products of many factors one of which is 0: to all others nothing comes back."""
    for i in exam.computed_by(["prod"]):
        node, (_, parent) = exam.nodes[i], next(exam.operands(i))
        factors, g = np.asarray(exam.values[parent]), exam.adjoints[parent]
        if g is None or np.size(factors) < _FEW or not np.any(g):
            continue
        zero = np.equal(factors, 0)
        single = np.equal(np.sum(zero, axis=node.params.get("axis"), keepdims=True), 1)
        others = single & ~zero & np.equal(exam.adjoint(parent), 0) & _arrives(exam, i, parent)
        if 2 * np.count_nonzero(others) < others.size:
            continue
        called, affected = exam.called(parent), exam.inputs_above(parent)
        yield exam.finding(
            "zero-gradient",
            "note" if parent in exam.inputs else "warning",
            f"{exam.bar(parent)} is 0 where {called} is not: a factor of {exam.written(i)} is 0",
            f"{begun(at(zero & single), f'{called} is 0, and so is {exam.written(i)}')}: what goes back to each other "
            f"factor is multiplied by that 0. So {exam.bar(parent)} is 0 {at(others).rstrip(',')}; the 0 itself has a "
            "gradient.",
            i,
            mask=others,
            edge=(i, 0),
            reaches=exam.names_of(affected),
            path=(i, parent, *affected),
        )


def _arrives(exam: Examination, child: int, parent: int) -> Any:
    """Return to which factors of a product something would come back, were none of them 0."""
    g, axis = exam.adjoint(child), exam.nodes[child].params.get("axis")
    return np.not_equal(spread(g, exam.values[parent], axis), 0)


def _behind(exam: Examination, stationary: int, members: Sequence[tuple[int, _Block]]) -> Iterator[Finding]:
    """Yield what would let nothing through either, were a node not stationary: a step, or a unit that is off."""
    operand = exam.nodes[stationary].operands[members[0][1].argument]
    probe = exam.swept_from(exam.position[operand.index])
    walls: dict[tuple[int, str], list[tuple[int, _Block]]] = {}
    for i, _ in members:
        block = _block(probe, i) if _is_zero(probe.adjoints[i]) else None
        if block is not None and block.cause in ("step", "off"):
            walls.setdefault((block.child, block.cause), []).append((i, block))
    for (child, cause), own in walls.items():
        inputs = [i for i, _ in own]
        reason, title = _words(exam, child, cause, [block for _, block in own])
        yield exam.finding(
            "zero-gradient",
            "warning" if cause == "step" else "note",
            f"{title}, too",
            f"{reason}. So nothing would go on to {exam.listed(inputs)} either where {exam.written(stationary)} is "
            f"not stationary.",
            child,
            edge=(child, own[0][1].argument),
            reaches=exam.names_of(inputs),
            path=(child, *inputs),
        )


def _is_zero(g: Any) -> bool:
    """Whether an adjoint is 0 in all entries, or does not arrive."""
    return g is None or (bool(np.size(g)) and not np.any(g))


def _block(exam: Examination, i: int) -> _Block | None:
    """Return where the adjoint of an input was wiped out: the first such edge on the way back."""
    seen, waiting, blocks = {i}, [i], []
    while waiting:
        node = waiting.pop()
        sent = []
        for child, argument in exam.uses[node]:
            g = exam.adjoints[child]
            if exam.nodes[child].primitive is DETACH:
                continue
            if g is None or not (g if type(g) is np.float64 else np.any(g)):
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
                continue
            contribution = exam.contribution(child, argument)
            if contribution is not None and np.any(contribution):
                sent.append((child, argument))
            else:
                blocks.append(_cause(exam, i, child, argument))
        if sent:
            child, argument = max(sent)
            vanishes = not np.any(in_dtype(exam.contribution(child, argument), exam.nodes[node].dtype))
            blocks.append(_Block(child, argument, "rounded" if vanishes else "cancelled", node))
    return max(blocks, default=None)


def _cause(exam: Examination, i: int, child: int, argument: int) -> _Block:
    node = exam.nodes[child]
    assert node.primitive is not None
    primitive = node.primitive.name
    local = exam.local(child, argument)
    g = exam.adjoint(child)
    if local is not None and np.any((np.asarray(local) != 0) & (g != 0)):
        if np.any(in_dtype(np.asarray(local * g), node.dtype)):  # of copies, whose contributions are summed
            return _Block(child, argument, "cancelled", exam.position[node.operands[argument].index])
        return _Block(child, argument, "rounded")
    if primitive in _STEPS:
        return _Block(child, argument, "step")
    if primitive in _SWITCHED:
        return _Block(child, argument, "off")
    if primitive in ("where", "select", "choose"):
        return _Block(child, argument, "not chosen")
    if primitive in BILINEAR:
        others = [k for k in range(len(node.operands)) if k != argument]
        if primitive == "divide" and argument == 1:
            others = [0]
        for k in others:
            other = node.operands[k]
            if np.any(plain_value(other)):
                continue
            depends = isinstance(other, Variable) and i in exam.above(exam.position[other.index])
            return _Block(child, argument, "stationary" if depends else "factor", k)
    if primitive in ("power", "float_power") and argument == 1 and _is_at_origin(node):
        return _Block(child, argument, "jump")
    if primitive in _STATIONARY:
        return _Block(child, argument, "stationary")
    if primitive in _CORNERED and not np.any(exam.values[child]):
        return _Block(child, argument, "corner")
    if primitive in ("eigh", "svd") and depends_on_turning(exam, child):
        return _Block(child, argument, "turning")
    if primitive == "arctan2" and not any(np.any(plain_value(x)) for x in node.operands):
        return _Block(child, argument, "no angle")
    return _Block(child, argument, "rounded flat" if primitive in SATURATING else "rule")


def _is_at_origin(node: Variable) -> bool:
    """Whether a power is 0 to the 0 somewhere."""
    base, exponent = (plain_value(x) for x in node.operands)
    return bool(np.any(np.equal(base, 0) & np.equal(exponent, 0)))


def _finding(exam: Examination, child: int, cause: str, members: Sequence[tuple[int, _Block]]) -> Finding:
    inputs = [i for i, _ in members]
    block = members[0][1]
    written = exam.written(child)
    reason, title = _words(exam, child, cause, [own for _, own in members])
    bars = exam.bars(inputs)
    last = f"{exam.bar(child)} = {numbers(exam.adjoint(child))}" if exam.adjoints[child] is not None else ""
    wiped = f" That wipes out {last}, the last adjoint that is not 0" if last else ""
    follows = "so is" if len(inputs) == 1 else "so are"
    sentence = f"{reason}.{wiped}: {follows} {bars}." if wiped else f"{reason}, {follows} {bars}."
    if cause == "cancelled":
        sentence = f"{reason}."
    is_note = cause in ("stationary", "cancelled", "corner")
    if cause == "factor" and (learning := _learning(exam, child, [own for _, own in members])):
        is_note = True
        sentence += f" {exam.listed(learning)} {'has' if len(learning) == 1 else 'have'} a gradient: after a step down "
        sentence += f"{'it is' if len(learning) == 1 else 'they are'} 0 no longer, and neither {follows[3:]} {bars}."
    node = block.factor if cause == "cancelled" else child
    return exam.finding(
        "zero-gradient",
        "note" if is_note else "warning",
        f"{bars} {'is' if len(inputs) == 1 else 'are'} 0: {title or written}",
        sentence,
        child if exam.site(child) is not None else node,
        edge=(child, block.argument),
        reaches=exam.names_of(inputs),
        path=(child, *inputs),
    )


def _learning(exam: Examination, child: int, blocks: Sequence[_Block]) -> list[int]:
    """Return the inputs that are a factor of 0 by themselves, and will not stay 0: they have a gradient."""
    own = []
    for block in blocks:
        operand = exam.nodes[child].operands[block.factor]
        i = exam.position.get(operand.index) if isinstance(operand, Variable) else None
        if i is None or i not in exam.inputs or exam.adjoints[i] is None or not np.any(exam.adjoints[i]):
            return []
        own.append(i)
    return list(dict.fromkeys(own))


_PLACES = {
    "jump": (
        "{written} is 1 at {called} = 0 and 0 right above it, its base being 0: it jumps, and its slope is taken as 0",
        "{written} jumps",
    ),
    "corner": ("{written} has a corner at 0, where 0 is taken for its slope", "{written} has a corner"),
    "turning": (
        "The vectors of equal values in {written} may turn freely: they have no slope, and 0 is taken",
        "{written} has equal values",
    ),
    "no angle": (
        "The origin has no angle: {written} jumps there, and 0 is taken for its slopes",
        "{written} at the origin",
    ),
}
"""Places without a slope: why nothing goes on there, and the same in a few words."""


def _words(exam: Examination, child: int, cause: str, blocks: Sequence[_Block]) -> tuple[str, str]:
    """Return why nothing goes on through a node, and the same in a few words."""
    node, written = exam.nodes[child], exam.written(child)
    block = blocks[0]
    operand = node.operands[block.argument]
    called = exam.called(exam.position[operand.index])
    value = numbers(operand)
    if cause == "step":
        return f"{written} is a step function: flat wherever it does not jump, so its slope is 0", f"{written} is flat"
    if cause == "off":
        name = node.primitive.name if node.primitive else ""
        bound = "its bounds" if name == "clip" else _bound(exam, child, block.argument)
        side = f"{'outside' if name == 'clip' else 'below' if name in ('maximum', 'fmax') else 'above'} {bound}"
        return f"{called} is {value}, {side}, so {written} is off and its slope is 0", f"{written} is off"
    if cause == "not chosen":
        return f"{written} does not choose {called} anywhere, and sends 0 back to it", f"{called} is not chosen"
    if cause == "factor":
        return _factors(exam, child, blocks)
    if cause == "stationary" and block.factor >= 0:
        return f"In {written} both factors are 0 here, and so are its slopes", f"both factors of {written} are 0"
    if cause == "stationary" and block.argument == 1:
        base = _operand(exam, child, 0)
        return (
            f"The slope of {written} by {called} is 0 where {base} is 0 or 1, as it is here",
            f"{written} is stationary",
        )
    if cause == "stationary":
        return f"{written} is stationary at {called} = {value}: its slope there is 0", f"{written} is stationary"
    if cause in _PLACES:
        reason, title = _PLACES[cause]
        return reason.format(written=written, called=called), title.format(written=written)
    if cause == "rounded":
        dtype = node.dtype
        return (
            f"The product of {exam.bar(child)} and the slope of {written} is too small for {dtype} and rounds to 0",
            (f"{written} sends back what rounds to 0"),
        )
    if cause == "rounded flat":
        where = _at_the_rest(exam, child, block.argument) or f"at {called} = {value}"
        return f"{written} is so flat {where} that its slope rounds to 0: it is saturated", f"{written} is flat"
    if cause == "cancelled":
        return f"What comes back to {exam.called(block.factor)} cancels: it adds up to exactly 0", "it cancels"
    if (rank := _low_rank(exam, child)) is not None:
        count = len(plain_value(operand))
        return (
            f"{called} is singular, of rank {rank} where {count} is full: the slopes of {written} are its cofactors, "
            f"which are 0 below rank {count - 1}",
            f"{called} is singular",
        )
    if exam.primitive(child) == "prod" and np.sum(zero := np.equal(plain_value(operand), 0)) > 1:
        reason = begun(at(zero), f"{called} is 0, so that the product of all factors but one is 0, whichever it is")
        return reason, f"several factors of {written} are 0"
    return f"What {written} sends back is 0 for {called} = {value}", f"{written} sends 0"


def _factors(exam: Examination, child: int, blocks: Sequence[_Block]) -> tuple[str, str]:
    """Return which factors of a product are 0, and the same in a few words."""
    written = exam.written(child)
    if condition := _false(exam, child, blocks[0].factor):
        product, asked, relu = condition
        return (
            f"In {product}, {asked} is false, which counts as 0, and what goes back is multiplied by that{relu}",
            f"{asked} is false",
        )
    factors = list(dict.fromkeys(_operand(exam, child, block.factor) for block in blocks))
    said = " and ".join(factors)
    are = "is" if len(factors) == 1 else "are"
    return f"In {written}, {said} {are} 0, and what goes back is multiplied by that", f"a factor of {written} is 0"


def _low_rank(exam: Examination, child: int) -> int | None:
    """Return the rank of a matrix all of whose cofactors are 0; None of anything else than its determinant."""
    matrix = plain_value(exam.nodes[child].operands[0])
    if exam.primitive(child) != "det" or np.ndim(matrix) != 2:
        return None
    rank = int(np.linalg.matrix_rank(matrix))
    return rank if rank < len(matrix) - 1 else None


def _false(exam: Examination, child: int, factor: int) -> tuple[str, str, str] | None:
    """Return a product and the comparison that is a factor of it, as they stand in the source: ``z * (z > 0)``.

    And what there is to say besides of one that asks about the other factor. None where the factor is no comparison.
    """
    site = exam.site(child)
    try:
        product = None if site is None else ast.parse(site.text, mode="eval").body
    except SyntaxError:
        return None
    if site is None or len(site.text) > _SHORT or not isinstance(product, ast.BinOp):
        return None
    sides = product.left, product.right
    asked, other = sides[factor], sides[1 - factor]
    if not isinstance(asked, ast.Compare):
        return None
    relu = ": this relu is off" if ast.dump(asked.left) == ast.dump(other) else ""
    return site.text, ast.unparse(asked), relu


def _at_the_rest(exam: Examination, child: int, argument: int) -> str:
    """Say where the operand lies that counts, if not all entries do: where the adjoint is not 0 already."""
    g, operand = exam.adjoint(child), exam.nodes[child].operands[argument]
    x = plain_value(operand)
    counts = np.not_equal(g, 0)
    if np.all(counts) or np.shape(x) != np.shape(g):
        return ""
    called = exam.called(exam.position[operand.index])
    return f"for {called} = {numbers(x[counts])}, where {exam.bar(child)} is not 0 yet,"


def _bound(exam: Examination, child: int, argument: int) -> str:
    """Return the other operand of a maximum or minimum: its number, or what it is called."""
    other = exam.nodes[child].operands[1 - argument]
    return exam.called(exam.position[other.index]) if isinstance(other, Variable) else numbers(other)


def _operand(exam: Examination, child: int, k: int) -> str:
    """Return what an operand is called, or its value where it is a constant."""
    operand = exam.nodes[child].operands[k]
    if isinstance(operand, Variable):
        return exam.called(exam.position[operand.index])
    name = exam.constant(child, k) if np.ndim(operand) else ""
    return name if name.isidentifier() else f"the other factor ({numbers(operand)})"
