"""Every derivative rule of the registry: value, gradient, second order, broadcasting, fan-out, kinks.

The tables of cases are compared with the registry, so that a rule cannot land untested. The truth is NumPy's own value
and differences of it, never another rule.
"""

from __future__ import annotations

import itertools
import operator

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine.making import MAKERS
from graphviz_ad.engine.primitive import FUNCTIONS, METHODS, PRIMITIVES, UFUNCS
from graphviz_ad.engine.versions import WRITERS
from graphviz_ad.formulas.symbols import name as symbol_of

RANDOM = np.random.default_rng(20)


def between(low, high, *shape):
    """Return numbers of an interval, the same ones in each run."""
    return RANDOM.uniform(low, high, shape)


def apart(low, high, *shape):
    """Return numbers of an interval of which no two are near: a difference must not make another one the largest."""
    return RANDOM.permutation(np.linspace(low, high, np.prod(shape))).reshape(shape)


# Elementwise: the interval each operand is drawn from, inside the domain and away from kinks and jumps.
WHOLE, POSITIVE, UNIT = (-1.9, 1.9), (0.3, 2.5), (-0.85, 0.85)
DOMAINS = {
    "add": (WHOLE, WHOLE),
    "subtract": (WHOLE, WHOLE),
    "multiply": (WHOLE, WHOLE),
    "divide": (WHOLE, POSITIVE),
    "power": (POSITIVE, WHOLE),
    "negative": (WHOLE,),
    "positive": (WHOLE,),
    "floor_divide": ((5.2, 5.8), (2.1, 2.4)),
    "remainder": ((5.2, 5.8), (2.1, 2.4)),
    "absolute": ((-2.0, -0.3),),
    "sign": (POSITIVE,),
    "rint": ((2.6, 3.4),),
    "sqrt": (POSITIVE,),
    "square": (WHOLE,),
    "exp": (WHOLE,),
    "expm1": (WHOLE,),
    "log": (POSITIVE,),
    "log1p": (UNIT,),
    "log2": (POSITIVE,),
    "log10": (POSITIVE,),
    "sin": (WHOLE,),
    "cos": (WHOLE,),
    "tan": ((-1.2, 1.2),),
    "arcsin": (UNIT,),
    "arccos": (UNIT,),
    "arctan": (WHOLE,),
    "sinh": (WHOLE,),
    "cosh": (WHOLE,),
    "tanh": (WHOLE,),
    "maximum": ((-2.0, -0.2), (0.2, 2.0)),
    "minimum": ((0.2, 2.0), (-2.0, -0.2)),
    # trigonometry
    "deg2rad": (WHOLE,),
    "radians": (WHOLE,),
    "rad2deg": (WHOLE,),
    "degrees": (WHOLE,),
    "hypot": (WHOLE, POSITIVE),
    "cosine": (WHOLE, POSITIVE),
    "arctan2": (WHOLE, POSITIVE),
    "sinc": (WHOLE,),
    "i0": (WHOLE,),
    # hyperbolic
    "cbrt": (POSITIVE,),
    "exp2": (WHOLE,),
    "fabs": ((-2.0, -0.3),),
    "reciprocal": (POSITIVE,),
    "float_power": (POSITIVE, WHOLE),
    "arcsinh": (WHOLE,),
    "arccosh": ((1.3, 3.0),),
    "arctanh": (UNIT,),
    "copysign": (POSITIVE, (-2.0, -0.3)),
    "logaddexp": (WHOLE, WHOLE),
    "logaddexp2": (WHOLE, WHOLE),
    "fmax": ((-2.0, -0.2), (0.2, 2.0)),
    "fmin": ((0.2, 2.0), (-2.0, -0.2)),
    # rounding
    "floor": ((2.1, 2.9),),
    "ceil": ((2.1, 2.9),),
    "trunc": ((2.1, 2.9),),
    "heaviside": (POSITIVE, WHOLE),
    "fmod": ((-5.8, -5.2), (2.1, 2.4)),
}
# Used by the engine itself, tested with variables, transforms, sweeps and complex numbers.
INTERNAL = {"detach", "alias", "seed", "constant", "modulus"}
ELEMENTWISE = sorted(name for name, primitive in PRIMITIVES.items() if primitive.elementwise and name not in INTERNAL)
BINARY = [name for name in ELEMENTWISE if len(PRIMITIVES[name].partials) == 2]
# Through how many of the operands a derivative flows, where it is not all of them.
FLOWING = {name: len(domains) for name, domains in DOMAINS.items()} | {"floor_divide": 0, "sign": 0, "rint": 0}

VECTOR, MATRIX, CUBE = apart(0.5, 2, 4), apart(0.5, 2, 3, 4), apart(0.5, 2, 2, 3, 4)
SQUARE = np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.2], [-0.6, 0.7, 3.0]])
MASK = np.array([True, False, True, True])
REPEATED = np.array([2, 0, 2])

