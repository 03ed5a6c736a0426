"""The ledger as a person holds it: printed in 80 columns, shown, saved."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.debugging.columns import width
from tests.programming import run

LOOP = """w, b = gad.Variable(0.5), gad.Variable(np.zeros(3))
theta = 0.5
with gad.ledger() as book:
    for step in range({steps}):
        loss = (w * 2 - 3) ** 2 + (b**2).sum() * 0.5
        loss.backward()
        theta = theta - 0.1 * w.grad
"""


@pytest.fixture(scope="module")
def book():
    """Return the ledger of a loop that forgets zero_grad."""
    return run(LOOP.format(steps=3))["book"]


def test_an_entry_is_a_line_that_adds_up(book):
    lines = book.text().splitlines()
    assert lines[0] == "3 calls of backward, 2 leaves, 3 steps: 1 finding"
    assert "  w      before −8 + this pass −8 = −16   line 6: loss.backward()" in lines
    for line in lines:
        match = re.match(r"  w +before (\S+) \+ this pass (\S+) = (\S+)", line)
        if match:
            before, added, after = (0 if x == "none" else float(x.replace("−", "-")) for x in match.groups())
            assert before + added == after


@pytest.mark.parametrize("steps", [1, 8, 9, 40])
def test_a_long_ledger_shows_the_first_the_last_and_what_is_blamed(steps):
    text = run(LOOP.format(steps=steps))["book"].text()
    shown = [int(number) for number in re.findall(r"^step (\d+)", text, re.MULTILINE)]
    skipped = [int(number) for number in re.findall(r"⋮ (\d+) more step", text)]
    assert shown[0] == 1
    assert shown[-1] == steps
    assert len(shown) + sum(skipped) == steps
    assert len(shown) <= 9
    assert (not skipped) == (steps <= 8)


def test_the_text_has_80_columns_and_any_letters(book):
    wide = run(LOOP.format(steps=2).replace("loss.backward()", "(loss * 1234567.0 + 1e-9 * loss).backward()"))["book"]
    for own in (book, wide):
        assert max(width(line) for line in own.text().splitlines()) <= 80
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert book.text(ascii_only).isascii()


def test_html_is_a_section_of_escaped_data_without_scripts():
    w = gad.Variable(1.0, name="<script>w")
    with gad.ledger() as book:
        (w**2).backward()
    html = book._repr_mimebundle_()["text/html"]
    assert "<script" not in html
    assert "&lt;script&gt;w" in html
    assert book._repr_mimebundle_()["text/plain"] == str(book)


@pytest.mark.parametrize("suffix", [".txt", ".html", ".json"])
def test_save_writes_what_is_shown(book, tmp_path, suffix):
    book.save(tmp_path / f"ledger{suffix}")
    assert "loss.backward()" in (tmp_path / f"ledger{suffix}").read_text("utf-8")


def test_another_suffix_is_refused_with_those_that_there_are(book, tmp_path):
    with pytest.raises(gad.GraphvizAdError, match=r"must end in \.txt, \.html or \.json"):
        book.save(tmp_path / "ledger.svg")
    with pytest.raises(gad.GraphvizAdError, match="ledger"):
        gad.ledger(path="x")


def test_an_open_ledger_can_be_read_and_goes_on():
    w = gad.Variable(1.0, name="w")
    with gad.ledger() as book:
        (w**2).backward()
        assert len(book.entries) == 1
        (w**2).backward()
        assert len(book.entries) == 2
    assert repr(book) == "<Ledger: 2 calls of backward, 1 leaf, 0 steps: no findings, 1 note>"


def test_an_empty_ledger_says_so():
    with gad.ledger() as book:
        pass
    assert "0 calls of backward, 0 leaves, 0 steps: no findings" in book.text()
    assert "Nothing has happened yet" in book._repr_mimebundle_()["text/html"]


def test_a_long_loop_is_read_in_time_that_grows_with_it():
    """Each event is looked at a fixed number of times: ten thousand passes are no cause to wait."""
    w = gad.Variable(np.float64(1.0), name="w")
    with gad.ledger() as book:
        for _ in range(10_000):
            w.zero_grad()
            (w * 2.0).backward()
    assert len(book.entries) == 10_000
    assert book.entries[-1].after == 2.0


def test_a_step_that_was_not_made_is_not_counted():
    def train(w, turns):
        for turn in range(turns):
            (w**2).backward()
            if turn == 1:
                raise ValueError("stop")
            w = gad.Variable(w.value - 0.1 * w.grad)

    w = gad.Variable(1.0)
    with gad.ledger() as book, pytest.raises(ValueError, match="stop"):
        train(w, 2)
    text = book.text()
    assert text.startswith("2 calls of backward, 1 leaf, 1 step: no findings")
    assert [line for line in text.splitlines() if line.endswith("step 1")] == ["step 1", "after step 1"]
    with gad.ledger() as book:
        (w**2).backward()
    assert "\nbefore any step" in book.text()


def test_an_inner_ledger_says_what_was_there_before():
    w = gad.Variable(1.0)
    (w**2).backward()
    with gad.ledger() as book:
        (w**3).backward()
    assert "added 3 to the 2 that was in w.grad before, which" in " ".join(book.text().split())
