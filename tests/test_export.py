"""What a trace is saved as, what a notebook is given, and names that would like to be markup."""

from __future__ import annotations

import base64
import html
import inspect
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw import layout, runner
from graphviz_ad.draw.scene import MAX_BOXES, check_size
from graphviz_ad.errors import GraphvizAdError, InputError, PathError, SizeError
from graphviz_ad.saving.formats import listed, suffixes
from graphviz_ad.story.telling import Teller
from tests.interrupting import instructions

SUFFIXES = ["svg", "png", "pdf", "html", "dot"]
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "closing svg": "</svg><script>alert(1)</script>",
    "closing script": '</script><img src="x" onerror="alert(1)">',
    "comment": "<!--<script>alert(1)",
    "cdata": "]]><script>alert(1)</script>",
    "dot": '"]; evil [label="x',
    "dot html": "<<b>x</b>>",
    "dot escape": "\\N\\G\\l",
    "backslash": "x\\",
    "record": "{a|<p>b}",
    "javascript": "javascript:alert(1)",
    "entity": "&lt;b&gt; &amp; &#60;",
    "quotes": "\"'`",
    "NUL": "a\0b",
    "control": "a\x1b[31m\x07",
    "surrogate": "\ud800",
    "bidi": "\u202egnp.exe",
    "lines": "a\nb\r\nc\u2028d",
    "long": "x" * 20_000,
    "empty": "",
    "space": "  ",
    "slot": "⟦0⟧",
    "latex": "\\input{/etc/passwd}$",
    "zalgo": "a" + "\u0301" * 400,
}


def worked(x):
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def chain(x):
    """Make two hundred nodes."""
    for _ in range(200):
        x = np.sin(x)
    return x


@pytest.fixture(scope="module")
def small():
    """The worked example at 2."""
    return gad.trace(worked, 2.0)


@pytest.fixture
def no_graphviz(monkeypatch):
    """Let no Graphviz be found, neither the one from pip nor one on PATH; whatever is laid out already is forgotten."""
    monkeypatch.setattr(runner, "_find_pure", lambda: None)
    monkeypatch.setenv("PATH", "")
    for name in dir(layout):
        clear = getattr(getattr(layout, name), "cache_clear", None)
        if clear is not None:
            clear()
    yield
    for name in dir(layout):
        clear = getattr(getattr(layout, name), "cache_clear", None)
        if clear is not None:
            clear()


def hostile_trace(name):
    """Record x² under names of other people's making."""
    x = gad.Variable(2.0, name=name)
    with gad.record(name) as trace:
        x * x
    return trace


class Tags(HTMLParser):
    """Collects the elements and the event handlers of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.handlers, self.links = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Remember it."""
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.links += [value for name, value in attrs if name in ("src", "href", "action", "xlink:href")]


