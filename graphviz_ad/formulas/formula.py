"""A formula: an expression that can be written in four ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphviz_ad.console import prints
from graphviz_ad.formulas import notation
from graphviz_ad.formulas.boxes import Box
from graphviz_ad.formulas.latex import latex
from graphviz_ad.formulas.mathml import mathml
from graphviz_ad.formulas.symbols import Symbol
from graphviz_ad.formulas.text import Run, run_text, runs, written
from graphviz_ad.numerals.quantities import Quantity

__all__ = ["Formula", "NumberWriter"]

NumberWriter = Callable[[Quantity], Any]


@prints
class Formula:
    r"""A formula that can be written in four ways. Numbers of the story in it are written by a function.

    Its boxes are made when it is first written, and kept: with other numbers they are the same.

    Parameters
    ----------
    symbol : Symbol
    numbers : callable, optional
        ``numbers(quantity) -> value or str``: what to write for a number of the story; ``…`` unless given.

    Examples
    --------
    >>> import numpy as np
    >>> from graphviz_ad.formulas.symbols import name
    >>> x = name("x")
    >>> f = Formula(np.cos(x) / x**2)
    >>> f.text, f.latex
    ('cos(x)/x²', '\\frac{\\cos x}{x^{2}}')
    """

    __slots__ = ("_box", "_numbers", "symbol")

    def __init__(self, symbol: Symbol, numbers: NumberWriter | None = None) -> None:
        self.symbol = symbol
        self._box: Box | None = None
        self._numbers = numbers

    def with_numbers(self, numbers: NumberWriter) -> Formula:
        """Return the same formula with its numbers written by `numbers`."""
        other = Formula(self.symbol, numbers)
        other._box = self.box
        return other

    @property
    def box(self) -> Box:
        """The formula as boxes."""
        if self._box is None:
            self._box = notation.box(self.symbol)[0]
        return self._box

    @property
    def text(self) -> str:
        """The formula in Unicode, on one line."""
        return "".join(map(run_text, self.runs))

    @property
    def runs(self) -> tuple[Run, ...]:
        """The formula on one line, as stretches of text."""
        return runs(self.box, self._number)

    @property
    def latex(self) -> str:
        """The formula in LaTeX, for math mode."""
        return latex(self.box, self._number)

    @property
    def mathml(self) -> str:
        """The formula as MathML elements, without the surrounding ``<math>``."""
        return mathml(self.box, self._number)

    def _number(self, quantity: Quantity) -> str:
        if self._numbers is None:
            return "…"
        value = self._numbers(quantity)
        return value if isinstance(value, str) else written(value)

    def __repr__(self) -> str:
        return f"<Formula {self.text}>"
