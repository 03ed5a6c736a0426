"""Right backward passes as lectures and books have them: caches of caches, steps of their own, states in dicts."""
# ruff: noqa: D103, N803, N806, RUF059

import numpy as np

R = np.random.default_rng(77)


def affine(x, w, b):
    return x.reshape(x.shape[0], -1) @ w + b, (x, w, b)


def affine_back(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


def regularized(X, W1, b1, W2, b2):
    a, first = affine(X, W1, b1)
    scores, second = affine(np.maximum(0, a), W2, b2)
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -logs[np.arange(5), LABELS].sum() / 5
    return loss + 0.05 * (np.sum(W1 * W1) + np.sum(W2 * W2)), (first, a, second, scores)


LABELS = np.array([0, 2, 1, 1, 0])


def regularized_back(cache):
    first, a, second, scores = cache
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    dscores = probs.copy()
    dscores[np.arange(5), LABELS] -= 1
    dscores /= 5
    grads = {}
    dhidden, dW2, db2 = affine_back(dscores, second)
    grads["W2"] = dW2 + 0.1 * second[1]
    da = dhidden * (a > 0)
    dx, dW1, db1 = affine_back(da, first)
    grads["W1"] = dW1 + 0.1 * first[1]
    grads["X"], grads["b1"], grads["b2"] = dx, db1, db2
    return grads


def hinge(W, X):
    scores = X @ W
    rows = np.arange(6)
    margins = np.maximum(0, scores - scores[rows, CLASSES].reshape(-1, 1) + 1.0)
    return (np.sum(margins) - 6) / 6


CLASSES = np.array([2, 0, 1, 1, 2, 0])


def hinge_back(W, X):
    num_train = X.shape[0]
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[np.arange(num_train), CLASSES][:, np.newaxis] + 1.0)
    margins[np.arange(num_train), CLASSES] = 0
    binary = margins
    binary[margins > 0] = 1
    binary[np.arange(num_train), CLASSES] = -np.sum(binary, axis=1)
    dscores = binary / num_train
    dW = X.T.dot(dscores)
    dX = dscores.dot(W.T)
    return dW, dX


def captions(h0, table, Wx, Wh, b):
    words = table[TOKENS]
    states = [h0]
    for t in range(3):
        states.append(np.tanh(words[:, t] @ Wx + states[-1] @ Wh + b))
    return np.sum(np.stack(states[1:], axis=1) * MARKS), (words, table, Wx, Wh, b, states)


TOKENS, MARKS = np.array([[0, 3, 3], [1, 0, 2]]), R.normal(size=(2, 3, 3))


def step_back(dnext, x, before, after, Wx, Wh):
    da = dnext * (1 - after**2)
    return da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da), before.T.dot(da), da.sum(axis=0)


def captions_back(cache):
    words, table, Wx, Wh, b, states = cache
    dwords, dprev = np.zeros_like(words), np.zeros_like(states[0])
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    for t in reversed(range(3)):
        dnow = MARKS[:, t, :] + dprev
        dwords[:, t], dprev, dWx_t, dWh_t, db_t = step_back(dnow, words[:, t], states[t], states[t + 1], Wx, Wh)
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    dtable = np.zeros_like(table)
    np.add.at(dtable, TOKENS, dwords)
    return dprev, dtable, dWx, dWh, db


def names(W1, gain, bias, W2):
    z = CONTEXTS @ W1
    diff = z - z.mean(axis=0, keepdims=True)
    var = 1 / 7 * (diff**2).sum(axis=0, keepdims=True)
    inv = (var + 1e-5) ** -0.5
    raw = diff * inv
    h = np.tanh(gain * raw + bias)
    logits = h @ W2
    counts = np.exp(logits - logits.max(axis=1, keepdims=True))
    total = counts.sum(axis=1, keepdims=True)
    probs = counts * total**-1
    return -np.log(probs)[range(8), NEXT].mean(), (W1, gain, W2, diff, var, inv, raw, h, counts, total, probs)


CONTEXTS, NEXT = R.normal(size=(8, 6)), np.array([1, 0, 2, 2, 1, 0, 3, 1])


