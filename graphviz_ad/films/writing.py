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
{'of': [0, 4], 'scene': [0, 0]}
>>> developer.batch([2])["of"], developer.point([0.3])["scene"]
([2], 0)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from graphviz_ad.console import prints, visible
from graphviz_ad.draw.both import alone
from graphviz_ad.draw.frame import frame
from graphviz_ad.draw.scene import MAX_BOXES, Scene, make_scene
from graphviz_ad.draw.timeline import Entry, Part
from graphviz_ad.errors import InputError
from graphviz_ad.films.code import Code
from graphviz_ad.films.contours import Grid, contours_json
from graphviz_ad.films.describing import tell_guards, tell_story
from graphviz_ad.films.entries import ways_json
from graphviz_ad.films.findings import findings_json
from graphviz_ad.films.inspecting import tell_nodes
from graphviz_ad.films.kinks import Kink, kinks_of
from graphviz_ad.films.lines import lines_through
from graphviz_ad.films.packing import pack, packed
from graphviz_ad.films.places import gaps_json, kink_at, kinks_json, pieces, remarks_at, remarks_json
from graphviz_ad.films.revealing import REVEALS
from graphviz_ad.films.rows import Formats, Rows, longest_texts
from graphviz_ad.films.sampling import Numbers, Sample, Sampler
from graphviz_ad.films.sliders import Slider
from graphviz_ad.films.verdicts import verdicts_json
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import clean_name
from graphviz_ad.formulas.symbols import name as symbol_name
from graphviz_ad.numerals import write
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.numerals.readings import Reading
from graphviz_ad.story.both import turn
from graphviz_ad.story.glossary import explained
from graphviz_ad.story.remarks import Remark
from graphviz_ad.story.steps import Story

__all__ = ["Cut", "Developer", "scene_json", "unasked"]


_STYLES = {"paper", "zero", "bad", "nan", "lost", "far", "selected"}  # what any picture may need of the style sheet


@prints
@dataclass(frozen=True, eq=False)
class Cut:
    """A complete film, and what any stop of it can be painted from without running the function again.

    Attributes
    ----------
    film : dict
        The data of the browser's player.
    sliders : tuple of Slider
    scenes : tuple of Scene
    stops : mapping of int to (int, mapping), or None
        By stop that was sampled, the number of its scene and its numbers; None where the function raised.
    remarks : mapping of int to sequence of Remark
        By stop, what there is to say of it besides its story.
    failures : mapping of int to int
        By stop at which the function raised, which of the sampler's failures is of its kind.
    """

    film: dict[str, Any]
    sliders: tuple[Slider, ...]
    scenes: tuple[Scene, ...]
    stops: Mapping[int, tuple[int, Numbers] | None]
    remarks: Mapping[int, Sequence[Remark]]
    failures: Mapping[int, int] = field(default_factory=dict)

    def still(self, stop: int) -> tuple[Scene, Numbers] | None:
        """Return the scene and the numbers of a stop; None where the function raised, and where it was not sampled."""
        at = self.stops.get(stop)
        return None if at is None else (self.scenes[at[0]], at[1])

    @property
    def start(self) -> tuple[Scene, Numbers]:
        """The scene and the numbers that are shown first; where the function raised at the start, those of a scene."""
        stop = 0
        for slider in self.sliders:
            stop = stop * len(slider.values) + slider.start
        at_start = self.still(stop)
        return next(filter(None, map(self.still, self.stops))) if at_start is None else at_start

    @property
    def reveal(self) -> str:
        """When f and its derivative are shown at first; one of `films.revealing.REVEALS`."""
        return str(self.film.get("reveal", REVEALS[0]))

    @property
    def presentation(self) -> bool:
        """Whether it is shown large enough for a projector at first."""
        return bool(self.film.get("presentation", False))

    def shown(self, *, reveal: str, presentation: bool) -> Cut:
        """Return the same film as it is to be shown at first; what the player does anyway is not written."""
        film = {name: part for name, part in self.film.items() if name not in ("reveal", "presentation")}
        film |= {} if reveal == REVEALS[0] else {"reveal": reveal}
        return replace(self, film=film | ({"presentation": True} if presentation else {}))

    def starting(self, indices: Sequence[int]) -> Cut:
        """Return the same film, started at other values of its sliders, where the function did not raise."""
        sliders = tuple(replace(slider, start=index) for slider, index in zip(self.sliders, indices, strict=True))
        data = [{**one, "start": index} for one, index in zip(self.film["sliders"], indices, strict=True)]
        cut = replace(self, sliders=sliders)
        scene, numbers = cut.start
        first = self.scenes.index(scene)
        scenes = list(self.film["scenes"])
        picture = frame(scene, numbers, unasked(scenes[first]), standalone=False, styled=False)
        scenes[first] = {**scenes[first], "svg": picture}
        where = ", ".join(
            f"{one['name']} = {write(slider.values[slider.start], tuple(one['format']))}"
            for slider, one in zip(sliders, data, strict=True)
        )
        return replace(cut, film={**self.film, "sliders": data, "scenes": scenes, "start": first, "where": where})


