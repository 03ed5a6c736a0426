"""Figures of a node and its neighbours: everything near it is there, whole and where it was, and nothing else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw.cropping import cropped, position_of
from graphviz_ad.draw.frame import figure
from graphviz_ad.draw.scene import make_scene
from graphviz_ad.draw.svg import serialise
from graphviz_ad.errors import InputError

SVG = "{http://www.w3.org/2000/svg}"


def worked(x):
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


SCENE = make_scene(gad.trace(worked, 2.0).story)
EDGES = {(edge.child, edge.argument): edge.parent for edge in SCENE.story.edges}


def painted(scene):
    return ET.fromstring(serialise(figure(scene).tree))


def ids(root):
    return {element.get("id") for element in root.iter() if element.get("id")}


@pytest.mark.parametrize("position", range(len(SCENE.story.nodes)))
def test_the_node_and_its_neighbours_are_there_and_no_others(position):
    near = {position}
    for (child, _), parent in EDGES.items():
        near |= {child, parent} if position in (child, parent) else set()
    shown = ids(painted(cropped(SCENE, position)))
    assert {int(name[1:]) for name in shown if re.fullmatch(r"n\d+", name)} == near
    inner = {f"e{c}_{k}" for (c, k), parent in EDGES.items() if {c, parent} <= near}
    assert {name for name in shown if re.fullmatch(r"e\d+_\d+", name)} == inner


@pytest.mark.parametrize("position", range(len(SCENE.story.nodes)))
def test_what_is_left_out_has_a_sign_and_nothing_is_cut(position):
    root = painted(cropped(SCENE, position))
    left, top, width, height = map(float, root.get("viewBox").split())
    near = {int(name[1:]) for name in ids(root) if re.fullmatch(r"n\d+", name)}
    severed = {(c, k) if c in near else ("below", parent, (c, k))
               for (c, k), parent in EDGES.items() if (c in near) != (parent in near)}  # fmt: skip
    dots = [element for element in root.iter(SVG + "text") if element.text == "⋮"]
    shared = {(entry[1] if len(EDGES) and entry[0] == "below" and uses(entry[1]) == 1 else entry) for entry in severed}
    assert len(dots) == len(shared)
    for rect in (element for element in root.iter(SVG + "rect") if element.get("x")):
        x, y = float(rect.get("x")), float(rect.get("y"))
        assert left <= x
        assert x + float(rect.get("width")) <= left + width
        assert top <= y
        assert y + float(rect.get("height")) <= top + height
    for dot in dots:
        assert top < float(dot.get("y")) < top + height


def uses(node):
    return sum(parent == node for parent in EDGES.values())


def test_cards_stay_where_they_were():
    def places(root):
        return {group.get("id"): [rect.get("x") for rect in group.findall(SVG + "rect")]
                for group in root.iter(SVG + "g") if re.fullmatch(r"n\d+", group.get("id") or "")}  # fmt: skip

    whole, part = places(painted(SCENE)), places(painted(cropped(SCENE, 4)))
    assert part
    assert all(whole[name] == xs for name, xs in part.items())


def test_the_description_tells_of_what_is_shown():
    part = figure(cropped(SCENE, position_of(SCENE.story, "v1")))
    assert part.title.startswith("v₁ and its neighbours in the computational graph of ")
    assert part.description.startswith("x (input)")
    assert "sin x" not in part.description.replace("local gradient", "")


def test_names_are_found_as_they_are_typed():
    story = SCENE.story
    assert position_of(story, "v1") == position_of(story, "v₁") == 1
    assert position_of(story, " a ") == 2
    with pytest.raises(InputError, match=r"save: around: no node is called 'v9'; there are x, v₁, a, .* and worked"):
        position_of(story, "v9")


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_every_figure_can_be_cropped(suffix, tmp_path):
    trace = gad.trace(worked, 2.0)
    trace.save(tmp_path / f"whole.{suffix}")
    trace.save(tmp_path / f"part.{suffix}", around="a", legend=True)
    assert (tmp_path / f"part.{suffix}").stat().st_size < (tmp_path / f"whole.{suffix}").stat().st_size
    with pytest.raises(InputError, match="around must be what the picture calls a node"):
        trace.save(tmp_path / f"part.{suffix}", around=3)


def test_pages_are_not_cropped(tmp_path):
    with pytest.raises(InputError, match=r"a \.html file takes no around; \.svg, \.png and \.pdf do"):
        gad.trace(worked, 2.0).save(tmp_path / "f.html", around="x")


def sizes(path):
    """Return the sizes of type in an SVG file, in px."""
    root = ET.parse(path).getroot()
    box = float(root.get("viewBox").split()[2])
    number, unit = re.fullmatch(r"([\d.]+)([a-z]*)", root.get("width")).groups()
    factor = float(number) * {"": 1.0, "cm": 96 / 2.54, "pt": 96 / 72}[unit] / box
    return [float(element.get("font-size")) * factor for element in root.iter() if element.get("font-size")]


def test_the_smallest_type_makes_a_figure_as_large_as_it_takes(tmp_path):
    trace, path = gad.trace(worked, 2.0), tmp_path / "f.svg"
    trace.save(path, smallest="12pt")
    assert min(sizes(path)) == pytest.approx(16.0, rel=1e-3)
    trace.save(path)
    natural = min(sizes(path))
    trace.save(path, smallest="1pt")
    assert min(sizes(path)) == pytest.approx(natural)


def test_a_width_too_small_for_its_type_says_which_is_not(tmp_path):
    trace, path = gad.trace(worked, 2.0), tmp_path / "f.svg"
    with pytest.raises(InputError, match="the smallest type is") as caught:
        trace.save(path, width="4cm", smallest="6pt")
    (least,) = re.findall(r"give width='([\d.]+cm)' at least", str(caught.value))
    assert not path.exists()
    trace.save(path, width=least, smallest="6pt")
    assert min(sizes(path)) == pytest.approx(8.0, rel=2e-3)
    assert min(sizes(path)) >= 8.0
