"""Severed and no path: what the result is made of, and a cut keeps from it; against the function on plain numbers."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.story.telling import Teller
from graphviz_ad.story.wengert import table


def unused(x, w):
    u = np.exp(x)
    return w**2 + 0 * len(str(u))


def never(x, w):
    return w**2


def detached(x, w):
    s = np.sin(x)
    held = s.detach() if isinstance(s, gad.Variable) else s
    return w * held


def plain_value(x, w):
    s = np.sin(x)
    held = s.value if isinstance(s, gad.Variable) else s
    return w * held


def stepped(x, w):
    return w * np.floor(x)


def rounded_within(x, w):
    s = 2.0 * x
    return w + np.rint(np.exp(s))


def compared(x, w):
    return w * 2.0 if x > 1.0 else w * 3.0


def counted(x, w):
    steps = np.floor(x)
    whole = steps.value if isinstance(steps, gad.Variable) else steps
    return w * int(whole)


PROGRAMS = [never, detached, plain_value, stepped, rounded_within, compared, counted]


@pytest.mark.parametrize("f", PROGRAMS)
def test_an_input_is_severed_if_the_result_changes_with_it_and_else_has_no_path(f):
    """Which values of plain numbers say, far enough apart to leave a step or a branch."""
    x, w = 0.7, 2.0
    depends = any(f(other, w) != f(x, w) for other in (-2.3, 1.9, 4.1))
    cards = gad.trace(f, x, w).story.nodes
    assert not cards[0].reached
    assert cards[0].missing == ("severed" if depends else "no path")
    assert cards[1].reached


def test_all_that_lies_above_a_cut_is_severed():
    t = gad.trace(rounded_within, 0.7, 2.0)
    words = {card.symbol.text: card.missing for card in t.story.nodes if not card.reached}
    assert set(words.values()) == {"severed"}
    assert {"x", "s"} <= set(words)


def test_a_branch_that_leads_nowhere_has_no_path_though_its_input_goes_on():
    with gad.record() as t:
        x = gad.Variable(1.2, name="x")
        np.exp(x)
        x * 2.0
    assert [card.missing for card in t.story.nodes if not card.reached] == ["no path"]


def test_a_detached_value_that_leads_nowhere_severs_nothing_of_another():
    x, w = gad.Variable(1.2, name="x"), gad.Variable(2.0, name="w")
    with gad.record() as t:
        s = np.sin(x)
        w * 3.0 + s.detach()
    cards = {card.symbol.text: card for card in t.story.nodes}
    assert cards["x"].missing == "severed"
    assert cards["w"].reached


def test_what_a_constant_result_was_decided_by_is_severed():
    t = gad.trace(lambda x: 0.0 if x > 0 else x * 1.0, 1.2)
    assert "severed" in table(Teller(t)).splitlines()[2]


def test_the_finding_of_check_and_the_card_say_the_same():
    for f in PROGRAMS:
        t = gad.trace(f, 0.7, 2.0)
        [finding] = [own for own in t.check().findings if own.kind == "unreached"] or [None]
        if finding is not None:
            assert (t.story.nodes[0].missing == "severed") == ("severed" in finding.title)


def test_what_is_made_of_detached_values_alone_is_a_constant():
    t = gad.trace(lambda x, w: w + 3.0 * x.detach(), 1.2, 2.0)
    words = {card.short.text: card.missing for card in t.story.nodes if not card.reached}
    assert list(words.values()) == ["severed", "detached", "constant"]
