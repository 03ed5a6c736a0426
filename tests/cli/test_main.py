"""The command line: what it accepts, what it writes, and how it refuses."""

from __future__ import annotations

import inspect
import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.cli import main as cli
from graphviz_ad.cli.arguments import HELP, UsageError, read_arguments
from graphviz_ad.cli.grammar import FUNCTIONS
from graphviz_ad.engine.primitive import UFUNCS
from graphviz_ad.saving.formats import FORMATS, suffixes

ROOT = Path(__file__).resolve().parents[2]
FORMULA = "log(x**2)*sin(x) + 1/x"


class Picture:
    """Stands for a Film or a Trace: remembers what was asked for and writes a line."""

    def __init__(self, kind, f, *args, **options):
        self.kind, self.f, self.args, self.options = kind, f, args, options
        self.progress = options.pop("progress", None)

    def save(self, path, **looks):
        """Write something."""
        self.looks = looks
        Path(path).write_text(self.kind)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Work in an empty directory, with no window to open a browser in."""
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    modules = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - modules:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]


@pytest.fixture
def asked(here, monkeypatch):
    """Replace film and trace by stand-ins, and return the list of what was asked of them."""
    calls = []

    def stand_in(kind):
        def call(f, /, *args, **options):
            options = {**dict(zip(inspect.signature(f).parameters, args, strict=False)), **options}
            calls.append(Picture(kind, f, **options))
            return calls[-1]

        return call

    monkeypatch.setattr(gad, "film", stand_in("film"), raising=False)
    monkeypatch.setattr(gad, "trace", stand_in("trace"), raising=False)
    return calls


def refusal(capsys, *arguments, code=2):
    """Run the command, which must fail without a traceback and without output, and return its sentence."""
    before = set(Path.cwd().iterdir())
    assert cli.main(arguments) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("graphviz-ad: ")
    assert "Traceback" not in captured.err
    assert {path for path in set(Path.cwd().iterdir()) - before if path.name != "__pycache__"} == set()
    return captured.err[len("graphviz-ad: ") :].rstrip("\n")


# -- words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["-x**2", "--x", "-3:3"],
        ["--x", "-3:3", "-x**2"],
        ["--x=-3:3", "-x**2"],
        ["--slider", "x=-3:3", "-x**2"],
        ["--x", "-3:3", "--", "-x**2"],
    ],
)
def test_a_leading_minus_is_no_option(arguments):
    """Formulas and ranges that begin with a minus reach the program."""
    request = read_arguments(arguments)
    assert (request.target, request.sliders) == ("-x**2", {"x": "-3:3"})


def test_a_leading_double_minus():
    """After --, or where it cannot be an option, even a formula that begins with two."""
    assert read_arguments(["--x", "0:1", "--", "--x"]).target == "--x"
    assert read_arguments(["--x**2", "--x", "0:1"]).target == "--x**2"


def test_all_options():
    """Every option of the help is read."""
    words = ["f:g", "--x", "0:1", "--y=2", "--at", "x=.5, y=max(1,2)", "--at", "z==1", "-o", "a.svg", "--no-open"]
    request = read_arguments(words)
    assert request.sliders == {"x": "0:1", "y": "2"}
    assert request.at == {"x": ".5", "y": "max(1,2)", "z": "=1"}
    assert (request.output, request.opens) == ("a.svg", False)
    assert read_arguments(["f", "--output=b.svg", "--open"]).output == "b.svg"
    assert read_arguments(["f", "--open"]).opens is True


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "there is nothing to differentiate"),
        (["x", "+", "1"], 'in quotes; did you mean "x . 1"'),
        (["x", "--x"], "--x needs a range LOW:HIGH after it"),
        (["x", "--outptu"], "Did you mean '--output'?"),
        (["x", "-o"], "-o needs a file name after it"),
        (["x", "-o", "a.svg", "--output", "b.svg"], "one file at a time"),
        (["x", "--x", "0:1", "--x", "0:2"], "--x gives x twice: 0:1 and 0:2"),
        (["x", "--at", "2"], "--at needs NAME=VALUE, for example --at x=2, got '2'"),
        (["x", "--slider", "0:1"], "--slider needs NAME=VALUE"),
        (["x", "--open=yes"], "--open takes no value"),
    ],
)
def test_words_that_cannot_be_followed(words, sentence):
    """A missing or repeated value is told in a sentence."""
    with pytest.raises(UsageError, match=sentence):
        read_arguments(words)


def test_help_and_version(capsys):
    """--help and --version print and succeed, wherever they stand; every example of the help can be read."""
    assert cli.main(["--help"]) == cli.main(["x", "-h"]) == 0
    out = capsys.readouterr().out
    assert out == HELP * 2
    assert max(map(len, HELP.splitlines())) <= 120
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("graphviz-ad ")


@pytest.mark.parametrize("step", ["inf", "nan", "1e400", "1.5"])
def test_a_step_that_is_no_number_of_a_step(step, tmp_path, capsys):
    """Is a mistake of the command line, and not of ours."""
    assert cli.main(["sin(x)", "--at", "x=1", "-o", str(tmp_path / "a.svg"), "--step", step]) == 2
    assert "step" in capsys.readouterr().err


def test_the_help_lists_the_functions_of_the_registry():
    """Every elementwise primitive that is not written with a sign, in the order of the rules, and no other."""
    listed = HELP.partition("and NumPy's")[2].partition(".\n")[0].split()
    with_signs = {"add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "neg", "pos"}
    elementwise = [p for p in UFUNCS.values() if p.elementwise and p.operator not in with_signs]
    assert listed == [p.operator or p.name for p in elementwise] + ["where", "clip", "round", "sinc"]
    assert listed == list(FUNCTIONS)
    assert {"abs", "sqrt", "log10", "arctan", "maximum", "sign"} <= set(listed)


# -- what is asked of the library -----------------------------------------------------------------------------


def test_a_formula_makes_a_film(asked, capsys):
    """A formula with a range becomes a film, saved where -o says."""
    assert cli.main([FORMULA, "--x", "0.5:3", "--at", "x=2", "-o", "out.html"]) == 0
    (film,) = asked
    assert (film.kind, film.options) == ("film", {"x": (0.5, 3.0), "at": {"x": 2.0}})
    assert film.f.expression == FORMULA
    assert callable(film.progress)
    assert Path("out.html").read_text() == "film"
    assert capsys.readouterr().out == f"wrote {Path('out.html').resolve()}\n"


def test_fixed_values(asked):
    """A number instead of a range, or --at alone, keeps a variable where it is."""
    assert cli.main(["a*x + b", "--x", "-3:3:0.1", "--a", "-2", "--at", "b=pi", "-o", "out.html"]) == 0
    assert asked[0].options == {"x": (-3.0, 3.0, 0.1), "a": -2.0, "b": np.pi}


def test_names_of_options(asked):
    """A variable whose name is an option, here or of film, has a slider too."""
    assert cli.main(["at*theme", "--slider", "at=0:1", "--theme", "0:2", "-o", "out.html"]) == 0
    assert asked[0].options == {"inputs": {"at": (0.0, 1.0), "theme": (0.0, 2.0)}}


@pytest.mark.parametrize("suffix", suffixes())
def test_a_point_makes_a_picture(asked, suffix):
    """With --at and no range a trace is saved, in any of the formats."""
    assert cli.main([FORMULA, "--at", "x=2", "-o", f"out{suffix}"]) == 0
    (trace,) = asked
    assert (trace.kind, trace.options) == ("trace", {"x": 2.0})


def test_how_a_file_looks_is_passed_on(asked):
    """Theme, width, scale, step and legend are options of the file."""
    words = ["--theme", "print", "--width=8.5cm", "--scale", "3", "--step", "-1", "--legend"]
    assert cli.main([FORMULA, "--at", "x=2", "-o", "out.png", *words]) == 0
    assert asked[0].looks == {"theme": "print", "width": "8.5cm", "scale": 3.0, "step": -1, "legend": True}


def test_when_a_page_shows_it_and_whether_it_asks_is_what_a_film_is_made_with(asked, capsys):
    """And what the page of a point is saved with."""
    words = ["--reveal", "steps", "--quiz"]
    assert cli.main([FORMULA, "--x", "0:1", "-o", "out.html", *words]) == 0
    assert (asked[0].options, asked[0].looks) == ({"x": (0.0, 1.0), "reveal": "steps", "quiz": True}, {})
    assert cli.main([FORMULA, "--at", "x=2", "-o", "out.html", *words]) == 0
    assert (asked[1].options, asked[1].looks) == ({"x": 2.0}, {"reveal": "steps", "quiz": True})
    assert cli.main([FORMULA, "--x", "0:1", "--reveal", "later", "-o", "out.html"]) == 2
    assert "unknown reveal 'later'; expected 'all' or 'steps'" in capsys.readouterr().err
    assert cli.main([FORMULA, "--at", "x=2", "-o", "out.svg", "--quiz"]) == 2
    assert "a .svg file takes no quiz; .html does" in capsys.readouterr().err
    assert cli.main([FORMULA, "--x", "0:1", "--quiz", "--mode", "both", "-o", "out.html"]) == 2
    assert "--mode: a quiz asks in one mode" in capsys.readouterr().err
    assert cli.main(["lab", "--quiz"]) == 2
    assert "lab does not know --quiz" in capsys.readouterr().err


def test_how_much_a_page_says_is_passed_on(asked, capsys):
    """An option of pages alone."""
    assert cli.main([FORMULA, "--x", "0:1", "--detail", "beginner", "-o", "out.html"]) == 0
    assert asked[0].looks == {"detail": "beginner"}
    assert cli.main([FORMULA, "--x", "0:1", "--detail", "all", "-o", "out.html"]) == 2
    assert "unknown detail 'all'; expected 'beginner', 'standard' or 'expert'" in capsys.readouterr().err
    assert cli.main([FORMULA, "--at", "x=1", "--detail", "expert", "-o", "out.svg"]) == 2


def test_a_variable_comes_before_an_option_of_its_name(asked):
    """A function of `scale` has a slider for it."""
    assert cli.main(["x*scale", "--x", "0:3", "--scale", "5", "-o", "out.png"]) == 0
    assert asked[0].options == {"x": 2.0, "scale": 5.0}
    assert asked[0].looks == {}


def test_an_ending_in_capitals_is_the_same_ending(asked):
    """As it is for `save`."""
    assert cli.main([FORMULA, "--at", "x=2", "-o", "OUT.SVG"]) == 0
    assert asked[0].kind == "trace"


def test_the_help_lists_every_format():
    """It reads the table."""
    for row in FORMATS:
        assert " ".join(row.suffixes) in HELP
        assert row.words in HELP


def test_a_picture_of_a_range(asked):
    """Where a picture has a range but no point, it is drawn where a film would start."""
    assert cli.main(["x*y", "--x", "0:3", "--y", "5", "-o", "out.svg"]) == 0
    assert asked[0].options == {"x": 2.0, "y": 5.0}


def test_demo(asked, capsys):
    """The demo is the sine over one period; it is written here and says where."""
    assert cli.main(["demo", "--no-open"]) == 0
    assert asked[0].options == {"x": (-np.pi, np.pi)}
    assert asked[0].f.expression == "sin(x)"
    assert capsys.readouterr().out == f"wrote {Path('sin.html').resolve()}\n"


def test_the_browser_is_opened_where_there_is_one(asked, capsys, monkeypatch):
    """Without -o the page is opened; without a window it says how; -o and --no-open leave it closed."""
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda uri: opened.append(uri) or True)
    if sys.platform not in ("win32", "darwin"):
        assert cli.main(["demo"]) == 0
        assert f"open {Path('sin.html').resolve().as_uri()} in one" in capsys.readouterr().out
        monkeypatch.setenv("DISPLAY", ":0")
    assert opened == []
    assert cli.main(["demo"]) == cli.main(["demo", "--no-open"]) == cli.main(["demo", "-o", "a.html"]) == 0
    assert opened == [Path("sin.html").resolve().as_uri()]
    assert cli.main(["demo", "-o", "a.html", "--open"]) == 0
    assert len(opened) == 2


MODEL = """\
import numpy as np
from helper import two

