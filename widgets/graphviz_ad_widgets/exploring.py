"""`explore`: read the arguments, sample for a moment, and make the widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Never

from graphviz_ad.engine.frames import public
from graphviz_ad.engine.functions import name_of
from graphviz_ad.errors import InputError
from graphviz_ad.films.opening import arrange_quiz
from graphviz_ad.films.sliders import arrange, by_name, refuse_misplaced
from graphviz_ad.offering import offering
from graphviz_ad.story.asking.choosing import check_quiz
from graphviz_ad.story.modes import check_mode
from graphviz_ad_widgets.explorer import Explorer
from graphviz_ad_widgets.linking import on_a_step
from graphviz_ad_widgets.studio import Studio
from graphviz_ad_widgets.traits import PANELS, check

__all__ = ["explore"]

_OPTIONS = ("inputs", "panels", "theme", "at", "mode", "detail", "presentation", "reveal", "quiz")
_FIRST_PASS = 0.3


@public
@offering
def explore(
    f: Callable[..., Any],
    /,
    *misplaced: Never,
    inputs: Mapping[str, Any] | None = None,
    panels: Any = None,
    theme: str = "auto",
    at: Mapping[str, float] | None = None,
    mode: str = "reverse",
    detail: str = "standard",
    presentation: bool = False,
    reveal: str = "all",
    quiz: bool = False,
    **sliders: Any,
) -> Explorer:
    """Explore a function and its derivative in a notebook: slide, watch the graph, step through how it is computed.

    Parameters
    ----------
    f : callable
        Written with NumPy; returns a single number.
    inputs : mapping, optional
        Arguments whose names clash with the keywords here.
    panels : sequence of str, optional
        What is shown, out of ``graph``, ``curve``, ``formula``, ``code`` and ``steps``; everything unless given.
    theme : {"auto", "light", "dark", "high-contrast"}
        ``"auto"`` follows the notebook.
    at : mapping, optional
        Where sliders start, by name; at a round number beyond the middle unless given.
    mode : {"reverse", "forward", "both"}
        Whether the derivative is told back from the output, forward from the slider, of which there is one then, or
        both ways, between which the reader chooses.
    detail : {"beginner", "standard", "expert"}
        How much the steps say: full words, names and reasons, or equations.
    presentation : bool
        Whether everything is large enough for a projector.
    reveal : {"all", "steps"}
        Whether f and its derivative are shown at once, or each from the step on that finds it.
    quiz : bool
        Whether it asks for each number of the derivative before it shows it, and says what a wrong one is.
    **sliders
        By parameter name: ``(low, high)`` or ``(low, high, step)`` for a slider, or an ipywidgets slider, which is then
        linked, and whose steps are kept: what is set in between moves to the nearest one. Anything else stays fixed.

    Returns
    -------
    Explorer
        A widget. The last expression of a cell shows it; its sliders are attributes, as in ``w.x = 0.3``.

    Raises
    ------
    InputError
        For bad sliders or settings, an unknown mode, or when `f` does not return a single number, or raises everywhere.
    SizeError
        For too many stops, too large a graph, or a graph that changes all the time.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> w = gad.explore(np.sin, x=(-np.pi, np.pi), at={"x": 0.0})
    >>> w
    <Explorer of f at x = 0: 0>
    >>> w.gradient
    1.0
    >>> w.close()
    """
    refuse_misplaced("explore", f, misplaced)
    check_mode(mode, "explore")
    check_quiz(quiz, "explore", mode)
    settings = {
        "theme": check("theme", theme),
        "detail": check("detail", detail),
        "panels": check("panels", PANELS if panels is None else panels),
        "presentation": check("presentation", presentation),
        "reveal": check("reveal", reveal),
    }
    begin = partial(arrange_quiz, mode=mode) if quiz else arrange
    arrangement = begin(f, sliders, inputs=inputs, at=at, who="explore", options=_OPTIONS)
    if not arrangement.sliders:
        raise InputError(
            f"explore: nothing moves; give at least one range, such as {arrangement.example} or use gad.trace for a "
            "still picture"
        )
    studio = Studio(arrangement, mode, quiz=quiz)
    try:
        studio.first_pass(_FIRST_PASS)
    except SystemExit as error:  # it would end the process, or the kernel's cell, without a word
        name = name_of(f, "the function")
        raise InputError(f"explore: {name} called exit: {error!r}") from error
    names = [slider.name for slider in arrangement.sliders]
    arguments = by_name({**sliders, **(inputs or {})}, names, "explore: ")
    starts = by_name(at or {}, names, "explore: at: ")
    values = {slider.name: _start(slider, arguments[slider.name], starts) for slider in arrangement.sliders}
    links = {name: value for name, value in arguments.items() if name in values and not isinstance(value, tuple)}
    return Explorer.of(studio, values, links, **settings)


def _start(slider: Any, argument: Any, at: Mapping[str, float]) -> float:
    """Return exactly where a slider starts; an ipywidgets slider stands on its steps."""
    if isinstance(argument, tuple):
        return float(at[slider.name] if slider.name in at else slider.values[slider.start])
    return on_a_step(argument, float(at.get(slider.name, argument.value)))
