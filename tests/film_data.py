"""Read the data of a film as the browser does: packed columns, those that never change, and rows counted up."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np


def ending(made: Mapping[str, Any]) -> int:
    """Return the last step of the story that a film starts with."""
    return len(made["scenes"][made["start"]]["steps"]) - 1


Table = np.ndarray[Any, np.dtype[np.float64]]


def doubles(text: str) -> Table:
    """Read packed numbers."""
    return np.frombuffer(base64.b64decode(text), "<f8")


def width(scene: Mapping[str, Any]) -> int:
    """Return how many numbers a row of a scene has."""
    return max(quantity["c"] + quantity["n"] for quantity in scene["quantities"])


def table(scene: Mapping[str, Any], text: str, count: int) -> Table:
    """Return the numbers of a scene, one row for each of its stops."""
    same = scene.get("same", [])
    moving = doubles(text).reshape(count, width(scene) - len(same))
    return np.hstack([moving, np.tile(np.array(same, float), (count, 1))])


def tables(film: Mapping[str, Any]) -> list[Table]:
    """Return the numbers of every scene of a film."""
    which = film["stops"]["scene"]
    pairs = enumerate(zip(film["scenes"], film["numbers"], strict=True))
    return [table(scene, text, which.count(number)) for number, (scene, text) in pairs]


def rows(film: Mapping[str, Any]) -> list[int]:
    """Return for each stop its row in the table of its scene; -1 where the function raised."""
    seen = [0] * len(film["scenes"])
    found = []
    for scene in film["stops"]["scene"]:
        found.append(-1 if scene < 0 else seen[scene])
        seen[scene] += scene >= 0
    return found


def unpacked(film: Mapping[str, Any]) -> dict[str, Any]:
    """Return a film with the columns of every scene side by side, as a film that may be added to has them."""
    scenes, numbers = [], []
    for scene, numbered in zip(film["scenes"], tables(film), strict=True):
        columns = [range(quantity["c"], quantity["c"] + quantity["n"]) for quantity in scene["quantities"]]
        firsts = np.cumsum([0, *map(len, columns)]).tolist()
        quantities = [{**q, "c": c} for q, c in zip(scene["quantities"], firsts, strict=False)]
        scenes.append({**{name: part for name, part in scene.items() if name != "same"}, "quantities": quantities})
        numbers.append(base64.b64encode(numbered[:, [c for own in columns for c in own]].tobytes()).decode())
    return {**film, "scenes": scenes, "numbers": numbers}
