"""Sliders: which arguments of a function move, over which stops, and which stay fixed.

One contract for films, plots, the widget and the command line: ``x=(low, high)`` or ``x=(low, high, step)`` is a
slider, and so is a slider of ipywidgets; anything else is a fixed argument. A range is always one of floats, unlike in
`ipywidgets.interact`. Widgets are known by what they have: nothing of Jupyter is imported here.
"""

from __future__ import annotations

import functools
import math
import types
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from graphviz_ad import numerals
from graphviz_ad.console import prints
from graphviz_ad.engine.functions import identifier, name_of, parameters_of, unwrapped
from graphviz_ad.errors import InputError, SizeError, brief, suggest

__all__ = [
    "MOST_STOPS",
    "STOPS",
    "Arrangement",
    "Slider",
    "arrange",
    "by_name",
    "call_arguments",
    "refuse_misplaced",
    "round_start",
]

STOPS = {1: 201, 2: 41}
"""Stops of a slider without a step, by the number of sliders."""
MOST_STOPS = 10_001
_OF_RANGES = frozenset({"low", "high", "min", "max", "start", "stop", "step", "value"})  # of a dict that means a range
_LONG = 60  # letters of a value in an error
_EXACT_DECIMALS = 4
_MOST_DIGITS = 17


@prints
@dataclass(frozen=True, eq=False)
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
        """How its value is written: exactly where few decimals do, and so that no two stops look alike."""
        exact = numerals.choose_format(self.values)
        distance = float(np.min(np.diff(self.values)))
        needed = max(0, 1 - math.floor(math.log10(distance)))
        kind, digits = exact if exact[0] == "e" or exact[1] <= max(needed, _EXACT_DECIMALS) else ("f", needed)
        while digits < _MOST_DIGITS and len({numerals.write(v, (kind, digits)) for v in self.values}) < len(
            self.values
        ):
            digits += 1
        return kind, digits


