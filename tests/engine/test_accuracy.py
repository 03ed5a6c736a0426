"""Rules at the ends of every dtype: nothing on the way overflows, underflows or cancels where the derivative does not.

The truth is computed by mpmath with many digits, at exactly the numbers that the dtype holds. A rule may be off by a
few units in the last place, times the condition number of the derivative: what a unit more in an operand changes.
"""

from __future__ import annotations

import itertools

import mpmath
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine.primitive import PRIMITIVES

DTYPES = [np.float16, np.float32, np.float64]
UNITS = 8  # in the last place, before the condition number


def sinc_slopes(x):
    """Return the first and the second derivative of sin(pi x)/(pi x), near 0 as their power series begin."""
    if abs(x) < 1e-100:
        return -(mpmath.pi**2) * x / 3, -(mpmath.pi**2) / 3
    first = (mpmath.cospi(x) - mpmath.sincpi(x)) / x
    return first, -(mpmath.pi**2) * mpmath.sincpi(x) - 2 * first / x


# Per operand the derivative, as in Abramowitz and Stegun, chapters 3 and 4.
DERIVATIVES = {
    "add": (lambda a, b: 1, lambda a, b: 1),
    "subtract": (lambda a, b: 1, lambda a, b: -1),
    "multiply": (lambda a, b: b, lambda a, b: a),
    "divide": (lambda a, b: 1 / b, lambda a, b: -a / b**2),
    "power": (lambda a, b: b * a ** (b - 1), lambda a, b: a**b * mpmath.log(a)),
    "negative": (lambda x: -1,),
    "positive": (lambda x: 1,),
    "remainder": (lambda a, b: 1, lambda a, b: -mpmath.floor(a / b)),
    "absolute": (mpmath.sign,),
    "sqrt": (lambda x: 1 / (2 * mpmath.sqrt(x)),),
    "square": (lambda x: 2 * x,),
    "exp": (mpmath.exp,),
    "expm1": (mpmath.exp,),
    "log": (lambda x: 1 / x + 0 * mpmath.log(x),),
    "log1p": (lambda x: 1 / (1 + x) + 0 * mpmath.log(1 + x),),
    "log2": (lambda x: 1 / (x * mpmath.log(2)) + 0 * mpmath.log(x),),
    "log10": (lambda x: 1 / (x * mpmath.log(10)) + 0 * mpmath.log(x),),
    "sin": (mpmath.cos,),
    "cos": (lambda x: -mpmath.sin(x),),
    "tan": (lambda x: mpmath.sec(x) ** 2,),
    "arcsin": (lambda x: 1 / mpmath.sqrt((1 - x) * (1 + x)),),
    "arccos": (lambda x: -1 / mpmath.sqrt((1 - x) * (1 + x)),),
    "arctan": (lambda x: 1 / (1 + x**2),),
    "sinh": (mpmath.cosh,),
    "cosh": (mpmath.sinh,),
    "tanh": (lambda x: mpmath.sech(x) ** 2,),
    "maximum": (lambda a, b: (1 + mpmath.sign(a - b)) / 2, lambda a, b: (1 + mpmath.sign(b - a)) / 2),
    "minimum": (lambda a, b: (1 + mpmath.sign(b - a)) / 2, lambda a, b: (1 + mpmath.sign(a - b)) / 2),
    # trigonometry
    "deg2rad": (lambda x: mpmath.pi / 180,),
    "radians": (lambda x: mpmath.pi / 180,),
    "rad2deg": (lambda x: 180 / mpmath.pi,),
    "degrees": (lambda x: 180 / mpmath.pi,),
    "hypot": (lambda a, b: a / mpmath.hypot(a, b), lambda a, b: b / mpmath.hypot(a, b)),
    "arctan2": (lambda a, b: b / (a**2 + b**2), lambda a, b: -a / (a**2 + b**2)),
    "cosine": (lambda a, b: b**2 / mpmath.hypot(a, b) ** 3, lambda a, b: -a * b / mpmath.hypot(a, b) ** 3),
    "sinc": (lambda x: sinc_slopes(x)[0],),
    "i0": (lambda x: mpmath.besseli(1, x) if abs(x) < 1e4 else mpmath.sign(x) * mpmath.mpf(10) ** 4000,),
    # hyperbolic
    "cbrt": (lambda x: 1 / (3 * mpmath.cbrt(abs(x)) ** 2),),
    "exp2": (lambda x: 2**x * mpmath.log(2),),
    "fabs": (mpmath.sign,),
    "reciprocal": (lambda x: -1 / x**2,),
    "float_power": (lambda a, b: b * a ** (b - 1), lambda a, b: a**b * mpmath.log(a)),
    "arcsinh": (lambda x: 1 / mpmath.sqrt(1 + x**2),),
    "arccosh": (lambda x: 1 / (mpmath.sqrt(x - 1) * mpmath.sqrt(abs(x + 1))),),
    "arctanh": (lambda x: 1 / (1 - x**2) if abs(x) < 1 else mpmath.j,),
    "copysign": (lambda a, b: mpmath.sign(a) * mpmath.sign(b), lambda a, b: 0),
    "logaddexp": (lambda a, b: 1 / (1 + mpmath.exp(b - a)), lambda a, b: 1 / (1 + mpmath.exp(a - b))),
    "logaddexp2": (lambda a, b: 1 / (1 + mpmath.mpf(2) ** (b - a)), lambda a, b: 1 / (1 + mpmath.mpf(2) ** (a - b))),
    "fmax": (lambda a, b: (1 + mpmath.sign(a - b)) / 2, lambda a, b: (1 + mpmath.sign(b - a)) / 2),
    "fmin": (lambda a, b: (1 + mpmath.sign(b - a)) / 2, lambda a, b: (1 + mpmath.sign(a - b)) / 2),
    # rounding
    "fmod": (lambda a, b: 1, lambda a, b: -mpmath.sign(a / b) * mpmath.floor(abs(a / b))),
    "heaviside": (lambda a, b: 0, lambda a, b: int(a == 0)),
}
FLAT = {"floor_divide", "sign", "rint", "floor", "ceil", "trunc"}  # nothing flows
WIDER = {"float_power"}  # computed in float64, whatever the dtype
ELEMENTWISE = sorted(
    name
    for name, primitive in PRIMITIVES.items()
    if primitive.elementwise and name not in FLAT and name not in {"alias", "modulus"}
)


