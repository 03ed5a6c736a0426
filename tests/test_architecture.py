"""The shape of the package: imports point one way, importing is light, and the public names explain themselves."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import graphviz_ad as gad

PACKAGE = Path(gad.__file__).parent

# From left to right; a module imports only from those before it. A package counts as one.
ORDER = (
    "errors",
    "numerals",
    "primitive",
    "rules",
    "watch",
    "source",
    "leaving",
    "dispatch",
    "variable",
    "operators",
    "sweep",
    "tracing",
    "transforms",
    "symbols",
    "labels",
    "steps",
    "topology",
    "wengert",
    "draw",
    "player",
    "sliders",
    "files",
    "formats",
    "inspecting",
    "describing",
    "sampling",
    "developing",
    "filming",
    "export",
    "plotting",
    "__init__",
    "grammar",
    "expression",
    "arguments",
    "target",
    "lab",
    "cli",
    "__main__",
)

# Imports inside functions that point right: one-line delegations, so that a Variable can be swept and a trace saved.
DELEGATIONS = {
    ("watch", "source"),
    ("variable", "sweep"),
    ("tracing", "steps"),
    ("tracing", "wengert"),
    ("tracing", "draw"),
    ("tracing", "export"),
}

PUBLIC = {
    "Film",
    "GraphvizAdError",
    "Trace",
    "Variable",
    "attach_grad",
    "explore",
    "film",
    "grad",
    "plot",
    "record",
    "trace",
    "value_and_grad",
    "vjp",
}


def modules():
    """Return every module file of the package with its place in the order."""
    return {path: path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in sorted(PACKAGE.rglob("*.py"))}


def place(dotted):
    """Return which of ours a dotted name belongs to; names of the package itself come from its `__init__`."""
    first = [*dotted.split("."), "__init__"][1]
    return first if (PACKAGE / first).is_dir() or (PACKAGE / f"{first}.py").exists() else "__init__"


def imports(path):
    """Return ``(module of ours, at module level)`` for each import of our own that runs, those for types left out."""
    found = []

    def visit(node, top):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.Import):
            found.extend((place(alias.name), top) for alias in node.names if alias.name.startswith("graphviz_ad"))
        elif isinstance(node, ast.ImportFrom):
            # A relative import is as far up as it has dots.
            parents = path.relative_to(PACKAGE.parent).parts[: -node.level] if node.level else ()
            module = ".".join([*parents, *([node.module] if node.module else [])])
            if module == "graphviz_ad":
                found.extend((place(f"graphviz_ad.{alias.name}"), top) for alias in node.names)
            elif module.startswith("graphviz_ad."):
                found.append((place(module), top))
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, top and not inside)

    visit(ast.parse(path.read_text(encoding="utf-8")), True)
    return found


def names_of_modules():
    """Return the dotted name of each importable module of the package."""
    return [info.name for info in pkgutil.walk_packages([str(PACKAGE)], "graphviz_ad.") if "__main__" not in info.name]


def test_every_module_has_a_place_in_the_order():
    """A new module must say where it stands."""
    assert set(modules().values()) == set(ORDER)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_to_the_left(path):
    """What a module imports stands before it, or in its own package; delegations are in the list."""
    here = modules()[path]
    for target, at_module_level in imports(path):
        if target == here or ORDER.index(target) < ORDER.index(here):
            continue
        assert not at_module_level, f"{here} imports {target}, which stands further right"
        assert (here, target) in DELEGATIONS, f"{here} delegates to {target}: not in the list"


def test_the_list_of_delegations_is_not_longer_than_it_must_be():
    """What is no longer used leaves the list."""
    used = {
        (here, target)
        for path, here in modules().items()
        for target, at_module_level in imports(path)
        if not at_module_level
    }
    assert DELEGATIONS - used == set()


def test_importing_the_package_is_light():
    """Neither matplotlib nor Jupyter nor Graphviz comes along."""
    program = "import sys, graphviz_ad; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    heavy = {
        "matplotlib",
        "ipywidgets",
        "anywidget",
        "IPython",
        "jupyter_client",
        "traitlets",
        "graphviz",
        "graphviz_pure",
        "graphviz_ad_widgets",
    }
    heavy |= {"resvg_py", "fpdf", "PIL", "hypothesis", "pytest"}
    assert heavy & set(done.stdout.split()) == set()


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_jupyter_is_never_imported_at_module_level(path):
    """Only the widget's package needs it; it is told from here by a lazy name, and to type checkers."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    jupyter = {"IPython", "ipywidgets", "anywidget", "traitlets", "ipykernel", "comm", "graphviz_ad_widgets"}
    assert not [name for name in found if name in jupyter or name.startswith(("jupyter", "nb"))]


def test_computing_and_differentiating_stays_light():
    """The engine needs NumPy only."""
    program = (
        "import sys, numpy as np, graphviz_ad as gad\n"
        "x = gad.Variable(1.0); np.sin(x).backward(); gad.grad(np.sin)(1.0)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"matplotlib", "ipywidgets", "IPython", "graphviz"} & set(done.stdout.split()) == set()


def test_no_module_shares_its_name_with_a_public_name():
    """Importing the submodule would overwrite the function."""
    files = {place for place in modules().values() if not place.startswith("__")}
    assert files & set(gad.__all__) == set()


def test_the_public_names_are_pinned():
    """Adding or removing one is a decision."""
    assert set(gad.__all__) == PUBLIC
    assert list(gad.__all__) == sorted(gad.__all__, key=lambda name: (not name[0].isupper(), name))
    assert set(gad.__all__) <= set(dir(gad))


@pytest.mark.parametrize("name", sorted(gad.__all__))
def test_a_public_name_has_a_docstring_with_an_example(name):
    """An example that runs; the base of the errors, which nobody calls, may do without."""
    thing = getattr(gad, name)
    assert thing.__doc__
    if not (isinstance(thing, type) and issubclass(thing, Exception)):
        examples = [thing, *(vars(thing).values() if isinstance(thing, type) else ())]
        assert any(">>>" in (getattr(x, "__doc__", None) or "") for x in examples)


@pytest.mark.parametrize("name", ["graphviz_ad", *names_of_modules()])
def test_every_name_in_all_exists(name):
    """No module promises what it does not have."""
    module = importlib.import_module(name)
    assert module.__doc__
    missing = [public for public in getattr(module, "__all__", ()) if not hasattr(module, public)]
    assert missing == []


def test_examples_are_collected():
    """The package's doctests exist, so that a run of them means something."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [
        test for name in names_of_modules() for test in finder.find(importlib.import_module(name)) if test.examples
    ]
    assert len(found) > 20


def test_errors_derive_from_the_base_and_a_builtin():
    """Both except clauses catch what one would hope."""
    from graphviz_ad import errors

    kinds = [getattr(errors, name) for name in errors.__all__ if name.endswith("Error") and name != "GraphvizAdError"]
    assert kinds
    for kind in kinds:
        assert issubclass(kind, gad.GraphvizAdError)
        assert issubclass(kind, TypeError | ValueError | RuntimeError | OSError | LookupError)
