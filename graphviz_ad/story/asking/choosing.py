"""Ask a learner for the next number of a story: at which steps, for which number or entry.

Asked is for what goes along an edge, and for the sum wherever a second part comes to a first. Of an array one
named entry is asked, wherever it is a sum of a few products or only moves; of a large one, whose numbers the picture
does not show, the question says them. Other steps between arrays are told and not asked.

Examples
--------
>>> import numpy as np
>>> from graphviz_ad.story.telling import tell
>>> from graphviz_ad.tracing import trace
>>> story = tell(trace(lambda x: np.exp(np.sin(x)), 0.0))
>>> for question in questions(story):
...     print(question)
What does exp v₁ send back to v₁?
What does sin x send back to x?
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from graphviz_ad.errors import InputError, check_flag
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.asking.arrivals import Arrivals
from graphviz_ad.story.asking.back import Back
from graphviz_ad.story.asking.forward import Forward
from graphviz_ad.story.asking.sums import Sums
from graphviz_ad.story.quiz import Question, edges_of
from graphviz_ad.story.remarks import may_have_corner
from graphviz_ad.story.steps import Step, Story

__all__ = ["check_quiz", "questions"]


def check_quiz(quiz: object, who: str, mode: str = "reverse") -> bool:
    """Return whether a learner is asked; in one mode only, since each mode has the answers of the other.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_quiz("yes", "film")
    Traceback (most recent call last):
        ...
    graphviz_ad.errors.InputError: film: quiz must be True or False, got 'yes'
    """
    if check_flag("quiz", quiz, who) and mode == "both":
        raise InputError(
            f"{who}: a quiz asks in one mode, since each has the answers of the other: use reverse or forward"
        )
    return bool(quiz)


def questions(story: Story) -> tuple[Question, ...]:
    """Return what is asked in a story, in the order of its steps.

    Parameters
    ----------
    story : Story
        Of either mode.
    """
    return tuple(_asked(story))


def _asked(story: Story) -> Iterator[Question]:
    """Go through the steps."""
    arrivals = Arrivals(story)
    ask: Mapping[str, Callable[[Step], Question | None]] = {
        "local": Back(story, arrivals).ask,
        "accumulate": Sums(story, arrivals).ask,
        "push": Forward(story).ask,
    }
    for step in story.steps:
        question = ask[step.kind](step) if step.kind in ask else None
        if question is not None:
            yield _marked(question, story, step)


def _marked(question: Question, story: Story, step: Step) -> Question:
    """Return a question with the number that says where several slopes fit, if there may be such places."""
    edges = () if step.kind == "accumulate" else edges_of(story, step.index)
    if not any(may_have_corner(story.nodes[edge.child].primitive) for edge in edges):
        return question
    return replace(question, several=Quantity("slip", step.index, len(question.slips)))
