"""What is meant is not told, is said to be meant, and leaves everything else as it is."""

from __future__ import annotations

import importlib.util
import json

import numpy as np
import pytest

import graphviz_ad as gad

COLUMN = np.arange(3.0)[:, None]
SOURCE = """\
{head}
TARGETS = np.arange(6.0)[:, None]


def loss(w):
    e = {line}
    return np.mean(e**2)
"""


def kinds(report):
    """Return the kinds of a report's findings."""
    return [finding.kind for finding in report.findings]


def module_of(path, source):
    """Return a source as a module of a file of its own."""
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def mean_of_pairs(p):
    return np.mean((p - COLUMN) ** 2)


def meant_pairs(p):
    return np.mean(gad.meant("broadcast", (p - COLUMN) ** 2))


def meant_value(p):
    e = p - COLUMN
    return np.mean(gad.meant("broadcast", e) ** 2)


def meant_elsewhere(p):
    return np.mean((p - COLUMN) ** 2) + gad.meant("broadcast", np.sum(p))


def meant_otherwise(p):
    return np.mean(gad.meant("kink", p - COLUMN) ** 2)


@pytest.mark.parametrize(
    ("f", "told"),
    [(mean_of_pairs, 1), (meant_pairs, 0), (meant_value, 0), (meant_elsewhere, 1), (meant_otherwise, 1)],
)
def test_what_is_meant_is_not_told_there_and_only_there(f, told):
    report = gad.check(f, np.arange(3.0) + 0.5)
    assert kinds(report) == ["broadcast"] * told
    assert [finding.kind for finding in report.meant] == ["broadcast"] * (1 - told)


def test_nothing_is_recorded_of_it_and_no_number_changes():
    at = np.arange(3.0) + 0.5
    plain, marked = gad.trace(mean_of_pairs, at), gad.trace(meant_pairs, at)
    assert [node.primitive for node in marked.nodes] == [node.primitive for node in plain.nodes]
    assert np.array_equal(gad.grad(meant_pairs)(at), gad.grad(mean_of_pairs)(at))
    steps = [np.mean((at + h * np.eye(3)[k] - COLUMN) ** 2) for k in range(3) for h in (1e-6, -1e-6)]
    assert np.allclose(gad.grad(meant_pairs)(at), -np.diff(steps)[::2] / 2e-6, rtol=1e-6)


@pytest.mark.parametrize("value", [2.5, np.ones((2, 3)), None, "text"])
def test_anything_comes_back_as_it_is(value):
    assert gad.meant("broadcast", value) is value


def test_a_name_stays_that_of_what_is_meant():
    def f(p):
        e = gad.meant("broadcast", p - COLUMN)
        return np.mean(e**2)

    assert [node.name for node in gad.trace(f, np.arange(3.0)).nodes][1] == "e"


def test_every_turn_of_a_loop_is_meant():
    def f(p):
        total = 0.0
        for k in range(3):
            total = total + np.mean(gad.meant("broadcast", p * k - COLUMN))
        return total

    assert kinds(gad.check(f, np.arange(3.0) + 0.5)) == []


def test_cuts_and_inputs_without_a_path_can_be_meant():
    def f(x, y, z):
        gad.meant("unreached", z)
        return x * gad.meant("unreached", np.sin(y).value)

    def g(x, y):
        return x * gad.meant("unreached", y.detach())

    assert kinds(gad.check(f, 2.0, 1.0, 3.0)) == kinds(gad.check(g, 2.0, 1.0)) == []
    assert kinds(gad.check(lambda x, y: x * y.detach(), 2.0, 1.0)) == ["unreached"]


def test_a_report_says_what_is_meant_and_does_not_say_that_it_is_not_there(tmp_path):
    report = gad.check(meant_pairs, np.arange(3.0) + 0.5)
    text = str(report)
    line = meant_pairs.__code__.co_firstlineno + 1
    assert text.splitlines()[-1] == f"Meant: p − COLUMN is 3×3 where 3 numbers met 3 (line {line})."
    assert "grown shapes" not in text
    assert report.ok
    data = json.loads(report.to_json())
    assert [finding["kind"] for finding in data["meant"]] == ["broadcast"]
    assert data["findings"] == []
    report.save(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert f"3 numbers met 3 (line {line})" in page
    assert "no shape grew" not in page


@pytest.mark.parametrize(
    ("head", "call"),
    [
        ("import numpy as np\nimport graphviz_ad as gad", "gad.meant"),
        ("import numpy as np\nimport graphviz_ad", "graphviz_ad.meant"),
        ("import numpy as np\nfrom graphviz_ad import meant as wanted", "wanted"),
        ("import numpy as np\n", "gad.meant"),
    ],
)
@pytest.mark.parametrize("line", ["w - TARGETS", "(w - TARGETS) * 1.0", "np.subtract(\n        w, TARGETS)"])
def test_the_line_that_a_finding_offers_runs_and_silences_it(tmp_path, head, call, line):
    source = SOURCE.format(head=head, line=line)
    finding = gad.check(module_of(tmp_path / "first.py", source).loss, np.ones(6)).findings[0]
    lines, needs = finding.acceptance
    assert f'{call}("broadcast", ' in lines.after
    assert needs == ("" if "graphviz_ad" in head else "import graphviz_ad as gad")
    assert source.count(lines.before) == 1
    again = module_of(tmp_path / "second.py", f"{needs}\n{source.replace(lines.before, lines.after)}")
    assert kinds(gad.check(again.loss, np.ones(6))) == []


def test_only_what_people_mean_at_times_is_offered_to_be_meant():
    report = gad.check(lambda x: np.sum(np.where(x > 1, np.sqrt(x), 0.0)), np.array([0.0, 4.0]))
    assert report.findings[0].acceptance is None


def test_another_kind_is_refused_with_the_closest_one():
    with pytest.raises(gad.GraphvizAdError, match=r"unknown kind 'brodcast'.*Did you mean 'broadcast'"):
        gad.meant("brodcast", 1.0)


def test_a_mended_run_does_not_tell_what_is_meant():
    def f(p):
        return np.mean(gad.meant("broadcast", p - COLUMN) ** 2) + np.sum(np.sqrt(p * 0.0))

    film = gad.check(f, np.arange(3.0) + 0.5)._shot().film
    assert [finding["cure"]["mended"] for finding in film["findings"]] == [0]
    assert film["mended"][0]["film"].get("findings", []) == []
