"""Cost: what a computation and its derivatives cost, and which mode to take; counted, and measured where it says so."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.debugging.columns import Look
from graphviz_ad.debugging.costs.document import cost_document
from graphviz_ad.debugging.costs.sweeping import Costs, LineCost, ModeCost, NodeCost, costs_of
from graphviz_ad.debugging.costs.text import cost_text, verdict
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Thresholds
from graphviz_ad.engine.frames import public
from graphviz_ad.engine.recording import Recording
from graphviz_ad.saving.cost_page import page, snippet
from graphviz_ad.saving.reports import json_text, save_report

__all__ = ["Cost", "cost_of"]


@prints
@dataclass(frozen=True, eq=False, repr=False)
class Cost:
    """What a computation and its derivatives cost; made by `Trace.cost`. `print` it, or let a notebook show it.

    Attributes
    ----------
    nodes : tuple of NodeCost
        Of each node, in execution order: operations, bytes, time.
    lines : tuple of LineCost
        The same by the person's line of code.
    modes : tuple of ModeCost
        What evaluation, reverse mode, forward mode and the Hessian take, in operations and sweeps.
    held : int
        How many bytes of numbers the trace keeps alive: values and constants, each once, without Python's own objects.
    verdict : str
        Which mode to take, and why.
    """

    _exam: Examination = field(repr=False)
    _costs: Costs = field(repr=False)

    @property
    def nodes(self) -> tuple[NodeCost, ...]:
        """Of each node."""
        return self._costs.nodes

    @property
    def lines(self) -> tuple[LineCost, ...]:
        """By line of code."""
        return self._costs.lines

    @property
    def modes(self) -> tuple[ModeCost, ...]:
        """By mode."""
        return self._costs.modes

    @property
    def held(self) -> int:
        """Bytes of numbers that are kept alive."""
        return sum(node.held for node in self.nodes)

    @property
    def verdict(self) -> str:
        """Which mode to take, and why."""
        return verdict(self._exam, self._costs)

    def text(self, stream: Any = None) -> str:
        """Return the cost in at most 80 columns as a stream can show it; for standard output unless one is given.

        Examples
        --------
        >>> import numpy as np, graphviz_ad as gad
        >>> print(gad.trace(lambda x: np.sum(np.sin(x) * x), np.ones(4)).cost().text().splitlines()[0])
        f(x): 4 nodes, 4 numbers in, 1 number out
        """
        return cost_text(self._exam, self._costs, Look.of(sys.stdout if stream is None else stream, colours=False))

    def to_json(self) -> str:
        """Return the cost for programs, as JSON; times are in seconds.

        Examples
        --------
        >>> import json, numpy as np, graphviz_ad as gad
        >>> data = json.loads(gad.trace(np.sin, 2.0).cost().to_json())
        >>> data["modes"][1]["mode"], data["modes"][1]["operations"]
        ('reverse', 3)
        """
        return json_text(cost_document(self._exam, self._costs))

    @public
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the cost to a file: ``.txt`` is the text, ``.html`` a page, ``.json`` is for programs.

        Raises
        ------
        InputError
            For another suffix.
        PathError
            When the file cannot be written there.

        Examples
        --------
        >>> import pathlib, tempfile, numpy as np, graphviz_ad as gad
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     gad.trace(np.sin, 2.0).cost().save(pathlib.Path(folder, "cost.txt"))
        """
        save_report(path, {suffix: partial(write, self) for suffix, write in _WRITERS.items()})

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": snippet(self._exam, self._costs), "text/plain": str(self)}

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return self.text()


_WRITERS: Mapping[str, Callable[[Cost], str]] = {
    ".txt": lambda cost: cost_text(cost._exam, cost._costs, Look.of(None)) + "\n",
    ".html": lambda cost: page(cost._exam, cost._costs),
    ".json": lambda cost: cost.to_json() + "\n",
}


def cost_of(recording: Recording) -> Cost:
    """Count and measure what a recording costs.

    Raises
    ------
    InputError
        When nothing has been recorded.
    ReleasedError
        When the graph was released by ``backward(retain_graph=False)``.
    """
    with np.errstate(all="ignore"):
        exam = Examination(recording, Thresholds())
        return Cost(exam, costs_of(exam))