def loss(x, scale=1.0):
    return two * np.sin(x) * scale

class Model:
    @staticmethod
    def energy(x, /):
        return x * x

number = 3

def broken(x):
    raise ValueError("no good")

def leaves(x):
    raise SystemExit(3)
"""


@pytest.fixture
def model(here):
    """Write a module and its neighbour into the directory, and another one below."""
    folder = here / "below"
    folder.mkdir()
    for place in (here, folder):
        (place / "helper.py").write_text("two = 2.0\n")
    (here / "gad_model.py").write_text(MODEL)
    (folder / "gad_other.py").write_text(MODEL)
    (here / "gad_wrong.py").write_text("import gad_missing_neighbour\n")
    (here / "gad_syntax.py").write_text("x = 1\ndef f(:\n")
    (here / "gad_exits.py").write_text("import sys\nsys.exit(3)\n")
    return here


@pytest.mark.parametrize("where", ["gad_model", "gad_model.py", "below/gad_other.py", "below.gad_other"])
def test_functions_of_modules_and_files(asked, model, where):
    """module:function and file.py:function are found from the current directory, with their neighbours."""
    before = list(sys.path)
    assert cli.main([f"{where}:loss", "--x", "-pi:pi", "--no-open"]) == 0
    assert asked[0].options == {"x": (-np.pi, np.pi)}
    assert asked[0].f(0.0) == 0.0
    assert Path("loss.html").exists()
    assert sys.path == before


@pytest.mark.parametrize("where", ["kit/model.py", "kit.model", "plain/model.py", "kit/deep/inner.py"])
def test_a_file_of_a_package_may_ask_for_its_neighbours_there(asked, here, where):
    """With ``from .helper import ...``, in a package of any depth, with or without ``__init__.py``."""
    for folder in ("kit", "plain", "kit/deep"):
        (here / folder).mkdir()
        (here / folder / "helper.py").write_text("two = 2.0\n")
        (here / folder / "model.py").write_text("from .helper import two\n\ndef loss(x):\n    return two * x\n")
    for folder in ("kit", "kit/deep"):
        (here / folder / "__init__.py").write_text("")
    (here / "kit/deep/inner.py").write_text("from ..helper import two\n\ndef loss(x):\n    return two * x\n")
    assert cli.main([f"{where}:loss", "--at", "x=3", "-o", "out.svg"]) == 0
    assert asked[0].f(3.0) == 6.0
    for name in [name for name in sys.modules if name.partition(".")[0] in ("kit", "plain")]:
        del sys.modules[name]


@pytest.mark.parametrize(("more", "way"), [("net = Net()\n", "net.loss"), ("", "such as net = Net(...), and write")])
def test_a_method_without_its_object_is_told_how_to_get_one(here, capsys, more, way):
    (here / "gad_net.py").write_text(f"class Net:\n    def loss(self, w):\n        return w * w\n{more}")
    said = refusal(capsys, "gad_net:Net.loss", "--at", "w=1", "-o", "out.svg")
    assert "Net.loss is a method, and needs an object of Net" in said
    assert way in said
    assert "gad_net:net.loss" in said
    if more:
        assert cli.main(["gad_net:net.loss", "--at", "w=1", "-o", "out.svg"]) == 0


def test_positional_only_parameters(asked, model):
    """Parameters without a keyword are passed by position; NumPy's own functions work."""
    assert cli.main(["gad_model:Model.energy", "--at", "x=3", "-o", "out.svg"]) == 0
    assert asked[0].options == {"x": 3.0}
    assert cli.main(["numpy:sin", "--x", "-pi:pi", "-o", "out.html"]) == 0
    assert asked[1].f is np.sin


