"""Files are written whole or not at all."""

from __future__ import annotations

import builtins
import errno
import os
import stat
import subprocess
import sys
import textwrap
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import GraphvizAdError, InputError, PathError
from graphviz_ad.saving import files
from graphviz_ad.saving.files import place, write_file
from graphviz_ad.saving.formats import save
from graphviz_ad.saving.options import Options
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


@pytest.mark.parametrize("target", ["real.svg", "folder/real.svg", "../real.svg"])
def test_a_relative_link_is_read_from_where_it_stands(tmp_path, monkeypatch, target):
    """Not from the current directory, and whether or not there is a file yet."""
    (tmp_path / "here" / "folder").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here" / "link.svg").symlink_to(target)
    monkeypatch.chdir(tmp_path / "elsewhere")
    for content in (NEW, b"again"):
        write_file(Path("../here/link.svg"), content, "save")
        assert (tmp_path / "here" / target).read_bytes() == content
    assert (tmp_path / "here" / "link.svg").is_symlink()
    assert names(tmp_path / "elsewhere") == []


def test_a_link_into_a_folder_that_does_not_exist(tmp_path):
    """There is nothing to write it into, and the link stays."""
    (tmp_path / "link.svg").symlink_to("no/such/real.svg")
    with pytest.raises(PathError, match="No such file"):
        write_file(tmp_path / "link.svg", NEW, "save")
    assert (tmp_path / "link.svg").is_symlink()


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path):
    """Whoever reads it gets the bytes."""
    os.mkfifo(tmp_path / "a.svg")
    (tmp_path / "link.svg").symlink_to("a.svg")
    for name in ("a.svg", "link.svg"):
        writer = threading.Thread(target=write_file, args=(tmp_path / name, NEW, "save"))
        writer.start()
        assert (tmp_path / "a.svg").read_bytes() == NEW
        writer.join()
    assert stat.S_ISFIFO((tmp_path / "a.svg").stat().st_mode)
    assert names(tmp_path) == ["a.svg", "link.svg"]


def test_the_null_device_swallows_what_is_written(tmp_path):
    """Also through a link; it stays a device."""
    (tmp_path / "a.svg").symlink_to(os.devnull)
    write_file(tmp_path / "a.svg", NEW, "save")
    write_file(os.devnull, NEW, "save")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_a_device_that_is_full_is_told(tmp_path):
    """What the system says when the last byte is handed over."""
    with pytest.raises(PathError, match="No space left"):
        write_file("/dev/full", NEW, "save")


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link.svg"])
@pytest.mark.parametrize("kind", ["pipe", "file", "end of a file"])
def test_standard_output_gets_the_bytes_after_what_was_printed(tmp_path, name, kind):
    """Whether it is a pipe, a file, or a file that is written on."""
    (tmp_path / "link.svg").symlink_to("/dev/stdout")
    program = (
        "import sys; from graphviz_ad.saving.files import write_file\n"
        "print('before'); write_file(sys.argv[1], b'whole\\n', 'save'); print('after')"
    )
    out = tmp_path / "out.txt"
    out.write_bytes(b"old\n")
    with open(out, "ab" if kind == "end of a file" else "wb") as file:
        done = subprocess.run(
            [sys.executable, "-c", program, name],
            stdout=subprocess.PIPE if kind == "pipe" else file,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
    assert done.stderr == b""
    written = done.stdout if kind == "pipe" else out.read_bytes()
    assert written == b"old\n" * (kind == "end of a file") + b"before\nwhole\nafter\n"
    assert names(tmp_path) == ["link.svg", "out.txt"]


def test_a_file_with_two_names_keeps_both(tmp_path):
    """Putting a new file in its place would leave the old one under the other name."""
    (tmp_path / "a.svg").write_text("old and longer than the new one")
    os.link(tmp_path / "a.svg", tmp_path / "b.svg")
    write_file(tmp_path / "a.svg", NEW, "save")
    assert (tmp_path / "b.svg").read_bytes() == NEW
    assert (tmp_path / "a.svg").samefile(tmp_path / "b.svg")


@pytest.fixture
def owners(monkeypatch):
    """Let the file that is there belong to somebody else, and return what is asked of chown."""
    asked = []
    status = Path.stat

    def other(path, **options):
        told = status(path, **options)
        if path.name != "a.svg":
            return told
        return os.stat_result([*told[:4], told.st_uid + 7, told.st_gid + 8, *told[6:]])

    monkeypatch.setattr(Path, "stat", other)
    monkeypatch.setattr(os, "chown", lambda *arguments: asked.append(arguments))
    return asked


def test_a_file_keeps_its_owner(tmp_path, owners):
    """Where that may be given away, before it has the name."""
    (tmp_path / "a.svg").touch()
    own = os.stat(tmp_path / "a.svg")
    write_file(tmp_path / "a.svg", NEW, "save")
    assert [arguments[1:] for arguments in owners] == [(own.st_uid + 7, own.st_gid + 8)]
    assert (tmp_path / "a.svg").read_bytes() == NEW


def test_a_file_whose_owner_cannot_be_kept_is_written_into(tmp_path, owners, monkeypatch):
    """It is the same file, then."""

    def refused(*arguments):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refused)
    (tmp_path / "a.svg").write_text("old")
    own = os.stat(tmp_path / "a.svg").st_ino
    write_file(tmp_path / "a.svg", NEW, "save")
    assert os.stat(tmp_path / "a.svg").st_ino == own
    assert (tmp_path / "a.svg").read_bytes() == NEW
    assert names(tmp_path) == ["a.svg"]


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV, errno.EROFS])
def test_a_file_that_nothing_can_take_the_place_of_is_written_into(tmp_path, monkeypatch, code):
    """In a directory that is read-only, or mounted alone; on Windows while another program reads it."""

    def refused(source, target):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "replace", refused)
    (tmp_path / "a.svg").write_text("old and longer than the new one")
    write_file(tmp_path / "a.svg", NEW, "save")
    assert (tmp_path / "a.svg").read_bytes() == NEW
    assert names(tmp_path) == ["a.svg"]
    with pytest.raises(PathError):
        write_file(tmp_path / "b.svg", NEW, "save")
    assert names(tmp_path) == ["a.svg"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=repr)
