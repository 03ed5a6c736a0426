"""What a film keeps of the places at which its function raised."""

import gc
import weakref

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.films import raising

A = np.ones((3, 4))


def shapes(x):
    n = 4 if x < 1 else 3
    w = np.sin(x) * np.ones(n)
    if x > 1.9:
        raise ArithmeticError("too far")
    return np.sum(A @ w)


def test_each_kind_of_failure_has_a_film_with_the_values_of_its_first_place():
    raised = gad.film(shapes, x=(0, 2, 0.25)).to_json()["raised"]
    assert [(one["values"], one["stops"]) for one in raised] == [([1.0], [4, 5, 6, 7]), ([2.0], [8])]
    (scene,) = raised[0]["film"]["scenes"]
    assert raised[0]["film"]["mode"] == "values"
    assert "inner sizes 4 and 3 differ" in scene["svg"]
    assert [step["kind"] for step in scene["steps"]] == ["evaluate"] * 3 + ["raise"]
    assert "too far" in str(raised[1]["film"]["scenes"][0]["steps"][-1])


def test_a_function_that_raises_nowhere_and_one_that_raises_everywhere_are_as_they_were():
    assert "raised" not in gad.film(np.sin, x=(0, 1, 0.5)).to_json()
    with pytest.raises(gad.errors.InputError, match="raised at every stop") as caught:
        gad.film(lambda x: np.sum(A @ (x * np.ones(3))), x=(0, 1, 0.5))
    assert gad.post_mortem(caught.value).reason == "inner sizes 4 and 3 differ"


def test_the_frames_of_the_function_are_let_go():
    class Large:
        """Stands for much memory."""

    held = []

    def f(x):
        large = Large()
        held.append(weakref.ref(large))
        return x * x if x > 0.5 else np.ones(2) @ (x * np.ones(3))

    film = gad.film(f, x=(0, 1, 0.25), at={"x": 0})
    gc.collect()
    assert len(held) >= 5
    assert not any(ref() for ref in held)
    assert len(film.to_json()["raised"]) == 1


def test_what_would_make_a_page_too_large_is_left_out(monkeypatch):
    monkeypatch.setattr(raising, "MOST_BYTES", 100)
    assert "raised" not in gad.film(shapes, x=(0, 2, 0.25)).to_json()


def test_a_line_is_named_once():
    raised = gad.film(shapes, x=(0, 2, 0.25)).to_json()["errors"]
    assert [raised[stop].count("line ") for stop in ("4", "8")] == [1, 1]
