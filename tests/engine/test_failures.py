"""What is read off a traceback: the expression that raised, its operands, what did not fit, the calls."""

from __future__ import annotations

import copy
import gc
import inspect
import math
import pickle
import weakref

import numpy as np
import pytest

from graphviz_ad.engine.aftermath import kept, latest
from graphviz_ad.engine.failures import remains_of
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.written import MISSING
from graphviz_ad.errors import InputError, LeakError, UnsupportedError

W = np.ones(3)


def product(x):
    h = np.tanh(x)
    return (h @ W).sum()


def parts(x):
    return (x[:3] + x[1:]).sum()


def entry(x):
    first = x[1]
    return first + x[5]


def in_a_list(x):
    return x + [1.0, 2.0][3]


def leak(x):
    return math.exp(x * 2)


def refused(x):
    return np.packbits(x * 2)


def divided(x):
    n = 0
    s = np.sum(x)
    return s * (1 / n)


def own(x):
    y = np.log(x)
    raise ValueError("too large", y)


def missing_key(x):
    d = {"w": x}
    return d["w"] * d["b"]


def stacked(x):
    return np.stack([x, x[:2]])


def method(x):
    return (x + 1).reshape(2, 3)


def outer(x):
    y = x * 2
    return inner(y)


def inner(z):
    return z @ np.ones(7)


def singular(a):
    return np.linalg.solve(a * 0, a[0])


def forever(x):
    return forever(x + 1)


CASES = [
    (product, np.ones((2, 4)), ValueError, "h @ W", [(2, 4), (3,)], "inner sizes 4 and 3 differ", 2),
    (parts, np.ones(5), ValueError, "x[:3] + x[1:]", [(3,), (4,)], "sizes 3 and 4 differ, and neither is 1", 3),
    (entry, np.ones(4), IndexError, "x[5]", [(4,), ()], "index 5, of 4 entries", 2),
    (in_a_list, 1.0, IndexError, "[1.0, 2.0][3]", [None, ()], "", 1),
    (leak, 1.0, LeakError, "math.exp(x * 2)", [()], "would leave the graph", 2),
    (refused, 1.0, UnsupportedError, "np.packbits(x * 2)", [()], "is not recorded", 2),
    (divided, np.ones(3), ZeroDivisionError, "1 / n", [(), ()], "n is 0", 2),
    (own, np.ones(2), ValueError, 'raise ValueError("too large", y)', [], "", 2),
    (missing_key, 1.0, KeyError, 'd["b"]', [None, None], "no key 'b'", 1),
    (stacked, np.ones(4), ValueError, "np.stack([x, x[:2]])", [(4,), (2,)], "", 2),
    (method, np.ones(4), ValueError, "(x + 1).reshape(2, 3)", [(4,), (), ()], "", 2),
    (outer, np.ones(3), ValueError, "z @ np.ones(7)", [(3,), None], "", 2),
    (singular, np.eye(2), np.linalg.LinAlgError, "np.linalg.solve(a * 0, a[0])", [(2, 2), (2,)], "", 3),
]


def raised(f, *args):
    """Record a call that raises; return the exception."""
    try:
        Recording.of_call(f, args, {})
    except Exception as error:
        return error
    raise AssertionError(f"{f.__name__} did not raise")


@pytest.mark.parametrize(
    ("f", "x", "kind", "text", "shapes", "reason", "count"), CASES, ids=[case[0].__name__ for case in CASES]
)
def test_what_raised_is_known_by_its_operands(f, x, kind, text, shapes, reason, count):
    error = raised(f, x)
    remains = remains_of(error, "post_mortem")
    failure = remains.failure
    assert type(error) is kind
    assert failure.error is error
    assert failure.site.text == text
    assert [operand.shape for operand in failure.operands] == shapes
    assert failure.reason == reason
    assert len(remains.nodes) == count
    lines, first = inspect.getsourcelines(inner if f is outer else f)
    assert text in lines[failure.site.line - first]


