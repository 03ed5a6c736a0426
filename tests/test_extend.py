"""A primitive of one's own, as a user makes it: five lines, and everything that the package does follows.

This file imports what a user would: the package, `graphviz_ad.extend` and NumPy.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

import graphviz_ad as gad
from graphviz_ad import extend
from graphviz_ad.cli.main import main
from graphviz_ad.errors import InputError, UnsupportedError
from graphviz_ad.extend import (
    Fence,
    Fraction,
    Function,
    Infix,
    Level,
    MatrixProduct,
    Power,
    Prefix,
    Product,
    Root,
    Unwritten,
    elementwise,
    implements,
    structural,
    temporary,
)

RANDOM = np.random.default_rng(3)


# What these tests make themselves: should the package have them one day, it has not while they run.
OWN = ("cbrt", "copysign", "cumsum", "deg2rad", "fabs", "fmod", "hypot")


@pytest.fixture(autouse=True)
def _registry(monkeypatch):
    """What a test registers is gone when it ends."""
    with temporary():
        for name in OWN:
            extend.PRIMITIVES.pop(name, None)
            extend.UFUNCS.pop(getattr(np, name), None)
            extend.FUNCTIONS.pop(getattr(np, name), None)
            extend.METHODS.pop(name, None)
            monkeypatch.delattr(gad.Variable, name, raising=False)
        yield


# The three recipes


def cbrt():
    """Make the cube root."""
    elementwise(np.cbrt, lambda y, x: 1 / (3 * y**2), notation=Root(3))


def hypot():
    """Make the length of the hypotenuse."""
    elementwise(np.hypot, lambda y, a, b: a / y, lambda y, a, b: b / y)


def running_mean():
    """Make the mean over a window that moves along a vector."""
    return structural(
        "running mean", lambda x, *, w: np.convolve(x, np.ones(w) / w, "valid"),
        lambda g, y, x, w: sum(np.concatenate([np.zeros(k), g, np.zeros(w - 1 - k)]) for k in range(w)) / w,
        linear=(0,), notation=Function("avg"), back="to its windows",
    )  # fmt: skip


@pytest.fixture(params=["cbrt", "hypot", "running mean"])
def case(request):
    """Return a program with one of the three primitives, where it is evaluated, and what to expect."""
    if request.param == "cbrt":
        cbrt()
        return (lambda x: np.cbrt(x)), (np.float64(2.7),), "³√x", r"\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"
    if request.param == "hypot":
        hypot()
        latex, mathml = r"\operatorname{hypot} (x , z)", "<mi>hypot</mi>"
        return (lambda x, z: np.hypot(x, z)), (np.float64(3.0), np.float64(4.0)), "hypot(x, z)", latex, mathml
    smooth, weights = running_mean(), RANDOM.normal(size=4)
    latex, text = r"\operatorname{avg} (x , \text{w=3})", "avg(x, w=3)"
    return (lambda x: (weights * smooth(x, w=3) ** 2).sum()), (RANDOM.normal(size=6),), text, latex, "<mi>avg</mi>"


def difference(f, x, direction, step=1e-3):
    """Return the derivative of f along a direction by a difference of fourth order."""
    near = f(x + step * direction) - f(x - step * direction)
    far = f(x + 2 * step * direction) - f(x - 2 * step * direction)
    return (8 * near - far) / (12 * step)


def test_the_value_is_numpys(case):
    """Bit for bit, of NumPy's own type."""
    program, point, *_ = case
    value, expected = program(*map(gad.Variable, point)).value, program(*point)
    assert (type(value), value.tobytes()) == (type(expected), expected.tobytes())


def test_the_derivatives_of_two_orders_are_right(case):
    """Against differences of the value, and of the gradient, along random directions and in every operand."""
    program, point, *_ = case
    for k, j in [(k, j) for k in range(len(point)) for j in range(len(point))]:
        along = [np.asarray(RANDOM.normal(size=np.shape(x)))[()] for x in point]

        def slope(*xs, k=k, along=along):
            return (gad.grad(program, k)(*xs) * along[k]).sum()

        def put(x, place):
            return [x if i == place else other for i, other in enumerate(point)]

        first = difference(lambda x, k=k: program(*put(x, k)), point[k], along[k])
        np.testing.assert_allclose(slope(*point), first, rtol=1e-8)
        second = difference(lambda x, j=j, slope=slope: slope(*put(x, j)), point[j], along[j])
        np.testing.assert_allclose(np.sum(gad.grad(slope, j)(*point) * along[j]), second, rtol=1e-7, atol=1e-10)


