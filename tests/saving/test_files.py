"""Files are written whole or not at all."""

from __future__ import annotations

import builtins
import os
import stat
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import pytest

from graphviz_ad.errors import GraphvizAdError, InputError, PathError
from graphviz_ad.saving import files
from graphviz_ad.saving.files import write_file
from tests.interrupting import at_moment, instructions, interrupt

NEW = b"<svg/>\n"


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
def test_names_may_be_strings_or_paths(tmp_path, kind):
    """The path comes back."""
    assert write_file(kind(tmp_path / "a.svg"), NEW, "save") == tmp_path / "a.svg"
    assert (tmp_path / "a.svg").read_bytes() == NEW
    assert names(tmp_path) == ["a.svg"]


@pytest.mark.parametrize(
    "name",
    ["a.SVG", "a.b.svg", ".hidden.svg", "ä ∂.svg", "-o.svg", "a b.svg", "a", "\U0001f600" * 60 + ".svg"],
)
def test_unusual_names_are_written(tmp_path, name):
    """Whatever the file system takes."""
    write_file(tmp_path / name, NEW, "save")
    assert names(tmp_path) == [name]


def test_bytes_are_written_as_they_are(tmp_path):
    """Line ends, NUL and all."""
    content = bytes(range(256)) + b"\r\n\n"
    write_file(tmp_path / "a.png", content, "save")
    assert (tmp_path / "a.png").read_bytes() == content


@pytest.mark.parametrize("thing", [3, None, ["a.svg"], b"a.svg"], ids=repr)
def test_what_is_no_path(thing):
    """Its type is named."""
    with pytest.raises(InputError, match=f"expected a file name, got {type(thing).__name__}"):
        write_file(thing, NEW, "save")


def test_a_new_file_gets_the_usual_permissions(tmp_path, mask):
    """Those that open() gives."""
    write_file(tmp_path / "a.svg", NEW, "save")
    assert stat.S_IMODE((tmp_path / "a.svg").stat().st_mode) == 0o644


def test_a_new_file_obeys_a_strict_umask(tmp_path, mask):
    """Who keeps files private gets a private file; the umask of the process is not touched on the way."""
    os.umask(0o077)
    write_file(tmp_path / "a.svg", NEW, "save")
    assert stat.S_IMODE((tmp_path / "a.svg").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_an_existing_file_keeps_its_permissions(tmp_path, mask, mode):
    """Saving again does not make a private file public."""
    path = tmp_path / "a.svg"
    path.touch()
    path.chmod(mode)
    write_file(path, NEW, "save")
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_bytes() == NEW


def test_a_private_file_is_not_public_on_the_way(tmp_path, mask, monkeypatch):
    """Its temporary copy is private from the first byte."""
    path = tmp_path / "a.svg"
    path.touch(0o600)
    modes = []
    monkeypatch.setattr(os, "chmod", lambda name, mode: modes.append(stat.S_IMODE(Path(name).stat().st_mode)))
    write_file(path, NEW, "save")
    assert modes == [0o600]


def test_saving_replaces_an_existing_file(tmp_path):
    """Whole: nothing of a longer old text remains."""
    (tmp_path / "a.svg").write_text("x" * 10_000)
    write_file(tmp_path / "a.svg", NEW, "save")
    assert (tmp_path / "a.svg").read_bytes() == NEW


def test_the_file_appears_only_when_it_is_complete(tmp_path, monkeypatch):
    """It is written under another name in the same folder, then renamed."""
    seen = []
    replace = os.replace

    def watched(source, target):
        seen.append((Path(source).parent, Path(source).read_bytes(), Path(target).exists()))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    write_file(tmp_path / "a.svg", NEW, "save")
    assert seen == [(tmp_path, NEW, False)]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("call", ["replace", "chmod"])
def test_a_call_that_fails_leaves_nothing_behind(tmp_path, monkeypatch, error, call):
    """Neither the temporary file nor a changed old one."""
    (tmp_path / "a.svg").write_text("old")

    def failing(*args):
        raise error

    monkeypatch.setattr(os, call, failing)
    with pytest.raises(PathError if isinstance(error, OSError) else KeyboardInterrupt):
        write_file(tmp_path / "a.svg", NEW, "save")
    assert names(tmp_path) == ["a.svg"]
    assert (tmp_path / "a.svg").read_text() == "old"


def test_an_interrupt_as_soon_as_the_file_exists_leaves_nothing_behind(tmp_path, monkeypatch):
    """The moment between making the file and knowing that it is there."""
    opened = builtins.open

    def interrupted(*args, **options):
        opened(*args, **options).close()
        assert len(names(tmp_path)) == 1
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "open", interrupted, raising=False)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "a.svg", NEW, "save")
    assert names(tmp_path) == []


