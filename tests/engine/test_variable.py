"""Variables: what NumPy records, what stays plain, what may not leave the graph, and that memory comes back."""

from __future__ import annotations

import contextlib
import copy
import gc
import math
import operator
import pickle
import threading
import weakref

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors
from graphviz_ad.engine.primitive import UFUNCS
from graphviz_ad.engine.variable import is_tracked

OPERATORS = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "floor_divide": operator.floordiv,
    "remainder": operator.mod,
    "power": operator.pow,
}
OTHERS = [
    2.5,
    3,
    True,
    np.float64(2.5),
    np.float32(2.5),
    np.int64(3),
    np.bool_(True),
    np.array(2.5),
    np.array([1.0, 2.0, 4.0]),
    np.array([1, 2, 4]),
    np.array([1, 2, 4], np.float32),
    np.array([[1.0], [2.0]]),
    [1.0, 2.0, 4.0],
    (1, 2, 4),
]


def raised(error, action):
    """Return the message of the error that `action` raises, and check that it names this file and the action's line."""
    with pytest.raises(error) as caught:
        action()
    message = str(caught.value)
    assert f"{__file__}, line {action.__code__.co_firstlineno}" in message
    return message


# Operators and functions


@pytest.mark.parametrize("value", [1.5, [1.5, 2.0, 3.0]], ids=["number", "array"])
@pytest.mark.parametrize("other", OTHERS, ids=lambda value: repr(value).partition(" at 0x")[0])
@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_is_numpys_with_the_variable_on_either_side(name, other, value):
    """Value, dtype and shape are NumPy's, and one node is recorded under NumPy's name."""
    f, plain = OPERATORS[name], np.float64(value) if isinstance(value, float) else np.array(value)
    x, numbers = gad.Variable(value), np.array(other) if isinstance(other, list | tuple) else other
    for ours, theirs in ((f(x, other), f(plain, numbers)), (f(other, x), f(numbers, plain))):
        np.testing.assert_array_equal(ours.value, theirs, strict=True)
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        assert ours.primitive.name == name
        assert ours.parents == (x,)
        assert len(ours.operands) == 2


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_keeps_the_order_of_its_operands(name):
    """`a - b` is not `b - a`, with Variables and constants alike."""
    a, b = gad.Variable(7.0), gad.Variable(2.0)
    f = OPERATORS[name]
    assert f(a, b).parents == (a, b)
    assert f(a, 2.0).operands == (a, 2.0)
    assert f(7.0, b).operands == (7.0, b)
    assert f(7.0, b).value == f(7.0, 2.0)


@pytest.mark.parametrize(("f", "name"), [(operator.neg, "negative"), (operator.pos, "positive"), (abs, "absolute")])
def test_unary_operators_are_recorded(f, name):
    """Minus, plus and abs() are nodes of their NumPy names."""
    x = gad.Variable([-1.0, 2.0])
    assert f(x).primitive.name == name
    np.testing.assert_array_equal(f(x).value, f(x.value), strict=True)


@pytest.mark.parametrize("left", [[[1.0, 2.0], [3.0, 4.0]], np.ones((2, 2)), gad.Variable(np.eye(2))], ids=str)
def test_matmul_works_with_either_side_plain(left):
    """`@` is one matmul node with lists, arrays and Variables."""
    x = gad.Variable([1.0, 2.0])
    y, z = left @ x, x @ left
    plain = left.value if isinstance(left, gad.Variable) else np.array(left)
    np.testing.assert_array_equal(y.value, plain @ x.value, strict=True)
    np.testing.assert_array_equal(z.value, x.value @ plain, strict=True)
    assert y.primitive.name == z.primitive.name == "matmul"


def test_division_is_one_node():
    """The picture shows the user's a/b, not a times b to the power minus one."""
    a, b = gad.Variable(1.0), gad.Variable(2.0)
    assert [node.primitive.name for node in [a / b]] == ["divide"]
    assert (a / b).parents == (a, b)


def test_division_by_zero_is_numpys_infinity():
    """Python would raise; a recorded value does as NumPy does."""
    with np.errstate(all="ignore"):
        assert (1 / gad.Variable(0.0)).value == np.inf
        assert np.isnan((gad.Variable(0.0) / 0).value)
        assert (gad.Variable(10.0) ** 400).value == np.inf


