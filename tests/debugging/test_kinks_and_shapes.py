"""Kinks, close comparisons, shapes that grew, and what is older than it looks."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad

COLUMN = np.arange(6.0)[:, None]


def of_kind(kind, report):
    return [finding for finding in report.findings if finding.kind == kind]


@pytest.mark.parametrize(
    ("f", "at", "entries"),
    [
        (lambda x: np.sum(np.abs(x)), np.array([0.0, -2.0]), ((0,),)),
        (lambda x: np.sum(np.maximum(x, 0)), np.array([1.0, 0.0]), ((1,),)),
        (lambda x: np.max(x), np.array([2.0, 5.0, 5.0]), ((1,), (2,))),
        (lambda x: np.sum(np.clip(x, 0, 1)), np.array([1.0, 0.4]), ((0,),)),
        (lambda x: np.sum(x * np.floor(x)), np.array([2.5, 3.0]), ((1,),)),
        (lambda x: np.sum(x * np.sign(x - 1)), np.array([1.0, 3.0]), ((0,),)),
        (lambda x: np.sum(np.sort(x) * [1.0, 2.0, 4.0]), np.array([5.0, 2.0, 2.0]), ((0,), (1,))),
        (lambda x: np.partition(x, 1)[0], np.array([2.0, 5.0, 2.0]), ((0,), (1,))),
        (lambda x: np.median(x), np.array([1.0, 5.0, 5.0]), ((1,), (2,))),
        (lambda x: np.median(x), np.array([4.0, 2.0, 2.0, 3.0]), ((1,), (2,))),
        (lambda x: np.sum(np.mod(x, 2.0)), np.array([4.0, 0.5]), ((0,),)),
        (lambda x: np.sum(np.fmod(x, 2.0)), np.array([0.0, 4.0]), ((1,),)),
        (lambda x: np.sum(np.interp(x, [0.0, 1.0, 2.0], [0.0, 1.0, -1.0])), np.array([1.0, 0.5]), ((0,),)),
    ],
)
def test_a_kink_is_a_note_with_its_entries(f, at, entries):
    (finding,) = of_kind("kink", gad.check(f, at))
    assert finding.severity == "note"
    assert finding.entries == entries
    way = np.arange(1.0, len(at) + 1)
    left, right = ((f(at + s * 1e-7 * way) - f(at)) / (s * 1e-7) for s in (-1, 1))
    assert abs(left - right) > 0.1


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.abs(x) * 0.0),  # no part in the gradient
        lambda x: np.sum(np.maximum(x, x)),  # of a number with itself
        lambda x: np.sum(np.abs(x + 1.0)),
        lambda x: np.sum(np.sort(np.stack([x[0], x[1], x[1]]))),  # of equal entries, all with one adjoint
        lambda x: np.median(np.stack([x[0], x[1], x[1], x[1] + 3.0])),  # both of the middle
        lambda x: np.fmod(x[0], 2.0),
        lambda x: np.sum(np.interp([0.0, 1.0], [0.0, 1.0, 2.0], np.stack([x[0], x[1], x[0]]))),  # linear in heights
        lambda x: np.interp(x[1], [0.0, 2.0, 4.0], [0.0, 2.0, 4.0]),  # where the line goes on
    ],
)
def test_a_kink_that_does_not_matter_is_not_told(f):
    assert of_kind("kink", gad.check(f, np.array([0.0, 2.0]))) == []


def test_what_others_take_is_said_as_it_was_run():
    (finding,) = of_kind("kink", gad.check(np.abs, 0.0))
    assert "PyTorch takes 0 too, JAX 1" in finding.sentence


@pytest.mark.parametrize(("at", "is_near"), [(1000.0 + 1e-9, True), (1000.0, True), (1001.0, False), (999.99, False)])
def test_a_comparison_by_a_hair_is_a_note(at, is_near):
    def tax(income):
        if income > 1000.0:
            return 0.4 * income
        return 0.2 * income

    close = of_kind("branch", gad.check(tax, at))
    assert [finding.expression for finding in close] == ["income > 1000.0"] * is_near
    assert all(finding.severity == "note" for finding in close)


@pytest.mark.parametrize(
    ("f", "is_grown"),
    [
        (lambda x: np.mean((x - COLUMN) ** 2), True),
        (lambda x: np.mean((x.reshape(6, 1) - np.arange(6.0)) ** 2), False),  # its axis was given right here
        (lambda x: np.sum(x[:, None] * x[None, :]), False),
        (lambda x: np.sum(x[:, None] - x), False),
        (lambda x: np.sum(x - np.arange(6.0)[:, None]), False),
        (lambda x: np.sum(x * np.ones((4, 1))), False),  # 6 with 4: an outer product
        (lambda x: np.sum(x * np.ones((6, 6))), False),
        (lambda x: np.sum(x + np.ones((1, 1))), False),
    ],
)
def test_a_column_against_a_row_of_as_many_is_told_unless_it_is_meant(f, is_grown):
    grown = of_kind("broadcast", gad.check(f, np.ones(6)))
    assert len(grown) == is_grown
    assert all("6×6" in finding.title and "the other 30" in finding.sentence for finding in grown)


def training(*, zeroed):
    w = gad.Variable(0.5, name="w")
    for _ in range(3):
        if zeroed:
            w.zero_grad()
        with gad.record() as trace:
            loss = np.mean((w * np.arange(3.0) - 1.0) ** 2)
        loss.backward()
    return w, trace.check()


def test_a_gradient_of_several_passes_is_told_with_the_call_that_added():
    w, report = training(zeroed=False)
    (finding,) = of_kind("accumulated", report)
    assert finding.expression == "loss.backward()"
    assert finding.reaches == ("w",)
    assert w.grad == pytest.approx(3 * gad.grad(lambda w: np.mean((w * np.arange(3.0) - 1.0) ** 2))(0.5))
    assert of_kind("accumulated", training(zeroed=True)[1]) == []


def test_two_leaves_and_recorded_gradients_remember_too():
    a, b = gad.Variable(1.0, name="a"), gad.Variable(2.0, name="b")
    with gad.record() as trace:
        y = a * b
    y.backward(create_graph=True)
    y.backward(create_graph=True)
    (finding,) = of_kind("accumulated", trace.check())
    assert finding.reaches == ("a", "b")
    b.zero_grad()
    assert of_kind("accumulated", trace.check())[0].reaches == ("a",)


@pytest.mark.parametrize(
    ("place", "is_told"),
    [((slice(None),), True), ((0,), True), ((2,), False)],
    ids=["whole", "read before", "not read"],
)
def test_a_write_over_what_was_read_is_a_note(place, is_told):
    def f(x):
        h = np.tanh(x)
        product = h[0] * h[1]
        h[place] = 0.0
        return product + np.sum(h)

    notes = of_kind("overwritten", gad.check(f, np.array([0.5, 1.0, 2.0])))
    assert [finding.severity for finding in notes] == ["note"] * is_told


@pytest.mark.parametrize(
    ("place", "written", "lost"),
    [
        (np.array([0, 0, 2]), np.array([1.0, 2.0, 3.0]), 1),
        (np.array([0, 0, 0]), np.array([1.0, 2.0, 3.0]), 2),
        (np.array([0, 0, 2]), np.array([2.0, 2.0, 3.0]), 0),  # the same number twice
        (np.array([2, 0, 1]), np.array([1.0, 2.0, 3.0]), 0),
        (slice(None), np.array([1.0, 2.0, 3.0]), 0),
    ],
)
def test_an_index_that_repeats_loses_what_is_written_first(place, written, lost):
    def f(x):
        h = np.zeros(3) * x
        h[place] = x
        return np.sum(h**2)

    findings = [finding for finding in gad.check(f, written).warnings if finding.kind == "overwritten"]
    assert [f"{lost} number" in finding.sentence for finding in findings] == [True] * bool(lost)
    assert np.count_nonzero(gad.grad(f)(written) == 0) == lost or lost == 0


@pytest.mark.parametrize("size", [np.linalg.norm, np.std, lambda x: np.hypot(x[0], x[1])])
def test_a_size_that_only_rounds_to_zero_is_at_no_corner(size):
    """Its squares are too small; at 0 itself it is at its corner."""
    kinds = [[own.kind for own in gad.check(size, x).findings] for x in (np.array([1e-170, 3e-170]), np.zeros(2))]
    assert "kink" not in kinds[0]
    assert "kink" in kinds[1]


def test_a_constant_that_made_a_shape_grow_has_the_name_of_the_source():
    target = np.ones((4, 1))
    (finding,) = gad.check(lambda p: np.sum((p - target) ** 2), np.arange(4.0)).findings
    assert finding.sentence.startswith("p has shape (4,) and target (4, 1): NumPy copied both")


@pytest.mark.parametrize(("at", "count"), [(0.3, 1), (0.3 + 1e-9, 0), (0.1 + 0.2, 1)])
def test_a_comparison_with_0_that_only_rounding_decides_is_told(at, count):
    def tax(income):
        rest = income - 0.1 - 0.2
        return 2 * income if rest > 0 else 3 * income

    close = of_kind("branch", gad.check(tax, at))
    assert [finding.severity for finding in close] == ["note"] * count
