"""What arrays have and a Variable has not: an error for each name, though the class has no ``__getattr__``."""

from __future__ import annotations

import copy
import pydoc

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine.advice import OTHER_NAMES
from graphviz_ad.engine.primitive import METHODS
from graphviz_ad.engine.unrecorded import Unrecorded
from graphviz_ad.errors import UnknownAttributeError
from graphviz_ad.extend import implements, temporary

x = gad.Variable([1.0, 2.0, 4.0], name="x")
UNRECORDED = sorted(name for name, entry in vars(gad.Variable).items() if type(entry) is Unrecorded)


def test_the_class_has_no_getattr():
    """With one, CPython 3.11 reads every slot of a Variable the slow way: a chain takes a quarter more."""
    assert not hasattr(gad.Variable, "__getattr__")
    assert gad.Variable.__getattribute__ is object.__getattribute__


def test_every_public_name_of_arrays_is_there_or_has_its_error():
    """Those of PyTorch, too, for which there is an advice."""
    assert {name for name in dir(np.ndarray) if name[0] != "_"} | set(OTHER_NAMES) <= set(vars(gad.Variable))
    assert {"flags", "data", "clone"} <= set(UNRECORDED)
    assert not {"sum", "shape", "T", "copy", *METHODS} & set(UNRECORDED)


@pytest.mark.parametrize("name", UNRECORDED)
def test_the_error_names_what_is_missing_and_the_line(name):
    """Whoever asks whether it is there gets no for an answer, of a Variable and of the class."""
    with pytest.raises(UnknownAttributeError, match=rf"\b{name}\b.*\(.*test_unrecorded\.py, line \d+\)$"):
        getattr(x, name)
    with pytest.raises(AttributeError, match=rf"^type object 'Variable' has no attribute '{name}'$"):
        getattr(gad.Variable, name)
    with pytest.raises(AttributeError, match=rf"^'Variable' object has no attribute '{name}'$"):
        setattr(x, name, 1.0)
    assert not hasattr(x, name)
    assert getattr(x, name, None) is None


def test_completion_offers_what_there_is():
    """Neither what is not recorded nor what is private."""
    names = dir(x)
    assert {"sum", "value", "backward", "__len__"} <= set(names)
    assert not [name for name in names if name in UNRECORDED or (name[0] == "_" and name[:2] != "__")]
    assert "<not recorded>" not in pydoc.plain(pydoc.render_doc(gad.Variable))


PROBED = [
    *("__array_interface__", "__array_struct__", "__array_priority__", "__dlpack__", "__index__", "__contains__"),
    *("_repr_html_", "_repr_mimebundle_", "_ipython_display_", "to_numpy", "values", "units", "__setstate__"),
]


@pytest.mark.parametrize("name", PROBED)
def test_what_libraries_probe_is_not_there(name):
    """They go on to what is: its text, its numbers."""
    assert not hasattr(x, name)
    assert copy.copy(x).shape == (3,)


def test_a_registered_method_appears_and_disappears():
    """Of the class, of what completion offers and of Variables that were made before."""
    with temporary():

        @implements(method="byteswap")
        def byteswap(a):
            """Record ``a.byteswap()``."""
            return a * 2

        assert x.byteswap().value.tolist() == [2.0, 4.0, 8.0]
        assert "byteswap" in dir(x)
        assert gad.Variable.byteswap.__doc__ == "Record ``a.byteswap()``."
        assert gad.Variable.byteswap.__qualname__ == "Variable.byteswap"
    assert not hasattr(x, "byteswap")
    assert "byteswap" not in dir(x)
    with pytest.raises(UnknownAttributeError, match=r"^x\.byteswap\(\.\.\.\) is not recorded"):
        x.byteswap()


def test_a_method_that_is_replaced_comes_back():
    """It is what it was, also where it was replaced twice, and inside another ``with``."""
    before = gad.Variable.sum
    with temporary():
        implements(method="sum", replace=True)(lambda a: a[0])
        assert x.sum().value == 1.0
        with temporary():
            implements(method="sum", replace=True)(lambda a: a[1])
            assert x.sum().value == 2.0
        assert x.sum().value == 1.0
    assert gad.Variable.sum is before
    assert x.sum().value == 7.0


def test_a_method_of_the_class_itself_and_an_operator_come_back():
    """Nothing is left of what was registered in their place."""
    copied = gad.Variable.copy
    with temporary():
        implements(method="copy")(lambda a: a * 3)
        implements(method="__lshift__")(lambda a, b: (a, b))
        assert x.copy().value[0] == 3.0
        assert x << 5 == (x, 5)
    assert gad.Variable.copy is copied
    assert not hasattr(x, "__lshift__")


def test_a_method_that_is_forgotten_says_so_again():
    """As tests do that register what the package has already."""
    with temporary():
        del METHODS["mean"]
        implements(method="byteswap")(lambda a: a)
        with pytest.raises(UnknownAttributeError, match=r"x\.mean\(\.\.\.\) is not recorded"):
            x.mean()
    assert x.mean().value == 7 / 3


def test_what_fails_in_the_middle_is_forgotten_as_well():
    """The error goes on."""

    def fail():
        with temporary():
            implements(method="byteswap")(lambda a: a)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not hasattr(x, "byteswap")


def test_strides_lead_to_windows():
    """Which as_strided would show of memory that nothing is recorded of; the windows have the same numbers."""
    x = np.arange(16.0).reshape(4, 4)
    with pytest.raises(
        gad.errors.UnknownAttributeError, match=r"windows are np\.lib\.stride_tricks\.sliding_window_view\(x"
    ):
        gad.grad(lambda x: np.lib.stride_tricks.as_strided(x, (2, 2, 2, 2), (x.strides[0] * 2,)))(x)
    pieces = np.lib.stride_tricks.as_strided(x, (2, 2, 2, 2), (64, 16, 32, 8))
    windows = np.lib.stride_tricks.sliding_window_view(gad.Variable(x), (2, 2))[::2, ::2]
    np.testing.assert_array_equal(windows.value, pieces)
