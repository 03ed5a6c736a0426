"""Gradients of zero, each for another reason: flat, off, rounded away, cut, or no path."""
# ruff: noqa: D103

import numpy as np

from tests.bugs.gallery import bug

X = np.array([[0.5, -1.0], [1.5, 2.0], [-0.5, 0.3]])
T = np.array([1.0, 0.0, 1.0])
INTEGERS = np.array([0, 1, 0])


@bug("zero-gradient", at={"w": -1.5, "b": 0.5}, cause="relu|max|off|below 0", reaches=("w", "b"))
def relu_that_is_off(w, b):
    z = w * 2.0 + b
    h = np.maximum(z, 0.0)  # here
    e = h - 1.0
    return e**2


@bug(
    "zero-gradient",
    at={"W": np.array([[0.1, 0.2], [0.3, -0.1]]), "b": np.array([-50.0, -40.0])},
    cause="relu|max|off|below 0",
    reaches=("W", "b"),
)
def layer_of_relus_that_are_all_off(W, b):  # noqa: N803
    z = X @ W + b
    h = np.maximum(z, 0.0)  # here
    p = np.sum(h, axis=1)
    return np.mean((p - T) ** 2)


@bug("zero-gradient", at={"x": np.array([1.7, 2.2])}, cause="floor|flat|step", reaches=("x",))
def floor_is_flat(x):
    n = np.floor(x)  # here
    return 3.0 * np.sum(n)


@bug("zero-gradient", at={"price": np.array([3.14, 2.72])}, cause="round|flat|step", reaches=("price",))
def rounding_is_flat(price):
    cents = np.round(100.0 * price)  # here
    return np.sum(cents) / 100.0


@bug("zero-gradient", at={"w": np.array([0.4, -0.7])}, cause="sign|flat|step", reaches=("w",))
def perceptron_with_a_sign(w):
    p = np.sign(X @ w)  # here
    return np.mean((p - T) ** 2)


@bug("zero-gradient", at={"w": np.array([3.0, 4.5])}, cause="clip|off|outside|bound|above|flat", reaches=("w",))
def clip_of_numbers_outside(w):
    p = np.clip(w, 0.0, 1.0)  # here
    return np.sum((p - 0.5) ** 3)


@bug("zero-gradient", at={"W1": np.zeros((2, 3)), "W2": np.zeros(3)}, cause="0", reaches=("W1", "W2"))
def network_whose_weights_all_start_at_zero(W1, W2):  # noqa: N803
    h = np.tanh(X @ W1)
    p = h @ W2  # here
    return np.mean((p - T) ** 2)


@bug("zero-gradient|saturated", at={"x": 20.0}, cause="tanh|round|flat|saturat", reaches=("x",))
def tanh_rounded_to_one(x):
    h = np.tanh(x)  # here
    return 5.0 * h


@bug(
    "saturated",
    at={"x": np.array([17.0, -18.0])},
    cause="tanh|flat|saturat|slope",
    reaches=("x",),
    severity="warning|error",
)
def tanh_that_is_nearly_flat(x):
    h = np.tanh(x)  # here
    return np.sum((h - 0.5) ** 2)


@bug("saturated", at={"z": 40.0}, cause="exp|sigmoid|flat|saturat|slope", reaches=("z",))
def squared_error_of_a_sigmoid_that_is_sure(z):
    p = 1.0 / (1.0 + np.exp(-z))  # here
    return (p - 0.0) ** 2


@bug("saturated", at={"gate": -60.0}, cause="exp|sigmoid|flat|saturat|slope", reaches=("gate",))
def gate_that_has_shut(gate):
    memory = 1.3
    kept = memory / (1.0 + np.exp(-gate))  # here
    return np.tanh(kept + 0.4)


@bug("unreached", at={"x": 1.2}, cause="detach|cut|sever", reaches=("x",))
def detached_in_the_middle(x):
    s = np.sin(x)
    return 3.0 * s.detach()  # here


@bug("unreached", at={"w": np.array([0.3, 0.4]), "b": 0.1}, cause="detach|cut|sever", reaches=("w",))
def prediction_detached_with_the_target(w, b):
    z = X @ w
    p = z.detach() + b  # here
    return np.mean((p - T) ** 2)


@bug("unreached", at={"w": np.array([0.3, 0.4])}, cause="value|cut|sever|plain", reaches=("w",))
def loss_of_plain_values(w):
    p = (X @ w).value  # here
    return np.mean((p - T) ** 2)


@bug("unreached", at={"x": np.array([1.7, 2.2])}, cause="int|cast|whole|cut|sever", reaches=("x",))
def cast_to_integers(x):
    n = x.astype(int)  # here
    return 0.5 * np.sum(n)


@bug("unreached", at={"w": np.array([0.3, -0.4])}, cause="compar|>|plain|cut|sever|step", reaches=("w",))
def accuracy_as_a_loss(w):
    p = X @ w
    hits = (p > 0) == (T > 0.5)  # here
    return np.mean(hits)


@bug(
    "unreached", at={"W": np.array([[0.3, -0.4], [0.1, 0.2]])}, cause="argmax|int|whole|cut|sever|step", reaches=("W",)
)
def argmax_used_as_a_value(W):  # noqa: N803
    label = np.argmax(X @ W, axis=1)  # here
    return np.mean((label - INTEGERS) ** 2.0)


@bug("unreached", at={"x": -1.0}, cause="constant|no path|never|not depend|plain", reaches=("x",))
def relu_by_hand_returns_a_constant(x):
    return x if x > 0 else 0.0  # here


@bug("unreached", at={"w": 2.0, "b": 0.5, "c": 0.1}, cause="never|no path|not used|unused", reaches=("c",))
def one_parameter_is_never_used(w, b, c):  # here
    p = w * X[:, 0] + b
    return np.mean((p - T) ** 2)


@bug(
    "unreached",
    at={"x": np.array([0.4, -1.2])},
    cause="compar|>|constant|condition|plain|cut|sever|step",
    reaches=("x",),
)
def step_by_where_of_two_constants(x):
    y = np.where(x > 0, 1.0, -1.0)  # here
    return np.sum(y * np.array([0.5, 2.0]))