def test_an_operand_is_the_node_that_was_recorded_there():
    """The sum x + 1 has no name; it is the node whose expression stands there."""
    remains = remains_of(raised(method, np.ones(4)), "post_mortem")
    assert remains.failure.operands[0].value is remains.nodes[1]
    assert remains_of(raised(outer, np.ones(3)), "").failure.operands[1].value is MISSING  # it is not run again


def test_the_calls_lead_from_the_function_to_the_line():
    calls = remains_of(raised(outer, np.ones(3)), "post_mortem").failure.calls
    assert [site.function for site in calls] == ["outer", "inner"]
    assert [site.text for site in calls] == ["inner(y)", "z @ np.ones(7)"]


def test_a_recursion_is_read_without_one():
    remains = remains_of(raised(forever, 1.0), "post_mortem")
    assert type(remains.failure.error) is RecursionError
    assert len(remains.failure.calls) > 100
    assert [float(node.value) for node in remains.nodes[:3]] == [1, 2, 3]


def test_what_could_not_be_read_is_left_out():
    """Code without a source: the type, the line and the values are known, and no operation is made up."""
    namespace = {}
    exec("def f(x):\n    y = x * 2\n    return y[3]", namespace)
    failure = remains_of(raised(namespace["f"], np.ones(2)), "post_mortem").failure
    assert (failure.site.text, failure.site.line, failure.operands, failure.reason) == ("", 3, (), "")


def test_it_goes_with_its_exception():
    error = raised(lambda x: x[7], np.ones(3))
    watched = weakref.finalize(kept(error).function, lambda: None)
    del error
    gc.collect()
    assert not watched.alive


def test_it_stays_where_it_is():
    """An exception goes to another process, and into a deep copy, without it: nodes cannot go."""
    error = raised(divided, np.ones(3))
    assert kept(copy.copy(error)) is kept(error)
    sent = pickle.loads(pickle.dumps(error))
    assert (type(sent), sent.args, kept(sent)) == (ZeroDivisionError, error.args, None)


def test_an_interrupt_keeps_what_ran_and_a_full_memory_nothing():
    def f(x):
        y = x * 2
        raise kind(y)

    for kind, keeps in ((KeyboardInterrupt, True), (MemoryError, False)):
        with pytest.raises(kind) as caught:
            Recording.of_call(f, (1.0,), {})
        assert (kept(caught.value) is not None) is keeps


def test_an_exception_that_refuses_attributes_keeps_it_all_the_same():
    class StubbornError(Exception):
        def __setattr__(self, name, value):
            raise AttributeError(name)

    def f(x):
        raise StubbornError(x * 2)

    assert len(remains_of(raised(f, 1.0), "post_mortem").nodes) == 2


def test_of_one_call_inside_another_the_outer_one_is_kept():
    def f(x):
        y = x + 1
        return Recording.of_call(product, (y,), {}).output

    remains = remains_of(raised(f, np.ones((2, 4))), "post_mortem")
    assert remains.name == "f"
    assert [site.function for site in remains.failure.calls] == ["f", "product"]
    assert len(remains.nodes) == 3  # x, y and h, which was the operand


def test_the_cause_of_an_exception_is_asked_too():
    cause = raised(divided, np.ones(3))
    with pytest.raises(InputError) as caught:
        raise InputError("film: it raised") from cause
    assert remains_of(caught.value, "post_mortem").failure.error is cause


def test_the_exception_that_is_being_handled_is_the_latest():
    try:
        raise ValueError("no")
    except ValueError as error:
        handled, known = error, latest()
    assert known is handled


def test_an_exception_that_was_not_recorded_has_nothing_to_show():
    with pytest.raises(InputError, match=r"nothing was recorded before ValueError 'no'; call the function with gad.tr"):
        remains_of(ValueError("no"), "post_mortem")
