"""Where a line stands, what it could have used instead, and how another line is written for it."""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
import warnings
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.debugging.hand_written.comparing import Array, as_numbers
from graphviz_ad.debugging.hand_written.keeping import is_persons_object
from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.running import copied
from graphviz_ad.debugging.hand_written.statements import Statement
from graphviz_ad.debugging.hand_written.truth import Truth

__all__ = ["MOST_NAMES", "Proposal", "Scene", "atom", "compiled", "product"]

MOST_NAMES = 40
_MOST_CALLS = 60


class Proposal(NamedTuple):
    """Another line for a statement.

    Attributes
    ----------
    slip : str
    edit : Edit
    words : str
        What the slip is, in a sentence without its end; `code` marks what is code in it.
    is_written : bool
        Whether the edit's text is one that the person could write.
    """

    slip: str
    edit: Edit
    words: str
    is_written: bool = True


class Scene(NamedTuple):
    """Where a line stands: what it could have used instead.

    Attributes
    ----------
    statement : Statement
    truth : Truth
    local, scope : dict
        Copies of its names, before it ran for the first time.
    got, expected : array or None
        What its place held then, and what it ought to have, where that is known.
    whole : bool
        Whether this line alone has made it what it was.
    aim : ast.expr or None
        What its place gets of the line's value, where that is not all of it: one of what is returned.
    """

    statement: Statement
    truth: Truth
    local: Mapping[str, Any]
    scope: dict[str, Any]
    got: Array | None
    expected: Array | None
    whole: bool = False
    aim: ast.expr | None = None

    @property
    def value(self) -> ast.expr:
        """The expression of the line."""
        value = self.statement.value
        assert value is not None
        return value

    def is_whole(self, part: ast.expr) -> bool:
        """Return whether an expression is all that a place gets: the line's value, or one of what is returned."""
        value = self.value
        return part is value or (isinstance(value, ast.Tuple | ast.List) and part in value.elts)

    def text(self, part: ast.AST) -> str:
        """Return an expression as it is written."""
        start, end = self.statement.segment(part)  # type: ignore[arg-type]
        return self.statement.text[start:end]

    def with_parts(self, *parts: tuple[ast.expr, str]) -> str:
        """Return the line with other expressions in the place of some; for the whole value also for its brackets."""
        text = own = self.statement.text
        for part, new in sorted(parts, key=lambda one: -self.statement.segment(one[0])[0]):
            start, end = self.statement.segment(part)
            while part is self.value and text[:start].endswith("(") and text[end:].startswith(")"):
                start, end = start - 1, end + 1
            text = _plainly(text[:start], _bare(new) if part is self.value else new, text[end:], own)
        return text

    def edit(self, *parts: tuple[ast.expr, str], **names: Any) -> Edit:
        """Return the edit of the line with other expressions."""
        return Edit(self.statement, self.with_parts(*parts), names)

    def evaluated(self, part: ast.AST) -> Array | None:
        """Return what an expression was, where it is numbers and computing it again does no harm."""
        try:
            calls = any(isinstance(inner, ast.Call) for inner in ast.walk(part))
            local = copied(dict(self.local)) if calls else dict(self.local)
            with np.errstate(all="ignore"):
                return as_numbers(eval(compiled(ast.Expression(part), "eval"), self.scope, local))  # type: ignore[arg-type]
        except Exception:  # it may need what is not there yet, or be no expression of its own
            return None

    def looked_up(self, part: ast.AST) -> Any:
        """Return what an expression stood for, whatever that is, where looking it up calls nothing; else None."""
        if any(isinstance(inner, ast.Call) for inner in ast.walk(part)):
            return None
        try:
            return eval(compiled(ast.unparse(part), "eval"), self.scope, dict(self.local))
        except Exception:  # it may need what is not there yet
            return None

    def parts(self) -> Iterator[ast.expr]:
        """Yield the expressions in the line's value, the outermost first."""
        waiting: list[ast.AST] = [self.value]
        while waiting:
            part = waiting.pop(0)
            if isinstance(part, ast.expr):
                yield part
            if not isinstance(part, ast.Lambda):
                waiting += list(ast.iter_child_nodes(part))

    def places(self) -> Iterator[ast.expr]:
        """Yield the expressions that say where it writes, as the mask in ``dx[x <= 0] = 0``."""
        for target in self.statement.node.targets if isinstance(self.statement.node, ast.Assign) else ():
            if isinstance(target, ast.Subscript):
                yield from (part for part in ast.walk(target.slice) if isinstance(part, ast.expr))

    def size(self, count: int) -> str:
        """Return a whole number, by its name where it has exactly one here."""
        names = [name for name, value in self.sizes().items() if value == count]
        return names[0] if len(names) == 1 else str(count)

    def sizes(self) -> dict[str, int]:
        """Return the whole numbers that have a name here, by it."""
        return {name: value for name, value in self.local.items() if type(value) is int and name.isidentifier()}

    def operands(self) -> Iterator[ast.expr]:
        """Yield the names, attributes and entries in the line."""
        for part in (*self.parts(), *self.places()):
            if isinstance(part, ast.Name | ast.Attribute | ast.Subscript):
                yield part

    def arrays(self) -> dict[str, Array]:
        """Return the arrays that the line could name, by how it would name them."""
        arrays: dict[str, Array] = {}
        used = [name for name in (*_names(self.statement), *self.truth.words) if name in self.scope]
        for name, value in [*self.local.items(), *((name, self.scope[name]) for name in used)]:
            for text, one in _named(name, value):
                if one.dtype.kind in "fcb" and (one.ndim or one.dtype.kind == "f") and text not in arrays:
                    arrays[text] = one
        for text in _used(self.statement):
            used_one = self.evaluated(ast.parse(text, mode="eval").body)
            if used_one is not None and used_one.dtype.kind in "fb" and used_one.ndim:
                arrays.setdefault(text, used_one)
        plainest: dict[str, Array] = {}
        for name, value in sorted(arrays.items(), key=_plainness)[:MOST_NAMES]:
            if name.isidentifier() or not any(np.array_equal(value, other) for other in plainest.values()):
                plainest[name] = value  # in the first turn of a loop a sum is still its first term
        return plainest

    def calls(self) -> dict[str, Array]:
        """Return what the functions of one argument give that are called around the line, of what it could name."""
        texts = [f"{function}({name})" for function in _functions_of_one(self.statement) for name in self.arrays()]
        calls = {text: self.evaluated(ast.parse(text, mode="eval").body) for text in texts[:_MOST_CALLS]}
        return {text: value for text, value in calls.items() if value is not None and value.ndim}

    def of_forward(self) -> dict[str, Array]:
        """Return the arrays that forward has a name for."""
        named = self.truth.names.items()
        return {name: np.asarray(nodes[0].value) for name, nodes in named if len(nodes) == 1 and nodes[0].ndim}


