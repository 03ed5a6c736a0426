"""Sums of products in Einstein's notation, written as products of vectors and matrices where they are such."""

from __future__ import annotations

from graphviz_ad.formulas.symbols import Symbol, plainly, transposed

__all__ = ["as_product"]


def as_product(a: Symbol, b: Symbol, subscripts: str) -> Symbol | None:
    """Return the product that an einsum of two vectors or matrices is; None where it is none.

    Examples
    --------
    >>> from graphviz_ad.formulas.symbols import name
    >>> A, B = name("A", (3, 4)), name("B", (2, 4))
    >>> print(as_product(A, B, "ik,jk->ij"))
    matmul(name(A, False), transpose(name(B, False)))
    """
    inputs, _, output = subscripts.partition("->")
    first, second = inputs.split(",")
    summed = [letter for letter in first if letter in second and letter not in output]
    if len(set(first)) < len(first) or len(set(second)) < len(second) or max(len(first), len(second)) > 2:
        return None
    if not summed:
        return _without_sum(a, b, first, second, output)
    if len(summed) > 1:
        return None
    own, other = first.replace(summed[0], ""), second.replace(summed[0], "")
    if output == own + other:
        return plainly("matmul", _ending(a, first, summed[0]), _beginning(b, second, summed[0]))
    if output == other + own:
        return plainly("matmul", _ending(b, second, summed[0]), _beginning(a, first, summed[0]))
    return None


def _without_sum(a: Symbol, b: Symbol, first: str, second: str, output: str) -> Symbol | None:
    if output in (first, second) and (first == second or not first or not second):
        return plainly("multiply", a, b)
    pair = {first + second: (a, b), second + first: (b, a)}.get(output)
    if pair is None or len(first) != 1 or len(second) != 1:
        return None
    return plainly("matmul", pair[0][:, None], pair[1][None, :])


def _ending(symbol: Symbol, letters: str, last: str) -> Symbol:
    return symbol if letters.endswith(last) else transposed(symbol)


def _beginning(symbol: Symbol, letters: str, first: str) -> Symbol:
    return symbol if letters.startswith(first) else transposed(symbol)