def test_the_cube_root_and_the_hypotenuse_have_the_derivatives_of_the_textbook():
    """x^(−2/3)/3, −2 x^(−5/3)/9; a/h, b²/h³."""
    cbrt()
    hypot()
    assert gad.grad(np.cbrt)(8.0) == pytest.approx(1 / 12, rel=1e-15)
    assert gad.grad(gad.grad(np.cbrt))(8.0) == pytest.approx(-2 / 9 * 8.0 ** (-5 / 3), rel=1e-14)
    assert gad.grad(lambda a: np.hypot(a, 4.0))(3.0) == pytest.approx(3 / 5, rel=1e-15)
    assert gad.grad(gad.grad(lambda a: np.hypot(a, 4.0)))(3.0) == pytest.approx(16 / 125, rel=1e-14)


def test_it_is_written_in_text_latex_and_mathml(case):
    """By its notation; what is LaTeX can be set, what is MathML is XML."""
    program, point, text, latex, mathml = case
    card = next(card for card in story(program, point).nodes if card.short.text == text)
    assert card.short.latex == latex
    assert mathml in card.short.mathml
    ElementTree.fromstring(f"<math>{card.title.mathml}</math>")
    MathTextParser("agg").parse(f"${card.title.latex}$")


def story(program, point):
    """Tell the story of the program, as the pictures do."""
    from graphviz_ad.story.telling import tell

    return tell(gad.trace(program, *point))


def test_its_edges_say_the_rule(case):
    """The local gradient as a formula, or the words."""
    program, point, text, *_ = case
    told = story(program, point)
    labels = [edge.label.text for edge in told.edges if told.nodes[edge.child].short.text == text]
    expected = {"³√x": ["× 1/(3f²)"], "hypot(x, z)": ["× x/f", "× z/f"], "avg(x, w=3)": ["to its windows"]}
    assert labels == expected[text]
    assert all(step.text for step in told.steps)


def test_the_picture_shows_it(case, tmp_path):
    """The formula stands in the file that `save` writes."""
    program, point, text, *_ = case
    gad.trace(program, *point).save(tmp_path / "picture.svg")
    root = ElementTree.parse(tmp_path / "picture.svg").getroot()
    shown = ["".join(element.itertext()) for element in root.iter() if element.tag.endswith("text")]
    assert any(text.replace("³", "3") in line for line in shown), shown


def test_the_inspector_shows_it(case):
    """What it is, its LaTeX, and the rule of each edge."""
    from graphviz_ad.films.inspecting import tell_nodes

    program, point, text, latex, _ = case
    told = tell_nodes(story(program, point), {}, lambda site: None)
    row = next(row for row in told["rows"] if row["text"].endswith(f" = {text}"))
    assert latex in row["latex"]
    assert row["what"].startswith({"³√x": "cbrt", "hypot(x, z)": "hypot", "avg(x, w=3)": "running mean"}[text])
    rules = [edge.get("rule", "") for edge in told["edges"] if edge["at"][0] == row["node"]]
    assert rules
    assert all(("mfrac" in rule) == (text != "avg(x, w=3)") for rule in rules)


def test_the_command_line_knows_an_elementwise_one(tmp_path, capsys):
    """A formula may call it as soon as it is registered, and no longer than that."""
    target = tmp_path / "out.svg"
    arguments = ["cbrt(x) + hypot(x, 2)", "--at", "x=8", "-o", str(target), "--no-open"]
    assert main(arguments) == 2
    assert "there is no function 'cbrt'" in capsys.readouterr().err
    cbrt()
    hypot()
    assert main(arguments) == 0
    drawn = "".join(ElementTree.parse(target).getroot().itertext())
    assert "√x" in drawn
    assert "hypot(x, 2)" in drawn


