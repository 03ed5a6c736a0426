"""Costs against counts made by hand, against an array that counts, and against what Python says it has allocated."""

from __future__ import annotations

import gc
import json
import tracemalloc

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.columns import width
from graphviz_ad.engine import jacobians
from graphviz_ad.errors import InputError, ReleasedError


class Counting(np.ndarray):
    """An array that counts what ufuncs do with it: an operation for each number that is computed."""

    count = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        plain = [np.asarray(x) for x in inputs]
        result = getattr(ufunc, method)(*plain, **kwargs)
        if method == "reduce":
            Counting.count += plain[0].size - np.size(result)
        elif ufunc is np.matmul:
            long = plain[0].shape[-1]
            Counting.count += np.size(result) * (2 * long - 1)
        else:
            Counting.count += np.size(result)
        return np.asarray(result).view(Counting)


def counted(f, *args):
    Counting.count = 0
    f(*(np.asarray(x, float).view(Counting) for x in args))
    return Counting.count


X = np.linspace(-1.0, 1.0, 24).reshape(8, 3)


def net(w, v):
    hidden = np.tanh(X @ w)
    return np.sum((hidden @ v - 1) ** 2)


CASES = [
    (lambda x: np.sum(np.sin(x) * x), (np.ones(4),)),
    (net, (np.ones((3, 4)), np.ones(4))),
    (lambda x: np.max(np.exp(x.reshape(2, 3)), axis=1).sum() / 3, (np.arange(6.0),)),
    (lambda a: np.prod(np.sum(a @ a.T, axis=0)), (X,)),
]


@pytest.mark.parametrize(("f", "args"), CASES)
def test_the_operations_of_a_function_are_those_that_an_array_counts(f, args):
    cost = gad.trace(f, *args).cost()
    assert cost.modes[0].operations == counted(f, *args)
    assert sum(node.operations for node in cost.nodes) == sum(line.operations for line in cost.lines)


class Digit:
    """A number that counts the operations that are done with it."""

    count = 0

    def __init__(self, number):
        self.number = number

    def _with(self, other, operation):
        Digit.count += 1
        return Digit(operation(self.number, getattr(other, "number", other)))

    def __add__(self, other):
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other):
        return self._with(other, lambda a, b: a - b)

    def __mul__(self, other):
        return self._with(other, lambda a, b: a * b)

    def __truediv__(self, other):
        return self._with(other, lambda a, b: a / b)

    def sqrt(self):
        """Count as one, as np.sqrt does."""
        return self._with(None, lambda a, _: a**0.5)

    def conjugate(self):
        """Return itself, as np.var asks for."""
        return self

    def __abs__(self):
        return self._with(None, lambda a, _: abs(a))

    def __gt__(self, other):
        return self._with(other, lambda a, b: a > b).number

    def __lt__(self, other):
        return self._with(other, lambda a, b: a < b).number


def summed(terms):
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def nested(subscripts):
    """Return einsum as loops: the products of each combination of indices, then the sums of what shares a result."""
    inputs, output = subscripts.split("->")

    def f(*arrays):
        lengths = {}
        for letters, array in zip(inputs.split(","), arrays, strict=True):
            lengths |= zip(letters, array.shape, strict=True)
        sums = {}
        for place in np.ndindex(*lengths.values()):
            at = dict(zip(lengths, place, strict=True))
            factors = [array[tuple(at[c] for c in own)] for own, array in zip(inputs.split(","), arrays, strict=True)]
            product = factors[0]
            for factor in factors[1:]:
                product = product * factor
            sums.setdefault(tuple(at[c] for c in output), []).append(product)
        return [summed(terms) for terms in sums.values()]

    return f


def eliminate(a):
    """Turn a matrix into its factors, in place, without exchanging rows."""
    for k in range(len(a)):
        for i in range(k + 1, len(a)):
            a[i, k] = a[i, k] / a[k, k]
            for j in range(k + 1, len(a)):
                a[i, j] = a[i, j] - a[i, k] * a[k, j]
    return a


