"""The plugin of pytest: ``gradcheck``, which keeps pictures of wrong gradients, and two assertions as fixtures.

It stands beside the package, and imports it when a fixture is first used: pytest loads every plugin that is
installed, also where nobody differentiates anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from graphviz_ad import Trace

__all__ = ["assert_backward", "assert_trace_matches", "gradcheck", "pytest_addoption"]

_PICTURES = {".html": "the steps, to be played", ".svg": "a still picture"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add where the pictures go, and whether traces are stored."""
    group = parser.getgroup("graphviz_ad")
    group.addoption(
        "--graphviz-ad-dir",
        metavar="DIR",
        help="where gradcheck keeps pictures of wrong gradients; by default with pytest's temporary files",
    )
    group.addoption(
        "--update-traces",
        action="store_true",
        help="let assert_trace_matches store the traces as they are now, instead of comparing them",
    )


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    """Check the derivatives of ``f(*args)``, as `graphviz_ad.testing.check_grads` does: ``gradcheck(f, *args)``.

    Where they are wrong, the trace is kept as a page and as a picture, whose paths are printed with the failure.
    """
    from graphviz_ad.errors import GradientError
    from graphviz_ad.testing import check_grads

    def check(f: Callable[..., Any], /, *args: Any, **options: Any) -> None:
        __tracebackhide__ = True
        try:
            check_grads(f, *args, **options)
        except GradientError as error:
            folder = request.config.getoption("--graphviz-ad-dir")
            report = "\n".join(
                _keep(error.trace, Path(folder) if folder else tmp_path_factory.mktemp("gradcheck"), request)
            )
            request.node.add_report_section("report", "graphviz_ad", report)
            raise

    return check


@pytest.fixture
def assert_backward() -> Callable[..., None]:
    """Check a backward pass written by hand, as `graphviz_ad.testing.assert_backward` does.

    ``assert_backward(forward, backward, *args)`` fails with the file and the line of the first wrong line, its slip,
    and all lines with their verdicts.
    """
    from graphviz_ad.testing import assert_backward as check

    def assert_right(forward: Callable[..., Any], backward: Callable[..., Any], /, *args: Any) -> None:
        __tracebackhide__ = True
        check(forward, backward, *args)

    return assert_right


@pytest.fixture
def assert_trace_matches(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Compare a trace with what is stored of it, as `graphviz_ad.testing.assert_trace_matches` does.

    ``assert_trace_matches(trace, path=None, *, rtol=1e-7, atol=1e-12)``: a path is taken from the folder of the test's
    file on; without one it is ``traces/`` and the name of the test there. With ``pytest --update-traces`` the trace is
    stored instead.
    """
    from graphviz_ad.testing import assert_trace_matches as check

    def assert_matches(trace: Trace, path: str | Path | None = None, **options: Any) -> None:
        __tracebackhide__ = True
        name = re.sub(r"[^\w.-]+", "-", request.node.nodeid.rpartition("/")[2]).strip("-")[:100]
        target = request.path.parent / (Path("traces", f"{name}.txt") if path is None else path)
        check(trace, target, **{"update": request.config.getoption("--update-traces")} | options)

    return assert_matches


def _keep(trace: Trace, folder: Path, request: pytest.FixtureRequest) -> Sequence[str]:
    """Save a trace under the name of a test; return a line for each file, or for why there is none."""
    from graphviz_ad.errors import GraphvizAdError

    lines = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = _free(folder, _name(request))
        for suffix, words in _PICTURES.items():
            trace.save(path.with_name(path.name + suffix))
            lines.append(f"{path.name + suffix}: {words}")
    except (GraphvizAdError, OSError) as error:
        lines.append(f"no picture: {error}")
    return [f"in {folder}", *lines]


def _name(request: pytest.FixtureRequest) -> str:
    """Return the name of a test for files; with that of a worker of xdist, since several may run the same test."""
    name = re.sub(r"[^\w.-]+", "-", request.node.nodeid.rpartition("/")[2]).strip("-")[:100]
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    return f"{name}-{worker}" if worker else name


def _free(folder: Path, name: str) -> Path:
    """Return a path in a folder, without suffix, that no file of this name has."""
    path, count = folder / name, 1
    while any(path.with_name(path.name + suffix).exists() for suffix in _PICTURES):
        count += 1
        path = folder / f"{name}-{count}"
    return path
