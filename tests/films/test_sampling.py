"""Running a function at its stops, in any order: what is kept, what is counted, and what happens where it raises."""

from __future__ import annotations

import math

import numpy as np
import pytest

from graphviz_ad.errors import InputError, LeakError, SizeError
from graphviz_ad.films import sampling
from graphviz_ad.films.sampling import BUDGET, Sampler
from graphviz_ad.films.sliders import arrange


def sampler_of(function, who="explore", at=None, inputs=None, **sliders):
    """Return a sampler that has run nowhere yet."""
    return Sampler(arrange(function, sliders, at=at, inputs=inputs, who=who), who)


def product(a, b, c):
    """Three sliders."""
    return a * np.sin(b) + c**2


def bent(x):
    """Two branches, and a stretch that raises."""
    if x > 1:
        raise ValueError("too far")
    return x * 2 if x > 0 else np.sin(x)


class TestPlaces:
    """Stops are counted through all sliders, the last one fastest."""

    def test_values_and_stops_are_inverse(self):
        """Every stop has values, and these values are that stop."""
        sampler = sampler_of(product, a=(0, 1, 0.5), b=(0, 3, 1), c=(-1, 1, 1))
        grids = [slider.values for slider in sampler.arrangement.sliders]
        expected = np.stack([axis.ravel() for axis in np.meshgrid(*grids, indexing="ij")], axis=1)
        assert sampler.total == len(expected) == 36
        for stop, values in enumerate(expected):
            assert sampler.values(stop) == tuple(values)
            assert sampler.stop(values) == sampler.nearest(values + 0.1) == stop
            assert sampler.flat(sampler.indices(stop)) == stop

    def test_six_sliders_have_too_many_stops_to_list(self):
        """Which stop is where is computed in whole numbers, however many there are."""
        sampler = sampler_of(lambda a, b, c, d, e, f: a + b + c + d + e + f, **dict.fromkeys("abcdef", (0, 40, 1)))
        assert sampler.total == 41**6
        assert sampler.values(41**6 - 1) == (40.0,) * 6
        assert sampler.indices(41**5 * 3 + 41 * 7 + 2) == (3, 0, 0, 0, 7, 2)
        assert sampler.nearest((3.4, -5, 0, 0, 7, 99)) == 41**5 * 3 + 41 * 7 + 40
        assert sampler.output(*self.sampled(sampler, 41**6 - 2)) == 239

    def sampled(self, sampler, stop):
        """Sample a stop and return its scene and numbers."""
        scene, row = sampler.sample(stop)
        return scene, sampler.shots[scene].rows[row]

    def test_more_stops_than_fit_into_64_bits(self):
        """Python counts on."""
        names = [f"x{i}" for i in range(20)]
        sampler = sampler_of(lambda *args: sum(args), **dict.fromkeys(names, (0, 9, 1)))
        assert sampler.total == 10**20
        assert sampler.nearest([1.0] * 20) == int("1" * 20)
        assert sampler.values(10**19) == (1.0,) + (0.0,) * 19

    def test_values_beside_a_stop_are_no_stop(self):
        """Not even by a rounding error."""
        sampler = sampler_of(np.sin, x=(-1, 1, 0.1))
        exact = float(sampler.arrangement.sliders[0].values[13])
        assert sampler.stop([exact]) == 13
        assert sampler.stop([np.nextafter(exact, 2)]) is None
        assert sampler.stop([float("nan")]) is None
        assert sampler.nearest([np.nextafter(exact, 2)]) == 13

    def test_the_start(self):
        """Where the sliders start."""
        assert sampler_of(np.multiply, x=(0, 4, 1), y=(0, 4, 1), at={"x": 2, "y": 3}).start == 13

    @pytest.mark.parametrize("stop", [-1, 5, 10**30, 1.5, "2", None])
    def test_a_stop_that_does_not_exist(self, stop):
        """It is refused by number, and nothing is kept."""
        sampler = sampler_of(np.sin, x=(0, 4, 1))
        with pytest.raises(InputError, match=r"explore: there is no stop .*; the stops are counted from 0 to 4"):
            sampler.sample(stop)
        assert (sampler.entries, sampler.errors, sampler.shots) == ({}, {}, [])


