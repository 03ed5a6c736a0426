"""One entry of an array in a real browser: by pointer and by keys, what it says, and what lights up."""

from __future__ import annotations

import re
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

# Whether there is a number in each cell of the scheme that is lit.
WRITTEN = """() => [...document.querySelectorAll(".gad-falk [aria-selected=true]")]
  .every((cell) => /[0-9]/.test(cell.textContent))"""


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


def read(text: str) -> float:
    """Return the number that a cell says; what is nearly 0 as 0."""
    return float(text.replace("\u2212", "-").replace("≈", ""))


def numbers(opened: Any, column: int) -> list[float]:
    """Return a column of the table of terms."""
    return list(map(read, opened.locator(f".gad-terms tbody tr :nth-child({column})").all_inner_texts()))


# What stands in the scheme of a product: of each of its matrices what is lit, and where; the products and their bars.
SCHEME = """() => {
  const scheme = document.querySelector(".gad-falk");
  const grids = [...scheme.querySelectorAll("[role=grid]")].map((grid) => {
    const rows = [...grid.querySelectorAll("tbody tr")];
    const lit = rows.flatMap((row) => [...row.querySelectorAll("[aria-selected=true]")].map((cell) => {
      const { left, top } = cell.getBoundingClientRect(), head = row.querySelector("th");
      const column = grid.querySelectorAll("thead tr > *")[cell.cellIndex];
      return { text: cell.textContent, left, top, at: [head.textContent, column.textContent].map(Number) };
    }));
    return { caption: grid.caption.textContent, lit, cells: grid.querySelectorAll("td[aria-selected]").length };
  });
  const [bars, products, sum] = scheme.querySelectorAll(".gad-products tbody tr");
  return { grids, sum: sum.textContent, caption: scheme.querySelector(".gad-products caption").textContent,
    products: [...products.querySelectorAll("td")].map((cell) => cell.textContent),
    bars: [...bars.querySelectorAll("path:not(.axis)")].map((bar) =>
      (bar.matches(".below") ? -1 : 1) * bar.getBBox().height) };
}"""
# What is harder to read than it should be, of the numbers of all tables: its text, and how it stands out.
CONTRASTS = """() => {
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  const mix = (...colours) => {
    for (const colour of colours) { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); }
    const parts = [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = getComputedStyle(document.querySelector(".gad-box")).getPropertyValue("--gad-bg");
  return [...document.querySelectorAll(".gad-entries td[aria-selected]")].flatMap((cell) => {
    const { color, backgroundColor } = getComputedStyle(cell);
    const [one, other] = [mix(paper, backgroundColor, color), mix(paper, backgroundColor)].sort((a, b) => b - a);
    const contrast = (one + 0.05) / (other + 0.05);
    return contrast < 4.5 && cell.textContent ? [[cell.textContent, contrast]] : [];
  });
}"""
COPIES = """() => ({
  said: document.querySelector(".copied caption").textContent,
  ways: [...document.querySelectorAll(".gad-spread .gad-arrow")].map((one) => one.classList[1]),
  cells: [...document.querySelectorAll(".copied td[aria-selected]")].map((cell) => {
    const { backgroundColor: fill, borderRightStyle: line } = getComputedStyle(cell);
    return { fill, line, text: cell.textContent, lit: cell.getAttribute("aria-selected") === "true" };
  }),
})"""
# Whether each of the entries of a map is covered.
FADED = """([id, count]) => {
  const faded = [...document.querySelectorAll(".gad-faded")];
  const { x, y, width, height } = document.querySelector(`#${id} .picture`).dataset;
  return Array.from({ length: count }, (_, i) => {
    const [left, top] = [+x + ((i % 4) + 0.5) * width / 4, +y + (Math.floor(i / 4) + 0.5) * height * 4 / count];
    return faded.some((path) => path.isPointInFill(new DOMPoint(left, top)));
  });
}"""


