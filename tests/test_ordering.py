"""f, f′ and f″ side by side: every number in the picture is one that was counted, and counted by somebody else here."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw.colours import THEMES
from graphviz_ad.errors import InputError, SizeError, UnknownKeywordError

SVG = "{http://www.w3.org/2000/svg}"


def worked(x: Any) -> Any:
    """Take a product, a sum and a quotient."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


FUNCTIONS = {"worked": worked, "sin": np.sin, "cube": lambda x: x**3, "tanh": np.tanh, "ratio": lambda x: x / np.exp(x)}


def walked(output: Any) -> tuple[int, int, Counter[int]]:
    """Walk back from an output, through what has a value of its own: count nodes, edges, and nodes by order."""

    def own(node: Any) -> Any:
        while node.primitive is not None and node.primitive.name == "alias":
            node = node.parents[0]
        return node

    start = own(output)
    waiting, seen, edges = [start], {start.index: start}, 0
    while waiting:
        node = waiting.pop()
        for parent in map(own, node.parents):
            if parent.primitive is not None and parent.primitive.name == "seed":
                continue
            edges += 1
            if parent.index not in seen:
                seen[parent.index] = parent
                waiting.append(parent)
    return len(seen), edges, Counter(node.order for node in seen.values())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_counts_are_those_of_an_independent_walk(name: str) -> None:
    """Over what is recorded when each derivative is evaluated."""
    f = FUNCTIONS[name]
    derivative = f
    for order, one in enumerate(gad.orders(f, 0.7).generations):
        nodes, edges, by_kind = walked(gad.trace(derivative, 0.7).output)
        assert (one.nodes, one.edges) == (nodes, edges)
        assert [one.counts.get(kind, 0) for kind in ("computed", "back", "again")] == [by_kind[k] for k in range(3)]
        assert one.order == order
        derivative = gad.grad(derivative)


def test_values_are_the_derivatives() -> None:
    """Against mpmath, to full precision."""
    mpmath = pytest.importorskip("mpmath")
    values = [one.value for one in gad.orders(worked, 2.0, upto=3).generations]
    with mpmath.workdps(40):
        exact = [mpmath.diff(lambda x: mpmath.log(x**2) * mpmath.sin(x) + 1 / x, 2, n) for n in range(4)]
    np.testing.assert_allclose(values, [float(value) for value in exact], rtol=1e-13)


def test_the_growth_is_what_the_picture_says() -> None:
    """A polynomial ends, tanh about doubles, f″ of each entry grows as n, and the whole Hessian, row by row, as n²."""
    orders = gad.orders(worked, 2.0)
    assert orders.by_order[:3] == tuple(one.nodes for one in orders.generations)
    assert len(orders.by_order) == 5
    sizes = np.array([1, 4, 16, 64])
    for name, counts in orders.by_size.items():
        assert list(counts) == list(counts[0] * (sizes**2 if name == "whole Hessian" else sizes))
    others = orders._lineage.others
    assert others["x³"][4] == 1
    ratios = np.array(others["tanh x"][2:]) / np.array(others["tanh x"][1:4])
    assert np.all((ratios > 1.6) & (ratios < 2.4))


def test_the_whole_hessian_is_counted_on_its_rows() -> None:
    """Each row is a sweep over as many numbers as any other."""
    x = np.full(4, 2.0)
    first = gad.grad(lambda v: np.sum(worked(v)))
    silent = ("alias", "seed")
    rows = []
    for i in range(4):
        nodes = gad.trace(gad.grad(lambda v, i=i: first(v)[i]), x).nodes
        rows.append(
            sum(np.size(node.value) for node in nodes if not node.primitive or node.primitive.name not in silent)
        )
    assert sum(rows) == gad.orders(worked, 2.0).by_size["whole Hessian"][1]


def test_a_function_of_one_number_only_is_not_counted_for_several() -> None:
    """A comparison needs one truth."""
    assert gad.orders(lambda x: x**3 if x > 0 else x, 0.5).by_size == {}
    assert gad.orders(lambda x: np.sum(x * np.ones(3)), 0.5).by_size == {}


def texts(picture: str) -> list[str]:
    """Return the lines of type of a picture."""
    return ["".join(text.itertext()) for text in ET.fromstring(picture).iter(f"{SVG}text")]


