"""One server of each host and one browser for all tests of notebooks; each test has a tab of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hosts import Page, Server, serving


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Let fixtures know how the test went."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


_FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab."""
    with serving(tmp_path_factory.mktemp("lab"), "lab") as server:
        yield server


@pytest.fixture(scope="session")
def notebook7(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Notebook 7."""
    with serving(tmp_path_factory.mktemp("notebook"), "notebook") as server:
        yield server


@pytest.fixture(scope="session")
def voila(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Voila."""
    with serving(tmp_path_factory.mktemp("voila"), "voila") as server:
        yield server


@pytest.fixture(scope="module")
def long_tab(chromium: Any) -> Iterator[Callable[..., Page]]:
    """Open tabs that several tests of a module use, one after the other."""
    yield from _open_tabs(chromium)


@pytest.fixture
def tab(chromium: Any) -> Iterator[Callable[..., Page]]:
    """Open tabs for one test."""
    yield from _open_tabs(chromium)


def _open_tabs(chromium: Any) -> Iterator[Callable[..., Page]]:
    tabs: list[Page] = []

    def open_tab(server: Server | None = None, **options: Any) -> Page:
        tabs.append(Page(chromium, server, **options))
        _OPEN.append(tabs[-1])
        return tabs[-1]

    yield open_tab
    for one in tabs:
        _OPEN.remove(one)
        one.close()


_OPEN: list[Page] = []


@pytest.fixture(autouse=True)
def _quiet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """After each test every tab must have stayed at home and silent; of a failure a screenshot is kept."""
    if "tab" in request.fixturenames:
        request.getfixturevalue("tab")  # its tabs are to be open still when this looks at them
    yield
    problems = [problem for one in _OPEN for problem in one.problems]
    if problems or request.node.stash.get(_FAILED, False):
        for number, one in enumerate(_OPEN):
            picture = tmp_path / f"failed-{number}.png"
            one.page.screenshot(path=picture)
            print(f"screenshot: {picture}")
    for one in _OPEN:
        one.problems.clear()
    assert problems == []