def solve(a, b):
    a, b = eliminate(a.copy()), b.reshape(len(b), -1).copy()
    for column in b.T:
        for i in range(len(a)):
            for k in range(i):
                column[i] = column[i] - a[i, k] * column[k]
        for i in reversed(range(len(a))):
            for k in range(i + 1, len(a)):
                column[i] = column[i] - a[i, k] * column[k]
            column[i] = column[i] / a[i, i]
    return b


def determinant(a):
    diagonal = np.diag(eliminate(a.copy()))
    product = diagonal[0]
    for pivot in diagonal[1:]:
        product = product * pivot
    return product


def cholesky(a):
    lower = a.copy()
    for j in range(len(a)):
        for k in range(j):
            lower[j, j] = lower[j, j] - lower[j, k] * lower[j, k]
        lower[j, j] = lower[j, j].sqrt()
        for i in range(j + 1, len(a)):
            for k in range(j):
                lower[i, j] = lower[i, j] - lower[i, k] * lower[j, k]
            lower[i, j] = lower[i, j] / lower[j, j]
    return lower


def horner(p, x):
    y = x - x
    Digit.count -= x.size  # zeros
    for coefficient in p:
        y = y * x + coefficient
    return y


A = 4 * np.eye(5) + np.arange(25.0).reshape(5, 5) / 30
S = A @ A.T
LOOPS = {
    "einsum": (lambda a, b: np.einsum("ij,jk->ik", a, b), nested("ij,jk->ik"), (X, X.T)),
    "einsum, implicit": (lambda a, b: np.einsum("ij,jk", a, b), nested("ij,jk->ik"), (X, X.T)),
    "einsum of one": (lambda a: np.einsum("ii->i", a), nested("ii->i"), (A,)),
    "trace": (lambda a: np.einsum("ii->", a), nested("ii->"), (A,)),
    "einsum of three": (lambda a, b, c: np.einsum("i,ij,j->", a, b, c), nested("i,ij,j->"), (A[0], A, A[1])),
    "batches": (lambda a, b: np.einsum("...j,...j->...", a, b), nested("ij,ij->i"), (X, X)),
    "outer": (lambda a, b: np.einsum("i,j->ij", a, b), nested("i,j->ij"), (A[0], A[1])),
    "solve": (np.linalg.solve, solve, (A, A[0])),
    "solve for several": (np.linalg.solve, solve, (A, A[:, :3])),
    "inv": (np.linalg.inv, lambda a: solve(a, a), (A,)),
    "det": (np.linalg.det, determinant, (A,)),
    "cholesky": (np.linalg.cholesky, cholesky, (S,)),
    "var": (lambda x: np.var(x, axis=1), lambda x: np.var(x, axis=1), (X,)),
    "var of all": (np.var, np.var, (X,)),
    "std": (lambda x: np.std(x, axis=0), lambda x: np.sqrt(np.var(x, axis=0)), (X,)),
    "ptp": (np.ptp, lambda x: max(x.ravel()) - min(x.ravel()), (X,)),
    "norm": (np.linalg.norm, lambda x: summed([v * v for v in x]).sqrt(), (A[0],)),
    "norms": (lambda x: np.linalg.norm(x, axis=1), lambda x: [summed([v * v for v in r]).sqrt() for r in x], (X,)),
    "norm 1": (lambda x: np.linalg.norm(x, 1), lambda x: summed([abs(v) for v in x]), (A[0],)),
    "norm inf": (lambda x: np.linalg.norm(x, np.inf), lambda x: max(abs(v) for v in x), (A[0],)),
    "polyval": (np.polyval, horner, (A[0], A[1, :3])),
    "cross": (np.cross, np.cross, (X, X[::-1])),
    **{
        f"convolve {mode}": (lambda a, b, mode=mode: np.convolve(a, b, mode), lambda a, b, mode=mode: [
            summed([a[j] * b[k - j] for j in range(len(a)) if 0 <= k - j < len(b)])
            for k in {"full": range(10), "same": range(1, 9), "valid": range(2, 8)}[mode]], (X[:, 0], A[0, :3]))
        for mode in ("full", "same", "valid")
    },
}  # fmt: skip


