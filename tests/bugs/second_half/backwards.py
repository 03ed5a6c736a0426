"""Backward passes of gates, norms, convolutions, attention, dropout and pooling, each with one slip, or right."""
# ruff: noqa: D101, D102, D103, N803, N806

import numpy as np

from tests.bugs.gallery import backward_bug, backward_right

random = np.random.default_rng(11)
N, D, H = 4, 3, 5
X = random.normal(size=(N, D))
WEIGHTS = random.normal(size=(N, H))
STEPS = random.normal(size=(6, N, D))
IMAGE = random.normal(size=(2, 1, 5, 5))
TOKENS = np.array([[0, 2, 2], [3, 1, 0]])
MASK = (random.random(size=(N, H)) < 0.7) / 0.7


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# An LSTM cell, as in a course: forward gives (value, cache), backward takes (dout, cache).

CELL = {
    "x": X,
    "h_prev": random.normal(size=(N, H)),
    "c_prev": random.normal(size=(N, H)),
    "Wx": random.normal(size=(D, 4 * H)),
    "Wh": random.normal(size=(H, 4 * H)),
    "b": random.normal(size=4 * H),
}


def lstm_step(x, h_prev, c_prev, Wx, Wh, b):
    a = x @ Wx + h_prev @ Wh + b
    i = sigmoid(a[:, :H])
    f = sigmoid(a[:, H : 2 * H])
    o = sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    c = f * c_prev + i * g
    t = np.tanh(c)
    h = o * t
    return h, (x, h_prev, c_prev, Wx, Wh, i, f, o, g, t)


@backward_right(forward=lstm_step, at=CELL)
def lstm_step_backward(dh, cache):
    x, h_prev, c_prev, Wx, Wh, i, f, o, g, t = cache
    do = dh * t
    dc = dh * o * (1 - t**2)
    df = dc * c_prev
    di = dc * g
    dg = dc * i
    da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@backward_bug("missing-factor", forward=lstm_step, at=CELL)
def lstm_step_without_its_output_gate(dh, cache):
    x, h_prev, c_prev, Wx, Wh, i, f, o, g, t = cache
    do = dh * t
    dc = dh * (1 - t**2)  # here
    df = dc * c_prev
    di = dc * g
    dg = dc * i
    da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@backward_bug("wrong-operand", forward=lstm_step, at=CELL)
def lstm_step_whose_gates_are_exchanged(dh, cache):
    x, h_prev, c_prev, Wx, Wh, i, f, o, g, t = cache
    do = dh * t
    dc = dh * o * (1 - t**2)
    df = dc * c_prev
    di = dc * i  # here
    dg = dc * i
    da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@backward_bug("wrong-operand", forward=lstm_step, at=CELL)
def lstm_step_that_returns_the_way_by_another_gate(dh, cache):
    x, h_prev, c_prev, Wx, Wh, i, f, o, g, t = cache
    do = dh * t
    dc = dh * o * (1 - t**2)
    df = dc * c_prev
    di = dc * g
    dg = dc * i
    da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * o, x.T @ da, h_prev.T @ da, da.sum(axis=0)  # here


# Batch normalisation as a class: parameters and gradients are attributes.


class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
        self.running_mean = np.zeros_like(gamma)

    def forward(self, x):
        self.xc = x - x.mean(axis=0)
        self.var = np.mean(self.xc**2, axis=0)
        self.inv = 1 / np.sqrt(self.var + 1e-5)
        self.xn = self.xc * self.inv
        return self.gamma * self.xn + self.beta

    def backward(self, dout):
        n = len(dout)
        self.dbeta = dout.sum(axis=0)
        self.dgamma = np.sum(dout * self.xn, axis=0)
        dxn = dout * self.gamma
        dxc = dxn * self.inv
        dinv = np.sum(dxn * self.xc, axis=0)
        dvar = -0.5 * dinv * self.inv**3
        dxc += 2 / n * self.xc * dvar
        return dxc - dxc.mean(axis=0)


class BatchNormWithoutMean(BatchNorm):
    def backward(self, dout):
        n = len(dout)
        self.dbeta = dout.sum(axis=0)
        self.dgamma = np.sum(dout * self.xn, axis=0)
        dxn = dout * self.gamma
        dxc = dxn * self.inv
        dvar = np.sum(-0.5 * dxn * self.xc * self.inv**3, axis=0)
        dxc += 2 / n * self.xc * dvar
        return dxc - dxc.sum(axis=0)  # here