# Structural: programs as a user writes them, with the arrays they are run on.
STRUCTURAL = {
    "sum": [
        (lambda x: np.sum(x), (VECTOR,)),
        (lambda x: np.sum(x), (np.float64(1.5),)),
        (lambda x: np.sum(x, axis=0), (MATRIX,)),
        (lambda x: np.sum(x, axis=-1, keepdims=True), (MATRIX,)),
        (lambda x: np.sum(x, axis=(0, -1)), (CUBE,)),
        (lambda x: np.add.reduce(x), (MATRIX,)),
        (lambda x: np.add.reduce(x, axis=None), (MATRIX,)),
        (lambda x: np.add.reduce(x, axis=(0, 1), keepdims=True), (MATRIX,)),
    ],
    "mean": [
        (lambda x: np.mean(x), (MATRIX,)),
        (lambda x: np.mean(x, axis=1), (MATRIX,)),
        (lambda x: np.mean(x, axis=(0, 2), keepdims=True), (CUBE,)),
        (lambda x: np.mean(x), (np.float64(1.5),)),
        (lambda x: np.mean(x, axis=0), (between(0, 1, 1, 4),)),
    ],
    "max": [
        (lambda x: np.max(x), (MATRIX,)),
        (lambda x: np.max(x, axis=0), (MATRIX,)),
        (lambda x: np.max(x, axis=(-1, 0), keepdims=True), (CUBE,)),
        (lambda x: np.maximum.reduce(x, axis=None), (MATRIX,)),
    ],
    "min": [
        (lambda x: np.min(x), (MATRIX,)),
        (lambda x: np.min(x, axis=1), (MATRIX,)),
        (lambda x: np.min(x, axis=0, keepdims=True), (CUBE,)),
        (lambda x: np.minimum.reduce(x, axis=1), (MATRIX,)),
    ],
    "where": [
        (lambda a, b: np.where(MASK, a, b), (VECTOR, VECTOR + 1)),
        (lambda a, b: np.where(MASK, a, b), (VECTOR, np.float64(3.0))),
        (lambda a, b: np.where(MASK, a, b), (MATRIX, between(0, 1, 3, 1))),
        (lambda a: np.where(a > 1, a, -1.0), (MATRIX,)),
        (lambda a, b: np.where(True, a, b), (np.float64(1.0), np.float64(2.0))),
    ],
    "reshape": [
        (lambda x: np.reshape(x, (4, 3)), (MATRIX,)),
        (lambda x: np.reshape(x, -1), (CUBE,)),
        (lambda x: x.reshape(2, -1), (MATRIX,)),
        (lambda x: np.reshape(x, (1, 1)), (np.float64(2.0),)),
        (lambda x: np.reshape(x, ()), (np.array([2.0]),)),
        (lambda x: np.reshape(x, (2, -1), order="F"), (CUBE,)),
        (lambda x: x.reshape(2, 6, order="A"), (MATRIX,)),
        (lambda x: np.reshape(x.T, (2, -1), order="A"), (MATRIX,)),
    ],
    "transpose": [
        (lambda x: np.transpose(x), (CUBE,)),
        (lambda x: np.transpose(x, (2, 0, 1)), (CUBE,)),
        (lambda x: np.transpose(x, (-1, 0, 1)), (CUBE,)),
        (lambda x: x.T, (MATRIX,)),
        (lambda x: x.transpose(1, 0, 2), (CUBE,)),
        (lambda x: x.mT, (CUBE,)),
    ],
    "broadcast_to": [
        (lambda x: np.broadcast_to(x, (3, 4)), (VECTOR,)),
        (lambda x: np.broadcast_to(x, (2, 3)), (np.float64(2.0),)),
        (lambda x: np.broadcast_to(x, (2, 3, 4)), (between(0, 1, 3, 1),)),
        (lambda a, b: np.broadcast_arrays(a, b)[0], (VECTOR, MATRIX)),
    ],
    "astype": [
        (lambda x: PRIMITIVES["astype"](x, dtype="<f8"), (MATRIX,)),
        (lambda x: PRIMITIVES["astype"](x, dtype="<f8"), (np.float64(2.0),)),
        (lambda x: x.astype(np.longdouble), (VECTOR,)),
    ],
    "concatenate": [
        (lambda a, b: np.concatenate([a, b]), (VECTOR, between(0, 1, 2))),
        (lambda a, b: np.concatenate((a, b), axis=-1), (MATRIX, between(0, 1, 3, 2))),
        (lambda a, b: np.concatenate([a, b, a], axis=None), (MATRIX, VECTOR)),
        (lambda a: np.concatenate([a, np.ones(2)]), (VECTOR,)),
    ],
    "stack": [
        (lambda a, b: np.stack([a, b]), (VECTOR, VECTOR + 1)),
        (lambda a, b: np.stack([a, 2.0, b, a]), (np.float64(1.0), np.float64(3.0))),
        (lambda a, b: np.stack((a, b), axis=-1), (MATRIX, MATRIX + 1)),
        (lambda a, b: np.stack([a, b], axis=1), (MATRIX, MATRIX + 1)),
    ],
    "index": [
        (lambda x: x[2], (VECTOR,)),
        (lambda x: x[-1], (MATRIX,)),
        (lambda x: x[::-2], (VECTOR,)),
        (lambda x: x[1, ..., None, :2], (CUBE,)),
        (lambda x: x[REPEATED], (VECTOR,)),
        (lambda x: x[[2, 0, 2]], (VECTOR,)),
        (lambda x: x[MASK], (VECTOR,)),
        (lambda x: x[:, MASK], (MATRIX,)),
        (lambda x: x[np.array([0, 1, 0]), np.array([3, 3, 3])], (MATRIX,)),
        (lambda x: x[0:0], (VECTOR,)),
        (lambda x: x[()], (np.float64(2.0),)),
        (lambda x: x[None], (np.float64(2.0),)),
        (lambda x: np.split(x, 2, axis=-1)[1], (MATRIX,)),
        (lambda x: np.split(x, [1, -1])[1], (VECTOR,)),
        (lambda x: np.split(x, [3, 1])[2], (VECTOR,)),
        (lambda x: np.array_split(x, 3, axis=1)[2], (MATRIX,)),
        (lambda x: np.hsplit(x, [1])[0], (VECTOR,)),
        (lambda x: np.hsplit(x, 2)[1], (MATRIX,)),
        (lambda x: np.vsplit(x, 3)[2], (MATRIX,)),
        (lambda x: np.dsplit(x, 2)[1], (CUBE,)),
        (lambda x: np.array_split(x, 6)[5], (VECTOR,)),
    ],
    "scatter": [
        (lambda x: PRIMITIVES["scatter"](x, 1, shape=(4,)), (np.float64(2.0),)),
        (lambda x: PRIMITIVES["scatter"](x, REPEATED, shape=(4,)), (between(0, 1, 3),)),
    ],
    "matmul": [
        (lambda a, b: a @ b, (VECTOR, VECTOR + 1)),
        (lambda a, b: a @ b, (MATRIX, VECTOR)),
        (lambda a, b: a @ b, (between(0, 1, 3), MATRIX)),
        (lambda a, b: np.matmul(a, b), (MATRIX, between(0, 1, 4, 2))),
        (lambda a, b: a @ b, (CUBE, between(0, 1, 4, 2))),
        (lambda a, b: a @ b, (MATRIX, between(0, 1, 2, 4, 5))),
        (lambda a, b: a @ b, (between(0, 1, 5, 1, 2, 3), between(0, 1, 4, 3, 2))),
        (lambda a, b: a @ b, (CUBE, VECTOR)),
        (lambda a, b: a @ b, (between(0, 1, 3), CUBE)),
    ],
    "dot": [
        (lambda a, b: np.dot(a, b), (VECTOR, VECTOR + 1)),
        (lambda a, b: np.dot(a, b), (MATRIX, VECTOR)),
        (lambda a, b: np.dot(a, b), (between(0, 1, 3), MATRIX)),
        (lambda a, b: np.dot(a, b), (MATRIX, between(0, 1, 4, 2))),
        (lambda a, b: np.dot(a, b), (CUBE, between(0, 1, 5, 4, 2))),
        (lambda a, b: np.dot(a, b), (CUBE, VECTOR)),
        (lambda a, b: np.dot(a, b), (between(0, 1, 3), CUBE)),
        (lambda a, b: np.dot(a, b), (np.float64(2.0), MATRIX)),
        (lambda a, b: np.dot(a, b), (MATRIX, np.float64(2.0))),
    ],
    "conjugate": [
        (lambda x: np.conjugate(x), (VECTOR,)),
        (lambda x: x.conj(), (np.float64(2.0),)),
    ],
    "real": [(lambda x: np.real(x), (MATRIX,)), (lambda x: x.real, (np.float64(2.0),))],
    "imag": [(lambda x: np.imag(x), (MATRIX,)), (lambda x: x.imag, (np.float64(2.0),))],
    "phase": [],  # of complex numbers only
    "inv": [
        (lambda x: np.linalg.inv(x), (SQUARE,)),
        (lambda x: np.linalg.inv(x), (np.stack([SQUARE, SQUARE.T + 0.1]),)),
    ],
    "det": [
        (lambda x: np.linalg.det(x), (SQUARE,)),
        (lambda x: np.linalg.det(x), (np.stack([SQUARE, SQUARE.T + 0.1]),)),
        (lambda x: np.linalg.det(x), (np.ones((3, 3)),)),
        (lambda x: np.linalg.det(x), (np.zeros((1, 1)),)),
    ],
    "solve": [
        (lambda a, b: np.linalg.solve(a, b), (SQUARE, VECTOR[:3])),
        (lambda a, b: np.linalg.solve(a, b), (SQUARE, MATRIX)),
        (lambda a, b: np.linalg.solve(a, b), (np.stack([SQUARE, SQUARE.T + 0.1]), VECTOR[:3])),
        (lambda a, b: np.linalg.solve(a, b), (np.stack([SQUARE, SQUARE.T + 0.1]), MATRIX)),
        (lambda a, b: np.linalg.solve(a, b), (SQUARE, CUBE)),
    ],
    "copy": [(lambda x: x.copy(), (MATRIX,)), (lambda x: np.copy(x), (VECTOR,))],
    "index_update": [
        (lambda x, v: PRIMITIVES["index_update"](x, v, place=1), (VECTOR, np.float64(2.0))),
        (lambda x, v: PRIMITIVES["index_update"](x, v, place=1), (MATRIX, VECTOR)),
        (lambda x, v: PRIMITIVES["index_update"](x, v, place=(slice(None), slice(1, None, 2))), (MATRIX, VECTOR[:2])),
        (lambda x, v: PRIMITIVES["index_update"](x, v, place=REPEATED), (VECTOR, VECTOR[:3] + 1)),
        (lambda x, v: PRIMITIVES["index_update"](x, v, place=MASK), (VECTOR, VECTOR[:3] + 1)),
        (lambda x, v: PRIMITIVES["index_update"](x, v, place=(slice(None), MASK)), (MATRIX, between(0, 1, 1, 1, 3))),
        (lambda x, v: PRIMITIVES["index_update"](x, v, place=...), (CUBE, VECTOR)),
    ],
    "add_at": [
        (lambda x, v: PRIMITIVES["add_at"](x, v, place=REPEATED), (VECTOR, VECTOR[:3] + 1)),
        (lambda x, v: PRIMITIVES["add_at"](x, v, place=(slice(None), 0)), (MATRIX, np.float64(0.5))),
        (lambda x, v: PRIMITIVES["add_at"](x, v, place=REPEATED), (MATRIX, VECTOR)),
    ],
    # Rearrangements
    "ravel": [
        (lambda x: np.ravel(x), (CUBE,)),
        (lambda x: x.ravel("F"), (CUBE,)),
        (lambda x: np.ravel(x), (np.float64(2.0),)),
    ],
    "flatten": [(lambda x: x.flatten(), (MATRIX,)), (lambda x: x.flatten("F"), (CUBE,))],
    "swapaxes": [(lambda x: np.swapaxes(x, 0, -1), (CUBE,)), (lambda x: x.swapaxes(1, -2), (MATRIX,))],
    "moveaxis": [
        (lambda x: np.moveaxis(x, 0, -1), (CUBE,)),
        (lambda x: np.moveaxis(x, [0, 1], [-1, -2]), (CUBE,)),
    ],
    "rollaxis": [(lambda x: np.rollaxis(x, 2), (CUBE,)), (lambda x: np.rollaxis(x, 0, start=2), (CUBE,))],
    "expand_dims": [
        (lambda x: np.expand_dims(x, 0), (MATRIX,)),
        (lambda x: np.expand_dims(x, axis=(0, -1)), (MATRIX,)),
        (lambda x: np.expand_dims(x, 0), (np.float64(2.0),)),
    ],
    "squeeze": [
        (lambda x: np.squeeze(x), (MATRIX[None],)),
        (lambda x: x.squeeze(axis=(0, -1)), (MATRIX[None, :, :1],)),
        (lambda x: np.squeeze(x, -1), (VECTOR[:, None],)),
        (lambda x: np.squeeze(x), (VECTOR[:1],)),
    ],
    "atleast_1d": [(lambda x: np.atleast_1d(x), (np.float64(2.0),))],
    "atleast_2d": [
        (lambda x: np.atleast_2d(x), (VECTOR,)),
        (lambda a, b: np.atleast_2d(a, b)[1], (MATRIX, VECTOR)),
        (lambda a: np.atleast_2d(2.0, a)[1], (np.float64(2.0),)),
    ],
    "atleast_3d": [(lambda x: np.atleast_3d(x), (MATRIX,)), (lambda x: np.atleast_3d(x), (VECTOR,))],
    "roll": [
        (lambda x: np.roll(x, 1), (MATRIX,)),
        (lambda x: np.roll(x, -2, axis=1), (MATRIX,)),
        (lambda x: np.roll(x, (1, 2), axis=(0, -1)), (CUBE,)),
    ],
    "rot90": [
        (lambda x: np.rot90(x), (MATRIX,)),
        (lambda x: np.rot90(x, k=-1, axes=(1, 2)), (CUBE,)),
        (lambda x: np.rot90(x, 2), (MATRIX,)),
    ],
    "flip": [
        (lambda x: np.flip(x), (MATRIX,)),
        (lambda x: np.flip(x, axis=(0, -1)), (CUBE,)),
        (lambda x: np.flip(x, -1), (MATRIX,)),
    ],
    "flipud": [(lambda x: np.flipud(x), (VECTOR,))],
    "fliplr": [(lambda x: np.fliplr(x), (CUBE,))],
    "tile": [
        (lambda x: np.tile(x, 2), (MATRIX,)),
        (lambda x: np.tile(x, (2, 1, 3)), (MATRIX,)),
        (lambda x: np.tile(x, 3), (np.float64(2.0),)),
    ],
    "repeat": [
        (lambda x: np.repeat(x, 2), (MATRIX,)),
        (lambda x: x.repeat([1, 0, 2], axis=0), (MATRIX,)),
        (lambda x: np.repeat(x, 3, axis=-1), (CUBE,)),
        (lambda x: np.repeat(x, 3), (np.float64(2.0),)),
    ],
    "resize": [
        (lambda x: np.resize(x, (3, 3)), (VECTOR,)),
        (lambda x: np.resize(x, 5), (MATRIX,)),
    ],
    "pad.filled": [
        (lambda x: np.pad(x, ((1, 0), (0, 2)), constant_values=0.5), (MATRIX,)),
        (lambda x: np.pad(x, (2, 1), constant_values=(x[0], 3.0)), (VECTOR,)),
        (lambda x: np.pad(x, 1, constant_values=((x[0, 0], 2 * x[1, 1]), (0.0, x[1, 0]))), (MATRIX,)),
    ],
    "pad": [
        (lambda x: np.pad(x, 2), (VECTOR,)),
        (lambda x: np.pad(x, ((1, 0), (0, 2)), constant_values=0.0), (MATRIX,)),
        (lambda x: np.pad(x, ((1, 2), (2, 3)), mode="edge"), (MATRIX,)),
        (lambda x: np.pad(x, (5, 6), mode="wrap"), (VECTOR,)),
        (lambda x: np.pad(x, (5, 6), mode="reflect"), (VECTOR,)),
        (lambda x: np.pad(x, ((3, 1), (1, 1)), "symmetric", reflect_type="even"), (MATRIX,)),
    ],
    "diag": [
        (lambda x: np.diag(x), (VECTOR,)),
        (lambda x: np.diag(x, -1), (VECTOR,)),
        (lambda x: np.diag(x), (MATRIX,)),
        (lambda x: np.diag(x, k=2), (MATRIX,)),
    ],
    "diagonal": [
        (lambda x: np.diagonal(x), (MATRIX,)),
        (lambda x: x.diagonal(1, axis1=2, axis2=0), (CUBE,)),
    ],
    "tril": [
        (lambda x: np.tril(x), (MATRIX,)),
        (lambda x: np.tril(x, 1), (CUBE,)),
        (lambda x: np.tril(x), (VECTOR,)),
    ],
    "triu": [(lambda x: np.triu(x), (MATRIX,)), (lambda x: np.triu(x, k=-1), (CUBE,))],
    "take": [
        (lambda x: np.take(x, [0, 5, 5]), (MATRIX,)),
        (lambda x: np.take(x, np.array([[0, 2], [1, 1]]), axis=1), (MATRIX,)),
        (lambda x: x.take(-1, axis=0), (MATRIX,)),
        (lambda x: np.take(x, 2), (MATRIX,)),
        (lambda x: np.take(x, [5, -7], axis=0, mode="wrap"), (MATRIX,)),
        (lambda x: np.take(x, [5, -7], axis=0, mode="clip"), (MATRIX,)),
    ],
    "take_along_axis": [
        (lambda x: np.take_along_axis(x, np.array([[1, 1], [0, 3], [2, 0]]), axis=1), (MATRIX,)),
        (lambda x: np.take_along_axis(x, np.array([1, 1, 0]), axis=None), (MATRIX,)),
    ],
    "delete": [
        (lambda x: np.delete(x, 1), (VECTOR,)),
        (lambda x: np.delete(x, [0, -1], axis=1), (MATRIX,)),
        (lambda x: np.delete(x, slice(0, 2), axis=0), (MATRIX,)),
        (lambda x: np.delete(x, MASK), (VECTOR,)),
    ],
    "diagflat": [(lambda x: np.diagflat(x), (MATRIX,)), (lambda x: np.diagflat(x, -1), (VECTOR,))],
    "compress": [
        (lambda x: np.compress(MASK, x), (VECTOR,)),
        (lambda x: x.compress([1, 0, 1], axis=0), (MATRIX,)),
        (lambda x: np.compress(x > 1.2, x), (VECTOR,)),
    ],
    "extract": [(lambda x: np.extract(x > 1.2, x), (MATRIX,)), (lambda x: np.extract([0, 1, 1], x), (VECTOR,))],
    "sliding_window_view": [
        (lambda x: np.lib.stride_tricks.sliding_window_view(x, 3), (VECTOR,)),
        (lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 3)), (MATRIX,)),
        (lambda x: np.lib.stride_tricks.sliding_window_view(x, 2, axis=1), (CUBE,)),
    ],
    "vstack": [
        (lambda a, b: np.vstack([a, b]), (MATRIX, VECTOR)),
        (lambda a: np.vstack((a, np.ones(4), a)), (VECTOR,)),
    ],
    "hstack": [
        (lambda a, b: np.hstack([a, b]), (MATRIX, between(0, 1, 3, 2))),
        (lambda a, b: np.hstack([a, 2.0, b]), (np.float64(1.0), VECTOR)),
    ],
    "dstack": [
        (lambda a, b: np.dstack([a, b]), (MATRIX, MATRIX + 1)),
        (lambda a, b: np.dstack([a, b]), (VECTOR, VECTOR)),
    ],
    "column_stack": [(lambda a, b: np.column_stack([a, b]), (VECTOR[:3], MATRIX))],
    "append": [
        (lambda a, b: np.append(a, b), (MATRIX, VECTOR)),
        (lambda a: np.append(a, 1.0), (VECTOR,)),
        (lambda a, b: np.append(a, b, axis=0), (MATRIX, VECTOR[None])),
    ],
    "insert": [
        (lambda a, b: np.insert(a, 1, b), (VECTOR, np.float64(0.5))),
        (lambda a, b: np.insert(a, [0, 2, 2], b, axis=1), (MATRIX, between(0, 1, 3, 3))),
        (lambda a, b: np.insert(a, 1, b, axis=0), (MATRIX, VECTOR)),
        (lambda a: np.insert(a, slice(0, 2), 1.5, axis=0), (MATRIX,)),
        (lambda b: np.insert(np.zeros(3), 1, b), (np.float64(2.0),)),
    ],
    "block": [
        (lambda a, b: np.block([[a, b], [np.ones((1, 5))]]), (MATRIX, between(0, 1, 3, 1))),
        (lambda a, b: np.block([a, b, a]), (np.float64(1.0), np.float64(2.0))),
    ],
    "choose": [
        (lambda a, b: np.choose([0, 1, 1, 0], [a, b]), (VECTOR, np.float64(2.0))),
        (lambda a: np.choose(np.array([[4, 1]] * 3), a, mode="wrap"), (between(0, 1, 3, 2),)),
    ],
    "select": [
        (lambda a, b: np.select([a > 1.2, a > 0.7], [a, b]), (VECTOR, VECTOR[::-1])),
        (lambda a, b: np.select([MASK, ~MASK & (VECTOR > 1)], [a, b], default=2.0), (VECTOR, MATRIX)),
    ],
    "meshgrid": [
        (lambda a, b: np.meshgrid(a, b)[0], (VECTOR, VECTOR[:3])),
        (lambda a, b: np.meshgrid(a, b)[1], (VECTOR, VECTOR[:3])),
        (lambda a: np.meshgrid(VECTOR, a, VECTOR[:2], indexing="ij")[1], (VECTOR[:3],)),
        (lambda a: np.meshgrid(VECTOR[:2], a, VECTOR[:3], sparse=True)[1], (VECTOR,)),
        (lambda a: np.meshgrid(a)[0], (VECTOR,)),
        (lambda a: np.meshgrid(a, 2.0)[0], (np.float64(1.0),)),
    ],
    "norm": [
        (lambda x: np.linalg.norm(x), (VECTOR,)),
        (lambda x: np.linalg.norm(x), (MATRIX,)),
        (lambda x: np.linalg.norm(x, "fro"), (MATRIX,)),
        (lambda x: np.linalg.norm(x, axis=1), (MATRIX,)),
        (lambda x: np.linalg.norm(x, 2, axis=0, keepdims=True), (MATRIX,)),
        (lambda x: np.linalg.norm(x, axis=(0, 2)), (CUBE,)),
        (lambda x: np.linalg.norm(x, 1), (-VECTOR,)),
        (lambda x: np.linalg.norm(x, np.inf), (-VECTOR,)),
        (lambda x: np.linalg.norm(x, 1, axis=-1), (CUBE,)),
        (lambda x: np.linalg.norm(x, ord=np.inf, axis=0), (MATRIX,)),
    ],
    # interpolation
    "interp": [
        (lambda x: np.interp(x, [0.0, 0.9, 1.9], [1.0, 3.0, -2.0]), (MATRIX,)),
        (lambda x, fp: np.interp(x, [0.0, 0.9, 1.9], fp), (VECTOR, VECTOR[:3])),
        (lambda x, fp: np.interp(x, [0.6, 0.7], fp), (np.float64(0.7), VECTOR[:2])),
        (lambda fp: np.interp(np.array([-1.0, 0.3, 0.5, 2.0]), [0.0, 0.5], fp, left=7.0), (VECTOR[:2],)),
        (lambda fp: np.interp([[0.3, 0.5]], [0.4], fp, right=7.0), (VECTOR[:1],)),
        (lambda x, fp: np.interp(x, [0.3, 1.25, 0.9], fp, period=0.8), (VECTOR, VECTOR[:3])),
    ],
    # rounding
    "clip": [
        (lambda x: np.clip(x, 0.74, 0.9), (MATRIX,)),
        (lambda x, low: np.clip(x, low, 0.95), (MATRIX, np.float64(0.7))),
        (lambda x, high: np.clip(x, [0.1, 0.9, 0.1, 0.2], high), (VECTOR, np.full((3, 1), 0.85))),
        (lambda x, low, high: np.clip(x, min=low, max=high), (VECTOR, VECTOR - 0.4, VECTOR[::-1] + 0.2)),
        (lambda x: np.clip(x, 0.0, 0.25), (np.float64(1.5),)),
    ],
    "nan_to_num": [
        (lambda x: np.nan_to_num(x), (MATRIX,)),
        (lambda x: np.nan_to_num(x / (x > 0.7), posinf=3.0), (np.float64(1.5),)),
    ],
}


