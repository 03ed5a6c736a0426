"""Bad input to public functions: an error of ours that says what, where, what was expected and the way out."""

from __future__ import annotations

import itertools
import sys
import traceback
import warnings

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import DtypeError, InputError, LeakError, MutationError, SeedError, UnsupportedError


class Oops(Exception):  # noqa: N818
    """The user's own exception."""


def refusal(error, call):
    """Return the sentence of the error that the call must raise, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error) as caught:
            call()
    assert isinstance(caught.value, gad.GraphvizAdError)
    said = str(caught.value)
    assert len(said) > 20
    assert "\n" not in said
    assert " object at 0x" not in said
    return said


def half_way(x):
    """Compute something, then raise."""
    y = np.sin(x) * 2
    raise Oops("half-way", y.shape)


TAKES_A_FUNCTION = {
    "trace": lambda f: gad.trace(f, 2.0),
    "grad": lambda f: gad.grad(f)(2.0),
    "value_and_grad": lambda f: gad.value_and_grad(f)(2.0),
    "vjp": lambda f: gad.vjp(f, 2.0),
    "film": lambda f: gad.film(f, x=(1, 2)),
    "plot": lambda f: gad.plot(f, x=(1, 2)),
}
TRANSFORMS = ("trace", "grad", "value_and_grad", "vjp")


class TestFunctions:
    """Whatever takes a function."""

    @pytest.mark.parametrize("name", TAKES_A_FUNCTION)
    @pytest.mark.parametrize("thing", [3, 2.0, "sin", None, [np.sin], np.sin(1.0), gad.Variable(1.0)], ids=repr)
    def test_what_is_no_function(self, name, thing):
        """The name of the caller, what was given, and that f is to be passed, not f(x)."""
        said = refusal(InputError, lambda: TAKES_A_FUNCTION[name](thing))
        assert said.startswith(f"{name} needs a function")
        assert type(thing).__name__ in said
        assert "f(x)" in said

    @pytest.mark.parametrize("name", TAKES_A_FUNCTION)
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (None, "returned nothing; end it with return"),
            ("a string", "returned a str"),
            (b"bytes", "returned a bytes"),
            (("a", 2.0), "returned a"),
            ([None], "returned"),
            ((), "returned a"),
            ({1.0}, "returned a set"),
            (np.array(["a"]), "returned ndarray"),
            (np.array([None]), "returned ndarray"),
            (len, "returned builtin_function_or_method"),
            (NotImplemented, "returned NotImplementedType"),
        ],
        ids=repr,
    )
    def test_what_cannot_be_differentiated_is_not_returned(self, name, value, expected):
        """By what it was, with the name of the caller."""
        said = refusal(InputError, lambda: TAKES_A_FUNCTION[name](lambda x: value))
        assert expected in said
        assert "raised" not in said

    @pytest.mark.parametrize("name", TRANSFORMS)
    def test_an_exception_half_way_comes_through(self, name):
        """It is the function's own, and its traceback ends in the function."""
        with pytest.raises(Oops) as caught:
            TAKES_A_FUNCTION[name](half_way)
        assert traceback.extract_tb(caught.value.__traceback__)[-1].name == "half_way"

    @pytest.mark.parametrize("name", ["film", "plot"])
    def test_an_exception_at_every_stop_is_the_cause(self, name):
        """Where nothing can be shown, the function's own exception is named, and its traceback kept."""
        with pytest.raises(InputError, match=r"Oops: \('half-way', \(\)\)") as caught:
            TAKES_A_FUNCTION[name](half_way)
        assert isinstance(caught.value.__cause__, Oops)
        assert traceback.extract_tb(caught.value.__cause__.__traceback__)[-1].name == "half_way"

    @pytest.mark.parametrize("name", TRANSFORMS)
    def test_nothing_is_left_of_a_call_that_raised(self, name):
        """The next recording starts afresh."""
        with pytest.raises(Oops):
            TAKES_A_FUNCTION[name](half_way)
        with gad.record() as trace:
            gad.Variable(1.0) * 2
        assert len(trace.nodes) == 2

    @pytest.mark.parametrize("name", TAKES_A_FUNCTION)
    def test_a_leak_is_told_with_file_and_line(self, name):
        """Where nothing can be shown, the sentence of the leak is what is said."""
        import math

        with pytest.raises(gad.GraphvizAdError, match=r"np\.exp") as caught:
            TAKES_A_FUNCTION[name](lambda x: math.exp(x))
        assert f"{__file__}, line" in str(caught.value)