class BatchNormOfTheWrongPower(BatchNorm):
    def backward(self, dout):
        n = len(dout)
        self.dbeta = dout.sum(axis=0)
        self.dgamma = np.sum(dout * self.xn, axis=0)
        dxn = dout * self.gamma
        dxc = dxn * self.inv
        dinv = np.sum(dxn * self.xc, axis=0)
        dvar = -0.5 * dinv * self.inv**2  # here
        dxc += 2 / n * self.xc * dvar
        return dxc - dxc.mean(axis=0)


class BatchNormThatSquaresTheInput(BatchNorm):
    def backward(self, dout):
        n = len(dout)
        self.dbeta = dout.sum(axis=0)
        self.dgamma = np.sum(dout * self.xc, axis=0)  # here
        dxn = dout * self.gamma
        dxc = dxn * self.inv
        dinv = np.sum(dxn * self.xc, axis=0)
        dvar = -0.5 * dinv * self.inv**3
        dxc += 2 / n * self.xc * dvar
        return dxc - dxc.mean(axis=0)


def norm(kind):
    layer = kind(np.array([1.1, 0.4, -0.8]), np.array([0.1, 0.2, 0.3]))
    return layer.forward, layer.backward


NORM, BACK = norm(BatchNorm)
backward_right(forward=NORM, at={"x": X})(BACK)
for slip, kind in (
    ("missing-mean", BatchNormWithoutMean),
    ("missing-factor", BatchNormOfTheWrongPower),
    ("wrong-operand", BatchNormThatSquaresTheInput),
):
    NORM, BACK = norm(kind)
    backward_bug(slip, forward=NORM, at={"x": X}, within=kind)(BACK)


# A convolution of images by columns, and pooling with the mask of the largest.

FILTERS = {"x": IMAGE, "w": random.normal(size=(3, 1, 3, 3)), "b": random.normal(size=3)}


def columns_of(x):
    rows = [x[:, :, i : i + 3, j : j + 3].reshape(len(x), -1) for i in range(3) for j in range(3)]
    return np.stack(rows, axis=1)


def conv(x, w, b):
    cols = columns_of(x)
    out = cols @ w.reshape(3, -1).T + b
    return np.maximum(out, 0), (x, w, cols, out)


@backward_right(forward=conv, at=FILTERS)
def conv_backward(grad_output, cache):
    x, w, cols, out = cache
    grad_out = grad_output * (out > 0)
    grad_b = grad_out.sum(axis=(0, 1))
    grad_w = np.einsum("npf,npk->fk", grad_out, cols).reshape(w.shape)
    grad_cols = grad_out @ w.reshape(3, -1)
    grad_x = np.zeros_like(x)
    for place in range(9):
        i, j = divmod(place, 3)
        grad_x[:, :, i : i + 3, j : j + 3] += grad_cols[:, place].reshape(len(x), 1, 3, 3)
    return grad_x, grad_w, grad_b


@backward_bug("overwritten", forward=conv, at=FILTERS)
def conv_whose_windows_overwrite(grad_output, cache):
    x, w, cols, out = cache
    grad_out = grad_output * (out > 0)
    grad_b = grad_out.sum(axis=(0, 1))
    grad_w = np.einsum("npf,npk->fk", grad_out, cols).reshape(w.shape)
    grad_cols = grad_out @ w.reshape(3, -1)
    grad_x = np.zeros_like(x)
    for place in range(9):
        i, j = divmod(place, 3)
        grad_x[:, :, i : i + 3, j : j + 3] = grad_cols[:, place].reshape(len(x), 1, 3, 3)  # here
    return grad_x, grad_w, grad_b


@backward_bug("missing-sum", forward=conv, at=FILTERS)
def conv_whose_bias_is_summed_over_images_only(grad_output, cache):
    x, w, cols, out = cache
    grad_out = grad_output * (out > 0)
    grad_b = grad_out.sum(axis=0)  # here
    grad_w = np.einsum("npf,npk->fk", grad_out, cols).reshape(w.shape)
    grad_cols = grad_out @ w.reshape(3, -1)
    grad_x = np.zeros_like(x)
    for place in range(9):
        i, j = divmod(place, 3)
        grad_x[:, :, i : i + 3, j : j + 3] += grad_cols[:, place].reshape(len(x), 1, 3, 3)
    return grad_x, grad_w, grad_b


