"""Backward passes as courses write them: by columns, with a mean that is taken late, through time, and by rows.

What is written once more as it is written there keeps the names of the courses.
"""
# ruff: noqa: D103, E741, F841, N802, N803, N806, RET504, RUF059

import numpy as np

from tests.bugs.gallery import backward_bug, backward_right

rng = np.random.default_rng(5)
m = 7
X = rng.normal(size=(3, m))
Y = (rng.random((1, m)) < 0.5) * 1.0
NET = {
    "W1": rng.normal(size=(4, 3)),
    "b1": rng.normal(size=(4, 1)),
    "W2": rng.normal(size=(1, 4)),
    "b2": rng.normal(size=(1, 1)),
}


def sig(z):
    return 1 / (1 + np.exp(-z))


def ng(W1, b1, W2, b2):
    Z1 = W1 @ X + b1
    A1 = np.tanh(Z1)
    Z2 = W2 @ A1 + b2
    A2 = sig(Z2)
    cost = -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m
    cache = {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2, "W2": W2}
    return cost, cache


@backward_right(forward=ng, at=NET)
def ng_right(cache):
    A1, A2, W2 = cache["A1"], cache["A2"], cache["W2"]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = (W2.T @ dZ2) * (1 - A1**2)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


@backward_bug("missing-mean", forward=ng, at=NET)
def ng_mean(cache):
    A1, A2, W2 = cache["A1"], cache["A2"], cache["W2"]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = (W2.T @ dZ2) * (1 - A1**2)
    dW1 = dZ1 @ X.T  # here
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


@backward_bug("wrong-operand", forward=ng, at=NET)
def ng_z(cache):
    A1, A2, W2, Z1 = cache["A1"], cache["A2"], cache["W2"], cache["Z1"]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = (W2.T @ dZ2) * (1 - Z1**2)  # here
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


@backward_bug("sign", forward=ng, at=NET)
def ng_sign(cache):
    A1, A2, W2 = cache["A1"], cache["A2"], cache["W2"]
    dZ2 = Y - A2  # here
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = (W2.T @ dZ2) * (1 - A1**2)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


@backward_bug("value-for-derivative", forward=ng, at=NET)
def ng_tanh(cache):
    A1, A2, W2 = cache["A1"], cache["A2"], cache["W2"]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = (W2.T @ dZ2) * A1  # here
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


@backward_bug("missing-factor", forward=ng, at=NET)
def ng_noact(cache):
    A1, A2, W2 = cache["A1"], cache["A2"], cache["W2"]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = W2.T @ dZ2  # here
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


D = {
    "x": rng.normal(size=(6, 5)),
    "W1": rng.normal(size=(5, 4)),
    "b1": rng.normal(size=4),
    "W2": rng.normal(size=(4, 3)),
    "b2": rng.normal(size=3),
}
y = np.array([0, 2, 1, 1, 0, 2])
reg = 0.1


def aff(x, w, b):
    return x.dot(w) + b, (x, w, b)


def relu(x):
    return np.maximum(0, x), x


def aff_b(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T)
    dw = x.T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


def relu_b(dout, cache):
    x = cache
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx


def relu_b_bad(dout, cache):
    x = cache
    dx = dout.copy()
    dx[dout <= 0] = 0  # here
    return dx


def relu_b_flip(dout, cache):
    x = cache
    return dout * (x < 0)  # here