INTEGERS = {"int": 3, "numpy int": np.int64(3), "array": np.arange(3)}
FLAGS = {"bool": True, "flags": np.array([True, False])}
LEAVES = [gad.Variable, gad.attach_grad]
INPUTS = [lambda v: gad.grad(np.sum)(v), lambda v: gad.value_and_grad(np.sum)(v), lambda v: gad.vjp(np.sum, v)]


class TestNumbers:
    """What is to be differentiated must have small changes."""

    @pytest.mark.parametrize(
        ("call", "value"),
        [
            *itertools.product(LEAVES, INTEGERS.values()),
            *itertools.product(LEAVES + INPUTS, FLAGS.values()),
        ],
    )
    def test_integers_are_refused_with_the_float_to_write(self, call, value):
        """Why, and what to write instead."""
        said = refusal(DtypeError, lambda: call(value))
        assert "integers have no small changes" in said
        assert ": write " in said or ": pass " in said

    @pytest.mark.parametrize("value", INTEGERS.values(), ids=INTEGERS)
    def test_integers_given_as_inputs_are_floats(self, value):
        """As a newcomer means them: d/dx of the sum of x² is 2x."""
        gradient = gad.grad(lambda x: np.sum(x**2))(value)
        np.testing.assert_array_equal(gradient, 2.0 * value)
        assert gradient.dtype == np.float64
        trace = gad.trace(lambda x: np.sum(x**2), value)
        np.testing.assert_array_equal(trace.reverse().adjoint(trace.inputs[0]), gradient)

    def test_an_integer_beside_a_float_stays_what_it_is_in_a_trace(self):
        """It may be how often a loop runs."""
        trace = gad.trace(lambda x, n: sum(x for _ in range(n)), 2.0, 3)
        assert trace.inputs == (trace.nodes[0],)
        assert trace.output.value == 6.0

    @pytest.mark.parametrize("value", [True, "a", None, ["a"], {}, np.array([True])], ids=repr)
    def test_a_trace_needs_a_float(self, value):
        """What was given is shown."""
        said = refusal(InputError, lambda: gad.trace(np.sum, value))
        assert "no argument can be differentiated; pass floats or arrays of floats" in said

    @pytest.mark.parametrize(
        "value",
        ["a", b"a", None, {}, {1.0}, object(), len, np.array(["a"]), np.array([None]), np.datetime64("2020-01-01"),
         np.timedelta64(1), [[1.0], [1.0, 2.0]], np.zeros(2, dtype=[("a", float)])],
        ids=lambda value: type(value).__name__,
    )  # fmt: skip
    @pytest.mark.parametrize("call", [gad.Variable, gad.attach_grad])
    def test_what_is_no_number(self, call, value):
        """By its type."""
        try:
            call(value)
        except gad.GraphvizAdError as error:
            assert type(value).__name__ in str(error) or "dtype" in str(error)  # noqa: PT017
        else:
            pytest.fail("accepted")

    @pytest.mark.parametrize("value", ["a", None, [], (True,), {}, len], ids=repr)
    @pytest.mark.parametrize("transform", [gad.grad, gad.value_and_grad])
    def test_arguments_of_transforms(self, transform, value):
        """The position is named."""
        said = refusal(gad.GraphvizAdError, lambda: transform(np.sum)(value))
        assert said.startswith(f"{transform.__name__}, argument 0")

    def test_a_list_of_numbers_that_was_meant_as_an_array_says_so(self):
        """The function's own error keeps its words; a note says what to write."""
        with pytest.raises(TypeError, match="multiply sequence") as caught:
            gad.grad(lambda x: np.sum(x * x))([1.0, 2.0])
        assert "(np.array([1.0, 2.0]))" in caught.value.__notes__[0]

    def test_empty_arrays_work(self):
        """The gradient of nothing is nothing."""
        assert gad.grad(np.sum)(np.zeros(0)).shape == (0,)
        assert gad.grad(lambda x: (x * 2).sum())(np.zeros((0, 3))).shape == (0, 3)
        assert len(gad.trace(np.sum, np.zeros(0)).steps()) > 0

    @pytest.mark.parametrize("function", [np.max, np.min])
    def test_the_largest_of_nothing_is_numpys_error(self, function):
        """A ValueError, as without us."""
        with pytest.raises(ValueError, match="zero-size array"):
            gad.grad(function)(np.zeros(0))

    @pytest.mark.parametrize("name", [3, b"x", ["x"], 1.5, len], ids=repr)
    @pytest.mark.parametrize("call", [gad.Variable, gad.attach_grad])
    def test_names_are_strings(self, call, name):
        """Anything else is refused by its type."""
        assert f"name must be a string, got {type(name).__name__}" in refusal(InputError, lambda: call(1.0, name=name))

    def test_the_name_of_a_recording_is_a_string(self):
        """As that of a Variable."""

        def enter():
            with gad.record(3):
                pass

        assert "name must be a string" in refusal(InputError, enter)