# -- refusals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["sin(x)", "x=0:1"], "a range is given as --x 0:1"),
        (["demos"], "Did you mean 'demo'?"),
        ([FORMULA], "x has no range: add --x LOW:HIGH"),
        (["x*at", "--x", "0:1"], "at has no range: add --slider at=LOW:HIGH"),
        ([FORMULA, "-o", "out.svg"], "x has no value: add --at x=VALUE"),
        (["x*y", "--x", "0:1"], "y has no range: add --y LOW:HIGH"),
        (["2 + 2"], "there is no variable in it, so there is nothing to differentiate by"),
        ([FORMULA, "--x", "3:-3"], "--x: column 1: the range is reversed; write -3:3"),
        ([FORMULA, "--x", "0:y"], "--x: column 3: this must be a number, and 'y' has no value here"),
        ([FORMULA, "--x", "--y"], "--x: column 3: this must be a number"),
        ([FORMULA, "--x", "0:1", "--y", "0:1"], "unknown option --y: f has the variable x."),
        ([FORMULA, "--x", "0:1", "--ouput", "a.svg"], "Did you mean '--output'?"),
        ([FORMULA, "--X", "0:1"], "unknown option --X: f has the variable x."),
        ([FORMULA, "--x", "0:1", "--at", "y=1"], "--at y: f has the variable x."),
        ([FORMULA, "--x", "0:1", "--at", "x=2"], "--at x=2 lies outside its range 0:1"),
        ([FORMULA, "--x", "1", "--at", "x=2"], "x is given twice: --x 1 and --at x=2"),
        ([FORMULA, "--x", "0:1", "-o", "out.xyz"], "the suffix '.xyz' is not known; write a file that ends in .svg"),
        ([FORMULA, "--x", "0:1", "-o", "a.svg", "--scale", "3"], "a .svg file takes no scale; .png does"),
        ([FORMULA, "--x", "0:1", "-o", "a.html", "--theme", "drak"], "Did you mean 'dark'?"),
        ([FORMULA, "--x", "0:1", "-o", "a.html", "--theme", "print"], "has no theme 'print'; .svg, .png and .pdf do"),
        ([FORMULA, "--x", "0:1", "-o", "a.pdf", "--width", "8ells"], "width has the unit 'ells'; expected one of cm"),
        ([FORMULA, "--x", "0:1", "-o", "a.png", "--step", "2.5"], "step must be an integer"),
        ([FORMULA, "--x", "0:1", "-o", "out.htm"], "Did you mean '.html'?"),
        ([FORMULA, "--x", "0:1", "-o", "out"], "'out' has no suffix"),
        ([FORMULA, "--x", "0:1", "-o", "no/where/out.svg"], "there is no directory"),
        ([FORMULA, "--x", "0:1", "-o", "a" * 5000 + ".svg"], ""),
        ([FORMULA, "--x", "0:1", "-o", "a\0.svg"], "NUL"),
        (["sine(x)", "--x", "0:1"], "column 1: there is no function 'sine'; did you mean sin?"),
        (["__import__('os').system('touch oops')"], "column 1: a dot after a name or call is not allowed"),
        (["x\udcff", "--x", "0:1"], "column 2: the character U+DCFF"),
        (["numpy.sin", "--x", "0:1"], "'numpy.sin' is not a formula; for a function write numpy:sin"),
        (["model.py", "--x", "0:1"], "for a function write model.py:FUNCTION"),
        (["gad_model:", "--x", "0:1"], "is not MODULE:FUNCTION"),
        ([":sin", "--x", "0:1"], "is not MODULE:FUNCTION"),
        (["gad_nothing:f", "--x", "0:1"], "there is no module 'gad_nothing'"),
        (["nothing.py:f", "--x", "0:1"], "there is no file nothing.py"),
        (["..:f", "--x", "0:1"], "is not the name of a module"),
        (["gad_model:los", "--x", "0:1"], "gad_model has no function 'los'. Did you mean 'loss'?"),
        (["gad_model:number", "--x", "0:1"], "gad_model:number is not a function but of type int"),
        (["gad_model:loss", "--y", "0:1"], "unknown option --y: loss has the variables x, scale."),
    ],
)
def test_a_wrong_command_line_is_told_in_a_sentence(model, asked, capsys, words, sentence):
    """Exit code 2, a sentence with the way out, no traceback and no file."""
    assert sentence in refusal(capsys, *words)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["gad_wrong:f"], "importing gad_wrong failed: ModuleNotFoundError: No module named 'gad_missing_neighbour'"),
        (["gad_syntax:f"], "importing gad_syntax failed: SyntaxError"),
        (["gad_exits:f"], "importing gad_exits failed: SystemExit: 3"),
    ],
)
def test_a_module_that_cannot_be_imported(model, asked, capsys, words, sentence):
    """An exception in the user's module is the function's failure, with its file and line."""
    message = refusal(capsys, *words, "--x", "0:1", code=1)
    assert sentence in message
    assert ", line " in message


