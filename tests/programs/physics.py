"""Things that move, flow, bend and conduct."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, numbers


def rk4(field, y, h, steps):
    """Integrate a field and return all states, written into one array."""
    states = np.zeros((steps + 1, len(y)), dtype=y.dtype, like=y)
    states[0] = y
    for t in range(steps):
        k1 = field(states[t])
        k2 = field(states[t] + h / 2 * k1)
        k3 = field(states[t] + h / 2 * k2)
        k4 = field(states[t] + h * k3)
        states[t + 1] = states[t] + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return states


def lotka_volterra(rates, start):
    """Return how far hares and lynxes are from what was counted."""
    alpha, beta, gamma, delta = rates

    def field(y):
        hares, lynxes = y
        return np.stack([alpha * hares - beta * hares * lynxes, delta * hares * lynxes - gamma * lynxes])

    states = rk4(field, start, 0.1, 8)
    counted = np.array([1.0, 0.5])
    return np.mean((np.log(states) - counted) ** 2)


def harmonic(omega, start):
    """Return where a harmonic oscillator is after some time, in many small exact turns."""
    x, v = start[0], start[1]
    h = 0.05
    c, s = np.cos(omega * h), np.sin(omega * h)
    for _ in range(40):
        x, v = c * x + s * v / omega, -s * omega * x + c * v
    return x


def harmonic_gradient(omega, start):
    """Return its gradient from x₀ cos ωt + v₀ sin(ωt)/ω."""
    t = 40 * 0.05
    x, v = start
    c, s = np.cos(omega * t), np.sin(omega * t)
    return -x * t * s + v * (t * c / omega - s / omega**2), np.array([c, s / omega])


def van_der_pol(mu, start):
    """Return the energy of a van der Pol oscillator after a while."""
    y = rk4(lambda y: pair(y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]), start, 0.05, 20)[-1]
    return (y**2).sum() / 2


def pair(a, b):
    """Return two numbers as an array."""
    return np.stack([a, b])


KICKS = np.random.default_rng(1).normal(size=30)


def euler_maruyama(drift, volatility, start):
    """Follow a mean-reverting rate through fixed noise."""
    x, dt, total = start, 1 / 30, 0.0
    for kick in KICKS:
        x = x + drift[0] * (drift[1] - x) * dt + volatility * np.sqrt(x) * np.sqrt(dt) * kick
        total += x * dt
    return np.exp(-total)


def heat(temperature, conductivity):
    """Let heat flow along a rod with fixed ends, step by step, in place."""
    u = temperature.copy()
    for _ in range(12):
        u[1:-1] += 0.2 * (conductivity[1:] * (u[2:] - u[1:-1]) - conductivity[:-1] * (u[1:-1] - u[:-2]))
    return np.sum((u - 0.5) ** 2)


def wave(displacement, speed):
    """Let a string swing, with two states that take turns."""
    before, now = displacement, displacement.copy()
    for _ in range(10):
        after = np.zeros_like(now)
        after[1:-1] = 2 * now[1:-1] - before[1:-1] + (0.5 * speed) ** 2 * (now[:-2] - 2 * now[1:-1] + now[2:])
        before, now = now, after
    return now @ np.sin(np.linspace(0, np.pi, len(displacement)))


def two_bodies(position, velocity, mass):
    """Return energy and distance after some steps of leapfrog."""

    def force(x):
        return -mass * x / np.linalg.norm(x) ** 3

    x, v, h = position, velocity, 0.05
    v = v + h / 2 * force(x)
    for _ in range(15):
        x = x + h * v
        v = v + h * force(x)
    v = v - h / 2 * force(x)
    return 0.5 * v @ v - mass / np.linalg.norm(x) + x[0]


def double_pendulum(angles, lengths):
    """Return the height of the lower weight after some steps of RK4."""
    g, m1, m2 = 9.81, 1.0, 0.7
    l1, l2 = lengths

    def field(y):
        a, b, u, v = y
        d = a - b
        low = 2 * m1 + m2 - m2 * np.cos(2 * d)
        du = -g * (2 * m1 + m2) * np.sin(a) - m2 * g * np.sin(a - 2 * b)
        du = du - 2 * np.sin(d) * m2 * (v**2 * l2 + u**2 * l1 * np.cos(d))
        dv = u**2 * l1 * (m1 + m2) + g * (m1 + m2) * np.cos(a) + v**2 * l2 * m2 * np.cos(d)
        return np.stack([u, v, du / (l1 * low), 2 * np.sin(d) * dv / (l2 * low)])

    a, b, *_ = rk4(field, np.concatenate([angles, np.zeros(2)]), 0.02, 6)[-1]
    return -l1 * np.cos(a) - l2 * np.cos(b)


INDICES = np.array([1.0, 1.5, 1.33, 1.7])


def snell(angle, thickness):
    """Return where a ray leaves a stack of layers, refracted at each of them."""
    place, sine = 0.0, np.sin(angle)
    for k, n in enumerate(INDICES[1:]):
        sine = sine * INDICES[k] / n
        place += thickness[k] * sine / np.sqrt(1 - sine**2)
    return place


def snell_gradient(angle, thickness):
    """Return its gradient: each layer's sine is that of the first over its index."""
    s = np.sin(angle) / INDICES[1:]
    return np.sum(thickness * np.cos(angle) / INDICES[1:] / (1 - s**2) ** 1.5), s / np.sqrt(1 - s**2)


