"""Formulas: what is written is what is computed, in text, LaTeX and MathML, whatever things are called."""

from __future__ import annotations

import ast
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser

import graphviz_ad as gad
from graphviz_ad.engine.notation import Function, Index
from graphviz_ad.engine.primitive import PRIMITIVES
from graphviz_ad.formulas import notation, symbols
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import (
    Symbol,
    clean_name,
    constant,
    factor,
    name,
    number,
    operation,
    partial_derivative,
    row,
    slot,
)
from graphviz_ad.formulas.text import written
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.constants import Constants
from graphviz_ad.story.naming import node_names, titles
from graphviz_ad.story.telling import tell

PARSE = MathTextParser("agg").parse
# LaTeX that matplotlib's mathtext lacks, with what takes as much room in its place.
LACKED = {r"\bmod": r"\%"}

ELEMENTWISE = sorted(key for key, primitive in PRIMITIVES.items() if primitive.elementwise)
ABOVE_ONE = {"arccosh"}

HOSTILE = [
    "<script>alert(1)</script>",
    '"]; evil [',
    r"\N",
    r"\input{/etc/passwd}",
    "</svg>",
    "</mi></math>",
    "a\0b",
    "&amp;",
    "]]>",
    "{",
    "}}}",
    "$x$",
    "x%y",
    "a_b^c~d#e&f",
    "a\nb",
    "\u202eevil",
    "\ud800",
    "x" * 20_000,
    "名前",
    "",
    " ",
    "1",
    "x1y2",
]


# Two independent readers: of the tree, and of the text


def value_of(symbol, values):
    """Compute a symbolic expression from its heads and arguments."""
    if symbol.head == "name":
        return values[symbol.arguments[0]]
    if symbol.head == "number":
        return symbol.arguments[0]
    function = getattr(np, symbol.head, None) or PRIMITIVES[symbol.head].function
    return function(*(value_of(argument, values) for argument in symbol.arguments))


class Reader:
    """Compute a one-line formula as a person reads it: powers, functions, products, sums."""

    TOKEN = re.compile(r"\d+(?:\.\d+)?(?:e−?\d+)?|[A-Za-z]+[₀-₉]*|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|.", re.DOTALL)
    FUNCTIONS: ClassVar = {
        **{
            p.notation.name: p.function
            for p in PRIMITIVES.values()
            if isinstance(p.notation, Function) and not p.notation.base
        },
        "log₂": np.log2,
        "log₁₀": np.log10,
        "I₀": np.i0,
    }

    def __init__(self, text, values):
        text = re.sub(r"[a-z]+[12][a-z0-9]*", lambda m: m[0].replace("1", "one").replace("2", "two"), text)
        self.tokens = [token for token in self.TOKEN.findall(text) if token.strip(" \u2009")]
        self.values = values

    def read(self):
        """Read all of it."""
        value = self.sum()
        assert not self.tokens, self.tokens
        return value

    def next(self, *expected):
        """Take the next token if it is one of these."""
        return self.tokens.pop(0) if self.tokens and self.tokens[0] in expected else None

    def sum(self):
        """Read terms and their signs."""
        value = self.product()
        while sign := self.next("+", "−"):
            value = value + self.product() if sign == "+" else value - self.product()
        return value

    def product(self):
        """Read factors; a number stands directly before a name."""
        value = self.signed()
        while self.tokens and self.tokens[0] not in "+−)]|⌋⌉,><=":
            if self.next("/"):
                value = value / self.signed()
            elif self.next("mod"):
                value = value % self.signed()
            else:
                self.next("·")
                value = value * self.signed()
        return value

    def signed(self):
        """Read a minus before a factor."""
        return -self.signed() if self.next("−") else self.power()

    def power(self):
        """Read a base and what is raised."""
        value = self.atom()
        while self.tokens and (self.tokens[0] == "^" or re.fullmatch("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", self.tokens[0])):
            raised = self.tokens.pop(0)
            if raised == "^":
                value = value ** self.atom()
            else:
                value = value ** float(raised.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")))
        return value

    def atom(self):
        """Read a number, a name, a function with its argument, or something in brackets."""
        token = self.tokens.pop(0)
        if re.fullmatch("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", token) and self.next("√"):
            return self.atom() ** (1 / float(token.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))))
        if token[0].isdigit():
            return float(token.replace("−", "-"))
        if token in "(|⌊⌈[":
            value = self.sum()
            if relation := self.next(">", "<", "="):
                other = self.sum()
                value = float({">": value > other, "<": value < other, "=": value == other}[relation])
            assert self.tokens.pop(0) == {"(": ")", "|": "|", "⌊": "⌋", "⌈": "⌉", "[": "]"}[token]
            return {"⌊": np.floor, "⌈": np.ceil, "|": abs}.get(token, float)(value)
        if token == "√":
            return np.sqrt(self.atom())
        if token in self.values:
            return self.values[token]
        token = token.replace("one", "1").replace("two", "2")
        function = self.FUNCTIONS.get(token) or getattr(np, token)
        if self.next("("):
            arguments = [self.sum()]
            while self.next(","):
                arguments.append(self.sum())
            assert self.tokens.pop(0) == ")"
            return function(*arguments)
        return function(self.power())


