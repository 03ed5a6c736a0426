"""Ties and knots, units that are off behind a loss at its lowest, and edges to which rounding leads."""
# ruff: noqa: D103

import numpy as np
from numpy import arccos

from tests.bugs.gallery import bug, healthy

ROWS = np.array([[1.0, -2.0], [0.5, 1.0]])
DOWN = np.array([[-1.0, -2.0], [-3.0, -1.0]])


class Unit:
    """A layer of rectified units."""

    def __init__(self, weights, offsets):
        self.weights, self.offsets = weights, offsets

    def __call__(self, rows):
        """What the units give."""
        return np.maximum(rows @ self.weights + self.offsets, 0)  # here


@bug("cancellation", at={"x": 1e-10}, cause="two nearly equal numbers", reaches=("x",))
def hyperbolic_sine_of_two_exponentials(x):
    return (np.exp(x) - np.exp(-x)) / 2  # here


@bug("cancellation", at={"rate": 1e-10}, cause="about 5 digits are left", reaches=("rate",))
def growth_of_a_small_rate(rate, *, years=1.0):
    grown = np.exp(rate * years)
    return (grown - 1) / rate  # here


@bug("kink", at={"x": np.array([2.0, 2.0, 1.0])}, cause="tie", reaches=("x",), severity="note")
def weighted_sum_of_what_is_sorted(x, weights=(1.0, 2.0, 3.0)):
    ranked = np.sort(x)  # here
    return sum(weight * entry for weight, entry in zip(weights, ranked, strict=True))


@bug("kink", at={"x": np.array([[3.0, 2.0, 2.0], [1.0, 2.0, 3.0]])}, cause="tie", reaches=("x",), severity="note")
def medians_of_rows_of_which_one_has_a_tie(x):
    return np.median(x, axis=1).sum()  # here


@bug("kink", at={"x": 2.0}, cause="corner where two of its lines meet", reaches=("x",), severity="note")
def height_of_a_road_where_it_bends(x):
    return np.interp(x, [0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 0.0, 5.0])  # here


@bug("kink", at={"turns": 3.0}, cause="jumps at whole multiples", reaches=("turns",), severity="note")
def phase_after_whole_turns(turns):
    return np.mod(turns, 1.0) * 2.0  # here


@bug(
    "zero-gradient",
    at={"w": np.array([1.0, -2.0, 3.0]), "x": np.array([0.1, 0.2, 0.3])},
    cause="step function.* So nothing would go on to w and x either",
    reaches=("w", "x"),
)
def square_of_a_right_answer_by_its_sign(w, x):
    answer = np.sign(w @ x)  # here
    return (1 - answer) ** 2


@bug(
    "zero-gradient",
    at={"rows": ROWS, "weights": DOWN, "offsets": np.array([-10.0, -9.0])},
    cause="is off and its slope is 0",
    reaches=("weights",),
    severity="note",
    first=False,
    within=Unit,
)
def square_of_units_all_of_which_are_off(rows, weights, offsets):
    unit = Unit(weights, offsets)
    return (unit(rows) ** 2).sum()


@bug("zero-gradient", at={"w": np.array([-3.0, 2.0])}, cause="w > 0 is false.* relu is off", reaches=("w",))
def unit_that_is_multiplied_by_whether_it_is_on(w, data=(1.0, 1.0)):
    relu = lambda w: w * (w > 0)  # noqa: E731  # here
    return (relu(w @ np.array(data)) - 1) ** 2


@bug("zero-gradient", at={"m": np.ones((3, 3))}, cause="singular, of rank 1 where 3 is full", reaches=("m",))
def determinant_of_equal_rows(m):
    return np.linalg.det(m)  # here


@bug("inf", at={"m": np.array([[1.0, 2.0], [2.0, 4.0]])}, cause="the matrix is singular", reaches=("m",))
def log_determinant_of_dependent_rows(m):
    _, size = np.linalg.slogdet(m)  # here
    return size


