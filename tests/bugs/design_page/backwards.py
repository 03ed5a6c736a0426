"""Backward passes written by hand as in course assignments, each with one slip, and some that are right."""
# ruff: noqa: D101, D102, D103, N803, N806

import numpy as np

from tests.bugs.gallery import backward_bug, backward_right

random = np.random.default_rng(7)
X = random.normal(size=(5, 3))
T = random.normal(size=5)
HITS = np.array([1.0, 0.0, 1.0, 1.0, 0.0])
LABELS = np.array([0, 2, 1, 3, 2])
ONE_HOT = np.eye(4)[LABELS]
G3 = random.normal(size=(5, 3))
G4 = random.normal(size=(5, 4))
SIGNAL = random.normal(size=6)
INPUTS = random.normal(size=(5, 3))
WORDS = np.array([1, 4, 4, 0, 1])
EPSILON = 1e-5

LINE = {"w": random.normal(size=3), "b": 0.3}
LAYER = {"x": X, "W": random.normal(size=(3, 4)), "b": random.normal(size=4)}
SQUARE = {"x": X, "W": random.normal(size=(3, 3))}
NETWORK = {
    "W1": random.normal(size=(3, 6)),
    "b1": random.normal(size=6),
    "W2": random.normal(size=(6, 4)),
    "b2": random.normal(size=4),
}
CLASSIFIER = {"W": random.normal(size=(3, 4)), "b": random.normal(size=4)}
NORMALISED = {"x": 2.0 * X + 1.0, "gamma": np.array([1.2, 0.7, 1.6]), "beta": np.array([0.1, -0.2, 0.3])}
RECURRENT = {"h0": random.normal(size=3), "U": random.normal(size=(3, 3)), "V": random.normal(size=(3, 3))}
ATTENTION = {"q": random.normal(size=(5, 3)), "k": random.normal(size=(5, 3)), "v": random.normal(size=(5, 3))}
FILTER = {"x": SIGNAL, "kernel": np.array([0.4, -1.1, 0.8])}
GATE = {"a": random.normal(size=(5, 3)), "c": random.normal(size=(5, 3))}
TABLE = {"table": random.normal(size=(6, 3))}


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


# Least squares: the backward takes what the forward takes.


def least_squares(w, b):
    p = X @ w + b
    e = p - T
    return np.mean(e**2)


@backward_right(forward=least_squares, at=LINE)
def least_squares_backward(w, b):
    p = X @ w + b
    e = p - T
    dp = 2.0 * e / len(T)
    dw = X.T @ dp
    db = np.sum(dp)
    return dw, db


@backward_bug("missing-mean", forward=least_squares, at=LINE)
def least_squares_without_the_mean(w, b):
    p = X @ w + b
    e = p - T
    dp = 2.0 * e  # here
    dw = X.T @ dp
    db = np.sum(dp)
    return dw, db


@backward_bug("sign", forward=least_squares, at=LINE)
def least_squares_the_other_way_round(w, b):
    p = X @ w + b
    dp = 2.0 * (T - p) / len(T)  # here
    dw = X.T @ dp
    db = np.sum(dp)
    return dw, db


@backward_bug("factor", forward=least_squares, at=LINE)
def least_squares_without_its_two(w, b):
    p = X @ w + b
    e = p - T
    dp = e / len(T)  # here
    dw = X.T @ dp
    db = np.sum(dp)
    return dw, db


@backward_bug("missing-sum", forward=least_squares, at=LINE)
def bias_of_least_squares_for_each_example(w, b):
    e = X @ w + b - T
    dp = 2.0 * e / len(T)
    dw = X.T @ dp
    db = dp  # here
    return dw, db


# An affine layer, of which the upstream gradient is a constant.


def affine(x, W, b):
    out = x @ W + b
    return np.sum(G4 * out), (x, W, b)


@backward_right(forward=affine, at=LAYER)
def affine_backward(cache):
    x, W, _ = cache
    dout = G4
    dx = dout @ W.T
    dW = x.T @ dout
    db = dout.sum(axis=0)
    return dx, dW, db


