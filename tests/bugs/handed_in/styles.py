"""Right backward passes in styles of people's own: recursion, closures, einsum, stacks of layers, loops that pop."""
# ruff: noqa: D101, D102, D103, N803, N806, RUF059

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

R = np.random.default_rng(515)


# -- group normalisation, with a dict for its cache and axes in tuples


def groupnorm(x, gamma, beta, G=2):
    N, C, H, W = x.shape
    xg = x.reshape(N, G, C // G, H, W)
    mu = xg.mean(axis=(2, 3, 4), keepdims=True)
    var = xg.var(axis=(2, 3, 4), keepdims=True)
    inv = 1 / np.sqrt(var + 1e-5)
    xhat = ((xg - mu) * inv).reshape(N, C, H, W)
    return gamma * xhat + beta, {"xhat": xhat, "inv": inv, "gamma": gamma, "G": G}


def groupnorm_back(dout, cache):
    xhat, inv, gamma, G = cache["xhat"], cache["inv"], cache["gamma"], cache["G"]
    N, C, H, W = dout.shape
    dbeta = dout.sum(axis=(0, 2, 3), keepdims=True)
    dgamma = np.einsum("nchw,nchw->c", dout, xhat).reshape(1, C, 1, 1)
    dxhat = (dout * gamma).reshape(N, G, -1)
    xg = xhat.reshape(N, G, -1)
    centred = dxhat - dxhat.mean(-1, keepdims=True) - xg * (dxhat * xg).mean(-1, keepdims=True)
    dx = (centred * inv.reshape(N, G, 1)).reshape(N, C, H, W)
    return dx, dgamma, dbeta


# -- two heads of attention that may not look ahead, in einsum


def causal(x, Wqkv, Wo):
    T, D = x.shape
    q, k, v = np.einsum("td,sdhe->shte", x, Wqkv)
    s = np.einsum("hte,hue->htu", q, k) / np.sqrt(q.shape[-1])
    s = np.where(np.tril(np.ones((T, T), bool)), s, -1e9)
    p = np.exp(s - s.max(-1, keepdims=True))
    p = p / p.sum(-1, keepdims=True)
    o = np.einsum("htu,hue->hte", p, v)
    y = np.einsum("hte,hed->td", o, Wo)
    return 0.5 * np.sum(y**2), (x, Wqkv, Wo, (q, k, v), p, o, y)


def causal_back(cache):
    x, Wqkv, Wo, (q, k, v), p, o, dy = cache
    dWo = np.einsum("hte,td->hed", o, dy)
    do = np.einsum("td,hed->hte", dy, Wo)
    dp = np.einsum("hte,hue->htu", do, v)
    dv = np.einsum("htu,hte->hue", p, do)
    ds = p * (dp - np.einsum("htu,htu->ht", dp, p)[..., None])
    ds /= np.sqrt(q.shape[-1])
    dq = np.einsum("htu,hue->hte", ds, k)
    dk = np.einsum("htu,hte->hue", ds, q)
    dqkv = np.stack([dq, dk, dv])
    dWqkv = np.einsum("td,shte->sdhe", x, dqkv)
    dx = np.einsum("shte,sdhe->td", dqkv, Wqkv)
    return dx, dWqkv, dWo


# -- a stack of layers, each of which keeps what it needs in itself, called like functions


class Dense:
    def __init__(self, n, m):
        self.params = {"W": R.normal(size=(n, m)) / np.sqrt(n), "b": R.normal(size=m)}
        self.grads = {}

    def __call__(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def back(self, g):
        self.grads["W"] = self.x.T @ g
        self.grads["b"] = g.sum(0)
        return g @ self.params["W"].T


class Swish:
    def __call__(self, x):
        self.s = 1 / (1 + np.exp(-x))
        self.y = x * self.s
        return self.y

    def back(self, g):
        return g * (self.y + self.s * (1 - self.y))


class Dropout:
    def __init__(self, mask):
        self.mask = mask

    def __call__(self, x):
        return x * self.mask

    def back(self, g):
        return g * self.mask


class Stack:
    def __init__(self, *layers):
        self.layers = list(layers)

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def back(self, dout):
        for layer in self.layers[::-1]:
            dout = layer.back(dout)
        return dout


STACK = Stack(Dense(4, 5), Swish(), Dropout((R.random((6, 5)) > 0.4) / 0.6), Dense(5, 2))


# -- a tree that is walked by calling oneself


TREE = (("the", "old"), ("dog", ("barks", "the")))


def compose(tree, W, E):
    if isinstance(tree, str):
        return E[tree], None
    left, lcache = compose(tree[0], W, E)
    right, rcache = compose(tree[1], W, E)
    both = np.concatenate([left, right])
    h = np.tanh(W @ both)
    return h, (both, h, lcache, rcache)


def tree_loss(W, E, u):
    h, cache = compose(TREE, W, E)
    return np.log(1 + np.exp(-(u @ h))), (h, cache)


def decompose(tree, W, dh, cache, grads):
    if cache is None:
        grads["E"][tree] = grads["E"].get(tree, 0) + dh
        return
    both, h, lcache, rcache = cache
    da = dh * (1 - h**2)
    grads["W"] += np.outer(da, both)
    dboth = W.T @ da
    d = len(h)
    decompose(tree[0], W, dboth[:d], lcache, grads)
    decompose(tree[1], W, dboth[d:], rcache, grads)


def tree_back(W, E, u, kept):
    h, cache = kept
    grads = {"W": np.zeros_like(W), "E": {}}
    score = u @ h
    dscore = -1 / (1 + np.exp(score))
    grads["u"] = dscore * h
    decompose(TREE, W, dscore * u, cache, grads)
    return grads["W"], grads["E"], grads["u"]


# -- a forward that returns its own way back, as a function


def weightnorm(x, V, g):
    norms = np.sqrt((V**2).sum(axis=0))
    W = g * V / norms
    y = x @ W

    def pull(dy):
        dW = x.T @ dy
        dg = (dW * V).sum(axis=0) / norms
        dV = g / norms * dW - g * dg / norms**2 * V
        return dy @ W.T, dV, dg

    return y, pull


def weightnorm_back(dy, pull):
    return pull(dy)


# -- convolution in one dimension, dilated, in loops


def wave(x, k, b):
    C, T = x.shape
    F, _, K = k.shape
    padded = np.concatenate([np.zeros((C, 2 * (K - 1)), like=x), x], axis=1)
    y = np.stack([sum(k[:, :, j] @ padded[:, t + 2 * j] for j in range(K)) + b for t in range(T)], axis=1)
    z = np.maximum(y, 0.1 * y)
    return np.mean(z**2), {"padded": padded, "y": y, "z": z}


def wave_back(x, k, b, cache):
    padded, y, z = (cache[name] for name in ("padded", "y", "z"))
    dz = 2 * z / z.size
    dy = np.where(y > 0, dz, 0.1 * dz)
    dk, dpadded = np.zeros_like(k), np.zeros_like(padded)
    db = dy.sum(axis=-1)
    for t in range(x.shape[1]):
        for j in range(k.shape[2]):
            dk[:, :, j] += np.outer(dy[:, t], padded[:, t + 2 * j])
            dpadded[:, t + 2 * j] += k[:, :, j].T @ dy[:, t]
    dx = dpadded[:, -x.shape[1] :]
    return dx, dk, db


# -- convolution over windows, and the largest of each 2 x 2, found again by its place


def windows(x, w):
    cols = sliding_window_view(x, (3, 3), axis=(1, 2))
    a = np.einsum("cijkl,fckl->fij", cols, w)
    F, H, W = a.shape
    tiles = a.reshape(F, H // 2, 2, W // 2, 2).transpose(0, 1, 3, 2, 4).reshape(F, H // 2, W // 2, 4)
    best = np.argmax(np.asarray(tiles.detach() if hasattr(tiles, "detach") else tiles), axis=-1)
    pooled = np.take_along_axis(tiles, best[..., None], axis=-1)[..., 0]
    return np.sum(np.sin(pooled)), (cols, best, pooled, a.shape)


def windows_back(x, w, cache):
    cols, best, pooled, (F, H, W) = cache
    dpooled = np.cos(pooled)
    dtiles = np.zeros((F, H // 2, W // 2, 4))
    np.put_along_axis(dtiles, best[..., None], dpooled[..., None], axis=-1)
    da = dtiles.reshape(F, H // 2, W // 2, 2, 2).transpose(0, 1, 3, 2, 4).reshape(F, H, W)
    dw = np.tensordot(da, cols, axes=([1, 2], [1, 2]))
    dx = np.zeros(x.shape)
    for i in range(3):
        for j in range(3):
            dx[:, i : i + H, j : j + W] += np.tensordot(w[:, :, i, j], da, axes=(0, 0))
    return dx, dw


# -- words: their mean, a bias, labels that are smoothed


WORDS = np.array([[1, 3, 3], [0, 2, 1], [4, 4, 4]])
LABELS = np.array([0, 3, 1])


def words(E, U, c):
    bag = E[WORDS].mean(axis=1)
    logits = (bag @ U + c) / 0.7
    logp = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    target = 0.9 * np.eye(U.shape[1])[LABELS] + 0.1 / U.shape[1]
    return -(target * logp).sum() / len(LABELS), (bag, logp, target)


def words_back(E, U, c, cache):
    bag, logp, target = cache
    B, L = WORDS.shape
    dlogits = (np.exp(logp) - target) / B
    dlogits = dlogits / 0.7
    dU, dc = bag.T @ dlogits, dlogits.sum(axis=0)
    dbag = dlogits @ U.T
    dE = np.zeros(E.shape)
    np.add.at(dE, WORDS.ravel(), np.repeat(dbag, L, axis=0) / L)
    return {"E": dE, "U": dU, "c": dc}


# -- a transformer's other half: root mean squares, and a gate


def silu(z):
    return z / (1 + np.exp(-z))


def gated(x, params):
    rms = np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + 1e-6)
    n = x / rms * params["scale"]
    a, b = n @ params["gate"], n @ params["up"]
    h = silu(a) * b
    return x + h @ params["down"], (x, params, (rms, n), (a, b), h)


def gated_back(dout, cache):
    x, params, (rms, n), (a, b), h = cache
    g = {}
    g["down"] = h.T @ dout
    dh = dout @ params["down"].T
    s = 1 / (1 + np.exp(-a))
    da = dh * b * s * (1 + a * (1 - s))
    db = dh * silu(a)
    g["gate"], g["up"] = n.T @ da, n.T @ db
    dn = da @ params["gate"].T + db @ params["up"].T
    g["scale"] = (dn * x / rms).sum(axis=0)
    dxn = dn * params["scale"]
    dx = dxn / rms - x * (dxn * x).mean(axis=-1, keepdims=True) / rms**3
    return dx + dout, g


# -- a recurrent net in both directions, with its states in lists


def both_ways(xs, Wf, Wb, V):
    T = len(xs)
    f, b = [np.zeros(3)], [np.zeros(3)]
    for t in range(T):
        f.append(np.tanh(Wf @ np.concatenate([xs[t], f[-1]])))
    for t in reversed(range(T)):
        b.insert(0, np.tanh(Wb @ np.concatenate([xs[t], b[0]])))
    ys = [V @ np.concatenate([f[t + 1], b[t]]) for t in range(T)]
    return sum(y @ y for y in ys) / T, (f, b, ys)


def both_ways_back(xs, Wf, Wb, V, cache):
    f, b, ys = cache
    T, n = xs.shape
    dxs, dWf, dWb, dV = (np.zeros(p.shape) for p in (xs, Wf, Wb, V))
    df, db = np.zeros((T, 3)), np.zeros((T, 3))
    for t, y in enumerate(ys):
        dy = 2 * y / T
        dV += np.outer(dy, np.concatenate([f[t + 1], b[t]]))
        df[t], db[t] = np.split(V.T @ dy, 2)
    carry = np.zeros(3)
    for t in reversed(range(T)):
        da = (df[t] + carry) * (1 - f[t + 1] ** 2)
        dWf += np.outer(da, np.concatenate([xs[t], f[t]]))
        step = Wf.T @ da
        dxs[t] += step[:n]
        carry = step[n:]
    carry = np.zeros(3)
    for t in range(T):
        da = (db[t] + carry) * (1 - b[t] ** 2)
        dWb += np.outer(da, np.concatenate([xs[t], b[t + 1]]))
        step = Wb.T @ da
        dxs[t] += step[:n]
        carry = step[n:]
    return dxs, dWf, dWb, dV


# -- generalised linear models


def poisson(theta, X, y):
    eta = X @ theta
    mu = np.exp(eta)
    return np.sum(mu - y * eta) / len(y) + 0.05 * np.dot(theta, theta)


def poisson_back(theta, X, y):
    m = len(y)
    mu = np.exp(X @ theta)
    grad = X.T.dot(mu - y) / m
    grad += 2 * 0.05 * theta
    return grad


# -- autoencoder with tied weights and a robust loss


def tied(X, W, b, c):
    H = 1 / (1 + np.exp(-(X @ W + b)))
    X_rec = H @ W.T + c
    diff = X_rec - X
    loss = np.where(np.abs(diff) < 1, 0.5 * diff**2, np.abs(diff) - 0.5).sum() / X.shape[0]
    return loss, H, diff


def tied_back(X, W, b, c, H, diff):
    m = X.shape[0]
    drec = np.clip(diff, -1, 1) / m
    dc = drec.sum(axis=0)
    dH = drec @ W
    dZ = dH * H * (1 - H)
    dW = X.T @ dZ + drec.T @ H
    db = dZ.sum(axis=0)
    dX = dZ @ W.T - drec
    return dX, dW, db, dc


# -- factorisation machine, by the square of a sum


def machine(x, w, V):
    s = x @ V
    q = (x**2) @ (V**2)
    score = x @ w + 0.5 * (s**2 - q).sum(axis=1)
    return np.mean(score**2), (s, score)


def machine_back(x, w, V, cache):
    s, score = cache
    dscore = 2 * score / len(score)
    dw = x.T @ dscore
    ds = dscore[:, None] * s
    dV = x.T @ ds - V * ((x**2).T @ dscore)[:, None]
    dx = dscore[:, None] * (w + s @ V.T - x * (V**2).sum(axis=1))
    return dx, dw, dV


# -- an oscillator, stepped by Runge and Kutta


def field(y, k):
    return np.array([y[1], -k * y[0] ** 3]) if not hasattr(y, "backward") else np.stack([y[1], -k * y[0] ** 3])


def orbit(y0, k):
    y, h = y0, 0.1
    kept = []
    for _ in range(4):
        k1 = field(y, k)
        mid = y + 0.5 * h * k1
        k2 = field(mid, k)
        kept.append((y, mid))
        y = y + h * k2
    return 0.5 * np.sum(y**2), (kept, y)


def pull_field(y, k, d):
    return np.array([-3 * k * y[0] ** 2 * d[1], d[0]]), -(y[0] ** 3) * d[1]


def orbit_back(y0, k, cache):
    kept, dy = cache
    dk, h = 0.0, 0.1
    while kept:
        y, mid = kept[-1]
        kept = kept[:-1]
        dmid, part = pull_field(mid, k, h * dy)
        dk += part
        dy = dy + dmid
        dy_k1, part = pull_field(y, k, 0.5 * h * dmid)
        dk += part
        dy = dy + dy_k1
    return dy, dk


PROGRAMS = {
    "groupnorm": (
        groupnorm,
        groupnorm_back,
        (R.normal(size=(2, 4, 2, 3)), R.normal(size=(1, 4, 1, 1)), R.normal(size=(1, 4, 1, 1))),
    ),
    "causal": (causal, causal_back, (R.normal(size=(4, 6)), R.normal(size=(3, 6, 2, 3)), R.normal(size=(2, 3, 6)))),
    "stack": (STACK, STACK.back, (R.normal(size=(6, 4)),)),
    "tree": (
        tree_loss,
        tree_back,
        (R.normal(size=(3, 6)), {word: R.normal(size=3) for word in ("the", "old", "dog", "barks")}, R.normal(size=3)),
    ),
    "weightnorm": (
        weightnorm,
        weightnorm_back,
        (R.normal(size=(5, 3)), R.normal(size=(3, 4)), R.uniform(0.5, 2, size=4)),
    ),
    "wave": (wave, wave_back, (R.normal(size=(2, 5)), R.normal(size=(3, 2, 3)), R.normal(size=3))),
    "windows": (windows, windows_back, (R.normal(size=(2, 6, 6)), R.normal(size=(3, 2, 3, 3)))),
    "words": (words, words_back, (R.normal(size=(5, 3)), R.normal(size=(3, 4)), R.normal(size=4))),
    "gated": (
        gated,
        gated_back,
        (
            R.normal(size=(3, 4)),
            {
                "scale": R.normal(size=4),
                "gate": R.normal(size=(4, 5)),
                "up": R.normal(size=(4, 5)),
                "down": R.normal(size=(5, 4)),
            },
        ),
    ),
    "both_ways": (
        both_ways,
        both_ways_back,
        (R.normal(size=(4, 2)), R.normal(size=(3, 5)), R.normal(size=(3, 5)), R.normal(size=(2, 6))),
    ),
    "poisson": (
        poisson,
        poisson_back,
        (R.normal(size=3), R.normal(size=(7, 3)), R.poisson(2.0, size=7)),
    ),
    "tied": (tied, tied_back, (2 * R.normal(size=(6, 4)), R.normal(size=(4, 3)), R.normal(size=3), R.normal(size=4))),
    "machine": (machine, machine_back, (R.normal(size=(5, 4)), R.normal(size=4), R.normal(size=(4, 3)))),
    "orbit": (orbit, orbit_back, (np.array([1.1, 0.4]), 0.7)),
}
