"""Why a rule is what it is: for every primitive a reason, in words that say how the result moves with an operand.

A reason holds forward and back alike, and for any numbers of a shape: "sin's slope is cos", "in a product each factor's
slope is the other factor". It is a clause: a sentence goes on with "so ...". What has no row here says its rule as a
formula, or that it is linear.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from graphviz_ad.engine.primitive import Primitive, plain_value
from graphviz_ad.engine.variable import Variable
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.story.constants import Constants
from graphviz_ad.story.labels import general_rule, together
from graphviz_ad.story.naming import is_inner_product, is_own_transpose
from graphviz_ad.story.steps import Fragment

__all__ = ["REASONS", "copies", "reason", "rule_name"]

Words = str | Callable[[Variable, int], str]

_FACTORS = "in a product each factor's slope is the other factor"
_ENTRIES = "every entry is multiplied by entries of the other factor, and the products are added"
_MOVED = "every number only moves to another place"
_LAID_OUT = "the numbers stay as they are, only laid out in another shape"
_PICKED = "what is picked is taken as it is, and the rest does not matter"
_JOINED = "every number is taken over as it is"
_COPIED = "every copy moves as the number that it is a copy of"
_ENTRY_BY_ENTRY = "every entry is multiplied by every entry of the other factor"
_TURNS = "every result is a sum of the numbers, each times a fixed factor"
_BY_ENTRY = "it works entry by entry, and each entry has a slope of its own"
_LARGER = "a maximum moves with the larger of the two; where they are equal, each has half the slope"
_SMALLER = "a minimum moves with the smaller of the two; where they are equal, each has half the slope"
_LARGEST = "a maximum moves with its largest number only; equal ones share the slope"
_SMALLEST = "a minimum moves with its smallest number only; equal ones share the slope"
_SUMMED = "each summand moves the sum by as much as it moves itself"
_OTHERS = "in a product each factor's slope is the product of all the others"
_SIZE = "the size of a number has the slope 1 above 0 and −1 below"
_BETWEEN = "a quantile lies on or between neighbours in the sorted order, and moves with these only"
_MIDDLE = "a median moves with the number in the middle only, or with the two there"
_RUNNING = "a summand is part of every running sum from its place on"
_PRODUCTS = "a factor is part of every running product from its place on"
_VECTORS = "A v = λ v stays true, with v of length 1"
_SINGULAR = "A = U S Vh stays true, with U and Vh orthogonal"
_FACTORED = "A = Q R stays true, with Q orthogonal and R triangular"
_DEGREES = "an angle in degrees is the same angle in radians times a fixed factor"
_SORTED = "sorting only moves numbers to other places"


def _share(node: Variable, argument: int) -> str:
    """Say the share of a mean, which is known where no condition leaves numbers out."""
    whole, part = np.size(plain_value(node.operands[argument])), node.size
    if "where" in node.params or not part or whole % part:
        return "each of the numbers counted moves their mean by an equal share"
    return f"a mean adds the numbers, each times 1/{whole // part}"


def _length(node: Variable, argument: int) -> str:
    order, matrices = node.params["order"], isinstance(node.params["axis"], tuple)
    if order is None or (order == 2 and not matrices):
        return "a length ‖u‖ moves with each entry by that entry's share of it, u/‖u‖"
    if order == 1 and not matrices:
        return "a sum of sizes moves with each entry by its sign"
    if np.ndim(order) == 0 and not isinstance(order, str) and np.isinf(order) and not matrices:
        return "it moves with the entry that decides it only"
    return "it moves with the entries that it is made of"


def _padded(node: Variable, argument: int) -> str:
    return _JOINED + ", between zeros" if node.params["mode"] == "constant" else _JOINED + ", into the margin too"


def _between_constants(node: Variable, argument: int) -> str:
    return "every constant is taken over as it is" if argument else _JOINED + ", between the constants"


def _differences(node: Variable, argument: int) -> str:
    if node.params["n"] != 1:
        return "every difference is a sum of neighbours, each times a fixed factor"
    return "a difference has the slope 1 by the later number and −1 by the earlier one"


def _product(node: Variable, argument: int) -> str:
    return _FACTORS if is_inner_product(node) or not node.shape else _ENTRIES


def _transposed(node: Variable, argument: int) -> str:
    return "a vector is its own transpose" if is_own_transpose(node) else _MOVED


def _triangles(node: Variable, argument: int) -> str:
    return ("A = L Lᴴ" if node.dtype.kind == "c" else "A = L Lᵀ") + " stays true, with L triangular"


def _both(words: str) -> Words:
    """Say it where both operands move; where one is a constant, the formula with that constant says more."""
    return lambda node, argument: words if all(isinstance(x, Variable) for x in node.operands) else ""


def _each(words: Words, *names: str) -> dict[str, tuple[Words, ...]]:
    return dict.fromkeys(names, (words,))


REASONS: dict[str, tuple[Words, ...]] = {
    **_each("when one part of a sum grows, the sum grows by as much", "add"),
    "subtract": (
        "a difference moves by as much as what it starts from",
        "a difference falls by as much as what is subtracted grows",
    ),
    **_each("−u falls by as much as u grows", "negative"),
    **_each("it is the same number", "positive", "alias"),
    **_each(_FACTORS, "multiply"),
    "divide": (
        _both("a fraction is its numerator times 1 over its denominator"),
        _both("by its denominator a fraction has the slope −numerator/denominator²"),
    ),
    **dict.fromkeys(
        ("power", "float_power"),
        (
            _both("the exponent of a power comes down as a factor, and what stays has one less"),
            _both("by its exponent a power has the slope of an exponential: itself times the log of its base"),
        ),
    ),
    **_each("exp is its own derivative", "exp"),
    **_each("log is the natural logarithm, whose slope at u is 1/u", "log"),
    **_each("sin's slope is cos", "sin"),
    **_each("cos's slope is −sin", "cos"),
    **_each("sinh's slope is cosh", "sinh"),
    **_each("cosh's slope is sinh", "cosh"),
    **_each(_SIZE, "absolute", "fabs"),
    **_each(_LARGER, "maximum", "fmax"),
    **_each(_SMALLER, "minimum", "fmin"),
    **dict.fromkeys(
        ("remainder", "fmod"),
        (
            "between its jumps a remainder moves as the number does",
            "between its jumps a remainder is the number minus a whole multiple of the divisor",
        ),
    ),
    **_each("where its sign is turned, a number's slope is turned with it", "copysign"),
    **_each(_DEGREES, "deg2rad", "radians", "rad2deg", "degrees"),
    "heaviside": ("", "the second number is taken only where the first is 0"),
    # Sums, means, extremes
    **_each(_SUMMED, "sum", "nansum", "add.reduce", "add.reduceat"),
    **_each(_share, "mean"),
    **_each("each of the numbers counted moves their mean by an equal share", "nanmean"),
    **_each(_LARGEST, "max", "nanmax", "maximum.reduceat"),
    **_each(_SMALLEST, "min", "nanmin", "minimum.reduceat"),
    **_each("a range is its largest number minus its smallest", "ptp"),
    **_each(_MIDDLE, "median", "nanmedian"),
    **_each(_BETWEEN, "quantile", "percentile", "nanquantile", "nanpercentile"),
    **_each(_OTHERS, "prod", "nanprod", "multiply.reduceat"),
    **_each("the further a number u is from the mean, the more it moves the variance", "var", "nanvar"),
    **_each("the further a number u is from the mean, the more it moves the deviation", "std", "nanstd"),
    **_each("each term moves the log of a sum by its share of the sum", "logaddexp.reduce", "logaddexp.reduceat"),
    **_each(_RUNNING, "cumsum", "nancumsum"),
    **_each(_PRODUCTS, "cumprod", "nancumprod"),
    **_each("a running maximum moves with the number that was the largest so far", "maximum.accumulate"),
    **_each("a running minimum moves with the number that was the smallest so far", "minimum.accumulate"),
    **_each("each term moves the log of every running sum from its place on, by its share", "logaddexp.accumulate"),
    **_each("a weight is a part of the sum of its bin", "bincount", "histogram"),
    "recurrence": (
        "each result is carried on into the next, times a factor",
        "each factor is multiplied by the result before it",
    ),
    **_each(_differences, "diff"),
    **_each("every slope is a sum of neighbours, each times a fixed factor", "gradient"),
    **_each(_SORTED, "sort", "partition"),
    # Numbers that only change their places
    **_each(_transposed, "transpose"),
    **_each(_MOVED, "swapaxes", "moveaxis", "rollaxis", "flip", "fliplr", "flipud", "rot90", "roll"),
    **_each(_MOVED, "fftshift", "ifftshift"),
    **_each(_LAID_OUT, "reshape", "ravel", "flatten", "expand_dims", "squeeze"),
    **_each(_LAID_OUT, "atleast_1d", "atleast_2d", "atleast_3d"),
    **_each(_PICKED, "index", "take", "take_along_axis", "compress", "extract", "delete", "diagonal"),
    **_each("each result is taken out of the whole as it is", "eig.eigenvalues", "eig.eigenvectors"),
    **_each("each result is taken out of the whole as it is", "eigh.eigenvalues", "eigh.eigenvectors"),
    **_each("each result is taken out of the whole as it is", "qr.Q", "qr.R", "svd.U", "svd.S", "svd.Vh"),
    **_each(_JOINED, "concatenate", "stack", "hstack", "vstack", "dstack", "column_stack", "block", "append", "insert"),
    **_each("every number is put to its place as it is", "scatter"),
    **_each("the numbers of the diagonal are taken over as they are", "diag", "diagflat"),
    **_each("the numbers of the triangle are taken over as they are, and the others become 0", "tril", "triu"),
    **_each("a trace is the sum of the diagonal", "trace"),
    **_each("each place takes its number from one of the arrays, as it is", "choose", "select"),
    "where": (
        "where the condition is true, the result is the first of the two as it is",
        "where the condition is false, the result is the second of the two as it is",
    ),
    **_each(_COPIED, "broadcast_to", "repeat", "tile", "resize", "meshgrid", "sliding_window_view"),
    **_each(_padded, "pad"),
    "pad.filled": (_between_constants,),
    "index_update": ("what is not written over stays as it is", "what is written is taken over as it is"),
    "add_at": ("what was there is a part of the sum", "what is added is a part of the sum"),
    **_each("it is the same number in another type", "astype"),
    **_each("it is the same number", "copy"),
    # Products
    **_each(_product, "matmul", "dot", "vdot", "inner", "vecdot", "tensordot", "matvec", "vecmat"),
    **_each(_ENTRY_BY_ENTRY, "outer", "kron"),
    **_each("every term is a product, in which a factor's slope is the product of the others", "einsum"),
    **_each("every result is a difference of products, in which a factor's slope is the other factor", "cross"),
    **_each("every entry is multiplied by the other's entries, each shifted by another distance", "convolve"),
    **_each("every entry is multiplied by the other's entries, each shifted by another distance", "correlate"),
    **_each("every entry is multiplied by entries of the other matrices, and the products are added", "multi_dot"),
    **_each("the matrix is a factor several times, and moves the product each time", "matrix_power"),
    "polyval": (
        "a coefficient is multiplied by a power of the point",
        "the slope by the point is the polynomial's own derivative",
    ),
    # Linear algebra
    "solve": (
        "A x = b stays true: a change dA of A moves x as the change −dA x of b would",
        "A x = b stays true: x moves by A⁻¹ times the change of b",
    ),
    **_each("A A⁻¹ = I stays true: a change dA of A moves the inverse by −A⁻¹ dA A⁻¹", "inv"),
    **_each("by each entry a determinant's slope is that entry's cofactor", "det"),
    **_each("by each entry the slope of log |det A| is one of the inverse's, transposed", "slogdet"),
    **_each("the sign moves as the determinant turns in the complex plane", "slogdet.sign"),
    **_each(_triangles, "cholesky"),
    **_each(_FACTORED, "qr"),
    **_each(_VECTORS, "eig", "eigh", "eigvals", "eigvalsh"),
    **_each(_SINGULAR, "svd", "svdvals", "lstsq.values"),
    **_each("A A⁺ A = A stays true, and so do the other three equations that define A⁺", "pinv"),
    "lstsq": (
        "the best x leaves a rest at right angles to A's columns, which settles how it moves",
        "the best x is a fixed matrix, A⁺, times b",
    ),
    "residuals": (
        "the best x makes the rest as small as can be, so to first order only A's own change counts",
        "the best x makes the rest as small as can be, so to first order only b's own change counts",
    ),
    **_each(_length, "norm"),
    **_each("every entry is a power, with the slope of that power", "vander"),
    **_each(_TURNS, "fft", "ifft", "rfft", "irfft", "hfft", "ihfft", "fft2", "ifft2", "rfft2", "irfft2"),
    **_each(_TURNS, "fftn", "ifftn", "rfftn", "irfftn"),
    # Grids, parts and bounds
    **_each("every number lies at a fixed part of the way between the ends", "linspace"),
    **_each("every number's log lies at a fixed part of the way between the logs of the ends", "geomspace"),
    "interp": (
        "between two points it lies on a straight line, whose slope counts",
        "between two points it lies at a fixed part of the way between their heights",
    ),
    **_each("within the bounds it is the number itself, beyond them it is the bound", "clip"),
    **_each("numbers that are finite stay as they are", "nan_to_num"),
    **_each("only whole periods are added, which do not move", "unwrap"),
    **_each("only a whole number is taken off, which does not move", "modf.fraction"),
    **_each("it is the number over a fixed power of 2", "frexp.mantissa"),
    **_each("it is the number times a fixed power of 2", "ldexp"),
    # Complex numbers
    **_each("the real part stays, and the imaginary part is mirrored", "conjugate"),
    **_each("it moves with the real part only", "real"),
    **_each("it moves with the imaginary part only", "imag"),
    **_each("a size moves only as far as the number moves towards or away from 0", "modulus"),
    **_each("a direction moves only as far as the number moves around 0", "phase"),
    # Special functions of several numbers
    **_each(_BY_ENTRY, "betainc", "betaincc", "betaincinv", "betainccinv", "hyp1f1", "hyp2f1", "hyperu"),
    **_each(_BY_ENTRY, "eval_gegenbauer", "eval_genlaguerre", "eval_jacobi"),
    **_each("the slope of a modified Bessel function is the mean of the orders beside it", "besseli"),
    **_each("w exp w = u stays true, which makes w's slope w/(u (1 + w))", "lambertw"),
}  # fmt: skip
"""By the name of a primitive: one reason for all its operands, or one for each."""

_RULES = {
    "sum rule": ("add", "subtract", "negative", "sum", "mean", "add.reduce"),
    "product rule": ("multiply", "prod", "matmul", "dot", "vdot", "inner", "outer"),
    "quotient rule": ("divide",),
    "power rule": ("power", "float_power", "square", "sqrt", "cbrt", "reciprocal"),
}
_RULE_OF = {name: rule for rule, names in _RULES.items() for name in names}


def rule_name(node: Variable, argument: int = 0) -> str:
    """Return what schoolbooks call the rule of an edge; all of them are applied through the chain rule.

    Examples
    --------
    >>> rule_name(Variable(2.0) * 3.0), rule_name(np.sin(Variable(2.0)))
    ('product rule', 'chain rule')
    """
    assert node.primitive is not None
    rule = _RULE_OF.get(node.primitive.name, "chain rule")
    return "chain rule" if rule == "power rule" and argument else rule  # by its exponent it is an exponential


def copies(node: Variable, argument: int) -> int:
    """Return of how many numbers of an elementwise node each number of an operand is a part.

    Examples
    --------
    >>> copies(Variable(2.0) * np.ones((3, 4)), 0)
    12
    """
    assert node.primitive is not None
    own = np.size(plain_value(node.operands[argument]))
    spread = node.primitive.elementwise and node.size and own
    return node.size // own if spread else 1


def reason(node: Variable, argument: int, constants: Constants) -> tuple[Fragment, ...]:
    """Return why the result moves with an operand as it does; nothing where no more is known than the rule itself.

    Examples
    --------
    >>> reason(np.sin(Variable(2.0)), 0, Constants({}))
    ("sin's slope is cos",)
    >>> print(*reason(np.tan(Variable(2.0)), 0, Constants({})))
    the slope of  <Formula tan u>  is  <Formula 1 + (tan u)²>
    """
    primitive = node.primitive
    assert primitive is not None
    rows = REASONS.get(primitive.name)
    if rows is not None and _is_ours(primitive):
        words = rows[min(argument, len(rows) - 1)]
        text = words if isinstance(words, str) else words(node, argument)
        if text:
            return (text,)
    if primitive.elementwise:
        return _as_formula(node, argument, constants)
    return ("it is linear, so a change goes through it as a number does",) if together(node, argument) else ()


def _is_ours(primitive: Primitive) -> bool:
    """Whether the rules are those that the reasons speak of, and no person's own in their place."""
    rules = [rule for rule in (*primitive.partials, *primitive.vjps) if callable(rule)]
    return all((getattr(rule, "__module__", None) or "").partition(".")[0] == "graphviz_ad" for rule in rules)


def _as_formula(node: Variable, argument: int, constants: Constants) -> tuple[Fragment, ...]:
    rule = general_rule(node, argument, constants)
    if rule is None:
        return ()
    by: tuple[Fragment, ...] = () if rule.ordinary else (" by ", Formula(rule.operand))
    return ("the slope of ", Formula(rule.whole), *by, " is ", Formula(rule.gradient))
