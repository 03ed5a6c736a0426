"""The joined script: what a page and a notebook's widget carry instead of the modules."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from graphviz_ad.player.script import script, sheet

ROOT = Path(__file__).parents[2]
PLAYER = ROOT / "graphviz_ad" / "player"
JOINED = {"the player": ("player.js", "graphviz_ad.player"), "the widget": ("widget.js", "graphviz_ad_widgets")}


@pytest.mark.parametrize("entry", JOINED.values(), ids=JOINED)
def test_a_javascript_engine_reads_it(entry: tuple[str, str], tmp_path: Path) -> None:
    """Joined, the modules have no name twice and no import left."""
    file = tmp_path / "joined.mjs"
    file.write_text(script(*entry), encoding="utf-8")
    done = subprocess.run(["node", "--check", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not re.search("^import ", file.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_module_of_the_player_is_used() -> None:
    """No module is left out of the script of the widget, which has them all."""
    text = script(*JOINED["the widget"])
    for module in PLAYER.rglob("*.js"):
        names = re.findall(r"^export (?:function|const|let) (\w+)", module.read_text(encoding="utf-8"), re.MULTILINE)
        assert names, module.name
        assert all(re.search(rf"\b(?:function|const|let) {name}\b", text) for name in names), module.name


def test_the_page_has_neither_remarks_nor_exports() -> None:
    """What only readers of the repository want stays there."""
    text = script()
    assert not re.search(r"^\s*(//|/\*\*|export )", text, re.MULTILINE)
    assert "/**" not in text
    assert len(text) < 0.8 * sum(len(module.read_text(encoding="utf-8")) for module in PLAYER.rglob("*.js"))
    assert "/*" not in sheet()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Write modules into a package of their own, and return its name."""

    def write(**modules: str) -> str:
        folder = tmp_path / "modules_of_a_test"
        (folder / "parts").mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").touch()
        for name, text in modules.items():
            (folder / f"{name.replace('__', '/')}.js").write_text(text, encoding="utf-8")
        return folder.name

    monkeypatch.syspath_prepend(tmp_path)
    yield write
    sys.modules.pop("modules_of_a_test", None)


def test_what_is_needed_comes_first_and_once(package: Callable[..., str]) -> None:
    """Imports may go over several lines, and into folders and out of them; the player's own modules are reached too."""
    name = package(
        entry='import {\n  first,\n  second,\n} from "./parts/middle.js";\nimport { zero } from "./zero.js";\n'
        'import { MINUS } from "../graphviz_ad/player/numbers.js";\nexport default [first, second, zero, MINUS];\n',
        parts__middle='import { zero } from "../zero.js";\nexport const first = zero;\nexport const second = 2;\n',
        zero="export const zero = 0;\n",
    )
    text = script("entry.js", name)
    lines = text.replace(";", ";\n").splitlines()
    assert lines[:3] == ["const zero = 0;", "const first = zero;", "const second = 2;"]
    assert 'const MINUS = "\\u2212";' in lines
    assert lines[-1] == "export default [first, second, zero, MINUS];"
    assert text.count("const zero") == 1


def test_only_remarks_are_left_out(package: Callable[..., str]) -> None:
    """Not the code that stands after a cast, nor between two remarks."""
    name = package(
        entry="// @ts-check\n\n/** A remark\n * of two lines. */\nexport const one = /** @type {any} */ (1);\n"
        '/** @type {any} */ (one).two = "// no remark";\n  /** Another. */\n'
        "  const three = 3; // at the end of a line\n"
    )
    assert script("entry.js", name) == (
        'const one = (1);(one).two = "// no remark";const three = 3; // at the end of a line\n'
    )


def test_no_remark_at_the_end_of_a_line_would_take_the_next_one_with_it() -> None:
    """Lines are joined where one ends with what goes on: a remark there may not end so."""
    for module in PLAYER.rglob("*.js"):
        for line in module.read_text(encoding="utf-8").splitlines():
            assert not re.search(r"\S\s+//[^\"'`]*[,;{(\[]$", line), f"{module.name}: {line}"


def test_a_circle_of_modules_is_an_error_that_names_it(package: Callable[..., str]) -> None:
    """There is no order in which they could be joined."""
    name = package(
        entry='import { a } from "./a.js";\n', a='import { b } from "./b.js";\n', b='import { a } from "./a.js";\n'
    )
    with pytest.raises(ValueError, match=r"in a circle: a\.js -> b\.js -> a\.js; move what both need to a third"):
        script("entry.js", name)


def test_what_a_film_does_not_need_is_left_out() -> None:
    """A module of the player, what it alone needs, and its row in a list; what others need too stays."""
    whole, fewer = script(), script(without=["panels/kinks.js"])
    gone = {"kinksPanel", "kinkRow", "slopeCell"}
    for name, kept in dict.fromkeys(gone, False).items() | {("kinkAt", True), ("curvePanel", True)}:
        assert re.search(rf"\b{name}\b", whole)
        assert bool(re.search(rf"\b{name}\b", fewer)) is kept, name


def test_what_is_used_elsewhere_cannot_be_left_out(package: Callable[..., str]) -> None:
    """A script that stopped in the browser would show a dead page."""
    name = package(
        entry='import { kinksPanel } from "../graphviz_ad/player/panels/kinks.js";\nexport const k = [kinksPanel];\n'
    )
    with pytest.raises(ValueError, match=r"entry\.js needs kinksPanel other than as a row of a list"):
        script("entry.js", name, without=["panels/kinks.js"])


EDIT = """
import pathlib, sys
import numpy as np
import graphviz_ad as gad, graphviz_ad_widgets
from graphviz_ad.player.page import page

def read():
    widget = gad.explore(np.sin, x=(0, 1))
    return page(gad.film(np.sin, x=(0, 1)).to_json()), widget._esm, widget._css

player = pathlib.Path(gad.__file__).parent / "player"
before = read()
for name, text in {"panels/step.js": "const EDITED_STEP = 1;", "player.css": ".edited-style { color: red; }"}.items():
    with open(player / name, "a", encoding="utf-8") as file:
        file.write(text + "\\n")
with open(pathlib.Path(graphviz_ad_widgets.__file__).parent / "echoes.js", "a", encoding="utf-8") as file:
    file.write("const EDITED_ECHOES = 1;\\n")
after = read()
print(pathlib.Path(gad.__file__).parent.parent)
print(before[0] != after[0], "EDITED_STEP" in after[1], "EDITED_ECHOES" in after[1], "edited-style" in after[2])
"""


@pytest.mark.parametrize("checkout", [True, False], ids=["a checkout", "a wheel"])
def test_an_edited_file_is_served_at_once_from_a_checkout(checkout: bool, tmp_path: Path) -> None:
    """The next page and the next widget of the same process have it; what is installed is joined once."""
    hidden = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "graphviz_ad", tmp_path / "graphviz_ad", ignore=hidden)
    shutil.copytree(ROOT / "widgets" / "graphviz_ad_widgets", tmp_path / "graphviz_ad_widgets", ignore=hidden)
    if checkout:
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
    run = subprocess.run([sys.executable, "-c", EDIT], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    where, served = run.stdout.splitlines()
    assert Path(where) == tmp_path
    assert served.split() == [str(checkout)] * 4
