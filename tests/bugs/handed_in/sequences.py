"""Right backward passes through time, images, attention and losses, in the styles of the courses that ask for them."""
# ruff: noqa: C408, D103, N803, N806, RET504, RUF059

import numpy as np

R = np.random.default_rng(2024)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_step(x, prev_h, prev_c, Wx, Wh, b):
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return np.sum(next_h * UP), (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


UP = R.normal(size=(3, 2))


def lstm_step_back(cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    dnext_h = UP
    tanh_c = np.tanh(next_c)
    do = dnext_h * tanh_c
    dnext_c = dnext_h * o * (1 - tanh_c**2)
    df = dnext_c * prev_c
    dprev_c = dnext_c * f
    di = dnext_c * g
    dg = dnext_c * i
    da = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)))
    dx = da @ Wx.T
    dprev_h = da @ Wh.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = da.sum(axis=0)
    return dx, dprev_h, dprev_c, dWx, dWh, db


def indices(x_shape, HH, WW, stride, pad):
    N, C, H, W = x_shape
    out_h, out_w = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    i0 = np.tile(np.repeat(np.arange(HH), WW), C)
    i1 = stride * np.repeat(np.arange(out_h), out_w)
    j0 = np.tile(np.arange(WW), HH * C)
    j1 = stride * np.tile(np.arange(out_w), out_h)
    k = np.repeat(np.arange(C), HH * WW).reshape(-1, 1)
    return k, i0.reshape(-1, 1) + i1.reshape(1, -1), j0.reshape(-1, 1) + j1.reshape(1, -1)


def conv(x, w, b):
    pad, stride = 1, 2
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    x_padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    k, i, j = indices(x.shape, HH, WW, stride, pad)
    cols = x_padded[:, k, i, j].transpose(1, 2, 0).reshape(C * HH * WW, -1)
    res = w.reshape(F, -1) @ cols + b.reshape(-1, 1)
    out = res.reshape(F, 2, 2, N).transpose(3, 0, 1, 2)
    return out, (x, w, b, cols)


def conv_back(dout, cache):
    x, w, b, cols = cache
    pad, stride = 1, 2
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    db = np.sum(dout, axis=(0, 2, 3))
    dout_reshaped = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    dw = dout_reshaped.dot(cols.T).reshape(w.shape)
    dcols = w.reshape(F, -1).T.dot(dout_reshaped)
    dx_padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    k, i, j = indices(x.shape, HH, WW, stride, pad)
    cols_reshaped = dcols.reshape(C * HH * WW, -1, N).transpose(2, 0, 1)
    np.add.at(dx_padded, (slice(None), k, i, j), cols_reshaped)
    dx = dx_padded[:, :, pad:-pad, pad:-pad]
    return dx, dw, db


