"""What nodes are called: their names, their right-hand sides, and the title of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

import numpy as np

from graphviz_ad.engine.notation import Fraction, Index, MatrixProduct, Prefix, Product, Several, Unwritten, Update
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.rules.shaping import TRANSPOSE
from graphviz_ad.engine.variable import SEED, Variable
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.settings import settings
from graphviz_ad.formulas.symbols import (
    Symbol,
    clean_name,
    constant,
    name,
    number,
    operation,
    plainly,
    row,
)
from graphviz_ad.story.constants import Constants

__all__ = [
    "call_of",
    "is_inner_product",
    "is_own_transpose",
    "node_names",
    "plain_symbol",
    "results_of",
    "right_hand_side",
    "titles",
    "use_of",
    "with_operands",
]

_LONGEST_TITLE = 24  # symbols in f(x) = ..., before it is shortened to f(x)


def node_names(trace: Recording, nodes: Sequence[Variable]) -> list[str]:
    """Return what each node is called: its own name where that is unique, v₃ otherwise."""
    output = trace.start
    inputs = {node.index for node in trace.inputs}
    known: dict[tuple[int, int], str | None] = {}  # finding a name in the source takes long, and loops meet it often

    own: list[str | None] = []
    for node in nodes:
        if node._primitive is None or isinstance(node._code, Variable):
            own.append(node.name)
            continue
        key = (id(node._code), node._lasti)
        if key not in known:
            known[key] = node.name
        own.append(known[key])
    if isinstance(output, Variable) and output.index not in inputs:
        place = next(i for i in reversed(range(len(nodes))) if nodes[i] is output)
        own[place] = None
        own[place] = output.name if output.name and trace.name == "f" and own.count(output.name) == 0 else trace.name
    _name_versions(own, nodes)
    counts = Counter(own)
    names = [chosen if chosen and counts[chosen] == 1 else f"v{i}" for i, chosen in enumerate(own)]
    shared: set[str] = set()
    for i in [i for i, node in enumerate(nodes) if node._index in inputs]:
        chosen = own[i]
        if chosen and counts[chosen] > 1 and chosen not in shared:  # the first input has what others would like, too
            names[i] = chosen
            shared.add(chosen)
    return names


def _name_versions(own: list[str | None], nodes: Sequence[Variable]) -> None:
    """Give the versions of an array that was written to its name, and numbers where there are several: h₁, h₂, ..."""
    primitives = {node._primitive for node in nodes}
    writing = {own for own in primitives if own is not None and isinstance(own.notation, Update)}
    if not writing:
        return
    place = {node.index: i for i, node in enumerate(nodes)}
    versions: dict[str, list[int]] = {}
    for i, node in enumerate(nodes):
        if node._primitive not in writing or node.is_released:
            continue
        before = node.operands[0]
        if isinstance(before, Variable) and before.index in place:
            own[i] = own[place[before.index]]
        chosen = own[i]
        if chosen is not None:
            versions.setdefault(chosen, []).append(i)
    for chosen, writes in versions.items():
        numbered = [f"{chosen}{k}" for k in range(1, len(writes) + 1)]
        if own.count(chosen) > 1 and not chosen[-1].isdigit() and not set(numbered) & set(own):
            for i, number in zip(writes, numbered, strict=True):
                own[i] = number


def right_hand_side(node: Variable, symbols: Mapping[int, Symbol], constants: Constants) -> Symbol:
    """Return the node's right-hand side, with the given symbols for its operands."""
    primitive = node.primitive
    assert primitive is not None
    if primitive is SEED:
        return constant(node.value)
    operands = [
        symbols[x.index] if isinstance(x, Variable) else plain_symbol(node, k, symbols, constants)
        for k, x in enumerate(node.operands)
    ]
    whole = with_operands(node, operands, symbols, constants)
    if whole.known_shape is None:  # how it is written inside another one depends on it
        whole.known_shape = node.shape
    return whole


def with_operands(
    node: Variable, operands: Sequence[Symbol], symbols: Mapping[int, Symbol], constants: Constants
) -> Symbol:
    """Return the node's right-hand side with a symbol for each operand."""
    primitive = node.primitive
    assert primitive is not None
    if is_inner_product(node):
        return operation(primitive.name, *operands, lying=_lies(node.operands[0]))
    if isinstance(primitive.notation, Update):
        return operation(primitive.name, *operands, place=constants.positions(node, node.params["place"], symbols))
    ndim = max(x.ndim for x in (node, *node.parents))
    words = settings(primitive, node.params, ndim, constants.params(node, symbols))
    params = {} if words is None else {"settings": words}
    whole = operation(primitive.name, *operands, **params)
    # Of a node itself it is said what it computes, be it only 0 + x, which is tidied where it is a part of a formula;
    # but not that a sweep began with 1. Of x · x both factors are told, and so both are written.
    is_written = any(not isinstance(x, Variable) for x in node.operands) and not isinstance(
        primitive.notation, Unwritten
    )
    is_left_out = is_written and any(whole is operand for operand in operands)
    is_merged = len(operands) == 2 > len(whole.arguments) and operands[0].same(operands[1])
    return plainly(primitive.name, *operands, **params) if is_left_out or is_merged else whole


