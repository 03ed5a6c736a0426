"""Sites: which expression of which file made a node."""

from __future__ import annotations

import importlib
import linecache
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad.engine.source import resolve
from graphviz_ad.tracing import trace


def compiled(source, filename, **names):
    """Run source as a notebook cell does, its text known to linecache only; return its namespace."""
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    namespace = {"np": np, "gad": gad, **names}
    exec(compile(source, filename, "exec"), namespace)
    return namespace


def sites(node):
    """Return the texts of a node and its operands, children first."""
    found, waiting = [], [node]
    while waiting:
        node = waiting.pop(0)
        if node.site is not None and node.primitive is not None:
            found.append(node.site.text)
        waiting.extend(node.parents)
    return found


def test_each_operation_knows_its_own_expression():
    """Not only its line."""
    x = gad.Variable(2.0)
    y = np.log(x**2) * np.sin(x) + 1 / x
    assert y.site.text == "np.log(x**2) * np.sin(x) + 1 / x"
    product, inverse = y.parents
    assert (product.site.text, inverse.site.text) == ("np.log(x**2) * np.sin(x)", "1 / x")
    assert [node.site.text for node in product.parents] == ["np.log(x**2)", "np.sin(x)"]


def test_a_site_has_file_line_columns_and_function():
    """Lines from 1, characters from 0, the end exclusive."""
    x = gad.Variable(2.0)
    y = 3 + np.exp(x)
    site = y.parents[0].site
    line = linecache.getline(__file__, site.line)
    assert (site.filename, site.function) == (__file__, "test_a_site_has_file_line_columns_and_function")
    assert (site.line, site.end_line) == (site.line, site.line)
    assert line[site.column : site.end_column] == site.text == "np.exp(x)"
    assert str(site) == f"{__file__}:{site.line}"


def test_an_expression_over_several_lines():
    """From its first character to its last."""
    x = gad.Variable(2.0)
    # fmt: off
    y = (np.sin(x)
         * np.cos(
             x
         ))
    # fmt: on
    site = y.site
    assert site.end_line == site.line + 3
    assert site.text.startswith("np.sin(x)\n")
    assert site.text.endswith("* np.cos(\n             x\n         )")
    assert y.parents[1].site.text == "np.cos(\n             x\n         )"


def test_columns_count_characters_also_after_other_alphabets():
    """CPython counts UTF-8 bytes."""
    namespace = compiled("größe = '✓'; ergebnis_ä = np.sin(x)  # 数\n", "<cell 1>", x=gad.Variable(1.0))
    y = namespace["ergebnis_ä"]
    assert (y.site.text, y.site.name, y.site.column) == ("np.sin(x)", "ergebnis_ä", 26)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("y = np.sin(x)", "y"),
        ("y: object = np.sin(x)", "y"),
        ("y = x\ny += 1", "y"),
        ("(y := np.sin(x))", "y"),
        ("y = np.sin(x) * 2", "y"),
        ("y, z = np.sin(x), x", None),
        ("a = y = np.sin(x)", None),
        ("d = {}; d['y'] = y = np.sin(x)", None),
    ],
)
def test_an_assigned_expression_has_its_variables_name(source, names):
    """Plain, annotated, augmented and walrus assignments to one name."""
    namespace = compiled(source, f"<cell {source}>", x=gad.Variable(1.0))
    assert namespace["y"].name == names


def test_an_augmented_assignment_is_its_own_text():
    """`y += x` is the expression."""
    namespace = compiled("y = x * 2\ny += x\n", "<cell augmented>", x=gad.Variable(1.0))
    assert namespace["y"].site.text == "y += x"
    assert (namespace["y"].site.line, namespace["y"].name) == (2, "y")


def test_a_leaf_is_named_by_the_user_or_its_assignment():
    """The given name counts more."""
    height = gad.Variable(1.0)
    width = gad.Variable(1.0, name="w")
    depth = gad.attach_grad(np.ones(2))
    assert (height.name, width.name, depth.name) == ("height", "w", "depth")


