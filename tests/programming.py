"""Programs as a person has written them, in files that can be read: errors quote their lines."""

from __future__ import annotations

import linecache

import numpy as np

import graphviz_ad as gad

__all__ = ["run"]


def run(source, **names):
    """Run a program as a person has written it, in a file that can be read."""
    filename = f"<program {len(linecache.cache)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    scope = {"np": np, "gad": gad, **names}
    exec(compile(source, filename, "exec"), scope)
    return scope
