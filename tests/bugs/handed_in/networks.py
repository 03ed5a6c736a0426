"""Right backward passes of networks and normalisation, in the styles of the courses that ask for them."""
# ruff: noqa: D101, D102, D103, E741, N803, N806, RET504, RUF059

import numpy as np

R = np.random.default_rng(2024)


class TwoLayerNet:
    def __init__(self, reg=0.1):
        g = np.random.default_rng(1)
        self.params = {
            "W1": g.normal(size=(4, 5)),
            "b1": g.normal(size=5),
            "W2": g.normal(size=(5, 3)),
            "b2": g.normal(size=3),
        }
        self.reg = reg
        self.y = np.array([0, 2, 1, 2, 0, 1])

    def loss(self, X, W1, b1, W2, b2):
        hidden = np.maximum(0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        shifted = scores - scores.max(axis=1, keepdims=True)
        probs = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
        data_loss = -np.log(probs[np.arange(len(X)), self.y]).mean()
        loss = data_loss + 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        return loss, {"hidden": hidden, "probs": probs, "X": X}


NET = TwoLayerNet()


def two_layer(X, W1, b1, W2, b2):
    return NET.loss(X, W1, b1, W2, b2)


def two_layer_backward(X, W1, b1, W2, b2, cache):
    grads = {}
    N = X.shape[0]
    dscores = cache["probs"].copy()
    dscores[np.arange(N), NET.y] -= 1
    dscores /= N
    grads["W2"] = cache["hidden"].T.dot(dscores)
    grads["b2"] = np.sum(dscores, axis=0)
    dhidden = dscores.dot(W2.T)
    dhidden[cache["hidden"] <= 0] = 0
    grads["W1"] = X.T.dot(dhidden)
    grads["b1"] = dhidden.sum(0)
    grads["X"] = dhidden.dot(W1.T)
    grads["W2"] += NET.reg * W2
    grads["W1"] += NET.reg * W1
    return grads


def linear_forward(A, W, b):
    return W @ A + b, (A, W, b)


def deep_forward(X, parameters):
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L):
        Z, linear_cache = linear_forward(A, parameters["W" + str(l)], parameters["b" + str(l)])
        A = np.maximum(0, Z)
        caches.append((linear_cache, Z))
    Z, linear_cache = linear_forward(A, parameters["W" + str(L)], parameters["b" + str(L)])
    AL = 1 / (1 + np.exp(-Z))
    caches.append((linear_cache, Z))
    m = X.shape[1]
    cost = -1 / m * np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))
    return cost, (AL, caches)


Y = np.array([[1, 0, 0, 1, 1.0]])


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def deep_backward(cache):
    AL, caches = cache
    grads = {}
    L = len(caches)
    dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    linear_cache, Z = caches[L - 1]
    s = 1 / (1 + np.exp(-Z))
    dZ = dAL * s * (1 - s)
    dA, grads["W" + str(L)], grads["b" + str(L)] = linear_backward(dZ, linear_cache)
    for l in reversed(range(L - 1)):
        linear_cache, Z = caches[l]
        dZ = np.array(dA, copy=True)
        dZ[Z <= 0] = 0
        dA, dW_temp, db_temp = linear_backward(dZ, linear_cache)
        grads["W" + str(l + 1)] = dW_temp
        grads["b" + str(l + 1)] = db_temp
    m = AL.shape[1]
    grads["X"] = dA / m
    return grads["X"], {k: v for k, v in grads.items() if k != "X"}


DEEP = {
    "W1": R.normal(size=(4, 3)),
    "b1": R.normal(size=(4, 1)),
    "W2": R.normal(size=(3, 4)),
    "b2": R.normal(size=(3, 1)),
    "W3": R.normal(size=(1, 3)),
    "b3": R.normal(size=(1, 1)),
}


class Holder:
    def __init__(self, v):
        self.v = v
        self.g = None


class Lin:
    def __init__(self, w, b):
        self.w, self.b = Holder(w), Holder(b)

    def __call__(self, inp):
        self.inp = inp
        self.out = Holder(inp.v @ self.w.v + self.b.v)
        return self.out

    def backward(self):
        self.inp.g = self.out.g @ self.w.v.T
        self.w.g = (self.inp.v[:, :, None] * self.out.g[:, None, :]).sum(0)
        self.b.g = self.out.g.sum(0)


