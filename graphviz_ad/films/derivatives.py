"""The derivative by each slider, written out: the last line of the step that finds it.

Numbers are of one place; this line is of all places at which the function goes this way. A derivative that is too
long to be read has none.

Examples
--------
>>> import numpy as np
>>> from graphviz_ad.story.telling import tell
>>> from graphviz_ad.tracing import trace
>>> t = trace(np.sin, 0.0)
>>> {step: stage.formula.text for step, stage in written_out(tell(t), t, 1).items()}
{3: 'f′(x) = cos x'}
"""

from __future__ import annotations

from collections.abc import Mapping

from graphviz_ad.engine.recording import Recording
from graphviz_ad.engine.variable import Variable
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import row
from graphviz_ad.story.deriving import slopes_of
from graphviz_ad.story.steps import Stage, Story

__all__ = ["written_out"]

_LABEL = "written out"
_COMES = {
    "local": "adjoint",
    "accumulate": "adjoint",
    "push": "tangent",
}  # what comes to the node of a step, by its kind


def written_out(story: Story, recording: Recording, sliders: int) -> Mapping[int, Stage]:
    """Return by step which line it has beside those of the story: where both modes are told, each finds it once.

    Parameters
    ----------
    story : Story
        In any mode.
    recording : Recording
        What it is told of.
    sliders : int
        How many of its inputs are sliders, which are the first of them.
    """
    if not isinstance(recording.output, Variable):
        return {}
    last = {(_COMES.get(step.kind), step.node): step.index for step in story.steps}
    equations = slopes_of(recording, recording.inputs[:sliders])
    return {
        last[key.kind, key.node]: Stage(_LABEL, Formula(row(equation.left.symbol, " = ", equation.right.symbol)))
        for own in (story, *story.views.values())
        for key, equation in zip(own.gradients(own.inputs[:sliders]), equations, strict=True)
        if (key.kind, key.node) in last and equation.right is not None
    }