def holed(x):
    """Return a matrix with NaN in some places, in another number of them each row."""
    return np.where(np.arange(12).reshape(3, 4) % 5 == 2, np.nan, x)


# Reductions, running sums and sorting
TIES, GAPS = np.array([3.0, 1.0, 3.0, 2.0]), np.array([0.0, 0.5, 1.5, 3.0])
STRUCTURAL["sum"] += [
    (lambda x: np.sum(x, axis=0, where=MASK), (MATRIX,)),
    (lambda x: x.sum(dtype=np.float64), (MATRIX,)),
]
STRUCTURAL["mean"] += [
    (lambda x: np.mean(x, axis=1, where=MASK), (MATRIX,)),
    (lambda x: np.mean(x, 0, np.float64, where=MATRIX > 1), (MATRIX,)),
]
STRUCTURAL["max"] += [
    (lambda x: np.max(x, axis=0, where=MASK, initial=-1.0), (MATRIX,)),
    (lambda x: np.maximum.reduce(x, axis=1, initial=0.7), (MATRIX,)),
]
STRUCTURAL["min"] += [(lambda x: np.min(x, initial=9.0, where=MASK), (MATRIX,))]
STRUCTURAL |= {
    "add.reduce": [
        (lambda x: np.sum(x, initial=2.5), (MATRIX,)),
        (lambda x: np.add.reduce(x, axis=1, where=MASK, initial=1.0), (MATRIX,)),
    ],
    "prod": [
        (lambda x: np.prod(x), (VECTOR,)),
        (lambda x: np.prod(x), (np.float64(1.5),)),
        (lambda x: np.prod(x, axis=0), (MATRIX,)),
        (lambda x: np.prod(x, axis=(-1, 0), keepdims=True), (CUBE,)),
        (lambda x: np.prod(x, axis=1), (np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 3.0]]),)),
        (lambda x: x.prod(where=MASK, initial=2.0), (MATRIX,)),
        (lambda x: np.multiply.reduce(x, axis=1), (MATRIX,)),
        (lambda x: np.prod(x * np.array([1e-300, 1e-5, 1e200, 1e200, 1e-95])), (apart(0.5, 2, 5),)),
    ],
    "logaddexp.reduce": [
        (lambda x: np.logaddexp.reduce(x), (VECTOR,)),
        (lambda x: np.logaddexp.reduce(x, axis=1, keepdims=True), (MATRIX,)),
        (lambda x: np.logaddexp.reduce(x, axis=0), (MATRIX,)),
    ],
    "var": [
        (lambda x: np.var(x), (VECTOR,)),
        (lambda x: np.var(x, axis=0, ddof=1), (MATRIX,)),
        (lambda x: x.var(axis=(0, 2), keepdims=True), (CUBE,)),
        (lambda x: np.var(x, axis=1, where=MASK), (MATRIX,)),
        (lambda x: np.var(x, axis=1, correction=1, dtype=np.float64), (MATRIX,)),
    ],
    "std": [
        (lambda x: np.std(x), (VECTOR,)),
        (lambda x: np.std(x, axis=0, ddof=1), (MATRIX,)),
        (lambda x: x.std(axis=(0, 2), keepdims=True), (CUBE,)),
        (lambda x: np.std(x, axis=1, where=MASK, ddof=0.5), (MATRIX,)),
    ],
    "ptp": [
        (lambda x: np.ptp(x), (VECTOR,)),
        (lambda x: np.ptp(x, axis=0), (MATRIX,)),
        (lambda x: np.ptp(x, axis=(0, -1), keepdims=True), (CUBE,)),
    ],
    "median": [
        (lambda x: np.median(x), (VECTOR,)),
        (lambda x: np.median(x, axis=0), (MATRIX,)),
        (lambda x: np.median(x, axis=(0, -1), keepdims=True), (CUBE,)),
    ],
    "quantile": [
        (lambda x: np.quantile(x, 0.3), (VECTOR,)),
        (lambda x: np.quantile(x, [0.0, 0.4, 1.0], axis=1), (MATRIX,)),
        (lambda x: np.quantile(x, [[0.1], [0.8]], axis=(0, 2), keepdims=True, method="hazen"), (CUBE,)),
        (lambda x: np.quantile(x, 0.37, axis=0, method="inverted_cdf"), (MATRIX,)),
        (lambda x: np.quantile(x, 0.37, method="weibull"), (MATRIX,)),
    ],
    "percentile": [
        (lambda x: np.percentile(x, 30), (VECTOR,)),
        (lambda x: np.percentile(x, [25, 75], axis=-1, method="midpoint"), (MATRIX,)),
    ],
    "nansum": [
        (lambda x: np.nansum(holed(x), 1, np.float64, where=MASK, initial=2.0), (MATRIX,)),
        (lambda x: np.nansum(x, axis=0), (MATRIX,)),
        (lambda x: np.nansum(x), (np.float64(1.5),)),
    ],
    "nanmean": [(lambda x: np.nanmean(x, axis=1, keepdims=True), (MATRIX,))],
    "nanprod": [(lambda x: np.nanprod(x, axis=1), (MATRIX,))],
    "nanmax": [(lambda x: np.nanmax(x, axis=1), (MATRIX,))],
    "nanmin": [(lambda x: np.nanmin(x), (MATRIX,))],
    "nanvar": [
        (lambda x: np.nanvar(holed(x), 0, where=MATRIX > 0.6), (MATRIX,)),
        (lambda x: np.nanvar(x, axis=(0, 1), ddof=1), (CUBE,)),
    ],
    "nanstd": [(lambda x: np.nanstd(x, axis=1), (MATRIX,))],
    "cumsum": [
        (lambda x: np.cumsum(x), (MATRIX,)),
        (lambda x: x.cumsum(0), (MATRIX,)),
        (lambda x: np.cumsum(x, axis=-2, dtype=np.float64), (CUBE,)),
        (lambda x: np.cumsum(x), (np.float64(1.5),)),
        (lambda x: np.add.accumulate(x), (MATRIX,)),
        (lambda x: np.cumulative_sum(x), (VECTOR,)),
    ],
    "cumprod": [
        (lambda x: np.cumprod(x), (MATRIX,)),
        (lambda x: x.cumprod(0), (MATRIX,)),
        (lambda x: np.cumprod(x, axis=1), (CUBE,)),
        (lambda x: np.cumprod(x), (np.array([2.0, 0.0, 3.0, 0.0, 1.5]),)),
        (lambda x: np.multiply.accumulate(x, axis=1), (MATRIX,)),
        (lambda x: np.cumulative_prod(x, axis=1), (MATRIX,)),
    ],
    "recurrence": [
        (lambda g, x: PRIMITIVES["recurrence"](g, x, axis=0), (VECTOR, VECTOR + 1)),
        (lambda g, x: PRIMITIVES["recurrence"](g, x, axis=1), (MATRIX, MATRIX + 1)),
    ],
    "diff": [
        (lambda x: np.diff(x), (VECTOR,)),
        (lambda x: np.diff(x, 2, axis=0), (MATRIX,)),
        (lambda x: np.diff(x, 3), (MATRIX,)),
        (lambda x: np.diff(x, n=6), (VECTOR,)),
        (lambda x: np.diff(x, prepend=0.0, append=x[:, :2]), (MATRIX,)),
        (lambda x: np.ediff1d(x), (MATRIX,)),
    ],
    "gradient": [
        (lambda x: np.gradient(x), (VECTOR,)),
        (lambda x: np.gradient(x, 0.25, edge_order=2), (VECTOR,)),
        (lambda x: np.gradient(x, GAPS, axis=1, edge_order=2), (MATRIX,)),
        (lambda x: np.gradient(x, axis=0), (MATRIX[:2],)),
        (lambda x: np.gradient(x, 0.5, GAPS)[1], (MATRIX,)),
        (lambda x: np.gradient(x)[2], (apart(0, 1, 3, 2, 7),)),
    ],
    "sort": [
        (lambda x: np.sort(x), (VECTOR,)),
        (lambda x: np.sort(x, axis=0, kind="stable"), (MATRIX,)),
        (lambda x: np.sort(x, axis=None), (MATRIX,)),
        (lambda x: np.sort(x, 1, stable=True), (CUBE,)),
    ],
    "partition": [
        (lambda x: np.partition(x, 1), (VECTOR,)),
        (lambda x: np.partition(x, (0, 2), axis=0), (MATRIX,)),
        (lambda x: np.partition(x, -2, axis=None), (MATRIX,)),
    ],
}

# Reductions of parts, and running sums of exponentials.
ENDS = np.array([0, 2, 1, 3, 0])
STRUCTURAL |= {
    f"{name}.reduceat": [
        (lambda x, f=f: f.reduceat(x, [0, 2]), (VECTOR,)),
        (lambda x, f=f: f.reduceat(x, ENDS, axis=1), (MATRIX,)),
        (lambda x, f=f: f.reduceat(x, [1, 0, 2], -2), (CUBE,)),
    ]
    for name, f in [(name, getattr(np, name)) for name in ("add", "multiply", "maximum", "minimum", "logaddexp")]
}
COUNTED = np.array([0, 2, 0, 3])
STRUCTURAL |= {
    "bincount": [
        (lambda w: np.bincount(COUNTED, weights=w), (VECTOR,)),
        (lambda w: np.bincount(COUNTED, w, 7), (VECTOR,)),
        (lambda w: np.bincount([1], w), (VECTOR[:1],)),
    ],
    "histogram": [
        (lambda w: np.histogram(COUNTED, 3, weights=w)[0], (VECTOR,)),
        (lambda w: np.histogram(COUNTED, [0, 0.5, 2, 2.5], weights=w, density=True)[0], (VECTOR,)),
        (lambda w: np.histogram(MATRIX, 3, (0.7, 1.5), weights=w)[0], (MATRIX + 1,)),
        (lambda w: np.histogram2d(COUNTED, VECTOR, [3, 2], weights=w)[0], (VECTOR,)),
        (lambda w: np.histogramdd([COUNTED, VECTOR], [[0, 1, 4], [0, 2]], density=True, weights=w)[0], (VECTOR,)),
        (lambda w: np.histogramdd(VECTOR[:, None], 2, weights=w)[0], (VECTOR,)),
    ],
    "logaddexp.accumulate": [
        (lambda x: np.logaddexp.accumulate(x), (VECTOR,)),
        (lambda x: np.logaddexp.accumulate(x, axis=1), (MATRIX,)),
        (lambda x: np.logaddexp.accumulate(x, -2), (CUBE,)),
    ],
}

