"""Formulas: the derivative rules read with symbols, and written as text, LaTeX and MathML."""
