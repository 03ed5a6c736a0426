"""What several test modules share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return a running browser of playwright's synchronous API; each test opens its own page and closes it.

    The system's chromium is used, so nothing is downloaded. While it runs, `asyncio.run` does not work in the main
    thread.
    """
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if executable is None:
        pytest.skip("needs a browser: no chromium on PATH")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.skip("needs a browser: playwright is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(_FLAGS))
        yield browser
        browser.close()
