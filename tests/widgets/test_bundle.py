"""What stands for the widget where it cannot be alive."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad_widgets import attended


def test_every_host_finds_something_true():
    """A live widget, a player that needs no kernel, a picture that needs no script, a line of text."""
    w = gad.explore(np.sin, x=(-3, 3), at={"x": 0.0})
    data, metadata = w._repr_mimebundle_(include=None, exclude=None)
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == w.model_id
    assert data["text/plain"] == "<Explorer of f at x = 0: 0>"
    assert 'sandbox="allow-scripts"' in data["text/html"]
    assert ElementTree.fromstring(data["image/svg+xml"]).tag.endswith("svg")
    assert metadata == {}


def test_it_starts_where_the_widget_is():
    """On the stop that is nearest."""
    w = gad.explore(np.sin, x=(-3, 3), theme="dark")
    w.x = 1.4999
    html = w._repr_mimebundle_()[0]["text/html"]
    page = unescape(re.search('srcdoc="([^"]*)"', html)[1])
    assert "at x = 1.5" in page
    assert 'data-theme="dark"' in page


def test_what_was_not_sampled_yet_is_left_out(without_loop, hurried):
    """A coarser slider, each stop of which is right."""
    w = without_loop(lambda: gad.explore(np.sin, x=(-3, 3)))
    assert [len(slider.values) for slider in w._studio.cut(w.inputs).sliders] == [1]
    small = len(w._repr_mimebundle_()[0]["text/html"])
    w._studio.sample_until(math.inf)
    assert [len(slider.values) for slider in w._studio.cut(w.inputs).sliders] == [201]
    assert small < len(w._repr_mimebundle_()[0]["text/html"]) < 200_000


def test_a_closed_widget_is_its_name():
    """As for any other widget."""
    w = gad.explore(np.sin, x=(-3, 3))
    w.close()
    assert w._repr_mimebundle_ is None


class Kernel:
    """A kernel that runs what a message asks for."""

    def __init__(self, kind, **content):
        self.parent = {"header": {"msg_type": kind}, "content": content}

    def get_parent(self, channel):
        """Return the message."""
        return self.parent


@pytest.mark.parametrize(
    ("kernel", "server", "alone"),
    [
        (Kernel("execute_request", allow_stdin=True), "", False),
        (Kernel("execute_request", allow_stdin=False), "", True),
        (Kernel("execute_request", allow_stdin=False), "voila/0.5.13", False),
        (Kernel("execute_request"), "", False),
        (Kernel("comm_msg", data={}), "", False),
    ],
    ids=["a reader's cell", "nbconvert", "voila", "an old front end", "a button's callback"],
)
def test_where_nobody_meets_the_widget_there_is_none(kernel, server, alone, monkeypatch):
    """What is executed now and read later shows the player that needs no kernel."""
    monkeypatch.setattr(attended, "get_ipython", lambda: SimpleNamespace(kernel=kernel))
    monkeypatch.setenv("SERVER_SOFTWARE", server)
    w = gad.explore(np.sin, x=(-3, 3))
    data, _ = w._repr_mimebundle_()
    assert ("application/vnd.jupyter.widget-view+json" not in data) == alone
    assert {"text/html", "image/svg+xml", "text/plain"} <= set(data)
