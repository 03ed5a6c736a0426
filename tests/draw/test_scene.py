"""Scenes: what goes where, and when each part changes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from boxes import cards, child, groups, parse, rect, walk, whole
from stories import STORIES, chain, diamond, fan_out, log_sine

import graphviz_ad as gad
from graphviz_ad.draw import theme
from graphviz_ad.draw.frame import frame
from graphviz_ad.draw.scene import MAX_BOXES, make_scene
from graphviz_ad.draw.timeline import at
from graphviz_ad.errors import SizeError
from graphviz_ad.story.modes import story_of

PICTURES = {**STORIES, "chain": lambda: chain(30), "wide": lambda: diamond(20), "fans": lambda: fan_out(14)}


@pytest.fixture(params=PICTURES)
def drawn(request):
    """Return a story, its scene and its finished picture."""
    story = PICTURES[request.param]()
    scene = make_scene(story)
    return story, scene, parse(frame(scene, standalone=False))


def test_children_are_below_their_parents(drawn):
    """Every edge runs downwards: values fall, adjoints rise."""
    story, _, root = drawn
    nodes = groups(root, "node")
    for edge in story.edges:
        assert whole(nodes[f"n{edge.child}"]).top > cards(root)[f"n{edge.parent}"].bottom + 20


def test_boxes_do_not_overlap(drawn):
    """Cards with their sockets keep clear of each other and inside the picture."""
    _, scene, root = drawn
    boxes = [whole(group) for group in groups(root, "node").values()]
    for place, box in enumerate(boxes):
        assert box.left >= scene.left + 7
        assert box.top >= scene.top + 7
        assert box.right <= scene.left + scene.width - 7
        assert box.bottom <= scene.top + scene.height - 7
        assert not any(box.overlaps(other) for other in boxes[:place])


def test_sockets_and_pads_stand_side_by_side(drawn):
    """The slots of a row lie within their card's width and do not overlap."""
    _, _, root = drawn
    for kind in ("socket", "pad"):
        for name, group in groups(root, "node").items():
            card = cards(root)[name]
            slots = [rect(child(g, "bg")) for g in groups(group, kind).values()]
            for place, slot in enumerate(slots):
                assert card.left <= slot.left
                assert slot.right <= card.right
                assert not any(slot.overlaps(other) for other in slots[:place])


def test_sockets_are_in_the_order_of_the_arguments(drawn):
    """The first operand is on the left."""
    _, _, root = drawn
    for group in groups(root, "node").values():
        sockets = groups(group, "socket")
        order = sorted(sockets, key=lambda name: int(name.split("_")[1]))
        assert order == sorted(sockets, key=lambda name: rect(child(sockets[name], "bg")).left)


def test_lanes_run_from_port_to_port(drawn):
    """The left lane starts under its pad (or card) and ends at its socket; the right lane lies beside it."""
    story, _, root = drawn
    forward, sockets, pads = groups(root, "forward"), groups(root, "socket"), groups(root, "pad")
    for edge in story.edges:
        name = f"e{edge.child}_{edge.argument}"
        points = list(walk(child(forward[f"{name}_f"], "line").get("d")))
        socket = rect(child(sockets[f"{name}_g"], "bg"))
        assert points[-1][0] + 5.5 == pytest.approx((socket.left + socket.right) / 2, abs=0.6)
        assert points[-1][1] + 6 == pytest.approx(socket.top, abs=0.02)
        card = cards(root)[f"n{edge.parent}"]
        assert points[0][1] == pytest.approx(card.bottom, abs=0.02)
        if f"{name}_c" in pads:
            pad = rect(child(pads[f"{name}_c"], "bg"))
            assert points[0][0] + 5.5 == pytest.approx((pad.left + pad.right) / 2, abs=0.6)
        else:
            assert card.left < points[0][0] < card.right
        if edge.kind != "cut":
            up = list(walk(child(groups(root, "backward")[f"{name}_b"], "line").get("d")))
            assert up[0][0] - points[0][0] == pytest.approx(11, abs=0.02)
            assert up[-1][0] - points[-1][0] == pytest.approx(11, abs=0.02)


