"""What is saved in the tests of the formats: the sine, the worked example, a network, a NaN, a cut, and odd traces."""

from __future__ import annotations

import numpy as np

import graphviz_ad as gad

THEMES = ("light", "dark", "high-contrast", "print")


def worked(x):
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def network(data, first, offset, second):
    """Two layers and the mean square of what they miss."""
    hidden = np.tanh(data @ first + offset)
    return ((hidden @ second - 1) ** 2).mean()


def broken(x):
    """Take the logarithm of a negative number."""
    return np.log(x) * x + np.sin(x)


def cut(x):
    """Use a detached value, and multiply by zero."""
    y = np.exp(x)
    return y.detach() * x + 0 * y


def vector(v):
    """A few numbers, in cells."""
    return np.sum(v**2)


def made():
    """Record all of them."""
    generator = np.random.default_rng(1)
    with np.errstate(all="ignore"):
        return {
            "sine": gad.trace(np.sin, 0.6),
            "worked": gad.trace(worked, 2.0),
            "network": gad.trace(network, *(generator.normal(size=n) for n in ((4, 8), (8, 3), 3, (3, 2)))),
            "nan": gad.trace(broken, -1.0),
            "cut": gad.trace(cut, 1.5),
            "vector": gad.trace(vector, np.array([1.0, -2.5, 0.0])),
            "holes": gad.trace(lambda m: np.sum(m * m), np.array([[1.0, np.nan, -3.0]] * 3)),
            "series": gad.trace(lambda v: np.sum(np.sin(v)), np.linspace(-3, 3, 40)),
            "constant": gad.trace(lambda x: 3.0, 1.0),
            "empty": gad.trace(lambda v: np.zeros(0) * v, 2.0),
        }
