"""The command `graphviz-ad check-backward` and the report as JSON: words, files, fields and exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.cli import main as cli

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "graphviz_ad" / "debugging" / "hand_written" / "backward.schema.json").read_text("utf-8"))
NET = """import numpy as np


def forward(x=np.array([[1.0, -0.5], [0.25, 2.0]]), w=np.array([0.5, -1.0])):
    z = x @ w
    h = np.tanh(z)
    return h.sum()


def backward(x, w):
    h = np.tanh(x @ w)
    dz = 1 - h
    dw = x.T @ dz
    return np.outer(dz, w), dw


def right(x, w):
    h = np.tanh(x @ w)
    dz = 1 - h**2
    dw = x.T @ dz
    return np.outer(dz, w), dw


def raising(x, w):
    return x @ x.T @ w[:1], w


class Layer:
    def __init__(self):
        self.W = np.array([[1.0, 2.0], [0.5, -1.0]])

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W


layer = Layer()
"""


@pytest.fixture
def net(tmp_path, monkeypatch):
    """Work in a directory that has a net."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(NET)
    modules = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - modules:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def run(capsys, *words):
    """Return the exit code, what was printed, and what was complained."""
    code = cli.main(["check-backward", *words])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_it_prints_the_first_wrong_line_and_fails(net, capsys):
    code, out, _ = run(capsys, "net.py:forward", "net.py:backward")
    assert code == 1
    assert "net.py:12" in out
    assert "12 +     dz = 1 - h**2" in out
    assert run(capsys, "net.py:forward", "net.py:right")[0] == 0


def test_json_fits_the_schema_and_its_numbers_are_those_of_differences(net, capsys):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for backward, code in (("backward", 1), ("right", 0), ("raising", 1)):
        status, out, _ = run(capsys, "net.py:forward", f"net.py:{backward}", "--json", "--w", "[0.25, 1.5]")
        data = json.loads(out)
        jsonschema.Draft202012Validator(SCHEMA).validate(data)
        assert (status, data["ok"]) == (code, not code)
        if backward != "raising":
            x, w, step = np.array([[1.0, -0.5], [0.25, 2.0]]), np.array([0.25, 1.5]), 1e-6
            slopes = [np.tanh(x @ (w + e)).sum() - np.tanh(x @ (w - e)).sum() for e in step * np.eye(2)]
            gradient = next(one for one in data["gradients"] if one["of"] == "w")
            assert gradient["expected"] == pytest.approx(np.array(slopes) / (2 * step), abs=1e-8)
            assert gradient["right"] is (backward == "right")
            assert gradient["shape"] == [2]
        else:
            assert (data["error"]["type"], data["error"]["line"]) == ("ValueError", 25)
    _, out, _ = run(capsys, "net.py:forward", "net.py:backward", "--json")
    data = json.loads(out)
    wrong = data["lines"][data["first_wrong"]]
    assert wrong["change"] == {"line": 12, "before": "dz = 1 - h", "after": "dz = 1 - h**2"}
    assert (wrong["verdict"], wrong["name"], wrong["file"]) == ("wrong", "dz", str(net / "net.py"))
    worst = np.unravel_index(np.argmax(np.abs(np.subtract(wrong["got"], wrong["expected"]))), wrong["shape"])
    assert tuple(wrong["worst"]) == worst


def test_methods_of_an_object_are_checked_with_what_they_leave_in_it(net, capsys):
    code, out, _ = run(capsys, "net.py:layer.forward", "net.py:layer.backward", "--x", "[[1, 2], [3, 5]]", "--json")
    data = json.loads(out)
    assert code == 1
    assert {one["of"]: one["right"] for one in data["gradients"]} == {"x": False, "W": True}
    assert data["lines"][data["first_wrong"]]["change"]["after"] == "return dout @ self.W.T"


def test_every_suffix_is_written_and_another_is_refused(net, capsys):
    report = gad.check_backward(lambda x: np.sum(np.tanh(x)), lambda x: 1 - np.tanh(x), np.ones(2))
    begins = {
        ".txt": b"<lambda>",
        ".html": b"<!doctype html>",
        ".json": b"{",
        ".svg": b"<svg",
        ".png": b"\x89PNG",
        ".pdf": b"%PDF",
        ".dot": b"digraph",
    }
    for suffix, start in begins.items():
        report.save(net / f"report{suffix}")
        assert start in (net / f"report{suffix}").read_bytes()[:400]
    assert json.loads((net / "report.json").read_text("utf-8")) == json.loads(report.to_json())
    with pytest.raises(gad.errors.InputError, match=r"the name must end in \.txt, \.html, \.json, \.svg"):
        report.save(net / "report.doc")
    assert run(capsys, "net.py:forward", "net.py:right", "-o", "out.html")[0] == 0
    assert (net / "out.html").read_text("utf-8").startswith("<!doctype html>")
    assert run(capsys, "net.py:forward", "net.py:right", "-o", "out.doc")[0] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["net.py:forward"], "check-backward takes two functions first"),
        (["net.py:forward", "--json"], "check-backward takes two functions first"),
        (["net.py:forward", "net.py:backwards"], "net.py has no function 'backwards'. Did you mean 'backward'?"),
        (["net.py:forward", "net.py:backward", "--y", "1"], "unknown option --y: forward has x, w"),
        (["net.py:forward", "net.py:backward", "--dark"], ""),
        (["net.py:layer.forward", "net.py:layer.backward"], "x has no value: add --x VALUE"),
    ],
)
def test_words_that_cannot_be_followed_are_told_and_exit_with_2(net, capsys, words, said):
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert said in err


def test_help_says_how_it_is_called(capsys):
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert "check-backward MODULE:FORWARD MODULE:BACKWARD" in out
    assert max(map(len, out.splitlines())) <= 120
