"""SciPy's special functions: values, slopes of each order and formulas, and what they say where there is no rule.

The truth is SciPy's own value, differences of it, and mpmath where numbers are large or small.
"""

from __future__ import annotations

import subprocess
import sys

import mpmath
import numpy as np
import pytest
from scipy import special

import graphviz_ad as gad
from graphviz_ad.engine.primitive import PRIMITIVES
from graphviz_ad.engine.special.learning import ROWS, ufunc_of
from graphviz_ad.errors import UnsupportedError
from graphviz_ad.extend import elementwise, temporary

RANDOM = np.random.default_rng(7)
STATE = RANDOM.bit_generator.state


@pytest.fixture(autouse=True)
def forgotten():
    """Forget the special functions after each test, as if none had been met, and draw the same numbers in each."""
    RANDOM.bit_generator.state = STATE
    with temporary():
        yield


WHOLE, POSITIVE, UNIT, PART = (-1.9, 1.9), (0.3, 2.5), (-0.85, 0.85), (0.1, 0.9)
# Per function the interval of each operand; a number where it must be a plain one.
CASES = {
    "erf": (WHOLE,),
    "erfc": (WHOLE,),
    "erfcx": (WHOLE,),
    "erfi": (WHOLE,),
    "erfinv": (UNIT,),
    "erfcinv": (PART,),
    "dawsn": (WHOLE,),
    "ndtr": (WHOLE,),
    "log_ndtr": (WHOLE,),
    "ndtri": (PART,),
    "ndtri_exp": ((-2.0, -0.2),),
    "owens_t": (WHOLE, WHOLE),
    "expit": (WHOLE,),
    "log_expit": (WHOLE,),
    "logit": (PART,),
    "entr": (POSITIVE,),
    "rel_entr": (POSITIVE, POSITIVE),
    "kl_div": (POSITIVE, POSITIVE),
    "xlogy": (WHOLE, POSITIVE),
    "xlog1py": (WHOLE, UNIT),
    "huber": ((0.5, 0.7), (-2.0, -0.8)),
    "pseudo_huber": (POSITIVE, WHOLE),
    "exprel": (WHOLE,),
    "expm1": (WHOLE,),
    "log1p": (UNIT,),
    "cosm1": (WHOLE,),
    "cbrt": (POSITIVE,),
    "exp2": (WHOLE,),
    "exp10": (UNIT,),
    "powm1": (POSITIVE, WHOLE),
    "boxcox": (POSITIVE, WHOLE),
    "boxcox1p": (UNIT, WHOLE),
    "inv_boxcox": (PART, (-0.9, 1.9)),
    "inv_boxcox1p": (PART, (-0.9, 1.9)),
    "sindg": ((-200.0, 200.0),),
    "cosdg": ((-200.0, 200.0),),
    "tandg": ((-60.0, 60.0),),
    "cotdg": ((20.0, 160.0),),
    "round": ((2.6, 3.4),),
    "gamma": ((0.6, 3.5),),
    "gammaln": ((0.6, 3.5),),
    "loggamma": ((0.6, 3.5),),
    "rgamma": ((-1.4, 2.5),),
    "gammasgn": (POSITIVE,),
    "psi": (POSITIVE,),
    "_zeta": (3, POSITIVE),
    "beta": (POSITIVE, POSITIVE),
    "betaln": (POSITIVE, POSITIVE),
    "binom": ((3.2, 5.5), (0.3, 2.5)),
    "poch": (POSITIVE, POSITIVE),
    "gammainc": (1.7, POSITIVE),
    "gammaincc": (15.0, (8.0, 25.0)),
    "gammaincinv": (1.7, PART),
    "gammainccinv": (1.7, PART),
    "betainc": (1.7, 2.2, PART),
    "betaincc": (1.7, 2.2, PART),
    "betaincinv": (1.7, 2.2, PART),
    "betainccinv": (1.7, 2.2, PART),
    "chdtr": (3, POSITIVE),
    "chdtrc": (3, POSITIVE),
    "pdtr": (2, POSITIVE),
    "pdtrc": (2, POSITIVE),
    "stdtr": (3.5, WHOLE),
    "stdtrit": (3.5, PART),
    "jv": (1.3, POSITIVE),
    "yv": (1.3, POSITIVE),
    "yn": (2, POSITIVE),
    "iv": (1.3, POSITIVE),
    "kv": (1.3, POSITIVE),
    "kn": (2, POSITIVE),
    "hankel1": (1.3, POSITIVE),
    "hankel2": (1.3, POSITIVE),
    "ive": (2, (-2.5, -0.3)),
    "kve": (1.3, POSITIVE),
    **dict.fromkeys(("j0", "j1", "y0", "y1", "i0", "i1", "k0", "k1", "i0e", "i1e", "k0e", "k1e"), (POSITIVE,)),
    "struve": (1.3, POSITIVE),
    "modstruve": (1.3, POSITIVE),
    "expi": (POSITIVE,),
    "exp1": (POSITIVE,),
    "expn": (2, POSITIVE),
    "spence": (POSITIVE,),
    "ellipk": ((-1.9, 0.85),),
    "ellipe": ((-1.9, 0.85),),
    "ellipkm1": (PART,),
    "ellipkinc": (WHOLE, 0.6),
    "ellipeinc": (WHOLE, 0.6),
    "hyp0f1": (1.3, WHOLE),
    "hyp1f1": (1.3, 2.2, WHOLE),
    "hyperu": (1.3, 2.2, POSITIVE),
    "hyp2f1": (1.3, 2.2, 3.1, UNIT),
    "wrightomega": (WHOLE,),
    "eval_legendre": (3, WHOLE),
    "eval_chebyt": (3, UNIT),
    "eval_chebyu": (3, UNIT),
    "eval_hermite": (3, WHOLE),
    "eval_hermitenorm": (3, WHOLE),
    "eval_laguerre": (3, WHOLE),
    "eval_genlaguerre": (3, 0.5, WHOLE),
    "eval_gegenbauer": (3, 0.5, UNIT),
    "eval_jacobi": (3, 0.5, 1.5, UNIT),
    **dict.fromkeys(("airy", "sici", "shichi", "fresnel"), (POSITIVE,)),
}
FLAT = {"round", "gammasgn"}
ROW = {row.name: row for row in ROWS if ufunc_of(row) is not None}