def points(dtype):
    """Return numbers from the smallest to the largest of a dtype, of both signs, and some around 1."""
    info = np.finfo(dtype)
    small = [info.smallest_subnormal, info.tiny, info.tiny * dtype(1.7), np.sqrt(info.tiny), info.eps]
    middle = [1 / 3, 0.875, 1 - info.epsneg, 1, 1 + info.eps, 1.5, 2, 3.25, 20]
    large = [np.sqrt(info.max) * dtype(0.99), np.sqrt(info.max) * dtype(3), info.max / dtype(4), info.max]
    sizes = small + middle + large
    return [dtype(sign * size) for size in sizes for sign in (1, -1)]


def truth(derivative, operands):
    """Return the exact derivative, or None outside the domain and at a pole."""
    try:
        value = derivative(*operands)
    except (ZeroDivisionError, ValueError):
        return None
    return None if isinstance(value, mpmath.mpc) and value.imag else mpmath.mpf(mpmath.re(value))


def allowance(derivative, operands, value, info):
    """Return how far a rule may be off: units in the last place, times the condition number in each operand."""
    off = abs(value) * mpmath.mpf(float(info.eps)) + mpmath.mpf(float(info.smallest_subnormal))
    for k in range(len(operands)):
        moved = truth(
            derivative, [x * (1 + mpmath.mpf(float(info.eps))) if i == k else x for i, x in enumerate(operands)]
        )
        off += abs(moved - value) if moved is not None else 0
    return UNITS * off


def assert_accurate(partial, derivative, operands, dtype):
    """Compare a partial derivative with the truth at these numbers; one too large for the dtype is infinite."""
    info = np.finfo(dtype)
    exact = [mpmath.mpf(float(x)) for x in operands]
    expected = truth(derivative, exact)
    if expected is None:
        return 0
    allowed = allowance(derivative, exact, expected, info)
    largest = mpmath.mpf(float(info.max))
    said = f"{operands}: {partial}, expected {mpmath.nstr(expected, 8)}"
    assert not np.isnan(partial), said
    if abs(expected) - allowed > largest:
        assert partial == np.copysign(np.inf, float(mpmath.sign(expected))), said
    elif abs(expected) + allowed < largest:
        assert np.isfinite(partial), said
        assert abs(mpmath.mpf(float(partial)) - expected) <= allowed, said
    return 1