def test_a_structural_one_is_no_function_of_formulas(tmp_path, capsys):
    """A formula computes with numbers."""
    structural("smooth", lambda x: x, lambda g, y, x: g)
    assert main(["smooth(x)", "--at", "x=8", "-o", str(tmp_path / "out.svg")]) == 2
    assert "there is no function 'smooth'" in capsys.readouterr().err


# NumPy functions and methods


def total():
    """Record np.cumsum and the method."""
    primitive = structural("cumsum", np.cumsum, lambda g, y, x, axis: g[::-1].cumsum(axis)[::-1], linear=(0,))

    @implements(np.cumsum, method="cumsum")
    def cumsum(a, axis=None):
        """Record ``np.cumsum(a, axis)``."""
        return primitive(a, axis=axis)


def test_a_method_takes_the_arguments_of_its_function():
    """x.cumsum() and x.cumsum(axis=0), at the user's line, differentiated twice."""
    assert not hasattr(gad.Variable([1.0]), "cumsum")
    total()
    x = gad.Variable([1.0, 2.0, 4.0])
    for y in (x.cumsum(), x.cumsum(0), x.cumsum(axis=0), np.cumsum(x), np.cumsum(x, axis=0)):
        assert y.primitive.name == "cumsum"
        np.testing.assert_array_equal(y.value, [1.0, 3.0, 7.0])
        assert re.fullmatch(r"(x|np)\.cumsum\(.*\)", y.site.text)
    np.testing.assert_array_equal(gad.grad(lambda x: (x.cumsum() ** 2).sum())(np.array([1.0, 2.0, 4.0])), [22, 20, 14])
    second = gad.grad(lambda x: gad.grad(lambda x: (x.cumsum() ** 2).sum())(x).sum())(np.array([1.0, 2.0, 4.0]))
    np.testing.assert_array_equal(second, [12.0, 10.0, 6.0])


def test_an_option_that_a_method_does_not_record_is_named():
    """Not a raw TypeError."""
    total()
    with pytest.raises(UnsupportedError, match=r"Variable.cumsum: the option dtype= is not recorded"):
        gad.Variable([1.0]).cumsum(dtype=float)


def test_a_method_is_in_the_list_of_recorded_ones_while_it_is():
    """The error for another method names it."""
    total()
    with pytest.raises(AttributeError, match=r"recorded methods are .*conjugate, .*cumsum, .*dot, .*max"):
        gad.Variable([1.0]).byteswap()


# Rules of other kinds


@pytest.mark.parametrize("shape", [(), (3,), (40_000,)], ids=str)
def test_a_constant_partial_may_be_any_number(shape):
    """Not only 1 and −1, of small and of big arrays, in either operand, in both orders, and in the formula."""
    elementwise(np.deg2rad, np.pi / 180)
    elementwise(np.fmod, -1.0, 0.25)  # not its derivative, but constants that are told apart
    x, z = gad.Variable(np.full(shape, 2.0)), gad.Variable(np.full(shape, 3.0))
    np.deg2rad(x).backward(np.ones(shape))
    np.testing.assert_allclose(x.grad, np.full(shape, np.pi / 180))
    x.zero_grad()
    (np.fmod(x, z) * 2.0).backward(np.ones(shape))
    np.testing.assert_array_equal(x.grad, np.full(shape, -2.0))
    np.testing.assert_array_equal(z.grad, np.full(shape, 0.5))
    assert [float(np.max(g)) for g in np.fmod(x, z).local_gradients] == [-1.0, 0.25]
    slope = gad.grad(lambda x: (np.deg2rad(x) ** 2).sum())
    expected = np.full(shape, 2 * (np.pi / 180) ** 2)
    np.testing.assert_allclose(gad.grad(lambda x: slope(x).sum())(np.full(shape, 2.0)), expected)
    if not shape:
        assert [edge.label.text for edge in story(lambda x: np.deg2rad(x), (2.0,)).edges] == ["× 0.0174533"]


def test_a_rule_that_symbols_cannot_follow_is_named_instead():
    """It asks for what only arrays have: the picture says ∂f/∂x, and no general rule; `formulas` can say more."""
    elementwise(np.cbrt, lambda y, x: x.astype(x.dtype) ** 0 / (3 * y**2))
    (edge,) = story(lambda x: np.cbrt(x), (8.0,)).edges
    assert edge.label.text == "× ∂f/∂x"
    assert edge.rule is None
    elementwise(
        np.cbrt, lambda y, x: x.dtype.type(1) / (3 * y**2), formulas=(lambda y, x: 1 / (3 * y**2),), replace=True
    )
    (edge,) = story(lambda x: np.cbrt(x), (8.0,)).edges
    assert edge.label.text == "× 1/(3f²)"


