"""What an error says of a value that leaves the graph: the call and the names as the person wrote them."""

from __future__ import annotations

import cmath
import math
import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import extend
from graphviz_ad.errors import LeakError

PLAIN = np.arange(6.0).reshape(3, 2)


def said(function, *values):
    """Return what is said when a function is differentiated that lets a value leave; it is run with Variables."""
    with pytest.raises(LeakError) as caught:
        gad.vjp(function, *values)
    return str(caught.value)


@pytest.mark.parametrize(
    ("function", "value", "sentence"),
    [
        (lambda w: math.exp(w), 1.0, r"math\.exp\(\.\.\.\) would take w out.*use np\.exp.*w\.detach\(\)"),
        (lambda w: math.atan(w), 1.0, r"use np\.arctan"),
        (lambda w: math.log(w, 10), 1.0, r"write np\.log\(w\) / np\.log\(10\)"),
        (lambda w: math.hypot(w, 3.0), 1.0, r"use np\.hypot"),
        (lambda w: math.fsum([w, w]), 1.0, r"use Python's sum"),
        (lambda w: math.ulp(w), 1.0, r"no recorded function makes it, so pass plain numbers to math\.ulp"),
        (lambda w: PLAIN.dot(w), np.ones(2), r"PLAIN\.dot\(\.\.\.\).*take w out.*np\.dot\(PLAIN, w\) or PLAIN @ w"),
        (lambda w: PLAIN.dot(2 * w), np.ones(2), r"np\.dot\(PLAIN, 2 \* w\) or PLAIN @ \(2 \* w\)"),
        (lambda c: np.array([[c, -c], [1.0, c]]), 1.0, r"gad\.array\(\[\[c, -c\], \[1\.0, c\]\]\)"),
        (lambda c: np.array([c * k for k in (1.0, 2.0)]), 1.0, r"write np\.stack\(\[c \* k for k in \(1\.0, 2\.0\)\]"),
        (lambda w: np.asarray(w), 1.0, r"leave np\.asarray out: w is an array that is recorded"),
        (lambda w: np.asarray(w, float), np.ones(2), r"leave np\.asarray out: w is an array that is recorded"),
        (lambda w: float(w), 1.0, r"float.*w"),
        (lambda w: int(w), 1.0, r"int\(w\.value\)"),
        (lambda w: np.full(3, w), 1.0, r"write w \* np\.ones\(3\) instead"),
    ],
)  # fmt: skip
def test_the_way_out_is_written_with_the_person_s_names(function, value, sentence):
    """And it can be copied."""
    assert re.search(sentence, said(function, value), re.S)


@pytest.mark.parametrize(
    "source",
    [
        "np.array([[c, -c], [1.0, c * c]])",
        "np.array([c, 2 * c])",
        "np.asarray([[c * i * j for j in (1.0, 2.0)] for i in (1.0, 3.0)])",
        "math.log(c, 10)",
        "PLAIN.dot(np.stack([c, 2 * c]))",
        "np.asarray(list(np.stack([c, 2.0]) * c))",
        "np.exp(sorted([2 * c, c]))",
        "[c] * 2 + np.stack([c, 1.0])",
        "([c] + [2 * c]) * np.stack([c, 1.0])",
        "math.dist([c, 1.0], [2.0, 3.0])",
        "np.concatenate([[c], [2.0, 3.0], [c * c, c]])",
        "np.full(4, c * 2)",
        "np.ones(2).dot(np.stack([c, 2 * c]))",
        "np.vstack([np.empty((0, 2)), [c, 2 * c]])",
        "np.hstack([[c], np.ones(3), [c * c, c]])",
        "np.r_[np.stack([c, 2.0]), 0.0, c * c]",
        "np.c_[np.stack([c, 2.0]), np.stack([c, 2.0]) ** 2]",
        "np.fromiter((c * k for k in (1.0, 2.0)), float)",
        "np.fromiter([c, 2 * c], float)",
    ],
)
def test_following_the_advice_gives_the_derivative(source, tmp_path):
    """The expression that the error names is run in the place of the one that was refused."""
    scope = {"np": np, "math": math, "gad": gad, "PLAIN": PLAIN}
    path = tmp_path / "program.py"
    path.write_text(f"def f(c):\n    return {source}\n")
    exec(compile(path.read_text(), str(path), "exec", dont_inherit=True), scope)
    sentence = said(scope["f"], 0.7)
    way = re.search(r"write (.*?)( instead|, which| or [P])", sentence)
    assert way is not None, sentence
    exec(f"def g(c):\n    return np.sum({way[1]} * 1.0)\n", scope)
    expected = (np.sum(scope["f"](0.7 + 1e-6)) - np.sum(scope["f"](0.7 - 1e-6))) / 2e-6
    assert gad.grad(scope["g"])(0.7) == pytest.approx(expected, rel=1e-6)