def pool(x):
    cols = columns_of(x)
    return cols.max(axis=2), (x, cols)


@backward_right(forward=pool, at={"x": IMAGE})
def pool_backward(dout, cache):
    x, cols = cache
    mask = np.arange(9) == cols.argmax(axis=2)[:, :, None]
    dcols = mask * dout[:, :, None]
    dx = np.zeros_like(x)
    for place in range(9):
        i, j = divmod(place, 3)
        dx[:, 0, i : i + 3, j : j + 3] += dcols[:, place].reshape(-1, 3, 3)
    return dx


@backward_bug("missing-factor", forward=pool, at={"x": IMAGE})
def pool_that_gives_to_all(dout, cache):
    x, cols = cache
    mask = np.arange(9) == cols.argmax(axis=2)[:, :, None]
    dcols = np.ones(mask.shape) * dout[:, :, None]  # here
    dx = np.zeros_like(x)
    for place in range(9):
        i, j = divmod(place, 3)
        dx[:, 0, i : i + 3, j : j + 3] += dcols[:, place].reshape(-1, 3, 3)
    return dx


# Two heads of attention by einsum.

HEADS = {name: random.normal(size=(2, 4, 3)) for name in "qkv"}
TARGET = random.normal(size=(2, 4, 3))


def heads(q, k, v):
    s = np.einsum("hid,hjd->hij", q, k) / np.sqrt(3)
    e = np.exp(s)
    p = e / e.sum(axis=-1, keepdims=True)
    y = p @ v
    loss = 0.5 * np.sum((y - TARGET) ** 2)
    return loss, {"q": q, "k": k, "v": v, "p": p, "y": y}


@backward_right(forward=heads, at=HEADS)
def heads_backward(cache):
    q, k, v, p = (cache[name] for name in "qkvp")
    dy = cache["y"] - TARGET
    dv = np.einsum("hij,hid->hjd", p, dy)
    dp = dy @ v.transpose(0, 2, 1)
    ds = p * (dp - (dp * p).sum(axis=-1, keepdims=True))
    ds /= np.sqrt(3)
    return {"dq": ds @ k, "dk": np.einsum("hij,hid->hjd", ds, q), "dv": dv}


@backward_bug("missing-sum", forward=heads, at=HEADS)
def heads_whose_softmax_does_not_sum(cache):
    q, k, v, p = (cache[name] for name in "qkvp")
    dy = cache["y"] - TARGET
    dv = np.einsum("hij,hid->hjd", p, dy)
    dp = dy @ v.transpose(0, 2, 1)
    ds = p * (dp - dp * p)  # here
    ds = ds / np.sqrt(3)
    return {"dq": ds @ k, "dk": np.einsum("hij,hid->hjd", ds, q), "dv": dv}


@backward_bug("transpose", forward=heads, at=HEADS)
def heads_whose_values_see_the_weights_untransposed(cache):
    q, k, v, p = (cache[name] for name in "qkvp")
    dy = cache["y"] - TARGET
    dv = np.einsum("hij,hjd->hid", p, dy)  # here
    dp = dy @ v.transpose(0, 2, 1)
    ds = p * (dp - (dp * p).sum(axis=-1, keepdims=True))
    ds /= np.sqrt(3)
    return {"dq": ds @ k, "dk": np.einsum("hij,hid->hjd", ds, q), "dv": dv}


# Dropout with a mask, layers in a list, parameters in a dict.

PARAMS = {"W1": random.normal(size=(D, H)), "b1": random.normal(size=H), "W2": random.normal(size=(H, 1))}


def dropped(params):
    z1 = X @ params["W1"] + params["b1"]
    a1 = np.where(z1 > 0, z1, 0.1 * z1)
    d1 = a1 * MASK
    out = d1 @ params["W2"]
    return np.mean(out**2), (z1, d1, out)


@backward_right(forward=dropped, at={"params": PARAMS})
def dropped_backward(params, cache):
    z1, d1, out = cache
    grads = {}
    delta2 = 2 * out / out.size
    grads["W2"] = d1.T @ delta2
    delta1 = delta2 @ params["W2"].T * MASK
    delta1[z1 <= 0] *= 0.1
    grads["W1"] = X.T @ delta1
    grads["b1"] = delta1.sum(axis=0)
    return grads


