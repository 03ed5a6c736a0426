"""Right backward passes of numerical methods: filters, solvers, steps in time, and stacks with helpers of their own."""
# ruff: noqa: D103, N803, N806, RET504

import numpy as np

R = np.random.default_rng(77)


def kalman(zs, q, r, a):
    m, P, nll = 0.0, 1.0, 0.0
    for z in zs:
        mp = a * m
        Pp = a * P * a + q
        e = z - mp
        S = Pp + r
        nll = nll + 0.5 * (np.log(S) + e * e / S)
        K = Pp / S
        m = mp + K * e
        P = (1 - K) * Pp
    return nll


def kalman_back(zs, q, r, a):
    m, P = 0.0, 1.0
    tape = []
    for z in zs:
        mp = a * m
        Pp = a * P * a + q
        e = z - mp
        S = Pp + r
        K = Pp / S
        tape.append((m, P, Pp, e, S, K))
        m = mp + K * e
        P = (1 - K) * Pp
    dm = dP = dq = dr = da = 0.0
    dzs = np.zeros_like(zs)
    for t in range(len(zs) - 1, -1, -1):
        m, P, Pp, e, S, K = tape[t]
        dK = dm * e - dP * Pp
        dPp = dP * (1 - K)
        dmp = dm
        de = dm * K + e / S
        dPp += dK / S
        dS = -dK * Pp / S**2 + 0.5 * (1 / S - e**2 / S**2)
        dPp += dS
        dr += dS
        dzs[t] = de
        dmp -= de
        dq += dPp
        da += 2 * a * P * dPp + m * dmp
        dP = a * a * dPp
        dm = a * dmp
    return dzs, dq, dr, da


def tridiagonal(a, b, c, d):
    A = np.diag(b) + np.diag(a, -1) + np.diag(c, 1)
    x = np.linalg.solve(A, d)
    return np.sum(x * x) / len(d)


def thomas(a, b, c, d):
    n = len(d)
    cp, dp = np.zeros(n), np.zeros(n)
    cp[0], dp[0] = c[0] / b[0], d[0] / b[0]
    for i in range(1, n):
        pivot = b[i] - a[i - 1] * cp[i - 1]
        if i < n - 1:
            cp[i] = c[i] / pivot
        dp[i] = (d[i] - a[i - 1] * dp[i - 1]) / pivot
    x = np.zeros(n)
    x[-1] = dp[-1]
    for i in range(n - 2, -1, -1):
        x[i] = dp[i] - cp[i] * x[i + 1]
    return x


def tridiagonal_back(a, b, c, d):
    x = thomas(a, b, c, d)
    dx = 2 * x / len(d)
    lam = thomas(c, b, a, dx)
    db = -lam * x
    da = -lam[1:] * x[:-1]
    dc = -lam[:-1] * x[1:]
    return da, db, dc, lam


def predators(y, theta):
    a, b = theta[0], theta[1]
    return np.stack([a * y[0] - b * y[0] * y[1], b * y[0] * y[1] - a * y[1]])


def midpoint(y0, theta):
    h = 0.1
    y = y0
    for _ in range(3):
        k1 = predators(y, theta)
        k2 = predators(y + h / 2 * k1, theta)
        y = y + h * k2
    return 0.5 * np.sum((y - np.array([1.0, 2.0])) ** 2)


def predators_back(y, theta, lam):
    a, b = theta
    J = np.array([[a - b * y[1], -b * y[0]], [b * y[1], b * y[0] - a]])
    dfda = np.array([y[0], -y[1]])
    dfdb = np.array([-y[0] * y[1], y[0] * y[1]])
    return J.T @ lam, np.array([lam @ dfda, lam @ dfdb])


def midpoint_back(y0, theta):
    h = 0.1
    ys = [y0]
    for _ in range(3):
        y = ys[-1]
        k1 = predators(y, theta)
        ys.append(y + h * predators(y + h / 2 * k1, theta))
    lam = ys[-1] - np.array([1.0, 2.0])
    gtheta = np.zeros(2)
    while len(ys) > 1:
        ys.pop()
        y = ys[-1]
        k1 = predators(y, theta)
        middle = y + h / 2 * k1
        dk2 = h * lam
        dmiddle, g2 = predators_back(middle, theta, dk2)
        dk1 = h / 2 * dmiddle
        dy1, g1 = predators_back(y, theta, dk1)
        lam = lam + dmiddle + dy1
        gtheta += g1 + g2
    return lam, gtheta


def gelu(x):
    return 0.5 * x * (1 + np.tanh(0.79788456 * (x + 0.044715 * x**3)))