class TestArgnums:
    """Which arguments to differentiate."""

    @pytest.mark.parametrize("argnums", ["0", 1.0, None, (0, "a"), (0, 1.0), {0}, True], ids=repr)
    @pytest.mark.parametrize("transform", [gad.grad, gad.value_and_grad])
    def test_what_is_no_position(self, transform, argnums):
        """The sentence shows it."""
        said = refusal(InputError, lambda: transform(np.multiply, argnums)(2.0, 3.0))
        assert said.startswith(f"{transform.__name__}: argnums must be")

    @pytest.mark.parametrize("argnums", [2, -3, (0, 5)], ids=repr)
    def test_a_position_that_does_not_exist(self, argnums):
        """How many there are is said."""
        assert "only 2 positional arguments" in refusal(InputError, lambda: gad.grad(np.multiply, argnums)(2.0, 3.0))

    @pytest.mark.parametrize("argnums", [(), (0, 0), (1, -1)], ids=repr)
    def test_each_argument_once(self, argnums):
        """Neither none nor one twice."""
        assert "name each argument once" in refusal(InputError, lambda: gad.grad(np.multiply, argnums)(2.0, 3.0))

    def test_no_argument_at_all(self):
        """Also for vjp."""
        refusal(InputError, lambda: gad.grad(np.sin)())
        assert "at least one primal" in refusal(InputError, lambda: gad.vjp(np.sin))

    @pytest.mark.parametrize("transform", [gad.grad, gad.value_and_grad])
    def test_a_vector_needs_a_sum(self, transform):
        """Or vjp with a seed."""
        said = refusal(InputError, lambda: transform(np.sin)(np.ones(3)))
        assert said.startswith(f"{transform.__name__}: the function must return a single number")
        assert "shape (3,)" in said
        assert "gad.vjp" in said


BAD_SEEDS = {"text": "a", "object": {}, "ragged": [[1], [1, 2]], "shape": np.ones(2), "too many": np.ones((3, 3)),
             "complex": 1j * np.ones(3)}  # fmt: skip


class TestSeeds:
    """Where a sweep starts."""

    @pytest.mark.parametrize("seed", BAD_SEEDS.values(), ids=BAD_SEEDS)
    @pytest.mark.parametrize(
        "call",
        [
            lambda seed: (gad.Variable(np.ones(3)) * 2).backward(seed),
            lambda seed: gad.trace(np.sin, np.ones(3)).reverse(seed),
            lambda seed: gad.vjp(np.sin, np.ones(3))[1](seed),
        ],
        ids=["backward", "reverse", "pullback"],
    )
    def test_a_seed_that_does_not_fit(self, call, seed):
        """What it is, and what it belongs to."""
        assert "the seed" in refusal(SeedError, lambda: call(seed))

    def test_a_vector_needs_a_seed(self):
        """The sentence says which."""
        assert "np.ones((3,))" in refusal(SeedError, lambda: (gad.Variable(np.ones(3)) * 2).backward())
        assert "np.ones((3,))" in refusal(SeedError, lambda: gad.trace(np.sin, np.ones(3)).reverse())

    @pytest.mark.parametrize("seed", ["a", {}, np.ones(2)], ids=repr)
    def test_a_bad_seed_changes_no_gradient(self, seed):
        """Nothing is added half-way."""
        x = gad.Variable(np.ones(3))
        y = x * 2
        y.backward(np.ones(3))
        with pytest.raises(SeedError):
            y.backward(seed)
        np.testing.assert_array_equal(x.grad, 2 * np.ones(3))

    @pytest.mark.parametrize("output", [3, "y", np.sin], ids=repr)
    def test_another_output_must_be_a_node(self, output):
        """The sentence is about the argument, not about the function."""
        said = refusal(InputError, lambda: gad.trace(np.sin, 1.0).reverse(output=output))
        assert "output" in said
        assert "returned" not in said

    def test_a_node_of_another_trace_is_none_of_this(self):
        """It is shown."""
        said = refusal(InputError, lambda: gad.trace(np.sin, 1.0).reverse(output=gad.Variable(7.0)))
        assert "not a node of this trace" in said

    @pytest.mark.parametrize("thing", [3, "x", None], ids=repr)
    def test_an_adjoint_is_asked_for_a_node(self, thing):
        """Not for a number."""
        refusal(gad.GraphvizAdError, lambda: gad.trace(np.sin, 1.0).reverse().adjoint(thing))

    @pytest.mark.parametrize("argument", [1, -3, "a", None, 1.0], ids=repr)
    def test_a_contribution_is_asked_for_an_edge(self, argument):
        """How many arguments there are is said."""
        trace = gad.trace(np.sin, 1.0)
        said = refusal(gad.GraphvizAdError, lambda: trace.reverse().contribution(trace.nodes[1], argument))
        assert "argument" in said

    @pytest.mark.parametrize("mode", ["foward", "revers", "", 3, None, ["forward"]], ids=repr)
    def test_modes_of_the_story(self, mode):
        """The known one is named."""
        assert "expected 'reverse', 'forward' or 'both'" in refusal(
            InputError, lambda: gad.trace(np.sin, 1.0).steps(mode)
        )


