"""Edges as arrays, beside the operands of each node; local gradients in one go, beside each by itself."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.diagnosis import detected
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Thresholds


def branching(x, w):
    h = np.where(x > 0, np.tanh(w * x), x)
    for k in range(1, 6):
        h = h * w + np.sin(x) ** k / np.maximum(w, 0.5) - x.detach()
    return np.hypot(h, 3.0) * np.log(np.abs(h - h**2))


def stacked(x, w):
    return np.sum(np.stack([x, w, x * w]) * [1.0, -2.0, 0.5])


def exam_of(f, *args):
    return Examination(gad.trace(f, *args), Thresholds())


@pytest.mark.parametrize("f", [branching, stacked])
def test_every_edge_is_there_once_and_found_from_both_ends(f):
    exam = exam_of(f, 1.3, 0.7)
    edges = [(i, k, parent) for i in range(len(exam.nodes)) for k, parent in exam.operands(i)]
    wiring = exam.uses
    assert list(zip(wiring.children, wiring.arguments, wiring.parents, strict=True)) == edges
    for i in range(len(exam.nodes)):
        assert wiring[i] == [(child, k) for child, k, parent in edges if parent == i]
        assert list(wiring.operands(i)) == [parent for child, _, parent in edges if child == i]


@pytest.mark.parametrize("f", [branching, stacked])
def test_what_lies_above_and_below_is_reached_over_edges(f):
    exam = exam_of(f, 1.3, 0.7)
    count = len(exam.nodes)
    reach = np.eye(count, dtype=bool)  # its transitive closure, by Warshall
    reach[exam.uses.children, exam.uses.parents] = True
    for k in range(count):
        reach |= reach[:, [k]] & reach[[k], :]
    for i in range(count):
        assert exam.above(i) == set(np.flatnonzero(reach[i]).tolist())
        assert exam.below(i) == set(np.flatnonzero(reach[:, i]).tolist())


@pytest.mark.parametrize("f", [branching, stacked])
def test_ways_are_the_shortest_over_open_nodes_and_their_edges_hang_together(f):
    wiring = (exam := exam_of(f, 1.3, 0.7)).uses
    count, output = len(exam.nodes), exam.output
    opened = np.arange(count) % 5 != 3
    for is_open in (np.ones(count, bool), opened):
        steps = np.zeros((count, count), int)
        steps[wiring.children, wiring.parents] = is_open[wiring.parents]
        powers, far = np.eye(count, dtype=int), {}
        for length in range(count):  # of ways from the output up, by powers of the matrix of edges
            far |= {i: length for i in np.flatnonzero(powers[output]).tolist() if i not in far}
            powers = np.minimum(powers @ steps, 1)
        for i in range(count):
            way = wiring.way_up(output, {i}, bytes(is_open))
            assert (way is None) == (i not in far)
            assert way is None or len(way) == far[i]
            ends = [output, *map(wiring.parent, way or [])]
            assert all(wiring.child(edge) == end for edge, end in zip(way or [], ends, strict=False))
            down = wiring.way_down(i, {output}, b"\x01" * count)
            assert [wiring.parent(edge) for edge in down[:1]] == [i] * bool(down)
            assert len(down) == len(wiring.way_up(output, {i}, b"\x01" * count))


def test_a_way_stays_within_what_is_open():
    exam = exam_of(lambda x: np.exp(x) + np.sin(np.cos(x)), 1.0)
    exp, cos, sin, add = (exam.by_primitive[name][0] for name in ("exp", "cos", "sin", "add"))
    assert exam.uses.below([0], [exp, sin, add]) == {0, exp, add}
    assert exam.uses.users([0]) == [exp, cos]


def test_local_gradients_in_one_go_are_those_of_each_edge():
    exam = exam_of(branching, 1.3, 0.7)
    pairs = zip(exam.uses.children.tolist(), exam.uses.arguments.tolist(), exam.slopes, strict=True)
    known = [(slope, exam.local(child, k)) for child, k, slope in pairs if np.isfinite(slope)]
    assert len(known) > 30
    np.testing.assert_allclose(*zip(*known, strict=True), rtol=1e-14)


PLANTED = {
    "zero-gradient": lambda h: np.floor(h) + 1.5,
    "saturated": lambda h: np.tanh(12.0 * h),
    "nan": lambda h: np.log(h - 5.0),
    "inf": lambda h: np.exp(1000.0 * h),
    "nan-gradient": lambda h: np.where(h > 100.0, np.sqrt(h - h), h),
    "cancellation": lambda h: (np.exp(1e-12 * h) - 1.0) * 1e12,
}


@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("at", [500, 990])
def test_one_thing_planted_in_a_long_chain_is_all_that_is_told(kind, at):
    def chain(x):
        h = x
        for i in range(1000):
            h = 0.9999999 * h + 1e-7
            if i == at:
                h = PLANTED[kind](h)
        return h

    exam = exam_of(chain, 1.3)
    (finding,) = [own for own in detected(exam)[0] if own.severity != "note"]
    assert finding.kind == kind
    assert finding.reaches == ("x",)
    assert 2 * at < exam.position[finding.node.index] < 2 * at + 8
