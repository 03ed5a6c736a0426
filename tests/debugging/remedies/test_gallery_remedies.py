"""Every remedy of the gallery, pasted into its file: its value, its gradient and what `check` then says.

The truth is mpmath's, through which the functions run as they are written, or, for what asks NumPy for more than
objects can do, that of differences in long doubles: nothing that proposes or proves a remedy is asked for it.
"""

from __future__ import annotations

import importlib
import pkgutil
import warnings

import mpmath
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.remedies.placing import placed
from graphviz_ad.numerals.writing import static
from tests import bugs
from tests.bugs.gallery import BUGS
from tests.debugging.remedies.pasting import leaves, moved, pasted, run, run_in_reals
from tests.debugging.remedies.real_numbers import floats, real

for _module in pkgutil.walk_packages(bugs.__path__, "tests.bugs."):
    if ".test_" not in _module.name:
        importlib.import_module(_module.name)

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
    "attention_that_forgot_to_divide_by_the_root_of_its_width": "the softmax is flat there; a scale is another model",
    "squared_error_of_a_softmax_that_is_sure_and_wrong": "another loss would help, which is another function",
    "quantised_by_whole_division": "a step has no slope",
    "payoff_of_a_digital_option": "a step has no slope",
    "heading_of_a_vehicle_that_stands": "there is no heading at rest, and none is near",
    "direction_of_largest_spread_of_a_round_cloud": "no direction is the largest",
    "great_circle_between_neighbours_by_arccos": "the haversine formula has other inputs than the cosine",
    "carrier_wave_over_very_many_turns": "the turns were rounded before the cosine",
    "seconds_since_long_ago_in_single_precision": "the seconds were rounded before anything was recorded",
    "softmax_in_half_precision_without_its_shift": "the gradient by a float16 is below what a float16 can hold",
    "lennard_jones_of_atoms_on_top_of_each_other": "the energy is infinite",
    "log_determinant_of_a_matrix_that_is_not_positive": "no number is the logarithm of a negative one",
    "snell_beyond_the_critical_angle": "no angle of refraction is real",
    "exponentials_in_half_precision_summed_in_double": "the gradient by a float16 is none that a float16 can hold",
    "predictions_that_are_clipped_into_the_unit_interval": "what is clipped is clipped",
    "hidden_layer_fed_with_unscaled_numbers": "tanh is flat there",
    "commitment_to_the_nearest_whole_number": "a step has no slope",
    "number_of_layers_among_the_parameters": "a step has no slope",
    "chance_that_all_fail_where_one_is_sure_to_work": "the other factors do not matter there: their slopes are 0",
    "euler_that_runs_away": "the steps are too long: their size is a number of the person's, and no line",
    "descent_that_leaves_the_numbers": "the steps are too long: their size is a number of the person's, and no line",
    "data_with_a_gap": "what stands in the gap is not known",
    "a_gap_in_a_table_of_data": "what stands in the gap is not known",
    "a_number_that_was_never_set": "what the number is to be is not known",
    "a_mask_of_infinities_that_is_summed": "what masked entries are to count as is not known",
    "a_gap_that_only_the_sum_leaves_out": "what stands in the gap is not known",
    "standard_deviation_from_two_means": "the variance is 0, and a root has no slope there",
    "angle_less_its_sine": "no function of NumPy is the sine less its angle",
    "equations_with_hilberts_matrix": "another matrix would help, which is another function",
    "inverse_of_hilberts_matrix": "another matrix would help, which is another function",
    "deviation_of_tiny_numbers": "the numbers would have to be scaled before, in one more line",
    "slope_of_a_chord_of_no_length": "the limit is 1/2, which no part of the quotient says",
    "unit_that_is_multiplied_by_whether_it_is_on": "a comparison is none of the nodes, and so no part of a pattern",
    "nothing_to_the_power_of_nothing": "a jump has no slope",
    "determinant_of_equal_rows": "the determinant is flat there",
    "log_determinant_of_dependent_rows": "no number is the logarithm of 0",
    "angle_that_rounding_closes": "the angle between two vectors has other inputs than its cosine",
    "likelihood_multiplied_up_in_a_loop": "a loop would have to add up logarithms: more than one line",
    "recurrence_that_is_drawn_to_another_limit": "another way to compute the recurrence is another program",
}
"""The functions that have no remedy, and why."""

