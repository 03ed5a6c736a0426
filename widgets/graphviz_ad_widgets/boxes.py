"""Boxes that hold explorers, where nobody attends the kernel: in their place the explorers' own pages are shown.

A box is shown by the browser alone, which has its children from a kernel, or from a network. What a file has instead is
asked of a formatter of IPython; it is registered by the first explorer that is made where nobody attends, and gives of
every other box what that box gives itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from IPython import get_ipython
from ipywidgets import Box, Widget

from graphviz_ad_widgets.attended import unattended

__all__ = ["show_in_boxes"]


def show_in_boxes(kind: type[Widget]) -> None:
    """Let boxes show the widgets of a kind that they hold, where that is read from a file.

    A formatter that somebody else has registered for boxes stays.

    Parameters
    ----------
    kind : type
        Of widgets with a page of their own in their bundle.

    Examples
    --------
    >>> from graphviz_ad_widgets.explorer import Explorer
    >>> show_in_boxes(Explorer)  # somebody attends: nothing is registered
    """
    shell = get_ipython()
    if shell is None or not unattended():
        return
    formatter = shell.display_formatter.mimebundle_formatter
    try:
        formatter.lookup_by_type(Box)
    except KeyError:
        formatter.for_type(Box, lambda box: _bundle(box, kind))


def _bundle(box: Box, kind: type[Widget]) -> Any:
    """Return what a box shows: of one that holds such widgets, where nobody attends, their pages one below another."""
    own = box._repr_mimebundle_()
    pages = [widget._repr_mimebundle_()[0] for widget in dict.fromkeys(_inside(box, kind))] if unattended() else []
    if not pages:
        return own
    texts = "\n".join(page["text/plain"] for page in pages)
    picture = {"image/svg+xml": pages[0]["image/svg+xml"]} if len(pages) == 1 else {}
    return {"text/html": "\n".join(page["text/html"] for page in pages), **picture, "text/plain": texts}, {}


def _inside(box: Box, kind: type[Widget]) -> Iterator[Widget]:
    """Yield the widgets of a kind in a box, and in boxes inside, in the order in which they are shown."""
    stack = list(reversed(box.children))
    while stack:
        widget = stack.pop()
        if isinstance(widget, kind):
            yield widget
        elif isinstance(widget, Box):
            stack += reversed(widget.children)
