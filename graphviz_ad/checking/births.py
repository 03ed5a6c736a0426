"""Where a gradient that is not a number was born: the edge through which the reverse sweep first sends NaN."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.variable import Variable

__all__ = ["Birth", "birth_of_nan"]


class Birth(NamedTuple):
    """An edge that makes NaN of an adjoint that has none.

    Attributes
    ----------
    node : Variable
    argument : int
        The operand that receives NaN.
    entry : int
        Its first entry that does.
    """

    node: Variable
    argument: int
    entry: int


def birth_of_nan(recording: Recording) -> Birth | None:
    """Return where the reverse sweep of a recording first makes NaN; None where it makes none.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> t = gad.trace(lambda d: np.where(d > 1, np.sqrt(d), 0.0).sum(), np.array([4.0, 0.0]))
    >>> birth = birth_of_nan(t)
    >>> birth.node.primitive, birth.argument, birth.entry
    (<primitive sqrt>, 0, 1)
    """
    output = recording.output
    if not isinstance(output, Variable) or output.dtype.kind not in "fc":
        return None
    sweep = recording.reverse(np.ones(output.shape, output.dtype))
    for node in reversed(recording.nodes):
        if node.index in recording.stops or sweep.adjoint(node) is None or np.isnan(sweep.adjoint(node)).any():
            continue
        for argument, operand in enumerate(node.operands):
            sent = sweep.contribution(node, argument) if isinstance(operand, Variable) else None
            if sent is not None and np.isnan(sent).any():
                return Birth(node, argument, int(np.flatnonzero(np.isnan(sent))[0]))
    return None
