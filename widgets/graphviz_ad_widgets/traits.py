"""The kinds of traits that the widget has, each with its own sentence for what it refuses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from numbers import Integral, Real
from typing import Any, NoReturn

from traitlets import TraitType

from graphviz_ad.draw.colours import PAGE_THEMES, check_theme
from graphviz_ad.errors import InputError, brief, suggest
from graphviz_ad.films.revealing import check_reveal
from graphviz_ad.films.sliders import by_name
from graphviz_ad.story.levels import check_detail
from graphviz_ad_widgets.errors import FrozenError, SettingError

__all__ = ["PANELS", "Inputs", "InputsTrait", "ResultTrait", "Setting", "SliderTrait", "StepTrait", "check", "number"]

PANELS = ("graph", "curve", "formula", "code", "steps")
"""The panels of the widget, in the order in which they are named."""
_SPEEDS = (0.1, 10.0)


class Inputs(dict[str, float]):
    """The values of the sliders by name: a dict that cannot be changed in place.

    Examples
    --------
    >>> Inputs(x=1.0)["x"] = 2.0
    Traceback (most recent call last):
        ...
    graphviz_ad_widgets.errors.FrozenError: w.inputs cannot change in place; assign what moves: w.inputs = {'x': 2.0}
    """

    def __setitem__(self, name: str, value: float) -> NoReturn:
        raise FrozenError(f"w.inputs cannot change in place; assign what moves: w.inputs = {{{name!r}: {value!r}}}")

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        name = next(iter(self), "x")
        self[name] = self.get(name, 0.0)
        raise AssertionError

    __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def copy(self) -> dict[str, float]:
        """Return a dict that can be changed."""
        return dict(self)


class SliderTrait(TraitType[float, Any]):
    """The value of one slider; setting it moves the widget."""

    default_value = 0.0
    info_text = "a number within the range of its slider"

    def __init__(self, slider: str, help: str) -> None:
        super().__init__(help=help)
        self._slider = slider

    def set(self, obj: Any, value: Any) -> None:
        """Move the slider, and with it all that depends on it."""
        if obj._settling:
            super().set(obj, value)
        else:
            obj._move({self._slider: value})


class InputsTrait(TraitType[Inputs, Any]):
    """The values of all sliders; setting it moves those that are named."""

    default_value = Inputs()
    info_text = "a dict of the sliders that move"

    def set(self, obj: Any, value: Any) -> None:
        """Move the sliders, and with them all that depends on them."""
        if obj._settling:
            super().set(obj, value)
        elif isinstance(value, Mapping):
            obj._move(by_name(value, obj.inputs, "inputs: "))
        else:
            raise SettingError(
                f"inputs: expected a dict of the sliders that move, such as {dict(obj.inputs)}, got {brief(value)}"
            )


class ResultTrait(TraitType[Any, Any]):
    """What the function gives where the sliders are. Users read it."""

    default_value = None
    info_text = "what the function gives"

    def __set__(self, obj: Any, value: Any) -> None:
        moves = f"w.inputs = {dict(obj.inputs)}" if obj.inputs else "w.x = 1.0"
        raise SettingError(f"{self.name} is what the function gives, so it cannot be set; move a slider, as in {moves}")


class Setting(TraitType[Any, Any]):
    """How the widget shows; one of the checks below decides what it may be."""

    def __init__(self, name: str, default_value: Any, help: str) -> None:
        super().__init__(default_value, help=help)
        self._check = _CHECKS[name]

    def validate(self, obj: Any, value: Any) -> Any:
        """Return the value in its own type, or refuse it."""
        try:
            return self._check(value)
        except SettingError as error:
            if self.name in obj.inputs:
                raise SettingError(
                    f"{error} (The slider that is called {self.name} moves by w.inputs = {{{self.name!r}: ...}})"
                ) from None
            raise


def check(name: str, value: Any) -> Any:
    """Return a setting in its own type.

    Raises
    ------
    SettingError
        When the setting cannot have this value.

    Examples
    --------
    >>> check("panels", ("graph", "curve")), check("speed", 2)
    (['graph', 'curve'], 2.0)
    """
    return _CHECKS[name](value)


def number(name: str, value: Any) -> float:
    """Return a finite real number as a float, or refuse it."""
    if not isinstance(value, Real) or isinstance(value, bool):
        raise SettingError(f"{name}: expected a number, got {brief(value)}")
    try:
        plain = float(value)
    except OverflowError:
        plain = math.inf
    if not math.isfinite(plain):
        raise SettingError(f"{name} = {plain}: expected a finite number")
    return plain


def _choice(check: Callable[[Any, str], Any]) -> Callable[[Any], str]:
    """Return a check of the package's own as one of a setting."""

    def checked(value: Any) -> str:
        try:
            check(value, "explore")
        except InputError as error:
            raise SettingError(str(error)) from None
        return str(value)

    return checked


def _panels(value: Any) -> list[str]:
    listed = ", ".join(PANELS)
    if isinstance(value, str) or not isinstance(value, Iterable):
        more = suggest(value, PANELS) if isinstance(value, str) and value not in PANELS else ""
        hint = f"; write panels=({value!r},)" if value in PANELS else ""
        raise SettingError(f"explore: panels must be several of {listed}, got {brief(value)}{hint}.{more}")
    chosen = []
    for name in value:
        if not isinstance(name, str) or name not in PANELS:
            hint = suggest(name, PANELS) if isinstance(name, str) else ""
            shown = repr(name) if isinstance(name, str) else brief(name)
            raise SettingError(f"explore: there is no panel {shown}; the panels are {listed}.{hint}")
        if name not in chosen:
            chosen.append(name)
    if not chosen:
        raise SettingError(f"explore: panels is empty; name at least one of {listed}")
    return chosen


def _flag(name: str) -> Callable[[Any], bool]:
    def checked(value: Any) -> bool:
        if not isinstance(value, bool):
            raise SettingError(f"{name}: expected True or False, got {brief(value)}")
        return value

    return checked


def _speed(value: Any) -> float:
    plain = number("speed", value)
    low, high = _SPEEDS
    if not low <= plain <= high:
        raise SettingError(f"speed = {plain:g}: expected a number from {low:g} to {high:g}, such as 0.5, 1, 2 or 4")
    return plain


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "theme": _choice(partial(check_theme, known=PAGE_THEMES)),
    "detail": _choice(check_detail),
    "panels": _panels,
    "speed": _speed,
    "reveal": _choice(check_reveal),
    **{name: _flag(name) for name in ("presentation", "playing", "loop")},
}


class StepTrait(TraitType[int, Any]):
    """The step of the story that is shown."""

    default_value = 0
    info_text = "the number of a step"

    def validate(self, obj: Any, value: Any) -> int:
        """Return the number of a step that the story has."""
        hint = " (The slider that is called step moves by w.inputs = {'step': ...})" if "step" in obj.inputs else ""
        if not isinstance(value, Integral) or isinstance(value, bool):
            raise SettingError(f"step: expected a whole number, got {brief(value)}{hint}")
        step, last = int(value), int(obj._last_step())
        if obj._hearing:
            return min(max(step, 0), last)
        if not 0 <= step <= last:
            raise SettingError(f"step = {step}: the story has the steps 0 to {last}{hint}")
        return step
