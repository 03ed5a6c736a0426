"""Sliders: which arguments of a function move, over which stops, and which stay fixed.

One contract for films, plots, the widget and the command line: ``x=(low, high)`` or ``x=(low, high, step)`` is a
slider, anything else is a fixed argument. A range is always one of floats, unlike in `ipywidgets.interact`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from graphviz_ad import numerals
from graphviz_ad.errors import InputError, SizeError, suggest

__all__ = ["MOST_STOPS", "STOPS", "Arrangement", "Slider", "arrange"]

STOPS = {1: 201, 2: 41}
"""Stops of a slider without a step, by the number of sliders."""
MOST_STOPS = 10_001


@dataclass(frozen=True)
class Slider:
    """One argument that moves.

    Attributes
    ----------
    name : str
    values : array of float64, shape (stops,)
    start : int
        The stop that is shown first.
    """

    name: str
    values: np.ndarray[Any, np.dtype[np.float64]]
    start: int

    @property
    def format(self) -> numerals.Format:
        """How its value is written: exactly where few decimals do, else one digit finer than two stops are apart."""
        exact = numerals.choose_format(self.values)
        distance = float(np.min(np.diff(self.values)))
        needed = max(0, 1 - math.floor(math.log10(distance)))
        return exact if exact[0] == "e" or exact[1] <= max(needed, 2) else ("f", needed)


@dataclass(frozen=True)
class Arrangement:
    """A function with its sliders and fixed arguments, ready to be called at any stop.

    Attributes
    ----------
    function : callable
    sliders : tuple of Slider
    fixed : mapping of str to value
    positional : tuple of str
        The names that must be passed by position.
    """

    function: Callable[..., Any]
    sliders: tuple[Slider, ...]
    fixed: Mapping[str, Any]
    positional: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many stops each slider has."""
        return tuple(len(slider.values) for slider in self.sliders)

    def arguments(self, values: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the positional and keyword arguments for a call with the sliders at `values`."""
        given = {**self.fixed, **values}
        return tuple(given.pop(name) for name in self.positional if name in given), given


def arrange(
    function: Callable[..., Any],
    sliders: Mapping[str, Any],
    *,
    inputs: Mapping[str, Any] | None = None,
    at: Mapping[str, float] | None = None,
    who: str,
    options: tuple[str, ...] = (),
) -> Arrangement:
    """Sort the arguments given for `function` into sliders and fixed ones, and check them.

    Parameters
    ----------
    function : callable
    sliders : mapping
        By name: ``(low, high)`` or ``(low, high, step)`` for a slider, anything but a string or a dict to stay fixed.
    inputs : mapping, optional
        More of the same, for names that clash with keywords.
    at : mapping, optional
        Where sliders start, by name; two thirds along unless given.
    who : str
        The caller, for errors.
    options : tuple of str
        The caller's own keywords, for "did you mean".

    Raises
    ------
    InputError
        For a range that is reversed, empty or not finite, unknown names, and missing arguments.
    SizeError
        For a step that would make more than 10,001 stops.
    """
    if not callable(function):
        raise InputError(
            f"{who} needs a function first, got {type(function).__name__}: {who}(f, x=(0, 1)), not {who}(f(x), ...)"
        )
    if inputs is not None and not isinstance(inputs, Mapping):
        raise InputError(f"{who}: inputs must be a dict of arguments by name, got {type(inputs).__name__}")
    given = {**sliders, **(inputs or {})}
    names, positional = _bind(function, list(given), who, options)
    ranges = {name: value for name, value in given.items() if _is_range(value)}
    fixed = {name: _fixed(name, value, who) for name, value in given.items() if name not in ranges}
    missing = [name for name in names if name not in given]
    if missing:
        raise InputError(
            f"{who}: {missing[0]} has no range and no value: "
            f"add {missing[0]}=(low, high) for a slider, or {missing[0]}=2.0"
        )
    starts = dict(at or {})
    for name in starts:
        if name not in ranges:
            raise InputError(
                f"{who}: at={{{name!r}: ...}} names no slider; the sliders are {', '.join(ranges) or 'none'}."
                f"{suggest(str(name), ranges)}"
            )
    many = STOPS.get(len(ranges), STOPS[2])
    made = tuple(_slider(name, value, starts.get(name), many, who) for name, value in ranges.items())
    return Arrangement(function, made, fixed, positional)


def _bind(
    function: Callable[..., Any], given: list[str], who: str, options: tuple[str, ...]
) -> tuple[list[str], tuple[str, ...]]:
    """Return the required parameter names and those to pass by position; refuse names that do not exist."""
    if isinstance(function, np.ufunc):
        # A ufunc's operands have no names that could be passed: take the sliders in the order in which they were given.
        if len(given) != function.nin:
            raise InputError(
                f"{who}: np.{function.__name__} takes {function.nin} argument(s), "
                f"got {len(given)}: {', '.join(given) or 'none'}"
            )
        return given, tuple(given)
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return given, tuple(given)
    known = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    anything = any(p.kind is p.VAR_KEYWORD for p in parameters)
    spread = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    for name in given:
        if name not in known and not anything and not spread:
            takes = f"it takes {', '.join(known)}" if known else "it takes no arguments"
            label = getattr(function, "__name__", "the function")
            raise InputError(f"{who}: {label} has no argument {name!r}; {takes}.{suggest(name, (*known, *options))}")
    required = [
        p.name for p in parameters
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    ]  # fmt: skip
    by_position = [p.name for p in parameters if p.kind is p.POSITIONAL_ONLY]
    if spread:
        by_position += [name for name in given if name not in known and not anything]
    return required, tuple(by_position)


def _is_range(value: Any) -> bool:
    return isinstance(value, tuple)


def _fixed(name: str, value: Any, who: str) -> Any:
    if isinstance(value, str | dict):
        raise InputError(
            f"{who}: {name}={value!r} is a {type(value).__name__}; "
            "expected a range (low, high) for a slider, or a number or array that stays fixed"
        )
    if type(value).__module__.startswith("ipywidgets") and type(value).__name__ == "fixed":
        return value.value
    if isinstance(value, Real) and not isinstance(value, bool | np.bool_ | int | np.integer):
        return np.float64(value)
    return value


def _slider(name: str, value: tuple[Any, ...], start: Any, many: int, who: str) -> Slider:
    shown = f"{name}={value!r}"
    if len(value) not in (2, 3) or not all(isinstance(v, Real | np.number) and not isinstance(v, bool) for v in value):
        raise InputError(f"{who}: {shown} is no range; expected (low, high) or (low, high, step), all numbers")
    low, high, *rest = map(float, value)
    if not all(map(math.isfinite, (low, high, *rest))):
        raise InputError(f"{who}: {shown} is no range; its ends and step must be finite numbers")
    if low == high:
        raise InputError(f"{who}: {shown} is empty; give two different ends, or {name}={low} to keep it fixed")
    if low > high:
        raise InputError(f"{who}: {shown} is reversed; write {name}=({high}, {low}{''.join(f', {s}' for s in rest)})")
    if rest:
        (step,) = rest
        if step <= 0:
            raise InputError(f"{who}: {shown} has a step of {step}; the step must be greater than 0")
        if step > high - low:
            raise InputError(f"{who}: {shown} has a step larger than the range; use one of at most {high - low}")
        many = math.floor((high - low) / step * (1 + 1e-12)) + 1 if (high - low) / step < 1e9 else 10**9
        if many > MOST_STOPS:
            raise SizeError(
                f"{who}: {shown} would make {many:,} stops; "
                f"use a step of at least {(high - low) / (MOST_STOPS - 1):.3g}"
            )
        values = low + step * np.arange(many)
    else:
        values = np.linspace(low, high, many)
    # The middle of a symmetric range is meant to be 0, not what rounding left of it.
    values[np.abs(values) < 1e-12 * (high - low)] = 0.0
    if start is None:
        place = round((many - 1) * 2 / 3)
    else:
        if not isinstance(start, Real | np.number) or not math.isfinite(float(start)):
            raise InputError(f"{who}: at={{{name!r}: {start!r}}} is not a number")
        if not low <= float(start) <= high:
            raise InputError(f"{who}: at={{{name!r}: {start}}} lies outside the range {low} to {high}")
        place = int(np.argmin(np.abs(values - float(start))))
    return Slider(name, values.astype(np.float64), place)
