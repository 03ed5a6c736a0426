"""A recorded array that was written to: its versions, each of them a node.

Values never change, but a person's array does: ``h[3] = x`` leaves `h` the same object with another content. So the
object becomes a `Written`, which stands for its newest version, and every version is an ordinary node. Whoever recorded
the object before has kept the object itself; the creation index tells which version that was. A node that was never
written to is what it always was, and pays nothing.

What NumPy makes a view of (``row = h[0]``) stays one: it is a `Written` of its own, which is read again from the array
when that was written to, and what is written to it is written to the array. Single numbers are no views: what NumPy
gives without dimensions (``h.squeeze()`` of one entry) keeps what it was, as ``h[0]`` does.
"""

from __future__ import annotations

import gc
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from graphviz_ad.engine.advice import warn_of_no_gradient
from graphviz_ad.engine.exchange import set_all
from graphviz_ad.engine.frames import cut
from graphviz_ad.engine.primitive import METHODS, PRIMITIVES, Primitive, has_variable
from graphviz_ad.engine.registering import structural
from graphviz_ad.engine.values import frozen_index
from graphviz_ad.engine.variable import Variable, next_index, record_node

__all__ = [
    "CONSTANT",
    "VIEWS",
    "WRITABLE",
    "WRITERS",
    "Written",
    "add_version",
    "base_of",
    "begin",
    "blank",
    "constant_node",
    "give_protocols",
    "is_current",
    "newest",
    "newest_node",
    "read",
    "reading_of",
]

CONSTANT = structural("constant", lambda: None)
_WRITABLE = (
    *("index", "reshape", "transpose", "ravel", "swapaxes", "moveaxis", "rollaxis", "expand_dims", "squeeze"),
    *("atleast_1d", "atleast_2d", "atleast_3d", "rot90", "flip", "flipud", "fliplr"),
)
WRITABLE = frozenset(PRIMITIVES[name] for name in _WRITABLE)
"""What NumPy gives a view for that may be written to, where it can."""
VIEWS = WRITABLE | {PRIMITIVES[name] for name in ("broadcast_to", "diagonal", "diag", "real", "imag")}
"""What NumPy gives a view for, where it can."""

_ndarray = np.ndarray
_by_index = attrgetter("_index")
_SLOTS = ("_a", "_adjoint", "_b", "_code", "_extra", "_index", "_lasti", "_primitive", "_value")
_state: Callable[[Variable], State] = vars(Variable)["_extra"].__get__  # of the object, whatever it stands for
_VIEWING = frozenset(
    getattr(np, name)
    for name in (
        *(primitive.name for primitive in VIEWS if primitive.name != "index"),
        *("broadcast_arrays", "split", "array_split", "hsplit", "vsplit", "dsplit", "unstack", "astype"),
    )
    if hasattr(np, name)
)
_OF_THE_ARRAY = frozenset(["fill", "partition", "put", "sort"])  # methods that write
# Methods whose result may be a view, or the array itself.
_READING = frozenset(["reshape", "transpose", "ravel", "swapaxes", "squeeze", "diagonal", "astype"])


class Reading(NamedTuple):
    """How a view is read from an array: the primitive with all but its first operand, and where that was written."""

    primitive: Primitive
    second: Any
    params: Any
    code: Any
    lasti: int


class State:
    """What a written array consists of.

    Attributes
    ----------
    versions : list of Variable
        Its nodes, oldest first.
    base : Variable or None
        Of a view the array that it shows a part of.
    reading : Reading or None
        How the view is read from it.
    seen : Variable or None
        The version of `base` that the last of `versions` belongs to.
    root : State
        That of the array at the end of the line, which is no view; its own of such an array.
    written : int
        How many versions that array had when the view was last read.
    """

    __slots__ = ("base", "reading", "root", "seen", "versions", "written")

    def __init__(self, first: Variable, base: Variable | None = None, reading: Reading | None = None) -> None:
        self.versions = [first]
        self.base = base
        self.reading = reading
        self.root: State = self if base is None else _state(base).root
        self.seen = None if base is None else newest_node(base)
        self.written = len(self.root.versions)