def check_scheme(opened: Any, row: Any, column: Any) -> None:
    """The row and the column are lit, the products add up, and all of them stand where Falk puts them."""
    opened.wait_for_function(WRITTEN)  # a window of another size is laid out a little later
    scheme = opened.evaluate(SCHEME)
    above, below, end = scheme["grids"]
    assert [one["caption"] for one in scheme["grids"]] == ["v\u0304₂ 8×4, in 1/100", "Xᵀ 3×8", "w\u0304 3×4"]
    assert [one["cells"] for one in scheme["grids"]] == [32, 24, 12]
    np.testing.assert_allclose([read(one["text"]) for one in below["lit"]], row, atol=6e-3)
    np.testing.assert_allclose([read(one["text"]) for one in above["lit"]], 100 * column, atol=6e-3)
    assert [one["at"] for one in below["lit"]] == [[1, k] for k in range(8)]
    assert [one["at"] for one in above["lit"]] == [[k, 2] for k in range(8)]
    assert [one["at"] for one in end["lit"]] == [[1, 2]]
    assert end["lit"][0]["left"] == pytest.approx(above["lit"][0]["left"], abs=1)
    assert end["lit"][0]["top"] == pytest.approx(below["lit"][0]["top"], abs=1)
    products = row * column
    assert scheme["caption"] == "8 products, whose sum is the entry, in 1/100"
    np.testing.assert_allclose(list(map(read, scheme["products"])), 100 * products, atol=6e-3)
    assert read(scheme["sum"].removeprefix("Σ = ")) == pytest.approx(100 * products.sum(), abs=6e-3)
    bars = np.array(scheme["bars"])
    np.testing.assert_allclose(bars / np.abs(bars).max(), products / np.abs(products).max(), atol=0.02)
    assert opened.evaluate(FADED, ["n2_a", 32]) == [i % 4 != 2 for i in range(32)]
    for theme in ("dark", "high-contrast", "light"):
        opened.evaluate("(theme) => document.getElementById('gad').setAttribute('data-theme', theme)", theme)
        assert opened.evaluate(CONTRASTS) == [], theme


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
    layer.set_viewport_size({"width": 1600, "height": 1000})
    check_scheme(layer, X[:, 1], SENT[:, 2])
    layer.set_viewport_size({"width": 1280, "height": 900})
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
    np.testing.assert_allclose(numbers(layer, 2), 100 * SENT[:, 1], atol=6e-3)
    assert layer.locator(".gad-terms thead").inner_text().strip() == "z\u0304[i, 1], in 1/100"
    assert read(layer.locator(".gad-terms tfoot td").inner_text()[2:]) == round(100 * SENT[:, 1].sum(), 2)
    copies = layer.evaluate(COPIES)
    assert copies["said"] == "8 copies, none is stored"
    assert copies["ways"] == ["down"] * 4 + ["up"] * 4
    assert {one["fill"] for one in copies["cells"]} == {"rgba(0, 0, 0, 0)"}
    assert {one["line"] for one in copies["cells"] if not one["lit"]} == {"dotted"}
    np.testing.assert_allclose([read(one["text"]) for one in copies["cells"]], np.tile(B, 8), atol=6e-3)
    assert [one["lit"] for one in copies["cells"]] == [False, True, False, False] * 8
    assert layer.evaluate(CONTRASTS) == []
    lit, _ = layer.evaluate(LIGHTS)
    np.testing.assert_allclose(lit, around(layer.evaluate(CELLS, "n3_a")[1::4]), atol=3)
    assert layer.locator(".gad-say .gad-shapes").inner_text() == "3×4 = 3×8 · 8×4"
    # On a phone the key below the graph leaves the graph its room.
    layer.set_viewport_size({"width": 360, "height": 740})
    key = layer.locator(".gad-legend")
    assert key.evaluate("(node) => node.clientHeight / parseFloat(getComputedStyle(node).lineHeight)") < 3.5
    assert key.inner_text().split() == ["▼", "value", "▲", "adjoint", "−max", "max", "–", "below", "0"]


def gate(x: Any, w: Any) -> Any:
    """A row that scales all rows."""
    return np.sum(np.tanh(x * w))


def test_a_factor_stands_beside_the_adjoint_that_it_multiplies(chromium: Any) -> None:
    """Of an entry that was scaled, and of a row that scaled all rows."""
    x, w = RNG.normal(size=(3, 4)), RNG.normal(size=4)
    film = still(trace(gate, x, w).as_recording()).film
    opened = chromium.new_page(viewport={"width": 1280, "height": 800})
    opened.set_content(page(film, step=len(film["scenes"][0]["steps"]) - 1))
    opened.wait_for_selector(".gad-pane svg #n0")
    sent = 1 - np.tanh(x * w) ** 2
    opened.locator("#n1").focus()
    for key in ("e", "e", "ArrowRight"):
        opened.keyboard.press(key)
    for column, expected in ((2, sent[:, 1]), (3, x[:, 1]), (4, sent[:, 1] * x[:, 1])):
        np.testing.assert_allclose(numbers(opened, column), expected, atol=6e-3)
    words = opened.locator(".gad-entries p").first.inner_text()
    assert words.startswith("w\u0304[1] = Σᵢ v\u0304₂[i, 1] · x[i, 1]. ")
    opened.locator("#n0").focus()
    for key in ("e", "e", "ArrowDown"):
        opened.keyboard.press(key)
    assert opened.locator(".gad-entries p").last.inner_text() == "x\u0304[1, 0] = v\u0304₂[1, 0] · w[0]."
    shown = numbers(opened, 2) + numbers(opened, 3) + numbers(opened, 4)
    np.testing.assert_allclose(shown, [sent[1, 0], w[0], sent[1, 0] * w[0]], rtol=6e-3)
    opened.locator("#n2").focus()
    for key in ("e", "e", "ArrowDown"):
        opened.keyboard.press(key)
    words = opened.locator(".gad-entries p").last.inner_text()
    assert words.startswith("v\u0304₂[1, 0] = v\u0304₃[1, 0] · (1 − v₃²) at [1, 0].")
    # In a sentence a small matrix stands in full, and has as many lines as it needs.
    opened.set_viewport_size({"width": 360, "height": 740})
    said, wide, room = opened.locator(".gad-say > p").first.evaluate(
        "(node) => [node.innerText, node.scrollWidth, node.clientWidth]"
    )
    matrix = re.findall(r"\[\[.*?\]\]", said.replace("\n", " "))[-1]
    entries = [read(text) for text in re.findall(r"[^][\s]+", matrix)]
    np.testing.assert_allclose(entries, np.ravel(sent * w), atol=6e-3)
    assert wide <= room
    opened.close()


