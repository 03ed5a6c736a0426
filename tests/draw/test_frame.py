"""Pictures as they are written: well-formed, harmless, still, and with every text in its place."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from boxes import SVG, Rect, child, classes, content, groups, parse, rect, text_box, whole
from stories import HOSTILE, STORIES, Quantity, log_sine, named, not_a_number, wide_numbers, zero

from graphviz_ad.draw import measuring, theme
from graphviz_ad.draw.colours import THEMES, TOKENS
from graphviz_ad.draw.frame import frame
from graphviz_ad.draw.scene import make_scene
from graphviz_ad.errors import InputError
from graphviz_ad.films.writing import scene_json
from graphviz_ad.numerals import choose_format
from graphviz_ad.story.telling import tell
from graphviz_ad.tracing import trace

PLAIN = {"svg", "desc", "title", "g", "rect", "path", "text", "tspan"}


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("colours", THEMES)
def test_every_picture_is_well_formed_and_says_what_it_is(name, colours):
    """Any story in any theme is XML of a few plain elements, with a role, a label and a title."""
    root = parse(frame(make_scene(STORIES[name]()), theme=colours))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= PLAIN
    assert root.get("role") == "img"
    assert "graph" in root.get("aria-label", "")
    assert root[0].tag == f"{SVG}title"


@pytest.mark.parametrize("name", STORIES)
def test_pictures_need_no_style_sheet_and_load_nothing(name):
    """Neither style attributes nor variables, references, images or scripts occur."""
    svg = frame(make_scene(STORIES[name]()))
    assert not re.search(r"\sstyle=|var\(|url\(|href|<image|<script|<foreignObject|marker|\son\w+=", svg)
    colours = set(re.findall(r'(?:fill|stroke)="(#[^"]*)"', svg))
    assert colours <= set(TOKENS["light"].values())


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name[:12]))
def test_hostile_names_come_out_as_text(name):
    """A name is never markup: it is shown letter by letter, cleaned and shortened."""
    for standalone in (True, False):
        svg = frame(make_scene(named(name)), standalone=standalone)
        root = parse(svg)
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= PLAIN
        assert len(svg) < 60_000
        label = child(groups(root, "node")["n0"], "label")
        shown = content(label)
        if len(name) < 30 and name.isprintable() and not name.startswith("\u202e"):
            assert shown == name
        else:
            assert len(shown) < 100
        assert "\x00" not in svg


@pytest.mark.parametrize("name", STORIES)
def test_stepping_never_moves_anything(name):
    """All elements keep their places and sizes over the whole story; only styles, texts and progress change."""
    scene = make_scene(STORIES[name]())
    places = ("id", "x", "y", "width", "height", "d", "rx", "text-anchor", "font-size", "viewBox", "data-slot")

    def outline(step):
        root = parse(frame(scene, step=step, standalone=False))
        return [
            [element.tag, *(element.get(key) for key in places)]
            for element in root.iter()
            if not {"gad-drawn", "progress"} & set(classes(element))
        ]

    first = outline(0)
    assert all(outline(step) == first for step in range(1, scene.steps + 1))


def _shown_texts(group):
    return [item for item in group.iter(f"{SVG}text") if content(item)]


def assert_texts_fit(root):
    """Every text lies inside its card (or socket), and none runs into another."""
    for name, group in groups(root, "node").items():
        outer = whole(group)
        texts = [(item, text_box(item)) for item in _shown_texts(group)]
        for item, box in texts:
            assert outer.holds(box, slack=0.5), (name, content(item), box, outer)
        for place, (item, box) in enumerate(texts):
            for other, beside in texts[:place]:
                assert not box.overlaps(beside), (name, content(item), content(other))
    for kind in ("socket", "pad"):
        for name, group in groups(root, kind).items():
            outer = rect(child(group, "bg"))
            for item in _shown_texts(group):
                assert outer.holds(text_box(item), slack=0.5), (name, content(item))


@pytest.mark.parametrize("name", STORIES)
def test_every_text_fits_its_box(name):
    """No number or label ever leaves its card or touches its neighbour, at any step."""
    scene = make_scene(STORIES[name]())
    for step in range(scene.steps + 1):
        assert_texts_fit(parse(frame(scene, step=step)))


SAMPLES = (0.0, -1.0, 0.5, -0.123456789, -9.999999, 1e-17, -3.14e-308, 12345.678, -9999999.4, -1.5e12)


@pytest.mark.parametrize("scale", [1.0, 1e-12, 1e9])
def test_numbers_of_any_stop_fit_a_film(scale):
    """With formats chosen over all stops, whatever stop is painted fits the places measured beforehand."""
    story = log_sine()
    samples = [sample * scale for sample in SAMPLES if np.isfinite(sample * scale)]
    formats = {key: choose_format(samples) for key in story.numbers}
    scene = make_scene(story, formats)
    for sample in (*samples, np.inf, -np.inf, np.nan):
        for step in (5, 16, scene.steps):
            assert_texts_fit(parse(frame(scene, dict.fromkeys(story.numbers, sample), step)))


def test_arrays_of_any_stop_fit_a_film():
    """Cells, ranges and bracketed vectors fit whatever their numbers become."""
    for story in (STORIES["dot"](), STORIES["network"](16, 8, 12)):
        formats = {key: choose_format(np.array([0.123456, -3.0])) for key in story.numbers}
        scene = make_scene(story, formats)
        for sample in (0.0, -1.234567, -9.99e-9, 5e-301, np.nan, -np.inf):
            numbers = {key: np.full(np.shape(value), sample)[()] for key, value in story.numbers.items()}
            assert_texts_fit(parse(frame(scene, numbers)))


def test_the_film_writes_numbers_in_their_formats():
    """With formats, decimals are fixed; without, a number is as short as its digits allow."""
    story = log_sine()
    key = Quantity("value", 0)
    scene = make_scene(story, {key: ("f", 2)})
    assert content(groups(parse(frame(scene)), "value")["n0_v"]) == "2.00"
    assert content(groups(parse(frame(make_scene(story))), "value")["n0_v"]) == "2"


def test_finished_numbers_are_those_of_the_textbook():
    """log(x²)·sin x + 1/x at 2 shows 1.760554 and 0.0823954."""
    root = parse(frame(make_scene(log_sine())))
    assert content(groups(root, "value")["n6_v"]) == "1.760554"
    assert "0.0823954" in content(groups(root, "adjoint")["n0_a"])
    assert "1.760554" in root.get("aria-label")
    assert "0.0823954" in root.get("aria-label")


def test_the_second_of_three_contributions():
    """At the second sum the row is inverted, tells 2 of 3 and the running sum; the third pad is still blank."""
    root = parse(frame(make_scene(log_sine()), step=15))
    row = groups(root, "adjoint")["n0_a"]
    assert classes(row) == ["adjoint", "now"]
    assert content(child(row, "note")) == "2 of 3"
    assert content(child(row, "slot")) == "−0.826902"
    assert child(row, "bg").get("fill") == TOKENS["light"]["bwd"]
    assert classes(groups(root, "pad")["e1_0_c"]) == ["pad", "unknown"]
    assert classes(groups(root, "pad")["e3_0_c"]) == ["pad", "operand"]
    assert "0.909297" not in content(groups(root, "pad")["e1_0_c"])


def test_nothing_is_told_too_early():
    """Before a step is reached its number is nowhere in the file, not even hidden."""
    scene = make_scene(log_sine())
    svg = frame(scene, step=0)
    assert "1.760554" not in svg
    assert "0.0823954" not in svg
    assert "no path" not in svg


def test_nan_is_an_inverted_row_and_a_wave():
    """With the filled warning sign and heavy type; no coordinate is NaN."""
    svg = frame(make_scene(not_a_number()))
    row = groups(parse(svg), "value")["n1_v"]
    light = TOKENS["light"]
    assert classes(row) == ["value", "known", "bad", "nan", "lost"]
    assert child(row, "slot").get("font-weight") == "700"
    assert [child(row, name).get("fill") for name in ("bg", "warning", "slot")] == [
        light["warn"],
        light["bg"],
        light["bg"],
    ]
    assert child(row, "endless") is None
    lane = groups(parse(svg), "backward")["e1_0_b"]
    assert [child(lane, name) is not None for name in ("line", "head", "broad", "wave")] == [False, False, True, True]
    assert not re.search(r'(?:d|x|y|width|height|points)="[^"]*(?:nan|inf)', svg, re.I)


@pytest.mark.parametrize("step", [None, -1])
def test_infinity_has_a_hollow_sign_a_double_frame_and_a_lane_with_a_hollow_head(step):
    """It is not taken for NaN, neither while it is written nor afterwards."""
    with np.errstate(divide="ignore"):
        scene = make_scene(tell(trace(np.sqrt, 0.0)))
        root = parse(frame(scene, step=step and scene.steps + step))
    row, lane = groups(root, "adjoint")["n0_a"], groups(root, "backward")["e1_0_b"]
    assert classes(row)[2:] == ["bad", "far"]
    assert child(row, "warning") is None
    sign = child(row, "endless")
    assert sign.get("fill") == "none"
    assert sign.get("d").count("z") == 3
    assert child(row, "bg").get("fill") != TOKENS["light"]["warn"]
    assert child(lane, "wave") is None
    head = child(lane, "broad" if step else "head")
    assert [head.get("fill"), head.get("stroke")] == [TOKENS["light"]["bg"], TOKENS["light"]["warn"]]


def test_while_a_row_is_written_the_lost_entries_are_those_that_stand_out():
    """Not those that are right."""
    with np.errstate(invalid="ignore"):
        scene = make_scene(tell(trace(lambda v: np.sum(np.log(v)), np.array([-1.0, 1.0]))))
        row = groups(parse(frame(scene, step=1)), "value")["n1_v"]
    fills = {cell.get("class"): cell.get("fill") for cell in row if "cell" in cell.get("class", "")}
    assert fills == {"cell lost": TOKENS["light"]["warn"], "cell": "none"}


def test_a_bar_keeps_its_distance_from_the_ring_and_a_superscript_from_the_edge_of_its_pad():
    """f̄ is never taken for f."""
    scene = make_scene(log_sine())
    root = parse(frame(scene, step=8))
    rings = [row for row in groups(root, "adjoint").values() if child(row, "ring") is not None]
    assert rings
    for row in rings:
        inner = rect(child(row, "ring")).top + 1
        # A macron over a tall letter ends 0.93 em above the line.
        assert float(child(row, "label").get("y")) - 0.93 * 14 - inner >= 0.8
    for pad in groups(root, "pad").values():
        high = text_box(child(pad, "label")).top - 0.4 * 12 + 0.25 * 12  # raised, and smaller
        assert high >= rect(child(pad, "bg")).top + 2


def test_an_exact_zero_passes_with_a_dotted_lane():
    """The lane that brought an exact zero is dotted and its head hollow; the zero itself is a plain 0."""
    root = parse(frame(make_scene(zero())))
    lane = groups(root, "backward")["e1_0_b"]
    assert classes(lane) == ["backward", "came", "zero"]
    assert child(lane, "line").get("stroke-dasharray") == "1 3.4"
    assert child(lane, "head").get("fill") == TOKENS["light"]["bg"]
    assert content(child(groups(root, "adjoint")["n0_a"], "slot")) == "0"


def test_unreached_and_detached_look_and_read_different():
    """No path: dashed card and the words. Cut: bars across the lane, nothing flows back."""
    root = parse(frame(make_scene(STORIES["detached"]())))
    assert child(groups(root, "node")["n2"], "border").get("stroke-dasharray") == "5 3"
    assert content(child(groups(root, "adjoint")["n2_a"], "word")) == "no path"
    assert child(groups(root, "backward")["e1_0_b"], "bars") is not None
    assert classes(groups(root, "backward")["e2_0_b"]) == ["backward", "hidden"]


@pytest.mark.parametrize("step", [-1, 20, 1.5, "3", True])
def test_a_step_that_does_not_exist_is_refused(step):
    """The message names the range."""
    with pytest.raises(InputError, match=r"from 0 to 19"):
        frame(make_scene(log_sine()), step=step)


def test_a_theme_that_does_not_exist_is_refused():
    """The message suggests the nearest."""
    with pytest.raises(InputError, match="Did you mean 'dark'"):
        frame(make_scene(log_sine()), theme="drak")


def test_wide_numbers_widen_their_card():
    """Numbers of 13 characters are written in full."""
    root = parse(frame(make_scene(wide_numbers())))
    assert content(groups(root, "value")["n0_v"]) == "−1.23456e−300"


@pytest.mark.parametrize("name", STORIES)
def test_resvg_renders_every_picture(name):
    """A second renderer, which knows only static SVG, makes an image of the right size."""
    resvg_py = pytest.importorskip("resvg_py", reason="needs resvg-py")
    scene = make_scene(STORIES[name]())
    png = bytes(resvg_py.svg_to_bytes(svg_string=frame(scene), zoom=1))
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20], "big") == round(scene.width)
    assert int.from_bytes(png[20:24], "big") == round(scene.height)


def test_real_stories_are_drawn():
    """What the engine tells is drawn as the stand-ins are: vector notation and its numbers."""
    root = parse(frame(make_scene(tell(trace(lambda x: 2 * x @ x, np.arange(4.0))))))
    cells = [content(item) for item in groups(root, "adjoint")["n0_a"] if "slot" in classes(item)]
    assert cells == ["0", "4", "8", "12"]
    assert_texts_fit(root)


_PAGE = "<!doctype html><meta charset=utf-8><style>{css}</style><div class=gad data-theme={theme}>{svg}</div>"
_STYLES = """() => [...document.querySelectorAll('.gad-scene *')].filter(e => e.tagName !== 'title').map(e => {
  const s = getComputedStyle(e); let hidden = false;
  for (let p = e; p.tagName !== 'DIV'; p = p.parentNode) hidden ||= getComputedStyle(p).display === 'none';
  return hidden ? 'hidden' : [s.fill, s.stroke, s.strokeWidth, s.strokeDasharray, s.fontWeight, s.fontStyle].join();
})"""


@pytest.mark.parametrize("name", ["log_sine", "not_a_number", "detached", "zero", "dot", "fan_out", "network"])
def test_the_style_sheet_and_the_attributes_say_the_same(name, chromium):
    """In Chromium every element looks the same by the style sheet as by its literal attributes, in every state."""
    scene = make_scene(STORIES[name]())
    page = chromium.new_page()
    for colours in ("light", "dark"):
        for step in range(0, scene.steps + 1, 2):
            svg = frame(scene, step=step, theme=colours, standalone=False)
            bare = re.sub(
                r' (?:fill|stroke|stroke-width|stroke-dasharray|stroke-linecap|display|font-weight)="[^"]*"', "", svg
            )
            found = []
            for css, source in (("", svg), (theme.tokens_css() + theme.css(), bare)):
                page.set_content(_PAGE.format(css=css, theme=colours, svg=source))
                found.append(page.evaluate(_STYLES))
            # The painter writes the fill-rule and italics of fixed things itself; everything else is in the table.
            assert found[0] == found[1], (colours, step)
    page.close()


@pytest.mark.parametrize("name", ["log_sine", "dot", "wide_numbers", "name", "fan_out"])
def test_texts_fit_in_a_real_browser(name, chromium):
    """With the fonts of this machine, Chromium draws every text inside its card."""
    page = chromium.new_page()
    page.set_content(frame(make_scene(STORIES[name]())))
    found = page.evaluate(
        """() => [...document.querySelectorAll('.node')].flatMap(n => {
          const b = n.querySelector(':scope > .border').getBBox();
          return [...n.querySelectorAll('text')].filter(t => t.textContent).map(t => {
            const s = t.closest('.socket,.pad'), o = s ? s.querySelector('.bg').getBBox() : b, c = t.getBBox();
            return [t.textContent, c.x - o.x, o.x + o.width - c.x - c.width] }) })"""
    )
    page.close()
    assert found
    assert [entry for entry in found if min(entry[1:]) < -0.5] == []


def test_a_picture_is_json_for_the_player():
    """The browser's half of a scene is plain JSON, with a picture that parses and parts that are in it."""
    scene = make_scene(log_sine(), dict.fromkeys(log_sine().numbers, ("f", 6)))
    data = json.loads(json.dumps(scene_json(scene, scene.story.numbers), allow_nan=False))
    root = parse(data["svg"])
    ids = {element.get("id") for element in root.iter()}
    assert set(data["parts"]) <= ids
    assert [data["width"], data["height"]] == [402, 699]
    columns = 0
    for quantity in data["quantities"]:
        assert quantity["c"] == columns
        columns += quantity["n"]
    assert columns == sum(reading.columns for reading in scene.readings)


def test_hidden_things_stay_in_the_player_picture():
    """The browser needs what is not visible yet; a file of its own does not carry it."""
    scene = make_scene(log_sine())
    assert 'class="blank"' in frame(scene, standalone=False)
    assert 'class="blank"' not in frame(scene)


def test_rect_helper_reads_paths():
    """The reader of pictures that these tests rely on knows relative commands."""
    assert rect(parse(f'<path xmlns="{SVG[1:-1]}" d="M1,2h4v3h-4z"/>')) == Rect(1, 2, 5, 5)


def test_the_warning_of_an_array_stands_beside_its_shape():
    """Not on top of it, where the sum is counted below the label."""
    root = parse(frame(make_scene(tell(trace(lambda m: np.sum(m * m), np.array([[1.0, np.nan, -3.0]] * 4))))))
    row = groups(root, "adjoint")["n0_a"]
    (warning,) = (item for item in row if classes(item) == {"warning"} or "warning" in classes(item))
    (shape,) = (item for item in row if "shape" in classes(item))
    left = float(warning.attrib["d"][1:].split(",")[0])
    assert left + 14 <= float(shape.attrib["x"]) - measuring.sans(content(shape), float(shape.attrib["font-size"]))
