"""Run a function at the stops of its sliders, and keep what was met: the scenes, and the numbers of each stop.

Nothing is drawn here. Stops are counted through all sliders, the last one fastest, and may be taken in any order: a
film takes them all, the notebook widget those near the thumb first.

Examples
--------
>>> import numpy as np
>>> from graphviz_ad.films.sliders import arrange
>>> sampler = Sampler(arrange(np.square, {"x": (0, 1, 0.25)}, who="film"), "film")
>>> sampler.sample(2), sampler.values(2)
((0, 0), (0.5,))
>>> sampler.output(0, sampler.shots[0].rows[0]), sampler.gradients(0, sampler.shots[0].rows[0])
(0.25, (1.0,))
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.console import prints
from graphviz_ad.draw.scene import MAX_BOXES, find_cuts
from graphviz_ad.engine.aftermath import kept, let_go
from graphviz_ad.engine.failures import Remains, remains_of
from graphviz_ad.engine.frames import raised_in
from graphviz_ad.engine.nesting import is_nested
from graphviz_ad.engine.primitive import plain_value
from graphviz_ad.engine.recording import Recording, function_name
from graphviz_ad.engine.switches import switches, went
from graphviz_ad.errors import GraphvizAdError, InputError, SizeError, text_of
from graphviz_ad.films.derivatives import written_out
from graphviz_ad.films.sliders import Arrangement
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import columns_of
from graphviz_ad.story.asking.choosing import questions
from graphviz_ad.story.modes import story_of
from graphviz_ad.story.quiz import Question, wrong_numbers
from graphviz_ad.story.steps import Stage, Story
from graphviz_ad.story.telling import Teller
from graphviz_ad.story.topology import fingerprint, renumber

__all__ = ["BUDGET", "Failed", "Numbers", "Sample", "Sampler", "Shot", "too_large"]

BUDGET = 2_000_000
"""The most bytes of numbers that a film may hold."""
_MOST_MEMORY = 200_000_000  # arrays are kept whole, though a film holds of each only its range and a thumbnail
_MOST_SCENES = 40
_MOST_FAILURES = 3
_MOST_OPERATIONS = 10_000  # far more than can be drawn: a loop that does not end must not fill the memory
_DOING = {"film": "filmed", "explore": "explored"}

Numbers = Mapping[Quantity, Any]


@prints
@dataclass(eq=False)
class Shot:
    """One scene: the story of one topology, with the numbers of every stop that has it.

    Attributes
    ----------
    story : Story
    rows : list of mapping of Quantity to number or array
        In the order in which the stops were met.
    guards : tuple
        The comparisons that led here.
    switches : list of int
        The positions of the nodes that may go one of several ways.
    questions : tuple of Question
        What is asked, in a quiz.
    written : dict of int to Stage
        The derivatives as formulas, by the steps that find them.
    """

    story: Story
    rows: list[Numbers]
    guards: tuple[Any, ...]
    switches: list[int] = field(default_factory=list)
    questions: tuple[Question, ...] = ()
    written: dict[int, Stage] = field(default_factory=dict)
    bytes_told: int = field(init=False)
    bytes_held: int = field(init=False)

    def __post_init__(self) -> None:
        values = self.story.numbers.items()
        self.bytes_told = 8 * sum(columns_of(value) for _, value in values)
        self.bytes_held = sum(np.asarray(value).nbytes for _, value in values)

    @property
    def has_wheres(self) -> bool:
        """Whether a `where` chooses between nodes."""
        return any(card.primitive == "where" for card in self.story.nodes)


class Failed(NamedTuple):
    """A place at which the function raised, the first of its kind.

    Attributes
    ----------
    values : tuple of float
        Where the sliders were.
    remains : Remains
        What was recorded before.
    """

    values: tuple[float, ...]
    remains: Remains


@prints
@dataclass(frozen=True, eq=False)
class Sample:
    """What was found at one place.

    Attributes
    ----------
    scene : int
        The shot it belongs to; -1 where the function raised.
    numbers : mapping, optional
        None where the function raised.
    error : str
        What it raised; else empty.
    went : tuple of int
        Which ways its nodes went, those of `Shot.switches`.
    failure : int
        Where the function raised, which of `Sampler.failures` is of its kind; -1 for none.
    """

    scene: int
    numbers: Numbers | None
    error: str
    went: tuple[int, ...] = ()
    failure: int = -1


class Sampler:
    """A function with sliders, and all that is known of it so far. Not thread-safe.

    Parameters
    ----------
    arrangement : Arrangement
        Any number of sliders.
    who : str
        The caller, ``"film"`` or ``"explore"``, for errors.
    mode : str
        Which story is told: ``"reverse"``; ``"forward"``, in which the slider moves by 1; or ``"both"``.
    quiz : bool
        Whether a learner is asked for its numbers, so that wrong ones are to be known as well.

    Raises
    ------
    InputError
        In forward mode for several sliders: one sweep forward follows one of them.

    Attributes
    ----------
    shots : list of Shot
        The scenes met, in the order in which they were met. One that was only met by `take` has no rows.
    entries : dict of int to (int, int)
        By stop, the scene and the row of its numbers there; (-1, -1) where the function raised.
    errors : dict of int to str
        By stop, what the function raised there.
    went : dict of int to tuple of int
        By stop, which ways the nodes went that may go one of several.
    failures : list of Failed
        The first place of each kind at which the function raised: of one line, and one exception.
    failed : dict of int to int
        By stop at which the function raised, which of these is of its kind, where one is.
    size : int
        Bytes that the numbers sampled so far take in a film.
    total : int
        How many stops there are, sampled or not.
    """

    def __init__(self, arrangement: Arrangement, who: str, mode: str = "reverse", *, quiz: bool = False) -> None:
        self.arrangement = arrangement
        self.who = who
        self.mode = mode
        self.quiz = quiz
        self._tangents = _moving(arrangement, who) if mode != "reverse" else None
        self.shots: list[Shot] = []
        self.entries: dict[int, tuple[int, int]] = {}
        self.errors: dict[int, str] = {}
        self.went: dict[int, tuple[int, ...]] = {}
        self.failures: list[Failed] = []
        self.failed: dict[int, int] = {}
        self.size = 0
        self.total = math.prod(arrangement.shape)
        self._memory = 0
        self._known: dict[Any, int] = {}
        self._kinds: dict[Any, int] = {}  # of failures
        self._first_error: Exception | None = None

    @classmethod
    def of_recording(cls, recording: Recording, story: Story | None = None, *, quiz: bool = False) -> Sampler:
        """Return one without sliders, whose only stop is a recording, however large; its story may be told already."""
        sampler = cls(Arrangement(recording.source or (lambda: None), (), {}, {}), "film", quiz=quiz)
        sampler.mode = story.mode if story is not None else "reverse"
        shot = sampler._shot(Teller(recording).story if story is None else story, recording.guards)
        sampler.shots.append(shot)
        sampler._keep(0, 0, shot.story.numbers)
        return sampler

    @property
    def full(self) -> bool:
        """Whether as much is kept as a film may hold, or as the memory should."""
        return self.size >= BUDGET or self._memory >= _MOST_MEMORY

    # Places: python integers throughout, since six sliders have billions of stops

    def indices(self, stop: int) -> tuple[int, ...]:
        """Return for each slider which of its values it has at a stop.

        Raises
        ------
        InputError
            When there is no such stop.
        """
        try:
            rest = operator.index(stop)
        except TypeError:
            rest = -1
        if not 0 <= rest < self.total:
            raise InputError(f"{self.who}: there is no stop {stop!r}; the stops are counted from 0 to {self.total - 1}")
        indices = []
        for count in reversed(self.arrangement.shape):
            rest, index = divmod(rest, count)
            indices.append(index)
        return tuple(reversed(indices))

    def flat(self, indices: Sequence[int]) -> int:
        """Return the stop at which each slider has this one of its values."""
        stop = 0
        for index, count in zip(indices, self.arrangement.shape, strict=True):
            stop = stop * count + int(index)
        return stop

    @property
    def start(self) -> int:
        """The stop that is shown first."""
        return self.flat([slider.start for slider in self.arrangement.sliders])

    def values(self, stop: int) -> tuple[float, ...]:
        """Return the values of the sliders at a stop."""
        pairs = zip(self.arrangement.sliders, self.indices(stop), strict=True)
        return tuple(float(slider.values[index]) for slider, index in pairs)

    def place(self, values: Sequence[float]) -> str:
        """Say where the sliders are: ``x = 1, y = 2``."""
        pairs = zip(self.arrangement.sliders, values, strict=True)
        return ", ".join(f"{slider.name} = {value:g}" for slider, value in pairs)

    def stop(self, values: Sequence[float]) -> int | None:
        """Return the stop with exactly these values, or None."""
        stop = self.nearest(values)
        return stop if self.values(stop) == tuple(map(float, values)) else None

    def nearest(self, values: Sequence[float]) -> int:
        """Return the stop that is nearest to these values."""
        pairs = zip(self.arrangement.sliders, values, strict=True)
        return self.flat([int(np.argmin(np.abs(slider.values - float(value)))) for slider, value in pairs])

    # Running the function

    def sample(self, stop: int) -> tuple[int, int]:
        """Run the function at a stop, unless that was done before; return the scene and the row, -1 where it raised.

        Raises
        ------
        InputError
            When the function does not return a single real number.
        SizeError
            When its graph changes at nearly every stop.
        """
        if stop not in self.entries:
            values = self.values(stop)
            sample = self.take(values)
            if sample.numbers is None:
                self.errors[stop] = sample.error
                self.entries[stop] = -1, -1
                if sample.failure >= 0:
                    self.failed[stop] = sample.failure
            else:
                self._keep(stop, sample.scene, sample.numbers)
                self.went[stop] = sample.went
        return self.entries[stop]

    def take(self, values: Sequence[float]) -> Sample:
        """Run the function anywhere; only a graph that is new is kept. Raises as `sample` does."""
        try:
            recording = self._trace_at(values)
            _check_size(recording)
        except InputError as error:
            raise InputError(f"{text_of(error)} (at {self.place(values)})") from None
        except Exception as error:  # whatever the user's function raises is shown at this place
            kind = "" if isinstance(error, GraphvizAdError) else f"{type(error).__name__}: "
            said, failure = f"{kind}{_told(error)}", self._failure(values, error)
            if not self.shots and self._first_error is None:
                self._first_error = error
            else:
                let_go(error)
            return Sample(-1, None, said, failure=failure)
        scene = self._scene(recording)
        shot = self.shots[scene]
        story, places = shot.story, shot.switches
        with np.errstate(all="ignore"):
            numbers = _zero_filled(story, renumber(story, recording))
        numbers |= wrong_numbers(story, shot.questions, numbers)
        return Sample(scene, numbers, "", went(recording.nodes, places) if places else ())

    def _failure(self, values: Sequence[float], error: Exception) -> int:
        """Return which of the failures is of the kind of an exception, which may be the first one; -1 for none."""
        place = raised_in(error)
        if place is None or kept(error) is None:
            return -1
        kind = type(error), place[0].f_code, place[1]
        if kind not in self._kinds and len(self.failures) < _MOST_FAILURES:
            self.failures.append(Failed(tuple(map(float, values)), remains_of(error, self.who)))
            self._kinds[kind] = len(self.failures) - 1
        return self._kinds.get(kind, -1)

    def _trace_at(self, values: Sequence[float]) -> Recording:
        with np.errstate(all="ignore"):
            moving = _Moving(self.arrangement)
            arguments = (*map(np.float64, values), *self.arrangement.fixed.values())
            recording = Recording.of_call(moving, arguments, {}, _MOST_OPERATIONS, moving.names)
        output = recording.output
        if is_nested(output):
            raise InputError(
                f"{self.who}: {recording.name} must return a single number, but it returned a "
                f"{type(output).__name__}: return one of its numbers"
            )
        if np.ndim(output) != 0:
            shape = np.shape(output)
            raise InputError(
                f"{self.who}: {recording.name} must return a single number, but it returned shape {shape}: "
                "return .sum() or .mean() of it, "
                f"or one entry such as y[{', '.join('0' * len(shape))}]"
            )
        if np.asarray(plain_value(output)).dtype.kind == "c":
            raise InputError(
                f"{self.who}: {recording.name} returned a complex number, which has no place on a curve: "
                "return np.abs of it"
            )
        return recording

    def _scene(self, recording: Recording) -> int:
        """Return the scene of a trace, a new one if need be."""
        key = fingerprint(recording)
        if key not in self._known:
            if len(self.shots) == _MOST_SCENES:
                raise SizeError(
                    f"{self.who}: the graph of {function_name(self.arrangement.function)} changes at nearly every stop "
                    f"({_MOST_SCENES} different graphs so far), so it cannot be {_DOING.get(self.who, 'shown')}; "
                    "does a plain number computed from the slider enter the graph "
                    "(x.value, x.detach()), or a loop run longer and longer? Use a smaller range or fewer stops; "
                    "or are random numbers drawn? Seed them in the function, as in rng = np.random.default_rng(0)"
                )
            shot = self._shot(self._tell(recording), recording.guards, switches(recording.nodes))
            shot.written.update(written_out(shot.story, recording, len(self.arrangement.sliders)))
            # An interrupt between these two must not leave a name for a shot that is not there.
            self.shots.append(shot)
            self._known[key] = len(self.shots) - 1
            if self._first_error is not None:
                let_go(self._first_error)
                self._first_error = None
        return self._known[key]

    def _shot(self, story: Story, guards: tuple[Any, ...], places: Sequence[int] = ()) -> Shot:
        """Return a new scene."""
        story = _with_all_gradients(story)
        asked = questions(story) if self.quiz else ()
        if asked:
            story = replace(story, numbers={**story.numbers, **wrong_numbers(story, asked, story.numbers)})
        return Shot(story, [], guards, list(places), asked)

    def _tell(self, recording: Recording) -> Story:
        return find_cuts(story_of(recording, self.mode, self._tangents))

    def _keep(self, stop: int, scene: int, numbers: Numbers) -> None:
        shot = self.shots[scene]
        shot.rows.append(numbers)
        self.entries[stop] = scene, len(shot.rows) - 1
        self.size += shot.bytes_told
        self._memory += shot.bytes_held

    def require_scene(self) -> None:
        """Raise what the function raised first, if it has raised wherever it was run."""
        error = self._first_error
        if self.shots or error is None:
            return
        if isinstance(error, GraphvizAdError):
            raise error
        tried = len(self.entries)
        where = "at every stop" if tried == self.total else f"wherever it was run ({tried} of {self.total:,} stops)"
        first = next(iter(self.errors.values()), f"{type(error).__name__}: {text_of(error)}")
        raise InputError(f"{self.who}: the function raised {where}; first {first}") from error

    # Reading what was found

    def output(self, scene: int, numbers: Numbers) -> float:
        """Return the value of the function among the numbers of a scene."""
        return _number(numbers[Quantity("value", self.shots[scene].story.output)])

    def gradients(self, scene: int, numbers: Numbers) -> tuple[float, ...]:
        """Return the derivative by each slider among the numbers of a scene; 0.0 where it is not reached.

        NaN where the function has no value.
        """
        moving = self.shots[scene].story.inputs[: len(self.arrangement.sliders)]
        if not math.isfinite(self.output(scene, numbers)):
            return (math.nan,) * len(moving)
        return tuple(_number(numbers[key]) for key in self.shots[scene].story.gradients(moving))


class _Moving:
    """The function with its sliders as its first arguments, so that they are the first inputs of its trace."""

    def __init__(self, arrangement: Arrangement) -> None:
        self.arrangement = arrangement
        self.__name__ = function_name(arrangement.function)
        self.names = [*(slider.name for slider in arrangement.sliders), *arrangement.fixed]

    def __call__(self, /, *values: Any) -> Any:
        positional, keywords = self.arrangement.arguments(dict(zip(self.names, values, strict=True)))
        return self.arrangement.function(*positional, **keywords)


def _moving(arrangement: Arrangement, who: str) -> dict[str, float]:
    """Return the tangents of the inputs in forward mode: the slider moves by 1, all else stays."""
    sliders = arrangement.sliders
    if len(sliders) > 1:
        names = ", ".join(slider.name for slider in sliders)
        fixed = ", ".join(f"{slider.name}={slider.values[slider.start]:g}" for slider in sliders[1:])
        raise InputError(
            f"{who}: a sweep forward follows one slider, got {len(sliders)} ({names}); fix all but one of them, as in "
            f"{fixed}, or use mode='reverse', whose one sweep back has the derivatives by all"
        )
    return {slider.name: 1.0 for slider in sliders}


def _number(value: Any) -> float:
    return float(np.real(value))


def _told(error: BaseException) -> str:
    """Return what an error says, and where in the user's code it was raised, as ``(line 3 in f)``, if it does not."""
    said, place = text_of(error), raised_in(error)
    if place is None or isinstance(error, GraphvizAdError) or f", line {place[1]})" in said:
        return said
    frame, line = place
    return f"{said} (line {line} in {frame.f_code.co_name})"


