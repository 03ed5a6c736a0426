"""What several test modules share."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import film_data
import pytest
import stepped

import graphviz_ad as gad
from graphviz_ad.debugging.stepping.moments import Course
from graphviz_ad.engine import watch

# The first of these on PATH is taken: the same engine without windows, tabs and menus is quicker.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add how many random cases of each kind are tried, as in ``pytest tests/fuzz --fuzz 2000``, and the first seed."""
    parser.addoption("--fuzz", type=int, default=None, help="random cases of each kind (as many as each kind says)")
    parser.addoption("--first", type=int, default=0, help="seed of the first random case")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that says how many cases it has once for each seed."""
    if "seed" in metafunc.fixturenames and hasattr(metafunc.function, "cases"):
        first = metafunc.config.getoption("--first")
        count = metafunc.config.getoption("--fuzz") or metafunc.function.cases
        metafunc.parametrize("seed", range(first, first + count))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return a running browser of playwright's synchronous API; each test opens its own page and closes it.

    The system's chromium is used, so nothing is downloaded. While it runs, `asyncio.run` does not work in the main
    thread.
    """
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip("needs a browser: no chromium on PATH")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.skip("needs a browser: playwright is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def player(chromium: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Open films in pages of their own; `mounted` is the player there, and each page must have been silent.

    ``options`` is what the player is mounted with, as JavaScript; the rest goes to the browser's context. The story
    stands at its end, unless it ``begins`` as a page does.
    """
    from graphviz_ad.player.page import page

    module = sys.modules["graphviz_ad.player.page"]  # the package has a function of this name
    boot = module._BOOT.replace("mount(at, film, {", "globalThis.mounted = mount(at, film, { ...globalThis.options,")
    assert boot != module._BOOT
    monkeypatch.setattr(module, "_BOOT", boot)
    contexts: list[Any] = []
    problems: list[str] = []

    def open_player(
        made: Mapping[str, Any],
        options: str = "{}",
        *,
        width: int = 1200,
        height: int = 853,
        theme: str = "light",
        step: int | None = None,
        begins: bool = False,
        **context: Any,
    ) -> Any:
        if step is None and not begins:
            step = film_data.ending(made)
        size = {"width": width, "height": height}
        contexts.append(chromium.new_context(viewport=size, bypass_csp=True, **context))
        opened = contexts[-1].new_page()
        opened.on("pageerror", lambda error: problems.append(str(error)))
        opened.on("console", lambda message: message.type == "error" and problems.append(message.text))
        opened.add_init_script(f"globalThis.options = ({options})")
        file = tmp_path / f"film{len(contexts)}.html"
        file.write_text(page(made, theme=theme, step=step), encoding="utf-8")
        opened.goto(file.as_uri())
        opened.wait_for_function("() => globalThis.mounted")
        # Sizes are settled two frames later.
        opened.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return opened

    yield open_player
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture(autouse=True)
def nothing_left_watching() -> Iterator[None]:
    """Fail a test that leaves a watcher behind."""
    yield
    assert watch.ACTIVE == []
    assert watch.current() is None


@pytest.fixture
def growth() -> Callable[[Callable[[int], Callable[[], object]]], float]:
    """Return a function that tells by what factor work grows when its size doubles, counted in calls and not in time.

    ``growth(prepare)`` runs ``prepare(n)()`` for two sizes, and counts the function calls of the second part.
    """

    def calls(action: Callable[[], object]) -> int:
        count = 0

        def profile(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(profile)
        try:
            action()
        finally:
            sys.setprofile(None)
        return count

    return lambda prepare: calls(prepare(400)) / calls(prepare(200))


@pytest.fixture
def fork_in_time() -> Callable[[Callable[[], object]], bool]:
    """Return a function that tells whether an action in a forked child comes out true, and does not hang."""

    def fork(action: Callable[[], object]) -> bool:
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if action() else 1)
            finally:
                os._exit(2)
        deadline = time.monotonic() + 30
        while (status := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < deadline:
            time.sleep(0.01)
        if status == (0, 0):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        return status == (child, 0)

    return fork


@pytest.fixture
def model(tmp_path: Path) -> ModuleType:
    """Return a program whose lines are known, as a module of a file."""
    return stepped.program(tmp_path)


@pytest.fixture
def course_of() -> Callable[..., Course]:
    """Return what records a function and tells its story, to be stepped through."""
    return lambda f, *args: Course.of_call(f, args, {}, gad.Trace)