@backward_bug("transpose", forward=affine, at=LAYER)
def affine_with_weights_lying_down(cache):
    x, W, _ = cache
    dout = G4
    dx = dout @ W.T
    dW = dout.T @ x  # here
    db = dout.sum(axis=0)
    return dx, dW, db


@backward_bug("missing-sum", forward=affine, at=LAYER)
def affine_whose_bias_is_not_summed(cache):
    x, W, _ = cache
    dout = G4
    dx = dout @ W.T
    dW = x.T @ dout
    db = dout  # here
    return dx, dW, db


@backward_bug("extra-sum", forward=affine, at=LAYER)
def affine_whose_bias_is_summed_to_one_number(cache):
    x, W, _ = cache
    dout = G4
    dx = dout @ W.T
    dW = x.T @ dout
    db = np.sum(dout)  # here
    return dx, dW, db


def residual_block(x, W):
    z = x @ W
    h = np.tanh(z)
    out = x + h
    return np.sum(G3 * out)


@backward_right(forward=residual_block, at=SQUARE)
def residual_block_backward(x, W):
    h = np.tanh(x @ W)
    dout = G3
    dz = dout * (1.0 - h**2)
    dW = x.T @ dz
    dx = dout.copy()
    dx += dz @ W.T
    return {"x": dx, "W": dW}


@backward_bug("overwritten", forward=residual_block, at=SQUARE)
def residual_block_that_forgets_the_way_past_it(x, W):
    h = np.tanh(x @ W)
    dout = G3
    dz = dout * (1.0 - h**2)
    dW = x.T @ dz
    dx = dout.copy()
    dx = dz @ W.T  # here
    return {"x": dx, "W": dW}


@backward_bug("other", forward=residual_block, at=SQUARE)
def residual_block_with_a_bracket_in_the_wrong_place(x, W):
    h = np.tanh(x @ W)
    dout = G3
    dz = dout * (1.0 - h) ** 2  # here
    dW = x.T @ dz
    dx = dout + dz @ W.T
    return {"x": dx, "W": dW}


# A square layer: a transpose too few leaves the shape as it is.


def square_layer(x, W):
    z = x @ W
    s = sigmoid(z)
    return np.sum(G3 * s), {"x": x, "W": W, "s": s}


@backward_right(forward=square_layer, at=SQUARE)
def square_layer_backward(cache):
    x, W, s = cache["x"], cache["W"], cache["s"]
    ds = G3
    dz = ds * s * (1.0 - s)
    grads = {}
    grads["W"] = x.T @ dz
    grads["x"] = dz @ W.T
    return grads


@backward_bug("transpose", forward=square_layer, at=SQUARE)
def square_layer_without_a_transpose(cache):
    x, W, s = cache["x"], cache["W"], cache["s"]
    ds = G3
    dz = ds * s * (1.0 - s)
    dW = x.T @ dz
    dx = dz @ W  # here
    return {"x": dx, "W": dW}


@backward_bug("value-for-derivative", forward=square_layer, at=SQUARE)
def square_layer_with_sigmoid_for_its_slope(cache):
    x, W, s = cache["x"], cache["W"], cache["s"]
    ds = G3
    dz = ds * s  # here
    dW = x.T @ dz
    dx = dz @ W.T
    return {"x": dx, "W": dW}


@backward_bug("transpose", forward=square_layer, at=SQUARE)
def square_layer_whose_weights_are_turned(cache):
    x, W, s = cache["x"], cache["W"], cache["s"]
    ds = G3
    dz = ds * s * (1.0 - s)
    dx = dz @ W.T
    dW = dz.T @ x  # here
    return {"x": dx, "W": dW}


# Two layers and a loss.


def two_layers(W1, b1, W2, b2):
    z = X @ W1 + b1
    h = np.tanh(z)
    y = h @ W2 + b2
    e = y - ONE_HOT
    return np.mean(e**2)


