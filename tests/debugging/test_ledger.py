"""The ledger: what each call of backward adds to what was there before, and whether a step could use it."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import re
import threading
import weakref

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.errors import MemoryUseWarning, NoGradientWarning
from tests.peers import torch
from tests.programming import run

X, T = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.5])


def kept(source, **names):
    """Run a program inside a ledger; return the ledger. Its own errors are of no interest."""
    with gad.ledger() as book, contextlib.suppress(gad.GraphvizAdError, NoGradientWarning):
        run(source, X=X, T=T, **names)
    return book


def numbers(book):
    """Return what each entry has, as Python numbers."""
    return [tuple(None if x is None else float(x) for x in (e.before, e.added, e.after)) for e in book.entries]


HEAD = "w = gad.Variable(0.5)\n"
LOSS = "    loss = np.mean((w * X - T) ** 2)\n    loss.backward()\n"
STEP = "    w = gad.Variable(w.value - 0.05 * w.grad)\n"


# -- the same loop in torch -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("zeroed", [True, False], ids=["zeroed", "added up"])
@pytest.mark.parametrize("create_graph", [False, True], ids=["plain", "create_graph"])
def test_the_gradients_after_each_call_are_torch_s(zeroed, create_graph):
    ours = [gad.Variable(np.array([[0.5, -1.0], [2.0, 0.25]]), name="W"), gad.Variable(np.array([0.1, 0.2]), name="b")]
    theirs = [torch.tensor(leaf.value.copy(), requires_grad=True) for leaf in ours]
    points = np.arange(6.0).reshape(3, 2)
    expected = []
    with gad.ledger() as book:
        for k in range(3):
            for leaf, tensor in zip(ours, theirs, strict=True):
                if zeroed:
                    leaf.zero_grad()
                    tensor.grad = None
                expected.append(None if tensor.grad is None else tensor.grad.detach().numpy().copy())
            np.tanh(points @ ours[0] * (k + 1) + ours[1]).backward(np.ones((3, 2)), create_graph=create_graph)
            torch.tanh(torch.tensor(points) @ theirs[0] * (k + 1) + theirs[1]).sum().backward()
            expected += [tensor.grad.detach().numpy().copy() for tensor in theirs]
    calls = iter(np.split(np.arange(12), 3))
    for call, places in zip(book.calls, calls, strict=True):
        for entry, before, after in zip(call.entries, places[:2], places[2:], strict=True):
            if expected[before] is None:
                assert entry.before is None
            else:
                np.testing.assert_allclose(entry.before, expected[before], rtol=1e-12, atol=1e-14)
            np.testing.assert_allclose(entry.after, expected[after], rtol=1e-12, atol=1e-14)
            rest = 0 if entry.before is None else entry.before
            np.testing.assert_allclose(entry.added, entry.after - rest, rtol=1e-12, atol=1e-14)


# -- facts ----------------------------------------------------------------------------------------------------------


def test_before_and_this_pass_make_the_total_with_the_line_of_each_call():
    book = kept("w = gad.Variable(3.0)\n(w**2).backward()\n(w * w * w).backward()\n")
    assert numbers(book) == [(None, 6.0, 6.0), (6.0, 27.0, 33.0)]  # w * w * w uses the leaf three times: one entry
    assert [(e.leaf, e.call, e.step, e.line, e.expression, e.calls) for e in book.entries] == [
        ("w", 1, 1, 2, "(w**2).backward()", (1,)),
        ("w", 2, 1, 3, "(w * w * w).backward()", (1, 2)),
    ]


def test_zero_grad_is_remembered_with_its_line():
    book = kept("w = gad.Variable(3.0)\n(w**2).backward()\nw.zero_grad()\n(w**3).backward()\n")
    assert numbers(book) == [(None, 6.0, 6.0), (None, 27.0, 27.0)]
    assert [(e.zeroed, e.calls, e.step) for e in book.entries] == [(None, (1,), 1), (3, (2,), 2)]


def test_what_was_there_before_the_ledger_was_opened_is_call_0():
    w = gad.Variable(3.0, name="w")
    (w**2).backward()
    with gad.ledger() as book:
        (w**2).backward()
    assert numbers(book) == [(6.0, 6.0, 12.0)]
    assert book.entries[0].calls == (0, 1)


def test_arrays_stay_what_they_were_at_the_time():
    w = gad.Variable(np.ones(3), name="w")
    with gad.ledger() as book:
        (w**2).sum().backward()
        w.grad[...] = 7.0
        (w**2).sum().backward()
    first, second = book.entries
    np.testing.assert_array_equal(
        [first.added, first.after, second.before, second.after], [[2] * 3, [2] * 3, [7] * 3, [9] * 3]
    )
    assert not first.after.flags.writeable


def test_numbers_are_kept_once_and_much_memory_is_told(monkeypatch):
    """Of a leaf that is added to, each call costs what it added and the new sum."""
    from graphviz_ad.engine import journal

    monkeypatch.setattr(journal, "_MUCH", 40_000)
    w = gad.Variable(np.ones(1000), name="w")
    book = gad.ledger()

    def train():
        with book:
            for _ in range(5):
                (w**2).sum().backward()

    with pytest.warns(MemoryUseWarning, match="open it around fewer steps") as warnings:
        train()
    entries = book.entries
    assert entries[0].added is entries[0].after
    assert all(one.after is other.before and one.value is other.value for one, other in itertools.pairwise(entries))
    assert entries[1].added is entries[4].added
    assert len(warnings) == 1


def test_a_leaf_that_is_in_the_graph_and_gets_nothing_has_an_entry():
    book = kept(
        "a, b = gad.Variable(2.0), gad.Variable(3.0)\n(a * np.sign(b).detach() + 0 * b.detach() + a).backward()\n"
    )
    assert [(e.leaf, e.added) for e in book.entries] == [("a", 2.0)]
    book = kept("a, b = gad.Variable(2.0), gad.Variable(3.0)\nnp.copysign(a, np.floor(b)).backward()\n")
    assert {e.leaf: e.added for e in book.entries} == {"a": 1.0, "b": None} or [e.leaf for e in book.entries] == [
        "a",
        "b",
    ]


def test_leaves_are_called_as_the_code_calls_them():
    book = kept(
        "import types\nnet = types.SimpleNamespace(b=gad.Variable(1.0)); net.w = gad.Variable(2.0)\n"
        "p = {}\np['v'] = gad.Variable(3.0)\nu = gad.Variable(4.0, name='given')\nrest = [gad.Variable(5.0)]\n"
        "(net.b * net.w * p['v'] * u * rest[0]).backward()\n"
    )
    assert [e.leaf for e in book.entries] == ["leaf 1", "net.w", "p['v']", "given", "rest[0]"]


def test_a_ledger_may_be_opened_again_and_open_twice_is_refused():
    w = gad.Variable(3.0, name="w")
    book = gad.ledger()
    for _ in range(2):
        with book:
            (w**2).backward()
        (w**2).backward()  # outside
    assert numbers(book) == [(None, 6.0, 6.0), (12.0, 6.0, 18.0)]
    with book, pytest.raises(gad.GraphvizAdError, match="open already"), book:
        pass


def test_ledgers_inside_one_another_each_see_their_own():
    w = gad.Variable(3.0, name="w")
    with gad.ledger() as outer:
        (w**2).backward()
        with gad.ledger() as inner:
            (w**2).backward()
    assert [len(outer), len(inner)] == [2, 1]


def test_each_thread_has_ledgers_of_its_own():
    w = gad.Variable(3.0, name="w")
    thread = threading.Thread(target=lambda: (w**2).backward())
    with gad.ledger() as book:
        thread.start()
        thread.join()
        (w**2).backward()
    assert numbers(book) == [(6.0, 6.0, 12.0)]


def test_an_error_inside_closes_the_ledger():
    with pytest.raises(ZeroDivisionError), gad.ledger() as book:
        raise ZeroDivisionError
    gad.Variable(1.0).backward()
    assert book.calls == ()


def test_a_ledger_keeps_no_leaf_alive_and_leaves_alone_who_may_be_replaced():
    w = gad.Variable(np.ones(3), name="w")
    alive = weakref.ref(w)
    with gad.ledger() as book:
        (w**2).sum().backward()
        w -= 0.1 * w.grad  # refused, if anybody else held the leaf
        np.testing.assert_allclose(w.value, 0.8)
        del w
        assert alive() is None
    assert len(book.entries) == 1


def test_transforms_and_traces_are_none_of_its_business():
    with gad.ledger() as book:
        gad.grad(np.sin)(1.0)
        gad.trace(np.sin, 1.0).check()
    assert book.calls == ()


# -- steps ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "step",
    [
        STEP,
        "    new = w.value - 0.05 * w.grad\n    w = gad.Variable(new)\n",
        "    g = w.grad\n    w = gad.Variable(\n        w.value\n        - 0.05 * g\n    )\n",
        "    w, = [gad.Variable(p.value - 0.05 * p.grad) for p in [w]]\n",
        "    w = (lambda p: gad.Variable(p.value - 0.05 * p.grad, name='w'))(w)\n",
    ],
    ids=["line", "two lines", "several lines", "comprehension", "function"],
)
def test_a_new_leaf_in_the_place_of_another_is_a_step(step):
    book = kept(f"{HEAD}for _ in range(3):\n{LOSS}{step}")
    assert [(s.leaf, s.number, s.calls) for s in book.steps] == [("w", 1, (1,)), ("w", 2, (2,)), ("w", 3, (3,))]
    assert book.findings == ()
    for one in book.steps:
        gradient = 2 * np.mean((one.before * X - T) * X)
        assert one.after == pytest.approx(one.before - 0.05 * gradient, rel=1e-12)


def test_leaves_in_dicts_lists_and_objects_keep_their_names_over_steps():
    """Though each turn of the loop assigns to a name that is another one in the next."""
    book = kept(
        "class Net: pass\nnet = Net(); net.c = gad.Variable(0.1)\n"
        "p, q = {'w': gad.Variable(0.5)}, [gad.Variable(0.2), gad.Variable(0.3)]\n"
        "for _ in range(3):\n"
        "    np.mean((p['w'] * X + q[0] * q[1] + net.c - T) ** 2).backward()\n"
        "    for k in p: p[k] = gad.Variable(p[k].value - 0.01 * p[k].grad)\n"
        "    for i, own in enumerate(q): q[i] = gad.Variable(own.value - 0.01 * own.grad)\n"
        "    for n in vars(net): setattr(net, n, gad.Variable(getattr(net, n).value - 0.01 * getattr(net, n).grad))\n"
    )
    assert {e.leaf for e in book.entries} == {"net.c", "p['w']", "q[0]", "q[1]"}
    assert len(book.steps) == 12
    assert [step.calls for step in book.steps] == [(1,)] * 4 + [(2,)] * 4 + [(3,)] * 4
    assert book.findings == ()


# -- what is no mistake ---------------------------------------------------------------------------------------------

HEALTHY = {
    "plain": f"{HEAD}for _ in range(3):\n{LOSS}{STEP}",
    "restart": "for _ in range(2):\n    w = gad.Variable(0.5)\n    for _ in range(2):\n"
    + LOSS.replace("    ", "        ")
    + "        w = gad.Variable(w.value - 0.05 * w.grad)\n    print(w.value, file=sink)\n",
    "line search": f"{HEAD}for _ in range(3):\n{LOSS}    for rate in (1.0, 0.1):\n"
    "        trial = gad.Variable(w.value - rate * w.grad)\n        if trial.value < 3: break\n"
    "    w = gad.Variable(trial.value)\n",
    "momentum": f"{HEAD}v = 0.0\nfor _ in range(3):\n{LOSS}    v = 0.9 * v + w.grad\n"
    "    w = gad.Variable(w.value - 0.01 * v)\n",
    "projection": f"{HEAD}for _ in range(3):\n{LOSS}{STEP}    w = gad.Variable(np.clip(w.value, 0, 1))\n",
    "plain parameters": "p = {'w': 0.5}\nfor _ in range(3):\n    w = gad.Variable(p['w'])\n"
    + LOSS
    + "    p['w'] = p['w'] - 0.05 * w.grad\n",
    "logging": f"{HEAD}total = 0.0\nfor _ in range(3):\n{LOSS}    print(w.grad, w.value, file=sink)\n"
    f"    total += abs(w.grad)\n{STEP}",
    "zeroed": f"{HEAD}theta = 0.5\nfor _ in range(3):\n    w.zero_grad()\n{LOSS}    theta -= 0.05 * w.grad\n",
    "read twice by one statement": f"{HEAD}theta = 0.5\nfor _ in range(3):\n    w.zero_grad()\n{LOSS}"
    "    theta -= 0.05 * w.grad / abs(w.grad)\n",
}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_right_loop_has_no_finding(name):
    book = kept(HEALTHY[name], sink=io.StringIO())
    assert book.findings == (), book.text()
    assert len(book.calls) >= 3


MICRO = """w = gad.Variable(0.5)
for _ in range(2):
    for x, t in zip(X, T):
        ((w * x - t) ** 2 / 3).backward()
        print(w.grad, file=sink)
    w = gad.Variable(w.value - 0.05 * w.grad)
