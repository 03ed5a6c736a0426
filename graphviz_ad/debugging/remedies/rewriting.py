"""The person's own lines, before and after: one stretch of an expression is replaced, all else stays as written.

What a letter of a remedy stands for is spelled as the person spells it. A stretch of another line is quoted only where
its names must mean the same here: they are bound once in the function, before this line, and never written to. None
is returned wherever that, or the source itself, is in doubt.
"""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, TypeGuard

import numpy as np

from graphviz_ad.debugging.findings import Lines
from graphviz_ad.debugging.remedies.callers import passed
from graphviz_ad.debugging.remedies.imports import Spelling, imported, spelling, tree_of
from graphviz_ad.debugging.remedies.matching import Use
from graphviz_ad.debugging.remedies.replaying import Change
from graphviz_ad.engine.source import Site
from graphviz_ad.engine.variable import Variable
from graphviz_ad.story.constants import call_of

__all__ = ["Quote", "Span", "import_needed", "rewritten", "span_of", "wrapped"]

_ATOMS = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Tuple)
_TIGHTNESS = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.MatMult: 2, ast.Pow: 3}
_NUMPY = re.compile(r"\bnp\.(\w+)")
_OPENED, _CLOSED = ("(", "[", "{", ",", "=", ":", "return"), (")", "]", "}", ",", "#", "")


class Quote(NamedTuple):
    """An expression of the person's that a letter stands for: a parameter such as a condition, by its name."""

    node: Variable
    param: str


class Span(NamedTuple):
    """A stretch of a file, lines from 1, characters from 0."""

    line: int
    column: int
    end_line: int
    end_column: int


def rewritten(changes: Sequence[Change], spelled: Sequence[Mapping[str, Use | Quote]]) -> Lines | None:
    """Return the lines that changes are made on, before and after, None where the source leaves a doubt.

    Parameters
    ----------
    changes : sequence of Change
        Those of one line of the person's, or of lines that are one statement.
    spelled : sequence of dict
        For each change where its letters stand in the source.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> t = gad.trace(lambda x: np.sqrt(x), 0.0)  # of a doctest, whose lines can be read
    >>> change = Change(t.nodes[1], 0, "np.abs(a)", {"a": t.nodes[0]})
    >>> rewritten([change], [{"a": Use(t.nodes[1], 0)}]).after
    't = gad.trace(lambda x: np.sqrt(np.abs(x)), 0.0)  # of a doctest, whose lines can be read'
    """
    site = changes[0].node.site
    lines = [] if site is None else linecache.getlines(site.filename)
    tree = tree_of("".join(lines)) if site is not None and site.text else None
    if site is None or tree is None:
        return None
    edits: dict[Span, str] = {}
    for change, uses in zip(changes, spelled, strict=True):
        span = span_of(change)
        text = None if span is None else _text(change, uses, span, tree)
        if span is None or text is None or edits.setdefault(span, text) != text:
            return None
    return _edited(edits, lines)


def wrapped(node: Variable, before: str, after: str) -> Lines | None:
    """Return the lines of a node's expression with something before and after it, None where the source is in doubt.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> t = gad.trace(lambda x: np.sqrt(x), 0.0)  # of a doctest
    >>> wrapped(t.nodes[1], "print(", ")").after
    't = gad.trace(lambda x: print(np.sqrt(x)), 0.0)  # of a doctest'
    """
    site, span = node.site, span_of(Change(node, None, "", {}))
    if site is None or span is None or _expression(site.text) is None:
        return None
    return _edited({span: f"{before}{site.text}{after}"}, linecache.getlines(site.filename))


# -- where ------------------------------------------------------------------------------------------------------------


def span_of(change: Change) -> Span | None:
    """Return which stretch of the person's code a change replaces, None where that is in doubt."""
    site = change.node.site
    if site is None or site.column < 0 or change.node.origin is not None:
        return None
    if change.argument is None:
        return Span(site.line, site.column, site.end_line, site.end_column)
    expression = _operand(change.node, change.argument)
    return None if expression is None else _within(site, expression)


