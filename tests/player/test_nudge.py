"""A node is nudged in the inspector: about how far everything moves that is computed from it, and how far it does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graphviz_ad.filming import film
from graphviz_ad.tracing import trace


def worked(x: Any) -> Any:
    """Use x three times."""
    a = np.log(x**2)
    return a * np.sin(x) - 3 / x


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """Starting at 2, with stops 0.05 apart."""
    return film(worked, x=(0.5, 3, 0.05), at={"x": 2.0}).to_json()


ROWS = """which => [...document.querySelectorAll('.gad-nudge dl')[which].querySelectorAll('dd')]
  .map((node) => node.textContent.replace('−', '-'))"""
SAID = "document.querySelector('.gad-nudge p').textContent"
NOT_YET = "not known yet"


def pick(page: Any, node: int) -> None:
    """Inspect a node by keyboard, as the graph's order has it."""
    page.evaluate("n => { const all = [...document.querySelectorAll('.gad-pane .node')];"
                  "all[n].dispatchEvent(new MouseEvent('click', { bubbles: true })); }", node)  # fmt: skip


def test_a_nudge_travels_as_the_slopes_say(player: Any, made: dict[str, Any]) -> None:
    """Along every way, against differences of NumPy's own values; beside it the true change to the next stop."""
    page = player(made, reduced_motion="reduce")
    page.evaluate("mounted.set({ step: 30 })")
    pick(page, 0)
    field = page.locator(".gad-nudge input")
    assert field.input_value() == "0.05"
    low, high = (trace(worked, 2.0 + h) for h in (-1e-5, 1e-5))
    slopes = [(b.value - a.value) / 2e-5 for a, b in zip(low.nodes[1:], high.nodes[1:], strict=True)]
    shown = [float(text) for text in page.evaluate(ROWS, 0)]
    np.testing.assert_allclose(shown, 0.05 * np.array(slopes), rtol=6e-3)
    assert page.evaluate(SAID) == "If x grew by , these would change by about"
    expected = [0.05, 0.05 * slopes[-1], worked(2.05) - worked(2.0)]
    np.testing.assert_allclose([float(text) for text in page.evaluate(ROWS, 1)], expected, rtol=6e-3)
    field.fill("-0.2")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("mounted.state.step") == 19
    np.testing.assert_allclose([float(text) for text in page.evaluate(ROWS, 0)], -0.2 * np.array(slopes), rtol=6e-3)
    field.fill("")
    assert page.evaluate(ROWS, 0) == [NOT_YET] * 6


def test_before_its_slope_is_known_nothing_is_said_of_it(player: Any, made: dict[str, Any]) -> None:
    """The last stop has no next one; what is no slider has none; and the result changes with nothing but itself."""
    page = player(made, reduced_motion="reduce")
    page.evaluate("mounted.set({ step: 3 })")
    pick(page, 0)
    assert page.evaluate(ROWS, 0) == [NOT_YET] * 6
    assert page.evaluate(ROWS, 1)[1] == NOT_YET
    page.evaluate("mounted.set({ step: 30, stop: 50 })")
    assert NOT_YET not in page.evaluate(ROWS, 0)
    assert page.evaluate(ROWS, 1) == ["no next stop"] * 3
    pick(page, 1)
    assert page.locator(".gad-nudge dl").count() == 1
    pick(page, 6)
    assert page.locator(".gad-nudge").count() == 0


def test_through_arrays_only_the_result_is_told(player: Any) -> None:
    """Where numbers alone do not lead, the adjoint does; of an array each entry is nudged."""
    data = film(lambda x: np.sum(np.stack([x, x * x]) ** 2), x=(1, 3, 0.5), at={"x": 2.0}).to_json()
    page = player(data, reduced_motion="reduce")
    page.evaluate("mounted.set({ step: 40 })")
    pick(page, 0)
    page.locator(".gad-nudge input").fill("0.01")
    assert [float(text) for text in page.evaluate(ROWS, 0)] == [0.04, 0.36]
    pick(page, 2)
    page.locator(".gad-nudge input").fill("0.01")
    assert page.evaluate(SAID).startswith("If each entry of v2 grew by ")
    assert [float(text) for text in page.evaluate(ROWS, 0)] == [0.12]
