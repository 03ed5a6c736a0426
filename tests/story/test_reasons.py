"""Why a rule is what it is: every primitive says it, and what it says is true of NumPy's own values."""

from __future__ import annotations

import operator

import mpmath
import numpy as np
import pytest
from scipy import special

import graphviz_ad as gad
from graphviz_ad.engine.primitive import PRIMITIVES
from graphviz_ad.engine.variable import Variable
from graphviz_ad.extend import elementwise, structural, temporary
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.story.constants import Constants
from graphviz_ad.story.reasons import REASONS, copies, reason, rule_name
from tests.engine.test_rules import DOMAINS, STRUCTURAL

OWN = sorted(PRIMITIVES)
NOTHING_FLOWS = {"constant", "detach", "seed"}
"""What has no operand through which anything flows."""
WITHOUT_FORMULA = (
    "airy.Ai airy.Ai′ airy.Bi airy.Bi′ chdtr chdtrc ellipkm1 eval_chebyt eval_chebyu eval_hermite eval_hermitenorm "
    "eval_laguerre eval_legendre hankel1 hankel2 i0e i1e inv_boxcox inv_boxcox1p ive k1e kn kv kve modstruve pdtr "
    "pdtrc pseudo_huber stdtr stdtrit struve"
)
"""Special functions whose rule cannot be read as a formula, of which nothing is said but the number."""


def text(fragments):
    """Return a reason as it is read."""
    return "".join(one.text if isinstance(one, Formula) else one for one in fragments)


def why(node, argument=0):
    """Return the reason of an edge in words."""
    return text(reason(node, argument, Constants({})))


def flowing(primitive):
    """Return the operands through which something flows."""
    return [k for k, rule in enumerate(primitive.partials or primitive.vjps) if rule is not None]


@pytest.mark.parametrize("name", OWN)
def test_every_primitive_says_why(name):
    """A structural one has its row, or is linear; an elementwise one has its row, or says its rule as a formula."""
    primitive = PRIMITIVES[name]
    if name in NOTHING_FLOWS:
        assert not flowing(primitive)
        return
    if primitive.elementwise:
        low = [DOMAINS.get(name, ((0.3, 0.4), (0.3, 0.4)))[k][0] for k in range(len(primitive.partials))]
        node = primitive(*(Variable(x) for x in low))
        assert all(why(node, k) for k in flowing(primitive))
        return
    assert name in REASONS
    assert len(REASONS[name]) in (1, len(primitive.vjps))


def test_special_functions_say_why():
    """Each by its formula, or it is known to have none."""
    silent = set()
    with temporary():
        gad.trace(lambda x: special.erf(x), 0.5)  # whoever is met first brings the others
        for name, primitive in PRIMITIVES.items():
            if primitive.elementwise:
                ones = [Variable(0.6) if rule is not None else 1 for rule in primitive.partials]
                with np.errstate(all="ignore"):
                    node = primitive(*ones)
                if not all(why(node, k) for k in flowing(primitive)):
                    silent.add(name)
            elif name not in NOTHING_FLOWS:
                assert name in REASONS
    assert silent == set(WITHOUT_FORMULA.split(" "))


