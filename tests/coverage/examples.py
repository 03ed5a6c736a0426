"""An example for every function of NumPy, by its name: what it does to a Variable is observed, not declared.

Functions with a rule bring the examples of `tests.engine.test_rules` and `tests.engine.test_special`. All others have
one here, an expression of x (a matrix), s (a square one), v and w (vectors) and a (a number), which are Variables; a
function that takes no number to be differentiated stands in a group that says why.
"""

from __future__ import annotations

import numpy as np

__all__ = ["ARRAYS", "EXPRESSIONS", "METHODS", "SCIPY", "WITHOUT"]

ARRAYS = {
    "x": np.random.default_rng(5).permutation(np.linspace(0.5, 2, 12)).reshape(3, 4),
    "s": np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.2], [-0.6, 0.7, 3.0]]),
    "v": np.array([0.7, 1.9, 1.2]),
    "w": np.array([1.1, 0.4, 2.3]),
    "a": np.array(0.8),
}

EXPRESSIONS = """
np.isfinite(x) np.isnan(x) np.isinf(x) np.signbit(x) np.isneginf(x) np.isposinf(x) np.isreal(x) np.iscomplex(x)
np.equal(v,w) np.not_equal(v,w) np.less(v,w) np.less_equal(v,w) np.greater(v,w) np.greater_equal(v,w)
np.logical_and(v,w) np.logical_or(v,w) np.logical_not(v) np.logical_xor(v,w)
np.shape(x) np.ndim(x) np.size(x) np.result_type(x) np.iscomplexobj(x) np.isrealobj(x) np.isscalar(x) np.iterable(x)
np.allclose(v,w) np.isclose(v,w) np.array_equal(v,w) np.array_equiv(v,w) np.any(x) np.all(x) np.isin(v,w)
np.count_nonzero(x) np.bincount([0,1,1],v) np.histogram([0,1,1],weights=v) np.histogram_bin_edges(x)
np.histogram2d([0,1,1],[1,1,0],weights=v)
np.histogramdd(np.eye(3),2,weights=v)
np.unique(v) np.unique_all(v) np.unique_counts(v) np.unique_inverse(v) np.unique_values(v)
np.union1d(v,w) np.intersect1d(v,w) np.setdiff1d(v,w) np.setxor1d(v,w)
np.argsort(x) np.argmax(x) np.argmin(x) np.argpartition(x,1) np.nanargmax(x) np.nanargmin(x) np.argwhere(x)
np.nonzero(x)
np.flatnonzero(x) np.searchsorted([0.0,1.0],v) np.digitize(v,[0.0,1.0]) np.lexsort((v,w)) np.ix_(v)
np.diag_indices_from(s) np.tril_indices_from(s) np.triu_indices_from(s) np.einsum_path("ij->i",x)
np.common_type(x) np.min_scalar_type(x) np.may_share_memory(v,w) np.shares_memory(v,w)
np.bitwise_and(v,1) np.bitwise_or(v,1) np.bitwise_xor(v,1) np.bitwise_count(v) np.bitwise_invert(v) np.bitwise_not(v)
np.bitwise_left_shift(v,1) np.bitwise_right_shift(v,1) np.left_shift(v,1) np.right_shift(v,1) np.invert(v) np.gcd(v,2)
np.lcm(v,2) np.packbits(v) np.unpackbits(v) np.isnat(v) np.nextafter(v,w) np.spacing(v)
np.average(x,axis=0) np.ediff1d(v) np.trapezoid(v) np.cov(x) np.corrcoef(x)
np.copyto=(h:=v.copy(),np.copyto(h,w))[0] np.put=(h:=v.copy(),np.put(h,[0],w[0]))[0]
np.place=(h:=v.copy(),np.place(h,[True,False,True],w[:2]))[0] np.fill_diagonal=(h:=s.copy(),np.fill_diagonal(h,v))[0]
np.putmask=(h:=v.copy(),np.putmask(h,[True,False,True],w))[0]
np.put_along_axis=(h:=v.copy(),np.put_along_axis(h,np.array([0]),w[:1],0))[0]
np.empty_like=(h:=np.empty_like(v),h.__setitem__(...,w))[0] np.zeros_like(x) np.ones_like(x)
np.full_like(x,v[0])
np.empty=(h:=np.empty(3,like=v),h.__setitem__(...,w))[0] np.zeros(3,like=x) np.ones(3,like=x)
np.eye(3,like=x) np.identity(3,like=x) np.arange(3.0,like=x)
np.full(3,v[0],like=x) np.astype(x,float) np.array([v,w]) np.asarray(x) np.asanyarray(x) np.ascontiguousarray(x)
np.asfortranarray(x) np.asarray_chkfinite(x) np.asmatrix(x) np.bmat([[x]]) np.require(x) np.linspace(v[0],w[2],3)
np.logspace(v[0],w[2],3) np.geomspace(v[0],w[2],3) np.apply_along_axis(np.sum,1,x) np.apply_over_axes(np.sum,x,1)
np.compress([True,False,True],v) np.extract([True,False,True],v) np.trim_zeros(v) np.real_if_close(v) np.diagflat(v)
np.row_stack([v,w])
np.matrix_transpose(x) np.matvec(s,v) np.vecmat(v,s) np.divmod(v,w) np.frexp(v) np.ldexp(v,2) np.modf(v)
np.i0(v) np.nancumprod(v) np.nancumsum(v) np.nanmedian(x) np.nanpercentile(x,30) np.nanquantile(x,0.3)
np.piecewise(v,[v>1],[np.square,np.abs]) np.unwrap(v*3) np.sort_complex(v)
np.poly(v) np.polyadd(v,w) np.polysub(v,w) np.polymul(v,w) np.polydiv(v,w[:2]) np.polyder(v) np.polyint(v) np.roots(v)
np.polyfit(v,w,1) np.array2string(x) np.array_repr(x) np.array_str(x) np.broadcast_shapes((3,1),(4,))
np.linalg.cond(s) np.linalg.matrix_rank(s) np.linalg.matrix_transpose(x) np.linalg.eig(s) np.linalg.eigvals(s)
np.linalg.tensorinv(np.reshape(s[:2,:2],(2,1,2,1))) np.linalg.tensorsolve(s,v)
np.fft.fft(v) np.fft.ifft(v) np.fft.rfft(v) np.fft.irfft(v) np.fft.hfft(v) np.fft.ihfft(v) np.fft.fft2(x)
np.fft.ifft2(x) np.fft.rfft2(x) np.fft.irfft2(x) np.fft.fftn(x) np.fft.ifftn(x) np.fft.rfftn(x) np.fft.irfftn(x)
np.fft.fftshift(v) np.fft.fftfreq(5,v[0]) np.fft.rfftfreq(5,v[0]) np.kaiser(5,a) np.fft.ifftshift(v)
np.lib.stride_tricks.sliding_window_view(v,2) np.ravel_multi_index(([0],[1]),(3,4)) np.unravel_index(3,(3,4))
"""

