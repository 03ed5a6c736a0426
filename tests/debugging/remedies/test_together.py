"""Findings and their remedies in a whole report: of several lines together, and of the first few lines only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import graphviz_ad as gad
from graphviz_ad.debugging.born_adjoints import births_going_back
from graphviz_ad.debugging.examination import Examination
from graphviz_ad.debugging.findings import Thresholds
from graphviz_ad.debugging.remedies.edges import ROOTS
from graphviz_ad.debugging.remedies.logarithms import LOGARITHMS
from graphviz_ad.debugging.remedies.matching import Use
from graphviz_ad.debugging.remedies.proposals import by_identities
from graphviz_ad.debugging.remedies.replaying import Change
from graphviz_ad.debugging.remedies.rewriting import rewritten
from graphviz_ad.debugging.remedies.together import cured_together

X = np.array([0.0, 4.0])


def two_lines(x):
    a = np.where(x > 0, np.log(x), 0.0)
    b = np.where(x > 1, np.sqrt(x), 0.0)
    return np.sum(a * b)


def one_line(x):
    return np.sum(np.where(x > 0, np.log(x), np.where(x < 0, np.log(-x), 0.0)))


def hopeless(x):
    a = np.where(x > 0, np.log(x), 0.0)
    return np.sum(a) + np.sum(np.log(x - 5.0))


def many_lines(x):
    y = np.sqrt(x)
    y = y + np.sqrt(2.0 * x)
    y = y + np.sqrt(3.0 * x)
    y = y + np.sqrt(4.0 * x)
    y = y + np.sqrt(5.0 * x)
    y = y + np.sqrt(6.0 * x)
    return y + np.sqrt(7.0 * x)


def errors(function, x=X):
    """Return the errors of a report."""
    with np.errstate(all="ignore"):
        return gad.check(function, x).errors


def test_two_lines_are_mended_together():
    """Each says that the other is mended, too; both pasted give what they say."""
    second, first = errors(two_lines)
    assert first.remedy == "a = np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), 0.0)"
    assert second.remedy == "b = np.where(x > 1, np.sqrt(np.where(x > 1, x, 1.0)), 0.0)"
    start = two_lines.__code__.co_firstlineno
    assert first.proof == f"two_lines stays 2.772589, x̄ becomes [0 0.846574], with line {start + 2} mended, too."
    assert second.proof == f"two_lines stays 2.772589, x̄ becomes [0 0.846574], with line {start + 1} mended, too."

    def pasted(x):
        a = np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), 0.0)
        b = np.where(x > 1, np.sqrt(np.where(x > 1, x, 1.0)), 0.0)
        return np.sum(a * b)

    np.testing.assert_allclose(gad.grad(pasted)(X), [0, 0.25 * 2.0 + np.log(4.0) / 4.0], rtol=1e-12)


def test_what_stands_on_one_line_is_mended_there_at_once():
    """Two logarithms in one expression: the line has both masks, and names no other line."""
    both = errors(one_line)
    masks = "np.log(np.where(x > 0, x, 1.0)), np.where(x < 0, np.log(np.where(x < 0, -x, 1.0)), 0.0)"
    assert [finding.remedy for finding in both] == [f"return np.sum(np.where(x > 0, {masks}))"] * 2
    assert {finding.proof for finding in both} == {"one_line stays 1.386294, x̄ becomes [0 0.25]."}


def test_where_one_has_no_cure_the_others_have_none():
    """A gradient that stays lost proves nothing."""
    assert errors(hopeless)
    assert {finding.remedy for finding in errors(hopeless)} == {""}


def test_more_lines_than_are_tried_together_have_no_remedy():
    """Seven roots at 0, of which no four are enough."""
    findings = errors(many_lines, 0.0)
    assert len(findings) == 7
    assert {finding.remedy for finding in findings} == {""}


def test_notes_have_no_remedy():
    """They harm nothing."""
    with np.errstate(all="ignore"):
        report = gad.check(two_lines, X)
    assert report.notes
    assert {finding.remedy for finding in report.notes} == {""}


def test_only_the_first_lines_are_cured(monkeypatch):
    """Of a program with findings on many."""
    from graphviz_ad.debugging.remedies import curing

    monkeypatch.setattr(curing, "_MOST_LINES", 1)

    def f(w, z):
        a = np.maximum(w, 0.0)
        b = np.maximum(z, 0.0)
        return a + b

    report = gad.check(f, -1.0, -1.0)
    assert [bool(finding.remedy) for finding in report.warnings] == [True, False]
    monkeypatch.undo()
    assert [bool(finding.remedy) for finding in gad.check(f, -1.0, -1.0).warnings] == [True, True]


def test_what_the_others_do_without_is_not_proposed():
    """A finding told twice has one remedy."""
    with np.errstate(all="ignore"):
        exam = Examination(gad.trace(two_lines, X), Thresholds())
        first, second = births_going_back(exam)
        cures = cured_together(exam, [first, replace(first), second])
    assert [bool(own.remedy) for own in cures.values()] == [True, True]
    assert len({own.remedy for own in cures.values()}) == 2


def test_one_stretch_inside_another_is_not_rewritten():
    """Which of both comes first would change what stands there."""
    with np.errstate(all="ignore"):
        trace = gad.trace(lambda x: np.sqrt(np.log(x)), 1.0)
    root, log = trace.nodes[2], trace.nodes[1]
    outer = Change(root, None, "np.abs(a)", {"a": log}), {"a": Use(root, 0)}
    inner = Change(log, None, "np.exp(a)", {"a": trace.nodes[0]}), {"a": Use(log, 0)}
    changes, spelled = zip(outer, inner, strict=True)
    assert rewritten(changes[:1], spelled[:1]) is not None
    assert rewritten(changes[1:], spelled[1:]) is not None
    assert rewritten(changes, spelled) is None


def test_a_row_is_for_what_the_finding_is_about():
    """A pattern that matches further on, and has the finding's node as a letter, or not at all, is not tried."""

    def f(x):
        return np.log(1.0 + np.exp(np.sqrt(x)))

    exam = Examination(gad.trace(f, 0.0), Thresholds())
    root = next(i for i, node in enumerate(exam.nodes) if node.primitive is not None and node.primitive.name == "sqrt")
    finding = exam.finding("nan-gradient", "error", "", "", root)
    assert list(by_identities(LOGARITHMS, exam, finding)) == []
    assert [proposal.changes[0].node for proposal in by_identities(ROOTS, exam, finding)] == [exam.nodes[root]]
