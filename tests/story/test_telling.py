"""The story: hand-derived goldens, running sums, and what is unreached, detached or constant."""

from __future__ import annotations

import re
import sys
import threading
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors
from graphviz_ad.formulas.text import written
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story import sentences
from graphviz_ad.story.sentences import going_back
from graphviz_ad.story.telling import Teller, tell
from graphviz_ad.story.wengert import table
from graphviz_ad.tracing import record, trace
from tests.interrupting import instructions


def classic(x):
    """Compute the running example."""
    return np.log(x**2) * np.sin(x) + 1 / x


def doubled_dot(x):
    """Compute 2 xᵀx."""
    return 2 * np.dot(x, x)


def d2l(a):
    """Compute with a loop and a branch."""
    b = a * 2
    while np.linalg.norm(b) < 1000:
        b = b * 2
    return b if b.sum() > 0 else 100 * b


PROGRAMS = {
    "classic": (classic, (2.0,)),
    "2xTx": (doubled_dot, (np.arange(4.0),)),
    "branch": (d2l, (0.37,)),
    "matrix": (lambda w, x: np.sum(np.tanh(w @ x + 1)), (np.arange(6.0).reshape(2, 3) / 5, np.ones(3))),
    "everything": (
        lambda x: (
            np.stack([np.max(x), np.min(x), np.mean(x), np.linalg.norm(x), x[1], np.sum(x[::2])]).sum()
            + np.concatenate([x, x * 2]).reshape((3, 2)).T.mean()
            + np.where(x > 1, x, 0.5).sum()
        ),
        (np.array([0.5, 1.5, 2.5]),),
    ),
    "numbers": (
        lambda x: abs(x) // 1 + x % 3 + np.maximum(x, 0.5) - np.sqrt(x) ** x + np.log10(x) / np.log2(x),
        (2.3,),
    ),
    "array output": (lambda x: np.sin(x) * x, (np.array([1.0, 2.0]),)),
    "complex": (lambda z: z * z + 1j, (1.0 + 2.0j,)),
    "big": (lambda x: np.sum(x * x), (np.arange(100.0),)),
    "not finite": (lambda x: np.where(x > 0, 1 / x, x).sum(), (np.array([np.inf, np.nan, -np.inf]),)),
    "identity": (lambda x: x, (3.0,)),
    "two inputs": (lambda x, y: x * y + x, (2.0, 3.0)),
    "spread": (lambda x, c: np.sum(x + c), (np.ones(3), 2.0)),
}


@pytest.fixture(params=PROGRAMS)
def story(request):
    """Return the story of each program."""
    f, arguments = PROGRAMS[request.param]
    with np.errstate(all="ignore"):
        return tell(trace(f, *arguments))


# Goldens


def test_the_classic_story_step_by_step():
    """log(x²)·sin x + 1/x at 2 in 19 steps: seven values, the seed, eight rules and three sums, by hand."""
    steps = trace(classic, 2.0).steps()
    log4, sin2, cos2 = np.log(4), np.sin(2), np.cos(2)
    expected = [
        ("evaluate", 0, None, 2.0),
        ("evaluate", 1, None, 4.0),
        ("evaluate", 2, None, log4),
        ("evaluate", 3, None, sin2),
        ("evaluate", 4, None, log4 * sin2),
        ("evaluate", 5, None, 0.5),
        ("evaluate", 6, None, log4 * sin2 + 0.5),
        ("seed", 6, None, 1.0),
        ("local", 5, (6, 1), 1.0),
        ("local", 4, (6, 0), 1.0),
        ("local", 0, (5, 1), -0.25),
        ("accumulate", 0, (5, 1), -0.25),
        ("local", 3, (4, 1), log4),
        ("local", 2, (4, 0), sin2),
        ("local", 0, (3, 0), log4 * cos2),
        ("accumulate", 0, (3, 0), -0.25 + log4 * cos2),
        ("local", 1, (2, 0), sin2 / 4),
        ("local", 0, (1, 0), sin2),
        ("accumulate", 0, (1, 0), -0.25 + log4 * cos2 + sin2),
    ]
    assert [(step.kind, step.node, step.edge) for step in steps] == [line[:3] for line in expected]
    np.testing.assert_allclose([step.numbers[step.after] for step in steps], [line[3] for line in expected], rtol=1e-14)
    assert [step.index for step in steps] == list(range(19))


