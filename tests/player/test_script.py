"""The joined script: what a page and a notebook's widget carry instead of the modules."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from graphviz_ad.player.script import script

PLAYER = Path(__file__).parents[2] / "graphviz_ad" / "player"
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
    for module in PLAYER.glob("*.js"):
        names = re.findall(r"^export (?:function|const|let) (\w+)", module.read_text(encoding="utf-8"), re.MULTILINE)
        assert names, module.name
        assert all(re.search(rf"\b(?:function|const|let) {name}\b", text) for name in names), module.name


def test_the_page_has_neither_remarks_nor_exports() -> None:
    """What only readers of the repository want stays there."""
    text = script()
    assert not re.search(r"^\s*(//|/\*\*|export )", text, re.MULTILINE)
    assert len(text) < sum(len(module.read_text(encoding="utf-8")) for module in PLAYER.glob("*.js"))