_UNCURED = {"vanishing", "exploding", "unreached", "accumulated", "overwritten", "broadcast"}
"""The kinds that no line cures."""

CALLED = [bug for bug in BUGS if not bug.reports]
NAMES = [bug.function.__name__ for bug in CALLED]
_TOLERANCES = {"float16": 2e-2, "float32": 1e-4, "float64": 1e-7}


def checked(function, arguments):
    """Return the report on a function, whatever it warns of."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return gad.check(function, *arguments)


def serious(report):
    """Return the findings of a report that may have a remedy."""
    return [finding for finding in report.findings if finding.severity != "note"]


@pytest.fixture(scope="module")
def reports():
    """Return the report on every function of the gallery, by its name."""
    return {bug.function.__name__: checked(bug.function, bug.arguments) for bug in CALLED}


def made_again(bug, changes, load=run):
    """Return a broken function of its module, run anew with the lines of a remedy in its file."""
    _, bugs_again = load(pasted(bug.function.__code__.co_filename, changes), "gallery_again")
    return next(own for own in bugs_again if own.function.__name__ == bug.function.__name__)


def silent(function, *arguments):
    """Call a function whose warnings are known."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments)


# -- the truth --------------------------------------------------------------------------------------------------------


class Truth:
    """A function of the gallery with more digits than floats have: of mpmath's numbers, or of long doubles."""

    def __init__(self, bug, changes):
        self.real, self.plain = made_again(bug, changes, run_in_reals), made_again(bug, changes)
        self.is_real = True
        try:
            self.value = silent(floats, np.asarray(self._result(-1, (), 0)))
        except (TypeError, AttributeError, NotImplementedError):
            self.is_real = False
            self.value = np.asarray(self._result(-1, (), 0)).astype(float)

    def _result(self, which, place, distance):
        own, number = (self.real, real) if self.is_real else (self.plain, np.longdouble)
        return silent(own.function, *moved(own.arguments, which, place, distance, number))

    def slopes(self, which, place):
        """Return the slopes of the sum of the results to the left and to the right of one entry."""
        size = max(abs(float(np.asarray(leaves(self.plain.arguments)[which])[place])), 1e-3)
        step = mpmath.mpf(1e-25) * size if self.is_real else np.longdouble(1e-7) * size
        here = np.sum(self._result(-1, (), 0))
        return [silent(float, (np.sum(self._result(which, place, d)) - here) / d) for d in (-step, step)]


def gradients(bug):
    """Return the gradients by all inputs, as arrays."""
    trace = silent(gad.trace, lambda *inputs: np.sum(bug.function(*inputs)), *bug.arguments)
    sweep = silent(trace.reverse)
    adjoints = [(node, sweep.adjoint(node)) for node in trace.inputs]
    return [np.broadcast_to(0.0 if g is None else g, node.shape) for node, g in adjoints]


def fits(slope, sides, tolerance):
    """Whether a slope lies between those to the left and to the right; any number does where one is none."""
    if not np.isfinite(sides).all() or max(np.abs(sides)) > 1e8 * max(abs(slope), 1):
        return True
    room = tolerance * max(abs(slope), max(np.abs(sides)), 1e-300)
    return min(sides) - room <= slope <= max(sides) + room


# -- the tests --------------------------------------------------------------------------------------------------------


def test_most_of_the_gallery_has_a_remedy(reports):
    """All but those that are named here, with the reason."""
    lacking = {
        name
        for name, report in reports.items()
        if (kinds := {finding.kind for finding in serious(report)})
        and not kinds & _UNCURED
        and not any(finding.remedy for finding in report.findings)
    }
    assert not lacking ^ set(WITHOUT)
    assert sum(any(finding.remedy for finding in report.findings) for report in reports.values()) >= 80