def assert_well_written(formula):
    """Check that LaTeX's braces balance, that nothing in it is special, and that MathML is well-formed XML."""
    latex = formula.latex
    bare = re.sub(r"\\[{}#$%&_\\]", "", latex)
    depth = 0
    for c in bare:
        depth += (c == "{") - (c == "}")
        assert depth >= 0, latex
    assert depth == 0, latex
    assert not re.search(r"[#$%&\n\0]", bare), latex
    root = ElementTree.fromstring(f"<math>{formula.mathml}</math>")
    assert {element.tag for element in root.iter()} <= {
        "math", "mi", "mn", "mo", "mtext", "mrow", "mfrac", "msup", "msub", "msqrt", "mroot", "mover", "mspace"
    }  # fmt: skip
    assert not re.search(r"[\0\n\ud800-\udfff]", formula.text)


def local_symbols(primitive):
    """Return the symbolic partial derivatives of a primitive at y, a and b."""
    symbols = (name("a"), name("b"))[: len(primitive.partials)]
    found = []
    for partial, formula in zip(primitive.partials, primitive.formulas, strict=True):
        rule = formula or partial
        made = rule(name("y"), *symbols) if callable(rule) else number(0.0 if rule is None else rule)
        found.append(made if isinstance(made, Symbol) else constant(made))
    return found


@pytest.mark.parametrize("key", ELEMENTWISE)
@pytest.mark.parametrize(("a", "b"), [(0.7, 1.9), (0.4, 0.6), (0.9, 2.5)])
def test_a_partial_as_a_formula_is_the_local_gradient(key, a, b):
    """The rule read with symbols, computed from its tree and from its text, is the rule read with numbers."""
    primitive, a = PRIMITIVES[key], a + (key in ABOVE_ONE)
    operands = (a, b)[: len(primitive.partials)]
    node = primitive(*map(gad.Variable, operands))
    values = {"y": node.value, "a": a, "b": b}
    for symbol, expected in zip(local_symbols(primitive), node.local_gradients, strict=True):
        np.testing.assert_allclose(float(value_of(symbol, values)), expected, rtol=1e-12)
        np.testing.assert_allclose(Reader(Formula(symbol).text, values).read(), expected, rtol=1e-5)
        assert_well_written(Formula(symbol))


@pytest.mark.parametrize("key", ELEMENTWISE)
def test_a_primitive_as_a_formula_is_its_value(key):
    """Every elementwise primitive is written in a way that reads as what it computes."""
    primitive, values = PRIMITIVES[key], {"a": 0.7 + (key in ABOVE_ONE), "b": 1.9}
    operands = (name("a"), name("b"))[: len(primitive.partials)]
    formula = Formula(operation(key, *operands))
    expected = primitive.function(*list(values.values())[: len(operands)])
    np.testing.assert_allclose(Reader(formula.text, values).read(), expected, rtol=1e-12)
    assert_well_written(formula)


def assert_latex_can_be_set(formula):
    """Check with a reader of LaTeX that knows every command there is, or refuses it."""
    latex = formula.latex
    for command, same in LACKED.items():
        latex = latex.replace(command, same)
    PARSE(f"${latex}$")


@pytest.mark.parametrize("key", ELEMENTWISE)
def test_the_latex_of_an_elementwise_primitive_and_its_partials_can_be_set(key):
    """Also where its operands are sums, negative numbers, and itself."""
    primitive, x, z = PRIMITIVES[key], name("x"), name("z_2", bar=True)
    count = len(primitive.partials)
    for operands in ((x, z), (x + 1, number(-2.0)), (number(2.5), z - x), (x, operation(key, *(x, z)[:count]))):
        assert_latex_can_be_set(Formula(operation(key, *operands[:count])))
    for symbol in local_symbols(primitive):
        assert_latex_can_be_set(Formula(symbol))


