"""Digits that are lost: differences of nearly equal rounded numbers, and numbers so small that they became 0.

A difference is worth a finding only where it matters: the rounding of its operands, times its adjoint, beside the
output. An entry that happens to be near 0 harms nothing, nor does a residual that is: of its square or size only the
least is wanted. Other functions lose digits too, where their result depends on what rounding took away before: the
logarithm near 1, arccos near 1, a sine of a huge number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from graphviz_ad.debugging.exact import exactly, unrounded
from graphviz_ad.debugging.examination import Examination, is_finite, listed, numbers
from graphviz_ad.debugging.families import DIFFERENCES, SUMS_OF_PRODUCTS
from graphviz_ad.debugging.findings import Finding
from graphviz_ad.debugging.forgetting import forgotten_starts
from graphviz_ad.debugging.gradient_digits import wrong_gradients
from graphviz_ad.debugging.gradual import lost_little_by_little
from graphviz_ad.debugging.residuals import is_residual
from graphviz_ad.debugging.rounding import is_at_root, is_felt, output_size, threshold
from graphviz_ad.debugging.wiped_out import bases, is_exact, wiped_out
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.variable import Variable
from graphviz_ad.numerals.writing import rough, static

__all__ = ["cancellations", "underflows"]

_MOST_DIGITS = 6  # of what comes out, in a sentence
_MAGNIFYING: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("log", "log2", "log10"), lambda x: abs(x - 1) < 0.5),
    **dict.fromkeys(("arccos", "arcsin", "arctanh"), lambda x: abs(abs(x) - 1) < 0.5),
    **dict.fromkeys(("arccosh",), lambda x: x < 1.5),
    **dict.fromkeys(("sin", "cos", "tan"), lambda x: abs(x) > 1e3),
}
"""Functions of which a result hangs on the last digits of an operand, and where."""


def cancellations(exam: Examination) -> Iterator[Finding]:
    """Yield what lost most of its digits, where that matters, once a line: differences, and what magnifies rounding.

    Where no single place does, or a loop does it more than that, it is told of what loses them little by little.
    """
    if exam.output is None or not exam.is_swept or not is_finite(exam.values[exam.output]):
        return
    size = output_size(exam)
    if not is_felt(exam, size):
        is_zero = not np.any(exam.values[exam.output])
        losses = dict.fromkeys(wiped_out(exam), (1.0, _cancellation)) if is_zero else {}
        if not losses:
            yield from lost_little_by_little(exam, 0.0) if is_zero else forgotten_starts(exam)
            yield from wrong_gradients(exam)
        yield from _worst(exam, losses)
        return
    losses = {i: (lost, _cancellation) for i in exam.computed_by(DIFFERENCES)
              if (lost := _lost(exam, i, size)) is not None and not is_residual(exam, i)}  # fmt: skip
    if losses and is_at_root(exam):
        losses = {}
    losses |= {i: (lost, _magnified) for i in exam.computed_by(_MAGNIFYING)
               if (lost := _error(exam, i, size)) is not None}  # fmt: skip
    known = max((lost for lost, _ in losses.values()), default=0.0)
    gradual = list(lost_little_by_little(exam, size, known))
    yield from gradual
    if not losses and not gradual:
        yield from forgotten_starts(exam)
        yield from wrong_gradients(exam)
    yield from _worst(exam, losses if not gradual else {})


_Sentence = Callable[[Examination, int, float], Finding]


def _worst(exam: Examination, losses: Mapping[int, tuple[float, _Sentence]]) -> Iterator[Finding]:
    """Yield the findings of the nodes that lose most, once a line."""
    for group in exam.same_line(sorted(losses)).values():
        i = max(group, key=lambda k: losses[k][0])
        lost, sentence = losses[i]
        yield sentence(exam, i, lost)


def _lost(exam: Examination, i: int, size: float) -> float | None:
    """Return how large, beside the output, the error is that a difference has of the rounding before; None if small."""
    y = exam.values[i]
    node = exam.nodes[i]
    a = plain_value(node._a)
    if type(y) is np.float64 and not -1e-3 < y / a < 1e-3:
        return None  # what nearly all differences are
    g, b = exam.adjoints[i], plain_value(node._b)
    if g is None or y.dtype.kind != "f":
        return None
    largest = np.maximum(np.abs(a), np.abs(b))
    eps = float(np.finfo(y.dtype).eps)
    enough = threshold(exam, eps)
    near = np.abs(y) < largest * (8 * eps**0.65 * eps**0.4 / enough)
    if bases(node._a) & bases(node._b):
        near = near & (y != 0)  # a number less itself, as at the place of a maximum that is subtracted
    if not np.any(near) or all(map(is_exact, node.operands)):
        return None
    error = eps * np.where(near, largest, 0.0)
    lost = float(np.sum(np.abs(g) * error)) / size
    return lost if lost > enough else None


def _error(exam: Examination, i: int, size: float) -> float | None:
    """Return how large, beside the output, the error is that a function makes of the rounding of its operand."""
    node, g = exam.nodes[i], exam.adjoints[i]
    x = plain_value(node._a)
    if type(x) is np.float64 and not _MAGNIFYING[exam.primitive(i)](x):
        return None  # so it is nearly everywhere
    if g is None or np.iscomplexobj(x) or not np.any(_MAGNIFYING[exam.primitive(i)](x)):
        return None
    if np.asarray(x).dtype.kind != "f" or is_exact(node._a) or _is_sum_of_powers(node._a):
        return None
    eps = float(np.finfo(np.asarray(x).dtype).eps)
    error = np.abs(g * exam.local(i, 0)) * eps * np.abs(x)
    lost = float(np.sum(error)) / size
    if lost == math.inf:  # upright, where it may be that only rounding led
        entry = tuple(np.argwhere(np.isinf(error))[0]) if np.ndim(error) else ()
        return None if unrounded(exam, i, entry) is None else 1.0
    return lost if math.isfinite(lost) and lost > threshold(exam, eps) else None


def _is_sum_of_powers(operand: Variable) -> bool:
    """Whether it is a sum of np.exp, whose logarithm is near 0 where one of them is all but alone: a sure softmax."""
    inner = operand.operands[0] if operand.primitive is not None and operand.primitive.name == "sum" else None
    return isinstance(inner, Variable) and inner.primitive is not None and inner.primitive.name == "exp"


def _magnified(exam: Examination, i: int, lost: float) -> Finding:
    """Return the finding of a function that depends on what rounding took from its operand."""
    node, parent = exam.nodes[i], exam.position[exam.nodes[i].operands[0].index]
    x, slope = np.asarray(exam.values[parent]), np.asarray(exam.local(i, 0))
    error = np.broadcast_to(np.abs(exam.adjoint(i) * slope * x), np.shape(x))
    entry = np.unravel_index(int(np.argmax(error)), np.shape(x)) if np.ndim(x) else ()
    place = f"At {list(map(int, entry))} " if entry else ""
    step = float(np.finfo(node.dtype).eps) * abs(float(x[entry]))
    written, called = exam.written(i), exam.called(parent)
    return exam.finding(
        "cancellation",
        "warning",
        f"{written} loses its digits",
        f"{place}{called} is {_many(x[entry])}, rounded to {node.dtype}, in which numbers of that size are about "
        f"{rough(step)} apart. There the slope of {written} is {static(slope[entry])}, so that it hangs on digits "
        f"that are not there. {_moves(exam, lost)}",
        i,
        reaches=exam.names_of(exam.inputs_above(i)),
        path=(i,),
    )


def _moves(exam: Examination, lost: float) -> str:
    """Say how far the output may be wrong."""
    name = exam.recording.name
    if exam.output is not None and not np.any(exam.values[exam.output]):
        came, truth = numbers(exam.values[exam.output]), exactly(exam, exam.output)
        if truth is None or np.ndim(truth) or not np.isfinite(truth) or not truth:
            return f"{name} comes out as {came}, which need not be right."
        return f"{name} comes out as {came}; computed with 80 digits it is {rough(truth, _MOST_DIGITS)}."
    return f"That moves {name} by about {rough(100 * min(lost, 1))} %."


def _cancellation(exam: Examination, i: int, lost: float) -> Finding:
    node = exam.nodes[i]
    a, b = (np.broadcast_to(plain_value(x), node.shape) for x in node.operands)
    y, eps = np.asarray(exam.values[i]), float(np.finfo(node.dtype).eps)
    with np.errstate(all="ignore"):
        wrong = eps * np.maximum(np.abs(a), np.abs(b)) / np.abs(y)
    entry = np.unravel_index(int(np.argmax(np.where(np.isnan(wrong), 0, wrong))), np.shape(y)) if np.ndim(y) else ()
    left = max(0, int(-np.log10(min(1.0, float(wrong[entry])))))
    sign = "+" if node.primitive is not None and node.primitive.name == "add" else "−"
    second = static(b[entry])
    second = f"({second})" if second.startswith("−") else second
    place = f"At {list(map(int, entry))} " if entry else ""
    digits = f"about {left} digit{'s are' if left > 1 else ' is'} left that can be trusted"
    if not left:
        digits = "hardly any digit is left that can be trusted" if y[entry] else "no digit is left"
    affected = exam.inputs_above(i)
    shown = (
        f"{_many(a[entry])} {sign} {_many(b[entry])}"
        if static(a[entry]) == static(b[entry]).lstrip("−")
        else (f"{static(a[entry])} {sign} {second}")
    )
    return exam.finding(
        "cancellation",
        "warning",
        f"{exam.written(i)} loses its digits",
        f"{place}{shown} is {static(y[entry])}: two nearly equal numbers, each rounded to {node.dtype}, cancel, "
        f"and {digits}. {_moves(exam, lost)}",
        i,
        reaches=exam.names_of(affected),
        path=(i,),
    )


def _many(x: Any) -> str:
    text = np.format_float_positional(x, trim="-") if 1e-4 <= abs(x) < 1e16 else repr(float(x))
    return f"({text})".replace("-", "−") if x < 0 else text


_SHRINKING = frozenset(["multiply", "divide", "exp", "exp2", "power", "float_power", "square", "prod", "reciprocal"])
_INSIDE = {**dict.fromkeys(("norm", "std", "var"), "squares"), **dict.fromkeys(SUMS_OF_PRODUCTS, "products")}
"""Primitives that add what may become 0 before it is added, and what that is."""


def underflows(exam: Examination) -> Iterator[Finding]:
    """Yield the nodes all of whose entries became 0 though nothing they are made of is, where that is felt."""
    if exam.output is None:
        return
    if exam.column is not None and np.all(exam.column):
        return
    zeros = [i for i in exam.computed_by(_SHRINKING | _INSIDE.keys()) if _is_nothing(exam.values[i])]
    for group in exam.same_line([i for i in zeros if _is_rounded(exam, i)]).values():
        finding = _underflow(exam, group[0])
        if finding is not None:
            yield finding


def _is_nothing(value: Any) -> bool:
    """Whether all of a value is 0."""
    if type(value) is np.float64:
        return not value
    return bool(np.size(value)) and value.dtype.kind == "f" and not np.any(value)


def _is_rounded(exam: Examination, i: int) -> bool:
    """Whether the value of a node is 0 only because it was too small for its type."""
    node = exam.nodes[i]
    assert node.primitive is not None
    operands = [np.asarray(plain_value(x)) for x in node.operands]
    if node.primitive.name in _INSIDE:
        return all(map(is_finite, operands[:2])) and _adds_something(node, operands)
    if node.primitive.name in ("exp", "exp2"):
        return is_finite(operands[0])
    return all(is_finite(x) and np.all(x != 0) for x in operands)


def _adds_something(node: Variable, operands: list[Any]) -> bool:
    """Whether a sum of squares or products that came out as 0 has some that are none, and so rounded to 0."""
    assert node.primitive is not None
    name, function = node.primitive.name, node.primitive.function
    if name in SUMS_OF_PRODUCTS:
        if [x.dtype.kind for x in operands] != ["f", "f"]:
            return False
        met, size = (function(own(operands[0]), own(operands[1]), **node.params) for own in (_is_there, np.abs))
        return bool(np.any(met)) and not np.any(size)
    spread = operands[0] if name == "norm" else np.ptp(operands[0], axis=node.params.get("axis"))
    return bool(np.any(spread))


def _is_there(x: Any) -> Any:
    return np.not_equal(x, 0) * 1.0


def _underflow(exam: Examination, i: int) -> Finding | None:
    affected = exam.inputs_above(i)
    name, output = exam.recording.name, exam.values[exam.output]  # type: ignore[index]
    sick = [k for k in affected if (g := exam.adjoints[k]) is not None and (not np.any(g) or not is_finite(g))]
    is_value_lost = not is_finite(output) or not np.any(output)
    if not sick and not is_value_lost:
        return None
    if not is_finite(output) and not _makes_ill(exam, i):
        return None  # what made it so is told elsewhere
    node = exam.nodes[i]
    smallest = static(np.finfo(node.dtype).smallest_subnormal)
    operands = [f"{exam.called(parent)} = {numbers(exam.values[parent])}" for _, parent in exam.operands(i)]
    follows = f"{name} is {numbers(output)}" if is_value_lost else f"{exam.bars(sick)} {_becomes(exam, sick)}"
    written = exam.written(i)
    inside = _INSIDE.get(exam.primitive(i))
    what = f"the {inside} in {written} are" if inside else f"{written} is"
    return exam.finding(
        "underflow",
        "warning",
        f"{written} became 0",
        f"For {listed(list(dict.fromkeys(operands)))}, {what} less than {smallest}, the smallest "
        f"{node.dtype}, and round{'' if inside else 's'} to 0. So {follows}.{_of_many_factors(exam, i)}",
        i,
        reaches=exam.names_of(sick or affected),
        path=(i,),
    )


_MANY = 20  # factors of a product that a loop makes
_STEPS = 200  # on the way back through it


def _of_many_factors(exam: Examination, i: int) -> str:
    """Say what helps a product that a loop makes of many positive factors; empty of any other."""
    passes, product = 0, i
    for _ in range(_STEPS):
        if exam.primitive(product) != "multiply" or passes == _MANY:
            break
        passes += exam.expressions[product] == exam.expressions[i]
        if not all(np.all(np.greater_equal(plain_value(x), 0)) for x in exam.nodes[product].operands):
            return ""
        above = [k for _, k in exam.operands(product)]
        product = next((k for k in above if exam.primitive(k) == "multiply"), above[0])
    if passes < _MANY:
        return ""
    return " The sum of the logarithms of its factors, added up in their place from 0.0 on, stays in range."


def _makes_ill(exam: Examination, i: int) -> bool:
    """Whether what a node is made part of is not finite because something is 0, as the logarithm of it is."""
    below = exam.below(i)
    for k in exam.ill_values:
        if k in below and k != i:
            operands = [exam.values[parent] for _, parent in exam.operands(k)]
            if all(map(is_finite, operands)) and not all(map(np.all, operands)):
                return True
    return False


def _becomes(exam: Examination, sick: list[int]) -> str:
    what = "0" if all(not np.any(exam.adjoints[k]) for k in sick) else "not finite"
    return f"is {what}" if len(sick) == 1 else f"are {what}"