@pytest.mark.parametrize("ufunc", [u for u in UFUNCS if u.nin == 1], ids=lambda u: u.__name__)
def test_a_python_float_goes_through_the_ufunc_itself(ufunc):
    """Bit for bit: math differs from NumPy in the last digit."""
    for value in np.linspace(0.013, 0.987, 57) + (ufunc is np.arccosh):
        assert ufunc(gad.Variable(float(value))).value == ufunc(value)


def test_a_repeated_operand_is_two_parents():
    """x*x has two edges, in order."""
    x, y = gad.Variable(3.0), gad.Variable(4.0)
    assert (x * x).parents == (x, x)
    assert np.stack([y, x, y]).parents == (y, x, y)


def test_the_creation_index_orders_parents_before_children():
    """The index is the topological order."""
    x = gad.Variable(1.0)
    y = np.sin(x)
    z = x * y
    assert x.index < y.index < z.index


def test_in_place_operators_give_numbers_a_new_value():
    """As in NumPy: `y += 1` makes a new number and leaves the old one alone."""
    x = gad.Variable(2.0)
    y = x
    y += 1
    y *= x
    assert (y.primitive.name, y.value, x.value) == ("multiply", 6.0, 2.0)


def test_a_class_of_ones_own_cannot_be_a_variable():
    """What NumPy makes of one would be a Variable again, without a word."""
    with pytest.raises(errors.UnsupportedError, match=r"Layer: Variable cannot be subclassed.*self\.w = gad\.Variable"):
        type("Layer", (gad.Variable,), {})


def test_results_of_numpy_scalars_are_numpy_scalars():
    """Never 0-d arrays inside."""
    x = gad.Variable(2.0)
    for node in (x, x * 2, np.sin(x), np.sum(x), np.where(True, x, 0.0), np.reshape(x, ()), x[()], np.stack([x, x])[0]):
        assert type(node.value) is np.float64
    assert type(gad.Variable(np.array(2.0)).value) is np.float64
    assert type(gad.Variable(np.float32(2.0)).value) is np.float32


# Immutability


def test_a_leaf_is_a_copy():
    """Later writes to the user's array do not matter."""
    array = np.array([1.0, 2.0])
    x = gad.Variable(array)
    array[0] = 99.0
    np.testing.assert_array_equal(x.value, [1.0, 2.0])


@pytest.mark.parametrize(
    "record",
    [
        lambda x, c: x * c,
        lambda x, c: c * x,
        lambda x, c: np.multiply(c, x),
        lambda x, c: np.multiply(x, c),
        lambda x, c: x * c[:],
        lambda x, c: x * c[::-1][::-1],
        lambda x, c: x * np.broadcast_to(c, (1, 3))[0],
        lambda x, c: np.dot(x, c),
        lambda x, c: x @ c,
    ],
)
def test_a_constant_is_a_copy(record):
    """Later writes to a constant array, also through a read-only view of it, do not change the derivative."""
    x, c = gad.Variable([1.0, 1.0, 1.0]), np.array([2.0, 3.0, 4.0])
    y = record(x, c)
    c[:] = 0.0
    y.backward(np.ones(y.shape))
    np.testing.assert_array_equal(x.grad, [2.0, 3.0, 4.0])


def test_an_index_array_and_a_condition_are_copies():
    """Later writes to them do not change where the adjoint goes."""
    x, index, condition = gad.Variable([1.0, 2.0, 3.0]), np.array([0, 1]), np.array([True, True, False])
    y = x[index].sum() + np.where(condition, x, 0.0).sum()
    index[:], condition[:] = 2, False
    y.backward()
    np.testing.assert_array_equal(x.grad, [2.0, 2.0, 0.0])


@pytest.mark.parametrize("make", [lambda x: x, lambda x: x * 2, lambda x: x[::-1], lambda x: (x + 1).detach(), np.exp])
def test_value_is_read_only(make):
    """Neither leaves nor results can be written to."""
    node = make(gad.Variable([1.0, 2.0]))
    with pytest.raises(ValueError, match="read-only"):
        node.value[0] = 5.0


def test_an_array_made_from_a_detached_value_cannot_change_the_graph():
    """What leaves through np.asarray is read-only or a copy."""
    x = gad.Variable([1.0, 2.0])
    y = x * 2
    out = np.asarray(y.detach())
    if out.flags.writeable:
        out[:] = 77.0
    np.testing.assert_array_equal(y.value, [2.0, 4.0])


