"""What a figure says to those who do not see it."""

from __future__ import annotations

import numpy as np
import pytest
from stories import HOSTILE, STORIES, named

import graphviz_ad as gad
from graphviz_ad.draw.alternative import description, title
from graphviz_ad.draw.scene import make_scene
from graphviz_ad.story.telling import tell


def said(function, *arguments, step=None):
    """Return title and description of a trace."""
    with np.errstate(all="ignore"):
        scene = make_scene(tell(gad.trace(function, *arguments)))
        step = scene.steps if step is None else step
        return title(scene, scene.story.numbers, step), description(scene, scene.story.numbers, step)


def test_every_node_is_told_with_its_numbers():
    """Value, adjoint, and what each edge multiplies by."""
    assert said(lambda x: x * np.sin(x), 2.0)[1] == (
        "x (input): value 2, adjoint 0.0770038. "
        "v₁ = sin x: value 0.909297, adjoint 2, local gradient cos x = −0.416147 to x. "
        "f = x · v₁ (output): value 1.818595, adjoint 1, local gradient v₁ = 0.909297 to x, "
        "local gradient x = 2 to v₁."
    )


def test_what_is_not_known_yet_is_said_so():
    """In the middle of the story."""
    early = said(lambda x: x * np.sin(x), 2.0, step=1)
    assert early[0].endswith("edges")
    assert "v₁ = sin x: value 0.909297, adjoint not known yet." in early[1]
    assert "f = x · v₁ (output): value not known yet, adjoint not known yet." in early[1]


def test_a_sum_on_its_way_says_how_far_it_is():
    """Of two contributions one is in; it is not the gradient yet."""
    for step, expected in ((4, "adjoint 3 (1 of 2)"), (5, "adjoint 3 (1 of 2)"), (6, "adjoint 6 (2 of 2)")):
        sentence, nodes = said(lambda x: x * x, 3.0, step=step)
        assert expected in nodes
        assert sentence.endswith("; gradient 6") == (step == 6)


def test_cuts_and_missing_paths_are_told_apart():
    """Detached is not unreached."""
    words = said(lambda x: x.detach() * x, 2.0)[1]
    assert "detached" in words
    assert "cut from x" in words


def test_arrays_have_shape_and_range():
    """And NaN is said."""
    assert "value 3×4 from 1" in said(lambda m: np.sum(m * 2), np.ones((3, 4)))[1]
    assert "value [1 2]" in said(lambda v: np.sum(v**2), np.array([1.0, 2.0]))[1]
    assert "value NaN" in said(np.log, -1.0)[0]


def test_a_large_graph_is_told_in_part():
    """Nobody listens to a thousand nodes."""

    def chain(x):
        for _ in range(100):
            x = np.sin(x)
        return x

    words = said(chain, 1.0)[1]
    assert words.endswith("And 41 more nodes.")
    assert words.count("local gradient") == 59


@pytest.mark.parametrize("name", STORIES)
def test_every_story_can_be_told_at_every_step(name):
    """Without holes."""
    scene = make_scene(STORIES[name]())
    for step in range(scene.steps + 1):
        words = description(scene, scene.story.numbers, step)
        assert words.count(": value") == min(len(scene.story.nodes), 60)
        assert "  " not in words


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_short(name):
    """Twenty thousand letters are not read out."""
    scene = make_scene(named(name))
    assert len(description(scene, scene.story.numbers, scene.steps)) < 3000


def test_an_empty_array_has_no_range():
    """It is said to be empty."""
    scene = make_scene(gad.trace(lambda x: x.sum(), np.zeros((0, 3))).story)
    assert "gradient 0×3 (empty)" in title(scene, scene.story.numbers, scene.steps)
    assert "NaN" not in description(scene, scene.story.numbers, scene.steps)
