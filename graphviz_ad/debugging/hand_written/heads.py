"""The slips that the head of a loop or of a condition may have, each undone.

What stands in a loop may be right, and the loop itself leave out a turn, or go the wrong way. A head is believed to be
wrong where, with another head and nothing else changed, all gradients are right.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator
from types import CodeType

from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.slips.scene import Proposal
from graphviz_ad.debugging.hand_written.statements import Statement, heads_of

__all__ = ["head_proposals"]

_Way = tuple[str, str]
"""An expression to stand in a head, and what the slip is in words."""


def head_proposals(codes: Collection[CodeType]) -> Iterator[Proposal]:
    """Yield other heads for the loops and conditions of some functions.

    Examples
    --------
    >>> def backward(n):
    ...     for i in range(n - 1):
    ...         pass
    >>> [proposal.edit.text for proposal in head_proposals([backward.__code__])][:2]
    ['for i in range(n):', 'for i in range(n - 2):']
    """
    for code in codes:
        for head in heads_of(code):
            part: ast.expr | None = getattr(head.node, "iter", None) or getattr(head.node, "test", None)
            if part is None:
                continue
            seen = set[str]()
            for kind, propose in HEADS:
                for text, words in propose(part) if isinstance(head.node, kind) else ():
                    if text not in seen:
                        seen.add(text)
                        yield Proposal("other", Edit(head, _with(head, part, text)), words)


def _with(head: Statement, part: ast.expr, text: str) -> str:
    start, end = head.segment(part)
    return head.text[:start] + text + head.text[end:]


def _ends(part: ast.expr) -> Iterator[_Way]:
    """A range that begins or ends a turn too early or too late."""
    inner = part
    while isinstance(inner, ast.Call) and ast.unparse(inner.func) in ("reversed", "enumerate", "list") and inner.args:
        inner = inner.args[0]
    if not isinstance(inner, ast.Call) or ast.unparse(inner.func) != "range":
        return
    whole, own = ast.unparse(part), ast.unparse(inner)
    for k, bound in enumerate(inner.args[:2]):
        for other in _beside(bound):
            arguments = [ast.unparse(one) for one in inner.args]
            arguments[k] = other
            new = f"range({', '.join(arguments)})"
            yield whole.replace(own, new, 1), f"The loop goes over `{own}` where `{new}` was meant"


def _beside(bound: ast.expr) -> Iterator[str]:
    """Yield a bound that is one more, and one less, as one would write it."""
    text = ast.unparse(bound)
    number = ast.literal_eval(bound) if _is_number(bound) else None
    if number is not None:
        yield from (str(number + 1), str(number - 1))
    elif isinstance(bound, ast.BinOp) and isinstance(bound.op, ast.Sub | ast.Add) and _is_number(bound.right):
        step = ast.literal_eval(bound.right) * (1 if isinstance(bound.op, ast.Add) else -1)
        for other in (step + 1, step - 1):
            sign = f" + {other}" if other > 0 else f" - {-other}" if other else ""
            yield f"{ast.unparse(bound.left)}{sign}"
    else:
        yield from (f"{text} - 1", f"{text} + 1")


def _is_number(part: ast.expr) -> bool:
    inner = part.operand if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub) else part
    return isinstance(inner, ast.Constant) and type(inner.value) is int


def _order(part: ast.expr) -> Iterator[_Way]:
    """A loop that goes through its turns in the wrong order."""
    text = ast.unparse(part)
    if isinstance(part, ast.Call) and ast.unparse(part.func) == "reversed" and len(part.args) == 1:
        new = ast.unparse(part.args[0])
        yield new, f"The loop goes backwards: `{new}` was meant"
    elif isinstance(part, ast.Subscript) and ast.unparse(part.slice) == "::-1":
        new = ast.unparse(part.value)
        yield new, f"The loop goes backwards: `{new}` was meant"
    else:
        is_plain = isinstance(part, ast.Name) or (isinstance(part, ast.Call) and ast.unparse(part.func) == "range")
        new = f"reversed({text})" if is_plain else f"reversed(list({text}))"
        yield new, f"The loop goes in the order of forward: `{new}` was meant"


_SIGNS: tuple[tuple[type[ast.cmpop], str], ...] = (
    (ast.Lt, "<"),
    (ast.Gt, ">"),
    (ast.LtE, "<="),
    (ast.GtE, ">="),
    (ast.Eq, "=="),
    (ast.NotEq, "!="),
    (ast.Is, "is"),
    (ast.IsNot, "is not"),
)
_ALIKE = (("<", ">", "<=", ">="), ("==", "!="), ("is", "is not"))


def _comparisons(test: ast.expr) -> Iterator[_Way]:
    """A condition that compares the wrong way."""
    whole = ast.unparse(test)
    for part in ast.walk(test):
        if not isinstance(part, ast.Compare) or len(part.ops) != 1:
            continue
        sign = next((sign for kind, sign in _SIGNS if isinstance(part.ops[0], kind)), "")
        own, left, right = ast.unparse(part), ast.unparse(part.left), ast.unparse(part.comparators[0])
        others = [other for group in _ALIKE if sign in group for other in group if other != sign]
        news = [f"{left} {other} {right}" for other in others]
        if _is_number(part.comparators[0]):
            news += [f"{left} {sign} {other}" for other in _beside(part.comparators[0])]
        for new in news:
            yield whole.replace(own, new, 1), f"It asks for `{own}` where `{new}` was meant"


def _junctions(test: ast.expr) -> Iterator[_Way]:
    """A condition with `and` for `or`, or with a `not` too many or too few."""
    text = ast.unparse(test)
    if isinstance(test, ast.BoolOp):
        sign, other = ("and", "or") if isinstance(test.op, ast.And) else ("or", "and")
        new = f" {other} ".join(f"({ast.unparse(value)})" for value in test.values)
        yield new, f"It has `{sign}` where `{other}` was meant"
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        new = ast.unparse(test.operand)
        yield new, f"It asks for `{text}` where `{new}` was meant"
    else:
        yield f"not ({text})", f"It asks for `{text}` where the opposite was meant"


HEADS: tuple[tuple[type[ast.stmt] | tuple[type[ast.stmt], ...], Callable[[ast.expr], Iterator[_Way]]], ...] = (
    (ast.For, _ends),
    (ast.For, _order),
    ((ast.If, ast.While), _comparisons),
    ((ast.If, ast.While), _junctions),
)
"""Which heads each kind of slip is sought in, and what writes the expression without it."""