def test_writing_to_the_gradient_does_not_reach_the_graph():
    """x.grad is plain, owned and writable, even when it equals a recorded value."""
    x = gad.Variable([1.0, 2.0])
    c = gad.Variable([5.0, 6.0])
    y = x * c
    y.backward(np.ones(2))
    assert type(x.grad) is np.ndarray
    x.grad[:] = 99.0
    np.testing.assert_array_equal(c.value, [5.0, 6.0])
    y.backward(np.ones(2))
    np.testing.assert_array_equal(x.grad, [104.0, 105.0])


@pytest.mark.parametrize("attribute", ["value", "grad", "shape", "name", "parents", "anything"])
def test_attributes_cannot_be_assigned(attribute):
    """A node is what was recorded."""
    with pytest.raises(AttributeError):
        setattr(gad.Variable(1.0), attribute, None)


# In-place writes and options that would leave the graph


def test_adding_to_an_array_in_place_is_refused():
    """`array += x` would write the value and lose the graph."""
    array, x = np.zeros(3), gad.Variable([1.0, 2.0, 3.0])
    message = raised(errors.MutationError, lambda: operator.iadd(array, x))
    assert "np.add(..., out=)" in message
    np.testing.assert_array_equal(array, np.zeros(3))


def test_out_is_refused():
    """A result cannot be written into an array that somebody holds."""
    x, there = gad.Variable([1.0, 2.0]), np.zeros(2)
    assert "np.sin" in raised(errors.MutationError, lambda: np.sin(x, out=there))


def test_ufunc_at_is_refused():
    """Neither a leaf nor a plain array may ufunc.at write into."""
    x = gad.Variable([1.0, 2.0])
    assert "np.add.at" in raised(errors.MutationError, lambda: np.add.at(np.zeros(2), [0], x))
    assert "x = x.copy()" in raised(errors.MutationError, lambda: np.add.at(x, [0], 1.0))
    assert "np.multiply.at" in raised(errors.MutationError, lambda: np.multiply.at(np.ones(2), [0], x))


def test_item_assignment_to_a_leaf_is_refused():
    """`x[0] = 1` names what to do before it."""
    x = gad.Variable([1.0, 2.0])
    assert "x = x.copy()" in raised(errors.MutationError, lambda: operator.setitem(x, 0, 1.0))


def test_the_where_option_alone_points_to_out():
    """What the condition leaves out has to be something."""
    x = gad.Variable([1.0, 2.0])
    message = raised(errors.UnsupportedError, lambda: np.sin(x, where=np.array([True, False])))
    assert "out=np.zeros_like(x)" in message


def test_ufunc_methods_without_a_rule_are_refused_by_name():
    """np.gcd.reduceat and its like are named in full."""
    x = gad.Variable([1.0, 2.0])
    assert "np.gcd.reduceat" in raised(errors.UnsupportedError, lambda: np.gcd.reduceat(x, [0]))


def test_options_of_reductions_are_refused_by_name():
    """An option that is not recorded is named, not ignored."""
    x = gad.Variable([1.0, 2.0])
    message = raised(errors.UnsupportedError, lambda: np.quantile(x, 0.5, weights=[1.0, 2.0]))
    assert "np.quantile" in message
    assert "weights=" in message


