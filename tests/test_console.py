"""What is printed can be printed: on consoles with few letters, and without steering a terminal."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import textwrap
import unicodedata
from pathlib import Path

import pytest

from graphviz_ad.console import escaped, printable, prints, visible

ROOT = Path(__file__).resolve().parents[1]


def console(encoding):
    """Return a stream of an encoding."""
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("f′(x) = −2 · x²", "f'(x) = -2 * x^2"),
        ("v̄₁₂ = ∂v₃/∂x", "v12_bar = dv3/dx"),
        ("l̅o̅s̅s̅ and ū", "loss_bar and u_bar"),
        ("v̇₁₂ = 2ẋ + lȯss", "v12_dot = 2x_dot + loss_dot"),
        ("x²⁰ + x⁻¹ + xᵀ", "x^20 + x^-1 + x^T"),
        ("√x ≤ ∞, x ≠ y", "sqrt x <= inf, x != y"),
        ("Σ x, [8×3] × W", "sum x, [8x3] * W"),
        ("⌊a/b⌋ and ‖x‖", "floor(a/b) and ||x||"),
        ("θ, Λ, µ and \u03bc", "theta, Lambda, mu and mu"),
        ("日本 é", "\\u65e5\\u672c \\xe9"),
        ("plain, line\nand tab\t", "plain, line\nand tab\t"),
    ],
)
def test_mathematics_is_written_in_ascii_where_there_is_nothing_else(text, plain):
    """So that it can still be read."""
    assert printable(text, console("ascii")) == plain


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "cp850", "latin-1", "koi8-r", "shift_jis", "gbk"])
def test_every_character_can_be_printed_on_every_console(encoding):
    """All of the basic plane, lone surrogates too."""
    for first in range(0, 0x10000, 64):
        printable("".join(map(chr, range(first, first + 64))), console(encoding)).encode(encoding)


def test_what_a_console_has_is_left_as_it_is():
    """The console of Windows has some signs, and UTF-8 has them all."""
    assert printable("x² · µ × 2 … é", console("cp1252")) == "x² · µ × 2 … é"
    assert printable("x²⁰", console("cp1252")) == "x^20"
    text = "v̄₃ = −θ · ∂f′ 日本 \u2009👩\u200d💻"
    for stream in (console("utf-8"), console("utf-16"), io.StringIO(), object()):
        assert printable(text, stream) == text


def test_streams_that_cannot_tell_their_encoding():
    """A codec that does not exist, and a stream that was taken apart."""

    class Odd:
        encoding = "no such codec"

    class Detached:
        @property
        def encoding(self):
            raise ValueError("underlying buffer has been detached")

    for stream in (Odd(), Detached()):
        assert printable("f′", stream) == "f′"


@pytest.mark.parametrize("character", ["\x1b", "\r", "\0", "\x7f", "\x9b", "\u061c", "\u200e", "\u202e", "\u2066"])
def test_what_steers_a_terminal_or_turns_text_around_is_seen_as_its_escape(character):
    """Also where the console has it."""
    assert visible(f"a{character}b") == f"a{character!r}b".replace("'", "")
    assert printable(f"a{character}b", console("utf-8")) == visible(f"a{character}b")


def test_nothing_that_formats_or_controls_is_left():
    """By Python's own table of characters; words of languages need the joiners."""
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    left = {c for c in visible(everything) if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert left == set("\n\t\u200c\u200d")


def test_a_path_is_escaped_and_not_rewritten():
    """Another file would be named."""
    assert escaped("θ²/ü.svg", console("latin-1")) == "\\u03b8²/ü.svg"
    assert escaped("θ²\x1b", console("utf-8")) == "θ²\\x1b"


def test_a_class_that_prints_inherits_what_it_does_not_say():
    """Only its own methods are changed."""

    @prints
    class Named:
        def __str__(self):
            return "\u202e"

    assert str(Named()) == "\\u202e"
    assert Named.__repr__ is object.__repr__


PROGRAM = """
import numpy as np, graphviz_ad as gad, pathlib, pickle, copy
from graphviz_ad import extend
def f(θ, W):
    s = np.sum(θ**2 * np.sqrt(np.abs(W)))
    if s > 1:
        s = s * 2
    return s - 1 / s
t = gad.trace(f, np.arange(3.0), np.array(2.0))
film = gad.film(lambda µ: np.sqrt(np.abs(µ)) + µ**2, µ=(-1, 1))
things = [t, t.story, t.steps(), t.story.nodes, t.story.edges, t.nodes, t.inputs, t.guards, t.reverse(), film]
things += [film.scenes, film.sliders, gad.grad(f), gad.grad(gad.grad(f)).__name__, gad.Variable(1.0, name="θ")]
things += [node.site for node in t.nodes] + [node.primitive for node in t.nodes] + [extend.Function("Σ")]
things += [t.story.title, t.story.title.symbol, t.story.title.box, t.story.title.runs, gad.explore(f, θ=(1, 2), W=1.0)]
for ask in (
    lambda: gad.trace(f, 2), lambda: gad.film(f, ζ=(0, 1)), lambda: gad.film(f, θ=(0, 1)), lambda: t.save("θ′.xyz"),
    lambda: t.save("no/folder/θ\u0304.svg"), lambda: t.save("a.svg", theme="‖∂‖"),
    lambda: gad.trace(len, gad.Variable(1.0, name="\\x1b[31m")),
):
    try:
        ask()
    except Exception as error:
        things += [error, repr(error)]
for thing in things:
    print(thing)
    print(repr(thing))
    print([thing])
"""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
def test_whatever_the_package_says_of_itself_is_printed_on_a_poor_console(encoding, tmp_path):
    """Traces, stories, films, functions, errors: by print itself, in a process of its own."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "widgets")])
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(PROGRAM), encoding="utf-8")
    run = subprocess.run([sys.executable, str(program)], capture_output=True, cwd=tmp_path, env=environment)
    assert run.stderr.decode() == ""
    text = run.stdout.decode(encoding)
    assert text.startswith("f(theta, W) = 2 ")
    _, head, *rows = text.splitlines()[:7]
    column = head.index("adjoint")
    assert all(row[column - 2 : column] == "  " and row[column : column + 1].strip() for row in rows)


def test_files_are_the_same_whatever_the_console(tmp_path):
    """UTF-8 with every sign, and the message of an error in it as it was written."""
    program = (
        "import numpy as np, graphviz_ad as gad, sys\n"
        "def f(θ):\n    return np.sqrt(θ) if θ > 0 else gad.Variable('∂')\n"
        "gad.film(f, θ=(-1, 1)).save(sys.argv[1]); gad.trace(f, 2.0).save(sys.argv[2])\n"
        "gad.trace(f, 2.0).save(sys.argv[3]); gad.trace(f, 2.0).save(sys.argv[4])\n"
    )
    contents = []
    for encoding in ("utf-8", "ascii"):
        files = [tmp_path / f"{encoding}{suffix}" for suffix in (".html", ".svg", ".json", ".dot")]
        environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C"}
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "widgets")])
        (tmp_path / "program.py").write_text(program, encoding="utf-8")
        subprocess.run([sys.executable, "program.py", *map(str, files)], check=True, env=environment, cwd=tmp_path)
        contents.append([file.read_text(encoding="utf-8") for file in files])
    assert contents[0] == contents[1]
    assert "θ" in contents[1][1]