def test_a_file_that_could_not_be_written_into_is_as_it_was(tmp_path, monkeypatch, error):
    """What it held is put back."""
    (tmp_path / "a.svg").write_text("old")
    os.link(tmp_path / "a.svg", tmp_path / "b.svg")
    fill = files._fill

    def halfway(file, content):
        fill(file, content[:2])
        if content == NEW:
            raise error

        fill(file, content)

    monkeypatch.setattr(files, "_fill", halfway)
    with pytest.raises(PathError if isinstance(error, OSError) else KeyboardInterrupt):
        write_file(tmp_path / "a.svg", NEW, "save")
    assert (tmp_path / "b.svg").read_text() == "old"


def test_a_write_protected_file_is_left_alone(tmp_path, monkeypatch):
    """Whoever protected it meant it (root may write anywhere, so it is staged)."""
    (tmp_path / "a.svg").write_text("old")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PathError, match="write-protected"):
        write_file(tmp_path / "a.svg", NEW, "save")
    assert (tmp_path / "a.svg").read_text() == "old"


def test_on_windows_a_file_that_another_program_holds_is_told_with_the_way_out(tmp_path, monkeypatch):
    """Neither can anything take its place, nor can it be written into."""

    def held(*args, **kwargs):
        raise PermissionError(13, "Access is denied")

    (tmp_path / "a.svg").write_text("old")
    monkeypatch.setattr(files.sys, "platform", "win32")
    monkeypatch.setattr(os, "replace", held)
    monkeypatch.setattr(files, "_fill", held)
    with pytest.raises(PathError, match="Access is denied; close the program that has it open"):
        write_file(tmp_path / "a.svg", NEW, "save")


class Wandering:
    """What is saved, and changes the directory while its story is told."""

    own = Options()

    def __init__(self, elsewhere):
        self.elsewhere = elsewhere

    def story(self, options):
        """Go away, as a person's function may."""
        os.chdir(self.elsewhere)
        return gad.trace(np.sin, 0.5).story


def test_a_name_means_the_place_it_had_when_saving_began(tmp_path, monkeypatch):
    """Though the directory changes while the file is made."""
    (tmp_path / "here").mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    save(Wandering(tmp_path / "elsewhere"), "a.dot")
    assert names(tmp_path / "here") == ["a.dot"]
    assert names(tmp_path / "elsewhere") == []


def test_a_directory_that_is_gone_is_told(tmp_path, monkeypatch):
    """A whole path still works."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(PathError, match=r"the current directory is gone .* give the whole path"):
        save(Wandering(tmp_path), "a.dot")
    save(Wandering(tmp_path), tmp_path / "a.dot")
    assert names(tmp_path) == ["a.dot"]
    assert place(tmp_path / "a.dot", "save") == tmp_path / "a.dot"


def test_a_path_through_a_folder_that_does_not_exist_is_none(tmp_path):
    """As the system has it, also where it leads out again."""
    with pytest.raises(PathError, match="No such file"):
        write_file(tmp_path / "missing" / ".." / "a.svg", NEW, "save")
    assert names(tmp_path) == []