# Products of arrays of any number of axes.
STRUCTURAL |= {
    "einsum": [
        (lambda a, b: np.einsum("ij,jk->ik", a, b), (MATRIX, between(0, 1, 4, 2))),
        (lambda a, b: np.einsum("ij,jk", a, b), (MATRIX, between(0, 1, 4, 2))),
        (lambda a, b: np.einsum("i,j->ij", a, b), (VECTOR, between(0, 1, 3))),
        (lambda a: np.einsum("ii", a), (SQUARE,)),
        (lambda a: np.einsum("ii->i", a), (SQUARE,)),
        (lambda a: np.einsum("iji->j", a), (between(0, 1, 3, 2, 3),)),
        (lambda a: np.einsum("iij,j->i", a, np.ones(4)), (between(0, 1, 3, 3, 4),)),
        (lambda a: np.einsum("ij->", a), (MATRIX,)),
        (lambda a: np.einsum("ba", a), (MATRIX,)),
        (lambda a, b: np.einsum("...ij,...jk->...ik", a, b), (CUBE, between(0, 1, 4, 5))),
        (lambda a, b: np.einsum("...i,...i", a, b), (CUBE, VECTOR)),
        (lambda a, b: np.einsum("i...,j", a, b), (MATRIX, VECTOR)),
        (lambda a, b: np.einsum("ij,ij->i", a, b), (MATRIX, between(0, 1, 3, 1))),
        (lambda a, b: np.einsum("ij,ik->k", a, b), (between(0, 1, 1, 4), between(0, 1, 3, 2))),
        (lambda a, b: np.einsum(",i->i", a, b), (np.float64(2.0), VECTOR)),
        (lambda a, b, c: np.einsum("ij,jk,kl->il", a, b, c, optimize=True), (MATRIX, MATRIX.T + 1, MATRIX - 1)),
        (lambda a, b, c: np.einsum("ij,ij,j->i", a, b, c), (MATRIX, MATRIX + 1, VECTOR)),
        (lambda a, b: np.einsum(a, [0, 1], b, [1, 2], [2, 0]), (MATRIX, between(0, 1, 4, 2))),
        (lambda a, b: np.einsum(a, [..., 27], b, [27, 1]), (CUBE, between(0, 1, 4, 2))),
        (lambda a: np.einsum("ij,jk,ki", a, a, a), (SQUARE,)),
        (lambda a: np.einsum("ij,k->i", a, np.ones(2)), (MATRIX,)),
    ],
    "tensordot": [
        (lambda a, b: np.tensordot(a, b), (CUBE, between(0, 1, 3, 4, 2))),
        (lambda a, b: np.tensordot(a, b, 1), (CUBE, between(0, 1, 4, 2))),
        (lambda a, b: np.tensordot(a, b, axes=0), (VECTOR, MATRIX)),
        (lambda a, b: np.tensordot(a, b, axes=([0, 2], [1, 0])), (CUBE, between(0, 1, 4, 2, 5))),
        (lambda a, b: np.tensordot(a, b, (-1, 0)), (CUBE, VECTOR)),
        (lambda a, b: np.linalg.tensordot(a, b, axes=[[-1], [-2]]), (MATRIX, between(0, 1, 2, 4, 3))),
    ],
    "inner": [
        (lambda a, b: np.inner(a, b), (VECTOR, VECTOR + 1)),
        (lambda a, b: np.inner(a, b), (CUBE, MATRIX)),
        (lambda a, b: np.inner(a, b), (np.float64(2.0), MATRIX)),
        (lambda a, b: np.inner(a, b), (MATRIX, np.float64(2.0))),
    ],
    "outer": [
        (lambda a, b: np.outer(a, b), (VECTOR, between(0, 1, 3))),
        (lambda a, b: np.outer(a, b), (MATRIX, np.float64(2.0))),
        (lambda a, b: np.linalg.outer(a, b), (VECTOR, between(0, 1, 3))),
    ],
    "vdot": [
        (lambda a, b: np.vdot(a, b), (VECTOR, VECTOR + 1)),
        (lambda a, b: np.vdot(a, b), (MATRIX, MATRIX.T + 1)),
        (lambda a, b: np.vdot(a, b), (np.float64(2.0), np.float64(3.0))),
    ],
    "kron": [
        (lambda a, b: np.kron(a, b), (MATRIX, between(0, 1, 2, 2))),
        (lambda a, b: np.kron(a, b), (VECTOR, CUBE)),
        (lambda a, b: np.kron(a, b), (CUBE, VECTOR)),
        (lambda a, b: np.kron(a, b), (np.float64(2.0), VECTOR)),
    ],
    "cross": [
        (lambda a, b: np.cross(a, b), (VECTOR[:3], VECTOR[1:])),
        (lambda a, b: np.cross(a, b), (MATRIX[:, :3], VECTOR[1:])),
        (lambda a, b: np.cross(a, b, axisa=0, axisb=1, axisc=0), (MATRIX, between(0, 1, 4, 3))),
        (lambda a, b: np.cross(a, b, axis=1), (CUBE, CUBE[::-1] + 1)),
        (lambda a, b: np.linalg.cross(a, b, axis=0), (MATRIX, MATRIX + VECTOR)),
    ],
    "multi_dot": [
        (lambda a, b: np.linalg.multi_dot([a, b]), (MATRIX, between(0, 1, 4, 2))),
        (lambda a, b, c: np.linalg.multi_dot([a, b, c]), (MATRIX, between(0, 1, 4, 2), between(0, 1, 2, 5))),
        (lambda a, b, c: np.linalg.multi_dot([a, b, c]), (VECTOR[:3], MATRIX, VECTOR)),
        (lambda a: np.linalg.multi_dot([a, a, np.ones((3, 2)), np.ones(2)]), (SQUARE,)),
    ],
    "trace": [
        (lambda x: np.trace(x), (MATRIX,)),
        (lambda x: np.trace(x, -1), (MATRIX,)),
        (lambda x: np.trace(x, offset=1, axis1=2, axis2=0), (CUBE,)),
        (lambda x: x.trace(0, -1, 1), (CUBE,)),
        (lambda x: np.linalg.trace(x, offset=2), (CUBE,)),
    ],
    "convolve": [
        (lambda a, v, mode=mode: np.convolve(a, v, mode), (between(0, 1, n), between(0, 1, m)))
        for mode in ("full", "same", "valid")
        for n, m in ((5, 3), (5, 2), (2, 4), (3, 3))
    ],
    "correlate": [
        (lambda a, v, mode=mode: np.correlate(a, v, mode=mode), (between(0, 1, n), between(0, 1, m)))
        for mode in ("full", "same", "valid")
        for n, m in ((5, 3), (5, 2), (2, 4), (2, 5), (3, 3))
    ],
}

# Factorizations.
DEFINITE = np.array([[1.4, 0.2, -0.3], [0.2, 1.2, 0.1], [-0.3, 0.1, 1.0]])  # and so are the sines of its entries
GRADED = np.array([[0.9, 0.1, -0.2], [0.3, 0.5, 0.1], [-0.1, 0.2, 0.2]])
TALL = np.concatenate([GRADED, [[0.4, -0.5, 0.6]]])
STACKED = np.stack([DEFINITE, DEFINITE[::-1, ::-1] * 0.9])
PAIRED = np.array([[0.5, -0.9, 0.2], [0.8, 0.3, -0.1], [0.2, 0.4, -0.7]])  # with a pair of complex eigenvalues

STRUCTURAL |= {
    "cholesky": [
        (lambda x: np.linalg.cholesky(x), (DEFINITE,)),
        (lambda x: np.linalg.cholesky(x), (STACKED,)),
        (lambda x: np.linalg.cholesky(x, upper=True), (DEFINITE,)),
        (lambda x: np.linalg.cholesky(x + x.T), (DEFINITE,)),
    ],
    "slogdet": [
        (lambda x: np.linalg.slogdet(x)[1], (SQUARE,)),
        (lambda x: np.linalg.slogdet(-x).logabsdet, (SQUARE,)),
        (lambda x: np.linalg.slogdet(x).logabsdet, (STACKED,)),
    ],
    "eigh": [],  # what is read of them are items
    "qr": [],
    "svd": [],
    "eigh.eigenvalues": [(lambda x: np.linalg.eigh(x).eigenvalues, (DEFINITE,))],
    "eigh.eigenvectors": [
        (lambda x: np.linalg.eigh(x)[1], (DEFINITE,)),
        (lambda x: np.linalg.eigh(x, UPLO="U").eigenvectors, (STACKED,)),
    ],
    "qr.Q": [(lambda x: np.linalg.qr(x).Q, (TALL,)), (lambda x: np.linalg.qr(x)[0], (TALL.T,))],
    "qr.R": [
        (lambda x: np.linalg.qr(x, "complete").R, (TALL,)),
        (lambda x: np.linalg.qr(x).R, (TALL,)),
        (lambda x: np.linalg.qr(x)[1], (TALL.T,)),
        (lambda x: np.linalg.qr(x, mode="r"), (np.stack([GRADED, GRADED.T]),)),
    ],
    "svd.U": [
        (lambda x: np.linalg.svd(x, full_matrices=False).U, (TALL,)),
        (lambda x: np.linalg.svd(x, full_matrices=False)[0], (TALL.T,)),
        (lambda x: np.linalg.svd(x)[0], (np.stack([GRADED, GRADED[::-1] * 0.8]),)),
    ],
    "svd.S": [(lambda x: np.linalg.svd(x).S, (TALL.T,)), (lambda x: np.linalg.svd(x, full_matrices=False).S, (TALL,))],
    "svd.Vh": [
        (lambda x: np.linalg.svd(x, full_matrices=False).Vh, (TALL,)),
        (lambda x: np.linalg.svd(x, full_matrices=False)[2], (TALL.T,)),
    ],
    "slogdet.sign": [],  # of complex matrices only
    "eig": [],
    "eig.eigenvalues": [
        (lambda x: np.linalg.eig(x).eigenvalues, (GRADED,)),
        (lambda x: np.linalg.eig(x)[0], (np.stack([PAIRED, GRADED]),)),
    ],
    "eig.eigenvectors": [
        (lambda x: np.linalg.eig(x).eigenvectors, (GRADED,)),
        (lambda x: np.linalg.eig(x)[1], (np.stack([PAIRED, GRADED]),)),
    ],
    "eigvals": [
        (lambda x: np.linalg.eigvals(x), (GRADED,)),
        (lambda x: np.linalg.eigvals(x), (np.stack([PAIRED, GRADED]),)),
    ],
    "eigvalsh": [
        (lambda x: np.linalg.eigvalsh(x), (DEFINITE,)),
        (lambda x: np.linalg.eigvalsh(x, "U"), (STACKED,)),
    ],
    "lstsq.values": [
        (lambda a: np.linalg.lstsq(a, VECTOR)[3], (TALL,)),
        (lambda a: np.linalg.lstsq(a, VECTOR[:3], rcond=None)[3], (TALL.T,)),
    ],
    "svdvals": [
        (lambda x: np.linalg.svd(x, compute_uv=False), (TALL,)),
        (lambda x: np.linalg.svdvals(x), (np.stack([TALL.T, TALL.T + 1]),)),
    ],
    "pinv": [
        (lambda x: np.linalg.pinv(x), (TALL,)),
        (lambda x: np.linalg.pinv(x), (np.stack([TALL.T, TALL.T + 1]),)),
        (lambda x: np.linalg.pinv(x, 1e-10), (SQUARE,)),
        (lambda x: np.linalg.pinv(x, rtol=1e-10), (SQUARE,)),
        (lambda x: np.linalg.pinv(x, hermitian=True), (DEFINITE,)),
    ],
    "lstsq": [
        (lambda a, b: np.linalg.lstsq(a, b)[0], (TALL, VECTOR)),
        (lambda a, b: np.linalg.lstsq(a, b, rcond=None)[0], (TALL, between(0, 1, 4, 2))),
        (lambda a, b: np.linalg.lstsq(a, b)[0], (TALL.T, VECTOR[:3])),
    ],
    "residuals": [
        (lambda a, b: np.linalg.lstsq(a, b)[1], (TALL, VECTOR)),
        (lambda a, b: np.linalg.lstsq(a, b)[1], (TALL, between(0, 1, 4, 2))),
        (lambda a, b: np.linalg.lstsq(a, b)[1], (TALL.T, VECTOR[:3])),
    ],
}

