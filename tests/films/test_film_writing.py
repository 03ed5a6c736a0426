"""The player's data: whole films, films that grow by batches, exact points, and films over fewer values."""

from __future__ import annotations

import json

import film_data
import numpy as np
import pytest
from film_data import doubles, unpacked, width

from graphviz_ad.errors import InputError
from graphviz_ad.filming import Film, film, film_from
from graphviz_ad.films.sampling import Sampler
from graphviz_ad.films.sliders import arrange
from graphviz_ad.films.writing import Developer
from graphviz_ad.player.page import page, snippet


def developer_of(function, stops=(), at=None, **sliders):
    """Return a developer, and its sampler, which has taken some stops."""
    sampler = Sampler(arrange(function, sliders, at=at, who="explore"), "explore")
    for stop in stops:
        sampler.sample(stop)
    return Developer(sampler), sampler


class Shown:
    """What a player knows: it reads a film as the browser does, and is given batches and points."""

    def __init__(self, made):
        made = json.loads(json.dumps(made, allow_nan=False))
        self.scenes = list(made["scenes"])
        self.errors = dict(made["errors"])
        self.at, self.counts = {}, [0] * len(self.scenes)
        self.tables = film_data.tables(made)
        self.drawn = [dict(pictures) for pictures in made["pictures"]]
        self.enter(made["stops"].get("of", range(len(made["stops"]["scene"]))), made["stops"]["scene"])
        assert self.counts == [len(table) for table in self.tables]

    def enter(self, stops, scenes):
        """Count the rows up, scene by scene."""
        for stop, scene in zip(stops, scenes, strict=True):
            self.at[stop] = scene, self.counts[scene] if scene >= 0 else -1
            self.counts[scene] += scene >= 0

    def take_scenes(self, more):
        """Add scenes, and say anew what tells them apart."""
        for scene in more["scenes"]:
            self.scenes.append(scene)
            self.tables.append(np.empty((0, width(scene))))
            self.drawn.append({})
            self.counts.append(0)
        for scene, guard in zip(self.scenes, more.get("guards", [s["guard"] for s in self.scenes]), strict=True):
            scene["guard"] = guard

    def add(self, batch):
        """Add a batch."""
        batch = json.loads(json.dumps(batch, allow_nan=False))
        self.take_scenes(batch)
        self.errors |= batch["errors"]
        for key, text in batch["numbers"].items():
            scene = int(key)
            more = doubles(text).reshape(-1, width(self.scenes[scene]))
            for quantity, strings in batch["pictures"][key].items():
                old = self.drawn[scene].get(quantity, [])
                old = [old] * len(self.tables[scene]) if isinstance(old, str) else old
                self.drawn[scene][quantity] = [*old, *strings]
            self.tables[scene] = np.concatenate([self.tables[scene], more])
            for quantity, form in zip(self.scenes[scene]["quantities"], batch["formats"][key], strict=True):
                quantity["f"] = form
        self.enter(batch["of"], batch["scene"])

    def row(self, stop):
        """Return scene, numbers and pictures of a stop."""
        scene, row = self.at[stop]
        drawn = {q: d if isinstance(d, str) else d[row] for q, d in self.drawn[scene].items()}
        return scene, self.tables[scene][row], drawn

    def number(self, stop, gradient=None):
        """Return f, or a gradient, at a stop; NaN where f raised."""
        if self.at[stop][0] < 0:
            return np.nan
        scene, numbers, _ = self.row(stop)
        return read(self.scenes[scene], numbers, gradient)


def read(scene, numbers, gradient=None):
    """Return f, or a gradient, from a row of a scene."""
    place = scene["output"] if gradient is None else scene["gradients"][gradient]
    return numbers[scene["quantities"][place]["c"]]


def bent(x):
    """Three ways through, and a stretch that raises."""
    if x > 1:
        raise ValueError("too far")
    if x < -1:
        return np.exp(x)
    return x**2 if x > 0 else -x


def drawn(x):
    """An array with a thumbnail, a short vector, and a complex number."""
    return np.sum(np.sin(x * np.arange(40.0))) + np.sum(np.exp(x * np.arange(3.0)))


def product(x, y):
    """Two sliders."""
    return x * np.sin(y) + y**2


def triple(a, b, c):
    """Three sliders."""
    return a * np.sin(b) + c**2


