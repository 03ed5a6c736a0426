"""What the tests of the engine share: nothing may stay behind in the package's globals, whatever a test did."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest

from graphviz_ad import watch


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
