"""Panels of one plot, one below the other, which share their horizontal axis and have each a scale of their own.

Examples
--------
>>> from matplotlib.figure import Figure
>>> figure = Figure()
>>> panels = stacked(figure.add_subplot(), (0, 1))
>>> figure.axes == panels, stacked(panels[0], (1,)) == panels[1:]
(True, True)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.gridspec import GridSpec, GridSpecBase

__all__ = ["Panel", "name_across", "stacked"]

_WIDE, _FIRST, _MORE, _FOOT = 6.4, 2.9, 1.9, 0.5  # inches


class Panel(Axes):
    """A panel below the axes that a person holds.

    Attributes
    ----------
    head : matplotlib Axes
        Those axes.
    shown : int
        What they show, and what this panel does: orders of the derivative.
    order : int
    """

    head: Axes
    shown: int
    order: int


def stacked(ax: Axes | None, orders: Sequence[int]) -> list[Axes]:
    """Return the panel of each order.

    Parameters
    ----------
    ax : matplotlib Axes or None
        The uppermost panel: the others get a part of its room, unless they stand there already. None for a new figure.
    orders : sequence of int
    """
    several = list(dict.fromkeys(orders))
    if ax is None:
        size = _WIDE, _FIRST + _MORE * (len(several) - 1) + _FOOT
        ax = plt.subplots(figsize=size, layout="constrained")[1]
    below = _below(ax)
    panels: dict[int, Axes] = {below[0].shown if below else several[0]: ax, **{one.order: one for one in below}}
    top, missing = next(iter(panels)), [order for order in several if order not in panels]
    for order, panel in zip(missing, _share([*panels.values()][-1], len(missing)), strict=True):
        panel.head, panel.shown, panel.order = ax, top, order
        panels[order] = panel
    return [panels[order] for order in orders]


def name_across(panel: Axes, name: str) -> None:
    """Name the axis that a panel shares with others, below the lowest of them."""
    head = panel.head if isinstance(panel, Panel) else panel
    panels = [head, *_below(head)]
    for one in panels:
        one.set_xlabel(name, fontstyle="italic")
        if len(panels) > 1:
            one.label_outer()


def _below(ax: Axes) -> list[Panel]:
    return [one for one in ax.figure.axes if isinstance(one, Panel) and one.head is ax]


def _share(ax: Axes, count: int) -> list[Panel]:
    """Give a part of the room of some axes to so many panels below them."""
    if not count:
        return []
    grid = _rows(ax, count + 1)
    ax.set_subplotspec(grid[0])
    panels = [ax.figure.add_subplot(grid[row], axes_class=Panel, sharex=ax) for row in range(1, count + 1)]
    return [panel for panel in panels if isinstance(panel, Panel)]


def _rows(ax: Axes, count: int) -> GridSpecBase:
    """Divide the room of some axes: by their place in a grid, so that layouts keep them together, or as it is."""
    ratios = [_FIRST] + [_MORE] * (count - 1)
    own = ax.get_subplotspec()
    if own is not None:
        return own.subgridspec(count, 1, height_ratios=ratios)
    box = ax.get_position()
    sides: dict[str, Any] = {"left": box.x0, "right": box.x1, "bottom": box.y0, "top": box.y1}
    return GridSpec(count, 1, height_ratios=ratios, **sides)