def test_an_interrupt_at_any_line_leaves_the_old_file_or_the_new_one(tmp_path):
    """Every line of the writer is interrupted once, in a process of its own."""
    program = """
        import pathlib, sys
        from graphviz_ad.saving import files
        folder = pathlib.Path(sys.argv[1])
        lines, own = 0, files.__file__
        def interrupting(at):
            count = 0
            def tracer(frame, event, argument):
                nonlocal count
                if frame.f_code.co_filename != own:
                    return None
                if event == "line" and not unwinding:
                    count += 1
                    if count == at:
                        unwinding.append(1)
                        raise KeyboardInterrupt
                return tracer
            unwinding = []
            return tracer, lambda: count
        at = 1
        while True:
            (folder / "a.svg").write_bytes(b"old")
            tracer, counted = interrupting(at)
            sys.settrace(tracer)
            try:
                files.write_file(folder / "a.svg", b"new", "save")
                sys.settrace(None)
                break
            except KeyboardInterrupt:
                sys.settrace(None)
            assert [path.name for path in folder.iterdir()] == ["a.svg"], (at, list(folder.iterdir()))
            assert (folder / "a.svg").read_bytes() in (b"old", b"new"), at
            at += 1
        print(at)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stderr == ""
    assert int(done.stdout) > 10


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("no/such/a.svg", "No such file or directory"),
        ("taken.svg", "Is a directory"),
        ("file/a.svg", "Not a directory"),
        ("x" * 300 + ".svg", "File name too long"),
        ("a\0.svg", "NUL"),
        ("loop.svg", "Symlink loop|Too many levels"),
    ],
    ids=["missing directory", "a directory", "a file in between", "too long", "NUL", "a loop of links"],
)
def test_places_that_cannot_be_written(tmp_path, monkeypatch, name, expected):
    """The path and the reason are said; it is an OSError, too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.svg").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "loop.svg").symlink_to(tmp_path / "pool.svg")
    (tmp_path / "pool.svg").symlink_to(tmp_path / "loop.svg")
    before = names(tmp_path)
    with pytest.raises(PathError, match=expected) as caught:
        write_file(name, NEW, "save")
    assert isinstance(caught.value, OSError)
    assert isinstance(caught.value, GraphvizAdError)
    assert names(tmp_path) == before


def test_a_directory_that_cannot_be_written(tmp_path, monkeypatch):
    """A refusal of the system is told as one (root may write anywhere, so it is staged)."""

    def refused(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(PathError, match="Permission denied"):
        write_file(tmp_path / "a.svg", NEW, "save")
    assert names(tmp_path) == []


def test_a_link_stays_a_link_and_what_it_points_to_is_replaced(tmp_path):
    """In the folder of the file itself, which may be on another disk than the link."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "real.svg").write_text("old")
    (tmp_path / "link.svg").symlink_to(tmp_path / "folder" / "real.svg")
    write_file(tmp_path / "link.svg", NEW, "save")
    assert (tmp_path / "link.svg").is_symlink()
    assert (tmp_path / "folder" / "real.svg").read_bytes() == NEW
    assert names(tmp_path / "folder") == ["real.svg"]


def test_the_current_directory_is_the_default(tmp_path, monkeypatch):
    """A bare name is written here."""
    monkeypatch.chdir(tmp_path)
    assert write_file("a.svg", NEW, "save") == Path("a.svg")
    assert names(tmp_path) == ["a.svg"]


@pytest.mark.filterwarnings("ignore:Exception ignored in.*FileIO:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("call", ["replace", "chmod"])
def test_a_second_interrupt_at_any_moment_of_cleaning_up_leaves_nothing_behind(tmp_path, monkeypatch, call):
    """People press Ctrl-C until something happens."""
    (tmp_path / "a.svg").write_text("old")

    def failing(*args):
        raise KeyboardInterrupt

    def save():
        with suppress(KeyboardInterrupt):
            write_file(tmp_path / "a.svg", NEW, "save")

    monkeypatch.setattr(os, call, failing)
    for moment in range(instructions(save)):
        with pytest.raises(KeyboardInterrupt):
            at_moment(moment, interrupt, lambda: write_file(tmp_path / "a.svg", NEW, "save"))
        assert names(tmp_path) == ["a.svg"]
        assert (tmp_path / "a.svg").read_text() == "old"
