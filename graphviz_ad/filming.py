"""Films: the scenes met along the sliders, and the numbers at every stop.

A film is sampled once, in Python; the browser only looks numbers up. So it is right for any Python code, control flow
included: where the graph changes, the film changes scene.
"""

from __future__ import annotations

import base64
import inspect
import itertools
import os
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from graphviz_ad import numerals
from graphviz_ad.draw.reading import MOST_CELLS, read
from graphviz_ad.draw.scene import MAX_BOXES, Scene, make_scene
from graphviz_ad.draw.theme import THEMES, check_theme
from graphviz_ad.errors import GraphvizAdError, InputError, SizeError
from graphviz_ad.files import write_file
from graphviz_ad.player.page import page, snippet
from graphviz_ad.primitive import plain_value
from graphviz_ad.sliders import Arrangement, Slider, arrange
from graphviz_ad.source import Site, is_foreign
from graphviz_ad.source import position as instruction_position
from graphviz_ad.steps import Card, Step, Story, tell
from graphviz_ad.symbols import Formula, Quantity, clean_name
from graphviz_ad.symbols import name as symbol_name
from graphviz_ad.topology import fingerprint, renumber
from graphviz_ad.tracing import Trace, function_name, trace_limited

__all__ = ["BUDGET", "Film", "film", "still"]

BUDGET = 2_000_000
"""The most bytes of numbers that a film may hold."""
_MOST_SCENES = 40
_LONGEST_GUARD = 60
_FEW_NUMBERS = 2_000
_MOST_OPERATIONS = 10_000  # far more than can be drawn: a loop that does not end must not fill the memory
_OPTIONS = ("inputs", "at", "theme", "progress")

Numbers = Mapping[Quantity, Any]


@dataclass
class _Shot:
    """One scene of a film: the story of one topology, with the numbers of every stop that has it."""

    story: Story
    rows: list[Numbers]
    guards: tuple[Any, ...]


