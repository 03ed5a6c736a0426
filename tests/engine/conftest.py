"""What the tests of the engine share: nothing may stay behind in the package's globals, whatever a test did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graphviz_ad import watch


@pytest.fixture(autouse=True)
def nothing_left_watching() -> Iterator[None]:
    """Fail a test that leaves a watcher behind."""
    yield
    assert watch.ACTIVE == []
    assert watch.current() is None
