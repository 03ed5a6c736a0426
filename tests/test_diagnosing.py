"""check and its report: what it holds, what it says of the whole, what it refuses, and what it leaves alone."""

from __future__ import annotations

import inspect
import json
import random
import re
import warnings

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import InputError, LeakError, PathError, ReleasedError, UnknownKeywordError


def masked(d):
    return np.sum(np.where(d > 1, np.sqrt(d), 0.0))


class TestTheReport:
    """What it holds."""

    def test_findings_by_severity(self):
        """Errors, warnings and notes are the findings; without errors and warnings all is well."""
        report = gad.check(lambda w, c: np.maximum(w, 0) ** 2, -1.0, 2.0)
        assert report.errors + report.warnings + report.notes == report.findings
        assert not report.ok
        fine = gad.check(np.abs, 0.0)
        assert fine.notes == fine.findings != ()
        assert fine.ok

    def test_it_cannot_be_changed(self):
        """A report is of what was."""
        report = gad.check(masked, np.array([0.0, 4.0]))
        with pytest.raises(AttributeError):
            report.findings = ()

    def test_the_trace_is_that_of_the_call(self):
        """It can be asked further."""
        trace = gad.trace(masked, np.array([0.0, 4.0]))
        assert trace.check().trace is trace
        assert isinstance(gad.check(np.sin, 1.0).trace, gad.Trace)

    def test_thresholds_are_options_of_the_trace(self):
        """So that no keyword of a function is taken away from it."""
        trace = gad.trace(lambda x: 1e-9 * np.sin(x), 1.0)
        names = {finding.kind for finding in gad.trace(lambda x: x * 1e-5 * 1e-5, 1.0).check(vanishing=1e-12).findings}
        assert "vanishing" not in names
        assert trace.check(branch=1e-3).ok == trace.check().ok
        assert gad.check(lambda x, saturated: x * saturated, 2.0, saturated=3.0).ok

    @pytest.mark.parametrize("value", [0, -1.0, "small", True, None])
    def test_a_threshold_is_a_number_above_0(self, value):
        """Said with what holds without it."""
        with pytest.raises(InputError, match=r"check: vanishing is .*; expected a number above 0, such as 1e-08"):
            gad.trace(np.sin, 1.0).check(vanishing=value)

    def test_an_unknown_threshold_is_refused(self):
        """With the closest that there is."""
        with pytest.raises(UnknownKeywordError, match="Did you mean 'vanishing'"):
            gad.trace(np.sin, 1.0).check(vanishin=1.0)

    def test_files(self, tmp_path):
        """By suffix; pictures are those of the graph."""
        report = gad.check(masked, np.array([0.0, 4.0]))
        for suffix in (".txt", ".json", ".html", ".sarif", ".svg", ".dot"):
            report.save(tmp_path / f"report{suffix}")
        assert (tmp_path / "report.txt").read_text("utf-8") == f"{report}\n"
        assert json.loads((tmp_path / "report.json").read_text("utf-8")) == json.loads(report.to_json())
        assert (tmp_path / "report.svg").read_text("utf-8").startswith("<svg")
        with pytest.raises(InputError, match=r"must end in .txt, .html, .json, .sarif, .svg.*Did you mean '.json'"):
            report.save(tmp_path / "report.jsn")
        with pytest.raises(PathError):
            report.save(tmp_path / "missing" / "report.txt")


class TestWarnings:
    """NumPy's are left to the report."""

    def test_of_the_function(self):
        """Even where they would be raised."""
        with warnings.catch_warnings(), np.errstate(all="raise"):
            warnings.simplefilter("error")
            assert [finding.kind for finding in gad.check(np.log, 0.0).findings] == ["inf"]
            str(gad.check(masked, np.array([0.0, 4.0])))