# Norms of every order, powers of matrices, polynomials and what the array API calls otherwise.
STRUCTURAL["norm"] += [
    *((lambda x, p=p: np.linalg.norm(x, p), (VECTOR - 1.2,)) for p in (3, 1.5, 0.5, -1, -2.5, -np.inf)),
    *((lambda x, p=p: np.linalg.norm(x, p), (GRADED,)) for p in (1, -1, 2, -2, np.inf, -np.inf, "nuc")),
    *((lambda x, p=p: np.linalg.norm(x, p, (2, 0)), (CUBE,)) for p in (1, -np.inf, 2, "nuc")),
    (lambda x: np.linalg.norm(x, 3, axis=1, keepdims=True), (CUBE,)),
    (lambda x: np.linalg.norm(x, "nuc", axis=(0, 1), keepdims=True), (TALL,)),
    (lambda x: np.linalg.matrix_norm(x, ord=1), (CUBE,)),
    (lambda x: np.linalg.vector_norm(x, ord=3, axis=1), (CUBE,)),
]
STRUCTURAL |= {
    "matrix_power": [
        *((lambda x, n=n: np.linalg.matrix_power(x, n), (GRADED,)) for n in (0, 1, 2, 3, 6, -1, -2)),
        (lambda x: np.linalg.matrix_power(x, 3), (STACKED,)),
    ],
    "vecdot": [
        (lambda a, b: np.linalg.vecdot(a, b), (CUBE, VECTOR)),
        (lambda a, b: np.vecdot(a, b), (MATRIX, CUBE)),
        (lambda a, b: np.linalg.vecdot(a, b, axis=0), (MATRIX, MATRIX + 1)),
        (lambda a, b: np.linalg.vecdot(a, b, axis=-2), (MATRIX[:, :1], CUBE)),
    ],
    "polyval": [
        (lambda p, x: np.polyval(p, x), (VECTOR, MATRIX - 1)),
        (lambda p, x: np.polyval(p, x), (VECTOR, np.float64(0.0))),
        (lambda p: np.polyval(p, 2.0), (VECTOR,)),
        (lambda x: np.polyval([1, 2, 3], x), (VECTOR,)),
        (lambda p, x: np.polyval(p, x), (VECTOR[:1], VECTOR)),
    ],
    "vander": [
        (lambda x: np.vander(x), (VECTOR,)),
        (lambda x: np.vander(x, 3, increasing=True), (VECTOR - VECTOR[0],)),
        (lambda x: np.vander(x, N=1), (VECTOR,)),
    ],
}

if hasattr(np, "matvec"):  # since NumPy 2.2
    STRUCTURAL |= {
        "matvec": [
            (lambda a, x: np.matvec(a, x), (MATRIX, VECTOR)),
            (lambda a, x: np.matvec(a, x), (CUBE, MATRIX[:1])),
            (lambda a, x: np.matvec(a, x), (MATRIX, between(0, 1, 2, 1, 4))),
        ],
        "vecmat": [
            (lambda x, a: np.vecmat(x, a), (VECTOR[:3], MATRIX)),
            (lambda x, a: np.vecmat(x, a), (VECTOR[:3], CUBE)),
            (lambda x, a: np.vecmat(x, a), (between(0, 1, 2, 1, 3), MATRIX)),
        ],
    }

# Fourier transforms.
STRUCTURAL |= {
    name: [
        (lambda x, f=f: f(x), (VECTOR,)),
        (lambda x, f=f: f(x, 5, axis=0, norm="ortho"), (MATRIX,)),
        (lambda x, f=f: f(x, n=2, norm="forward"), (MATRIX,)),
    ]
    for name, f in [(name, getattr(np.fft, name)) for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")]
}
STRUCTURAL |= {
    name: [
        (lambda x, f=f: f(x), (CUBE,)),
        (lambda x, f=f: f(x, (2, 5), axes=(0, 1), norm="forward"), (MATRIX,)),
        (lambda x, f=f: f(x, axes=(-1, 0), norm="ortho"), (CUBE,)),
    ]
    for name, f in [
        (name, getattr(np.fft, name))
        for name in ("fftn", "ifftn", "rfftn", "irfftn", "fft2", "ifft2", "rfft2", "irfft2")
    ]
}
STRUCTURAL |= {
    "fftshift": [(lambda x: np.fft.fftshift(x), (MATRIX,)), (lambda x: np.fft.fftshift(x, axes=0), (MATRIX,))],
    "ifftshift": [(lambda x: np.fft.ifftshift(x), (MATRIX,)), (lambda x: np.fft.ifftshift(x, (0,)), (MATRIX,))],
}

# Numbers taken apart, numbers between two ends, and reductions and running sums without NaN.


STRUCTURAL["var"] += [(lambda x, m: np.var(x, axis=0, mean=m, dtype=np.float64), (MATRIX, between(0, 1, 1, 4)))]
STRUCTURAL["index_update"] += [
    (lambda x: np.piecewise(x, [x < 1, x > 1.5], [np.sin, lambda v: v * v, 3.0]), (MATRIX,)),
    (lambda x: np.piecewise(x, x > 1.2, [lambda v, k: v**k, -1.0], 3), (VECTOR,)),
    (lambda x: np.piecewise(x, [x < 1, x >= 1], [np.cos, np.sin]), (np.float64(1.5),)),
]
STRUCTURAL |= {
    "modf.fraction": [(lambda x: np.modf(3 * x)[0], (MATRIX + 0.01,))],
    "frexp.mantissa": [(lambda x: np.frexp(5 * x)[0], (MATRIX + 0.01,)), (lambda x: np.frexp(-x)[0], (np.float64(3),))],
    "ldexp": [
        (lambda x: np.ldexp(x, 3), (MATRIX,)),
        (lambda x: np.ldexp(x, np.array([[1], [-2]])), (VECTOR,)),
    ],
    "maximum.accumulate": [
        (lambda x: np.maximum.accumulate(x), (MATRIX,)),
        (lambda x: np.maximum.accumulate(x, axis=-1), (CUBE,)),
    ],
    "minimum.accumulate": [(lambda x: np.minimum.accumulate(x, 1), (MATRIX,))],
    "besseli": [(lambda x: PRIMITIVES["besseli"](1, x), (MATRIX,)), (lambda x: PRIMITIVES["besseli"](3, x), (VECTOR,))],
    "unwrap": [
        (lambda x: np.unwrap(x), (np.array([0.1, 6.0, 12.3, 3.5]),)),
        (lambda x: np.unwrap(x, axis=0, period=1.5), (MATRIX,)),
        (lambda x: np.unwrap(x, 2.5, period=0.7), (MATRIX,)),
    ],
    "linspace": [
        (lambda a, b: np.linspace(a, b, 5), (np.float64(0.5), np.float64(1.7))),
        (lambda a, b: np.linspace(a, b, 4, endpoint=False, axis=-1), (VECTOR, MATRIX)),
        (lambda b: np.linspace(0, b, 3), (VECTOR,)),
        (lambda a: np.linspace(a, 2.0, 1), (np.float64(0.5),)),
        (lambda a, b: np.linspace(a, b, 5, dtype=np.float64, retstep=True)[0], (np.float64(0.5), np.float64(1.7))),
    ],
    "geomspace": [
        (lambda a, b: np.geomspace(a, b, 5), (np.float64(0.5), np.float64(1.7))),
        (lambda a, b: np.geomspace(-a, -b, 4, endpoint=False, axis=1), (VECTOR, VECTOR + 1)),
        (lambda b: np.geomspace(1, b, 3), (VECTOR,)),
    ],
    "nanmedian": [
        (lambda x: np.nanmedian(x), (VECTOR,)),
        (lambda x: np.nanmedian(holed(x), axis=1), (MATRIX,)),
        (lambda x: np.nanmedian(x, axis=(0, -1), keepdims=True), (CUBE,)),
    ],
    "nanquantile": [
        (lambda x: np.nanquantile(x, 0.3), (VECTOR,)),
        (lambda x: np.nanquantile(holed(x), [0.0, 0.4, 1.0], axis=0), (MATRIX,)),
        (
            lambda x: np.nanquantile(holed(x), 0.6, axis=1, method="hazen", keepdims=True),
            (MATRIX,),
        ),
    ],
    "nanpercentile": [(lambda x: np.nanpercentile(holed(x), [25, 75], axis=-1), (MATRIX,))],
    "nancumsum": [
        (lambda x: np.nancumsum(x), (MATRIX,)),
        (lambda x: np.nancumsum(holed(x), axis=1), (MATRIX,)),
    ],
    "nancumprod": [
        (lambda x: np.nancumprod(x), (MATRIX,)),
        (lambda x: np.nancumprod(holed(x), axis=0), (MATRIX,)),
    ],
}

CASES = [
    pytest.param(program, arrays, id=f"{name}-{i}")
    for name, cases in STRUCTURAL.items()
    for i, (program, arrays) in enumerate(cases)
]


# Primitives that are linear in some operands say in which; these are not, or nothing flows through them.
LINEAR_IN_SOME = {"solve", "recurrence"}
NOT_LINEAR = {"constant", "norm", "inv", "det", "max", "min", "phase", "detach", "seed"}
NOT_LINEAR |= {
    "add.reduce",
    "prod",
    "logaddexp.reduce",
    "var",
    "std",
    "ptp",
    "median",
    "quantile",
    "percentile",
    "cumprod",
}
NOT_LINEAR |= {"nansum", "nanmean", "nanprod", "nanmax", "nanmin", "nanvar", "nanstd", "sort", "partition"}
NOT_LINEAR |= {"clip", "nan_to_num", "interp"}  # rounding, interpolation

# Linear in each of any number of operands.
NOT_LINEAR |= {"einsum", "multi_dot"}

NOT_LINEAR |= {"cholesky", "slogdet", "eigh", "qr", "svd", "eigvalsh", "svdvals", "lstsq.values", "pinv", "residuals"}
NOT_LINEAR |= {"matrix_power", "vander", "slogdet.sign", "eig", "eigvals"}
LINEAR_IN_SOME |= {"lstsq", "polyval"}
NOT_LINEAR |= {
    "maximum.accumulate",
    "minimum.accumulate",
    "besseli",
    "modf.fraction",
    "frexp.mantissa",
    "unwrap",
    "geomspace",
}
NOT_LINEAR |= {"nanmedian", "nanquantile", "nanpercentile", "nancumsum", "nancumprod"}
NOT_LINEAR |= {"multiply.reduceat", "maximum.reduceat", "minimum.reduceat", "logaddexp.reduceat"}
NOT_LINEAR |= {"logaddexp.accumulate"}


def test_every_structural_primitive_says_in_what_it_is_linear():
    """A new one has to be thought about."""
    said = {name for name, primitive in PRIMITIVES.items() if primitive.linear}
    assert said == set(STRUCTURAL) - NOT_LINEAR


@pytest.mark.parametrize(("program", "arrays"), CASES)
def test_a_primitive_is_linear_in_what_it_says(program, arrays):
    """The value at u + 3v is the value at u and three times that at v, in each group of operands it names."""
    node = program(*map(gad.Variable, arrays))
    primitive, operands = node.primitive, [getattr(x, "value", x) for x in node.operands]
    for group in primitive.linear:
        if primitive.variadic:
            group = range(len(operands))
        together = {*group} if isinstance(group, tuple | range) else {group}
        u = [between(-1, 1, *np.shape(x)) if k in together else x for k, x in enumerate(operands)]
        v = [between(-1, 1, *np.shape(x)) if k in together else x for k, x in enumerate(operands)]
        both = [a + 3 * b if k in together else a for k, (a, b) in enumerate(zip(u, v, strict=True))]
        at = [primitive.function(*xs, **node.params) for xs in (u, v, both)]
        np.testing.assert_allclose(at[0] + 3 * at[1], at[2], rtol=1e-12, atol=1e-12)
    others = set(range(len(operands))) - {k for g in primitive.linear for k in (g if isinstance(g, tuple) else (g,))}
    for k in [] if primitive.variadic or not primitive.linear or primitive.name in LINEAR_IN_SOME else others:
        assert primitive.vjps[k] is None


STATE = RANDOM.bit_generator.state


@pytest.fixture(autouse=True)
def same_numbers():
    """Draw the same numbers in each test, whichever ran before."""
    RANDOM.bit_generator.state = STATE


def elementwise_case(name, *shapes, dtype=np.float64):
    """Return the ufunc and operands of these shapes (of one shape, if one is given) from its domain."""
    domains = DOMAINS[name]
    shapes = shapes if len(shapes) == len(domains) else shapes * len(domains)
    operands = tuple(dtype(between(*domain, *shape)) for domain, shape in zip(domains, shapes, strict=True))
    return recorder(name), operands


def recorder(name):
    """Return what records an elementwise primitive: NumPy's function, or the primitive where NumPy has none."""
    function = PRIMITIVES[name].function
    return function if function in UFUNCS or function in FUNCTIONS else PRIMITIVES[name]


def both_values(program, arrays):
    """Return NumPy's own result and ours."""
    result = program(*(gad.Variable(x) for x in arrays))
    assert isinstance(result, gad.Variable)
    return program(*arrays), result.value


def assert_bit_for_bit(expected, actual):
    """Compare dtype, shape and bits."""
    expected, actual = np.asarray(expected), np.asarray(actual)
    assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape)
    assert actual.tobytes() == expected.tobytes()


