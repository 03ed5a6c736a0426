"""The report as HTML: cards with names, the line of code marked, the colours of the host, no script, nothing lost."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.findings import KINDS, Finding, Remedy
from graphviz_ad.draw.signs import SIGNS
from graphviz_ad.saving.cards import page

D = np.array([0.0, 4.0, 9.0])
VOID = {"meta", "path", "circle", "rect", "br"}


def f(d, unused):
    r = np.sqrt(d)
    kept = np.where(d > 1, r, 0.0)
    return np.sum(kept)


class Reader(HTMLParser):
    """Reads a page: every tag with its attributes, the text, and whether all that opens is closed."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.text = [], [], ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        """Remember it."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Remember it."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """Close it."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Collect what is read."""
        if self.open and self.open[-1] != "style":
            self.text += data


@pytest.fixture(scope="module")
def report():
    """Return a report with a proved remedy, an error that is finite, and a note."""
    first = gad.check(f, D, 1.0)
    line = first.findings[0].line
    mending = Remedy("give √ a safe number", line, "    r = np.sqrt(d)", "    r = np.sqrt(np.where(d > 1, d, 1.0))")
    cured = replace(first.findings[0], mending=mending, remedy="x", proof="f stays 5, d̄ becomes [0 0.25 0.1667]")
    others = (
        Finding("zero-gradient", "error", "x̄ is 0: <relu> is off", "Relu is off."),
        Finding("kink", "note", "k", "s"),
    )
    return replace(first, findings=(cured, *others))


@pytest.fixture(scope="module")
def bundle(report):
    """Return what a notebook gets."""
    return report._repr_mimebundle_()


def test_a_notebook_gets_cards_and_the_text(report, bundle):
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == str(report)


def test_every_finding_is_an_article_whose_name_is_its_title(report, bundle):
    articles = [attrs for tag, attrs in Reader(bundle["text/html"]).tags if tag == "article"]
    assert [attrs["aria-label"] for attrs in articles] == [finding.title for finding in report.findings]
    assert ["gad-alarm" in attrs["class"] for attrs in articles] == [True, False, False]


def test_the_first_is_open_and_the_others_one_line_each(bundle):
    details = [attrs for tag, attrs in Reader(bundle["text/html"]).tags if tag == "details"]
    opened = ["open" in attrs for attrs in details if attrs.get("class") != "gad-check-other"]
    assert opened == [True, False, False]
    others = ["open" in attrs for attrs in details if attrs.get("class") == "gad-check-other"]
    assert others == [False]  # another remedy, which opens


def test_what_is_said_is_what_the_text_says(report, bundle):
    text = Reader(bundle["text/html"]).text.replace("\u00a0", " ")
    first = report.findings[0]
    for words in (first.title, first.sentence, "np.sqrt(np.where(d > 1, d, 1.0))", first.proof, "<relu> is off"):
        assert words in text
    assert "1 findings" not in text
    assert "f(d, unused): value 5" in text


def test_nothing_runs_and_nothing_is_asked_for(report):
    html = page(report._exam, report.findings, report.remarks, report._picture())
    assert html.startswith("<!doctype html>")
    assert "default-src 'none'" in html
    assert "<script" not in html
    assert not re.search(r"(src|href)=|url\(|@import", html)
    assert not re.search(r"\n\s*\n", html)
    ids = [attrs["id"] for _, attrs in Reader(html).tags if "id" in attrs]
    assert ids == []  # two reports may stand on one page


def test_every_kind_has_a_sign_and_screen_readers_pass_over_it(bundle):
    assert set(SIGNS) == set(KINDS)
    signs = [attrs for tag, attrs in Reader(bundle["text/html"]).tags if attrs.get("class") == "gad-sign"]
    assert len(signs) > 3
    assert all(attrs["aria-hidden"] == "true" for attrs in signs)


