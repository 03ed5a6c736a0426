"""Training losses, filters, solvers and formulas with nothing wrong, in the shapes in which people write them."""
# ruff: noqa: D101, D102, D103, N803

from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.bugs.gallery import healthy

random = np.random.default_rng(5)
X = random.normal(size=(12, 3))
Y = X @ np.array([0.5, -1.0, 2.0]) + 0.25
LABELS = random.integers(0, 4, size=12)
SIGNS = np.where(Y > 0, 1.0, -1.0)
TOKENS = np.array([[1, 3, 2, 0, 0], [4, 2, 0, 0, 0]])
PADDED = TOKENS == 0
LONG_AGO = np.linspace(0.0, 3.0, 64)


@healthy(at={"w": np.array([0.5 + 1e-9, -1.0, 2.0 - 1e-9]), "b": 0.25})
def loss_at_the_end_of_a_training(w, b):
    residual = X @ w + b - Y
    return np.mean(residual**2)


@healthy(at={"w": np.array([0.4, -0.9, 1.8]), "b": 0.3})
def a_hundred_steps_of_a_tiny_rate(w, b):
    for _ in range(100):
        residual = X @ w + b - Y
        w = w - 1e-6 * 2.0 * X.T @ residual / len(Y)
        b = b - 1e-6 * 2.0 * np.mean(residual)
    return np.mean((X @ w + b - Y) ** 2)


@healthy(at={"W": 0.1 * random.normal(size=(3, 4)), "b": np.zeros(4)})
def cross_entropy_over_rows(W, b):
    scores = X @ W + b
    scores = scores - np.max(scores, axis=1, keepdims=True)
    logs = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(np.take_along_axis(logs, LABELS[:, None], axis=1))


@healthy(at={"w": np.array([0.9, -1.2, 2.4]), "b": 0.1})
def hinge_of_which_most_margins_are_kept(w, b):
    margins = SIGNS * (X @ w + b)
    return np.mean(np.maximum(0.0, 1.0 - margins)) + 0.01 * np.sum(w**2)


@healthy(at={"table": 0.3 * random.normal(size=(6, 4)), "w": np.array([0.3, -0.2, 0.1, 0.5])})
def mean_of_embeddings_without_the_padding(table, w):
    kept = (~PADDED)[:, :, None]
    words = np.where(kept, table[TOKENS], 0.0)
    sentence = np.sum(words, axis=1) / np.sum(kept, axis=1)
    return np.sum(np.logaddexp(0.0, -(sentence @ w)))


