"""An ipywidgets slider that was given as an argument moves the explorer, and the explorer moves it."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from traitlets import Bunch

__all__ = ["SliderLink"]


class SliderLink:
    """Keeps an ipywidgets slider and a slider of the explorer at the same value, in Python and in the browser.

    In the browser a `jslink` does it, so that it works without a kernel. What has come from the browser is therefore
    not sent back there: the thumb has moved on since, and would jump.

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
        self._busy = False
        slider.observe(self._slid, "value")
        explorer.observe(self._moved, "inputs")
        self._link = jslink((slider, "value"), (explorer, name)) if name in explorer._own else None
        if slider.value != explorer.inputs[name]:
            self._moved(Bunch(new=explorer.inputs, owner=explorer))

    def _slid(self, change: Any) -> None:
        """Move the explorer."""
        explorer = self._explorer()
        if explorer is None or self._busy:
            return
        known = {self._name: change.new, "inputs": {**explorer.inputs, self._name: change.new}}
        with self._quietly(explorer, known, "value" in self._slider._property_lock):
            explorer.inputs = {self._name: change.new}

    def _moved(self, change: Any) -> None:
        """Move the ipywidgets slider."""
        if self._busy or self._slider.comm is None:
            return
        value = change.new[self._name]
        value = round(value) if self._whole else value
        with self._quietly(self._slider, {"value": value}, change.owner._hearing):
            self._slider.value = value

    @contextmanager
    def _quietly(self, target: Any, known: dict[str, Any], heard: bool) -> Iterator[None]:
        """Move one of both without an answer from the other; the browser knows already what was heard from it."""
        self._busy = True
        try:
            with target._lock_property(**known) if heard and self._link else nullcontext():
                yield
        finally:
            self._busy = False

    def close(self) -> None:
        """Let go of both."""
        explorer = self._explorer()
        self._slider.unobserve(self._slid, "value")
        if explorer is not None:
            explorer.unobserve(self._moved, "inputs")
        if self._link is not None:
            self._link.close()
            self._link = None
