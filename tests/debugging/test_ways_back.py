"""A gradient as the sum over paths: all of them listed by hand, and counted where they cannot be."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.columns import width


def nested(x, turns=3):
    for _ in range(turns):
        x = x * np.sin(x)
    return x


def listed(trace, node):
    """Return the products of local gradients along all paths, found by going each of them."""
    products = []

    def follow(child, product):
        if child is node:
            products.append(product)
            return
        for k, parent in enumerate(child.operands):
            if isinstance(parent, gad.Variable):
                follow(parent, product * child.local_gradients[k])

    follow(trace.output, 1.0)
    return sorted(products, key=lambda product: -abs(product))


@pytest.mark.parametrize("f", [nested, lambda x: np.log(x**2) * np.sin(x) + 1 / x, lambda x: x * x * x, np.sin])
def test_the_paths_are_all_there_are_in_the_order_of_their_size(f):
    trace = gad.trace(f, 1.8)
    expected = listed(trace, trace.inputs[0])
    why = trace.why("x", most=100)
    assert why.count == len(expected)
    np.testing.assert_allclose([path.value for path in why.paths], expected, rtol=1e-12)
    np.testing.assert_allclose([path.share for path in why.paths], np.abs(expected) / np.sum(np.abs(expected)))
    assert sum(expected) == pytest.approx(gad.grad(f)(1.8), rel=1e-12)


def test_the_widest_of_a_billion_are_found_and_all_are_counted():
    trace = gad.trace(lambda x: nested(x, 30), 2.0288)  # near where x sin x is x, so that nothing dies away
    few = trace.why("x", most=5)
    assert few.count == 2**30
    factors = [max(abs(np.sin(v)), abs(v * np.cos(v))) for v in _turns(2.0288, 30)]
    assert abs(few.paths[0].value) == pytest.approx(np.prod(factors))
    sizes = [abs(path.value) for path in few.paths]
    assert sizes == sorted(sizes, reverse=True)
    # The second widest exchanges the pair of factors that differ least.
    ratios = [min(a, b) / max(a, b) for a, b in ((abs(np.sin(v)), abs(v * np.cos(v))) for v in _turns(2.0288, 30))]
    assert sizes[1] / sizes[0] == pytest.approx(max(ratios))


def _turns(x, count):
    values = []
    for _ in range(count):
        values.append(x)
        x = x * np.sin(x)
    return values


def test_between_arrays_each_path_has_what_comes_back_along_it():
    x = np.array([[0.5, -1.0], [1.5, 2.0], [-0.5, 0.3]])
    w = np.array([0.1, 0.2])

    def loss(w):
        return np.mean((np.tanh(x @ w) * np.sum(w) - 1.0) ** 2)

    why = gad.trace(loss, w).why("w")
    h, s = np.tanh(x @ w), np.sum(w)
    back = 2 * (h * s - 1.0) / 3
    through_sum, through_tanh = np.full(2, np.sum(back * h)), x.T @ (back * s * (1 - h**2))
    expected = sorted([through_sum, through_tanh], key=lambda g: -np.sum(np.abs(g)))
    assert why.count == 2
    for path, value in zip(why.paths, expected, strict=True):
        np.testing.assert_allclose(path.value, value, rtol=1e-12)
    np.testing.assert_allclose(sum(path.value for path in why.paths), gad.grad(loss)(w), rtol=1e-12)


def test_too_many_between_arrays_are_said_to_be_so():
    def deep(x):
        for _ in range(14):
            x = x * np.tanh(x) + 0.5
        return np.sum(x)

    why = gad.trace(deep, np.array([0.3, 0.4])).why("x", most=3)
    assert all(width(line) <= 80 for line in str(why).splitlines())
    assert (why.count, why.is_exact, len(why.paths)) == (2**14, False, 3)
    assert "not followed" in str(why)


def test_what_reverse_mode_does_instead_is_counted_on_the_graph():
    text = " ".join(str(gad.trace(nested, 1.8).why("x")).split())
    assert "9 multiplications and 3 additions; path by path it would take 36 and 7" in text
    assert "cancel: +1.26193 against −0.989067" in text


def test_a_path_has_its_lines_in_the_order_of_the_way():
    def f(x):
        a = x * np.sin(x)
        return a * np.sin(a)

    first = f.__code__.co_firstlineno
    text = str(gad.trace(f, 1.8).why("x")).splitlines()
    row = next(line for line in text if line.startswith("A "))
    assert row.endswith(f"{first + 2} {first + 1}")
    assert all(width(line) <= 80 for line in text)


@pytest.mark.parametrize(
    ("x", "most", "message"),
    [
        ("y", 10, "no node of this trace is called 'y'; its inputs are x"),
        (3.0, 10, "expected a node of the trace or its name, such as 'x', got float 3.0"),
        ("x", 0, "most is int 0; expected a number of paths"),
        (gad.Variable(1.0), 10, "is not a node of this trace"),
    ],
)
def test_what_is_no_node_is_refused(x, most, message):
    with pytest.raises(gad.errors.InputError, match=message):
        gad.trace(np.sin, 1.0).why(x, most=most)


def test_a_gradient_that_is_not_finite_sends_to_check():
    with np.errstate(all="ignore"), pytest.raises(gad.errors.InputError, match=r"not finite.*check\(\)"):
        gad.trace(np.sqrt, 0.0).why("x")


@pytest.mark.parametrize("f", [np.sin, lambda x: x])
def test_at_the_output_the_way_back_begins(f):
    trace = gad.trace(f, 2.0)
    why = trace.why(trace.output)
    assert (float(why.gradient), why.count) == (1.0, 0)
    assert "= 1 is the seed: " in unicodedata.normalize("NFC", str(why))


def test_what_is_lost_in_rounding_is_not_written_as_a_number():
    trace = gad.trace(lambda x: np.sin(x) + np.cos(x) + 0.0 * x + 0.0 * np.exp(x), 0.7)
    text = str(trace.why("x", most=2))
    assert "2 others" in text
    assert "e−" not in text


def test_without_a_path_there_is_a_sentence():
    why = gad.trace(lambda x, y: x**2, 1.0, 2.0).why("y")
    assert (why.count, why.paths, why.gradient) == (0, (), None)
    assert unicodedata.normalize("NFC", str(why)) == "No path leads from f back to y: there is no ȳ."


def test_the_table_in_a_notebook_says_what_the_text_says():
    why = gad.trace(nested, 1.8).why("x")
    html = why._repr_mimebundle_()["text/html"]
    assert html.count("<tr class='gad-paths-row'>") == 8
    assert all(value in html for value in ("0.9465", "−0.3975", "42 %"))
    assert [f"'Path {letter}: " in html for letter in "ABCDEFGHI"] == [True] * 8 + [False]


def wired(seed):
    """Return a program of random wiring, in which any node may be used again."""
    draw = np.random.default_rng(seed)
    plan = [
        (draw.integers(0, k + 1), draw.integers(0, k + 1), draw.choice(["add", "multiply", "sin"])) for k in range(9)
    ]

    def program(x):
        values = [x]
        for a, b, kind in plan:
            one, other = values[a], values[b]
            values.append(np.sin(one) if kind == "sin" else one * other if kind == "multiply" else one + other * 0.7)
        return values[-1] * values[-2] + values[-3]

    return program


@pytest.mark.parametrize("seed", range(6))
def test_of_any_graph_the_widest_are_those_of_all_that_were_listed(seed):
    trace = gad.trace(wired(seed), 0.8)
    expected = listed(trace, trace.inputs[0])
    why = trace.why("x", most=3)
    assert why.count == len(expected)
    np.testing.assert_allclose([abs(path.value) for path in why.paths], np.abs(expected[:3]), rtol=1e-12)
    assert why.share == pytest.approx(np.sum(np.abs(expected[:3])) / np.sum(np.abs(expected)))


@pytest.mark.parametrize("seed", range(6))
def test_what_goes_through_each_edge_is_that_of_the_paths_that_do(seed):
    trace = gad.trace(wired(seed), 0.8)
    why = trace.why("x", most=10_000)
    through = dict.fromkeys(why._ways.links, 0.0)
    for path in why.paths:
        for edge in path.edges:
            through[edge] += path.share
    assert why._ways.through == pytest.approx(through, abs=1e-12)
    assert why._ways.growth[-1] == (len(through), why.count)


def test_among_a_trillion_of_one_width_the_widest_take_no_time():
    def doubled(x):
        for _ in range(40):
            x = x * 1.1 + x * 1.1
        return x

    why = gad.trace(doubled, 1.0).why("x", most=4)
    assert why.count == 2**40
    np.testing.assert_allclose([path.value for path in why.paths], 1.1**40, rtol=1e-12)
    assert "the 4 widest carry < 1 %, 1,099,511,627,772 others were not followed" in " ".join(str(why).split())
    assert "> 99 %" in str(why)


def test_a_long_chain_of_forks_is_told_in_a_moment_and_in_80_columns():
    def long(x):
        for _ in range(1000):
            x = np.sin(x) * 1.001 + 0.1 * x
        return x

    why = gad.trace(long, 0.3).why("x", most=3)
    assert why.count == 2**1000
    text = str(why)
    assert all(width(line) <= 80 for line in text.splitlines())
    assert "comes along about 1.07·10³⁰¹ paths" in " ".join(text.split())


def test_numbers_that_take_much_room_leave_no_room_for_products_and_all_is_in_80_columns():
    def deep(x):
        for _ in range(13):
            x = x * np.tanh(x)
        return np.sum(x)

    text = str(gad.trace(deep, np.array([1.3, 1.4])).why("x", most=6))
    assert all(width(line) <= 80 for line in text.splitlines())
    assert "local gradients" not in text
    assert "e−" in text
