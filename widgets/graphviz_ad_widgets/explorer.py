"""The widget: the traits that Python and the browser share, and what happens when one of them moves."""

from __future__ import annotations

import math
import os
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any, Never

import anywidget
from traitlets import All, Dict, Int, List, Unicode, default
from traitlets import observe as observing

from graphviz_ad.console import prints
from graphviz_ad.engine.frames import public, user_line
from graphviz_ad.errors import GraphvizAdError, refuse_unknown, suggest, text_of
from graphviz_ad.saving.display import mimebundle
from graphviz_ad.saving.formats import save
from graphviz_ad.saving.options import FILMED, Options
from graphviz_ad_widgets.assets import esm, style
from graphviz_ad_widgets.attended import unattended
from graphviz_ad_widgets.background import Background
from graphviz_ad_widgets.boxes import show_in_boxes
from graphviz_ad_widgets.errors import SettingError, UnknownNameError
from graphviz_ad_widgets.linking import SliderLink
from graphviz_ad_widgets.meanwhile import Meanwhile
from graphviz_ad_widgets.shown import Shown
from graphviz_ad_widgets.studio import Place, Studio
from graphviz_ad_widgets.traits import PANELS, Inputs, InputsTrait, ResultTrait, Setting, SliderTrait, StepTrait, number

__all__ = ["Explorer"]

_BETWEEN_BATCHES = 0.1
_UNTIL_SETTLED = 1.0
_UNTIL_HEARD = 0.5  # after an interrupt: what the browser has wished until then would run the same function again
_clock = time.perf_counter
_NO_LINKS: Mapping[str, Any] = {}
_SETTINGS = ("inputs", "step", "theme", "detail", "panels", "presentation", "reveal", "playing", "loop", "speed")


def _finite(value: Any, widget: Any) -> Any:
    """Return what JSON has words for; the browser reads the numbers of its film."""
    if isinstance(value, dict):
        return {name: _finite(one, widget) for name, one in value.items()}
    return value if value is None or math.isfinite(value) else None