def _operand(node: Variable, k: int) -> ast.expr | None:
    """Return the expression of an operand, placed in the text of its node's site in parentheses."""
    site = node.site
    body = None if site is None else _expression(site.text)
    if body is None:  # a statement such as a += b
        return None
    operands = call_of(node).operands
    if operands:
        return operands[k]
    if isinstance(body, ast.UnaryOp) and isinstance(body.op, ast.USub) and len(node.operands) == 1:
        return body.operand
    if isinstance(body, ast.Call) and isinstance(body.func, ast.Name) and _calls(body.func.id, node):
        return body.args[k] if len(body.args) == len(node.operands) and not body.keywords else None
    if isinstance(body, ast.Call) and isinstance(body.func, ast.Attribute) and not body.args:
        return body.func.value if len(node.operands) == 1 else None  # a method, such as detach
    return None


def _calls(word: str, node: Variable) -> bool:
    """Whether a word is imported from NumPy, under a name of the person's, as what recorded a node."""
    site, primitive = node.site, node.primitive
    tree = None if site is None else tree_of("".join(linecache.getlines(site.filename)))
    if site is None or tree is None or primitive is None or not primitive.elementwise:
        return False
    own = imported("numpy", word, site.filename, (site.line, site.end_line), tree)
    return bool(own) and getattr(getattr(np, own, None), "__name__", "") == primitive.name


@lru_cache(maxsize=1024)
def _expression(text: str) -> ast.expr | None:
    try:
        return ast.parse(f"({text})", mode="eval").body
    except (SyntaxError, ValueError):
        return None


def _within(site: Site, part: ast.expr) -> Span:
    """Return where in the file a part of a site's expression stands."""
    rows = f"({site.text})".split("\n")

    def place(line: int, column: int) -> tuple[int, int]:
        characters = len(rows[line - 1].encode()[:column].decode(errors="ignore"))
        return site.line + line - 1, characters + (site.column - 1 if line == 1 else 0)

    end_line, end_column = part.end_lineno or part.lineno, part.end_col_offset or part.col_offset
    return Span(*place(part.lineno, part.col_offset), *place(end_line, end_column))


# -- what -------------------------------------------------------------------------------------------------------------


def _text(change: Change, uses: Mapping[str, Use | Quote], span: Span, tree: ast.Module) -> str | None:
    """Return a line of NumPy with the person's words in the place of letters."""
    texts: dict[str, str] = {}
    for letter, value in change.letters.items():
        text = _keywords(value) if isinstance(value, dict) else _spelling(uses.get(letter), change.node, span, tree)
        if text is None:
            return None
        texts[letter] = text
    code = change.code.replace(", **k", texts.pop("k")) if "k" in texts else change.code
    text = _filled(_in_words(code, change, tree)[0], texts)
    return text if change.argument is not None else _written_to_the_same(text, change)


_WRITING = ("out", "where")  # options of a ufunc, which say where its result goes


def _written_to_the_same(text: str, change: Change) -> str | None:
    """Return a call with the person's ``out=`` in it, where their call has one; None where it cannot have it."""
    body = None if change.node.site is None else _expression(change.node.site.text)
    kept = [word for word in body.keywords if word.arg in _WRITING] if isinstance(body, ast.Call) else []
    if not kept or (change.node.primitive is not None and change.node.primitive.name == "where"):
        return text
    call = _expression(text)
    name = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else ""
    if not isinstance(getattr(np, name, None), np.ufunc):
        return None
    return f"{text[:-1]}, {', '.join(f'{word.arg}={ast.unparse(word.value)}' for word in kept)})"


def _in_words(code: str, change: Change, tree: ast.Module) -> tuple[str, str]:
    """Return a line with NumPy called as it is imported where a change is made, and the import that is lacking."""
    site = change.node.site
    attributes = list(dict.fromkeys(_NUMPY.findall(code)))
    if site is None or not attributes:
        return code, ""
    own = spelling("numpy", "np", attributes, site.filename, (site.line, site.end_line), tree)
    if not own.needs and not set(change.letters).isdisjoint(own.words.values()):
        own = Spelling({name: f"np.{name}" for name in attributes}, "import numpy as np")
    return _NUMPY.sub(lambda match: own.words[match[1]], code), own.needs


def import_needed(changes: Sequence[Change]) -> str:
    """Return the import that the file of some changes lacks for them, empty where it lacks none.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> t = gad.trace(lambda x: np.sqrt(x), 0.0)
    >>> import_needed([Change(t.nodes[1], 0, "np.abs(a)", {"a": t.nodes[0]})])
    ''
    """
    for change in changes:
        tree = None if change.node.site is None else tree_of("".join(linecache.getlines(change.node.site.filename)))
        needs = "" if tree is None else _in_words(change.code, change, tree)[1]
        if needs:
            return needs
    return ""


