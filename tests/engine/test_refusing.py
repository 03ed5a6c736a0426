"""What cannot be differentiated is refused with the person's own call, written so that it can."""

from __future__ import annotations

import linecache
import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors


class Tensor:
    """Stands for what torch has: it gives its numbers only when it is asked in torch's way."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")

    def detach(self):
        """Return what keeps no gradient."""
        return self

    def numpy(self):
        """Return the numbers."""
        return np.array([1.0, 2.0])


Tensor.__module__ = "torch"
NAMES = {"np": np, "gad": gad, "k": 3, "a": np.arange(3), "f": lambda x: np.sum(x * x), "tensor": Tensor()}
CALLS = {
    "gad.Variable(3)": "gad.Variable(3.0)",
    "gad.Variable(-3)": "gad.Variable(-3.0)",
    "gad.Variable([1, 2, 3], name='w')": "gad.Variable([1.0, 2.0, 3.0], name='w')",
    "gad.Variable(k)": "gad.Variable(float(k))",
    "gad.Variable(a + 1)": "gad.Variable((a + 1).astype(float))",
    "gad.Variable(range(3))": "gad.Variable(np.array(range(3), dtype=float))",
    "gad.Variable('1.5')": "gad.Variable(float('1.5'))",
    "gad.Variable(np.array([1, 2], dtype=object))": "gad.Variable(np.array([1, 2], dtype=object).astype(float))",
    "gad.Variable(np.ma.array([1.0, 2.0]))": "gad.Variable(np.ma.array([1.0, 2.0]).filled(0.0))",
    "gad.Variable(tensor)": "gad.Variable(tensor.detach().numpy())",
    "gad.attach_grad(True)": "gad.attach_grad(1.0)",
    "gad.grad(f)(True)": "gad.grad(f)(1.0)",
    "gad.vjp(f, a > 1)": "gad.vjp(f, (a > 1).astype(float))",
    "gad.value_and_grad(f)('1.5')": "gad.value_and_grad(f)(float('1.5'))",
    "gad.trace(f, '1.5')": "gad.trace(f, float('1.5'))",
    "gad.grad(f)(tensor)": "gad.grad(f)(tensor.detach().numpy())",
}


def run(source):
    """Run a line as a person has written it, where it can be read."""
    filename = f"<line {len(linecache.cache)}>"
    linecache.cache[filename] = (len(source), None, [source], filename)
    return eval(compile(source, filename, "eval"), dict(NAMES))


@pytest.mark.parametrize("call", CALLS)
def test_the_call_to_write_is_the_person_s_own(call):
    """And it works."""
    with pytest.raises((errors.DtypeError, errors.InputError), match=r"\(<line \d+>, line 1\)$") as caught:
        run(call)
    assert re.search(r": write (.*) \(<line", str(caught.value))[1] == CALLS[call]
    run(CALLS[call])


def test_where_the_call_is_not_ours_nothing_is_put_into_it():
    """The arguments of another function are its own affair."""
    with pytest.raises(errors.DtypeError, match=r": pass float\(x\) for x \("):
        list(map(gad.Variable, [3]))


def test_a_long_call_is_not_repeated():
    """What goes into it is said."""
    with pytest.raises(errors.DtypeError, match=r"small changes: pass np\.array\(x, dtype=float\) for x \(<line"):
        run(f"gad.Variable({list(range(100))})")


@pytest.mark.parametrize("call", ["gad.Variable('a')", "gad.Variable([None, 1.0])", "gad.grad(f)('a')"])
def test_of_what_is_no_number_nothing_is_guessed(call):
    """What was given is shown, with the line."""
    with pytest.raises(errors.GraphvizAdError, match=r"(needs|expected).*got (str 'a'|list \[None)[^:]*line 1\)$"):
        run(call)


def test_variables_make_no_leaf():
    """But an array that is recorded."""
    with pytest.raises(errors.LeakError, match=r"cannot be made of Variables.*write np\.stack\(\[\.\.\.\]\)"):
        run("gad.Variable([gad.Variable(1.0), gad.Variable(2.0)])")
