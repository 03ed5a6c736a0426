"""The table of looks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.draw import colours, theme
from graphviz_ad.draw.both import alone
from graphviz_ad.draw.scene import find_cuts, make_scene
from graphviz_ad.errors import InputError
from graphviz_ad.story.modes import story_of
from graphviz_ad.story.steps import Story


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", colours.THEMES)
def test_all_text_is_readable(name):
    """Every number or label on the ground it can stand on has a contrast of at least 4.5."""
    tokens = colours.TOKENS[name]
    pairs = [("ink", "bg"), ("muted", "bg"), ("fwd", "bg"), ("bwd", "bg"), ("warn", "bg"), ("fwd", "fwd-tint"),
             ("bwd", "bwd-tint"), ("ink", "fwd-tint"), ("ink", "bwd-tint"), ("ink", "panel")]  # fmt: skip
    assert {pair for pair in pairs if _contrast(tokens[pair[0]], tokens[pair[1]]) < 4.5} == set()
    assert _contrast(tokens["line"], tokens["bg"]) >= 3


@pytest.mark.parametrize("name", colours.THEMES)
def test_text_is_readable_on_inverted_rows(name):
    """Written now: paper on ink, in either direction, and in alarm."""
    tokens = colours.TOKENS[name]
    assert min(_contrast(tokens["bg"], tokens[ground]) for ground in ("fwd", "bwd", "warn")) >= 4.5


def test_print_has_no_colour_and_needs_none():
    """All tokens are greys; lanes and rows differ in dash, head, sign and tint, and below zero is darker than above."""
    tokens = colours.TOKENS["print"]
    assert {colour for colour in tokens.values() if len({colour[1:3], colour[3:5], colour[5:7]}) > 1} == set()
    down, up = (theme.attributes(kind, state, (), ("line",), "print")
                for kind, state in (("forward", "went"), ("backward", "came")))  # fmt: skip
    assert "stroke-dasharray" not in down
    assert up["stroke-dasharray"] == "5 3"
    assert _contrast(tokens["fwd-tint"], tokens["bwd-tint"]) >= 1.15
    levels = [_luminance(tokens[f"l{k}"]) for k in range(9)]
    assert levels == sorted(levels)
    assert min(b - a for a, b in itertools.pairwise(levels)) > 0.005


def test_holes_in_a_heat_map_are_no_level_in_grey():
    """They are outlined; in colour they have a colour of their own."""
    hole, brightest = (theme.attributes("", "", (), (name,), "print") for name in ("ln", "l8"))
    assert (hole["fill"], hole["stroke"]) == ("#ffffff", "#000000")
    assert brightest["stroke"] == "none"
    assert theme.attributes("", "", (), ("ln",), "light") == {"fill": "#7a0b5c", "stroke": "none"}


def test_contrast_is_short_for_high_contrast():
    """Wherever a theme is named."""
    colours.check_theme("contrast", "save")
    colours.check_theme("contrast", "save", colours.PAGE_THEMES)
    assert theme.attributes("node", "now", (), ("border",), "contrast") == theme.attributes(
        "node", "now", (), ("border",), "high-contrast"
    )
    for name in ("contrast", "high-contrast"):
        assert f'.gad[data-theme="{name}"]' in theme.tokens_css()
    assert '"print"' not in theme.tokens_css()


@pytest.mark.parametrize("bad", ["", "Light", None, 3, ["dark"], {}, "contrasts"])
def test_what_is_no_theme(bad):
    """The themes are listed by their full names."""
    with pytest.raises(InputError, match="expected one of light, dark, high-contrast, print"):
        colours.check_theme(bad, "save")


@pytest.mark.parametrize("name", colours.THEMES)
def test_levels_are_symmetric_in_brightness(name):
    """The nine levels grow darker (or brighter) from the middle outwards, on both sides."""
    levels = [_luminance(colours.TOKENS[name][f"l{k}"]) for k in range(9)]
    middle = levels[4]
    away = [abs(level - middle) for level in levels]
    assert away[:5] == sorted(away[:5], reverse=True)
    assert away[4:] == sorted(away[4:])


def test_states_never_differ_by_colour_alone():
    """Rows known, unknown, in progress, read and summed differ in a mark, a blank, a ring or a counter as well."""
    signs = set()
    states = theme.KINDS["adjoint"]
    children = ("blank", "mark", "slot", "ring", "note", "progress", "word", "hatch")
    for state in states:
        looks = {name: theme.attributes("adjoint", state, (), (name,)) for name in children}
        visible = tuple(looks[name].get("display") != "none" for name in children)
        inverted = looks["slot"].get("fill") == colours.TOKENS["light"]["bg"]
        signs.add((visible, inverted))
    # `nopath`, `severed`, `constant` and `detached` differ by the word itself.
    assert len(signs) == len(states) - 3


def test_the_style_sheet_is_scoped_and_has_no_literal_colours():
    """Every rule is below .gad-scene and takes its colours from custom properties."""
    sheet = theme.css()
    first, *rules, last = sheet.strip().split("\n")
    assert (first, last) == (".gad-scene{", "}")
    for rule in rules:
        _, body = rule.rstrip("}").split("{")
        assert "#" not in body
    assert set(re.findall(r"var\(--gad-([\w-]+)\)", sheet)) <= set(colours.TOKENS["light"])


def test_a_smaller_style_sheet_has_the_rules_that_are_used():
    """Each rule of it is one of the whole, in their order, and none that could apply is missing."""
    whole, used = theme.css().splitlines(), {"value", "adjoint", "known", "now", "zero", "paper", "bg", "slot", "mark"}
    kept = theme.css(used).splitlines()
    for line in kept[1:]:
        selectors, _, body = line.partition("{")
        assert any(body == rule.partition("{")[2] for rule in whole)
        words = set(re.findall(r"\.([\w-]+)", selectors))
        assert words <= used
    for kind, state in itertools.product(("value", "adjoint"), ("known", "now")):
        for child in ("bg", "slot", "mark"):
            selector = f".{kind}.{state}>.{child}"
            rules = [
                [line for line in sheet if selector in line.partition("{")[0].split(",")] for sheet in (whole, kept)
            ]
            assert [rule.partition("{")[2] for rule in rules[0]] == [rule.partition("{")[2] for rule in rules[1]]


def test_every_theme_has_every_token():
    """The themes name the same tokens, and the sheet of tokens writes them all."""
    for one, other in itertools.combinations(colours.TOKENS.values(), 2):
        assert one.keys() == other.keys()
    for name in colours.TOKENS["dark"]:
        assert theme.tokens_css().count(f"--gad-{name}:") == 6


def test_rules_name_only_states_that_exist():
    """A misspelt state would never apply."""
    for rule in theme.RULES:
        if rule.kind:
            shared = {s for kind in theme.KINDS for s in theme.KINDS[kind]}
            assert set(rule.states) <= shared
            assert rule.flag in ("", "zero", "bad", "nan", "lost", "far", "selected", "focused")


def _stories() -> Iterator[Story]:
    def cuts(x: Any) -> Any:
        y = np.where(x > 0, np.sin(x) * x.detach(), np.floor(x))
        return np.sum(y * y) + np.max(np.abs(x)) + 0 * np.sum(x) ** 0.5

    x = np.array([0.5, -1.0, 2.0])
    yield gad.trace(cuts, x).story
    yield gad.trace(lambda a, b: a.detach() * np.floor(b) * 2.0 + b * 0.0, 1.5, 2.5).story
    yield gad.trace(lambda a, b: np.sin(a.detach()) * np.floor(b), 1.5, 2.5).story
    for mode in ("forward", "both"):
        yield story_of(gad.trace(lambda x: cuts(x) + x, 0.5).as_recording(), mode)
    try:
        gad.trace(lambda w: np.sin(w) @ np.ones((4, 3)), x)
    except ValueError as error:
        yield gad.post_mortem(error).story


def test_no_part_is_ever_in_a_state_that_its_kind_has_not():
    """The style sheet has rules for the states of a kind alone, though several kinds share them."""
    for story in _stories():
        scene = make_scene(find_cuts(story))
        views = (alone(scene.parts, story, scene.index, mode) for mode in story.views)
        for part in [part for shown in (scene.parts, *views) for part in shown.values()]:
            states = {entry.state for entry in part.timeline}
            assert states <= {*theme.KINDS.get(part.kind, states)}
