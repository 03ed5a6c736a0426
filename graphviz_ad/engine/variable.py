"""Variable: the recorded node that user code touches.

A Variable *is* a node of the computational graph: its value, the primitive that made it, and its operands. NumPy
functions, operators and methods applied to Variables compute NumPy's own answer and return a new Variable. Nothing
global is kept: nodes hold their parents, and dropping the result drops the graph.

The creation index is the topological order, so sweeping needs no depth-first recursion and no sort by dependency.
"""

from __future__ import annotations

import dis
import operator
import sys
from collections.abc import Callable, Iterator
from itertools import count
from types import CodeType
from typing import TYPE_CHECKING, Any, Never, cast

import numpy as np
import numpy.typing as npt

import graphviz_ad.engine.rules  # noqa: F401  (fills the registry)
from graphviz_ad.console import prints
from graphviz_ad.engine import watch as _watch
from graphviz_ad.engine.advice import warn_of_no_gradient
from graphviz_ad.engine.dispatch import (
    COMPARISONS,
    answer_function,
    answer_ufunc,
    call_handler,
)
from graphviz_ad.engine.frames import cut, is_foreign, public, user_frame, user_line
from graphviz_ad.engine.journal import OPEN, journals
from graphviz_ad.engine.leaving import is_asserted, leak_error
from graphviz_ad.engine.mismatch import explain
from graphviz_ad.engine.mutating import attribute_error
from graphviz_ad.engine.notation import Unwritten
from graphviz_ad.engine.primitive import FUNCTIONS, HANDLERS, METHODS, PRIMITIVES, UFUNCS, Primitive, plain_value
from graphviz_ad.engine.registering import structural
from graphviz_ad.engine.source import Site, resolve
from graphviz_ad.engine.unrecorded import mark_unrecorded, visible_names
from graphviz_ad.engine.values import constant, frozen_index, leaf_value, plain_operand
from graphviz_ad.errors import (
    InputError,
    LeakError,
    UnknownAttributeError,
    UnsupportedError,
    refuse_unknown,
)

__all__ = ["Variable", "attach_grad", "is_tracked", "local_gradient"]

_ndarray = np.ndarray
_float64 = np.float64
_getframe = sys._getframe
_new = object.__new__
next_index = count().__next__
_ACTIVE, _CURRENT = _watch.ACTIVE, _watch.CURRENT
_BINARY_OP = dis.opmap["BINARY_OP"]

DETACH = structural("detach", lambda x: x, None)
ALIAS = PRIMITIVES["alias"] = Primitive("alias", lambda x: x, partials=(1.0,), notation=Unwritten())
SEED = structural("seed", lambda: None)
INDEX, SCATTER = PRIMITIVES["index"], PRIMITIVES["scatter"]


class _Released:
    """Stands where operands were before ``retain_graph=False`` released them."""

    def __repr__(self) -> str:
        return "<released>"


RELEASED = _Released()


def _unset(name: str) -> Callable[[Any, Any], Never]:
    def refuse(variable: Any, value: Any) -> Never:
        raise attribute_error(variable, name, value)

    return public(refuse)


class Leaf:
    """What only leaves carry: the name given by the user, and the accumulated gradient.

    `added` is the place in the person's code, as nodes keep theirs, of the first pass that was added to another's.
    """

    __slots__ = ("added", "grad", "name")

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.grad: Any = None
        self.added: tuple[CodeType, int] | None = None