# What is said, word for word, and what it claims, with mpmath's functions: by name, for each operand.
CLAIMS = {
    "add": [("when one part of a sum grows, the sum grows by as much", lambda a, b: 1)] * 2,
    "subtract": [
        ("a difference moves by as much as what it starts from", lambda a, b: 1),
        ("a difference falls by as much as what is subtracted grows", lambda a, b: -1),
    ],
    "negative": [("−u falls by as much as u grows", lambda a: -1)],
    "positive": [("it is the same number", lambda a: 1)],
    "alias": [("it is the same number", lambda a: 1)],
    "multiply": [
        ("in a product each factor's slope is the other factor", lambda a, b: b),
        ("in a product each factor's slope is the other factor", lambda a, b: a),
    ],
    "divide": [
        ("a fraction is its numerator times 1 over its denominator", lambda a, b: 1 / b),
        ("by its denominator a fraction has the slope −numerator/denominator²", lambda a, b: -a / b**2),
    ],
    "power": [
        ("the exponent of a power comes down as a factor, and what stays has one less", lambda a, b: b * a ** (b - 1)),
        (
            "by its exponent a power has the slope of an exponential: itself times the log of its base",
            lambda a, b: a**b * mpmath.log(a),
        ),
    ],
    "exp": [("exp is its own derivative", mpmath.exp)],
    "log": [("log is the natural logarithm, whose slope at u is 1/u", lambda a: 1 / a)],
    "sin": [("sin's slope is cos", mpmath.cos)],
    "cos": [("cos's slope is −sin", lambda a: -mpmath.sin(a))],
    "sinh": [("sinh's slope is cosh", mpmath.cosh)],
    "cosh": [("cosh's slope is sinh", mpmath.sinh)],
    "absolute": [("the size of a number has the slope 1 above 0 and −1 below", mpmath.sign)],
    "fabs": [("the size of a number has the slope 1 above 0 and −1 below", mpmath.sign)],
    "remainder": [
        ("between its jumps a remainder moves as the number does", lambda a, b: 1),
        (
            "between its jumps a remainder is the number minus a whole multiple of the divisor",
            lambda a, b: -mpmath.floor(a / b),
        ),
    ],
    "fmod": [
        ("between its jumps a remainder moves as the number does", lambda a, b: 1),
        (
            "between its jumps a remainder is the number minus a whole multiple of the divisor",
            lambda a, b: -mpmath.floor(a / b),
        ),
    ],
    "copysign": [
        ("where its sign is turned, a number's slope is turned with it", lambda a, b: mpmath.sign(a) * mpmath.sign(b))
    ],
}
LARGER = "a maximum moves with the larger of the two; where they are equal, each has half the slope"
SMALLER = "a minimum moves with the smaller of the two; where they are equal, each has half the slope"
for one, other in (("maximum", "minimum"), ("fmax", "fmin")):
    CLAIMS[one] = [
        (LARGER, lambda a, b: (1 + mpmath.sign(a - b)) / 2),
        (LARGER, lambda a, b: (1 + mpmath.sign(b - a)) / 2),
    ]
    CLAIMS[other] = [
        (SMALLER, lambda a, b: (1 + mpmath.sign(b - a)) / 2),
        (SMALLER, lambda a, b: (1 + mpmath.sign(a - b)) / 2),
    ]
DEGREES = "an angle in degrees is the same angle in radians times a fixed factor"
for name, factor in (("deg2rad", mpmath.pi / 180), ("radians", mpmath.pi / 180),
                     ("rad2deg", 180 / mpmath.pi), ("degrees", 180 / mpmath.pi)):  # fmt: skip
    CLAIMS[name] = [(DEGREES, lambda a, factor=factor: factor)]
CLAIMS["float_power"] = CLAIMS["power"]
CLAIMS["heaviside"] = [("", None), ("the second number is taken only where the first is 0", lambda a, b: a == 0)]
PLACES = {1: [(0.7,), (-0.4,)], 2: [(0.7, 1.3), (2.5, 0.8), (1.1, 1.1)]}


def test_every_elementwise_row_is_claimed():
    """No row without a claim that is checked."""
    elementwise = {name for name in REASONS if name in PRIMITIVES and PRIMITIVES[name].elementwise}
    assert elementwise - {"modulus"} == set(CLAIMS)


@pytest.mark.parametrize("name", sorted(CLAIMS))
def test_what_a_reason_claims_is_the_slope(name):
    """Of an elementwise function, against mpmath, and against differences away from corners."""
    primitive = PRIMITIVES[name]
    for place in PLACES[len(primitive.partials)]:
        if name in ("log", "power", "float_power") and place[0] <= 0:
            continue
        if name in ("remainder", "fmod") and place[0] == place[-1]:  # a jump
            continue
        node = primitive(*map(Variable, place))
        for k in flowing(primitive):
            words, claim = CLAIMS[name][k]
            assert why(node, k) == words
            slope = float(claim(*map(mpmath.mpf, place)))
            assert float(np.asarray(node.local_gradients[k])) == pytest.approx(slope, rel=1e-14)
            if place[0] != place[-1] or len(place) == 1:
                ends = [[x + (h if i == k else 0) for i, x in enumerate(place)] for h in (-1e-6, 1e-6)]
                low, high = (float(primitive.function(*end)) for end in ends)
                if name != "heaviside":
                    assert (high - low) / 2e-6 == pytest.approx(slope, rel=1e-7, abs=1e-7)


def jacobian(f, args, k):
    """Return how NumPy's own values move with each number of an operand, by differences."""
    columns = []
    for place in np.ndindex(np.shape(args[k])):
        ends = []
        for h in (-0.01, 0.01):
            moved = np.array(args[k], float)
            moved[place] += h
            ends.append(np.asarray(f(*args[:k], moved if moved.ndim else moved[()], *args[k + 1 :])))
        columns.append(np.ravel(ends[1] - ends[0]) / 0.02)
    return np.array(columns).T


