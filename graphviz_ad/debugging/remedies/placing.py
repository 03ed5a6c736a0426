"""Where the nodes of a mended program stand in the mended source, which nobody has saved yet.

The source with the remedy's lines is compiled, never run, and kept for who asks for its text. Its tree is walked beside
that of the source as it is: all but what was replaced is alike, and what was replaced is the remedy's line with the
person's words in the place of its letters. So each node gets the place of the expression that would have made it.
"""

from __future__ import annotations

import ast
import hashlib
import linecache
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from types import CodeType, FunctionType, MethodType
from typing import Any, NamedTuple

from graphviz_ad.debugging.findings import Lines, Rerun
from graphviz_ad.debugging.remedies.replaying import REMEDY, Change
from graphviz_ad.debugging.remedies.rewriting import Span, span_of
from graphviz_ad.engine.functions import unwrapped
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.source import position
from graphviz_ad.engine.variable import Variable

__all__ = ["Placed", "placed"]

_Place = tuple[int, int, int, int]  # line and end line from 1, column and end column in bytes, as code objects have it


class Placed(NamedTuple):
    """A mended program in its mended source.

    Attributes
    ----------
    recording : Recording
        Its nodes stand where the mended source makes them, its function has that source.
    replaced : tuple of Span
        Each stretch that a remedy has written.
    """

    recording: Recording
    replaced: tuple[Span, ...]


def placed(rerun: Rerun) -> Placed | None:
    """Return a mended program in its mended source; None where that leaves a doubt.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> report = gad.check(lambda x: np.log(1 + np.exp(x)), 800.0)
    >>> [node.site.text for node in placed(report.findings[0].mending.rerun).recording.nodes[1:]]
    ['np.logaddexp(0.0, x)']
    """
    changes: tuple[Change, ...] = rerun.changes
    sites = [change.node.site for change in changes]
    names = {None if site is None else site.filename for site in sites}
    spans = [span_of(change) for change in changes]
    filename = names.pop() if len(names) == 1 else None
    if filename is None or None in spans:
        return None
    old = linecache.getlines(filename)
    if any("".join(old[at - 1 : at + was.count("\n")]).rstrip("\n") != was for at, was, _ in rerun.lines):
        return None  # it has been edited since
    new = _with(old, rerun.lines)
    own = _kept(filename, new)
    codes = _codes(filename, old, own, new)
    stretches = {span: number for number, span in enumerate(spans) if span is not None}
    pairing = _Pairing(old, new, stretches, changes) if codes else None
    if pairing is None or len(pairing.replaced) < len(stretches):
        return None
    _move(rerun, filename, [stretches[span] for span in spans if span is not None], pairing, codes)
    recording = rerun.recording
    recording.function = _function(recording.function, codes)
    return Placed(recording, tuple(_in_characters(place, new) for place in pairing.replaced.values()))


def _with(lines: Sequence[str], changed: Sequence[Lines]) -> list[str]:
    """Return the lines of a file with some of them changed."""
    own = list(lines)
    for line, before, after in sorted(changed, reverse=True):
        own[line - 1 : line + before.count("\n")] = [f"{text}\n" for text in after.split("\n")]
    return own


def _kept(filename: str, lines: list[str]) -> str:
    """Keep the lines of a file that is none for who asks for them, and return what it is called."""
    text = "".join(lines)
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]
    name = f"<mended {digest}>/{PurePath(filename).name}"
    linecache.cache[name] = (len(text), None, lines, name)
    return name


# -- the two trees ----------------------------------------------------------------------------------------------------