@dataclass(frozen=True)
class Film:
    """A function's story, sampled along its sliders. Made by `film`; in a notebook it shows itself.

    Attributes
    ----------
    name : str
    sliders : tuple of Slider
    scenes : tuple of Scene
        One for each topology met.
    errors : mapping of int to str
        By stop, what the function raised there.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> curve = gad.film(np.log, x=(-1, 1))
    >>> [slider.name for slider in curve.sliders], len(curve.scenes), curve.errors
    (['x'], 1, {})
    """

    name: str
    sliders: tuple[Slider, ...]
    scenes: tuple[Scene, ...]
    errors: Mapping[int, str]
    theme: str
    _data: dict[str, Any] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return all of the film as plain data for the browser's player."""
        return self._data

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the film as one self-contained ``.html`` page, whole or not at all.

        Raises
        ------
        InputError
            For another suffix.
        PathError
            When the file cannot be written there.
        """
        writers = {".html": lambda: page(self._data, theme=self.theme)}
        write_file(path, writers, "save", hint="for a still picture save a trace: gad.trace(f, 2.0).save(...)")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        start = self._data["stops"]["scene"][self._start] if self.sliders else 0
        picture = self._data["scenes"][max(start, 0)]["svg"]
        return {"text/html": snippet(self._data, theme=self.theme), "image/svg+xml": picture, "text/plain": repr(self)}

    @property
    def _start(self) -> int:
        return int(np.ravel_multi_index([s.start for s in self.sliders], [len(s.values) for s in self.sliders]))

    def __repr__(self) -> str:
        along = ", ".join(f"{s.name}={s.values[0]:g}..{s.values[-1]:g}" for s in self.sliders)
        stops = len(self._data["stops"]["scene"])
        return f"<Film of {self.name} along {along}: {len(self.scenes)} scene(s), {stops} stops>"


def film(
    f: Callable[..., Any],
    /,
    *,
    inputs: Mapping[str, Any] | None = None,
    at: Mapping[str, float] | None = None,
    theme: str = "auto",
    progress: Callable[[int, int], None] | None = None,
    **sliders: Any,
) -> Film:
    """Sample a function and its derivative along one or two sliders.

    Parameters
    ----------
    f : callable
        Written with NumPy; returns a single number.
    inputs : mapping, optional
        Arguments whose names clash with the keywords here.
    at : mapping, optional
        Where sliders start, by name; two thirds along unless given.
    theme : {"auto", "light", "dark", "contrast"}
        Colours of the page; ``"auto"`` follows the reader's system.
    progress : callable, optional
        Called with ``(stops done, stops in all)``.
    **sliders
        By parameter name: ``(low, high)`` or ``(low, high, step)`` for a slider; anything else stays fixed. One slider
        has 201 stops, two have 41 each.

    Returns
    -------
    Film

    Raises
    ------
    InputError
        For bad sliders, or when `f` does not return a single number, or raises everywhere.
    SizeError
        For more than two sliders, too many numbers, too large a graph, or a graph that changes all the time.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> gad.film(np.sin, x=(-np.pi, np.pi))
    <Film of f along x=-3.14159..3.14159: 1 scene(s), 201 stops>
    """
    check_theme(theme, "film", ("auto", *THEMES))
    if progress is not None and not callable(progress):
        raise InputError(f"film: progress must be a function of (done, total), got {type(progress).__name__}")
    arrangement = arrange(f, sliders, inputs=inputs, at=at, who="film", options=_OPTIONS)
    count = len(arrangement.sliders)
    if count == 0:
        raise InputError(
            "film: nothing moves; give at least one range, such as x=(-1, 1), or use gad.trace for a still picture"
        )
    if count > 2:
        names = ", ".join(s.name for s in arrangement.sliders)
        raise SizeError(
            f"film: a film has one or two sliders, got {count} ({names}); "
            f"fix some of them, as in {arrangement.sliders[-1].name}=0.5"
        )
    shots, where, errors = _sample(arrangement, progress)
    return _develop(arrangement, shots, where, errors, theme)


def _sample(arrangement: Arrangement, progress: Any) -> tuple[list[_Shot], list[tuple[int, int]], dict[int, str]]:
    """Run the function at every stop; return the scenes met, (scene, row) for each stop, and what was raised."""
    shots: list[_Shot] = []
    known: dict[Any, int] = {}
    where: list[tuple[int, int]] = []
    errors: dict[int, str] = {}
    first_error: Exception | None = None
    stops = list(itertools.product(*(slider.values for slider in arrangement.sliders)))
    size = 0
    for done, values in enumerate(stops):
        if progress is not None:
            progress(done, len(stops))
        try:
            taken = _trace_at(arrangement, values)
            _check_size(taken)
        except InputError as error:
            place = ", ".join(f"{s.name} = {value:g}" for s, value in zip(arrangement.sliders, values, strict=True))
            raise InputError(f"{error} (at {place})") from None
        except Exception as error:  # whatever the user's function raises is shown at this stop
            first_error = first_error or error
            kind = "" if isinstance(error, GraphvizAdError) else f"{type(error).__name__}: "
            errors[done] = f"{kind}{error}{_raised_at(error)}"
            where.append((-1, -1))
            continue
        key = fingerprint(taken)
        if key not in known:
            if len(shots) == _MOST_SCENES:
                raise SizeError(
                    f"film: the graph of {function_name(arrangement.function)} changes at nearly every stop "
                    f"({_MOST_SCENES} different graphs so far), so it cannot be filmed; does a plain number "
                    "computed from the slider enter the graph "
                    "(x.value, x.detach()), or a loop run longer and longer? Use a smaller range or fewer stops"
                )
            known[key] = len(shots)
            story = _with_all_gradients(tell(taken))
            shots.append(_Shot(story, [], taken.guards))
        shot = shots[known[key]]
        with np.errstate(all="ignore"):
            shot.rows.append(_zero_filled(shot.story, renumber(shot.story, taken)))
        where.append((known[key], len(shot.rows) - 1))
        size += 8 * len(shot.story.numbers)
        if size * len(stops) / (done + 1) > 4 * BUDGET and done > 20:
            _too_large(int(size * len(stops) / (done + 1)))
    if progress is not None:
        progress(len(stops), len(stops))
    if not shots:
        assert first_error is not None
        if isinstance(first_error, GraphvizAdError):
            raise first_error
        raise InputError(f"film: the function raised at every stop; first {errors[0]}") from first_error
    return shots, where, errors


def _too_large(size: int) -> None:
    raise SizeError(
        f"film: about {size / 1e6:.1f} MB of numbers would be needed, more than {BUDGET / 1e6:g} MB; "
        "use one slider instead of two, "
        "fewer stops with x=(low, high, step), or a smaller function"
    )


def _trace_at(arrangement: Arrangement, values: Sequence[float]) -> Trace:
    with np.errstate(all="ignore"):
        moving = _Moving(arrangement)
        given = (*map(np.float64, values), *arrangement.fixed.values())
        taken = trace_limited(moving, given, {}, _MOST_OPERATIONS, moving.names)
    output = taken.output
    if np.ndim(output) != 0:
        shape = np.shape(output)
        raise InputError(
            f"film: {taken.name} must return a single number, but it returned shape {shape}: "
            "return .sum() or .mean() of it, "
            f"or one entry such as y[{', '.join('0' * len(shape))}]"
        )
    if np.asarray(plain_value(output)).dtype.kind == "c":
        raise InputError(
            f"film: {taken.name} returned a complex number, which has no place on a curve: return np.abs of it"
        )
    return taken


class _Moving:
    """The filmed function with its sliders as its first arguments, so that they are the first inputs of its trace."""

    def __init__(self, arrangement: Arrangement) -> None:
        self.arrangement = arrangement
        self.__name__ = function_name(arrangement.function)
        self.names = [*(slider.name for slider in arrangement.sliders), *arrangement.fixed]

    def __call__(self, /, *values: Any) -> Any:
        positional, keywords = self.arrangement.arguments(dict(zip(self.names, values, strict=True)))
        return self.arrangement.function(*positional, **keywords)


def _raised_at(error: BaseException) -> str:
    """Return where in the user's code an error was raised, as `` (line 3)``."""
    found, traceback = "", error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not is_foreign(code.co_filename):
            found = f" (line {traceback.tb_lineno} in {code.co_name})"
        traceback = traceback.tb_next
    return found if not isinstance(error, GraphvizAdError) else ""


