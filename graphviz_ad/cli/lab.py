"""The command `graphviz-ad lab`: the demo notebooks, copied to where they may be changed, opened in JupyterLab."""

from __future__ import annotations

import importlib.util
import os
import runpy
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from graphviz_ad.cli.arguments import UsageError
from graphviz_ad.cli.saying import say, shown

__all__ = ["copy_demos", "demo_notebooks", "run_lab"]

FOLDER = "graphviz-ad-demos"
_FIRST = "0_start.ipynb"


def run_lab(folder: str | None = None, *, opens: bool = True, options: Sequence[str] = ()) -> int:
    """Copy the demo notebooks into a folder and serve it with JupyterLab until Ctrl-C.

    Parameters
    ----------
    folder : str, optional
        Where the notebooks go; a folder of this directory, or a temporary one, by default.
    opens : bool
        Whether JupyterLab opens a browser.
    options : sequence of str
        What JupyterLab is told besides.

    Returns
    -------
    int
        JupyterLab's exit code.

    Raises
    ------
    UsageError
        If JupyterLab is not installed, or the folder cannot be written.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise UsageError('lab needs JupyterLab, which is not installed here: pip install "graphviz-ad[lab]"')
    place = _folder() if folder is None else Path(folder)
    try:
        kept = copy_demos(place)
    except OSError as error:
        raise UsageError(f"cannot write the demo notebooks to {place}: {error.strerror or error}") from error
    say(f"the demo notebooks are in {shown(place.resolve())}")
    if kept:
        say(f"kept as you have changed them: {', '.join(kept)}")
    say("starting JupyterLab; Ctrl-C ends it")
    # Jupyter asks for a second opinion on Ctrl-C unless it is answered in advance.
    words = [str((place / _FIRST).resolve()), "--ServerApp.answer_yes=True"]
    sys.argv = ["jupyter-lab", *words, *([] if opens else ["--no-browser"]), *options]
    try:
        runpy.run_module("jupyterlab", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def demo_notebooks() -> list[Path]:
    """Return the demo notebooks: in the package once it is installed, in the repository where it is developed.

    Examples
    --------
    >>> from graphviz_ad.cli.lab import demo_notebooks
    >>> [path.stem for path in demo_notebooks()][:4]
    ['0_start', '1_sin_cos', '2_step_by_step', '3_control_flow']
    """
    package = Path(__file__).resolve().parents[1]
    packaged, developed = (sorted((place / "demos").glob("*.ipynb")) for place in (package, package.parent))
    return packaged or developed


def copy_demos(folder: Path) -> list[str]:
    """Copy the demo notebooks into a folder, and return the names of those that the user has changed and so keeps.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from graphviz_ad.cli.lab import copy_demos
    >>> with tempfile.TemporaryDirectory() as name:
    ...     first = copy_demos(Path(name))
    ...     _ = (Path(name) / "1_sin_cos.ipynb").write_text("mine")
    ...     first, copy_demos(Path(name))
    ([], ['1_sin_cos.ipynb'])
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for demo in demo_notebooks():
        text, copy = demo.read_bytes(), folder / demo.name
        try:
            with copy.open("xb") as file:  # never over what is there
                file.write(text)
        except FileExistsError:
            if copy.read_bytes() != text:
                kept.append(demo.name)
    return kept


def _folder() -> Path:
    here = Path.cwd()
    return here / FOLDER if os.access(here, os.W_OK) else Path(tempfile.mkdtemp(prefix=f"{FOLDER}-"))
