"""What to write instead of SciPy's functions that are no ufuncs: they make arrays of what they get, and ask nobody.

So they cannot be recorded; each row says what can, as in `graphviz_ad.engine.recipes`. The values that a row gives may
differ from SciPy's in the last digits.
"""

from __future__ import annotations

from graphviz_ad.engine.recipes import Recipe

__all__ = ["DEFINITIONS", "SCIPY_RECIPES", "SPECIAL_NAMES"]

_SPECIAL = "after: from scipy import special"
_TOTAL = "np.logaddexp.reduce({0}, axis={1}, keepdims=True)"


def _row(call: str, instead: str, note: str = "") -> Recipe:
    return Recipe(f"scipy.{call}", instead, note)


def _normal(name: str, instead: str, note: str = "", *, scaled: str = "{}") -> tuple[Recipe, ...]:
    """Return the rows of a function of the normal distribution, of z, and of x with a mean m and a deviation s."""
    moved = instead.replace("z", "((x - m) / s)")
    return (
        _row(f"stats.norm.{name}(x)", instead.replace("z", "x"), note),
        _row(f"stats.norm.{name}(x, m, s)", scaled.format(moved), note),
        _row(f"stats.norm.{name}(x, loc=m, scale=s)", scaled.format(moved), note),
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
    *_normal("pdf", "np.exp(-z ** 2 / 2) / np.sqrt(2 * np.pi)", scaled="{} / s"),
    *_normal("logpdf", "-z ** 2 / 2 - np.log(2 * np.pi) / 2", scaled="{} - np.log(s)"),
    *_normal("cdf", "special.ndtr(z)", _SPECIAL),
    *_normal("sf", "special.ndtr(-z)", _SPECIAL),
    *_normal("logcdf", "special.log_ndtr(z)", _SPECIAL),
    *_normal("logsf", "special.log_ndtr(-z)", _SPECIAL),
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
    _row("linalg.solve_triangular(A, x)", "np.linalg.solve(np.triu(A), x)"),
    _row("linalg.solve_triangular(A, x, lower=True)", "np.linalg.solve(np.tril(A), x)"),
    _row("linalg.cholesky(A)", "np.linalg.cholesky(A, upper=True)"),
    _row("linalg.cholesky(A, lower=True)", "np.linalg.cholesky(A)"),
)

DEFINITIONS = {
    "scipy.linalg.expm": (
        "from graphviz_ad.extend import structural; from scipy import linalg; expm = structural('expm', linalg.expm, "
        "lambda g, y, a: expm(np.block([[a.T, g], [np.zeros(a.shape), a.T]]))[:len(a), len(a):])"
    ),
}
"""What makes a recorded function of one that nothing recorded is composed to: a line to be run once."""

SPECIAL_NAMES = {"gamma": "gamma", "lgamma": "gammaln"}
"""Functions of Python's module math that NumPy has not got, and SciPy has."""
