"""Assignment means what it means in NumPy: for the array, for its views, for what was read before, and on the way back.

Random programs that write are in tests/fuzz; here stand those that people write, and what is refused.
"""

from __future__ import annotations

import copy
import gc
import pickle
import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors
from graphviz_ad.engine import assigning
from graphviz_ad.engine.primitive import PRIMITIVES
from tests.programming import run

X = np.array([0.5, 1.2, 0.3, 1.7])


def difference(f, x, step=1e-6):
    """Return the gradient of f by central differences."""
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        d = np.zeros_like(x)
        d[i] = step
        gradient[i] = (f(x + d) - f(x - d)) / (2 * step)
    return gradient


def filled(x):
    """An array that is filled entry by entry, each from the last."""
    h = np.zeros(6, like=x)
    h[0] = x[0]
    for t in range(1, 6):
        h[t] = np.tanh(h[t - 1] * x[1]) + x[2]
    return np.sum(h**2)


def columns(x):
    """A state a column."""
    h = np.zeros((2, 4), like=x)
    h[:, 0] = x[:2]
    for t in range(1, 4):
        h[:, t] = np.sin(h[:, t - 1]) * x[2:]
    return np.sum(h * h)


def masks(x):
    """The stable sigmoid."""
    z = np.zeros_like(x)
    positive = x > 1
    z[positive] = np.exp(-x[positive])
    z[~positive] = np.exp(x[~positive])
    top = np.ones_like(x)
    top[~positive] = z[~positive]
    return np.sum(top / (1 + z) * X)


def updates(x):
    """What is computed is changed in place, under two names."""
    s = x * 2
    other = s
    s -= s.max()
    s += 0.5
    s *= x
    s /= 3.0
    s **= 2
    return np.sum(other * X)


def parts(x):
    """Parts are changed in place."""
    a = np.reshape(x, (2, 2)) * 1.5
    a[0] += a[1]
    a[:, 1] *= x[0]
    a[1, 1] -= a[0, 0]
    return np.sum(a**2)


def read_before(x):
    """What was computed before the write keeps what it was."""
    y = x * 2
    before = y.sum()
    y[1] = x[0] ** 2
    return before * y.sum()


def views(x):
    """A write reaches the array through its views, and its views through the array."""
    a = np.reshape(x, (2, 2)) + 1
    row, turned, flat = a[0], a.T, a.reshape(-1)
    row[1] = x[3] * 2
    turned[0, 1] = x[0] ** 2
    flat[3] = row[0] * turned[1, 1]
    a[0, 0] *= 3
    return np.sum(row**2) + np.sum(turned * flat.reshape(2, 2))


def functions(x):
    """NumPy's functions that write."""
    a = np.outer(X, X) + x[:, None]
    np.fill_diagonal(a, x)
    np.put(a, [1, 2], x[:2] * 2)
    np.add.at(a, ([0, 0], [3, 3]), x[2])
    np.copyto(a[3], x * x)
    np.exp(a, out=a)
    return np.sum(a)


def masked_and_along(x):
    """NumPy's functions that write by masks and along an axis."""
    a = np.outer(X, X) + x[:, None]
    np.putmask(a, np.eye(4) > 0, x[:3] * 2)
    np.putmask(a, np.arange(16).reshape(4, 4) % 5 == 1, 2.5)
    np.put_along_axis(a, np.array([[3], [0], [1], [1]]), x[:, None] ** 2, axis=1)
    np.put_along_axis(a, np.array([[2, 0, 1, 0]]), x[3], axis=0)
    np.put_along_axis(a, np.array([5, -1]), x[:2] * x[2], axis=None)
    return np.sum(a**2)


PROGRAMS = [filled, columns, masks, updates, parts, read_before, views, functions, masked_and_along]