def names_back(cache):
    W1, gain, W2, diff, var, inv, raw, h, counts, total, probs = cache
    n = 8
    dlogs = np.zeros_like(probs)
    dlogs[range(n), NEXT] = -1.0 / n
    dprobs = (1.0 / probs) * dlogs
    dtotal = -(total**-2) * (counts * dprobs).sum(1, keepdims=True)
    dcounts = total**-1 * dprobs
    dcounts += np.ones_like(counts) * dtotal
    dlogits = counts * dcounts
    dh = dlogits @ W2.T
    dW2 = h.T @ dlogits
    dpre = (1.0 - h**2) * dh
    dgain = (raw * dpre).sum(0, keepdims=True)
    draw = gain * dpre
    dbias = dpre.sum(0, keepdims=True)
    ddiff = inv * draw
    dinv = (diff * draw).sum(0, keepdims=True)
    dvar = (-0.5 * (var + 1e-5) ** -1.5) * dinv
    ddiff += (2 * diff) * (1.0 / (n - 1)) * np.ones_like(diff) * dvar
    dz = ddiff - 1.0 / n * ddiff.sum(0)
    dW1 = CONTEXTS.T @ dz
    return dW1, dgain, dbias, dW2


def squash(z):
    return 1.0 / (1.0 + np.exp(-z))


def squash_prime(z):
    return squash(z) * (1 - squash(z))


def digits(x, w1, w2, b1, b2):
    activation = x
    for w, b in zip((w1, w2), (b1, b2), strict=True):
        activation = squash(w @ activation + b)
    return 0.5 * np.sum((activation - WANTED) ** 2)


WANTED = np.array([[0.0], [1.0]])


def cost_derivative(output, wanted):
    return output - wanted


def digits_back(x, w1, w2, b1, b2):
    weights, biases = [w1, w2], [b1, b2]
    nabla_b, nabla_w = [np.zeros(b.shape) for b in biases], [np.zeros(w.shape) for w in weights]
    activations, zs = [x], []
    for b, w in zip(biases, weights, strict=True):
        zs.append(np.dot(w, activations[-1]) + b)
        activations.append(squash(zs[-1]))
    delta = cost_derivative(activations[-1], WANTED) * squash_prime(zs[-1])
    nabla_b[-1] = delta
    nabla_w[-1] = np.dot(delta, activations[-2].transpose())
    sp = squash_prime(zs[0])
    delta = np.dot(weights[1].transpose(), delta) * sp
    nabla_b[0] = delta
    nabla_w[0] = np.dot(delta, activations[0].transpose())
    return np.dot(weights[0].transpose(), delta), *nabla_w, *nabla_b


def chars(start, Wxh, Whh, Why, bh):
    xs, hs, ps, loss = {}, {-1: start}, {}, 0
    for t in range(4):
        xs[t] = np.zeros((5, 1))
        xs[t][INPUTS[t]] = 1
        hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1] + bh)
        scores = Why @ hs[t]
        ps[t] = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(ps[t][TARGETS[t], 0])
    return loss, (xs, hs, ps, Wxh, Whh, Why, bh)


INPUTS, TARGETS = [0, 3, 2, 2], [3, 2, 2, 4]