def fermat(heights):
    """Return the time of light through points of its path."""
    x = np.arange(len(heights) + 2.0)
    y = np.zeros(len(heights) + 2, like=heights)
    y[1:-1] = heights
    y[-1] = 1.0
    return np.sum(np.hypot(np.diff(x), np.diff(y)) * INDICES[: len(heights) + 1])


def newton(a, b):
    """Solve x³ + a x = b by Newton's iteration, all of it recorded."""
    x = b
    for _ in range(30):
        x = x - (x**3 + a * x - b) / (3 * x**2 + a)
    return x


def newton_gradient(a, b):
    """Return its gradient by the implicit function theorem."""
    x = max(np.roots([1.0, 0.0, a, -b]), key=lambda root: -abs(root.imag)).real
    return -x / (3 * x**2 + a), 1 / (3 * x**2 + a)


WIRES = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [1, 3]])


def circuit(log_resistances, current):
    """Return the voltage at a node of a resistor network, by nodal analysis."""
    laplacian = np.zeros((4, 4), like=log_resistances)
    for (i, j), conductance in zip(WIRES, np.exp(-log_resistances), strict=True):
        laplacian[i, i] += conductance
        laplacian[j, j] += conductance
        laplacian[i, j] -= conductance
        laplacian[j, i] -= conductance
    voltage = np.linalg.solve(laplacian[1:, 1:], current)
    return voltage[1] ** 2 + voltage.max()


NODES = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
BARS = [(0, 1), (0, 3), (1, 3), (2, 3), (1, 2)]


def truss(areas, nodes, load):
    """Return the work of a load on a truss, by finite elements."""
    stiffness = np.zeros((8, 8), dtype=np.result_type(areas, nodes), like=areas)
    for area, (i, j) in zip(areas, BARS, strict=True):
        along = nodes[j] - nodes[i]
        length = np.sqrt(along @ along)
        direction = along / length
        element = area / length * np.outer(direction, direction)
        places = [2 * i, 2 * i + 1, 2 * j, 2 * j + 1]
        block = np.block([[element, -element], [-element, element]])
        stiffness[np.ix_(places, places)] += block
    free = np.array([2, 3, 6, 7])
    moved = np.linalg.solve(stiffness[free[:, None], free], load)
    return load @ moved


def ising(coupling, field):
    """Return the mean-field free energy of some spins, at the fixed point of their magnetizations."""
    J = (coupling + coupling.T) / 2  # noqa: N806
    m = np.tanh(field)
    for _ in range(25):
        m = np.tanh(0.3 * J @ m + field)
    entropy = -np.sum((1 + m) / 2 * np.log((1 + m) / 2) + (1 - m) / 2 * np.log((1 - m) / 2))
    return -0.15 * m @ J @ m - field @ m - entropy