def test_the_classic_story_in_words():
    """One sentence each, with its numbers."""
    said = [str(step) for step in trace(classic, 2.0).steps()]
    assert said[0] == "x is the input: 2."
    assert said[6] == "f is v₄ + v₅: 1.760554." or said[6] == "classic is v₄ + v₅: 1.760554."
    assert (
        said[10] == "Back through 1/x: the slope of 1/u is −1/u², so v̄₅ = 1 is multiplied by −1/x² = −0.25. "
        "This adds −0.25 to x̄."
    )
    assert said[11] == (
        "x is used in 3 places; a small change of x moves classic through each of them, so its adjoint is the sum of "
        "what comes back. 1 of 3 so far: −0.25. Still to come: sin x, x²."
    )
    assert said[14] == (
        "Back through sin x: sin's slope is cos, so v̄₃ = 1.386294 is multiplied by cos x = −0.416147. "
        "This adds −0.576902 to x̄."
    )
    assert said[18].startswith("All 3 contributions are in: x̄, the slope of ")
    assert said[18].endswith(" at this x, is 0.0823954.")


def test_the_classic_formula_of_a_rule():
    """Chain rule, then with known derivatives, then with numbers, then the result."""
    step = trace(classic, 2.0).steps()[14]
    assert step.formula == (
        ("chain rule", "x̄ += v̄₃ · ∂v₃/∂x"),
        ("derivative", " = v̄₃ · cos x"),
        ("numbers", " = 1.386294 · (−0.416147)"),
        ("contribution", " = −0.576902"),
    )


def test_the_vector_story():
    """2 xᵀx at [0, 1, 2, 3] gives 28 and [0, 4, 8, 12], in vector notation."""
    t = trace(doubled_dot, np.arange(4.0))
    story = tell(t)
    assert story.title.text.endswith("(x) = 2 xᵀx".replace(" x", "\u2009x", 1)) or "2 xᵀx" in story.title.text.replace(
        "\u2009", " "
    )
    said = [str(step) for step in story.steps]
    assert said[0] == "x is the input: [0 1 2 3]."
    assert said[1] == "v₁ is xᵀx: 14."
    assert said[2].endswith(": 28.")
    assert "v̄₁ = 2 is multiplied by x = [0 1 2 3]. This adds [0 2 4 6] to x̄." in said[5]
    assert said[-1].endswith("is [0 4 8 12].")
    np.testing.assert_array_equal(story.numbers[Quantity("adjoint", 0)], [0.0, 4.0, 8.0, 12.0])


def test_the_identity_is_told_in_two_steps():
    """The input is the output; its slope is 1."""
    kinds = [step.kind for step in trace(lambda x: x, 3.0).steps()]
    assert kinds == ["evaluate", "seed"]


# What holds for every story


def test_there_is_one_evaluation_for_each_node_in_order(story):
    """The forward pass comes first, then the seed, then rules and sums."""
    kinds = [step.kind for step in story.steps]
    n = len(story.nodes)
    assert kinds[:n] == ["evaluate"] * n
    assert [step.node for step in story.steps[:n]] == list(range(n))
    assert kinds[n] == "seed"
    assert set(kinds[n + 1 :]) <= {"local", "accumulate"}


def test_running_sums_add_up(story):
    """Each sum is the one before plus the contribution that is named, and the last is the adjoint."""
    last = {}
    for step in story.steps:
        if step.kind != "accumulate":
            continue
        contribution = story.numbers[Quantity("contribution", *step.edge)]
        before = 0.0 if step.before is None else story.numbers[step.before]
        assert (step.before is None) == (step.node not in last)
        np.testing.assert_array_equal(story.numbers[step.after], before + contribution)
        last[step.node] = step.after
    for node, quantity in last.items():
        np.testing.assert_array_equal(story.numbers[quantity], story.numbers[Quantity("adjoint", node)])


