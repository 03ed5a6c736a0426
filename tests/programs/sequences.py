"""Programs that go through time: recurrent networks, filters and chains."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, numbers


def sigmoid(x):
    """Return the logistic function."""
    return 1 / (1 + np.exp(-x))


def lstm(x, wx, wh, b):
    """Run an LSTM over a batch, writing its states into one array."""
    batch, length, _ = x.shape
    size = wh.shape[0]
    states = np.zeros((batch, length, size), dtype=x.dtype, like=x)
    h, c = np.zeros((batch, size)), np.zeros((batch, size))
    for t in range(length):
        i, f, g, o = np.split(x[:, t] @ wx + h @ wh + b, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        states[:, t] = h
    return (states**2).sum()


def torch_lstm(torch, x, wx, wh, b):
    """Return the same by torch's own cell, whose gates come in the same order."""
    cell = torch.nn.LSTMCell(x.shape[2], wh.shape[0], dtype=x.dtype)
    params = {"weight_ih": wx.T, "weight_hh": wh.T, "bias_ih": b, "bias_hh": torch.zeros_like(b)}
    state, total = None, 0
    for t in range(x.shape[1]):
        inputs = (x[:, t],) if state is None else (x[:, t], state)
        state = torch.func.functional_call(cell, params, inputs)
        total = total + (state[0] ** 2).sum()
    return total


def gru(x, wx, wh, b):
    """Run a GRU and return its last state's size."""
    n = wh.shape[0]
    h = np.zeros(n)
    for step in x:
        inside, outside = step @ wx + b, h @ wh
        reset = sigmoid(inside[:n] + outside[:n])
        update = sigmoid(inside[n : 2 * n] + outside[n : 2 * n])
        new = np.tanh(inside[2 * n :] + reset * outside[2 * n :])
        h = (1 - update) * new + update * h
    return h @ h


def torch_gru(torch, x, wx, wh, b):
    """Return the same by torch's own cell."""
    cell = torch.nn.GRUCell(x.shape[1], wh.shape[0], dtype=x.dtype)
    params = {"weight_ih": wx.T, "weight_hh": wh.T, "bias_ih": b, "bias_hh": torch.zeros_like(b)}
    h = torch.zeros(wh.shape[0], dtype=x.dtype)
    for step in x:
        h = torch.func.functional_call(cell, params, (step, h))
    return h @ h


OBSERVED = np.array([0, 2, 1, 1, 0, 2])


def logsumexp(x, axis):
    """Return the log of a sum of exponentials, made safe by the largest."""
    largest = np.max(x, axis=axis, keepdims=True)
    return np.squeeze(largest, axis=axis) + np.log(np.sum(np.exp(x - largest), axis=axis))


def hidden_markov(start, transition, emission):
    """Return the log-likelihood of a chain, by the forward algorithm in log space."""
    start = start - logsumexp(start, 0)
    transition = transition - logsumexp(transition, 1)[:, None]
    emission = emission - logsumexp(emission, 1)[:, None]
    alpha = start + emission[:, OBSERVED[0]]
    for symbol in OBSERVED[1:]:
        alpha = logsumexp(alpha[:, None] + transition, 0) + emission[:, symbol]
    return logsumexp(alpha, 0)


def hidden_markov_by_all_paths(start, transition, emission):
    """Return the same as a sum over every path, for differences of another program."""
    from itertools import product

    def normalized(x):
        return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)

    p, a, e = normalized(start), normalized(transition), normalized(emission)
    total = 0.0
    for path in product(range(len(start)), repeat=len(OBSERVED)):
        weight = p[path[0]] * e[path[0], OBSERVED[0]]
        for before, now, symbol in zip(path, path[1:], OBSERVED[1:], strict=False):
            weight = weight * a[before, now] * e[now, symbol]
        total += weight
    return np.log(total)


TAGS = np.array([0, 1, 1, 2])


def conditional_random_field(unary, pairwise):
    """Return the negative log-likelihood of the tags of one sentence."""
    score = unary[np.arange(len(TAGS)), TAGS].sum() + pairwise[TAGS[:-1], TAGS[1:]].sum()
    alpha = unary[0]
    for t in range(1, len(unary)):
        alpha = unary[t] + logsumexp(alpha[:, None] + pairwise, 0)
    return logsumexp(alpha, 0) - score


def crf_gradient(unary, pairwise):
    """Return marginals of all paths minus the tags, path by path."""
    from itertools import product

    weights, by_unary, by_pair = 0.0, np.zeros_like(unary), np.zeros_like(pairwise)
    for path in product(range(3), repeat=len(unary)):
        places = np.array(path)
        weight = np.exp(unary[np.arange(len(places)), places].sum() + pairwise[places[:-1], places[1:]].sum())
        weights += weight
        by_unary[np.arange(len(places)), places] += weight
        np.add.at(by_pair, (places[:-1], places[1:]), weight)
    by_unary /= weights
    by_pair /= weights
    by_unary[np.arange(len(TAGS)), TAGS] -= 1
    np.subtract.at(by_pair, (TAGS[:-1], TAGS[1:]), 1)
    return by_unary, by_pair


SERIES = np.cumsum(np.random.default_rng(3).normal(size=20)) / 3


