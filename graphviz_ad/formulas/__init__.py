"""Formulas: one tree of symbols, one of boxes, and four hands that write it.

A derivative rule read with Symbols (`symbols`) is an expression (`reading`), as long as it asks for nothing but shapes
(`shapes`); `simplifying` writes it as by hand, sums of products as products of matrices (`contracting`). How an
operation is written is data on its primitive, from which `notation` makes boxes (`boxes`), with its parameters in words
(`settings`); text and runs (`text`), LaTeX (`latex`) and MathML (`mathml`) are written from the same boxes, so that
they cannot disagree. `formula` puts it together, and `equations` aligns several.
"""