def _check_size(recording: Recording) -> None:
    if len(recording) > MAX_BOXES:
        raise SizeError(
            f"the graph of {recording.name} has {len(recording)} nodes here, more than the {MAX_BOXES} that are drawn: "
            "do fewer operations, or the same with arrays instead of a loop (a sum as np.sum, products as @); "
            "gad.plot draws the curve of any function, and of t = gad.trace(f, ...) of one point, print(t) shows the "
            "table and t.save('f.json') keeps the whole story"
        )


def _with_all_gradients(story: Story) -> Story:
    """Add the zero gradients of inputs that the sweep does not reach, since the curve of f′ shows them."""
    wanted = [key for own in (story, *story.views.values()) for key in own.gradients(own.inputs)]
    missing = {key: np.float64(0) for key in wanted if key not in story.numbers}
    return replace(story, numbers={**story.numbers, **missing}) if missing else story


def _zero_filled(story: Story, numbers: Numbers) -> dict[Quantity, Any]:
    return {
        key: np.zeros(story.nodes[key.node].shape)[()] if value is None else value for key, value in numbers.items()
    }


def too_large(size: float, sliders: int = 2) -> SizeError:
    """Return the error for so many bytes of numbers, more than a film may hold."""
    fewer = "" if sliders == 1 else "one slider instead of two, " if sliders == 2 else "fewer sliders (fix some), "
    return SizeError(
        f"film: about {int(size) / 1e6:.1f} MB of numbers would be needed, more than {BUDGET / 1e6:g} MB; "
        f"use {fewer}fewer stops with x=(low, high, step), or a smaller function"
    )
