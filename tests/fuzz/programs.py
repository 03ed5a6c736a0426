"""Random programs as people write them: a list of steps that runs on NumPy's arrays and on Variables alike."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

import numpy as np

FLOATS = [np.float64, np.float64, np.float64, np.float32, np.float16, np.complex128]
CONSTANTS = [float, int, np.float64, np.float32, np.float16, np.int8, np.uint8, np.int64, np.bool_]
SHAPES = [(), (), (3,), (1,), (2, 3), (3, 1), (1, 3), (2, 1, 3), (0,), (0, 3), (4, 4)]

UNARY = [
    *(np.sin, np.cos, np.tan, np.tanh, np.sinh, np.cosh, np.arctan, np.negative, np.positive, np.square, np.abs, abs),
    *(np.exp, np.expm1, np.sign, np.rint, np.conjugate, np.real, np.imag),
    lambda x: np.log(1 + x * x),
    lambda x: np.sqrt(1 + np.abs(x)),
    lambda x: (np.abs(x) + 0.3) ** 0.5,
    lambda x: np.log1p(np.abs(x)),
    lambda x: np.arcsin(0.9 * np.tanh(x)),
    lambda x: np.log2(np.abs(x) + 0.5),
    lambda x: np.log10(np.abs(x) + 2),
    lambda x: np.arccos(0.9 * np.sin(x)),
]
BINARY = [
    *(operator.add, operator.sub, operator.mul, operator.truediv, np.add, np.subtract, np.multiply, np.divide),
    *(np.maximum, np.minimum),
    lambda a, b: np.where(a > b, a, b),
    lambda a, b: (np.abs(a) + 1) ** b,
    lambda a, b: a % (np.abs(b) + 1),
    lambda a, b: a // (np.abs(b) + 1),
    lambda a, b: np.where(b != 0, a, 0.5),
]
REDUCTIONS = [
    *(("sum", np.sum), ("mean", np.mean), ("max", np.max), ("min", np.min)),
    ("norm", lambda x, axis, keepdims: np.linalg.norm(x, axis=axis, keepdims=keepdims)),
]
POWERS = [2, 3, -1, 1, 0, -2.0, np.float32(3)]


@dataclass(frozen=True)
class Step:
    """One line of a program: a function of earlier values, by their places, and of constants."""

    text: str
    function: Any
    operands: tuple[int, ...]


@dataclass(frozen=True)
class Program:
    """Leaves, and steps of which each makes a value; the last one is the result."""

    leaves: tuple[Any, ...]
    steps: tuple[Step, ...]

    def __call__(self, *leaves: Any) -> Any:
        """Run it, on plain or on recorded leaves."""
        values = list(leaves)
        for step in self.steps:
            values.append(step.function(*(values[k] for k in step.operands)))
        return values[-1]

    def __str__(self) -> str:
        lines = [f"v{k} = {leaf!r}" for k, leaf in enumerate(self.leaves)]
        lines += [f"v{len(lines) + k} = {step.text} of {step.operands}" for k, step in enumerate(self.steps)]
        return "\n".join(lines)


def laid_out(random: np.random.Generator, array: Any) -> Any:
    """Return the same numbers in some layout in memory."""
    if np.ndim(array) == 0:
        return array
    layout = random.integers(5)
    if layout == 1:
        return np.asfortranarray(array)
    if layout == 2:
        return np.repeat(array, 2, axis=-1)[..., ::2]
    if layout == 3:
        return array[::-1]
    if layout == 4:
        return np.ascontiguousarray(array.T).T
    return array


def numbers(random: np.random.Generator, kind: Any, shape: tuple[int, ...]) -> Any:
    """Return numbers of a dtype, apart from 0 and from each other."""
    values = random.uniform(0.3, 2.2, shape) * random.choice([1, 1, -1], shape)
    if kind is complex or np.dtype(kind).kind == "c":
        values = values + 1j * random.uniform(-1, 1, shape)
    if np.dtype(kind).kind in "iub":
        values = np.abs(np.ceil(values))
    return laid_out(random, values.astype(kind)) if shape else kind(values)


def _shaped(random: np.random.Generator, value: Any) -> tuple[str, Any]:
    """Choose something that moves or picks numbers of a value of this shape."""
    shape, size = np.shape(value), np.size(value)
    ndim = len(shape)
    axis = int(random.integers(ndim)) if ndim else None
    choices: list[tuple[str, Any]] = [
        ("reshape(-1)", lambda x: np.reshape(x, (size,))),
        ("[None]", lambda x: x[None]),
        ("T", lambda x: x.T if np.ndim(x) else x),
        ("stack twice", lambda x: np.stack([x, x * 2])),
        ("broadcast_to", lambda x: np.broadcast_to(x, (2, *np.shape(x)))),
        ("[...]", lambda x: x[...]),
    ]
    if axis is not None:
        n = shape[axis]
        at = (slice(None),) * axis
        picks = random.integers(0, n, 3) if n else np.zeros(0, int)
        mask = random.random(n) > 0.4
        choices += [
            ("[::-1]", lambda x: x[(*at, slice(None, None, -1))]),
            ("[1:]", lambda x: x[(*at, slice(1, None))]),
            (f"[{picks}]", lambda x: x[(*at, picks)]),
            (f"[{mask}]", lambda x: x[(*at, mask)]),
            ("concatenate", lambda x: np.concatenate([x, 2 * x, np.ones(np.shape(x))], axis=axis)),
            ("transpose", np.transpose),
        ]
        if n:
            choices.append(("[n - 1]", lambda x: x[(*at, n - 1)]))
    return choices[int(random.integers(len(choices)))]


def _reduced(random: np.random.Generator, value: Any) -> tuple[str, Any]:
    """Choose a reduction, or a product."""
    ndim = np.ndim(value)
    axis = int(random.integers(-ndim, ndim)) if ndim and random.random() < 0.6 else None
    keepdims = bool(random.random() < 0.3)
    name, function = REDUCTIONS[int(random.integers(len(REDUCTIONS)))]
    if ndim and random.random() < 0.25:
        other = numbers(random, np.float64, (*np.shape(value)[-1:], 2))
        return "@ constant", lambda x: x @ other
    if not ndim and name == "norm":
        name, function = "sum", np.sum
    return f"{name}({axis}, {keepdims})", lambda x: function(x, axis=axis, keepdims=keepdims)


def _step(random: np.random.Generator, values: list[Any]) -> Step:
    first = int(random.integers(len(values)))
    kind = random.random()
    if kind < 0.3:
        function = UNARY[int(random.integers(len(UNARY)))]
        return Step(f"unary {UNARY.index(function)} {getattr(function, '__name__', '')}", function, (first,))
    if kind < 0.5:
        function = BINARY[int(random.integers(len(BINARY)))]
        return Step(f"binary {BINARY.index(function)}", function, (first, int(random.integers(len(values)))))
    if kind < 0.7:
        function = BINARY[int(random.integers(len(BINARY)))]
        of = CONSTANTS[int(random.integers(len(CONSTANTS)))]
        shape = np.shape(values[first]) if random.random() < 0.3 and of not in (float, int) else ()
        constant = numbers(random, of, shape)
        text = f"binary {BINARY.index(function)} with {constant!r}"
        if random.random() < 0.5:
            return Step(text + " first", lambda x: function(constant, x), (first,))
        return Step(text, lambda x: function(x, constant), (first,))
    if kind < 0.75:
        power = POWERS[int(random.integers(len(POWERS)))]
        return Step(f"** {power}", lambda x: x**power, (first,))
    text, function = (_shaped if kind < 0.9 else _reduced)(random, values[first])
    return Step(text, function, (first,))


def program(seed: int, dtypes: list[Any] = FLOATS, steps: int = 12, finite: bool = False) -> Program:
    """Return a random program that NumPy can run, with leaves of some dtypes; with `finite` all of its values are."""
    random = np.random.default_rng(seed)
    kinds = [dtypes[int(i)] for i in random.integers(len(dtypes), size=3)]
    shapes = [shape for shape in SHAPES if 0 not in shape or not finite]
    leaves = tuple(numbers(random, kind, shapes[int(random.integers(len(shapes)))]) for kind in kinds)
    values: list[Any] = list(leaves)
    chosen: list[Step] = []
    while len(chosen) < steps:
        step = _step(random, values)
        try:
            value = step.function(*(values[k] for k in step.operands))
        except (ValueError, TypeError, ZeroDivisionError):
            continue  # shapes that do not fit, or no such loop
        if np.size(value) > 500 or np.asarray(value).dtype.kind not in "fc":
            continue
        if finite and not np.all(np.isfinite(value)):
            continue
        values.append(value)
        chosen.append(step)
    return Program(leaves, tuple(chosen))