"""


def test_adding_up_small_batches_is_a_fact_and_no_mistake():
    """Its sums are the gradients of whole batches; that they were looked at between makes no step."""
    book = kept(MICRO, sink=io.StringIO())
    (finding,) = book.findings
    assert (finding.kind, finding.severity, finding.line, finding.calls) == ("accumulated", "note", 4, (1, 2, 3))
    assert book.ok
    assert [e.step for e in book.entries] == [1, 1, 1, 2, 2, 2]
    assert book.entries[2].after == pytest.approx(2 * np.mean((0.5 * X - T) * X), rel=1e-13)
    assert book.steps[1].calls == (4, 5, 6)


# -- what is ----------------------------------------------------------------------------------------------------------

BROKEN = {
    "forgotten": (
        f"{HEAD}theta = 0.5\nfor _ in range(3):\n{LOSS}    theta = theta - 0.05 * w.grad\n",
        ("accumulated", "warning", 5, (1, 2)),
        r"call 1 counts twice\. It goes on so for 2 steps\. w\.zero_grad\(\) belongs after the step on line 6",
    ),
    "forgotten after small batches": (
        f"{HEAD}theta = 0.5\nfor _ in range(2):\n    for x, t in zip(X, T):\n        ((w * x - t) ** 2).backward()\n"
        "    theta -= 0.05 * w.grad\n",
        ("accumulated", "warning", 5, (1, 2, 3, 4, 5, 6)),
        r"calls 1 to 3 count twice\. w\.zero_grad\(\) belongs after the step on line 6",
    ),
    "one of two": (
        "w, b = gad.Variable(0.5), gad.Variable(0.0)\ntw = tb = 0.0\nfor _ in range(2):\n    b.zero_grad()\n"
        "    loss = np.mean((w * X + b - T) ** 2)\n    loss.backward()\n    tw -= 0.1 * w.grad\n"
        "    tb -= 0.1 * b.grad\n",
        ("accumulated", "warning", 6, (1, 2)),
        r"left in w\.grad",
    ),
    "recorded": (
        f"{HEAD}for _ in range(2):\n{LOSS}    w -= 0.05 * w.grad\n",
        ("recorded", "warning", 5, (2,)),
        r"computed from the leaf of line 1",
    ),
    "replaced": (
        f"{HEAD}first = w\nfor _ in range(2):\n    loss = np.mean((first * X - T) ** 2)\n    loss.backward()\n"
        "    w = gad.Variable(w.value - 0.05 * first.grad)\n",
        ("replaced", "warning", 5, (2,)),
        r"computed from the w of line 1, whose value is 0\.5\. Line 6 has put a new leaf",
    ),
    "twice": (
        f"{HEAD}for _ in range(2):\n{LOSS}    g = w.grad\n    w = gad.Variable(w.value - 0.05 * g)\n"
        "    w = gad.Variable(w.value - 0.05 * g)\n",
        ("stale", "warning", 7, (1,)),
        r"as line 6 had done, and no call of backward reached w between them",
    ),
    "subtracted twice": (
        f"{HEAD}theta = 0.5\nloss = np.mean((w * X - T) ** 2)\nloss.backward()\nfor _ in range(2):\n"
        "    theta -= 0.05 * w.grad\n",
        ("stale", "warning", 6, (1,)),
        r"no call of backward lies between them",
    ),
    "of an older leaf": (
        f"{HEAD}loss = np.mean((w * X - T) ** 2)\nloss.backward()\nold = w\nw = gad.Variable(w.value - 0.05 * w.grad)\n"
        "w = gad.Variable(w.value - 0.01 * old.grad)\n",
        ("stale", "warning", 6, (1,)),
        r"the gradient of the leaf of line 1, which was replaced before",
    ),
    "released": (
        f"{HEAD}loss = np.mean((w * X - T) ** 2)\nloss.backward(retain_graph=False)\nloss.backward()\n",
        ("released", "error", 4, (2,)),
        r"call 1, loss\.backward\(retain_graph=False\) on line 3, had released",
    ),
    "lost": (
        "w = gad.Variable(np.array([0.0, 4.0]))\nv = gad.Variable(1.0)\nfor _ in range(2):\n"
        "    (v * np.sum(np.where(w > 1, np.sqrt(w), 0.0))).backward()\n    w.zero_grad(); v.zero_grad()\n",
        ("nan-gradient", "error", 4, (1,)),
        r"brought \[NaN 0\.25\] to w, and a sum with it stays so",
    ),
    "infinite": (
        "w = gad.Variable(np.array([0.0, 4.0]))\nnp.sum(np.sqrt(w)).backward()\n",
        ("inf-gradient", "error", 2, (1,)),
        r"brought \[∞ 0\.25\] to w",
    ),
    "nothing": (
        "a, b = gad.Variable(1.0), gad.Variable(2.0)\n(a * b).backward()\na.zero_grad(); b.zero_grad()\n"
        "(a * a).backward()\n",
        ("nothing", "note", 4, (2,)),
        r"left b\.grad as it was: b is not in its graph",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_told_with_its_line_and_calls(name):
    source, expected, words = BROKEN[name]
    with np.errstate(all="ignore"):
        book = kept(source)
    first = book.findings[0]
    assert (first.kind, first.severity, first.line, first.calls) == expected
    assert [own.kind for own in book.findings] == [first.kind], book.text()
    assert re.search(words, first.sentence), first.sentence


@pytest.mark.parametrize(
    ("name", "after", "line"),
    [("forgotten", 6, "    w.zero_grad()"), ("one of two", 7, "    w.zero_grad()")],
)
def test_the_remedy_stands_where_it_is_said_to_belong(name, after, line):
    lines = BROKEN[name][0].splitlines()
    lines.insert(after, line)
    assert kept("\n".join(lines)).findings == ()


def test_the_remedy_of_a_recorded_step_makes_the_loop_right():
    source = BROKEN["recorded"][0]
    remedy = kept(source).findings[0].remedy
    assert remedy == "w = gad.Variable(w.value - 0.05 * w.grad)"
    book = kept(source.replace("w -= 0.05 * w.grad", remedy))
    assert book.findings == ()
    assert len(book.calls) == 2


def test_a_new_leaf_that_nobody_has_any_more_replaces_none():
    """A step that was tried and thrown away: the old leaf is the one that counts."""
    book = kept(
        f"{HEAD}first = w\nloss = np.mean((first * X - T) ** 2)\nloss.backward()\n"
        "w = gad.Variable(w.value - 0.05 * w.grad)\ndel w\nfirst.zero_grad()\n"
        "loss = np.mean((first * X - T) ** 2)\nloss.backward()\n"
    )
    assert book.findings == ()
    assert len(book.steps) == 1


def test_a_step_after_zero_grad_uses_no_call():
    book = kept(f"{HEAD}(w**2).backward()\nw.zero_grad()\nw = gad.Variable(w.value - 0.1 * (w.grad or 1.0))\n")
    assert [step.calls for step in book.steps] == [()]


def test_what_cannot_be_read_is_left_out():
    """Code of which there is no source has entries, and no steps that would have to be guessed."""
    with gad.ledger() as book:
        exec(BROKEN["forgotten"][0], {"np": np, "gad": gad, "X": X, "T": T})
    assert [e.leaf for e in book.entries] == ["leaf 1"] * 3
    assert book.steps == ()
    assert [own.severity for own in book.findings] == ["note"]


def test_two_leaves_of_one_name_are_told_apart():
    with gad.ledger() as book:
        (gad.Variable(2.0, name="w") * gad.Variable(3.0, name="w")).backward()
    assert [(e.leaf, e.added) for e in book.entries] == [("w #1", 3.0), ("w #2", 2.0)]


def test_json_has_every_array_whole_and_says_what_is_not_finite():
    with gad.ledger() as book, np.errstate(all="ignore"):
        np.log(gad.Variable(np.array([0.0, 2.0]), name="w")).sum().backward()
        (gad.Variable(np.arange(300.0), name="v") ** 2).sum().backward()
    data = json.loads(book.to_json())
    assert data["calls"][0]["entries"][0]["after"] == ["Infinity", 0.5]
    assert data["calls"][1]["entries"][0]["added"] == list(np.arange(300.0) * 2)
    assert (data["format"], data["version"], data["ok"]) == ("graphviz_ad ledger", 1, False)  # ∞ is an error


def test_a_leaf_without_entries_is_written_as_such():
    book = kept("w = gad.Variable(2.0)\nb = gad.Variable(np.zeros((0, 3)))\n" + "(w * 3 + b.sum()).backward()\n" * 2)
    text = re.sub(" +", " ", str(book))
    assert "b before none + this pass [] = []" in text
    assert "b before [] + this pass [] = []" in text


def test_a_call_in_another_thread_is_not_in_it_and_that_is_said():
    """What it has added is nobody's of the ledger; a thread with a ledger of its own needs no note."""
    w = gad.Variable(1.0, name="w")

    def elsewhere():
        (w**2).backward()

    def with_a_ledger():
        with gad.ledger():
            (w**2).backward()

    with gad.ledger() as book:
        (3 * w).backward()
        for work in (elsewhere, elsewhere, with_a_ledger):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        (3 * w).backward()
    assert numbers(book) == [(None, 3.0, 3.0), (9.0, 3.0, 12.0)]
    assert book.entries[1].calls == (0, 1, 2)
    [note] = [finding for finding in book.findings if finding.kind == "elsewhere"]
    assert (note.severity, note.mark, note.expression) == ("note", "[thread]", "(w**2).backward()")
    assert note.title == "2 calls of backward in another thread are not in this ledger"
    assert book.ok
    [added] = [finding for finding in book.findings if finding.kind == "accumulated"]
    assert "9 that what was there before and call 1 had left" in added.sentence
    assert json.loads(book.to_json())["findings"][-1]["kind"] == "elsewhere"


