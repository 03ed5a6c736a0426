"""The operators and methods of a Variable: what ``a + b``, ``abs(a)`` and ``a.sum()`` record.

They are those of the registry. Importing this module gives them to the class, and from then on what is registered or
forgotten.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.assigning import update
from graphviz_ad.engine.dispatch import call_handler
from graphviz_ad.engine.frames import public
from graphviz_ad.engine.mismatch import explain
from graphviz_ad.engine.mutating import is_replaceable
from graphviz_ad.engine.primitive import BARE_METHODS, METHOD_GIVERS, METHODS, PRIMITIVES, Primitive
from graphviz_ad.engine.unrecorded import Unrecorded
from graphviz_ad.engine.values import constant, plain_operand
from graphviz_ad.engine.variable import Variable, next_index, record_node, watched
from graphviz_ad.engine.versions import give_protocols, newest
from graphviz_ad.engine.watch import ACTIVE as _ACTIVE

__all__: list[str] = []


_ndarray = np.ndarray
_getframe = sys._getframe
_new = object.__new__


def _binary(primitive: Primitive, function: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    """Make the two methods of a binary operator, ``a + b`` and its reflection."""
    name = primitive.name

    def forward(self: Variable, other: Any) -> Any:
        try:
            if type(other) is Variable:
                value = function(self._value, other._value)
            elif type(other) is float or type(other) is int:
                value = function(self._value, other)
            else:
                other = plain_operand(other, name)
                value = function(self._value, other)
                other = constant(other, value)
            node: Variable = _new(Variable)  # what record_node does, written out
            node._value = value
            node._primitive = primitive
            node._a = self
            node._b = other
            node._extra = node._adjoint = None
            node._index = next_index()
            frame = _getframe(1)
            node._code = frame.f_code
            node._lasti = frame.f_lasti
            if _ACTIVE:
                watched(node)
            return node
        except BaseException as error:
            explain(error, (self, other))
            raise

    def reflected(self: Variable, other: Any) -> Any:
        try:
            if type(other) is float or type(other) is int:
                value = function(other, self._value)
            else:
                other = plain_operand(other, name)
                # Python's complex takes np.float64 for one of its own floats, and its answer would not be NumPy's.
                value = (primitive.function if type(other) is complex else function)(other, self._value)
                other = constant(other, value)
            return record_node(value, primitive, other, self, None, _getframe(1))
        except BaseException as error:
            explain(error, (other, self))
            raise

    return forward, reflected


def _in_place(primitive: Primitive, function: Callable[[Any, Any], Any]) -> Any:
    """Make the method of ``a += b``, which changes an array in place, and gives a number's name a new value.

    A person's own leaf to which nothing but one name refers gets a new value, too, as in ``w -= rate * w.grad``: there
    nobody can tell the difference.
    """

    def method(self: Variable, other: Any) -> Variable:
        references = sys.getrefcount(self)
        try:
            frame = _getframe(1)
            if type(self._value) is _ndarray and (isinstance(other, Variable) or not is_replaceable(self, references)):
                update(self, primitive, other, frame)
                return self
            other = newest(other)
            plain = other._value if type(other) is Variable else plain_operand(other, primitive.name)
            value = function(self._value, plain)
            if type(other) is not Variable:
                other = constant(plain, value)
            return record_node(value, primitive, self, other, None, frame)
        except BaseException as error:
            explain(error, (self, other))
            raise

    return method


def _unary(primitive: Primitive, function: Callable[[Any], Any]) -> Any:
    def method(self: Variable) -> Variable:
        recorded = primitive.of_complex if primitive.of_complex is not None and self.dtype.kind == "c" else primitive
        return record_node(function(self._value), recorded, self, None, None, _getframe(1))

    return method


def _method(name: str, handler: Callable[..., Any], bare: Primitive | None) -> Any:
    """Make a method; with `bare` it records at once when it has no arguments, since ``x.sum()`` is in every loss."""
    function: Any = bare.function if bare is not None else None
    params = dict(function.__kwdefaults__) if bare is not None else {}

    def method(self: Variable, *args: Any, **kwargs: Any) -> Any:
        try:
            if bare is not None and not args and not kwargs:
                return record_node(function(self._value), bare, self, None, params, _getframe(1))
            return call_handler(handler, f"Variable.{name}", (self, *args), kwargs)
        except BaseException as error:
            explain(error, (self, *args))
            raise

    return method


def _give(name: str, method: Any, doc: str | None = None) -> None:
    method.__name__, method.__qualname__ = name, f"Variable.{name}"
    method.__doc__ = doc
    setattr(Variable, name, method)


def _give_operators() -> None:
    for primitive in PRIMITIVES.values():
        name = primitive.operator
        if not name:
            continue
        function = getattr(operator, name)
        if len(primitive.partials or primitive.vjps) == 1:
            _give(f"__{name}__", _unary(primitive, function))
            continue
        forward, reflected = _binary(primitive, function)
        _give(f"__{name}__", forward)
        _give(f"__r{name}__", reflected)
        _give(f"__i{name}__", _in_place(primitive, function))


def _give_methods() -> None:
    for name, handler in METHODS.items():
        _give(name, _method(name, handler, BARE_METHODS.get(name)), handler.__doc__)


_PLAIN_METHODS = ("all", "any", "argmax", "argmin", "argpartition", "argsort", "nonzero", "searchsorted")


def _plain_method(name: str) -> Any:
    @public
    def method(self: Variable, *args: Any, **kwargs: Any) -> Any:
        return getattr(np, name)(self, *args, **kwargs)

    return method


def _give_plain_methods() -> None:
    for name in _PLAIN_METHODS:
        _give(name, _plain_method(name), f"Return ``np.{name}`` of the plain value: it has no derivative.")


_give_operators()
_give_methods()
_give_plain_methods()
give_protocols()

_OURS = dict(METHODS)
_GIVEN = dict(METHODS)
_BEFORE: dict[str, Any] = {}  # what stood in the class in the place of a method that was registered later
_NOTHING = object()


def _renew_methods() -> None:
    """Give the class the methods that have been registered since, and take away those that have been forgotten.

    The class is touched where something has changed only, since Python then forgets all it knows about it; and first of
    all, so that an interrupt leaves nothing that the next call would not do again.
    """
    for name in {*METHODS, *_GIVEN}:
        handler = METHODS.get(name)
        if handler is _GIVEN.get(name):
            continue
        before = _BEFORE.setdefault(name, vars(Variable).get(name, _NOTHING))
        if handler is not None and handler is not _OURS.get(name):
            _give(name, _method(name, handler, None), handler.__doc__)
        elif name in _OURS and handler is None:
            setattr(Variable, name, Unrecorded(name))
        elif before is not _NOTHING:
            setattr(Variable, name, before)
        elif name in vars(Variable):
            delattr(Variable, name)
        if handler is None:
            del _GIVEN[name]
        else:
            _GIVEN[name] = handler


METHOD_GIVERS.append(_renew_methods)
