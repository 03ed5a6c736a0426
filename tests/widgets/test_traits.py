"""The kinds of traits by themselves; how the widget uses them is tested with it."""

from __future__ import annotations

import json

import pytest

from graphviz_ad_widgets.traits import PANELS, Inputs, check


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("panels", ("curve", "graph", "curve"), ["curve", "graph"]),
        ("panels", list(PANELS), list(PANELS)),
        ("speed", 2, 2.0),
        ("theme", "contrast", "contrast"),
        ("loop", True, True),
    ],
)
def test_a_setting_has_one_type(name, given, kept):
    """However it was given."""
    assert check(name, given) == kept
    assert type(check(name, given)) is type(kept)


def test_inputs_are_a_dict_for_all_who_read():
    """JSON, equality, unpacking and copies."""
    inputs = Inputs(x=1.0, y=2.0)
    assert json.dumps(inputs) == '{"x": 1.0, "y": 2.0}'
    assert {**inputs} == inputs == {"x": 1.0, "y": 2.0}
    copy = inputs.copy()
    copy["x"] = 3.0
    assert inputs["x"] == 1.0
