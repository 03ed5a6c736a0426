"""The table of formats: whatever saves reads it, and what a row says is so."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw.colours import PAGE_THEMES, THEMES
from graphviz_ad.errors import InputError, MissingPackageError, PathError
from graphviz_ad.saving import formats
from graphviz_ad.saving.formats import FORMATS, format_of, listed, suffixes
from graphviz_ad.saving.options import OPTIONS
from tests.saving.cases import worked

ROOT = Path(__file__).parents[2]
ASKED = {"step": 3, "theme": "dark", "width": "8cm", "legend": True, "scale": 3.0, "print": "strip", "at": {"x": 2.0}}


def subjects():
    """A trace, a film and an explorer of the same function at the same place."""
    explorer = gad.explore(worked, x=(0.5, 3.5, 0.5), at={"x": 2.0})
    return {
        "trace": gad.trace(worked, 2.0),
        "film": gad.film(worked, x=(0.5, 3.5, 0.5), at={"x": 2.0}),
        "explorer": explorer,
    }


@pytest.fixture(scope="module")
def saved():
    """All of them."""
    things = subjects()
    yield things
    things["explorer"].close()


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.module)
class TestRows:
    """One row after the other."""

    def test_it_is_written_by_its_own_file(self, row):
        """`saving/NAME.py` has a function `write`."""
        assert row.write is importlib.import_module(f"graphviz_ad.saving.{row.module}").write

    def test_it_takes_options_and_themes_that_exist(self, row):
        """No misspelt ones; who takes a theme knows some."""
        assert row.options <= set(OPTIONS)
        assert set(row.themes) <= {*THEMES, *PAGE_THEMES}
        assert bool(row.themes) == ("theme" in row.options)

    def test_what_it_needs_is_among_the_dependencies(self, row):
        """So that pip brings it."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        for module, distribution in row.needs:
            assert any(line.startswith(distribution) for line in project["dependencies"])
            assert importlib.util.find_spec(module) is not None

    @pytest.mark.parametrize("kind", ["trace", "film", "explorer"])
    def test_everything_is_saved_under_each_of_its_suffixes(self, row, kind, saved, tmp_path):
        """And twice the same."""
        contents = set()
        for suffix in (*row.suffixes, *(suffix.upper() for suffix in row.suffixes)):
            for name in ("a", "b"):
                saved[kind].save(tmp_path / f"{name}{suffix}")
                contents.add((tmp_path / f"{name}{suffix}").read_bytes())
        assert len(contents) == 1
        assert len(contents.pop()) > 200

    @pytest.mark.parametrize("option", [name for name in ASKED if name != "at"])
    def test_an_option_is_taken_or_refused_with_who_takes_it(self, row, option, saved, tmp_path):
        """Never passed over in silence."""
        path = tmp_path / f"f{row.suffixes[0]}"
        if option in row.options:
            saved["trace"].save(path)
            plain = path.read_bytes()
            saved["trace"].save(path, **{option: ASKED[option]})
            assert path.read_bytes() != plain
        else:
            with pytest.raises(InputError, match=f"takes no {option}; .*(do|does)$") as caught:
                saved["trace"].save(path, **{option: ASKED[option]})
            assert listed(suffixes(option), "and") in str(caught.value)
            assert not path.exists()

    def test_a_place_is_taken_or_refused(self, row, saved, tmp_path):
        """Of a film."""
        path = tmp_path / f"f{row.suffixes[0]}"
        if "at" in row.options:
            saved["film"].save(path, at={"x": 1.0})
        else:
            with pytest.raises(InputError, match="takes no at"):
                saved["film"].save(path, at={"x": 1.0})

    def test_a_package_that_is_missing_is_named(self, row, saved, tmp_path, monkeypatch):
        """With the line that installs it; nothing is written."""
        monkeypatch.setattr(formats.importlib.util, "find_spec", lambda name: None)
        path = tmp_path / f"f{row.suffixes[0]}"
        if row.needs:
            with pytest.raises(MissingPackageError, match=f"pip install {row.needs[0][1]}"):
                saved["trace"].save(path)
            assert not path.exists()
        else:
            saved["trace"].save(path)

    @pytest.mark.parametrize("theme", sorted({*THEMES, *PAGE_THEMES}))
    def test_a_theme_is_taken_or_refused(self, row, theme, saved, tmp_path):
        """By who knows it."""
        path = tmp_path / f"f{row.suffixes[0]}"
        if theme in row.themes or (not row.themes and theme == "light"):
            saved["trace"].save(path, theme=theme)
        else:
            with pytest.raises(InputError, match="theme"):
                saved["trace"].save(path, theme=theme)


