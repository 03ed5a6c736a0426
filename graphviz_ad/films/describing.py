"""The words beside the pictures of a film: steps with their sentences, and what tells its scenes apart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graphviz_ad.engine.source import position as instruction_position
from graphviz_ad.films.code import Span
from graphviz_ad.films.inspecting import tell_nodes
from graphviz_ad.formulas.formula import Formula
from graphviz_ad.numerals.quantities import Quantity
from graphviz_ad.story.quiz import Question
from graphviz_ad.story.steps import Stage, Step, Story
from graphviz_ad.story.thresholds import worded

__all__ = ["tell_guards", "tell_story"]

_NONE: Mapping[int, Stage] = {}


def tell_story(
    story: Story,
    index: Mapping[Quantity, int],
    span: Span,
    asked: Sequence[Question] = (),
    written: Mapping[int, Stage] = _NONE,
) -> dict[str, Any]:
    """Return the steps, nodes and edges of a story as data; quantities are told by their number in `index`.

    In a quiz, so is what is `asked`; what is `written` out is the last line of its step.

    What sentences are made of stands in one list, in which each step names its own by number, at each level of detail.
    """
    fragments: dict[str, int] = {}
    pieces: list[Any] = []

    def placeholder(quantity: Quantity) -> str:
        return f"⟦{index[quantity]}⟧"

    def fragment(part: Any) -> Any:
        if isinstance(part, str):
            return part
        return {"q": index[part]} if isinstance(part, Quantity) else {"m": part.mathml, "t": part.text}

    def place(part: Any) -> int:
        data = fragment(part)
        key = json.dumps(data)
        if key not in fragments:
            fragments[key] = len(pieces)
            pieces.append(data)
        return fragments[key]

    def places(sentence: Sequence[Any]) -> list[int]:
        return [place(part) for part in sentence if part != ""]

    def stage(label: str, formula: Formula) -> dict[str, str]:
        return {"label": label, "mathml": formula.with_numbers(placeholder).mathml}

    shapes = {(edge.child, edge.argument): edge.shapes for edge in story.edges}

    def step_json(step: Step) -> dict[str, Any]:
        writes, reads = _touched(step)
        general = [written[step.index]] if step.index in written else []
        return {
            "kind": step.kind,
            "node": step.node,
            "edge": list(step.edge) if step.edge else None,
            "writes": writes,
            "reads": reads,
            "sentence": [places(sentence) for sentence in step.telling],
            "stages": [stage(s.label, s.formula) for s in (*step.stages, *general)],
            "span": span(step.span),
            **_shapes_json(step, story, shapes),
        }

    def question_json(question: Question) -> dict[str, Any]:
        return {
            "step": question.step,
            "q": index[question.asked],
            "reads": [index[key] for key in question.reads],
            **({} if question.several is None else {"several": index[question.several]}),
            "lead": question.lead.with_numbers(placeholder).mathml,
            **{name: places(getattr(question, name)) for name in ("text", "hint", "unknown")},
            "slips": [
                {"q": index[slip.quantity], "what": places(slip.what), "so": places(slip.so)} for slip in question.slips
            ],
        }

    steps = [step_json(step) for step in story.steps]
    quiz = {"questions": [question_json(one) for one in asked]} if asked else {}
    return {"steps": steps, **quiz, "fragments": pieces, **tell_nodes(story, index, span)}


def _shapes_json(step: Step, story: Story, shapes: Mapping[tuple[int, int], str]) -> dict[str, str]:
    """Return what the rule of a step makes of which shapes, where it is one of arrays."""
    own = shapes.get(step.edge, "") if step.kind == "local" and step.edge is not None else ""
    if not own:
        return {}
    shape = "×".join(map(str, story.nodes[step.node].shape))
    return {"shapes": f"{shape} = {own}" if "·" in own else own}


def _touched(step: Step) -> tuple[str, list[str]]:
    """Return the parts of the picture that a step writes and reads."""
    kinds = {
        "value": "n{1}_v",
        "adjoint": "n{1}_a",
        "tangent": "n{1}_t",
        "partial": "n{1}_a",
        "contribution": "e{1}_{2}_c",
        "local": "e{1}_{2}_g",
    }
    return kinds[step.after.kind].format(*step.after), [kinds[q.kind].format(*q) for q in step.operands]


# Guards: what distinguishes the scenes


def tell_guards(met: Sequence[Sequence[Any]]) -> list[str]:
    """Say for each scene which comparisons came out differently from the other scenes, given the guards of each."""
    by_scene = [_guard_phrases(guards) for guards in met]
    common = (
        set(by_scene[0].items()).intersection(*(set(phrases.items()) for phrases in by_scene)) if by_scene else set()
    )
    return [
        " and ".join(phrase for item, phrase in phrases.items() if (item, phrase) not in common) for phrases in by_scene
    ]


def _guard_phrases(guards: Sequence[Any]) -> dict[Any, str]:
    by_place: dict[Any, list[Any]] = {}
    for guard in guards:
        by_place.setdefault((guard.code.co_filename, instruction_position(guard.code, guard.lasti)), []).append(guard)
    phrases = {}
    for place, met in by_place.items():
        text = worded(met[0])
        outcomes = [bool(np.all(guard.result)) for guard in met]
        if len(outcomes) == 1:
            phrases[place] = f"{text} is {'true' if outcomes[0] else 'false'}"
        else:
            phrases[place] = f"{text} was true {sum(outcomes)} time{'s' if sum(outcomes) != 1 else ''}"
    return phrases
