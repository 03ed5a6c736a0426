"""Saving under any name: a whole file under exactly that name, or an error of ours and nothing at all."""

from __future__ import annotations

import os
import warnings

import numpy as np
import pytest

import graphviz_ad as gad
from tests.fuzz.seeds import cases

LETTERS = [
    *"ab.Z_-09 'é雪µ<&%#?*:~$\n\t/",
    *("e\u0301", "\u202e", '"', "\\", "/.", "../", "\0", "\ud800", "é" * 40),
]
SUFFIXES = [".svg", ".dot", ".json", ".png", ".pdf", ".html", ".SVG", ".svg.dot", "", ".", ".txt", ".svg ", ".svg/"]
BEGINNINGS = {".svg": b"<", ".dot": b"", ".json": b"{", ".png": b"\x89PNG", ".pdf": b"%PDF", ".html": b"<!"}


@pytest.fixture(scope="module")
def trace():
    """Return something small to save."""
    return gad.trace(lambda x: np.sin(x) * x, 2.0)


def files(root):
    """Return all that there is below a directory."""
    return {os.path.join(at, name) for at, below, names in os.walk(root) for name in (*below, *names)}


@cases(150)
def test_a_file_is_whole_or_not_there(seed, trace, tmp_path):
    """In a directory that has a file, a directory, and a link of the names that are tried."""
    random = np.random.default_rng(seed)
    name = "".join(LETTERS[int(k)] for k in random.integers(len(LETTERS), size=random.integers(1, 6)))
    suffix = SUFFIXES[int(random.integers(len(SUFFIXES)))]
    here = tmp_path / "outer" / "middle" / "here"
    (here / "a").mkdir(parents=True)
    (here / "b.svg").write_text("old", encoding="utf-8")
    # Nothing may be written elsewhere: a slash in front would be the root, and two steps up are what there is to leave.
    name = name.replace("../", "", max(name.count("../") - 2, 0)).lstrip("/")
    path = os.path.join(here, name + suffix)
    assert os.path.abspath(path.replace("\0", "")).startswith(str(tmp_path))
    before = files(tmp_path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            trace.save(path)
    except gad.GraphvizAdError as error:
        assert files(tmp_path) == before
        assert (here / "b.svg").read_text(encoding="utf-8") == "old"
        str(error).encode("utf-8")  # can be shown
        return
    new = files(tmp_path) - before
    assert len(new) == (0 if os.path.realpath(path) == os.path.realpath(here / "b.svg") else 1), new
    assert os.path.isfile(path)
    with open(path, "rb") as file:
        content = file.read()
    assert any(path.lower().endswith(kind) and content.startswith(start) for kind, start in BEGINNINGS.items())
    assert len(content) > 100