@pytest.mark.parametrize("key", sorted(set(PRIMITIVES) - set(ELEMENTWISE)))
def test_the_latex_of_a_structural_primitive_can_be_set(key):
    """With as many operands as it has rules for, of vectors and of matrices."""
    primitive = PRIMITIVES[key]
    count = 3 if primitive.variadic else len(primitive.vjps)
    for shape in ((3,), (3, 3)):
        operands = [name(letter, shape) for letter in "xyz"[:count]]
        if isinstance(primitive.notation, Index):
            operands[1] = number((slice(1, None), Ellipsis, np.array([True]), None, -1))
        assert_latex_can_be_set(Formula(operation(key, *operands)))


def test_positions_are_written_whichever_way_they_are_read():
    """Also where a recorded gradient puts numbers back to their places."""
    trace = gad.trace(gad.grad(lambda x: (x[1:, 0] ** 2).sum() + x[0, ..., 1]), np.ones((3, 2)))
    written = {card.short.text for card in tell(trace).nodes}
    assert {"v₁[1:, 0]", "scatter(v₃, [0, …, 1], shape=3×2)", "scatter(v₇, [1:, 0], shape=3×2)"} <= written


def test_a_function_keeps_its_distance_from_its_operand_in_latex():
    """An upright word would print "signx"."""
    assert Formula(np.sign(name("x"))).latex == r"\operatorname{sign} x"
    assert Formula(operation("transpose", name("W"))).latex == r"W^{\mathrm{T}}"


