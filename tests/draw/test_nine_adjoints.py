"""The nine things that an adjoint can be differ without colour: in grey, each from each, as a printer shows them."""

from __future__ import annotations

import io
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
import resvg_py
from PIL import Image

import graphviz_ad as gad
from graphviz_ad.draw.frame import figure
from graphviz_ad.draw.scene import make_scene
from graphviz_ad.draw.svg import serialise
from graphviz_ad.saving.faces import FACES, face_file

SCALE = 3
SVG = "{http://www.w3.org/2000/svg}"


NINE = {
    "a number": (lambda x: 1.386294 * x, 2.0),
    "very small": (lambda x: 3.1e-17 * x, 2.0),
    "exactly 0": (lambda x: 0.0 * x, 2.0),
    "infinite": (np.sqrt, 0.0),
    "NaN": (lambda x: np.where(x > 1, np.sqrt(x), 0.0), 0.0),
    "no path": (lambda x, w: w**2, 2.0, 2.0),
    "severed": (lambda x, w: w**2 + x.detach(), 2.0, 2.0),
    "not known yet": (lambda x: 1.386294 * x, 2.0),
    "detached": (lambda x, w: w**2 + x.detach(), 2.0, 2.0),
}


def scene_of(name):
    """Lay out a card whose adjoint is such."""
    function, *arguments = NINE[name]
    with np.errstate(all="ignore"):
        return make_scene(gad.trace(function, *arguments).story)


def drawn(name, theme):
    """Draw it, and return the picture with the groups of the card and of its adjoint."""
    scene = scene_of(name)
    with np.errstate(all="ignore"):
        svg = serialise(figure(scene, step=0 if name == "not known yet" else None, theme=theme).tree)
    groups = {group.get("id"): group for group in ElementTree.fromstring(svg).iter(f"{SVG}g")}
    here = next((card.position for card in scene.story.nodes if card.detached), 0) if name == "detached" else 0
    return scene, svg, groups[f"n{here}"], groups[f"n{here}_a"]


def grey(name, theme):
    """Paint the row of the adjoint with the border below it, and take the colours away."""
    scene, svg, card, _ = drawn(name, theme)
    painted = resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=SCALE,
        skip_system_fonts=True,
        font_files=[face_file(face) for _, _, face in FACES],
        serif_family="DejaVu Serif",
        sans_serif_family="DejaVu Sans",
        monospace_family="DejaVu Sans Mono",
    )
    image = Image.open(io.BytesIO(bytes(painted))).convert("RGB").convert("L")
    left, top, width, height = (float(next(card.iter(f"{SVG}rect")).get(key)) for key in ("x", "y", "width", "height"))
    right, bottom = left + width - scene.left + 2, top + height - scene.top + 2
    return np.asarray(image.crop([round(side * SCALE) for side in (right - 124, bottom - 24, right, bottom)]), float)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_differs_from_each_in_grey(theme):
    rows = {name: grey(name, theme) for name in NINE}
    for one, other in combinations(NINE, 2):
        differing = np.mean(np.abs(rows[one] - rows[other]) > 48)
        assert differing > 0.02, (one, other, differing)


def test_severed_has_a_solid_border_and_its_word_and_no_path_a_dashed_one():
    for name, dashes in (("severed", None), ("no path", "5 3")):
        _, _, card, row = drawn(name, "light")
        border = next(element for element in card if element.get("class") == "border")
        assert border.get("stroke-dasharray") == dashes
        assert name in ["".join(text.itertext()) for text in row if text.get("display") != "none"]
