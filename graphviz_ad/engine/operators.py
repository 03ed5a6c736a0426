"""The operators and methods of a Variable: what ``a + b``, ``abs(a)`` and ``a.sum()`` record.

Importing this module gives them to the class.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from graphviz_ad.engine.dispatch import call_handler
from graphviz_ad.engine.primitive import FUNCTIONS, METHODS, PRIMITIVES, Primitive
from graphviz_ad.engine.values import SCALARS, constant
from graphviz_ad.engine.variable import Variable, next_index, record_node, watched
from graphviz_ad.engine.watch import ACTIVE as _ACTIVE

__all__: list[str] = []

_getframe = sys._getframe
_new = object.__new__


def _operator(primitive: Primitive, function: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
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


_OPERATORS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "add": ("add", operator.add),
    "sub": ("subtract", operator.sub),
    "mul": ("multiply", operator.mul),
    "truediv": ("divide", operator.truediv),
    "floordiv": ("floor_divide", operator.floordiv),
    "mod": ("remainder", operator.mod),
    "pow": ("power", operator.pow),
    "matmul": ("matmul", operator.matmul),
}
for _name, (_primitive_name, _function) in _OPERATORS.items():
    for _method, _dunder in zip(
        _operator(PRIMITIVES[_primitive_name], _function), (f"__{_name}__", f"__r{_name}__"), strict=True
    ):
        _method.__name__, _method.__qualname__ = _dunder, f"Variable.{_dunder}"
        setattr(Variable, _dunder, _method)


def _unary(primitive: Primitive, function: Callable[[Any], Any]) -> Any:
    def method(self: Variable) -> Variable:
        return record_node(function(self._value), primitive, self, None, None, _getframe(1))

    return method


for _name, _primitive_name, _unary_function in (
    ("neg", "negative", operator.neg),
    ("pos", "positive", operator.pos),
    ("abs", "absolute", operator.abs),
):
    setattr(Variable, f"__{_name}__", _unary(PRIMITIVES[_primitive_name], _unary_function))


_EVERYTHING = {"axis": None, "keepdims": False}


def _reduction(name: str, handler: Callable[..., Any]) -> Any:
    primitive = PRIMITIVES[name]
    reduce = primitive.function

    def method(self: Variable, *args: Any, **kwargs: Any) -> Any:
        if args or kwargs:
            return call_handler(handler, f"Variable.{name}", (self, *args), kwargs)
        return record_node(
            reduce(self._value, axis=None, keepdims=False), primitive, self, None, _EVERYTHING, _getframe(1)
        )

    method.__name__ = name
    method.__doc__ = handler.__doc__
    return method


def _dot_method(self: Variable, b: Any) -> Any:
    """Record ``np.dot(self, b)``."""
    return call_handler(FUNCTIONS[np.dot], "Variable.dot", (self, b), {})


def _reshape_method(self: Variable, *shape: Any, order: str = "C") -> Any:
    """Record ``np.reshape(self, shape)``; the shape may be given as a tuple or as separate integers."""
    given = shape[0] if len(shape) == 1 else shape
    return call_handler(FUNCTIONS[np.reshape], "Variable.reshape", (self, given, order), {})


def _transpose_method(self: Variable, *axes: Any) -> Any:
    """Record ``np.transpose(self, axes)``; the axes may be given as a tuple or as separate integers."""
    given = (axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes) if axes else None
    return call_handler(FUNCTIONS[np.transpose], "Variable.transpose", (self, given), {})


for _name, _handler in METHODS.items():
    setattr(Variable, _name, _reduction(_name, _handler))
METHODS.update(dot=_dot_method, reshape=_reshape_method, transpose=_transpose_method)
for _name in ("dot", "reshape", "transpose"):
    setattr(Variable, _name, METHODS[_name])