def programs():
    """Return a program for each function, of the operands that may be Variables; one for each of several results."""
    for name, operands in CASES.items():
        if name not in ROW:
            continue
        f = ufunc_of(ROW[name])

        def program(*xs, f=f, operands=operands):
            rest = iter(xs)
            return f(*(next(rest) if isinstance(operand, tuple) else operand for operand in operands))

        intervals = [operand for operand in operands if isinstance(operand, tuple)]
        for place in range(f.nout):
            each = program if f.nout == 1 else lambda *xs, p=program, place=place: p(*xs)[place]
            yield pytest.param(each, intervals, id=f"{name}-{place}" if f.nout > 1 else name)
    for k in (0, -1):
        yield pytest.param(lambda x, k=k: special.lambertw(x, k), [(-0.3, -0.1)], id=f"lambertw-{k}")


PROGRAMS = list(programs())


def test_every_row_has_a_case():
    """A function that this SciPy has, and that has a rule, is tested."""
    assert set(ROW) <= {*CASES, "wofz", "_lambertw"}
    assert len(ROW) > 105


def drawn(intervals, shape, dtype=np.float64):
    """Return numbers of the intervals."""
    return [dtype(RANDOM.uniform(*interval, shape)) for interval in intervals]


def difference(f, x, direction, step=3e-4):
    """Return the derivative of f along a direction by a difference of fourth order."""
    near = f(x + step * direction) - f(x - step * direction)
    far = f(x + 2 * step * direction) - f(x - 2 * step * direction)
    return (8 * near - far) / (12 * step)


def total(y):
    """Return the sum of what a real leaf can follow."""
    return np.sum(np.real(y))


@pytest.mark.parametrize(("program", "intervals"), PROGRAMS)
def test_values_are_scipys_bits(program, intervals):
    """Value, dtype and shape, of each number of dimensions, in float64 and float32."""
    for dtype in (np.float64, np.float32):
        for shape in ((), (3,), (2, 2), (0,)):
            arrays = drawn(intervals, shape, dtype)
            expected, actual = np.asarray(program(*arrays)), np.asarray(program(*map(gad.Variable, arrays)).value)
            assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape)
            assert actual.tobytes() == expected.tobytes()


