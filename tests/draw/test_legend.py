"""The key below a figure names the signs that are in it, and no others."""

from __future__ import annotations

import html
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from stories import STORIES

import graphviz_ad as gad
from graphviz_ad.draw import legend as legends
from graphviz_ad.draw import measuring, theme
from graphviz_ad.draw.colours import THEMES, TOKENS
from graphviz_ad.draw.frame import figure
from graphviz_ad.draw.legend import Occurrence, legend
from graphviz_ad.draw.scene import find_cuts, make_scene
from graphviz_ad.draw.svg import serialise
from graphviz_ad.story.modes import story_of
from graphviz_ad.story.telling import tell

SVG = "{http://www.w3.org/2000/svg}"
WORDS = [sign.word for sign in legends._SIGNS]


def scene_of(function, *arguments):
    """Lay out what a function does."""
    with np.errstate(all="ignore"):
        return make_scene(tell(gad.trace(function, *arguments)))


def words(scene, step=None):
    """Return the entries of the key of a figure."""
    with np.errstate(all="ignore"):
        plain, keyed = (ET.fromstring(serialise(figure(scene, step=step, key=key).tree)) for key in (False, True))
    texts = ["".join(text.itertext()) for text in keyed.iter(f"{SVG}text")]
    return [text for text in texts[len(list(plain.iter(f"{SVG}text"))) :] if text not in "×Σ"]


def cut(x):
    """Use a detached value, and multiply by zero."""
    y = np.exp(x)
    return y.detach() * x + 0 * y


def squares(x):
    """Three nodes on the way back."""
    y = 2 * x
    z = np.sin(y)
    return np.sum(z * z)


def slipped(x):
    """One line is right, one wrong, and one inherits."""
    y = 2 * x
    z = np.sin(y)
    dz = 2 * z
    dy = dz * np.sin(y)
    dx = 2 * dy
    return dx  # noqa: RET504  (a line of its own)


SCALE = "−max … 0 … max, each row on its own scale"
USUAL = ["value", "adjoint", "local gradient", "value goes down", "adjoint comes back"]


@pytest.mark.parametrize(
    ("function", "argument", "expected"),
    [
        (np.sin, 0.6, USUAL),
        (lambda x: x * x, 2.0, [*USUAL[:3], "sum of contributions", *USUAL[3:]]),
        (np.log, -1.0, [*USUAL[:4], "NaN", "carries NaN"]),
        (np.sqrt, 0.0, [*USUAL[:4], "infinite", "carries infinity"]),
        (lambda v: np.sum(np.sqrt(v)), np.arange(2.0), [*USUAL, "NaN or infinite", "carries infinity"]),
        (lambda x: x.detach() * 2, 1.0, ["value", "adjoint", "value goes down", "cut: nothing flows back"]),
        (lambda m: np.sum(m * 2), np.ones((4, 4)), [*USUAL, SCALE]),
        (lambda m: np.sum(m * 2), -np.ones((4, 4)), [*USUAL, SCALE, "below 0"]),
    ],
)  # fmt: skip
def test_only_the_signs_that_occur(function, argument, expected):
    """In the order of the table."""
    found = words(scene_of(function, argument))
    assert found == [word for word in WORDS if word in found]
    assert set(found) == set(expected)


def test_an_exact_zero_has_its_own_lane():
    """Beside lanes that carry something."""
    assert {"adjoint comes back", "an exact zero came back", "cut: nothing flows back"} <= set(
        words(scene_of(cut, 1.5))
    )


def test_a_step_has_the_signs_of_that_step():
    """Early in the story nothing came back, and something is written."""
    scene = scene_of(np.sin, 0.6)
    early, late = words(scene, 0), words(scene, scene.steps - 1)
    assert "adjoint comes back" not in early
    assert {"not known yet", "written in this step"} <= set(early)
    assert "adjoint comes back" in late
    assert "not known yet" not in late
    assert "read in this step" in late


def test_every_sign_can_occur():
    """No row of the table is dead."""
    seen = set()
    recordings = [gad.trace(f, 1.5).as_recording() for f in (cut, lambda x: 0.0 * x * x)]
    forward = [make_scene(story_of(recording, "forward")) for recording in recordings]
    some = scene_of(lambda v: np.sum(np.log(v)), np.array([0.0, -1.0, 1.0]))
    back = (
        some,
        scene_of(np.sqrt, 0.0),
        scene_of(cut, 1.5),
        scene_of(np.log, -1.0),
        scene_of(lambda m: np.sum(m * m), -np.ones((4, 4))),
    )
    both = make_scene(find_cuts(story_of(recordings[0], "both")))
    ill = [gad.check(lambda x: np.sqrt(x) * x, -1.0), gad.check(lambda x: np.maximum(x, 0), -1.0)]
    slips = [gad.check_backward(squares, slipped, np.ones(shape)) for shape in (3, (8, 4))]
    found = [make_scene(report._story()) for report in (*ill, *slips)]
    for scene in (*back, *forward, both, *found):
        for step in range(scene.steps + 1):
            seen |= set(words(scene, step))
    assert seen == set(WORDS)


def test_a_backward_pass_has_its_marks_explained(tmp_path):
    """In every picture of the report, without being asked for; and each says on which scale its map is."""
    gad.check_backward(squares, slipped, np.ones((8, 4))).save(tmp_path / "back.svg")
    text = html.unescape((tmp_path / "back.svg").read_text("utf-8"))
    for word in ("yours is right", "yours is wrong", "inherits from a wrong line", "on the adjoint's scale"):
        assert word in text


@pytest.mark.parametrize("name", STORIES)
def test_nothing_in_the_key_runs_out_of_the_figure_or_over_its_neighbour(name):
    """Whatever its width, the longest word fits."""
    scene = make_scene(STORIES[name]())
    made = figure(scene, key=True)
    left, top, wide, high = map(float, made.tree.attributes["viewBox"].split())
    boxes = []
    for item in made.tree.content:
        if item.tag == "text":
            x, y = float(item.attributes["x"]), float(item.attributes["y"])
            boxes.append((x, y, x + measuring.sans(item.content[0], float(item.attributes["font-size"]))))
    assert boxes
    for x, y, end in boxes:
        assert left <= x < end <= left + wide
        assert scene.top + scene.height - 8 < y < top + high - 4
        assert not [one for one in boxes if one[1] == y and x < one[0] < end]


@pytest.mark.parametrize("colours", THEMES)
def test_the_key_looks_as_the_figure_does(colours):
    """Every colour in it is one of the theme."""
    parts = [Occurrence(kind, state, flags) for kind in theme.KINDS for state in theme.KINDS[kind]
             for flags in ((), ("zero",), ("bad",), ("map",))]  # fmt: skip
    elements, _, _ = legend(parts, 0, 0, 400, colours)
    tokens = set(TOKENS[colours].values()) | {"none"}
    assert {
        item.attributes[name] for item in elements for name in ("fill", "stroke") if name in item.attributes
    } <= tokens


def test_without_a_key_nothing_is_added():
    """And an empty one takes no room."""
    scene = scene_of(np.sin, 0.6)
    assert figure(scene).height == scene.height
    assert legend([], 0, 0, 400, "light") == ([], 0.0, 0.0)


def test_a_figure_narrower_than_its_key_stays_in_the_middle():
    """The paper grows on both sides."""
    scene = scene_of(np.sin, 0.6)
    left, _, wide, _ = map(float, figure(scene, key=True).tree.attributes["viewBox"].split())
    assert wide > scene.width
    assert left + wide / 2 == pytest.approx(scene.left + scene.width / 2, abs=0.01)
