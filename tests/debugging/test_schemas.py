"""What reports give to programs is what their schemas say; and the schemas refuse what is not."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import graphviz_ad as gad

ROOT = Path(gad.__file__).parent / "debugging"


def f(x, w):
    h = np.tanh(x @ w)
    return np.sum(h * x[:, :1] + h)


X, W = np.linspace(-1, 1, 6).reshape(2, 3), np.ones((3, 2))


def ledger():
    with np.errstate(all="ignore"), gad.ledger() as book:
        x, y = gad.Variable(2.0, name="x"), gad.Variable(np.array([0.0, 1.0]), name="y")
        for _ in range(2):
            (np.sum(np.sqrt(y)) * x).backward()
        x.zero_grad()
        z = x * 2
        z.backward(retain_graph=False)
        with pytest.raises(gad.GraphvizAdError):
            z.backward()
    return book.to_json()


def comparison(other=f, w=W):
    return gad.compare(gad.trace(f, X, W), gad.trace(other, X, w)).to_json()


def longer(x, w):
    h = np.tanh(x @ w)
    return np.sum(h * x[:, :1] + 2 * h)


REPORTS = {
    "ledger": ("ledger/ledger.schema.json", ledger),
    "comparison": ("comparing/comparison.schema.json", comparison),
    "comparison of two functions": ("comparing/comparison.schema.json", lambda: comparison(longer)),
    "comparison of two inputs": ("comparing/comparison.schema.json", lambda: comparison(f, np.full((3, 2), np.inf))),
    "cost": ("costs/cost.schema.json", lambda: gad.trace(f, X, W).cost().to_json()),
    "cost of what is not counted": ("costs/cost.schema.json", lambda: gad.trace(np.sort, X).cost().to_json()),
    "paths": ("paths/paths.schema.json", lambda: gad.trace(f, X, W).why("w").to_json()),
    "paths and wrong orders": (
        "paths/paths.schema.json",
        lambda: gad.trace(lambda x: x * np.sin(x) + x, 0.0).why("x", schedule="naive").to_json(),
    ),
}


@pytest.fixture(params=REPORTS.values(), ids=REPORTS)
def report(request):
    """Return a schema that is valid, and what it is to describe."""
    path, write = request.param
    schema = json.loads((ROOT / path).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema), json.loads(write())


def test_a_report_is_what_its_schema_says(report):
    validator, data = report
    validator.validate(data)


def test_every_field_of_a_report_stands_in_its_schema(report):
    """With additions refused everywhere, it is valid still: the schema leaves nothing out."""
    validator, data = report
    jsonschema.Draft202012Validator(_closed(validator.schema)).validate(data)


def _closed(part):
    if isinstance(part, list):
        return [_closed(own) for own in part]
    if not isinstance(part, dict):
        return part
    own = {key: _closed(value) for key, value in part.items()}
    if own.get("type") == "object" and "properties" in own:
        own["unevaluatedProperties"] = False
    return own


def test_a_report_that_lacks_a_field_is_refused(report):
    validator, data = report
    required = set(validator.schema["required"])
    for name in data:
        less = copy.deepcopy(data)
        del less[name]
        assert validator.is_valid(less) is (name not in required)