def test_a_write_into_a_plain_array_is_called_a_write():
    """With the names of both, and the statement."""

    def fill(w):
        out = np.zeros(2)
        out[0] = w * w
        return out

    sentence = said(fill, 1.0)
    assert "out[0] = w * w writes into the plain array out" in sentence
    assert "make it with out = np.zeros(2, like=w)" in sentence
    assert "collect the pieces in a list and np.stack them" in sentence


def test_the_plain_x_of_the_person_is_not_taken_for_the_recorded_value():
    """The parameter's own name is said."""

    def loss(weights, x):
        return math.exp(weights) * x

    with pytest.raises(LeakError, match="take weights out of the graph") as caught:
        gad.grad(loss)(0.5, 2.0)
    assert "take x" not in str(caught.value)


def test_an_update_in_place_names_both_operands():
    """Of a plain array, which NumPy would change."""

    def total(w):
        out = np.zeros(2)
        out += w
        return out

    with pytest.raises(gad.errors.MutationError, match=re.escape("out += w")) as caught:
        gad.vjp(total, np.ones(2))
    assert "write out = out + w" in str(caught.value)


@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_a_function_that_numpy_lacks_comes_with_the_line_that_makes_it(name):
    """It has the value of Python's, and the first and the second derivative of differences of it."""
    plain = getattr(math, name)
    sentence = said(lambda w: plain(w), 1.0)
    line = re.search(r"first say once (.*?), then call", sentence)[1]
    scope = {"np": np, "math": math, "gad": gad}
    with extend.temporary():
        exec(line, scope)
        f = scope[name]
        for x in (0.3, 1.7, 4.2):
            slope = (8 * (plain(x + 1e-3) - plain(x - 1e-3)) - (plain(x + 2e-3) - plain(x - 2e-3))) / 12e-3
            curve = (plain(x + 1e-3) - 2 * plain(x) + plain(x - 1e-3)) / 1e-6
            assert gad.trace(f, x).output.value == pytest.approx(plain(x), rel=1e-9)
            assert gad.grad(f)(x) == pytest.approx(slope, rel=1e-6, abs=1e-9)
            assert gad.grad(gad.grad(f))(x) == pytest.approx(curve, rel=1e-3, abs=1e-4)
        assert gad.vjp(f, np.array([0.5, 2.0]))[0] == pytest.approx([plain(0.5), plain(2.0)], abs=1e-9)


def test_a_primitive_of_one_s_own_may_compute_with_python_s_floats():
    """What it gives is a number of NumPy's, as everywhere."""
    with extend.temporary():
        erf = extend.structural("erf", math.erf, lambda g, y, x: g * 2 / np.sqrt(np.pi) * np.exp(-(x**2)))
        y = erf(gad.Variable(0.5))
        assert type(y.value) is np.float64
        assert gad.grad(lambda x: erf(x) * 2)(0.5) == pytest.approx(4 / math.sqrt(math.pi) * math.exp(-0.25))


HANDED = {
    "gad.grad(math.sin)(0.5)": "gad.grad(np.sin)(0.5)",
    "gad.trace(math.asin, 0.5).output": "gad.trace(np.arcsin, 0.5)",
    "list(map(math.exp, v))": "list(map(np.exp, v))",
    "np.vectorize(math.sin)(v)": "np.sin(v)",
    "'%.3f' % s": "'%.3f' % s.value",
    "'%s %.3f' % (1, s * 2)": "'%s %.3f' % (1, (s * 2).value)",
    "'%.3f' % v": "print(v.value)",
    "plt.plot(v)": "plt.plot(v.value)",
    "plt.plot(v.value, v, label='a')": "plt.plot(v.value, v.value, label='a')",
    "plt.plot([1, 2], losses)": "plt.plot([1, 2], [v.value for v in losses])",
    "plt.plot([1, 2], [s, s * 2])": "plt.plot([1, 2], [v.value for v in [s, s * 2]])",
    "axes.plot(v * 2)": "axes.plot((v * 2).value)",
}