def _check_size(taken: Trace) -> None:
    if len(taken) > MAX_BOXES:
        raise SizeError(
            f"the graph of {taken.name} has {len(taken)} nodes here, more than the {MAX_BOXES} that are drawn"
        )


def _with_all_gradients(story: Story) -> Story:
    """Add the zero gradients of inputs that the sweep does not reach, since the curve of f′ shows them."""
    missing = {
        Quantity("adjoint", i): np.float64(0) for i in story.inputs if Quantity("adjoint", i) not in story.numbers
    }
    return replace(story, numbers={**story.numbers, **missing}) if missing else story


def _zero_filled(story: Story, numbers: Numbers) -> Numbers:
    return {
        key: np.zeros(story.nodes[key.node].shape)[()] if value is None else value for key, value in numbers.items()
    }


# From samples to the player's data


def _develop(
    arrangement: Arrangement,
    shots: Sequence[_Shot],
    where: Any,
    errors: dict[int, str],
    theme: str,
    limit: int | None = MAX_BOXES,
) -> Film:
    sliders = arrangement.sliders
    start = int(np.ravel_multi_index([s.start for s in sliders], arrangement.shape)) if sliders else 0
    code, first = _source(arrangement.function, shots[0].story)
    scenes, data, numbers, pictures = [], [], [], []
    guards = _tell_guards(shots)
    for number, shot in enumerate(shots):
        formats = _formats(shot, {s.name: s.format for s in sliders})
        scene = make_scene(shot.story, formats, longest=_longest(shot, formats), limit=limit)
        rows = np.array([scene.row(row) for row in shot.rows], dtype="<f8")
        shown = where[start][1] if where[start][0] == number else 0
        scenes.append(scene)
        numbers.append(rows)
        pictures.append(_pictures(scene, shot.rows))
        data.append(_scene_json(scene, shot, shot.rows[shown], guards[number], arrangement, code is not None))
    size = sum(rows.nbytes for rows in numbers)
    if size > BUDGET:
        _too_large(size)
    story = shots[max(where[start][0], 0)].story
    title = story.title if len(shots) == 1 else story.call  # with several graphs no one formula is right everywhere
    made = {
        "version": 1,
        "name": story.name,
        "title": {"mathml": title.mathml, "text": title.text},
        "sliders": [_slider_json(slider) for slider in sliders],
        "stops": {"scene": [scene for scene, _ in where], "row": [row for _, row in where]},
        "errors": {str(stop): message for stop, message in errors.items()},
        "numbers": [_packed(rows) for rows in numbers],
        "pictures": pictures,
        "code": None if code is None else {"lines": code, "first": first},
        "scenes": data,
    }
    return Film(story.name, sliders, tuple(scenes), errors, theme, made)