def smax(s):
    p = np.exp(s - s.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    return p


def two(x, W1, b1, W2, b2):
    a, c1 = aff(x, W1, b1)
    h, c2 = relu(a)
    scores, c3 = aff(h, W2, b2)
    p = smax(scores)
    N = len(y)
    loss = -np.sum(np.log(p[np.arange(N), y])) / N + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    return loss, (c1, c2, c3, p)


@backward_right(forward=two, at=D)
def two_right(cache):
    c1, c2, c3, p = cache
    N = len(y)
    dscores = p.copy()
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dh, dW2, db2 = aff_b(dscores, c3)
    da = relu_b(dh, c2)
    dx, dW1, db1 = aff_b(da, c1)
    dW1 += reg * c1[1]
    dW2 += reg * c3[1]
    return dx, dW1, db1, dW2, db2


@backward_bug("wrong-operand", forward=two, at=D, within=relu_b_bad)
def two_relu(cache):
    c1, c2, c3, p = cache
    N = len(y)
    dscores = p.copy()
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dh, dW2, db2 = aff_b(dscores, c3)
    da = relu_b_bad(dh, c2)
    dx, dW1, db1 = aff_b(da, c1)
    dW1 += reg * c1[1]
    dW2 += reg * c3[1]
    return dx, dW1, db1, dW2, db2


@backward_bug("other", forward=two, at=D, within=relu_b_flip)
def two_flip(cache):
    c1, c2, c3, p = cache
    N = len(y)
    dscores = p.copy()
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dh, dW2, db2 = aff_b(dscores, c3)
    da = relu_b_flip(dh, c2)
    dx, dW1, db1 = aff_b(da, c1)
    dW1 += reg * c1[1]
    dW2 += reg * c3[1]
    return dx, dW1, db1, dW2, db2


@backward_bug("overwritten", forward=two, at=D)
def two_reg_over(cache):
    c1, c2, c3, p = cache
    N = len(y)
    dscores = p.copy()
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dh, dW2, db2 = aff_b(dscores, c3)
    da = relu_b(dh, c2)
    dx, dW1, db1 = aff_b(da, c1)
    dW1 += reg * c1[1]
    dW2 = reg * c3[1]  # here
    return dx, dW1, db1, dW2, db2


@backward_bug("factor", forward=two, at=D)
def two_reg2(cache):
    c1, c2, c3, p = cache
    N = len(y)
    dscores = p.copy()
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dh, dW2, db2 = aff_b(dscores, c3)
    da = relu_b(dh, c2)
    dx, dW1, db1 = aff_b(da, c1)
    dW1 += 2 * reg * c1[1]  # here
    dW2 += reg * c3[1]
    return dx, dW1, db1, dW2, db2


@backward_bug("sign", forward=two, at=D)
def two_plus(cache):
    c1, c2, c3, p = cache
    N = len(y)
    dscores = p.copy()
    dscores[np.arange(N), y] += 1  # here
    dscores /= N
    dh, dW2, db2 = aff_b(dscores, c3)
    da = relu_b(dh, c2)
    dx, dW1, db1 = aff_b(da, c1)
    dW1 += reg * c1[1]
    dW2 += reg * c3[1]
    return dx, dW1, db1, dW2, db2


@backward_bug("missing-mean", forward=two, at=D)
def two_nomean(cache):
    c1, c2, c3, p = cache
    N = len(y)
    dscores = p.copy()
    dscores[np.arange(N), y] -= 1  # here
    dh, dW2, db2 = aff_b(dscores, c3)
    da = relu_b(dh, c2)
    dx, dW1, db1 = aff_b(da, c1)
    dW1 += reg * c1[1]
    dW2 += reg * c3[1]
    return dx, dW1, db1, dW2, db2


I = rng.normal(size=(5, 3))
TT = rng.normal(size=(5, 2))
R = {
    "Wxh": rng.normal(size=(4, 3)),
    "Whh": rng.normal(size=(4, 4)) * 0.5,
    "Why": rng.normal(size=(2, 4)),
    "bh": rng.normal(size=4),
}


def rnn(Wxh, Whh, Why, bh):
    hs, ys = {}, {}
    hs[-1] = np.zeros(4)
    loss = 0
    for t in range(5):
        hs[t] = np.tanh(Wxh @ I[t] + Whh @ hs[t - 1] + bh)
        ys[t] = Why @ hs[t]
        loss = loss + 0.5 * np.sum((ys[t] - TT[t]) ** 2)
    return loss, (hs, ys)


@backward_right(forward=rnn, at=R)
def rnn_right(Wxh, Whh, Why, bh, cache):
    hs, ys = cache
    dWxh, dWhh, dWhy, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why), np.zeros_like(bh)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(5)):
        dy = ys[t] - TT[t]
        dWhy += np.outer(dy, hs[t])
        dh = Why.T @ dy + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.outer(dhraw, I[t])
        dWhh += np.outer(dhraw, hs[t - 1])
        dhnext = Whh.T @ dhraw
    return dWxh, dWhh, dWhy, dbh


@backward_bug("wrong-operand", forward=rnn, at=R)
def rnn_prev(Wxh, Whh, Why, bh, cache):
    hs, ys = cache
    dWxh, dWhh, dWhy, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why), np.zeros_like(bh)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(5)):
        dy = ys[t] - TT[t]
        dWhy += np.outer(dy, hs[t])
        dh = Why.T @ dy + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.outer(dhraw, I[t])
        dWhh += np.outer(dhraw, hs[t])  # here
        dhnext = Whh.T @ dhraw
    return dWxh, dWhh, dWhy, dbh


