# ruff: noqa: D101, D102, N803, N806  (a course's own layers, with the names of mathematics)
"""Checking a backward pass: how it is called, what its report says, and what it leaves untouched."""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.hand_written import patience
from graphviz_ad.errors import GradientError, InputError, LeakError, UnknownKeywordError
from graphviz_ad.testing import assert_backward

X = np.random.default_rng(3).normal(size=(5, 3))
W = np.random.default_rng(4).normal(size=(3, 4))


def here() -> int:
    """Return the line of the caller."""
    return sys._getframe(1).f_lineno


def network(x, W):
    z = x @ W
    h = np.tanh(z)
    return np.sum(h**2)


def network_backward(x, W):
    z = x @ W
    h = np.tanh(z)
    dh = 2 * h
    dz = dh * (1 - z**2)
    dW = x.T @ dz
    return dz @ W.T, dW


def right_backward(x, W):
    h = np.tanh(x @ W)
    dz = 2 * h * (1 - h**2)
    return dz @ W.T, x.T @ dz


class Layer:
    """A layer of a course: parameters, cache and gradients are attributes."""

    def __init__(self) -> None:
        self.W, self.b = W.copy(), np.zeros(4)
        self.dW = np.zeros_like(self.W)
        self.rng = np.random.default_rng(0)
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        self.x = x
        self.mask = self.rng.random(size=(len(x), 4)) < 0.5
        return (x @ self.W + self.b) * self.mask

    def backward(self, dout):
        dz = dout * self.mask
        self.dW += self.x.T @ dz
        self.db = dz.sum(axis=0)
        return dz @ self.W.T


class LayerWithoutMask(Layer):
    def backward(self, dout):
        dz = dout
        self.dW += self.x.T @ dz
        self.db = dz.sum(axis=0)
        return dz @ self.W.T


def test_each_line_has_its_verdict():
    """Right, wrong, inheriting, and those of forward again; the numbers are those of the closed form."""
    report = gad.check_backward(network, network_backward, X, W)
    first = network_backward.__code__.co_firstlineno
    assert [(one.line - first, one.name, one.verdict) for one in report.lines] == [
        (1, "z", "right"),
        (2, "h", "right"),
        (3, "dh", "right"),
        (4, "dz", "wrong"),
        (5, "dW", "inherits"),
        (6, "return", "inherits"),
    ]
    assert [one.is_forward for one in report.lines] == [True, True, False, False, False, False]
    line = report.first_wrong
    assert line is report.lines[3]
    assert line.slip == "wrong-operand"
    assert line.node.name == "z"
    z = X @ W
    np.testing.assert_allclose(line.expected, 2 * np.tanh(z) * (1 - np.tanh(z) ** 2), rtol=1e-12)
    np.testing.assert_array_equal(line.got, 2 * np.tanh(z) * (1 - z**2))
    assert line.sentence.startswith("dz is not z̄: the first wrong line. It uses `z` where `h` was meant.")
    assert line.remedy == "dz = dh * (1 - h**2)"
    assert line.proof == "all lines below are right then, and both gradients"
    assert report.lines[4].words == "inherits, right if dz were"


def test_a_remedy_wider_than_the_terminal_is_whole_in_the_text():
    """It goes on in the next row; joined again it is the line that was tried."""
    long_name_of_what_flows_back = X

    def forward(V):
        return np.sum(long_name_of_what_flows_back @ V) + 3.0 * np.sum(V * V * V) + 7.0 * np.sum(V * V)

    def backward(V):
        dV = long_name_of_what_flows_back.T @ np.ones((len(X), V.shape[1])) + 9.0 * V * V - 14.0 * V
        return {"V": dV}

    report = gad.check_backward(forward, backward, W)
    remedy, rows = report.first_wrong.remedy, str(report).splitlines()
    start = next(k for k, row in enumerate(rows) if re.match(r" +\d+ \+ ", row))
    end = next(k for k, row in enumerate(rows) if "Tried:" in row)
    assert end - start > 1
    assert " ".join(" ".join(rows[start:end]).split("+", 1)[1].split()) == remedy


