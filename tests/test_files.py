"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from graphviz_ad.errors import GraphvizAdError, InputError, PathError
from graphviz_ad.files import write_file

WRITERS = {".svg": lambda: "<svg/>\n", ".html": lambda: "é ∂ \U0001d453\n"}


def names(folder):
    """Return what is in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def mask():
    """Set the usual umask."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.parametrize("kind", [str, Path, os.fspath])
def test_the_suffix_chooses_the_writer(tmp_path, kind):
    """Names may be strings or paths; the path comes back."""
    assert write_file(kind(tmp_path / "a.svg"), WRITERS, "save") == tmp_path / "a.svg"
    assert (tmp_path / "a.svg").read_text() == "<svg/>\n"
    assert names(tmp_path) == ["a.svg"]


def test_only_the_chosen_writer_runs(tmp_path):
    """The others might be slow, or fail."""
    write_file(tmp_path / "a.svg", {**WRITERS, ".html": lambda: 1 / 0}, "save")
    assert names(tmp_path) == ["a.svg"]


@pytest.mark.parametrize("name", ["a.SVG", "a.b.svg", ".hidden.svg", "ä ∂.svg", "-o.svg", "a b.svg"])
def test_unusual_names_are_written(tmp_path, name):
    """The case of the suffix does not matter, nor what precedes it."""
    write_file(tmp_path / name, WRITERS, "save")
    assert names(tmp_path) == [name]