UNSUPPORTED = {
    "np.packbits": lambda x: np.packbits(x),
    "np.nextafter": lambda x: np.nextafter(x, x),
    "np.gcd": lambda x: np.gcd(x, x),
    "np.spacing": lambda x: np.spacing(x),
    "np.logical_and": lambda x: np.logical_and(x, True),
    "np.full_like": lambda x: np.full_like(np.zeros(2), x[0]),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_a_function_without_a_rule_raises_by_its_name(name):
    """Nothing leaves the graph silently: the function, the file and the line are named."""
    x = gad.Variable([0.5, 0.25])
    with pytest.raises(errors.GraphvizAdError) as caught:
        UNSUPPORTED[name](x)
    assert isinstance(caught.value, TypeError)
    assert f"{name} " in f"{caught.value} "
    assert f"{__file__}, line {UNSUPPORTED[name].__code__.co_firstlineno}" in str(caught.value)


def test_an_unsupported_method_names_the_recorded_ones():
    """AttributeError, so that hasattr works, with the list of what is recorded."""
    x = gad.Variable([1.0])
    assert not hasattr(x, "byteswap")
    with pytest.raises(AttributeError, match=r"byteswap.*dot, flatten, max, mean.*x\.value\.byteswap"):
        x.byteswap()


@pytest.mark.parametrize(
    "other", ["a", b"a", None, {}, {1.0}, object(), np.array([object()]), np.datetime64("2020-01-01")]
)
def test_operands_that_are_no_numbers_are_refused(other):
    """Strings, None, sets and objects say what they are and what was expected."""
    x = gad.Variable([1.0, 2.0])
    assert "expected numbers" in raised(errors.UnsupportedError, lambda: x + other)
    assert "expected numbers" in raised(errors.UnsupportedError, lambda: operator.mul(other, x))


def test_masked_arrays_are_refused():
    """Neither as a leaf nor as a constant is a mask silently forgotten."""
    masked = np.ma.array([1.0, 2.0], mask=[False, True])
    with pytest.raises(errors.GraphvizAdError, match="MaskedArray"):
        gad.Variable(masked)
    with pytest.raises(errors.UnsupportedError, match="MaskedArray"):
        gad.Variable([1.0, 2.0]) * masked
    with pytest.raises(errors.GraphvizAdError):
        masked * gad.Variable([1.0, 2.0])


# Leaving the graph


LEAKS = {
    "math.exp": (lambda x: math.exp(x), "use np.exp"),
    "math.sin": (lambda x: math.sin(x), "use np.sin"),
    "math.sqrt": (lambda x: math.sqrt(x), "use np.sqrt"),
    "float": (lambda x: float(x), "leave float out"),
    "int": (lambda x: int(x), "int(x.value)"),
    "complex": (lambda x: complex(x), "leave complex out"),
    "np.asarray": (lambda x: np.asarray(x), "leave np.asarray out"),
    "np.array": (lambda x: np.array([x, x]), "np.stack"),
    ".item()": (lambda x: x.item(), "keep computing"),
    ".tolist()": (lambda x: x.tolist(), "keep computing"),
}


@pytest.mark.parametrize("what", LEAKS)
def test_leaving_the_graph_by_accident_is_an_error_that_teaches(what):
    """The message names what was called, the variable, the file, the line, the reason and both ways out."""
    leak, way_out = LEAKS[what]
    height = gad.Variable(0.5, name="height")
    with pytest.raises(errors.LeakError) as caught:
        leak(height)
    message = str(caught.value)
    assert isinstance(caught.value, TypeError)
    assert message.startswith(what)
    assert way_out in message
    assert "take x (named height) out" in message
    assert "x.detach()" in message
    assert "derivative would be lost" in message
    assert f"{__file__}, line {leak.__code__.co_firstlineno}" in message


@pytest.mark.parametrize("leak", [lambda x: math.ulp(x), lambda x: math.fsum([x, x]), lambda x: math.gamma(x)])
def test_a_leak_promises_only_what_is_recorded(leak):
    """NumPy has no ulp, fsum or gamma function, so no message sends the user there."""
    with pytest.raises(errors.LeakError) as caught:
        leak(gad.Variable(0.5))
    assert not any(f"use np.{name}," in str(caught.value) for name in ("ulp", "fsum", "gamma"))


def test_np_r_names_np_stack():
    """Building an array by index tricks is told what to use instead."""
    x = gad.Variable(0.5)
    assert "np.stack" in raised(errors.LeakError, lambda: np.r_[x, x])


def test_storing_in_an_array_element_is_caused_by_a_leak():
    """NumPy words the error itself; the teaching one is its cause."""
    array, x = np.zeros(3), gad.Variable(0.5)
    with pytest.raises((ValueError, TypeError)) as caught:
        array[0] = x
    assert isinstance(caught.value, errors.LeakError) or isinstance(caught.value.__cause__, errors.LeakError)


def test_storing_in_an_array_slice_is_a_leak():
    """A slice assignment would copy the numbers only."""
    array, x = np.zeros(3), gad.Variable([1.0, 2.0, 3.0])
    assert "derivative would be lost" in raised(errors.LeakError, lambda: operator.setitem(array, slice(None), x))


def test_an_object_array_is_a_leak():
    """dtype=object is no hole in the fence."""
    x = gad.Variable(0.5)
    assert "np.stack" in raised(errors.LeakError, lambda: np.array([x, x], dtype=object))


def test_a_variable_cannot_be_an_index():
    """Positions have no derivative."""
    x, i = gad.Variable([1.0, 2.0]), gad.Variable(1.0)
    assert "index" in raised(errors.LeakError, lambda: x[i])


def test_a_leak_inside_a_library_names_the_users_line():
    """The innermost frame that is neither ours nor installed is what counts."""
    import statistics

    x = gad.Variable(0.5)
    assert "derivative would be lost" in raised(errors.LeakError, lambda: statistics.fmean([x, x]))


def test_a_computed_value_leaks_as_its_leaf_does():
    """What counts is that a leaf can be reached."""
    x = gad.Variable(0.5)
    with pytest.raises(errors.LeakError):
        float(np.sin(x) * 2)


def test_a_tracked_variable_cannot_be_pickled():
    """Its whole graph would come along."""
    with pytest.raises(errors.LeakError, match=r"x\.value"):
        pickle.dumps(gad.Variable(1.0))


def test_an_untracked_variable_survives_pickling():
    """A detached value is only a number."""
    restored = pickle.loads(pickle.dumps(gad.Variable([1.0, 2.0]).detach()))
    np.testing.assert_array_equal(restored.value, [1.0, 2.0])


def test_a_detached_value_may_leave():
    """float, int, math, item, tolist and asarray work on it."""
    d = gad.Variable(2.5).detach()
    assert (float(d), int(d), complex(d), math.exp(d), d.item()) == (2.5, 2, 2.5 + 0j, math.exp(2.5), 2.5)
    v = gad.Variable([1.0, 2.0]).detach()
    assert v.tolist() == [1.0, 2.0]
    assert np.asarray(v).dtype == np.float64
    assert np.asarray(v, dtype=np.float32).dtype == np.float32


def test_nothing_flows_through_detach():
    """The cut is on purpose; what is computed from it counts as a constant."""
    x = gad.Variable(3.0)
    (x * x.detach()).backward()
    assert x.grad == 3.0
    assert not is_tracked(x.detach() * 2)
    assert is_tracked(x.detach() * x)


# Comparisons and truth


def test_comparisons_are_plain():
    """They give booleans, whichever side the Variable is on."""
    x, v = gad.Variable(2.0), gad.Variable([1.0, 2.0, 3.0])
    assert (x < 3, x <= 2, x > 3, x >= 2, x == 2, x != 2) == (True, True, False, True, True, False)
    left_sided = [operator.gt(3, x), operator.gt(np.float64(3), x), operator.eq(np.float64(2), x)]
    assert left_sided == [True, True, True]
    for result in (v > 1, v == v, v != [1.0, 0.0, 3.0], np.less(v, 2), np.greater_equal(2.0, v)):
        assert type(result) is np.ndarray
        assert result.dtype == bool


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne])
@pytest.mark.parametrize("left", [np.array([0.0, 2.0, 9.0]), [0.0, 2.0, 9.0]], ids=["array", "list"])
def test_an_array_on_the_left_is_compared_as_in_numpy(compare, left):
    """NumPy hands the comparison over to the Variable, which answers plainly."""
    x = gad.Variable([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(compare(left, x), compare(np.array(left), x.value), strict=True)


@pytest.mark.parametrize("compare", [np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal])
def test_comparison_ufuncs_are_plain_with_the_array_on_either_side(compare):
    """np.less(array, x) too."""
    x, array = gad.Variable([1.0, 2.0, 3.0]), np.array([0.0, 2.0, 9.0])
    np.testing.assert_array_equal(compare(array, x), compare(array, x.value), strict=True)
    np.testing.assert_array_equal(compare(x, array), compare(x.value, array), strict=True)


def test_truth_is_numpys():
    """A number is true when it is not 0; several numbers are ambiguous."""
    assert gad.Variable(2.0)
    assert not gad.Variable(0.0)
    with pytest.raises(ValueError, match="ambiguous"):
        bool(gad.Variable([1.0, 2.0]))


@pytest.mark.parametrize("test", [np.isnan, np.isfinite, np.isinf, np.signbit])
def test_questions_about_numbers_are_answered_plainly(test):
    """They have no derivative, and nothing is lost by answering."""
    values = np.array([np.nan, 1.0, -np.inf])
    np.testing.assert_array_equal(test(gad.Variable(values)), test(values), strict=True)


def test_questions_about_arrays_are_answered_plainly():
    """Shape, size, dtype and closeness."""
    x = gad.Variable(np.ones((2, 3), np.float32))
    assert (np.shape(x), np.ndim(x), np.size(x), x.shape, x.ndim, x.size) == ((2, 3), 2, 6, (2, 3), 2, 6)
    assert np.result_type(x, np.float16) == np.float32
    assert np.allclose(x, np.ones((2, 3)))
    assert np.array_equal(x, x)
    np.testing.assert_array_equal(np.zeros_like(x), np.zeros((2, 3), np.float32), strict=True)


def test_the_hash_is_the_identity():
    """Equal values are different keys."""
    a, b = gad.Variable(1.0), gad.Variable(1.0)
    assert {a: 1, b: 2}[a] == 1
    assert len({a, b, a}) == 2


# Python's own protocols


def test_iteration_and_unpacking_are_recorded_as_indexing():
    """Each entry is an index node with the Variable as its parent."""
    v = gad.Variable([1.0, 2.0, 3.0])
    a, b, c = v
    assert [n.primitive.name for n in (a, b, c)] == ["index"] * 3
    assert all(n.parents == (v,) for n in v)
    (a * b * c).backward()
    np.testing.assert_array_equal(v.grad, [6.0, 3.0, 2.0])


def test_python_sum_and_max_are_recorded():
    """sum() adds nodes one by one; max() picks one of them."""
    v = gad.Variable([1.0, 3.0, 2.0])
    sum(v).backward()
    max(v).backward()
    np.testing.assert_array_equal(v.grad, [1.0, 2.0, 1.0])
    assert math.prod(v).value == 6.0


def test_len_and_iteration_of_a_number_raise():
    """As NumPy's numbers do."""
    assert len(gad.Variable(np.ones((4, 2)))) == 4
    with pytest.raises(TypeError, match="single number"):
        len(gad.Variable(1.0))
    with pytest.raises(TypeError, match="single number"):
        iter(gad.Variable(1.0))


def test_format_writes_the_number():
    """Writing is looking, not leaving."""
    assert f"{gad.Variable(2.0):.3f} {gad.Variable(0.5):.0%}" == "2.000 50%"
    assert f"{gad.Variable(2.0, name='x')}" == "Variable(2.0, name='x')"


def test_repr_shows_value_name_dtype_and_primitive():
    """What a REPL shows."""
    x = gad.Variable([1.0, 2.0], name="x")
    assert repr(x) == "Variable([1., 2.], name='x')"
    assert repr(np.sin(gad.Variable(0.0))) == "Variable(0.0, from sin)"
    assert repr(gad.Variable(np.float32(1.5))) == "Variable(1.5, dtype=float32)"


def test_repr_of_a_big_array_is_short():
    """A million numbers are summarised."""
    assert len(repr(gad.Variable(np.zeros((1000, 1000))))) < 300


def test_round_is_recorded_as_rint():
    """round(x, 1) is NumPy's rounding, whose slope is 0."""
    x = gad.Variable(2.345)
    assert (round(x).value, round(x, 1).value, round(x, 0).value) == (2.0, np.round(2.345, 1), 2.0)
    round(x, 1).backward()
    assert x.grad is None


def test_copies_of_a_leaf_that_keep_the_graph():
    """A leaf never changes, so that a list of leaves may be copied; `copy` records one that may be written to."""
    x = gad.Variable([1.0])
    assert copy.copy(x) is x
    assert copy.deepcopy(x) is x
    assert x.copy().primitive.name == "copy"
    y = x * 2
    assert copy.copy(y) is not y
    assert copy.deepcopy(y) is not y


# Leaves


@pytest.mark.parametrize(
    "value", [1, True, [1, 2], np.arange(4), np.int8(1), range(3)], ids=lambda value: repr(value).partition(" at 0x")[0]
)
def test_integer_leaves_are_refused_with_the_way_out(value):
    """Integers have no small changes; the message shows floats."""
    with pytest.raises(errors.DtypeError, match=r"integers have no small changes.*(1\.0|float)"):
        gad.Variable(value)


@pytest.mark.parametrize(
    "value",
    ["a", b"a", None, {}, {1.0}, object(), [1.0, None], ["a"], np.array("2020", "M8"), 10**400],
    ids=lambda value: repr(value).partition(" at 0x")[0],
)
def test_leaves_that_are_no_numbers_are_refused(value):
    """What it was and what was expected."""
    with pytest.raises(errors.DtypeError, match=r"expected|needs"):
        gad.Variable(value)


def test_ragged_leaves_are_refused():
    """Rows of different lengths make no array."""
    with pytest.raises(errors.DtypeError, match="one shape"):
        gad.Variable([[1.0], [1.0, 2.0]])


def test_a_variable_of_a_variable_is_refused():
    """It would cut the graph by accident."""
    with pytest.raises(errors.DtypeError, match="detach"):
        gad.Variable(gad.Variable(1.0))


def test_a_variable_of_variables_is_a_leak():
    """A list of tracked values would lose them all."""
    x = gad.Variable(1.0)
    with pytest.raises(errors.LeakError):
        gad.Variable([x, x])


def test_a_name_must_be_a_string():
    """Anything else is refused."""
    with pytest.raises(errors.InputError, match="string, got int"):
        gad.Variable(1.0, name=3)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128])
