"""What is drawn of long paths, against the paths themselves, walked node by node."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.paths.condensing import condensed
from graphviz_ad.draw.strokes import MOST_CARDS


def forks(x):
    for k in range(8):
        x = np.sin(x) * 1.2 + 0.9 * x * np.cos(0.1 * k)
    return x


def apart(x):
    a = x
    for _ in range(30):
        a = np.tanh(a * 1.05)
    b = x
    for _ in range(20):
        b = np.sin(b)
    return a * b + x


def recurrent(w):
    h = np.zeros(3)
    for t in range(9):
        h = np.tanh(w @ h + np.arange(3.0) * 0.1 * t)
    return h.sum()


CASES = [(forks, 0.7), (apart, 0.7), (recurrent, np.eye(3) * 0.5)]


def ways_of(f, x):
    trace = gad.trace(f, x)
    return trace.why(trace.inputs[0].name)._ways


def ends(ways, shown):
    """Where the paths that are drawn part or meet, or end, walked node by node."""
    after, before = defaultdict(set), defaultdict(set)
    for path in ways.paths[: len(shown.ways.paths)]:
        for edge, child, parent in zip(path.edges, path.nodes, path.nodes[1:], strict=False):
            after[child].add(edge)
            before[parent].add(edge)
    return {node for node in {*after, *before} if not len(after[node]) == len(before[node]) == 1}


@pytest.mark.parametrize(("f", "x"), CASES)
def test_a_node_has_a_card_of_its_own_where_paths_part_or_meet(f, x):
    ways = ways_of(f, x)
    shown = condensed(ways, MOST_CARDS)
    cards = {*shown.ways.links.values(), *(child for child, _ in shown.ways.links)}
    assert len(cards) <= MOST_CARDS
    assert ends(ways, shown) <= cards - set(shown.stretches)
    for whole, drawn in zip(ways.paths, shown.ways.paths, strict=False):
        assert set(drawn.nodes) == set(whole.nodes) & cards
        # From card to card, without a gap.
        assert [edge[0] for edge in drawn.edges] == list(drawn.nodes[:-1])
        assert [shown.ways.links[edge] for edge in drawn.edges] == list(drawn.nodes[1:])


@pytest.mark.parametrize(("f", "x"), CASES)
def test_a_stretch_is_what_a_path_passes_between_two_cards(f, x):
    ways = ways_of(f, x)
    shown = condensed(ways, MOST_CARDS)
    own = ends(ways, shown)
    for path in ways.paths[: len(shown.ways.paths)]:
        between = [[]]
        for node in path.nodes:
            between = [*between, []] if node in own else [*between[:-1], [*between[-1], node]]
        long = {stretch[-1]: stretch for stretch in between if len(stretch) > 1}
        for card in set(path.nodes) & set(shown.stretches):
            assert [child for child, _ in shown.stretches[card]] == long[card]
        assert set(long) <= set(shown.stretches)


@pytest.mark.parametrize(("f", "x"), CASES)
def test_what_is_left_out_is_counted_at_both_of_its_ends(f, x):
    ways = ways_of(f, x)
    shown = condensed(ways, MOST_CARDS)
    drawn = {edge for path in ways.paths[: len(shown.ways.paths)] for edge in path.edges}
    on = {node for path in ways.paths[: len(shown.ways.paths)] for node in path.nodes}
    missing = [(edge[0], parent) for edge, parent in ways.links.items() if edge not in drawn]
    assert sum(shown.left_out.values()) == sum((child in on) + (parent in on) for child, parent in missing)


def test_a_small_graph_is_left_as_it_is():
    ways = gad.trace(lambda x: x * np.sin(x), 2.0).why("x")._ways
    assert condensed(ways, MOST_CARDS) == (ways, {}, {})