def test_the_picture_has_a_mark_for_each_node_and_says_the_counts() -> None:
    """Triangles down, triangles up, hollow diamonds; a ring around each result; the sentence with its numbers."""
    orders = gad.orders(worked, 2.0)
    picture = orders._repr_mimebundle_()["image/svg+xml"]
    said = texts(picture)
    f, first, second = orders.generations
    assert f"f″ differentiates all {first.nodes} nodes that made f′, its way back included." in " ".join(said).replace(
        "worked", "f"
    )
    for one in (f, first, second):
        assert {str(one.nodes), str(one.edges)} <= set(said)
    paths = [path.attrib["d"] for path in ET.fromstring(picture).iter(f"{SVG}path")]
    shapes = Counter(re.sub(r"^M[^a-z]*", "", path) for path in paths)
    legend = 1
    assert shapes["m-6,-4.8h12l-6,10.2z"] == sum(one.counts.get("computed", 0) for one in orders.generations) + legend
    assert shapes["m-6,4.8h12l-6,-10.2z"] == sum(one.counts.get("back", 0) for one in orders.generations) + legend
    assert shapes["m0,-6l6,6l-6,6l-6,-6z"] == second.counts["again"] + legend
    rings = [path for path in paths if path.startswith("M") and "c0,5.8" in path]
    assert len(rings) == 3 + legend
    # Edges lead to a result, and none leads away from it.
    routes = [[float(number) for number in re.findall(r"-?[\d.]+", path)] for path in paths if "C" in path]
    for ring in rings[:3]:
        x, y = (float(number) for number in re.findall(r"[\d.]+", ring)[:2])
        near = [[math.dist((x - 10.5, y), end) < 9 for end in (route[:2], route[-2:])] for route in routes]
        assert any(arrives for _, arrives in near)
        assert not any(leaves for leaves, _ in near)


@pytest.mark.parametrize("upto", [1, 2, 3])
def test_nothing_runs_out_of_the_picture_or_into_its_neighbour(chromium: Any, upto: int) -> None:
    """By the rectangles of a browser, for a short and a longer function."""
    page = chromium.new_page(viewport={"width": 1800, "height": 1400})
    for f in (np.sin, worked):
        page.set_content(gad.orders(f, 2.0, upto=upto)._repr_mimebundle_()["image/svg+xml"])
        wrong = page.evaluate(
            """() => {
              const frame = document.querySelector("svg").getBoundingClientRect();
              const all = [...document.querySelectorAll("svg > text")].map((node) =>
                [node.textContent, node.getBoundingClientRect()]);
              const out = all.filter(([, box]) => box.left < frame.left || box.right > frame.right
                || box.bottom > frame.bottom);
              const meet = all.flatMap(([one, a], i) => all.slice(i + 1).filter(([, b]) =>
                Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6).map(([other]) => one + " | " + other));
              return [...out.map(([text]) => text), ...meet];
            }"""
        )
        assert wrong == []
    page.close()


def test_on_a_phone_its_parts_stand_below_each_other_and_can_be_read(chromium: Any, tmp_path: Path) -> None:
    """No type and no mark is smaller than 11 px there, none meets another, and nothing is beside the screen."""
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    for k, f in enumerate((lambda x: np.log(x**2) * np.sin(x) + 1 / x, np.sin, lambda x: np.tanh(x) * np.exp(x))):
        gad.orders(f, 2.0).save(tmp_path / f"{k}.html")
        page.goto((tmp_path / f"{k}.html").as_uri())
        sizes, wide, beside, meet = page.evaluate(
            """() => {
              const svg = document.querySelector(".light .tall svg"), unit = svg.getScreenCTM().a;
              const texts = [...svg.querySelectorAll(":scope > text")];
              const boxes = texts.map((node) => [node.textContent, node.getBoundingClientRect()]);
              const marks = [...svg.querySelectorAll("path")].map((node) => node.getBBox())
                .filter(({ width, height }) => Math.abs(width - 12) < 1 && height > 9 && height < 13);
              const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y) * unit;
              return [
                [...texts.map((node) => parseFloat(getComputedStyle(node).fontSize) * unit),
                  ...marks.map(({ width }) => width * unit)],
                document.documentElement.scrollWidth,
                boxes.filter(([, { left, right }]) => left < 0 || right > innerWidth).map(([text]) => text),
                [...boxes.flatMap(([one, a], i) => boxes.slice(i + 1).filter(([, b]) =>
                  Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                  && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6).map(([other]) => one + " | " + other)),
                 ...marks.flatMap((a, i) => marks.slice(i + 1).filter((b) => apart(a, b) < 8)
                   .map((b) => a.x + " | " + b.x))],
              ];
            }"""
        )
        assert min(sizes) >= 11, k
        assert (wide, beside, meet) == (360, [], []), k
        page.set_viewport_size({"width": 1400, "height": 740})
        assert page.is_hidden(".tall >> nth=0")
        page.set_viewport_size({"width": 360, "height": 740})
    page.close()