def _keywords(params: Mapping[str, Any]) -> str:
    said = {key: value for key, value in params.items() if value is not None and value is not False}
    return "".join(f", {key}={value!r}" for key, value in said.items())


def _filled(code: str, texts: Mapping[str, str]) -> str:
    """Put texts in the place of names, in parentheses where they are needed."""
    tree = ast.parse(code, mode="eval")
    free = {id(tree.body)} | {id(part) for whole in ast.walk(tree) for part in _delimited(whole)}
    compared = {id(whole.left) for whole in ast.walk(tree) if isinstance(whole, ast.Compare)}
    names = [name for name in ast.walk(tree) if isinstance(name, ast.Name) and name.id in texts]
    minus = {id(part.operand): part for part in ast.walk(tree) if _is_minus(part)}
    for name in sorted(names, key=lambda name: -name.col_offset):
        inner, sign = _expression(texts[name.id]), minus.get(id(name))
        if sign is not None and id(sign) in free and _is_minus(inner) and isinstance(inner.operand, _ATOMS):
            code = code[: sign.col_offset] + ast.unparse(inner.operand) + code[name.end_col_offset :]
            continue
        text = texts[name.id]
        kinds = (*_ATOMS, ast.BinOp, ast.UnaryOp) if id(name) in compared else _ATOMS
        needless = isinstance(inner, kinds) or _binds_as_tightly(inner, name, tree)
        if id(name) not in free and not needless:
            text = f"({text})"
        code = code[: name.col_offset] + text + code[name.end_col_offset :]
    return code


def _binds_as_tightly(inner: ast.expr | None, name: ast.Name, tree: ast.AST) -> bool:
    """Whether an expression is computed before that in which it takes the place of a name, without parentheses."""
    own = _TIGHTNESS.get(type(inner.op), 0) if isinstance(inner, ast.BinOp) else 0
    for whole in ast.walk(tree):
        if isinstance(whole, ast.BinOp) and not isinstance(whole.op, ast.Pow):
            least = _TIGHTNESS.get(type(whole.op), 9)
            if whole.left is name or whole.right is name:
                return own >= least + (whole.right is name)
    return False


def _is_minus(part: ast.AST | None) -> TypeGuard[ast.UnaryOp]:
    return isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub)


def _delimited(whole: ast.AST) -> list[ast.expr]:
    """Return the parts of an expression that need no parentheses, whatever they are: what stands between brackets."""
    if isinstance(whole, ast.Call):
        return whole.args
    return [whole.slice] if isinstance(whole, ast.Subscript) else []


def _spelling(use: Use | Quote | None, root: Variable, span: Span, tree: ast.Module) -> str | None:
    """Return what the person calls something, if that means the same where it is to stand."""
    if use is None or use.node.site is None:
        return None
    site, node = use.node.site, use.node
    expression = call_of(node).params.get(use.param) if isinstance(use, Quote) else _operand(node, use.argument)
    if expression is None:
        return None
    text = ast.get_source_segment(f"({site.text})", expression)
    if text is None or "#" in text or any(isinstance(part, ast.NamedExpr) for part in ast.walk(expression)):
        return None
    text = " ".join(map(str.strip, text.split("\n")))
    here = _within(site, expression)
    if _is_inside(here, span):
        return text
    if node._code is not root._code:
        return _in_words_of_caller(expression, node, span, tree)
    return text if _is_around(site, span) or _mean_the_same(expression, span, tree) else None


def _in_words_of_caller(expression: ast.expr, node: Variable, span: Span, tree: ast.Module) -> str | None:
    """Return an expression of a helper by what is passed to it in the function around a stretch."""
    own = passed(expression, node._code, _around(span, tree))
    if own is None or not all(_is_part(part, span) or _mean_the_same(part, span, tree) for part in own.arguments):
        return None
    return own.text


