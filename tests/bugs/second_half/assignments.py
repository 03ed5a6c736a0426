"""Backward passes as assignments ask for them, with slips where loops, branches, helpers and keywords are; or right."""
# ruff: noqa: D101, D102, D103, N803, N806

import numpy as np

from tests.bugs.gallery import backward_bug, backward_right

random = np.random.default_rng(23)
N, D, H, C = 5, 4, 3, 3
X = random.normal(size=(N, D))
LABELS = np.array([0, 2, 1, 1, 2])


# A multiclass hinge by loops over examples and classes.

HINGE = {"W": random.normal(size=(D, C))}


def hinge(W):
    loss = 0.0
    for i in range(N):
        scores = X[i] @ W
        for j in range(C):
            if j != LABELS[i]:
                margin = scores[j] - scores[LABELS[i]] + 1.0
                if margin > 0:
                    loss = loss + margin
    return loss / N


@backward_right(forward=hinge, at=HINGE)
def hinge_backward(W):
    dW = np.zeros_like(W)
    for i in range(N):
        scores = X[i] @ W
        for j in range(C):
            if j == LABELS[i]:
                continue
            if scores[j] - scores[LABELS[i]] + 1.0 > 0:
                dW[:, j] += X[i]
                dW[:, LABELS[i]] -= X[i]
    return dW / N


@backward_bug("other", forward=hinge, at=HINGE)
def hinge_that_misses_the_last_example(W):
    dW = np.zeros_like(W)
    for i in range(N - 1):  # here
        scores = X[i] @ W
        for j in range(C):
            if j != LABELS[i] and scores[j] - scores[LABELS[i]] + 1.0 > 0:
                dW[:, j] += X[i]
                dW[:, LABELS[i]] -= X[i]
    return dW / N


@backward_bug("other", forward=hinge, at=HINGE)
def hinge_with_the_margin_on_the_wrong_side(W):
    dW = np.zeros_like(W)
    for i in range(N):
        scores = X[i] @ W
        for j in range(C):
            if j == LABELS[i]:
                continue
            if scores[j] - scores[LABELS[i]] + 1.0 < 0:  # here
                dW[:, j] += X[i]
                dW[:, LABELS[i]] -= X[i]
    return dW / N


@backward_bug("wrong-operand", forward=hinge, at=HINGE)
def hinge_that_pulls_at_the_other_class(W):
    dW = np.zeros_like(W)
    for i in range(N):
        scores = X[i] @ W
        for j in range(C):
            if j != LABELS[i] and scores[j] - scores[LABELS[i]] + 1.0 > 0:
                dW[:, j] += X[i]
                dW[:, j] -= X[i]  # here
    return dW / N


# A recurrent net through time.

RNN = {
    "h0": random.normal(size=(N, H)),
    "Wx": random.normal(size=(D, H)),
    "Wh": random.normal(size=(H, H)),
}
STEPS = random.normal(size=(4, N, D))


def unrolled(h0, Wx, Wh):
    h, hs = h0, [h0]
    for t in range(len(STEPS)):
        h = np.tanh(STEPS[t] @ Wx + h @ Wh)
        hs.append(h)
    return np.sum(h * h), hs


@backward_right(forward=unrolled, at=RNN)
def unrolled_backward(h0, Wx, Wh, hs):
    dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
    dh = 2 * hs[-1]
    for t in reversed(range(len(STEPS))):
        da = dh * (1 - hs[t + 1] ** 2)
        dWx += STEPS[t].T @ da
        dWh += hs[t].T @ da
        dh = da @ Wh.T
    return dh, dWx, dWh


@backward_bug("other", forward=unrolled, at=RNN)
def unrolled_in_the_order_of_forward(h0, Wx, Wh, hs):
    dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
    dh = 2 * hs[-1]
    for t in range(len(STEPS)):  # here
        da = dh * (1 - hs[t + 1] ** 2)
        dWx += STEPS[t].T @ da
        dWh += hs[t].T @ da
        dh = da @ Wh.T
    return dh, dWx, dWh


