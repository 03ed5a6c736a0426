"""The player's modules, joined into one script: a page may load nothing, and a notebook's widget is one blob.

Modules import by ``import { a, b } from "./x.js";`` on one line each and rename nothing; their top-level names are
unique, so that joined in the order of their imports they need no bundler.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

__all__ = ["asset", "script"]

_HERE = "graphviz_ad.player"
_IMPORT = re.compile(r'^import \{[^}]*\} from "[./\w-]*/([\w-]+\.js)";\n', re.MULTILINE)
# Whole lines of remarks, and casts and types within lines: these are for who reads the modules in the repository.
_REMARKS = re.compile(r"^ *(?://.*|/\*\*[\s\S]*?\*/)\n|/\*\* @type .*?\*/ ?", re.MULTILINE)


def asset(name: str, package: str = _HERE) -> str:
    """Return the text of a file of a package: of this one unless another is named."""
    return (files(package) / name).read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def script(entry: str = "player.js", package: str = _HERE) -> str:
    """Return a module and all that it imports as one script, without imports, exports and remarks.

    Parameters
    ----------
    entry : str
        The module that comes last; a ``export default`` of it is kept.
    package : str
        Where it is; what it imports stands beside it or in this package.

    Examples
    --------
    >>> text = script()
    >>> "function mount(" in text, "import" in text.split()
    (True, False)
    """
    joined: dict[str, str] = {}

    def join(name: str) -> None:
        text = asset(name, package if (files(package) / name).is_file() else _HERE)
        for needed in _IMPORT.findall(text):
            if needed not in joined:
                join(needed)
        joined[name] = re.sub("^export (?!default )", "", _IMPORT.sub("", text), flags=re.MULTILINE)

    join(entry)
    text = _REMARKS.sub("", "".join(joined.values()))
    return re.sub("^(?:  )+", lambda found: "\t" * (len(found[0]) // 2), text, flags=re.MULTILINE)
