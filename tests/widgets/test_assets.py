"""The widget's script and style."""

from __future__ import annotations

import shutil
import subprocess

from graphviz_ad.draw import theme as look
from graphviz_ad_widgets.assets import esm, style


def test_the_script_is_one_module(tmp_path):
    """It imports nothing, exports the widget once, and node can parse it."""
    text = esm()
    assert text.count("export default") == 1
    assert "\nexport " not in text.replace("\nexport default", "")
    assert 'from "./' not in text
    file = tmp_path / "widget.mjs"
    file.write_text(text, encoding="utf-8")
    subprocess.run([shutil.which("node"), "--check", file], check=True, capture_output=True)


def test_the_style_covers_every_picture():
    """All rules of the table, in every theme; braces are closed."""
    text = style()
    assert text.count("{") == text.count("}")
    for rule in look.css().splitlines():
        assert rule.partition("{")[2] in text
    for theme in ("dark", "contrast", "auto"):
        assert f'.gad[data-theme="{theme}"]' in text
    assert ".gad-scene .gad-scene" not in text
