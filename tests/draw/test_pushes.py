"""Forward mode in the picture: tangents fall beside the values, parts add up in sockets, zeros look different."""

from __future__ import annotations

import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw import lanes
from graphviz_ad.draw.alternative import description, title
from graphviz_ad.draw.frame import figure, frame
from graphviz_ad.draw.legend import Occurrence, legend
from graphviz_ad.draw.scene import Scene, make_scene
from graphviz_ad.draw.theme import attributes
from graphviz_ad.draw.timeline import at
from graphviz_ad.story.modes import story_of


def curve(x):
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def stopped(x, y):
    return np.floor(x) * y + x.detach() * y + 0.0 * x


def writes(x):
    z = np.ones(3, like=x)
    for i in range(1, 3):
        z[i] = z[i - 1] * np.sin(x)
    return z.sum()


def forward(f, *args, tangents=None) -> Scene:
    with np.errstate(all="ignore"):
        recording = gad.trace(f, *args).as_recording()
    return make_scene(story_of(recording, "forward", tangents))


def states(scene: Scene, step: int) -> dict[str, str]:
    return {name: at(part.timeline, step).state for name, part in scene.parts.items()}


def test_at_a_push_the_tangents_flow_in_and_the_parts_are_counted():
    """Step 12 of log(x²)·sin x + 1/x: both factors arrive at v₄, what comes later waits."""
    scene = forward(curve, 2.0)
    now = states(scene, 11)
    assert {name for name, state in now.items() if state in ("now", "flows")} == {
        "n4", "n4_t", "e4_0_g", "e4_1_g", "e4_0_p", "e4_1_p", "e4_0_t", "e4_1_t",
    }  # fmt: skip
    assert {name for name, state in now.items() if state == "operand"} == {"n2_t", "n3_t"}
    assert at(scene.parts["n4_t"].timeline, 11).note == "Σ 2 of 2"
    assert (now["e2_0_t"], now["e6_0_t"], now["n6_t"], now["e6_0_p"]) == ("went", "hidden", "unknown", "unknown")
    assert set(states(scene, scene.steps).values()) == {"known", "went"}


def test_no_part_of_the_way_back_is_drawn():
    scene = forward(curve, 2.0)
    assert {part.kind for part in scene.parts.values()} == {"node", "value", "tangent", "forward", "push", "inlet",
                                                            "share"}  # fmt: skip
    words = frame(scene)
    assert "adjoint" not in words
    assert attributes("adjoint", "known", (), ("slot",))["fill"] not in words


def test_only_where_several_operands_move_a_socket_has_a_sum_line():
    scene = forward(curve, 2.0)
    assert {name for name in scene.parts if name.endswith("_p")} == {"e4_0_p", "e4_1_p", "e6_0_p", "e6_1_p"}
    text = frame(scene)
    shares = re.findall(r'id="(e\d_\d_p)".*?>=</text><text[^>]*>([^<]*)<', text)
    assert shares == [("e4_0_p", "0.909297"), ("e4_1_p", "−0.576902"), ("e6_0_p", "0.332395"), ("e6_1_p", "−0.25")]


def test_a_fan_out_has_exits_and_sums_nothing():
    drawn = frame(forward(curve, 2.0))
    assert not re.search(r'id="e\d_\d_c"', drawn)
    assert drawn.count(">to <") == 3
    assert "= Σ" not in drawn


def test_what_has_no_tangent_looks_unlike_a_tangent_of_zero():
    scene = forward(stopped, 0.5, 2.0, tangents={"x": 1.0})
    end = states(scene, scene.steps)
    nodes = {card.short.text: card.position for card in scene.story.nodes}
    assert end[f"n{nodes['⌊x⌋']}_t"] == "still"
    detached = next(card.position for card in scene.story.nodes if card.detached)
    assert end[f"n{detached}_t"] == "detached"
    assert end[f"n{nodes['y']}_t"] == "known"
    assert end[f"e{nodes['⌊x⌋']}_0_t"] == end[f"e{detached}_0_t"] == "cut"
    text = frame(scene)
    assert ">not moving<" in text
    assert ">detached<" in text
    zero = next(name for name in scene.parts if name.endswith("_t") and scene.parts[name].kind == "push"
                and end[name] == "went" and at(scene.parts[name].timeline, scene.steps).quantity
                == scene.index["tangent", nodes["y"], 0])  # fmt: skip
    assert re.search(rf'class="push went zero" id="{zero}"', text)
    # From what does not move nothing sets out, so there is no lane to be cut.
    child = next(edge for edge in scene.story.edges if edge.parent == nodes["⌊x⌋"])
    assert f"e{child.child}_{child.argument}_t" not in scene.parts


@pytest.mark.parametrize("theme", ["light", "dark", "high-contrast", "print"])
def test_tangents_are_told_from_values_and_adjoints_without_their_hue(theme):
    """By the dash of the lane and the shape of the mark; and in colour by the hue, too."""
    dashes = [attributes(kind, state, (), ("line",), theme).get("stroke-dasharray")
              for kind, state in (("forward", "went"), ("push", "went"), ("backward", "came"))]  # fmt: skip
    assert len(set(dashes)) == 3
    scene = forward(np.sin, 0.5)
    rows = r'id="n1_([vt])">.*?class="mark" d="([^"]*)"'
    marks = dict(re.findall(rows, frame(scene, standalone=False)))
    assert "c" in marks["t"]
    assert "c" not in marks["v"]
    if theme != "print":
        assert (
            len({attributes(kind, "known", (), ("slot",), theme)["fill"] for kind in ("value", "tangent", "adjoint")})
            == 3
        )