def test_the_report_is_text_of_80_columns():
    """The line marked, its numbers at the worst entry, the line before and after, and each line with its verdict."""
    text = str(gad.check_backward(network, network_backward, X, W))
    assert max(len(re.sub("[\u0304\u0305]", "", line)) for line in text.splitlines()) <= 80
    line = network_backward.__code__.co_firstlineno + 4
    z = X @ W
    expected, got = 2 * np.tanh(z) * (1 - np.tanh(z) ** 2), 2 * np.tanh(z) * (1 - z**2)
    i, j = np.unravel_index(np.argmax(np.abs(expected - got)), z.shape)
    patterns = [
        r"^network_backward: none of the 2 gradients is right; 1 of 3 lines right$",
        rf"dz is not z̄: the first wrong line +test_hand_checking.py:{line}$",
        rf"{line} \|     dz = dh \* \(1 - z\*\*2\)\n *\|  +~$",
        rf"{line} -     dz = dh \* \(1 - z\*\*2\)\n +{line} \+     dz = dh \* \(1 - h\*\*2\)",
        r"Tried: all lines below are right then, and both gradients\.",
        rf"^{line + 1}  dW = x.T @ dz +–  inherits, right if dz were +3×4$",
    ]
    for pattern in patterns:
        assert re.search(pattern, text, re.MULTILINE), pattern
    numbers = re.search(rf"expected +(\S+)   at \[{i}, {j}\], where they differ most\n +got +(\S+)", text)
    assert [float(one.replace("−", "-")) for one in numbers.groups()] == pytest.approx(
        [expected[i, j], got[i, j]], rel=1e-5
    )


def test_a_right_one_says_so():
    """With the adjoint that each line is."""
    report = gad.check_backward(network, right_backward, X, W)
    assert report.ok
    assert report.first_wrong is None
    assert str(report).startswith("right_backward: both gradients are right; 1 of 1 line right\n")
    assert "is z̄" in str(report)


def test_the_gradients_of_an_object_are_checked_and_the_object_is_left_alone():
    """Its arrays, its attributes, its counter and its random numbers are what they were."""
    layer = Layer()
    before = {name: np.copy(value) for name, value in vars(layer).items() if isinstance(value, np.ndarray)}
    state = layer.rng.bit_generator.state
    assert gad.check_backward(layer.forward, layer.backward, X).ok
    assert set(vars(layer)) == {"W", "b", "dW", "rng", "calls"}
    assert layer.calls == 0
    assert layer.rng.bit_generator.state == state
    for name, value in before.items():
        assert type(vars(layer)[name]) is np.ndarray
        np.testing.assert_array_equal(vars(layer)[name], value)


def test_a_slip_in_a_layer_with_random_numbers_is_seen():
    """The mask is drawn again as it was."""
    layer = LayerWithoutMask()
    line = gad.check_backward(layer.forward, layer.backward, X).first_wrong
    assert (line.code, line.slip) == ("dz = dout", "missing-factor")
    assert "self.mask" in line.remedy


def test_two_wrong_lines_are_both_named():
    """The second is looked for with the first put right."""

    def backward(x, W):
        h = np.tanh(x @ W)
        dz = -2 * h * (1 - h**2)
        dW = dz.T @ x
        return dz @ W.T, dW

    wrong = [line for line in gad.check_backward(network, backward, X, W).lines if line.verdict == "wrong"]
    assert [(line.name, line.slip) for line in wrong] == [("dz", "sign"), ("dW", "transpose")]


def test_many_forms_of_calling_and_returning_are_understood():
    """A cache, an upstream gradient before or behind it, a dict, several outputs, nested parameters, some gradients."""

    def layer(x, W):
        return np.tanh(x @ W), (x, W, np.tanh(x @ W))

    def before(dout, cache):
        x, W, h = cache
        return (dout * (1 - h**2)) @ W.T, x.T @ (dout * (1 - h**2))

    def split(x, W):
        return x @ W, np.sin(x)

    def of_both(dy, ds, x, W):
        return {"dx": dy @ W.T + ds * np.cos(x), "dW": x.T @ dy}

    def nested(params, x):
        return np.sum((x @ params["W"] + params["b"]) ** 2)

    def of_nested(params, x):
        dy = 2 * (x @ params["W"] + params["b"])
        return {"W": x.T @ dy, "b": dy.sum(axis=0)}

    def listed(weights, x):
        return np.sum(x @ weights[0] @ weights[1])

    def of_listed(weights, x):
        ones = np.ones((len(x), 2))
        return [x.T @ ones @ weights[1].T, (x @ weights[0]).T @ ones], ones @ weights[1].T @ weights[0].T

    params = {"W": W, "b": np.ones(4)}
    calls: list[tuple[Any, ...]] = [
        (layer, before, X, W),
        (layer, lambda cache, grad_output: before(grad_output, cache), X, W),
        (split, of_both, X, W),
        (nested, of_nested, params, X),
        (listed, of_listed, [W, np.ones((4, 2))], X),
        (network, lambda x, W: right_backward(x, W)[0], X, W),
        (lambda x: np.sin(x).sum(), np.cos, X),
        (lambda a, b: a * np.sin(b), lambda a, b: (np.sin(b), a * np.cos(b)), 2.0, 0.5),
        (lambda n: n**2, lambda n: 2 * n, 3),
    ]
    assert [gad.check_backward(*call).ok for call in calls] == [True] * len(calls)