@backward_bug("other", forward=rnn, at=R)
def rnn_forget(Wxh, Whh, Why, bh, cache):
    hs, ys = cache
    dWxh, dWhh, dWhy, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why), np.zeros_like(bh)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(5)):
        dy = ys[t] - TT[t]
        dWhy += np.outer(dy, hs[t])
        dh = Why.T @ dy  # here
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.outer(dhraw, I[t])
        dWhh += np.outer(dhraw, hs[t - 1])
        dhnext = Whh.T @ dhraw
    return dWxh, dWhh, dWhy, dbh


@backward_bug("missing-factor", forward=rnn, at=R)
def rnn_noslope(Wxh, Whh, Why, bh, cache):
    hs, ys = cache
    dWxh, dWhh, dWhy, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why), np.zeros_like(bh)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(5)):
        dy = ys[t] - TT[t]
        dWhy += np.outer(dy, hs[t])
        dh = Why.T @ dy + dhnext
        dhraw = 1.0 * dh  # here
        dbh += dhraw
        dWxh += np.outer(dhraw, I[t])
        dWhh += np.outer(dhraw, hs[t - 1])
        dhnext = Whh.T @ dhraw
    return dWxh, dWhh, dWhy, dbh


@backward_bug("overwritten", forward=rnn, at=R)
def rnn_over(Wxh, Whh, Why, bh, cache):
    hs, ys = cache
    dWxh, dWhh, dWhy, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why), np.zeros_like(bh)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(5)):
        dy = ys[t] - TT[t]
        dWhy += np.outer(dy, hs[t])
        dh = Why.T @ dy + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh = dhraw  # here
        dWxh += np.outer(dhraw, I[t])
        dWhh += np.outer(dhraw, hs[t - 1])
        dhnext = Whh.T @ dhraw
    return dWxh, dWhh, dWhy, dbh


@backward_bug("transpose", forward=rnn, at=R)
def rnn_T(Wxh, Whh, Why, bh, cache):
    hs, ys = cache
    dWxh, dWhh, dWhy, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why), np.zeros_like(bh)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(5)):
        dy = ys[t] - TT[t]
        dWhy += np.outer(dy, hs[t])
        dh = Why.T @ dy + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.outer(dhraw, I[t])
        dWhh += np.outer(hs[t - 1], dhraw)  # here
        dhnext = Whh.T @ dhraw
    return dWxh, dWhh, dWhy, dbh


def ln(x, g, b):
    mu = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    xh = (x - mu) / np.sqrt(var + 1e-5)
    return g * xh + b, (xh, var, g)


LN = {"x": rng.normal(size=(4, 6)), "g": rng.normal(size=6), "b": rng.normal(size=6)}


@backward_right(forward=ln, at=LN)
def ln_right(dout, cache):
    xh, var, g = cache
    dxh = dout * g
    n = xh.shape[1]
    dx = (n * dxh - dxh.sum(1, keepdims=True) - xh * (dxh * xh).sum(1, keepdims=True)) / n / np.sqrt(var + 1e-5)
    return dx, (dout * xh).sum(0), dout.sum(0)


@backward_bug("missing-sum", forward=ln, at=LN)
def ln_nosum(dout, cache):
    xh, var, g = cache
    dxh = dout * g
    n = xh.shape[1]
    dx = (n * dxh - dxh.sum(1, keepdims=True) - xh * (dxh * xh)) / n / np.sqrt(var + 1e-5)  # here
    return dx, (dout * xh).sum(0), dout.sum(0)


@backward_bug("other", forward=ln, at=LN)
def ln_axis(dout, cache):
    xh, var, g = cache
    dxh = dout * g
    n = xh.shape[1]
    dx = (n * dxh - dxh.sum(0, keepdims=True) - xh * (dxh * xh).sum(1, keepdims=True)) / n / np.sqrt(var + 1e-5)  # here
    return dx, (dout * xh).sum(0), dout.sum(0)


@backward_bug("wrong-operand", forward=ln, at=LN)
def ln_ret(dout, cache):
    xh, var, g = cache
    dxh = dout * g
    n = xh.shape[1]
    dx = (n * dxh - dxh.sum(1, keepdims=True) - xh * (dxh * xh).sum(1, keepdims=True)) / n / np.sqrt(var + 1e-5)
    dg = (dout * dxh).sum(0)  # here
    return dx, dg, dout.sum(0)


@backward_bug("missing-factor", forward=ln, at=LN)
def ln_nogamma(dout, cache):
    xh, var, g = cache
    dxh = dout  # here
    n = xh.shape[1]
    dx = (n * dxh - dxh.sum(1, keepdims=True) - xh * (dxh * xh).sum(1, keepdims=True)) / n / np.sqrt(var + 1e-5)
    return dx, (dout * xh).sum(0), dout.sum(0)