@pytest.mark.parametrize("call", HANDED)
@pytest.mark.filterwarnings("ignore:Conversion of an array")
def test_what_prints_draws_or_takes_a_function_of_math_says_how_it_is_written(call):
    """And that works."""
    import linecache

    import matplotlib.figure
    import matplotlib.pyplot as plt

    s, axes = gad.Variable(2.0), matplotlib.figure.Figure().subplots()
    scope = {"np": np, "math": math, "gad": gad, "plt": plt, "axes": axes, "s": s, "losses": [s * 1.0, s * 2.0]}
    scope["v"] = gad.Variable([0.5, 1.0])
    filename = f"<handed {len(linecache.cache)}>"
    linecache.cache[filename] = (len(call), None, [call], filename)
    try:
        with pytest.raises(LeakError, match=r"plain numbers|prints one number") as caught:
            eval(compile(call, filename, "eval"), scope)
        assert re.search(r": write (.*) \(<handed", str(caught.value))[1] == HANDED[call]
        eval(HANDED[call], scope)
    finally:
        plt.close("all")


def test_a_type_of_numbers_that_is_handed_on_is_left_out():
    """It makes plain numbers."""
    with pytest.raises(LeakError, match=r"^float gives a plain number.*leave float out \(.*, line \d+\)$"):
        gad.grad(float)(1.0)
    with pytest.raises(LeakError, match=r"^float gives a plain number"):
        list(map(float, gad.Variable([1.0, 2.0])))


def test_the_sentence_is_short():
    """Without the file, which may be anywhere."""
    programs = [
        (lambda w: math.exp(w), 1.0),
        (lambda w: float(w), 1.0),
        (lambda w: np.asarray(w), np.ones(2)),
        (lambda w: PLAIN.dot(w), np.ones(2)),
        (lambda w: sorted([w], key=float), 1.0),
        (lambda w: np.zeros(2).__setitem__(0, w), 1.0),
        (lambda w: w.item(), 1.0),
    ]
    for function, value in programs:
        assert len(said(function, value).rpartition(" (")[0]) <= 240


def test_a_list_is_never_called_an_array():
    """It has no ``detach``, and to leave ``np.array`` out leaves a list."""

    def flat(x):
        parts = [entry * 2 for entry in x]
        return np.asarray(parts)

    def nested(x):
        rows = []
        for entry in x:
            rows.append([entry, entry * entry])
        return np.array(rows)

    def listed(x):
        return np.array(list(map(np.sin, x)))

    for function, way in (
        (flat, "write np.stack(parts), which is recorded"),
        (nested, "write gad.array(rows), which is recorded"),
        (listed, "write np.stack(list(map(np.sin, x))), which is recorded"),
    ):
        sentence = said(function, np.ones(2))
        assert way in sentence
        assert "is an array" not in sentence
        assert re.search(r"(parts|rows|list\(.*\))\)?\.detach", sentence) is None


@pytest.mark.parametrize(
    ("function", "value", "sentence"),
    [
        (lambda w: np.arange(w), 1.0, r"pass plain numbers to np\.arange, or w\.detach\(\)"),
        (
            lambda w: np.packbits([w, 2 * w]),
            1.0,
            r"make an array of the list first: write np\.packbits\(np\.stack\(\[w, 2 \* w\]",
        ),
        (lambda w: np.vectorize(lambda t: t * t)(w), np.ones(2), r"write \(lambda t: t \* t\)\(w\), with NumPy func"),
        (
            lambda w: np.vectorize(lambda t: t * w)(PLAIN),
            1.0,
            r"take the value out of the graph.*write \(lambda t: t \* w\)\(PLAIN\)",
        ),
        (lambda w: PLAIN.searchsorted(w), 1.0, r"write np\.searchsorted\(PLAIN, w\), which answers with plain pos"),
        (lambda w: math.isnan(w), 1.0, r"use np\.isnan, which takes it as it is"),
        (lambda w: cmath.exp(w), 1.0, r"use np\.exp, which is recorded"),
        (lambda w: PLAIN[w], 1.0, r"use PLAIN\[int\(w\.value\)\]"),
        (lambda w: PLAIN[w], np.ones(2), r"use PLAIN\[w\.value\.astype\(int\)\]"),
        (lambda w: PLAIN[w[0] + 1], np.ones(2), r"use PLAIN\[int\(\(w\[0\] \+ 1\)\.value\)\]"),
    ],
)
def test_the_way_out_is_one_that_there_is(function, value, sentence):
    """Where no recorded function does the same, none is promised."""
    assert re.search(sentence, said(function, value), re.S)


