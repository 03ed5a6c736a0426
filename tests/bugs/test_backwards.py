"""The gallery of backward passes: of each the planted line and its slip, and nothing of those that are right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import graphviz_ad as gad
import tests.bugs.design_page.backwards
import tests.bugs.second_half.assignments
import tests.bugs.second_half.backwards
import tests.bugs.second_half.courses  # noqa: F401  (they register what is in them)
from tests.bugs.gallery import BACKWARD_BUGS, BACKWARD_RIGHT, Backward

VERDICTS = {"right", "wrong", "inherits", "unknown"}


def called(case: Backward) -> str:
    """Return what a case is called among the tests."""
    return case.within.__qualname__ if case.backward.__name__ == "backward" else case.backward.__name__


@pytest.mark.parametrize("case", BACKWARD_BUGS, ids=called)
def test_the_planted_line_is_named_with_its_slip(case: Backward) -> None:
    """It is the first wrong line and the only one."""
    report = gad.check_backward(case.forward, case.backward, *case.arguments)
    first = report.first_wrong
    assert not report.ok
    assert first is not None
    assert (first.file, first.line) == case.place
    assert first.slip == case.slip
    assert [line for line in report.lines if line.verdict == "wrong"] == [first]
    assert {line.verdict for line in report.lines} <= VERDICTS


@pytest.mark.parametrize("case", BACKWARD_RIGHT, ids=called)
def test_a_right_one_is_right(case: Backward) -> None:
    """No line of it is wrong, and none inherits."""
    report = gad.check_backward(case.forward, case.backward, *case.arguments)
    assert report.ok
    assert report.first_wrong is None
    assert "by chance" not in str(report)
    assert {line.verdict for line in report.lines} <= {"right", "unknown"}
    assert all(line.slip is None for line in report.lines)
    assert sum(line.verdict == "right" for line in report.lines) > 0


def test_there_are_enough_of_them() -> None:
    """Both halves, and every slip of the design page."""
    assert len(BACKWARD_BUGS) >= 74
    assert len(BACKWARD_RIGHT) >= 29
    assert {case.slip for case in BACKWARD_BUGS} == {
        *("sign", "factor", "transpose", "missing-sum", "extra-sum", "missing-mean", "overwritten"),
        *("value-for-derivative", "wrong-operand", "missing-factor", "other"),
    }


def test_a_remedy_is_a_line_that_makes_the_gradients_right() -> None:
    """The line that the report proposes, written into the function and run, gives the gradients of differences."""
    case = next(
        case for case in BACKWARD_BUGS if case.backward.__name__ == "two_layers_with_the_slope_from_before_tanh"
    )
    first = gad.check_backward(case.forward, case.backward, *case.arguments).first_wrong
    assert first is not None
    assert first.remedy is not None
    lines = Path(first.file).read_text(encoding="utf-8").splitlines()
    begin = next(k for k, line in enumerate(lines) if line.startswith(f"def {case.backward.__name__}("))
    end = next(k for k in range(begin, len(lines)) if lines[k].startswith("    return"))
    lines[first.line - 1] = "    " + first.remedy
    names = dict(case.backward.__globals__)
    exec("\n".join(lines[begin : end + 1]), names)
    for k, gradient in enumerate(names[case.backward.__name__](*case.arguments)):
        direction = np.random.default_rng(k).normal(size=np.shape(gradient))
        moved = [np.array(one, float) for one in case.arguments]
        slopes = []
        for step in (1e-6, -1e-6):
            moved[k] = case.arguments[k] + step * direction
            slopes.append(case.forward(*moved) / step)
        assert np.sum(gradient * direction) == pytest.approx(np.sum(slopes) / 2, rel=1e-6)