@pytest.mark.parametrize(("program", "intervals"), PROGRAMS)
def test_slopes_of_each_order_match_differences(program, intervals):
    """The first and the second derivative by each operand, and by each pair of them."""
    arrays = drawn(intervals, 4)
    for k in range(len(arrays)):
        weights = RANDOM.normal(size=4)

        def replaced(x, k=k):
            return [x if i == k else array for i, array in enumerate(arrays)]

        def slope(*xs, k=k):
            return gad.grad(lambda *xs: total(program(*xs)), k)(*xs)

        expected = difference(lambda x, k=k: np.real(program(*replaced(x))), arrays[k], 1.0)
        np.testing.assert_allclose(slope(*arrays), expected, rtol=1e-7, atol=1e-8)
        for j in range(len(arrays)):
            moved = difference(
                lambda x, j=j: slope(*[x if i == j else a for i, a in enumerate(arrays)]), arrays[j], 1.0
            )
            second = gad.grad(lambda *xs, s=slope, w=weights: np.sum(s(*xs) * w), j)(*arrays)
            np.testing.assert_allclose(second, moved * weights, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("program", "intervals"), PROGRAMS)
def test_gradients_keep_the_leafs_dtype_and_shape(program, intervals):
    """Of float16, which SciPy computes in float32, and float32; of numbers and of arrays of none, broadcast too."""
    for dtype in (np.float16, np.float32):
        for shape in ((), (3,), (0,)):
            arrays = drawn(intervals, shape, dtype)
            places = tuple(range(len(arrays)))
            wide = gad.grad(lambda *xs: total(program(*xs)), places)(*[np.float64(x) for x in arrays])
            slopes = gad.grad(lambda *xs: total(program(*xs)), places)(*arrays)
            for slope, expected in zip(slopes, wide, strict=True):
                assert (slope.dtype, np.shape(slope)) == (dtype, shape)
                np.testing.assert_allclose(slope, expected, rtol=4e3 * np.finfo(dtype).eps, atol=1e-3)


@pytest.mark.parametrize(("program", "intervals"), PROGRAMS)
def test_they_are_drawn_and_told(program, intervals):
    """The whole story with its formulas can be told."""
    trace = gad.trace(lambda *xs: total(program(*xs)), *drawn(intervals, ()))
    assert all(node.title.text and node.title.latex for node in trace.story.nodes)
    assert trace.steps()


# Large and small numbers, and edges

NORMAL = mpmath.npdf
POINTS = [1e-300, 1e-150, 1e-16, 1e-8, 1e-3, 0.1, 0.49, 0.7, 0.99, 1 + 1e-15, 1.5, 3.3, 5.5, 7.9, 8.1, 12.0, 26.0, 30.0]
POINTS += [37.7, 45.0, 49.0, 51.0, 90.0, 170.5, 300.3, 700.0, 1e3, 1e5, 1e8, 1e15, 1e100, 1e200, 1e308]


def half(f, k, x, sign=-1):
    """Return half of a Bessel function of the order below and of the order above, with a sign."""
    return (f(k - 1, x) + sign * f(k + 1, x)) / 2