@backward_right(forward=two_layers, at=NETWORK)
def two_layers_backward(W1, b1, W2, b2):
    z = X @ W1 + b1
    h = np.tanh(z)
    y = h @ W2 + b2
    e = y - ONE_HOT
    dy = 2 * e / e.size
    dW2 = h.T @ dy
    db2 = dy.sum(axis=0)
    dh = dy @ W2.T
    dz = dh * (1 - h**2)
    dW1 = X.T @ dz
    db1 = dz.sum(axis=0)
    return dW1, db1, dW2, db2


@backward_bug("wrong-operand", forward=two_layers, at=NETWORK)
def two_layers_with_the_slope_from_before_tanh(W1, b1, W2, b2):
    z = X @ W1 + b1
    h = np.tanh(z)
    y = h @ W2 + b2
    e = y - ONE_HOT
    dy = 2 * e / e.size
    dW2 = h.T @ dy
    db2 = dy.sum(axis=0)
    dh = dy @ W2.T
    dz = dh * (1 - z**2)  # here
    dW1 = X.T @ dz
    db1 = dz.sum(axis=0)
    return dW1, db1, dW2, db2


@backward_bug("wrong-operand", forward=two_layers, at=NETWORK)
def two_layers_whose_second_weights_use_z(W1, b1, W2, b2):
    z = X @ W1 + b1
    h = np.tanh(z)
    y = h @ W2 + b2
    e = y - ONE_HOT
    dy = 2 * e / e.size
    dW2 = z.T @ dy  # here
    db2 = dy.sum(axis=0)
    dh = dy @ W2.T
    dz = dh * (1 - h**2)
    dW1 = X.T @ dz
    db1 = dz.sum(axis=0)
    return dW1, db1, dW2, db2


@backward_bug("value-for-derivative", forward=two_layers, at=NETWORK)
def two_layers_with_tanh_for_its_slope(W1, b1, W2, b2):
    z = X @ W1 + b1
    h = np.tanh(z)
    y = h @ W2 + b2
    dy = 2 * (y - ONE_HOT) / y.size
    dW2 = h.T @ dy
    db2 = dy.sum(axis=0)
    dh = dy @ W2.T
    dz = dh * np.tanh(z)  # here
    dW1 = X.T @ dz
    db1 = dz.sum(axis=0)
    return dW1, db1, dW2, db2


# The same as layers that keep what they need.


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class AffineWithoutSum(Affine):
    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout  # here
        return dout @ self.W.T


class Relu:
    def forward(self, z):
        self.z = z
        return np.maximum(z, 0.0)

    def backward(self, dout):
        self.dz = dout * (self.z > 0)
        return self.dz


class ReluTimesValue(Relu):
    def backward(self, dout):
        self.dz = dout * np.maximum(self.z, 0.0)  # here
        return self.dz