def test_the_upstream_gradient_is_said():
    """It is no array of ones: a backward pass that leaves it out is wrong."""
    report = gad.check_backward(np.sin, lambda dy, x: np.cos(x), X)
    assert not report.ok
    assert "The upstream gradient is an array of fixed pseudo-random numbers, of shape (5, 3)." in str(report).replace(
        "\n", " "
    )


def test_without_lines_the_gradients_are_compared():
    """Of a lambda and of what is built in."""
    text = str(gad.check_backward(lambda x: np.sin(x).sum(), lambda x: -np.cos(x), np.abs(X) / 9))
    assert "No line of your backward can be read" in text
    assert re.search(r"x̄ is wrong\n  expected +0\.9\d*   at \[\d, \d\], where they differ most\n  got +−0\.9", text)


def test_gradients_in_each_others_places_are_seen():
    """All lines are right then, and the return statement is wrong."""

    def backward(x, W):
        h = np.tanh(x @ W)
        dz = 2 * h * (1 - h**2)
        return x.T @ dz, dz @ W.T

    line = gad.check_backward(network, backward, X, W).first_wrong
    assert (line.name, line.slip) == ("return", "wrong-operand")
    assert "The gradient of `W` stands in the place of that of `x`" in line.sentence


def test_what_backward_raises_is_told_with_its_line_and_shapes():
    """And with the line that does not raise."""

    def backward(x, W):
        h = np.tanh(x @ W)
        dz = 2 * h * (1 - h**2)
        dW = dz @ x.T
        return dz @ W.T, dW

    report = gad.check_backward(network, backward, X, W)
    line = report.first_wrong
    assert not report.ok
    assert line.line == backward.__code__.co_firstlineno + 3
    assert f"Your backward raises ValueError at line {line.line}: matmul" in line.sentence
    assert "x (5, 3)" in line.sentence
    assert "dz (5, 4)" in line.sentence
    assert (line.slip, line.remedy) == ("transpose", "dW = x.T @ dz")

    def failing(x, W):
        raise RuntimeError("not written yet")

    text = str(gad.check_backward(network, failing, X, W))
    assert f"raises RuntimeError at line {failing.__code__.co_firstlineno + 1}: not written yet" in text


def test_loops_helpers_comprehensions_and_generators_are_run_line_by_line():
    """The line of a helper is blamed, not the one that calls it."""

    def back_through_tanh(dh, h):
        slopes = [1 - row for row in h]
        return dh * np.stack(slopes)

    def forward(x):
        for _ in range(2):
            x = np.tanh(x)
        return x.sum()

    def backward(x):
        states = [np.tanh(x) if k == 0 else np.tanh(np.tanh(x)) for k in range(2)]
        dx = np.ones_like(x)
        for h in reversed(states):
            dx = back_through_tanh(dx, h)
        return dx

    report = gad.check_backward(forward, backward, X)
    wrong = [line for line in report.lines if line.verdict == "wrong"]
    assert len(wrong) == 1
    assert wrong[0].line in range(back_through_tanh.__code__.co_firstlineno, forward.__code__.co_firstlineno)
    assert report.first_wrong.slip in ("other", "missing-factor", "value-for-derivative")