class _Pairing:
    """Where what stands in a source is in the mended one.

    Attributes
    ----------
    moved : dict
        By the place of an expression in the source, where it is now.
    replaced : dict
        By the number of a change, where what it has written stands.
    written : dict
        By the number of a change and the place in the remedy's own line, where that part of it stands.
    quoted : dict
        By the place of an expression that a remedy quotes from elsewhere, where it stands in what is written.
    letters : dict
        By the number of a change and a letter of its line, where that stands, if it is computed there.
    """

    def __init__(
        self, old: Sequence[str], new: Sequence[str], stretches: Mapping[Span, int], changes: Sequence[Change]
    ) -> None:
        self.moved: dict[_Place, _Place] = {}
        self.replaced: dict[int, _Place] = {}
        self.written: dict[tuple[int, _Place], _Place] = {}
        self.quoted: dict[_Place, _Place] = {}
        self.letters: dict[tuple[int, str], _Place] = {}
        self._old, self._stretches, self._changes = old, stretches, changes
        self._tree = ast.parse("".join(old))
        self._walk(self._tree, ast.parse("".join(new)))

    def _walk(self, old: ast.AST, new: ast.AST) -> None:
        """Pair what is alike, down to what was replaced."""
        place, now = _place(old), _place(new)
        if place is not None and now is not None:
            number = self._stretches.get(_in_characters(place, self._old)) if isinstance(old, ast.expr) else None
            if number is not None and number not in self.replaced:
                self.replaced[number] = now
                self._fill(number, ast.parse(self._changes[number].code, mode="eval").body, old, new)
                return
            self.moved.setdefault(place, now)
        if type(old) is type(new):
            for one, other in zip(ast.iter_child_nodes(old), ast.iter_child_nodes(new), strict=False):
                self._walk(one, other)

    def _fill(self, number: int, code: ast.AST, old: ast.AST, new: ast.AST) -> None:
        """Pair a remedy's own line with what is written for it; a letter is an expression of the person's."""
        for is_asked, part in sorted(self._letters(number, code, new), key=lambda pair: pair[0]):
            if self._is_paired(old, part) or is_asked:
                continue
            elsewhere = _same(self._tree, part)
            self._quote(elsewhere, part)
            if elsewhere is None:  # in the words of a caller, of which some are in the line that was replaced
                for own in ast.walk(part):
                    self._is_paired(old, own)

    def _is_paired(self, old: ast.AST, part: ast.AST) -> bool:
        """Whether a part of the mended source is written as some of the source is, with which it is then paired."""
        alike = _same(old, part) if isinstance(part, ast.expr) else None
        if alike is not None:
            self._walk(alike, part)
        return alike is not None

    def _letters(self, number: int, code: ast.AST, new: ast.AST, asked: bool = False) -> Iterator[tuple[bool, ast.AST]]:
        """Yield what stands for letters, and whether it is only compared there: then no node is of it."""
        if isinstance(code, ast.Name) and code.id in self._changes[number].letters:
            place = _place(new)
            if place is not None and isinstance(new, ast.UnaryOp | ast.BinOp):
                self.letters.setdefault((number, code.id), place)
            yield asked, new
            return
        place, now = _place(code), _place(new)
        if place is not None and now is not None:
            self.written[number, place] = now
        if type(code) is type(new):
            for one, other in zip(ast.iter_child_nodes(code), ast.iter_child_nodes(new), strict=False):
                yield from self._letters(number, one, other, asked or isinstance(code, ast.Compare))

    def _quote(self, old: ast.AST | None, new: ast.AST) -> None:
        pairs = [] if old is None else zip(ast.walk(old), ast.walk(new), strict=True)
        for one, other in pairs:
            place, now = _place(one), _place(other)
            if place is not None and now is not None:
                self.quoted.setdefault(place, now)


def _same(whole: ast.AST, part: ast.AST) -> ast.AST | None:
    """Return the first part of a tree that is written as another one is."""
    text = ast.dump(part)
    return next((own for own in ast.walk(whole) if type(own) is type(part) and ast.dump(own) == text), None)


def _place(part: ast.AST) -> _Place | None:
    if not isinstance(part, ast.expr | ast.stmt):
        return None
    end_line, end_column = part.end_lineno or part.lineno, part.end_col_offset or part.col_offset
    return part.lineno, end_line, part.col_offset, end_column


def _in_characters(place: _Place, lines: Sequence[str]) -> Span:
    line, end_line, column, end_column = place

    def characters(row: int, size: int) -> int:
        return len(lines[row - 1].encode()[:size].decode(errors="ignore"))

    return Span(line, characters(line, column), end_line, characters(end_line, end_column))


# -- the code ---------------------------------------------------------------------------------------------------------

_Codes = Mapping[tuple[str, int], list[tuple[CodeType, CodeType]]]