@pytest.mark.parametrize("words", [["--x", "0:1"], ["--at", "x=1", "-o", "out.svg"]])
@pytest.mark.parametrize(("name", "said"), [("broken", "ValueError: no good"), ("leaves", "SystemExit: 3")])
def test_a_function_that_raises(model, capsys, monkeypatch, words, name, said):
    """Exit code 1, with the user's line and not ours."""
    for kind in ("film", "trace"):
        monkeypatch.setattr(gad, kind, lambda f, *args, progress=None, **options: f(1.0), raising=False)
    line = 1 + MODEL.splitlines().index(f"def {name}(x):") + 1
    message = refusal(capsys, f"gad_model:{name}", *words, code=1)
    assert message == f"{name} failed: {said} ({model / 'gad_model.py'}, line {line})"


def test_what_cannot_be_written(asked, here, capsys, monkeypatch):
    """A directory in the way, a directory that may not be written to, a disk that is full."""
    (here / "taken.svg").mkdir()
    assert "is a directory" in refusal(capsys, "x", "--at", "x=1", "-o", "taken.svg")
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert "is not writable" in refusal(capsys, "x", "--at", "x=1", "-o", "a.svg")
    monkeypatch.undo()
    monkeypatch.chdir(here)
    monkeypatch.setattr(gad, "trace", lambda f, *args, **options: Picture("trace", f), raising=False)

    def full(self, path):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Picture, "save", full)
    assert "cannot write a.svg: No space left on device" in refusal(capsys, "x", "--at", "x=1", "-o", "a.svg")


