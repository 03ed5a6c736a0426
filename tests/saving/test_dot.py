"""DOT for people who go on with Graphviz."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import graphviz
import pytest

from graphviz_ad.errors import InputError
from graphviz_ad.saving.dot import to_dot
from tests.draw.stories import HOSTILE, STORIES, log_sine, named


def texts(svg):
    """Return the texts of a drawing."""
    return [element.text or "" for element in ET.fromstring(svg).iter() if element.tag.endswith("}text")]


def test_the_graph_is_a_digraph_of_the_trace():
    """Nodes carry title, value and adjoint; edges what the adjoint meets."""
    graph = to_dot(log_sine())
    assert isinstance(graph, graphviz.Digraph)
    assert r'n6 [label="f = v4 + v5\nvalue 1.760554\nadjoint 1"]' in graph.source
    assert 'n0 -> n3 [label="× cos x"]' in graph.source


def test_pipe_and_display_work_without_dot(monkeypatch):
    """The wheel's Graphviz draws, with an empty PATH, also in a notebook."""
    monkeypatch.setenv("PATH", "")
    graph = to_dot(log_sine())
    assert graph.pipe().startswith(b"<?xml")
    assert "1.760554" in " ".join(texts(graph.pipe(encoding="utf-8")))
    assert "1.760554" in graph._repr_mimebundle_()["image/svg+xml"]
    assert graph.pipe("png").startswith(b"\x89PNG")


def test_render_writes_source_and_drawing(tmp_path, monkeypatch):
    """As in the graphviz package: the drawing beside its source; nothing else is left."""
    monkeypatch.setenv("PATH", "")
    path = to_dot(log_sine()).render(tmp_path / "f.gv", format="svg")
    assert path == str(tmp_path / "f.gv.svg")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.gv", "f.gv.svg"]
    to_dot(log_sine()).render(outfile=tmp_path / "g.svg", cleanup=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.gv", "f.gv.svg", "g.svg"]


def test_pdf_is_refused_with_the_way_out(tmp_path):
    """There is no PDF, and nothing is left behind."""
    with pytest.raises(InputError, match="format='svg'"):
        to_dot(log_sine()).render(tmp_path / "f", format="pdf")
    with pytest.raises(InputError, match="'dot' only"):
        to_dot(log_sine()).pipe(engine="neato")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name[:12]))
def test_hostile_names_come_out_as_text(name):
    """Backslashes, quotes, angle brackets and control characters are shown, not obeyed."""
    graph = to_dot(named(name))
    drawn = graph.pipe(encoding="utf-8")
    assert len(graph.source) < 5_000
    assert {element.tag.split("}")[1] for element in ET.fromstring(drawn).iter()} <= {
        "svg", "g", "title", "polygon", "path", "text", "ellipse", "polyline",
    }  # fmt: skip
    if len(name) < 30 and name.isprintable() and not name.startswith("\u202e"):
        assert texts(drawn)[0] == name


@pytest.mark.parametrize("name", STORIES)
def test_every_story_is_drawn(name):
    """NaN, arrays, cut edges and dead ends are text like any other."""
    drawn = " ".join(texts(to_dot(STORIES[name]()).pipe(encoding="utf-8")))
    assert "value" in drawn


def test_the_graphviz_package_is_left_alone():
    """Other graphs still look for `dot`: nothing of the package is patched."""
    assert graphviz.Digraph.pipe is not type(to_dot(log_sine())).pipe
    assert graphviz.backend.dot_command.DOT_BINARY.name == "dot"
