"""An ipywidgets slider that was given as an argument moves the explorer, and the explorer moves it."""

from __future__ import annotations

import math
import weakref
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from traitlets import Bunch

from graphviz_ad_widgets.meanwhile import Meanwhile

__all__ = ["SliderLink", "on_a_step"]

_CLOSE = 1e-12  # of the range; so far rounding may lead


def on_a_step(slider: Any, value: float) -> float:
    """Return the place nearest to a value at which an ipywidgets slider can stand, the higher one of two.

    The browser's slider does the same with whatever it is given, and tells it: a value between its steps would be shown
    for a moment and then be another one. It is brought there and not refused, since a link to something that moves
    freely must not raise at nearly every place, and since no value in between can be reached with the slider itself.
    """
    from ipywidgets import FloatSlider, IntSlider

    low, high = float(slider.min), float(slider.max)
    slack = _CLOSE * (high - low)
    if isinstance(slider, FloatSlider | IntSlider) and slider.step:
        step = float(slider.step)
        nearest = low + math.floor((value - low) / step + 0.5) * step
        # Its end can be reached, whether or not its steps reach it.
        nearest = value if value >= high - slack else min(max(nearest, low), high)
    elif isinstance(slider.value, int):
        nearest = float(math.floor(value + 0.5))
    else:
        return value
    if abs(nearest - value) <= slack:
        return value
    return 0.0 if abs(nearest) < slack else nearest


class SliderLink:
    """Keeps an ipywidgets slider and a slider of the explorer at the same value, in Python and in the browser.

    In the browser a `jslink` does it, so that it works without a kernel. What has come from the browser is therefore
    not sent back there: the thumb has moved on since, and would jump. What has come from Python is sent to the slider
    only after the explorer was told all of it, lest the link move the explorer from where it has not left yet.

    Parameters
    ----------
    explorer : Explorer
    name : str
        The slider of the explorer.
    slider : ipywidgets slider
    """

    def __init__(self, explorer: Any, name: str, slider: Any) -> None:
        from ipywidgets import jslink

        self._explorer, self._name, self._slider = weakref.ref(explorer), name, slider
        self._whole = isinstance(slider.value, int)
        self._busy = Meanwhile()
        slider.observe(self._slid, "value")
        explorer.observe(self._moved, "inputs")
        self._trait = explorer._sliders[explorer._names.index(name)]
        self._link = jslink((slider, "value"), (explorer, self._trait))
        if slider.value != explorer.inputs[name]:
            self._moved(Bunch(new=explorer.inputs, owner=explorer))

    def _slid(self, change: Any) -> None:
        """Move the explorer."""
        explorer = self._explorer()
        if explorer is None or self._busy:
            return
        heard = "value" in self._slider._property_lock
        with self._busy, _knowing(explorer, {self._trait: change.new}, heard):
            explorer._follow({self._name: change.new}, heard=heard)
        if explorer.inputs[self._name] != change.new:
            self._moved(Bunch(new=explorer.inputs, owner=explorer))

    def snapped(self, value: float) -> float:
        """Return the nearest place at which the ipywidgets slider can stand."""
        return on_a_step(self._slider, value)

    def holding(self) -> AbstractContextManager[None]:
        """Let the browser's slider wait until this is over."""
        held: AbstractContextManager[None] = self._slider.hold_sync()
        return held

    def _moved(self, change: Any) -> None:
        """Move the ipywidgets slider."""
        if self._busy or self._slider.comm is None:
            return
        value = change.new[self._name]
        value = round(value) if self._whole else value
        with self._busy, _knowing(self._slider, {"value": value}, bool(change.owner._hearing)):
            self._slider.value = value

    def close(self) -> None:
        """Let go of both."""
        explorer = self._explorer()
        self._slider.unobserve(self._slid, "value")
        if explorer is not None:
            explorer.unobserve(self._moved, "inputs")
        self._link.close()


def _knowing(target: Any, known: dict[str, Any], heard: bool) -> AbstractContextManager[None]:
    """Move one of both: the browser knows already what was heard from it, and is not told again."""
    quiet: AbstractContextManager[None] = target._lock_property(**known) if heard else nullcontext()
    return quiet