@pytest.mark.parametrize(("start", "end"), [((64, 68), (64, 105)), ((64, 68), (200, 160)), ((200, 68), (20, 300))])
def test_the_tangent_falls_on_the_left_of_the_value_from_end_to_end(start, end):
    pair = lanes.draw_pair(start, end)
    for path, shift in ((pair.down, 4), (pair.other, -4)):
        x = float(re.match(r"M([-\d.]+)", path)[1])
        last = re.findall(r"([-\d.]+),[-\d.]+V", path)[-1]
        assert x == start[0] + shift
        assert float(last) == end[0] + shift
    assert pair.other_head.startswith(f"M{end[0] - 4},{end[1]}")


PROGRAMS = {
    "curve": (curve, (2.0,), None),
    "stopped": (stopped, (0.5, 2.0), {"x": 1.0}),
    "writes": (writes, (0.7,), None),
    "layer": (lambda x, w: np.sum(np.tanh(x @ w)), (np.ones((8, 3)), np.ones((3, 8))), {"w": np.ones((3, 8))}),
    "fan": (lambda x: x * np.sin(x) * np.cos(x) * np.exp(x) * x, (0.3,), None),
    "stack": (lambda x, y: np.stack([x, y, x * y]), (0.3, 2.0), (1.0, -1.0)),
    "nan": (lambda x: np.log(x) * x, (-1.0,), None),
    "constant": (lambda x: 3.0, (1.0,), None),
    "empty": (lambda x: np.sum(np.exp(x)), (np.zeros(0),), np.zeros(0)),
    "named": (lambda temperature: np.exp(temperature), (0.3,), None),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_is_drawn_at_every_step_and_told_in_words(name):
    f, args, tangents = PROGRAMS[name]
    scene = forward(f, *args, tangents=tangents)
    for step in range(scene.steps + 1):
        made = figure(scene, step=step, key=True)
        ids = re.findall(r' id="([^"]*)"', frame(scene, step=step))
        assert len(ids) == len(set(ids))
        assert "adjoint" not in made.title + made.description
    assert len(made.description) > 20


def test_the_picture_is_told_in_words_as_far_as_it_is_known():
    scene = forward(curve, 2.0)
    numbers = scene.story.numbers
    assert title(scene, numbers, scene.steps).endswith("value 1.760554; tangent 0.0823954")
    assert title(scene, numbers, 11).endswith("value 1.760554")
    told = description(scene, numbers, 11)
    assert "v₄ = a · v₃: value 1.260554, tangent 0.332395 (Σ 2 of 2), local gradient v₃ = 0.909297 to a" in told
    assert "v₅ = 1/x: value 0.5, tangent not known yet." in told
    still = forward(stopped, 0.5, 2.0, tangents={"x": 1.0})
    assert "tangent none: it does not move" in description(still, still.story.numbers, still.steps)


def test_the_key_names_the_signs_of_forward_mode_and_no_others():
    scene = forward(stopped, 0.5, 2.0, tangents={"x": 1.0})
    end = scene.steps
    parts = {Occurrence(part.kind, at(part.timeline, end).state, ()) for part in scene.parts.values()}
    words = [item.content[0] for item in legend(parts, 0, 0, 600, "light")[0] if item.tag == "text"]
    assert {"value", "tangent", "tangent moves on", "cut: nothing moves on"} <= set(words)
    assert not {"adjoint", "backward", "sum of contributions"} & set(words)


def test_every_format_saves_forward_mode(tmp_path):
    ours = gad.trace(curve, 2.0)
    for suffix in ("svg", "png", "pdf", "html", "dot", "json"):
        ours.save(tmp_path / f"back.{suffix}")
        ours.save(tmp_path / f"on.{suffix}", mode="forward")
        assert (tmp_path / f"on.{suffix}").read_bytes() != (tmp_path / f"back.{suffix}").read_bytes()
    assert "tangent 0.0823954" in (tmp_path / "on.dot").read_text(encoding="utf-8")
    ours.save(tmp_path / "step.svg", mode="forward", step=11)
    assert "Σ 2 of 2" in (tmp_path / "step.svg").read_text(encoding="utf-8")
    with pytest.raises(gad.errors.InputError, match=r"save: unknown mode 'fowards'"):
        ours.save(tmp_path / "no.svg", mode="fowards")
    with pytest.raises(gad.errors.InputError, match=r"save: tangents= says .* add mode='forward'"):
        ours.save(tmp_path / "no.svg", tangents=1.0)
    with pytest.raises(gad.errors.InputError, match=r"step 14 does not exist; the story has 14 steps"):
        ours.save(tmp_path / "no.svg", mode="forward", step=14)
    assert not (tmp_path / "no.svg").exists()


def test_a_routed_lane_goes_no_farther_to_a_side_than_it_must():
    """Where a route runs far to the left and ends at once, it had swung past its end, and came back in a hook."""
    points = [(300.0, 0.0), (300.0, 20.0), (290.0, 60.0), (200.0, 80.0), (80.0, 84.0), (79.0, 95.0), (79.0, 110.0)]
    path = lanes._smooth(points)
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", path)]
    assert min(numbers[0::2]) >= 79.0
    assert max(numbers[0::2]) <= 300.0