def test_leaves_told_apart_once_are_told_apart_in_every_line():
    """Also in calls that only one of them is in, and where it is cleared; their sums are of calls of their own."""
    with gad.ledger() as book:
        a, b = gad.Variable(1.0, "w"), gad.Variable(2.0, "w")
        (a * 3).backward()
        (b * 5).backward()
        (a * b).backward()
        b.zero_grad()
        (b * 7).backward()
    assert [(e.call, e.leaf, e.after) for e in book.entries] == [
        *((1, "w #1", 3.0), (2, "w #2", 5.0), (3, "w #1", 5.0), (3, "w #2", 6.0), (4, "w #2", 7.0)),
    ]
    assert "w #2   zeroed" in str(book)
    assert "2 leaves" in str(book)
    sums = [(f.reaches, f.calls) for f in book.findings if f.kind == "accumulated"]
    assert sums == [(("w #1",), (1, 3)), (("w #2",), (2, 3))]
    nothing = [(f.reaches, f.calls) for f in book.findings if "got nothing" in f.sentence or "is not in" in f.sentence]
    assert nothing == [(("w #1",), (2, 4))]


def test_leaves_of_layers_with_one_name_are_told_apart_in_steps_too():
    class Dense:
        def __init__(self, w):
            self.params = {"w": gad.Variable(w)}

        def __call__(self, x):
            return x * self.params["w"]

    layers = [Dense(2.0), Dense(3.0)]
    with gad.ledger() as book:
        for _ in range(2):
            layers[1](layers[0](1.5)).backward()
            for layer in layers:
                layer.params["w"] = gad.Variable(layer.params["w"].value - 0.1 * layer.params["w"].grad)
    assert len({entry.leaf for entry in book.entries[:2]}) == 2
    assert [step.leaf for step in book.steps[:2]] == [entry.leaf for entry in book.entries[:2]]
    assert [step.leaf for step in book.steps[2:]] == [entry.leaf for entry in book.entries[2:]]