@pytest.mark.parametrize(
    "module",
    ["formulas/boxes", "formulas/formula", "formulas/notation", "formulas/text", "story/labels", "story/naming"],
)
def test_what_writes_formulas_knows_no_primitive_by_name(module):
    """How it is written is said on the primitive, so that a new one changes nothing here."""
    tree = ast.parse((Path(gad.__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert strings & set(PRIMITIVES) == set()


EXPRESSION = st.recursive(
    st.sampled_from(["x", "z", 2.0, -3.0, 0.5]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["add", "subtract", "multiply", "divide", "maximum", "floor_divide"]), inner, inner),
        st.tuples(st.sampled_from(["negative", "square", "sin", "exp", "absolute", "arctan", "log2", "cosh"]), inner),
        st.tuples(st.just("power"), inner, st.sampled_from([2.0, 3.0, -1.0])),
        st.tuples(st.just("sqrt"), st.tuples(st.just("absolute"), inner)),
    ),
    max_leaves=8,
)


def build(expression, leaf, apply):
    """Build an expression with the given meanings of leaves and operations."""
    if not isinstance(expression, tuple):
        return leaf(expression)
    return apply(expression[0], *(build(part, leaf, apply) for part in expression[1:]))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(EXPRESSION)
def test_parentheses_are_where_they_must_be(expression):
    """Any expression, read as a person reads its text, has the value that NumPy computes."""
    values = {"x": 0.83, "z": 1.37}
    symbol = build(expression, lambda e: name(e) if isinstance(e, str) else number(e), operation)
    formula = Formula(symbol)
    assert_well_written(formula)
    with np.errstate(all="ignore"):
        expected = build(
            expression,
            lambda e: np.float64(values.get(e, e) if isinstance(e, str) else e),
            lambda head, *args: PRIMITIVES[head].function(*args),
        )
        read = Reader(formula.text, {key: np.float64(value) for key, value in values.items()}).read()
    if np.isfinite(expected) and abs(expected) < 1e6 and "⌊" not in formula.text:
        np.testing.assert_allclose(read, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("make", "text", "latex"),
    [
        (lambda x: np.cos(x) / x**2, "cos(x)/x²", r"\frac{\cos x}{x^{2}}"),
        (lambda x: -(x**2), "−x²", "- x^{2}"),
        (lambda x: (-x) ** 2, "(−x)²", "(- x)^{2}"),
        (lambda x: (x + 1) * (x - 1), "(x + 1) · (x − 1)", r"(x + 1) \cdot (x - 1)"),
        (lambda x: x - (x - 1), "x − (x − 1)", "x - (x - 1)"),
        (lambda x: x / (2 * x), "x/(2x)", r"\frac{x}{2 x}"),
        (lambda x: np.sin(np.sin(x)), "sin(sin x)", r"\sin (\sin x)"),
        (lambda x: np.sin(x) ** 2, "(sin x)²", r"(\sin x)^{2}"),
        (lambda x: 1 / np.sqrt(1 - x**2), "1/√(1 − x²)", r"\frac{1}{\sqrt{1 - x^{2}}}"),
        (lambda x: 2**x, "2^(x)", "2^{x}"),
        (lambda x: 1 / np.maximum(x, 2), "1/maximum(x, 2)", r"\frac{1}{\operatorname{maximum} (x , 2)}"),
        (lambda x: np.maximum(x, 2) ** 2, "maximum(x, 2)²", r"\operatorname{maximum} (x , 2)^{2}"),
        (lambda x: 1.0 * x + 0, "x", "x"),
        (lambda x: np.negative(-x), "x", "x"),
        (lambda x: x * 3.0, "3x", "3 x"),
        (lambda x: x * x, "x²", "x^{2}"),
        (lambda x: 3 * 2**x, "3 · 2^(x)", r"3 \cdot 2^{x}"),
        (lambda x: 3 * np.exp2(x), "3 · 2^(x)", r"3 \cdot 2^{x}"),
        (lambda x: 3 * x**2, "3x²", "3 x^{2}"),
        (lambda x: x + -3.0, "x + (−3)", "x + (-3)"),
        (lambda x: x * -x, "x · (−x)", r"x \cdot (- x)"),
        (lambda x: x * (1 / x), "x · (1/x)", r"x \cdot \left( \frac{1}{x} \right)"),
    ],
)
def test_formulas_are_tidy(make, text, latex):
    """As one would write them by hand."""
    formula = Formula(make(name("x")))
    assert (formula.text, formula.latex) == (text, latex)


def test_a_power_of_a_power_keeps_its_levels():
    """The second level stays the second: x to the x² is not x to the x2."""
    formula = Formula(name("x") ** (name("x") ** 2))
    assert "x2" not in formula.text
    assert formula.latex == "x^{x^{2}}"


def test_adjoints_and_subscripts():
    """v3 is v with a 3 below, and its adjoint has a bar."""
    formula = Formula(name("v3", bar=True))
    assert (formula.text, formula.latex) == ("v̄₃", r"\bar{v}_{3}")
    assert Formula(name("loss", bar=True)).latex == r"\overline{\mathit{loss}}"


def test_a_partial_derivative_is_a_fraction():
    """∂f/∂x."""
    formula = Formula(partial_derivative(name("f"), name("x")))
    assert formula.text == "∂f/∂x"
    assert_well_written(formula)


def test_a_factor_is_fenced_where_it_must_be():
    """× (−1/x²), but × cos x."""
    x = name("x")
    assert Formula(factor("×", -1 / x**2)).text == "× (−1/x²)"
    assert Formula(factor("×", np.cos(x))).text == "× cos x"
    assert Formula(factor("×", x + 1)).text == "× (x + 1)"


def test_inner_products_are_written_with_a_transpose():
    """Only between vectors."""
    x, m = name("x", (3,)), name("M", (2, 3))
    assert Formula(operation("dot", x, x)).text == "xᵀx"
    assert Formula(operation("dot", m, x)).text == "M · x"


# Names and numbers


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: ascii(t)[:30])
@pytest.mark.parametrize("bar", [False, True])
def test_hostile_names_come_out_as_text(text, bar):
    """Escaped in LaTeX and MathML, shortened where long, without control characters."""
    formula = Formula(np.sin(name(text, bar=bar)) * name(text) ** 2 + 1)
    assert_well_written(formula)
    shown = ElementTree.fromstring(f"<math>{formula.mathml}</math>")
    assert not list(shown.iter("script"))
    assert len(formula.text) < 200


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: ascii(t)[:30])
def test_a_name_is_kept_as_far_as_it_can_be_shown(text):
    """Printable characters stay, others become a replacement character, at most 24 in all."""
    cleaned = clean_name(text)
    assert len(cleaned) <= 24
    assert cleaned.isprintable()
    assert cleaned[:20] == "".join(c if c.isprintable() else "\ufffd" for c in text[:20])


def test_a_backslash_in_a_name_is_a_symbol_of_math_mode():
    """A text command would be an error in a formula."""
    latex = Formula(name("a\\b")).latex
    assert r"\textbackslash" not in latex
    assert r"\backslash" in latex