def without_raised(made):
    """Return a film without what is beside it: what was recorded where the function raised, and the styles of that."""
    return {name: part for name, part in made.items() if name not in ("raised", "styles")}


class TestWholeFilms:
    """A film of all stops is the same in whatever order they were taken."""

    @pytest.mark.parametrize(
        ("function", "sliders"),
        [
            (np.sin, {"x": (-3, 3)}),
            (drawn, {"x": (-1, 1)}),
            (product, {"x": (-1, 1, 0.25), "y": (0, 1, 0.25)}),
            (bent, {"x": (-0.5, 2, 0.125)}),
        ],
    )
    def test_the_order_does_not_show(self, function, sliders):
        """Not in a single byte, as long as the scenes are met in the same order.

        What was recorded at a place that raised is that of the first one met, and beside the film.
        """
        expected = without_raised(film(function, **sliders).to_json())
        developer, sampler = developer_of(function, **sliders)
        sampler.sample(0)
        for stop in np.random.default_rng(0).permutation(sampler.total).tolist():
            sampler.sample(stop)
        made = developer.film()
        assert "of" not in made["stops"]
        assert without_raised(made) == unpacked(expected)
        assert expected == without_raised(film_from(developer).to_json())

    def test_a_film_that_has_grown_is_the_film_made_at_once(self):
        """Formats and layouts are chosen anew from all rows."""
        developer, sampler = developer_of(drawn, [0], x=(-1, 1))
        developer.film()
        for stop in range(sampler.total):
            sampler.sample(stop)
            developer.batch([stop])
        developer.point([0.12345678])
        assert developer.film() == unpacked(film(drawn, x=(-1, 1)).to_json())

    def test_a_scene_is_laid_out_once(self):
        """And again when its formats have changed."""
        developer, sampler = developer_of(lambda x: x * x if x > 0 else -x, [0, 8, 10], x=(-4, 4, 0.5))
        developer.film()
        scenes = list(developer.scenes)
        sampler.sample(12)
        developer.film()
        assert [new is old for new, old in zip(developer.scenes, scenes, strict=True)] == [True, True]
        sampler.sample(9)
        developer.film()
        assert [new is old for new, old in zip(developer.scenes, scenes, strict=True)] == [True, False]