def difference(f, x, direction, step=3e-4):
    """Return the derivative of f along a direction by a difference of fourth order."""
    near = f(x + step * direction) - f(x - step * direction)
    far = f(x + 2 * step * direction) - f(x - 2 * step * direction)
    return (8 * near - far) / (12 * step)


def replaced(arrays, k, value):
    """Return the arrays with number k replaced."""
    return [value if i == k else array for i, array in enumerate(arrays)]


def weights_for(value):
    """Return random numbers for a value's entries, which make a real number of complex ones by the real part."""
    real = RANDOM.normal(size=np.shape(value))
    return real + 1j * RANDOM.normal(size=np.shape(value)) if np.iscomplexobj(value) else real


def weighted_sum(weights, value):
    """Return the sum of a value's entries times the weights, as a real number."""
    total = (weights * value).sum()
    return total.real if np.iscomplexobj(weights) else total


def assert_gradients_match_differences(program, arrays):
    """Compare each operand's gradient with differences, weighted and along random directions."""
    weights = weights_for(program(*arrays))
    variables = [gad.Variable(x) for x in arrays]
    program(*variables).backward(np.conjugate(weights))
    for k, variable in enumerate(variables):
        direction = RANDOM.normal(size=np.shape(arrays[k]))
        expected = difference(
            lambda x, k=k: weighted_sum(weights, program(*replaced(arrays, k, x))), np.asarray(arrays[k])[()], direction
        )
        grad = np.zeros(variable.shape) if variable.grad is None else variable.grad
        assert np.shape(grad) == variable.shape
        np.testing.assert_allclose(np.sum(grad * direction), expected, rtol=1e-7, atol=1e-8)


def assert_second_order_matches_differences(program, arrays):
    """Compare the derivative of each gradient along a direction with differences of that gradient."""
    weights = weights_for(program(*arrays))
    directions = [RANDOM.normal(size=np.shape(x)) for x in arrays]

    def weighted(*xs):
        return weighted_sum(weights, program(*xs))

    for k, j in itertools.product(range(len(arrays)), repeat=2):

        def slope(*xs, k=k):
            return (gad.grad(weighted, k)(*xs) * directions[k]).sum()

        second = gad.grad(slope, j)(*arrays)
        expected = difference(
            lambda x, j=j, slope=slope: slope(*replaced(arrays, j, x)), np.asarray(arrays[j])[()], directions[j]
        )
        np.testing.assert_allclose(np.sum(second * directions[j]), expected, rtol=1e-6, atol=1e-7)


def test_every_primitive_has_a_case():
    """A primitive without sample points fails here."""
    assert set(ELEMENTWISE) == set(DOMAINS)
    assert set(PRIMITIVES) == set(DOMAINS) | set(STRUCTURAL) | INTERNAL


def test_the_operators_of_a_variable_and_of_a_symbol_are_those_of_the_registry():
    """Each primitive that names an operator is what the operator records, on either side."""
    operators = {primitive.operator: primitive for primitive in PRIMITIVES.values() if primitive.operator}
    assert set(operators) == {"add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "neg", "pos", "abs"}
    x, symbol = gad.Variable([5.5, 2.0]), symbol_of("x")
    for key, primitive in operators.items():
        operate = getattr(operator, key)
        count = len(primitive.partials or primitive.vjps)
        others = [()] if count == 1 else [(np.array([2.0, 4.0]),)]
        for other in others:
            assert operate(x, *other).primitive is primitive
            assert operate(symbol, *other).head in (primitive.name, "name")
            if other:
                assert operate(*other, x).primitive is primitive
                assert operate([2.0, 4.0], symbol).head == primitive.name


def test_every_ufunc_is_recorded_by_its_primitive():
    """The registry of ufuncs holds the elementwise primitives, products of arrays and conjugate, by name."""
    products = {"matmul", "conjugate", "vecdot", *({"matvec", "vecmat"} if hasattr(np, "matvec") else ())}
    assert {ufunc.__name__ for ufunc in UFUNCS} == {*ELEMENTWISE, *products} - {"sinc", "cosine", "i0"}
    assert all(ufunc.__name__ == primitive.name for ufunc, primitive in UFUNCS.items())


FUNCTION_CALLS = {
    np.sum: (lambda x: np.sum(x, 0), "sum"),
    np.mean: (lambda x: np.mean(x, 0), "mean"),
    np.max: (lambda x: np.max(x, 0), "max"),
    np.amax: (lambda x: np.amax(x, 0), "max"),
    np.min: (lambda x: np.min(x, 0), "min"),
    np.amin: (lambda x: np.amin(x, 0), "min"),
    np.where: (lambda x: np.where(MASK, x, 0.0), "where"),
    np.reshape: (lambda x: np.reshape(x, (2, 6)), "reshape"),
    np.transpose: (lambda x: np.transpose(x), "transpose"),
    np.broadcast_to: (lambda x: np.broadcast_to(x, (2, 3, 4)), "broadcast_to"),
    np.concatenate: (lambda x: np.concatenate([x, x]), "concatenate"),
    np.stack: (lambda x: np.stack([x, x]), "stack"),
    np.dot: (lambda x: np.dot(x, VECTOR), "dot"),
    np.linalg.norm: (lambda x: np.linalg.norm(x), "norm"),
    np.copy: (lambda x: np.copy(x), "copy"),
    np.linalg.inv: (lambda x: np.linalg.inv(x[:, :3]), "inv"),
    np.linalg.det: (lambda x: np.linalg.det(x[:, :3]), "det"),
    np.linalg.solve: (lambda x: np.linalg.solve(SQUARE, x), "solve"),
    # Rearrangements
    np.ravel: (lambda x: np.ravel(x), "ravel"),
    np.swapaxes: (lambda x: np.swapaxes(x, 0, 1), "swapaxes"),
    np.moveaxis: (lambda x: np.moveaxis(x, 0, 1), "moveaxis"),
    np.rollaxis: (lambda x: np.rollaxis(x, 1), "rollaxis"),
    np.expand_dims: (lambda x: np.expand_dims(x, 0), "expand_dims"),
    np.squeeze: (lambda x: np.squeeze(x), "squeeze"),
    np.atleast_1d: (lambda x: np.atleast_1d(x[0, 0]), "atleast_1d"),
    np.atleast_2d: (lambda x: np.atleast_2d(x[0]), "atleast_2d"),
    np.atleast_3d: (lambda x: np.atleast_3d(x), "atleast_3d"),
    np.roll: (lambda x: np.roll(x, 1), "roll"),
    np.rot90: (lambda x: np.rot90(x), "rot90"),
    np.flip: (lambda x: np.flip(x), "flip"),
    np.flipud: (lambda x: np.flipud(x), "flipud"),
    np.fliplr: (lambda x: np.fliplr(x), "fliplr"),
    np.tile: (lambda x: np.tile(x, 2), "tile"),
    np.repeat: (lambda x: np.repeat(x, 2), "repeat"),
    np.resize: (lambda x: np.resize(x, 5), "resize"),
    np.pad: (lambda x: np.pad(x, 1), "pad"),
    np.diag: (lambda x: np.diag(x), "diag"),
    np.diagonal: (lambda x: np.diagonal(x), "diagonal"),
    np.tril: (lambda x: np.tril(x), "tril"),
    np.triu: (lambda x: np.triu(x), "triu"),
    np.take: (lambda x: np.take(x, [1]), "take"),
    np.take_along_axis: (lambda x: np.take_along_axis(x, np.zeros((3, 1), int), 1), "take_along_axis"),
    np.delete: (lambda x: np.delete(x, 1), "delete"),
    np.vstack: (lambda x: np.vstack([x, x]), "vstack"),
    np.hstack: (lambda x: np.hstack([x, x]), "hstack"),
    np.dstack: (lambda x: np.dstack([x, x]), "dstack"),
    np.column_stack: (lambda x: np.column_stack([x, x]), "column_stack"),
    np.append: (lambda x: np.append(x, 2.0), "append"),
    np.insert: (lambda x: np.insert(x, 1, 2.0), "insert"),
    np.block: (lambda x: np.block([[x, x]]), "block"),
    np.choose: (lambda x: np.choose([0, 2, 1, 0], x), "choose"),
    np.select: (lambda x: np.select([MASK], [x], 2.0), "select"),
    np.split: (lambda x: np.split(x, 3)[1], "index"),
    np.array_split: (lambda x: np.array_split(x, 3)[1], "index"),
    np.hsplit: (lambda x: np.hsplit(x, 2)[1], "index"),
    np.vsplit: (lambda x: np.vsplit(x, 3)[1], "index"),
    np.dsplit: (lambda x: np.dsplit(x[None], 2)[1], "index"),
    np.meshgrid: (lambda x: np.meshgrid(x[0], [1, 2])[0], "meshgrid"),
    np.broadcast_arrays: (lambda x: np.broadcast_arrays(x, CUBE)[0], "broadcast_to"),
    **({np.unstack: (lambda x: np.unstack(x)[1], "index")} if hasattr(np, "unstack") else {}),
    **({np.astype: (lambda x: np.astype(x, np.float32), "astype")} if hasattr(np, "astype") else {}),
    np.real: (lambda x: np.real(x), "real"),
    np.imag: (lambda x: np.imag(x), "imag"),
    # trigonometry
    np.angle: (lambda x: np.angle(x), "arctan2"),
    np.sinc: (lambda x: np.sinc(x), "sinc"),
    # interpolation
    np.interp: (lambda x: np.interp(x, [0.0, 1.1, 1.9], [1.0, 3.0, -2.0]), "interp"),
    # rounding
    np.clip: (lambda x: np.clip(x, 0.7, 1.2), "clip"),
    np._core.umath.clip: (lambda x: np._core.umath.clip(x, 0.7, 1.2), "clip"),
    np.round: (lambda x: np.round(x), "rint"),
    np.around: (lambda x: np.around(x, 0), "rint"),
    np.fix: (lambda x: np.fix(x), "trunc"),
    np.nan_to_num: (lambda x: np.nan_to_num(x), "nan_to_num"),
}
FUNCTION_CALLS |= {
    np.prod: (lambda x: np.prod(x, 0), "prod"),
    np.var: (lambda x: np.var(x, 0), "var"),
    np.std: (lambda x: np.std(x, 0), "std"),
    np.ptp: (lambda x: np.ptp(x, 0), "ptp"),
    np.median: (lambda x: np.median(x, 0), "median"),
    np.quantile: (lambda x: np.quantile(x, 0.3, 0), "quantile"),
    np.percentile: (lambda x: np.percentile(x, 30, 0), "percentile"),
    np.nansum: (lambda x: np.nansum(x, 0), "nansum"),
    np.nanmean: (lambda x: np.nanmean(x, 0), "nanmean"),
    np.nanprod: (lambda x: np.nanprod(x, 0), "nanprod"),
    np.nanmax: (lambda x: np.nanmax(x, 0), "nanmax"),
    np.nanmin: (lambda x: np.nanmin(x, 0), "nanmin"),
    np.nanvar: (lambda x: np.nanvar(x, 0, ddof=1), "nanvar"),
    np.nanstd: (lambda x: np.nanstd(x, 0, ddof=1), "nanstd"),
    np.cumsum: (lambda x: np.cumsum(x, 0), "cumsum"),
    np.cumprod: (lambda x: np.cumprod(x, 0), "cumprod"),
    np.cumulative_sum: (lambda x: np.cumulative_sum(x, axis=0), "cumsum"),
    np.cumulative_prod: (lambda x: np.cumulative_prod(x, axis=0), "cumprod"),
    np.diff: (lambda x: np.diff(x, 2, 0), "diff"),
    np.gradient: (lambda x: np.gradient(x, axis=0), "gradient"),
    np.sort: (lambda x: np.sort(x, 0), "sort"),
    np.partition: (lambda x: np.partition(x, 1), "partition"),
}
# What NumPy itself composes: tested in test_statistics, test_cumulating and test_fitting.
COMPOSED = {np.average, np.ediff1d, np.trapezoid}
METHOD_CALLS = {
    "prod": lambda x: x.prod(axis=1),
    "var": lambda x: x.var(axis=1, ddof=1),
    "std": lambda x: x.std(),
    "cumsum": lambda x: x.cumsum(axis=1),
    "cumprod": lambda x: x.cumprod(1),
    "sum": lambda x: x.sum(axis=1),
    "mean": lambda x: x.mean(0),
    "max": lambda x: x.max(axis=0, keepdims=True),
    "min": lambda x: x.min(),
    "dot": lambda x: x.dot(VECTOR),
    "reshape": lambda x: x.reshape((2, 6)),
    "transpose": lambda x: x.transpose((1, 0)),
    "ravel": lambda x: x.ravel(),
    "flatten": lambda x: x.flatten("F"),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "squeeze": lambda x: x.squeeze(),
    "repeat": lambda x: x.repeat(2, axis=0),
    "take": lambda x: x.take([0, 1], axis=1),
    "diagonal": lambda x: x.diagonal(),
    "astype": lambda x: x.astype(np.float32),
    "conj": lambda x: x.conj(),
    "conjugate": lambda x: x.conjugate(),
    "clip": lambda x: x.clip(0.7, max=1.2),
    "round": lambda x: x.round(),
}

# Products of arrays of any number of axes.
FUNCTION_CALLS |= {
    np.einsum: (lambda x: np.einsum("ij->ji", x), "einsum"),
    np.tensordot: (lambda x: np.tensordot(x, VECTOR, 1), "tensordot"),
    np.linalg.tensordot: (lambda x: np.linalg.tensordot(x, VECTOR, axes=1), "tensordot"),
    np.inner: (lambda x: np.inner(x, VECTOR), "inner"),
    np.outer: (lambda x: np.outer(x, VECTOR), "outer"),
    np.linalg.outer: (lambda x: np.linalg.outer(x[0], VECTOR), "outer"),
    np.vdot: (lambda x: np.vdot(x[0], VECTOR), "vdot"),
    np.kron: (lambda x: np.kron(x, VECTOR), "kron"),
    np.cross: (lambda x: np.cross(x[:, :3], VECTOR[:3]), "cross"),
    np.linalg.cross: (lambda x: np.linalg.cross(x[:, :3], np.ones((3, 3))), "cross"),
    np.linalg.multi_dot: (lambda x: np.linalg.multi_dot([x, VECTOR]), "multi_dot"),
    np.trace: (lambda x: np.trace(x), "trace"),
    np.linalg.trace: (lambda x: np.linalg.trace(x), "trace"),
    np.convolve: (lambda x: np.convolve(x[0], VECTOR), "convolve"),
    np.correlate: (lambda x: np.correlate(x[0], VECTOR), "correlate"),
}
METHOD_CALLS |= {"trace": lambda x: x.trace(1)}

# Factorizations; what is read of one with several results is an item of it.
FUNCTION_CALLS |= {
    np.linalg.cholesky: (lambda x: np.linalg.cholesky(x[:1, :1]), "cholesky"),
    np.linalg.slogdet: (lambda x: np.linalg.slogdet(x[:, :3])[1], "slogdet"),
    np.linalg.eigh: (lambda x: np.linalg.eigh(x[:, :3])[0], "eigh.eigenvalues"),
    np.linalg.eig: (lambda x: np.linalg.eig(x[:, :3])[0], "eig.eigenvalues"),
    np.linalg.eigvals: (lambda x: np.linalg.eigvals(x[:, :3]), "eigvals"),
    np.linalg.eigvalsh: (lambda x: np.linalg.eigvalsh(x[:, :3]), "eigvalsh"),
    np.linalg.qr: (lambda x: np.linalg.qr(x)[0], "qr.Q"),
    np.linalg.svd: (lambda x: np.linalg.svd(x, full_matrices=False)[0], "svd.U"),
    np.linalg.svdvals: (lambda x: np.linalg.svdvals(x), "svdvals"),
    np.linalg.pinv: (lambda x: np.linalg.pinv(x), "pinv"),
    np.linalg.lstsq: (lambda x: np.linalg.lstsq(x, VECTOR[:3])[0], "lstsq"),
}

# What is different, and what sets have in common: tested in test_distinct.
COMPOSED |= {np.unique, np.unique_values, np.unique_all, np.unique_counts, np.unique_inverse, np.sort_complex}
COMPOSED |= {np.union1d, np.intersect1d, np.setdiff1d, np.setxor1d}
FUNCTION_CALLS |= {
    np.bincount: (lambda x: np.bincount(COUNTED, x[0]), "bincount"),
    np.histogram: (lambda x: np.histogram(COUNTED, weights=x[0])[0], "histogram"),
    np.histogram2d: (lambda x: np.histogram2d(COUNTED, COUNTED, weights=x[0])[0], "histogram"),
    np.histogramdd: (lambda x: np.histogramdd(COUNTED[:, None], weights=x[0])[0], "histogram"),
}
FUNCTION_CALLS |= {np.trim_zeros: (lambda x: np.trim_zeros(x[0]), "index")}

# Norms, powers of matrices, polynomials, and what the array API calls otherwise.
FUNCTION_CALLS |= {
    np.linalg.matrix_norm: (lambda x: np.linalg.matrix_norm(x), "norm"),
    np.linalg.vector_norm: (lambda x: np.linalg.vector_norm(x, axis=0), "norm"),
    np.linalg.matrix_power: (lambda x: np.linalg.matrix_power(x[:, :3], 2), "matrix_power"),
    np.linalg.matmul: (lambda x: np.linalg.matmul(x, VECTOR), "matmul"),
    np.linalg.diagonal: (lambda x: np.linalg.diagonal(x), "index"),
    np.linalg.vecdot: (lambda x: np.linalg.vecdot(x, VECTOR), "vecdot"),
    np.polyval: (lambda x: np.polyval([1.0, 2.0], x), "polyval"),
    np.vander: (lambda x: np.vander(x[0]), "vander"),
}
COMPOSED |= {np.cov, np.corrcoef, np.histogram_bin_edges}

# Numbers taken apart, numbers between two ends, and reductions and running sums without NaN.
FUNCTION_CALLS |= {
    np.i0: (lambda x: np.i0(x), "i0"),
    np.modf: (lambda x: np.modf(x)[0], "modf.fraction"),
    np.frexp: (lambda x: np.frexp(x)[0], "frexp.mantissa"),
    np.ldexp: (lambda x: np.ldexp(x, 2), "ldexp"),
    np.divmod: (lambda x: np.divmod(x, 0.3)[1], "remainder"),
    np.unwrap: (lambda x: np.unwrap(x, period=0.5), "unwrap"),
    np.linspace: (lambda x: np.linspace(0.0, x, 3), "linspace"),
    np.geomspace: (lambda x: np.geomspace(0.1, x, 3), "geomspace"),
    np.nanmedian: (lambda x: np.nanmedian(x, 0), "nanmedian"),
    np.nanquantile: (lambda x: np.nanquantile(x, 0.3, 0), "nanquantile"),
    np.nanpercentile: (lambda x: np.nanpercentile(x, 30, 0), "nanpercentile"),
    np.nancumsum: (lambda x: np.nancumsum(x, 0), "nancumsum"),
    np.nancumprod: (lambda x: np.nancumprod(x, 0), "nancumprod"),
}
COMPOSED |= {np.real_if_close, np.piecewise, np.logspace, np.apply_along_axis, np.apply_over_axes}
COMPOSED |= {np.polyadd, np.polysub, np.polymul, np.polydiv, np.polyder, np.polyint, np.poly, np.roots, np.polyfit}
COMPOSED |= {np.linalg.cond, np.linalg.tensorinv, np.linalg.tensorsolve}
FUNCTION_CALLS |= {
    np.matrix_transpose: (lambda x: np.matrix_transpose(x), "swapaxes"),
    np.linalg.matrix_transpose: (lambda x: np.linalg.matrix_transpose(x), "swapaxes"),
    np.diagflat: (lambda x: np.diagflat(x), "diagflat"),
    np.compress: (lambda x: np.compress([1, 0, 1], x, 0), "compress"),
    np.extract: (lambda x: np.extract(x > 1, x), "extract"),
    np.lib.stride_tricks.sliding_window_view: (
        lambda x: np.lib.stride_tricks.sliding_window_view(x, 2, 1),
        "sliding_window_view",
    ),
}
METHOD_CALLS |= {"compress": lambda x: x.compress([1, 0, 1], 0)}

# Fourier transforms.
FUNCTION_CALLS |= {
    f: (lambda x, f=f: f(x), f.__name__)
    for f in [
        *(np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.irfft, np.fft.hfft, np.fft.ihfft, np.fft.fftn, np.fft.ifftn),
        *(np.fft.rfftn, np.fft.irfftn, np.fft.fft2, np.fft.ifft2, np.fft.rfft2, np.fft.irfft2),
        *(np.fft.fftshift, np.fft.ifftshift),
    ]
}


def test_every_function_and_method_has_a_case():
    """A function or method that is registered without a case fails here."""
    assert set(FUNCTIONS) == set(FUNCTION_CALLS) | COMPOSED | set(WRITERS) | set(MAKERS)  # tested with assignments
    assert set(METHODS) == set(METHOD_CALLS)


@pytest.mark.parametrize("function", FUNCTION_CALLS, ids=lambda f: f.__name__)
def test_a_function_records_one_node_under_its_name(function):
    """What the user calls becomes one node of that name, with NumPy's value."""
    call, name = FUNCTION_CALLS[function]
    x = gad.Variable(MATRIX)
    y = call(x)
    assert y.primitive.name == name
    assert all(parent is x or parent.primitive.name in ("index", "eig", "eigh", "qr", "svd") for parent in y.parents)
    assert_bit_for_bit(call(MATRIX), y.value)


@pytest.mark.parametrize("name", METHOD_CALLS)
def test_a_method_records_one_node_under_its_name(name):
    """A method of the array is recorded like the function."""
    x = gad.Variable(MATRIX)
    y = METHOD_CALLS[name](x)
    assert y.primitive.name == {"conj": "conjugate", "round": "rint"}.get(name, name)
    assert y.parents == (x,)
    assert_bit_for_bit(METHOD_CALLS[name](MATRIX), y.value)


# Forward values


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(), (1,), (7,), (2, 3), (0,)], ids=str)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_values_are_numpys_bits(name, shape, dtype):
    """Value, dtype and shape of a recorded ufunc are NumPy's."""
    assert_bit_for_bit(*both_values(*elementwise_case(name, shape, dtype=dtype)))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_values_of_special_numbers_are_numpys(name):
    """Not-a-number, infinities, both zeros and the extremes come out as NumPy has them."""
    special = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 1e308, -1e308, 5e-324, -1.0])
    operands = (special,) if name not in BINARY else tuple(np.meshgrid(special, special))
    with np.errstate(all="ignore"):
        expected, actual = both_values(recorder(name), operands)
    np.testing.assert_array_equal(actual, expected, strict=True)
    np.testing.assert_array_equal(np.signbit(actual), np.signbit(expected))


