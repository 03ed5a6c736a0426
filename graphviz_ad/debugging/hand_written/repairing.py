"""Write suspected lines otherwise and run them: the first with which gradients are right is without its slip."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import numpy as np

from graphviz_ad.debugging.hand_written.comparing import as_numbers
from graphviz_ad.debugging.hand_written.elsewhere import Elsewhere
from graphviz_ad.debugging.hand_written.patience import Patience
from graphviz_ad.debugging.hand_written.readings import Reading
from graphviz_ad.debugging.hand_written.rewriting import Edit
from graphviz_ad.debugging.hand_written.running import Observer, copied
from graphviz_ad.debugging.hand_written.slips.scene import Proposal, Scene, compiled
from graphviz_ad.debugging.hand_written.slips.table import RANKS, proposals
from graphviz_ad.debugging.hand_written.standing import Standing
from graphviz_ad.debugging.hand_written.statements import Statement
from graphviz_ad.debugging.hand_written.trying import kept, restart

__all__ = ["Repairs"]


class Repairs:
    """Other lines for a backward pass as it stands."""

    def __init__(self, standing: Standing, patience: Patience, elsewhere: Elsewhere) -> None:
        self._standing, self._patience, self._elsewhere = standing, patience, elsewhere
        self._tried: dict[tuple[Statement, str], tuple[frozenset[int], frozenset[int]]] = {}

    def first(
        self, suspects: Sequence[Statement], cures: frozenset[int], reading: Reading | None, *, deep: bool = True
    ) -> tuple[Statement, Proposal] | None:
        """Return the first other line with which the gradients are right that the truth puts right, and none wrong.

        What is not deep exchanges only what is written in a line.
        """
        lines = list(dict.fromkeys(suspects))
        observer = Observer(kept, set(lines))
        self._standing.bench.run(self._standing.edits, observer)
        scenes = {line: self._scene(line, observer, reading) for line in lines if line in observer.scopes}
        order = list(scenes)
        helped = [line for line in order if self._calls_helper(line)]
        others = [line for line in order[::-1] if line not in helped]
        rounds = [(0, order), *((rank, those) for those in (others, helped) for rank in range(1, RANKS))]
        for rank, those in rounds if deep else rounds[:1]:
            for line in those:
                for proposal in proposals(scenes[line], rank):
                    if not self._patience.may_try():
                        return None
                    cured = self._cured(proposal, scenes[line], cures)
                    if cured and self._holds(proposal.edit, cured) and self._decides(line, proposal.edit, cured):
                        return line, proposal if proposal.is_written else self._written(scenes[line], cures) or proposal
        return None

    def _written(self, scene: Scene, cures: frozenset[int]) -> Proposal | None:
        """Return another line that a person could write, where one is known that cannot be written."""
        written = (
            p
            for rank in range(RANKS - 1)
            for p in proposals(scene, rank)
            if p.is_written and p.slip != "missing-factor"
        )
        tried = ((proposal, self._cured(proposal, scene, cures)) for proposal in written)
        return next((one for one, cured in tried if cured and self._holds(one.edit, cured)), None)

    def _decides(self, line: Statement, edit: Edit, cured: frozenset[int]) -> bool:
        """Return whether another line is right far away too, where all it gives is what a condition compares."""
        return not line.is_compared or self._elsewhere.holds_far([*self._standing.edits, edit], cured)

    def _calls_helper(self, line: Statement) -> bool:
        """Return whether a line only calls a function of the person's, whose own lines are at fault then."""
        called = line.value.func if isinstance(line.value, ast.Call) else None
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        event = self._standing.event_of(line)
        judged = None if event is None else self._standing.judge.judged(event.text, event.value)
        is_known = judged is not None and judged.kind in ("adjoint", "forward")
        return not is_known and name in {code.co_name for code in self._standing.observer.codes}

    def _cured(self, proposal: Proposal, scene: Scene, cures: frozenset[int]) -> frozenset[int]:
        """Return which gradients become right by another line; none where it does not put right all that it is to."""
        if not self._patience.may_try() or (scene.whole and not _gives(proposal.edit, scene)):
            return frozenset()
        wrong, cured = self._outcome(proposal.edit)
        return frozenset() if wrong & cures else cured

    def _outcome(self, edit: Edit) -> tuple[frozenset[int], frozenset[int]]:
        """Return which gradients are wrong with another line, and which become right; what is only text runs once."""
        key = edit.statement, edit.text
        if not edit.names and key in self._tried:
            return self._tried[key]
        self._patience.count()
        outcome = self._standing.run(edit)
        pair = outcome.wrong, self._standing.cures_of(outcome)
        if not edit.names:
            self._tried[key] = pair
        return pair

    def _scene(self, line: Statement, observer: Observer, reading: Reading | None) -> Scene:
        local, scope = observer.scopes[line]
        got = expected = None
        if reading is not None and line is reading.unit.statement:
            version = reading.unit.alive[0]
            if version.last.execution == 0:
                got, expected, aim = version.value, reading.arrays[0], version.last.target if line.is_return else None
                whole = len(version.events) == 1 and not line.is_return
                return Scene(line, self._standing.bench.truth, local, scope, got, expected, whole, aim)
        return Scene(line, self._standing.bench.truth, local, scope, got, expected)

    def _holds(self, edit: Edit, cured: frozenset[int]) -> bool:
        return self._elsewhere.holds([*self._standing.edits, edit], cured)


def _gives(edit: Edit, scene: Scene) -> bool:
    """Return whether another line gives what is expected, where it stands and with what was there; True if unknown."""
    node = scene.statement.node
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if len(targets) != 1 or not isinstance(targets[0], ast.Name | ast.Attribute):
        return True
    restart([edit])
    local = copied(dict(scene.local))
    names = {**scene.scope, **edit.names}
    try:
        with np.errstate(all="ignore"):
            exec(compiled(edit.text, "exec"), names, local)
            value = as_numbers(eval(ast.unparse(targets[0]), names, local))
    except Exception:  # it does not even run
        return False
    return value is not None and scene.expected is not None and scene.truth.ruler.agree(value, scene.expected)
