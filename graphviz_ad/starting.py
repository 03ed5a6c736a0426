"""What `python -m graphviz_ad` does before anything else is imported: importing this module does it."""

import sys

__all__: list[str] = []


def _leave_directory() -> None:
    """Take the current directory from the import path, where `python -m graphviz_ad` has put it first.

    A file there may be called as a module of Python, or of what is needed here, and would run in its place. Any other
    program that imports this package keeps its path.
    """
    if sys.argv[:1] == ["-m"] and not sys.flags.safe_path and _is_run_as_module(sys.orig_argv):
        del sys.path[:1]


def _is_run_as_module(words: list[str]) -> bool:
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word.startswith("-") and not word.startswith("--"):
            if word.endswith("m"):
                return following == "graphviz_ad"
            if word.endswith("mgraphviz_ad"):
                return True
    return False


_leave_directory()
