"""The picture of a gradient's paths: every stroke against the path it stands for, and none behind a card."""

from __future__ import annotations

import math
import re
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.examination import numbers
from graphviz_ad.draw.braid import CARD, LEAST, WIDE, braid, points_of
from graphviz_ad.draw.pen import Pen
from graphviz_ad.draw.strokes import MOST_CARDS, draw, graph
from graphviz_ad.draw.svg import serialise


def nested(x, turns=3):
    for _ in range(turns):
        x = x * np.sin(x)
    return x


def mixed(x):
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def skipping(x):
    h = np.sin(x)
    for _ in range(3):
        h = np.tanh(h) + 0.3 * x
    return h * x


CASES = [(nested, 1.8), (mixed, 2.0), (skipping, 0.7)]


def plan_of(f, x, most=10):
    why = gad.trace(f, x).why("x", most=most)
    nodes = {*why._ways.links.values(), *(child for child, _ in why._ways.links)}
    return why, braid(why._ways, dict.fromkeys(nodes, 100.0))


@pytest.mark.parametrize(("f", "x"), CASES)
def test_a_stroke_is_as_wide_as_the_share_of_its_path(f, x):
    why, plan = plan_of(f, x)
    for k, path in enumerate(why.paths):
        own = [stroke for stroke in plan.strokes if stroke.path == k]
        assert {stroke.edge for stroke in own} == set(path.edges)
        assert {stroke.width for stroke in own} == {max(LEAST, WIDE * path.share)}


@pytest.mark.parametrize(("f", "x"), CASES)
def test_what_is_not_listed_fills_up_each_edge(f, x):
    why, plan = plan_of(f, x, most=2)
    for edge, part in why._ways.through.items():
        rest = part - sum(path.share for path in why.paths if edge in path.edges)
        own = [stroke.width for stroke in plan.strokes if stroke.edge == edge and stroke.path is None]
        assert own == ([] if rest < 1e-9 else [pytest.approx(max(LEAST, WIDE * rest))])


@pytest.mark.parametrize(("f", "x"), CASES)
def test_strokes_of_an_edge_lie_side_by_side_in_the_order_of_the_table(f, x):
    _, plan = plan_of(f, x)
    for edge in {stroke.edge for stroke in plan.strokes}:
        own = [stroke for stroke in plan.strokes if stroke.edge == edge]
        order = [math.inf if stroke.path is None else stroke.path for stroke in own]
        assert order == sorted(order)
        for one, other in pairwise(own):
            for end in (0, -1):
                left, right = (stroke.route[end][0 if end == 0 else 3] for stroke in (one, other))
                assert right[0] - left[0] == pytest.approx((one.width + other.width) / 2 + 2)
            nearest = min(math.dist(a, b) for (a, _) in points_of(one, 5.0) for (b, _) in points_of(other, 2.0))
            assert nearest > 0.8 * (one.width + other.width) / 2


@pytest.mark.parametrize(("f", "x"), CASES)
def test_no_stroke_runs_behind_a_card_that_it_does_not_end_at(f, x):
    why, plan = plan_of(f, x)
    for stroke in plan.strokes:
        ends = {stroke.edge[0], why._ways.links[stroke.edge]}
        for i, (left, top, wide) in plan.cards.items():
            if i in ends:
                continue
            for (px, py), (right, down) in points_of(stroke, 4.0):
                for side in (-0.5, 0.5):
                    qx, qy = px + side * stroke.width * right, py + side * stroke.width * down
                    assert not (left < qx < left + wide and top < qy < top + CARD)


@pytest.mark.parametrize(("f", "x"), CASES)
def test_strokes_leave_their_parent_and_reach_their_child(f, x):
    why, plan = plan_of(f, x)
    for stroke in plan.strokes:
        above, below = plan.cards[why._ways.links[stroke.edge]], plan.cards[stroke.edge[0]]
        start, end = stroke.route[0][0], stroke.route[-1][3]
        assert start[1] == pytest.approx(above[1] + CARD)
        assert end[1] == pytest.approx(below[1])
        for x_, card in ((start[0], above), (end[0], below)):
            assert card[0] <= x_ - stroke.width / 2
            assert x_ + stroke.width / 2 <= card[0] + card[2]