@pytest.mark.parametrize(("f", "loops", "args"), LOOPS.values(), ids=LOOPS)
def test_the_operations_of_larger_steps_are_those_that_its_loops_take(f, loops, args):
    Digit.count = 0
    loops(*(np.vectorize(Digit, otypes=[object])(arg) for arg in args))
    count = sum(node.operations for node in gad.trace(f, *args).cost().nodes)
    assert count == Digit.count


@pytest.mark.parametrize(
    ("f", "count"),
    [
        (lambda x: np.abs(np.fft.fft(x)), 5 * 8 * 3),
        (lambda x: np.abs(np.fft.rfft(x)), 2.5 * 8 * 3),
        (lambda x: np.fft.irfft(x, 8), 2.5 * 8 * 3),
        (lambda x: np.abs(np.fft.fft2(x.reshape(2, 4))), 5 * 8 * 3),
        (lambda x: np.abs(np.fft.fft(x.reshape(2, 4))), 5 * 8 * 2),
    ],
)
def test_transforms_are_counted_as_is_customary(f, count):
    nodes = gad.trace(f, np.arange(1.0, 9.0)).cost().nodes
    assert count in [node.operations for node in nodes]


def test_what_depends_on_the_numbers_is_not_counted():
    cost = gad.trace(lambda a: np.sum(np.linalg.svd(np.sort(a))[1]), A).cost()
    assert [node.operations for node in cost.nodes] == [0, None, None, 0, 4]
    assert "Not counted, since their operations are not known: sort, svd." in str(cost)


@pytest.mark.parametrize(
    ("f", "x", "evaluate", "reverse", "forward"),
    [
        # sin 4, product 4, sum 3. Back: f̄·x and f̄·sin x 8, cos x 4, times 4, added to the other part 4.
        # Forward, for each of 4: cos x 4, times 4, two products 8 and their sum 4, sum 3.
        (lambda x: np.sum(np.sin(x) * x), np.ones(4), 11, 11 + 20, 11 + 4 * 23),
        # Two products. Back: two for each, and twice a sum of what comes to x.
        (lambda x: x * x * x, 2.0, 2, 2 + 6, 2 + 6),
        # A product with a constant; its slope is the constant: one product either way.
        (lambda x: 3.0 * x, 2.0, 1, 2, 2),
        # One sum less than numbers; back they are copies.
        (np.sum, np.ones(5), 4, 4, 4 + 5 * 4),
    ],
)
def test_sweeps_are_counted_as_by_hand(f, x, evaluate, reverse, forward):
    modes = gad.trace(f, x).cost().modes
    assert [own.operations for own in modes[:3]] == [evaluate, reverse, forward]
    assert [own.sweeps for own in modes[:3]] == [0, 1, np.size(x)]


def test_a_matrix_product_and_its_way_back_are_counted_as_by_hand():
    cost = gad.trace(lambda a, b: np.sum(a @ b), np.ones((8, 3)), np.ones((3, 4))).cost()
    product = 8 * 4 * (2 * 3 - 1)
    back = 8 * 3 * (2 * 4 - 1) + 3 * 4 * (2 * 8 - 1)
    assert cost.modes[0].operations == product + 31
    assert cost.modes[1].operations == product + 31 + back
    assert [node.needed for node in cost.nodes] == [True, True, False, False]


def test_of_several_results_the_derivatives_are_those_of_one_and_that_is_said():
    cost = gad.trace(lambda x: (x * 2.0, x * np.cos(x)), 1.5).cost()
    assert [own.operations for own in cost.modes[:3]] == [3, 4, 4]
    assert "of several results" in str(cost).lower() or "result" in str(cost)


def test_a_product_of_the_hessian_and_a_vector_is_counted_as_by_hand():
    # x² = x·x: one product. Back: two products and their sum. Then what came back times 1; back through that product,
    # through both products, and the sum of what comes to x.
    assert [own.operations for own in gad.trace(lambda x: x * x, 2.0).cost().modes] == [1, 4, 4, 9]


