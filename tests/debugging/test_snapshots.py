"""Stored traces: a page that reads back as it was written, and what has changed, as a person reads it."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Thresholds
from graphviz_ad.debugging.snapshots.pages import blocks_of, page_of, read
from graphviz_ad.errors import PathError, SnapshotError
from graphviz_ad.testing import assert_trace_matches

W = np.linspace(-1, 1, 12).reshape(3, 4)
TRACES = {
    "scalars": lambda: gad.trace(lambda x, y: np.sin(x) * y / x, 0.1, 2.0),
    "arrays": lambda: gad.trace(lambda x, w: np.tanh(x[1:3] @ w[:2]).sum(), np.ones(3), W),
    "large": lambda: gad.trace(lambda x: (x**2).mean(), np.arange(1000.0)),
    "not finite": lambda: gad.trace(lambda x: np.sum(np.log(x)), np.array([0.0, -1.0, 2.0])),
    "complex": lambda: gad.trace(lambda z: np.abs(z).sum(), np.array([1 - 2j, 0.5j])),
    "float32": lambda: gad.trace(lambda x: np.exp(x) * 3, np.float32(0.1)),
    "empty": lambda: gad.trace(lambda x: x.sum(), np.ones((0, 3))),
    "unused": lambda: gad.trace(lambda x, unused: x * 2, 1.0, 2.0),
    "branches": lambda: gad.trace(lambda x: np.where(x > 0, x, 2.0).sum(), np.array([1.0, -1.0])),
}


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_page_reads_back_as_it_was_written_with_every_digit(name):
    exam = Examination(TRACES[name](), Thresholds())
    with np.errstate(all="ignore"):
        blocks = blocks_of(exam)
        again = read(page_of(exam))
    assert [block.head for block in again] == [block.head for block in blocks]
    for one, other in zip(blocks, again, strict=True):
        assert [(n.label, n.kind) for n in one.numbers] == [(n.label, n.kind) for n in other.numbers]
        for mine, theirs in zip(one.numbers, other.numbers, strict=True):
            # Read as doubles, what was written of float32 is the nearest decimal, and rounds back to the same.
            np.testing.assert_array_equal(theirs.flat.astype(mine.flat.dtype), mine.flat)


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_was_stored_matches_what_is_recorded_again(name, tmp_path):
    path = tmp_path / "kept" / "trace.txt"
    assert_trace_matches(TRACES[name](), path, update=True)
    assert_trace_matches(TRACES[name](), path)
    assert max(map(len, path.read_text("utf-8").splitlines())) < 120


def f(x):
    a = np.log(x**2)
    return a * np.sin(x)


def a_line_more(x):
    a = np.log(x**2)
    b = np.tanh(a)
    return b * np.sin(x)


@pytest.fixture
def path(tmp_path):
    """Return where the trace of f is stored."""
    path = tmp_path / "f.txt"
    assert_trace_matches(gad.trace(f, 2.0), path, update=True)
    return path


def lines_of(trace, path, **options):
    """Return the message of a trace that does not match."""
    with pytest.raises(SnapshotError) as caught:
        assert_trace_matches(trace, path, **options)
    return str(caught.value).splitlines()


def test_numbers_that_moved_are_told_with_both_and_their_distance(path):
    lines = lines_of(gad.trace(f, 2.5), path)
    assert lines[0] == "the trace of f is not the one in f.txt: 5 nodes have other numbers (rtol 1e-07, atol 1e-12)"
    assert "    value: stored 2, now 2.5, 20 % apart" in lines
    assert any(line.startswith("  a = log v₁   (test_snapshots.py, line ") for line in lines)
    assert "--update-traces" in lines[-1]
    assert "update=True" in lines[-1]


def test_a_node_more_is_one_line_though_all_behind_it_have_other_names(path):
    lines = lines_of(gad.trace(a_line_more, 2.0), path)
    assert [line.split("   ")[0] for line in lines if line.startswith("+")] == [
        "+ b = tanh a",
        "+ a_line_more = b · v₄",
    ]
    assert [line for line in lines if line.startswith("-")] == ["- f = a · v₃"]


def test_a_wrong_rule_is_seen_in_its_slope_and_in_the_adjoint(path):
    from graphviz_ad.extend import elementwise, temporary

    with temporary():
        elementwise(np.sin, lambda y, x: -np.cos(x), replace=True)
        lines = lines_of(gad.trace(f, 2.0), path)
    text = "\n".join(lines)
    assert "+ slope by x, (−cos x)" in text or "stored -0.416147, now 0.416147" in text
    assert "value" not in text.partition("\n")[2].partition("stored in")[0]


def test_tolerances_decide(path):
    moved = gad.trace(f, 2.0 * (1 + 1e-9))
    assert_trace_matches(moved, path)
    assert lines_of(moved, path, rtol=1e-12)
    assert_trace_matches(gad.trace(f, 2.0001), path, rtol=1e-3)


def test_a_single_entry_of_a_large_array_that_moved_is_noticed(tmp_path):
    x = np.zeros(1000)
    x[500] = 1.0
    path = tmp_path / "large.txt"
    assert_trace_matches(gad.trace(lambda x: (x**2).sum(), x), path, update=True)
    moved = np.roll(x, 1)
    lines = lines_of(gad.trace(lambda x: (x**2).sum(), moved), path)
    assert any("sum with weights" in line for line in lines)


def test_sums_that_cancel_are_judged_by_their_terms(tmp_path):
    x = np.random.default_rng(0).normal(size=1000)
    x -= x.mean()
    path = tmp_path / "large.txt"
    assert_trace_matches(gad.trace(lambda x: (x**2).sum(), x), path, update=True)
    assert_trace_matches(gad.trace(lambda x: (x**2).sum(), x[::-1][::-1] * (1 + 1e-10) + 1e-13), path)


def test_shapes_and_dtypes_belong_to_what_is_stored(path):
    assert any("stored float64, now float32" in line for line in lines_of(gad.trace(f, np.float32(2.0)), path))
    assert any(
        "stored float64, now float64 of shape (2,)" in line
        for line in lines_of(gad.trace(f, np.array([2.0, 2.0])), path)
    )


def test_nothing_is_written_unless_asked(tmp_path):
    missing = tmp_path / "missing.txt"
    assert "no trace is stored" in lines_of(gad.trace(f, 2.0), missing)[0]
    assert not missing.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: expected 'graphviz_ad trace, version 1', got ''"),
        ("graphviz_ad trace, version 1\nf(x)\n\nx = input\n  value: float64\n    1.0 oops\n", "line 6: cannot read"),
        ("graphviz_ad trace, version 1\nf(x)\n    1.0\n", "line 3: cannot read"),
    ],
)
def test_a_file_that_holds_no_trace_is_refused_with_its_line(path, text, words):
    path.write_text(text, "utf-8")
    with pytest.raises(gad.GraphvizAdError, match="holds no trace") as caught:
        assert_trace_matches(gad.trace(f, 2.0), path)
    assert words in str(caught.value)


def test_what_is_no_trace_is_refused(path):
    with pytest.raises(gad.GraphvizAdError, match=r"expected a trace, got .*gad\.trace\(f, x\)"):
        assert_trace_matches(f, path)


def test_all_that_has_changed_is_counted_though_not_all_is_told(tmp_path):
    def long(x, turns):
        for _ in range(turns):
            x = np.sin(x)
        return x

    path = tmp_path / "long.txt"
    assert_trace_matches(gad.trace(lambda x: long(x, 40), 1.0), path, update=True)
    lines = lines_of(gad.trace(lambda x: long(x, 40), 1.5), path)
    assert "long.txt: 41 nodes have other numbers (rtol" in lines[0]
    assert "  and 29 nodes more" in lines
    renamed = lines_of(gad.trace(lambda y: long(y, 40), 1.0), path)[0]
    assert "long.txt: 2 nodes are gone, 2 are new (rtol" in renamed


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PathError, match=r"cannot make the folder .*file \("):
        assert_trace_matches(gad.trace(f, 2.0), tmp_path / "file" / "f.txt", update=True)
