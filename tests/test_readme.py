"""The README is true: its code runs, its commands exist, its picture and its promises hold."""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import re
import shlex
import sys
import tomllib
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.cli import main as cli
from graphviz_ad.cli.arguments import HELP, read_arguments
from graphviz_ad.engine.advice import numpy_name
from graphviz_ad.engine.making import MAKERS
from graphviz_ad.engine.primitive import FUNCTIONS, PRIMITIVES, UFUNCS
from graphviz_ad.engine.versions import WRITERS
from graphviz_ad.extend import temporary

mpl.use("Agg")

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


YOUNG = ("unstack", "astype", "matvec", "vecmat")  # NumPy has them since 2.1 or 2.2


def blocks(language):
    """Return the fenced blocks of a language, each with the number of its first line."""
    found = re.finditer(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    return [(TEXT.count("\n", 0, match.start()) + 2, match[1]) for match in found]


def commands():
    """Return the lines of the shell blocks."""
    return [line for _, block in blocks("sh") for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run all Python blocks in order, in one namespace, in an empty directory."""
    folder = tmp_path_factory.mktemp("readme")
    names = {"__name__": "__main__"}
    printed = io.StringIO()
    # What reads the source of a function sees the blocks, as in a file of the person's.
    linecache.cache[str(ROOT / "README.md")] = (len(TEXT), None, _only_code(), str(ROOT / "README.md"))
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed), temporary():
        for line, block in blocks("python"):
            # A block has the line numbers of the README, so that errors and sites point there.
            tree = ast.increment_lineno(ast.parse(block), line - 1)
            exec(compile(tree, str(ROOT / "README.md"), "exec"), names)
    import matplotlib.pyplot as plt

    plt.close("all")
    yield folder, names, printed.getvalue()
    linecache.cache.pop(str(ROOT / "README.md"), None)


def _only_code():
    """Return the lines of the README, empty where they are no Python."""
    lines = ["\n"] * (TEXT.count("\n") + 1)
    for first, block in blocks("python"):
        code = block.splitlines(keepends=True)
        lines[first - 1 : first - 1 + len(code)] = code
    return lines


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Work in an empty directory without a window, with a module to differentiate."""
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "mymodule.py").write_text("import numpy as np\n\ndef loss(x):\n    return np.sin(x) * x\n")
    yield tmp_path
    sys.modules.pop("mymodule", None)


def test_there_is_something_to_test():
    """Python and shell blocks were found."""
    assert len(blocks("python")) >= 3
    assert len(commands()) >= 5


def test_every_fence_is_closed_and_named():
    """A block without a language would not be tested."""
    fences = re.findall(r"^```(.*)$", TEXT, re.MULTILINE)
    assert len(fences) % 2 == 0
    assert set(fences[::2]) <= {"python", "sh", "text"}


def test_all_python_blocks_run(ran):
    """In order, in one namespace."""
    assert ran


def test_the_files_that_are_promised_are_written(ran):
    """And no others."""
    folder, _, _ = ran
    promised = set(re.findall(r'\.save\("([^"]+)"[,)]', "".join(block for _, block in blocks("python"))))
    assert promised
    assert {path.name for path in folder.iterdir()} == promised


def test_comments_behind_print_are_what_is_printed(ran):
    """An array, or a sentence, that stands in a comment is really printed."""
    _, _, printed = ran
    quoted = []
    for _, block in blocks("python"):
        for line in block.splitlines():
            if "print(" in line and "#" in line:
                comment = line.split("#", 1)[1].strip()
                if comment.startswith("["):
                    quoted.append(comment)
                elif comment.startswith('"'):
                    quoted.append(comment.strip('"'))
    assert quoted
    for text in quoted:
        assert text in printed


def test_the_numbers_of_the_transforms(ran):
    """Second derivative, value and slope, pullback, tangent and product are right."""
    _, names, _ = ran
    np.testing.assert_allclose([names["value"].shape, names["pullback"](np.ones(3))[0].shape], [(3,), (3,)])
    assert gad.grad(gad.grad(np.sin))(1.0) == -np.sin(1.0)
    assert (names["sine"], names["tangent"]) == (np.sin(1.0), 0.5 * np.cos(1.0))
    np.testing.assert_allclose(names["product"], [0, 6, 12])
    assert names["cubes"] == 3.0


def test_the_command_lines_are_understood():
    """Every `graphviz-ad` line has options that exist."""
    lines = [line for line in commands() if line.startswith("graphviz-ad ")]
    assert len(lines) >= 3
    for line in lines:
        request = read_arguments(shlex.split(line)[1:])
        assert request.target
        assert request.sliders or request.at


def test_the_command_lines_run(here, capsys):
    """Each writes its file and says where."""
    for line in commands():
        if line.startswith("graphviz-ad "):
            words = shlex.split(line)[1:]
            assert cli.main(words) == 0, capsys.readouterr().err
            said = capsys.readouterr().out
            path = Path(re.search(r"^wrote (.*)$", said, re.MULTILINE)[1])
            assert path.is_file()
            assert path.parent == here
            if "-o" in words:
                assert path.name == words[words.index("-o") + 1]


def test_the_demo_command_writes_the_explorer_of_the_sine(here, capsys):
    """It prints where it is."""
    assert any(line.rstrip().endswith("graphviz-ad demo") for line in commands())
    assert cli.main(["demo"]) == 0
    said = capsys.readouterr().out
    assert str(here / "sin.html") in said
    assert (here / "sin.html").stat().st_size <= 130_000


def test_the_two_commands_are_one_line_each():
    """One runs the main job, the other the tests; both start from a bare Python."""
    lines = [line for line in commands() if "-m venv" in line]
    assert len(lines) == 2
    assert lines[0].endswith("graphviz-ad demo")
    assert lines[1].endswith("-m pytest -n 2 --dist loadfile --no-loadscope-reorder")
    for line in lines:
        assert line.startswith("python3 -m venv .venv && .venv/bin/pip install -q ")


def test_the_extras_that_are_named_exist():
    """Test and peers."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = set(re.findall(r"\.\[(\w+)\]", TEXT))
    assert named
    assert named <= set(project["optional-dependencies"])
    assert project["requires-python"] == f">={re.search(r'Python (3[.][0-9]+) or newer', TEXT)[1]}"


def test_links_and_pictures_exist():
    """Nothing points into the void."""
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", TEXT) if "://" not in target]
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


def test_the_modules_that_are_named_exist():
    """`python -m tests.benchmarks` is there."""
    for module in re.findall(r"-m (tests\.\w+)", TEXT):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_what_is_said_to_be_recorded_is_recorded():
    """Every function of the list works on a Variable."""
    listed = re.search(r"and NumPy's (.*?)\.\sValues", TEXT, re.DOTALL)[1]
    names = re.findall(r"[a-z_.0-9]+", listed.replace(" and ", " "))
    assert len(names) > 30
    x = gad.Variable(np.array([0.25, 0.5]))
    special = {
        "maximum": lambda f: f(x, 0.3), "minimum": lambda f: f(x, 0.3), "where": lambda f: f(x.value > 0.3, x, 0.0),
        "dot": lambda f: f(x, x), "matmul": lambda f: f(x, x), "reshape": lambda f: f(x, (2, 1)),
        "broadcast_to": lambda f: f(x, (3, 2)), "stack": lambda f: f([x, x]), "concatenate": lambda f: f([x, x]),
        "linalg.inv": lambda f: f(x[:1, None]), "linalg.det": lambda f: f(x[:1, None]),
        # Rearrangements
        **dict.fromkeys(("expand_dims", "rollaxis", "take", "delete"), lambda f: f(x[None], 0)),
        **dict.fromkeys(("swapaxes", "moveaxis"), lambda f: f(x[None], 0, 1)),
        **dict.fromkeys(("fliplr", "rot90", "diagonal"), lambda f: f(x[None])),
        **dict.fromkeys(("atleast_1d",), lambda f: f(x[0])),
        **dict.fromkeys(("roll", "tile", "repeat", "resize", "pad", "append"), lambda f: f(x, 1)),
        **dict.fromkeys(("split", "array_split", "hsplit", "vsplit", "dsplit"), lambda f: f(x[:, None, None], 1)[0]),
        **dict.fromkeys(("unstack", "meshgrid", "broadcast_arrays"), lambda f: f(x)[0]),
        **dict.fromkeys(("hstack", "vstack", "dstack", "column_stack", "block"), lambda f: f([x, x])),
        "take_along_axis": lambda f: f(x, np.array([1]), 0), "choose": lambda f: f([1], x),
        "select": lambda f: f([x > 0.3], [x]), "insert": lambda f: f(x, 0, 1.0), "astype": lambda f: f(x, np.float32),
        "quantile": lambda f: f(x, 0.3), "percentile": lambda f: f(x, 30), "partition": lambda f: f(x, 1),
        "clip": lambda f: f(x, 0.3, 0.4), "interp": lambda f: f(x, [0.0, 1.0], [1.0, 3.0]),
        **dict.fromkeys(("hypot", "arctan2", "logaddexp", "logaddexp2", "fmax", "fmin"), lambda f: f(x, 0.3)),
        "arccosh": lambda f: f(x + 1),
        **dict.fromkeys(("copysign", "float_power", "fmod", "heaviside"), lambda f: f(x, 0.3)),
        "linalg.solve": lambda f: f(np.eye(2), x), "einsum": lambda f: f("i,i", x, x),
        **dict.fromkeys(("inner", "outer", "vdot", "kron", "convolve", "correlate", "linalg.outer"), lambda f: f(x, x)),
        **dict.fromkeys(("cross", "linalg.cross"), lambda f: f(x[:1][[0, 0, 0]], [1.0, 2.0, 3.0])),
        "bincount": lambda f: f([0, 1], x), "histogramdd": lambda f: f(np.eye(2), weights=x)[0],
        "histogram": lambda f: f([0, 1], weights=x)[0], "histogram2d": lambda f: f([0, 1], [1, 0], weights=x)[0],
        "matvec": lambda f: f(x[None], x), "vecmat": lambda f: f(x, x[:, None]), "unique_all": lambda f: f(x)[0],
        **dict.fromkeys(("unique_counts", "unique_inverse"), lambda f: f(x)[0]),
        **dict.fromkeys(("union1d", "intersect1d", "setdiff1d", "setxor1d"), lambda f: f(x, [0.25])),
        "linalg.matrix_power": lambda f: f(x[:1, None], 2), "polyval": lambda f: f(x, 2.0),
        **dict.fromkeys(("linalg.vecdot", "vecdot", "linalg.matmul"), lambda f: f(x, x)),
        **dict.fromkeys(("linalg.diagonal", "linalg.matrix_norm"), lambda f: f(x[None])),
        "linalg.lstsq": lambda f: f(x[None], [1.0])[0],
        **{name: lambda f: f(x[:1, None])[1] for name in ("linalg.slogdet", "linalg.eigh", "linalg.qr", "linalg.svd")},
        "linalg.eig": lambda f: f(x[:1, None])[1], "linalg.eigvals": lambda f: f(x[:1, None]),
        **{name: lambda f: f(x[:1, None]) for name in ("linalg.cholesky", "linalg.eigvalsh", "linalg.svdvals")},
        "linalg.pinv": lambda f: f(x[:1, None]), "tensordot": lambda f: f(x, x, 1),
        "linalg.multi_dot": lambda f: f([x[None], x]),
        **dict.fromkeys(("trace", "linalg.trace"), lambda f: f(x[None])),
        **dict.fromkeys(("modf", "frexp"), lambda f: f(x)[0]), "ldexp": lambda f: f(x, 2),
        "divmod": lambda f: f(x, 0.3)[1], "piecewise": lambda f: f(x, [x.value > 0.3], [np.sin, 2.0]),
        **dict.fromkeys(("linspace", "geomspace", "logspace"), lambda f: f(0.5, x, 3)),
        **dict.fromkeys(("compress", "extract"), lambda f: f([1, 0], x)),
        "matrix_transpose": lambda f: f(x[None]), "lib.stride_tricks.sliding_window_view": lambda f: f(x, 2),
        **dict.fromkeys(("polyadd", "polysub", "polymul"), lambda f: f(x, x)), "polydiv": lambda f: f(x, x)[0],
        "polyfit": lambda f: f([1.0, 2.0], x, 1), "linalg.tensorinv": lambda f: f(x[:1, None]),
        "linalg.tensorsolve": lambda f: f(x[:1, None], [1.0]), "linalg.cond": lambda f: f(x[None]),
        "apply_along_axis": lambda f: f(np.sum, 0, x), "apply_over_axes": lambda f: f(np.sum, x, 0),
        "nanquantile": lambda f: f(x, 0.3), "nanpercentile": lambda f: f(x, 30),
        **dict.fromkeys(("fft.fft2", "fft.ifft2", "fft.rfft2", "fft.irfft2"), lambda f: f(x[None])),
    }  # fmt: skip
    for name in names:
        if name in ("unstack", "astype", "matvec", "vecmat") and not hasattr(
            np, name
        ):  # NumPy has them since 2.1 or 2.2
            continue
        function = np
        for part in name.split("."):
            function = getattr(function, part)
        made = special.get(name, lambda f: f(x))(function)
        assert isinstance(made, gad.Variable), name


def test_the_error_that_is_quoted_is_the_error(tmp_path, monkeypatch):
    """Word for word, but for file, line and line breaks."""
    (quoted,) = (block for _, block in blocks("text") if block.startswith("LeakError"))
    monkeypatch.chdir(tmp_path)
    lesson = tmp_path / "lesson.py"
    lesson.write_text("import math\ndef f(x):\n" + "\n" * 9 + "    return math.exp(x)\n")
    names = {}
    exec(compile(lesson.read_text(), "lesson.py", "exec", dont_inherit=True), names)
    with pytest.raises(gad.GraphvizAdError) as caught:
        gad.trace(names["f"], 1.0)
    said = f"{type(caught.value).__name__}: {caught.value}"
    assert " ".join(said.split()) == " ".join(quoted.split())


def test_the_readme_agrees_with_the_help():
    """The same examples."""
    for line in commands():
        if line.startswith("graphviz-ad "):
            assert shlex.split(line)[1] in HELP or "module" in line


def test_the_readme_lists_what_is_recorded():
    """Exactly what the registry has: primitives by their NumPy names, what answers a function by the function's."""
    (paragraph,) = re.findall(r"^`\+ - \* / .*?Values,\sdtypes", TEXT, re.MULTILINE | re.DOTALL)
    operators, functions = paragraph.split("and NumPy's")
    signs = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**"}
    signs |= {"matmul": "@", "neg": "-", "pos": "+", "abs": "abs"}
    written = {sign for quoted in re.findall("`([^`]+)`", operators) for sign in quoted.split()}
    assert written == {signs[primitive.operator] for primitive in PRIMITIVES.values() if primitive.operator}
    listed = set(re.findall(r"[\w.]+", functions.replace(" and ", ", ").partition("Values")[0])) - {"."}
    recorded = {function: handler for function, handler in FUNCTIONS.items() if function not in {**MAKERS, **WRITERS}}
    primary = {handler: numpy_name(function) for function, handler in reversed(recorded.items())}  # np.amax is np.max
    ufuncs = {p.name for p in UFUNCS.values() if not p.operator or p.name == "matmul"}
    since = {
        name for name in ("unstack", "astype", "matvec", "vecmat") if not hasattr(np, name)
    }  # NumPy has them since 2.1 or 2.2
    assert {name.strip(".") for name in listed} - since == ufuncs | set(primary.values())


def test_the_backward_pass_that_is_shown_has_the_slip_that_is_told(ran):
    """The line is named, and how it is right."""
    report = next(one for one in ran[1].values() if isinstance(one, gad.hand_checking.BackwardReport))
    assert not report.ok
    assert (report.first_wrong.slip, report.first_wrong.remedy) == ("wrong-operand", "dz = 1 - h**2")