@pytest.mark.parametrize("bug", CALLED, ids=NAMES)
def test_a_pasted_remedy_cures(bug, reports):
    """Each remedy of each function, with those of the other lines that it says it needs."""
    report = reports[bug.function.__name__]
    for finding in serious(report):
        if not finding.remedy:
            assert finding.proof is None
            assert finding.mending is None
            continue
        assert finding.remedy == finding.mending.after.strip()
        assert finding.mending.after != finding.mending.before
        changes = finding.mending.rerun.lines
        assert (finding.mending.line, finding.mending.before, finding.mending.after) in changes
        mended = made_again(bug, changes)
        left = checked(mended.function, mended.arguments).errors
        # What else was wrong may be so still.
        others = {(own.kind, own.reaches) for own in report.errors if own is not finding}
        assert {(own.kind, own.reaches) for own in left} <= others
        assert (finding.kind, finding.reaches) not in {(own.kind, own.reaches) for own in left}
        check_numbers(bug, finding, mended, report.trace.output.value)


def check_numbers(bug, finding, mended, before):
    """Hold the value and the gradients of a mended function against the truth."""
    dtypes = [np.asarray(leaf).dtype for leaf in leaves(bug.arguments)]
    value = silent(mended.function, *mended.arguments)
    assert np.isfinite(value).all()
    if np.ndim(value) == 0:
        assert static(value) in finding.proof
    if not dtypes:  # of complex numbers
        return
    tolerance = _TOLERANCES[str(np.result_type(*dtypes))]
    cut = finding.kind == "unreached"  # plain arrays have nothing to detach
    changes = finding.mending.rerun.lines
    truth = Truth(bug, changes if cut else ())
    is_right = np.isfinite(truth.value).all() and np.allclose(value, truth.value, rtol=tolerance, atol=0)
    assert is_right == ("as it is with" in finding.proof or " stays " in finding.proof) or np.allclose(value, before)
    truth = truth if is_right or cut else Truth(bug, changes)
    was = gradients(bug)
    assert len(was) == len(dtypes)
    for which, g in enumerate(gradients(mended)):
        assert np.isfinite(g).all()
        for place in list(np.ndindex(g.shape))[:6]:
            sides = truth.slopes(which, place)
            if "off by" in finding.proof:
                assert abs(g[place] - np.mean(sides)) <= 1e-2 * abs(was[which][place] - np.mean(sides))
            else:
                room = 10 * tolerance if truth.is_real else max(1e-6, 10 * tolerance)
                least = 1e-12 * np.max(np.abs(g))  # what is as good as 0 beside the others
                assert fits(g[place], sides, room) or max(np.abs(sides)) <= least, (
                    which,
                    place,
                    g[place],
                    sides,
                    finding.mending.after,
                )


@pytest.mark.parametrize("bug", CALLED, ids=NAMES)
def test_the_mended_run_is_that_of_the_pasted_source(bug, reports):
    """What is shown has the nodes, the names, the places and the numbers of a run of the pasted source."""
    for finding in serious(reports[bug.function.__name__]):
        if not finding.mending:
            continue
        own = placed(finding.mending.rerun)
        assert own is not None
        mended = made_again(bug, finding.mending.rerun.lines)
        trace = silent(gad.trace, mended.function, *mended.arguments)
        # What a line has several times is computed as often there, and shown once; two minus signs are left out there.
        counts = [sum(not is_negative(node) for node in run.nodes) for run in (own.recording, trace)]
        assert counts[0] <= counts[1]
        if len(own.recording.nodes) == len(trace.nodes):
            assert where(own.recording) == where(trace)
        for one, other in [(own.recording.output, trace.output), *zip(own.recording.inputs, trace.inputs, strict=True)]:
            assert np.array_equal(one.value, other.value)


def is_negative(node):
    """Whether a node is another one with a minus sign."""
    return node.primitive is not None and node.primitive.name == "negative"


def where(recording):
    """Return what each node is called, what made it, and where."""
    return [
        (node.name, node.primitive and node.primitive.name, site and (site.line, site.column, site.text))
        for node in recording.nodes
        for site in [None if node.primitive is None else node.site]
    ]
