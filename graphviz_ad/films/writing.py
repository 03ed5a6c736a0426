"""Turn what was sampled into the data of the browser's player: a film, and what is added to it later.

A film is plain data (``player/film.d.ts``). A page gets a complete one; the notebook widget sends what was found first,
then *batches* of more stops, and *points* between the stops. These are written in the columns of the scenes already
sent, so a scene keeps its number, its columns and its layout until the next film.

Examples
--------
>>> import numpy as np
>>> from graphviz_ad.films.sliders import arrange
>>> sampler = Sampler(arrange(np.sin, {"x": (0, 1, 0.25)}, who="explore"), "explore")
>>> places = [sampler.sample(stop) for stop in (0, 2, 4)]
>>> developer = Developer(sampler)
>>> developer.film([0, 4])["stops"]
{'of': [0, 4], 'scene': [0, 0], 'row': [0, 1]}
>>> developer.batch([2])["of"], developer.point([0.3])["scene"]
([2], 0)
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad import numerals
from graphviz_ad.draw.frame import frame
from graphviz_ad.draw.scene import MAX_BOXES, Scene, make_scene
from graphviz_ad.errors import InputError
from graphviz_ad.films.describing import code_lines, span_reader, tell_guards, tell_story
from graphviz_ad.films.sampling import Numbers, Sample, Sampler, Shot
from graphviz_ad.films.sliders import Slider
from graphviz_ad.formulas.symbols import Formula, clean_name
from graphviz_ad.formulas.symbols import name as symbol_name
from graphviz_ad.numerals.formats import choose, measure
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import MOST_CELLS, Reading, read

__all__ = ["Cut", "Developer", "scene_json"]

_FEW_NUMBERS = 2_000

Formats = dict[Quantity, numerals.Format]


class Cut(NamedTuple):
    """A complete film, its sliders and its scenes."""

    film: dict[str, Any]
    sliders: tuple[Slider, ...]
    scenes: tuple[Scene, ...]


class Developer:
    """Makes the player's data of what a sampler has found. Not thread-safe.

    Parameters
    ----------
    sampler : Sampler
    limit : int or None
        The most nodes to draw; None for no limit.

    Attributes
    ----------
    scenes : list of Scene
        Those of the last film, and those that batches and points have added to it.
    """

    def __init__(self, sampler: Sampler, limit: int | None = MAX_BOXES) -> None:
        function = sampler.arrangement.function
        self.sampler = sampler
        self.scenes: list[Scene] = []
        self._limit = limit
        self._reels: list[_Reel] = []
        self._guards: list[str] = []
        self._slider_formats = {slider.name: slider.format for slider in sampler.arrangement.sliders}
        self._lines, self._first_line = code_lines(function)
        self._span = (lambda site: None) if self._lines is None else span_reader(function)

    def film(self, stops: Sequence[int] | None = None) -> dict[str, Any]:
        """Return the film of all that was found, or of some stops of it, with formats and layouts made anew.

        It has all scenes of the sampler, under the same numbers, so that batches and points can be added to it.

        Raises
        ------
        InputError
            When the function raised wherever it was run.
        KeyError
            For a stop that was not sampled.
        """
        sampler = self.sampler
        sampler.require_scene()
        reels = self._up_to_date()
        chosen = sorted(sampler.found if stops is None else set(stops))
        where = [sampler.found[stop] for stop in chosen]
        complete = len(chosen) == sampler.total
        scenes = [
            # What is still to come may be longer: only a complete film is laid out by the numbers it has.
            self._scene(reel, reel.formats(), [row for scene, row in where if scene == number] if complete else None)
            for number, reel in enumerate(reels)
        ]
        made = self._film(
            where, range(len(reels)), scenes, sampler.arrangement.sliders, sampler.found.get(sampler.start)
        )
        if not complete:
            made["stops"] = {"of": chosen, **made["stops"]}
        made["errors"] = {str(stop): sampler.errors[stop] for stop in chosen if stop in sampler.errors}
        self.scenes, self._guards = scenes, [scene["guard"] for scene in made["scenes"]]
        return made

    def cut(self, along: Sequence[Sequence[int]], start: Sequence[int] | None = None) -> Cut:
        """Return a complete film over some values of the sliders, as if they had no others.

        Parameters
        ----------
        along : sequence of sequences of int
            For each slider, which of its values, ascending. Every combination of them was sampled.
        start : sequence of int, optional
            For each slider, near which of its values it starts; by default its own start.

        Raises
        ------
        InputError
            When the function raised at each of these stops.
        KeyError
            For a stop that was not sampled.
        """
        sampler = self.sampler
        given = sampler.arrangement.sliders
        starts = [slider.start for slider in given] if start is None else start
        sliders = tuple(_fewer(*each) for each in zip(given, along, starts, strict=True))
        stops, shown = [0], 0
        for slider, kept, fewer in zip(given, along, sliders, strict=True):
            stops = [stop * len(slider.values) + int(index) for stop in stops for index in kept]
            shown = shown * len(kept) + fewer.start
        where = [sampler.found[stop] for stop in stops]
        used = sorted({scene for scene, _ in where} - {-1})
        if not used:
            sampler.require_scene()
            first = sampler.errors[stops[0]]
            raise InputError(f"{sampler.who}: the function raised at each of these {len(stops)} stops; first {first}")
        reels = self._up_to_date()
        scenes = []
        for number in used:
            rows = [row for scene, row in where if scene == number]
            scenes.append(self._scene(reels[number], reels[number].formats(rows), rows))
        made = self._film(where, used, scenes, sliders, where[shown])
        made["errors"] = {
            str(place): sampler.errors[stop] for place, stop in enumerate(stops) if stop in sampler.errors
        }
        return Cut(made, sliders, tuple(scenes))

    def batch(self, stops: Sequence[int]) -> dict[str, Any]:
        """Return more stops for the film made last: a ``Batch``.

        Raises
        ------
        KeyError
            For a stop that was not sampled.
        """
        sampler = self.sampler
        where = [sampler.found[stop] for stop in stops]
        made = self._news()
        numbers, pictures, formats = {}, {}, {}
        for number in sorted({scene for scene, _ in where} - {-1}):
            reel = self._reels[number]
            rows = [row for scene, row in where if scene == number]
            numbers[str(number)] = _packed(reel.table(rows))
            pictures[str(number)] = {key: [reel.drawn[row][key] for row in rows] for key in reel.framed}
            formats[str(number)] = reel.shown(reel.formats())
        return {
            **made,
            "of": [int(stop) for stop in stops],
            "scene": [scene for scene, _ in where],
            "numbers": numbers,
            "pictures": pictures,
            "formats": formats,
            "errors": {str(stop): sampler.errors[stop] for stop in stops if stop in sampler.errors},
        }

    def point(self, values: Sequence[float], taken: Sample | None = None) -> dict[str, Any]:
        """Return what the function does at exact values of the sliders: a ``Point`` for the film made last.

        Parameters
        ----------
        values : sequence of float
        taken : Sample, optional
            What the sampler took there, if it has done so already.
        """
        taken = self.sampler.take(values) if taken is None else taken
        numbers = ""
        pictures: dict[str, str] = {}
        if taken.numbers is not None:
            reel = self._up_to_date()[taken.scene]
            row, pictures = reel.read(taken.numbers)
            numbers = _packed(row)
        return {
            **self._news(),
            "values": [float(value) for value in values],
            "scene": taken.scene,
            "numbers": numbers,
            "pictures": pictures,
            "error": taken.error,
        }

    def _up_to_date(self) -> list[_Reel]:
        """Return what is read of each shot so far."""
        for shot in self.sampler.shots[len(self._reels) :]:
            self._reels.append(_Reel(shot, self._slider_formats))
        for reel in self._reels:
            reel.catch_up()
        return self._reels

    def _news(self) -> dict[str, Any]:
        """Return the scenes that were not sent yet, and the guards of all if these have changed."""
        reels = self._up_to_date()
        known = len(self.scenes)
        if known == len(reels):
            return {"scenes": []}
        new = [self._scene(reel, reel.formats(), None) for reel in reels[known:]]
        guards = tell_guards([reel.shot.guards for reel in reels])
        told = [
            self._scene_json(reel, scene, (reel.shot.rows or [reel.shot.story.numbers])[0], guard)
            for reel, scene, guard in zip(reels[known:], new, guards[known:], strict=True)
        ]
        changed = guards[:known] != self._guards
        self.scenes, self._guards = [*self.scenes, *new], guards
        return {"scenes": told, "guards": guards} if changed else {"scenes": told}

    def _scene(self, reel: _Reel, formats: Formats, rows: Sequence[int] | None) -> Scene:
        """Lay a scene out, with room for the numbers of some rows, or for any."""
        longest = None if rows is None else _longest(reel.shot, formats, rows)
        wanted = (formats, longest)
        if reel.laid_out is None or reel.laid_out[0] != wanted:
            scene = make_scene(reel.shot.story, formats, longest=longest, limit=self._limit)
            reel.laid_out = (wanted, scene)
        return reel.laid_out[1]

    def _film(
        self,
        where: Sequence[tuple[int, int]],
        used: Sequence[int],
        scenes: Sequence[Scene],
        sliders: Sequence[Slider],
        start: tuple[int, int] | None,
    ) -> dict[str, Any]:
        """Return the film of stops with these scenes and rows; scenes count anew, and so do the rows of each."""
        reels = [self._reels[number] for number in used]
        places = {number: place for place, number in enumerate(used)}
        guards = tell_guards([reel.shot.guards for reel in reels])
        rows: list[list[int]] = [[] for _ in used]
        stops = []
        for number, row in where:
            if number >= 0:
                rows[places[number]].append(row)
            stops.append((places[number], len(rows[places[number]]) - 1) if number >= 0 else (-1, -1))
        data = []
        for place, (reel, scene) in enumerate(zip(reels, scenes, strict=True)):
            painted = start[1] if start is not None and start[0] == used[place] else next(iter(rows[place]), None)
            numbers = reel.shot.story.numbers if painted is None else reel.shot.rows[painted]
            data.append(self._scene_json(reel, scene, numbers, guards[place]))
        story = reels[places.get(start[0], 0) if start is not None else 0].shot.story
        title = story.title if len(reels) == 1 else story.call  # with several graphs no one formula is right everywhere
        return {
            "version": 1,
            "name": story.name,
            "title": {"mathml": title.mathml, "text": title.text},
            "sliders": [self._slider_json(slider) for slider in sliders],
            "stops": {"scene": [scene for scene, _ in stops], "row": [row for _, row in stops]},
            "errors": {},
            "numbers": [_packed(reel.table(kept)) for reel, kept in zip(reels, rows, strict=True)],
            "pictures": [reel.pictures(kept) for reel, kept in zip(reels, rows, strict=True)],
            "code": None if self._lines is None else {"lines": self._lines, "first": self._first_line},
            "scenes": data,
        }

    def _slider_json(self, slider: Slider) -> dict[str, Any]:
        return {
            "name": clean_name(slider.name),
            "mathml": Formula(symbol_name(slider.name)).mathml,
            "values": _packed(slider.values),
            "start": slider.start,
            "format": list(self._slider_formats[slider.name]),
        }

    def _scene_json(self, reel: _Reel, scene: Scene, painted: Numbers, guard: str) -> dict[str, Any]:
        story = reel.shot.story
        moving = story.inputs[: len(self._slider_formats)] if self._slider_formats else story.inputs
        return {
            **scene_json(scene, painted),
            **tell_story(story, scene.index, self._span),
            "output": scene.index[Quantity("value", story.output)],
            "gradients": [scene.index[Quantity("adjoint", position)] for position in moving],
            "guard": guard,
        }


class _Reel:
    """The rows of a shot as the player reads them, each read once: columns, thumbnails, and what decides formats."""

    def __init__(self, shot: Shot, sliders: Mapping[str, numerals.Format]) -> None:
        story = shot.story
        self.shot = shot
        self.columns: list[np.ndarray[Any, Any]] = []
        self.drawn: list[dict[str, str]] = []
        self.laid_out: tuple[Any, Scene] | None = None
        self._readings = tuple(read(key, value, still=False) for key, value in story.numbers.items())
        self.framed = [str(place) for place, reading in enumerate(self._readings) if reading.frame is not None]
        # A slider's own value is written as the slider's, so that no two stops look alike.
        names = {Quantity("value", i): story.nodes[i].symbol.symbol.arguments[0] for i in story.inputs}
        self._given = {key: sliders[name] for key, name in names.items() if name in sliders}
        # The columns of a number, or of a few, are all of it; of larger or complex arrays they are not.
        self._whole = np.array(
            [r.form != "array" and not np.iscomplexobj(story.numbers[r.key]) for r in self._readings]
        )
        self._quick = [
            (one, bool(whole) and one.form == "scalar") for one, whole in zip(self._readings, self._whole, strict=True)
        ]
        self._widths = np.array([reading.columns for reading in self._readings])
        self._measures: Any = None
        self._shown: dict[Quantity, tuple[numerals.Format, list[Any]]] = {}

    def catch_up(self) -> None:
        """Read the rows that are new."""
        new = self.shot.rows[len(self.columns) :]
        if not new:
            return
        read_now = [self.read(row) for row in new]
        measures = self._measure(new, np.array([columns for columns, _ in read_now]))
        # Maxima may be taken twice, rows may not: so they come last, should an interrupt come between.
        self._measures = measures if self._measures is None else np.maximum(self._measures, measures)
        self.drawn[len(self.columns) :] = [drawn for _, drawn in read_now]
        self.columns += [columns for columns, _ in read_now]

    def read(self, numbers: Numbers) -> tuple[np.ndarray[Any, Any], dict[str, str]]:
        """Return the columns and the thumbnails of one row."""
        columns: list[float] = []
        for reading, plain in self._quick:
            # A row has a hundred numbers, most of them plain: these need no array each.
            columns += [numbers[reading.key]] if plain else reading.numbers(numbers[reading.key])
        drawn = {key: self._readings[int(key)].picture(numbers[self._readings[int(key)].key]) for key in self.framed}
        return np.array(columns, dtype="<f8"), drawn

    def _measure(self, rows: Sequence[Numbers], columns: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Measure each quantity over some rows."""
        found = np.empty((len(measure([])), len(self._readings)))
        whole = np.repeat(self._whole, self._widths)
        widths = self._widths[self._whole]
        if widths.size:
            found[:, self._whole] = np.maximum.reduceat(measure(columns[:, whole]), np.cumsum(widths) - widths, axis=1)
        for place in np.flatnonzero(~self._whole):
            key = self._readings[place].key
            shown = np.concatenate([np.ravel(row[key]) for row in rows])
            found[:, place] = measure(shown.view(float) if shown.dtype.kind == "c" else shown)
        return found

    def formats(self, rows: Sequence[int] | None = None) -> Formats:
        """Choose how each quantity is written at all rows, or at some."""
        story = self.shot.story
        if rows is not None and len(rows) < len(self.columns):
            measures = self._measure([self.shot.rows[row] for row in rows], self.table(rows))
        elif self._measures is None:
            measures = self._measure([story.numbers], self.read(story.numbers)[0][None])
        else:
            measures = self._measures
        chosen = {reading.key: choose(measures[:, place]) for place, reading in enumerate(self._readings)}
        return {**chosen, **self._given}

    def shown(self, formats: Formats) -> list[list[Any]]:
        """Return the formats as the slots have them: with fewer decimals where there is little room."""
        for key, form in formats.items():
            if key not in self._shown or self._shown[key][0] != form:
                slot = read(key, self.shot.story.numbers[key], 0, form, still=False).format
                self._shown[key] = form, list(slot)
        return [self._shown[reading.key][1] for reading in self._readings]

    def table(self, rows: Sequence[int]) -> np.ndarray[Any, Any]:
        """Return the columns of some rows."""
        return np.array([self.columns[row] for row in rows], dtype="<f8").reshape(len(rows), int(self._widths.sum()))

    def pictures(self, rows: Sequence[int]) -> dict[str, str | list[str]]:
        """Return the thumbnails of some rows by quantity: one string if it never changes, else one a row."""
        found: dict[str, str | list[str]] = {}
        for key in self.framed if rows else ():
            texts = [self.drawn[row][key] for row in rows]
            found[key] = texts[0] if len(set(texts)) == 1 else texts
        return found