def pool(x):
    N, C, H, W = x.shape
    x_reshaped = x.reshape(N, C, H // 2, 2, W // 2, 2)
    out = x_reshaped.max(axis=3).max(axis=4)
    return out, (x, x_reshaped, out)


def pool_back(dout, cache):
    x, x_reshaped, out = cache
    dx_reshaped = np.zeros_like(x_reshaped)
    out_newaxis = out[:, :, :, np.newaxis, :, np.newaxis]
    mask = x_reshaped == out_newaxis
    dout_newaxis = dout[:, :, :, np.newaxis, :, np.newaxis]
    dout_broadcast, _ = np.broadcast_arrays(dout_newaxis, dx_reshaped)
    dx_reshaped[mask] = dout_broadcast[mask]
    dx_reshaped /= np.sum(mask, axis=(3, 5), keepdims=True)
    dx = dx_reshaped.reshape(x.shape)
    return dx


MASK = np.triu(np.ones((4, 4)), 1) * -1e9


def head(x, Wq, Wk, Wv):
    q, k, v = (np.einsum("btd,dh->bth", x, W) for W in (Wq, Wk, Wv))
    att = np.einsum("bth,bsh->bts", q, k) / np.sqrt(q.shape[-1]) + MASK
    e = np.exp(att - att.max(-1, keepdims=True))
    p = e / e.sum(-1, keepdims=True)
    y = np.einsum("bts,bsh->bth", p, v)
    return np.mean(y**2), (x, q, k, v, p, y)


def head_back(x, Wq, Wk, Wv, cache):
    _, q, k, v, p, y = cache
    dy = 2 * y / y.size
    dp = np.einsum("bth,bsh->bts", dy, v)
    dv = np.einsum("bts,bth->bsh", p, dy)
    datt = p * (dp - (dp * p).sum(-1, keepdims=True))
    datt /= np.sqrt(q.shape[-1])
    dq = np.einsum("bts,bsh->bth", datt, k)
    dk = np.einsum("bts,bth->bsh", datt, q)
    dWq, dWk, dWv = (np.einsum("btd,bth->dh", x, g) for g in (dq, dk, dv))
    dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    return dx, dWq, dWk, dWv


OUTSIDE, NEGATIVE = 1, np.array([0, 3, 3])


def neg(center, outside):
    u_o = outside[OUTSIDE]
    u_k = outside[NEGATIVE]
    loss = -np.log(sigmoid(u_o @ center)) - np.sum(np.log(sigmoid(-u_k @ center)))
    return loss


def neg_back(center, outside):
    u_o = outside[OUTSIDE]
    u_k = outside[NEGATIVE]
    s_o = sigmoid(u_o @ center)
    s_k = sigmoid(-u_k @ center)
    grad_center = (s_o - 1) * u_o + np.sum((1 - s_k)[:, None] * u_k, axis=0)
    grad_outside = np.zeros_like(outside)
    grad_outside[OUTSIDE] = (s_o - 1) * center
    np.add.at(grad_outside, NEGATIVE, np.outer(1 - s_k, center))
    return grad_center, grad_outside


EPS = R.normal(size=(4, 2))


def vae(x, Wm, Wl, Wd):
    mu, logvar = x @ Wm, x @ Wl
    z = mu + np.exp(0.5 * logvar) * EPS
    xr = z @ Wd
    rec = 0.5 * np.sum((xr - x) ** 2)
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return rec + kl


def vae_back(x, Wm, Wl, Wd):
    mu, logvar = x @ Wm, x @ Wl
    std = np.exp(0.5 * logvar)
    z = mu + std * EPS
    dxr = z @ Wd - x
    dWd = z.T @ dxr
    dz = dxr @ Wd.T
    dmu = dz + mu
    dlogvar = dz * EPS * 0.5 * std + 0.5 * (np.exp(logvar) - 1)
    dWm, dWl = x.T @ dmu, x.T @ dlogvar
    dx = -dxr + dmu @ Wm.T + dlogvar @ Wl.T
    return dx, dWm, dWl, dWd


def gru(xs, h0, P):
    h, caches = h0, []
    for x in xs:
        hx = np.concatenate([h, x])
        r, z = sigmoid(P["Wr"] @ hx), sigmoid(P["Wz"] @ hx)
        n = np.tanh(P["Wn"] @ np.concatenate([r * h, x]))
        new = (1 - z) * n + z * h
        caches.append(dict(h=h, x=x, r=r, z=z, n=n))
        h = new
    return 0.5 * np.sum(h**2), (h, caches)


def gru_back(xs, h0, P, cache):
    dh, caches = cache
    H = len(h0)
    dP = {key: np.zeros_like(value) for key, value in P.items()}
    dxs = np.zeros_like(xs)
    for t, c in reversed(list(enumerate(caches))):
        h, x, r, z, n = c["h"], c["x"], c["r"], c["z"], c["n"]
        hx, rhx = np.concatenate([h, x]), np.concatenate([r * h, x])
        dn = dh * (1 - z) * (1 - n**2)
        dz = dh * (h - n) * z * (1 - z)
        drhx = P["Wn"].T @ dn
        dr = drhx[:H] * h * r * (1 - r)
        dhx = P["Wr"].T @ dr + P["Wz"].T @ dz
        dP["Wn"] += np.outer(dn, rhx)
        dP["Wz"] += np.outer(dz, hx)
        dP["Wr"] += np.outer(dr, hx)
        dxs[t] = dhx[H:] + drhx[H:]
        dh = dh * z + dhx[:H] + drhx[:H] * r
    return dxs, dh, dP


def nce(A, B):
    na, nb = (np.linalg.norm(M, axis=1, keepdims=True) for M in (A, B))
    a, b = A / na, B / nb
    s = a @ b.T / 0.5
    lse = np.log(np.exp(s).sum(axis=1))
    return np.mean(lse - np.diag(s))


def nce_back(A, B):
    na = np.sqrt((A**2).sum(1, keepdims=True))
    nb = np.sqrt((B**2).sum(1, keepdims=True))
    a, b = A / na, B / nb
    s = a @ b.T / 0.5
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    ds = (p - np.eye(len(A))) / len(A)
    da = ds @ b / 0.5
    db = ds.T @ a / 0.5
    dA = (da - a * (a * da).sum(axis=1, keepdims=True)) / na
    dB = (db - b * (b * db).sum(axis=1, keepdims=True)) / nb
    return dA, dB


KEEP = (R.random(size=(3, 4)) < 0.6) / 0.6


def block(x, params):
    (W, b), (V, c) = params
    z = x @ W + b
    t = np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))
    g = 0.5 * z * (1 + t)
    d = g * KEEP
    out = x + d @ V + c
    return out, ((z, t), (d, x, params))