@pytest.fixture(autouse=True)
def digits():
    """Compute with enough digits for the sine of the largest number."""
    with mpmath.workprec(1300), np.errstate(all="ignore"):
        yield


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_partials_are_accurate_at_the_ends_of_the_dtype(name, dtype):
    """At each number, and for two operands at each pair of them."""
    derivatives = DERIVATIVES[name]
    numbers = points(dtype) if len(derivatives) == 1 else points(dtype)[::3]
    tried = 0
    for operands in itertools.product(numbers, repeat=len(derivatives)):
        node = PRIMITIVES[name](*map(gad.Variable, operands))
        for partial, derivative in zip(node.local_gradients, derivatives, strict=True):
            assert partial.dtype == (np.float64 if name in WIDER else dtype)
            tried += assert_accurate(partial, derivative, operands, partial.dtype)
    assert tried >= len(numbers) // 4


SECOND = {
    "divide": lambda a, b: 2 * a / b**3,
    "sqrt": lambda x: -1 / (4 * mpmath.sqrt(x) ** 3),
    "square": lambda x: 2,
    "exp": mpmath.exp,
    "expm1": mpmath.exp,
    "log": lambda x: -1 / x**2 + 0 * mpmath.log(x),
    "log1p": lambda x: -1 / (1 + x) ** 2 + 0 * mpmath.log(1 + x),
    "log2": lambda x: -1 / x**2 / mpmath.log(2) + 0 * mpmath.log(x),
    "log10": lambda x: -1 / x**2 / mpmath.log(10) + 0 * mpmath.log(x),
    "sin": lambda x: -mpmath.sin(x),
    "cos": lambda x: -mpmath.cos(x),
    "tan": lambda x: 2 * mpmath.tan(x) * mpmath.sec(x) ** 2,
    "arcsin": lambda x: x / mpmath.sqrt((1 - x) * (1 + x)) ** 3,
    "arctan": lambda x: -2 * x / (1 + x * x) ** 2,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": lambda x: -2 * mpmath.tanh(x) * mpmath.sech(x) ** 2,
    # trigonometry
    "hypot": lambda a, b: a**2 / mpmath.hypot(a, b) ** 3,
    "arctan2": lambda a, b: 2 * a * b / (a**2 + b**2) ** 2,
    "sinc": lambda x: sinc_slopes(x)[1],
    "i0": lambda x: (mpmath.besseli(0, x) + mpmath.besseli(2, x)) / 2 if abs(x) < 1e4 else mpmath.mpf(10) ** 4000,
    # hyperbolic
    "cbrt": lambda x: -2 * mpmath.sign(x) / (9 * mpmath.cbrt(abs(x)) ** 5),
    "exp2": lambda x: 2**x * mpmath.log(2) ** 2,
    "reciprocal": lambda x: 2 / x**3,
    "arcsinh": lambda x: -x / mpmath.sqrt(1 + x**2) ** 3,
    "arccosh": lambda x: -x / (mpmath.sqrt(x - 1) * mpmath.sqrt(abs(x + 1))) ** 3,
    "arctanh": lambda x: 2 * x / (1 - x**2) ** 2 if abs(x) < 1 else mpmath.j,
    "logaddexp": lambda a, b: mpmath.sech((a - b) / 2) ** 2 / 4,
    "logaddexp2": lambda a, b: mpmath.log(2) * mpmath.sech((a - b) / 2 * mpmath.log(2)) ** 2 / 4,
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SECOND)
def test_second_derivatives_are_accurate_at_the_ends_of_the_dtype(name, dtype):
    """What a rule is made of is differentiated by other rules."""
    count = len(DERIVATIVES[name])
    for operands in itertools.product(points(dtype) if count == 1 else points(dtype)[::3], repeat=count):
        slope = gad.grad(lambda x, others=operands[:-1]: PRIMITIVES[name](*others, x))
        assert_accurate(gad.grad(slope)(operands[-1]), SECOND[name], operands, dtype)


# Infinite operands, and exponents


