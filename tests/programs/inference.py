"""Likelihoods, fits and losses."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, numbers

RANDOM = np.random.default_rng(8)
X, LABELS = RANDOM.normal(size=(12, 3)), RANDOM.random(12) < 0.5
Y = X @ np.array([1.0, -2.0, 0.5]) + 0.1 * RANDOM.normal(size=12)


def logistic_regression(w, b):
    """Return the mean loss, safe for large scores, with a ridge."""
    z = X @ w + b
    return np.mean(np.logaddexp(0, z) - LABELS * z) + 0.05 * w @ w


def logistic_gradient(w, b):
    """Return its gradient as every textbook has it."""
    error = (1 / (1 + np.exp(-X @ w - b)) - LABELS) / len(X)
    return X.T @ error + 0.1 * w, error.sum()


def gaussian_process(points, log_scale, log_noise):
    """Return the negative log-likelihood of a Gaussian process, by Cholesky's factor."""
    apart = points[:, None, :] - points[None, :, :]
    K = np.exp(-0.5 * (apart**2).sum(-1) / np.exp(2 * log_scale))  # noqa: N806
    K = K + np.exp(log_noise) * np.eye(len(points))  # noqa: N806
    L = np.linalg.cholesky(K)  # noqa: N806
    alpha = np.linalg.solve(L.T, np.linalg.solve(L, Y))
    return 0.5 * Y @ alpha + np.log(np.diag(L)).sum() + len(Y) / 2 * np.log(2 * np.pi)


def torch_gaussian_process(torch, points, log_scale, log_noise):
    """Return the same by torch's own distribution."""
    K = torch.exp(-0.5 * ((points[:, None] - points) ** 2).sum(-1) / torch.exp(2 * log_scale))  # noqa: N806
    K = K + torch.exp(log_noise) * torch.eye(len(points), dtype=K.dtype)  # noqa: N806
    y = torch.tensor(Y)
    return -torch.distributions.MultivariateNormal(torch.zeros_like(y), K).log_prob(y)


def k_means(centres):
    """Return the sum of squares to the closest centre."""
    squares = ((X[:, None, :] - centres) ** 2).sum(axis=-1)
    return squares.min(axis=1).sum()


def k_means_gradient(centres):
    """Return twice what each centre's own points are off."""
    own = ((X[:, None] - centres) ** 2).sum(-1).argmin(axis=1)
    return (np.stack([2 * (centres[k] - X[own == k]).sum(axis=0) for k in range(len(centres))]),)


def principal_components(data):
    """Return the share of the variance that two components explain."""
    centered = data - data.mean(axis=0)
    singular = np.linalg.svd(centered, full_matrices=False).S
    return np.sum(singular[:2] ** 2) / np.sum(singular**2)


def reconstruction(data):
    """Return how far one principal component is from some numbers, sign and all."""
    centered = data - data.mean(axis=0)
    u, s, vt = np.linalg.svd(centered, full_matrices=False)
    return np.sum((s[0] * np.outer(u[:, 0], vt[0]) - 1.0) ** 2)


def spline(heights):
    """Return the bending energy of a natural cubic spline, and its value between two knots."""
    n, h = len(heights), 1.0
    matrix = np.diag(np.full(n - 2, 4.0)) + np.eye(n - 2, k=1) + np.eye(n - 2, k=-1)
    bends = np.zeros(n, dtype=heights.dtype, like=heights)
    bends[1:-1] = np.linalg.solve(matrix, 6 * np.diff(heights, 2) / h**2)
    t = 0.3
    middle = n // 2
    value = (1 - t) * heights[middle] + t * heights[middle + 1]
    value += ((1 - t) ** 3 - (1 - t)) * bends[middle] / 6 + (t**3 - t) * bends[middle + 1] / 6
    return value + 0.1 * np.trapezoid(bends**2)


def rosenbrock(x):
    """Return Rosenbrock's valley."""
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_gradient(x):
    """Return its gradient, term by term."""
    gradient = np.zeros_like(x)
    gradient[:-1] += -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    gradient[1:] += 200 * (x[1:] - x[:-1] ** 2)
    return (gradient,)


def ridge(log_lambda, x, y):
    """Return the loss on held-out rows of the closed-form ridge regression."""
    train, test = slice(0, 8), slice(8, None)
    w = np.linalg.solve(x[train].T @ x[train] + np.exp(log_lambda) * np.eye(3), x[train].T @ y[train])
    return np.mean((x[test] @ w - y[test]) ** 2)


def ridge_gradient(log_lambda, x, y):
    """Return its gradient by matrix calculus."""
    a, b, c, d = x[:8], y[:8], x[8:], y[8:]
    inverse = np.linalg.inv(a.T @ a + np.exp(log_lambda) * np.eye(3))
    w = inverse @ a.T @ b
    error = 2 * (c @ w - d) / len(d)
    v = inverse @ c.T @ error
    by_a = np.outer(b - a @ w, v) - np.outer(a @ v, w)
    return -np.exp(log_lambda) * v @ w, np.vstack([by_a, np.outer(error, w)]), np.concatenate([a @ v, -error])


