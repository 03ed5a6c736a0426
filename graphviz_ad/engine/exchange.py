"""Setting attributes of many objects in one piece: of all or of none, whatever thread or signal gets in.

Python looks for signals, and lets other threads run, between the instructions of Python code. What is written here as
one call of `list` over iterators that are all written in C has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, compress, repeat
from operator import attrgetter, is_
from typing import Any

__all__ = ["exchange", "set_all"]


def exchange(name: str, owners: Sequence[Any], before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Set an attribute of all owners if each still has the value that it had; return whether that was so.

    Examples
    --------
    >>> from types import SimpleNamespace as Leaf
    >>> a, b = Leaf(grad=None), Leaf(grad=1.0)
    >>> exchange("grad", [a, b], [None, None], [2.0, 3.0]), a.grad
    (False, None)
    >>> exchange("grad", [a, b], [None, b.grad], [2.0, 3.0]), a.grad, b.grad
    (True, 2.0, 3.0)
    """
    if not owners:
        return True
    # The question is asked when the first owner is: `compress` gives all of them, or none.
    unchanged = map(all, [map(is_, map(attrgetter(name), owners), before)])
    return bool(list(map(setattr, chain.from_iterable(compress([owners], unchanged)), repeat(name), after)))


def set_all(owners: Sequence[Any], names: Sequence[str], values: Sequence[Any]) -> None:
    """Set an attribute of each owner.

    Examples
    --------
    >>> from types import SimpleNamespace as Node
    >>> a, b = Node(), Node()
    >>> set_all([a, b, b], ["x", "x", "y"], [1, 2, 3])
    >>> a, b
    (namespace(x=1), namespace(x=2, y=3))
    """
    list(map(setattr, owners, names, values))
