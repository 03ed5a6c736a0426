"""One entry of an array in a real browser: by pointer and by keys, what it says, and what lights up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graphviz_ad.films.stills import still
from graphviz_ad.player.page import page
from graphviz_ad.tracing import trace

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
RNG = np.random.default_rng(3)
X, T, W, B = RNG.normal(size=(8, 3)), RNG.normal(size=(8, 4)), RNG.normal(size=(3, 4)), RNG.normal(size=4)
SENT = 2 * (np.tanh(X @ W + B) - T) / T.size * (1 - np.tanh(X @ W + B) ** 2)
LIGHTS = """() => [...document.querySelectorAll(".gad-around")].map((path) => {
  const box = path.getBoundingClientRect();
  return [box.left, box.top, box.width, box.height];
})"""
CELLS = """(id) => {
  const part = document.getElementById(id), rectangle = (b) => [b.left, b.top, b.width, b.height];
  const box = part.querySelector(".picture .frame")?.getBoundingClientRect();
  if (!box) return [...part.querySelectorAll(".cell")].map((cell) => rectangle(cell.getBoundingClientRect()));
  const [w, h] = [box.width / 4, box.height / 8];
  return Array.from({ length: 32 }, (_, i) => [box.left + (i % 4) * w, box.top + Math.floor(i / 4) * h, w, h]);
}"""


def loss(w: Any, b: Any) -> Any:
    """One layer."""
    z = X @ w + b
    return np.mean((np.tanh(z) - T) ** 2)


@pytest.fixture
def layer(chromium: Any) -> Any:
    """Open the page of a layer, at its end."""
    film = still(trace(loss, W, B).as_recording()).film
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce", bypass_csp=True)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.set_content(page(film, step=len(film["scenes"][0]["steps"]) - 1))
    opened.wait_for_selector(".gad-pane svg #n0")
    yield opened
    context.close()
    assert problems == []


def around(cells: list[Any]) -> list[float]:
    """Return the rectangle around cells."""
    left, top = (min(cell[k] for cell in cells) for k in (0, 1))
    return [left, top, *(max(cell[k] + cell[k + 2] for cell in cells) - low for k, low in ((0, left), (1, top)))]


def numbers(opened: Any, column: int) -> list[float]:
    """Return a column of the table of terms."""
    texts = opened.locator(f".gad-entries tbody tr :nth-child({column})").all_inner_texts()
    return [float(text.replace("\u2212", "-")) for text in texts]


# The cells of the row of n0 that its flag covers, and the flag itself where it leaves the pane.
COVERED = """() => {
  const rect = (node) => node.getBoundingClientRect(), flag = document.querySelector(".gad-flag");
  const pane = rect(document.querySelector(".gad-pane")), at = rect(flag);
  const out = at.left < pane.left - 1 || at.right > pane.right + 1 ? [flag] : [];
  const over = [...document.querySelectorAll("#n0_a .cell")].filter((cell) => {
    const own = rect(cell);
    return own.left < at.right - 1 && own.right > at.left + 1 && own.top < at.bottom - 1 && own.bottom > at.top + 1;
  });
  return [...out, ...over].map((node) => node.getAttribute("class"));
}"""


def test_an_entry_says_its_number_and_what_it_is_made_of(layer: Any) -> None:
    """By keys and by pointer: the numbers are NumPy's, and the frames stand on the cells that NumPy multiplies."""
    gradient = X.T @ SENT
    layer.locator("#n0").focus()
    for key in ("e", "e", "ArrowDown", "ArrowRight", "ArrowRight"):
        layer.keyboard.press(key)
    heading = layer.locator(".gad-entries h3").inner_text()
    name, value = heading.split(" = ")
    assert name == "w\u0304[1, 2]"
    assert float(value.replace("\u2212", "-")) == pytest.approx(gradient[1, 2], rel=1e-5)
    assert heading in layer.locator("[aria-live]").all_inner_texts()[0] or heading in layer.content()
    np.testing.assert_allclose(numbers(layer, 4), X[:, 1] * SENT[:, 2], rtol=6e-3)
    assert f"X[{np.argmax(np.abs(X[:, 1] * SENT[:, 2]))}, 1] · " in layer.locator(".gad-entries p").first.inner_text()
    lit, own = layer.evaluate(LIGHTS)
    cells = layer.evaluate(CELLS, "n2_a")
    np.testing.assert_allclose(lit, around(cells[2::4]), atol=3)
    np.testing.assert_allclose(own, layer.evaluate(CELLS, "n0_a")[6], atol=3)
    assert layer.locator(".gad-flagged").all_text_contents() == [name, value]
    for width in (1280, 420):
        layer.set_viewport_size({"width": width, "height": 900})
        layer.keyboard.press("ArrowLeft")
        layer.keyboard.press("ArrowRight")
        assert layer.evaluate(COVERED) == [], width
    layer.set_viewport_size({"width": 1280, "height": 900})

    for key, place in (("Home", "[1, 0]"), ("End", "[1, 3]"), ("ArrowUp", "[0, 3]")):
        layer.keyboard.press(key)
        assert place in layer.locator(".gad-entries h3").inner_text()
    found = axe.Axe().run(layer, context=".gad-box").response["violations"]
    assert [(one["id"], one["nodes"][0]["target"]) for one in found] == []
    layer.keyboard.press("Escape")
    assert layer.locator(".gad-entries").is_hidden()
    assert layer.locator(".gad-around").count() == 0

    left, top, wide, high = layer.evaluate(CELLS, "n2_a")[22]
    layer.mouse.move(left + wide / 2, top + high / 2)
    name, value = layer.locator(".gad-flagged").all_text_contents()
    assert name.endswith("[5, 2]")
    assert float(value.replace("\u2212", "-")) == pytest.approx(SENT[5, 2], rel=1e-5)
    assert layer.locator(".gad-entries").is_hidden()
    layer.mouse.click(left + wide / 2, top + high / 2)
    layer.mouse.move(2, 2)
    assert layer.locator(".gad-entries").is_visible()
    assert layer.locator(".gad-flagged").count() == 2
    layer.locator(".gad-entries .gad-close").click()

    # The adjoint of a row that was added to all rows is the sum of a column.
    layer.locator("#n1").focus()
    for key in ("e", "e", "ArrowRight"):
        layer.keyboard.press(key)
    np.testing.assert_allclose(numbers(layer, 2), SENT[:, 1], rtol=6e-3)
    lit, _ = layer.evaluate(LIGHTS)
    np.testing.assert_allclose(lit, around(layer.evaluate(CELLS, "n3_a")[1::4]), atol=3)
    assert layer.locator(".gad-say .gad-shapes").inner_text() == "3×4 = 3×8 · 8×4"
