"""What a person holds can be compared, put into sets and lists, copied and pickled, arrays inside or not."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import pickle
import pkgutil
import re

import numpy as np
import pytest

import graphviz_ad as gad
import graphviz_ad_widgets

MANY = re.compile(r"ndarray|Mapping|dict|list|Numbers|Any\b|Callable|Sequence")


def jumping(x, w):
    """Return a number by way of arrays and of a comparison of arrays."""
    total = np.sum(x**2 * w)
    return total * 2 if np.all(x * w >= 0) and total > 1 else total


def things():
    """Return one of each, made anew."""
    traced = gad.trace(jumping, np.arange(3.0), np.ones(3))
    film = gad.film(lambda x: x * x if x > 0.5 else np.sin(x), x=(0, 1, 0.25))
    story = traced.story
    cards = [story.nodes[0], story.edges[0], story.steps[0], story.steps[0].stages[0], story.title]
    parts = [film.sliders[0], film.scenes[0], film._cut, film._cut.scenes[0].story, film.scenes[0].story.steps[0]]
    return {type(thing).__name__: thing for thing in (traced, film, story, *traced.guards, *cards, *parts)}


KINDS = sorted(things())


@pytest.fixture(scope="module")
def pair():
    """Return two of each kind that look alike."""
    return things(), things()


@pytest.mark.parametrize("kind", KINDS)
def test_a_thing_is_equal_to_itself_and_can_be_looked_for(pair, kind):
    """Beside one that looks just like it, and without recording a comparison."""
    one, other = (side[kind] for side in pair)
    with gad.record() as block:
        assert one == one
        assert (one != one) is False
        assert one in [other, one]
        assert [other, one].index(one) in (0, 1)
        assert len({one, other, one}) in (1, 2)
        assert (one == other) in (True, False)
        assert {one: 1}[one] == 1
    assert block.guards == ()
    assert hash(one) == hash(one)


@pytest.mark.parametrize("kind", KINDS)
def test_a_thing_can_be_copied_and_pickled(pair, kind):
    """What holds the nodes of a trace says why it cannot be sent away, and what can."""
    thing = pair[0][kind]
    for made in (copy.copy(thing), copy.deepcopy(thing)):
        assert type(made) is type(thing)
    if kind in ("Trace", "Guard"):
        with pytest.raises(gad.GraphvizAdError, match=r"pickle x\.value instead"):
            pickle.dumps(thing)
    else:
        assert repr(pickle.loads(pickle.dumps(thing))) == repr(thing)


def test_a_film_that_was_pickled_is_the_same_film(tmp_path):
    """Byte for byte, without its function."""
    film = gad.film(lambda x: x * x, x=(0, 1, 0.25))
    film.save(tmp_path / "a.html")
    pickle.loads(pickle.dumps(film)).save(tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def modules():
    """Return every module of both packages."""
    for package in (gad, graphviz_ad_widgets):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                yield importlib.import_module(module.name)


def test_no_frozen_record_compares_arrays_mappings_or_functions():
    """It is itself and no other, or leaves them out: comparing them may raise, and a frozen one has a hash."""
    comparing = [
        f"{module.__name__}.{kind.__name__}.{field.name}"
        for module in modules()
        for kind in vars(module).values()
        if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind.__module__ == module.__name__
        if kind.__dataclass_params__.eq and kind.__dataclass_params__.frozen
        for field in dataclasses.fields(kind)
        if field.compare and field.hash is None and MANY.search(str(field.type))
    ]
    assert comparing == []
