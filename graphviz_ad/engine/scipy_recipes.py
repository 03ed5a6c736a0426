"""What to write instead of SciPy's functions that are no ufuncs: they make arrays of what they get, and ask nobody.

So they cannot be recorded; each row says what can, as in `graphviz_ad.engine.recipes`. The values that a row gives may
differ from SciPy's in the last digits.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from graphviz_ad.engine.recipes import Recipe

__all__ = ["DEFINITIONS", "SCIPY_RECIPES", "SPECIAL_NAMES"]

_SPECIAL = "after: from scipy import special"
_TOTAL = "np.logaddexp.reduce({0}, axis={1}, keepdims=True)"


def _row(call: str, instead: str, note: str = "", *, as_is: bool = False) -> Recipe:
    return Recipe(f"scipy.{call}", instead, note, as_is)


class _Family(NamedTuple):
    """A distribution: its name and the names of its shapes, and the logarithm of its density, in z and the shapes.

    `others` are functions beside pdf and logpdf, of which the density may be one.
    """

    name: str
    shapes: str
    logarithm: str
    others: dict[str, str]


_FAMILIES = (
    _Family(
        "norm",
        "",
        "-z ** 2 / 2 - np.log(2 * np.pi) / 2",
        {
            "pdf": "np.exp(-z ** 2 / 2) / np.sqrt(2 * np.pi)",
            "cdf": "special.ndtr(z)",
            "sf": "special.ndtr(-z)",
            "logcdf": "special.log_ndtr(z)",
            "logsf": "special.log_ndtr(-z)",
        },
    ),
    _Family(
        "t",
        "df",
        "special.gammaln((df + 1) / 2) - special.gammaln(df / 2) - np.log(df * np.pi) / 2 "
        "- (df + 1) / 2 * np.log1p(z ** 2 / df)",
        {"cdf": "special.stdtr(df, z)", "sf": "special.stdtr(df, -z)", "logcdf": "np.log(special.stdtr(df, z))"},
    ),
    _Family(
        "chi2",
        "df",
        "(df / 2 - 1) * np.log(z) - z / 2 - special.gammaln(df / 2) - df / 2 * np.log(2)",
        {"cdf": "special.gammainc(df / 2, z / 2)", "sf": "special.gammaincc(df / 2, z / 2)"},
    ),
    _Family(
        "gamma",
        "a",
        "(a - 1) * np.log(z) - z - special.gammaln(a)",
        {"cdf": "special.gammainc(a, z)", "sf": "special.gammaincc(a, z)"},
    ),
    _Family(
        "beta",
        "a b",
        "(a - 1) * np.log(z) + (b - 1) * np.log1p(-z) - special.betaln(a, b)",
        {"cdf": "special.betainc(a, b, z)", "sf": "special.betaincc(a, b, z)"},
    ),
    _Family("expon", "", "-z", {"cdf": "-np.expm1(-z)", "sf": "np.exp(-z)", "logsf": "-z"}),
    _Family("laplace", "", "-np.abs(z) - np.log(2)", {}),
    _Family("cauchy", "", "-np.log(np.pi) - np.log1p(z ** 2)", {"cdf": "np.arctan(z) / np.pi + 0.5"}),
    _Family(
        "logistic",
        "",
        "special.log_expit(z) + special.log_expit(-z)",
        {"cdf": "special.expit(z)", "sf": "special.expit(-z)"},
    ),
)


def _of_family(family: _Family) -> Iterator[Recipe]:
    """Yield the rows of a distribution: of x alone, and with a place m and a scale s."""
    functions = {"pdf": f"np.exp({family.logarithm})", **family.others, "logpdf": family.logarithm}
    shapes = family.shapes.split()
    for name, instead in functions.items():
        scaled = {"pdf": "({}) / s", "logpdf": "{} - np.log(s)"}.get(name, "{}")
        note = _SPECIAL if "special." in instead else ""
        for words in (shapes, [f"{shape}={shape}" for shape in shapes]) if shapes else (shapes,):
            call = ", ".join(["x", *words])
            whole = f"stats.{family.name}.{name}"
            yield _row(f"{whole}({call})", _with(instead, "x"), note)
            forms = ["loc=m, scale=s"] if words != shapes else ["m, s", "loc=m, scale=s"]
            for form in forms:
                yield _row(f"{whole}({call}, {form})", scaled.format(_with(instead, "((x - m) / s)")), note)
            yield _row(f"{whole}({call}, scale=s)", scaled.format(_with(instead, "(x / s)")), note)
            yield _row(f"{whole}({call}, loc=m)", _with(instead, "(x - m)"), note)


def _with(instead: str, z: str) -> str:
    """Return an expression with another in the place of z, written as Python writes it."""
    return ast.unparse(ast.parse(re.sub(r"\bz\b", z, instead), mode="eval"))


_CHOSEN = "special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)"
_BINOMIAL = f"{_CHOSEN} + special.xlogy(k, p) + special.xlog1py(n - k, -p)"
_POISSON = "special.xlogy(k, mu) - mu - special.gammaln(k + 1)"
_AWAY = "np.sum((x - y) * np.linalg.solve(A, (x - y).T).T, axis=-1)"
_JOINT = f"-({_AWAY} + np.linalg.slogdet(2 * np.pi * A)[1]) / 2"
_DIRICHLET = "special.gammaln(np.sum(u)) - np.sum(special.gammaln(u)) + np.sum((u - 1) * np.log(x))"
_COUNTS = (
    _row("stats.poisson.logpmf(k, mu)", _POISSON, _SPECIAL, as_is=True),
    _row("stats.poisson.pmf(k, mu)", f"np.exp({_POISSON})", _SPECIAL, as_is=True),
    _row("stats.poisson.cdf(k, mu)", "special.pdtr(np.floor(k), mu)", _SPECIAL, as_is=True),
    _row("stats.binom.logpmf(k, n, p)", _BINOMIAL, _SPECIAL, as_is=True),
    _row("stats.binom.pmf(k, n, p)", f"np.exp({_BINOMIAL})", _SPECIAL, as_is=True),
    _row("stats.bernoulli.logpmf(k, p)", "special.xlogy(k, p) + special.xlog1py(1 - k, -p)", _SPECIAL, as_is=True),
)
_JOINTS = (
    *(
        row
        for form in ("x, y, A", "x, mean=y, cov=A")
        for row in (
            _row(f"stats.multivariate_normal.logpdf({form})", _JOINT, as_is=True),
            _row(f"stats.multivariate_normal.pdf({form})", f"np.exp({_JOINT})", as_is=True),
        )
    ),
    _row("stats.multivariate_normal.entropy(x, A)", "np.linalg.slogdet(2 * np.pi * np.e * A)[1] / 2", as_is=True),
    _row("stats.dirichlet.logpdf(x, u)", _DIRICHLET, _SPECIAL, as_is=True),
    _row("stats.dirichlet.pdf(x, u)", f"np.exp({_DIRICHLET})", _SPECIAL, as_is=True),
)
_WINDOWS = "np.sum(np.lib.stride_tricks.sliding_window_view({0}, np.shape(B)) * B[::-1, ::-1], axis=(-2, -1))"
_SIGNALS = (
    *(
        _row(f"signal.{name}({form})", f"np.convolve({form})")
        for name in ("convolve", "fftconvolve")
        for form in ("x, y", "x, y, n", "x, y, mode=n")
    ),
    _row("signal.correlate(x, y)", "np.correlate(x, y, 'full')"),
    _row("signal.correlate(x, y, mode=n)", "np.correlate(x, y, n)"),
    _row("signal.convolve2d(A, B, mode='valid')", _WINDOWS.format("A")),
    _row("signal.convolve2d(A, B)", _WINDOWS.format("np.pad(A, [(size - 1, size - 1) for size in np.shape(B)])")),
)
_AREAS = "np.cumsum((y[1:] + y[:-1]) / 2 * np.diff(x))"
_INTEGRALS = (
    _row("integrate.trapezoid(y)", "np.trapezoid(y)"),
    _row("integrate.trapezoid(y, x)", "np.trapezoid(y, x)"),
    _row("integrate.trapezoid(y, x=x)", "np.trapezoid(y, x)"),
    _row("integrate.trapezoid(y, dx=s)", "np.trapezoid(y, dx=s)"),
    _row("integrate.cumulative_trapezoid(y, x)", _AREAS),
    _row("integrate.cumulative_trapezoid(y, x, initial=0)", f"np.append(0.0, {_AREAS})"),
    _row("integrate.cumulative_trapezoid(y)", "np.cumsum((y[1:] + y[:-1]) / 2)"),
    _row("integrate.cumulative_trapezoid(y, dx=s)", "s * np.cumsum((y[1:] + y[:-1]) / 2)"),
    _row("integrate.simpson(y)", "np.sum(y[:-2:2] + 4 * y[1:-1:2] + y[2::2]) / 3"),
    _row("integrate.simpson(y, dx=s)", "s * np.sum(y[:-2:2] + 4 * y[1:-1:2] + y[2::2]) / 3"),
)
_APART = "A[:, None] - B"
_DISTANCES = tuple(
    _row(f"spatial.distance.cdist(A, B{words})", instead)
    for instead, forms in {
        f"np.linalg.norm({_APART}, axis=-1)": ("", ", 'euclidean'", ", metric='euclidean'"),
        f"np.sum(({_APART}) ** 2, axis=-1)": (", 'sqeuclidean'", ", metric='sqeuclidean'"),
        f"np.sum(np.abs({_APART}), axis=-1)": (", 'cityblock'", ", metric='cityblock'"),
    }.items()
    for words in forms
)
_OF_SAMPLES = (
    _row("stats.entropy(p)", "-np.sum(p / np.sum(p) * np.log(p / np.sum(p)))"),
    _row("stats.entropy(p, x)", "np.sum(special.rel_entr(p / np.sum(p), x / np.sum(x)))", _SPECIAL),
    _row("stats.zscore(x)", "(x - np.mean(x)) / np.std(x)"),
    _row("stats.zscore(x, ddof=1)", "(x - np.mean(x)) / np.std(x, ddof=1)"),
    _row("stats.skew(x)", "np.mean((x - np.mean(x)) ** 3) / np.std(x) ** 3"),
    _row("stats.kurtosis(x)", "np.mean((x - np.mean(x)) ** 4) / np.std(x) ** 4 - 3"),
    _row("stats.gmean(x)", "np.exp(np.mean(np.log(x)))"),
    _row("stats.hmean(x)", "1 / np.mean(1 / x)"),
    _row("stats.sem(x)", "np.std(x, ddof=1) / np.sqrt(len(x))"),
)
_TRIANGLES = (
    *(
        _row(f"linalg.solve_triangular(A, x{words})", f"np.linalg.solve({matrix}, x)")
        for words, matrix in {
            "": "np.triu(A)",
            ", lower=True": "np.tril(A)",
            ", lower=False": "np.triu(A)",
            ", True": "np.triu(A).T",
            ", trans=1": "np.triu(A).T",
            ", trans='T'": "np.triu(A).T",
            ", lower=True, trans=1": "np.tril(A).T",
            ", lower=True, trans='T'": "np.tril(A).T",
            ", unit_diagonal=True": "np.triu(A, 1) + np.eye(len(A))",
            ", lower=True, unit_diagonal=True": "np.tril(A, -1) + np.eye(len(A))",
        }.items()
    ),
    _row("linalg.cho_solve((A, True), x)", "np.linalg.solve(np.tril(A) @ np.tril(A).T, x)"),
    _row("linalg.cho_solve((A, False), x)", "np.linalg.solve(np.triu(A).T @ np.triu(A), x)"),
    _row(
        "linalg.solve_sylvester(A, B, C)",
        "np.linalg.solve(np.kron(A, np.eye(len(B))) + np.kron(np.eye(len(A)), B.T), C.ravel()).reshape(C.shape)",
    ),
)

SCIPY_RECIPES = (
    _row("special.logsumexp(x)", "np.logaddexp.reduce(x, axis=None)"),
    _row("special.logsumexp(x, n)", "np.logaddexp.reduce(x, axis=n)"),
    _row("special.logsumexp(x, axis=n)", "np.logaddexp.reduce(x, axis=n)"),
    _row("special.logsumexp(x, axis=n, keepdims=True)", "np.logaddexp.reduce(x, axis=n, keepdims=True)"),
    _row("special.logsumexp(x, b=y)", "np.logaddexp.reduce(x + np.log(y), axis=None)"),
    _row("special.logsumexp(x, axis=n, b=y)", "np.logaddexp.reduce(x + np.log(y), axis=n)"),
    _row("special.softmax(x)", f"np.exp(x - {_TOTAL.format('x', 'None')})"),
    _row("special.softmax(x, n)", f"np.exp(x - {_TOTAL.format('x', 'n')})"),
    _row("special.softmax(x, axis=n)", f"np.exp(x - {_TOTAL.format('x', 'n')})"),
    _row("special.log_softmax(x)", f"x - {_TOTAL.format('x', 'None')}"),
    _row("special.log_softmax(x, n)", f"x - {_TOTAL.format('x', 'n')}"),
    _row("special.log_softmax(x, axis=n)", f"x - {_TOTAL.format('x', 'n')}"),
    _row("special.polygamma(0, x)", "special.psi(x)", _SPECIAL),
    _row("special.polygamma(n, x)", "(-1) ** (n + 1) * special.gamma(n + 1) * special.zeta(n + 1, x)", _SPECIAL),
    _row("special.comb(u, y)", "special.binom(u, y)", _SPECIAL),
    _row(
        "special.multigammaln(x, n)",
        "n * (n - 1) / 4 * np.log(np.pi) + sum(special.gammaln(x - k / 2) for k in range(n))",
        _SPECIAL,
    ),
    _row("special.spherical_jn(n, x)", "np.sqrt(np.pi / (2 * x)) * special.jv(n + 0.5, x)", _SPECIAL),
    _row("special.spherical_yn(n, x)", "np.sqrt(np.pi / (2 * x)) * special.yv(n + 0.5, x)", _SPECIAL),
    _row("special.spherical_in(n, x)", "np.sqrt(np.pi / (2 * x)) * special.iv(n + 0.5, x)", _SPECIAL),
    _row("special.spherical_kn(n, x)", "np.sqrt(np.pi / (2 * x)) * special.kv(n + 0.5, x)", _SPECIAL),
    *(row for family in _FAMILIES for row in _of_family(family)),
    *_COUNTS,
    *_JOINTS,
    *_SIGNALS,
    *_INTEGRALS,
    *_DISTANCES,
    *_OF_SAMPLES,
    *_TRIANGLES,
    _row("stats.norm.ppf(p)", "special.ndtri(p)", _SPECIAL),
    _row("stats.norm.ppf(p, m, s)", "m + s * special.ndtri(p)", _SPECIAL),
    _row("stats.norm.ppf(p, loc=m, scale=s)", "m + s * special.ndtri(p)", _SPECIAL),
    _row("linalg.inv(A)", "np.linalg.inv(A)"),
    _row("linalg.det(A)", "np.linalg.det(A)"),
    _row("linalg.pinv(A)", "np.linalg.pinv(A)"),
    _row("linalg.norm(A)", "np.linalg.norm(A)"),
    _row("linalg.eigvalsh(A)", "np.linalg.eigvalsh(A)"),
    _row("linalg.svdvals(A)", "np.linalg.svdvals(A)"),
    _row("linalg.solve(A, x)", "np.linalg.solve(A, x)"),
    _row("linalg.cholesky(A)", "np.linalg.cholesky(A, upper=True)"),
    _row("linalg.cholesky(A, lower=True)", "np.linalg.cholesky(A)"),
)

_ROOT = (
    "import graphviz_ad as gad; from scipy import optimize; polished = lambda f, r: r - f(r) / gad.grad(f)(r); "
    "{0} = lambda f, *where: polished(f, polished(f, optimize.{0}(lambda z: (gad.Variable(0.0) + f(z)).value, *where)))"
    "  # two of Newton's steps from the root, which have its slopes"
)
_RULE = "from graphviz_ad.extend import structural; from scipy import linalg; "
DEFINITIONS = {
    **{f"scipy.optimize.{name}": _ROOT.format(name) for name in ("brentq", "brenth", "bisect", "ridder")},
    "scipy.integrate.quad": (
        "quad = lambda f, a, b, args=(): (sum((b - a) / 2 * w * f((a + b) / 2 + (b - a) / 2 * t, *args) for t, w in "
        "zip(*np.polynomial.legendre.leggauss(40))), 0.0)  # for a smooth f between finite ends"
    ),
    "scipy.interpolate.interp1d": "interp1d = lambda x, y: lambda at: np.interp(at, x, y)  # linear, within x",
    "scipy.linalg.sqrtm": (
        f"{_RULE}sqrtm = structural('sqrtm', linalg.sqrtm, lambda g, y, a: np.linalg.solve(np.kron(y.T, "
        "np.eye(len(a))) + np.kron(np.eye(len(a)), y), g.ravel()).reshape(a.shape))"
    ),
    "scipy.integrate.odeint": (
        "import graphviz_ad as gad; from itertools import accumulate; rk4 = lambda g, y, t, h: (lambda a: (lambda b: "
        "(lambda c: y + h / 6 * (a + 2 * b + 2 * c + g(y + h * c, t + h)))(g(y + h / 2 * b, t + h / 2)))"
        "(g(y + h / 2 * a, t + h / 2)))(g(y, t)); odeint = lambda f, y0, t, args=(): np.stack(list(accumulate("
        "range(len(t) - 1), lambda y, k: rk4(lambda y, s: gad.array(f(y, s, *args)), y, t[k], t[k + 1] - t[k]), "
        "initial=gad.array(y0))))  # a step of Runge-Kutta between neighbours of t, which have to be near"
    ),
    "scipy.linalg.cho_factor": (
        "cho_factor = lambda A, lower=False: (np.linalg.cholesky(A, upper=not lower), lower); "
        "cho_solve = lambda c, b: np.linalg.solve(c[0] @ c[0].T if c[1] else c[0].T @ c[0], b)"
    ),
    "scipy.linalg.expm": (
        "from graphviz_ad.extend import structural; from scipy import linalg; expm = structural('expm', linalg.expm, "
        "lambda g, y, a: expm(np.block([[a.T, g], [np.zeros(a.shape), a.T]]))[:len(a), len(a):])"
    ),
}
"""What makes a recorded function of one that nothing recorded is composed to: a line to be run once."""

SPECIAL_NAMES = {"gamma": "gamma", "lgamma": "gammaln"}
"""Functions of Python's module math that NumPy has not got, and SciPy has."""