def lasso(w):
    """Return a loss with the sum of the sizes of its weights."""
    residual = Y - X @ w
    return residual @ residual / (2 * len(Y)) + 0.1 * np.abs(w).sum()


def lasso_gradient(w):
    """Return the gradient, with a sign for each weight."""
    return (X.T @ (X @ w - Y) / len(Y) + 0.1 * np.sign(w),)


def mixture(logits, means, log_spreads):
    """Return the negative log-likelihood of a mixture of Gaussians."""
    log_weights = logits - np.log(np.exp(logits).sum())
    apart = (X[:, None, :] - means) / np.exp(log_spreads)[:, None]
    log_density = -0.5 * np.sum(apart**2, axis=-1) - 3 * log_spreads + log_weights
    top = log_density.max(axis=1, keepdims=True)
    return -np.sum(top[:, 0] + np.log(np.exp(log_density - top).sum(axis=1)))


TIME = np.linspace(0, 2 * np.pi, 15)
STEP = np.repeat([1.0, -1.0], [7, 8])


def fourier_series(a, b):
    """Return how far a Fourier series is from a step, its terms added one by one."""
    curve = a[0] * np.ones_like(TIME)
    for k in range(1, len(a)):
        curve += a[k] * np.cos(k * TIME) + b[k - 1] * np.sin(k * TIME)
    return np.sum((curve - STEP) ** 2)


def fourier_gradient(a, b):
    """Return its gradient by the matrix of waves."""
    waves = np.array([np.cos(k * TIME) for k in range(len(a))] + [np.sin(k * TIME) for k in range(1, len(a))])
    error = 2 * waves @ (np.concatenate([a, b]) @ waves - STEP)
    return error[: len(a)], error[len(a) :]


def poisson(w, b):
    """Return the negative log-likelihood of counts."""
    counts = np.arange(12) % 4
    rate = np.exp(0.3 * X @ w + b)
    return np.sum(rate - counts * np.log(rate))


def huber(w):
    """Return a robust loss, with one law inside of a band and another outside."""
    residual = np.abs(X @ w - Y)
    loss = 0.5 * residual**2
    far = residual > 1
    loss[far] = residual[far] - 0.5
    return loss.sum()


def quantile_regression(w):
    """Return the pinball loss of the upper quartile."""
    residual = Y - X @ w
    return np.mean(np.maximum(0.75 * residual, -0.25 * residual))


def metric_learning(transform, points):
    """Return a triplet loss of distances after a linear map."""
    moved = points @ transform.T
    squares = np.sum(moved**2, axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares - 2 * moved @ moved.T, 1e-9))
    return np.maximum(apart[0, 1] - apart[0, 2:] + 0.5, 0).sum()


def adam(start):
    """Train by Adam for some steps, all of it recorded, and return the final loss."""
    target = np.array([0.5, -1.0, 2.0])
    w, m, v = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for t in range(1, 9):
        g = 2 * (w - target) * (1 + w**2)
        m = 0.9 * m + 0.1 * g
        v = 0.99 * v + 0.01 * g**2
        w -= 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
    return ((w - target) ** 2).sum()


PROGRAMS = {
    "logistic regression": Program(logistic_regression, (np.array([0.3, -1.0, 0.2]), 0.1), gradient=logistic_gradient),
    "Gaussian process": Program(gaussian_process, (X, 0.2, -1.0), torch=torch_gaussian_process),
    "k-means": Program(k_means, numbers(1, (3, 3)), gradient=k_means_gradient),
    "principal components": Program(principal_components, numbers(2, (6, 4))),
    "reconstruction": Program(reconstruction, numbers(3, (5, 3))),
    "spline": Program(spline, numbers(4, (8,)), analytic=True),
    "Rosenbrock": Program(rosenbrock, numbers(5, (6,)), analytic=True, gradient=rosenbrock_gradient),
    "ridge regression": Program(ridge, (0.3, X, Y), analytic=True, gradient=ridge_gradient),
    "lasso": Program(lasso, (np.array([0.5, -1.0, 0.3]),), gradient=lasso_gradient),
    "Gaussian mixture": Program(mixture, numbers(6, (2,), (2, 3), (2,))),
    "Fourier series": Program(fourier_series, numbers(7, (4,), (3,)), analytic=True, gradient=fourier_gradient),
    "Poisson regression": Program(poisson, (np.array([0.3, -1.0, 0.2]), 0.4), analytic=True),
    "Huber": Program(huber, (np.array([0.8, -1.0, 0.3]),)),
    "quantile regression": Program(quantile_regression, (np.array([0.8, -1.0, 0.3]),)),
    "metric learning": Program(metric_learning, numbers(9, (2, 3), (5, 3))),
    "Adam": Program(adam, (np.array([1.0, 1.0, 1.0]),), analytic=True),
}
