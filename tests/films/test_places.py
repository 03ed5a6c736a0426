"""What a film says of places along its sliders, and that no number of it is a slope where there is no value."""

from __future__ import annotations

import base64
import math

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import arrange
from graphviz_ad.films.writing import Developer


def kinky(x):
    """Two kinks."""
    return np.abs(x) + 1.5 * np.maximum(x - 1.5, 0)


def unpacked(text):
    """Return the numbers of a packed text."""
    return np.frombuffer(base64.b64decode(text), "<f8")


def words(remark):
    """Return a remark as text."""
    return "".join(part if isinstance(part, str) else part["t"] for part in remark["words"])


def test_kinks_as_data():
    """Place, values and slopes of both sides, the stop, what is said, and what others take."""
    film = gad.film(kinky, x=(-2, 3)).to_json()
    corner, tie = film["kinks"]
    np.testing.assert_allclose(unpacked(corner["at"]), [0, 0, -1, 0, 0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(unpacked(tie["at"]), [1.5, 1.5, 1, 1.5, 1.75, 1.5, 2.5])
    assert [(kink["kind"], kink["stop"], kink["of"]["t"]) for kink in film["kinks"]] == [
        ("corner", 80, "|x|"),
        ("tie", 140, "maximum(v₂, 0)"),
    ]
    assert corner["says"] == (
        "kinky has a corner at x = 0: its slope is −1 on the left and 1 on the right; here 0 is taken."
    )
    assert corner["others"] == ["0", "1"]
    assert tie["others"] == ["1.75", "1.75"]


def test_what_jax_takes_where_the_operand_falls():
    """The slope 1 of |u| is that of its right side, which is on the left where u falls."""
    (kink,) = gad.film(lambda x: np.abs(-3 * x), x=(-1, 1)).to_json()["kinks"]
    assert kink["others"] == ["0", "−3"]


def test_what_others_take_is_told_where_it_is_known():
    """Of an infinite slope too; not of branches and jumps, nor of a slope that is ours alone to place."""
    (upright,) = gad.film(np.sqrt, x=(-1, 1)).to_json()["kinks"]
    assert upright["others"] == ["∞", "∞"]
    low, high = gad.film(lambda x: np.clip(x, -1, 1), x=(-2, 2)).to_json()["kinks"]
    assert [low["others"], high["others"]] == [["", "0.5"]] * 2
    (branch,) = gad.film(lambda x: np.where(x > 0, x, 0), x=(-1, 1)).to_json()["kinks"]
    assert "others" not in branch
    assert all("others" not in kink for kink in gad.film(np.floor, x=(-1, 1)).to_json()["kinks"])


def test_a_kink_is_told_at_its_stop():
    """At the step of the node that has it, and where the derivative is complete."""
    film = gad.film(kinky, x=(-2, 3)).to_json()
    at_corner = [remark for remark in film["remarks"] if remark["from"] <= 80 <= remark["to"]]
    assert [remark["step"] for remark in at_corner] == [13, 14]
    assert words(at_corner[0]).startswith(
        "|x| has a corner at 0: slope −1 on the left, 1 on the right; here 0 is taken"
    )
    assert words(at_corner[1]).startswith("kinky has a corner at x = 0")
    assert {remark["from"] for remark in film["remarks"]} == {80, 140}


@pytest.mark.parametrize(
    ("f", "count"),
    [(np.abs, 1), (np.sqrt, 1), (lambda x: 2 * np.abs(x), 2), (lambda x: np.maximum(x, 0), 2)],
)
def test_the_slopes_at_a_kink_are_told_once(f, count):
    """Of a function that is one operation, f has those of its node; at a tie the node's are not told."""
    film = gad.film(f, x=(-1, 1) if f is not np.sqrt else (0, 1)).to_json()
    (kink,) = film["kinks"]
    said = [words(one) for one in film["remarks"] if one["from"] == kink["stop"]]
    assert len(said) == count
    assert any("slope" in one for one in said)


def test_of_a_smooth_film_nothing_is_said():
    """Its data is what it was."""
    film = gad.film(lambda x: x * np.abs(x), x=(-2, 2)).to_json()
    assert not {"kinks", "gaps", "remarks", "pieces"} & set(film)


def test_stretches_without_a_value():
    """By their first and last stop, with the reason; what raises, too."""

    def f(x):
        if x > 2:
            raise ValueError("too far")
        return np.log(x)

    film = gad.film(f, x=(-2, 3)).to_json()
    slider = np.linspace(-2, 3, 201)
    negative, zero, raised = film["gaps"]
    assert (negative["from"], negative["to"], negative["why"]) == (0, 79, "NaN: the logarithm of a negative number")
    assert (zero["from"], zero["to"], zero["why"]) == (80, 80, "−∞: the logarithm of 0")
    assert raised["from"] == int(np.flatnonzero(slider > 2)[0])
    assert raised["to"] == 200
    assert "ValueError: too far" in raised["why"]


def test_stretches_with_a_value_but_no_slope():
    """A branch of where that is not chosen sends 0 times infinity; f is x² there all the same."""

    def f(x):
        return np.where(x > 0, x * np.log(x), x**2)

    stretch, zero = gad.film(f, x=(-2, 2)).to_json()["gaps"]
    assert stretch == {"from": 0, "to": 99, "why": "no slope: NaN, 0 times NaN", "slope": True}
    assert zero == {"from": 100, "to": 100, "why": "no slope: NaN, 0 times ∞", "slope": True}


def test_a_single_upright_slope_is_no_stretch():
    assert "gaps" not in gad.film(np.sqrt, x=(0, 2)).to_json()


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_no_slope_where_there_is_no_value(mode):
    """Neither in the numbers of the film, nor of the explorer, though the rule has one."""
    sampler = Sampler(arrange(np.log, {"x": (-2, 3)}, who="film"), "film", mode)
    for stop in range(sampler.total):
        scene, row = sampler.sample(stop)
        numbers = sampler.shots[scene].rows[row]
        value, slope = sampler.output(scene, numbers), sampler.gradients(scene, numbers)[0]
        (x,) = sampler.values(stop)
        np.testing.assert_equal(slope, 1 / x if x > 0 else math.nan)
        assert math.isfinite(value) == (x > 0)
        key = sampler.shots[scene].story.gradients([0])[0]
        assert np.isnan(numbers[key]) == (x <= 0)


def test_an_input_that_f_does_not_reach_has_no_slope_either():
    """0 where f has a value, else none."""
    sampler = Sampler(arrange(lambda x, y: np.log(x) + 0 * np.floor(y), {"x": (-1, 1, 1), "y": (0, 1, 1)},
                              who="film"), "film")  # fmt: skip
    for stop in range(sampler.total):
        sampler.sample(stop)
    scene, row = sampler.entries[0]
    assert np.isnan(sampler.gradients(scene, sampler.shots[scene].rows[row])).all()
    scene, row = sampler.entries[sampler.total - 1]
    assert sampler.gradients(scene, sampler.shots[scene].rows[row]) == (1.0, 0.0)


def test_pieces_of_two_sliders():
    """Stops of one smooth piece have one number: their kinks are lines, which are not looked for."""
    film = gad.film(lambda x, y: np.abs(x) * y, x=(-1, 1, 0.5), y=(0, 1, 0.5)).to_json()
    pieces = np.reshape(film["pieces"], (5, 3))
    assert (pieces == pieces[:, :1]).all()
    assert len(set(pieces[:2, 0])) == len(set(pieces[3:, 0])) == 1
    assert len(set(pieces[:, 0])) == 3


def test_what_comes_later_has_its_remarks_too():
    """Batches and points between the stops."""
    sampler = Sampler(arrange(np.log, {"x": (-2, 3)}, who="explore"), "explore")
    for stop in (0, 100, 150):
        sampler.sample(stop)
    developer = Developer(sampler)
    assert [(one["from"], one["to"]) for one in developer.film()["remarks"]] == [(0, 0)] * 3
    sampler.sample(3)
    sampler.sample(160)
    assert {(one["from"], one["to"]) for one in developer.batch([3, 160])["remarks"]} == {(3, 3)}
    assert "remarks" in developer.point([-0.3])
    assert "remarks" not in developer.point([0.3])


def test_kinks_come_with_the_last_stop():
    """Once, with what there is to say of their stops, which were told before."""
    sampler = Sampler(arrange(np.abs, {"x": (-1, 1, 0.5)}, who="explore"), "explore")
    developer = Developer(sampler)
    for stop in (0, 2, 3):
        sampler.sample(stop)
    assert "kinks" not in developer.film()
    sampler.sample(1)
    assert not {"kinks", "remarks"} & set(developer.batch([1]))
    sampler.sample(4)
    last = developer.batch([4])
    assert [kink["stop"] for kink in last["kinks"]] == [2]
    assert {remark["from"] for remark in last["remarks"]} == {2}
    assert "kinks" not in developer.batch([])
    assert "kinks" in developer.film()


def test_a_stop_of_a_film_is_saved_with_its_remarks(tmp_path):
    """The sentences of one place."""
    gad.film(kinky, x=(-2, 3)).save(tmp_path / "kinky.json", at={"x": 0})
    text = (tmp_path / "kinky.json").read_text(encoding="utf-8")
    assert "|x| has a corner at 0" in text
    assert "kinky has a corner at x = 0" in text
