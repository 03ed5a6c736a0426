"""Gradients that are lost, cut off, rounded away or grown on the way back, in the shapes in which people meet them."""
# ruff: noqa: D101, D102, D103, N803

from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

import graphviz_ad as gad
from tests.bugs.gallery import bug

random = np.random.default_rng(3)
X = random.normal(size=(6, 4))
Y = random.normal(size=6)
ANY = "note|warning|error"
LONG = 8.0 * random.normal(size=(5, 64))


@dataclass
class Metric:
    scale: Any

    def distance(self, a, b):
        d = (a - b) * self.scale
        return np.sqrt(np.einsum("i,i->", d, d))  # here


@bug(
    "nan-gradient|inf-gradient",
    at={"metric": Metric(np.array([1.0, 2.0])), "anchor": np.array([0.5, 1.0])},
    cause="vertical|∞",
    reaches=("anchor",),
    severity="error",
    within=Metric.distance,
)
def triplet_loss_of_an_anchor_that_is_its_positive(metric, anchor):
    positive, negative = np.array([0.5, 1.0]), np.array([3.0, -1.0])
    return np.maximum(metric.distance(anchor, positive) - metric.distance(anchor, negative) + 5.0, 0.0)


@bug(
    "nan-gradient",
    at={"x": np.array([0.5, 1.0, 3.0])},
    cause="not chosen|∞",
    reaches=("x",),
    severity="error",
    first=False,
)
def nested_cases_of_which_the_inner_one_has_a_pole(x):
    far = np.log(x - 1.0)  # here
    return np.sum(np.where(x > 2.0, far, np.where(x > 0.7, x, 2.0 * x)))


@bug("inf-gradient|nan-gradient", at={"x": np.array([0.0, -2.0])}, cause="vertical|∞", reaches=("x",), severity="error")
def norm_of_a_fractional_order(x):
    powers = np.abs(x) ** 0.7  # here
    return np.sum(powers) ** (1.0 / 0.7)


@bug("nan-gradient", at={"x": 0.0}, cause="vertical|∞", reaches=("x",), severity="error")
def absolute_value_by_the_root_of_a_square(x):
    size = (lambda v: np.sqrt(v**2))(x)  # here
    return 3.0 * size + 1.0


@bug(
    "zero-gradient",
    at={"A": np.eye(64), "B": np.eye(64)},
    cause="flat|exp|saturat",
    reaches=("A", "B"),
)
def attention_that_forgot_to_divide_by_the_root_of_its_width(A, B):
    scores = np.einsum("ik,jk->ij", LONG @ A, LONG @ B)
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))  # here
    weights = e / np.sum(e, axis=1, keepdims=True)
    return np.sum((weights @ np.arange(5.0)) ** 2)


@bug("saturated", at={"z": np.array([100.0, 0.0, -50.0])}, cause="exp|flat|saturat|slope", reaches=("z",))
def squared_error_of_a_softmax_that_is_sure_and_wrong(z):
    e = np.exp(z - np.max(z))  # here
    p = e / np.sum(e)
    return np.sum((p - np.array([0.0, 1.0, 0.0])) ** 2)


class Gate:
    def __init__(self, weights):
        self.weights = weights

    def __call__(self, x):
        return np.where(x @ self.weights > 0.0, 1.0, 0.0)  # here


@bug(
    "unreached",
    at={"w": np.array([0.3, -0.2, 0.5, 0.1])},
    cause="compar|constant|truth|step",
    reaches=("w",),
    within=Gate.__call__,
)
def gate_of_zeros_and_ones_in_an_object(w):
    gate = Gate(w)
    return np.mean((gate(X) * 2.0 - Y) ** 2)