@prints
class Explorer(anywidget.AnyWidget):
    """A function to slide along and to step through, in a notebook. Made by `graphviz_ad.explore`.

    It is an `ipywidgets.DOMWidget`: it stands in boxes and tabs, is linked and observed. Its sliders are attributes,
    each under its own name, unless the widget has an attribute of that name already; all of them are in `inputs`.

    Attributes
    ----------
    inputs : dict of str to float
        The sliders. Assigning some of them moves these: ``w.inputs = {"x": 0.3}``. Exactly the given numbers are shown;
        a slider that is linked to one of ipywidgets moves to its nearest step, the higher one of two.
    value : float or None
        What the function gives there; None where it raised. Read-only.
    gradient : float, dict of str to float, or None
        Its derivative; by name where there are several sliders. Read-only.
    step : int
        The step of the story that is shown, from 0.
    playing, loop : bool
    speed : float
        1.0 unless set; from 0.1 to 10.
    theme : {"auto", "light", "dark", "high-contrast"}
    detail : {"beginner", "standard", "expert"}
        How much the steps say.
    panels : list of str
        Out of ``graph``, ``curve``, ``formula``, ``code`` and ``steps``.
    presentation : bool
        Whether everything is large enough for a projector.
    reveal : {"all", "steps"}
        Whether f and its derivative are shown at once, or each from the step on that finds it.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> w = gad.explore(np.sin, x=(-np.pi, np.pi))
    >>> w.x = 0.3
    >>> w.value == float(np.sin(0.3)), w.gradient == float(np.cos(0.3))
    (True, True)
    >>> w.observe(lambda change: print(change.new), "value")
    >>> w.inputs = {"x": 0.0}
    0.0
    >>> w.close()
    """

    _esm = Unicode().tag(sync=True)
    _css = Unicode().tag(sync=True)
    _anywidget_id = Unicode("graphviz_ad_widgets.Explorer").tag(sync=True)
    _view_count = Int(0, allow_none=True).tag(sync=True)

    _film = Dict().tag(sync=True)
    _point = Dict(None, allow_none=True).tag(sync=True)
    _sampling = Dict().tag(sync=True)
    _names: List[str] = List(help="The sliders, in their order.").tag(sync=True)
    _sliders: List[str] = List(help="The trait of each.").tag(sync=True)

    inputs = InputsTrait(help="The values of the sliders by name, from the traits of the sliders.")
    value = ResultTrait(help="What the function gives where the sliders are.").tag(sync=True, to_json=_finite)
    gradient = ResultTrait(help="Its derivative, by name if there are several sliders.").tag(sync=True, to_json=_finite)
    step = StepTrait(help="The step of the story, from 0.").tag(sync=True)
    theme = Setting("theme", "auto", "auto, light, dark or high-contrast").tag(sync=True)
    detail = Setting("detail", "standard", "beginner, standard or expert").tag(sync=True)
    panels = Setting("panels", list(PANELS), "The panels that are shown.").tag(sync=True)
    presentation = Setting("presentation", False, "Whether it is large enough for a projector.").tag(sync=True)
    reveal = Setting("reveal", "all", "all at once, or by steps").tag(sync=True)
    playing = Setting("playing", False, "Whether the story goes on by itself.").tag(sync=True)
    loop = Setting("loop", False, "Whether it begins anew at its end.").tag(sync=True)
    speed = Setting("speed", 1.0, "How fast it goes.").tag(sync=True)

    # While true, traits take what they are given; else setting a slider moves all that depends on it.
    _settling: Meanwhile | bool = False
    # While true, what is set comes from the browser.
    _hearing: Meanwhile | bool = False

    def __init__(
        self, studio: Studio, values: Mapping[str, float], links: Mapping[str, Any] = _NO_LINKS, **settings: Any
    ) -> None:
        self._lock = threading.RLock()  # messages may be handled on another thread while a cell runs
        _explorers.add(self)
        self._settling = self._to_settle = Meanwhile()
        self._hearing = self._to_hear = Meanwhile()
        self._studio = studio
        self._background = Background(self._slice, self._interrupted)
        self._links: dict[str, SliderLink] = {}
        self._deaf_until = -math.inf
        self._sent = 0.0
        self._stale = False
        self._paused = False
        place = studio.place(tuple(values.values()), loosely=False)
        self._scene = max(place.sample.scene, 0)
        names, traits = list(studio.names), list(_slider_traits(studio.names))
        start: dict[str, Any] = {"_film": studio.film(), "_names": names, "_sliders": traits}
        start |= self._where(place) | settings
        start["step"] = 0 if studio.sampler.quiz else self._last_step()
        self._settle(start)
        self._go_on()
        super().__init__()
        self._layout = self.layout
        for name, slider in links.items():
            self._links[name] = SliderLink(self, name, slider)
        show_in_boxes(Explorer)

    @classmethod
    def of(cls, studio: Studio, *args: Any, **settings: Any) -> Explorer:
        """Return a widget whose sliders are attributes of it."""
        return _with_sliders(studio.names)(studio, *args, **settings)

    @default("_esm")
    def _default_esm(self) -> str:
        return esm()

    @default("_css")
    def _default_css(self) -> str:
        return style()

    def add_traits(self, **traits: Any) -> None:
        """Add traits; those that the class has already are left as they are, so that no class is made for them."""
        new = {name: trait for name, trait in traits.items() if not self.has_trait(name)}
        if new:
            super().add_traits(**new)

    @public
    def observe(self, handler: Any, names: Any = All, type: Any = "change") -> None:
        """Call a handler when one of these traits changes, as in ipywidgets; a name that none has is refused."""
        for name in () if names is All else [names] if isinstance(names, str) else names:
            if isinstance(name, str) and not self.has_trait(name):
                known = [trait for trait in (*self._names, "value", "gradient", *_SETTINGS) if self.has_trait(trait)]
                raise UnknownNameError(
                    f"observe: the explorer has no trait {name!r}, so that nothing would be heard; it has "
                    f"{', '.join(known)}.{suggest(name, known)}{user_line()}"
                )
        super().observe(handler, names, type)

    # Attributes

    @public
    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            super().__setattr__(name, value)
        else:
            with self._lock:
                self._refuse_name(name, value)
                super().__setattr__(name, value)

    def _refuse_name(self, name: str, value: Any) -> None:
        """Refuse what would be accepted without effect, or break the widget."""
        if name in self.inputs and not self.has_trait(name) and not callable(value):
            raise UnknownNameError(
                f"{name} is part of the widget itself; the slider of that name moves by "
                f"w.inputs = {{{name!r}: {value!r}}}"
            )
        if not hasattr(type(self), name):
            raise UnknownNameError(
                f"the explorer has no attribute {name!r}; its sliders are {', '.join(self._names)}, "
                f"its settings {', '.join(_SETTINGS)}.{suggest(name, (*self._names, *_SETTINGS))}"
            )

    # Moving

    def _move(self, moved: Mapping[str, Any]) -> None:
        """Move some sliders. Whatever is refused is refused before anything has changed."""
        with self._lock:
            values = {**self.inputs, **{name: self._checked(name, value) for name, value in moved.items()}}
            if values != self.inputs:
                try:
                    place = self._studio.place(tuple(values.values()), loosely=bool(self._hearing))
                except KeyboardInterrupt:
                    self._deaf_until = _clock() + _UNTIL_HEARD
                    if self._hearing:
                        self._interrupted()
                        self._put_back()
                    raise
                self._arrive(place)

    def _follow(self, moved: Mapping[str, Any], *, heard: bool) -> None:
        """Move as an ipywidgets slider has; what was heard from its browser is heard as if it were the own one."""
        if not heard:
            self.inputs = moved
            return
        with self._lock, self._to_hear:
            if not self._refuses(moved):
                self.inputs = moved

    def _refuses(self, moved: Mapping[str, Any]) -> bool:
        """Return whether the browser's move comes too soon after an interrupt to be followed; then tell it."""
        if _clock() >= self._deaf_until:
            return False
        values = {**self.inputs, **{name: self._checked(name, value) for name, value in moved.items()}}
        if values == self.inputs or self._studio.knows(tuple(values.values())):
            return False
        self.send({"kind": "failed", "seq": None, "error": "Interrupted"})
        self._put_back()
        return True

    def _put_back(self) -> None:
        """Tell the browser where the sliders still are."""
        self.send_state([*self._sliders, "_point"])

    def _checked(self, name: str, value: Any) -> float:
        """Return a value that a slider can have."""
        if name not in self._studio.names:
            known = ", ".join(self._names)
            raise SettingError(f"inputs: no slider {name!r}; there is {known}.{suggest(str(name), self._names)}")
        plain = number(name, value)
        slider = self._studio.arrangement.sliders[self._studio.names.index(name)]
        low, high = float(slider.values[0]), float(slider.values[-1])
        slack = 1e-12 * (high - low)
        if not low - slack <= plain <= high + slack:
            raise SettingError(f"{name} = {plain:g} lies outside its range, {low:g} to {high:g}")
        if name in self._links:
            plain = self._links[name].snapped(plain)
        return min(max(plain, low), high)

    def _arrive(self, place: Place) -> None:
        """Show a place: all traits that depend on it change, and then their observers are called."""
        studio = self._studio
        moved = [k for k, name in enumerate(studio.names) if place.values[k] != self.inputs[name]]
        studio.aim(studio.sampler.nearest(place.values), moved[0] if len(moved) == 1 else None)
        if place.stop is None or place.stop in studio.unsent:
            self._tell()
        last = self._last_step()
        if place.sample.scene >= 0:
            self._scene = place.sample.scene  # else the last good picture stays
        changes = self._where(place)
        if (now := self._last_step()) != last:
            # As the player does: as far along in the other story.
            changes["step"] = now if self.step >= last else math.floor(self.step / last * now + 0.5)
        with self.hold_sync(), self.hold_trait_notifications():
            self._settle(changes)
        if self._sampling["state"] == "done":
            self._go_on()

    def _settle(self, changes: Mapping[str, Any]) -> None:
        """Set traits that belong together, without moving anything by it."""
        with self._to_settle:
            for name, value in changes.items():
                self.set_trait(name, value)

    def _where(self, place: Place) -> dict[str, Any]:
        """Return the traits that say where the sliders are and what is there."""
        studio = self._studio
        inputs = Inputs(zip(studio.names, place.values, strict=True))
        gradient: Any = place.gradients
        if gradient is not None:
            gradient = gradient[0] if len(gradient) == 1 else dict(zip(studio.names, gradient, strict=True))
        sliders = dict(zip(_slider_traits(studio.names), place.values, strict=True))
        point = studio.point(place) if place.stop is None else None
        return {"inputs": inputs, **sliders, "_point": point, "value": place.value, "gradient": gradient}

    def _shown_step(self) -> int | None:
        """Return the step that is shown; None at the end, where the story is finished."""
        return self.step if self.step < self._last_step() else None

    def _last_step(self) -> int:
        return self._studio.steps(self._scene) - 1

    # Sampling

    def _slice(self, deadline: float) -> bool:
        """Sample for a moment; return whether there is more to do."""
        with self._lock:
            if self.comm is None:
                return False
            try:
                more = self._studio.sample_until(deadline)
            except (GraphvizAdError, SystemExit) as error:  # an exit is the function's, and must not be the kernel's
                self._rest(
                    "stopped", error.message if isinstance(error, GraphvizAdError) else "The function called exit."
                )
                return False
            if not more:
                self._rest("full" if self._studio.sampler.full else "done")
            elif time.perf_counter() - self._sent >= _BETWEEN_BATCHES:
                self._tell()
                self._report("running")
            return more

    def _interrupted(self) -> None:
        with self._lock:
            self._deaf_until = _clock() + _UNTIL_HEARD
            self._rest("interrupted", "Interrupted.")

    def _go_on(self) -> None:
        """Sample what is missing, in the background."""
        studio = self._studio
        studio.rewind()
        if studio.done >= studio.total:
            self._report("done")
        elif studio.sampler.full:
            self._report("full")
        else:
            self._report("running" if self._background.start() else "stopped")

    def _rest(self, state: str, note: str = "") -> None:
        """Sample no more, until something happens."""
        self._background.stop()
        self._tell()
        self._report(state, note)
        if len(self._studio.names) <= 2:
            self._refresh()
        elif self._stale:
            # Of many sliders the lines through each place are sampled: too often for the whole film each time.
            self._background.later(_UNTIL_SETTLED, self._refresh)

    def _report(self, state: str, note: str = "") -> None:
        self._sampling = {"done": self._studio.done, "total": self._studio.total, "state": state, "note": note}

    def _tell(self, seq: int | None = None, *stops: int) -> None:
        """Send the browser what it does not have."""
        batch = self._studio.batch(stops)
        self._sent = time.perf_counter()
        if batch is None:
            return
        self.send({"kind": "batch", **({} if seq is None else {"seq": seq}), "batch": batch})
        self._stale = True
        if batch["scenes"] and self.comm is not None:
            # A saved notebook must know the scene of the place where it was left.
            self._refresh()

    def _refresh(self) -> None:
        """Make the film anew, for views to come and for the saved notebook."""
        with self._lock:
            if self._stale and self.comm is not None:
                self._stale = False
                try:
                    self._tell()
                    self._film = self._studio.film()
                except BaseException:
                    self._stale = True
                    raise
                self._stale = False

    @observing("_view_count")
    def _viewed(self, change: Any) -> None:
        """A cell that is run again takes its view away, and leaves the widget behind: nobody waits for more then."""
        if not change.new and self._background.running:
            self._paused = True
            self._rest("stopped", "Not shown.")
        elif change.new and self._paused:
            self._paused = False
            self._go_on()

    # Messages

    @contextmanager
    def hold_sync(self) -> Iterator[None]:
        """Send what has changed when this is over, all at once; then the sliders that are linked."""
        with ExitStack() as held:
            for link in self._links.values():
                held.enter_context(link.holding())
            held.enter_context(super().hold_sync())
            yield

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser has changed; of the sliders it names those that have moved."""
        news = {name: value for name, value in sync_data.items() if name not in ("value", "gradient")}
        with self._lock:
            traits = dict(zip(self._sliders, self._names, strict=True))
            if self._refuses({traits[trait]: value for trait, value in news.items() if trait in traits}):
                news = {name: value for name, value in news.items() if name not in (*traits, "_point")}
            with self.hold_sync(), self._to_hear:
                super().set_state(news)

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """Return the state; all of it is for a view to come, or to be saved, and has all that is known."""
        if key is None and self.comm is not None:
            self._refresh()
        state: dict[str, Any] = super().get_state(key=key, drop_defaults=drop_defaults)
        return state

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind == "want":
            self._answer(content)
        elif kind == "stop":
            with self._lock:
                self._rest("stopped", "")
        elif kind == "go on":
            with self._lock:
                self._go_on()
        super()._handle_custom_msg(content, buffers)

    def _answer(self, wish: Mapping[str, Any]) -> None:
        """Answer the browser's wish for a stop."""
        with self._lock:
            seq = wish.get("seq")
            stop: Any = wish.get("stop")
            try:
                self._studio.aim(stop, wish.get("slider"))
                if _clock() < self._deaf_until and stop not in self._studio.sampler.entries:
                    self.send({"kind": "failed", "seq": seq, "error": "Interrupted"})
                    return
                self._studio.sample(stop)
            except GraphvizAdError as error:
                self.send({"kind": "failed", "seq": seq, "error": text_of(error)})
                return
            except BaseException as error:
                self.send(
                    {"kind": "failed", "seq": seq, "error": f"{type(error).__name__}: {text_of(error)}".rstrip(": ")}
                )
                if isinstance(error, KeyboardInterrupt):
                    self._interrupted()
                raise
            self._tell(seq, stop)
            if self._sampling["state"] == "done":
                self._go_on()
            if not self._background.running:
                self._background.later(_UNTIL_SETTLED, self._refresh)

    # Showing and saving

    @public
    def save(
        self,
        path: str | os.PathLike[str],
        *,
        at: Mapping[str, float] | None = None,
        step: int | None = None,
        theme: str | None = None,
        width: str | float | None = None,
        smallest: str | float | None = None,
        around: str | None = None,
        legend: bool = False,
        scale: float | None = None,
        detail: str | None = None,
        print: str | None = None,
        presentation: bool | None = None,
        **unknown: Never,
    ) -> None:
        """Write a page that starts as the widget is now (``.html``), or a picture of what it shows; the suffix says.

        Sampling is finished first. Of one or two sliders every stop is in the page; of more, those at which one slider
        moves and the others stay where they are. At the end of the story the picture is the finished one.

        Parameters
        ----------
        path : path-like
            Written whole or not at all.
        at : mapping, optional
            Where the sliders are, by name: for a picture exactly there, for a page at first at the nearest stop; where
            they are now by default.
        step : int, optional
            Which step of the story, from 0; the one that is shown unless given.
        theme : str, optional
            The widget's own unless given; a picture is light where that is ``"auto"``.
        detail : {"beginner", "standard", "expert"}, optional
            Of pages: how much the steps say at first; as the widget does unless given.
        presentation : bool, optional
            Of pages: whether everything is large enough for a projector; as in the widget unless given.
        width, smallest, around, legend, scale, print
            As for `Trace.save`.

        Raises
        ------
        InputError
            For an unknown suffix, an option that the format does not take, and a place where the function raised.
        PathError
            When the file cannot be written there.
        """
        refuse_unknown("save", unknown, FILMED)
        own = {} if theme is None else {"theme": theme}
        save(
            Shown(self._own(), self.inputs, self._holding),
            path,
            at=at,
            step=step,
            width=width,
            smallest=smallest,
            around=around,
            legend=legend,
            scale=scale,
            detail=detail,
            print=print,
            presentation=presentation,
            **own,
        )

    def _own(self) -> Options:
        """Return how it shows what it shows, for what is saved of it."""
        return Options(
            theme=self.theme,
            step=self._shown_step(),
            detail=self.detail,
            reveal=self.reveal,
            presentation=self.presentation,
        )

    @contextmanager
    def _holding(self, *, finish: bool) -> Iterator[Studio]:
        """Stand still while something is saved, with everything sampled that a page is to show."""
        with self._lock:
            if finish:
                self._finish()
            yield self._studio

    def _finish(self) -> None:
        self._studio.rewind()
        self._studio.sample_until(math.inf)
        self._rest("full" if self._studio.done < self._studio.total else "done")

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        view = super()._repr_mimebundle_(**kwargs)
        if view is None:
            return None
        data, metadata = view
        with self._lock:
            cut = self._studio.cut(self.inputs).shown(reveal=self.reveal, presentation=self.presentation)
        return {**mimebundle(cut, self.theme, repr(self), self.detail), **({} if unattended() else data)}, metadata

    def __repr__(self) -> str:
        if "_studio" not in vars(self):
            return object.__repr__(self)
        places = ", ".join(f"{name} = {value:g}" for name, value in self.inputs.items())
        value = "raised" if self.value is None else f"{self.value:g}"
        return f"<Explorer of {self._film['name']} at {places}: {value}>"

    def close(self) -> None:
        """Take the widget away, and all that belongs to it."""
        if "_background" in vars(self):
            self._background.stop()
            for link in self._links.values():
                link.close()
            self._links.clear()
            if self.comm is not None:
                self._view_count = None  # else the browser would count down its views for a widget that is gone
        super().close()
        layout = self.__dict__.pop("_layout", None)
        if layout is not None:
            layout.close()


