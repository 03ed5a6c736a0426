"""The wheel and the editable install, built here and used elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*command, cwd, **options):
    """Run a process that must succeed, and return what it printed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel with the installed hatchling, so that no network is needed."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Install the wheel into a directory of its own, away from the checkout."""
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    run(*pip, "--disable-pip-version-check", str(wheel), cwd=target)
    return target


@pytest.fixture
def bare(installed, tmp_path):
    """Return an environment with an empty HOME and no programs on PATH, `dot` least of all."""
    for name in ("home", "bin"):
        (tmp_path / name).mkdir()
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
    return kept | {
        "HOME": str(tmp_path / "home"),
        "PATH": str(tmp_path / "bin"),
        "PYTHONPATH": str(installed),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    """The import packages, complete with the player's files, typing markers and the demo notebooks; no tests."""
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "graphviz_ad",
        "graphviz_ad_pytest",
        "graphviz_ad_widgets",
    }
    package = {
        path.relative_to(ROOT / folder).as_posix()
        for folder, name in ((".", "graphviz_ad"), (".", "graphviz_ad_pytest"), ("widgets", "graphviz_ad_widgets"))
        for path in (ROOT / folder / name).rglob("*")
        # That the scripts are modules is told to node, which only tests and type checks use.
        if path.is_file() and "__pycache__" not in path.parts and path.name != "package.json"
    }
    package |= {f"graphviz_ad/demos/{path.name}" for path in (ROOT / "demos").glob("*.ipynb")}
    assert {name for name in names if ".dist-info/" not in name} == package
    assert {"graphviz_ad/py.typed", "graphviz_ad/player/player.js", "graphviz_ad/player/player.css"} <= package
    assert {"graphviz_ad_widgets/py.typed", "graphviz_ad_widgets/widget.js"} <= package
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_the_metadata_tells_what_is_needed(wheel):
    """The dependencies, the command and the Python version of pyproject.toml arrive in the wheel."""
    archive = zipfile.ZipFile(wheel)
    (metadata,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA"))
    (commands,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("/entry_points.txt"))
    required = re.findall(r"^Requires-Dist: ([\w-]+)(?!.*extra ==)", metadata, re.MULTILINE)
    assert set(required) == {
        "numpy",
        "graphviz",
        "graphviz-pure",
        "matplotlib",
        "ipywidgets",
        "anywidget",
        "resvg-py",
        "fpdf2",
        "prompt-toolkit",
        "rich",
    }
    assert "Requires-Python: >=3.11" in metadata
    assert "graphviz-ad = graphviz_ad.cli.main:main" in commands
    assert "[pytest11]\ngraphviz_ad_pytest = graphviz_ad_pytest" in commands


def test_the_wheel_works_outside_the_checkout(installed, bare, tmp_path):
    """With an empty HOME and no `dot`, the installed package draws its demo and a picture."""
    where = run(sys.executable, "-c", "import graphviz_ad; print(graphviz_ad.__file__)", cwd=tmp_path, env=bare)
    assert Path(where.strip()).is_relative_to(installed)
    run(sys.executable, "-W", "error", "-m", "graphviz_ad", "demo", "--no-open", cwd=tmp_path, env=bare)
    assert 10_000 < (tmp_path / "sin.html").stat().st_size <= 130_000
    picture = [sys.executable, "-W", "error", "-m", "graphviz_ad", "log(x**2)*sin(x) + 1/x", "--at", "x=2"]
    run(*picture, "-o", "out.svg", cwd=tmp_path, env=bare)
    assert "1.760554" in (tmp_path / "out.svg").read_text(encoding="utf-8")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    said = run(sys.executable, "-m", "graphviz_ad", "--version", cwd=tmp_path, env=bare)
    assert said.strip() == f"graphviz-ad {version}"


def test_importing_loads_neither_jupyter_nor_matplotlib(bare, tmp_path):
    """`import graphviz_ad` is quick: what draws and displays is imported when it is used."""
    heavy = "{'IPython', 'ipywidgets', 'anywidget', 'traitlets', 'graphviz_ad_widgets', 'matplotlib', 'graphviz'}"
    code = f"import sys, graphviz_ad; print(sorted({heavy} & set(sys.modules)))"
    assert run(sys.executable, "-c", code, cwd=tmp_path, env=bare).strip() == "[]"


def test_the_widget_works_outside_the_checkout(installed, bare, tmp_path):
    """It finds its script and the player's, wherever it is installed."""
    code = (
        "import numpy as np, graphviz_ad as gad, graphviz_ad_widgets\n"
        "w = gad.explore(np.sin, x=(0, 1)); w.x = 0.3\n"
        "print(graphviz_ad_widgets.__file__); print('function mount(' in w._esm, w.value == np.sin(0.3))"
    )
    where, works = run(sys.executable, "-W", "error", "-c", code, cwd=tmp_path, env=bare).splitlines()
    assert Path(where).is_relative_to(installed)
    assert works == "True True"


def test_the_editable_install_points_here(tmp_path):
    """An editable install puts the checkout on the path, and both packages are importable through it."""
    code = f"from hatchling.build import build_editable; print(build_editable({str(tmp_path)!r}))"
    name = run(sys.executable, "-c", code, cwd=ROOT).strip().splitlines()[-1]
    target = tmp_path / "site"
    zipfile.ZipFile(tmp_path / name).extractall(target)
    (lines,) = (path.read_text().splitlines() for path in target.glob("*.pth"))
    assert {ROOT, ROOT / "widgets"} <= set(map(Path, lines))
    code = f"import site; site.addsitedir({str(target)!r}); import graphviz_ad as one, graphviz_ad_widgets as other; "
    where = run(sys.executable, "-I", "-c", code + "print(one.__file__); print(other.__file__)", cwd=tmp_path)
    assert [Path(line).parent for line in where.splitlines()] == [
        ROOT / "graphviz_ad",
        ROOT / "widgets" / "graphviz_ad_widgets",
    ]
