"""Where NaN and ∞ are born: the nodes that make them of numbers, and the edges that do on the way back.

Examples
--------
>>> import numpy as np, graphviz_ad as gad
>>> with np.errstate(invalid="ignore"):
...     story = gad.trace(lambda x: np.sqrt(x) + 1, -4.0).story
>>> births(story, story.numbers)
[Birth(position=1, what='NaN', why='the square root of a negative number')]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.steps import Edge, Story

__all__ = ["Birth", "SentBirth", "births", "births_going_back", "what_is", "why_born"]

Numbers = Mapping[Quantity, Any]


class Birth(NamedTuple):
    """A node whose value is not finite though those it was computed from are.

    Attributes
    ----------
    position : int
    what : str
        ``"NaN"``, ``"∞"`` or ``"−∞"``.
    why : str
        Empty where there is no word for it.
    """

    position: int
    what: str
    why: str


class SentBirth(NamedTuple):
    """An edge along which something is sent that is not finite, though the adjoint it is made of is.

    Attributes
    ----------
    edge : Edge
    what, why : str
    """

    edge: Edge
    what: str
    why: str


def _below(words: str, bound: float = 0.0) -> Callable[..., str]:
    return lambda y, x, *rest: words if np.any(x < bound) else ""


def _logarithm(words: str, pole: float, pole_words: str) -> Callable[..., str]:
    return lambda y, x, *rest: words if np.any(x < pole) else pole_words if np.any(x == pole) else ""


def _quotient(y: Any, *operands: Any) -> str:
    return "0 divided by 0" if np.isnan(y).any() else "a division by 0"


def _base(y: Any, x: Any, *rest: Any) -> str:
    if np.any(np.isnan(y)):
        return "a negative number to a power that is no whole number" if np.any(x < 0) else ""
    return "0 to a negative power" if np.any(x == 0) else _too_large(y)


def _too_large(y: Any, *operands: Any) -> str:
    return "more than the largest float" if np.isinf(y).any() else ""


def _beyond(y: Any, x: Any, *rest: Any) -> str:
    return "of a number beyond −1 … 1" if np.any(np.absolute(x) > 1) else ""


def _at_poles(name: str) -> Callable[..., str]:
    """Name a function that has its poles at 0 and at the negative whole numbers."""
    return lambda y, x, *rest: f"{name} has a pole there: it" if np.any((x <= 0) & (x == np.rint(x))) else _too_large(y)


def _between(name: str, low: float, high: float, bounds: str) -> Callable[..., str]:
    """Name a function that is infinite at two bounds, and has no value beyond."""

    def words(y: Any, x: Any, *rest: Any) -> str:
        if np.any((x < low) | (x > high)):
            return f"{name} of a number beyond {bounds}"
        return f"{name} at its bound" if np.any((x == low) | (x == high)) else ""

    return words


def _zero_second(words: str) -> Callable[..., str]:
    return lambda y, x, z, *rest: words if np.any((z == 0) & (x != 0)) else ""


def _singular(y: Any, *operands: Any) -> str:
    return "the matrix is singular: its determinant is 0, whose logarithm" if np.isneginf(y).any() else ""


_LOG = _logarithm("the logarithm of a negative number", 0.0, "the logarithm of 0")
_WHY: dict[str, Callable[..., str]] = {
    **dict.fromkeys(("log", "log2", "log10"), _LOG),
    "log1p": _logarithm("the logarithm of 1 + a number below −1", -1.0, "the logarithm of 0"),
    "sqrt": _below("the square root of a negative number"),
    "arccosh": _below("arccosh of a number below 1", 1.0),
    "arcsin": lambda y, *operands: f"arcsin {_beyond(y, *operands)}" if _beyond(y, *operands) else "",
    "arccos": lambda y, *operands: f"arccos {_beyond(y, *operands)}" if _beyond(y, *operands) else "",
    "divide": _quotient,
    "reciprocal": _quotient,
    "power": _base,
    "float_power": _base,
    "arctanh": _between("arctanh", -1.0, 1.0, "−1 … 1"),
    "slogdet": lambda y, x: (
        "the matrix is singular: its determinant is 0, whose logarithm" if np.isneginf(y).any() else ""
    ),
    "logit": _between("logit", 0.0, 1.0, "0 … 1"),
    "ndtri": _between("ndtri", 0.0, 1.0, "0 … 1"),
    "erfinv": _between("erfinv", -1.0, 1.0, "−1 … 1"),
    "gammaln": _at_poles("log Γ"),
    "gamma": _at_poles("Γ"),
    **dict.fromkeys(("psi", "digamma"), _at_poles("ψ")),
    "xlogy": _zero_second("a number times the logarithm of 0"),
    **dict.fromkeys(("rel_entr", "kl_div"), _zero_second("the logarithm of a division by 0")),
    **dict.fromkeys(("exp", "exp2", "expm1", "sinh", "cosh", "square", "multiply", "add"), _too_large),
}


def what_is(value: Any) -> str:
    """Return what is not finite in a value: NaN, ∞ or −∞; empty if all is.

    Examples
    --------
    >>> what_is(1.0), what_is(np.array([np.inf, 1.0])), what_is(np.array([-np.inf, np.nan])), what_is(-np.inf)
    ('', '∞', 'NaN', '−∞')
    """
    if np.isfinite(value).all():
        return ""
    if np.isnan(value).any():
        return "NaN"
    return "−∞" if np.all(np.real(value) < np.inf) else "∞"


def births(story: Story, numbers: Numbers) -> list[Birth]:
    """Return the nodes at which values begin that are not finite, in execution order."""
    whats = [what_is(numbers[Quantity("value", i)]) for i in range(len(story.nodes))]
    ill = {i for i, what in enumerate(whats) if what}
    into = _into(story) if ill else {}
    return [
        Birth(i, whats[i], _why(story, numbers, i, into.get(i, ())))
        for i in sorted(ill)
        if not any(edge.parent in ill for edge in into.get(i, ()))
    ]


def _into(story: Story) -> dict[int, list[Edge]]:
    into: dict[int, list[Edge]] = {}
    for edge in story.edges:
        into.setdefault(edge.child, []).append(edge)
    return into


def _why(story: Story, numbers: Numbers, i: int, edges: Sequence[Edge]) -> str:
    if not edges or (edges[0].argument and story.nodes[i].primitive in ("power", "float_power")):
        return ""
    operands = [numbers[Quantity("value", edge.parent)] for edge in edges]
    return why_born(story.nodes[i].primitive, numbers[Quantity("value", i)], *operands)


def why_born(primitive: str, value: Any, *operands: Any) -> str:
    """Say why a primitive makes a value that is not finite of numbers; empty where there is no word for it.

    Examples
    --------
    >>> why_born("log", -np.inf, 0.0), why_born("sin", np.nan, np.inf)
    ('the logarithm of 0', '')
    """
    why = _WHY.get(primitive)
    if why is None:
        return ""
    with np.errstate(all="ignore"):
        return why(np.asarray(value), *map(np.asarray, operands))


def births_going_back(story: Story, numbers: Numbers) -> Iterator[SentBirth]:
    """Yield the edges at which adjoints begin that are not finite, on the way back."""
    for edge in story.edges:
        sent = numbers.get(Quantity("contribution", edge.child, edge.argument))
        adjoint = numbers.get(Quantity("adjoint", edge.child))
        if sent is None or adjoint is None or not np.isfinite(adjoint).all() or np.isfinite(sent).all():
            continue
        local = numbers.get(Quantity("local", edge.child, edge.argument))
        yield SentBirth(edge, what_is(sent), _product(adjoint, local))


def _product(adjoint: Any, local: Any) -> str:
    """Say which two numbers make what is not finite: 0 times ∞."""
    if local is None:
        return ""
    infinite = np.isinf(local)
    if np.any(infinite & np.equal(adjoint, 0)):
        return "0 times ∞"
    return "0 times NaN" if np.any(np.isnan(local) & np.equal(adjoint, 0)) else ""