_explorers: weakref.WeakSet[Explorer] = weakref.WeakSet()


def _unlock_after_fork() -> None:
    """Give every explorer a new lock: in the child of a fork there is no thread that would release the old one."""
    for explorer in _explorers:
        explorer._lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_after_fork)


@lru_cache(maxsize=64)
def _slider_traits(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the trait of each slider: its own name, unless that says something to the widget already."""
    attributes = {name for kind in Explorer.__mro__ for name in vars(kind)}  # looking, not asking: some names warn
    attributes.add("self")  # ipywidgets passes the traits on as keywords of methods
    return tuple(f"_slider_{name}" if name.startswith("_") or name in attributes else name for name in names)


@lru_cache(maxsize=64)
def _with_sliders(names: tuple[str, ...]) -> type[Explorer]:
    """Return the class with a trait for each slider; made once, since classes are slow to make and to forget."""
    traits = {
        trait: SliderTrait(name, help=f"The value of the slider {name}.").tag(sync=True)
        for name, trait in zip(names, _slider_traits(names), strict=True)
    }
    described = {"__module__": Explorer.__module__, "__qualname__": "Explorer", "__doc__": Explorer.__doc__}
    explorer: type[Explorer] = type(Explorer)("Explorer", (Explorer,), {**traits, **described})  # type: ignore[misc]
    return explorer