def test_the_operand_of_an_assigned_expression_has_no_name():
    """Only the whole right-hand side is y."""
    x = gad.Variable(1.0, name="x")
    y = np.sin(x) + 1
    assert (y.name, y.parents[0].name) == ("y", None)


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (lambda x: x.sum(), "x.sum()"),
        (lambda x: np.sum(x, axis=0), "np.sum(x, axis=0)"),
        (lambda x: np.linalg.norm(x), "np.linalg.norm(x)"),
        (lambda x: np.stack([x, x]), "np.stack([x, x])"),
        (lambda x: np.where(x > 0, x, 0.0), "np.where(x > 0, x, 0.0)"),
        (lambda x: x.T, "x.T"),
        (lambda x: x.reshape(3, 1), "x.reshape(3, 1)"),
        (lambda x: x.mean(axis=0), "x.mean(axis=0)"),
        (lambda x: x[1:], "x[1:]"),
        (lambda x: -x, "-x"),
        (lambda x: abs(x), "abs(x)"),
        (lambda x: 2 - x, "2 - x"),
        (lambda x: x @ x, "x @ x"),
        (lambda x: np.dot(x, x), "np.dot(x, x)"),
        (lambda x: x.detach(), "x.detach()"),
        (lambda x: np.concatenate([x, x], axis=None), "np.concatenate([x, x], axis=None)"),
        (lambda x: round(x), "round(x)"),
        (lambda x: np.add.reduce(x), "np.add.reduce(x)"),
        (lambda x: np.multiply(2, x), "np.multiply(2, x)"),
    ],
)
def test_every_way_of_recording_points_at_the_users_expression(record, text):
    """Never into this package, whether operator, ufunc, function, method or property."""
    node = record(gad.Variable([1.0, 2.0, 3.0]))
    while node is not None:
        if node.primitive is not None:
            assert (node.site.filename, node.site.text) == (__file__, text)
        node = node.parents[0] if node.parents else None


def test_a_lambda_is_a_function_like_any_other():
    """Its expressions have spans as well."""
    t = trace(lambda x: np.sin(x) * x, 1.0)
    assert [node.site.text for node in t.nodes[1:]] == ["np.sin(x)", "np.sin(x) * x"]
    assert t.nodes[1].site.function == "<lambda>"


@pytest.mark.parametrize("make", [trace, lambda f, x: gad.vjp(f, x)], ids=["trace", "vjp"])
def test_inputs_made_by_this_package_do_not_point_into_it(make):
    """Arguments have no expression of their own."""
    seen = []

    def f(x):
        seen.append(x)
        return x * 2

    make(f, 1.0)
    assert seen[0].site is None or seen[0].site.filename == __file__


def test_code_without_source_has_a_line_but_no_text():
    """Exec of a string: the position is known, the text is not."""
    namespace = {"np": np, "x": gad.Variable(1.0)}
    exec("\n\ny = np.sin(x)", namespace)
    site = namespace["y"].site
    assert (site.filename, site.line, site.text, site.name) == ("<string>", 3, "", None)
    assert namespace["y"].name is None


def test_code_whose_source_has_shrunk_has_no_text():
    """The file was edited after it was imported."""
    namespace = compiled("\n\n\n\ny = np.sin(x)\n", "<cell shrunk>", x=gad.Variable(1.0))
    linecache.cache["<cell shrunk>"] = (3, None, ["1\n"], "<cell shrunk>")
    assert namespace["y"].site.text == ""
    assert namespace["y"].site.line == 5


def test_code_that_is_no_python_is_survived():
    """A name cannot be found in source that does not parse."""
    namespace = compiled("magic = np.sin(x)\n", "<cell magic>", x=gad.Variable(1.0))
    linecache.cache["<cell magic>"] = (3, None, ["magic = np.sin(x)\n", "%matplotlib inline ((\n"], "<cell magic>")
    site = namespace["magic"].site
    assert (site.text, site.name) == ("np.sin(x)", None)


def test_the_same_code_in_two_cells_has_two_sites():
    """Code objects compare equal whatever file they are from."""
    x = gad.Variable(1.0)
    cells = [compiled("same = np.sin(x)\n", f"<ipython-input-{i}>", x=x)["same"] for i in (20, 21)]
    assert [node.site.filename for node in cells] == ["<ipython-input-20>", "<ipython-input-21>"]


def test_two_cells_of_one_notebook_do_not_mix():
    """Each is its own file."""
    x = gad.Variable(1.0)
    first = compiled("a = np.sin(x)\n", "<ipython-input-1>", x=x)["a"]
    second = compiled("b = np.cos(x)\n", "<ipython-input-2>", x=x)["b"]
    assert [(n.site.filename, n.site.text) for n in (first, second)] == [
        ("<ipython-input-1>", "np.sin(x)"),
        ("<ipython-input-2>", "np.cos(x)"),
    ]