class Relu:
    def __call__(self, inp):
        self.inp = inp
        self.out = Holder(np.clip(inp.v, 0.0, None) - 0.5)
        return self.out

    def backward(self):
        self.inp.g = (self.inp.v > 0).astype(float) * self.out.g


class Mse:
    def __call__(self, inp, targ):
        self.inp, self.targ = inp, targ
        self.out = ((inp.v.squeeze() - targ) ** 2).mean()
        return self.out

    def backward(self):
        self.inp.g = 2.0 * (self.inp.v.squeeze() - self.targ)[:, None] / self.targ.shape[0]


TARGET = R.normal(size=7)


def model_forward(x, w1, b1, w2, b2):
    layers = [Lin(w1, b1), Relu(), Lin(w2, b2)]
    start = h = Holder(x)
    for layer in layers:
        h = layer(h)
    loss = Mse()
    return loss(h, TARGET), (start, layers, loss)


def model_backward(cache):
    start, layers, loss = cache
    loss.backward()
    for layer in layers[::-1]:
        layer.backward()
    first, _, last = layers
    return start.g, first.w.g, first.b.g, last.w.g, last.b.g


class LinearModule:
    def __init__(self, weight, bias):
        self.params = {"weight": weight, "bias": bias}
        self.grads = {"weight": np.zeros_like(weight), "bias": np.zeros_like(bias)}

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"].T + self.params["bias"]

    def backward(self, dout):
        self.grads["weight"] = dout.T @ self.x
        self.grads["bias"] = dout.sum(axis=0).reshape(self.grads["bias"].shape)
        dx = dout @ self.params["weight"]
        return dx


class ELUModule:
    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, np.exp(x) - 1)

    def backward(self, dout):
        dx = dout * np.where(self.x > 0, 1, np.exp(self.x))
        return dx


class SoftMaxModule:
    def forward(self, x):
        b = x.max(axis=1, keepdims=True)
        y = np.exp(x - b)
        self.out = y / y.sum(axis=1, keepdims=True)
        return self.out

    def backward(self, dout):
        dx = self.out * (dout - (dout * self.out) @ np.ones((dout.shape[1], dout.shape[1])))
        return dx


class CrossEntropyModule:
    def forward(self, x, y):
        return -np.sum(y * np.log(x)) / x.shape[0]

    def backward(self, x, y):
        dx = -(1 / y.shape[0]) * y / x
        return dx


class MLP:
    def __init__(self):
        g = np.random.default_rng(5)
        self.layers = [
            LinearModule(g.normal(size=(4, 3)), g.normal(size=4)),
            ELUModule(),
            LinearModule(g.normal(size=(3, 4)), g.normal(size=3)),
            SoftMaxModule(),
        ]
        self.loss_module = CrossEntropyModule()
        self.y = np.eye(3)[[0, 1, 2, 1, 0]]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        self.out = x
        return self.loss_module.forward(x, self.y)

    def backward(self):
        dout = self.loss_module.backward(self.out, self.y)
        for layer in self.layers[::-1]:
            dout = layer.backward(dout)
        return dout


def batchnorm(x, gamma, beta):
    mu, var = x.mean(0), x.var(0)
    std = np.sqrt(var + 1e-5)
    xhat = (x - mu) / std
    return gamma * xhat + beta, {"xhat": xhat, "std": std, "gamma": gamma}


def batchnorm_backward_alt(dout, cache):
    xhat, std, gamma = cache["xhat"], cache["std"], cache["gamma"]
    N, D = dout.shape
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dx = gamma / (N * std) * (N * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta


def layernorm(x, gamma, beta):
    x = x.T
    mu = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    xhat = ((x - mu) / np.sqrt(var + 1e-6)).T
    return xhat * gamma + beta, (xhat, gamma, var)


def layernorm_backward(dout, cache):
    xhat, gamma, var = cache
    dgamma, dbeta = np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)
    dxhat = (dout * gamma).T
    xhat = xhat.T
    D = xhat.shape[0]
    dx = (1.0 / D) * (1 / np.sqrt(var + 1e-6)) * (D * dxhat - dxhat.sum(axis=0) - xhat * np.sum(dxhat * xhat, axis=0))
    return dx.T, dgamma, dbeta


