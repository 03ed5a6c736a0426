"""The table of looks."""

from __future__ import annotations

import itertools
import re

import pytest

from graphviz_ad.draw import theme


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", theme.THEMES)
def test_all_text_is_readable(name):
    """Every number or label on the ground it can stand on has a contrast of at least 4.5."""
    colours = theme.TOKENS[name]
    pairs = [("ink", "bg"), ("muted", "bg"), ("fwd", "bg"), ("bwd", "bg"), ("warn", "bg"), ("fwd", "fwd-tint"),
             ("bwd", "bwd-tint"), ("ink", "fwd-tint"), ("ink", "bwd-tint"), ("ink", "panel")]  # fmt: skip
    assert {pair for pair in pairs if _contrast(colours[pair[0]], colours[pair[1]]) < 4.5} == set()
    assert _contrast(colours["line"], colours["bg"]) >= 3


@pytest.mark.parametrize("name", theme.THEMES)
def test_levels_are_symmetric_in_brightness(name):
    """The nine levels grow darker (or brighter) from the middle outwards, on both sides."""
    levels = [_luminance(theme.TOKENS[name][f"l{k}"]) for k in range(9)]
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
        inverted = looks["slot"].get("fill") == theme.TOKENS["light"]["bg"]
        signs.add((visible, inverted))
    # `nopath` and `detached` differ by the word itself.
    assert len(signs) == len(states) - 1


def test_the_style_sheet_is_scoped_and_has_no_literal_colours():
    """Every rule is below .gad-scene and takes its colours from custom properties."""
    sheet = theme.css()
    first, *rules, last = sheet.strip().split("\n")
    assert (first, last) == (".gad-scene{", "}")
    for rule in rules:
        _, body = rule.rstrip("}").split("{")
        assert "#" not in body
    assert set(re.findall(r"var\(--gad-([\w-]+)\)", sheet)) <= set(theme.TOKENS["light"])


def test_a_smaller_style_sheet_has_the_rules_that_are_used():
    """Each rule of it is one of the whole, in their order, and none that could apply is missing."""
    whole, used = theme.css().splitlines(), {"value", "adjoint", "known", "now", "zero", "paper"}
    kept = theme.css(used).splitlines()
    for line in kept[1:]:
        selectors, _, body = line.partition("{")
        assert any(body == rule.partition("{")[2] for rule in whole)
        words = set(re.findall(r"(?<!>)\.([\w-]+)", selectors))
        assert words <= used
    for kind, state in itertools.product(("value", "adjoint"), ("known", "now")):
        for child in ("bg", "slot", "ring", "blank", "mark"):
            selector = f".{kind}.{state}>.{child}"
            rules = [
                [line for line in sheet if selector in line.partition("{")[0].split(",")] for sheet in (whole, kept)
            ]
            assert [rule.partition("{")[2] for rule in rules[0]] == [rule.partition("{")[2] for rule in rules[1]]


def test_every_theme_has_every_token():
    """The three themes name the same tokens, and the sheet of tokens writes them all."""
    for one, other in itertools.combinations(theme.TOKENS.values(), 2):
        assert one.keys() == other.keys()
    for name in theme.TOKENS["dark"]:
        assert theme.tokens_css().count(f"--gad-{name}:") == 5


def test_rules_name_only_states_that_exist():
    """A misspelt state would never apply."""
    for rule in theme.RULES:
        if rule.kind:
            shared = {s for kind in theme.KINDS for s in theme.KINDS[kind]}
            assert set(rule.states) <= shared
            assert rule.flag in ("", "zero", "bad", "selected", "focused")
