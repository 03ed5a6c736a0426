"""Functions and their derivatives as formulas: each is computed from what is written, and compared with gad.grad."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

import graphviz_ad as gad
from tests.formulas.evaluating import value_of

PARSE = MathTextParser("agg").parse
RANDOM = np.random.default_rng(8)
X, W, V, A = (RANDOM.uniform(0.5, 1.5, shape) for shape in ((5, 3), (3, 2), 3, (3, 3)))
A = A + 3 * np.eye(3)


def softmax(x):
    """Of the first entry, as it is written on paper."""
    e = np.exp(x)
    return e[0] / np.sum(e)


PROGRAMS = {
    "sin": (np.sin, (0.7,), "cos x"),
    "power": (lambda x: x**2, (0.7,), "2x"),
    "cube": (lambda x: x**3, (0.7,), "3x²"),
    "classic": (
        lambda x: np.log(x**2) * np.sin(x) + 1 / x,
        (2.0,),
        "log(x²) · cos x − 1/x² + 2 · sin(x)/x",
    ),
    "logistic": (lambda x: 1 / (1 + np.exp(-x)), (0.7,), "exp(−x)/(1 + exp(−x))²"),
    "bell": (lambda x: np.exp(-(x**2) / 2), (0.7,), "−x · exp(−x²/2)"),
    "constant factor": (lambda x: 3 * (2 * x - x * 4.0), (0.7,), "−6"),
    "hyperbola": (lambda x: np.sqrt(1 + x**2), (0.7,), "x/√(1 + x²)"),
    "root of a cube": (lambda x: 4 * np.sqrt(3 + x**3), (0.7,), "6x²/√(3 + x³)"),
    "half a root": (lambda x: np.sqrt(x), (0.7,), "1/(2 · √x)"),
    "general power": (lambda x: x**x, (0.7,), None),
    "remainder": (lambda x: x % 0.3 + abs(x) + np.maximum(x, 0.2), (0.7,), None),
    "inner": (lambda x: 2 * np.dot(x, x), (V,), "4x"),
    "lying": (lambda x: 2 * x.T @ x, (V,), "4x"),
    "quadratic": (lambda x: x @ A @ x, (V,), None),
    "norm": (lambda x: np.linalg.norm(x), (V,), "x/‖x‖"),
    "axis norm": (lambda x: np.sum(np.linalg.norm(x, axis=1)), (X,), None),
    "variance": (lambda x: np.var(x), (V,), "0.666667 · (x − mean x)"),
    "column variance": (lambda x: np.sum(np.var(x, axis=0) ** 2), (X,), None),
    "deviation": (lambda x: np.std(x, ddof=1), (V,), "(x − mean x)/(2 · std(x, ddof=1))"),
    "softmax": (softmax, (V,), None),
    "log sum": (lambda x: np.log(np.sum(np.exp(x))), (V,), "exp(x)/(Σ(exp x))"),
    "largest": (lambda x: np.max(x) ** 2, (V,), None),
    "log det": (lambda x: np.linalg.slogdet(x)[1], (A,), "(x⁻¹)ᵀ"),
    "trace of inverse": (lambda x: np.trace(np.linalg.inv(x)), (A,), "−(x⁻¹)ᵀ (x⁻¹)ᵀ"),
    "solve": (lambda x: np.sum(np.linalg.solve(A, x)), (V,), None),
    "row sums": (lambda x: np.sum(np.sum(x, axis=1) ** 2), (X,), None),
    "column means": (lambda x: np.sum(np.mean(x, axis=0, keepdims=True) * x), (X,), None),
    "reshaped": (lambda x: np.sum(np.reshape(x, (3, 5)) @ X), (X,), None),
    "picked": (lambda x: x[1] * x[2] + np.sum(x[1:]), (V,), None),
    "where": (lambda x: np.sum(np.where(x > 1, x**2, x)), (V,), None),
    "einsum": (lambda x: np.einsum("ij,jk->", x, W), (X,), None),
    "broadcast": (lambda x: np.sum(np.sin(x) * X), (V,), None),
    "column times row": (lambda x: np.sum(x[:, None] * x), (V,), None),
    "unused": (lambda x: np.sum(x * 0 + 1), (V,), None),
    "cumulative": (lambda x: np.cumsum(x)[1], (V,), None),
    "stacked": (lambda x: np.sum(np.stack([x, 2 * x]) ** 2), (V,), None),
    "concatenated": (lambda x: np.sum(np.concatenate([x, x[:1]]) ** 2), (V,), None),
}
SEVERAL = {
    "layer": (lambda x, w, b: np.sum((x @ w + b) ** 2), (X, W, np.ones(2))),
    "squares": (lambda w, x, y: np.mean((x @ w - y) ** 2), (V, X, np.ones(5))),
    "network": (lambda x, w, v: np.sum(np.tanh(x @ w) @ v), (X, W, np.ones(2))),
    "form": (lambda x, a: x @ a @ x, (V, A)),
    "numbers": (lambda x, y: np.arctan2(x, y) + np.hypot(x, y), (0.3, 0.8)),
}


def assert_written_well(formula):
    """Check that readers of LaTeX and of MathML take it."""
    ElementTree.fromstring(formula.mathml)
    for equation in formula:
        for side in filter(None, (equation.left, equation.right)):
            PARSE(f"${side.latex.replace('bmod', '%')}$")


def compare(function, arguments):
    """Compute the formulas of a function and its gradients, and compare them with what the engine computes."""
    formula = gad.formula(function, *arguments)
    assert_written_well(formula)
    inputs = gad.trace(function, *arguments).inputs
    values = {(node.name, False): node.value for node in inputs}
    whole, *slopes = formula
    np.testing.assert_allclose(value_of(whole.right.symbol, values), function(*arguments), rtol=1e-12)
    gradients = gad.grad(function, tuple(range(len(arguments))))(*arguments)
    for slope, gradient in zip(slopes, gradients, strict=True):
        value = value_of(slope.right.symbol, values)
        assert np.shape(value) == np.shape(gradient)
        np.testing.assert_allclose(value, gradient, rtol=1e-9, atol=1e-12, err_msg=slope.text)
    return [slope.right.text.replace("\u2009", " ") for slope in slopes]


@pytest.mark.parametrize("key", PROGRAMS)
def test_a_derivative_as_it_is_written_has_the_value_of_the_gradient(key):
    """The function, too; and simple ones read as in a book."""
    function, arguments, text = PROGRAMS[key]
    (written,) = compare(function, arguments)
    assert text in (written, None)


@pytest.mark.parametrize("key", SEVERAL)
def test_each_input_has_its_derivative(key):
    """Of a function of several."""
    compare(*SEVERAL[key])


def test_a_layer_is_in_matrix_notation():
    """With the transpose where it belongs, and the sum over the batch."""
    x, w, b = (written.replace(" over axes 0", "") for written in compare(*SEVERAL["layer"]))
    assert (x, w, b) == ("2 (x w + b) wᵀ", "2 xᵀ (x w + b)", "Σ(2 · (x w + b))")


def test_a_function_is_titled_as_it_is_called():
    """A slope of one number is f′(x), all others are ∂f/∂x."""
    assert gad.formula(np.sin, 0.5).text == "f(x)  = sin x\nf′(x) = cos x"
    assert gad.formula(lambda x: np.sum(x), V).text.splitlines()[1] == "∂f/∂x = 𝟙"


def test_what_is_too_long_to_read_says_so():
    """In place of a page of symbols."""

    def f(x):
        for _ in range(20):
            x = np.sin(x) * x + 1
        return x

    formula = gad.formula(f, 0.5)
    assert formula.text.splitlines() == [
        "f(x):  not written out: more than 60 symbols; trace.formulas() has it node by node",
        "f′(x): not written out: more than 60 symbols; trace.formulas() has it node by node",
    ]
    assert_written_well(formula)


def test_a_rule_without_a_formula_says_so():
    """With the name of the primitive."""
    assert "the derivative of prod has no short formula" in gad.formula(np.prod, V).text


def test_complex_numbers_are_not_written_out():
    """Their gradient is a conjugate, which formulas do not say."""
    assert "complex" in gad.formula(lambda z: abs(z * z), 1 + 2j).text


def test_what_has_no_derivative_is_refused_as_elsewhere():
    """A function of no single number, and one that depends on no input."""
    with pytest.raises(gad.errors.SeedError, match="formula of a Variable of shape"):
        gad.formula(lambda x: x * 2, V)
    with pytest.raises(gad.errors.InputError, match="depends on no input"):
        gad.formula(lambda x: 1.0, V)


def test_a_derivative_of_an_input_without_a_path_is_zero():
    """It is written as 0."""
    assert gad.formula(lambda x, y: x * 2, 1.0, 2.0).text.splitlines()[2] == "∂f/∂y   = 0"


def test_formulas_are_shown_by_a_notebook():
    """As LaTeX and as MathML, aligned at the equals sign."""
    formula = gad.formula(lambda x: np.exp(x) * x, 0.5)
    assert formula._repr_latex_().count("&=") == 2
    assert formula._repr_html_().startswith("<math display='block'><mtable")
    assert len(list(formula)) == len(formula) == 2


def test_names_of_several_letters_are_slanted_in_a_notebook(chromium):
    """As those of one are; names of functions are upright."""
    page = chromium.new_page()
    page.set_content(gad.formula(lambda rate, t: np.exp(rate * t), 0.5, 2.0)._repr_html_())
    styles = page.locator("mi").evaluate_all("all => all.map((mi) => [mi.textContent, getComputedStyle(mi).fontStyle])")
    page.close()
    assert {style for name, style in styles if name == "rate"} == {"italic"}
    assert {style for name, style in styles if name == "exp"} == {"normal"}


@pytest.mark.parametrize("key", [*PROGRAMS, *SEVERAL])
def test_the_equations_of_a_trace_are_its_adjoints(key):
    """Each computed from the values and adjoints that it names."""
    function, arguments, *_ = PROGRAMS.get(key) or SEVERAL[key]
    trace = gad.trace(function, *arguments)
    sweep, equations = trace.reverse(), trace.formulas()
    cards = trace.story.nodes
    values = {card.symbol.symbol.arguments: node.value for card, node in zip(cards, trace.nodes, strict=True)}
    values |= {card.bar.symbol.arguments: sweep.adjoint(node) for card, node in zip(cards, trace.nodes, strict=True)}
    assert_written_well(equations)
    for card, node, (_, adjoint) in zip(cards, trace.nodes, equations.rows, strict=True):
        assert adjoint.left.text == card.bar.text
        expected = sweep.adjoint(node)
        if expected is None:
            assert adjoint.remark == "no path"
        else:
            value = value_of(adjoint.right.symbol, values)
            np.testing.assert_allclose(np.broadcast_to(value, node.shape), expected, rtol=1e-9, atol=1e-12)
