"""The explorer as a quiz: it begins at the beginning, and whoever only sees what it saves sees no answer."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest

import graphviz_ad as gad


@pytest.fixture
def explorer():
    asking = gad.explore(lambda x: np.exp(np.sin(x)), x=(0, 2, 0.5), at={"x": 1.0}, quiz=True)
    yield asking
    asking.close()


def test_it_begins_at_the_beginning_with_its_questions(explorer) -> None:
    assert explorer.step == 0
    assert explorer._film["quiz"] is True
    assert [len(question["slips"]) for question in explorer._film["scenes"][0]["questions"]] == [7, 7]
    assert gad.explore(np.sin, x=(0, 1)).step > 0


def test_the_picture_that_stands_for_it_has_no_answer_yet(explorer, tmp_path) -> None:
    slope = f"{np.exp(np.sin(1)) * np.cos(1):.6f}"
    bundle, _ = explorer._repr_mimebundle_()
    pictures = [bundle["image/svg+xml"]]
    pictures += [
        base64.b64decode(one).decode() for one in re.findall(r"svg\+xml;base64,([\w+/=]+)", bundle["text/html"])
    ]
    assert len(pictures) == 2
    for picture in pictures:
        assert f"{np.exp(np.sin(1)):.6f}" in picture  # f is known, its derivative is asked for
        assert slope not in picture
        assert slope[:6] not in picture
    explorer.save(tmp_path / "page.html", at={"x": 1.5})
    page = (tmp_path / "page.html").read_text()
    fallback = re.search(r'class="gad-fallback">(.*?)</main>', page, re.DOTALL)
    assert fallback
    assert f"{np.exp(np.sin(1.5)):.6f}"[:6] in fallback[1]
    assert f"{np.exp(np.sin(1.5)) * np.cos(1.5):.6f}"[:6] not in fallback[1]