# The derivative, and where mpmath has it in reasonable time and without a difference of its own.
EXACT = {
    "erf": (lambda x: 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x), (-mpmath.inf, mpmath.inf)),
    "erfc": (lambda x: -2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x), (-mpmath.inf, mpmath.inf)),
    "erfcx": (lambda x: 2 * x * mpmath.exp(x * x) * mpmath.erfc(x) - 2 / mpmath.sqrt(mpmath.pi), (-26, 1e5)),
    "dawsn": (lambda x: 1 - x * mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x) * mpmath.erfi(x), (-1e5, 1e5)),
    "ndtr": (NORMAL, (-mpmath.inf, mpmath.inf)),
    "log_ndtr": (lambda x: NORMAL(x) / mpmath.ncdf(x), (-1e5, mpmath.inf)),
    "expit": (lambda x: 1 / (1 + mpmath.exp(-x)) / (1 + mpmath.exp(x)), (-mpmath.inf, mpmath.inf)),
    "log_expit": (lambda x: 1 / (1 + mpmath.exp(x)), (-mpmath.inf, mpmath.inf)),
    "logit": (lambda x: 1 / x / (1 - x), (0, 1)),
    "gamma": (lambda x: mpmath.gamma(x) * mpmath.digamma(x), (1e-150, 171)),
    "gammaln": (mpmath.digamma, (0, mpmath.inf)),
    "rgamma": (lambda x: -mpmath.rgamma(x) * mpmath.digamma(x), (-0.9, 170)),
    "psi": (lambda x: mpmath.psi(1, x), (-0.9, mpmath.inf)),
    "exprel": (lambda x: (mpmath.exp(x) * (x - 1) + 1) / x**2, (1e-16, 700)),
    "expi": (lambda x: mpmath.exp(x) / x, (-1e4, 1e4)),
    "ellipk": (lambda m: (mpmath.ellipe(m) / (1 - m) - mpmath.ellipk(m)) / (2 * m), (1e-16, 1)),
    "ellipe": (lambda m: (mpmath.ellipe(m) - mpmath.ellipk(m)) / (2 * m), (1e-16, 1)),
    "ellipkm1": (lambda p: (mpmath.ellipk(1 - p) - mpmath.ellipe(1 - p) / p) / (2 * (1 - p)), (0, 1)),
    "spence": (lambda z: mpmath.log(z) / (1 - z), (0, mpmath.inf)),
    "entr": (lambda x: -mpmath.log(x) - 1, (0, mpmath.inf)),
    "i0e": (
        lambda x: mpmath.exp(-abs(x)) * (mpmath.besseli(1, x) - mpmath.sign(x) * mpmath.besseli(0, x)),
        (-1e4, 1e4),
    ),
    "k0e": (lambda x: mpmath.exp(x) * (mpmath.besselk(0, x) - mpmath.besselk(1, x)), (1e-4, 1e3)),
    "j1": (lambda x: half(mpmath.besselj, 1, x), (-1e4, 1e4)),
    "y1": (lambda x: half(mpmath.bessely, 1, x), (1e-4, 1e3)),
    "i1": (lambda x: half(mpmath.besseli, 1, x, 1), (-600, 600)),
    "k1": (lambda x: -half(mpmath.besselk, 1, x, 1), (1e-4, 1e3)),
}
UNITS = {"erfcx": 60, "dawsn": 40, "i0e": 80, "k0e": 30}
"""In the last place, where a difference goes over into a series; elsewhere 16, before the condition number."""


@pytest.mark.parametrize("name", EXACT)
def test_slopes_are_accurate_where_numbers_are_large_or_small(name):
    """No digits are lost but those that the operand's own last digit decides."""
    derivative, (low, high) = EXACT[name]
    tried = 0
    for x in [sign * point for point in POINTS for sign in (1, -1) if low < sign * point < high]:
        if not np.isfinite(getattr(special, name)(x)):
            continue
        with mpmath.workprec(100 if name[0] == "k" else 250):
            expected = derivative(mpmath.mpf(x))
            moved = abs(derivative(mpmath.mpf(x) * (1 + mpmath.mpf(2) ** -52)) - expected)
            allowed = UNITS.get(name, 16) * (abs(expected) * mpmath.mpf(2) ** -52 + moved + mpmath.mpf(2) ** -1070)
            if abs(expected) < 1e308:
                slope = gad.grad(getattr(special, name))(x)
                assert abs(mpmath.mpf(float(slope)) - expected) <= allowed, (x, slope, mpmath.nstr(expected, 17))
                tried += 1
    assert tried >= 6


@pytest.mark.parametrize("small", [1e-200, 1e-9, 0.3, 7.0])
@pytest.mark.parametrize("large", [0.3, 9.0, 1e6, 1e15, 1e200])
def test_the_slopes_of_the_beta_function_do_not_cancel(small, large):
    """The digamma function of a sum less that of a summand, however unlike both are."""
    slopes = gad.grad(special.betaln, (0, 1))(small, large)
    with mpmath.workprec(1500 if large > 1e100 or small < 1e-100 else 300):
        exact = [mpmath.digamma(x) - mpmath.digamma(mpmath.mpf(small) + large) for x in (small, large)]
    np.testing.assert_allclose(slopes, [float(x) for x in exact], rtol=2e-14)