class TestGrowingFilms:
    """A film of some stops, to which more are added."""

    def test_it_says_which_stops_it_has(self):
        """Ascending, with the rows of each scene counted up."""
        developer, _ = developer_of(bent, [120, 7, 199, 3], x=(-2, 2))
        made = developer.film()
        assert made["stops"] == {"of": [3, 7, 120, 199], "scene": [1, 1, 0, -1]}
        assert list(made["errors"]) == ["199"]

    @pytest.mark.parametrize("function", [np.sin, bent, drawn])
    def test_batches_give_the_numbers_of_the_whole_film(self, function):
        """Row by row, picture by picture, error by error, and at the end the same formats."""
        whole = Shown(unpacked(film(function, x=(-2, 2)).to_json()))
        developer, sampler = developer_of(function, [0, 100], x=(-2, 2))
        shown = Shown(developer.film())
        order = np.random.default_rng(1).permutation(201).tolist()
        for start in range(0, 201, 17):
            stops = order[start : start + 17]
            for stop in stops:
                sampler.sample(stop)
            shown.add(developer.batch(stops))
        assert sorted(shown.at) == list(range(201))
        assert shown.errors == whole.errors
        # Scenes are counted in the order in which they are met, which here is another one.
        names = {str(scene["rows"]): number for number, scene in enumerate(whole.scenes)}
        same = [names[str(scene["rows"])] for scene in shown.scenes]
        assert sorted(same) == list(range(len(whole.scenes)))
        for stop in range(201):
            if whole.at[stop][0] < 0:
                assert shown.at[stop] == (-1, -1)
                continue
            scene, numbers, pictures = shown.row(stop)
            expected_scene, expected, expected_pictures = whole.row(stop)
            assert same[scene] == expected_scene
            np.testing.assert_array_equal(numbers, expected)
            assert pictures == expected_pictures
        for scene, number in zip(shown.scenes, same, strict=True):
            assert [q["f"] for q in scene["quantities"]] == [q["f"] for q in whole.scenes[number]["quantities"]]
            assert scene["guard"] == whole.scenes[number]["guard"]

    def test_a_scene_is_sent_once(self):
        """With the first batch or point that has it; the guards come along when they have changed."""
        developer, sampler = developer_of(bent, [120, 190], x=(-2, 2))
        made = developer.film()
        assert [scene["guard"] for scene in made["scenes"]] == [""]
        for stop in (121, 90, 91, 5):
            sampler.sample(stop)
        first = developer.batch([121])
        # What was met is told at once, whichever stops are asked for.
        assert len(first["scenes"]) == 2
        assert first["guards"] == [
            "x < -1 is false and x > 0 is true",
            "x < -1 is false and x > 0 is false",
            "x < -1 is true",
        ]
        assert [scene["guard"] for scene in first["scenes"]] == first["guards"][1:]
        second = developer.batch([90, 91, 5])
        assert (second["scenes"], "guards" in second) == ([], False)
        assert set(second["numbers"]) == {"1", "2"}
        assert len(developer.film()["scenes"]) == 3
        assert developer.batch([121])["scenes"] == []

    def test_a_scene_that_was_met_between_the_stops_has_no_rows_yet(self):
        """It is sent with the point; a film made then has it too, so that batches can be added to it."""
        developer, sampler = developer_of(bent, [120], x=(-2, 2))
        shown = Shown(developer.film())
        point = developer.point([-0.123])
        assert (len(point["scenes"]), point["scene"]) == (1, 1)
        shown.take_scenes(point)
        numbers = doubles(point["numbers"])
        assert len(numbers) == width(shown.scenes[1])
        assert read(shown.scenes[1], numbers) == 0.123
        again = developer.film()
        assert again["stops"] == {"of": [120], "scene": [0]}
        assert (len(again["scenes"]), again["numbers"][1], again["pictures"][1]) == (2, "", {})
        later = Shown(again)
        sampler.sample(90)
        for one in (shown, later):
            one.add(developer.batch([90]))
            assert one.number(90) == -sampler.values(90)[0]

    def test_formats_follow_the_numbers(self):
        """Chosen over all that was found, and sent with every batch for the scenes that it touches."""
        developer, sampler = developer_of(lambda x: x * 1.0, [0, 2], x=(0, 1, 0.001))
        made = developer.film()
        place = made["scenes"][0]["output"]
        for stop in (0, 500, 7):
            sampler.sample(stop)
        # The slider's own values have three decimals throughout.
        assert made["scenes"][0]["quantities"][0]["f"] == ["f", 3]
        assert developer.batch([500])["formats"]["0"][place] == ["f", 3]
        developer, sampler = developer_of(lambda x: x * x, [0, 4], x=(0, 4, 0.5))
        place = developer.film()["scenes"][0]["output"]
        sampler.sample(1)
        assert developer.scenes[0].readings[place].format == ("f", 0)
        assert developer.batch([0])["formats"]["0"][place] == ["f", 2]

    def test_a_film_of_chosen_stops(self):
        """Others that were found stay out, and their errors too."""
        developer, _ = developer_of(bent, [0, 1, 120, 180, 199], x=(-2, 2))
        made = developer.film([199, 0])
        assert made["stops"] == {"of": [0, 199], "scene": [0, -1]}
        assert list(made["errors"]) == ["199"]
        assert len(made["scenes"]) == 2
        with pytest.raises(KeyError):
            developer.film([2])
        with pytest.raises(KeyError):
            developer.batch([2])

    def test_the_picture_is_that_of_the_start_once_it_is_known(self):
        """Else that of the scene's first stop."""
        developer, sampler = developer_of(lambda x: x * 8, [1], x=(0, 4, 1), at={"x": 3})
        assert ">8<" in developer.film()["scenes"][0]["svg"]
        sampler.sample(3)
        assert ">24<" in developer.film()["scenes"][0]["svg"]

    def test_nothing_but_errors_is_refused(self):
        """With the first of them."""
        developer, _ = developer_of(bent, [199, 198], x=(-2, 2))
        with pytest.raises(InputError, match=r"wherever it was run \(2 of 201 stops\); first ValueError: too far"):
            developer.film()

    def test_batches_of_raising_stops_and_of_nothing(self):
        """They have no numbers."""
        developer, sampler = developer_of(bent, [0, 199], x=(-2, 2))
        developer.film([0])
        batch = developer.batch([199])
        assert (batch["of"], batch["scene"], batch["numbers"], batch["formats"]) == ([199], [-1], {}, {})
        assert batch["errors"] == {"199": sampler.errors[199]}
        assert developer.batch([])["of"] == []

    @pytest.mark.parametrize("count", [3, 6])
    def test_many_sliders(self, count):
        """Stops are numbered through a grid that nobody could list."""
        names = "abcdef"[:count]
        weights = dict(zip(names, range(1, 7), strict=False))
        text = " + ".join(f"{weight} * {name}**2" for name, weight in weights.items())
        function = eval(f"lambda {', '.join(names)}: {text}")
        developer, sampler = developer_of(function, **dict.fromkeys(names, (-1, 1)))
        stops = [0, sampler.start, sampler.total - 1, sampler.total // 3]
        list(map(sampler.sample, stops))
        shown = Shown(developer.film(stops[:2]))
        shown.add(developer.batch(stops[2:]))
        assert sorted(shown.at) == sorted(stops)
        for stop in stops:
            values = np.array(sampler.values(stop))
            factors = np.arange(1, count + 1)
            assert shown.number(stop) == pytest.approx(np.sum(factors * values**2), rel=1e-14)
            for slider in range(count):
                assert shown.number(stop, slider) == pytest.approx(2 * factors[slider] * values[slider], rel=1e-14)


class TestPoints:
    """Exact places between the stops."""

    def test_values_and_gradients_are_exact(self):
        """At just these values, in the columns of the film."""
        developer, _ = developer_of(product, [0], x=(-1, 1), y=(0, 3))
        shown = Shown(developer.film())
        point = json.loads(json.dumps(developer.point([0.3, np.float64(1.2345678)])))
        assert (point["values"], point["scene"], point["error"], point["scenes"]) == ([0.3, 1.2345678], 0, "", [])
        numbers = doubles(point["numbers"])
        scene = shown.scenes[0]
        assert read(scene, numbers) == pytest.approx(0.3 * np.sin(1.2345678) + 1.2345678**2, rel=1e-14)
        assert read(scene, numbers, 0) == pytest.approx(np.sin(1.2345678), rel=1e-14)
        assert read(scene, numbers, 1) == pytest.approx(0.3 * np.cos(1.2345678) + 2 * 1.2345678, rel=1e-14)

    def test_the_columns_hold_for_a_complete_film_that_will_be_added_to(self):
        """Columns that are equal, or never change, at the stops may differ between them."""
        developer, _ = developer_of(lambda x: x * x * (1 + 0 * x), range(3), x=(-1, 1, 1))
        scene = developer.film()["scenes"][0]
        widths = [q["n"] for q in scene["quantities"]]
        assert [q["c"] for q in scene["quantities"]] == [sum(widths[:place]) for place in range(len(widths))]
        assert "same" not in scene
        assert developer.cut([range(3)]).film["scenes"][0]["same"]

    def test_pictures(self):
        """Each thumbnail as one string."""
        developer, sampler = developer_of(drawn, [0, 150], x=(-1, 1))
        shown = Shown(developer.film())
        point = developer.point(sampler.values(150))
        assert point["pictures"] == shown.row(150)[2] != {}
        np.testing.assert_array_equal(doubles(point["numbers"]), shown.row(150)[1])

    def test_where_the_function_raises(self):
        """The error is told, and nothing else."""
        developer, _ = developer_of(bent, [0], x=(-2, 2))
        developer.film()
        point = developer.point([1.234])
        assert (point["scene"], point["numbers"], point["pictures"]) == (-1, "", {})
        assert point["error"].startswith("ValueError: too far")

    def test_what_was_taken_already_is_not_run_again(self):
        """The sample may be handed over."""
        calls = []

        def f(x):
            calls.append(x)
            return x * x

        developer, sampler = developer_of(f, [0], x=(0, 1))
        developer.film()
        taken = sampler.take([0.3])
        before = len(calls)
        assert doubles(developer.point([0.3], taken)["numbers"]).size
        assert len(calls) == before


class TestCuts:
    """Complete films over some of the values."""

    def test_numbers_are_those_of_the_stops(self):
        """Two of three sliders have one value, the first has five."""
        developer, sampler = developer_of(triple, a=(0, 1), b=(0, 3), c=(-1, 1))
        along = [[0, 10, 20, 30, 40], [7], [40]]
        for a in along[0]:
            sampler.sample(sampler.flat([a, 7, 40]))
        made = film_from(developer, "dark", along, start=[22, 7, 40])
        assert isinstance(made, Film)
        assert made.theme == "dark"
        assert [len(slider.values) for slider in made.sliders] == [5, 1, 1]
        assert [slider.start for slider in made.sliders] == [2, 0, 0]
        assert repr(made) == "<Film of triple along a=0..1, b=0.525..0.525, c=1..1: 1 scene(s), 5 stops>"
        data = made.to_json()
        assert data["stops"] == {"scene": [0] * 5}
        assert [doubles(slider["values"]).tolist() for slider in data["sliders"]] == [
            [0.0, 0.25, 0.5, 0.75, 1.0],
            [float(sampler.arrangement.sliders[1].values[7])],
            [1.0],
        ]
        assert [slider["start"] for slider in data["sliders"]] == [2, 0, 0]
        assert [tuple(slider["format"]) for slider in data["sliders"]] == [
            s.format for s in sampler.arrangement.sliders
        ]
        shown = Shown(data)
        a = np.linspace(0, 1, 5)
        angle = sampler.arrangement.sliders[1].values[7]
        np.testing.assert_allclose([shown.number(stop) for stop in range(5)], a * np.sin(angle) + 1)
        np.testing.assert_allclose([shown.number(stop, 0) for stop in range(5)], np.sin(angle))
        np.testing.assert_allclose([shown.number(stop, 1) for stop in range(5)], a * np.cos(angle))
        np.testing.assert_allclose([shown.number(stop, 2) for stop in range(5)], 2)

    def test_two_dimensions(self):
        """The last slider counts fastest among those that are left, too."""
        developer, sampler = developer_of(product, x=(0, 4, 1), y=(0, 4, 1))
        along = [[0, 4], [1, 2, 4]]
        stops = [sampler.flat([x, y]) for x in along[0] for y in along[1]]
        list(map(sampler.sample, reversed(stops)))
        shown = Shown(film_from(developer, along=along).to_json())
        expected = [x * np.sin(y) + y**2 for x in along[0] for y in along[1]]
        np.testing.assert_allclose([shown.number(stop) for stop in range(6)], expected)

    def test_it_is_the_film_that_has_just_these_values(self):
        """With its formats too, though stops between them need more decimals; only the sliders keep their own."""
        developer, sampler = developer_of(bent, x=(-2, 2, 0.5))
        list(map(sampler.sample, (8, 0, 2, 5, 6, 4)))
        made = film_from(developer, along=[range(0, 9, 2)]).to_json()
        expected = film(bent, x=(-2, 2, 1), at={"x": 0.5}).to_json()
        assert made["sliders"][0].pop("format") == ["f", 1]
        assert expected["sliders"][0].pop("format") == ["f", 0]
        assert made["stops"] == expected["stops"]
        assert made["numbers"] == expected["numbers"]
        assert made["errors"] == expected["errors"]
        for one, other in zip(made["scenes"], expected["scenes"], strict=True):
            assert one["guard"] == other["guard"]
            formats = [[tuple(q["f"]) for q in scene["quantities"][1:]] for scene in (one, other)]
            assert formats[0] == formats[1]

    def test_scenes_that_it_does_not_reach_stay_out(self):
        """They are counted anew, and the title is a formula again where one is left."""
        developer, sampler = developer_of(bent, [0, 1, 110, 150, 199], x=(-2, 2))
        sampler.take([-0.5])
        made = film_from(developer, along=[[110, 150, 199]]).to_json()
        assert len(developer.film()["scenes"]) == 3
        assert len(made["scenes"]) == 1
        assert made["stops"] == {"scene": [0, 0, -1]}
        assert list(made["errors"]) == ["2"]
        assert made["title"]["text"] != developer.film()["title"]["text"] == "bent(x)"
        assert made["scenes"][0]["guard"] == ""

    def test_it_does_not_disturb_the_film_being_shown(self):
        """Batches continue that one."""
        developer, sampler = developer_of(bent, [0, 110], x=(-2, 2))
        shown = Shown(developer.film())
        film_from(developer, along=[[110]])
        sampler.sample(80)
        batch = developer.batch([80])
        assert len(batch["scenes"]) == 1
        shown.add(batch)
        assert shown.number(80) == -sampler.values(80)[0]

    def test_stops_that_all_raise_are_refused(self):
        """Though there are scenes elsewhere."""
        developer, _ = developer_of(bent, [0, 198, 199], x=(-2, 2))
        with pytest.raises(InputError, match="explore: the function raised at each of these 2 stops; first ValueError"):
            film_from(developer, along=[[198, 199]])
        with pytest.raises(KeyError):
            film_from(developer, along=[[0, 1]])

    def test_it_can_be_saved_and_shown(self, tmp_path):
        """As any film."""
        developer, sampler = developer_of(triple, a=(0, 1), b=(0, 3), c=(-1, 1))
        list(map(sampler.sample, [sampler.flat([a, 3, 4]) for a in (0, 20, 40)]))
        made = film_from(developer, along=[[0, 20, 40], [3], [4]])
        made.save(tmp_path / "triple.html")
        assert " at a = " in (tmp_path / "triple.html").read_text(encoding="utf-8")
        assert set(made._repr_mimebundle_()) == {"text/html", "image/svg+xml", "text/plain"}


class TestPages:
    """What Python reads of a film that is not complete."""

    def test_the_start_is_found_among_the_stops(self):
        """And where it is not known yet, or raised, the first scene stands in."""
        developer, sampler = developer_of(bent, [0, 120], x=(-2, 2), at={"x": 0.5})
        made = developer.film()
        assert made["start"] == 0
        sampler.sample(sampler.start)
        made = developer.film()
        assert made["start"] == 1
        developer, _ = developer_of(bent, [0, 120, 190], x=(-2, 2), at={"x": 1.8})
        made = developer.film()
        assert made["start"] == 0

    def test_it_can_be_written_as_a_page(self):
        """With its own columns."""
        developer, _ = developer_of(bent, [0, 120, 190], x=(-2, 2))
        made = developer.film()
        developer.point([-0.5])
        assert snippet(developer.film(), "<svg/>").count("<iframe") == 1
        html = page(made)
        text = html.split('id="film">')[1].split("</script>")[0]
        read_back = json.loads(text)
        assert read_back["stops"] == {"of": [0, 120, 190], "scene": [0, 1, -1]}
        assert read_back["numbers"] == made["numbers"]


def test_a_quiz_has_the_wrong_numbers_of_every_stop_and_keeps_them_apart_from_the_others():
    """Also where a batch or a point brings them; what the film shows besides is the same as without."""

    def f(x):
        return np.sin(x) / x

    plain, quiz = (film(f, x=(-1, 1, 0.25), quiz=asks).to_json() for asks in (False, True))
    (scene,) = quiz["scenes"]
    (table,) = film_data.tables(quiz)
    # What x receives as a denominator is −sin x/x²; added instead of multiplied it is 1 more.
    wrong = scene["quantities"][scene["questions"][0]["slips"][4]["q"]]["c"]
    xs = np.linspace(-1, 1, 9)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(table[:, wrong], 1 - np.sin(xs) / xs**2)
    assert scene["steps"] == plain["scenes"][0]["steps"]
    assert quiz["gaps"] == plain["gaps"]
    assert quiz["remarks"] == plain["remarks"]


def test_batches_and_points_of_a_quiz_bring_its_wrong_numbers():
    sampler = Sampler(arrange(np.tanh, {"x": (0.5, 1, 0.25)}, who="explore"), "explore", quiz=True)
    developer = Developer(sampler)
    sampler.sample(0)
    scene = developer.film()["scenes"][0]
    sampler.sample(1)
    wrong = [scene["quantities"][slip["q"]]["c"] for slip in scene["questions"][0]["slips"]]
    for row, x in ((developer.batch([1])["numbers"]["0"], 0.75), (developer.point((0.6,))["numbers"], 0.6)):
        value, slope = np.tanh(x), 1 - np.tanh(x) ** 2
        ways = [1.0, slope, value, x, 1 + slope, -slope, 1 / slope]
        np.testing.assert_allclose(doubles(row)[wrong], ways, rtol=1e-12)
