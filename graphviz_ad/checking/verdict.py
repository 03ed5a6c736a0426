"""The verdict on a gradient: differences and claims compared, and the reason where they do not agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphviz_ad.checking.arguments import Arguments
from graphviz_ad.checking.claims import Function, Leaves, directions
from graphviz_ad.checking.comparing import Derivative, Mismatch, mismatches, precision, up_to
from graphviz_ad.checking.reporting import lost_gradient, wrong_gradient, wrong_rule
from graphviz_ad.checking.rules import first_wrong_rule
from graphviz_ad.debugging.diagnosis import examine
from graphviz_ad.debugging.findings import Finding, Thresholds
from graphviz_ad.engine.recording import Recording

__all__ = ["verdict"]

_BESIDE = 2  # how many points are tried beside a corner


def verdict(call: Arguments, recording: Recording, modes: Sequence[str], order: int) -> str | None:
    """Return what is wrong with the derivatives of a recorded call; None where they are right.

    Parameters
    ----------
    call : Arguments
    recording : Recording
        Of the same call.
    modes : sequence of str
    order : int

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> from graphviz_ad.checking.arguments import arguments
    >>> verdict(arguments(np.sin, (0.5,)), gad.trace(np.sin, 0.5), ("reverse",), 2) is None
    True
    """
    eps = precision([*call.leaves, *(node.value for node in recording.nodes)])
    for which in up_to(modes, order):
        mismatch = _first(call.function, call.leaves, which, eps)
        if mismatch is None:
            continue
        wrong = first_wrong_rule(recording, which, _random())
        if wrong is not None:
            return wrong_rule(recording, wrong)
        birth = _birth_of_nan(recording) if np.isnan(mismatch.got) and which.order == 1 else None
        if birth is not None:
            return lost_gradient(recording, birth)
        if not _holds_beside(call, which, eps):
            return wrong_gradient(recording, mismatch, call.names)
    return None


def _birth_of_nan(recording: Recording) -> Finding | None:
    """Return where NaN is born on the way back, with what cures it; None where it is not."""
    findings = examine(recording, Thresholds())
    return next((own for own in findings if own.kind == "nan-gradient" and own.severity == "error"), None)


def _random() -> np.random.Generator:
    """Return the same random numbers each time, so that a test that fails once fails again."""
    return np.random.default_rng(20)


def _first(function: Function, leaves: Leaves, which: Derivative, eps: float) -> Mismatch | None:
    random = _random()
    return next(mismatches(function, leaves, which, random, eps, directions(leaves, random, which.order)), None)


def _holds_beside(call: Arguments, which: Derivative, eps: float) -> bool:
    """Whether the derivatives are right at a point close by.

    At a corner that several paths share, a gradient whose rules all hold may still be none of the slopes that
    differences see; beside it there is but one slope.
    """
    random = _random()
    for _ in range(_BESIDE):
        leaves = [_nudged(leaf, eps**0.25, random) for leaf in call.leaves]
        if _first(call.function, leaves, which, eps) is None:
            return True
    return False


def _nudged(leaf: Any, share: float, random: np.random.Generator) -> Any:
    size = float(np.abs(leaf).astype(float).mean()) if np.size(leaf) else 0.0
    return (leaf + share * (size or 1.0) * random.uniform(-1, 1, np.shape(leaf))).astype(leaf.dtype)[()]