@pytest.mark.parametrize("a", [0.5, 3.0, 11.0, 1e3, 1e8])
def test_the_density_of_the_gamma_distribution_is_accurate(a):
    """Near its peak, where the factors of a large parameter are far beyond the range of the dtype."""
    for x in (0.9 * a, a, a + 2 * np.sqrt(a), 3 * a):
        slope = gad.grad(lambda x: special.gammainc(a, x))(x)
        with mpmath.workdps(60):
            power = (mpmath.mpf(a) - 1) * mpmath.log(x)
            exact = mpmath.exp(power - mpmath.mpf(x) - mpmath.loggamma(a))
            steep = abs((a - 1) / x - 1) * x
        np.testing.assert_allclose(slope, float(exact), rtol=1e-13 + 4e-16 * steep, atol=1e-300)


EDGES = {
    "0 log 0 by what is 0": (lambda x: special.xlogy(x, 0.0), 0.0, 0.0),
    "0 log x by x": (lambda x: special.xlogy(0.0, x), 0.0, 0.0),
    "0 log(1 + x) at -1": (lambda x: special.xlog1py(0.0, x), -1.0, 0.0),
    "the entropy of 0": (special.entr, 0.0, np.inf),
    "no divergence of nothing from nothing": (lambda x: special.rel_entr(x, 0.0), 0.0, 0.0),
    "nothing from something": (lambda x: special.rel_entr(x, 0.5), 0.0, -np.inf),
    "of equal numbers": (lambda x: special.kl_div(x, x), 0.3, 0.0),
    "Huber at its bound": (lambda x: special.huber(1.0, x), 1.0, 1.0),
    "Huber at 0": (lambda x: special.huber(1.0, x), 0.0, 0.0),
    "Huber without a bound": (lambda x: special.pseudo_huber(0.0, x), 3.0, 0.0),
    "1/gamma at a pole": (special.rgamma, -3.0, -6.0),
    "scaled I at its corner": (special.i0e, 0.0, 0.0),
    "relative exponential at 0": (special.exprel, 0.0, 0.5),
    "Box-Cox of no power": (lambda p: special.boxcox(2.0, p), 0.0, np.log(2.0) ** 2 / 2),
    "Box-Cox of 0": (lambda p: special.boxcox(0.0, p), 2.0, 0.25),
    "binomial at a zero, by n": (lambda n: special.binom(n, 5.0), 3.0, -1 / 20),
    "binomial at a zero, by k": (lambda k: special.binom(3.0, k), 5.0, 1 / 20),
    "binomial below 0, by k": (lambda k: special.binom(3.0, k), -1.0, 1 / 4),
    "elliptic at 0": (special.ellipk, 0.0, np.pi / 8),
    "dilogarithm at 1": (special.spence, 1.0, -1.0),
    "Lambert at 0": (lambda x: np.real(special.lambertw(x)), 0.0, 1.0),
    "Bessel at 0": (special.j1, 0.0, 0.5),
    "certain": (special.expit, 800.0, 0.0),
    "a polynomial of degree 0": (lambda x: special.eval_legendre(0, x), 0.3, 0.0),
    "Legendre at 1": (lambda x: special.eval_legendre(4, x), 1.0, 10.0),
    "1/gamma at infinity": (special.rgamma, np.inf, 0.0),
    "elliptic at infinity": (special.ellipk, -np.inf, 0.0),
    "elliptic at infinity from 1": (special.ellipkm1, np.inf, 0.0),
    "Bessel at the smallest number": (special.i1, 5e-324, 0.5),
    "chi2 at infinity": (lambda x: special.chdtr(3, x), np.inf, 0.0),
}


@pytest.mark.parametrize("what", EDGES)
def test_the_slope_at_an_edge_is_the_documented_one(what):
    """The limit where there is one, and 0 where a product with 0 is 0 all along."""
    f, x, expected = EDGES[what]
    with np.errstate(divide="ignore"):
        assert gad.grad(f)(x) == pytest.approx(expected, rel=1e-14)