def arma(phi, theta, log_sigma):
    """Return the negative log-likelihood of an ARMA(2, 1) process, residual by residual."""
    residuals = np.zeros(len(SERIES), dtype=phi.dtype, like=phi)
    for t in range(2, len(SERIES)):
        residuals[t] = SERIES[t] - phi[0] * SERIES[t - 1] - phi[1] * SERIES[t - 2] - theta * residuals[t - 1]
    variance = np.exp(2 * log_sigma)
    return 0.5 * np.sum(residuals**2) / variance + len(SERIES) * log_sigma


MEASURED = np.random.default_rng(4).normal(size=(8, 1)) + np.arange(8.0)[:, None]


def kalman(dynamics, log_process, log_noise):
    """Return the negative log-likelihood of measurements, by the Kalman filter."""
    H = np.array([[1.0, 0.0]])  # noqa: N806
    Q, R = np.exp(log_process) * np.eye(2), np.exp(log_noise) * np.eye(1)  # noqa: N806
    mean, covariance, loss = np.zeros(2), np.eye(2), 0.0
    for z in MEASURED:
        mean = dynamics @ mean
        covariance = dynamics @ covariance @ dynamics.T + Q
        innovation = z - H @ mean
        S = H @ covariance @ H.T + R  # noqa: N806
        gain = np.linalg.solve(S, H @ covariance).T
        mean = mean + gain @ innovation
        covariance = (np.eye(2) - gain @ H) @ covariance
        loss += 0.5 * (innovation @ np.linalg.inv(S) @ innovation + np.linalg.slogdet(S)[1])
    return loss


ACTIONS, REWARDS = np.array([0, 1, 1, 0, 1]), np.array([0.0, 1.0, 0.0, 2.0, 1.0])


def policy_gradient(states, w1, w2):
    """Return the loss of REINFORCE with discounted returns and an entropy bonus."""
    returns = np.zeros_like(REWARDS)
    running = 0.0
    for t in reversed(range(len(REWARDS))):
        running = REWARDS[t] + 0.9 * running
        returns[t] = running
    returns = (returns - returns.mean()) / returns.std()
    scores = np.tanh(states @ w1) @ w2
    log_policy = scores - logsumexp(scores, 1)[:, None]
    chosen = np.take_along_axis(log_policy, ACTIONS[:, None], axis=1)[:, 0]
    entropy = -(np.exp(log_policy) * log_policy).sum(axis=1)
    return -(chosen * returns + 0.01 * entropy).mean()


def neural_ode(state, w1, w2):
    """Integrate a small network through time by RK4."""

    def field(y):
        return np.tanh(y @ w1) @ w2 - 0.1 * y**3

    y, h = state, 0.1
    for _ in range(10):
        k1 = field(y)
        k2 = field(y + h / 2 * k1)
        k3 = field(y + h / 2 * k2)
        k4 = field(y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return np.sum((y - 1.0) ** 2)


def ctc(logits):
    """Return the connectionist loss of the word "ab", with blanks, in log space."""
    word = np.array([0, 1, 0, 2, 0])
    log_p = logits - logsumexp(logits, 1)[:, None]
    alpha = np.full(len(word), -1e30, like=logits)
    alpha[:2] = log_p[0, word[:2]]
    for t in range(1, len(logits)):
        paths = [alpha, np.concatenate([[-1e30], alpha[:-1]])]
        skip = np.concatenate([[-1e30, -1e30], alpha[:-2]])
        skip = np.where((word != 0) & (word != np.roll(word, 2)), skip, -1e30)
        alpha = logsumexp(np.stack([*paths, skip]), 0) + log_p[t, word]
    return -logsumexp(alpha[-2:], 0)


def torch_ctc(torch, logits):
    """Return the same by torch's own loss."""
    log_p = torch.log_softmax(logits, 1)[:, None]
    target = torch.tensor([[1, 2]])
    length, size = torch.tensor([len(logits)]), torch.tensor([2])
    return torch.nn.functional.ctc_loss(log_p, target, length, size, reduction="sum")


PROGRAMS = {
    "LSTM": Program(lstm, numbers(1, (2, 3, 4), (4, 12), (3, 12), (12,)), analytic=True, torch=torch_lstm),
    "GRU": Program(gru, numbers(2, (4, 3), (3, 9), (3, 9), (9,)), analytic=True, torch=torch_gru),
    "hidden Markov model": Program(hidden_markov, numbers(3, (3,), (3, 3), (3, 3))),
    "conditional random field": Program(conditional_random_field, numbers(4, (4, 3), (3, 3)), gradient=crf_gradient),
    "ARMA": Program(arma, (np.array([0.5, 0.2]), 0.3, -0.1), analytic=True),
    "Kalman filter": Program(kalman, (np.array([[1.0, 0.9], [0.1, 0.95]]), -1.0, 0.3)),
    "policy gradient": Program(policy_gradient, numbers(5, (5, 3), (3, 4), (4, 2))),
    "neural ODE": Program(neural_ode, numbers(6, (2, 3), (3, 4), (4, 3)), analytic=True),
    "CTC": Program(ctc, numbers(7, (5, 3)), torch=torch_ctc),
}