def test_interruption(asked, capsys, monkeypatch):
    """Ctrl-C ends with the shell's code for it and without a traceback."""

    def interrupted(self, path):
        raise KeyboardInterrupt

    monkeypatch.setattr(Picture, "save", interrupted)
    assert "interrupted" in refusal(capsys, "x", "--x", "0:1", code=130)


# -- progress -------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        """Say so."""
        return True


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_long_work_shows_progress(monkeypatch, stream):
    """Work that lasts tells on stderr how far it is, and tidies up after itself on a terminal."""
    stderr = stream()
    monkeypatch.setattr("sys.stderr", stderr)
    with cli.Progress("sampling", after=0.01) as progress:
        progress(45, 201)
        deadline = time.monotonic() + 10
        while "sampling" not in stderr.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert "graphviz-ad: sampling 45 of 201 (0 s)" in stderr.getvalue()
    assert stderr.getvalue().endswith("\r" if stderr.isatty() else "\n")


def test_short_work_is_silent(asked, capsys):
    """What takes less than a second prints nothing on stderr."""
    assert cli.main(["demo", "--no-open"]) == 0
    assert capsys.readouterr().err == ""


# -- the real thing -------------------------------------------------------------------------------------------


def without_progress(said):
    """Return what was said on stderr, but for how long it took."""
    return re.sub(r"graphviz-ad: .* \(\d+ s\)\s*", "", said)


