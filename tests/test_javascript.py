"""The browser's files are held to what Python is held to: the width of a line, and the length of a function."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WIDTH = 120
LENGTH = 120

_FUNCTION = re.compile(
    r"\bfunction\b"  # function name(
    r"|=>\s*[({]?$"  # (x) => {
    r"|^(?!(?:if|for|while|switch|catch)\b)(?:async |get |set )*[\w$]+\(.*\{$"  # name(x) {
    r"|^(?!(?:if|for|while|switch|catch|return)\b)(?:async |get |set )*[\w$]+\($"  # name(
)


def written() -> list[Path]:
    """Return all JavaScript, style sheets and types that are kept here."""
    folders = [ROOT / "graphviz_ad", ROOT / "widgets", ROOT / "tests"]
    return sorted(
        file for folder in folders for file in folder.rglob("*") if file.suffix in {".js", ".mjs", ".css", ".ts"}
    )


def functions(text: str) -> dict[str, int]:
    """Return the first line of each function and how many lines it has, by the indents that the formatter leaves."""
    lines = text.split("\n")
    lengths: dict[str, int] = {}
    for i, line in enumerate(lines):
        code = line.strip()
        if not _FUNCTION.search(code):
            continue
        indent = len(line) - len(line.lstrip())
        end = i
        for k in range(i + 1, len(lines)):
            here = len(lines[k]) - len(lines[k].lstrip())
            if lines[k].strip() and here <= indent:
                # What begins with a bracket belongs to it, and may open its body.
                if lines[k].lstrip()[0] not in ")}]":
                    break
                end = k
                if not lines[k].rstrip().endswith(("{", "(", "=>")):
                    break
            elif lines[k].strip():
                end = k
        lengths[f"{i + 1}: {code}"] = end - i + 1
    return lengths


@pytest.mark.parametrize("file", written(), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_line_is_wider_and_no_function_longer_than_in_python(file: Path) -> None:
    """120 columns, 120 lines; functions within a function count for both."""
    text = file.read_text(encoding="utf-8")
    wide = [f"{i}: {len(line)}" for i, line in enumerate(text.split("\n"), start=1) if len(line) > WIDTH]
    assert not wide
    long = {name: lines for name, lines in functions(text).items() if lines > LENGTH} if file.suffix != ".css" else {}
    assert not long


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("function f(x) {", "}"),
        ("export async function f(\n  x,\n  y,\n) {", "}"),
        ("const f = (x) => {", "};"),
        ("node.addEventListener('x', (event) => {", "});"),
        ("const f = ({\n  x,\n}) =>\n  g(", "  );"),
        ("export default () => {", "};"),
    ],
)
def test_the_length_of_a_function_is_read_whatever_its_form(opening: str, closing: str) -> None:
    """Its body, and its first and last line; of parameters that take several lines perhaps the last only."""
    body = "\n".join(["  call();"] * 130)
    whole = f"{opening}\n{body}\n{closing}"
    count = max(functions(f"const before = 1;\n{whole}\nconst after = 2;\n").values())
    assert 132 <= count <= whole.count("\n") + 1


def test_methods_are_functions_and_blocks_are_not() -> None:
    """A table may be long, and a long `if` stands in a function that is longer."""
    body = "\n".join(["    call();"] * 130)
    assert max(functions(f"const x = {{\n  name(a) {{\n{body}\n  }},\n}};\n").values()) == 132
    assert not functions(f"const x = [\n{body}\n];\n")
    assert not functions(f"if (x) {{\n{body}\n}}\n")


def test_no_text_goes_over_the_end_of_a_line() -> None:
    """The script that is joined has no indents: a template of several lines would lose its own."""
    for file in written():
        if file.suffix == ".js":
            ticks = [line.count("`") for line in file.read_text(encoding="utf-8").split("\n")]
            assert not any(count % 2 for count in ticks), file


def test_node_counts_as_this_test_does() -> None:
    """The longest function of the player, by an engine that parses it."""
    mount = (ROOT / "graphviz_ad" / "player" / "player.js").read_text(encoding="utf-8")
    (lines,) = (count for name, count in functions(mount).items() if "function mount(" in name)
    code = "import('./player.js').then((module) => console.log(String(module.mount).split('\\n').length))"
    run = subprocess.run(
        ["node", "-e", code], cwd=ROOT / "graphviz_ad" / "player", capture_output=True, text=True, check=True
    )
    assert int(run.stdout) == lines