def test_an_update_of_a_part_of_a_plain_array_says_how_the_array_is_made():
    """So that the statement itself can stay."""

    def total(w):
        out = np.zeros((2, 2))
        out[0, :] += w
        return out

    with pytest.raises(gad.errors.MutationError, match=re.escape("out[0, :] += w")) as caught:
        gad.vjp(total, np.ones(2))
    assert "make it with out = np.zeros((2, 2), like=w)" in str(caught.value)
    assert "write out[0, :] =" not in str(caught.value)


def test_a_plain_value_that_was_handed_on_is_not_told_to_be_detached():
    """It has no such method: the Variable was made of it further inside."""
    point = 0.3
    for call in (lambda: gad.grad(np.asarray)(0.3), lambda: gad.grad(np.asarray)(point)):
        with pytest.raises(LeakError) as caught:
            call()
        assert "detach" not in str(caught.value)
    v = gad.Variable(1.0)
    with pytest.raises(LeakError, match=r"or v\.detach\(\) for a plain number"):
        math.erf(v)


def test_a_vectorized_function_is_called_with_each_number(tmp_path):
    """Under its name, or the name of what was made of it."""
    path = tmp_path / "program.py"
    path.write_text(
        "bent = np.vectorize(lambda t: t**2 if t > 0 else -t)\n"
        "def f(c):\n    x = np.stack([np.stack([c, -c]), np.stack([c * c, c])])\n"
        "    return bent(x)\n"
        "def line(c):\n    x = np.stack([c, -c])\n    return bent(x)\n"
    )
    scope = {"np": np}
    exec(compile(path.read_text(), str(path), "exec", dont_inherit=True), scope)
    for name, expected in {"f": 2 * 0.7 + 1 + 4 * 0.7**3 + 2 * 0.7, "line": 2 * 0.7 + 1}.items():
        way = re.search(r"write (np\.stack.*), which", said(scope[name], 0.7))[1]
        body = path.read_text().replace("return bent(x)", f"return {way}")
        followed = {"np": np}
        exec(body, followed)
        assert gad.grad(lambda c, f=followed[name]: np.sum(f(c)))(0.7) == pytest.approx(expected, rel=1e-12)


def test_going_over_the_positions_of_an_array_is_recorded():
    """As np.ndenumerate does, which is told so; and np.nditer has its own error in the place of NumPy's riddle."""
    x = np.arange(6.0).reshape(2, 3)
    way = re.search(r"write (.*), which", said(lambda x: sum(t for _, t in np.ndenumerate(x)), x))[1]
    followed = eval(f"lambda x: sum(sum(i) * t**2 for i, t in {way})", {"np": np})
    np.testing.assert_array_equal(gad.grad(followed)(x), 2 * x * np.add.outer(np.arange(2), np.arange(3)))
    with pytest.raises(gad.errors.UnsupportedError, match=r"np\.nditer.*write np\.ravel\(x\).*line \d+\)$"):
        gad.grad(lambda x: sum(t**2 for t in np.nditer(x)))(x)


def test_assertions_of_numpy_look_and_let_go():
    """They pass and fail as with plain numbers, and the derivative is that of the rest."""

    def healthy(x):
        np.testing.assert_allclose(x / x.sum() * x.sum(), x)
        np.testing.assert_array_less([x[0]], x[1])
        np.testing.assert_approx_equal(x[0], x[0])
        return np.sum(x**2)

    np.testing.assert_array_equal(gad.grad(healthy)(np.array([1.0, 2.0])), [2.0, 4.0])

    def wrong(x):
        np.testing.assert_allclose(x, 2 * x)
        return np.sum(x)

    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        gad.grad(wrong)(np.array([1.0, 2.0]))

    def hidden(x):
        np.testing.assert_raises(ValueError, lambda: np.asarray(x))  # what is called inside is the person's
        return np.sum(x)

    with pytest.raises(LeakError):
        gad.grad(hidden)(np.array([1.0, 2.0]))


def test_no_name_is_invented_for_what_has_none():
    """There is no x in this program."""
    sentence = said(lambda w: np.array([[1.0, w * w], [w * w, 1.0]]).sum(), 1.0)
    assert "detach" not in sentence
    assert "x." not in sentence


def test_an_error_in_the_place_of_another_says_what_happened():
    """SciPy's solvers in C hide it behind a SystemError."""
    from scipy import optimize

    with pytest.raises(LeakError, match=r"optimize\.brentq\(\.\.\.\) would take"):
        gad.grad(lambda p: optimize.brentq(lambda z: z**3 - p, 0, 3))(1.5)