def test_all_inexact_dtypes_are_welcome(dtype):
    """They are kept, not converted."""
    assert gad.Variable(np.ones(2, dtype)).dtype == dtype
    assert gad.Variable(dtype(1)).dtype == dtype


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
def test_empty_arrays_work(shape):
    """An empty sum is 0 and has an empty gradient."""
    x = gad.Variable(np.zeros(shape))
    y = np.sum(np.sin(x) * 2 + x)
    y.backward()
    assert y.value == 0.0
    assert x.grad.shape == shape


def test_the_extremum_of_an_empty_array_raises_as_numpy_does():
    """There is none."""
    with pytest.raises(ValueError, match="zero-size"):
        np.max(gad.Variable(np.zeros(0)))


def test_an_empty_list_is_an_index():
    """As in NumPy it selects nothing."""
    x = gad.Variable([1.0, 2.0])
    y = x[[]]
    np.testing.assert_array_equal(y.value, x.value[[]], strict=True)
    np.sum(y).backward()
    np.testing.assert_array_equal(x.grad, [0.0, 0.0])


def test_a_new_axis_alone_is_an_index():
    """x[None] records its index, and the adjoint loses the axis again."""
    x = gad.Variable([1.0, 2.0])
    y = x[None]
    assert y.shape == (1, 2)
    y.backward(np.array([[3.0, 4.0]]))
    np.testing.assert_array_equal(x.grad, [3.0, 4.0], strict=True)