class Network:
    def __init__(self, *layers):
        self.layers = layers

    def loss(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        self.p = softmax(x)
        return -np.mean(np.sum(ONE_HOT * np.log(self.p), axis=1))

    def backward(self):
        d = (self.p - ONE_HOT) / len(ONE_HOT)
        for layer in reversed(self.layers):
            d = layer.backward(d)
        first, _, last = self.layers
        return first.dW, first.db, last.dW, last.db


def layers(W1, b1, W2, b2):
    network = Network(Affine(W1, b1), Relu(), Affine(W2, b2))
    return network.loss(X)


@backward_right(forward=layers, at=NETWORK)
def layers_backward(W1, b1, W2, b2):
    network = Network(Affine(W1, b1), Relu(), Affine(W2, b2))
    network.loss(X)
    return network.backward()


@backward_bug("missing-sum", forward=layers, at=NETWORK, within=AffineWithoutSum)
def layers_of_which_one_does_not_sum_its_bias(W1, b1, W2, b2):
    network = Network(Affine(W1, b1), Relu(), AffineWithoutSum(W2, b2))
    network.loss(X)
    return network.backward()


@backward_bug("value-for-derivative", forward=layers, at=NETWORK, within=ReluTimesValue)
def layers_with_a_relu_that_multiplies_by_its_value(W1, b1, W2, b2):
    network = Network(Affine(W1, b1), ReluTimesValue(), Affine(W2, b2))
    network.loss(X)
    return network.backward()


# Classification.


def cross_entropy(W, b):
    z = X @ W + b
    p = softmax(z)
    loss = -np.mean(np.log(p[np.arange(5), LABELS]))
    return loss, {"p": p}


@backward_right(forward=cross_entropy, at=CLASSIFIER)
def cross_entropy_backward(cache):
    n = len(LABELS)
    dz = cache["p"].copy()
    dz[np.arange(n), LABELS] -= 1.0
    dz /= n
    return {"W": X.T @ dz, "b": dz.sum(axis=0)}


@backward_bug("missing-mean", forward=cross_entropy, at=CLASSIFIER)
def cross_entropy_summed_over_the_batch(cache):
    dz = cache["p"] - ONE_HOT  # here
    dW = X.T @ dz
    db = dz.sum(axis=0)
    return {"W": dW, "b": db}


@backward_bug("sign", forward=cross_entropy, at=CLASSIFIER)
def cross_entropy_uphill(cache):
    n = len(LABELS)
    dz = (ONE_HOT - cache["p"]) / n  # here
    dW = X.T @ dz
    db = dz.sum(axis=0)
    return {"W": dW, "b": db}


def squared_logistic(w, b):
    z = X @ w + b
    p = sigmoid(z)
    e = p - HITS
    return np.sum(e**2)


@backward_bug("missing-factor", forward=squared_logistic, at=LINE)
def squared_logistic_with_half_of_its_slope(w, b):
    p = sigmoid(X @ w + b)
    dp = 2.0 * (p - HITS)
    dz = dp * (1.0 - p)  # here
    dw = X.T @ dz
    db = dz.sum()
    return dw, db


def logistic_regression(w, b):
    p = sigmoid(X @ w + b)
    return -np.mean(HITS * np.log(p) + (1.0 - HITS) * np.log(1.0 - p))


@backward_bug("extra-sum", forward=logistic_regression, at=LINE)
def logistic_regression_with_one_slope_for_all_weights(w, b):
    p = sigmoid(X @ w + b)
    dz = (p - HITS) / len(HITS)
    dw = np.sum(X.T @ dz)  # here
    db = np.sum(dz)
    return dw, db


# Normalisation.


def batch_normalisation(x, gamma, beta):
    mean = np.mean(x, axis=0)
    centred = x - mean
    variance = np.mean(centred**2, axis=0)
    std = np.sqrt(variance + EPSILON)
    normal = centred / std
    out = gamma * normal + beta
    return np.sum(G3 * out), (centred, std, normal, gamma)


@backward_right(forward=batch_normalisation, at=NORMALISED)
def batch_normalisation_backward(cache):
    centred, std, normal, gamma = cache
    n = len(centred)
    dout = G3
    dbeta = dout.sum(axis=0)
    dgamma = (dout * normal).sum(axis=0)
    dnormal = dout * gamma
    dstd = -(dnormal * centred / std**2).sum(axis=0)
    dvariance = 0.5 * dstd / std
    dcentred = dnormal / std
    dcentred += 2.0 * centred * dvariance / n
    dmean = -dcentred.sum(axis=0)
    dx = dcentred + dmean / n
    return dx, dgamma, dbeta


@backward_bug("factor", forward=batch_normalisation, at=NORMALISED)
def batch_normalisation_without_the_half_of_the_root(cache):
    centred, std, normal, gamma = cache
    n = len(centred)
    dout = G3
    dbeta = dout.sum(axis=0)
    dgamma = (dout * normal).sum(axis=0)
    dnormal = dout * gamma
    dstd = -(dnormal * centred / std**2).sum(axis=0)
    dvariance = dstd / std  # here
    dcentred = dnormal / std
    dcentred += 2.0 * centred * dvariance / n
    dmean = -dcentred.sum(axis=0)
    dx = dcentred + dmean / n
    return dx, dgamma, dbeta


@backward_bug("overwritten", forward=batch_normalisation, at=NORMALISED)
def batch_normalisation_that_keeps_only_the_way_by_variance(cache):
    centred, std, normal, gamma = cache
    n = len(centred)
    dout = G3
    dbeta = dout.sum(axis=0)
    dgamma = (dout * normal).sum(axis=0)
    dnormal = dout * gamma
    dstd = -(dnormal * centred / std**2).sum(axis=0)
    dvariance = 0.5 * dstd / std
    dcentred = dnormal / std
    dcentred = 2.0 * centred * dvariance / n  # here
    dmean = -dcentred.sum(axis=0)
    dx = dcentred + dmean / n
    return dx, dgamma, dbeta


@backward_bug("sign", forward=batch_normalisation, at=NORMALISED)
def batch_normalisation_with_a_quotient_rule_without_its_minus(cache):
    centred, std, normal, gamma = cache
    n = len(centred)
    dout = G3
    dbeta = dout.sum(axis=0)
    dgamma = (dout * normal).sum(axis=0)
    dnormal = dout * gamma
    dstd = (dnormal * centred / std**2).sum(axis=0)  # here
    dvariance = 0.5 * dstd / std
    dcentred = dnormal / std + 2.0 * centred * dvariance / n
    dmean = -dcentred.sum(axis=0)
    dx = dcentred + dmean / n
    return dx, dgamma, dbeta


@backward_bug("extra-sum", forward=batch_normalisation, at=NORMALISED)
def batch_normalisation_with_one_slope_for_all_scales(cache):
    centred, std, normal, gamma = cache
    n = len(centred)
    dout = G3
    dbeta = dout.sum(axis=0)
    dgamma = np.sum(dout * normal)  # here
    dnormal = dout * gamma
    dvariance = -0.5 * (dnormal * centred).sum(axis=0) / std**3
    dcentred = dnormal / std + 2.0 * centred * dvariance / n
    dx = dcentred - dcentred.mean(axis=0)
    return dx, dgamma, dbeta


def layer_normalisation(x, gamma, beta):
    centred = x - np.mean(x, axis=1, keepdims=True)
    std = np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + EPSILON)
    normal = centred / std
    out = gamma * normal + beta
    return np.sum(G3 * out), {"x": x, "std": std, "normal": normal, "gamma": gamma}