def test_signs_and_letters_are_those_of_the_paths():
    why = gad.trace(nested, 1.8).why("x")
    tree = graph(why._exam, why._ways, Pen("light")).elements
    letters = [one for one in tree if one.classes == ("gad-letter",)]
    written = {
        one.attributes["data-path"]: {own.content[0] for own in one.content if own.tag == "text"} for one in letters
    }
    assert written == {"0": {"A"}, "1": {"B"}, "2": {"C"}, "3": {"D"}}
    groups = {one.attributes["data-path"]: one for one in tree if one.tag == "g" and not one.classes and one.attributes}
    for k, path in enumerate(why.paths):
        looks = {part.attributes["fill"] for part in groups[str(k)].content} | {
            part.attributes["stroke"] for part in groups[str(k)].content
        }
        assert ("#b23c00" in looks) == (k < 4)
        hollow = any(part.attributes["stroke"] == "#ffffff" for part in groups[str(k)].content)
        assert hollow == (path.value < 0 and k != 7)  # the last is too narrow, and dashed
        if k == 7:
            assert all("stroke-dasharray" in part.attributes for part in groups["7"].content)


def test_a_figure_says_in_words_what_it_shows():
    why = gad.trace(mixed, 2.0).why("x")
    figure = draw(why._exam, why._place, why._ways, "dark", None)
    assert "is small because its paths cancel" in figure.description
    text = serialise(figure.tree)
    assert text.startswith("<svg")
    assert all(words in text for words in ("0.9093", "−0.5769", "52 %", "sum of all 3 paths", "paths", "edges"))


def test_a_name_is_never_markup():
    def f(x):
        return x * np.sin(x)

    why = gad.Trace.why(gad.trace(f, gad.Variable(1.0, name='<script>"]; x [')), '<script>"]; x [')
    assert "<script" not in serialise(draw(why._exam, why._place, why._ways, "light", None).tree)


def titles(elements):
    """What stands on the cards of stretches, with the number below."""
    text = "".join(map(serialise, elements))
    return re.findall(r">… ([\d,]+) nodes<.*?>×<.*?>([^<]+)<", text), text


def test_ten_thousand_nodes_are_drawn_as_what_lies_between_two():
    """The one card between says how many there are, and the product of their factors: the whole slope here."""
    why = gad.trace(lambda x: reduce(lambda y, k: np.sin(y) + 0.0, range(5000), x), 0.3).why("x")
    stretches, _ = titles(graph(why._exam, why._ways, Pen("light")).elements)
    assert stretches == [("9,999", numbers(why.gradient))]


def test_of_a_large_graph_the_widest_paths_are_drawn_with_signs_for_what_is_left_out():
    why = gad.trace(lambda x: nested(x, 40), 2.0288).why("x")
    picture = graph(why._exam, why._ways, Pen("light"))
    stretches, text = titles(picture.elements)
    assert stretches
    assert "⋯3: so many edges are not drawn" in text
    assert 3 <= text.count("l-4.5,-7.6z") + len(stretches) <= MOST_CARDS


def test_factors_along_a_stretch_are_multiplied_as_differences_say():
    def f(x):
        y = x
        for _ in range(30):
            y = np.tanh(1.05 * y)
        return x + y

    why = gad.trace(f, 0.7).why("x")
    (((count, factor),), _) = titles(graph(why._exam, why._ways, Pen("light")).elements)
    slope = (f(0.7 + 1e-6) - f(0.7 - 1e-6)) / 2e-6 - 1
    assert count == "60"
    assert float(factor.replace("−", "-")) == pytest.approx(slope, rel=1e-5)


def test_no_letter_lies_on_the_head_of_a_stroke():
    why = gad.trace(lambda x: np.sin(np.exp(x)), 0.3).why("x")
    text = "".join(map(serialise, graph(why._exam, why._ways, Pen("light")).elements))
    heads = [float(y) for y in re.findall(r'd="M[\d.]+,([\d.]+)h14l-7,', text)]
    letters = [(float(y), float(high)) for y, high in re.findall(r'y="([\d.]+)" width="16.4" height="([\d.]+)"', text)]
    assert len(heads) == len(letters) == 2
    assert all(letter >= head for head, (letter, _) in zip(sorted(heads), sorted(letters), strict=True))


def test_a_card_never_takes_a_shape_for_a_number():
    x = np.array([1.3e-5, -1.4712345e5, 2.0, 3.5e-7, 1.0])
    why = gad.trace(lambda x: np.sum(np.sin(x) * x**3), x).why("x")
    text = "".join(map(serialise, graph(why._exam, why._ways, Pen("light")).elements))
    assert ">5 numbers<" in text
    assert ">5<" not in text
