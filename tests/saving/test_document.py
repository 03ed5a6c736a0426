"""The story as JSON: it fits its schema, loses nothing, and its numbers are those of the sweep."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.saving import document as module
from graphviz_ad.saving.document import document
from graphviz_ad.story.modes import story_of

SCHEMA = json.loads((Path(module.__file__).parent / "story.schema.json").read_text(encoding="utf-8"))


@cache
def validator():
    """Return what checks a document against the schema, which must be one itself."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


def refuse(constant):
    """Refuse what is no JSON, though Python reads it."""
    raise AssertionError(constant)


def read_back(trace):
    """Return the story of a trace as a program that reads the JSON has it."""
    text = json.dumps(document(trace.story), allow_nan=False)
    told = json.loads(text, parse_constant=refuse)
    validator().validate(told)
    return told


@pytest.mark.parametrize("f", [np.sin, lambda x: np.stack([x, x * x, x.detach()]).sum(), lambda x: 3.0])
def test_forward_mode_fits_the_schema_too(f):
    """Tangents stand where adjoints would, and the parts of a sum at its edges."""
    story = story_of(gad.trace(f, 0.5).as_recording(), "forward")
    told = json.loads(json.dumps(document(story), allow_nan=False), parse_constant=refuse)
    validator().validate(told)
    assert told["mode"] == "forward"
    assert [node["adjoint"] for node in told["nodes"]] == [None] * len(told["nodes"])
    assert told["nodes"][0]["tangent"] == 1.0
    assert {step["kind"] for step in told["steps"]} <= {"evaluate", "seed", "push"}


def worked(x):
    """The function of the book's chapter on differentiation."""
    a = np.log(x**2)
    return a * np.sin(x) + 1 / x


def branching(x):
    """A condition, a cut and an array."""
    return np.sum(np.where(x > 0, np.sqrt(np.abs(x)), x**2)) + x[0].detach() * 2


TRACES = {
    "sin": lambda: gad.trace(np.sin, 0.5),
    "worked": lambda: gad.trace(worked, 2.0),
    "mlp": lambda: gad.trace(
        lambda w, v: np.mean((np.tanh(np.ones((8, 3)) @ w) @ v - 1.0) ** 2), np.ones((3, 4)) / 7, np.ones((4, 2)) / 3
    ),
    "arrays": lambda: gad.trace(branching, np.array([0.5, -1.0, 2.0])),
    "complex": lambda: gad.trace(lambda z: z * z, 1.0 + 2.0j),
    "constant": lambda: gad.trace(lambda x: 3.0, 1.0),
    "float32": lambda: gad.trace(lambda x: np.exp(x).sum(), np.arange(3, dtype=np.float32)),
    "gradient": lambda: gad.trace(gad.grad(worked), 2.0),
    "extended": lambda: gad.trace(lambda x: x * x, np.longdouble(0.1)),
    "extended complex": lambda: gad.trace(lambda x: x * x, np.clongdouble(0.1 + 1j)),
    "empty": lambda: gad.trace(lambda x: np.sum(x), np.zeros((0, 3))),
}


@pytest.mark.parametrize("name", TRACES)
def test_it_fits_the_schema(name):
    """Whatever is traced; nothing in it is what only Python reads as JSON."""
    told = read_back(TRACES[name]())
    assert (told["format"], told["version"]) == ("graphviz_ad story", 1)
    assert [node["position"] for node in told["nodes"]] == list(range(len(told["nodes"])))


def test_the_schema_refuses_what_is_no_story():
    """A field that is missing, unknown or of another kind."""
    told = read_back(TRACES["worked"]())
    for broken in (
        {**told, "version": 2},
        {**told, "more": 1},
        {name: part for name, part in told.items() if name != "steps"},
        {**told, "nodes": [{**told["nodes"][0], "adjoint": "1"}]},
    ):
        assert not validator().is_valid(broken)


