"""What a film says of places along its sliders: remarks at some stops, kinks, and stretches without a value.

What is the same at many stops that follow each other is written once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from graphviz_ad.films.kinks import Kink
from graphviz_ad.films.packing import packed
from graphviz_ad.films.sampling import Numbers, Sampler, Shot
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.numerals import write
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.births import births, births_going_back, what_is
from graphviz_ad.story.conventions import TAKEN
from graphviz_ad.story.remarks import Remark, remarks
from graphviz_ad.story.steps import Story

__all__ = ["gaps_json", "kinks_json", "pieces", "remarks_at", "remarks_json"]

_WORDS = {
    "corner": "has a corner",
    "tie": "has a corner",
    "branch": "has a corner",
    "jump": "jumps",
    "vertical": "stands upright",
}


def number(value: float) -> str:
    """Write a number in a sentence.

    Examples
    --------
    >>> number(-0.5), number(math.inf), number(1 / 3)
    ('−0.5', '∞', '0.333333')
    """
    return (
        write(value, ("f", 6)).rstrip("\u2007") if not math.isfinite(value) else f"{value + 0.0:.6g}".replace("-", "−")
    )


def kink_at(kinks: Iterable[Kink], x: float) -> Kink | None:
    """Return the kink that is at a place."""
    return next((kink for kink in kinks if kink.x == x), None)


def remarks_at(shot: Shot, numbers: Numbers, kink: Kink | None = None, slider: str = "") -> list[Remark]:
    """Return what there is to say of a place: of its numbers, and of a kink that is there along a slider."""
    said = remarks(shot.story, numbers, corners=kink is not None)
    if kink is not None and not _is_told(kink, shot.story, said):
        said.append(Remark(_arrival(shot.story), (sentence(kink, slider, shot.story.name),)))
    return said


def _is_told(kink: Kink, story: Story, said: Sequence[Remark]) -> bool:
    """Return whether the slopes of f on both sides are told, at the same step, as those of the node that gives f."""
    if kink.node != story.output or kink.kind not in ("corner", "vertical"):
        return False
    short = story.nodes[kink.node].short
    there = [remark.words for remark in said if remark.step == _arrival(story) and short in remark.words]
    return any("slope" in part for words in there for part in words if isinstance(part, str))


def _arrival(story: Story) -> int:
    """Return the step in which the derivative by the slider is complete; the last one where none comes to it."""
    steps = [s.index for s in story.steps if s.node == story.inputs[0] and s.kind in ("local", "accumulate")]
    return steps[-1] if steps and story.mode != "forward" else len(story.steps) - 1


def sentence(kink: Kink, name: str, f: str) -> str:
    """Say what f does at a kink.

    Examples
    --------
    >>> from graphviz_ad.films.kinks import Kink, Side
    >>> sentence(Kink(0.0, "corner", Side(0, -1), Side(0, 0), Side(0, 1), 0, 1), "x", "f")
    'f has a corner at x = 0: its slope is −1 on the left and 1 on the right; here 0 is taken.'
    """
    place = f"{f} {_WORDS[kink.kind]} at {name} = {number(kink.x)}"
    end = "" if math.isnan(kink.here.slope) else f"; here {number(kink.here.slope)} is taken"
    if kink.kind == "jump":
        return f"{f} jumps at {name} = {number(kink.x)}{_from_to(kink)}: it has no slope there{end}."
    if kink.left.slope == kink.right.slope and math.isfinite(kink.left.slope):
        return (
            f"The slope of {f} is {number(kink.left.slope)} on both sides of {name} = {number(kink.x)}, "
            f"but {number(kink.here.slope)} is taken there."
        )
    sides = [(kink.left, "on the left"), (kink.right, "on the right")]
    said = [f"{number(side.slope)} {where}" for side, where in sides if not math.isnan(side.slope)]
    return f"{place}: its slope is {' and '.join(said)}{end}."


def _from_to(kink: Kink) -> str:
    if kink.left.value == kink.right.value:
        return f", from {number(kink.left.value)} to {number(kink.here.value)} and back"
    return f", from {number(kink.left.value)} to {number(kink.right.value)}"


def kinks_json(kinks: Sequence[Kink], sampler: Sampler, values: Any) -> list[dict[str, Any]]:
    """Return kinks as data; `values` are those of the slider."""
    (slider,) = sampler.arrangement.sliders
    return [_kink_json(kink, sampler, slider.name, values) for kink in kinks]


def _kink_json(kink: Kink, sampler: Sampler, name: str, values: Any) -> dict[str, Any]:
    story = sampler.shots[max(kink.scene, 0)].story
    title = story.nodes[kink.node].short if kink.node >= 0 else story.call
    stops = np.flatnonzero(values == kink.x)
    data = {
        "kind": kink.kind,
        "stop": int(stops[0]) if stops.size else -1,
        "at": packed(np.array([kink.x, *kink.left, *kink.here, *kink.right])),
        "of": {"m": title.mathml, "t": title.text},
        "says": sentence(kink, name, story.name),
    }
    others = _others(kink, story)
    return {**data, "others": others} if others else data


def _others(kink: Kink, story: Story) -> list[str]:
    """Return the slopes of f that PyTorch and JAX would take, from what they take at the node that has the kink."""
    own = TAKEN.get(story.nodes[kink.node].primitive) if kink.node >= 0 else None
    if own is None or own.here is None or kink.kind in ("jump", "branch") or math.isnan(kink.here.slope):
        return []
    if kink.left.slope == kink.right.slope and kink.kind != "vertical":
        return []
    return [_slope_with(kink, own.here, slope) for slope in (own.pytorch, own.jax)]


def _slope_with(kink: Kink, here: float, theirs: float | None) -> str:
    """Return the slope of f if its only kink had another slope; empty where that cannot be said.

    Examples
    --------
    >>> from graphviz_ad.films.kinks import Kink, Side
    >>> falling = Kink(0.0, "corner", Side(0, -2), Side(0, 0), Side(0, 2), 0, 1, rises=False)
    >>> _slope_with(falling, 0.0, 1.0), _slope_with(falling, 0.0, 0.0), _slope_with(falling, 0.0, None)
    ('−2', '0', '')
    """
    if theirs == here:
        return number(kink.here.slope)
    if theirs in (-1.0, 1.0) and here == 0.0:  # of |u|, whose slope is that of one of its sides
        return number((kink.right if (theirs > 0) == kink.rises else kink.left).slope)
    return ""


def gaps_json(sampler: Sampler, stops: Sequence[int]) -> list[dict[str, Any]]:
    """Return the stretches of some stops at which f has no value, by the first and the last one, and the reason.

    So are those at which it has a value, but no slope; at a single stop that is a kink.
    """
    whys = ["", *(_slopeless(sampler, stop) for stop in stops), ""]
    beside = [why if before or after else "" for before, why, after in zip(whys, whys[1:], whys[2:], strict=False)]
    return [
        *_stretches([_missing(sampler, stop) for stop in stops]),
        *({**gap, "slope": True} for gap in _stretches(beside)),
    ]


def _missing(sampler: Sampler, stop: int) -> str:
    """Say why f has no value at a stop; empty where it has one."""
    scene, place = sampler.entries[stop]
    if scene < 0:
        return f"raises: {sampler.errors[stop]}"
    shot = sampler.shots[scene]
    numbers = shot.rows[place]
    what = what_is(numbers[Quantity("value", shot.story.output)])
    if not what:
        return ""
    why = next((birth.why for birth in births(shot.story, numbers) if birth.why), "")
    return f"{what}: {why}" if why else what


def _slopeless(sampler: Sampler, stop: int) -> str:
    """Say why the slope by the slider is none at a stop where f has a value; empty where it is one."""
    scene, place = sampler.entries[stop]
    if scene < 0:
        return ""
    shot = sampler.shots[scene]
    numbers = shot.rows[place]
    ill = what_is(sampler.gradients(scene, numbers)[0])
    if not ill or what_is(sampler.output(scene, numbers)):
        return ""
    why = next((birth.why for birth in births_going_back(shot.story, numbers) if birth.why), "")
    return f"no slope: {ill}, {why}" if why else f"no slope: {ill}"


def _stretches(whys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield runs of equal reasons.

    Examples
    --------
    >>> list(_stretches(["", "NaN", "NaN", "∞"]))
    [{'from': 1, 'to': 2, 'why': 'NaN'}, {'from': 3, 'to': 3, 'why': '∞'}]
    """
    first = 0
    for i, why in enumerate(whys):
        if i + 1 < len(whys) and whys[i + 1] == why:
            continue
        if why:
            yield {"from": first, "to": i, "why": why}
        first = i + 1


