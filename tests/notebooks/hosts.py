"""Notebook hosts as they are: JupyterLab, Notebook 7 and Voila, each a server of its own, and a page of them."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds; far more than anything takes here, for slow machines with other work to do
_PAUSE = 0.05
expect.set_options(timeout=PATIENCE * 1000)

_SETTINGS = {
    # What a reader switches on under Settings, "Save Widget State Automatically".
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},
}
# A news popup would cover the page.
_PAGE = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
# What the hosts do whatever is shown: Notebook 7 stumbles over its own shortcuts, Voila's page asks for icons, and
# nbconvert's for what typesets formulas in markdown cells, and for widgets wherever one was made.
_THEIR_OWN = (
    "Cannot read properties of undefined (reading 'schema')",
    "https://cdn.jsdelivr.net/npm/@fortawesome/",
    "https://cdnjs.cloudflare.com/ajax/libs/mathjax/",
    "https://cdnjs.cloudflare.com/ajax/libs/require.js/",
    "https://unpkg.com/@jupyter-widgets/html-manager@",
)
_NOT_FOR_VOILA = ["@jupyter-notebook/lab-extension"]  # it stumbles over Notebook 7's extension


def wait_until(happened: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Return what `happened` gives as soon as it gives something."""
    deadline = time.monotonic() + patience
    while not (found := happened()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience:g} s for {what}")
        time.sleep(_PAUSE)
    return found


def environment(home: Path) -> dict[str, str]:
    """Return an environment in which Jupyter sees no settings but its own, all below `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON"))}
    folders = {
        "HOME": "home",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    for name, folder in folders.items():
        (home / folder).mkdir(parents=True, exist_ok=True)
        kept[name] = str(home / folder)
    paths = [str(ROOT), str(ROOT / "widgets"), *filter(None, [kept.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}


def write_notebook(path: Path, *cells: str) -> Path:
    """Write a notebook of code cells."""
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(text, id=f"cell-{i}") for i, text in enumerate(cells)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(book, path)
    return path


def run_module(home: Path, *arguments: str) -> str:
    """Run ``python -m`` to its end, away from this process's event loop, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=home, env=environment(home), capture_output=True, text=True, encoding="utf-8", timeout=2 * PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


class Server:
    """A host that serves the notebooks of a folder.

    Attributes
    ----------
    host : {"lab", "notebook", "voila"}
    url : str
        Without a slash at its end.
    token : str
    folder : Path
        Where its notebooks lie.
    """

    def __init__(self, host: str, home: Path, *command: str, port: int = 0) -> None:
        self.host = host
        self.folder = home / "notebooks"
        self.folder.mkdir(parents=True)
        self.token = secrets.token_hex(16)
        self._home, self._port = home, port
        self._log = home / "log.txt"
        inherited = environment(home) | {"JUPYTER_TOKEN": self.token}
        _write_json(Path(inherited["JUPYTER_CONFIG_DIR"]) / "labconfig" / "page_config.json", _PAGE)
        for name, told in _SETTINGS.items():
            _write_json(Path(inherited["JUPYTERLAB_SETTINGS_DIR"]) / f"{name}.jupyterlab-settings", told)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=self.folder, env=inherited, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        try:
            self.url = wait_until(self._find, f"{command[0]} to answer").rstrip("/")
        except BaseException:
            self.stop()
            raise

    def _find(self) -> str | None:
        if self._process.poll() is not None:
            raise RuntimeError(f"the server ended by itself:\n{self._log.read_text(errors='replace')[-3000:]}")
        if self._port:
            url, probe = f"http://127.0.0.1:{self._port}/", ""
        else:
            file = self._home / "runtime" / f"jpserver-{self._process.pid}.json"
            try:
                url, probe = json.loads(file.read_text())["url"], "api/status"
            except (OSError, ValueError):  # not there yet, or not whole
                return None
        return url if self.ask(f"{url}{probe}") else None

    def ask(self, url: str, method: str = "GET") -> bytes | None:
        """Return the answer to a request with the token, or None where there is none."""
        request = urllib.request.Request(url, method=method, headers={"Authorization": f"token {self.token}"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.read() or b"{}"
        except (urllib.error.URLError, OSError):
            return None

    def end_kernels(self, path: str = "") -> None:
        """End the kernel of a notebook, or all, so that the next test has the machine for itself."""
        for session in json.loads(self.ask(f"{self.url}/api/sessions") or b"[]"):
            if session["path"].startswith(path):
                self.ask(f"{self.url}/api/sessions/{session['id']}", "DELETE")

    def stop(self) -> None:
        """End the server and all that it started, which is what stands in its process group."""
        for how in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=10)
                break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


def _write_json(path: Path, told: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told))


