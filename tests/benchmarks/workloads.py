"""The workloads W1 to W8: the data, the program a user writes, and its derivative written by hand.

A program takes a namespace `m` (numpy, torch, ...), what is differentiated, and constants; it returns one number (W3b:
an array, each entry of which is differentiated on its own). The derivative by hand computes forward and backward in
plain NumPy with preallocated buffers, and is the limit to compare with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["WORKLOADS", "Workload", "chain"]

# Keeps the gradient of a long chain away from underflow and overflow.
SCALE, SHIFT = 1.0001, 1e-9


@dataclass(frozen=True)
class Workload:
    """What is computed, and how to compute its derivative without any library.

    Attributes
    ----------
    title : str
    inputs : tuple
        What is differentiated with respect to.
    program : callable
        ``program(m, *inputs, *constants)``.
    hand : callable
        ``hand(*inputs, *constants)`` returns a function without arguments, which returns the gradient.
    constants : tuple
    """

    title: str
    inputs: tuple[Any, ...]
    program: Callable[..., Any]
    hand: Callable[..., Callable[[], Any]]
    constants: tuple[Any, ...] = ()

    def by_hand(self) -> Callable[[], Any]:
        """Return the derivative written by hand, ready to run."""
        return self.hand(*self.inputs, *self.constants)


def _formula(m, x):
    return m.log(x**2) * m.sin(x) + 1 / x


def _formula_by_hand(x):
    def run():
        x2 = x**2
        log = np.log(x2)
        sin = np.sin(x)
        r = 1 / x
        _ = log * sin + r
        return log * np.cos(x) + sin / x2 * (2 * x) - r * r

    return run


def chain(links):
    """Return a program of three operations a link."""

    def program(m, x):
        for _ in range(links):
            x = m.sin(x) * SCALE + SHIFT
        return x

    return program


def _chain_by_hand(links):
    def prepare(start):
        def run():
            x, seen = start, []
            for _ in range(links):
                seen.append(x)
                x = np.sin(x) * SCALE + SHIFT
            g = 1.0
            for x in reversed(seen):
                g = g * SCALE * np.cos(x)
            return g

        return run

    return prepare


def _sine(m, x):
    return m.sin(x)


def _sine_sum(m, x):
    return m.sin(x).sum()


def _sine_by_hand(x):
    s, g = np.empty_like(x), np.empty_like(x)

    def run():
        np.sin(x, out=s)
        s.sum()
        np.cos(x, out=g)
        return g

    return run


def _elementwise(m, x):
    z = x
    for _ in range(10):
        z = z * x
        z = z + x
    return z.sum()


def _elementwise_by_hand(x):
    z = [x] + [np.empty_like(x) for _ in range(10)]
    t, zb, xb = np.empty_like(x), np.empty_like(x), np.empty_like(x)

    def run():
        for k in range(10):
            np.multiply(z[k], x, out=t)
            np.add(t, x, out=z[k + 1])
        z[10].sum()
        zb.fill(1.0)
        xb.fill(0.0)
        for k in range(9, -1, -1):
            np.add(xb, zb, out=xb)
            np.multiply(zb, z[k], out=t)
            np.add(xb, t, out=xb)
            np.multiply(zb, x, out=zb)
        np.add(xb, zb, out=xb)
        return xb

    return run


def _network(m, w1, b1, w2, b2, w3, b3, inputs, labels):
    h = m.tanh(m.matmul(inputs, w1) + b1)
    h = m.tanh(m.matmul(h, w2) + b2)
    o = m.matmul(h, w3) + b3
    return m.mean(m.log(m.sum(m.exp(o), axis=1)) - o[np.arange(len(labels)), labels])


def _network_by_hand(w1, b1, w2, b2, w3, b3, inputs, labels):
    n, rows = len(labels), np.arange(len(labels))
    h1, h2, o = np.empty((n, 256)), np.empty((n, 256)), np.empty((n, 10))
    d1, d2 = np.empty_like(h1), np.empty_like(h2)
    gw1, gw2, gw3, gb1, gb2, gb3 = map(np.empty_like, (w1, w2, w3, b1, b2, b3))

    def run():
        np.matmul(inputs, w1, out=h1)
        np.add(h1, b1, out=h1)
        np.tanh(h1, out=h1)
        np.matmul(h1, w2, out=h2)
        np.add(h2, b2, out=h2)
        np.tanh(h2, out=h2)
        np.matmul(h2, w3, out=o)
        np.add(o, b3, out=o)
        np.subtract(o, o.max(axis=1, keepdims=True), out=o)
        chosen = o[rows, labels]
        np.exp(o, out=o)
        s = o.sum(axis=1, keepdims=True)
        (np.log(s[:, 0]) - chosen).mean()
        np.divide(o, s, out=o)
        o[rows, labels] -= 1
        np.multiply(o, 1 / n, out=o)
        np.matmul(h2.T, o, out=gw3)
        o.sum(axis=0, out=gb3)
        np.matmul(o, w3.T, out=d2)
        np.multiply(h2, h2, out=h2)
        np.subtract(1, h2, out=h2)
        np.multiply(d2, h2, out=d2)
        np.matmul(h1.T, d2, out=gw2)
        d2.sum(axis=0, out=gb2)
        np.matmul(d2, w2.T, out=d1)
        np.multiply(h1, h1, out=h1)
        np.subtract(1, h1, out=h1)
        np.multiply(d1, h1, out=d1)
        np.matmul(inputs.T, d1, out=gw1)
        d1.sum(axis=0, out=gb1)
        return gw1, gb1, gw2, gb2, gw3, gb3

    return run


def _second_by_hand(x):
    def run():
        s, c, log, r = np.sin(x), np.cos(x), np.log(x**2), 1 / x
        return (-2 * r * s + 4 * c) * r - log * s + 2 * r**3

    return run


def _squares(m, x):
    return (m.sin(x) ** 2 * x).sum()


def _hessian_by_hand(x):
    def run():
        x2 = 2 * x
        return np.diag(2 * np.sin(x2) + x2 * np.cos(x2))

    return run


def _loop_and_branch(m, a):
    norm = m.linalg.norm
    b = a * 2
    while norm(b) < 1000:
        b = b * 2
    return b if b > 0 else 100 * b


def _loop_and_branch_by_hand(a):
    def run():
        b, n = a * 2, 0
        while np.linalg.norm(b) < 1000:
            b = b * 2
            n += 1
        g = 1.0
        if not b > 0:
            b = 100 * b
            g = 100.0
        for _ in range(n + 1):
            g = g * 2
        return g

    return run


STEPS = 200


def _recurrence(m, w):
    h = m.zeros((STEPS, len(w)), like=w) if m is np else m.zeros((STEPS, len(w)), dtype=w.dtype)
    h[0] = w
    for t in range(1, STEPS):
        before = h[t - 1] if m is np else h[t - 1].clone()  # which PyTorch asks for, since h is written to later
        h[t] = m.tanh(before * w)
    return (h**2).sum()


def _recurrence_by_hand(w):
    h, g, gw = np.zeros((STEPS, len(w))), np.zeros((STEPS, len(w))), np.zeros(len(w))

    def run():
        h[0] = w
        for t in range(1, STEPS):
            np.tanh(h[t - 1] * w, out=h[t])
        np.multiply(h, 2, out=g)
        gw[:] = 0
        for t in range(STEPS - 1, 0, -1):
            d = g[t] * (1 - h[t] ** 2)
            gw[:] += d * h[t - 1]
            g[t - 1] += d * w
        return gw + g[0]

    return run


_random = np.random.default_rng(0)
_examples = _random.normal(size=(128, 64)), _random.integers(0, 10, 128)
_parameters = (
    _random.normal(size=(64, 256)) / 8,
    _random.normal(size=256) / 8,
    _random.normal(size=(256, 256)) / 16,
    _random.normal(size=256) / 16,
    _random.normal(size=(256, 10)) / 16,
    _random.normal(size=10) / 16,
)
_curve = np.linspace(-np.pi, np.pi, 100)
_million = _random.uniform(-0.5, 0.5, 1_000_000)

WORKLOADS = {
    "W1": Workload("log(x²) sin x + 1/x, scalar", (1.3,), _formula, _formula_by_hand),
    "W2a": Workload("scalar chain, 999 operations", (0.5,), chain(333), _chain_by_hand(333)),
    "W2b": Workload("scalar chain, 99,999 operations", (0.5,), chain(33_333), _chain_by_hand(33_333)),
    "W2c": Workload("scalar chain, 999,999 operations", (0.5,), chain(333_333), _chain_by_hand(333_333)),
    "W3a": Workload("sin on 100 numbers, one sum().backward()", (_curve,), _sine_sum, _sine_by_hand),
    "W3b": Workload("sin on 100 numbers, 100 times y[i].backward()", (_curve,), _sine, _sine_by_hand),
    "W4": Workload("20 elementwise operations on 10⁶ float64", (_million,), _elementwise, _elementwise_by_hand),
    "W5": Workload(
        "network 64-256-256-10, batch 128, cross-entropy", _parameters, _network, _network_by_hand, _examples
    ),
    "W6a": Workload("second derivative of W1", (1.3,), _formula, _second_by_hand),
    "W6b": Workload("Hessian of sum(sin²x · x), n = 100", (np.linspace(0.1, 1.0, 100),), _squares, _hessian_by_hand),
    "W7": Workload("a while and an if", (0.37,), _loop_and_branch, _loop_and_branch_by_hand),
    "W8": Workload("200 steps written into an array", (np.linspace(0.5, 1.5, 8),), _recurrence, _recurrence_by_hand),
}
