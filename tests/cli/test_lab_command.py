"""`graphviz-ad lab`: the demo notebooks in a folder of the user's, and JupyterLab on them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from graphviz_ad.cli import lab
from graphviz_ad.cli import main as cli
from graphviz_ad.cli.arguments import UsageError, read_arguments

ROOT = Path(__file__).resolve().parents[2]
STEMS = (
    "0_start",
    "1_sin_cos",
    "2_step_by_step",
    "3_control_flow",
    "4_two_sliders",
    "5_predict",
    "6_second_derivative",
    "7_eight_bugs",
    "8_check_your_backward",
    "9_breakpoints",
)
NAMES = [f"{stem}.ipynb" for stem in STEMS]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return what JupyterLab would be started with, without starting it."""
    calls: list[list[str]] = []

    def run(module: str, **options: object) -> None:
        calls.append([module, *sys.argv[1:]])
        raise SystemExit(0)

    monkeypatch.setattr(sys, "argv", list(sys.argv))  # put back afterwards
    monkeypatch.setattr(lab.runpy, "run_module", run)
    return calls


def test_the_words_after_two_dashes_go_to_jupyterlab() -> None:
    """They are passed on as they are; a folder and --no-open are ours."""
    request = read_arguments(["lab", "-o", "lessons", "--no-open", "--", "--port", "9000", "-y"])
    assert (request.lab, request.output, request.opens) == (["--port", "9000", "-y"], "lessons", False)
    assert read_arguments(["lab"]).lab == []
    assert read_arguments(["--x", "0:1", "--", "lab"]).lab is None


@pytest.mark.parametrize(
    ("words", "strange"),
    [(["lab", "sin(x)"], "sin(x)"), (["lab", "--port", "9000"], "--port"), (["lab", "--at", "x=2"], "--at")],
)
def test_what_lab_does_not_know_is_named(words: list[str], strange: str) -> None:
    """With the way to say it to JupyterLab."""
    with pytest.raises(UsageError) as caught:
        read_arguments(words)
    assert str(caught.value).startswith(f"lab does not know {strange}; options of JupyterLab stand after --")


def test_the_notebooks_are_copied_and_opened(
    here: Path, started: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Into a folder of the current directory, with the sine first, and it says where."""
    assert cli.main(["lab", "--", "--port", "9000"]) == 0
    folder = here / "graphviz-ad-demos"
    assert sorted(path.name for path in folder.iterdir()) == NAMES
    for path in folder.iterdir():
        assert path.read_bytes() == (ROOT / "demos" / path.name).read_bytes()
    assert started == [["jupyterlab", str(folder / "0_start.ipynb"), "--ServerApp.answer_yes=True", "--port", "9000"]]
    assert capsys.readouterr().out.splitlines()[0] == f"the demo notebooks are in {folder}"


def test_changed_notebooks_are_kept(here: Path, started: list[list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    """A second time nothing of the user's is overwritten, and a lost one comes back."""
    assert cli.main(["lab", "-o", "lessons", "--no-open"]) == 0
    assert started[-1][-1] == "--no-browser"
    (here / "lessons" / "1_sin_cos.ipynb").write_text("my own work")
    (here / "lessons" / "4_two_sliders.ipynb").unlink()
    capsys.readouterr()
    assert cli.main(["lab", "-o", "lessons"]) == 0
    assert (here / "lessons" / "1_sin_cos.ipynb").read_text() == "my own work"
    assert (here / "lessons" / "4_two_sliders.ipynb").exists()
    assert capsys.readouterr().out.splitlines()[1] == "kept as you have changed them: 1_sin_cos.ipynb"


def test_without_jupyterlab_it_says_how_to_get_it(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sentence with the command to type, and nothing is copied."""
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: None)
    assert cli.main(["lab"]) == 2
    said = capsys.readouterr()
    assert said.err == (
        'graphviz-ad: lab needs JupyterLab, which is not installed here: pip install "graphviz-ad[lab]"\n'
    )
    assert list(here.iterdir()) == []


def test_a_folder_that_cannot_be_made(here: Path, started: list[list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    """A file in the way is named, and JupyterLab is not started."""
    (here / "taken").write_text("a file")
    assert cli.main(["lab", "-o", "taken"]) == 2
    assert "cannot write the demo notebooks to taken: File exists" in capsys.readouterr().err
    assert started == []


def test_where_this_directory_is_not_writable(
    here: Path, started: list[list[str]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A temporary folder is taken, and it says which."""
    monkeypatch.setattr("os.access", lambda path, mode: False)
    monkeypatch.setattr("tempfile.tempdir", str(here))
    assert cli.main(["lab"]) == 0
    (folder,) = here.iterdir()
    assert folder.name.startswith("graphviz-ad-demos-")
    assert str(folder) in capsys.readouterr().out
    assert sorted(path.name for path in folder.iterdir()) == NAMES


def get(url: str) -> bytes:
    """Return the answer of the server, or nothing while there is none."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bytes(answer.read())
    except (urllib.error.URLError, OSError):
        return b""


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a signal")
def test_it_really_serves_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    """In a new HOME the server answers with the notebooks, and one Ctrl-C ends it without a word of complaint."""
    folders = {
        word: str(tmp_path / word) for word in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    for folder in folders.values():
        Path(folder).mkdir()
    environment = os.environ | folders | {"PYTHONPATH": str(ROOT), "JUPYTER_TOKEN": "secret"}
    words = ["lab", "-o", "lessons", "--no-open", "--", "--port=0", "--ip=127.0.0.1", "--allow-root"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "graphviz_ad", *words],
            cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            # A shell's background job ignores Ctrl-C, and so would whatever it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
    try:
        told = tmp_path / "JUPYTER_RUNTIME_DIR" / f"jpserver-{process.pid}.json"
        deadline, listed = time.monotonic() + 120, b""
        while not listed and time.monotonic() < deadline and process.poll() is None:
            if told.exists() and told.read_text().endswith("}"):
                listed = get(json.loads(told.read_text())["url"] + "api/contents?token=secret")
            time.sleep(0.05)
        assert listed, (tmp_path / "log").read_text()
        assert sorted(entry["name"] for entry in json.loads(listed)["content"]) == NAMES
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert "Traceback" not in (tmp_path / "log").read_text()