def run(directory, *arguments):
    """Run the command as a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "graphviz_ad", *arguments],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


@pytest.mark.parametrize(
    ("words", "marks"),
    [
        ([FORMULA, "--x", "0.5:3", "-o", "out.html"], ["<!doctype html>", "</html>"]),
        ([FORMULA, "--at", "x=2", "-o", "out.html"], ["<!doctype html>", "</html>"]),
        ([FORMULA, "--x", "0.5:3", "--at", "x=2", "-o", "out.svg"], ["<svg", "1.760554", "0.0823954", "</svg>"]),
        ([FORMULA, "--at", "x=2", "-o", "out.dot"], ["digraph"]),
        (["-x**2", "--x", "-3:3", "-o", "out.html"], ["<!doctype html>"]),
        (["numpy:sin", "--x", "-pi:pi", "-o", "out.html"], ["<!doctype html>"]),
        (["1/x + log(x) + x**9**9", "--x", "-1:1:0.5", "-o", "out.html"], ["<!doctype html>"]),
        (["1/x", "--at", "x=0", "-o", "out.svg"], ["<svg", "∞"]),
    ],
)
def test_files_are_written(here, words, marks):
    """The command writes what it promises, and nothing else."""
    done = run(here, *words)
    assert (done.returncode, without_progress(done.stderr)) == (0, "")
    (written,) = here.iterdir()
    assert done.stdout == f"wrote {written.resolve()}\n"
    text = written.read_text(encoding="utf-8")
    assert [mark for mark in marks if mark.lower() not in text.lower()] == []


def test_the_demo_is_small(here):
    """The page of the sine is one file of at most 130 kB."""
    done = run(here, "demo", "--no-open")
    assert (done.returncode, without_progress(done.stderr)) == (0, "")
    assert 10_000 < (here / "sin.html").stat().st_size <= 130_000


def test_a_process_that_fails(here):
    """Codes and sentences arrive in the shell."""
    done = run(here, FORMULA)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "graphviz-ad: x has no range: add --x LOW:HIGH\n"
    (here / "bad.py").write_text("def f(x):\n    raise ValueError('no good')\n")
    done = run(here, "bad:f", "--at", "x=1", "-o", "out.svg")
    assert done.returncode == 1
    assert "no good" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (here / "out.svg").exists()


# -- the directory, the streams, and the words of a keyboard ---------------------------------------------------------

IMPORTED_BY_PYTHON = "import runpy, sys; print(*[name for name in sys.modules if '.' not in name])"
LIBRARIES = {"numpy", "matplotlib", "graphviz", "fpdf", "resvg_py", "PIL", "graphviz_ad_widgets", "IPython", "pandas"}


@pytest.fixture(scope="module")
def trap(tmp_path_factory):
    """Return a directory with files called as modules of Python and of libraries; whichever is run leaves a mark."""
    folder = tmp_path_factory.mktemp("trap")
    before = subprocess.run([sys.executable, "-c", IMPORTED_BY_PYTHON], capture_output=True, text=True, cwd="/").stdout
    for name in (sys.stdlib_module_names | LIBRARIES) - set(before.split()):
        (folder / f"{name}.py").write_text(
            f"open({str(folder / 'ran')!r}, 'a').write('{name} ')\nraise SystemExit(9)\n"
        )
    (folder / "html.py").write_text(
        "import numpy as np, dataclasses\nfrom gad_two import two\n\n"
        "@dataclasses.dataclass\nclass Point:\n    x: float\n\n"
        "def loss(x):\n    import colorsys, json, gad_two\n    return two * np.sin(x) + json.loads('0')\n"
    )
    (folder / "gad_model.py").write_text((folder / "html.py").read_text())
    (folder / "gad_two.py").write_text("two = 2.0\n")
    return folder


SCRIPT = "import sys; sys.path.pop(0); from graphviz_ad.cli.main import main; main()"  # its own folder comes first


@pytest.mark.parametrize("command", [["-m", "graphviz_ad"], ["-c", SCRIPT]])
@pytest.mark.parametrize(
    ("words", "suffix"),
    [
        (["sin(x)", "--x", "0:1"], ".html"),
        *[(["sin(x)", "--at", "x=1"], suffix) for suffix in suffixes()],
        *[([f"{where}:loss", "--at", "x=1"], ".pdf") for where in ("gad_model", "gad_model.py", "html", "html.py")],
        (["demo"], ".html"),
    ],
)
def test_nothing_of_the_directory_takes_the_place_of_a_module(trap, tmp_path, command, words, suffix):
    """Not for a formula, and for a function only what it asks for itself."""
    file = tmp_path / f"out{suffix}"
    done = subprocess.run(
        [sys.executable, *command, *words, "-o", str(file), "--no-open"], capture_output=True, text=True, cwd=trap
    )
    progress = "graphviz-ad: drawing "  # said of what takes longer than a second
    assert [line for line in done.stderr.splitlines() if not line.startswith(progress)] == []
    assert done.returncode == 0
    assert file.stat().st_size > 200
    assert not (trap / "ran").exists()


def test_another_program_that_is_run_as_a_module_keeps_its_directory(tmp_path):
    """Only our own command leaves it."""
    (tmp_path / "gad_program.py").write_text("import graphviz_ad, sys\nimport gad_neighbour\nprint(sys.path[0])\n")
    (tmp_path / "gad_neighbour.py").touch()
    done = subprocess.run([sys.executable, "-m", "gad_program"], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout == f"{tmp_path}\n"


def test_a_module_of_the_directory_comes_before_one_that_is_installed(asked, here):
    """For it was named; what is found elsewhere under its name keeps that name."""
    (here / "graphviz.py").write_text("def loss(x):\n    return x\n")
    import graphviz

    assert cli.main(["graphviz:loss", "--x", "0:1", "--no-open"]) == 0
    assert sys.modules["graphviz"] is graphviz


def test_a_module_whose_attributes_raise_is_asked_no_further(asked, here, capsys):
    """What it has is found, and what it has not is told."""
    (here / "gad_lazy.py").write_text(
        "def __getattr__(name):\n    raise RuntimeError(name)\n\ndef loss(x):\n    return x\n"
    )
    assert cli.main(["gad_lazy:loss", "--x", "0:1", "--no-open"]) == 0
    capsys.readouterr()
    (here / "f.html").unlink(missing_ok=True)
    assert "gad_lazy has no function 'los'. Did you mean 'loss'?" in refusal(capsys, "gad_lazy:los", "--x", "0:1")


@pytest.mark.parametrize("path", ["C:\\models\\model.py", "C:/models/model.py", "C:\\model.py"])
def test_the_colon_of_a_drive_is_not_that_of_a_function(here, capsys, path):
    """The way out is the whole path with a function after it."""
    assert refusal(capsys, path, "--x", "0:1").endswith(f"names no function; write {path}:FUNCTION")


@pytest.mark.parametrize("name", ["con", "NUL", "com1", "aux"])
def test_a_function_that_is_called_like_a_device_of_windows_still_gets_a_file(asked, here, name):
    """There the name stands for the device, whatever its suffix."""
    (here / "gad_devices.py").write_text(f"def {name}(x):\n    return x\n")
    assert cli.main([f"gad_devices:{name}", "--x", "0:1", "--no-open"]) == 0
    assert (here / f"{name}_.html").exists()


def test_a_function_that_changes_the_directory_does_not_move_its_file(here, tmp_path_factory):
    """It is written where the command was typed."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (here / "gad_goes.py").write_text(f"import os\ndef f(x):\n    os.chdir({str(elsewhere)!r})\n    return x * x\n")
    assert cli.main(["gad_goes:f", "--at", "x=1", "-o", "a.dot"]) == 0
    os.chdir(here)
    assert (here / "a.dot").exists()
    assert list(elsewhere.iterdir()) == []