def _is_part(expression: ast.expr, span: Span) -> bool:
    """Whether an expression of the file stands in a stretch of one of its lines, outside of all that binds names."""
    scopes = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr)
    if span.line != span.end_line or expression.lineno != span.line or any(
        isinstance(part, scopes) for part in ast.walk(expression)
    ):  # fmt: skip
        return False
    return span.column <= expression.col_offset and (expression.end_col_offset or 0) <= span.end_column


def _is_inside(part: Span, whole: Span) -> bool:
    return (part[:2] >= whole[:2]) and (part[2:] <= whole[2:])


def _is_around(site: Site, span: Span) -> bool:
    """Whether a stretch is part of a site's expression, in which no name changes its meaning."""
    scopes = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr)
    body = _expression(site.text)
    if body is None or any(isinstance(part, scopes) for part in ast.walk(body)):
        return False
    return _is_inside(span, Span(site.line, site.column, site.end_line, site.end_column))


def _mean_the_same(expression: ast.expr, span: Span, tree: ast.Module) -> bool:
    """Whether every name of an expression is bound once in the function around a stretch, before it."""
    names = {part.id for part in ast.walk(expression) if isinstance(part, ast.Name)}
    if any(isinstance(part, ast.Lambda | ast.ListComp | ast.GeneratorExp) for part in ast.walk(expression)):
        return False
    function = _around(span, tree)
    return all(_is_bound_once(name, function, span) for name in names)


def _around(span: Span, tree: ast.Module) -> ast.AST:
    """Return the innermost function around a stretch, or else the whole file."""
    inside: ast.AST = tree
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            lines = (node.lineno, node.end_lineno or node.lineno)
            if lines[0] <= span.line and span.end_line <= lines[1]:
                inside = node
    return inside


def _is_bound_once(name: str, function: ast.AST, span: Span) -> bool:
    bindings = list(_bindings(name, function))
    parameters = getattr(function, "args", None)
    if parameters is not None and any(
        argument.arg == name for argument in ast.walk(parameters) if isinstance(argument, ast.arg)
    ):
        return not bindings
    if not bindings:
        return True
    loops = [node for node in ast.walk(function) if isinstance(node, ast.For | ast.While)]
    in_a_loop = any(loop.lineno <= bindings[0] <= (loop.end_lineno or 0) for loop in loops)
    return len(bindings) == 1 and bindings[0] < span.line and not in_a_loop


def _bindings(name: str, function: ast.AST) -> Iterator[int]:
    """Yield the lines on which a name is bound, or written to, inside a function."""
    for part in ast.walk(function):
        if isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store | ast.Del):
            yield part.lineno
        elif isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store):
            yield from [part.lineno] if isinstance(part.value, ast.Name) and part.value.id == name else []


# -- the lines --------------------------------------------------------------------------------------------------------


def _edited(edits: Mapping[Span, str], lines: Sequence[str]) -> Lines | None:
    spans = sorted(edits)
    first, last = spans[0].line, max(span.end_line for span in spans)
    own = list(lines[first - 1 : last])
    if any(span.end_line != span.line for span in spans) and len(spans) > 1:
        return None
    if any(one[2:] > other[:2] for one, other in pairwise(spans)):  # one inside the other
        return None
    for span in reversed(spans):
        own = _replaced(own, span, edits[span], first)
    before = "".join(lines[first - 1 : last]).rstrip("\n")
    after = "".join(own).rstrip("\n")
    whole = [*lines[: first - 1], *own, *lines[last:]]
    return Lines(first, before, after) if tree_of("".join(whole)) is not None and after != before else None


def _replaced(own: list[str], span: Span, text: str, first: int) -> list[str]:
    top, bottom = span.line - first, span.end_line - first
    ahead, behind = own[top][: span.column], own[bottom][span.end_column :]
    if isinstance(_expression(text), _ATOMS) and behind.startswith(")") and _opens_a_group(ahead):
        ahead, behind = ahead[:-1], behind[1:]
    alone = ahead.rstrip().endswith(_OPENED) and behind.strip()[:1] in _CLOSED
    if not alone and not isinstance(_expression(text), _ATOMS):
        text = f"({text})"
    return [*own[:top], ahead + text + behind, *own[bottom + 1 :]]


def _opens_a_group(ahead: str) -> bool:
    """Whether a line ends with a parenthesis that calls nothing."""
    return ahead.endswith("(") and not ahead[-2:-1].isalnum() and ahead[-2:-1] not in (")", "]", "_")
