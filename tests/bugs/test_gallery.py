"""Of every broken function its finding is reported, with its line and a word of the cause; of the healthy ones nothing.

Whoever writes a gallery does not look at the code that is held to it; see `tests.bugs.gallery`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import warnings

import numpy as np
import pytest

import graphviz_ad as gad
import tests.bugs
from graphviz_ad.debugging.findings import KINDS
from tests.bugs.gallery import BUGS, HEALTHY
from tests.programs import finance, geometry, inference, layers, physics, sequences

for module in pkgutil.walk_packages(tests.bugs.__path__, "tests.bugs."):
    if ".test_" not in module.name:
        importlib.import_module(module.name)

FAMILIES = (layers, sequences, physics, finance, inference, geometry)
PROGRAMS = {name: program for family in FAMILIES for name, program in family.PROGRAMS.items()}


def named(entry):
    """Return what a function of the gallery is called."""
    return entry.function.__name__


def findings_of(function, arguments):
    """Return what is said of a function; warnings of NumPy's are errors, since the report stands for them."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return gad.check(function, *arguments).findings


def is_meant(bug, finding):
    """Return whether a finding is the one that a bug must have."""
    return bool(
        re.fullmatch(bug.kind, finding.kind)
        and (finding.file, finding.line) == bug.place
        and re.search(bug.cause, finding.sentence, re.IGNORECASE)
        and re.fullmatch(bug.severity, finding.severity)
        and set(bug.reaches) <= set(finding.reaches)
    )


def alarms(findings):
    """Return all but notes, in short."""
    return [(finding.kind, finding.line, finding.title) for finding in findings if finding.severity != "note"]


@pytest.mark.parametrize("bug", BUGS, ids=named)
def test_a_broken_function_has_its_finding(bug):
    """Of its kind, at its line, with its cause, first unless the gallery says otherwise."""
    findings = bug.function().findings if bug.reports else findings_of(bug.function, bug.arguments)
    told = [(finding.kind, finding.severity, finding.line, finding.reaches, finding.sentence) for finding in findings]
    assert any(is_meant(bug, finding) for finding in (findings[:1] if bug.first else findings)), told


@pytest.mark.parametrize("healthy", HEALTHY, ids=named)
def test_a_healthy_function_has_nothing_but_notes(healthy):
    """A false alarm is a bug like any other."""
    assert alarms(findings_of(healthy.function, healthy.arguments)) == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_whole_program_has_nothing_but_notes(name):
    """Those by which the engine is tested are healthy."""
    program = PROGRAMS[name]
    assert alarms(findings_of(program.function, [np.copy(argument)[()] for argument in program.arguments])) == []


def test_the_gallery_has_every_kind():
    """At least sixty broken functions and forty healthy ones; no kind that is not looked for."""
    kinds = {kind for bug in BUGS for kind in bug.kind.split("|")}
    assert kinds == set(KINDS)
    assert len(BUGS) >= 60
    assert len(HEALTHY) >= 40
