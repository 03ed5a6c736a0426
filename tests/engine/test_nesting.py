"""Arguments and results kept in tuples, lists, dicts and dataclasses: every transform, and trace."""

from __future__ import annotations

import dataclasses
import gc
from collections import OrderedDict, namedtuple

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors
from graphviz_ad.engine.nesting import nested

W, B = np.array([1.0, 2.0]), 0.5
Pair = namedtuple("Pair", ("w", "b"))


@dataclasses.dataclass
class Model:
    """Parameters as many keep them."""

    w: object
    b: object


@dataclasses.dataclass(frozen=True)
class Frozen:
    """And as others do, checked when made."""

    w: object
    b: object

    def __post_init__(self):
        assert isinstance(self.w, np.ndarray)


FORMS = {
    "dict": ({"w": W, "b": B}, lambda p: (p["w"], p["b"])),
    "ordered dict": (OrderedDict(b=B, w=W), lambda p: (p["w"], p["b"])),
    "list": ([W, B], lambda p: (p[0], p[1])),
    "tuple": ((W, B), lambda p: (p[0], p[1])),
    "named tuple": (Pair(W, B), lambda p: (p.w, p.b)),
    "dataclass": (Model(W, B), lambda p: (p.w, p.b)),
    "frozen dataclass": (Frozen(W, B), lambda p: (p.w, p.b)),
    "in one another": (
        {"layers": [{"w": W}], "rest": (Model(None, B),)},
        lambda p: (p["layers"][0]["w"], p["rest"][0].b),
    ),
}
by_form = pytest.mark.parametrize(("parameters", "parts"), FORMS.values(), ids=FORMS)


def loss(w, b):
    """Return sum((3w + b)²), whose gradients are 6(3w + b) and the sum of 2(3w + b)."""
    return np.sum((w * 3 + b) ** 2)


SLOPE_W, SLOPE_B = 6 * (3 * W + B), np.sum(2 * (3 * W + B))


@by_form
def test_a_gradient_is_kept_as_the_argument_is(parameters, parts):
    gradient = gad.grad(lambda p: loss(*parts(p)))(parameters)
    assert type(gradient) is type(parameters)
    np.testing.assert_allclose(parts(gradient)[0], SLOPE_W)
    np.testing.assert_allclose(parts(gradient)[1], SLOPE_B)
    assert parts(parameters)[0] is W


@by_form
def test_every_transform_takes_it(parameters, parts):
    def f(p):
        return loss(*parts(p))

    value, gradient = gad.value_and_grad(f)(parameters)
    assert value == loss(W, B)
    _, pullback = gad.vjp(f, parameters)
    (pulled,) = pullback(2.0)
    _, tangent = gad.jvp(f, (parameters,), (gradient,))
    jacobian = gad.jacobian(f)(parameters)
    for k, slope in enumerate((SLOPE_W, SLOPE_B)):
        np.testing.assert_allclose(parts(gradient)[k], slope)
        np.testing.assert_allclose(parts(pulled)[k], 2 * slope)
        np.testing.assert_allclose(parts(jacobian)[k], slope)
    np.testing.assert_allclose(tangent, np.sum(SLOPE_W**2) + SLOPE_B**2)
    hessian = gad.hessian(f)(parameters)
    np.testing.assert_allclose(parts(parts(hessian)[0])[0], 18 * np.eye(2))
    np.testing.assert_allclose(parts(parts(hessian)[0])[1], [6, 6])
    np.testing.assert_allclose(parts(parts(hessian)[1])[1], 4)
    _, product = gad.hvp(f, (parameters,), (gradient,))
    np.testing.assert_allclose(parts(product[0])[0], 18 * SLOPE_W + 6 * SLOPE_B)


@by_form
def test_a_trace_has_an_input_for_each_leaf(parameters, parts):
    trace = gad.trace(lambda p: loss(*parts(p)), parameters)
    adjoints = {node.value.shape: trace.reverse().adjoint(node) for node in trace.inputs}
    assert len(trace.inputs) == 2
    np.testing.assert_allclose(adjoints[2,], SLOPE_W)
    np.testing.assert_allclose(adjoints[()], SLOPE_B)


