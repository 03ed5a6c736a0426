"""Flags, waves and frames: they cover nothing, come at their step, and differ without colour."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.showing import with_findings
from graphviz_ad.draw import theme
from graphviz_ad.draw.frame import figure, frame
from graphviz_ad.draw.lanes import _course, wave
from graphviz_ad.draw.outlines import outline_of_path
from graphviz_ad.draw.scene import make_scene
from graphviz_ad.draw.signs import SIGNS, named
from graphviz_ad.draw.timeline import at


def chosen(x):
    """Two ways on which NaN goes back: into a product with two sockets, the first of which is flagged."""
    d = x**2
    r = np.sqrt(d)
    return np.sum(np.where(d > 1, r, 0.0) * d)


def split(x, y):
    """Both sockets of a product send nothing back to one of its operands."""
    return np.floor(x) * y + np.maximum(y - 5, 0)


CASES = {
    "root": (chosen, np.array([0.0, 2.0, 3.0])),
    "off": (split, 1.5, 2.0),
    "born": (lambda x, y: np.sum(np.log(x) * y), np.array([-1.0, 2.0]), np.ones(2)),
    "map": (lambda w: np.sum(np.where(w > 0, np.log(w), 0.0)), np.arange(20.0).reshape(5, 4)),
}


@pytest.fixture(scope="module", params=CASES)
def scene(request):
    function, *arguments = CASES[request.param]
    with np.errstate(all="ignore"):
        report = gad.check(function, *arguments)
    return make_scene(with_findings(report.trace.story, report.trace, report.findings))


def rectangle(element):
    """Return the rectangle around a path, or of a rect."""
    if element.tag == "rect":
        x, y, wide, high = (float(element.attributes[side]) for side in ("x", "y", "width", "height"))
        return x, y, x + wide, y + high
    points = [point for piece in outline_of_path(element.attributes["d"]) for point in piece.points]
    return (*map(min, zip(*points, strict=True)), *map(max, zip(*points, strict=True)))


def apart(one, other):
    return one[2] <= other[0] + 1 or other[2] <= one[0] + 1 or one[3] <= other[1] + 1 or other[3] <= one[1] + 1


def test_a_flag_covers_no_other_card_no_lane_and_no_flag_and_stays_inside(scene):
    nodes = [element for element in scene.tree if "node" in element.classes]
    flags = {
        (node.part, child.part): rectangle(child.content[0])
        for node in nodes
        for child in node.content
        if getattr(child, "part", "").endswith("_flag")
    }
    assert flags
    bodies = {node.part: rectangle(next(c for c in node.content if c.classes == ("border",))) for node in nodes}
    lines = [
        _course(path.attributes["d"])
        for edge in scene.tree
        if "edge" in edge.classes
        for lane in edge.content
        for path in lane.content
        if path.classes == ("line",)
    ]
    for (node, _), flag in flags.items():
        assert all(apart(flag, body) for name, body in bodies.items() if name != node)
        left, top, right, bottom = flag
        assert not [p for line in lines for p in line if left < p[0] < right and top < p[1] < bottom]
        assert flag[2] <= scene.left + scene.width
    assert all(apart(one, other) for one, other in itertools.combinations(flags.values(), 2))


def test_a_flag_goes_up_at_the_step_of_its_finding(scene):
    flags = {account.step for account in scene.story.findings for _ in account.flags}
    flown = {part.timeline[-1].step for name, part in scene.parts.items() if name.endswith("_flag")}
    assert flown <= flags
    assert all(part.timeline[-1].state == "flown" for name, part in scene.parts.items() if name.endswith("_flag"))
    first = scene.story.findings[0]
    sign = next(name for name in scene.parts if name.endswith("_flag"))
    # What is hidden is left out of a picture, and its group is empty.
    groups = [re.search(rf'id="{sign}"[^>]*>', frame(scene, step=step))[0] for step in (first.step - 1, first.step)]
    assert [group.endswith("/>") for group in groups] == [True, False]


def test_what_carries_nan_is_a_wave_and_nothing_else_is(scene):
    numbers = scene.story.numbers
    for edge in scene.story.edges:
        name = f"e{edge.child}_{edge.argument}_b"
        last = at(scene.parts[name].timeline, scene.steps)
        sent = scene.readings[last.quantity].key if last.quantity >= 0 else None
        holds = sent is not None and bool(np.isnan(numbers[sent]).any())
        lane = next(lane for one in scene.tree for lane in one.content if lane.part == name)
        assert any("wave" in path.classes for path in lane.content) == holds, name


@pytest.mark.parametrize("line", ["M0,0V60", "M5.5,6V14C5.5,40 60,20 60,60V80", "M0,0V8Q0,17 9,17H40Q49,17 49,26V60"])
@pytest.mark.parametrize("up", [False, True])
def test_a_wave_has_the_ends_of_its_lane_and_keeps_beside_it(line, up):
    ends = [(pieces[0].points[-1], pieces[-1].points[-1]) for pieces in map(outline_of_path, (line, wave(line, up)))]
    assert np.allclose(*ends, atol=0.02)
    lane, course = rectangle_of(line), rectangle_of(wave(line, up))
    assert np.all(np.abs(np.array(lane) - course) <= 2 * 3.1 + 0.1)


def rectangle_of(data):
    points = np.array([point for piece in outline_of_path(data) for point in piece.points])
    return (*points.min(axis=0), *points.max(axis=0))


def test_a_short_lane_stays_straight():
    assert wave("M0,0V14") == "M0,0V14"


def test_the_framed_entry_is_the_cell_of_its_number():
    function, *arguments = CASES["map"]
    with np.errstate(all="ignore"):
        report = gad.check(function, *arguments)
    scene = make_scene(with_findings(report.trace.story, report.trace, report.findings))
    row = next(c for n in scene.tree if n.part == "n0" for c in n.content if getattr(c, "part", "") == "n0_v")
    picture = next(child for child in row.content if child.classes[:1] == ("picture",))
    framed = next(child for child in row.content if child.classes == ("framed",))
    assert framed.attributes["x"] == picture.attributes["data-x"]  # the first of its entries is 0
    assert float(framed.attributes["width"]) * 4 == float(picture.attributes["data-width"])


def test_nine_things_an_adjoint_can_be_differ_without_colour():
    """Lanes and flags: by dash, head, course or inversion, in grey."""
    rows = {
        "number": ("came", ()),
        "zero": ("came", ("zero",)),
        "infinite": ("came", ("bad",)),
        "nan": ("came", ("bad", "nan")),
        "severed": ("cut", ()),
        "unknown": ("hidden", ()),
    }
    parts = ("line", "head", "broad", "bars", "wave")
    looks = {
        name: tuple(theme.attributes("backward", state, flags, (part,), "print").items() for part in parts)
        for name, (state, flags) in rows.items()
    }
    for one, other in itertools.combinations(looks, 2):
        assert [dict(a) for a in looks[one]] != [dict(b) for b in looks[other]], (one, other)
    grounds = [theme.attributes(kind, "flown", (), ("bg",), "print")["fill"] for kind in ("alarm", "blame", "aside")]
    assert grounds[2] not in grounds[:2]


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_a_saved_report_has_its_flags(suffix, tmp_path):
    function, *arguments = CASES["root"]
    report = gad.check(function, *arguments)
    target = tmp_path / f"report.{suffix}"
    report.save(target)
    if suffix == "svg":
        svg = target.read_text("utf-8")
        assert "0 · ∞ = NaN" in svg
        assert "born here" in svg
    elif suffix == "png":
        from PIL import Image

        warn = np.all(np.array(Image.open(target).convert("RGB")) == (0x7A, 0x0B, 0x5C), axis=-1)
        assert warn.sum() > 2000  # the ground of a flag alone has more
    else:
        assert target.read_bytes().startswith(b"%PDF")


def test_every_sign_is_drawn_inside_its_square():
    for name in (*SIGNS, "severed", "cancelled"):
        for path in named(name):
            points = [point for piece in outline_of_path(path) for point in piece.points]
            assert all(0 <= z <= 20 for point in points for z in point), name


def test_a_picture_without_findings_has_none_of_it():
    svg = frame(make_scene(gad.trace(np.sin, 1.0).story))
    assert not re.search("flag|framed|wave", svg)
    assert "findings" not in figure(make_scene(gad.trace(np.sin, 1.0).story)).description