@pytest.mark.parametrize("name", BINARY)
def test_mixed_dtypes_promote_as_numpy_does(name):
    """float32 with float64, a Python number, an integer and an integer array give NumPy's dtype."""
    f, (a, b) = elementwise_case(name, (3,), dtype=np.float32)
    for other in (b.astype(np.float64), float(b[0]), 2, np.float64(2.0), np.array([1, 2, 3])):
        expected, actual = f(a, other), f(gad.Variable(a), other).value
        assert_bit_for_bit(expected, actual)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("program", "arrays"), CASES)
def test_structural_values_are_numpys_bits(program, arrays, dtype):
    """Value, dtype and shape of reductions, shapings, indexing and products are NumPy's."""
    assert_bit_for_bit(*both_values(program, [np.asarray(x, dtype)[()] for x in arrays]))


# First derivatives


@pytest.mark.parametrize("shape", [(), (5,), (2, 3)], ids=str)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_gradients_match_differences(name, shape):
    """The gradient of each operand is what differences of NumPy's values give."""
    assert_gradients_match_differences(*elementwise_case(name, shape))


@pytest.mark.parametrize(
    "shapes", [((3, 1), (1, 4)), ((), (3,)), ((3,), ()), ((2, 3), (3,)), ((1,), (4,)), ((4,), (2, 1, 1))], ids=str
)
@pytest.mark.parametrize("name", BINARY)
def test_broadcast_operands_get_gradients_of_their_own_shape(name, shapes):
    """Broadcasting is undone by summing, for either operand."""
    assert_gradients_match_differences(*elementwise_case(name, *shapes))


@pytest.mark.parametrize("name", BINARY)
def test_broadcast_gradients_agree_for_big_arrays(name):
    """The loop for big arrays undoes broadcasting too."""
    assert_gradients_match_differences(*elementwise_case(name, (200, 1), (1, 100)))


@pytest.mark.parametrize("shape", [(), (6,), (20_000,)], ids=str)
@pytest.mark.parametrize("name", BINARY)
def test_fan_out_adds_both_contributions(name, shape):
    """The same Variable on both sides receives the sum of both contributions."""
    if name in ("maximum", "minimum", "floor_divide", "remainder", "fmax", "fmin", "fmod"):
        program, x = PRIMITIVES[name].function, between(1.2, 1.4, *shape)
        x = np.float64(x)
        v = gad.Variable(x)
        program(v * 3.7, v).backward(np.ones(shape))
        expected = difference(lambda z: program(z * 3.7, z), x, 1.0, 1e-4)
        grad = np.zeros(shape) if v.grad is None else v.grad
        np.testing.assert_allclose(grad, expected, rtol=1e-7, atol=1e-8)
        return
    f = recorder(name)
    assert_gradients_match_differences(lambda x: f(x, x), (np.float64(between(*POSITIVE, *shape)),))


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if name not in BINARY])
def test_a_unary_result_used_twice_adds_up(name):
    """A result that is used twice carries the sum of both adjoints back."""
    f, operands = elementwise_case(name, (4,))
    assert_gradients_match_differences(lambda x: f(x) * f(x) + f(x) * x, operands)


@pytest.mark.parametrize(("program", "arrays"), CASES)
def test_structural_gradients_match_differences(program, arrays):
    """The gradient through each structural primitive is what differences of NumPy's values give."""
    assert_gradients_match_differences(lambda *xs: program(*(np.sin(x) for x in xs)), arrays)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_local_gradients_match_differences(name):
    """The local gradient of every edge is the partial derivative of NumPy's own values."""
    f, operands = elementwise_case(name, (5,))
    node = f(*(gad.Variable(x) for x in operands))
    assert len(node.local_gradients) == len(operands)
    for k, local in enumerate(node.local_gradients):
        expected = difference(lambda x, k=k: f(*replaced(operands, k, x)), operands[k], 1.0)
        np.testing.assert_allclose(np.broadcast_to(local, (5,)), expected, rtol=1e-7, atol=1e-8)


