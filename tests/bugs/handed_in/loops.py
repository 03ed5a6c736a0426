"""Right backward passes that carry an adjoint from step to step, in arrays of their own and in plain names."""
# ruff: noqa: D103, N803, N806

import numpy as np

R = np.random.default_rng(1)
LETTERS, AIMS = R.normal(size=(4, 3)), R.normal(size=(4, 2))
MARKS = np.array([0, 2, 1, 1, 0])


def elman(Wx, Wh, b, Wy):
    h, loss = np.zeros(4), 0.0
    for t in range(4):
        h = np.tanh(Wx @ LETTERS[t] + Wh @ h + b)
        loss = loss + 0.5 * np.sum((Wy @ h - AIMS[t]) ** 2)
    return loss


def elman_back(Wx, Wh, b, Wy):
    hs, es = {-1: np.zeros(4)}, {}
    for t in range(4):
        hs[t] = np.tanh(Wx @ LETTERS[t] + Wh @ hs[t - 1] + b)
        es[t] = Wy @ hs[t] - AIMS[t]
    dWx, dWh, db, dWy = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b), np.zeros_like(Wy)
    dhnext = np.zeros(4)
    for t in reversed(range(4)):
        dy = es[t]
        dWy += np.outer(dy, hs[t])
        dh = Wy.T @ dy + dhnext
        draw = (1 - hs[t] ** 2) * dh
        db += draw
        dWx += np.outer(draw, LETTERS[t])
        dWh += np.outer(draw, hs[t - 1])
        dhnext = Wh.T @ draw
    return dWx, dWh, db, dWy


def classifier(X, W1, b1, W2, b2):
    z1 = X @ W1 + b1
    h = np.maximum(0, z1)
    s = h @ W2 + b2
    s = s - s.max(axis=1, keepdims=True)
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(5), MARKS]).mean(), (X, W1, z1, h, W2, p)


def classifier_back(cache):
    X, W1, z1, h, W2, p = cache
    ds = p.copy()
    ds[np.arange(5), MARKS] -= 1
    ds /= 5
    dW2 = h.T @ ds
    db2 = ds.sum(axis=0)
    dh = ds @ W2.T
    dz1 = dh * (z1 > 0)
    return dz1 @ W1.T, X.T @ dz1, dz1.sum(axis=0), dW2, db2


PROGRAMS = {
    "elman": (elman, elman_back, tuple(R.normal(size=size) for size in ((4, 3), (4, 4), 4, (2, 4)))),
    "classifier": (
        classifier,
        classifier_back,
        tuple(R.normal(size=size) for size in ((5, 4), (4, 6), 6, (6, 3), 3)),
    ),
}
"""Each program: forward, backward, and what they are called with."""
