"""Where and at what a function raised: the expression, its operands and the calls on the way, read off a traceback.

Looked for when somebody asks. Nothing of the person's runs again: names are looked up where they stand, and of other
operands it is known what was recorded there.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.engine.aftermath import Aftermath, kept
from graphviz_ad.engine.frames import is_foreign
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.source import Site, position, resolve, source_lines
from graphviz_ad.engine.variable import Variable
from graphviz_ad.engine.versions import newest
from graphviz_ad.engine.written import MISSING, lookup
from graphviz_ad.errors import InputError, LeakError, UnsupportedError, text_of

__all__ = ["Failure", "Operand", "Remains", "remains_of"]

_LONGEST = 60  # characters of an operand as it is written
_DIVISIONS = (ast.Div, ast.FloorDiv, ast.Mod)


class Operand(NamedTuple):
    """What the expression that raised is made of.

    Attributes
    ----------
    text : str
        As it is written there.
    value : object
        A Variable, or something plain; `written.MISSING` where it cannot be known without running it again.
    """

    text: str
    value: Any

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Its shape; None of what is no number and no array, and of what is not known."""
        value = plain_value(self.value) if isinstance(self.value, Variable) else self.value
        if isinstance(value, np.ndarray | np.generic | int | float | complex) and not isinstance(value, bool):
            return np.shape(value)
        return None


@prints
@dataclass(frozen=True, eq=False)
class Failure:
    """What raised.

    Attributes
    ----------
    error : BaseException
        The person's own, or ours.
    calls : tuple of Site
        The person's lines on the way to it, from the function that was called on; the last one is where it was raised.
    operands : tuple of Operand
    reason : str
        What did not fit, in few words: ``"inner sizes 4 and 3 differ"``; empty where only the message says it.
    """

    error: BaseException
    calls: tuple[Site, ...]
    operands: tuple[Operand, ...]
    reason: str

    @property
    def site(self) -> Site | None:
        """Where it was raised; None where no line is the person's."""
        return self.calls[-1] if self.calls else None

    @property
    def type_name(self) -> str:
        """What the exception is called."""
        return type(self.error).__name__

    @property
    def message(self) -> str:
        """What the exception says."""
        return text_of(self.error)


class Remains(Recording):
    """What was recorded before a function raised: values up to there, and no output.

    Attributes
    ----------
    failure : Failure
    """

    def __init__(self, aftermath: Aftermath, error: BaseException) -> None:
        name, function, inputs, watch, traceback = aftermath
        super().__init__(name, function, inputs, None, watch, keeps_all=True)
        places = list(_places(traceback))
        self.failure = _failure(error, places, watch.nodes)
        self._code = places[-1].tb_frame.f_code if places else None

    @property
    def output(self) -> None:
        """None: the function did not return."""
        return

    @property
    def outputs(self) -> tuple[Variable, ...]:
        """None of them is there."""
        return ()

    @property
    def start(self) -> None:
        """None: there is nothing to start a sweep from."""
        return

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """What the function was called with."""
        return self._inputs

    @property
    def source(self) -> Any:
        """Whose code is shown beside it: that of the function that raised, which may be one that was called."""
        return self.function if self._code is None or self._code.co_name == "<module>" else self._code

    @property
    def nodes(self) -> tuple[Variable, ...]:
        """All that was recorded, in execution order, with what the expression that raised was about to read."""
        nodes = {node.index: node for node in super().nodes}
        waiting = [operand.value for operand in self.failure.operands if isinstance(operand.value, Variable)]
        while waiting:
            node = waiting.pop()
            if node.index not in nodes:
                nodes[node.index] = node
                waiting.extend(node.parents)
        return tuple(nodes[index] for index in sorted(nodes))

    def as_recording(self) -> Recording:
        """Return itself: whoever shows it is somebody else."""
        return self