def test_the_hessian_takes_a_product_for_each_input_besides_the_gradient():
    def costs(n):
        cost = gad.trace(lambda x: np.sum(x * x * x), np.ones(n)).cost()
        gradient, hessian = cost.modes[1], cost.modes[3]
        assert (hessian.mode, hessian.sweeps) == ("reverse over reverse", n + 1)
        return gradient.operations, hessian.operations

    one, several = costs(1), costs(6)
    per_product = one[1] - one[0]
    assert per_product > 0
    # Everything in it is elementwise but the last sum, so that a product is n times as long, less the sum's first.
    assert several[1] - several[0] == 6 * (6 * per_product + 5)


@pytest.mark.parametrize(
    ("f", "x", "mode"),
    [
        (net, (np.ones((3, 4)), np.ones(4)), "reverse"),
        (lambda x: np.stack([np.sin(x), np.cos(x), np.exp(x)]), (0.3,), "forward"),
        (lambda x: np.sin(x), (0.3,), "either"),
    ],
)
def test_the_mode_with_fewer_operations_is_advised(f, x, mode):
    cost = gad.trace(f, *x).cost()
    assert cost.verdict.startswith(f"Take {mode} mode: ")
    back, push = cost.modes[1].operations, cost.modes[2].operations
    assert {"reverse": back < push, "forward": push < back, "either": back == push}[mode]
    assert f"{back:,}" in cost.verdict
    assert f"{push:,}" in cost.verdict


def test_bytes_are_those_that_python_has_allocated():
    x = np.linspace(0.0, 1.0, 200_000)

    def f(x):
        y = np.sin(x) * 2.0
        z = y.reshape(100, -1)  # a view: nothing is kept for it
        return np.sum(z * z + np.arange(2000.0))

    gad.trace(f, x).cost()  # what is made once is made
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        trace = gad.trace(f, x)
        gc.collect()
        allocated = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    cost = trace.cost()
    assert cost.held == 5 * x.nbytes + 2000 * 8 + 8
    assert allocated == pytest.approx(cost.held, rel=0.02)
    assert sum(line.held for line in cost.lines) == cost.held
    assert next(node for node in cost.nodes if trace.nodes[node.position].primitive is not None
                and trace.nodes[node.position].primitive.name == "reshape").held == 0  # fmt: skip


def test_what_is_not_known_is_not_counted_and_said():
    cost = gad.trace(lambda a: np.sum(np.sort(a)), np.eye(3)).cost()
    assert cost.modes[0].operations is None
    assert "Not counted, since their operations are not known: sort." in str(cost)
    assert "this goes by the sweeps alone" in cost.verdict


def test_times_are_measured_of_what_was_run_and_of_nothing_else():
    cost = gad.trace(net, np.ones((3, 4)), np.ones(4)).cost()
    assert all(own.seconds > 0 for own in cost.modes)
    inner = [node for node in cost.nodes if node.operations]
    assert all(node.seconds > 0 and node.back_seconds > 0 for node in inner)
    assert cost.modes[0].seconds == pytest.approx(sum(node.seconds for node in cost.nodes if node.seconds is not None))


def test_looking_changes_nothing():
    x = gad.Variable(2.0)
    y = x * np.sin(x)
    y.backward()
    grad = x.grad
    with gad.record() as trace:
        x * np.sin(x)
    nodes = len(trace.nodes)
    trace.cost()
    assert (x.grad, len(trace.nodes)) == (grad, nodes)


def test_lines_are_those_of_the_code():
    first = net.__code__.co_firstlineno
    cost = gad.trace(net, np.ones((3, 4)), np.ones(4)).cost()
    assert [(line.line, line.nodes) for line in cost.lines] == [(0, 2), (first + 1, 2), (first + 2, 4)]
    assert "hidden = np.tanh(X @ w)" in str(cost)


