"""Paths as a person holds them: saved, shown, and chosen with the keyboard in a real browser."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import InputError, UnknownKeywordError
from graphviz_ad.saving.path_page import page as page_without_player


def nested(x):
    a = x * np.sin(x)
    b = a * np.sin(a)
    return b * np.sin(b)


@pytest.fixture(scope="module")
def why():
    return gad.trace(nested, 1.8).why("x")


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        (".svg", b"<svg"),
        (".png", b"\x89PNG"),
        (".pdf", b"%PDF"),
        (".html", b"<!doctype"),
        (".txt", b"x"),
        (".json", b"{"),
    ],
)
def test_it_saves_itself_as(suffix, start, why, tmp_path):
    path = tmp_path / f"why{suffix}"
    why.save(path)
    assert path.read_bytes().startswith(start)
    why.save(tmp_path / f"again{suffix}")
    assert path.read_bytes() == (tmp_path / f"again{suffix}").read_bytes()


def test_what_it_cannot_be_saved_as_is_said(why, tmp_path):
    with pytest.raises(InputError, match=r"the name must end in \.txt, \.html, \.json, \.svg, \.png or \.pdf"):
        why.save(tmp_path / "why.doc")
    with pytest.raises(InputError, match=r"a \.txt file takes no theme; \.svg, \.png and \.pdf do"):
        why.save(tmp_path / "why.txt", theme="dark")
    with pytest.raises(InputError, match=r"a \.svg file takes no scale"):
        why.save(tmp_path / "why.svg", scale=3)
    with pytest.raises(UnknownKeywordError, match="colour"):
        why.save(tmp_path / "why.svg", colour="red")
    with pytest.raises(InputError, match="There is nothing to draw"):
        gad.trace(lambda x, y: x**2, 1.0, 2.0).why("y").save(tmp_path / "why.svg")
    assert list(tmp_path.iterdir()) == []


def test_the_document_holds_what_the_text_says(why):
    data = json.loads(why.to_json())
    assert (data["count"], data["exact"], len(data["paths"])) == (8, True, 8)
    assert sum(own["value"] for own in data["paths"]) == pytest.approx(data["gradient"])
    assert (data["multiplications"], data["additions"]) == (
        {"path by path": 36, "reverse mode": 9},
        {"path by path": 7, "reverse mode": 3},
    )
    assert data["paths"][0]["way"] == ["nested", "b", "a", "x"]


def test_without_a_path_there_is_a_page_that_says_so():
    html = gad.trace(lambda x, y: x**2, 1.0, 2.0).why("y")._repr_mimebundle_()["text/html"]
    assert "No path leads from" in re.sub("<[^>]*>", "", html)
    assert "<table" not in html


def test_a_graph_too_large_for_a_player_has_picture_and_table():
    def deep(x):
        for _ in range(40):
            x = x * np.sin(x)
        return x

    html = gad.trace(deep, 2.0288).why("x")._repr_mimebundle_()["text/html"]
    assert re.search("… [0-9]+ nodes", html)
    assert "gad-paths-row" in html


@pytest.fixture
def shown(why, chromium, tmp_path):
    """Open the page that is there without a player: of a graph too large for one, or where no script may run."""
    (tmp_path / "why.html").write_text(page_without_player(why._exam, why._place, why._ways, None), encoding="utf-8")

    def show(**options):
        page = chromium.new_page(**options)
        page.goto((tmp_path / "why.html").as_uri())
        return page

    return show


LIT = """() => [...new Set([...document.querySelectorAll("g[data-path] .gad-paths-halo")]
    .filter((one) => getComputedStyle(one).display !== "none").map((one) => one.parentNode.dataset.path))]"""
MARKED = """() => [...document.querySelectorAll("pre em")]
    .filter((one) => !getComputedStyle(one).boxShadow.startsWith("rgba(0, 0, 0, 0)")).map((one) => one.textContent)"""


def test_the_arrow_keys_choose_a_path_and_picture_and_code_light_it(shown):
    page = shown()
    assert page.evaluate(LIT) == ["0"]
    assert page.evaluate(MARKED) == ["x", "a", "b"]
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(LIT) == ["1"]
    assert page.evaluate(MARKED) == ["x", "a", "b"]
    page.keyboard.press("ArrowUp")
    assert page.evaluate(LIT) == ["0"]
    page.locator(".gad-paths-row").nth(5).click(position={"x": 200, "y": 8})
    assert page.evaluate(LIT) == ["5"]
    page.close()


def test_the_table_is_all_that_a_screen_reader_gets(shown):
    page = shown()
    tree = page.locator("section").aria_snapshot()
    assert 'radio "Path A: nested ▸ b ▸ a ▸ x" [checked]' in tree
    assert tree.count("radio ") == 8
    assert "img" not in tree
    assert "columnheader" in tree
    page.close()


@pytest.mark.parametrize("width", [1280, 900, 360])
def test_nothing_runs_out_of_the_page(width, shown):
    page = shown(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("""() => [...document.querySelectorAll("figure text")].every((one) => {
        const box = one.getBoundingClientRect(), room = one.ownerSVGElement.getBoundingClientRect()
        return box.left >= room.left - 1 && box.right <= room.right + 1 && box.bottom <= room.bottom + 1 })""")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_colours_are_those_of_the_reader(scheme, shown):
    page = shown(color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.querySelector('section')).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(19, 22, 26)"}[scheme]
    stroke = page.evaluate("getComputedStyle(document.querySelectorAll('g[data-path=\"0\"] path')[1]).stroke")
    assert stroke == {"light": "rgb(178, 60, 0)", "dark": "rgb(255, 160, 107)"}[scheme]
    page.close()


def test_names_of_the_trace_alone_are_told_beside_the_products():
    why = gad.trace(lambda x: np.log(x**2) * np.sin(x), 2.0).why("x")
    assert "1/v₁" in str(why)
    assert "Here v₁ is x²" in str(why)
    assert "Here v₁ is x²" in re.sub("<[^>]*>", "", why._repr_mimebundle_()["text/html"])
    assert "Here" not in str(gad.trace(lambda x: x * np.sin(x), 2.0).why("x"))


@pytest.mark.parametrize(("less", "says"), [(0.6, True), (0.49, False)])
def test_paths_cancel_where_less_than_half_of_the_larger_sign_is_left(less, says):
    text = str(gad.trace(lambda x: x - less * x, 1.0).why("x"))
    assert ("is small because its paths cancel" in text) is says