def still(taken: Trace, limit: int | None = MAX_BOXES) -> dict[str, Any]:
    """Return a trace as a film without sliders: one stop, every step."""
    story = tell(taken)
    function = taken.function
    arrangement = Arrangement(function or (lambda: None), (), {}, {})
    shot = _Shot(_with_all_gradients(story), [], taken.guards)
    shot.rows.append(shot.story.numbers)
    return _develop(arrangement, [shot], [(0, 0)], {}, "auto", limit).to_json()


def _packed(values: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode()


def _slider_json(slider: Slider) -> dict[str, Any]:
    return {
        "name": clean_name(slider.name),
        "mathml": Formula(symbol_name(slider.name)).mathml,
        "values": _packed(slider.values),
        "start": slider.start,
        "format": list(slider.format),
    }


def _formats(shot: _Shot, sliders: Mapping[str, numerals.Format]) -> dict[Quantity, numerals.Format]:
    """Choose for every quantity how it is written at all stops of its scene; a slider's own value as the slider's."""
    formats = {}
    for key in shot.story.numbers:
        shown = np.array([np.ravel(row[key]) for row in shot.rows])
        formats[key] = numerals.choose_format(shown.view(float) if shown.dtype.kind == "c" else shown)
    for position in shot.story.inputs:
        own = sliders.get(shot.story.nodes[position].symbol.symbol.arguments[0])
        if own is not None:
            formats[Quantity("value", position)] = own
    return formats


def _longest(shot: _Shot, formats: Mapping[Quantity, numerals.Format]) -> dict[Quantity, int]:
    """Return how many characters the numbers of each short vector take, where it is quick to write them all."""
    found = {}
    for key, value in shot.story.numbers.items():
        if np.ndim(value) == 1 and 0 < np.size(value) <= MOST_CELLS and np.size(value) * len(shot.rows) <= _FEW_NUMBERS:
            shown = (number for row in shot.rows for number in np.ravel(row[key]))
            reading = read(key, value, 0, formats[key], still=False)
            found[key] = max(len(numerals.write(number, reading.format)) for number in shown)
    return found


def _pictures(scene: Scene, rows: Sequence[Numbers]) -> dict[str, str | list[str]]:
    """Return the thumbnails by quantity: one string if it never changes, else one a row."""
    by_row = [scene.pictures(row) for row in rows]
    found: dict[str, str | list[str]] = {}
    for key in by_row[0]:
        texts = [pictures[key] for pictures in by_row]
        found[str(key)] = texts[0] if len(set(texts)) == 1 else texts
    return found


def _scene_json(
    scene: Scene, shot: _Shot, shown: Numbers, guard: str, arrangement: Arrangement, has_code: bool
) -> dict[str, Any]:
    story = shot.story
    index = scene.index
    sliders = len(arrangement.sliders)
    span = _span_reader(arrangement.function) if has_code else lambda site: None

    def placeholder(quantity: Quantity) -> str:
        return f"⟦{index[quantity]}⟧"

    def fragment(part: Any) -> Any:
        if isinstance(part, str):
            return part
        return {"q": index[part]} if isinstance(part, Quantity) else {"m": part.mathml, "t": part.text}

    def stage(label: str, formula: Formula) -> dict[str, str]:
        filled = formula.with_numbers(placeholder)
        return {"label": label, "mathml": filled.mathml, "text": filled.text}

    def step_json(step: Step) -> dict[str, Any]:
        writes, reads = _touched(step)
        return {
            "kind": step.kind,
            "node": step.node,
            "edge": list(step.edge) if step.edge else None,
            "writes": writes,
            "reads": reads,
            "sentence": [fragment(part) for part in step.sentence],
            "stages": [stage(s.label, s.formula) for s in step.stages],
            "span": span(step.span),
        }

    moving = story.inputs[:sliders] if sliders else story.inputs
    return {
        **scene.to_json(shown),
        "steps": [step_json(step) for step in story.steps],
        "rows": [_row_json(card) for card in story.nodes],
        "output": index[Quantity("value", story.output)],
        "gradients": [index[Quantity("adjoint", position)] for position in moving],
        "guard": guard,
    }


def _row_json(card: Card) -> dict[str, Any]:
    return {"node": card.position, "mathml": card.title.mathml, "text": card.title.text}


def _touched(step: Step) -> tuple[str, list[str]]:
    """Return the parts of the picture that a step writes and reads."""
    kinds = {
        "value": "n{1}_v",
        "adjoint": "n{1}_a",
        "partial": "n{1}_a",
        "contribution": "e{1}_{2}_c",
        "local": "e{1}_{2}_g",
    }
    return kinds[step.after.kind].format(*step.after), [kinds[q.kind].format(*q) for q in step.operands]


# Guards: what distinguishes the scenes


def _tell_guards(shots: Sequence[_Shot]) -> list[str]:
    """Say for each scene which comparisons came out differently from the other scenes."""
    told = [_guard_phrases(shot.guards) for shot in shots]
    common = set(told[0].items()).intersection(*(set(phrases.items()) for phrases in told)) if told else set()
    return [
        " and ".join(phrase for item, phrase in phrases.items() if (item, phrase) not in common) for phrases in told
    ]


def _guard_phrases(guards: Sequence[Any]) -> dict[Any, str]:
    by_place: dict[Any, list[Any]] = {}
    for guard in guards:
        by_place.setdefault((guard.code.co_filename, instruction_position(guard.code, guard.lasti)), []).append(guard)
    phrases = {}
    for place, met in by_place.items():
        site = met[0].site
        text = site.text if site is not None and len(site.text) <= _LONGEST_GUARD else ""
        if not text:
            text = f"a comparison ({met[0].symbol})"
        elif not any(sign in text for sign in "<>=!"):
            text = f"the comparison in {text}"
        outcomes = [bool(np.all(guard.result)) for guard in met]
        if len(outcomes) == 1:
            phrases[place] = f"{text} is {'true' if outcomes[0] else 'false'}"
        else:
            phrases[place] = f"{text} was true {sum(outcomes)} time{'s' if sum(outcomes) != 1 else ''}"
    return phrases


# The code pane


def _source(function: Any, story: Story) -> tuple[list[str] | None, int]:
    """Return the lines of the function without their common indentation, and the number of the first."""
    try:
        lines, first = inspect.getsourcelines(inspect.unwrap(function))
    except (OSError, TypeError):
        return None, 0
    if len(lines) > 60:
        return None, 0
    return textwrap.dedent("".join(lines)).rstrip("\n").split("\n"), max(first, 1)


def _span_reader(function: Any) -> Callable[[Site | None], list[int] | None]:
    """Return what turns a site into the span of the code pane, or None for a site outside the function."""
    unwrapped = inspect.unwrap(function)
    lines, first = inspect.getsourcelines(unwrapped)
    filename = inspect.getsourcefile(unwrapped) or unwrapped.__code__.co_filename
    same = {filename, getattr(getattr(unwrapped, "__code__", None), "co_filename", filename)}
    first = max(first, 1)
    margin = len(lines[0].rstrip("\r\n")) - len(textwrap.dedent("".join(lines)).split("\n")[0])

    def span(site: Site | None) -> list[int] | None:
        if site is None or site.filename not in same or site.column < 0:
            return None
        if not first <= site.line <= site.end_line < first + len(lines):
            return None
        return [site.line, max(0, site.column - margin), site.end_line, max(0, site.end_column - margin)]

    return span
