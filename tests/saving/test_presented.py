"""What is made, or saved, for a projector is one where it is opened: a trace, a film, an explorer, and on paper."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.cli.main import main
from graphviz_ad.errors import InputError

SAID = '"presentation":true'


def wave(x: Any) -> Any:
    return x * np.sin(x)


def f(x: Any) -> Any:
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def presented(path: Path, **options: Any) -> bool:
    """Return whether the page of a trace is for a projector."""
    gad.trace(wave, 2.0).save(path, **options)
    return SAID in path.read_text()


def test_a_trace_is_saved_for_a_projector_where_that_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "trace.html"
    assert [presented(file, **options) for options in ({}, {"presentation": True}, {"presentation": False})] == [
        False,
        True,
        False,
    ]


def test_a_film_keeps_it_in_page_and_notebook_unless_its_page_is_asked_for_otherwise(tmp_path: Path) -> None:
    film, file = gad.film(wave, x=(0, 1, 0.5), reveal="steps", presentation=True), tmp_path / "film.html"
    film.save(file, at={"x": 1})
    kept = file.read_text()
    assert SAID in kept
    assert '"reveal":"steps"' in kept
    assert SAID in html.unescape(film._repr_mimebundle_()["text/html"])
    film.save(file, presentation=False)
    assert SAID not in file.read_text()
    gad.film(wave, x=(0, 1, 0.5)).save(file, presentation=True)
    assert SAID in file.read_text()


def test_an_explorer_keeps_what_it_shows_when(tmp_path: Path) -> None:
    file = tmp_path / "explorer.html"
    w = gad.explore(wave, x=(0, 1, 0.5), presentation=True, reveal="steps")
    w.save(file)
    data, _ = w._repr_mimebundle_()
    for text in (file.read_text(), html.unescape(data["text/html"])):
        assert SAID in text
        assert '"reveal":"steps"' in text
    w.presentation, w.reveal = False, "all"
    w.save(file)
    assert SAID not in file.read_text()
    assert '"reveal"' not in file.read_text().partition('id="film">')[2].partition("</script>")[0]
    w.close()


def test_the_command_line_has_a_word_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (["--x", "0:1:0.5"], ["--at", "x=1"]):
        assert main(["x*sin(x)", *words, "--presentation", "-o", "out.html"]) == 0
        assert SAID in Path("out.html").read_text()
    assert main(["x*sin(x)", "--at", "x=1", "--presentation", "-o", "out.svg"]) == 2
    assert main(["orders", "x*sin(x)", "--x", "1", "--presentation"]) == 2
    said = capsys.readouterr().err
    assert "a .svg file takes no presentation; .html does" in said
    assert "orders takes no --presentation" in said


def test_yes_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="film: presentation must be True or False, got 'yes'"):
        gad.film(wave, x=(0, 1), presentation="yes")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="save: presentation must be True or False, got 1"):
        gad.trace(wave, 2.0).save(tmp_path / "f.html", presentation=1)  # type: ignore[arg-type]


def test_the_page_opens_large_in_each_mode_and_can_be_made_small(player: Any) -> None:
    page = player(gad.film(wave, x=(0, 1, 0.5), mode="both", presentation=True).to_json(), width=1280, height=720)
    size = "parseFloat(getComputedStyle(document.querySelector('.gad-say > p')).fontSize)"
    for key in "123":
        page.click(f".gad-modes [title='{key}']")
        assert page.evaluate("mounted.state.presentation")
        assert page.evaluate(size) >= 18, key
    page.evaluate("mounted.set({ presentation: false })")
    assert page.locator(".gad-room").count() == 0


def test_the_title_is_whole_in_every_width_to_which_it_changes(player: Any) -> None:
    """The graph takes its share of the width later; the formula that stands beside it shrinks by that again."""
    page = player(gad.film(f, x=(0.5, 3, 0.5)).to_json(), width=1280, height=720)
    cut = "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.gad-title'))"
    for width in (1280, 1000, 880, 832, 816):
        page.set_viewport_size({"width": width, "height": 700})
        for presentation in (True, False, True):
            page.evaluate("presentation => mounted.set({ presentation })", presentation)
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            assert page.evaluate(cut) <= 0, (width, presentation)