def chars_back(cache):
    xs, hs, ps, Wxh, Whh, Why, bh = cache
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dhnext = np.zeros_like(bh), np.zeros_like(hs[0])
    for t in reversed(range(4)):
        dy = np.copy(ps[t])
        dy[TARGETS[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    return dhnext, dWxh, dWhh, dWhy, dbh


def tags(unary, trans):
    alpha = unary[0]
    for t in range(1, 4):
        alpha = np.log(np.sum(np.exp(alpha[:, None] + trans), axis=0)) + unary[t]
    score = unary[0, TAGS[0]]
    for t in range(1, 4):
        score = score + trans[TAGS[t - 1], TAGS[t]] + unary[t, TAGS[t]]
    return np.log(np.sum(np.exp(alpha))) - score


TAGS = [0, 2, 1, 1]


def tags_back(unary, trans):
    alphas = np.zeros_like(unary)
    alphas[0] = unary[0]
    for t in range(1, 4):
        alphas[t] = np.log(np.exp(alphas[t - 1][:, None] + trans).sum(axis=0)) + unary[t]
    dunary, dtrans = np.zeros_like(unary), np.zeros_like(trans)
    dalpha = np.exp(alphas[-1]) / np.exp(alphas[-1]).sum()
    for t in range(3, 0, -1):
        dunary[t] += dalpha
        w = np.exp(alphas[t - 1][:, None] + trans)
        w = w / w.sum(axis=0)
        pair = w * dalpha
        dtrans += pair
        dalpha = pair.sum(axis=1)
    dunary[0] += dalpha
    for t in range(4):
        dunary[t, TAGS[t]] -= 1
        if t > 0:
            dtrans[TAGS[t - 1], TAGS[t]] -= 1
    return dunary, dtrans


def heads(X, Wq, Wk, Wv):
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    d = Q.shape[-1]
    S = Q @ K.T / np.sqrt(d)
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    A = E / E.sum(axis=-1, keepdims=True)
    return np.sum((A @ V) ** 2), (X, Wq, Wk, Wv, Q, K, V, A)


def heads_back(cache):
    X, Wq, Wk, Wv, Q, K, V, A = cache
    d = Q.shape[-1]
    dC = 2 * A @ V
    dA = dC @ V.T
    dV = A.T @ dC
    dS = A * (dA - np.sum(dA * A, axis=-1, keepdims=True))
    dS = dS / np.sqrt(d)
    dQ = dS @ K
    dK = dS.T @ Q
    dX = dQ @ Wq.T + dK @ Wk.T + dV @ Wv.T
    return dX, X.T @ dQ, X.T @ dK, X.T @ dV


def latent(x, Wm, Wv, Wd):
    mu, logvar = x @ Wm, x @ Wv
    xr = (mu + np.exp(0.5 * logvar) * NOISE) @ Wd
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return (0.5 * np.sum((xr - x) ** 2) + kl) / len(x)


NOISE = R.normal(size=(4, 2))


def latent_back(x, Wm, Wv, Wd):
    n = len(x)
    mu, logvar = x @ Wm, x @ Wv
    std = np.exp(0.5 * logvar)
    z = mu + std * NOISE
    dxr = (z @ Wd - x) / n
    dx = -dxr
    dWd = z.T @ dxr
    dz = dxr @ Wd.T
    dmu = dz + mu / n
    dlogvar = dz * NOISE * 0.5 * std + 0.5 * (np.exp(logvar) - 1) / n
    dx = dx + dmu @ Wm.T + dlogvar @ Wv.T
    return dx, x.T @ dmu, x.T @ dlogvar, dWd


def swiglu(x, W1, V, W2):
    u, g = x @ W1, x @ V
    t = np.tanh(0.8 * (u + 0.044715 * u**3))
    return ((0.5 * u * (1 + t) * g) @ W2).mean()


def swiglu_back(x, W1, V, W2):
    u, g = x @ W1, x @ V
    t = np.tanh(0.8 * (u + 0.044715 * u**3))
    act = 0.5 * u * (1 + t)
    n, k = len(x), W2.shape[1]
    dy = np.full((n, k), 1 / (n * k))
    dW2 = (act * g).T @ dy
    dh = dy @ W2.T
    dact, dg = dh * g, dh * act
    du = dact * 0.5 * (1 + t)
    du += dact * 0.5 * u * (1 - t**2) * 0.8 * (1 + 3 * 0.044715 * u**2)
    return du @ W1.T + dg @ V.T, x.T @ du, x.T @ dg, dW2


PROGRAMS = {
    "regularized": (
        regularized,
        regularized_back,
        (*(R.normal(size=s) for s in ((5, 2, 3), (6, 4), 4, (4, 3), 3)),),
    ),
    "hinge": (hinge, hinge_back, (R.normal(size=(4, 3)), R.normal(size=(6, 4)))),
    "captions": (captions, captions_back, (*(R.normal(size=s) for s in ((2, 3), (4, 5), (5, 3), (3, 3), 3)),)),
    "names": (names, names_back, (*(R.normal(size=s) / 2 for s in ((6, 5), (1, 5), (1, 5), (5, 4))),)),
    "digits": (digits, digits_back, (*(R.normal(size=s) for s in ((3, 1), (4, 3), (2, 4), (4, 1), (2, 1))),)),
    "chars": (chars, chars_back, (*(R.normal(size=s) for s in ((3, 1), (3, 5), (3, 3), (5, 3), (3, 1))),)),
    "tags": (tags, tags_back, (R.normal(size=(4, 3)), R.normal(size=(3, 3)))),
    "heads": (heads, heads_back, (*(R.normal(size=(4, 4)) for _ in range(4)),)),
    "latent": (latent, latent_back, (*(R.normal(size=s) / 2 for s in ((4, 3), (3, 2), (3, 2), (2, 3))),)),
    "swiglu": (swiglu, swiglu_back, (*(R.normal(size=s) for s in ((4, 3), (3, 5), (3, 5), (5, 2))),)),
}
"""Each program: forward, backward, and what they are called with."""
