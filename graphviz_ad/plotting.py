"""Curves of a function and its derivatives, drawn with matplotlib, each on an axis of its own.

A slope is often a thousand times as large as its function, and on one axis would flatten it. No line leads through a
kink: there the curves come up to what they come to from both sides, circles are limits that are not reached, and full
marks are what is taken. Where f has no value no derivative is drawn, and the stretch says why.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Never

import numpy as np

from graphviz_ad.engine.frames import public
from graphviz_ad.engine.recording import checked_output, function_name
from graphviz_ad.engine.transforms import grad
from graphviz_ad.engine.variable import Variable
from graphviz_ad.errors import GraphvizAdError, InputError, text_of
from graphviz_ad.films.kinks import Kink, kinks_of
from graphviz_ad.films.places import gaps_json
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import Arrangement, Slider, arrange, refuse_misplaced

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot"]

_POINTS = 401  # a curve is drawn finer than a slider moves
_COLOURS = ("#0b4f9c", "#b23c00", "#7a0b5c", "#15191e")
_DASHES = ("-", "--", "-.", ":")
_WARN = "#7a0b5c"
_SHORT = 6  # a longer name runs along its axis


@public
def plot(
    f: Callable[..., Any],
    /,
    *misplaced: Never,
    inputs: Mapping[str, Any] | None = None,
    orders: Sequence[int] = (0, 1),
    ax: Axes | None = None,
    **sliders: Any,
) -> Axes:
    """Draw a function and its derivatives over one argument.

    Parameters
    ----------
    f : callable
        Written with NumPy; takes and returns a single number.
    inputs : mapping, optional
        Arguments whose names clash with the keywords here.
    orders : sequence of int
        Which derivatives to draw; 0 is the function itself.
    ax : matplotlib Axes, optional
        Where to draw; a new figure unless given. Its room is shared by the panels, and what is drawn there again goes
        into the same ones.
    **sliders
        ``x=(low, high)`` for the argument to draw along, or ``(low, high, step)``; everything else stays fixed.

    Returns
    -------
    matplotlib Axes
        Those of the first of `orders`. Each other order has a panel of its own below, with its own scale: they stand in
        ``ax.figure.axes``, and share the horizontal axis. Where `f` raises or is not finite there are gaps, also in its
        derivatives. A stretch of them is marked, with the reason; so are kinks, with the slopes of both sides and the
        one that is taken.

    Raises
    ------
    InputError
        For bad arguments, or when `f` raises everywhere.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> ax = gad.plot(np.sin, x=(-np.pi, np.pi))
    >>> [panel.get_ylabel() for panel in ax.figure.axes]
    ['$f$', "$f'$"]
    """
    refuse_misplaced("plot", f, misplaced)
    arrangement = arrange(f, sliders, inputs=inputs, who="plot", options=("inputs", "orders", "ax"), stops=_POINTS)
    if len(arrangement.sliders) != 1:
        raise InputError(f"plot: give one range to draw along, such as x=(-1, 1); got {len(arrangement.sliders)}")
    orders = _checked_orders(orders)
    if ax is not None and not hasattr(ax, "axhline"):
        way = "plt.subplots() returns (figure, axes)"
        raise InputError(f"plot: ax must be matplotlib Axes, got {type(ax).__name__}; {way}")
    (slider,) = arrangement.sliders
    points = slider.values
    curves = [_curve(arrangement, slider.name, points, order) for order in orders]
    kinks, gaps = _places(arrangement)

    from graphviz_ad.stacking import name_across, stacked

    panels = stacked(ax, orders)
    name = function_name(f)
    for order, curve, panel in zip(orders, curves, panels, strict=True):
        across, up = _broken(points, _with_value(curve, gaps, order), kinks, order)
        _draw(panel, across, up, order, _label(name, order))
        _mark_kinks(panel, kinks, order, points, _COLOURS[order % len(_COLOURS)])
        _mark_gaps(panel, [gap for gap in gaps if "slope" not in gap], slider, said=panel is panels[0])
        slopeless = [gap for gap in gaps if order and "slope" in gap]
        _mark_gaps(panel, slopeless, slider, said=order == min(filter(None, orders)))
        panel.margins(x=0)
    name_across(panels[0], slider.name.replace("$", r"\$"))
    return panels[0]


def _label(name: str, order: int) -> str:
    """Return a derivative as matplotlib writes it.

    Examples
    --------
    >>> _label("f", 1), _label("f", 4)
    ("$f'$", '$f^{(4)}$')
    """
    symbol = (name if len(name) == 1 else rf"\mathrm{{{name}}}").replace("_", r"\_")
    return f"${symbol}{chr(39) * order}$" if order <= 3 else f"${symbol}^{{({order})}}$"


def _draw(panel: Axes, across: Any, up: Any, order: int, label: str) -> None:
    """Draw a curve and name it: at the axis while it is alone, in a legend beside others."""
    place = order % len(_COLOURS)
    before = sum(not str(line.get_label()).startswith("_") for line in panel.lines)
    dash = _DASHES[(place + before) % len(_DASHES)]
    panel.plot(across, up, dash, color=_COLOURS[place], linewidth=1.8, label=label)
    _mark_zero(panel)
    panel.spines[["top", "right"]].set_visible(False)
    panel.grid(axis="y", color="#dde1e6", linewidth=0.8)
    panel.set_axisbelow(True)
    if before:
        panel.legend(frameon=False)
    else:
        upright: dict[str, Any] = {"rotation": 0, "ha": "right", "va": "center"} if len(label) <= _SHORT else {}
        panel.set_ylabel(label, color=_COLOURS[place], fontsize="large", **upright)


def _mark_zero(panel: Axes) -> None:
    """Draw the line at zero where it is near: farther off, it would flatten the curve."""
    low, high = panel.get_ylim()
    if -1.5 * (high - low) < min(low, -high) and max(low, -high) < 1.5 * (high - low):
        panel.axhline(0, color="#838d98", linewidth=0.8, zorder=0)


def _places(arrangement: Arrangement) -> tuple[list[Kink], list[dict[str, Any]]]:
    """Return the kinks, and the stretches without a value, as far as they can be told."""
    sampler = Sampler(arrangement, "plot")
    try:
        for stop in range(sampler.total):
            sampler.sample(stop)
        return kinks_of(sampler) or [], gaps_json(sampler, range(sampler.total))
    except GraphvizAdError:  # its graph changes all the time
        return [], []


def _with_value(curve: Any, gaps: Sequence[Mapping[str, Any]], order: int) -> Any:
    """Return a derivative without what a rule makes of places at which f has no value."""
    curve = np.array(curve)
    for gap in gaps if order else ():
        curve[gap["from"] : gap["to"] + 1] = np.nan
    return curve


def _broken(points: Any, curve: Any, kinks: Sequence[Kink], order: int) -> tuple[Any, Any]:
    """Return a curve that is led up to its kinks from both sides, and broken there; f itself at a jump only."""
    for kink in kinks:
        if order == 0 and kink.kind != "jump":
            continue
        keep = points != kink.x
        points, curve = points[keep], curve[keep]
        place = int(np.searchsorted(points, kink.x))
        ends = [np.nan] * 3 if order > 1 else [kink.left[order], np.nan, kink.right[order]]
        ends = [np.nan, *ends[1:]] if place == 0 else [*ends[:2], np.nan] if place == len(points) else ends
        ends = [end if np.isfinite(end) else np.nan for end in ends]
        points, curve = np.insert(points, [place] * 3, kink.x), np.insert(curve, [place] * 3, ends)
    return points, curve


def _mark_kinks(ax: Axes, kinks: Sequence[Kink], order: int, points: Any, colour: str) -> None:
    """Draw circles where limits are, and what is taken: a dot on f, a diamond on its derivative."""
    shown = [kink for kink in kinks if order == 1 or (order == 0 and kink.kind == "jump")]
    limits = [(kink.x, kink.left[order]) for kink in shown if kink.x > points[0]]
    limits += [(kink.x, kink.right[order]) for kink in shown if kink.x < points[-1]]
    own = [(kink.x, kink.here[order]) for kink in shown]
    for marks, marker, face in ((limits, "o", "white"), (own, "D" if order else "o", colour)):
        seen = [mark for mark in marks if np.isfinite(mark[1])]
        x, y = [mark[0] for mark in seen], [mark[1] for mark in seen]
        ax.scatter(x, y, s=26, marker=marker, facecolor=face, edgecolor=colour, zorder=3)


def _mark_gaps(ax: Axes, gaps: Sequence[Mapping[str, Any]], slider: Slider, *, said: bool) -> None:
    """Shade where f has no value, and say why."""
    low, high = slider.values[0], slider.values[-1]
    half = (slider.values[1] - low) / 2
    for gap in gaps:
        left = max(low, slider.values[gap["from"]] - half)
        right = min(high, slider.values[gap["to"]] + half)
        ax.axvspan(left, right, color=_WARN, alpha=0.08, linewidth=0, zorder=0)
        share = (right - left) / (high - low)
        if share < 0.12 or not said:
            continue
        text, place = textwrap.fill(gap["why"], max(12, round(70 * share))), left + 0.015 * (high - low)
        style: dict[str, Any] = {"color": _WARN, "va": "top", "fontsize": "small", "clip_on": True}
        ax.text(place, 0.97, text, transform=ax.get_xaxis_transform(), **style)


def _checked_orders(orders: Any) -> tuple[int, ...]:
    try:
        numbers = tuple(orders)
    except TypeError:
        raise InputError(f"plot: orders must be a sequence of integers such as (0, 1), got {orders!r}") from None
    if not numbers or not all(
        isinstance(order, int | np.integer) and not isinstance(order, bool) and order >= 0 for order in numbers
    ):
        raise InputError(f"plot: orders must be integers from 0, such as (0, 1, 2), got {orders!r}")
    return tuple(int(order) for order in numbers)


def _curve(arrangement: Arrangement, name: str, points: Any, order: int) -> np.ndarray[Any, Any]:
    """Return the derivative of the given order at every point, NaN where it is not finite or f raises."""

    def along(x: Any) -> Any:
        positional, keywords = arrangement.arguments({name: x})
        output = checked_output(arrangement.function(*positional, **keywords), "plot")
        if np.ndim(output) or np.iscomplexobj(output):
            what = f"shape {np.shape(output)}" if np.ndim(output) else "a complex number"
            raise InputError(f"plot: the function must return a single real number, but it returned {what}")
        return output

    derivative: Callable[[Any], Any] = along
    for _ in range(order):
        derivative = grad(derivative)
    heights, first_error = [], None
    for point in points:
        try:
            with np.errstate(all="ignore"):
                value = derivative(np.float64(point)) if order else along(Variable(np.float64(point)))
        except InputError:
            raise
        except Exception as error:  # whatever the user's function raises leaves a gap
            first_error = first_error or error
            heights.append(np.nan)
            continue
        plain = np.asarray(value.value if isinstance(value, Variable) else value)
        heights.append(float(plain) if np.isfinite(plain) else np.nan)
    if first_error is not None and np.isnan(heights).all():
        raise InputError(
            f"plot: the function raised at every point; first {type(first_error).__name__}: {text_of(first_error)}"
        ) from first_error
    return np.array(heights)