class TestNumbers:
    """What is kept is what NumPy computes, in whatever order the stops are taken."""

    def test_values_and_gradients_at_stops(self):
        """Of three sliders, each with its partial derivative."""
        sampler = sampler_of(product, a=(-1, 1), b=(0, 3), c=(-2, 2))
        for stop in np.random.default_rng(3).integers(sampler.total, size=40).tolist():
            scene, row = sampler.sample(stop)
            numbers = sampler.shots[scene].rows[row]
            a, b, c = sampler.values(stop)
            assert sampler.output(scene, numbers) == pytest.approx(a * np.sin(b) + c**2, rel=1e-14)
            expected = (np.sin(b), a * np.cos(b), 2 * c)
            assert sampler.gradients(scene, numbers) == pytest.approx(expected, rel=1e-13, abs=1e-15)

    def test_values_and_gradients_anywhere(self):
        """At exactly the values given, and nothing of it is a stop."""
        sampler = sampler_of(product, a=(-1, 1), b=(0, 3), c=(-2, 2))
        taken = sampler.take((0.3, math.pi / 7, -0.123456789))
        assert (taken.scene, taken.error) == (0, "")
        assert sampler.output(0, taken.numbers) == pytest.approx(0.3 * math.sin(math.pi / 7) + 0.123456789**2)
        assert sampler.gradients(0, taken.numbers)[2] == pytest.approx(-2 * 0.123456789)
        assert sampler.entries == {}
        assert sampler.size == 0

    def test_a_slider_that_is_not_reached_has_gradient_zero(self):
        """Also where the function is a constant."""
        sampler = sampler_of(lambda x, y: x * 2, x=(0, 1), y=(0, 1))
        taken = sampler.take((0.5, 0.5))
        assert sampler.gradients(0, taken.numbers) == (2.0, 0.0)
        sampler = sampler_of(lambda x: 3.0, x=(0, 1))
        taken = sampler.take((0.5,))
        assert (sampler.output(0, taken.numbers), sampler.gradients(0, taken.numbers)) == (3.0, (0.0,))

    def test_a_stop_is_run_once(self):
        """What is found is not computed again."""
        calls = []

        def f(x):
            calls.append(x)
            return x * x

        sampler = sampler_of(f, x=(0, 1))
        assert sampler.sample(7) == sampler.sample(7) == (0, 0)
        assert len(calls) == 1

    def test_each_graph_is_a_scene_in_the_order_met(self):
        """Stops and exact places share the scenes; only stops leave rows."""
        sampler = sampler_of(bent, x=(-1, 1, 0.25))
        assert sampler.sample(8) == (0, 0)
        assert sampler.take([-0.1]).scene == 1
        assert len(sampler.shots[1].rows) == 0
        assert [sampler.sample(stop) for stop in (0, 7, 1)] == [(1, 0), (0, 1), (1, 1)]

    def test_the_size_is_that_of_the_columns(self):
        """Eight bytes for each number that a film would hold."""
        sampler = sampler_of(lambda x: np.sum(x * np.arange(100.0)), x=(0, 1))
        sampler.sample(0)
        readings = len(sampler.shots[0].story.numbers)
        assert 8 * readings < sampler.size <= 16 * readings
        once = sampler.size
        sampler.sample(1)
        assert sampler.size == 2 * once

    def test_it_is_full_when_the_budget_is_used_up(self):
        """Whoever samples is told, and nothing is raised."""
        sampler = sampler_of(lambda x, y: x * y, x=(0, 1, 0.001), y=(0, 1, 0.001))
        sampler.sample(0)
        needed = math.ceil(BUDGET / sampler.size)
        for stop in range(1, needed - 1):
            sampler.sample(stop)
        assert not sampler.full
        sampler.sample(needed - 1)
        assert sampler.full

    def test_it_is_full_when_arrays_take_too_much_memory(self, monkeypatch):
        """Few numbers of a large array are told, but all of it is kept."""
        monkeypatch.setattr(sampling, "_MOST_MEMORY", 1_000_000)
        sampler = sampler_of(lambda x: np.sum(np.sin(x * np.ones(10_000))), x=(0, 1))
        stop = 0
        while not sampler.full:
            sampler.sample(stop)
            stop += 1
        assert stop < 10
        assert sampler.size < BUDGET


