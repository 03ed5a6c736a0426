"""The picture of both modes: three lanes an edge, two rows below the value, cuts between the rows of cards."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw.both import alone
from graphviz_ad.draw.frame import frame
from graphviz_ad.draw.scene import Scene, find_cuts, make_scene
from graphviz_ad.draw.timeline import at
from graphviz_ad.story.both import tell_both, turn
from graphviz_ad.story.modes import story_of

SVG = "{http://www.w3.org/2000/svg}"


def worked(x: Any) -> Any:
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def linear(x: Any) -> Any:
    """Use rules that say something else on the way back."""
    return np.sum(np.array([[1.0, 2.0], [3.0, 4.0]]) @ x)


@pytest.fixture(scope="module")
def scene() -> Scene:
    """log(x²)·sin x + 1/x at 2."""
    return make_scene(find_cuts(tell_both(gad.trace(worked, 2.0).as_recording())))


def test_every_mode_has_its_lane_and_they_keep_apart(scene: Scene) -> None:
    """Tangents fall left of the values, adjoints rise right of them."""
    tree = ET.fromstring(frame(scene))
    for edge in scene.story.edges:
        starts = []
        for letter in "tfb":
            group = tree.find(f".//{SVG}g[@id='e{edge.child}_{edge.argument}_{letter}']")
            assert group is not None
            path = next(iter(group))
            numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path.attrib["d"])]
            starts.append(numbers[0])
        left, middle, right = starts
        assert middle - left == pytest.approx(8)
        assert right - middle == pytest.approx(11)


def test_no_card_is_crossed_by_a_cut_and_each_says_the_slope(scene: Scene) -> None:
    """A dotted line lies between two rows of cards; the sum beside it is f′(2) in the digits of the picture."""
    tree = ET.fromstring(frame(scene))
    cards = []
    for card in scene.story.nodes:
        group = tree.find(f".//{SVG}g[@id='n{card.position}']")
        assert group is not None
        box = next(own for own in group if own.tag == f"{SVG}rect" and own.attrib.get("rx") == "6")
        top = float(box.attrib["y"])
        cards.append((top, top + float(box.attrib["height"])))
    assert len(scene.story.cuts) == 4
    for k in range(4):
        group = tree.find(f".//{SVG}g[@id='k{k}']")
        assert group is not None
        height = float(group[0].attrib["d"].split(",")[1].split("H")[0])
        assert all(not top <= height <= bottom for top, bottom in cards)
        assert [own.text for own in group if own.text][-1] == "0.0823954"


def test_a_sum_is_known_when_the_last_of_its_products_is(scene: Scene) -> None:
    """From the bottom to the top, while the adjoints rise; not while tangents fall."""
    first = [scene.parts[f"k{k}"].timeline[1].step for k in range(len(scene.story.cuts))]
    assert first == sorted(first, reverse=True)
    assert first[-1] > turn(scene.story)
    for k, cut in enumerate(scene.story.cuts):
        nodes = {term.node for term in cut.terms}
        writes = [step.index for step in scene.story.steps if step.after.kind in ("adjoint", "partial")
                  and step.after.node in nodes]  # fmt: skip
        assert first[k] == max(writes)


def test_the_factor_is_rung_by_each_mode_in_its_turn(scene: Scene) -> None:
    """It is empty, rung as a tangent passes, and again as an adjoint does; and the same while one mode is shown."""
    assert [entry.state for entry in scene.parts["e3_0_g"].timeline] == ["unknown", "ahead", "known", "now", "known"]
    for mode in ("forward", "reverse"):
        parts = alone(scene.parts, scene.story, scene.index, mode)
        assert set(parts) == set(scene.parts)
        own = make_scene(story_of(gad.trace(worked, 2.0).as_recording(), mode))
        for name, part in own.parts.items():
            assert parts[name].kind == part.kind
            assert [entry[:2] for entry in parts[name].timeline] == [entry[:2] for entry in part.timeline]
        others = {name: part.kind for name, part in parts.items() if name not in own.parts}
        assert set(others.values()) == ({"away", "outlet"} if mode == "forward" else {"away"})


def test_forward_first_then_back(scene: Scene) -> None:
    """At the turn all tangents are known and no adjoint is, but the seed."""
    step = turn(scene.story)
    for card in scene.story.nodes:
        assert at(scene.parts[f"n{card.position}_t"].timeline, step).state == "known"
        state = at(scene.parts[f"n{card.position}_a"].timeline, step).state
        assert state == ("now" if card.role == "output" else "unknown")


def test_a_rule_says_what_it_does_either_way() -> None:
    """A matrix product multiplies the tangent by A, and the adjoint by its transpose."""
    story = find_cuts(tell_both(gad.trace(linear, np.ones(2)).as_recording(), np.ones(2)))
    tree = ET.fromstring(frame(make_scene(story)))
    socket = tree.find(f".//{SVG}g[@id='e1_0_g']")
    if socket is None:
        socket = tree.find(f".//{SVG}g[@id='e1_1_g']")
    assert socket is not None
    texts = ["".join(text.itertext()) for text in socket.iter(f"{SVG}text")]
    assert len(texts) == 2
    assert texts[0] != texts[1]
    assert "T" in texts[1]
    assert "T" not in texts[0]


def test_arrays_are_multiplied_entry_by_entry() -> None:
    """The sum beside a cut says so."""
    story = find_cuts(tell_both(gad.trace(linear, np.ones(2)).as_recording(), np.ones(2)))
    assert all("⊙" in cut.formula.text for cut in story.cuts)
    assert [float(story.numbers[cut.total]) for cut in story.cuts] == [10.0] * len(story.cuts)