def test_words_contain_no_commands_of_math_mode():
    """Inside a text box they would be errors."""
    latex = Formula(constant(np.array([np.inf, -1.0])) + name("x")).latex
    for inside in re.findall(r"\\text\{([^{}]*)", latex):
        inside = re.sub(r"\$[^$]*\$", "", inside)  # a formula of its own
        assert not re.search(r"\\(hat|sim|infty|partial)\b", inside)


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_name_is_well_written(text):
    """Whatever Unicode has to offer."""
    assert_well_written(Formula(row(name(text), " = ", name(text, bar=True) ** 2)))


@pytest.mark.parametrize("value", [0.0, -1.5, 1e-9, 1e300, np.inf, -np.inf, np.nan, 3, np.float32(0.1), -1e-7])
def test_numbers_are_well_written(value):
    """Also negative, tiny, huge and not finite, also as a base or an exponent."""
    for symbol in (
        number(value),
        number(value) * name("x"),
        name("x") ** number(value),
        Symbol("power", (number(value), name("x"))),
    ):
        assert_well_written(Formula(symbol))


def test_a_negative_base_is_fenced():
    """(−3)², not −3²."""
    assert Formula(Symbol("power", (number(-3.0), name("x")))).text.startswith("(−3)")


def test_arrays_are_written_in_full_only_when_short():
    """Short vectors with their numbers, others by shape and range."""
    assert written(np.array([0.0, 4.0, 8.0, 12.0])) == "[0 4 8 12]"
    assert written(np.arange(12.0).reshape(3, 4)) == "3×4, 0…11"
    assert written(np.ones((3, 4))) == "3×4, all 1"
    assert written(np.zeros((0, 3))) == "0×3 (empty)"
    assert "NaN" in written(np.full(10, np.nan))


def test_slots_are_filled_in_by_a_function():
    """Negative numbers get parentheses where the place demands it."""
    value, local = Quantity("value", 1), Quantity("local", 2, 0)
    formula = Formula(Symbol("multiply", (slot(value), slot(local))), {value: 2.0, local: -0.5}.__getitem__)
    assert formula.text == "2 · (−0.5)"
    assert formula.with_numbers({value: -2.0, local: 3.0}.__getitem__).text == "−2 · 3"
    assert Formula(slot(value)).text == "…"
    assert_well_written(formula)


def test_the_numbers_of_an_array_stay_apart_in_latex():
    """Plain spaces vanish in math mode: [0 1 2 3] must not read 0123."""
    quantity = Quantity("value", 0)
    latex = Formula(slot(quantity), lambda q: np.arange(4.0)).latex
    assert "0 1 2 3" not in latex or r"\text" in latex
    assert all(digit in latex for digit in "0123")


OPERANDS = {"absolute": 1, "cos": 1, "log2": 1, "negative": 1, "sqrt": 1, "square": 1, "sum": 1, "transpose": 1}
NESTED = [
    *((head, 0) for head in OPERANDS),
    *((head, place) for head in ("add", "divide", "dot", "floor_divide", "greater", "matmul") for place in (0, 1)),
    *((head, place) for head in ("maximum", "multiply", "power", "remainder", "stack", "subtract") for place in (0, 1)),
]


@pytest.mark.parametrize(("head", "place"), NESTED)
def test_every_operand_is_looked_at_once(head, place, monkeypatch):
    """Twenty operations one inside the other take twenty looks, not a million."""
    length, looks, box = 20, 0, notation.box

    def counted(symbol):
        nonlocal looks
        looks += 1
        assert looks <= 2 * length + 1, "more looks than operations and their operands"
        return box(symbol)

    monkeypatch.setattr(notation, "box", counted)
    chain = name("x")
    for _ in range(length):
        others = [name("a")] * (OPERANDS.get(head, 2) - 1)
        chain = Symbol(head, (*others[:place], chain, *others[place:]))
    formula = Formula(chain)
    assert looks == 0, "nobody has written it yet"
    assert formula.text
    assert looks > length
    looks = 0
    assert formula.latex
    assert formula.with_numbers(lambda quantity: 0.0).mathml
    assert looks == 0, "the boxes are made once"


def test_a_loop_of_products_is_looked_at_once(monkeypatch):
    """A title that a loop has multiplied up, x · 1.1 twenty times over, takes looks linear in its length."""
    looks, box = 0, notation.box

    def counted(symbol):
        nonlocal looks
        looks += 1
        return box(symbol)

    def f(x):
        for _ in range(length):
            x = x * 1.1
        return x

    taken = {}
    monkeypatch.setattr(notation, "box", counted)
    for length in (5, 10, 20):
        trace = gad.trace(f, 2.0)
        variables = trace.nodes
        looks = 0
        title, _ = titles(trace, variables, node_names(trace, variables), Constants({}))
        assert title.text == "f(x) = " + "1.1 · " * (length - 1) + "1.1x"
        taken[length] = looks
        assert looks <= 2 * length + 10
    assert taken[20] - taken[10] == 2 * (taken[10] - taken[5])


