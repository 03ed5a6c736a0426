"""Functions with nothing wrong that look, to a careless checker, as if there were."""
# ruff: noqa: D103

import numpy as np

from tests.bugs.gallery import healthy

X = np.array([[0.5, -1.0], [1.5, 2.0], [-0.5, 0.3], [1.0, 0.7]])
T = np.array([1.0, 0.0, 1.0, 0.5])
LABELS = np.array([0, 2, 1, 2])
FEATURES = np.array([[0.2, -0.4, 1.1], [1.0, 0.3, -0.6], [-0.7, 0.8, 0.1], [0.5, 0.5, -1.2]])
WORDS = np.array([1, 4, 4])
KEPT = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 1.0]) / 0.7
CAUSAL = np.tril(np.ones((4, 4), dtype=bool))
READINGS = np.array([1.1, 1.9, 3.2, 3.9, 5.1])
TIMES = np.array([0.0, 0.7, 1.5, 2.2, 3.1])


@healthy(
    at={
        "W1": np.array([[0.6, -0.4, 0.3, -0.2], [0.1, 0.5, -0.7, -0.3]]),
        "b1": np.array([0.1, 0.2, -0.1, 0.05]),
        "W2": np.array([0.7, -0.5, 0.4, 0.9]),
    }
)
def relu_network_with_some_units_off(W1, b1, W2):  # noqa: N803
    h = np.maximum(X @ W1 + b1, 0.0)
    return np.mean((h @ W2 - T) ** 2)


@healthy(at={"x": np.array([-1.0, 1.0, 4.0, 9.0])})
def root_with_both_its_masks(x):
    safe = np.where(x > 0, x, 1.0)
    return np.sum(np.where(x > 0, np.sqrt(safe), 0.0))


@healthy(at={"p": np.array([0.7, 0.2, 0.1, -0.3])})
def log_with_both_its_masks(p):
    positive = p > 0
    return -np.sum(np.where(positive, np.log(np.where(positive, p, 1.0)), 0.0))


@healthy(at={"x": np.array([0.3, 2.5, -1.0, 1.9])})
def maximum_without_a_tie(x):
    return np.max(x) ** 2


@healthy(at={"logits": np.array([[105.0, 100.0, 98.0], [0.5, 0.1, -3.0], [1.0, 1.2, 0.9], [-2.0, 4.0, 3.0]])})
def cross_entropy_with_its_shift(logits):
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    logs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(logs[np.arange(4), LABELS])


