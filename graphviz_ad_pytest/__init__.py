"""The plugin of pytest: ``gradcheck``, which keeps pictures of the gradients that are wrong, and ``assert_backward``.

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

__all__ = ["assert_backward", "gradcheck", "pytest_addoption"]

_PICTURES = {".html": "the steps, to be played", ".svg": "a still picture"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add where the pictures go."""
    group = parser.getgroup("graphviz_ad")
    group.addoption(
        "--graphviz-ad-dir",
        metavar="DIR",
        help="where gradcheck keeps pictures of wrong gradients; by default with pytest's temporary files",
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