def limit(function, *operands):
    """Return the limit of a function of numbers, of which the infinite ones become ever larger."""
    sizes = [mpmath.mpf(10) ** n for n in (6, 12)]
    near, far = (
        function(*(mpmath.sign(x) * size if mpmath.isinf(x) else mpmath.mpf(x) for x in operands)) for size in sizes
    )
    return 0.0 if abs(far) < abs(near) and abs(far) < 1e-3 else float(far) if abs(far - near) < 1e-3 else None


BASES = [np.inf, 3.0, 1.5, 0.5, 1e-30, 0.0]
EXPONENTS = [-np.inf, -3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, np.inf]


@pytest.mark.parametrize("b", EXPONENTS)
@pytest.mark.parametrize("a", BASES)
def test_powers_at_infinity_have_the_slopes_of_the_limit(a, b):
    """Alone and in arrays, plain and recorded; nowhere is a derivative not a number where a value is one."""
    base, exponent = DERIVATIVES["power"]
    slopes = gad.vjp(np.power, a, b)[1](1.0)
    for other in (
        gad.vjp(np.power, gad.Variable(a), gad.Variable(b))[1](1.0),
        (gad.grad(lambda x: x**b)(a), gad.grad(lambda x: a**x)(b)),
        [slope[0] for slope in gad.vjp(np.power, np.array([a]), np.array([b]))[1](np.ones(1))],
    ):
        np.testing.assert_array_equal([getattr(x, "value", x) for x in other], slopes)
    assert not np.isnan(slopes).any()
    if a and a**b < np.inf:
        for slope, derivative in zip(slopes, (base, exponent), strict=True):
            expected = limit(derivative, a, b)
            if expected is not None:
                np.testing.assert_allclose(slope, expected, rtol=1e-5)
    second = gad.grad(gad.grad(np.power))(a, b)
    if a and np.isfinite(slopes[0]) and np.isfinite(a**b):
        expected = limit(lambda a, b: b * (b - 1) * a ** (b - 2), a, b)
        assert expected is None or second == pytest.approx(expected)


@pytest.mark.parametrize("x", [np.inf, -np.inf])
@pytest.mark.parametrize("f", [np.arctan, np.tanh, lambda x: 1 / x, lambda x: np.exp(-x * np.sign(x.value))])
def test_what_is_level_at_infinity_has_no_slope_there(f, x):
    """Of the first order and the second, alone and beside ordinary numbers."""
    numbers = np.array([x, 0.5, 200.0])
    with np.errstate(all="raise"):
        assert gad.grad(f)(x) == gad.grad(gad.grad(f))(x) == 0
        slopes = gad.grad(lambda x: f(x).sum())(numbers)
    np.testing.assert_array_equal(slopes, [gad.grad(f)(number) for number in numbers])


# Complex numbers: the direction of one too small or too large for its size to be computed


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_the_size_and_the_phase_of_any_complex_number_have_their_slopes(dtype):
    """From the smallest number to the largest, where 1/|z| overflows or |z| does."""
    info, largest = np.finfo(dtype), float(np.finfo(dtype).max)
    sizes = [info.smallest_subnormal, info.smallest_subnormal * 37, info.tiny, info.tiny / info.eps, 1, info.max * 0.9]
    for size, (u, v) in itertools.product(map(float, sizes), [(1, 0), (0, -1), (1, 1), (-1, 1), (0.6, -0.8), (0.1, 1)]):
        z = dtype(complex(u * size, v * size))
        if z == 0:
            continue
        exact = mpmath.mpc(float(z.real), float(z.imag))
        length = abs(exact)
        for slope in (gad.grad(np.absolute)(z), gad.grad(lambda z: np.absolute(z).sum())(np.array([z]))[0]):
            assert abs(mpmath.mpc(complex(slope)) - exact / length) < 4 * info.eps, z
        for part, seed in ((np.real, mpmath.mpc(1)), (np.imag, mpmath.mpc(0, -1))):
            across = (seed - mpmath.re(seed * exact / length) * mpmath.conj(exact) / length) / length
            slope = gad.grad(lambda z, part=part: part(np.sign(z)))(z)
            allowed = 8 * mpmath.mpf(float(info.eps)) / length + 4 * mpmath.mpf(float(info.smallest_subnormal))
            for actual, expected in ((slope.real, across.real), (slope.imag, -across.imag)):
                assert not np.isnan(actual), z
                if allowed < largest / 8:
                    assert abs(expected) > largest * 0.99 or abs(float(actual) - expected) <= allowed, z
                elif abs(expected) > largest * 1.01:
                    assert actual == np.copysign(np.inf, float(mpmath.sign(expected))), z