@prints
class Variable:
    """A value whose history is recorded, so that it can be differentiated.

    Parameters
    ----------
    value : float, complex, or array_like of floats
        Copied. Integers are refused, since nothing can be differentiated with respect to them.
    name : str, optional
        Shown in pictures and errors.

    Raises
    ------
    DtypeError
        For integers, booleans, strings and objects.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> x = gad.Variable([0.0, 1.0, 2.0, 3.0], name="x")
    >>> y = 2 * np.dot(x, x)
    >>> y
    Variable(28.0, from multiply)
    >>> y.backward()
    >>> x.grad
    array([ 0.,  4.,  8., 12.])
    """

    # Slots, and no __init__ for recorded nodes: recording is the hot path. For a leaf `_primitive` is None and `_extra`
    # a Leaf. Otherwise `_a` and `_b` hold the operands (Variables or constants; `_a` the whole tuple for a variadic
    # primitive) and `_extra` the params. `_code` is the code object that recorded the node, or, in a recorded backward
    # pass, the forward node it serves. `_adjoint` is used inside a sweep only.
    __slots__ = (
        "__weakref__",
        "_a",
        "_adjoint",
        "_b",
        "_code",
        "_extra",
        "_index",
        "_lasti",
        "_primitive",
        "_value",
    )

    _index: int
    _primitive: Primitive | None
    _value: Any
    _a: Any
    _b: Any
    _extra: Any
    _code: CodeType | Variable | None
    _lasti: int
    _adjoint: Any

    def __init__(self, value: npt.ArrayLike, name: str | None = None, **unknown: Never) -> None:
        try:
            if unknown:
                refuse_unknown("Variable", unknown, ("name",))
            if name is not None and not isinstance(name, str):
                raise InputError(f"Variable: name must be a string, got {type(name).__name__}")
            self._value = leaf_value(value)
        except BaseException as error:
            cut(error)
            raise
        frame = _getframe(1)
        self._primitive = self._a = self._b = self._adjoint = None
        self._extra = Leaf(name)
        self._index = next_index()
        self._code = frame.f_code
        self._lasti = frame.f_lasti
        if _ACTIVE:
            watched(self)
        for journal in journals(frame) if OPEN else ():
            journal.bear(self)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if cls.__module__ == "graphviz_ad.engine.versions":  # the same slots, and no more
            return
        raise UnsupportedError(
            f"{cls.__name__}: Variable cannot be subclassed, since what NumPy makes of one is a Variable again: keep a "
            "Variable in an attribute of your class instead, as in self.w = gad.Variable(w)"
        )

    # What a node tells about itself

    @property
    def index(self) -> int:
        """The creation index: whatever a node depends on has a smaller one."""
        return self._index

    @property
    def primitive(self) -> Primitive | None:
        """The primitive that made it; None for a leaf."""
        return self._primitive

    @property
    def value(self) -> Any:
        """The NumPy value, read-only: an array, or a NumPy scalar for 0-d values."""
        value = self._value
        if type(value) is _ndarray and value.flags.writeable:
            value.flags.writeable = False
        if OPEN and self._primitive is None:
            for journal in journals(_getframe(1)):
                journal.read(self, "value", _getframe(1))
        return value

    @property
    def shape(self) -> tuple[int, ...]:
        """The value's shape."""
        return cast("tuple[int, ...]", self._value.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The value's dtype."""
        return cast("np.dtype[Any]", self._value.dtype)

    @property
    def ndim(self) -> int:
        """The value's number of dimensions."""
        return cast(int, self._value.ndim)

    @property
    def size(self) -> int:
        """How many numbers the value holds."""
        return cast(int, self._value.size)

    @property
    def name(self) -> str | None:
        """The name given to a leaf, or the variable that the recording expression was assigned to, if any."""
        if self._primitive is None and self._extra.name is not None:
            return cast(str, self._extra.name)
        site = self.site if self.origin is None and not self._is_put_back else None
        return site.name if site is not None else None

    @property
    def _is_put_back(self) -> bool:
        """Whether it was written through a view, whose name the person's statement has."""
        part = self._b
        return (
            self._primitive is PRIMITIVES["index_update"]
            and isinstance(part, Variable)
            and (part._code, part._lasti) == (self._code, self._lasti)
        )

    @property
    def site(self) -> Site | None:
        """Where in the user's source it was recorded; for a node of a backward pass, where its origin was."""
        origin = self.origin
        return resolve(cast("CodeType | None", self._code), self._lasti) if origin is None else origin.site

    @property
    def origin(self) -> Variable | None:
        """The node whose rule recorded this one, or None outside a recorded backward pass."""
        origin = self._code
        return origin.version_before(self._index) if isinstance(origin, Variable) else None

    @property
    def order(self) -> int:
        """How many derivatives deep it is: 0 in what the user computed, 1 in its recorded backward pass, and so on."""
        order, origin = 0, self.origin
        while origin is not None:
            order, origin = order + 1, origin.origin
        return order

    @property
    def operands(self) -> tuple[Any, ...]:
        """The primitive's operands in order, constants included, repeated as used."""
        if self._primitive is None:
            return ()
        if self._primitive is DETACH:
            return (self._extra["source"].version_before(self._index),)
        a, b = self._a, self._b
        if a is RELEASED or a is None:
            return ()
        if self._primitive.variadic:
            if not {Variable}.issuperset(map(type, a)):
                a = self._a = tuple([_version(x, self._index) for x in a])
            return cast("tuple[Any, ...]", a)
        if type(a) is not Variable:
            a = self._a = _version(a, self._index)
        if b is None:
            return (a,)
        if type(b) is not Variable:
            b = self._b = _version(b, self._index)
        return a, b

    @property
    def newest(self) -> Any:
        """What whoever computes with it now computes with: itself, or what was written to it last."""
        return self

    def version_before(self, index: int) -> Variable:
        """Return what it was for the node with this creation index: itself, unless it was written to since."""
        return self

    @property
    def parents(self) -> tuple[Variable, ...]:
        """The Variables among the operands, in order, repeated as used: ``x * x`` has two."""
        return tuple(operand for operand in self.operands if isinstance(operand, Variable))

    @property
    def params(self) -> dict[str, Any]:
        """The primitive's parameters, such as ``axis``."""
        if self._primitive is None or self._primitive.elementwise or self._primitive is DETACH or self._extra is None:
            return {}
        return dict(self._extra)

    @property
    def local_gradients(self) -> tuple[Any, ...]:
        """Per operand the partial derivative of this node, in NumPy; None for constants and structural primitives.

        Examples
        --------
        >>> import graphviz_ad as gad
        >>> a, b = gad.Variable(2.0), gad.Variable(5.0)
        >>> [float(g) for g in (a * b).local_gradients]
        [5.0, 2.0]
        """
        return tuple(local_gradient(self, k) for k in range(len(self.operands)))

    @property
    def is_leaf(self) -> bool:
        """Whether it was made by the user rather than computed."""
        return self._primitive is None

    @property
    def is_input(self) -> bool:
        """Whether the package made it for the user, as the input of a trace or a transform: no line of theirs did."""
        return self._primitive is None and self._code is None

    @property
    def is_released(self) -> bool:
        """Whether ``retain_graph=False`` has released its operands."""
        return self._a is RELEASED

    @property
    def grad(self) -> Any:
        """The accumulated gradient of a leaf; None before the first backward.

        None also on nodes that are not leaves, with a `NoGradientWarning` that says how to get theirs.
        """
        if self._primitive is None:
            for journal in journals(_getframe(1)) if OPEN else ():
                journal.read(self, "grad", _getframe(1))
            return self._extra.grad
        if not is_foreign(_getframe(1).f_code.co_filename):  # what inspects objects does not mean it
            warn_of_no_gradient(self)
        return None

    @property
    def T(self) -> Variable:  # noqa: N802  (NumPy's name)
        """The transpose, recorded."""
        return _recorded_for_caller(PRIMITIVES["transpose"], (self,), {"axes": tuple(range(self.ndim))[::-1]})

    @property
    def mT(self) -> Variable:  # noqa: N802  (NumPy's name)
        """The transpose of each matrix of a stack, recorded."""
        if self.ndim < 2:
            raise UnknownAttributeError(
                f"mT turns matrices, and this array has the shape {self.shape}: x[:, None] makes a column of a vector"
                f"{user_line()}",
                name=None,
                obj=None,
            )
        *stack, rows, columns = range(self.ndim)
        return _recorded_for_caller(PRIMITIVES["transpose"], (self,), {"axes": (*stack, columns, rows)})

    @property
    def real(self) -> Variable:
        """The real part, recorded."""
        return _recorded_for_caller(PRIMITIVES["real"], (self,), {})

    @property
    def imag(self) -> Variable:
        """The imaginary part, recorded."""
        return _recorded_for_caller(PRIMITIVES["imag"], (self,), {})

    if not TYPE_CHECKING:  # what can be read cannot be set, and says what to write; a type checker refuses it itself
        value = value.setter(_unset("value"))
        grad = grad.setter(_unset("grad"))
        name = name.setter(_unset("name"))
        shape = shape.setter(_unset("shape"))

    # Gradients

    @public
    def zero_grad(self) -> None:
        """Forget the accumulated gradient: `grad` is None again."""
        if self._primitive is not None:
            raise InputError(f"zero_grad() is for leaves, but this Variable was computed by {self._primitive.name}")
        if OPEN and (person := user_frame()) is not None:
            for journal in journals(person):
                journal.clear(self, person)
        self._extra.grad = None
        self._extra.added = None

    def detach(self) -> Variable:
        """Return an untracked Variable with the same value: nothing flows back through it, and it may leave the graph.

        Examples
        --------
        >>> import math, graphviz_ad as gad
        >>> x = gad.Variable(1.0)
        >>> math.exp(x.detach()) == math.e
        True
        """
        frame = _getframe(1)
        return record_node(self._value, DETACH, None, None, {"source": self}, frame)

    def copy(self, order: str = "C") -> Variable:
        """Return a copy, recorded: it may be written to, while this stays as it is."""
        return _recorded_for_caller(PRIMITIVES["copy"], (self,), {"order": order})

    @public
    def __copy__(self) -> Variable:
        return self if self._primitive is None else self.copy()

    @public
    def __deepcopy__(self, memo: object) -> Variable:
        return self.__copy__()

    # NumPy's protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, a: Any, *others: Any, **kwargs: Any) -> Any:
        try:
            primitive = UFUNCS.get(ufunc)
            if primitive is not None and method == "__call__" and not kwargs:
                if not others:
                    if primitive.of_complex is not None and a.dtype.kind == "c":
                        return primitive.of_complex(a)
                    # What record_node does, written out: this and the operators are what programs consist of.
                    node: Variable = _new(Variable)
                    node._value = ufunc(self._value)
                    node._primitive = primitive
                    node._a = self
                    node._b = node._extra = node._adjoint = None
                    node._index = next_index()
                    frame = _getframe(1)
                    node._code = frame.f_code
                    node._lasti = frame.f_lasti
                    if _ACTIVE:
                        watched(node)
                    return node
                b = others[0]
                a_value = a._value if type(a) is Variable else plain_operand(a, primitive.name)
                b_value = b._value if type(b) is Variable else plain_operand(b, primitive.name)
                frame = _getframe(1)
                is_power = ufunc is np.power and isinstance(a, np.generic)
                value = _power(a, b_value, frame) if is_power else ufunc(a_value, b_value)
                if type(a) is not Variable:
                    a = constant(a_value, value)
                if type(b) is not Variable:
                    b = constant(b_value, value)
                return record_node(value, primitive, a, b, None, frame)
            if method == "__call__" and not kwargs and ufunc in COMPARISONS:
                return _compare(a, others[0], COMPARISONS[ufunc], ufunc, _getframe(1))
            return answer_ufunc(ufunc, method, (a, *others), kwargs)
        except BaseException as error:
            explain(error, (a, *others))
            raise

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        handler = FUNCTIONS.get(func)
        try:
            if handler is None:
                return answer_function(func, args, kwargs)
            return call_handler(handler, func, args, kwargs)
        except BaseException as error:
            explain(error, args)
            raise

    @public
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if is_tracked(self) and not is_asserted():
            raise leak_error(self, "np.asarray")
        return np.array(self.value, dtype=dtype, copy=copy)

    # Applies a primitive to operands of which at least one is a Variable: the general way to record. Set below.
    __record__: Callable[[Primitive, tuple[Any, ...], dict[str, Any]], Variable]

    # Comparisons are plain, and remembered as guards where somebody watches

    def __eq__(self, other: object) -> Any:
        if _ACTIVE:
            return _compare(self, other, "==", operator.eq, _getframe(1))
        return self._value == (other._value if type(other) is Variable else other)

    def __ne__(self, other: object) -> Any:
        if _ACTIVE:
            return _compare(self, other, "!=", operator.ne, _getframe(1))
        return self._value != (other._value if type(other) is Variable else other)

    def __lt__(self, other: Any) -> Any:
        if _ACTIVE:
            return _compare(self, other, "<", operator.lt, _getframe(1))
        return self._value < (other._value if type(other) is Variable else other)

    def __le__(self, other: Any) -> Any:
        if _ACTIVE:
            return _compare(self, other, "<=", operator.le, _getframe(1))
        return self._value <= (other._value if type(other) is Variable else other)

    def __gt__(self, other: Any) -> Any:
        if _ACTIVE:
            return _compare(self, other, ">", operator.gt, _getframe(1))
        return self._value > (other._value if type(other) is Variable else other)

    def __ge__(self, other: Any) -> Any:
        if _ACTIVE:
            return _compare(self, other, ">=", operator.ge, _getframe(1))
        return self._value >= (other._value if type(other) is Variable else other)

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return bool(_compare(self, 0, "!=", operator.ne, _getframe(1)))

    # Indexing and iteration

    def __getitem__(self, index: Any) -> Variable:
        try:
            if type(index) is int:
                return record_node(self._value[index], INDEX, self, index, None, _getframe(1))
            # None alone would look like a missing operand.
            index = (None,) if index is None else frozen_index(index)
            value = self._value[index]
            value = value[()] if value.ndim == 0 else value  # an ellipsis leaves an array of no dimensions
            return record_node(value, INDEX, self, index, None, _getframe(1))
        except BaseException as error:
            cut(error)
            raise

    @public
    def __len__(self) -> int:
        if self.ndim == 0:
            raise TypeError(f"len() of a Variable that holds a single number: it has no length{user_line()}")
        return len(self._value)

    @public
    def __iter__(self) -> Iterator[Variable]:
        if self.ndim == 0:
            raise TypeError(
                f"a Variable that holds a single number cannot be iterated over: np.reshape(x, 1) can{user_line()}"
            )
        return (self[i] for i in range(len(self._value)))

    # Leaving the graph is an error that teaches

    @public
    def __float__(self) -> float:
        return float(_leaving(self, "float"))

    @public
    def __int__(self) -> int:
        return int(_leaving(self, "int"))

    @public
    def __complex__(self) -> complex:
        return complex(_leaving(self, "complex"))

    @public
    def item(self, *args: Any) -> Any:
        """Return an untracked value as a Python number; on a tracked one raise LeakError."""
        return _leaving(self, "item").item(*args)

    @public
    def tolist(self) -> Any:
        """Return an untracked value as Python lists; on a tracked one raise LeakError."""
        return _leaving(self, "tolist").tolist()

    @public
    def __reduce__(self) -> Any:
        if is_tracked(self):
            raise LeakError(
                "a tracked Variable cannot be pickled, since its whole graph would come along: pickle x.value instead"
            )
        return Variable, (self._value,)

    # Text

    def __dir__(self) -> list[str]:
        return visible_names(self)

    def __repr__(self) -> str:
        value = np.array2string(self._value, threshold=20, separator=", ") if self.ndim else repr(self._value.item())
        if self.dtype not in (np.float64, np.complex128):
            value += f", dtype={self.dtype}"
        if self._primitive is None:
            return f"Variable({value}, name={self._extra.name!r})" if self._extra.name else f"Variable({value})"
        return f"Variable({value}, from {self._primitive.name})"

    def __format__(self, spec: str) -> str:
        return format(self._value, spec) if spec else repr(self)

    def __round__(self, digits: int | None = None) -> Variable:
        return cast(Variable, METHODS["round"](self, digits or 0))

    def __divmod__(self, other: Any) -> Any:
        return FUNCTIONS[np.divmod](self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return FUNCTIONS[np.divmod](other, self)

    if TYPE_CHECKING:  # given to the class by backward.py, operators.py and assigning.py; `implements` may give more

        def __getattr__(self, name: str) -> Any: ...

        def backward(  # noqa: D102  (its docstring stands where it is defined)
            self, gradient: Any = None, *, retain_graph: bool = True, create_graph: bool = False
        ) -> None: ...

        def __setitem__(self, index: Any, value: Any) -> None: ...

        def __add__(self, other: Any) -> Variable: ...
        def __radd__(self, other: Any) -> Variable: ...
        def __sub__(self, other: Any) -> Variable: ...
        def __rsub__(self, other: Any) -> Variable: ...
        def __mul__(self, other: Any) -> Variable: ...
        def __rmul__(self, other: Any) -> Variable: ...
        def __truediv__(self, other: Any) -> Variable: ...
        def __rtruediv__(self, other: Any) -> Variable: ...
        def __floordiv__(self, other: Any) -> Variable: ...
        def __rfloordiv__(self, other: Any) -> Variable: ...
        def __mod__(self, other: Any) -> Variable: ...
        def __rmod__(self, other: Any) -> Variable: ...
        def __pow__(self, other: Any) -> Variable: ...
        def __rpow__(self, other: Any) -> Variable: ...
        def __matmul__(self, other: Any) -> Variable: ...
        def __rmatmul__(self, other: Any) -> Variable: ...
        def __neg__(self) -> Variable: ...
        def __pos__(self) -> Variable: ...
        def __abs__(self) -> Variable: ...

        sum: Callable[..., Variable]
        mean: Callable[..., Variable]
        max: Callable[..., Variable]
        min: Callable[..., Variable]
        dot: Callable[..., Variable]
        reshape: Callable[..., Variable]
        transpose: Callable[..., Variable]


mark_unrecorded(Variable)


def attach_grad(array: npt.ArrayLike, name: str | None = None, **unknown: Never) -> Variable:
    """Make an array differentiable: `Variable` under the name that MXNet gave it.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> x = gad.attach_grad(np.arange(4.0))
    >>> (2 * np.dot(x, x)).backward()
    >>> x.grad
    array([ 0.,  4.,  8., 12.])
    """
    try:
        refuse_unknown("attach_grad", unknown, ("name",))
        leaf = Variable(array, name)
    except BaseException as error:
        cut(error)
        raise
    frame = _getframe(1)
    leaf._code, leaf._lasti = frame.f_code, frame.f_lasti
    for journal in journals(frame) if OPEN else ():
        journal.bear(leaf)
    return leaf


# Recording


def input_node(value: Any, name: str | None = None) -> Variable:
    """Return a leaf that the package makes for the user, such as the input of a trace: no line of theirs made it."""
    node: Variable = _new(Variable)
    node._value = leaf_value(value)
    node._primitive = node._a = node._b = node._adjoint = None
    node._extra = Leaf(name)
    node._index = next_index()
    node._lasti = -1
    if _ACTIVE:
        watched(node)
    node._code = None
    return node


def seed_node(value: Any) -> Variable:
    """Return `value` as what a recorded sweep begins with: a Variable, but no leaf, which nobody watches."""
    node: Variable = _new(Variable)
    node._value = value
    node._primitive = SEED
    node._a = node._b = node._extra = node._adjoint = None
    node._index = next_index()
    frame = _getframe(1)
    node._code = frame.f_code
    node._lasti = frame.f_lasti
    return node


def record_node(value: Any, primitive: Primitive, a: Any, b: Any, extra: Any, frame: Any) -> Variable:
    """Make a node. `frame` is the user's frame, whose position is kept as (code object, instruction)."""
    node: Variable = _new(Variable)
    node._value = value
    node._primitive = primitive
    node._a = a
    node._b = b
    node._extra = extra
    node._index = next_index()
    node._code = frame.f_code
    node._lasti = frame.f_lasti
    node._adjoint = None
    if _ACTIVE:
        watched(node)
    return node


def watched(node: Variable) -> None:
    """Show a new node to whoever is watching; inside a recorded sweep, give it its origin."""
    ends, watch, _ = _CURRENT.get()
    if ends:
        watch = _watch.current()
    if watch is not None:
        if watch.origin is None:
            watch.see(node)
        else:
            node._code, node._lasti = watch.origin, -1


class _Own(dict[str | None, bool]):
    """Whether a package is ours, whichever room of it; each is asked for once, since recording asks all the time."""

    def __missing__(self, package: str | None) -> bool:
        own = self[package] = (package or "").partition(".")[0] == "graphviz_ad"
        return own


_OWN = _Own()


def _recorded_for_caller(primitive: Primitive, operands: tuple[Any, ...], params: dict[str, Any]) -> Variable:
    """Compute `primitive` and record it at the user's innermost frame."""
    plain = [x._value if type(x) is Variable else _plain(x, primitive) for x in operands]
    value = primitive.function(*plain, **params)
    if type(value) is _ndarray:
        value = value[()] if value.ndim == 0 else value
    elif type(value) is float:  # of a person's own primitive that computes with Python's math
        value = _float64(value)
    kept = operands
    if len(operands) > 1:
        kept = tuple(
            [x if type(x) is Variable else _kept(x, plain[k], k, primitive, value) for k, x in enumerate(kept)]
        )
    frame: Any = _getframe(2)
    while (_OWN[frame.f_globals.get("__package__")] or id(frame.f_code) in HANDLERS) and frame.f_back is not None:
        frame = frame.f_back
    if primitive.variadic:
        return record_node(value, primitive, kept, None, params or None, frame)
    return record_node(value, primitive, kept[0], kept[1] if len(kept) > 1 else None, params or None, frame)


Variable.__record__ = staticmethod(_recorded_for_caller)


def _plain(operand: Any, primitive: Primitive) -> Any:
    if isinstance(operand, Variable):  # written to
        return operand._value
    return operand if primitive in (INDEX, SCATTER) else plain_operand(operand, primitive.name)


def _kept(operand: Any, plain: Any, argument: int, primitive: Primitive, result: Any) -> Any:
    """Return an operand that is no Variable as the rules read it; where nothing flows it keeps its dtype."""
    if isinstance(operand, Variable):
        operand = operand.newest
        if type(operand) is Variable:
            return operand
    if primitive in (INDEX, SCATTER):
        return operand
    return constant(plain, None if primitive.rule(argument) is None else result)


def _version(operand: Any, index: int) -> Any:
    """Return an operand as it was for the node with this creation index."""
    return operand.version_before(index) if isinstance(operand, Variable) else operand


def _power(a: Any, b: Any, frame: Any) -> Any:
    """Return ``a ** b`` as NumPy would: its numbers use another loop than ``np.power``, and differ in the last digit.

    What the frame is at tells which of both was written.
    """
    is_operator = frame.f_code.co_code[frame.f_lasti] == _BINARY_OP
    return a**b if is_operator and type(b) is not _ndarray else np.power(a, b)


def _compare(left: Any, right: Any, symbol: str, compare: Callable[[Any, Any], Any], frame: Any) -> Any:
    """Compare plain values, and remember the comparison as a guard for whoever is watching."""
    plain_left = left._value if type(left) is Variable else left
    plain_right = right._value if type(right) is Variable else right
    result = compare(plain_left, plain_right)
    if _ACTIVE and result is not NotImplemented:
        watch = _watch.current()
        if watch is not None and watch.origin is None:
            watch.guards.append(_watch.Guard(left, symbol, right, result, frame.f_code, frame.f_lasti, next_index()))
    return result


# Leaving


def is_tracked(variable: Variable) -> bool:
    """Return whether a leaf can be reached from `variable`, so that a derivative could flow back through it."""
    if variable._primitive is None:
        return True
    stack, seen = [variable], {variable._index}
    while stack:
        node = stack.pop()
        if node._primitive is None or node.is_released:
            return True
        if node._primitive is DETACH:
            continue
        for parent in node.parents:
            if parent._index not in seen:
                seen.add(parent._index)
                stack.append(parent)
    return False


def local_gradient(node: Variable, argument: int) -> Any:
    """Return the partial derivative of an elementwise `node` by one operand, in NumPy; None where there is none."""
    primitive, operands = node._primitive, node.operands
    if primitive is None or not primitive.elementwise or not isinstance(operands[argument], Variable):
        return None
    partial = primitive.partials[argument]
    if callable(partial):
        with np.errstate(all="ignore"):
            return partial(node.value, *map(plain_value, operands))
    return node.dtype.type(0 if partial is None else partial)


def _leaving(variable: Variable, what: str) -> Any:
    if is_tracked(variable) and not is_asserted():
        raise leak_error(variable, what)
    return variable._value