class TestSave:
    """By suffix."""

    def test_svg_is_a_picture_with_the_numbers(self, small, tmp_path):
        """Well-formed, with value and gradient in it."""
        small.save(tmp_path / "f.svg")
        root = ET.parse(tmp_path / "f.svg").getroot()
        assert root.tag == f"{SVG}svg"
        text = " ".join(root.itertext())
        assert "1.760554" in text
        assert "0.0823954" in text

    def test_dot_is_read_by_graphviz(self, small, tmp_path):
        """What is written can be drawn by anyone's Graphviz, with all nodes and edges."""
        small.save(tmp_path / "f.dot")
        drawn = json.loads(runner.run((tmp_path / "f.dot").read_text(encoding="utf-8"), "json0"))
        assert len(drawn["objects"]) == len(small.nodes)
        assert len(drawn["edges"]) == sum(len(node.parents) for node in small.nodes)

    def test_gv_is_dot(self, small, tmp_path):
        """Both suffixes are usual."""
        small.save(tmp_path / "f.dot")
        small.save(tmp_path / "f.gv")
        assert (tmp_path / "f.gv").read_text() == (tmp_path / "f.dot").read_text()

    def test_html_is_a_player(self, small, tmp_path):
        """One file, with the finished picture for those without scripts."""
        small.save(tmp_path / "f.html")
        tags = Tags((tmp_path / "f.html").read_text())
        assert tags.tags.count("script") == 3
        assert "svg" in tags.tags

    @pytest.mark.parametrize("suffix", SUFFIXES)
    def test_saving_twice_writes_the_same(self, small, tmp_path, suffix):
        """No date, no random id."""
        for name in ("a", "b"):
            small.save(tmp_path / f"{name}.{suffix}")
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()

    def test_a_step_of_the_story(self, small, tmp_path):
        """Early in the story the value is not known yet."""
        small.save(tmp_path / "first.svg", step=0)
        small.save(tmp_path / "last.svg")
        texts = [" ".join(ET.parse(tmp_path / f"{name}.svg").getroot().itertext()) for name in ("first", "last")]
        assert "1.386294" not in texts[0]
        assert "1.386294" in texts[1]

    def test_a_step_counted_from_the_end(self, small, tmp_path):
        """As indices do."""
        count = len(small.steps())
        small.save(tmp_path / "a.svg", step=-1)
        small.save(tmp_path / "b.svg", step=count - 1)
        assert (tmp_path / "a.svg").read_text() == (tmp_path / "b.svg").read_text()

    def test_the_step_is_not_ignored_in_a_page(self, small, tmp_path):
        """The player opens at the step that was asked for, or it is refused."""
        small.save(tmp_path / "whole.html")
        try:
            small.save(tmp_path / "step.html", step=3)
        except InputError as error:
            assert "step" in str(error)  # noqa: PT017
        else:
            assert (tmp_path / "step.html").read_text() != (tmp_path / "whole.html").read_text()

    @pytest.mark.parametrize("suffix", SUFFIXES)
    @pytest.mark.parametrize("step", [99, -99, "1", 1.0, True, [0]], ids=repr)
    def test_a_step_that_does_not_exist(self, small, tmp_path, suffix, step):
        """Whatever the format, it is refused and nothing is written."""
        with pytest.raises(InputError, match="step"):
            small.save(tmp_path / f"f.{suffix}", step=step)
        assert list(tmp_path.iterdir()) == []

    def test_numpys_integers_are_steps(self, small, tmp_path):
        """A loop over np.arange is a loop over steps."""
        small.save(tmp_path / "f.svg", step=np.int64(2))

    @pytest.mark.parametrize("theme", ["light", "dark", "high-contrast", "contrast"])
    @pytest.mark.parametrize("suffix", ["svg", "html"])
    def test_themes(self, small, tmp_path, theme, suffix):
        """Each has its own paper; contrast is short for high-contrast."""
        small.save(tmp_path / f"f.{suffix}", theme=theme)
        text = (tmp_path / f"f.{suffix}").read_text()
        paper = gad.draw.theme.TOKENS[gad.draw.theme.full_name(theme)]["bg"]
        assert (f'data-theme="{theme}"' if suffix == "html" else paper) in text

    @pytest.mark.parametrize("theme", ["drak", "", None, 3, ["dark"]], ids=repr)
    @pytest.mark.parametrize("suffix", SUFFIXES)
    def test_an_unknown_theme(self, small, tmp_path, theme, suffix):
        """Whatever the format."""
        with pytest.raises(InputError, match=r"expected one of .*light, dark, high-contrast"):
            small.save(tmp_path / f"f.{suffix}", theme=theme)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("name", ["f.gif", "f", "f.jpg", "f.svgz"])
    def test_an_unknown_suffix(self, small, tmp_path, name):
        """The known ones are listed."""
        with pytest.raises(InputError, match=re.escape(listed(suffixes()))):
            small.save(tmp_path / name)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("suffix", SUFFIXES)
    def test_a_missing_directory(self, small, tmp_path, suffix):
        """It is not created in passing."""
        with pytest.raises(PathError, match="No such file or directory"):
            small.save(tmp_path / "no" / f"f.{suffix}")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("suffix", SUFFIXES)
    @pytest.mark.parametrize(
        "function",
        [lambda x: x, lambda x: 3.0, lambda x: x.detach() * 2, lambda x: np.nan * x, lambda x: x > 0,
         lambda x: np.ones((3, 4)) * x, lambda x: np.zeros(0) * x, lambda x: x * 1j],
        ids=["identity", "constant", "cut", "nan", "comparison", "matrix", "empty", "complex"],
    )  # fmt: skip
    def test_odd_traces_are_saved(self, tmp_path, suffix, function):
        """Whatever can be traced can be drawn."""
        gad.trace(function, 2.0).save(tmp_path / f"f.{suffix}")
        assert (tmp_path / f"f.{suffix}").stat().st_size > 50