def test_text_is_utf8_with_plain_line_ends(tmp_path):
    """On every system the same bytes."""
    write_file(tmp_path / "a.html", WRITERS, "save")
    assert (tmp_path / "a.html").read_bytes() == "é ∂ \U0001d453\n".encode()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.pdf", r"'a.pdf'.*must end in .*\.svg"),
        ("a", r"'a'.*must end in"),
        ("a.", "must end in"),
        ("", "must end in"),
        (".svg", "must end in"),
        ("a.htm", r"Did you mean '\.html'\?"),
        ("a.svgg", r"Did you mean '\.svg'\?"),
        ("a.svg.gz", "must end in"),
    ],
)
def test_unknown_suffixes_are_refused(tmp_path, monkeypatch, name, expected):
    """The known ones are listed, the nearest is suggested, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=expected):
        write_file(name, WRITERS, "save")
    assert names(tmp_path) == []


def test_a_name_that_ends_in_a_slash_is_a_directory(tmp_path):
    """No file of that name is made, and the error is one of ours."""
    with pytest.raises(GraphvizAdError):
        write_file(f"{tmp_path}/a.svg/", WRITERS, "save")
    assert names(tmp_path) == []


@pytest.mark.parametrize("thing", [3, None, b"a.svg", ["a.svg"], True], ids=repr)
def test_what_is_no_path_is_refused(thing):
    """By its type."""
    with pytest.raises(InputError, match=f"expected a file name, got {type(thing).__name__}"):
        write_file(thing, WRITERS, "save")


def test_a_new_file_has_the_permissions_of_any_other(tmp_path, mask):
    """Not those of a temporary file, which only its owner may read."""
    write_file(tmp_path / "a.svg", WRITERS, "save")
    assert stat.S_IMODE((tmp_path / "a.svg").stat().st_mode) == 0o644


def test_a_stricter_umask_is_respected(tmp_path, mask):
    """Who keeps files private keeps these private."""
    os.umask(0o077)
    write_file(tmp_path / "a.svg", WRITERS, "save")
    assert stat.S_IMODE((tmp_path / "a.svg").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_an_existing_file_keeps_its_permissions(tmp_path, mask, mode):
    """Saving again does not make a private file public."""
    path = tmp_path / "a.svg"
    path.touch()
    path.chmod(mode)
    write_file(path, WRITERS, "save")
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_text() == "<svg/>\n"


def test_saving_replaces_an_existing_file(tmp_path):
    """Whole: nothing of a longer old text remains."""
    (tmp_path / "a.svg").write_text("x" * 10_000)
    write_file(tmp_path / "a.svg", WRITERS, "save")
    assert (tmp_path / "a.svg").read_text() == "<svg/>\n"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, InputError])
def test_a_writer_that_raises_leaves_the_old_file_alone(tmp_path, error):
    """And no temporary file."""
    (tmp_path / "a.svg").write_text("old")

    def writer():
        raise error("no")

    with pytest.raises(error):
        write_file(tmp_path / "a.svg", {".svg": writer}, "save")
    assert names(tmp_path) == ["a.svg"]
    assert (tmp_path / "a.svg").read_text() == "old"


def test_the_file_appears_only_when_it_is_complete(tmp_path, monkeypatch):
    """It is written under another name in the same folder, then renamed."""
    seen = []
    replace = os.replace

    def watched(source, target):
        seen.append((Path(source).parent, Path(source).read_text(), Path(target).exists()))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    write_file(tmp_path / "a.svg", WRITERS, "save")
    assert seen == [(tmp_path, "<svg/>\n", False)]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=repr)
def test_a_rename_that_fails_leaves_nothing_behind(tmp_path, monkeypatch, error):
    """Neither the temporary file nor a changed old one."""
    (tmp_path / "a.svg").write_text("old")

    def failing(source, target):
        raise error

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(PathError if isinstance(error, OSError) else KeyboardInterrupt):
        write_file(tmp_path / "a.svg", WRITERS, "save")
    assert names(tmp_path) == ["a.svg"]
    assert (tmp_path / "a.svg").read_text() == "old"


def test_text_that_cannot_be_encoded_leaves_nothing_behind(tmp_path):
    """A lone surrogate is an error of ours, but it does not half write."""
    with pytest.raises(UnicodeEncodeError):
        write_file(tmp_path / "a.svg", {".svg": lambda: "long enough" * 9000 + "\ud800"}, "save")
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("no/such/a.svg", "No such file or directory"),
        ("taken.svg", "Is a directory"),
        ("file/a.svg", "Not a directory"),
        ("x" * 300 + ".svg", "File name too long"),
        ("a\0.svg", "NUL"),
    ],
    ids=["missing directory", "a directory", "a file in between", "too long", "NUL"],
)
def test_places_that_cannot_be_written(tmp_path, monkeypatch, name, expected):
    """The path and the reason are said; it is an OSError, too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.svg").mkdir()
    (tmp_path / "file").touch()
    before = names(tmp_path)
    with pytest.raises(PathError, match=expected) as caught:
        write_file(name, WRITERS, "save")
    assert isinstance(caught.value, OSError)
    assert isinstance(caught.value, GraphvizAdError)
    assert names(tmp_path) == before


def test_a_directory_that_cannot_be_written(tmp_path, monkeypatch):
    """A refusal of the system is told as one (root may write anywhere, so it is staged)."""
    import tempfile

    def refused(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refused)
    with pytest.raises(PathError, match="Permission denied"):
        write_file(tmp_path / "a.svg", WRITERS, "save")
    assert names(tmp_path) == []


def test_a_link_to_a_file_stays_a_link_or_becomes_the_file(tmp_path):
    """Either way the name shows the new text and nothing else is in the folder."""
    (tmp_path / "real.svg").write_text("old")
    (tmp_path / "link.svg").symlink_to(tmp_path / "real.svg")
    write_file(tmp_path / "link.svg", WRITERS, "save")
    assert (tmp_path / "link.svg").read_text() == "<svg/>\n"
    assert names(tmp_path) == ["link.svg", "real.svg"]


def test_the_current_directory_is_the_default(tmp_path, monkeypatch):
    """A bare name is written here."""
    monkeypatch.chdir(tmp_path)
    assert write_file("a.svg", WRITERS, "save") == Path("a.svg")
    assert names(tmp_path) == ["a.svg"]