@pytest.mark.parametrize(
    "write",
    [lambda a, x: np.putmask(a, a > 0, x), lambda a, x: np.put_along_axis(a, np.array([1]), x, 0)],
    ids=["putmask", "put_along_axis"],
)
def test_what_writes_into_a_plain_array_is_refused(write):
    """By its name, since nothing could be recorded there."""
    x = gad.Variable([0.5])
    with pytest.raises(errors.GraphvizAdError, match=r"np\.put"):
        write(np.ones(3), x)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_what_people_write_has_numpy_s_value_and_the_gradient_of_differences(f):
    """First and second derivatives."""
    value, gradient = gad.value_and_grad(f)(X)
    assert value == f(X.copy())
    np.testing.assert_allclose(gradient, difference(f, X), rtol=1e-6, atol=1e-8)
    weights = np.cos(np.arange(4.0))
    second = gad.grad(lambda x: np.sum(gad.grad(f)(x) * weights))(X)
    expected = difference(lambda x: np.sum(gad.grad(f)(x) * weights), X, 1e-5)
    np.testing.assert_allclose(second, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_every_way_back_gives_the_same(f):
    """By backward, recorded or not, twice over, and by the sweep that is shown."""
    expected = gad.grad(f)(X)
    x = gad.Variable(X)
    y = f(x)
    y.backward()
    y.backward()
    np.testing.assert_allclose(x.grad, 2 * expected, rtol=1e-12)
    x = gad.Variable(X)
    f(x).backward(create_graph=True)
    np.testing.assert_allclose(x.grad.value, expected, rtol=1e-12)
    trace = gad.trace(f, X)
    np.testing.assert_allclose(trace.reverse().adjoint(trace.inputs[0]), expected, rtol=1e-12)


def test_a_write_is_a_node_of_its_own_under_the_name_of_the_array():
    """Numbered where there are several, with the person's line."""

    def f(x):
        h = np.zeros_like(x)
        h[0] = x[1]
        h[1:3] = x[0] * x[1:3]
        return h.sum()

    trace = gad.trace(f, X)
    writes = [node for node in trace.nodes if node.primitive is PRIMITIVES["index_update"]]
    first = f.__code__.co_firstlineno
    assert [node.site.line for node in writes] == [first + 2, first + 3]
    assert [node.site.text for node in writes] == ["h[0]", "h[1:3]"]
    rows = str(trace).splitlines()
    assert any(re.match(r"h₁ = \[0 0 0 0\] with \[0\] ← v₁", row) for row in rows)
    assert any(re.match(r"h₂ = h₁ with \[1:3\] ← v₅", row) for row in rows)
    said = "\n".join(map(str, trace.steps()))
    assert re.search(r"goes back as h̄₂\[1:3\]\.", said), said  # what was written
    assert re.search(r"goes back as h̄₂ with \[1:3\] ← 0\.", said), said  # what was kept


def test_the_versions_of_an_array_are_its_nodes():
    """The object is what was written last; its nodes are what they were."""
    x = gad.Variable(X)
    with gad.record() as trace:
        y = x * 2
        z = y + 1
        y[0] = 5.0
    assert [node.primitive.name for node in trace.nodes[1:]] == ["multiply", "add", "index_update"]
    np.testing.assert_array_equal(trace.nodes[1].value, X * 2)
    np.testing.assert_array_equal(y.value, [5.0, *(X * 2)[1:]])
    assert z.parents[0] is trace.nodes[1]
    assert trace.output.value is y.value
    np.testing.assert_array_equal(trace.reverse(np.ones(4)).adjoint(x), [0, 2, 2, 2])


def test_an_array_of_plain_numbers_stays_one_until_something_recorded_is_in_it():
    """So that it is a constant in pictures, and may leave the graph."""
    x = gad.Variable(X)
    z = np.zeros_like(x)
    z[1] = 3.0
    assert (x + z).parents == (x,)
    assert float(z[1]) == 3.0
    np.testing.assert_array_equal(np.asarray(z), [0, 3, 0, 0])
    half = z * 0.5
    half[0] = x[0]
    np.testing.assert_array_equal(half.value, [0.5, 1.5, 0, 0])
    assert np.sum(half).parents[0] is not x
    assert type(gad.trace(lambda x: np.zeros_like(x), X).output) is np.ndarray


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("np.zeros_like(x)", np.zeros(4)),
        ("np.ones_like(x, dtype=np.float32)", np.ones(4, np.float32)),
        ("np.empty_like(x)", np.zeros(4)),
        ("np.full_like(x, 2.5)", np.full(4, 2.5)),
        ("np.full_like(x, x[0])", np.full(4, 0.5)),
        ("np.zeros((2, 3), like=x)", np.zeros((2, 3))),
        ("np.ones(2, like=x)", np.ones(2)),
        ("np.full((2, 2), 0.5, like=x)", np.full((2, 2), 0.5)),
        ("np.full(2, x[1], like=x)", np.full(2, 1.2)),
        ("np.eye(2, like=x)", np.eye(2)),
        ("np.array([[1.0, x[0]], [x[1], 2]], like=x)", np.array([[1.0, 0.5], [1.2, 2.0]])),
        ("np.copy(x)", X),
        ("x.copy()", X),
        ("copy.copy(x * 1)", X),
    ],
)
def test_what_is_made_has_numpy_s_value_and_may_be_written_to(call, expected):
    """With what is recorded, and without."""
    x = gad.Variable(X)
    result = eval(call, {"np": np, "x": x, "copy": copy})
    np.testing.assert_array_equal(result.value, expected, strict=True)
    result[0] = x[3].value
    result[1] = x[2] * np.ones(result.shape[1:])
    assert result.value.dtype == expected.dtype
    np.testing.assert_array_equal(result.value[0], np.full(expected.shape[1:], 1.7, expected.dtype))
    result.sum().backward()
    assert x.grad[2] >= np.prod(expected.shape[1:])


