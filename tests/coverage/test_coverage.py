"""No row of the coverage lies, none is missing, and the page says what is so."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import scipy
from scipy import special

import graphviz_ad as gad
from graphviz_ad.errors import GraphvizAdError
from graphviz_ad.extend import temporary
from tests.coverage.observing import SECTIONS, names, observe, parts, rows, summary
from tests.coverage.page import PATH, written

ROWS = list(rows())
KINDS = {(row.section, row.name): row for row in ROWS}

# What HIPS autograd 1.9 has a rule for, or knows to be constant: the first arguments of defvjp in autograd/numpy and
# autograd/scipy, and the list nograd_functions.
AUTOGRAD = """
abs absolute add amax amin angle arccos arccosh arcsin arcsinh arctan arctan2 arctanh array_split astype atleast_1d
atleast_2d atleast_3d broadcast_to clip concatenate conj conjugate cos cosh cross cumsum deg2rad degrees diag diagonal
diff divide dot dsplit einsum exp exp2 expand_dims expm1 fabs fliplr flipud fmax fmin full gradient hsplit hypot imag
inner kron linspace log log10 log1p log2 logaddexp logaddexp2 matmul max maximum mean min minimum mod moveaxis multiply
nan_to_num negative outer pad partition power prod rad2deg radians ravel real real_if_close reciprocal remainder repeat
reshape roll rollaxis rot90 sin sinc sinh sort split sqrt square squeeze std subtract sum swapaxes take tan tanh
tensordot tile trace transpose tril triu true_divide var vsplit where
floor ceil round rint around fix trunc all any argmax argmin argpartition argsort argwhere nonzero flatnonzero
count_nonzero searchsorted sign ndim shape floor_divide logical_and logical_or logical_not logical_xor isfinite isinf
isnan isneginf isposinf allclose isclose array_equal array_equiv greater greater_equal less less_equal equal not_equal
iscomplexobj iscomplex size isscalar isreal zeros_like ones_like empty_like full_like result_type
fft.fft fft.fft2 fft.fftn fft.fftshift fft.ifft fft.ifft2 fft.ifftn fft.ifftshift fft.irfft fft.irfft2 fft.irfftn
fft.rfft fft.rfft2 fft.rfftn linalg.norm linalg.cholesky linalg.det linalg.eig linalg.eigh linalg.inv linalg.pinv
linalg.slogdet linalg.solve linalg.svd
special.beta special.betainc special.betaln special.digamma special.erf special.erfc special.erfcinv special.erfinv
special.expit special.gamma special.gammainc special.gammaincc special.gammaln special.gammasgn special.i0 special.i1
special.iv special.ive special.j0 special.j1 special.jn special.logit special.logsumexp special.multigammaln
special.polygamma special.psi special.rgamma special.y0 special.y1 special.yn
"""
# What MyGrad 2.5 differentiates, by the lists __all__ of its modules of functions, less its layers of neural networks.
MYGRAD = """
add reciprocal power square positive negative subtract multiply divide exp exp2 expm1 log log2 log10 log1p logaddexp
logaddexp2 sinh cosh tanh arcsinh arccosh arctanh abs absolute sqrt cbrt clip maximum minimum matmul einsum multi_matmul
sum mean var std amax max amin min prod cumprod cumsum sin cos tan sinc arcsin arccos arctan arctan2 reshape squeeze
ravel expand_dims broadcast_to atleast_1d atleast_2d atleast_3d stack concatenate repeat roll transpose moveaxis
swapaxes where any argmax argmin sliding_window_view linalg.norm
"""
OTHER_NAMES = {"multi_matmul": "linalg.multi_dot", "sliding_window_view": "lib.stride_tricks.sliding_window_view"}


@pytest.fixture(autouse=True)
def forgotten():
    """Forget the special functions that are met."""
    with temporary(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def test_the_page_is_what_is_so():
    """It is written anew by ``python -m tests.coverage``; another NumPy may have other functions."""
    lines = set(PATH.read_text(encoding="utf-8").splitlines())
    if (np.__version__[:4], scipy.__version__[:5]) == ("2.4.", "1.17."):
        assert written() == PATH.read_text(encoding="utf-8")
    assert any("scipy.special" in line for line in lines)


def test_every_function_has_a_row():
    """Of each module, and each with an example or a reason."""
    for section in SECTIONS:
        assert set(names(section)) == {name for place, name in KINDS if place == section}
    assert [f"{row.section}.{row.name}" for row in ROWS if row.program is None and not row.group] == []


@pytest.mark.parametrize("whole", [*AUTOGRAD.split(), *MYGRAD.split()])
def test_what_others_differentiate_has_a_row(whole):
    """Under NumPy's or SciPy's name."""
    section, _, name = OTHER_NAMES.get(whole, whole).rpartition(".")
    section = "scipy.special" if section == "special" else f"np.{section}".rstrip(".")
    assert (section, name) in KINDS or not hasattr(SECTIONS.get(section, special), name)


PROGRAMS = [row for row in ROWS if row.program is not None]


@pytest.mark.parametrize("row", PROGRAMS, ids=lambda row: f"{row.section}.{row.name}")
def test_no_row_lies(row):
    """What is differentiable has the slope of differences, what is constant NumPy's answer, and a refusal a reason."""
    leaves = [gad.Variable(array) for array in row.arrays]
    kind, way = observe(row)
    if kind == "refused":
        assert len(way) > 10
        with pytest.raises(GraphvizAdError):
            row.program(*leaves)
        return
    result = row.program(*leaves)
    if kind == "constant":
        assert not parts(result)
        expected = row.program(*row.arrays)
        np.testing.assert_equal(result, expected)
        return
    assert parts(result)
    slopes = gad.grad(lambda *xs: summary(row.program, xs), tuple(range(len(row.arrays))))(*row.arrays)
    for k, (array, slope) in enumerate(zip(row.arrays, slopes, strict=True)):
        direction = np.cos(np.arange(array.size) + 1.0 + k).reshape(array.shape)

        def moved(step, k=k, direction=direction):
            return summary(row.program, [a + step * direction if i == k else a for i, a in enumerate(row.arrays)])

        expected = (8 * (moved(1e-4) - moved(-1e-4)) - (moved(2e-4) - moved(-2e-4))) / 12e-4
        np.testing.assert_allclose(np.sum(slope * direction), expected, rtol=1e-6, atol=1e-7)