class TestRemarks:
    """What is said of the whole."""

    def test_of_several_results_it_is_said_which(self):
        """The first single number; all else would be another question."""
        report = gad.check(lambda w: (w * 2, np.sum(w), np.sum(w**2)), np.ones(3))
        assert report.remarks == ("Of its 3 results the first single number is differentiated.",)
        assert report.remarks[0] in str(report)
        assert json.loads(report.to_json())["remarks"] == list(report.remarks)
        assert report.remarks[0] in report._repr_mimebundle_()["text/html"]
        assert report._picture().film["provisos"] == list(report.remarks)

    def test_of_an_array_it_is_the_sum(self):
        """And of a number nothing is said."""
        assert gad.check(np.exp, np.ones(4)).remarks == ("Differentiated is the sum of its 4 numbers.",)
        assert gad.check(np.exp, 1.0).remarks == ()

    @pytest.mark.parametrize("place", ["numpy", "python", "global", "closure", "argument"])
    def test_random_numbers_are_said_with_the_way_out(self, place):
        """From whichever generator the function can reach."""
        rng = np.random.default_rng(1)

        def draws(x, own=None):
            ways = {
                "numpy": lambda: np.random.rand(),  # noqa: NPY002
                "python": random.random,
                "global": lambda: GENERATOR.random(),
                "argument": lambda: own.random(),
            }
            return x * (rng.random() if place == "closure" else ways[place]())

        def by_global(x):
            return x * GENERATOR.random()

        arguments = (1.0, np.random.default_rng(2)) if place == "argument" else (1.0,)
        (remark,) = gad.check(by_global if place == "global" else draws, *arguments).remarks
        assert remark.startswith("It draws random numbers")
        assert "np.random.default_rng(0)" in remark

    @pytest.mark.parametrize(
        "f",
        [
            lambda x: x * noise(),
            lambda x: x * np.random.default_rng(None).random(),
        ],
    )
    def test_a_generator_without_a_seed_is_said_with_its_line(self, f):
        """Also in a function that is called; its draws leave no trace in what can be reached."""
        with np.errstate(all="ignore"):
            first, second = (gad.check(f, 1.0) for _ in range(2))
        assert first.trace.output.value != second.trace.output.value
        (remark,) = first.remarks
        line = inspect.getsourcelines(noise if "noise" in f.__code__.co_names else f)[1]
        assert re.match(rf"Line {line + ('noise' in f.__code__.co_names)} makes a random generator without", remark)

    def test_a_seed_inside_is_none_of_that(self):
        """The way out works."""
        assert gad.check(lambda x: x * np.random.default_rng(0).random(), 1.0).remarks == ()


GENERATOR = np.random.default_rng(3)


def noise():
    return np.random.default_rng().normal()


class TestWhatCannotBeChecked:
    """It is said what is in the way, and by whom it was asked."""

    @pytest.mark.parametrize(
        ("call", "error", "words"),
        [
            (lambda: gad.check(3.0), InputError, r"check needs a function first, got float: check\(f, x\)"),
            (lambda: gad.check(np.sin), InputError, r"check: np.sin takes 1 argument\(s\), got 0"),
            (lambda: gad.check(lambda x: None, 1.0), InputError, r"check\(f\): the function returned nothing"),
            (lambda: gad.check(lambda x: "a", 1.0), InputError, r"check\(f\): the function must return"),
            (lambda: gad.check(lambda s: 1.0, "a"), InputError, r"check\(f, 'a'\): no argument can be differentiated"),
            (lambda: gad.check(lambda x: float(x), 1.0), LeakError, "out of the graph"),
            (lambda: gad.check(lambda x: {}["a"], 1.0), KeyError, "a"),
        ],
    )
    def test_the_error_is_that_of_the_function_or_names_check(self, call, error, words):
        """What the function raises comes through as it is."""
        with pytest.raises(error, match=words):
            call()

    def test_an_endless_recursion(self):
        """It is Python's own error."""

        def f(x):
            return f(x * 1.0)

        with pytest.raises(RecursionError):
            gad.check(f, 1.0)

    def test_an_interrupt_comes_through(self):
        """Nothing is left behind: the next call is as ever."""

        def f(x):
            np.sin(x)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            gad.check(f, 1.0)
        assert gad.check(np.sin, 1.0).ok

    def test_a_released_graph(self):
        """What is gone cannot be looked at."""
        x = gad.Variable(2.0)
        with gad.record() as trace:
            y = np.sin(x)
        y.backward(retain_graph=False)
        with pytest.raises(ReleasedError, match="leave retain_graph at True"):
            trace.check()

    def test_an_empty_recording(self):
        """There is nothing to look at."""
        with gad.record() as trace:
            pass
        with pytest.raises(InputError, match="nothing has been recorded yet"):
            trace.check()


def test_a_function_is_called_once():
    calls = []

    def f(d):
        calls.append(1)
        return masked(d)

    report = gad.check(f, np.array([0.0, 4.0]))
    str(report), report.to_json(), report._repr_mimebundle_()
    assert calls == [1]


def test_built_in_functions_have_no_line_and_say_the_same():
    (finding,) = gad.check(np.log, 0.0).findings
    assert (finding.file, finding.line) == ("", None)
    assert "[inf]     −∞ is born in log x\n" in str(gad.check(np.log, 0.0))