@pytest.mark.parametrize("write", ["x[0] = 1.0", "x[1:] *= 2", "x[0][1:] = 3.0", "x.fill(0.0)", "np.put(x, [0], 1.0)"])
def test_leaves_and_inputs_refuse_and_say_to_copy(write):
    """And the copy takes the write."""
    program = f"def f(x):\n    {write}\n    return np.sum(x)\n"
    at = np.ones((2, 2))
    with pytest.raises(errors.MutationError, match=r"would change the input x in place.*write x = x\.copy\(\) before"):
        gad.grad(run(program)["f"])(at)
    with pytest.raises(errors.MutationError, match="would change the leaf x in place"):
        run(program)["f"](gad.Variable(at, name="x"))
    copied = run(program.replace("def f(x):\n", "def f(x):\n    x = x.copy()\n"))["f"]
    np.testing.assert_allclose(gad.grad(copied)(at), difference(copied, at), atol=1e-8)


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("y = x * 2\ny[9] = 1.0", IndexError),
        ("y = x * 2\ny[:2] = np.ones(3)", ValueError),
        ("y = x * 2\ny[:2] = x", ValueError),
        ("y = x * 2\ny += np.ones((4, 4))", ValueError),
        ("y = x * 2\ny += 1j", TypeError),
        ("y = x * 2\ny[0] = 'a'", (errors.UnsupportedError, ValueError)),
        ("y = x.sum()\ny[0] = 1.0", errors.MutationError),
        ("y = x * 2\ny[0] = 1j * x[0]", (errors.UnsupportedError, TypeError)),
        ("y = np.broadcast_to(x, (2, 4))\ny[0] = 1.0", (errors.MutationError, ValueError)),
        ("y = x * 2\nnp.exp(np.ones((2, 4)), out=y)", (errors.MutationError, ValueError)),
    ],
)
def test_what_numpy_refuses_is_refused_and_changes_nothing(program, error):
    """With NumPy's own error, or one that says more."""
    x = gad.Variable(X)
    scope = {"x": x * 1}
    with pytest.raises(error):
        run(program, **scope)
    plain = {"x": X * 1}
    with pytest.raises((ValueError, TypeError, IndexError)):
        run(program, **plain)