@contextlib.contextmanager
def serving(home: Path, host: str) -> Iterator[Server]:
    """Start ``"lab"``, ``"notebook"`` or ``"voila"``, and end it with all its kernels."""
    if host == "voila":  # it does not say which port it has chosen
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        words = ["voila", "--no-browser", "--Voila.ip=127.0.0.1", f"--port={port}", "--show_tracebacks=True"]
        words.append(f"--VoilaConfiguration.extension_denylist={_NOT_FOR_VOILA}")
        server = Server(host, home, *words, str(home / "notebooks"), port=port)
    else:
        module, app = {"lab": ("jupyterlab", "LabApp"), "notebook": ("notebook", "JupyterNotebookApp")}[host]
        words = ["--no-browser", "--ip=127.0.0.1", "--port=0", "--ServerApp.allow_root=True"]
        server = Server(host, home, module, *words, f"--{app}.expose_app_in_browser=True")
    try:
        yield server
    finally:
        if host != "voila":
            server.end_kernels()
        server.stop()


# The page

_PANEL = "const panel = window.jupyterapp?.shell?.currentWidget, kernel = panel?.sessionContext?.session?.kernel;"
_READY = f"""() => {{ {_PANEL}
  return panel?.context?.isReady && panel.sessionContext.isReady && kernel?.status === "idle" && panel.revealed;
}}"""
_PATIENTLY = f"""const patiently = (promise) => Promise.race([promise, new Promise((_, reject) =>
  setTimeout(() => reject(new Error("no answer from the kernel")), {PATIENCE * 1000}))]);"""