class TestLeaving:
    """Nothing leaves the graph in silence."""

    LEAKS = (
        ("float", float), ("int", int), ("complex", complex), ("np.asarray", np.asarray),
        ("np.array of two", lambda x: np.array([x, x])), ("list in asarray", lambda x: np.asarray([x, 1.0])),
        ("np.float64", np.float64), ("fill", lambda x: np.full(3, x)),
        ("math", lambda x: __import__("math").cos(x)), ("round trip", lambda x: float(np.asarray(x))),
    )  # fmt: skip

    @pytest.mark.parametrize("leak", [leak for _, leak in LEAKS], ids=[name for name, _ in LEAKS])
    def test_a_tracked_number_does_not_become_a_plain_one(self, leak):
        """It says what to write instead."""
        x = gad.Variable(1.0, name="x")
        said = refusal((LeakError, UnsupportedError, MutationError), lambda: leak(x))
        assert "x" in said

    @pytest.mark.parametrize("use", [lambda x: [1, 2, 3][x], range], ids=["list", "range"])
    def test_a_variable_is_no_index(self, use):
        """As little as a float is one."""
        with pytest.raises(TypeError, match="integer"):
            use(gad.Variable(1.0))

    def test_an_array_takes_no_variable_into_one_of_its_places(self):
        """NumPy raises, because of our LeakError, and the array stays as it was."""
        array = np.ones(3)
        with pytest.raises((ValueError, TypeError)) as caught:
            array[0] = gad.Variable(1.0, name="x")
        assert isinstance(caught.value, LeakError) or isinstance(caught.value.__cause__, LeakError)
        np.testing.assert_array_equal(array, np.ones(3))

    @pytest.mark.parametrize(
        ("name", "call"),
        [
            ("np.isreal", lambda x: np.isreal(x)),
            ("np.gcd", lambda x: np.gcd(x, 2)),
            ("np.packbits", lambda x: np.packbits(x)),
        ],
    )
    def test_a_function_that_is_not_recorded_is_named(self, name, call):
        """By the name that the user wrote."""
        assert name.removeprefix("np.") in refusal(gad.GraphvizAdError, lambda: call(gad.Variable(np.ones(2))))

    def test_writing_into_a_variable(self):
        """Its values are what was recorded."""
        x = gad.Variable(np.ones(3))

        def write():
            x[0] = 5.0

        refusal(MutationError, write)
        with pytest.raises(ValueError, match="read-only"):
            x.value[0] = 5.0

    def test_variables_do_not_flow_into_an_array_in_place(self):
        """What was added would be lost."""
        array, x = np.ones(3), gad.Variable(np.ones(3))

        def add():
            nonlocal array
            array += x

        refusal(MutationError, add)
        np.testing.assert_array_equal(array, np.ones(3))


