"""f and its derivatives side by side: what each of them is made of, counted on what is recorded."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Never

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.draw.generations import Lineage, draw, draw_tall, sentences
from graphviz_ad.draw.scene import MAX_BOXES
from graphviz_ad.draw.svg import serialise
from graphviz_ad.engine.frames import public
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.transforms import grad
from graphviz_ad.errors import InputError, SizeError, brief, refuse_unknown
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.saving.drawings import Drawing
from graphviz_ad.saving.formats import save
from graphviz_ad.story.generations import KINDS, Generation, by_order, by_size, generation, primed
from graphviz_ad.story.telling import Teller

__all__ = ["Orders", "orders"]

_OTHERS: dict[str, Callable[[Any], Any]] = {"sin x": np.sin, "x³": lambda x: x**3, "tanh x": np.tanh}


@prints
@dataclass(frozen=True, eq=False, repr=False)
class Orders:
    """The graphs of a function and of its derivatives at a point; see `orders`.

    Attributes
    ----------
    generations : tuple of Generation
        f, f′, f″: each with its ``value``, ``nodes``, ``edges``, and ``counts`` by what its nodes were made by.
    by_order : tuple of int
        How many nodes f and its derivatives up to the fourth have.
    by_size : mapping of str to tuple of int
        How many numbers are computed for 1, 4, 16 and 64 entries; empty where f takes one number only.
    """

    _lineage: Lineage = field(repr=False)

    @property
    def generations(self) -> tuple[Generation, ...]:
        """F and its derivatives."""
        return self._lineage.generations

    @property
    def by_order(self) -> tuple[int, ...]:
        """How many nodes, by order."""
        return self._lineage.by_order

    @property
    def by_size(self) -> dict[str, tuple[int, ...]]:
        """How many numbers, for so many entries."""
        return dict(self._lineage.by_size)

    @public
    def save(
        self,
        path: str | os.PathLike[str],
        *,
        theme: str | None = None,
        width: str | float | None = None,
        scale: float | None = None,
        **unknown: Never,
    ) -> None:
        """Write the picture: ``.svg``, ``.png``, ``.pdf`` or ``.html``.

        Parameters
        ----------
        path : path-like
            Written whole or not at all.
        theme, width, scale
            As for `Trace.save`; a page follows the reader's system unless a theme is asked for.

        Raises
        ------
        InputError
            For another suffix, and for an option that the format does not take.
        PathError
            When the file cannot be written there.

        Examples
        --------
        >>> import pathlib, tempfile, numpy as np, graphviz_ad as gad
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     gad.orders(np.sin, 2.0).save(pathlib.Path(folder, "sine.svg"), theme="dark")
        """
        refuse_unknown("save", unknown, ("theme", "width", "scale"))
        lineage = self._lineage
        drawing = Drawing(
            lambda theme, width: draw(lineage, theme, width),
            lambda theme: draw_tall(lineage, theme),
            "gad.trace(gad.grad(f), x)",
        )
        own = {} if theme is None else {"theme": theme}
        save(drawing, path, width=width, scale=scale, **own)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"image/svg+xml": serialise(draw(self._lineage).tree), "text/plain": str(self)}

    def __str__(self) -> str:
        lineage = self._lineage
        kinds = [kind for kind in KINDS if any(kind in one.counts for one in lineage.generations)]
        heads = ["", "value", "nodes", "edges", *({"again": "back again"}.get(kind, kind) for kind in kinds)]
        rows = [heads]
        for one in lineage.generations:
            counts = [str(one.counts.get(kind, "")) for kind in kinds]
            rows.append([lineage.name + primed(one.order), f"{one.value:.7g}", str(one.nodes), str(one.edges), *counts])
        wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join([row[0].ljust(wide[0]), *map(str.rjust, row[1:], wide[1:])]).rstrip() for row in rows]
        return "\n".join([f"{lineage.title.text} at {lineage.place}", *lines, *sentences(lineage)])

    def __repr__(self) -> str:
        counts = ", ".join(str(one.nodes) for one in self.generations)
        return f"<Orders of {self._lineage.name} at {self._lineage.place}: {counts} nodes>"


@public
def orders(f: Callable[..., Any], x: Any, /, *, upto: int = 2, **unknown: Never) -> Orders:
    """Show f, f′ and f″ side by side: why a second derivative is so much dearer than a first one.

    Each is recorded at a point and drawn as it was recorded, all at one scale: what was computed, what was made
    going back through that, and what was made going back through all of that. Below them it is counted how the
    derivatives grow with their order, and with the number of entries.

    Parameters
    ----------
    f : callable
        Written with NumPy. Takes a number and returns one.
    x : float
        Where it is differentiated.
    upto : int
        The last derivative that is drawn: 1, 2 or 3.

    Returns
    -------
    Orders
        `print` it, ``save`` it, or let a notebook show it.

    Raises
    ------
    InputError
        When x or the result is no single number, or `f` cannot be differentiated there.
    SizeError
        When a graph has more nodes than are drawn.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> print(gad.orders(lambda x: np.log(x**2) * np.sin(x) + 1 / x, 2.0))
    f(x) = log(x²) · sin x + 1/x at x = 2
             value  nodes  edges  computed  back  back again
    f     1.760554      7      8         7
    f′  0.08239541     18     23         5    13
    f″   -2.297496     50     69         5    21          24
    f′ differentiates the 7 nodes of f; the values of 5 are a part of it.
    f″ differentiates all 18 nodes that made f′, its way back included.
    """
    refuse_unknown("orders", unknown, ("upto",))
    if isinstance(upto, bool) or upto not in (1, 2, 3):
        raise InputError(f"orders: upto is {upto!r}; expected 1, 2 or 3: the last derivative that is drawn")
    try:
        kind = np.asarray(x).dtype.kind
    except ValueError:  # of a ragged list no array can be made
        kind = "O"
    if kind not in "fiu":
        raise InputError(f"orders: x must be a single number, such as 2.0, got {brief(x)}")
    if np.shape(x) != ():
        raise InputError(
            f"orders: x must be a single number, got shape {np.shape(x)}; count along a direction v of it, as in "
            "gad.orders(lambda t: f(x + t * v), 0.0)"
        )
    recording = Recording.of_call(f, (float(x),), {}, who="orders")
    if np.shape(recording.output) != ():
        raise InputError(
            f"orders: {recording.name} must return a single number, got shape {np.shape(recording.output)}"
        )
    drawn = [generation(recording, 0)]
    derivative = f
    for order in range(1, upto + 1):
        derivative = grad(derivative)
        drawn.append(generation(Recording.of_call(derivative, (float(x),), {}, who="orders"), order))
        if drawn[-1].nodes > MAX_BOXES:
            raise _too_large(recording.name, order, drawn[-1].nodes)
    teller = Teller(recording)
    with np.errstate(all="ignore"):
        lineage = Lineage(
            recording.name,
            teller.titles[0],
            Formula(teller.symbols[recording.inputs[0].index]),
            float(x),
            tuple(drawn),
            by_order(f, float(x)),
            by_size(f, float(x)),
            {name: by_order(other, 0.5) for name, other in _OTHERS.items()},
        )
    return Orders(lineage)


def _too_large(name: str, order: int, nodes: int) -> SizeError:
    way = f"choose upto={order - 1}" if order > 1 else "choose a smaller function"
    return SizeError(
        f"orders: {name}{primed(order)} has {nodes:,} nodes, more than the {MAX_BOXES} that are drawn; {way}"
    )