def test_a_debugger_is_there_again_afterwards():
    """Whatever happens; and functions are themselves again."""
    code = network_backward.__code__
    before = sys.gettrace()

    def trace(frame, event, arg):
        return None

    def broken(x, W):
        raise KeyboardInterrupt

    try:
        sys.settrace(trace)
        gad.check_backward(network, network_backward, X, W)
        assert sys.gettrace() is trace
        with pytest.raises(KeyboardInterrupt):
            gad.check_backward(network, broken, X, W)
        assert sys.gettrace() is trace
    finally:
        sys.settrace(before)
    assert network_backward.__code__ is code
    assert not [name for name in globals() if name.startswith("_gad")]


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        ((3, np.cos, X), InputError, "forward must be a function, got int"),
        ((np.sin, np.cos(1.0), X), InputError, "backward must be a function, got float64"),
        (
            (lambda x: x.sum(), lambda x: (x, x, x), X),
            InputError,
            r"returned 3 values of shapes .* gradients of x \(5, 3",
        ),
        ((lambda x: x.sum(), lambda x: None, X), InputError, "returned NoneType None; expected the gradients of x"),
        ((lambda x: x.sum(), lambda x: {"y": x}, X), InputError, "a dict with the keys 'y'"),
        (
            (lambda x: x.sum(), lambda a, b: a, X),
            InputError,
            "backward|<lambda> takes a, b, which forward neither takes",
        ),
        (
            (lambda x: x.sum() * np.random.default_rng().normal(), np.ones_like, X),
            InputError,
            "draw its random numbers",
        ),
        ((lambda x: float(x) ** 2, lambda x: 2 * x, 3.0), LeakError, "float"),
        ((lambda: 1.0, lambda: 1.0), InputError, "nothing that .* takes can be differentiated"),
        ((lambda x: 1.0, lambda x: 0 * x, X), InputError, "depends on none of its arguments"),
    ],
)
def test_bad_input_is_explained(call, kind, words):
    """With what was expected, and a way out."""
    with pytest.raises(kind, match=words):
        gad.check_backward(*call)


def test_an_unknown_option_is_refused():
    """There are none."""
    with pytest.raises(UnknownKeywordError, match="check_backward has no option 'eps'"):
        gad.check_backward(network, network_backward, X, W, eps=1)


def test_a_failed_assertion_begins_with_the_line_and_the_slip():
    """And holds the whole report."""
    assert_backward(network, right_backward, X, W)
    line = network_backward.__code__.co_firstlineno + 4
    with pytest.raises(GradientError) as caught:
        assert_backward(network, network_backward, X, W)
    text = caught.value.message
    assert text.startswith(f"test_hand_checking.py:{line}: dz = dh * (1 - z**2)\nwrong-operand: dz is not z̄")
    assert "inherits, right if dz were" in text


def test_float32_is_judged_by_its_own_digits():
    """What is round-off there is no error."""
    report = gad.check_backward(network, right_backward, X.astype(np.float32), W.astype(np.float32))
    assert report.ok


def test_a_line_that_gives_zeros_may_be_the_wrong_one():
    """Where z is 1, 1 − z² is 0 in every entry."""
    line = gad.check_backward(network, network_backward, np.ones((2, 3)), np.eye(3)).first_wrong
    assert (line.name, line.slip, line.node.name) == ("dz", "wrong-operand", "z")


def test_a_line_that_runs_hundreds_of_times_is_followed_without_keeping_all_of_it():
    """Windows of a convolution that overwrite each other, 100 of them."""

    def forward(x, k):
        rows = [np.stack([np.sum(x[i : i + 3, j : j + 3] * k) for j in range(10)]) for i in range(10)]
        out = np.stack(rows)
        return np.sum(out**2), out

    def backward(x, k, out):
        dx, dk = np.zeros_like(x), np.zeros_like(k)
        for i in range(10):
            for j in range(10):
                dx[i : i + 3, j : j + 3] = 2 * out[i, j] * k
                dk += 2 * out[i, j] * x[i : i + 3, j : j + 3]
        return dx, dk

    random = np.random.default_rng(0)
    report = gad.check_backward(forward, backward, random.normal(size=(12, 12)), random.normal(size=(3, 3)))
    assert (report.first_wrong.name, report.first_wrong.slip) == ("dx", "overwritten")
    assert {line.name: line.verdict for line in report.lines}["dk"] == "right"