def test_a_failed_write_leaves_the_array_as_it_was():
    """It is an array like before, and differentiates."""
    x = gad.Variable(X)
    y = x * 2
    with pytest.raises(ValueError, match="broadcast"):
        y[:2] = np.ones(3)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, np.full(4, 2.0))


def test_the_later_of_two_writes_to_one_place_receives():
    """As in NumPy, where the last one stays."""
    y = gad.Variable(np.zeros(3)) * 1
    v = gad.Variable([4.0, 5.0, 6.0])
    y[[1, 1, 0]] = v
    np.testing.assert_array_equal(y.value, [6, 5, 0])
    y.backward(np.array([1.0, 10.0, 100.0]))
    np.testing.assert_array_equal(v.grad, [0, 10, 1])


def test_a_written_array_is_an_array_like_any_other():
    """In every protocol: operators on either side, functions, iteration, printing, copying, pickling what is plain."""
    x = gad.Variable(X)
    y = x * 1
    y[0] = 2.0
    w = np.array([2.0, *X[1:]])
    for ours, plain in [
        (y + x, w + X), (x + y, X + w), (2 / y, 2 / w), (X - y, X - w), (y @ y, w @ w), (-y, -w), (abs(y), abs(w)),
        (np.maximum(x, y), np.maximum(X, w)), (np.concatenate([x, y]), np.concatenate([X, w])), (y[1:], w[1:]),
        (np.where(X > 1, x, y), np.where(X > 1, X, w)), (y.sum(), w.sum()), (y.mean(axis=0), w.mean()),
        (x.dot(y), X @ w), (np.stack([y, y]), np.stack([w, w])), (y.T, w.T), (round(y, 1), np.round(w, 1)),
    ]:  # fmt: skip
        np.testing.assert_array_equal(ours.value, plain)
    assert [v.value for v in y] == list(w)
    assert len(y) == 4
    assert (y == w).all()
    assert repr(y).startswith("Variable([2. ")
    assert f"{y[0]:.1f}" == "2.0"
    assert isinstance(y, gad.Variable)
    assert {y: 1}[y] == 1
    assert y.shape == (4,)
    assert copy.copy(y) is not y
    with pytest.raises(errors.LeakError):
        pickle.dumps(y)
    with pytest.raises(errors.LeakError):
        np.asarray(y)
    with pytest.warns(errors.NoGradientWarning):
        assert y.grad is None
    detached = y.detach()
    np.testing.assert_array_equal(np.asarray(detached), w)
    blank = np.zeros_like(x)
    blank[0] = 1.5
    assert float(blank[0]) == 1.5


def test_numbers_get_a_new_value_and_no_version():
    """As in NumPy, where numbers are immutable."""
    s = gad.Variable(2.0) * 3
    other = s
    s += 1
    assert (s.value, other.value) == (7.0, 6.0)


def test_nothing_is_kept_alive_by_a_write():
    """The versions go with the array."""
    import weakref

    x = gad.Variable(X)
    y = x * 2
    y[0] = x[1]
    array = weakref.ref(y)
    node = weakref.ref(y.parents[0])
    del y
    gc.collect()
    assert array() is None
    assert node() is None


def test_a_comparison_of_a_written_array_is_a_guard_with_the_person_s_line():
    """In a trace, where the branch may depend on it."""

    def f(x):
        y = x * 1
        y[0] = 2.0
        return y.sum() if y[1] > 1 else -y.sum()

    trace = gad.trace(f, X)
    (guard,) = trace.guards
    assert guard.site.line == f.__code__.co_firstlineno + 3