def block_back(dout, cache):
    (z, t), (d, x, ((W, b), (V, c))) = cache
    dV, dc = d.T @ dout, dout.sum(0)
    dd = dout @ V.T
    dg = dd * KEEP
    dt = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * z**2) * (1 - t**2)
    dz = dg * (0.5 * (1 + t) + 0.5 * z * dt)
    dW, db = x.T @ dz, dz.sum(0)
    dx = dout + dz @ W.T
    return dx, ((dW, db), (dV, dc))


def nll(w, v, b):
    m = XX @ w + b
    logs = XX @ v
    return np.mean(0.5 * logs + 0.5 * (TT - m) ** 2 / np.exp(logs))


XX, TT = R.normal(size=(6, 3)), R.normal(size=6)


def nll_back(w, v, b):
    m = XX @ w + b
    logs = XX @ v
    n = len(TT)
    prec = np.exp(-logs)
    res = TT - m
    dm = -res * prec / n
    dlogs = 0.5 * (1 - res**2 * prec) / n
    return XX.T @ dm, XX.T @ dlogs, dm.sum()


PROGRAMS = {
    "lstm": (
        lstm_step,
        lstm_step_back,
        (
            R.normal(size=(3, 4)),
            R.normal(size=(3, 2)),
            R.normal(size=(3, 2)),
            R.normal(size=(4, 8)),
            R.normal(size=(2, 8)),
            R.normal(size=8),
        ),
    ),
    "conv": (
        conv,
        conv_back,
        (
            R.normal(size=(2, 2, 4, 4)),
            R.normal(size=(3, 2, 3, 3)),
            R.normal(size=3),
        ),
    ),
    "pool": (pool, pool_back, (R.normal(size=(2, 1, 4, 4)),)),
    "head": (
        head,
        head_back,
        (
            R.normal(size=(2, 4, 3)),
            R.normal(size=(3, 5)),
            R.normal(size=(3, 5)),
            R.normal(size=(3, 5)),
        ),
    ),
    "neg": (
        neg,
        neg_back,
        (
            R.normal(size=3),
            R.normal(size=(5, 3)),
        ),
    ),
    "vae": (
        vae,
        vae_back,
        (
            R.normal(size=(4, 3)),
            R.normal(size=(3, 2)),
            R.normal(size=(3, 2)),
            R.normal(size=(2, 3)),
        ),
    ),
    "gru": (
        gru,
        gru_back,
        (
            R.normal(size=(3, 2)),
            R.normal(size=3),
            {"Wr": R.normal(size=(3, 5)), "Wz": R.normal(size=(3, 5)), "Wn": R.normal(size=(3, 5))},
        ),
    ),
    "nce": (
        nce,
        nce_back,
        (
            R.normal(size=(4, 3)),
            R.normal(size=(4, 3)),
        ),
    ),
    "block": (
        block,
        block_back,
        (
            R.normal(size=(3, 2)),
            ((R.normal(size=(2, 4)), R.normal(size=4)), (R.normal(size=(4, 2)), R.normal(size=2))),
        ),
    ),
    "nll": (
        nll,
        nll_back,
        (
            R.normal(size=3),
            R.normal(size=3),
            0.3,
        ),
    ),
}
"""Each program: forward, backward, and what they are called with."""