def test_a_rule_may_call_a_ufunc_that_is_not_recorded():
    """It is written under its name; it has no second derivative, and the error names it."""
    elementwise(np.fabs, lambda y, x: np.copysign(1.0, x))
    (edge,) = story(lambda x: np.fabs(x), (-2.0,)).edges
    assert edge.label.text == "× copysign(1, x)"
    assert gad.grad(np.fabs)(-2.0) == -1.0
    with pytest.raises(UnsupportedError, match=r"np\.copysign has no derivative rule"):
        gad.grad(gad.grad(np.fabs))(-2.0)


@pytest.mark.parametrize(
    ("notation", "text", "latex"),
    [
        (Infix(" ⊕ "), "x ⊕ z", "x ⊕ z"),
        (Infix(" ⊗ ", Level.PRODUCT), "x ⊗ z", "x ⊗ z"),
        (Product(), "x · z", r"x \cdot z"),
        (MatrixProduct(), "x · z", r"x \cdot z"),
        (Function("h", base="2"), "h₂(x, z)", r"\operatorname{h}_{2} (x , z)"),
        (Function("cot"), "cot(x, z)", r"\cot (x , z)"),
        (Fence("⟨", "⟩"), "⟨x, z⟩", "⟨ x , z ⟩"),
        (Fence("⌊", "⌋", Infix("/")), "⌊x/z⌋", r"\lfloor x / z \rfloor"),
        (Fraction(), "x/z", r"\frac{x}{z}"),
        (Power(), "x^(z)", "x^{z}"),
        (None, "hypot(x, z)", r"\operatorname{hypot} (x , z)"),
    ],
    ids=lambda value: repr(value) if not isinstance(value, str) else None,
)
def test_every_notation_of_two_operands(notation, text, latex):
    """Any kind may be chosen for any primitive of as many operands."""
    elementwise(np.hypot, lambda y, a, b: a / y, lambda y, a, b: b / y, notation=notation)
    card = story(lambda x, z: np.hypot(x, z), (3.0, 4.0)).nodes[-1]
    assert (card.short.text, card.short.latex) == (text, latex)
    ElementTree.fromstring(f"<math>{card.short.mathml}</math>")


@pytest.mark.parametrize(
    ("notation", "text", "latex"),
    [
        (Root(), "√x", r"\sqrt{x}"),
        (Root(5), "⁵√x", r"\sqrt[5]{x}"),
        (Prefix("¬"), "¬x", "¬ x"),
        (Power("3"), "x³", "x^{3}"),
        (Fence("⌈", "⌉"), "⌈x⌉", r"\lceil x \rceil"),
        (Unwritten(), "x", "x"),
    ],
    ids=repr,
)
def test_every_notation_of_one_operand(notation, text, latex):
    """As above."""
    elementwise(np.cbrt, lambda y, x: 1 / (3 * y**2), notation=notation)
    card = story(lambda x: np.cbrt(x), (8.0,)).nodes[-1]
    assert (card.short.text, card.short.latex) == (text, latex)


def test_parentheses_are_set_by_the_level():
    """A sum inside a product is fenced, a product inside a sum is not."""
    elementwise(np.hypot, lambda y, a, b: a / y, lambda y, a, b: b / y, notation=Infix(" ⊕ ", Level.SUM))
    assert story(lambda x, z: np.hypot(x, z) * z, (3.0, 4.0)).title.text == "f(x, z) = (x ⊕ z) · z"
    assert story(lambda x, z: np.hypot(x * z, z), (3.0, 4.0)).title.text == "f(x, z) = x · z ⊕ z"


HOSTILE = ["<script>alert(1)</script>", '"]; evil [', r"\input{x}", "a%b", "a_b^c", "]]>", "$x$", "a&b#", "{"]