def use_of(operands: Sequence[Any], k: int) -> int:
    """Return which use of a node an operand is, from 1, where two operands are that node; else 0.

    Examples
    --------
    >>> x, y = Variable(1.0), Variable(2.0)
    >>> use_of((x, x), 1), use_of((x, y), 1)
    (2, 0)
    """
    return k + 1 if len(operands) == 2 and operands[0] is operands[1] else 0


def results_of(node: Variable) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return what the results are called that a node holds one after the other, each with its shape; () for one."""
    notation = None if node.primitive is None or node.is_released else node.primitive.notation
    if not isinstance(notation, Several):
        return ()
    return tuple(zip(notation.parts, notation.shapes(node.operands[0], **node.params), strict=True))


def plain_symbol(node: Variable, k: int, symbols: Mapping[int, Symbol], constants: Constants) -> Symbol:
    """Return a constant operand, or positions as they are written."""
    assert node.primitive is not None
    if isinstance(node.primitive.notation, Index):
        return number(constants.positions(node, node.operands[k], symbols))
    return constants.operand(node, k)


def _lies(operand: Any) -> bool:
    """Return whether a vector is written as a row already: ``x.T``, or a multiple of it, as in ``2 * x.T @ x``."""
    for _ in range(_LONGEST_TITLE):
        if not isinstance(operand, Variable) or operand.primitive is None:
            return False
        if operand.primitive is TRANSPOSE:
            return True
        vectors = [x for x in operand.operands if np.ndim(plain_value(x)) == 1]
        if not isinstance(operand.primitive.notation, Prefix | Product | Fraction) or len(vectors) != 1:
            return False
        (operand,) = vectors
    return False


def titles(
    trace: Recording, nodes: Sequence[Variable], names: Sequence[str], constants: Constants
) -> tuple[Formula, Formula]:
    """Return ``f(x) = ...`` written out from the inputs, if that is not too long, and ``f(x)``."""
    inputs = {node.index for node in trace.inputs}
    left = call_of(trace, nodes, names)
    if not isinstance(trace.start, Variable):
        return Formula(row(*left, " = ", constant(trace.start))), Formula(row(*left))
    output = trace.start
    place = {node.index: i for i, node in enumerate(nodes)}

    def is_written_as_name(node: Variable) -> bool:
        return node.primitive is None or node.is_released or node.index in inputs

    if output.is_released or not _is_short(output, place, is_written_as_name):
        return Formula(row(*left)), Formula(row(*left))
    whole: dict[int, Symbol] = {}
    for node in _behind(output, place, is_written_as_name):
        if is_written_as_name(node):
            whole[node.index] = name(names[place[node.index]], node.shape)
        else:
            whole[node.index] = right_hand_side(node, whole, constants)
            whole[node.index].shape = node.shape
    return Formula(row(*left, " = ", whole[output.index])), Formula(row(*left))


def call_of(trace: Recording, nodes: Sequence[Variable], names: Sequence[str]) -> list[Symbol | str]:
    """Return ``f(x)`` piece by piece."""
    inputs = {node.index for node in trace.inputs}
    listed: list[Symbol | str] = []
    for i, node in enumerate(nodes):
        if node.index in inputs:
            listed += [", ", name(names[i])] if listed else [name(names[i])]
    return [name(clean_name(trace.name)), "(", *listed, ")"]


def _is_short(output: Variable, known: Container[int], is_end: Callable[[Variable], bool]) -> bool:
    """Whether a title has room for all symbols of a formula written out; looks at no more of it than that."""
    waiting, count = [output], 0
    while waiting:
        node = waiting.pop()
        count += 1
        if count > _LONGEST_TITLE:
            return False
        if not is_end(node):
            waiting += [parent for parent in node.parents if parent.index in known]
    return True


def _behind(output: Variable, known: Container[int], is_end: Callable[[Variable], bool]) -> list[Variable]:
    """Return the nodes of a formula written out, in execution order."""
    nodes, waiting = {output.index: output}, [output]
    while waiting:
        node = waiting.pop()
        if not is_end(node):
            new = {parent.index: parent for parent in node.parents if parent.index in known}
            waiting += [parent for index, parent in new.items() if index not in nodes]
            nodes |= new
    return [nodes[index] for index in sorted(nodes)]


def is_own_transpose(node: Variable) -> bool:
    """Whether the node transposes what has one axis or none, and so is what it transposes.

    Examples
    --------
    >>> is_own_transpose(Variable([1.0, 2.0]).T), is_own_transpose(Variable([[1.0, 2.0]]).T)
    (True, False)
    """
    return node.primitive is TRANSPOSE and node.ndim < 2


def is_inner_product(node: Variable) -> bool:
    """Whether the node multiplies two vectors to a number; then its local gradients are the vectors."""
    return (
        node.primitive is not None
        and isinstance(node.primitive.notation, MatrixProduct)
        and all(np.ndim(plain_value(x)) == 1 for x in node.operands)
    )