@pytest.mark.parametrize(
    "shape", [np.array([3, 1]), [3, 1], (np.int64(3), 1), (-1, 1)], ids=lambda value: repr(value).partition(" at 0x")[0]
)
def test_shapes_may_be_given_in_any_way_numpy_takes(shape):
    """A list, an array or NumPy integers."""
    assert np.reshape(gad.Variable([1.0, 2.0, 3.0]), shape).shape == (3, 1)


def test_a_bad_index_raises_as_numpy_does():
    """IndexError, when recording and not later."""
    x = gad.Variable([1.0, 2.0])
    for index in (2, "a", 1.0, (0, 0)):
        with pytest.raises(IndexError):
            x[index]


def test_attach_grad_is_variable_under_another_name():
    """Same copies, same checks."""
    x = gad.attach_grad(np.arange(3.0), "a")
    assert (type(x), x.name, x.is_leaf) == (gad.Variable, "a", True)
    with pytest.raises(errors.DtypeError):
        gad.attach_grad(np.arange(3))


# What a node tells


def test_a_node_tells_about_itself():
    """Primitive, operands, parameters, order and origin."""
    x = gad.Variable(np.ones((2, 3)), name="x")
    y = np.sum(x, axis=1)
    assert (y.primitive.name, y.params, y.operands) == ("sum", {"axis": 1, "keepdims": False}, (x,))
    assert (y.order, y.origin, y.is_leaf, x.is_leaf, x.parents) == (0, None, False, True, ())


