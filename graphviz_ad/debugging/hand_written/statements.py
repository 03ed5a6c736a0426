"""The statements of a person's functions: at which lines they stand, what they assign and what they read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType

from graphviz_ad.engine.frames import is_foreign
from graphviz_ad.engine.source import source_lines

__all__ = ["Source", "Statement", "heads_of", "source_of", "statements_of"]

_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return)
_ABOUT = frozenset(["shape", "dtype", "ndim", "size"])
_ASKS = frozenset(["zeros_like", "ones_like", "empty_like", "full_like", "len", "shape", "isinstance", "type", "print"])


@dataclass(frozen=True, eq=False, repr=False)
class Statement:
    """A simple statement, or the head of a loop.

    Attributes
    ----------
    node : ast.stmt
    source : Source
    text : str
        As the person wrote it, from its first character on.
    targets : tuple of ast.expr
        What it assigns, tuples taken apart; of a call that stands alone what it may write to.
    reads : tuple of ast.expr
        Names, attributes and entries whose values it computes with.
    top : ast.stmt
        The statement of the module that it stands in.
    body : list of ast.stmt
        The block that it stands in.
    function : list of ast.stmt
        The body of the function that it stands in.
    """

    node: ast.stmt
    source: Source
    text: str
    targets: tuple[ast.expr, ...]
    reads: tuple[ast.expr, ...]
    top: ast.stmt
    body: list[ast.stmt]
    function: list[ast.stmt]

    def __repr__(self) -> str:
        return f"<Statement {self.line}: {self.text}>"

    @property
    def line(self) -> int:
        """Its first line."""
        return self.node.lineno

    @property
    def end_line(self) -> int:
        """Its last line; of a loop that of its head."""
        if isinstance(self.node, ast.For):
            return self.node.iter.end_lineno or self.node.lineno
        return self.node.end_lineno or self.node.lineno

    @property
    def value(self) -> ast.expr | None:
        """The expression that it computes."""
        return None if isinstance(self.node, ast.For) else getattr(self.node, "value", None)

    @property
    def head(self) -> str:
        """``for``, ``if`` or ``while`` of the head of one; else empty."""
        kinds = {ast.For: "for", ast.If: "if", ast.While: "while"}
        return kinds.get(type(self.node), "")

    @property
    def is_return(self) -> bool:
        """Whether it is ``return ...``."""
        return isinstance(self.node, ast.Return)

    @property
    def calls_only(self) -> bool:
        """Whether it is a call whose result is dropped, such as ``np.add.at(dW, i, dh)``."""
        return isinstance(self.node, ast.Expr)

    @property
    def is_compared(self) -> bool:
        """Whether nothing reads what it gives but conditions."""
        names = {target.id for target in self.targets if isinstance(target, ast.Name)}
        parts = [part for node in self.function for part in ast.walk(node)]
        tests = [inner for part in parts if isinstance(part, ast.If | ast.While) for inner in ast.walk(part.test)]
        tested = [one.id for one in tests if isinstance(one, ast.Name) and one.id in names]
        read = [one.id for one in parts if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)]
        return 0 < len(tested) == sum(name in names for name in read)

    def segment(self, node: ast.expr) -> tuple[int, int]:
        """Return where an expression of it begins and ends in its text."""
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno or 0, node.end_col_offset or 0)

    def _offset(self, line: int, column: int) -> int:
        lines = self.source.lines
        first = len(lines[self.line - 1].encode()[: self.node.col_offset].decode())
        here = len(lines[line - 1].encode()[:column].decode())
        if line == self.line:
            return here - first
        return sum(map(len, lines[self.line - 1 : line - 1])) - first + here


@dataclass(eq=False)
class Source:
    """The text of a file, its tree, and the statements of its functions."""

    filename: str
    lines: list[str]
    tree: ast.Module
    functions: dict[tuple[str, int], dict[int, list[Statement]]] = field(default_factory=dict)

    def segment(self, node: ast.stmt) -> str:
        """Return a statement as it is written."""
        lines = self.lines[node.lineno - 1 : node.end_lineno]
        lines[-1] = lines[-1].encode()[: node.end_col_offset].decode()
        lines[0] = lines[0].encode()[node.col_offset :].decode()
        return "".join(lines)


_SOURCES: dict[str, Source] = {}


def source_of(code: CodeType) -> Source | None:
    """Return the source of the file of a code object; None where it cannot be read, or is another one by now."""
    lines = source_lines(code)
    if not lines:
        return None
    known = _SOURCES.get(code.co_filename)
    if known is None or known.lines != lines:
        try:
            tree = ast.parse("".join(lines))
        except (SyntaxError, ValueError, RecursionError):
            return None
        known = _SOURCES[code.co_filename] = Source(code.co_filename, lines, tree)
        for top in tree.body:
            _gather(known, top, top)
    return known


def statements_of(code: CodeType) -> dict[int, list[Statement]]:
    """Return the statements of a function of the person's by line; none of whatever is no such function."""
    if is_foreign(code.co_filename):
        return {}
    source = source_of(code)
    return {} if source is None else source.functions.get((code.co_name, code.co_firstlineno), {})


