# ruff: noqa: N803, N806  (the names of mathematics)
"""What is not known is not claimed: lines above the one that is known to be wrong; lists of weights; missing terms."""

from __future__ import annotations

import json

import numpy as np
import pytest

import graphviz_ad as gad

RANDOM = np.random.default_rng(7)
X, LABELS, ROWS = RANDOM.normal(size=(6, 4)), np.array([0, 1, 2, 1, 0, 2]), np.arange(6)
W = RANDOM.normal(size=(4, 3))
WEIGHTS = [RANDOM.normal(size=(4, 5)) / 2, RANDOM.normal(size=(5, 5)) / 2, RANDOM.normal(size=(5, 2)) / 2]


def hinge(W):
    s = X @ W
    margins = np.maximum(0, s - s[ROWS, LABELS][:, None] + 1)
    return (margins.sum() - 6) / 6 + 0.5 * np.sum(W * W)


def hinge_backward(W, right=True):
    s = X @ W
    b = ((s - s[ROWS, LABELS][:, None] + 1) > 0).astype(float)
    b[ROWS, LABELS] = 0
    b[ROWS, LABELS] = -b.sum(axis=1) if right else -1
    dW = X.T @ b / 6
    dW += W
    return dW


def test_where_the_lines_above_cannot_be_judged_it_is_said_that_the_slip_may_be_there():
    assert gad.check_backward(hinge, hinge_backward, W).ok
    report = gad.check_backward(hinge, lambda W: hinge_backward(W, right=False), W)
    first = report.first_wrong
    line = hinge_backward.__code__.co_firstlineno
    assert "the first line known to be wrong" in first.words
    assert first.slip == "other"
    assert first.remedy is None
    assert f"{line + 4}" in first.sentence
    assert "The slip may be in line" in first.sentence
    page = report._page()
    assert "is the first line known to be wrong.</b>" in page.replace("\\", "")
    assert "is the first wrong line.</b>" not in page


def deep(Ws):
    a, kept = X, [X]
    for V in Ws:
        a = np.tanh(a @ V)
        kept.append(a)
    return np.sum(a**2), kept


def deep_backward(Ws, kept):
    g = [None] * 3
    d = 2 * kept[-1]
    for i in range(2, -1, -1):
        d = d * (1 - kept[i + 1] ** 2)
        g[i] = kept[i].T @ d
        d = d @ Ws[i].T
    return g


def test_a_list_of_weights_has_a_list_of_gradients():
    report = gad.check_backward(deep, deep_backward, WEIGHTS)
    assert report.ok
    data = json.loads(report.to_json())
    assert [one["of"] for one in data["gradients"]] == ["Ws[0]", "Ws[1]", "Ws[2]"]
    step = 1e-6
    up, down = ([V.copy() for V in WEIGHTS] for _ in range(2))
    up[1][2, 3] += step
    down[1][2, 3] -= step
    slope = (deep(up)[0] - deep(down)[0]) / (2 * step)
    assert data["gradients"][1]["expected"][2][3] == pytest.approx(slope, rel=1e-6)
    short = gad.check_backward(deep, lambda Ws, kept: [*deep_backward(Ws, kept)[:2], np.zeros((5, 2))], WEIGHTS)
    assert [one["right"] for one in json.loads(short.to_json())["gradients"]] == [True, True, False]


def ridge(V):
    return np.sum((X @ V) ** 2) + 0.25 * np.sum(V**2)


def test_a_missing_term_is_written_with_its_factor():
    def backward(V):
        e = X @ V
        dV = 2 * X.T @ e
        return {"V": dV}

    line = gad.check_backward(ridge, backward, W).first_wrong
    assert line.remedy == "dV = 2 * X.T @ e + 0.5 * V"
    assert line.proof is not None