def _bare(text: str) -> str:
    """Return an expression without the brackets around all of it, which nobody would write.

    Examples
    --------
    >>> _bare("(2 * x)"), _bare("(a) + (b)"), _bare("(a, b)")
    ('2 * x', '(a) + (b)', '(a, b)')
    """
    inner = text[1:-1]
    if text[:1] + text[-1:] != "()" or "\n" in text:
        return text
    try:
        whole, bare = (ast.parse(one, mode="eval").body for one in (text, inner))
    except SyntaxError:
        return text
    return inner if ast.dump(whole) == ast.dump(bare) and not isinstance(bare, ast.Tuple) else text


def _plainly(head: str, new: str, tail: str, own: str) -> str:
    """Return a line without the brackets of a new part that change nothing in it; the person's own stay.

    Examples
    --------
    >>> _plainly("d = a + ", "(b * c)", "", "d = a + b"), _plainly("d = ", "(-1.0) / n", "", "d = -1.0")
    ('d = a + b * c', 'd = -1.0 / n')
    """
    place = new.find("(")
    meaning = _meaning(head + new + tail) if place >= 0 else None
    while place >= 0 and meaning is not None:
        end = _closing(new, place)
        bare = new[:place] + new[place + 1 : end] + new[end + 1 :] if end > place else new
        before = new[:place][-1:]
        is_bracket = end > place and not before.isidentifier() and before not in (")", "]")
        is_needless = is_bracket and new[place : end + 1] not in own and _meaning(head + bare + tail) == meaning
        new, place = (bare, bare.find("(", place)) if is_needless else (new, new.find("(", place + 1))
    return head + new + tail