MOVED = "every number only moves to another place"
LAID_OUT = "the numbers stay as they are, only laid out in another shape"
PICKED = "what is picked is taken as it is, and the rest does not matter"
JOINED = "every number is taken over as it is"
COPIED = "every copy moves as the number that it is a copy of"
TRIANGLE = "the numbers of the triangle are taken over as they are, and the others become 0"
SUMMED = "each summand moves the sum by as much as it moves itself"
# What must hold of the matrix of how results (rows) move with numbers (columns), besides that it has only 0 and 1.
MATRICES = {
    MOVED: lambda m: np.all(m.sum(axis=0) == 1) and np.all(m.sum(axis=1) == 1),
    LAID_OUT: lambda m: np.all(m.sum(axis=0) == 1) and np.all(m.sum(axis=1) == 1),
    PICKED: lambda m: np.all(m.sum(axis=1) == 1),
    JOINED: lambda m: np.all(m.sum(axis=1) <= 1) and np.all(m.sum(axis=0) >= 1),
    COPIED: lambda m: np.all(m.sum(axis=1) == 1),
    TRIANGLE: lambda m: np.all(m.sum(axis=1) <= 1),
    SUMMED: np.any,
}
KEYED = {words: [name for name, rows in REASONS.items() if rows == (words,)] for words in MATRICES}


@pytest.mark.parametrize("name", [name for names in KEYED.values() for name in names if STRUCTURAL.get(name)])
def test_numbers_that_only_change_their_places_do_so(name):
    """Each result is one of the numbers, or none; a sum has each of them once."""
    (words,) = REASONS[name]
    checked = 0
    for f, args in STRUCTURAL[name]:
        recorded = gad.trace(f, *args)
        node, known = recorded.output, [one.index for one in recorded.inputs]
        if (
            not isinstance(node, Variable)
            or node.primitive.name != name
            or getattr(node.operands[0], "index", None) not in known
        ):
            continue
        k = known.index(node.operands[0].index)
        if not np.size(args[k]):
            continue
        matrix = np.round(jacobian(f, args, k), 9)
        assert set(np.unique(matrix)) <= {0.0, 1.0}
        assert MATRICES[words](matrix), (name, args)
        checked += 1
    assert checked


def test_each_text_of_places_is_some_primitives():
    """The texts here are those of the table, so that none is checked in vain."""
    assert all(KEYED.values())


SQUARE = np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.2], [-0.6, 0.7, 3.0]])
TURN = np.array([[0.3, -0.2, 0.5], [0.7, 0.1, -0.6], [0.2, 0.4, -0.1]])


def moves(f, x, along, h=1e-5):
    """Return how f moves at x along a change, by differences of NumPy's values."""
    return (f(x + h * along) - f(x - h * along)) / (2 * h)


def test_the_equations_that_settle_how_results_move():
    """Of an inverse, a solution, a determinant and its log, as their reasons say."""
    inverse = np.linalg.inv(SQUARE)
    np.testing.assert_allclose(moves(np.linalg.inv, SQUARE, TURN), -inverse @ TURN @ inverse, rtol=1e-7, atol=1e-9)
    right = np.array([1.0, -2.0, 0.5])
    x = np.linalg.solve(SQUARE, right)
    by_matrix = moves(lambda a: np.linalg.solve(a, right), SQUARE, TURN)
    by_right = moves(lambda b: np.linalg.solve(SQUARE, b), right, -TURN @ x)
    np.testing.assert_allclose(by_matrix, by_right, rtol=1e-7)
    np.testing.assert_allclose(by_right, inverse @ (-TURN @ x), rtol=1e-7)
    cofactors = np.array([[(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(SQUARE, i, 0), j, 1)) for j in range(3)]
                          for i in range(3)])  # fmt: skip
    assert moves(np.linalg.det, SQUARE, TURN) == pytest.approx(np.sum(cofactors * TURN), rel=1e-8)
    logs = moves(lambda a: np.linalg.slogdet(a)[1], SQUARE, TURN)
    assert logs == pytest.approx(np.sum(inverse.T * TURN), rel=1e-8)
    for name, words in (("inv", "−A⁻¹ dA A⁻¹"), ("det", "cofactor"), ("slogdet", "inverse's, transposed")):
        assert words in REASONS[name][0]


def test_a_length_a_share_and_lambert_s_function():
    """Their slopes by differences."""
    x, along = np.array([3.0, -4.0, 1.0]), np.array([0.2, 0.7, -0.4])
    assert moves(np.linalg.norm, x, along) == pytest.approx(x / np.linalg.norm(x) @ along, rel=1e-8)
    total = moves(np.logaddexp.reduce, x, along)
    assert total == pytest.approx(np.exp(x) / np.sum(np.exp(x)) @ along, rel=1e-8)
    u = 1.7
    w = float(mpmath.lambertw(u).real)
    assert float(mpmath.diff(lambda t: mpmath.lambertw(t).real, u)) == pytest.approx(w / (u * (1 + w)), rel=1e-9)
    assert float(mpmath.diff(lambda t: mpmath.besseli(1.5, t), u)) == pytest.approx(
        float(mpmath.besseli(0.5, u) + mpmath.besseli(2.5, u)) / 2, rel=1e-9
    )