class TestNotebook:
    """The three representations."""

    def test_a_small_trace(self, small):
        """A player over a picture, the picture, and a table."""
        bundle = small._repr_mimebundle_()
        assert set(bundle) == {"text/html", "image/svg+xml", "text/plain"}
        assert "1.760554" in bundle["text/plain"]
        assert ET.fromstring(bundle["image/svg+xml"]).tag == f"{SVG}svg"
        picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', bundle["text/html"])
        assert ET.fromstring(base64.b64decode(picture[1])).tag == f"{SVG}svg"

    def test_include_and_exclude_are_accepted(self, small):
        """IPython passes both."""
        assert small._repr_mimebundle_(include=None, exclude=["text/html"])["text/plain"]

    def test_two_hundred_nodes_are_not_laid_out_unasked(self, monkeypatch):
        """Only the text is given: counts, the first and the last rows, and how to go on."""
        monkeypatch.setattr(layout, "run", lambda *args, **kwargs: pytest.fail("laid out unasked"))
        bundle = gad.trace(chain, 1.0)._repr_mimebundle_()
        assert set(bundle) == {"text/plain"}
        text = bundle["text/plain"]
        assert len(text) < 3000
        for expected in ("201 nodes", "200 edges", "v₁", "more nodes", "v₁₉₉", "chain"):
            assert expected in text

    @pytest.mark.parametrize("suffix", ["svg", "png", "pdf", "html"])
    def test_two_hundred_nodes_are_not_saved_unasked(self, tmp_path, suffix):
        """The refusal has the counts, and what it proposes works."""
        trace = gad.trace(chain, 1.0)
        with pytest.raises(SizeError, match="201 nodes and 200 edges") as caught:
            trace.save(tmp_path / f"f.{suffix}")
        assert list(tmp_path.iterdir()) == []
        if "limit=" in str(caught.value):
            trace.save(tmp_path / f"f.{suffix}", limit=None)

    def test_two_hundred_nodes_are_written_as_dot(self, tmp_path):
        """Nothing is laid out for that."""
        gad.trace(chain, 1.0).save(tmp_path / "f.dot")
        assert (tmp_path / "f.dot").read_text().count("->") == 200

    def test_without_graphviz_the_text_says_what_to_install(self, no_graphviz):
        """A table is better than an error."""
        bundle = gad.trace(worked, 2.5)._repr_mimebundle_()
        assert set(bundle) == {"text/plain"}
        assert "graphviz-pure" in bundle["text/plain"]
        assert "v₁" in bundle["text/plain"]

    @pytest.mark.parametrize("suffix", ["svg", "html"])
    def test_without_graphviz_saving_says_what_to_install(self, no_graphviz, tmp_path, suffix):
        """It is one of our errors, and no file appears."""
        with pytest.raises(GraphvizAdError, match="graphviz-pure"):
            gad.trace(worked, 2.5).save(tmp_path / f"f.{suffix}")
        assert list(tmp_path.iterdir()) == []

    def test_without_graphviz_a_film_says_what_to_install(self, no_graphviz):
        """Before anything is shown."""
        with pytest.raises(GraphvizAdError, match="graphviz-pure"):
            gad.film(worked, x=(1, 2))

    def test_without_graphviz_dot_is_still_written(self, no_graphviz, tmp_path):
        """That is text."""
        gad.trace(worked, 2.5).save(tmp_path / "f.dot")
        assert "digraph" in (tmp_path / "f.dot").read_text()

    def test_an_empty_recording_shows_itself(self):
        """Displaying is no place for an error."""
        with gad.record() as trace:
            pass
        assert "text/plain" in trace._repr_mimebundle_()
        assert repr(trace)
        assert str(trace)


