"""Which quantity a name of a backward pass speaks of: ``dz``, ``grad_z``, ``z_bar`` and ``dL_dz`` all speak of z."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

__all__ = ["is_gradient_name", "last_part", "spoken_of"]

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"d[A-Za-z]*_d_?(?P<name>\w+)",  # dL_dz, dloss_dz
        r"d_?(?P<name>\w+)",
        r"(?:grad|gradient|delta|nabla|adjoint|adj|bar|g)_?(?:of_|wrt_)?(?P<name>\w+)",
        r"(?P<name>\w+?)_?(?:grad|gradient|bar|adjoint|adj|delta|_g|_d)",
    )
)
_CONTAINER = re.compile(r"(?:d|g|grads?|gradients?|dparams|d_params|param_grads|grad_params|deltas)")
_UPSTREAM = re.compile(r"(?:d|g|gy|dy|grad|gradient|upstream|delta|seed|bar|d\w+|g_\w+|grad_?\w+|\w+_(?:grad|bar))")


def last_part(text: str) -> str:
    """Return what a place is called: the attribute, the key, or the array of which a part is written.

    Examples
    --------
    >>> last_part("self.dW"), last_part("grads['W']"), last_part("dz")
    ('dW', 'W', 'dz')
    """
    key = re.search(r"\[(['\"])([^'\"]+)\1\]$", text)
    return key[2] if key else text.split("[")[0].rpartition(".")[2]


def is_gradient_name(name: str) -> bool:
    """Return whether a parameter is called like an upstream gradient.

    Examples
    --------
    >>> [is_gradient_name(name) for name in ("dout", "grad_output", "cache", "x")]
    [True, True, False, False]
    """
    return _UPSTREAM.fullmatch(name) is not None and name not in ("data", "dim", "dims", "dtype", "dt", "dictionary")


def spoken_of(text: str, known: Collection[str]) -> Iterator[str]:
    """Yield the known names whose gradient a place may hold by what it is called, the likeliest first.

    Examples
    --------
    >>> list(spoken_of("dW1", {"W1", "W"})), list(spoken_of("grads['W1']", {"W1"})), list(spoken_of("z", {"z"}))
    (['W1'], ['W1'], [])
    """
    name = last_part(text)
    holder = text[: -len(name) - 4] if text.endswith("]") else ""
    bases = [match["name"] for pattern in _PATTERNS if (match := pattern.fullmatch(name))]
    bases = [base for base in bases if base != "s" or name not in ("grads", "gradients", "deltas")]
    if holder and _CONTAINER.fullmatch(holder.split("[")[0].rpartition(".")[2]):
        bases.insert(0, name)
    spoken: dict[str, None] = {}
    for base in bases:
        spoken |= dict.fromkeys(candidate for candidate in _forms(base) if candidate in known)
    yield from spoken


def _forms(base: str) -> Iterator[str]:
    """Yield a name as it may be written: without the index of a list of states, or without a number at its end."""
    yield base
    yield base + "s"
    yield base.removesuffix("_")
    yield base.lower()
    yield base.upper()
