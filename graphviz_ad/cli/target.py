"""What the command line differentiates: find it, ask for its parameters, say how it failed."""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from graphviz_ad.cli.arguments import UsageError
from graphviz_ad.cli.expression import ExpressionError, parse
from graphviz_ad.engine import functions
from graphviz_ad.engine.frames import is_foreign, raised_in
from graphviz_ad.errors import GraphvizAdError, at_line, suggest, text_of

__all__ = ["FunctionFailed", "failure", "load", "own_path", "parameters_of"]


class FunctionFailed(Exception):  # noqa: N818 - it is the function's error, told in a sentence
    """The function, or showing it, raised; the message says what and where."""


_MISSING = object()
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
"""Names that Windows keeps for devices, whatever the suffix."""


def load(target: str, modules: dict[str, ModuleType] | None = None) -> tuple[Callable[..., Any], str]:
    """Return the function and the name its file gets; what several targets share is kept in `modules`, by its name."""
    if ":" not in target:
        try:
            return parse(target)[0], "f"
        except ExpressionError as error:
            if re.fullmatch(r"[^\W\d]\w*(\.\w+)+", target):
                dotted, _, name = target.rpartition(".")
                hint = "FUNCTION" if name == "py" else name
                where = target if name == "py" else dotted
                raise UsageError(f"{target!r} is not a formula; for a function write {where}:{hint}") from error
            raise
    where, _, name = target.rpartition(":")
    if re.search(r"[\s()\[\]{}=]", where) and not where.endswith((".py", ".PY")):
        parse(target)  # no module is called so: a lambda, or a statement, which the grammar refuses in its own words
    if re.match(r"[\\/]", name):  # the colon is that of a drive, C:\\model.py
        raise UsageError(f"{target!r} names no function; write {target}:FUNCTION")
    if not where or not name:
        raise UsageError(f"{target!r} is not MODULE:FUNCTION, for example model:loss or model.py:loss")
    known_modules = {} if modules is None else modules
    value: Any = known_modules[where] if where in known_modules else known_modules.setdefault(where, _module(where))
    module = value
    for part in name.split("."):
        inner = functions.attribute(value, part, _MISSING)
        if inner is _MISSING:
            known = [other for other in dir(value) if callable(functions.attribute(value, other))]
            raise UsageError(f"{where} has no function {name!r}.{suggest(part, known)}")
        if inspect.isclass(value) and _is_method(inner):
            raise UsageError(_of_which_object(module, where, value, part))
        value = inner
    if not callable(value):
        raise UsageError(f"{where}:{name} is not a function but of type {type(value).__name__}")
    label = re.sub(r"\W", "", name.rpartition(".")[2])
    return value, f"{label}_" if label.lower() in _DEVICES else label


def _is_method(value: Any) -> bool:
    """Whether what a class has needs an object of it."""
    return inspect.isfunction(value) and next(iter(inspect.signature(value).parameters), "") == "self"


def _of_which_object(module: Any, where: str, kind: type, name: str) -> str:
    """Say how a method is named on the command line."""
    said = f"{kind.__name__}.{name} is a method, and needs an object of {kind.__name__}"
    objects = [own for own, value in vars(module).items() if type(value) is kind and not own.startswith("_")]
    if objects:
        return f"{said}: write {where}:{objects[0]}.{name}"
    own = kind.__name__.lower()
    return f"{said}: make one in {where}, such as {own} = {kind.__name__}(...), and write {where}:{own}.{name}"


def _module(where: str) -> ModuleType:
    try:
        if where.endswith((".py", ".PY")):
            return _module_of_file(Path(where))
        return _module_here(where)
    except UsageError:
        raise
    except ModuleNotFoundError as error:
        if error.name is not None and (where == error.name or where.startswith(f"{error.name}.")):
            raise UsageError(f"there is no module {where!r}, neither in {Path.cwd()} nor installed") from error
        raise FunctionFailed(f"importing {where} failed: {_described(error)}") from error
    except (ValueError, TypeError) as error:
        if raised_in(error) is None:  # importlib's own: an empty or relative name
            raise UsageError(
                f"{where!r} is not the name of a module: write MODULE:FUNCTION, such as mymodule:loss"
            ) from error
        raise FunctionFailed(f"importing {where} failed: {_described(error)}") from error
    except (Exception, SystemExit) as error:
        raise FunctionFailed(f"importing {where} failed: {_described(error)}") from error


def _module_of_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    path = path.resolve()
    if package := _package_of(path):
        return package
    spec = importlib.util.spec_from_file_location(_free_name(path.stem, path), path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path} is not a Python file, whose name ends in .py")
    return _loaded(spec, path.parent)