# What the flag covers of the numbers of the picture, and whether it leaves the pane.
FLAG_COVERS = """() => {
  const rect = (node) => node.getBoundingClientRect(), flag = document.querySelector(".gad-flag");
  const [at, pane] = [rect(flag), rect(document.querySelector(".gad-pane"))];
  const numbers = [...document.querySelectorAll(
    ".gad-scene .slot, .gad-scene .cell, .gad-scene .picture, .gad-scene .socket text")];
  const over = numbers.filter((node) => {
    const own = rect(node);
    return own.width && getComputedStyle(node).display !== "none" && own.left < at.right - 1 &&
      own.right > at.left + 1 && own.top < at.bottom - 1 && own.bottom > at.top + 1;
  });
  return [...over.map((node) => node.textContent || node.id), ...(at.right > pane.right + 1 || at.left < pane.left - 1
    ? ["beyond"] : [])]; }"""


@pytest.mark.parametrize("width", [360, 700, 1280])
def test_a_flag_covers_no_number_of_any_card(layer: Any, width: int) -> None:
    """Of every array, at its first and its last entry, on the way down and back."""
    layer.set_viewport_size({"width": width, "height": 900})
    flags = 0
    for node in range(6):
        card = layer.locator(f"#n{node}")
        for first in ("e", "e"):
            card.evaluate("(node) => node.focus()")
            for key in (first, "End", "ArrowDown", "ArrowDown"):
                layer.keyboard.press(key)
                if layer.locator(".gad-flag").count():
                    flags += 1
                    assert layer.evaluate(FLAG_COVERS) == [], (node, first, key)
    assert flags > 20


def test_on_a_phone_the_entry_and_its_panel_are_on_the_screen_together(chromium: Any) -> None:
    """A tap on a cell: its frame within the pane of the graph, and what it is made of between that and the buttons."""
    film = still(trace(loss, W, B).as_recording()).film
    context = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    opened = context.new_page()
    opened.set_content(page(film, step=len(film["scenes"][0]["steps"]) - 1))
    opened.wait_for_selector(".gad-pane svg #n0")
    for row, place in (("n1_a", 2), ("n0_a", 5)):
        part = opened.locator(f"#{row}")
        part.scroll_into_view_if_needed()
        left, top, wide, high = opened.evaluate(CELLS, row)[place]
        opened.touchscreen.tap(left + wide / 2, top + high / 2)
        opened.wait_for_timeout(400)
        ring, entries, pane, bar = opened.evaluate(
            """() => [".gad-around", ".gad-entries", ".gad-pane", ".gad-bar"].map((name) => {
              const { top, bottom } = [...document.querySelectorAll(name)].at(-1).getBoundingClientRect();
              return { top, bottom }; })"""
        )
        assert pane["top"] - 2 <= ring["top"] < ring["bottom"] <= pane["bottom"] + 2, row
        assert pane["bottom"] <= entries["top"] < entries["bottom"] <= bar["top"], row
        assert entries["bottom"] - entries["top"] > 100
    context.close()


# How large the type of a scheme is on the screen, and what of the entry stands beyond its own place, or over the head.
SIZES = """() => {
  const cells = [...document.querySelectorAll(".gad-falk td[role=gridcell], .gad-falk thead td")];
  const sizes = cells.filter((cell) => cell.textContent && cell.offsetHeight).map((cell) =>
    parseFloat(getComputedStyle(cell).fontSize) * cell.getBoundingClientRect().height / cell.offsetHeight);
  const [entry, head, bar] = [".gad-entries", ".gad-head", ".gad-bar"].map((name) =>
    document.querySelector(name).getBoundingClientRect());
  return [Math.min(...sizes.filter(Boolean)), entry.top - head.bottom, bar.top - entry.bottom, cells.length]; }"""


def test_in_a_room_the_scheme_of_a_product_can_be_read_from_the_back_row(chromium: Any, tmp_path: Any) -> None:
    """Its numbers are as large as the smallest type of the picture there, and it stands between head and buttons."""
    trace(loss, W, B).save(tmp_path / "layer.html", presentation=True)
    opened = chromium.new_page(viewport={"width": 1280, "height": 720})
    opened.goto((tmp_path / "layer.html").as_uri())
    opened.wait_for_selector(".gad-pane svg #n0")
    opened.keyboard.press("End")
    opened.locator("#n0").focus()
    for key in ("e", "e"):
        opened.keyboard.press(key)
    smallest, below_head, above_bar, cells = opened.evaluate(SIZES)
    assert cells > 30
    assert smallest >= 18
    assert below_head >= -1
    assert above_bar >= -1
    opened.close()