class Written(Variable):
    """A recorded array that was written to, or may be: it is what its newest version is.

    All that is not an operator or a protocol is asked of that version.
    """

    __slots__ = ()
    __hash__ = object.__hash__

    def __getattribute__(self, name: str) -> Any:
        if name == "version_before":
            return partial(_version_before, self)
        if name == "newest":
            return newest(self)
        if name in _OF_THE_ARRAY:
            return partial(getattr(Variable, name), self)
        node = newest_node(self)
        if name == "grad" and node._primitive is not None:
            warn_of_no_gradient(node)
            return None
        if node._primitive is CONSTANT and name in METHODS and name not in _READING:
            return lambda *args, **kwargs: blank(getattr(node._value, name)(*args, **kwargs))
        value = getattr(node, name)
        if name in ("T", "mT"):
            return _dressed(value, self)
        return partial(_viewed, self, node, name) if name in _READING else value

    def __getitem__(self, index: Any) -> Any:
        try:
            node = newest_node(self)
            if node._primitive is CONSTANT:
                plain = node._value[frozen_index(index)]
                if np.ndim(plain) == 0 or not np.may_share_memory(plain, node._value):
                    return blank(plain)
            return _dressed(_placed(Variable.__getitem__(node, index), sys._getframe(1)), self)
        except BaseException as error:
            cut(error)
            raise

    def __iter__(self) -> Iterator[Any]:
        Variable.__iter__(newest_node(self))  # which refuses a single number
        return (self[i] for i in range(len(self)))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        try:
            others = inputs if method == "at" else tuple(map(newest, inputs))
            recorded = [x for x in (*others, *kwargs.get("out", ())) if isinstance(x, Variable)]
            if not recorded:
                return blank(getattr(ufunc, method)(*others, **kwargs))
            return _placed(Variable.__array_ufunc__(recorded[0], ufunc, method, *others, **kwargs), sys._getframe(1))
        except BaseException as error:
            cut(error)
            raise

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        try:
            if func in WRITERS:
                return WRITERS[func](*args, **kwargs)
            plain_args, plain_kwargs = _all_newest(args), _all_newest(kwargs)
            if not has_variable((plain_args, plain_kwargs)):
                result = func(*plain_args, **plain_kwargs)
                if func not in _VIEWING or not _shares(result, newest_node(self)._value):
                    return _blanks(result)
            if func in _VIEWING:
                plain_args = tuple([newest_node(x) if type(x) is Written else x for x in args])
            result = Variable.__array_function__(newest_node(self), func, types, plain_args, plain_kwargs)
            if func in _VIEWING:
                for array in {id(x): x for x in (self, *args) if type(x) is Written}.values():
                    result = _dressed(result, array)
            return result
        except BaseException as error:
            cut(error)
            raise


WRITERS: dict[Any, Callable[..., Any]] = {}
"""What answers the functions of NumPy that write into their first argument."""


def give_protocols() -> None:
    """Give the class the operators and protocols, which Python asks of the class and of no attribute."""

    def forwarding(name: str, turned: str = "") -> Any:
        function = getattr(Variable, name)
        forward = getattr(Variable, turned, None)

        def method(self: Variable, *others: Any) -> Any:
            try:
                me, others = newest(self), tuple(map(newest, others))
                if forward is not None and type(others[0]) is Variable:  # Python asks a subclass first
                    return _placed(forward(others[0], me), sys._getframe(1))
                if type(me) is Variable:
                    return _placed(function(me, *others), sys._getframe(1))
                return blank(getattr(me, name)(*others))
            except BaseException as error:
                cut(error)
                raise

        return method

    def passing(name: str) -> Any:
        function = getattr(Variable, name)
        return lambda self, *args, **kwargs: function(newest_node(self), *args, **kwargs)

    for primitive in PRIMITIVES.values():
        if primitive.operator:
            name, turned = f"__{primitive.operator}__", f"__r{primitive.operator}__"
            setattr(Written, name, forwarding(name))
            if len(primitive.partials or primitive.vjps) == 2:
                setattr(Written, turned, forwarding(turned, name))
    for name in ("eq", "ne", "lt", "le", "gt", "ge"):
        setattr(Written, f"__{name}__", forwarding(f"__{name}__"))
    for name in ("bool", "len", "float", "int", "complex", "reduce", "format", "round", "repr", "array", "copy"):
        setattr(Written, f"__{name}__", passing(f"__{name}__"))
    Written.__deepcopy__ = passing("__deepcopy__")  # type: ignore[method-assign]


