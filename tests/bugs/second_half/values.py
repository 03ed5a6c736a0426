"""Values that are lost on the way forward: in classes, closures, batches, likelihoods and formulas of several lines."""
# ruff: noqa: D101, D102, D103, N803

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from tests.bugs.gallery import bug

random = np.random.default_rng(7)
IMAGES = random.normal(size=(4, 5))
TARGETS = np.array([0, 2, 1, 2])
COUNTS = np.array([2.0, 0.0, 5.0])
FACTORIALS = np.cumprod(np.maximum(np.arange(20.0), 1.0))[COUNTS.astype(int)]


@dataclass
class Gaussian:
    mean: Any
    sigma: Any

    def logpdf(self, x):
        z = (x - self.mean) / self.sigma  # here
        return -0.5 * z**2 - np.log(self.sigma)


@bug(
    "inf",
    at={"model": Gaussian(0.5, np.array([1.0, 0.0])), "x": np.array([0.2, 1.7])},
    cause="divi|/ ?0|pole",
    reaches=("mean", "sigma"),
    severity="error",
    within=Gaussian.logpdf,
)
def likelihood_of_a_component_without_width(model, x):
    return np.sum(model.logpdf(x))


def dense(x, W, *, activation):
    return activation(x @ W)


def naive_softmax(z):
    e = np.exp(z)  # here
    return e / np.sum(e, axis=-1, keepdims=True)


@bug(
    "inf",
    at={"W": np.full((5, 3), 900.0) * np.array([1.0, -1.0, 0.5])},
    cause="exp|overflow",
    reaches=("W",),
    severity="error",
    within=naive_softmax,
)
def classifier_whose_softmax_is_given_as_a_keyword(W):
    layer = partial(dense, activation=naive_softmax)
    p = layer(np.abs(IMAGES), W)
    return -np.mean(np.log(p[np.arange(4), TARGETS] + 1e-12))


@bug(
    "inf",
    at={"sizes": [np.array([0.2, 1.0]), np.array([0.0, 3.0]), np.array([0.5, 0.6])]},
    cause="log",
    reaches=("sizes[1]",),
    severity="error",
)
def logs_of_a_list_in_a_comprehension(sizes):
    shares = (0.2, 0.3, 0.5)
    logs = [share * np.sum(np.log(size)) for share, size in zip(shares, sizes, strict=True)]  # here
    return sum(logs)


@bug(
    "nan",
    at={"spot": 100.0, "sigma": 0.0},
    cause="0/0|0 ?/ ?0|divi",
    reaches=("spot", "sigma"),
    severity="error",
)
def option_at_the_money_without_volatility(spot, sigma):
    strike, years = 100.0, 0.5
    d1 = (np.log(spot / strike) + 0.5 * sigma**2 * years) / (  # here
        sigma * np.sqrt(years)
    )
    d2 = d1 - sigma * np.sqrt(years)
    first, second = (0.5 + 0.5 * np.tanh(0.8 * d) for d in (d1, d2))
    return spot * first - strike * second


@bug("inf", at={"rate": np.array([1.5, 0.0, 4.0])}, cause="log|0", reaches=("rate",), severity="error")
def poisson_likelihood_by_log_of_the_mass(rate):
    mass = np.exp(-rate) * rate**COUNTS / FACTORIALS
    mass = mass * (rate > 0)
    return -np.sum(np.log(mass))  # here


@bug("nan", at={"p": np.array([0.2, 0.0, 0.8])}, cause="∞|inf", reaches=("p",), severity="error", first=False)
def expected_surprise_by_einsum(p):
    surprise = -np.log(p)
    return np.einsum("i,i->", p, surprise)  # here


@bug("inf", at={"r": np.zeros(2)}, cause="divi|pole|0", reaches=("r",), severity="error")
def lennard_jones_of_atoms_on_top_of_each_other(r):
    distance = np.sqrt(r @ r + 0.0)
    sixth = (1.0 / distance) ** 6  # here
    return 4.0 * (sixth**2 - sixth)


@bug(
    "nan",
    at={"A": np.array([[1.0, 2.0], [2.0, 1.0]])},
    cause="log|negative|below 0|domain",
    reaches=("A",),
    severity="error",
)
def log_determinant_of_a_matrix_that_is_not_positive(A):
    return np.log(np.linalg.det(A))  # here


@bug("nan", at={"x": np.array([0.3, 1.0])}, cause="∞", reaches=("x",), severity="error", first=False)
def entropy_of_a_coin_that_always_falls_the_same_way(x):
    def plogp(p):
        return p * np.log(p)  # here

    return -np.sum(plogp(x) + plogp(1.0 - x))


