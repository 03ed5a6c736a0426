"""Findings in the terms of a story: their step, their place, their numbers, and what is set as a formula."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.showing import with_findings
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.accounts import Cells


def chosen(d):
    """The root of what is not kept has no slope at 0."""
    r = np.sqrt(d)
    kept = np.where(d > 1, r, 0.0)
    return np.sum(kept)


def off(w, b, c):
    """A unit that is off, and an input that is not used."""
    return (np.maximum(2 * w + b, 0) - 1) ** 2


def told(function, *arguments):
    """Return the story with its findings."""
    with np.errstate(all="ignore"):
        report = gad.check(function, *arguments)
        return with_findings(report.trace.story, report.trace, report.findings)


@pytest.fixture(scope="module")
def root():
    return told(chosen, np.array([0.0, 4.0, 9.0]))


def words(parts):
    """Return fragments as text."""
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def test_a_birth_going_back_happens_where_its_edge_is_gone_along(root):
    [account] = root.findings
    step = root.steps[account.step]
    assert (step.kind, step.edge) == ("local", account.edge)
    flag = account.flags[account.blamed]
    assert (flag.tone, flag.says, flag.number) == ("alarm", "born here, at [0]", "0 · ∞ = NaN")


def test_its_entry_is_followed_through_every_card_that_it_passes(root):
    names = {root.nodes[node].symbol.text: place for node, place in root.findings[0].framed.items()}
    assert names == {"d": 0, "r": 0, "kept": 0}


@pytest.mark.parametrize(("entry", "shape"), list(itertools.product(((0, 2), (1, 0)), ((2, 3),))))
def test_an_entry_keeps_its_place_through_what_moves_it(entry, shape):
    numbers = np.arange(1.0, 7.0).reshape(shape)
    numbers[entry] = 0.0
    story = told(lambda x: np.sum(np.where(x.T > 0, np.sqrt(x).T, 0.0)), numbers)
    account = next(one for one in story.findings if one.framed)
    for node, place in account.framed.items():
        value = np.ravel(story.numbers[Quantity("value", node)])
        assert value[place] == 0
    assert len(account.framed) >= 2


def test_what_it_reaches_has_its_numbers_in_cells(root):
    label, parts = root.findings[0].facts[-1]
    bar, cells, rest = parts
    assert (label, bar.text, rest) == ("reaches", "d\u0304", "1 of 3 entries; the others are finite")
    assert cells == Cells(("NaN", "0.25", "0.166667"), (True, False, False))


def test_names_and_formulas_of_a_sentence_are_set_and_words_are_not(root):
    story = told(lambda a: np.sum(np.where(a > 1, np.sqrt(a), 0.0)), np.array([0.0, 4.0]))
    [account] = story.findings
    formulas = [part.text for part in account.sentence if not isinstance(part, str)]
    assert "√a" in formulas
    assert "a" not in formulas  # of a word nobody can tell
    assert words(account.title) == "NaN is born going back, in √a"


def test_the_factor_to_blame_and_the_last_adjoint_that_is_not_0():
    story = told(off, -1.5, 0.5, 0.1)
    account = next(one for one in story.findings if one.kind == "zero-gradient")
    assert account.flags[account.blamed].number == "−2 · 0 = 0"
    child = account.edge[0]
    assert account.flags[Quantity("adjoint", child)].says == "the last that is not 0"
    assert story.numbers[Quantity("adjoint", child)] == -2
    assert account.tone == "blame"


def test_an_input_without_a_path_is_named_by_its_card():
    story = told(off, -1.5, 0.5, 0.1)
    account = next(one for one in story.findings if one.kind == "unreached")
    assert story.nodes[account.node].symbol.text == "c"
    assert account.flags == {}
    assert account.sign == "unreached"


def test_a_cut_has_its_flag_at_the_cut_and_a_sign_of_its_own():
    [account] = told(lambda x: 3 * np.sin(x).detach(), 1.2).findings
    assert account.sign == "severed"
    [(at, flag)] = account.flags.items()
    assert (at, flag.says) == (Quantity("local", 2, 0), "cut here")


def test_contributions_that_cancel_blame_no_factor():
    story = told(lambda x: x * (1 - x), 0.5)
    [account] = story.findings
    assert (account.blamed, account.tone, account.sign) == (None, "aside", "cancelled")
    assert story.steps[account.step].kind == "accumulate"
    [(at, _)] = account.flags.items()
    sent = [story.numbers[Quantity("contribution", e.child, e.argument)] for e in story.edges if e.parent == at.node]
    assert sorted(sent) == [-0.5, 0.5]
    assert story.numbers[at] == 0


def test_what_grew_says_of_which_shapes():
    column = np.arange(6.0)[:, None]
    story = told(lambda w: np.mean((w * np.arange(6.0) - column) ** 2), 1.8)
    account = next(one for one in story.findings if one.kind == "broadcast")
    [flag] = account.flags.values()
    assert flag.number == "6, 6×1 → 6×6"
    assert story.steps[account.step].kind == "evaluate"


def test_without_findings_a_story_is_told_as_before(root):
    healthy = told(np.sin, 1.0)
    assert healthy.findings == ()
    assert "values finite" in healthy.sought
    assert "gradients finite" not in root.sought


@pytest.mark.parametrize("is_column_first", [False, True])
def test_a_shape_that_grew_says_which_numbers_met(is_column_first):
    column = np.array([[1.0], [2.5], [-4.0]])

    def spread(w):
        p = w * np.arange(3.0)
        return np.sum((column - p if is_column_first else p - column) ** 2)

    [pairing] = [account.pairing for account in told(spread, 2.0).findings if account.kind == "broadcast"]
    whole = 2.0 * np.arange(3.0) - column
    assert (words(pairing.across[0]), words(pairing.down[0])) == ("p", "column")
    numbers = [[float(text.replace("−", "-")) for text in row] for row in pairing.cells]
    np.testing.assert_allclose(numbers, -whole if is_column_first else whole, atol=0.0051)
    assert pairing.down[1] == ("1.0", "2.5", "−4.0")
    assert len(pairing.levels) == 9


def test_what_is_too_much_to_read_or_no_number_is_not_shown_in_a_scheme():
    def spread(w, column):
        return np.sum((w * np.arange(float(len(column))) - column) ** 2)

    for column in (np.ones((9, 1)), np.ones((3, 1)) * 1j):
        accounts = [account for account in told(spread, 2.0, column).findings if account.kind == "broadcast"]
        assert all(account.pairing is None for account in accounts)
    assert told(spread, 2.0, np.ones((8, 1))).findings[0].pairing is not None