def dgelu(x):
    k, c = 0.79788456, 0.044715
    t = np.tanh(k * (x + c * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * k * (1 + 3 * c * x**2)


def stack(x, *Ws):
    for W in Ws:
        x = x + gelu(x @ W)
    return np.mean(x**2)


def stack_back(x, *Ws):
    acts = [x]
    for W in Ws:
        acts.append(acts[-1] + gelu(acts[-1] @ W))
    d = 2 * acts[-1] / acts[-1].size
    grads = [None] * len(Ws)
    for k, (act, W) in reversed(list(enumerate(zip(acts, Ws, strict=False)))):
        dpre = d * dgelu(act @ W)
        grads[k] = act.T @ dpre
        d = d + dpre @ W.T
    return (d, *grads)


def softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def masked(X, Wq, Wk, Wv):
    T, d = X.shape[0], Wq.shape[1]
    q, k, v = X @ Wq, X @ Wk, X @ Wv
    mask = np.tril(np.ones((T, T)))
    scores = np.where(mask == 1, q @ k.T / np.sqrt(d), -1e9)
    p = softmax(scores)
    y = p @ v
    return (y**3).mean(), {"X": X, "Wq": Wq, "Wk": Wk, "Wv": Wv, "q": q, "k": k, "v": v, "p": p, "y": y, "mask": mask}


def masked_back(cache):
    X, p, y = cache["X"], cache["p"], cache["y"]
    width = cache["q"].shape[-1]
    dy = 3 * y**2 / y.size
    dv = p.T @ dy
    dp = dy @ cache["v"].T
    ds = p * (dp - (dp * p).sum(-1, keepdims=True))
    ds = ds * cache["mask"] / np.sqrt(width)
    dq = ds @ cache["k"]
    dk = ds.T @ cache["q"]
    dX = dq @ cache["Wq"].T
    dX += dk @ cache["Wk"].T
    dX += dv @ cache["Wv"].T
    return {"X": dX, "Wq": X.T @ dq, "Wk": X.T @ dk, "Wv": X.T @ dv}


def huber(A, x, b):
    r = A @ x - b
    return np.where(np.abs(r) <= 1.0, 0.5 * r**2, np.abs(r) - 0.5).sum()


def huber_slope(r, delta=1.0):
    g = np.clip(r, -delta, delta)
    return g


def huber_back(A, x, b):
    r = A @ x - b
    dr = huber_slope(r)
    return np.outer(dr, x), A.T @ dr, -dr


LABELS, REG = (0, 2, 1, 2), 0.1


def svm(W, X):
    s = X @ W
    margins = np.maximum(0, s - s[np.arange(len(X)), LABELS][:, None] + 1)
    return (np.sum(margins) - len(X)) / len(X) + REG * np.sum(W * W)


def svm_back(W, X):
    n, C = X.shape[0], W.shape[1]
    dW, dX = np.zeros(W.shape), np.zeros_like(X)
    for i in range(n):
        scores = X[i].dot(W)
        for j in range(C):
            if j == LABELS[i]:
                continue
            margin = scores[j] - scores[LABELS[i]] + 1
            if margin > 0:
                dW[:, j] += X[i]
                dW[:, LABELS[i]] -= X[i]
                dX[i] += W[:, j] - W[:, LABELS[i]]
    dW /= n
    dX /= n
    dW += 2 * REG * W
    return dW, dX


def layers(x, W1, W2, W3):
    h1 = np.tanh(x @ W1)
    h2 = np.tanh(h1 @ W2)
    h3 = np.tanh(h2 @ W3)
    return np.sum(h3 * h3) / 2, {"h0": x, "h1": h1, "h2": h2, "h3": h3, "W1": W1, "W2": W2, "W3": W3}


def layer_back(cache, grads, k, dh):
    dz = dh * (1 - cache[f"h{k}"] ** 2)
    grads[f"W{k}"] = cache[f"h{k - 1}"].T @ dz
    return dz @ cache[f"W{k}"].T


def layers_back(cache):
    grads = {}
    d = cache["h3"]
    d = layer_back(cache, grads, 3, d)
    d = layer_back(cache, grads, k=2, dh=d)
    grads["x"] = layer_back(cache, grads, 1, d)
    return grads


PROGRAMS = {
    "kalman": (kalman, kalman_back, (np.array([0.4, -0.3, 0.9, 0.1]), 0.2, 0.5, 0.9)),
    "tridiagonal": (
        tridiagonal,
        tridiagonal_back,
        (R.normal(size=4), 4 + R.random(5), R.normal(size=4), R.normal(size=5)),
    ),
    "midpoint": (midpoint, midpoint_back, (np.array([1.0, 0.6]), np.array([0.8, 0.5]))),
    "gelus": (stack, stack_back, (R.normal(size=(3, 4)), *(R.normal(size=(4, 4)) for _ in range(3)))),
    "masked": (masked, masked_back, tuple(R.normal(size=size) for size in ((4, 3), (3, 5), (3, 5), (3, 2)))),
    "svm": (svm, svm_back, (R.normal(size=(3, 3)), R.normal(size=(4, 3)))),
    "layers": (layers, layers_back, tuple(R.normal(size=size) for size in ((5, 4), (4, 4), (4, 4), (4, 4)))),
    "huber": (huber, huber_back, (1.5 * R.normal(size=(6, 3)), R.normal(size=3), R.normal(size=6))),
}
"""Each program: forward, backward, and what they are called with."""