def _package_of(path: Path) -> ModuleType | None:
    """Import a file as a module of its package, if it asks for its neighbours there; None where that is not the file.

    A file that does not is what Python makes of a script, so that it may ask for its neighbours by their names alone.
    """
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):  # which is told where it is imported
        return None
    dots = max((node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)), default=0)
    if not dots:
        return None
    folder, names = path.parent, [path.stem]
    while len(names) <= dots or (folder / "__init__.py").is_file():
        if folder.parent == folder:
            return None
        folder, names = folder.parent, [folder.name, *names]
    if not all(map(str.isidentifier, names)) or _free_name(names[0], folder / names[0] / "__init__.py") != names[0]:
        return None
    _Neighbours.admit(path.parent)
    return _module_in(folder, ".".join(names))


def _module_here(where: str) -> ModuleType:
    return _module_in(Path.cwd(), where)


def _module_in(here: Path, where: str) -> ModuleType:
    """Import a module, which a directory is asked for first; what it imports itself, last."""
    first = where.partition(".")[0]
    spec = PathFinder.find_spec(first, [str(here)]) if first.isidentifier() else None
    if spec is not None and spec.loader is not None and spec.origin is not None:
        name = _free_name(first, Path(spec.origin))
        if name != first and first == where:
            return _module_of_file(Path(spec.origin))
        if name == first and first not in sys.modules:
            _loaded(spec, here)
    _Neighbours.admit(here)
    return importlib.import_module(where)


class _Neighbours:
    """Finds what stands beside the person's module, for the person's own code, and only what nobody else has.

    A folder on `sys.path` would be there for everybody: a file called as a module that Python or a library looks for,
    perhaps in vain, would run in its place.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)

    @classmethod
    def admit(cls, folder: Path) -> None:
        """Ask this folder last."""
        sys.meta_path.append(cls(folder))

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return where a module is; None if it is not here, or somebody else asks."""
        if path is not None or name in sys.stdlib_module_names or not _asked_by_the_person():
            return None
        return PathFinder.find_spec(name, [self.folder])


def _asked_by_the_person() -> bool:
    """Whether the code that imports something now is the person's; what is named on the command line is, too."""
    frame = sys._getframe(2)
    while frame.f_back is not None and _IMPORTING.search(frame.f_code.co_filename):
        frame = frame.f_back
    return frame.f_code.co_filename == __file__ or not is_foreign(frame.f_code.co_filename)


_IMPORTING = re.compile(r"^<frozen importlib|[\\/]importlib[\\/]\w+\.pyc?$")


def _loaded(spec: ModuleSpec, folder: Path) -> ModuleType:
    """Return the module of a file, whose neighbours it may import."""
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    _Neighbours.admit(folder)
    before = sys.modules.get(spec.name)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[spec.name]
        if before is not None:
            sys.modules[spec.name] = before
        raise
    return module


def _free_name(name: str, path: Path) -> str:
    """Return the name under which a file is a module: its own, unless that means another one to whoever imports it."""
    known = sys.modules.get(name)
    other = known.__spec__ if known is not None else _found_elsewhere(name)
    ambiguous = name in sys.stdlib_module_names or (other is not None and other.origin != str(path))
    return f"{name} of {path.parent}" if ambiguous else name


def _found_elsewhere(name: str) -> ModuleSpec | None:
    try:
        return PathFinder.find_spec(name) if name.isidentifier() else None
    except Exception:  # a broken installation is not what is asked for
        return None


@contextlib.contextmanager
def own_path() -> Iterator[None]:
    """Put back how modules are found when the work is done: until then the function may import its neighbours."""
    before = list(sys.path), list(sys.meta_path)
    try:
        yield
    finally:
        sys.path[:], sys.meta_path[:] = before


def parameters_of(f: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """Return the parameters, or None if the function does not tell them or takes any name."""
    parameters = functions.parameters_of(f)
    if parameters is None or any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return None
    return [parameter for parameter in parameters if parameter.kind is not parameter.VAR_POSITIONAL]


def failure(label: str, error: BaseException) -> str:
    """Say in one line that the function failed, how, and on which line of the user's code."""
    if isinstance(error, GraphvizAdError):  # already a sentence that says all this
        return text_of(error)
    if isinstance(error, KeyboardInterrupt):
        place = raised_in(error)
        return f"{label} was interrupted{at_line(*place) if place else ''}"
    return f"{label} failed: {_described(error)}"


def _described(error: BaseException) -> str:
    """Say what was raised and on which line of the user's code."""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg} ({error.filename}, line {error.lineno})"
    text = f"{type(error).__name__}: {text_of(error)}".removesuffix(": ")
    place = raised_in(error)
    if place is None or place[0].f_code.co_filename.startswith("<expression") or f"line {place[1]}" in text:
        return text
    return text + at_line(*place)