def test_the_story_ends_at_what_backward_gives(story, request):
    """The adjoints of the inputs are the gradients that y.backward() finds."""
    f, arguments = PROGRAMS[request.node.callspec.params["story"]]
    leaves = [gad.Variable(value) for value in arguments]
    with np.errstate(all="ignore"):
        output = f(*leaves)
        output.backward(np.ones(output.shape, output.dtype))
    for position, leaf in zip(story.inputs, leaves, strict=True):
        adjoint = story.numbers[Quantity("adjoint", position)]
        np.testing.assert_allclose(np.conj(adjoint), leaf.grad, rtol=1e-12)


def test_every_number_that_is_named_is_there(story):
    """Whatever a step reads, writes or says has a number, of its node's shape."""
    for step in story.steps:
        for quantity in (step.after, *step.operands, *(part for part in step.sentence if isinstance(part, Quantity))):
            assert quantity in story.numbers
    for position, card in enumerate(story.nodes):
        assert np.shape(story.numbers[Quantity("value", position)]) == card.shape
        if Quantity("adjoint", position) in story.numbers:
            assert np.shape(story.numbers[Quantity("adjoint", position)]) == card.shape


def test_numbers_are_read_before_they_are_used(story):
    """An adjoint is used only after the step that completes it."""
    complete = set()
    for step in story.steps:
        if step.kind in ("local", "seed"):
            assert all(quantity in complete for quantity in step.operands if quantity.kind == "adjoint")
        if step.after.kind == "adjoint":
            complete.add(step.after)
        elif step.kind == "accumulate":
            complete.add(Quantity("adjoint", step.node))


def test_every_formula_is_well_formed(story):
    """LaTeX with balanced braces, MathML that XML parsers read, text on one line."""
    formulas = [stage.formula.with_numbers(step.numbers.__getitem__) for step in story.steps for stage in step.stages]
    formulas += [edge.label for edge in story.edges] + [story.title]
    formulas += [formula for card in story.nodes for formula in (card.symbol, card.bar, card.title, card.short)]
    for formula in formulas:
        bare = re.sub(r"\\[{}]", "", formula.latex)
        assert bare.count("{") == bare.count("}")
        ElementTree.fromstring(f"<math>{formula.mathml}</math>")
        assert "\n" not in formula.text
    assert all(step.text.endswith(".") and "\n" not in step.text for step in story.steps)


def test_every_step_has_a_place_in_the_source(story):
    """The node's expression, in this file; what trace() made of the arguments points nowhere else."""
    for step in story.steps:
        if step.span is not None:
            assert step.span.filename == __file__
        else:
            assert story.nodes[step.node].role == "input"


def test_a_story_is_told_the_same_way_twice():
    """Nothing depends on indices, addresses or earlier traces."""
    first, second = (trace(classic, 2.0) for _ in range(2))
    assert [str(s) for s in first.steps()] == [str(s) for s in second.steps()]
    assert [s.formula for s in first.steps()] == [s.formula for s in second.steps()]
    assert [s.latex for s in first.steps()] == [s.latex for s in second.steps()]


def test_a_story_does_not_change_the_graph():
    """Telling is looking: no gradient appears, and backward works afterwards."""
    x = gad.Variable(2.0)
    t = trace(classic, x)
    t.steps()
    assert x.grad is None
    t.output.backward()
    np.testing.assert_allclose(x.grad, 0.0823954, rtol=1e-5)


# Unreached, detached, constant, zero