@healthy(at={"x": np.array([1000.0, 1001.0, 999.5])})
def log_of_a_sum_of_exponentials_with_its_shift(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


@healthy(at={"x": np.array([800.0, -0.5, 2.0])})
def softplus_by_logaddexp(x):
    return np.sum(np.logaddexp(0.0, x))


@healthy(at={"x": np.array([1e-12, 2e-9])})
def growth_by_expm1_and_log1p(x):
    return np.sum(np.expm1(x)) + np.sum(np.log1p(2.0 * x))


@healthy(at={"x": np.array([1e-5, 0.3])})
def one_minus_cosine_by_half_the_angle(x):
    return np.sum(2.0 * np.sin(0.5 * x) ** 2)


@healthy(at={"w": np.array([0.50003, -0.29997])})
def loss_near_convergence(w):
    residual = X @ w - X @ np.array([0.5, -0.3])
    return np.mean(residual**2)


@healthy(at={"a": 2.0})
def root_by_newton_until_it_stands_still(a):
    x = 1.5
    for _ in range(6):
        x = x - (x * x - a) / (2.0 * x)
    return x


@healthy(at={"table": np.arange(18.0).reshape(6, 3) / 7.0})
def embedding_of_three_words_of_six(table):
    return np.sum(np.tanh(table[WORDS]))


@healthy(at={"u": np.array([[1.0], [2.0], [3.0]]), "v": np.array([0.5, 1.5, -1.0, 2.0])})
def outer_product_of_a_column_and_a_row(u, v):
    return np.sum(np.sin(u * v))


@healthy(at={"x": np.array([0.1, 0.9, 2.0]), "y": np.array([0.4, 1.1, 3.0])})
def all_differences_by_new_axes(x, y):
    d = x[:, None] - y[None, :]
    return np.sum(np.exp(-(d**2)))


@healthy(at={"points": np.array([[0.0, 1.0], [2.0, 0.5], [-1.0, 0.3]])})
def gram_matrix_of_a_kernel(points):
    d = points[:, None, :] - points[None, :, :]
    kernel = np.exp(-0.5 * np.sum(d**2, axis=2))
    return np.log(np.sum(kernel))


@healthy(at={"q": FEATURES, "k": FEATURES[::-1] + 0.1, "v": np.cos(FEATURES)})
def causal_attention_with_a_large_negative_number(q, k, v):
    scores = q @ k.T / np.sqrt(3.0)
    scores = np.where(CAUSAL, scores, -1e9)
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    weights = e / np.sum(e, axis=1, keepdims=True)
    return np.sum((weights @ v) ** 2)


@healthy(at={"h": np.array([0.3, -1.2, 0.8, 0.1, 2.0, -0.4])})
def dropout_with_its_mask(h):
    return np.sum(np.tanh(h * KEPT))


@healthy(at={"x": np.array([0.2, 1.0, 3.0])})
def relu_of_positive_numbers(x):
    return np.sum(np.maximum(x, 0.0) ** 2)


@healthy(at={"p": np.array([0.2, 0.5, 0.97])})
def clip_of_numbers_inside(p):
    q = np.clip(p, 1e-7, 1.0 - 1e-7)
    return -np.mean(np.log(q))


@healthy(at={"x": 0.5})
def parabola_at_its_top(x):
    return x * (1.0 - x)


@healthy(at={"m": 3.0})
def least_squares_at_the_mean(m):
    return np.sum((np.array([1.0, 3.5, 4.5]) - m) ** 2)


@healthy(at={"x": np.array([0.4, -0.8])})
def residual_chain_of_two_hundred_layers(x):
    h = x
    for _ in range(200):
        h = h + 0.01 * np.tanh(h)
    return np.sum(h**2)


@healthy(at={"angle": np.array([0.3, 1.2])})
def five_hundred_rotations(angle):
    a, b = angle[0], angle[1]
    for _ in range(500):
        a, b = 0.8 * a - 0.6 * b, 0.6 * a + 0.8 * b
    return a + 2.0 * b


@healthy(at={"w": np.array([0.1, -0.2], dtype=np.float32), "b": np.array([0.05], dtype=np.float32)})
def least_squares_in_single_precision(w, b):
    p = X.astype(np.float32) @ w + b
    return np.mean((p - T.astype(np.float32)) ** 2)


@healthy(at={"w": np.array([0.3, -0.2, 0.5], dtype=np.float32)})
def logistic_regression_in_single_precision(w):
    z = FEATURES.astype(np.float32) @ w
    signs = np.array([1, -1, 1, -1], dtype=np.float32)
    return np.mean(np.logaddexp(np.float32(0), -signs * z))


@healthy(at={"q": 0.1, "r": 0.5})
def kalman_filter_of_a_random_walk(q, r):
    mean, variance, loss = 0.0, 1.0, 0.0
    for reading in READINGS:
        variance = variance + q
        innovation = reading - mean
        total = variance + r
        loss = loss + 0.5 * (np.log(total) + innovation**2 / total)
        gain = variance / total
        mean = mean + gain * innovation
        variance = (1.0 - gain) * variance
    return loss


@healthy(at={"theta": 0.5, "omega": 0.0, "length": 1.3})
def pendulum_by_runge_and_kutta(theta, omega, length):
    def slope(state):
        return np.stack([state[1], -9.81 / length * np.sin(state[0])])

    state = np.stack([theta, omega])
    dt = 0.05
    for _ in range(20):
        k1 = slope(state)
        k2 = slope(state + 0.5 * dt * k1)
        k3 = slope(state + 0.5 * dt * k2)
        k4 = slope(state + dt * k3)
        state = state + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return state[0]


@healthy(at={"scale": 1.2, "noise": 0.3})
def gaussian_process_by_cholesky(scale, noise):
    d = TIMES[:, None] - TIMES[None, :]
    covariance = np.exp(-0.5 * (d / scale) ** 2) + noise**2 * np.eye(5)
    lower = np.linalg.cholesky(covariance)
    z = np.linalg.solve(lower, READINGS)
    return 0.5 * np.sum(z**2) + np.sum(np.log(np.diag(lower)))


@healthy(at={"x": np.array([0.4, 1.3])})
def default_arguments_that_are_not_used(x, scale=2.0, offset=0.0, verbose=False):
    return np.sum(np.sin(scale * x))


@healthy(at={"income": 2500.0})
def tax_far_from_its_threshold(income):
    if income > 1000.0:
        return 0.2 * 1000.0 + 0.4 * (income - 1000.0)
    return 0.2 * income


@healthy(at={"error": np.array([0.2, -3.0, 1.4])})
def huber_loss_away_from_its_corners(error):
    small = np.abs(error) < 1.0
    return np.mean(np.where(small, 0.5 * error**2, np.abs(error) - 0.5))


@healthy(at={"x": 0.7})
def polynomial_with_whole_powers_and_positions(x):
    coefficients = [2, -1, 3]
    total = 0.0
    for i in range(3):
        total = total + coefficients[i] * x**i
    return total


@healthy(at={"x": 1.1})
def function_of_one_number(x):
    return np.sin(x) / x


@healthy(at={"a": np.array([1.0, 2.0]), "b": np.array([0.5, -1.0])})
def distance_of_two_points(a, b):
    return np.sqrt(np.sum((a - b) ** 2))


@healthy(at={"x": FEATURES + 5.0, "gamma": np.array([1.0, 0.8, 1.2]), "beta": np.array([0.0, 0.1, -0.1])})
def batch_normalisation_of_a_batch(x, gamma, beta):
    centred = x - np.mean(x, axis=0)
    normal = centred / np.sqrt(np.mean(centred**2, axis=0) + 1e-5)
    return np.sum(np.tanh(gamma * normal + beta) * X[:, :1])


@healthy(at={"x": np.array([0.5, -1.0, 2.0]), "w": 0.9})
def recurrence_filled_into_an_array(x, w):
    h = np.zeros_like(x)
    h[0] = np.tanh(x[0])
    for t in range(1, 3):
        h[t] = np.tanh(w * h[t - 1] + x[t])
    return np.sum(h**2)


@healthy(at={"x": np.array([1.0, 3.0, 2.0])})
def softmax_shifted_in_place(x):
    s = 2.0 * x
    s -= np.max(s)
    e = np.exp(s)
    p = e / np.sum(e)
    return np.sum(p * np.array([0.5, -1.0, 2.0]))


@healthy(at={"x": np.array([0.3, 1.6, 2.2])})
def rounding_with_a_slope_put_back_on_purpose(x):
    rounded = x + (np.round(x) - x).detach()
    return np.sum((rounded - 1.2) ** 2)


@healthy(at={"logits": np.array([0.2, 0.9, -0.4])})
def policy_gradient_with_a_detached_baseline(logits):
    top = np.max(logits).detach()
    logs = logits - top - np.log(np.sum(np.exp(logits - top)))
    values = np.exp(logs) * np.array([1.0, 0.5, 2.0])
    baseline = np.sum(values).detach()
    return -logs[2] * (2.0 - baseline)


@healthy(at={"x": np.linspace(-1.0, 1.0, 2000)})
def mean_over_many_numbers(x):
    return np.mean(np.exp(x))


@healthy(
    at={
        "W": np.array([[0.3, -0.2, 0.4, 0.1], [0.2, 0.5, -0.3, 0.2]]),
        "U": np.array([0.4, 0.3, -0.2, 0.6]),
        "b": np.array([0.0, 1.0, 0.0, 0.0]),
    }
)
def memory_cell_with_its_gates_half_open(W, U, b):  # noqa: N803
    h, c = 0.0, 0.0
    for x in X:
        z = x @ W + h * U + b
        take, keep, show = (1.0 / (1.0 + np.exp(-z[i])) for i in range(3))
        c = keep * c + take * np.tanh(z[3])
        h = show * np.tanh(c)
    return (h - 0.5) ** 2


@healthy(at={"q": FEATURES, "k": FEATURES[::-1] + 0.1})
def causal_attention_with_minus_infinity(q, k):
    scores = np.where(CAUSAL, q @ k.T, -np.inf)
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    weights = e / np.sum(e, axis=1, keepdims=True)
    return np.sum((weights @ T) ** 2)


@healthy(at={"x": np.array([-2.0, 0.0, 1.5])})
def whole_powers_of_negative_numbers_and_of_zero(x):
    return np.sum(x**3 + x)


@healthy(at={"x": np.array([0.4, -1.0, 2.5, 0.9])})
def sorted_and_summed_up(x):
    return np.sum(np.cumsum(np.sort(x)) * np.array([0.1, -0.4, 0.3, 0.8]))


@healthy(at={"x": -1.0, "y": 1e-3})
def polar_angle_beside_the_origin(x, y):
    return np.arctan2(y, x)


@healthy(at={"x": np.array([0.2, -0.7, 0.95])})
def likelihood_of_a_gaussian_mixture(x):
    means = np.array([-1.0, 0.0, 1.5])
    logs = -0.5 * (x[:, None] - means[None, :]) ** 2
    top = np.max(logs, axis=1, keepdims=True)
    return np.sum(top[:, 0] + np.log(np.sum(np.exp(logs - top), axis=1)))