def test_suffixes_are_told_apart():
    """No two rows claim one."""
    assert len(set(suffixes())) == len(suffixes())
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes())


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("f", f"cannot write 'f'; the name must end in {listed(suffixes())}."),
        ("f.svgz", "Did you mean '.svg'?"),
        ("f.htm", "Did you mean '.html'?"),
        ("f.svg/", "names a directory; give a file name ending in .svg"),
        (3, "expected a file name, got int"),
        (None, "expected a file name, got NoneType"),
        ("x" * 3000 + ".jpg", "the name must end in"),
    ],
)
def test_a_name_that_is_no_format(path, sentence):
    """The way out is said, and no endless name."""
    with pytest.raises(InputError) as caught:
        format_of(path, "save")
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("option", "value"),
    [("step", 1.5), ("step", True), ("step", 99), ("legend", 1), ("legend", "yes"), ("scale", 0), ("scale", -1),
     ("scale", np.inf), ("scale", np.nan), ("scale", True), ("scale", "2"), ("scale", 101), ("width", 0),
     ("width", "-3cm"), ("width", ""), ("width", "cm"), ("width", "8.5 ells"), ("width", True),
     ("width", [8]), ("width", "1e9cm"), ("width", "nan"), ("limit", "many"), ("limit", True)],
)  # fmt: skip
def test_bad_values(option, value, tmp_path):
    """The option is named, and nothing is written."""
    with pytest.raises(InputError, match=option):
        gad.trace(np.sin, 1.0).save(tmp_path / "f.png", **{option: value})
    assert list(tmp_path.iterdir()) == []


def test_a_misspelt_option():
    """Is explained."""
    with pytest.raises(TypeError, match="Did you mean 'legend'"):
        gad.trace(np.sin, 1.0).save("f.png", legends=True)
    with pytest.raises(TypeError, match="Did you mean 'width'"):
        gad.film(np.sin, x=(0, 1, 0.5)).save("f.png", widht=3)


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf", ".dot"])
@pytest.mark.parametrize("options", [{}, {"step": 4}, {"width": "8cm", "legend": True, "theme": "print"}], ids=str)
def test_the_still_of_a_film_and_of_a_widget_is_the_picture_of_a_trace(saved, tmp_path, suffix, options):
    """Byte for byte: an independent way to the same picture."""
    if suffix == ".dot" and options:
        options = {}
    for kind, thing in saved.items():
        thing.save(tmp_path / f"{kind}{suffix}", **options)
    first, *others = (path.read_bytes() for path in tmp_path.iterdir())
    assert all(other == first for other in others)