@pytest.mark.parametrize("times", [0, 1, 2, 3, 4])
def test_backward_does_not_change_what_a_node_tells(times):
    """Whatever the sweep keeps for itself stays out of sight."""
    x = gad.Variable([1.0, 2.0])
    y = np.sin(x)
    for _ in range(times):
        y.backward(np.ones(2))
    assert y.params == {}
    assert y.operands == (x,)
    np.testing.assert_array_equal(y.local_gradients[0], np.cos(x.value))


def test_local_gradients_are_none_for_constants_and_rules():
    """Only elementwise edges to Variables have one."""
    x = gad.Variable([1.0, 2.0])
    assert (x * 3).local_gradients[1] is None
    assert np.sum(x).local_gradients == (None,)


def test_local_gradients_of_constant_slope_have_the_nodes_dtype():
    """The 1 and -1 of a subtraction are numbers of the node's kind."""
    a, b = gad.Variable(np.float32(1)), gad.Variable(np.float32(2))
    assert [(g, g.dtype) for g in (a - b).local_gradients] == [(1, np.float32), (-1, np.float32)]


# Size, memory and threads


def test_a_million_operations_record_differentiate_and_free():
    """No recursion anywhere: not in recording, sweeping, looking, or giving the memory back."""
    x = gad.Variable(0.5)
    y = x
    for _ in range(500_000):
        y = y * 1.000001 + 1e-9
    assert is_tracked(y)
    y.backward()
    np.testing.assert_allclose(x.grad, 1.000001**500_000, rtol=1e-9)
    gone = weakref.ref(y)
    del y
    assert gone() is None