@pytest.mark.parametrize("name", ["sin", "worked", "mlp", "arrays", "float32"])
def test_the_numbers_are_those_of_the_sweep_to_the_bit(name):
    """Values, adjoints and contributions; read back, they are the same doubles."""
    trace = TRACES[name]()
    told, sweep = read_back(trace), trace.reverse()
    for node, shown in zip(trace.nodes, told["nodes"], strict=True):
        np.testing.assert_array_equal(np.array(shown["value"], node.dtype), node.value)
        assert tuple(shown["shape"]) == node.shape
        if shown["reached"]:
            np.testing.assert_array_equal(np.array(shown["adjoint"], node.dtype), sweep.adjoint(node))
        else:
            assert shown["adjoint"] is None
    for edge in told["edges"]:
        if edge["contribution"] is not None:
            expected = sweep.contribution(trace.nodes[edge["child"]], edge["argument"])
            np.testing.assert_array_equal(np.array(edge["contribution"], expected.dtype), expected)


def test_a_program_can_check_the_chain_rule():
    """At every node the contributions sum to the adjoint, and each is adjoint times local gradient."""
    told = read_back(TRACES["worked"]())
    for node in told["nodes"][:-1]:
        arriving = [edge["contribution"] for edge in told["edges"] if edge["parent"] == node["position"]]
        assert sum(arriving) == pytest.approx(node["adjoint"], rel=1e-15)
    for edge in told["edges"]:
        sent = told["nodes"][edge["child"]]["adjoint"] * edge["local_gradient"]
        assert edge["contribution"] == pytest.approx(sent, rel=1e-15)
    x = 2.0
    closed = 2 / x * np.sin(x) + np.log(x**2) * np.cos(x) - 1 / x**2
    assert told["nodes"][0]["adjoint"] == pytest.approx(closed, rel=1e-15)


def test_steps_say_what_they_read_and_write():
    """Their sentences are those of the story, and what they write is told before it is read."""
    trace = TRACES["worked"]()
    told = read_back(trace)
    assert [step["sentence"] for step in told["steps"]] == [str(step) for step in trace.steps()]
    known = []
    for step in told["steps"]:
        assert all(quantity in known for quantity in step["reads"])
        known += [
            step["writes"],
            *([{"kind": "adjoint", "node": step["node"]}] if step["kind"] == "accumulate" else []),
        ]
    assert told["steps"][-1]["after"] == told["nodes"][0]["adjoint"]


def test_where_it_was_written_is_told():
    """File, line and the expression; where nobody wrote it, nothing."""
    told = read_back(TRACES["worked"]())
    log = next(node for node in told["nodes"] if node["primitive"] == "log")
    assert log["site"]["file"] == __file__
    assert log["site"]["text"] == "np.log(x**2)"
    assert (
        Path(__file__).read_text(encoding="utf-8").splitlines()[log["site"]["line"] - 1].strip() == "a = np.log(x**2)"
    )
    assert told["nodes"][0]["site"] is None


@pytest.mark.parametrize(
    ("function", "x", "value", "adjoint"),
    [(np.sqrt, 0.0, 0.0, "Infinity"), (np.log, 0.0, "-Infinity", "NaN"), (np.log, -1.0, "NaN", "NaN")],
)
def test_what_json_has_no_number_for_is_a_string(function, x, value, adjoint):
    """NaN and infinity, of values and of adjoints."""
    with np.errstate(all="ignore"):
        told = read_back(gad.trace(function, x))
    assert told["nodes"][1]["value"] == value
    assert told["nodes"][0]["adjoint"] == adjoint


def test_complex_numbers_have_two_parts():
    """Also those that are not finite."""
    told = read_back(gad.trace(lambda z: z * z, 1.0 + 2.0j))
    assert told["nodes"][0]["value"] == {"re": 1.0, "im": 2.0}
    assert told["nodes"][-1]["value"] == {"re": -3.0, "im": 4.0}
    assert module._plain(np.array([complex(np.inf, np.nan)])) == [{"re": "Infinity", "im": "NaN"}]


@pytest.mark.parametrize("name", ['"]}', "<script>", "\\u0000", "x\ny", "θ"])
def test_hostile_names_are_data(name):
    """Whatever an input is called, it comes back as text."""
    x = gad.Variable(1.0, name=name)
    told = read_back(gad.trace(lambda x: x * 2, x))
    assert isinstance(told["nodes"][0]["name"], str)