def attention(x, mask, *, Q, K, V, heads=2):
    n, d = x.shape
    q, k, v = (np.transpose((x @ W).reshape(n, heads, d // heads), (1, 0, 2)) for W in (Q, K, V))
    scores = q @ np.transpose(k, (0, 2, 1)) / np.sqrt(d / heads)
    scores = np.where(mask, scores, -1e9)
    scores = scores - np.max(scores, axis=-1, keepdims=True)
    weights = np.exp(scores)
    weights = weights / np.sum(weights, axis=-1, keepdims=True)
    return np.transpose(weights @ v, (1, 0, 2)).reshape(n, d)


EIGHT = 0.5 * random.normal(size=(3, 8, 8))
SENTENCE = random.normal(size=(5, 8))


@healthy(at={"Q": EIGHT[0], "K": EIGHT[1], "V": EIGHT[2]})
def attention_of_two_heads_with_a_causal_mask(Q, K, V):
    mask = np.tril(np.ones((5, 5), dtype=bool))
    return np.mean(attention(SENTENCE, mask, Q=Q, K=K, V=V) ** 2)


@healthy(at={"scores": random.normal(size=(3, 5))})
def attention_with_minus_infinity_where_each_row_keeps_one(scores):
    allowed = np.array([[1, 1, 0, 0, 0], [1, 1, 1, 1, 0], [1, 0, 0, 0, 0]], dtype=bool)
    logits = np.where(allowed, scores, -np.inf)
    logs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return -np.sum(np.where(allowed, np.exp(logs), 0.0) * np.arange(5.0))


@dataclass
class Layer:
    W: Any
    b: Any

    def __call__(self, x):
        return np.maximum(x @ self.W + self.b, 0.0)


@healthy(
    at={
        "first": Layer(0.5 * random.normal(size=(3, 16)), 0.1 * random.normal(size=16)),
        "second": Layer(0.5 * random.normal(size=(16, 1)), np.array([0.4])),
    }
)
def relu_net_of_layers_that_are_objects(first, second):
    prediction = second(first(X))[:, 0]
    return np.mean((prediction - Y) ** 2)


@healthy(at={"mass": 9.109e-31, "charge": 1.602e-19})
def bohr_radius_in_metres(mass, charge):
    hbar, epsilon = 1.0546e-34, 8.854e-12
    return 4.0 * np.pi * epsilon * hbar**2 / (mass * charge**2)


@healthy(at={"temperature": 5772.0, "frequency": 5e14})
def radiance_of_a_black_body(temperature, frequency):
    h, c, k = 6.626e-34, 2.998e8, 1.381e-23
    return 2.0 * h * frequency**3 / c**2 / np.expm1(h * frequency / (k * temperature))


@healthy(at={"r1": np.array([1.496e11, 0.0]), "m1": 1.989e30, "m2": 5.972e24})
def energy_of_earth_around_the_sun(r1, m1, m2):
    speed = np.array([0.0, 2.978e4])
    return 0.5 * m2 * np.sum(speed**2) - 6.674e-11 * m1 * m2 / np.sqrt(np.sum(r1**2))


@healthy(at={"start": np.array([0.6, 0.4]), "stay": 0.9})
def hidden_chain_by_logarithms(start, stay):
    logs = np.log(start)
    move = np.log(np.stack([np.stack([stay, 1.0 - stay]), np.stack([1.0 - stay, stay])]))
    for seen in np.tile([0, 0, 1, 0, 1, 1], 50):
        emit = np.log(np.array([[0.8, 0.2], [0.3, 0.7]])[:, seen])
        logs = emit + np.logaddexp.reduce(logs[:, None] + move, axis=0)
    return np.logaddexp.reduce(logs)


@healthy(at={"x": np.array([4.0, 81.0])})
def babylonian_roots_until_they_stand(x):
    r = 0.5 * (x + 1.0)
    while np.max(np.abs(r * r - x)) > 1e-12 * np.max(x):
        r = 0.5 * (r + x / r)
    return np.sum(r)


@healthy(at={"A": np.array([[4.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 5.0]]), "b": np.array([1.0, 2.0, 3.0])})
def jacobi_sweeps_until_they_converge(A, b):
    diagonal = np.diag(A)
    x = b / diagonal
    for _ in range(60):
        x = (b - A @ x + diagonal * x) / diagonal
    return np.sum(x**2)


@healthy(at={"e": 0.3, "mean": 1.2})
def kepler_by_newton(e, mean):
    anomaly = mean
    for _ in range(8):
        anomaly = anomaly - (anomaly - e * np.sin(anomaly) - mean) / (1.0 - e * np.cos(anomaly))
    return 2.0 * np.arctan(np.sqrt((1.0 + e) / (1.0 - e)) * np.tan(0.5 * anomaly))


@healthy(at={"T": random.normal(size=(2, 3, 4)), "M": random.normal(size=(4, 5))})
def einsum_of_a_batch(T, M):
    return np.sum(np.einsum("bij,jk->bik", T, M) ** 2)


@healthy(at={"signal": np.sin(7.0 * LONG_AGO) + 0.2 * np.cos(31.0 * LONG_AGO)})
def power_spectrum_by_fft(signal):
    spectrum = np.fft.rfft(signal * np.hanning(64))
    power = np.abs(spectrum) ** 2
    return np.sum(power[3:12]) / np.sum(power)


@healthy(at={"heights": np.array([0.0, 1.0, 0.5, 2.0])})
def interpolated_between_knots(heights):
    return np.sum(np.interp(np.array([0.2, 1.7, 2.5]), np.arange(4.0), heights) ** 2)


@healthy(at={"returns": 0.01 * random.normal(size=50)})
def value_at_risk_by_sorting(returns):
    worst = np.sort(returns)[:5]
    return -np.mean(worst)


@healthy(at={"rates": 0.01 + 0.001 * random.normal(size=30)})
def discount_factors_by_cumulative_products(rates):
    discount = np.cumprod(1.0 / (1.0 + rates))
    return np.sum(5.0 * discount) + 100.0 * discount[-1]


@healthy(at={"q": np.array([0.2, 0.999, 0.999999, 0.5])})
def binary_cross_entropy_of_probabilities_near_one(q):
    p = np.clip(q, 1e-12, 1.0 - 1e-12)
    hit = np.array([0.0, 1.0, 1.0, 0.0])
    return -np.mean(hit * np.log(p) + (1.0 - hit) * np.log1p(-p))


@healthy(at={"logits": np.array([0.3, 1.2, -0.4]), "w": 0.7})
def gradient_stopped_with_another_path(logits, w):
    p = np.exp(logits - np.logaddexp.reduce(logits))
    target = p.detach()
    return np.sum((w * p - target) ** 2) + np.sum(p * logits)


@healthy(at={"w": 0.8, "x": np.array([0.3, -1.0, 2.0]), "limit": 1.5})
def data_that_are_only_compared(w, x, limit):
    inside = np.abs(x) < limit
    return np.sum(np.where(inside, (w * x - 1.0) ** 2, np.abs(w * x - 1.0)))


@healthy(at={"x": 10.0 + random.normal(size=(12, 3)), "gamma": np.ones(3), "beta": np.zeros(3)})
def batchnorm_at_its_start(x, gamma, beta):
    normal = (x - np.mean(x, axis=0)) / np.sqrt(np.var(x, axis=0) + 1e-5)
    return np.mean(np.tanh(gamma * normal + beta) * Y[:, None])


@healthy(at={"a": np.array([3.0, 4.0]), "b": np.array([1.0, -2.0])})
def cosine_of_normalised_vectors(a, b):
    unit = [v / np.linalg.norm(v) for v in (a, b)]
    return 1.0 - np.sum(unit[0] * unit[1])


@healthy(at={"w": np.array([1e-6, -2e-6, 3e-6])})
def inputs_in_millions_that_nobody_scaled(w):
    return np.mean((1e6 * X @ w - Y) ** 2)


@healthy(at={"spot": 100.0, "sigma": 0.2, "rate": 0.03})
def call_by_black_and_scholes(spot, sigma, rate):
    def normal(z):
        return 0.5 * (1.0 + np.tanh(np.sqrt(2.0 / np.pi) * (z + 0.044715 * z**3)))

    strike, years = 105.0, 0.5
    d1 = (np.log(spot / strike) + (rate + 0.5 * sigma**2) * years) / (sigma * np.sqrt(years))
    d2 = d1 - sigma * np.sqrt(years)
    return spot * normal(d1) - strike * np.exp(-rate * years) * normal(d2)


@healthy(at={"params": {"mu": 0.2, "log_sigma": -0.3}, "x": random.normal(size=20)})
def gaussian_likelihood_with_a_dict(params, x):
    z = (x - params["mu"]) * np.exp(-params["log_sigma"])
    return 0.5 * np.sum(z**2) + len(x) * (params["log_sigma"] + 0.5 * np.log(2.0 * np.pi))


@healthy(at={"z": np.array([0.3, -0.8])})
def modulus_of_a_transfer_function(z):
    response = 1.0 / (1.0 - z[0] * np.exp(-0.4j) - z[1] * np.exp(-0.8j))
    return np.log(np.abs(response) ** 2)


@healthy(at={"price": np.array([101.0, 99.5, 102.3, 103.0])})
def drawdown_from_the_running_maximum(price):
    peak = np.maximum.accumulate(price)
    return np.max((peak - price) / peak)


@healthy(at={"w": np.array([0.3, 0.2, -0.1])})
def validation_with_an_accuracy_beside_its_loss(w):
    score = X @ w
    correct = np.mean((score > 0) == (SIGNS > 0))
    loss = np.mean(np.logaddexp(0.0, -SIGNS * score))
    return loss + 0.0 * correct


@healthy(at={"x": np.array([0.2, 0.7, 1.1], dtype=np.float32)})
def mean_square_in_single_precision_by_einsum(x):
    return np.einsum("i,i->", x, x) / np.float32(3.0)


@healthy(at={"h": 0.3 * random.normal(size=(4, 6))})
def layer_norm_and_a_residual_in_twelve_blocks(h):
    for _ in range(12):
        centred = h - np.mean(h, axis=-1, keepdims=True)
        h = h + 0.5 * np.tanh(centred / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + 1e-5))
    return np.mean(h**2)


@healthy(at={"angle": 1e-9})
def small_rotation_of_a_vector(angle):
    return np.cos(angle) * 2.0 + np.sin(angle) * 3.0


@healthy(at={"u": np.array([0.0, 1.0, 2.0, 1.0, 0.0])})
def heat_in_a_rod_with_cold_ends(u):
    for _ in range(200):
        inner = u[1:-1] + 0.25 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        u = np.concatenate([u[:1], inner, u[-1:]])
    return np.sum(u[1:-1])


@healthy(at={"weights": np.array([0.5, 0.3, 0.2])})
def budget_that_is_kept(weights):
    portfolio = weights / np.sum(weights)
    return np.sum(portfolio**2) + 10.0 * (np.sum(portfolio) - 1.0) ** 2


@healthy(at={"counts": np.array([3.0, 0.0, 2.0]), "rate": np.array([2.5, 0.4, 2.2])})
def poisson_deviance_with_a_count_of_zero(counts, rate):
    safe = np.where(counts > 0, counts, 1.0)
    return 2.0 * np.sum(np.where(counts > 0, counts * np.log(safe / rate), 0.0) - (counts - rate))


@healthy(at={"w": np.array([0.5 + 1e-14, -1.0, 2.0]), "b": 0.25})
def residual_that_is_down_to_its_last_digits(w, b):
    residual = X @ w + b - Y
    return residual @ residual / len(Y)


@healthy(at={"scores": np.array([[40.0, 0.0, 0.0], [0.0, 50.0, 1.0]])})
def cross_entropy_of_a_network_that_is_sure_and_right(scores):
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    logs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(logs[np.arange(2), np.array([0, 1])])


@healthy(at={"down": np.zeros((3, 2)), "up": np.ones((2, 3))})
def low_rank_adapter_that_starts_at_zero(down, up):
    return np.sum((X + X @ (down @ up)) ** 2)


@healthy(at={"x": np.array([3.0, 1.0, 2.0])})
def values_put_in_places_of_their_own(x):
    row = np.zeros(6) * x[0]
    row[np.array([4, 1, 0])] = x
    return np.sum(row * np.arange(6.0))


@healthy(at={"cloud": random.normal(size=(9, 3))})
def main_axis_of_a_cloud(cloud):
    centred = cloud - np.mean(cloud, axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred / 8.0)
    return np.sum(vectors[:, -1] ** 2 * np.arange(3.0))
