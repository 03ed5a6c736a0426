"""Structural rules at the ends of every dtype: right wherever the forward pass is finite.

The truth are differences of what `exact` computes with so many digits that nothing is lost. A rule may be off by a few
units in the last place, times the condition number: what a unit more in the numbers changes.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine.primitive import PRIMITIVES
from tests.engine import exact
from tests.engine import test_rules as rules

SMALL = [np.float16, np.float32, np.float64]
LAPACK = [np.float32, np.float64]  # of matrices that it solves or factorizes
BITS = {np.float16: 400, np.float32: 1200, np.float64: 3200}
UNITS = 24  # in the last place, before the condition number


class Row(NamedTuple):
    """A program, the numbers of its operands, and what it computes of mpmath's numbers, if the program cannot.

    `whole` says that its numbers have a condition together, as the entries of a matrix have; `seeds` that the adjoints
    may be as large or as small as the dtype allows.
    """

    program: Callable[..., Any]
    numbers: tuple[Any, ...]
    exact: Callable[..., Any]
    dtypes: list[Any]
    whole: bool
    seeds: bool
    scaled: bool


def row(program, *numbers, exact=None, dtypes=SMALL, whole=False, seeds=True, scaled=True):
    """Return a row whose numbers are tried at many scales."""
    return Row(program, numbers, exact or program, dtypes, whole, seeds, scaled)


def matrices(program, *numbers, exact=None, seeds=True, scaled=True):
    """Return a row of what LAPACK computes."""
    return row(program, *numbers, exact=exact, dtypes=LAPACK, whole=True, seeds=seeds, scaled=scaled)


def of_all(f):
    """Return what puts the results of a factorization one after the other."""
    return lambda a: np.concatenate([np.reshape(part, (-1,)) for part in f(a)])


V3, W3, V4 = [1.5, -2.25, 0.75], [-1.25, 0.5, 1.0], [1.5, -2.25, 0.75, 1.0]
FLAT, TALL = [[1.5, 0.25, -0.5], [0.5, -1.25, 0.75]], [[2.0, 0.25], [0.125, 1.5], [-0.5, 0.75]]
SQUARE = [[2.0, 0.25, -0.5], [0.125, 1.5, 0.25], [-0.5, 0.75, 3.0]]
DEFINITE = [[2.0, 0.25, -0.5], [0.25, 1.5, 0.25], [-0.5, 0.25, 3.0]]
SINGULAR = [[[1.0, 2, 3], [4, 5, 6], [7, 8, 9]], [[1.0, 2], [2, 4]], np.zeros((3, 3)), np.ones((3, 3))]
GRADED = np.diag([1e-6, 1.0, 1e6]) + 1e-8
TOO_SMALL = [np.diag([1.3e-30, 1.7e-12, 1.9]), np.diag([1.3e-200, 1.7e-118, 1.9])]  # for all digits of a determinant
PLACES = [0.0, 1.0, 2.5]


def slopes(x, spacing):
    """Return what np.gradient returns."""
    inner = [(x[k + 1] - x[k - 1]) / 2 for k in range(1, len(x) - 1)]
    return np.array([x[1] - x[0], *inner, x[-1] - x[-2]]) / mpmath.mpf(spacing)


def parts(f):
    """Return the reduction of some parts by a ufunc, or by a function of each."""
    if isinstance(f, np.ufunc):
        return lambda x: f.reduceat(x, [0, 3, 1])
    return lambda x: np.array([f(x[:3]), x[3], f(x[1:])])


def running(f):
    """Return what a reduction gives for all numbers up to each."""
    return lambda x: np.array([f(x[: k + 1]) for k in range(len(x))])


ROWS = {
    # reductions
    "sum": [row(np.sum, V4)],
    "add.reduce": [row(lambda x: np.sum(x, initial=2.0), V4)],
    "mean": [
        row(np.mean, V4, exact=exact.mean),
        row(lambda x: np.mean(x, axis=1), FLAT, exact=lambda x: exact.mean(x, 1)),
    ],
    "max": [row(np.max, V4)],
    "min": [row(np.min, V4)],
    "nansum": [row(np.nansum, V4, exact=np.sum)],
    "nanmean": [row(np.nanmean, V4, exact=exact.mean)],
    "nanmax": [row(np.nanmax, V4, exact=np.max)],
    "nanmin": [row(np.nanmin, V4, exact=np.min)],
    "ptp": [row(np.ptp, V4, exact=lambda x: max(x) - min(x))],
    "logaddexp.reduce": [row(np.logaddexp.reduce, V4, exact=exact.logsumexp)],
    # products; of running ones what has underflowed is gone, however large an adjoint is
    "prod": [
        *(row(np.prod, x) for x in (V4, [0.5] * 9)),
        *(row(np.prod, x, scaled=False) for x in ([3.0, 0.0, 2.0], [3.0, 0.0, 0.0])),
    ],
    "nanprod": [row(np.nanprod, V4, exact=np.prod)],
    "cumsum": [row(np.cumsum, V4)],
    "cumprod": [row(np.cumprod, x, seeds=False) for x in (V4, [3.0, 0.0, 2.0], [0.0, 3.0, 0.0, 2.0])],
    "recurrence": [
        row(lambda g, x: PRIMITIVES["recurrence"](g, x, axis=0), V3, W3, exact=exact.recurrence, seeds=False)
    ],
    "nancumsum": [row(np.nancumsum, V4, exact=np.cumsum)],
    "nancumprod": [row(np.nancumprod, V4, exact=np.cumprod, seeds=False)],
    "logaddexp.accumulate": [row(np.logaddexp.accumulate, V4, exact=running(exact.logsumexp))],
    "bincount": [
        row(lambda w: np.bincount([1, 0, 1, 3], w), V4, exact=lambda w: np.array([w[1], w[0] + w[2], 0, w[3]]))
    ],
    "histogram": [
        row(lambda w: np.histogram([1, 0, 1, 3], 2, weights=w)[0], V4, exact=lambda w: np.array([sum(w[:3]), w[3]]))
    ],
    # of parts
    "add.reduceat": [row(parts(np.add), V4, exact=parts(sum))],
    "multiply.reduceat": [row(parts(np.multiply), V4, exact=parts(np.prod))],
    "maximum.reduceat": [row(parts(np.maximum), V4, exact=parts(max))],
    "minimum.reduceat": [row(parts(np.minimum), V4, exact=parts(min))],
    "logaddexp.reduceat": [row(parts(np.logaddexp), V4, exact=parts(exact.logsumexp))],
    # spreads
    "var": [
        *(row(np.var, x, exact=exact.var) for x in (V4, [0.0, 0.0], [7.0, 7.0, 7.0])),
        row(np.var, [1000.0, 1001.0, 1003.0], exact=exact.var),
        row(lambda x: np.var(x, ddof=1), V4, exact=lambda x: exact.var(x, 1)),
    ],
    "std": [
        *(row(np.std, x, exact=exact.std) for x in (V4, [1000.0, 1001.0, 1003.0])),
        row(lambda x: np.std(x, ddof=1), V4, exact=lambda x: exact.std(x, 1)),
    ],
    "nanvar": [row(np.nanvar, V4, exact=exact.var)],
    "nanstd": [row(np.nanstd, V4, exact=exact.std)],
    "median": [row(np.median, x, exact=lambda x: exact.quantile(x, 0.5)) for x in (V3, V4)],
    "quantile": [
        row(lambda x, q=q: np.quantile(x, q), V4 + W3, exact=lambda x, q=q: exact.quantile(x, q)) for q in (0.25, 0.625)
    ],
    "percentile": [row(lambda x: np.percentile(x, 62.5), V4, exact=lambda x: exact.quantile(x, 0.625))],
    "nanmedian": [row(np.nanmedian, V4, exact=lambda x: exact.quantile(x, 0.5))],
    "nanquantile": [row(lambda x: np.nanquantile(x, 0.625), V4, exact=lambda x: exact.quantile(x, 0.625))],
    "nanpercentile": [row(lambda x: np.nanpercentile(x, 62.5), V4, exact=lambda x: exact.quantile(x, 0.625))],
    "norm": [
        *(
            row(lambda x, p=p: np.linalg.norm(x, p), V4, exact=exact.norm(p))
            for p in (1, 2, 3, 1.5, 0.5, -1, -2, np.inf, -np.inf)
        ),
        row(lambda x: np.linalg.norm(x, 1), TALL, exact=lambda x: max(np.sum(np.abs(x), axis=0))),
        matrices(lambda x: np.linalg.norm(x, "nuc"), TALL, exact=lambda x: sum(exact.singular_values(x))),
        matrices(lambda x: np.linalg.norm(x, 2), TALL, exact=lambda x: exact.singular_values(x)[0]),
    ],
    # sums of products
    "matmul": [row(np.matmul, a, b) for a, b in ((FLAT, TALL), (V3, W3), (FLAT, V3))],
    "dot": [row(np.dot, a, b) for a, b in ((FLAT, TALL), (V3, W3), (1.5, V3))],
    "einsum": [
        row(lambda a, b: np.einsum("ij,jk->ik", a, b), FLAT, TALL),
        row(lambda a, b: np.einsum("ii,i", a, b), SQUARE, V3),
        row(lambda a, b: np.einsum("ij,j->j", a, b), FLAT, V3),
    ],
    "tensordot": [row(lambda a, b: np.tensordot(a, b, 1), FLAT, TALL)],
    "inner": [row(np.inner, FLAT, V3)],
    "outer": [row(np.outer, V3, V4)],
    "vdot": [row(np.vdot, V3, W3, exact=np.dot)],
    "vecdot": [row(np.vecdot, V3, W3, exact=np.dot)],
    "kron": [row(np.kron, [V3], TALL)],
    "cross": [row(np.cross, V3, W3)],
    "convolve": [row(np.convolve, V4, V3)],
    "correlate": [row(lambda a, b: np.correlate(a, b, "full"), V4, V3)],
    "multi_dot": [
        row(lambda a, b, c: np.linalg.multi_dot([a, b, c]), FLAT, TALL, [1.0, 0.5], exact=lambda a, b, c: a @ b @ c)
    ],
    "matrix_power": [
        *(row(lambda a, n=n: np.linalg.matrix_power(a, n), SQUARE) for n in (0, 1, 3)),
        matrices(lambda a: np.linalg.matrix_power(a, -2), SQUARE, exact=lambda a: exact.inv(a) @ exact.inv(a)),
    ],
    "trace": [row(np.trace, SQUARE)],
    # samples and polynomials
    "diff": [row(lambda x, n=n: np.diff(x, n), V4) for n in (1, 2)],
    "gradient": [
        row(lambda x, h=h: np.gradient(x, h), V4, exact=lambda x, h=h: slopes(x, h)) for h in (1.0, 2**-10, 2.0**10)
    ],
    "polyval": [row(np.polyval, V4, 1.5), row(np.polyval, V4, V3)],
    "vander": [row(np.vander, V3), row(lambda x: np.vander(x, 4, increasing=True), V3)],
    "interp": [
        row(
            lambda x, fp: np.interp(x, PLACES, fp),
            [0.5, 1.25, 3.0, -1.0],
            V3,
            exact=lambda x, fp: exact.interp(x, PLACES, fp),
        )
    ],
    # matrices
    "inv": [
        matrices(np.linalg.inv, SQUARE, exact=exact.inv),
        matrices(np.linalg.inv, GRADED, exact=exact.inv, scaled=False),
    ],
    "det": [
        matrices(np.linalg.det, SQUARE, exact=exact.det, seeds=False),
        *(matrices(np.linalg.det, a, exact=exact.det, scaled=False) for a in (*SINGULAR, GRADED)),
        *(row(np.linalg.det, a, exact=exact.det, dtypes=LAPACK, seeds=False, scaled=False) for a in TOO_SMALL),
    ],
    "slogdet": [matrices(lambda a: np.linalg.slogdet(a)[1], SQUARE, exact=lambda a: mpmath.log(abs(exact.det(a))))],
    "solve": [matrices(np.linalg.solve, SQUARE, V3, exact=lambda a, b: exact.inv(a) @ b)],
    "cholesky": [matrices(np.linalg.cholesky, DEFINITE, exact=exact.cholesky)],
    "qr": [matrices(of_all(np.linalg.qr), a, exact=exact.qr) for a in (SQUARE, TALL)],
    "eigvalsh": [matrices(np.linalg.eigvalsh, DEFINITE, exact=exact.eigvalsh)],
    "eigh": [matrices(of_all(np.linalg.eigh), DEFINITE, exact=exact.eigh)],
    "lstsq.values": [matrices(lambda a: np.linalg.lstsq(a, np.zeros(len(a)))[3], TALL, exact=exact.singular_values)],
    "svdvals": [matrices(np.linalg.svdvals, TALL, exact=exact.singular_values)],
    "svd": [matrices(of_all(lambda a: np.linalg.svd(a, full_matrices=False)), TALL, exact=exact.svd)],
    "pinv": [matrices(np.linalg.pinv, TALL, exact=exact.pinv)],
    "lstsq": [matrices(lambda a, b: np.linalg.lstsq(a, b)[0], TALL, V3, exact=lambda a, b: exact.pinv(a) @ b)],
    "residuals": [matrices(lambda a, b: np.linalg.lstsq(a, b)[1], TALL, V3, exact=exact.residuals)],
}
NO_ROW = {
    "moves numbers, and adds up what was copied": """
        add_at append astype atleast_1d atleast_2d atleast_3d block broadcast_to choose column_stack concatenate copy
        delete diag diagonal dstack expand_dims flatten flip fliplr flipud hstack index index_update insert meshgrid
        moveaxis pad pad.filled partition ravel repeat reshape resize roll rollaxis rot90 scatter select sort squeeze
        stack swapaxes take take_along_axis tile transpose tril triu vstack""",
    "passes an adjoint on where it was chosen": """
        clip maximum.accumulate minimum.accumulate modf.fraction nan_to_num unwrap where""",
    "picks, moves or spaces numbers evenly": """
        compress diagflat extract fftshift ifftshift linspace sliding_window_view""",
    "is a part of complex numbers, tried in test_accuracy": "conjugate imag phase real",
    "computes with complex numbers, of which these rows have none": """
        eig eig.eigenvalues eig.eigenvectors eigvals fft fft2 fftn hfft ifft ifft2 ifftn ihfft irfft irfft2 irfftn rfft
        rfft2 rfftn slogdet.sign""",
    "works number by number, and has tests of its own": "besseli frexp.mantissa geomspace ldexp",
    "is read from a factorization that has a row": "eigh.eigenvalues eigh.eigenvectors qr.Q qr.R svd.U svd.S svd.Vh",
    "belongs to the sweep": "alias constant detach seed",
}
if hasattr(np, "matvec"):  # since NumPy 2.2
    ROWS["matvec"] = [row(np.matvec, FLAT, V3, exact=np.dot)]
    ROWS["vecmat"] = [row(np.vecmat, V3, TALL, exact=np.dot)]


def test_every_structural_primitive_has_a_row():
    """Or a reason why a row would say nothing."""
    structural = {name for name, primitive in PRIMITIVES.items() if not primitive.elementwise} | {"alias"}
    excused = {name for names in NO_ROW.values() for name in names.split()}
    assert structural - set(ROWS) - excused == set(), "give them a row in ROWS, or a reason in NO_ROW"
    assert excused | set(ROWS) == structural
    assert not excused & set(ROWS)


# Truth


def exactly(x):
    """Return numbers as mpmath's, which lose nothing."""
    return np.frompyfunc(lambda number: mpmath.mpf(float(number)), 1, 1)(x)


