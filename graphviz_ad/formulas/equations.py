"""Equations below each other, aligned: what a person reads, copies and pastes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphviz_ad.console import prints
from graphviz_ad.formulas.formula import Formula

__all__ = ["Equation", "Equations"]


@prints
@dataclass(frozen=True, slots=True)
class Equation:
    """One formula equals another; without a right side it is a formula alone, with a remark it is not written out.

    Attributes
    ----------
    left, right : Formula
    remark : str
        What stands in the place of a right side that is not written out.
    """

    left: Formula
    right: Formula | None = None
    remark: str = ""

    @property
    def text(self) -> str:
        """The equation on one line."""
        return "".join(self.columns)

    @property
    def columns(self) -> tuple[str, str]:
        """What stands before and from the equals sign, as text."""
        left = _plain(self.left)
        if self.right is not None:
            return f"{left} ", f"= {_plain(self.right)}"
        return (f"{left}: ", self.remark) if self.remark else (left, "")

    @property
    def latex(self) -> str:
        """The equation with a mark of alignment before its sign."""
        if self.right is not None:
            return f"{self.left.latex} &= {self.right.latex}"
        return rf"{self.left.latex} &\colon \text{{{self.remark}}}" if self.remark else f"{self.left.latex} &"

    @property
    def mathml(self) -> str:
        """The cells of a row of a table."""
        right = "" if self.right is None else f"<mo>=</mo>{self.right.mathml}"
        if self.remark:
            right = f"<mo>:</mo><mtext>\u00a0{self.remark}</mtext>"
        return (
            f"<mtd style='text-align: right'><mrow>{self.left.mathml}</mrow></mtd>"
            f"<mtd style='text-align: left'><mrow>{right}</mrow></mtd>"
        )

    def __str__(self) -> str:
        return self.text


@prints
class Equations:
    r"""Rows of equations that are written in one aligned block, as text, LaTeX and MathML; a notebook shows them set.

    Attributes
    ----------
    rows : tuple of tuple of Equation
        In each row equally many.

    Examples
    --------
    >>> from graphviz_ad.formulas.symbols import name
    >>> x, y = name("x"), name("y")
    >>> both = Equations([[Equation(Formula(y), Formula(x**2))], [Equation(Formula(y + 1), Formula(x))]])
    >>> print(both)
    y     = x²
    y + 1 = x
    >>> both.latex
    '\\begin{aligned} y &= x^{2} \\\\ y + 1 &= x \\end{aligned}'
    """

    def __init__(self, rows: Sequence[Sequence[Equation]]) -> None:
        self.rows = tuple(map(tuple, rows))

    def __iter__(self) -> Iterator[Equation]:
        """Give the equations, row by row."""
        return (equation for row in self.rows for equation in row)

    def __len__(self) -> int:
        return sum(map(len, self.rows))

    @property
    def text(self) -> str:
        """The equations as a table."""
        rows = [[cell for equation in row for cell in equation.columns] for row in self.rows]
        widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
        return "\n".join(_line(row, widths) for row in rows)

    @property
    def latex(self) -> str:
        """The equations in one aligned block, for math mode."""
        rows = r" \\ ".join(" & ".join(equation.latex for equation in row) for row in self.rows)
        return rf"\begin{{aligned}} {rows} \end{{aligned}}"

    @property
    def mathml(self) -> str:
        """The equations as a ``<math>`` element with a table."""
        rows = "".join(f"<mtr>{''.join(equation.mathml for equation in row)}</mtr>" for row in self.rows)
        return f"<math display='block'><mtable displaystyle='true'>{rows}</mtable></math>"

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def _repr_html_(self) -> str:
        # A name of several letters is slanted by style: browsers know the variant of a single letter only.
        return self.mathml.replace(_SLANTED, f'{_SLANTED} style="font-style: italic"')


_SLANTED = 'mathvariant="italic"'


def _plain(formula: Formula) -> str:
    """Return a formula with plain spaces, as it is searched for and copied."""
    return formula.text.replace("\u2009", " ")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return a row of the table: a gap stands before the left side of every equation but the first."""
    padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True))
    return "".join(f"   {cell}" if i and i % 2 == 0 else cell for i, cell in enumerate(padded)).rstrip()


def _width(text: str) -> int:
    """Count what takes room: a bar stands above its letter."""
    return sum(not unicodedata.combining(character) for character in text)