def _placed(result: Any, frame: Any) -> Any:
    """Put a node that was recorded through this module where the person's line is."""
    if type(result) is Variable and getattr(result._code, "co_filename", None) == __file__:
        result._code, result._lasti = frame.f_code, frame.f_lasti
    return result


def _all_newest(arguments: Any) -> Any:
    if isinstance(arguments, tuple | list):
        return type(arguments)(_all_newest(x) for x in arguments)
    if isinstance(arguments, dict):
        return {key: _all_newest(x) for key, x in arguments.items()}
    return newest(arguments)


def _version_before(array: Variable, index: int) -> Variable:
    versions = _state(array).versions
    return versions[max(bisect_left(versions, index, key=_by_index) - 1, 0)]


def newest_node(array: Variable) -> Variable:
    """Return the node that an array is now: the array itself unless it was written to."""
    if type(array) is Variable:
        return array
    state = _state(array)
    stale: list[State] = []
    while state.base is not None and state.written != len(state.root.versions):
        stale.append(state)
        state = _state(state.base)
    node = state.versions[-1]
    for state in reversed(stale):  # from what is known to the view that is asked for
        if node is not state.seen:
            assert state.reading is not None
            state.versions.append(_read(node, state.reading))
            state.seen = node
        state.written = len(state.root.versions)
        node = state.versions[-1]
    return node


def read(value: Any, reading: Reading) -> Any:
    """Return the numbers that a view shows of an array's."""
    second = () if reading.second is None else (reading.second,)
    return reading.primitive.function(value, *second, **reading.params or {})


def _read(base: Variable, reading: Reading) -> Variable:
    """Record once more what made a view, now of another version of the array."""
    value = read(base._value, reading)
    if base._primitive is CONSTANT:
        return constant_node(value)
    node = record_node(value, reading.primitive, base, reading.second, reading.params, sys._getframe())
    node._code, node._lasti = reading.code, reading.lasti
    return node


def newest(value: Any) -> Any:
    """Return what is recorded of an operand: the newest version of an array, plain while nothing recorded is in it.

    Examples
    --------
    >>> newest(2.5)
    2.5
    """
    if type(value) is Variable or not isinstance(value, Variable):
        return value
    node = newest_node(value)
    return node._value if node._primitive is CONSTANT else node


def blank(value: Any) -> Any:
    """Return an array of plain numbers that may be written to; anything else is returned as it is."""
    if type(value) is not _ndarray or value.ndim == 0 or value.dtype.kind not in "fc":
        return value
    return _written(State(constant_node(value)))


def constant_node(value: Any) -> Variable:
    """Return a node of plain numbers, which nobody watching sees, since it is no operation."""
    value.flags.writeable = False
    node: Variable = object.__new__(Variable)
    set_all([node] * len(_SLOTS), _SLOTS, (None, None, None, None, None, next_index(), -1, CONSTANT, value))
    return node


def _written(state: State) -> Variable:
    array: Variable = object.__new__(Variable)
    _become(array, state)
    return array


def _become(array: Variable, state: State) -> None:
    """Make an object stand for its versions, all at once."""
    names = (*_SLOTS, "__class__")
    values: list[Any] = [None] * len(names)
    values[_SLOTS.index("_extra")], values[-1] = state, Written
    set_all([array] * len(names), names, values)


def _original(array: Variable) -> Variable:
    """Return a node that is what an object was, before the object becomes a written array."""
    node: Variable = object.__new__(Variable)
    set_all([node] * len(_SLOTS), _SLOTS, [getattr(array, name) for name in _SLOTS])
    return node