class Page:
    """A tab of the browser that must stay at home: what goes wrong in it is kept in `problems`.

    Attributes
    ----------
    page : playwright.sync_api.Page
    problems : list of str
        Errors of the page, errors on its console, and requests to any other host.
    """

    def __init__(self, browser: Any, server: Server | None, **options: Any) -> None:
        self.server, self._path = server, ""
        # Whatever is asked of the world outside goes to a port where nobody listens.
        outside = {"server": "http://127.0.0.1:9", "bypass": "127.0.0.1,<loopback>"}
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 1000}, "proxy": outside, **options})
        self.context.set_default_timeout(PATIENCE * 1000)
        self.page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self._note(f"page error: {error.stack or error}"))
        self.page.on("console", self._hear)
        self.context.on("request", self._watch)

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self._note(f"console: {message.text} ({message.location['url']})")

    def _watch(self, request: Any) -> None:
        at_home = ("data:", "blob:", "file:", "about:", *([f"{self.server.url}/"] if self.server else []))
        if not request.url.startswith(at_home):
            self._note(f"request to {request.url}")

    def _note(self, problem: str) -> None:
        if not any(known in problem for known in _THEIR_OWN):
            self.problems.append(problem)

    def close(self) -> None:
        """Close the tab, and end its notebook's kernel."""
        self.context.close()
        if self.server is not None and self._path:
            self.server.end_kernels(self._path)

    # JupyterLab and Notebook 7

    def open(self, path: Path) -> Page:
        """Open a notebook of the server's folder, and wait until its kernel is idle."""
        assert self.server is not None
        in_lab = self.server.host == "lab"
        place, query = ("doc/tree", "&reset") if in_lab else ("notebooks", "")
        query = f"?token={self.server.token}{query}"
        self._path = path.name
        self.page.goto(f"{self.server.url}/{place}/{path.name}{query}", wait_until="commit")
        self.page.wait_for_function("() => window.jupyterapp?.restored")
        self.page.evaluate("() => window.jupyterapp.restored")
        self.page.wait_for_function(_READY)
        return self

    def command(self, name: str) -> None:
        """Execute a command of the application, to its end."""
        self.page.evaluate("(name) => window.jupyterapp.commands.execute(name)", name)

    def run_all(self) -> Page:
        """Run all cells; an error in one of them is an error here."""
        self.command("notebook:run-all-cells")
        wrong = self.page.evaluate(
            f"() => {{ {_PANEL} return panel.model.cells.get ? [...panel.model.cells].flatMap((cell) =>"
            " (cell.toJSON().outputs ?? []).filter((one) => one.output_type === 'error')"
            " .map((one) => one.ename + ': ' + one.evalue)) : []; }"
        )
        assert wrong == []
        return self

    def run(self, index: int) -> None:
        """Run one cell."""
        self.select(index)
        self.command("notebook:run-cell")

    def restart(self) -> None:
        """Restart the kernel, and wait until the new one is idle."""
        self.page.evaluate(f"() => {{ {_PANEL}{_PATIENTLY} return patiently(panel.sessionContext.restartKernel()); }}")
        self.page.wait_for_function(_READY)

    def save(self) -> None:
        """Save the notebook."""
        self.page.evaluate(f"() => {{ {_PANEL} return panel.context.save(); }}")

    def tell(self, code: str) -> None:
        """Run code in the notebook's kernel, without a cell."""
        self._execute(code, "None")

    def ask(self, expression: str) -> Any:
        """Return what an expression is in the notebook's kernel: anything that JSON can say."""
        return self._execute("", expression)

    def _execute(self, code: str, expression: str) -> Any:
        told = self.page.evaluate(
            f"""async ([code, expression]) => {{ {_PANEL}{_PATIENTLY}
              const user_expressions = {{ expression }};
              const future = kernel.requestExecute({{ code, store_history: false, user_expressions }});
              return (await patiently(future.done)).content;
            }}""",
            [code, f"__import__('json').dumps({expression})"],
        )
        assert told["status"] == "ok", f"{told.get('ename')}: {told.get('evalue')}"
        answer = told["user_expressions"]["expression"]
        assert answer["status"] == "ok", f"{expression}: {answer.get('ename')}: {answer.get('evalue')}"
        return json.loads(ast.literal_eval(answer["data"]["text/plain"]))

    def asks_until(self, expression: str, wanted: Any) -> None:
        """Wait until an expression is as wanted in the notebook's kernel."""
        last: list[Any] = []

        def asked() -> bool:
            last[:] = [self.ask(expression)]
            return bool(last[0] == wanted)

        try:
            wait_until(asked, f"{expression} to be {wanted!r}", 20)
        except TimeoutError as error:
            raise AssertionError(f"{error}; it is {last[0]!r}") from None

    def sources(self) -> list[list[str]]:
        """Return kind and text of each cell."""
        told = (
            f"() => {{ {_PANEL} return [...panel.model.cells].map((one) => [one.type, one.sharedModel.getSource()]); }}"
        )
        return list(self.page.evaluate(told))

    def select(self, index: int) -> None:
        """Make a cell the active one."""
        self.page.evaluate(f"(index) => {{ {_PANEL} panel.content.activeCellIndex = index; }}", index)

    def active(self) -> int:
        """Return which cell is the active one."""
        return int(self.page.evaluate(f"() => {{ {_PANEL} return panel.content.activeCellIndex; }}"))

    def mode(self) -> str:
        """Return whether keys go to the notebook's commands (``"command"``) or into a cell (``"edit"``)."""
        return str(self.page.evaluate(f"() => {{ {_PANEL} return panel.content.mode; }}"))

    # Voila

    def show(self, path: Path) -> Page:
        """Open a notebook in Voila, which runs all cells before it shows the page."""
        assert self.server is not None
        self.page.goto(f"{self.server.url}/voila/render/{path.name}", wait_until="commit")
        self.page.locator("#rendered_cells, .jp-Notebook").first.wait_for()
        return self

    # Any host

    def cell(self, index: int) -> Any:
        """Return the locator of a cell."""
        return self.page.locator(".jp-Cell").nth(index)

    def frame(self, index: int) -> Any:
        """Return the inside of the sandboxed frame that a cell shows."""
        return self.cell(index).frame_locator("iframe[sandbox='allow-scripts']")