def pieces(sampler: Sampler, stops: Iterable[int]) -> list[int]:
    """Return for each stop the number of the smooth piece that it is of: two with one number went the same ways."""
    known: dict[Any, int] = {}
    return [known.setdefault((sampler.entries[stop][0], sampler.went.get(stop)), len(known)) for stop in stops]


def remarks_json(places: Iterable[tuple[int, Sequence[Remark]]]) -> list[dict[str, Any]]:
    """Return remarks by stop as data; what is the same at stops that follow each other is written once.

    Examples
    --------
    >>> remarks_json([(0, []), (1, [Remark(3, ("NaN is born here.",))]), (2, [Remark(3, ("NaN is born here.",))])])
    [{'from': 1, 'to': 2, 'step': 3, 'words': ['NaN is born here.']}]
    """
    data: list[dict[str, Any]] = []
    going: dict[Any, dict[str, Any]] = {}
    for stop, own in places:
        still: dict[Any, dict[str, Any]] = {}
        for remark in own:
            said = tuple(part if isinstance(part, str) else (part.mathml, part.text) for part in remark.words)
            key = remark.step, said, remark.alone
            entry = going.get(key)
            if entry is None or entry["to"] != stop - 1:
                entry = {"from": stop, "to": stop, "step": remark.step, "words": [_fragment(p) for p in remark.words]}
                if remark.alone:
                    entry["alone"] = True
                data.append(entry)
            entry["to"] = stop
            still[key] = entry
        going = still
    return data


def _fragment(part: str | Formula) -> Any:
    return part if isinstance(part, str) else {"m": part.mathml, "t": part.text}
