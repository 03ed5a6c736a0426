"""Write real films, a batch and a point as TypeScript, so that tsc can hold film.d.ts and Python to each other.

Usage: python .ci/typed_films.py FOLDER

A literal that is assigned to its type fails on a field that the type does not know, and on one that is missing; so
does a field whose type is another one. Among these films each optional field is there.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import graphviz_ad as gad
from graphviz_ad.debugger import stepper_of
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import arrange
from graphviz_ad.films.writing import Developer
from graphviz_ad.player.page import page
from graphviz_ad.sessions import Session

# What the player writes into a film itself.
THE_PLAYERS = {"on", "own"}

TYPES = Path(__file__).resolve().parent.parent / "graphviz_ad" / "player" / "film"


def branches(x: Any) -> Any:
    """Two graphs, and places at which it raises."""
    if x > 1.5:
        raise ValueError("too large")
    return x * x if x > 0 else -np.sin(x) * gad.Variable(2.0).detach()


def layers(s: Any) -> Any:
    """Arrays with pictures, a line and a map; products with a constant and with another node; a small matrix."""
    line = np.tanh(np.linspace(-3.0, 3.0, 40) * s)
    grid = np.sin(s * np.arange(48.0).reshape(8, 6))
    small = s * np.eye(2)
    return line.sum() + (grid * grid).sum() + (np.ones((8, 8)) @ grid @ grid.T).sum() + small.sum()


def kinks(x: Any) -> Any:
    """A corner, a stretch without a value, and one without a slope."""
    return np.abs(x) + np.log(x + 1) + np.where(x > 1, x, np.sqrt(1 - x))


def root(x: Any) -> Any:
    """A gradient that is lost, and what cures it."""
    r = np.sqrt(x)
    return np.sum(np.where(x > 1, r, 0.0))


def columns(x: Any, w: Any) -> Any:
    """A shape that grew."""
    return np.sum((x @ w - np.ones((3, 1))) ** 2)


def backward(x: Any) -> Any:
    """A pass written by hand, with a slip."""
    h = np.sin(x)
    dh = 2 * h
    return dh * np.sin(x)


def debugged() -> Session:
    """A story with breakpoints of every kind, a condition that raises, and an array too large to be asked about."""
    stops = ["log back", "x", "if x.adjoint > 1", gad.break_when(lambda node: node.nothing > 1)]
    stepper = stepper_of(lambda x: np.log(x) * np.mean(x * np.ones(200_000)), (2.0,), {}, stops, ["x.adjoint", "x[3]"])
    stepper.add(str(stepper.course.ways[-1][-1].line))
    return Session(stepper)


def later() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a batch and a point, which bring scenes, guards, pictures, formats and errors with them."""
    sampler = Sampler(
        arrange(lambda x: layers(x) if x < 1 else branches(x) + np.log(x - 1.45), {"x": (0.1, 2, 0.1)}, who="explore"),
        "explore",
    )
    developer = Developer(sampler)
    sampler.sample(0)
    developer.film()
    stops = [1, 12, 18]
    for stop in stops:
        sampler.sample(stop)
    batch = developer.batch(stops)
    return batch, developer.point((1.123,))


def literals() -> Iterator[tuple[str, str, Any]]:
    """Yield names, types and values."""
    yield "corner", "Film", gad.film(lambda x: np.abs(x) * 2, x=(-1, 1, 0.5), quiz=True).to_json()
    yield "sine", "Film", gad.film(np.sin, x=(-np.pi, np.pi), reveal="steps", quiz=True, presentation=True).to_json()
    yield "both", "Film", gad.film(lambda x: x * np.sin(x), x=(0, 1, 0.5), mode="both").to_json()
    yield "scenes", "Film", gad.film(branches, x=(-2, 2)).to_json()
    yield "arrays", "Film", gad.film(layers, s=(0.1, 2, 0.1)).to_json()
    yield "kinks", "Film", gad.film(kinks, x=(-2, 2)).to_json()
    yield "pieces", "Film", gad.film(lambda a, b: np.abs(a) * b, a=(-1, 1, 0.5), b=(0, 1, 0.5)).to_json()
    yield "complex", "Film", gad.film(lambda x: np.abs(np.exp(1j * x) + 1), x=(0, 3, 0.5)).to_json()
    yield "two", "Film", gad.film(lambda a, b: a * b, a=(0, 1, 0.1), b=(0, 1, 0.1)).to_json()
    yield "many", "Film", gad.film(lambda a, b, c: a * b * c, a=(0, 1), b=(0, 1), c=(0, 1)).to_json()
    yield "findings", "Film", gad.check(lambda d: (root(d), d), np.array([0.0, 4.0]))._picture().film
    grown = gad.check(columns, np.ones((3, 2)), np.ones(2))
    yield "grown", "Film", grown._picture().film
    yield "lines", "Film", gad.check_backward(lambda x: np.sum(np.sin(x) ** 2), backward, np.ones(3))._picture()
    yield "debugged", "Film", debugged()._cut().film
    yield "paths", "Film", gad.trace(lambda x: x * np.sin(x) + x, 2.0).why("x")._film()
    # The numbers of a page are written shorter.
    written = page(gad.film(branches, x=(-2, 2)).to_json())
    yield "paged", "Film", json.loads(re.search(r'id="film">(.*?)</script>', written, re.DOTALL)[1])
    batch, point = later()
    yield "batch", "Batch", batch
    yield "point", "Point", point


def short(value: Any) -> Any:
    """Leave numbers and pictures out of strings: only that they are strings matters, and tsc reads every letter."""
    if isinstance(value, dict):
        return {key: short(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [short(item) for item in value]
    return value[:40] if isinstance(value, str) else value


def main(folder: Path) -> None:
    """Write them."""
    lines = [f'import type {{ Batch, Film, Point }} from "{TYPES.as_posix()}";']
    seen = set()
    for name, kind, value in literals():
        seen.update(re.findall(r'"(\w+)":', json.dumps(value)))
        lines.append(f"export const {name}: {kind} = {json.dumps(short(value), allow_nan=False)};")
    (folder / "films.ts").write_text("\n".join(lines) + "\n", encoding="utf-8")
    written = TYPES.with_suffix(".d.ts").read_text(encoding="utf-8").partition("/** Where the numbers of a place")[0]
    missing = set(re.findall(r"(?m)(?:^|[{;]) *(\w+)\?:", written)) - seen - THE_PLAYERS
    if missing:
        raise SystemExit(f"typed_films: no film has {', '.join(sorted(missing))}: give one of them such a function")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