# Structural rules: what is spread over many entries, and lengths


@pytest.mark.parametrize("size", [1, 3, 70_000, 100_000, 1_000_003])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_mean_shares_equally_however_many_there_are(dtype, size):
    """More than the largest number of the dtype, too."""
    y = gad.Variable(np.zeros(size, dtype))
    for seed in (1, 100):
        (slope,) = gad.vjp(np.mean, y.value)[1](dtype(seed))
        info = np.finfo(dtype)
        allowed = 4 * (float(info.eps) * seed / size + float(info.smallest_subnormal))
        assert np.all(np.abs(slope.astype(float) - seed / size) <= allowed)


@pytest.mark.parametrize("dtype", [*DTYPES, np.complex64, np.complex128])
@pytest.mark.parametrize("axis", [None, 1])
def test_the_slope_of_a_norm_is_the_direction_however_long_or_short(dtype, axis):
    """Where squares overflow or are lost, NumPy's own value is infinite or 0; the direction is not."""
    info = np.finfo(dtype)
    shape = np.array([[3.0, -4.0, 12.0, 0.0], [1.0, 2.0, -2.0, 4.0]])
    turned = shape * (np.exp(0.7j) if np.dtype(dtype).kind == "c" else 1)
    for size in (info.tiny, np.sqrt(info.tiny) / 10, 0.01, 1.0, np.sqrt(info.max), info.max / 32):
        x = (turned * float(size)).astype(dtype)
        if axis is None:
            x = x[0]
        wide = x.astype(np.clongdouble)
        expected = wide / np.sqrt(np.sum(np.abs(wide) ** 2, axis=axis, keepdims=axis is not None))
        for _, pullback in [gad.vjp(lambda x: np.linalg.norm(x, axis=axis), x)]:
            (slope,) = pullback(np.ones(2 if axis else (), np.dtype(dtype).type(0).real.dtype))
            expected = expected if np.dtype(dtype).kind == "c" else expected.real
            np.testing.assert_allclose(slope, expected.astype(dtype), rtol=20 * info.eps, atol=20 * info.eps)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_slope_of_a_norm_of_many_numbers_is_the_direction(dtype):
    """Their squares add up to more than the largest number of a small dtype."""
    (slope,) = gad.vjp(np.linalg.norm, np.ones(100_000, dtype))[1](dtype(1))
    np.testing.assert_allclose(slope, 1 / np.sqrt(100_000), rtol=0.02 if dtype is np.float16 else 1e-4)


@pytest.mark.parametrize("name", ["max", "min"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_what_ties_share_is_of_the_dtype(name, dtype):
    """Also when the backward pass is recorded."""
    x = gad.Variable(np.ones(3, dtype))
    PRIMITIVES[name](x, axis=None, keepdims=False).backward(create_graph=True)
    assert x.grad.dtype == dtype


CLASSIC = {
    "softmax": lambda z: (np.exp(z) / np.sum(np.exp(z)))[1],
    "quotient of exponentials": lambda z: np.sum(np.exp(z) / (1 + np.exp(z))),
    "mean square": lambda z: np.mean(z**2) / np.max(z),
}


@pytest.mark.parametrize("f", CLASSIC.values(), ids=CLASSIC)
@pytest.mark.parametrize(
    ("dtype", "sizes"), [(np.float16, (1, 9)), (np.float32, (1, 45, 80)), (np.float64, (1, 45, 400, 700))]
)
def test_programs_with_large_intermediate_values_keep_their_slopes(f, dtype, sizes):
    """Logits without a shift: the value is finite, and so is the slope."""
    for size in sizes:
        z = np.array([size, size - 1, size - 2.5], dtype)
        wide = z.astype(np.longdouble)
        expected = [
            (f(wide + step) - f(wide - step)) / (2 * np.longdouble(1e-5))
            for step in np.eye(3, dtype=np.longdouble) * 1e-5
        ]
        slope = gad.grad(f)(z)
        np.testing.assert_allclose(
            slope,
            np.array(expected, float),
            rtol=60 * np.finfo(dtype).eps * size,
            atol=1e-3 if dtype is np.float16 else 1e-6,
        )
