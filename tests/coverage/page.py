"""The page of the coverage, ``docs/coverage.md``: ``python -m tests.coverage`` writes it."""

from __future__ import annotations

from pathlib import Path

from graphviz_ad.engine.scipy_recipes import DEFINITIONS, SCIPY_RECIPES
from graphviz_ad.extend import temporary
from tests.coverage.observing import observe, rows

__all__ = ["PATH", "observed", "written"]

PATH = Path(__file__).resolve().parent.parent.parent / "docs" / "coverage.md"
TITLES = {
    "np": "NumPy",
    "np.linalg": "numpy.linalg",
    "np.fft": "numpy.fft",
    "np.lib.stride_tricks": "numpy.lib.stride_tricks",
    "ndarray": "Methods and attributes of arrays",
    "scipy.special": "scipy.special",
}
HEAD = """# What can be differentiated

Every function of `numpy`, `numpy.linalg` and `numpy.fft`, what arrays have, and of `scipy.special` those with a rule
and those that people ask for: written by `python -m tests.coverage`, which calls each with Variables; a test calls them
again, and compares each derivative with differences. *Differentiable* is what is recorded, to any order. *Constant by
nature* are questions about values, whose plain answers have no derivative. What is *refused* raises an error that says
what to write instead, with your own names in the place of x, s, v, w and a here.
"""

OTHERS = """## The rest of SciPy

SciPy's other functions make arrays of what they get, and ask nobody, so nothing can record them: the error at your line
says what to write, with your own names, and so it does where such a function is handed on, as in
`gad.grad(stats.norm.pdf)`. Distributions may have `loc=` and `scale=`, too. Each line is tried by a test, which
compares it with SciPy's values and their differences (`from scipy import special` comes before those that name it).
"""


def observed() -> dict[str, dict[str, tuple[str, str]]]:
    """Return for each section what each of its functions does."""
    table: dict[str, dict[str, tuple[str, str]]] = {}
    with temporary():
        for row in rows():
            table.setdefault(row.section, {})[row.name] = observe(row)
    return table


def _names(entries: dict[str, tuple[str, str]], kind: str) -> str:
    return ", ".join(f"`{name}`" for name, (observed_kind, _) in entries.items() if observed_kind == kind)


def _cell(text: str) -> str:
    """Return a text that may stand in a cell of a table."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def written() -> str:
    """Return the page."""
    pieces = [HEAD]
    for section, entries in observed().items():
        pieces.append(f"## {TITLES[section]}\n")
        for kind, title in (("differentiable", "Differentiable"), ("constant", "Constant by nature")):
            if _names(entries, kind):
                pieces.append(f"**{title}**: {_names(entries, kind)}.\n")
        for group in dict.fromkeys(group for kind, group in entries.values() if kind == "without"):
            inside = ", ".join(f"`{name}`" for name, entry in entries.items() if entry == ("without", group))
            pieces.append(f"**Without numbers to differentiate** ({group}): {inside}.\n")
        refused: dict[str, list[str]] = {}
        for name, (kind, way) in entries.items():
            if kind == "refused":
                refused.setdefault(_cell(way), []).append(f"`{name}`")
        if refused:
            lines = [f"| {', '.join(group)} | {way} |" for way, group in refused.items()]
            pieces.append("\n".join(["| refused | what the error says |", "| --- | --- |", *lines, ""]))
    return "\n".join([*pieces, *_of_other_scipy()])


def _of_other_scipy() -> list[str]:
    """Return the table of functions that nothing can record, and what to write for each: its simplest call."""
    rows = {}
    for recipe in SCIPY_RECIPES:
        name = recipe.call.partition("(")[0]
        if not name.startswith("scipy.special.") and name not in rows:
            rows[name] = f"| `{recipe.call.removeprefix('scipy.')}` | `{recipe.instead}` |"
    for name, line in DEFINITIONS.items():
        rows[name] = f"| `{name.removeprefix('scipy.')}` | first, once: `{line}` |"
    return [OTHERS, "| SciPy | what to write |", "| --- | --- |", *rows.values(), ""]