class TestRaising:
    """What the function raises belongs to its stop."""

    def test_an_exception_is_kept_with_type_reason_and_line(self):
        """So that it can be shown there."""
        sampler = sampler_of(bent, x=(-2, 2, 0.5))
        assert sampler.sample(8) == (-1, -1)
        line = bent.__code__.co_firstlineno + 3
        assert sampler.errors == {8: f"ValueError: too far (line {line} in bent)"}
        assert (sampler.size, sampler.shots) == (0, [])

    def test_an_exception_anywhere_is_told_and_not_kept(self):
        """An exact place is no stop."""
        sampler = sampler_of(bent, x=(-2, 2, 0.5))
        taken = sampler.take([1.3])
        assert (taken.scene, taken.numbers) == (-1, None)
        assert taken.error.startswith("ValueError: too far")
        assert (sampler.errors, sampler.entries) == ({}, {})

    @pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
    def test_an_interrupt_passes_and_leaves_what_was_found(self, error):
        """The stop may be tried again, and then is found."""
        due = [True]

        def f(x):
            y = x * x
            if x > 0.5 and due:
                due.pop()
                raise error
            return y

        sampler = sampler_of(f, x=(0, 1, 0.25))
        sampler.sample(0)
        with pytest.raises(error):
            sampler.sample(4)
        assert sampler.entries == {0: (0, 0)}
        assert sampler.sample(4) == (0, 1)
        assert sampler.output(0, sampler.shots[0].rows[1]) == 1.0

    @pytest.mark.parametrize("who", ["film", "explore"])
    @pytest.mark.parametrize(
        ("function", "expected"),
        [
            (lambda x: x * np.arange(3.0), "{}: f must return a single number, but it returned shape (3,)"),
            (lambda x: x * 1j, "{}: f returned a complex number"),
            (lambda x: None, "returned nothing"),
        ],
    )
    def test_what_is_no_number_is_refused_with_the_caller_and_the_place(self, who, function, expected):
        """At stops and anywhere, and it leaves nothing behind."""
        sampler = sampler_of(function, who, x=(0, 1, 0.5))
        with pytest.raises(InputError) as caught:
            sampler.sample(1)
        assert expected.format(who) in str(caught.value)
        assert str(caught.value).endswith("(at x = 0.5)")
        with pytest.raises(InputError, match=r"\(at x = 0\.3\)"):
            sampler.take([0.3])
        assert (sampler.entries, sampler.errors, sampler.shots) == ({}, {}, [])

    @pytest.mark.parametrize(("who", "done"), [("film", "filmed"), ("explore", "explored")])
    def test_a_graph_that_changes_all_the_time(self, who, done):
        """It is refused after forty graphs, which remain."""

        def f(x):
            for _ in range(int(x.value * 100)):
                x = x + 1
            return x * 2

        sampler = sampler_of(f, who, x=(0, 1))
        with pytest.raises(SizeError, match=rf"^{who}: the graph of f changes .* cannot be {done}; does a plain"):
            list(map(sampler.sample, range(sampler.total)))
        assert len(sampler.shots) == 40
        assert sampler.sample(0) == (0, 0)

    def test_a_graph_too_large_to_draw_is_an_error_of_its_stop(self):
        """The others are drawn."""

        def f(x):
            for _ in range(200 if x > 0.9 else 2):
                x = np.sin(x)
            return x

        sampler = sampler_of(f, x=(0, 1, 0.5))
        assert (sampler.sample(2), sampler.sample(0)) == ((-1, -1), (0, 0))
        assert "201 nodes here, more than the 150 that are drawn" in sampler.errors[2]


class TestRequiringAScene:
    """Where a function has raised everywhere there is nothing to show."""

    def raising(self, x):
        """Raise."""
        raise KeyError("no such thing")

    @pytest.mark.parametrize(
        ("stops", "expected"), [(range(3), "raised at every stop;"), ([1], r"wherever it was run \(1 of 3 stops\);")]
    )
    def test_the_first_error_is_told_and_is_the_cause(self, stops, expected):
        """With how many stops were tried."""
        sampler = sampler_of(self.raising, x=(0, 1, 0.5))
        for stop in stops:
            sampler.sample(stop)
        with pytest.raises(InputError, match=expected + r" first KeyError: 'no such thing' \(line \d+ in") as caught:
            sampler.require_scene()
        assert isinstance(caught.value.__cause__, KeyError)

    def test_our_own_errors_are_raised_as_they_are(self):
        """They are whole sentences."""
        sampler = sampler_of(lambda x: math.exp(x), x=(0, 1, 0.5))
        sampler.sample(0)
        with pytest.raises(LeakError, match=r"np\.exp"):
            sampler.require_scene()

    def test_one_scene_is_enough(self):
        """Whatever was raised before and after; the exception and its frames are let go."""
        sampler = sampler_of(bent, x=(-2, 2, 0.5))
        for stop in (8, 0, 7):
            sampler.sample(stop)
        sampler.require_scene()
        assert sampler._first_error is None
