"""Curves of a function and its derivatives, drawn with matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphviz_ad.engine.frames import public
from graphviz_ad.engine.recording import checked_output, function_name
from graphviz_ad.engine.transforms import grad
from graphviz_ad.engine.variable import Variable
from graphviz_ad.errors import InputError, text_of
from graphviz_ad.films.sliders import Arrangement, arrange

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot"]

_POINTS = 401  # a curve is drawn finer than a slider moves
_COLOURS = ("#0b4f9c", "#b23c00", "#7a0b5c", "#15191e")
_DASHES = ("-", "--", "-.", ":")


@public
def plot(
    f: Callable[..., Any],
    /,
    *,
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
        Where to draw; a new figure unless given.
    **sliders
        ``x=(low, high)`` for the argument to draw along, or ``(low, high, step)``; everything else stays fixed.

    Returns
    -------
    matplotlib Axes
        Stops where `f` raises or is not finite are left out as gaps.

    Raises
    ------
    InputError
        For bad arguments, or when `f` raises everywhere.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> ax = gad.plot(np.sin, x=(-np.pi, np.pi))
    >>> [line.get_label() for line in ax.lines[:2]]
    ['$f$', "$f'$"]
    """
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

    import matplotlib.pyplot as plt

    if ax is None:
        ax = plt.subplots(figsize=(6.4, 3.6), layout="constrained")[1]
    name = function_name(f)
    symbol = (name if len(name) == 1 else rf"\mathrm{{{name}}}").replace("_", r"\_")
    for order, curve in zip(orders, curves, strict=True):
        place = order % len(_COLOURS)
        label = f"${symbol}{chr(39) * order}$" if order <= 3 else f"${symbol}^{{({order})}}$"
        ax.plot(points, curve, _DASHES[place], color=_COLOURS[place], linewidth=1.8, label=label)
    ax.axhline(0, color="#838d98", linewidth=0.8, zorder=0)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color="#dde1e6", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.set_xlabel(slider.name.replace("$", r"\$"), fontstyle="italic")
    ax.margins(x=0)
    ax.legend(frameon=False)
    return ax


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