@bug("nan", at={"theta": np.array([0.7, 2.0])}, cause="domain|negative|below 0|root", reaches=("theta",))
def snell_beyond_the_critical_angle(theta):
    glass, air = 1.5, 1.0
    sine = glass / air * np.sin(theta)
    cosine = np.sqrt(1.0 - sine**2)  # here
    return np.sum(cosine)


class Adam:
    def __init__(self, rate, epsilon):
        self.rate, self.epsilon = rate, epsilon
        self.m = self.v = 0.0

    def step(self, w, g):
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.99 * self.v + 0.01 * g**2
        return w - self.rate * self.m / (np.sqrt(self.v) + self.epsilon)  # here


@bug(
    "nan", at={"w": np.array([0.0, 1.0])}, cause="0/0|0 ?/ ?0|divi", reaches=("w",), severity="error", within=Adam.step
)
def adam_without_epsilon_at_a_gradient_of_zero(w):
    optimiser = Adam(0.1, 0.0)
    for _ in range(3):
        w = optimiser.step(w, 2.0 * w)
    return np.sum(w**2)


@bug(
    "inf", at={"x": np.array([9.0, 12.0], dtype=np.float16)}, cause="float16|overflow|65504", reaches=("x",),
    severity="error",
)  # fmt: skip
def exponentials_in_half_precision_summed_in_double(x):
    e = np.exp(x)  # here
    return np.sum(e.astype(np.float64) * np.array([1.0, 2.0]))


@bug("inf", at={"w": np.array([3.0, 4.0], dtype=np.float32)}, cause="float32|overflow", severity="error")
def energy_of_large_units_in_single_precision(w):
    scaled = w * np.float32(1e19)
    energy = np.einsum("i,i->i", scaled, scaled)  # here
    return np.sum(energy * np.float32(1e-19))


@bug("inf", at={"state": np.array([3.0, 0.0])}, cause="overflow", severity="error")
def euler_that_runs_away(state):
    position, speed = state[0], state[1]
    for _ in range(400):
        speed = speed - 2.0 * position**3  # here
        position = position + 0.5 * speed
    return position


@bug("inf", at={"w": 1.0}, cause="overflow|larg|beyond", reaches=("w",), severity="error")
def descent_that_leaves_the_numbers(w):
    for _ in range(12):
        gradient = 4.0 * w**3 - 8.0 * w  # here
        w = w - 2.0 * gradient
    return w


@bug("nan", at={"z": 0.0 + 0.0j}, cause="0/0|0 ?/ ?0|divi", reaches=("z",), severity="error")
def phase_of_a_complex_number_of_nothing(z):
    unit = z / np.abs(z)  # here
    return np.real(unit) + 2.0 * np.imag(unit)


@bug("nan", at={"signal": np.zeros(8)}, cause="0/0|0 ?/ ?0|divi", reaches=("signal",), severity="error")
def spectrum_of_silence_made_to_sum_to_one(signal):
    power = np.abs(np.fft.rfft(signal)) ** 2
    shares = power / np.sum(power)  # here
    return np.sum(shares * np.arange(5.0))


@bug("inf", at={"logits": np.array([[2.0, -1.0], [0.0, 3.0]])}, cause="log|0", severity="error")
def one_hot_labels_on_the_wrong_side_of_the_log(logits):
    p = np.exp(logits) / np.sum(np.exp(logits), axis=1, keepdims=True)
    labels = np.array([[1.0, 0.0], [0.0, 1.0]])
    return -np.sum(p * np.log(labels * p))  # here


@bug("nan", at={"x": np.array([[1.0, 1.0, 1.0], [0.2, 0.5, 0.1]])}, cause="0/0|0 ?/ ?0|divi", reaches=("x",))
def layer_norm_of_a_row_that_is_constant_without_epsilon(x):
    rows = []
    for row in x:
        centred = row - np.mean(row)
        rows.append(centred / np.sqrt(np.mean(centred**2)))  # here
    return np.sum(np.stack(rows) ** 3)


@bug("inf", at={"t": np.array([0.0, 0.5])}, cause="divi|pole|0", reaches=("t",), severity="error")
def several_faults_of_which_one_loses_the_value(t):
    steps = np.floor(3.0 * t)
    corner = np.abs(t)
    flow = 1.0 / t  # here
    return np.sum(steps + corner + np.where(t > 0.1, flow, 2.0 * flow))


@bug("inf", at={"parts": {"a": np.array([0.5, 2.0]), "b": np.array([1.0, 0.0])}}, cause="log|0", severity="error")
def logs_of_a_dict_of_arrays(parts):
    total = 0.0
    for name in sorted(parts):
        total = total + np.sum(
            np.log(parts[name])  # here
        )
    return total


@bug("inf", at={"x": 0.0, "n": -1}, cause="power|pole|divi|0", severity="error")
def a_lambda_with_a_power_below_zero(x, n):
    raised = lambda base: base**n  # noqa: E731  # here
    return 2.0 * raised(x)
