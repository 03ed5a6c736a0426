"""Peer libraries for cross-checks: a test that uses one that is not installed is skipped, and says so."""

from __future__ import annotations

import pytest

__all__ = ["torch"]


class Peer:
    """A library that is imported when a test first asks it for something."""

    def __init__(self, name):
        self.name = name

    def __getattr__(self, name):
        if name.startswith(("_", "pytest")):  # what pytest asks of all that stands in a module
            raise AttributeError(name)
        reason = f"peer library {self.name} is not installed"
        return getattr(pytest.importorskip(self.name, reason=reason, exc_type=ImportError), name)


torch = Peer("torch")