def flat(x):
    """Return numbers one after the other."""
    return np.asarray(x, object).reshape(-1)


def moved(operands, k, place, by):
    """Return the operands with one of their numbers moved."""
    numbers = flat(operands[k]).copy()
    numbers[place] += by
    return [*operands[:k], numbers.reshape(np.shape(operands[k]))[()], *operands[k + 1 :]]


def jacobian(f, operands):
    """Return the derivative of each result by each number of the operands, by central differences."""
    columns = []
    for k, operand in enumerate(operands):
        largest = max(map(abs, flat(operand)))
        for place, number in enumerate(flat(operand)):
            step = (abs(number) or largest or 1) * mpmath.mpf(2) ** (-mpmath.mp.prec // 4)
            above, below = (flat(f(*moved(operands, k, place, sign * step))) for sign in (1, -1))
            columns.append((above - below) / (2 * step))
    return np.stack(columns, axis=1)


def nearby(case, operands, info):
    """Yield operands that differ in the last place: one number at a time, of matrices all of them."""
    unit, least = mpmath.mpf(float(info.eps)), mpmath.mpf(float(info.smallest_subnormal))
    for k, operand in enumerate(operands):
        numbers = flat(operand)
        if case.whole:
            most = max(map(abs, numbers)) * unit + least
            for step in (2, 3):
                signs = np.where(np.arange(len(numbers)) % step == 0, 3, -3)
                yield [*operands[:k], (numbers + signs * most).reshape(np.shape(operand)), *operands[k + 1 :]]
        else:
            for place, number in enumerate(numbers):
                yield moved(operands, k, place, abs(number) * unit + least)


def assert_sound(case, operands, dtype):
    """Compare the gradients at these numbers with the truth, for adjoints of ordinary size, and large and small ones.

    Returns
    -------
    bool
        Whether NumPy's result is finite, so that there was something to compare.
    """
    info, numbers = np.finfo(dtype), [exactly(x) for x in operands]
    value, pullback = gad.vjp(case.program, *operands)
    if not np.all(np.isfinite(value)):
        return False
    whole = jacobian(case.exact, numbers)
    changes = [jacobian(case.exact, near) - whole for near in nearby(case, numbers, info)]
    weights = np.resize([1.0, -0.5, 0.75, 1.25], np.shape(value))
    for size in (1.0, *((info.max / 16, info.tiny * 16) if case.seeds else ())):
        seed = (weights * float(size)).astype(np.asarray(value).dtype)[()]
        gradients = pullback(seed)
        assert all(gradient.dtype == dtype for gradient in gradients)
        assert_close(np.concatenate([np.ravel(x) for x in gradients]), flat(exactly(seed)), whole, changes, case, info)
    return True


def assert_close(gradient, seed, whole, changes, case, info):
    """Compare numbers with the truth, those that are within the range of the dtype."""
    unit, least, most = (mpmath.mpf(float(x)) for x in (info.eps, info.smallest_subnormal, info.max))
    expected, terms = seed @ whole, np.abs(seed) @ np.abs(whole)
    allowed = UNITS * (unit * terms + least * len(seed) + sum(np.abs(seed @ change) for change in changes))
    inside = terms + allowed < most / 4
    if case.whole and not np.all(inside):  # an infinite entry of a matrix spoils others
        return
    for actual, truth, off in zip(gradient[inside], expected[inside], allowed[inside], strict=True):
        assert np.isfinite(actual), mpmath.nstr(truth, 8)
        assert abs(mpmath.mpf(float(actual)) - truth) <= off, (actual, mpmath.nstr(truth, 8), mpmath.nstr(off, 3))


def scales(case, dtype):
    """Return powers of two from the smallest numbers of a dtype to the largest; fewer for several operands."""
    info = np.finfo(dtype)
    low, high = int(info.minexp), int(info.maxexp)
    if not case.scaled:
        return [0]
    powers = [low - info.nmant + 2, low, low // 2, 0, high // 2, high - 4]
    return [powers, powers[1:], powers[1::2]][len(case.numbers) - 1]


@pytest.mark.parametrize("dtype", SMALL, ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize("name", ROWS)
def test_gradients_are_sound_at_the_ends_of_the_dtype(name, dtype):
    """At every scale of every operand at which NumPy's own result is finite."""
    for case in ROWS[name]:
        if dtype not in case.dtypes:
            continue
        tried = 0
        with mpmath.workprec(BITS[dtype]), np.errstate(all="ignore"):
            for powers in itertools.product(scales(case, dtype), repeat=len(case.numbers)):
                operands = [
                    np.ldexp(np.array(x), power).astype(dtype)[()]
                    for x, power in zip(case.numbers, powers, strict=True)
                ]
                if all(np.all(np.isfinite(x)) for x in operands):
                    tried += assert_sound(case, operands, dtype)
        assert tried


# How arrays lie in memory, and dtypes of the second order

STRUCTURAL = [
    pytest.param(program, arrays, id=f"{name}-{i}")
    for name, cases in rules.STRUCTURAL.items()
    for i, (program, arrays) in enumerate(cases)
]
LAYOUTS = {
    "of Fortran": np.asfortranarray,
    "from the end": lambda x: np.flip(np.flip(x).copy()),
    "every other": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "read only": lambda x: np.broadcast_to(x, np.shape(x)),
}


def both_orders(program, arrays):
    """Return the gradients of a sum of squares, and those of the sum of their squares."""
    leaves = [gad.Variable(x) for x in arrays]
    y = program(*leaves)
    np.sum(y * y).backward(create_graph=True)
    leaves = [leaf for leaf in leaves if leaf.grad is not None]
    first = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.zero_grad()
    sum(np.sum(grad * grad) for grad in first).backward()
    return [grad.value for grad in first] + [leaf.grad for leaf in leaves]


@pytest.mark.parametrize(("program", "arrays"), STRUCTURAL)
def test_gradients_do_not_depend_on_how_an_array_lies_in_memory(program, arrays):
    """Of both orders."""
    expected = both_orders(program, arrays)
    for k, (name, lay) in itertools.product(range(len(arrays)), LAYOUTS.items()):
        if np.ndim(arrays[k]):
            others = both_orders(program, [*arrays[:k], lay(arrays[k]), *arrays[k + 1 :]])
            for ours, theirs in zip(others, expected, strict=True):
                np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.parametrize(("program", "arrays"), STRUCTURAL)
def test_second_derivatives_keep_the_leafs_dtype(program, arrays):
    """As the first ones do."""
    for dtype in (np.float16, np.float32):
        narrow = [dtype(x) for x in arrays]
        try:
            program(*narrow)
        except TypeError:  # np.linalg has no float16
            continue
        with np.errstate(all="ignore"):
            assert {grad.dtype for grad in both_orders(program, narrow)} == {np.dtype(dtype)}


# Many numbers, and none


@pytest.mark.parametrize("f", [np.median, lambda x: np.quantile(x, 0.3), lambda x: np.percentile(x, 30)])
def test_order_statistics_of_more_numbers_than_float16_can_count_have_gradients(f):
    """Shared by those that are equal."""
    x = (np.arange(70_000) % 1000).astype(np.float16)
    grad = gad.grad(f)(x)
    assert grad.dtype == np.float16
    assert np.sum(grad, dtype=float) == pytest.approx(1, rel=2e-3)
    np.testing.assert_array_less(np.abs(x[grad != 0].astype(float) - float(f(x))), 1)


@pytest.mark.filterwarnings("ignore:Degrees of freedom", "ignore:Mean of empty", "ignore:All-NaN")
@pytest.mark.parametrize("name", ["nansum", "nanmean", "nanprod", "nanmax", "nanmin", "nanvar", "nanstd"])
def test_a_row_of_nan_alone_receives_nothing(name):
    """And does not spoil the others."""
    x = np.array([[np.nan, np.nan], [1.0, 3.0]])
    y = getattr(np, name)(leaf := gad.Variable(x), axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y.backward(np.ones(2))
    grad = leaf.grad
    np.testing.assert_array_equal(grad[0], 0)
    np.testing.assert_array_equal(grad[1], gad.grad(getattr(np, name))(x[1]))