def test_a_formula_needs_no_current_directory(here, capsys, tmp_path_factory):
    """Only a file name without one does."""
    file = tmp_path_factory.mktemp("elsewhere") / "a.dot"
    gone = here / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    assert cli.main(["x*x", "--at", "x=1", "-o", str(file)]) == 0
    assert file.exists()
    os.chdir(here)


@pytest.mark.parametrize("sign", ["\u00b5", "\u03bc"])
@pytest.mark.parametrize(
    "option", [["--{}", "0:1"], ["--slider", "{}=0:1"], ["--{}=0:1"], ["--x", "0:1", "--at", "{}=1"]]
)
def test_the_letter_of_a_keyboard_is_the_letter_of_the_formula(asked, sign, option):
    """Python takes µ and μ for one name, so the command does."""
    formula = "x*\u00b5" if "--at" in option else "\u00b5**2"
    assert cli.main([formula, *(word.format(sign) for word in option), "--no-open"]) == 0
    assert "\u03bc" in {**asked[0].options, **asked[0].options.get("at", {})}


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["\u03b8**2", "--\u03b8", "0:1", "-o", "\u03b8\u2032.svg"],
        ["\u03b8**2", "--at", "\u03b8=1", "-o", "\u03b8\x1b[31m.dot"],
        ["gad_\u03b8:f\u2032", "--x", "0:1"],
        ["\u2202x", "--x", "0:1"],
        ["sin(\u03b8", "--\u03b8", "0:1"],
        ["sin(x)", "--\u03b8\u0304", "0:1"],
        ["sin(x)", "--at", "x=1", "-o", "no/where/\u03b8.svg"],
        ["lab", "\u2202"],
    ],
    ids=ascii,
)
def test_whatever_is_said_can_be_said_on_a_poor_console(here, words, encoding):
    """On both streams, and no path or name steers the terminal."""
    environment = {**os.environ, "PYTHONIOENCODING": f"{encoding}:strict", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-m", "graphviz_ad", *words], capture_output=True, cwd=here, env=environment)
    said = done.stdout.decode(encoding) + done.stderr.decode(encoding)
    assert "Traceback" not in said
    assert "UnicodeEncodeError" not in said
    assert "\x1b" not in said
    assert len(said) > 20


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("state", ["none", "closed", "pipe"])
@pytest.mark.parametrize("words", [["x*x", "--at", "x=1", "-o", "a.dot"], ["sin(x"], ["--help"], ["--version"]])
def test_nobody_has_to_listen(here, stream, state, words):
    """No streams, as under pythonw, closed ones, and a reader that has gone: the work is done, and its code is told."""
    program = "\n".join(
        [
            "import os, sys, graphviz_ad.cli.main as cli",
            "cli.Progress.__init__.__defaults__ = (0.0,)",
            {
                "none": f"sys.{stream} = None",
                "closed": f"sys.{stream}.close()",
                "pipe": f"r, w = os.pipe(); os.close(r); os.dup2(w, sys.{stream}.fileno())",
            }[state],
            "code = cli.main(sys.argv[1:])",
            "os._exit(code)",
        ]
    )
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, cwd=here)
    assert done.returncode == (2 if words == ["sin(x"] else 0)
    assert "Traceback" not in done.stderr
    assert (here / "a.dot").exists() == ("a.dot" in words)


def test_standard_output_gets_the_file_and_nothing_else(here):
    """Through a link that has a suffix."""
    (here / "out.dot").symlink_to("/dev/stdout")
    done = subprocess.run(
        [sys.executable, "-m", "graphviz_ad", "x*x", "--at", "x=1", "-o", "out.dot"], capture_output=True, cwd=here
    )
    assert done.stdout.startswith(b"digraph")
    assert done.stdout.rstrip().endswith(b"}")