@backward_bug("missing-factor", forward=dropped, at={"params": PARAMS})
def dropped_without_its_mask(params, cache):
    z1, d1, out = cache
    grads = {}
    delta2 = 2 * out / out.size
    grads["W2"] = d1.T @ delta2
    delta1 = delta2 @ params["W2"].T  # here
    delta1[z1 <= 0] *= 0.1
    grads["W1"] = X.T @ delta1
    grads["b1"] = delta1.sum(axis=0)
    return grads


@backward_bug("sign", forward=dropped, at={"params": PARAMS})
def dropped_with_the_wrong_side_of_zero(params, cache):
    z1, d1, out = cache
    grads = {}
    delta2 = -2 * out / out.size  # here
    grads["W2"] = d1.T @ delta2
    delta1 = delta2 @ params["W2"].T * MASK
    delta1[z1 <= 0] *= 0.1
    grads["W1"] = X.T @ delta1
    grads["b1"] = delta1.sum(axis=0)
    return grads


# Words: an embedding whose rows are added up.

WORDS = {"E": random.normal(size=(5, D)), "W": random.normal(size=(D, 2))}


def bag(E, W):
    rows = E[TOKENS]
    s = rows.sum(axis=1)
    u = s @ W
    return np.sum(np.log(1 + np.exp(u)))


@backward_right(forward=bag, at=WORDS)
def bag_backward(E, W):
    s = E[TOKENS].sum(axis=1)
    du = sigmoid(s @ W)
    ds = du @ W.T
    dE = np.zeros_like(E)
    np.add.at(dE, TOKENS, ds[:, None])
    return dE, s.T @ du


@backward_bug("overwritten", forward=bag, at=WORDS)
def bag_that_counts_a_word_once(E, W):
    s = E[TOKENS].sum(axis=1)
    du = sigmoid(s @ W)
    ds = du @ W.T
    dE = np.zeros_like(E)
    dE[TOKENS] += ds[:, None]  # here
    return dE, s.T @ du


@backward_bug("value-for-derivative", forward=bag, at=WORDS)
def bag_with_softplus_for_its_slope(E, W):
    s = E[TOKENS].sum(axis=1)
    du = np.log(1 + np.exp(s @ W))  # here
    ds = du @ W.T
    dE = np.zeros_like(E)
    np.add.at(dE, TOKENS, ds[:, None])
    return dE, s.T @ du


# A recurrence of gates through time, written into arrays.

GATES = {"h0": random.normal(size=(N, D)), "U": random.normal(size=(D, D)) / 2, "V": random.normal(size=(D, D)) / 2}


def gated(h0, U, V):
    h = h0
    total = 0.0
    for x in STEPS:
        r = sigmoid(h @ U)
        n = np.tanh(x @ V)
        h = r * h + (1 - r) * n
        total = total + np.sum(h * x)
    return total


def gated_states(h0, U, V):
    hs, rs, ns = [h0], [], []
    for x in STEPS:
        rs.append(sigmoid(hs[-1] @ U))
        ns.append(np.tanh(x @ V))
        hs.append(rs[-1] * hs[-1] + (1 - rs[-1]) * ns[-1])
    return hs, rs, ns


@backward_right(forward=gated, at=GATES)
def gated_backward(h0, U, V):
    hs, rs, ns = gated_states(h0, U, V)
    dU, dV, dh_next = np.zeros_like(U), np.zeros_like(V), np.zeros_like(h0)
    for t in range(len(STEPS) - 1, -1, -1):
        dh = STEPS[t] + dh_next
        dr = dh * (hs[t] - ns[t])
        dn = dh * (1 - rs[t])
        da = dr * rs[t] * (1 - rs[t])
        dU += hs[t].T @ da
        dV += STEPS[t].T @ (dn * (1 - ns[t] ** 2))
        dh_next = dh * rs[t] + da @ U.T
    return dh_next, dU, dV