def test_a_heavily_shared_graph_is_swept_once_per_node():
    """Sixty doublings have 2**60 paths."""
    x = gad.Variable(1.0)
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60
    assert is_tracked(y)


def test_dropping_the_result_frees_the_graph_without_the_collector():
    """Nodes hold their parents only: no cycles, no tape."""
    gc.disable()
    try:
        x = gad.Variable([1.0, 2.0])
        middle = np.sin(x)
        y = (middle * x).sum()
        y.backward()
        gone = [weakref.ref(node) for node in (x, middle, y)]
        del x, middle, y
        assert all(ref() is None for ref in gone)
    finally:
        gc.enable()


def test_gradients_that_are_graphs_are_freed_by_the_collector():
    """Under create_graph a leaf and its gradient hold each other."""
    x = gad.Variable([1.0, 2.0])
    np.sum(np.sin(x) * x).backward(create_graph=True)
    gone = weakref.ref(x)
    del x
    gc.collect()
    assert gone() is None


def test_an_exception_in_the_users_program_leaves_nothing_behind():
    """Half a graph is freed with the exception."""
    refs = []

    def f(x):
        y = np.sin(x)
        refs.extend([weakref.ref(x), weakref.ref(y)])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gad.grad(f)(1.0)
    gc.collect()
    assert [ref() for ref in refs] == [None, None]


def test_an_exception_inside_a_rule_leaves_the_graph_usable():
    """A warning that is raised as an error in the middle of a sweep does not spoil the next one."""
    x, other = gad.Variable(0.0), gad.Variable(3.0)
    y = np.sqrt(x) * other + other * 2
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        y.backward()
    assert (x.grad, other.grad) == (None, None)
    with np.errstate(divide="ignore"):
        y.backward()
    assert (x.grad, other.grad) == (np.inf, 2.0)


def in_threads(work, count=4):
    """Run `work(number)` in several threads at once and re-raise the first error."""
    failures, start = [], threading.Barrier(count)

    def run(number):
        try:
            start.wait()
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_threads_with_separate_graphs_do_not_disturb_each_other():
    """Each gets its own gradient."""

    def work(number):
        for i in range(100):
            x = gad.Variable(float(number + i))
            np.sin(x * x).backward()
            np.testing.assert_allclose(x.grad, 2 * x.value * np.cos(x.value**2))

    in_threads(work)


@pytest.mark.parametrize("value", [0.5, np.linspace(0, 1, 5)], ids=["number", "array"])
def test_threads_may_sweep_one_graph_at_once(value):
    """Each result is right, whoever came first."""
    x = gad.Variable(value)
    y = np.sum(np.exp(np.sin(x)) * x)
    outputs = [y * float(i + 1) for i in range(4)]
    single = gad.grad(lambda x: np.sum(np.exp(np.sin(x)) * x))(value)

    def work(number):
        for _ in range(50):
            outputs[number].backward()

    in_threads(work)
    np.testing.assert_allclose(x.grad, 50 * (1 + 2 + 3 + 4) * single)


def test_no_contribution_is_lost_when_threads_add_to_one_leaf(monkeypatch):
    """Adding to a leaf's grad happens under the same lock as the sweep."""
    from graphviz_ad.engine import backward

    meeting, full = threading.Barrier(2), backward.full_adjoint

    def slow(*args, **kwargs):
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(0.3)  # met only if two threads are here at once
        return full(*args, **kwargs)

    monkeypatch.setattr(backward, "full_adjoint", slow)
    x = gad.Variable(1.0)
    outputs = [x * 2.0, x * 3.0]
    in_threads(lambda number: outputs[number].backward(), count=2)
    assert x.grad == 5.0