class TestNames:
    """Attributes that do not exist."""

    @pytest.mark.parametrize(
        ("name", "expected"),
        [("gradd", "'grad'"), ("Varable", "'Variable'"), ("atach_grad", "'attach_grad'"), ("flim", "'film'")],
    )
    def test_the_package_suggests(self, name, expected):
        """Did you mean?"""
        with pytest.raises(AttributeError, match=f"Did you mean {expected}") as caught:
            getattr(gad, name)
        assert "".join(traceback.format_exception(caught.value)).count("Did you mean") == 1  # Python guesses too

    @pytest.mark.parametrize(
        ("name", "expected"),
        [("grd", "'grad'"), ("vale", "'value'"), ("shpae", "'shape'"), ("backwards", "'backward'")],
    )
    def test_a_variable_suggests(self, name, expected, capsys):
        """Python asks it where it shows the error, and guesses among what completion offers."""
        with pytest.raises(AttributeError) as caught:
            getattr(gad.Variable(1.0), name)
        sys.__excepthook__(caught.type, caught.value, None)
        assert f"Did you mean: {expected}?" in capsys.readouterr().err

    @pytest.mark.parametrize("name", ["value", "grad", "shape", "parents", "index", "anything"])
    def test_a_variable_is_not_assigned_to(self, name):
        """It is what was recorded."""
        x = gad.Variable(1.0)
        with pytest.raises(AttributeError):
            setattr(x, name, 3.0)
        assert x.value == 1.0

    @pytest.mark.parametrize("given", [{"pannels": 1}, {"inputz": {}}, {"progres": print}], ids=str)
    def test_unknown_keywords_of_a_film(self, given):
        """They are named, and the function's arguments listed."""
        said = refusal(InputError, lambda: gad.film(lambda x: x * 2, x=(0, 1), **given))
        assert next(iter(given)) in said
        assert "it takes x" in said

    @pytest.mark.parametrize(
        ("call", "word"),
        [
            (lambda: gad.Variable(1.0, nme="x"), "nme"),
            (lambda: gad.attach_grad(1.0, nam="x"), "nam"),
            (lambda: gad.grad(np.sin, argnum=0), "argnum"),
            (lambda: gad.trace(np.sin, 1.0).save("a.svg", them="dark"), "them"),
            (lambda: gad.Variable(1.0).backward(retain=True), "retain"),
            (lambda: gad.trace(np.sin, 1.0).reverse(sead=1), "sead"),
            (lambda: gad.record(nam="x").__enter__(), "nam"),
        ],
    )
    def test_unknown_keywords_are_named(self, call, word, tmp_path, monkeypatch):
        """As Python does, at the least; nothing is written."""
        monkeypatch.chdir(tmp_path)
        with pytest.raises(TypeError, match=f"'{word}'"):
            call()
        assert list(tmp_path.iterdir()) == []


class TestDot:
    """The graphviz.Digraph of a trace."""

    @pytest.mark.parametrize("given", [{"format": "pdf"}, {"format": "svgg"}, {"engine": "neato"}], ids=str)
    def test_what_it_cannot_draw(self, given):
        """It says what it can."""
        graph = gad.trace(np.sin, 1.0).to_dot()
        assert any(
            word in refusal(gad.GraphvizAdError, lambda: graph.pipe(**{"format": "svg", **given}))
            for word in ("svg", "dot")
        )

    def test_a_drawing_that_fails_leaves_no_file(self, tmp_path):
        """Neither the source nor a half drawing."""
        graph = gad.trace(np.sin, 1.0).to_dot()
        with pytest.raises(gad.GraphvizAdError):
            graph.render(tmp_path / "g", format="pdf")
        assert not list(tmp_path.glob("*.pdf*"))


async def _later(x):
    return x * 2


def _one_by_one(x):
    yield x


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (_later, "a coroutine, since it is async: nothing is computed in it before it is awaited; leave async out"),
        (_one_by_one, "a generator, since it yields: return a number or an array instead"),
    ],
)
@pytest.mark.parametrize("call", [gad.trace, gad.check, lambda f, x: gad.grad(f)(x)], ids=["trace", "check", "grad"])
def test_functions_that_compute_later_are_told_apart(call, f, said):
    """And nobody is told besides that a coroutine was never awaited."""
    assert refusal(InputError, lambda: call(f, 1.0)).partition("it returned ")[2].startswith(said)


@pytest.mark.parametrize("values", [10**400, [1.0, 10**400], {"a": -(10**400)}], ids=["number", "list", "dict"])
def test_an_integer_beyond_the_range_of_floats_is_named(values):
    """And where it stands, as any other input that is no float."""
    with pytest.raises(DtypeError, match=r"^grad, argument 0.*a leaf needs floats or complex numbers, got int -?1000"):
        gad.grad(lambda x: x)(values)


def test_a_ragged_list_has_no_order():
    """NumPy would only say that it can make no array of it."""
    with pytest.raises(InputError, match=r"^orders: x must be a single number, such as 2\.0, got list"):
        gad.orders(lambda x: x * x, [1, [2, 3]])