@backward_bug("other", forward=unrolled, at=RNN)
def unrolled_without_its_first_step(h0, Wx, Wh, hs):
    dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
    dh = 2 * hs[-1]
    for t in range(len(STEPS) - 1, 0, -1):  # here
        da = dh * (1 - hs[t + 1] ** 2)
        dWx += STEPS[t].T @ da
        dWh += hs[t].T @ da
        dh = da @ Wh.T
    return dh, dWx, dWh


@backward_bug("wrong-operand", forward=unrolled, at=RNN)
def unrolled_that_adds_to_the_other_weights(h0, Wx, Wh, hs):
    dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
    dh = 2 * hs[-1]
    for t in reversed(range(len(STEPS))):
        da = dh * (1 - hs[t + 1] ** 2)
        dWx += STEPS[t].T @ da
        dWh += hs[t + 1].T @ da  # here
        dh = da @ Wh.T
    return dh, dWx, dWh


# Layers that are objects, with options as keywords, and helpers.


class Scaled:
    def __init__(self):
        self.W = random.normal(size=(D, H))
        self.b = random.normal(size=H)

    def forward(self, x):
        self.x = x
        self.z = x @ self.W + self.b
        return np.where(self.z > 0, self.z, 0.1 * self.z)

    def slope(self):
        return np.where(self.z > 0, 1.0, 0.1)

    def backward(self, dout):
        dz = dout * self.slope()
        self.dW = self.x.T @ dz
        self.db = np.sum(dz, axis=0)
        return dz @ self.W.T


class ScaledWithWeightsInTheWrongPlace(Scaled):
    def backward(self, dout):
        dz = dout * self.slope()
        self.dW = self.x.T @ dout  # here
        self.db = np.sum(dz, axis=0)
        return dz @ self.W.T


class ScaledThatSumsTheBiasOfUnits(Scaled):
    def backward(self, dout):
        dz = dout * self.slope()
        self.dW = self.x.T @ dz
        self.db = np.sum(dout, axis=0)  # here
        return dz @ self.W.T


RIGHT = Scaled()
backward_right(forward=RIGHT.forward, at={"x": X})(RIGHT.backward)
for kind in (ScaledWithWeightsInTheWrongPlace, ScaledThatSumsTheBiasOfUnits):
    layer = kind()
    backward_bug("wrong-operand", forward=layer.forward, at={"x": X}, within=kind.backward)(layer.backward)


def leaking(x, W):
    z = x @ W
    h = np.where(z > 0, z, 0.2 * z)
    return np.sum(h**2), (x, W, z, h)


def slope_below(z):
    return np.where(z < 0, 1.0, 0.2)  # here


def slope_of_less(z):
    return np.where(z > 0, 1.0, 0.01)  # here


LEAK = {"x": X, "W": random.normal(size=(D, H))}


@backward_bug("other", forward=leaking, at=LEAK, within=slope_below)
def leaking_on_the_other_side(cache):
    x, W, z, h = cache
    dz = 2 * h * slope_below(z)
    return dz @ W.T, x.T @ dz


@backward_bug("other", forward=leaking, at=LEAK, within=slope_of_less)
def leaking_less(cache):
    x, W, z, h = cache
    dz = 2 * h * slope_of_less(z)
    return dz @ W.T, x.T @ dz


# Softmax with keepdims, a temperature and label smoothing, by a helper.

SOFT = {"W": random.normal(size=(D, C)), "b": random.normal(size=C)}


def probabilities(scores, temperature=1.0):
    e = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    return e / e.sum(axis=1, keepdims=True)


def smooth(W, b):
    p = probabilities(X @ W + b, temperature=2.0)
    target = 0.9 * np.eye(C)[LABELS] + 0.1 / C
    return -np.mean(np.sum(target * np.log(p), axis=1))


@backward_right(forward=smooth, at=SOFT)
def smooth_backward(W, b):
    p = probabilities(X @ W + b, temperature=2.0)
    target = 0.9 * np.eye(C)[LABELS] + 0.1 / C
    dscores = (p - target) / (2.0 * N)
    return X.T @ dscores, dscores.sum(axis=0)