YB = np.array([1, 0, 2, 3, 1])


def ninja(emb, W1, b1, W2, bngain):
    n = 5
    hprebn = emb @ W1 + b1
    bnmeani = 1 / n * hprebn.sum(0, keepdims=True)
    bndiff = hprebn - bnmeani
    bndiff2 = bndiff**2
    bnvar = 1 / (n - 1) * bndiff2.sum(0, keepdims=True)
    bnvar_inv = (bnvar + 1e-5) ** -0.5
    bnraw = bndiff * bnvar_inv
    hpreact = bngain * bnraw
    h = np.tanh(hpreact)
    logits = h @ W2
    counts = np.exp(logits)
    counts_sum = counts.sum(1, keepdims=True)
    counts_sum_inv = counts_sum**-1
    probs = counts * counts_sum_inv
    logprobs = np.log(probs)
    loss = -logprobs[range(n), YB].mean()
    return loss, (bndiff, bnvar, bnvar_inv, bnraw, h, counts, counts_sum, counts_sum_inv, probs, logprobs)


def ninja_backward(emb, W1, b1, W2, bngain, cache):
    bndiff, bnvar, bnvar_inv, bnraw, h, counts, counts_sum, counts_sum_inv, probs, logprobs = cache
    n = 5
    dlogprobs = np.zeros_like(logprobs)
    dlogprobs[range(n), YB] = -1.0 / n
    dprobs = (1.0 / probs) * dlogprobs
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdims=True)
    dcounts = counts_sum_inv * dprobs
    dcounts_sum = (-(counts_sum**-2)) * dcounts_sum_inv
    dcounts += np.ones_like(counts) * dcounts_sum
    dlogits = counts * dcounts
    dh = dlogits @ W2.T
    dW2 = h.T @ dlogits
    dhpreact = (1.0 - h**2) * dh
    dbngain = (bnraw * dhpreact).sum(0, keepdims=True)
    dbnraw = bngain * dhpreact
    dbndiff = bnvar_inv * dbnraw
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdims=True)
    dbnvar = (-0.5 * (bnvar + 1e-5) ** -1.5) * dbnvar_inv
    dbndiff2 = (1.0 / (n - 1)) * np.ones_like(bndiff) * dbnvar
    dbndiff += (2 * bndiff) * dbndiff2
    dhprebn = dbndiff.copy()
    dbnmeani = (-dbndiff).sum(0)
    dhprebn += 1.0 / n * (np.ones_like(dhprebn) * dbnmeani)
    demb = dhprebn @ W1.T
    dW1 = emb.T @ dhprebn
    db1 = dhprebn.sum(0)
    return demb, dW1, db1, dW2, dbngain


MODEL = MLP()


PROGRAMS = {
    "two_layer": (
        two_layer,
        two_layer_backward,
        (
            R.normal(size=(6, 4)),
            *NET.params.values(),
        ),
    ),
    "deep": (
        deep_forward,
        deep_backward,
        (
            R.normal(size=(3, 5)),
            DEEP,
        ),
    ),
    "fastai": (
        model_forward,
        model_backward,
        (
            R.normal(size=(7, 3)),
            R.normal(size=(3, 4)),
            R.normal(size=4),
            R.normal(size=(4, 1)),
            R.normal(size=1),
        ),
    ),
    "uva": (MODEL.forward, MODEL.backward, (R.normal(size=(5, 3)),)),
    "batchnorm": (
        batchnorm,
        batchnorm_backward_alt,
        (
            R.normal(size=(6, 4)),
            R.normal(size=4),
            R.normal(size=4),
        ),
    ),
    "layernorm": (
        layernorm,
        layernorm_backward,
        (
            R.normal(size=(3, 5)),
            R.normal(size=5),
            R.normal(size=5),
        ),
    ),
    "ninja": (
        ninja,
        ninja_backward,
        (
            R.normal(size=(5, 3)),
            R.normal(size=(3, 6)),
            R.normal(size=6),
            R.normal(size=(6, 4)),
            R.normal(size=(1, 6)),
        ),
    ),
}
"""Each program: forward, backward, and what they are called with."""