def test_inputs_have_the_names_of_their_keys_where_these_tell_them_apart():
    layers = [{"w": W, "b": B}, {"w": W}]
    names = [
        node.name for node in gad.trace(lambda net: sum(np.sum(v) for p in net for v in p.values()), layers).inputs
    ]
    assert names == ["net[0]['w']", "b", "net[1]['w']"]


def test_what_is_no_number_is_passed_on_and_gets_none():
    parameters = {
        "w": W,
        "name": "layer",
        "act": np.tanh,
        "bias": None,
        "frozen": True,
        "mask": np.array([True, False]),
    }
    gradient = gad.grad(lambda p: np.sum(p["act"](p["w"])[p["mask"]]))(parameters)
    np.testing.assert_allclose(gradient.pop("w"), [1 - np.tanh(1.0) ** 2, 0.0])
    assert set(gradient.values()) == {None}


def test_integers_in_it_become_floats():
    assert gad.grad(lambda p: p["a"] ** 2 * p["b"])({"a": 3, "b": np.int32(2)}) == {"a": 12.0, "b": 9.0}


def test_derivatives_of_dicts_nest():
    def inner(p):
        return gad.grad(lambda q: q["x"] ** 3 * p["x"])(p)["x"]

    assert gad.grad(inner)({"x": 2.0}) == {"x": 36.0}


def test_a_variable_written_to_stands_for_its_newest_version():
    x = gad.Variable(W).copy()
    x[0] = 5.0
    np.testing.assert_array_equal(gad.grad(lambda p: np.sum(p[0] ** 2))([x])[0].value, [10.0, 4.0])


# Results


def statistics(x):
    return {"mean": np.mean(x), "rest": (np.max(x), [x * 2])}


def test_a_pullback_takes_seeds_nested_as_the_result_is():
    value, pullback = gad.vjp(statistics, W)
    assert value["mean"] == 1.5
    (gradient,) = pullback({"mean": 2.0, "rest": (1.0, [np.array([10.0, 100.0])])})
    np.testing.assert_allclose(gradient, [1 + 20, 1 + 1 + 200])
    (gradient,) = pullback({"mean": 0.0, "rest": [1.0, ([0.0, 0.0],)]})
    np.testing.assert_allclose(gradient, [0, 1])


def test_the_seeds_of_a_pullback_stay_the_callers():
    """Big ones too, which a sweep would write to if they were its own."""
    x = np.arange(20_000.0)
    _, pullback = gad.vjp(lambda x: (x * 1.0, x * 2.0), x)
    seeds = (np.ones_like(x), np.ones_like(x))
    for _ in range(2):
        np.testing.assert_array_equal(pullback(seeds)[0], np.full_like(x, 3.0))
    assert (seeds[0] == 1).all()
    assert (seeds[1] == 1).all()


def test_a_pullback_of_several_results_is_linear_in_its_seeds_and_differentiates_by_them():
    def weighted(c):
        _, pullback = gad.vjp(lambda x: (x**2, x**3), 2.0)
        return pullback((c, c**2))[0]

    assert gad.grad(weighted)(5.0) == 4 + 2 * 5 * 12


def test_tangents_and_jacobians_are_nested_as_the_result_is():
    _, tangent = gad.jvp(statistics, (W,), (np.array([0.0, 1.0]),))
    assert tangent["mean"] == 0.5
    assert tangent["rest"][0] == 1.0
    jacobian = gad.jacobian(statistics)(W)
    np.testing.assert_array_equal(jacobian["mean"], [0.5, 0.5])
    np.testing.assert_array_equal(jacobian["rest"][1][0], 2 * np.eye(2))