@pytest.mark.parametrize("text", HOSTILE)
def test_names_and_signs_are_text_wherever_they_are_written(text, tmp_path):
    """Of primitives, functions, signs and words; in the picture and in all formulas."""
    notations = (Function(text, base=text), Function(), Prefix(text), Power(text), Fence(text, text), Root(text))
    for notation in notations:
        odd = structural(text, lambda x: x * 1.0, lambda g, y, x: g, notation=notation, back=text, replace=True)
        trace = gad.trace(lambda x, odd=odd: odd(x).sum(), np.ones(2))
        trace.save(tmp_path / "picture.svg")
        root = ElementTree.parse(tmp_path / "picture.svg").getroot()
        assert not [element for element in root.iter() if element.tag.endswith("script")]
        for card in story(lambda x, odd=odd: odd(x).sum(), (np.ones(2),)).nodes:
            ElementTree.fromstring(f"<math>{card.title.mathml}</math>")
            bare = re.sub(r"\\[{}#$%&_\\]", "", card.title.latex)
            assert bare.count("{") == bare.count("}")
            assert not re.search(r"[#$%&\n]|\\input", bare), bare


# What cannot be registered


REFUSED = {
    "a ufunc that has a rule": (lambda: elementwise(np.sin, None), InputError, "np.sin has a rule already; replace="),
    "one that an operator records": (
        lambda: elementwise(np.add, 1.0, 1.0, replace=True), InputError, "np.add cannot be replaced: the operators"),
    "too few partials": (
        lambda: elementwise(np.hypot, 1.0), InputError, "np.hypot takes 2 operands, but 1 partials were given"),
    "too many formulas": (
        lambda: elementwise(np.cbrt, None, formulas=(None, None)), InputError, "2 formulas for 1 partials"),
    "a partial that is none": (lambda: elementwise(np.cbrt, "x"), TypeError, "operand 0 must be a function .* got 'x'"),
    "no ufunc": (lambda: elementwise(np.sum, None), TypeError, "needs a NumPy ufunc, got .*structural"),
    "two results": (lambda: elementwise(np.modf, None), InputError, "np.modf has 1 operands and 2 results"),
    "a notation for one": (
        lambda: elementwise(np.hypot, 1.0, 1.0, notation=Root()), InputError,
        r"np.hypot: the notation Root is for 1 operand, but np.hypot takes 2; Function\(\) fits any"),
    "a notation for two": (
        lambda: elementwise(np.cbrt, 1.0, notation=Fraction()), InputError, "Fraction is for 2 operands"),
    "a notation for two or more": (
        lambda: elementwise(np.cbrt, 1.0, notation=Infix("+")), InputError, "Infix is for at least 2 operands"),
    "a notation for a fixed number": (
        lambda: structural("s", np.stack, lambda *a: 0, variadic=True, notation=Product()), InputError,
        "takes any number"),
    "a notation that is none": (lambda: elementwise(np.cbrt, 1.0, notation="root"), TypeError, "notation= needs"),
    "a name that is used": (lambda: structural("sum", np.sum, None), InputError, "sum has a rule already"),
    "a name that formulas use": (lambda: structural("row", np.sum, None), InputError, "cannot be called 'row'"),
    "a name of two lines": (lambda: structural("a\nb", np.sum, None), InputError, "the name has characters that"),
    "a sign of two lines": (
        lambda: elementwise(np.cbrt, 1.0, notation=Prefix("a\nb")), InputError, r"Prefix\(sign=\) has characters that"),
    "no name": (lambda: structural(np.sum, None), TypeError, "needs a name and a function"),
    "no function": (lambda: structural("s", None, None), TypeError, "s: the function itself cannot be called"),
    "a rule that is none": (lambda: structural("s", np.sum, 1.0), TypeError, "s: the rule of operand 0 must be"),
    "three operands": (lambda: structural("s", np.sum, None, None, None), InputError, "3 VJP rules; .*variadic=True"),
    "linear in what is not there": (
        lambda: structural("s", np.sum, lambda *a: 0, linear=(1,)), InputError,
        "s: linear= names operand 1, but there are rules for 1 only"),
    "linear where nothing flows": (
        lambda: structural("s", np.sum, None, linear=(0,)), InputError, "through which nothing flows"),
    "linear twice": (
        lambda: structural("s", np.sum, lambda *a: 0, linear=(0, 0)), InputError, "names an operand twice"),
    "linear that is a number": (lambda: structural("s", np.sum, lambda *a: 0, linear=0), TypeError, r"such as \(0,\)"),
    "linear that is no number": (
        lambda: structural("s", np.sum, lambda *a: 0, linear=("x",)), TypeError, r"such as \(0,\), got \('x',\)"),
    "words that are none": (lambda: structural("s", np.sum, lambda *a: 0, back=3), TypeError, "back= needs words"),
    "a function that is answered": (lambda: implements(np.sum), InputError, "np.sum is recorded already; replace="),
    "a method that is answered": (lambda: implements(method="sum"), InputError, "the method sum is recorded already"),
    "a method that no array has": (lambda: implements(method="smooth"), InputError, "no method 'smooth'"),
    "a ufunc as a function": (lambda: implements(np.cbrt), TypeError, "no ufuncs, .*; see elementwise"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_does_not_fit_is_refused_in_a_sentence(what):
    """With what was expected, what was met, and a way out; nothing is registered half."""
    register, error, sentence = REFUSED[what]
    before = dict(extend.PRIMITIVES)
    with pytest.raises(error, match=sentence):
        register()
    assert before == extend.PRIMITIVES


def test_registering_again_replaces_where_one_says_so():
    """As a cell of a notebook does that is run twice; what was recorded before keeps its rule."""
    cbrt()
    y = np.cbrt(gad.Variable(8.0))
    with pytest.raises(InputError, match="replace=True"):
        cbrt()
    elementwise(np.cbrt, lambda y, x: y * 0 + 7.0, replace=True)
    assert gad.grad(np.cbrt)(8.0) == 7.0
    assert float(y.local_gradients[0]) == pytest.approx(1 / 12)


def test_what_is_temporary_is_forgotten_even_after_an_error():
    """Primitives, functions and methods; a wrong rule of an old one too."""

    def fail():
        with temporary():
            cbrt()
            total()
            elementwise(np.sin, lambda y, x: x * 0, replace=True)
            assert gad.grad(np.sin)(0.0) == 0.0
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert gad.grad(np.sin)(0.0) == 1.0
    for use in (lambda x: np.cbrt(x), lambda x: np.cumsum(x), lambda x: x.cumsum()):
        with pytest.raises((UnsupportedError, AttributeError)):
            use(gad.Variable([1.0]))


# The public face


def test_the_public_names_are_pinned_and_documented():
    """Adding or removing one is a decision; each says what it is."""
    kinds = {"Fence", "Fraction", "Function", "Index", "Infix", "MatrixProduct", "Power", "Prefix", "Product", "Root"}
    expected = kinds | {"Unwritten", "Level", "Notation", "Primitive", "elementwise", "implements", "structural"}
    assert set(extend.__all__) == expected | {"temporary"}
    for name in expected - {"Notation"}:  # which is one of the kinds, and has no words of its own
        assert ">>>" in getattr(extend, name).__doc__, name
    table = re.findall(r"^`(\w+)`", extend.__doc__, re.MULTILINE)
    assert set(table) == kinds | {"Unwritten"}


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_a_rule_that_returns_nothing_is_named(large):
    """A forgotten return would make every gradient NaN."""
    forgetful = structural("forgetful", lambda x: x * 2, lambda adjoint, y, x: None)
    x = np.ones(20_000 if large else 3)
    with pytest.raises(InputError, match="the VJP rule of forgetful returned None"):
        gad.grad(lambda x: forgetful(x).sum())(x)
    with pytest.raises(InputError, match="the VJP rule of forgetful returned None"):
        gad.trace(lambda x: forgetful(x).sum(), x).steps()


@pytest.mark.parametrize(
    ("register", "words"),
    [
        (lambda: implements(np.cumsum)(5), "implements decorates a function, got 5"),
        (lambda: implements(np.cumsum, method=5), "no method 5"),
        (lambda: elementwise(np.cbrt, lambda y, x: x, formulas=(5,)), "formulas= needs functions"),
    ],
)
def test_what_is_no_function_is_refused_at_once(register, words):
    """Not when it is called."""
    with pytest.raises((TypeError, InputError), match=words):
        register()
