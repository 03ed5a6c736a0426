"""Where a story's sweep starts: with 1, as every sweep does, but with NaN where the output has no value.

A rule computes on where nothing is left to differentiate: 1/x is -1 at x = -1, where log x is NaN. That is the slope
of nothing, and a story tells none. Only where all inputs are arrays it sweeps on as the engine does, since that shows
which of their entries are to blame.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphviz_ad.engine.forward import ForwardSweep, make_tangents
from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.sweep import Sweep, reverse
from graphviz_ad.engine.variable import Variable

__all__ = ["has_no_slope", "has_no_value", "push_of", "sweep_of"]


def sweep_of(trace: Recording, output: Variable, nodes: Sequence[Variable]) -> Sweep:
    """Return the sweep back that a story tells, over the nodes of a trace; the seed of an array is ones.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> with np.errstate(invalid="ignore"):
    ...     t = gad.trace(np.log, -1.0)
    >>> float(t.reverse().adjoint(t.inputs[0])), float(sweep_of(t, t.output, t.nodes).adjoint(t.inputs[0]))
    (-1.0, nan)
    """
    if output.size != 1:
        return reverse(output, nodes, np.ones(output.shape, output.dtype), trace.stops)
    seed = np.full(output.shape, np.nan, output.dtype)[()] if has_no_slope(trace) else None
    with np.errstate(invalid="ignore"):
        return reverse(output, nodes, seed, trace.stops)


def push_of(trace: Recording, tangents: Any) -> ForwardSweep:
    """Return the sweep forward that a story tells: of a number that has no value, nothing moves by any number.

    Examples
    --------
    >>> import numpy as np, graphviz_ad as gad
    >>> with np.errstate(invalid="ignore"):
    ...     t = gad.trace(np.log, -1.0)
    >>> push_of(t, None).tangent(t.output)
    np.float64(nan)
    """
    if not has_no_slope(trace):
        return trace.forward(tangents)
    starts = make_tangents(trace.inputs, tangents)
    with np.errstate(invalid="ignore"):
        return ForwardSweep(trace.start, trace.nodes, {index: start * np.nan for index, start in starts.items()})


def has_no_value(output: Any) -> bool:
    """Return whether an output is a single number that is none, or is infinite.

    Examples
    --------
    >>> import numpy as np
    >>> has_no_value(Variable(np.inf)), has_no_value(Variable(1.0)), has_no_value(Variable([np.inf, 1.0]))
    (True, False, False)
    """
    return isinstance(output, Variable) and output.size == 1 and not np.isfinite(output.value).all()


def has_no_slope(trace: Recording) -> bool:
    """Return whether nothing is left to differentiate: the output has no value, and a number is among the inputs.

    Examples
    --------
    >>> import graphviz_ad as gad
    >>> with np.errstate(invalid="ignore"):
    ...     has_no_slope(gad.trace(np.log, -1.0)), has_no_slope(gad.trace(np.log, 1.0))
    (True, False)
    """
    return has_no_value(trace.start) and any(node.size == 1 for node in trace.inputs)