def _reading(node: Variable) -> Reading:
    assert node._primitive is not None
    return Reading(node._primitive, node._b, node._extra, node._code, node._lasti)


def _viewed(array: Variable, node: Variable, name: str, *args: Any, **kwargs: Any) -> Any:
    """Call a method that may give a view of a written array, which is this node now."""
    if node._primitive is CONSTANT:
        result = getattr(node._value, name)(*args, **kwargs)
        if not _shares(result, node._value):
            return blank(result)
    return _dressed(getattr(node, name)(*args, **kwargs), array)


def _shares(result: Any, value: Any) -> bool:
    """Whether an array, or one of several, may be a view of these numbers."""
    if isinstance(result, tuple | list):
        return any(_shares(entry, value) for entry in result)
    return np.may_share_memory(result, value)


def _blanks(result: Any) -> Any:
    """Return what NumPy computed of plain numbers so that each array may be written to."""
    if type(result) in (tuple, list):
        return type(result)(map(blank, result))
    return blank(result)


def _dressed(result: Any, array: Variable) -> Any:
    """Return what was read from a written array as a view of it, where NumPy gives one; each of several."""
    if type(result) in (tuple, list):
        return type(result)(_dressed(entry, array) for entry in result)
    if type(result) is not Variable:
        return result
    base = newest_node(array)
    if result is base:
        return array
    if result._a is not base or type(result._value) is not _ndarray:
        return result
    if result._primitive not in VIEWS or not np.may_share_memory(result._value, base._value):
        return blank(result._value) if base._primitive is CONSTANT else result
    reading = _reading(result)
    if base._primitive is CONSTANT:
        result = constant_node(result._value)
    return _written(State(result, array, reading))


def base_of(array: Variable) -> Variable | None:
    """Return the array that this one shows a part of; None where it has numbers of its own."""
    if type(array) is not Variable:
        return _state(array).base
    base = array._a
    is_view = array._primitive in VIEWS and type(base) is Variable and type(array._value) is _ndarray
    return base if is_view and np.may_share_memory(array._value, base._value) else None


def add_version(array: Variable, node: Variable) -> int:
    """Let an array that is written to be this node from now on; whoever recorded it before keeps what it was.

    Returns how many versions it has.
    """
    state = _state(array)
    state.versions.append(node)
    if state.base is not None:
        state.seen, state.written = newest_node(state.base), len(state.root.versions)
    return len(state.versions)


def reading_of(array: Variable) -> Reading:
    """Return how a view is read from its base."""
    reading = _state(array).reading
    assert reading is not None
    return reading


def is_current(view: Variable) -> bool:
    """Whether a view shows what its array is now."""
    state = _state(view)
    return state.base is not None and state.seen is newest_node(state.base)


def begin(array: Variable) -> None:
    """Let an array be one that is written to, with the array that it is a view of and those that are views of it."""
    line: list[Variable] = []
    base: Variable | None = array
    while base is not None and type(base) is Variable:
        line.append(base)
        base = base_of(base)
    for part in reversed(line):  # the first finds the others, where anything tells that there are views
        if type(part) is Variable:
            _become(part, State(_original(part), base, None if base is None else _reading(part)))
            _find_views(part)
        base = part


def _find_views(array: Variable) -> None:
    """Let the views that were read from an array before it was written to be views of it.

    Only who has them knows of them, so all that Python keeps is looked through; but not where nothing refers to its
    numbers.
    """
    value = _state(array).versions[0]._value
    if value.base is None and sys.getrefcount(value) <= _ALONE:
        return
    views = [x for x in gc.get_objects() if type(x) is Variable and x._primitive in VIEWS and _is_view(x, value)]
    bases = {id(array)}
    for view in sorted(views, key=_by_index):
        if id(view._a) in bases:
            original, reading, base = _original(view), _reading(view), view._a
            original._a = _state(base).versions[0]
            _become(view, State(original, base, reading))
            bases.add(id(view))


def _is_view(node: Variable, value: Any) -> bool:
    return type(node._value) is _ndarray and np.may_share_memory(node._value, value)


_ALONE = 3  # references to an array: that of its node, and two of who asks