@bug("zero-gradient", at={"levels": np.array([0.21, 0.74])}, cause="floor|flat|step", reaches=("levels",))
def quantised_by_whole_division(levels):
    steps = [level // 0.1 for level in levels]  # here
    return reduce(lambda total, step: total + 0.1 * step, steps, 0.0)


@bug("zero-gradient", at={"x": np.array([0.3, 1.4])}, cause="heaviside|flat|step", reaches=("x",))
def payoff_of_a_digital_option(x):
    return 100.0 * np.mean(np.heaviside(x - 1.0, 0.5))  # here


@bug("unreached", at={"student": 0.4, "teacher": {"w": 1.2}}, cause="detach|cut", reaches=("w",), first=False)
def teacher_that_is_trained_behind_a_detach(student, teacher):
    goal = np.tanh(teacher["w"] * X[:, 0])
    frozen = goal.detach()  # here
    return np.mean((student * X[:, 1] - frozen) ** 2)


@bug("unreached", at={"x": np.array([0.2, 0.9]), "cut": 0.5}, cause="compar", reaches=("cut",), severity=ANY)
def threshold_that_one_hoped_to_learn(x, cut):
    kept = np.where(x > cut, x, 0.1 * x)  # here
    return np.sum(kept**2)


@bug(
    "zero-gradient",
    at={"layers": [np.full((4, 3), -0.4), np.full((3, 1), 0.7)]},
    cause="off|below 0",
    reaches=("layers[0]",),
)
def net_of_a_list_of_layers_whose_units_all_died(layers):
    h = np.abs(X)
    for layer in layers[:-1]:
        h = np.maximum(h @ layer, 0.0)  # here
    return np.mean((h @ layers[-1] - Y[:, None]) ** 2)


@bug("zero-gradient", at={"a": 0.0, "b": 0.0}, cause="angle|origin|0", reaches=("a", "b"))
def heading_of_a_vehicle_that_stands(a, b):
    heading = np.arctan2(b, a)  # here
    return np.cos(heading) + 2.0 * np.sin(heading)


@bug("kink", at={"A": np.diag([2.0, 2.0, 5.0])}, cause="equal", reaches=("A",), severity=ANY, first=False)
def direction_of_largest_spread_of_a_round_cloud(A):
    values, vectors = np.linalg.eigh(A)  # here
    return values[2] + np.sum(vectors[:, 0] * np.array([1.0, 2.0, 0.0]))


@bug("overwritten", at={"x": np.array([1.0, 2.0, 4.0])}, cause="more than once|last|add.at", reaches=("x",))
def histogram_by_an_index_that_repeats(x):
    bins = np.zeros(3) * x
    bins[np.array([0, 0, 2])] += x  # here
    return np.sum(bins**2)


@bug("overwritten", at={"w": np.array([0.5, 2.0])}, cause="used|after|old", severity=ANY, first=False)
def weights_decayed_in_place_between_two_uses(w):
    v = w * 1.0
    first = X[:, :2] @ v
    v *= 0.9  # here
    return np.mean((first - X[:, 2:] @ v) ** 2)


@bug("cancellation", at={"x": 1e-9}, cause="digit|cancel", reaches=("x",))
def versine_of_which_nothing_is_left(x):
    return (1.0 - np.cos(x)) / x**2  # here


@bug("cancellation", at={"interest": np.array([1e-11, 3e-11])}, cause="digit", reaches=("interest",))
def log_return_of_a_tiny_interest(interest):
    growth = np.log(1.0 + interest)  # here
    return np.sum(growth) / 4e-11


@bug("cancellation", at={"here": np.array([0.8, 0.3]), "there": np.array([0.8, 0.3 + 2e-8])}, cause="digit|apart")
def great_circle_between_neighbours_by_arccos(here, there):
    cosine = np.sin(here[0]) * np.sin(there[0]) + np.cos(here[0]) * np.cos(there[0]) * np.cos(here[1] - there[1])
    return 6371e3 * np.arccos(cosine)  # here


@bug("cancellation", at={"phase": np.array([0.4, 3.0])}, cause="digit|apart", reaches=("phase",))
def carrier_wave_over_very_many_turns(phase):
    return np.mean(np.cos(2.0 * np.pi * 1e13 * phase))  # here


@bug("cancellation", at={"t": np.array([1.5, 3.0], dtype=np.float32)}, cause="digit|cancel|float32", reaches=("t",))
def seconds_since_long_ago_in_single_precision(t):
    stamps = np.float32(1.7e9) + np.float32(500.0) * t
    lapse = stamps[1] - stamps[0]  # here
    return lapse * np.float32(0.1)


@bug("broadcast", at={"W": np.full((4, 1), 0.2)}, cause="6|stretch|copied|grew")
def residuals_of_a_column_in_a_multiline_loss(W):
    prediction = np.tanh(X @ W)
    return np.sqrt(
        np.mean(
            np.square(prediction - Y)  # here
        )
    )


@bug("broadcast", at={"mu": np.full((6, 1), 0.1), "log_sigma": np.zeros(6)}, cause="6|stretch|copied|grew")
def likelihood_with_means_in_a_column(mu, log_sigma):
    z = (Y[:, None] - mu) / np.exp(log_sigma)  # here
    return 0.5 * np.mean(z**2) + np.mean(log_sigma)


class Cell:
    def __init__(self, U):
        self.U = U

    def step(self, h, x):
        return np.tanh(self.U @ h + x)  # here


@bug("vanishing", at={"h": np.array([0.5, -0.3])}, cause="shrink|times", reaches=("h",), within=Cell.step)
def recurrent_cell_of_small_weights_over_eighty_steps(h):
    cell = Cell(np.array([[0.3, 0.1], [-0.2, 0.4]]))
    for k in range(80):
        h = cell.step(h, 0.1 * np.cos(np.array([k, k + 1.0])))
    return np.sum(h)


@bug("exploding", at={"W": 1.9 * np.eye(4)}, cause="grow|times|factor", reaches=("W",))
def deep_linear_stack_that_shares_its_weights(W):
    h = X
    for _ in range(60):
        h = h @ W  # here
    return np.mean(h)


@bug("exploding", at={"state": np.array([1.0, 1.0, 1.0])}, cause="grow|times|factor", severity=ANY, first=False)
def lorenz_over_forty_seconds(state):
    x, y, z = state
    for _ in range(4000):
        x, y, z = x + 0.01 * 10.0 * (y - x), y + 0.01 * (x * (28.0 - z) - y), z + 0.01 * (x * y - 8.0 / 3.0 * z)  # here
    return x


@bug("underflow", at={"theta": 0.2}, cause="became 0|rounds to 0|smallest", severity="warning|error", first=False)
def bayes_with_likelihoods_that_are_multiplied(theta):
    flips = np.tile([1.0, 0.0, 0.0], 400)
    likelihood = 1.0
    for flip in flips:
        likelihood = likelihood * (theta if flip else 1.0 - theta)  # here
    return likelihood / (likelihood + 1e-300)


@bug("underflow", at={"score": np.array([-30.0, -31.0], dtype=np.float16)}, cause="float16|rounds to 0", first=False)
def softmax_in_half_precision_without_its_shift(score):
    e = np.exp(score)  # here
    return np.sum(e * np.float16(2.0))


@bug("kink", at={"x": np.array([1.0, 1.0, 0.0])}, cause="tie|equal|share", severity=ANY, first=False)
def max_pooling_of_equal_neighbours(x):
    windows = np.stack([x[:-1], x[1:]])
    return np.sum(np.max(windows, axis=0) * np.array([2.0, 5.0]))  # here


@bug("accumulated", cause="zero_grad|earlier|added", reaches=("w",), reports=True)
def two_mini_batches_into_one_gradient():
    w = gad.Variable(np.zeros(4), name="w")
    for rows in np.split(np.arange(6), 2):
        with gad.record() as trace:
            loss = np.mean((X[rows] @ w - Y[rows]) ** 2)
        loss.backward()  # here
    return trace.check()


@bug("unreached", at={"w": 0.7, "unused": np.array([1.0, 2.0])}, cause="never", reaches=("unused",), first=False)
def several_faults_and_a_parameter_that_is_never_used(w, unused):  # here
    steps = np.round(w * 10.0)
    return steps * 0.1 + np.abs(w - 0.7)