def test_it_is_saved_as_the_table_of_formats_has_it(tmp_path: Path) -> None:
    """Pictures and a page; with the same bytes each time; and what has no story says where one is."""
    orders = gad.orders(np.sin, 0.5)
    starts = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF", "html": b"<!doctype html>"}
    for suffix, start in starts.items():
        path = tmp_path / f"orders.{suffix}"
        orders.save(path)
        first = path.read_bytes()
        assert first.startswith(start)
        orders.save(path)
        assert path.read_bytes() == first
    page = (tmp_path / "orders.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 4, "wide and tall, light and dark"
    assert "prefers-color-scheme:dark" in page
    seen = set()
    for theme in THEMES:
        orders.save(tmp_path / "themed.svg", theme=theme, width="12cm")
        seen.add((tmp_path / "themed.svg").read_bytes())
    assert len(seen) == len(THEMES)
    with pytest.raises(InputError, match=r"no story for a program to read; gad\.trace\(gad\.grad\(f\), x\) has one"):
        orders.save(tmp_path / "orders.json")
    with pytest.raises(InputError, match=r"a \.html file takes no width"):
        orders.save(tmp_path / "orders.html", width="12cm")


def test_it_prints_and_says_what_it_is() -> None:
    """A table for a terminal, and one line for a list of such things."""
    orders = gad.orders(np.sin, 0.5)
    lines = str(orders).splitlines()
    assert lines[0] == "f(x) = sin x at x = 0.5"
    assert lines[1].split() == ["value", "nodes", "edges", "computed", "back", "back", "again"]
    assert len(lines) == 7
    assert repr(orders) == "<Orders of f at x = 0.5: 2, 3, 5 nodes>"
    assert orders._repr_mimebundle_()["text/plain"] == str(orders)


def test_what_is_made_by_no_operation_is_not_said_to_be_differentiated() -> None:
    """A constant, and x itself; and a derivative that is one."""
    for f in (lambda x: 3.0, lambda x: x):
        assert str(gad.orders(f, 1.0)).count("is made by no operation, so") == 2
    said = str(gad.orders(np.floor, 1.5))
    assert "f′ differentiates the 2 nodes of f." in said
    squared = str(gad.orders(lambda x: x * x, 3.0))
    assert "f′ differentiates the 2 nodes of f; the value of 1 of them is a part of it." in squared
    assert "f′ is made by no operation, so f″ has nothing to go back through." in said


def test_what_cannot_be_ordered_is_refused_with_a_way_out() -> None:
    with pytest.raises(InputError, match=r"x must be a single number, such as 2.0, got str 'a'"):
        gad.orders(np.sin, "a")
    """An array, a result of several numbers, an order that is not drawn, a graph that is too large."""
    with pytest.raises(InputError, match=r"x must be a single number, got shape \(3,\); count along a direction v"):
        gad.orders(lambda x: np.sum(x**2), np.ones(3))
    x, v = np.ones(3), np.arange(3.0)
    assert gad.orders(lambda t: np.sum((x + t * v) ** 2), 0.0).generations[2].value == 10.0  # the way out works
    with pytest.raises(InputError, match=r"must return a single number, got shape \(2,\)"):
        gad.orders(lambda x: x * np.ones(2), 1.0)
    for upto in (0, 4, True, "2"):
        with pytest.raises(InputError, match="expected 1, 2 or 3: the last derivative that is drawn"):
            gad.orders(np.sin, 1.0, upto=upto)

    def long(x: Any) -> Any:
        for _ in range(20):
            x = np.sin(x) * x
        return x

    with pytest.raises(SizeError, match=r"long″ has [\d,]+ nodes, more than the 150 that are drawn; choose upto=1"):
        gad.orders(long, 0.5)
    assert len(gad.orders(long, 0.5, upto=1).generations) == 2
    with pytest.raises(UnknownKeywordError, match="Did you mean 'upto'"):
        gad.orders(np.sin, 1.0, up_to=2)