def beam(stiffness, load):
    """Return the deflection of a beam at its middle, from a banded system solved by elimination."""
    diagonal, right = 2.0 + stiffness, load.copy()
    diagonal = diagonal.copy()
    for i in range(1, len(right)):
        factor = -1 / diagonal[i - 1]
        diagonal[i] += factor
        right[i] -= factor * right[i - 1]
    x = np.zeros_like(right)
    x[-1] = right[-1] / diagonal[-1]
    for i in range(len(right) - 2, -1, -1):
        x[i] = (right[i] + x[i + 1]) / diagonal[i]
    return x[len(x) // 2]


def beam_gradient(stiffness, load):
    """Return its gradient by the adjoint of the matrix."""
    n = len(load)
    inverse = np.linalg.inv(np.diag(2 + stiffness) - np.eye(n, k=1) - np.eye(n, k=-1))
    x, adjoint = inverse @ load, inverse[n // 2]
    return -adjoint * x, adjoint


def lennard_jones(positions):
    """Return the energy of some atoms, pair by pair."""
    energy = 0.0
    for i in range(len(positions)):
        for j in range(i):
            r2 = np.sum((positions[i] - positions[j]) ** 2)
            energy += 4 * (1 / r2**6 - 1 / r2**3)
    return energy


def lennard_jones_gradient(positions):
    """Return minus the forces."""
    apart = positions[:, None] - positions
    r2 = (apart**2).sum(-1) + np.eye(len(positions))
    strength = 4 * (-12 / r2**7 + 6 / r2**4) * (1 - np.eye(len(positions)))
    return ((strength[:, :, None] * apart).sum(axis=1),)


PROGRAMS = {
    "Lotka-Volterra": Program(lotka_volterra, (np.array([1.1, 0.4, 0.9, 0.3]), np.array([2.0, 1.0])), analytic=True),
    "harmonic oscillator": Program(harmonic, (1.7, np.array([0.4, -1.1])), analytic=True, gradient=harmonic_gradient),
    "van der Pol": Program(van_der_pol, (1.3, np.array([0.5, 1.0])), analytic=True),
    "Euler-Maruyama": Program(euler_maruyama, (np.array([1.5, 0.05]), 0.1, 0.04), analytic=True),
    "heat equation": Program(heat, (numbers(1, (9,))[0], np.abs(numbers(2, (8,))[0])), analytic=True),
    "wave equation": Program(wave, (numbers(3, (9,))[0], 0.9), analytic=True),
    "two bodies": Program(two_bodies, (np.array([1.0, 0.1]), np.array([0.0, 0.9]), 1.1)),
    "double pendulum": Program(double_pendulum, (np.array([1.2, 0.5]), np.array([1.0, 0.8])), analytic=True),
    "Snell": Program(snell, (0.6, np.array([1.0, 0.5, 2.0])), analytic=True, gradient=snell_gradient),
    "Fermat": Program(fermat, (np.array([0.3, 0.8]),)),
    "Newton": Program(newton, (1.5, 2.0), analytic=True, gradient=newton_gradient),
    "circuit": Program(circuit, (numbers(4, (5,))[0], np.array([1.0, -0.5, 0.2]))),
    "truss": Program(
        truss, (np.array([1.0, 0.7, 1.2, 0.9, 0.6]), NODES, np.array([0.1, -1.0, 0.3, -0.5])), analytic=True
    ),
    "Ising": Program(ising, numbers(5, (4, 4), (4,)), analytic=True),
    "beam": Program(beam, (np.abs(numbers(6, (7,))[0]), numbers(7, (7,))[0]), analytic=True, gradient=beam_gradient),
    "Lennard-Jones": Program(
        lennard_jones,
        (np.array([[0.0, 0.0, 0.0], [1.1, 0.1, 0.0], [0.2, 1.2, 0.3], [0.9, 0.9, 1.0]]),),
        analytic=True,
        gradient=lennard_jones_gradient,
    ),
}