def test_a_mean_says_its_share():
    """Of so many numbers as are in it; where a condition leaves some out, it says no number."""
    matrix = Variable(np.arange(12.0).reshape(3, 4))
    assert why(np.mean(matrix, axis=0)) == "a mean adds the numbers, each times 1/3"
    assert why(np.mean(matrix)) == "a mean adds the numbers, each times 1/12"
    assert why(np.mean(matrix, where=matrix.value > 2)).endswith("by an equal share")


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (lambda x: x**2, "the slope of u² is 2u"),
        (lambda x: x**3.0, "the slope of u³ is 3u²"),
        (lambda x: 1 / x, "the slope of 1/u is −1/u²"),
        (lambda x: x / 4, "the slope of u/4 is 1/4"),
        (np.tanh, "the slope of tanh u is 1 − (tanh u)²"),
        (lambda x: np.hypot(x, x), "the slope of hypot(u, w) by u is u/hypot(u, w)"),
        (lambda x: np.linalg.norm(np.stack([x, x]), 1), "a sum of sizes moves with each entry by its sign"),
        (lambda x: np.linalg.norm(np.stack([x, x]), np.inf), "it moves with the entry that decides it only"),
        (lambda x: np.pad(np.stack([x]), 1), "every number is taken over as it is, between zeros"),
        (
            lambda x: np.pad(np.stack([x]), 1, constant_values=2.0),
            "every number is taken over as it is, between the constants",
        ),
        (lambda x: np.diff(np.stack([x, x, x]), 2),
         "every difference is a sum of neighbours, each times a fixed factor"),
        (lambda x: np.linalg.cholesky(np.reshape(x, (1, 1))), "A = L Lᵀ stays true, with L triangular"),
    ],
)  # fmt: skip
def test_a_reason_in_words(program, said):
    """A formula with the constant that stands there says more than the general rule."""
    node = program(Variable(1.5))
    assert why(node, next(k for k, x in enumerate(node.operands) if isinstance(x, Variable))) == said


def test_copies_are_counted():
    """How many numbers of the result each number of an operand is a part of."""
    table = np.ones((3, 4))
    for op in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, np.hypot, np.maximum):
        for shape, count in (((), 12), ((4,), 3), ((3, 1), 4), ((3, 4), 1)):
            assert copies(op(Variable(np.full(shape, 2.0)), table), 0) == count
            said = [str(step) for step in gad.trace(lambda x, op=op: np.sum(op(x, table)), np.full(shape, 2.0)).steps()]
            assert (f"summed over the {count} copies" in said[-1]) == (count > 1)
    assert copies(np.sum(Variable(np.ones(3))), 0) == 1


def test_a_rule_has_the_name_of_school():
    """Sums, products, fractions and powers; the rest goes by the chain rule."""
    x = Variable(2.0)
    names = [rule_name(node) for node in (x + x, x - 1, x * 3, x / x, x**2, np.sqrt(x), np.sin(x))]
    assert names == ["sum rule", "sum rule", "product rule", "quotient rule", "power rule", "power rule", "chain rule"]
    assert rule_name(2.0**x, 1) == "chain rule"


def test_a_person_s_own_primitive_is_linear_or_says_nothing():
    """Nothing is claimed of what is not known."""
    with temporary():
        double = structural("double", lambda x: 2 * x, lambda adjoint, y, x: 2 * adjoint, linear=(0,))
        cube = structural("cube", lambda x: x**3, lambda adjoint, y, x: 3 * x**2 * adjoint)
        assert why(double(Variable(2.0))) == "it is linear, so a change goes through it as a number does"
        assert why(cube(Variable(2.0))) == ""
        said = [str(step) for step in gad.trace(lambda x: cube(x), 2.0).steps()]
    assert said[-1].startswith("Back through cube x: f\u0304 = 1 goes ")


def test_of_a_rule_that_took_the_place_of_ours_our_reason_is_not_said():
    """Its own formula is, or nothing: the reason would be false."""
    with temporary():
        elementwise(np.sin, lambda y, x: 7 * np.cos(x), replace=True)
        (told,) = [str(step) for step in gad.trace(np.sin, 0.0).steps() if step.kind == "local"]
        assert "sin's slope is cos" not in told
        assert "the slope of sin u is 7 cos u" in told.replace("\u2009", " ").replace(" · ", " ")
        elementwise(np.fabs, lambda y, x: np.where(x >= 0, 1.0, -1.0), replace=True)
        assert not any("0 is taken" in str(step) for step in gad.trace(np.fabs, 0.0).steps())
    assert any("0 is taken" in str(step) for step in gad.trace(np.fabs, 0.0).steps())