METHODS = """
x.astype(float) x.all() x.any() x.argmax() x.argmin() x.argpartition(1) x.argsort() x.byteswap() v.choose([v])
v.compress([True,False,True]) x.copy() x.dump("f") x.dumps() x.fill=(h:=x.copy(),h.fill(v[0]))[0] x.getfield(float)
v.item(0) x.nonzero() v.partition=(h:=v.copy(),h.partition(1))[0] v.put=(h:=v.copy(),h.put([0],w[0]))[0] x.resize(4,3)
v.searchsorted(1.0) x.setfield(1.0,float) x.setflags(write=False) v.sort=(h:=v.copy(),h.sort())[0]
x.to_device("cpu") x.tobytes() x.tofile("f") x.tolist() x.view(float) x.T x.mT x.real x.imag x.flat x.flags x.data
x.base x.ctypes x.device x.dtype x.itemsize x.nbytes x.ndim x.shape x.size x.strides
"""

# What of SciPy is not a ufunc, and cannot be recorded: the error says what can.
SCIPY = """
special.logsumexp(v) special.softmax(v) special.log_softmax(v) special.polygamma(1,v) special.comb(5.0,v)
special.multigammaln(v,2) special.softplus(v) special.zeta(2,v) special.lambertw(v) special.sinc(v)
special.digamma(v) special.jn(1,v) special.spherical_jn(1,v) special.agm(v,w) special.zetac(v) special.ellipj(v[0],0.5)
"""

WITHOUT = {
    "settings, and what is printed": """
        format_float_positional format_float_scientific get_include get_printoptions getbufsize geterr geterrcall
        info printoptions set_printoptions setbufsize seterr seterrcall show_config show_runtime test base_repr
        binary_repr linalg.test fft.test
    """,
    "files and buffers": """
        from_dlpack frombuffer fromfile fromiter fromregex fromstring genfromtxt load loadtxt save savetxt savez
        savez_compressed
    """,
    "types of numbers": """
        can_cast isdtype issubdtype mintypecode promote_types typename isfortran datetime_data
    """,
    "positions, counts and calendars, which are whole numbers": """
        diag_indices indices mask_indices tri tril_indices triu_indices busday_count busday_offset is_busday
        datetime_as_string nested_iters
    """,
    "windows, which are made from a number of points": "bartlett blackman hamming hanning",
    "functions made of functions": "fromfunction frompyfunc",
}
"""Functions that take no number to be differentiated, by the reason."""
