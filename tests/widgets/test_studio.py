"""What a widget knows of its function, without a widget."""

from __future__ import annotations

import math

import numpy as np
import pytest

from graphviz_ad.errors import InputError
from graphviz_ad.films.sliders import arrange
from graphviz_ad_widgets.studio import Studio


def studio(function=np.sin, **sliders):
    """Make one."""
    return Studio(arrange(function, sliders or {"x": (0.0, 1.0)}, who="explore"))


def test_the_first_pass_takes_everything_if_there_is_time():
    """Of one and two sliders."""
    for one in (studio(), studio(lambda x, y: x * y, x=(0, 1), y=(0, 1))):
        one.first_pass(math.inf)
        assert one.done == one.total == len(one.sampler.entries)


def test_without_time_the_first_pass_has_one_stop():
    """The one that is shown."""
    one = studio()
    one.first_pass(0.0)
    assert list(one.sampler.entries) == [one.sampler.start]


def test_a_cut_is_the_finest_grid_that_is_complete():
    """Whatever else was found."""
    one = studio()
    one.first_pass(0.0)
    start = {"x": float(one.arrangement.sliders[0].values[one.sampler.start])}
    assert [len(slider.values) for slider in one.cut(start).sliders] == [1]
    for stop in range(0, 201, 4):
        one.sample(stop)
    one.sample(3)
    (slider,) = one.cut(start).sliders
    np.testing.assert_array_equal(slider.values, np.linspace(0, 1, 201)[::4])


def test_a_cut_of_two_sliders_keeps_both_where_it_can():
    """A coarse plane is more than a fine line."""
    one = studio(lambda x, y: x * y, x=(0, 1), y=(0, 1))
    one.first_pass(math.inf)
    cut = one.cut({"x": 0.5, "y": 0.5})
    assert [len(slider.values) for slider in cut.sliders] == [41, 41]
    assert [float(slider.values[slider.start]) for slider in cut.sliders] == [0.5, 0.5]
    assert len(cut.film["stops"]["scene"]) == 1681


def test_a_cut_of_three_sliders_goes_along_the_lines_that_are_known():
    """Each moves and the others have the value that they have now; elsewhere only the first one does."""
    one = studio(lambda a, b, c: a * b + c, a=(0, 1), b=(0, 1), c=(0, 1))
    one.first_pass(math.inf)
    start = dict(zip("abc", one.sampler.values(one.sampler.start), strict=True))
    cut = one.cut(start)
    assert cut.film["lines"]
    assert len(cut.film["stops"]["of"]) == 121
    assert [float(slider.values[slider.start]) for slider in cut.sliders] == list(start.values())
    beside = {**start, "b": 0.0}
    for index in range(41):
        one.sample(one.sampler.flat((index, 0, one.sampler.indices(one.sampler.start)[2])))
    cut = one.cut(beside)
    assert [len(slider.values) for slider in cut.sliders] == [41, 1, 1]
    assert float(cut.sliders[1].values[0]) == 0


def test_a_cut_far_from_all_that_is_known_shows_the_nearest_of_it():
    """A widget that was moved while Python was busy."""
    one = studio()
    one.first_pass(0.0)
    assert len(one.cut({"x": 0.0}).film["stops"]["scene"]) == 1


def test_a_cut_needs_a_picture():
    """Where the function raised at the thumb, a grid that has one is chosen."""

    def f(x):
        if x < 0.5:
            raise ValueError
        return x * x

    one = studio(f)
    one.first_pass(0.0)
    one.sample(0)
    assert one.cut({"x": 0.0}).film["scenes"]


def test_news_are_told_once():
    """A batch has what was sampled since the last one."""
    one = studio()
    one.first_pass(0.0)
    one.film()
    assert one.batch() is None
    one.sample(3)
    one.sample(3)
    assert one.batch()["of"] == [3]
    assert one.batch() is None
    assert one.batch([3])["of"] == [3]


def test_a_batch_and_a_point_lie_in_the_columns_of_the_film():
    """The film of a widget is not packed as that of a page."""
    one = studio(lambda x: np.sin(x) * x)
    one.first_pass(math.inf)
    film = one.film()
    quantities = film["scenes"][0]["quantities"]
    point = one.point(one.place((0.123,), loosely=False))
    import base64

    row = np.frombuffer(base64.b64decode(point["numbers"]))
    assert row[quantities[film["scenes"][0]["output"]]["c"]] == np.sin(0.123) * 0.123
    assert "same" not in film["scenes"][0]


@pytest.mark.parametrize(("loosely", "stop"), [(True, 6), (False, None)])
def test_a_place_may_be_taken_loosely(loosely, stop):
    """The browser's decimals are not always the stop's."""
    one = studio(x=(0, 1, 0.05))
    assert one.arrangement.sliders[0].values[6] != 0.3
    assert one.place((0.3,), loosely=loosely).stop == stop


def test_sampling_is_resumed_after_an_interrupt():
    """No stop is passed over."""
    pressed = [7]

    def f(x):
        pressed[0] -= 1
        if pressed[0] == 0:
            raise KeyboardInterrupt
        return x * x

    one = studio(f)
    with pytest.raises(KeyboardInterrupt):
        one.sample_until(math.inf)
    one.rewind()
    assert one.sample_until(math.inf) is False
    assert one.done == one.total


def test_a_function_that_raises_everywhere_is_refused():
    """After all stops were tried, if there is time for them."""

    def f(x):
        raise ValueError("never")

    with pytest.raises(InputError, match="raised at every stop; first ValueError: never"):
        studio(f).first_pass(math.inf)


def raising(x):
    if x > 1.5:
        raise ArithmeticError("too far")
    return np.sin(x) if x < 0.5 else np.ones(2) @ (x * np.ones(3))


def test_each_kind_is_told_once_and_each_stop_by_its_number():
    studio = Studio(arrange(raising, {"x": (0, 2, 0.25)}, who="explore"))
    studio.sample(0)
    assert studio.film()["raised"] == []
    studio.sample(2)
    news = studio.batch()["raised"]
    assert [(number, one["stops"]) for number, one in news.items()] == [("0", [2])]
    assert "raises ValueError" in news["0"]["film"]["scenes"][0]["svg"]
    for stop in (3, 8):
        studio.sample(stop)
    news = studio.batch()["raised"]
    assert news["0"] == {"stops": [3]}
    assert [news["1"]["stops"], news["1"]["values"]] == [[8], [2.0]]
    assert studio.batch() is None
    assert [one["stops"] for one in studio.film()["raised"]] == [[2, 3], [8]]


def test_a_place_between_the_stops_that_raises_as_no_stop_has_is_told_before_it():
    studio = Studio(arrange(raising, {"x": (0, 2, 0.25)}, who="explore"))
    studio.sample(0)
    studio.film()
    place = studio.place((0.6,), loosely=False)
    news = studio.batch()["raised"]
    assert [news["0"]["stops"], news["0"]["values"], studio.point(place)["failure"]] == [[], [0.6], 0]
    assert studio.point(studio.place((0.1,), loosely=False))["failure"] == -1