def _meaning(text: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse("def _():\n" + textwrap.indent(text, " ")))
    except SyntaxError:
        return None


def _closing(text: str, start: int) -> int:
    """Return where the bracket is closed that is opened somewhere; -1 where it is not."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if not depth:
            return place
    return -1


def _plainness(pair: tuple[str, Array]) -> tuple[int, int]:
    """Return by what names are ordered: words first, then what the person writes, at last numbered entries."""
    kind = 0 if pair[0].isidentifier() else 2 if re.search(r"\[\d+\]$", pair[0]) else 1
    return kind, pair[0].count("[") if kind == 2 else 0


def compiled(source: Any, mode: str) -> Any:
    """Compile a line that may be an odd one, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(source, "<line>", mode)


@lru_cache(maxsize=256)
def _names(statement: Statement) -> tuple[str, ...]:
    """Return the names used in the function or class that a statement stands in."""
    return tuple(dict.fromkeys(node.id for node in ast.walk(statement.top) if isinstance(node, ast.Name)))


@lru_cache(maxsize=256)
def _used(statement: Statement) -> tuple[str, ...]:
    """Return the attributes and entries that are read in the function that a statement stands in, as ``hs[t - 1]``."""
    parts = (part for node in statement.function for part in ast.walk(node))
    used = [
        part for part in parts if isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Load)
    ]
    texts = dict.fromkeys(ast.unparse(part) for part in used if not any(_calls(inner) for inner in ast.walk(part)))
    return tuple(texts)[:MOST_NAMES]


@lru_cache(maxsize=256)
def _functions_of_one(statement: Statement) -> tuple[str, ...]:
    """Return the person's functions of one argument that are called in the function that a statement stands in."""
    parts = (part for node in statement.function for part in ast.walk(node))
    calls = [part for part in parts if isinstance(part, ast.Call) and len(part.args) == 1 and not part.keywords]
    names = dict.fromkeys(call.func.id for call in calls if isinstance(call.func, ast.Name))
    return tuple(name for name in names if not hasattr(builtins, name))


def _calls(part: ast.AST) -> bool:
    """Return whether an expression calls more than `str`, as in ``grads["dW" + str(l)]``."""
    return isinstance(part, ast.Call) and not (isinstance(part.func, ast.Name) and part.func.id == "str")


def _named(name: str, value: Any, depth: int = 2) -> Iterator[tuple[str, Array]]:
    numbers = as_numbers(value)
    if numbers is not None:
        yield name, numbers
    elif depth and isinstance(value, dict):
        for key, entry in value.items():
            if isinstance(key, str):
                yield from _named(f"{name}[{key!r}]".replace("'", '"'), entry, depth - 1)
    elif depth and isinstance(value, tuple | list) and len(value) <= 12:
        for key, entry in enumerate(value):
            yield from _named(f"{name}[{key}]", entry, depth - 1)
    elif depth and name.split(".")[0] == "self" and is_persons_object(value):
        for key, entry in vars(value).items():
            yield from _named(f"{name}.{key}", entry, depth - 1)


def atom(part: ast.expr, text: str) -> str:
    """Return the text of an expression as a factor."""
    simple = isinstance(part, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.Constant)
    return text if simple else f"({text})"


def product(part: ast.expr, text: str) -> str:
    """Return the text of an expression as the left side of a product."""
    is_product = isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult | ast.Div | ast.MatMult)
    return text if is_product else atom(part, text)