def heads_of(code: CodeType) -> list[Statement]:
    """Return the heads of the loops and conditions of a function, as statements whose text ends with the colon."""
    inside = next((one for lines in statements_of(code).values() for one in lines), None)
    if inside is None:
        return []
    return list(_heads(inside.source, inside.function, inside.top, inside.function))


def _heads(source: Source, body: list[ast.stmt], top: ast.stmt, function: list[ast.stmt]) -> Iterator[Statement]:
    for node in body:
        part = node.iter if isinstance(node, ast.For) else node.test if isinstance(node, ast.If | ast.While) else None
        if part is not None:
            whole = Statement(node, source, source.segment(node), (), (), top, body, function)
            end = whole.text.find(":", whole.segment(part)[1])
            yield Statement(node, source, whole.text[: end + 1], (), (), top, body, function)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for name in ("body", "orelse", "finalbody"):
                yield from _heads(source, getattr(node, name, []), top, function)


def _gather(source: Source, node: ast.AST, top: ast.stmt) -> None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        by_line = source.functions.setdefault((node.name, first), {})
        for statement in _statements(source, node.body, top, node.body):
            for line in range(statement.line, statement.end_line + 1):
                by_line.setdefault(line, []).append(statement)
    for child in ast.iter_child_nodes(node):
        _gather(source, child, top)


def _statements(source: Source, body: list[ast.stmt], top: ast.stmt, function: list[ast.stmt]) -> Iterator[Statement]:
    """Yield the statements of a block and of the blocks in it, but not those of functions that it defines."""
    for node in body:
        if isinstance(node, (*_SIMPLE, ast.For)):
            text = source.segment(node)
            yield Statement(node, source, text, tuple(_targets(node)), tuple(_reads(node)), top, body, function)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for name in ("body", "orelse", "finalbody"):
                yield from _statements(source, getattr(node, name, []), top, function)
            for handler in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
                yield from _statements(source, handler.body, top, function)


def _targets(node: ast.stmt) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.Expr):
        yield from _written(node.value)
        return
    else:
        targets = [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For) else []
    for target in targets:
        yield from _apart(target)
    for part in ast.walk(node) if not isinstance(node, ast.For) else ():
        if isinstance(part, ast.NamedExpr):
            yield part.target


def _apart(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _apart(element)
    else:
        yield target.value if isinstance(target, ast.Starred) else target


def _written(call: ast.expr) -> Iterator[ast.expr]:
    """Yield what a call that stands alone may write to: its arguments, and what it is a method of."""
    if isinstance(call, ast.Call):
        owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
        for part in [*owner, *call.args, *(keyword.value for keyword in call.keywords)]:
            if isinstance(part, ast.Name | ast.Attribute | ast.Subscript):
                yield part


def _reads(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.For):
        yield from _reads(node.iter)
        return
    if isinstance(node, ast.Attribute) and node.attr in _ABOUT:
        return
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _ASKS:
        return
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield node
    if not isinstance(node, ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _reads(child)