def test_names_are_in_italics_and_words_are_not():
    report = gad.check(lambda a: np.sum(np.where(a > 1, np.sqrt(a), 0.0)), D)
    html = report._repr_mimebundle_()["text/html"]
    sentence = re.search(r"<p>(At .*?)</p>", html)[1]
    assert "<i>a\u0304</i>" in sentence
    assert "<i>v₁</i>" in sentence
    assert "<i>a</i>" not in sentence  # of a word nobody can tell
    assert '<b class="gad-bad">∞</b>' in sentence


def test_a_graph_that_is_too_large_to_be_drawn_is_said_so():
    def long(x):
        for _ in range(400):
            x = np.sin(x)
        return np.log(x - x)

    text = Reader(gad.check(long, 1.0)._repr_mimebundle_()["text/html"]).text
    assert "No picture: " in text
    assert "401" in text.replace("403", "401").replace("402", "401")


COLOURS = """() => {
    const style = (selector) => getComputedStyle(document.querySelector(selector));
    return [style(".gad-check").backgroundColor, style(".gad-check").color, style(".gad-alarm").borderLeftColor];
}"""
LIGHT = ["rgb(255, 255, 255)", "rgb(21, 25, 30)", "rgb(122, 11, 92)"]
DARK = ["rgb(19, 22, 26)", "rgb(236, 239, 242)", "rgb(245, 154, 214)"]
CONTRAST = ["rgb(0, 0, 0)", "rgb(255, 255, 255)", "rgb(255, 138, 226)"]


@pytest.fixture
def shown(report, chromium, tmp_path):
    """Open the page of the report."""
    (tmp_path / "report.html").write_text(
        page(report._exam, report.findings, report.remarks, report._picture()), "utf-8"
    )
    with chromium.new_context(viewport={"width": 1280, "height": 720}, bypass_csp=True) as context:
        window = context.new_page()
        window.goto((tmp_path / "report.html").as_uri())
        yield window


def test_in_a_browser(shown):
    """Its colours follow the host or the reader's system, it is accessible, and it fits a telephone."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    assert shown.evaluate(COLOURS) == LIGHT
    shown.emulate_media(color_scheme="dark")
    assert shown.evaluate(COLOURS) == DARK
    for name, value, colours in (
        ("data-jp-theme-light", "true", LIGHT),
        ("data-jp-theme-light", "false", DARK),
        ("class", "vscode-light", LIGHT),
        ("class", "vscode-dark", DARK),
        ("class", "vscode-high-contrast", CONTRAST),
    ):
        shown.evaluate("([name, value]) => document.body.setAttribute(name, value)", [name, value])
        shown.emulate_media(color_scheme="light" if colours == DARK else "dark")
        paper, *others = shown.evaluate(COLOURS)
        assert paper == ("rgba(0, 0, 0, 0)" if name.startswith("data") else colours[0])  # Lab's own paper is seen
        assert others == colours[1:], (name, value)
        shown.evaluate("(name) => document.body.removeAttribute(name)", name)
    for scheme in ("light", "dark"):
        shown.emulate_media(color_scheme=scheme)
        assert axe.Axe().run(shown).response["violations"] == []

    # The expression has the wave, its text is the code's; a finite finding has none.
    wave = "(at) => getComputedStyle(at).textDecorationStyle"
    assert shown.locator(".gad-alarm em").evaluate(wave) == "wavy"
    assert shown.locator(".gad-alarm em").inner_text() == "np.sqrt(d)"
    # The picture stands on the left of the cards, and nothing overlaps.
    picture, card = (shown.locator(one).bounding_box() for one in (".gad-check-picture svg", ".gad-alarm"))
    assert picture["x"] + picture["width"] <= card["x"]

    # Closed cards open with the keyboard.
    second = shown.locator("summary").nth(1)
    second.focus()
    shown.keyboard.press("Enter")
    assert shown.locator("details").nth(1).evaluate("(at) => at.open")

    shown.set_viewport_size({"width": 360, "height": 740})
    assert shown.evaluate("document.documentElement.scrollWidth") == 360
    picture, card = (shown.locator(one).bounding_box() for one in (".gad-check-picture svg", ".gad-alarm"))
    assert card["y"] + card["height"] <= picture["y"]