class TestHostileNames:
    """Everything that reaches SVG, DOT or HTML is data."""

    @pytest.mark.parametrize("name", HOSTILE)
    def test_svg(self, name, tmp_path):
        """Only the elements of our own drawing, no handler, no link, and no endless text."""
        hostile_trace(HOSTILE[name]).save(tmp_path / "f.svg")
        root = ET.parse(tmp_path / "f.svg").getroot()
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            "svg", "title", "desc", "g", "rect", "path", "text", "tspan",
        }  # fmt: skip
        assert not [key for element in root.iter() for key in element.attrib if key.startswith("on") or "href" in key]
        assert max(len(text) for text in root.itertext()) < 500

    @pytest.mark.parametrize("name", HOSTILE)
    def test_dot(self, name, tmp_path):
        """Graphviz reads two nodes and two edges, whose labels hold the name as text."""
        hostile_trace(HOSTILE[name]).save(tmp_path / "f.dot")
        source = (tmp_path / "f.dot").read_text(encoding="utf-8")
        drawn = json.loads(runner.run(source, "json0"))
        assert len(drawn["objects"]) == 2
        assert len(drawn["edges"]) == 2
        assert not {"URL", "href", "image", "shapefile", "stylesheet"} & {
            key for one in drawn["objects"] for key in one
        }
        svg = ET.fromstring(runner.run(source, "svg"))
        assert f"{SVG}script" not in {element.tag for element in svg.iter()}
        assert len(source) < 5_000

    @pytest.mark.parametrize("name", HOSTILE)
    def test_html(self, name, tmp_path):
        """Our scripts only, no handler, no link; valid UTF-8."""
        hostile_trace(HOSTILE[name]).save(tmp_path / "f.html")
        tags = Tags((tmp_path / "f.html").read_bytes().decode("utf-8"))
        assert tags.tags.count("script") == 3
        assert (tags.handlers, tags.links) == ([], [])
        assert not {"img", "iframe", "object", "embed", "link", "base", "form", "b"} & set(tags.tags)

    @pytest.mark.parametrize("name", HOSTILE)
    def test_film_names(self, name, tmp_path):
        """Names of functions, sliders and errors are data, too."""
        hostile = HOSTILE[name]

        def f(**given):
            if given[hostile] < 0:
                raise ValueError(hostile)
            return given[hostile] ** 2

        f.__name__ = hostile
        try:
            made = gad.film(f, inputs={hostile: (-1, 1)})
        except GraphvizAdError as error:
            assert "name" in str(error)  # noqa: PT017
            return
        made.save(tmp_path / "f.html")
        text = (tmp_path / "f.html").read_bytes().decode("utf-8")
        tags = Tags(text)
        assert tags.tags.count("script") == 3
        assert (tags.handlers, tags.links) == ([], [])
        bundle = made._repr_mimebundle_()
        frame = re.search(r'srcdoc="([^"]*)"', bundle["text/html"])
        assert Tags(html.unescape(frame[1])).tags.count("script") == 3
        assert Tags(bundle["text/html"]).handlers == []

    def test_a_very_long_name_is_shortened_in_a_page(self, tmp_path):
        """Twenty thousand characters neither fill the page nor its labels."""
        name = "x" * 20_000
        gad.film(lambda **given: given[name] ** 2, inputs={name: (0, 1)}).save(tmp_path / "f.html")
        assert "x" * 300 not in (tmp_path / "f.html").read_text()

    def test_text_and_latex_of_hostile_names(self):
        """Tables and formulas are made of any name without an error."""
        for name in HOSTILE.values():
            trace = hostile_trace(name)
            assert str(trace)
            for step in trace.steps():
                assert str(step)
                assert all(isinstance(stage.formula.latex, str) for stage in step.stages)

    def test_no_script_of_a_name_runs_in_a_browser(self, chromium, tmp_path):
        """Pages, pictures and notebook outputs of all names are opened, played and searched for foreign elements."""
        page = chromium.new_page(reduced_motion="reduce")
        troubles = []
        page.on("dialog", lambda dialog: (troubles.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: troubles.append(f"error {error}"))
        page.on("console", lambda said: said.type == "error" and troubles.append(f"console {said.text}"))
        file = tmp_path / "f.html"
        page.on(
            "request",
            lambda asked: asked.url.startswith(("data:", "file:", "about:")) or troubles.append(f"request {asked.url}"),
        )
        for key, name in HOSTILE.items():
            trace = hostile_trace(name)
            trace.save(file)
            page.goto(file.as_uri())
            page.wait_for_selector(".gad-box")
            for _ in range(4):
                page.click(".gad-back")
            assert page.evaluate("() => document.querySelectorAll('script').length") == 4, key
            assert page.evaluate("() => document.querySelectorAll('img, iframe, object, embed, a').length") == 0, key
            trace.save(tmp_path / "f.svg")
            page.goto((tmp_path / "f.svg").as_uri())
            file.write_text(trace._repr_mimebundle_()["text/html"], encoding="utf-8")
            page.goto(file.as_uri())
            page.wait_for_timeout(30)
            assert troubles == [], key
        page.close()


def test_display_needs_no_jupyter():
    """Making the representations imports neither IPython nor ipywidgets."""
    program = (
        "import sys, numpy as np, graphviz_ad as gad\n"
        "gad.trace(np.sin, 2.0)._repr_mimebundle_(); gad.film(np.sin, x=(0, 1, 0.5))._repr_mimebundle_()\n"
        "print(*{'IPython', 'ipywidgets', 'traitlets'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parents[1]
    )
    assert (done.stdout.split(), done.stderr) == ([], "")


def test_the_limit_of_save_is_the_limit_of_drawing():
    """The number stands in two modules, since the trace may not import what draws it."""
    assert inspect.signature(gad.Trace.save).parameters["limit"].default == MAX_BOXES


class TestATraceTooLargeToBeDrawn:
    """It is counted before anything of it is told."""

    @pytest.fixture
    def large(self):
        """Return a trace of 2,001 nodes."""

        def chain(x):
            for _ in range(1000):
                x = np.sin(x) + 1
            return x

        return gad.trace(chain, 0.5)

    @pytest.mark.parametrize("suffix", ["svg", "png", "pdf", "html"])
    def test_it_is_refused_without_a_story(self, large, suffix, tmp_path, monkeypatch):
        """Not even named; the way out is one that works."""
        monkeypatch.setattr(Teller, "__init__", lambda *args: pytest.fail("told"))
        with pytest.raises(SizeError, match=r"2,001 nodes and 2,000 edges.*\.save\(\"graph\.svg\", limit=None\)"):
            large.save(tmp_path / f"f.{suffix}")
        assert list(tmp_path.iterdir()) == []

    def test_it_is_shown_with_counts_its_first_and_last_rows_and_how_to_draw_all(self, large, monkeypatch):
        """The rows are those of the whole table; a story is not told for them."""
        monkeypatch.setattr(Teller, "_tell", lambda *args: pytest.fail("told"))
        bundle = large._repr_mimebundle_()
        assert list(bundle) == ["text/plain"]
        text = bundle["text/plain"]
        lines = text.splitlines()
        assert lines[2].split()[0] == "x"
        assert float(lines[2].split()[2]) == pytest.approx(float(large.reverse().adjoint(large.inputs[0])), rel=1e-5)
        assert "... 1,981 more nodes ..." in text
        assert "2,001 nodes and 2,000 edges" in text
        assert "limit=None" in text
        assert len(lines) < 30

    def test_showing_it_takes_few_instructions_a_node(self, large):
        """A story takes ten times as many."""
        large._repr_mimebundle_()
        shown = gad.trace(large.function, 0.5)
        assert instructions(shown._repr_mimebundle_) < 2500 * len(shown)

    def test_the_edges_are_counted_as_the_story_has_them(self, large):
        """Inputs that were computed before have none."""
        with pytest.raises(SizeError) as refused:
            check_size(large, 1)
        assert f"{len(large.story.nodes):,} nodes and {len(large.story.edges):,} edges" in str(refused.value)
        u = gad.Variable(2.0) * 3.0
        t = gad.trace(lambda x: np.sin(x) * x.detach() * x, u)
        with pytest.raises(SizeError) as refused:
            check_size(t, 1)
        assert f"{len(t.story.nodes)} nodes and {len(t.story.edges)} edges" in str(refused.value)