class TestOrders:
    """``orders`` shows a function beside its derivatives."""

    def test_it_is_written_as_a_page_or_as_a_picture(self, here, capsys):
        """By default as a page of a name of its own; the number is given either way."""
        assert cli.main(["orders", "x*exp(x)", "--x", "1", "--no-open"]) == 0
        assert (here / "f-orders.html").read_bytes().startswith(b"<!doctype html>")
        assert cli.main(["orders", "x*exp(x)", "--at", "x=1", "--upto", "3", "--theme", "dark", "-o", "o.svg"]) == 0
        picture = (here / "o.svg").read_text(encoding="utf-8")
        assert "f″′" in picture
        assert 'fill="#13161a"' in picture
        assert "wrote" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["--x", "1", "--step", "3"], "orders takes no --step; it takes --upto, --theme, --width and --scale"),
            (["--x", "1", "--mode", "both"], "orders takes no --mode"),
            (["--x", "1", "--legend"], "orders takes no --legend"),
            (["--x", "1", "--upto", "7"], "--upto is the last derivative that is drawn: 1, 2 or 3, got '7'"),
            (["--x", "1", "-o", "o.json"], "no story for a program to read"),
            ([], "x has no value: add --at x=VALUE"),
        ],
    )
    def test_what_it_does_not_take_is_said(self, here, capsys, words, said):
        """With a way out, and nothing is written."""
        assert cli.main(["orders", "x*x", *words]) == 2
        assert said in capsys.readouterr().err
        assert list(here.iterdir()) == []

    def test_several_variables_are_too_many(self, here, capsys):
        """The way out works."""
        assert cli.main(["orders", "a*x", "--x", "1", "--a", "2"]) == 2
        assert "but here are x, a; write the numbers of the others into the formula" in capsys.readouterr().err
        assert cli.main(["orders", "2*x", "--x", "1", "-o", "o.svg"]) == 0

    def test_a_variable_may_have_that_name(self, asked):
        """Alone it is a formula."""
        assert cli.main(["orders", "--orders", "0:1", "-o", "out.html"]) == 0
        assert asked[0].kind == "film"


class TestMode:
    """``--mode forward`` tells the tangents, in films and in pictures."""

    def test_a_film_and_a_picture_are_asked_for_both_modes(self, asked):
        """The variable that has a range moves; of a picture the only one."""
        assert cli.main([FORMULA, "--x", "0.5:3", "--mode", "both", "-o", "out.html"]) == 0
        assert asked[0].options["mode"] == "both"
        assert cli.main([FORMULA, "--x", "2", "--mode", "both", "-o", "out.svg"]) == 0
        assert asked[1].looks == {"mode": "both", "tangents": {"x": 1.0}}

    def test_a_film_is_asked_for_forward_mode(self, asked):
        """The looks of the page are left as they are."""
        assert cli.main([FORMULA, "--x", "0.5:3", "--mode", "forward", "-o", "out.html"]) == 0
        assert asked[0].options["mode"] == "forward"
        assert asked[0].looks == {}

    @pytest.mark.parametrize(
        ("words", "tangents"),
        [
            ([FORMULA, "--at", "x=2"], {"x": 1.0}),
            (["x*y", "--x", "1:2", "--at", "y=3"], {"x": 1.0}),
            (["x*y", "--y", "1:2", "--x", "3"], {"y": 1.0}),
        ],
        ids=["only one", "range", "other range"],
    )
    def test_the_variable_that_moves_is_the_one_with_a_range_or_the_only_one(self, asked, words, tangents):
        """All others stay; other looks go along."""
        assert cli.main([*words, "--mode=forward", "-o", "out.svg", "--step", "3"]) == 0
        assert asked[0].looks == {"mode": "forward", "tangents": tangents, "step": 3}

    @pytest.mark.parametrize("output", ["out.svg", "out.html"])
    def test_two_that_could_move_are_refused_with_a_way_out_that_works(self, asked, capsys, output):
        """A sweep forward follows one of them."""
        ranges = ["--x", "1:2", "--y", "1:2"] if output == "out.html" else ["--at", "x=1,y=2"]
        assert cli.main(["x*y", *ranges, "--mode", "forward", "-o", output]) == 2
        said = capsys.readouterr().err
        assert "one variable moves while the others stay, but here are x, y" in said
        assert cli.main(["x*y", "--x", "0:1", "--y", "2", "--mode", "forward", "-o", output]) == 0

    def test_an_unknown_mode_is_refused_with_both(self, asked, capsys):
        """And the one that was meant."""
        assert cli.main([FORMULA, "--x", "1:2", "--mode", "foward"]) == 2
        assert "expected 'reverse', 'forward' or 'both'. Did you mean 'forward'?" in capsys.readouterr().err

    def test_a_variable_called_mode_comes_first(self, asked):
        """As of every look."""
        assert cli.main(["x*mode", "--x", "1:2", "--mode", "3", "-o", "out.html"]) == 0
        assert "mode" in asked[0].options["inputs"]

    def test_the_page_is_one_of_forward_mode(self, here):
        """No stand-in writes it."""
        assert cli.main([FORMULA, "--x", "0.5:3:0.5", "--mode", "forward", "-o", "out.html"]) == 0
        assert '"mode":"forward"' in Path("out.html").read_text(encoding="utf-8").replace(" ", "")