@backward_right(forward=layer_normalisation, at=NORMALISED)
def layer_normalisation_backward(cache):
    std, normal = cache["std"], cache["normal"]
    dbeta = np.sum(G3, axis=0)
    dgamma = np.sum(G3 * normal, axis=0)
    dnormal = G3 * cache["gamma"]
    inner = dnormal - dnormal.mean(axis=1, keepdims=True)
    inner -= normal * np.mean(dnormal * normal, axis=1, keepdims=True)
    return {"x": inner / std, "gamma": dgamma, "beta": dbeta}


@backward_bug("wrong-operand", forward=layer_normalisation, at=NORMALISED)
def layer_normalisation_whose_scale_meets_the_input(cache):
    std, normal = cache["std"], cache["normal"]
    x = cache["x"]
    dbeta = np.sum(G3, axis=0)
    dgamma = np.sum(G3 * x, axis=0)  # here
    dnormal = G3 * cache["gamma"]
    dx = dnormal - dnormal.mean(axis=1, keepdims=True)
    dx -= normal * np.mean(dnormal * normal, axis=1, keepdims=True)
    dx /= std
    return {"x": dx, "gamma": dgamma, "beta": dbeta}


# Loops through time.


def recurrent(h0, U, V):
    h = h0
    for x in INPUTS:
        h = np.tanh(U @ h + V @ x)
    return np.sum(h**2)


