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
import graphviz_ad_widgets

PACKAGE = Path(gad.__file__).parent
WIDGETS = Path(graphviz_ad_widgets.__file__).parent

# The floors of the house, from the ground up: what stands on one imports only from those before it, inside functions
# too. A package is one floor; the modules inside it run in no circle either. `docs/house.md` draws them.
FLOORS = (
    "starting",
    "console",
    "progress",
    "errors",
    "numerals",
    "engine",
    "formulas",
    "story",
    "debugging",
    "terminal",
    "checking",
    "draw",
    "films",
    "player",
    "stacking",
    "plotting",
    "saving",
    "unfinished",
    "sessions",
    "offering",
    "filming",
    "ordering",
    "diagnosing",
    "explaining",
    "costing",
    "hand_checking",
    "bookkeeping",
    "side_by_side",
    "tracing",
    "debugger",
    "testing",
    "__init__",
    "extend",
    "cli",
    "__main__",
    "graphviz_ad_widgets",
)

PUBLIC = {
    "Comparison",
    "compare",
    "Film",
    "GraphvizAdError",
    "Orders",
    "Report",
    "Trace",
    "Unfinished",
    "Variable",
    "array",
    "attach_grad",
    "break_when",
    "check",
    "check_backward",
    "debug",
    "explore",
    "film",
    "formula",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "ledger",
    "meant",
    "orders",
    "plot",
    "post_mortem",
    "record",
    "trace",
    "value_and_grad",
    "vjp",
}


def files():
    """Return every module of both packages by its dotted name; a package's own name is that of its `__init__`."""
    found = {}
    for root in (PACKAGE, WIDGETS):
        for path in sorted(root.rglob("*.py")):
            parts = path.relative_to(root.parent).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


FILES = files()


def floor(module):
    """Return the floor that a module of ours stands on."""
    first, *rest = module.split(".")
    return first if first == "graphviz_ad_widgets" else rest[0] if rest else "__init__"


def imports(source, module, known=FILES):
    """Return the modules of ours that a source imports, wherever it does so; imports for types alone are left out."""
    found = set()

    def visit(node):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}, line {node.lineno}: imports are absolute"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in known else node.module)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(source))
    return {name for name in found if name.partition(".")[0] in ("graphviz_ad", "graphviz_ad_widgets")}


def arrows():
    """Return for every module of ours which modules of ours it imports."""
    return {module: imports(path.read_text(encoding="utf-8"), module) for module, path in FILES.items()}


ARROWS = arrows()


def upward(graph):
    """Return the arrows that run up: from a floor to one above it, or to the module itself."""
    return sorted(
        f"{here} imports {there}"
        for here, targets in graph.items()
        for there in targets
        if here == there or FLOORS.index(floor(here)) < FLOORS.index(floor(there))
    )


def circles(graph):
    """Return the groups of modules that import one another in a circle."""
    reach = {node: set(targets) for node, targets in graph.items()}
    for middle in reach:
        for targets in reach.values():
            if middle in targets:
                targets |= reach[middle]
    found = {frozenset(other for other in reach[node] if node in reach[other]) for node in reach if node in reach[node]}
    return sorted(map(sorted, found))


def test_every_module_stands_on_a_floor():
    """A new room must say where it stands."""
    assert {floor(module) for module in FILES} == set(FLOORS)


def test_every_import_is_one_of_a_module_that_exists():
    """Otherwise an arrow would be missed."""
    assert {there for targets in ARROWS.values() for there in targets} <= set(FILES)


def test_no_import_runs_up():
    """What a module imports, inside functions too, stands on its own floor or below."""
    assert upward(ARROWS) == []


def test_no_modules_run_in_a_circle():
    """Neither between packages nor inside one; a package of a package counts as one, too."""
    assert circles(ARROWS) == []

    def unit(module):
        return ".".join(module.split(".")[:3])

    units = {}
    for here, targets in ARROWS.items():
        units.setdefault(unit(here), set()).update(unit(there) for there in targets if unit(there) != unit(here))
    assert circles(units) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("graphviz_ad.engine.variable", "def f():\n    from graphviz_ad.draw.frame import frame"),
        ("graphviz_ad.errors", "import graphviz_ad.engine.source"),
        ("graphviz_ad.draw.scene", "from graphviz_ad import tracing"),
        ("graphviz_ad.films.sampling", "import graphviz_ad as gad"),
        ("graphviz_ad.player.page", "if True:\n    from graphviz_ad_widgets.assets import esm"),
    ],
)
def test_an_import_that_runs_up_is_noticed(module, source):
    """Also one inside a function, of a module by its package, or of the package itself."""
    assert upward({module: imports(source, module)})


def test_a_circle_is_noticed():
    """Two modules, or three."""
    assert circles({"a": {"b"}, "b": {"a"}, "c": {"a"}}) == [["a", "b"]]
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()}) == [["a", "b", "c"]]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_imports_for_types_alone_do_not_count():
    """They are no arrows: nothing is imported when the program runs."""
    assert imports("if TYPE_CHECKING:\n    import graphviz_ad.tracing", "graphviz_ad.engine.variable") == set()


def code_lines(node, lines):
    """Return how many lines of code a function has: without its docstring, remarks and blank lines."""
    first = node.body[1] if ast.get_docstring(node) is not None and len(node.body) > 1 else node.body[0]
    rest = lines[node.lineno - 1 : node.body[0].lineno - 1] + lines[first.lineno - 1 : node.end_lineno]
    return sum(1 for line in rest if line.strip() and not line.strip().startswith("#"))


MEASURED = {"graphviz_ad.engine.backward.accumulate"}
"""The hot loop, which is written out because calls cost more than they say."""


def test_functions_are_short():
    """None has more than 60 lines of code, but the hot loop, which has."""
    long = set()
    for module, path in FILES.items():
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and code_lines(node, source.splitlines()) > 60:
                long.add(f"{module}.{node.name}")
    assert long == MEASURED


def names_of_modules():
    """Return the dotted name of each importable module of the package."""
    return [info.name for info in pkgutil.walk_packages([str(PACKAGE)], "graphviz_ad.") if "__main__" not in info.name]


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
    heavy |= {"resvg_py", "fpdf", "PIL", "hypothesis", "pytest", "scipy", "rich", "prompt_toolkit"}
    assert heavy & set(done.stdout.split()) == set()


@pytest.mark.parametrize("module", [name for name in FILES if not name.startswith("graphviz_ad_widgets")])
def test_jupyter_is_never_imported_at_module_level(module):
    """Only the widget's package needs it; it is told from here by a lazy name, and to type checkers."""
    found = set()
    for node in ast.parse(FILES[module].read_text(encoding="utf-8")).body:
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


@pytest.mark.parametrize("name", ["extend", "testing"])
def test_a_public_module_needs_no_import_of_its_own(name):
    """It is loaded when it is first used, and not with the package."""
    program = (
        f"import sys, graphviz_ad as gad; before = 'graphviz_ad.{name}' in sys.modules; gad.{name}.__all__; "
        f"print(before, 'graphviz_ad.{name}' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_no_module_shares_its_name_with_a_public_name():
    """Importing the submodule would overwrite the function."""
    modules = {floor(module) for module in FILES if module.startswith("graphviz_ad.")}
    assert modules & set(gad.__all__) == set()


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
        assert issubclass(
            kind,
            TypeError
            | ValueError
            | RuntimeError
            | OSError
            | LookupError
            | ImportError
            | AttributeError
            | AssertionError,
        )
