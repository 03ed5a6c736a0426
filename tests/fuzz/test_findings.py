"""Random programs are checked: what is not finite, or exactly 0, has a finding, and nothing else is said to be so."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import graphviz_ad as gad
from tests.fuzz.programs import program
from tests.fuzz.seeds import cases

LOST = {"nan", "inf", "nan-gradient", "inf-gradient"}


@pytest.fixture(autouse=True)
def quiet():
    """Overflow and NaN are no news here."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@cases(100)
def test_whatever_is_lost_has_a_finding_and_nothing_else_is_called_lost(seed):
    steps = program(seed)
    leaves = [gad.Variable(leaf, name=f"x{k}") for k, leaf in enumerate(steps.leaves)]
    report = gad.trace(steps, *leaves).check()
    output = report.trace.start
    lost = {name for finding in report.errors if finding.kind in LOST for name in finding.reaches}
    if not isinstance(output, gad.Variable):
        assert {name for finding in report.findings if finding.kind == "unreached" for name in finding.reaches} == {
            leaf.name for leaf in leaves
        }
        return
    y = steps(*leaves)
    y.backward(np.ones(y.shape, y.dtype))
    if not y.size:
        return  # nothing goes back from nothing
    value_is_lost = not np.isfinite(y.value).all()
    for leaf in leaves:
        if leaf.grad is None and not value_is_lost:
            kinds = {f.kind for f in report.findings if leaf.name in f.reaches}
            assert kinds & {"unreached", "zero-gradient"}, (seed, leaf, str(steps))
        if leaf.grad is None:
            continue
        if not np.isfinite(leaf.grad).all():
            assert leaf.name in lost, (seed, leaf, str(steps), report.findings)
        elif not value_is_lost:
            assert leaf.name not in lost, (seed, leaf, str(steps), report.findings)
        if leaf.grad.size and not leaf.grad.any() and not value_is_lost:
            said = {f.kind for f in report.findings if leaf.name in f.reaches}
            assert said & {"zero-gradient", "underflow"}, (seed, leaf, str(steps), report.findings)
    if value_is_lost:
        assert any(finding.kind in ("nan", "inf") for finding in report.errors), (seed, str(steps))
    str(report), report.to_json()