def remains_of(error: BaseException, who: str) -> Remains:
    """Return what an exception keeps.

    Raises
    ------
    InputError
        For an exception that came through no recording.

    Examples
    --------
    >>> try:
    ...     remains_of(ValueError("no"), "post_mortem")
    ... except InputError as error:
    ...     print(error)
    post_mortem: nothing was recorded before ValueError 'no'; call the function with gad.trace(f, ...)
    """
    aftermath = kept(error)
    if aftermath is None:
        said = f"{type(error).__name__} {text_of(error)[:60]!r}"
        raise InputError(f"{who}: nothing was recorded before {said}; call the function with gad.trace(f, ...)")
    while error.__cause__ is not None and kept(error.__cause__) is aftermath:
        error = error.__cause__
    return Remains(aftermath, error)


# -- reading a traceback ----------------------------------------------------------------------------------------------


def _failure(error: BaseException, places: Sequence[TracebackType], nodes: Sequence[Variable]) -> Failure:
    calls = [resolve(place.tb_frame.f_code, place.tb_lasti) for place in places]
    if not places:
        return Failure(error, (), (), "")
    expression = _expression(places[-1])
    operands = tuple(_operands(expression, places[-1], nodes))
    return Failure(error, tuple(filter(None, calls)), operands, _reason(error, expression, operands))


def _places(traceback: TracebackType | None) -> Iterator[TracebackType]:
    """Yield where the person's frames are in a traceback, the outermost first."""
    while traceback is not None:
        if not is_foreign(traceback.tb_frame.f_code.co_filename):
            yield traceback
        traceback = traceback.tb_next


_Span = tuple[int | None, int | None, int | None, int | None]


def _span(part: ast.expr | ast.stmt) -> _Span:
    return part.lineno, part.end_lineno, part.col_offset, part.end_col_offset


def _expression(place: TracebackType) -> ast.expr | ast.stmt | None:
    """Return what was running at a place of a traceback, as it stands in its file; None where that cannot be read."""
    code = place.tb_frame.f_code
    span = position(code, place.tb_lasti)
    if source_lines(code) is None:  # edited since
        return None
    try:
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    parts = (part for part in ast.walk(tree) if isinstance(part, ast.expr | ast.stmt))
    return next((part for part in parts if _span(part) == span and not isinstance(part, ast.Expr)), None)


def _operands(
    expression: ast.expr | ast.stmt | None, place: TracebackType, nodes: Sequence[Variable]
) -> Iterator[Operand]:
    for part in _parts(expression, place):
        text = ast.unparse(part)
        yield Operand(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…", _value(part, place, nodes))


def _parts(expression: ast.expr | ast.stmt | None, place: TracebackType) -> Iterator[ast.expr]:
    """Yield the operands of an expression as they are written, those of a list of arrays one by one."""
    if isinstance(expression, ast.BinOp):
        yield from (expression.left, expression.right)
    elif isinstance(expression, ast.AugAssign):
        yield from (expression.target, expression.value)
    elif isinstance(expression, ast.UnaryOp):
        yield expression.operand
    elif isinstance(expression, ast.Compare):
        yield from (expression.left, *expression.comparators)
    elif isinstance(expression, ast.Subscript):
        yield from (expression.value, expression.slice)
    elif isinstance(expression, ast.Attribute):
        yield expression.value
    elif isinstance(expression, ast.Call):
        function = expression.func
        if isinstance(function, ast.Attribute) and _is_method(function, place):
            yield function.value
        for argument in (*expression.args, *(word.value for word in expression.keywords)):
            yield from argument.elts if isinstance(argument, ast.List | ast.Tuple) else (argument,)


def _is_method(function: ast.Attribute, place: TracebackType) -> bool:
    """Whether a function is called on a value, and not read from a module."""
    owner = lookup(place.tb_frame, function.value)
    return isinstance(newest(owner), Variable | np.ndarray) or (
        owner is MISSING and not isinstance(function.value, ast.Name | ast.Attribute)
    )


def _value(part: ast.expr, place: TracebackType, nodes: Sequence[Variable]) -> Any:
    """Return what an operand is, without running anything: a literal, a name, or what was recorded there last."""
    if isinstance(part, ast.Constant):
        return part.value
    if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub) and isinstance(part.operand, ast.Constant):
        return -part.operand.value if isinstance(part.operand.value, int | float | complex) else MISSING
    value = lookup(place.tb_frame, part)
    if value is not MISSING:
        return newest(value)
    code, span = place.tb_frame.f_code, _span(part)
    return next(
        (node for node in reversed(nodes) if node._code is code and position(code, node._lasti) == span), MISSING
    )