def test_what_is_not_reached_is_told_differently_from_zero():
    """A dead branch has no adjoint; a zero slope has one, and it is 0."""
    x = gad.Variable(0.0, name="x")
    with record() as t:
        np.exp(x)
        np.cos(x)
    story = tell(t)
    dead = next(i for i, card in enumerate(story.nodes) if card.short.text == "exp x")
    assert not story.nodes[dead].reached
    assert Quantity("adjoint", dead) not in story.numbers
    assert story.nodes[0].reached
    assert story.numbers[Quantity("adjoint", 0)] == 0.0
    lines = {line.split()[0]: line for line in table(Teller(t)).splitlines()}
    assert lines[story.nodes[dead].symbol.text].endswith("no path")


@pytest.mark.parametrize("cut", [lambda x: x.detach(), lambda x: (x * 3).detach()], ids=["leaf", "computed"])
def test_a_detached_value_is_told_as_a_cut(cut):
    """Its edge is cut, its sentence says that nothing flows, and no adjoint arrives."""
    t = trace(lambda x: cut(x) * x, 2.0)
    story = tell(t)
    (position,) = (i for i, card in enumerate(story.nodes) if card.detached)
    (edge,) = (edge for edge in story.edges if edge.child == position)
    assert edge.kind == "cut"
    assert "detached" in story.steps[position].text
    assert "nothing flows back" in story.steps[position].text
    assert not any(step.edge == (edge.child, edge.argument) for step in story.steps)
    assert "detach" in table(Teller(t))
    np.testing.assert_array_equal(story.numbers[Quantity("adjoint", story.inputs[0])], cut(gad.Variable(2.0)).value)


