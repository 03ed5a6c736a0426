"""Rules read as formulas: what is written for an edge is what the rule sends, computed from the written expression."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

import graphviz_ad as gad
from graphviz_ad.engine.notation import Index
from graphviz_ad.engine.primitive import PRIMITIVES
from graphviz_ad.engine.variable import Variable
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.reading import partial_formula, vjp_formula
from graphviz_ad.formulas.symbols import constant, name
from tests.engine.test_rules import DOMAINS, ELEMENTWISE, STRUCTURAL
from tests.formulas.evaluating import value_of

PARSE = MathTextParser("agg").parse

_POSITIONS = "positions of single numbers say nothing"
_DIVIDES = "the product of the others is no quotient where a factor is 0"
_ORDER = "which entry goes where depends on the numbers"
_SEVERAL = "several results in one array"
_TRIANGLE = "one triangle stands for both"
_WAVES = "a transform back, and where its frequencies stand, are no shorter than its words"
_NAN = "what is left out depends on the numbers"

# The primitives that have no formula for any operand, and why: in these steps stand the words of the edge.
UNWRITTEN = {
    **dict.fromkeys(["append", "block", "choose", "column_stack", "delete", "diag", "diagonal"], _POSITIONS),
    **dict.fromkeys(
        ["dstack", "hstack", "insert", "meshgrid", "pad", "pad.filled", "repeat", "resize", "rollaxis"], _POSITIONS
    ),
    **dict.fromkeys(["rot90", "select", "take", "take_along_axis", "tile", "vstack"], _POSITIONS),
    **dict.fromkeys(["prod", "cumprod", "recurrence"], _DIVIDES),
    **dict.fromkeys(["median", "partition", "percentile", "ptp", "quantile", "sort", "interp", "clip"], _ORDER),
    **dict.fromkeys(["eigh", "qr", "svd", "eigvalsh", "svdvals", "lstsq.values"], _SEVERAL),
    "cholesky": _TRIANGLE,
    **dict.fromkeys(["compress", "diagflat", "extract", "sliding_window_view", "flipud", "fliplr"], _POSITIONS),
    **dict.fromkeys(["fft", "fft2", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift"], _WAVES),
    **dict.fromkeys(["ihfft", "irfft", "irfft2", "irfftn", "rfft", "rfft2", "rfftn"], _WAVES),
    **dict.fromkeys(["frexp.mantissa", "ldexp"], "powers of two that depend on the numbers"),
    **dict.fromkeys(["geomspace", "linspace"], "sums with weights"),
    **dict.fromkeys(["nancumprod", "nancumsum", "nanmedian", "nanpercentile", "nanquantile"], _NAN),
    **dict.fromkeys(["nanmax", "nanmean", "nanmin", "nanprod", "nanstd", "nansum", "nanvar", "nan_to_num"], _NAN),
    **dict.fromkeys(["diff", "gradient"], "a band of numbers"),
    **dict.fromkeys(["lstsq", "pinv", "residuals"], "several products of pseudoinverses"),
    **dict.fromkeys(["maximum.accumulate", "minimum.accumulate"], _ORDER),
    **dict.fromkeys(["add.reduceat", "multiply.reduceat", "logaddexp.reduceat"], _POSITIONS),
    **dict.fromkeys(["maximum.reduceat", "minimum.reduceat"], _ORDER),
    "logaddexp.accumulate": _DIVIDES,
    "histogram": _POSITIONS,
}
# Formulas of whole matrices that have an inverse, which the rule does not need.
SINGULAR = {("det", 2), ("det", 3)}


def edges_of(program, arrays, key):
    """Return each edge of a primitive in a program: its node, the number of the operand, and symbols for all of it."""
    for node in gad.trace(program, *arrays).nodes:
        if node.primitive is None or node.primitive.name != key:
            continue
        symbols, values = symbols_of(node)
        for k, operand in enumerate(node.operands):
            if isinstance(operand, Variable):
                yield node, k, symbols, values


def symbols_of(node):
    """Return symbols for the operands of a node, for its result and its adjoint, and the values of all these names."""
    adjoint = np.random.default_rng(3).normal(size=node.shape)[()]
    values = {("v4", False): node.value, ("v4", True): adjoint}
    operands = []
    for letter, operand in zip("ABCD", node.operands, strict=False):
        if isinstance(operand, Variable):
            operands.append(name(letter, operand.shape, dtype=operand.dtype))
            values[letter, False] = operand.value
        else:
            is_plain = operand is None or isinstance(node.primitive.notation, Index)
            operands.append(operand if is_plain else constant(operand))
    result = name("v4", node.shape, dtype=node.dtype)
    bar = name("v4", node.shape, bar=True, dtype=node.dtype)
    return (bar, result, operands), values


def sent(node, k, adjoint):
    """Return what the rule sends to an operand, read with numbers."""
    primitive = node.primitive
    operands = [x.value if isinstance(x, Variable) else x for x in node.operands]
    params = dict(node.params)
    if primitive.variadic and not primitive.curried:
        params["argument"] = k
    received = primitive.rule(k)(adjoint, node.value, *operands, **params)
    return np.broadcast_to(received(k) if primitive.curried else received, node.operands[k].shape)


SQUARE = np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.2], [-0.6, 0.7, 3.0]])
PROGRAMS = STRUCTURAL | {"trace": [*STRUCTURAL["trace"], (lambda x: np.trace(x), (SQUARE,))]}
STRUCTURES = sorted(key for key in PROGRAMS if key in PRIMITIVES and PROGRAMS[key])


@pytest.mark.parametrize("key", STRUCTURES)
def test_the_formula_of_a_structural_rule_is_what_it_sends(key):
    """Computed from its tree; also its LaTeX can be set, and its MathML read."""
    has_formula = False
    for case, (program, arrays) in enumerate(PROGRAMS[key]):
        for node, k, (bar, result, operands), values in edges_of(program, arrays, key):
            symbol = vjp_formula(node.primitive, k, bar, result, operands, node.params)
            if symbol is None or (key, case) in SINGULAR:
                continue
            has_formula = True
            expected = sent(node, k, values["v4", True])
            value = value_of(symbol, values)
            assert np.shape(value) == symbol.shape == np.shape(expected)
            np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-12, err_msg=Formula(symbol).text)
            PARSE(f"${Formula(symbol).latex}$")
            ElementTree.fromstring(f"<math>{Formula(symbol).mathml}</math>")
    assert has_formula != (key in UNWRITTEN), "a formula that UNWRITTEN denies, or none without a reason"


def test_every_reason_is_that_of_a_primitive():
    """None is left over."""
    assert set(UNWRITTEN) <= set(PRIMITIVES)


@pytest.mark.parametrize("key", ELEMENTWISE)
def test_a_partial_that_may_ask_for_a_dtype_is_the_local_gradient(key):
    """Names in a story have one, so that more rules can be read than without."""
    primitive = PRIMITIVES[key]
    operands = [low + 0.6 * (high - low) for low, high in DOMAINS[key]]
    node = primitive(*map(gad.Variable, operands))
    (_, result, symbols), values = symbols_of(node)
    for k, expected in enumerate(node.local_gradients):
        symbol = partial_formula(primitive, k, result, symbols)
        if symbol is not None:
            np.testing.assert_allclose(value_of(symbol, values), expected, rtol=1e-9)


X, W, B = name("X", (8, 3)), name("W", (3, 2)), name("b", (3,))


@pytest.mark.parametrize(
    ("key", "argument", "shape", "operands", "params", "text"),
    [
        ("matmul", 0, (8, 2), (X, W), {}, "v̄₄ Wᵀ"),
        ("matmul", 1, (8, 2), (X, W), {}, "Xᵀ v̄₄"),
        ("matmul", 0, (8,), (X, B), {}, "v̄₄ bᵀ"),
        ("matmul", 1, (8,), (X, B), {}, "Xᵀ v̄₄"),
        ("matmul", 0, (2,), (B, W), {}, "W v̄₄"),
        ("matmul", 1, (2,), (B, W), {}, "b v̄₄ᵀ"),
        ("dot", 0, (8, 2), (X, W), {}, "v̄₄ Wᵀ"),
        ("einsum", 1, (8, 2), (X, W), {"subscripts": "ij,jk->ik", "optimize": False}, "Xᵀ v̄₄"),
        ("sum", 0, (), (B,), {"axis": None, "keepdims": False}, "v̄₄ · 𝟙"),
        ("sum", 0, (3,), (X,), {"axis": 0, "keepdims": False}, "𝟙 v̄₄ᵀ"),
        ("sum", 0, (8,), (X,), {"axis": 1, "keepdims": False}, "v̄₄ 𝟙ᵀ"),
        ("mean", 0, (), (X,), {"axis": None, "keepdims": False}, "v̄₄ · 𝟙/24"),
        ("var", 0, (), (X,), {"axis": None, "keepdims": False, "ddof": 0}, "0.0833333 v̄₄ · (X − mean X)"),
        ("norm", 0, (), (B,), {"order": None, "axis": None, "keepdims": False}, "v̄₄ · b/v₄"),
        ("transpose", 0, (3, 8), (X,), {"axes": (1, 0)}, "v̄₄ᵀ"),
        ("inv", 0, (3, 3), (name("A", (3, 3)),), {}, "−v₄ᵀ v̄₄ v₄ᵀ"),
        ("det", 0, (), (name("A", (3, 3)),), {}, "v̄₄ · v₄ · (A⁻¹)ᵀ"),
        ("solve", 0, (3,), (name("A", (3, 3)), B), {}, "−solve(Aᵀ, v̄₄) v₄ᵀ"),
        ("solve", 1, (3,), (name("A", (3, 3)), B), {}, "solve(Aᵀ, v̄₄)"),
        ("trace", 0, (), (name("A", (3, 3)),), {}, "v̄₄ · I"),
        ("broadcast_to", 0, (8, 3), (B,), {"shape": (8, 3)}, "Σ v̄₄ over axes 0"),
        ("concatenate", 1, (5,), (name("a", (2,)), B), {"axis": 0}, "v̄₄[2:5]"),
    ],
)
def test_rules_read_as_on_paper(key, argument, shape, operands, params, text):
    """As a book on matrices has them."""
    operands = [name(x.arguments[0], x.shape, dtype=float) for x in operands]
    bar, result = name("v4", shape, bar=True, dtype=float), name("v4", shape, dtype=float)
    symbol = vjp_formula(PRIMITIVES[key], argument, bar, result, operands, params)
    assert Formula(symbol).text.replace("\u2009", " ") == text
