"""Formulas: what is let through computes as NumPy does, what is not is refused in a sentence."""

from __future__ import annotations

import dis
import gc
import inspect
import linecache
import threading
import traceback
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphviz_ad.cli.expression import CONSTANTS, FUNCTIONS, ExpressionError, parse, parse_number, parse_range

NUMPY = {name: function for name, (function, _) in FUNCTIONS.items()} | {"pi": np.pi, "e": np.e, "inf": np.inf}

FORMULAS = [
    "x",
    "-x**2",
    "+x",
    "2**x",
    "x**-2.0",
    "x - 1.0 - 2.0",
    "7.0 // x",
    "x % 3.0",
    "(x + 1.0)*(x - 1.0)/x",
    "log(x**2.0)*sin(x) + 1.0/x",
    "maximum(x, 1.0) - minimum(x, 1.0)",
    "where(x > 1.0, x, -x)",
    "exp(-x**2.0/2.0)/sqrt(2.0*pi)",
    "e**x - exp(x)",
    *(f"{name}(x)" for name, (_, arguments) in FUNCTIONS.items() if arguments == 1),
]


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("x", [0.5, -1.25, 3.0, np.array([0.25, -2.0, 7.0])])
def test_values_are_numpys(text, x):
    """A formula gives the bits that the same text gives in Python with NumPy."""
    f, variables = parse(text)
    given_x = np.float64(x) if isinstance(x, float) else x
    with np.errstate(all="ignore"):
        expected = eval(text, NUMPY, {"x": given_x})  # the reference, on texts of this file only
    assert variables == ("x",)
    np.testing.assert_array_equal(f(x), expected, strict=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9**9**9", np.inf),
        ("1/0", np.inf),
        ("-1/0", -np.inf),
        ("0/0", np.nan),
        ("exp(1000)", np.inf),
        ("log(0)", -np.inf),
        ("1//0", np.inf),
        ("5 % 0", np.nan),
        ("(3 > 2)/(2 > 3)", np.inf),
        ("2**-1", 0.5),
        ("1" * 400, np.inf),
        ("1_000", 1000.0),
        ("π", np.pi),
        ("nan", np.nan),
    ],
)
def test_constants_follow_numpy(text, value):
    """Numbers are floats with NumPy's rules: nothing hangs, nothing raises."""
    f, variables = parse(text)
    assert variables == ()
    np.testing.assert_equal(f(), value)
    np.testing.assert_equal(parse_number(text), value)


@pytest.mark.parametrize(
    ("text", "x", "value"),
    [("1/x", 0, np.inf), ("1/x", 0.0, np.inf), ("x**9**9", 10, np.inf), ("x**-1", 0, np.inf), ("x//0", 0, np.nan)],
)
def test_overflow_and_division_by_zero_give_inf_quietly(text, x, value):
    """Where Python raises and NumPy warns, a formula gives NumPy's answer; warnings are errors here."""
    np.testing.assert_equal(parse(text)[0](x), value)


def test_integers_become_floats():
    """Integer inputs and arrays are computed as floats, so 2**-1 is no error."""
    f, _ = parse("x**-1")
    assert f(2) == 0.5
    np.testing.assert_array_equal(f(np.array([1, 2])), [1.0, 0.5])
    np.testing.assert_array_equal(f([1, 2]), [1.0, 0.5])


def test_float32_stays():
    """Constants do not widen a float32 array."""
    assert parse("2*sin(x) + 1")[0](np.ones(3, np.float32)).dtype == np.float32


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 < x < 2", [0.0, 1.0, 0.0]),
        ("(x > 0) + (x > 2)", [0.0, 1.0, 2.0]),
        ("(x > 0) - (x > 2)", [0.0, 1.0, 0.0]),
        ("-(x == 3)", [0.0, 0.0, -1.0]),
        ("x != 3", [1.0, 1.0, 0.0]),
        ("where(x, 5, 7)", [7.0, 5.0, 5.0]),
        ("where(0 <= x**2 <= 1 < 2, x, -x)", [0.0, 1.0, -3.0]),
    ],
)
def test_comparisons_count_as_one_and_zero(text, expected):
    """Comparisons are elementwise, chains too, and count as numbers in arithmetic."""
    f, _ = parse(text)
    np.testing.assert_array_equal(f(np.array([0.0, 1.0, 3.0])), expected)
    assert [f(x) for x in (0.0, 1.0, 3.0)] == expected


def test_a_chain_computes_its_middle_once():
    """In 0 < g(x) < 1 the middle is one node of the graph, not two."""
    f, _ = parse("0 < sin(x) < cos(x) < 1")
    names = [i.argval for i in dis.get_instructions(inspect.unwrap(f)) if i.opname == "LOAD_GLOBAL"]
    assert names.count("sin") == names.count("cos") == 1