def test_lanes_keep_clear_of_other_cards(drawn):
    """No lane runs through a card."""
    _, _, root = drawn
    boxes = {name: whole(group) for name, group in groups(root, "node").items()}
    for kind in ("forward", "backward"):
        for name, group in groups(root, kind).items():
            for x, y in walk(child(group, "line").get("d")):
                for other, box in boxes.items():
                    inside = box.left + 0.5 < x < box.right - 0.5 and box.top + 0.5 < y < box.bottom - 0.5
                    assert not inside, (name, other)


def test_lanes_only_go_down(drawn):
    """Seen from the parent, a lane never turns back up."""
    _, _, root = drawn
    for group in groups(root, "forward").values():
        heights = [y for _, y in walk(child(group, "line").get("d"))]
        assert all(b >= a - 0.5 for a, b in pairwise(heights))


def test_parts_have_known_kinds_and_states(drawn):
    """Every state of every timeline is in the table, steps ascend, and quantities exist."""
    _, scene, _ = drawn
    for name, part in scene.parts.items():
        assert part.timeline[0].step == 0, name
        steps = [entry.step for entry in part.timeline]
        assert steps == sorted(set(steps))
        assert steps[-1] <= scene.steps
        for entry in part.timeline:
            assert entry.state in theme.KINDS[part.kind]
            assert -1 <= entry.quantity < len(scene.readings)
            assert 0 <= entry.progress <= 1


def test_a_finished_story_has_nothing_in_progress(drawn):
    """After the last step nothing is now, flowing or marked."""
    _, scene, _ = drawn
    states = {at(part.timeline, scene.steps).state for part in scene.parts.values()}
    assert not states & {"now", "flows", "operand", "partial"}


def test_each_step_inverts_what_it_writes(drawn):
    """At every step exactly one node is written, and what its step names is in progress."""
    story, scene, _ = drawn
    for number, step in enumerate(story.steps):
        now = {name for name, part in scene.parts.items() if at(part.timeline, number).state == "now"}
        assert f"n{step.node}" in now
        written = {
            "evaluate": f"n{step.node}_v",
            "seed": f"n{step.node}_a",
            "accumulate": f"n{step.node}_a",
            "local": "e{}_{}_g".format(*step.edge) if step.edge else "",
        }[step.kind]
        assert written in now


def test_log_sine_tells_nineteen_steps():
    """The adjoint of x passes through three sums with their counters, then is simply known."""
    scene = make_scene(log_sine())
    assert scene.steps == 19
    told = [(entry.state, entry.note) for entry in scene.parts["n0_a"].timeline]
    assert told == [
        ("unknown", ""),
        ("now", "1 of 3"),
        ("partial", "1 of 3"),
        ("now", "2 of 3"),
        ("partial", "2 of 3"),
        ("now", "3 of 3"),
        ("known", ""),
    ]


@pytest.mark.parametrize("mode", ["reverse", "both", "forward"])
def test_two_uses_in_one_operation_have_names_of_their_own(mode):
    """In x · x the pads are told apart, in the picture and in what is read aloud of it; and they fit."""
    trace = gad.trace(lambda x: x * x * x, 3.0)
    root = parse(frame(make_scene(story_of(trace, mode)), standalone=False))
    names = ["".join(text.itertext()) for text in root.iter() if text.get("class") in ("label", "to", "leads")]
    word = "to" if mode == "forward" else "via"
    assert [name for name in names if name.startswith(word)] == [
        f"{word} 1st in x · x", f"{word} 2nd in x · x", f"{word} v1 · x"
    ]  # fmt: skip


def test_a_wide_fan_out_has_ticks():
    """Above four uses each has a tick without a number, and the counter still tells the sum."""
    scene = make_scene(fan_out(6))
    pads = groups(parse(frame(scene)), "pad")
    assert len(pads) == 6
    assert all(child(pad, "slot") is None for pad in pads.values())
    assert any(entry.note == "5 of 6" for entry in scene.parts["n0_a"].timeline)


def test_too_many_nodes_are_not_laid_out_unasked():
    """The error gives the counts and the way to draw all."""
    with pytest.raises(SizeError, match=r"151 nodes and 150 edges.*limit=151"):
        make_scene(chain(MAX_BOXES + 1))
    assert make_scene(chain(MAX_BOXES + 1), limit=None).height > 10_000


def test_figure_proportions():
    """The textbook example has the size it was designed at."""
    scene = make_scene(log_sine())
    assert (scene.width, scene.height) == (397, 699)