# Arrays of nested lists


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("[x[0], 2, x[1]]", 1),
        ("[[x[0], -x[1]], [1.0, x[2]]]", 2),
        ("[[[x[0]], [1]], [[2], [3]]]", 2),
        ("[x, x * 2]", 1),
        ("((x, x), (x, x))", 2),
        ("x[0]", 0),
    ],
)
def test_nested_lists_become_the_array_that_numpy_would_make(text, nodes):
    """Of one node or two, whose gradient is that of differences."""

    def f(x):
        return np.sum(np.cos(gad.array(eval(text, {"x": x}))))

    ours = gad.array(eval(text, {"x": gad.Variable(X)}))
    np.testing.assert_array_equal(ours.value, np.array(eval(text, {"x": X})), strict=True)
    added = [node for node in gad.trace(f, X).nodes if node.primitive and node.primitive.name in ("stack", "reshape")]
    assert len(added) == nodes
    np.testing.assert_allclose(gad.grad(f)(X), difference(f, X), atol=1e-8)


def test_an_array_of_plain_numbers_may_be_written_to():
    """And has the dtype that is asked for."""
    a = gad.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32)
    a[0] = gad.Variable(np.float32(5.0))
    np.testing.assert_array_equal(a.value, np.array([[5, 5], [3, 4]], np.float32), strict=True)


@pytest.mark.parametrize(
    ("nested", "sentence"),
    [
        ([[1.0, 2.0], [3.0]], r"rows of a nested list must have one length, got \(1,\) and \(2,\)"),
        ([gad.Variable(1.0), gad.Variable([1.0])], r"all entries must have one shape, got \(\) and \(1,\)"),
    ],
)
def test_ragged_lists_are_refused(nested, sentence):
    """With both lengths and the line."""
    with pytest.raises(errors.InputError, match=sentence + r".*line \d+"):
        gad.array(nested)


# What NumPy gives no way to intercept


@pytest.mark.parametrize(
    ("make", "write"),
    [
        ("np.zeros(2)", "out[0] = x[1]"),
        ("np.ones((2, 2))", "out[0, :] += x[:2]"),
        ("np.zeros_like(PLAIN)", "out[1] = np.sin(x[0])"),
        ("np.empty(3, dtype=float)", "out[:] = x[:3]"),
        ("np.full(2, 0.5)", "out[1] += x[0]"),
    ],
)
def test_a_write_into_a_plain_array_says_the_line_that_makes_one_that_takes_it(make, write):
    """And with that line the program runs, and has its gradient."""
    names = {"PLAIN": np.ones(3)}
    source = f"def f(x):\n    out = {make}\n    {write}\n    return np.sum(out**2)\n"
    with pytest.raises(errors.GraphvizAdError, match="make it with out = np") as caught:
        gad.grad(run(source, **names)["f"])(X)
    line = re.search(r"make it with (out = .*?)(?:, or collect| \(<program)", str(caught.value))[1]
    f = run(source.replace(f"out = {make}", line), **names)["f"]
    plain = run(source, **names)["f"]
    if "empty" not in make:
        np.testing.assert_allclose(gad.grad(f)(X), difference(plain, X), atol=1e-7)
    assert gad.value_and_grad(f)(X)[0] == plain(X)


def test_a_guard_holds_what_was_compared():
    """And not what was written to it since."""

    def f(x):
        y = x * 1
        if (y > 1).any():
            y[:] = 0.0
        return y.sum()

    (guard,) = gad.trace(f, X).guards
    np.testing.assert_array_equal(guard.left.value, X)


def test_a_write_looks_for_views_only_where_there_may_be_some(monkeypatch):
    """To look for them is to look through all that Python keeps."""
    looked = []
    monkeypatch.setattr(gc, "get_objects", lambda: looked.append(True) or [])
    x = gad.Variable(X)
    y = x * 2
    y[0] = 1.0
    y += 1
    h = np.zeros_like(x)
    h[1:] = x[1:]
    h[:2] *= 2
    assert looked == []
    z = x * 2
    row = z[1:]
    z[0] = 1.0
    assert looked == [True]
    assert row.shape == (3,)