@pytest.mark.parametrize("last", ["y", "x"])
def test_what_stands_in_an_expression_often_is_compared_once(last, monkeypatch):
    """Forty sums of a sum with itself are a million millions of names, in objects of their own on either side."""
    looks, length, alike = 0, 40, symbols._alike

    def counted(*pair):
        nonlocal looks
        looks += 1
        assert looks <= 6 * length, "more looks than operands"
        return alike(*pair)

    def doubled(end):
        whole = Symbol("multiply", (name("a"), name(end)))
        for _ in range(length):
            whole = Symbol("add", (whole, whole))
        return whole

    monkeypatch.setattr(symbols, "_alike", counted)
    assert doubled("x").same(doubled(last)) is (last == "x")


def test_a_long_loop_has_a_formula_in_no_time(monkeypatch):
    """Or says that it would be too long."""
    looks, alike = 0, symbols._alike

    def counted(*pair):
        nonlocal looks
        looks += 1
        assert looks <= 100_000
        return alike(*pair)

    def f(x, y):
        for _ in range(12):
            x, y = x + 0.1 * (y - x * x), y + 0.1 * (x * y - y)
        return x * y * (x * y)

    monkeypatch.setattr(symbols, "_alike", counted)
    assert "not written out: more than 60 symbols" in str(gad.formula(f, 1.0, 2.0))


@pytest.mark.parametrize(
    ("called", "text", "latex", "mathml"),
    [
        ("x", "x\u0307", r"\dot{x}", "<mover><mi>x</mi><mo>˙</mo></mover>"),
        ("v12", "v\u0307₁₂", r"\dot{v}_{12}", "<msub><mover><mi>v</mi><mo>˙</mo></mover><mn>12</mn></msub>"),
        ("bias", "bia\u0307s", r"\dot{\mathit{bias}}", '<mover><mi mathvariant="italic">bias</mi><mo>˙</mo></mover>'),
        ("loss", "lo\u0307ss", r"\dot{\mathit{loss}}", '<mover><mi mathvariant="italic">loss</mi><mo>˙</mo></mover>'),
    ],
)
def test_a_tangent_has_its_dot_in_text_latex_and_mathml(called, text, latex, mathml):
    formula = Formula(name(called, dot=True))
    assert (formula.text, formula.latex, formula.mathml) == (text, latex, mathml)
    PARSE(f"${formula.latex}$")


@pytest.mark.parametrize(
    ("f", "text"),
    [
        (lambda x: np.real((1 + 2j) * x), "f(x) = Re((1+2j) · x)"),
        (lambda x: np.abs(x - (1 + 2j)), "f(x) = |x − (1+2j)|"),
        (lambda x: np.abs(x / (1 + 2j)), "f(x) = |x/(1+2j)|"),
        (lambda x: np.abs((1 + 2j) ** x), "f(x) = |(1+2j)^(x)|"),
        (lambda x: np.abs(1j * x), "f(x) = |1j · x|"),
        (lambda x: np.real(np.exp(-2j * x)), "f(x) = Re(exp((−2j) · x))"),
    ],
)
def test_complex_constants_stay_one_number(f, text):
    """In parentheses wherever something stands beside their sum; and what tidies formulas asks them for no sign."""
    trace = gad.trace(f, 1.0)
    assert trace.story.title.text == text
    assert trace.formulas()
    assert text.partition(" = ")[2] in str(gad.formula(f, 1.0))


@pytest.mark.parametrize(
    ("f", "text"),
    [
        (lambda x: np.log(x) * x, "f(x) = log(x) · x"),
        (lambda x: x * np.log(x), "f(x) = x · log x"),
        (lambda x: np.sin(x) * np.cos(x), "f(x) = sin(x) · cos x"),
        (lambda x: 2 * np.sin(x) * x, "f(x) = 2 · sin(x) · x"),
        (lambda x: np.sin(x) / x, "f(x) = sin(x)/x"),
        (lambda x: -np.log2(x) * x, "f(x) = −log₂(x) · x"),
    ],
)
def test_a_function_that_something_follows_has_parentheses(f, text):
    """``log x · x`` might be the logarithm of x²."""
    assert gad.trace(f, 2.0).story.title.text == text