def test_without_time_for_slips_the_wrong_line_is_named_all_the_same(monkeypatch):
    """And it is said that not all were tried; nothing is claimed of the slip."""
    monkeypatch.setattr(patience, "_MOST_SECONDS", -1.0)
    report = gad.check_backward(network, network_backward, X, W)
    assert (report.first_wrong.name, report.first_wrong.slip, report.first_wrong.remedy) == ("dz", "other", None)
    assert "Not all slips were tried" in str(report)
    assert report.lines[4].verdict == "inherits"
    assert "Not all slips were tried" not in str(gad.check_backward(network, right_backward, X, W))


def test_where_slips_are_too_many_that_is_said_and_not_that_it_takes_long(monkeypatch):
    monkeypatch.setattr(patience, "_MOST_TRIALS", 0)
    report = gad.check_backward(network, network_backward, X, W)
    assert (report.first_wrong.name, report.first_wrong.remedy) == ("dz", None)
    assert "Not all slips were tried: they are too many here." in str(report)
    assert "takes long" not in str(report)


def test_a_factor_that_is_divided_by_late_is_no_mistake():
    """As in courses that leave 1/m to the last line."""

    def forward(W):
        z = X @ W
        return np.mean(np.sum(np.tanh(z), axis=1))

    def late(W):
        z = X @ W
        dz = 1 - np.tanh(z) ** 2
        return X.T @ dz / len(X)

    report = gad.check_backward(forward, late, W)
    assert report.ok
    assert [line.words for line in report.lines if line.name == "dz"] == ["is 5 times z̄"]


def test_a_backward_pass_that_uses_up_its_cache_can_be_run_again():
    """It pops what it needs, writes into what it gets, and one name serves twice."""

    def forward(x, W):
        h = np.tanh(x @ W)
        return h, [x, W, h]

    def backward(dout, cache):
        h = cache.pop()
        dout *= 1 - h
        W, x = cache.pop(), cache.pop()
        return dout @ W.T, x.T @ dout

    report = gad.check_backward(forward, backward, X, W)
    line = report.first_wrong
    assert (line.code, line.slip, line.remedy) == ("dout *= 1 - h", "missing-factor", "dout *= 1 - h**2")
    assert [one.verdict for one in report.lines] == ["right", "wrong", "right", "inherits"]


def complex_forward(x, w):
    z = x * w
    return (np.abs(z) ** 2).sum()


def complex_backward(x, w):
    z = x * w
    dz = 2 * z
    return dz * np.conj(w), dz * np.conj(x)


def test_complex_gradients_are_those_of_grad_and_of_differences():
    x, w = np.array([1 + 2j, 0.5 - 1j]), np.array([0.3 - 1j, 2 + 1j])
    report = gad.check_backward(complex_forward, complex_backward, x, w)
    assert report.ok
    assert [line.verdict for line in report.lines if line.name == "dz"] == ["right"]
    slipped = gad.check_backward(complex_forward, lambda x, w: (2 * x * w * np.conj(w), 2 * x * w * x), x, w)
    assert not slipped.ok
    assert "in a ratio" not in str(slipped)  # a complex one lies between no two numbers
    mine, step = complex_backward(x, w)[0], 1e-6
    for k, direction in [(0, 1), (0, 1j), (1, 1), (1, 1j)]:
        moved = np.eye(2)[k] * direction * step
        slope = (complex_forward(x + moved, w) - complex_forward(x - moved, w)) / (2 * step)
        assert slope == pytest.approx((np.conj(mine[k]) * direction).real, rel=1e-6)


def test_a_cache_may_be_left_where_backward_takes_what_forward_took():
    def forward(x):
        return x**2, x

    assert gad.check_backward(forward, lambda x: 2 * x, 2.0).ok
    assert not gad.check_backward(forward, lambda x: 3 * x, 2.0).ok


def test_a_line_without_which_a_loop_never_ends_is_tried_and_left():
    """Other lines are run for as long as many times the first run, and not on and on."""

    def forward(x):
        y = x
        for _ in range(3):
            y = np.sin(y)
        return np.sum(y)

    def backward(x):
        kept, y = [], x
        while len(kept) < 3:
            kept.append(y)
            y = np.sin(y)
        d = np.ones_like(x)
        while kept:
            d = d * np.cos(kept[-1]) * np.cos(kept[-1])
            kept = kept[:-1]
        return d

    first = gad.check_backward(forward, backward, np.array([0.4, 1.3])).first_wrong
    assert first.remedy == "d = d * np.cos(kept[-1])"
