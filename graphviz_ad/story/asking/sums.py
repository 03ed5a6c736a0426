"""Ask for the sum at a fan-out, wherever a second part comes to a first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graphviz_ad.formulas.formula import Formula
from graphviz_ad.formulas.symbols import row
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.asking.arrivals import Arrivals
from graphviz_ad.story.asking.entries import is_real, is_small, tried
from graphviz_ad.story.asking.naming import Names, entry
from graphviz_ad.story.levels import Fragment
from graphviz_ad.story.quiz import OWN, Question, Source, Term, pose
from graphviz_ad.story.slips import MEETING
from graphviz_ad.story.steps import Step, Story
from graphviz_ad.story.summands import Place, entry_at, number_of

__all__ = ["Sums"]


class Sums:
    """Asks at the steps of a story that add up what has come.

    Parameters
    ----------
    story : Story
    arrivals : Arrivals
    """

    def __init__(self, story: Story, arrivals: Arrivals) -> None:
        self.story = story
        self.arrivals = arrivals
        self.names = Names(story)

    def ask(self, step: Step) -> Question | None:
        """Ask for the sum, where a part comes to what was there before."""
        assert step.edge is not None
        came, count, of = self.arrivals.came[step.node], step.after.argument, self.arrivals.shares[step.node]
        target = self.story.nodes[step.node]
        parts = [Quantity("contribution", edge.child, edge.argument) for edge in came]
        total = Quantity("adjoint", step.node)
        if step.before is None:
            return None
        read = (step.after, step.before, *parts)
        if not all(is_real(self.story, key, target.shape) for key in read):
            return None
        is_large = not all(is_small(self.story, key, target.shape) for key in read)
        place = self._telling(step.before, parts[-1], target.shape)
        if is_large and not all(
            number_of(entry_at(key, place), self.story.numbers) for key in (step.before, parts[-1])
        ):
            return None
        sources: dict[str, Source] = {
            "before": entry_at(step.before, place),
            "part": entry_at(parts[-1], place),
            "right": entry_at(step.after, place),
            "count": float(count),
            **({"total": entry_at(total, place)} if count < of else {}),
        }
        shorts = [self.story.nodes[edge.child].short for edge in came]
        own = {name: Quantity("slip", step.index, OWN + k) for k, name in enumerate(("right", "before", "part"))}
        keys = own if place else {"right": step.after, "before": step.before, "part": parts[-1]}
        facts: dict[str, Fragment | tuple[Fragment, ...]] = {
            "sum": entry(target.bar, place),
            "target": entry(target.symbol, place),
            "way": self.names.way(came[-1]),
            "before": keys["before"],
            "part": keys["part"],
            "counted": str(count),
            "of": str(of),
        }
        text = "What is {sum} with {counted} of its {of} parts in?"
        if count == of:
            text = f"What is {{sum}}, now that {'both parts' if of == 2 else f'all {of} parts'} are in?"
        if is_large:
            text += " Before it was {before}; through {way} comes {part}."
        terms = [Term((entry_at(part, place),), short) for part, short in zip(parts, shorts, strict=True)]
        # Without the last there is what was there before; without the first of two, the other alone.
        misses = dict.fromkeys(range(count - 1), "through") if count > 2 else {}
        question = pose(step, text, MEETING, sources, facts, (keys["before"], keys["part"]), terms, misses)
        entries = {key: sources[name] for name, key in own.items()}
        lead = Formula(row(entry(target.bar, place).symbol, " ="))
        return replace(question, asked=own["right"], lead=lead, entries=entries) if place else question

    def _telling(self, before: Quantity, part: Quantity, shape: tuple[int, ...]) -> Place:
        """Return the entry whose sum tells most: of two numbers that are not 0, and large."""
        old, new = (self.story.numbers[key] for key in (before, part))
        return max(
            tried(shape),
            key=lambda at: (bool(old[at]) + bool(new[at]), np.nan_to_num(abs(new[at]), nan=-1.0)) if at else 0,
        )