def test_the_function_can_be_read():
    """Name, signature, text and source are those of a function the user could have written."""
    f, variables = parse("  y*sin(x) +\tx/z  ")
    assert variables == ("y", "x", "z")
    assert str(inspect.signature(f)) == "(y, x, z)"
    assert f.__name__ == "f"
    assert f.expression == "  y*sin(x) +\tx/z  "
    assert inspect.getsource(f) == "def f(y, x, z):\n    return y*sin(x) + x/z\n"
    assert f(z=2.0, y=1.0, x=0.0) == f(1.0, 0.0, 2.0) == 0.0
    with pytest.raises(TypeError, match="'z'"):
        f(1.0, 2.0)


def test_every_operation_points_at_its_text():
    """The code's positions name exactly the characters of each operation, behind letters of several bytes too."""
    f, _ = parse("log(größe**2)*sin(x) + 1/x")
    line = inspect.getsource(f).splitlines()[1].encode()
    places = [
        line[i.positions.col_offset : i.positions.end_col_offset].decode()
        for i in dis.get_instructions(inspect.unwrap(f))
        if i.opname in ("BINARY_OP", "CALL")
    ]
    assert places == [
        "größe**2",
        "log(größe**2)",
        "sin(x)",
        "log(größe**2)*sin(x)",
        "1/x",
        "log(größe**2)*sin(x) + 1/x",
    ]


def test_a_traceback_shows_the_formula():
    """An exception inside the formula is shown with its line."""

    class Refuses:
        def __mul__(self, other):
            raise RuntimeError("no")

    with pytest.raises(RuntimeError) as caught:
        parse("x*2")[0](Refuses())
    assert "return x*2" in "".join(traceback.format_exception(caught.value))


def test_sources_do_not_pile_up():
    """The lines lent to tracebacks go when the functions go, and are shared by equal formulas."""

    def lent():
        gc.collect()
        return {name for name in linecache.cache if name.startswith("<expression")}

    before = lent()
    functions = [parse(f"x + {number % 5}")[0] for number in range(100)]
    assert len(lent() - before) <= 5
    del functions
    assert lent() <= before


REFUSED = {
    "__import__('os')": (1, "there is no function '__import__'"),
    "__import__('os').system('ls')": (1, "a dot after a name"),
    "().__class__": (1, "a dot after a name"),
    "x.real": (1, "a dot after a name"),
    "1 + np.sin(x)": (5, r"write sin\(x\), not np.sin\(x\)"),
    "sin(x)(x)": (1, "what a function returns cannot be called"),
    "2(x)": (1, "only a function can be called"),
    "lambda: 0": (1, "lambda is not part"),
    "x + 'a'": (5, "text in quotes"),
    "f'{x}'": (1, "text in quotes"),
    "x + x[0]": (5, "indexing"),
    "[y for y in x]": (1, "comprehension"),
    "sin(x=1)": (7, "without names"),
    "sin(*x)": (5, "starred"),
    "sine(x)": (1, "did you mean sin?"),
    "ln(x)": (1, "did you mean log?"),
    "tg(x)": (1, "did you mean tan?"),
    "max(x, 1)": (1, "did you mean maximum?"),
    "pow(x, 2)": (1, r"a power is written x\*\*y"),
    "eval(x)": (1, "there is no function 'eval'"),
    "x + x(2)": (5, r"a product is written x\*"),
    "sin(x, 2)": (1, "sin takes 1 argument, not 2"),
    "where(x, 2)": (1, "where takes 3 arguments, not 2"),
    "sin()": (1, "sin takes 1 argument, not 0"),
    "1 + sin": (5, r"sin is a function; write sin\(x\)"),
    "x^2": (2, r"\^ is not a power here; write \*\*"),
    "x @ x": (3, "@ multiplies matrices"),
    "x and 1": (1, "and/or"),
    "not x": (1, "turn the comparison round"),
    "x if x else 1": (1, "write where"),
    "x is x": (6, "compare with"),
    "x in x": (6, "compare with"),
    "True": (1, "True is not part"),
    "2j": (1, "imaginary"),
    "...": (1, "Ellipsis"),
    "x, 1": (1, "a comma may only stand between"),
    "(x := 2)": (2, "assigning"),
    "y = x": (3, "write only the right-hand side"),
    "_x": (1, "underscore"),
    "x + __builtins__": (5, "underscore"),
    "2x": (1, "an operator is missing"),
    "sin x": (5, "an operator is missing"),
    "x +": (4, "ends too early"),
    "(x": (1, "never closed"),
    "x)": (2, "no parenthesis is open"),
    "(x]": (3, "another kind of bracket"),
    "x²": (2, r"squared is written \*\*2"),
    "3×x": (2, r"times is written \*"),
    "x − 1": (3, "the minus sign is written -"),
    "x; y": (2, "one formula at a time"),
    "x # why": (3, "comments"),
    "x\\\n+1": (2, "a backslash"),
    "x\0": (2, r"U\+0000"),
    "\u202ex": (1, r"U\+202E"),
    "x\udc80": (2, r"U\+DC80"),
    "": (1, "there is no formula here"),
    " \n\t": (1, "there is no formula here"),
    "  (x + é) ^ 2": (11, r"\^ is not a power"),
    "(" * 100_000: (2001, "longer than 2000 characters"),
    "(" * 900 + "x" + ")" * 900: (201, "too deeply nested"),
    "-" * 1999 + "x": (201, "too deeply nested"),
    "x" + "**x" * 600: (None, "too deeply nested"),
    "x" + "+x" * 900: (None, "too deeply nested"),
    "sin(" * 350 + "x" + ")" * 350: (None, "too deeply nested"),
    "ß" * 1999 + "^": (None, "ends too early"),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text[:20]))
