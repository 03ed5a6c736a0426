"""Films of forward mode: the tangent at every stop is the derivative, and one slider moves."""

from __future__ import annotations

import film_data
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import InputError
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import arrange
from graphviz_ad.numerals.quantities import Quantity


def worked(x):
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def branching(x):
    return np.sin(x) * x if x > 0 else x * x - x


def writes(x, c=2.0):
    z = np.ones(4, like=x)
    for i in range(1, 4):
        z[i] = z[i - 1] * np.sin(x) * c
    return np.sum(z)


def slopes(made):
    """Return what stands as f′ at every stop."""
    data = made.to_json()
    numbers = film_data.tables(data)
    told = []
    for scene, row in zip(data["stops"]["scene"], film_data.rows(data), strict=True):
        (place,) = data["scenes"][scene]["gradients"]
        told.append(numbers[scene][row, data["scenes"][scene]["quantities"][place]["c"]])
    return np.array(told)


@pytest.mark.parametrize(
    ("f", "ends", "derivative"),
    [
        (worked, (0.5, 3), lambda x: 2 / x * np.sin(x) + np.log(x**2) * np.cos(x) - 1 / x**2),
        (branching, (-2, 2), lambda x: np.where(x > 0, np.cos(x) * x + np.sin(x), 2 * x - 1)),
        (writes, (-1, 1), lambda x: 2 * np.cos(x) * (1 + 2 * 2 * np.sin(x) + 3 * (2 * np.sin(x)) ** 2)),
        (lambda x: np.floor(x), (-2, 2), np.zeros_like),
        (lambda x: x * x if x > 0 else 3.0, (-1, 1), lambda x: np.where(x > 0, 2 * x, 0)),
    ],
    ids=["worked", "branching", "writes", "flat", "constant"],
)
def test_the_curve_of_the_tangent_is_the_derivative(f, ends, derivative):
    made = gad.film(f, x=ends, mode="forward")
    xs = made.sliders[0].values
    np.testing.assert_allclose(slopes(made), derivative(xs), rtol=1e-11, atol=1e-12)


def test_every_number_is_that_of_a_trace_at_its_stop():
    """Also of those stops at which the story was not told, but read for other numbers."""
    sampler = Sampler(arrange(worked, {"x": (0.5, 3, 0.5)}, who="film"), "film", "forward")
    for stop in range(sampler.total):
        sampler.sample(stop)
    (shot,) = sampler.shots
    for (x,), numbers in zip(map(sampler.values, range(sampler.total)), shot.rows, strict=True):
        recording = gad.trace(worked, x)
        sweep = recording.forward()
        assert {key.kind for key in numbers} == {"value", "tangent", "local", "part"}
        for key, number in numbers.items():
            node = recording.nodes[key.node]
            if key.kind == "tangent":
                assert number == sweep.tangent(node)
            elif key.kind == "part":
                assert number == sweep.contribution(node, key.argument)
        assert numbers[Quantity("part", 6, 0)] + numbers[Quantity("part", 6, 1)] == sweep.tangent(recording.output)


def test_the_two_modes_agree_at_every_stop_and_say_which_they_are():
    back, on = (gad.film(worked, x=(0.5, 3), mode=mode) for mode in ("reverse", "forward"))
    np.testing.assert_allclose(slopes(on), slopes(back), rtol=1e-12)
    assert (back.to_json()["mode"], on.to_json()["mode"]) == ("reverse", "forward")
    assert [step["kind"] for step in on.to_json()["scenes"][0]["steps"]][7:] == ["seed"] + ["push"] * 6


def test_what_is_fixed_stays():
    made = gad.film(lambda x, w: np.sum(w * x), x=(0, 1), w=np.array([1.0, 2.0]), mode="forward")
    np.testing.assert_allclose(slopes(made), 3.0)


def test_two_sliders_are_refused_with_ways_out_that_work():
    with pytest.raises(
        InputError, match=r"follows one slider, got 2 \(x, y\); fix all but one.*y=0.5.* mode='reverse'"
    ):
        gad.film(np.multiply, x=(0, 1), y=(0.0, 0.9), mode="forward")
    assert len(gad.film(np.multiply, x=(0, 1), y=0.5, mode="forward").sliders) == 1


def test_an_unknown_mode_and_a_parameter_of_that_name():
    with pytest.raises(InputError, match=r"film: unknown mode 'fwd'; expected 'reverse', 'forward' or 'both'"):
        gad.film(np.sin, x=(0, 1), mode="fwd")
    made = gad.film(lambda x, mode: x * mode, x=(0, 1), inputs={"mode": 3.0}, mode="forward")
    np.testing.assert_allclose(slopes(made), 3.0)


def test_pictures_of_its_stops_are_those_of_traces(tmp_path):
    made = gad.film(worked, x=(0.5, 3, 0.5), mode="forward")
    made.save(tmp_path / "film.svg", at={"x": 2.0}, step=11, theme="light")
    gad.trace(worked, 2.0).save(tmp_path / "trace.svg", step=11, mode="forward")
    assert (tmp_path / "film.svg").read_text(encoding="utf-8") == (tmp_path / "trace.svg").read_text(encoding="utf-8")
