"""The operators and methods of a Variable: what ``a + b``, ``abs(a)`` and ``a.sum()`` record.

They are those of the registry. Importing this module gives them to the class; methods that are registered later are
found by `Variable.__getattr__`.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from typing import Any

from graphviz_ad.engine.dispatch import explain_mismatch
from graphviz_ad.engine.primitive import BARE_METHODS, METHODS, PRIMITIVES, Primitive
from graphviz_ad.engine.values import SCALARS, constant
from graphviz_ad.engine.variable import Variable, next_index, record_node, watched
from graphviz_ad.engine.watch import ACTIVE as _ACTIVE

__all__: list[str] = []

_getframe = sys._getframe
_new = object.__new__


def _binary(primitive: Primitive, function: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    """Make the two methods of a binary operator, ``a + b`` and its reflection."""
    name = primitive.name

    def forward(self: Variable, other: Any) -> Any:
        if type(other) is Variable:
            value = function(self._value, other._value)
        else:
            if type(other) not in SCALARS:
                other = constant(other, name)
            value = function(self._value, other)
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

    def reflected(self: Variable, other: Any) -> Any:
        if type(other) not in SCALARS:
            other = constant(other, name)
        # Python's complex takes np.float64 for one of its own floats, and its answer would not be NumPy's.
        value = (primitive.function if type(other) is complex else function)(other, self._value)
        return record_node(value, primitive, other, self, None, _getframe(1))

    return forward, reflected


def _unary(primitive: Primitive, function: Callable[[Any], Any]) -> Any:
    def method(self: Variable) -> Variable:
        return record_node(function(self._value), primitive, self, None, None, _getframe(1))

    return method


def _method(name: str, handler: Callable[..., Any], bare: Primitive | None) -> Any:
    """Make a method; with `bare` it records at once when it has no arguments, since ``x.sum()`` is in every loss."""
    function: Any = bare.function if bare is not None else None
    params = dict(function.__kwdefaults__) if bare is not None else {}

    def method(self: Variable, *args: Any, **kwargs: Any) -> Any:
        if bare is not None and not args and not kwargs:
            return record_node(function(self._value), bare, self, None, params, _getframe(1))
        try:
            return handler(self, *args, **kwargs)
        except TypeError as error:
            raise explain_mismatch(error, handler, f"Variable.{name}", kwargs) from None

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


def _give_methods() -> None:
    for name, handler in METHODS.items():
        _give(name, _method(name, handler, BARE_METHODS.get(name)), handler.__doc__)


_give_operators()
_give_methods()