@backward_bug("wrong-operand", forward=gated, at=GATES)
def gated_with_the_state_after(h0, U, V):
    hs, rs, ns = gated_states(h0, U, V)
    dU, dV, dh_next = np.zeros_like(U), np.zeros_like(V), np.zeros_like(h0)
    for t in range(len(STEPS) - 1, -1, -1):
        dh = STEPS[t] + dh_next
        dr = dh * (hs[t] - ns[t])
        dn = dh * (1 - rs[t])
        da = dr * rs[t] * (1 - rs[t])
        dU += hs[t + 1].T @ da  # here
        dV += STEPS[t].T @ (dn * (1 - ns[t] ** 2))
        dh_next = dh * rs[t] + da @ U.T
    return dh_next, dU, dV


@backward_bug("sign", forward=gated, at=GATES)
def gated_with_a_sum_for_a_difference(h0, U, V):
    hs, rs, ns = gated_states(h0, U, V)
    dU, dV, dh_next = np.zeros_like(U), np.zeros_like(V), np.zeros_like(h0)
    for t in range(len(STEPS) - 1, -1, -1):
        dh = STEPS[t] + dh_next
        dr = dh * (hs[t] + ns[t])  # here
        dn = dh * (1 - rs[t])
        da = dr * rs[t] * (1 - rs[t])
        dU += hs[t].T @ da
        dV += STEPS[t].T @ (dn * (1 - ns[t] ** 2))
        dh_next = dh * rs[t] + da @ U.T
    return dh_next, dU, dV


@backward_bug("other", forward=gated, at=GATES)
def gated_that_forgets_the_way_through_the_gate(h0, U, V):
    hs, rs, ns = gated_states(h0, U, V)
    dU, dV, dh_next = np.zeros_like(U), np.zeros_like(V), np.zeros_like(h0)
    for t in range(len(STEPS) - 1, -1, -1):
        dh = STEPS[t] + dh_next
        dr = dh * (hs[t] - ns[t])
        dn = dh * (1 - rs[t])
        da = dr * rs[t] * (1 - rs[t])
        dU += hs[t].T @ da
        dV += STEPS[t].T @ (dn * (1 - ns[t] ** 2))
        dh_next = dh * rs[t]  # here
    return dh_next, dU, dV


# Layer normalisation by a helper that serves twice.

PAIR = {"x": X, "g1": random.normal(size=D), "g2": random.normal(size=D)}


def normalise(x, g):
    centred = x - x.mean(axis=1, keepdims=True)
    std = np.sqrt((centred**2).mean(axis=1, keepdims=True))
    return g * centred / std, (centred, std, g)


def twice(x, g1, g2):
    y, first = normalise(x, g1)
    z, second = normalise(np.tanh(y), g2)
    return np.sum(z * X**2), (y, first, second)


def normalise_backward(dout, cache):
    centred, std, g = cache
    dg = np.sum(dout * centred / std, axis=0)
    dn = dout * g
    n = centred / std
    dx = (dn - dn.mean(axis=1, keepdims=True) - n * (dn * n).mean(axis=1, keepdims=True)) / std
    return dx, dg


def normalise_backward_without_division(dout, cache):
    centred, std, g = cache
    dg = np.sum(dout * centred / std, axis=0)
    dn = dout * g
    n = centred / std
    dx = dn - dn.mean(axis=1, keepdims=True) - n * (dn * n).mean(axis=1, keepdims=True)  # here
    return dx, dg


@backward_right(forward=twice, at=PAIR)
def twice_backward(cache):
    y, first, second = cache
    dt, dg2 = normalise_backward(X**2, second)
    dy = dt * (1 - np.tanh(y) ** 2)
    dx, dg1 = normalise_backward(dy, first)
    return dx, dg1, dg2


@backward_bug("missing-factor", forward=twice, at=PAIR, within=normalise_backward_without_division)
def twice_with_a_helper_that_does_not_divide(cache):
    y, first, second = cache
    dt, dg2 = normalise_backward_without_division(X**2, second)
    dy = dt * (1 - np.tanh(y) ** 2)
    dx, dg1 = normalise_backward_without_division(dy, first)
    return dx, dg1, dg2


@backward_bug("value-for-derivative", forward=twice, at=PAIR)
def twice_with_tanh_between(cache):
    y, first, second = cache
    dt, dg2 = normalise_backward(X**2, second)
    dy = dt * np.tanh(y)  # here
    dx, dg1 = normalise_backward(dy, first)
    return dx, dg1, dg2