def states(h0, U, V):
    hs = [h0]
    for x in INPUTS:
        hs.append(np.tanh(U @ hs[-1] + V @ x))
    return hs


@backward_right(forward=recurrent, at=RECURRENT)
def recurrent_backward(h0, U, V):
    hs = states(h0, U, V)
    dU = np.zeros_like(U)
    dV = np.zeros_like(V)
    dh = 2.0 * hs[-1]
    for t in reversed(range(len(INPUTS))):
        dz = dh * (1.0 - hs[t + 1] ** 2)
        dU += np.outer(dz, hs[t])
        dV += np.outer(dz, INPUTS[t])
        dh = U.T @ dz
    return dh, dU, dV


@backward_bug("overwritten", forward=recurrent, at=RECURRENT)
def recurrent_that_keeps_one_step_only(h0, U, V):
    hs = states(h0, U, V)
    dU = np.zeros_like(U)
    dV = np.zeros_like(V)
    dh = 2.0 * hs[-1]
    for t in reversed(range(len(INPUTS))):
        dz = dh * (1.0 - hs[t + 1] ** 2)
        dU = np.outer(dz, hs[t])  # here
        dV += np.outer(dz, INPUTS[t])
        dh = U.T @ dz
    return dh, dU, dV


@backward_bug("wrong-operand", forward=recurrent, at=RECURRENT)
def recurrent_with_the_slope_of_the_step_before(h0, U, V):
    hs = states(h0, U, V)
    dU = np.zeros_like(U)
    dV = np.zeros_like(V)
    dh = 2.0 * hs[-1]
    for t in reversed(range(len(INPUTS))):
        dz = dh * (1.0 - hs[t] ** 2)  # here
        dU += np.outer(dz, hs[t])
        dV += np.outer(dz, INPUTS[t])
        dh = U.T @ dz
    return dh, dU, dV


@backward_bug("transpose", forward=recurrent, at=RECURRENT)
def recurrent_that_goes_back_through_the_untransposed_weights(h0, U, V):
    hs = states(h0, U, V)
    dU = np.zeros_like(U)
    dV = np.zeros_like(V)
    dh = 2.0 * hs[-1]
    for t in reversed(range(len(INPUTS))):
        dz = dh * (1.0 - hs[t + 1] ** 2)
        dU += np.outer(dz, hs[t])
        dV += np.outer(dz, INPUTS[t])
        dh = U @ dz  # here
    return dh, dU, dV


# Attention, convolution, gates and tables.


def attention(q, k, v):
    scores = q @ k.T / np.sqrt(3.0)
    p = softmax(scores)
    out = p @ v
    return np.sum(G3 * out), (q, k, v, p)


@backward_right(forward=attention, at=ATTENTION)
def attention_backward(cache):
    q, k, v, p = cache
    dout = G3
    dv = p.T @ dout
    dp = dout @ v.T
    dscores = p * (dp - np.sum(dp * p, axis=1, keepdims=True))
    dproduct = dscores / np.sqrt(3.0)
    dq = dproduct @ k
    dk = dproduct.T @ q
    return dq, dk, dv


@backward_bug("transpose", forward=attention, at=ATTENTION)
def attention_whose_keys_see_the_scores_untransposed(cache):
    q, k, v, p = cache
    dout = G3
    dv = p.T @ dout
    dp = dout @ v.T
    dscores = p * (dp - np.sum(dp * p, axis=1, keepdims=True))
    dproduct = dscores / np.sqrt(3.0)
    dq = dproduct @ k
    dk = dproduct @ q  # here
    return dq, dk, dv


@backward_bug("wrong-operand", forward=attention, at=ATTENTION)
def attention_whose_queries_meet_the_queries(cache):
    q, _, v, p = cache
    dout = G3
    dv = p.T @ dout
    dp = dout @ v.T
    dscores = p * (dp - np.sum(dp * p, axis=1, keepdims=True))
    dproduct = dscores / np.sqrt(3.0)
    dq = dproduct @ q  # here
    dk = dproduct.T @ q
    return dq, dk, dv