def test_a_cell_is_where_a_leak_is_found():
    """Errors name the cell and line as well."""
    with pytest.raises(gad.GraphvizAdError, match=r"math\.exp.*\(<ipython-input-9>, line 2\)"):
        compiled("import math\nmath.exp(x)\n", "<ipython-input-9>", x=gad.Variable(1.0))


def test_sites_work_without_debug_ranges():
    """The option no_debug_ranges leaves lines only."""
    program = """
    import numpy as np, graphviz_ad as gad
    x = gad.Variable(1.0)
    y = np.sin(x)
    print(y.site.line, repr(y.site.text), y.site.column, y.name, float(y.value))
    """
    done = subprocess.run(
        [sys.executable, "-X", "no_debug_ranges", "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["4", "''", "-1", "None", str(float(np.sin(1.0)))]


def test_nothing_is_known_of_nothing():
    """No code, no site."""
    assert resolve(None, 0) is None


def test_a_comprehension_and_a_generator_have_their_own_expressions():
    """Also where Python makes a frame for them."""
    x = gad.Variable([1.0, 2.0])
    made = [np.sin(v) for v in x]
    assert {node.site.text for node in made} == {"np.sin(v)"}
    total = sum(v * 2 for v in x)
    assert "v * 2" in sites(total)


MODULE = "import numpy as np\n\ndef f(x):\n    y = x * x\n    return np.sin(y) + 1.5\n"


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Return a module of its own, and the file it was imported from."""
    path = tmp_path / f"gad_{tmp_path.name.replace('-', '_')}.py"
    path.write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    imported = importlib.import_module(path.stem)
    yield imported, path
    sys.modules.pop(path.stem)


def test_a_file_beside_the_package_is_not_the_package():
    """Though its path begins alike."""
    beside = f"{os.path.dirname(gad.__file__)}_of_mine.py"
    namespace = compiled("y = np.sin(x)\n", beside, x=gad.Variable(1.0))
    assert namespace["y"].site.text == "np.sin(x)"


OTHERS = [MODULE.replace("x * x", "x + x"), "\n" + MODULE, MODULE.replace("1.5", "2.5")]
EDITS = [*OTHERS, f"'''\n{MODULE}", "", "f(\n", "\0"]


@pytest.mark.parametrize("text", EDITS, ids=["sign", "line", "number", "open string", "empty", "bracket", "NUL"])
def test_a_file_edited_after_its_import_is_not_taken_for_what_runs(module, text, tmp_path):
    """Its line is told, but no expression, and the page says why; whatever the clock of the file says."""
    imported, path = module
    path.write_text(text)
    os.utime(path, (1, 1))
    traced = gad.trace(imported.f, 2.0)
    site = traced.output.site
    assert (site.line, site.column, site.text, site.name) == (5, -1, "", None)
    assert [node.site.name for node in traced.nodes[1:]] == [None] * 3
    for suffix in (".html", ".svg", ".json", ".dot"):
        traced.save(tmp_path / f"a{suffix}")
    code = gad.film(imported.f, x=(0, 1, 1)).to_json()["code"]
    assert code["lines"] == [f"# {path.name} has changed since it was imported: import it anew to see it"]


def test_what_was_read_before_an_edit_is_still_what_runs(module):
    """Python remembers the lines, and they are those of the code."""
    imported, path = module
    assert gad.trace(imported.f, 2.0).nodes[1].site.text == "x * x"
    path.write_text(EDITS[0])
    assert gad.trace(imported.f, 2.0).nodes[1].site.text == "x * x"


def test_a_file_that_is_imported_anew_is_read_anew(module):
    """Though Python remembers the lines it had."""
    imported, path = module
    assert gad.trace(imported.f, 2.0).nodes[1].site.text == "x * x"
    path.write_text("\n" + EDITS[0])
    imported = importlib.reload(imported)
    site = gad.trace(imported.f, 2.0).nodes[1].site
    assert (site.text, site.line, site.name) == ("x + x", 5, "y")


def test_a_file_that_has_been_touched_only_is_what_runs(module):
    """Also after the interpreter has specialised the code."""
    imported, path = module
    for _ in range(3000):
        imported.f(2.0)
    os.utime(path)
    linecache.checkcache(str(path))
    assert gad.trace(imported.f, 2.0).nodes[1].site.text == "x * x"