@prints
@dataclass(frozen=True, eq=False)
class Arrangement:
    """A function with its sliders and fixed arguments, ready to be called at any stop.

    Attributes
    ----------
    function : callable
    sliders : tuple of Slider
    fixed : mapping of str to value
    positional : mapping of str to value
        The names that are passed by position, in order, with what is passed where none is given.
    """

    function: Callable[..., Any]
    sliders: tuple[Slider, ...]
    fixed: Mapping[str, Any]
    positional: Mapping[str, Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many stops each slider has."""
        return tuple(len(slider.values) for slider in self.sliders)

    @property
    def example(self) -> str:
        """A range as it is written: the person's own, where two numbers in a list were one, and any otherwise."""
        for name, value in self.fixed.items():
            if isinstance(value, list) and len(value) == 2 and all(isinstance(end, Real) for end in value):
                return f"{name}=({value[0]}, {value[1]}), where [ ] makes an array,"
        return "x=(-1, 1),"

    def arguments(self, values: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the positional and keyword arguments for a call with the sliders at `values`."""
        keywords = {**self.fixed, **values}
        return tuple(keywords.pop(name, default) for name, default in self.positional.items()), keywords


def arrange(
    function: Callable[..., Any],
    sliders: Mapping[str, Any],
    *,
    inputs: Mapping[str, Any] | None = None,
    at: Mapping[str, float] | None = None,
    who: str,
    options: tuple[str, ...] = (),
    stops: int | None = None,
) -> Arrangement:
    """Sort the arguments given for `function` into sliders and fixed ones, and check them.

    Parameters
    ----------
    function : callable
    sliders : mapping
        By name: ``(low, high)``, ``(low, high, step)`` or an ipywidgets slider for a slider, anything but a string to
        stay fixed, dicts of parameters too.
    inputs : mapping, optional
        More of the same, for names that clash with keywords.
    at : mapping, optional
        Where sliders start, by name; unless given at a round number beyond the middle, or where an ipywidgets slider
        stands.
    who : str
        The caller, for errors.
    options : tuple of str
        The caller's own keywords, for "did you mean".
    stops : int, optional
        How many stops a range without a step has; 201 for one slider and 41 each for two unless given.

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
    if inputs is not None and not (isinstance(inputs, Mapping) and all(isinstance(name, str) for name in inputs)):
        raise InputError(f"{who}: inputs must be a dict of arguments by name, got {brief(inputs)}")
    if at is not None and not isinstance(at, Mapping):
        raise InputError(f"{who}: at must be a dict of starting points by name, such as {{'x': 1.0}}, got {brief(at)}")
    own = [parameter.name for parameter in parameters_of(function) or ()]
    sliders, inputs = by_name(sliders, own, f"{who}: "), by_name(inputs or {}, own, f"{who}: inputs: ")
    twice = [name for name in inputs if name in sliders]
    if twice:
        raise InputError(f"{who}: {twice[0]} is given twice, once in inputs and once as {twice[0]}=")
    arguments = {**sliders, **inputs}
    names, positional = _bind(function, list(arguments), who, options)
    ranges = {name: value for name, value in arguments.items() if _is_range(value)}
    fixed = {name: _fixed(name, value, who) for name, value in arguments.items() if name not in ranges}
    missing = [name for name in names if name not in arguments]
    if missing:
        raise InputError(
            f"{who}: {missing[0]} has no range and no value: "
            f"add {missing[0]}=(low, high) for a slider, or {missing[0]}=2.0"
        )
    starts = by_name(at or {}, ranges, f"{who}: at: ")
    for name in starts:
        if name not in ranges:
            raise InputError(
                f"{who}: at={{{name!r}: ...}} names no slider; the sliders are {', '.join(ranges) or 'none'}."
                f"{suggest(str(name), ranges)}"
            )
        _check_start(name, starts[name], who)
    many = stops or STOPS.get(len(ranges), STOPS[2])
    moving = tuple(_slider(name, value, starts.get(name), many, who) for name, value in ranges.items())
    return Arrangement(function, moving, fixed, positional)


def call_arguments(
    function: Callable[..., Any], values: Mapping[str, Any], who: str
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the positional and keyword arguments for a call of `function` with `values` by name."""
    _, positional = _bind(function, list(values), who, ())
    return Arrangement(function, (), values, positional).arguments({})


def by_name(values: Mapping[str, Any], known: Collection[str], where: str) -> dict[str, Any]:
    """Return what is given by name under the names that are known, which Python writes in one form only.

    Raises
    ------
    InputError
        Where two names are one; `where` begins its message.

    Examples
    --------
    >>> by_name({"µ": 2.0}, ["\u03bc"], "film: ") == {"\u03bc": 2.0}
    True
    """
    forms = {name: identifier(name) if isinstance(name, str) and name not in known else name for name in values}
    named = {form if form in known else name: values[name] for name, form in forms.items()}
    if len(named) < len(values):
        raise InputError(f"{where}two of the names {', '.join(map(ascii, values))} are the same name to Python")
    return named


def _bind(
    function: Callable[..., Any], arguments: list[str], who: str, options: tuple[str, ...]
) -> tuple[list[str], dict[str, Any]]:
    """Return the required parameter names, and what to pass by position; refuse names that do not exist.

    Whatever can be passed by position is, since transforms and decorators often take nothing else.
    """
    operands = _ufunc_operands(function)
    if operands is not None:
        # A ufunc's operands have no names that could be passed: take the sliders in the order in which they were given.
        if len(arguments) != operands:
            label = f"np.{function.__name__}" if isinstance(function, np.ufunc) else _label(function)
            hint = next(filter(None, (suggest(name, options) for name in arguments)), "")
            listed = ", ".join(arguments) or "none"
            raise InputError(f"{who}: {label} takes {operands} argument(s), got {len(arguments)}: {listed}.{hint}")
        return arguments, dict.fromkeys(arguments)
    parameters = parameters_of(function)
    if parameters is None:
        return arguments, dict.fromkeys(arguments)
    named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    known = [p.name for p in named]
    anything = any(p.kind is p.VAR_KEYWORD for p in parameters)
    spread = any(p.kind is p.VAR_POSITIONAL for p in parameters) and not anything
    unknown = [name for name in arguments if name not in known]
    if unknown and not anything and not spread:
        takes = f"it takes {', '.join(known)}" if known else "it takes no arguments"
        label = _label(function)
        hint = suggest(unknown[0], (*known, *options))
        raise InputError(f"{who}: {label} has no argument {unknown[0]!r}; {takes}.{hint}")
    required = [p.name for p in named if p.default is p.empty]
    by_position = [p for p in named if p.kind is not p.KEYWORD_ONLY]
    if not (spread and unknown):
        # Up to the last one given; those in between get their defaults.
        while by_position and by_position[-1].name not in arguments:
            by_position.pop()
    positional = {p.name: None if p.default is p.empty else p.default for p in by_position}
    return required, {**positional, **(dict.fromkeys(unknown) if spread else {})}


def _label(function: Any) -> str:
    """Return what errors call a function."""
    return name_of(function, "the function")


def _ufunc_operands(function: Any) -> int | None:
    """Return how many operands a ufunc takes, or a partial of one; None for any other function."""
    bound = 0
    while isinstance(function, functools.partial) and not function.keywords:
        bound, function = bound + len(function.args), function.func
    if isinstance(function, types.FunctionType):
        function = unwrapped(function)  # a transform of a ufunc
    return function.nin - bound if isinstance(function, np.ufunc) else None


def _is_range(value: Any) -> bool:
    return isinstance(value, tuple) or (_is_widget(value) and not _is_fixed(value))


def _is_widget(value: Any) -> bool:
    return hasattr(type(value), "observe") and hasattr(type(value), "value")


def _is_fixed(value: Any) -> bool:
    return any(kind.__name__ == "fixed" and kind.__module__.startswith("ipywidgets") for kind in type(value).__mro__)


def refuse_misplaced(who: str, function: Any, misplaced: Sequence[Any]) -> None:
    """Raise for ranges and values that are given by position: arguments are given by name.

    Examples
    --------
    >>> refuse_misplaced("film", lambda rate: rate, [(0, 1)])
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: film: (0, 1) is given without the name of its argument; write rate=(0, 1)
    """
    if not misplaced or not callable(function):
        return
    own = [] if _ufunc_operands(function) is not None else parameters_of(function) or []
    names = [parameter.name for parameter in own if parameter.kind is not parameter.VAR_POSITIONAL]
    named = [name for name, _ in zip([*names, *"xyzuvw"], misplaced, strict=False)]
    written = ", ".join(f"{name}={_short(value)}" for name, value in zip(named, misplaced, strict=False))
    several = len(misplaced) > 1
    whose = "are given without the names of their arguments" if several else "is given without the name of its argument"
    raise InputError(f"{who}: {' and '.join(map(_short, misplaced))} {whose}; write {written}")


def _short(value: Any) -> str:
    """Write a value as in Python, and a long one as three dots."""
    shown = repr(value)
    return shown if len(shown) <= _LONG else "..."


def _fixed(name: str, value: Any, who: str) -> Any:
    if isinstance(value, str) or (isinstance(value, dict) and value.keys() <= _OF_RANGES):
        shown = f"{name}={_short(value)}"
        aside = "a dict of parameters" if isinstance(value, dict) else "a string"
        raise InputError(
            f"{who}: {shown} is a {type(value).__name__}; expected a range (low, high) for a slider, "
            f"or a number or array that stays fixed; {aside} stays fixed as in functools.partial(f, {shown})"
        )
    if _is_fixed(value):  # said so: then also a string
        return value.value if isinstance(value.value, str | dict) else _fixed(name, value.value, who)
    if isinstance(value, Real) and not isinstance(value, bool | np.bool_ | int | np.integer):
        return np.float64(value)
    return value


def _of_widget(name: str, widget: Any, who: str) -> tuple[str, tuple[Any, ...]]:
    """Return how errors show an ipywidgets slider, and its range."""
    kind = type(widget).__name__
    if isinstance(widget.value, tuple):
        raise InputError(
            f"{who}: {name} is a {kind}, which has two values at a time; a slider has one: use ipywidgets.FloatSlider"
        )
    if hasattr(widget, "base"):
        raise InputError(
            f"{who}: {name} is a {kind}, whose stops are not evenly spaced; use a FloatSlider for the exponent "
            f"and compute {name} from it: lambda t: f({float(widget.base):g}**t)"
        )
    if not all(hasattr(widget, part) for part in ("min", "max", "step")):
        raise InputError(
            f"{who}: {name} is a {kind}; expected a FloatSlider or an IntSlider, a range (low, high), "
            "or ipywidgets.fixed(value) for what stays fixed"
        )
    bounds = (widget.min, widget.max, *([widget.step] if widget.step else []))
    return f"{name}={kind}({', '.join(map('{}={}'.format, ('min', 'max', 'step'), bounds))})", bounds


def _check_start(name: str, start: Any, who: str) -> None:
    try:
        finite = isinstance(start, Real) and not isinstance(start, bool) and math.isfinite(float(start))
    except OverflowError:
        finite = False
    if not finite:
        shown = repr(start)
        shown = shown if len(shown) <= 40 else shown[:37] + "..."
        raise InputError(f"{who}: at={{{name!r}: {shown}}} is not a number")


def _slider(name: str, value: Any, start: Any, many: int, who: str) -> Slider:
    shown, whole = f"{name}={value!r}", False
    if not isinstance(value, tuple):
        start = value.value if start is None else start
        shown, value = _of_widget(name, value, who)
        whole = True  # a widget's own end can be reached, whether or not its steps reach it
    if len(value) not in (2, 3) or not all(isinstance(v, Real) and not isinstance(v, bool) for v in value):
        raise InputError(f"{who}: {shown} is no range; expected (low, high) or (low, high, step), all real numbers")
    try:
        low, high, *rest = map(float, value)
    except OverflowError:
        low, high, rest = 0.0, math.inf, []
    if not all(map(math.isfinite, (low, high, high - low, *rest))):
        raise InputError(f"{who}: {shown} is no range; its ends, their distance and the step must be finite numbers")
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
        exact = (high - low) / step
        many = math.floor(exact * (1 + 1e-12)) + 1 if exact < 1e9 else 10**9
        if many > MOST_STOPS:
            raise SizeError(
                f"{who}: {shown} would make {'over ' * (many == 10**9)}{many:,} stops; "
                f"use a step of at least {(high - low) / (MOST_STOPS - 1):.3g}"
            )
        values = low + step * np.arange(many)
        if whole and high - values[-1] > 1e-9 * step:
            values, many = np.append(values, high), many + 1
    else:
        values = np.linspace(low, high, many)
    if not np.all(np.diff(values) > 0):
        raise InputError(f"{who}: {shown} is too narrow: its {many} stops are not different numbers")
    # The middle of a symmetric range is meant to be 0, not what rounding left of it.
    values[np.abs(values) < 1e-12 * (high - low)] = 0.0
    if start is not None:
        _check_start(name, start, who)
        if not low <= float(start) <= high:
            raise InputError(f"{who}: at={{{name!r}: {start}}} lies outside the range {low} to {high}")
    first = round_start(low, high) if start is None else float(start)
    place = int(np.argmin(np.abs(values - first)))
    if not rest and 0 < place < many - 1:
        values[place] = first  # which stops there are was left to us: one of them is where it starts
    return Slider(name, values.astype(np.float64), place)


def round_start(low: float, high: float) -> float:
    """Return where a slider starts unless told: the roundest number but 0 between the middle and four fifths along.

    The middle itself is often dull (sine at 0), or fatal (log x² there).

    Examples
    --------
    >>> round_start(-math.pi, math.pi), round_start(0.5, 3.0), round_start(-0.4, 0.4)
    (1.0, 2.0, 0.2)
    """
    wide = high - low
    first, last, aim = low + wide / 2, low + wide * 4 / 5, low + wide * 2 / 3
    for power in range(math.ceil(math.log10(max(abs(first), abs(last)))), math.floor(math.log10(wide)) - 2, -1):
        for digit in (5, 2, 1):
            unit = digit * 10.0**power
            counts = range(math.ceil(first / unit), math.floor(last / unit) + 1)
            numbers = [float(f"{count * unit:.15g}") for count in counts if count]
            if numbers:
                return min(numbers, key=lambda number: abs(number - aim))
    return aim