def test_everything_else_is_refused_in_a_sentence(text):
    """What is no formula raises an ExpressionError that names the column and the reason, with a caret under it."""
    column, reason = REFUSED[text]
    with pytest.raises(ExpressionError, match=reason) as caught:
        parse(text)
    error = caught.value
    assert column in (None, error.column)
    sentence, line, caret = str(error).split("\n")
    assert sentence == f"column {error.column}: {error.sentence}"
    assert len(line) <= 80
    assert line.isprintable()
    character = text[error.column - 1 : error.column]
    if character.isprintable():
        assert line[caret.index("^") :][:1].strip() == character.strip()


def test_a_formula_is_text():
    """Anything but a str is a TypeError that says so."""
    with pytest.raises(TypeError, match=r"a formula is a str such as 'sin\(x\)', got int"):
        parse(3)


def test_a_sum_of_a_hundred_terms_is_read():
    """The bound on nesting leaves room for whatever can still be looked at."""
    assert parse("+".join(["x"] * 150))[0](1.0) == 150.0


@given(st.text(alphabet="x1.e+-*/%() <>=,sin_'[]:^\0²é", max_size=30))
@settings(max_examples=300, deadline=None)
def test_no_text_does_anything_else(text):
    """Whatever is typed either gives numbers or an ExpressionError."""
    try:
        f, variables = parse(text)
    except ExpressionError:
        return
    assert np.asarray(f(*[0.5] * len(variables))).dtype == np.float64


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-pi:pi", (-np.pi, np.pi)),
        ("0.5:3", (0.5, 3.0)),
        ("-3:3", (-3.0, 3.0)),
        ("-3:3:0.1", (-3.0, 3.0, 0.1)),
        (" 0 : 2*pi : pi/8 ", (0.0, 2 * np.pi, np.pi / 8)),
    ],
)
def test_ranges(text, expected):
    """A range has two ends and perhaps a step, each a formula without variables."""
    assert parse_range(text) == expected


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("3:-3", 1, "the range is reversed; write -3:3"),
        ("1:1", 1, "the range is empty"),
        ("1", 1, "a range is written LOW:HIGH"),
        ("0:1:0.1:2", 9, "a range is written LOW:HIGH"),
        ("0:inf", 3, "finite"),
        ("nan:1", 1, "finite"),
        ("0:1:0", 5, "greater than 0"),
        ("0:1:-1", 5, "greater than 0"),
        ("0:1:2", 5, "longer than the range"),
        (":3", 1, "there is no formula"),
        ("0:2*y", 5, "'y' has no value"),
        ("0: sine(1)", 4, "did you mean sin?"),
    ],
)
def test_wrong_ranges(text, column, reason):
    """A wrong range is refused with the column in the whole text."""
    with pytest.raises(ExpressionError, match=reason) as caught:
        parse_range(text)
    assert caught.value.column == column


def test_the_lists_cannot_be_changed():
    """What a formula may use is fixed."""
    with pytest.raises(TypeError):
        FUNCTIONS["system"] = (print, 1)
    with pytest.raises(TypeError):
        CONSTANTS["pi"] = 3.0


def test_a_formula_is_recorded():
    """On Variables a formula builds a graph, whose gradient is that of the same code."""
    import graphviz_ad as gad

    f, _ = parse("log(x**2)*sin(x) + 1/x")
    assert gad.grad(f)(2.0) == pytest.approx(0.0823954, abs=5e-8)
    x = gad.Variable(2.0, name="x")
    assert float(f(x).value) == pytest.approx(1.760554, abs=5e-7)


def test_threads_that_read_many_expressions_get_sources_of_their_own():
    """No two are lent under one file name, and each reads its own."""
    texts = [f"sin(x) + {k}" for k in range(40)]
    functions: dict[str, list[Any]] = {text: [] for text in texts}

    def work() -> None:
        for text in texts:
            functions[text].append(parse(text)[0])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for text, all_of_it in functions.items():
        for function in all_of_it:
            assert text in inspect.getsource(inspect.unwrap(function))
            assert function(0.5) == np.sin(0.5) + int(text.split()[-1])