@bug("nan-gradient", at={"u": np.array([1.0, 1e-9])}, cause="80 digits, arccos v₆ is 1e−9", reaches=("u",))
def angle_that_rounding_closes(u):
    v = np.array([1.0, 0.0])
    return arccos(np.clip(u @ v / np.sqrt((u @ u) * (v @ v)), -1, 1))  # here


@bug("nan", at={"cosine": 1.0000000002}, cause=r"cosine is 1\.0000000002:", reaches=("cosine",))
def angle_of_a_cosine_a_little_beyond_one(cosine):
    return np.arccos(cosine)  # here


@healthy(at={"x": np.array([1.0, 1.0, 2.0])})
def sum_of_what_is_sorted(x):
    return np.sort(x).sum()


@healthy(at={"x": 0.25})
def penalty_that_is_not_felt(x, limit=1.0):
    return np.maximum(0.0, x - limit) ** 2


@bug("cancellation", at={"height": 1e9}, cause="no digit is left.* it is 5e−10", reaches=("height",))
def how_much_longer_the_slope_is_than_its_height(height, *, width=1.0):
    return np.sqrt(height**2 + width) - height  # here


@bug("cancellation", at={"b": 1e8, "c": 1e-9}, cause="80 digits it is −1e−17", reaches=("b", "c"))
def smaller_root_of_a_quadratic_with_a_leading_one(b, c):
    root = np.sqrt(b * b - 4 * c)
    return (-b + root) / 2  # here


@bug("inf", at={"x": 45.0, "mean": 0.0}, cause="density is 0: the logarithm of 0", reaches=("x", "mean"))
def log_of_a_density_far_out(x, mean, spread=1.0):
    density = np.exp(-((x - mean) ** 2) / (2 * spread**2)) / np.sqrt(2 * np.pi)
    return np.log(density)  # here


def softmax(scores, axis=-1):
    """Shares of powers, without the shift."""
    powers = np.exp(scores)  # here
    return powers / powers.sum(axis=axis, keepdims=True)


def sigmoid(t):
    """The logistic function."""
    return 1 / (1 + np.exp(-t))


@bug("inf", at={"z": np.array([1000.0, 0.0, -3.0])}, cause="divided by ∞ are 0", reaches=("z",), within=softmax)
def loss_of_one_label_by_a_helper(z):
    return -np.log(softmax(z)[1])


@bug("inf", at={"z": np.array([1000.0, 1.0])}, cause="exp z overflows", reaches=("z",), within=softmax)
def log_shares_by_a_helper(z):
    shares = softmax(z)
    return np.log(shares).sum()


@bug("inf", at={"z": np.array([800.0, 1.0])}, cause="logarithm of 0", reaches=("z",))
def chance_that_it_does_not_happen(z, *, slope=2.0):
    return -np.log(1 - sigmoid(slope * z + 1)).sum()  # here


@bug("nan", at={"p": np.array([0.0, 0.5]), "q": np.array([0.3, 0.7])}, cause="0 · −∞", reaches=("q",), first=False)
def divergence_as_a_difference_of_logarithms(p, q):
    return (p * (np.log(p) - np.log(q))).sum()  # here


@bug("inf", at={"x": 1e-200}, cause="logarithm of 0", reaches=("x",))
def log_of_a_tiny_square(x):
    return np.log(x * x)  # here


@bug(
    "underflow", at={"p": np.full(400, 0.1)}, cause="sum of the logarithms of its factors", reaches=("p",), first=False
)
def likelihood_multiplied_up_in_a_loop(p):
    product = 1.0
    for share in p:
        product = product * share  # here
    return np.log(product)


@bug("unreached", at={"w": np.array([-3.0, 2.0])}, cause="takes another number, and only compares", reaches=("w",))
def rectifier_of_plain_python(w):
    z = w.sum() - 1.0
    out = max(z, 0.0)  # here
    return (out - 1) ** 2


@bug("zero-gradient", at={"x": 0.0, "y": 0.0}, cause="is 1 at y = 0 and 0 right above it", reaches=("y",))
def nothing_to_the_power_of_nothing(x, y):
    return x**y  # here