@backward_bug("other", forward=smooth, at=SOFT)
def smooth_without_its_temperature_in_a_keyword(W, b):
    p = probabilities(X @ W + b, temperature=1.0)  # here
    target = 0.9 * np.eye(C)[LABELS] + 0.1 / C
    dscores = (p - target) / (2.0 * N)
    return X.T @ dscores, dscores.sum(axis=0)


@backward_bug("factor", forward=smooth, at=SOFT)
def smooth_divided_by_classes(W, b):
    p = probabilities(X @ W + b, temperature=2.0)
    target = 0.9 * np.eye(C)[LABELS] + 0.1 / C
    dscores = (p - target) / (2.0 * C)  # here
    return X.T @ dscores, dscores.sum(axis=0)


# A convolution by four loops, with a stride.

CONV = {"x": random.normal(size=(2, 2, 5, 5)), "w": random.normal(size=(3, 2, 3, 3)), "b": random.normal(size=3)}


def strided(x, w, b):
    out = np.zeros((2, 3, 2, 2), like=x)
    for n in range(2):
        for f in range(3):
            for i in range(2):
                for j in range(2):
                    window = x[n, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b)


@backward_right(forward=strided, at=CONV)
def strided_backward(dout, cache):
    x, w, _ = cache
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))
    for n in range(2):
        for f in range(3):
            for i in range(2):
                for j in range(2):
                    window = x[n, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
                    dw[f] += dout[n, f, i, j] * window
                    dx[n, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += dout[n, f, i, j] * w[f]
    return dx, dw, db


@backward_bug("overwritten", forward=strided, at=CONV)
def strided_that_keeps_the_last_filter(dout, cache):
    x, w, _ = cache
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))
    for n in range(2):
        for f in range(3):
            for i in range(2):
                for j in range(2):
                    window = x[n, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
                    dw[f] += dout[n, f, i, j] * window
                    dx[n, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] = dout[n, f, i, j] * w[f]  # here
    return dx, dw, db


@backward_bug("other", forward=strided, at=CONV)
def strided_over_one_image(dout, cache):
    x, w, _ = cache
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))
    for n in range(1):  # here
        for f in range(3):
            for i in range(2):
                for j in range(2):
                    window = x[n, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
                    dw[f] += dout[n, f, i, j] * window
                    dx[n, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += dout[n, f, i, j] * w[f]
    return dx, dw, db


# Attention of heads by einsum.

HEADS = {name: random.normal(size=(2, 4, 2, 3)) for name in ("q", "k", "v")}


def attend(q, k, v):
    s = np.einsum("bthd,bshd->bhts", q, k) / np.sqrt(3.0)
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    y = np.einsum("bhts,bshd->bthd", p, v)
    return y, (q, k, v, p)


@backward_right(forward=attend, at=HEADS)
def attend_backward(dy, cache):
    q, k, v, p = cache
    dv = np.einsum("bhts,bthd->bshd", p, dy)
    dp = np.einsum("bthd,bshd->bhts", dy, v)
    ds = p * (dp - np.sum(dp * p, axis=-1, keepdims=True)) / np.sqrt(3.0)
    return np.einsum("bhts,bshd->bthd", ds, k), np.einsum("bhts,bthd->bshd", ds, q), dv


@backward_bug("transpose", forward=attend, at=HEADS)
def attend_with_times_exchanged(dy, cache):
    q, k, v, p = cache
    dv = np.einsum("bhts,bshd->bthd", p, dy)  # here
    dp = np.einsum("bthd,bshd->bhts", dy, v)
    ds = p * (dp - np.sum(dp * p, axis=-1, keepdims=True)) / np.sqrt(3.0)
    return np.einsum("bhts,bshd->bthd", ds, k), np.einsum("bhts,bthd->bshd", ds, q), dv


@backward_bug("other", forward=attend, at=HEADS)
def attend_that_sums_over_the_wrong_time(dy, cache):
    q, k, v, p = cache
    dv = np.einsum("bhts,bthd->bshd", p, dy)
    dp = np.einsum("bthd,bshd->bhts", dy, v)
    ds = p * (dp - np.sum(dp * p, axis=-2, keepdims=True)) / np.sqrt(3.0)  # here
    return np.einsum("bhts,bshd->bthd", ds, k), np.einsum("bhts,bthd->bshd", ds, q), dv


# One example at a time, with outer products.

SINGLE = {"x": random.normal(size=D), "W": random.normal(size=(H, D)), "u": random.normal(size=H)}


def single(x, W, u):
    a = W @ x
    h = 1 / (1 + np.exp(-a))
    return u @ h, {"x": x, "W": W, "u": u, "h": h}


@backward_right(forward=single, at=SINGLE)
def single_backward(cache):
    h = cache["h"]
    da = cache["u"] * h * (1 - h)
    return {"x": cache["W"].T @ da, "W": np.outer(da, cache["x"]), "u": h}


@backward_bug("transpose", forward=single, at=SINGLE)
def single_with_its_outer_product_turned(cache):
    h = cache["h"]
    da = cache["u"] * h * (1 - h)
    dW = np.outer(cache["x"], da)  # here
    return {"x": cache["W"].T @ da, "W": dW, "u": h}


@backward_bug("value-for-derivative", forward=single, at=SINGLE)
def single_with_the_sigmoid_for_its_slope(cache):
    h = cache["h"]
    da = cache["u"] * h  # here
    return {"x": cache["W"].T @ da, "W": np.outer(da, cache["x"]), "u": h}


# Max pooling, dropout and embeddings.

POOL = {"x": random.normal(size=(2, 3, 4, 4)), "keep": (random.random(size=(2, 3, 2, 2)) < 0.6) / 0.6}


def pooled(x, keep):
    windows = x.reshape(2, 3, 2, 2, 2, 2)
    out = windows.max(axis=(3, 5))
    return out * keep, (x, out)


@backward_right(forward=pooled, at=POOL)
def pooled_backward(dout, keep, cache):
    x, out = cache
    mask = x.reshape(2, 3, 2, 2, 2, 2) == out[:, :, :, None, :, None]
    dx = (mask * (dout * keep)[:, :, :, None, :, None]).reshape(x.shape)
    return dx, dout * out


@backward_bug("missing-factor", forward=pooled, at=POOL)
def pooled_without_dropout(dout, keep, cache):
    x, out = cache
    mask = x.reshape(2, 3, 2, 2, 2, 2) == out[:, :, :, None, :, None]
    dx = (mask * dout[:, :, :, None, :, None]).reshape(x.shape)  # here
    return dx, dout * out


WORDS = {"table": random.normal(size=(6, D)), "w": random.normal(size=D)}
SENTENCES = np.array([[0, 3, 3], [5, 1, 0]])


def sentences(table, w):
    means = table[SENTENCES].mean(axis=1)
    y = np.tanh(means @ w)
    return np.sum(y**2), (means, y)


@backward_right(forward=sentences, at=WORDS)
def sentences_backward(table, w, cache):
    means, y = cache
    dz = 2 * y * (1 - y**2)
    dmeans = np.outer(dz, w)
    dtable = np.zeros_like(table)
    for i in range(2):
        for word in SENTENCES[i]:
            dtable[word] += dmeans[i] / 3
    return dtable, means.T @ dz


@backward_bug("missing-mean", forward=sentences, at=WORDS)
def sentences_without_the_mean(table, w, cache):
    means, y = cache
    dz = 2 * y * (1 - y**2)
    dmeans = np.outer(dz, w)
    dtable = np.zeros_like(table)
    for i in range(2):
        for word in SENTENCES[i]:
            dtable[word] += dmeans[i]  # here
    return dtable, means.T @ dz


@backward_bug("overwritten", forward=sentences, at=WORDS)
def sentences_that_write_by_index(table, w, cache):
    means, y = cache
    dz = 2 * y * (1 - y**2)
    dmeans = np.outer(dz, w)
    dtable = np.zeros_like(table)
    for i in range(2):
        for word in SENTENCES[i]:
            dtable[word] = dmeans[i] / 3  # here
    return dtable, means.T @ dz