# -- what did not fit -------------------------------------------------------------------------------------------------


def _reason(error: BaseException, expression: ast.expr | ast.stmt | None, operands: Sequence[Operand]) -> str:
    """Return in few words what did not fit, where the operands show it; else nothing."""
    if isinstance(error, LeakError):
        return "would leave the graph"
    if isinstance(error, UnsupportedError):
        return "is not recorded"
    for fits, tell in _RULES:
        if fits(error, expression):
            return tell(operands)
    return ""


def _is_product(error: BaseException, expression: Any) -> bool:
    if not isinstance(error, ValueError):
        return False
    if isinstance(expression, ast.Call):
        return ast.unparse(expression.func).rpartition(".")[2] in ("matmul", "dot")
    return isinstance(getattr(expression, "op", None), ast.MatMult)


def _inner(operands: Sequence[Operand]) -> str:
    shapes = [operand.shape for operand in operands]
    if len(shapes) != 2 or not shapes[0] or not shapes[1]:
        return "an operand is a single number" if () in shapes else ""
    (*_, first), second = shapes[0], shapes[1][-2:][0]
    return f"inner sizes {first} and {second} differ" if first != second else ""


def _combines(error: BaseException, expression: Any) -> bool:
    return isinstance(error, ValueError) and isinstance(expression, ast.BinOp | ast.AugAssign | ast.Compare)


def _apart(operands: Sequence[Operand]) -> str:
    """Return the sizes that cannot be broadcast together."""
    shapes = [operand.shape for operand in operands]
    if len(shapes) != 2 or shapes[0] is None or shapes[1] is None:
        return ""
    pairs = zip(reversed(shapes[0]), reversed(shapes[1]), strict=False)
    return next((f"sizes {a} and {b} differ, and neither is 1" for a, b in pairs if a != b and 1 not in (a, b)), "")


def _divides(error: BaseException, expression: Any) -> bool:
    return isinstance(error, ZeroDivisionError) and isinstance(getattr(expression, "op", None), _DIVISIONS)


def _zero(operands: Sequence[Operand]) -> str:
    divisor = operands[-1]
    known = divisor.shape == () and not np.any(plain_value(divisor.value))
    return f"{divisor.text} is 0" if known and divisor.text != "0" else "division by 0"


def _looks_up(error: BaseException, expression: Any) -> bool:
    return isinstance(error, LookupError) and isinstance(expression, ast.Subscript)


def _entry(operands: Sequence[Operand]) -> str:
    owner, index = operands
    place = plain_value(index.value) if isinstance(index.value, Variable) else index.value
    if isinstance(owner.value, dict) and isinstance(place, str | int):
        return f"no key {place!r}"[:40] if place not in owner.value else ""
    size = _length(owner)
    if isinstance(place, int | np.integer) and size is not None and not -size <= place < size:
        return f"index {place}, of {size} entr{'y' if size == 1 else 'ies'}"
    return ""


def _length(owner: Operand) -> int | None:
    if isinstance(owner.value, list | tuple):
        return len(owner.value)
    return owner.shape[0] if owner.shape else None


_RULES: tuple[tuple[Callable[[BaseException, Any], bool], Callable[[Sequence[Operand]], str]], ...] = (
    (_is_product, _inner),
    (_combines, _apart),
    (_divides, _zero),
    (_looks_up, _entry),
)
"""For an exception and the expression that it came from, who tells what did not fit; the first that knows it."""