def test_a_flat_primitive_is_told_as_slope_zero():
    """Floor division lets nothing through."""
    story = tell(trace(lambda x: x // 1 + x, 2.5))
    (edge,) = (edge for edge in story.edges if story.nodes[edge.child].short.text == "⌊x/1⌋")
    assert (edge.kind, edge.label.text) == ("cut", "slope 0")


def test_a_constant_output_is_told_as_constant():
    """A hand-written relu at a negative number: every gradient is zero, because nothing is reached."""
    t = trace(lambda x: x if x > 0 else 0.0, -2.0)
    story = tell(t)
    assert story.nodes[story.output].role == "constant"
    assert str(story.steps[-1]) == "f is the constant 0: it depends on no input, so every gradient is zero."
    assert not any(card.reached for card in story.nodes)
    assert "no path" in table(Teller(t))


def test_a_closed_over_constant_draws_no_edge():
    """Constants are folded into the formula of their consumer."""
    story = tell(trace(lambda x: 3 * x + np.array([1.0, 2.0]), np.array([1.0, 1.0])))
    assert [(edge.child, edge.argument) for edge in story.edges] == [(1, 1), (2, 0)]
    assert story.nodes[2].short.text.endswith("+ [1 2]")


def test_a_repeated_operand_is_two_edges():
    """x·x has two, with the same parent."""
    story = tell(trace(lambda x, y: (x * y) * (x * y), 2.0, 3.0))
    assert [edge.parent for edge in story.edges if edge.child == 4] == [2, 3] or len(story.edges) >= 4
    square = tell(trace(lambda x: x * x, 3.0))
    assert [(edge.child, edge.argument, edge.parent) for edge in square.edges] == [(1, 0, 0), (1, 1, 0)]
    assert "Both contributions are in" in str(square.steps[-1])


def test_an_array_output_is_seeded_with_ones():
    """And says that this asks for the gradient of its sum."""
    story = tell(trace(np.sin, np.array([1.0, 2.0])))
    seed = next(step for step in story.steps if step.kind == "seed")
    assert "gradient of its sum" in seed.text
    np.testing.assert_array_equal(story.numbers[seed.after], np.ones(2))


def test_an_input_that_was_computed_ends_the_story():
    """Nothing goes back behind what the function was called with."""
    x = gad.Variable(2.0)
    story = tell(trace(lambda a, b: a * b, x * x, x))
    values = [story.numbers[Quantity("adjoint", i)] for i in story.inputs]
    assert sorted(values) == [2.0, 4.0]
    assert not any(step.kind == "accumulate" for step in story.steps)


def test_a_story_without_reverse_sweep_for_integers():
    """An output that is no float is shown, not differentiated."""
    with record() as t:
        gad.Variable(2.0) * 3
    assert [step.kind for step in t.steps()] == ["evaluate", "evaluate", "seed", "local"]


# Names


def test_nodes_are_called_as_the_program_calls_them():
    """Assigned names where they are unique, v₃ otherwise."""

    def f(x):
        inner = np.sin(x)
        return np.exp(inner) * inner

    assert [card.symbol.text for card in tell(trace(f, 1.0)).nodes] == ["x", "inner", "v₂", "f"]


def test_a_name_that_is_reused_is_not_ambiguous():
    """In a loop b is many nodes; all cards are called differently."""
    names = [card.symbol.text for card in tell(trace(d2l, 30.0)).nodes]
    assert len(names) == 7
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"]; evil [', r"\N", "</svg>", "a\0b", "x" * 20_000])
def test_hostile_names_are_told_as_text(name):
    """In sentences, formulas and the table."""
    x = gad.Variable(2.0, name=name)
    t = trace(lambda a: a * a + 1, x)
    story = tell(t)
    for card in story.nodes:
        ElementTree.fromstring(f"<math>{card.title.mathml}</math>")
    assert all(len(step.text) < 500 and "\0" not in step.text for step in story.steps)
    assert len(table(Teller(t))) < 2000


def test_the_title_is_the_whole_function_where_it_is_short():
    """Written out from the inputs, and shortened to f(x) beyond 24 symbols."""

    def long(x):
        for _ in range(30):
            x = np.sin(x) * x
        return x

    assert tell(trace(lambda x: np.log(x**2) * np.sin(x) + 1 / x, 2.0)).title.text == "f(x) = log(x²) · sin x + 1/x"
    assert tell(trace(long, 2.0)).title.text == "long(x)"


@pytest.mark.parametrize(
    ("f", "title", "steps"),
    [
        (lambda x: 2 * x.T @ x, "2xᵀ\u2009x", ["v₁ = xᵀ", "v₂ = 2\u2009v₁", "f = v₂\u2009x"]),
        (lambda x: 2 * (x.T @ x), "2\u2009xᵀx", ["v₁ = xᵀ", "v₂ = v₁\u2009x", "f = 2\u2009v₂"]),
        (lambda x: 2 * np.dot(x, x), "2\u2009xᵀx", ["v₁ = xᵀx", "f = 2\u2009v₁"]),
        (lambda x: -x.T / 2 @ x, "(−xᵀ/2)\u2009x", ["v₁ = xᵀ", "v₂ = −v₁", "v₃ = v₂/2", "f = v₃\u2009x"]),
        (lambda x: (2 * x) @ x, "(2x)ᵀx", ["v₁ = 2x", "f = v₁ᵀx"]),
        (lambda x: np.sum(x.T) * x @ x, "(Σ(xᵀ) · x)ᵀx", ["v₁ = xᵀ", "v₂ = Σ v₁", "v₃ = v₂ · x", "f = v₃ᵀx"]),
    ],
)
def test_a_row_times_a_vector_is_not_transposed_again(f, title, steps):
    """Who writes ``2 * x.T @ x`` reads 2xᵀx, at every step; a vector that stands is laid down."""
    story = tell(trace(f, np.arange(3.0)))
    assert story.title.text == f"f(x) = {title}"
    assert [card.title.text for card in story.nodes[1:]] == steps


# Asking for a story


def test_another_mode_is_refused_with_a_suggestion():
    """Did you mean 'reverse'?"""
    with pytest.raises(errors.InputError, match=r"unknown mode 'revers'.*Did you mean 'reverse'"):
        trace(np.sin, 1.0).steps(mode="revers")


@pytest.mark.parametrize("n", [10, 1000])
def test_the_table_shortens_long_traces(n):
    """First and last rows, and how many lie between."""

    def f(x):
        for _ in range(n):
            x = x + 1.0
        return x

    lines = table(Teller(trace(f, 0.0))).splitlines()
    assert len(lines) == (13 if n == 10 else 23)
    assert any("981 more nodes" in line for line in lines) == (n == 1000)


@pytest.mark.parametrize("show", [str, lambda t: t.steps()], ids=["table", "story"])
def test_telling_is_linear(growth, show):
    """Twice as long a chain costs twice as much to tell, so that a long trace can be printed."""

    def chain(n):
        def f(x):
            for _ in range(n):
                x = x * 1.001
            return x

        t = trace(f, 1.0)
        return lambda: show(t)

    assert growth(chain) < 2.5


def test_numbers_in_sentences_are_written_as_everywhere():
    """True minus signs, and arrays by shape and range."""
    t = trace(lambda x: -x, np.arange(10.0))
    assert str(t.steps()[1]).endswith(f": {written(t.output.value)}.")
    assert "−9…0" in str(t.steps()[1])


# A story is told once, whatever happens meanwhile


def test_a_story_that_was_interrupted_is_told_anew(monkeypatch):
    """Nothing of the first attempt is left in the second."""
    expected = [str(step) for step in trace(lambda x: np.sin(x) * x, 1.0).steps()]
    t, calls = trace(lambda x: np.sin(x) * x, 1.0), []
    local = Teller._local

    def interrupted(self, *args):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return local(self, *args)

    monkeypatch.setattr(Teller, "_local", interrupted)
    with pytest.raises(KeyboardInterrupt):
        t.steps()
    assert [str(step) for step in t.steps()] == expected


def test_several_threads_tell_one_trace():
    """All tell the same, also where Python keeps a property without a lock, as it does from 3.12 on."""
    t = trace(lambda x: np.sin(x) * x + np.exp(x) / x, 1.0)
    expected = [str(step) for step in Teller(t).story.steps]
    told, barrier, before = [], threading.Barrier(3), sys.getswitchinterval()

    def tell_it():
        barrier.wait()
        told.append([str(step) for step in Teller.story.func(t.teller).steps])

    threads = [threading.Thread(target=tell_it) for _ in range(3)]
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert told == [expected] * 3


def test_a_new_name_and_new_nodes_are_told():
    """The story is that of the trace as it is now."""
    t = trace(lambda x: np.sin(x) * x, 1.0)
    assert str(t).startswith("f(x) = ")
    t.name = "g"
    assert str(t).startswith("g(x) = ")
    with record() as growing:
        x = gad.Variable(1.0, name="x")
        np.sin(x)
        before = len(growing.steps())
        np.cos(x)
        assert len(growing.steps()) > before


def test_a_branch_that_was_released_is_told_by_its_name():
    """What was released has a value, and no operands any more."""
    x = gad.Variable(1.0, name="x")
    with record() as t:
        y = np.sin(x) * x
        np.cos(x)
    y.backward(retain_graph=False)
    assert str(t).startswith("f(x) = cos x\n")
    assert t.to_dot().source.count("->") == 1
    only = trace(lambda x: np.sin(x) * x, 1.0)
    only.output.backward(retain_graph=False)
    for ask in (only.reverse, only.steps, lambda: str(only)):
        with pytest.raises(errors.ReleasedError, match=r"released by backward\(retain_graph=False\)"):
            ask()
    assert "released by" in only._repr_mimebundle_()["text/plain"]


def test_of_many_contributions_still_to_come_a_few_are_named():
    """The others are counted, so that a story of a fan-out stays linear in it."""
    x = gad.Variable(1.0, name="x")
    with record() as t:
        y = x * 0.0
        for k in range(1, 21):
            y = y + x * float(k)
    (first,) = (step for step in t.steps() if ". 1 of 21 so far: " in step.text)
    named = ", ".join(f"{k} · x" if k > 1 else "1 · x" for k in range(19, 11, -1)).replace(" · ", "")
    assert first.text.endswith(f"Still to come: {named} and 12 more.")
    last = next(step for step in t.steps() if ". 13 of 21 so far: " in step.text)
    assert last.text.count(", ") == 8
    assert "more" not in last.text


@pytest.mark.parametrize("fan", [True, False], ids=["a fan-out", "a chain"])
def test_a_story_takes_time_linear_in_its_length(fan):
    """Twice as long, twice the work."""

    def work(count):
        x = gad.Variable(1.0, name="x")
        with record() as t:
            y = x * 2.0
            for _ in range(count):
                y = np.sin(y) + (x if fan else 1.0)
        return instructions(lambda: [str(step) for step in t.steps()])

    work(4)
    assert work(160) < 2.4 * work(80)


def test_a_structural_rule_is_told_by_what_it_sends():
    """As a formula where there is one, in the sentence and in the stage; else in the words of the edge."""
    product, largest = (
        next(
            step
            for step in gad.trace(f, np.arange(6.0).reshape(3, 2)).steps()
            if step.kind == "local" and word in step.text
        )
        for f, word in ((lambda x: np.sum(np.ones((2, 3)) @ x), " @ "), (lambda x: np.prod(x), "prod"))
    )
    assert "goes back as ones((2, 3))ᵀ v̄₁." in product.text
    assert product.formula[0] == ("rule", "x̄ = ones((2, 3))ᵀ v̄₁")
    assert "goes through its rule: times the others." in largest.text
    assert largest.formula[0] == ("rule", "x̄ = f̄, times the others")


def test_a_number_after_the_name_of_a_function_stands_in_brackets() -> None:
    """It is log(−1), and not log −1; under a root only what is negative needs them, and arrays have their own."""
    with np.errstate(invalid="ignore"):
        told = [trace(f, at).steps()[1].formula[1][1] for f, at in ((np.log, -1.0), (np.sqrt, -4.0), (np.sqrt, 4.0))]
    assert told == [" = log(−1)", " = √(−4)", " = √4"]
    assert trace(lambda x: np.sum(np.tanh(x)), np.array([-1.0, 2.0])).steps()[1].formula[1][1] == " = tanh [−1 2]"


def test_an_outline_says_what_the_story_says_and_only_when_it_is_asked(monkeypatch):
    trace = gad.trace(lambda x: np.log(x**2) * np.sin(x) + 1 / x, 2.0)
    asked = []
    monkeypatch.setattr(sentences, "going_back", lambda passing: asked.append(passing) or going_back(passing))
    outline = Teller(trace).outline
    assert [step.kind for step in outline.steps].count("local") == 8
    assert not asked
    step = next(step for step in outline.steps if step.kind == "local")
    assert (step.text, step.text) == (str(trace.story.steps[step.index]),) * 2
    assert len(asked) == 1 + 8  # once here, and each of the whole story
    assert [(str(s), s.formula) for s in outline.steps] == [(str(s), s.formula) for s in trace.story.steps]


def test_a_story_stays_what_it_was_when_the_graph_is_released():
    x = gad.Variable(2.0, name="x")
    with gad.record() as trace:
        y = np.log(x * x) + 1 / x
    steps, before = trace.steps(), [(str(step), step.formula) for step in Teller(trace).story.steps]
    y.backward(retain_graph=False)
    assert [(str(step), step.formula) for step in steps] == before


def test_two_nodes_of_the_same_expression_are_told_apart():
    """By their names too, wherever it is said through which of them something comes; others by what they are alone."""
    trace = gad.trace(lambda x, y: x * y + np.sin(x * y) + np.cos(x), 1.0, 2.0)
    assert [card.title.text for card in trace.story.nodes if card.twin] == ["v₂ = x · y", "v₃ = x · y"]
    sums = [str(step) for step in trace.steps(detail="beginner") if "Still to come" in str(step)]
    assert "Still to come: v₂ = x · y" in sums[-1] or "Still to come: v₃ = x · y" in sums[-1], sums
    parts = [str(step) for step in trace.steps(detail="beginner") if " comes through " in str(step)]
    assert sum(" comes through v₂ = x · y." in part for part in parts) == 2
    assert sum(" comes through v₃ = x · y." in part for part in parts) == 2
    assert sum(" comes through cos x." in part for part in parts) == 1
