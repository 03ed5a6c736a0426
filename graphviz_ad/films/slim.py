"""What Python reads of a film's data, and how little of it the player can do with."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["doubles", "lean", "start_scene"]


def doubles(text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return packed numbers.

    Examples
    --------
    >>> doubles("AAAAAAAA8D8=")
    array([1.])
    """
    return np.frombuffer(base64.b64decode(text), "<f8")


def start_scene(film: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the scene to show first: that of the start stop, or the first scene where it raised or is not known.

    Raises
    ------
    ValueError
        If the film is of another version, or holds no scene.
    """
    version = film.get("version")
    if version != 1:
        raise ValueError(f"page: the film is of version {version!r}; expected 1: make it anew with this graphviz_ad")
    if not film["scenes"]:
        raise ValueError("page: the film holds no scene, since f raised at every stop; choose another slider range")
    stop, stops = 0, film["stops"]
    for slider in film["sliders"]:
        stop = stop * len(doubles(slider["values"])) + int(slider["start"])
    by_stop = dict(zip(stops["of"], stops["scene"], strict=True)) if "of" in stops else dict(enumerate(stops["scene"]))
    found: Mapping[str, Any] = film["scenes"][max(0, by_stop.get(stop, 0))]
    return found


def lean(film: Mapping[str, Any], *, growing: bool = False) -> dict[str, Any]:
    """Leave out what the player can do without, and store equal columns of numbers once.

    An adjoint is often the local gradient it came from, or 1 throughout. What never changes stands in ``same``.

    Parameters
    ----------
    film : mapping
        What `Film.to_json` gives.
    growing : bool
        Whether batches or points may be added later: these are written in the film's own columns, so they must stay.
        A film that lacks stops always grows.
    """
    growing = growing or "of" in film["stops"]
    tables = film.get("numbers", ())
    packed = list(zip(film["scenes"], tables, strict=False))
    if not growing:
        packed = [_pack(scene, text) for scene, text in packed]
    stops, seen = dict(film["stops"]), [0] * len(film["scenes"])
    counted = []
    for scene in stops["scene"]:
        counted.append(-1 if scene < 0 else seen[scene])
        seen[scene] += scene >= 0
    if stops["row"] == counted:
        del stops["row"]
    return {
        **film,
        "stops": stops,
        "scenes": [_lean_scene(scene) for scene, _ in packed] or film["scenes"],
        "numbers": [text for _, text in packed],
    }


def _lean_scene(scene: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out of a scene what the player can do without; its columns stay."""
    quantities = [{name: value for name, value in q.items() if value is not None} for q in scene["quantities"]]
    steps = [
        {**step, "stages": [{"label": stage["label"], "mathml": stage["mathml"]} for stage in step["stages"]]}
        for step in scene["steps"]
    ]
    parts = {
        name: {**part, "timeline": [_short(entry) for entry in part["timeline"]]}
        for name, part in scene["parts"].items()
    }
    return {**scene, "quantities": quantities, "steps": steps, "parts": parts}


def _pack(scene: Mapping[str, Any], numbers: str) -> tuple[dict[str, Any], str]:
    table = doubles(numbers).reshape(-1, max(q["c"] + q["n"] for q in scene["quantities"]))
    keys = [table[:, q["c"] : q["c"] + q["n"]].tobytes() for q in scene["quantities"]]
    source = {key: range(q["c"], q["c"] + q["n"]) for key, q in zip(keys, scene["quantities"], strict=True)}
    still = {
        key
        for key, columns in source.items()
        # JSON has no word for infinity, which therefore stays among the columns that move.
        if len(table) > 1 and np.isfinite(table[0, columns]).all() and (table[:, columns] == table[:1, columns]).all()
    }
    places: dict[bytes, int] = {}
    order: list[int] = []
    for key in sorted(source, key=still.__contains__):
        places[key] = len(order)
        order.extend(source[key])
    moving = len(order) - sum(len(source[key]) for key in still)
    quantities = [{**q, "c": places[key]} for key, q in zip(keys, scene["quantities"], strict=True)]
    same = table[0, order[moving:]].tolist() if len(table) else []
    text = base64.b64encode(table[:, order[:moving]].tobytes()).decode()
    return {**scene, "quantities": quantities, "same": same}, text


def _short(entry: Sequence[Any]) -> list[Any]:
    """Leave out the end of a timeline entry as far as it says nothing: no progress, no counter, no quantity.

    Examples
    --------
    >>> _short([0, "unknown", -1, "", 0]), _short([3, "now", 0, "", 0])
    ([0, 'unknown'], [3, 'now', 0])
    """
    kept = list(entry)
    for nothing in (0, "", -1):
        if kept[-1] != nothing:
            break
        kept.pop()
    return kept