class Developer:
    """Makes the player's data of what a sampler has found. Not thread-safe.

    Parameters
    ----------
    sampler : Sampler
    limit : int or None
        The most nodes to draw; None for no limit.
    code : Code, optional
        What is shown beside it; the code of the function unless given.

    Attributes
    ----------
    scenes : list of Scene
        Those of the last film, and those that batches and points have added to it.
    """

    def __init__(self, sampler: Sampler, limit: int | None = MAX_BOXES, code: Code | None = None) -> None:
        function = sampler.arrangement.function
        self.sampler = sampler
        self.scenes: list[Scene] = []
        self._limit = limit
        self._reels: list[Rows] = []
        self._guards: list[str] = []
        self._kinks: Sequence[Kink] | None = None
        self._sought = False
        self._told_all = False  # whether the browser knows what is said of all stops together
        self._slider_formats = {slider.name: slider.format for slider in sampler.arrangement.sliders}
        self._code = Code.of(function) if code is None else code
        self._span = self._code.span if self._code is not None else lambda site: None

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
        chosen = sorted(sampler.entries if stops is None else set(stops))
        where = [sampler.entries[stop] for stop in chosen]
        complete = len(chosen) == sampler.total
        scenes = [
            # What is still to come may be longer: only a complete film is laid out by the numbers it has.
            self._scene(reel, reel.formats(), [row for scene, row in where if scene == number] if complete else None)
            for number, reel in enumerate(reels)
        ]
        film = self._film(
            where, range(len(reels)), scenes, sampler.arrangement.sliders, sampler.entries.get(sampler.start)
        )
        film["numbers"] = [packed(table) for table in film["numbers"]]
        if not complete:
            film["stops"] = {"of": chosen, **film["stops"]}
        film["errors"] = {str(stop): sampler.errors[stop] for stop in chosen if stop in sampler.errors}
        self._told_all = complete
        remarks = self._remarks(chosen, chosen)
        film["key"] = self._key(reels, where, remarks, complete=complete)
        sliders = sampler.arrangement.sliders
        film |= self._said_of(chosen, sliders, remarks) if complete else _said_json(remarks)
        self.scenes, self._guards = scenes, [scene["guard"] for scene in film["scenes"]]
        return film

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
        whole = self.sampler.arrangement.sliders
        starts = [slider.start for slider in whole] if start is None else start
        sliders = tuple(_fewer(*each) for each in zip(whole, along, starts, strict=True))
        stops, shown = [0], 0
        for slider, kept, fewer in zip(whole, along, sliders, strict=True):
            stops = [stop * len(slider.values) + int(index) for stop in stops for index in kept]
            shown = shown * len(kept) + fewer.start
        return self._cut_of(dict(enumerate(stops)), sliders, shown, whole=True)

    def lines(self, start: Sequence[int] | None = None) -> Cut:
        """Return a film of many sliders along the lines through a place: as one of them moves, the others stay there.

        Parameters
        ----------
        start : sequence of int, optional
            Which of its values each slider has at that place; by default its own start. All of the lines was sampled.

        Raises
        ------
        InputError
            When the function raised at each of these stops.
        KeyError
            For a stop that was not sampled.
        """
        sampler = self.sampler
        whole = sampler.arrangement.sliders
        sliders = whole if start is None else tuple(replace(s, start=i) for s, i in zip(whole, start, strict=True))
        place = tuple(slider.start for slider in sliders)
        stops = sorted(sampler.flat(indices) for indices in lines_through(sampler.arrangement.shape, place))
        return self._cut_of({stop: stop for stop in stops}, sliders, sampler.flat(place), whole=False)

    def _cut_of(self, chosen: Mapping[int, int], sliders: tuple[Slider, ...], shown: int, *, whole: bool) -> Cut:
        """Return a complete film of stops of the sampler, by the numbers that they have there, shown at one of them."""
        sampler, stops = self.sampler, list(chosen.values())
        where = [sampler.entries[stop] for stop in stops]
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
        film = self._film(where, used, scenes, sliders, sampler.entries[chosen[shown]])
        if not whole:
            film["stops"] = {"of": list(chosen), **film["stops"]}
            film["lines"] = True
        film["errors"] = {str(name): sampler.errors[stop] for name, stop in chosen.items() if stop in sampler.errors}
        for place, scene in enumerate(film["scenes"]):
            # Nothing is added to a complete film, so its columns need not stay where batches would write them.
            columns, scene["same"], film["numbers"][place] = pack(scene["quantities"], film["numbers"][place])
            for quantity, column in zip(scene["quantities"], columns, strict=True):
                quantity["c"] = column
        remarks = self._remarks(stops, list(chosen))
        film["key"] = self._key([reels[number] for number in used], where, remarks)
        film |= self._said_of(stops, sliders, remarks) if whole else _said_json(remarks)
        places = {number: place for place, number in enumerate(used)}
        rows_by_stop = {
            name: None if n < 0 else (places[n], reels[n].shot.rows[row])
            for name, (n, row) in zip(chosen, where, strict=True)
        }
        failures = {name: sampler.failed[stop] for name, stop in chosen.items() if stop in sampler.failed}
        return Cut(film, sliders, tuple(scenes), rows_by_stop, remarks, failures)

    def batch(self, stops: Sequence[int]) -> dict[str, Any]:
        """Return more stops for the film made last: a ``Batch``.

        Raises
        ------
        KeyError
            For a stop that was not sampled.
        """
        sampler = self.sampler
        where = [sampler.entries[stop] for stop in stops]
        news = self._news()
        numbers, pictures, formats = {}, {}, {}
        for number in sorted({scene for scene, _ in where} - {-1}):
            reel = self._reels[number]
            rows = [row for scene, row in where if scene == number]
            numbers[str(number)] = packed(reel.table(rows))
            pictures[str(number)] = {key: [reel.drawn[row][key] for row in rows] for key in reel.framed}
            formats[str(number)] = reel.shown(reel.formats())
        return {
            **news,
            "of": [int(stop) for stop in stops],
            "scene": [scene for scene, _ in where],
            "numbers": numbers,
            "pictures": pictures,
            "formats": formats,
            "errors": {str(stop): sampler.errors[stop] for stop in stops if stop in sampler.errors},
            **self._said_later(stops),
        }

    def _said_later(self, stops: Sequence[int]) -> dict[str, Any]:
        """Return what there is to say of more stops; and of all of them, as soon as they are known."""
        news = not self._told_all and len(self.sampler.entries) == self.sampler.total
        self._told_all |= news
        own = {stop for stop in self.sampler.entries if self._kink_at(stop)} if news else set()
        chosen = sorted({*stops, *own})
        said = _said_json(self._remarks(chosen, chosen))
        if not news:
            return said
        everywhere = sorted(self.sampler.entries)
        whole = self._said_of(everywhere, self.sampler.arrangement.sliders, {})
        return {**said, **{name: part for name, part in whole.items() if name != "pieces"}}

    def point(self, values: Sequence[float], sample: Sample | None = None) -> dict[str, Any]:
        """Return what the function does at exact values of the sliders: a ``Point`` for the film made last.

        Parameters
        ----------
        values : sequence of float
        sample : Sample, optional
            What the sampler took there, if it has done so already.
        """
        sample = self.sampler.take(values) if sample is None else sample
        numbers = ""
        pictures: dict[str, str] = {}
        said: dict[str, Any] = {}
        if sample.numbers is not None:
            reel = self._up_to_date()[sample.scene]
            row, pictures = reel.read(sample.numbers)
            numbers = packed(row)
            said["remarks"] = remarks_json([(0, remarks_at(reel.shot, sample.numbers))])
        return {
            **self._news(),
            **{name: part for name, part in said.items() if part},
            "values": [float(value) for value in values],
            "scene": sample.scene,
            "numbers": numbers,
            "pictures": pictures,
            "error": sample.error,
            "failure": sample.failure,
        }

    @property
    def kinks(self) -> Sequence[Kink] | None:
        """The kinks of a function of one slider, looked for once all of its stops are known; None before."""
        if not self._sought and len(self.sampler.entries) == self.sampler.total:
            self._kinks, self._sought = kinks_of(self.sampler), True
        return self._kinks

    def _said_of(
        self, stops: Sequence[int], sliders: Sequence[Slider], remarks: Mapping[int, Sequence[Remark]]
    ) -> dict[str, Any]:
        """Return what is said of the places of a complete film, as far as there is something to say."""
        said: dict[str, Any] = _said_json(remarks)
        if len(sliders) == len(self.sampler.arrangement.sliders) == 1:
            said["kinks"] = kinks_json(self.kinks or (), self.sampler, sliders[0].values)
            said["gaps"] = gaps_json(self.sampler, stops)
        ways = pieces(self.sampler, stops) if self.kinks is None else []
        if len(sliders) == 2 and min(len(slider.values) for slider in sliders) > 1:
            said["contours"] = contours_json(Grid.of(self.sampler, stops, sliders, ways))
        said["pieces"] = ways if len(set(ways)) > 1 else []
        return {name: part for name, part in said.items() if part}

    def _remarks(self, stops: Sequence[int], names: Sequence[int]) -> dict[int, list[Remark]]:
        """Return by what stops are called what there is to say of them besides their story."""
        said = {name: self._said_at(stop) for name, stop in zip(names, stops, strict=True)}
        return {name: remarks for name, remarks in said.items() if remarks}

    def _key(
        self,
        reels: Sequence[Rows],
        where: Sequence[tuple[int, int]],
        remarks: Mapping[int, Sequence[Remark]],
        *,
        complete: bool = True,
    ) -> dict[str, Any]:
        """Return the words and signs of a film; what is still to come may be no number."""
        finite = complete and all(self._reels[scene].is_plain(row) for scene, row in where if scene >= 0)
        said: list[Sequence[Any]] = [one.words for own in remarks.values() for one in own]
        said += [words for reel in reels for question in reel.shot.questions for words in question.said]
        return explained((reel.shot.story for reel in reels), said, finite=finite, quiz=self.sampler.quiz)

    def _kink_at(self, stop: int) -> Kink | None:
        return kink_at(self.kinks, self.sampler.values(stop)[0]) if self.kinks else None

    def _said_at(self, stop: int) -> list[Remark]:
        scene, row = self.sampler.entries[stop]
        if scene < 0 or not self.sampler.arrangement.sliders:
            return []
        shot, kink = self.sampler.shots[scene], self._kink_at(stop)
        if kink is None and self._reels[scene].is_plain(row) and not shot.has_wheres:
            return []
        return remarks_at(shot, shot.rows[row], kink, self.sampler.arrangement.sliders[0].name)

    def _up_to_date(self) -> list[Rows]:
        """Return what is read of each shot so far."""
        for shot in self.sampler.shots[len(self._reels) :]:
            self._reels.append(Rows(shot, self._slider_formats, self.sampler.total))
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
        scenes = [
            self._scene_json(reel, scene, (reel.shot.rows or [reel.shot.story.numbers])[0], guard)
            for reel, scene, guard in zip(reels[known:], new, guards[known:], strict=True)
        ]
        changed = guards[:known] != self._guards
        self.scenes, self._guards = [*self.scenes, *new], guards
        return {"scenes": scenes, "guards": guards} if changed else {"scenes": scenes}

    def _scene(self, reel: Rows, formats: Formats, rows: Sequence[int] | None) -> Scene:
        """Lay a scene out, with room for the numbers of some rows, or for any."""
        longest = None if rows is None else longest_texts(reel.shot, formats, rows)
        lost = reel.lost(rows)
        wanted = (formats, longest, lost)
        if reel.laid_out is None or reel.laid_out[0] != wanted:
            scene = make_scene(
                reel.shot.story, formats, longest=longest, limit=self._limit, followed=reel.followed, lost=lost
            )
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
        """Return the film of stops with these scenes and rows; scenes count anew, and its numbers are still tables."""
        reels = [self._reels[number] for number in used]
        places = {number: place for place, number in enumerate(used)}
        guards = tell_guards([reel.shot.guards for reel in reels])
        rows: list[list[int]] = [[] for _ in used]
        for number, row in where:
            if number >= 0:
                rows[places[number]].append(row)
        data = []
        for place, (reel, scene) in enumerate(zip(reels, scenes, strict=True)):
            painted = start[1] if start is not None and start[0] == used[place] else next(iter(rows[place]), None)
            numbers = reel.shot.story.numbers if painted is None else reel.shot.rows[painted]
            data.append(self._scene_json(reel, scene, numbers, guards[place]))
        first = max(places.get(start[0], 0), 0) if start is not None else 0
        story = reels[first].shot.story
        title = story.title if len(reels) == 1 else story.call  # with several graphs no one formula is right everywhere
        return {
            "version": 1,
            "name": visible(story.name),
            "mode": self.sampler.mode,
            **({"quiz": True} if self.sampler.quiz else {}),
            "title": {"mathml": title.mathml, "text": title.text},
            "sliders": [self._slider_json(slider) for slider in sliders],
            "stops": {"scene": [places.get(number, -1) for number, _ in where]},
            "errors": {},
            "numbers": [reel.table(kept) for reel, kept in zip(reels, rows, strict=True)],
            "pictures": [reel.pictures(kept) for reel, kept in zip(reels, rows, strict=True)],
            "code": None if self._code is None else {"lines": self._code.shown, "first": self._code.first},
            "scenes": data,
            "styles": sorted(_STYLES.union(*(scene.words for scene in scenes))),
            **findings_json(story, self._span),
            **verdicts_json(story),
            "start": first,
            "where": ", ".join(f"{clean_name(slider.name)} = {self._written(slider)}" for slider in sliders)
            if start is not None and start[0] >= 0
            else "",
        }

    def _written(self, slider: Slider) -> str:
        """Return the number that a slider starts at."""
        return write(slider.values[slider.start], self._slider_formats[slider.name])

    def _slider_json(self, slider: Slider) -> dict[str, Any]:
        return {
            "name": clean_name(slider.name),
            "mathml": Formula(symbol_name(slider.name)).mathml,
            "values": packed(slider.values),
            "start": slider.start,
            "format": list(self._slider_formats[slider.name]),
        }

    def _scene_json(self, reel: Rows, scene: Scene, painted: Numbers, guard: str) -> dict[str, Any]:
        story = reel.shot.story
        moving = story.inputs[: len(self._slider_formats)] if self._slider_formats else story.inputs
        words = tell_story(story, scene.index, self._span, reel.shot.questions, reel.shot.written)
        return {
            **scene_json(scene, painted, unasked(words)),
            **words,
            "output": scene.index.get(Quantity("value", story.output), -1),  # what raised gave no value
            "gradients": [scene.index[key] for key in story.gradients(moving)],
            "guard": guard,
            **ways_json(story),
            **self._views_json(story, scene, moving),
        }

    def _views_json(self, story: Story, scene: Scene, moving: Sequence[int]) -> dict[str, Any]:
        """Return what is another of a scene of both modes while one of them is shown alone."""
        back = range(turn(story), len(story.steps)) if story.views else ()
        order = {
            "forward": range(len(story.steps) - len(back)),
            "reverse": [*(step.index for step in story.steps if step.kind == "evaluate"), *back],
        }
        views = {
            mode: {
                "steps": list(order[mode]),
                "parts": _parts_json(alone(scene.parts, story, scene.index, mode)),
                **tell_nodes(own, scene.index, self._span),
                "gradients": [scene.index[key] for key in own.gradients(moving)],
            }
            for mode, own in story.views.items()
        }
        return {"views": views} if views else {}


