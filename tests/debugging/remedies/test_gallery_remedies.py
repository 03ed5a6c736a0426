"""Every remedy of the gallery, pasted into the source: its value, its gradient and what `check` then says.

The truth is mpmath's, through which the functions run as they are written: nothing that proposes or proves a remedy is
asked for it.
"""

from __future__ import annotations

import ast
import importlib
import linecache
import pkgutil
import sys

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.numerals.writing import static
from tests.bugs import design_page
from tests.bugs.gallery import BUGS
from tests.debugging.remedies.real_numbers import floats, in_reals, reals, slopes

for _module in pkgutil.iter_modules(design_page.__path__):
    importlib.import_module(f"{design_page.__name__}.{_module.name}")

WITHOUT = {
    "squared_distance_by_three_dot_products": "one of the three sums was rounded before anything was recorded",
    "root_of_a_negative_variance": "no number is the root of a negative one; what made it negative is not here",
    "log_of_a_negative_number": "no number is the logarithm of a negative one",
    "angle_of_a_sine_above_one": "no angle has a sine of 1.5",
    "log_odds_of_certainty": "the odds of certainty are infinite",
    "slope_in_the_exponent_of_a_negative_base": "a power of a negative base has no slope in its exponent",
    "divergence_from_a_distribution_with_a_zero": "the divergence is infinite",
    "exponential_in_single_precision": "the gradient by a float32 is none that a float32 can hold",
    "product_of_many_large_numbers": "a loop would have to add up logarithms: more than one line",
    "likelihood_as_a_product_of_many_probabilities": "the likelihood itself is below the smallest float",
    "small_squares_in_half_precision": "the gradient by a float16 is none that a float16 can hold",
    "radial_basis_function_far_from_its_centre": "the function is 0 there, to 1000 digits",
    "floor_is_flat": "a step has no slope",
    "rounding_is_flat": "a step has no slope",
    "clip_of_numbers_outside": "what is clipped is clipped",
    "network_whose_weights_all_start_at_zero": "the inputs are to blame, and no line",
    "tanh_rounded_to_one": "tanh is flat there",
    "tanh_that_is_nearly_flat": "tanh is flat there",
    "squared_error_of_a_sigmoid_that_is_sure": "another loss would help, which is another function",
    "gate_that_has_shut": "the sigmoid is flat there",
}
"""The functions that have no remedy, and why."""

_UNCURED = {"vanishing", "exploding", "unreached", "accumulated", "overwritten", "broadcast"}
"""The kinds that no line cures."""

CALLED = [bug for bug in BUGS if not bug.reports and ".design_page." in bug.function.__module__]
NAMES = [bug.function.__name__ for bug in CALLED]
_TOLERANCES = {"float16": 2e-2, "float32": 1e-4, "float64": 1e-7}


def checked(function, arguments):
    """Return the report on a function, whatever it warns of."""
    with np.errstate(all="ignore"):
        return gad.check(function, *arguments)


def serious(report):
    """Return the findings of a report that may have a remedy."""
    return [finding for finding in report.findings if finding.severity != "note"]


@pytest.fixture(scope="module")
def reports():
    """Return the report on every function of the gallery, by its name."""
    return {bug.function.__name__: checked(bug.function, bug.arguments) for bug in CALLED}


def pasted(function, mending, filename):
    """Return a function as it is when the lines of a remedy are pasted into its file."""
    lines = linecache.getlines(filename)
    before, count = mending.before, mending.before.count("\n") + 1
    assert "".join(lines[mending.line - 1 : mending.line - 1 + count]).rstrip("\n") == before
    source = "".join([*lines[: mending.line - 1], mending.after + "\n", *lines[mending.line - 1 + count :]])
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    names = dict(vars(sys.modules[function.__module__]))
    exec(compile(tree, "<pasted>", "exec"), names)
    return names[function.__name__]


def gradients(function, arguments):
    """Return the gradients by all arguments, as arrays."""
    with np.errstate(all="ignore"):
        found = gad.grad(lambda *inputs: np.sum(function(*inputs)), argnums=tuple(range(len(arguments))))(*arguments)
    return [np.asarray(g, dtype=float) for g in found]


def fits(slope, sides, tolerance):
    """Whether a slope lies between those to the left and to the right; any number does where one is none."""
    if not np.isfinite(sides).all() or max(np.abs(sides)) > 1e8 * max(abs(slope), 1):
        return True
    room = tolerance * max(abs(slope), max(np.abs(sides)), 1e-300)
    return min(sides) - room <= slope <= max(sides) + room


def test_most_of_the_gallery_has_a_remedy(reports):
    """All but those that are named here, with the reason."""
    lacking = {
        name
        for name, report in reports.items()
        if (kinds := {finding.kind for finding in serious(report)})
        and not kinds & _UNCURED
        and not any(finding.remedy for finding in report.findings)
    }
    assert lacking == set(WITHOUT)
    assert sum(any(finding.remedy for finding in report.findings) for report in reports.values()) >= 55


@pytest.mark.parametrize("bug", CALLED, ids=NAMES)
def test_a_pasted_remedy_cures(bug, reports):
    """Each remedy of each function."""
    for finding in serious(reports[bug.function.__name__]):
        if not finding.remedy:
            assert finding.proof is None
            assert finding.mending is None
            continue
        assert finding.remedy == finding.mending.after.strip()
        assert finding.mending.after != finding.mending.before
        function = pasted(bug.function, finding.mending, finding.file)
        assert checked(function, bug.arguments).errors == ()
        check_numbers(bug, finding, function)


def check_numbers(bug, finding, function):
    """Hold the value and the gradients of a mended function against mpmath's."""
    arguments = bug.arguments
    original = function if finding.kind == "unreached" else bug.function  # plain arrays have nothing to detach
    tolerance = _TOLERANCES[str(np.result_type(*[np.asarray(x).dtype for x in arguments]))]
    with np.errstate(all="ignore"):
        value, before = function(*arguments), original(*arguments)
        truth = floats(np.asarray(in_reals(original)(*map(reals, arguments))))
    assert np.isfinite(value).all()
    if np.ndim(value) == 0:
        assert static(value) in finding.proof
    is_right = np.isfinite(truth).all() and np.allclose(value, truth, rtol=tolerance, atol=0)
    assert is_right == ("as it is with" in finding.proof or " stays " in finding.proof) or np.allclose(value, before)
    was = gradients(bug.function, arguments)
    for which, g in enumerate(gradients(function, arguments)):
        assert np.isfinite(g).all()
        for place in list(np.ndindex(g.shape))[:6]:
            sides = slopes(in_reals(original if is_right else function), arguments, which, place)
            if "off by" in finding.proof:
                assert abs(g[place] - np.mean(sides)) <= 1e-2 * abs(was[which][place] - np.mean(sides))
            else:
                assert fits(g[place], sides, 10 * tolerance), (which, place, g[place], sides, finding.mending.after)