def _codes(filename: str, old: Sequence[str], own: str, new: Sequence[str]) -> _Codes:
    """Return the code objects of a source with those of the mended one, by name and first line."""
    codes: dict[tuple[str, int], list[tuple[CodeType, CodeType]]] = {}
    try:
        waiting = [(compile("".join(old), filename, "exec"), compile("".join(new), own, "exec"))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    while waiting:
        one, other = waiting.pop()
        codes.setdefault((one.co_name, one.co_firstlineno), []).append((one, other))
        waiting += zip(_inner(one), _inner(other), strict=False)
    return codes


def _inner(code: CodeType) -> Iterator[CodeType]:
    return (constant for constant in code.co_consts if isinstance(constant, CodeType))


def _counterpart(code: CodeType, codes: _Codes) -> CodeType | None:
    """Return a code object of the mended source: that of an equal one, or of the only one of its name there."""
    alike = codes.get((code.co_name, code.co_firstlineno), [])
    equal = [new for old, new in alike if old == code]
    return equal[0] if equal else alike[0][1] if len(alike) == 1 else None


def _instruction(code: CodeType, place: _Place) -> int | None:
    """Return the place of an instruction that belongs to an expression, the last of them: that which computes it."""
    own = [k for k, own_place in enumerate(code.co_positions()) if own_place == place]
    return 2 * own[-1] if own else None


def _move(rerun: Rerun, filename: str, numbers: Sequence[int], pairing: _Pairing, codes: _Codes) -> None:
    """Put every node of a mended program where the mended source makes it; once is enough."""
    remedies = {REMEDY.format(k): number for k, number in enumerate(numbers)}
    homes = {number: rerun.changes[number].node._code for number in numbers}
    # What only remedies use, by its index, with the number of the change; and what stands there in place of a node.
    quoting: dict[int, int] = {}
    results = {
        rerun.nodes[rerun.changes[number].node.index].index: number
        for number in numbers
        if rerun.changes[number].argument is None
    }
    helped = _of_helpers(rerun, homes, pairing)
    for node, users in _with_users(rerun.recording):
        code, lasti = rerun.heads.get(node.index, (node._code, node._lasti))
        place = _positioned(code, lasti) if isinstance(code, CodeType) else None
        if node.primitive is None or code is None or place is None:
            continue
        number = remedies.get(code.co_filename)
        owners = {results[node.index]} if node.index in results else {quoting.get(user.index, -1) for user in users}
        if node.index in helped and -1 not in owners:
            number, now = helped[node.index]
            home = homes[number]
        elif number is not None:
            home, now = homes[number], pairing.written.get((number, place), pairing.replaced[number])
        elif code.co_filename != filename:
            continue
        elif place in pairing.quoted and owners and -1 not in owners:
            number = min(owners)
            home, now = homes[number], pairing.quoted[place]
        else:
            home, now = code, pairing.moved.get(place, place)
        if number is not None:
            quoting[node.index] = number
        new = _counterpart(home, codes) if home is not None else None
        own = None if new is None else _instruction(new, now)
        if new is not None and own is not None:
            node._code, node._lasti = new, own
        elif number is not None:
            node._code = None  # whose place is not known has none


def _of_helpers(rerun: Rerun, homes: Mapping[int, Any], pairing: _Pairing) -> dict[int, tuple[int, _Place]]:
    """Return what a letter stands for that a helper computed: by its index the change, and where the letter stands."""
    helped = {}
    for (number, letter), place in pairing.letters.items():
        own = rerun.changes[number].letters[letter]
        if isinstance(own, Variable) and own.primitive is not None and own._code is not homes.get(number, own._code):
            helped[rerun.nodes[own.index].index] = number, place
    return helped


def _with_users(recording: Recording) -> Iterator[tuple[Variable, list[Variable]]]:
    """Yield every node with those that use it, the last one first."""
    users: dict[int, list[Variable]] = {}
    for node in reversed(recording.nodes):
        yield node, users.get(node.index, [])
        for parent in node.parents:
            users.setdefault(parent.index, []).append(node)


def _positioned(code: CodeType, lasti: int) -> _Place | None:
    line, end_line, column, end_column = position(code, lasti)
    if line is None or end_line is None or column is None or end_column is None:
        return None
    return line, end_line, column, end_column


def _function(function: Any, codes: _Codes) -> Any:
    """Return a function with its mended code, which is shown and never called; None where there is none."""
    plain = unwrapped(function)
    if isinstance(plain, MethodType):
        plain = unwrapped(plain.__func__)
    if not isinstance(plain, FunctionType):
        return None
    new = _counterpart(plain.__code__, codes)
    if new is None:
        return function if plain.__code__.co_filename not in _files(codes) else None
    closure = tuple(_CELL for _ in new.co_freevars)
    return FunctionType(new, plain.__globals__, plain.__name__, plain.__defaults__, closure)


def _files(codes: _Codes) -> set[str]:
    return {old.co_filename for pairs in codes.values() for old, _ in pairs}


_CELL = (lambda x: lambda: x)(None).__closure__[0]  # type: ignore[index]