def _fewer(slider: Slider, kept: Sequence[int], start: int) -> Slider:
    """Return a slider with only some of its values, starting as near to one of them as it can."""
    values = slider.values[list(kept)]
    return replace(slider, values=values, start=int(np.argmin(np.abs(values - slider.values[start]))))


def _packed(values: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode()


def _longest(shot: Shot, formats: Formats, rows: Sequence[int]) -> dict[Quantity, int]:
    """Return how many characters the numbers of each short vector take, where it is quick to write them all."""
    found = {}
    for key, value in shot.story.numbers.items():
        size = np.size(value)
        if rows and np.ndim(value) == 1 and 0 < size <= MOST_CELLS and size * len(rows) <= _FEW_NUMBERS:
            shown = (number for row in rows for number in np.ravel(shot.rows[row][key]))
            reading = read(key, value, 0, formats[key], still=False)
            found[key] = max(len(numerals.write(number, reading.format)) for number in shown)
    return found


def scene_json(scene: Scene, numbers: Numbers) -> dict[str, Any]:
    """Return what the browser needs to paint a scene: the finished picture, the parts and the quantities."""
    return {
        "svg": frame(scene, numbers, standalone=False),
        "width": scene.width,
        "height": scene.height,
        "parts": {
            name: {"kind": part.kind, "timeline": [list(entry) for entry in part.timeline]}
            for name, part in scene.parts.items()
        },
        "quantities": [_quantity_json(reading) for reading in scene.readings],
    }


def _quantity_json(reading: Reading) -> dict[str, Any]:
    frame = reading.frame
    return {
        "c": reading.column,
        "n": reading.columns,
        "f": list(reading.format),
        "role": reading.role,
        "shape": reading.shape or None,
        "picture": {"kind": frame.kind, "columns": frame.columns, "rows": frame.rows} if frame else None,
    }
