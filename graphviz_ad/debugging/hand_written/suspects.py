"""Which lines of a backward pass a wrong one may owe its fault to."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from graphviz_ad.debugging.hand_written.naming import is_gradient_name, last_part
from graphviz_ad.debugging.hand_written.running import Observer, Version
from graphviz_ad.debugging.hand_written.standing import Standing
from graphviz_ad.debugging.hand_written.statements import Statement, statements_of
from graphviz_ad.debugging.hand_written.trying import kept
from graphviz_ad.debugging.hand_written.units import Unit, lines_of

__all__ = ["Suspects"]


class Suspects:
    """The lines of a backward pass as it stands, by what they have to do with a wrong one."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def of(self, unit: Unit) -> list[Statement]:
        """Return the lines in which the slip of a wrong unit may be."""
        suspects = [*self.upstream(unit), *lines_of(unit)]
        suspects = [*self.of_sizes(suspects), *suspects]
        suspects += [inner for line in suspects for inner in self.within(line)]
        return [*self.misnamed(), *self.borrowed(), *suspects]

    def upstream(self, unit: Unit) -> list[Statement]:
        """Return the lines that a wrong line has read from and of which nobody can say that they are right."""
        seen: dict[int, Version] = {}
        waiting = list(self._standing.first_bad(unit).sources)
        while waiting:
            version = waiting.pop()
            if id(version) not in seen and version.events and self.is_suspect(version):
                seen[id(version)] = version
                waiting += version.sources
        order = {id(event): k for k, event in enumerate(self._standing.observer.events)}
        versions = sorted(seen.values(), key=lambda version: order.get(id(version.last), 0))
        return [e.statement for version in versions for e in version.events if e.statement is not unit.statement]

    def doubtful(self, unit: Unit, blamed: Statement) -> tuple[Statement, ...]:
        """Return the other lines in which the slip of a unit may be: what it reads, and what has written to it too."""
        own = [event.statement for version in unit.alive[:1] for event in version.events]
        first = [*self.upstream(unit), *self.misnamed(), *own]
        lines = dict.fromkeys([*self.of_sizes([*first, blamed]), *first])
        return tuple(sorted((line for line in lines if line is not blamed), key=lambda line: line.line))

    def is_suspect(self, version: Version) -> bool:
        """Whether nobody can say that it is right: zeros are, unless something was written to them."""
        judgement = self._standing.judge.of(version)
        if judgement.kind == "rearranged":  # as `reshape` has it, which may have dealt the numbers out in another order
            return True
        return judgement.is_bad or (judgement.kind == "zeros" and len(version.events) > 1)

    def misnamed(self) -> list[Statement]:
        """Return the lines that compute something of forward's again, and not what forward has that name for."""
        events = (event for event in self._standing.observer.events if self._standing.is_forward(event))
        return list(dict.fromkeys(e.statement for e in events if self._standing.judge.is_misnamed(e.text, e.value)))

    def borrowed(self) -> list[Statement]:
        """Return the lines that give a value of forward's the name of a gradient, as `d = cache["out"]`."""
        events = (event for event in self._standing.observer.events if self._standing.is_forward(event))
        names = ast.Name | ast.Attribute | ast.Subscript
        plain = (e for e in events if isinstance(e.statement.value, names) and is_gradient_name(last_part(e.text)))
        return list(dict.fromkeys(event.statement for event in plain))

    def of_sizes(self, lines: Sequence[Statement]) -> list[Statement]:
        """Return the lines that give whole numbers their names which some lines read, as `n = x.shape[0]`."""
        observer = Observer(kept, set(lines))
        self._standing.bench.run(self._standing.edits, observer)
        names = {
            (line.source.filename, part.id)
            for line in lines
            for part in line.reads
            if isinstance(part, ast.Name) and type(observer.scopes.get(line, ({}, {}))[0].get(part.id)) is int
        }
        truth, codes = self._standing.bench.truth, self._standing.bench.observer.codes
        every = [one for code in codes for at in statements_of(code).values() for one in at]
        return [
            one
            for one in dict.fromkeys(every)
            if one.text.strip() not in truth.lines  # what forward says too is no slip
            and any(
                isinstance(part, ast.Name) and (one.source.filename, part.id) in names
                for target in one.targets
                for part in ast.walk(target)
            )
        ]

    def within(self, line: Statement) -> Iterator[Statement]:
        """Yield the lines of the functions of the person's that a line calls."""
        parts = [] if line.value is None else ast.walk(line.value)
        called = [part.func for part in parts if isinstance(part, ast.Call)]
        names = {ast.unparse(function).rpartition(".")[2] for function in called}
        pairs = [
            (event.statement, event.code) for event in self._standing.observer.events
        ] + self._standing.observer.returns
        yield from dict.fromkeys(statement for statement, code in pairs if code.co_name in names)

    def all_lines(self) -> list[Statement]:
        """Return the lines of what is not forward's, or not called so, and of what is returned."""
        own = [e.statement for e in self._standing.observer.events if not self._standing.is_forward(e)]
        done = dict.fromkeys([*self.borrowed(), *own])
        return [*done, *(statement for statement, _ in self._standing.observer.returns if statement not in done)]

    def of_forward(self) -> list[Statement]:
        """Return the lines of what forward has computed: one may take the values of another step, or layer."""
        return list(dict.fromkeys(e.statement for e in self._standing.observer.events if self._standing.is_forward(e)))