def test_the_text_has_80_columns_and_the_document_the_same_numbers():
    cost = gad.trace(net, np.ones((3, 4)), np.ones(4)).cost()
    assert all(width(line) <= 80 for line in str(cost).splitlines())
    data = json.loads(cost.to_json())
    assert [own["operations"] for own in data["modes"]] == [own.operations for own in cost.modes]
    assert sum(own["held"] for own in data["nodes"]) == cost.held
    assert data["verdict"] == cost.verdict


def test_a_constant_has_no_gradient_to_be_computed():
    cost = gad.trace(lambda x: 2.0, 1.0).cost()
    assert cost.verdict == "f has no gradient to be computed: its result depends on no input."
    assert cost.modes == ()
    assert "What it would cost" not in str(cost)


@pytest.mark.parametrize("suffix", [".txt", ".html", ".json"])
def test_it_saves_itself(suffix, tmp_path):
    cost = gad.trace(net, np.ones((3, 4)), np.ones(4)).cost()
    cost.save(tmp_path / f"cost{suffix}")
    text = (tmp_path / f"cost{suffix}").read_text(encoding="utf-8")
    assert f"{cost.modes[1].operations:,}" in text or str(cost.modes[1].operations) in text
    with pytest.raises(InputError, match=r"the name must end in \.txt, \.html or \.json"):
        cost.save(tmp_path / "cost.svg")


def test_a_released_graph_is_said_to_be_so():
    x = gad.Variable(2.0)
    with gad.record() as trace:
        y = x * np.sin(x)
    y.backward(retain_graph=False)
    with pytest.raises(ReleasedError):
        trace.cost()


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_runs_out_of_the_page(width, chromium, tmp_path):
    gad.trace(net, np.ones((3, 4)), np.ones(4)).cost().save(tmp_path / "cost.html")
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.goto((tmp_path / "cost.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("table").count() == 3
    assert "Take reverse mode" in page.locator("section").aria_snapshot()
    page.close()


@pytest.mark.parametrize(
    ("f", "whole"),
    [(lambda x: np.tanh(np.cumsum(x)), gad.jacobian), (lambda x: np.sum(np.tanh(np.cumsum(x))), gad.hessian)],
    ids=["jacobian", "hessian"],
)
def test_many_sweeps_at_once_are_said_to_be_so(f, whole, monkeypatch):
    """It is true of what makes them: one batch goes back, whatever the number of rows."""
    x = np.linspace(-1.0, 1.0, 12)
    batches = []
    batch = jacobians.sweep_batch
    monkeypatch.setattr(jacobians, "sweep_batch", lambda *args, **more: batches.append(1) or batch(*args, **more))
    assert whole(f)(x).shape == (12, 12)
    assert len(batches) == 1
    said = " ".join(str(gad.trace(f, x).cost()).split())
    assert f"gad.{whole.__name__} sends many of them through at once" in said
    assert "sends many of them" not in str(gad.trace(np.sin, 2.0).cost())
    forward = gad.trace(lambda x: np.ones(5) * x, 2.0).cost()  # one push gives all of it
    assert "sends many of them" not in str(forward)


@pytest.mark.parametrize(
    ("f", "x", "better"),
    [(lambda x: np.sort(x * np.arange(5.0)), 2.0, "forward"), (lambda x: np.sort(x)[0], np.arange(5.0), "reverse")],
)
def test_where_not_all_is_counted_the_mode_of_fewer_sweeps_is_taken(f, x, better):
    verdict = " ".join(str(gad.trace(f, x).cost()).split())
    assert f"Take {better} mode" in verdict
    assert "so this goes by the sweeps alone" in verdict


@pytest.mark.parametrize("n", [1, 3, 4])
def test_a_jacobian_takes_a_whole_sweep_for_each_output(n):
    """One sweep of sin: n values of cos, and n products with the seed."""
    f, back, *_ = gad.trace(np.sin, np.arange(1.0, n + 1)).cost().modes
    assert (f.operations, back.sweeps, back.operations) == (n, n, n + n * 2 * n)