def test_a_long_line_of_views_of_views_is_no_recursion():
    """Neither one that began before the first write, nor one of a written array."""
    x = gad.Variable(np.linspace(0.0, 1.0, 1500))
    y = x * 2
    view = y
    for _ in range(1400):
        view = view[1:]
    view[0] = 5.0 * x[0]
    y[-1] = x[1]
    assert float(view[-1].value) == x.value[1]
    total, rest = 0.0, y
    while len(rest) > 1:
        total, rest = total + rest[0], rest[1:]
    total.backward()
    assert x.grad[0] == 2.0 + 5.0
    assert x.grad[1400] == 0.0


def test_a_swap_of_rows_is_numpy_s():
    """Which gives both the same content, since a row is a view."""
    x = gad.Variable(np.eye(2))
    y, plain = x * 2, np.eye(2) * 2
    y[0], y[1] = y[1], y[0]
    plain[0], plain[1] = plain[1], plain[0]
    np.testing.assert_array_equal(y.value, plain)


def test_versions_have_the_name_of_their_array():
    """Also where a view was written to, whose name the statement has, and where numbers were added."""

    def f(x):
        z = np.zeros_like(x)
        z[0] = x[0]
        row = z[1:]
        row[0] = x[1]
        z[2:] *= 3.0
        np.add.at(z, [0, 0], x[2:])
        return z.sum()

    rows = "\n".join(str(gad.trace(f, X)).splitlines())
    for text in (r"z₁ = \[0 0 0 0\] with \[0\] ← v₁", r"row₁ = row with \[0\] ← v", r"z₂ = z₁ with \[1:\] ← row₁"):
        assert re.search(text, rows), rows
    assert re.search(r"z₃ = z₂ with \[2:\] ← v", rows), rows
    assert re.search(r"z₄ = z₃ with \[\[0, 0\]\] \+= v", rows), rows


def test_versions_that_take_much_memory_are_told_with_a_way_to_do_with_less(monkeypatch):
    """At the person's line; what it says to write instead gives the same and keeps no versions."""
    monkeypatch.setattr(assigning, "_MUCH", 4_000)
    source = """
def f(x):
    h = np.zeros((64, 2), like=x)
    for t in range(1, 64):
        h[t] = 0.9 * h[t - 1] + x
    return h.sum()
slope = gad.grad(f)(np.ones(2))
"""
    with pytest.warns(errors.MemoryUseWarning, match=r"^h was written to \d+ times.*np\.stack") as caught:
        slope = run(source)["slope"]
    assert {warning.lineno for warning in caught} == {5}
    assert len(caught) == 5  # at 4, 8, 16, 32 and 64 versions of 1,024 bytes
    rows = """
def f(x):
    rows = [np.zeros(2)]
    for t in range(1, 64):
        rows.append(0.9 * rows[-1] + x)
    return np.stack(rows).sum()
slope = gad.grad(f)(np.ones(2))
"""
    np.testing.assert_allclose(run(rows)["slope"], slope)


def test_recorded_values_do_not_go_into_places_of_a_plain_array():
    """An error of ours, not one of Python's."""
    with pytest.raises(errors.UnsupportedError, match=r"^np\.place has no derivative rule"):
        np.place(np.zeros(3), [True, False, True], gad.Variable([1.0, 2.0]))


def test_what_is_computed_for_out_is_recorded_on_the_line_that_says_it():
    def f(x):
        y = 1.0 * x
        np.exp(y, out=y)
        return y.sum()

    nodes = gad.trace(f, np.array([1.0, 2.0])).nodes
    assert [node.site.line - f.__code__.co_firstlineno for node in nodes[1:]] == [1, 2, 2, 3]