def _said_json(remarks: Mapping[int, Sequence[Remark]]) -> dict[str, Any]:
    return {"remarks": remarks_json(remarks.items())} if remarks else {}


def _fewer(slider: Slider, kept: Sequence[int], start: int) -> Slider:
    """Return a slider with only some of its values, starting as near to one of them as it can."""
    values = slider.values[list(kept)]
    return replace(slider, values=values, start=int(np.argmin(np.abs(values - slider.values[start]))))


def unasked(scene: Mapping[str, Any]) -> int | None:
    """Return the last step of a scene before anything is asked; None, the finished picture, where nothing is."""
    return scene["questions"][0]["step"] - 1 if "questions" in scene else None


def scene_json(scene: Scene, numbers: Numbers, step: int | None = None) -> dict[str, Any]:
    """Return what the browser needs to paint a scene: its picture, the finished one, the parts and the quantities."""
    return {
        "svg": frame(scene, numbers, step, standalone=False, styled=False),
        "width": scene.width,
        "height": scene.height,
        "parts": _parts_json(scene.parts),
        "quantities": [_quantity_json(reading) for reading in scene.readings],
    }


def _parts_json(parts: Mapping[str, Part]) -> dict[str, Any]:
    return {
        name: {"kind": part.kind, "timeline": [_entry_json(entry) for entry in part.timeline]}
        for name, part in parts.items()
    }


def _entry_json(entry: Entry) -> list[Any]:
    """Leave out the end of a timeline entry as far as it says nothing: no progress, no counter, no quantity.

    Examples
    --------
    >>> _entry_json(Entry(0, "unknown")), _entry_json(Entry(3, "now", 0))
    ([0, 'unknown'], [3, 'now', 0])
    """
    kept = list(entry)
    for nothing in (0, "", -1):
        if kept[-1] != nothing:
            break
        kept.pop()
    return kept


def _quantity_json(reading: Reading) -> dict[str, Any]:
    shown = {"c": reading.column, "n": reading.columns, "f": list(reading.format), "role": reading.role}
    if reading.complex:
        shown["complex"] = True
    if reading.shape:
        shown["shape"] = reading.shape
    if reading.form == "grid":
        shown["grid"] = True
    if reading.frame is not None:
        shown["picture"] = {"kind": reading.frame.kind, "columns": reading.frame.columns, "rows": reading.frame.rows}
    return shown