def test_a_trace_of_several_results_starts_at_the_first_single_number():
    trace = gad.trace(lambda x: {"doubled": x * 2, "loss": np.sum(x**2), "largest": np.max(x)}, W)
    assert set(trace.output) == {"doubled", "loss", "largest"}
    np.testing.assert_array_equal(trace.reverse().adjoint(trace.inputs[0]), 2 * W)
    np.testing.assert_array_equal(trace.reverse(output=trace.output["largest"]).adjoint(trace.inputs[0]), [0, 1])
    assert "no path" in str(trace)


def test_a_seed_that_is_nested_otherwise_is_refused_with_the_place():
    _, pullback = gad.vjp(statistics, W)
    with pytest.raises(
        errors.SeedError, match=r"pullback\(\), the seed, at \['rest'\]: expected a tuple with .0., .1."
    ):
        pullback({"mean": 1.0, "rest": (1.0,)})
    with pytest.raises(errors.SeedError, match=r"expected a dict, got float 1\.0"):
        pullback(1.0)
    with pytest.raises(errors.SeedError, match=r"jvp, the tangents, at \[0\]: expected a dict with \['w'\], got one"):
        gad.jvp(lambda p: p["w"], ({"w": 1.0},), ({"v": 1.0},))


def test_a_single_number_is_wanted_of_a_gradient():
    for transform in (gad.grad, gad.value_and_grad, gad.hessian):
        with pytest.raises(errors.InputError, match="returned a dict"):
            transform(statistics)(W)


def test_a_list_in_itself_is_refused():
    endless = [1.0]
    endless.append(endless)
    with pytest.raises(errors.InputError, match=r"contains itself, at \[1\]"):
        gad.grad(lambda p: p[0])(endless)


def test_an_argument_without_numbers_is_refused():
    with pytest.raises(
        errors.InputError, match="argument 0: there is nothing to differentiate with respect to in dict"
    ):
        gad.grad(lambda p: 1.0)({"name": "x"})


def test_lists_of_numbers_are_data_beside_an_input_of_a_trace():
    trace = gad.trace(np.polyval, [1.0, 2.0, 3.0], 2.0)
    assert [node.value for node in trace.inputs] == [2.0]
    assert len(gad.trace(lambda p: p[0] * p[1], [2.0, 3.0]).inputs) == 2


def test_a_value_can_be_put_together_with_anything():
    assert nested(Model([1.0], {"b": 2.0})).filled("xy") == Model(["x"], {"b": "y"})


def test_an_integer_that_was_to_count_is_told_where_it_belongs():
    """By a note on Python's own error; what it says to do works."""
    with pytest.raises(TypeError, match="as an integer") as caught:
        gad.grad(lambda x, p: sum(x * p["w"] for _ in range(p["n"])), (0, 1))(1.0, {"w": 2.0, "n": 3})
    (note,) = caught.value.__notes__
    assert note.startswith("the 3 at ['n'] of argument 1 is an input, and so a float")
    assert gad.grad(lambda p, n: sum(p["w"] for _ in range(n)))({"w": 2.0}, 3) == {"w": 3.0}


@pytest.mark.parametrize("p", [[1.0, 2.0], {"n": 3}])
def test_an_error_that_the_person_raises_is_left_as_it_is(p):
    """To its last word, since tests of theirs match it."""

    def f(p):
        raise TypeError("no such thing")

    with pytest.raises(TypeError, match=r"no such thing$") as caught:
        gad.grad(f)(p)
    assert not hasattr(caught.value, "__notes__")


def test_a_recorded_pullback_of_several_results_keeps_nothing_of_its_calls():
    """However often it is called."""
    x = gad.Variable(2.0)
    _, pullback = gad.vjp(lambda x: (x**2, x**3), x)

    def alive():
        gc.collect()
        return sum(type(thing) is gad.Variable for thing in gc.get_objects())  # asks the object itself nothing

    assert pullback((1.0, 1.0))[0].value == 4 + 12
    before = alive()
    for _ in range(5):
        pullback((1.0, 1.0))
    assert alive() <= before