def test_a_plateau_stays_one_to_the_second_order():
    """The slope of 1/gamma at its zeros is right, and so is the slope of that."""
    second = gad.grad(gad.grad(special.rgamma))(0.0)
    assert second == pytest.approx(2 * float(mpmath.euler), rel=1e-13)
    third = gad.grad(gad.grad(gad.grad(special.log_ndtr)))(-30.0)
    with mpmath.workdps(60):
        exact = mpmath.diff(lambda x: mpmath.log(mpmath.ncdf(x)), -30, 3)
    assert third == pytest.approx(float(exact), rel=1e-7)


def test_slopes_of_complex_numbers():
    """The Faddeeva function, and others off the real axis: the conjugate of the derivative, by differences."""
    for f in (special.wofz, special.erf, special.loggamma):
        z, h = 0.7 + 0.4j, 1e-6
        derivative = (f(z + h) - f(z - h)) / (2 * h)
        (slope,) = gad.vjp(f, z)[1](1.0 + 0j)
        assert slope == pytest.approx(np.conj(derivative), rel=1e-8)


# What they are called, and what they say


def test_nothing_of_scipy_is_imported_before_it_is_met():
    """Neither by the package, nor by other programs where SciPy is loaded."""
    program = (
        "import sys, numpy as np, graphviz_ad as gad\n"
        "gad.grad(np.sin)(1.0)\n"
        "assert not any(name.split('.')[0] == 'scipy' for name in sys.modules)\n"
        "from scipy import special\n"
        "gad.grad(np.sin)(1.0)\n"
        "assert 'graphviz_ad.engine.special' not in sys.modules\n"
        "print(gad.grad(special.expit)(0.0))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0.25"


def test_a_node_stands_where_it_was_called_from_the_first_call_on():
    """The line of the person's, not one of ours."""
    x = gad.Variable(0.5)
    for _ in range(2):
        y = special.erf(x)
        assert y.site.text == "special.erf(x)"
        assert special.jv(1, x).site.text == "special.jv(1, x)"


@pytest.mark.parametrize(
    ("f", "text", "slope"),
    [
        (special.erf, "erf x", "× 1.128379 · exp(−x²)"),
        (special.expit, "σ x", "× f · (1 − f)"),
        (special.gamma, "Γ x", "× f · ψ x"),
        (special.gammaln, "log Γ x", "× ψ x"),
        (special.ndtr, "Φ x", "× exp(−x²/2)/2.506628"),
        (special.j0, "J₀ x", "× (−J₁ x)"),
        (special.cbrt, "³√x", "× 1/(3f²)"),
        (lambda x: special.jv(2, x), "J(2, x)", "× 0.5 · (J(1, x) − J(3, x))"),
        (lambda x: special.sici(x)[0], "Si x", "× sin(x)/x"),
    ],
)
def test_they_are_written_as_a_person_would(f, text, slope):
    """The function, and its derivative as a formula."""
    story = gad.trace(lambda x: f(x), 0.5).story
    assert story.nodes[-1].short.text == text
    assert story.edges[-1].label.text == slope


@pytest.mark.parametrize(
    ("call", "operand", "free"),
    [
        (lambda v: special.jv(v, 2.0), "v", "z"),
        (lambda a: special.gammainc(a, 2.0), "a", "x"),
        (lambda a: special.betainc(2.0, a, 0.5), "b", "x"),
        (lambda s: special.zeta(s, 2.0), "x", "q"),
    ],
)
def test_an_operand_without_a_rule_is_refused(call, operand, free):
    """Not silently taken for a constant; with the plain value it works."""
    with pytest.raises(UnsupportedError, match=rf"with respect to {free} only, and {operand} is a Variable: pass its"):
        call(gad.Variable(1.5))
    assert np.isfinite(call(gad.Variable(1.5).value))


def test_a_function_without_a_rule_names_itself():
    """As one imports it."""
    with pytest.raises(UnsupportedError, match=r"special\.agm has no derivative rule"):
        special.agm(gad.Variable(1.0), 2.0)


def test_a_rule_of_ones_own_is_left_alone():
    """Whoever registered one before keeps it; a primitive of the same name is another function's."""
    elementwise(special.erf, lambda y, x: 7.0 + 0 * x)
    assert gad.grad(special.erf)(0.5) == 7.0
    assert gad.grad(special.erfc)(0.0) == pytest.approx(-2 / np.sqrt(np.pi))
    assert PRIMITIVES["cbrt"].function is np.cbrt
    assert special.cbrt(gad.Variable(8.0)).primitive is PRIMITIVES["special.cbrt"]


def test_options_and_outer_are_those_of_ufuncs():
    """``where=`` alone is refused with its way out; ``outer`` is recorded."""
    x = gad.Variable([0.5, 1.0])
    with pytest.raises(UnsupportedError, match=r"say what stands there with out="):
        special.erf(x, where=np.array([True, False]))
    np.testing.assert_array_equal(special.xlogy.outer(x, x).value, special.xlogy.outer(x.value, x.value))


def test_an_array_that_was_written_to_is_read_as_it_is():
    """The newest version, in functions of every kind."""
    x = gad.Variable([0.5, 1.0])
    for f in (special.erf, lambda h: special.jv(1, h), lambda h: special.sici(h)[0]):
        h = x.copy()
        h[0] = 2.0 * x[1]
        y = f(h)
        np.testing.assert_array_equal(y.value, f(np.array([2.0, 1.0])))
        slope = gad.grad(lambda x, f=f: f(2.0 * x[1]) + f(x[1]))(x.value)
        np.testing.assert_allclose(
            gad.vjp(lambda x, f=f: np.sum(f(_written(x))), x.value)[1](1.0)[0], slope, rtol=1e-14
        )


def _written(x):
    h = x.copy()
    h[0] = 2.0 * x[1]
    return h


@pytest.mark.parametrize(
    "f",
    [
        special.erf,
        lambda x: special.jv(1, x),
        lambda x: special.betainc(2.0, 3.0, x),
        lambda x: special.hyp2f1(1.0, 2.0, 3.0, x),
        lambda x: np.real(special.lambertw(x)),
        lambda x: special.fresnel(x)[1],
    ],
)
def test_forward_mode_agrees(f):
    """For functions of every kind: one operand, several, some of which are plain, and several results."""
    x, tangent = np.array([0.3, 0.6]), np.array([1.0, -2.0])
    slope = gad.grad(lambda x: np.sum(f(x)))(x)
    np.testing.assert_allclose(gad.jvp(f, (x,), (tangent,))[1], slope * tangent, rtol=1e-14)


COLUMN = np.array([[1.0], [20.0]])
SPREAD = {
    "gammainc": (lambda x: special.gammainc(COLUMN, x), (0.5, 30.0)),
    "ive": (lambda x: special.ive([[0], [1], [3]], x), (-60.0, 55.0)),
    "kve": (lambda x: special.kve([[0], [1], [3]], x), (30.0, 500.0)),
    "jv": (lambda x: special.jv(COLUMN, x), (0.5, 30.0)),
    "betainc": (lambda x: special.betainc(COLUMN, [2.0, 3.0, 4.0], x), (0.2, 0.7)),
    "hyp1f1": (lambda x: special.hyp1f1(COLUMN, 1.5, x), (0.2, 0.7)),
    "expn": (lambda x: special.expn([[0], [1], [2]], x), (0.2, 0.7)),
    "eval_legendre": (lambda x: special.eval_legendre([[0], [1], [5]], x), (0.2, 0.7)),
    "eval_genlaguerre": (lambda x: special.eval_genlaguerre([[0], [1], [5]], COLUMN[0], x), (0.2, 0.7)),
    "zeta": (lambda x: special.zeta([[2.0], [3.0]], x), (0.2, 0.7)),
    "lambertw": (lambda x: np.real(special.lambertw(x, [[0], [-1]])), (-0.2, -0.1)),
}


@pytest.mark.parametrize("name", SPREAD)
def test_plain_operands_may_be_arrays(name):
    """Over which x is spread: its slope is the sum, of the shape of x."""
    f, (low, high) = SPREAD[name]
    x, size = np.linspace(low, high, 3), max(abs(low), abs(high))
    weights = RANDOM.normal(size=np.shape(f(x)))
    slope = gad.grad(lambda x: np.sum(f(x) * weights))(x)
    for place, step in enumerate(1e-4 * size * np.eye(3)):
        expected = difference(lambda x: np.sum(f(x) * weights), x, step / step[place], step[place])
        assert slope[place] == pytest.approx(expected, rel=1e-6, abs=1e-9)