@pytest.mark.parametrize("kind", ["film", "explorer"])
@pytest.mark.parametrize("x", [0.5, 1.0, 3.5])
def test_any_place_of_a_film_and_of_a_widget(saved, tmp_path, kind, x):
    """At the very numbers."""
    saved[kind].save(tmp_path / "a.svg", at={"x": x})
    gad.trace(worked, x).save(tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


@pytest.mark.parametrize("kind", ["film", "explorer"])
@pytest.mark.parametrize(
    ("at", "sentence"),
    [({"x": 9}, "x = 9 lies outside its range, 0.5 to 3.5"), ({"y": 1}, "no slider 'y'; there is x"),
     ({"x": np.nan}, "must be a finite number"), ({"x": "1"}, "must be a finite number"), (3, "must be a dict")],
)  # fmt: skip
def test_places_that_do_not_exist(saved, tmp_path, kind, at, sentence):
    """Are refused in a sentence."""
    with pytest.raises(InputError, match=sentence):
        saved[kind].save(tmp_path / "f.svg", at=at)
    assert list(tmp_path.iterdir()) == []


def raising(x):
    """Raise below one."""
    if x < 1:
        raise ValueError("too small")
    return x * 2 if x < 2 else x * x


def test_a_stop_at_which_the_function_raised(tmp_path):
    """What it raised is said, and a place where it did not."""
    film = gad.film(raising, x=(0.0, 3.0, 0.5), at={"x": 0.5})
    with pytest.raises(InputError, match=r"raised at x = 0.5: ValueError: too small.*at=\{'x': 1.0\}"):
        film.save(tmp_path / "f.svg")
    explorer = gad.explore(raising, x=(0.0, 3.0, 0.5), at={"x": 0.5})
    with pytest.raises(InputError, match="raised there: ValueError: too small"):
        explorer.save(tmp_path / "f.svg")
    explorer.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("x", [1.5, 2.5])
def test_each_stop_has_its_own_graph(tmp_path, x):
    """Where the function takes another branch."""
    gad.film(raising, x=(0.0, 3.0, 0.5)).save(tmp_path / "a.svg", at={"x": x})
    gad.trace(raising, x).save(tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_a_film_of_two_sliders(tmp_path):
    """Each has its place; what is not named stays at its start."""
    film = gad.film(np.multiply, inputs={"x1": (0.0, 4.0, 1.0), "x2": (0.0, 6.0, 2.0)}, at={"x1": 1.0, "x2": 2.0})
    film.save(tmp_path / "a.svg", at={"x2": 6.0})
    assert ">6</text>" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_a_widget_shows_the_step_that_it_shows(tmp_path):
    """And at its end the finished picture; a step that is asked for comes first."""
    explorer = gad.explore(worked, x=(0.5, 3.5, 0.5), at={"x": 2.0})
    trace = gad.trace(worked, 2.0)
    for shown, step in ((3, None), (3, 7)):
        explorer.step = shown
        explorer.save(tmp_path / "a.svg", step=step)
        trace.save(tmp_path / "b.svg", step=shown if step is None else step)
        assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    explorer.step = len(trace.steps()) - 1
    explorer.save(tmp_path / "a.svg")
    trace.save(tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    explorer.step = 4
    explorer.save(tmp_path / "a.html")
    assert 'data-step="4"' in (tmp_path / "a.html").read_text(encoding="utf-8")
    explorer.close()


def test_the_theme_of_a_film_is_that_of_its_files(tmp_path):
    """Unless another is asked for; what follows the reader's system is light on paper."""
    film = gad.film(np.sin, x=(0, 1, 0.5), theme="dark")
    film.save(tmp_path / "a.svg")
    film.save(tmp_path / "b.svg", theme="print")
    gad.film(np.sin, x=(0, 1, 0.5)).save(tmp_path / "c.svg")
    film.save(tmp_path / "d.dot")
    papers = [(tmp_path / f"{name}.svg").read_text().split('class="paper"')[1].split("/>")[0] for name in "abc"]
    assert ["#13161a" in papers[0], "#ffffff" in papers[1], "#ffffff" in papers[2]] == [True] * 3


def test_a_place_that_cannot_be_written_is_a_path_error(saved, tmp_path):
    """From whatever is saved."""
    for thing in saved.values():
        with pytest.raises(PathError, match="No such file"):
            thing.save(tmp_path / "no" / "f.svg")


PROGRAM = """
import sys, pathlib
from tests.saving.cases import made
folder = pathlib.Path(sys.argv[1])
for name, trace in made().items():
    for suffix in ("svg", "png", "pdf", "html", "dot"):
        options = {} if suffix in ("html", "dot") else {"legend": True, "width": "8.5cm", "theme": "print"}
        trace.save(folder / f"{name}.{suffix}", **options)
"""


def test_the_same_input_gives_the_same_bytes_in_every_process(tmp_path):
    """Whatever the hashes, the time zone, the language and the time."""
    for name, environment in (
        ("a", {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"}),
        ("b", {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "1700000000"}),
    ):
        (tmp_path / name).mkdir()
        command = [sys.executable, "-W", "ignore", "-c", PROGRAM, str(tmp_path / name)]
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        subprocess.run(command, check=True, cwd=ROOT, env=os.environ | environment | {"PYTHONPATH": path})
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert len(names) == 50
    different = [name for name in names if (tmp_path / "a" / name).read_bytes() != (tmp_path / "b" / name).read_bytes()]
    assert different == []


def test_a_new_format_is_one_file_and_one_row(monkeypatch, tmp_path):
    """As a newcomer would add it: everything that saves knows it, with its options."""
    import types

    plain = types.ModuleType("graphviz_ad.saving.words")

    def write(subject, options):
        story = subject.story(options)
        return "\n".join([story.title.text, *map(str, story.steps)]).encode()

    plain.write = write
    monkeypatch.setitem(sys.modules, "graphviz_ad.saving.words", plain)
    monkeypatch.setattr(
        formats, "FORMATS", (*FORMATS, formats.Format("words", (".words",), "words", frozenset({"at"})))
    )
    things = subjects()
    for name, thing in things.items():
        thing.save(tmp_path / f"{name}.words")
        assert (tmp_path / f"{name}.words").read_text().startswith("worked(x) = log(x²)")
    for name in ("film", "explorer"):
        things[name].save(tmp_path / f"{name}.words", at={"x": 1.0})
        told = (tmp_path / f"{name}.words").read_text().splitlines()[1:]
        assert told == [str(step) for step in gad.trace(worked, 1.0).steps()]
    with pytest.raises(InputError, match="takes no legend"):
        things["trace"].save(tmp_path / "f.words", legend=True)
    with pytest.raises(InputError, match=r" or \.words\."):
        things["trace"].save(tmp_path / "f.tex")
    things["explorer"].close()


def test_nothing_heavy_is_loaded_before_it_is_needed(tmp_path):
    """Saving SVG and pages loads neither resvg nor fpdf2 nor matplotlib."""
    program = (
        "import sys, numpy as np, graphviz_ad as gad\n"
        "t = gad.trace(np.sin, 1.0); t.save('f.svg', legend=True, width='8cm'); t.save('f.html')\n"
        "print(*{'resvg_py', 'fpdf', 'matplotlib', 'PIL', 'fontTools', 'IPython'} & set(sys.modules))"
    )
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")
