"""The lines of a backward pass in the terms of forward's story: whose adjoint each computes, at which step it is known,
what it has instead, and which factor on an edge is otherwise.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import replace

from graphviz_ad.debugging.hand_written.changing import change
from graphviz_ad.debugging.hand_written.comparing import Array
from graphviz_ad.debugging.hand_written.verdicts import Checked, LineVerdict
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.accounts import Flag, Verdict
from graphviz_ad.story.steps import Edge, Story

__all__ = ["with_lines"]

_PRODUCTS = (ast.Mult, ast.Div, ast.MatMult)
_MOST_WORDS = 28  # characters of code on a flag


def with_lines(story: Story, seen: Checked) -> Story:
    """Return the story of forward with what has become of the lines of backward: whatever shows it, shows that too.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.debugging.hand_written.verdicts import checked
    >>> from graphviz_ad.story.telling import tell
    >>> def forward(x):
    ...     return np.sum(np.tanh(x))
    >>> def backward(x):
    ...     dx = 1 - np.tanh(x)
    ...     return dx
    >>> seen = checked(forward, backward, (np.array([0.5, 1.0]),))
    >>> story = with_lines(tell(seen.truth.recording), seen)
    >>> [(one.verdict, one.node, one.says) for one in story.verdicts][0]
    ('wrong', 0, 'line 2, dx = …, not x̄, the first wrong line')
    >>> bool(np.allclose(story.numbers[Quantity("yours", 0)], 1 - np.tanh([0.5, 1.0])))
    True
    """
    places = {node.index: i for i, node in enumerate(seen.truth.recording.nodes)}
    teller = _Teller(story, seen, places)
    verdicts = tuple(map(teller.verdict, seen.lines))
    return replace(story, verdicts=verdicts, numbers={**story.numbers, **teller.yours})


class _Teller:
    """Tells lines in the terms of a story; `yours` is what they have where that is not the adjoint."""

    def __init__(self, story: Story, seen: Checked, places: Mapping[int, int]) -> None:
        self._story, self._seen, self._places = story, seen, places
        self.yours: dict[Quantity, Array] = {}

    def verdict(self, line: LineVerdict) -> Verdict:
        """Return a line as it is shown."""
        node = self._node(line)
        factor = None if node is None or line.verdict != "wrong" else self._factor(line, node)
        if node is not None and line.verdict in ("wrong", "inherits"):
            self._keep(line, node)
        if line.is_forward:
            return self._of_forward(line)
        step = None if node is None else self._step(node)
        blamed, flags = (None, {}) if factor is None else (factor[0], {factor[0]: factor[1]})
        return Verdict(line.line, line.verdict, _says(line), step, node, flags, blamed)

    def _of_forward(self, line: LineVerdict) -> Verdict:
        """Return a line that computes a value of forward's again: it belongs to where that came first."""
        same = () if line.got is None else self._seen.truth.with_value(line.got)
        node = next((self._places[one.index] for one in same if self._seen.truth.name_of(one, "") == line.name), None)
        own = [step.index for step in self._story.steps if step.kind == "evaluate" and step.node == node]
        return Verdict(line.line, "again", _says(line), own[0] if own else None, node if own else None)

    def _node(self, line: LineVerdict) -> int | None:
        """Return the node whose whole adjoint a line computes, or is to compute."""
        if line.node is None or line.expected is None or line.verdict == "unknown":
            return None
        truth = self._seen.truth
        whole = truth.ruler.agree(line.expected, truth.adjoints[line.node.index])
        return self._places.get(line.node.index) if whole else None

    def _step(self, node: int) -> int | None:
        """Return the step after which an adjoint is complete."""
        kinds = ("local", "accumulate", "seed")
        own = [step.index for step in self._story.steps if step.kind in kinds and step.node == node]
        return own[-1] if own else None

    def _keep(self, line: LineVerdict, node: int) -> None:
        key = Quantity("yours", node)
        if line.got is not None and line.got.dtype.kind == "f" and line.got.shape == self._story.nodes[node].shape:
            self.yours.setdefault(key, line.got if line.got.ndim else line.got[()])

    def _factor(self, line: LineVerdict, node: int) -> tuple[Quantity, Flag] | None:
        """Return the factor that a line has otherwise, and the flag that says so, where that is one edge's alone."""
        edges = [edge for edge in self._story.edges if edge.parent == node and edge.kind != "cut"]
        if len(edges) != 1 or line.remedy is None or "\n" in line.code + line.remedy:
            return None
        part = _changed_factor(line.code, line.remedy)
        if part is None or len(part[0]) > _MOST_WORDS or not self._brings(edges[0], part[1]):
            return None
        at = Quantity("local", edges[0].child, edges[0].argument)
        return at, Flag("blame", "wrong", f"yours: {_typeset(part[0])}")

    def _brings(self, edge: Edge, others: set[str]) -> bool:
        """Whether what a factor is multiplied with is the adjoint that comes back along an edge."""
        truth = self._seen.truth
        arriving = truth.adjoints[truth.recording.nodes[edge.child].index]
        right = (line for line in self._seen.lines if line.verdict == "right" and line.name in others)
        return any(
            line.got is not None and line.got.shape == arriving.shape and truth.ruler.agree(line.got, arriving)
            for line in right
        )


def _changed_factor(code: str, remedy: str) -> tuple[str, set[str]] | None:
    """Return the factor of a product that a remedy changes, as it is written, and the names in the other factors.

    Examples
    --------
    >>> _changed_factor("dz = dh * (1 - z**2)", "dz = dh * (1 - h**2)")
    ('1 - z**2', {'dh'})
    >>> _changed_factor("dz = dh - z", "dz = dh - h")
    """
    try:
        [statement] = ast.parse(code).body
    except (SyntaxError, ValueError):
        return None
    value = statement.value if isinstance(statement, ast.Assign) else None
    if value is None or not code.isascii():
        return None
    at, others = change(code, remedy), set[str]()
    part: ast.expr = value
    while isinstance(part, ast.BinOp) and isinstance(part.op, _PRODUCTS):
        sides = (part.left, part.right)
        inner = [side for side in sides if side.col_offset <= at.start and at.end <= (side.end_col_offset or 0)]
        if len(inner) != 1:
            return None
        others |= _names(sides[inner[0] is part.left])
        part = inner[0]
    text = ast.get_source_segment(code, part)
    return None if part is value or text is None or others & _names(part) else (text, others)


def _names(part: ast.expr) -> set[str]:
    places = ast.Name | ast.Attribute | ast.Subscript
    return {ast.unparse(inner) for inner in ast.walk(part) if isinstance(inner, places)}


def _typeset(code: str) -> str:
    """Write code as it stands beside formulas.

    Examples
    --------
    >>> _typeset("1 - z**2 * a")
    '1 − z² · a'
    """
    powers = re.sub(r"\*\*([23])\b(?!\.)", lambda match: "²³"[int(match[1]) - 2], code)
    return powers.replace(" - ", " − ").replace(" * ", " · ")


def _says(line: LineVerdict) -> str:
    place = line.name if line.name in ("return", "for", "while", "if") else f"{line.name} = …"
    return f"line {line.line}, {place}, {line.words.removeprefix('is ').replace(': the ', ', the ')}"