@backward_bug("other", forward=attention, at=ATTENTION)
def attention_with_a_softmax_whose_entries_do_not_compete(cache):
    q, k, v, p = cache
    dout = G3
    dv = p.T @ dout
    dp = dout @ v.T
    dscores = p * dp  # here
    dproduct = dscores / np.sqrt(3.0)
    dq = dproduct @ k
    dk = dproduct.T @ q
    return dq, dk, dv


def convolution(x, kernel):
    columns = np.stack([x[i : i + 3] for i in range(4)])
    out = columns @ kernel
    return np.sum(out**2), (columns, kernel, out)


@backward_right(forward=convolution, at=FILTER)
def convolution_backward(cache):
    columns, kernel, out = cache
    dout = 2.0 * out
    dkernel = columns.T @ dout
    dcolumns = np.outer(dout, kernel)
    dx = np.zeros(6)
    for i in range(4):
        dx[i : i + 3] += dcolumns[i]
    return dx, dkernel


@backward_bug("overwritten", forward=convolution, at=FILTER)
def convolution_whose_windows_replace_each_other(cache):
    columns, kernel, out = cache
    dout = 2.0 * out
    dkernel = columns.T @ dout
    dcolumns = np.outer(dout, kernel)
    dx = np.zeros(6)
    for i in range(4):
        dx[i : i + 3] = dcolumns[i]  # here
    return dx, dkernel


@backward_bug("factor", forward=convolution, at=FILTER)
def convolution_that_counts_the_two_of_its_square_twice(cache):
    columns, kernel, out = cache
    dout = 2.0 * out
    dkernel = 2.0 * columns.T @ dout  # here
    dcolumns = np.outer(dout, kernel)
    dx = np.zeros(6)
    for i in range(4):
        dx[i : i + 3] += dcolumns[i]
    return dx, dkernel


def gate(a, c):
    s = sigmoid(a)
    h = np.tanh(c)
    out = s * h
    return np.sum(G3 * out)


@backward_bug("missing-factor", forward=gate, at=GATE)
def gate_that_forgets_what_it_lets_through(a, c):
    s = sigmoid(a)
    h = np.tanh(c)
    dout = G3
    da = dout * s * (1.0 - s)  # here
    dc = dout * s * (1.0 - h**2)
    return da, dc


@backward_bug("missing-factor", forward=gate, at=GATE)
def gate_that_forgets_that_it_is_half_open(a, c):
    s = sigmoid(a)
    h = np.tanh(c)
    dout = G3
    da = dout * h * s * (1.0 - s)
    dc = dout * (1.0 - h**2)  # here
    return da, dc


def embedding(table):
    h = np.tanh(table[WORDS])
    return np.mean(np.sum(G3 * h, axis=1))


@backward_right(forward=embedding, at=TABLE)
def embedding_backward(table):
    h = np.tanh(table[WORDS])
    dh = G3 / len(WORDS)
    drows = dh * (1.0 - h**2)
    dtable = np.zeros_like(table)
    np.add.at(dtable, WORDS, drows)
    return (dtable,)


@backward_bug("overwritten", forward=embedding, at=TABLE)
def embedding_of_a_word_that_comes_twice(table):
    h = np.tanh(table[WORDS])
    dh = G3 / len(WORDS)
    drows = dh * (1.0 - h**2)
    dtable = np.zeros_like(table)
    dtable[WORDS] += drows  # here
    return (dtable,)


@backward_bug("missing-mean", forward=embedding, at=TABLE)
def embedding_summed_over_its_words(table):
    h = np.tanh(table[WORDS])
    dh = G3 * np.ones_like(h)  # here
    drows = dh * (1.0 - h**2)
    dtable = np.zeros_like(table)
    np.add.at(dtable, WORDS, drows)
    return (dtable,)