def gradients(program, arrays):
    """Return what every way to differentiate a program gives: lists of the gradients that are there."""
    places = tuple(range(len(arrays)))
    for create_graph in (False, True):
        leaves = [gad.Variable(x) for x in arrays]
        result = program(*leaves)
        result.backward(np.ones(result.shape), create_graph=create_graph)
        yield [(leaf, leaf.grad) for leaf in leaves if leaf.grad is not None]
    leaves = [gad.Variable(x) for x in arrays]
    yield list(zip(leaves, gad.grad(lambda *xs: np.sum(program(*xs)), places)(*leaves), strict=True))
    value, pullback = gad.vjp(program, *arrays)
    for dtype in (value.dtype, np.float64):
        yield list(zip(leaves, pullback(gad.Variable(np.ones(value.shape, dtype))), strict=True))


def assert_gradients_keep_the_leafs_dtype(program, arrays):
    """Each way to differentiate gives a gradient of its leaf's shape and dtype, and numbers that agree."""
    ways = list(gradients(program, arrays))
    for way in ways:
        for leaf, grad in way:
            assert (grad.dtype, grad.shape) == (leaf.dtype, leaf.shape)
    for plain, recorded in zip(ways[0], ways[1], strict=True):
        np.testing.assert_allclose(recorded[1].value, plain[1], rtol=4 * np.finfo(plain[1].dtype).eps)


@pytest.mark.parametrize("shapes", [((), ()), ((3,), (3,)), ((2, 1), (3,)), ((), (3,))], ids=str)
@pytest.mark.parametrize(
    ("name", "dtype"),
    [(name, dtype) for name in ELEMENTWISE for dtype in (np.float16, np.float32)]
    + [(name, np.complex64) for name in ("add", "subtract", "multiply", "divide", "power", "sin", "exp", "absolute")],
)
def test_gradients_keep_the_leafs_dtype(name, shapes, dtype):
    """Recorded or not, and whatever the other operand is: a number of Python, or of a wider dtype."""
    f, operands = elementwise_case(name, *shapes[: len(DOMAINS[name])], dtype=dtype)
    assert_gradients_keep_the_leafs_dtype(f, operands)
    if len(operands) == 2:
        for other in (2, 2.5, np.float64(2.5), np.array([2.5]), gad.Variable(2.5)):
            assert_gradients_keep_the_leafs_dtype(lambda x, other=other: f(x, other), operands[:1])
            assert_gradients_keep_the_leafs_dtype(lambda x, other=other: f(other, x), operands[1:])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize(("program", "arrays"), CASES)
def test_structural_gradients_keep_the_leafs_dtype(program, arrays, dtype):
    """Also where the value is of another one, as that of a stack with a number of Python is."""
    narrow = [dtype(x) for x in arrays]
    try:
        program(*narrow)
    except TypeError:  # np.linalg has no float16
        with pytest.raises(TypeError):
            program(*map(gad.Variable, narrow))
    else:
        assert_gradients_keep_the_leafs_dtype(program, narrow)


def test_a_gradient_that_came_into_its_dtype_differentiates_again():
    """What is between a narrow leaf and a wide one has the right slope in both."""
    x, wide = gad.Variable(np.float32(0.5)), gad.Variable(0.3)
    (wide * x**3).backward(create_graph=True)
    assert (x.grad.dtype, wide.grad.dtype) == (np.float32, np.float64)
    slopes = gad.vjp(lambda x, w: gad.grad(lambda x: w * x**3)(x), x.value, wide.value)[1](np.float32(1))
    assert [slope.dtype for slope in slopes] == [np.float32, np.float64]
    np.testing.assert_allclose(slopes, [6 * 0.3 * 0.5, 3 * 0.25], rtol=1e-7)


# Second derivatives


@pytest.mark.parametrize("shapes", [((), ()), ((3,), (3,)), ((2, 1), (3,))], ids=str)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_second_derivatives_match_differences(name, shapes):
    """The recorded backward pass differentiates again, mixed derivatives included."""
    f, operands = elementwise_case(name, *shapes[: len(DOMAINS[name])])
    assert_second_order_matches_differences(f, operands)


@pytest.mark.parametrize(("program", "arrays"), CASES)
def test_structural_second_derivatives_match_differences(program, arrays):
    """The rules of structural primitives are themselves differentiable."""
    assert_second_order_matches_differences(lambda *xs: np.square(program(*(np.sin(x) for x in xs))), arrays)


@pytest.mark.parametrize("name", ["sin", "exp", "log", "tanh", "arcsin", "sqrt", "power"])
def test_third_derivatives_match_differences(name):
    """Three levels deep the rules still hold."""
    f, operands = elementwise_case(name, ())
    second = gad.grad(gad.grad(f))
    expected = difference(lambda x: second(x, *operands[1:]), operands[0], 1.0)
    np.testing.assert_allclose(gad.grad(second)(*operands), expected, rtol=1e-6)


# Kinks and edges of the domain, as documented


def slope(f, x):
    """Return the gradient of the sum of f at x."""
    v = gad.Variable(x)
    y = f(v)
    y.backward(np.ones(y.shape))
    return v.grad


def test_the_slope_of_abs_at_zero_is_zero():
    """The subgradient in the middle."""
    np.testing.assert_array_equal(slope(np.abs, [-2.0, 0.0, 3.0]), [-1.0, 0.0, 1.0])


@pytest.mark.parametrize("f", [np.maximum, np.minimum])
def test_ties_of_two_operands_share_equally(f):
    """Each of two equal operands gets half."""
    a, b = gad.Variable([1.0, 2.0]), gad.Variable([1.0, 5.0])
    f(a, b).backward(np.ones(2))
    assert (a.grad[0], b.grad[0]) == (0.5, 0.5)
    assert sorted([a.grad[1], b.grad[1]]) == [0.0, 1.0]


@pytest.mark.parametrize("f", [np.maximum, np.minimum])
def test_a_not_a_number_receives_nothing(f):
    """Neither it nor its partner decides the result."""
    a, b = gad.Variable([np.nan, 1.0]), gad.Variable([1.0, np.nan])
    f(a, b).backward(np.ones(2))
    assert (a.grad.tolist(), b.grad.tolist()) == ([0.0, 0.0], [0.0, 0.0])


@pytest.mark.parametrize("f", [np.max, np.min])
def test_ties_of_a_reduction_share_equally(f):
    """Among three equal extremes each gets a third, separately for each row."""
    np.testing.assert_allclose(slope(f, [2.0, 2.0, 2.0]), [1 / 3] * 3)
    rows = np.array([[1.0, 1.0, 5.0], [7.0, 2.0, 7.0]])
    rows = rows if f is np.max else -rows
    expected = [[0.0, 0.0, 1.0], [0.5, 0.0, 0.5]]
    np.testing.assert_array_equal(slope(lambda x: f(x, axis=1), rows), expected)


@pytest.mark.parametrize("order", [None, 1, 2, np.inf])
def test_the_slope_of_a_norm_at_zero_is_zero(order):
    """No division by zero, and no warning."""
    np.testing.assert_array_equal(slope(lambda x: np.linalg.norm(x, order), np.zeros(3)), np.zeros(3))


def test_a_norm_at_zero_has_slopes_of_every_order():
    """The recorded backward pass does not divide by its length either."""
    for axis in (None, 0):
        slope = gad.grad(lambda x, axis=axis: np.sum(np.linalg.norm(x, axis=axis)))
        assert np.all(np.isfinite(gad.grad(lambda x, slope=slope: np.sum(slope(x) ** 2))(np.zeros((2, 2)))))


def test_ties_of_the_infinity_norm_share_equally():
    """Each of two largest entries gets half, with its sign."""
    np.testing.assert_array_equal(slope(lambda x: np.linalg.norm(x, np.inf), [3.0, -3.0, 1.0]), [0.5, -0.5, 0.0])


def test_the_norm_of_zero_rows_does_not_spoil_the_others():
    """A row of zeros has slope 0, its neighbour the unit vector."""
    found = slope(lambda x: np.linalg.norm(x, axis=1), [[0.0, 0.0], [3.0, 4.0]])
    np.testing.assert_allclose(found, [[0.0, 0.0], [0.6, 0.8]])


@pytest.mark.parametrize("exponent", [0, 0.0, np.float64(0.0)])
def test_the_power_zero_has_slope_zero_even_at_zero(exponent):
    """x**0 is constant, so its slope is 0 and not 0 times infinity."""
    np.testing.assert_array_equal(slope(lambda x: x**exponent, [0.0, 2.0]), [0.0, 0.0])


@pytest.mark.parametrize("exponent", [1, 2, 3, 1.0, 2.0, np.float64(2.0), np.array([2.0, 2.0])])
def test_whole_powers_have_finite_slopes_at_zero(exponent):
    """The slopes of x, x² and x³ at 0 need no limit."""
    n = np.broadcast_to(exponent, (2,))
    np.testing.assert_array_equal(slope(lambda x: x**exponent, [0.0, -2.0]), n * np.array([0.0, -2.0]) ** (n - 1))


def test_the_exponents_slope_at_base_zero_is_zero():
    """0**b is constant for positive b."""
    assert slope(lambda b: 0.0**b, 2.0) == 0.0


@pytest.mark.parametrize("seed_shape", [(), (3,), (20_000,)], ids=str)
def test_where_sends_nothing_to_the_side_not_taken(seed_shape):
    """Not even NaN: the adjoint is selected, not multiplied by zero."""
    a, b = gad.Variable(np.full(seed_shape, 2.0)), gad.Variable(np.full(seed_shape, 3.0))
    np.where(np.full(seed_shape, True), a, b).backward(np.full(seed_shape, np.inf))
    assert np.all(a.grad == np.inf)
    assert np.all(b.grad == 0.0)


def test_the_slope_of_sqrt_at_zero_is_infinite():
    """As the limit is; the warning is NumPy's own."""
    with np.errstate(divide="ignore"):
        assert slope(np.sqrt, 0.0) == np.inf


def test_the_remainder_falls_by_the_quotient():
    """d(a % b)/db is minus the whole quotient, also for negative operands."""
    a, b = gad.Variable(-7.5), gad.Variable(2.0)
    (a % b).backward()
    assert (a.grad, b.grad) == (1.0, 4.0)


def test_floor_division_lets_nothing_flow():
    """It is flat between its jumps: the operands are not reached."""
    a, b = gad.Variable(7.5), gad.Variable(2.0)
    (a // b).backward()
    assert a.grad is None
    assert b.grad is None


# Complex numbers


@pytest.mark.parametrize(
    "f", [np.square, np.exp, np.sin, np.log, np.tanh, lambda z: 1 / z, lambda z: z**3, lambda z: z * z]
)
def test_complex_gradients_are_the_conjugate_of_the_derivative(f):
    """As in PyTorch: the direction of steepest ascent of the real part."""
    z, h = 0.7 + 0.4j, 1e-6
    derivative = (f(np.complex128(z + h)) - f(np.complex128(z - h))) / (2 * h)
    np.testing.assert_allclose(slope(f, z), np.conj(derivative), rtol=1e-8)
    np.testing.assert_allclose(slope(f, [z, z]), np.conj([derivative] * 2), rtol=1e-8)


@pytest.mark.parametrize("f", [np.abs, lambda z: np.linalg.norm(np.stack([z, z]))], ids=["abs", "norm"])
def test_the_size_of_a_complex_number_grows_outwards(f):
    """The gradient of |z| points away from 0, as it does in the plane."""
    z, h = 0.6 + 0.8j, 1e-6
    value = np.complex128(z)
    plane = (f(value + h) - f(value - h)) / (2 * h) + 1j * (f(value + 1j * h) - f(value - 1j * h)) / (2 * h)
    np.testing.assert_allclose(slope(f, z), plane, rtol=1e-8)


@pytest.mark.parametrize("number", [np.float64(0.5), np.float32(0.5), np.complex128(0.5), np.complex64(0.5)])
@pytest.mark.parametrize("operate", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow])
def test_a_complex_number_of_python_gives_what_numpy_gives(operate, number):
    """On either side, value and type: ``1j * np.float64(2)`` alone would be a complex number of Python."""
    for ours, theirs in (
        (operate(2j, gad.Variable(number)), operate(np.array([2j]), np.array([number]))[0]),
        (operate(gad.Variable(number), 2j), operate(number, 2j)),
    ):
        assert ours.value == pytest.approx(complex(theirs), rel=1e-6)
        assert isinstance(ours.value, np.complexfloating)
        assert ours.shape == ()


def test_a_real_leaf_of_a_complex_computation_gets_a_real_gradient():
    """The real part is what a real operand can follow."""
    x = gad.Variable([1.0, 2.0])
    (x * (3.0 + 4.0j)).backward(np.ones(2, complex))
    np.testing.assert_array_equal(x.grad, [3.0, 3.0], strict=True)
