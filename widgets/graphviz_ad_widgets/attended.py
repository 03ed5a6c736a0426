"""Whether anybody is there to meet a widget: a notebook can be executed now and looked at later."""

from __future__ import annotations

import os

from IPython.core.getipython import get_ipython

__all__ = ["unattended"]


def unattended() -> bool:
    """Return whether a cell runs that nobody could answer if it asked, as nbconvert and papermill execute cells.

    What is shown then is read from a file, where a widget has no kernel, and its scripts may have no network. Voila
    executes notebooks in this way too, but for a reader who waits.

    Examples
    --------
    >>> unattended()
    False
    """
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None or os.environ.get("SERVER_SOFTWARE", "").startswith("voila/"):
        return False
    parent = kernel.get_parent("shell")
    asked = parent.get("header", {}).get("msg_type") == "execute_request"
    return asked and not parent["content"].get("allow_stdin", True)
